//! Grants and requests as tables, for every admin page that lists some.

use super::format::{bundle, grantee, mail_state, moment, person, request_state, standing, thing};
use super::view::{Cell, Table};
use crate::mail::emails::Giver;
use crate::pages::layout::Frame;
use crate::workflow::requests::view::RequestView;
use crate::workflow::shares::Share;

pub(super) fn grants(frame: &Frame, shares: &[Share]) -> Table {
    const HEAD: [&str; 7] =
        ["admin-number", "admin-to-whom", "admin-given-by", "admin-what", "admin-state", "admin-since", "admin-until"];
    let row = |share: &Share| {
        let grant = &share.grant;
        let end = grant.revoked_at.or(grant.ends_at);
        vec![
            Cell::of(format!("#{}", grant.id)).to(frame.to(&format!("/admin/grants/{}", grant.id))),
            grantee(frame, share),
            person(frame, &share.grantor),
            thing(frame, share),
            Cell::state(standing(frame, share)),
            Cell::of(moment(frame, grant.starts_at)),
            Cell::of(end.map_or_else(|| frame.reader.how_long(None, Giver::None), |end| moment(frame, end))),
        ]
    };
    Table::new(frame, "admin-grants", &HEAD, shares.iter().map(row).collect())
}

pub(super) fn requests(frame: &Frame, requests: &[RequestView]) -> Table {
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
