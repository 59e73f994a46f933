//! The description of this API compared with its routes.

use std::collections::BTreeSet;

use countersign::api::openapi::document;

use super::{CURRENT, Cast, SHARES};
use crate::support::fixture::{Fixture, Kind};

#[test]
fn each_route_is_described_with_each_of_its_methods() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let document = serde_json::to_value(document()).unwrap();
    let mut seen = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        if !["/authorization/", "/identities/", "/SASLogon/"].iter().any(|space| path.starts_with(space)) {
            continue;
        }
        let answer = cast.site.send("", "OPTIONS", &path.replace("{id}", "x"), "");
        assert_eq!(answer.status, 200, "{path} is described and not served");
        let served: BTreeSet<&str> = answer.header("allow").unwrap().split(',').collect();
        let summary: BTreeSet<String> = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        // HEAD goes with GET.
        let summary: BTreeSet<&str> =
            summary.iter().map(String::as_str).chain(summary.contains("GET").then_some("HEAD")).collect();
        assert_eq!(served, summary, "{path}");
        seen.insert(path.clone());
    }
    // The reverse: every path in the source is described.
    let source = include_str!("../../../src/api/sas/mod.rs");
    let placed = source.split("place(routes, &[\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    assert_eq!(placed.collect::<BTreeSet<_>>(), seen);
}

#[test]
fn an_unknown_path_is_answered_in_the_originals_format() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let mut table = Vec::new();
    for (method, path) in [
        ("PATCH", SHARES),
        ("DELETE", SHARES),
        ("POST", "/authorization/shares/x"),
        ("POST", "/authorization/"),
        ("GET", "/SASLogon/oauth/token"),
        ("GET", "/SASLogon/login"),
        ("GET", "/authorization/rules"),
        ("GET", "/authorization/shares/x/y"),
        ("GET", "/identities/users"),
    ] {
        let answer = cast.site.send(CURRENT, method, path, "");
        table.push(format!("{method} {path} -> {}", super::summary(&answer)));
        assert_eq!(answer.header("allow").is_some(), answer.status == 405);
    }
    insta::assert_snapshot!(table.join("\n"), @r"
    PATCH /authorization/shares -> 405 40500 Not allowed here; use GET,HEAD,POST.
    DELETE /authorization/shares -> 405 40500 Not allowed here; use GET,HEAD,POST.
    POST /authorization/shares/x -> 405 40500 Not allowed here; use GET,HEAD,PUT,DELETE.
    POST /authorization/ -> 405 40500 Not allowed here; use GET,HEAD.
    GET /SASLogon/oauth/token -> 405 40500 Not allowed here; use POST.
    GET /SASLogon/login -> 404 40400 There is nothing here; /authorization/ says what there is.
    GET /authorization/rules -> 404 40400 There is nothing here; /authorization/ says what there is.
    GET /authorization/shares/x/y -> 404 40400 There is nothing here; /authorization/ says what there is.
    GET /identities/users -> 404 40400 There is nothing here; /authorization/ says what there is.
    ");
}
