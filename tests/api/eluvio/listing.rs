//! `GET` and `POST /as/sharing/{tenant}/shares`.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{BOBS, Cast, DAY, FILM, NOON, OTHER_TENANT, TENANT, TRAILER, code_of, list_of, shares_of};
use crate::support::fixture::{Fixture, on_both};

on_both![
    a_tenants_shares_are_listed_for_its_people_in_pages,
    a_list_is_filtered_by_object_and_attributes,
    a_list_contains_ended_shares_and_none_of_others,
    a_large_page_ends_early_and_says_where_the_next_one_begins,
];

/// The codes in an answer, and the length of the whole list.
fn listed(cast: &Cast, who: &str, query: &str, body: Option<&Value>) -> (Vec<String>, i64) {
    let path = format!("{}{query}", list_of(TENANT));
    let answer = match body {
        None => cast.site.send(who, "GET", &path, ""),
        Some(body) => cast.site.send(who, "POST", &path, &body.to_string()),
    };
    assert_eq!(answer.status, 200, "{answer}");
    let said = answer.json();
    (said["shares"].as_array().unwrap().iter().map(code_of).collect(), said["paging"]["total"].as_i64().unwrap())
}

fn a_tenants_shares_are_listed_for_its_people_in_pages(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    assert_eq!(listed(&cast, &cast.ann(), "", None), (vec![], 0));
    let codes: Vec<String> = (0..5).map(|i| code_of(&cast.shared(&json!({ "object_ids": [FILM], "n": i })))).collect();
    for (query, from, to) in [
        ("", 0, 5),
        ("?limit=100&offset=0", 0, 5),
        ("?limit=2", 0, 2),
        ("?limit=2&offset=2", 2, 4),
        ("?limit=2&offset=4", 4, 5),
        ("?limit=2&offset=5", 5, 5),
        ("?limit=1000000", 0, 5),
        ("?offset=9223372036854775807", 5, 5),
        ("?limit=&offset=", 0, 5),
    ] {
        assert_eq!(listed(&cast, &cast.ann(), query, None), (codes[from..to].to_vec(), 5), "{query}");
        assert_eq!(listed(&cast, &cast.bob(), query, Some(&json!({}))), (codes[from..to].to_vec(), 5), "{query}");
    }
    let answer = cast.site.send(&cast.ann(), "GET", &format!("{}?limit=1000000&offset=3", list_of(TENANT)), "").json();
    assert_eq!(answer["paging"], json!({ "limit": 10_000, "offset": 3, "total": 5 }));
    assert_eq!(answer["shares"][0], cast.open(&codes[3], "info").json()["share"]);
    // Unknown parameters are ignored; an unknown filter is refused.
    assert_eq!(listed(&cast, &cast.ann(), "?anything=1", None).1, 5);
    let mut bad = vec!["limit=0", "limit=-1", "limit=x", "limit=1.5", "offset=-1", "offset=x"];
    bad.extend(["limit=1&limit=1", "offset=0&offset=1", "object_id=iq__1", "revoked=true"]);
    for query in bad {
        let bad = cast.site.send(&cast.ann(), "GET", &format!("{}?{query}", list_of(TENANT)), "");
        assert_eq!(bad.status, 400, "{query}");
    }
}

fn a_list_is_filtered_by_object_and_attributes(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let attributes = |composition: &str| json!({ "composition": [composition], "recipient": ["a@b.c"] });
    let both = code_of(&cast.shared(&json!({ "object_ids": [FILM, TRAILER], "attributes": attributes("main"), "n": 1 })));
    let film = code_of(&cast.shared(&json!({ "object_ids": [FILM], "attributes": attributes("main"), "n": 2 })));
    let other = code_of(&cast.shared(&json!({ "object_ids": [FILM], "attributes": attributes("short") })));
    let plain = code_of(&cast.shared(&json!({ "object_ids": [TRAILER] })));
    let all = [&both, &film, &other, &plain];
    for (body, found) in [
        (json!({}), &all[..]),
        (json!({ "object_id": FILM }), &[&both, &film, &other]),
        (json!({ "object_id": TRAILER }), &[&both, &plain]),
        (json!({ "object_id": BOBS }), &[]),
        (json!({ "object_id": "iq__nobodyRegisteredThis" }), &[]),
        (json!({ "object_id": FILM, "attributes": { "composition": ["main"] } }), &[&both, &film]),
        (json!({ "object_id": TRAILER, "attributes": { "composition": ["main"] } }), &[&both]),
        (json!({ "attributes": { "composition": ["main"], "recipient": ["a@b.c"] } }), &[&both, &film]),
        (json!({ "attributes": { "composition": ["main", "short"] } }), &[]),
        (json!({ "n": 2 }), &[&film]),
        (json!({ "n": "2" }), &[]),
    ] {
        let found: Vec<String> = found.iter().map(|code| (*code).clone()).collect();
        let total = i64::try_from(found.len()).unwrap();
        assert_eq!(listed(&cast, &cast.ann(), "", Some(&body)), (found.clone(), total), "{body}");
        let second: Vec<String> = found.into_iter().skip(1).take(1).collect();
        assert_eq!(listed(&cast, &cast.ann(), "?limit=1&offset=1", Some(&body)), (second, total), "{body}");
    }
    for body in [r#"{"object_id":7}"#, r#"{"object_id":"/api/bundle/1/"}"#, "[]", "{", r#"{"a":1,"a":2}"#] {
        assert_eq!(cast.site.send(&cast.ann(), "POST", &list_of(TENANT), body).status, 400, "{body}");
    }
}

