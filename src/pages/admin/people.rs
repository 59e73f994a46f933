//! People, and the requests and grants of one.

use super::context::AdminContext;
use super::format::{fact, in_full, moment, person};
use super::tables;
use super::view::{Cell, Detail, List, Part, Tab, Table, Way, after, said};
use crate::domain::{User, UserId};
use crate::pages::error::{Outcome, PageError};
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;
use crate::store::admin::people::{self, Which};
use crate::store::admin::{grants, requests};
use crate::workflow::admin::lists::{self, Ever};

const PATH: &str = "/admin/users";
const PARTS: [(&str, &str, Which); 4] = [
    ("here", "inbox-all", Which::Here),
    ("admins", "admin-admins", Which::Admins),
    ("external", "admin-external", Which::External),
    ("gone", "admin-gone", Which::Gone),
];
/// Rows of each part of a person's page.
const FEW: i64 = 10;

fn state(frame: &Frame, ever: &Ever<User>) -> (String, &'static str) {
    let (key, tone) = match &ever.item {
        _ if ever.gone_at.is_some() => ("admin-gone", ""),
        user if user.is_admin => ("admin-admin", "good"),
        user if user.is_external => ("admin-external", "waits"),
        _ => ("admin-here", ""),
    };
    (frame.say(key).to_string(), tone)
}

pub(super) fn table(frame: &Frame, people: &[Ever<User>]) -> Table {
    const HEAD: [&str; 4] = ["admin-name", "admin-number", "admin-state", "admin-since"];
    let row = |ever: &Ever<User>| {
        let user = &ever.item;
        let own_name = if user.username == user.email.as_str() { "" } else { user.username.as_str() };
        vec![
            person(frame, user),
            Cell::of(format!("#{}", user.id)).note(own_name),
            Cell::state(state(frame, ever)),
            Cell::of(moment(frame, ever.since)),
        ]
    };
    Table::new(frame, "admin-users", &HEAD, people.iter().map(row).collect())
}

pub(super) async fn list(admin: AdminContext, fields: Fields) -> Outcome {
    let begins = after(&fields);
    let part = |text: &str| PARTS.into_iter().find(|(word, ..)| *word == text);
    let (word, _, which) = fields.filter("state", part)?.unwrap_or(PARTS[0]);
    let found = admin.read(move |tx, caller| lists::people(tx, caller, which, begins)).await?;
    let frame = admin.frame();
    let path = format!("{PATH}?state={word}");
    let tab = |(other, label, _): (&'static str, &'static str, Which)| {
        Tab::new(frame, &format!("{PATH}?state={other}"), frame.say(label), other == word)
    };
    let tabs = PARTS.into_iter().map(tab).collect();
    List { tabs, ..List::new(frame, "admin-users", table(frame, &found.items), &path, begins, found.next) }.answer()
}

pub(super) async fn show(admin: AdminContext, fields: Fields) -> Outcome {
    let id = UserId(admin.id()?);
    let read = admin.read(move |tx, caller| {
        let Some(ever) = people::find(tx, id)? else { return Ok(None) };
        let asked = lists::requests(tx, caller, requests::Which::Of(id), None, FEW)?;
        let gave = lists::grants(tx, caller, grants::Which::GivenBy(id), None, FEW)?;
        let holds = lists::grants(tx, caller, grants::Which::HeldBy(id), None, FEW)?;
        Ok(Some((ever, asked, gave, holds)))
    });
    let (ever, asked, gave, holds) = read.await?.ok_or(PageError::NotFound)?;
    let frame = admin.frame();
    let user = &ever.item;
    let mut facts = vec![
        fact(frame, "admin-address", Cell::of(&user.email)),
        fact(frame, "admin-username", Cell::of(&user.username)),
        fact(frame, "admin-language", Cell::of(format!("{}, {}", user.locale, user.time_zone))),
        fact(frame, "admin-since", Cell::of(moment(frame, ever.since))),
    ];
    if let Some(at) = ever.gone_at {
        facts.push(fact(frame, "admin-gone", Cell::of(moment(frame, at))));
    }
    let parts = vec![
        Part::table(frame.say("admin-requests"), tables::requests(frame, &asked.items))
            .with_all(frame, &format!("/admin/requests?person={id}")),
        Part::table(frame.say("admin-holds"), tables::grants(frame, &holds.items))
            .with_all(frame, &format!("/admin/grants?holds={id}")),
        Part::table(frame.say("admin-gave"), tables::grants(frame, &gave.items))
            .with_all(frame, &format!("/admin/grants?gave={id}")),
    ];
    let ways = vec![
        Way::page(frame, &format!("{PATH}/{id}/revoke/holds"), "admin-revoke-held"),
        Way::page(frame, &format!("{PATH}/{id}/revoke/gave"), "admin-revoke-given"),
    ];
    let heading = in_full(user);
    let state = Some(state(frame, &ever));
    Detail { frame, heading, state, said: said(frame, &fields), facts, ways, parts }.answer()
}
