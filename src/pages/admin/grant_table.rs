//! Grants as a table, for every admin page that lists some.

use super::format::{grantee, moment, person, standing, thing};
use super::view::{Cell, Table};
use crate::mail::emails::Giver;
use crate::pages::layout::Frame;
use crate::workflow::shares::Share;

pub(super) fn table(frame: &Frame, shares: &[Share]) -> Table {
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
