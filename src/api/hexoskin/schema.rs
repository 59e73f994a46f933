//! The resources of this API and their schemas, as in the original. Clients read them first, refuse what they do not allow, and
//! link objects where they say `to_one`. Filters and `Allow` are derived from them too.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde::ser::Serializer;

use super::call::Call;
use super::problem::{Denied, Problem};
use crate::config::Config;
use crate::http::base_path::Base;

/// The default number of objects in a page.
pub(super) const DEFAULT_LIMIT: i64 = 20;

/// Members that clients of the original send. They are accepted and have no effect.
pub(super) const ORIGINAL: &[&str] = &["id"];

const TEXT_HELP: &str = "Unicode string data. Ex: \"Hello World\"";
const USER_HELP: &str = "A user. May be specified by URI, email, or ID. Using a URI is recommended.";
const NO_DEFAULT: &str = "No default provided.";

/// A field in a schema.
#[derive(Clone, Copy, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a schema says each of them of each field")]
struct Field {
    #[serde(skip)]
    name: &'static str,
    blank: bool,
    default: &'static str,
    help_text: &'static str,
    nullable: bool,
    readonly: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    related_type: Option<&'static str>,
    r#type: &'static str,
    unique: bool,
}

impl Field {
    const fn new(name: &'static str, r#type: &'static str, help_text: &'static str) -> Self {
        let (blank, nullable, readonly, unique) = (false, false, false, false);
        Self { name, blank, default: NO_DEFAULT, help_text, nullable, readonly, related_type: None, r#type, unique }
    }

    const fn to_one(name: &'static str, help_text: &'static str) -> Self {
        Self { related_type: Some("to_one"), ..Self::new(name, "related", help_text) }
    }

    const fn blank(self) -> Self {
        Self { blank: true, ..self }
    }

    const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    const fn readonly(self) -> Self {
        Self { readonly: true, ..self }
    }

    const fn unique(self) -> Self {
        Self { unique: true, ..self }
    }

    const fn default_empty(self) -> Self {
        Self { default: "", ..self }
    }
}

/// A resource of this API.
#[derive(Serialize)]
pub(super) struct Resource {
    /// The name, which is also the path.
    #[serde(skip)]
    pub(super) name: &'static str,
    #[serde(rename = "allowed_detail_http_methods")]
    detail: &'static [&'static str],
    #[serde(rename = "allowed_list_http_methods")]
    list: &'static [&'static str],
    default_format: &'static str,
    default_limit: i64,
    #[serde(serialize_with = "by_name")]
    fields: &'static [Field],
    #[serde(serialize_with = "as_map", skip_serializing_if = "is_empty")]
    filtering: &'static [Lookups],
    #[serde(skip_serializing_if = "is_empty")]
    ordering: &'static [&'static str],
    /// Members of responses that the original schema lacks.
    #[serde(skip)]
    beside: &'static [&'static str],
}

/// A field with its allowed filters.
type Lookups = (&'static str, &'static [&'static str]);

const RESOURCE: Resource = Resource {
    name: "",
    detail: &[],
    list: &["get"],
    default_format: "application/json",
    default_limit: DEFAULT_LIMIT,
    fields: &[],
    filtering: &[],
    ordering: &[],
    beside: &[],
};

fn by_name<S: Serializer>(fields: &&[Field], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(fields.iter().map(|field| (field.name, field)))
}

fn as_map<S: Serializer>(filtering: &&[Lookups], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(filtering.iter().copied())
}

fn is_empty<T>(list: &&[T]) -> bool {
    list.is_empty()
}

impl Resource {
    /// Whether there is such a field, or a filter with its name.
    pub(super) fn has_field(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name) || self.filter(name).is_some() || self.beside.contains(&name)
    }

    /// A field with its allowed filters.
    pub(super) fn filter(&self, field: &str) -> Option<Lookups> {
        self.filtering.iter().find(|(name, _)| *name == field).copied()
    }

    /// A field that lists can be ordered by.
    pub(super) fn ordering(&self, field: &str) -> Option<&'static str> {
        self.ordering.iter().find(|name| **name == field).copied()
    }
}

const URI: Field = Field::new("resource_uri", "string", TEXT_HELP).readonly();
const EMAIL: Field =
    Field::new("email", "string", "Cannot change without an email confirmation loop").blank().readonly().unique();
const FIRST_NAME: Field = Field::new("first_name", "string", TEXT_HELP).blank().default_empty();
const LAST_NAME: Field = Field::new("last_name", "string", TEXT_HELP).blank().default_empty();
const USER_ID: Field =
    Field::new("id", "integer", "The primary key for this resource. Integer data. Ex: 2673").readonly().unique();
