//! The separation of the APIs: an identifier or credential of one is invalid on another, and a cookie is no credential of any.

use countersign::domain::{GrantId, Scope};
use serde_json::json;

use super::eluvio::{Cast, FILM};
use crate::support::fixture::{Fixture, on_both};
use crate::support::http::{Answer, Site};

on_both![an_id_of_one_api_is_unknown_to_another, a_capability_of_one_api_is_no_credential_of_another, a_cookie_authorises_no_api];

const ADMIN: &str = "root@x.org";

/// Every identifier and capability, by its owner.
struct Names {
    hexoskin_permission: String,
    hexoskin_request: String,
    mailed_token: String,
    sas_share: String,
    /// The id of a share of a resource: valid for Filr, and not for Hexoskin, whose grants are of bundles.
    filr_share: String,
    eluvio_code: String,
    eluvio_token: String,
}

/// Ann's film, shared on Eluvio; her file, shared on SAS; her bundle, given and requested on Hexoskin. Other people's requests
/// come first, so that no id belongs to both a grant and a request of hers.
fn cast(fixture: &Fixture) -> (Cast, Names) {
    let cast = Cast::with(
        fixture,
        "bad_tokens_per_hour = 0\ntarget_letters = 0\ninitiator_hourly = 0\ninitiator_daily = 0\ndomain_hourly = 0\n",
    );
    let (site, ann, bob) = (&cast.site, &cast.ann, &cast.bob);
    site.admin(ADMIN);
    let zoe = site.user("zoe@x.org");
    for number in 0..20 {
        site.fixture.asked(
            &site.fixture.bundle(&format!("Bundle {number}"), &zoe),
            &zoe,
            &site.user(&format!("asker{number}@x.org")),
        );
    }
    site.fixture.deliver();
    let (request, mailed_token) = site.fixture.asked_by_mail(&site.fixture.bundle("Sleep data", ann), ann, bob);
    let permission = site.fixture.given(&site.fixture.bundle("Walks", ann), ann, bob).id;
    let body = json!({
        "type": "read", "sharedWith": "bob@x.org", "sharedWithType": "user", "resourceUri": FILM, "name": "film"
    });
    let shared = site.send("ann@x.org", "POST", "/authorization/shares", &body.to_string());
    assert_eq!(shared.status, 201, "{shared}");
    let sas_share = shared.json()["id"].as_str().unwrap().to_owned();
    let number = site.fixture.texts(&format!("SELECT CAST(id AS TEXT) AS value FROM grants WHERE public_id = '{sas_share}'"));
    let eluvio_code = cast.code();
    let names = Names {
        hexoskin_permission: permission.to_string(),
        hexoskin_request: request.id.to_string(),
        mailed_token,
        sas_share,
        filr_share: number[0].clone(),
        eluvio_token: cast.token(&eluvio_code),
        eluvio_code,
    };
    (cast, names)
}

/// Where a name is accepted: on each route that takes one, called by those who would be permitted.
fn opened(cast: &Cast, name: &str) -> Vec<String> {
    let site = &cast.site;
    let star = [("If-Match", "*"), ("Content-Type", "application/json")];
    let share =
        json!({ "type": "readEdit", "sharedWith": "bob@x.org", "sharedWithType": "user", "resourceUri": FILM }).to_string();
    let sas = format!("/authorization/shares/{name}");
    let ways: Vec<(&str, Answer)> = vec![
        ("hexoskin permission", site.send("ann@x.org", "GET", &format!("/api/bundle_permission/{name}/"), "")),
        ("hexoskin permission, ended", site.send("eve@x.org", "DELETE", &format!("/api/bundle_permission/{name}/"), "")),
        ("hexoskin request", site.send("ann@x.org", "GET", &format!("/api/bundle_permission_request/{name}/"), "")),
        ("hexoskin resend", site.send("eve@x.org", "POST", &format!("/api/bundle_permission_request/{name}/resend/"), "")),
        ("sas", site.send("ann@x.org", "GET", &sas, "")),
        ("sas, changed", site.send_with("eve@x.org", "PUT", &sas, &star, &share)),
        ("sas, deleted", site.send("eve@x.org", "DELETE", &sas, "")),
        ("filr", site.send(ADMIN, "GET", &format!("/rest/admin/shares/{name}"), "")),
        ("eluvio info", cast.open(name, "info")),
        ("eluvio token", cast.open(name, "token")),
    ];
    let open = ways.into_iter().filter(|(_, answer)| answer.status != 404);
    open.map(|(way, answer)| format!("{way}: {}", answer.status)).collect()
}

