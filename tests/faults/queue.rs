//! The mail server is down while very many emails are queued, and comes back: meanwhile it gets few connections and people can
//! work. Then each email is sent once, oldest first, except those whose request has ended.
//!
//! 2,000 emails; in the long form 50,000.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::Scene;
use super::client::{id_of, token_of};
use crate::support::daemon::{Daemon, agent, basic};
use crate::support::faulty_smtp::{Act, FaultySmtp, Moment};
use crate::support::postgres::Cluster;

/// The first id of the queued emails.
const FIRST: usize = 1_000_000;
/// The length of the outage.
const OUTAGE: Duration = Duration::from_secs(15);
/// One in this many is withdrawn before its email is sent; as many expire during the outage.
const EACH: usize = 10;
/// The most connections during the outage: each connection's first email, those in progress when the last of these failed, and
/// one test after 5 and 10 seconds. There are thousands of emails.
const KNOCKS: usize = 40;

fn count() -> usize {
    if std::env::var_os("FAULT_MINUTES").is_some() { 50_000 } else { 2_000 }
}

/// Emails to a hundred people at ten domains, each about a request of its own, whose id, state and end follow from its
/// position.
fn queue_up(scene: &Scene, count: usize, is_sqlite: bool) {
    let numbers = |count: usize| {
        format!("WITH RECURSIVE n (i) AS (SELECT {FIRST} UNION ALL SELECT i + 1 FROM n WHERE i < {FIRST} - 1 + {count})")
    };
    let now = if is_sqlite {
        "(CAST((julianday('now') - 2440587.5) * 86400 AS BIGINT) * 1000000)"
    } else {
        "(extract(epoch FROM now())::bigint * 1000000)"
    };
    let (people, all) = (numbers(100), numbers(count));
    let target = format!("{FIRST} + (i - {FIRST}) % 100");
    let is = |part: usize| format!("i % {EACH} = {part}");
    scene.client.sql(&format!(
        "BEGIN;
         {people} INSERT INTO principals (id, kind) SELECT i, 'user' FROM n;
         {people} INSERT INTO users (id, username, email, first_name, last_name, locale, time_zone, is_external, is_admin,
                password_hash, created_at)
            SELECT i, 'reader' || i, 'reader' || i || '@d' || (i % 10) || '.example.org', 'Reader', '', 'en', 'UTC', false, false,
                (SELECT password_hash FROM users WHERE email = 'ann@example.org'), 0 FROM n;
         {all} INSERT INTO bundles (id, name, owner_id, level, created_at) SELECT i, 'data ' || i, {target}, 'view', 0 FROM n;
         {all} INSERT INTO requests (id, kind, initiator_id, target_id, allowed_id, items_key, ttl_seconds, expires_at, state,
                mail_state, letters, last_letter_at, created_at, is_narrowed)
            SELECT i, 'ask', (SELECT id FROM users WHERE email = 'bob@example.org'), {target},
                (SELECT id FROM users WHERE email = 'bob@example.org'), 'b' || i, 604800,
                {now} + CASE WHEN {over} THEN {soon} ELSE 604800000000 END,
                CASE WHEN {gone} THEN 'withdrawn' ELSE 'pending' END, 'queued', 1, 0, {now}, false FROM n;
         {all} INSERT INTO request_items (request_id, position, bundle_id, level) SELECT i, 0, i, 'view' FROM n;
         {all} INSERT INTO outbox (id, kind, user_id, request_id, generation, state, attempts, ambiguous, next_at, created_at)
            SELECT i, 'decide', {target}, i, 1, 'queued', 0, 0, {now} - 3600000000 + i - {FIRST}, {now} FROM n;
         COMMIT",
        over = is(3),
        gone = is(7),
        soon = OUTAGE.as_micros() / 2,
    ));
}

/// The recorded part of an email: its Message-ID, and its link's request.
fn digest(email: &str) -> String {
    format!("{} {}", id_of(email), token_of(email).unwrap_or_default())
}

/// Its peak memory in kilobytes.
fn most_memory(daemon: &Daemon) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// One more request by Bob, with its duration.
fn file(scene: &mut Scene, daemon: &Daemon, times: &mut Vec<Duration>) {
    let number = scene.client.beside;
    let bundle = scene.client.bundle(&format!("meanwhile {number}"));
    scene.client.beside += 1;
    let body = serde_json::json!({ "user_target": "ann@example.org", "user_allowed": "bob@example.org", "bundle": bundle });
    let begun = Instant::now();
    let identity = basic("bob@example.org", crate::daemon::stage::PASSWORD);
    let filed = daemon.post("/api/bundle_permission_request/", &identity, &body).unwrap();
    times.push(begun.elapsed());
    assert_eq!(filed.status, 201, "{}", filed.body);
}

