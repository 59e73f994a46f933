//! The cookie with the language and time zone that somebody chose in this browser.

use super::format::Chosen;

/// Between the two: neither contains it.
const SEPARATOR: char = '.';

/// The chosen ones in a cookie, if we have them.
pub(super) fn read(cookie: &str) -> Option<Chosen> {
    let (locale, zone) = cookie.split_once(SEPARATOR)?;
    Chosen::read(locale, zone)
}

/// The cookie's value.
pub(super) fn written(chosen: &Chosen) -> String {
    format!("{}{SEPARATOR}{}", chosen.locale, chosen.zone.name())
}
