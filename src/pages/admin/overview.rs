//! The first page: what is pending, what is stuck, what ends soon, recent numbers, and the state of the instance.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;
use chrono::TimeDelta;

use super::charts::{ByDay, HorizontalBar, SERIES, horizontal_bars, times};
use super::context::AdminContext;
use super::format::{email_state, fact, moment};
use super::view::{Cell, Fact, Tab, Table, bounded};
use super::{grant_table, request_table};
use crate::domain::EmailState;
use crate::mail::delivery::worker::Outbox;
use crate::pages::error::{Outcome, page};
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;
use crate::store::admin::{self, Bounded};
use crate::workflow::admin::overview::{self, Overview};

/// A count, with the first row that it counts.
struct Tile {
    heading: String,
    number: String,
    /// Its look: whether it needs attention.
    tone: &'static str,
    path: String,
    table: Table,
}

#[derive(Template)]
#[template(path = "pages/admin/overview.html")]
struct Page<'a> {
    frame: &'a Frame,
    tiles: Vec<Tile>,
    spans: Vec<Tab>,
    by_day: ByDay,
    series: [String; 4],
    /// The first moment that the chart covers completely, if that is after its beginning.
    since: Option<String>,
    times: Vec<HorizontalBar>,
    emails: Vec<HorizontalBar>,
    instance: Vec<Fact>,
}

fn tile(frame: &Frame, heading: &'static str, number: Bounded, tone: &'static str, path: &str, table: Table) -> Tile {
    let tone = if number.number > 0 { tone } else { "" };
    Tile { heading: frame.say(heading).to_string(), number: bounded(frame, number), tone, path: frame.to(path), table }
}

fn tiles(frame: &Frame, overview: &Overview) -> Vec<Tile> {
    let asked = |few: &overview::Few<_>| request_table::table(frame, &few.first);
    vec![
        tile(frame, "admin-tile-waiting", overview.pending.number, "", "/admin/requests?state=waiting", asked(&overview.pending)),
        tile(frame, "admin-tile-stale", overview.stale.number, "waits", "/admin/requests?state=stale", asked(&overview.stale)),
        tile(
            frame,
            "admin-tile-undeliverable",
            overview.undeliverable.number,
            "bad",
            "/admin/requests?state=undeliverable",
            asked(&overview.undeliverable),
        ),
        tile(
            frame,
            "admin-tile-dead",
            overview.dead.number,
            "bad",
            "/admin/letters/queue?state=dead",
            super::outbox::table(frame, &overview.dead.first),
        ),
        tile(
            frame,
            "admin-tile-ending",
            overview.ending.number,
            "waits",
            "/admin/grants?state=ending",
            grant_table::table(frame, &overview.ending.first),
        ),
    ]
}

fn instance(admin: &AdminContext, overview: &Overview, schema: &str) -> Vec<Fact> {
    let frame = admin.frame();
    let outbox = admin.visit.request.app_data::<web::Data<Outbox>>();
    let pause = outbox.and_then(|outbox| outbox.pause()).filter(|pause| pause.is_on_at(frame.now));
    let mail = match pause {
        Some(pause) => {
            Cell::state((frame.say("admin-mail-paused").with("moment", moment(frame, pause.until)).to_string(), "bad"))
                .note(pause.why)
        }
        None => Cell::state((frame.say("admin-mail-goes").to_string(), "good")),
    };
    let (over, unswept) = overview.over;
    let queued = Cell::of(bounded(frame, overview.queued)).to(frame.to("/admin/letters/queue?state=queued"));
    vec![
        fact(frame, "admin-mail", mail),
        fact(frame, "admin-letters-wait", queued),
        fact(frame, "admin-over", Cell::of(bounded(frame, over)).to(frame.to("/admin/purge"))),
        fact(frame, "admin-unswept", Cell::of(bounded(frame, unswept))),
        fact(frame, "admin-version", Cell::of(env!("CARGO_PKG_VERSION"))),
        fact(frame, "admin-schema", Cell::of(schema)),
        fact(frame, "admin-epoch", Cell::of(overview.epoch)),
    ]
}

pub(super) async fn show(admin: AdminContext, fields: Fields) -> Outcome {
    let days = if fields.one("days") == Some("30") { 30 } else { 14 };
    let config = admin.visit.config.clone();
    let since = admin.frame().now - TimeDelta::days(days);
    let (overview, schema) =
        admin.read(move |tx, caller| Ok((overview::read(tx, caller, &config, since)?, admin::schema(tx)?))).await?;
    let frame = admin.frame();
    let span = |number: i64| {
        let label = frame.say("admin-days").with("number", number);
        Tab::new(frame, &format!("/admin?days={number}"), label, number == days)
    };
    let went = |state: EmailState| {
        let number = overview.emails.iter().find(|(word, _)| word == state.as_str()).map_or(0, |(_, number)| *number);
        let (name, tone) = email_state(frame, state);
        (name, number, tone)
    };
    let shown = Page {
        frame,
        tiles: tiles(frame, &overview),
        spans: vec![span(14), span(30)],
        by_day: ByDay::of(frame, &overview.hours, days, frame.now),
        series: SERIES.map(|key| frame.say(key).to_string()),
        since: overview.since.map(|at| frame.say("admin-chart-since").with("moment", moment(frame, at)).to_string()),
        times: times(frame, &overview.decisions),
        emails: horizontal_bars(EmailState::ALL.iter().map(|state| went(*state)).collect()),
        instance: instance(&admin, &overview, &schema),
    };
    page(StatusCode::OK, &shown)
}
