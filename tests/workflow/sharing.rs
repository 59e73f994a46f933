//! Shares without a request: by whom, of what, with whom, their changes, and their end.

use std::sync::Arc;

use chrono::TimeDelta;
use countersign::domain::grant::reshare::{EXTERNAL, GRANT_RESHARE, INTERNAL, PUBLIC, PUBLIC_LINK};
use countersign::domain::{
    Caller, Filter, Grant, GranteeKind, Level, Page, Principal, Resource, ResourceKind, Scope, Sort, User,
};
use countersign::workflow::policy::{self, Object, Right, Subject};
use countersign::workflow::shares::{self, Change, Listing, NewShare, Share, ShareId, Shared, Target, Whose, With};
use countersign::workflow::{WorkflowError, accounts};

use crate::support::fixture::{Fixture, on_both, person, word};

on_both![
    the_owner_shares_and_the_grantee_has_access,
    nobody_shares_data_of_others,
    an_unregistered_resource_has_no_owner_unless_configured,
    a_grantee_with_the_right_shares_on_within_its_limits,
    each_kind_of_grantee_needs_its_own_right,
    several_resources_rest_on_one_right,
    a_share_with_many_applies_to_its_kind_of_people,
    only_the_grantor_changes_a_share,
    a_change_from_an_older_version_is_stale,
    a_reshare_is_not_widened_beyond_its_parent,
    revoking_a_share_revokes_its_reshares,
    a_deleted_share_is_not_found,
    a_member_of_the_group_sees_it_and_does_not_end_it,
    invalid_times_are_refused,
    an_invalid_share_is_refused,
    an_email_notifies_the_grantee,
    emails_stop_at_the_limit_and_sharing_does_not,
    an_email_that_is_not_sent_is_taken_from_no_budget,
    a_list_contains_ones_own_shares_and_all_for_admins,
    a_list_is_filtered_exactly,
    requests_and_shares_are_one_list,
    removing_a_person_revokes_what_they_gave_unless_there_is_an_heir,
];

pub(super) fn resource(fixture: &Fixture, uri: &str, owner: &User) -> Resource {
    let (uri, owner) = (uri.to_owned(), owner.id);
    fixture.write(move |tx| accounts::add_resource(tx, &Caller::operator(), &uri, "", ResourceKind::File, owner)).unwrap()
}

pub(super) fn group(fixture: &Fixture, name: &str, members: &[&User]) {
    let (name, members) = (name.to_owned(), members.iter().map(|user| user.id).collect::<Vec<_>>());
    fixture.write(move |tx| accounts::add_group(tx, &Caller::operator(), &name, &members)).unwrap();
}

/// A share of one resource at the level `view`, without further terms.
pub(super) fn of(uri: &str, with: With) -> NewShare {
    NewShare {
        of: Target::Uris(vec![uri.to_owned()]),
        with,
        level: Level::View,
        reshare: 0,
        starts_at: None,
        ends_at: None,
        is_enabled: true,
        name: String::new(),
        tenant: None,
        attributes: None,
    }
}

fn to(user: &User) -> With {
    With::User(user.id)
}

pub(super) fn share_as(fixture: &Fixture, caller: &Caller, new: &NewShare) -> Result<Share, WorkflowError> {
    let (config, caller, new) = (Arc::clone(&fixture.config), caller.clone(), new.clone());
    fixture.write(move |tx| shares::share(tx, &config, &caller, &new))
}

fn shared(fixture: &Fixture, from: &User, new: &NewShare) -> Grant {
    share_as(fixture, &person(from), new).unwrap().grant
}

fn changed(
    fixture: &Fixture,
    caller: &Caller,
    grant: &Grant,
    version: Option<i32>,
    change: &Change,
) -> Result<Share, WorkflowError> {
    let (config, caller, id, change) = (Arc::clone(&fixture.config), caller.clone(), ShareId::Number(grant.id), change.clone());
    fixture.write(move |tx| shares::change(tx, &config, &caller, &id, version, &change))
}

fn found(fixture: &Fixture, user: &User, grant: &Grant) -> Result<Share, WorkflowError> {
    let (caller, id) = (person(user), ShareId::Public(grant.public_id.clone()));
    fixture.read(move |tx| shares::find(tx, &caller, &id))
}

fn deleted(fixture: &Fixture, user: &User, grant: &Grant) -> Result<(), WorkflowError> {
    let (caller, id) = (person(user), ShareId::Number(grant.id));
    fixture.write(move |tx| shares::delete(tx, &caller, &id))
}

