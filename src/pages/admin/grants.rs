//! All grants, live or not, and the history of one: the request, its email, the decision with time, address and limits,
//! reshares, renewals and revocation.

use super::context::AdminContext;
use super::format::{fact, grantee, in_full, moment, named, person, standing, thing};
use super::view::{Cell, Detail, Limit, List, Part, Tab, Way, after, limited, said};
use super::{history, tables};
use crate::domain::{BundleId, GrantId, UserId};
use crate::mail::emails::Giver;
use crate::pages::error::Outcome;
use crate::pages::forms::Fields;
use crate::store::admin::grants::Which;
use crate::store::{bundles, users};
use crate::workflow::admin::history::of_grant;
use crate::workflow::admin::lists::{self, PAGE};
use crate::workflow::admin::overview::SOON;
use crate::workflow::shares::Shared;

const PATH: &str = "/admin/grants";
/// The filters of the list: the value in the URL, and the name.
const PARTS: [(&str, &str); 4] =
    [("all", "inbox-all"), ("live", "inbox-live"), ("ending", "admin-ending"), ("over", "inbox-ended")];

/// The rows that the list can be limited to, by the parameter in the URL.
const LIMITS: [Limit<Which>; 4] = [
    ("gave", |id| Which::GivenBy(UserId(id))),
    ("holds", |id| Which::HeldBy(UserId(id))),
    ("owns", |id| Which::Of(UserId(id))),
    ("bundle", |id| Which::For(BundleId(id))),
];

pub(super) async fn list(admin: AdminContext, fields: Fields) -> Outcome {
    let (begins, now) = (after(&fields), admin.frame().now);
    let part = |text: &str| PARTS.iter().map(|(word, _)| *word).find(|word| *word == text);
    let word = fields.filter("state", part)?.unwrap_or("all");
    let unlimited = || {
        let which = match word {
            "live" => Which::Live,
            "ending" => Which::EndingBefore(now + SOON),
            "over" => Which::Over,
            _ => Which::All,
        };
        (which, format!("{PATH}?state={word}"))
    };
    let (which, path) = limited(&fields, PATH, &LIMITS)?.unwrap_or_else(unlimited);
    let (found, whose) = admin
        .read(move |tx, caller| {
            let whose = match which {
                Which::GivenBy(id) | Which::HeldBy(id) | Which::Of(id) => {
                    users::find_including_deleted(tx, id)?.map(|user| in_full(&user))
                }
                Which::For(id) => bundles::find_including_deleted(tx, id)?.map(|bundle| bundle.name),
                _ => None,
            };
            Ok((lists::grants(tx, caller, which, begins, PAGE)?, whose))
        })
        .await?;
    let frame = admin.frame();
    let only = match which {
        Which::GivenBy(_) => Some("admin-only-gave"),
        Which::HeldBy(_) => Some("admin-only-holds"),
        Which::Of(_) | Which::For(_) => Some("admin-only-of"),
        _ => None,
    };
    let whose = frame.reader.name(&whose.unwrap_or_default());
    let tab = |(other, label): &(&'static str, &'static str)| {
        Tab::new(frame, &format!("{PATH}?state={other}"), frame.say(label), *other == word)
    };
    let list = List::new(frame, "admin-grants", tables::grants(frame, &found.items), &path, begins, found.next);
    List {
        tabs: if only.is_some() { Vec::new() } else { PARTS.iter().map(tab).collect() },
        only: only.map(|key| (frame.say(key).with("whose", whose).to_string(), frame.to(PATH))),
        said: said(frame, &fields),
        ..list
    }
    .answer()
}

pub(super) async fn show(admin: AdminContext, fields: Fields) -> Outcome {
    let id = GrantId(admin.id()?);
    let found = admin.read(move |tx, caller| of_grant(tx, caller, id)).await?;
    let frame = admin.frame();
    let (share, grant) = (&found.share, &found.share.grant);
    let mut facts = vec![
        fact(frame, "admin-to-whom", grantee(frame, share)),
        fact(frame, "admin-given-by", person(frame, &share.grantor)),
        fact(frame, "admin-what", thing(frame, share)),
    ];
    if let Shared::Bundle(_, only) = &share.of
        && !only.is_empty()
    {
        facts.push(fact(frame, "admin-limited-to", Cell::of(named(frame, only))));
    }
    facts.push(fact(frame, "admin-since", Cell::of(moment(frame, grant.starts_at))));
    let until = grant.ends_at.map_or_else(|| frame.reader.how_long(None, Giver::None), |end| moment(frame, end));
    facts.push(fact(frame, "admin-until", Cell::of(until)));
    if let Some(at) = grant.revoked_at {
        let by = found.revoked_by.as_ref().map(in_full).unwrap_or_default();
        facts.push(fact(frame, "admin-is-revoked", Cell::of(moment(frame, at)).note(by)));
    }
    if grant.reshare != 0 {
        facts.push(fact(frame, "admin-reshare", Cell::of(frame.say("admin-yes"))));
    }
    if !grant.comment.is_empty() {
        facts.push(fact(frame, "admin-comment", Cell::of(&grant.comment)));
    }
    let requests: Vec<_> = found.requests.iter().filter_map(|request| request.view.clone()).collect();
    let first = found.requests.iter().find(|request| Some(request.id) == grant.request).and_then(|request| request.view.as_ref());
    let lines = history::whole(frame, &found.trail, first);
    let mut parts = vec![Part::history(frame.say("admin-story"), lines)];
    if !requests.is_empty() {
        parts.push(Part::table(frame.say("admin-came-from"), tables::requests(frame, &requests)));
    }
    if let Some(parent) = &found.parent {
        parts.push(Part::table(frame.say("admin-shared-from"), tables::grants(frame, std::slice::from_ref(parent))));
    }
    if !found.below.is_empty() {
        parts.push(Part::table(frame.say("admin-shared-on"), tables::grants(frame, &found.below)));
    }
    let mut ways = Vec::new();
    if grant.revoked_at.is_none() {
        let keys = ["admin-revoke", "admin-revoke-what", "admin-revoke-button"];
        ways.push(Way::form(frame, &format!("{PATH}/{id}/revoke"), keys));
    }
    let heading = frame.say("admin-grant-number").with("number", id).to_string();
    let state = Some(standing(frame, share));
    Detail { frame, heading, state, said: said(frame, &fields), facts, ways, parts }.answer()
}
