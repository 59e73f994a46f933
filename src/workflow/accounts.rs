//! Adds, changes and deletes people, groups, bundles, resources and keys, with everything that depends on them.

use chrono::TimeDelta;

use super::requests::close;
use super::{What, WhyForbidden, WorkflowError, account_changes, shares, throttle, validate};
use crate::config::Config;
use crate::domain::{
    AccountChange, Address, AppId, Bundle, BundleId, Caller, EmailKind, Group, GroupId, KeyId, Level, NewUser, RequestKind,
    RequestState, Resource, ResourceKind, Scopes, User, UserId, WhyCancelled, name, web_url,
};
use crate::random::Rng;
use crate::secret::{FreshSecret, Secret, SecretKind};
use crate::store::apps::App;
use crate::store::audit::{self, Event};
use crate::store::grants::{self, Roots};
use crate::store::requests::{self, Cause};
use crate::store::users::Settings;
use crate::store::{self, StoreError, Tx, credentials, outbox};

/// The lifetime of a key.
pub const KEY_LASTS: TimeDelta = TimeDelta::days(365);
const URI_BYTES: usize = 1_000;

/// Adds a person. An external person, known only by address, is completed instead, and keeps the id and all grants.
pub fn add_user(tx: &mut Tx<'_>, caller: &Caller, new: &NewUser) -> Result<User, WorkflowError> {
    let new = &NewUser {
        first_name: validate::shown_name("first_name", &new.first_name)?,
        last_name: validate::shown_name("last_name", &new.last_name)?,
        username: new.username.as_deref().map(|name| username(&new.email, name)).transpose()?,
        ..new.clone()
    };
    let named = store::users::find_by_email(tx, &new.email)?.filter(|user| user.is_external);
    let named = match named {
        Some(user) if !audit::was_added(tx, user.id)? => Some(user),
        _ => None,
    };
    let done = match &named {
        Some(user) => tx.attempt(|tx| store::users::take_over(tx, user, new)),
        None => store::users::add(tx, new),
    };
    let user = done.map_err(|error| {
        if error.violates("users", "email") {
            WorkflowError::Taken { field: "email", value: new.email.to_string() }
        } else if error.violates("users", "username") {
            taken_username(new.username.as_deref().unwrap_or(new.email.as_str()), &error)
        } else if error.violates("users", "eth_address") {
            WorkflowError::Taken { field: "eth_address", value: new.eth_address.clone().unwrap_or_default() }
        } else {
            error.into()
        }
    })?;
    let identified = match (&new.password_hash, &named) {
        (Some(_), Some(_)) => Some(AccountChange::Password),
        (None, Some(before)) if before.username != user.username => Some(AccountChange::Username),
        _ => None,
    };
    if let (Some(before), Some(what)) = (&named, identified) {
        account_changes::made_by_another(tx, before, what, None)?;
    }
    let detail = named.map(|_| "known by address before");
    audit::append(tx, caller, Event { name: "user.added", subject: Some(user.id.0), detail, ..Event::default() })?;
    Ok(user)
}

/// Sets name, username, language, time zone and rights of an existing person. [`change_address`] changes the address.
pub fn set_user(tx: &mut Tx<'_>, caller: &Caller, id: UserId, to: &Settings) -> Result<User, WorkflowError> {
    super::authority::require_admin(caller)?;
    let user = store::users::find(tx, id)?.ok_or(WorkflowError::NotFound(What::User))?;
    let written = |field, name: &Option<String>| name.as_deref().map(|name| validate::shown_name(field, name)).transpose();
    let to = &Settings {
        first_name: written("first_name", &to.first_name)?,
        last_name: written("last_name", &to.last_name)?,
        username: to.username.as_deref().map(|name| username(&user.email, name)).transpose()?,
        ..to.clone()
    };
    let set = tx.attempt(|tx| store::users::set(tx, &user, to)).map_err(|error| {
        if error.violates("users", "username") {
            taken_username(to.username.as_deref().unwrap_or_default(), &error)
        } else {
            error.into()
        }
    })?;
    if set.username != user.username {
        account_changes::made_by_another(tx, &user, AccountChange::Username, None)?;
    } else if set.is_admin != user.is_admin {
        // Ends sessions with the old rights.
        credentials::sign_out_everywhere(tx, id)?;
    }
    audit::append(tx, caller, Event { name: "user.set", subject: Some(id.0), ..Event::default() })?;
    Ok(set)
}

