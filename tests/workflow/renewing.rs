//! Renewing access that ends: the same request again, and an approval that prolongs the same grant.

use std::sync::Arc;

use chrono::TimeDelta;
use countersign::domain::{ApprovalLimits, Bundle, Grant, Level, Until, User};
use countersign::workflow::requests::file::Filing;
use countersign::workflow::requests::link::{self, Way};
use countersign::workflow::requests::renew::{self, Offer};

use super::races::at_once;
use crate::support::fixture::{Fixture, ask, on_both, person, word};

on_both![
    an_approval_before_the_end_prolongs_the_same_grant,
    an_approval_after_the_end_restores_the_same_grant,
    every_renewal_requests_the_same_length,
    a_renewal_is_possible_within_the_grace_and_not_after_it,
    only_a_named_grantee_can_renew,
    revoked_access_needs_a_new_request,
    a_pending_renewal_is_found_again,
    a_declined_renewal_leaves_the_access_unchanged,
    a_limited_approval_lowers_the_same_grant,
    a_limited_grant_stays_limited,
    undoing_a_renewal_only_restores_the_old_end,
    undoing_a_restored_grant_ends_it,
    a_new_owner_decides_and_prolongs,
    another_grant_of_the_same_ends_with_the_approval,
    of_concurrent_approvals_one_prolongs,
    reshares_of_a_renewed_grant_stay,
];

const MONTH: TimeDelta = TimeDelta::days(30);

struct Stage {
    ann: User,
    bob: User,
    sleep: Bundle,
    grant: Grant,
}

/// Ann gave Bob access for a month.
fn stage(fixture: &Fixture) -> Stage {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    let filing = Filing { level: Some(Level::View), until: Some(Until::For(MONTH)), ..ask(&sleep, &ann, &bob) };
    let request = fixture.file(&person(&bob), &filing).unwrap().0.request;
    let grant = fixture.approve(&ann, request.id).unwrap().1.grant;
    fixture.deliver();
    Stage { ann, bob, sleep, grant }
}

fn offer(fixture: &Fixture, user: &User, grant: &Grant) -> Offer {
    let caller = person(user);
    fixture.read(|tx| renew::offer(tx, &fixture.config, &caller, grant.id)).unwrap()
}

fn an_approval_before_the_end_prolongs_the_same_grant(fixture: &Fixture) {
    let Stage { ann, bob, grant, .. } = stage(fixture);
    let end = grant.ends_at.unwrap();
    fixture.pass(TimeDelta::days(23));
    assert_eq!(offer(fixture, &bob, &grant).until, Until::At(end + MONTH));
    let (view, is_new) = fixture.renew(&bob, grant.id).unwrap();
    assert!(is_new && view.request.renews == Some(grant.id) && view.level == Level::View);
    fixture.deliver();
    let email = &fixture.emails_to("ann@example.org")[0];
    assert!(email.subject.starts_with("Bob wants more time to view \"Sleep data\" (reply by"), "{}", email.subject);
    assert!(email.text.contains("  Current access ends: Thursday 31 December, 12:00\n"), "{}", email.text);
    let token = fixture.token_for("ann@example.org");
    let (view, approved) = fixture.redeem(&ann, &token).unwrap();
    assert_eq!((approved.grant.id, &approved.grant.public_id), (grant.id, &grant.public_id));
    assert_eq!((approved.asked_level, approved.asked_until), (None, None));
    let kept = fixture.grant(grant.id);
    assert_eq!((kept.ends_at, kept.starts_at, kept.request), (Some(end + MONTH), grant.starts_at, grant.request));
    assert_eq!((kept.version, kept.updated_by), (grant.version + 1, Some(ann.id)));
    assert_eq!(fixture.count("grants", "1 = 1"), 1);
    // The request has its resulting grant, like one that added a grant.
    let decision = fixture.request(view.request.id).decision.unwrap();
    assert_eq!((decision.grant.map(|grant| grant.id), decision.is_narrowed), (Some(grant.id), false));
    fixture.deliver();
    let subject = fixture.emails_to("bob@example.org")[0].subject.clone();
    assert_eq!(subject, "Ann approved your request: you can continue to view \"Sleep data\"");
    assert!(fixture.events().contains(&"grant.prolonged".to_owned()));
}

