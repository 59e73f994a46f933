//! One history: a schedule drawn from a seed, run by the instance and by the model, with their results compared.

use chrono::TimeDelta;
use countersign::domain::{ApprovalLimits, Caller, EmailId, GrantId, RequestId, TokenId, Until, UserRef};
use countersign::mail::delivery::worker::Delivery;
use countersign::mail::{Outcome, Problem};
use countersign::store::blocks::Blocked;
use countersign::store::{self, Tx, outbox, tokens};
use countersign::workflow::idempotency::{Answer, Once, once};
use countersign::workflow::policy::{self, Object, Subject};
use countersign::workflow::requests::file::{self, Filing};
use countersign::workflow::requests::{close, decide, resend, view, withdraw};
use countersign::workflow::shares::{self, NewShare, Target, With};
use countersign::workflow::{WorkflowError, accounts, blocks, purge};

use super::model::{Asking, End, Filed, Fortune, Grant, Model, OWNER, PEOPLE, Post, Who};
use super::world::{Fate, LEVELS, World, word};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Steps of the clock; sometimes it is set back.
const STEPS: [i64; 12] = [1, 7, 61, 119, 601, 30 * MINUTE, HOUR + 3, 6 * HOUR, DAY + 5, 3 * DAY, 8 * DAY + 11, -2 * HOUR];
const TTLS: [i64; 4] = [MINUTE, HOUR, DAY, 7 * DAY];

/// Numbers from a seed (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn of<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        list.get(self.below(list.len())).cloned()
    }
}

/// An email in transit: the worker may die before it records the outcome.
struct OnTheWire {
    at: usize,
    row: EmailId,
    claim: u64,
    token: Option<TokenId>,
    gone: Delivery,
}

pub(crate) struct History<'a> {
    world: &'a mut World,
    dice: Dice,
    model: Model,
    wire: Vec<OnTheWire>,
    claims: u64,
    /// The steps so far, for the reader of a failure.
    pub(crate) log: Vec<String>,
}

