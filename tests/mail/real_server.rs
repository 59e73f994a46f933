//! Emails through a real mail server, parsed as by a mail program.

use countersign::mail::transport::Connection;
use mail_parser::{HeaderValue, Message, MessageParser};

use super::{LINK, connection, email, word};
use crate::support::smtp::{ELSEWHERE, LATER, MailServer, REJECTED, USERNAME};

/// To the real server, by its name, signed in.
fn to_the_server(server: &MailServer, tls: &str, more: &str) -> Connection {
    let port = if tls == "implicit" { server.implicit_port } else { server.starttls_port };
    let lines = format!(
        "transport = \"smtp\"\n[mail.smtp]\nhost = \"localhost\"\nport = {port}\ntls = {tls:?}\ntimeout = \"20s\"\n{more}"
    );
    connection(&lines)
}

fn signed_in(server: &MailServer) -> String {
    let (ca, password) = (server.ca_file.display().to_string(), server.password_file.display().to_string());
    format!("ca_file = {ca:?}\nusername = {USERNAME:?}\npassword_file = {password:?}")
}

fn trusting(server: &MailServer) -> String {
    format!("ca_file = {:?}", server.ca_file.display().to_string())
}

fn header<'a>(message: &'a Message<'_>, name: &'a str) -> Option<&'a str> {
    message.header(name).and_then(HeaderValue::as_text)
}

#[tokio::test]
async fn an_email_arrives_by_starttls_and_sign_in_as_it_was_written() {
    let server = MailServer::shared();
    let outcome = to_the_server(server, "starttls", &signed_in(server)).send(&email("starttls@example.test")).await;
    assert_eq!(word(&outcome), ("delivered", None), "{outcome:?}\n{}", server.log());
    let bytes = server.emails("starttls@example.test", 1).remove(0);
    let message = MessageParser::default().parse(&bytes).expect("an email");

    let raw = String::from_utf8_lossy(&bytes);
    assert!(raw.contains("with ESMTPSA") && raw.contains(&format!("Authenticated sender: {USERNAME}")), "{raw}");
    assert_eq!(header(&message, "Auto-Submitted"), Some("auto-generated"));
    assert_eq!(message.message_id(), Some("17.starttls.at.example.test@example.test"));
    assert_eq!(message.subject(), Some("Bob Müller asks for view access to Sleep data"));
    assert_eq!(message.date().map(mail_parser::DateTime::to_timestamp), Some(1_800_000_000));
    let people = [message.from(), message.to(), message.reply_to()].map(|people| {
        let first = people.and_then(|people| people.first()).expect("somebody");
        (first.name().unwrap_or_default().to_owned(), first.address().unwrap_or_default().to_owned())
    });
    assert_eq!(
        people.each_ref().map(|(name, address)| (name.as_str(), address.as_str())),
        [("Countersign", "access@example.test"), ("Ann Lee", "starttls@example.test"), ("Bob Müller", "bob@example.test")]
    );
    let text = message.body_text(0).expect("text").replace("\r\n", "\n");
    assert_eq!(text.trim_end(), format!("Hello Ann,\n.\n..\nopen\n{LINK}"));
    assert!(message.body_html(0).expect("HTML").contains(&format!("<a href=\"{LINK}\">open</a>")));
    assert_eq!(message.html_body_count() + message.text_body_count(), 2);
    assert!(bytes.is_ascii() && raw.lines().all(|line| line.len() <= 998));
}

#[tokio::test]
async fn an_email_arrives_by_implicit_tls() {
    let server = MailServer::shared();
    let outcome = to_the_server(server, "implicit", &signed_in(server)).send(&email("implicit@example.test")).await;
    assert_eq!(word(&outcome), ("delivered", None), "{outcome:?}\n{}", server.log());
    let bytes = server.emails("implicit@example.test", 1).remove(0);
    assert!(String::from_utf8_lossy(&bytes).contains("with ESMTPSA"));
}

