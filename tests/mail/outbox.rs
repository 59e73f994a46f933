//! The worker: its recipients, minting, records and retries.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use countersign::domain::{ApprovalLimits, EmailKind, EmailState, Until};
use countersign::store::outbox::{self, QueuedEmail};
use countersign::workflow::requests::file::Filing;
use mail_parser::MessageParser;

use crate::support::faulty_smtp::{Act, FaultySmtp, Moment};
use crate::support::fixture::{Fixture, Kind, ask, offer, on_both, person, runtime, token_in, word};
use crate::support::smtp::{MailServer, PASSWORD, USERNAME};

on_both![
    each_kind_of_email_reaches_its_reader,
    a_token_is_minted_when_its_email_is_sent,
    no_clear_token_is_anywhere_in_the_database,
    a_refused_email_deletes_its_token_and_the_requester_is_notified,
    an_email_that_may_have_arrived_is_sent_again_and_both_links_work,
    an_email_that_may_have_arrived_twice_is_not_sent_a_third_time,
    a_deferred_email_is_tried_again_by_schedule,
    an_email_is_given_up_when_its_request_ends,
    a_retried_email_that_fails_again_is_reported_once,
    the_reply_code_of_the_mail_server_is_kept_and_chooses_what_the_requester_reads,
    a_reply_that_an_older_program_wrote_down_is_read_from_its_text,
    a_lease_gives_an_email_to_one_worker_for_two_minutes,
    a_worker_that_lost_its_lease_records_nothing,
    wrong_settings_fail_no_email,
    a_mail_server_that_is_down_is_not_called_for_each_email,
    an_email_that_is_no_longer_needed_is_cancelled,
    a_row_that_cannot_become_an_email_delays_no_other,
    a_refusing_recipient_delays_no_other,
    a_withdrawal_is_not_announced_if_the_request_never_arrived,
    an_old_sign_in_code_is_not_sent,
];

/// The same instance, with emails to a server on this machine.
fn by_smtp(fixture: &Fixture, port: u16) -> Fixture {
    fixture.with(&format!(
        "[mail]\nfrom = \"Countersign <access@example.test>\"\ntransport = \"smtp\"\n\
         [mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\ntimeout = \"2s\""
    ))
}

/// Bob requests Ann's data.
fn asked(fixture: &Fixture) -> countersign::domain::Request {
    let (ann, bob) = (fixture.user("ann@example.test"), fixture.user("bob@example.test"));
    fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob)
}

fn first(fixture: &Fixture) -> QueuedEmail {
    fixture.queue().swap_remove(0)
}

fn token_of(email: &str) -> (String, String) {
    let mail = MessageParser::default().parse(email.as_bytes()).unwrap();
    (mail.message_id().unwrap().to_owned(), token_in(&mail.body_text(0).unwrap()).unwrap())
}

