//! All shares of the instance, for administrators. The public shares of one object by one person (with everyone, with guests,
//! or repeated for longer) are grouped as one. They are listed and deleted together, so that nothing public remains.

use std::collections::HashMap;

use super::{Listing, Share, ShareId, Shared, Whose, delete, find, list};
use crate::domain::filter::{Bound, TimeOf};
use crate::domain::{BundleId, Caller, Filter, GrantId, GranteeKind, Page, ResourceId, Slice, Sort, UserId};
use crate::store::Tx;
use crate::workflow::{What, WorkflowError, authority};

/// The limit of shares in a group; further ones are listed separately.
const PARTS_MOST: i64 = 1000;

/// Selects enabled, unrevoked shares.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub filter: Filter,
    /// Whether to include ended ones.
    pub with_ended: bool,
}

/// The key of a group: an object made public by a person.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Public {
    Bundle(UserId, BundleId),
    Resource(UserId, ResourceId),
}

/// A share with the others of its group.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The oldest.
    pub share: Share,
    /// The others, by id.
    pub beside: Vec<Share>,
}

impl Whole {
    /// All shares of the group, by id.
    pub fn parts(&self) -> impl Iterator<Item = &Share> {
        std::iter::once(&self.share).chain(&self.beside)
    }
}

/// Shares by id, up to `most`.
pub fn list_whole(tx: &mut Tx<'_>, caller: &Caller, wanted: &Wanted, most: i64) -> Result<Slice<Whole>, WorkflowError> {
    let page = Page { limit: most, offset: 0 };
    let mut all = vec![Filter::Standing, wanted.filter.clone()];
    if !wanted.with_ended {
        all.push(Filter::Not(Box::new(Filter::Time(TimeOf::Ends, Bound::Until, tx.now()))));
    }
    let again = Filter::PublicAgain { with_ended: wanted.with_ended };
    let first = Filter::All([all.clone(), vec![Filter::Not(Box::new(again.clone()))]].concat());
    let slice = list(tx, caller, &of_all(first), page)?;
    let total = slice.total;
    let places: HashMap<Public, usize> =
        slice.items.iter().enumerate().filter_map(|(at, share)| Some((public(share)?, at))).collect();
    let mut items: Vec<Whole> = slice.items.into_iter().map(|share| Whole { share, beside: Vec::new() }).collect();
    if !places.is_empty() {
        let further = list(tx, caller, &of_all(Filter::All([all, vec![again]].concat())), page)?;
        for share in further.items {
            let place = public(&share).and_then(|public| places.get(&public)).copied();
            if let Some(whole) = place.and_then(|at| items.get_mut(at)) {
                whole.beside.push(share);
            }
        }
    }
    Ok(Slice { items, total })
}

/// Finds a share with its group: it may be ended, but not revoked.
pub fn find_whole(tx: &mut Tx<'_>, caller: &Caller, id: GrantId) -> Result<Whole, WorkflowError> {
    authority::require_admin(caller)?;
    let share = find(tx, caller, &ShareId::Number(id))?;
    if !share.grant.is_enabled || share.grant.revoked_at.is_some() {
        return Err(WorkflowError::NotFound(What::Grant));
    }
    let Some(public) = self::public(&share) else { return Ok(Whole { share, beside: Vec::new() }) };
    let (grantor, thing) = match public {
        Public::Bundle(grantor, id) => (grantor, Filter::Bundles(vec![id])),
        Public::Resource(grantor, id) => (grantor, Filter::Resource(id)),
    };
    let kinds = Filter::Kinds(vec![GranteeKind::Everyone, GranteeKind::Guest]);
    let filter = Filter::All(vec![Filter::Standing, kinds, Filter::Grantors(vec![grantor]), thing]);
    let all = list(tx, caller, &of_all(filter), Page { limit: PARTS_MOST, offset: 0 })?;
    let mut parts = all.items.into_iter().filter(|other| self::public(other) == Some(public));
    let share = parts.next().unwrap_or(share);
    Ok(Whole { share, beside: parts.collect() })
}

/// Deletes a share with its group and everything reshared under them.
pub fn delete_whole(tx: &mut Tx<'_>, caller: &Caller, id: GrantId) -> Result<(), WorkflowError> {
    let whole = find_whole(tx, caller, id)?;
    whole.parts().try_for_each(|share| delete(tx, caller, &ShareId::Number(share.grant.id)))
}

fn of_all(filter: Filter) -> Listing {
    Listing { whose: Whose::All, filter, sort: Sort::Id, is_descending: false }
}

/// As in [`Filter::PublicAgain`]: a share of several resources has no group.
fn public(share: &Share) -> Option<Public> {
    if !matches!(share.grant.grantee_kind, GranteeKind::Everyone | GranteeKind::Guest) {
        return None;
    }
    match &share.of {
        Shared::Bundle(bundle, _) => Some(Public::Bundle(share.grant.grantor, bundle.id)),
        Shared::Resources(resources) => match resources.as_slice() {
            [one] => Some(Public::Resource(share.grant.grantor, one.id)),
            _ => None,
        },
    }
}
