//! Credentials: API keys, OAuth2 tokens, sessions and sign-in codes. Only their hashes are stored.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::schema::{access_tokens, api_keys, remembered_browsers as remembered_rows, sessions, sign_in_codes};
use super::sql::lock::{Share, locked};
use super::tx::Lock;
use super::{StoreError, Tx, each, load_all, load_each, remembered_browsers, row};
use crate::clock::{ASTRAY, from_micros};
use crate::domain::{AppId, EmailId, KeyId, Scope, Scopes, SessionId, UserId};
use crate::secret::SecretHash;

/// After this time, a queued email gets no sign-in code.
const CODE_WAITS: TimeDelta = TimeDelta::minutes(10);

/// A stored API key.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// The key's id.
    pub id: KeyId,
    /// The key's name, for operators.
    pub name: String,
    /// The app.
    pub app: AppId,
    /// The app's name, shown in emails.
    pub app_name: String,
    /// The owner.
    pub user: Option<UserId>,
    /// The hash of the secret.
    pub secret_hash: Vec<u8>,
    /// The key's scopes.
    pub scopes: Scopes,
    /// The allowed link targets of emails: origins with a path prefix.
    pub redeem_urls: Vec<String>,
    /// Those that the app allows to all its keys.
    pub app_redeem_urls: Vec<String>,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time of expiry.
    pub expires_at: DateTime<Utc>,
    /// Time of revocation.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl ApiKey {
    /// Whether the key is valid at `now`.
    pub fn is_live_at(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

row! {
    struct KeyRow from api_keys {
        id: i64,
        name: String,
        user_id: Option<i64>,
        secret_hash: Vec<u8>,
        scopes: String,
        redeem_urls: String,
        created_at: i64,
        expires_at: i64,
        revoked_at: Option<i64>,
    }
}

/// A key with the id, the name and the allowed links of its app.
pub(super) type KeyOfApp = (KeyRow, i64, String, String);

/// Selects keys as [`KeyOfApp`].
macro_rules! keys_of_apps {
    ($filter:expr) => {{
        use $crate::store::schema::{api_keys, apps};
        let columns = ($crate::store::credentials::KeyRow::columns(), apps::id, apps::name, apps::redeem_urls);
        api_keys::table.inner_join(apps::table).filter($filter).select(columns)
    }};
}
pub(super) use keys_of_apps;

impl From<KeyOfApp> for ApiKey {
    fn from((row, app, app_name, app_redeem_urls): KeyOfApp) -> Self {
        Self {
            id: KeyId(row.id),
            name: row.name,
            app: AppId(app),
            app_name,
            app_redeem_urls: app_redeem_urls.lines().map(str::to_owned).collect(),
            user: row.user_id.map(UserId),
            secret_hash: row.secret_hash,
            scopes: row.scopes.split_whitespace().filter_map(Scope::parse).collect(),
            redeem_urls: row.redeem_urls.lines().map(str::to_owned).collect(),
            created_at: from_micros(row.created_at),
            expires_at: from_micros(row.expires_at),
            revoked_at: row.revoked_at.map(from_micros),
        }
    }
}

/// A key to store.
pub struct StoredKey<'a> {
    pub app: AppId,
    pub name: &'a str,
    pub user: Option<UserId>,
    pub secret: SecretHash,
    pub scopes: Scopes,
    pub redeem_urls: &'a [String],
    pub lasts: TimeDelta,
}

/// Stores a key of an app. The first one gets the app's id.
pub fn add_key(tx: &mut Tx<'_>, key: &StoredKey<'_>) -> Result<KeyId, StoreError> {
    let StoredKey { app, name, user, secret, scopes, redeem_urls, lasts } = key;
    let scopes: Vec<&str> = scopes.iter().map(Scope::as_str).collect();
    let is_first = find_key(tx, KeyId(app.0))?.is_none();
    let id = if is_first { app.0 } else { super::apps::new_id(tx)? };
    let values = (
        api_keys::id.eq(id),
        api_keys::app_id.eq(app.0),
        api_keys::name.eq(*name),
        api_keys::user_id.eq(user.map(|id| id.0)),
        api_keys::secret_hash.eq(secret.as_bytes().to_vec()),
        api_keys::scopes.eq(scopes.join(" ")),
        api_keys::redeem_urls.eq(redeem_urls.join("\n")),
        api_keys::created_at.eq(tx.micros()),
        api_keys::expires_at.eq((tx.now() + *lasts).timestamp_micros()),
    );
    each!(tx, |c| diesel::insert_into(api_keys::table).values(values).execute(c)?);
    Ok(KeyId(id))
}

