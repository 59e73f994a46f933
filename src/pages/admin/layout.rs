//! The way through the administrators' pages, as each of them shows it.

use crate::pages::layout::Frame;

/// The rooms, in order: path and name. What is deeper comes behind what it is in.
const ROOMS: [(&str, &str); 10] = [
    ("/admin", "admin-overview"),
    ("/admin/requests", "admin-requests"),
    ("/admin/grants", "admin-grants"),
    ("/admin/users", "admin-users"),
    ("/admin/bundles", "admin-bundles"),
    ("/admin/letters/queue", "admin-queue"),
    ("/admin/letters", "admin-letters"),
    ("/admin/keys", "admin-keys"),
    ("/admin/audit", "admin-audit"),
    ("/admin/purge", "admin-purge"),
];

/// A link to a module.
pub(in crate::pages) struct Room {
    pub(in crate::pages) path: String,
    pub(in crate::pages) label: String,
    pub(in crate::pages) is_here: bool,
}

/// Every room, and in which of them the reader is: the deepest that the page is in.
pub(in crate::pages) fn rooms(frame: &Frame) -> Vec<Room> {
    // The first room is above all others, and they are not in it.
    let is_in = |path: &str| if path == "/admin" { frame.is(path) } else { frame.is_at(path) };
    let at = ROOMS.iter().filter(|(path, _)| is_in(path)).max_by_key(|(path, _)| path.len());
    let room = |(path, label): &(&'static str, &'static str)| Room {
        path: frame.to(path),
        label: frame.say(label).to_string(),
        is_here: at.is_some_and(|(here, _)| here == path),
    };
    ROOMS.iter().map(room).collect()
}
