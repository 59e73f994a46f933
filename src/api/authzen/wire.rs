//! Requests and decisions of the specification. Members must have the right type. Unknown members, `properties` and `context`
//! are ignored, because no grant depends on them.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::config::Actions;
use crate::domain::Level;
use crate::http::json::Json;
use crate::http::json_body::{RequestBody, of_json};
use crate::workflow::access::{Named, Question, Until};

/// The limit of evaluations in a request.
const MOST: usize = 1_000;

/// An object whose members are ignored.
#[derive(Clone)]
pub(super) struct Ignored;

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::Object(_) => Ok(Self),
            other => Err(other.instead_of("an object")),
        }
    }
}

/// A subject or a resource.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = AuthzenEntity)]
pub(super) struct Entity {
    /// Ignored.
    #[serde(rename = "properties")]
    #[schema(value_type = Option<serde_json::Value>)]
    _properties: Option<Ignored>,
    /// `user`, `group`, `anonymous`; of a resource `user`, `bundle`, `resource`, the kind of a resource, or a URI's first part.
    #[serde(rename = "type")]
    #[schema(example = "user")]
    kind: String,
    /// Its id or name within that type.
    #[schema(example = "bob@x.org")]
    id: String,
}

impl From<Entity> for Named {
    fn from(Entity { kind, id, .. }: Entity) -> Self {
        Self { kind, id }
    }
}

/// The type to search for.
#[derive(Deserialize, ToSchema)]
#[schema(as = AuthzenWanted)]
pub(super) struct Wanted {
    /// Ignored.
    #[serde(rename = "properties")]
    #[schema(value_type = Option<serde_json::Value>)]
    _properties: Option<Ignored>,
    /// As in a subject or resource.
    #[serde(rename = "type")]
    #[schema(example = "user")]
    pub(super) kind: String,
}

/// An action.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = AuthzenAction)]
pub(super) struct ActionBody {
    /// Ignored.
    #[serde(rename = "properties")]
    #[schema(value_type = Option<serde_json::Value>)]
    _properties: Option<Ignored>,
    /// One of `authzen.actions`; any other is denied.
    #[schema(example = "read")]
    name: String,
}

impl ActionBody {
    /// The level that it requires; none if it is not configured.
    pub(super) fn level(&self, actions: &Actions) -> Option<Level> {
        levels(actions).into_iter().find(|(names, _)| names.contains(&self.name)).map(|(_, level)| level)
    }
}

/// One evaluation.
#[derive(Deserialize, ToSchema)]
#[schema(as = AuthzenEvaluation)]
pub(super) struct EvaluationBody {
    /// Ignored.
    #[serde(rename = "context")]
    #[schema(value_type = Option<serde_json::Value>)]
    _context: Option<Ignored>,
    action: ActionBody,
    subject: Entity,
    resource: Entity,
}

impl RequestBody for EvaluationBody {}

/// One of several evaluations: the members that differ from the defaults.
#[derive(Deserialize, ToSchema)]
#[schema(as = AuthzenPartialEvaluation)]
pub(super) struct PartialEvaluation {
    /// Ignored.
    #[serde(rename = "context")]
    #[schema(value_type = Option<serde_json::Value>)]
    _context: Option<Ignored>,
    #[serde(default, deserialize_with = "not_null")]
    subject: Option<Entity>,
    #[serde(default, deserialize_with = "not_null")]
    resource: Option<Entity>,
    #[serde(default, deserialize_with = "not_null")]
    action: Option<ActionBody>,
}

/// Several evaluations, with defaults for missing members.
#[derive(Deserialize, ToSchema)]
#[schema(as = AuthzenEvaluations)]
pub(super) struct EvaluationsBody {
    /// Ignored.
    #[serde(rename = "context")]
    #[schema(value_type = Option<serde_json::Value>)]
    _context: Option<Ignored>,
    #[serde(default, deserialize_with = "not_null")]
    subject: Option<Entity>,
    #[serde(default, deserialize_with = "not_null")]
    resource: Option<Entity>,
    #[serde(default, deserialize_with = "not_null")]
    action: Option<ActionBody>,
    options: Option<Options>,
    /// At most 1000, each with the members that differ from the defaults. An empty list means one evaluation.
    #[schema(value_type = Option<Vec<PartialEvaluation>>)]
    evaluations: Option<Vec<Item>>,
}

