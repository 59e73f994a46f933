//! On PostgreSQL, concurrent operations share one transaction. Each result, and all rows, are the same as if each had run
//! alone.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::Scope;

use chrono::TimeDelta;
use countersign::auth::{AuthError, Authenticator, CallerQuestion};
use countersign::domain::{Caller, Scope as KeyScope, User, UserId, UserRef};
use countersign::secret::{FreshSecret, SecretKind};
use countersign::store::batch::{Changes, Command, History, HistoryKey, Reading, Results};
use countersign::store::rate_limits::{self, RateLimit};
use countersign::store::{StoreError, Tx, audit, idempotency, users};
use countersign::workflow::accounts::{self, NewKey};
use countersign::workflow::requests::file::Filing;
use diesel::connection::SimpleConnection;

use crate::support::fixture::{Fixture, Kind, address, ask, person, runtime, word};
use crate::support::wait_until;

/// Keeps the only connection busy until the result is dropped.
fn occupy<'scope>(fixture: &'scope Fixture, scope: &'scope Scope<'scope, '_>) -> Sender<()> {
    let (open, gate) = channel::<()>();
    let (enter, entered) = channel();
    scope.spawn(move || {
        let keep = move |_: &mut Tx<'_>| {
            enter.send(()).unwrap();
            let _ = gate.recv();
            Ok::<_, StoreError>(())
        };
        runtime().block_on(fixture.store.write(keep)).unwrap();
    });
    entered.recv().unwrap();
    open
}

