//! `config`, and what a wrong configuration is told.

use super::Desk;

#[test]
fn the_defaults_can_work() {
    let said = Desk::new().run(&["config", "check"]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (Some(0), "OK\n", ""));
}

#[test]
fn what_is_in_force_is_shown_without_passwords() {
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
    assert!(said.out.contains("postgres://app:") && !said.out.contains("hunter2"), "{}", said.out);
    let shown: toml::Table = said.out.parse().unwrap();
    assert_eq!(shown["server"]["listen"].as_str(), Some("127.0.0.1:8080"));
}

#[test]
fn a_configuration_that_cannot_work_ends_with_2_and_says_what_to_change() {
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
    assert!(provider("scopes = [\"email\"]").contains("without openid nothing is said"));
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
