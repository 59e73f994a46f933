//! The OAuth2 token endpoint, with the errors that its clients expect. Unregistered clients without a secret (`sas.ec`, the
//! default of sasctl) get tokens for the password of a person; everything else needs the key of an app.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::call::State;
use super::problem::Sas;
use crate::http::oauth::{self, Denied, FailureBody, TokenEndpoint, TokenForm, TokensBody};

impl TokenEndpoint for Sas {
    const BASIC: &'static str = "Basic realm=\"Countersign\", charset=\"UTF-8\"";
    const TOKEN_TYPE: &'static str = "bearer";
    const HAS_PUBLIC_CLIENTS: bool = true;
    const HAS_JTI: bool = true;

    /// Unknown scopes are ignored.
    fn may_write(scopes: &str) -> Option<bool> {
        let names = |wanted: &str| scopes.split_ascii_whitespace().any(|scope| scope == wanted);
        Some(names("readwrite") || !names("readonly"))
    }

    fn denied(denied: Denied) -> (StatusCode, &'static str, String) {
        let (error, text) = match denied {
            Denied::NoClient(error) => ("unauthorized", error.to_string()),
            Denied::Client(_) | Denied::Credentials(_) => ("unauthorized", "Bad credentials".to_owned()),
            Denied::RefreshToken(_) => ("invalid_token", "the refresh token is not right, spent, or no longer good".to_owned()),
            // sasctl shows this text to its user.
            Denied::GrantType(name) => ("invalid_client", format!("Unauthorized grant type: {name}")),
        };
        (StatusCode::UNAUTHORIZED, error, text)
    }
}

/// Issues tokens: for the password of a person to any client, otherwise to an app, which authenticates by its id (or the key
/// itself) and its key.
#[utoipa::path(
    post, path = "/SASLogon/oauth/token", security(("basic" = [])),
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = TokensBody),
        (status = 400, description = "A parameter is missing or repeated", body = FailureBody),
        (status = 401, description = "unauthorized (`Bad credentials`: the name, the password or the client), invalid_token (the refresh token), invalid_client (`Unauthorized grant type: …`)", body = FailureBody),
        (status = 413, description = "The body is longer than `limits.body_bytes`", body = FailureBody),
        (status = 429, description = "Too many wrong passwords; Retry-After in seconds", body = FailureBody),
        (status = 503, description = "Temporarily unavailable; Retry-After in seconds", body = FailureBody)
    )
)]
pub(super) async fn token(state: State, payload: web::Payload) -> HttpResponse {
    oauth::token(state, payload).await
}