impl RequestBody for EvaluationsBody {}

/// When to stop.
#[derive(Deserialize, ToSchema)]
#[schema(as = AuthzenOptions)]
pub(super) struct Options {
    /// `execute_all`, `deny_on_first_deny` or `permit_on_first_permit`.
    #[schema(example = "execute_all")]
    evaluations_semantic: Option<String>,
}

/// An evaluation of a list, or its error, which does not affect the others.
struct Item(Result<PartialEvaluation, String>);

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            object @ Json::Object(_) => Ok(Self(of_json(&object).map_err(|error| super::problem::words(&error)))),
            other => Err(other.instead_of("a list of objects")),
        }
    }
}

/// An optional member that must not be null: null does not mean the default.
pub(super) fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A decision.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenDecision)]
pub(super) struct Decision {
    pub(super) decision: bool,
    /// Why the evaluation failed, or that it ended the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(super) context: Option<serde_json::Value>,
}

/// The evaluations of a request.
pub(super) enum Several {
    /// One, if there is no list.
    One(Question),
    /// A list, with an error in place of an invalid evaluation.
    List(Vec<Result<Question, String>>, Until),
}

impl EvaluationBody {
    pub(super) fn question(self, actions: &Actions) -> Question {
        Question { level: self.action.level(actions), subject: self.subject.into(), resource: self.resource.into() }
    }
}

impl EvaluationsBody {
    pub(super) fn questions(self, actions: &Actions) -> Result<Several, String> {
        let until = until(self.options)?;
        let question = |subject: Option<Entity>, action: Option<ActionBody>, resource: Option<Entity>| {
            let missing = |field| move || format!("{field}: it is missing");
            let level = action.ok_or_else(missing("action"))?.level(actions);
            let (subject, resource) = (subject.ok_or_else(missing("subject"))?, resource.ok_or_else(missing("resource"))?);
            Ok(Question { subject: subject.into(), level, resource: resource.into() })
        };
        let Some(list) = self.evaluations.filter(|list| !list.is_empty()) else {
            return question(self.subject, self.action, self.resource).map(Several::One);
        };
        if list.len() > MOST {
            return Err(format!("evaluations: at most {MOST} in one request, here are {}; send them in several", list.len()));
        }
        let questions = list.into_iter().map(|Item(item)| {
            let PartialEvaluation { subject, resource, action, .. } = item?;
            let (subject, action) = (subject.or_else(|| self.subject.clone()), action.or_else(|| self.action.clone()));
            question(subject, action, resource.or_else(|| self.resource.clone()))
        });
        Ok(Several::List(questions.collect(), until))
    }
}

fn until(options: Option<Options>) -> Result<Until, String> {
    match options.and_then(|options| options.evaluations_semantic).as_deref() {
        None | Some("execute_all") => Ok(Until::TheEnd),
        Some("deny_on_first_deny") => Ok(Until::FirstDenied),
        Some("permit_on_first_permit") => Ok(Until::FirstPermitted),
        Some(other) => Err(format!(
            "options.evaluations_semantic: {other:?} is none of execute_all, deny_on_first_deny and permit_on_first_permit"
        )),
    }
}

const fn levels(actions: &Actions) -> [(&Vec<String>, Level); 3] {
    [(&actions.view, Level::View), (&actions.edit, Level::Edit), (&actions.contribute, Level::Contribute)]
}

/// The names of the actions of this level and the lower ones.
pub(super) fn actions_up_to(level: Option<Level>, actions: &Actions) -> Vec<&str> {
    let held = levels(actions).into_iter().filter(|(_, needed)| level.is_some_and(|level| *needed <= level));
    held.flat_map(|(names, _)| names).map(String::as_str).collect()
}
