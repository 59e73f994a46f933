//! The administrator's context: the only access to the administrators' pages, and their navigation.

use crate::domain::Caller;
use crate::pages::context::{RequestContext, Way, done, shown};
use crate::pages::error::{Outcome, PageError};
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;
use crate::store::Tx;
use crate::workflow::WorkflowError;

/// A request by an administrator.
#[derive(Clone)]
pub(in crate::pages) struct AdminContext {
    pub(in crate::pages) visit: RequestContext,
    pub(in crate::pages) caller: Caller,
}

impl AdminContext {
    /// The page's frame.
    pub(in crate::pages) const fn frame(&self) -> &Frame {
        &self.visit.frame
    }

    /// Reads for this administrator, on one snapshot.
    pub(in crate::pages) async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Caller) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, WorkflowError> {
        self.visit.read(&self.caller, f).await
    }

    pub(in crate::pages) fn id(&self) -> Result<i64, PageError> {
        let id = self.visit.request.match_info().get("id").and_then(|id| id.parse().ok());
        id.filter(|id| *id > 0).ok_or(PageError::NotFound)
    }

    /// Admits an administrator. Somebody who is not signed in signs in first and returns to this page; for anybody else the
    /// page does not exist.
    fn admit(visit: RequestContext) -> Result<Self, Box<Outcome>> {
        let Some(signed) = &visit.signed else {
            let wanted = if visit.frame.is_action {
                "/admin"
            } else {
                visit.request.uri().path_and_query().map_or("/admin", |at| at.as_str())
            };
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", wanted).finish();
            return Err(Box::new(Ok(visit.frame.see(&format!("/sign-in?{query}")))));
        };
        if !signed.caller.may_administer() {
            return Err(Box::new(Err(PageError::NotFound)));
        }
        Ok(Self { caller: signed.caller.clone(), visit })
    }
}

/// A route that only shows a page.
pub(in crate::pages) fn looked<F, Fut>(handler: F) -> Way
where
    F: Fn(AdminContext, Fields) -> Fut + Clone + 'static,
    Fut: Future<Output = Outcome> + 'static,
{
    shown(move |visit, fields| admitted(visit, fields, handler.clone()))
}

/// A route that acts on a form of ours.
pub(in crate::pages) fn acted<F, Fut>(handler: F) -> Way
where
    F: Fn(AdminContext, Fields) -> Fut + Clone + 'static,
    Fut: Future<Output = Outcome> + 'static,
{
    done(move |visit, fields| admitted(visit, fields, handler.clone()))
}

async fn admitted<F, Fut>(visit: RequestContext, fields: Fields, handler: F) -> Outcome
where
    F: Fn(AdminContext, Fields) -> Fut,
    Fut: Future<Output = Outcome>,
{
    match AdminContext::admit(visit) {
        Ok(admin) => handler(admin, fields).await,
        Err(instead) => *instead,
    }
}

/// The sections, in order: path and name. A subsection comes after its section.
const SECTIONS: [(&str, &str); 10] = [
    ("/admin", "admin-overview"),
    ("/admin/requests", "admin-requests"),
    ("/admin/grants", "admin-grants"),
    ("/admin/users", "admin-users"),
    ("/admin/bundles", "admin-bundles"),
    ("/admin/emails/queue", "admin-queue"),
    ("/admin/emails", "admin-emails"),
    ("/admin/keys", "admin-keys"),
    ("/admin/audit", "admin-audit"),
    ("/admin/purge", "admin-purge"),
];

/// A link to a section.
pub(in crate::pages) struct Section {
    pub(in crate::pages) path: String,
    pub(in crate::pages) label: String,
    pub(in crate::pages) is_here: bool,
}

/// The sections, with the reader's present one marked: the deepest that the page is in.
pub(in crate::pages) fn sections(frame: &Frame) -> Vec<Section> {
    // The first section's path is a prefix of all others, which do not belong to it.
    let is_in = |path: &str| if path == "/admin" { frame.is(path) } else { frame.is_at(path) };
    let at = SECTIONS.iter().filter(|(path, _)| is_in(path)).max_by_key(|(path, _)| path.len());
    let section = |(path, label): &(&'static str, &'static str)| Section {
        path: frame.to(path),
        label: frame.say(label).to_string(),
        is_here: at.is_some_and(|(here, _)| here == path),
    };
    SECTIONS.iter().map(section).collect()
}
