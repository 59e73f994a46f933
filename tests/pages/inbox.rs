//! The inbox, and its actions.

use chrono::TimeDelta;
use countersign::domain::grant::reshare;
use countersign::domain::{Level, Scope};
use countersign::store;
use countersign::workflow::requests::file::Filing;

use super::browser::{Browser, roomy};
use crate::support::fixture::{Fixture, ask, offer, on_both, person};

on_both![
    all_four_lists_show_their_rows_and_can_end_them,
    nobody_ends_rows_of_others,
    access_through_a_group_is_shown_and_cannot_be_given_up,
    a_list_has_pages_newest_first,
];

fn shows(browser: &mut Browser, path: &str, all: &[&str]) {
    let page = browser.open(path);
    for words in all {
        assert!(page.says(words), "{words:?} on {path}: {}", page.text());
    }
}

fn all_four_lists_show_their_rows_and_can_end_them(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (sleep, food) = (fixture.bundle("Sleep data", &ann), fixture.bundle("Food diary", &ann));
    let grant = fixture.given(&sleep, &ann, &bob);
    fixture.asked_by_mail(&food, &ann, &bob);

    let mut anns = Browser::of(fixture, &ann);
    let later = "You can get a new link from Tuesday 1 December, 12:10.";
    let waits = "Waiting for you Reply by Tuesday 8 December, 12:00 Bob (bob@example.org) wants to view and change “Food diary”";
    shows(&mut anns, "/inbox", &["Requests for you 1", waits, later]);
    let gave = "Has access Since 1 December, until you stop sharing Bob (bob@example.org) can view and change “Sleep data”";
    shows(&mut anns, "/inbox/given", &[gave]);
    shows(&mut anns, "/inbox/asked", &["You have no requests here."]);
    shows(&mut anns, "/inbox/held", &["You do not have access to anyone else’s data."]);
    fixture.pass(TimeDelta::minutes(10));
    anns.open("/inbox");
    assert!(anns.press("Email me a new link", &[]).says("We are emailing you a new link"));
    assert!(anns.page.says("You can get a new link from Tuesday 1 December, 12:20."), "{}", anns.page.text());
    assert_eq!(fixture.deliver(), 1);

    let mut bobs = Browser::of(fixture, &bob);
    let asked = "Waiting for reply Open until Tuesday 8 December, 12:00 You asked Ann to let you view and change “Food diary”";
    shows(&mut bobs, "/inbox/asked", &[asked, "Their mail server accepted our email.", "Approved Sent on 1 December"]);
    assert!(!bobs.page.body.contains("ann@example.org"), "the address of who decides is not his to read");
    assert!(bobs.press("Withdraw request", &[]).says("Withdrawn. We will let them know."));
    assert_eq!(fixture.count("requests", "state = 'withdrawn'"), 1);
    assert!(bobs.press("Undo: send it again", &[]).says("Sent again. We are emailing them."));
    assert_eq!(fixture.count("requests", "state = 'pending'"), 1, "undone as a new request");
    shows(
        &mut bobs,
        "/inbox/held",
        &["You have access Since 1 December, until they stop sharing Ann lets you view and change “Sleep data”"],
    );
    anns.open("/inbox/given");
    assert!(bobs.press("Give up access", &[]).says("You gave up the access."));
    assert!(!fixture.is_live(grant.id));
    // Ann's page is old: its button has no effect, and shows the present state.
    let late = anns.press("Stop sharing", &[]);
    assert_eq!((late.status, late.heading().as_str()), (200, "Inbox"));
    assert!(!late.says("You stopped sharing."));
    shows(
        &mut anns,
        "/inbox/given?state=ended",
        &[
            "Stopped Since 1 December, stopped on Tuesday 1 December, 12:10 Bob (bob@example.org) could view and change “Sleep data”",
        ],
    );
    fixture.deliver();
}

