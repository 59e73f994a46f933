//! Names of people, groups and bundles: their stored form, and the keys by which they are compared.
//!
//! A name is stored as it was written ([`written`]): composed (NFC), trimmed, without invisible characters. Names are compared
//! by their key ([`key`]), which is stored beside them, because the two databases fold case and compose characters differently
//! beyond ASCII. Usernames also have a shape ([`shape`]), by which look-alikes in other scripts are refused.

use std::borrow::Cow;

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use icu_properties::CodePointSetData;
use icu_properties::props::{DefaultIgnorableCodePoint, Uppercase};

/// The most characters of a username.
const USERNAME_CHARS: usize = 64;

/// Why a text is refused as a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// A control character or a line separator.
    #[error("no control characters")]
    Control,
    /// A character that changes the direction of the text around it.
    #[error("no characters that turn the direction of the text; write it without them")]
    Direction,
    /// Nothing visible.
    #[error("it is empty")]
    Empty,
    #[error("a name of digits only would be taken for an id; add a letter")]
    Number,
}

/// Why a text is refused as a username.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUsername {
    /// It could be mistaken for an address, an id or a URI (CVE-2022-39229), or is empty or too long.
    #[error(
        "1 to {USERNAME_CHARS} characters that cannot be taken for an address, an id or a URI: no @ / : \\ or blanks, not only digits"
    )]
    Ambiguous,
    #[error("it has an invisible character; type it again instead of pasting it")]
    Invisible,
}

/// A name that somebody typed to find something.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    written: String,
    key: String,
}

impl Name {
    /// Parses a name. None if nothing can have it.
    pub fn read(text: &str) -> Option<Self> {
        let written = written(text).ok().filter(|written| !written.is_empty())?;
        let key = key(&written);
        (!key.is_empty()).then_some(Self { written, key })
    }

    /// The name as it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The key by which it is compared.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// Whether a text can be stored and searched for: PostgreSQL accepts no NUL.
pub fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

/// A name in its stored form: composed (NFC), trimmed, without the invisible characters that come with copying.
pub fn written(text: &str) -> Result<String, BadName> {
    let text = text.trim_matches(is_around);
    if text.is_ascii() {
        return if text.bytes().any(|b| b.is_ascii_control()) { Err(BadName::Control) } else { Ok(text.to_owned()) };
    }
    if let Some(refused) = text.chars().find(|c| is_refused(*c)) {
        return Err(if is_turning(refused) { BadName::Direction } else { BadName::Control });
    }
    let seen: String = text.chars().filter(|c| !is_dropped(*c)).collect();
    Ok(compose(&seen).trim_matches(is_around).to_owned())
}

/// The name of a group or a bundle: not empty, and not a number, which would be an id.
pub fn of_thing(text: &str) -> Result<String, BadName> {
    let written = written(text)?;
    let key = key(&written);
    if key.is_empty() {
        return Err(BadName::Empty);
    }
    if is_number(&key) { Err(BadName::Number) } else { Ok(written) }
}

/// A username in its stored form. An address is refused here: only the person with that address may have it as their username.
pub fn of_user(text: &str) -> Result<String, BadUsername> {
    let is_odd = |c: char| c.is_whitespace() || is_refused(c) || "@/:\\".contains(c);
    if text.chars().any(is_odd) {
        return Err(BadUsername::Ambiguous);
    }
    if text.chars().any(is_ignorable) {
        return Err(BadUsername::Invisible);
    }
    let written = compose(text).into_owned();
    let key = key(&written);
    // The key is checked too, since full-width signs and digits are folded to the plain ones.
    let is_ambiguous = key.is_empty() || key.chars().any(is_odd) || is_number(&key) || written.chars().count() > USERNAME_CHARS;
    if is_ambiguous { Err(BadUsername::Ambiguous) } else { Ok(written) }
}

/// The key by which names are compared: compatibility characters replaced (NFKC), case folded, without invisible characters,
/// runs of blanks as one. Composed and decomposed text have the same key. The key of a key is the key itself.
pub fn key(text: &str) -> String {
    // Without its invisible characters, the text may begin with a blank.
    spaced(&folded(text))
}

/// Like [`key`], but with all blanks, for comparing parts of texts.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Folding can leave text that composes or folds further, so it is repeated until nothing changes.
    let mut folded = fold(text);
    for _ in 0..8 {
        let next = fold(&folded);
        if next == folded {
            break;
        }
        folded = next;
    }
    folded
}

/// The shape of a username: characters of other scripts replaced by the Latin letters that they resemble (UTS #39), folded.
/// ASCII is kept, so `rn` and `m`, or `1` and `l`, differ.
pub fn shape(text: &str) -> String {
    // The look-alike of a letter may, folded, have another look-alike, and that may lead back to the first. The smallest of
    // such a circle stands for all.
    let mut looks = vec![look(text)];
    while let Some(next) = looks.last().map(|last| look(last)) {
        if let Some(first) = looks.iter().position(|seen| *seen == next) {
            return looks.into_iter().skip(first).min().unwrap_or(next);
        }
        if looks.len() > 16 {
            return next;
        }
        looks.push(next);
    }
    String::new()
}