fn an_id_of_one_api_is_unknown_to_another(fixture: &Fixture) {
    let (cast, names) = cast(fixture);
    cast.site.user("eve@x.org");
    assert_eq!(
        opened(&cast, &names.hexoskin_permission),
        ["hexoskin permission: 200", "filr: 200"],
        "one number, for what is a bundle's and a person's"
    );
    assert_eq!(opened(&cast, &names.hexoskin_request), ["hexoskin request: 200"]);
    assert_eq!(opened(&cast, &names.mailed_token), ["hexoskin request: 200"]);
    assert_eq!(opened(&cast, &names.sas_share), ["sas: 200"]);
    assert_eq!(opened(&cast, &names.filr_share), ["filr: 200"]);
    assert_eq!(opened(&cast, &names.eluvio_code), ["eluvio info: 200", "eluvio token: 200"]);
    assert!(opened(&cast, &names.eluvio_token).is_empty());
    // None of the tries had an effect.
    assert_eq!(fixture.count("grants", "revoked_at IS NOT NULL OR version > 1"), 0);
    let permission = GrantId(names.hexoskin_permission.parse().unwrap());
    assert!(cast.site.fixture.is_live(permission));
}

/// One call of each API that needs authentication.
const KNOWN_ONLY: [(&str, &str, &str); 6] = [
    ("GET", "/api/account/", ""),
    ("GET", "/authorization/shares", ""),
    ("GET", "/identities/users/@currentUser", ""),
    ("GET", "/rest", ""),
    ("GET", "/as/sharing/iten4TXq7en3qtu3JREnE5tSLRf9zLod/shares", ""),
    ("POST", "/access/v1/evaluation", "{}"),
];

fn statuses(site: &Site, who: &str, headers: &[(&str, &str)]) -> Vec<u16> {
    let json = ("Content-Type", "application/json");
    let headers: Vec<(&str, &str)> = headers.iter().copied().chain([json]).collect();
    KNOWN_ONLY.iter().map(|(method, path, body)| site.send_with(who, method, path, &headers, body).status).collect()
}

fn a_capability_of_one_api_is_no_credential_of_another(fixture: &Fixture) {
    let (cast, names) = cast(fixture);
    let site = &cast.site;
    for secret in [&names.mailed_token, &names.eluvio_code, &names.eluvio_token, &names.sas_share] {
        assert_eq!(statuses(site, &format!("Bearer {secret}"), &[]), [401; 6], "{secret}");
    }
    // A signed token works on Eluvio's API only; every other credential works on every API.
    assert_eq!(statuses(site, &cast.ann(), &[]), [401, 401, 401, 401, 200, 401]);
    let (_, key) = site.key(Some(&cast.ann), &[Scope::Grants, Scope::Check, Scope::Requests, Scope::Directory], &[]);
    for who in ["ann@x.org", key.as_str()] {
        assert!(statuses(site, who, &[]).iter().all(|status| *status != 401), "{:?}", statuses(site, who, &[]));
    }
}

fn a_cookie_authorises_no_api(fixture: &Fixture) {
    let (cast, _) = cast(fixture);
    let site = &cast.site;
    let session = crate::support::fixture::runtime().block_on(async {
        let auth = countersign::auth::Authenticator::new(
            site.fixture.store.clone(),
            countersign::random::Rng::System,
            &site.fixture.config.limits,
        );
        auth.unwrap().open_session(cast.ann.id, countersign::auth::SessionOrigin::default()).await.unwrap()
    });
    let cookie = format!("countersign={s}; __Host-countersign={s}", s = session.as_str());
    assert_eq!(statuses(site, "", &[("Cookie", &cookie)]), [401; 6]);
    assert_eq!(statuses(site, "", &[]), [401; 6]);
    // The pages know the same browser.
    let page = site.send_with("", "GET", "/inbox", &[("Cookie", &cookie)], "");
    assert_eq!(page.status, 200, "{page}");
}
