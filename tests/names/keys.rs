//! The keys of names: stable, equivalent on both databases, and filled in for rows without them.

use countersign::domain::name::{key, of_user, shape, written as stored};
use countersign::domain::{Address, BundleId, Caller, GroupId, Name, NewUser};
use countersign::store::users::{self, Filter, Order};
use countersign::store::{access, bundles, names};
use countersign::workflow::accounts;
use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::support::fixture::{Fixture, Kind, on_both};

on_both![
    rows_of_the_previous_version_get_their_keys,
    a_conflicting_name_stays_with_the_older_row,
    a_name_changed_by_another_version_is_found_again,
    a_username_that_an_older_row_already_had_is_a_conflict,
    groups_and_bundles_with_the_same_name_are_renamed_by_id,
];

/// Letters, marks, joiners and signs that fold, compose and hide.
const TEXT: &str = r"[a-zA-Z0-9ÄÖÜäöüßẞİıΣσςЁёИиЙй\u{301}\u{307}\u{308}\u{345}\u{200b}\u{200d}ﬁＡａ１ǅ ]{1,12}|\PC{1,12}";

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_key_of_a_key_is_itself(text in TEXT) {
        let once = key(&text);
        prop_assert_eq!(key(&once), once.clone());
        let (composed, parts) = (ComposingNormalizer::new_nfc().normalize(&text), DecomposingNormalizer::new_nfd().normalize(&text));
        prop_assert_eq!([key(&composed), key(&parts)], [once.clone(), once.clone()], "composed and decomposed");
        if let Ok(written) = stored(&text) {
            prop_assert_eq!(key(&written), once, "what is stored has the key of what was typed");
            prop_assert_eq!(stored(&written), Ok(written));
        }
        prop_assert_eq!(shape(&shape(&text)), shape(&text));
    }

    #[test]
    fn an_address_is_found_in_itself(text in r"[ -~]{0,20}<?[a-z.]{1,8}@[a-z]{1,8}\.org>?|\PC{0,20}") {
        if let Ok(address) = Address::parse(&text) {
            prop_assert_eq!(Address::pasted(&text), Ok(address.clone()), "what programs may write, people may");
            prop_assert_eq!(Address::pasted(address.as_str()), Ok(address));
        }
    }
}

/// Each character with each of those that compose, fold or hide beside it, since the random sample meets few of them.
#[test]
fn the_key_of_every_character_is_its_own_key() {
    let beside = ["", "\u{301}", "\u{307}", "\u{345}", "\u{200d}"];
    for c in ('\u{0}'..'\u{30000}').filter(|c| c.is_alphabetic() || !c.is_alphanumeric() && key(&c.to_string()) != c.to_string())
    {
        for mark in beside {
            let once = key(&format!("a{c}{mark}"));
            assert_eq!(key(&once), once, "{c:?} {mark:?}");
        }
    }
}

/// One store of names on each database: a name that was written on one is found by the same spellings as on the other.
#[test]
fn both_databases_find_the_same_rows() {
    let instances = [Kind::Sqlite, Kind::Postgres].map(Fixture::new);
    let texts = [
        "Özil",
        "O\u{308}zil",
        "ozil",
        "Иван",
        "иван",
        "Strauß",
        "STRAUSS",
        "İstanbul",
        "istanbul",
        "ΣΊΣΥΦΟΣ",
        "σίσυφος",
        "Ｂｏｂ",
        "bob",
        "ﬁn",
        "FIN",
        "می\u{200c}خواهم",
        "میخواهم",
        "ǅ",
        "dž",
        "100%",
        "a_b",
        "a\\b",
        "\u{1e9e}",
        "ss",
        "\u{345}α",
    ];
    for fixture in &instances {
        for (number, text) in texts.iter().enumerate() {
            fixture.add_user(&format!("p{number}@x.org"), |new| new.last_name = (*text).to_owned());
        }
    }
    let found = |fixture: &Fixture, filter: Filter| {
        let page = countersign::domain::Page { limit: 100, offset: 0 };
        let users = fixture.read(|tx| users::list(tx, &[filter], Order::Id, false, page)).unwrap().items;
        users.into_iter().map(|user| user.email.to_string()).collect::<Vec<_>>()
    };
    for text in texts {
        let [sqlite, postgres] = [&instances[0], &instances[1]].map(|fixture| found(fixture, Filter::Search(text.to_owned())));
        assert_eq!(sqlite, postgres, "{text}");
        let expected: Vec<String> = (texts.iter().enumerate())
            .filter(|(_, other)| key(other).contains(&key(text)))
            .map(|(number, _)| format!("p{number}@x.org"))
            .collect();
        assert_eq!(sqlite, expected, "{text}");
    }
}

