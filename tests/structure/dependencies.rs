//! Compares the dependencies with deny.toml: licences, sources, bans. cargo-deny does more, but this needs only cargo.
//!
//! Bans and sources are checked in Cargo.lock, which has every platform's crates. Licences are checked for this platform's
//! build, since cargo has only those crates without the network.

use std::process::Command;

use serde::Deserialize;

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    /// A name, or `NAME@<VERSION` for versions before that one.
    #[serde(rename = "crate")]
    spec: String,
    /// One version is allowed, two are not.
    #[serde(rename = "deny-multiple-versions", default)]
    is_once: bool,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

fn rules() -> Deny {
    toml::from_str(include_str!("../../deny.toml")).unwrap()
}

/// Whether a licence expression (SPDX, or the old `MIT/Apache-2.0`) is satisfied by the allowed licences.
fn is_satisfied(expression: &str, is_allowed: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let met = any_of(&mut words, is_allowed)?;
    words.next().map_or(Ok(met), |word| Err(format!("`{word}` in the licence `{expression}` is not understood")))
}

type Words<'a, 'b> = &'b mut std::iter::Peekable<std::str::SplitWhitespace<'a>>;

/// `a OR b`; AND binds tighter, WITH tighter still.
fn any_of(words: Words<'_, '_>, is_allowed: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    let mut met = all_of(words, is_allowed)?;
    while words.next_if_eq(&"OR").is_some() {
        met |= all_of(words, is_allowed)?;
    }
    Ok(met)
}

fn all_of(words: Words<'_, '_>, is_allowed: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    let mut met = one(words, is_allowed)?;
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words, is_allowed)?;
    }
    Ok(met)
}

fn one(words: Words<'_, '_>, is_allowed: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    match words.next() {
        Some("(") => {
            let met = any_of(words, is_allowed)?;
            words.next_if_eq(&")").map(|_| met).ok_or_else(|| "a bracket in a licence does not end".to_owned())
        }
        None | Some(")" | "OR" | "AND" | "WITH") => Err("a licence ends too early".to_owned()),
        Some(name) if words.next_if_eq(&"WITH").is_some() => {
            let exception = words.next().ok_or("WITH needs an exception's name")?;
            Ok(is_allowed(&format!("{name} WITH {exception}")))
        }
        Some(name) => Ok(is_allowed(name)),
    }
}

/// The errors in the licences, a line each.
fn check_licenses(packages: &[Package], rules: &Licenses) -> Vec<String> {
    let wrong = packages.iter().filter_map(|Package { name, version, license, .. }| {
        let excepted = |license: &str| rules.exceptions.iter().any(|e| e.name == *name && e.allow.iter().any(|l| l == license));
        let is_allowed = |license: &str| rules.allow.iter().any(|allowed| allowed == license) || excepted(license);
        let license = license.as_deref().unwrap_or("");
        match is_satisfied(license, &is_allowed) {
            Ok(true) => None,
            Ok(false) => Some(format!("{name} {version}: `{license}` is not allowed; see [licenses] in deny.toml")),
            Err(why) => Some(format!("{name} {version}: {why}")),
        }
    });
    wrong.collect()
}

/// The errors in the packages and their sources, a line each.
fn check_packages(packages: &[Package], rules: &Bans) -> Vec<String> {
    let mut wrong = Vec::new();
    for ban in &rules.deny {
        let (name, fixed) = ban.spec.split_once("@<").map_or((ban.spec.as_str(), None), |(name, fixed)| (name, Some(fixed)));
        let is_meant = |version: &str| fixed.is_none_or(|fixed| numbers(version) < numbers(fixed));
        let found = packages.iter().filter(|p| p.name == name && is_meant(&p.version));
        let versions: Vec<&str> = found.map(|p| p.version.as_str()).collect();
        if ban.is_once && versions.len() > 1 {
            wrong.push(format!(
                "{name} is there as {}: one version only; `cargo tree -i {name}` says who asks",
                versions.join(", ")
            ));
        } else if !ban.is_once && !versions.is_empty() {
            wrong.push(format!("{name} is banned ({}); `cargo tree -i {name}` says who asks for it", ban.reason));
        }
    }
    for Package { name, version, source, .. } in packages {
        match source.as_deref() {
            Some("registry+https://github.com/rust-lang/crates.io-index") => {}
            None if name == env!("CARGO_PKG_NAME") => {}
            other => wrong.push(format!("{name} {version} comes from {}, not from crates.io", other.unwrap_or("a folder"))),
        }
    }
    wrong
}

