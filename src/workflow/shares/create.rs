//! Creates shares: by the owner of the data, or by a grantee with the right to reshare, never beyond the grantee's own access.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Share, Shared, shown};
use crate::config::Config;
use crate::domain::grant::reshare;
use crate::domain::{
    Address, BundleId, Caller, EmailKind, Grant, GranteeKind, Level, Name, Principal, Resource, ResourceKind, Scope, User,
    UserId, UserRef,
};
use crate::store::audit::{self, Event};
use crate::store::blocks::{self, Blocked};
use crate::store::grants::{self, NewGrant};
use crate::store::rate_limits::RateLimit;
use crate::store::{self, Tx, outbox};
use crate::workflow::policy::{self, Basis, Object, Right, Subject};
use crate::workflow::requests::file;
use crate::workflow::visible_users::Seen;
use crate::workflow::{What, WhyForbidden, WhyInvalid, WorkflowError, accounts, authority, expiry_notices, throttle, validate};

/// The limit of resources in a share.
const RESOURCES_MOST: usize = 100;
/// The limit of a share's attributes.
const ATTRIBUTES_BYTES: usize = 16 * 1024;
/// A share ends within a hundred years, or never.
const ENDS_WITHIN: TimeDelta = TimeDelta::days(36_525);

/// The object of a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Bundle(BundleId),
    /// Single resources, by URI.
    Uris(Vec<String>),
}

/// The audience of a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum With {
    /// A person, by id.
    User(UserId),
    /// A person, by username or address; an unknown address becomes an external user.
    Named(String),
    /// The members of a group, by its name.
    Group(String),
    /// Everyone signed in.
    Authenticated,
    Everyone,
    /// Everyone not signed in.
    Guest,
    PublicLink,
}

/// A new share.
#[derive(Clone, Debug)]
pub struct NewShare {
    pub of: Target,
    /// The audience.
    pub with: With,
    pub level: Level,
    /// The allowed resharing: bits of `domain::grant::reshare`.
    pub reshare: i32,
    /// The start; none means now.
    pub starts_at: Option<DateTime<Utc>>,
    /// The end; none means the latest that the grantor may give.
    pub ends_at: Option<DateTime<Utc>>,
    /// Whether it is switched on.
    pub is_enabled: bool,
    /// The grantor's name for it.
    pub name: String,
    /// Eluvio's tenant, for its shares.
    pub tenant: Option<String>,
    /// The grantor's attributes: a JSON object.
    pub attributes: Option<String>,
}

/// The grantee, resolved.
pub(super) struct Receiver {
    kind: GranteeKind,
    principal: Option<Principal>,
    /// Whether named by address.
    is_by_address: bool,
    /// Whether added now.
    is_new: bool,
    /// Whether naming this person counts as an email, sent or not.
    is_counted: bool,
}

impl Receiver {
    /// A known person, not named by address.
    pub(super) const fn known() -> Self {
        Self { kind: GranteeKind::User, principal: None, is_by_address: false, is_new: false, is_counted: false }
    }
}

/// Whether the grantee is visible to the grantor.
fn seen_receiver(tx: &mut Tx<'_>, caller: &Caller, to: &Receiver) -> Result<Seen, WorkflowError> {
    let person = if let Some(Principal::User(user)) = &to.principal { Some(user.id) } else { None };
    Seen::of(tx, caller, person.into_iter().collect())
}

/// The object, locked until the transaction ends, with the basis of the grantor's right.
struct Given {
    of: Shared,
    owner: UserId,
    parent: Option<Grant>,
}

