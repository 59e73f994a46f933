//! OAuth2 at the original's path (RFC 6749): tokens for a password, for a client itself, and for a refresh token. Codes are
//! not given: that needs a page on which people consent to an app, and consent here is given by mail.

use actix_web::http::StatusCode;
use actix_web::http::header::{PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::problem::seconds_until;
use crate::auth::{AuthError, Authenticator, Grant, Issued, OAuthError, Source};
use crate::config::Config;
use crate::http::body::{self, BadBody, media_type};
use crate::http::form::{self, BadClient, Form};
use crate::http::rate_limit::Rates;
use crate::store::{Store, StoreError};

/// Tokens, shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = Tokens)]
pub(super) struct TokensBody<'a> {
    access_token: &'a str,
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    scope: &'static str,
}

/// RFC 6749 §5.2.
#[derive(Serialize, ToSchema)]
#[schema(as = OAuthError)]
pub(super) struct OAuthErrorBody {
    #[schema(example = "invalid_grant")]
    error: &'static str,
    error_description: String,
}

/// What is sent, as a form.
#[derive(ToSchema)]
#[schema(as = TokenRequest)]
#[expect(dead_code, reason = "the description's; what is read is read parameter by parameter")]
pub(super) struct TokenForm {
    /// `password`, `client_credentials` or `refresh_token`.
    grant_type: String,
    /// With password: address or username.
    username: Option<String>,
    /// With password.
    password: Option<String>,
    /// With `refresh_token`: it is spent by this.
    refresh_token: Option<String>,
    /// readonly or readwrite; else readwrite, or what the refresh token had.
    scope: Option<String>,
    /// Where the client sends no Basic.
    client_id: Option<String>,
    /// Where the client sends no Basic.
    client_secret: Option<String>,
}

struct Failure {
    status: StatusCode,
    error: &'static str,
    description: String,
    retry_after: Option<i64>,
}

impl Failure {
    fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.into(), retry_after: None }
    }

    fn later(status: StatusCode, description: impl Into<String>, seconds: i64) -> Self {
        // The RFC's word for the authorization endpoint; the token endpoint has none of its own.
        Self { status, retry_after: Some(seconds.max(1)), ..Self::new("temporarily_unavailable", description) }
    }

    fn of_client(error: BadClient) -> Self {
        let text = error.to_string();
        match error {
            BadClient::Unknown => Self { status: StatusCode::UNAUTHORIZED, ..Self::new("invalid_client", text) },
            BadClient::Twice | BadClient::TwoCredentials(_) => Self::new("invalid_request", text),
        }
    }

    fn of(error: OAuthError, store: &Store) -> Self {
        let text = error.to_string();
        match error {
            OAuthError::InvalidClient => Self { status: StatusCode::UNAUTHORIZED, ..Self::new("invalid_client", text) },
            OAuthError::InvalidGrant | OAuthError::Auth(AuthError::Missing | AuthError::Wrong) => {
                Self::new("invalid_grant", text)
            }
            OAuthError::TooMany(retry_at) | OAuthError::Auth(AuthError::TooMany(retry_at)) => {
                Self::later(StatusCode::TOO_MANY_REQUESTS, text, seconds_until(retry_at, store.clock().now()))
            }
            OAuthError::Auth(AuthError::Overloaded | AuthError::Store(StoreError::Overloaded)) => {
                Self::later(StatusCode::SERVICE_UNAVAILABLE, text, 1)
            }
            OAuthError::Auth(AuthError::Store(error)) => {
                tracing::error!(%error, "a token could not be issued");
                Self::later(StatusCode::SERVICE_UNAVAILABLE, "not now; try again shortly", 2)
            }
            OAuthError::Auth(AuthError::Rng(error)) => {
                tracing::error!(%error, "a token could not be issued");
                Self::later(StatusCode::SERVICE_UNAVAILABLE, "not now; try again shortly", 2)
            }
        }
    }

    fn respond(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, "Basic Realm=\"Countersign\""));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        response
            .insert_header((PRAGMA, "no-cache"))
            .json(OAuthErrorBody { error: self.error, error_description: self.description })
    }
}

