//! What a signed token says, read as strictly as it can be: bounded on the way in, bounded when it unfolds, and with no member
//! that we do not know. A member more could be a limit ("for this object only") that we would not keep to.

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

/// A token's length at most: those of the client have some 350 characters.
const TOKEN_CHARS: usize = 2_048;
/// What it may unfold to.
const JSON_BYTES: usize = 4_096;
/// How far ahead of ours the clock of who signed may be.
const SKEW: TimeDelta = TimeDelta::minutes(5);
/// The first line of what is signed.
const TITLE: &str = "Eluvio Content Fabric Access Token 1.0\n";

/// What a token says that is signed by who it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The account, `0x` and lower-case hex.
    pub address: String,
    /// When it was made, by the clock of who made it.
    pub made_at: DateTime<Utc>,
    /// Until when it is good.
    pub ends_at: DateTime<Utc>,
}

/// As it is written. `ctx` is what an app adds for itself, and nothing to us.
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
    /// Reads a token and proves its signature; none where it is not to the letter one for `space`. Whether it is its time is
    /// for [`Claims::is_good_at`] to say.
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
        // Who signs speaks for themselves.
        if written.sub.strip_prefix("iusr") != Some(&bs58::encode(address).into_string()) {
            return None;
        }
        if signer(&format!("{TITLE}{json}"), signature)? != address {
            return None;
        }
        let (made_at, ends_at) = (DateTime::from_timestamp_millis(written.iat)?, DateTime::from_timestamp_millis(written.exp)?);
        (made_at < ends_at).then(|| Self { address: hex(&address), made_at, ends_at })
    }

    /// Whether it is good at `now`: made before, but for a clock that is a little ahead, and not over.
    pub fn is_good_at(&self, now: DateTime<Utc>) -> bool {
        self.made_at <= now + SKEW && now < self.ends_at
    }
}

/// As the store keeps an account.
fn hex(address: &[u8; 20]) -> String {
    address.iter().fold("0x".to_owned(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Unfolds raw deflate into at most [`JSON_BYTES`]; none where there is more, or anything behind it.
fn inflated(packed: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0; JSON_BYTES];
    let (status, read, written) =
        decompress(&mut DecompressorOxide::new(), packed, &mut out, 0, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF);
    out.truncate(written);
    (status == TINFLStatus::Done && read == packed.len()).then_some(out)
}
