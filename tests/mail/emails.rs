//! All kinds of emails, from the operations that cause them through a real mail server and back, in each language.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use countersign::domain::{ApprovalLimits, Caller, Credential, EmailKind, Level, Request, Scope, Until, User};
use countersign::mail::emails;
use countersign::store::blocks::{self, Blocked};
use countersign::store::outbox;
use countersign::workflow::accounts;
use countersign::workflow::requests::file::Filing;
use countersign::workflow::requests::link;
use countersign::workflow::shares::{self, NewShare, Target, With};
use mail_parser::{HeaderValue, MessageParser};

use crate::support::fixture::{Fixture, Kind, ask, offer, person, token_in};
use crate::support::smtp::{MailServer, USERNAME};

/// The host of links, which emails do not name otherwise.
const PUBLIC: &str = "https://access.example.test";

fn fixture() -> (Fixture, &'static MailServer) {
    let server = MailServer::shared();
    let (ca, password) = (server.ca_file.display().to_string(), server.password_file.display().to_string());
    let fixture = Fixture::new(Kind::Sqlite).with(&format!(
        "[server]\npublic_url = {PUBLIC:?}\n[limits]\ntarget_letters = 0\ninitiator_hourly = 0\ninitiator_daily = 0\ndomain_hourly = 0\n\
         [mail]\nfrom = \"Countersign <access@example.test>\"\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"localhost\"\n\
         port = {}\ntls = \"starttls\"\nca_file = {ca:?}\nusername = {USERNAME:?}\npassword_file = {password:?}",
        server.starttls_port
    ));
    (fixture, server)
}

