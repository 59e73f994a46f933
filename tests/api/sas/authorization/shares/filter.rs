//! `filter` on real shares: results match the filter exactly, and are the same on both databases.

use countersign::domain::{GranteeKind, Level};
use serde_json::json;

use super::super::super::{CURRENT, Cast, DALE, FILE, FILE2, SHARES, TEST, encoded, share};
use crate::support::fixture::{Fixture, on_both, person};

on_both![
    names_are_compared_exactly,
    each_member_finds_its_shares,
    conditions_are_joined_as_they_are_written,
    times_are_compared_as_they_are_shown,
    a_filter_at_its_limits_is_answered
];

fn found(cast: &Cast, filter: &str) -> Vec<String> {
    cast.names(CURRENT, &format!("filter={}", encoded(filter)))
}

fn names_are_compared_exactly(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let names = [
        "100%",
        "100x",
        "a_b",
        "aXb",
        "A_B",
        r"c\d",
        r"c\\d",
        "it's",
        r#"say "hi""#,
        "Zoë",
        "zoë",
        "ZOË",
        "🦀 crab",
        "e\u{301}",
        "é",
        "*",
        "?",
        "[a]",
        "",
    ];
    for name in names {
        cast.shared(&json!({"name": name}));
    }
    for (filter, wanted) in [
        ("eq(name,'100%')", &["100%"] as &[&str]),
        ("startsWith(name,'100%')", &["100%"]),
        ("contains(name,'%')", &["100%"]),
        ("contains(name,'_')", &["a_b", "A_B"]),
        ("eq(name,'a_b')", &["a_b"]),
        ("startsWith(name,'a_')", &["a_b"]),
        ("endsWith(name,'_b')", &["a_b"]),
        (r"contains(name,'\')", &[r"c\d", r"c\\d"]),
        (r"contains(name,'\\')", &[r"c\\d"]),
        (r"eq(name,'c\d')", &[r"c\d"]),
        ("eq(name,'it''s')", &["it's"]),
        (r#"eq(name,"it's")"#, &["it's"]),
        (r#"eq(name,"say ""hi""")"#, &[r#"say "hi""#]),
        (r#"endsWith(name,'"')"#, &[r#"say "hi""#]),
        ("eq(name,'Zoë')", &["Zoë"]),
        ("endsWith(name,'ë')", &["Zoë", "zoë"]),
        ("startsWith(name,'Z')", &["Zoë", "ZOË"]),
        ("startsWith(name,'🦀')", &["🦀 crab"]),
        ("endsWith(name,' crab')", &["🦀 crab"]),
        ("eq(name,'é')", &["é"]),
        ("contains(name,'e')", &["e\u{301}"]),
        ("contains(name,'*')", &["*"]),
        ("contains(name,'?')", &["?"]),
        ("startsWith(name,'[a')", &["[a]"]),
        ("eq(name,'')", &[""]),
        ("eq(name,' ')", &[]),
        ("endsWith(name,'xx100x')", &[]),
        ("in(name,'*','?','100%','nothing')", &["100%", "*", "?"]),
        // Ignores case and composition of letters in all scripts.
        ("eq($primary,name,'A_b')", &["a_b", "A_B"]),
        ("eq($secondary,name,'zOë')", &["Zoë", "zoë", "ZOË"]),
        ("eq($primary,name,'zoe\u{308}')", &["Zoë", "zoë", "ZOË"]),
        ("eq($primary,name,'É')", &["e\u{301}", "é"]),
        ("startsWith($primary,name,'zo')", &["Zoë", "zoë", "ZOË"]),
        ("endsWith($primary,name,'CRAB')", &["🦀 crab"]),
        ("contains($primary,name,'X')", &["100x", "aXb"]),
        ("eq($identical,name,'A_b')", &[]),
        // An injection is a name that nobody has.
        ("eq(name,''') OR 1=1 --')", &[]),
        ("eq(name,'''; DROP TABLE grants; --')", &[]),
    ] {
        assert_eq!(found(&cast, filter), wanted, "{filter}");
    }
    // Every text contains the empty text, at its beginning and at its end.
    for filter in ["contains(name,'')", "startsWith(name,'')", "endsWith(name,'')", "not(not(contains(name,'')))"] {
        assert_eq!(found(&cast, filter).len(), names.len(), "{filter}");
    }
    // A negation finds all the others.
    for filter in ["eq(name,'a_b')", "contains(name,'%')", "endsWith(name,'ë')", "eq($primary,name,'zoë')"] {
        let (is, is_not) = (found(&cast, filter).len(), found(&cast, &format!("not({filter})")).len());
        assert_eq!(is + is_not, names.len(), "{filter}");
    }
    assert_eq!(found(&cast, "ne(name,'a_b')").len(), names.len() - 1);
}

/// Shares of every kind, each named after its kind.
fn various(fixture: &Fixture) -> Cast {
    let cast = Cast::new(fixture);
    for (name, members) in [
        ("read", json!({})),
        ("edit", json!({"type": "readEdit", "resourceUri": FILE2})),
        ("readshare", json!({"type": "readShare"})),
        ("editshare", json!({"type": "readEditShare"})),
        ("dale", json!({"sharedWith": DALE})),
        ("team", json!({"sharedWith": "Team", "sharedWithType": "group"})),
        ("users", json!({"sharedWith": "authenticatedUsers", "sharedWithType": "authenticatedUsers"})),
        ("all", json!({"sharedWith": "everyone", "sharedWithType": "everyone"})),
        ("guest", json!({"sharedWith": "guest", "sharedWithType": "guest"})),
        ("stranger", json!({"sharedWith": "new@y.org"})),
        ("off", json!({"enabled": false})),
    ] {
        let mut members = members;
        members["name"] = json!(name);
        cast.shared(&members);
    }
    let on = share(&json!({"name": "on", "sharedWith": DALE}));
    assert_eq!(cast.site.send(TEST, "POST", SHARES, &on).status, 201);
    cast.shared(&json!({"name": "bundle", "resourceUri": format!("/api/bundle/{}/", cast.sleep.id)}));
    cast
}

fn each_member_finds_its_shares(fixture: &Fixture) {
    let cast = various(fixture);
    let everything = found(&cast, "contains(name,'')");
    assert_eq!(everything.len(), 13);
    for (filter, wanted) in [
        ("eq(type,'read')", &["read", "dale", "team", "users", "all", "guest", "stranger", "off", "on", "bundle"] as &[&str]),
        ("ne(type,'read')", &["edit", "readshare", "editshare"]),
        ("eq(type,'readEdit')", &["edit"]),
        ("in(type,'readShare','readEditShare')", &["readshare", "editshare"]),
        ("eq(sharedBy,'testUser')", &["on"]),
        ("ne(sharedBy,'currentUser')", &["on"]),
        ("startsWith(sharedBy,'test')", &["on"]),
        ("contains(sharedBy,'TEST')", &[]),
        ("contains($primary,sharedBy,'TEST')", &["on"]),
        ("eq(sharedWith,'dale@x.org')", &["dale", "on"]),
        ("eq(sharedWith,'Team')", &["team"]),
        ("endsWith(sharedWith,'.org')", &["dale", "stranger", "on"]),
        ("eq(sharedWith,'everyone')", &["all"]),
        ("eq(sharedWith,'authenticatedUsers')", &["users"]),
        ("eq(sharedWith,'authenticated')", &[]),
        ("startsWith(sharedWith,'auth')", &["users"]),
        ("eq($primary,sharedWith,'AUTHENTICATEDUSERS')", &["users"]),
        (
            "contains(sharedWith,'e')",
            &[
                "read",
                "edit",
                "readshare",
                "editshare",
                "dale",
                "team",
                "users",
                "all",
                "guest",
                "stranger",
                "off",
                "on",
                "bundle",
            ],
        ),
        ("endsWith(sharedWith,'s')", &["users"]),
        ("and(ne(sharedWith,'testUser'),ne(sharedWith,'dale@x.org'))", &["team", "users", "all", "guest", "stranger"]),
        ("eq(sharedWithType,'user')", &["read", "edit", "readshare", "editshare", "dale", "stranger", "off", "on", "bundle"]),
        ("in(sharedWithType,'group','guest')", &["team", "guest"]),
        ("eq(resourceUri,'/files/files/file2')", &["edit"]),
        ("endsWith(resourceUri,'file2')", &["edit"]),
        ("eq(resourceUri,'/api/bundle/1/')", &["bundle"]),
        ("eq(resourceUri,'/api/bundle/01/')", &[]),
        ("startsWith(resourceUri,'/api/bundle/')", &["bundle"]),
        ("not(startsWith(resourceUri,'/files/'))", &["bundle"]),
        ("contains(resourceUri,'dle/1')", &["bundle"]),
        ("eq(enabled,false)", &["off"]),
        ("and(ne(enabled,'true'),eq(name,'on'))", &[]),
    ] {
        assert_eq!(found(&cast, filter), wanted, "{filter}");
    }
    // The same by separate parameters, alone and together with a filter.
    assert_eq!(cast.names(CURRENT, "sharedBy=testUser"), ["on"]);
    assert_eq!(cast.names(CURRENT, &format!("resourceUri={}&type=readEdit", encoded(FILE2))), ["edit"]);
    assert_eq!(cast.names(CURRENT, &format!("sharedWith={}&filter={}", encoded(DALE), encoded("ne(name,'on')"))), ["dale"]);
    assert_eq!(cast.names(CURRENT, &format!("resourceUri={}&sharedWithType=guest", encoded(FILE))), ["guest"]);
    assert_eq!(cast.names(CURRENT, "enabled=false"), ["off"]);
    // A filter does not reveal shares of others.
    assert_eq!(
        cast.names(DALE, &format!("filter={}", encoded("or(eq(name,'read'),eq(name,'dale'),contains(name,''))"))),
        ["dale", "team", "on"]
    );
    // A removed person is still found by the displayed name.
    cast.site.fixture.remove_user(&cast.test, None).unwrap();
    let gone = cast.site.send(CURRENT, "GET", &format!("{SHARES}?sharedWith=testUser&name=read"), "").json();
    assert_eq!(
        (&gone["count"], &gone["items"][0]["sharedWith"], &gone["items"][0]["enabled"]),
        (&json!(1), &json!("testUser"), &json!(false))
    );
    assert_eq!(cast.names(CURRENT, "sharedBy=testUser"), ["on"]);
}

fn conditions_are_joined_as_they_are_written(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    for name in ["a", "b", "c", "ab", "and(", "eq(name,'a')"] {
        cast.shared(&json!({"name": name}));
    }
    for (filter, wanted) in [
        ("and(contains(name,'a'),contains(name,'b'))", &["ab"] as &[&str]),
        ("or(eq(name,'a'),eq(name,'c'))", &["a", "c"]),
        ("or(and(startsWith(name,'a'),endsWith(name,'b')),not(contains(name,'a')))", &["b", "c", "ab"]),
        ("and(startsWith(name,'a'),or(endsWith(name,'b'),endsWith(name,'a')))", &["a", "ab"]),
        ("and(endsWith(name,'b'),not(contains(name,'a')))", &["b"]),
        ("not(or(eq(name,'a'),contains(name,'b')))", &["c", "and(", "eq(name,'a')"]),
        ("eq(name,'eq(name,''a'')')", &["eq(name,'a')"]),
        ("eq(name,\"and(\")", &["and("]),
        ("and(eq(name,'a'))", &["a"]),
    ] {
        assert_eq!(found(&cast, filter), wanted, "{filter}");
    }
}

fn times_are_compared_as_they_are_shown(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.site.fixture.pass(chrono::TimeDelta::microseconds(123_456));
    cast.shared(&json!({"name": "first"}));
    cast.site.fixture.pass(chrono::TimeDelta::microseconds(1_000));
    cast.shared(&json!({"name": "second"}));
    let items = cast.site.send(CURRENT, "GET", SHARES, "").json()["items"].clone();
    let shown: Vec<&str> = items.as_array().unwrap().iter().map(|share| share["createdTimestamp"].as_str().unwrap()).collect();
    assert_eq!(shown, ["2026-12-01T12:00:00.123Z", "2026-12-01T12:00:00.124Z"]);
    for (function, wanted) in [
        ("eq", &["first"] as &[&str]),
        ("ne", &["second"]),
        ("le", &["first"]),
        ("lt", &[]),
        ("ge", &["first", "second"]),
        ("gt", &["second"]),
    ] {
        for member in ["createdTimestamp", "creationTimeStamp", "modifiedTimestamp"] {
            assert_eq!(found(&cast, &format!("{function}({member},'{}')", shown[0])), wanted, "{function} {member}");
        }
    }
}

fn a_filter_at_its_limits_is_answered(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let end = cast.site.fixture.now();
    cast.site.fixture.entitle_with(&cast.sleep, cast.test.id.into(), Level::View, 0, Some(end), &[]);
    cast.site.fixture.sql("UPDATE grants SET grantee_as = 'testUser'").unwrap();
    assert_eq!(cast.site.fixture.grant(countersign::domain::GrantId(1)).grantee_kind, GranteeKind::User);
    let deep = format!("{}eq(sharedWith,'testUser'){}", "not(".repeat(14), ")".repeat(14));
    let wide = format!("in(sharedWith{},'testUser')", ",'x'".repeat(190));
    let of_uris = format!("or({})", vec!["contains(resourceUri,'bundle')"; 60].join(","));
    let nested = (0..15).fold("eq(sharedBy,'currentUser')".to_owned(), |inner, _| format!("and(eq(type,'read'),{inner})"));
    for filter in [deep, wide, of_uris, nested] {
        assert_eq!(found(&cast, &filter), [""], "{filter}");
    }
    cast.site.fixture.revoke(&person(&cast.current), countersign::domain::GrantId(1)).unwrap();
}
