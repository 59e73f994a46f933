//! The claims of a signed token, parsed strictly: the token and its inflated JSON are bounded, and unknown members are refused.
//! An unknown member could be a limit ("for this object only") that we would not enforce.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::PREFIX;
use super::recovery::signer;

/// The longest token; those of the client have some 350 characters.
const TOKEN_CHARS: usize = 2_048;
/// The longest inflated JSON.
const JSON_BYTES: usize = 4_096;
/// How far the signer's clock may be ahead of ours.
const SKEW: TimeDelta = TimeDelta::minutes(5);
/// The first line of the signed text.
const TITLE: &str = "Eluvio Content Fabric Access Token 1.0\n";

/// The claims of a token, signed by the account that they name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The account, `0x` and lower-case hex.
    pub address: String,
    /// When it was made, by the signer's clock.
    pub made_at: DateTime<Utc>,
    /// The end of its validity.
    pub ends_at: DateTime<Utc>,
}

/// The JSON. `ctx` is for the app itself and has no meaning to us.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuery {
    sub: String,
    adr: String,
    spc: String,
    iat: i64,
    exp: i64,
    #[serde(default, rename = "ctx")]
    _ctx: Option<IgnoredAny>,
}

impl Claims {
    /// Parses a token and verifies its signature; none unless it is exactly a token for `space`. [`Claims::is_good_at`] checks
    /// the time.
    pub fn read(token: &str, space: &str) -> Option<Self> {
        let body = token.strip_prefix(PREFIX).filter(|_| token.len() <= TOKEN_CHARS)?;
        let bytes = bs58::decode(body).into_vec().ok()?;
        let (signature, packed) = bytes.split_first_chunk::<65>()?;
        let json = String::from_utf8(inflated(packed)?).ok()?;
        let written: RawQuery = serde_json::from_str(&json).ok()?;
        if written.spc != space {
            return None;
        }
        let address: [u8; 20] = STANDARD.decode(&written.adr).ok()?.try_into().ok()?;
        // A signer can only sign for themselves.
        if written.sub.strip_prefix("iusr") != Some(&bs58::encode(address).into_string()) {
            return None;
        }
        if signer(&format!("{TITLE}{json}"), signature)? != address {
            return None;
        }
        let (made_at, ends_at) = (DateTime::from_timestamp_millis(written.iat)?, DateTime::from_timestamp_millis(written.exp)?);
        (made_at < ends_at).then(|| Self { address: hex(&address), made_at, ends_at })
    }

    /// Whether it is valid at `now`: made before, with tolerance for a clock that is a little ahead, and not ended.
    pub fn is_good_at(&self, now: DateTime<Utc>) -> bool {
        self.made_at <= now + SKEW && now < self.ends_at
    }
}

/// In the stored form of an account.
fn hex(address: &[u8; 20]) -> String {
    address.iter().fold("0x".to_owned(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Inflates raw deflate to at most [`JSON_BYTES`]; none if there is more, or anything after it.
fn inflated(packed: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0; JSON_BYTES];
    let (status, read, written) =
        decompress(&mut DecompressorOxide::new(), packed, &mut out, 0, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF);
    out.truncate(written);
    (status == TINFLStatus::Done && read == packed.len()).then_some(out)
}
