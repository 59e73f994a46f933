//! The selected list and filter of the inbox, from the URL, and the elements of its cards.

use crate::pages::forms::{BadFilter, Fields};
use crate::pages::layout::Frame;
use crate::workflow::inbox::Standing;

/// The four lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    OfYou,
    ByYou,
    Given,
    Held,
}

impl List {
    pub(super) const ALL: [Self; 4] = [Self::OfYou, Self::ByYou, Self::Given, Self::Held];

    /// Its name in forms and file names.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::OfYou => "asked-of-you",
            Self::ByYou => "asked-by-you",
            Self::Given => "given",
            Self::Held => "held",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.word() == word)
    }

    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::OfYou => "/inbox",
            Self::ByYou => "/inbox/asked",
            Self::Given => "/inbox/given",
            Self::Held => "/inbox/held",
        }
    }

    pub(super) const fn heading(self) -> &'static str {
        match self {
            Self::OfYou => "inbox-of-you",
            Self::ByYou => "inbox-by-you",
            Self::Given => "inbox-given",
            Self::Held => "inbox-held",
        }
    }

    const fn nothing(self, standing: Standing) -> &'static str {
        match (self, standing) {
            (Self::OfYou, Standing::Open) => "inbox-of-you-none-open",
            (Self::OfYou, _) => "inbox-of-you-none",
            (Self::ByYou, Standing::Open) => "inbox-by-you-none-open",
            (Self::ByYou, _) => "inbox-by-you-none",
            (Self::Given, Standing::Open) => "inbox-given-none-open",
            (Self::Given, _) => "inbox-given-none",
            (Self::Held, Standing::Open) => "inbox-held-none-open",
            (Self::Held, _) => "inbox-held-none",
        }
    }

    pub(super) const fn standing(self, standing: Standing) -> &'static str {
        match (self, standing) {
            (Self::OfYou | Self::ByYou, Standing::Open) => "inbox-waiting",
            (Self::OfYou | Self::ByYou, Standing::Ended) => "inbox-answered",
            (Self::Given | Self::Held, Standing::Open) => "inbox-live",
            (Self::Given | Self::Held, Standing::Ended) => "inbox-ended",
            (_, Standing::All) => "inbox-all",
        }
    }

    /// The default filter: rows that can be acted on; for one's own requests, all.
    const fn first(self) -> Standing {
        match self {
            Self::ByYou => Standing::All,
            Self::OfYou | Self::Given | Self::Held => Standing::Open,
        }
    }
}

/// A list with a filter and a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct View {
    pub(super) list: List,
    pub(super) standing: Standing,
    /// From 1.
    pub(super) page: i64,
}

const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Ended => "ended",
        Standing::All => "all",
    }
}

impl View {
    pub(super) const STANDINGS: [Standing; 3] = [Standing::Open, Standing::Ended, Standing::All];

    pub(super) const fn of(list: List) -> Self {
        Self { list, standing: list.first(), page: 1 }
    }

    pub(super) const fn with(self, standing: Standing) -> Self {
        Self { list: self.list, standing, page: 1 }
    }

    /// Parsed from a URL or a form; a page that does not exist becomes the nearest one.
    pub(super) fn read(list: List, fields: &Fields) -> Result<Self, BadFilter> {
        let named = |text: &str| Self::STANDINGS.into_iter().find(|standing| word(*standing) == text);
        let standing = fields.filter("state", named)?;
        let page = fields.one("page").and_then(|page| page.parse().ok()).unwrap_or(1);
        Ok(Self { list, standing: standing.unwrap_or(list.first()), page: i64::clamp(page, 1, super::PAGES_MOST) })
    }

    /// The sentence for an empty list.
    pub(super) const fn nothing(&self) -> &'static str {
        self.list.nothing(self.standing)
    }

    /// The key of its state.
    pub(super) const fn state(&self) -> &'static str {
        word(self.standing)
    }

    pub(super) fn path(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if self.standing != self.list.first() {
            query.append_pair("state", self.state());
        }
        if self.page > 1 {
            query.append_pair("page", &self.page.to_string());
        }
        let query = query.finish();
        if query.is_empty() { self.list.path().to_owned() } else { format!("{}?{query}", self.list.path()) }
    }
}

/// A way to end or change something: a form behind a summary, so that it takes two clicks.
pub(super) struct Way {
    pub(super) label: String,
    pub(super) explained: String,
    pub(super) action: &'static str,
    /// The hidden fields of the form.
    pub(super) fields: Vec<(&'static str, String)>,
    /// The reader of a message, if the form has a field for one.
    pub(super) reader: Option<String>,
    pub(super) button: String,
}

/// A row of a list.
pub(super) struct Card {
    pub(super) id: String,
    pub(super) heading: String,
    pub(super) state: String,
    /// The look of the state: `waits`, `good` or empty.
    pub(super) tone: &'static str,
    pub(super) when: String,
    pub(super) notes: Vec<String>,
    pub(super) quote: Vec<String>,
    /// The page on which the person decides it, with the link's text.
    pub(super) review: Option<(String, String)>,
    pub(super) ways: Vec<Way>,
}

/// The sentence about the last action, and the form that undoes it.
pub(super) struct Said {
    pub(super) text: String,
    pub(super) undo: Option<Undo>,
}

/// A form with one button.
pub(super) struct Undo {
    pub(super) action: &'static str,
    pub(super) fields: Vec<(&'static str, String)>,
    pub(super) button: String,
}

/// The actions that a URL may name, and their sentences. No other text of the URL is shown.
const SAID: [(&str, &str); 9] = [
    ("link", "said-link"),
    ("declined", "said-declined"),
    ("withdrawn", "said-withdrawn"),
    ("resent", "said-resent"),
    ("again", "said-again"),
    ("taken-back", "said-taken-back"),
    ("given-up", "said-given-up"),
    ("blocked", "said-blocked"),
    ("lifted", "said-lifted"),
];

impl Said {
    pub(super) fn read(frame: &Frame, fields: &Fields) -> Option<Self> {
        let word = fields.one("said")?;
        let key = SAID.iter().find(|(said, _)| *said == word).map(|(_, key)| *key)?;
        let id = || fields.one("id").filter(|id| id.parse::<i64>().is_ok()).map(str::to_owned);
        let undo = match word {
            "withdrawn" => id().map(|id| ("/inbox/again", vec![("id", id)], "said-withdrawn-undo")),
            "blocked" => fields.one("whom").filter(|whom| matches!(*whom, "person" | "app")).and_then(|whom| {
                id().map(|id| ("/inbox/unblock", vec![("whom", whom.to_owned()), ("id", id)], "said-blocked-undo"))
            }),
            _ => None,
        };
        let undo = undo.map(|(action, fields, label)| Undo { action, fields, button: frame.say(label).to_string() });
        Some(Self { text: frame.say(key).to_string(), undo })
    }
}
