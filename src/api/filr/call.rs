//! One call: who asks, with the instance at hand. Made first, so that nobody learns anything before they are known.

use std::future::Future;
use std::pin::Pin;

use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, dev};

use super::problem::Problem;
use crate::auth::{AuthError, Authenticator};
use crate::config::Config;
use crate::domain::Caller;
use crate::http::authorization;
use crate::http::rate_limit::Rates;
use crate::store::{Store, Tx};
use crate::workflow::WorkflowError;

/// A call by somebody who is known.
pub(super) struct Call {
    /// Who asks.
    pub(super) caller: Caller,
    /// The settings.
    pub(super) config: Data<Config>,
    store: Data<Store>,
}

/// A call by an admin: nobody else learns what there is below `/admin`.
pub(super) struct AdminCall(pub(super) Call);

impl FromRequest for Call {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Call::begin(&request).await })
    }
}

impl FromRequest for AdminCall {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let call = Call::begin(&request).await?;
            if call.caller.may_administer() { Ok(Self(call)) } else { Err(Problem::admins_only()) }
        })
    }
}

impl Call {
    async fn begin(request: &HttpRequest) -> Result<Self, Problem> {
        let (config, store): (Data<Config>, Data<Store>) = (of(request)?, of(request)?);
        let (rates, auth): (Data<Rates>, Data<Authenticator>) = (of(request)?, of(request)?);
        let header = authorization::of(request).map_err(Problem::bad)?;
        let caller = match header {
            Some(header) => auth.from_header(header, Some(rates.peer_of(request))).await,
            None => Err(AuthError::Missing),
        };
        let caller = caller.map_err(|error| Problem::unknown_caller(error, store.clock().now()))?;
        Ok(Self { caller, config, store })
    }

    /// Reads what `f` reads, on one snapshot.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Caller) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, Problem> {
        let caller = self.caller.clone();
        self.store.read(move |tx| f(tx, &caller)).await.map_err(|refusal| self.refuse(refusal))
    }

    /// Does what `f` does, whole or not at all.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        mut f: impl FnMut(&mut Tx<'_>, &Caller) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, Problem> {
        let caller = self.caller.clone();
        self.store.write(move |tx| f(tx, &caller)).await.map_err(|refusal| self.refuse(refusal))
    }

    fn refuse(&self, refusal: WorkflowError) -> Problem {
        Problem::refused(refusal, self.store.clock().now())
    }
}

fn of<T: ?Sized + 'static>(request: &HttpRequest) -> Result<Data<T>, Problem> {
    request.app_data::<Data<T>>().cloned().ok_or_else(Problem::mistake)
}
