//! How the replica is doing, in words.

use std::time::Duration;

/// What became of the replica, as far as the last look at it tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It was not yet seen to follow.
    #[default]
    Starting,
    /// It is behind by less than lists may be.
    Follows,
    /// It is behind by more.
    Behind,
    /// The primary takes no beat, so that nobody knows how far behind it is.
    Still,
    /// It does not answer.
    Away,
    /// It takes writes, so it follows nobody: it was promoted, or never was a standby.
    Writable,
    /// It follows another database.
    Foreign,
}

impl Standing {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "not yet seen",
            Self::Follows => "follows",
            Self::Behind => "behind",
            Self::Still => "no beat",
            Self::Away => "away",
            Self::Writable => "no standby",
            Self::Foreign => "another database",
        }
    }

    /// Whether it is not worth asking, whatever it showed before.
    pub(super) const fn is_out(self) -> bool {
        matches!(self, Self::Away | Self::Writable | Self::Foreign)
    }

    /// Says in the log that it is so from now on.
    pub(super) fn tell(self, lag: Duration, reason: &str) {
        let why = match self {
            Self::Starting => return,
            Self::Follows => return tracing::info!(within = ?lag, "lists are read from the replica"),
            Self::Behind => format!("it is more than {lag:?} behind"),
            Self::Still => format!("the primary takes no beat: {reason}"),
            Self::Away => format!("it does not answer: {reason}"),
            Self::Writable => "it takes writes, so it was promoted or never was a standby; see database.replica_url".to_owned(),
            Self::Foreign => format!("it is of another database{reason}; see database.replica_url"),
        };
        tracing::warn!(%why, "lists are not read from the replica but from the primary");
    }
}

/// Why the primary told a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The replica was too far behind.
    Late,
    /// It had not yet what the caller changed.
    Wrote,
    /// The caller wanted a newer one.
    Asked,
    /// It was known to be of no use.
    Out,
    /// It failed, was too slow, or took the query back.
    Failed,
    /// The story ended with a refusal, which the primary is to say.
    Refused,
}

impl Why {
    pub(super) const ALL: [Self; 6] = [Self::Late, Self::Wrote, Self::Asked, Self::Out, Self::Failed, Self::Refused];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Wrote => "wrote",
            Self::Asked => "asked",
            Self::Out => "out",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }
}

/// Where lists that were told so are counted: those of the replica first.
pub(super) fn place_of(why: Option<Why>) -> usize {
    why.map_or(0, |why| 1 + why as usize)
}

/// How the replica is doing.
#[derive(Clone, Debug)]
pub struct Following {
    /// What became of it.
    pub standing: Standing,
    /// How far behind it is at most; none before the first beat.
    pub behind: Option<Duration>,
    /// Lists that it told.
    pub told: u64,
    /// Lists that the primary told instead, with the reason in a word.
    pub told_by_primary: Vec<(&'static str, u64)>,
}
