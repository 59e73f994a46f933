//! `/api/purge/`.

use chrono::TimeDelta;
use countersign::domain::Scope;

use super::{ALICE, ASK, BOB, Cast};
use crate::support::fixture::{Fixture, Kind, on_both};
use crate::support::over;

const PURGE: &str = "/api/purge/";

on_both![an_admin_counts_and_purges_ended_rows, a_purge_deletes_up_to_its_limit_in_batches_that_delay_nobody];

fn an_admin_counts_and_purges_ended_rows(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let admin = cast.site.admin("admin@x.org");
    let admin = admin.email.as_str();
    let token = cast.asked(ASK);
    assert_eq!(cast.site.send(BOB, "PUT", &token, "").status, 200);
    cast.site.fixture.deliver();
    assert_eq!(cast.site.send(admin, "POST", PURGE, "").json()["requests"], 0);
    cast.site.fixture.pass(TimeDelta::hours(1));
    let count = cast.site.send(admin, "POST", PURGE, r#"{"older_than_seconds":3600,"dry_run":true}"#);
    insta::assert_snapshot!(count, @r#"
    200
    content-type: application/json
    {
      "answers": 0,
      "codes": 0,
      "dry_run": true,
      "letters": 2,
      "requests": 1,
      "sessions": 0,
      "tokens": 1
    }
    "#);
    let gone = cast.site.send(admin, "POST", PURGE, r#"{"older_than_seconds":3600,"limit":10}"#).json();
    assert_eq!((&gone["requests"], &gone["tokens"], &gone["dry_run"]), (&1.into(), &1.into(), &false.into()));
    assert_eq!(fixture.count("grants", "1 = 1"), 1);
}

fn a_purge_deletes_up_to_its_limit_in_batches_that_delay_nobody(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let admin = cast.site.admin("admin@x.org");
    fixture.sql(&over::sql(60)).unwrap();
    let gone = cast.site.send(admin.email.as_str(), "POST", PURGE, r#"{"limit":40}"#).json();
    assert_eq!([&gone["requests"], &gone["tokens"], &gone["answers"]], [40, 40, 30], "{gone}");
    assert_eq!(fixture.count("requests", over::REQUESTS), 20);
    over::goes_in_small_batches(fixture, 40);
}

#[test]
fn only_admins_purge_and_each_field_has_its_bounds() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let admin = cast.site.admin("admin@x.org");
    let (_, without) = cast.site.key(Some(&admin), &[Scope::Requests], &[]);
    let (_, with) = cast.site.key(Some(&admin), &[Scope::Admin], &[]);
    let (_, of_alice) = cast.site.key(Some(&cast.alice), &[Scope::Admin], &[]);
    let mut table: Vec<String> = Vec::new();
    for (name, who) in
        [("nobody", ""), ("alice", ALICE), ("without the scope", &without), ("alice's key", &of_alice), ("an admin's key", &with)]
    {
        table.push(format!("{name} -> {}", cast.site.send(who, "POST", PURGE, r#"{"dry_run":true}"#).line()));
    }
    let bodies = [
        r#"{"older_than_seconds":-1}"#,
        r#"{"older_than_seconds":9223372036854775807}"#,
        r#"{"older_than_seconds":"x"}"#,
        r#"{"older_than_seconds":[]}"#,
        r#"{"limit":0}"#,
        r#"{"limit":10001}"#,
        r#"{"limit":true}"#,
        r#"{"dry_run":1}"#,
        "[]",
    ];
    for body in bodies {
        table.push(format!("{body} -> {}", cast.site.send(admin.email.as_str(), "POST", PURGE, body).line()));
    }
    insta::assert_snapshot!(table.join("\n"), @r#"
    nobody -> 401
    alice -> 403 {"error":"this is for administrators","code":"forbidden"}
    without the scope -> 403 {"error":"this is for administrators","code":"forbidden"}
    alice's key -> 403 {"error":"this is for administrators","code":"forbidden"}
    an admin's key -> 200 {"dry_run":true,"requests":0,"tokens":0,"letters":0,"sessions":0,"codes":0,"answers":0}
    {"older_than_seconds":-1} -> 400 {"error":"The 'older_than_seconds' field is a number of seconds from 0 to a hundred years.","code":"invalid"}
    {"older_than_seconds":9223372036854775807} -> 400 {"error":"The 'older_than_seconds' field is a length of time too long to be one.","code":"invalid","field":"older_than_seconds"}
    {"older_than_seconds":"x"} -> 400 {"error":"The 'older_than_seconds' field takes an integer, not a string.","code":"invalid","field":"older_than_seconds"}
    {"older_than_seconds":[]} -> 400 {"error":"The 'older_than_seconds' field takes an integer, not a list.","code":"invalid","field":"older_than_seconds"}
    {"limit":0} -> 400 {"error":"The 'limit' field is a number from 1 to 10000.","code":"invalid"}
    {"limit":10001} -> 400 {"error":"The 'limit' field is a number from 1 to 10000.","code":"invalid"}
    {"limit":true} -> 400 {"error":"The 'limit' field takes an integer, not true or false.","code":"invalid","field":"limit"}
    {"dry_run":1} -> 400 {"error":"The 'dry_run' field takes true or false, not an integer.","code":"invalid","field":"dry_run"}
    [] -> 400 {"error":"Request is not a JSON object.","code":"invalid"}
    "#);
}
