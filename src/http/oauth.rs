//! The OAuth2 token endpoint (RFC 6749), with the grant types password, client credentials and refresh token. Each API has it
//! at the original's path, with the original's messages. There is no authorization code grant: it needs a consent page, and
//! consent here is given by email.

use std::fmt::Display;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::web::Payload;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::{Zeroize, Zeroizing};

use super::body;
use super::call::{AppState, Calls};
use super::form::{self, BadClient};
use super::problem::seconds_until;
use crate::auth::{AuthError, Grant, Issued, OAuthError, Source};
use crate::secret::{Secret, SecretKind, digest, hex};
use crate::store::StoreError;

/// A token endpoint.
pub trait TokenEndpoint: Calls {
    /// The `WWW-Authenticate` header of a 401.
    const BASIC: &'static str;
    /// `token_type`.
    const TOKEN_TYPE: &'static str;
    /// Whether unregistered clients without a secret get tokens for a person's password, which they could also send with every
    /// call.
    const HAS_PUBLIC_CLIENTS: bool;
    /// Whether a response contains a `jti`.
    const HAS_JTI: bool;

    /// Whether a token of these scopes has write access; none if the scopes are refused.
    fn may_write(scopes: &str) -> Option<bool>;

    /// The status, code and description of a denied token.
    fn denied(denied: Denied) -> (StatusCode, &'static str, String);
}

/// Why a token is denied.
pub enum Denied {
    /// The client's credentials are missing or malformed.
    NoClient(BadClient),
    /// The client is unknown or not allowed.
    Client(OAuthError),
    /// The grant type is unknown, or not allowed for this client.
    GrantType(String),
    /// The username or password is wrong.
    Credentials(OAuthError),
    RefreshToken(OAuthError),
}

/// The form of a token request.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = TokenRequest)]
pub struct TokenForm {
    /// `password`, `client_credentials` or `refresh_token`.
    #[schema(required = true, nullable = false)]
    grant_type: Option<String>,
    /// With password: address or username.
    username: Option<String>,
    /// With password.
    password: Option<String>,
    /// With `refresh_token`, which can be used once.
    refresh_token: Option<String>,
    /// `readonly` or `readwrite`; default: `readwrite`, or the scope of the refresh token.
    scope: Option<String>,
    /// If the client sends no Basic.
    client_id: Option<String>,
    /// If the client sends no Basic.
    client_secret: Option<String>,
}

impl Drop for TokenForm {
    fn drop(&mut self) {
        for secret in [&mut self.password, &mut self.refresh_token, &mut self.client_secret] {
            secret.zeroize();
        }
    }
}

/// The tokens, which are shown only once.
#[derive(Serialize, ToSchema)]
#[schema(as = Tokens)]
pub struct TokensBody<'a> {
    access_token: &'a str,
    /// `Bearer` or `bearer`.
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    /// `readwrite` or `readonly`.
    scope: &'static str,
    /// An id of the token that does not reveal it, on the path of SAS.
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
}

/// The error (RFC 6749 §5.2).
#[derive(Serialize, ToSchema)]
#[schema(as = OAuthError)]
pub struct FailureBody {
    #[schema(example = "invalid_grant")]
    error: &'static str,
    error_description: String,
}

struct Failure {
    status: StatusCode,
    body: FailureBody,
    retry_after: Option<i64>,
}

impl Failure {
    fn new(status: StatusCode, error: &'static str, description: impl Display) -> Self {
        Self { status, body: FailureBody { error, error_description: description.to_string() }, retry_after: None }
    }

    fn bad(description: impl Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// Uses a code of the authorization endpoint, because the RFC has none for this one.
    fn later(status: StatusCode, description: impl Display, seconds: i64) -> Self {
        Self { retry_after: Some(seconds.max(1)), ..Self::new(status, "temporarily_unavailable", description) }
    }

    fn denied<A: TokenEndpoint>(denied: Denied) -> Self {
        let (status, error, description) = A::denied(denied);
        Self::new(status, error, description)
    }

    fn of<A: TokenEndpoint>(error: OAuthError, is_refresh: bool, state: &AppState<A>) -> Self {
        let away = |error: &dyn Display| {
            tracing::error!(%error, "a token could not be issued");
            Self::later(StatusCode::SERVICE_UNAVAILABLE, "not now; try again shortly", 2)
        };
        match error {
            OAuthError::InvalidClient => Self::denied::<A>(Denied::Client(error)),
            OAuthError::InvalidGrant if is_refresh => Self::denied::<A>(Denied::RefreshToken(error)),
            OAuthError::InvalidGrant | OAuthError::Auth(AuthError::Missing | AuthError::Wrong) => {
                Self::denied::<A>(Denied::Credentials(error))
            }
            OAuthError::TooMany(retry_at) | OAuthError::Auth(AuthError::TooMany(retry_at)) => {
                Self::later(StatusCode::TOO_MANY_REQUESTS, error, seconds_until(retry_at, state.now()))
            }
            OAuthError::Auth(AuthError::Overloaded | AuthError::Store(StoreError::Overloaded)) => {
                Self::later(StatusCode::SERVICE_UNAVAILABLE, error, 1)
            }
            OAuthError::Auth(AuthError::Store(error)) => away(&error),
            OAuthError::Auth(AuthError::Rng(error)) => away(&error),
        }
    }

    fn respond<A: TokenEndpoint>(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, A::BASIC));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        response.insert_header((PRAGMA, "no-cache")).json(self.body)
    }
}