/// Every operation that sends, so that each kind of email is sent at least once. `tag` keeps the addresses of tests apart.
fn everything(fixture: &Fixture, tag: &str, locale: &str, server_rejects: &str) -> (User, User) {
    let speaks = |email: &str| {
        fixture.add_user(email, |new| {
            new.locale = locale.into();
            new.time_zone = "Europe/Zurich".into();
            new.last_name = "Müller-Ångström".into();
        })
    };
    let (ann, bob) = (speaks(&format!("{tag}-ann@example.test")), speaks(&format!("{tag}-bob@example.test")));
    fixture.add_user(&format!("{tag}-ann-admin@example.test"), |new| {
        new.is_admin = true;
        new.locale = locale.into();
    });
    let mut number = 0;
    let mut mine = |what: &str| {
        number += 1;
        fixture.bundle_of(&format!("{what} {tag} {number}"), &ann, &[&format!("urn:{tag}:{number}")])
    };
    let page = Caller::person(bob.id, false, Credential::Session);
    let filed = |filing: &Filing| -> Request {
        let request = fixture.file(&page, filing).unwrap().0.request;
        fixture.deliver();
        request
    };
    // Receipt, decide, approved; approved with limits; declined with a reason; withdrawn; cancelled.
    let month = Some(Until::For(TimeDelta::days(30)));
    let message = Some("Grüße!\nSee http://evil.example/ & <b>me</b>".to_owned());
    let first = filed(&Filing { until: month, level: Some(Level::View), message, ..ask(&mine("Sleep data"), &ann, &bob) });
    let lasting = fixture.approve(&ann, first.id).unwrap().1.grant;
    let bundle = mine("Steps");
    let request = filed(&ask(&bundle, &ann, &bob));
    let caller = person(&ann);
    let less = ApprovalLimits { level: Some(Level::View), until: month, ..ApprovalLimits::default() };
    fixture
        .write(move |tx| {
            let request = countersign::workflow::requests::view::find(tx, &caller, request.id)?;
            countersign::workflow::requests::decide::approve(tx, &caller, &request, &less).map(drop)
        })
        .unwrap();
    let request = filed(&ask(&mine("Heart"), &ann, &bob));
    let caller = person(&ann);
    fixture
        .write(move |tx| {
            let request = countersign::workflow::requests::view::find(tx, &caller, request.id)?;
            countersign::workflow::requests::decide::decline(tx, &caller, &request, Some("Not now, sorry.\nAnn"))
        })
        .unwrap();
    let request = filed(&ask(&mine("Breath"), &ann, &bob));
    fixture.delete(&person(&bob), request.id).unwrap();
    let bundle = mine("Snoring");
    filed(&ask(&bundle, &ann, &bob));
    fixture.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), bundle.id)).unwrap();
    // Transferred while pending; an offer; a share; revoked; a code.
    let bundle = mine("Naps");
    filed(&ask(&bundle, &ann, &bob));
    let heir = speaks(&format!("{tag}-heir@example.test"));
    fixture.hand_over(bundle.id, &heir).unwrap();
    fixture.file(&person(&ann), &offer(&mine("Plan"), &bob)).unwrap();
    let (bundle, config) = (mine("Notes"), fixture.config.clone());
    let new = NewShare {
        of: Target::Bundle(bundle.id),
        with: With::User(bob.id),
        level: Level::View,
        reshare: 0,
        starts_at: None,
        ends_at: None,
        is_enabled: true,
        name: String::new(),
        tenant: None,
        attributes: None,
    };
    let caller = person(&ann);
    let shared = fixture.write(move |tx| shares::share(tx, &config, &caller, &new)).unwrap().grant;
    fixture.deliver();
    fixture.revoke(&person(&ann), shared.id).unwrap();
    let id = ann.id;
    fixture.write(move |tx| outbox::add(tx, EmailKind::SignInCode, id, None, 1)).unwrap();
    fixture.write(move |tx| outbox::add(tx, EmailKind::SignInWarning, id, None, 1)).unwrap();
    fixture.write(move |tx| outbox::add(tx, EmailKind::BrowserRemembered, id, None, 1)).unwrap();
    fixture.deliver();
    // An unknown recipient: the requester is notified.
    let gone = fixture.user(server_rejects);
    filed(&ask(&fixture.relationship(&format!("coach {tag}")), &gone, &bob));
    fixture.deliver();
    // A fresh link, a reminder, an end without an answer.
    let waiting = filed(&ask(&fixture.relationship(&format!("nurse {tag}")), &ann, &bob));
    fixture.pass(TimeDelta::minutes(10));
    let caller = person(&ann);
    fixture.write(move |tx| link::fresh_of(tx, &caller, waiting.id).map(drop)).unwrap();
    fixture.deliver();
    fixture.pass(TimeDelta::hours(84));
    fixture.queue_notices();
    fixture.deliver();
    fixture.pass(TimeDelta::days(4));
    fixture.sweep();
    fixture.deliver();
    // Access that ends.
    while fixture.now() < lasting.ends_at.unwrap() + TimeDelta::hours(1) {
        fixture.queue_notices();
        fixture.deliver();
        fixture.pass(TimeDelta::hours(12));
    }
    fixture.queue_notices();
    fixture.deliver();
    assert!(!fixture.read(|tx| blocks::is_blocked(tx, bob.id, &[Blocked::User(ann.id)])).unwrap());
    (ann, bob)
}

#[test]
fn each_kind_of_email_passes_a_real_server_unchanged_and_valid() {
    let (fixture, server) = fixture();
    for locale in ["en", "de", "fr"] {
        let tag = format!("set-{locale}");
        let (ann, _) = everything(&fixture, &tag, locale, "rejected@example.test");
        fixture.write(move |tx| accounts::set_password(tx, &Caller::operator(), ann.id, "a hash")).unwrap();
        fixture.deliver();
        fixture.sql("UPDATE users SET deleted_at = 1 WHERE email = 'rejected@example.test'").unwrap();
        let sent: Vec<_> = fixture.queue().into_iter().filter(|email| email.state.as_str() == "sent").collect();
        let kinds: BTreeSet<EmailKind> = sent.iter().map(|email| email.kind).collect();
        let missing: Vec<_> = EmailKind::ALL.iter().filter(|kind| !kinds.contains(kind)).collect();
        assert!(missing.is_empty(), "{locale}: {missing:?} was never sent");
        for reader in ["ann", "bob", "heir", "ann-admin"] {
            let address = format!("{tag}-{reader}@example.test");
            let user =
                fixture.texts(&format!("SELECT CAST(id AS TEXT) AS value FROM users WHERE email = '{address}'"))[0].clone();
            let count = sent.iter().filter(|email| email.user.to_string() == user).count();
            assert!(count > 0, "{address}");
            for bytes in server.emails(&address, count) {
                check(&bytes, &address, locale);
            }
        }
    }
}