/// Whether a person may use a resource at this level now.
fn may(fixture: &Fixture, user: &User, resource: &Resource, level: Level) -> bool {
    let (subject, object) = (Subject::User(user.id), Object::Resource(resource.id));
    fixture.read(move |tx| policy::may(tx, subject, object, Right::Access(level))).unwrap()
}

fn listed(fixture: &Fixture, caller: &Caller, whose: Whose, filter: Filter) -> Vec<i64> {
    let listing = Listing { whose, filter, sort: Sort::Id, is_descending: false };
    let slice = fixture.read(|tx| shares::list(tx, caller, &listing, Page { limit: 100, offset: 0 })).unwrap();
    assert_eq!(slice.total, i64::try_from(slice.items.len()).unwrap());
    slice.items.iter().map(|share| share.grant.id.0).collect()
}

fn everything() -> Filter {
    Filter::All(Vec::new())
}

fn the_owner_shares_and_the_grantee_has_access(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let file = resource(fixture, "/files/1", &ann);
    assert!(may(fixture, &ann, &file, Level::Contribute), "the owner's own");
    let share = share_as(fixture, &person(&ann), &NewShare { level: Level::Edit, ..of("/files/1", to(&bob)) }).unwrap();
    assert_eq!((share.grant.grantor, share.grant.owner, share.grant.version), (ann.id, ann.id, 1));
    assert!(matches!(&share.of, Shared::Resources(of) if of.len() == 1 && of[0].uri == "/files/1"));
    assert!(matches!(&share.grantee, Some(Principal::User(user)) if user.id == bob.id));
    assert!(may(fixture, &bob, &file, Level::View) && may(fixture, &bob, &file, Level::Edit));
    assert!(!may(fixture, &bob, &file, Level::Contribute) && !may(fixture, &eve, &file, Level::View));
    for user in [&ann, &bob] {
        assert_eq!(found(fixture, user, &share.grant).unwrap().grant.id, share.grant.id);
    }
    assert_eq!(word(found(fixture, &eve, &share.grant)), "not found");
    assert_eq!(fixture.count("audit", "event = 'grant.made'"), 1);
}

fn nobody_shares_data_of_others(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    resource(fixture, "/files/1", &ann);
    let sleep = fixture.bundle("Sleep data", &ann);
    shared(fixture, &ann, &of("/files/1", to(&bob)));
    for who in [&bob, &eve, &fixture.admin("root@example.org")] {
        assert_eq!(word(share_as(fixture, &person(who), &of("/files/1", With::Everyone))), "forbidden");
        let bundle = NewShare { of: Target::Bundle(sleep.id), ..of("", With::Everyone) };
        assert_eq!(word(share_as(fixture, &person(who), &bundle)), "forbidden");
    }
    // A key shares as its user, and only with the scope.
    let (with, without) = (fixture.app("A", Some(&ann), &[Scope::Grants]), fixture.app("B", Some(&ann), &[Scope::Requests]));
    assert_eq!(word(share_as(fixture, &with, &of("/files/1", to(&eve)))), "ok");
    assert_eq!(word(share_as(fixture, &without, &of("/files/1", to(&eve)))), "missing scope");
    assert_eq!(word(share_as(fixture, &fixture.app("C", None, &[Scope::Grants]), &of("/files/1", to(&eve)))), "forbidden");
}

fn an_unregistered_resource_has_no_owner_unless_configured(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    assert_eq!(word(share_as(fixture, &person(&ann), &of("/files/new", to(&bob)))), "forbidden");
    assert_eq!(fixture.count("resources", "1 = 1"), 0);
    let open = fixture.with("[shares]\nopen_claim = true");
    let share = share_as(&open, &person(&ann), &of("/files/new", to(&bob))).unwrap();
    assert!(matches!(&share.of, Shared::Resources(of) if of[0].owner == ann.id));
    // From then on it is Ann's, and Bob's access gives him no right to share it.
    assert_eq!(word(share_as(&open, &person(&bob), &of("/files/new", With::Everyone))), "forbidden");
}

