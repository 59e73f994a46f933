//! `completions` and `man`: every command of the help is in the completions and manual pages.

use std::process::Command;

use super::Desk;

/// Every command in the binary's help, at any depth: `["user", "add"]`.
fn commands(desk: &Desk, above: &[String]) -> Vec<Vec<String>> {
    let mut arguments: Vec<&str> = above.iter().map(String::as_str).collect();
    arguments.push("--help");
    let help = desk.run(&arguments).out;
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    let here: Vec<Vec<String>> = names.map(|name| [above, &[name.to_owned()]].concat()).collect();
    here.into_iter().flat_map(|path| [vec![path.clone()], commands(desk, &path)].concat()).collect()
}

#[test]
fn each_command_has_its_manual_page() {
    let desk = Desk::new();
    let said = desk.run(&["man", "some/where"]).json();
    assert_eq!(said["folder"], "some/where");
    let commands = commands(&desk, &[]);
    assert!(commands.contains(&vec!["user".into(), "add".into()]), "{commands:?}");
    let mut expected: Vec<String> = commands.iter().map(|path| format!("countersign-{}.1", path.join("-"))).collect();
    expected.push("countersign.1".into());
    expected.sort();
    let listed = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let mut printed: Vec<String> = said["pages"].as_array().unwrap().iter().map(listed).collect();
    printed.sort();
    let written = std::fs::read_dir(desk.path("some/where")).unwrap();
    let mut written: Vec<String> = written.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    written.sort();
    assert_eq!((&printed, &written), (&expected, &expected));

    let page = |name: &str| std::fs::read_to_string(desk.path(&format!("some/where/{name}.1"))).unwrap();
    assert!(page("countersign").contains("COUNTERSIGN_CONFIG") && page("countersign").contains("Exit codes"));
    assert!(page("countersign-purge").contains(r"\-\-dry\-run"), "{}", page("countersign-purge"));
    let synopsis = r"\fBcountersign purge\fR [\-\-older\-than <30d>] [\-\-limit <N>] [\-\-dry\-run] [\-\-config <FILE>]";
    assert!(page("countersign-purge").lines().any(|line| line == synopsis), "{}", page("countersign-purge"));
    let above = "countersign\\-user(1), countersign(1)";
    assert!(page("countersign-user-add").ends_with(&format!(".SH \"SEE ALSO\"\n{above}\n")), "{}", page("countersign-user-add"));
    let title = format!(".TH countersign-user-add 1  \"countersign {}\" Countersign", env!("CARGO_PKG_VERSION"));
    assert!(page("countersign-user-add").contains(&title), "{}", page("countersign-user-add"));
    let again = desk.run(&["man", "some/where"]).json();
    assert_eq!(again, said, "an old page gives way to the new one");
}

#[test]
fn each_shell_completes_each_command() {
    let desk = Desk::new();
    let commands = commands(&desk, &[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = desk.run(&["completions", shell]);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{shell}");
        for command in commands.iter().filter_map(|path| path.last()) {
            assert!(said.out.contains(command.as_str()), "{command} is not in the script for {shell}");
        }
        assert!(said.out.contains("--dry-run") || said.out.contains("dry-run"), "{shell}");
    }
}

/// Bash loads its script and completes with it.
#[test]
fn bash_completes_commands_and_values() {
    let desk = Desk::new();
    std::fs::write(desk.path("completions"), desk.run(&["completions", "bash"]).out).unwrap();
    for (words, follows) in [
        (&["countersign", "audit", "ver"] as &[&str], "verify"),
        (&["countersign", "key", "add", "Diary", "--scope", "re"], "requests resources"),
        (&["countersign", "bundle", "add", "Sleep", "--level", ""], "view edit contribute"),
    ] {
        let (last, before) = (words[words.len() - 1], words[words.len() - 2]);
        let begun = format!(
            "source ./completions; COMP_WORDS=({}''); COMP_CWORD={}; _countersign countersign '{last}' '{before}'; \
             echo \"${{COMPREPLY[*]}}\"",
            words.join(" "),
            words.len() - 1,
        );
        let bash = Command::new("bash").args(["--norc", "-c", &begun]).current_dir(desk.path("")).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&bash.stdout), format!("{follows}\n"), "{}", String::from_utf8_lossy(&bash.stderr));
    }
}

#[test]
fn an_unwritable_folder_or_unknown_shell_is_reported() {
    let desk = Desk::new();
    std::fs::write(desk.path("file"), "").unwrap();
    let refusal = desk.run(&["man", "file/pages"]).refusal();
    assert!(refusal.starts_with("1: countersign: the folder file/pages cannot be made: "), "{refusal}");
    assert_eq!(desk.run(&["man"]).code, Some(2));
    assert_eq!(desk.run(&["completions", "tcsh"]).code, Some(2));
    // A packager has neither settings nor a database.
    let broken = [("COUNTERSIGN__SERVER__LISTEN", "nowhere")];
    assert_eq!(desk.run_with(&["completions", "zsh"], &broken).code, Some(0));
    assert_eq!(desk.run_with(&["man", "pages"], &broken).code, Some(0));
}
