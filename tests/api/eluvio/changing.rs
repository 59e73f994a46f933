//! `PUT /as/sharing/{tenant}/share/{share}` and `…/revoke`.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{BOBS, Cast, DAY, FILM, NOON, TENANT, TRAILER, code_of};
use crate::support::fixture::{Fixture, on_both};
use crate::support::http::Answer;

on_both![
    a_missing_member_stays_and_null_deletes_it,
    sending_a_share_back_changes_only_the_changed_member,
    only_the_creator_of_a_share_changes_it,
    the_object_of_a_share_does_not_change,
    concurrent_changes_are_all_kept,
    a_share_is_revoked_once_and_for_good,
    only_the_grantor_and_administrators_revoke_a_share,
];

fn update(cast: &Cast, who: &str, code: &str, body: &Value) -> Answer {
    cast.put(who, code, "", &body.to_string())
}

fn a_missing_member_stays_and_null_deletes_it(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let made = cast.shared(&json!({
        "object_ids": [TRAILER, FILM], "end_time": NOON + DAY, "label": "A", "note": 1, "attributes": { "a": ["1"], "b": ["2"] },
    }));
    let code = code_of(&made);
    let now = |field: &str| cast.open(&code, "info").json()["share"][field].clone();
    cast.site.fixture.pass(TimeDelta::minutes(1));
    let later = update(&cast, &cast.ann(), &code, &json!({ "end_time": NOON + 2 * DAY }));
    assert_eq!(later.status, 200, "{later}");
    let mut expected = made["share"].clone();
    expected["end_time"] = json!(NOON + 2 * DAY);
    expected["updated"] = json!(NOON + 60);
    let mut said = later.json();
    assert_eq!(said["share"].take(), expected);
    said.as_object_mut().unwrap().remove("share");
    assert_eq!(said, expected, "the same at the top");

    let body = json!({ "label": "B", "note": null, "attributes": { "c": ["3"] }, "clip_start": 7 });
    assert_eq!(update(&cast, &cast.ann(), &code, &body).status, 200);
    assert_eq!((now("label"), now("note"), now("clip_start")), (json!("B"), json!(null), json!(7)));
    assert_eq!((now("attributes"), now("object_ids")), (json!({ "c": ["3"] }), json!([TRAILER, FILM])));
    assert_eq!(now("end_time"), json!(NOON + 2 * DAY));
    // The client shows times as ISO strings, and its users send those back.
    let body = json!({ "start_time": "2026-12-01T13:00:00.000Z", "end_time": "2026-12-02T12:00:00.000Z" });
    assert_eq!(update(&cast, &cast.ann(), &code, &body).status, 200);
    assert_eq!((now("start_time"), now("end_time")), (json!(NOON + 3_600), json!(NOON + DAY)));
    assert_eq!(update(&cast, &cast.ann(), &code, &json!({ "end_time": null })).status, 200);
    assert_eq!(now("end_time"), json!(null));
    let nothing = cast.put(&cast.ann(), &code, "", "");
    assert_eq!((nothing.status, &nothing.json()["label"]), (200, &json!("B")));
    // Some editors write a byte order mark before it.
    let marked = cast.put(&cast.ann(), &code, "", "\u{feff}{\"label\":\"C\"}");
    assert_eq!((marked.status, &marked.json()["label"]), (200, &json!("C")), "{marked}");
}

fn sending_a_share_back_changes_only_the_changed_member(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let made = cast
        .shared(&json!({ "object_ids": [TRAILER, FILM], "end_time": NOON + DAY, "label": "A", "attributes": { "a": ["1"] } }));
    let code = code_of(&made);
    for read in [made.clone(), made["share"].clone(), cast.open(&code, "info").json()["share"].clone()] {
        let mut sent = read.clone();
        sent["end_time"] = serde_json::from_str(&format!("{}.0", NOON + 2 * DAY)).unwrap();
        let changed = update(&cast, &cast.ann(), &code, &sent);
        assert_eq!(changed.status, 200, "{changed}");
        let mut expected = made["share"].clone();
        let shown = changed.json()["share"].clone();
        (expected["end_time"], expected["updated"]) = (json!(NOON + 2 * DAY), shown["updated"].clone());
        assert_eq!(shown, expected);
    }
}