/// Random names, as groups: both databases refuse the same ones, and a stored one is found by exactly the spellings with its
/// key.
#[test]
fn both_databases_find_the_same_group_by_any_spelling() {
    let instances = [Kind::Sqlite, Kind::Postgres].map(Fixture::new);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut stored_names = 0;
    for _ in 0..150 {
        let name = TEXT.new_tree(&mut runner).unwrap().current();
        let [sqlite, postgres] = instances.each_ref().map(|fixture| {
            let name = name.clone();
            let added = fixture.write(move |tx| accounts::add_group(tx, &Caller::operator(), &name, &[]));
            added.map(|group| (group.name, group.id)).map_err(|refusal| refusal.to_string())
        });
        let (written, ids) = match (sqlite, postgres) {
            // PostgreSQL assigns no id twice, even after a rollback.
            (Ok((one, sqlite)), Ok((two, postgres))) => {
                assert_eq!(one, two, "{name:?}");
                (one, [sqlite, postgres].map(Some))
            }
            (sqlite, postgres) => {
                assert_eq!(sqlite, postgres, "{name:?}");
                continue;
            }
        };
        stored_names += 1;
        assert_eq!(key(&written), key(&name), "{name:?}");
        let (composed, parts) = (
            ComposingNormalizer::new_nfc().normalize(&name).into_owned(),
            DecomposingNormalizer::new_nfd().normalize(&name).into_owned(),
        );
        for spelling in [name.clone(), name.to_lowercase(), name.to_uppercase(), composed, parts, format!(" {name}\u{200b}")] {
            let Some(called) = Name::read(&spelling) else { continue };
            let found = instances.each_ref().map(|fixture| fixture.read(|tx| access::group_by_name(tx, &called)).unwrap());
            let is_it = [0, 1].map(|at| found[at] == ids[at]);
            assert_eq!(is_it, [key(&spelling) == key(&name); 2], "{spelling:?} of {name:?}");
        }
    }
    assert!(stored_names > 80, "{stored_names}");
}

/// Letters of several scripts that look alike, fold and compose, so that many of these usernames are equal or look alike.
const USERNAME: &str = r"[abcoipABCOIPöÖéÉßİıаорсАОРСοΟσς\u{301}\u{308}\u{200b}Ａａ１17]{1,3}";

/// Random usernames: both databases accept or refuse each alike, refuse one whose key or shape is taken, and find it by every
/// spelling with its key.
#[test]
fn both_databases_take_refuse_and_find_the_same_usernames() {
    let instances = [Kind::Sqlite, Kind::Postgres].map(Fixture::new);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut taken: Vec<(String, String, String)> = Vec::new();
    let mut refused = 0;
    for number in 0..200 {
        let name = USERNAME.new_tree(&mut runner).unwrap().current();
        let email = format!("u{number}@x.org");
        let added = instances.each_ref().map(|fixture| {
            let new = NewUser { username: Some(name.clone()), ..NewUser::with_address(Address::parse(&email).unwrap()) };
            let added = fixture.write(move |tx| accounts::add_user(tx, &Caller::operator(), &new));
            added.map(|user| user.username).map_err(|refusal| refusal.to_string())
        });
        assert_eq!(added[0], added[1], "{name:?}");
        let (key_of, shape_of) = (key(&name), shape(&name));
        let is_taken = taken.iter().any(|(key, shape, _)| *key == key_of || *shape == shape_of);
        let is_good = of_user(&name).is_ok() && !is_taken;
        assert_eq!(added[0].is_ok(), is_good, "{name:?}: {:?}", added[0]);
        if is_good {
            taken.push((key_of, shape_of, email));
        }
        refused += usize::from(is_taken);
        for spelling in [
            name.to_lowercase(),
            name.to_uppercase(),
            ComposingNormalizer::new_nfc().normalize(&name).into_owned(),
            DecomposingNormalizer::new_nfd().normalize(&name).into_owned(),
        ] {
            let has_it = taken.iter().find(|(key_of, ..)| *key_of == key(&spelling)).map(|(.., email)| email.clone());
            assert_eq!(
                instances.each_ref().map(|fixture| by_username(fixture, &spelling)),
                [has_it.clone(), has_it],
                "{spelling:?}"
            );
        }
    }
    assert!(taken.len() > 50 && refused > 20, "{} taken, {refused} refused", taken.len());
}

