//! `import`: all of a file, or nothing.

use serde_json::Value;

use super::Desk;

const FILE: &str = r#"
    [[user]]
    email = "ann@example.org"
    username = "ann"
    first_name = "Ann"

    [[user]]
    email = "bob@example.org"
    external = true

    [[group]]
    name = "Readers"
    members = ["bob@example.org"]

    [[resource]]
    uri = "night:1"
    owner = "ann@example.org"
    kind = "folder"

    [[bundle]]
    name = "Sleep"
    owner = "ann@example.org"
    level = "edit"
    resources = ["night:1", "night:2"]

    [[bundle]]
    name = "coach"

    [[grant]]
    by = "ann@example.org"
    to = { group = "Readers" }
    bundle = "Sleep"
    resources = ["night:2"]
    level = "edit"
    until = 2027-03-01T12:00:00Z

    [[grant]]
    by = "ann@example.org"
    to = { user = "bob@example.org" }
    bundle = "coach"
    level = "view"

    [[grant]]
    by = "ann@example.org"
    to = { kind = "everyone" }
    resources = ["night:1"]
    level = "view"

    [[key]]
    name = "App"
    scopes = ["check", "grants"]
"#;

#[test]
fn a_file_is_imported_and_printed_line_by_line() {
    let desk = Desk::new();
    std::fs::write(desk.path("import.toml"), FILE).unwrap();
    let said = desk.run(&["import", "import.toml"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let lines: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let key = lines.last().unwrap()["key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("csk_"));
    insta::assert_snapshot!(said.out.replace(&key, "csk_…"), @r#"
    {"id":1,"resource_uri":"/api/user/1/","user":"ann@example.org"}
    {"id":2,"resource_uri":"/api/user/2/","user":"bob@example.org"}
    {"group":"Readers","id":3}
    {"id":1,"resource":"night:1"}
    {"bundle":"Sleep","id":1,"resource_uri":"/api/bundle/1/"}
    {"bundle":"coach","id":2,"resource_uri":"/api/bundle/2/"}
    {"grant":1}
    {"grant":2}
    {"grant":3}
    {"id":1,"key":"csk_…","name":"App"}
    "#);
    assert_eq!(desk.run(&["audit", "verify"]).code, Some(0));
}

#[test]
fn an_invalid_import_leaves_nothing_behind() {
    let desk = Desk::new();
    let import = |text: &str| desk.pipe(&["import", "-"], text).refusal();
    let ann = "[[user]]\nemail = \"ann@example.org\"\n";
    let grant = |rest: &str| {
        format!(
            "{ann}[[user]]\nemail = \"bob@example.org\"\n[[resource]]\nuri = \"x\"\nowner = \"ann@example.org\"\n[[grant]]\nlevel = \"view\"\n{rest}"
        )
    };
    for (text, code, said) in [
        ("[[user]]\nemail = \"ann\"".into(), "2", "ann: an address has one @"),
        ("[[person]]".into(), "2", "unknown field `person`"),
        (format!("{ann}{ann}"), "1", "ann@example.org is taken"),
        (
            format!("{ann}[[group]]\nname = \"G\"\nmembers = [\"bob@example.org\"]"),
            "1",
            "members: bob@example.org does not exist",
        ),
        (grant("by = \"bob@example.org\"\nto = { kind = \"everyone\" }\nresources = [\"x\"]"), "2", "name its owner"),
        (grant("by = \"ann@example.org\"\nto = { kind = \"public_link\" }\nresources = [\"x\"]"), "2", "none of authenticated"),
        (grant("by = \"ann@example.org\"\nto = { user = \"bob@example.org\" }"), "2", "name a bundle, or single resources"),
        (grant("by = \"ann@example.org\"\nto = { group = \"G\" }\nresources = [\"x\"]"), "1", "to: G does not exist"),
        (
            grant("by = \"ann@example.org\"\nto = { user = \"bob@example.org\" }\nresources = [\"y\"]"),
            "1",
            "resources: y does not exist",
        ),
    ] {
        let refusal = import(&text);
        assert!(refusal.starts_with(code) && refusal.contains(said), "{text}: {refusal}");
    }
    assert_eq!(desk.run(&["user", "list"]).out, "");
    let missing = desk.run(&["import", "nowhere.toml"]).refusal();
    assert!(missing.starts_with("2: ") && missing.contains("nowhere.toml"), "{missing}");
}
