//! `mail` and `purge`.

use chrono::{TimeDelta, TimeZone as _, Utc};
use countersign::clock::{Clock, ManualClock};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use super::Desk;
use super::daemon::Running;
use crate::support::{over, wait_until};

#[test]
fn an_email_is_listed_and_retried() {
    let desk = Desk::new();
    desk.filed(Clock::System);
    let listed = desk.run(&["mail", "list"]).json();
    let what = ["id", "kind", "state", "to", "attempts"].map(|name| listed[name].to_string());
    assert_eq!(what, ["1", "\"decide\"", "\"queued\"", "\"ann@example.org\"", "0"]);
    assert_eq!(desk.run(&["mail", "retry", "1"]).json()["state"], "queued");
    assert_eq!(desk.run(&["mail", "retry", "2"]).refusal(), "1: countersign: there is no such email");

    let running = Running::start(&desk, &[("COUNTERSIGN__MAIL__TRANSPORT", "file")]);
    wait_until("the email to be sent", || (desk.run(&["mail", "list"]).json()["state"] == "sent").then_some(()));
    assert_eq!(running.stop("-TERM").0, Some(0));
    let refusal = desk.run(&["mail", "retry", "1"]).refusal();
    assert_eq!(refusal, "1: countersign: email 1 was sent or is no longer needed; `countersign mail list` shows which");
}

#[test]
fn a_purge_deletes_old_rows_and_counts_them_in_a_dry_run() {
    let desk = Desk::new();
    let clock = ManualClock::new(Utc.with_ymd_and_hms(2025, 1, 1, 0, 0, 0).unwrap());
    let view = desk.filed(Clock::Manual(clock.clone()));
    clock.advance(TimeDelta::hours(1));
    let idle = desk.run(&["purge", "--dry-run"]).json();
    assert_eq!(idle["would_remove"]["requests"], 0, "it is still pending");
    desk.withdrawn(Clock::Manual(clock), &view);

    assert_eq!(desk.run(&["purge", "--dry-run", "--older-than", "30d"]).json()["would_remove"]["requests"], 1);
    assert_eq!(desk.run(&["purge", "--dry-run", "--older-than", "36500d"]).json()["would_remove"]["requests"], 0);
    let purged = desk.run(&["purge", "--older-than", "30d", "--limit", "5"]).json();
    assert_eq!((&purged["removed"]["requests"], &purged["removed"]["letters"]), (&1.into(), &1.into()));
    assert_eq!(desk.run(&["purge"]).json()["removed"]["requests"], 0);
    desk.run(&["audit", "verify"]).json();
}

/// Runs SQL on the database beside the daemon.
fn sql(desk: &Desk, text: &str) {
    let mut conn = SqliteConnection::establish(desk.path("countersign.db").to_str().unwrap()).unwrap();
    conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
    conn.batch_execute(text).unwrap();
}

#[test]
fn a_purge_by_command_runs_in_batches_that_delay_no_daemon() {
    let desk = Desk::new();
    desk.filed(Clock::System);
    sql(&desk, &over::sql(60));
    let purged = &desk.run(&["purge", "--limit", "40"]).json()["removed"];
    // The limit applies to each kind; the emails of deleted requests are deleted besides.
    assert_eq!([&purged["requests"], &purged["answers"], &purged["letters"]], [40, 30, 70], "{purged}");
    let left = &desk.run(&["purge"]).json()["removed"];
    assert_eq!([&left["requests"], &left["letters"]], [20, 20], "{left}");
    let exported = desk.run(&["audit", "export"]).out;
    let mut rows = exported.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let first = rows.find(|row| row["event"] == "purged").unwrap();
    assert!(first["detail"].to_string().contains("\\\"requests\\\":16,"), "{first}");
}

#[test]
fn the_limit_of_a_purge_applies_to_emails_without_a_request() {
    let desk = Desk::new();
    desk.filed(Clock::System);
    sql(&desk, &over::sql(20));
    sql(&desk, &format!("DELETE FROM idempotency_keys; UPDATE requests SET decided_at = NULL WHERE {}", over::REQUESTS));
    assert_eq!(desk.run(&["purge", "--limit", "4"]).json()["removed"]["letters"], 4);
}