impl<'a> History<'a> {
    /// Runs a whole history of the seed; panics at a difference.
    pub(crate) fn play(world: &'a mut World, seed: u64) -> usize {
        let epoch = world.begin(seed);
        let model = Model::in_epoch(epoch);
        let mut history = Self { world, dice: Dice::new(seed), model, wire: Vec::new(), claims: 0, log: Vec::new() };
        let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| history.run()));
        match played {
            Ok(steps) => steps,
            Err(panic) => {
                eprintln!("SEED={seed} broke a promise; its history:\n  {}", history.log.join("\n  "));
                std::panic::resume_unwind(panic);
            }
        }
    }

    fn run(&mut self) -> usize {
        let steps = 8 + self.dice.below(12);
        // Settings that reach interesting states early.
        match self.dice.below(4) {
            0 => {
                let (child, grandchild) = (1 + self.dice.below(PEOPLE - 1), 1 + self.dice.below(PEOPLE - 1));
                self.share_with(OWNER, child, 1, true, None);
                self.share_with(child, grandchild, 0, true, None);
            }
            1 => {
                self.ask();
                self.work();
            }
            _ => self.ask(),
        }
        for _ in 0..steps {
            self.step();
        }
        if self.dice.one_in(4) {
            self.drain();
        }
        self.compare();
        steps + 1
    }

    fn step(&mut self) {
        match self.dice.below(100) {
            0..14 => self.ask(),
            14..30 => self.work(),
            30..42 => self.settle(),
            42..47 => self.check(),
            47..60 => self.redeem(),
            60..64 => self.decline(),
            64..67 => self.approve(),
            67..70 => self.delete(),
            70..74 => self.revoke(),
            74..79 => self.share(),
            79..81 => self.block(),
            81..83 => self.resend(),
            83..91 => self.pass(),
            91..94 => self.move_away(),
            94 => self.restore(),
            95..97 => self.expire(),
            97 => self.purge(),
            98 => self.lift(),
            _ => self.crash(),
        }
    }

    fn say(&mut self, what: &str) {
        self.log.push(format!("{:>8} {what}", self.model.now));
    }

    fn who(&mut self) -> Who {
        self.dice.below(PEOPLE)
    }

    fn fate(&mut self) -> Fate {
        if self.dice.one_in(10) { Fate::Killed } else { Fate::Done }
    }

    /// Runs the same operation on both; the model keeps it only if the instance committed.
    #[track_caller]
    fn agree<T, M>(
        &mut self,
        what: &str,
        fate: Fate,
        operation: impl FnMut(&mut Tx<'_>) -> Result<T, WorkflowError> + Send + 'static,
        modelled: impl FnOnce(&mut Model) -> Result<M, &'static str>,
    ) -> Option<(T, M)>
    where
        T: Send + 'static,
    {
        let mut model = self.model.clone();
        let expected = modelled(&mut model);
        let is = self.world.act(fate, operation);
        let spoken = expected.as_ref().map_or_else(|word| *word, |_| "ok");
        self.say(&format!("{what}: {}", if fate == Fate::Killed { "killed" } else { spoken }));
        let is = is?;
        let word = is.as_ref().map_or_else(word, |_| "ok");
        assert_eq!(word, spoken, "{what}: the instance and the model differ");
        let (is, expected) = (is.ok()?, expected.ok()?);
        self.model = model;
        Some((is, expected))
    }

    fn ask(&mut self) {
        let who = self.who();
        let bundle = usize::from(self.dice.one_in(4));
        let (target, allowed) = match self.dice.below(8) {
            // Sometimes somebody requests access that they may not request.
            0 => (self.who(), self.who()),
            1 | 2 => {
                let to = self.who();
                (to, to)
            }
            _ if bundle == 1 => (self.who(), who),
            _ => (OWNER, who),
        };
        let level = if self.dice.one_in(3) { Some(0) } else { None };
        let ttl = self.dice.of(&TTLS).unwrap();
        let end = match self.dice.below(5) {
            0 => End::At(self.model.now + 2 * HOUR),
            1 => End::For(DAY),
            _ => End::Never,
        };
        let asking = Asking { who, target, allowed, bundle, level, ttl, end };
        let key = self.dice.one_in(3).then(|| u8::try_from(self.dice.below(2)).unwrap());
        self.file(asking, key);
        // A lost answer: repeating the call returns the same.
        if key.is_some() && self.dice.one_in(3) {
            self.file(asking, key);
        }
    }

    fn file(&mut self, asking: Asking, key: Option<u8>) {
        let filing = Filing {
            target: UserRef::Id(self.world.people[asking.target].id),
            allowed: UserRef::Id(self.world.people[asking.allowed].id),
            bundle: self.world.bundles[asking.bundle],
            level: asking.level.map(level),
            message: None,
            redeem_url: None,
            ttl: Some(TimeDelta::seconds(asking.ttl)),
            until: match asking.end {
                End::Never => None,
                End::At(at) => Some(Until::At(World::moment(at))),
                End::For(length) => Some(Until::For(TimeDelta::seconds(length))),
            },
            resources: None,
        };
        let (caller, config) = (self.world.caller(asking.who), self.world.config.clone());
        let marked = key.map(|key| {
            let body = format!("{asking:?}");
            Once::new(&caller, &key.to_string(), "POST", "/", body.as_bytes(), TimeDelta::days(1)).unwrap()
        });
        let operation = move |tx: &mut Tx<'_>| {
            let answer = once(tx, marked.as_ref(), |tx| {
                let (request_view, is_new) = file::file(tx, &config, &caller, &filing)?;
                let status = if is_new { 201 } else { 200 };
                Ok(Answer { status, location: None, body: request_view.request.id.0.to_string(), is_replay: false })
            })?;
            Ok((answer.body.parse::<i64>().unwrap(), answer.status == 201 && !answer.is_replay))
        };
        let fate = self.fate();
        let what = format!("{asking:?} key {key:?}");
        let filed = self.agree(&what, fate, operation, |model| match key {
            Some(key) => model.file_once(&asking, key),
            None => model.file(&asking),
        });
        let Some(((id, is_new), filed)) = filed else { return };
        match filed {
            Filed::New => {
                assert!(is_new, "a request that the model does not know");
                self.model.name(id);
            }
            Filed::Known(known) => assert_eq!((id, is_new), (known, false), "one request where there was one"),
        }
        if let Some(key) = key {
            self.model.keep(&asking, key, id);
        }
    }

    /// A token, mostly for its reader, and sometimes one that was never minted.
    fn token(&mut self) -> Option<(Who, String)> {
        let texts: Vec<String> = self.model.tokens.iter().map(|token| token.text.clone()).collect();
        let text = self.dice.of(&texts)?;
        let text = if self.dice.one_in(20) { format!("{}A", &text[..text.len() - 1]) } else { text };
        let readers: Vec<Who> = (0..PEOPLE).filter(|who| self.model.check(*who, &text).is_ok()).collect();
        let who = if self.dice.one_in(4) || readers.is_empty() { self.who() } else { readers[0] };
        Some((who, text))
    }

    fn check(&mut self) {
        let Some((who, text)) = self.token() else { return };
        let expected = self.model.check(who, &text);
        let caller = self.world.caller(who);
        let is = self.world.look(|tx| decide::check(tx, &caller, &text)).map(|request_view| request_view.request.id.0);
        self.say(&format!("{who} checks a token: {expected:?}"));
        assert_eq!(is.map_err(|refusal| word(&refusal)), expected);
    }

    fn redeem(&mut self) {
        let Some((who, text)) = self.token() else { return };
        let narrow = self.dice.one_in(5).then(|| u8::try_from(self.dice.below(2)).unwrap());
        let (caller, shown) = (self.world.caller(who), text.clone());
        let narrowing = ApprovalLimits { level: narrow.map(level), ..ApprovalLimits::default() };
        let fate = self.fate();
        let operation = move |tx: &mut Tx<'_>| decide::redeem(tx, &caller, &shown, &narrowing).map(|(_, given)| given.grant.id.0);
        let what = format!("{who} redeems {text}, for {narrow:?}");
        if let Some((id, grant)) = self.agree(&what, fate, operation, |model| model.redeem(who, &text, narrow)) {
            self.made(id, &grant);
        }
    }

    fn made(&mut self, id: i64, grant: &Grant) {
        assert!(self.model.grant(id).is_none(), "one grant for each yes");
        self.model.made(Grant { id, ..grant.clone() });
        self.look();
    }

    fn approve(&mut self) {
        let Some((who, id)) = self.request() else { return };
        let (caller, fate) = (self.world.caller(who), self.fate());
        let operation = move |tx: &mut Tx<'_>| {
            let request = view::find(tx, &caller, RequestId(id))?;
            decide::approve(tx, &caller, &request, &ApprovalLimits::default()).map(|(_, given)| given.grant.id.0)
        };
        let what = format!("{who} approves {id} in the inbox");
        if let Some((grant, expected)) = self.agree(&what, fate, operation, |model| model.approve(who, id)) {
            self.made(grant, &expected);
        }
    }

    fn decline(&mut self) {
        let Some((who, text)) = self.token() else { return };
        let (caller, shown, fate) = (self.world.caller(who), text.clone(), self.fate());
        let operation = move |tx: &mut Tx<'_>| decide::decline_by_token(tx, &caller, &shown, None).map(drop);
        let what = format!("{who} declines by {text}");
        self.agree(&what, fate, operation, |model| model.decline(who, &text));
    }

    /// A request, mostly with one of its people.
    fn request(&mut self) -> Option<(Who, i64)> {
        let all: Vec<(i64, Who, Who)> = self.model.requests.iter().map(|r| (r.id, r.target, r.initiator)).collect();
        let (id, target, initiator) = self.dice.of(&all)?;
        let who = match self.dice.below(5) {
            0 => self.who(),
            1 | 2 => target,
            _ => initiator,
        };
        Some((who, id))
    }

    fn delete(&mut self) {
        let Some((who, id)) = self.request() else { return };
        let (caller, fate) = (self.world.caller(who), self.fate());
        let operation = move |tx: &mut Tx<'_>| withdraw::delete(tx, &caller, RequestId(id));
        self.agree(&format!("{who} takes back {id}"), fate, operation, |model| model.delete(who, id));
    }

    fn resend(&mut self) {
        let Some((who, id)) = self.request() else { return };
        let (caller, fate) = (self.world.caller(who), self.fate());
        let operation = move |tx: &mut Tx<'_>| resend::resend(tx, &caller, RequestId(id)).map(drop);
        self.agree(&format!("{who} has {id} sent again"), fate, operation, |model| model.resend(who, id));
    }

    fn block(&mut self) {
        let Some((who, id)) = self.request() else { return };
        let (caller, fate) = (self.world.caller(who), self.fate());
        let config = self.world.config.clone();
        let operation = move |tx: &mut Tx<'_>| {
            let request = view::find(tx, &caller, RequestId(id))?;
            blocks::block(tx, &config, &caller, &request, blocks::Whom::Person)
        };
        self.agree(&format!("{who} blocks who asked {id}"), fate, operation, |model| model.block(who, id));
    }

    fn lift(&mut self) {
        let (who, whom) = (self.who(), self.who());
        let (caller, fate, blocked) = (self.world.caller(who), self.fate(), Blocked::User(self.world.people[whom].id));
        let operation = move |tx: &mut Tx<'_>| blocks::lift(tx, &caller, blocked);
        self.agree(&format!("{who} lifts the block of {whom}"), fate, operation, |model| {
            model.lift(who, whom);
            Ok(())
        });
    }

    fn revoke(&mut self) {
        let all: Vec<(i64, Who, Who)> = self.model.grants.iter().map(|g| (g.id, g.grantor, g.grantee)).collect();
        let Some((id, grantor, grantee)) = self.dice.of(&all) else { return };
        let who = match self.dice.below(4) {
            0 => self.who(),
            1 => grantee,
            _ => grantor,
        };
        let (caller, fate) = (self.world.caller(who), self.fate());
        let operation = move |tx: &mut Tx<'_>| shares::revoke(tx, &caller, GrantId(id)).map(|ended| ended.len());
        let what = format!("{who} revokes {id}");
        if let Some((ended, expected)) = self.agree(&what, fate, operation, |model| model.revoke(who, id)) {
            assert_eq!(ended, expected, "all that hangs on it ends with it");
            self.look();
        }
    }

    fn share(&mut self) {
        let sharers: Vec<Who> = self.model.grants.iter().filter(|grant| grant.may_share).map(|grant| grant.grantee).collect();
        let who = match self.dice.below(3) {
            0 => OWNER,
            1 => self.who(),
            _ => self.dice.of(&sharers).unwrap_or(OWNER),
        };
        let (with, held, may_share) = (self.who(), u8::try_from(self.dice.below(2)).unwrap(), self.dice.one_in(2));
        let ends = self.dice.one_in(3).then(|| self.model.now + [HOUR, 2 * DAY][self.dice.below(2)]);
        self.share_with(who, with, held, may_share, ends);
    }

    fn share_with(&mut self, who: Who, with: Who, held: u8, may_share: bool, ends: Option<i64>) {
        let new = NewShare {
            of: Target::Bundle(self.world.bundles[0]),
            with: With::User(self.world.people[with].id),
            level: level(held),
            reshare: if may_share { 1 | 16 } else { 0 },
            starts_at: None,
            ends_at: ends.map(World::moment),
            is_enabled: true,
            name: String::new(),
            tenant: None,
            attributes: None,
        };
        let (caller, config, fate) = (self.world.caller(who), self.world.config.clone(), self.fate());
        let operation = move |tx: &mut Tx<'_>| shares::share(tx, &config, &caller, &new).map(|share| share.grant.id.0);
        let what = format!("{who} shares with {with} at {held}, on {may_share}, until {ends:?}");
        let shared = self.agree(&what, fate, operation, |model| model.share(who, with, held, may_share, ends));
        if let Some((id, grant)) = shared {
            self.made(id, &grant);
        }
    }

    fn pass(&mut self) {
        let step = self.dice.of(&STEPS).unwrap();
        self.model.now += step;
        self.world.set_clock(self.model.now);
        self.say(&format!("the clock moves by {step}"));
    }

    fn move_away(&mut self) {
        let who = if self.dice.one_in(2) { OWNER } else { self.who() };
        self.model.addresses[who] += 1;
        let text = format!("p{who}.{}.{}@example.org", self.model.addresses[who], self.dice.next());
        let (id, address) = (self.world.people[who].id, countersign::domain::Address::parse(&text).unwrap());
        self.say(&format!("{who} has another address"));
        // The old mailbox confirms it at once: the model has no delay of decisions, which `tests/attacks/account_changes.rs` tests.
        let change = move |tx: &mut Tx<'_>| {
            accounts::change_address(tx, &Caller::operator(), id, &address)?;
            Ok(store::account_changes::delete(tx, id).map(drop)?)
        };
        self.world.act(Fate::Done, change).unwrap().unwrap();
        *self.model.audited.entry("user.address_changed").or_default() += 1;
    }

    fn restore(&mut self) {
        self.say("a backup is put back");
        self.model.epoch += 1;
        let epoch = self.world.act(Fate::Done, |tx| Ok(tokens::begin_epoch(tx)?)).unwrap().unwrap();
        assert_eq!(u32::try_from(epoch).unwrap(), self.model.epoch);
    }

    fn crash(&mut self) {
        self.say("the process is killed and starts again");
        self.wire.clear();
        let seed = self.dice.next();
        self.world.restart(seed);
    }

    fn expire(&mut self) {
        let fate = self.fate();
        let operation = |tx: &mut Tx<'_>| close::expire_overdue(tx, 100);
        if let Some((is, expected)) = self.agree("what is overdue expires", fate, operation, |model| Ok(model.expire_overdue())) {
            assert_eq!(is, expected);
        }
    }

    fn purge(&mut self) {
        let (fate, retention) = (self.fate(), self.world.config.retention.clone());
        let operation = move |tx: &mut Tx<'_>| purge::batch(tx, &Caller::operator(), &retention, None, 100);
        if let Some((is, expected)) = self.agree("the purge", fate, operation, |model| Ok(model.purge())) {
            assert_eq!(usize::try_from(is.requests).unwrap(), expected, "the purge takes what is over, and that only");
            *self.model.audited.entry("purged").or_default() += usize::from(!is.is_empty());
        }
    }

    /// Claims due emails: from then on the hashes are stored, and the emails are in transit.
    fn work(&mut self) {
        let (must, may) = self.model.due();
        let fate = self.fate();
        let outbox = self.world.outbox.clone();
        let claimed = self.world.act(fate, move |tx| Ok(outbox.take(tx, 100)?));
        self.say(&format!("the worker takes what is due: {must:?} of {may:?}, {fate:?}"));
        let Some(emails) = claimed else { return };
        self.claims += 1;
        let emails = emails.unwrap();
        let mut seen = Vec::new();
        for email in emails {
            let (row, token) = (email.email(), email.token());
            let stored = self.world.look(|tx| outbox::find(tx, row)).unwrap().unwrap();
            // About a grant, which the model does not have.
            let Some(about) = stored.request else { continue };
            let is_it = |at: &usize| {
                let its = &self.model.emails[*at];
                (its.request, its.kind, its.generation) == (about.0, stored.kind.as_str(), stored.generation)
            };
            let at = may.iter().copied().find(is_it).unwrap_or_else(|| panic!("{stored:?} was not due"));
            assert!(!self.model.emails[at].has_link() || self.model.is_needed(at), "no email starts for what is over");
            let instance = &self.world.config.instance;
            let (gone, mail) = email.into_mail(self.world.sender.clone(), instance, World::moment(self.model.now));
            let text = mail.unwrap().text;
            let minted = token.map(|id| (id.0, link_in(&text)));
            assert_eq!(minted.is_some(), self.model.emails[at].has_link());
            self.model.claimed(at, self.claims, minted);
            self.wire.push(OnTheWire { at, row, claim: self.claims, token, gone });
            seen.push(at);
        }
        for at in must.into_iter().filter(|at| !seen.contains(at)) {
            assert!(!self.model.emails[at].has_link() || !self.model.is_needed(at), "an email that is due was not claimed");
            self.model.dropped(at);
        }
        // An email that may have been due and was not needed is cancelled or not, depending on its jitter.
        for at in may.into_iter().filter(|at| !seen.contains(at)) {
            if self.post(at) == "cancelled" {
                self.model.dropped(at);
            }
        }
    }

    /// The state of an email's row.
    fn post(&mut self, at: usize) -> String {
        let email = &self.model.emails[at];
        let its = (email.request, email.kind, i64::from(email.generation));
        let mut rows = self.world.side.emails().into_iter();
        rows.find(|(request, kind, generation, _)| (*request, kind.as_str(), *generation) == its).unwrap().3
    }

    /// The mail server replies to one email, or the worker dies before it can record that.
    fn settle(&mut self) {
        if self.wire.is_empty() {
            return;
        }
        let fortune = match self.dice.below(10) {
            0 => Fortune::Refused,
            1 => Fortune::Deferred,
            2 => Fortune::Ambiguous,
            _ => Fortune::Delivered,
        };
        let which = self.dice.below(self.wire.len());
        let one = self.wire.swap_remove(which);
        self.settle_one(one, fortune);
    }

    fn settle_one(&mut self, one: OnTheWire, fortune: Fortune) {
        let problem = || Problem { code: None, text: "as it happens".into() };
        let outcome = match fortune {
            Fortune::Delivered => Outcome::Delivered { response: String::new() },
            Fortune::Deferred => Outcome::Deferred(problem()),
            Fortune::Refused => Outcome::Refused(problem()),
            Fortune::Ambiguous => Outcome::Ambiguous(problem()),
        };
        let (fate, outbox, gone) = (self.fate(), self.world.outbox.clone(), one.gone);
        self.say(&format!("email {}: {fortune:?}, {fate:?}", one.row));
        let Some(settled) = self.world.act(fate, move |tx| Ok(outbox.settle(tx, &gone, outcome.clone())?)) else { return };
        settled.unwrap();
        if self.model.settle(one.at, one.claim, one.token.map(|id| id.0), fortune).is_err() {
            let is_dead = self.post(one.at) == "dead";
            self.model.settle_as(one.at, is_dead);
        }
    }

    /// Works until the queue is empty: each email ends delivered, dead or cancelled.
    fn drain(&mut self) {
        self.say("the mail server is well, and the worker works");
        self.wire.clear();
        for _ in 0..4 {
            self.model.now += 2 * HOUR;
            self.world.set_clock(self.model.now);
            while self.model.due().0.iter().any(|at| self.model.emails[*at].post == Post::Queued) {
                self.work();
                while let Some(one) = self.wire.pop() {
                    self.settle_one(one, Fortune::Delivered);
                }
                // One whose worker was killed is tried again after its lease.
                self.model.now += 130;
                self.world.set_clock(self.model.now);
            }
        }
        let waiting = self.model.emails.iter().filter(|email| email.post == Post::Queued).count();
        assert_eq!(waiting, 0, "every email ends");
    }

    /// Compares everybody's access, by the one function that all APIs use.
    fn look(&mut self) {
        let people = self.world.people.clone().map(|user| user.id);
        let bundle = self.world.bundles[0];
        let held = self.world.look(|tx| {
            let on_bundle = people.map(|id| policy::level(tx, Subject::User(id), Object::Bundle(bundle)));
            let mut related = Vec::new();
            for id in people {
                let on_owner = policy::level(tx, Subject::User(id), Object::User(people[OWNER]))?;
                related.push(on_owner.is_some());
            }
            Ok::<_, countersign::store::StoreError>((on_bundle, related))
        });
        let (on_bundle, related) = held.unwrap();
        for who in 0..PEOPLE {
            let is = on_bundle[who].as_ref().unwrap().map(number);
            assert_eq!(is, self.model.level(who), "what {who} holds at {}", self.model.now);
            assert_eq!(related[who], self.model.related(who, OWNER), "what {who} holds on the owner");
        }
    }

    fn compare(&mut self) {
        self.look();
        let is = self.world.side.requests();
        let there = self.model.requests.iter().filter(|request| !request.is_purged);
        let mut expected: Vec<(i64, String)> = there.map(|request| (request.id, request.state.word().to_owned())).collect();
        expected.sort();
        assert_eq!(is, expected, "the requests");

        let is = self.world.side.grants();
        let of = |grant: &Grant| {
            let word = if grant.is_revoked { "revoked" } else { level(grant.level).as_str() };
            (grant.id, word.to_owned(), grant.request, grant.parent)
        };
        let mut expected: Vec<_> = self.model.grants.iter().map(of).collect();
        expected.sort();
        assert_eq!(is, expected, "the grants");

        let is = self.world.side.emails();
        let of = |email: &super::model::Email| {
            let post = match email.post {
                Post::Queued => "queued",
                Post::Sent => "sent",
                Post::Dead => "dead",
                Post::Cancelled => "cancelled",
                Post::Gone => "gone",
            };
            (email.request, email.kind.to_owned(), i64::from(email.generation), post.to_owned())
        };
        let mut expected: Vec<_> = self.model.emails.iter().filter(|email| email.post != Post::Gone).map(of).collect();
        expected.sort();
        assert_eq!(is, expected, "every change has its emails in the outbox, once");

        let is = self.world.audited();
        let expected = self.model.audited.iter().filter(|(_, times)| **times > 0);
        let expected: Vec<(String, usize)> = expected.map(|(event, times)| ((*event).to_owned(), *times)).collect();
        assert_eq!(is, expected, "the audit has one row for each change");
    }
}

/// The token of the link in an email.
fn link_in(text: &str) -> String {
    let rest = &text[text.find("csr_").expect("a link")..];
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"_-".contains(c));
    rest[..end.unwrap_or(rest.len())].to_owned()
}

fn level(number: u8) -> countersign::domain::Level {
    LEVELS[usize::from(number)]
}

fn number(level: countersign::domain::Level) -> u8 {
    u8::try_from(LEVELS.iter().position(|its| *its == level).unwrap()).unwrap()
}