fn each_kind_of_email_reaches_its_reader(fixture: &Fixture) {
    let fixture = &fixture.with("[limits]\ntarget_letters = 0");
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let coach = fixture.relationship("coach");
    let mine = |name: &str| fixture.bundle(name, &ann);
    fixture.given(&mine("One"), &ann, &bob);
    let (_, token) = fixture.asked_by_mail(&mine("Two"), &ann, &bob);
    let less = ApprovalLimits { until: Some(Until::For(TimeDelta::days(1))), ..ApprovalLimits::default() };
    fixture.redeem_as(&person(&ann), &token, &less).unwrap();
    let (_, token) = fixture.asked_by_mail(&mine("Three"), &ann, &bob);
    fixture.decline(&ann, &token, None).unwrap();
    let (request, _) = fixture.asked_by_mail(&mine("Four"), &ann, &bob);
    fixture.delete(&person(&bob), request.id).unwrap();
    fixture.file(&person(&ann), &offer(&mine("Five"), &eve)).unwrap();
    fixture.deliver();
    fixture.redeem(&eve, &fixture.token_for("eve@example.org")).unwrap();
    let ann_id = ann.id;
    fixture.write(move |tx| outbox::add(tx, EmailKind::SignInCode, ann_id, None, 1)).unwrap();
    fixture.deliver();
    fixture.asked_by_mail(&coach, &ann, &bob);
    fixture.pass(TimeDelta::days(7));
    fixture.sweep();
    fixture.deliver();
    let name = |email: &QueuedEmail| {
        if email.user == ann.id {
            "ann"
        } else if email.user == bob.id {
            "bob"
        } else {
            "eve"
        }
    };
    let queue = fixture.queue();
    let sent: Vec<_> = queue.iter().map(|email| (email.kind.as_str(), name(email))).collect();
    let expected = [
        ("decide", "ann"),
        ("approved", "bob"),
        ("decide", "ann"),
        ("approved_less", "bob"),
        ("decide", "ann"),
        ("declined", "bob"),
        ("decide", "ann"),
        ("withdrawn", "ann"),
        ("invite", "eve"),
        ("approved", "ann"),
        ("sign_in_code", "ann"),
        ("decide", "ann"),
        ("expired", "bob"),
    ];
    assert_eq!(sent, expected);
    assert!(queue.iter().all(|email| email.state == EmailState::Sent));
    for (to, count) in [("ann@example.org", 8), ("bob@example.org", 4), ("eve@example.org", 1)] {
        assert_eq!(fixture.emails_to(to).len(), count, "{to}");
    }
    // Only an email with a decision has a token, and each a different one.
    let mut tokens: Vec<_> = fixture.mailbox.list().iter().filter_map(|email| token_in(&email.text)).collect();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 6);
}

fn a_token_is_minted_when_its_email_is_sent(fixture: &Fixture) {
    let request = asked(fixture);
    assert_eq!(fixture.count("tokens", "1 = 1"), 0);
    assert_eq!(fixture.deliver(), 1);
    assert_eq!((fixture.count("tokens", "1 = 1"), fixture.count("outbox", "token_id IS NOT NULL")), (1, 1));
    assert_eq!(fixture.request(request.id).mail_state.as_str(), "sent");
    assert_eq!(fixture.deliver(), 0);
}

