//! OAuth2 at the original's path, in the words that its clients look for. Clients that were never registered and keep no
//! secret (`sas.ec`, what sasctl is by default) get tokens for a person's password, which could be sent with every call as
//! well; all else needs an app's key.

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
use crate::secret::{Secret, SecretKind, digest};
use crate::store::{Store, StoreError};

const BAD: &str = "Bad credentials";

/// A token, shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = SasTokens)]
pub(super) struct TokensBody<'a> {
    access_token: &'a str,
    /// `bearer`.
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    /// Seconds.
    expires_in: i64,
    /// `readwrite` or `readonly`.
    scope: &'static str,
    /// A name for the token that does not give it away.
    jti: String,
}

/// Why there is none.
#[derive(Serialize, ToSchema)]
#[schema(as = SasOAuthError)]
pub(super) struct FailureBody {
    #[schema(example = "unauthorized")]
    error: &'static str,
    #[schema(example = "Bad credentials")]
    error_description: String,
}

/// What is sent, as a form.
#[derive(ToSchema)]
#[schema(as = SasTokenRequest)]
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
    /// `readonly` limits the token to looking; other words are passed over.
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
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into(), retry_after: None }
    }

    fn bad(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    fn unauthorized(error: &'static str, description: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, error, description)
    }

    /// What sasctl tells its user as it stands.
    fn grant_type(name: &str) -> Self {
        Self::unauthorized("invalid_client", format!("Unauthorized grant type: {name}"))
    }

    fn later(status: StatusCode, description: impl Into<String>, seconds: i64) -> Self {
        Self { retry_after: Some(seconds.max(1)), ..Self::new(status, "temporarily_unavailable", description) }
    }

    fn of(error: OAuthError, is_refresh: bool, store: &Store) -> Self {
        let text = error.to_string();
        match error {
            OAuthError::InvalidGrant if is_refresh => {
                Self::unauthorized("invalid_token", "the refresh token is not right, spent, or no longer good")
            }
            OAuthError::InvalidClient | OAuthError::InvalidGrant | OAuthError::Auth(AuthError::Missing | AuthError::Wrong) => {
                Self::unauthorized("unauthorized", BAD)
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
            response.insert_header((WWW_AUTHENTICATE, "Basic realm=\"Countersign\", charset=\"UTF-8\""));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        let body = FailureBody { error: self.error, error_description: self.description };
        response.insert_header((PRAGMA, "no-cache")).json(body)
    }
}

/// Issues tokens: for a person's password to any client, for all else to an app by its id (or the key itself) and its key.
#[utoipa::path(
    post,
    path = "/SASLogon/oauth/token",
    tag = "SAS",
    security(("basic" = [])),
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = TokensBody<'static>),
        (status = 400, description = "A parameter is missing or there twice", body = FailureBody),
        (status = 401, description = "unauthorized (`Bad credentials`: the name, the password or the client), invalid_token (the refresh token), invalid_client (`Unauthorized grant type: …`)", body = FailureBody),
        (status = 413, description = "More than 64 KiB", body = FailureBody),
        (status = 429, description = "Too many wrong passwords; Retry-After in seconds", body = FailureBody),
        (status = 503, description = "Not now; Retry-After in seconds", body = FailureBody)
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
            token_type: "bearer",
            refresh_token: issued.refresh.as_ref().map(|token| token.as_str()),
            expires_in: issued.lasts.num_seconds(),
            scope: if issued.may_write { "readwrite" } else { "readonly" },
            jti: name_of(&issued.access),
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
        Failure::new(status, "invalid_request", error.to_string())
    })?;
    if media_type(request).as_deref() != Some("application/x-www-form-urlencoded") {
        return Err(Failure::bad("send a form: application/x-www-form-urlencoded"));
    }
    let form = Form::read(&bytes).map_err(|bad| Failure::bad(bad.to_string()))?;
    let (client, secret) = form::client(request, &form).map_err(|bad| match bad {
        BadClient::Unknown => Failure::unauthorized("unauthorized", bad.to_string()),
        BadClient::Twice | BadClient::TwoCredentials(_) => Failure::bad(bad.to_string()),
    })?;
    let is_public = secret.is_empty() && is_unregistered(&client);
    let scopes = form.get("scope").unwrap_or_default();
    let names = |wanted: &str| scopes.split_ascii_whitespace().any(|scope| scope == wanted);
    let may_write = names("readwrite") || !names("readonly");
    let needed = |name: &str| {
        let missing = || Failure::bad(format!("{name} is missing"));
        form.get(name).filter(|value| !value.is_empty()).map(str::to_owned).ok_or_else(missing)
    };
    let grant_type = needed("grant_type")?;
    let grant = match grant_type.as_str() {
        "password" => {
            let (username, password) = (needed("username")?, Zeroizing::new(needed("password")?));
            if is_public {
                let issued = auth.issue_to_person(&username, &password, may_write, &source).await;
                return issued.map_err(|error| Failure::of(error, false, store));
            }
            Grant::Password { username, password }
        }
        "client_credentials" | "refresh_token" if is_public => return Err(Failure::grant_type(&grant_type)),
        "client_credentials" => Grant::ClientCredentials,
        "refresh_token" => Grant::Refresh { token: Zeroizing::new(needed("refresh_token")?) },
        other => return Err(Failure::grant_type(other)),
    };
    let is_refresh = matches!(grant, Grant::Refresh { .. });
    auth.issue(&client, &secret, grant, may_write, &source).await.map_err(|error| Failure::of(error, is_refresh, store))
}

/// Whether a name is none of a key's, which is its number or the key itself.
fn is_unregistered(client: &str) -> bool {
    !client.is_empty() && client.parse::<i64>().is_err() && Secret::parse(SecretKind::Key, client).is_none()
}

fn name_of(token: &str) -> String {
    digest(&[b"jti", token.as_bytes()]).iter().take(16).fold(String::new(), |name, byte| format!("{name}{byte:02x}"))
}
