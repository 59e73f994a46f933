//! A share as a client sends it, read member by member: what is wrong or unknown is refused by its name. What only this instance knows (`id`,
//! the times, who made it) is passed over, since clients send back what they got.

use std::sync::LazyLock;

use super::problem::{Part, Problem};
use super::types::{SharedWithType, Type};
use super::wire::ShareBody;
use crate::domain::BundleId;
use crate::http::base_path::Base;
use crate::http::json::{Json, Object};
use crate::http::unknown_members::Members;
use crate::workflow::shares::{Target, With};

/// What is sent.
#[derive(utoipa::ToSchema)]
#[schema(as = NewSasShare, rename_all = "camelCase")]
#[expect(dead_code, reason = "the description's; what is read is read member by member")]
pub(super) struct NewShareBody {
    /// `read`, `readEdit`, `readShare`, `readEditShare`. With the suffix its holder may share on with people and groups.
    #[schema(example = "read")]
    r#type: String,
    /// A username, an address or a group's name; to many: the word of sharedWithType.
    #[schema(example = "bob")]
    shared_with: String,
    /// `user`, `group`, `authenticatedUsers`, `everyone`, `guest`.
    #[schema(example = "user")]
    shared_with_type: String,
    /// A registered resource's URI, or /api/bundle/{id}/.
    #[schema(example = "/files/files/4288b305-981f-4b8d-b440-0911eabe3faf")]
    resource_uri: String,
    /// At most 64 characters.
    name: Option<String>,
    /// True.
    enabled: Option<bool>,
    /// Read and passed over, as links are.
    version: Option<i32>,
}

/// Members that the original's other representations have, which its clients copy: read, and without effect.
const ORIGINAL: &[&str] = &["creationTimeStamp", "modifiedTimeStamp"];

static MEMBERS: LazyLock<Members> = LazyLock::new(|| Members::read::<NewShareBody>().and_of::<ShareBody>().and(ORIGINAL));

/// A share that is sent.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) kind: Type,
    pub(super) shared_with: String,
    pub(super) shared_with_type: SharedWithType,
    pub(super) resource_uri: String,
    /// Empty where none is sent.
    pub(super) name: String,
    /// True where nothing is said.
    pub(super) is_enabled: bool,
    /// Of a new share it says nothing.
    pub(super) shared_by: Option<String>,
}

impl Draft {
    /// What an object says.
    pub(super) fn of(object: &Object) -> Result<Self, Problem> {
        MEMBERS.check(object).map_err(|unknown| Problem::bad(Part::Body, unknown))?;
        let kind = needed(object, "type")?;
        let kind = Type::parse(kind).ok_or_else(|| bad("type", format_args!("{kind:?} is none of {}", Type::WORDS)))?;
        let with = needed(object, "sharedWithType")?;
        let with = SharedWithType::parse(with)
            .ok_or_else(|| bad("sharedWithType", format_args!("{with:?} is none of {}", SharedWithType::WORDS)))?;
        let draft = Self {
            kind,
            shared_with: needed(object, "sharedWith")?.to_owned(),
            shared_with_type: with,
            resource_uri: needed(object, "resourceUri")?.to_owned(),
            name: text(object, "name")?.unwrap_or_default().to_owned(),
            is_enabled: match object.get("enabled") {
                None => true,
                Some(Json::Bool(is_enabled)) => *is_enabled,
                Some(other) => return Err(bad("enabled", format_args!("it is true or false, not {}", other.kind()))),
            },
            shared_by: text(object, "sharedBy")?.map(str::to_owned),
        };
        match object.get("version") {
            None | Some(Json::Integer(_)) => {}
            Some(other) => return Err(bad("version", format_args!("it is an integer, not {}", other.kind()))),
        }
        match object.get("links") {
            None | Some(Json::List(_)) => Ok(draft),
            Some(other) => Err(bad("links", format_args!("they are a list, not {}", other.kind()))),
        }
    }

    /// With whom.
    pub(super) fn with(&self) -> Result<With, Problem> {
        let many = |with| {
            let word = self.shared_with_type.as_str();
            // There is no principal to name, so no name is taken for one.
            if self.shared_with.eq_ignore_ascii_case(word) {
                Ok(with)
            } else {
                Err(bad("sharedWith", format_args!("it is {word:?} too, as sharedWithType is")))
            }
        };
        match self.shared_with_type {
            SharedWithType::User => Ok(With::Named(self.shared_with.clone())),
            SharedWithType::Group => Ok(With::Group(self.shared_with.clone())),
            SharedWithType::AuthenticatedUsers => many(With::Authenticated),
            SharedWithType::Everyone => many(With::Everyone),
            SharedWithType::Guest => many(With::Guest),
        }
    }

    /// What.
    pub(super) fn target(&self, base: &Base) -> Target {
        let id = base.within(&self.resource_uri).strip_prefix("/api/bundle/").map(|rest| rest.strip_suffix('/').unwrap_or(rest));
        let id = id.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).and_then(|id| id.parse().ok());
        id.map_or_else(|| Target::Uris(vec![self.resource_uri.clone()]), |id| Target::Bundle(BundleId(id)))
    }
}

fn bad(member: &'static str, problem: impl std::fmt::Display) -> Problem {
    Problem::bad(Part::Member(member), problem)
}

fn text<'a>(object: &'a Object, member: &'static str) -> Result<Option<&'a str>, Problem> {
    match object.get(member) {
        None => Ok(None),
        Some(Json::Text(text)) => Ok(Some(text)),
        Some(other) => Err(bad(member, format_args!("it is a string, not {}", other.kind()))),
    }
}

fn needed<'a>(object: &'a Object, member: &'static str) -> Result<&'a str, Problem> {
    match text(object, member)? {
        None => Err(bad(member, "it is missing")),
        Some("") => Err(bad(member, "it is empty")),
        Some(text) => Ok(text),
    }
}
