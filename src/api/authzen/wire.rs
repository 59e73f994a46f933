//! Requests as the specification has them: what is there must be of its type, what is unknown is passed over, and so are
//! `properties` and `context`, since grants know nothing of them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::config::Actions;
use crate::domain::Level;
use crate::http::json::{Json, Object};
use crate::workflow::access::{Named, Question, Until};

/// Evaluations in one request at most.
const MOST: usize = 1_000;

/// A subject or a resource.
#[derive(ToSchema)]
#[schema(as = AuthzenEntity)]
#[expect(dead_code, reason = "the description's")]
pub(super) struct Entity {
    /// `user`, `group`, `anonymous`; of a resource `user`, `bundle`, `resource`, the kind of a resource, or a URI's first part.
    #[schema(example = "user")]
    r#type: String,
    /// Its id or name within that type.
    #[schema(example = "bob@x.org")]
    id: String,
    /// Passed over.
    properties: Option<serde_json::Value>,
}

/// What is searched for.
#[derive(ToSchema)]
#[schema(as = AuthzenWanted)]
#[expect(dead_code, reason = "the description's")]
pub(super) struct Wanted {
    /// As in an entity.
    #[schema(example = "user")]
    r#type: String,
}

/// What would be done.
#[derive(ToSchema)]
#[schema(as = AuthzenAction)]
#[expect(dead_code, reason = "the description's")]
pub(super) struct ActionBody {
    /// One of `authzen.actions`; any other is denied.
    #[schema(example = "read")]
    name: String,
    /// Passed over.
    properties: Option<serde_json::Value>,
}

/// One evaluation.
#[derive(ToSchema)]
#[schema(as = AuthzenEvaluation)]
#[expect(dead_code, reason = "the description's")]
pub(super) struct EvaluationBody {
    subject: Entity,
    action: ActionBody,
    resource: Entity,
    /// Passed over.
    context: Option<serde_json::Value>,
}

/// Several evaluations, with defaults for what they leave out.
#[derive(ToSchema)]
#[schema(as = AuthzenEvaluations)]
#[expect(dead_code, reason = "the description's")]
pub(super) struct EvaluationsBody {
    subject: Option<Entity>,
    action: Option<ActionBody>,
    resource: Option<Entity>,
    /// Passed over.
    context: Option<serde_json::Value>,
    /// At most 1000, each with what differs from the defaults. Without any this is one evaluation.
    evaluations: Option<Vec<serde_json::Value>>,
    options: Option<Options>,
}

/// How they are evaluated.
#[derive(ToSchema)]
#[schema(as = AuthzenOptions)]
#[expect(dead_code, reason = "the description's")]
pub(super) struct Options {
    /// `execute_all`, `deny_on_first_deny` or `permit_on_first_permit`.
    #[schema(example = "execute_all")]
    evaluations_semantic: Option<String>,
}

/// The answer to one evaluation.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenDecision)]
pub(super) struct Decision {
    pub(super) decision: bool,
    /// Why an evaluation could not be made, or that it ended the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(super) context: Option<serde_json::Value>,
}

/// What a request for several evaluations is.
pub(super) enum Several {
    /// One, without a list.
    One(Question),
    /// A list; what stands in the place of one that cannot be made says why.
    List(Vec<Result<Question, String>>, Until),
}

/// Reads one evaluation.
pub(super) fn evaluation(body: &Object, actions: &Actions) -> Result<Question, String> {
    Defaults::read(body, actions)?.question()
}

/// Reads several.
pub(super) fn evaluations(body: &Object, actions: &Actions) -> Result<Several, String> {
    let defaults = Defaults::read(body, actions)?;
    let until = until(body)?;
    let list = match body.get("evaluations") {
        None => return Ok(Several::One(defaults.question()?)),
        Some(Json::List(list)) if list.is_empty() => return Ok(Several::One(defaults.question()?)),
        Some(Json::List(list)) => list,
        Some(other) => return Err(wrong("evaluations", other, "a list")),
    };
    if list.len() > MOST {
        return Err(format!("evaluations: at most {MOST} in one request, here are {}; send them in several", list.len()));
    }
    let objects = list.iter().map(|item| match item {
        Json::Object(item) => Ok(item),
        other => Err(wrong("evaluations", other, "a list of objects")),
    });
    let objects = objects.collect::<Result<Vec<_>, _>>()?;
    let questions = objects.into_iter().map(|item| Defaults::read(item, actions)?.or(&defaults).question());
    Ok(Several::List(questions.collect(), until))
}

fn until(body: &Object) -> Result<Until, String> {
    const FIELD: &str = "options.evaluations_semantic";
    let Some(options) = object_of(body, "options")? else { return Ok(Until::TheEnd) };
    match options.get("evaluations_semantic") {
        None => Ok(Until::TheEnd),
        Some(Json::Text(word)) => match word.as_str() {
            "execute_all" => Ok(Until::TheEnd),
            "deny_on_first_deny" => Ok(Until::FirstDenied),
            "permit_on_first_permit" => Ok(Until::FirstPermitted),
            other => Err(format!("{FIELD}: {other:?} is none of execute_all, deny_on_first_deny and permit_on_first_permit")),
        },
        Some(other) => Err(wrong(FIELD, other, "a string")),
    }
}

