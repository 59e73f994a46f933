//! Lists that a real streaming replica tells, behind a house with every API in use: what it may tell, how far it may be behind,
//! and that nothing depends on it.

use std::sync::Mutex;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use countersign::clock::Clock;
use countersign::config::Config;
use countersign::domain::{Caller, NewUser, RequestId, Scope, User};
use countersign::store::{self, Fault, Following, Standing, Store, StoreError, Tx, users};
use countersign::workflow::Refusal;
use serde_json::json;

use crate::api::eluvio::TENANT;
use crate::attacks::{ANN, BOB, ROOT, Siege};
use crate::pages::browser::Browser;
use crate::support::house::{House, address, person, runtime};
use crate::support::http::Site;
use crate::support::postgres::{Cluster, Durability};
use crate::support::proxy::{Proxy, Rule};
use crate::support::wait_until;

const REQUESTS: &str = "/api/bundle_permission_request/";
const PERMISSIONS: &str = "/api/bundle_permission/";

/// A primary, its standby, and a database on both.
struct Pair {
    primary: Cluster,
    standby: Cluster,
    url: String,
}

impl Pair {
    fn start() -> Self {
        let primary = Cluster::start(Durability::Full);
        let url = primary.create_empty_database();
        let standby = primary.standby();
        Self { primary, standby, url }
    }

    /// A line to the standby, and the database at its end.
    fn by_proxy(&self) -> (Proxy, String) {
        let line = Proxy::to(self.standby.port);
        let url = self.standby.here(&self.url).replace(&self.standby.port.to_string(), &line.port.to_string());
        (line, url)
    }

    /// A house on the primary whose lists the standby tells.
    fn siege(&self, lag: &str) -> Siege {
        let house = House::elsewhere(&self.url);
        let siege = Siege::lay_with(&house, &settings(&self.standby.here(&self.url), lag));
        caught_up(&siege.house().store);
        siege
    }

    /// From now on the standby hears of everything, and shows nothing of it.
    fn pause(&self) {
        self.pause_at(&self.standby);
    }

    fn pause_at(&self, standby: &Cluster) {
        standby.run("SELECT pg_wal_replay_pause()");
        wait_until("replay to be paused", || {
            // It looks whether it is to pause when something comes.
            self.primary.run("SELECT pg_logical_emit_message(false, 'test', 'a word')");
            (standby.text(&self.url, "pg_get_wal_replay_pause_state()") == "paused").then_some(())
        });
    }

    fn resume(&self) {
        self.standby.run("SELECT pg_wal_replay_resume()");
    }
}

fn settings(replica: &str, lag: &str) -> String {
    format!("[database]\nreplica_url = \"{replica}\"\nreplica_lag = \"{lag}\"\n")
}

fn follow(store: &Store) -> Following {
    runtime().block_on(store.follow());
    store.following().unwrap()
}

/// Waits until the replica shows all that was done until now.
fn caught_up(store: &Store) {
    let start = Instant::now();
    wait_until("the replica to show everything", || {
        let seen = follow(store);
        (seen.standing == Standing::Follows && seen.behind? < start.elapsed()).then_some(())
    });
}

fn stands(store: &Store, wanted: Standing) {
    wait_until(wanted.as_str(), || (follow(store).standing == wanted).then_some(()));
}

fn told(store: &Store) -> u64 {
    store.following().unwrap().told
}

/// Lists that the primary told for this reason.
fn told_since(store: &Store, why: &str) -> u64 {
    store.following().unwrap().told_by_primary.iter().find(|(word, _)| *word == why).unwrap().1
}

/// A list that nobody in particular looks at.
fn list<T: Send + 'static, E: Fault>(
    store: &Store,
    f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static,
) -> Result<T, E> {
    runtime().block_on(store.list(&Caller::operator(), None, move |tx, _| f(tx)))
}

/// How many there are in one of the lists of the API.
fn total(site: &Site, who: &str, path: &str) -> u64 {
    let answer = site.send(who, "GET", path, "");
    assert_eq!(answer.status, 200, "{answer}");
    answer.json()["meta"]["total_count"].as_u64().unwrap()
}

