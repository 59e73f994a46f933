//! The reference: the instance's promises in plain lists, without any of its own code. A history is small, so every search
//! starts from the beginning.
//!
//! Times are seconds since the history's beginning. Results are the words of [`super::world::word`].

use std::collections::{BTreeMap, BTreeSet};

/// One of the four people.
pub(crate) type Who = usize;

/// The owner of the first bundle; the second is a relationship without an owner.
pub(crate) const OWNER: Who = 0;
pub(crate) const PEOPLE: usize = 4;
/// The requested level of each bundle.
pub(crate) const LEVELS: [u8; 2] = [1, 0];
/// An owner's level.
const ALL: u8 = 2;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const LEASE: i64 = 120;
const RETRIES: [i64; 5] = [5, 30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    Approved,
    Declined,
    Withdrawn,
    Expired,
    Failed,
}

impl State {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Failed => "failed",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Never,
    At(i64),
    For(i64),
}

impl End {
    fn from(self, now: i64) -> Option<i64> {
        match self {
            Self::Never => None,
            Self::At(at) => Some(at),
            Self::For(length) => Some(now + length),
        }
    }

    /// Whether it is the same term of a request.
    fn is_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::At(one), Self::At(other)) | (Self::For(one), Self::For(other)) => (one - other).abs() < 60,
            _ => self == other,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) id: i64,
    pub(crate) is_offer: bool,
    pub(crate) initiator: Who,
    pub(crate) target: Who,
    pub(crate) allowed: Who,
    pub(crate) bundle: usize,
    level: u8,
    expires: i64,
    end: End,
    pub(crate) state: State,
    ended: i64,
    email_count: i32,
    last_email: i64,
    is_bounced: bool,
    pub(crate) is_purged: bool,
}

impl Request {
    fn requester(&self) -> Who {
        if self.is_offer { self.initiator } else { self.allowed }
    }

    fn involves(&self, who: Who) -> bool {
        [self.initiator, self.target, self.allowed].contains(&who)
    }

    fn state_at(&self, now: i64) -> State {
        match self.state {
            State::Pending if self.expires <= now && self.is_bounced => State::Failed,
            State::Pending if self.expires <= now => State::Expired,
            state => state,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) id: i64,
    pub(crate) request: Option<i64>,
    pub(crate) parent: Option<i64>,
    pub(crate) grantor: Who,
    pub(crate) owner: Who,
    pub(crate) grantee: Who,
    pub(crate) bundle: usize,
    pub(crate) level: u8,
    pub(crate) may_share: bool,
    pub(crate) starts: i64,
    pub(crate) ends: Option<i64>,
    pub(crate) is_revoked: bool,
}

impl Grant {
    fn is_live(&self, now: i64) -> bool {
        !self.is_revoked && self.ends.is_none_or(|end| now < end)
    }

    /// Live, and begun: the clock may be set back to before its beginning.
    fn is_in_effect(&self, now: i64) -> bool {
        self.is_live(now) && self.starts <= now
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) id: i64,
    pub(crate) text: String,
    request: usize,
    reader: Who,
    address: u32,
    epoch: u32,
    is_dead: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Post {
    Queued,
    Sent,
    Dead,
    Cancelled,
    /// Purged with its request.
    Gone,
}

/// An email about a request.
#[derive(Clone, Debug)]
pub(crate) struct Email {
    pub(crate) kind: &'static str,
    pub(crate) request: i64,
    pub(crate) generation: i32,
    pub(crate) post: Post,
    reader: Who,
    created: i64,
    /// Certainly due from the second on, and not before the first.
    due: (i64, i64),
    lease: Option<u64>,
    attempts: usize,
    ambiguous: i32,
}

impl Email {
    pub(crate) fn has_link(&self) -> bool {
        matches!(self.kind, "decide" | "invite")
    }
}

/// The mail server's reply to an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fortune {
    Delivered,
    Deferred,
    Refused,
    Ambiguous,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) now: i64,
    pub(crate) epoch: u32,
    pub(crate) addresses: [u32; PEOPLE],
    pub(crate) requests: Vec<Request>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) emails: Vec<Email>,
    /// The expected number of audit rows of each kind.
    pub(crate) audited: BTreeMap<&'static str, usize>,
    blocks: BTreeSet<(Who, Who)>,
    pauses: BTreeMap<(Who, Who, usize), (u32, i64)>,
    kept: BTreeMap<(Who, u8), (String, i64, i64)>,
}

