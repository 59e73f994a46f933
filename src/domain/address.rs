//! An email address in canonical form, in which it is stored, compared and sent to.
//!
//! It is trimmed, in ASCII lower case, with the domain by IDNA. The local part is a dot-atom (RFC 5322 §3.2.3): no quotes, no
//! literals, nothing that a mail server could read as an option. Plus and dots are kept, since two spellings that differ there
//! can be two people.
//!
//! Letters beyond ASCII before the `@` need SMTPUTF8 (RFC 6531) at every relay, and many relays lack it. Adjacent dots need
//! quotes, which other systems read in different ways. A host has no underscore. An email to such an address could be lost or
//! reach somebody else, so each is refused with a reason of its own.

use super::name::is_around;
use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// Hides the rest of the local part in a masked address.
pub const MASK: &str = "•••@";

/// A canonical address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Address(String);

/// As a person writes it in a file.
impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(file: D) -> Result<Self, D::Error> {
        let text = String::deserialize(file)?;
        Self::pasted(&text).map_err(|error| D::Error::custom(format_args!("{text}: {error}")))
    }
}

/// Why a text is refused as an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// No `@`, or more than one.
    #[error("an address has one @ between a name and a domain, like ann@example.org")]
    Shape,
    /// Over the limits of RFC 5321 §4.5.3.1.
    #[error("the address is too long: at most 64 characters before the @ and 254 in all")]
    TooLong,
    /// A character of another script than ASCII before the `@`.
    #[error(
        "before the @ are letters that many mail servers do not take; use an address with a to z, digits and signs before the @"
    )]
    NotAscii,
    /// A dot at an end of the part before the `@`, or beside another.
    #[error("before the @ a dot is first, last or beside another dot, which many mail servers do not take; use another address")]
    Dots,
    /// An underscore after the `@`.
    #[error("the domain after the @ has an underscore, which no mail domain has; look for a mistyped - or use another address")]
    Underscore,
    /// An address with other text around it.
    #[error("write the address alone, like ann@example.org, without a name, brackets, mailto: or invisible characters")]
    Decorated,
    /// The part before the `@`.
    #[error("before the @ only ASCII letters, digits, dots between them and !#$%&'*+-/=?^_`{{|}}~ are taken")]
    Local,
    /// The part after it.
    #[error("the domain after the @ is not one that mail can be sent to")]
    Domain,
}

impl Address {
    /// Parses an address as a person pastes it: with a name, in brackets, as a link, with invisible characters around it.
    pub fn pasted(text: &str) -> Result<Self, BadAddress> {
        Self::parse(pasted_address(text))
    }

    /// Parses a bare address, as a program writes it.
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        let text = text.trim();
        Self::read(text).map_err(|problem| {
            let alone = pasted_address(text);
            if alone != text && Self::read(alone).is_ok() { BadAddress::Decorated } else { problem }
        })
    }

    fn read(text: &str) -> Result<Self, BadAddress> {
        let (local, domain) = text.split_once('@').ok_or(BadAddress::Shape)?;
        if domain.contains('@') || local.is_empty() || domain.is_empty() {
            return Err(BadAddress::Shape);
        }
        if local.len() > 64 || text.len() > 254 {
            return Err(BadAddress::TooLong);
        }
        if local.starts_with('-') || !local.chars().all(|c| c == '.' || !c.is_ascii() || is_atext(c)) {
            return Err(BadAddress::Local);
        }
        if !local.is_ascii() {
            let is_of_another_script = local.chars().any(|c| !c.is_ascii() && c.is_alphanumeric());
            return Err(if is_of_another_script { BadAddress::NotAscii } else { BadAddress::Local });
        }
        if local.split('.').any(str::is_empty) {
            return Err(BadAddress::Dots);
        }
        if domain.contains('_') {
            return Err(BadAddress::Underscore);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| BadAddress::Domain)?;
        let is_numeric = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
        if !domain.contains('.') && domain != "localhost" || domain.split('.').next_back().is_none_or(is_numeric) {
            return Err(BadAddress::Domain);
        }
        let address = format!("{}@{domain}", local.to_ascii_lowercase());
        if address.len() > 254 {
            return Err(BadAddress::TooLong);
        }
        Ok(Self(address))
    }

    /// An address from the database, which is canonical already.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// Enough for its owner to recognise, but not for others to write to: `a•••@example.org`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first = local.chars().next().map(String::from).unwrap_or_default();
        format!("{first}{MASK}{domain}")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