fn look(text: &str) -> String {
    if text.is_ascii() {
        return key(text);
    }
    let plain = ComposingNormalizer::new_nfkc().normalize(text);
    let parts = DecomposingNormalizer::new_nfd().normalize(&plain);
    let mut look = String::with_capacity(parts.len());
    for c in parts.chars().filter(|c| !is_ignorable(*c)) {
        if c.is_ascii() {
            look.push(c);
            continue;
        }
        let text = c.to_string();
        let like: String = unicode_security::confusable_detection::skeleton(&text).collect();
        // UTS #39 does not distinguish I and l. A capital that resembles them is an I.
        let is_capital_i = like == "l" && CodePointSetData::new::<Uppercase>().contains(c);
        look.push_str(if is_capital_i { "i" } else { &like });
    }
    key(&look)
}

/// Whether a name is a number, in any script's digits.
pub fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(char::is_numeric)
}

fn fold(text: &str) -> String {
    let nfkc = ComposingNormalizer::new_nfkc();
    let seen: String = nfkc.normalize(text).chars().filter(|c| !is_ignorable(*c)).collect();
    // Normalised again, since an invisible character between two accents hid their order.
    let folded = CaseMapper::new().fold_string(&nfkc.normalize(&seen)).into_owned();
    nfkc.normalize(&folded).into_owned()
}

/// Reduces each run of blanks to one, and trims.
fn spaced(text: &str) -> String {
    if !text.contains(char::is_whitespace) {
        return text.to_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Composes (NFC), as names are stored.
pub fn compose(text: &str) -> Cow<'_, str> {
    ComposingNormalizer::new_nfc().normalize(text)
}

/// Whether a character shows nothing by itself (Unicode's `Default_Ignorable_Code_Point`).
pub fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Control characters, line ends, and characters that change the direction of the text around them.
fn is_refused(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || is_turning(c)
}

/// Embeddings, overrides and isolates of bidirectional text, and their ends.
fn is_turning(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Invisible characters without meaning in a name. Joiners and selectors have a meaning in Persian, Hindi and emoji: names keep
/// them, keys do not.
fn is_dropped(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

pub(super) fn is_around(c: char) -> bool {
    c.is_whitespace() || is_dropped(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_key_in_any_case_and_unicode_form() {
        assert_eq!(key("\u{345}\u{200b}\u{301}"), key("\u{345}\u{301}"));
        for spelling in ["Özil", "özil", "ÖZIL", "O\u{308}zil", " o\u{308}ZIL\u{200b}", "ö\u{200d}zil"] {
            assert_eq!(key(spelling), "özil", "{spelling:?}");
        }
        for (one, other) in [("Straße", "STRASSE"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("Иван", "ИВАН"), ("Ｂｏｂ", "bob"), ("ﬁn", "FIN")]
        {
            assert_eq!(key(one), key(other), "{one} {other}");
        }
        assert_ne!(key("Ozil"), key("Özil"));
        assert_eq!(key("Sleep \u{a0} data"), "sleep data");
    }

    #[test]
    fn a_name_is_stored_as_it_was_written() {
        assert_eq!(written("  O\u{308}zil \u{feff}").as_deref(), Ok("Özil"));
        assert_eq!(written("Ann\u{200b}a").as_deref(), Ok("Anna"));
        // Persian needs its non-joiner, and an emoji of a family its joiners.
        for kept in ["می\u{200c}خواهم", "👨\u{200d}👩\u{200d}👧"] {
            assert_eq!(written(kept).as_deref(), Ok(kept));
        }
        for bad in ["a\0b", "a\nb", "a\u{7f}", "a\u{85}b", "ä\0", "a\u{2028}b"] {
            assert_eq!(written(bad), Err(BadName::Control), "{bad:?}");
        }
        for bad in ["a\u{202e}b", "a\u{2066}b"] {
            assert_eq!(written(bad), Err(BadName::Direction), "{bad:?}");
        }
    }

    #[test]
    fn a_look_alike_has_the_shape_of_its_original() {
        for alike in ["bob", "BOB", "b\u{43e}b", "B\u{41e}B", "\u{412}OB", "ｂｏｂ", "b\u{3bf}b"] {
            assert_eq!(shape(alike), "bob", "{alike:?}");
        }
        assert_eq!(shape("\u{406}\u{412}\u{41c}"), shape("IBM"));
        for (one, other) in
            [("bernd", "bemd"), ("p1", "pl"), ("ali", "all"), ("user0", "usero"), ("Özil", "Ozil"), ("иван", "wbah")]
        {
            assert_ne!(shape(one), shape(other), "{one} {other}");
        }
    }

    #[test]
    fn a_username_is_no_address_id_or_uri_in_any_script() {
        for bad in [
            "",
            "1",
            "１２",
            "\u{661}\u{662}",
            "a@b",
            "a＠b",
            "a／b",
            "a：b",
            "a b",
            "a\u{3000}b",
            "a\0",
            "a\n",
            "\u{2060}",
            "\u{3164}",
        ] {
            assert!(of_user(bad).is_err(), "{bad:?}");
        }
        assert_eq!(of_user("bo\u{200b}b"), Err(BadUsername::Invisible));
        assert_eq!(of_user("o\u{308}zil").as_deref(), Ok("özil"));
        assert_eq!(of_user(&"ж".repeat(64)), Ok("ж".repeat(64)));
    }

    #[test]
    fn a_group_or_bundle_is_not_named_like_an_id() {
        for bad in ["12", " 12 ", "１２", "007"] {
            assert_eq!(of_thing(bad), Err(BadName::Number), "{bad:?}");
        }
        for bad in ["", "  ", "\u{200b}", "\u{200d}"] {
            assert_eq!(of_thing(bad), Err(BadName::Empty), "{bad:?}");
        }
        assert_eq!(of_thing("12 steps").as_deref(), Ok("12 steps"));
    }
}