/// The numbers of a version, for comparison.
fn numbers(version: &str) -> Vec<u64> {
    let version = version.split(['+', '-']).next().unwrap_or(version);
    version.split('.').map(|part| part.parse().unwrap_or_else(|_| panic!("the version {version}"))).collect()
}

/// Every package of Cargo.lock, for any platform.
fn locked() -> Vec<Package> {
    #[derive(Deserialize)]
    struct Lock {
        package: Vec<Package>,
    }
    toml::from_str::<Lock>(include_str!("../../Cargo.lock")).unwrap().package
}

/// Every package of this platform's build.
fn built() -> Vec<Package> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let run = |arguments: &[&str], program: &std::ffi::OsStr| {
        let output = Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let version = run(&["-vV"], &cargo);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo says what it builds for");
    let arguments = ["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", host];
    serde_json::from_str::<Metadata>(&run(&arguments, &cargo)).unwrap().packages
}

#[test]
fn every_licence_is_one_we_can_hand_on() {
    let packages = built();
    assert!(packages.len() > 100, "cargo named {} packages only", packages.len());
    let wrong = check_licenses(&packages, &rules().licenses);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_banned_doubled_or_foreign_crate_is_locked() {
    let wrong = check_packages(&locked(), &rules().bans);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_licence_expression_is_read_as_spdx_has_it() {
    let is_allowed = |license: &str| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&license);
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("GPL-3.0 / MIT", true),
        ("MIT AND GPL-3.0", false),
        ("MIT AND ISC", true),
        ("MIT OR ISC AND GPL-3.0", true),
        ("(MIT OR ISC) AND GPL-3.0", false),
        ("(GPL-3.0 OR (MIT)) AND ISC", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("MIT WITH LLVM-exception", false),
    ] {
        assert_eq!(is_satisfied(expression, &is_allowed), Ok(expected), "{expression}");
    }
    for nonsense in ["", "MIT OR", "(MIT", "MIT)", "MIT ISC", "AND", "MIT WITH"] {
        assert!(is_satisfied(nonsense, &is_allowed).is_err(), "{nonsense}");
    }
}

#[test]
fn a_forbidden_dependency_is_reported_by_name() {
    let package = |name: &str, version: &str, license: &str, source: Option<&str>| Package {
        name: name.to_owned(),
        version: version.to_owned(),
        license: Some(license.to_owned()),
        source: source.map(str::to_owned),
    };
    let index = Some("registry+https://github.com/rust-lang/crates.io-index");
    let rules = rules();
    for name in ["actix-governor", "openssl", "aws-lc-sys", "rsa", "native-tls"] {
        assert_eq!(check_packages(&[package(name, "1.0.0", "MIT", index)], &rules.bans).len(), 1, "{name}");
    }
    for name in ["rustls", "ring", "libsqlite3-sys"] {
        let versions = [package(name, "1.0.0", "MIT", index), package(name, "2.0.0", "MIT", index)];
        assert_eq!(check_packages(&versions[..1], &rules.bans), [] as [&str; 0], "{name}");
        assert_eq!(check_packages(&versions, &rules.bans).len(), 1, "{name}");
    }
    for (version, wrong) in [("300.6.0+3.6.2", 1), ("111.28.0+1.1.1w", 1), ("300.6.1+3.6.3", 0), ("300.10.0+3.10.0", 0)] {
        assert_eq!(check_packages(&[package("openssl-src", version, "MIT", index)], &rules.bans).len(), wrong, "{version}");
    }
    for source in [None, Some("git+https://example.org/a"), Some("registry+https://example.org/index")] {
        assert_eq!(check_packages(&[package("a", "1.0.0", "MIT", source)], &rules.bans).len(), 1, "{source:?}");
    }
    assert_eq!(check_licenses(&[package("pq-src", "1.0.0", "PostgreSQL", index)], &rules.licenses), [] as [&str; 0]);
    for (name, license) in [("a", "PostgreSQL"), ("a", "MPL-2.0"), ("a", "GPL-3.0-only"), ("a", "")] {
        assert_eq!(check_licenses(&[package(name, "1.0.0", license, index)], &rules.licenses).len(), 1, "{name} {license}");
    }
}
