//! Bearer links. The code of a share opens it for its holder, who redeems it for a token. Both are sealed with the instance's
//! own key, so neither is stored: the creator of a share can see its code at any time, and a reader of the database, a backup
//! or the log finds none.
//!
//! A code is 192 bits that look random: the seal, and the grant's id masked with a value derived from the seal. The seal covers
//! the id, the grant's public id and the epoch. A restored database assigns ids a second time and does not know later
//! revocations, so with its new epoch every older code is invalid.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::clock::from_micros;
use crate::config::Config;
use crate::domain::{Grant, GrantId, GranteeKind};
use crate::key_file::{KeyFileError, ServerKey};
use crate::random::Rng;
use crate::store::audit::{self, Event};
use crate::store::{self, Store, StoreError, Tx, grants, tokens};
use crate::workflow::{WorkflowError, policy};

/// How long the token of a redeemed code is valid, at most as long as its share.
pub const ACCESS_LASTS: TimeDelta = TimeDelta::hours(1);
const CODE: &str = "csl_";
const ACCESS: &str = "cst_";
const SEAL_BYTES: usize = 24;
const NONCE_BYTES: usize = 16;

/// Why a daemon has no key for links.
#[derive(Debug, thiserror::Error)]
pub enum LinksError {
    /// The file.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file is missing.
    #[error(
        "the key file {0} is missing, and this database's links are sealed with it: bring it back (server.key_file), or run \
         `countersign server-key renew` for a new one, which ends every link that was given out"
    )]
    Missing(PathBuf),
    /// It has another key.
    #[error(
        "the key in {0} is not the one that this database's links are sealed with: daemons on one database share one file \
         (server.key_file). To go on with this key, run `countersign server-key renew --keep-file`, which ends every link that was \
         given out"
    )]
    Foreign(PathBuf),
}

/// Creates and verifies links. Cheap to clone.
#[derive(Clone)]
pub struct Links(Arc<ServerKey>);

/// The path of the key file: the configured one, or beside the SQLite file, or in the working directory.
pub fn key_file(config: &Config) -> PathBuf {
    let beside = || store::sqlite_file(&config.database.url).map(|file| Path::new(file).with_extension("key"));
    config.server.key_file.clone().or_else(beside).unwrap_or_else(|| "countersign.key".into())
}

impl Links {
    /// With this key, without comparing it with a database.
    pub fn new(key: ServerKey) -> Self {
        Self(Arc::new(key))
    }

    /// With the key of this database, which is generated at the first start.
    pub fn open(store: &Store, path: &Path, rng: &Rng) -> Result<Self, LinksError> {
        let known = store.read_sync(store::key_fingerprint::fingerprint)?;
        let key = match (&known, ServerKey::load(path)?) {
            (_, Some(key)) => key,
            (None, None) => ServerKey::load_or_make(path, rng)?,
            (Some(_), None) => return Err(LinksError::Missing(path.to_owned())),
        };
        let ours = key.fingerprint();
        let bound = match known {
            Some(known) => known,
            None => store.write_sync({
                let ours = ours.clone();
                move |tx| store::key_fingerprint::bind(tx, &ours)
            })?,
        };
        if bound == ours { Ok(Self::new(key)) } else { Err(LinksError::Foreign(path.to_owned())) }
    }

    /// Switches to a new key, or to the one in the file. Every earlier code and token becomes invalid.
    pub fn renew(store: &Store, path: &Path, keeps_file: bool, rng: &Rng) -> Result<(), LinksError> {
        let key = if keeps_file {
            ServerKey::load(path)?.ok_or_else(|| LinksError::Missing(path.to_owned()))?
        } else {
            let fresh = ServerKey::draw(rng).map_err(KeyFileError::from)?;
            fresh.replace(path, rng)?;
            fresh
        };
        let ours = key.fingerprint();
        store.write_sync(move |tx| {
            store::key_fingerprint::rebind(tx, &ours)?;
            audit::append_own(tx, Event { name: "server_key.renewed", ..Event::default() })
        })?;
        Ok(())
    }

    /// The code of a share in the database's present epoch.
    pub fn code(&self, grant: &Grant, epoch: i32) -> String {
        let seal = self.seal(grant.id, &grant.public_id, epoch);
        let id = self.masked("share-id", &seal, grant.id.0);
        let bytes = [seal.as_slice(), &id.to_be_bytes()].concat();
        format!("{CODE}{}", bs58::encode(bytes).into_string())
    }

    /// The share of a code, live or not; none for any other text, and for a deleted share.
    pub fn find(&self, tx: &mut Tx<'_>, code: &str) -> Result<Option<Grant>, StoreError> {
        let Some((seal, id)) = parse_code(code) else { return Ok(None) };
        let epoch = tokens::epoch(tx)?;
        let id = GrantId(self.masked("share-id", &seal, id));
        let grant = grants::find(tx, id)?;
        let expected = self.seal(id, grant.as_ref().map_or("", |grant| &grant.public_id), epoch);
        // A grant that does not exist costs the same comparison.
        let is_right = bool::from(expected.ct_eq(&seal));
        Ok(grant.filter(|grant| is_right && is_link(grant)))
    }

