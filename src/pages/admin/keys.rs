//! API keys: their owners, scopes and last use. Their secrets are not shown, since only their hashes are stored.

use actix_web::http::StatusCode;

use super::context::AdminContext;
use super::format::{fact, moment, person};
use super::tables;
use super::view::{Cell, Confirm, Detail, List, Part, Tab, Table, Way, after, bounded, said};
use crate::domain::{KeyId, Scope};
use crate::pages::error::{Outcome, page};
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;
use crate::store::admin::requests::Which;
use crate::workflow::admin::job::{self, Task};
use crate::workflow::admin::lists::{self, Key, PAGE};

const PATH: &str = "/admin/keys";
const FEW: i64 = 10;

fn state(frame: &Frame, key: &Key) -> (String, &'static str) {
    let (word, tone) = match &key.key {
        key if key.revoked_at.is_some() => ("admin-is-revoked", ""),
        key if key.expires_at <= frame.now => ("state-expired", ""),
        _ => ("admin-key-live", "good"),
    };
    (frame.say(word).to_string(), tone)
}

fn scopes(frame: &Frame, key: &Key) -> String {
    let scopes: Vec<&str> = key.key.scopes.iter().map(Scope::as_str).collect();
    if scopes.is_empty() { frame.say("admin-no-scope").to_string() } else { scopes.join(", ") }
}

fn owner(frame: &Frame, key: &Key) -> Cell {
    key.owner.as_ref().map_or_else(|| Cell::of(frame.say("admin-apps-own")), |owner| person(frame, owner))
}

fn last(frame: &Frame, key: &Key) -> Cell {
    let Some((id, at)) = key.last else { return Cell::of(frame.say("admin-never")) };
    Cell::of(moment(frame, at)).to(frame.to(&format!("/admin/requests/{id}")))
}

fn table(frame: &Frame, keys: &[Key]) -> Table {
    const HEAD: [&str; 6] = ["admin-app", "admin-owner", "admin-scopes", "admin-state", "admin-made", "admin-last-request"];
    let row = |key: &Key| {
        let id = key.key.id;
        vec![
            Cell::of(frame.reader.name(&key.key.name)).to(frame.to(&format!("{PATH}/{id}"))).note(format!("#{id}")),
            owner(frame, key),
            Cell::of(scopes(frame, key)),
            Cell::state(state(frame, key)),
            Cell::of(moment(frame, key.key.created_at)),
            last(frame, key),
        ]
    };
    Table::new(frame, "admin-keys", &HEAD, keys.iter().map(row).collect())
}

pub(super) async fn list(admin: AdminContext, fields: Fields) -> Outcome {
    let begins = after(&fields);
    let found = admin.read(move |tx, caller| lists::keys(tx, caller, begins, PAGE)).await?;
    let frame = admin.frame();
    let list = List::new(frame, "admin-keys", table(frame, &found.items), PATH, begins, found.next);
    List { said: said(frame, &fields), ..list }.answer()
}

pub(super) async fn show(admin: AdminContext, fields: Fields) -> Outcome {
    let id = KeyId(admin.id()?);
    let read = admin.read(move |tx, caller| {
        let key = lists::key(tx, caller, id)?;
        let asked = lists::requests(tx, caller, Which::FiledBy(key.key.app), None, FEW)?;
        Ok((key, asked))
    });
    let (key, asked) = read.await?;
    let frame = admin.frame();
    let mut facts = vec![
        fact(frame, "admin-app", Cell::of(frame.reader.name(&key.key.app_name))),
        fact(frame, "admin-owner", owner(frame, &key)),
        fact(frame, "admin-scopes", Cell::of(scopes(frame, &key))),
        fact(frame, "admin-made", Cell::of(moment(frame, key.key.created_at))),
        fact(frame, "admin-expires-at", Cell::of(moment(frame, key.key.expires_at))),
        fact(frame, "admin-last-request", last(frame, &key)),
    ];
    let redeem_urls = [&key.key.redeem_urls[..], &key.key.app_redeem_urls].concat();
    if !redeem_urls.is_empty() {
        facts.push(fact(frame, "admin-redeem-urls", Cell::of(redeem_urls.join(", "))));
    }
    let mut ways = vec![Way::page(frame, &format!("{PATH}/{id}/cancel"), "admin-cancel-all")];
    match key.key.revoked_at {
        Some(at) => facts.push(fact(frame, "admin-is-revoked", Cell::of(moment(frame, at)))),
        None => ways.push(Way::page(frame, &format!("{PATH}/{id}/revoke"), "admin-key-revoke")),
    }
    let parts = vec![
        Part::table(frame.say("admin-requests"), tables::requests(frame, &asked.items))
            .with_all(frame, &format!("/admin/requests?key={}", key.key.app)),
    ];
    let heading = frame.reader.name(&key.key.name);
    let state = Some(state(frame, &key));
    Detail { frame, heading, state, said: said(frame, &fields), facts, ways, parts }.answer()
}

/// Asks before revoking a key, with the requests that this cancels.
pub(super) async fn ask_revoke(admin: AdminContext, _: Fields) -> Outcome {
    let id = KeyId(admin.id()?);
    let read =
        admin.read(move |tx, caller| Ok((lists::key(tx, caller, id)?, job::count(tx, caller, &Task::Cancel { key: id.0 })?)));
    let (key, waiting) = read.await?;
    let frame = admin.frame();
    let path = format!("{PATH}/{id}");
    let is_live = key.key.revoked_at.is_none();
    let name = frame.reader.name(&key.key.name);
    let confirm = Confirm {
        frame,
        heading: frame.say("admin-key-revoke").to_string(),
        sentences: vec![frame.say("admin-key-revoke-what").with("app", name).to_string()],
        facts: vec![fact(frame, "admin-would-cancel", Cell::of(bounded(frame, waiting)))],
        fields: Vec::new(),
        action: if is_live { frame.to(&format!("{path}/revoke")) } else { String::new() },
        button: frame.say("admin-key-revoke-button").to_string(),
        back: Tab::new(frame, &path, frame.say("admin-back"), false),
    };
    page(StatusCode::OK, &confirm)
}
