//! Secrets. A [`Secret`] is a row id and 32 random bytes, shown once as one string; the database stores a [`SecretHash`].
//! Hashing is the only conversion, and it cannot be reversed.
//!
//! The row is found by its id, and the secret is compared by its hash in constant time. An index over random bytes would make
//! every insert slower as the table grows.

use std::fmt::{self, Write as _};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::random::{Rng, RngError};

/// The random bytes of a secret: 256 bits.
pub const SECRET_BYTES: usize = 32;
const ID_BYTES: usize = 8;
const BODY_CHARS: usize = (ID_BYTES + SECRET_BYTES) * 4 / 3 + 1;
/// The longest text that is searched for a secret.
const FOUND_BYTES: usize = 1_024;

/// The purpose of a secret. Its prefix is part of the string, so that a secret of one kind is invalid for another, and secret
/// scanners recognise it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// The single-use token of an email.
    Redeem,
    Key,
    /// An OAuth2 access token.
    Access,
    /// An OAuth2 refresh token.
    Refresh,
    /// A browser's session.
    Session,
    /// A remembered browser.
    Browser,
    /// The link that confirms a change of an account.
    Confirm,
}

impl SecretKind {
    /// The prefix of the string.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Redeem => "csr_",
            Self::Key => "csk_",
            Self::Access => "csa_",
            Self::Refresh => "csf_",
            Self::Session => "css_",
            Self::Browser => "csb_",
            Self::Confirm => "csc_",
        }
    }
}

/// 32 random bytes before their row has an id. Zeroized on drop; never printed.
pub struct FreshSecret(Zeroizing<[u8; SECRET_BYTES]>);

impl FreshSecret {
    /// Generates one.
    pub fn draw(rng: &Rng) -> Result<Self, RngError> {
        Ok(Self(rng.secret()?))
    }

    /// The hash for the database.
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.0.as_ref())
    }

    /// The secret with its row's id.
    pub fn with_id(self, kind: SecretKind, id: i64) -> Secret {
        Secret { kind, id, bytes: self.0 }
    }
}

/// A secret with its row's id. It has no `Display`: [`Secret::reveal`] is the only way to print it, and easy to search for.
pub struct Secret {
    kind: SecretKind,
    id: i64,
    bytes: Zeroizing<[u8; SECRET_BYTES]>,
}

impl Secret {
    /// The string for its one reader.
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut body = Zeroizing::new([0; ID_BYTES + SECRET_BYTES]);
        let (id, bytes) = body.split_at_mut(ID_BYTES);
        id.copy_from_slice(&self.id.to_be_bytes());
        bytes.copy_from_slice(self.bytes.as_ref());
        let mut text = Zeroizing::new(String::with_capacity(self.kind.prefix().len() + BODY_CHARS));
        text.push_str(self.kind.prefix());
        URL_SAFE_NO_PAD.encode_string(body.as_ref(), &mut text);
        text
    }

    /// Parses a presented secret. None for any text that is not exactly a secret of this kind; the database is not asked then.
    pub fn parse(kind: SecretKind, text: &str) -> Option<Self> {
        let body = text.strip_prefix(kind.prefix())?;
        if body.len() != BODY_CHARS {
            return None;
        }
        let decoded = Zeroizing::new(URL_SAFE_NO_PAD.decode(body).ok()?);
        let (id, secret) = decoded.split_first_chunk::<ID_BYTES>()?;
        let id = i64::from_be_bytes(*id);
        let secret: &[u8; SECRET_BYTES] = secret.try_into().ok()?;
        (id > 0).then(|| Self { kind, id, bytes: Zeroizing::new(*secret) })
    }

    /// Finds the secret in a link that a mail program altered: with a dot, a bracket or `&amp;` behind it, with the `3D` of
    /// quoted-printable in it, or broken over lines.
    pub fn find(kind: SecretKind, text: &str) -> Option<Self> {
        if let Some(whole) = Self::parse(kind, text) {
            return Some(whole);
        }
        // Mail programs insert no control characters other than white space.
        if text.len() > FOUND_BYTES || text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
            return None;
        }
        // The text without line breaks, and the original position of each byte.
        let mut kept = Zeroizing::new(String::with_capacity(text.len()));
        let mut places = Vec::with_capacity(text.len());
        for (at, c) in text.char_indices().filter(|(_, c)| !is_of_break(*c)) {
            kept.push(c);
            places.resize(kept.len(), at + c.len_utf8());
        }
        let start = kept.find(kind.prefix())?;
        let end = start + kind.prefix().len() + BODY_CHARS;
        let secret = Self::parse(kind, kept.get(start..end)?)?;
        let after = text.get(*places.get(end - 1)?..)?;
        let after = after.trim_start_matches('=');
        let after = after.strip_prefix("3D").or_else(|| after.strip_prefix("3d")).unwrap_or(after);
        (!after.starts_with(is_of_body)).then_some(secret)
    }

    /// The id of its row.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The hash for the database.
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.bytes.as_ref())
    }

    /// Whether it matches the stored hash. A row that does not exist costs the same comparison.
    pub fn matches(&self, stored: Option<&[u8]>) -> bool {
        const NOTHING: [u8; 32] = [0; 32];
        let presented = self.hash();
        let equal = presented.as_bytes().ct_eq(stored.unwrap_or(&NOTHING));
        stored.is_some() & bool::from(equal)
    }
}

