//! The page for the decision: the requester, the data, the level, the length of time, and three ways to answer.

use actix_web::http::StatusCode;
use askama::Template;
use chrono::{DateTime, Utc};

use crate::domain::{ApprovalLimits, Level, RequestKind, Until};
use crate::mail::emails::Giver;
use crate::mail::sanitize;
use crate::pages::error::{Outcome, page};
use crate::pages::format::{Person, Whose};
use crate::pages::forms::{Fields, Problem};
use crate::pages::layout::Frame;
use crate::workflow::requests::link::Matter;
use crate::workflow::validate::MESSAGE_CHARS;

/// The reader's input, shown again beside its errors.
#[derive(Clone, Debug, Default)]
pub(super) struct Entered {
    pub(super) level: Option<Level>,
    pub(super) ends: String,
    pub(super) date: String,
    /// None: no input yet, all are checked.
    pub(super) resources: Option<Vec<String>>,
    pub(super) reason: String,
}

/// The fields of the form of an approval, besides the request.
pub(super) const FIELDS: [&str; 5] = ["less", "level", "ends", "date", "resources"];

struct Choice {
    value: &'static str,
    label: String,
    is_chosen: bool,
}

struct Part {
    uri: String,
    name: String,
    is_ticked: bool,
}

/// A length that can be chosen instead of the requested one: its value in the form, the sentence, days.
const LENGTHS: [(&str, &str, i64); 5] = [
    ("1d", "review-ends-day", 1),
    ("7d", "review-ends-week", 7),
    ("30d", "review-ends-month", 30),
    ("90d", "review-ends-quarter", 90),
    ("365d", "review-ends-year", 365),
];

#[derive(Template)]
#[template(path = "pages/review.html")]
struct Review<'a> {
    frame: &'a Frame,
    /// `ask` or `invite`.
    kind: &'static str,
    requester: Person,
    initiator: Option<Person>,
    app: Option<String>,
    owner: Option<Person>,
    /// In quotes, and as it is.
    quoted_thing: String,
    thing: String,
    /// `view`, `edit` or `contribute`.
    level: &'static str,
    how_long: String,
    held_until: Option<String>,
    answer_by: String,
    answer_day: String,
    quote: Vec<String>,
    parts: Vec<Part>,
    levels: Vec<Choice>,
    ends: Vec<Choice>,
    is_date: bool,
    date: String,
    date_least: String,
    date_most: Option<String>,
    reason: String,
    reason_most: usize,
    is_less_open: bool,
    problems: Vec<Problem>,
}

impl Review<'_> {
    /// The error of a field.
    fn problem(&self, field: &str) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.field == field)
    }

    /// Whether one of the listed lengths was chosen.
    fn is_length(&self) -> bool {
        self.ends.iter().any(|choice| choice.is_chosen)
    }
}

pub(super) fn show(frame: &Frame, matter: &Matter, entered: &Entered, problems: Vec<Problem>) -> Outcome {
    let view = &matter.view;
    let request = &view.request;
    let reader = &frame.reader;
    let is_invite = request.kind == RequestKind::Invite;
    let whose = if is_invite { Whose::Theirs } else { Whose::Yours };
    let requester = if is_invite { matter.initiator.as_ref().unwrap_or(&view.allowed) } else { &view.allowed };
    let initiator = matter.initiator.as_ref().filter(|user| user.id != requester.id).map(Person::from);
    let owner = matter.owner.as_ref().filter(|owner| is_invite && owner.id != requester.id).map(Person::from);
    let ticked = |uri: &String| entered.resources.as_ref().is_none_or(|some| some.contains(uri));
    let part = |resource: &crate::domain::Resource| Part {
        uri: resource.uri.clone(),
        name: reader.name(if resource.name.is_empty() { &resource.uri } else { &resource.name }),
        is_ticked: ticked(&resource.uri),
    };
    let chosen = entered.level.unwrap_or(view.level);
    let lower = Level::ALL.iter().copied().filter(|level| *level <= view.level).rev();
    let asked_end = request.until.map(|until| until.from(frame.now));
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let is_less_open = problems.iter().any(|problem| problem.field != "reason");
    let review = Review {
        frame,
        kind: request.kind.as_str(),
        requester: Person::from(requester),
        initiator,
        app: matter.app.as_deref().map(|app| reader.name(app)),
        owner,
        quoted_thing: reader.quoted_thing(&view.bundle, whose),
        thing: reader.thing(&view.bundle, whose),
        level: view.level.as_str(),
        how_long: reader.how_long(request.until, if is_invite { Giver::They } else { Giver::You }),
        held_until: matter.held_until.map(|end| reader.moment(end)),
        answer_by: reader.moment(request.expires_at),
        answer_day: reader.day(request.expires_at),
        quote: request.message.as_deref().map(sanitize::quoted).unwrap_or_default(),
        parts: matter.resources.iter().map(part).collect(),
        levels: lower
            .map(|level| Choice { value: level.as_str(), label: reader.level_label(level), is_chosen: level == chosen })
            .collect(),
        ends: ends(frame, asked_end, &entered.ends),
        is_date: entered.ends == "date",
        date: entered.date.clone(),
        date_least: reader.date(frame.now),
        date_most: asked_end.map(|end| reader.date(end)),
        reason: entered.reason.clone(),
        reason_most: MESSAGE_CHARS,
        is_less_open,
        problems,
    };
    page(status, &review)
}

