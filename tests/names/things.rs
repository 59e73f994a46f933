//! Groups, bundles and resources: one name in any case and form, and no name that is another one's id.

use countersign::domain::{Caller, Level, Name, ResourceKind, Scope};
use countersign::random::Rng;
use countersign::store;
use countersign::workflow::accounts::{self, NewKey};
use serde_json::json;

use crate::support::fixture::{Fixture, on_both};
use crate::support::http::Site;

on_both![a_group_or_bundle_has_one_name_in_any_form, nothing_is_named_like_an_id, stored_names_have_no_invisible_characters];

fn a_group_or_bundle_has_one_name_in_any_form(fixture: &Fixture) {
    let ann = fixture.user("ann@x.org");
    let group = |name: &'static str| fixture.write(move |tx| accounts::add_group(tx, &Caller::operator(), name, &[]));
    let bundle = |name: &'static str| {
        let owner = ann.id;
        fixture.write(move |tx| accounts::add_bundle(tx, &Caller::operator(), name, Some(owner), Level::View, &[]))
    };
    let (readers, sleep) = (group("Überleser").unwrap(), bundle("Café-Daten").unwrap());
    assert_eq!(group(" U\u{308}berleser").unwrap_err().to_string(), "name: Überleser is taken");
    for taken in ["Überleser", "überleser", "ÜBERLESER", "U\u{308}berleser\u{200b}"] {
        assert!(group(taken).unwrap_err().to_string().contains("is taken"), "{taken}");
    }
    for taken in ["café-daten", "CAFE\u{301}-DATEN", "Café-\u{ad}Daten"] {
        assert!(bundle(taken).unwrap_err().to_string().contains("is taken"), "{taken}");
    }
    for name in ["überLESER", "U\u{308}berleser"] {
        let name = Name::read(name).unwrap();
        assert_eq!(fixture.read(|tx| store::users::find_group_by_name(tx, &name)).unwrap().unwrap().id, readers.id);
        assert_eq!(fixture.read(|tx| store::access::group_by_name(tx, &name)).unwrap(), Some(readers.id));
    }
    for name in ["CAFÉ-daten", "Cafe\u{301}-Daten"] {
        let name = Name::read(name).unwrap();
        assert_eq!(fixture.read(|tx| store::bundles::find_by_name(tx, &name)).unwrap().unwrap().id, sleep.id);
        assert_eq!(fixture.read(|tx| store::access::bundle_by_name(tx, &name)).unwrap(), Some(sleep.id));
    }
    // A removed one keeps no name.
    fixture.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), sleep.id)).unwrap();
    bundle("CAFÉ-DATEN").unwrap();
}

/// References accept a name or an id, so a name that is a number would be another one's id.
fn nothing_is_named_like_an_id(fixture: &Fixture) {
    let site = Site::with(fixture, &format!("{}[shares]\nopen_claim = true\n", crate::support::http::NO_LIMITS));
    let ann = site.user("ann@x.org");
    site.user("bob@x.org");
    for number in ["1", "007", "１２", " 3 ", "\u{661}"] {
        let group = fixture.write(move |tx| accounts::add_group(tx, &Caller::operator(), number, &[]));
        assert!(group.unwrap_err().to_string().contains("taken for an id"), "{number}");
        let owner = Some(ann.id);
        let bundle = fixture.write(move |tx| accounts::add_bundle(tx, &Caller::operator(), number, owner, Level::View, &[]));
        assert!(bundle.unwrap_err().to_string().contains("taken for an id"), "{number}");
    }
    for (uri, says) in
        [("1", "an id"), ("１２", "an id"), ("/api/bundle/1/", "something else"), ("/api/user/1", "something else")]
    {
        let owner = ann.id;
        let text = uri.to_owned();
        let added =
            fixture.write(move |tx| accounts::add_resource(tx, &Caller::operator(), &text, "x", ResourceKind::File, owner));
        assert!(added.unwrap_err().to_string().contains(says), "{uri}");
    }
    // Sharing an unregistered resource registers it.
    let body = json!({ "type": "read", "sharedWith": "bob@x.org", "sharedWithType": "user", "resourceUri": "12" });
    let claimed = site.send("ann@x.org", "POST", "/authorization/shares", &body.to_string());
    assert!(claimed.status == 400 && claimed.body.contains("id"), "{claimed}");
    assert_eq!(fixture.count("resources", "1 = 1"), 0);
}

/// A name is shown as it was written, without invisible characters; characters that would turn the text around it are refused.
fn stored_names_have_no_invisible_characters(fixture: &Fixture) {
    let ann = fixture.user("ann@x.org").id;
    let resource = |uri: &'static str, name: &'static str| {
        fixture.write(move |tx| accounts::add_resource(tx, &Caller::operator(), uri, name, ResourceKind::File, ann))
    };
    assert_eq!(resource("/files/1", " Cafe\u{301}\u{200b} ").unwrap().name, "Café");
    assert_eq!(resource("/files/2", "/files/2").unwrap().name, "/files/2");
    let app = |name: &str| {
        let new = NewKey {
            name: name.into(),
            app: None,
            user: None,
            scopes: [Scope::Check].into_iter().collect(),
            redeem_urls: Vec::new(),
        };
        fixture.write(move |tx| accounts::add_key(tx, &Caller::operator(), &Rng::System, &new)).map(drop)
    };
    app("Sleep\u{feff} Diary").unwrap();
    assert_eq!(fixture.texts("SELECT name AS value FROM api_keys"), ["Sleep Diary"]);
    for (refused, says) in
        [("a\u{202e}b", "direction"), ("a\u{2067}b", "direction"), ("a\u{2028}b", "control"), ("a\0b", "control")]
    {
        assert!(app(refused).unwrap_err().to_string().contains(says), "{refused:?}");
    }
    assert!(resource("/files/3", "a\u{202e}b").is_err() && app("\u{200b}").is_err());
}