/// Issues tokens to an app, identified by its id (or the key itself) and its key, by Basic or in the form.
pub async fn token<A: TokenEndpoint>(state: AppState<A>, payload: Payload) -> HttpResponse {
    match issue(&state, payload).await {
        Ok(issued) => HttpResponse::Ok().insert_header((PRAGMA, "no-cache")).json(TokensBody {
            access_token: &issued.access,
            token_type: A::TOKEN_TYPE,
            expires_in: issued.lasts.num_seconds(),
            refresh_token: issued.refresh.as_ref().map(|token| token.as_str()),
            scope: if issued.may_write { "readwrite" } else { "readonly" },
            jti: A::HAS_JTI.then(|| name_of(&issued.access)),
        }),
        Err(failure) => failure.respond::<A>(),
    }
}

async fn issue<A: TokenEndpoint>(state: &AppState<A>, payload: Payload) -> Result<Issued, Failure> {
    let source = Source::of_peer(Some(state.peer));
    let bytes = body::read(&state.request, payload, state.config.limits.body_bytes).await;
    let bytes = bytes.map_err(|error| Failure::new(error.status(), "invalid_request", error))?;
    if body::media_type(&state.request).as_deref() != Some("application/x-www-form-urlencoded") {
        return Err(Failure::bad("send a form: application/x-www-form-urlencoded"));
    }
    let form: TokenForm = form::read(&bytes).map_err(Failure::bad)?;
    let client = form::client(&state.request, form.client_id.as_deref(), form.client_secret.as_deref());
    let (client, secret) = client.map_err(|error| match error {
        BadClient::Unknown => Failure::denied::<A>(Denied::NoClient(error)),
        BadClient::Twice | BadClient::TwoCredentials(_) => Failure::bad(error),
    })?;
    let refused = || Failure::new(StatusCode::BAD_REQUEST, "invalid_scope", "the scopes are readonly and readwrite");
    let may_write = A::may_write(form.scope.as_deref().unwrap_or_default()).ok_or_else(refused)?;
    let is_public = A::HAS_PUBLIC_CLIENTS && secret.is_empty() && is_unregistered(&client);
    let auth = &state.auth;
    let issued = match needed("grant_type", form.grant_type.as_ref())?.as_str() {
        "password" => {
            let (username, password) =
                (needed("username", form.username.as_ref())?.to_string(), needed("password", form.password.as_ref())?);
            if is_public {
                auth.issue_to_person(&username, &password, may_write, &source).await
            } else {
                auth.issue(&client, &secret, Grant::Password { username, password }, may_write, &source).await
            }
        }
        "client_credentials" if !is_public => auth.issue(&client, &secret, Grant::ClientCredentials, may_write, &source).await,
        "refresh_token" if !is_public => {
            let token = needed("refresh_token", form.refresh_token.as_ref())?;
            let issued = auth.issue(&client, &secret, Grant::Refresh { token }, may_write, &source).await;
            return issued.map_err(|error| Failure::of(error, true, state));
        }
        other => return Err(Failure::denied::<A>(Denied::GrantType(other.to_owned()))),
    };
    issued.map_err(|error| Failure::of(error, false, state))
}

fn needed(name: &str, value: Option<&String>) -> Result<Zeroizing<String>, Failure> {
    let value = value.filter(|value| !value.is_empty());
    value.cloned().map(Zeroizing::new).ok_or_else(|| Failure::bad(format_args!("{name} is missing")))
}

/// Whether a client name is neither a key's id nor a key.
fn is_unregistered(client: &str) -> bool {
    !client.is_empty() && client.parse::<i64>().is_err() && Secret::parse(SecretKind::Key, client).is_none()
}

fn name_of(token: &str) -> String {
    hex(digest(&[b"jti", token.as_bytes()]).iter().take(16))
}