fn in_milliseconds(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_millis();
    format!("{} filed meanwhile, in {} ms half of them and {} ms at most", times.len(), at(50), at(100))
}

fn an_outage_passes(database: String, folder: tempfile::TempDir) {
    let (count, is_sqlite) = (count(), database.starts_with("sqlite:"));
    let is_away = Arc::new(AtomicBool::new(true));
    let away = Arc::clone(&is_away);
    let script = move |moment, _| match moment {
        Moment::Greeting if away.load(Ordering::SeqCst) => Act::Drop,
        _ => Act::Go,
    };
    let smtp = FaultySmtp::start_keeping(script, |email| digest(&email));
    let mut scene = Scene::with(folder, database, smtp);
    queue_up(&scene, count, is_sqlite);
    // With the usual log level: at the tests' level the log would be most of the measured memory.
    let mut daemon = scene.daemon_with(&scene.database, "", &[("COUNTERSIGN__LOG__LEVEL", "info")]);
    assert!(daemon.is_ready(), "{}", daemon.log());
    let before = most_memory(&daemon);
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < OUTAGE {
        file(&mut scene, &daemon, &mut times);
        std::thread::park_timeout(Duration::from_millis(100));
    }
    let knocks = scene.smtp.heard().connections;
    assert!((1..=KNOCKS).contains(&knocks), "{knocks} connections to a mail server that is down, for {count} emails");
    assert!(daemon.log().contains("the mail server is away"), "{}", daemon.log());
    eprintln!("{knocks} connections in {OUTAGE:?}; {}", in_milliseconds(std::mem::take(&mut times)));

    is_away.store(false, Ordering::SeqCst);
    let (begun, patience) = (Instant::now(), Duration::from_secs(120 + u64::try_from(count).unwrap() / 20));
    let waiting = |scene: &Scene| scene.client.count("outbox", "state = 'queued'");
    while waiting(&scene) > 0 {
        assert!(begun.elapsed() < patience, "{} emails are still queued", waiting(&scene));
        if times.len() < 100 {
            file(&mut scene, &daemon, &mut times);
        }
        // Emails that tested in vain whether it is up need not wait for their schedule.
        scene.client.sql("UPDATE outbox SET next_at = 0 WHERE state = 'queued' AND lease IS NULL AND last_error IS NOT NULL");
        std::thread::park_timeout(Duration::from_millis(100));
    }
    let (took, after) = (begun.elapsed(), most_memory(&daemon));
    let heard = scene.smtp.heard();
    eprintln!(
        "{count} emails were queued, {} were sent in {took:?} over {} connections; {before} kB before, {after} kB at most; {}",
        heard.emails.len(),
        heard.connections - knocks,
        in_milliseconds(times)
    );
    holds(&scene, &daemon, count, &heard.emails);
    assert!(heard.connections - knocks <= 50, "connections are kept: {}", heard.connections);
    // An email takes some 20 kB while it is made, so thousands at once would show.
    assert!(after < before + 64 * 1024, "{before} kB, then {after} kB");
    assert_eq!(daemon.stop(), Some(0));
}

/// Each email whose request is pending was sent once, with a valid link, oldest first; no other was sent.
fn holds(scene: &Scene, daemon: &Daemon, count: usize, emails: &[String]) {
    let over = 2 * count / EACH;
    let ids: BTreeSet<&str> = emails.iter().map(|email| email.split(' ').next().unwrap()).collect();
    assert_eq!(ids.len(), emails.len(), "none twice");
    assert_eq!(scene.client.count("outbox", "state = 'sent'"), emails.len());
    // Besides those with a link, requesters may have been notified of the end.
    let emails: Vec<&String> = emails.iter().filter(|email| !email.ends_with(' ')).collect();
    assert_eq!(emails.len(), count - over + scene.client.beside, "each once");
    // One that was tried before its request ended is given up at its end.
    let untold = scene.client.count("outbox", "state IN ('cancelled', 'dead')");
    assert_eq!(untold, over, "no approver gets an email about an ended request");
    let requests = requests_of(scene);
    let order: Vec<usize> = emails.iter().map(|email| requests[email.split(' ').next().unwrap()]).collect();
    let has_waited = |request: &usize| (FIRST..FIRST + count).contains(request);
    let is_over = |request: &usize| has_waited(request) && matches!(request % EACH, 3 | 7);
    assert!(!order.iter().any(is_over), "no email about an ended request");
    // Those that tested whether it is up, and those to a domain at its limit, are later than their order.
    let old: Vec<usize> = order.iter().copied().filter(has_waited).collect();
    let half = old.len() / 2;
    let late = old[half..].iter().filter(|request| **request < FIRST + count / 2).count();
    assert!(late <= KNOCKS + count / 20, "{late} of the older half came after the younger");
    // Each link opens its own request.
    let live = "request_id IN (SELECT id FROM requests WHERE state = 'pending')";
    assert_eq!(scene.client.count("tokens", live), emails.len());
    assert_eq!(scene.client.count("tokens", "1 = 1"), emails.len());
    for (email, request) in emails.iter().zip(&order).step_by(emails.len() / 25) {
        let reader = FIRST + request.wrapping_sub(FIRST) % 100;
        let reader = format!("reader{reader}@d{}.example.org", reader % 10);
        let who = if has_waited(request) { reader } else { "ann@example.org".to_owned() };
        let token = email.split(' ').nth(1).unwrap();
        let path = format!("{}/api/bundle_permission_request/{token}/", daemon.url);
        let opened = agent().get(path).header("authorization", basic(&who, crate::daemon::stage::PASSWORD)).call().unwrap();
        assert_eq!(opened.status(), 200, "{who} {request}");
    }
    scene.client.stage.store.read_sync(countersign::store::audit::verify).unwrap().unwrap();
}

