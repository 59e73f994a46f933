//! Known attacks, tried on every API where they apply, on both databases. Each test checks the responses, the changes and the
//! emails, and afterwards that no secret was left anywhere.
//!
//! | flaw | tried in |
//! |---|---|
//! | several recipients by an array, look-alike addresses | `recipients.rs`, `src/domain/address.rs` |
//! | token and address out of step; parallel submits; tokens of another kind | `tokens.rs`, `tests/workflow/races.rs` |
//! | scanners and safe methods | `safe.rs`, `tests/pages/scanners.rs`, `tests/browser/scanner.rs` |
//! | poisoned Host, links to elsewhere | `emails.rs`, `tests/hardening/links.rs`, `tests/workflow/filing.rs` |
//! | tokens used by another person; an admin who decides | `strangers.rs` |
//! | a decision with one proof only; the form of another tab | `proofs.rs` |
//! | somebody else changes the address, username, password or provider account of an approver | `account_changes.rs` |
//! | a remembered browser that was copied, or is used as another person | `browsers.rs` |
//! | oracles of existing accounts | `oracles.rs` |
//! | reading the directory by id; a relation that only the reader made | `unseen.rs` |
//! | names that resemble something else | `names.rs` |
//! | text in names and subjects, CRLF, smuggling | `emails.rs`, `tests/mail/real_server.rs`, `tests/mail/faults.rs` |
//! | a logo that runs, loads or hides something | `logos.rs`, `src/config/svg.rs`, `src/config/logo.rs` |
//! | a literal path segment, hostile bodies | `names.rs`, `tokens.rs`, `bodies.rs` |
//! | CSRF | `tests/pages/forms.rs`, `tests/api/walls.rs` |
//! | mixed contexts under load | `crowds.rs` |
//! | a grantee prolongs or widens access; hidden grants | `holders.rs` |
//! | weak keys | `keys.rs`, `tests/workflow/authority.rs` |
//! | revoked on one daemon, checked on another | `crowds.rs` |
//! | a secret guessed byte by byte | `steps.rs` |
//!
//! There are no webhooks yet, so the daemon calls no URL of anybody's choice.

mod account_changes;
mod bodies;
mod bounded;
mod browsers;
mod crowds;
mod emails;
mod holders;
mod keys;
mod logos;
mod names;
mod oracles;
mod proofs;
mod recipients;
mod safe;
mod steps;
mod strangers;
mod tokens;
mod unseen;

use countersign::domain::{Bundle, Request, Scope};
use serde_json::json;

use crate::api::eluvio::{Cast, FILM};
use crate::support::fixture::Fixture;
use crate::support::http::Site;

pub(crate) const ANN: &str = "ann@x.org";
pub(crate) const BOB: &str = "bob@x.org";
pub(crate) const EVE: &str = "eve@x.org";
pub(crate) const ROOT: &str = "root@x.org";

/// A fixture with every API in use: Ann's data, Bob who requests it, Eve who has no part in it, an admin, and an app.
pub(crate) struct Siege {
    pub(crate) cast: Cast,
    pub(crate) bundle: Bundle,
    pub(crate) request: Request,
    /// The token of the request.
    pub(crate) token: String,
    /// The id of a permission for a bundle that Bob has from Ann already.
    pub(crate) permission: i64,
    /// Ann's film, shared with Bob on SAS.
    pub(crate) sas_share: String,
    /// And on Eluvio, for anybody with the code.
    pub(crate) code: String,
    /// An app's key with every scope.
    pub(crate) key: String,
    /// Every secret that was issued.
    pub(crate) secrets: Vec<String>,
}

impl Siege {
    pub(crate) fn lay(fixture: &Fixture) -> Self {
        Self::lay_with(fixture, "")
    }

    /// With further settings.
    pub(crate) fn lay_with(fixture: &Fixture, more: &str) -> Self {
        let free = "bad_tokens_per_hour = 0\nredeem_per_minute = 0\ntarget_letters = 0\ninitiator_hourly = 0\ninitiator_daily = 0\ndomain_hourly = 0\n";
        let cast = Cast::with(fixture, &format!("{free}{more}"));
        cast.site.admin(ROOT);
        cast.site.user(EVE);
        let fixture = &cast.site.fixture;
        let permission = fixture.given(&fixture.bundle("Walks", &cast.ann), &cast.ann, &cast.bob).id.0;
        let bundle = fixture.bundle("Sleep data", &cast.ann);
        let (request, token) = fixture.asked_by_mail(&bundle, &cast.ann, &cast.bob);
        let body = json!({
            "type": "read", "sharedWith": BOB, "sharedWithType": "user", "resourceUri": FILM, "name": "film"
        });
        let shared = cast.site.send(ANN, "POST", "/authorization/shares", &body.to_string());
        assert_eq!(shared.status, 201, "{shared}");
        let sas_share = shared.json()["id"].as_str().unwrap().to_owned();
        let code = cast.code();
        let scopes =
            [Scope::Requests, Scope::ActAs, Scope::Resources, Scope::Grants, Scope::Check, Scope::Directory, Scope::Admin];
        let (_, key) = cast.site.key(None, &scopes, &[]);
        fixture.deliver();
        let mut secrets = fixture.tokens_for(ANN);
        secrets.push(key.trim_start_matches("Bearer ").to_owned());
        Self { cast, bundle, request, token, permission, sas_share, code, key, secrets }
    }

    pub(crate) fn site(&self) -> &Site {
        &self.cast.site
    }

    pub(crate) fn fixture(&self) -> &Fixture {
        &self.cast.site.fixture
    }

    /// Everything that an attack could have changed, except the counts of tries.
    pub(crate) fn state(&self) -> Vec<String> {
        let fixture = self.fixture();
        let tables = ["requests", "grants", "tokens", "outbox", "audit", "users", "bundles", "resources", "api_keys", "blocks"];
        let counts = tables.map(|table| format!("{table} {}", fixture.count(table, "1 = 1")));
        let requests = fixture.texts("SELECT id || ' ' || state || ' ' || letters AS value FROM requests ORDER BY id");
        let grants = fixture.texts(
            "SELECT id || ' ' || level || ' ' || version || ' ' || coalesce(ends_at, 0) || ' ' || coalesce(revoked_at, 0) \
             AS value FROM grants ORDER BY id",
        );
        counts.into_iter().chain(requests).chain(grants).collect()
    }

    /// Checks that no secret is in the database, its log or its files.
    pub(crate) fn is_clean(&self) {
        let place = std::path::Path::new("the database");
        let dump = self.fixture().dump();
        let text: String = dump.iter().map(|byte| char::from(*byte)).collect();
        for secret in &self.secrets {
            assert!(!text.contains(&secret[16..]), "a secret is in {}", place.display());
        }
    }
}
