//! People are found by their names in any case and form, and nobody has a name by which others mistake them for somebody else.

use countersign::domain::{Address, Caller, NewUser, User};
use countersign::workflow::{WorkflowError, accounts};
use serde_json::json;

use crate::support::fixture::{Fixture, on_both};
use crate::support::http::{PASSWORD, Site, basic};

on_both![
    people_are_found_by_names_in_any_script,
    an_administrator_finds_people_in_any_script,
    a_username_that_reads_like_a_taken_one_is_refused,
    a_username_is_typed_in_any_case,
    an_app_and_a_share_name_people_in_any_case,
    a_pasted_address_signs_in,
];

const ROOT: &str = "root@x.org";

fn named(fixture: &Fixture, email: &str, [first, last, username]: [&str; 3]) -> User {
    fixture.add_user(email, |new| {
        (new.first_name, new.last_name) = (first.to_owned(), last.to_owned());
        new.username = Some(username.to_owned());
    })
}

fn cast(site: &Site) {
    site.admin(ROOT);
    named(&site.fixture, "oez@x.org", ["Mesut", "Özil", "Özil"]);
    named(&site.fixture, "iv@x.org", ["Иван", "Ёлкин", "Иван"]);
    // Decomposed into a letter and its accent, like file names of a Mac.
    named(&site.fixture, "zoe@x.org", ["Zoe\u{308}", "E\u{301}tienne", "zoe\u{308}"]);
    named(&site.fixture, "str@x.org", ["Anna", "Strauß", "strauß"]);
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn people_are_found_by_names_in_any_script(fixture: &Fixture) {
    let site = Site::new(fixture);
    cast(&site);
    for (field, text, email) in [
        ("search", "Özil", "oez@x.org"),
        ("search", "özil", "oez@x.org"),
        ("search", "ÖZIL", "oez@x.org"),
        ("search", "O\u{308}zil", "oez@x.org"),
        ("search", "zil", "oez@x.org"),
        ("search", "MESUT", "oez@x.org"),
        ("search", "mesut  özil", "oez@x.org"),
        ("search", "Özil, Mesut", "oez@x.org"),
        ("search", "zil mes oez@", "oez@x.org"),
        ("search", "mesut иван", ""),
        ("search", "иван", "iv@x.org"),
        ("search", "ЁЛКИН", "iv@x.org"),
        ("search", "Е\u{308}лкин", "iv@x.org"),
        ("search", "Zoë", "zoe@x.org"),
        ("search", "ZOE\u{308}", "zoe@x.org"),
        ("search", "étienne", "zoe@x.org"),
        ("search", "STRAUSS", "str@x.org"),
        ("search", "strauß", "str@x.org"),
        ("search", "OEZ@X.ORG", "oez@x.org"),
        ("username", "özil", "oez@x.org"),
        ("username", "O\u{308}ZIL", "oez@x.org"),
        ("username", "ИВАН", "iv@x.org"),
        ("username__in", "nobody,иВан", "iv@x.org"),
        ("username__startswith", "öZ", "oez@x.org"),
        ("username__startswith", "и", "iv@x.org"),
        ("username__startswith", "ИВ", "iv@x.org"),
        ("username__startswith", "Zoë", "zoe@x.org"),
        ("email", "OEZ@x.org", "oez@x.org"),
        ("email__in", "nobody@x.org,OEZ@x.org", "oez@x.org"),
        ("email__startswith", "OEZ", "oez@x.org"),
    ] {
        let found = site.send(ROOT, "GET", &format!("/api/user/?{field}={}", encoded(text)), "").json();
        let emails: Vec<&str> = found["objects"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap()).collect();
        assert_eq!(emails.join(","), email, "{field}={text}");
    }
    // A name is shown as it was written, composed.
    let zoe = site.send(ROOT, "GET", &format!("/api/user/?search={}", encoded("zoë")), "").json();
    assert_eq!((&zoe["objects"][0]["first_name"], &zoe["objects"][0]["username"]), (&json!("Zoë"), &json!("zoë")));
}

fn an_administrator_finds_people_in_any_script(fixture: &Fixture) {
    let site = Site::new(fixture);
    cast(&site);
    let root = fixture.read(|tx| countersign::store::users::find_by_email(tx, &Address::parse(ROOT).unwrap())).unwrap().unwrap();
    let caller = Caller::person(root.id, true, countersign::domain::Credential::Session);
    for (text, email) in [
        ("özi", "oez@x.org"),
        ("O\u{308}ZIL", "oez@x.org"),
        ("иван", "iv@x.org"),
        ("ёлк", "iv@x.org"),
        ("Etienne\u{301}", ""),
        ("É", "zoe@x.org"),
        ("strauss", "str@x.org"),
        ("mailto:OEZ@x.org", "oez@x.org"),
        ("Mesut Özil <oez@x.org>", "oez@x.org"),
    ] {
        let found = fixture.read(|tx| countersign::workflow::admin::search::find(tx, &caller, text)).unwrap();
        let emails: Vec<&str> = found.people.iter().map(|user| user.email.as_str()).collect();
        assert_eq!(emails.join(","), email, "{text}");
    }
}

fn add(fixture: &Fixture, email: &str, username: &str) -> Result<User, WorkflowError> {
    let new = NewUser { username: Some(username.to_owned()), ..NewUser::with_address(Address::parse(email).unwrap()) };
    fixture.write(move |tx| accounts::add_user(tx, &Caller::operator(), &new))
}

fn a_username_that_reads_like_a_taken_one_is_refused(fixture: &Fixture) {
    add(fixture, "bob@x.org", "bob").unwrap();
    add(fixture, "anna@x.org", "анна").unwrap();
    for (username, reason) in [
        ("bob", "is taken"),
        ("Bob", "is taken"),
        ("BOB", "is taken"),
        ("ｂｏｂ", "is taken"),
        ("АННА", "is taken"),
        ("bo\u{200b}b", "invisible character"),
        ("bob\u{2060}", "invisible character"),
        ("b\u{43e}b", "looks like"),
        ("В\u{41e}В", "looks like"),
        ("b\u{3bf}b", "looks like"),
        ("анн\u{61}", "looks like"),
    ] {
        let refused = add(fixture, "eve@x.org", username).expect_err(username).to_string();
        assert!(refused.starts_with("username: ") && refused.contains(reason), "{username:?}: {refused}");
    }
    // Letters of one's own script resemble no other name, and ASCII stands for itself.
    for (number, username) in ["bobby", "b0b", "vova", "Вова", "bernd", "bemd", "Мария", "李雷"].into_iter().enumerate()
    {
        add(fixture, &format!("p{number}@x.org"), username).unwrap_or_else(|refused| panic!("{username}: {refused}"));
    }
    // A removed person keeps no name.
    let anna = fixture.read(|tx| countersign::store::users::find_by_email(tx, &Address::parse("anna@x.org").unwrap())).unwrap();
    fixture.remove_user(&anna.unwrap(), None).unwrap();
    add(fixture, "anna2@x.org", "Анна").unwrap();
}

fn a_username_is_typed_in_any_case(fixture: &Fixture) {
    let site = Site::new(fixture);
    site.named("bob@x.org", "bob");
    site.named("zoe@x.org", "Zoë");
    for (name, status) in [
        ("bob", 200),
        ("Bob", 200),
        (" BOB ", 200),
        ("zoë", 200),
        ("ZOE\u{308}", 200),
        ("zoe", 401),
        ("b\u{43e}b", 401),
        ("Bob <bob@x.org>", 200),
        ("<bob@x.org>", 200),
        ("bob\0", 401),
    ] {
        for _ in 0..2 {
            let headers = [("Authorization", basic(name, PASSWORD))];
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = site.send_with("", "GET", "/api/account/", &headers, "");
            assert_eq!(answer.status, status, "{name:?}: {answer}");
        }
    }
}

fn an_app_and_a_share_name_people_in_any_case(fixture: &Fixture) {
    use countersign::domain::Scope;
    let site = Site::new(fixture);
    let ann = site.user("ann@x.org");
    named(&site.fixture, "oez@x.org", ["Mesut", "Özil", "Özil"]);
    let bundle = fixture.bundle_of("Sleep data", &ann, &["/files/1"]);
    assert!(bundle.id.0 > 0);
    for (number, name) in ["Özil", "özil", "O\u{308}ZIL"].into_iter().enumerate() {
        let body = json!({
            "type": "read", "sharedWith": name, "sharedWithType": "user", "resourceUri": "/files/1", "name": format!("n{number}")
        });
        let shared = site.send("ann@x.org", "POST", "/authorization/shares", &body.to_string());
        assert!(matches!(shared.status, 200 | 201), "{name}: {shared}");
        assert_eq!(shared.json()["sharedWith"], "Özil", "{name}: {shared}");
        for filter in
            [format!("eq(sharedWith,'{name}')"), format!("startsWith($primary,sharedWith,'{}')", &name[..name.len() - 1])]
        {
            let listed = site.send("ann@x.org", "GET", &format!("/authorization/shares?filter={}", encoded(&filter)), "").json();
            assert!(listed["count"].as_i64().unwrap() > 0, "{filter}: {listed}");
        }
    }
    let (_, key) = site.key(None, &[Scope::Check], &[]);
    for name in ["Özil", "özil", "O\u{308}ZIL", "oez@x.org"] {
        let question = json!({
            "subject": { "type": "user", "id": name }, "action": { "name": "view" }, "resource": { "type": "resource", "id": "/files/1" }
        });
        let answer = site.send(&key, "POST", "/access/v1/evaluation", &question.to_string());
        assert_eq!(answer.json()["decision"], true, "{name}: {answer}");
    }
    for name in ["Ozil", "eve", "\u{200b}"] {
        let question = json!({
            "subject": { "type": "user", "id": name }, "action": { "name": "view" }, "resource": { "type": "resource", "id": "/files/1" }
        });
        let answer = site.send(&key, "POST", "/access/v1/evaluation", &question.to_string());
        assert_eq!(answer.json()["decision"], false, "{name}: {answer}");
    }
}

/// People may paste an address with other text around it. A program must send it alone, since a text with two addresses must
/// not name somebody whom the app does not mean.
fn a_pasted_address_signs_in(fixture: &Fixture) {
    let site = Site::new(fixture);
    let ann = site.user("ann@x.org");
    site.user("bob@x.org");
    let bundle = fixture.bundle("Sleep data", &ann).id.0;
    for (target, status, says) in [
        ("ann@x.org", 201, ""),
        (" ANN@x.org\u{a0}", 200, ""),
        ("mailto:ann@x.org", 400, "alone"),
        ("Ann <ann@x.org>", 400, "alone"),
        ("bob@x.org <ann@x.org>", 400, "alone"),
        ("<ann@x.org>", 400, "alone"),
        ("\u{200b}ann@x.org", 400, "alone"),
        ("änn@x.org", 400, "letters"),
        ("a..b@docomo.ne.jp", 400, "dot"),
        ("ann@ex_ample.org", 400, "underscore"),
    ] {
        let body = json!({ "user_target": target, "user_allowed": "bob@x.org", "bundle": bundle }).to_string();
        let answer = site.send("bob@x.org", "POST", "/api/bundle_permission_request/", &body);
        assert!(answer.status == status && answer.body.contains(says), "{target}: {answer}");
    }
    for (with, says) in [("Ann <ann@x.org>", "alone"), ("änn@x.org", "letters"), ("a..b@docomo.ne.jp", "dot")] {
        let body = json!({ "type": "read", "sharedWith": with, "sharedWithType": "user", "resourceUri": "/files/1" }).to_string();
        let answer = site.send("bob@x.org", "POST", "/authorization/shares", &body);
        assert!(answer.status == 400 && answer.body.contains(says), "{with}: {answer}");
    }
}
