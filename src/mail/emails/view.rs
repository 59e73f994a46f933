//! The view model of the three templates, which all emails share: sentences with their values, facts, a quote, a link.

use std::borrow::Cow;

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use url::Url;
use zeroize::Zeroizing;

use super::{Email, Giver, Item, Link, Person, Reader, Rendered};
use crate::config::Instance;
use crate::domain::{EmailKind, Until};
use crate::i18n::{Args, Language, isolated, with_bdi};
use crate::mail::sanitize::{folded, for_email, quoted, shorten, typewritten};

/// The limit of characters of a subject.
const SUBJECT_CHARS: usize = 150;
/// The limit of names in a list before the rest is counted.
const LISTED: usize = 5;
/// The capacity for a rendered body, so that it never moves and leaves a copy of its link in memory.
const BODY_BYTES: usize = 64 * 1024;

/// A label with its values, one in each line.
pub(super) struct Fact {
    /// "Requested by".
    pub(super) label: String,
    /// "Ann Lee (ann@example.org)".
    pub(super) values: Vec<String>,
}

/// An email for one reader. The sentences of its kind are `<kind>-subject`, `-preheader`, `-heading`, `-lead`, `-why`, and
/// `-button` if it has a link.
pub(crate) struct EmailView<'a> {
    instance: &'a Instance,
    pub(super) kind: EmailKind,
    language: Language,
    /// The values of sentences in the body.
    args: Args,
    /// The values in the subject, with shorter names.
    short: Args,
    /// The limit of characters of a name in the subject.
    name_chars: usize,
    /// "Hello Bob Stone,".
    hello: String,
    title: String,
    /// The facts before the button: who, what access to what, until when.
    pub(super) facts: Vec<Fact>,
    /// The facts after the button and the message.
    details: Vec<Fact>,
    /// The sentence before a quote.
    pub(super) quote: &'static str,
    quoted: Vec<String>,
    notes: Vec<String>,
    pub(super) link: Option<&'a Link>,
    pub(super) button: Cow<'static, str>,
    /// The sentence that explains the button.
    pub(super) click: &'static str,
    /// The sentence that explains why the reader gets the email.
    pub(super) why: Cow<'static, str>,
    pub(super) code: Option<&'a str>,
    /// Whether replies go to another person, who is then `$person`.
    has_reply_to: bool,
    /// Whether a moment is shown, so that the time zone must be.
    has_moment: bool,
}

impl Person {
    /// The name, or the address if there is none.
    pub(super) fn named(&self) -> String {
        self.own_name().unwrap_or_else(|| shorten(self.address.as_str(), 64))
    }

    /// The name, or the masked address if there is none, for readers who must not learn the address.
    pub(super) fn named_or_masked(&self) -> String {
        self.own_name().unwrap_or_else(|| self.address.masked())
    }

    /// The name and the address. A name can imitate another person's; an address cannot.
    pub(super) fn with_address(&self, view: &EmailView<'_>) -> askama::Result<String> {
        let Some(name) = self.own_name() else { return Ok(self.address.to_string()) };
        view.say_with("person-with-address", [("name", name), ("address", self.address.to_string())])
    }

    fn own_name(&self) -> Option<String> {
        own_name(&self.name, self.address.as_str())
    }
}

/// A real name: neither empty nor the address.
fn own_name(name: &str, address: &str) -> Option<String> {
    let safe = for_email(name);
    (!safe.is_empty() && name.trim() != address).then_some(safe)
}

impl<'a> EmailView<'a> {
    /// An email in the reader's language and the look of the instance, with names of at most `name_chars` characters in the
    /// subject.
    pub(super) fn new(
        email: &'a Email,
        reader: &Reader,
        instance: &'a Instance,
        now: DateTime<Utc>,
        name_chars: usize,
    ) -> askama::Result<Self> {
        let mut view = Self {
            instance,
            kind: email.kind,
            language: Language::new(&reader.locale, &reader.time_zone).at(now),
            args: Args::new(),
            short: Args::new(),
            name_chars,
            hello: String::new(),
            title: String::new(),
            facts: Vec::new(),
            details: Vec::new(),
            quote: "",
            quoted: Vec::new(),
            notes: Vec::new(),
            link: None,
            button: own_key(email.kind, "button").into(),
            click: "",
            why: own_key(email.kind, "why").into(),
            code: None,
            has_reply_to: false,
            has_moment: false,
        };
        view.word("address", reader.address.as_str());
        view.word("instance", &instance.name);
        view.hello = match own_name(&reader.name, reader.address.as_str()) {
            Some(name) => view.say_with("hello", [("reader", name)]),
            None => view.just_say("hello-nameless"),
        }?;
        email.content.fill(&mut view)?;
        Ok(view)
    }

