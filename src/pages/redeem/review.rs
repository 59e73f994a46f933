//! The page for the decision: one sentence with everything that counts, the requester and their reason, the risks, what is known
//! about the requester, and three equal ways to answer.

use actix_web::http::StatusCode;
use askama::Template;
use chrono::{DateTime, Utc};

use crate::domain::{ApprovalLimits, Level, RequestKind, Until, User};
use crate::mail::emails::Giver;
use crate::mail::sanitize;
use crate::pages::error::{Outcome, page};
use crate::pages::format::{Person, Whose};
use crate::pages::forms::{Fields, Problem};
use crate::pages::inbox::access::quoted;
use crate::pages::layout::Frame;
use crate::workflow::requests::history::{Before, History};
use crate::workflow::requests::link::Matter;
use crate::workflow::shares::Share;
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

/// A risk of an approval: its name, and what it means.
struct Risk {
    name: String,
    what: String,
}

/// Entries of a list that are shown; the rest is folded.
const LISTED: usize = 8;
/// Characters and lines of a message that are shown; a longer one is folded.
const MESSAGE_SHOWN: (usize, usize) = (280, 6);

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
    /// "Bob wants to view your “Sleep data” until you stop sharing", in HTML.
    sentence: String,
    thing: String,
    /// `view`, `edit` or `contribute`.
    level: &'static str,
    how_long: String,
    held_until: Option<String>,
    answer_by: String,
    answer_day: String,
    quote: Vec<String>,
    /// The beginning of the message, if it is long.
    quote_start: Option<String>,
    risks: Vec<Risk>,
    /// What is known about the requester, and their present access.
    known: Vec<String>,
    access: Vec<String>,
    has_more_access: bool,
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

    /// The entries of a list that are always shown, and the folded ones.
    fn split<T>(list: &[T]) -> (&[T], &[T]) {
        // To fold a single entry would save nothing.
        list.split_at_checked(LISTED).filter(|(_, rest)| rest.len() > 1).unwrap_or((list, &[]))
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
    let person = Person::from(requester);
    let quote = request.message.as_deref().map(sanitize::quoted).unwrap_or_default();
    let (known, access) = known(frame, requester, matter.history.as_ref());
    let how_long = if is_invite {
        reader.how_long_by(request.until, Giver::They, Some(&person.name))
    } else {
        reader.how_long(request.until, Giver::You)
    };
    let review = Review {
        frame,
        kind: request.kind.as_str(),
        sentence: sentence(frame, matter, &person.name, &how_long),
        risks: if is_invite { Vec::new() } else { risks(frame, matter, &person.name) },
        requester: person,
        initiator,
        app: matter.app.as_deref().map(|app| reader.name(app)),
        owner,
        thing: reader.thing(&view.bundle, whose),
        level: view.level.as_str(),
        how_long,
        held_until: matter.held_until.map(|end| reader.moment(end)),
        answer_by: reader.moment(request.expires_at),
        answer_day: reader.day(request.expires_at),
        quote_start: start(&quote),
        quote,
        known,
        access,
        has_more_access: matter.history.as_ref().is_some_and(|history| history.has_more_access),
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

/// The request in one sentence.
fn sentence(frame: &Frame, matter: &Matter, requester: &str, how_long: &str) -> String {
    let view = &matter.view;
    let (key, whose) = match view.request.kind {
        RequestKind::Ask => ("review-lead", Whose::Yours),
        RequestKind::Invite => ("review-offer", Whose::Theirs),
    };
    let right = frame.say("do-with").with("level", view.level).to_string();
    let sentence = frame.say(key).with("of", if view.bundle.owner.is_some() { "data" } else { "relationship" });
    let sentence = sentence.strong("asker", requester).strong("right", right).with("how_long", how_long);
    sentence.strong("thing", frame.reader.quoted_thing(&view.bundle, whose)).html()
}

/// What makes an approval riskier than another, the strongest first.
fn risks(frame: &Frame, matter: &Matter, requester: &str) -> Vec<Risk> {
    let view = &matter.view;
    let is_relationship = view.bundle.owner.is_none();
    let is_everything = matter.is_whole && (is_relationship || matter.resources.len() > 1);
    let is_new = matter.history.as_ref().is_some_and(History::is_first);
    let what_everything = if is_relationship { "risk-all-data" } else { "risk-everything-what" };
    [
        (view.level == Level::Contribute, "risk-delete", "risk-delete-what"),
        (view.request.until.is_none(), "risk-open", "risk-open-what"),
        (is_everything, "risk-everything", what_everything),
        (is_new, "risk-new", "risk-new-what"),
    ]
    .into_iter()
    .filter(|(is_risk, ..)| *is_risk)
    .map(|(_, name, what)| Risk {
        name: frame.say(name).to_string(),
        what: frame
            .say(what)
            .with("asker", requester)
            .with("thing", frame.reader.quoted_thing(&view.bundle, Whose::Yours))
            .to_string(),
    })
    .collect()
}

/// What the reader may know about the requester: since when they are known, how they asked before; and what access they have.
/// There is no history of an offer.
fn known(frame: &Frame, requester: &User, history: Option<&History>) -> (Vec<String>, Vec<String>) {
    let mut known = Vec::new();
    if !requester.is_hidden() {
        let how = if requester.is_external { "address" } else { "account" };
        known.push(frame.say("known-since").with("how", how).with("day", frame.reader.day(requester.created_at)).to_string());
    }
    let Some(history) = history else { return (known, Vec::new()) };
    known.push(asked_before(frame, &history.before));
    if history.access.is_empty() {
        known.push(frame.say("known-no-access").to_string());
    }
    let access = |share: &Share| {
        let how_long = frame.reader.how_long(share.grant.ends_at.map(Until::At), Giver::You);
        let access = frame.say("access-until").with("level", share.grant.level).with("how_long", how_long);
        access.with("things", quoted(frame, share, Whose::Yours)).to_string()
    };
    (known, history.access.iter().map(access).collect())
}

/// "Asked you twice before: 1 approved and 1 declined".
fn asked_before(frame: &Frame, before: &Before) -> String {
    if before.total() == 0 {
        return frame.say("known-never").to_string();
    }
    let outcomes = [
        ("known-approved", before.approved),
        ("known-declined", before.declined),
        ("known-unanswered", before.unanswered),
        ("known-withdrawn", before.withdrawn),
    ];
    let outcomes = outcomes.iter().filter(|(_, number)| *number > 0);
    let outcomes: Vec<String> = outcomes.map(|(key, number)| frame.say(key).count("number", *number).to_string()).collect();
    frame.say("known-before").count("number", before.total()).with("outcomes", frame.reader.list(&outcomes)).to_string()
}

/// The beginning of a message that is too long to be shown above the risks.
fn start(quote: &[String]) -> Option<String> {
    let (most, lines) = MESSAGE_SHOWN;
    let text = quote.join(" ");
    (text.chars().count() > most || quote.len() > lines).then(|| sanitize::shorten(&text, most.min(160)))
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