/// The address within a pasted text: `mailto:ann@example.org`, `Ann <ann@example.org>`, `<ann@example.org>`, with blanks and
/// invisible characters around it. Other text stays as it is.
pub fn pasted_address(text: &str) -> &str {
    let text = text.trim_matches(is_around);
    let text = match (text.rfind('<'), text.strip_suffix('>')) {
        (Some(open), Some(rest)) => rest.get(open + 1..).unwrap_or(rest),
        _ => text,
    };
    let text = text.trim_matches(is_around);
    let is_link = text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let text = if is_link { text.get(7..).unwrap_or_default() } else { text };
    let text = if is_link { text.split('?').next().unwrap_or_default() } else { text };
    text.trim_matches(is_around)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_trimmed_lower_case_and_by_idna() {
        let read = |text| Address::parse(text).map(|address| address.0);
        assert_eq!(read("  Ann.Lee+x@Example.ORG "), Ok("ann.lee+x@example.org".into()));
        assert_eq!(read("ann@bücher.example"), Ok("ann@xn--bcher-kva.example".into()));
        assert_ne!(read("ann.lee@example.org"), read("annlee@example.org"));
        assert_ne!(read("ann+x@example.org"), read("ann@example.org"));
    }

    #[test]
    fn an_address_that_a_mail_server_could_misread_is_refused() {
        for bad in [
            "",
            "ann",
            "@example.org",
            "ann@",
            "a@b@c.org",
            "ann@example.org\r\nBcc: eve@example.org",
            "an n@example.org",
            "\"ann\"@example.org",
            "-oX@example.org",
            "ann@[127.0.0.1]",
            "ann@127.0.0.1",
            "änn@example.org",
            ".ann@example.org",
            "ann.@example.org",
            "a..b@example.org",
            "ann@exa_mple.org",
            "ann@nodot",
            "<ann@example.org>",
            "ann@example.org\0",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn an_address_that_mail_could_lose_is_refused_with_a_reason_of_its_own() {
        for (text, reason) in [
            ("用户@example.org", BadAddress::NotAscii),
            ("änn@example.org", BadAddress::NotAscii),
            ("a..b@docomo.ne.jp", BadAddress::Dots),
            ("ab.@docomo.ne.jp", BadAddress::Dots),
            (".ab@docomo.ne.jp", BadAddress::Dots),
            ("ann@ex_ample.org", BadAddress::Underscore),
            ("ann@_dmarc.example.org", BadAddress::Underscore),
            ("an\u{200b}n@example.org", BadAddress::Local),
        ] {
            assert_eq!(Address::parse(text), Err(reason.clone()), "{text}");
            assert_eq!(Address::pasted(text), Err(reason), "{text}");
        }
    }

    #[test]
    fn people_paste_addresses_and_programs_write_them() {
        for pasted in ["mailto:ann@example.org", "Ann <ann@example.org>", "<ann@example.org>", "\u{200b}ann@example.org"] {
            assert_eq!(Address::pasted(pasted).as_ref().map(Address::as_str), Ok("ann@example.org"), "{pasted}");
            assert_eq!(Address::parse(pasted), Err(BadAddress::Decorated), "{pasted}");
        }
        for both in [" ann@example.org", "ANN@Example.org ", "\u{a0}ann@example.org", "ann@example.org\u{200b}"] {
            assert_eq!(Address::parse(both), Address::pasted(both), "{both}");
        }
    }

    #[test]
    fn a_masked_address_shows_its_first_letter_and_its_domain() {
        let mask = |text| Address::parse(text).map(|address| address.masked());
        assert_eq!(mask("ann.lee@mail.example.org"), Ok("a•••@mail.example.org".into()));
        assert_eq!(mask("a@x.org"), Ok("a•••@x.org".into()));
    }

    #[test]
    fn an_address_is_found_in_pasted_text() {
        for pasted in [
            "ann@x.org",
            "\u{a0}ann@x.org\u{200b}",
            "mailto:ann@x.org",
            "MAILTO:ann@x.org?subject=hello",
            "Ann Lee <ann@x.org>",
            "\"Lee, Ann\" <ann@x.org> ",
            "<ann@x.org>",
            "<mailto:ann@x.org>",
        ] {
            assert_eq!(pasted_address(pasted), "ann@x.org", "{pasted:?}");
        }
        for other in ["ann", "Ann <ann@x.org> and Bob", "a>", "<>"] {
            assert!(Address::parse(pasted_address(other)).is_err(), "{other:?}");
        }
    }
}
