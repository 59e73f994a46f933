//! What this API serves, as the original's own schemas have it. A client reads them before anything else, refuses by itself
//! what they do not allow, and links objects where they say `to_one`. Filters and `Allow` come from here too.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::call::Call;
use super::problem::{Denied, Problem};
use crate::config::Config;
use crate::http::base_path::Base;

/// Objects in a list, unless `limit` says otherwise.
pub(super) const DEFAULT_LIMIT: i64 = 20;

/// Members that clients of the original send of their own accord: read, and without effect.
pub(super) const ORIGINAL: &[&str] = &["id"];

const TEXT_HELP: &str = "Unicode string data. Ex: \"Hello World\"";
const USER_HELP: &str = "A user. May be specified by URI, email, or ID. Using a URI is recommended.";
const NO_DEFAULT: &str = "No default provided.";

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Integer,
    Boolean,
    /// Another object.
    ToOne,
}

/// A field, as schemas tell of it.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "a schema says each of them of each field")]
pub(super) struct Field {
    /// Its name.
    pub(super) name: &'static str,
    kind: Kind,
    default: &'static str,
    help: &'static str,
    is_blank: bool,
    is_nullable: bool,
    is_readonly: bool,
    is_unique: bool,
}

impl Field {
    const fn new(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self { name, kind, default: NO_DEFAULT, help, is_blank: false, is_nullable: false, is_readonly: false, is_unique: false }
    }

    const fn blank(self) -> Self {
        Self { is_blank: true, ..self }
    }

    const fn nullable(self) -> Self {
        Self { is_nullable: true, ..self }
    }

    const fn readonly(self) -> Self {
        Self { is_readonly: true, ..self }
    }

    const fn unique(self) -> Self {
        Self { is_unique: true, ..self }
    }

    const fn default_empty(self) -> Self {
        Self { default: "", ..self }
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, related) = match self.kind {
            Kind::Text => ("string", None),
            Kind::Integer => ("integer", None),
            Kind::Boolean => ("boolean", None),
            Kind::ToOne => ("related", Some("to_one")),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("blank", &self.is_blank)?;
        map.serialize_entry("default", self.default)?;
        map.serialize_entry("help_text", self.help)?;
        map.serialize_entry("nullable", &self.is_nullable)?;
        map.serialize_entry("readonly", &self.is_readonly)?;
        if let Some(related) = related {
            map.serialize_entry("related_type", related)?;
        }
        map.serialize_entry("type", kind)?;
        map.serialize_entry("unique", &self.is_unique)?;
        map.end()
    }
}

/// A resource of this API.
pub(super) struct Resource {
    /// Its name, which is its path.
    pub(super) name: &'static str,
    list: &'static [&'static str],
    detail: &'static [&'static str],
    fields: &'static [Field],
    filtering: &'static [(&'static str, &'static [&'static str])],
    ordering: &'static [&'static str],
    /// Members of its answers that the original's schema does not have, and that no list is filtered or ordered by.
    beside: &'static [&'static str],
}

impl Resource {
    /// Whether it has such a field, or a filter that looks like one.
    pub(super) fn has_field(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name) || self.filter(name).is_some() || self.beside.contains(&name)
    }

    /// A field that it may be filtered by, and how.
    pub(super) fn filter(&self, field: &str) -> Option<(&'static str, &'static [&'static str])> {
        self.filtering.iter().find(|(name, _)| *name == field).copied()
    }

    /// A field that a list of it may be ordered by.
    pub(super) fn ordering(&self, field: &str) -> Option<&'static str> {
        self.ordering.iter().find(|name| **name == field).copied()
    }
}

struct Fields(&'static [Field]);

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|field| (field.name, field)))
    }
}

struct Filtering(&'static [(&'static str, &'static [&'static str])]);

impl Serialize for Filtering {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("allowed_detail_http_methods", self.detail)?;
        map.serialize_entry("allowed_list_http_methods", self.list)?;
        map.serialize_entry("default_format", "application/json")?;
        map.serialize_entry("default_limit", &DEFAULT_LIMIT)?;
        map.serialize_entry("fields", &Fields(self.fields))?;
        if !self.filtering.is_empty() {
            map.serialize_entry("filtering", &Filtering(self.filtering))?;
        }
        if !self.ordering.is_empty() {
            map.serialize_entry("ordering", self.ordering)?;
        }
        map.end()
    }
}

const URI: Field = Field::new("resource_uri", Kind::Text, TEXT_HELP).readonly();
const EMAIL: Field =
    Field::new("email", Kind::Text, "Cannot change without an email confirmation loop").blank().readonly().unique();
const FIRST_NAME: Field = Field::new("first_name", Kind::Text, TEXT_HELP).blank().default_empty();
const LAST_NAME: Field = Field::new("last_name", Kind::Text, TEXT_HELP).blank().default_empty();
const USER_ID: Field =
    Field::new("id", Kind::Integer, "The primary key for this resource. Integer data. Ex: 2673").readonly().unique();
