//! What is read ahead, each in one statement for the whole batch. Rows that an operation holds while it runs are held here, in
//! the order in which it would: bundles, keys, people.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::pg::sql_types::Array;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::{LooksAt, Matter, Wants};
use crate::domain::{
    Bundle, BundleId, KeyId, Level, Request, RequestId, RequestItem, RequestState, TokenId, User, UserId, UserRef,
};
use crate::secret::Secret;
use crate::store::access::Answers;
use crate::store::credentials::{ApiKey, KeyRow};
use crate::store::schema::{api_keys, bundles as bundles_table, request_items, requests as requests_table, users as users_table};
use crate::store::sql::raw::{RawQuery, Statement, raw_query};
use crate::store::tokens::{self, StoredToken};
use crate::store::visible_users::seen;
use crate::store::{StoreError, bundles, requests, users};

/// When each budget is full again.
pub(in crate::store) type Budgets = HashMap<(String, i64), i64>;

/// What is known. A key without a value is known not to be there; no key says nothing.
#[derive(Default)]
pub(in crate::store) struct Facts {
    hold: Hold,
    users: HashMap<UserId, Option<User>>,
    pub(in crate::store) addresses: HashMap<String, UserId>,
    pub(in crate::store) bundles: HashMap<BundleId, Option<Bundle>>,
    pub(in crate::store) keys: HashMap<KeyId, Option<ApiKey>>,
    pub(in crate::store) pending: HashMap<Matter, Option<Request>>,
    pub(in crate::store) blocks: HashMap<UserId, Vec<(String, i64)>>,
    pub(in crate::store) cooldowns: HashMap<Matter, Option<i64>>,
    pub(in crate::store) budgets: Budgets,
    /// Whether a caller (a person, a key) may be shown somebody; see `store::seen`.
    pub(in crate::store) seen: HashMap<(i64, i64, i64), bool>,
    pub(in crate::store) tokens: HashMap<TokenId, Option<(StoredToken, Request)>>,
    pub(in crate::store) items: HashMap<RequestId, Vec<RequestItem>>,
    pub(in crate::store) answers: Answers,
    /// Grants that are known not to be there: of what, by whom, to whom.
    pub(in crate::store) no_grants: HashSet<(BundleId, UserId, UserId)>,
}

/// The budgets of these kinds and subjects, held in one order by all.
macro_rules! held_budgets {
    ($kinds:literal, $subjects:literal) => {
        concat!(
            "SELECT b.kind, b.subject, b.full_at FROM unnest(",
            $kinds,
            "::text[], ",
            $subjects,
            "::bigint[]) AS m (kind, subject) JOIN budgets b ON b.kind = m.kind AND b.subject = m.subject \
             ORDER BY b.kind, b.subject FOR UPDATE OF b"
        )
    };
}

