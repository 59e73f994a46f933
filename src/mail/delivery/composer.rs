//! What the emails of one claim have in common: what they tell of, and what is written of them.

use super::context::Known;
use crate::config::Config;
use crate::domain::{EmailId, RequestId, TokenId, User};
use crate::mail::Sender;
use crate::random::Rng;
use crate::secret::SecretHash;
use crate::store::outbox::{self, Attempts, QueuedEmail};
use crate::store::{StoreError, Tx, tokens};

/// Who writes the emails of one claim. What several of them look at is read once.
pub(crate) struct Composer<'a> {
    pub(crate) config: &'a Config,
    pub(crate) rng: &'a Rng,
    pub(crate) sender: &'a Sender,
    pub(crate) lease: i64,
    epoch: Option<i32>,
    pub(crate) known: Known,
    /// What is written behind the emails, where they are made together.
    behind: Option<Attempts>,
}

impl<'a> Composer<'a> {
    /// For emails that are claimed under this lease.
    pub(crate) fn new(config: &'a Config, rng: &'a Rng, sender: &'a Sender, lease: i64) -> Self {
        Self { config, rng, sender, lease, epoch: None, known: Known::default(), behind: None }
    }

    /// Before emails are made together: on PostgreSQL what they look at is read.
    pub(crate) fn begin(&mut self, tx: &mut Tx<'_>, letters: &[QueuedEmail]) -> Result<(), StoreError> {
        let tokens = letters.iter().filter(|email| email.kind.carries_token()).count();
        self.behind = Attempts::begin(tx, tokens)?;
        if self.behind.is_some() {
            self.known.read_ahead(tx, letters)?;
        }
        Ok(())
    }

    /// When they are made: what they go out with is written.
    pub(crate) fn finish(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        self.behind.take().map_or(Ok(()), |behind| behind.write(tx))
    }

    /// What was made is undone: all is looked at again.
    pub(crate) fn forget(&mut self) {
        (self.epoch, self.known, self.behind) = (None, Known::default(), None);
    }

    /// The token of a link, of which only the hash is stored.
    pub(crate) fn add_token(
        &mut self,
        tx: &mut Tx<'_>,
        request: RequestId,
        user: &User,
        hash: SecretHash,
    ) -> Result<TokenId, StoreError> {
        let behind = self.behind.as_mut();
        if let Some(id) = behind.and_then(|behind| behind.add_token(request, user.id, &user.email, hash)) {
            return Ok(id);
        }
        let epoch = match self.epoch {
            Some(epoch) => epoch,
            None => *self.epoch.insert(tokens::epoch(tx)?),
        };
        tokens::add(tx, request, user.id, &user.email, hash, epoch)
    }

    pub(crate) fn set_attempt(
        &mut self,
        tx: &mut Tx<'_>,
        id: EmailId,
        token: Option<TokenId>,
        message_id: &str,
    ) -> Result<(), StoreError> {
        let Some(behind) = &mut self.behind else { return outbox::set_attempt(tx, id, token, message_id) };
        behind.set(id, token, message_id);
        Ok(())
    }
}
