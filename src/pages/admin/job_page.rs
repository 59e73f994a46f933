//! Long jobs: the browser waits for the first steps, the rest runs beside other requests, and a page shows the progress. That
//! page does not reload itself, since users of screen readers would lose their place.

use actix_web::http::StatusCode;
use askama::Template;

use super::context::AdminContext;
use super::format::{fact, moment};
use super::view::{Cell, Fact};
use crate::pages::error::{Outcome, PageError, page};
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;
use crate::store::admin::Bounded;
use crate::workflow::WorkflowError;
use crate::workflow::admin::job::{self, End, Job, Kind, Task};
use crate::workflow::purge::{self, Pace};

/// The steps that a browser waits for.
const AT_ONCE: usize = 5;

#[derive(Template)]
#[template(path = "pages/admin/job.html")]
struct Work<'a> {
    frame: &'a Frame,
    heading: String,
    /// The mark beside the heading, a name in `_seal.html`.
    seal: &'static str,
    sentence: String,
    facts: Vec<Fact>,
    /// In hundredths, while it runs.
    progress: Option<i64>,
    /// The page's own path.
    path: String,
    is_left: bool,
    back: String,
}

/// Continues the job of a kind until it has ended, or for this many steps. Returns whether it has ended.
async fn steps(admin: &AdminContext, kind: Kind, most: Option<usize>) -> Result<bool, WorkflowError> {
    let store = &admin.visit.store;
    let mut pace = Pace::new(&admin.visit.config.retention, store);
    let mut done = 0;
    while most.is_none_or(|most| done < most) {
        let (caller, config, rows) = (admin.caller.clone(), admin.visit.config.clone(), pace.rows());
        let step = store.write(move |tx| purge::timed(|| job::step(tx, &caller, &config, kind, rows)));
        let (job, took) = step.await?;
        if job.is_none_or(|job| job.end.is_some()) {
            return Ok(true);
        }
        done += 1;
        actix_web::rt::time::sleep(pace.breath(took)).await;
    }
    Ok(false)
}

/// Starts a job and shows its progress.
pub(super) async fn start(admin: AdminContext, task: Task, total: Bounded) -> Outcome {
    let (caller, kind) = (admin.caller.clone(), task.kind());
    admin.visit.store.write(move |tx| job::start(tx, &caller, &task, total)).await?;
    on(admin, kind).await
}

async fn on(admin: AdminContext, kind: Kind) -> Outcome {
    let has_ended = steps(&admin, kind, Some(AT_ONCE)).await?;
    let answer = admin.frame().see(&format!("/admin/work/{kind}"));
    if !has_ended {
        actix_web::rt::spawn(async move {
            if let Err(error) = steps(&admin, kind, None).await {
                tracing::warn!(%error, kind = kind.as_str(), "an administrator's work stopped; its page goes on with it");
            }
        });
    }
    Ok(answer)
}

fn kind(admin: &AdminContext) -> Result<Kind, PageError> {
    admin.visit.request.match_info().get("kind").and_then(Kind::parse).ok_or(PageError::NotFound)
}

/// Continues a job that was interrupted.
pub(super) async fn go_on(admin: AdminContext, _: Fields) -> Outcome {
    let kind = kind(&admin)?;
    on(admin, kind).await
}

const fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Purge => "admin-purge",
        Kind::Verify => "admin-verify",
        Kind::Cancel => "admin-cancel-all",
        Kind::Revoke => "admin-work-revoke",
        Kind::Retry => "admin-retry-all",
    }
}

fn unit(kind: Kind) -> &'static str {
    match kind {
        Kind::Purge => "admin-removed",
        Kind::Verify => "admin-checked",
        Kind::Cancel => "admin-cancelled",
        Kind::Revoke => "admin-revoked",
        Kind::Retry => "admin-queued-again",
    }
}

/// The rows that a purge deleted, or would delete.
pub(super) fn counted(frame: &Frame, purged: crate::store::purge::Purged) -> Vec<Fact> {
    [
        ("admin-requests", purged.requests),
        ("admin-tokens", purged.tokens),
        ("admin-its-emails", purged.letters),
        ("admin-sessions", purged.sessions),
        ("admin-codes", purged.codes),
        ("admin-answers", purged.answers),
    ]
    .into_iter()
    .map(|(label, number)| fact(frame, label, Cell::of(number)))
    .collect()
}

fn status(frame: &Frame, kind: Kind, job: &Job) -> (&'static str, String) {
    match &job.end {
        Some(End::Done) if kind == Kind::Verify => ("yes", frame.say("admin-audit-holds").to_string()),
        Some(End::Done) => ("yes", frame.say("admin-work-done").to_string()),
        Some(End::Broken { chain, seq }) => {
            ("broken", frame.say("admin-audit-broken").with("chain", chain).with("row", seq).to_string())
        }
        None if job.is_going_at(frame.now) => ("wait", frame.say("admin-work-goes-on").to_string()),
        None => ("warn", frame.say("admin-work-left").to_string()),
    }
}

pub(super) async fn show(admin: AdminContext, _: Fields) -> Outcome {
    let kind = kind(&admin)?;
    let job = admin.read(move |tx, caller| job::find(tx, caller, kind)).await?.ok_or(PageError::NotFound)?;
    let frame = admin.frame();
    let (seal, sentence) = status(frame, kind, &job);
    let of = if job.total > 0 && !job.is_more {
        frame.say("admin-of").with("done", job.done).with("total", job.total).to_string()
    } else {
        job.done.to_string()
    };
    let mut facts = vec![
        fact(frame, unit(kind), Cell::of(of)),
        fact(frame, "admin-started", Cell::of(moment(frame, job.started_at()))),
        fact(frame, "admin-last-step", Cell::of(moment(frame, job.seen_at()))),
    ];
    if kind == Kind::Purge {
        facts.extend(counted(frame, job.gone));
    }
    let (path, back) = (
        frame.to(&format!("/admin/work/{kind}")),
        match kind {
            Kind::Purge => frame.to("/admin/purge"),
            Kind::Verify => frame.to("/admin/audit"),
            Kind::Cancel => frame.to("/admin/keys"),
            Kind::Revoke => frame.to("/admin/users"),
            Kind::Retry => frame.to(super::outbox::PATH),
        },
    );
    let hundredths = (job.done * 100).checked_div(job.total).unwrap_or_default().clamp(0, 100);
    let shown = Work {
        frame,
        heading: frame.say(heading(kind)).to_string(),
        seal,
        sentence,
        facts,
        progress: (job.end.is_none() && job.total > 0).then_some(hundredths),
        is_left: job.end.is_none() && !job.is_going_at(frame.now),
        path,
        back,
    };
    page(StatusCode::OK, &shown)
}