/// Runs all of these in one batch: the only connection is kept busy until all of them wait.
fn in_one_batch(fixture: &Fixture, operations: Vec<Operation<'_>>) -> Vec<String> {
    std::thread::scope(|scope| {
        let open = occupy(fixture, scope);
        let mut threads = Vec::new();
        for (number, operation) in operations.into_iter().enumerate() {
            threads.push(scope.spawn(move || operation(fixture)));
            // In their order.
            wait_until("an operation to wait", || (fixture.store.queue_len() > number).then_some(()));
        }
        drop(open);
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// An instance that runs one transaction at a time.
fn narrow(settings: &str) -> Fixture {
    Fixture::new(Kind::Postgres).with(&format!("[database]\nconnections = 1\n{settings}"))
}

/// The number of transactions that wrote these rows.
fn transactions(fixture: &Fixture, table: &str, condition: &str) -> usize {
    let query = format!("SELECT DISTINCT xmin::text AS value FROM {table} WHERE {condition}");
    fixture.texts(&query).into_iter().collect::<BTreeSet<_>>().len()
}

type Operation<'a> = Box<dyn FnOnce(&Fixture) -> String + Send + 'a>;

fn files<'a>(caller: Caller, filing: Filing) -> Operation<'a> {
    Box::new(move |fixture| match fixture.file(&caller, &filing) {
        Ok((view, is_new)) => format!("{} {}", if is_new { "new" } else { "found" }, view.request.id),
        Err(refusal) => refusal.to_string(),
    })
}

/// The first word of each result.
fn in_words(results: &[String]) -> Vec<&str> {
    results.iter().map(|result| result.split(' ').next().unwrap()).collect()
}

fn is_whole(fixture: &Fixture) {
    let broken = fixture.read(|tx| -> Result<_, StoreError> { audit::verify(tx) }).unwrap();
    assert!(broken.is_ok(), "{broken:?}");
}

#[test]
fn concurrent_filings_share_one_transaction() {
    let fixture = narrow("");
    let coach = fixture.relationship("coach");
    let people: Vec<_> = (0..12).map(|number| fixture.user(&format!("p{number}@example.org"))).collect();
    let filings = people.chunks(2).map(|pair| files(person(&pair[1]), ask(&coach, &pair[0], &pair[1]))).collect();
    let results = in_one_batch(&fixture, filings);
    assert!(results.iter().all(|result| result.starts_with("new")), "{results:?}");
    assert_eq!(results.iter().collect::<BTreeSet<_>>().len(), 6);
    for (table, rows) in
        [("requests", "items_key = 'b1'"), ("audit", "request_id IN (SELECT id FROM requests WHERE items_key = 'b1')")]
    {
        assert_eq!((fixture.count(table, rows), transactions(&fixture, table, rows)), (6, 1), "{table}");
    }
    assert_eq!(fixture.count("request_items", "bundle_id = 1 AND level = 'view' AND position = 0"), 6);
    assert_eq!(fixture.count("outbox", "kind = 'decide' AND state = 'queued' AND generation = 1"), 6);
    is_whole(&fixture);
}

#[test]
fn batched_operations_get_the_same_results_as_alone() {
    let fixture = narrow("[limits]\ntarget_letters = 1\ntarget_letter_every = \"1h\"");
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let (coach, mine) = (fixture.relationship("coach"), fixture.bundle("Mine", &bob));
    let by_address = |target: &str| Filing { target: UserRef::Address(address(target)), ..ask(&coach, &ann, &eve) };
    let results = in_one_batch(
        &fixture,
        vec![
            files(person(&bob), ask(&coach, &ann, &bob)),
            // The same again.
            files(person(&bob), ask(&coach, &ann, &bob)),
            files(person(&eve), ask(&coach, &ann, &eve)),
            // Ann has had the one email that Eve may cause her.
            files(person(&eve), ask(&fixture.relationship("doctor"), &ann, &eve)),
            // Bob's, not Ann's.
            files(person(&eve), ask(&mine, &ann, &eve)),
            files(person(&eve), by_address("bob@example.org")),
            // Found by the address.
            files(person(&eve), by_address("new@example.org")),
            files(person(&bob), ask(&coach, &eve, &ann)),
        ],
    );
    let words = in_words(&results);
    assert_eq!(words[..3], ["new", "found", "new"], "{results:?}");
    assert_eq!(results[0].split(' ').next_back(), results[1].split(' ').next_back());
    assert!(results[3].contains("user_target has had as many emails as one person or app sends them"), "{results:?}");
    assert!(results[4].contains("not user_target's to give"), "{results:?}");
    assert_eq!(words[5..7], ["new", "new"], "{results:?}");
    assert!(results[7].contains("only ask for access for yourself"), "{results:?}");
    assert_eq!((fixture.count("requests", "1 = 1"), fixture.count("request_items", "1 = 1")), (4, 4));
    assert_eq!((fixture.count("outbox", "1 = 1"), fixture.count("audit", "event = 'request.filed'")), (4, 4));
    assert_eq!(fixture.count("users", "email = 'new@example.org' AND is_external"), 1);
    is_whole(&fixture);
}

#[test]
fn batched_emails_to_one_mail_domain_are_counted_as_alone() {
    const FEW: &str = "[limits]\ndomain_hourly = 2\nown_domains = [\"example.com\"]";
    let stage = |fixture: &Fixture| {
        let coach = fixture.relationship("coach");
        let targets = ["a@example.org", "b@example.com", "c@example.org", "d@example.net", "e@example.org", "f@example.org"];
        let requesters: Vec<_> =
            (0..targets.len() + 3).map(|number| fixture.user(&format!("asker{number}@example.com"))).collect();
        let mut filings: Vec<_> = targets.iter().map(|target| fixture.user(target)).zip(&requesters).collect();
        filings
            .extend(["g@example.com", "h@example.com", "i@example.net"].iter().map(|it| fixture.user(it)).zip(&requesters[6..]));
        filings.iter().map(|(target, requester)| (person(requester), ask(&coach, target, requester))).collect::<Vec<_>>()
    };
    let fixture = narrow(FEW);
    let together = in_one_batch(&fixture, stage(&fixture).into_iter().map(|(caller, filing)| files(caller, filing)).collect());
    assert_eq!(in_words(&together), ["new", "new", "new", "new", "as", "as", "new", "new", "new"], "{together:?}");
    assert!(together[4].contains("as many emails as are sent to one mail domain have gone to user_target's"), "{together:?}");
    assert_eq!((fixture.count("requests", "1 = 1"), transactions(&fixture, "requests", "1 = 1")), (7, 1), "nobody strayed");
    is_whole(&fixture);
    // Alone, on both databases.
    let left = |fixture: &Fixture| {
        fixture.texts("SELECT kind || subject || '=' || full_at AS value FROM budgets ORDER BY kind, subject")
    };
    let after = left(&fixture);
    assert_eq!(after.iter().filter(|row| row.starts_with("domain_hour")).count(), 2, "{after:?}");
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let fixture = Fixture::new(kind).with(FEW);
        let alone: Vec<_> = stage(&fixture)
            .into_iter()
            .map(|(caller, filing)| {
                let config = std::sync::Arc::clone(&fixture.config);
                let filed = fixture.write(move |tx| countersign::workflow::requests::file::file(tx, &config, &caller, &filing));
                filed.map_or_else(|refusal| refusal.to_string(), |_| "new".to_owned())
            })
            .collect();
        assert_eq!(in_words(&alone), in_words(&together), "{kind:?}");
        assert_eq!(alone[4], together[4], "{kind:?}");
    }
}

#[test]
fn concurrent_approvals_share_one_transaction_and_each_token_works_once() {
    let fixture = narrow("");
    let coach = fixture.relationship("coach");
    let mut tokens = Vec::new();
    for number in 0..4 {
        let (approver, requester) =
            (fixture.user(&format!("d{number}@example.org")), fixture.user(&format!("a{number}@example.org")));
        let (_, token) = fixture.asked_by_mail(&coach, &approver, &requester);
        tokens.push((approver, token));
    }
    let stranger = fixture.user("stranger@example.org");
    let redeems = |approver: &User, token: &str| -> Operation<'_> {
        let (approver, token) = (approver.clone(), token.to_owned());
        Box::new(move |fixture| word(fixture.redeem(&approver, &token)).to_owned())
    };
    // Each once, one of them twice, and one by another person.
    let mut all: Vec<Operation<'_>> = tokens.iter().map(|(approver, token)| redeems(approver, token)).collect();
    all.extend([redeems(&tokens[0].0, &tokens[0].1), redeems(&stranger, &tokens[1].1)]);
    let words = in_one_batch(&fixture, all);
    let of_first: BTreeSet<_> = [words[0].as_str(), words[4].as_str()].into();
    assert_eq!(of_first, ["approved", "ok"].into(), "{words:?}");
    assert_eq!(words[1..4], ["ok", "ok", "ok"], "{words:?}");
    assert_eq!(words[5], "forbidden", "{words:?}");
    assert_eq!((fixture.count("grants", "revoked_at IS NULL"), fixture.count("requests", "state = 'approved'")), (4, 4));
    assert_eq!(fixture.count("audit", "event = 'request.approved'"), 4);
    assert_eq!(transactions(&fixture, "grants", "1 = 1"), 1);
    is_whole(&fixture);
}

#[test]
fn batched_reads_get_the_same_results_as_alone() {
    let fixture = narrow("");
    let (coach, doctor) = (fixture.relationship("coach"), fixture.relationship("doctor"));
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let (first, token) = fixture.asked_by_mail(&coach, &ann, &bob);
    let (_, ended) = fixture.asked_by_mail(&doctor, &ann, &bob);
    fixture.redeem(&ann, &ended).unwrap();
    fixture.clock.advance(TimeDelta::days(1));
    fixture.resend(&person(&bob), first.id).unwrap();
    fixture.deliver();
    // Both valid, for one request.
    let again = fixture.tokens_for("ann@example.org").into_iter().find(|other| ![&token, &ended].contains(&other)).unwrap();
    let unknown = FreshSecret::draw(&fixture.rng).unwrap().with_id(SecretKind::Redeem, 4_711).reveal().to_string();
    let cases = [
        (&ann, &token, "ok"),
        (&ann, &again, "ok"),
        (&eve, &token, "forbidden"),
        (&ann, &ended, "approved"),
        (&ann, &unknown, "not found"),
    ];
    let results = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).flat_map(|_| cases).map(|(who, token, _)| scope.spawn(|| word(fixture.check(who, token)))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    for (result, (who, _, expected)) in results.iter().zip((0..8).flat_map(|_| cases)) {
        assert_eq!(*result, expected, "{}", who.email);
    }
}

#[test]
fn a_grant_whose_parent_is_revoked_in_the_same_batch_does_not_outlive_it() {
    let fixture = narrow("");
    let [ann, bob, eve] = ["ann@example.org", "bob@example.org", "eve@example.org"].map(|email| fixture.user(email));
    let bundle = fixture.bundle("Sleep data", &ann);
    // Bob may share on what Ann gave him. He offers it to Eve, and asks Ann for the same access by a request.
    let parent = fixture.entitle(&bundle, &bob, bundle.level);
    let (_, asked) = fixture.asked_by_mail(&bundle, &ann, &bob);
    fixture.file(&person(&bob), &ask(&bundle, &eve, &eve)).unwrap();
    fixture.deliver();
    let offered = fixture.token_for("eve@example.org");
    let redeems = |user: &User, token: &str| -> Operation<'_> {
        let (user, token) = (user.clone(), token.to_owned());
        Box::new(move |fixture| word(fixture.redeem(&user, &token)).to_owned())
    };
    let words = in_one_batch(&fixture, vec![redeems(&ann, &asked), redeems(&eve, &offered)]);
    assert_eq!(words[0], "ok", "{words:?}");
    assert_eq!(fixture.count("grants", &format!("id = {} AND revoked_at IS NOT NULL", parent.id)), 1);
    let orphans = "revoked_at IS NULL AND parent_id IN (SELECT id FROM grants WHERE revoked_at IS NOT NULL)";
    assert_eq!(fixture.count("grants", orphans), 0, "{words:?}");
    is_whole(&fixture);
}

