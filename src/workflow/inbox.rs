//! A person's four lists: requests received and made, access given and held. Each is read in pages, by indexes that begin with
//! the person.

use chrono::{DateTime, Utc};

use super::requests::resend;
use super::requests::view::{self, RequestView};
use super::shares::{self, Listing, Share, Whose};
use super::{WorkflowError, blocks};
use crate::domain::filter::{Bound, TimeOf};
use crate::domain::{Caller, Filter, Page, RequestState, Slice, Sort, UserId};
use crate::store::blocks::Blocked;
use crate::store::cooldowns;
use crate::store::requests::{self, Side};
use crate::store::{self, Tx};

/// Requests of a large page that are read at once.
const TOGETHER: i64 = 64;

/// Selects by state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Pending requests; current and future access.
    Open,
    /// The rest.
    Ended,
    /// All.
    All,
}

/// A page of a list, newest first.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// The page.
    pub items: Vec<T>,
    /// Whether there are older ones.
    pub has_more: bool,
}

/// A request that the person decides.
#[derive(Clone, Debug)]
pub struct Received {
    /// The request.
    pub view: RequestView,
    /// Whether the person blocked the requester, and the app.
    pub blocked: (bool, bool),
}

/// A request of the person, with the possible next steps.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The request.
    pub view: RequestView,
    /// The time from which the email can be resent; none if it cannot.
    pub resend_from: Option<DateTime<Utc>>,
    /// The time from which an equal request is possible after a decline.
    pub again_from: Option<DateTime<Utc>>,
}

fn person(caller: &Caller) -> Result<UserId, WorkflowError> {
    caller.user.filter(|_| caller.is_in_person()).ok_or(WorkflowError::Unauthenticated)
}

/// The requests that the caller decides.
pub fn asked_of(tx: &mut Tx<'_>, caller: &Caller, standing: Standing, page: Page) -> Result<Listed<Received>, WorkflowError> {
    let me = person(caller)?;
    let Listed { items, has_more } = on_sides(tx, caller, &[Side::Decides(me)], standing, page)?;
    let blocks: Vec<Blocked> = store::blocks::list(tx, me)?.into_iter().map(|(blocked, _)| blocked).collect();
    let received = |view: RequestView| Received { blocked: blocks::among(&blocks, &view.request), view };
    Ok(Listed { items: items.into_iter().map(received).collect(), has_more })
}

/// The newest request that awaits the caller's decision, with their number: what is offered after a decision.
pub fn next_waiting(tx: &mut Tx<'_>, caller: &Caller) -> Result<Option<(RequestView, i64)>, WorkflowError> {
    let me = person(caller)?;
    let newest = requests::of_side(tx, Side::Decides(me), is_open(Standing::Open), None, 1)?;
    let Some(view) = view::load_all(tx, caller, newest)?.pop() else { return Ok(None) };
    Ok(Some((view, requests::count_waiting(tx, me)?)))
}

/// Counts the requests that await the caller's decision.
pub fn waiting(tx: &mut Tx<'_>, caller: &Caller) -> Result<i64, WorkflowError> {
    let me = person(caller)?;
    Ok(requests::count_waiting(tx, me)?)
}

/// The requests and offers of the caller.
pub fn asked_by(tx: &mut Tx<'_>, caller: &Caller, standing: Standing, page: Page) -> Result<Listed<Asked>, WorkflowError> {
    let me = person(caller)?;
    let Listed { items, has_more } = on_sides(tx, caller, &[Side::Gains(me), Side::Filed(me)], standing, page)?;
    let mut asked = Vec::with_capacity(items.len());
    for view in items {
        let request = &view.request;
        let resend_from = (request.letters <= resend::RESENDS).then_some(request.last_letter_at + resend::RESEND_PAUSE);
        let again_from = if request.state == RequestState::Declined {
            let key = requests::items_key(&requests::items(tx, request.id)?);
            cooldowns::find(tx, request.target, request.allowed, &key)?
        } else {
            None
        };
        asked.push(Asked { view, resend_from, again_from });
    }
    Ok(Listed { items: asked, has_more })
}

