//! `mail` and `purge`.

use chrono::{TimeDelta, TimeZone as _, Utc};
use countersign::clock::{Clock, ManualClock};

use super::Desk;
use super::daemon::Running;
use crate::support::wait_until;

#[test]
fn a_letter_is_listed_tried_again_and_done() {
    let desk = Desk::new();
    desk.filed(Clock::System);
    let listed = desk.run(&["mail", "list"]).json();
    let what = ["id", "kind", "state", "to", "attempts"].map(|name| listed[name].to_string());
    assert_eq!(what, ["1", "\"decide\"", "\"queued\"", "\"ann@example.org\"", "0"]);
    assert_eq!(desk.run(&["mail", "retry", "1"]).json()["state"], "queued");
    assert_eq!(desk.run(&["mail", "retry", "2"]).refusal(), "1: countersign: there is no such letter");

    let running = Running::start(&desk, &[("COUNTERSIGN__MAIL__TRANSPORT", "file")]);
    wait_until("the letter to be sent", || (desk.run(&["mail", "list"]).json()["state"] == "sent").then_some(()));
    assert_eq!(running.stop("-TERM").0, Some(0));
    let refusal = desk.run(&["mail", "retry", "1"]).refusal();
    assert_eq!(refusal, "1: countersign: letter 1 was sent or is no longer needed; `countersign mail list` shows which");
}

#[test]
fn a_purge_removes_what_ended_long_ago_and_counts_it_before() {
    let desk = Desk::new();
    let clock = ManualClock::new(Utc.with_ymd_and_hms(2025, 1, 1, 0, 0, 0).unwrap());
    let told = desk.filed(Clock::Manual(clock.clone()));
    clock.advance(TimeDelta::hours(1));
    let idle = desk.run(&["purge", "--dry-run"]).json();
    assert_eq!(idle["would_remove"]["requests"], 0, "it is still pending");
    desk.withdrawn(Clock::Manual(clock), &told);

    assert_eq!(desk.run(&["purge", "--dry-run", "--older-than", "30d"]).json()["would_remove"]["requests"], 1);
    assert_eq!(desk.run(&["purge", "--dry-run", "--older-than", "36500d"]).json()["would_remove"]["requests"], 0);
    let purged = desk.run(&["purge", "--older-than", "30d", "--limit", "5"]).json();
    assert_eq!((&purged["removed"]["requests"], &purged["removed"]["letters"]), (&1.into(), &1.into()));
    assert_eq!(desk.run(&["purge"]).json()["removed"]["requests"], 0);
    desk.run(&["audit", "verify"]).json();
}
