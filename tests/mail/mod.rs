//! Emails and their transports.

mod emails;
mod faults;
mod outbox;
mod real_server;
mod together;
mod transport;

use chrono::DateTime;
use countersign::clock::{Clock, ManualClock};
use countersign::config::Config;
use countersign::domain::Address;
use countersign::mail::transport::Connection;
use countersign::mail::{Mail, Outcome, Sender, Transport, TransportError};

/// A link as in emails.
const LINK: &str = "http://127.0.0.1:8080/r?token=csr_AAAAAAAAAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";

fn email(to: &str) -> Mail {
    let from = Sender::parse("Countersign <access@example.test>").expect("a sender");
    Mail {
        message_id: from.message_id(&format!("17.{}", to.replace('@', ".at."))),
        from,
        to: address(to),
        to_name: "Ann Lee".into(),
        reply_to: Some(("Bob Müller".into(), address("bob@example.test"))),
        subject: "Bob Müller asks for view access to Sleep data".into(),
        text: format!("Hello Ann,\n.\n..\nopen\n{LINK}\n").into(),
        html: format!("<p>Hello Ann, <a href=\"{LINK}\">open</a></p>\n").into(),
        date: DateTime::from_timestamp(1_800_000_000, 0).expect("a date"),
        logo: None,
    }
}

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

/// A transport with these settings of the section `mail`.
fn transport(lines: &str) -> Result<Transport, TransportError> {
    let config = Config::build(Some(&format!("[mail]\nfrom = \"Countersign <access@example.test>\"\n{lines}")), []);
    let config = config.expect("a configuration");
    let clock = Clock::Manual(ManualClock::new(DateTime::from_timestamp(1_800_000_060, 0).expect("a date")));
    Transport::from_config(&config.mail, 3, clock)
}

/// A connection by a transport of these lines.
fn connection(lines: &str) -> Connection {
    transport(lines).expect("a transport").connection()
}

/// One to a server on this machine in the clear, which gets a second for an email.
fn clear(port: u16) -> Connection {
    let lines =
        format!("transport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\ntimeout = \"1s\"");
    connection(&lines)
}

/// The outcome in a word, and its code.
fn word(outcome: &Outcome) -> (&'static str, Option<u16>) {
    let word = match outcome {
        Outcome::Delivered { .. } => "delivered",
        Outcome::Deferred(_) => "deferred",
        Outcome::Away(_) => "away",
        Outcome::Refused(_) => "refused",
        Outcome::Ambiguous(_) => "ambiguous",
        Outcome::Misconfigured(_) => "misconfigured",
    };
    (word, outcome.problem().and_then(|problem| Some(problem.code.as_ref()?.code)))
}
