//! By what callers are known: keys, OAuth2 tokens, sessions, sign-in codes. Of each only a hash is kept.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::schema::{access_tokens, api_keys, sessions, sign_in_codes};
use super::tx::Lock;
use super::{StoreError, Tx, each, held, load_all, row};
use crate::clock::{ASTRAY, from_micros};
use crate::domain::{EmailId, KeyId, Scope, Scopes, SessionId, UserId};
use crate::secret::SecretHash;

/// An email with a code that did not go out by then carries none any more.
const CODE_WAITS: TimeDelta = TimeDelta::minutes(10);

/// An app's key, as it is stored.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// The app's name, which emails show.
    pub name: String,
    /// Whose it is.
    pub user: Option<UserId>,
    /// The hash of its secret.
    pub secret_hash: Vec<u8>,
    /// What it may do.
    pub scopes: Scopes,
    /// Where its emails' links may lead: origins with a path prefix.
    pub redeem_urls: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From then on it is nothing.
    pub expires_at: DateTime<Utc>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl ApiKey {
    /// Whether it opens something now.
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

impl From<KeyRow> for ApiKey {
    fn from(row: KeyRow) -> Self {
        Self {
            id: KeyId(row.id),
            name: row.name,
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

/// Stores a key.
pub fn add_key(
    tx: &mut Tx<'_>,
    name: &str,
    user: Option<UserId>,
    secret: SecretHash,
    scopes: Scopes,
    redeem_urls: &[String],
    lasts: TimeDelta,
) -> Result<KeyId, StoreError> {
    let scopes: Vec<&str> = scopes.iter().map(Scope::as_str).collect();
    let values = (
        api_keys::name.eq(name),
        api_keys::user_id.eq(user.map(|id| id.0)),
        api_keys::secret_hash.eq(secret.as_bytes().to_vec()),
        api_keys::scopes.eq(scopes.join(" ")),
        api_keys::redeem_urls.eq(redeem_urls.join("\n")),
        api_keys::created_at.eq(tx.micros()),
        api_keys::expires_at.eq((tx.now() + lasts).timestamp_micros()),
    );
    Ok(KeyId(each!(tx, |c| diesel::insert_into(api_keys::table).values(values).returning(api_keys::id).get_result(c)?)))
}

/// A key, live or not.
pub fn find_key(tx: &mut Tx<'_>, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
    let query = api_keys::table.find(id.0).select(KeyRow::columns());
    Ok(each!(tx, |c| query.get_result::<KeyRow>(c).optional()?).map(ApiKey::from))
}

/// A key, which stays as it is until this transaction ends: an approval rests on it.
pub fn hold_key(tx: &mut Tx<'_>, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
    let query = api_keys::table.find(id.0).select(KeyRow::columns());
    Ok(held!(tx, query => KeyRow).map(ApiKey::from))
}

/// Those of `ids` that ever were, live or not, locked until this transaction ends.
pub(super) fn load_keys(tx: &mut Tx<'_>, ids: &[KeyId], lock: Lock) -> Result<Vec<ApiKey>, StoreError> {
    let rows = load_all!(tx, api_keys, ids, lock, api_keys::table.select(KeyRow::columns()) => KeyRow);
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// Takes a key back.
pub fn revoke_key(tx: &mut Tx<'_>, id: KeyId) -> Result<bool, StoreError> {
    let now = tx.micros();
    let update =
        diesel::update(api_keys::table.find(id.0).filter(api_keys::revoked_at.is_null())).set(api_keys::revoked_at.eq(now));
    Ok(each!(tx, |c| update.execute(c)?) == 1)
}

/// The live keys of somebody.
pub fn keys_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<KeyId>, StoreError> {
    let query = api_keys::table.filter(api_keys::user_id.eq(user.0)).filter(api_keys::revoked_at.is_null()).select(api_keys::id);
    let ids: Vec<i64> = each!(tx, |c| query.load(c)?);
    Ok(ids.into_iter().map(KeyId).collect())
}

/// An OAuth2 token, as it is stored.
#[derive(Clone, Debug, Queryable)]
pub struct AccessToken {
    /// The person.
    pub user: Option<i64>,
    /// The client.
    pub key: Option<i64>,
    /// The hash of its secret.
    pub secret_hash: Vec<u8>,
    /// Whether it may change anything.
    pub may_write: bool,
    expires_at: i64,
    revoked_at: Option<i64>,
}

impl AccessToken {
    /// Whether it is good at `now`.
    pub fn is_live_at(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < from_micros(self.expires_at)
    }
}

/// Which of the two OAuth2 tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Shown with each call.
    Access,
    /// Shown for a new one.
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

/// Stores an OAuth2 token; answers with its id.
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

/// An OAuth2 token of that kind, live or not.
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

/// Ends one OAuth2 token; false if somebody was faster.
pub fn revoke_access_token(tx: &mut Tx<'_>, id: i64) -> Result<bool, StoreError> {
    let now = tx.micros();
    let update = diesel::update(access_tokens::table.find(id).filter(access_tokens::revoked_at.is_null()))
        .set(access_tokens::revoked_at.eq(now));
    Ok(each!(tx, |c| update.execute(c)?) == 1)
}

/// A session, as it is stored.
#[derive(Clone, Debug, Queryable)]
pub struct Session {
    /// The person.
    pub user: i64,
    /// The hash of its secret.
    pub secret_hash: Vec<u8>,
    seen_at: i64,
    expires_at: i64,
}

impl Session {
    /// When it was used last, to the minute or so.
    pub fn seen_at(&self) -> DateTime<Utc> {
        from_micros(self.seen_at)
    }

    /// Whether it is good at `now`: neither over nor left alone for `idle`, nor used while the clock ran ahead, by which it would
    /// last for longer than any.
    pub fn is_live_at(&self, now: DateTime<Utc>, idle: TimeDelta) -> bool {
        now < from_micros(self.expires_at) && now < self.seen_at() + idle && self.seen_at() <= now + ASTRAY
    }
}

/// Sessions of one person. With one more, the one that was used longest ago ends.
const SESSIONS_MOST: i64 = 50;

/// Stores a session, with what is told of the browser that it is opened for.
pub fn add_session(
    tx: &mut Tx<'_>,
    user: UserId,
    secret: SecretHash,
    (agent, peer): (&str, Option<&str>),
    lasts: TimeDelta,
) -> Result<SessionId, StoreError> {
    let now = tx.micros();
    let values = (
        sessions::user_id.eq(user.0),
        sessions::secret_hash.eq(secret.as_bytes().to_vec()),
        sessions::created_at.eq(now),
        sessions::seen_at.eq(now),
        sessions::expires_at.eq((tx.now() + lasts).timestamp_micros()),
        sessions::agent.eq(agent),
        sessions::peer.eq(peer),
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

/// A session, live or not.
pub fn find_session(tx: &mut Tx<'_>, id: SessionId) -> Result<Option<Session>, StoreError> {
    let columns = (sessions::user_id, sessions::secret_hash, sessions::seen_at, sessions::expires_at);
    Ok(each!(tx, |c| sessions::table.find(id.0).select(columns).get_result(c).optional()?))
}

/// A session as its owner knows it again.
#[derive(Clone, Debug)]
pub struct OpenSession {
    /// Its row.
    pub id: SessionId,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was used last, to the minute or so.
    pub seen_at: DateTime<Utc>,
    /// In which browser: "Firefox, Linux", or nothing.
    pub agent: String,
    /// From which address.
    pub peer: Option<String>,
}

/// The sessions of somebody that are good now, what was used last first.
pub fn sessions_of(tx: &mut Tx<'_>, user: UserId, idle: TimeDelta) -> Result<Vec<OpenSession>, StoreError> {
    let query = sessions::table
        .filter(sessions::user_id.eq(user.0))
        .filter(sessions::expires_at.gt(tx.micros()))
        .filter(sessions::seen_at.gt((tx.now() - idle).timestamp_micros()))
        .filter(sessions::seen_at.le((tx.now() + ASTRAY).timestamp_micros()))
        .order((sessions::seen_at.desc(), sessions::id.desc()))
        .select((sessions::id, sessions::created_at, sessions::seen_at, sessions::agent, sessions::peer));
    let rows: Vec<(i64, i64, i64, String, Option<String>)> = each!(tx, |c| query.load(c)?);
    let read = |(id, created_at, seen_at, agent, peer)| OpenSession {
        id: SessionId(id),
        created_at: from_micros(created_at),
        seen_at: from_micros(seen_at),
        agent,
        peer,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Ends one session of somebody; false where they have none of this id.
pub fn delete_session_of(tx: &mut Tx<'_>, user: UserId, id: SessionId) -> Result<bool, StoreError> {
    let these = sessions::table.filter(sessions::id.eq(id.0)).filter(sessions::user_id.eq(user.0));
    Ok(each!(tx, |c| diesel::delete(these).execute(c)?) == 1)
}

/// Ends every session of somebody but one; how many.
pub fn delete_other_sessions(tx: &mut Tx<'_>, user: UserId, kept: SessionId) -> Result<usize, StoreError> {
    let these = sessions::table.filter(sessions::user_id.eq(user.0)).filter(sessions::id.ne(kept.0));
    Ok(each!(tx, |c| diesel::delete(these).execute(c)?))
}

/// Notes that a session was used now.
pub fn touch_session(tx: &mut Tx<'_>, id: SessionId) -> Result<(), StoreError> {
    let now = tx.micros();
    each!(tx, |c| diesel::update(sessions::table.find(id.0)).set(sessions::seen_at.eq(now)).execute(c)?);
    Ok(())
}

/// Ends a session.
pub fn delete_session(tx: &mut Tx<'_>, id: SessionId) -> Result<(), StoreError> {
    each!(tx, |c| diesel::delete(sessions::table.find(id.0)).execute(c)?);
    Ok(())
}

/// Ends every session, OAuth2 token and sign-in code of somebody.
pub fn sign_out_everywhere(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    let now = tx.micros();
    each!(tx, |c| diesel::delete(sessions::table.filter(sessions::user_id.eq(user.0))).execute(c)?);
    let tokens = access_tokens::table.filter(access_tokens::user_id.eq(user.0)).filter(access_tokens::revoked_at.is_null());
    each!(tx, |c| diesel::update(tokens).set(access_tokens::revoked_at.eq(now)).execute(c)?);
    let codes = sign_in_codes::table.filter(sign_in_codes::user_id.eq(user.0)).filter(sign_in_codes::used_at.is_null());
    each!(tx, |c| diesel::update(codes).set(sign_in_codes::used_at.eq(now)).execute(c)?);
    Ok(())
}

/// Ends every session, OAuth2 token and code of everybody. Keys stay: an operator takes them back by name.
pub(super) fn end_all(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let now = tx.micros();
    each!(tx, |c| diesel::delete(sessions::table).execute(c)?);
    let tokens = access_tokens::table.filter(access_tokens::revoked_at.is_null());
    each!(tx, |c| diesel::update(tokens).set(access_tokens::revoked_at.eq(now)).execute(c)?);
    let codes = sign_in_codes::table.filter(sign_in_codes::used_at.is_null());
    each!(tx, |c| diesel::update(codes).set(sign_in_codes::used_at.eq(now)).execute(c)?);
    Ok(())
}

/// A sign-in code, as it is stored.
#[derive(Clone, Debug, Queryable)]
pub struct SignInCode {
    /// Its id.
    pub id: i64,
    /// What its hash is mixed with.
    pub salt: Vec<u8>,
    /// The hash of the code; none until the email with it goes out.
    pub code_hash: Option<Vec<u8>>,
    /// Wrong tries so far.
    pub tries: i32,
}

/// Notes that a browser asked for a code, which the email will fill in; the ones that it asked for before are dead.
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

/// Stores the hash of the code that an email is about to carry; false where nobody waits for it any more. An email that was
/// queued by the version before this has no row yet.
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

/// The live code of somebody that was asked for in this browser. Codes of the version before this have no browser: they last for
/// ten minutes after an upgrade.
pub fn live_code(tx: &mut Tx<'_>, user: UserId, browser: &[u8]) -> Result<Option<SignInCode>, StoreError> {
    let query = sign_in_codes::table
        .filter(sign_in_codes::user_id.eq(user.0))
        .filter(sign_in_codes::asked_by.is_null().or(sign_in_codes::asked_by.eq(browser)))
        .filter(sign_in_codes::used_at.is_null())
        .filter(sign_in_codes::expires_at.gt(tx.micros()))
        // No code lasts so long: one that seems to was made while the clock ran ahead.
        .filter(sign_in_codes::expires_at.le((tx.now() + ASTRAY).timestamp_micros()))
        .order(sign_in_codes::id.desc())
        .select((sign_in_codes::id, sign_in_codes::salt, sign_in_codes::code_hash, sign_in_codes::tries));
    Ok(each!(tx, |c| query.get_result(c).optional()?))
}

/// Counts a wrong try; answers with how many there were.
pub fn count_try(tx: &mut Tx<'_>, id: i64) -> Result<i32, StoreError> {
    let update = diesel::update(sign_in_codes::table.find(id))
        .set(sign_in_codes::tries.eq(sign_in_codes::tries + 1))
        .returning(sign_in_codes::tries);
    Ok(each!(tx, |c| update.get_result(c)?))
}

/// Spends a code; false if somebody was faster.
pub fn use_code(tx: &mut Tx<'_>, id: i64) -> Result<bool, StoreError> {
    let now = tx.micros();
    let update = diesel::update(sign_in_codes::table.find(id).filter(sign_in_codes::used_at.is_null()))
        .set(sign_in_codes::used_at.eq(now));
    Ok(each!(tx, |c| update.execute(c)?) == 1)
}
