//! The form in which passwords are hashed and compared: the `OpaqueString` profile of RFC 8265 (NFC, and every space becomes
//! U+0020), so that one password is the same from every keyboard and system. Nothing is refused here, so that an old password
//! with a character that the profile forbids still works.

use zeroize::Zeroizing;

use crate::domain::name;

/// A password in that form.
pub(super) fn opaque(password: &str) -> Zeroizing<String> {
    let spaced = Zeroizing::new(password.chars().map(|c| if is_space(c) { ' ' } else { c }).collect::<String>());
    Zeroizing::new(name::compose(&spaced).into_owned())
}

/// The space separators beyond ASCII (general category Zs).
const fn is_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_password_has_one_form_from_every_keyboard() {
        for (typed, form) in [
            ("pa\u{308}sswort 9", "p\u{e4}sswort 9"),
            ("p\u{e4}sswort\u{a0}9", "p\u{e4}sswort 9"),
            ("\u{1100}\u{1161}", "\u{ac00}"),
            ("Straße Ⅸ ﬁ", "Straße Ⅸ ﬁ"),
            (" correct  horse ", " correct  horse "),
        ] {
            assert_eq!(opaque(typed).as_str(), form, "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn normalising_a_password_twice_changes_nothing(typed in any::<String>()) {
            let (once, twice) = (opaque(&typed), opaque(&opaque(&typed)));
            prop_assert_eq!(twice.as_str(), once.as_str());
        }
    }
}
