//! Checks the promises against all records: the client's journal, the database, the mail server's log, the audit, the logs.

use std::collections::BTreeMap;
use std::path::Path;

use countersign::domain::RequestId;
use countersign::store::{audit, requests};

use super::client::{Client, Plan, Step, id_of, token_of};
use crate::support::faulty_smtp::Heard;

/// After the last daemon has stopped; `crashes` is the number of daemons that died before it.
pub(crate) fn check(client: &Client, heard: &Heard, logs: &[String], crashes: usize, files: Option<&Path>) {
    let transcript = client.transcript();
    for matter in &client.matters {
        assert_eq!(matter.filed, Step::Acked, "{transcript}");
        let id = RequestId(matter.id.unwrap());
        let request = client.stage.store.read_sync(|tx| requests::find(tx, id)).unwrap();
        let request = request.unwrap_or_else(|| panic!("request {id:?} was filed with 201 and is gone\n{transcript}"));
        let expected = match matter.plan {
            Plan::Approve | Plan::ApproveThenRevoke => "approved",
            Plan::Decline => "declined",
            Plan::Withdraw => "withdrawn",
        };
        assert_eq!(request.state.as_str(), expected, "what was answered stays: {matter:?}\n{transcript}");
        let grants = client.count("grants", &format!("request_id = {}", id.0));
        assert_eq!(grants, usize::from(expected == "approved"), "one grant of each yes, none of anything else");
        let live = client.count("grants", &format!("request_id = {} AND revoked_at IS NULL", id.0));
        assert_eq!(live, usize::from(matter.plan == Plan::Approve), "what was taken back is no longer there");
    }
    assert_eq!(client.count("requests", "1 = 1"), client.matters.len() + client.beside, "nothing was done twice");

    // Emails: each has ended, each that was recorded as sent was received, and none more often than once plus once for each
    // crash.
    assert_eq!(client.count("outbox", "state = 'queued'"), 0);
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for email in &heard.emails {
        *times.entry(id_of(email)).or_default() += 1;
    }
    for id in client.texts("SELECT message_id AS value FROM outbox WHERE state = 'sent'") {
        let bare = id.trim_matches(['<', '>']);
        assert!(times.contains_key(bare), "{id} was never on the wire");
    }
    for (id, times) in &times {
        assert!(*times <= 1 + crashes, "{id} went out {times} times over {crashes} crashes");
    }
    let recipients = heard.commands.iter().filter(|command| command.starts_with("RCPT")).count();
    let senders = heard.commands.iter().filter(|command| command.starts_with("MAIL")).count();
    assert!(recipients <= senders, "one recipient for each email");

    // The audit: valid, with one row for each decision.
    client.stage.store.read_sync(audit::verify).unwrap().unwrap();
    for (event, condition) in [
        ("request.filed", "1 = 1"),
        ("request.approved", "state = 'approved'"),
        ("request.declined", "state = 'declined'"),
        ("request.withdrawn", "state = 'withdrawn'"),
    ] {
        assert_eq!(client.count("audit", &format!("event = '{event}'")), client.count("requests", condition), "{event}");
    }
    assert_eq!(client.count("audit", "event = 'grant.revoked'"), client.count("grants", "revoked_at IS NOT NULL"));

    // No token is anywhere.
    let tokens: Vec<String> = heard.emails.iter().filter_map(|email| token_of(email)).collect();
    assert!(!tokens.is_empty());
    for log in logs {
        assert!(!log.contains("csr_"), "a token is in a log or the metrics");
    }
    if let Some(folder) = files {
        for file in std::fs::read_dir(folder).unwrap().map(Result::unwrap).filter(|file| file.path().is_file()) {
            assert_clean(&std::fs::read(file.path()).unwrap(), &tokens, &file.path());
        }
    }
}

/// None of the secrets is in these bytes, neither as text nor as the bytes that it encodes.
pub(crate) fn assert_clean(bytes: &[u8], tokens: &[String], place: &Path) {
    use base64::Engine as _;
    // One character for each byte, since texts are searched faster than windows of bytes.
    let latin = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
    let text = latin(bytes);
    for token in tokens {
        let body = token.strip_prefix("csr_").unwrap();
        let raw = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(body).unwrap();
        let (_, secret) = raw.split_at(8);
        assert!(!text.contains(&body[12..]) && !text.contains(&latin(secret)), "a token is in {}", place.display());
    }
}
