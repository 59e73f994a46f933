//! Questions that wait at the same moment, read in one statement for all of them: PostgreSQL's (`store/ahead.rs`).

use std::collections::HashMap;

use diesel::pg::sql_types::Array;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::sql::OnResources;
use super::{Found, Holder, Look};
use crate::domain::{Address, Name, ResourceId, UserId};
use crate::store::StoreError;
use crate::store::sql::raw::{RawQuery, Statement};

/// Whether somebody holds something: each by a name that only those have who are here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub whom: Whom,
    /// What, by its URI.
    pub uri: String,
}

/// A person by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Whom {
    /// By address.
    Address(Address),
    /// By the name they sign in with.
    Username(Name),
}

/// What is known of some questions before anybody asks them. A name without a value is nobody's; no name says nothing.
#[derive(Default)]
pub(in crate::store) struct Answers {
    people: HashMap<Whom, Option<UserId>>,
    resources: HashMap<String, Option<ResourceId>>,
    held: HashMap<(UserId, ResourceId), Found>,
}

impl Answers {
    /// Who that is.
    pub(super) fn person(&self, whom: &Whom) -> Option<&Option<UserId>> {
        self.people.get(whom)
    }

    /// What that is.
    pub(super) fn resource(&self, uri: &str) -> Option<&Option<ResourceId>> {
        self.resources.get(uri)
    }

    /// What there is between the two.
    pub(super) fn found(&self, user: UserId, on: ResourceId) -> Option<&Found> {
        self.held.get(&(user, on))
    }

    /// Reads them, in one statement for all.
    pub(in crate::store) fn read(conn: &mut PgConnection, now: i64, asked: &[&Asked]) -> Result<Self, StoreError> {
        type Row = (i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<String>, Option<String>, Option<i32>);
        let mut answers = Self::default();
        if asked.is_empty() {
            return Ok(answers);
        }
        let part = |of: fn(&Asked) -> Option<&str>| asked.iter().map(|asked| of(asked)).collect::<Vec<_>>();
        let query = sql_query(OnResources::TEXT)
            .bind::<Array<Nullable<Text>>, _>(part(|asked| match &asked.whom {
                Whom::Address(address) => Some(address.as_str()),
                Whom::Username(_) => None,
            }))
            .bind::<Array<Nullable<Text>>, _>(part(|asked| match &asked.whom {
                Whom::Username(name) => Some(name.written()),
                Whom::Address(_) => None,
            }))
            .bind::<Array<Nullable<Text>>, _>(part(|asked| Some(&asked.uri)))
            .bind::<Array<Nullable<Text>>, _>(part(|asked| match &asked.whom {
                Whom::Username(name) => Some(name.key()),
                Whom::Address(_) => None,
            }))
            .bind::<BigInt, _>(now);
        let rows: Vec<Row> = Statement::<OnResources, _>::of(query).load(conn)?;
        let mut founds: Vec<(Option<UserId>, Option<ResourceId>, Found)> = Vec::new();
        founds.resize_with(asked.len(), Default::default);
        for (place, who, what, id, parent, kind, level, reshare) in rows {
            let Some(found) = usize::try_from(place - 1).ok().and_then(|place| founds.get_mut(place)) else { continue };
            (found.0, found.1) = (who.map(UserId), what.map(ResourceId));
            if let (Some(who), Some(_)) = (who, what) {
                found.2.take(Holder::User(UserId(who)), (id, parent, kind, level, reshare), Look::Whole)?;
            }
        }
        for (asked, (who, what, found)) in asked.iter().zip(founds) {
            answers.people.insert(asked.whom.clone(), who);
            answers.resources.insert(asked.uri.clone(), what);
            if let (Some(who), Some(what)) = (who, what) {
                answers.held.insert((who, what), found);
            }
        }
        Ok(answers)
    }
}