fn a_grantee_with_the_right_shares_on_within_its_limits(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let file = resource(fixture, "/files/1", &ann);
    let end = fixture.now() + TimeDelta::days(10);
    let rights = INTERNAL | GRANT_RESHARE;
    let first = NewShare { level: Level::Edit, reshare: rights, ends_at: Some(end), ..of("/files/1", to(&bob)) };
    let parent = shared(fixture, &ann, &first);
    let on = |change: fn(&mut NewShare)| {
        let mut new = of("/files/1", to(&eve));
        change(&mut new);
        share_as(fixture, &person(&bob), &new)
    };
    assert_eq!(word(on(|new| new.level = Level::Contribute)), "forbidden");
    assert_eq!(word(on(|new| new.reshare = INTERNAL | PUBLIC)), "forbidden");
    assert_eq!(word(on(|new| new.with = With::Everyone)), "forbidden");
    assert_eq!(word(on(|new| new.with = With::Named("stranger@example.org".into()))), "forbidden");
    let late = NewShare { ends_at: Some(end + TimeDelta::seconds(1)), ..of("/files/1", to(&eve)) };
    assert_eq!(word(share_as(fixture, &person(&bob), &late)), "ends_at");
    let child = share_as(fixture, &person(&bob), &NewShare { reshare: INTERNAL, ..of("/files/1", to(&eve)) }).unwrap().grant;
    assert_eq!((child.parent, child.owner, child.grantor), (Some(parent.id), ann.id, bob.id));
    assert_eq!(child.ends_at, Some(end), "it ends with what it rests on");
    // Eve may share on, but without the right to.
    let joe = fixture.user("joe@example.org");
    let further = |reshare| share_as(fixture, &person(&eve), &NewShare { reshare, ..of("/files/1", to(&joe)) });
    assert_eq!(word(further(INTERNAL)), "forbidden");
    assert_eq!(further(0).unwrap().grant.parent, Some(child.id));
    // The owner sees all of them, with their grantees.
    assert_eq!(listed(fixture, &person(&ann), Whose::Own, everything()).len(), 3);
    assert!(may(fixture, &joe, &file, Level::View));
    fixture.pass(TimeDelta::days(10));
    assert!(!may(fixture, &joe, &file, Level::View) && !may(fixture, &bob, &file, Level::View));
}

fn each_kind_of_grantee_needs_its_own_right(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    group(fixture, "Lab", &[&eve]);
    let kinds = [
        (INTERNAL, to(&eve)),
        (INTERNAL, With::Group("Lab".into())),
        (EXTERNAL, With::Named("stranger@example.org".into())),
        (PUBLIC, With::Authenticated),
        (PUBLIC, With::Everyone),
        (PUBLIC, With::Guest),
        (PUBLIC_LINK, With::PublicLink),
    ];
    for (number, held) in [INTERNAL, EXTERNAL, PUBLIC, PUBLIC_LINK].into_iter().enumerate() {
        let uri = format!("/files/{number}");
        resource(fixture, &uri, &ann);
        shared(fixture, &ann, &NewShare { reshare: held, ..of(&uri, to(&bob)) });
        for (needed, with) in &kinds {
            let expected = if *needed == held { "ok" } else { "forbidden" };
            assert_eq!(word(share_as(fixture, &person(&bob), &of(&uri, with.clone()))), expected, "{held} for {with:?}");
        }
    }
}

fn several_resources_rest_on_one_right(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    for uri in ["/files/1", "/files/2"] {
        resource(fixture, uri, &ann);
    }
    resource(fixture, "/files/eve", &eve);
    let both =
        |uris: &[&str], with| NewShare { of: Target::Uris(uris.iter().map(ToString::to_string).collect()), ..of("", with) };
    let share = share_as(fixture, &person(&ann), &both(&["/files/2", "/files/1", "/files/2"], to(&bob))).unwrap();
    assert!(matches!(&share.of, Shared::Resources(of) if of.len() == 2), "named twice is once");
    assert_eq!(word(share_as(fixture, &person(&ann), &both(&["/files/1", "/files/eve"], to(&bob)))), "forbidden");
    for uri in ["/files/1", "/files/2"] {
        shared(fixture, &ann, &NewShare { reshare: INTERNAL, ..of(uri, to(&eve)) });
    }
    // By two shares, so that one revocation could not cover the right part of this one.
    assert_eq!(word(share_as(fixture, &person(&eve), &both(&["/files/1", "/files/2"], to(&bob)))), "of");
    assert_eq!(word(share_as(fixture, &person(&ann), &both(&[], to(&bob)))), "of");
}

