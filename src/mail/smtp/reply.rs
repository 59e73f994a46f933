//! Maps failures to outcomes. The same code means different things in different phases: a 5xx to the greeting is our problem,
//! to RCPT it is the email's. A lost connection is harmless before the final dot, and ambiguous after it.

use std::error::Error as _;
use std::time::Duration;

use lettre::transport::smtp::Error;

use crate::domain::ReplyCode;
use crate::mail::outcome::{Outcome, Problem};
use crate::mail::sanitize::one_line;

/// The phase of the conversation. Each is entered before its first byte is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::mail) enum Phase {
    /// Resolving the host and connecting.
    Connect,
    Tls,
    /// The greeting and EHLO.
    Hello,
    Auth,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    Data,
    /// The message without the final dot.
    Body,
    /// From the final dot on: the server may have accepted the email.
    Dot,
}

impl Phase {
    const fn doing(self) -> &'static str {
        match self {
            Self::Connect => "while connecting",
            Self::Tls => "while setting up TLS",
            Self::Hello => "at the greeting",
            Self::Auth => "while signing in",
            Self::Sender => "at our sender's address",
            Self::Recipient => "at the reader's address",
            Self::Data => "before the email",
            Self::Body => "in the middle of the email",
            Self::Dot => "after the email",
        }
    }
}

/// The cause of a failure.
#[derive(Debug)]
pub(in crate::mail) enum Cause {
    /// The server refused, with a code and text.
    Reply(u16, String),
    /// The connection ended, or the reply was not SMTP.
    Lost(String),
    /// Only a change of our settings can help.
    Setting(String),
}

/// A failure, with its phase.
#[derive(Debug)]
pub(in crate::mail) struct Failure {
    pub(in crate::mail) phase: Phase,
    pub(in crate::mail) cause: Cause,
}

impl Failure {
    pub(in crate::mail) fn lost(phase: Phase, text: &impl ToString) -> Self {
        Self { phase, cause: Cause::Lost(text.to_string()) }
    }

    pub(in crate::mail) fn setting(phase: Phase, text: impl Into<String>) -> Self {
        Self { phase, cause: Cause::Setting(text.into()) }
    }

    /// Converts lettre's error.
    pub(in crate::mail) fn of(phase: Phase, error: &Error) -> Self {
        let words = error.source().map(ToString::to_string).unwrap_or_default();
        let cause = match error.status() {
            Some(code) => Cause::Reply(code.into(), words),
            None if error.is_client() => Cause::Setting(format!("the mail library refused to go on: {}", shown(&words))),
            None => Cause::Lost(words),
        };
        Self { phase, cause }
    }

    /// Whether a reused connection may just be stale, so that a new one should be tried at once.
    pub(in crate::mail) fn is_staleness(&self) -> bool {
        self.phase < Phase::Body && matches!(self.cause, Cause::Lost(_) | Cause::Reply(421, _))
    }

    /// Whether the connection can be reused after RSET.
    pub(in crate::mail) fn leaves_connection(&self) -> bool {
        self.phase > Phase::Auth && matches!(self.cause, Cause::Reply(code, _) if code != 421)
    }

    pub(in crate::mail) fn outcome(self) -> Outcome {
        let Self { phase, cause } = self;
        match cause {
            Cause::Reply(code, words) => said_no(phase, code, &words),
            Cause::Setting(text) => Outcome::Misconfigured(Problem::new(text)),
            Cause::Lost(why) => {
                let why = shown(&why);
                let why = if why.is_empty() { "it ended the connection".to_owned() } else { why };
                lost(phase, format!("the mail server failed {}: {why}", phase.doing()))
            }
        }
    }
}

/// The outcome of a conversation that took too long.
pub(in crate::mail) fn too_late(phase: Phase, limit: Duration) -> Outcome {
    lost(phase, format!("the mail server did not finish within {limit:?}; time ran out {}", phase.doing()))
}

fn lost(phase: Phase, text: String) -> Outcome {
    match phase {
        Phase::Dot => Outcome::Ambiguous(Problem::new(text)),
        Phase::Tls => Outcome::Away(Problem::new(format!(
            "{text} (if it stays so, mail.smtp.port and mail.smtp.tls do not fit: 465 is usually \"implicit\", 587 \"starttls\")"
        ))),
        Phase::Connect | Phase::Hello => Outcome::Away(Problem::new(text)),
        _ => Outcome::Deferred(Problem::new(text)),
    }
}

fn said_no(phase: Phase, code: u16, words: &str) -> Outcome {
    let reply = shown(words);
    let problem =
        |hint: &str| Problem { code: Some(ReplyCode::of(code, words)), text: format!("{reply}{hint}").trim().to_owned() };
    match (phase, code) {
        (Phase::Connect | Phase::Tls | Phase::Hello, 400..=499) => Outcome::Away(problem("")),
        (_, 400..=499) => Outcome::Deferred(problem("")),
        (Phase::Connect | Phase::Tls | Phase::Hello, _) => {
            Outcome::Misconfigured(problem(" (the mail server does not talk to us; check mail.smtp.host, port and tls)"))
        }
        (Phase::Auth, _) | (_, 530 | 534 | 535 | 538) => Outcome::Misconfigured(problem(
            " (the mail server wants another sign-in; check mail.smtp.username and password_file)",
        )),
        // A size error is about the email; any other about MAIL FROM is about us.
        (Phase::Sender, 552) => Outcome::Refused(problem("")),
        (Phase::Sender, _) => Outcome::Misconfigured(problem(" (the mail server does not let us send as mail.from)")),
        (Phase::Recipient, _) if is_our_relay_refusing_us(words) => Outcome::Misconfigured(problem(
            " (the mail server does not send on for us; check mail.smtp.username, or its relay settings)",
        )),
        _ => Outcome::Refused(problem("")),
    }
}