#[tokio::test]
async fn a_server_of_an_unknown_authority_gets_nothing() {
    let server = MailServer::shared();
    let other = format!("ca_file = {:?}", server.other_ca_file.display().to_string());
    for (tls, more) in [("starttls", other.as_str()), ("implicit", other.as_str()), ("starttls", "")] {
        let outcome = to_the_server(server, tls, more).send(&email("nobody@example.test")).await;
        assert_eq!(word(&outcome), ("misconfigured", None), "{tls} {outcome:?}");
        assert!(outcome.problem().is_some_and(|problem| problem.text.contains("mail.smtp.ca_file")), "{outcome:?}");
    }
    assert!(!server.log().contains("to=<nobody@example.test>"));
}

#[tokio::test]
async fn a_certificate_of_another_name_is_not_to_be_trusted() {
    let server = MailServer::shared();
    let lines = format!(
        "transport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"implicit\"\ntimeout = \"5s\"\n{}",
        server.implicit_port,
        trusting(server)
    );
    let outcome = connection(&lines).send(&email("nobody@example.test")).await;
    assert_eq!(word(&outcome), ("misconfigured", None), "{outcome:?}");
    assert!(outcome.problem().is_some_and(|problem| problem.text.contains("mail.smtp.host")), "{outcome:?}");
}

#[tokio::test]
async fn a_wrong_password_is_a_misconfiguration() {
    let server = MailServer::shared();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("password");
    std::fs::write(&file, "wrong\n").expect("a file");
    let more = format!("{}\nusername = {USERNAME:?}\npassword_file = {:?}", trusting(server), file.display().to_string());
    let mut connection = to_the_server(server, "starttls", &more);
    let outcome = connection.send(&email("password@example.test")).await;
    assert_eq!(word(&outcome), ("misconfigured", Some(535)), "{outcome:?}");
    assert!(!format!("{outcome:?} {connection:?}").contains("wrong"), "{outcome:?}");

    // With the right password it works without a restart.
    std::fs::copy(&server.password_file, &file).expect("a copy");
    assert_eq!(word(&connection.send(&email("password@example.test")).await), ("delivered", None));
}

#[tokio::test]
async fn the_reply_about_the_recipient_decides() {
    let server = MailServer::shared();
    let mut connection = to_the_server(server, "starttls", &signed_in(server));
    for (to, expected) in [
        (REJECTED, ("refused", Some(550))),
        (LATER, ("deferred", Some(451))),
        (ELSEWHERE, ("misconfigured", Some(554))),
        ("after@example.test", ("delivered", None)),
    ] {
        let outcome = connection.send(&email(to)).await;
        assert_eq!(word(&outcome), expected, "{to} {outcome:?}");
    }
}

#[tokio::test]
async fn several_emails_with_one_recipient_each_share_a_connection() {
    let server = MailServer::shared();
    // No sign-in, so that the log's line of this connection's end is known by its counts.
    let mut connection = to_the_server(server, "implicit", &trusting(server));
    for _ in 0..7 {
        assert_eq!(word(&connection.send(&email("reuse@example.test")).await), ("delivered", None));
    }
    drop(connection);
    assert_eq!(server.emails("reuse@example.test", 7).len(), 7);
    crate::support::wait_until("the end of the one connection", || {
        server.log().contains("ehlo=1 mail=7 rcpt=7 data=7").then_some(())
    });
}

#[tokio::test]
async fn line_ends_in_names_write_no_headers() {
    let server = MailServer::shared();
    let mut mail = email("crlf@example.test");
    mail.to_name = "Ann\r\nBcc: eve@example.test\r\n\r\nbody".into();
    mail.subject = "Hello\r\nX-Injected: yes\r\n\r\n.\r\nMAIL FROM:<eve@example.test>".into();
    mail.reply_to = Some(("Bob\nX-Injected: yes\rX: y".into(), super::address("bob@example.test")));
    mail.text = "a\r\n.\r\nMAIL FROM:<eve@example.test>\rb\n.\nc".to_owned().into();
    let outcome = to_the_server(server, "implicit", &trusting(server)).send(&mail).await;
    assert_eq!(word(&outcome), ("delivered", None), "{outcome:?}");
    let bytes = server.emails("crlf@example.test", 1).remove(0);
    let message = MessageParser::default().parse(&bytes).expect("an email");
    assert!(message.header("X-Injected").is_none() && message.bcc().is_none());
    assert_eq!(message.subject(), Some("Hello X-Injected: yes . MAIL FROM: <eve at example. test>"));
    let text = message.body_text(0).expect("text").replace("\r\n", "\n");
    assert_eq!(text.trim_end(), "a\n.\nMAIL FROM:<eve@example.test>\nb\n.\nc");
}

