//! An email in the form of SMTP: its envelope, and its dot-stuffed lines (RFC 5321 §4.5.2).

use zeroize::Zeroizing;

use crate::mail::message::{Mail, Unwritable, envelope_address};

/// The envelope, and the data after DATA.
pub(in crate::mail) struct Parcel {
    pub(in crate::mail) from: lettre::Address,
    pub(in crate::mail) to: lettre::Address,
    /// Includes the final dot.
    pub(in crate::mail) text: Zeroizing<String>,
}

impl Parcel {
    /// Fails if the email is not valid as a message.
    pub(in crate::mail) fn of(mail: &Mail) -> Result<Self, Unwritable> {
        let (from, to) = (envelope_address(&mail.from.address)?, envelope_address(&mail.to)?);
        let bytes = mail.rendered()?;
        let text = str::from_utf8(&bytes).map_err(|_| Unwritable::Illegal)?;
        Ok(Self { from, to, text: dotted(text) })
    }
}

/// Doubles the dots at line starts and appends the final dot. `text` ends with a line ending.
fn dotted(text: &str) -> Zeroizing<String> {
    // Allocates once: a growing buffer would leave copies of the link in memory.
    let lines = text.bytes().filter(|byte| *byte == b'\n').count();
    let mut out = Zeroizing::new(String::with_capacity(text.len() + lines + 3));
    for line in text.split_inclusive('\n') {
        if line.starts_with('.') {
            out.push('.');
        }
        out.push_str(line);
    }
    out.push_str(".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn a_line_that_begins_with_a_dot_has_one_more_and_a_dot_ends_the_email() {
        assert_eq!(*dotted("a: b\r\n\r\n.\r\n..c\r\nd.\r\n"), "a: b\r\n\r\n..\r\n...c\r\nd.\r\n.\r\n");
    }

    proptest! {
        #[test]
        fn whatever_an_email_says_only_its_end_ends_it(lines in proptest::collection::vec("[.a]{0,4}", 1..9)) {
            let sent = dotted(&(lines.join("\r\n") + "\r\n"));
            let mut said: Vec<&str> = sent.split_terminator("\r\n").collect();
            prop_assert_eq!(said.pop(), Some("."));
            prop_assert!(!said.contains(&"."));
            let read: Vec<&str> = said.into_iter().map(|line| line.strip_prefix('.').unwrap_or(line)).collect();
            prop_assert_eq!(read, lines);
        }
    }
}
