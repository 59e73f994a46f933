//! `POST /as/sharing/{tenant}/share`.

use chrono::TimeDelta;
use countersign::domain::Scope;
use countersign::domain::grant::reshare;
use serde_json::{Value, json};

use super::{BOBS, Cast, DAY, FILM, NOON, TENANT, TRAILER, code_of, list_of, shares_of};
use crate::support::fixture::{Fixture, Kind, on_both};
use crate::support::http::Answer;

on_both![
    a_share_returns_its_terms_and_the_sent_attributes,
    four_identical_concurrent_calls_make_one_share,
    any_difference_makes_another_share,
    repeating_a_call_returns_the_share_in_its_present_state,
    only_an_own_object_can_be_shared,
    a_reshare_gives_no_more_than_its_parent,
];

/// A call by Ann.
fn make(cast: &Cast, who: &str, body: &Value) -> Answer {
    cast.site.send(who, "POST", &shares_of(TENANT), &body.to_string())
}

fn shares(cast: &Cast) -> usize {
    cast.site.fixture.count("grants", "grantee_kind = 'public_link'")
}

fn a_share_returns_its_terms_and_the_sent_attributes(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let params = json!({
        "attributes": { "recipient": ["a@b.c"], "title": ["Ünïcode \u{1f3ac} <b>&\"'"], "permissions": ["stream"] },
        "clip_start": 1.5, "clip_end": 90.25, "offering": "default", "nothing": null, "deep": [[{ "x": [1, 2.0, true] }]],
        "big": 18_446_744_073_709_551_615_u64,
    });
    let mut sent = params.clone();
    // Members that describe the share are not for the client to set; its objects are, in their order.
    for (name, value) in [
        ("object_id", json!(TRAILER)),
        ("object_ids", json!([FILM, TRAILER, FILM])),
        ("start_time", json!(NOON + 60)),
        ("end_time", json!(NOON + DAY)),
        ("share_id", json!("csl_mine")),
        ("tenant", json!("itenMine")),
        ("revoked", json!(true)),
        ("created", json!(1)),
        ("updated", json!(2)),
        ("share", json!({ "share_id": "csl_mine" })),
    ] {
        sent[name] = value;
    }
    let made = make(&cast, &cast.ann(), &sent);
    assert_eq!((made.status, made.header("content-type")), (200, Some("application/json")), "{made}");
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let mut said = made.json();
    let code = code_of(&said);
    assert!(code.strip_prefix("csl_").is_some_and(|rest| (40..=44).contains(&rest.len())), "{code}");
    let mut expected = params;
    for (name, value) in [
        ("share_id", json!(code)),
        ("tenant", json!(TENANT)),
        ("object_id", json!(TRAILER)),
        ("object_ids", json!([TRAILER, FILM])),
        ("start_time", json!(NOON + 60)),
        ("end_time", json!(NOON + DAY)),
        ("revoked", json!(false)),
        ("created", json!(NOON)),
        ("updated", json!(NOON)),
        ("sharing_type", json!("public")),
    ] {
        expected[name] = value;
    }
    assert_eq!(said["share"].take(), expected);
    said.as_object_mut().unwrap().remove("share");
    assert_eq!(said, expected, "the same at the top");
    assert_eq!(cast.open(&code, "info").json(), json!({ "share": expected }), "and to whoever has the code");
    let grant = cast.site.fixture.texts("SELECT level AS value FROM grants WHERE tenant IS NOT NULL");
    assert_eq!(grant, ["view"]);
    assert!(cast.site.fixture.events().contains(&"grant.made".to_owned()));
    assert!(cast.site.fixture.emails().is_empty(), "nobody is written to");
}

fn four_identical_concurrent_calls_make_one_share(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let (ann, body) = (cast.ann(), json!({ "object_ids": [FILM], "attributes": { "label": ["once"] } }));
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..4).map(|_| scope.spawn(|| make(&cast, &ann, &body))).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert!(answers.iter().all(|answer| answer.body == answers[0].body), "{answers:?}");
    let replayed = answers.iter().filter(|answer| answer.header("idempotent-replayed") == Some("true")).count();
    assert_eq!((replayed, shares(&cast)), (3, 1));
    let again = make(&cast, &ann, &body);
    assert_eq!((again.status, again.body.as_str(), shares(&cast)), (200, answers[0].body.as_str(), 1));
}