/// The level that an action takes; none where the configuration does not name it.
#[derive(Clone, Copy)]
struct Action(Option<Level>);

impl Action {
    fn of(name: &str, actions: &Actions) -> Self {
        Self(level_of(name, actions))
    }
}

/// The members of an evaluation, each whole or not there.
struct Defaults {
    subject: Option<Named>,
    action: Option<Action>,
    resource: Option<Named>,
}

impl Defaults {
    fn read(body: &Object, actions: &Actions) -> Result<Self, String> {
        object_of(body, "context")?;
        let (subject, resource) = (entity(body, "subject")?, entity(body, "resource")?);
        Ok(Self { subject, action: action(body)?.map(|name| Action::of(name, actions)), resource })
    }

    /// What is missing is as in `defaults`.
    fn or(self, defaults: &Self) -> Self {
        Self {
            subject: self.subject.or_else(|| defaults.subject.clone()),
            action: self.action.or(defaults.action),
            resource: self.resource.or_else(|| defaults.resource.clone()),
        }
    }

    fn question(self) -> Result<Question, String> {
        let (subject, resource) = (self.subject.ok_or(missing("subject")), self.resource.ok_or(missing("resource")));
        let Action(level) = self.action.ok_or(missing("action"))?;
        Ok(Question { subject: subject?, level, resource: resource? })
    }
}

/// The level that an action takes; none where the configuration does not name it.
pub(super) fn level_of(action: &str, actions: &Actions) -> Option<Level> {
    let all = [(&actions.view, Level::View), (&actions.edit, Level::Edit), (&actions.contribute, Level::Contribute)];
    all.into_iter().find(|(names, _)| names.iter().any(|name| name == action)).map(|(_, level)| level)
}

/// The names of what `level` lets somebody do, from the lowest on.
pub(super) fn actions_up_to(level: Option<Level>, actions: &Actions) -> Vec<&str> {
    let all = [(&actions.view, Level::View), (&actions.edit, Level::Edit), (&actions.contribute, Level::Contribute)];
    let held = all.into_iter().filter(|(_, needed)| level.is_some_and(|level| *needed <= level));
    held.flat_map(|(names, _)| names).map(String::as_str).collect()
}

/// A subject or resource with type and id; none where it is not there.
pub(super) fn entity(body: &Object, field: &'static str) -> Result<Option<Named>, String> {
    let Some(entity) = object_of(body, field)? else { return Ok(None) };
    let kind = text_of(entity, field, "type")?.to_owned();
    let id = text_of(entity, field, "id")?.to_owned();
    Ok(Some(Named { kind, id }))
}

/// The type of what is searched for; an id that is there is passed over.
pub(super) fn kind(body: &Object, field: &'static str) -> Result<String, String> {
    let entity = object_of(body, field)?.ok_or_else(|| missing(field))?;
    text_of(entity, field, "type").map(str::to_owned)
}

/// The action's name; none where there is no action.
pub(super) fn action(body: &Object) -> Result<Option<&str>, String> {
    let Some(action) = object_of(body, "action")? else { return Ok(None) };
    text_of(action, "action", "name").map(Some)
}

/// A member that is an object, and has none but an object for `properties`.
pub(super) fn object_of<'a>(body: &'a Object, field: &str) -> Result<Option<&'a Object>, String> {
    match body.get(field) {
        // What is said to be nothing is not what the defaults have.
        None if body.has(field) && matches!(field, "subject" | "action" | "resource") => {
            Err(wrong(field, &Json::Null, "an object"))
        }
        None => Ok(None),
        Some(Json::Object(object)) => match object.get("properties") {
            None | Some(Json::Object(_)) => Ok(Some(object)),
            Some(_) if field == "context" => Ok(Some(object)),
            Some(other) => Err(wrong(&format!("{field}.properties"), other, "an object")),
        },
        Some(other) => Err(wrong(field, other, "an object")),
    }
}

fn text_of<'a>(object: &'a Object, field: &str, member: &str) -> Result<&'a str, String> {
    match object.get(member) {
        Some(Json::Text(text)) => Ok(text),
        Some(other) => Err(wrong(&format!("{field}.{member}"), other, "a string")),
        None => Err(missing(&format!("{field}.{member}"))),
    }
}

/// What is said of a member that is not there.
pub(super) fn missing(field: &str) -> String {
    format!("{field}: it is missing")
}

/// What is said of a member of another type.
pub(super) fn wrong(field: &str, is: &Json, expected: &str) -> String {
    format!("{field}: it is {}, and must be {expected}", is.kind())
}