fn a_list_contains_ended_shares_and_none_of_others(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let over = code_of(&cast.shared(&json!({ "object_ids": [FILM], "end_time": NOON + 60 })));
    let later = code_of(&cast.shared(&json!({ "object_ids": [FILM], "start_time": NOON + DAY })));
    let revoked = cast.code();
    assert_eq!(cast.put(&cast.ann(), &revoked, "/revoke", "{}").status, 200);
    let theirs = cast.site.send(&cast.bob(), "POST", &shares_of(TENANT), &json!({ "object_ids": [BOBS] }).to_string());
    let theirs = code_of(&theirs.json());
    // Other grants have no code, like a bundle that Ann gives Bob.
    let sleep = cast.site.fixture.bundle("Sleep data", &cast.ann);
    cast.site.fixture.given(&sleep, &cast.ann, &cast.bob);
    cast.site.fixture.pass(TimeDelta::hours(1));
    let expected = (vec![over, later, revoked, theirs], 4);
    assert_eq!(listed(&cast, &cast.ann(), "", None), expected);
    assert_eq!(listed(&cast, "bob@x.org", "", None), expected, "colleagues see each other's");
    let foreign = cast.site.send(&cast.cid(), "GET", &list_of(OTHER_TENANT), "").json();
    assert_eq!(foreign["shares"], json!([]));
}

fn a_large_page_ends_early_and_says_where_the_next_one_begins(fixture: &Fixture) {
    const COUNT: usize = 700;
    let cast = Cast::new(fixture);
    let film = cast.site.fixture.read(|tx| countersign::store::bundles::find_resource(tx, FILM)).unwrap().unwrap().id;
    let ann = cast.ann.id;
    let add = move |tx: &mut countersign::store::Tx<'_>| {
        for number in 0..COUNT {
            let attributes = json!({ "n": number, "half": number % 2, "note": "x".repeat(15_000) }).to_string();
            let new = countersign::store::grants::NewGrant {
                request: None,
                parent: None,
                grantor: ann,
                owner: ann,
                grantee_kind: countersign::domain::GranteeKind::PublicLink,
                grantee: None,
                grantee_as: None,
                bundle: None,
                resources: &[film],
                level: countersign::domain::Level::View,
                reshare: 0,
                starts_at: None,
                ends_at: None,
                is_enabled: true,
                comment: "",
                tenant: Some(TENANT),
                attributes: Some(&attributes),
                created_by: Some(ann),
            };
            countersign::store::grants::add(tx, &new)?;
        }
        Ok::<_, countersign::store::StoreError>(())
    };
    cast.site.fixture.write(add).unwrap();
    // Each of them once, in pages of some megabytes, whatever page length is requested.
    let all = |body: &str, total: usize| {
        let (mut offset, mut seen, mut pages) = (0, Vec::new(), 0);
        loop {
            let path = format!("{}?limit=10000&offset={offset}", list_of(TENANT));
            let method = if body.is_empty() { "GET" } else { "POST" };
            let answer = cast.site.send(&cast.ann(), method, &path, body);
            assert_eq!(answer.status, 200);
            assert!(answer.body.len() < 6 * 1024 * 1024, "{}", answer.body.len());
            let said = answer.json();
            let shares = said["shares"].as_array().unwrap();
            seen.extend(shares.iter().map(|share| share["n"].as_u64().unwrap()));
            assert_eq!(said["paging"]["total"], total);
            pages += 1;
            offset += said["paging"]["limit"].as_u64().unwrap();
            if usize::try_from(offset).unwrap() >= total {
                assert!(pages > 1, "{pages}");
                return seen;
            }
            assert_eq!(said["paging"]["limit"], shares.len());
        }
    };
    assert_eq!(all("", COUNT), (0..700).collect::<Vec<u64>>());
    assert_eq!(all(r#"{"half": 1}"#, COUNT / 2), (0..350).map(|n| 2 * n + 1).collect::<Vec<u64>>());
    // Exports of people's own lists end early too, and say so.
    let mut browser = crate::pages::browser::Browser::of(&cast.site.fixture, &cast.ann);
    let export = browser.get("/inbox/export/given.json");
    let table: Value = serde_json::from_str(&export.body).unwrap();
    assert_eq!(table["is_complete"], false);
    assert!(table["rows"].as_array().unwrap().len() < COUNT);
}
