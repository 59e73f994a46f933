//! Forms (`application/x-www-form-urlencoded`), and who an OAuth2 client says it is: by Basic or in the form (RFC 6749 §2.3.1).

use actix_web::HttpRequest;
use zeroize::Zeroizing;

use super::authorization::{self, TwoCredentials};
use crate::auth;

/// A form in which nothing is there twice. Its values may be secrets, so they do not outlive it.
pub struct Form(Vec<(String, Zeroizing<String>)>);

/// Why a body is no form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadForm {
    /// A parameter that two readers could read differently.
    #[error("{0} is there twice")]
    Twice(String),
    /// No text of ours has one.
    #[error("{0} has a NUL character")]
    Nul(String),
}

impl Form {
    /// Reads a form.
    pub fn read(bytes: &[u8]) -> Result<Self, BadForm> {
        let mut form = Self(Vec::new());
        for (name, value) in url::form_urlencoded::parse(bytes) {
            if form.get(&name).is_some() {
                return Err(BadForm::Twice(name.into_owned()));
            }
            if value.contains('\0') {
                return Err(BadForm::Nul(name.into_owned()));
            }
            form.0.push((name.into_owned(), Zeroizing::new(value.into_owned())));
        }
        Ok(form)
    }

    /// A parameter's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
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

/// The client's name and secret: by Basic, or in the form, but not in both.
pub fn client(request: &HttpRequest, form: &Form) -> Result<(String, Zeroizing<String>), BadClient> {
    let Some(header) = authorization::of(request)? else {
        let (id, secret) = (form.get("client_id"), form.get("client_secret"));
        return Ok((id.ok_or(BadClient::Unknown)?.to_owned(), Zeroizing::new(secret.unwrap_or_default().to_owned())));
    };
    if form.get("client_secret").is_some() {
        return Err(BadClient::Twice);
    }
    let (scheme, value) = header.trim().split_once(' ').ok_or(BadClient::Unknown)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(BadClient::Unknown);
    }
    auth::decode_basic(value).ok_or(BadClient::Unknown)
}
