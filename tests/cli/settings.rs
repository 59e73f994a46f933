//! `config`, and the errors of a wrong configuration.

use super::Desk;

#[test]
fn the_defaults_can_work() {
    let said = Desk::new().run(&["config", "check"]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (Some(0), "OK\n", ""));
}

#[test]
fn a_remote_postgresql_without_verify_full_causes_a_warning() {
    let desk = Desk::new();
    let check = |url: &str| {
        let said = desk.run_with(&["config", "check"], &[("COUNTERSIGN__DATABASE__URL", url)]);
        assert_eq!((said.code, said.out.as_str()), (Some(0), "OK\n"), "{}", said.err);
        said.err
    };
    let warned = check("postgres://app:hunter2@db.example/app");
    assert!(warned.starts_with("countersign: database.url: PostgreSQL is on another machine"), "{warned}");
    assert!(warned.contains("set sslmode=verify-full and sslrootcert") && !warned.contains("hunter2"), "{warned}");
    assert!(check("postgres://db.example/app?sslmode=require").contains("the server is not verified"));
    for silent in ["postgres://db.example/app?sslmode=verify-full&sslrootcert=/etc/ca.pem", "postgres:///app"] {
        assert_eq!(check(silent), "");
    }
    let wrong = desk.run_with(&["config", "check"], &[("COUNTERSIGN__DATABASE__URL", "postgres:///app?sslmode=verify_full")]);
    assert!(wrong.refusal().contains("sslmode cannot be `verify_full`: write one of disable, allow, prefer"));
}

#[test]
fn the_configuration_is_shown_without_passwords() {
    let desk = Desk::new();
    std::fs::write(desk.path("mine.toml"), "[request]\nttl = \"2d\"\n").unwrap();
    let provider =
        "[{ id = \"work\", name = \"W\", issuer = \"https://id.example\", client_id = \"c\", client_secret = \"hunter2\" }]";
    let url = [
        ("COUNTERSIGN__DATABASE__URL", "postgres://app:hunter2@db.example/app?sslmode=disable"),
        ("COUNTERSIGN__SIGN_IN__OIDC", provider),
    ];
    let said = desk.run_with(&["config", "show", "--config", "mine.toml"], &url);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("ttl = \"2d\"") && said.out.contains("max_ttl = \"30d\""));
    assert!(said.out.contains("postgres://app:"), "{}", said.out);
    assert!(!said.out.contains("hunter2"), "{}", said.out);
    let shown: toml::Table = said.out.parse().unwrap();
    assert_eq!(shown["server"]["listen"].as_str(), Some("127.0.0.1:8080"));
}

#[test]
fn an_invalid_configuration_exits_with_2_and_says_what_to_change() {
    let desk = Desk::new();
    let check = |settings: &[(&str, &str)]| desk.run_with(&["config", "check"], settings).refusal();
    let unknown = check(&[("COUNTERSIGN__SERVER__PORT", "1")]);
    assert!(
        unknown.starts_with("2: countersign: the configuration has no key `server.port` (from COUNTERSIGN__SERVER__PORT)"),
        "{unknown}"
    );
    assert!(check(&[("COUNTERSIGN__SERVER__LISTEN", "0.0.0.0:80")]).contains("`mail.transport` cannot be \"capture\""));
    assert!(
        check(&[("COUNTERSIGN__DATABASE__URL", "mysql://db")]).starts_with("2: countersign: database.url: write `sqlite:FILE`")
    );
    assert!(check(&[("COUNTERSIGN__DATABASE__URL", "sqlite:no/such/folder/a.db")]).contains("there is no folder no/such/folder"));
    let removed = check(&[("COUNTERSIGN__DATABASE__REPLICA_URL", "postgres://u:hunter2@db.example/a")]);
    assert!(removed.contains("no key `database.replica_url`") && removed.contains("docs/SCALING.md"), "{removed}");
    assert!(!removed.contains("hunter2"), "{removed}");
    assert!(check(&[("COUNTERSIGN__LOG__LEVEL", "inof")]).contains("write one of off, error, warn, info, debug, trace"));
    assert!(check(&[("COUNTERSIGN__MAIL__FROM", "nobody")]).starts_with("2: countersign: mail.from"));
    let smtp = [("COUNTERSIGN__MAIL__TRANSPORT", "smtp"), ("COUNTERSIGN__MAIL__SMTP__USERNAME", "u")];
    let missing = check(&[smtp[0], smtp[1], ("COUNTERSIGN__MAIL__SMTP__PASSWORD_FILE", "none.txt")]);
    assert!(missing.starts_with("2: countersign: mail.smtp.password_file none.txt"), "{missing}");
    let no_authority = check(&[smtp[0], ("COUNTERSIGN__MAIL__SMTP__CA_FILE", "none.pem")]);
    assert!(no_authority.starts_with("2: countersign: mail.smtp.ca_file none.pem"), "{no_authority}");
    let list =
        |more: &str| format!("[{{ id = \"work\", name = \"W\", issuer = \"https://id.example\", client_id = \"c\", {more} }}]");
    let provider = |more: &str| check(&[("COUNTERSIGN__SIGN_IN__OIDC", &list(more))]);
    let no_secret = provider("client_secret_file = \"none.txt\"");
    assert!(no_secret.starts_with("2: countersign: sign_in.oidc, provider work: client_secret_file none.txt"), "{no_secret}");
    let no_authority = provider("ca_file = \"none.pem\"");
    assert!(no_authority.starts_with("2: countersign: sign_in.oidc, provider work: ca_file none.pem"), "{no_authority}");
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"])
        .args([
            "-keyout",
            "key.pem",
            "-out",
            "own.pem",
            "-subj",
            "/CN=a",
            "-addext",
            "subjectAltName=DNS:mail.example,DNS:id.example",
        ])
        .current_dir(desk.path(""))
        .output()
        .unwrap();
    assert!(made.status.success());
    let host = ("COUNTERSIGN__MAIL__SMTP__HOST", "mail.example");
    let own = check(&[smtp[0], host, ("COUNTERSIGN__MAIL__SMTP__CA_FILE", "own.pem")]);
    assert!(own.starts_with("2: countersign: mail.smtp.ca_file own.pem: ") && own.contains("critical,CA:FALSE"), "{own}");
    let own = provider("ca_file = \"own.pem\"");
    assert!(own.starts_with("2: countersign: sign_in.oidc, provider work: ca_file own.pem: "), "{own}");
    assert!(own.contains("-addext subjectAltName=DNS:id.example"), "{own}");
    let port = check(&[("COUNTERSIGN__MAIL__SMTP__PORT", "0")]);
    assert!(
        port.contains("`mail.smtp.port` (from COUNTERSIGN__MAIL__SMTP__PORT) cannot be 0: no server has this port"),
        "{port}"
    );
    assert!(provider("client_auth = \"client_secret_post\"").contains("there is none; set client_secret_file"));
    assert!(provider("scopes = [\"email\"]").contains("without openid nothing is said"));
    for arguments in [&["serve"] as &[&str], &["user", "list"]] {
        let said = desk.run_with(arguments, &[("COUNTERSIGN__DATABASE__URL", "postgres://db.example/a?sslmode=on")]).refusal();
        assert!(said.starts_with("2: countersign: database.url: "), "{arguments:?}: {said}");
    }
    for arguments in [&["serve"] as &[&str], &["user", "list"], &["config", "show"]] {
        let said = desk.run_with(arguments, &[("COUNTERSIGN__SERVER__PORT", "1")]);
        assert_eq!(said.code, Some(2), "{arguments:?}: {}", said.err);
    }
    assert!(
        desk.run(&["serve", "--config", "none.toml"])
            .refusal()
            .starts_with("2: countersign: cannot read the configuration none.toml")
    );
    assert!(!desk.path("countersign.db").exists());
}

