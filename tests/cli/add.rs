//! People, groups, bundles, resources and keys.

use insta::assert_json_snapshot;

use super::Desk;

#[test]
fn a_person_is_added_with_every_option() {
    let desk = Desk::new();
    let arguments = [
        "user",
        "add",
        " Ann.Lee@Example.ORG ",
        "--username",
        "ann",
        "--first-name",
        "Ann",
        "--last-name",
        "Lee",
        "--admin",
        "--locale",
        "de-ch",
        "--time-zone",
        "Europe/Zurich",
        "--eth-address",
        "0xABCDEF0123456789abcdef0123456789abcdef01",
        "--tenant",
        "iten3Ck",
        "--password-stdin",
    ];
    let said = desk.pipe(&arguments, "a long enough password\nand a second line\n");
    assert_eq!(said.err, "countersign: made the schema in countersign.db\n");
    assert_json_snapshot!(said.json(), @r#"
    {
      "admin": true,
      "email": "ann.lee@example.org",
      "external": false,
      "first_name": "Ann",
      "has_password": true,
      "id": 1,
      "last_name": "Lee",
      "locale": "de-CH",
      "resource_uri": "/api/user/1/",
      "time_zone": "Europe/Zurich",
      "username": "ann"
    }
    "#);
    let second = desk.run(&["user", "add", "eve@example.org", "--external"]);
    assert_eq!(second.err, "", "the schema is there now");
    assert_eq!(second.json()["external"], true);
    assert_eq!(desk.run(&["user", "list"]).out.lines().count(), 2);
}

#[test]
fn a_taken_or_misleading_name_is_refused() {
    let desk = Desk::new();
    desk.add(&[
        "user",
        "add",
        "ann@example.org",
        "--username",
        "ann",
        "--eth-address",
        "0x00000000000000000000000000000000000000aa",
    ]);
    let refusal = |arguments: &[&str]| desk.run(arguments).refusal();
    assert_eq!(refusal(&["user", "add", "ANN@example.org"]), "1: countersign: email: ann@example.org is taken");
    assert_eq!(refusal(&["user", "add", "b@example.org", "--username", "ann"]), "1: countersign: username: ann is taken");
    let same_account = ["user", "add", "b@example.org", "--eth-address", "0x00000000000000000000000000000000000000AA"];
    assert_eq!(refusal(&same_account), "1: countersign: eth_address: 0x00000000000000000000000000000000000000aa is taken");
    assert!(
        refusal(&["user", "add", "b@example.org", "--username", "ann@example.org"]).starts_with("2: countersign: username: ")
    );
    desk.add(&["group", "add", "Team"]);
    assert_eq!(refusal(&["group", "add", "Team"]), "1: countersign: name: Team is taken");
    desk.add(&["bundle", "add", "coach"]);
    assert_eq!(refusal(&["bundle", "add", "coach"]), "1: countersign: name: coach is taken");
    desk.add(&["resource", "add", "a:1", "--owner", "ann@example.org"]);
    assert_eq!(refusal(&["resource", "add", "a:1", "--owner", "ann@example.org"]), "1: countersign: uri: a:1 is taken");
    assert_eq!(refusal(&["group", "add", " "]), "2: countersign: name: it is empty");
}

#[test]
fn a_password_is_read_from_standard_input_and_has_a_minimum_length() {
    let desk = Desk::new();
    let add = ["user", "add", "ann@example.org", "--password-stdin"];
    assert_eq!(desk.pipe(&add, "short\n").refusal(), "2: countersign: a password has at least 8 characters");
    assert!(desk.pipe(&add, "").refusal().starts_with("2: countersign: there is no password on standard input"));
    assert!(!desk.path("countersign.db").exists());
    desk.add(&["user", "add", "ann@example.org"]);
    let set = ["user", "password", "ann@example.org", "--password-stdin"];
    assert_eq!(desk.pipe(&set, "a long enough password").json()["password"], "set");
    assert!(desk.run(&["user", "list"]).out.contains("\"has_password\":true"));
    let unknown = ["user", "password", "bob@example.org", "--password-stdin"];
    let advice = "1: countersign: email: bob@example.org does not exist; add them first with `countersign user add`";
    assert_eq!(desk.pipe(&unknown, "a long enough password").refusal(), advice);
}

#[test]
fn groups_bundles_and_resources_name_people_who_exist() {
    let desk = Desk::new();
    desk.add(&["user", "add", "ann@example.org"]);
    assert_json_snapshot!(desk.run(&["group", "add", "Team", "--member", "ann@example.org"]).json(), @r#"
    {
      "id": 2,
      "members": [
        "ann@example.org"
      ],
      "name": "Team"
    }
    "#);
    let sleep =
        ["bundle", "add", "Sleep", "--owner", "ann@example.org", "--level", "edit", "--resource", "a:1", "--resource", "a:2"];
    assert_json_snapshot!(desk.run(&sleep).json(), @r#"
    {
      "id": 1,
      "level": "edit",
      "name": "Sleep",
      "owner": "ann@example.org",
      "resource_uri": "/api/bundle/1/",
      "resources": [
        "a:1",
        "a:2"
      ]
    }
    "#);
    let notes = ["resource", "add", "a:3", "--owner", "ann@example.org", "--name", "Notes", "--kind", "folder"];
    assert_json_snapshot!(desk.run(&notes).json(), @r#"
    {
      "id": 3,
      "kind": "folder",
      "name": "Notes",
      "owner": "ann@example.org",
      "uri": "a:3"
    }
    "#);
    for arguments in [
        &["group", "add", "B", "--member", "eve@example.org"] as &[&str],
        &["bundle", "add", "B", "--owner", "eve@example.org"],
        &["resource", "add", "a:4", "--owner", "eve@example.org"],
        &["key", "add", "B", "--user", "eve@example.org"],
        &["user", "remove", "ann@example.org", "--heir", "eve@example.org"],
    ] {
        let refusal = desk.run(arguments).refusal();
        assert!(refusal.starts_with("1: ") && refusal.contains("eve@example.org does not exist"), "{arguments:?}: {refusal}");
    }
    assert!(desk.run(&["bundle", "add", "coach", "--resource", "a:1"]).refusal().starts_with("2: countersign: resource: "));
    assert_eq!(desk.run(&["bundle", "remove", "Sleep"]).json()["removed"], true);
    assert_eq!(desk.run(&["bundle", "remove", "Sleep"]).code, Some(1));
}

#[test]
fn a_key_without_a_scope_is_added_with_a_warning() {
    let desk = Desk::new();
    let said = desk.run(&["key", "add", "Bare"]);
    assert_eq!(said.json()["scopes"], serde_json::json!([]));
    assert!(said.err.contains("the key \"Bare\" has no scope") && said.err.contains("--scope requests"), "{}", said.err);
    std::fs::write(desk.path("keys.toml"), "[[key]]\nname = \"Bare\"\nscopes = []\n").unwrap();
    let said = desk.run(&["import", desk.path("keys.toml").to_str().unwrap()]);
    assert!(said.json()["key"].is_string() && said.err.contains("the key \"Bare\" has no scope"), "{} {}", said.out, said.err);
}

#[test]
fn a_key_is_shown_once_and_stored_as_a_hash() {
    let desk = Desk::new();
    let said = desk.run(&[
        "key",
        "add",
        "Sleep Diary",
        "--scope",
        "requests",
        "--scope",
        "act-as",
        "--redeem-url",
        "https://a.example/r",
    ]);
    let key = said.json()["key"].as_str().unwrap().to_owned();
    let redacted = insta::dynamic_redaction(|value, _| {
        assert!(value.as_str().unwrap().starts_with("csk_"));
        "[key]"
    });
    assert_json_snapshot!(said.json(), { ".key" => redacted, ".expires_at" => "[in a year]" }, @r#"
    {
      "app": 1,
      "client_id": "1",
      "expires_at": "[in a year]",
      "id": 1,
      "key": "[key]",
      "name": "Sleep Diary",
      "redeem_urls": [
        "https://a.example/r"
      ],
      "scopes": [
        "requests",
        "act-as"
      ],
      "user": null
    }
    "#);
    let files = std::fs::read_dir(desk.path("")).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    let secret = key.as_bytes();
    assert!(files.into_iter().all(|bytes| !bytes.windows(secret.len()).any(|window| window == secret)));
    let bad = desk.run(&["key", "add", "B", "--redeem-url", "ftp://a.example/"]);
    assert!(bad.refusal().starts_with("2: countersign: redeem_url: "), "{}", bad.err);
    assert!(!said.err.contains("scope"), "{}", said.err);
    let listed = desk.run(&["key", "list"]);
    assert!(!listed.out.contains("csk_"), "{}", listed.out);
    let what = ["id", "name", "scopes", "revoked_at", "last_request_at"].map(|name| listed.json()[name].to_string());
    assert_eq!(what, ["1", "\"Sleep Diary\"", "[\"requests\",\"act-as\"]", "null", "null"]);
    assert_eq!(desk.run(&["key", "revoke", "1"]).json()["revoked"], true);
    assert!(desk.run(&["key", "list"]).json()["revoked_at"].is_string());
    assert_eq!(desk.run(&["key", "revoke", "1"]).refusal(), "1: countersign: there is no such key");
}

#[test]
fn an_app_is_added_listed_and_changed_and_gets_more_keys() {
    let desk = Desk::new();
    let app = desk.run(&["app", "add", "Sleep Diary", "--redeem-url", "https://a.example/r"]);
    assert_json_snapshot!(app.json(), { ".created_at" => "[now]" }, @r#"
    {
      "created_at": "[now]",
      "id": 1,
      "name": "Sleep Diary",
      "redeem_urls": [
        "https://a.example/r"
      ]
    }
    "#);
    let keys = ["server 1", "server 2"].map(|name| desk.run(&["key", "add", name, "--app", "1", "--scope", "requests"]).json());
    assert_eq!(keys.map(|key| (key["app"].clone(), key["id"].clone())), [(1.into(), 1.into()), (1.into(), 2.into())]);
    assert_eq!(desk.run(&["key", "add", "Lab", "--scope", "check"]).json()["app"], 3);
    let set = desk.run(&["app", "set", "1", "--name", "Night Diary"]).json();
    assert_eq!((&set["name"], &set["redeem_urls"][0]), (&"Night Diary".into(), &"https://a.example/r".into()));
    assert_eq!(desk.run(&["app", "set", "1", "--no-redeem-url"]).json()["redeem_urls"], serde_json::json!([]));
    let listed = desk.run(&["app", "list"]);
    let names: Vec<serde_json::Value> = listed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(names.iter().map(|app| app["name"].as_str().unwrap()).collect::<Vec<_>>(), ["Lab", "Night Diary"]);
    for (command, refusal) in [
        (&["app", "set", "1"][..], "2: countersign: nothing to change: give --name, --redeem-url or --no-redeem-url"),
        (&["app", "set", "9", "--name", "x"], "1: countersign: app: 9 does not exist; `countersign app list` names all"),
        (&["key", "add", "x", "--app", "9"], "1: countersign: app: 9 does not exist; `countersign app list` names all"),
    ] {
        assert_eq!(desk.run(command).refusal().lines().last().unwrap(), refusal);
    }
}

#[test]
fn a_removed_person_leaves_access_only_to_an_heir() {
    let desk = Desk::new();
    for email in ["ann@example.org", "bob@example.org", "cleo@example.org"] {
        desk.add(&["user", "add", email]);
    }
    desk.add(&["bundle", "add", "Sleep", "--owner", "ann@example.org"]);
    let own_heir = desk.run(&["user", "remove", "ann@example.org", "--heir", "ann@example.org"]);
    assert_eq!(own_heir.refusal(), "2: countersign: heir: somebody else than the one who goes");
    assert_eq!(desk.run(&["user", "remove", "ann@example.org", "--heir", "bob@example.org"]).json()["removed"], true);
    assert_eq!(desk.run(&["bundle", "add", "Sleep"]).refusal(), "1: countersign: name: Sleep is taken");
    desk.run(&["user", "remove", "bob@example.org"]).json();
    desk.add(&["bundle", "add", "Sleep", "--owner", "cleo@example.org"]);
    assert_eq!(desk.run(&["user", "list"]).out.lines().count(), 1);
}