fn nobody_ends_rows_of_others(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.admin("eve@example.org"));
    let carl = fixture.user("carl@example.org");
    let grant = fixture.given(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let request = fixture.asked(&fixture.bundle("Food diary", &ann), &ann, &bob);
    fixture.deliver();
    for user in [&carl, &eve] {
        let mut browser = Browser::of(fixture, user);
        for list in ["/inbox", "/inbox/asked", "/inbox/given", "/inbox/held"] {
            let page = browser.open(&format!("{list}?state=all"));
            assert!(!page.says("Sleep data") && !page.says("Food diary"), "{}", page.text());
        }
        browser.open("/inbox");
        let mark = browser.form("Sign out").1[0].1.clone();
        let request = request.id.to_string();
        for path in ["withdraw", "link", "decline", "resend", "again", "block"] {
            let fields = [("form", mark.as_str()), ("id", &request), ("whom", "person")];
            let answer = browser.post(&format!("/inbox/{path}"), &fields, &[]);
            assert!(matches!(answer.status, 303 | 403 | 404), "{path}: {}", answer.status);
        }
        for id in ["", "x", "-1", "99999999999999999999"] {
            assert_eq!(browser.post("/inbox/revoke", &[("form", &mark), ("id", id)], &[]).status, 400, "{id}");
        }
    }
    let mut carls = Browser::of(fixture, &carl);
    carls.open("/inbox");
    let mark = carls.form("Sign out").1[0].1.clone();
    carls.post("/inbox/revoke", &[("form", &mark), ("id", &grant.id.to_string())], &[]);
    assert!(fixture.is_live(grant.id));
    assert_eq!(fixture.state(request.id), "pending");
    assert_eq!(fixture.count("blocks", "1 = 1"), 0);
    assert_eq!(fixture.deliver(), 0);
}

fn access_through_a_group_is_shown_and_cannot_be_given_up(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let bob_id = bob.id;
    let group = fixture
        .write(move |tx| {
            let group = store::users::add_group(tx, "Coaches")?;
            store::users::add_member(tx, group.id, bob_id)?;
            Ok::<_, store::StoreError>(group)
        })
        .unwrap();
    let sleep = fixture.bundle("Sleep data", &ann);
    let grant = fixture.entitle_with(&sleep, group.id.into(), Level::View, reshare::INTERNAL, None, &[]);
    fixture.sql(&format!("UPDATE grants SET grantee_kind = 'group' WHERE id = {}", grant.id)).unwrap();
    let mut bobs = Browser::of(fixture, &bob);
    shows(&mut bobs, "/inbox/held", &["Ann lets you view “Sleep data”", "You have this access through the group Coaches."]);
    assert!(!bobs.page.body.contains("/inbox/revoke"));
    let mark = bobs.form("Sign out").1[0].1.clone();
    let refused = bobs.post("/inbox/revoke", &[("form", &mark), ("id", &grant.id.to_string())], &[]);
    assert_eq!(refused.status, 403);
    assert!(refused.says("You have this access through a group."), "{}", refused.text());
    assert!(fixture.is_live(grant.id));
}

fn a_list_has_pages_newest_first(fixture: &Fixture) {
    let fixture = fixture.with("[limits]\ntarget_letters = 0\ninitiator_hourly = 0\ninitiator_daily = 0\ndomain_hourly = 0");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let bundles: Vec<_> = (1..=13).map(|n| fixture.bundle(&format!("Diary {n:02}"), &ann)).collect();
    for bundle in &bundles {
        fixture.asked(bundle, &ann, &bob);
    }
    // Carl offers Bob something too: it is among the requests for Bob, not among his own.
    let carl = fixture.user("carl@example.org");
    fixture.file(&person(&carl), &offer(&fixture.bundle("Carl's", &carl), &bob)).unwrap();
    // And Bob offers Carl something: filed by him for another, it is among his own.
    fixture.file(&person(&bob), &offer(&fixture.bundle("Bob's", &bob), &carl)).unwrap();
    let diaries = |browser: &Browser| -> Vec<String> {
        browser.page.body.split("<h3>").skip(1).map(|rest| rest.split("</h3>").next().unwrap().to_owned()).collect()
    };
    let (mut anns, mut bobs) = (Browser::of(&fixture, &ann), Browser::of(&fixture, &bob));
    anns.open("/inbox");
    let first = diaries(&anns);
    assert_eq!(first.len(), 10);
    assert!(first[0].ends_with("“Diary 13”") && first[9].ends_with("“Diary 04”"), "{first:?}");
    assert!(anns.page.says("Requests for you 13") && anns.page.says("Older") && !anns.page.says("Newer"));
    let sheet = anns.page.body.split('"').find(|path| path.contains(".css")).unwrap().to_owned();
    let weight = anns.page.body.len() + anns.get(&sheet).body.len();
    assert!(weight < 50_000, "a full page weighs {weight} bytes with its styles");
    anns.open("/inbox?page=2");
    let second = diaries(&anns);
    assert_eq!(second.len(), 3);
    assert!(second[2].ends_with("“Diary 01”") && anns.page.says("Newer") && !anns.page.says("Older"), "{second:?}");

    bobs.open("/inbox/asked");
    let first = diaries(&bobs);
    assert_eq!(first[0], "You invited Carl to view and change “Bob&#39;s”");
    assert!(first[1].ends_with("“Diary 13”") && first[9].ends_with("“Diary 05”"), "{first:?}");
    bobs.open("/inbox/asked?page=2");
    assert_eq!(diaries(&bobs).len(), 4);
    bobs.open("/inbox");
    assert_eq!(diaries(&bobs), ["You are invited to view and change “Carl&#39;s”"]);
    for odd in ["page=0", "page=-7", "page=x", "page=99999999999999"] {
        assert_eq!(anns.get(&format!("/inbox?{odd}")).status, 200, "{odd}");
    }
    // Ignoring an unknown filter would show more than intended.
    for odd in ["state=x", "state=", "state=open&state=all"] {
        assert_eq!(anns.get(&format!("/inbox?{odd}")).status, 400, "{odd}");
    }
    fixture.deliver();
}