fn a_share_with_many_applies_to_its_kind_of_people(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    group(fixture, "Lab", &[&bob]);
    let reaches = |with: With, name: &str| {
        let file = resource(fixture, &format!("/files/{name}"), &ann);
        let kind = shared(fixture, &ann, &of(&file.uri, with)).grantee_kind;
        let anonymous = fixture
            .read(|tx| policy::may(tx, Subject::Anonymous, Object::Resource(file.id), Right::Access(Level::View)))
            .unwrap();
        (kind, may(fixture, &bob, &file, Level::View), may(fixture, &eve, &file, Level::View), anonymous)
    };
    assert_eq!(reaches(With::Group("Lab".into()), "group"), (GranteeKind::Group, true, false, false));
    assert_eq!(reaches(With::Authenticated, "signed"), (GranteeKind::Authenticated, true, true, false));
    assert_eq!(reaches(With::Everyone, "all"), (GranteeKind::Everyone, true, true, true));
    assert_eq!(reaches(With::Guest, "guest"), (GranteeKind::Guest, false, false, true));
    assert_eq!(reaches(With::PublicLink, "link"), (GranteeKind::PublicLink, false, false, false));
}

fn only_the_grantor_changes_a_share(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let file = resource(fixture, "/files/1", &ann);
    let grant = shared(fixture, &ann, &of("/files/1", to(&bob)));
    let more = Change { level: Some(Level::Contribute), ..Change::default() };
    assert_eq!(word(changed(fixture, &person(&bob), &grant, None, &more)), "forbidden");
    assert_eq!(word(changed(fixture, &person(&fixture.admin("root@example.org")), &grant, None, &more)), "forbidden");
    assert_eq!(word(changed(fixture, &person(&eve), &grant, None, &more)), "not found");
    assert!(!may(fixture, &bob, &file, Level::Edit));
    fixture.pass(TimeDelta::seconds(5));
    let after = changed(fixture, &person(&ann), &grant, None, &Change { name: Some("Notes".into()), ..more }).unwrap();
    assert_eq!((after.grant.version, after.grant.level, after.grant.comment.as_str()), (2, Level::Contribute, "Notes"));
    assert_eq!(after.updated_by.map(|user| user.id), Some(ann.id));
    let stored = found(fixture, &bob, &grant).unwrap().grant;
    assert_eq!((stored.version, stored.updated_at, stored.created_at), (2, fixture.now(), grant.created_at));
    assert!(may(fixture, &bob, &file, Level::Contribute));
    let off = Change { is_enabled: Some(false), ..Change::default() };
    changed(fixture, &person(&ann), &grant, None, &off).unwrap();
    assert!(!may(fixture, &bob, &file, Level::View), "switched off is off at once");
    changed(fixture, &person(&ann), &grant, None, &Change { is_enabled: Some(true), ..Change::default() }).unwrap();
    assert!(may(fixture, &bob, &file, Level::View));
    fixture.revoke(&person(&ann), grant.id).unwrap();
    let again = Change { is_enabled: Some(true), ..Change::default() };
    assert_eq!(word(changed(fixture, &person(&ann), &grant, None, &again)), "is_enabled", "taken back is for good");
}

