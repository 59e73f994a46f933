//! Requests as a table, for every admin page that lists some.

use super::format::{bundle, mail_state, moment, person, request_state};
use super::view::{Cell, Table};
use crate::pages::layout::Frame;
use crate::workflow::requests::view::RequestView;

pub(super) fn table(frame: &Frame, requests: &[RequestView]) -> Table {
    const HEAD: [&str; 7] =
        ["admin-number", "admin-for-whom", "admin-decides", "admin-what", "admin-state", "admin-asked-at", "admin-ends-at"];
    let row = |view: &RequestView| {
        let request = &view.request;
        let until = request.decision.as_ref().map_or(request.expires_at, |decision| decision.at);
        vec![
            Cell::of(format!("#{}", request.id)).to(frame.to(&format!("/admin/requests/{}", request.id))),
            person(frame, &view.allowed),
            person(frame, &view.target),
            bundle(frame, &view.bundle).note(frame.reader.level_label(view.level)),
            Cell::state(request_state(frame, request)).note(mail_state(frame, request)),
            Cell::of(moment(frame, request.created_at)),
            Cell::of(moment(frame, until)),
        ]
    };
    Table::new(frame, "admin-requests", &HEAD, requests.iter().map(row).collect())
}
