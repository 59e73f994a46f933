//! The ID token and its validation (OpenID Connect Core 1.0 §3.1.3.7).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

use super::keys::{Algorithm, Keys};

/// The tolerated difference between the provider's clock and ours.
const LEEWAY: TimeDelta = TimeDelta::minutes(1);
const SUBJECT_CHARS: usize = 255;

/// A parsed ID token that is not verified yet.
pub(super) struct IdToken<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    algorithm: Algorithm,
    kid: Option<String>,
    claims: Map<String, Value>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// The values that it must have.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: DateTime<Utc>,
}

/// Its verified claims, and those of the userinfo endpoint for the same subject.
#[derive(Clone, Debug)]
pub(super) struct Claims(pub(super) Map<String, Value>);

impl Claims {
    /// A claim that is a string.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A claim that is true; some providers write it as a string.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| value.as_bool() == Some(true) || value.as_str() == Some("true"))
    }

    /// The provider's id of the person.
    pub(super) fn subject(&self) -> &str {
        self.text("sub").unwrap_or_default()
    }
}

impl<'a> IdToken<'a> {
    /// Parses it.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        let (signed, signature) = text.rsplit_once('.').ok_or("the ID token has no signature")?;
        let (header, claims) = signed.split_once('.').ok_or("the ID token has no two parts")?;
        let header: Header = part(header)?;
        let algorithm = Algorithm::named(&header.alg)
            .ok_or_else(|| format!("the ID token is signed by {:?}; set the client to RS256, ES256 or EdDSA", header.alg))?;
        if header.crit.is_some() {
            return Err("the ID token has a critical header that is not known here".to_owned());
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "the ID token's signature is no base64url")?;
        Ok(Self { signed, signature, algorithm, kid: header.kid, claims: part(claims)? })
    }

    /// Whether the keys contain one that may have signed it.
    pub(super) fn has_its_key(&self, keys: &Keys) -> bool {
        keys.has(self.kid.as_deref(), self.algorithm)
    }

    /// Its claims, if the provider signed them, they are for us and this sign-in, and they are still valid.
    pub(super) fn believed(self, keys: &Keys, expected: &Expected<'_>) -> Result<Claims, String> {
        if !keys.signed(self.kid.as_deref(), self.algorithm, self.signed.as_bytes(), &self.signature) {
            return Err("no key of the provider signed the ID token".to_owned());
        }
        let claims = Claims(self.claims);
        if claims.text("iss") != Some(expected.issuer) {
            return Err(format!("the ID token is of the issuer {:?}", claims.text("iss").unwrap_or_default()));
        }
        if !is_for(&claims, expected.client) {
            return Err("the ID token is for another client than this instance".to_owned());
        }
        let time = |name: &str| claims.0.get(name).and_then(Value::as_f64).and_then(moment);
        if time("exp").is_none_or(|until| until + LEEWAY <= expected.now) {
            return Err("the ID token is over; compare the clocks of both machines".to_owned());
        }
        if time("iat").is_none_or(|since| expected.now + LEEWAY < since) {
            return Err("the ID token is from the future; compare the clocks of both machines".to_owned());
        }
        let nonce = claims.text("nonce").unwrap_or_default();
        if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
            return Err("the ID token is about another sign-in".to_owned());
        }
        if claims.subject().is_empty()
            || claims.subject().chars().count() > SUBJECT_CHARS
            || claims.subject().chars().any(char::is_control)
        {
            return Err("the ID token names nobody".to_owned());
        }
        Ok(claims)
    }
}

/// Whether it is for this client: as the only audience, or as the authorized party.
fn is_for(claims: &Claims, client: &str) -> bool {
    let is_named = match claims.0.get("aud") {
        Some(Value::String(one)) => one == client,
        Some(Value::Array(several)) => {
            let is_among = several.iter().any(|one| one.as_str() == Some(client));
            is_among && (several.len() == 1 || claims.0.contains_key("azp"))
        }
        _ => false,
    };
    is_named && claims.0.get("azp").is_none_or(|party| party.as_str() == Some(client))
}

/// A moment from seconds since 1970, which may have a fraction.
fn moment(seconds: f64) -> Option<DateTime<Utc>> {
    #[expect(clippy::cast_possible_truncation, reason = "the range is looked at before, and a fraction of a second is nothing")]
    let whole = (-1e11..1e11).contains(&seconds).then_some(seconds as i64)?;
    DateTime::from_timestamp(whole, 0)
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| "a part of the ID token is no base64url")?;
    serde_json::from_slice(&bytes).map_err(|error| format!("a part of the ID token does not read: {error}"))
}
