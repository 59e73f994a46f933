//! Loads the rows of approvals besides [`Parties`](super::Parties): tokens with their requests, and the grants to supersede.

use std::collections::{HashMap, HashSet};

use diesel::sql_types::BigInt;

use crate::domain::{BundleId, Request, RequestItem, TokenId, UserId};
use crate::secret::Secret;
use crate::store::sql::each_row;
use crate::store::sql::raw::raw_query;
use crate::store::sql::rows::{Column, Rows, column};
use crate::store::tokens::{self, StoredToken};
use crate::store::{StoreError, Tx};

/// A token with its request and items.
pub type FoundToken = (StoredToken, Request, Vec<RequestItem>);

/// The tokens of these secrets, with their requests and what those ask for. A wrong secret finds nothing, as an unknown one.
pub fn tokens(tx: &mut Tx<'_>, secrets: &[Secret]) -> Result<HashMap<TokenId, FoundToken>, StoreError> {
    let mut found: HashMap<TokenId, FoundToken> = HashMap::with_capacity(secrets.len());
    if secrets.is_empty() {
        return Ok(found);
    }
    let is_right = |secret: &Secret, token: Option<&StoredToken>| secret.matches(token.map(|token| token.secret_hash.as_slice()));
    for (token, request, item) in tokens::find_all(tx, secrets.iter().map(Secret::id).collect())? {
        found.entry(token.id).or_insert_with(|| (token, request, Vec::new())).2.push(item);
    }
    let right: HashSet<i64> = secrets
        .iter()
        .filter(|secret| is_right(secret, found.get(&TokenId(secret.id())).map(|(token, ..)| token)))
        .map(Secret::id)
        .collect();
    found.retain(|id, _| right.contains(&id.0));
    Ok(found)
}

/// Those of these (bundle, grantor, grantee) triples that have a live grant.
pub fn older_grants(
    tx: &mut Tx<'_>,
    between: &[(BundleId, UserId, UserId)],
) -> Result<HashSet<(BundleId, UserId, UserId)>, StoreError> {
    let rows = vec![
        ("bundle", Column::Numbers(column(between, |(bundle, ..)| bundle.0))),
        ("grantor", Column::Numbers(column(between, |(_, grantor, _)| grantor.0))),
        ("grantee", Column::Numbers(column(between, |(.., grantee)| grantee.0))),
    ];
    let found: Vec<(i64, i64, i64)> = each_row::load::<LiveBetween, _>(tx, &Rows::new(between.len(), rows))?;
    let ids = |(bundle, grantor, grantee)| (BundleId(bundle), UserId(grantor), UserId(grantee));
    Ok(found.into_iter().map(ids).collect())
}

// The query avoids the index over bundles: a relationship has grants between many people, and it would read all of them. A
// subquery with LIMIT makes PostgreSQL look up each row by index.
raw_query! {
    LiveBetween -> (BigInt, BigInt, BigInt) =
        "SELECT {bundle}, {grantor}, {grantee}{rows} WHERE (SELECT 1 FROM grants g
             WHERE g.grantor_id = {grantor} AND g.grantee_id = {grantee} AND g.bundle_id + 0 = {bundle}
                 AND g.revoked_at IS NULL AND g.is_enabled AND (g.ends_at IS NULL OR g.ends_at > {now}) LIMIT 1) = 1";
}