/// Issues tokens to an app: its id (or the key itself) and its key, by Basic or in the form.
#[utoipa::path(
    post,
    path = "/api/connect/oauth2/token/",
    tag = "Hexoskin",
    security(("basic" = [])),
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = TokensBody),
        (status = 400, description = "invalid_request, invalid_grant, invalid_scope, unsupported_grant_type", body = OAuthErrorBody),
        (status = 401, description = "invalid_client", body = OAuthErrorBody),
        (status = 413, description = "More than 64 KiB", body = OAuthErrorBody),
        (status = 429, description = "Too many wrong passwords; Retry-After in seconds", body = OAuthErrorBody),
        (status = 503, description = "Not now; Retry-After in seconds", body = OAuthErrorBody)
    )
)]
pub(super) async fn token(
    request: HttpRequest,
    payload: web::Payload,
    config: Data<Config>,
    store: Data<Store>,
    auth: Data<Authenticator>,
    rates: Data<Rates>,
) -> HttpResponse {
    match issue(&request, payload, &config, &store, (&auth, &rates)).await {
        Ok(issued) => HttpResponse::Ok().insert_header((PRAGMA, "no-cache")).json(TokensBody {
            access_token: &issued.access,
            token_type: "Bearer",
            expires_in: issued.lasts.num_seconds(),
            refresh_token: issued.refresh.as_ref().map(|token| token.as_str()),
            scope: if issued.may_write { "readwrite" } else { "readonly" },
        }),
        Err(failure) => failure.respond(),
    }
}

async fn issue(
    request: &HttpRequest,
    payload: web::Payload,
    config: &Config,
    store: &Store,
    (auth, rates): (&Authenticator, &Rates),
) -> Result<Issued, Failure> {
    let source = Source::of_peer(Some(rates.peer_of(request)));
    let bytes = body::read(request, payload, config.limits.body_bytes).await.map_err(|error| {
        let status = match error {
            BadBody::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            BadBody::TooSlow => StatusCode::REQUEST_TIMEOUT,
            BadBody::Broken => StatusCode::BAD_REQUEST,
            BadBody::Packed => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        };
        Failure { status, ..Failure::new("invalid_request", error.to_string()) }
    })?;
    if media_type(request).as_deref() != Some("application/x-www-form-urlencoded") {
        return Err(Failure::new("invalid_request", "send a form: application/x-www-form-urlencoded"));
    }
    let form = Form::read(&bytes).map_err(|bad| Failure::new("invalid_request", bad.to_string()))?;
    let (client, secret) = form::client(request, &form).map_err(Failure::of_client)?;
    let may_write = match form.get("scope") {
        None | Some("" | "readwrite" | "readonly readwrite" | "readwrite readonly") => true,
        Some("readonly") => false,
        Some(_) => return Err(Failure::new("invalid_scope", "the scopes are readonly and readwrite")),
    };
    let needed = |name| {
        let missing = || Failure::new("invalid_request", format!("{name} is missing"));
        form.get(name).filter(|value| !value.is_empty()).map(str::to_owned).ok_or_else(missing)
    };
    let grant = match needed("grant_type")?.as_str() {
        "password" => Grant::Password { username: needed("username")?, password: Zeroizing::new(needed("password")?) },
        "client_credentials" => Grant::ClientCredentials,
        "refresh_token" => Grant::Refresh { token: Zeroizing::new(needed("refresh_token")?) },
        _ => {
            let text = "use password, client_credentials or refresh_token; authorization codes are not given here";
            return Err(Failure::new("unsupported_grant_type", text));
        }
    };
    auth.issue(&client, &secret, grant, may_write, &source).await.map_err(|error| Failure::of(error, store))
}
