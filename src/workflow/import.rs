//! Bulk import of people, groups, resources, bundles, grants and keys, all or nothing. For operators, to set up a new instance,
//! a test or a demonstration.

use chrono::{DateTime, Utc};

use super::accounts::{self, NewKey};
use super::policy::{self, Basis, Object, Right, Subject};
use super::{WorkflowError, authority};
use crate::domain::{
    Address, Bundle, Caller, GrantId, GranteeKind, Group, Level, Name, NewUser, PrincipalId, Resource, ResourceId, ResourceKind,
    Scopes, User, UserId,
};
use crate::random::Rng;
use crate::secret::Secret;
use crate::store::access::{self, Whom};
use crate::store::audit::{self, Event};
use crate::store::grants::{self, NewGrant};
use crate::store::{self, Tx};

/// The rows to add, in this order. People are named by address, groups and bundles by name, resources by URI; existing ones may
/// be named too.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// People.
    pub users: Vec<NewUser>,
    /// Groups: name and members.
    pub groups: Vec<(String, Vec<Address>)>,
    /// Resources.
    pub resources: Vec<NewResource>,
    /// Bundles.
    pub bundles: Vec<NewBundle>,
    /// Grants.
    pub grants: Vec<NewShare>,
    /// API keys.
    pub keys: Vec<ImportedKey>,
}

/// A new resource.
#[derive(Clone, Debug)]
pub struct NewResource {
    /// The URI.
    pub uri: String,
    /// The owner.
    pub owner: Address,
    /// The name shown to people.
    pub name: Option<String>,
    /// The kind.
    pub kind: ResourceKind,
}

/// A new bundle.
#[derive(Clone, Debug)]
pub struct NewBundle {
    /// The name.
    pub name: String,
    /// The owner; none for a relationship.
    pub owner: Option<Address>,
    /// The default level of requests.
    pub level: Level,
    /// The URIs of the resources.
    pub resources: Vec<String>,
}

/// A new grant.
#[derive(Clone, Debug)]
pub struct NewShare {
    /// The grantor: the owner; for a relationship, the person whose data it is.
    pub by: Address,
    /// The grantee.
    pub to: Receiver,
    /// The bundle.
    pub bundle: Option<String>,
    /// Single resources, alone or to limit the bundle.
    pub resources: Vec<String>,
    /// The level.
    pub level: Level,
    /// The end.
    pub until: Option<DateTime<Utc>>,
}

/// The grantee.
#[derive(Clone, Debug)]
pub enum Receiver {
    /// A person.
    User(Address),
    /// A group.
    Group(String),
    /// A kind of people.
    Kind(GranteeKind),
}

/// A new key.
#[derive(Clone, Debug)]
pub struct ImportedKey {
    /// The app's name.
    pub name: String,
    /// The owner.
    pub user: Option<Address>,
    /// The scopes.
    pub scopes: Scopes,
    /// The allowed link targets of emails.
    pub redeem_urls: Vec<String>,
}

/// The added rows, in the order of the [`Import`].
pub struct Imported {
    /// People.
    pub users: Vec<User>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Resources.
    pub resources: Vec<Resource>,
    /// Bundles.
    pub bundles: Vec<Bundle>,
    /// Grants.
    pub grants: Vec<GrantId>,
    /// The keys' secrets, shown only once.
    pub keys: Vec<Secret>,
}

/// Adds all rows.
pub fn add_all(tx: &mut Tx<'_>, caller: &Caller, rng: &Rng, all: &Import) -> Result<Imported, WorkflowError> {
    authority::require_admin(caller)?;
    let users = all.users.iter().map(|new| accounts::add_user(tx, caller, new)).collect::<Result<_, _>>()?;
    let groups = all.groups.iter().map(|(name, members)| {
        let members = members.iter().map(|email| person(tx, "members", email)).collect::<Result<Vec<_>, _>>()?;
        accounts::add_group(tx, caller, name, &members)
    });
    let groups = groups.collect::<Result<_, _>>()?;
    let resources = all.resources.iter().map(|new| {
        let owner = person(tx, "owner", &new.owner)?;
        accounts::add_resource(tx, caller, &new.uri, new.name.as_deref().unwrap_or(&new.uri), new.kind, owner)
    });
    let resources = resources.collect::<Result<_, _>>()?;
    let bundles = all.bundles.iter().map(|new| {
        let owner = new.owner.as_ref().map(|email| person(tx, "owner", email)).transpose()?;
        accounts::add_bundle(tx, caller, &new.name, owner, new.level, &new.resources)
    });
    let bundles = bundles.collect::<Result<_, _>>()?;
    let grants = all.grants.iter().map(|new| give(tx, caller, new)).collect::<Result<_, _>>()?;
    let keys = all.keys.iter().map(|new| {
        let user = new.user.as_ref().map(|email| person(tx, "user", email)).transpose()?;
        let new = NewKey { name: new.name.clone(), user, scopes: new.scopes, redeem_urls: new.redeem_urls.clone() };
        accounts::add_key(tx, caller, rng, &new)
    });
    let keys = keys.collect::<Result<_, _>>()?;
    Ok(Imported { users, groups, resources, bundles, grants, keys })
}

