//! Bulk import of people, groups, resources, bundles, grants and keys, all or nothing. For operators, to set up a new instance,
//! a test or a demonstration.

use chrono::{DateTime, Utc};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::accounts::{self, NewKey};
use super::policy::{self, Basis, Object, Right, Subject};
use super::{WorkflowError, authority};
use crate::domain::{
    Address, Bundle, Caller, GrantId, GranteeKind, Group, Level, Name, NewUser, PrincipalId, Resource, ResourceId, ResourceKind,
    Scope, User, UserId,
};
use crate::random::Rng;
use crate::secret::Secret;
use crate::store::access::{self, Whom};
use crate::store::audit::{self, Event};
use crate::store::grants::{self, NewGrant};
use crate::store::{self, Tx};

/// The rows to add, in this order, as the file of `countersign import` has them. People are named by address, groups and bundles
/// by name, resources by URI; existing ones may be named too.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Import {
    #[serde(rename = "user", deserialize_with = "people")]
    pub users: Vec<NewUser>,
    #[serde(rename = "group")]
    pub groups: Vec<ImportedGroup>,
    #[serde(rename = "resource")]
    pub resources: Vec<ImportedResource>,
    #[serde(rename = "bundle")]
    pub bundles: Vec<ImportedBundle>,
    #[serde(rename = "grant")]
    pub grants: Vec<ImportedGrant>,
    #[serde(rename = "key")]
    pub keys: Vec<ImportedKey>,
}

/// A group to add.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedGroup {
    pub name: String,
    #[serde(default)]
    pub members: Vec<Address>,
}

/// A resource to add.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedResource {
    pub uri: String,
    pub owner: Address,
    /// The name shown to people; else the URI.
    pub name: Option<String>,
    /// The kind; else a file.
    pub kind: Option<ResourceKind>,
}

/// A bundle to add.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedBundle {
    pub name: String,
    /// The owner; none for a relationship.
    pub owner: Option<Address>,
    /// The default level of requests; else view.
    pub level: Option<Level>,
    #[serde(default)]
    pub resources: Vec<String>,
}

/// A grant to add.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedGrant {
    /// The grantor: the owner; for a relationship, the person whose data it is.
    pub by: Address,
    /// The grantee.
    pub to: Receiver,
    pub bundle: Option<String>,
    /// Single resources, alone or to limit the bundle.
    #[serde(default)]
    pub resources: Vec<String>,
    pub level: Level,
    #[serde(default, deserialize_with = "moment")]
    pub until: Option<DateTime<Utc>>,
}

/// The grantee: `{ user = "bob@x.org" }`, `{ group = "Readers" }` or `{ kind = "everyone" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Receiver {
    User(Address),
    Group(String),
    #[serde(deserialize_with = "kind_of_people")]
    Kind(GranteeKind),
}

/// A key to add.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedKey {
    /// The app's name.
    pub name: String,
    /// The owner.
    pub user: Option<Address>,
    pub scopes: Vec<Scope>,
    /// The allowed link targets of emails.
    #[serde(default)]
    pub redeem_urls: Vec<String>,
}

fn people<'de, D: Deserializer<'de>>(file: D) -> Result<Vec<NewUser>, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Person {
        email: Address,
        username: Option<String>,
        #[serde(default)]
        first_name: String,
        #[serde(default)]
        last_name: String,
        #[serde(default)]
        admin: bool,
        #[serde(default)]
        external: bool,
    }
    let people = Vec::<Person>::deserialize(file)?.into_iter().map(|person| NewUser {
        username: person.username,
        first_name: person.first_name,
        last_name: person.last_name,
        is_admin: person.admin,
        is_external: person.external,
        ..NewUser::with_address(person.email)
    });
    Ok(people.collect())
}

fn moment<'de, D: Deserializer<'de>>(file: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let text = toml::value::Datetime::deserialize(file)?.to_string();
    let problem = |_| D::Error::custom(format_args!("until: {text} is no moment like 2027-03-01T12:00:00Z"));
    text.parse().map(Some).map_err(problem)
}

fn kind_of_people<'de, D: Deserializer<'de>>(file: D) -> Result<GranteeKind, D::Error> {
    match GranteeKind::deserialize(file)? {
        kind @ (GranteeKind::Authenticated | GranteeKind::Everyone | GranteeKind::Guest) => Ok(kind),
        kind => Err(D::Error::custom(format_args!("to.kind: {kind} is none of authenticated, everyone and guest"))),
    }
}

/// The added rows, in the order of the [`Import`].
pub struct Imported {
    pub users: Vec<User>,
    pub groups: Vec<Group>,
    pub resources: Vec<Resource>,
    pub bundles: Vec<Bundle>,
    pub grants: Vec<GrantId>,
    /// The keys' secrets, shown only once.
    pub keys: Vec<Secret>,
}

/// Adds all rows.
pub fn add_all(tx: &mut Tx<'_>, caller: &Caller, rng: &Rng, all: &Import) -> Result<Imported, WorkflowError> {
    authority::require_admin(caller)?;
    let users = all.users.iter().map(|new| accounts::add_user(tx, caller, new)).collect::<Result<_, _>>()?;
    let groups = all.groups.iter().map(|new| {
        let members = new.members.iter().map(|email| person(tx, "members", email)).collect::<Result<Vec<_>, _>>()?;
        accounts::add_group(tx, caller, &new.name, &members)
    });
    let groups = groups.collect::<Result<_, _>>()?;
    let resources = all.resources.iter().map(|new| {
        let owner = person(tx, "owner", &new.owner)?;
        accounts::add_resource(
            tx,
            caller,
            &new.uri,
            new.name.as_deref().unwrap_or(&new.uri),
            new.kind.unwrap_or(ResourceKind::File),
            owner,
        )
    });
    let resources = resources.collect::<Result<_, _>>()?;
    let bundles = all.bundles.iter().map(|new| {
        let owner = new.owner.as_ref().map(|email| person(tx, "owner", email)).transpose()?;
        accounts::add_bundle(tx, caller, &new.name, owner, new.level.unwrap_or(Level::View), &new.resources)
    });
    let bundles = bundles.collect::<Result<_, _>>()?;
    let grants = all.grants.iter().map(|new| give(tx, caller, new)).collect::<Result<_, _>>()?;
    let keys = all.keys.iter().map(|new| {
        let user = new.user.as_ref().map(|email| person(tx, "user", email)).transpose()?;
        let scopes = new.scopes.iter().copied().collect();
        let new = NewKey { name: new.name.clone(), app: None, user, scopes, redeem_urls: new.redeem_urls.clone() };
        accounts::add_key(tx, caller, rng, &new)
    });
    let keys = keys.collect::<Result<_, _>>()?;
    Ok(Imported { users, groups, resources, bundles, grants, keys })
}

/// Adds a grant as its grantor would.
fn give(tx: &mut Tx<'_>, caller: &Caller, new: &ImportedGrant) -> Result<GrantId, WorkflowError> {
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
