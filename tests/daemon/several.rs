//! Several daemons on one PostgreSQL, behind nginx, and through pgbouncer in transaction mode: no daemon has state of its own,
//! and one that dies loses no acknowledged change.

use std::collections::HashSet;
use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign::clock::Clock;
use countersign::config::Config;
use countersign::domain::Address;
use countersign::store::{Store, StoreError, users};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, RunQueryDsl};
use serde_json::json;

use super::stage::{PASSWORD, Stage};
use crate::support::daemon::{Daemon, agent, basic};
use crate::support::postgres::Cluster;
use crate::support::proxies::{nginx, pgbouncer};
use crate::support::wait_until;

const TOKENS: usize = 150;
const CLIENTS: usize = 8;
const BEHIND_POOLER: [(&str, &str); 1] = [("COUNTERSIGN__DATABASE__STATEMENT_CACHE", "false")];

/// 8 concurrent clients redeem and check through nginx while the first daemon is killed.
fn one_dies_and_the_others_go_on(direct: &str, database: &str, settings: &[(&str, &str)], daemons: usize) {
    let stage = Stage::set(direct);
    let ann = stage.user("ann@example.org");
    let identity = basic("ann@example.org", PASSWORD);
    let tokens = stage.tokens(&ann, TOKENS);
    let mut running: Vec<_> = (0..daemons).map(|_| Daemon::start(database, settings)).collect();
    let urls: Vec<_> = running.iter().map(|daemon| daemon.url.clone()).collect();
    let proxy = nginx(&urls.iter().map(String::as_str).collect::<Vec<_>>());
    let first = Mutex::new(running.remove(0));
    let (next, answered, acked) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(HashSet::new()));
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let agent = agent();
                while let Some((request, token)) = tokens.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let path = format!("{}/api/bundle_permission_request/{token}/", proxy.url);
                    let check = agent.get(&path).header("authorization", &identity).call().unwrap();
                    assert!([200, 502].contains(&check.status().as_u16()), "{}", check.status());
                    let put = agent.put(&path).header("authorization", &identity).header("content-type", "application/json");
                    match put.send_empty().unwrap().status().as_u16() {
                        200 => drop(acked.lock().unwrap().insert(*request)),
                        // Sent to the daemon that died: the result is unknown, or nginx sent it to another one, which found it
                        // done.
                        410 | 502 => {}
                        other => panic!("{other}"),
                    }
                    if answered.fetch_add(1, Ordering::SeqCst) + 1 == TOKENS / 3 {
                        first.lock().unwrap().kill();
                    }
                }
            });
        }
    });
    let acked = acked.into_inner().unwrap();
    assert!(acked.len() >= TOKENS - 2 * CLIENTS, "only {} of {TOKENS} were answered", acked.len());
    for (request, token) in &tokens {
        let is_there = stage.has_grant(*request);
        assert!(is_there || !acked.contains(request), "request {request} was answered with 200 and its grant is gone");
        let path = format!("{}/api/bundle_permission_request/{token}/", proxy.url);
        let status = agent().get(path).header("authorization", &identity).call().unwrap().status();
        assert_eq!(status, if is_there { 410 } else { 200 }, "the token says what the grant says");
    }
    stage.store.read_sync(countersign::store::audit::verify).unwrap().unwrap();
}

#[test]
fn two_daemons_behind_nginx_lose_nothing_if_one_dies() {
    let database = Cluster::shared().create_empty_database();
    one_dies_and_the_others_go_on(&database, &database, &[], 2);
}

#[test]
fn three_daemons_behind_nginx_and_pgbouncer_lose_nothing_when_one_dies() {
    let direct = Cluster::shared().create_empty_database();
    let pooler = pgbouncer(&direct);
    one_dies_and_the_others_go_on(&direct, &pooler.url, &BEHIND_POOLER, 3);
}

#[test]
fn the_schema_can_be_migrated_through_a_pooler_in_transaction_mode() {
    let direct = Cluster::shared().create_empty_database();
    let pooler = pgbouncer(&direct);
    let daemons: Vec<_> = (0..3).map(|_| Daemon::start(&pooler.url, &BEHIND_POOLER)).collect();
    assert!(daemons.iter().all(|daemon| daemon.get("/readyz", "").unwrap().status == 200));
}

