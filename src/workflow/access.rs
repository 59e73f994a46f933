//! Access questions of apps: whether a subject may act on an object, and which subjects or objects qualify. This module
//! resolves names; [`policy`] evaluates the access.

use std::borrow::Cow;
use std::collections::HashMap;

use super::policy::{self, Object, Right, Subject};
use super::visible_users::{self, Seen};
use super::{WhyForbidden, WorkflowError, authority};
use crate::domain::{self, Address, BundleId, Caller, GrantId, GroupId, Level, ResourceId, ResourceKind, Scope, UserId};
use crate::store::access::{self, Answer, Asked, Candidate, EffectiveGrant, ObjectFilter, SubjectKind, Whom};
use crate::store::{StoreError, Tx};

/// A subject or object, by type and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The type.
    pub kind: String,
    /// The name within the type.
    pub id: String,
}

impl Named {
    /// Whether the object certainly exists once [`subject`] or [`object`] has resolved it. An object named by id may not.
    fn is_looked_up(&self) -> bool {
        let is_of_ours = matches!(self.kind.as_str(), "user" | "group" | "bundle" | "resource");
        !(is_of_ours && matches!(number(&self.id), Name::Number(_)))
    }
}

/// An access question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub subject: Named,
    /// The required level; none if no level allows the action.
    pub level: Option<Level>,
    pub resource: Named,
}

/// When a batch of questions may stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Answer all questions.
    TheEnd,
    /// Stop at the first denial.
    FirstDenied,
    /// Stop at the first permission.
    FirstPermitted,
}

/// Whether the questions are few enough to share a batch. More of them get their own connection.
pub fn are_few(questions: &[Option<Question>]) -> bool {
    questions.len() <= 16
}

/// The prefetched answers, by index of the question.
pub type Answers = HashMap<usize, Answer>;

/// Answers the questions of several callers that can be answered in one statement.
pub fn load_answers(tx: &mut Tx<'_>, questions: &[&[Option<Question>]]) -> Result<Vec<Answers>, StoreError> {
    let mut asked: Vec<(usize, usize, Option<Level>, Asked)> = Vec::new();
    for (caller, questions) in questions.iter().enumerate() {
        for (place, question) in questions.iter().enumerate() {
            let by_name = question.as_ref().and_then(|question| Some((question.level, asked_by(question)?)));
            asked.extend(by_name.map(|(level, by_name)| (caller, place, level, by_name)));
        }
    }
    let is_enough = |at: usize, held: &EffectiveGrant| {
        asked.get(at).and_then(|(_, _, level, _)| *level).is_some_and(|level| policy::is_enough(held, level))
    };
    let found = access::answers(tx, &asked.iter().map(|(.., asked)| asked).collect::<Vec<_>>(), &is_enough)?;
    let mut answers: Vec<Answers> = Vec::new();
    answers.resize_with(questions.len(), Answers::default);
    for ((caller, place, ..), answer) in asked.into_iter().zip(found) {
        answers.get_mut(caller).and_then(|answers| answers.insert(place, answer));
    }
    Ok(answers)
}

fn asked_by(question: &Question) -> Option<Asked> {
    let Named { kind, id } = &question.subject;
    let whom = if kind == "user" { whom(id) } else { None };
    Some(Asked { whom: whom?, uri: uri(&question.resource)?.into_owned() })
}

/// Answers several questions, in order. An invalid question (none) is denied. `known` has the answers of [`load_answers`].
pub fn evaluate_all(
    tx: &mut Tx<'_>,
    caller: &Caller,
    questions: &[Option<Question>],
    until: Until,
    known: &Answers,
) -> Result<Vec<bool>, WorkflowError> {
    let requester = QuestionScope::of(caller)?;
    let mut answers = Vec::with_capacity(questions.len());
    for (place, question) in questions.iter().enumerate() {
        let is_permitted = match question {
            Some(question) => answer(tx, requester, question, known.get(&place))?,
            None => false,
        };
        answers.push(is_permitted);
        match until {
            Until::FirstDenied if !is_permitted => break,
            Until::FirstPermitted if is_permitted => break,
            Until::TheEnd | Until::FirstDenied | Until::FirstPermitted => {}
        }
    }
    Ok(answers)
}