    /// Adds the button, with its explanation.
    pub(super) fn link(&mut self, link: &'a Link, click: &'static str) {
        (self.link, self.click) = (Some(link), click);
    }
}

impl EmailView<'_> {
    /// The sentence `key`.
    pub(super) fn say(&self, key: &str) -> askama::Result<String> {
        self.language.say(key, &self.args).map_err(askama::Error::custom)
    }

    /// The sentence `key`, which has no placeholders and needs no copy of the values.
    fn just_say(&self, key: &str) -> askama::Result<String> {
        self.language.say(key, &Args::new()).map_err(askama::Error::custom)
    }

    /// A sentence of this kind of email.
    fn own(&self, part: &str) -> askama::Result<String> {
        self.say(&own_key(self.kind, part))
    }

    /// The subject, with shorter names.
    fn subject(&self) -> askama::Result<String> {
        self.language.say(&own_key(self.kind, "subject"), &self.short).map_err(askama::Error::custom)
    }

    /// The sentence `key` with its own values.
    fn say_with<const N: usize>(&self, key: &str, values: [(&'static str, String); N]) -> askama::Result<String> {
        let args = values.into_iter().map(|(name, value)| (Cow::Borrowed(name), value.into())).collect();
        self.language.say(key, &args).map_err(askama::Error::custom)
    }

    /// Sets a value to one of our own words.
    pub(super) fn word(&mut self, name: &'static str, word: &str) {
        self.args.insert(name.into(), word.to_owned().into());
        self.short.insert(name.into(), word.to_owned().into());
    }

    /// Sets a value to a name that is already sanitized.
    pub(super) fn name(&mut self, name: &'static str, safe: &str) {
        self.args.insert(name.into(), safe.to_owned().into());
        self.short.insert(name.into(), shorten(safe, self.name_chars).into());
    }

    /// States that replies go to this person, for emails with a `Reply-To`. A person who is hidden from the reader has no address.
    pub(super) fn replies_go_to(&mut self, person: &Person) {
        self.name("person", &person.named());
        self.has_reply_to = !person.address.as_str().is_empty();
    }

    fn moment_of(&mut self, at: DateTime<Utc>) -> askama::Result<String> {
        self.has_moment = true;
        self.language.moment(at).map_err(askama::Error::custom)
    }

    fn zone_note(&self) -> askama::Result<String> {
        self.language.zone_note().map_err(askama::Error::custom)
    }

    pub(super) fn moment(&mut self, name: &'static str, at: DateTime<Utc>) -> askama::Result<()> {
        let moment = self.moment_of(at)?;
        self.word(name, &moment);
        Ok(())
    }

    pub(super) fn day(&mut self, name: &'static str, at: DateTime<Utc>) -> askama::Result<()> {
        let day = self.language.day(at).map_err(askama::Error::custom)?;
        self.word(name, &day);
        Ok(())
    }

    pub(super) fn length(&mut self, name: &'static str, length: TimeDelta) -> askama::Result<()> {
        let length = self.language.length(length).map_err(askama::Error::custom)?;
        self.word(name, &length);
        Ok(())
    }

    pub(super) fn fact(&mut self, label: &str, value: String) -> askama::Result<()> {
        self.fact_list(label, vec![value])
    }

    fn fact_list(&mut self, label: &str, values: Vec<String>) -> askama::Result<()> {
        let label = self.just_say(label)?;
        self.facts.push(Fact { label, values: values.into_iter().map(isolated).collect() });
        Ok(())
    }

    pub(super) fn detail(&mut self, label: &str, value: String) -> askama::Result<()> {
        let label = self.just_say(label)?;
        self.details.push(Fact { label, values: vec![isolated(value)] });
        Ok(())
    }

    pub(super) fn fact_moment(&mut self, label: &str, at: DateTime<Utc>) -> askama::Result<()> {
        let moment = self.moment_of(at)?;
        self.fact(label, moment)
    }

    pub(super) fn detail_moment(&mut self, label: &str, at: DateTime<Utc>) -> askama::Result<()> {
        let moment = self.moment_of(at)?;
        self.detail(label, moment)
    }

    /// A number, or that there are more than `most`.
    pub(super) fn count(&self, count: i64, most: i64) -> askama::Result<String> {
        if count <= most {
            return Ok(count.to_string());
        }
        self.say_with("more-than", [("number", most.to_string())])
    }

    /// Adds a paragraph after the button and the message.
    pub(super) fn note(&mut self, key: &str) -> askama::Result<()> {
        let note = self.say(key)?;
        self.notes.push(note);
        Ok(())
    }

    /// Adds a quotation of a person after this sentence.
    pub(super) fn quote(&mut self, sentence: &'static str, message: Option<&str>) {
        self.quote = sentence;
        self.quoted = message.map(quoted).unwrap_or_default().into_iter().map(isolated).collect();
    }

    /// Adds the app that filed the request.
    pub(super) fn through(&mut self, app: Option<&str>) -> askama::Result<()> {
        match app.map(for_email).filter(|app| !app.is_empty()) {
            Some(app) => self.detail("fact-through", app),
            None => Ok(()),
        }
    }

    /// Adds the deadline, and puts its day into the subject.
    pub(super) fn answer_by(&mut self, at: DateTime<Utc>) -> askama::Result<()> {
        self.day("answer_day", at)?;
        self.detail_moment("fact-answer-by", at)
    }

    /// Sets the duration of access, and returns it. `giver` is the person who can stop sharing, if not the reader; `length_key`
    /// is the sentence for a duration.
    pub(super) fn how_long(&mut self, until: Option<Until>, giver: Option<&str>, length_key: &str) -> askama::Result<String> {
        self.has_moment |= matches!(until, Some(Until::At(_)));
        let whose = if giver.is_some() { Giver::They } else { Giver::You };
        let how_long = super::how_long(&self.language, until, whose, giver, length_key).map_err(askama::Error::custom)?;
        self.word("how_long", &how_long);
        Ok(how_long)
    }

    /// Sets the items and the level. `owner` is the person whose data a relationship opens; none means the reader.
    pub(super) fn things(&mut self, items: &[Item], owner: Option<&str>) -> askama::Result<()> {
        let mut levels = items.iter().map(|item| item.level);
        let first_level = levels.next();
        let level = first_level.filter(|first| levels.all(|level| level == *first));
        self.word("level", level.map_or("mixed", |level| level.as_str()));
        let Some(first) = items.first() else {
            self.word("things", "…");
            return Ok(());
        };
        let name = item_name(first);
        // The owner and the number of further items need space in a subject too.
        let name_chars = self.name_chars / (1 + usize::from(first.is_relationship) + usize::from(items.len() > 1));
        let shorter = shorten(&name, name_chars);
        let owner_shorter = owner.map(|owner| shorten(owner, name_chars));
        for (for_subject, name, owner) in [(false, name, owner), (true, shorter, owner_shorter.as_deref())] {
            let name = if first.is_relationship { name } else { self.say_with("thing-named", [("name", name)])? };
            let thing = self.thing(first, name, owner)?;
            let more = items.len() - 1;
            let things = if more == 0 { thing } else { self.and_more("things-more", thing, more)? };
            let args = if for_subject { &mut self.short } else { &mut self.args };
            args.insert("things".into(), things.into());
        }
        Ok(())
    }

    fn thing(&self, item: &Item, name: String, owner: Option<&str>) -> askama::Result<String> {
        match owner {
            _ if !item.is_relationship => self.say_with("thing-data", [("name", name)]),
            None => self.say_with("thing-yours", [("name", name)]),
            Some(owner) => self.say_with("thing-theirs", [("name", name), ("owner", owner.to_owned())]),
        }
    }

    /// Adds the access, and its resources to the details. Several items are listed each with its level.
    pub(super) fn item_facts(&mut self, items: &[Item], owner: Option<&str>) -> askama::Result<()> {
        let [item] = items else {
            let lines = self.item_lines(items, owner)?;
            return self.fact_list("fact-what", lines);
        };
        let access = self.say("access-to")?;
        self.fact("fact-access", access)?;
        if item.resources.is_empty() {
            return Ok(());
        }
        let resources = self.resources(&item.resources)?;
        self.detail("fact-includes", resources)
    }

    /// Adds the granted items, and the requested ones where they differ.
    pub(super) fn compared_facts(&mut self, given: &[Item], asked: &[Item], owner: Option<&str>) -> askama::Result<()> {
        let ([given_item], [asked]) = (given, asked) else {
            let lines = self.item_lines(given, owner)?;
            self.fact_list("fact-given", lines)?;
            let lines = self.item_lines(asked, owner)?;
            return self.fact_list("fact-asked", lines);
        };
        if given_item.level == asked.level && given_item.resources == asked.resources {
            return self.item_facts(given, owner);
        }
        let access = self.say("access-to")?;
        let asked_level = self.say_with("level", [("level", asked.level.as_str().to_owned())])?;
        let access = if given_item.level == asked.level { access } else { self.instead(access, asked_level)? };
        self.fact("fact-access", access)?;
        let resources = self.instead(self.resources(&given_item.resources)?, self.resources(&asked.resources)?)?;
        self.fact("fact-includes", resources)
    }

    /// "for 7 days (instead of for 30 days)", or only the granted value if both are equal.
    pub(super) fn instead(&self, given: String, asked: String) -> askama::Result<String> {
        if given == asked {
            return Ok(given);
        }
        self.say_with("asked-instead", [("given", given), ("asked", asked)])
    }

    fn item_lines(&self, items: &[Item], owner: Option<&str>) -> askama::Result<Vec<String>> {
        let line = |item: &Item| {
            let thing = self.thing(item, item_name(item), owner)?;
            let level = item.level.as_str().to_owned();
            let thing = self.say_with("thing-at-level", [("thing", thing), ("level", level)])?;
            if item.resources.is_empty() {
                return Ok(thing);
            }
            let resources = self.resources(&item.resources)?;
            self.say_with("thing-with-resources", [("thing", thing), ("resources", resources)])
        };
        // Lists all of them, so that nobody approves an item that the email left out.
        items.iter().map(line).collect()
    }

    fn resources(&self, names: &[String]) -> askama::Result<String> {
        let words: Vec<String> = names.iter().take(LISTED).map(|name| display_name(name)).collect();
        let more = names.len().saturating_sub(LISTED);
        if more == 0 {
            return self.language.list(&words).map_err(askama::Error::custom);
        }
        let listed = words.join(", ");
        self.and_more("resources-more", listed, more)
    }

    /// A list of which `more` entries are only counted.
    fn and_more(&self, key: &str, first: String, more: usize) -> askama::Result<String> {
        self.language
            .say(key, &Args::from([("first".into(), first.into()), ("more".into(), more.into())]))
            .map_err(askama::Error::custom)
    }

    /// The code in two groups of three.
    fn code_groups(&self) -> Option<(&str, &str)> {
        self.code.map(|code| code.split_at_checked(3).unwrap_or((code, "")))
    }

    /// The URLs that stand alone on a line of the text.
    fn urls(&self) -> Vec<&str> {
        let pages = [&self.instance.privacy_url, &self.instance.imprint_url].into_iter().flatten().map(Url::as_str);
        pages.chain(self.link.map(Link::as_str)).collect()
    }

    /// The finished email; none if its subject is too long, unless `is_cut` truncates it.
    pub(super) fn print(mut self, is_cut: bool) -> askama::Result<Option<Rendered>> {
        let subject = SubjectTemplate { view: &self }.render()?;
        let whole = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let subject = shorten(&whole, SUBJECT_CHARS);
        if subject != whole && !is_cut {
            return Ok(None);
        }
        // In English, for a header without an encoding; other quotes than English ones are kept as they are.
        let is_english = !subject.contains(['„', '«']);
        let subject = if is_english { typewritten(Zeroizing::new(subject)).to_string() } else { subject };
        self.title.clone_from(&subject);
        let text = typewritten(folded(&filled(&TextTemplate { view: &self })?, &self.urls()));
        let html = filled(&HtmlTemplate { view: &self })?;
        let html = with_bdi(&html).unwrap_or(html);
        Ok(Some(Rendered { subject, text, html }))
    }
}

#[derive(Template)]
#[template(path = "mail/subject.txt")]
struct SubjectTemplate<'a> {
    view: &'a EmailView<'a>,
}