/// Creates a share and notifies its grantees by email, within the rate limits.
pub fn share(tx: &mut Tx<'_>, config: &Config, caller: &Caller, new: &NewShare) -> Result<Share, WorkflowError> {
    authority::require(caller, Scope::Grants)?;
    check(tx, new)?;
    let from = giver(tx, caller)?;
    let mut to = receiver(tx, config, caller, &new.with)?;
    let right = Right::Share { level: new.level, bits: needed(to.kind, new.reshare) };
    let given = given(tx, config, caller, &from, &new.of, right)?;
    if let Some(Principal::User(user)) = &to.principal {
        if user.id == from.id {
            return Err(WorkflowError::invalid("with", "that is yourself; share it with somebody else"));
        }
        if user.id == given.owner {
            return Err(WorkflowError::invalid("with", "it is theirs; share it with somebody else"));
        }
    }
    let seen = seen_receiver(tx, caller, &to)?;
    let most = given.parent.as_ref().and_then(|parent| parent.ends_at);
    if let (Some(wanted), Some(most)) = (new.ends_at, most)
        && most < wanted
    {
        return Err(WorkflowError::invalid(
            "ends_at",
            format!("you hold it until {} yourself; end it then or before", most.to_rfc3339()),
        ));
    }
    let resources = match &given.of {
        Shared::Bundle(..) => Vec::new(),
        Shared::Resources(resources) => resources.iter().map(|resource| resource.id).collect(),
    };
    let grant = grants::add(
        tx,
        &NewGrant {
            request: None,
            parent: given.parent.as_ref().map(|parent| parent.id),
            grantor: from.id,
            owner: given.owner,
            grantee_kind: to.kind,
            grantee: to.principal.as_ref().map(Principal::id),
            grantee_as: called(&new.with, &to).as_deref(),
            bundle: match &given.of {
                Shared::Bundle(bundle, _) => Some(bundle.id),
                Shared::Resources(_) => None,
            },
            resources: &resources,
            level: new.level,
            reshare: new.reshare,
            starts_at: new.starts_at,
            ends_at: new.ends_at.or(most),
            is_enabled: new.is_enabled,
            comment: &new.name,
            tenant: new.tenant.as_deref(),
            attributes: new.attributes.as_deref(),
            created_by: caller.user,
        },
    )?;
    audit::append(tx, caller, Event { name: "grant.made", grant: Some(grant.id), ..Event::default() })?;
    let mut required: Vec<RateLimit> = throttle::of_change(config, caller).into_iter().collect();
    if let Some(Principal::User(user)) = &to.principal {
        let is_unseen = !seen.has(user.id) && !grants::has_given_before(tx, &grant)?;
        if is_unseen {
            required.extend(throttle::of_new_person(config, caller));
        }
        // An address counts as an email, sent or not, whether the person is known or added now.
        to.is_counted = to.is_new || is_unseen && to.is_by_address;
        if to.is_counted {
            required.extend(throttle::of_naming(config, caller, user));
        }
    }
    announce(tx, config, caller, &grant, &required, &to)?;
    let grantee = to.principal.map(|grantee| shown(grantee, &grant, caller, &seen));
    Ok(Share { created_by: Some(from.clone()), updated_by: None, grantor: from, grantee, of: given.of, grant })
}

/// The grantee as named by the grantor: the normalised address, or the stored username.
fn called(with: &With, to: &Receiver) -> Option<String> {
    match (with, &to.principal) {
        (With::Named(name), _) if to.is_by_address => Address::parse(name).ok().map(|address| address.to_string()),
        (With::Named(_), Some(Principal::User(user))) => Some(user.username.clone()),
        _ => None,
    }
}

fn check(tx: &Tx<'_>, new: &NewShare) -> Result<(), WorkflowError> {
    validate::check_name("name", &new.name, true)?;
    check_times(tx, new.starts_at, new.ends_at)?;
    check_reshare(new.reshare)?;
    check_attributes(new.attributes.as_deref())
}

pub(super) fn check_times(
    tx: &Tx<'_>,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
) -> Result<(), WorkflowError> {
    let now = tx.now();
    if ends_at.is_some_and(|end| end <= now) {
        return Err(WorkflowError::invalid("ends_at", WhyInvalid::NotInFuture));
    }
    if ends_at.is_some_and(|end| now + ENDS_WITHIN < end) || starts_at.is_some_and(|start| now + ENDS_WITHIN < start) {
        return Err(WorkflowError::invalid("ends_at", "at most a hundred years from now; leave it out for no end"));
    }
    if let (Some(start), Some(end)) = (starts_at, ends_at)
        && end <= start
    {
        return Err(WorkflowError::invalid("ends_at", "it must be after the start"));
    }
    Ok(())
}

pub(super) fn check_reshare(bits: i32) -> Result<(), WorkflowError> {
    if bits & !reshare::ALL == 0 {
        Ok(())
    } else {
        Err(WorkflowError::invalid("reshare", "there are no such rights to share on"))
    }
}

pub(super) fn check_attributes(attributes: Option<&str>) -> Result<(), WorkflowError> {
    if attributes.is_none_or(|text| text.len() <= ATTRIBUTES_BYTES) {
        return Ok(());
    }
    Err(WorkflowError::invalid("attributes", format!("at most {ATTRIBUTES_BYTES} bytes")))
}

