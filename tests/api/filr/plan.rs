//! The query plans of the lists: by an index, however many shares there are.

use countersign::domain::filter::{Bound, Filter, TimeOf};
use countersign::domain::{GranteeKind, Page, PrincipalId, Sort, UserId};
use countersign::store::shares::{self, Listing, Whose};

use crate::support::fixture::{Fixture, Kind};

/// The query of `workflow::shares::list_whole`.
fn plan(fixture: &Fixture, of: Filter) -> String {
    let has_ended = Filter::Time(TimeOf::Ends, Bound::Until, fixture.now());
    let again = Filter::PublicAgain { with_ended: false };
    let filter = Filter::All(vec![Filter::Standing, of, Filter::Not(Box::new(has_ended)), Filter::Not(Box::new(again))]);
    let listing = Listing { whose: Whose::All, filter: &filter, sort: Sort::Id, is_descending: false };
    let page = Page { limit: 10_000, offset: 0 };
    fixture.plan(&shares::sqlite_text(&listing, page, fixture.now().timestamp_micros()), &[])
}

#[test]
fn shares_by_or_with_a_person_are_found_by_an_index() {
    let fixture = Fixture::new(Kind::Sqlite);
    let with = plan(&fixture, Filter::All(vec![Filter::Grantees(vec![PrincipalId(3)])]));
    assert!(with.contains("SEARCH grants USING INDEX grants_grantee (grantee_id=?)"), "{with}");
    let by = plan(&fixture, Filter::All(vec![Filter::Grantors(vec![UserId(3)])]));
    assert!(by.contains("SEARCH grants USING INDEX grants_grantor (grantor_id=?)"), "{by}");
    let kinds = Filter::Kinds(vec![GranteeKind::Everyone, GranteeKind::Guest]);
    let public = plan(&fixture, kinds);
    assert!(public.contains("SEARCH grants USING INDEX grants_grantee (grantee_id=?)"), "{public}");
    let both = plan(&fixture, Filter::All(vec![Filter::Grantors(vec![UserId(2)]), Filter::Grantees(vec![PrincipalId(3)])]));
    assert!(both.contains("SEARCH grants USING INDEX grants_grantor (grantor_id=? AND grantee_id=?)"), "{both}");
    // None reads the whole table of shares to find the other parts.
    for plan in [with, by, public, both] {
        assert!(!plan.contains("SCAN"), "{plan}");
        assert!(
            plan.contains("SEARCH older USING INDEX grants_grantee (grantee_id=? AND bundle_id=? AND grantor_id=?"),
            "{plan}"
        );
        assert!(
            plan.contains("SEARCH same USING COVERING INDEX grant_resources_resource (resource_id=? AND grantee_id=?"),
            "{plan}"
        );
    }
}