/// Any part of any name finds the same people on both databases: those whose address or names contain each of its words.
#[test]
fn both_databases_find_the_same_people_by_any_part_of_a_name() {
    let instances = [Kind::Sqlite, Kind::Postgres].map(Fixture::new);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut people = Vec::new();
    for number in 0..60 {
        let [first, last] = [0, 1].map(|_| stored(&TEXT.new_tree(&mut runner).unwrap().current()).unwrap_or_default());
        let email = format!("p{number}@x.org");
        for fixture in &instances {
            fixture.add_user(&email, |new| (new.first_name, new.last_name) = (first.clone(), last.clone()));
        }
        people.push((email, key(&first), key(&last)));
    }
    let mut found = 0;
    for number in 0..120 {
        let text = if number % 2 == 0 { TEXT.new_tree(&mut runner).unwrap().current() } else { people[number / 2].1.clone() };
        let text: String = text.chars().skip(number % 3).take(3).collect();
        if text.contains('\0') {
            continue;
        }
        let [sqlite, postgres] = instances.each_ref().map(|fixture| {
            let page = countersign::domain::Page { limit: 100, offset: 0 };
            let filter = Filter::Search(text.clone());
            let users =
                fixture.read(move |tx| users::list(tx, std::slice::from_ref(&filter), Order::Id, false, page)).unwrap().items;
            users.into_iter().map(|user| user.email.to_string()).collect::<Vec<_>>()
        });
        let wanted = key(&text);
        let has_all = |(email, first, last): &&(String, String, String)| {
            wanted.split([' ', ',']).all(|word| [email, first, last].iter().any(|name| name.contains(word)))
        };
        let expected: Vec<String> = people.iter().filter(has_all).map(|(email, ..)| email.clone()).collect();
        assert_eq!((&sqlite, &postgres), (&expected, &expected), "{text:?}");
        found += usize::from(!expected.is_empty() && expected.len() < people.len());
    }
    assert!(found > 30, "{found}");
}

/// Removes the keys, as if the previous version had written the names.
fn forget_keys(fixture: &Fixture) {
    fixture.sql("UPDATE users SET username_key = NULL, username_shape = NULL, first_name_key = NULL, last_name_key = NULL, is_name_contested = FALSE").unwrap();
    fixture.sql("UPDATE user_groups SET name_key = NULL, is_name_contested = FALSE").unwrap();
    fixture.sql("UPDATE bundles SET name_key = NULL, is_name_contested = FALSE").unwrap();
}

fn by_username(fixture: &Fixture, name: &str) -> Option<String> {
    let name = Name::read(name)?;
    fixture.read(|tx| users::find_by_username(tx, &name)).unwrap().map(|user| user.email.to_string())
}

fn rows_of_the_previous_version_get_their_keys(fixture: &Fixture) {
    let owner = fixture.user("owner@x.org");
    for number in 0..7 {
        fixture.add_user(&format!("p{number}@x.org"), |new| {
            new.username = Some(format!("Übung{number}"));
            new.last_name = "Özil".into();
        });
        fixture.bundle(&format!("Ärzte {number}"), &owner);
    }
    forget_keys(fixture);
    // Without a key a row is found by its exact spelling.
    assert_eq!(by_username(fixture, "Übung3").as_deref(), Some("p3@x.org"));
    assert_eq!(by_username(fixture, "übung3"), None);
    assert!(fixture.read(names::is_any_to_fill).unwrap());
    // In batches, each of which is complete.
    let mut batches = 0;
    while fixture.write(|tx| names::fill(tx, 3)).unwrap() > 0 {
        batches += 1;
    }
    assert_eq!(batches, 3);
    assert!(!fixture.read(names::is_any_to_fill).unwrap());
    assert_eq!(by_username(fixture, "übung3").as_deref(), Some("p3@x.org"));
    assert_eq!(fixture.count("users", "last_name_key = 'özil'"), 7);
    let bundle = Name::read("ÄRZTE 4").unwrap();
    assert!(fixture.read(|tx| countersign::store::bundles::find_by_name(tx, &bundle)).unwrap().is_some());
    assert!(fixture.read(names::conflicts).unwrap().is_empty());
    // A start does the same.
    forget_keys(fixture);
    fixture.store.migrate().unwrap();
    assert_eq!(fixture.count("users", "username_key IS NULL"), 0);
}