/// The grantor; for a key, its owner.
fn giver(tx: &mut Tx<'_>, caller: &Caller) -> Result<User, WorkflowError> {
    let id = caller.user.ok_or(WorkflowError::Forbidden(WhyForbidden::SharingNeedsPerson))?;
    store::users::lock_share(tx, id)?.ok_or(WorkflowError::Unauthenticated)
}

/// The bits that the parent grant needs, for a new grant of this kind and with these resharing rights.
pub(super) fn needed(kind: GranteeKind, bits: i32) -> i32 {
    let kind = match kind {
        GranteeKind::User | GranteeKind::Group => reshare::INTERNAL,
        GranteeKind::ExternalUser => reshare::EXTERNAL,
        GranteeKind::Authenticated | GranteeKind::Everyone | GranteeKind::Guest => reshare::PUBLIC,
        GranteeKind::PublicLink => reshare::PUBLIC_LINK,
    };
    if bits == 0 { kind } else { kind | bits | reshare::GRANT_RESHARE }
}

fn receiver(tx: &mut Tx<'_>, config: &Config, caller: &Caller, with: &With) -> Result<Receiver, WorkflowError> {
    const HINT: &str = "name a person by username or address, or a group by its name";
    let unknown = |value: String| WorkflowError::Unknown { field: "with", value, hint: HINT };
    let person = |user: User, is_by_address, is_new| Receiver {
        kind: if user.is_external { GranteeKind::ExternalUser } else { GranteeKind::User },
        principal: Some(Principal::User(user)),
        is_by_address,
        is_new,
        is_counted: false,
    };
    let many = |kind| Receiver { kind, principal: None, is_by_address: false, is_new: false, is_counted: false };
    Ok(match with {
        With::User(id) => match store::users::lock_share(tx, *id)? {
            Some(user) => person(user, false, false),
            None => return Err(throttle::unknown(tx, config, caller, unknown(format!("user {id}")))?),
        },
        With::Named(name) => {
            let (user, is_by_address, is_new) = match (Address::parse(name), Name::read(name)) {
                (Ok(address), _) => {
                    let (user, is_new) = file::resolve(tx, config, "with", &UserRef::Address(address))?;
                    (user, true, is_new)
                }
                // No username contains an @.
                (Err(problem), _) if name.contains('@') => return Err(WorkflowError::invalid("with", problem.to_string())),
                (Err(_), username) => {
                    let found = username.map(|username| store::users::find_by_username(tx, &username)).transpose()?.flatten();
                    match found {
                        Some(user) => (user, false, false),
                        None => return Err(throttle::unknown(tx, config, caller, unknown(format!("{name:?}")))?),
                    }
                }
            };
            let user = store::users::lock_share(tx, user.id)?.ok_or(WorkflowError::NotFound(What::User))?;
            person(user, is_by_address, is_new)
        }
        With::Group(name) => {
            let found = Name::read(name).map(|called| store::users::find_group_by_name(tx, &called)).transpose()?.flatten();
            match found {
                Some(group) => Receiver { principal: Some(Principal::Group(group)), ..many(GranteeKind::Group) },
                None => return Err(throttle::unknown(tx, config, caller, unknown(format!("the group {name:?}")))?),
            }
        }
        With::Authenticated => many(GranteeKind::Authenticated),
        With::Everyone => many(GranteeKind::Everyone),
        With::Guest => many(GranteeKind::Guest),
        With::PublicLink => many(GranteeKind::PublicLink),
    })
}

