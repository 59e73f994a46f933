//! Pages of a search. A token contains the position and a hash of the question, so that it cannot continue another search. It
//! gives no right, so it is no secret.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::wire::not_null;
use crate::http::json::Json;
use crate::workflow::access::Part;

/// The limit of results in a page, and the default.
const MOST: i64 = 1_000;
const HASH: usize = 16;

/// The requested page.
#[derive(Deserialize, ToSchema)]
#[schema(as = AuthzenPage)]
pub(super) struct PageBody {
    /// At most 1000, the default.
    limit: Option<i64>,
    /// The `next_token` of the previous page; everything else must be the same.
    #[serde(default, deserialize_with = "not_null")]
    token: Option<String>,
}

/// A page of one search.
pub(super) struct Page {
    after: i64,
    limit: i64,
    question: [u8; HASH],
}

impl Page {
    /// The page that a body requests; `json` is the whole body.
    pub(super) fn read(page: Option<PageBody>, json: &Json) -> Result<Self, String> {
        let question = question(json);
        let (limit, token) = page.map_or((None, None), |page| (page.limit, page.token));
        if let Some(limit) = limit.filter(|limit| *limit < 0) {
            return Err(format!("page.limit: {limit} is less than 0"));
        }
        let limit = limit.map(|limit| limit.min(MOST));
        let Some(token) = token else { return Ok(Self { after: 0, limit: limit.unwrap_or(MOST), question }) };
        let (after, before) = decoded(&token, question)?;
        match limit {
            Some(limit) if limit != before => {
                Err(format!("page.limit: it was {before} in the request before; leave it out, or start again without a token"))
            }
            _ => Ok(Self { after, limit: before, question }),
        }
    }

    /// As [`Page::read`], from the body alone.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn of(body: crate::http::json::Object) -> Result<Self, String> {
        let page = body.get("page").map(crate::http::json_body::of_json).transpose().map_err(|bad| bad.to_string())?;
        Self::read(page, &Json::Object(body))
    }

    /// The part of the results to read.
    pub(super) fn part(&self) -> Part {
        Part { after: self.after, most: usize::try_from(self.limit).unwrap_or_default() }
    }

    /// The token of the page after `after`.
    pub(super) fn token(&self, after: i64) -> String {
        let mut bytes = Vec::with_capacity(HASH + 16);
        bytes.extend_from_slice(&self.question);
        bytes.extend_from_slice(&after.to_be_bytes());
        bytes.extend_from_slice(&self.limit.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// The position in a token, and the limit that it was issued for.
fn decoded(token: &str, question: [u8; HASH]) -> Result<(i64, i64), String> {
    let unknown = || "page.token: it is none of ours; send the next_token of an answer as it came".to_owned();
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| unknown())?;
    let (hash, rest) = bytes.split_first_chunk::<HASH>().ok_or_else(unknown)?;
    let (after, rest) = rest.split_first_chunk::<8>().ok_or_else(unknown)?;
    let (limit, rest) = rest.split_first_chunk::<8>().ok_or_else(unknown)?;
    let (after, limit) = (i64::from_be_bytes(*after), i64::from_be_bytes(*limit));
    if !rest.is_empty() || after < 0 || !(0..=MOST).contains(&limit) {
        return Err(unknown());
    }
    if *hash != question {
        return Err("page.token: it is another search's; subject, action, resource and context stay as they were".to_owned());
    }
    Ok((after, limit))
}

/// A hash of the question, independent of the order of its members.
fn question(json: &Json) -> [u8; HASH] {
    let mut hasher = Sha256::new();
    for field in ["subject", "action", "resource", "context"] {
        hasher.update(field);
        let member = if let Json::Object(body) = json { body.get(field) } else { None };
        hash(&mut hasher, member.unwrap_or(&Json::Null));
    }
    let hash: [u8; 32] = hasher.finalize().into();
    hash.first_chunk().copied().unwrap_or_default()
}

/// Each value is preceded by its kind and length, so that no two questions have the same bytes.
fn hash(into: &mut Sha256, value: &Json) {
    let mut text = |kind: &[u8; 1], text: &[u8]| {
        into.update(kind);
        into.update(text.len().to_be_bytes());
        into.update(text);
    };
    match value {
        Json::Null => text(b"0", b""),
        Json::Bool(value) => text(b"b", &[u8::from(*value)]),
        Json::Integer(value) => text(b"i", &value.to_be_bytes()),
        Json::Number(value) => text(b"n", &value.to_be_bytes()),
        Json::Text(value) => text(b"s", value.as_bytes()),
        Json::List(items) => {
            text(b"l", &items.len().to_be_bytes());
            for item in items {
                hash(into, item);
            }
        }
        Json::Object(object) => {
            let mut names: Vec<&str> = object.names().collect();
            names.sort_unstable();
            text(b"o", &names.len().to_be_bytes());
            for name in names {
                hash(into, &Json::Text(name.to_owned()));
                hash(into, object.get(name).unwrap_or(&Json::Null));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::json::object;

    proptest::proptest! {
        #[test]
        fn any_page_is_read_or_refused_and_a_token_of_ours_leads_where_it_said(
            limit in proptest::option::of(-3_i64..2_000), token in r"[A-Za-z0-9_-]{0,90}|\PC{0,30}", after in 0_i64..,
        ) {
            let limit = limit.map_or_else(String::new, |limit| format!(r#","limit":{limit}"#));
            let token = serde_json::to_string(&token).unwrap();
            let body = object(format!(r#"{{"subject":{{"id":"1"}},"page":{{"token":{token}{limit}}}}}"#).as_bytes());
            let _ = body.map(Page::of);

            let question = object(br#"{"subject":{"id":"1"}}"#).unwrap();
            let page = Page::of(question).unwrap();
            let next = format!(r#"{{"subject":{{"id":"1"}},"page":{{"token":"{}"}}}}"#, page.token(after));
            proptest::prop_assert_eq!(Page::of(object(next.as_bytes()).unwrap()).unwrap().after, after);
            let other = next.replace(r#""id":"1""#, r#""id":"2""#);
            proptest::prop_assert!(Page::of(object(other.as_bytes()).unwrap()).is_err(), "a token is of one search");
        }
    }
}
