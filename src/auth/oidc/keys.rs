//! A provider's public keys (RFC 7517) and signatures by them. Only public-key algorithms are supported: `none` and algorithms
//! with a shared secret are refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;
use serde_json::Value;

/// A signature algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    EdDsa,
}

impl Algorithm {
    /// By its name in RFC 7518 and RFC 8037; none for one that is not supported.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "PS256" => Self::Ps256,
            "PS384" => Self::Ps384,
            "PS512" => Self::Ps512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "EdDSA" | "Ed25519" => Self::EdDsa,
            _ => return None,
        })
    }

    /// The key type and curve that it needs.
    const fn kind(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 | Self::Ps384 | Self::Ps512 => ("RSA", None),
            Self::Es256 => ("EC", Some("P-256")),
            Self::Es384 => ("EC", Some("P-384")),
            Self::EdDsa => ("OKP", Some("Ed25519")),
        }
    }
}

/// A published set of keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Published")]
pub(super) struct Keys {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl From<Published> for Keys {
    /// Keys of unknown types are ignored.
    fn from(published: Published) -> Self {
        Self { keys: published.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect() }
    }
}

#[derive(Clone, Debug, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// Whether one of them may have made such a signature.
    pub(super) fn has(&self, kid: Option<&str>, algorithm: Algorithm) -> bool {
        self.fitting(kid, algorithm).next().is_some()
    }

    /// Whether one of them made this signature.
    pub(super) fn signed(&self, kid: Option<&str>, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.fitting(kid, algorithm).any(|key| key.signed(algorithm, message, signature).is_some())
    }

    fn fitting(&self, kid: Option<&str>, algorithm: Algorithm) -> impl Iterator<Item = &Key> {
        let (kty, crv) = algorithm.kind();
        self.keys.iter().filter(move |key| {
            key.kty == kty
                && (crv.is_none() || key.crv.as_deref() == crv)
                && (kid.is_none() || key.kid.as_deref() == kid)
                && key.usage.as_deref().is_none_or(|usage| usage == "sig")
                && key.alg.as_deref().is_none_or(|alg| Algorithm::named(alg) == Some(algorithm))
        })
    }
}

impl Key {
    fn signed(&self, algorithm: Algorithm, message: &[u8], signed: &[u8]) -> Option<()> {
        match algorithm {
            Algorithm::Rs256 => self.rsa(&RSA_PKCS1_2048_8192_SHA256, message, signed),
            Algorithm::Rs384 => self.rsa(&RSA_PKCS1_2048_8192_SHA384, message, signed),
            Algorithm::Rs512 => self.rsa(&RSA_PKCS1_2048_8192_SHA512, message, signed),
            Algorithm::Ps256 => self.rsa(&RSA_PSS_2048_8192_SHA256, message, signed),
            Algorithm::Ps384 => self.rsa(&RSA_PSS_2048_8192_SHA384, message, signed),
            Algorithm::Ps512 => self.rsa(&RSA_PSS_2048_8192_SHA512, message, signed),
            Algorithm::Es256 => self.point(32).and_then(|key| verified(&ECDSA_P256_SHA256_FIXED, &key, message, signed)),
            Algorithm::Es384 => self.point(48).and_then(|key| verified(&ECDSA_P384_SHA384_FIXED, &key, message, signed)),
            Algorithm::EdDsa => verified(&ED25519, &decoded(self.x.as_deref())?, message, signed),
        }
    }

    fn rsa(&self, parameters: &'static RsaParameters, message: &[u8], signed: &[u8]) -> Option<()> {
        let (n, e) = (decoded(self.n.as_deref())?, decoded(self.e.as_deref())?);
        // ring accepts no leading zeros.
        let n = n.get(n.iter().take_while(|byte| **byte == 0).count()..)?;
        RsaPublicKeyComponents { n, e: e.as_slice() }.verify(parameters, message, signed).ok()
    }

    /// A point of a curve, uncompressed (SEC 1 §2.3.3).
    fn point(&self, size: usize) -> Option<Vec<u8>> {
        let (x, y) = (decoded(self.x.as_deref())?, decoded(self.y.as_deref())?);
        (x.len() == size && y.len() == size).then(|| [&[4], x.as_slice(), y.as_slice()].concat())
    }
}

fn verified(algorithm: &'static dyn VerificationAlgorithm, key: &[u8], message: &[u8], signed: &[u8]) -> Option<()> {
    let key: UnparsedPublicKey<&[u8]> = signature::UnparsedPublicKey::new(algorithm, key);
    key.verify(message, signed).ok()
}

fn decoded(text: Option<&str>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, appendix A.
    const ED: &str = r#"{"keys":[
        {"kty":"oct","k":"AAAA"}, {"kty":"new","x":7}, "?",
        {"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    const ED_MESSAGE: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    const ED_SIGNATURE: &str = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

    /// RFC 7515, appendix A.3.
    const ES: &str = r#"{"keys":[{"kty":"EC","crv":"P-256",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
    const ES_MESSAGE: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv\
                              bS9pc19yb290Ijp0cnVlfQ";
    const ES_SIGNATURE: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    fn signed(keys: &str, kid: Option<&str>, algorithm: &str, message: &str, signature: &str) -> bool {
        let keys: Keys = serde_json::from_str(keys).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        Algorithm::named(algorithm).is_some_and(|algorithm| keys.signed(kid, algorithm, message.as_bytes(), &signature))
    }

    #[test]
    fn the_examples_of_the_standards_are_signed_by_their_keys() {
        assert!(signed(ED, Some("a"), "EdDSA", ED_MESSAGE, ED_SIGNATURE));
        assert!(signed(ED, None, "EdDSA", ED_MESSAGE, ED_SIGNATURE));
        assert!(signed(ES, None, "ES256", ES_MESSAGE, ES_SIGNATURE));
    }

    #[test]
    fn another_key_algorithm_or_message_is_no_signature() {
        assert!(!signed(ED, Some("b"), "EdDSA", ED_MESSAGE, ED_SIGNATURE));
        assert!(!signed(ED, Some("a"), "EdDSA", &format!("{ED_MESSAGE}x"), ED_SIGNATURE));
        assert!(!signed(ED, Some("a"), "EdDSA", ED_MESSAGE, &ED_SIGNATURE.replacen('h', "i", 1)));
        assert!(!signed(ES, None, "ES384", ES_MESSAGE, ES_SIGNATURE));
        assert!(!signed(ES, None, "RS256", ES_MESSAGE, ES_SIGNATURE));
        assert!(!signed(
            &ES.replace("\"kty\":\"EC\"", "\"kty\":\"EC\",\"use\":\"enc\""),
            None,
            "ES256",
            ES_MESSAGE,
            ES_SIGNATURE
        ));
        assert!(!signed(
            &ES.replace("\"kty\":\"EC\"", "\"kty\":\"EC\",\"alg\":\"ES384\""),
            None,
            "ES256",
            ES_MESSAGE,
            ES_SIGNATURE
        ));
    }

    #[test]
    fn only_algorithms_with_a_private_key_are_supported() {
        for name in ["none", "None", "", "HS256", "HS512", "RSA1_5", "rs256"] {
            assert_eq!(Algorithm::named(name), None, "{name}");
        }
    }
}
