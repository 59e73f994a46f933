//! Adding people whom others named by address, and changing a person's settings.

use countersign::domain::{Caller, GranteeKind, NewUser, UserRef};
use countersign::store::users::{self, Settings};
use countersign::workflow::accounts;
use countersign::workflow::import::{self, Import};
use countersign::workflow::requests::file::Filing;

use crate::pages::browser::Browser;
use crate::support::fixture::{Fixture, address, ask, on_both, person, word};

on_both![
    adding_a_person_completes_one_who_was_named_by_address,
    the_address_of_an_added_person_is_taken,
    only_the_given_settings_change,
];

const BOSS: &str = "boss@corp.test";

fn new(username: &str) -> NewUser {
    NewUser {
        username: Some(username.into()),
        first_name: "Bo".into(),
        last_name: "Ss".into(),
        is_admin: true,
        locale: "de".into(),
        ..NewUser::with_address(address(BOSS))
    }
}

fn adding_a_person_completes_one_who_was_named_by_address(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (sleep, coach) = (fixture.bundle("Sleep data", &ann), fixture.relationship("coach"));
    let boss = UserRef::Address(address(BOSS));
    let (view, _) = fixture.file(&person(&bob), &Filing { target: boss.clone(), ..ask(&coach, &ann, &bob) }).unwrap();
    let id = view.target.id;
    let (offered, _) =
        fixture.file(&person(&ann), &Filing { target: boss.clone(), allowed: boss, ..ask(&sleep, &ann, &ann) }).unwrap();
    fixture.deliver();
    let external = fixture.read(|tx| users::find(tx, id)).unwrap().unwrap();
    let given = fixture.approve(&external, offered.request.id).unwrap().1.grant;
    assert_eq!(given.grantee_kind, GranteeKind::ExternalUser);
    // A taken username is refused, and changes nothing.
    fixture.add_user("eve@example.org", |new| new.username = Some("eve".into()));
    assert_eq!(word(fixture.write(|tx| accounts::add_user(tx, &Caller::operator(), &new("eve")))), "taken");
    let added = fixture.write(|tx| accounts::add_user(tx, &Caller::operator(), &new("boss"))).unwrap();
    assert_eq!((added.id, added.username.as_str(), added.is_external, added.is_admin), (id, "boss", false, true));
    assert_eq!((added.display_name().as_str(), added.locale.as_str()), ("Bo Ss", "de"));
    // Their requests and grants stay.
    assert_eq!(fixture.grant(given.id).grantee_kind, GranteeKind::User);
    assert!(fixture.is_live(given.id));
    // Whoever set the password and username gains no decision by it.
    assert_eq!(word(fixture.approve(&added, view.request.id)), "forbidden");
    fixture.deliver();
    fixture.confirm_change(BOSS);
    fixture.approve(&added, view.request.id).unwrap();
    assert_eq!(word(fixture.write(|tx| accounts::add_user(tx, &Caller::operator(), &new("boss2")))), "taken", "once");
    // An import completes them in the same way.
    let other = UserRef::Address(address("other@corp.test"));
    let (named, _) = fixture.file(&person(&bob), &Filing { target: other, ..ask(&coach, &ann, &bob) }).unwrap();
    let all = Import { users: vec![NewUser::with_address(address("other@corp.test"))], ..Import::default() };
    let imported = fixture.write(move |tx| {
        import::add_all(tx, &Caller::operator(), &countersign::random::Rng::System, &all).map(|imported| imported.users)
    });
    let imported = imported.unwrap();
    assert_eq!((imported[0].id, imported[0].is_external), (named.target.id, false));
}

fn the_address_of_an_added_person_is_taken(fixture: &Fixture) {
    fixture.add_user(BOSS, |new| new.is_external = true);
    assert_eq!(word(fixture.write(|tx| accounts::add_user(tx, &Caller::operator(), &new("boss")))), "taken");
}

fn only_the_given_settings_change(fixture: &Fixture) {
    let ann = fixture.add_user("ann@example.org", |new| new.last_name = "Lee".into());
    fixture.add_user("bob@example.org", |new| new.username = Some("bob".into()));
    let set = |to: Settings| fixture.write(move |tx| accounts::set_user(tx, &Caller::operator(), ann.id, &to));
    let after = set(Settings { username: Some("ann".into()), is_admin: Some(true), ..Settings::default() }).unwrap();
    assert_eq!((after.username.as_str(), after.is_admin, after.last_name.as_str()), ("ann", true, "Lee"));
    let after = set(Settings { first_name: Some("A".into()), time_zone: Some("Europe/Zurich".into()), ..Settings::default() });
    let after = after.unwrap();
    assert_eq!((after.first_name.as_str(), after.time_zone.as_str(), after.is_admin), ("A", "Europe/Zurich", true));
    // After a change of rights or username the person signs in again; other changes keep the session.
    let mut browser = Browser::of(fixture, &after);
    let mut inbox = |to: Settings| {
        set(to).unwrap();
        browser.get("/inbox").status
    };
    assert_eq!(inbox(Settings { locale: Some("de".into()), is_admin: Some(true), ..Settings::default() }), 200);
    assert_eq!(inbox(Settings { is_admin: Some(false), ..Settings::default() }), 303);
    let mut browser = Browser::of(fixture, &after);
    set(Settings { username: Some("annie".into()), ..Settings::default() }).unwrap();
    assert_eq!(browser.get("/inbox").status, 303);
    for (to, refusal) in [
        (Settings { username: Some("bob".into()), ..Settings::default() }, "taken"),
        (Settings { username: Some("7".into()), ..Settings::default() }, "username"),
        (Settings { first_name: Some("a\u{7}".into()), ..Settings::default() }, "first_name"),
    ] {
        assert_eq!(word(set(to)), refusal);
    }
    let by_ann = fixture.write(move |tx| accounts::set_user(tx, &person_of(after.id), after.id, &Settings::default()));
    assert_eq!(word(by_ann), "forbidden", "by operators and administrators alone");
}

fn person_of(id: countersign::domain::UserId) -> Caller {
    Caller::person(id, false, countersign::domain::Credential::Password)
}