fn any_difference_makes_another_share(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let (ann, body) = (cast.ann(), json!({ "object_ids": [FILM] }));
    let first = code_of(&make(&cast, &ann, &body).json());
    let mut codes = vec![first.clone()];
    codes.push(code_of(&make(&cast, &ann, &json!({ "object_ids": [TRAILER] })).json()));
    // The client signs again for each action of its user.
    cast.site.fixture.pass(TimeDelta::milliseconds(1));
    codes.push(code_of(&make(&cast, &cast.ann(), &body).json()));
    let same = cast.site.send(&ann, "POST", &shares_of(TENANT), &format!(" {body}"));
    codes.push(code_of(&same.json()));
    // Long after, it does not count as a repetition of the failed call.
    cast.site.fixture.pass(TimeDelta::minutes(10) - TimeDelta::milliseconds(2));
    assert_eq!(code_of(&make(&cast, &ann, &body).json()), first);
    cast.site.fixture.pass(TimeDelta::milliseconds(2));
    codes.push(code_of(&make(&cast, &ann, &body).json()));
    // An idempotency key of the client decides which calls are the same.
    let keyed = |key: &str, body: &Value| {
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
        cast.site.send_with(&cast.ann(), "POST", &shares_of(TENANT), &headers, &body.to_string())
    };
    codes.push(code_of(&keyed("k1", &body).json()));
    cast.site.fixture.pass(TimeDelta::hours(23));
    assert_eq!(code_of(&keyed("k1", &body).json()), codes[5]);
    assert_eq!(keyed("k1", &json!({ "object_ids": [TRAILER] })).status, 422);
    assert_eq!(keyed("k 2", &body).status, 400);
    let mut distinct = codes.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!((distinct.len(), shares(&cast)), (codes.len(), codes.len()));
}

fn repeating_a_call_returns_the_share_in_its_present_state(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let (ann, body) = (cast.ann(), json!({ "object_ids": [FILM] }));
    let code = code_of(&make(&cast, &ann, &body).json());
    assert_eq!(cast.put(&ann, &code, "/revoke", "{}").status, 200);
    let again = make(&cast, &ann, &body);
    assert_eq!((again.status, &again.json()["revoked"]), (200, &json!(true)));
    // A caller without permission does not see it either, even if it exists.
    assert_eq!(make(&cast, "", &body).status, 401);
    assert_eq!(make(&cast, &cast.bob(), &body).status, 403);
}

fn only_an_own_object_can_be_shared(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let unregistered = "iq__9nobodyRegisteredThis";
    for objects in [json!([BOBS]), json!([FILM, BOBS]), json!([unregistered])] {
        assert_eq!(make(&cast, &cast.ann(), &json!({ "object_ids": objects })).status, 403, "{objects}");
    }
    assert_eq!(shares(&cast), 0);
    // Without a signing account: a password, or a key with the scope.
    let body = json!({ "object_ids": [FILM] });
    assert_eq!(make(&cast, "ann@x.org", &body).status, 200);
    let (_, may) = cast.site.key(Some(&cast.ann), &[Scope::Grants], &[]);
    let (_, may_not) = cast.site.key(Some(&cast.ann), &[Scope::Requests], &[]);
    let (_, nobodys) = cast.site.key(None, &[Scope::Grants], &[]);
    assert_eq!([&may, &may_not, &nobodys].map(|key| make(&cast, key, &body).status), [200, 403, 403]);
    let open = Cast { site: crate::support::http::Site::with(&cast.site.fixture, &open_claim()), ..cast };
    assert_eq!(make(&open, &open.ann(), &json!({ "object_ids": [unregistered] })).status, 200);
    assert_eq!(make(&open, &open.bob(), &json!({ "object_ids": [unregistered] })).status, 403, "it is hers now");
    let beside = json!({ "object_ids": ["/api/bundle/1/"] });
    assert_eq!(make(&open, &open.ann(), &beside).status, 400, "and only objects are there to be claimed");
}

fn open_claim() -> String {
    format!("[shares]\nopen_claim = true\n[eluvio]\nspace_id = \"{}\"", super::SPACE)
}

