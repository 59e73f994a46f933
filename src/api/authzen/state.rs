//! Reads calls: first the body, then the caller in the transaction that answers.

use actix_web::web::Payload;

use super::problem::{Authzen, Problem};
use crate::http::call::{AppState, Calls};
use crate::http::json::{self, Json};
use crate::http::json_body::{RequestBody, of_json};
use crate::http::problem::Api;

pub(super) type State = AppState<Authzen>;

impl Calls for Authzen {
    fn check_media_type(given: Option<&str>, _: &[u8]) -> Result<(), Problem> {
        match given {
            Some("application/json") => Ok(()),
            Some(given) => Err(Problem::bad(format_args!("Content-Type: {given} is not read; send application/json"))),
            None => Err(Problem::bad("Content-Type: it is missing; send application/json")),
        }
    }
}

impl AppState<Authzen> {
    /// Reads the body with `read`. An unauthenticated caller does not learn what is wrong with it.
    pub(super) async fn question<B: RequestBody, T>(
        &self,
        payload: Payload,
        read: impl FnOnce(B, &Json) -> Result<T, String>,
    ) -> Result<T, Problem> {
        let question = async {
            let json = Json::Object(json::object(&self.body(payload).await?)?);
            let body = of_json(&json).map_err(|error| Authzen::bad_member(&error))?;
            read(body, &json).map_err(Problem::bad)
        };
        match question.await {
            Ok(question) => Ok(question),
            Err(problem) => {
                self.read(|_, _| Ok(())).await?;
                Err(problem)
            }
        }
    }
}
