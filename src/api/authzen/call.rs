//! One call: the body is read, and who asks is found out in the transaction that answers.

use std::net::IpAddr;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::problem::{Failure, Problem};
use crate::auth::{Authenticator, Question};
use crate::config::Config;
use crate::domain::Caller;
use crate::http::authorization;
use crate::http::body::{self, media_type};
use crate::http::json::{self, Object};
use crate::http::rate_limit::Rates;
use crate::store::{Store, Tx};
use crate::workflow::WorkflowError;

/// A call, with the instance at hand.
pub(super) struct Call {
    request: HttpRequest,
    house: House,
}

/// What every handler is given.
pub(super) type House = (Data<Config>, Data<Authenticator>, Data<Store>);

impl Call {
    pub(super) fn new(request: HttpRequest, house: House) -> Self {
        Self { request, house }
    }

    /// The settings.
    pub(super) fn config(&self) -> &Config {
        &self.house.0
    }

    /// The object in the body, as `read` has it. Who is not known learns nothing of what is wrong with it.
    pub(super) async fn body<T>(&self, payload: Payload, read: impl FnOnce(&Object) -> Result<T, String>) -> Result<T, Problem> {
        match self.object(payload).await.and_then(|object| read(&object).map_err(Problem::bad)) {
            Ok(asked) => Ok(asked),
            Err(problem) => {
                self.read(|_, _| Ok(())).await?;
                Err(problem)
            }
        }
    }

    async fn object(&self, payload: Payload) -> Result<Object, Problem> {
        let bytes = body::read(&self.request, payload, self.config().limits.body_bytes).await?;
        match media_type(&self.request) {
            Some(given) if given == "application/json" => json::object(&bytes).map_err(Problem::bad),
            Some(given) => Err(Problem::bad(format_args!("Content-Type: {given} is not read; send application/json"))),
            None => Err(Problem::bad("Content-Type: it is missing; send application/json")),
        }
    }

    /// Answers a question of the caller's.
    pub(super) async fn ask<Q: Question<Error = Failure>>(&self, question: Q) -> Result<Q::Output, Problem> {
        let header = authorization::of(&self.request).map_err(Problem::bad)?;
        let (_, authenticator, store) = &self.house;
        let answer = authenticator.ask(header, self.peer(), question).await;
        answer.map_err(|failure| Problem::of(failure, store.clock().now()))
    }

    fn peer(&self) -> Option<IpAddr> {
        self.request.app_data::<Data<Rates>>().map(|rates| rates.peer_of(&self.request))
    }

    /// Runs `f` for the caller, on one snapshot.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx<'_>, &Caller) -> Result<T, WorkflowError> + Send + Sync + 'static,
    ) -> Result<T, Problem> {
        let header = authorization::of(&self.request).map_err(Problem::bad)?;
        let (_, authenticator, store) = &self.house;
        let read = authenticator.read(header, self.peer(), move |tx, caller| Ok::<_, Failure>(f(tx, caller)?)).await;
        read.map_err(|failure| Problem::of(failure, store.clock().now()))
    }
}

/// An answer that is text already.
pub(super) fn json(text: impl actix_web::body::MessageBody + 'static) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(text)
}