const PROFILE: Field = Field::to_one("profile", "Always null here.").blank().nullable().readonly();
const USERNAME: Field = Field::new("username", "string", "What they sign in with.").blank().readonly().unique();
const USER_ORDERING: &[&str] = &["id", "username", "email"];

/// People.
pub(super) const USER: Resource = Resource {
    name: "user",
    detail: &["get", "put", "patch"],
    fields: &[EMAIL, FIRST_NAME, USER_ID, LAST_NAME, PROFILE, URI, USERNAME],
    filtering: &[
        ("email", &["exact", "in", "startswith"]),
        ("id", &["exact", "in", "gt", "gte", "lt", "lte", "range"]),
        ("search", &["exact"]),
        ("username", &["exact", "in", "startswith"]),
    ],
    ordering: USER_ORDERING,
    ..RESOURCE
};

/// The caller.
pub(super) const ACCOUNT: Resource = Resource {
    name: "account",
    fields: &[
        EMAIL,
        FIRST_NAME,
        USER_ID,
        Field::new("is_staff", "boolean", "Whether they may keep watch and purge."),
        LAST_NAME,
        PROFILE,
        URI,
        USERNAME,
    ],
    ordering: USER_ORDERING,
    ..RESOURCE
};

/// What access is requested to.
pub(super) const BUNDLE: Resource = Resource {
    name: "bundle",
    detail: &["get"],
    fields: &[
        Field::new("id", "integer", "The primary key for this resource. Integer data. Ex: 2673").blank().default_empty().unique(),
        Field::new("name", "string", TEXT_HELP).unique(),
        URI,
    ],
    ..RESOURCE
};

const BUNDLE_FIELD: Field = Field::to_one("bundle", "A bundle. May be specified by URI or ID. Using a URI is recommended.");
const USER_ALLOWED: Field = Field::to_one("user_allowed", USER_HELP);
const USER_TARGET: Field = Field::to_one("user_target", USER_HELP);

/// Existing access.
pub(super) const BUNDLE_PERMISSION: Resource = Resource {
    name: "bundle_permission",
    list: &["post", "get"],
    detail: &["get", "delete"],
    fields: &[BUNDLE_FIELD, Field::new("name", "string", TEXT_HELP).blank().nullable(), URI, USER_ALLOWED, USER_TARGET],
    filtering: &[("bundle", &["exact", "in"]), ("user_allowed", &["exact", "in"]), ("user_target", &["exact", "in"])],
    ..RESOURCE
};

/// A request for access.
pub(super) const BUNDLE_PERMISSION_REQUEST: Resource = Resource {
    name: "bundle_permission_request",
    list: &["get", "post"],
    detail: &["get", "put", "delete"],
    fields: &[
        BUNDLE_FIELD,
        Field::new("redeem_url", "string", "Where the link in the email leads; null: our own page.").blank().nullable(),
        URI,
        Field::new("ttl", "integer", "Seconds within which it may be decided. Integer data. Ex: 86400").blank().nullable(),
        USER_ALLOWED,
        USER_TARGET,
    ],
    filtering: &[
        ("bundle", &["exact", "in"]),
        ("state", &["exact", "in"]),
        ("updated_since", &["exact"]),
        ("user_target", &["exact", "in"]),
    ],
    ordering: &["id", "created_at", "expires_at"],
    beside: &[
        "id",
        "level",
        "message",
        "until",
        "resources",
        "state",
        "mail_state",
        "created_at",
        "expires_at",
        "url",
        "decision",
        "grant",
    ],
    ..RESOURCE
};

/// All resources, in the order of the map.
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

/// The list and the schema of each resource. Needs no authentication.
#[utoipa::path(
    get, path = "/api/", security(()),
    responses((status = 200, description = "The names, each with list_endpoint and schema", body = serde_json::Value))
)]
pub(super) async fn map(config: web::Data<Config>) -> HttpResponse {
    HttpResponse::Ok().json(Map(Base::new(config.into_inner())))
}

/// The methods, fields, filters and order of a resource.
#[utoipa::path(
    get, path = "/api/{resource}/schema/",
    params(("resource" = String, Path, example = "bundle")),
    responses((status = 200, body = serde_json::Value), (status = 404, description = "No such resource"), Denied)
)]
pub(super) async fn schema(_: Call, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    let resource = ALL.iter().find(|resource| resource.name == name.as_str()).ok_or_else(Problem::nothing_here)?;
    Ok(HttpResponse::Ok().json(resource))
}
