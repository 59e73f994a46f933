//! Worlds of grants of one shape and two sizes, and questions about them: each resource is given to ten, each person holds a
//! hundred, of single resources, of whole bundles and as a member of groups. What grows is how many there are.

use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result};
use countersign::clock::Clock;
use countersign::config::Config;
use countersign::domain::{
    Address, BundleId, Caller, GranteeKind, GroupId, Level, NewUser, PrincipalId, ResourceId, ResourceKind, Scope, UserId,
};
use countersign::store::grants::{self, NewGrant};
use countersign::store::{Store, Tx, bundles, users};
use countersign::token::Chance;
use countersign::workflow::{Refusal, account};

use crate::http::{self, Requests};
use crate::people;

/// Grants of the two worlds.
pub(crate) const SIZES: [u64; 2] = [10_000, 1_000_000];
/// What each resource is given as often, and how much each person holds.
const GIVEN: u64 = 10;
const HELD: u64 = 100;
/// Distinct questions; with more, their bytes would not stay in the processor.
const QUESTIONS: u64 = 4_096;
const STEP: u64 = 1_000;

/// A database of grants, and the key to ask about them.
pub(crate) struct World {
    grants: u64,
    key: String,
}

/// Who and what there is.
struct Cast {
    people: Vec<UserId>,
    groups: Vec<GroupId>,
    resources: Vec<ResourceId>,
    bundles: Vec<BundleId>,
}

impl World {
    /// Writes one through the library.
    pub(crate) fn settle(database: &Path, grants: u64) -> Result<Self> {
        let config = Config::build(None, people::settings(&people::sqlite(database)))?;
        let store = Store::open(&config.database, config.limits.write_queue, Clock::System)?;
        store.migrate()?;
        let (persons, things) = (grants / HELD, grants / GIVEN);
        let people = in_steps(&store, persons, |tx, n| Ok(users::add(tx, &person(n)?)?.id))?;
        let owner = *people.first().context("nobody")?;
        let groups = in_steps(&store, persons / 10, |tx, n| Ok(users::add_group(tx, &format!("Group {n}"))?.id))?;
        let members = (people.clone(), groups.clone());
        // Everybody is in two groups of twenty.
        in_steps(&store, persons * 2, move |tx, n| {
            let group = at(&members.1, n / 20)?;
            Ok(users::add_member(tx, group, at(&members.0, n)?)?)
        })?;
        let resources =
            in_steps(&store, things, move |tx, n| Ok(bundles::add_resource(tx, &uri(n), "", ResourceKind::File, owner)?.id))?;
        let bundles =
            in_steps(&store, things / 100, move |tx, n| Ok(bundles::add(tx, &format!("B{n}"), Some(owner), Level::View)?.id))?;
        let parts = (bundles.clone(), resources.clone());
        // Each tenth resource is in a bundle of ten.
        in_steps(&store, things / 10, move |tx, n| Ok(bundles::put_in(tx, at(&parts.0, n / 10)?, at(&parts.1, n * 10)?)?))?;
        let cast = Cast { people, groups, resources, bundles };
        in_steps(&store, grants, move |tx, n| give(tx, &cast, owner, n))?;
        let new = account::NewKey {
            name: "Check".into(),
            user: None,
            scopes: [Scope::Check].into_iter().collect(),
            redeem_urls: Vec::new(),
        };
        let key = store.write_sync(move |tx| account::add_key(tx, &Caller::operator(), &Chance::System, &new))?;
        Ok(Self { grants, key: key.reveal().to_string() })
    }

    /// Evaluations: of each two, one is of what somebody was given, one of what somebody else was.
    pub(crate) fn evaluations(&self) -> Requests {
        let authorization = format!("Bearer {}", self.key);
        let questions = (0..QUESTIONS).map(|question| {
            let n = (question * 7_919_113) % self.grants;
            let (person, thing) = (receiver(self.grants, n + question % 2), n / GIVEN);
            let body = format!(
                r#"{{"subject":{{"type":"user","id":"{}"}},"action":{{"name":"read"}},"resource":{{"type":"record","id":"{thing}"}}}}"#,
                address(person)
            );
            http::request("POST", "/access/v1/evaluation", &authorization, &body)
        });
        Rc::new(questions.collect())
    }
}

/// A grant: mostly of one resource to one person, of each ten one to a group and one of a whole bundle.
fn give(tx: &mut Tx<'_>, cast: &Cast, by: UserId, n: u64) -> Result<(), Refusal> {
    let resource = at(&cast.resources, n / GIVEN)?;
    let person = at(&cast.people, receiver(cast.people.len() as u64 * HELD, n))?;
    let (kind, grantee): (_, PrincipalId) = if n % GIVEN == 8 {
        (GranteeKind::Group, at(&cast.groups, n / GIVEN)?.into())
    } else {
        (GranteeKind::User, person.into())
    };
    let bundle = if n % GIVEN == 9 { Some(at(&cast.bundles, n / GIVEN / 100)?) } else { None };
    let new = NewGrant {
        request: None,
        parent: None,
        grantor: by,
        owner: by,
        grantee_kind: kind,
        grantee: Some(grantee),
        bundle,
        resources: if bundle.is_some() { &[] } else { std::slice::from_ref(&resource) },
        level: Level::View,
        reshare: 0,
        starts_at: None,
        ends_at: None,
        is_enabled: true,
        comment: "",
        tenant: None,
        attributes: None,
        created_by: Some(by),
    };
    grants::add(tx, &new)?;
    Ok(())
}

/// Whom the `n`th grant is to: they come in no order, so that a person's grants lie on many pages, as they would.
fn receiver(grants: u64, n: u64) -> u64 {
    (n.wrapping_mul(2_654_435_761) >> 7) % (grants / HELD)
}

fn uri(n: u64) -> String {
    format!("record:{n}")
}

fn address(person: u64) -> String {
    format!("person{person}@mail.example")
}

fn person(n: u64) -> Result<NewUser, Refusal> {
    let address = Address::parse(&address(n)).map_err(|error| Refusal::invalid("email", error.to_string()))?;
    Ok(NewUser { first_name: "Ann".into(), last_name: "Lee".into(), ..NewUser::with_address(address) })
}

fn at<T: Copy>(list: &[T], n: u64) -> Result<T, Refusal> {
    let found = usize::try_from(n).ok().and_then(|n| list.get(n % list.len().max(1))).copied();
    found.ok_or_else(|| Refusal::invalid("grants", "the world is too small"))
}

/// Does something for each of `0..count`, a thousand in a transaction.
fn in_steps<T: Send + 'static>(
    store: &Store,
    count: u64,
    each: impl Fn(&mut Tx<'_>, u64) -> Result<T, Refusal> + Send + Sync + 'static,
) -> Result<Vec<T>> {
    let each = std::sync::Arc::new(each);
    let mut all = Vec::new();
    for start in (0..count).step_by(usize::try_from(STEP)?) {
        let (each, end) = (std::sync::Arc::clone(&each), count.min(start + STEP));
        all.extend(store.write_sync(move |tx| (start..end).map(|n| each(tx, n)).collect::<Result<Vec<T>, _>>())?);
    }
    Ok(all)
}