fn an_approval_after_the_end_restores_the_same_grant(fixture: &Fixture) {
    let Stage { ann, bob, grant, .. } = stage(fixture);
    fixture.pass(MONTH + TimeDelta::days(6));
    assert!(!fixture.is_live(grant.id));
    assert_eq!(offer(fixture, &bob, &grant).until, Until::For(MONTH));
    let request = fixture.renew(&bob, grant.id).unwrap().0.request;
    // The approval may come after the grace, since the request came within it. The time starts at the approval.
    fixture.pass(TimeDelta::days(5));
    assert!(!fixture.is_live(grant.id));
    let approved = fixture.approve(&ann, request.id).unwrap().1;
    assert_eq!((approved.grant.id, approved.grant.ends_at), (grant.id, Some(fixture.now() + MONTH)));
    assert!(fixture.is_live(grant.id));
    assert_eq!(fixture.count("grants", "1 = 1"), 1);
}

fn every_renewal_requests_the_same_length(fixture: &Fixture) {
    let Stage { ann, bob, grant, .. } = stage(fixture);
    let mut end = grant.ends_at.unwrap();
    for days in [29, 25, 40] {
        fixture.pass(TimeDelta::days(days));
        let now_or_end = end.max(fixture.now());
        let request = fixture.renew(&bob, grant.id).unwrap().0.request;
        let prolonged = fixture.approve(&ann, request.id).unwrap().1.grant;
        end = now_or_end + MONTH;
        assert_eq!((prolonged.id, prolonged.ends_at), (grant.id, Some(end)), "after {days} days");
        assert_eq!(fixture.grant(grant.id).term(), Some(MONTH));
        fixture.pass(TimeDelta::hours(5));
    }
}

fn a_renewal_is_possible_within_the_grace_and_not_after_it(fixture: &Fixture) {
    let Stage { bob, grant, .. } = stage(fixture);
    assert_eq!(offer(fixture, &bob, &grant).ask_until, grant.ends_at.unwrap() + TimeDelta::days(7));
    fixture.pass(MONTH + TimeDelta::days(7) - TimeDelta::microseconds(1));
    offer(fixture, &bob, &grant);
    fixture.pass(TimeDelta::microseconds(1));
    assert_eq!(word(fixture.renew(&bob, grant.id)), "id");
    assert_eq!(word(fixture.with("[letters]\nrenewal_grace = \"8d\"").renew(&bob, grant.id)), "ok");
}

fn only_a_named_grantee_can_renew(fixture: &Fixture) {
    let Stage { ann, sleep, grant, .. } = stage(fixture);
    let (eve, admin) = (fixture.user("eve@example.org"), fixture.admin("root@example.org"));
    for other in [&eve, &admin, &ann] {
        assert_eq!(word(fixture.renew(other, grant.id)), "not found");
    }
    let open = fixture.entitle(&sleep, &eve, Level::View);
    assert_eq!(word(fixture.renew(&eve, open.id)), "id", "it has no end");
    let reader = countersign::domain::Caller::person(eve.id, false, countersign::domain::Credential::ReadOnlyToken);
    let (config, id) = (Arc::clone(&fixture.config), grant.id);
    assert_eq!(word(fixture.write(move |tx| renew::ask(tx, &config, &reader, id, None))), "not found");
}

fn revoked_access_needs_a_new_request(fixture: &Fixture) {
    let Stage { ann, bob, grant, .. } = stage(fixture);
    fixture.renew(&bob, grant.id).unwrap();
    fixture.deliver();
    let token = fixture.token_for("ann@example.org");
    fixture.revoke(&person(&ann), grant.id).unwrap();
    assert_eq!(word(fixture.renew(&bob, grant.id)), "forbidden");
    // Approving an older pending request adds another grant: the revoked one stays revoked.
    let made = fixture.redeem(&ann, &token).unwrap().1.grant;
    assert_ne!(made.id, grant.id);
    assert_eq!((fixture.is_live(grant.id), fixture.is_live(made.id)), (false, true));
}

fn a_pending_renewal_is_found_again(fixture: &Fixture) {
    let Stage { bob, grant, .. } = stage(fixture);
    let first = fixture.renew(&bob, grant.id).unwrap();
    let again = fixture.renew(&bob, grant.id).unwrap();
    assert_eq!((first.1, again.1, again.0.request.id), (true, false, first.0.request.id));
    assert_eq!(offer(fixture, &bob, &grant).pending.map(|request| request.id), Some(first.0.request.id));
    assert_eq!(fixture.count("outbox", "kind = 'decide' AND state = 'queued'"), 1);
}

fn a_declined_renewal_leaves_the_access_unchanged(fixture: &Fixture) {
    let Stage { ann, bob, grant, .. } = stage(fixture);
    fixture.pass(TimeDelta::days(25));
    let request = fixture.renew(&bob, grant.id).unwrap().0.request;
    fixture.delete(&person(&ann), request.id).unwrap();
    assert_eq!(fixture.grant(grant.id).ends_at, grant.ends_at);
    assert!(fixture.is_live(grant.id));
    assert_eq!(offer(fixture, &bob, &grant).again_from, Some(fixture.now() + TimeDelta::days(7)));
    assert_eq!(word(fixture.renew(&bob, grant.id)), "too many");
    fixture.deliver();
    assert_eq!(fixture.emails_to("bob@example.org")[0].subject, "Ann declined your request for more time to view \"Sleep data\"");
}