/// Checks of every email that arrived.
fn check(bytes: &[u8], address: &str, locale: &str) {
    let raw = std::str::from_utf8(bytes).expect("ASCII");
    assert!(bytes.is_ascii() && raw.lines().all(|line| line.len() <= 998), "{address}");
    assert!(!raw.to_ascii_lowercase().contains("content-transfer-encoding: quoted-printable"), "{address}: {raw}");
    let message = MessageParser::default().parse(bytes).unwrap();
    let subject = message.subject().unwrap();
    assert!(!subject.contains("csr_") && subject.chars().count() <= 150, "{subject}");
    let automatic = message.header("Auto-Submitted").and_then(HeaderValue::as_text);
    assert_eq!(automatic, Some("auto-generated"), "{subject}");
    assert!(message.message_id().unwrap().ends_with("@example.test"), "{subject}");
    assert!(message.date().is_some());
    let from = message.from().and_then(|people| people.first()).unwrap();
    assert_eq!((from.name(), from.address()), (Some("Countersign"), Some("access@example.test")), "{subject}");
    let to: Vec<_> = message.to().unwrap().iter().filter_map(|person| person.address()).collect();
    assert_eq!(to, [address], "{subject}");
    assert!(message.cc().is_none() && message.bcc().is_none());
    assert_eq!(message.html_body_count() + message.text_body_count(), 2, "{subject}");

    let text = message.body_text(0).unwrap().replace("\r\n", "\n");
    let html = message.body_html(0).unwrap().replace("\r\n", "\n");
    assert!(html.contains(&format!("<html lang=\"{locale}\" dir=\"ltr\"")), "{subject}");
    assert!(html.contains("name=\"color-scheme\" content=\"light dark\"") && html.contains("prefers-color-scheme: dark"));
    // One link, alone on its line, the same in both bodies; ours, and no other.
    let links: Vec<&str> = text.lines().filter(|line| line.starts_with("https://")).collect();
    assert!(links.len() <= 1 && text.matches("://").count() == links.len(), "{subject}: {text}");
    assert!(!html.contains("evil.example") && !text.contains("evil.example"), "{subject}");
    for link in links {
        assert!(link.starts_with(&format!("{PUBLIC}/")) && link.matches('?').count() <= 1, "{link}");
        assert_eq!(html.matches(&format!("href=\"{}\"", link.replace('&', "&#38;"))).count(), 1, "{subject}");
        // On one line of the transmitted message, for programs that decode nothing.
        assert!(raw.lines().any(|line| line == link.replace('&', "&#38;")), "{subject}: {raw}");
        let has_token = token_in(link).is_some();
        assert_eq!(has_token, link.starts_with(&format!("{PUBLIC}/redeem?token=")), "{link}");
    }
    for line in text.lines().filter(|line| !line.starts_with("https://")) {
        assert!(line.chars().count() <= emails_width(), "{subject}: {line}");
    }
}

fn emails_width() -> usize {
    countersign::mail::sanitize::LINE_CHARS
}

