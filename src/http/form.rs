//! Reads forms (`application/x-www-form-urlencoded`), and the credentials of OAuth2 clients by Basic or in the form (RFC 6749
//! §2.3.1).

use std::collections::BTreeSet;

use actix_web::HttpRequest;
use actix_web::web::Query;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::authorization::{self, TwoCredentials};
use crate::auth;

/// Why a form is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadForm {
    /// A repeated parameter, which two readers could interpret differently.
    #[error("{0} is there twice")]
    Twice(String),
    /// A NUL character, which no text of ours contains.
    #[error("{0} has a NUL character")]
    Nul(String),
    /// A parameter is missing or has the wrong type.
    #[error("the form cannot be read")]
    Unread,
}

/// Reads a form without repeated parameters.
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

/// Why a client's credentials are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadClient {
    /// They are missing or unreadable.
    #[error("say who the client is by Basic")]
    Unknown,
    /// They are sent both ways.
    #[error("the client says who it is by Basic or in the form, not by both")]
    Twice,
    #[error(transparent)]
    TwoCredentials(#[from] TwoCredentials),
}

/// The client's id and secret: by Basic, or in the form (`id` and `secret`), but not both.
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
