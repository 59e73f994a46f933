//! Lists with keyset pages, and queries that use an index.

use std::collections::BTreeSet;

use countersign::domain::{AppId, BundleId, EmailState, RequestState, UserId};
use countersign::store::admin::{emails, grants, requests, search};

use super::Town;
use crate::pages::browser::Browser;
use crate::support::fixture::{Fixture, Kind, on_both};

on_both![
    every_row_is_on_exactly_one_page,
    a_filter_finds_rare_rows_among_many,
    the_overview_counts_what_there_is,
    one_search_field_finds_everything,
    the_audit_can_be_paged_back_to_its_beginning,
];

/// Follows "Next" to the end. Returns the first field of each row, in order.
fn all(browser: &mut Browser, path: &str) -> Vec<String> {
    let mut rows = Vec::new();
    browser.open(path);
    for _ in 0..60 {
        let body = browser.page.body.clone();
        let table = body.split("<tbody role=\"rowgroup\">").nth(1).map_or("", |rest| rest.split("</tbody>").next().unwrap());
        for row in table.split("<tr role=\"row\">").skip(1) {
            rows.push(row.split("class=\"is\">").nth(1).unwrap().split("</div>").next().unwrap().trim().to_owned());
        }
        let Some(next) = body.split(" rel=\"next\"").next().filter(|_| body.contains(" rel=\"next\"")) else { return rows };
        let next = next.rsplit("href=\"").next().unwrap().trim_end_matches('"').replace("&#38;", "&");
        assert!(browser.open(&next).says("First page"));
    }
    panic!("{path} goes on for ever");
}

fn every_row_is_on_exactly_one_page(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    for n in 0..60 {
        let carl = fixture.user(&format!("u{n}@example.org"));
        let bundle = fixture.bundle(&format!("B{n}"), &town.ann);
        fixture.asked(&bundle, &town.ann, &town.bob);
        fixture.entitle_with(
            &bundle,
            carl.id.into(),
            countersign::domain::Level::View,
            0,
            Some(fixture.now() + chrono::TimeDelta::days(1 + n % 3)),
            &[],
        );
    }
    let mut browser = town.browser();
    let cases = [
        ("/admin/requests".to_owned(), fixture.count("requests", "1 = 1")),
        ("/admin/requests?state=waiting".to_owned(), fixture.count("requests", "state = 'pending'")),
        (format!("/admin/requests?person={}", town.ann.id), fixture.count("requests", &format!("target_id = {}", town.ann.id))),
        ("/admin/grants".to_owned(), fixture.count("grants", "1 = 1")),
        ("/admin/grants?state=ending".to_owned(), fixture.count("grants", "ends_at IS NOT NULL")),
        (format!("/admin/grants?gave={}", town.ann.id), fixture.count("grants", &format!("grantor_id = {}", town.ann.id))),
        ("/admin/users".to_owned(), fixture.count("users", "1 = 1")),
        ("/admin/bundles".to_owned(), fixture.count("bundles", "1 = 1")),
        ("/admin/emails/queue".to_owned(), fixture.count("outbox", "1 = 1")),
        ("/admin/emails/queue?state=queued".to_owned(), fixture.count("outbox", "state = 'queued'")),
        ("/admin/audit".to_owned(), fixture.count("audit", "1 = 1")),
    ];
    for (path, number) in cases {
        let rows = all(&mut browser, &path);
        assert_eq!(rows.len(), number, "{path}");
        // Lines of the audit begin with their time, which others share.
        let is_distinct = path.contains("audit") || rows.iter().collect::<BTreeSet<_>>().len() == rows.len();
        assert!(is_distinct || path.contains("queue"), "{path}: {rows:?}");
    }
}

