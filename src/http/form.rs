//! Forms (`application/x-www-form-urlencoded`), and who an OAuth2 client says it is: by Basic or in the form (RFC 6749 §2.3.1).

use std::collections::BTreeSet;

use actix_web::HttpRequest;
use actix_web::web::Query;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::authorization::{self, TwoCredentials};
use crate::auth;

/// Why a body is no form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadForm {
    /// A parameter that two readers could read differently.
    #[error("{0} is there twice")]
    Twice(String),
    /// No text of ours has one.
    #[error("{0} has a NUL character")]
    Nul(String),
    /// It has not what its type needs.
    #[error("the form cannot be read")]
    Unread,
}

/// Reads a form in which nothing is there twice.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BadForm> {
    let mut names = BTreeSet::new();
    for (name, value) in url::form_urlencoded::parse(bytes) {
        if names.contains(&name) {
            return Err(BadForm::Twice(name.into_owned()));
        }
        if value.contains('\0') {
            return Err(BadForm::Nul(name.into_owned()));
        }
        names.insert(name);
    }
    let form = Query::<T>::from_query(&String::from_utf8_lossy(bytes)).map_err(|_| BadForm::Unread)?;
    Ok(form.into_inner())
}

/// Why it is not clear who the client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadClient {
    /// It does not say, or not so that it can be read.
    #[error("say who the client is by Basic")]
    Unknown,
    /// It says so twice.
    #[error("the client says who it is by Basic or in the form, not by both")]
    Twice,
    /// Its call has two credentials.
    #[error(transparent)]
    TwoCredentials(#[from] TwoCredentials),
}

/// The client's name and secret: by Basic, or in the form (`id` and `secret`), but not in both.
pub fn client(request: &HttpRequest, id: Option<&str>, secret: Option<&str>) -> Result<(String, Zeroizing<String>), BadClient> {
    let Some(header) = authorization::of(request)? else {
        return Ok((id.ok_or(BadClient::Unknown)?.to_owned(), Zeroizing::new(secret.unwrap_or_default().to_owned())));
    };
    if secret.is_some() {
        return Err(BadClient::Twice);
    }
    let (scheme, value) = header.trim().split_once(' ').ok_or(BadClient::Unknown)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(BadClient::Unknown);
    }
    auth::decode_basic(value).ok_or(BadClient::Unknown)
}