/// Checks a username and normalises it. A person's own address is allowed.
fn username(email: &Address, text: &str) -> Result<String, WorkflowError> {
    if text == email.as_str() {
        return Ok(text.to_owned());
    }
    name::of_user(text).map_err(|problem| WorkflowError::invalid("username", problem.to_string()))
}

/// The error for a username that the database refused.
fn taken_username(username: &str, error: &StoreError) -> WorkflowError {
    if error.violates("users", "username_shape") {
        let problem = "it looks like a username that somebody has; choose one that nobody could take for theirs";
        return WorkflowError::invalid("username", format!("{username:?}: {problem}"));
    }
    WorkflowError::Taken { field: "username", value: username.to_owned() }
}

/// Changes a person's username, to settle a conflict of names.
pub fn change_username(tx: &mut Tx<'_>, caller: &Caller, id: UserId, text: &str) -> Result<User, WorkflowError> {
    super::authority::require_admin(caller)?;
    let user = store::users::find(tx, id)?.ok_or(WorkflowError::NotFound(What::User))?;
    let wanted = username(&user.email, text)?;
    store::users::set_username(tx, id, &wanted)
        .map_err(|error| if error.is_violation() { taken_username(&wanted, &error) } else { error.into() })?;
    if wanted != user.username {
        account_changes::made_by_another(tx, &user, AccountChange::Username, None)?;
    }
    audit::append(tx, caller, Event { name: "user.username_changed", subject: Some(id.0), ..Event::default() })?;
    store::users::find(tx, id)?.ok_or(WorkflowError::NotFound(What::User))
}

/// Sets the language and time zone that the caller chose for pages and emails.
pub fn choose_language(tx: &mut Tx<'_>, caller: &Caller, locale: &str, time_zone: &str) -> Result<(), WorkflowError> {
    let id = caller.user.filter(|_| caller.is_in_person() && caller.may_write()).ok_or(WorkflowError::Unauthenticated)?;
    store::users::choose_language(tx, id, locale, time_zone)?;
    audit::append(tx, caller, Event { name: "user.language_chosen", subject: Some(id.0), ..Event::default() })?;
    Ok(())
}

/// Sets the caller's own first and last name.
pub fn rename(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    id: UserId,
    first_name: &str,
    last_name: &str,
) -> Result<User, WorkflowError> {
    if !caller.may_write() || !caller.is_in_person() {
        return Err(WorkflowError::Forbidden(WhyForbidden::NamesNeedSignIn));
    }
    let first_name = &validate::shown_name("first_name", first_name)?;
    let last_name = &validate::shown_name("last_name", last_name)?;
    if caller.user != Some(id) {
        return Err(WorkflowError::Forbidden(WhyForbidden::NamesOfOthers));
    }
    throttle::take_change(tx, config, caller)?;
    store::users::rename(tx, id, first_name, last_name)?;
    audit::append(tx, caller, Event { name: "user.renamed", subject: Some(id.0), ..Event::default() })?;
    store::users::find(tx, id)?.ok_or(WorkflowError::NotFound(What::User))
}

/// Changes a person's address. Links mailed to the old one become invalid.
pub fn change_address(tx: &mut Tx<'_>, caller: &Caller, id: UserId, address: &Address) -> Result<(), WorkflowError> {
    super::authority::require_admin(caller)?;
    let user = store::users::find(tx, id)?.ok_or(WorkflowError::NotFound(What::User))?;
    store::users::set_email(tx, &user, address).map_err(|error| {
        if error.is_violation() { WorkflowError::Taken { field: "email", value: address.to_string() } } else { error.into() }
    })?;
    if *address != user.email {
        account_changes::made_by_another(tx, &user, AccountChange::Address, Some(address))?;
    }
    audit::append(tx, caller, Event { name: "user.address_changed", subject: Some(id.0), ..Event::default() })?;
    Ok(())
}