fn a_limited_approval_lowers_the_same_grant(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let filing = Filing { until: Some(Until::For(MONTH)), ..ask(&sleep, &ann, &bob) };
    let request = fixture.file(&person(&bob), &filing).unwrap().0.request;
    let grant = fixture.approve(&ann, request.id).unwrap().1.grant;
    assert_eq!(grant.level, Level::Edit);
    fixture.renew(&bob, grant.id).unwrap();
    fixture.deliver();
    let token = fixture.token_for("ann@example.org");
    let more = ApprovalLimits { level: Some(Level::Contribute), ..ApprovalLimits::default() };
    assert_eq!(word(fixture.redeem_as(&person(&ann), &token, &more)), "level");
    let longer = ApprovalLimits { until: Some(Until::For(MONTH * 3)), ..ApprovalLimits::default() };
    assert_eq!(word(fixture.redeem_as(&person(&ann), &token, &longer)), "until");
    let less =
        ApprovalLimits { level: Some(Level::View), until: Some(Until::For(TimeDelta::days(40))), ..ApprovalLimits::default() };
    let approved = fixture.redeem_as(&person(&ann), &token, &less).unwrap().1;
    assert_eq!((approved.grant.id, approved.grant.level), (grant.id, Level::View));
    assert_eq!(fixture.grant(grant.id).ends_at, Some(fixture.now() + TimeDelta::days(40)));
    fixture.deliver();
    assert!(fixture.emails_to("bob@example.org")[0].subject.starts_with("Ann approved your request with limits"));
}

fn a_limited_grant_stays_limited(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["urn:one", "urn:two", "urn:three"]);
    let filing = Filing { until: Some(Until::For(MONTH)), ..ask(&sleep, &ann, &bob) };
    fixture.file(&person(&bob), &filing).unwrap();
    fixture.deliver();
    let of = |uris: &[&str]| ApprovalLimits {
        resources: Some(uris.iter().map(|uri| (*uri).to_owned()).collect()),
        ..ApprovalLimits::default()
    };
    let first = fixture.redeem_as(&person(&ann), &fixture.token_for("ann@example.org"), &of(&["urn:one", "urn:two"])).unwrap().1;
    let limits = || fixture.read(|tx| countersign::store::grants::limited_to(tx, first.grant.id)).unwrap();
    assert_eq!(limits(), ["urn:one", "urn:two"]);
    fixture.pass(TimeDelta::days(20));
    fixture.renew(&bob, first.grant.id).unwrap();
    fixture.deliver();
    let email = fixture.emails_to("ann@example.org").remove(0);
    assert!(email.text.contains("  Parts: urn:one and urn:two\n"), "{}", email.text);
    let token = fixture.token_for("ann@example.org");
    let matter = fixture.read(|tx| link::matter(tx, &person(&ann), &Way::Link(token.clone().into()))).unwrap();
    assert_eq!(matter.resources.len(), 2);
    assert_eq!(word(fixture.redeem_as(&person(&ann), &token, &of(&["urn:three"]))), "resources");
    let approved = fixture.redeem(&ann, &token).unwrap().1;
    assert_eq!(approved.resources, ["urn:one", "urn:two"]);
    assert!(!fixture.request(email_request(fixture)).decision.unwrap().is_narrowed, "all of what was asked for");
    assert_eq!(limits(), ["urn:one", "urn:two"]);
    // And again, for one of them.
    fixture.pass(TimeDelta::days(20));
    fixture.renew(&bob, first.grant.id).unwrap();
    fixture.deliver();
    fixture.redeem_as(&person(&ann), &fixture.token_for("ann@example.org"), &of(&["urn:two"])).unwrap();
    assert_eq!(limits(), ["urn:two"]);
    assert!(fixture.request(email_request(fixture)).decision.unwrap().is_narrowed);
}

/// The newest request.
fn email_request(fixture: &Fixture) -> countersign::domain::RequestId {
    let id = fixture.texts("SELECT CAST(max(id) AS TEXT) AS value FROM requests")[0].parse().unwrap();
    countersign::domain::RequestId(id)
}

fn undo(fixture: &Fixture, user: &User, token: &str) -> &'static str {
    let (caller, way) = (person(user), Way::Link(token.to_owned().into()));
    match fixture.write(move |tx| link::undo(tx, &caller, &way)) {
        Ok(true) => "undone",
        Ok(false) => "nothing to undo",
        Err(refusal) => word(Err::<(), _>(refusal)),
    }
}

