//! GET, HEAD and OPTIONS change nothing and send no email: every described path, and every page, by every caller.

use countersign::api::openapi::document;

use super::{ANN, BOB, EVE, ROOT, Siege};
use crate::api::eluvio::TENANT;
use crate::support::fixture::{Fixture, on_both};

on_both![reading_everything_changes_nothing];

fn reading_everything_changes_nothing(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let before = siege.state();
    let document = serde_json::to_value(document()).unwrap();
    let described = document["paths"].as_object().unwrap().keys().cloned();
    let pages = [
        "/",
        "/redeem",
        "/redeem/done",
        "/redeem/code",
        "/redeem/fresh",
        "/inbox",
        "/inbox/asked",
        "/inbox/given",
        "/inbox/held",
        "/inbox/blocked",
        "/sign-in",
        "/sign-in/code",
        "/renew?id=1",
        "/mailbox",
        "/healthz",
        "/readyz",
        "/docs/",
    ];
    let token = siege.token.as_str();
    let ids = [token.to_owned(), siege.request.id.0.to_string(), siege.permission.to_string(), siege.sas_share.clone()];
    let mut paths: Vec<String> = pages.iter().map(|path| (*path).to_owned()).collect();
    for path in described {
        for id in &ids {
            let path = path.replace("{key}", id).replace("{id}", id).replace("{ids}", "1;2").replace("{resource}", "user");
            paths.push(path.replace("{tenant}", TENANT).replace("{share_id}", &siege.code));
        }
    }
    paths.push(format!("/redeem?token={token}"));
    paths.sort();
    paths.dedup();
    assert!(paths.len() > 60);
    let ann = siege.cast.ann();
    for path in &paths {
        for who in ["", ANN, BOB, EVE, ROOT, siege.key.as_str(), ann.as_str()] {
            for method in ["GET", "HEAD", "OPTIONS"] {
                let answer = siege.site().send(who, method, path, "");
                assert!(answer.status < 500, "{method} {path}: {answer}");
            }
        }
    }
    assert_eq!(siege.state(), before);
    assert_eq!(siege.fixture().deliver(), 0, "nothing waits to be mailed");
    siege.is_clean();
}
