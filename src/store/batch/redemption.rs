//! Loads the rows of approvals besides [`Parties`](super::Parties): tokens with their requests, and the grants to supersede.

use std::collections::{HashMap, HashSet};

use diesel::pg::sql_types::Array;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;

use crate::domain::{BundleId, Request, RequestItem, TokenId, UserId};
use crate::secret::Secret;
use crate::store::sql::raw::{RawQuery, Statement, raw_query};
use crate::store::tokens::{self, StoredToken};
use crate::store::{Conn, StoreError, Tx, requests};

/// A token with its request and items.
pub type FoundToken = (StoredToken, Request, Vec<RequestItem>);

/// The tokens of these secrets, with their requests and what those ask for. For a wrong secret no more is loaded than for an unknown
/// one.
pub fn tokens(tx: &mut Tx<'_>, secrets: &[Secret]) -> Result<HashMap<TokenId, FoundToken>, StoreError> {
    let mut found: HashMap<TokenId, FoundToken> = HashMap::with_capacity(secrets.len());
    if secrets.is_empty() {
        return Ok(found);
    }
    let is_right = |secret: &Secret, token: Option<&StoredToken>| secret.matches(token.map(|token| token.secret_hash.as_slice()));
    if let Conn::Postgres(conn) = tx.conn() {
        let ids: Vec<i64> = secrets.iter().map(Secret::id).collect();
        for (token, request, item) in tokens::find_all(conn, &ids)? {
            found.entry(token.id).or_insert_with(|| (token, request, Vec::new())).2.push(item);
        }
        let right: HashSet<i64> = secrets
            .iter()
            .filter(|secret| is_right(secret, found.get(&TokenId(secret.id())).map(|(token, ..)| token)))
            .map(Secret::id)
            .collect();
        found.retain(|id, _| right.contains(&id.0));
        return Ok(found);
    }
    for secret in secrets {
        let stored = tokens::find(tx, TokenId(secret.id()))?;
        let is_right = is_right(secret, stored.as_ref().map(|(token, _)| token));
        if let Some((token, request)) = stored.filter(|_| is_right) {
            let items = requests::items(tx, request.id)?;
            found.insert(token.id, (token, request, items));
        }
    }
    Ok(found)
}

/// Those of these (bundle, grantor, grantee) triples that have a live grant.
pub fn older_grants(
    tx: &mut Tx<'_>,
    between: &[(BundleId, UserId, UserId)],
) -> Result<HashSet<(BundleId, UserId, UserId)>, StoreError> {
    let now = tx.micros();
    if between.is_empty() {
        return Ok(HashSet::new());
    }
    if let Conn::Postgres(conn) = tx.conn() {
        let part = |of: fn(&(BundleId, UserId, UserId)) -> i64| between.iter().map(of).collect::<Vec<i64>>();
        let query = sql_query(LiveBetween::TEXT)
            .bind::<Array<BigInt>, _>(part(|(bundle, ..)| bundle.0))
            .bind::<Array<BigInt>, _>(part(|(_, grantor, _)| grantor.0))
            .bind::<Array<BigInt>, _>(part(|(.., grantee)| grantee.0))
            .bind::<BigInt, _>(now);
        let found: Vec<(i64, i64, i64)> = Statement::<LiveBetween, _>::of(query).load(conn)?;
        let ids = |(bundle, grantor, grantee)| (BundleId(bundle), UserId(grantor), UserId(grantee));
        return Ok(found.into_iter().map(ids).collect());
    }
    let mut found = HashSet::new();
    for (bundle, grantor, grantee) in between {
        if crate::store::grants::find_live(tx, *bundle, *grantor, *grantee)?.is_some() {
            found.insert((*bundle, *grantor, *grantee));
        }
    }
    Ok(found)
}

// The query avoids the index over bundles: a relationship has grants between many people, and it would read all of them.
raw_query! {
    LiveBetween -> (BigInt, BigInt, BigInt) =
        "SELECT m.bundle, m.grantor, m.grantee
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS m (bundle, grantor, grantee)
         CROSS JOIN LATERAL (SELECT 1 FROM grants g
             WHERE g.grantor_id = m.grantor AND g.grantee_id = m.grantee AND g.bundle_id + 0 = m.bundle
                 AND g.revoked_at IS NULL AND g.is_enabled AND (g.ends_at IS NULL OR g.ends_at > $4) LIMIT 1) f";
}