/// The requests of the sent emails, by their Message-ID.
fn requests_of(scene: &Scene) -> BTreeMap<String, usize> {
    let rows = scene.client.texts(
        "SELECT trim(message_id, '<>') || ' ' || CAST(request_id AS TEXT) AS value FROM outbox WHERE kind = 'decide' AND state = 'sent'",
    );
    let pairs = rows.iter().map(|row| row.split_once(' ').unwrap());
    pairs.map(|(id, request)| (id.to_owned(), request.parse().unwrap())).collect()
}

/// Those to a domain whose server does not answer are first in the queue, and are tried; those to other domains do not wait for
/// them.
#[test]
fn one_slow_mail_domain_delays_no_other() {
    const COUNT: usize = 300;
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("slow.db").display());
    let smtp = FaultySmtp::start_listening(|moment, said| match moment {
        Moment::Recipient if said.contains("@d0.example.org") => Act::Hang,
        _ => Act::Go,
    });
    let scene = Scene::with(folder, database, smtp);
    queue_up(&scene, COUNT, true);
    let of_the_slow = "user_id IN (SELECT id FROM users WHERE email LIKE '%@d0.example.org')";
    scene.client.sql(&format!("UPDATE outbox SET next_at = 0 WHERE {of_the_slow}"));
    let slow = scene.client.count("outbox", of_the_slow);
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready(), "{}", daemon.log());
    let others = COUNT - slow - 2 * COUNT / EACH;
    // A request that ends soon may still be sent in time.
    crate::support::wait_until("those to the others", || (scene.smtp.heard().emails.len() >= others).then_some(()));
    let tried = scene.smtp.heard().commands.iter().filter(|said| said.starts_with("RCPT") && said.contains("@d0.")).count();
    assert!(slow == 30 && (1..=20).contains(&tried), "{tried} of {slow} were waited for first");
    daemon.kill();
}

/// An instance whose people are all at one domain, and a mail server that takes a moment for each email: they are sent in
/// order, and none is deferred because of its domain.
#[test]
fn emails_to_one_domain_are_sent_in_order() {
    const COUNT: usize = 300;
    let scene = of_one_domain(COUNT, FaultySmtp::start(|moment, _| slowly(moment)));
    send_all(&scene);
    let (emails, requests) = (scene.smtp.heard().emails, requests_of(&scene));
    let order: Vec<usize> = emails.iter().filter_map(|email| requests.get(&id_of(email)).copied()).collect();
    assert!(order.len() >= COUNT - 2 * COUNT / EACH, "{} emails", order.len());
    // Some are being sent at the same time.
    let is_late = |(at, request): &(usize, &usize)| order[..*at].iter().any(|before| *before > **request + 128);
    let late = order.iter().enumerate().filter(is_late);
    assert_eq!(late.count(), 0, "emails that were sent after newer ones: {order:?}");
}

/// An instance with one mail domain and queued emails, in a database of its own.
fn of_one_domain(count: usize, smtp: FaultySmtp) -> Scene {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("one.db").display());
    let scene = Scene::with(folder, database, smtp);
    queue_up(&scene, count, true);
    scene.client.sql("UPDATE users SET email = 'reader' || id || '@one.example.org' WHERE username LIKE 'reader%'");
    scene
}

/// A mail server that takes a moment for each email.
fn slowly(moment: Moment) -> Act {
    if moment == Moment::Dot {
        std::thread::park_timeout(Duration::from_millis(20));
    }
    Act::Go
}

/// A daemon that has sent all requests for a decision, and stopped.
fn send_all(scene: &Scene) -> Daemon {
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready(), "{}", daemon.log());
    let is_sent = || (scene.client.count("outbox", "kind = 'decide' AND state = 'queued'") == 0).then_some(());
    crate::support::wait_until("all emails", is_sent);
    assert_eq!(daemon.stop(), Some(0));
    daemon
}

