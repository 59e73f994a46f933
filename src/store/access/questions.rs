//! Access questions by name, for existing people and resources: the most frequent call of apps.

use diesel::pg::sql_types::Array;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::sql::OnResources;
use super::{Access, EffectiveGrant, Found, Search, Subject, on_resource, resource_by_uri, user_by};
use crate::domain::{Address, Name, ResourceId, UserId};
use crate::store::sql::raw::{RawQuery, Statement};
use crate::store::{Conn, StoreError, Tx};

/// One access question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The person.
    pub whom: Whom,
    /// The resource's URI.
    pub uri: String,
}

/// A person by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Whom {
    Address(Address),
    Username(Name),
}

impl Whom {
    fn address(&self) -> Option<&str> {
        if let Self::Address(address) = self { Some(address.as_str()) } else { None }
    }

    fn username(&self) -> Option<&Name> {
        if let Self::Username(name) = self { Some(name) } else { None }
    }
}

/// The person and the resource, if they exist, and the access of one to the other.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The person.
    pub who: Option<UserId>,
    pub what: Option<ResourceId>,
    pub access: Access,
}

/// Answers several questions, in their order. PostgreSQL answers all of them in one statement. SQLite stops at the first grant
/// that is sufficient by itself for its question.
pub fn answers(
    tx: &mut Tx<'_>,
    asked: &[&Asked],
    is_enough: &dyn Fn(usize, &EffectiveGrant) -> bool,
) -> Result<Vec<Answer>, StoreError> {
    let now = tx.micros();
    if let Conn::Postgres(conn) = tx.conn() {
        return answer_together(conn, now, asked);
    }
    let mut answers = Vec::with_capacity(asked.len());
    for (place, asked) in asked.iter().enumerate() {
        let (who, what) = (user_by(tx, &asked.whom)?, resource_by_uri(tx, &asked.uri)?);
        let access = match (who, what) {
            (Some(who), Some(what)) => {
                on_resource(tx, Subject::User(who), what, Search::UntilEnough(&|held| is_enough(place, held)))?
            }
            _ => Access::default(),
        };
        answers.push(Answer { who, what, access });
    }
    Ok(answers)
}

fn answer_together(conn: &mut PgConnection, now: i64, asked: &[&Asked]) -> Result<Vec<Answer>, StoreError> {
    type Row = (i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<String>, Option<String>, Option<i32>);
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let part = |of: fn(&Asked) -> Option<&str>| asked.iter().map(|asked| of(asked)).collect::<Vec<_>>();
    let query = sql_query(OnResources::TEXT)
        .bind::<Array<Nullable<Text>>, _>(part(|asked| asked.whom.address()))
        .bind::<Array<Nullable<Text>>, _>(part(|asked| asked.whom.username().map(Name::written)))
        .bind::<Array<Nullable<Text>>, _>(part(|asked| Some(&asked.uri)))
        .bind::<Array<Nullable<Text>>, _>(part(|asked| asked.whom.username().map(Name::key)))
        .bind::<BigInt, _>(now);
    let rows: Vec<Row> = Statement::<OnResources, _>::of(query).load(conn)?;
    let mut founds: Vec<(Option<UserId>, Option<ResourceId>, Found)> = Vec::new();
    founds.resize_with(asked.len(), Default::default);
    for (place, who, what, id, parent, kind, level, reshare) in rows {
        let Some(found) = usize::try_from(place - 1).ok().and_then(|place| founds.get_mut(place)) else { continue };
        (found.0, found.1) = (who.map(UserId), what.map(ResourceId));
        if let (Some(who), Some(_)) = (who, what) {
            found.2.take(Subject::User(UserId(who)), (id, parent, kind, level, reshare), Search::All)?;
        }
    }
    let answer = |(who, what, found): (Option<UserId>, Option<ResourceId>, Found)| {
        let access = who.map(|who| found.access(Subject::User(who))).unwrap_or_default();
        Answer { who, what, access }
    };
    Ok(founds.into_iter().map(answer).collect())
}
