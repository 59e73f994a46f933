//! A browser without scripts: keeps cookies, follows redirects on request, and submits the pages' actual forms with the headers
//! of real browsers.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::cookie::Cookie;
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, SET_COOKIE};
use actix_web::test::{self, TestRequest};
use countersign::auth::oidc::Providers;
use countersign::auth::{Authenticator, Passwords, SessionOrigin};
use countersign::domain::User;
use countersign::http::rate_limit::Rates;
use countersign::server::{self, App};
use countersign::store;

use super::language;
use crate::support::fixture::{Fixture, Kind, runtime};

/// The response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The page's text without tags and extra blanks.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (at, part) in self.body.split('<').enumerate() {
            let (tag, rest) = if at == 0 { ("", part) } else { part.split_once('>').unwrap_or((part, "")) };
            let is_inline =
                ["strong", "/strong", "span", "/span", "bdi", "/bdi", "a ", "/a"].iter().any(|inline| tag.starts_with(inline));
            text.push_str(if is_inline { "" } else { " " });
            text.push_str(rest);
        }
        unescaped(&text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    pub(crate) fn says(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    /// The first heading.
    pub(crate) fn heading(&self) -> String {
        let Some((_, rest)) = self.body.split_once("<h1").and_then(|(_, rest)| rest.split_once('>')) else {
            return String::new();
        };
        let heading = rest.split_once("</h1>").map_or("", |(heading, _)| heading);
        unescaped(
            &["<bdi>", "</bdi>", "<strong>", "</strong>"].iter().fold(heading.to_owned(), |text, tag| text.replace(tag, "")),
        )
    }
}

/// The heading of the decision page for Bob's request in most tests.
pub(crate) const BOB_ASKS: &str = "Bob wants to view and change your “Sleep data” until you stop sharing";

/// A browser of somebody.
pub(crate) struct Browser {
    app: App,
    /// Its `Accept-Language`.
    pub(crate) languages: String,
    /// Its `User-Agent`.
    pub(crate) agent: String,
    pub(crate) jar: BTreeMap<String, String>,
    /// The current page.
    pub(crate) page: Answer,
    pub(crate) host: String,
    /// Its IP address.
    pub(crate) peer: std::net::IpAddr,
}

/// The application that a daemon would serve for this fixture.
pub(crate) fn app(fixture: &Fixture) -> App {
    App {
        config: Arc::clone(&fixture.config),
        store: fixture.store.clone(),
        auth: Arc::new(Authenticator::new(fixture.store.clone(), fixture.rng.clone(), &fixture.config.limits).unwrap()),
        providers: Providers::new(&fixture.config.sign_in.oidc).unwrap(),
        outbox: fixture.outbox.clone(),
        mailbox: Some(fixture.mailbox.clone()),
        rates: Arc::new(Rates::new(&fixture.config)),
        waits: Arc::default(),
        links: Some(fixture.links.clone()),
        metrics: None,
    }
}

/// A fixture without limits, for tests with more requests than a person makes.
pub(crate) fn roomy() -> Fixture {
    Fixture::new(Kind::Sqlite).with("[limits]\nredeem_per_minute = 0")
}

/// Sets a person's password.
pub(crate) fn set_password(fixture: &Fixture, user: &User, password: &str) {
    let (id, hash) = (user.id, Passwords::hash(&fixture.rng, password).unwrap());
    fixture.write(move |tx| store::users::set_password(tx, id, &hash)).unwrap();
}

impl Browser {
    pub(crate) fn new(fixture: &Fixture) -> Self {
        let page = Answer { status: 0, headers: HeaderMap::new(), body: String::new() };
        Self {
            app: app(fixture),
            languages: String::new(),
            agent: String::new(),
            jar: BTreeMap::new(),
            page,
            host: "127.0.0.1:8080".to_owned(),
            peer: [127, 0, 0, 1].into(),
        }
    }

    /// Another browser at the same daemon.
    pub(crate) fn beside(&self) -> Self {
        let page = Answer { status: 0, headers: HeaderMap::new(), body: String::new() };
        let (languages, agent) = (self.languages.clone(), self.agent.clone());
        Self { app: self.app.clone(), languages, agent, jar: BTreeMap::new(), page, host: self.host.clone(), peer: self.peer }
    }

    /// One request, with cookies, without following redirects.
    pub(crate) fn send(&mut self, request: TestRequest) -> Answer {
        let mut request = request.peer_addr((self.peer, 50_000).into()).insert_header(("host", self.host.clone()));
        if !self.languages.is_empty() {
            request = request.insert_header(("accept-language", self.languages.clone()));
        }
        if !self.agent.is_empty() {
            request = request.insert_header(("user-agent", self.agent.clone()));
        }
        for (name, value) in &self.jar {
            request = request.cookie(Cookie::new(name.clone(), value.clone()));
        }
        let app = self.app.clone();
        let answer = actix_web::rt::System::new().block_on(async move {
            let service = test::init_service(server::build(&app)).await;
            let response = test::call_service(&service, request.to_request()).await;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = test::read_body(response).await;
            Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
        });
        if answer.header("content-type").starts_with("text/html") && answer.body.contains("<main") {
            let unsaid: Vec<String> = language::unsaid(&answer.text());
            assert!(unsaid.is_empty(), "sentences that could not be said: {unsaid:?}");
        }
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = Cookie::parse(cookie.to_str().unwrap().to_owned()).unwrap();
            if cookie.max_age().is_some_and(actix_web::cookie::time::Duration::is_zero) {
                self.jar.remove(cookie.name());
            } else {
                self.jar.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        answer
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path))
    }

    pub(crate) fn head(&mut self, path: &str) -> Answer {
        self.send(TestRequest::default().method(Method::HEAD).uri(path))
    }

    /// Opens a page, following redirects, and makes it the current one.
    pub(crate) fn open(&mut self, path: &str) -> &Answer {
        let answer = self.get(path);
        self.show(answer)
    }

    fn show(&mut self, mut answer: Answer) -> &Answer {
        for _ in 0..5 {
            if answer.status != 303 {
                break;
            }
            let next = answer.header("location").to_owned();
            answer = self.get(&next);
        }
        self.page = answer;
        &self.page
    }

    /// A POST of these fields, as another program would send it: no CSRF token except a given one.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let mut request = TestRequest::post().uri(path).set_form(fields);
        for header in headers {
            request = request.insert_header(*header);
        }
        self.send(request)
    }

    /// The form with this button on the current page: its target and its hidden fields.
    pub(crate) fn form(&self, button: &str) -> (String, Vec<(String, String)>) {
        let forms = self.page.body.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap());
        let form = forms.into_iter().find(|form| form.contains(&format!(">{button}</button>")));
        let form = form.unwrap_or_else(|| panic!("no button {button:?} on: {}", self.page.text()));
        let mut fields = Vec::new();
        for input in form.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap()) {
            let kind = attribute(input, "type").unwrap_or_default();
            let is_sent = !matches!(kind.as_str(), "radio" | "checkbox") || input.contains(" checked");
            if is_sent {
                fields.push((attribute(input, "name").unwrap(), attribute(input, "value").unwrap_or_default()));
            }
        }
        (attribute(form, "action").unwrap(), fields)
    }

    /// Clicks a button of the current page, with these fields filled in, and shows the result.
    pub(crate) fn press(&mut self, button: &str, filled: &[(&str, &str)]) -> &Answer {
        let answer = self.press_only(button, filled);
        self.show(answer)
    }

    /// Clicks a button and returns its response without showing it.
    pub(crate) fn press_only(&mut self, button: &str, filled: &[(&str, &str)]) -> Answer {
        let (action, mut fields) = self.form(button);
        fields.retain(|(name, _)| !filled.iter().any(|(other, _)| other == name));
        fields.extend(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        // Under `Referrer-Policy: no-referrer` a browser sends no origin, but says that it is the same site.
        let request = TestRequest::post().uri(&action).set_form(fields);
        self.send(request.insert_header(("origin", "null")).insert_header(("sec-fetch-site", "same-origin")))
    }

    /// Signs in with a code from the current sign-in page of an email's link.
    pub(crate) fn sign_in_by_code(&mut self, fixture: &Fixture, email: &str) -> &Answer {
        self.press("Email me a sign-in code", &[]);
        fixture.deliver();
        let code = code_in(&fixture.emails_to(email)[0].text);
        self.press("Sign in", &[("code", &code)])
    }

    /// Proves the mailbox with a code, from the page that asks for it.
    pub(crate) fn prove_mailbox(&mut self, fixture: &Fixture, email: &str) -> &Answer {
        self.press("Email me a code", &[]);
        fixture.deliver();
        let code = code_in(&fixture.emails_to(email)[0].text);
        self.press("Confirm", &[("code", &code)])
    }

    /// Opens the newest link emailed to an address and signs in by code.
    pub(crate) fn follow(&mut self, fixture: &Fixture, email: &str) -> &Answer {
        let token = fixture.token_for(email);
        self.open(&format!("/redeem?token={token}"));
        self.sign_in_by_code(fixture, email)
    }
}

impl Browser {
    /// A browser in which a person is signed in.
    pub(crate) fn of(fixture: &Fixture, user: &User) -> Self {
        let mut browser = Self::new(fixture);
        let session = runtime().block_on(browser.app.auth.open_session(user.id, SessionOrigin::default())).unwrap();
        browser.jar.insert("countersign".to_owned(), session.to_string());
        browser
    }
}

/// The six digits that stand alone on a line.
pub(crate) fn code_in(text: &str) -> String {
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit());
    text.lines().map(str::trim).find(is_code).expect("a code in the email").to_owned()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let end = tag[start..].find('"')? + start;
    Some(unescaped(&tag[start..end]))
}

fn unescaped(text: &str) -> String {
    text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&")
}

impl Browser {
    /// Opens a link again, with a new sign-in.
    pub(crate) fn follow_again(&mut self, fixture: &Fixture, token: &str) -> &Answer {
        self.jar.clear();
        self.open(&format!("/redeem?token={token}"));
        self.sign_in_by_code(fixture, "ann@example.org")
    }
}
