//! What a person has before them: what is asked of them and by them, what they gave and what they hold.

use super::told::Told;
use super::{Refusal, told};
use crate::domain::{Bundle, Caller, Grant, GranteeKind, Group, GroupId, Page, User, UserId};
use crate::store::{self, Tx, bundles, grants};

/// The most requests shown, the newest.
pub const REQUESTS_MOST: i64 = 100;
/// The most grants shown, the newest.
pub const GRANTS_MOST: usize = 200;

/// To whom a grant gives, by name.
#[derive(Clone, Debug)]
pub enum Grantee {
    /// A person.
    Person(User),
    /// Whoever is in a group.
    Group(Group),
    /// More than can be named: everyone, everyone signed in, a public link.
    Many(GranteeKind),
}

/// A live grant as its people see it, of whatever API it came.
#[derive(Clone, Debug)]
pub struct Given {
    /// The grant.
    pub grant: Grant,
    /// Who gives.
    pub grantor: User,
    /// To whom.
    pub grantee: Grantee,
    /// The bundle it is for.
    pub bundle: Option<Bundle>,
    /// The URIs it is limited to, or that it is for where there is no bundle.
    pub resources: Vec<String>,
}

/// All of it, newest first.
#[derive(Clone, Debug)]
pub struct Inbox {
    /// Requests that the person decides, asked or gains by, but for withdrawn ones.
    pub requests: Vec<Told>,
    /// Whether there are older ones.
    pub has_older: bool,
    /// Live grants that the person gave or holds in their own name.
    pub grants: Vec<Given>,
}

/// What `user`, who is the caller, has before them.
pub fn open(tx: &mut Tx<'_>, caller: &Caller, user: UserId) -> Result<Inbox, Refusal> {
    if caller.user != Some(user) {
        return Err(Refusal::Unauthenticated);
    }
    let total = told::list(tx, caller, Page { limit: 0, offset: 0 })?.total;
    let offset = (total - REQUESTS_MOST).max(0);
    let mut requests = told::list(tx, caller, Page { limit: REQUESTS_MOST, offset })?.items;
    requests.reverse();
    let now = tx.now();
    let mut live: Vec<Grant> = grants::of_user(tx, user)?;
    live.retain(|grant| grant.ends_at.is_none_or(|end| now < end));
    live.reverse();
    live.truncate(GRANTS_MOST);
    Ok(Inbox { requests, has_older: offset > 0, grants: name_all(tx, live)? })
}

fn name_all(tx: &mut Tx<'_>, grants: Vec<Grant>) -> Result<Vec<Given>, Refusal> {
    let ids_of = |kinds: &[GranteeKind]| {
        let of_kind = grants.iter().filter(|grant| kinds.contains(&grant.grantee_kind));
        of_kind.filter_map(|grant| grant.grantee).map(|id| id.0).collect::<Vec<i64>>()
    };
    let mut people: Vec<UserId> = ids_of(&[GranteeKind::User, GranteeKind::ExternalUser]).into_iter().map(UserId).collect();
    let groups: Vec<GroupId> = ids_of(&[GranteeKind::Group]).into_iter().map(GroupId).collect();
    people.extend(grants.iter().map(|grant| grant.grantor));
    people.sort_unstable();
    people.dedup();
    let people = store::users::find_all(tx, &people)?;
    let groups = store::users::find_groups(tx, &groups)?;
    let bundles: Vec<_> = grants.iter().filter_map(|grant| grant.bundle).collect();
    let bundles = bundles::find_all(tx, &bundles)?;
    let person = |id: i64| people.iter().find(|user| user.id.0 == id).cloned();
    let mut named = Vec::with_capacity(grants.len());
    for grant in grants {
        let Some(grantor) = person(grant.grantor.0) else { continue };
        let id = grant.grantee.map(|id| id.0);
        let found = id.and_then(|id| match grant.grantee_kind {
            GranteeKind::Group => groups.iter().find(|group| group.id.0 == id).cloned().map(Grantee::Group),
            _ => person(id).map(Grantee::Person),
        });
        named.push(Given {
            grantor,
            grantee: found.unwrap_or(Grantee::Many(grant.grantee_kind)),
            bundle: bundles.iter().find(|bundle| Some(bundle.id) == grant.bundle).cloned(),
            resources: store::grants::limited_to(tx, grant.id)?,
            grant,
        });
    }
    Ok(named)
}
