//! An email as a message of RFC 5322: sender, recipient, two bodies, and its bytes.
//!
//! Names and subjects are sanitized here, where the headers are written, so that no caller can forget it.

use std::borrow::Cow;
use std::fmt;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, Message, MultiPart, SinglePart};
use zeroize::Zeroizing;

use super::sanitize::{for_header, for_subject, header_line};
use super::transfer_encoding::{self, LINE_BYTES};
use crate::config::Logo;
use crate::domain::Address;
use crate::secret::{digest, hex};

/// The last second of the year 9999, because the header has four digits.
const LAST_DATE: i64 = 253_402_300_799;

/// The sender of our emails, parsed from `mail.from`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The display name; may be empty.
    pub name: String,
    /// The address, also in the envelope.
    pub address: Address,
}

/// A malformed `mail.from`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("mail.from cannot be {text:?}: {reason}; write it like \"Countersign <access@example.org>\"")]
pub struct BadSender {
    text: String,
    reason: String,
}

impl Sender {
    /// Parses `Name <address>`, `"Name" <address>` or a bare address.
    pub fn parse(text: &str) -> Result<Self, BadSender> {
        let bad = |reason: String| BadSender { text: text.to_owned(), reason };
        let (name, address) = match text.trim().strip_suffix('>') {
            Some(rest) => rest.rsplit_once('<').ok_or_else(|| bad("a > without a <".into()))?,
            None => ("", text),
        };
        let name = name.trim();
        let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
        let address = Address::parse(address).map_err(|e| bad(e.to_string()))?;
        Ok(Self { name: header_line(name), address })
    }

    /// A Message-ID of ours. `unique` identifies the email, so a repeated email has the same one.
    pub fn message_id(&self, unique: &str) -> String {
        let unique: String = unique.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
        format!("<{}@{}>", unique.trim_matches('.'), self.address.domain())
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() { self.address.fmt(f) } else { write!(f, "{} <{}>", self.name, self.address) }
    }
}

/// An email to one person. Its bodies contain a live link, so they are wiped when dropped and never printed.
#[derive(Clone)]
pub struct Mail {
    /// The sender, always this instance.
    pub from: Sender,
    /// The only recipient.
    pub to: Address,
    /// The recipient's name; may be empty.
    pub to_name: String,
    /// The recipient of replies.
    pub reply_to: Option<(String, Address)>,
    /// The subject, as rendered.
    pub subject: String,
    /// The plain text body.
    pub text: Zeroizing<String>,
    pub html: Zeroizing<String>,
    /// The Message-ID with its angle brackets; see [`Sender::message_id`].
    pub message_id: String,
    /// Time of writing.
    pub date: DateTime<Utc>,
    /// The PNG that the HTML refers to.
    pub logo: Option<Logo>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("to", &self.to.masked()).field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

/// Why an email cannot be written as a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// The mail library refuses the address.
    #[error("an address of the email is not valid")]
    Address,
    /// Not of the form `<name@domain>`.
    #[error("the email has no Message-ID of the form <name@domain>")]
    MessageId,
    /// The bytes would not be a valid message. A bug.
    #[error("the email is not a valid message")]
    Illegal,
}

impl Mail {
    /// The whole message with CRLF line endings: ASCII only, no line over 998 bytes, no lone CR or LF.
    pub fn rendered(&self) -> Result<Zeroizing<Vec<u8>>, Unwritable> {
        if !is_message_id(&self.message_id) {
            return Err(Unwritable::MessageId);
        }
        let from = envelope_address(&self.from.address)?;
        let mut builder = Message::builder()
            .from(Mailbox::new(Some(header_line(&self.from.name)).filter(|name| !name.is_empty()), from))
            .to(mailbox(&self.to_name, &self.to)?)
            .subject(for_subject(&self.subject))
            .message_id(Some(self.message_id.clone()))
            .date(header_date(self.date))
            .header(AutoSubmitted);
        if let Some((name, address)) = &self.reply_to {
            builder = builder.reply_to(mailbox(name, address)?);
        }
        let html = part(ContentType::TEXT_HTML, transfer_encoding::html(&unix_lines(&self.html)));
        let body = MultiPart::alternative()
            .boundary(self.boundary("alternative"))
            .singlepart(part(ContentType::TEXT_PLAIN, transfer_encoding::text(&unix_lines(&self.text))));
        let body = match &self.logo {
            None => body.singlepart(html),
            Some(logo) => {
                let png = ContentType::parse("image/png").map_err(|_| Unwritable::Illegal)?;
                let image = Attachment::new_inline(logo.content_id()).body(logo.bytes().to_vec(), png);
                body.multipart(MultiPart::related().boundary(self.boundary("related")).singlepart(html).singlepart(image))
            }
        };
        let message = builder.multipart(body).map_err(|_| Unwritable::Illegal)?;
        let bytes = Zeroizing::new(message.formatted());
        if is_legal(&bytes) { Ok(bytes) } else { Err(Unwritable::Illegal) }
    }