    /// A token for the holder of this live share's code: valid for an hour, or until the share's end. It is not stored.
    pub fn mint(&self, tx: &mut Tx<'_>, grant: &Grant) -> Result<Access, WorkflowError> {
        let nonce: [u8; NONCE_BYTES] = tx.rng().bytes()?;
        let hour = tx.now() + ACCESS_LASTS;
        let ends_at = grant.ends_at.map_or(hour, |end| end.min(hour));
        let until = ends_at.timestamp_micros().to_be_bytes();
        let id = self.masked("access-id", &nonce, grant.id.0);
        let epoch = tokens::epoch(tx)?;
        let seal = self.seal_of_access(&nonce, until, grant.id, &grant.public_id, epoch);
        let bytes = Zeroizing::new([nonce.as_slice(), &until, &id.to_be_bytes(), &seal].concat());
        let mut token = Zeroizing::new(ACCESS.to_owned());
        URL_SAFE_NO_PAD.encode_string(bytes.as_slice(), &mut token);
        Ok(Access { token, ends_at })
    }

    /// The live share that a token gives access to at this moment; none if the token has expired or the share was revoked, has
    /// ended or is disabled. The caller decides what it permits; it identifies nobody.
    pub fn grant_of_share_token(&self, tx: &mut Tx<'_>, text: &str) -> Result<Option<Grant>, StoreError> {
        let Some(Shown { nonce, until, id, seal }) = Shown::parse(text) else { return Ok(None) };
        let epoch = tokens::epoch(tx)?;
        let id = GrantId(self.masked("access-id", &nonce, id));
        let grant = grants::find(tx, id)?;
        let public_id = grant.as_ref().map_or("", |grant| &grant.public_id);
        let expected = self.seal_of_access(&nonce, until, id, public_id, epoch);
        let is_right = bool::from(expected.ct_eq(&seal));
        let is_in_time = tx.now() < from_micros(i64::from_be_bytes(until));
        let Some(grant) = grant.filter(|grant| is_right && is_in_time && is_link(grant)) else { return Ok(None) };
        // A reshared grant gives only as much as its parents give now.
        Ok(policy::level_given(tx, grant.id)?.map(|level| Grant { level, ..grant }))
    }

    /// The key of a call's stored answer, for calls that may be sent again: it differs for each credential and body. It is
    /// sealed, since a plain hash of a credential could be searched by trying.
    pub fn name_of_call(&self, authorization: &str, parts: &[&[u8]]) -> String {
        let seal = self.0.seal("call", &[authorization.as_bytes(), &self.0.seal("call-parts", parts)]);
        URL_SAFE_NO_PAD.encode(seal)
    }

    /// A seal for another purpose, whose name is part of it.
    pub fn seal_for(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        self.0.seal(purpose, parts)
    }

    fn seal(&self, id: GrantId, public_id: &str, epoch: i32) -> [u8; SEAL_BYTES] {
        let whole = self.0.seal("share", &[&id.0.to_be_bytes(), public_id.as_bytes(), &epoch.to_be_bytes()]);
        let mut seal = [0; SEAL_BYTES];
        seal.iter_mut().zip(whole).for_each(|(place, byte)| *place = byte);
        seal
    }

    fn seal_of_access(&self, nonce: &[u8], until: [u8; 8], id: GrantId, public_id: &str, epoch: i32) -> [u8; 32] {
        self.0.seal("access", &[nonce, &until, &id.0.to_be_bytes(), public_id.as_bytes(), &epoch.to_be_bytes()])
    }

    /// Masks an id, and unmasks it again, so that a link does not reveal how many there are.
    fn masked(&self, purpose: &str, salt: &[u8], id: i64) -> i64 {
        let seal = self.0.seal(purpose, &[salt]);
        id ^ i64::from_be_bytes(*seal.first_chunk().unwrap_or(&[0; 8]))
    }
}

/// The token of a redeemed code.
pub struct Access {
    /// The token.
    pub token: Zeroizing<String>,
    /// The end of its validity.
    pub ends_at: DateTime<Utc>,
}

/// Whether a grant has a link.
fn is_link(grant: &Grant) -> bool {
    grant.grantee_kind == GranteeKind::PublicLink && grant.tenant.is_some() && grant.deleted_at.is_none()
}

/// The seal and the masked id; none unless the text is exactly a code. The database is not asked then.
fn parse_code(code: &str) -> Option<([u8; SEAL_BYTES], i64)> {
    let mut bytes = [0; SEAL_BYTES + 8];
    let body = code.strip_prefix(CODE).filter(|body| body.len() <= 44)?;
    let length = bs58::decode(body).onto(&mut bytes).ok()?;
    let (seal, id) = bytes.split_first_chunk::<SEAL_BYTES>().filter(|_| length == SEAL_BYTES + 8)?;
    Some((*seal, i64::from_be_bytes(id.try_into().ok()?)))
}

/// A presented token.
struct Shown {
    nonce: [u8; NONCE_BYTES],
    until: [u8; 8],
    id: i64,
    seal: [u8; 32],
}

impl Shown {
    fn parse(text: &str) -> Option<Self> {
        let body = text.strip_prefix(ACCESS).filter(|body| body.len() == 86)?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(body).ok()?);
        let (nonce, rest) = bytes.split_first_chunk()?;
        let (until, rest) = rest.split_first_chunk()?;
        let (id, seal) = rest.split_first_chunk()?;
        Some(Self { nonce: *nonce, until: *until, id: i64::from_be_bytes(*id), seal: seal.try_into().ok()? })
    }
}