/// The lengths that are shorter than the requested one.
fn ends(frame: &Frame, asked: Option<DateTime<Utc>>, chosen: &str) -> Vec<Choice> {
    let is_shorter = |days: i64| asked.is_none_or(|asked| frame.now + chrono::TimeDelta::days(days) < asked);
    let choice = |(value, key, _): &(&'static str, &'static str, i64)| Choice {
        value,
        label: frame.say(key).to_string(),
        is_chosen: *value == chosen,
    };
    LENGTHS.iter().filter(|(_, _, days)| is_shorter(*days)).map(choice).collect()
}

/// Parses the form of an approval with limits: the limits, the input, and its errors.
pub(super) fn read(fields: &Fields, frame: &Frame, matter: &Matter) -> (ApprovalLimits, Entered, Vec<Problem>) {
    let mut problems = Vec::new();
    let asked = &matter.view;
    let level = fields.one("level").and_then(Level::parse);
    if level.is_none_or(|level| level > asked.level) {
        problems.push(Problem::new("level", frame.say("review-problem-level")));
    }
    let ends = fields.one("ends").unwrap_or("asked").to_owned();
    let date = fields.one("date").unwrap_or_default().to_owned();
    let asked_end = asked.request.until.map(|until| until.from(frame.now));
    let until = match ends.as_str() {
        "asked" => None,
        "date" => match end_of_day(&date, frame, asked_end) {
            Ok(until) => Some(until),
            Err(problem) => {
                problems.push(problem);
                None
            }
        },
        other => {
            LENGTHS.iter().find(|(value, _, _)| *value == other).map(|(_, _, days)| Until::For(chrono::TimeDelta::days(*days)))
        }
    };
    let ticked: Vec<String> = fields.all("resources").map(str::to_owned).collect();
    let mut resources = None;
    if !matter.resources.is_empty() {
        if ticked.is_empty() {
            problems.push(Problem::new("resources", frame.say("review-problem-none")));
        } else if ticked.iter().any(|uri| !matter.resources.iter().any(|resource| resource.uri == *uri)) {
            problems.push(Problem::new("resources", frame.say("review-problem-foreign")));
        }
        resources = Some(ticked.clone());
    }
    let entered = Entered { level, ends, date, resources: Some(ticked), reason: String::new() };
    (ApprovalLimits { level, until, resources }, entered, problems)
}

fn end_of_day(date: &str, frame: &Frame, asked: Option<DateTime<Utc>>) -> Result<Until, Problem> {
    let Some(end) = frame.reader.end_of(date) else {
        return Err(Problem::new("date", frame.say("review-problem-date")));
    };
    if end <= frame.now {
        return Err(Problem::new("date", frame.say("review-problem-date-over")));
    }
    match asked {
        // The last requested day may end before midnight.
        Some(asked) if frame.reader.date(asked) == date => Ok(Until::At(asked)),
        Some(asked) if end > asked => {
            Err(Problem::new("date", frame.say("review-problem-date-late").with("day", frame.reader.day(asked))))
        }
        _ => Ok(Until::At(end)),
    }
}