#[test]
fn declining_in_the_inbox_needs_no_email_and_approving_does() {
    let fixture = roomy();
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (request, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let mut anns = Browser::of(&fixture, &ann);
    anns.open("/inbox");
    assert!(!anns.page.body.contains(">Approve<") && !anns.page.body.contains("/redeem/approve"));
    let long = anns.press_only("Decline request", &[("reason", &"x".repeat(1_001))]);
    assert_eq!(long.status, 422);
    assert_eq!(fixture.state(request.id), "pending");
    anns.open("/inbox");
    assert!(anns.press("Decline request", &[("reason", "Not now")]).says("You declined. Nothing was shared."));
    assert_eq!(fixture.state(request.id), "declined");
    shows(
        &mut anns,
        "/inbox?state=ended",
        &[
            "Declined",
            "Bob (bob@example.org) wanted to view and change “Sleep data”",
            "Not now",
            "You can approve this until Tuesday 8 December, 12:00",
        ],
    );
    anns.open(&format!("/redeem?token={token}"));
    assert_eq!(anns.press("Approve instead", &[]).heading(), "Bob can now view and change “Sleep data”");
    fixture.deliver();
}

#[test]
fn the_requester_resends_the_email_and_later_files_again() {
    let fixture = roomy();
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let mut filing = ask(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    filing.message = Some("May I?".into());
    filing.level = Some(Level::View);
    let first = fixture.file(&person(&bob), &filing).unwrap().0.request;
    fixture.deliver();
    let mut bobs = Browser::of(&fixture, &bob);
    bobs.open("/inbox/asked");
    assert!(!bobs.page.body.contains("/inbox/resend"), "not within ten minutes");
    fixture.pass(TimeDelta::minutes(10));
    bobs.open("/inbox/asked");
    assert!(bobs.press("Send email again", &[]).says("We are sending the email again."));
    assert_eq!(fixture.deliver(), 1);

    fixture.decline(&ann, &fixture.token_for("ann@example.org"), Some("Ask me later")).unwrap();
    shows(&mut bobs, "/inbox/asked", &["Declined", "Ask me later", "again from Tuesday 8 December, 12:10."]);
    assert!(!bobs.page.body.contains("/inbox/again"));
    let mark = bobs.form("Sign out").1[0].1.clone();
    let soon = bobs.post("/inbox/again", &[("form", &mark), ("id", &first.id.to_string())], &[]);
    assert_eq!(soon.status, 429);
    assert!(soon.says("This was declined before.") && soon.says("Try again after Tuesday 8 December, 12:10."), "{}", soon.text());

    fixture.pass(TimeDelta::days(7));
    let mut bobs = Browser::of(&fixture, &bob);
    bobs.open("/inbox/asked");
    assert!(bobs.press("Send request again", &[]).says("Sent again. We are emailing them."));
    let second = fixture.request(countersign::domain::RequestId(first.id.0 + 1));
    assert_eq!((second.message.as_deref(), second.ttl), (Some("May I?"), first.ttl));
    fixture.deliver();
    let token = fixture.token_for("ann@example.org");
    assert_eq!(fixture.redeem(&ann, &token).unwrap().1.grant.level, Level::View, "as it was asked before");
    fixture.deliver();
}

#[test]
fn an_approver_blocks_a_person_or_an_app_and_unblocks_it() {
    let fixture = roomy().with("[limits]\ntarget_letters = 0");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (sleep, food) = (fixture.bundle("Sleep data", &ann), fixture.bundle("Food diary", &ann));
    let grant = fixture.given(&sleep, &ann, &bob);
    let request = fixture.asked(&food, &ann, &bob);
    let mut anns = Browser::of(&fixture, &ann);
    anns.open("/inbox");
    assert!(anns.press("Block Bob", &[]).says("Blocked. They can no longer send you requests."));
    assert_eq!(fixture.state(request.id), "declined");
    let all = anns.open("/inbox?state=all").text();
    assert!(all.contains("Food diary") && !all.contains("Block Bob"), "who is blocked is not to be blocked again: {all}");
    assert!(fixture.is_live(grant.id), "what was given stays");
    let again = fixture.bundle("Steps", &ann);
    let refused = fixture.file(&person(&bob), &ask(&again, &ann, &bob));
    assert_eq!(crate::support::fixture::word(refused), "forbidden");
    shows(&mut anns, "/inbox/blocked", &["Bob (bob@example.org)", "Blocked on 1 December"]);
    assert!(anns.press("Unblock Bob", &[]).says("Unblocked. They can send you requests again."));
    assert!(anns.page.says("You have not blocked anyone."));
    fixture.file(&person(&bob), &ask(&again, &ann, &bob)).unwrap();

    let app = fixture.app("Fitness <b>app</b>", Some(&bob), &[Scope::Requests, Scope::ActAs]);
    let through = fixture.file(&app, &ask(&fixture.bundle("Pulse", &ann), &ann, &bob)).unwrap().0.request;
    anns.open("/inbox");
    assert!(anns.press("Block the app", &[]).says("Undo: unblock"));
    let all = anns.open("/inbox?state=all").text();
    assert!(all.contains("Pulse") && all.contains("Block Bob") && !all.contains("Block the app"), "{all}");
    assert_eq!(fixture.state(through.id), "declined");
    assert_eq!(crate::support::fixture::word(fixture.file(&app, &ask(&sleep, &ann, &bob))), "forbidden");
    shows(&mut anns, "/inbox/blocked", &["Fitness <b>app</b>"]);
    anns.open(&format!("/inbox?said=blocked&whom=app&id={}", app.key.unwrap().0));
    assert!(anns.press("Undo: unblock", &[]).says("Unblocked. They can send you requests again."));
    assert_eq!(fixture.count("blocks", "1 = 1"), 0);
    let events: Vec<_> = fixture.events().into_iter().filter(|event| event.contains("block")).collect();
    assert_eq!(events, ["asker.blocked", "asker.unblocked", "app.blocked", "app.unblocked"]);
    fixture.deliver();
}

#[test]
fn an_export_contains_no_more_than_the_page() {
    let fixture = roomy();
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.add_user("bob@example.org", |new| new.first_name = "=Bob".into()));
    fixture.given(&fixture.bundle("Sleep, \"deep\"", &ann), &ann, &bob);
    let mut anns = Browser::of(&fixture, &ann);
    let csv = anns.get("/inbox/export/given.csv");
    assert_eq!(
        (csv.header("content-type"), csv.header("content-disposition")),
        ("text/csv; charset=utf-8", "attachment; filename=\"given.csv\"")
    );
    let lines: Vec<&str> = csv.body.lines().collect();
    assert_eq!(lines[0], "\u{FEFF}id,state,level,what,only,from,to,starts_at,ends_at,taken_back_at");
    assert_eq!(
        lines[1],
        "\"1\",\"live\",\"edit\",\"Sleep, \"\"deep\"\"\",,\"Ann (ann@example.org)\",\"'=Bob (bob@example.org)\",\"2026-12-01T12:00:00Z\",,"
    );
    let mut bobs = Browser::of(&fixture, &bob);
    let json: serde_json::Value = serde_json::from_str(&bobs.get("/inbox/export/asked-by-you.json").body).unwrap();
    assert_eq!((&json["is_complete"], json["rows"].as_array().unwrap().len()), (&true.into(), 1));
    let row = &json["rows"][0];
    let own = "=Bob (bob@example.org)";
    assert_eq!((&row["state"], &row["decider"], &row["asker"]), (&"approved".into(), &"Ann".into(), &own.into()));
    fixture.file(&person(&ann), &offer(&fixture.bundle("Pulse", &ann), &bob)).unwrap();
    let offered: serde_json::Value = serde_json::from_str(&anns.get("/inbox/export/asked-by-you.json").body).unwrap();
    let row = &offered["rows"][0];
    assert_eq!(
        (&row["kind"], &row["decider"], &row["asker"]),
        (&"invite".into(), &"=Bob".into(), &"Ann (ann@example.org)".into())
    );
    let held = bobs.get("/inbox/export/held.json").body;
    assert!(held.contains("\"from\":\"Ann\"") && !held.contains("ann@example.org"), "{held}");
    for odd in ["x.csv", "given.xml", "given", "given.csv.json"] {
        assert_eq!(bobs.get(&format!("/inbox/export/{odd}")).status, 404, "{odd}");
    }
    bobs.jar.clear();
    assert_eq!(bobs.get("/inbox/export/given.csv").status, 303);
    fixture.deliver();
}

/// Large requests, few of which fill a file: it ends, and says that there is more.
#[test]
fn an_export_that_reaches_its_size_says_so() {
    let fixture = roomy().with(
        "[limits]\nredeem_per_minute = 0\nnew_people_hourly = 0\ntarget_letters = 0\ndomain_hourly = 0\ninitiator_hourly = 0\ninitiator_daily = 0",
    );
    let ann = fixture.user("ann@example.org");
    let uris: Vec<String> = (0..100).map(|number| format!("/night/{number}/{}", "x".repeat(900))).collect();
    let bundle = fixture.bundle_of("Nights", &ann, &uris.iter().map(String::as_str).collect::<Vec<_>>());
    let mut last = None;
    for number in 0..50 {
        let requester = fixture.user(&format!("p{number}@example.org"));
        let filing = Filing { resources: Some(uris.clone()), ..ask(&bundle, &ann, &requester) };
        last = Some(fixture.file(&person(&requester), &filing).unwrap().0.request.id);
    }
    let mut browser = Browser::of(&fixture, &ann);
    let csv = browser.get("/inbox/export/asked-of-you.csv").body;
    let rows: Vec<&str> = csv.trim_end().lines().skip(1).collect();
    let (end, whole) = rows.split_last().unwrap();
    assert_eq!(*end, format!("\"incomplete\"{}", ",".repeat(18)));
    assert!((40..50).contains(&whole.len()) && csv.len() < 5 << 20, "{} rows, {} bytes", whole.len(), csv.len());
    assert!(whole[0].starts_with(&format!("\"{}\"", last.unwrap())), "the newest first");
    assert!(whole.iter().all(|row| row.contains(&uris[99])), "each row is whole");
    let json: serde_json::Value = serde_json::from_str(&browser.get("/inbox/export/asked-of-you.json").body).unwrap();
    assert_eq!((&json["is_complete"], json["rows"].as_array().unwrap().len()), (&false.into(), whole.len()));
    // A list that fits is complete, even beyond one read's rows, and in order.
    let (eve, coach) = (fixture.user("eve@example.org"), fixture.relationship("coach"));
    let mut filed: Vec<String> = (0..130)
        .map(|number| {
            let other = fixture.user(&format!("t{number}@example.org"));
            fixture.file(&person(&eve), &ask(&coach, &other, &eve)).unwrap().0.request.id.to_string()
        })
        .collect();
    filed.reverse();
    let json: serde_json::Value =
        serde_json::from_str(&Browser::of(&fixture, &eve).get("/inbox/export/asked-by-you.json").body).unwrap();
    let ids: Vec<&str> = json["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!((&json["is_complete"], ids), (&true.into(), filed.iter().map(String::as_str).collect()));
    fixture.deliver();
}
