//! The resources of grants that do not cover their whole bundle.

use diesel::prelude::*;

use crate::domain::{Grant, GrantId, Resource, ResourceId};
use crate::store::access::reach;
use crate::store::bundles::ResourceRow;
use crate::store::schema::{grant_resources, resources};
use crate::store::{StoreError, Tx, each};

/// Limits a grant to these resources. An empty list means the whole bundle.
pub fn limit(tx: &mut Tx<'_>, grant: &Grant, to: &[ResourceId]) -> Result<(), StoreError> {
    each!(tx, |c| diesel::delete(grant_resources::table.filter(grant_resources::grant_id.eq(grant.id.0))).execute(c)?);
    for resource in to {
        let values = (
            grant_resources::grant_id.eq(grant.id.0),
            grant_resources::resource_id.eq(resource.0),
            grant_resources::grantee_id.eq(reach(grant.grantee_kind, grant.grantee)),
        );
        each!(tx, |c| diesel::insert_into(grant_resources::table).values(values).execute(c)?);
    }
    Ok(())
}

/// The resources of each of these grants, including deleted ones, by id.
pub fn resources_of(tx: &mut Tx<'_>, ids: &[GrantId]) -> Result<Vec<(GrantId, Resource)>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let query = grant_resources::table
        .inner_join(resources::table)
        .filter(grant_resources::grant_id.eq_any(ids))
        .order((grant_resources::grant_id.asc(), resources::id.asc()))
        .select((grant_resources::grant_id, ResourceRow::columns()));
    let rows: Vec<(i64, ResourceRow)> = each!(tx, |c| query.load(c)?);
    rows.into_iter().map(|(id, row)| Ok((GrantId(id), row.try_into()?))).collect()
}

/// The URIs of the resources that limit a grant; empty if it covers its whole bundle.
pub fn limited_to(tx: &mut Tx<'_>, id: GrantId) -> Result<Vec<String>, StoreError> {
    let query = grant_resources::table
        .inner_join(resources::table)
        .filter(grant_resources::grant_id.eq(id.0))
        .order(resources::id.asc())
        .select(resources::uri);
    Ok(each!(tx, |c| query.load(c)?))
}

diesel::joinable!(grant_resources -> resources (resource_id));