/// A page of search results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The names, in a form that can be asked about again.
    pub ids: Vec<String>,
    /// The cursor of the next page; none on the last.
    pub next: Option<i64>,
}

impl Found {
    const NOTHING: Self = Self { ids: Vec::new(), next: None };

    /// Cuts a page of `most` from results with one more.
    fn of(found: Vec<(i64, String)>, most: usize, after: i64) -> Self {
        let is_whole = found.len() <= most;
        let last = found.iter().take(most).next_back().map_or(after, |(id, _)| *id);
        Self { ids: found.into_iter().take(most).map(|(_, name)| name).collect(), next: (!is_whole).then_some(last) }
    }
}

/// A page of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The cursor; 0 for the first page.
    pub after: i64,
    /// The limit.
    pub most: usize,
}

/// The subjects of a type with access: `user`s by username, `group`s by id.
pub fn subjects(
    tx: &mut Tx<'_>,
    caller: &Caller,
    kind: &str,
    level: Option<Level>,
    resource: &Named,
    part: Part,
) -> Result<Found, WorkflowError> {
    QuestionScope::of(caller)?.may_ask_about(None)?;
    let Some(level) = level else { return Ok(Found::NOTHING) };
    let Some(object) = object(tx, resource)? else { return Ok(Found::NOTHING) };
    let subjects = match kind {
        "user" => SubjectKind::Users,
        "group" => SubjectKind::Groups,
        "anonymous" if part.after == 0 && policy::may(tx, Subject::Anonymous, object, Right::Access(level))? => {
            return Ok(Found::of(vec![(1, "anonymous".to_owned())], part.most, 0));
        }
        _ => return Ok(Found::NOTHING),
    };
    let more = part.most.saturating_add(1);
    let found: Vec<Candidate> = if policy::have_all(tx, subjects, object, level)? {
        let more = i64::try_from(more).unwrap_or(i64::MAX);
        let all = access::all_after(tx, subjects, part.after, more)?;
        if subjects == SubjectKind::Users { by_number_unless_seen(tx, caller, all)? } else { all }
    } else {
        let next = |tx: &mut Tx<'_>, place, most| access::subjects_of(tx, subjects, object, level, place, most);
        let candidates = policy::standing(tx, level, part.after, more, next)?;
        if subjects == SubjectKind::Users { named_by_others(tx, caller, resource, candidates)? } else { candidates }
    };
    let name = |Candidate { id, name, .. }: Candidate| (id, if subjects == SubjectKind::Groups { id.to_string() } else { name });
    Ok(Found::of(found.into_iter().map(name).collect(), part.most, part.after))
}

/// Names people by username if they are visible to the caller, else by id. Both can be asked about again.
fn by_number_unless_seen(tx: &mut Tx<'_>, caller: &Caller, people: Vec<Candidate>) -> Result<Vec<Candidate>, WorkflowError> {
    let seen = Seen::of(tx, caller, people.iter().map(|person| UserId(person.id)).collect())?;
    let named = people
        .into_iter()
        .map(|person| if seen.has(UserId(person.id)) { person } else { Candidate { name: person.id.to_string(), ..person } });
    Ok(named.collect())
}

/// Names subjects for an app without full visibility. A grant by others, or an object asked about by name, reveals the username.
/// A grant by the app's own user, or an object asked about by id, does not.
fn named_by_others(tx: &mut Tx<'_>, caller: &Caller, on: &Named, found: Vec<Candidate>) -> Result<Vec<Candidate>, WorkflowError> {
    if visible_users::sees_everybody(caller) {
        return Ok(found);
    }
    let mut own: Vec<GrantId> = Vec::new();
    if let Some(user) = caller.user {
        let ids: Vec<GrantId> = found.iter().filter_map(|candidate| candidate.held.map(|held| held.id)).collect();
        let given = crate::store::grants::find_all(tx, &ids)?.into_iter();
        own.extend(given.filter(|grant| grant.grantor == user).map(|grant| grant.id));
    }
    let is_named = |candidate: &Candidate| match candidate.held {
        Some(held) => !own.contains(&held.id),
        None => on.is_looked_up(),
    };
    let (named, others): (Vec<_>, Vec<_>) = found.into_iter().partition(is_named);
    let mut all = by_number_unless_seen(tx, caller, others)?;
    all.extend(named);
    all.sort_by_key(Candidate::place_in_order);
    Ok(all)
}