fn is_of_body(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// Characters at a line break: white space, the soft break of quoted-printable, invisible characters.
fn is_of_break(c: char) -> bool {
    c.is_whitespace() || matches!(c, '=' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}…", self.kind.prefix(), self.id)
    }
}

/// The SHA-256 of a secret, which is stored. It has no `==`, which would stop at the first byte that differs.
#[derive(Clone, Copy)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// The SHA-256 of other values that are stored only for comparison: an address, a body.
pub fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Bytes as hexadecimal digits.
pub fn hex<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> String {
    bytes.into_iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn token() -> String {
        FreshSecret::draw(&Rng::seeded(7)).unwrap().with_id(SecretKind::Redeem, 3).reveal().to_string()
    }

    fn found(text: &str) -> Option<String> {
        Secret::find(SecretKind::Redeem, text).map(|secret| secret.reveal().to_string())
    }

    #[test]
    fn a_token_is_found_in_links_that_mail_programs_altered() {
        let token = token();
        for mangled in [
            "T",
            "T.",
            "T>",
            "T)",
            "T,",
            "T ",
            " T",
            "T\r\n",
            "=3DT",
            "3DT",
            "T=3D",
            "T3D",
            "T=",
            "T&amp;",
            "&amp;T",
            "<T>",
            "(T).",
            "T more words",
        ] {
            assert_eq!(found(&mangled.replace('T', &token)).as_deref(), Some(token.as_str()), "{mangled}");
        }
        for soft in ["=\r\n", "=\n", "\r\n ", "\n", " ", "\u{200B}", "= "] {
            for at in 1..token.len() {
                let (head, tail) = token.split_at(at);
                assert_eq!(found(&format!("{head}{soft}{tail}")).as_deref(), Some(token.as_str()), "{soft:?} at {at}");
            }
        }
    }

    #[test]
    fn an_incomplete_token_is_not_found() {
        let token = token();
        let (head, last) = token.split_at(token.len() - 1);
        for text in [
            "",
            "csr_",
            head,
            &token.replace("csr_", "csk_"),
            &format!("{token}x"),
            &format!("{head}.{last}"),
            &format!("{head}/{last}"),
        ] {
            assert_eq!(found(text), None, "{text}");
        }
        assert_eq!(found(&format!("{}{}", " ".repeat(FOUND_BYTES), token)), None);
    }

    proptest! {
        #[test]
        fn a_found_token_is_found_in_its_own_text(before in "[ .<(=3D&a-z;]{0,9}", after in "[ .>)=3D&a-z;\r\n]{0,9}", at in 1_usize..58, soft in "(=\r\n|=\n| |\n){0,2}") {
            let token = token();
            let (head, tail) = token.split_at(at);
            let text = format!("{before}{head}{soft}{tail}{after}");
            match found(&text) {
                Some(found) => prop_assert_eq!(found.as_str(), token.as_str()),
                None => prop_assert!(after.trim_start_matches('=').starts_with(|c: char| c.is_ascii_alphanumeric()), "{:?}", text),
            }
        }
    }
}
