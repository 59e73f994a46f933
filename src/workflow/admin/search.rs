//! The search of the admin pages: by number, address, SAS id, link, or prefix of a name.

use super::lists::{Addressed, addressed};
use crate::domain::address::pasted_address;
use crate::domain::{Bundle, BundleId, Caller, EmailId, GrantId, RequestId, User, UserId};
use crate::store::admin::search;
use crate::store::{self, Tx, grants, outbox, requests};
use crate::workflow::requests::view::{self, RequestView};
use crate::workflow::shares::{self, Share};
use crate::workflow::{WorkflowError, authority};

/// The limit of results of each kind.
const MOST: i64 = 20;

/// The results.
#[derive(Clone, Debug, Default)]
pub struct Results {
    pub people: Vec<User>,
    pub bundles: Vec<Bundle>,
    pub grants: Vec<Share>,
    pub requests: Vec<RequestView>,
    /// Emails.
    pub emails: Vec<Addressed>,
}

impl Results {
    /// Whether there are no results.
    pub const fn is_empty(&self) -> bool {
        self.people.is_empty()
            && self.bundles.is_empty()
            && self.grants.is_empty()
            && self.requests.is_empty()
            && self.emails.is_empty()
    }
}

/// The number in a text, or at the end of a link of this instance.
fn number(text: &str) -> Option<i64> {
    let last = text.trim_start_matches('#').trim_end_matches('/').rsplit('/').next()?;
    last.parse().ok().filter(|id| *id > 0)
}

/// Searches for all kinds.
pub fn find(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<Results, WorkflowError> {
    authority::require_admin(caller)?;
    let mut found = Results::default();
    let text = pasted_address(text);
    if text.is_empty() {
        return Ok(found);
    }
    if let Some(id) = number(text) {
        found.people.extend(store::users::find_including_deleted(tx, UserId(id))?);
        found.bundles.extend(store::bundles::find_including_deleted(tx, BundleId(id))?);
        if let Some(grant) = grants::find(tx, GrantId(id))? {
            found.grants.push(shares::load(tx, caller, grant)?);
        }
        if let Some(request) = requests::find(tx, RequestId(id))? {
            found.requests.push(view::load(tx, caller, &request)?);
        }
        let email = outbox::find(tx, EmailId(id))?;
        found.emails = addressed(tx, email.into_iter().collect())?;
    }
    if let Some(grant) = grants::find_public(tx, &text.to_ascii_lowercase())? {
        found.grants.push(shares::load(tx, caller, grant)?);
    }
    for user in search::people(tx, text, MOST)? {
        if !found.people.iter().any(|other| other.id == user.id) {
            found.people.push(user);
        }
    }
    for bundle in search::bundles(tx, text, MOST)? {
        if !found.bundles.iter().any(|other| other.id == bundle.id) {
            found.bundles.push(bundle);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_a_link_too() {
        for (text, id) in [
            ("12", Some(12)),
            ("#12", Some(12)),
            ("/api/bundle_permission_request/12/", Some(12)),
            ("https://cs.example/admin/grants/7", Some(7)),
            ("0", None),
            ("-3", None),
            ("ann@example.org", None),
            ("", None),
        ] {
            assert_eq!(number(text), id, "{text}");
        }
    }
}