/// Sets the hash of a person's password.
pub fn set_password(tx: &mut Tx<'_>, caller: &Caller, id: UserId, hash: &str) -> Result<(), WorkflowError> {
    super::authority::require_admin(caller)?;
    let user = store::users::find(tx, id)?.ok_or(WorkflowError::NotFound(What::User))?;
    store::users::set_password(tx, id, hash)?;
    account_changes::made_by_another(tx, &user, AccountChange::Password, None)?;
    audit::append(tx, caller, Event { name: "user.password_set", subject: Some(id.0), ..Event::default() })?;
    Ok(())
}

/// Deletes a person: cancels the person's requests and revokes the grants to and from the person, except that `heir` takes over
/// the data with its grants.
pub fn remove_user(tx: &mut Tx<'_>, caller: &Caller, id: UserId, heir: Option<UserId>) -> Result<(), WorkflowError> {
    super::authority::require_admin(caller)?;
    store::users::find(tx, id)?.ok_or(WorkflowError::NotFound(What::User))?;
    if heir == Some(id) {
        return Err(WorkflowError::invalid("heir", "who goes cannot keep it; name somebody else"));
    }
    // Deletes the person first. Later grants are then impossible, and the queries below see concurrent ones.
    store::users::delete(tx, id)?;
    for pending in requests::pending_of(tx, Cause::Asker(id))? {
        close::cancel(tx, caller, &pending, WhyCancelled::RequesterGone)?;
    }
    shares::end(tx, caller, Roots::Held(id), None)?;
    let bundles = store::bundles::owned_by(tx, id)?;
    if let Some(heir) = heir {
        store::users::find(tx, heir)?.ok_or(WorkflowError::NotFound(What::User))?;
        for bundle in bundles {
            hand_over(tx, caller, bundle, heir)?;
        }
        store::bundles::set_resource_owner(tx, id, heir)?;
        grants::set_grantor_of_resources(tx, id, heir)?;
    } else {
        for bundle in bundles {
            remove_bundle(tx, caller, bundle)?;
        }
        store::bundles::delete_resources_of(tx, id)?;
    }
    shares::end(tx, caller, Roots::Given(id), None)?;
    for pending in requests::pending_of(tx, Cause::User(id))? {
        close::cancel(tx, caller, &pending, WhyCancelled::ApproverGone)?;
    }
    for key in credentials::keys_of(tx, id)? {
        revoke_key(tx, caller, key)?;
    }
    credentials::sign_out_everywhere(tx, id)?;
    store::identities::delete_of(tx, id)?;
    audit::append(tx, caller, Event { name: "user.removed", subject: Some(id.0), ..Event::default() })?;
    Ok(())
}

/// Adds a group with its members.
pub fn add_group(tx: &mut Tx<'_>, caller: &Caller, name: &str, members: &[UserId]) -> Result<Group, WorkflowError> {
    let name = &validate::thing_name("name", name)?;
    let group = store::users::add_group(tx, name).map_err(|error| taken("name", name, error))?;
    for member in members {
        add_member(tx, caller, group.id, *member)?;
    }
    audit::append(tx, caller, Event { name: "group.added", subject: Some(group.id.0), ..Event::default() })?;
    Ok(group)
}

/// Renames a group.
pub fn rename_group(tx: &mut Tx<'_>, caller: &Caller, id: GroupId, name: &str) -> Result<Group, WorkflowError> {
    renamed(tx, caller, (What::Group, "group.renamed"), name, id.0, |tx, name| store::users::rename_group(tx, id, name))?;
    store::users::find_group(tx, id)?.ok_or(WorkflowError::NotFound(What::Group))
}

