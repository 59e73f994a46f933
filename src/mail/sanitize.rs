//! Makes text from people safe for each place of output: emails, their headers, pages, the log.
//!
//! This does not escape HTML; the templates do. The output has no unexpected line breaks, no invisible characters that reorder
//! or hide text, and in emails nothing that a mail program would turn into a link.

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, Script};
use zeroize::Zeroizing;

use crate::domain::address::MASK;
use crate::domain::name::is_ignorable;
use crate::i18n::ISOLATE;

/// The limit of characters of a name.
pub const NAME_CHARS: usize = 64;
/// The limit of characters of a subject header.
const SUBJECT_CHARS: usize = 200;
/// The limit of characters of a name in a subject, so that two names and our words fit in 150.
pub const SUBJECT_NAME_CHARS: usize = 36;
/// The limit of characters of a message.
pub const MESSAGE_CHARS: usize = 1000;
/// The limit of lines of a message.
pub const MESSAGE_LINES: usize = 40;
/// The limit of characters in a line of plain text (RFC 5322 §2.1.1 recommends 78), except for the line with a link.
pub const LINE_CHARS: usize = 76;

/// Schemes that mail programs turn into links even without `//`.
const SCHEMES: &[&str] = &[
    "mailto",
    "tel",
    "sms",
    "facetime",
    "callto",
    "skype",
    "javascript",
    "data",
    "file",
    "magnet",
    "geo",
    "webcal",
    "news",
    "xmpp",
    "sip",
    "bitcoin",
];

/// A name for the sentences of an email: a short line without a link.
pub fn for_email(name: &str) -> String {
    shorten(&unlinked(&one_line(name)), NAME_CHARS)
}

/// A name for our pages, where nothing becomes a link by itself: a short line.
pub fn for_page(name: &str) -> String {
    shorten(&one_line(name), NAME_CHARS)
}

/// A name for a header: a short line without a link. It gets no brackets, because mail programs would show it in quotes.
pub fn for_header(name: &str) -> String {
    cut(&spaced_out(&header_line(name), |_| true), NAME_CHARS)
}

/// As [`for_header`], for a name by the operator, which may contain a link.
pub fn header_line(name: &str) -> String {
    cut(&one_line(name), NAME_CHARS)
}

/// A subject header. `report.pdf` is allowed; anything with a scheme, a path or `www.` is not.
pub fn for_subject(text: &str) -> String {
    let is_more_than_a_file = |word: &str| {
        // A masked address is ours, and nobody can write to it. In a name, the domain after it is broken up already.
        if word.contains(MASK) && !word.contains(['/', ':', '\\']) {
            return false;
        }
        let word = word.to_ascii_lowercase();
        word.trim_end_matches([':', '?']).contains(['/', '@', ':', '?', '\\']) || word.contains("www")
    };
    let line = cut(&line_with(text, |c| c == ISOLATE.0 || c == ISOLATE.1), SUBJECT_CHARS);
    in_pairs(&cut(&spaced_out(&line, is_more_than_a_file), SUBJECT_CHARS))
}

/// One line of visible characters, with single blanks between words.
pub fn one_line(text: &str) -> String {
    line_with(text, |_| false)
}