fn no_clear_token_is_anywhere_in_the_database(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.test"), fixture.user("bob@example.test"));
    let (request, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    fixture.pass(TimeDelta::minutes(10));
    fixture.resend(&person(&bob), request.id).unwrap();
    fixture.deliver();
    fixture.redeem(&ann, &token).unwrap();
    fixture.deliver();
    let dump = fixture.dump();
    let has = |needle: &[u8]| dump.windows(needle.len()).any(|window| window == needle);
    assert!(has(b"ann@example.test"), "the dump has what is stored");
    for token in fixture.tokens_for("ann@example.test") {
        let bytes = URL_SAFE_NO_PAD.decode(&token[4..]).unwrap();
        let secret = &bytes[8..];
        let hex = secret.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        assert!(!has(token.as_bytes()) && !has(&token.as_bytes()[20..]) && !has(secret) && !has(hex.as_bytes()));
    }
    assert!(!has(b"csr_"));
}

fn a_refused_email_deletes_its_token_and_the_requester_is_notified(fixture: &Fixture) {
    let server = FaultySmtp::that(Moment::Recipient, Act::Say("550 5.1.1 no such person"));
    let request = asked(fixture);
    let by_smtp = by_smtp(fixture, server.port);
    assert_eq!(by_smtp.deliver(), 2, "the email, and the one that reports it");
    assert_eq!(fixture.count("tokens", "1 = 1"), 0);
    assert_eq!(fixture.request(request.id).mail_state.as_str(), "bounced");
    assert_eq!(fixture.emails(), [("decide", "dead"), ("undeliverable", "dead")]);
    assert_eq!(fixture.queue()[1].user, request.allowed);
    assert_eq!(fixture.state(request.id), "pending", "a fresh email to a corrected address can still decide it");
    assert!(fixture.events().contains(&"letter.bounced".to_owned()));
    // A failed email is not reported again, and nobody is told of the failure of an email to themselves.
    assert_eq!(by_smtp.deliver(), 0);
}

fn an_email_that_may_have_arrived_is_sent_again_and_both_links_work(fixture: &Fixture) {
    let server = FaultySmtp::start(|moment, connection| match (moment, connection) {
        (Moment::Dot, 1) => Act::Drop,
        _ => Act::Go,
    });
    let request = asked(fixture);
    let by_smtp = by_smtp(fixture, server.port);
    assert_eq!(by_smtp.deliver(), 1);
    assert_eq!((fixture.count("tokens", "1 = 1"), fixture.request(request.id).mail_state.as_str()), (1, "deferred"));
    fixture.pass(TimeDelta::seconds(6));
    assert_eq!(by_smtp.deliver(), 1);
    assert_eq!((fixture.count("tokens", "1 = 1"), fixture.request(request.id).mail_state.as_str()), (2, "sent"));
    let emails = server.heard().emails;
    let (one, two) = (token_of(&emails[0]), token_of(&emails[1]));
    assert_eq!(one.0, two.0, "the same Message-ID");
    assert_ne!(one.1, two.1);
    let ann = fixture.read(|tx| countersign::store::users::find(tx, request.target)).unwrap().unwrap();
    assert_eq!([word(fixture.check(&ann, &one.1)), word(fixture.check(&ann, &two.1))], ["ok"; 2]);
    assert_eq!([word(fixture.redeem(&ann, &one.1)), word(fixture.redeem(&ann, &two.1))], ["ok", "approved"]);
}

fn an_email_that_may_have_arrived_twice_is_not_sent_a_third_time(fixture: &Fixture) {
    let server = FaultySmtp::that(Moment::Dot, Act::Drop);
    let request = asked(fixture);
    let by_smtp = by_smtp(fixture, server.port);
    for _ in 0..5 {
        by_smtp.deliver();
        fixture.pass(TimeDelta::hours(2));
    }
    assert_eq!((server.heard().emails.len(), fixture.count("tokens", "1 = 1")), (2, 2));
    assert_eq!((fixture.emails(), fixture.request(request.id).mail_state.as_str()), (vec![("decide", "sent")], "sent"));
}

fn a_deferred_email_is_tried_again_by_schedule(fixture: &Fixture) {
    let server = FaultySmtp::that(Moment::Recipient, Act::Say("451 4.3.0 later"));
    let request = asked(fixture);
    let by_smtp = by_smtp(fixture, server.port);
    let minute = 60;
    for (attempt, seconds) in [5, 30, 2 * minute, 10 * minute, 30 * minute, 60 * minute, 60 * minute].into_iter().enumerate() {
        assert_eq!(by_smtp.deliver(), 1, "attempt {attempt}");
        let email = first(fixture);
        let pause = (email.next_at - fixture.now()).num_microseconds().unwrap();
        assert!((800_000 * seconds..=1_200_000 * seconds).contains(&pause), "attempt {attempt}: {pause}");
        assert_eq!(email.attempts, i32::try_from(attempt).unwrap() + 1);
        assert_eq!((fixture.count("tokens", "1 = 1"), fixture.request(request.id).mail_state.as_str()), (0, "deferred"));
        fixture.pass(TimeDelta::microseconds(pause - 1));
        assert_eq!(by_smtp.deliver(), 0);
        fixture.pass(TimeDelta::microseconds(1));
    }
    assert!(first(fixture).last_error.unwrap().contains("451"));
}

fn an_email_is_given_up_when_its_request_ends(fixture: &Fixture) {
    let server = FaultySmtp::that(Moment::Recipient, Act::Say("451 4.3.0 later"));
    let (ann, bob) = (fixture.user("ann@example.test"), fixture.user("bob@example.test"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let filing = Filing { ttl: Some(TimeDelta::seconds(60)), ..ask(&sleep, &ann, &bob) };
    let request = fixture.file(&person(&bob), &filing).unwrap().0.request;
    let by_smtp = by_smtp(fixture, server.port);
    for _ in 0..6 {
        by_smtp.deliver();
        fixture.pass(TimeDelta::seconds(10));
    }
    // After the third attempt the next would come too late, so the requester is notified while something can still be done.
    let kinds: Vec<_> = fixture.emails().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["decide", "undeliverable"]);
    assert_eq!((first(fixture).state.as_str(), fixture.request(request.id).mail_state.as_str()), ("dead", "bounced"));
    fixture.pass(TimeDelta::minutes(1));
    assert_eq!(fixture.state(request.id), "failed");
}

fn a_retried_email_that_fails_again_is_reported_once(fixture: &Fixture) {
    let server = FaultySmtp::that(Moment::Recipient, Act::Say("550 5.1.1 no such person"));
    asked(fixture);
    let by_smtp = by_smtp(fixture, server.port);
    by_smtp.deliver();
    let id = first(fixture).id;
    assert!(fixture.write(move |tx| outbox::retry(tx, id)).unwrap());
    assert_eq!(by_smtp.deliver(), 1);
    assert_eq!(fixture.emails(), [("decide", "dead"), ("undeliverable", "dead")]);
    fixture.pass(TimeDelta::hours(1));
    assert_eq!(by_smtp.deliver(), 0);
}

/// What is kept of the last reply to an email with a link.
fn reply(fixture: &Fixture) -> String {
    let columns = "coalesce(CAST(reply_code AS TEXT), '-') || ' ' || coalesce(enhanced_code, '-') || ': ' || last_error";
    fixture.texts(&format!("SELECT {columns} AS value FROM outbox WHERE kind = 'decide' ORDER BY id DESC LIMIT 1")).remove(0)
}

fn the_reply_code_of_the_mail_server_is_kept_and_chooses_what_the_requester_reads(fixture: &Fixture) {
    let fixture = &fixture.with("[limits]\ntarget_letters = 0");
    let (ann, bob) = (fixture.user("ann@example.test"), fixture.user("bob@example.test"));
    for (said, kept, is_no_mailbox) in [
        ("550 5.1.1 no such person", "550 5.1.1", true),
        ("554 5.1.10 recipient not found", "554 5.1.10", true),
        ("550 unknown", "550 -", true),
        // Its words name other codes.
        ("554 5.7.1 blocked, as 550 5.1.1 is elsewhere", "554 5.7.1", false),
        ("552 5.2.2 over quota", "552 5.2.2", false),
    ] {
        let server = FaultySmtp::start_listening(move |moment, line| match moment {
            Moment::Recipient if line.contains("ann@") => Act::Say(said),
            _ => Act::Go,
        });
        fixture.asked(&fixture.bundle(&format!("data {said}"), &ann), &ann, &bob);
        assert_eq!(by_smtp(fixture, server.port).deliver(), 2);
        assert_eq!(reply(fixture), format!("{kept}: {said}"));
        let mail = server.heard().emails.remove(0);
        let mail = MessageParser::default().parse(mail.as_bytes()).unwrap();
        let text = mail.body_text(0).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(text.contains("This email address does not exist"), is_no_mailbox, "{said}: {text}");
        assert_eq!(text.contains("The mail server refused our email"), !is_no_mailbox, "{said}: {text}");
    }
    // A later failure takes the place of an earlier one, codes too.
    let server = FaultySmtp::that(Moment::Recipient, Act::Say("451 4.3.0 later"));
    fixture.asked(&fixture.bundle("Walks", &ann), &ann, &bob);
    by_smtp(fixture, server.port).deliver();
    assert_eq!(reply(fixture), "451 4.3.0: 451 4.3.0 later");
    let server = FaultySmtp::that(Moment::Recipient, Act::Drop);
    fixture.pass(TimeDelta::minutes(1));
    by_smtp(fixture, server.port).deliver();
    assert!(reply(fixture).starts_with("- -: the mail server failed at the reader's address"), "{}", reply(fixture));
}

fn a_reply_that_an_older_program_wrote_down_is_read_from_its_text(fixture: &Fixture) {
    let request = asked(fixture);
    let read = |columns: &str| {
        fixture.sql(&format!("UPDATE outbox SET state = 'dead', {columns}")).unwrap();
        fixture.read(|tx| outbox::last_reply(tx, request.id)).unwrap().map(|reply| (reply.code, reply.enhanced))
    };
    assert_eq!(read("last_error = '550 5.1.1 no such person'"), Some((550, Some("5.1.1".into()))));
    assert_eq!(read("last_error = '550 5.1.1 no such person', reply_code = 552"), Some((552, None)));
    assert_eq!(read("last_error = 'the mail server failed', reply_code = NULL"), None);
    assert_eq!(read("last_error = NULL"), None);
}

fn a_lease_gives_an_email_to_one_worker_for_two_minutes(fixture: &Fixture) {
    let request = asked(fixture);
    let claim = |lease: i64| fixture.write(move |tx| outbox::claim(tx, 10, lease, TimeDelta::seconds(120))).unwrap().len();
    assert_eq!([claim(1), claim(2)], [1, 0]);
    assert_eq!(fixture.deliver(), 0);
    fixture.pass(TimeDelta::seconds(120) - TimeDelta::microseconds(1));
    assert_eq!(fixture.deliver(), 0);
    fixture.pass(TimeDelta::microseconds(1));
    assert_eq!(fixture.deliver(), 1);
    assert_eq!((first(fixture).attempts, fixture.request(request.id).mail_state.as_str()), (2, "sent"));
}

fn a_worker_that_lost_its_lease_records_nothing(fixture: &Fixture) {
    use countersign::store::outbox::Outcome;
    asked(fixture);
    let id = fixture.write(|tx| outbox::claim(tx, 10, 1, TimeDelta::seconds(120))).unwrap()[0].id;
    fixture.pass(TimeDelta::seconds(120));
    fixture.write(|tx| outbox::claim(tx, 10, 2, TimeDelta::seconds(120))).unwrap();
    let dead = || Outcome::Dead { error: "late".to_owned().into() };
    assert!(!fixture.write(move |tx| outbox::record(tx, id, 1, &dead())).unwrap());
    assert_eq!(first(fixture).state, EmailState::Queued);
    assert!(fixture.write(move |tx| outbox::record(tx, id, 2, &Outcome::Sent)).unwrap());
    assert!(!fixture.write(move |tx| outbox::record(tx, id, 2, &Outcome::Sent)).unwrap());
}

fn wrong_settings_fail_no_email(fixture: &Fixture) {
    let server = FaultySmtp::that(Moment::Sender, Act::Say("553 5.7.1 sender not owned by user"));
    let request = asked(fixture);
    let eve = fixture.user("eve@example.test");
    fixture.asked(&fixture.relationship("coach"), &eve, &fixture.user("joe@example.test"));
    let by_smtp = by_smtp(fixture, server.port);
    for length in [30, 60, 120, 240, 480, 600, 600] {
        assert_eq!(by_smtp.deliver(), 2);
        let pause = by_smtp.outbox.pause().unwrap();
        assert_eq!(pause.until - fixture.now(), TimeDelta::seconds(length), "{}", pause.why);
        fixture.pass(TimeDelta::seconds(length));
    }
    assert_eq!(fixture.emails(), [("decide", "queued"), ("decide", "queued")]);
    assert_eq!((first(fixture).attempts, fixture.count("tokens", "1 = 1")), (0, 0));
    assert_eq!(fixture.request(request.id).mail_state.as_str(), "deferred");
    // With correct settings all of them are sent.
    assert_eq!(fixture.deliver(), 2);
    assert_eq!(fixture.emails(), [("decide", "sent"), ("decide", "sent")]);
}

/// Single connections may fail; as many failures in a row as there are connections mean that the server is down.
fn a_mail_server_that_is_down_is_not_called_for_each_email(fixture: &Fixture) {
    let server = FaultySmtp::that(Moment::Greeting, Act::Drop);
    let by_smtp = by_smtp(fixture, server.port);
    let (coach, most) = (fixture.relationship("coach"), fixture.config.mail.connections);
    let ask = |number: usize| {
        fixture.asked(
            &coach,
            &fixture.user(&format!("ann{number}@example.test")),
            &fixture.user(&format!("bob{number}@example.test")),
        );
    };
    (1..most).for_each(ask);
    assert_eq!(by_smtp.deliver(), most - 1);
    assert!(by_smtp.outbox.pause().is_none());
    ask(most);
    assert_eq!(by_smtp.deliver(), 1);
    for length in [5, 10, 20, 40, 60, 60] {
        let pause = by_smtp.outbox.pause().unwrap();
        assert_eq!(pause.until - fixture.now(), TimeDelta::seconds(length), "{}", pause.why);
        fixture.pass(TimeDelta::hours(2));
        assert_eq!(by_smtp.deliver(), most);
    }
    // When it is up, all of them are sent.
    fixture.pass(TimeDelta::hours(2));
    assert_eq!(fixture.deliver(), most);
    assert_eq!(fixture.count("outbox", "state = 'sent'"), most);
}

fn an_email_that_is_no_longer_needed_is_cancelled(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.test"), fixture.user("bob@example.test"));
    let (request, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    fixture.pass(TimeDelta::minutes(10));
    fixture.resend(&person(&bob), request.id).unwrap();
    fixture.redeem(&ann, &token).unwrap();
    fixture.deliver();
    assert_eq!(fixture.emails(), [("decide", "sent"), ("decide", "cancelled"), ("approved", "sent")]);
    // Nor is an email sent for a request that has expired.
    let late = fixture.asked(&fixture.relationship("coach"), &ann, &bob);
    fixture.pass(TimeDelta::days(7));
    fixture.deliver();
    assert_eq!((fixture.queue().last().unwrap().state.as_str(), fixture.state(late.id)), ("cancelled", "expired"));
    assert_eq!(fixture.emails_to("ann@example.test").len(), 1);
}

fn a_row_that_cannot_become_an_email_delays_no_other(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.test"), fixture.user("bob@example.test"), fixture.user("eve@example.test"));
    let coach = fixture.relationship("coach");
    let (odd, worse) = (fixture.asked(&coach, &ann, &bob), fixture.asked(&coach, &bob, &eve));
    fixture.asked(&coach, &eve, &ann);
    fixture.sql(&format!("UPDATE requests SET state = 'odd' WHERE id = {}", odd.id)).unwrap();
    fixture.sql(&format!("UPDATE outbox SET kind = 'worse' WHERE request_id = {}", worse.id)).unwrap();
    fixture.deliver();
    let states = || fixture.texts("SELECT state AS value FROM outbox ORDER BY id");
    assert_eq!(states(), ["dead", "queued", "sent"]);
    assert_eq!(fixture.count("tokens", "1 = 1"), 1);
    // An unknown kind may be known to a newer daemon, which has a day to send it.
    fixture.pass(TimeDelta::hours(23));
    assert_eq!((fixture.deliver(), states()[1].as_str()), (0, "queued"));
    assert_eq!(fixture.texts("SELECT CAST(attempts AS TEXT) AS value FROM outbox WHERE state = 'queued'"), ["0"]);
    fixture.pass(TimeDelta::hours(1));
    fixture.deliver();
    assert_eq!(states(), ["dead", "dead", "sent"]);
    let errors = fixture.texts("SELECT last_error AS value FROM outbox WHERE state = 'dead' ORDER BY id");
    assert!(errors[0].contains("odd") && errors[1].contains("worse"), "{errors:?}");
}

fn a_refusing_recipient_delays_no_other(fixture: &Fixture) {
    let server = FaultySmtp::start(|moment, connection| match (moment, connection) {
        (Moment::Recipient, 1) => Act::Say("550 5.1.1 no such person"),
        _ => Act::Go,
    });
    let coach = fixture.relationship("coach");
    let people: Vec<_> = (0..6).map(|number| fixture.user(&format!("p{number}@example.test"))).collect();
    for pair in people.windows(2) {
        fixture.asked(&coach, &pair[0], &pair[1]);
    }
    by_smtp(fixture, server.port).deliver();
    let sent = fixture.queue().iter().filter(|email| email.state == EmailState::Sent).count();
    assert!(sent >= 4, "{:?}", fixture.emails());
    assert!(fixture.queue().iter().all(|email| email.state != EmailState::Queued));
}

fn a_withdrawal_is_not_announced_if_the_request_never_arrived(fixture: &Fixture) {
    let server = FaultySmtp::that(Moment::Recipient, Act::Say("451 4.3.0 later"));
    let request = asked(fixture);
    by_smtp(fixture, server.port).deliver();
    let bob = fixture.read(|tx| countersign::store::users::find(tx, request.allowed)).unwrap().unwrap();
    fixture.delete(&person(&bob), request.id).unwrap();
    assert_eq!(fixture.emails(), [("decide", "cancelled")]);
}

fn an_old_sign_in_code_is_not_sent(fixture: &Fixture) {
    let ann = fixture.user("ann@example.test").id;
    fixture.write(move |tx| outbox::add(tx, EmailKind::SignInCode, ann, None, 1)).unwrap();
    fixture.pass(TimeDelta::minutes(10));
    fixture.deliver();
    assert_eq!((fixture.emails(), fixture.count("sign_in_codes", "1 = 1")), (vec![("sign_in_code", "cancelled")], 0));
}

#[test]
fn a_real_mail_server_carries_a_link_that_decides() {
    let server = MailServer::shared();
    let fixture = Fixture::new(Kind::Sqlite);
    let fixture = fixture.with(&format!(
        "[mail]\nfrom = \"Countersign <access@example.test>\"\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"localhost\"\n\
         port = {}\ntls = \"starttls\"\nca_file = {:?}\nusername = {USERNAME:?}\npassword_file = {:?}",
        server.starttls_port, server.ca_file, server.password_file
    ));
    assert!(!PASSWORD.is_empty());
    let (ann, bob) = (fixture.user("outbox-ann@example.test"), fixture.user("outbox-bob@example.test"));
    fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    assert_eq!(fixture.deliver(), 1);
    let email = server.emails("outbox-ann@example.test", 1).swap_remove(0);
    let (_, token) = token_of(&String::from_utf8(email).unwrap());
    fixture.redeem(&ann, &token).unwrap();
    assert_eq!(fixture.deliver(), 1);
    assert_eq!(server.emails("outbox-bob@example.test", 1).len(), 1);
}

#[test]
fn a_running_worker_sends_when_woken_and_stops() {
    let fixture = Fixture::new(Kind::Sqlite);
    let (ann, bob) = (fixture.user("ann@example.test"), fixture.user("bob@example.test"));
    fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    runtime().block_on(async {
        let (stop, is_over) = tokio::sync::watch::channel(false);
        let worker = tokio::spawn(fixture.outbox.clone().run(is_over));
        let is_sent = || fixture.mailbox.list().len() == 1;
        while !is_sent() {
            tokio::task::yield_now().await;
        }
        stop.send(true).unwrap();
        let ends = tokio::time::timeout(std::time::Duration::from_secs(20), worker).await;
        ends.expect("it ends when it is told to").unwrap();
    });
    assert_eq!(fixture.emails(), [("decide", "sent")]);
}

#[test]
fn a_stopping_worker_returns_unsent_emails_to_the_queue() {
    let may_answer = Arc::new(AtomicBool::new(false));
    let gate = Arc::clone(&may_answer);
    let server = FaultySmtp::start(move |moment, _| {
        while moment == Moment::Dot && !gate.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        Act::Go
    });
    let fixture = Fixture::new(Kind::Sqlite).with(&format!(
        "[mail]\nfrom = \"Countersign <access@example.test>\"\ntransport = \"smtp\"\nconnections = 1\n\
         [mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\ntimeout = \"20s\"",
        server.port
    ));
    let bob = fixture.user("bob@example.test");
    for (reader, bundle) in [("ann@example.test", "Sleep"), ("eve@example.test", "Heart"), ("joe@example.test", "Steps")] {
        let reader = fixture.user(reader);
        fixture.asked(&fixture.bundle(bundle, &reader), &reader, &bob);
    }
    runtime().block_on(async {
        let (stop, is_over) = tokio::sync::watch::channel(false);
        let worker = tokio::spawn(fixture.outbox.clone().run(is_over));
        while server.heard().count("DATA") == 0 {
            tokio::task::yield_now().await;
        }
        stop.send(true).unwrap();
        while fixture.queue().iter().filter(|email| email.attempts == 0 && email.next_at <= fixture.clock.now()).count() < 2 {
            tokio::task::yield_now().await;
        }
        may_answer.store(true, Ordering::SeqCst);
        let ends = tokio::time::timeout(std::time::Duration::from_secs(20), worker).await;
        ends.expect("it ends when it is told to").unwrap();
    });
    let mut emails = fixture.emails();
    emails.sort_unstable();
    assert_eq!(emails, [("decide", "queued"), ("decide", "queued"), ("decide", "sent")]);
    assert_eq!(server.heard().emails.len(), 1);
}
