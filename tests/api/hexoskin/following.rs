//! Following requests: filters and order of their list, waiting for a decision, and the codes of errors.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use countersign::domain::Scope;
use serde_json::{Value, json};

use super::{ALICE, ASK, ASK_SLEEP, BOB, CAROL, Cast, REQUESTS};
use crate::support::fixture::{Fixture, Kind, on_both};
use crate::support::http::{NO_LIMITS, Site};

on_both![
    requests_are_listed_by_state_bundle_approver_and_change,
    a_state_that_no_job_has_recorded_is_found,
    a_call_waits_for_the_decision,
];

impl Cast {
    /// The ids of the caller's requests in this query.
    fn ids(&self, who: &str, query: &str) -> Vec<i64> {
        let answer = self.site.send(who, "GET", &format!("{REQUESTS}?{query}"), "");
        assert_eq!(answer.status, 200, "{query}: {answer}");
        let list = answer.json();
        let ids: Vec<i64> = list["objects"].as_array().unwrap().iter().map(|object| object["id"].as_i64().unwrap()).collect();
        assert_eq!(list["meta"]["total_count"], json!(ids.len()), "{query}");
        ids
    }
}

fn requests_are_listed_by_state_bundle_approver_and_change(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let file = |body: &str| assert_eq!(cast.site.send(ALICE, "POST", REQUESTS, body).status, 201, "{body}");
    let token = cast.asked(ASK_SLEEP);
    fixture.clock.advance(TimeDelta::minutes(1));
    file(r#"{"user_target":"carol@x.org","user_allowed":1,"bundle":1,"ttl":3600}"#);
    fixture.clock.advance(TimeDelta::minutes(1));
    file(ASK);
    fixture.clock.advance(TimeDelta::minutes(1));
    assert_eq!(cast.site.send(BOB, "PUT", &token, "").status, 200);
    for (query, ids) in [
        ("", &[1, 2, 3][..]),
        ("state=pending", &[2, 3]),
        ("state=approved", &[1]),
        ("state__in=approved,pending", &[1, 2, 3]),
        ("state=declined", &[]),
        ("bundle=2", &[1]),
        ("bundle=/api/bundle/1/", &[2, 3]),
        ("bundle__in=1,2&state=pending", &[2, 3]),
        ("user_target=2", &[1, 3]),
        ("user_target__in=/api/user/3/,900", &[2]),
        // Carol has not acted, so Alice finds her only by the address that she wrote.
        ("user_target=carol@x.org", &[2]),
        ("user_target=bob@x.org&state=approved", &[1]),
        ("user_target=nobody@x.org", &[]),
        ("updated_since=2026-12-01T12:00:00Z", &[1, 2, 3]),
        ("updated_since=2026-12-01T12:01:30Z", &[1, 3]),
        ("updated_since=2026-12-01T13:02:30%2B01:00", &[1]),
        ("updated_since=2026-12-01T13:02:30+01:00", &[1]),
        ("updated_since=2026-12-01T12:03:01Z", &[]),
        ("order_by=-id", &[3, 2, 1]),
        ("order_by=-created_at", &[3, 2, 1]),
        ("order_by=expires_at", &[2, 1, 3]),
        ("order_by=-expires_at", &[3, 1, 2]),
    ] {
        assert_eq!(cast.ids(ALICE, query), ids, "{query}");
    }
    assert_eq!(cast.ids(CAROL, "user_target=carol@x.org"), [2]);
    let next = cast.site.send(ALICE, "GET", &format!("{REQUESTS}?state=pending&order_by=-id&limit=1"), "").json();
    assert_eq!(next["objects"][0]["id"], 3);
    assert_eq!(next["meta"]["next"], format!("{REQUESTS}?state=pending&order_by=-id&limit=1&offset=1"));
    let refused = ["state=open", "updated_since=yesterday", "user_target=bob", "state__gt=pending", "order_by=message"];
    let lines =
        refused.map(|query| format!("{query} -> {}\n", cast.site.send(ALICE, "GET", &format!("{REQUESTS}?{query}"), "").line()));
    insta::assert_snapshot!(lines.concat(), @r#"
    state=open -> 400 {"error":"The 'state' field is one of pending, approved, declined, withdrawn, expired, cancelled, failed.","code":"invalid","field":"state"}
    updated_since=yesterday -> 400 {"error":"The 'updated_since' field is a moment like 2027-03-03T00:00:00Z (RFC 3339).","code":"invalid","field":"updated_since"}
    user_target=bob -> 400 {"error":"Invalid resource lookup data provided (mismatched type).","code":"invalid","field":"user_target"}
    state__gt=pending -> 400 {"error":"'gt' is not an allowed filter on the 'state' field.","code":"invalid","field":"state__gt"}
    order_by=message -> 400 {"error":"The 'message' field does not allow ordering.","code":"invalid","field":"order_by"}
    "#);
}

fn a_state_that_no_job_has_recorded_is_found(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    assert_eq!(cast.site.send(ALICE, "POST", REQUESTS, &ASK.replace('}', r#","ttl":60}"#)).status, 201);
    assert_eq!(cast.site.send(ALICE, "POST", REQUESTS, &ASK_SLEEP.replace('}', r#","ttl":60}"#)).status, 201);
    fixture.sql("UPDATE requests SET mail_state = 'bounced' WHERE id = 2").unwrap();
    assert_eq!((cast.ids(ALICE, "state=pending"), cast.ids(ALICE, "state__in=expired,failed")), (vec![1, 2], vec![]));
    fixture.clock.advance(TimeDelta::minutes(2));
    assert_eq!((cast.ids(ALICE, "state=pending"), cast.ids(ALICE, "state=expired")), (vec![], vec![1]));
    assert_eq!(cast.ids(ALICE, "state=failed"), [2]);
    assert_eq!(cast.ids(ALICE, "updated_since=2026-12-01T12:00:30Z"), [1, 2]);
}

fn a_call_waits_for_the_decision(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let token = cast.asked(ASK);
    let wait = |who: &str, seconds: u32| {
        let headers = [("Prefer", format!("wait={seconds}"))];
        cast.site.send_with(
            who,
            "GET",
            "/api/bundle_permission_request/1/",
            &headers.each_ref().map(|(n, v)| (*n, v.as_str())),
            "",
        )
    };
    // Nobody decides: the state is the answer when the time is over.
    let (begun, answer) = (Instant::now(), wait(ALICE, 1));
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!((answer.status, &answer.json()["state"]), (200, &json!("pending")));
    assert_eq!(answer.header("preference-applied"), Some("wait=1"));
    let begun = Instant::now();
    let answer = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| wait(ALICE, 50));
        assert_eq!(cast.site.send(BOB, "PUT", &token, "").status, 200);
        waiting.join().unwrap()
    });
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert_eq!((answer.status, &answer.json()["state"]), (200, &json!("approved")));
    // A decided request and one that the caller may not see are answered at once.
    let begun = Instant::now();
    assert_eq!(wait(BOB, 50).json()["state"], json!("approved"));
    assert_eq!(wait(CAROL, 50).status, 404);
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn the_fifty_first_waiting_call_of_a_caller_is_answered_at_once_and_a_stop_answers_all() {
    let cast = Cast::on(Site::with(&Fixture::new(Kind::Sqlite), NO_LIMITS));
    cast.asked(ASK);
    let (_, app) = cast.site.key(Some(&cast.alice), &[Scope::Requests], &[]);
    let get = || cast.site.send_with(&app, "GET", "/api/bundle_permission_request/1/", &[("Prefer", "wait=50")], "");
    let begun = Instant::now();
    let answers: Vec<Option<String>> = std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..51).map(|_| scope.spawn(|| get().header("preference-applied").map(str::to_owned))).collect();
        crate::support::wait_until("the call that finds no place", || {
            waiting.iter().any(std::thread::ScopedJoinHandle::is_finished).then_some(())
        });
        cast.site.waits.stop();
        waiting.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert_eq!(answers.iter().filter(|applied| applied.is_none()).count(), 1);
    assert!(get().header("preference-applied").is_none(), "nobody waits once the daemon stops");
}

#[test]
fn an_error_has_a_code_the_field_and_the_id_of_the_request_in_the_log() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let (mut stream, body) = (std::net::TcpStream::connect(cast.site.address).unwrap(), r#"{"user_target":2}"#);
    let head = format!("Content-Type: application/json\r\nConnection: close\r\nContent-Length: {}", body.len());
    let basic = crate::support::http::basic(ALICE, crate::support::http::PASSWORD);
    let text =
        format!("POST {REQUESTS} HTTP/1.1\r\nHost: {}\r\nAuthorization: {basic}\r\n{head}\r\n\r\n{body}", cast.site.address);
    std::io::Write::write_all(&mut stream, text.as_bytes()).unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&body["code"], &body["field"]), (&json!("invalid"), &json!("user_allowed")));
    let id = body["request_id"].as_str().unwrap();
    assert!(id.len() == 36 && head.contains(&format!("x-request-id: {id}")), "{answer}");
}
