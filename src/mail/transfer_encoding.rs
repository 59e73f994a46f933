//! Encodes the two bodies of an email without breaking its lines. The link is longer than the 76 bytes of a quoted-printable
//! line (RFC 2045 §6.7), and programs that show or log the raw message would show half of it.
//!
//! ASCII is sent as it is (7bit), other text in base64. HTML is always ASCII: other characters become numeric references. 8bit
//! is not used, because a server without 8BITMIME would encode it again, which breaks a DKIM signature.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::message::header::ContentTransferEncoding;
use zeroize::Zeroizing;

/// The longest line, without its line ending (RFC 5322 §2.1.1).
pub(super) const LINE_BYTES: usize = 998;
/// Bytes in a base64 line of 76 characters.
const PIECE_BYTES: usize = 57;

/// Encodes plain text with LF line endings.
pub(super) fn text(text: &str) -> (Vec<u8>, ContentTransferEncoding) {
    let lines = with_crlf(text);
    if text.is_ascii() && text.split('\n').all(|line| line.len() <= LINE_BYTES) {
        (lines.as_bytes().to_vec(), ContentTransferEncoding::SevenBit)
    } else {
        (in_base64(lines.as_bytes()), ContentTransferEncoding::Base64)
    }
}

/// Encodes HTML with LF line endings.
pub(super) fn html(html: &str) -> (Vec<u8>, ContentTransferEncoding) {
    text(&by_number(html))
}

fn with_crlf(text: &str) -> Zeroizing<String> {
    let ends = text.bytes().filter(|byte| *byte == b'\n').count();
    // Allocates once: a growing buffer would leave copies of the link in memory.
    let mut out = Zeroizing::new(String::with_capacity(text.len() + ends));
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push_str("\r\n");
        }
        out.push_str(line);
    }
    out
}

fn by_number(html: &str) -> Zeroizing<String> {
    // `&#1114111;` is the longest reference, for four bytes.
    let beyond = html.bytes().filter(|byte| !byte.is_ascii()).count();
    let mut out = Zeroizing::new(String::with_capacity(html.len() + 5 * beyond));
    let mut rest = html;
    while let Some(at) = rest.find(|c: char| !c.is_ascii()) {
        let (plain, other) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = other.chars();
        if let Some(c) = chars.next() {
            // Writing to a string cannot fail.
            let _ = write!(out, "&#{};", u32::from(c));
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

fn in_base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Zeroizing::new(String::with_capacity(bytes.len() / 3 * 4 + bytes.len() / PIECE_BYTES * 2 + 8));
    for (number, piece) in bytes.chunks(PIECE_BYTES).enumerate() {
        if number > 0 {
            out.push_str("\r\n");
        }
        STANDARD.encode_string(piece, &mut out);
    }
    out.as_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn read(encoding: ContentTransferEncoding, kind: &str, body: &[u8]) -> String {
        let head = format!("Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n");
        let bytes = [head.as_bytes(), body].concat();
        let message = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        let text = if kind == "html" { message.html_part(0) } else { message.text_part(0) };
        text.and_then(|part| part.text_contents()).unwrap().replace("\r\n", "\n")
    }

    #[test]
    fn ascii_stands_as_it_is_and_other_text_is_in_base64() {
        let as_text = |(body, encoding): (Vec<u8>, ContentTransferEncoding)| (String::from_utf8(body).unwrap(), encoding);
        let long = format!("https://a.example/redeem?token={}", "x".repeat(200));
        assert_eq!(as_text(text(&format!("a\n{long}\n"))), (format!("a\r\n{long}\r\n"), ContentTransferEncoding::SevenBit));
        assert_eq!(as_text(text("é\n")), ("w6kNCg==".into(), ContentTransferEncoding::Base64));
        assert_eq!(text(&"x".repeat(999)).1, ContentTransferEncoding::Base64);
        assert_eq!(
            as_text(html("<p title=\"“\">é\u{1F600}\n")),
            ("<p title=\"&#8220;\">&#233;&#128512;\r\n".into(), ContentTransferEncoding::SevenBit)
        );
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_again_in_short_lines_of_ascii(words in "([a-z ]{0,90}|[=\t é.\u{1F600}\n]{0,9}){0,12}") {
            let (body, encoding) = text(&words);
            prop_assert_eq!(read(encoding, "plain", &body), words.as_str());
            prop_assert!(body.is_ascii() && body.split(|byte| *byte == b'\n').all(|line| line.len() <= LINE_BYTES + 1));
            let (body, _) = html(&words);
            prop_assert!(body.is_ascii());
        }
    }
}
