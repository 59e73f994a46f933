//! Who keeps watch: the one door to every page of the administrators.

use crate::domain::Caller;
use crate::pages::context::{Visit, Way, done, shown};
use crate::pages::error::{Outcome, Trouble};
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;
use crate::store::Tx;
use crate::workflow::Refusal;

/// An administrator's call.
#[derive(Clone)]
pub(in crate::pages) struct Keeper {
    pub(in crate::pages) visit: Visit,
    pub(in crate::pages) caller: Caller,
}

impl Keeper {
    /// What the page has around its own.
    pub(in crate::pages) const fn frame(&self) -> &Frame {
        &self.visit.frame
    }

    /// Reads for this administrator, on one snapshot.
    pub(in crate::pages) async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.visit.read(&self.caller, f).await
    }

    /// What a place in the path says, where it is an id.
    pub(in crate::pages) fn id(&self) -> Result<i64, Trouble> {
        let id = self.visit.request.match_info().get("id").and_then(|id| id.parse().ok());
        id.filter(|id| *id > 0).ok_or(Trouble::NotFound)
    }

    /// Lets an administrator in. Who is not signed in signs in first, and comes back to what they looked for; to anybody else
    /// there is nothing here.
    fn admit(visit: Visit) -> Result<Self, Box<Outcome>> {
        let Some(signed) = &visit.signed else {
            let wanted = if visit.frame.is_deed {
                "/admin"
            } else {
                visit.request.uri().path_and_query().map_or("/admin", |at| at.as_str())
            };
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", wanted).finish();
            return Err(Box::new(Ok(visit.frame.see(&format!("/sign-in?{query}")))));
        };
        if !signed.caller.may_administer() {
            return Err(Box::new(Err(Trouble::NotFound)));
        }
        Ok(Self { caller: signed.caller.clone(), visit })
    }
}

/// A route that only shows.
pub(in crate::pages) fn looked<F, Fut>(handler: F) -> Way
where
    F: Fn(Keeper, Fields) -> Fut + Clone + 'static,
    Fut: Future<Output = Outcome> + 'static,
{
    shown(move |visit, fields| admitted(visit, fields, handler.clone()))
}

/// A route that does something, from a form of ours.
pub(in crate::pages) fn acted<F, Fut>(handler: F) -> Way
where
    F: Fn(Keeper, Fields) -> Fut + Clone + 'static,
    Fut: Future<Output = Outcome> + 'static,
{
    done(move |visit, fields| admitted(visit, fields, handler.clone()))
}

async fn admitted<F, Fut>(visit: Visit, fields: Fields, handler: F) -> Outcome
where
    F: Fn(Keeper, Fields) -> Fut,
    Fut: Future<Output = Outcome>,
{
    match Keeper::admit(visit) {
        Ok(keeper) => handler(keeper, fields).await,
        Err(instead) => *instead,
    }
}