    /// Derived from the Message-ID, which is generated after all texts of people, so that no body can contain the boundary.
    fn boundary(&self, part: &str) -> String {
        format!("=_{}", hex(digest(&[self.message_id.as_bytes(), part.as_bytes()]).iter().take(12)))
    }
}

/// RFC 3834 §5: auto-responders must not answer.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Converts an address to lettre's type. Our syntax is narrower, so every address of [`Address::parse`] is accepted.
pub(super) fn envelope_address(address: &Address) -> Result<lettre::Address, Unwritable> {
    address.as_str().parse().map_err(|_| Unwritable::Address)
}

fn mailbox(name: &str, address: &Address) -> Result<Mailbox, Unwritable> {
    let is_address = name.trim().eq_ignore_ascii_case(address.as_str());
    let name = Some(for_header(name)).filter(|name| !name.is_empty() && !is_address);
    Ok(Mailbox::new(name, envelope_address(address)?))
}

fn part(kind: ContentType, (body, encoding): (Vec<u8>, ContentTransferEncoding)) -> SinglePart {
    SinglePart::builder().header(kind).body(Body::dangerous_pre_encoded(body, encoding))
}

/// Converts line endings to LF, and removes other control characters except tabs.
fn unix_lines(text: &str) -> Cow<'_, str> {
    // All our texts pass: this checks many bytes at a time and rebuilds nothing. 0xC2 begins the control characters beyond
    // ASCII, and little else.
    let is_fine = |byte: &u8| matches!(byte, b'\n' | b'\t' | b' '..=b'~' | 0x80..=0xC1 | 0xC3..);
    if text.as_bytes().chunks(64).all(|some| some.iter().fold(true, |are_fine, byte| are_fine & is_fine(byte))) {
        return Cow::Borrowed(text);
    }
    let text = Zeroizing::new(text.replace("\r\n", "\n").replace('\r', "\n"));
    text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect()
}

/// The date within the range of the header: the years 1970 to 9999. lettre panics beyond it.
fn header_date(date: DateTime<Utc>) -> SystemTime {
    let seconds = date.timestamp().clamp(0, LAST_DATE);
    SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds.unsigned_abs())
}

fn is_message_id(text: &str) -> bool {
    let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
    let is_plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+' | b'='))
    };
    inner.and_then(|inner| inner.split_once('@')).is_some_and(|(left, right)| is_plain(left) && is_plain(right))
        && text.len() <= 250
}

