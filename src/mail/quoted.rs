//! Bodies in quoted-printable (RFC 2045 §6.7).
//!
//! lettre's gives the very same bytes, one at a time and with a move of the whole body for each line: an eighth of what a
//! letter took. Most of a body stands for itself, so here whole stretches are copied.

/// The longest line of what comes out, without its end.
const LINE_BYTES: usize = 76;
/// The most of it where the line goes on: the last is for the `=` that says so.
const PIECE_BYTES: usize = LINE_BYTES - 1;
const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// `text`, whose lines end with LF, as lines of at most 76 bytes that end with CRLF.
pub(super) fn quoted_printable(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 4 + LINE_BYTES);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.extend_from_slice(b"\r\n");
        }
        write_line(line.as_bytes(), &mut out);
    }
    out
}

fn write_line(line: &[u8], out: &mut Vec<u8>) {
    // A blank at the end of a line may be lost on the way, so it does not stand for itself there.
    let (mut rest, mut blank) = match line {
        [rest @ .., b' ' | b'\t'] => (rest, line.last()),
        _ => (line, None),
    };
    let mut column = 0;
    loop {
        let plain = rest.iter().position(|byte| !is_plain(*byte)).unwrap_or(rest.len());
        let (mut stretch, after) = rest.split_at(plain);
        let (escaped, after) = match after.split_first() {
            Some((byte, after)) => (Some(byte), after),
            None => (blank.take(), after),
        };
        let most = if escaped.is_none() { LINE_BYTES } else { PIECE_BYTES };
        while column + stretch.len() > most {
            let (now, later) = stretch.split_at(PIECE_BYTES - column);
            out.extend_from_slice(now);
            out.extend_from_slice(b"=\r\n");
            (stretch, column) = (later, 0);
        }
        out.extend_from_slice(stretch);
        column += stretch.len();
        let Some(&byte) = escaped else { return };
        let is_last = after.is_empty() && blank.is_none();
        if column + 3 > if is_last { LINE_BYTES } else { PIECE_BYTES } {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        let digit = |four: u8| HEX.get(usize::from(four)).copied().unwrap_or_default();
        out.extend_from_slice(&[b'=', digit(byte >> 4), digit(byte & 15)]);
        column += 3;
        rest = after;
    }
}

/// Whether a byte stands for itself.
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'<' | b'>'..=b'~')
}

#[cfg(test)]
mod tests {
    use lettre::message::Body;
    use lettre::message::header::ContentTransferEncoding;
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn what_stands_for_itself_stays_and_everything_else_is_in_hexadecimal() {
        for (text, quoted) in [
            ("", ""),
            ("a=b", "a=3Db"),
            ("é\u{1F600}", "=C3=A9=F0=9F=98=80"),
            ("a \n\tb\t\n \n", "a=20\r\n\tb=09\r\n=20\r\n"),
            ("\u{7f}\0\r", "=7F=00=0D"),
        ] {
            assert_eq!(String::from_utf8(quoted_printable(text)).unwrap(), quoted, "{text:?}");
        }
    }

    #[test]
    fn a_line_is_broken_only_where_it_has_no_room() {
        let whole = "x".repeat(76);
        assert_eq!(quoted_printable(&whole), whole.as_bytes());
        assert_eq!(quoted_printable(&format!("{whole}y")), [&[b'x'; 75][..], b"=\r\nxy"].concat());
        assert_eq!(quoted_printable(&format!("{}=", "x".repeat(73))), [&[b'x'; 73][..], b"=3D"].concat());
        assert_eq!(quoted_printable(&format!("{}=y", "x".repeat(73))), [&[b'x'; 73][..], b"=\r\n=3Dy"].concat());
    }

    proptest! {
        #[test]
        fn whatever_is_quoted_is_read_again_and_has_short_lines(text in "(?s)([a-z ]{0,90}|[=\t \né.]{0,9}|.){0,12}") {
            let quoted = quoted_printable(&text);
            let lettres = Body::new_with_encoding(text.replace('\r', ""), ContentTransferEncoding::QuotedPrintable).unwrap();
            prop_assert_eq!(quoted_printable(&text.replace('\r', "")), lettres.into_vec());
            let mut lines = quoted.split(|byte| *byte == b'\n').peekable();
            while let Some(line) = lines.next() {
                let line = if lines.peek().is_some() { line.strip_suffix(b"\r").unwrap() } else { line };
                prop_assert!(line.len() <= LINE_BYTES && line.iter().all(|byte| is_plain(*byte) || *byte == b'='));
                prop_assert!(!line.ends_with(b" ") && !line.ends_with(b"\t"));
            }
            let message = [b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", quoted.as_slice()].concat();
            let read = mail_parser::MessageParser::default().parse(&message).unwrap();
            prop_assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), text.as_str());
        }
    }
}