/// The resources of a type to which the subject has access: `user`s by username, `bundle`s by id, all others by URI or by its
/// rest after the type.
pub fn resources(
    tx: &mut Tx<'_>,
    caller: &Caller,
    subject: &Named,
    level: Option<Level>,
    kind: &str,
    part: Part,
) -> Result<Found, WorkflowError> {
    let requester = QuestionScope::of(caller)?;
    let is_by_number = !subject.is_looked_up();
    let subject = self::subject(tx, subject)?;
    requester.may_ask_about(subject)?;
    let (Some(subject), Some(level)) = (subject, level) else { return Ok(Found::NOTHING) };
    let more = part.most.saturating_add(1);
    let (filter, begins) = match (kind, ResourceKind::parse(kind)) {
        ("user", _) => (ObjectFilter::Users, 0),
        ("bundle", _) => (ObjectFilter::Bundles, 0),
        ("resource", _) => (ObjectFilter::Resources, 0),
        (_, Some(kind)) => (ObjectFilter::Kind(kind), 0),
        ("group" | "anonymous", _) => return Ok(Found::NOTHING),
        _ if kind.contains(':') => return Ok(Found::NOTHING),
        _ => (ObjectFilter::Prefix(format!("{kind}:")), kind.len() + 1),
    };
    let next = |tx: &mut Tx<'_>, place, most| access::objects_of(tx, subject, level, &filter, place, most);
    let candidates = policy::standing(tx, level, part.after, more, next)?;
    // A subject named by id is answered by id.
    let is_self = |candidate: &Candidate| kind == "user" && is_by_number && candidate.held.is_none();
    let candidates = if candidates.iter().any(is_self) {
        let (own, others): (Vec<_>, Vec<_>) = candidates.into_iter().partition(is_self);
        let mut all = by_number_unless_seen(tx, caller, own)?;
        all.extend(others);
        all.sort_by_key(Candidate::place_in_order);
        all
    } else {
        candidates
    };
    let name = |candidate: Candidate| {
        // A URI of digits alone would be read as an id.
        let is_number = kind == "bundle" || begins == 0 && !matches!(number(&candidate.name), Name::Word);
        let name = if is_number { candidate.id.to_string() } else { candidate.name.get(begins..).unwrap_or_default().to_owned() };
        (candidate.id, name)
    };
    Ok(Found::of(candidates.into_iter().map(name).collect(), part.most, part.after))
}

/// The highest level of the subject on the resource.
pub fn level(tx: &mut Tx<'_>, caller: &Caller, subject: &Named, resource: &Named) -> Result<Option<Level>, WorkflowError> {
    let requester = QuestionScope::of(caller)?;
    let subject = self::subject(tx, subject)?;
    requester.may_ask_about(subject)?;
    let (Some(subject), Some(object)) = (subject, object(tx, resource)?) else { return Ok(None) };
    Ok(policy::level(tx, subject, object)?)
}

fn answer(tx: &mut Tx<'_>, requester: QuestionScope, question: &Question, known: Option<&Answer>) -> Result<bool, WorkflowError> {
    if let Some(answer) = known {
        requester.may_ask_about(answer.who.map(Subject::User))?;
        let Some(level) = question.level else { return Ok(false) };
        return Ok(policy::is_given(tx, &answer.access, Right::Access(level))?);
    }
    let subject = subject(tx, &question.subject)?;
    requester.may_ask_about(subject)?;
    let (Some(subject), Some(level)) = (subject, question.level) else { return Ok(false) };
    let Some(object) = object(tx, &question.resource)? else { return Ok(false) };
    Ok(policy::may(tx, subject, object, Right::Access(level))?)
}

/// The subjects about which a caller may ask.
#[derive(Clone, Copy, Debug)]
enum QuestionScope {
    /// Everyone: for apps and administrators.
    OfAll,
    /// Only the caller.
    OfSelf(UserId),
}

impl QuestionScope {
    fn of(caller: &Caller) -> Result<Self, WorkflowError> {
        authority::require_read(caller, Scope::Check)?;
        match caller.user {
            _ if caller.key.is_some() || caller.may_administer() => Ok(Self::OfAll),
            Some(user) => Ok(Self::OfSelf(user)),
            None => Err(WorkflowError::Unauthenticated),
        }
    }