/// A sign-in does not wait for all the other emails.
#[test]
fn a_sign_in_code_overtakes_queued_emails() {
    const COUNT: usize = 600;
    let scene = of_one_domain(COUNT, FaultySmtp::start(|moment, _| slowly(moment)));
    scene.client.sql(
        "INSERT INTO outbox (kind, user_id, generation, state, attempts, ambiguous, next_at, created_at)
         SELECT 'sign_in_code', id, 0, 'queued', 0, 0, (SELECT max(next_at) FROM outbox), (SELECT max(created_at) FROM outbox)
         FROM users WHERE email = 'bob@example.org'",
    );
    send_all(&scene);
    let code = scene.client.texts("SELECT trim(message_id, '<>') AS value FROM outbox WHERE kind = 'sign_in_code'");
    let emails = scene.smtp.heard().emails;
    let place = emails.iter().position(|email| id_of(email) == code[0]).expect("it went");
    assert!(place < 64 && emails.len() > COUNT / 2, "it was number {place} of {}", emails.len());
}

/// The mail server permits three connections, while we would use eight.
#[test]
fn a_mail_server_that_limits_connections_gets_no_more() {
    const COUNT: usize = 400;
    let smtp = FaultySmtp::start(|moment, connection| match moment {
        Moment::Greeting if connection > 3 => Act::SayAndDrop("421 4.7.0 too many connections"),
        moment => slowly(moment),
    });
    let scene = of_one_domain(COUNT, smtp);
    let daemon = send_all(&scene);
    let (heard, log) = (scene.smtp.heard(), daemon.log());
    assert!(heard.emails.len() >= COUNT - 2 * COUNT / EACH, "{} emails", heard.emails.len());
    // Five too many at the start, and one a minute.
    assert!((4..=16).contains(&heard.connections), "{} connections", heard.connections);
    assert_eq!(scene.client.count("outbox", "attempts > 1"), 0, "no failed attempt is counted");
    assert!(!log.contains("the mail server is away"), "{log}");
}

/// The mail server accepts some emails and then none for a while, and would penalise frequent tries.
#[test]
fn a_mail_server_that_limits_emails_a_minute_is_retried_slowly() {
    const COUNT: usize = 150;
    const TAKEN: usize = 20;
    let (is_open, taken, refused) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (open, count, no) = (Arc::clone(&is_open), Arc::clone(&taken), Arc::clone(&refused));
    let smtp = FaultySmtp::start(move |moment, _| {
        if moment != Moment::Recipient || open.load(Ordering::SeqCst) || count.fetch_add(1, Ordering::SeqCst) < TAKEN {
            return Act::Go;
        }
        no.fetch_add(1, Ordering::SeqCst);
        Act::Say("450 4.7.1 too many letters, come back later")
    });
    let scene = of_one_domain(COUNT, smtp);
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready(), "{}", daemon.log());
    let is_known = || daemon.log().contains("takes no emails now").then_some(());
    crate::support::wait_until("it to be left in peace", is_known);
    // Each was refused once; few were tried again.
    std::thread::park_timeout(Duration::from_secs(3));
    let (again, waiting) = (scene.client.count("outbox", "attempts > 1"), scene.client.count("outbox", "state = 'queued'"));
    let no = refused.load(Ordering::SeqCst);
    assert!(again <= 40 && waiting >= 80 && no <= waiting + 40, "{again} of {waiting} came again, {no} were refused");
    is_open.store(true, Ordering::SeqCst);
    // The test email is sent after 15 seconds; the refused ones need not wait for their schedule.
    let end = Instant::now() + Duration::from_mins(1);
    while scene.client.count("outbox", "state = 'queued'") > 0 {
        assert!(Instant::now() < end, "{} wait", scene.client.count("outbox", "state = 'queued'"));
        let _ = scene
            .client
            .try_sql("UPDATE outbox SET next_at = 0 WHERE state = 'queued' AND lease IS NULL AND last_error IS NOT NULL");
        std::thread::park_timeout(Duration::from_millis(200));
    }
    assert_eq!(daemon.stop(), Some(0));
    let ids: BTreeSet<String> = scene.smtp.heard().emails.iter().map(|email| id_of(email)).collect();
    assert_eq!(ids.len(), scene.smtp.heard().emails.len(), "none twice");
}

#[test]
fn thousands_of_queued_emails_are_sent_once_each_after_an_outage_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    an_outage_passes(format!("sqlite:{}", folder.path().join("queue.db").display()), folder);
}

#[test]
fn thousands_of_queued_emails_are_sent_once_each_after_an_outage_on_postgresql() {
    an_outage_passes(Cluster::shared().create_empty_database(), tempfile::tempdir().unwrap());
}