/// As [`one_line`], with some invisible characters allowed.
fn line_with(text: &str, stays: impl Fn(char) -> bool) -> String {
    let visible = text.chars().filter(|c| stays(*c) || !is_invisible(*c) && !is_joiner(*c));
    let visible: String = visible.map(|c| if c.is_control() || is_line_end(c) { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Balances the marks that isolate right-to-left names, so that the rest of the line, and any text that a mail program shows
/// after it, keeps its direction.
fn in_pairs(text: &str) -> String {
    let mut open = 0;
    let mut paired: String = text
        .chars()
        .filter(|c| {
            let is_unmatched = *c == ISOLATE.1 && open == 0;
            open += usize::from(*c == ISOLATE.0);
            open -= usize::from(*c == ISOLATE.1 && !is_unmatched);
            !is_unmatched
        })
        .collect();
    paired.extend(std::iter::repeat_n(ISOLATE.1, open));
    paired
}

/// The first `most` characters.
fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect::<String>().trim_end().to_owned()
}

/// Adds blanks to words that contain a link and that `is_meant` selects: `https: //evil. example`.
fn spaced_out(text: &str, is_meant: impl Fn(&str) -> bool) -> String {
    let mut words = Vec::new();
    for word in text.split(' ') {
        let links = links_at(word);
        if links.is_empty() || !is_meant(word) {
            words.push(word.to_owned());
            continue;
        }
        let mut spaced = String::with_capacity(word.len() + 4);
        for (at, c) in word.char_indices() {
            match c {
                '@' => spaced.push_str(" at "),
                c => spaced.push(c),
            }
            if is_dot(c) || c == ':' || links.binary_search(&at).is_ok() {
                spaced.push(' ');
            }
        }
        words.push(spaced);
    }
    words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A message or a reason, by lines: at most [`MESSAGE_CHARS`] characters and [`MESSAGE_LINES`] lines, no blank line at either
/// end nor twice in a row, no link.
pub fn quoted(message: &str) -> Vec<String> {
    let message = message.replace("\r\n", "\n");
    let visible: String = message
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| match c {
            c if c == '\n' || is_line_end(c) => '\n',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    let mut lines: Vec<String> = Vec::new();
    for line in unlinked(&shorten(visible.trim(), MESSAGE_CHARS)).split('\n') {
        let line = line.trim_end();
        if line.is_empty() && lines.last().is_none_or(String::is_empty) {
            continue;
        }
        if lines.len() == MESSAGE_LINES {
            lines.push("…".into());
            break;
        }
        lines.push(line.to_owned());
    }
    lines
}

/// At most `most` characters; a truncated text ends with an ellipsis.
pub fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The text with all links made inactive but readable: `example[.]org`, `https[:]//`. Idempotent.
pub fn unlinked(text: &str) -> String {
    let links = links_at(text);
    if links.is_empty() {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len() + 2 * links.len());
    for (at, c) in text.char_indices() {
        if links.binary_search(&at).is_ok() {
            safe.extend(['[', c, ']']);
        } else {
            safe.push(c);
        }
    }
    safe
}

/// The dots of host names: those of IDNA (UTS 46 §4), and those that NFKC maps to one.
const fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{2024}' | '\u{3002}' | '\u{FE52}' | '\u{FF0E}' | '\u{FF61}')
}

/// Chinese and Japanese full stops, which are also dots of host names.
const fn is_full_stop(c: char) -> bool {
    matches!(c, '\u{3002}' | '\u{FF61}')
}

/// A character of a script in which the next sentence follows such a full stop without a blank.
fn is_of_such_script(c: char) -> bool {
    let script = CodePointMapData::<Script>::new().get(c);
    [Script::Bopomofo, Script::Han, Script::Hiragana, Script::Katakana].contains(&script)
}

/// The byte positions of the characters that make a link of the text around them. Joiners and combining marks are skipped,
/// because browsers drop or keep them and still make a link.
fn links_at(text: &str) -> Vec<usize> {
    if !text.chars().any(|c| is_dot(c) || matches!(c, ':' | '\\')) {
        return Vec::new();
    }
    let (places, seen): (Vec<usize>, Vec<char>) = text.char_indices().filter(|(_, c)| !is_passed_over(*c)).unzip();
    let links = |at: usize, c: char| {
        let (before, rest) = seen.split_at(at);
        let after = rest.get(1..).unwrap_or_default();
        match c {
            // The end of a sentence, followed by the next.
            c if is_full_stop(c) && after.first().is_some_and(|next| is_of_such_script(*next)) => false,
            c if is_dot(c) => dot_links(before, after),
            ':' => colon_links(before, after),
            // Outlook turns \\server\share into a link.
            '\\' => after.first() == Some(&'\\') && before.last() != Some(&'['),
            _ => false,
        }
    };
    let found = places.iter().zip(&seen).enumerate().filter(|(at, (_, c))| links(*at, **c));
    found.map(|(_, (place, _))| *place).collect()
}

fn is_passed_over(c: char) -> bool {
    is_ignorable(c) || is_invisible(c) || is_mark(c)
}

fn is_mark(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    matches!(CodePointMapData::<GeneralCategory>::new().get(c), NonspacingMark | SpacingMark | EnclosingMark)
}

/// Before the dot, everything counts but white space and ASCII punctuation: even an emoji can be a host name.
fn dot_links(before: &[char], after: &[char]) -> bool {
    let counts = |c: &char| !c.is_whitespace() && (!c.is_ascii_punctuation() || is_of_label(*c));
    if !before.last().is_some_and(counts) {
        return false;
    }
    let label = after.iter().take_while(|c| is_of_label(**c)).count();
    let starts_a_name = label >= 2 && after.first().is_some_and(|c| c.is_alphabetic());
    let word: String = before.iter().rev().take_while(|c| c.is_alphanumeric()).collect();
    let ends_in_www = word.get(..3).is_some_and(|end| end.eq_ignore_ascii_case("www"));
    starts_a_name || (ends_in_www && label > 0) || is_of_ip_address(before, after)
}

/// Whether the dot is one of the three in an IPv4 address.
fn is_of_ip_address(before: &[char], after: &[char]) -> bool {
    let is_part = |c: &&char| c.is_ascii_digit() || is_dot(**c);
    let dots = |part: usize, chars: &mut dyn Iterator<Item = &char>| chars.take(part).filter(|c| is_dot(**c)).count();
    let left = before.iter().rev().take_while(is_part).count();
    let right = after.iter().take_while(is_part).count();
    let digit_after = after.first().is_some_and(char::is_ascii_digit);
    digit_after && 1 + dots(left, &mut before.iter().rev()) + dots(right, &mut after.iter()) >= 3
}

fn colon_links(before: &[char], after: &[char]) -> bool {
    if after.starts_with(&['/', '/']) {
        return true;
    }
    let word: String = before.iter().rev().take_while(|c| c.is_ascii_alphanumeric()).collect();
    let word: String = word.chars().rev().collect::<String>().to_ascii_lowercase();
    after.first().is_some_and(|c| !c.is_whitespace()) && SCHEMES.contains(&word.as_str())
}

fn is_of_label(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The two joiners, which scripts and emoji need in a message.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Invisible characters that change the text around them: direction, joining, tags, annotations. Joiners and variation
/// selectors are excluded, because scripts and emoji need them in a message.
fn is_invisible(c: char) -> bool {
    let is_selector = matches!(c, '\u{180B}'..='\u{180D}' | '\u{180F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}');
    is_ignorable(c) && !is_joiner(c) && !is_selector || matches!(c, '\u{FFF9}'..='\u{FFFB}')
}

/// Wraps plain text: lines of at most [`LINE_CHARS`] characters broken between words, at most one blank line in a row, none at
/// the ends. A line equal to one of `urls` stays whole. A continued line repeats its `> `, or its indent and two blanks more.
pub fn folded(text: &str, urls: &[&str]) -> Zeroizing<String> {
    // Allocates once: a growing buffer would leave copies of the link in memory.
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 2));
    let mut is_blank = true;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            if !is_blank {
                out.push('\n');
            }
            is_blank = true;
            continue;
        }
        is_blank = false;
        if urls.contains(&line) {
            out.push_str(line);
            out.push('\n');
        } else {
            fold_line(line, &mut out);
        }
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

/// Replaces typographic quotes, dashes and spaces by ASCII, if the result is all ASCII; otherwise returns the text unchanged.
/// ASCII emails are sent without an encoding: see `body`.
pub fn typewritten(text: Zeroizing<String>) -> Zeroizing<String> {
    if text.is_ascii() {
        return text;
    }
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    for c in text.chars() {
        match c {
            '“' | '”' | '„' | '«' | '»' => plain.push('"'),
            '‘' | '’' | '‚' => plain.push('\''),
            '–' | '—' => plain.push('-'),
            '\u{A0}' | '\u{202F}' => plain.push(' '),
            c if c.is_ascii() => plain.push(c),
            _ => return text,
        }
    }
    plain
}

fn fold_line(line: &str, out: &mut String) {
    let blanks = line.get(..line.len() - line.trim_start_matches(' ').len()).unwrap_or_default();
    let (indent, hang) = match blanks {
        _ if line.starts_with('>') => ("> ", "> ".to_owned()),
        "" => ("", String::new()),
        _ => (blanks, format!("{blanks}  ")),
    };
    let mut start = out.len();
    out.push_str(indent);
    let mut column = indent.len();
    let mut has_words = false;
    let break_line = |out: &mut String| {
        out.push('\n');
        let start = out.len();
        out.push_str(&hang);
        (start, hang.len())
    };
    // A no-break space, as French has before a colon, stays within its word.
    for mut word in line.trim_start_matches('>').split_ascii_whitespace() {
        let mut width = word.chars().count();
        if has_words && column + 1 + width > LINE_CHARS {
            (start, column) = break_line(out);
        } else if has_words {
            out.push(' ');
            column += 1;
        }
        // A word longer than a line, or a script without spaces.
        while column + width > LINE_CHARS {
            let room = LINE_CHARS.saturating_sub(column).max(1);
            let at = word.char_indices().nth(room).map_or(word.len(), |(at, _)| at);
            let (head, rest) = word.split_at(at);
            out.push_str(head);
            (word, width) = (rest, width - room);
            (start, column) = break_line(out);
        }
        out.push_str(word);
        column += width;
        has_words = true;
    }
    let kept = out.get(start..).map_or(0, |line| line.trim_end().len());
    out.truncate(start + kept);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_visible_line_without_a_link() {
        assert_eq!(for_email("  Ann\r\nBcc: eve@example.org "), "Ann Bcc: eve@example[.]org");
        assert_eq!(for_email("Ann\u{202E}eeL\u{200B} \u{2028}Lee\0"), "AnneeL Lee");
        assert_eq!(for_email("J.R.R. St. John-Smith"), "J.R.R. St. John-Smith");
        assert_eq!(for_email("win at https://evil.example/x now"), "win at https[:]//evil[.]example/x now");
        assert_eq!(for_email("\u{2066}\u{2069}\n"), "");
        assert_eq!(for_email(&"ä".repeat(80)).chars().count(), NAME_CHARS);
    }

    /// Whether a dot forms a host name with the text around it.
    fn has_host(text: &str) -> bool {
        links_at(text).into_iter().any(|at| text[at..].starts_with(is_dot))
    }

    #[test]
    fn a_name_is_one_line_of_at_most_64_visible_characters() {
        assert_eq!(for_header("Ann\r\nBcc: eve@example.org"), "Ann Bcc: eve at example. org");
        assert_eq!(for_header("\u{202e}eeL nnA\u{200b}\0"), "eeL nnA");
        assert_eq!(for_header(&"é".repeat(100)).chars().count(), 64);
        assert_eq!(for_header("  Ann   Lee "), "Ann Lee");
    }

    #[test]
    fn what_would_become_a_link_is_taken_apart() {
        assert_eq!(for_header("See https://evil.example/x"), "See https: //evil. example/x");
        assert_eq!(for_header("evil。example"), "evil。 example");
        for host in ["evil。com", "evil｡com", "evil․com", "i❤.ws", "evil\u{307}.com", "evil.\u{307}com"] {
            assert!(for_header(host).contains(' '), "{host}");
            assert!(for_subject(&format!("go {host}/login")).contains(". ") || !host.contains('.'), "{host}");
            assert!(!has_host(&for_header(host)), "{host}");
            assert!(!has_host(&for_subject(&format!("{host}/login"))), "{host}");
        }
        assert_eq!(for_header("J. R. Smith 3.5"), "J. R. Smith 3.5");
        let file = "Ann wants to view \"report.pdf\" (reply by 3 December)";
        assert_eq!(for_subject(file), file);
        assert_eq!(for_subject("a•••@example.org declined"), "a•••@example.org declined");
        assert_eq!(for_subject(&for_email("a•••@evil.example")), "a•••@evil[.]example");
        assert_eq!(for_subject("go evil.example/login www.x.y now"), "go evil. example/login www. x. y now");
    }

    #[test]
    fn a_subject_keeps_what_isolates_a_name_in_pairs() {
        assert_eq!(for_subject("\u{2068}דן\u{2069} asks"), "\u{2068}דן\u{2069} asks");
        assert_eq!(for_subject("a\u{2069} \u{2068}b \u{202e}c"), "a \u{2068}b c\u{2069}");
        assert_eq!(for_header("\u{2068}דן\u{2069}"), "דן");
    }

    #[test]
    fn what_looks_like_a_link_is_taken_apart_and_what_does_not_is_left() {
        for (text, safe) in [
            ("see example.org/a?b=c", "see example[.]org/a?b=c"),
            ("HTTP://Example.COM", "HTTP[:]//Example[.]COM"),
            ("www.1a", "www[.]1a"),
            ("www.a.b", "www[.]a.b"),
            ("10.0.0.1 and 3.12.2026", "10[.]0[.]0[.]1 and 3.12.2026"),
            ("mailto:eve tel:+41", "mailto[:]eve tel[:]+41"),
            ("ann@mail.example.org", "ann@mail[.]example[.]org"),
            ("bücher.みんな", "bücher[.]みんな"),
            ("evil。com evil｡com evil．com evil․com evil﹒com", "evil[。]com evil[｡]com evil[．]com evil[․]com evil[﹒]com"),
            ("i❤.ws i❤\u{FE0F}.ws ”x”.com", "i❤[.]ws i❤\u{FE0F}[.]ws ”x”[.]com"),
            (
                "evil\u{307}.com evil.\u{200D}com evil\u{200D}.com evil.c\u{308}om",
                "evil\u{307}[.]com evil[.]\u{200D}com evil\u{200D}[.]com evil[.]c\u{308}om",
            ),
            ("evil\u{200C}\u{301}。\u{301}\u{200D}com/x", "evil\u{200C}\u{301}[。]\u{301}\u{200D}com/x"),
            ("10。0。0。1", "10[。]0[。]0[。]1"),
            // The end of a Chinese or Japanese sentence, directly followed by the next or preceded by a name.
            ("您好。我是王小明。谢谢！", "您好。我是王小明。谢谢！"),
            ("我用Google。谢谢", "我用Google。谢谢"),
            ("ｱﾘｶﾞﾄｳ｡ｺﾝﾆﾁﾊ。ありがとう。カタカナ", "ｱﾘｶﾞﾄｳ｡ｺﾝﾆﾁﾊ。ありがとう。カタカナ"),
            ("请看evil。com。谢谢", "请看evil[。]com。谢谢"),
            ("例え。com 例え．みんな", "例え[。]com 例え[．]みんな"),
            ("http:\u{200D}//x", "http[:]\u{200D}//x"),
            (r"\\server\share", r"[\]\server\share"),
            ("at 14:05, 1.5 kg. Thanks! e.g. this: that", "at 14:05, 1.5 kg. Thanks! e.g. this: that"),
        ] {
            assert_eq!(unlinked(text), safe);
            assert_eq!(unlinked(safe), safe, "twice is once");
        }
    }

    #[test]
    fn a_message_keeps_its_lines_and_no_more_than_it_may() {
        assert_eq!(quoted("\n Hi\tBob,\r\n\r\n\r\n\r\nit is\u{2028}me\u{202E}  \n"), ["Hi Bob,", "", "it is", "me"]);
        assert!(quoted(" \n\t ").is_empty());
        let long = quoted(&"word ".repeat(500)).join("\n");
        assert_eq!(long.chars().count(), MESSAGE_CHARS);
        assert!(long.ends_with('…'));
        assert_eq!(quoted(&"x\n".repeat(400)).len(), MESSAGE_LINES + 1);
    }

    #[test]
    fn text_is_typewritten_where_that_makes_all_of_it_ascii() {
        let plain = |text: &str| typewritten(Zeroizing::new(text.to_owned())).to_string();
        assert_eq!(plain("It’s “Sleep data” – e.g. nights"), "It's \"Sleep data\" - e.g. nights");
        assert_eq!(plain("“Müller”"), "“Müller”");
        assert_eq!(plain("“a•••@example.org”"), "“a•••@example.org”");
    }

    #[test]
    fn plain_text_is_folded_between_words_and_a_link_is_not() {
        let link = format!("https://a.example/r?token={}", "x".repeat(80));
        let text = format!("\n\n{}\n\n\n  {}\n> {}\n{link}\n\n", "one ".repeat(30), "two ".repeat(30), "y".repeat(100));
        let folded = folded(&text, &["https://example.org", &link]);
        assert!(folded.lines().all(|line| line == link || line.chars().count() <= LINE_CHARS), "{}", *folded);
        assert!(folded.contains(&format!("\n{link}\n")));
        assert!(folded.contains("\n    two"));
        assert_eq!(folded.lines().filter(|line| line.starts_with("> y")).count(), 2);
        assert!(!folded.contains("\n\n\n") && !folded.starts_with('\n') && !folded.ends_with("\n\n"));
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_name_is_it_is_short_and_one_line_and_no_link(name in ".{0,100}|(https?://|www\\.|[a-z.:/@]{1,9}){1,12}") {
            let safe = for_email(&name);
            assert!(safe.chars().count() <= NAME_CHARS && !safe.chars().any(char::is_control), "{safe:?}");
            assert!(!safe.contains("://") && !safe.to_lowercase().contains("www.a"), "{safe:?}");
            assert_eq!(unlinked(&safe), safe);
        }

        #[test]
        fn no_host_is_left_whatever_stands_between_its_parts(
            text in "(evil|i❤|é|www|10|[a-z ]|[.\u{2024}\u{3002}\u{FE52}\u{FF0E}\u{FF61}]|[\u{200C}\u{200D}\u{301}\u{307}\u{FE0F}\u{AD}]|com|org/x){0,12}",
        ) {
            let safe = unlinked(&text);
            assert_eq!(unlinked(&safe), safe);
            assert_eq!(safe.replace(['[', ']'], ""), text);
            // As a browser reads it: without dropped characters, and with all dots as ASCII.
            let read: Vec<char> = safe.chars()
                .filter(|c| !matches!(c, '\u{200C}' | '\u{200D}' | '\u{301}' | '\u{307}' | '\u{FE0F}' | '\u{AD}'))
                .map(|c| if "\u{2024}\u{3002}\u{FE52}\u{FF0E}\u{FF61}".contains(c) { '.' } else { c })
                .collect();
            for four in read.windows(4) {
                let is_host = !" []./".contains(four[0]) && four[1] == '.' && four[2].is_alphabetic() && four[3].is_alphabetic();
                assert!(!is_host, "{text:?}: {safe:?}");
            }
        }

        #[test]
        fn whatever_is_folded_keeps_its_words(words in "[a-zé> \n]{0,300}") {
            let folded = folded(&words, &[]);
            let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
            assert_eq!(letters(&folded), letters(&words));
            assert!(folded.lines().all(|line| line.chars().count() <= LINE_CHARS));
        }
    }
}
