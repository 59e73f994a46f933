//! One provider: its metadata (OpenID Connect Discovery 1.0), fetched when first needed and cached, and the two steps of a
//! sign-in, the redirect and the return.

use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Mutex;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use super::http::{Answer, Wire};
use super::id_token::{Claims, Expected, IdToken};
use super::keys::Keys;
use super::{Attempt, OidcError, ProviderError};
use crate::config::{ClientAuth, Oidc};
use crate::domain::Address;
use crate::secret_file::{SecretFileError, read_secret};
use crate::workflow::identity::Shown;

/// How long metadata and keys are cached.
const KEPT: TimeDelta = TimeDelta::hours(1);
/// How long a provider that did not answer is not called again, so that people who sign in there get an error at once.
const DOWN: TimeDelta = TimeDelta::seconds(10);
const CODE_BYTES: usize = 4_096;

/// A provider at which people can sign in.
pub struct Provider {
    settings: Oidc,
    secret: Option<Zeroizing<String>>,
    wire: Wire,
    known: Mutex<Known>,
}

/// Its cached metadata and keys, with their age.
#[derive(Default)]
struct Known {
    metadata: Option<(Arc<Metadata>, DateTime<Utc>)>,
    keys: Option<(Arc<Keys>, DateTime<Utc>)>,
    down: Option<(String, DateTime<Utc>)>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    userinfo_endpoint: Option<Url>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    #[serde(default)]
    prompt_values_supported: Vec<String>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

/// The parameters of the redirect back from the provider.
#[derive(Clone, Debug, Default)]
pub struct Back<'a> {
    /// The `state` of the redirect to it.
    pub state: Option<&'a str>,
    /// The issuer that answers (RFC 9207).
    pub issuer: Option<&'a str>,
    /// The authorization code.
    pub code: Option<&'a str>,
    /// The error code instead of a code.
    pub error: Option<&'a str>,
}

impl Provider {
    /// Reads its secret and its authorities, without any call.
    pub(super) fn new(settings: &Oidc) -> Result<Self, ProviderError> {
        let wrong = |problem: String| ProviderError { id: settings.id.clone(), problem };
        let from_file = settings.client_secret_file.as_deref().map(secret_in).transpose().map_err(wrong)?;
        let secret = from_file.or_else(|| settings.client_secret.clone().map(Zeroizing::new));
        let wire = Wire::new(settings.is_on_this_machine(), settings.ca_file.as_deref(), settings.timeout.duration());
        Ok(Self { settings: settings.clone(), secret, wire: wire.map_err(wrong)?, known: Mutex::default() })
    }

    /// As it is set up.
    pub fn settings(&self) -> &Oidc {
        &self.settings
    }

