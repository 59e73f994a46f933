//! A sentence (`templates/locales/*/pages.ftl`) on its way into a page: its values are added one by one, and it is formatted
//! when it is shown. A sentence that cannot be formatted is a bug that the tests find; the page is shown anyway.

use std::fmt;

use crate::i18n::{Args, Language};

/// Marks around emphasised values. They are removed from every value, so that no value can contain them.
const STRONG: (char, char) = ('\u{E000}', '\u{E001}');

/// One sentence and its values.
#[derive(Clone)]
pub(super) struct Sentence<'a> {
    language: &'a Language,
    key: &'static str,
    args: Args,
}

impl<'a> Sentence<'a> {
    pub(super) fn new(language: &'a Language, key: &'static str) -> Self {
        Self { language, key, args: Args::new() }
    }

    /// Adds a text.
    pub(super) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.insert(name.into(), plain(&value).into());
        self
    }

    /// Adds a number, which can select the plural form.
    pub(super) fn count(mut self, name: &'static str, number: usize) -> Self {
        self.args.insert(name.into(), number.into());
        self
    }

    /// Adds a text that is emphasised in HTML ([`Sentence::html`]).
    pub(super) fn strong(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        let (open, close) = STRONG;
        self.args.insert(name.into(), format!("{open}{}{close}", plain(&value)).into());
        self
    }

    /// As escaped HTML, with its emphasised values in `strong`.
    pub(super) fn html(&self) -> String {
        let mut html = String::new();
        for c in self.said().chars() {
            match c {
                '&' => html.push_str("&#38;"),
                '<' => html.push_str("&#60;"),
                '>' => html.push_str("&#62;"),
                '"' => html.push_str("&#34;"),
                '\'' => html.push_str("&#39;"),
                c if c == STRONG.0 => html.push_str("<strong>"),
                c if c == STRONG.1 => html.push_str("</strong>"),
                c => html.push(c),
            }
        }
        html
    }

    fn said(&self) -> String {
        self.language.say(self.key, &self.args).unwrap_or_else(|error| {
            tracing::error!(%error, "a page lacks a sentence");
            self.key.to_owned()
        })
    }
}

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&plain(&self.said()))
    }
}

fn plain(value: &impl fmt::Display) -> String {
    let mut text = value.to_string();
    text.retain(|c| c != STRONG.0 && c != STRONG.1);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_and_cannot_add_emphasis() {
        let english = Language::new("en", "UTC");
        let odd = "\u{E000}<b>&\"'</b>\u{E001}";
        let lead = || Sentence::new(&english, "review-lead").with("of", "data").with("asker", odd).with("right", "view");
        let lead = || lead().with("how_long", "for 7 days");
        assert_eq!(
            lead().strong("thing", odd).html(),
            "&#60;b&#62;&#38;&#34;&#39;&#60;/b&#62; wants to view your <strong>&#60;b&#62;&#38;&#34;&#39;&#60;/b&#62;</strong> \
             for 7 days"
        );
        assert_eq!(lead().strong("thing", "x").to_string(), "<b>&\"'</b> wants to view your x for 7 days");
    }

    #[test]
    fn a_missing_sentence_or_value_does_not_break_a_page() {
        let english = Language::new("en", "UTC");
        assert_eq!(Sentence::new(&english, "nowhere").to_string(), "nowhere");
        assert_eq!(Sentence::new(&english, "review-lead").to_string(), "review-lead");
    }
}