/// The word of the error if it was refused.
type RequestView<T> = Result<T, &'static str>;

/// The content of a filing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asking {
    pub(crate) who: Who,
    pub(crate) target: Who,
    pub(crate) allowed: Who,
    pub(crate) bundle: usize,
    pub(crate) level: Option<u8>,
    pub(crate) ttl: i64,
    pub(crate) end: End,
}

/// The result of filing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filed {
    New,
    /// The pending one, or the earlier answer to the same key.
    Known(i64),
}

impl Model {
    pub(crate) fn in_epoch(epoch: u32) -> Self {
        Self { epoch, ..Self::default() }
    }

    fn note(&mut self, event: &'static str, times: usize) {
        *self.audited.entry(event).or_default() += times;
    }

    fn request(&self, id: i64) -> Option<usize> {
        self.requests.iter().position(|request| request.id == id && !request.is_purged)
    }

    pub(crate) fn grant(&self, id: i64) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.id == id)
    }

    fn write(&mut self, kind: &'static str, reader: Who, request: i64, generation: i32) {
        let (created, due) = (self.now, (self.now, self.now));
        let (post, lease) = (Post::Queued, None);
        self.emails.push(Email { kind, request, generation, post, reader, created, due, lease, attempts: 0, ambiguous: 0 });
    }

    fn cancel_links(&mut self, request: i64) {
        for email in &mut self.emails {
            if email.request == request && email.has_link() && email.post == Post::Queued {
                email.post = Post::Cancelled;
            }
        }
    }

    /// The level and the right to share on of a grant, limited by its parents.
    fn standing(&self, grant: &Grant) -> Option<(u8, bool)> {
        let (mut level, mut may_share, mut at) = (grant.level, grant.may_share, grant);
        loop {
            if !at.is_in_effect(self.now) {
                return None;
            }
            (level, may_share) = (level.min(at.level), may_share && at.may_share);
            match at.parent {
                Some(parent) => at = self.grant(parent)?,
                None => return Some((level, may_share)),
            }
        }
    }

    /// A person's level on the owner's bundle.
    pub(crate) fn level(&self, who: Who) -> Option<u8> {
        if who == OWNER {
            return Some(ALL);
        }
        let own = self.grants.iter().filter(|grant| grant.bundle == 0 && grant.grantee == who);
        own.filter_map(|grant| self.standing(grant)).map(|(level, _)| level).max()
    }

    /// Whether a person has any access to another's own data, under the relationship.
    pub(crate) fn related(&self, who: Who, on: Who) -> bool {
        let between = |grant: &&Grant| grant.bundle == 1 && grant.grantee == who && grant.owner == on;
        who == on || self.grants.iter().filter(between).any(|grant| grant.is_in_effect(self.now))
    }

    /// The basis of an offer of the owner's bundle: none inside if it is their own.
    fn authority(&self, initiator: Who, target: Who) -> RequestView<Option<i64>> {
        if target == OWNER {
            return Err("user_allowed");
        }
        if initiator == OWNER {
            return Ok(None);
        }
        let own = self.grants.iter().filter(|grant| grant.bundle == 0 && grant.grantee == initiator && grant.may_share);
        let strongest = own.filter(|grant| grant.is_live(self.now)).max_by_key(|grant| (grant.level, grant.id));
        let strongest = strongest.ok_or("forbidden")?;
        if initiator == target { Err("user_allowed") } else { Ok(Some(strongest.id)) }
    }

    /// As [`Model::file`], with an Idempotency-Key.
    pub(crate) fn file_once(&mut self, asking: &Asking, key: u8) -> RequestView<Filed> {
        let body = format!("{asking:?}");
        if let Some((before, id, at)) = self.kept.get(&(asking.who, key))
            && self.now < at + DAY
        {
            return if *before == body { Ok(Filed::Known(*id)) } else { Err("key reused") };
        }
        self.file(asking)
    }

    /// Stores the answer to a key.
    pub(crate) fn keep(&mut self, asking: &Asking, key: u8, id: i64) {
        let is_kept = self.kept.get(&(asking.who, key)).is_some_and(|(_, _, at)| self.now < at + DAY);
        if !is_kept {
            self.kept.insert((asking.who, key), (format!("{asking:?}"), id, self.now));
        }
    }

    /// The new request gets its id by [`Model::name`].
    pub(crate) fn file(&mut self, asking: &Asking) -> RequestView<Filed> {
        let Asking { who, target, allowed, bundle, ttl, end, .. } = *asking;
        if end.from(self.now).is_some_and(|end| end <= self.now) {
            return Err("until");
        }
        let is_offer = target == allowed;
        if !is_offer && allowed != who {
            return Err("forbidden");
        }
        let parent = match (is_offer, bundle) {
            (false, 0) if target != OWNER => return Err("bundle"),
            (true, 1) => return Err("user_target"),
            (true, _) => self.authority(who, target)?,
            (false, _) => None,
        };
        let level = asking.level.unwrap_or(LEVELS[bundle]);
        if parent.and_then(|id| self.grant(id)).is_some_and(|parent| parent.level < level) {
            return Err("forbidden");
        }
        let is_same = |r: &Request| r.state == State::Pending && (r.target, r.allowed, r.bundle) == (target, allowed, bundle);
        if let Some(same) = self.requests.iter().position(is_same) {
            if self.requests[same].state_at(self.now) == State::Pending {
                let same = &self.requests[same];
                let is_on_same_terms = same.level == level && same.end.is_same(end);
                return if is_on_same_terms { Ok(Filed::Known(same.id)) } else { Err("other terms") };
            }
            // A refusal below undoes this too; the caller works on a copy.
            self.expire(same);
        }
        if self.blocks.contains(&(target, allowed)) || self.blocks.contains(&(target, who)) {
            return Err("forbidden");
        }
        if self.pauses.get(&(target, allowed, bundle)).is_some_and(|(_, until)| self.now < *until) {
            return Err("too many");
        }
        self.requests.push(Request {
            id: 0,
            is_offer,
            initiator: who,
            target,
            allowed,
            bundle,
            level,
            expires: self.now + ttl,
            end,
            state: State::Pending,
            ended: 0,
            email_count: 1,
            last_email: self.now,
            is_bounced: false,
            is_purged: false,
        });
        self.write(if is_offer { "invite" } else { "decide" }, target, 0, 1);
        self.note("request.filed", 1);
        Ok(Filed::New)
    }

    /// The id that the instance assigned to the newest request.
    pub(crate) fn name(&mut self, id: i64) {
        for email in self.emails.iter_mut().filter(|email| email.request == 0) {
            email.request = id;
        }
        if let Some(newest) = self.requests.last_mut() {
            newest.id = id;
        }
    }

    fn expire(&mut self, at: usize) {
        let request = &mut self.requests[at];
        let (id, requester) = (request.id, request.requester());
        request.state = if request.is_bounced { State::Failed } else { State::Expired };
        request.ended = self.now;
        let is_notified = request.state == State::Expired;
        self.cancel_links(id);
        if is_notified {
            self.write("expired", requester, id, 1);
        }
        self.note("request.expired", 1);
    }

    pub(crate) fn expire_overdue(&mut self) -> usize {
        let is_over = |r: &Request| r.state == State::Pending && r.expires <= self.now;
        let over: Vec<usize> = (0..self.requests.len()).filter(|at| is_over(&self.requests[*at])).collect();
        for at in &over {
            self.expire(*at);
        }
        over.len()
    }

    fn open(&self, who: Who, text: &str) -> RequestView<usize> {
        let token = self.tokens.iter().find(|token| token.text == text && !token.is_dead).ok_or("not found")?;
        let request = &self.requests[token.request];
        if request.is_purged {
            return Err("not found");
        }
        let state = request.state_at(self.now);
        if who != token.reader {
            return Err(if state != State::Pending && who == request.initiator { state.word() } else { "forbidden" });
        }
        if !matches!(state, State::Pending | State::Declined) {
            return Err(state.word());
        }
        if token.address != self.addresses[who] {
            return Err("address_changed");
        }
        if token.epoch != self.epoch {
            return Err("restored");
        }
        if state == State::Pending { Ok(token.request) } else { Err(state.word()) }
    }

    pub(crate) fn check(&self, who: Who, text: &str) -> RequestView<i64> {
        self.open(who, text).map(|at| self.requests[at].id)
    }

    /// Returns the expected grant, without its id; with limits if a level is given.
    pub(crate) fn redeem(&mut self, who: Who, text: &str, level: Option<u8>) -> RequestView<Grant> {
        let at = self.open(who, text)?;
        self.approve_at(who, at, level)
    }

    pub(crate) fn approve(&mut self, who: Who, id: i64) -> RequestView<Grant> {
        let at = self.request(id).ok_or("not found")?;
        if !self.requests[at].involves(who) {
            return Err("not found");
        }
        self.approve_at(who, at, None)
    }

    fn approve_at(&mut self, who: Who, at: usize, narrow: Option<u8>) -> RequestView<Grant> {
        let request = self.requests[at].clone();
        if who != request.target {
            return Err("forbidden");
        }
        let (grantor, owner, parent) = if request.is_offer {
            let parent = self.authority(request.initiator, request.target).map_err(|_| "forbidden")?;
            (request.initiator, OWNER, parent)
        } else {
            (request.target, request.target, None)
        };
        let parent = parent.and_then(|id| self.grant(id)).cloned();
        if parent.as_ref().is_some_and(|parent| !parent.is_in_effect(self.now)) {
            return Err("forbidden");
        }
        let level = narrow.unwrap_or(request.level);
        if level > request.level {
            return Err("level");
        }
        if parent.as_ref().is_some_and(|parent| parent.level < level) {
            return Err("forbidden");
        }
        let asked_end = request.end.from(self.now);
        if asked_end.is_some_and(|end| end <= self.now) {
            return Err("until");
        }
        let is_open = matches!(request.state, State::Pending | State::Declined) && self.now < request.expires;
        if !is_open {
            return Err(request.state_at(self.now).word());
        }
        let ends = [asked_end, parent.as_ref().and_then(|parent| parent.ends)].into_iter().flatten().min();
        self.requests[at].state = State::Approved;
        self.requests[at].ended = self.now;
        // The newest approval counts.
        let is_older =
            |g: &&Grant| g.is_live(self.now) && (g.bundle, g.grantor, g.grantee) == (request.bundle, grantor, request.allowed);
        let older: Vec<i64> = self.grants.iter().filter(is_older).map(|grant| grant.id).collect();
        let superseded: usize = older.into_iter().map(|id| self.end(id)).sum();
        self.note("grant.superseded", superseded);
        if request.state == State::Declined {
            self.pauses.remove(&(request.target, request.allowed, request.bundle));
        }
        let is_less = level < request.level || ends != asked_end;
        if request.requester() != who {
            self.write(if is_less { "approved_less" } else { "approved" }, request.requester(), request.id, 1);
        }
        self.note("request.approved", 1);
        Ok(Grant {
            id: 0,
            request: Some(request.id),
            parent: parent.map(|parent| parent.id),
            grantor,
            owner,
            grantee: request.allowed,
            bundle: request.bundle,
            level,
            may_share: false,
            starts: self.now,
            ends,
            is_revoked: false,
        })
    }

    /// Ends a grant and all its live reshares. Returns how many.
    fn end(&mut self, id: i64) -> usize {
        self.end_all(id).len()
    }

    fn end_all(&mut self, id: i64) -> Vec<usize> {
        let Some(at) = self.grants.iter().position(|grant| grant.id == id && !grant.is_revoked) else { return Vec::new() };
        self.grants[at].is_revoked = true;
        let under: Vec<i64> = self.grants.iter().filter(|grant| grant.parent == Some(id)).map(|grant| grant.id).collect();
        std::iter::once(at).chain(under.into_iter().flat_map(|id| self.end_all(id))).collect()
    }

    pub(crate) fn decline(&mut self, who: Who, text: &str) -> RequestView<()> {
        let at = self.open(who, text)?;
        self.decline_at(at);
        Ok(())
    }

    fn decline_at(&mut self, at: usize) {
        let (now, request) = (self.now, &mut self.requests[at]);
        (request.state, request.ended) = (State::Declined, now);
        let request = request.clone();
        self.cancel_links(request.id);
        let pause = self.pauses.entry((request.target, request.allowed, request.bundle)).or_default();
        pause.0 += 1;
        let days = if pause.0 <= 4 { 7 << (pause.0 - 1) } else { 90 };
        pause.1 = now + days * DAY;
        if request.requester() != request.target {
            self.write("declined", request.requester(), request.id, 1);
        }
        self.note("request.declined", 1);
    }

    /// Withdrawn by the requester, or declined by the approver.
    pub(crate) fn delete(&mut self, who: Who, id: i64) -> RequestView<()> {
        let at = self.request(id).ok_or("not found")?;
        let request = self.requests[at].clone();
        match request.state_at(self.now) {
            _ if !request.involves(who) => return Err("not found"),
            State::Pending => {}
            State::Withdrawn => return Err("not found"),
            ended => return Err(ended.word()),
        }
        if who != request.initiator && who != request.requester() {
            self.decline_at(at);
            return Ok(());
        }
        (self.requests[at].state, self.requests[at].ended) = (State::Withdrawn, self.now);
        self.cancel_links(id);
        if self.tokens.iter().any(|token| token.request == at && !token.is_dead) {
            self.write("withdrawn", request.target, id, 1);
        }
        self.note("request.withdrawn", 1);
        Ok(())
    }

    pub(crate) fn resend(&mut self, who: Who, id: i64) -> RequestView<()> {
        let at = self.request(id).ok_or("not found")?;
        let (now, request) = (self.now, self.requests[at].clone());
        if !request.involves(who) {
            return Err("not found");
        }
        if who == request.target && !request.is_offer && who != request.initiator {
            return Err("forbidden");
        }
        let is_blocked = |who| self.blocks.contains(&(request.target, who));
        if is_blocked(request.allowed) || is_blocked(request.initiator) {
            return Err("forbidden");
        }
        match request.state_at(now) {
            State::Pending if request.email_count > 5 || now < request.last_email + 10 * MINUTE => return Err("too many"),
            State::Pending => {}
            ended => return Err(ended.word()),
        }
        let again = &mut self.requests[at];
        (again.email_count, again.last_email, again.is_bounced) = (request.email_count + 1, now, false);
        self.write(if request.is_offer { "invite" } else { "decide" }, request.target, id, request.email_count + 1);
        self.note("request.resent", 1);
        Ok(())
    }

    pub(crate) fn block(&mut self, who: Who, id: i64) -> RequestView<()> {
        let at = self.request(id).ok_or("not found")?;
        let request = self.requests[at].clone();
        if !request.involves(who) {
            return Err("not found");
        }
        if who != request.target {
            return Err("forbidden");
        }
        if request.requester() == request.target {
            return Err("not found");
        }
        if request.state_at(self.now) == State::Pending {
            self.decline_at(at);
        }
        if self.blocks.insert((who, request.requester())) {
            self.note("asker.blocked", 1);
        }
        Ok(())
    }

    pub(crate) fn lift(&mut self, who: Who, whom: Who) {
        if self.blocks.remove(&(who, whom)) {
            self.note("asker.unblocked", 1);
        }
    }

    /// Returns the expected grant, without its id.
    pub(crate) fn share(&mut self, who: Who, with: Who, level: u8, may_share: bool, ends: Option<i64>) -> RequestView<Grant> {
        if ends.is_some_and(|end| end <= self.now) {
            return Err("ends_at");
        }
        let parent = if who == OWNER {
            None
        } else {
            let mut best: Option<(u8, i64)> = None;
            for grant in self.grants.iter().filter(|grant| grant.bundle == 0 && grant.grantee == who) {
                let is_better = |held: u8| best.is_none_or(|best| (best.0, -best.1) < (held, -grant.id));
                if let Some((held, true)) = self.standing(grant)
                    && level <= held
                    && is_better(held)
                {
                    best = Some((held, grant.id));
                }
            }
            Some(best.ok_or("forbidden")?.1)
        };
        if with == who || with == OWNER {
            return Err("with");
        }
        let most = parent.and_then(|id| self.grant(id)).and_then(|parent| parent.ends);
        if let (Some(wanted), Some(most)) = (ends, most)
            && most < wanted
        {
            return Err("ends_at");
        }
        self.note("grant.made", 1);
        let (grantor, owner, ends) = (who, OWNER, ends.or(most));
        let (request, bundle, starts, is_revoked) = (None, 0, self.now, false);
        let grantee = with;
        Ok(Grant { id: 0, request, parent, grantor, owner, grantee, bundle, level, may_share, starts, ends, is_revoked })
    }

    pub(crate) fn made(&mut self, grant: Grant) {
        self.grants.push(grant);
    }

    pub(crate) fn revoke(&mut self, who: Who, id: i64) -> RequestView<usize> {
        let grant = self.grant(id).filter(|grant| !grant.is_revoked).ok_or("not found")?;
        if ![grant.grantor, grant.owner, grant.grantee].contains(&who) {
            return Err("not found");
        }
        let ended = self.end_all(id);
        self.note("grant.revoked", ended.len());
        // A grant that was revoked before its news was sent causes no news.
        for at in &ended {
            let Grant { request, starts, ends, .. } = self.grants[*at];
            let is_news = |email: &Email| Some(email.request) == request && email.kind.starts_with("approved");
            if starts <= self.now && ends.is_none_or(|end| self.now < end) {
                for email in self.emails.iter_mut().filter(|email| is_news(email) && email.post == Post::Queued) {
                    email.post = Post::Cancelled;
                }
            }
        }
        Ok(ended.len())
    }

    /// The emails about requests that a worker must, and may, find due now.
    pub(crate) fn due(&self) -> (Vec<usize>, Vec<usize>) {
        let queued = (0..self.emails.len()).filter(|at| self.emails[*at].post == Post::Queued);
        let may: Vec<usize> = queued.filter(|at| self.emails[*at].due.0 <= self.now).collect();
        let must = may.iter().copied().filter(|at| self.emails[*at].due.1 <= self.now).collect();
        (must, may)
    }

    /// Whether an email with a link is still to be sent.
    pub(crate) fn is_needed(&self, at: usize) -> bool {
        let request = self.request(self.emails[at].request);
        request.is_some_and(|request| self.requests[request].state_at(self.now) == State::Pending)
    }

    pub(crate) fn claimed(&mut self, at: usize, claim: u64, minted: Option<(i64, String)>) {
        let (now, email) = (self.now, &mut self.emails[at]);
        (email.lease, email.attempts, email.due) = (Some(claim), email.attempts + 1, (now + LEASE, now + LEASE));
        let (reader, request) = (email.reader, email.request);
        if let Some((id, text)) = minted
            && let Some(request) = self.request(request)
        {
            let (address, epoch) = (self.addresses[reader], self.epoch);
            self.tokens.push(Token { id, text, request, reader, address, epoch, is_dead: false });
        }
    }

    /// A claimed row that was not needed.
    pub(crate) fn dropped(&mut self, at: usize) {
        self.emails[at].post = Post::Cancelled;
    }

    /// The outcome of an attempt. `Err` if it depends on the jitter, and the instance's own row decides.
    pub(crate) fn settle(&mut self, at: usize, claim: u64, token: Option<i64>, fortune: Fortune) -> Result<(), ()> {
        if matches!(fortune, Fortune::Refused | Fortune::Deferred)
            && let Some(token) = self.tokens.iter_mut().find(|its| Some(its.id) == token)
        {
            token.is_dead = true;
        }
        let now = self.now;
        let Some(at_request) = self.request(self.emails[at].request) else { return Ok(()) };
        let request = &mut self.requests[at_request];
        let email = &mut self.emails[at];
        if email.lease != Some(claim) || email.post != Post::Queued {
            return Ok(());
        }
        email.lease = None;
        let pause = RETRIES.get(email.attempts - 1).copied().unwrap_or(HOUR);
        let retry = (now + pause * 4 / 5, now + pause * 6 / 5 + 1);
        let ends = if email.has_link() { request.expires } else { email.created + 3 * DAY };
        email.post = match fortune {
            Fortune::Delivered => Post::Sent,
            Fortune::Refused => Post::Dead,
            Fortune::Ambiguous if email.ambiguous + 1 >= 2 => Post::Sent,
            Fortune::Ambiguous => {
                email.ambiguous += 1;
                email.due = retry;
                Post::Queued
            }
            Fortune::Deferred if ends <= retry.0 => Post::Dead,
            Fortune::Deferred => {
                email.due = retry;
                if ends <= retry.1 {
                    return Err(());
                }
                Post::Queued
            }
        };
        self.settled(at, at_request);
        Ok(())
    }

    /// The same, after the instance's row decided.
    pub(crate) fn settle_as(&mut self, at: usize, is_dead: bool) {
        self.emails[at].post = if is_dead { Post::Dead } else { Post::Queued };
        if let Some(request) = self.request(self.emails[at].request) {
            self.settled(at, request);
        }
    }

    fn settled(&mut self, at: usize, at_request: usize) {
        let email = self.emails[at].clone();
        if !email.has_link() {
            return;
        }
        let request = &mut self.requests[at_request];
        request.is_bounced = email.post == Post::Dead;
        if email.post != Post::Dead {
            return;
        }
        let (id, requester) = (request.id, request.requester());
        let is_pending = request.state_at(self.now) == State::Pending;
        self.note("letter.bounced", 1);
        let is_notified =
            |other: &Email| other.kind == "undeliverable" && other.request == id && other.generation == email.generation;
        if is_pending && !self.emails.iter().any(is_notified) {
            self.write("undeliverable", requester, id, email.generation);
        }
    }

    /// Returns how many requests are purged.
    pub(crate) fn purge(&mut self) -> usize {
        let cutoff = self.now - 7 * DAY;
        let mut gone = 0;
        for request in &mut self.requests {
            if !request.is_purged && request.state != State::Pending && request.ended <= cutoff {
                request.is_purged = true;
                gone += 1;
            }
        }
        let requests = &self.requests;
        let is_gone = |id: i64| requests.iter().any(|request| request.id == id && request.is_purged);
        for email in self.emails.iter_mut().filter(|email| is_gone(email.request)) {
            email.post = Post::Gone;
        }
        let now = self.now;
        self.kept.retain(|_, (_, _, at)| now < *at + DAY);
        gone
    }
}
