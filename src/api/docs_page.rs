//! The content of /docs without scripts: each operation with its description.

use askama::Template;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, PathItem};

#[derive(Template)]
#[template(path = "docs/outline.html")]
struct Outline {
    parts: Vec<Part>,
}

struct Part {
    name: String,
    about: String,
    calls: Vec<Call>,
}

struct Call {
    method: &'static str,
    path: String,
    summary: String,
}

/// The list as HTML.
pub(super) fn outline(document: &OpenApi) -> askama::Result<String> {
    let tags = document.tags.iter().flatten();
    let part = |tag: &utoipa::openapi::Tag| Part {
        calls: calls(document, &tag.name),
        about: tag.description.clone().unwrap_or_default(),
        name: tag.name.clone(),
    };
    Outline { parts: tags.map(part).collect() }.render()
}

fn calls(document: &OpenApi, tag: &str) -> Vec<Call> {
    let has_tag = |operation: &Operation| operation.tags.iter().flatten().any(|name| name == tag);
    let of_path = |(path, item): (&String, &PathItem)| {
        let operations = operations(item).into_iter().filter(|(_, operation)| has_tag(operation));
        let call = |(method, operation): (&'static str, &Operation)| Call {
            method,
            path: path.clone(),
            summary: operation.summary.clone().unwrap_or_default(),
        };
        operations.map(call).collect::<Vec<_>>()
    };
    document.paths.paths.iter().flat_map(of_path).collect()
}

fn operations(item: &PathItem) -> Vec<(&'static str, &Operation)> {
    let all = [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("PATCH", &item.patch), ("DELETE", &item.delete)];
    all.into_iter().filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation))).collect()
}