#[test]
fn a_misspelt_variable_is_refused() {
    let desk = Desk::new();
    for arguments in [&["serve"] as &[&str], &["config", "check"], &["config", "show"], &["user", "list"]] {
        let said = desk.run_with(arguments, &[("COUNTERSIGN_SERVER_LISTEN", "127.0.0.1:9")]).refusal();
        assert_eq!(
            said,
            "2: countersign: the environment has COUNTERSIGN_SERVER_LISTEN, which is no setting; write \
             COUNTERSIGN__SERVER__LISTEN, with two underscores between its parts"
        );
    }
    let meant = desk.run_with(&["config", "check"], &[("COUNTERSIGN__SERVER_LISTEN", "127.0.0.1:9")]).refusal();
    assert!(meant.contains("did you mean COUNTERSIGN__SERVER__LISTEN?"), "{meant}");
    // Beside a service of that name, an orchestrator sets such variables.
    let around = [("COUNTERSIGN_SERVICE_HOST", "10.0.0.1"), ("COUNTERSIGN_PORT", "tcp://10.0.0.1:8080")];
    assert_eq!(desk.run_with(&["config", "check"], &around).out, "OK\n");
}

#[test]
fn config_check_reports_all_errors_at_once() {
    let desk = Desk::new();
    std::fs::write(desk.path("mine.toml"), "[request]\nttl = 7\n[log]\nformat = \"xml\"\n").unwrap();
    let said = desk.run(&["serve", "--config", "mine.toml"]).refusal();
    assert!(said.starts_with("2: countersign: 2 things are wrong with the configuration:\n  `"), "{said}");
    assert!(said.contains("`request.ttl` cannot be 7") && said.contains("`log.format` cannot be \"xml\""), "{said}");
    let files = [
        ("COUNTERSIGN__LOG__LEVEL", "inof"),
        ("COUNTERSIGN__DATABASE__URL", "sqlite:no/folder/a.db"),
        ("COUNTERSIGN__MAIL__FROM", "nobody"),
    ];
    let said = desk.run_with(&["config", "check"], &files).refusal();
    assert!(said.starts_with("2: countersign: 3 things are wrong:\n  `log.level`"), "{said}");
    assert!(said.contains("\n  database.url: there is no folder") && said.contains("\n  mail.from"), "{said}");

    std::fs::write(desk.path("broken.toml"), "[request\n").unwrap();
    let broken = desk.run(&["serve", "--config", "broken.toml"]).refusal();
    assert!(broken.starts_with("2: countersign: the configuration does not read: broken.toml: "), "{broken}");
}

#[cfg(unix)]
#[test]
fn invalid_utf8_in_the_environment_matters_only_in_our_variables() {
    use std::os::unix::ffi::OsStrExt as _;
    let no_text = std::ffi::OsStr::from_bytes(b"\xff");
    let desk = Desk::new();
    let run = |name: &str| desk.command(&["config", "check"]).env(name, no_text).output().unwrap();
    assert_eq!(run("SOMEBODY_ELSES").status.code(), Some(0));
    let ours = run("COUNTERSIGN__MAIL__FROM");
    let said = String::from_utf8(ours.stderr).unwrap();
    assert_eq!(ours.status.code(), Some(2), "{said}");
    assert!(said.contains("COUNTERSIGN__MAIL__FROM") && said.contains("not UTF-8"), "{said}");
}