    /// The URL of the provider, which redirects the browser back to `redirect`. With `other` the provider lets the person
    /// choose the account or asks for the password, instead of signing in the same one again.
    pub async fn way_there(&self, attempt: &Attempt, redirect: &str, other: bool, now: DateTime<Utc>) -> Result<Url, OidcError> {
        let metadata = self.metadata(now).await?;
        let mut url = metadata.authorization_endpoint.clone();
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", &self.settings.client_id)
                .append_pair("redirect_uri", redirect)
                .append_pair("scope", &self.settings.scopes.join(" "))
                .append_pair("state", &attempt.state())
                .append_pair("nonce", &attempt.nonce())
                .append_pair("code_challenge", &attempt.challenge())
                .append_pair("code_challenge_method", "S256");
            if other {
                let chooses = metadata.prompt_values_supported.iter().any(|value| value == "select_account");
                query.append_pair("prompt", if chooses { "select_account" } else { "login" });
            }
        }
        Ok(url)
    }

    /// The person who signed in, by the parameters of the redirect back.
    pub async fn who(
        &self,
        attempt: Option<&Attempt>,
        back: &Back<'_>,
        redirect: &str,
        now: DateTime<Utc>,
    ) -> Result<Shown, OidcError> {
        let state = back.state.unwrap_or_default();
        let attempt = attempt.filter(|attempt| attempt.is_answered_by(&self.settings.id, state, now)).ok_or(OidcError::Stale)?;
        let metadata = self.metadata(now).await?;
        match back.issuer {
            Some(issuer) if issuer != metadata.issuer => return Err(OidcError::Forged("another issuer answered".to_owned())),
            None if metadata.authorization_response_iss_parameter_supported => {
                return Err(OidcError::Forged("the answer does not say whose it is".to_owned()));
            }
            _ => {}
        }
        if let Some(error) = back.error {
            return Err(OidcError::Denied(shown_word(error)));
        }
        let code = back.code.filter(|code| !code.is_empty() && code.len() <= CODE_BYTES).ok_or(OidcError::Stale)?;
        let tokens = self.exchange(&metadata, attempt, code, redirect).await?;
        let claims = self.believed(&metadata, attempt, &tokens.id_token, now).await?;
        let claims = self.completed(&metadata, claims, tokens.access_token.map(Zeroizing::new)).await?;
        Ok(self.shown(&claims))
    }

    /// Exchanges a code for tokens.
    async fn exchange(&self, metadata: &Metadata, attempt: &Attempt, code: &str, redirect: &str) -> Result<Tokens, OidcError> {
        let verifier = attempt.verifier();
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code");
        form.append_pair("code", code);
        form.append_pair("redirect_uri", redirect);
        form.append_pair("code_verifier", &verifier);
        let id = self.settings.client_id.as_str();
        let mut authorization = None;
        match (&self.secret, self.client_auth(metadata)) {
            (Some(secret), ClientAuth::ClientSecretPost) => {
                form.append_pair("client_id", id);
                form.append_pair("client_secret", secret);
            }
            (Some(secret), ClientAuth::ClientSecretBasicRaw) => authorization = Some(basic(id, secret)),
            (Some(secret), ClientAuth::Auto | ClientAuth::ClientSecretBasic) => {
                authorization = Some(basic(&form_encoded(id), &form_encoded(secret)));
            }
            (None, _) => {
                form.append_pair("client_id", id);
            }
        }
        let answer = self.wire.post(&metadata.token_endpoint, authorization, Zeroizing::new(form.finish())).await?;
        if answer.status == 200 {
            return typed(answer.body, "the answer to the code");
        }
        match answer.body.get("error").and_then(Value::as_str) {
            // The code was used, is too old, or was issued to another client (RFC 6749 §5.2).
            Some("invalid_grant") => Err(OidcError::Stale),
            Some("invalid_client") => {
                let way = match self.client_auth(metadata) {
                    ClientAuth::ClientSecretPost => "client_secret_post",
                    ClientAuth::ClientSecretBasicRaw => "client_secret_basic_raw",
                    ClientAuth::ClientSecretBasic | ClientAuth::Auto => "client_secret_basic",
                };
                Err(OidcError::Unusable(format!(
                    "it refused our client_id and secret by {way}; check both, and set client_auth if it wants them otherwise"
                )))
            }
            error => Err(OidcError::Unusable(format!("it refused the code with {}", shown_word(error.unwrap_or_default())))),
        }
    }

    /// How the client authenticates. Basic is the default of a provider that declares nothing (OpenID Connect Discovery 1.0
    /// §3).
    fn client_auth(&self, metadata: &Metadata) -> ClientAuth {
        let methods = metadata.token_endpoint_auth_methods_supported.as_deref();
        let has_basic = methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"));
        match self.settings.client_auth {
            ClientAuth::Auto if has_basic => ClientAuth::ClientSecretBasic,
            ClientAuth::Auto => ClientAuth::ClientSecretPost,
            set => set,
        }
    }

    /// The claims of an ID token, if it is valid. For an unknown key the keys are fetched again, once.
    async fn believed(
        &self,
        metadata: &Metadata,
        attempt: &Attempt,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<Claims, OidcError> {
        let token = IdToken::parse(text).map_err(OidcError::Forged)?;
        let mut keys = self.keys(metadata, false, now).await?;
        if !token.has_its_key(&keys) {
            keys = self.keys(metadata, true, now).await?;
        }
        let (issuer, client) = (metadata.issuer.as_str(), self.settings.client_id.as_str());
        let nonce = attempt.nonce();
        token.believed(&keys, &Expected { issuer, client, nonce: &nonce, now }).map_err(OidcError::Forged)
    }

    /// Adds the claims of the userinfo endpoint if the ID token lacks the address or its verification.
    async fn completed(
        &self,
        metadata: &Metadata,
        mut claims: Claims,
        access: Option<Zeroizing<String>>,
    ) -> Result<Claims, OidcError> {
        let (Some(url), Some(access)) = (&metadata.userinfo_endpoint, access) else { return Ok(claims) };
        let (address, verified) = (self.settings.address_claim.as_str(), "email_verified");
        if claims.text(address).is_some() && (!self.settings.require_email_verified || claims.0.contains_key(verified)) {
            return Ok(claims);
        }
        let Answer { status, body } = self.wire.get(url, Some(access)).await?;
        let Value::Object(more) = body else { return Err(OidcError::Unusable("its userinfo is no object".to_owned())) };
        let more = Claims(more);
        if status != 200 {
            return Err(OidcError::Unusable(format!("its userinfo answers {status}")));
        }
        if more.subject() != claims.subject() {
            return Err(OidcError::Forged("its userinfo is about somebody else".to_owned()));
        }
        // The address and its verification must come from the same source.
        claims.0.remove(address);
        claims.0.remove(verified);
        for (name, value) in more.0 {
            claims.0.entry(name).or_insert(value);
        }
        Ok(claims)
    }

    fn shown(&self, claims: &Claims) -> Shown {
        let is_vouched_for = !self.settings.require_email_verified || claims.is_true("email_verified");
        let address = claims.text(&self.settings.address_claim).filter(|_| is_vouched_for);
        let text = |name: &str| claims.text(name).unwrap_or_default().trim().to_owned();
        let is_tag = |tag: &&str| tag.len() <= 35 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        Shown {
            issuer: self.settings.issuer.clone(),
            subject: claims.subject().to_owned(),
            address: address.and_then(|text| Address::parse(text).ok()),
            first_name: text("given_name"),
            last_name: text("family_name"),
            locale: claims.text("locale").filter(is_tag).filter(|tag| !tag.is_empty()).map(str::to_owned),
        }
    }

    /// Its metadata. The cached one stays in use if it cannot be fetched again.
    async fn metadata(&self, now: DateTime<Utc>) -> Result<Arc<Metadata>, OidcError> {
        let mut known = self.known.lock().await;
        let kept = known.metadata.clone();
        if let Some((metadata, at)) = &kept
            && is_within(*at, KEPT, now)
        {
            return Ok(Arc::clone(metadata));
        }
        let fetched = match &known.down {
            Some((why, at)) if is_within(*at, DOWN, now) => Err(OidcError::Unreachable(why.clone())),
            _ => self.discover().await,
        };
        match fetched {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                known.metadata = Some((Arc::clone(&metadata), now));
                known.down = None;
                Ok(metadata)
            }
            Err(error) => {
                if let OidcError::Unreachable(why) = &error
                    && !known.down.as_ref().is_some_and(|(_, at)| is_within(*at, DOWN, now))
                {
                    known.down = Some((why.clone(), now));
                }
                kept.map(|(metadata, _)| metadata).ok_or(error)
            }
        }
    }

    async fn discover(&self) -> Result<Metadata, OidcError> {
        let issuer = &self.settings.issuer;
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let url = Url::parse(&url).map_err(|error| OidcError::Unusable(error.to_string()))?;
        let metadata: Metadata = self.document(&url, "what it says of itself").await?;
        if metadata.issuer != *issuer {
            let said = shown_word(&metadata.issuer);
            return Err(OidcError::Unusable(format!("it calls itself {said}; write that as its issuer if it is right")));
        }
        let called = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        let is_local = self.settings.is_on_this_machine();
        for url in called.into_iter().chain(&metadata.userinfo_endpoint) {
            let is_here = url.host_str().is_some_and(crate::config::is_local);
            if url.scheme() != "https" && !(is_local && is_here && url.scheme() == "http") {
                return Err(OidcError::Unusable("one of its addresses is not https".to_owned()));
            }
        }
        Ok(metadata)
    }

    async fn keys(&self, metadata: &Metadata, is_missing_one: bool, now: DateTime<Utc>) -> Result<Arc<Keys>, OidcError> {
        let mut known = self.known.lock().await;
        if let Some((keys, at)) = &known.keys
            && !is_missing_one
            && is_within(*at, KEPT, now)
        {
            return Ok(Arc::clone(keys));
        }
        let keys: Arc<Keys> = Arc::new(self.document(&metadata.jwks_uri, "its keys").await?);
        known.keys = Some((Arc::clone(&keys), now));
        Ok(keys)
    }

    async fn document<T: DeserializeOwned>(&self, url: &Url, what: &str) -> Result<T, OidcError> {
        let answer = self.wire.get(url, None).await?;
        if answer.status != 200 {
            return Err(OidcError::Unusable(format!("{what} answers {}", answer.status)));
        }
        typed(answer.body, what)
    }
}

