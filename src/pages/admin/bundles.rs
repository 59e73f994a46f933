//! Bundles, and the requests and grants of one.

use super::context::AdminContext;
use super::format::{bundle, fact, moment, named, person};
use super::tables;
use super::view::{Cell, Detail, List, Part, Tab, Table, after};
use crate::domain::BundleId;
use crate::pages::error::{Outcome, PageError};
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;
use crate::store::admin::{grants, requests};
use crate::store::{bundles, users};
use crate::workflow::admin::lists::{self, Owned};

const PATH: &str = "/admin/bundles";
const FEW: i64 = 10;

fn table(frame: &Frame, bundles: &[Owned]) -> Table {
    const HEAD: [&str; 5] = ["admin-name", "admin-number", "admin-owner", "admin-level", "admin-since"];
    let row = |(ever, owner): &Owned| {
        let whose = || Cell::of(frame.say("admin-relationship"));
        vec![
            bundle(frame, &ever.item),
            Cell::of(format!("#{}", ever.item.id)),
            owner.as_ref().map_or_else(whose, |owner| person(frame, owner)),
            Cell::of(frame.reader.level_label(ever.item.level)),
            Cell::of(moment(frame, ever.since)),
        ]
    };
    Table::new(frame, "admin-bundles", &HEAD, bundles.iter().map(row).collect())
}

pub(super) async fn list(admin: AdminContext, fields: Fields) -> Outcome {
    let begins = after(&fields);
    let is_gone = fields.filter("state", |text| (text == "gone").then_some(true))?.unwrap_or(false);
    let found = admin.read(move |tx, caller| lists::bundles(tx, caller, is_gone, begins)).await?;
    let frame = admin.frame();
    let path = if is_gone { format!("{PATH}?state=gone") } else { PATH.to_owned() };
    let tabs = vec![
        Tab::new(frame, PATH, frame.say("inbox-all"), !is_gone),
        Tab::new(frame, &format!("{PATH}?state=gone"), frame.say("admin-gone"), is_gone),
    ];
    List { tabs, ..List::new(frame, "admin-bundles", table(frame, &found.items), &path, begins, found.next) }.answer()
}

pub(super) async fn show(admin: AdminContext, _: Fields) -> Outcome {
    let id = BundleId(admin.id()?);
    let read = admin.read(move |tx, caller| {
        let Some(found) = bundles::find_including_deleted(tx, id)? else { return Ok(None) };
        let is_here = bundles::find(tx, id)?.is_some();
        let owner = found.owner.map(|owner| users::find_including_deleted(tx, owner)).transpose()?.flatten();
        let resources = bundles::resources_of(tx, id)?;
        let asked = lists::requests(tx, caller, requests::Which::For(id), None, FEW)?;
        let given = lists::grants(tx, caller, grants::Which::For(id), None, FEW)?;
        Ok(Some((found, is_here, owner, resources, asked, given)))
    });
    let (found, is_here, owner, resources, asked, given) = read.await?.ok_or(PageError::NotFound)?;
    let frame = admin.frame();
    let whose = || Cell::of(frame.say("admin-relationship"));
    let mut facts = vec![
        fact(frame, "admin-owner", owner.as_ref().map_or_else(whose, |owner| person(frame, owner))),
        fact(frame, "admin-level", Cell::of(frame.reader.level_label(found.level))),
    ];
    if !resources.is_empty() {
        facts.push(fact(frame, "admin-resources", Cell::of(named(frame, &resources))));
    }
    let parts = vec![
        Part::table(frame.say("admin-requests"), tables::requests(frame, &asked.items))
            .with_all(frame, &format!("/admin/requests?bundle={id}")),
        Part::table(frame.say("admin-grants"), tables::grants(frame, &given.items))
            .with_all(frame, &format!("/admin/grants?bundle={id}")),
    ];
    let heading = frame.reader.name(&found.name);
    let state = (!is_here).then(|| (frame.say("admin-gone").to_string(), ""));
    Detail { frame, heading, state, said: None, facts, ways: Vec::new(), parts }.answer()
}