/// Sends a request of Bob's to a daemon: for a new bundle of Ann's.
fn asks(site: &Site, siege: &Siege, who: &str, name: &str) -> String {
    let bundle = siege.house().bundle(name, &siege.cast.ann);
    let body = json!({ "user_target": ANN, "user_allowed": BOB, "bundle": bundle.id.0 });
    let made = site.send(who, "POST", REQUESTS, &body.to_string());
    assert_eq!(made.status, 201, "{made}");
    made.json()["resource_uri"].as_str().unwrap().to_owned()
}

#[test]
fn lists_are_told_by_the_replica_and_nothing_that_lets_somebody_in_is() {
    let pair = Pair::start();
    let siege = pair.siege("1h");
    let (here, store) = (siege.site(), &siege.house().store);
    // Another daemon, so that this one knows of nobody's deeds there.
    let there = Site::with(siege.house(), "");
    let mut anns = Browser::of(siege.house(), &siege.cast.ann);
    let lists = [(ANN, REQUESTS), (ROOT, "/api/user/"), (BOB, "/api/bundle/")];
    let before = lists.map(|(who, path)| total(here, who, path));
    pair.pause();

    let filed = asks(&there, &siege, BOB, "Behind");
    let held = total(here, BOB, PERMISSIONS);
    let bundle = siege.house().bundle("Given behind", &siege.cast.ann);
    let body = json!({ "user_target": ANN, "user_allowed": BOB, "bundle": bundle.id.0 }).to_string();
    let given = there.send(ANN, "POST", PERMISSIONS, &body);
    assert_eq!(given.status, 201, "{given}");
    there.house.user("new@x.org");

    // People look at what was.
    let count = told(store);
    assert_eq!(lists.map(|(who, path)| total(here, who, path)), before);
    assert!(!anns.open("/inbox").says("Behind"), "{}", anns.page.text());
    assert!(!anns.open("/inbox/given").says("Given behind"), "{}", anns.page.text());
    assert!(!anns.open("/inbox/export/given.csv").body.contains("Given behind"));
    let mut roots = Browser::of(siege.house(), &siege.house().read(root).unwrap());
    for path in ["/admin/requests", "/admin/grants", "/admin/bundles"] {
        assert!(!roots.open(path).says("ehind"), "{path}: {}", roots.page.text());
    }
    assert!(roots.open("/admin/search?q=Behind").says("Nothing was found."), "{}", roots.page.text());
    for path in ["/admin", "/admin/users", "/admin/keys", "/admin/letters/queue", "/admin/audit", "/inbox/blocked"] {
        assert_eq!(roots.open(path).status, 200, "{path}");
    }
    assert_eq!(told(store), count + 3 + 3 + 4 + 6, "the replica told all of them");

    // Who wants to know what is, and says so.
    let count = told(store);
    let told_to = |header: (&str, &str)| {
        here.send_with(ANN, "GET", REQUESTS, &[header], "").json()["meta"]["total_count"].as_u64().unwrap() - before[0]
    };
    assert_eq!([("Cache-Control", "no-cache"), ("Cache-Control", "max-age=0"), ("Pragma", "no-cache")].map(told_to), [1; 3]);
    assert_eq!((told(store), told_since(store, "asked")), (count, 3));
    assert_eq!(told_to(("Cache-Control", "max-age=3600")), 0);
    assert_eq!(told(store), count + 1);

    // Whoever is let in by an answer hears what is.
    let count = told(store);
    let evaluation = json!({
        "subject": { "type": "user", "id": BOB }, "action": { "name": "view" },
        "resource": { "type": "bundle", "id": bundle.id.to_string() }
    });
    let may = || here.send(&siege.key, "POST", "/access/v1/evaluation", &evaluation.to_string()).json()["decision"] == true;
    let subjects = json!({ "subject": { "type": "user" }, "action": evaluation["action"], "resource": evaluation["resource"] });
    let found = || here.send(&siege.key, "POST", "/access/v1/search/subject", &subjects.to_string()).body.contains(BOB);
    let on_sas = || {
        let path = format!("/authorization/shares?resourceUri=/api/bundle/{}/", bundle.id);
        here.send(ANN, "GET", &path, "").json()["items"][0]["enabled"] == true
    };
    let path = given.json()["resource_uri"].as_str().unwrap().to_owned();
    let id: i64 = path.trim_matches('/').rsplit('/').next().unwrap().parse().unwrap();
    let on_filr = || {
        let shares = here.send(ROOT, "GET", "/rest/admin/shares", "").json();
        shares["items"].as_array().unwrap().iter().any(|share| share["id"] == id)
    };
    assert_eq!((may(), found(), on_sas(), on_filr()), (true, true, true, true));
    assert_eq!(total(here, BOB, PERMISSIONS), held + 1);
    assert_eq!(here.send(BOB, "GET", &filed, "").status, 200, "a single request is there");
    assert_eq!(there.send(ANN, "DELETE", &path, "").status, 204);
    assert_eq!((may(), found(), on_sas(), on_filr()), (false, false, false, false), "taken back there is gone here");
    assert_eq!(total(here, BOB, PERMISSIONS), held);
    assert_eq!(here.send(&siege.cast.ann(), "GET", &format!("/as/sharing/{TENANT}/shares"), "").status, 200);

    // Nor does deciding wait for it.
    siege.house().deliver();
    let token = siege.house().tokens_for(ANN).into_iter().next().unwrap();
    let path = format!("{REQUESTS}{token}/");
    assert_eq!(here.send(ANN, "GET", &path, "").status, 200);
    assert_eq!(here.send(ANN, "PUT", &path, "").status, 200);
    assert_eq!(here.send(ANN, "PUT", &path, "").status, 410);
    assert_eq!(told(store), count, "the replica told none of this");
    pair.resume();
}