fn typed<T: DeserializeOwned>(body: Value, what: &str) -> Result<T, OidcError> {
    serde_json::from_value(body).map_err(|error| OidcError::Unusable(format!("{what} does not read: {error}")))
}

/// A clock that was set back makes nothing older.
fn is_within(at: DateTime<Utc>, span: TimeDelta, now: DateTime<Utc>) -> bool {
    at <= now && now < at + span
}

/// A provider's text, made safe for a line of the log.
fn shown_word(word: &str) -> String {
    let plain = word.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '<' | '>'));
    plain.take(80).collect()
}

fn form_encoded(text: &str) -> Zeroizing<String> {
    Zeroizing::new(form_urlencoded::byte_serialize(text.as_bytes()).collect())
}

fn basic(client: &str, secret: &str) -> Zeroizing<String> {
    let pair = Zeroizing::new(format!("{client}:{secret}"));
    Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())))
}

/// A secret with blanks at its ends was pasted with them, since no provider issues one.
fn secret_in(path: &Path) -> Result<Zeroizing<String>, String> {
    let secret = read_secret(path).map(|secret| Zeroizing::new(secret.trim().to_owned()));
    let secret = secret.and_then(|secret| if secret.is_empty() { Err(SecretFileError::Empty) } else { Ok(secret) });
    secret.map_err(|error| format!("client_secret_file {} cannot be used: {error}", path.display()))
}