/// Whether our relay refuses to relay for us. Servers use the same codes (550 5.7.1) for a blocked recipient, so only the text
/// distinguishes them. Each phrase has a space, which no address has, so that an address cannot imitate it. A quoted reply of a
/// later server does not count.
fn is_our_relay_refusing_us(words: &str) -> bool {
    const PHRASES: [&str; 11] = [
        "relay access denied",
        "relaying denied",
        "relaying not allowed",
        "relay not permitted",
        "relay not allowed",
        "relay denied",
        "unable to relay",
        "not permitted to relay",
        "allowed rcpthosts",
        "authentication required",
        "authentication is required",
    ];
    let words = words.to_ascii_lowercase();
    !words.contains(" said:") && PHRASES.iter().any(|phrase| words.contains(phrase))
}

/// Sanitizes a server's text for storage and display: one line, at most 200 characters, without links and tokens of the email,
/// which some filters quote.
pub(in crate::mail) fn shown(words: &str) -> String {
    let is_secret = |word: &str| {
        let mut run = 0;
        let has_long_run = word.chars().any(|c| {
            run = if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '=' | '%') { run + 1 } else { 0 };
            run >= 32
        });
        has_long_run || ["://", "token=", "csr_", "csk_"].iter().any(|mark| word.contains(mark))
    };
    let line = one_line(words).split(' ').map(|word| if is_secret(word) { "…" } else { word }).collect::<Vec<_>>().join(" ");
    line.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(outcome: &Outcome) -> &'static str {
        match outcome {
            Outcome::Delivered { .. } => "delivered",
            Outcome::Deferred(_) => "deferred",
            Outcome::Away(_) => "away",
            Outcome::Refused(_) => "refused",
            Outcome::Ambiguous(_) => "ambiguous",
            Outcome::Misconfigured(_) => "misconfigured",
        }
    }

    #[test]
    fn a_code_means_what_the_phase_makes_of_it() {
        let judge = |phase, code, words: &str| name(&Failure { phase, cause: Cause::Reply(code, words.into()) }.outcome());
        for (phase, code, words, expected) in [
            (Phase::Hello, 421, "busy", "away"),
            (Phase::Hello, 554, "no SMTP service here", "misconfigured"),
            (Phase::Auth, 535, "5.7.8 bad credentials", "misconfigured"),
            (Phase::Auth, 454, "4.7.0 try later", "deferred"),
            (Phase::Sender, 530, "5.7.0 Authentication required", "misconfigured"),
            (Phase::Sender, 553, "5.7.1 sender not owned by user", "misconfigured"),
            (Phase::Sender, 552, "5.3.4 too large", "refused"),
            (Phase::Recipient, 550, "5.1.1 no such person", "refused"),
            (Phase::Recipient, 451, "4.3.0 later", "deferred"),
            (Phase::Recipient, 554, "5.7.1 <a@b.c>: Relay access denied", "misconfigured"),
            (Phase::Recipient, 550, "5.7.1 Relaying denied", "misconfigured"),
            (Phase::Recipient, 550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain", "misconfigured"),
            (Phase::Recipient, 550, "5.1.1 <relaying.denied@b.c> unknown", "refused"),
            (Phase::Recipient, 550, "host mx.b.c said: 550 Relaying denied", "refused"),
            (Phase::Recipient, 550, "5.7.1 blocked by policy", "refused"),
            (Phase::Dot, 554, "5.7.1 spam", "refused"),
            (Phase::Dot, 451, "4.7.1 greylisted", "deferred"),
        ] {
            assert_eq!(judge(phase, code, words), expected, "{phase:?} {code} {words}");
        }
    }

    #[test]
    fn a_lost_connection_is_a_riddle_only_after_the_last_dot() {
        let before_any_email = [Phase::Connect, Phase::Tls, Phase::Hello].map(|phase| (phase, "away"));
        let of_this_email =
            [Phase::Auth, Phase::Sender, Phase::Recipient, Phase::Data, Phase::Body].map(|phase| (phase, "deferred"));
        for (phase, expected) in before_any_email.into_iter().chain(of_this_email) {
            assert_eq!(name(&Failure::lost(phase, &"gone").outcome()), expected);
            assert_eq!(name(&too_late(phase, Duration::from_secs(1))), expected);
        }
        assert_eq!(name(&Failure::lost(Phase::Dot, &"gone").outcome()), "ambiguous");
        assert_eq!(name(&too_late(Phase::Dot, Duration::from_secs(1))), "ambiguous");
    }

    #[test]
    fn a_servers_words_never_repeat_a_link_or_a_token() {
        let token = "csr_AAAAAAAAAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";
        let words = format!("5.7.1 blocked:\r\n http://h/r?token={token} {token} {} ok", &token[4..]);
        assert_eq!(shown(&words), "5.7.1 blocked: … … … ok");
        assert_eq!(shown("2.0.0 Ok: queued as 4Y7zXk1Yd2z3H"), "2.0.0 Ok: queued as 4Y7zXk1Yd2z3H");
        assert_eq!(shown(&"x ".repeat(300)).chars().count(), 200);
    }
}