/// A pooler shares one connection among many: our settings must apply within each of our transactions, and to nobody else's.
#[test]
fn timeouts_apply_through_a_pooler_and_stay_on_none_of_its_connections() {
    let direct = Cluster::shared().create_empty_database();
    let stage = Stage::set(&direct);
    let pooler = pgbouncer(&direct);
    let mut config = Config::defaults().unwrap();
    (config.database.url, config.database.statement_cache) = (pooler.url.clone(), false);
    let store = Store::open(&config.database, 10, Clock::System).unwrap();
    let address = Address::parse("ann@example.org").unwrap();
    let find = || store.read_sync(|tx| users::find_by_email(tx, &address));
    stage.user("ann@example.org");
    assert!(find().unwrap().is_some());

    let mut holder = PgConnection::establish(&direct).unwrap();
    holder.batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").unwrap();
    assert!(matches!(find(), Err(StoreError::Conflict(_))), "it does not wait for ever");
    holder.batch_execute("ROLLBACK").unwrap();
    assert!(find().unwrap().is_some());

    let mut other = PgConnection::establish(&pooler.url).unwrap();
    let limits = diesel::dsl::sql::<Text>("current_setting('statement_timeout') || ' ' || current_setting('lock_timeout')");
    assert_eq!(diesel::select(limits).get_result::<String>(&mut other).unwrap(), "0 0");
}

/// The first daemon is killed while a mail server keeps it waiting; the second one gets the email after the lease.
#[test]
fn an_email_claimed_by_a_dead_daemon_is_sent_by_another() {
    let database = Cluster::shared().create_empty_database();
    let stage = Stage::set(&database);
    let (ann, bob) = (stage.user("ann@example.org"), stage.user("bob@example.org"));
    let bundle = stage.bundle("Sleep data", Some(ann.id));
    stage.token(&ann, &bob, bundle);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let mut first = Daemon::start(
        &database,
        &[
            ("COUNTERSIGN__MAIL__TRANSPORT", "smtp"),
            ("COUNTERSIGN__MAIL__SMTP__HOST", "127.0.0.1"),
            ("COUNTERSIGN__MAIL__SMTP__PORT", &port),
            ("COUNTERSIGN__MAIL__SMTP__TLS", "none"),
        ],
    );
    let mut beside = PgConnection::establish(&database).unwrap();
    let mut leased = || {
        let count = diesel::dsl::sql::<BigInt>("(SELECT count(*) FROM outbox WHERE lease IS NOT NULL)");
        diesel::select(count).get_result::<i64>(&mut beside).unwrap()
    };
    wait_until("the email to be claimed", || (leased() == 1).then_some(()));
    first.kill();
    let second = Daemon::start(&database, &[]);
    assert_eq!(second.get("/mailbox.json", "").unwrap().json(), json!([]), "not before the lease is over");
    // The effect of two minutes.
    beside.batch_execute("UPDATE outbox SET next_at = 0 WHERE lease IS NOT NULL").unwrap();
    let email = wait_until("the email", || second.get("/mailbox.json", "").unwrap().json().get(0).cloned());
    assert_eq!(email["to"], "ann@example.org");
}

#[test]
fn idempotency_keys_and_limits_apply_across_daemons() {
    let database = Cluster::shared().create_empty_database();
    let stage = Stage::set(&database);
    let (ann, _) = (stage.user("ann@example.org"), stage.user("bob@example.org"));
    let bundle = stage.bundle("Sleep data", Some(ann.id));
    let settings = [("COUNTERSIGN__LIMITS__SIGN_INS", "3"), ("COUNTERSIGN__LIMITS__DOMAIN_HOURLY", "2")];
    let daemons = [Daemon::start(&database, &settings), Daemon::start(&database, &settings)];

    let body = json!({ "user_target": "ann@example.org", "user_allowed": "bob@example.org",
        "bundle": format!("/api/bundle/{}/", bundle.0) });
    let answers = daemons.each_ref().map(|daemon| {
        let post = agent().post(format!("{}/api/bundle_permission_request/", daemon.url));
        let post = post.header("authorization", basic("bob@example.org", PASSWORD)).header("idempotency-key", "once");
        let mut answer = post.header("content-type", "application/json").send(body.to_string()).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    });
    assert_eq!(answers[0].0, 201);
    assert_eq!(answers[0].1, answers[1].1);

    // Two emails to one mail domain, from either daemon and for anybody.
    let asked = [(0, "max@mail.example"), (1, "joe@mail.example"), (0, "zoe@mail.example"), (1, "tim@mail.example")];
    let asked = asked.map(|(daemon, who): (usize, _)| {
        let bundle = stage.bundle(who, Some(stage.user(who).id));
        let body =
            json!({ "user_target": who, "user_allowed": "bob@example.org", "bundle": format!("/api/bundle/{}/", bundle.0) });
        let post = agent().post(format!("{}/api/bundle_permission_request/", daemons[daemon].url));
        let post = post.header("authorization", basic("bob@example.org", PASSWORD)).header("content-type", "application/json");
        post.send(body.to_string()).unwrap().status().as_u16()
    });
    assert_eq!(asked, [201, 201, 429, 429]);

    // Bob signed in once on each, Ann not at all: she has three tries over both daemons.
    let wrong = basic("ann@example.org", "not her password");
    let tries = [0, 1, 0, 1, 0].map(|daemon: usize| daemons[daemon].get("/api/user/", &wrong).unwrap().status);
    assert_eq!(tries, [401, 401, 401, 429, 429]);
}