/// Finds a key, live or not.
pub fn find_key(tx: &mut Tx<'_>, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
    let query = keys_of_apps!(api_keys::id.eq(id.0));
    Ok(each!(tx, |c| query.get_result::<KeyOfApp>(c).optional()?).map(ApiKey::from))
}

/// Finds a key and locks it (shared) until the transaction ends, because an approval depends on it.
pub fn lock_key(tx: &mut Tx<'_>, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
    let query = keys_of_apps!(api_keys::id.eq(id.0));
    Ok(each!(tx, |c| locked(query, Share).get_result::<KeyOfApp>(c).optional()?).map(ApiKey::from))
}

/// The keys of an app that are not revoked, locked (shared) in id order.
pub fn lock_keys_of(tx: &mut Tx<'_>, app: AppId) -> Result<Vec<ApiKey>, StoreError> {
    let query = keys_of_apps!(api_keys::app_id.eq(app.0).and(api_keys::revoked_at.is_null())).order(api_keys::id.asc());
    let rows = load_all!(tx, query, Lock::Share => KeyOfApp);
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// Finds the keys of `ids`, live or not, and locks them in id order, so that concurrent callers cannot deadlock.
pub(super) fn load_keys(tx: &mut Tx<'_>, ids: &[KeyId], lock: Lock) -> Result<Vec<ApiKey>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows = load_each!(tx, api_keys::id, ids, |these| keys_of_apps!(these).order(api_keys::id.asc()), lock => KeyOfApp);
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// Revokes a key.
pub fn revoke_key(tx: &mut Tx<'_>, id: KeyId) -> Result<bool, StoreError> {
    let now = tx.micros();
    let update =
        diesel::update(api_keys::table.find(id.0).filter(api_keys::revoked_at.is_null())).set(api_keys::revoked_at.eq(now));
    Ok(each!(tx, |c| update.execute(c)?) == 1)
}

/// The live keys of a person.
pub fn keys_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<KeyId>, StoreError> {
    let query = api_keys::table.filter(api_keys::user_id.eq(user.0)).filter(api_keys::revoked_at.is_null()).select(api_keys::id);
    let ids: Vec<i64> = each!(tx, |c| query.load(c)?);
    Ok(ids.into_iter().map(KeyId).collect())
}

/// A stored OAuth2 token.
#[derive(Clone, Debug, Queryable)]
pub struct AccessToken {
    /// The person.
    pub user: Option<i64>,
    /// The client.
    pub key: Option<i64>,
    /// The hash of the secret.
    pub secret_hash: Vec<u8>,
    /// Whether the token has write access.
    pub may_write: bool,
    expires_at: i64,
    revoked_at: Option<i64>,
}

impl AccessToken {
    /// Whether the token is valid at `now`.
    pub fn is_live_at(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < from_micros(self.expires_at)
    }
}

/// The kind of OAuth2 token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Sent with each call.
    Access,
    /// Exchanged for new tokens.
    Refresh,
}

impl TokenKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }
}

/// Stores an OAuth2 token and returns its id.
pub fn add_access_token(
    tx: &mut Tx<'_>,
    kind: TokenKind,
    user: Option<UserId>,
    key: Option<KeyId>,
    secret: SecretHash,
    may_write: bool,
    lasts: TimeDelta,
) -> Result<i64, StoreError> {
    let values = (
        access_tokens::kind.eq(kind.as_str()),
        access_tokens::user_id.eq(user.map(|id| id.0)),
        access_tokens::key_id.eq(key.map(|id| id.0)),
        access_tokens::secret_hash.eq(secret.as_bytes().to_vec()),
        access_tokens::may_write.eq(may_write),
        access_tokens::created_at.eq(tx.micros()),
        access_tokens::expires_at.eq((tx.now() + lasts).timestamp_micros()),
    );
    Ok(each!(tx, |c| diesel::insert_into(access_tokens::table).values(values).returning(access_tokens::id).get_result(c)?))
}

