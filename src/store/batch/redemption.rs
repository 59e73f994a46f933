//! Loads the rows of approvals besides [`Parties`](super::Parties): tokens with their requests, and the grants to supersede.

use std::collections::{HashMap, HashSet};

use diesel::pg::sql_types::Array;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;

use crate::domain::{BundleId, Request, RequestItem, TokenId, UserId};
use crate::store::sql::raw::{RawQuery, Statement, raw_query};
use crate::store::tokens::{self, StoredToken};
use crate::store::{Conn, StoreError, Tx, requests};

/// A token with its request and items.
pub type FoundToken = (StoredToken, Request, Vec<RequestItem>);

/// Finds tokens by id, with their requests and items.
pub fn tokens(tx: &mut Tx<'_>, ids: &[TokenId]) -> Result<HashMap<TokenId, FoundToken>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    if let Conn::Postgres(conn) = tx.conn() {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        for (token, request, item) in tokens::find_all(conn, &ids)? {
            found.entry(token.id).or_insert_with(|| (token, request, Vec::new())).2.push(item);
        }
        return Ok(found);
    }
    for id in ids {
        if let Some((token, request)) = tokens::find(tx, *id)? {
            let items = requests::items(tx, request.id)?;
            found.insert(*id, (token, request, items));
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