fn add(tx: &mut Tx<'_>, email: &str) -> Result<(), StoreError> {
    users::add(tx, &countersign::domain::NewUser::with_address(address(email))).map(drop)
}

/// A command that runs a function.
struct Runs(fn(&mut Tx<'_>) -> Result<(), StoreError>);

impl Command for Runs {
    type Output = ();
    type Error = StoreError;
    const ADDS_TO: Option<&'static str> = Some("requests");

    fn run_all(tx: &mut Tx<'_>, commands: &[&Self], _: &mut Changes) -> Result<Results<Self>, StoreError> {
        commands.iter().map(|command| (command.0)(tx).map(|()| Some(Ok(())))).collect()
    }
}

#[test]
fn a_command_that_panics_or_that_the_database_refuses_reruns_the_batch_one_by_one() {
    let fixture = narrow("");
    fixture.user("ann@example.org");
    let runs = |f: fn(&mut Tx<'_>) -> Result<(), StoreError>| -> Operation<'_> {
        Box::new(move |fixture| fixture.execute(Runs(f)).map_or_else(|error| error.to_string(), |()| "ok".to_owned()))
    };
    let results = in_one_batch(
        &fixture,
        vec![
            runs(|tx| add(tx, "zoe@example.org")),
            runs(|_| panic!("on purpose")),
            runs(|tx| add(tx, "ann@example.org")),
            runs(|tx| add(tx, "joe@example.org")),
        ],
    );
    assert_eq!((results[0].as_str(), results[3].as_str()), ("ok", "ok"), "{results:?}");
    assert!(results[1].contains("panicked"), "{results:?}");
    assert!(results[2].contains("users_username"), "{results:?}");
    let added = "email IN ('ann@example.org', 'joe@example.org', 'zoe@example.org')";
    assert_eq!((fixture.count("users", added), transactions(&fixture, "users", added)), (3, 3));
    is_whole(&fixture);
}

#[test]
fn a_locked_row_delays_only_its_own_operation() {
    let fixture = Fixture::new(Kind::Postgres);
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let coach = fixture.relationship("coach");
    let held = fixture.lock(&format!("SELECT id FROM users WHERE id = {} FOR UPDATE", ann.id));
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| word(fixture.file(&person(&bob), &ask(&coach, &ann, &bob))));
        wait_until("it to wait", || (fixture.waiting_for_rows() > 0).then_some(()));
        assert_eq!(word(fixture.file(&person(&bob), &ask(&coach, &eve, &bob))), "ok");
        assert!(!waits.is_finished());
        drop(held);
        assert_eq!(waits.join().unwrap(), "ok");
    });
    assert_eq!(fixture.count("requests", "1 = 1"), 2);
}