fn a_change_from_an_older_version_is_stale(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    resource(fixture, "/files/1", &ann);
    let grant = shared(fixture, &ann, &of("/files/1", to(&bob)));
    let name = |text: &str| Change { name: Some(text.to_owned()), ..Change::default() };
    assert_eq!(changed(fixture, &person(&ann), &grant, Some(1), &name("first")).unwrap().grant.version, 2);
    assert_eq!(word(changed(fixture, &person(&ann), &grant, Some(1), &name("second"))), "stale");
    assert_eq!(found(fixture, &ann, &grant).unwrap().grant.comment, "first");
    // Of several concurrent changes from the same version, one succeeds.
    let ann = person(&ann);
    let outcomes = std::thread::scope(|scope| {
        let (ann, grant) = (&ann, &grant);
        let threads: Vec<_> = (0..6)
            .map(|number| scope.spawn(move || word(changed(fixture, ann, grant, Some(2), &name(&number.to_string())))))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(outcomes.iter().filter(|word| **word == "ok").count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|word| **word == "stale").count(), 5, "{outcomes:?}");
}

fn a_reshare_is_not_widened_beyond_its_parent(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let file = resource(fixture, "/files/1", &ann);
    let end = fixture.now() + TimeDelta::days(10);
    let rights = INTERNAL | GRANT_RESHARE;
    let parent =
        shared(fixture, &ann, &NewShare { level: Level::Edit, reshare: rights, ends_at: Some(end), ..of("/files/1", to(&bob)) });
    let child = shared(fixture, &bob, &of("/files/1", to(&eve)));
    let by_bob = |change: &Change| word(changed(fixture, &person(&bob), &child, None, change));
    assert_eq!(by_bob(&Change { level: Some(Level::Contribute), ..Change::default() }), "forbidden");
    assert_eq!(by_bob(&Change { ends_at: Some(None), ..Change::default() }), "ends_at");
    assert_eq!(by_bob(&Change { ends_at: Some(Some(end + TimeDelta::days(1))), ..Change::default() }), "ends_at");
    assert_eq!(by_bob(&Change { reshare: Some(PUBLIC), ..Change::default() }), "forbidden");
    assert_eq!(by_bob(&Change { level: Some(Level::Edit), reshare: Some(INTERNAL), ..Change::default() }), "ok");
    // Ann limits Bob to `view`: his reshares give no more from now on, and he cannot raise them.
    changed(fixture, &person(&ann), &parent, None, &Change { level: Some(Level::View), ..Change::default() }).unwrap();
    assert!(may(fixture, &eve, &file, Level::View) && !may(fixture, &eve, &file, Level::Edit));
    assert_eq!(by_bob(&Change { level: Some(Level::View), ..Change::default() }), "ok", "less is always possible");
    assert_eq!(by_bob(&Change { level: Some(Level::Edit), ..Change::default() }), "forbidden");
    changed(fixture, &person(&ann), &parent, None, &Change { is_enabled: Some(false), ..Change::default() }).unwrap();
    assert!(!may(fixture, &eve, &file, Level::View), "what rests on nothing gives nothing");
}

fn revoking_a_share_revokes_its_reshares(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let file = resource(fixture, "/files/1", &ann);
    let parent = shared(fixture, &ann, &NewShare { reshare: INTERNAL, ..of("/files/1", to(&bob)) });
    let child = shared(fixture, &bob, &of("/files/1", to(&eve)));
    assert_eq!(word(fixture.revoke(&person(&fixture.user("joe@example.org")), child.id)), "not found");
    assert_eq!(fixture.revoke(&person(&ann), parent.id).unwrap(), [parent.id, child.id]);
    assert!(!may(fixture, &bob, &file, Level::View) && !may(fixture, &eve, &file, Level::View));
    assert_eq!(fixture.count("audit", "event = 'grant.revoked'"), 2);
    // Revoked, and still visible as revoked.
    assert!(found(fixture, &eve, &child).unwrap().grant.revoked_at.is_some());
}

fn a_deleted_share_is_not_found(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let file = resource(fixture, "/files/1", &ann);
    let grant = shared(fixture, &ann, &of("/files/1", to(&bob)));
    assert_eq!(word(deleted(fixture, &fixture.user("eve@example.org"), &grant)), "not found");
    deleted(fixture, &ann, &grant).unwrap();
    assert!(!may(fixture, &bob, &file, Level::View));
    for user in [&ann, &bob, &fixture.admin("root@example.org")] {
        assert_eq!(word(found(fixture, user, &grant)), "not found");
        assert_eq!(word(deleted(fixture, user, &grant)), "not found");
        assert!(listed(fixture, &person(user), Whose::Own, everything()).is_empty());
    }
    assert_eq!(fixture.count("audit", "event IN ('grant.revoked', 'grant.deleted')"), 2);
    // The same may be shared again.
    assert_ne!(shared(fixture, &ann, &of("/files/1", to(&bob))).id, grant.id);
}

fn a_member_of_the_group_sees_it_and_does_not_end_it(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    group(fixture, "Lab", &[&bob]);
    resource(fixture, "/files/1", &ann);
    let grant = shared(fixture, &ann, &of("/files/1", With::Group("Lab".into())));
    assert_eq!(listed(fixture, &person(&bob), Whose::Own, everything()), [grant.id.0]);
    assert!(found(fixture, &bob, &grant).is_ok());
    assert_eq!(word(fixture.revoke(&person(&bob), grant.id)), "forbidden");
    assert_eq!(word(deleted(fixture, &bob, &grant)), "forbidden");
    deleted(fixture, &fixture.admin("root@example.org"), &grant).unwrap();
}

fn invalid_times_are_refused(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let file = resource(fixture, "/files/1", &ann);
    let now = fixture.now();
    let lasting =
        |starts_at, ends_at| share_as(fixture, &person(&ann), &NewShare { starts_at, ends_at, ..of("/files/1", to(&bob)) });
    assert_eq!(word(lasting(None, Some(now))), "ends_at", "half-open: it would never be live");
    assert_eq!(word(lasting(Some(now + TimeDelta::days(2)), Some(now + TimeDelta::days(2)))), "ends_at");
    assert_eq!(word(lasting(None, Some(now + TimeDelta::days(40_000)))), "ends_at");
    let later = lasting(Some(now + TimeDelta::days(1)), Some(now + TimeDelta::days(2))).unwrap().grant;
    assert!(!may(fixture, &bob, &file, Level::View), "not yet");
    fixture.pass(TimeDelta::days(1));
    assert!(may(fixture, &bob, &file, Level::View), "from then on");
    fixture.pass(TimeDelta::days(1) - TimeDelta::microseconds(1));
    assert!(may(fixture, &bob, &file, Level::View));
    fixture.pass(TimeDelta::microseconds(1));
    assert!(!may(fixture, &bob, &file, Level::View), "no longer");
    let past = Change { ends_at: Some(Some(now)), ..Change::default() };
    assert_eq!(word(changed(fixture, &person(&ann), &later, None, &past)), "ends_at");
}

fn an_invalid_share_is_refused(fixture: &Fixture) {
    let ann = fixture.user("ann@example.org");
    resource(fixture, "/files/1", &ann);
    let refused = |change: fn(&mut NewShare)| {
        let mut new = of("/files/1", With::Everyone);
        change(&mut new);
        word(share_as(fixture, &person(&ann), &new))
    };
    assert_eq!(refused(|new| new.with = With::Named("ann@example.org".into())), "with", "oneself");
    assert_eq!(refused(|new| new.with = With::Named("nobody".into())), "unknown");
    assert_eq!(refused(|new| new.with = With::Group("Nobody".into())), "unknown");
    assert_eq!(refused(|new| new.with = With::User(countersign::domain::UserId(999))), "unknown");
    assert_eq!(refused(|new| new.of = Target::Bundle(countersign::domain::BundleId(999))), "unknown");
    assert_eq!(refused(|new| new.of = Target::Uris(vec!["/files/with blank".into()])), "of");
    assert_eq!(refused(|new| new.of = Target::Uris((0..101).map(|n| format!("/files/{n}")).collect())), "of");
    assert_eq!(refused(|new| new.name = "n".repeat(65)), "name");
    assert_eq!(refused(|new| new.name = "a\u{7}".into()), "name");
    assert_eq!(refused(|new| new.reshare = 32), "reshare");
    assert_eq!(refused(|new| new.attributes = Some("x".repeat(16 * 1024 + 1))), "attributes");
    assert_eq!(fixture.count("grants", "1 = 1"), 0);
}

fn an_email_notifies_the_grantee(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["/files/1"]);
    let new = NewShare { of: Target::Bundle(sleep.id), ends_at: Some(fixture.now() + TimeDelta::days(30)), ..of("", to(&bob)) };
    let grant = shared(fixture, &ann, &new);
    fixture.deliver();
    let email = fixture.mailbox.list().pop().unwrap();
    assert_eq!((email.to.as_str(), email.subject.as_str()), ("bob@example.org", "Ann now lets you view \"Sleep data\""));
    assert!(email.text.contains("ann@example.org") && email.text.contains("until Thursday 31 December, 12:00"), "{}", email.text);
    assert!(!email.text.contains("csr_"), "there is nothing to decide, so no token");
    // Disabling and enabling it again causes no notice.
    for is_enabled in [Some(false), Some(true)] {
        changed(fixture, &person(&ann), &grant, None, &Change { is_enabled, ..Change::default() }).unwrap();
    }
    // A share that is revoked before its email was sent needs none.
    let gone = shared(fixture, &ann, &of("/files/1", to(&eve)));
    fixture.revoke(&person(&ann), gone.id).unwrap();
    // To a group: to each member except the grantor.
    group(fixture, "Lab", &[&ann, &eve]);
    shared(fixture, &ann, &of("/files/1", With::Group("Lab".into())));
    shared(fixture, &ann, &NewShare { is_enabled: false, ..of("/files/1", to(&bob)) });
    fixture.deliver();
    let notified: Vec<String> = fixture.mailbox.list().iter().map(|email| email.to.clone()).collect();
    assert_eq!(notified, ["eve@example.org", "bob@example.org"], "newest first");
    assert!(fixture.mailbox.list()[0].text.contains("Lab"));
}