/// Renames a bundle.
pub fn rename_bundle(tx: &mut Tx<'_>, caller: &Caller, id: BundleId, name: &str) -> Result<Bundle, WorkflowError> {
    renamed(tx, caller, (What::Bundle, "bundle.renamed"), name, id.0, |tx, name| store::bundles::rename(tx, id, name))?;
    store::bundles::find(tx, id)?.ok_or(WorkflowError::NotFound(What::Bundle))
}

fn renamed(
    tx: &mut Tx<'_>,
    caller: &Caller,
    (what, event): (What, &'static str),
    name: &str,
    subject: i64,
    rename: impl FnOnce(&mut Tx<'_>, &str) -> Result<bool, StoreError>,
) -> Result<(), WorkflowError> {
    super::authority::require_admin(caller)?;
    let name = &validate::thing_name("name", name)?;
    if !rename(tx, name).map_err(|error| taken("name", name, error))? {
        return Err(WorkflowError::NotFound(what));
    }
    Ok(audit::append(tx, caller, Event { name: event, subject: Some(subject), ..Event::default() })?)
}

/// Adds a person to a group.
pub fn add_member(tx: &mut Tx<'_>, caller: &Caller, group: GroupId, user: UserId) -> Result<(), WorkflowError> {
    store::users::add_member(tx, group, user)?;
    audit::append(tx, caller, Event { name: "group.member_added", subject: Some(user.0), ..Event::default() })?;
    Ok(())
}

/// Adds a bundle with its resources. Unknown resources become the owner's.
pub fn add_bundle(
    tx: &mut Tx<'_>,
    caller: &Caller,
    name: &str,
    owner: Option<UserId>,
    level: Level,
    uris: &[String],
) -> Result<Bundle, WorkflowError> {
    let name = &validate::thing_name("name", name)?;
    let bundle = store::bundles::add(tx, name, owner, level).map_err(|error| taken("name", name, error))?;
    for uri in uris {
        check_uri("resource", uri)?;
        let resource = match (store::bundles::find_resource(tx, uri)?, owner) {
            (Some(resource), _) => resource,
            (None, Some(owner)) => add_resource(tx, caller, uri, uri, ResourceKind::File, owner)?,
            (None, None) => {
                return Err(WorkflowError::invalid(
                    "resource",
                    "a bundle without an owner is a relationship and holds no resources",
                ));
            }
        };
        if Some(resource.owner) != owner {
            return Err(WorkflowError::invalid("resource", format!("{uri:?} belongs to somebody else than the bundle")));
        }
        store::bundles::put_in(tx, bundle.id, resource.id)?;
    }
    audit::append(tx, caller, Event { name: "bundle.added", subject: Some(bundle.id.0), ..Event::default() })?;
    Ok(bundle)
}

/// Gives a bundle a new owner. Grants stay, with the new owner as grantor. Pending requests wait for the new owner, and old
/// links say so. Offers of the old owner are cancelled.
pub fn hand_over(tx: &mut Tx<'_>, caller: &Caller, id: BundleId, to: UserId) -> Result<(), WorkflowError> {
    super::authority::require_admin(caller)?;
    let bundle = store::bundles::find(tx, id)?.ok_or(WorkflowError::NotFound(What::Bundle))?;
    store::users::find(tx, to)?.ok_or(WorkflowError::NotFound(What::User))?;
    let Some(from) = bundle.owner else {
        return Err(WorkflowError::invalid("owner", "a relationship has no owner to hand it over"));
    };
    store::bundles::set_owner(tx, id, to)?;
    grants::set_grantor(tx, id, from, to)?;
    for pending in requests::pending_of(tx, Cause::Bundle(id))? {
        if pending.kind == RequestKind::Invite && pending.initiator == Some(from) {
            close::cancel(tx, caller, &pending, WhyCancelled::OffererNotOwner)?;
        } else if pending.allowed == to {
            close::cancel(tx, caller, &pending, WhyCancelled::GranteeIsOwner)?;
        } else if pending.kind == RequestKind::Ask {
            let Some(generation) = requests::count_email(tx, pending.id, pending.letters)? else {
                let is_pending = requests::find(tx, pending.id)?.is_some_and(|now| now.state == RequestState::Pending);
                if is_pending {
                    return Err(StoreError::Conflict("an email of it was sent again at this moment".into()).into());
                }
                // Decided concurrently, so there is nothing to redirect.
                continue;
            };
            let is_known = outbox::cancel_for(tx, pending.id, EmailKind::WITH_TOKEN)?;
            requests::set_target(tx, pending.id, to)?;
            if is_known {
                outbox::add(tx, EmailKind::AnotherDecides, from, Some(pending.id), generation)?;
            }
            outbox::add(tx, EmailKind::Decide, to, Some(pending.id), generation)?;
        }
    }
    audit::append(tx, caller, Event { name: "bundle.handed_over", subject: Some(id.0), ..Event::default() })?;
    Ok(())
}

/// Deletes a bundle: cancels its requests and revokes its grants.
pub fn remove_bundle(tx: &mut Tx<'_>, caller: &Caller, id: BundleId) -> Result<(), WorkflowError> {
    super::authority::require_admin(caller)?;
    // Deletes the bundle first. Later grants are then impossible, and the queries below see concurrent ones.
    if !store::bundles::delete(tx, id)? {
        return Err(WorkflowError::NotFound(What::Bundle));
    }
    for pending in requests::pending_of(tx, Cause::Bundle(id))? {
        close::cancel(tx, caller, &pending, WhyCancelled::ThingGone)?;
    }
    shares::end(tx, caller, Roots::Bundle(id), None)?;
    audit::append(tx, caller, Event { name: "bundle.removed", subject: Some(id.0), ..Event::default() })?;
    Ok(())
}

/// Whether a URI names a bundle or person of this instance (`/api/bundle/7/`).
pub fn is_of_ours(uri: &str) -> bool {
    ["/api/bundle/", "/api/user/"]
        .iter()
        .any(|prefix| uri.strip_prefix(prefix).is_some_and(|id| name::is_number(id.strip_suffix('/').unwrap_or(id))))
}

pub(super) fn check_uri(field: &'static str, uri: &str) -> Result<(), WorkflowError> {
    if uri.is_empty() || uri.len() > URI_BYTES || uri.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(WorkflowError::invalid(field, format!("1 to {URI_BYTES} bytes without blanks and control characters")));
    }
    Ok(())
}

/// Refuses a URI that could name another object: an id, or the URI of a bundle or a person.
fn check_new_uri(field: &'static str, uri: &str) -> Result<(), WorkflowError> {
    check_uri(field, uri)?;
    if name::is_number(uri) {
        return Err(WorkflowError::invalid(field, format!("{uri:?} would be taken for an id; write a URI like /files/{uri}")));
    }
    if is_of_ours(uri) {
        return Err(WorkflowError::invalid(
            field,
            format!("{uri:?} is the URI of something else here; write a URI of the app's own"),
        ));
    }
    Ok(())
}

/// Adds a resource.
pub fn add_resource(
    tx: &mut Tx<'_>,
    caller: &Caller,
    uri: &str,
    name: &str,
    kind: ResourceKind,
    owner: UserId,
) -> Result<Resource, WorkflowError> {
    check_new_uri("uri", uri)?;
    // A resource without a name has its URI as its name, which may be longer than a name.
    let name = &if name == uri { uri.to_owned() } else { validate::shown_name("name", name)? };
    let resource = store::bundles::add_resource(tx, uri, name, kind, owner).map_err(|error| taken("uri", uri, error))?;
    audit::append(tx, caller, Event { name: "resource.added", subject: Some(resource.id.0), ..Event::default() })?;
    Ok(resource)
}

/// A new key.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The key's name, and that of a new app.
    pub name: String,
    /// The app; none for a new one.
    pub app: Option<AppId>,
    /// The owner.
    pub user: Option<UserId>,
    pub scopes: Scopes,
    /// The allowed link targets of emails.
    pub redeem_urls: Vec<String>,
}