fn root(tx: &mut Tx<'_>) -> Result<User, StoreError> {
    Ok(users::find_by_email(tx, &address(ROOT))?.unwrap())
}

#[test]
fn whoever_changed_something_here_sees_it_at_once_and_others_when_the_replica_does() {
    let pair = Pair::start();
    let siege = pair.siege("1h");
    let (here, store) = (siege.site(), &siege.house().store);
    let (_, key) = here.key(Some(&siege.cast.bob), &[Scope::Requests], &[]);
    let (bobs, anns) = (total(here, BOB, REQUESTS), total(here, ANN, REQUESTS));
    caught_up(store);
    pair.pause();

    // Told in one transaction with others; by the key of Bob's app.
    let filed = asks(here, &siege, &key, "By an app");
    let count = told(store);
    assert_eq!((total(here, BOB, REQUESTS), total(here, &key, REQUESTS)), (bobs + 1, bobs + 1));
    assert_eq!((told(store), told_since(store, "wrote")), (count, 2));
    assert_eq!(total(here, ANN, REQUESTS), anns, "who did nothing looks at what was");
    assert_eq!(told(store), count + 1);
    // In a transaction of its own.
    let mut browser = Browser::of(siege.house(), &siege.cast.ann);
    browser.open("/inbox");
    assert!(!browser.page.says("By an app"));
    let request = filed.trim_matches('/').rsplit('/').next().unwrap().parse().unwrap();
    let ann = person(&siege.cast.ann);
    let declined = siege.house().write(move |tx| {
        let request = store::requests::find(tx, RequestId(request))?.unwrap();
        countersign::workflow::requests::decide::decline(tx, &ann, &request, None)
    });
    declined.unwrap();
    assert!(browser.open("/inbox?state=ended").says("By an app"), "{}", browser.page.text());

    pair.resume();
    caught_up(store);
    let count = told(store);
    assert_eq!((total(here, BOB, REQUESTS), total(here, ANN, REQUESTS)), (bobs + 1, anns + 1));
    assert_eq!(told(store), count + 2, "the replica has it now");
}

#[test]
fn no_list_is_further_behind_than_is_said() {
    let pair = Pair::start();
    let siege = pair.siege("1s");
    let (here, store) = (siege.site(), &siege.house().store);
    let there = Site::with(siege.house(), "");
    let anns = total(here, ANN, REQUESTS);
    for name in ["First", "Second"] {
        pair.pause();
        asks(&there, &siege, BOB, name);
        let (answered, expected) = (Instant::now(), if name == "First" { anns + 1 } else { anns + 2 });
        let mut is_shown = false;
        while !is_shown {
            let start = Instant::now();
            is_shown = total(here, ANN, REQUESTS) == expected;
            assert!(is_shown || start < answered + Duration::from_secs(1), "told {:?} behind", start - answered);
            follow(store);
        }
        stands(store, Standing::Behind);
        assert!(store.following().unwrap().behind.unwrap() > Duration::from_secs(1));
        let (count, late) = (told(store), told_since(store, "late"));
        assert_eq!(total(here, ANN, REQUESTS), expected);
        assert_eq!((told(store), told_since(store, "late")), (count, late + 1));
        pair.resume();
        caught_up(store);
        assert_eq!((total(here, ANN, REQUESTS), told(store)), (expected, count + 1), "it is asked again");
    }
}

