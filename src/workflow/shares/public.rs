//! Shares of the whole instance, for admins, where what one person made public of one thing is told as one: with everyone, with
//! who is not signed in, once more for longer. It is seen as one and ends as one, so that nothing public is left behind.

use std::collections::HashMap;

use super::{Listing, Share, ShareId, Shared, Whose, delete, find, list};
use crate::domain::filter::{Bound, TimeOf};
use crate::domain::{BundleId, Caller, Filter, GrantId, GranteeKind, Page, ResourceId, Slice, Sort, UserId};
use crate::store::Tx;
use crate::workflow::{What, WorkflowError, authority};

/// Shares that are told as one at most; one more stands beside them.
const PARTS_MOST: i64 = 1000;

/// Which shares are wanted: of those that are switched on and were not taken back.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Which of them.
    pub filter: Filter,
    /// Also those that have ended.
    pub with_ended: bool,
}

/// What is public of one thing by one person.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Public {
    Bundle(UserId, BundleId),
    Resource(UserId, ResourceId),
}

/// A share with those that are told with it.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The oldest.
    pub share: Share,
    /// The others, by id.
    pub beside: Vec<Share>,
}

impl Whole {
    /// Each of them, by id.
    pub fn parts(&self) -> impl Iterator<Item = &Share> {
        std::iter::once(&self.share).chain(&self.beside)
    }
}

/// Shares by id, `most` of them.
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

/// One share with those that are told with it: also where it has ended, not where it was taken back.
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

/// Takes a share back for good, with the others that are told with it, and with all that was shared on under them.
pub fn delete_whole(tx: &mut Tx<'_>, caller: &Caller, id: GrantId) -> Result<(), WorkflowError> {
    let whole = find_whole(tx, caller, id)?;
    whole.parts().try_for_each(|share| delete(tx, caller, &ShareId::Number(share.grant.id)))
}

fn of_all(filter: Filter) -> Listing {
    Listing { whose: Whose::All, filter, sort: Sort::Id, is_descending: false }
}

/// As [`Filter::PublicAgain`] has it: a share of several resources stands for itself.
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