/// Creates a key; its secret is shown only once.
pub fn add_key(tx: &mut Tx<'_>, caller: &Caller, rng: &Rng, new: &NewKey) -> Result<Secret, WorkflowError> {
    let name = validate::shown_name("name", &new.name)?;
    validate::check_name("name", &name, false)?;
    check_redeem_urls(&new.redeem_urls)?;
    let app = match new.app {
        Some(id) => store::apps::find(tx, id)?.ok_or_else(|| unknown_app(id))?.id,
        None => store::apps::add(tx, &name, &[])?.id,
    };
    let secret = FreshSecret::draw(rng)?;
    let NewKey { user, scopes, ref redeem_urls, .. } = *new;
    let key = credentials::StoredKey { app, name: &name, user, secret: secret.hash(), scopes, redeem_urls, lasts: KEY_LASTS };
    let id = credentials::add_key(tx, &key)?;
    audit::append(tx, caller, Event { name: "key.added", subject: Some(id.0), ..Event::default() })?;
    Ok(secret.with_id(SecretKind::Key, id.0))
}

/// Revokes a key; grants stay. With the last live key of an app, its pending requests are cancelled.
pub fn revoke_key(tx: &mut Tx<'_>, caller: &Caller, id: KeyId) -> Result<(), WorkflowError> {
    let key = credentials::find_key(tx, id)?.ok_or(WorkflowError::NotFound(What::Key))?;
    if !credentials::revoke_key(tx, id)? {
        return Err(WorkflowError::NotFound(What::Key));
    }
    let now = tx.now();
    if !credentials::lock_keys_of(tx, key.app)?.iter().any(|key| key.is_live_at(now)) {
        for pending in requests::pending_of(tx, Cause::App(key.app))? {
            close::cancel(tx, caller, &pending, WhyCancelled::AppGone)?;
        }
    }
    audit::append(tx, caller, Event { name: "key.revoked", subject: Some(id.0), ..Event::default() })?;
    Ok(())
}

