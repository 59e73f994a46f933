//! Purging: counts first, then deletes in batches.

use actix_web::http::StatusCode;
use askama::Template;
use chrono::TimeDelta;

use super::context::AdminContext;
use super::job_page;
use super::view::Fact;
use crate::pages::error::{Outcome, page};
use crate::pages::forms::{Fields, Problem};
use crate::pages::layout::Frame;
use crate::store::admin::Bounded;
use crate::workflow::admin::job::Task;
use crate::workflow::purge;

/// A hundred years.
const DAYS_MOST: i64 = 36_525;

#[derive(Template)]
#[template(path = "pages/admin/purge.html")]
struct Purge<'a> {
    frame: &'a Frame,
    problems: Vec<Problem>,
    /// As typed, or the configured grace.
    days: String,
    /// The rows that would be deleted, once they were counted.
    counted: Option<Vec<Fact>>,
    is_nothing: bool,
}

/// The days in a form or URL.
fn days(frame: &Frame, fields: &Fields) -> Result<Option<i64>, Problem> {
    let Some(text) = fields.filled("days") else { return Ok(None) };
    let days = text.parse().ok().filter(|days| (0..=DAYS_MOST).contains(days));
    days.map(Some).ok_or_else(|| Problem::new("days", frame.say("admin-purge-days-odd").with("most", DAYS_MOST)))
}

pub(super) async fn show(admin: AdminContext, fields: Fields) -> Outcome {
    let retention = admin.visit.config.retention.clone();
    let frame = admin.frame();
    let typed = fields.filled("days").map(str::to_owned);
    let shown = typed.unwrap_or_else(|| retention.grace.delta().num_days().to_string());
    let asked = match days(frame, &fields) {
        Err(problem) => {
            let problems = vec![problem];
            let refused = Purge { frame, problems, days: shown, counted: None, is_nothing: true };
            return page(StatusCode::UNPROCESSABLE_ENTITY, &refused);
        }
        Ok(asked) => asked,
    };
    // Counting may read many rows, so it is done only on request.
    let (counted, is_nothing) = match asked {
        None => (None, true),
        Some(days) => {
            let older_than = Some(TimeDelta::days(days));
            let would = admin.read(move |tx, caller| purge::dry_run(tx, caller, &retention, older_than)).await?;
            (Some(job_page::counted(frame, would)), would.is_empty())
        }
    };
    page(StatusCode::OK, &Purge { frame, problems: Vec::new(), days: shown, counted, is_nothing })
}

pub(super) async fn run(admin: AdminContext, fields: Fields) -> Outcome {
    let Ok(Some(days)) = days(admin.frame(), &fields) else { return Err(crate::pages::error::PageError::BadForm) };
    let older_than = TimeDelta::days(days);
    let retention = admin.visit.config.retention.clone();
    let would = admin.read(move |tx, caller| purge::dry_run(tx, caller, &retention, Some(older_than))).await?;
    let total = Bounded { number: would.sum(), is_more: false };
    job_page::start(admin, Task::Purge { older_than: Some(older_than.num_seconds()) }, total).await
}