/// Finds an OAuth2 token of one kind, live or not.
pub fn find_access_token(tx: &mut Tx<'_>, kind: TokenKind, id: i64) -> Result<Option<AccessToken>, StoreError> {
    let columns = (
        access_tokens::user_id,
        access_tokens::key_id,
        access_tokens::secret_hash,
        access_tokens::may_write,
        access_tokens::expires_at,
        access_tokens::revoked_at,
    );
    let query = access_tokens::table.find(id).filter(access_tokens::kind.eq(kind.as_str())).select(columns);
    Ok(each!(tx, |c| query.get_result(c).optional()?))
}

/// Revokes an OAuth2 token; false if it was revoked before.
pub fn revoke_access_token(tx: &mut Tx<'_>, id: i64) -> Result<bool, StoreError> {
    let now = tx.micros();
    let update = diesel::update(access_tokens::table.find(id).filter(access_tokens::revoked_at.is_null()))
        .set(access_tokens::revoked_at.eq(now));
    Ok(each!(tx, |c| update.execute(c)?) == 1)
}

/// A stored session.
#[derive(Clone, Debug, Queryable)]
pub struct Session {
    /// The person.
    pub user: i64,
    /// The hash of the secret.
    pub secret_hash: Vec<u8>,
    seen_at: i64,
    expires_at: i64,
    mailbox_at: Option<i64>,
}

impl Session {
    /// Whether the person proved in it that they read their mailbox.
    pub const fn has_mailbox(&self) -> bool {
        self.mailbox_at.is_some()
    }

    /// Time of last use, to the minute.
    pub fn seen_at(&self) -> DateTime<Utc> {
        from_micros(self.seen_at)
    }

    /// Whether the session is valid at `now`: neither expired nor unused for `idle`. A session used while the clock was ahead
    /// is invalid too, because it would last too long.
    pub fn is_live_at(&self, now: DateTime<Utc>, idle: TimeDelta) -> bool {
        now < from_micros(self.expires_at) && now < self.seen_at() + idle && self.seen_at() <= now + ASTRAY
    }
}

/// The limit of sessions of a person. A new one beyond it ends the least recently used.
const SESSIONS_MOST: i64 = 50;

/// A new session, with a description of its browser.
#[derive(Clone, Copy)]
pub struct NewSession<'a> {
    /// The person.
    pub user: UserId,
    /// The hash of its secret.
    pub secret: SecretHash,
    /// The browser, such as "Firefox, Linux", or empty.
    pub agent: &'a str,
    /// The IP address.
    pub peer: Option<&'a str>,
    /// How long it lasts.
    pub lasts: TimeDelta,
    /// Whether the sign-in proved that the person reads their mailbox.
    pub has_mailbox: bool,
    /// The person's earlier sign-in with the same browser.
    pub last_visit_at: Option<DateTime<Utc>>,
}

/// Stores a session.
pub fn add_session(tx: &mut Tx<'_>, new: &NewSession<'_>) -> Result<SessionId, StoreError> {
    let (now, user) = (tx.micros(), new.user);
    let values = (
        sessions::user_id.eq(user.0),
        sessions::secret_hash.eq(new.secret.as_bytes().to_vec()),
        sessions::created_at.eq(now),
        sessions::seen_at.eq(now),
        sessions::expires_at.eq((tx.now() + new.lasts).timestamp_micros()),
        sessions::agent.eq(new.agent),
        sessions::peer.eq(new.peer),
        sessions::mailbox_at.eq(new.has_mailbox.then_some(now)),
        sessions::last_visit_at.eq(new.last_visit_at.map(|at| at.timestamp_micros())),
    );
    let id = each!(tx, |c| diesel::insert_into(sessions::table).values(values).returning(sessions::id).get_result(c)?);
    let older = sessions::table
        .filter(sessions::user_id.eq(user.0))
        .filter(sessions::id.ne(id))
        .order((sessions::seen_at.desc(), sessions::id.desc()))
        .offset(SESSIONS_MOST - 1)
        .limit(SESSIONS_MOST)
        .select(sessions::id);
    let older: Vec<i64> = each!(tx, |c| older.load(c)?);
    for old in older {
        delete_session(tx, SessionId(old))?;
    }
    Ok(SessionId(id))
}

