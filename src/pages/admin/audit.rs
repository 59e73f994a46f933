//! The audit, newest first, and its verification.

use super::context::AdminContext;
use super::view::{List, Way};
use super::{history, job_page};
use crate::pages::error::Outcome;
use crate::pages::forms::Fields;
use crate::store::admin::audit::Place;
use crate::workflow::admin::{job, lists};

const PATH: &str = "/admin/audit";
/// The most chains that a URL can name.
const CHAINS: usize = 64;

/// The position of a page in the URL: `0-120_1-118`.
fn place(fields: &Fields) -> Place {
    let text = fields.one("before").unwrap_or_default();
    let part = |part: &str| {
        let (chain, seq) = part.split_once('-')?;
        Some((chain.parse().ok()?, seq.parse().ok()?))
    };
    text.split('_').take(CHAINS).filter_map(part).collect()
}

fn written(place: &Place) -> String {
    let parts: Vec<String> = place.iter().map(|(chain, seq)| format!("{chain}-{seq}")).collect();
    parts.join("_")
}

pub(super) async fn show(admin: AdminContext, fields: Fields) -> Outcome {
    let before = place(&fields);
    let is_first = before.is_empty();
    let (entries, next) = admin.read(move |tx, caller| lists::audit(tx, caller, &before)).await?;
    let frame = admin.frame();
    List {
        ways: vec![Way::form(frame, "/admin/audit/verify", ["admin-verify", "admin-verify-what", "admin-verify-button"])],
        newest: (!is_first).then(|| frame.to(PATH)),
        older: next.map(|next| frame.to(&format!("{PATH}?before={}", written(&next)))),
        ..List::new(frame, "admin-audit", history::table(frame, &entries), PATH, None, None)
    }
    .answer()
}

pub(super) async fn verify(admin: AdminContext, _: Fields) -> Outcome {
    let read = admin.read(|tx, caller| {
        let task = job::verification(tx, caller)?;
        let total = job::count(tx, caller, &task)?;
        Ok((task, total))
    });
    let (task, total) = read.await?;
    job_page::start(admin, task, total).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_parses_to_itself_and_an_invalid_one_is_the_beginning() {
        let read = |text: &str| place(&Fields::parse(format!("before={text}").as_bytes()).unwrap());
        let there: Place = [(0, 120), (15, 3)].into();
        assert_eq!(written(&there), "0-120_15-3");
        assert_eq!(read("0-120_15-3"), there);
        for odd in ["", "x", "0", "0-", "-1", "0-x_y-1"] {
            assert_eq!(read(odd), Place::new(), "{odd}");
        }
    }
}
