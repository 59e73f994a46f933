//! What a subject holds on an object, now: the one place that says so. Every API asks here before it gives anything out or
//! lets anybody share on, and so does AuthZEN.
//!
//! An owner of a resource or bundle holds every level on it and may share it; a person holds everything on themselves. Anyone
//! else holds what a live grant gives that reaches them. A grant that was shared on gives no more than the grants above it
//! give now, and nothing where one of them is no longer live. What is deleted holds and gives nothing.

use crate::domain::{BundleId, Grant, GrantId, GroupId, Level, ResourceId, UserId};
use crate::store::access::{self, Candidate, Held, Holder, Holdings, Look, Place, SubjectKind};
use crate::store::{self, StoreError, Tx};

/// Grants shared on under each other at most; deeper ones give nothing.
const DEPTH: usize = 64;

/// Who.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person.
    User(UserId),
    /// A group by itself, whoever is in it.
    Group(GroupId),
    /// Whoever is not signed in.
    Anonymous,
}

impl From<Subject> for Holder {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::User(id) => Self::User(id),
            Subject::Group(id) => Self::Group(id),
            Subject::Anonymous => Self::Nobody,
        }
    }
}

/// What.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// One thing that an app guards.
    Resource(ResourceId),
    /// All that is in a bundle, and what will be.
    Bundle(BundleId),
    /// A person's data, under relationships.
    User(UserId),
}

/// What to do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// So much.
    Access(Level),
    /// To share it on.
    Share {
        /// At this level.
        level: Level,
        /// Bits of `domain::grant::reshare`, all of which must be held.
        bits: i32,
    },
}

impl Right {
    fn is_given_by(self, held: &Held) -> bool {
        match self {
            Self::Access(level) => level <= held.level,
            Self::Share { level, bits } => level <= held.level && held.reshare & bits == bits,
        }
    }

    /// Whatever else there is. What is shared on does not say by itself what it gives.
    fn is_surely_given_by(self, held: &Held) -> bool {
        held.parent.is_none() && self.is_given_by(held)
    }
}

/// On what it rests.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "one at a time, and soon taken apart")]
pub enum Basis {
    /// It is theirs.
    Owner,
    /// The strongest of the grants that give it, with the level and the rights that it gives now: no more than the grants that
    /// it is shared on under.
    Grant(Grant),
}

/// Whether the subject holds that right on the object now.
pub fn may(tx: &mut Tx<'_>, subject: Subject, object: Object, right: Right) -> Result<bool, StoreError> {
    let holdings = of(tx, subject.into(), object)?;
    is_given(tx, &holdings, right)
}

/// Whether a grant gives that level by itself, whatever else there is.
pub fn is_enough(held: &Held, level: Level) -> bool {
    Right::Access(level).is_surely_given_by(held)
}

/// Whether what somebody holds gives the right now.
pub fn is_given(tx: &mut Tx<'_>, holdings: &Holdings, right: Right) -> Result<bool, StoreError> {
    let is_sure = holdings.is_owner || holdings.grants.iter().any(|held| right.is_surely_given_by(held));
    Ok(is_sure || strongest(tx, &holdings.grants, right)?.is_some())
}

/// On what the subject's right on the object rests now; none where they do not hold it.
pub fn basis(tx: &mut Tx<'_>, subject: Subject, object: Object, right: Right) -> Result<Option<Basis>, StoreError> {
    let holdings = holdings(tx, subject, object)?;
    if holdings.is_owner {
        return Ok(Some(Basis::Owner));
    }
    let Some(held) = strongest(tx, &holdings.grants, right)? else { return Ok(None) };
    let grant = store::grants::find(tx, held.id)?;
    Ok(grant.map(|grant| Basis::Grant(Grant { level: held.level, reshare: held.reshare, ..grant })))
}

/// The highest level that the subject holds on the object now.
pub fn level(tx: &mut Tx<'_>, subject: Subject, object: Object) -> Result<Option<Level>, StoreError> {
    let holdings = holdings(tx, subject, object)?;
    if holdings.is_owner {
        return Ok(Level::ALL.last().copied());
    }
    Ok(strongest(tx, &holdings.grants, Right::Access(Level::View))?.map(|held| held.level))
}

/// What a grant gives now, under those that it is shared on under; none where it or one of them is not live. For whoever has
/// shown that it reaches them, as the holder of a link does.
pub fn level_given(tx: &mut Tx<'_>, id: GrantId) -> Result<Option<Level>, StoreError> {
    let Some(held) = access::live(tx, id)? else { return Ok(None) };
    Ok(under_its_parents(tx, held)?.map(|held| held.level))
}

fn holdings(tx: &mut Tx<'_>, subject: Subject, object: Object) -> Result<Holdings, StoreError> {
    of(tx, subject.into(), object)
}

fn of(tx: &mut Tx<'_>, holder: Holder, object: Object) -> Result<Holdings, StoreError> {
    match object {
        Object::Resource(id) => access::on_resource(tx, holder, id, Look::Whole),
        Object::Bundle(id) => access::on_bundle(tx, holder, id),
        Object::User(id) => access::on_person(tx, holder, id),
    }
}

/// Whether everybody of a crowd holds that level on the object now, whoever it is.
pub fn have_all(tx: &mut Tx<'_>, crowd: SubjectKind, object: Object, level: Level) -> Result<bool, StoreError> {
    let anyone = match crowd {
        SubjectKind::Users => Holder::Anybody,
        SubjectKind::Groups => Holder::AnyGroup,
    };
    let grants = of(tx, anyone, object)?.grants;
    Ok(strongest(tx, &grants, Right::Access(level))?.is_some())
}

/// Of what a list of candidates has, in its order, those that stand: `most` of them at most, each once. `next` reads on behind
/// a place.
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

/// The strongest of these grants that give the right, as it stands under those above it; of equals the oldest.
fn strongest(tx: &mut Tx<'_>, grants: &[Held], right: Right) -> Result<Option<Held>, StoreError> {
    let mut best: Option<Held> = None;
    for held in grants.iter().filter(|held| right.is_given_by(held)) {
        let Some(held) = under_its_parents(tx, *held)? else { continue };
        let is_better = |best: Held| (best.level, GrantId(-best.id.0)) < (held.level, GrantId(-held.id.0));
        if right.is_given_by(&held) && best.is_none_or(is_better) {
            best = Some(held);
        }
    }
    Ok(best)
}

/// What a grant gives where those above it are live, each with what it gives itself; none where one is not.
fn under_its_parents(tx: &mut Tx<'_>, mut held: Held) -> Result<Option<Held>, StoreError> {
    for _ in 0..DEPTH {
        let Some(parent) = held.parent else { return Ok(Some(held)) };
        let Some(above) = access::live(tx, parent)? else { return Ok(None) };
        let (level, reshare) = (held.level.min(above.level), held.reshare & above.reshare);
        held = Held { parent: above.parent, level, reshare, ..held };
    }
    Ok(None)
}