/// Finds a session, live or not.
pub fn find_session(tx: &mut Tx<'_>, id: SessionId) -> Result<Option<Session>, StoreError> {
    let columns = (sessions::user_id, sessions::secret_hash, sessions::seen_at, sessions::expires_at, sessions::mailbox_at);
    Ok(each!(tx, |c| sessions::table.find(id.0).select(columns).get_result(c).optional()?))
}

/// A session, as its owner sees it in the list.
#[derive(Clone, Debug)]
pub struct OpenSession {
    /// The session's id.
    pub id: SessionId,
    /// Time of sign-in.
    pub created_at: DateTime<Utc>,
    /// Time of last use, to the minute.
    pub seen_at: DateTime<Utc>,
    /// The browser, such as "Firefox, Linux", or empty.
    pub agent: String,
    /// The IP address.
    pub peer: Option<String>,
    /// The person's earlier sign-in with the same browser.
    pub last_visit_at: Option<DateTime<Utc>>,
}

row! {
    struct OpenRow from sessions {
        id: i64,
        created_at: i64,
        seen_at: i64,
        agent: String,
        peer: Option<String>,
        last_visit_at: Option<i64>,
    }
}

/// The valid sessions of a person, the most recently used first.
pub fn sessions_of(tx: &mut Tx<'_>, user: UserId, idle: TimeDelta) -> Result<Vec<OpenSession>, StoreError> {
    let query = sessions::table
        .filter(sessions::user_id.eq(user.0))
        .filter(sessions::expires_at.gt(tx.micros()))
        .filter(sessions::seen_at.gt((tx.now() - idle).timestamp_micros()))
        .filter(sessions::seen_at.le((tx.now() + ASTRAY).timestamp_micros()))
        .order((sessions::seen_at.desc(), sessions::id.desc()))
        .select(OpenRow::columns());
    let rows: Vec<OpenRow> = each!(tx, |c| query.load(c)?);
    let read = |row: OpenRow| OpenSession {
        id: SessionId(row.id),
        created_at: from_micros(row.created_at),
        seen_at: from_micros(row.seen_at),
        agent: row.agent,
        peer: row.peer,
        last_visit_at: row.last_visit_at.map(from_micros),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Ends a session of a person; false if it is not theirs.
pub fn delete_session_of(tx: &mut Tx<'_>, user: UserId, id: SessionId) -> Result<bool, StoreError> {
    let these = sessions::table.filter(sessions::id.eq(id.0)).filter(sessions::user_id.eq(user.0));
    Ok(each!(tx, |c| diesel::delete(these).execute(c)?) == 1)
}

/// Ends all other sessions of a person; returns their number.
pub fn delete_other_sessions(tx: &mut Tx<'_>, user: UserId, kept: SessionId) -> Result<usize, StoreError> {
    let these = sessions::table.filter(sessions::user_id.eq(user.0)).filter(sessions::id.ne(kept.0));
    Ok(each!(tx, |c| diesel::delete(these).execute(c)?))
}

/// Records a use of a session.
pub fn touch_session(tx: &mut Tx<'_>, id: SessionId) -> Result<(), StoreError> {
    let now = tx.micros();
    each!(tx, |c| diesel::update(sessions::table.find(id.0)).set(sessions::seen_at.eq(now)).execute(c)?);
    Ok(())
}

/// Whether a person has this live session, and proved in it that they read their mailbox.
pub fn has_mailbox(tx: &mut Tx<'_>, user: UserId, id: SessionId) -> Result<bool, StoreError> {
    let query = sessions::table
        .find(id.0)
        .filter(sessions::user_id.eq(user.0))
        .filter(sessions::expires_at.gt(tx.micros()))
        .select(sessions::mailbox_at.is_not_null());
    Ok(each!(tx, |c| query.get_result(c).optional()?).unwrap_or(false))
}

/// Records that the person of a session read a code from their mailbox.
pub fn prove_mailbox(tx: &mut Tx<'_>, user: UserId, id: SessionId) -> Result<(), StoreError> {
    let now = tx.micros();
    let these = sessions::table.filter(sessions::id.eq(id.0)).filter(sessions::user_id.eq(user.0));
    each!(tx, |c| diesel::update(these).set(sessions::mailbox_at.eq(now)).execute(c)?);
    Ok(())
}

/// Withdraws the proofs of the mailbox in all sessions of a person, who must prove it again before they decide.
pub fn forget_mailbox_proofs(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    let these = sessions::table.filter(sessions::user_id.eq(user.0));
    each!(tx, |c| diesel::update(these).set(sessions::mailbox_at.eq(None::<i64>)).execute(c)?);
    Ok(())
}

/// Ends a session.
pub fn delete_session(tx: &mut Tx<'_>, id: SessionId) -> Result<(), StoreError> {
    each!(tx, |c| diesel::delete(sessions::table.find(id.0)).execute(c)?);
    Ok(())
}

/// Ends all sessions, remembered browsers, OAuth2 tokens and sign-in codes of a person.
pub fn sign_out_everywhere(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    let now = tx.micros();
    remembered_browsers::delete_all_of(tx, user)?;
    each!(tx, |c| diesel::delete(sessions::table.filter(sessions::user_id.eq(user.0))).execute(c)?);
    let tokens = access_tokens::table.filter(access_tokens::user_id.eq(user.0)).filter(access_tokens::revoked_at.is_null());
    each!(tx, |c| diesel::update(tokens).set(access_tokens::revoked_at.eq(now)).execute(c)?);
    let codes = sign_in_codes::table.filter(sign_in_codes::user_id.eq(user.0)).filter(sign_in_codes::used_at.is_null());
    each!(tx, |c| diesel::update(codes).set(sign_in_codes::used_at.eq(now)).execute(c)?);
    Ok(())
}

/// Ends all sessions, remembered browsers, OAuth2 tokens and codes of everyone. API keys stay: an operator revokes them by name.
pub(super) fn end_all(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let now = tx.micros();
    each!(tx, |c| diesel::delete(sessions::table).execute(c)?);
    each!(tx, |c| diesel::delete(remembered_rows::table).execute(c)?);
    let tokens = access_tokens::table.filter(access_tokens::revoked_at.is_null());
    each!(tx, |c| diesel::update(tokens).set(access_tokens::revoked_at.eq(now)).execute(c)?);
    let codes = sign_in_codes::table.filter(sign_in_codes::used_at.is_null());
    each!(tx, |c| diesel::update(codes).set(sign_in_codes::used_at.eq(now)).execute(c)?);
    Ok(())
}

/// A stored sign-in code.
#[derive(Clone, Debug, Queryable)]
pub struct SignInCode {
    /// Its id.
    pub id: i64,
    /// The salt of the hash.
    pub salt: Vec<u8>,
    /// The hash of the code; none until the email is sent.
    pub code_hash: Option<Vec<u8>>,
    /// The number of wrong tries.
    pub tries: i32,
}

/// Records that a browser asked for a code, and ends its earlier ones. The email worker fills in the code.
pub fn expect_code(tx: &mut Tx<'_>, user: UserId, email: EmailId, browser: &[u8]) -> Result<(), StoreError> {
    let now = tx.micros();
    let older = sign_in_codes::table
        .filter(sign_in_codes::user_id.eq(user.0))
        .filter(sign_in_codes::asked_by.eq(browser))
        .filter(sign_in_codes::used_at.is_null());
    each!(tx, |c| diesel::update(older).set(sign_in_codes::used_at.eq(now)).execute(c)?);
    let values = (
        sign_in_codes::user_id.eq(user.0),
        sign_in_codes::salt.eq(Vec::<u8>::new()),
        sign_in_codes::tries.eq(0),
        sign_in_codes::created_at.eq(now),
        sign_in_codes::expires_at.eq((tx.now() + CODE_WAITS).timestamp_micros()),
        sign_in_codes::asked_by.eq(Some(browser.to_vec())),
        sign_in_codes::letter_id.eq(Some(email.0)),
    );
    each!(tx, |c| diesel::insert_into(sign_in_codes::table).values(values).execute(c)?);
    Ok(())
}

/// Stores the hash of the code in an email; false if the code is no longer wanted. An email queued by the previous version has
/// no row yet.
pub fn fill_code(
    tx: &mut Tx<'_>,
    (user, email): (UserId, EmailId),
    salt: &[u8],
    hash: &[u8],
    lasts: TimeDelta,
) -> Result<bool, StoreError> {
    let (now, expires_at) = (tx.micros(), (tx.now() + lasts).timestamp_micros());
    let query = sign_in_codes::table
        .filter(sign_in_codes::letter_id.eq(email.0))
        .select((sign_in_codes::id, sign_in_codes::used_at.is_null()));
    let expected: Option<(i64, bool)> = each!(tx, |c| query.get_result(c).optional()?);
    match expected {
        Some((_, false)) => return Ok(false),
        Some((id, true)) => {
            let values = (
                sign_in_codes::salt.eq(salt),
                sign_in_codes::code_hash.eq(Some(hash.to_vec())),
                sign_in_codes::expires_at.eq(expires_at),
            );
            each!(tx, |c| diesel::update(sign_in_codes::table.find(id)).set(values).execute(c)?);
        }
        None => {
            let values = (
                sign_in_codes::user_id.eq(user.0),
                sign_in_codes::salt.eq(salt),
                sign_in_codes::code_hash.eq(Some(hash.to_vec())),
                sign_in_codes::tries.eq(0),
                sign_in_codes::created_at.eq(now),
                sign_in_codes::expires_at.eq(expires_at),
                sign_in_codes::letter_id.eq(Some(email.0)),
            );
            each!(tx, |c| diesel::insert_into(sign_in_codes::table).values(values).execute(c)?);
        }
    }
    Ok(true)
}

/// The live code of a person for this browser. Codes of the previous version have no browser; they expire within ten minutes of
/// the upgrade.
pub fn live_code(tx: &mut Tx<'_>, user: UserId, browser: &[u8]) -> Result<Option<SignInCode>, StoreError> {
    let query = sign_in_codes::table
        .filter(sign_in_codes::user_id.eq(user.0))
        .filter(sign_in_codes::asked_by.is_null().or(sign_in_codes::asked_by.eq(browser)))
        .filter(sign_in_codes::used_at.is_null())
        .filter(sign_in_codes::expires_at.gt(tx.micros()))
        // No code lives longer than this. One that seems to was made while the clock was ahead.
        .filter(sign_in_codes::expires_at.le((tx.now() + ASTRAY).timestamp_micros()))
        .order(sign_in_codes::id.desc())
        .select((sign_in_codes::id, sign_in_codes::salt, sign_in_codes::code_hash, sign_in_codes::tries));
    Ok(each!(tx, |c| query.get_result(c).optional()?))
}

/// Counts a wrong try and returns the number of tries.
pub fn count_try(tx: &mut Tx<'_>, id: i64) -> Result<i32, StoreError> {
    let update = diesel::update(sign_in_codes::table.find(id))
        .set(sign_in_codes::tries.eq(sign_in_codes::tries + 1))
        .returning(sign_in_codes::tries);
    Ok(each!(tx, |c| update.get_result(c)?))
}

/// Marks a code as used; false if it was used before.
pub fn use_code(tx: &mut Tx<'_>, id: i64) -> Result<bool, StoreError> {
    let now = tx.micros();
    let update = diesel::update(sign_in_codes::table.find(id).filter(sign_in_codes::used_at.is_null()))
        .set(sign_in_codes::used_at.eq(now));
    Ok(each!(tx, |c| update.execute(c)?) == 1)
}