fn a_reshare_gives_no_more_than_its_parent(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let film = cast.site.fixture.read(|tx| countersign::store::bundles::find_resource(tx, FILM)).unwrap().unwrap().id;
    let ends_at = cast.site.fixture.now() + TimeDelta::days(2);
    let give = |bits: i32| {
        let (ann, bob) = (cast.ann.id, cast.bob.id);
        let add = move |tx: &mut countersign::store::Tx<'_>| {
            let new = countersign::store::grants::NewGrant {
                request: None,
                parent: None,
                grantor: ann,
                owner: ann,
                grantee_kind: countersign::domain::GranteeKind::User,
                grantee: Some(bob.into()),
                grantee_as: None,
                bundle: None,
                resources: &[film],
                level: countersign::domain::Level::View,
                reshare: bits,
                starts_at: None,
                ends_at: Some(ends_at),
                is_enabled: true,
                comment: "",
                tenant: None,
                attributes: None,
                created_by: Some(ann),
            };
            countersign::store::grants::add(tx, &new)
        };
        cast.site.fixture.write(add).unwrap()
    };
    give(reshare::INTERNAL | reshare::PUBLIC);
    let body = |end: i64| json!({ "object_ids": [FILM], "end_time": end });
    assert_eq!(make(&cast, &cast.bob(), &body(NOON + DAY)).status, 403, "not by link");
    let parent = give(reshare::PUBLIC_LINK);
    assert_eq!(make(&cast, &cast.bob(), &body(NOON + 2 * DAY + 1)).status, 400, "not for longer");
    let made = make(&cast, &cast.bob(), &body(NOON + 2 * DAY));
    assert_eq!(made.status, 200, "{made}");
    let code = code_of(&made.json());
    let token = cast.token(&code);
    assert!(cast.good_for(&token).is_some());
    // The owner of the film revokes it, although another person made the share.
    assert_eq!(cast.put(&cast.ann(), &code, "/revoke", "{}").status, 200);
    assert_eq!((cast.open(&code, "token").status, cast.good_for(&token)), (403, None));
    // Revoking its parent revokes it too.
    let other = make(&cast, &cast.bob(), &body(NOON + DAY));
    let code = code_of(&other.json());
    let token = cast.token(&code);
    cast.site.fixture.sql(&format!("UPDATE grants SET is_enabled = FALSE WHERE id = {}", parent.id)).unwrap();
    assert_eq!(cast.open(&code, "token").line(), r#"403 {"error":"share disabled"}"#);
    assert_eq!(cast.good_for(&token), None);
    cast.site.fixture.sql(&format!("UPDATE grants SET is_enabled = TRUE WHERE id = {}", parent.id)).unwrap();
    assert!(cast.good_for(&token).is_some());
    cast.site.fixture.revoke(&crate::support::fixture::person(&cast.ann), parent.id).unwrap();
    assert_eq!(cast.open(&code, "token").line(), r#"403 {"error":"share revoked"}"#);
    assert_eq!(cast.good_for(&token), None);
}

#[test]
fn attributes_are_bounded_in_size_and_depth() {
    let fixture = Fixture::new(Kind::Sqlite);
    let cast = Cast::new(&fixture);
    let with = |kept: Value| make(&cast, &cast.ann(), &json!({ "object_ids": [FILM], "kept": kept })).status;
    assert_eq!(with(json!("x".repeat(16_000))), 200);
    assert_eq!(with(json!("x".repeat(16 * 1024))), 400);
    assert_eq!(with(json!("x".repeat(65_000))), 400);
    assert_eq!(with(json!("x".repeat(70_000))), 413);
    let deep = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!((with(deep(31)), with(deep(32))), (200, 400));
    let many: Vec<String> = (0..101).map(|i| format!("iq__{}", "abcdefghi".repeat(1 + i / 9)[i % 9..].to_owned())).collect();
    assert_eq!(make(&cast, &cast.ann(), &json!({ "object_ids": many })).status, 400);
    let listed = cast.site.send(&cast.ann(), "GET", &list_of(TENANT), "");
    assert_eq!(listed.json()["paging"]["total"], 2);
}
