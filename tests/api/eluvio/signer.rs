//! An account that signs tokens as the original client does, for cases beyond the golden vectors.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k256::ecdsa::SigningKey;
use serde_json::{Value, json};
use sha3::{Digest, Keccak256};

/// The space of the golden vectors.
pub(super) const SPACE: &str = "ispc3ANoVSzNA3P6t7abLR69ho5YPPZU";

/// An account.
pub(super) struct Account(SigningKey);

impl Account {
    /// Each `seed` is another account; 0x11 and 0x22 are the first two of the vectors.
    pub(super) fn of(seed: u8) -> Self {
        Self(SigningKey::from_slice(&[seed; 32]).unwrap())
    }

    fn bytes(&self) -> [u8; 20] {
        let point = self.0.verifying_key().to_sec1_point(false);
        let hash: [u8; 32] = Keccak256::digest(&point.as_bytes()[1..]).into();
        hash[12..].try_into().unwrap()
    }

    /// `0x…`, in lower case.
    pub(super) fn address(&self) -> String {
        format!("0x{}", hex(&self.bytes()))
    }

    /// The claims of a token of this account, valid from `made` for a day (milliseconds).
    pub(super) fn claims(&self, made: i64) -> Value {
        json!({
            "sub": format!("iusr{}", bs58::encode(self.bytes()).into_string()),
            "adr": STANDARD.encode(self.bytes()),
            "spc": SPACE,
            "iat": made,
            "exp": made + 86_400_000,
            "ctx": {},
        })
    }

    /// r, s and v over a text, as a wallet signs it.
    pub(super) fn sign(&self, json: &str) -> [u8; 65] {
        let message = format!("Eluvio Content Fabric Access Token 1.0\n{json}");
        let prefix = format!("\x19Ethereum Signed Message:\n{}", message.encode_utf16().count());
        let hash: [u8; 32] = Keccak256::digest(format!("{prefix}{message}")).into();
        let (signature, recovery) = self.0.sign_prehash_recoverable(&hash);
        let mut bytes = [0; 65];
        bytes[..64].copy_from_slice(&signature.to_bytes());
        bytes[64] = 27 + recovery.to_byte();
        bytes
    }

    /// A token with these claims.
    pub(super) fn token(&self, claims: &Value) -> String {
        let json = claims.to_string();
        assemble(&self.sign(&json), &deflated(json.as_bytes()))
    }
}

/// A token from its two parts.
pub(super) fn assemble(signature: &[u8], packed: &[u8]) -> String {
    format!("acspjc{}", bs58::encode([signature, packed].concat()).into_string())
}

/// The two parts of a token: the signature and the JSON.
pub(super) fn taken_apart(token: &str) -> ([u8; 65], String) {
    let bytes = bs58::decode(token.strip_prefix("acspjc").unwrap()).into_vec().unwrap();
    let (signature, packed) = bytes.split_first_chunk().unwrap();
    let json = miniz_oxide::inflate::decompress_to_vec(packed).unwrap();
    (*signature, String::from_utf8(json).unwrap())
}

/// Raw deflate.
pub(super) fn deflated(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(bytes, 6)
}

/// In lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