fn emails_stop_at_the_limit_and_sharing_does_not(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    resource(fixture, "/files/1", &ann);
    for _ in 0..6 {
        shared(fixture, &ann, &of("/files/1", to(&bob)));
    }
    assert_eq!(fixture.count("grants", "revoked_at IS NULL"), 6);
    assert_eq!(fixture.count("outbox", "kind = 'shared'"), 3, "what one person is sent at once");
    fixture.deliver();
}

fn an_email_that_is_not_sent_is_taken_from_no_budget(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.net"));
    let (eve, max) = (fixture.user("eve@example.org"), fixture.user("max@example.com"));
    resource(fixture, "/files/1", &bob);
    group(fixture, "All", &[&ann, &bob, &eve, &max]);
    // A full budget is equivalent to a missing one.
    let now = fixture.now().timestamp_micros();
    // A share also counts as a change, whether an email is sent or not.
    let of_emails = format!("kind <> 'changes' AND full_at > {now}");
    let left = || fixture.texts(&format!("SELECT kind || subject || '=' || full_at AS value FROM budgets WHERE {of_emails}"));
    let notified = || fixture.texts("SELECT CAST(user_id AS TEXT) AS value FROM outbox WHERE kind = 'shared' ORDER BY id");
    let all = || of("/files/1", With::Group("All".into()));
    // One email to each domain, so that Eve gets none.
    shared(&fixture.with("[limits]\ndomain_hourly = 1"), &bob, &all());
    assert_eq!(notified(), [ann.id.to_string(), max.id.to_string()]);
    assert_eq!(left().len(), 2 + 2 + 2 + 2, "theirs, theirs from Bob, their domains', and Bob's hour and day");
    // Bob has caused his two: he shares on, and uses up nobody else's budget.
    let before = left();
    shared(&fixture.with("[limits]\ninitiator_hourly = 2"), &bob, &all());
    assert_eq!((left(), notified().len()), (before, 2));
    fixture.deliver();
}

