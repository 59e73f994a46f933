//! Names on the command line: refused ones, pasted ones, and conflicts.

use countersign::clock::Clock;
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use super::Desk;

#[test]
fn a_name_that_reads_like_another_is_refused_with_what_to_change() {
    let desk = Desk::new();
    desk.add(&["user", "add", "bob@example.org", "--username", "bob"]);
    desk.add(&["group", "add", "Café"]);
    for (arguments, refusal) in [
        (vec!["user", "add", "eve@example.org", "--username", "Bob"], "username: Bob is taken"),
        (vec!["user", "add", "eve@example.org", "--username", "b\u{43e}b"], "it looks like a username that somebody has"),
        (vec!["user", "add", "eve@example.org", "--username", "bo\u{200b}b"], "invisible character"),
        (vec!["user", "add", "eve@example.org", "--username", "１２"], "not only digits"),
        (vec!["group", "add", "CAFE\u{301}"], "is taken"),
        (vec!["group", "add", "7"], "would be taken for an id; add a letter"),
        (vec!["bundle", "add", "7"], "would be taken for an id; add a letter"),
        (vec!["resource", "add", "7", "--owner", "bob@example.org"], "write a URI like /files/7"),
        (vec!["resource", "add", "/api/bundle/7/", "--owner", "bob@example.org"], "the URI of something else here"),
        (vec!["user", "add", "用户@example.org"], "before the @ are letters"),
        (vec!["user", "add", "a..b@docomo.ne.jp"], "beside another dot"),
        (vec!["user", "add", "ann@ex_ample.org"], "underscore"),
    ] {
        let said = desk.run(&arguments);
        assert!(said.code != Some(0) && said.err.contains(refusal), "{arguments:?}: {said:?}");
    }
}

#[test]
fn a_uri_of_ours_is_no_resource_below_a_path_either() {
    let desk = Desk::new();
    desk.add(&["user", "add", "bob@example.org"]);
    let below = [("COUNTERSIGN__SERVER__PUBLIC_URL", "https://h.example/access")];
    let file = desk.path("things.toml");
    std::fs::write(&file, "[[resource]]\nuri = \"/access/api/user/1/\"\nowner = \"bob@example.org\"\n").unwrap();
    for arguments in [
        vec!["resource", "add", "/access/api/bundle/7/", "--owner", "bob@example.org"],
        vec!["resource", "add", "/api/bundle/7", "--owner", "bob@example.org"],
        vec!["bundle", "add", "Sleep", "--owner", "bob@example.org", "--resource", "/access/api/user/1/"],
        vec!["import", file.to_str().unwrap()],
    ] {
        let said = desk.run_with(&arguments, &below);
        assert!(said.code == Some(2) && said.err.contains("the URI of something else here"), "{arguments:?}: {said:?}");
    }
    // A URI that only begins like the path is the app's own, and stays as it is.
    for uri in ["/access/api/bundle/7/notes", "/accessible/api/bundle/7/", "/access/files/7"] {
        let said = desk.run_with(&["resource", "add", uri, "--owner", "bob@example.org"], &below);
        assert_eq!(said.json()["uri"], uri);
    }
}

#[test]
fn a_pasted_address_is_accepted() {
    let desk = Desk::new();
    for (pasted, email) in [
        ("mailto:ann@example.org", "ann@example.org"),
        ("Bob Lee <bob@example.org>", "bob@example.org"),
        ("<cem@example.org>", "cem@example.org"),
        ("\u{200b}dan@example.org\u{feff}", "dan@example.org"),
    ] {
        assert_eq!(desk.run(&["user", "add", pasted]).json()["email"], email, "{pasted:?}");
    }
    let file = "[[group]]\nname = \"Team\"\nmembers = [\"Ann <ann@example.org>\", \"mailto:bob@example.org\"]\n\
                [[bundle]]\nname = \"Sleep\"\nowner = \"<ann@example.org>\"\n\
                [[grant]]\nby = \"ann@example.org\"\nto = { group = \"TEAM\" }\nbundle = \"sleep\"\nlevel = \"view\"\n";
    let said = desk.pipe(&["import", "-"], file);
    assert_eq!(said.code, Some(0), "{}", said.err);
    // Two spellings of a name in one file are the same name, and the second row is reported.
    let twice = "[[group]]\nname = \"Überleser\"\n[[group]]\nname = \"U\u{308}BERLESER\"\n";
    assert_eq!(desk.pipe(&["import", "-"], twice).refusal(), "1: countersign: name: ÜBERLESER is taken");
    let nul = "[[group]]\nname = \"a\\u0000b\"\n";
    assert_eq!(desk.pipe(&["import", "-"], nul).refusal(), "2: countersign: name: no control characters");
}

#[test]
fn name_conflicts_are_listed_until_one_is_renamed() {
    let desk = Desk::new();
    desk.add(&["user", "add", "first@example.org", "--username", "bob"]);
    desk.add(&["user", "add", "second@example.org"]);
    assert_eq!(desk.run(&["user", "list", "--conflicts"]).out, "");
    // As an older version could have written it.
    let mut file = SqliteConnection::establish(&desk.text("countersign.db")).unwrap();
    file.batch_execute("UPDATE users SET username = 'Bob' WHERE id = 2").unwrap();
    desk.store(Clock::default()).migrate().unwrap();
    let said = desk.run(&["user", "list", "--conflicts"]);
    assert_eq!(said.out, "{\"has_it\":1,\"id\":2,\"kind\":\"user\",\"name\":\"Bob\",\"their_name\":\"bob\"}\n");
    let taken = desk.run(&["user", "rename", "second@example.org", "BOB"]);
    assert!(taken.code == Some(1) && taken.err.contains("BOB is taken"), "{taken:?}");
    // `serve` and `migrate` warn once, with the command that lists them.
    let warned = desk.run(&["migrate"]);
    assert_eq!(warned.code, Some(0));
    assert_eq!(warned.err.matches("`countersign user list --conflicts`").count(), 1, "{}", warned.err);
    assert_eq!(desk.run(&["user", "rename", "second@example.org", "robert"]).json()["username"], "robert");
    assert_eq!(desk.run(&["user", "list", "--conflicts"]).out, "");
    assert_eq!(desk.run(&["migrate"]).err, "");
    // Groups and bundles: by id if another has the name, else by name.
    desk.add(&["group", "add", "Team"]);
    desk.add(&["group", "add", "Crew"]);
    desk.add(&["bundle", "add", "Sleep"]);
    desk.add(&["bundle", "add", "Steps"]);
    file.batch_execute("UPDATE user_groups SET name = 'team', name_key = NULL WHERE name = 'Crew'").unwrap();
    file.batch_execute("UPDATE bundles SET name = 'sleep', name_key = NULL WHERE name = 'Steps'").unwrap();
    assert!(desk.run(&["migrate"]).err.contains("2 names"));
    for (kind, id) in [("group", "4"), ("bundle", "2")] {
        let own = if kind == "group" { "team" } else { "sleep" };
        let lost = desk.run(&[kind, "rename", own, "Nightly"]);
        assert!(lost.code == Some(1) && lost.err.contains("user list --conflicts"), "{kind}: {lost:?}");
        assert_eq!(desk.run(&[kind, "rename", id, "Nightly"]).json()["name"], "Nightly", "{kind}");
        assert_eq!(desk.run(&[kind, "rename", "NIGHTLY", "Nights"]).json()["name"], "Nights", "{kind}");
    }
    assert_eq!(desk.run(&["user", "list", "--conflicts"]).out, "");
}
