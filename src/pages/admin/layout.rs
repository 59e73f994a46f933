//! The navigation of the administrators' pages.

use crate::pages::layout::Frame;

/// The sections, in order: path and name. A subsection comes after its section.
const SECTIONS: [(&str, &str); 10] = [
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