fn a_list_contains_ones_own_shares_and_all_for_admins(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    for (uri, owner) in [("/files/ann", &ann), ("/files/bob", &bob)] {
        resource(fixture, uri, owner);
    }
    let one = shared(fixture, &ann, &of("/files/ann", to(&bob))).id.0;
    let two = shared(fixture, &bob, &of("/files/bob", With::Everyone)).id.0;
    assert_eq!(listed(fixture, &person(&ann), Whose::Own, everything()), [one]);
    assert_eq!(listed(fixture, &person(&bob), Whose::Own, everything()), [one, two]);
    assert!(listed(fixture, &person(&eve), Whose::Own, everything()).is_empty(), "what everyone has is on nobody's list");
    let root = person(&fixture.admin("root@example.org"));
    assert_eq!(listed(fixture, &root, Whose::All, everything()), [one, two]);
    let all = Listing { whose: Whose::All, filter: everything(), sort: Sort::Id, is_descending: true };
    let page = Page { limit: 1, offset: 1 };
    assert_eq!(word(fixture.read(|tx| shares::list(tx, &person(&ann), &all, page))), "forbidden");
    let slice = fixture.read(|tx| shares::list(tx, &root, &all, page)).unwrap();
    assert_eq!((slice.total, slice.items[0].grant.id.0), (2, one));
}

