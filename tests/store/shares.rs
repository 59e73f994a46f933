//! Lists of shares use indexes, however many shares there are.

use countersign::domain::filter::{Case, Filter, Test, TextOf};
use countersign::domain::{GranteeKind, Page, PrincipalId, Sort, UserId};
use countersign::store::shares::{Listing, Whose, sqlite_text};

use crate::support::fixture::{Fixture, Kind};

/// SQLite's plan of the first page of a list.
fn plan(fixture: &Fixture, whose: Whose, filter: &Filter) -> String {
    let listing = Listing { whose, filter, sort: Sort::Id, is_descending: false };
    fixture.plan(&sqlite_text(&listing, Page { limit: 50, offset: 0 }, 0), &[])
}

fn equals(of: TextOf, value: &str) -> Filter {
    Filter::Text(of, Test::Equals, Case::Exact, value.to_owned())
}

#[test]
fn a_filtered_page_reads_no_whole_table() {
    let fixture = Fixture::new(Kind::Sqlite);
    let own = || Whose::Of(UserId(1), vec![PrincipalId(1), PrincipalId(9)]);
    let visible = Filter::Not(Box::new(Filter::Kinds(vec![GranteeKind::PublicLink])));
    for (filter, index) in [
        (equals(TextOf::ResourceUri, "/files/1"), "grant_resources_resource"),
        (equals(TextOf::ResourceUri, "/api/bundle/7/"), "grants_bundle"),
        (equals(TextOf::SharedBy, "bob"), "grants_grantor"),
        (equals(TextOf::SharedWith, "bob"), "grants_grantee"),
    ] {
        let both = Filter::All(vec![visible.clone(), filter.clone()]);
        for (whose, is_own) in [(own(), true), (Whose::All, false)] {
            let plan = plan(&fixture, whose, &both);
            assert!(
                !plan.contains("SCAN grants") && !plan.contains("SCAN users") && !plan.contains("SCAN resources"),
                "{filter:?}: {plan}"
            );
            assert!(is_own || plan.contains(index), "{filter:?}: {plan}");
        }
    }
    let plan = plan(&fixture, own(), &visible);
    for index in ["grants_grantor", "grants_grantee", "grants_owner"] {
        assert!(plan.contains(index) && !plan.contains("SCAN grants"), "{plan}");
    }
}
