//! Blocked people and apps, with a form to unblock each.

use actix_web::http::StatusCode;
use askama::Template;

use super::view::Said;
use crate::pages::context::RequestContext;
use crate::pages::error::{Outcome, page};
use crate::pages::format::Person;
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;
use crate::workflow::blocks::{self, Named};

struct Entry {
    /// In full, and by name only.
    in_full: String,
    name: String,
    since: String,
    /// The form's value: a person or an app.
    whom: &'static str,
    id: i64,
}

#[derive(Template)]
#[template(path = "pages/blocked.html")]
struct Blocked<'a> {
    frame: &'a Frame,
    said: Option<Said>,
    entries: Vec<Entry>,
}

pub(super) async fn show(visit: RequestContext, fields: Fields) -> Outcome {
    let caller = &visit.signed_or_to("/inbox/blocked")?.caller;
    let blocks = visit.read(caller, blocks::list).await?;
    let frame = &visit.frame;
    let entry = |block: blocks::Block| {
        let since = frame.say("blocked-since").with("day", frame.reader.day(block.at)).to_string();
        match block.whom {
            Named::Person(user) => {
                let person = Person::from(&user);
                Entry { in_full: person.in_full(), name: person.name, since, whom: "person", id: user.id.0 }
            }
            Named::App(id, name) => {
                let name = frame.reader.name(&name);
                Entry { in_full: name.clone(), name, since, whom: "app", id: id.0 }
            }
        }
    };
    let entries = blocks.into_iter().map(entry).collect();
    page(StatusCode::OK, &Blocked { frame, said: Said::read(frame, &fields), entries })
}
