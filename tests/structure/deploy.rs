//! Compares the files that are shipped beside the binary with the binary: units, container, package, alerts.

use std::process::Command;

use countersign::config::Config;

use super::docs::{metrics, text};

const UNIT: &str = "deploy/systemd/countersign.service";

/// A key's value in a unit or a similar file.
fn value<'a>(text: &'a str, key: &str) -> &'a str {
    let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    line.unwrap_or_else(|| panic!("{key} is not set"))
}

#[test]
fn the_unit_starts_the_binary_and_waits_long_enough_for_a_stop() {
    let unit = text(UNIT);
    let words = value(&unit, "ExecStart").split(' ').collect::<Vec<_>>();
    assert_eq!(words[0], "/usr/bin/countersign");
    countersign::cli::command().try_get_matches_from(words).unwrap();
    assert_eq!(value(&unit, "Type"), "notify");
    let stop: u64 = value(&unit, "TimeoutStopSec").parse().unwrap();
    let within = Config::defaults().unwrap().server.stop_within.duration().as_secs();
    assert!(stop > 2 * within, "requests may take {within} s to finish, and then emails as long again");
}

#[test]
fn systemd_understands_the_units_and_finds_little_exposed() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return crate::support::skipped("the units by systemd's own judgement", "systemd-analyze is not here");
    }
    let folder = tempfile::tempdir().unwrap();
    for name in ["countersign.service", "countersign-backup.service", "countersign-backup.timer"] {
        let unit = text(&format!("deploy/systemd/{name}")).replace("/usr/bin/countersign", env!("CARGO_BIN_EXE_countersign"));
        std::fs::write(folder.path().join(name), unit).unwrap();
    }
    let analyze = |arguments: &[&str]| {
        let output = Command::new("systemd-analyze").args(arguments).current_dir(folder.path()).output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(output.status.success(), "{arguments:?}: {said}");
        said
    };
    let verified =
        analyze(&["verify", "--man=no", "./countersign.service", "./countersign-backup.service", "./countersign-backup.timer"]);
    assert!(!verified.contains("countersign"), "{verified}");
    // In tenths: the rest is the network, which the daemon needs.
    for unit in ["./countersign.service", "./countersign-backup.service"] {
        analyze(&["security", "--offline=true", "--no-pager", "--threshold=15", unit]);
    }
}

#[test]
fn the_packages_settings_are_valid_as_shipped_and_with_its_comments_enabled() {
    let settings = text("deploy/debian/config.toml");
    Config::build(Some(&settings), []).unwrap();
    let is_setting = |line: &str| line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
    let uncommented = |line: &str| line.strip_prefix("# ").filter(|line| is_setting(line)).unwrap_or(line).to_owned();
    let mut lines: Vec<String> = settings.lines().map(uncommented).collect();
    // The second of the two databases.
    lines.retain(|line| !line.starts_with("url = \"sqlite"));
    let meant = Config::build(Some(&lines.join("\n")), []).unwrap();
    assert!(meant.database.url.starts_with("postgres:") && meant.mail.smtp.password_file.is_some());
}

#[test]
fn the_container_and_compose_file_have_valid_settings() {
    let dockerfile = text("deploy/docker/Dockerfile");
    let pair = |word: &str| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    let image: Vec<_> = dockerfile.split_whitespace().filter(|word| word.starts_with("COUNTERSIGN__")).filter_map(pair).collect();
    assert_eq!(image.len(), 3);
    let alone = Config::build(None, image.clone()).unwrap_err().to_string();
    assert!(alone.contains("mail.transport"), "an image without settings for mail says so: {alone}");

    let compose = text("deploy/docker/compose.yaml");
    let line = |line: &str| {
        let (name, value) = line.trim().split_once(": ")?;
        name.starts_with("COUNTERSIGN__").then(|| (name.to_owned(), value.trim_matches('"').to_owned()))
    };
    let staged: Vec<_> = compose.lines().filter_map(line).collect();
    assert!(staged.len() > 5);
    Config::build(None, image.into_iter().chain(staged)).unwrap();
    let least = format!("FROM rust:{}-", env!("CARGO_PKG_RUST_VERSION"));
    assert!(dockerfile.contains(&least), "the image is built with the Rust that Cargo.toml asks for");
}

#[test]
fn every_alert_uses_existing_metrics() {
    let rules = text("deploy/prometheus/countersign.rules.yml");
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let words = rules.split(|c| !is_name(c)).filter(|word| word.starts_with("countersign_"));
    let counted = metrics();
    let mut seen = 0;
    for word in words {
        seen += 1;
        let name = ["_bucket", "_count", "_sum"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
        assert!(counted.contains(name), "nothing counts {word}");
    }
    assert!(seen > 8);
}

#[test]
fn the_package_lists_only_existing_files() {
    let manifest: toml::Table = text("Cargo.toml").parse().unwrap();
    let deb = &manifest["package"]["metadata"]["deb"];
    for asset in deb["assets"].as_array().unwrap() {
        let source = asset[0].as_str().unwrap();
        let is_made = source.starts_with("target/");
        assert!(is_made || super::docs::root().join(source).exists(), "{source}");
    }
    let script = text("scripts/package");
    for made in [
        "target/package/man",
        "target/package/countersign.bash",
        "target/package/_countersign",
        "target/package/countersign.fish",
    ] {
        assert!(script.contains(made) && text("Cargo.toml").contains(made), "{made}");
    }
    for maintainer in ["postinst", "postrm"] {
        let path = super::docs::root().join("deploy/debian").join(maintainer);
        assert!(Command::new("sh").arg("-n").arg(path).status().unwrap().success());
    }
}

/// In the scripts that it adds, cargo-deb names files by their names here, not by their names in the package: a renamed one
/// makes a package that cannot be installed.
#[test]
fn files_among_the_systems_own_keep_their_names_in_the_package() {
    let manifest: toml::Table = text("Cargo.toml").parse().unwrap();
    let mut seen = Vec::new();
    for asset in manifest["package"]["metadata"]["deb"]["assets"].as_array().unwrap() {
        let (source, target) = (asset[0].as_str().unwrap(), asset[1].as_str().unwrap());
        let name = source.rsplit('/').next().unwrap();
        if let Some(given) = target.strip_prefix("usr/lib/sysusers.d/") {
            assert!(given.is_empty() || given == name, "{source} becomes {target}");
            seen.push(name);
        }
    }
    assert_eq!(seen.len(), 1);
    let command = format!("systemd-sysusers {}\n", seen[0]);
    assert!(text("deploy/debian/postinst").contains(&command), "the account is made before files are given to it");
}