#[test]
fn a_replica_that_dies_hangs_or_is_promoted_costs_no_answer() {
    let mut pair = Pair::start();
    let house = House::elsewhere(&pair.url);
    let (line, url) = pair.by_proxy();
    let siege = Siege::lay_with(&house, &settings(&url, "1s"));
    let (here, store) = (siege.site(), &siege.house().store);
    let anns = total(here, ANN, REQUESTS);
    let is_told = |by: &str| {
        let count = told(store);
        assert_eq!(total(here, ANN, REQUESTS), anns);
        assert_eq!(told(store) - count, u64::from(by == "the replica"));
    };
    caught_up(store);
    is_told("the replica");

    let held = house.hold("LOCK TABLE meta IN EXCLUSIVE MODE");
    stands(store, Standing::Still);
    is_told("the primary");
    drop(held);
    caught_up(store);
    is_told("the replica");

    pair.standby.crash();
    // Not yet noticed, and then noticed.
    is_told("the primary");
    stands(store, Standing::Away);
    is_told("the primary");
    pair.standby.recover();
    caught_up(store);
    is_told("the replica");

    line.follow(Rule::Stall);
    let start = Instant::now();
    is_told("the primary");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    // What it showed last is too old by now, so that nobody waits for it.
    let failed = told_since(store, "failed");
    let start = Instant::now();
    is_told("the primary");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(told_since(store, "failed"), failed);
    line.follow(Rule::Through);
    caught_up(store);
    is_told("the replica");

    pair.standby.promote();
    is_told("the primary");
    stands(store, Standing::Writable);
    is_told("the primary");
    // It is no way back to be a standby of something else.
    pair.standby = pair.primary.standby();
    is_told("the primary");
}

#[test]
fn another_database_is_never_read() {
    let pair = Pair::start();
    let other = House::elsewhere(&pair.primary.create_empty_database());
    other.user("stranger@x.org");
    let house = House::elsewhere(&pair.url);
    let empty = pair.primary.create_empty_database();
    for (house, key) in [(&house, "ours"), (&other, "theirs")] {
        house.write(move |tx| store::key_fingerprint::bind(tx, key)).unwrap();
    }
    let theirs = other.texts("SELECT current_database()::text AS value").remove(0);
    let theirs = pair.url.replace("test_0", &theirs);
    for (replica, standing) in [
        (pair.standby.here(&theirs), Standing::Foreign),
        (pair.standby.here(&empty), Standing::Foreign),
        (pair.primary.here(&theirs), Standing::Writable),
        (pair.primary.here(&pair.url), Standing::Writable),
        (pair.standby.here(&pair.url).replace("test_0", "nothing"), Standing::Away),
    ] {
        let house = house.with(&settings(&replica, "1s"));
        stands(&house.store, standing);
        let is_there =
            list(&house.store, |tx| Ok::<_, StoreError>(users::find_by_email(tx, &address("stranger@x.org"))?.is_some()));
        assert!(!is_there.unwrap(), "{replica}");
        assert_eq!((told(&house.store), told_since(&house.store, "out")), (0, 1), "{replica}");
    }
}

/// What one of them showed says nothing of the next one.
#[test]
fn of_several_replicas_behind_one_name_each_must_show_that_it_is_recent() {
    let pair = Pair::start();
    let house = House::elsewhere(&pair.url);
    let late = pair.primary.standby();
    wait_until("both to have the tables", || {
        let have = "(SELECT count(*)::text FROM pg_class WHERE relname = 'meta')";
        [&pair.standby, &late].iter().all(|standby| standby.text(&pair.url, have) == "1").then_some(())
    });
    pair.pause_at(&late);
    house.user("new@x.org");
    let (line, url) = pair.by_proxy();
    let house = house.with(&settings(&url, "1h"));
    let (store, ann) = (house.store.clone(), address("new@x.org"));
    caught_up(&store);

    let ((enter, entered), (open, gate)) = (sync_channel(1), sync_channel(1));
    let (gate, first) = (Mutex::new(gate), store.clone());
    let held = std::thread::spawn(move || {
        list(&first, move |_| {
            enter.send(()).unwrap();
            gate.lock().unwrap().recv().unwrap();
            Ok::<_, StoreError>(())
        })
    });
    entered.recv().unwrap();
    // The connection that is there is taken, so the next list gets one of its own.
    line.lead_to(late.port);
    let is_there = list(&store, move |tx| Ok::<_, StoreError>(users::find_by_email(tx, &ann)?.is_some()));
    assert!(is_there.unwrap());
    assert_eq!((told(&store), told_since(&store, "late")), (0, 1));
    open.send(()).unwrap();
    held.join().unwrap().unwrap();
    assert_eq!(told(&store), 1);
    late.run("SELECT pg_wal_replay_resume()");
}