/// The newer person is found by address until one of the two is renamed.
fn a_conflicting_name_stays_with_the_older_row(fixture: &Fixture) {
    let before = |email: &str, username: &str| {
        // Like the previous version, which knew no keys.
        let user = fixture.add_user(email, |_| {});
        fixture.sql(&format!("UPDATE users SET username = '{username}' WHERE id = {}", user.id.0)).unwrap();
        user
    };
    let bob = before("first@x.org", "bob");
    let capital = before("second@x.org", "Bob");
    let cyrillic = before("third@x.org", "b\u{43e}b");
    for (id, name) in [(1, "Team"), (2, "team")] {
        fixture.sql(&format!("INSERT INTO principals (id, kind) VALUES ({}, 'group')", 100 + id)).unwrap();
        fixture.sql(&format!("INSERT INTO user_groups (id, name, created_at) VALUES ({}, '{name}', 0)", 100 + id)).unwrap();
    }
    fixture.store.migrate().unwrap();
    assert_eq!(fixture.count("users", "username_key IS NULL"), 0, "nobody is left out, and nobody was merged");
    for (name, email) in [("bob", Some("first@x.org")), ("BOB", Some("first@x.org")), ("Bob", None), ("b\u{43e}b", None)] {
        assert_eq!(by_username(fixture, name).as_deref(), email, "{name}");
    }
    let found_conflicts = |fixture: &Fixture| {
        let found_conflicts = fixture.read(names::conflicts).unwrap();
        found_conflicts.into_iter().map(|two| (two.kind, two.id, two.name, two.has_it, two.their_name)).collect::<Vec<_>>()
    };
    assert_eq!(
        found_conflicts(fixture),
        [
            ("group", 102, "team".to_owned(), 101, "Team".to_owned()),
            ("user", capital.id.0, "Bob".to_owned(), bob.id.0, "bob".to_owned()),
            ("user", cyrillic.id.0, "b\u{43e}b".to_owned(), bob.id.0, "bob".to_owned()),
        ]
    );
    // A change of their own name does not resolve it.
    let id = capital.id;
    fixture.write(move |tx| users::rename(tx, id, "Bob", "Second")).unwrap();
    assert_eq!((found_conflicts(fixture).len(), by_username(fixture, "bob").as_deref()), (3, Some("first@x.org")));
    // Renamed, it is theirs alone; the next one gets the name that the older one gives up.
    let operator = Caller::operator();
    let renamed = fixture.write(move |tx| accounts::change_username(tx, &operator, id, "robert")).unwrap();
    assert_eq!((renamed.username.as_str(), by_username(fixture, "Robert").as_deref()), ("robert", Some("second@x.org")));
    let operator = Caller::operator();
    assert!(fixture.write(move |tx| accounts::change_username(tx, &operator, id, "BOB")).is_err());
    fixture.remove_user(&bob, None).unwrap();
    fixture.store.migrate().unwrap();
    assert_eq!(by_username(fixture, "b\u{43e}b").as_deref(), Some("third@x.org"));
    assert_eq!(found_conflicts(fixture).len(), 1, "the groups");
}

fn a_name_changed_by_another_version_is_found_again(fixture: &Fixture) {
    let ann = fixture.add_user("ann@x.org", |new| new.last_name = "Öz".into());
    fixture.sql(&format!("UPDATE users SET last_name = 'Ünal' WHERE id = {}", ann.id.0)).unwrap();
    assert_eq!(fixture.count("users", "last_name_key IS NULL"), 1, "a name that was changed without its key has none");
    fixture.store.migrate().unwrap();
    assert_eq!(fixture.texts("SELECT last_name_key AS value FROM users"), ["ünal"]);
    fixture.write(move |tx| users::rename(tx, ann.id, "Ann", "Ågren")).unwrap();
    assert_eq!(fixture.texts("SELECT last_name_key AS value FROM users"), ["ågren"]);
    assert_eq!(fixture.texts("SELECT username_key AS value FROM users"), ["ann@x.org"]);
}