fn given(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    giver: &User,
    of: &Target,
    right: Right,
) -> Result<Given, WorkflowError> {
    match of {
        Target::Bundle(id) => {
            let bundle = store::bundles::lock_share(tx, *id)?.ok_or_else(|| WorkflowError::Unknown {
                field: "of",
                value: format!("bundle {id}"),
                hint: "list the bundles to see those there are",
            })?;
            // Anyone may share a relationship, for the person's own data.
            let Some(owner) = bundle.owner else {
                return Ok(Given { of: Shared::Bundle(bundle, Vec::new()), owner: giver.id, parent: None });
            };
            let parent = rests_on(tx, giver, Object::Bundle(bundle.id), right)?;
            Ok(Given { of: Shared::Bundle(bundle, Vec::new()), owner, parent })
        }
        Target::Uris(uris) => {
            let resources = resources(tx, config, caller, giver, uris)?;
            let mut owner = None;
            let mut parent: Option<Option<Grant>> = None;
            for resource in &resources {
                let on = rests_on(tx, giver, Object::Resource(resource.id), right)?;
                let is_same = |before: &Option<Grant>| before.as_ref().map(|grant| grant.id) == on.as_ref().map(|grant| grant.id);
                if parent.as_ref().is_some_and(|before| !is_same(before)) || owner.is_some_and(|owner| owner != resource.owner) {
                    return Err(WorkflowError::invalid("of", "you hold these from different shares; share them one by one"));
                }
                owner = Some(resource.owner);
                parent = Some(on);
            }
            let owner = owner.ok_or_else(|| WorkflowError::invalid("of", "name at least one resource"))?;
            Ok(Given { of: Shared::Resources(resources), owner, parent: parent.flatten() })
        }
    }
}

/// The grant behind the grantor's right, locked; none for an owner.
fn rests_on(tx: &mut Tx<'_>, giver: &User, object: Object, right: Right) -> Result<Option<Grant>, WorkflowError> {
    const NOT_YOURS: WorkflowError = WorkflowError::Forbidden(WhyForbidden::NotYoursToShare);
    match policy::basis(tx, Subject::User(giver.id), object, right)?.ok_or(NOT_YOURS)? {
        Basis::Owner => Ok(None),
        // Locked, so that a concurrent revocation also sees the new grant.
        Basis::Grant(grant) => {
            let now = tx.now();
            grants::lock_share(tx, grant.id)?.filter(|grant| grant.is_live_at(now)).map(Some).ok_or(NOT_YOURS)
        }
    }
}

/// Finds resources by URI. Unknown ones become the grantor's, if the instance allows it.
fn resources(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    giver: &User,
    uris: &[String],
) -> Result<Vec<Resource>, WorkflowError> {
    const UNCLAIMED: WorkflowError = WorkflowError::Forbidden(WhyForbidden::UnregisteredResource);
    if uris.len() > RESOURCES_MOST {
        return Err(WorkflowError::invalid("of", format!("at most {RESOURCES_MOST} resources in one share")));
    }
    let mut found = Vec::with_capacity(uris.len());
    for uri in uris.iter().collect::<BTreeSet<_>>() {
        accounts::check_uri("of", uri)?;
        let resource = match store::bundles::lock_resource(tx, uri)? {
            Some(resource) => resource,
            None if config.shares.open_claim => accounts::add_resource(tx, caller, uri, uri, ResourceKind::File, giver.id)?,
            None => return Err(UNCLAIMED),
        };
        found.push(resource);
    }
    found.sort_by_key(|resource| resource.id);
    Ok(found)
}

/// Takes the required rate limits of a share, and queues an email to each new grantee. Lack of email limits never fails a
/// share: an email beyond a limit, or unwanted by its reader, is skipped. An email to an address counts even if it is not sent.
pub(super) fn announce(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    grant: &Grant,
    required: &[RateLimit],
    to: &Receiver,
) -> Result<(), WorkflowError> {
    let is_live = grant.is_live_at(tx.now());
    let mut readers = if is_live || to.is_by_address { expiry_notices::readers(tx, grant)? } else { Vec::new() };
    readers.retain(|reader| *reader != grant.grantor);
    let mut readers = if readers.is_empty() { Vec::new() } else { store::users::find_all(tx, &readers)? };
    readers.sort_unstable_by_key(|reader| reader.id);
    let mut from = vec![Blocked::User(grant.grantor)];
    from.extend(caller.app.map(Blocked::App));
    let mut wanted = Vec::with_capacity(readers.len());
    for reader in readers {
        let is_wanted = is_live && !blocks::is_blocked(tx, reader.id, &from)?;
        if is_wanted || to.is_by_address {
            wanted.push((reader, is_wanted));
        }
    }
    let email = if to.is_counted { throttle::of_reader } else { throttle::of_email_to };
    let limits: Vec<Vec<RateLimit>> = wanted.iter().map(|(reader, _)| email(config, caller, reader)).collect();
    let may_go = throttle::take_with_emails(tx, required, &limits)?;
    for ((reader, is_wanted), may_go) in wanted.into_iter().zip(may_go) {
        if is_wanted && may_go {
            outbox::add_of_grant(tx, EmailKind::Shared, reader.id, grant.id)?;
        }
    }
    Ok(())
}
