//! Every failure of a mail server, and the resulting outcome of the email.

use countersign::mail::Outcome;
use countersign::mail::transport::Connection;

use super::{LINK, clear, connection, email, word};
use crate::support::faulty_smtp::{Act, FaultySmtp, Moment};
use crate::support::fixture::{Fixture, Kind, runtime};

const PIPELINING: &str = "250-faulty.test\r\n250 PIPELINING";

/// An outcome in a word, and its code.
type Word = (&'static str, Option<u16>);

/// Each case with a server of its own, all at the same time.
async fn check(cases: Vec<(Moment, Act, Word)>) {
    let tried = cases.into_iter().map(|(moment, act, expected)| {
        tokio::spawn(async move {
            let server = FaultySmtp::that(moment, act.clone());
            let outcome = clear(server.port).send(&email("ann@example.test")).await;
            assert_eq!(word(&outcome), expected, "{moment:?} {act:?} {outcome:?}");
        })
    });
    for tried in tried.collect::<Vec<_>>() {
        tried.await.expect("as expected");
    }
}

#[tokio::test]
async fn a_closed_port_defers() {
    let port_of_nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").port();
    assert_eq!(word(&clear(port_of_nobody).send(&email("ann@example.test")).await), ("away", None));
}

#[tokio::test]
async fn an_unknown_host_defers() {
    let lines = "transport = \"smtp\"\n[mail.smtp]\nhost = \"nowhere.invalid\"\ntls = \"starttls\"\ntimeout = \"5s\"";
    let outcome = connection(lines).send(&email("ann@example.test")).await;
    assert_eq!(word(&outcome), ("away", None));
}

#[tokio::test]
async fn before_the_final_dot_every_failure_is_certain() {
    use Act::{Crawl, Drop, Hang, Say, SayAndDrop};
    use Moment::{Data, Greeting, Hello, Recipient, Sender};
    check(vec![
        (Greeting, Hang, ("away", None)),
        (Greeting, Drop, ("away", None)),
        (Greeting, Say("hello, this is not SMTP"), ("away", None)),
        (Greeting, SayAndDrop("421 4.3.2 busy"), ("away", Some(421))),
        (Greeting, SayAndDrop("554 no SMTP service here"), ("misconfigured", Some(554))),
        (Greeting, Crawl("220 faulty.test ESMTP"), ("away", None)),
        // Older servers know only HELO.
        (Hello, Say("502 what?"), ("delivered", None)),
        (Hello, Say("554 5.7.1 go away"), ("misconfigured", Some(554))),
        (Sender, Say("451 4.3.0 later"), ("deferred", Some(451))),
        (Sender, Say("553 5.7.1 not your address"), ("misconfigured", Some(553))),
        (Sender, Say("552 5.3.4 too large"), ("refused", Some(552))),
        (Recipient, Say("450 4.2.1 later"), ("deferred", Some(450))),
        (Recipient, SayAndDrop("421 4.3.2 going down"), ("deferred", Some(421))),
        (Recipient, Say("550 5.1.1 no such person"), ("refused", Some(550))),
        (Recipient, Say("554 5.7.1 <ann@example.test>: Relay access denied"), ("misconfigured", Some(554))),
        (Recipient, Drop, ("deferred", None)),
        (Recipient, Hang, ("deferred", None)),
        (Data, Say("554 5.5.1 no valid recipients"), ("refused", Some(554))),
        (Data, Say("250 whatever"), ("deferred", None)),
    ])
    .await;
}

#[tokio::test]
async fn an_email_whose_end_was_not_sent_was_certainly_not_accepted() {
    let server = FaultySmtp::that(Moment::Data, Act::SayAndDrop("354 go on"));
    let mut email = email("ann@example.test");
    // More than the system buffers for a server that does not read.
    email.text = "x".repeat(32 << 20).into();
    assert_eq!(word(&clear(server.port).send(&email).await), ("deferred", None));
}

#[tokio::test]
async fn after_the_final_dot_only_the_servers_reply_is_certain() {
    use Act::{Crawl, Drop, Hang, Say};
    use Moment::Dot;
    check(vec![
        (Dot, Act::Go, ("delivered", None)),
        (Dot, Say("250-2.0.0 ok\r\n250 and thanks"), ("delivered", None)),
        (Dot, Say("451 4.7.1 greylisted"), ("deferred", Some(451))),
        (Dot, Say("554 5.7.1 no spam"), ("refused", Some(554))),
        (Dot, Drop, ("ambiguous", None)),
        (Dot, Hang, ("ambiguous", None)),
        (Dot, Crawl("250 2.0.0 ok"), ("ambiguous", None)),
        (Dot, Say("thanks"), ("ambiguous", None)),
        (Dot, Say("354 go on"), ("ambiguous", None)),
    ])
    .await;
}

#[tokio::test]
async fn an_email_has_one_recipient_and_ends_with_its_own_dot() {
    let server = FaultySmtp::start(|_, _| Act::Go);
    let outcome = clear(server.port).send(&email("ann@example.test")).await;
    assert_eq!(outcome, Outcome::Delivered { response: "250 2.0.0 ok".into() });
    let heard = server.heard();
    assert_eq!(heard.commands, ["EHLO example.test", "MAIL FROM:<access@example.test>", "RCPT TO:<ann@example.test>", "DATA"]);
    assert_eq!(heard.emails.len(), 1);
    assert!(heard.emails[0].contains("\r\n..\r\n...\r\n"), "lines of dots are stuffed: {}", heard.emails[0]);
}

#[tokio::test]
async fn with_pipelining_replies_have_the_same_meaning() {
    use Moment::{Data, Hello, Recipient, Sender};
    for (at, act, expected) in [
        (Moment::Other, Act::Go, ("delivered", None)),
        (Sender, Act::Say("553 5.7.1 not your address"), ("misconfigured", Some(553))),
        (Recipient, Act::Say("550 5.1.1 no such person"), ("refused", Some(550))),
        (Recipient, Act::Say("451 4.3.0 later"), ("deferred", Some(451))),
        (Recipient, Act::Drop, ("deferred", None)),
        (Data, Act::Say("451 4.3.0 later"), ("deferred", Some(451))),
        (Moment::Dot, Act::Drop, ("ambiguous", None)),
    ] {
        let script_act = act.clone();
        let server = FaultySmtp::start(move |moment, _| match moment {
            Hello => Act::Say(PIPELINING),
            moment if moment == at => script_act.clone(),
            _ => Act::Go,
        });
        assert_eq!(word(&clear(server.port).send(&email("ann@example.test")).await), expected, "{at:?} {act:?}");
    }
}

#[tokio::test]
async fn a_server_that_waits_after_refused_recipients_does_not_delay_the_next_email() {
    let server = FaultySmtp::start(|moment, connection| match (moment, connection) {
        (Moment::Hello, _) => Act::Say(PIPELINING),
        (Moment::Recipient, 1) => Act::Say("550 5.1.1 no such person"),
        _ => Act::Go,
    });
    let mut connection = clear(server.port);
    assert_eq!(word(&connection.send(&email("bob@example.test")).await), ("refused", Some(550)));
    assert_eq!(word(&connection.send(&email("ann@example.test")).await), ("delivered", None));
    let heard = server.heard();
    assert_eq!((heard.connections, heard.emails.len()), (2, 1));
}

#[tokio::test]
async fn emails_are_sent_one_after_the_other_over_one_connection() {
    let server = FaultySmtp::start(|_, _| Act::Go);
    let mut connection = clear(server.port);
    for _ in 0..5 {
        assert_eq!(word(&connection.send(&email("ann@example.test")).await), ("delivered", None));
    }
    let heard = server.heard();
    assert_eq!((heard.connections, heard.emails.len(), heard.count("RSET")), (1, 5, 0));
}

#[tokio::test]
async fn after_a_refused_email_the_connection_is_reused() {
    let refusing = FaultySmtp::that(Moment::Recipient, Act::Say("550 5.1.1 no such person"));
    let mut connection = clear(refusing.port);
    for _ in 0..3 {
        assert_eq!(word(&connection.send(&email("bob@example.test")).await), ("refused", Some(550)));
    }
    let heard = refusing.heard();
    assert_eq!((heard.connections, heard.count("RSET"), heard.count("DATA")), (1, 2, 0));
}

#[tokio::test]
async fn a_connection_that_the_server_closed_loses_no_email() {
    for end in ["250 2.0.0 ok", "250 2.0.0 ok\r\n421 4.4.2 idle for too long"] {
        let server = FaultySmtp::start(move |moment, connection| match (moment, connection) {
            (Moment::Dot, 1) => Act::SayAndDrop(end),
            _ => Act::Go,
        });
        let mut connection = clear(server.port);
        for _ in 0..2 {
            assert_eq!(word(&connection.send(&email("ann@example.test")).await), ("delivered", None));
        }
        let heard = server.heard();
        assert_eq!((heard.connections, heard.emails.len()), (2, 2));
    }
}

#[tokio::test]
async fn a_failing_new_connection_is_not_retried_at_once() {
    let server = FaultySmtp::that(Moment::Sender, Act::Drop);
    assert_eq!(word(&clear(server.port).send(&email("ann@example.test")).await), ("deferred", None));
    assert_eq!(server.heard().connections, 1);
}

#[test]
fn no_more_connections_are_open_than_allowed() {
    let server = FaultySmtp::start(|_, _| Act::Go);
    let fixture = Fixture::new(Kind::Sqlite).with(&format!(
        "[mail]\nfrom = \"Countersign <access@example.test>\"\ntransport = \"smtp\"\nconnections = 2\n\
         [mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\ntimeout = \"5s\"",
        server.port
    ));
    let coach = fixture.relationship("coach");
    for number in 0..20 {
        let [ann, bob] = ["ann", "bob"].map(|name| fixture.user(&format!("{name}{number}@d{number}.test")));
        fixture.asked(&coach, &ann, &bob);
    }
    let (stop, is_over) = tokio::sync::watch::channel(false);
    runtime().block_on(async {
        let worker = tokio::spawn(fixture.outbox.clone().run(is_over));
        while server.heard().emails.len() < 20 {
            tokio::task::yield_now().await;
        }
        stop.send(true).unwrap();
        worker.await.unwrap();
    });
    let heard = server.heard();
    assert!(heard.connections <= 2, "{} connections", heard.connections);
    assert_eq!(heard.emails.len(), 20);
}

#[tokio::test]
async fn without_starttls_nothing_is_sent() {
    let server = FaultySmtp::start(|_, _| Act::Go);
    let lines = format!(
        "transport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"starttls\"\ntimeout = \"1s\"",
        server.port
    );
    let outcome = connection(&lines).send(&email("ann@example.test")).await;
    assert_eq!(word(&outcome), ("misconfigured", None));
    assert_eq!(server.heard().commands, ["EHLO example.test"]);
}

#[tokio::test]
async fn plain_text_after_the_starttls_reply_is_discarded() {
    let server = FaultySmtp::start(|moment, _| match moment {
        Moment::Hello => Act::Say("250-faulty.test\r\n250 STARTTLS"),
        Moment::Starttls => Act::Say("220 go\r\n250 2.0.0 accepted, says the man in the middle"),
        _ => Act::Go,
    });
    let lines = format!(
        "transport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"starttls\"\ntimeout = \"1s\"",
        server.port
    );
    let outcome = connection(&lines).send(&email("ann@example.test")).await;
    assert_eq!(word(&outcome), ("away", None));
    assert!(outcome.problem().is_some_and(|problem| problem.text.contains("no SMTP")), "{outcome:?}");
}

#[tokio::test]
async fn an_outcome_never_repeats_the_link() {
    let server = FaultySmtp::that(
        Moment::Dot,
        Act::Say("554 5.7.1 blocked http://127.0.0.1:8080/r?token=csr_AAAAAAAAAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"),
    );
    let mail = email("ann@example.test");
    let outcome = clear(server.port).send(&mail).await;
    let shown = format!("{outcome:?} {mail:?}");
    assert!(!shown.contains("csr_") && !shown.contains(LINK), "{shown}");
    assert_eq!(outcome.problem().map(|problem| problem.text.as_str()), Some("5.7.1 blocked …"));
}

#[tokio::test]
async fn a_deferred_or_broken_starttls_defers() {
    for (act, expected) in [
        (Act::Say("454 4.7.0 not now"), ("away", Some(454))),
        (Act::Say("502 5.5.1 not here"), ("misconfigured", Some(502))),
        (Act::SayAndDrop("220 go"), ("away", None)),
    ] {
        let script_act = act.clone();
        let server = FaultySmtp::start(move |moment, _| match moment {
            Moment::Hello => Act::Say("250-faulty.test\r\n250 STARTTLS"),
            Moment::Starttls => script_act.clone(),
            _ => Act::Go,
        });
        let lines = format!(
            "transport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"starttls\"\ntimeout = \"1s\"",
            server.port
        );
        let outcome = connection(&lines).send(&email("ann@example.test")).await;
        assert_eq!(word(&outcome), expected, "{act:?} {outcome:?}");
        assert_eq!(server.heard().count("MAIL"), 0);
    }
}

#[tokio::test]
async fn a_server_without_auth_gets_no_password() {
    let server = FaultySmtp::start(|_, _| Act::Go);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("password");
    std::fs::write(&file, "secret\n").expect("a file");
    let lines = format!(
        "transport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\ntimeout = \"1s\"\n\
         username = \"countersign\"\npassword_file = {:?}",
        server.port,
        file.display().to_string()
    );
    let outcome = connection(&lines).send(&email("ann@example.test")).await;
    assert_eq!(word(&outcome), ("misconfigured", None));
    assert_eq!(server.heard().commands, ["EHLO example.test"]);
}

/// The replies of a server to authentication, with this form of the offer.
fn signing_in(offer: &'static str, mechanism: &'static str) -> FaultySmtp {
    FaultySmtp::start_listening(move |moment, said| match moment {
        Moment::Hello => Act::Say(offer),
        Moment::Other if said.starts_with("AUTH LOGIN") && mechanism == "LOGIN" => Act::Say("334 VXNlcm5hbWU6"),
        Moment::Other if said == "Y291bnRlcnNpZ24=" => Act::Say("334 UGFzc3dvcmQ6"),
        Moment::Other if said == "c2VjcmV0" => Act::Say("235 2.7.0 welcome"),
        Moment::Other if said.starts_with("AUTH PLAIN AGNvdW50ZXJzaWduAHNlY3JldA==") && mechanism == "PLAIN" => {
            Act::Say("235 2.7.0 welcome")
        }
        Moment::Other if said.starts_with("AUTH") => Act::Say("504 5.5.4 not this way"),
        _ => Act::Go,
    })
}

/// Signed in with the secret in a file of these bytes, as `countersign`.
fn signed_in(port: u16, folder: &tempfile::TempDir, secret: &[u8]) -> Connection {
    let file = folder.path().join("password");
    std::fs::write(&file, secret).expect("a file");
    let lines = format!(
        "transport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\ntimeout = \"5s\"\n\
         username = \"countersign\"\npassword_file = {:?}",
        file.display().to_string()
    );
    connection(&lines)
}

#[tokio::test]
async fn auth_is_recognised_in_the_forms_of_old_servers() {
    let folder = tempfile::tempdir().expect("a folder");
    for (offer, mechanism) in [
        ("250-old.test\r\n250 AUTH LOGIN", "LOGIN"),
        ("250-old.test\r\n250 AUTH=LOGIN", "LOGIN"),
        ("250-old.test\r\n250-8bitmime\r\n250 auth login", "LOGIN"),
        ("250-old.test\r\n250 Auth=Plain", "PLAIN"),
        ("250-old.test\r\n250-AUTH=LOGIN\r\n250 AUTH LOGIN PLAIN", "PLAIN"),
    ] {
        let server = signing_in(offer, mechanism);
        let outcome = signed_in(server.port, &folder, b"secret\n").send(&email("ann@example.test")).await;
        assert_eq!(word(&outcome), ("delivered", None), "{offer}: {outcome:?} {:?}", server.heard().commands);
        assert_eq!(server.heard().count("EHLO"), 1, "one hello a connection");
    }
}

/// RFC 5321 §3.2: a server without EHLO refuses the command.
#[tokio::test]
async fn a_server_with_helo_only_accepts_an_email() {
    for refusal in ["500 5.5.1 unknown command", "502 5.5.1 not implemented", "501 5.5.4 what", "504 5.5.4 no"] {
        let server = FaultySmtp::that(Moment::Hello, Act::Say(refusal));
        let outcome = clear(server.port).send(&email("ann@example.test")).await;
        assert_eq!(word(&outcome), ("delivered", None), "{refusal}: {outcome:?}");
        let heard = server.heard();
        assert_eq!(heard.commands.first().map(String::as_str), Some("EHLO example.test"));
        assert_eq!(heard.commands.get(1).map(String::as_str), Some("HELO example.test"));
        assert!(heard.emails.iter().any(|email| email.contains("token=")));
    }
    // It offers no authentication, and gets no password.
    let folder = tempfile::tempdir().expect("a folder");
    let server = FaultySmtp::that(Moment::Hello, Act::Say("502 5.5.1 not implemented"));
    let outcome = signed_in(server.port, &folder, b"secret\n").send(&email("ann@example.test")).await;
    assert_eq!((word(&outcome), server.heard().count("AUTH")), (("misconfigured", None), 0), "{outcome:?}");
    // One that refuses us is not tried again.
    let server = FaultySmtp::that(Moment::Hello, Act::Say("554 5.7.1 go away"));
    let outcome = clear(server.port).send(&email("ann@example.test")).await;
    assert_eq!((word(&outcome), server.heard().count("HELO")), (("misconfigured", Some(554)), 0), "{outcome:?}");
}

#[tokio::test]
async fn a_password_is_the_first_line_in_every_text_format() {
    let folder = tempfile::tempdir().expect("a folder");
    for bytes in [&b"secret"[..], b"secret\r\n", b"\xef\xbb\xbfsecret\r\n", b"\xef\xbb\xbfsecret\nother\n"] {
        let server = signing_in("250-new.test\r\n250 AUTH PLAIN", "PLAIN");
        let outcome = signed_in(server.port, &folder, bytes).send(&email("ann@example.test")).await;
        assert_eq!(word(&outcome), ("delivered", None), "{bytes:?}: {outcome:?} {:?}", server.heard().commands);
    }
}