/// The caller's requests in these roles. A large page is read in pieces, and ends early at [`shares::LIST_BYTES`].
fn on_sides(
    tx: &mut Tx<'_>,
    caller: &Caller,
    sides: &[Side],
    standing: Standing,
    page: Page,
) -> Result<Listed<RequestView>, WorkflowError> {
    let (mut items, mut bytes) = (Vec::new(), 0);
    let (mut before, mut left, mut offset) = (None, page.limit, page.offset);
    loop {
        let part = Page { limit: left.min(TOGETHER), offset };
        let mut found = Vec::new();
        for side in sides {
            found.extend(requests::of_side(tx, *side, is_open(standing), before, part.offset + part.limit + 1)?);
        }
        found.sort_unstable_by_key(|request| std::cmp::Reverse(request.id));
        let Listed { items: newest, has_more } = cut(found, part);
        before = newest.last().map(|request| request.id);
        for view in view::load_all(tx, caller, newest)? {
            bytes += size(&view);
            if bytes > shares::LIST_BYTES && !items.is_empty() {
                return Ok(Listed { items, has_more: true });
            }
            items.push(view);
        }
        (left, offset) = (left - part.limit, 0);
        if !has_more || left <= 0 {
            return Ok(Listed { items, has_more });
        }
    }
}

/// The size of a request's unbounded fields.
fn size(view: &RequestView) -> usize {
    let request = &view.request;
    let given = view.given.iter().flat_map(|given| &given.resources);
    let uris: usize = request.resources.iter().chain(given).map(String::len).sum();
    uris + [request.message.as_deref(), request.words()].into_iter().flatten().map(str::len).sum::<usize>()
}

/// Access given by the caller, and by others to the caller's data.
pub fn given(tx: &mut Tx<'_>, caller: &Caller, standing: Standing, page: Page) -> Result<Listed<Share>, WorkflowError> {
    let me = person(caller)?;
    // Excludes access reshared to the caller, which is in the other list, but includes grants to the caller's own groups.
    let held = held_by(tx, me)?;
    shares(tx, caller, Filter::Not(Box::new(held)), standing, page)
}

/// The current and future access that one person has to the caller's data in their own name.
pub fn given_to(tx: &mut Tx<'_>, caller: &Caller, whom: UserId, page: Page) -> Result<Listed<Share>, WorkflowError> {
    let held = held_by(tx, person(caller)?)?;
    let theirs = Filter::All(vec![Filter::Not(Box::new(held)), Filter::Grantees(vec![whom.into()])]);
    shares(tx, caller, theirs, Standing::Open, page)
}

/// Access that the caller got from others, also through a group.
pub fn held(tx: &mut Tx<'_>, caller: &Caller, standing: Standing, page: Page) -> Result<Listed<Share>, WorkflowError> {
    let me = person(caller)?;
    let held = held_by(tx, me)?;
    shares(tx, caller, held, standing, page)
}

fn held_by(tx: &mut Tx<'_>, me: UserId) -> Result<Filter, WorkflowError> {
    let reached = store::users::principals_of(tx, me)?;
    Ok(Filter::All(vec![Filter::Not(Box::new(Filter::Grantors(vec![me]))), Filter::Grantees(reached)]))
}

fn shares(
    tx: &mut Tx<'_>,
    caller: &Caller,
    which: Filter,
    standing: Standing,
    page: Page,
) -> Result<Listed<Share>, WorkflowError> {
    let now = tx.now();
    // Access that is disabled or starts later counts as open.
    let is_over = Filter::Any(vec![Filter::Revoked, Filter::Time(TimeOf::Ends, Bound::Until, now)]);
    let filter = match standing {
        Standing::All => which,
        Standing::Open => Filter::All(vec![which, Filter::Not(Box::new(is_over))]),
        Standing::Ended => Filter::All(vec![which, is_over]),
    };
    let listing = Listing { whose: Whose::Own, filter, sort: Sort::Id, is_descending: true };
    let one_more = Page { limit: page.limit + 1, offset: page.offset };
    let Slice { mut items, total } = shares::list(tx, caller, &listing, one_more)?;
    items.truncate(usize::try_from(page.limit).unwrap_or_default());
    // A large page is shorter than its limit.
    let end = page.offset.saturating_add(i64::try_from(items.len()).unwrap_or(i64::MAX));
    let has_more = end < total;
    Ok(Listed { items, has_more })
}

const fn is_open(standing: Standing) -> Option<bool> {
    match standing {
        Standing::Open => Some(true),
        Standing::Ended => Some(false),
        Standing::All => None,
    }
}

/// Cuts a page from a list that was read from its start.
fn cut<T>(found: Vec<T>, page: Page) -> Listed<T> {
    let end = usize::try_from(page.offset + page.limit).unwrap_or(usize::MAX);
    let has_more = found.len() > end;
    let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let most = usize::try_from(page.limit).unwrap_or_default();
    Listed { items: found.into_iter().skip(offset).take(most).collect(), has_more }
}
