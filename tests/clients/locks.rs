//! Downloads are pinned by hash, and come from the machine's own package source.

use serde_json::Value;

const NPM: [(&str, &str); 4] = [
    (include_str!("browser/package.json"), include_str!("browser/package-lock.json")),
    (include_str!("eluvio/package.json"), include_str!("eluvio/package-lock.json")),
    (include_str!("oidc/package.json"), include_str!("oidc/package-lock.json")),
    (include_str!("restaf/package.json"), include_str!("restaf/package-lock.json")),
];
const PIP: [&str; 2] = [include_str!("sasctl/requirements.txt"), include_str!("schemathesis/requirements.txt")];

#[test]
fn each_npm_package_has_its_hash_and_no_source_url() {
    for (package, lock) in NPM {
        let (package, lock): (Value, Value) = (serde_json::from_str(package).unwrap(), serde_json::from_str(lock).unwrap());
        let packages = lock["packages"].as_object().unwrap();
        assert_eq!(packages[""]["dependencies"], package["dependencies"]);
        for (name, version) in package["dependencies"].as_object().unwrap() {
            assert_eq!(packages[&format!("node_modules/{name}")]["version"], *version);
        }
        for (path, package) in packages.iter().filter(|(path, _)| !path.is_empty()) {
            assert!(package["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-")), "{path} has no hash");
            assert!(package.get("resolved").is_none(), "{path} names the place it came from");
        }
    }
}

#[test]
fn each_python_package_has_one_version_and_its_hashes() {
    for requirements in PIP {
        assert!(!requirements.contains("://") && !requirements.contains("index-url"), "it names a place");
        let lines = || requirements.lines().filter(|line| !line.trim_start().starts_with('#'));
        let named = lines().filter(|line| !line.starts_with(' '));
        for (line, next) in named.map(|line| (line, lines().skip_while(|other| *other != line).nth(1).unwrap_or_default())) {
            assert!(line.contains("=="), "{line}");
            assert!(next.trim_start().starts_with("--hash=sha256:"), "{line}: {next}");
        }
    }
}