/// Asks who asks. PostgreSQL refuses a text with a zero byte, and with it the transaction.
struct WhoAsks {
    text: &'static str,
    /// The number of questions in each transaction.
    batches: Arc<Mutex<Vec<usize>>>,
}

impl CallerQuestion for WhoAsks {
    type Output = Option<UserId>;
    type Error = AuthError;
    type Loaded = ();

    fn load(_: &mut Tx<'_>, questions: &[&Self]) -> Result<Vec<()>, StoreError> {
        questions[0].batches.lock().unwrap().push(questions.len());
        Ok(vec![(); questions.len()])
    }

    fn answer(&self, tx: &mut Tx<'_>, caller: &Caller, _: &Reading, (): &()) -> Result<Option<UserId>, AuthError> {
        idempotency::find(tx, self.text, "", TimeDelta::days(1))?;
        Ok(caller.user)
    }
}

#[test]
fn a_question_that_the_database_refuses_leaves_the_others_their_own_answers() {
    let fixture = narrow("");
    let auth = Authenticator::new(fixture.store.clone(), fixture.rng.clone(), &fixture.config.limits).unwrap();
    let callers = ["ann@example.org", "bob@example.org", "eve@example.org"].map(|email| {
        let (user, rng) = (fixture.user(email), fixture.rng.clone());
        let scopes = std::iter::once(KeyScope::Check).collect();
        let new = NewKey { name: "App".into(), app: None, user: Some(user.id), scopes, redeem_urls: Vec::new() };
        let secret = fixture.write(move |tx| accounts::add_key(tx, &Caller::operator(), &rng, &new)).unwrap();
        (user.id, format!("Bearer {}", secret.reveal().as_str()))
    });
    let batches = Arc::new(Mutex::new(Vec::new()));
    let ask =
        |caller: usize, text| auth.ask(Some(&callers[caller].1), None::<IpAddr>, WhoAsks { text, batches: Arc::clone(&batches) });
    let (ann, bob, eve, ()) = std::thread::scope(|scope| {
        let open = occupy(&fixture, scope);
        // The last one runs when all others wait.
        runtime().block_on(async { tokio::join!(ask(0, "a"), ask(1, "\0"), ask(2, "e"), async { drop(open) }) })
    });
    assert_eq!((ann.unwrap(), eve.unwrap()), (Some(callers[0].0), Some(callers[2].0)));
    assert!(matches!(bob, Err(AuthError::Store(_))), "{bob:?}");
    let mut batches = batches.lock().unwrap().clone();
    batches.sort_unstable();
    assert_eq!(batches, [1, 1, 1, 3], "together, then each alone");
}