// `LATERAL` with a `LIMIT` is looked up by index, once for each row before it, whatever the planner thinks of the tables: its
// statistics are old where a table grows fast, and it would rather read all that is pending. For the same reason no index over
// bundles is offered to `LiveBetween`: a relationship is between everybody, and all of it would be read.
raw_query! {
    HeldBack -> (Text, BigInt, BigInt, Text, BigInt) = concat!(
        "SELECT 'pending', f.id, 0::bigint, '', 0::bigint
         FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS m (target, allowed, items_key)
         CROSS JOIN LATERAL (SELECT r.id FROM requests r
             WHERE r.target_id = m.target AND r.allowed_id = m.allowed AND r.items_key = m.items_key AND r.state = 'pending'
             LIMIT 1) f
         UNION ALL SELECT 'cooldown', m.target, m.allowed, m.items_key, f.until_at
         FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS m (target, allowed, items_key)
         CROSS JOIN LATERAL (SELECT c.until_at FROM cooldowns c
             WHERE c.target_id = m.target AND c.allowed_id = m.allowed AND c.items_key = m.items_key LIMIT 1) f
         UNION ALL SELECT 'block', b.decider_id, b.blocked_id, b.kind, 0 FROM blocks b WHERE b.decider_id = ANY ($1)
         UNION ALL SELECT 'budget', h.subject, h.full_at, h.kind, 0
         FROM (", held_budgets!("$4", "$5"), ") h
         UNION ALL SELECT 'seen', m.viewer, m.other, '', m.key
         FROM unnest($6::bigint[], $7::bigint[], $8::bigint[]) AS m (viewer, other, key)
         WHERE EXISTS (", seen!("m.viewer", "= m.other", "m.key", "+"), ")");
    BudgetsThere -> BigInt =
        "INSERT INTO budgets (kind, subject, full_at)
         SELECT m.kind, m.subject, $3 FROM unnest($1::text[], $2::bigint[]) AS m (kind, subject) ON CONFLICT DO NOTHING";
    BudgetsOf -> (Text, BigInt, BigInt) = held_budgets!("$1", "$2");
    LiveBetween -> (BigInt, BigInt, BigInt) =
        "SELECT m.bundle, m.grantor, m.grantee
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS m (bundle, grantor, grantee)
         CROSS JOIN LATERAL (SELECT 1 FROM grants g
             WHERE g.grantor_id = m.grantor AND g.grantee_id = m.grantee AND g.bundle_id + 0 = m.bundle
                 AND g.revoked_at IS NULL AND g.is_enabled AND (g.ends_at IS NULL OR g.ends_at > $4) LIMIT 1) f";
}

/// In the order in which rows are held.
fn sorted(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut ids: Vec<i64> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// How people's rows are held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) enum Hold {
    #[default]
    No,
    Shared,
    Alone,
}

/// Those who call, and what they look at.
pub(super) fn of_looks(conn: &mut PgConnection, now: DateTime<Utc>, wants: &[&Wants]) -> Result<Facts, StoreError> {
    let mut facts = Facts::default();
    let (mut callers, mut ids, mut tokens, mut asked) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for want in wants {
        let Wants::Caller { key, user, at } = want else { continue };
        callers.extend(key.as_ref().map(|secret| KeyId(secret.id())));
        ids.extend(*user);
        match at {
            LooksAt::Nothing => {}
            LooksAt::Token(id) => tokens.push(id.0),
            LooksAt::Held(questions) => asked.push((key, questions)),
        }
    }
    facts.read_keys(conn, callers, Hold::No)?;
    // Whoever has no key of ours has nothing looked up.
    asked.retain(|(key, _)| key.as_ref().is_none_or(|secret| facts.is_key(secret, now)));
    let asked: Vec<_> = asked.into_iter().flat_map(|(_, questions)| questions).collect();
    facts.answers = Answers::read(conn, now.timestamp_micros(), &asked)?;
    ids.extend(facts.keys.values().flatten().filter_map(|key| key.user));
    facts.read_tokens(conn, tokens)?;
    ids.extend(facts.asked().flat_map(|request| [request.target, request.allowed]));
    facts.read_bundles(conn, facts.asked_for(), Hold::No)?;
    facts.read_users(conn, ids, Vec::new(), Hold::No)?;
    Ok(facts)
}

/// What filings look at.
pub(super) fn of_filings(conn: &mut PgConnection, now: DateTime<Utc>, wants: &[&Wants]) -> Result<Facts, StoreError> {
    let mut facts = Facts::default();
    let (mut of, mut by, mut ids, mut addresses) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for want in wants {
        let Wants::Filing { target, allowed, bundle, user, key, .. } = want else { continue };
        of.push(*bundle);
        by.extend(*key);
        ids.extend(*user);
        for person in [target, allowed] {
            match person {
                UserRef::Id(id) => ids.push(*id),
                UserRef::Address(address) => addresses.push(address.to_string()),
            }
        }
    }
    facts.read_bundles(conn, of, Hold::Shared)?;
    facts.read_keys(conn, by, Hold::Shared)?;
    facts.read_users(conn, ids, addresses, Hold::Shared)?;
    let (mut matters, mut taken, mut looks) = (Vec::new(), Vec::new(), Vec::new());
    for want in wants {
        let Wants::Filing { target, allowed, bundle, user, key, budgets } = want else { continue };
        let (Some(target), Some(allowed)) = (facts.named(target), facts.named(allowed)) else { continue };
        let (viewer, key) = (user.map_or(0, |id| id.0), key.map_or(0, |id| id.0));
        looks.extend([target, allowed].into_iter().filter(|id| Some(*id) != *user).map(|id| (viewer, id.0, key)));
        let items = [RequestItem { bundle: Some(*bundle), resource: None, level: Level::View }];
        matters.push(Matter { target, allowed, items_key: requests::items_key(&items) });
        let Some(target) = facts.users.get(&target).and_then(Option::as_ref) else { continue };
        taken.extend(budgets.iter().filter_map(|(kind, subject)| Some((*kind, subject.of(target)?))));
    }
    taken.sort_unstable();
    taken.dedup();
    let (kinds, subjects): (Vec<&str>, Vec<i64>) = taken.into_iter().unzip();
    facts.read_held_back(conn, &matters, &kinds, &subjects, &looks)?;
    if facts.budgets.len() < kinds.len() {
        // This is in others' way where they make the same ones; a batch waits for nobody long, and is told one by one.
        facts.budgets = hold_budgets(conn, now.timestamp_micros(), &kinds, &subjects)?;
    }
    Ok(facts)
}

/// What a yes by token looks at.
pub(super) fn of_tokens(conn: &mut PgConnection, now: DateTime<Utc>, wants: &[&Wants]) -> Result<Facts, StoreError> {
    let mut facts = Facts::default();
    let ids = wants.iter().filter_map(|want| if let Wants::Token(id) = want { Some(id.0) } else { None });
    facts.read_tokens(conn, ids.collect())?;
    facts.read_bundles(conn, facts.asked_for(), Hold::Shared)?;
    facts.read_keys(conn, facts.asked().filter_map(|request| request.key).collect(), Hold::Shared)?;
    let people = facts.asked().flat_map(|request| [Some(request.target), Some(request.allowed), request.initiator]);
    facts.read_users(conn, people.flatten().collect(), Vec::new(), Hold::Alone)?;
    let mut between = Vec::new();
    for request in facts.asked() {
        let bundle = facts.items.get(&request.id).and_then(|items| items.first()?.bundle);
        let Some(bundle) = bundle.and_then(|id| facts.bundles.get(&id)?.as_ref()) else { continue };
        between.push((bundle.id, bundle.owner.unwrap_or(request.target), request.allowed));
    }
    facts.read_grants(conn, now.timestamp_micros(), between)?;
    Ok(facts)
}

/// Makes those of these budgets that are not there yet, and holds all of them; when each is full again. They are in the order
/// in which all are held. Made before any is held: two who held some and made others could wait for each other.
pub(in crate::store) fn hold_budgets(
    conn: &mut PgConnection,
    now: i64,
    kinds: &[&str],
    subjects: &[i64],
) -> Result<Budgets, StoreError> {
    let there = sql_query(BudgetsThere::TEXT).bind::<Array<Text>, _>(kinds).bind::<Array<BigInt>, _>(subjects);
    Statement::<BudgetsThere, _>::of(there.bind::<BigInt, _>(now)).execute(conn)?;
    let held = sql_query(BudgetsOf::TEXT).bind::<Array<Text>, _>(kinds).bind::<Array<BigInt>, _>(subjects);
    let rows: Vec<(String, i64, i64)> = Statement::<BudgetsOf, _>::of(held).load(conn)?;
    Ok(rows.into_iter().map(|(kind, subject, full_at)| ((kind, subject), full_at)).collect())
}

impl Facts {
    /// Somebody, held at least so.
    pub(in crate::store) fn user(&self, id: UserId, hold: Hold) -> Option<&Option<User>> {
        if self.hold < hold { None } else { self.users.get(&id) }
    }

    /// Whether a request is known to be pending. From now on nothing is known of it: it is being decided.
    pub(in crate::store) fn take_pending(&mut self, id: RequestId) -> bool {
        let known = self.tokens.len();
        self.tokens.retain(|_, found| found.as_ref().is_none_or(|(_, request)| request.id != id));
        self.tokens.len() < known
    }

    /// Whether that is the secret of a key that is good now.
    fn is_key(&self, secret: &Secret, now: DateTime<Utc>) -> bool {
        let key = self.keys.get(&KeyId(secret.id())).and_then(Option::as_ref);
        secret.matches(key.map(|key| key.secret_hash.as_slice())) && key.is_some_and(|key| key.is_live_at(now))
    }

    /// The requests that the tokens decide.
    fn asked(&self) -> impl Iterator<Item = &Request> {
        self.tokens.values().flatten().map(|(_, request)| request)
    }

    /// The bundles that these ask for.
    fn asked_for(&self) -> Vec<BundleId> {
        self.items.values().flatten().filter_map(|item| item.bundle).collect()
    }

    pub(super) fn named(&self, person: &UserRef) -> Option<UserId> {
        match person {
            UserRef::Id(id) => Some(*id),
            UserRef::Address(address) => self.addresses.get(address.as_str()).copied(),
        }
    }

    fn read_users(
        &mut self,
        conn: &mut PgConnection,
        ids: Vec<UserId>,
        addresses: Vec<String>,
        hold: Hold,
    ) -> Result<(), StoreError> {
        self.hold = hold;
        if ids.is_empty() && addresses.is_empty() {
            return Ok(());
        }
        let numbers = sorted(ids.iter().map(|id| id.0));
        // An address that nobody has says nothing here: the operation makes somebody known by it.
        let those = users_table::id.eq_any(numbers).or(users_table::email.eq_any(addresses));
        let query = users_table::table.filter(those).filter(users_table::deleted_at.is_null());
        let query = query.order(users_table::id.asc()).select(users::Row::columns());
        let rows: Vec<users::Row> = match hold {
            Hold::No => query.load(conn)?,
            Hold::Shared => query.for_share().load(conn)?,
            Hold::Alone => query.for_no_key_update().load(conn)?,
        };
        self.users.extend(ids.into_iter().map(|id| (id, None)));
        for user in rows.into_iter().map(User::from) {
            self.addresses.insert(user.email.to_string(), user.id);
            self.users.insert(user.id, Some(user));
        }
        Ok(())
    }

    /// Only of what is pending: of the others the operation tells more.
    fn read_tokens(&mut self, conn: &mut PgConnection, ids: Vec<i64>) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut by = HashMap::new();
        for (token, request, item) in tokens::find_all(conn, &ids)? {
            // A request may have several tokens, each of which came with what it asks for.
            if *by.entry(request.id).or_insert(token.id) == token.id {
                self.items.entry(request.id).or_default().push(item);
            }
            self.tokens.insert(token.id, Some((token, request)));
        }
        for id in ids {
            self.tokens.entry(TokenId(id)).or_insert(None);
        }
        self.tokens.retain(|_, found| found.as_ref().is_none_or(|(_, request)| request.state == RequestState::Pending));
        Ok(())
    }

    fn read_bundles(&mut self, conn: &mut PgConnection, ids: Vec<BundleId>, hold: Hold) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let those = bundles_table::id.eq_any(sorted(ids.iter().map(|id| id.0)));
        let query = bundles_table::table.filter(those).filter(bundles_table::deleted_at.is_null());
        let query = query.order(bundles_table::id.asc()).select(bundles::Row::columns());
        let rows: Vec<bundles::Row> = match hold {
            Hold::No => query.load(conn)?,
            _ => query.for_share().load(conn)?,
        };
        self.bundles.extend(ids.into_iter().map(|id| (id, None)));
        for row in rows {
            let bundle = Bundle::try_from(row)?;
            self.bundles.insert(bundle.id, Some(bundle));
        }
        Ok(())
    }

    fn read_keys(&mut self, conn: &mut PgConnection, ids: Vec<KeyId>, hold: Hold) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let those = api_keys::id.eq_any(sorted(ids.iter().map(|id| id.0)));
        let query = api_keys::table.filter(those).order(api_keys::id.asc()).select(KeyRow::columns());
        let rows: Vec<KeyRow> = match hold {
            Hold::No => query.load(conn)?,
            _ => query.for_share().load(conn)?,
        };
        self.keys.extend(ids.into_iter().map(|id| (id, None)));
        self.keys.extend(rows.into_iter().map(ApiKey::from).map(|key| (key.id, Some(key))));
        Ok(())
    }

    /// What may hold filings back: a pending one for the same, a pause after a decline, a block, a budget. Budgets are held:
    /// of two who take at once, the second must see what the first left. Also whether those who file may see whom they name.
    fn read_held_back(
        &mut self,
        conn: &mut PgConnection,
        matters: &[Matter],
        kinds: &[&str],
        subjects: &[i64],
        looks: &[(i64, i64, i64)],
    ) -> Result<(), StoreError> {
        let look = |of: fn(&(i64, i64, i64)) -> i64| looks.iter().map(of).collect::<Vec<i64>>();
        let query = sql_query(HeldBack::TEXT)
            .bind::<Array<BigInt>, _>(matters.iter().map(|matter| matter.target.0).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(matters.iter().map(|matter| matter.allowed.0).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(matters.iter().map(|matter| matter.items_key.as_str()).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(kinds)
            .bind::<Array<BigInt>, _>(subjects)
            .bind::<Array<BigInt>, _>(look(|(viewer, ..)| *viewer))
            .bind::<Array<BigInt>, _>(look(|(_, other, _)| *other))
            .bind::<Array<BigInt>, _>(look(|(.., key)| *key));
        self.seen.extend(looks.iter().map(|(viewer, other, key)| ((*viewer, *key, *other), false)));
        let rows: Vec<(String, i64, i64, String, i64)> = Statement::<HeldBack, _>::of(query).load(conn)?;
        for matter in matters {
            self.pending.insert(matter.clone(), None);
            self.cooldowns.insert(matter.clone(), None);
            self.blocks.insert(matter.target, Vec::new());
        }
        let mut pending = Vec::new();
        for (what, first, second, text, until) in rows {
            match what.as_str() {
                "pending" => pending.push(first),
                "cooldown" => {
                    let matter = Matter { target: UserId(first), allowed: UserId(second), items_key: text };
                    self.cooldowns.insert(matter, Some(until));
                }
                "budget" => drop(self.budgets.insert((text, first), second)),
                "seen" => drop(self.seen.insert((first, until, second), true)),
                _ => self.blocks.entry(UserId(first)).or_default().push((text, second)),
            }
        }
        self.read_pending(conn, pending)
    }

    fn read_pending(&mut self, conn: &mut PgConnection, ids: Vec<i64>) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let those = requests_table::table.filter(requests_table::id.eq_any(ids));
        let those = those.inner_join(request_items::table.on(request_items::request_id.eq(requests_table::id)));
        let those = those.order((requests_table::id.asc(), request_items::position.asc()));
        let rows: Vec<(requests::Row, String, requests::ItemRow)> =
            those.select((requests::Row::columns(), requests_table::items_key, requests::ItemRow::columns())).load(conn)?;
        for (row, items_key, item) in rows {
            let (id, item) = item.try_into()?;
            self.items.entry(id).or_default().push(item);
            let request = Request::try_from((row, None))?;
            let matter = Matter { target: request.target, allowed: request.allowed, items_key };
            self.pending.insert(matter, Some(request));
        }
        Ok(())
    }

    fn read_grants(
        &mut self,
        conn: &mut PgConnection,
        now: i64,
        between: Vec<(BundleId, UserId, UserId)>,
    ) -> Result<(), StoreError> {
        let part = |of: fn(&(BundleId, UserId, UserId)) -> i64| between.iter().map(of).collect::<Vec<i64>>();
        let query = sql_query(LiveBetween::TEXT)
            .bind::<Array<BigInt>, _>(part(|(bundle, ..)| bundle.0))
            .bind::<Array<BigInt>, _>(part(|(_, grantor, _)| grantor.0))
            .bind::<Array<BigInt>, _>(part(|(.., grantee)| grantee.0))
            .bind::<BigInt, _>(now);
        let there: Vec<(i64, i64, i64)> = Statement::<LiveBetween, _>::of(query).load(conn)?;
        let there: HashSet<_> =
            there.into_iter().map(|(bundle, grantor, grantee)| (BundleId(bundle), UserId(grantor), UserId(grantee))).collect();
        self.no_grants.extend(between.into_iter().filter(|triple| !there.contains(triple)));
        Ok(())
    }
}