#[test]
fn the_link_of_each_kind_of_email_decides() {
    for kind in [EmailKind::Decide, EmailKind::Reminder, EmailKind::FreshLink] {
        let fixture = Fixture::new(Kind::Sqlite);
        let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
        let (request, _) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
        fixture.pass(TimeDelta::hours(84));
        match kind {
            EmailKind::Reminder => drop(fixture.queue_notices()),
            EmailKind::FreshLink => {
                let caller = person(&ann);
                fixture.write(move |tx| link::fresh_of(tx, &caller, request.id).map(drop)).unwrap();
            }
            _ => drop(fixture.resend(&person(&bob), request.id).unwrap()),
        }
        fixture.deliver();
        assert_eq!(fixture.queue().last().unwrap().kind, kind);
        fixture.redeem(&ann, &fixture.token_for("ann@example.org")).unwrap();
        assert_eq!(fixture.state(request.id), "approved");
    }
    assert!(EmailKind::WITH_TOKEN.iter().all(|kind| kind.carries_token()));
    assert_eq!(EmailKind::ALL.iter().filter(|kind| kind.carries_token()).count(), EmailKind::WITH_TOKEN.len());
}

#[test]
fn a_lost_reminder_does_not_change_the_mail_state() {
    use crate::support::faulty_smtp::{Act, FaultySmtp, Moment};
    let fixture = Fixture::new(Kind::Sqlite);
    let (ann, bob) = (fixture.user("ann@example.test"), fixture.user("bob@example.test"));
    let (request, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    fixture.pass(TimeDelta::hours(84));
    fixture.queue_notices();
    let server = FaultySmtp::that(Moment::Recipient, Act::Say("550 5.1.1 no such person"));
    let by_smtp = fixture.with(&format!(
        "[mail]\nfrom = \"Countersign <access@example.test>\"\ntransport = \"smtp\"\n\
         [mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\ntimeout = \"2s\"",
        server.port
    ));
    assert_eq!(by_smtp.deliver(), 1);
    assert_eq!(fixture.emails(), [("decide", "sent"), ("reminder", "dead")]);
    assert_eq!(fixture.request(request.id).mail_state.as_str(), "sent");
    assert_eq!(fixture.count("tokens", "1 = 1"), 1, "the lost link opens nothing");
    fixture.redeem(&ann, &token).unwrap();
}

#[test]
fn an_app_that_files_for_a_person_is_named_in_their_receipt() {
    let fixture = Fixture::new(Kind::Sqlite).with("[letters]\nreceipt = \"always\"");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let app = fixture.app("Sleep Diary", None, &[Scope::Requests, Scope::ActAs]);
    fixture.file(&app, &ask(&fixture.bundle("Sleep data", &ann), &ann, &bob)).unwrap();
    fixture.deliver();
    let email = &fixture.emails_to("bob@example.org")[0];
    assert_eq!(email.subject, "Request sent: you asked #1 to let you view and change \"Sleep data\"");
    assert!(email.text.contains("  App: Sleep Diary\n"), "{}", email.text);
    let _: fn(&emails::Email) -> EmailKind = emails::Email::kind;
}

/// ASCII names leave an English email in ASCII: both bodies are readable as transmitted.
#[test]
fn an_ascii_email_is_sent_without_encoding() {
    let (fixture, server) = fixture();
    let (ann, bob) = (fixture.user("plain-ann@example.test"), fixture.user("plain-bob@example.test"));
    let filing =
        Filing { message: Some("It\u{2019}s for the study.".into()), ..ask(&fixture.bundle("Sleep data", &ann), &ann, &bob) };
    fixture.file(&person(&bob), &filing).unwrap();
    fixture.deliver();
    let bytes = server.emails("plain-ann@example.test", 1).remove(0);
    let raw = String::from_utf8(bytes.clone()).unwrap();
    assert_eq!(raw.to_ascii_lowercase().matches("content-transfer-encoding: 7bit").count(), 2, "{raw}");
    let text = MessageParser::default().parse(&bytes).unwrap().body_text(0).unwrap().into_owned();
    let link = text.lines().find(|line| line.starts_with(PUBLIC)).unwrap();
    assert_eq!(raw.lines().filter(|line| *line == link).count(), 2, "{raw}");
    assert!(text.contains("It's for the study."), "{text}");
}