#[tokio::test]
async fn a_mismatch_of_port_and_tls_is_reported() {
    let server = MailServer::shared();
    for (port, tls) in [(server.implicit_port, "starttls"), (server.starttls_port, "implicit")] {
        let lines = format!(
            "transport = \"smtp\"\n[mail.smtp]\nhost = \"localhost\"\nport = {port}\ntls = {tls:?}\ntimeout = \"1s\"\n{}",
            trusting(server)
        );
        let outcome = connection(&lines).send(&email("nobody@example.test")).await;
        assert_eq!(word(&outcome), ("away", None), "{outcome:?}");
        assert!(outcome.problem().is_some_and(|problem| problem.text.contains("mail.smtp.port")), "{outcome:?}");
    }
}

/// A TLS server with a certificate that `openssl req -x509` made with these options, on a free port.
struct SelfSigned {
    child: std::process::Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Drop for SelfSigned {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl SelfSigned {
    fn start(options: &[&str]) -> Self {
        use std::process::{Command, Stdio};
        let folder = tempfile::tempdir().expect("a folder");
        let new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
        let named = ["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=localhost"];
        let made =
            Command::new("openssl").args(new).args(named).args(options).current_dir(folder.path()).output().expect("openssl");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let port = crate::support::daemon::free_port();
        let serve =
            ["s_server", "-cert", "cert.pem", "-key", "key.pem", "-quiet", "-accept", &port.to_string()].map(str::to_owned);
        let mut command = Command::new("openssl");
        command.args(serve).current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("openssl");
        crate::support::wait_until("openssl to listen", || std::net::TcpStream::connect(("127.0.0.1", port)).ok());
        Self { child, folder, port }
    }

    fn ca_file(&self) -> String {
        self.folder.path().join("cert.pem").display().to_string()
    }
}

const OPTIONS: &str = "-addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:localhost";

#[tokio::test]
async fn a_self_signed_certificate_is_accepted_or_refused_with_instructions() {
    let san = ["-addext", "subjectAltName=DNS:localhost"];
    let leaf = ["-addext", "basicConstraints=critical,CA:FALSE"];
    for (options, advice) in [
        (&san[..], Some("CA:TRUE")),
        (&[][..], Some("CA:TRUE")),
        (&leaf[..], Some("is not for localhost")),
        (&[san, leaf].concat()[..], None),
    ] {
        let server = SelfSigned::start(options);
        let lines = format!(
            "transport = \"smtp\"\n[mail.smtp]\nhost = \"localhost\"\nport = {}\ntls = \"implicit\"\ntimeout = \"2s\"\nca_file = {:?}",
            server.port,
            server.ca_file()
        );
        let outcome = connection(&lines).send(&email("ann@example.test")).await;
        let text = outcome.problem().map(|problem| problem.text.clone()).unwrap_or_default();
        match advice {
            Some(advice) => {
                assert_eq!(word(&outcome), ("misconfigured", None), "{options:?}: {outcome:?}");
                assert!(text.contains(advice) && text.contains(OPTIONS), "{options:?}: {text}");
                assert!(!text.contains("OtherError") && !text.contains("EndEntity"), "{text}");
            }
            // It trusts the certificate, and expects a mail server behind it, which there is not.
            None => assert!(text.contains("at the greeting"), "{options:?}: {outcome:?}"),
        }
        let config = countersign::config::Config::build(Some(&format!("[mail]\n{lines}")), []).expect("a configuration");
        let path = config.mail.smtp.ca_file.expect("a file");
        let checked = countersign::certificates::check(&path, "localhost");
        let is_own = options == san;
        assert_eq!(checked.is_err(), is_own, "{options:?}: {checked:?}");
    }
    // Certificates of authorities, others' and its own, get no advice.
    let server = MailServer::shared();
    assert_eq!(countersign::certificates::check(&server.ca_file, "localhost"), Ok(()));
}