    fn may_ask_about(self, subject: Option<Subject>) -> Result<(), WorkflowError> {
        match self {
            Self::OfAll => Ok(()),
            Self::OfSelf(user) if subject == Some(Subject::User(user)) => Ok(()),
            Self::OfSelf(_) => Err(WorkflowError::Forbidden(WhyForbidden::ChecksOfOthers)),
        }
    }
}

/// Resolves a subject: a `user` by id, address or username, a `group` by id or name, or `anonymous`. An id may not exist.
fn subject(tx: &mut Tx<'_>, named: &Named) -> Result<Option<Subject>, WorkflowError> {
    match named.kind.as_str() {
        "user" => Ok(user(tx, &named.id)?.map(Subject::User)),
        "group" => match number(&named.id) {
            Name::Number(id) => Ok(Some(Subject::Group(GroupId(id)))),
            Name::Word => match domain::Name::read(&named.id) {
                Some(name) => Ok(access::group_by_name(tx, &name)?.map(Subject::Group)),
                None => Ok(None),
            },
            Name::Nothing => Ok(None),
        },
        "anonymous" => Ok((named.id == "anonymous").then_some(Subject::Anonymous)),
        _ => Ok(None),
    }
}

/// Resolves an object: a `user` as for subjects, a `bundle` by id or name, a `resource` of any kind by id or URI, or one of a
/// certain kind by that kind's name. Any other type is the scheme of a URI, and the name is the rest.
fn object(tx: &mut Tx<'_>, named: &Named) -> Result<Option<Object>, WorkflowError> {
    if let Some(uri) = uri(named) {
        return Ok(access::resource_by_uri(tx, &uri)?.map(Object::Resource));
    }
    match (named.kind.as_str(), number(&named.id)) {
        ("user", _) => Ok(user(tx, &named.id)?.map(Object::User)),
        ("bundle", Name::Number(id)) => Ok(Some(Object::Bundle(BundleId(id)))),
        ("bundle", Name::Word) => match domain::Name::read(&named.id) {
            Some(name) => Ok(access::bundle_by_name(tx, &name)?.map(Object::Bundle)),
            None => Ok(None),
        },
        ("resource", Name::Number(id)) => Ok(Some(Object::Resource(ResourceId(id)))),
        (other, name) => {
            let Some(kind) = ResourceKind::parse(other) else { return Ok(None) };
            let found = match name {
                Name::Number(id) => access::resource_by_id(tx, ResourceId(id))?,
                Name::Word => access::resource_and_kind_by_uri(tx, &named.id)?,
                Name::Nothing => None,
            };
            Ok(found.filter(|(_, found)| *found == kind).map(|(id, _)| Object::Resource(id)))
        }
    }
}

/// The URI formed by the type and the name, if the object is named by URI.
fn uri(named: &Named) -> Option<Cow<'_, str>> {
    match named.kind.as_str() {
        "resource" => matches!(number(&named.id), Name::Word).then_some(Cow::Borrowed(&named.id)),
        "user" | "bundle" | "group" | "anonymous" => None,
        // With a colon in the type, two types would lead to the same object.
        other if ResourceKind::parse(other).is_some() || other.contains(':') => None,
        other => Some(Cow::Owned(format!("{other}:{}", named.id))),
    }
}

fn user(tx: &mut Tx<'_>, id: &str) -> Result<Option<UserId>, WorkflowError> {
    if let Name::Number(id) = number(id) {
        return Ok(Some(UserId(id)));
    }
    whom(id).map_or(Ok(None), |whom| Ok(access::user_by(tx, &whom)?))
}

/// The lookup for a name that is not numeric.
fn whom(id: &str) -> Option<Whom> {
    match number(id) {
        Name::Word if id.contains('@') => Address::parse(id).ok().map(Whom::Address),
        Name::Word => domain::Name::read(id).map(Whom::Username),
        Name::Number(_) | Name::Nothing => None,
    }
}

/// The reading of a name. Digits are always an id, and match nothing if the id is out of range.
enum Name {
    Number(i64),
    Word,
    Nothing,
}

fn number(id: &str) -> Name {
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
        return Name::Word;
    }
    // Only the canonical form counts: `007` is not 7.
    id.parse().ok().filter(|number: &i64| number.to_string() == id).map_or(Name::Nothing, Name::Number)
}
