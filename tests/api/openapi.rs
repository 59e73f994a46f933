//! The description covers all served routes and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use countersign::api::openapi::document;
use countersign::api::{authzen, eluvio, filr, hexoskin, sas};
use serde_json::Value;
use utoipa::OpenApi as _;

use crate::support::fixture::{Fixture, Kind};
use crate::support::http::Site;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn described() -> (Value, BTreeMap<String, BTreeSet<String>>) {
    let document = serde_json::to_value(document()).unwrap();
    let methods = |item: &Value| METHODS.iter().filter(|method| item.get(**method).is_some()).map(|m| m.to_uppercase()).collect();
    let paths = document["paths"].as_object().unwrap().iter().map(|(path, item)| (path.clone(), methods(item))).collect();
    (document, paths)
}

/// A path with a value for each parameter.
fn example(path: &str) -> String {
    path.replace("{resource}", "user")
        .replace("{ids}", "1;2")
        .replace("{id}", "1")
        .replace("{key}/decline", "csr_x/decline")
        .replace("{key}", "1")
}

/// The methods of a path by its `Allow`. HEAD is left out, since it goes with GET.
fn served(answer: &crate::support::http::Answer) -> BTreeSet<String> {
    let methods: BTreeSet<String> = answer.header("allow").unwrap_or_default().split(',').map(str::to_owned).collect();
    assert_eq!(methods.contains("GET"), methods.contains("HEAD"), "{methods:?}");
    methods.into_iter().filter(|method| method != "HEAD").collect()
}

#[test]
fn each_route_is_described_with_each_of_its_methods() {
    let fixture = Fixture::new(Kind::Sqlite);
    let site = Site::new(&fixture);
    let (_, paths) = described();
    for (path, methods) in paths.iter().filter(|(path, _)| path.starts_with("/api/") || path.starts_with("/rest")) {
        let answer = site.send("", "OPTIONS", &example(path), "");
        assert_eq!(answer.status, 200, "{path} is described and not served");
        assert_eq!(&served(&answer), methods, "{path}");
    }
    for (path, methods) in paths.iter().filter(|(path, _)| path.starts_with("/as/") || *path == "/config") {
        let answer = site.send("", "OPTIONS", &path.replace("{tenant}", "iten1").replace("{share_id}", "csl_x"), "");
        assert_eq!(&served(&answer), methods, "{path}");
    }
    // The reverse: every path in the map and in the source is described.
    let source = include_str!("../../src/api/hexoskin/mod.rs");
    let placed = source.lines().filter_map(|line| line.trim().strip_prefix("place(routes, ")).map(|rest| {
        let path = rest.split('"').nth(1).unwrap().replace(r":\d+", "");
        format!("/api{path}/")
    });
    let keyed = |path: String| path.replace("request/{id}/", "request/{key}/").replace("request/{token}/", "request/{key}/");
    let placed: BTreeSet<String> = placed.map(keyed).collect();
    let known: BTreeSet<String> = paths.keys().filter(|path| path.starts_with("/api/")).cloned().collect();
    assert_eq!(placed, known);
}

/// Paths that need no authentication.
const PUBLIC: [&str; 5] = [
    "/api/",
    "/.well-known/authzen-configuration",
    "/config",
    "/as/sharing/share/{share_id}/info",
    "/as/sharing/share/{share_id}/token",
];

#[test]
fn each_path_of_authzen_is_described_with_its_method() {
    let fixture = Fixture::new(Kind::Sqlite);
    let site = Site::new(&fixture);
    let (_, paths) = described();
    let own = paths.iter().filter(|(path, _)| path.starts_with("/access/") || path.starts_with("/.well-known/authzen"));
    for (path, methods) in own.clone() {
        let answer = site.send("", "OPTIONS", path, "");
        assert_eq!(&served(&answer), methods, "{path}");
    }
    // The reverse: every path in the metadata is described, and so is the metadata itself.
    let metadata = site.send("", "GET", "/.well-known/authzen-configuration", "").json();
    let base = metadata["policy_decision_point"].as_str().unwrap();
    let named =
        metadata.as_object().unwrap().values().filter_map(|url| url.as_str()?.strip_prefix(base)).filter(|p| !p.is_empty());
    let named: BTreeSet<&str> = named.chain(["/.well-known/authzen-configuration"]).collect();
    assert_eq!(own.map(|(path, _)| path.as_str()).collect::<BTreeSet<_>>(), named);
}

