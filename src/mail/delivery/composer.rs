//! What the letters of one claim have in common: what they tell of, and what is written of them.

use super::context::Known;
use crate::config::Config;
use crate::domain::{LetterId, RequestId, TokenId, User};
use crate::mail::Sender;
use crate::random::Chance;
use crate::secret::SecretHash;
use crate::store::outbox::{self, Attempts, QueuedLetter};
use crate::store::{StoreError, Tx, tokens};

/// Who writes the letters of one claim. What several of them look at is read once.
pub(crate) struct Composer<'a> {
    pub(crate) config: &'a Config,
    pub(crate) chance: &'a Chance,
    pub(crate) sender: &'a Sender,
    pub(crate) lease: i64,
    epoch: Option<i32>,
    pub(crate) known: Known,
    /// What is written behind the letters, where they are made together.
    behind: Option<Attempts>,
}

impl<'a> Composer<'a> {
    /// For letters that are claimed under this lease.
    pub(crate) fn new(config: &'a Config, chance: &'a Chance, sender: &'a Sender, lease: i64) -> Self {
        Self { config, chance, sender, lease, epoch: None, known: Known::default(), behind: None }
    }

    /// Before letters are made together: on PostgreSQL what they look at is read.
    pub(crate) fn begin(&mut self, tx: &mut Tx<'_>, letters: &[QueuedLetter]) -> Result<(), StoreError> {
        let tokens = letters.iter().filter(|letter| letter.kind.carries_token()).count();
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

    /// What was made is undone: all is looked at anew.
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
        id: LetterId,
        token: Option<TokenId>,
        message_id: &str,
    ) -> Result<(), StoreError> {
        let Some(behind) = &mut self.behind else { return outbox::set_attempt(tx, id, token, message_id) };
        behind.set(id, token, message_id);
        Ok(())
    }
}