fn check_redeem_urls(prefixes: &[String]) -> Result<(), WorkflowError> {
    for prefix in prefixes {
        web_url::redeem_prefix(prefix).map_err(|bad| WorkflowError::invalid("redeem_url", format!("{prefix:?}: {bad}")))?;
    }
    Ok(())
}

fn unknown_app(id: AppId) -> WorkflowError {
    WorkflowError::Unknown { field: "app", value: id.to_string(), hint: "`countersign app list` names all" }
}

/// Adds an app without a key.
pub fn add_app(tx: &mut Tx<'_>, caller: &Caller, name: &str, redeem_urls: &[String]) -> Result<App, WorkflowError> {
    let name = validate::shown_name("name", name)?;
    validate::check_name("name", &name, false)?;
    check_redeem_urls(redeem_urls)?;
    let app = store::apps::add(tx, &name, redeem_urls)?;
    audit::append(tx, caller, Event { name: "app.added", subject: Some(app.id.0), ..Event::default() })?;
    Ok(app)
}

/// Changes the name or the allowed links of an app.
pub fn set_app(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: AppId,
    name: Option<&str>,
    redeem_urls: Option<&[String]>,
) -> Result<App, WorkflowError> {
    let mut app = store::apps::find(tx, id)?.ok_or_else(|| unknown_app(id))?;
    if let Some(name) = name {
        app.name = validate::shown_name("name", name)?;
        validate::check_name("name", &app.name, false)?;
    }
    if let Some(redeem_urls) = redeem_urls {
        check_redeem_urls(redeem_urls)?;
        app.redeem_urls = redeem_urls.to_vec();
    }
    store::apps::set(tx, &app)?;
    audit::append(tx, caller, Event { name: "app.changed", subject: Some(id.0), ..Event::default() })?;
    Ok(app)
}

fn taken(field: &'static str, value: &str, error: StoreError) -> WorkflowError {
    if error.is_violation() { WorkflowError::Taken { field, value: value.to_owned() } } else { error.into() }
}