/// What a replica gives back may take away the rows that somebody reads there.
#[test]
fn a_list_that_the_replica_takes_back_is_told_by_the_primary() {
    let pair = Pair::start();
    pair.standby.run("ALTER SYSTEM SET max_standby_streaming_delay = 0");
    pair.standby.run("SELECT pg_reload_conf()");
    let house = House::elsewhere(&pair.url);
    for number in 0..50 {
        house.user(&format!("p{number}@x.org"));
    }
    let house = house.with(&settings(&pair.standby.here(&pair.url), "1h"));
    let store = house.store.clone();
    caught_up(&store);
    let ((enter, entered), (open, gate)) = (sync_channel(2), sync_channel(2));
    let gate = Mutex::new(gate);
    let told_twice = std::thread::spawn(move || {
        list(&store, move |tx| {
            let first = count(tx)?;
            enter.send(()).unwrap();
            gate.lock().unwrap().recv().unwrap();
            Ok::<_, StoreError>((first, count(tx)?))
        })
    });
    entered.recv().unwrap();
    house.sql("DELETE FROM users WHERE id IN (SELECT id FROM users ORDER BY id DESC LIMIT 20)").unwrap();
    house.sql("VACUUM users").unwrap();
    wait_until("the replica to take it back", || {
        let conflicts = "(SELECT sum(confl_snapshot)::text FROM pg_stat_database_conflicts)";
        (pair.standby.text(&pair.url, conflicts) != "0").then_some(())
    });
    open.send(()).unwrap();
    entered.recv().unwrap();
    open.send(()).unwrap();
    assert_eq!(told_twice.join().unwrap().unwrap(), (30, 30), "from the start, on the primary");
    assert_eq!((told(&house.store), told_since(&house.store, "failed")), (0, 1));
}

fn count(tx: &mut Tx<'_>) -> Result<usize, StoreError> {
    let page = countersign::domain::Page { limit: 100, offset: 0 };
    Ok(users::list(tx, &[], users::Order::Id, false, page)?.items.len())
}

/// The clock of the replica's machine is nobody's business.
#[test]
fn a_list_is_told_at_the_primarys_time_and_a_refusal_by_the_primary() {
    let pair = Pair::start();
    House::elsewhere(&pair.url);
    let primary = ("COUNTERSIGN__DATABASE__URL".to_owned(), pair.url.clone());
    let config = Config::build(Some(&settings(&pair.standby.here(&pair.url), "1h")), [primary]).unwrap();
    let store = Store::open(&config.database, 64, Clock::System).unwrap();
    caught_up(&store);
    pair.pause();
    let now = |tx: &mut Tx<'_>| Ok::<_, StoreError>(tx.now());
    let before = store.read_sync(now).unwrap();
    let told_at = list(&store, now).unwrap();
    let after = store.read_sync(now).unwrap();
    assert_eq!(told(&store), 1);
    let slack = chrono::TimeDelta::milliseconds(200);
    assert!(before - slack < told_at && told_at < after + slack, "{before} {told_at} {after}");

    let new = NewUser::with_address(address("new@x.org"));
    store.write_sync(move |tx| users::add(tx, &new)).unwrap();
    let found = list(&store, |tx| users::find_by_email(tx, &address("new@x.org"))?.ok_or(Refusal::Forbidden("nobody")));
    assert_eq!(found.unwrap().email.as_str(), "new@x.org");
    assert_eq!((told(&store), told_since(&store, "refused")), (1, 1));
}