const PROFILE: Field = Field::new("profile", Kind::ToOne, "Always null here.").blank().nullable().readonly();
const USERNAME: Field = Field::new("username", Kind::Text, "What they sign in with.").blank().readonly().unique();
const USER_ORDERING: &[&str] = &["id", "username", "email"];

/// People.
pub(super) const USER: Resource = Resource {
    name: "user",
    list: &["get"],
    detail: &["get", "put", "patch"],
    fields: &[EMAIL, FIRST_NAME, USER_ID, LAST_NAME, PROFILE, URI, USERNAME],
    filtering: &[
        ("email", &["exact", "in", "startswith"]),
        ("id", &["exact", "in", "gt", "gte", "lt", "lte", "range"]),
        ("search", &["exact"]),
        ("username", &["exact", "in", "startswith"]),
    ],
    ordering: USER_ORDERING,
    beside: &[],
};

/// Oneself.
pub(super) const ACCOUNT: Resource = Resource {
    name: "account",
    list: &["get"],
    detail: &[],
    fields: &[
        EMAIL,
        FIRST_NAME,
        USER_ID,
        Field::new("is_staff", Kind::Boolean, "Whether they may keep watch and purge."),
        LAST_NAME,
        PROFILE,
        URI,
        USERNAME,
    ],
    filtering: &[],
    ordering: USER_ORDERING,
    beside: &[],
};

/// What access is asked for.
pub(super) const BUNDLE: Resource = Resource {
    name: "bundle",
    list: &["get"],
    detail: &["get"],
    fields: &[
        Field::new("id", Kind::Integer, "The primary key for this resource. Integer data. Ex: 2673")
            .blank()
            .default_empty()
            .unique(),
        Field::new("name", Kind::Text, TEXT_HELP).unique(),
        URI,
    ],
    filtering: &[],
    ordering: &[],
    beside: &[],
};

const BUNDLE_FIELD: Field =
    Field::new("bundle", Kind::ToOne, "A bundle. May be specified by URI or ID. Using a URI is recommended.");
const USER_ALLOWED: Field = Field::new("user_allowed", Kind::ToOne, USER_HELP);
const USER_TARGET: Field = Field::new("user_target", Kind::ToOne, USER_HELP);

/// Access that exists.
pub(super) const BUNDLE_PERMISSION: Resource = Resource {
    name: "bundle_permission",
    list: &["post", "get"],
    detail: &["get", "delete"],
    fields: &[BUNDLE_FIELD, Field::new("name", Kind::Text, TEXT_HELP).blank().nullable(), URI, USER_ALLOWED, USER_TARGET],
    filtering: &[("bundle", &["exact", "in"]), ("user_allowed", &["exact", "in"]), ("user_target", &["exact", "in"])],
    ordering: &[],
    beside: &[],
};

/// Somebody asks.
pub(super) const BUNDLE_PERMISSION_REQUEST: Resource = Resource {
    name: "bundle_permission_request",
    list: &["get", "post"],
    detail: &["get", "put", "delete"],
    fields: &[
        BUNDLE_FIELD,
        Field::new("redeem_url", Kind::Text, "Where the letter's link leads; null: our own page.").blank().nullable(),
        URI,
        Field::new("ttl", Kind::Integer, "Seconds within which it may be decided. Integer data. Ex: 86400").blank().nullable(),
        USER_ALLOWED,
        USER_TARGET,
    ],
    filtering: &[],
    ordering: &[],
    beside: &["level", "message", "until", "resources", "state", "mail_state", "decision", "grant"],
};

/// All of them, in the order of the map.
pub(super) const ALL: &[&Resource] = &[&USER, &ACCOUNT, &BUNDLE, &BUNDLE_PERMISSION, &BUNDLE_PERMISSION_REQUEST];

struct Map(Base);

#[derive(Serialize)]
struct Place {
    list_endpoint: String,
    schema: String,
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = |resource: &Resource| {
            let list_endpoint = self.0.to(format_args!("/api/{}/", resource.name));
            Place { schema: format!("{list_endpoint}schema/"), list_endpoint }
        };
        serializer.collect_map(ALL.iter().map(|resource| (resource.name, place(resource))))
    }
}

/// Each resource's list and schema. Needs no sign-in.
#[utoipa::path(
    get,
    path = "/api/",
    tag = "Hexoskin",
    security(()),
    responses((status = 200, description = "Names, each with list_endpoint and schema", body = serde_json::Value))
)]
pub(super) async fn map(config: web::Data<Config>) -> HttpResponse {
    HttpResponse::Ok().json(Map(Base::new(config.into_inner())))
}

/// A resource's methods, fields, filters and order.
#[utoipa::path(
    get,
    path = "/api/{resource}/schema/",
    tag = "Hexoskin",
    params(("resource" = String, Path, example = "bundle")),
    responses((status = 200, body = serde_json::Value), (status = 404, description = "No such resource"), Denied)
)]
pub(super) async fn schema(_: Call, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    let resource = ALL.iter().find(|resource| resource.name == name.as_str()).ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(resource))
}