fn limit(subject: i64) -> RateLimit {
    RateLimit { kind: "test", subject, burst: 5, every: TimeDelta::hours(1) }
}

#[test]
fn a_filing_locks_no_rate_limit_before_it_has_added_the_missing_ones() {
    let fixture = Fixture::new(Kind::Postgres);
    fixture.write(|tx| rate_limits::take_all(tx, &[limit(1)])).unwrap();
    // Another filing adds the second limit first, and then locks the first one.
    let mut other = fixture.lock("INSERT INTO budgets (kind, subject, full_at) VALUES ('test', 2, 0)");
    std::thread::scope(|scope| {
        let files = scope.spawn(|| {
            fixture.write(|tx| {
                let limits = vec![limit(1), limit(2)];
                let key = HistoryKey { request: None, user: None, app: None, named: Vec::new(), limits };
                History::load(tx, &[key]).map(drop)
            })
        });
        wait_until("it to wait", || (fixture.waiting_for_rows() > 0).then_some(()));
        let locked = other.batch_execute("SELECT 1 FROM budgets WHERE kind = 'test' AND subject = 1 FOR UPDATE NOWAIT");
        other.batch_execute("ROLLBACK").unwrap();
        files.join().unwrap().unwrap();
        locked.expect("or the two would wait for each other");
    });
    assert_eq!(fixture.count("budgets", "kind = 'test'"), 2);
}