/// A row without an index, far behind the newest.
fn a_filter_finds_rare_rows_among_many(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    // As if a hundred thousand emails had been sent in between.
    let newest = fixture.texts("SELECT CAST(max(id) AS TEXT) AS value FROM outbox")[0].clone();
    fixture.sql(&format!("UPDATE outbox SET id = 100000, state = 'queued' WHERE id = {newest}")).unwrap();
    let mut browser = town.browser();
    let sent = fixture.count("outbox", "state = 'sent'");
    let page = browser.open("/admin/emails/queue?state=sent");
    assert!(page.says("There is nothing here.") && page.says("Next"), "one look reads so much and no more: {}", page.text());
    assert_eq!(all(&mut browser, "/admin/emails/queue?state=sent").len(), sent);
}

fn the_overview_counts_what_there_is(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    let mut browser = town.browser();
    let text = browser.open("/admin").text();
    for part in
        ["2 Open requests", "0 Running late", "1 Email not delivered", "1 Failed emails", "1 Access that ends within a week"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Five filed, two approved, one declined, all on the first of December.
    assert!(text.contains("1 December 5 2 1 0"), "{text}");
    for part in ["Up to 10 minutes 2", "Up to 1 hour 1", "Email Sending", "Epoch 1", "Schema 2026"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    fixture.pass(chrono::TimeDelta::days(4));
    let mut browser = town.browser();
    let text = browser.open("/admin").text();
    assert!(text.contains("2 Running late"), "{text}");
}

fn one_search_field_finds_everything(fixture: &Fixture) {
    let town = Town::new(fixture);
    let mut browser = town.browser();
    let mut found = |q: &str| {
        let q: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
        browser.open(&format!("/admin/search?q={q}")).text()
    };
    assert!(found("bob@example.org").contains("People Name Number Name Bob bob@example.org"), "{}", found("bob@example.org"));
    assert!(found("BOB@ex").contains("bob@example.org"), "addresses have no case");
    fixture.add_user("x1@example.org", |new| {
        new.first_name = "Öykü".into();
        new.last_name = "McKay".into();
    });
    for name in ["McKay", "mcK", "McK", "Öykü", "ök", "öyk"] {
        assert_eq!(found(name).contains("x1@example.org"), name != "ök", "{name}");
    }
    assert!(found("Sleep").contains("Bundles Name Number Name Sleep data"), "{}", found("Sleep"));
    assert!(found(&town.given.public_id).contains("Access Number Person with access"), "{}", found(&town.given.public_id));
    let number = found(&format!("https://cs.example/api/bundle_permission_request/{}/", town.waiting.id));
    assert!(number.contains("Training log"), "{number}");
    for nothing in ["leep", "%", "_ob@example.org", "nobody@example.org", "999999"] {
        assert!(found(nothing).contains("No results for"), "{nothing}: {}", found(nothing));
    }
    assert!(found("").contains("Enter a number, an address"));
    let odd = found("<b>'\"; DROP TABLE users --");
    assert!(odd.contains("No results for") && odd.contains("<b>'\"; DROP TABLE users --"), "{odd}");
}

fn the_audit_can_be_paged_back_to_its_beginning(fixture: &Fixture) {
    let town = Town::new(fixture);
    let mut browser = town.browser();
    let text = browser.open("/admin/audit").text();
    for line in ["Request sent", "Approved", "Declined", "Person added", "Key created", "the system or its operator"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    for odd in ["x", "0-1_0-1_99-4", "0-0", "0--5", "0-99999999999"] {
        assert_eq!(browser.get(&format!("/admin/audit?before={odd}")).status, 200, "{odd}");
    }
    for odd in ["x", "1.x", ".", "9999999999999999999999.1", "-5.-6"] {
        for path in
            ["requests?state=waiting", "requests?state=all", "grants?state=all", "emails/queue?state=queued", "users?state=here"]
        {
            assert_eq!(browser.get(&format!("/admin/{path}&after={odd}")).status, 200, "{path} {odd}");
        }
    }
    // Ignoring an unknown filter would show more than intended.
    for list in ["requests", "grants", "emails/queue", "users", "bundles"] {
        for odd in ["state=x", "state=all&state=all"] {
            assert_eq!(browser.get(&format!("/admin/{list}?{odd}")).status, 400, "{list} {odd}");
        }
    }
    for odd in
        ["requests?person=x", "requests?key=0", "requests?bundle=1&bundle=2", "grants?holds=bob@example.org", "grants?gave="]
    {
        assert_eq!(browser.get(&format!("/admin/{odd}")).status, 400, "{odd}");
    }
}

#[test]
fn the_big_lists_read_no_whole_table() {
    let fixture = Fixture::new(Kind::Sqlite);
    let plan = |text: &str| {
        // A plan does not show bound values; every parameter accepts a number.
        let text = text.split(" -- binds").next().unwrap();
        fixture.plan(text, &[])
    };
    let user = UserId(3);
    let mut cases: Vec<(String, String, &str)> = Vec::new();
    for (which, index) in [
        (requests::Which::Waiting, "requests_expiry"),
        (requests::Which::Undeliverable, "requests_bounced"),
        (requests::Which::Stale, "requests_expiry"),
        (requests::Which::All, "INTEGER PRIMARY KEY"),
        (requests::Which::Ended(RequestState::Declined), "INTEGER PRIMARY KEY"),
        (requests::Which::FiledBy(AppId(3)), "requests_key"),
        (requests::Which::For(BundleId(3)), "request_items_bundle"),
    ] {
        cases.extend(requests::sqlite_texts(which).into_iter().map(|text| (format!("{which:?}"), text, index)));
    }
    for (text, index) in requests::sqlite_texts(requests::Which::Of(user)).into_iter().zip([
        "requests_target",
        "requests_allowed",
        "requests_initiator",
    ]) {
        cases.push(("Of".to_owned(), text, index));
    }
    for (which, index) in [
        (grants::Which::All, "INTEGER PRIMARY KEY"),
        (grants::Which::Live, "INTEGER PRIMARY KEY"),
        (grants::Which::Over, "INTEGER PRIMARY KEY"),
        (grants::Which::EndingBefore(fixture.now()), "grants_ends"),
        (grants::Which::GivenBy(user), "grants_grantor"),
        (grants::Which::HeldBy(user), "grants_grantee"),
        (grants::Which::Of(user), "grants_owner"),
        (grants::Which::For(BundleId(3)), "grants_bundle"),
    ] {
        cases.extend(grants::sqlite_texts(which).into_iter().map(|text| (format!("{which:?}"), text, index)));
    }
    for (state, index) in [
        (None, "INTEGER PRIMARY KEY"),
        (Some(EmailState::Sent), "INTEGER PRIMARY KEY"),
        (Some(EmailState::Queued), "outbox_due"),
        (Some(EmailState::Dead), "outbox_dead"),
    ] {
        cases.push((format!("{state:?}"), emails::sqlite_text(state), index));
    }
    cases.extend(search::sqlite_texts().map(|(text, index)| ("search".to_owned(), text, index)));
    for (what, text, index) in [
        ("a request's history", "SELECT * FROM audit WHERE request_id = 3 ORDER BY at LIMIT 200", "audit_request"),
        ("a grant's history", "SELECT * FROM audit WHERE grant_id = 3 ORDER BY at LIMIT 200", "audit_grant"),
        ("the newest of the audit", "SELECT * FROM audit WHERE chain = 0 AND seq < 9 ORDER BY seq DESC LIMIT 50", "PRIMARY KEY"),
    ] {
        cases.push((what.to_owned(), text.to_owned(), index));
    }
    for (what, text, index) in cases {
        let plan = plan(&text);
        assert!(plan.contains(index), "{what}: {plan}\n{text}");
        let is_whole = plan.contains("SCAN") && !plan.contains("USING INDEX outbox_dead");
        assert!(!is_whole, "{what}: {plan}\n{text}");
    }
}