fn undoing_a_renewal_only_restores_the_old_end(fixture: &Fixture) {
    let Stage { ann, bob, grant, .. } = stage(fixture);
    fixture.pass(TimeDelta::days(23));
    fixture.renew(&bob, grant.id).unwrap();
    fixture.deliver();
    let token = fixture.token_for("ann@example.org");
    fixture.redeem(&ann, &token).unwrap();
    assert_eq!(undo(fixture, &ann, &token), "undone");
    assert_eq!((fixture.grant(grant.id).ends_at, fixture.is_live(grant.id)), (grant.ends_at, true));
    // A second time, or after a reload, it revokes nothing that was given before.
    assert_eq!(undo(fixture, &ann, &token), "nothing to undo");
    assert!(fixture.is_live(grant.id));
    // The email about the approval was not sent yet, and is cancelled.
    fixture.deliver();
    assert_eq!(fixture.count("outbox", "kind = 'approved' AND state = 'cancelled'"), 1);
    // It can be requested again, for the original length.
    assert_eq!(offer(fixture, &bob, &grant).until, Until::At(grant.ends_at.unwrap() + MONTH));
}

fn undoing_a_restored_grant_ends_it(fixture: &Fixture) {
    let Stage { ann, bob, grant, .. } = stage(fixture);
    fixture.pass(MONTH + TimeDelta::days(1));
    fixture.renew(&bob, grant.id).unwrap();
    fixture.deliver();
    let token = fixture.token_for("ann@example.org");
    fixture.redeem(&ann, &token).unwrap();
    assert!(fixture.is_live(grant.id));
    assert_eq!(undo(fixture, &ann, &token), "undone");
    assert!(!fixture.is_live(grant.id));
    assert_eq!(undo(fixture, &ann, &token), "nothing to undo");
}

fn a_new_owner_decides_and_prolongs(fixture: &Fixture) {
    let Stage { bob, sleep, grant, .. } = stage(fixture);
    let eve = fixture.user("eve@example.org");
    let request = fixture.renew(&bob, grant.id).unwrap().0.request;
    fixture.deliver();
    fixture.hand_over(sleep.id, &eve).unwrap();
    let approved = fixture.approve(&eve, request.id).unwrap().1;
    assert_eq!((approved.grant.id, approved.grant.grantor), (grant.id, eve.id));
    assert_eq!(fixture.grant(grant.id).ends_at, Some(grant.ends_at.unwrap() + MONTH));
}

fn another_grant_of_the_same_ends_with_the_approval(fixture: &Fixture) {
    let Stage { ann, bob, sleep, grant } = stage(fixture);
    let request = fixture.renew(&bob, grant.id).unwrap().0.request;
    let other = fixture.entitle(&sleep, &bob, Level::View);
    fixture.approve(&ann, request.id).unwrap();
    assert_eq!((fixture.is_live(grant.id), fixture.is_live(other.id)), (true, false));
}

fn of_concurrent_approvals_one_prolongs(fixture: &Fixture) {
    let Stage { ann, bob, grant, .. } = stage(fixture);
    let request = fixture.renew(&bob, grant.id).unwrap().0.request;
    let words = at_once(8, |_| word(fixture.approve(&ann, request.id)));
    assert_eq!(words.iter().filter(|word| **word == "ok").count(), 1, "{words:?}");
    assert_eq!(fixture.grant(grant.id).ends_at, Some(grant.ends_at.unwrap() + MONTH));
    assert_eq!(fixture.count("audit", "event = 'grant.prolonged'"), 1);
}

fn reshares_of_a_renewed_grant_stay(fixture: &Fixture) {
    let Stage { ann, bob, grant, .. } = stage(fixture);
    let eve = fixture.user("eve@example.org");
    // As an API that shares on makes it, without an end of its own.
    fixture
        .sql(&format!(
            "INSERT INTO grants (public_id, parent_id, grantor_id, grantee_kind, grantee_id, bundle_id, level, reshare, starts_at, \
             is_enabled, comment, version, created_at, updated_at) SELECT 'child', id, {}, 'user', {}, bundle_id, level, 0, \
             starts_at, is_enabled, '', 1, created_at, updated_at FROM grants WHERE id = {}",
            bob.id, eve.id, grant.id
        ))
        .unwrap();
    let request = fixture.renew(&bob, grant.id).unwrap().0.request;
    fixture.approve(&ann, request.id).unwrap();
    assert_eq!(fixture.count("grants", &format!("parent_id = {} AND revoked_at IS NULL", grant.id)), 1);
}