#[derive(Template)]
#[template(path = "mail/email.txt")]
struct TextTemplate<'a> {
    view: &'a EmailView<'a>,
}

#[derive(Template)]
#[template(path = "mail/email.html")]
struct HtmlTemplate<'a> {
    view: &'a EmailView<'a>,
}

/// The key of a sentence of this kind of email.
pub(super) fn own_key(kind: EmailKind, part: &str) -> String {
    format!("{}-{part}", kind.as_str().replace('_', "-"))
}

fn item_name(item: &Item) -> String {
    let name = display_name(&item.name);
    if name.is_empty() { "…".into() } else { name }
}

/// A name as shown. A resource without a name has its URI in its place; of a URL only the end of the path is shown, because an
/// address would have to be taken apart.
fn display_name(name: &str) -> String {
    let path = Url::parse(name).ok().filter(|url| url.has_host() && url.path() != "/").map(|url| {
        let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
        parts.get(parts.len().saturating_sub(2)..).unwrap_or_default().join("/")
    });
    for_email(path.as_deref().unwrap_or(name))
}

fn filled(template: &impl Template) -> askama::Result<Zeroizing<String>> {
    let mut body = Zeroizing::new(String::with_capacity(BODY_BYTES));
    template.render_into(&mut *body)?;
    Ok(body)
}
