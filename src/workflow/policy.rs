//! The only evaluation of a subject's current access to an object. Every API uses it before it returns data or allows
//! resharing, and so does AuthZEN.
//!
//! The owner of a resource or bundle has every level on it and may share it; a person has full access to the person's own data.
//! Anyone else has the access of the live grants that reach them. A reshared grant gives at most the access of the grants above
//! it, and none if one of those is not live. Deleted objects and subjects have no access.

use crate::domain::{Grant, GrantId, Level};
use crate::store::access::{self, Access, Candidate, EffectiveGrant, Place, SubjectKind};
pub use crate::store::access::{Object, Subject};
use crate::store::{self, StoreError, Tx};

/// The limit of nested grants; deeper ones give nothing.
const DEPTH: usize = 64;

/// The right in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    Access(Level),
    Share {
        /// The level to reshare.
        level: Level,
        /// Bits of `domain::grant::reshare`, all required.
        bits: i32,
    },
}

impl Right {
    fn is_given_by(self, held: &EffectiveGrant) -> bool {
        match self {
            Self::Access(level) => level <= held.level,
            Self::Share { level, bits } => level <= held.level && held.reshare & bits == bits,
        }
    }

    /// Whether a grant gives the right regardless of others. A reshared grant does not: it depends on its parents.
    fn is_surely_given_by(self, held: &EffectiveGrant) -> bool {
        held.parent.is_none() && self.is_given_by(held)
    }
}

/// The basis of a right.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "one at a time, and soon taken apart")]
pub enum Basis {
    Owner,
    /// The strongest of the grants that give it, with its effective level and rights, which its parent grants limit.
    Grant(Grant),
}

/// Whether the subject has the right on the object now.
pub fn may(tx: &mut Tx<'_>, subject: Subject, object: Object, right: Right) -> Result<bool, StoreError> {
    let access = access::on(tx, subject, object)?;
    is_given(tx, &access, right)
}

/// Whether a grant gives the level regardless of others.
pub fn is_enough(held: &EffectiveGrant, level: Level) -> bool {
    Right::Access(level).is_surely_given_by(held)
}

/// Whether this access includes the right now.
pub fn is_given(tx: &mut Tx<'_>, access: &Access, right: Right) -> Result<bool, StoreError> {
    let is_sure = access.is_owner || access.grants.iter().any(|held| right.is_surely_given_by(held));
    Ok(is_sure || strongest(tx, &access.grants, right)?.is_some())
}

/// The current basis of the subject's right on the object; none without the right.
pub fn basis(tx: &mut Tx<'_>, subject: Subject, object: Object, right: Right) -> Result<Option<Basis>, StoreError> {
    let access = access::on(tx, subject, object)?;
    if access.is_owner {
        return Ok(Some(Basis::Owner));
    }
    let Some(held) = strongest(tx, &access.grants, right)? else { return Ok(None) };
    let grant = store::grants::find(tx, held.id)?;
    Ok(grant.map(|grant| Basis::Grant(Grant { level: held.level, reshare: held.reshare, ..grant })))
}

/// The subject's highest level on the object.
pub fn level(tx: &mut Tx<'_>, subject: Subject, object: Object) -> Result<Option<Level>, StoreError> {
    let access = access::on(tx, subject, object)?;
    if access.is_owner {
        return Ok(Level::ALL.last().copied());
    }
    Ok(strongest(tx, &access.grants, Right::Access(Level::View))?.map(|held| held.level))
}

/// The effective level of a grant under its parents; none if any of them is not live. The caller must have shown that the grant
/// reaches the subject, as the user of a link does.
pub fn level_given(tx: &mut Tx<'_>, id: GrantId) -> Result<Option<Level>, StoreError> {
    let Some(held) = access::live(tx, id)? else { return Ok(None) };
    Ok(under_its_parents(tx, held)?.map(|held| held.level))
}

/// Whether all subjects of a kind have the level on the object.
pub fn have_all(tx: &mut Tx<'_>, subjects: SubjectKind, object: Object, level: Level) -> Result<bool, StoreError> {
    let anyone = match subjects {
        SubjectKind::Users => Subject::Anybody,
        SubjectKind::Groups => Subject::AnyGroup,
    };
    let grants = access::on(tx, anyone, object)?.grants;
    Ok(strongest(tx, &grants, Right::Access(level))?.is_some())
}

/// Filters a list of candidates, in order, to those with effective access: `most` at most, each once. `next` reads on from a
/// cursor.
pub fn standing(
    tx: &mut Tx<'_>,
    level: Level,
    after: i64,
    most: usize,
    mut next: impl FnMut(&mut Tx<'_>, Place, i64) -> Result<Vec<Candidate>, StoreError>,
) -> Result<Vec<Candidate>, StoreError> {
    let step = most.clamp(100, 1_000);
    let mut found: Vec<Candidate> = Vec::new();
    let mut place = Place { id: after, grant: i64::MAX };
    while found.len() < most {
        let candidates = next(tx, place, i64::try_from(step).unwrap_or(i64::MAX))?;
        let is_last = candidates.len() < step;
        for candidate in candidates {
            place = candidate.place();
            if found.last().is_some_and(|last| last.id == candidate.id) {
                continue;
            }
            let stands = match candidate.held {
                Some(held) => under_its_parents(tx, held)?.is_some_and(|held| level <= held.level),
                None => true,
            };
            if stands {
                found.push(candidate);
            }
        }
        if is_last {
            break;
        }
    }
    found.truncate(most);
    Ok(found)
}

/// The strongest of these grants that give the right, limited by their parents; among equals the oldest.
fn strongest(tx: &mut Tx<'_>, grants: &[EffectiveGrant], right: Right) -> Result<Option<EffectiveGrant>, StoreError> {
    let mut best: Option<EffectiveGrant> = None;
    for held in grants.iter().filter(|held| right.is_given_by(held)) {
        let Some(held) = under_its_parents(tx, *held)? else { continue };
        let is_better = |best: EffectiveGrant| (best.level, GrantId(-best.id.0)) < (held.level, GrantId(-held.id.0));
        if right.is_given_by(&held) && best.is_none_or(is_better) {
            best = Some(held);
        }
    }
    Ok(best)
}

/// A grant limited by its parents; none if one of them is not live.
fn under_its_parents(tx: &mut Tx<'_>, mut held: EffectiveGrant) -> Result<Option<EffectiveGrant>, StoreError> {
    for _ in 0..DEPTH {
        let Some(parent) = held.parent else { return Ok(Some(held)) };
        let Some(above) = access::live(tx, parent)? else { return Ok(None) };
        let (level, reshare) = (held.level.min(above.level), held.reshare & above.reshare);
        held = EffectiveGrant { parent: above.parent, level, reshare, ..held };
    }
    Ok(None)
}