fn a_list_is_filtered_exactly(fixture: &Fixture) {
    use countersign::domain::filter::{Bound, Case, Test, TextOf, TimeOf};
    let ann = fixture.add_user("ann@example.org", |new| new.username = Some("an%n_".into()));
    let bob = fixture.add_user("bob@example.org", |new| new.username = Some("Bob".into()));
    group(fixture, "Bobs", &[&bob]);
    let sleep = fixture.bundle("Sleep data", &ann);
    for uri in ["/files/100%", "/files/100x", "/files/ß"] {
        resource(fixture, uri, &ann);
    }
    let named = |uri: &str, with, name: &str| shared(fixture, &ann, &NewShare { name: name.into(), ..of(uri, with) }).id.0;
    let percent = named("/files/100%", to(&bob), "it's \"one\"");
    let plain = named("/files/100x", With::Group("Bobs".into()), "one\\two");
    fixture.pass(TimeDelta::minutes(1));
    let many = named("/files/ß", With::Everyone, "");
    let bundle = shared(fixture, &ann, &NewShare { of: Target::Bundle(sleep.id), level: Level::Edit, ..of("", to(&bob)) }).id.0;
    let root = person(&fixture.admin("root@example.org"));
    let list = |filter: Filter| listed(fixture, &root, Whose::All, filter);
    let text = |of, test, value: &str| list(Filter::Text(of, test, Case::Exact, value.to_owned()));
    let uri = TextOf::ResourceUri;
    assert_eq!(text(uri, Test::Equals, "/files/100%"), [percent]);
    assert_eq!(text(uri, Test::Contains, "100%"), [percent], "a percent sign is one");
    assert_eq!(text(uri, Test::StartsWith, "/files/100"), [percent, plain]);
    assert_eq!(text(uri, Test::EndsWith, "ß"), [many]);
    assert_eq!(text(uri, Test::EndsWith, ""), [percent, plain, many, bundle], "everything ends in nothing");
    assert_eq!(text(uri, Test::Contains, "/bundle/"), [bundle]);
    assert_eq!(text(TextOf::SharedBy, Test::Equals, "an%n_").len(), 4);
    assert!(text(TextOf::SharedBy, Test::Equals, "anxn_").is_empty() && text(TextOf::SharedBy, Test::Contains, "_n").is_empty());
    assert_eq!(text(TextOf::SharedWith, Test::StartsWith, "Bob"), [percent, plain, bundle]);
    assert_eq!(text(TextOf::SharedWith, Test::Equals, "Bob"), [percent, bundle]);
    assert_eq!(text(TextOf::SharedWith, Test::Equals, "bob"), [percent, bundle], "a name is one in any case");
    assert!(text(TextOf::SharedWith, Test::StartsWith, "bob").is_empty(), "a part of it is compared exactly");
    assert_eq!(text(TextOf::SharedWith, Test::Contains, "every"), [many], "to many: by the word of the kind");
    assert_eq!(text(TextOf::Name, Test::Contains, "'s \""), [percent]);
    assert_eq!(text(TextOf::Name, Test::EndsWith, "\\two"), [plain]);
    let not = |filter| list(Filter::Not(Box::new(filter)));
    assert_eq!(
        not(Filter::Text(TextOf::SharedWith, Test::Equals, Case::Exact, "Bob".into())),
        [plain, many],
        "also of what has no grantee"
    );
    assert_eq!(list(Filter::Levels(vec![Level::Edit])), [bundle]);
    assert_eq!(list(Filter::Kinds(vec![GranteeKind::Group, GranteeKind::Everyone])), [plain, many]);
    assert_eq!(list(Filter::Bundles(vec![sleep.id])), [bundle]);
    assert_eq!(not(Filter::OfBundle), [percent, plain, many]);
    assert_eq!(list(Filter::Time(TimeOf::Created, Bound::From, fixture.now())), [many, bundle]);
    assert_eq!(list(Filter::Time(TimeOf::Created, Bound::Before, fixture.now())), [percent, plain]);
    assert!(list(Filter::Time(TimeOf::Ends, Bound::After, fixture.now())).is_empty());
    assert!(list(Filter::Any(Vec::new())).is_empty() && list(Filter::MayReshare).is_empty());
    assert_eq!(list(Filter::InEffect).len(), 4);
    let both = Filter::All(vec![
        Filter::Grantors(vec![ann.id]),
        Filter::Any(vec![Filter::Grantees(vec![bob.id.into()]), Filter::Bundles(vec![sleep.id])]),
    ]);
    assert_eq!(list(both), [percent, bundle]);
}

fn requests_and_shares_are_one_list(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["/files/1"]);
    let asked = fixture.asked(&sleep, &ann, &bob);
    let redeemed = fixture.approve(&ann, asked.id).unwrap().1.grant.id.0;
    let direct = shared(fixture, &ann, &of("/files/1", to(&bob))).id.0;
    for user in [&ann, &bob] {
        assert_eq!(listed(fixture, &person(user), Whose::Own, everything()), [redeemed, direct]);
    }
}

fn removing_a_person_revokes_what_they_gave_unless_there_is_an_heir(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let file = resource(fixture, "/files/1", &ann);
    let grant = shared(fixture, &ann, &of("/files/1", to(&bob)));
    fixture.remove_user(&ann, Some(&eve)).unwrap();
    assert!(may(fixture, &bob, &file, Level::View) && may(fixture, &eve, &file, Level::Contribute));
    assert_eq!(found(fixture, &eve, &grant).unwrap().grantor.id, eve.id);
    fixture.remove_user(&eve, None).unwrap();
    assert!(!may(fixture, &bob, &file, Level::View));
    assert_eq!(fixture.count("resources", "deleted_at IS NULL"), 0);
}
