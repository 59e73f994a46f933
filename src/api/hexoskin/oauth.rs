//! The OAuth2 token endpoint, with the errors of the RFC.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::call::State;
use super::problem::Hexoskin;
use crate::http::oauth::{self, Denied, FailureBody, TokenEndpoint, TokenForm, TokensBody};
use crate::http::problem::Api;

impl TokenEndpoint for Hexoskin {
    const BASIC: &'static str = Self::CHALLENGE;
    const TOKEN_TYPE: &'static str = "Bearer";
    const HAS_PUBLIC_CLIENTS: bool = false;
    const HAS_JTI: bool = false;

    fn may_write(scopes: &str) -> Option<bool> {
        match scopes {
            "" | "readwrite" | "readonly readwrite" | "readwrite readonly" => Some(true),
            "readonly" => Some(false),
            _ => None,
        }
    }

    fn denied(denied: Denied) -> (StatusCode, &'static str, String) {
        match denied {
            Denied::NoClient(error) => (StatusCode::UNAUTHORIZED, "invalid_client", error.to_string()),
            Denied::Client(error) => (StatusCode::UNAUTHORIZED, "invalid_client", error.to_string()),
            Denied::Credentials(error) | Denied::RefreshToken(error) => {
                (StatusCode::BAD_REQUEST, "invalid_grant", error.to_string())
            }
            Denied::GrantType(_) => {
                let text = "use password, client_credentials or refresh_token; authorization codes are not given here";
                (StatusCode::BAD_REQUEST, "unsupported_grant_type", text.to_owned())
            }
        }
    }
}

/// Issues tokens to an app, which authenticates by its id (or the key itself) and its key, with Basic or in the form.
#[utoipa::path(
    post, path = "/api/connect/oauth2/token/", security(("basic" = [])),
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = TokensBody),
        (status = 400, description = "invalid_request, invalid_grant, invalid_scope, unsupported_grant_type", body = FailureBody),
        (status = 401, description = "invalid_client", body = FailureBody),
        (status = 413, description = "The body is longer than `limits.body_bytes`", body = FailureBody),
        (status = 429, description = "Too many wrong passwords; Retry-After in seconds", body = FailureBody),
        (status = 503, description = "Temporarily unavailable; Retry-After in seconds", body = FailureBody)
    )
)]
pub(super) async fn token(state: State, payload: web::Payload) -> HttpResponse {
    oauth::token(state, payload).await
}