/// Adds a grant as its grantor would.
fn give(tx: &mut Tx<'_>, caller: &Caller, new: &NewShare) -> Result<GrantId, WorkflowError> {
    let by = person(tx, "by", &new.by)?;
    let bundle = new.bundle.as_deref().map(|name| bundle(tx, name)).transpose()?;
    let resources = new.resources.iter().map(|uri| resource(tx, uri)).collect::<Result<Vec<_>, _>>()?;
    match (&bundle, resources.is_empty()) {
        (None, true) => return Err(WorkflowError::invalid("resources", "name a bundle, or single resources")),
        (Some(bundle), _) if bundle.owner.is_none() => {}
        (Some(bundle), _) => is_own(tx, by, Object::Bundle(bundle.id))?,
        (None, false) => resources.iter().try_for_each(|id| is_own(tx, by, Object::Resource(*id)))?,
    }
    let (grantee_kind, grantee): (_, Option<PrincipalId>) = match &new.to {
        Receiver::User(email) => {
            let user = store::users::find_by_email(tx, email)?.ok_or_else(|| unknown("to", email.as_str()))?;
            (if user.is_external { GranteeKind::ExternalUser } else { GranteeKind::User }, Some(user.id.into()))
        }
        Receiver::Group(name) => {
            let group = Name::read(name).map_or(Ok(None), |name| store::access::group_by_name(tx, &name))?;
            let group = group.ok_or_else(|| unknown("to", name))?;
            (GranteeKind::Group, Some(group.into()))
        }
        Receiver::Kind(kind) => (*kind, None),
    };
    let grant = NewGrant {
        request: None,
        parent: None,
        grantor: by,
        owner: by,
        grantee_kind,
        grantee,
        grantee_as: None,
        bundle: bundle.as_ref().map(|bundle| bundle.id),
        resources: &resources,
        level: new.level,
        reshare: 0,
        starts_at: None,
        ends_at: new.until,
        is_enabled: true,
        comment: "",
        tenant: None,
        attributes: None,
        created_by: Some(by),
    };
    let grant = grants::add(tx, &grant)?.id;
    audit::append(tx, caller, Event { name: "grant.made", grant: Some(grant), ..Event::default() })?;
    Ok(grant)
}

fn is_own(tx: &mut Tx<'_>, user: UserId, object: Object) -> Result<(), WorkflowError> {
    match policy::basis(tx, Subject::User(user), object, Right::Access(Level::View))? {
        Some(Basis::Owner) => Ok(()),
        Some(Basis::Grant(_)) | None => Err(WorkflowError::invalid("by", "what is given is not theirs; name its owner")),
    }
}

fn unknown(field: &'static str, value: &str) -> WorkflowError {
    WorkflowError::Unknown { field, value: value.to_owned(), hint: "it is neither here nor in the file before" }
}

fn person(tx: &mut Tx<'_>, field: &'static str, email: &Address) -> Result<UserId, WorkflowError> {
    access::user_by(tx, &Whom::Address(email.clone()))?.ok_or_else(|| unknown(field, email.as_str()))
}

fn bundle(tx: &mut Tx<'_>, name: &str) -> Result<Bundle, WorkflowError> {
    let called = Name::read(name).ok_or_else(|| unknown("bundle", name))?;
    store::bundles::find_by_name(tx, &called)?.ok_or_else(|| unknown("bundle", name))
}

fn resource(tx: &mut Tx<'_>, uri: &str) -> Result<ResourceId, WorkflowError> {
    accounts::check_uri("resources", uri)?;
    store::bundles::find_resource(tx, uri)?.map(|resource| resource.id).ok_or_else(|| unknown("resources", uri))
}