fn only_the_creator_of_a_share_changes_it(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = cast.code();
    let admin = cast.site.fixture.add_user("root@x.org", |new| {
        new.is_admin = true;
        new.tenant = Some(TENANT.into());
        new.password_hash = Some(crate::support::http::password_hash());
    });
    let body = json!({ "end_time": NOON + DAY });
    for who in [&cast.bob(), admin.email.as_str()] {
        assert_eq!(update(&cast, who, &code, &body).status, 403, "{who}");
    }
    assert_eq!(cast.open(&code, "info").json()["share"]["end_time"], json!(null));
    assert_eq!(cast.put(&cast.ann(), &code, "/revoke", "{}").status, 200);
    assert_eq!(update(&cast, &cast.ann(), &code, &body).line(), r#"403 {"error":"share revoked"}"#);
}

fn the_object_of_a_share_does_not_change(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = code_of(&cast.shared(&json!({ "object_ids": [FILM, TRAILER] })));
    let status = |body: Value| update(&cast, &cast.ann(), &code, &body).status;
    assert_eq!(status(json!({ "object_ids": [TRAILER, FILM] })), 200);
    assert_eq!(status(json!({ "object_id": FILM, "object_ids": [TRAILER] })), 200);
    for other in [json!([FILM]), json!([FILM, TRAILER, BOBS]), json!([])] {
        assert_eq!(status(json!({ "object_ids": other })), 400, "{other}");
    }
}

fn concurrent_changes_are_all_kept(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = cast.code();
    let ann = cast.ann();
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let change = |i: usize| update(&cast, &ann, &code, &json!({ format!("member{i}"): i })).status;
        let calls: Vec<_> = (0..3).map(|i| scope.spawn(move || change(i))).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert_eq!(answers, [200; 3]);
    let share = cast.open(&code, "info").json()["share"].clone();
    assert_eq!([&share["member0"], &share["member1"], &share["member2"]], [&json!(0), &json!(1), &json!(2)]);
}

fn a_share_is_revoked_once_and_for_good(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = cast.code();
    let token = cast.token(&code);
    let before = cast.open(&code, "info").json()["share"].clone();
    cast.site.fixture.pass(TimeDelta::minutes(1));
    let first = cast.put(&cast.ann(), &code, "/revoke", "{}");
    assert_eq!(first.status, 200, "{first}");
    assert_eq!((cast.open(&code, "token").status, cast.good_for(&token)), (403, None));
    let mut expected = before;
    (expected["revoked"], expected["updated"]) = (json!(true), json!(NOON + 60));
    assert_eq!(cast.open(&code, "info").json()["share"], expected, "and whoever has the code can read why");
    assert_eq!(first.json()["share"], expected);
    // The client repeats a call without an answer.
    for body in ["{}", ""] {
        let again = cast.put(&cast.ann(), &code, "/revoke", body);
        assert_eq!((again.status, &again.json()["share"]), (200, &expected));
    }
    let revoked = cast.site.fixture.events().iter().filter(|event| *event == "grant.revoked").count();
    assert_eq!(revoked, 1);
}

fn only_the_grantor_and_administrators_revoke_a_share(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.site.fixture.add_user("root@x.org", |new| {
        new.is_admin = true;
        new.tenant = Some(TENANT.into());
        new.password_hash = Some(crate::support::http::password_hash());
    });
    let code = cast.code();
    for (who, status) in [(cast.bob(), 403), (cast.cid(), 403), (String::new(), 401), ("dan@x.org".into(), 403)] {
        assert_eq!(cast.put(&who, &code, "/revoke", "{}").status, status, "{who}");
        assert_eq!(cast.open(&code, "token").status, 200);
    }
    assert_eq!(cast.put("root@x.org", &code, "/revoke", "{}").status, 200);
    assert_eq!(cast.open(&code, "token").status, 403);
}
