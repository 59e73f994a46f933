//! Reads calls.

use std::future::Future;
use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, dev};

use super::problem::{Filr, Problem};
use crate::http::call::{self, Calls};

pub(super) type Call = call::Call<Filr>;

/// A call by an administrator. For others nothing exists below `/admin`.
pub(super) struct AdminCall(pub(super) Call);

impl Calls for Filr {
    /// Calls of this API have no body.
    fn check_media_type(_: Option<&str>, _: &[u8]) -> Result<(), Problem> {
        Ok(())
    }
}

impl FromRequest for AdminCall {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let call = Call::from_request(request, payload);
        Box::pin(async move {
            let call = call.await?;
            let refusal = || Problem::forbidden("only admins, and keys of theirs with the scope `admin`, see this");
            if call.caller.may_administer() { Ok(Self(call)) } else { Err(refusal()) }
        })
    }
}