/// An older version writes all names of a person together, which clears the keys until they are filled in again.
fn a_username_that_an_older_row_already_had_is_a_conflict(fixture: &Fixture) {
    let ann = fixture.add_user("ann@x.org", |new| new.username = Some("ann".into()));
    fixture.sql(&format!("UPDATE users SET username = 'ann', first_name = 'Änn' WHERE id = {}", ann.id.0)).unwrap();
    let eve = fixture.add_user("eve@x.org", |new| new.username = Some("ANN".into()));
    fixture.add_user("mal@x.org", |new| new.username = Some("mal".into()));
    assert_eq!(fixture.write(|tx| names::fill(tx, 10)).unwrap(), 1);
    assert_eq!(by_username(fixture, "Ann").as_deref(), Some("ann@x.org"));
    assert_eq!(by_username(fixture, "ann").as_deref(), Some("ann@x.org"));
    assert_eq!(by_username(fixture, "ANN"), None, "hers is contested until it is changed");
    assert_eq!(by_username(fixture, "MAL").as_deref(), Some("mal@x.org"));
    let found_conflicts = fixture.read(names::conflicts).unwrap();
    assert_eq!(found_conflicts.iter().map(|two| (two.id, two.has_it)).collect::<Vec<_>>(), [(eve.id.0, ann.id.0)]);
    // Also by its shape; and the newer of two without a key still has the conflict.
    fixture.sql("UPDATE users SET first_name = first_name WHERE username = 'mal'").unwrap();
    fixture.add_user("mel@x.org", |new| new.username = Some("m\u{430}l".into()));
    fixture.write(|tx| names::fill(tx, 10)).unwrap();
    assert_eq!((by_username(fixture, "Mal").as_deref(), by_username(fixture, "m\u{430}l")), (Some("mal@x.org"), None));
    fixture.sql("UPDATE users SET first_name = first_name").unwrap();
    fixture.write(|tx| names::fill(tx, 10)).unwrap();
    assert_eq!(fixture.read(names::conflicts).unwrap().len(), 2);
    assert_eq!(by_username(fixture, "Ann").as_deref(), Some("ann@x.org"));
    // The same for a group.
    for (id, name, key) in [(101, "Team", "NULL"), (102, "TEAM", "'team'")] {
        fixture.sql(&format!("INSERT INTO principals (id, kind) VALUES ({id}, 'group')")).unwrap();
        fixture
            .sql(&format!("INSERT INTO user_groups (id, name, name_key, created_at) VALUES ({id}, '{name}', {key}, 0)"))
            .unwrap();
    }
    fixture.write(|tx| names::fill(tx, 10)).unwrap();
    let team = Name::read("team").unwrap();
    assert_eq!(fixture.read(|tx| users::find_group_by_name(tx, &team)).unwrap().map(|group| group.id), Some(GroupId(101)));
}

fn groups_and_bundles_with_the_same_name_are_renamed_by_id(fixture: &Fixture) {
    let owner = fixture.user("owner@x.org");
    for (id, name) in [(101, "Team"), (102, "team")] {
        fixture.sql(&format!("INSERT INTO principals (id, kind) VALUES ({id}, 'group')")).unwrap();
        fixture.sql(&format!("INSERT INTO user_groups (id, name, created_at) VALUES ({id}, '{name}', 0)")).unwrap();
        let values = format!("{id}, '{name}', {}, 'view', 0", owner.id.0);
        fixture.sql(&format!("INSERT INTO bundles (id, name, owner_id, level, created_at) VALUES ({values})")).unwrap();
    }
    fixture.store.migrate().unwrap();
    let conflicts = || fixture.read(names::conflicts).unwrap().iter().map(|two| (two.kind, two.id)).collect::<Vec<_>>();
    assert_eq!(conflicts(), [("bundle", 102), ("group", 102)]);
    let group = |id: i64, name: &'static str| {
        let renamed = fixture.write(move |tx| accounts::rename_group(tx, &Caller::operator(), GroupId(id), name));
        renamed.map(|group| group.name).map_err(|refusal| refusal.to_string())
    };
    let bundle = |id: i64, name: &'static str| {
        let renamed = fixture.write(move |tx| accounts::rename_bundle(tx, &Caller::operator(), BundleId(id), name));
        renamed.map(|bundle| bundle.name).map_err(|refusal| refusal.to_string())
    };
    for name in ["TEAM", "team", "7"] {
        assert!(group(102, name).is_err() && bundle(102, name).is_err(), "{name}");
    }
    assert_eq!(conflicts().len(), 2);
    assert_eq!((group(102, "Crew"), bundle(102, "Crew")), (Ok("Crew".into()), Ok("Crew".into())));
    assert!(conflicts().is_empty());
    let crew = Name::read("CREW").unwrap();
    assert_eq!(fixture.read(|tx| users::find_group_by_name(tx, &crew)).unwrap().map(|group| group.id), Some(GroupId(102)));
    assert_eq!(fixture.read(|tx| bundles::find_by_name(tx, &crew)).unwrap().map(|bundle| bundle.id), Some(BundleId(102)));
    // Another spelling of one's own name is allowed.
    assert_eq!((group(102, "CREW"), bundle(102, "CREW")), (Ok("CREW".into()), Ok("CREW".into())));
    assert!(group(999, "x").is_err() && bundle(999, "x").is_err());
    assert_eq!(fixture.count("audit", "event IN ('group.renamed', 'bundle.renamed')"), 4);
}