#[test]
fn each_reference_resolves_and_each_operation_has_its_responses() {
    let (document, paths) = described();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let mut ids = BTreeSet::new();
    let schemes: BTreeSet<&String> = document["components"]["securitySchemes"].as_object().unwrap().keys().collect();
    assert_eq!(schemes, BTreeSet::from([&"basic".to_owned(), &"bearer".to_owned(), &"oauth2".to_owned()]));
    for (path, methods) in &paths {
        for method in methods {
            let operation = &document["paths"][path][method.to_lowercase()];
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{path} {method}: its id is taken");
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.keys().any(|status| status.starts_with('2')), "{path} {method}");
            if !PUBLIC.contains(&path.as_str()) {
                assert!(answers.contains_key("401"), "{path} {method}");
            }
            let named: BTreeSet<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let declared: Vec<&str> =
                parameters.iter().filter(|p| p["in"] == "path").map(|p| p["name"].as_str().unwrap()).collect();
            assert_eq!(declared.iter().copied().collect::<BTreeSet<_>>(), named, "{path} {method}");
        }
    }
}

fn collect(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str().filter(|_| name == "$ref") {
                    Some(reference) => into.push(reference.to_owned()),
                    None => collect(value, into),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        _ => {}
    }
}

#[test]
fn no_two_apis_use_one_name_for_different_schemas() {
    let mut all: BTreeMap<String, (&str, Value)> = BTreeMap::new();
    let parts = [
        ("authzen", authzen::Description::openapi()),
        ("eluvio", eluvio::Description::openapi()),
        ("filr", filr::Description::openapi()),
        ("hexoskin", hexoskin::Description::openapi()),
        ("sas", sas::Description::openapi()),
    ];
    for (api, description) in parts {
        let description = serde_json::to_value(description).unwrap();
        for (name, schema) in description["components"]["schemas"].as_object().unwrap() {
            let known = all.entry(name.clone()).or_insert_with(|| (api, schema.clone()));
            assert!(known.1 == *schema, "{name} is one thing to {} and another to {api}: name one `#[schema(as = …)]`", known.0);
        }
    }
}

#[test]
fn the_committed_description_is_the_served_one() {
    let fixture = Fixture::new(Kind::Sqlite);
    let served = Site::new(&fixture).send("", "GET", "/openapi.json", "");
    assert_eq!((served.status, served.header("content-type")), (200, Some("application/json")));
    let served = format!("{:#}\n", served.json());
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api/openapi.json");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(file, &served).unwrap();
    }
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    assert!(committed == served, "docs/api/openapi.json is stale: run the tests once with UPDATE_GENERATED=1 and commit it");
}

#[test]
fn the_documentation_page_loads_nothing_from_elsewhere() {
    let fixture = Fixture::new(Kind::Sqlite);
    let site = Site::new(&fixture);
    let moved = site.send("", "GET", "/docs", "");
    assert_eq!((moved.status, moved.header("location")), (301, Some("docs/")), "also where a proxy takes a path off");
    let page = site.send("", "GET", "/docs/", "");
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'self';") && !policy.contains("http"),
        "{policy}"
    );
    assert!(
        !page.body.contains("http://") && !page.body.contains("https://") && !page.body.contains("<script>"),
        "{}",
        page.body
    );
    for script in page.body.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let script = script.trim_start_matches("./");
        assert_eq!(site.send("", "GET", &format!("/docs/{script}"), "").status, 200, "{script}");
    }
    let start = site.send("", "GET", "/docs/swagger-initializer.js", "").body;
    assert!(start.contains("\"../openapi.json\"") && start.contains("\"validatorUrl\": \"none\""), "{start}");
    assert_eq!(site.send("", "GET", "/docs/nothing.js", "").status, 404);
}

#[test]
fn without_scripts_the_page_lists_every_call_with_its_description() {
    let fixture = Fixture::new(Kind::Sqlite);
    let page = Site::new(&fixture).send("", "GET", "/docs/", "").body;
    assert_eq!(page.matches("<noscript>").count(), 1, "{page}");
    let (list, reader) = page.split_once("</noscript>").unwrap();
    assert!(reader.contains("swagger-ui-bundle.js") && reader.contains("id=\"swagger-ui\""), "{reader}");
    assert!(list.contains("<title>Countersign") && list.contains("href=\"../openapi.json\""), "{list}");
    let (document, paths) = described();
    let mut calls = 0;
    for (path, methods) in &paths {
        for method in methods {
            let summary = document["paths"][path][method.to_lowercase()]["summary"].as_str().unwrap();
            let line = format!("<code>{method} {path}</code></dt>\n<dd>{}</dd>", summary.replace('\'', "&#39;"));
            assert_eq!(list.matches(&line).count(), 1, "{line}");
            calls += 1;
        }
    }
    assert_eq!(list.matches("<dt>").count(), calls, "and no other");
}