fn is_legal(message: &[u8]) -> bool {
    let rest = message.strip_suffix(b"\r\n").and_then(|rest| str::from_utf8(rest).ok());
    let Some(rest) = rest.filter(|rest| rest.is_ascii() && !rest.contains('\0')) else {
        return false;
    };
    let mut lines = rest.split('\n').peekable();
    while let Some(line) = lines.next() {
        // Each piece but the last must end with the CR of its line ending.
        let line = if lines.peek().is_some() { line.strip_suffix('\r') } else { Some(line) };
        if !line.is_some_and(|line| line.len() <= LINE_BYTES && !line.contains('\r')) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use mail_parser::MimeHeaders;
    use proptest::{prop_assert_eq, proptest};

    use super::*;

    fn email() -> Mail {
        Mail {
            from: Sender::parse("Countersign <access@example.org>").unwrap(),
            to: Address::parse("ann@example.test").unwrap(),
            to_name: "Ann Lee".into(),
            reply_to: None,
            subject: "Bob asks".into(),
            text: Zeroizing::new("Hello\n".into()),
            html: Zeroizing::new("<p>Hello</p>\n".into()),
            message_id: "<7.1@example.org>".into(),
            date: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
            logo: None,
        }
    }

    #[test]
    fn a_logo_is_a_part_that_the_html_refers_to() {
        let header = [&64_u32.to_be_bytes()[..], &64_u32.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
        let chunk =
            |kind: &[u8; 4], data: &[u8]| [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], kind, data, &[0; 4]].concat();
        let pixels = vec![0xff; Logo::MOST_MAIL_BYTES - 69];
        let png = [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &header), &chunk(b"IDAT", &pixels), &chunk(b"IEND", b"")].concat();
        let logo = Logo::read(png.clone()).unwrap();
        let html = Zeroizing::new(format!("<img src=\"cid:{}\">\n", logo.content_id()));
        let bytes = Mail { logo: Some(logo.clone()), html, ..email() }.rendered().unwrap();
        assert!(bytes.len() < 30_000, "{}", bytes.len());
        let message = mail_parser::MessageParser::new().parse(&bytes[..]).unwrap();
        assert_eq!(message.body_text(0).unwrap(), "Hello\r\n");
        assert_eq!(message.body_html(0).unwrap(), format!("<img src=\"cid:{}\">\r\n", logo.content_id()));
        let image = message.parts.iter().find(|part| part.content_id() == Some(&logo.content_id())).expect("the image");
        assert_eq!(image.contents(), png);
    }

    #[test]
    fn a_sender_is_a_name_and_an_address_or_an_address_alone() {
        let read = |text| Sender::parse(text).map(|sender| (sender.name, sender.address.to_string()));
        assert_eq!(read("Countersign <a@example.org>"), Ok(("Countersign".into(), "a@example.org".into())));
        assert_eq!(read("\"Lee, Ann\" <a@example.org>"), Ok(("Lee, Ann".into(), "a@example.org".into())));
        assert_eq!(read(" a@example.org "), Ok((String::new(), "a@example.org".into())));
        for bad in ["", "Countersign", "Countersign a@example.org>", "A <a@example.org> x", "A <>"] {
            assert!(Sender::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_message_id_is_of_one_form_only() {
        let sender = Sender::parse("access@example.org").unwrap();
        assert!(is_message_id(&sender.message_id("17.2")));
        for bad in ["", "a@b", "<ab>", "<a@b>\r\nBcc: x", "<a b@c>", "<@b>"] {
            assert!(!is_message_id(bad), "{bad:?} was taken");
        }
        assert_eq!(Mail { message_id: "x".into(), ..email() }.rendered().err(), Some(Unwritable::MessageId));
    }

    #[test]
    fn bytes_that_are_no_legal_mail_are_told() {
        assert!(is_legal(b"a: b\r\n\r\nc\r\n"));
        for bad in [&b"a\n"[..], b"a\nb\r\n", b"a\rb\r\n", b"a\r\r\n", b"\xc3\xa9\r\n", b"a", b"\0\r\n"] {
            assert!(!is_legal(bad), "{bad:?} was taken");
        }
        assert!(!is_legal(&[&[b'a'; 999][..], b"\r\n"].concat()));
    }

    #[test]
    fn whatever_people_write_comes_out_as_legal_mail() {
        let nasty = "\r\n.\r\n\rX: \u{0}\u{1F600}é\n..\n".repeat(40);
        let mut mail = email();
        (mail.text, mail.html) = (nasty.clone().into(), nasty.clone().into());
        (mail.subject, mail.to_name) = (nasty.clone(), nasty.clone());
        mail.reply_to = Some((nasty, Address::parse("bob@example.test").unwrap()));
        for date in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            mail.date = date;
            assert!(mail.rendered().is_ok());
        }
    }

    #[test]
    fn an_email_does_not_print_its_bodies() {
        assert!(!format!("{:?}", email()).contains("Hello"));
    }

    proptest! {
        #[test]
        fn no_text_of_anybodys_adds_a_header_or_is_lost(name in ".*", subject in ".*", other in "\\PC*", text in "(?s).*") {
            let mut mail = email();
            (mail.to_name, mail.subject) = (name, subject);
            mail.reply_to = Some((other, Address::parse("bob@example.test").unwrap()));
            (mail.text, mail.html) = (text.clone().into(), text.clone().into());
            let bytes = mail.rendered().unwrap();
            let read = mail_parser::MessageParser::default().parse(bytes.as_slice()).unwrap();
            let names: Vec<_> = read.headers().iter().map(|header| header.name().to_owned()).collect();
            prop_assert_eq!(names, [
                "From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted", "Reply-To", "MIME-Version", "Content-Type"
            ]);
            prop_assert_eq!(read.to().unwrap().iter().count(), 1);
            prop_assert_eq!(read.to().unwrap().first().unwrap().address(), Some("ann@example.test"));
            prop_assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), unix_lines(&text));
        }

        #[test]
        fn every_address_of_ours_is_one_of_lettres(
            local in "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}",
            domain in "[a-zA-Z0-9äöß-]{1,63}(\\.[a-z0-9-]{1,63}){1,3}",
        ) {
            if let Ok(address) = Address::parse(&format!("{local}@{domain}")) {
                prop_assert_eq!(envelope_address(&address).unwrap().to_string(), address.to_string());
            }
        }
    }
}
