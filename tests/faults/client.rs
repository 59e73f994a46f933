//! The client: files, decides, revokes and withdraws over HTTP, and records every answer. Without an answer it repeats the
//! call, as a careful client does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use countersign::domain::BundleId;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
use mail_parser::MessageParser;
use serde_json::json;
use ureq::Agent;

use crate::daemon::stage::{PASSWORD, Stage};
use crate::support::daemon::basic;
use crate::support::faulty_smtp::FaultySmtp;
use crate::support::fixture::token_in;

/// The intended outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    Approve,
    ApproveThenRevoke,
    Decline,
    Withdraw,
}

/// The progress of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Step {
    #[default]
    Open,
    /// Sent without an answer: it may be done.
    Unknown,
    /// Acknowledged.
    Acked,
}

/// One request in the journal.
#[derive(Debug)]
pub(crate) struct Matter {
    pub(crate) bundle: BundleId,
    pub(crate) plan: Plan,
    pub(crate) id: Option<i64>,
    pub(crate) filed: Step,
    pub(crate) decided: Step,
    pub(crate) revoked: Step,
    pub(crate) tokens: Vec<String>,
}

pub(crate) struct Client {
    pub(crate) stage: Stage,
    pub(crate) matters: Vec<Matter>,
    smtp: Arc<FaultySmtp>,
    agent: Agent,
    ann: String,
    bob: String,
    /// The emails that were opened.
    opened: usize,
    /// The calls and their answers.
    transcript: Vec<String>,
    owner: countersign::domain::UserId,
    /// Whether the database is out of its reach while a daemon uses it.
    pub(crate) is_outside: bool,
    /// Set when the power fails: later answers do not count, since the client's machine would be without power, too.
    pub(crate) is_dark: Arc<AtomicBool>,
    /// The number of answers, for tests that wait for some.
    pub(crate) answers: Arc<AtomicUsize>,
    /// Requests that others file beside it.
    pub(crate) beside: usize,
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

/// Makes deferred emails due.
const PUT_OFF: &str = "UPDATE outbox SET next_at = 0 WHERE state = 'queued' AND lease IS NULL AND last_error IS NOT NULL";

const PLANS: [Plan; 5] = [Plan::Approve, Plan::ApproveThenRevoke, Plan::Decline, Plan::Withdraw, Plan::Approve];

impl Client {
    pub(crate) fn new(stage: Stage, smtp: Arc<FaultySmtp>) -> Self {
        let owner = stage.user("ann@example.org").id;
        stage.user("bob@example.org");
        let agent = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(12)));
        let (agent, transcript) = (agent.max_redirects(0).build().into(), Vec::new());
        let (ann, bob) = (basic("ann@example.org", PASSWORD), basic("bob@example.org", PASSWORD));
        let (is_outside, is_dark, answers, beside) = (false, Arc::default(), Arc::default(), 0);
        let mut client = Self {
            stage,
            matters: Vec::new(),
            smtp,
            agent,
            ann,
            bob,
            opened: 0,
            transcript,
            owner,
            is_outside,
            is_dark,
            answers,
            beside,
        };
        client.more();
        client
    }

    /// Adds another round of requests.
    pub(crate) fn more(&mut self) {
        for plan in PLANS {
            let bundle = self.stage.bundle(&format!("data {}", self.matters.len()), Some(self.owner));
            let (filed, decided, revoked) = Default::default();
            self.matters.push(Matter { bundle, plan, id: None, filed, decided, revoked, tokens: Vec::new() });
        }
    }

    pub(crate) fn transcript(&self) -> String {
        self.transcript.join("\n")
    }

    /// Continues all unfinished steps with the daemon at `url`. False as soon as there is no answer, or one that says to retry.
    pub(crate) fn work(&mut self, url: &str) -> bool {
        self.try_all(url).is_some()
    }

    fn try_all(&mut self, url: &str) -> Option<()> {
        for number in 0..self.matters.len() {
            if self.matters[number].filed != Step::Acked {
                self.file(url, number)?;
            }
        }
        self.read_emails(url)?;
        for number in 0..self.matters.len() {
            if self.matters[number].decided != Step::Acked {
                self.decide(url, number)?;
            }
            if self.matters[number].plan == Plan::ApproveThenRevoke && self.matters[number].revoked != Step::Acked {
                self.revoke(url, number)?;
            }
        }
        Some(())
    }

    /// Another bundle of Ann's.
    pub(crate) fn bundle(&self, name: &str) -> i64 {
        self.stage.bundle(name, Some(self.owner)).0
    }

    /// Files all requests that are not filed yet, without deciding any.
    pub(crate) fn file_all(&mut self, url: &str) -> bool {
        let open = |client: &Self| client.matters.iter().position(|matter| matter.filed != Step::Acked);
        while let Some(number) = open(self) {
            if self.file(url, number).is_none() {
                return false;
            }
        }
        true
    }

    /// Resends the email of a pending request, as if the last one were long ago.
    pub(crate) fn resend_first_pending(&mut self, url: &str) -> String {
        self.sql("UPDATE requests SET last_letter_at = 0");
        let id = self.texts("SELECT CAST(id AS TEXT) AS value FROM requests WHERE state = 'pending' ORDER BY id LIMIT 1");
        let (bob, path) = (self.bob.clone(), format!("{url}/api/bundle_permission_request/{}/resend/", id[0]));
        let (status, text) = self.call("POST", &path, &bob, None, "").expect("an answer");
        assert_eq!(status, 200, "{text}");
        text
    }

    /// SQLite's integrity check of a copy.
    pub(crate) fn open_copy(path: &str) -> String {
        let mut conn = SqliteConnection::establish(path).unwrap();
        let check = diesel::sql_query("SELECT integrity_check AS value FROM pragma_integrity_check");
        check.load::<Value>(&mut conn).unwrap().remove(0).value.unwrap()
    }

    /// One call; none if there was no complete answer, or a 503 (which changed nothing).
    fn call(&mut self, method: &str, url: &str, who: &str, key: Option<&str>, body: &str) -> Option<(u16, String)> {
        let request = ureq::http::Request::builder().method(method).uri(url).header("authorization", who);
        let request = request.header("content-type", "application/json");
        let request = if let Some(key) = key { request.header("idempotency-key", key) } else { request };
        let sent = self.agent.run(request.body(body.to_owned()).unwrap());
        let answer = sent.and_then(|mut answer| Ok((answer.status().as_u16(), answer.body_mut().read_to_string()?)));
        let path = url.split('/').skip(3).collect::<Vec<_>>().join("/");
        self.transcript.push(format!("{method} {path}: {answer:?}"));
        let (status, body) = answer.ok()?;
        // An ambiguous outcome is reported as a failure only if nothing was changed. A key whose first call still waits for its
        // commit is retried.
        let is_under_way = status == 409 && body.contains("is being answered now");
        if status == 503 || is_under_way || self.is_dark.load(Ordering::SeqCst) {
            return None;
        }
        assert!(status < 500, "{}", self.transcript());
        self.answers.fetch_add(1, Ordering::SeqCst);
        Some((status, body))
    }

    fn file(&mut self, url: &str, number: usize) -> Option<()> {
        let body = json!({
            "user_target": "ann@example.org", "user_allowed": "bob@example.org", "bundle": self.matters[number].bundle.0
        });
        let (bob, key) = (self.bob.clone(), format!("file-{number}"));
        let url = format!("{url}/api/bundle_permission_request/");
        let (status, text) = self.call("POST", &url, &bob, Some(&key), &body.to_string())?;
        assert_eq!(status, 201, "the first answer, however often it is asked for: {text}");
        let answer_json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let uri = answer_json["resource_uri"].as_str().unwrap();
        let id = uri.trim_end_matches('/').rsplit('/').next().unwrap().parse().unwrap();
        let matter = &mut self.matters[number];
        (matter.id, matter.filed) = (Some(id), Step::Acked);
        Some(())
    }

    /// Waits for the email of each pending request, and checks its link.
    fn read_emails(&mut self, url: &str) -> Option<()> {
        let end = Instant::now() + Duration::from_secs(15);
        loop {
            let emails = self.smtp.heard().emails;
            while let Some(email) = emails.get(self.opened) {
                if let Some(token) = token_of(email) {
                    let ann = self.ann.clone();
                    let (status, text) =
                        self.call("GET", &format!("{url}/api/bundle_permission_request/{token}/"), &ann, None, "")?;
                    // A request that was withdrawn meanwhile, or whose email was refused, says so.
                    if status == 200 {
                        let answer_json: serde_json::Value = serde_json::from_str(&text).unwrap();
                        let uri = answer_json["resource_uri"].as_str().unwrap().trim_end_matches('/').to_owned();
                        let id: i64 = uri.rsplit('/').next().unwrap().parse().unwrap();
                        let matter = self.matters.iter_mut().find(|matter| matter.id == Some(id));
                        assert!(matter.is_some() || self.beside > 0, "an email about {id}, which nobody filed");
                        if let Some(matter) = matter {
                            matter.tokens.push(token);
                        }
                    }
                }
                self.opened += 1;
            }
            let is_waiting = |m: &Matter| m.decided == Step::Open && m.tokens.is_empty() && m.plan != Plan::Withdraw;
            if !self.matters.iter().any(is_waiting) {
                return Some(());
            }
            if Instant::now() > end || self.agent.get(format!("{url}/healthz")).call().is_err() {
                self.transcript.push("the emails did not arrive".into());
                return None;
            }
            // Deferred emails are made due, so that the test need not wait for the schedule or a pause.
            if !self.is_outside {
                let _ = self.try_sql(PUT_OFF);
            }
            std::thread::park_timeout(Duration::from_millis(100));
        }
    }

    fn decide(&mut self, url: &str, number: usize) -> Option<()> {
        let (plan, before, id) = (self.matters[number].plan, self.matters[number].decided, self.matters[number].id.unwrap());
        let by_number = format!("{url}/api/bundle_permission_request/{id}/");
        let (ann, bob) = (self.ann.clone(), self.bob.clone());
        self.matters[number].decided = Step::Unknown;
        let (status, text) = match plan {
            Plan::Approve | Plan::ApproveThenRevoke => {
                let token = self.matters[number].tokens.first().cloned().expect("an email arrived");
                self.call("PUT", &format!("{url}/api/bundle_permission_request/{token}/"), &ann, None, "")?
            }
            Plan::Decline => self.call("DELETE", &by_number, &ann, None, "")?,
            Plan::Withdraw => self.call("DELETE", &by_number, &bob, None, "")?,
        };
        let expected = if matches!(plan, Plan::Approve | Plan::ApproveThenRevoke) { 200 } else { 204 };
        // After a repeated call, the answer may be that it was done already.
        let is_done = before == Step::Unknown && matches!(status, 404 | 410);
        assert!(status == expected || is_done, "{status} {text} after {before:?}\n{}", self.transcript());
        self.matters[number].decided = Step::Acked;
        Some(())
    }

    fn revoke(&mut self, url: &str, number: usize) -> Option<()> {
        let (before, ann) = (self.matters[number].revoked, self.ann.clone());
        let listed = format!("{url}/api/bundle_permission/?bundle={}", self.matters[number].bundle.0);
        let (status, text) = self.call("GET", &listed, &ann, None, "")?;
        let answer_json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let is_done = match answer_json["objects"].as_array().expect("a list").first() {
            Some(grant) => {
                let grant = format!("{url}{}", grant["resource_uri"].as_str().unwrap());
                self.matters[number].revoked = Step::Unknown;
                let (status, text) = self.call("DELETE", &grant, &ann, None, "")?;
                assert_eq!(status, 204, "{text} after {before:?}\n{}", self.transcript());
                true
            }
            // After a repeated call, the answer may be that it was done already.
            None => before == Step::Unknown,
        };
        assert!(is_done, "{status} {text} after {before:?}\n{}", self.transcript());
        self.matters[number].revoked = Step::Acked;
        Some(())
    }

    /// The acknowledged steps: a request's id, and the state in the answer.
    pub(crate) fn acked(&self) -> Vec<(i64, Option<&'static str>)> {
        let acknowledged = |matter: &Matter| {
            let state = match matter.plan {
                Plan::Approve | Plan::ApproveThenRevoke => "approved",
                Plan::Decline => "declined",
                Plan::Withdraw => "withdrawn",
            };
            (matter.filed == Step::Acked).then(|| (matter.id.unwrap(), (matter.decided == Step::Acked).then_some(state)))
        };
        self.matters.iter().filter_map(acknowledged).collect()
    }

    /// Runs SQL. A dead daemon's transaction is rolled back a moment later; until then its locks may be in the way.
    pub(crate) fn sql(&self, text: &str) {
        crate::support::wait_until("the database to take it", || self.try_sql(text).ok());
    }

    pub(crate) fn try_sql(&self, text: &str) -> diesel::ConnectionResult<()> {
        let refused = diesel::ConnectionError::CouldntSetupConfiguration;
        match self.path() {
            Some(path) => {
                let mut conn = SqliteConnection::establish(path)?;
                conn.batch_execute("PRAGMA busy_timeout = 5000").map_err(refused)?;
                conn.batch_execute(text).map_err(refused)
            }
            None => PgConnection::establish(self.stage.database())?.batch_execute(text).map_err(refused),
        }
    }

    pub(crate) fn texts(&self, query: &str) -> Vec<String> {
        let query = diesel::sql_query(query.to_owned());
        let values: Vec<Value> = match self.path() {
            Some(path) => query.load(&mut SqliteConnection::establish(path).unwrap()).unwrap(),
            None => query.load(&mut PgConnection::establish(self.stage.database()).unwrap()).unwrap(),
        };
        values.into_iter().map(|value| value.value.unwrap_or_default()).collect()
    }

    pub(crate) fn count(&self, table: &str, condition: &str) -> usize {
        self.texts(&format!("SELECT CAST(count(*) AS TEXT) AS value FROM {table} WHERE {condition}"))[0].parse().unwrap()
    }

    fn path(&self) -> Option<&str> {
        self.stage.database().strip_prefix("sqlite:")
    }

    /// Ends every lease, and makes every queued email due.
    pub(crate) fn let_time_pass(&self) {
        self.sql("UPDATE outbox SET next_at = 0 WHERE state = 'queued'");
    }

    /// Waits until every email has ended one way or the other.
    pub(crate) fn wait_for_the_post(&self) {
        // An email that is being sent keeps its lease, so that it is not sent twice; one that was abandoned would keep it for
        // too long.
        let end = Instant::now() + Duration::from_secs(5);
        while Instant::now() < end && self.count("outbox", "state = 'queued'") > 0 {
            let _ = self.try_sql("UPDATE outbox SET next_at = 0 WHERE state = 'queued' AND lease IS NULL");
            std::thread::park_timeout(Duration::from_millis(50));
        }
        self.let_time_pass();
        crate::support::wait_until("every email to end", || {
            let _ = self.try_sql(PUT_OFF);
            (self.count("outbox", "state = 'queued'") == 0).then_some(())
        });
    }
}

/// The token in an email as it was transmitted.
pub(crate) fn token_of(email: &str) -> Option<String> {
    let parsed = MessageParser::default().parse(email.trim_end_matches(".\r\n").as_bytes())?;
    token_in(&parsed.body_text(0)?)
}

/// An email's Message-ID and its recipient.
pub(crate) fn id_of(email: &str) -> String {
    let parsed = MessageParser::default().parse(email.as_bytes()).expect("an email");
    parsed.message_id().expect("a Message-ID").to_owned()
}
