//! The settings. `config.toml` is compiled in as the manual and the defaults. The operator's file overrides it, and the
//! environment overrides both. A key that the manual does not have is refused.

mod check;
mod error;
mod instance;
mod logo;
mod oidc;
mod parse;
mod sections;
mod sources;
mod suggest;
mod svg;

use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::path::Path;

use toml::Value;
use url::Url;

pub use self::error::{ConfigError, Fault};
pub use self::instance::{Instance, LANGUAGES};
pub use self::logo::{BadLogo, Logo, LogoKind};
pub use self::oidc::{ClientAuth, Oidc};
pub use self::sections::{
    Actions, Authzen, Config, Database, Eluvio, Emails, Limits, Log, LogFormat, Mail, Receipt, RequestSettings, Retention,
    Server, Shares, SignIn, Smtp, Tls, TransportKind,
};
use self::sources::Layers;
pub use parse::Span;

/// The manual, with the defaults.
pub const MANUAL: &str = include_str!("../config.toml");

impl Config {
    /// The defaults.
    pub fn defaults() -> Result<Self, ConfigError> {
        Self::build(None, std::iter::empty())
    }

    /// The defaults, then `file`, then this process's environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let (text, variables) = (file.map(read).transpose()?, environment()?);
        Self::build(text.as_deref(), variables).map_err(|error| in_file(error, file))
    }

    /// The defaults, then the text of a file, then environment variables.
    pub fn build(file: Option<&str>, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut layers = Layers::read(file, variables)?;
        let mut config: Self = layers.typed()?;
        config.instance.name_after(&config.server.public_url);
        check::check(&config, &mut layers);
        if layers.faults.is_empty() { Ok(config) } else { Err(ConfigError(layers.faults)) }
    }

    /// Each key and its value in force, a line each, without secrets.
    pub fn show(file: Option<&Path>) -> Result<String, ConfigError> {
        let (text, variables) = (file.map(read).transpose()?, environment()?);
        let Layers { mut table, faults, .. } =
            Layers::read(text.as_deref(), variables).map_err(|fault| in_file(fault.into(), file))?;
        if !faults.is_empty() {
            return Err(ConfigError(faults));
        }
        if let Some(url) = table.get_mut("database").and_then(|section| section.get_mut("url"))
            && let Some(shown) = url.as_str().map(without_password)
        {
            *url = Value::String(shown);
        }
        let providers = table.get_mut("sign_in").and_then(|section| section.get_mut("oidc")).and_then(Value::as_array_mut);
        for secret in providers.into_iter().flatten().filter_map(|provider| provider.get_mut("client_secret")) {
            *secret = Value::String("…".into());
        }
        toml::to_string(&table).map_err(|e| Fault::Syntax(e.to_string()).into())
    }
}

fn read(path: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(path).map_err(|e| Fault::Unreadable { path: path.display().to_string(), reason: e.to_string() })
}

/// Adds the file's name to an error in its syntax.
fn in_file(mut error: ConfigError, file: Option<&Path>) -> ConfigError {
    for fault in &mut error.0 {
        if let (Fault::Syntax(what), Some(file)) = (fault, file) {
            *what = format!("{}: {what}", file.display());
        }
    }
    error
}

/// The variables with our prefix. Others need not even be valid UTF-8.
fn environment() -> Result<Vec<(String, String)>, Fault> {
    let ours = std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(suggest::PROGRAM_PREFIX.as_bytes()));
    let text = |(name, value): (OsString, OsString)| {
        let no_text =
            |name: &OsStr| Fault::UnknownVariable { name: name.to_string_lossy().into(), hint: ": it is not UTF-8".to_owned() };
        let name = name.into_string().map_err(|name| no_text(&name))?;
        let value = value.into_string().map_err(|_| no_text(OsStr::new(&name)))?;
        Ok((name, value))
    };
    ours.map(text).collect()
}

/// Whether a host name or address is this machine. An IPv6 address may have brackets, as in a URL.
pub fn is_local(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// A database URL without its password, for the log and `config show`.
fn without_password(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            let _ = parsed.set_password(Some("…"));
            parsed.to_string()
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn build(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::build(Some(file), variables).map_err(|e| e.to_string())
    }

    #[test]
    fn the_environment_overrides_the_file_and_the_file_overrides_the_manual() -> Result<(), String> {
        let config = build("[request]\nttl = \"2d\"\n[mail.smtp]\nport = 25", &[("COUNTERSIGN__MAIL__SMTP__PORT", "2525")])?;
        assert_eq!(config.request.ttl.delta(), TimeDelta::days(2));
        assert_eq!(config.mail.smtp.port, 2525);
        assert_eq!(config.request.max_ttl.delta(), TimeDelta::days(30));
        Ok(())
    }

    #[test]
    fn an_unknown_key_is_refused_with_a_suggestion() {
        let problem = build("[server]\npublicurl = \"http://a.example\"", &[]);
        assert!(problem.is_err_and(|text| text.contains("server.publicurl") && text.contains("`public_url`")));
        assert!(build("", &[("COUNTERSIGN__SERVER__PORT", "1")]).is_err_and(|text| text.contains("COUNTERSIGN__SERVER__PORT")));
    }

    #[test]
    fn a_mailbox_on_a_public_address_is_refused() {
        let problem = build("[server]\nlisten = \"0.0.0.0:80\"", &[]);
        assert!(problem.is_err_and(|text| text.contains("mail.transport")));
    }

    #[test]
    fn a_space_id_that_clients_cannot_decode_is_refused() {
        let with = |id: &str| build(&format!("[eluvio]\nspace_id = {id:?}"), &[]).map(|config| config.eluvio.space_id);
        let known = "ispc3ANoVSzNA3P6t7abLR69ho5YPPZU";
        assert_eq!(with(known), Ok(Some(known.to_owned())));
        assert_eq!(with(""), Ok(None));
        for odd in ["ispc", "3ANoVSzNA3P6t7abLR69ho5YPPZU", "ispc3ANoVSzNA3P6t7abLR69ho5YPPZ0", "ispc3ANo"] {
            assert!(with(odd).is_err_and(|text| text.contains("eluvio.space_id")), "{odd}");
        }
    }

    #[test]
    fn an_action_belongs_to_one_level() {
        let problem = build("[authzen.actions]\nview = [\"read\", \"peek\"]\nedit = [\"peek\"]\ncontribute = []", &[]);
        assert!(problem.is_err_and(|text| text.contains("authzen.actions") && text.contains("peek")));
        let config = build("[authzen.actions]\nview = [\"GET\"]", &[("COUNTERSIGN__AUTHZEN__ACTIONS__EDIT", "PUT, PATCH")]);
        assert!(config.is_ok_and(|config| config.authzen.actions.edit == ["PUT", "PATCH"]));
    }

    #[test]
    fn own_domains_are_stored_in_the_form_of_addresses() {
        let own = |file: &str, variable: &[(&str, &str)]| build(file, variable).map(|config| config.limits.own_domains.to_vec());
        let both = Ok(vec!["example.org".to_owned(), "xn--bcher-kva.example".to_owned()]);
        assert_eq!(own("[limits]\nown_domains = [\" Example.ORG\", \"bücher.example\"]", &[]), both);
        assert_eq!(own("", &[("COUNTERSIGN__LIMITS__OWN_DOMAINS", "EXAMPLE.org, bücher.example")]), both);
        assert_eq!(own("", &[]), Ok(Vec::new()));
        let refused = own("", &[("COUNTERSIGN__LIMITS__OWN_DOMAINS", "example.org; example.net")]);
        assert!(refused.is_err_and(|text| text.contains("(from COUNTERSIGN__LIMITS__OWN_DOMAINS)")));
    }

    #[test]
    fn an_invalid_value_is_refused_with_what_to_write() {
        for (file, message) in [
            ("[request]\nttl = 7", "`request.ttl` cannot be 7: write a number and a unit in quotes, like \"90s\""),
            ("[request]\nttl = \"a week\"", "`request.ttl` cannot be \"a week\": write a number and a unit"),
            ("[request]\nttl = \"40d\"", "`request.ttl` cannot be \"40d\": it is longer than request.max_ttl"),
            ("[request]\nmax_ttl = \"40d\"", "`request.max_ttl` cannot be \"40d\": a request waits for 30 days at most"),
            ("[request]\nttl = \"59s\"", "`request.ttl` cannot be \"59s\": a request waits for 60 seconds at least"),
            ("[retention]\ngrace = \"36501d\"", "`retention.grace` cannot be \"36501d\": write a number"),
            ("[server]\nlisten = \"8080\"", "`server.listen` cannot be \"8080\": write an address of this machine and a port"),
            ("[server]\nlisten = 8080", "like \"127.0.0.1:8080\""),
            (
                "[server]\ntrusted_proxies = [\"10.0.0.0/33\"]",
                "[\"10.0.0.0/33\"]: write the address or the network of each proxy",
            ),
            ("[server]\ntrusted_proxies = [\"proxy.example\"]", "names are not taken"),
            ("[server]\ntrusted_proxies = \"10.0.0.1\"", "like [\"127.0.0.1\", \"10.0.0.0/8\", \"fd00::/8\"]"),
            ("[server]\npublic_url = \"access.example.org\"", "write what browsers reach the daemon by"),
            ("[server]\npublic_url = \"ftp://access.example.org\"", "http or https"),
            ("[server]\npublic_url = \"https://access.example.org//evil.example\"", "between single slashes"),
            ("[server]\npublic_url = \"https://access.example.org/a;b\"", "between single slashes"),
            ("[server]\npublic_url = \"https://access.example.org/a%2fb\"", "between single slashes"),
            ("[server]\nworkers = -1", "`server.workers` cannot be -1: write a whole number"),
            ("[server]\npublic_metrics = \"yes\"", "write true or false"),
            ("[mail]\ntransport = \"pigeon\"", "`mail.transport` cannot be \"pigeon\": write one of `smtp`, `file`, `capture`"),
            ("[log]\nformat = \"xml\"", "write `text` or `json`"),
            ("[database]\nurl = [\"postgres://u:secret@h/d\"]", "`database.url` cannot be so: write a text in quotes"),
            (
                "[database]\nreplica_url = \"postgres://u:secret@h/d\"",
                "has no key `database.replica_url` (removed; docs/SCALING.md says what to do instead)",
            ),
            (
                "[database]\nreplica_lag = \"2s\"",
                "has no key `database.replica_lag` (removed; docs/SCALING.md says what to do instead)",
            ),
            ("server = 1", "it is a section"),
            ("[limits]\nown_domains = [\"a.example\", \"@b.example\"]", "\"@b.example\" is no mail domain; write each domain as"),
            ("[limits]\nown_domains = [\"ann@a.example\"]", "is no mail domain"),
            ("[limits]\nown_domains = [\"*.example\"]", "is no mail domain"),
            ("[limits]\nown_domains = [\"\"]", "is no mail domain"),
            ("[limits]\nown_domains = [7]", "`limits.own_domains` cannot be [7]: 7 is no mail domain"),
            ("[limits]\nown_domains = \"a.example\"", "like [\"example.org\", \"mail.example.org\"]"),
            ("[limits]\ndomain_hourly = -1", "`limits.domain_hourly` cannot be -1: write a whole number"),
            ("[mail]\nconnections = 0", "`mail.connections` cannot be 0: at least 1"),
            ("[mail.smtp]\nport = 0", "`mail.smtp.port` cannot be 0: no server has this port"),
            ("[mail.smtp]\nport = 65536", "`mail.smtp.port` cannot be 65536: write a whole number"),
            ("[mail.smtp]\ntimeout = \"0s\"", "`mail.smtp.timeout` cannot be \"0s\": it is 1 second to 10 minutes"),
            ("[server]\nstop_within = \"0s\"", "`server.stop_within` cannot be \"0s\": it is 1 second to 1 hour"),
            ("[server]\nworkers = 5000", "`server.workers` cannot be 5000: it is 1 to 1024, or 0"),
            ("[database]\nconnections = 0", "`database.connections` cannot be 0: it is 1 to 1000"),
            ("[letters]\nends_soon = [\"0s\"]", "`letters.ends_soon` cannot be [\"0s\"]: \"0s\" before the end is the end"),
            ("[limits]\nhashing_slots = 0", "`limits.hashing_slots` cannot be 0: it is 1 to 1024"),
            ("[limits]\nbody_bytes = 0", "`limits.body_bytes` cannot be 0: it is 1024 to 16777216"),
            ("[limits]\nwrite_queue = 0", "`limits.write_queue` cannot be 0: it is 1 to 1000000"),
            ("[limits]\ncaptured_letters = 0", "`limits.captured_letters` cannot be 0: at least 1"),
            ("[limits]\ntarget_letter_every = \"0s\"", "`limits.target_letter_every` cannot be \"0s\": longer than \"0s\""),
            ("[limits]\nnews_letter_every = \"0s\"", "`limits.news_letter_every` cannot be \"0s\": longer than \"0s\""),
            ("[retention]\nbatch = 0", "`retention.batch` cannot be 0: it is 1 to 100000 rows"),
            ("[retention]\nidempotency = \"0s\"", "`retention.idempotency` cannot be \"0s\": it is 1 minute to 30 days"),
            ("[server]\nallowed_hosts = [\"https://a.example\"]", "without scheme and port, like [\"access.internal\""),
            ("[server]\nallowed_hosts = [\"a.example:80\"]", "without scheme and port"),
            ("[server]\nallowed_hosts = [\"*.example\"]", "there is no wildcard"),
            ("[server]\nallowed_hosts = \"a.example\"", "without scheme and port"),
            ("[server]\ncors_origins = [\"*\"]", "there is no wildcard"),
            ("[server]\ncors_origins = [\"null\"]", "as browsers send it"),
            ("[server]\ncors_origins = [\"https://a.example/\"]", "as browsers send it"),
            ("[server]\ncors_origins = [\"http://a.example\"]", "https, or http on this machine"),
            ("[server]\ncors_origins = [\"https://*.example\"]", "there is no wildcard"),
            ("[server]\ncors_origins = [\"https://a.example:443\"]", "as browsers send it"),
            ("[instance]\nname = \"a\\nb\"", "write one line of at most 60 characters"),
            ("[instance]\nname = \"a\\r\\nBcc: eve@example.org\"", "write one line of at most 60 characters"),
            ("[instance]\nname = \"\u{202E}a\"", "write one line of at most 60 characters"),
            (
                "[instance]\nlogo = \"no/such/file.svg\"",
                "`instance.logo` cannot be \"no/such/file.svg\": the file cannot be read",
            ),
            ("[instance]\naccent = \"teal\"", "`instance.accent` cannot be \"teal\": write a colour as \"#rrggbb\""),
            ("[instance]\naccent = \"#ffcc00\"", "needs 4.5:1; the nearest colour that has it is \"#"),
            ("[instance]\nsupport_address = \"help\"", "write an email address, like \"help@example.org\""),
            ("[instance]\nsupport_address = \"help@example.org?bcc=eve@example.org\"", "write an email address"),
            ("[instance]\nsupport_address = \"a?b@example.org\"", "write an email address"),
            (
                "[instance]\nprivacy_url = \"javascript:alert(1)\"",
                "`instance.privacy_url` cannot be \"javascript:alert(1)\": write the http",
            ),
            ("[instance]\nprivacy_url = \"/privacy\"", "write the http or https URL of a page"),
            ("[instance]\nimprint_url = \"https://ann:pw@example.org/\"", "`instance.imprint_url` cannot be"),
            ("[instance]\nlanguage = \"it\"", "`instance.language` cannot be \"it\": write one of \"de\", \"en\", \"fr\""),
            ("[instance]\ntime_zone = \"Zurich\"", "`instance.time_zone` cannot be \"Zurich\": write the IANA name"),
            ("[[sign_in.oidc]]\nid = \"a\"\nclient_secret = \"hush\"", "`sign_in.oidc` cannot be so: missing field"),
        ] {
            let refused = build(file, &[]).err().unwrap_or_default();
            assert!(refused.contains(message), "{file}: {refused}");
            assert!(!refused.contains("secret@") && !refused.contains("hush"), "{refused}");
        }
    }

    #[test]
    fn an_instance_has_good_defaults_and_takes_each_setting() {
        let build = |text: &str| build(text, &[]).unwrap().instance;
        let defaults = build("");
        assert_eq!((defaults.name.as_str(), defaults.language.as_str(), defaults.time_zone.name()), ("Countersign", "en", "UTC"));
        assert!(defaults.logo.is_none() && defaults.support_address.is_none() && defaults.privacy_url.is_none());
        assert_eq!(build("[server]\npublic_url = \"https://access.example.org/x\"").name, "access.example.org");
        let whole = build(
            "[instance]\nname = \" <b>Éx & Co</b> \"\naccent = \"#1D4ED8\"\nsupport_address = \"Help+1@Bücher.example\"\n\
             privacy_url = \"https://example.org/privacy\"\nimprint_url = \"http://example.org\"\nlanguage = \"fr\"\n\
             time_zone = \"Europe/Paris\"",
        );
        assert_eq!(whole.name, "<b>Éx & Co</b>");
        assert_eq!(whole.theme.light.accent.to_string(), "#1d4ed8");
        assert_eq!(whole.support_address.as_deref(), Some("Help+1@xn--bcher-kva.example"));
        assert_eq!(whole.imprint_url.map(String::from).as_deref(), Some("http://example.org/"));
        assert_eq!((whole.language.as_str(), whole.time_zone.name()), ("fr", "Europe/Paris"));
    }

    #[test]
    fn the_languages_of_an_instance_are_those_of_the_texts() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/locales");
        let mut there: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        there.sort();
        assert_eq!(there, LANGUAGES);
    }

    #[test]
    fn all_errors_of_a_configuration_are_reported_at_once() {
        let refused = build(
            "[request]\nttl = 7\n[server]\nlisten = \"8080\"\nlisen = 1\n[limits]\nlisted_shares = 0",
            &[("COUNTERSIGN__MAIL__SMTP__PORT", "smtp"), ("COUNTERSIGN_LOG_LEVEL", "debug")],
        );
        let refused = refused.err().unwrap_or_default();
        let lines: Vec<&str> = refused.lines().collect();
        assert_eq!(lines.len(), 7, "{refused}");
        assert_eq!(lines.first(), Some(&"6 things are wrong with the configuration:"));
        for message in [
            "has no key `server.lisen` (did you mean `listen`?)",
            "COUNTERSIGN_LOG_LEVEL, which is no setting; write COUNTERSIGN__LOG__LEVEL",
            "`request.ttl` cannot be 7",
            "`server.listen` cannot be \"8080\"",
            "`mail.smtp.port` (from COUNTERSIGN__MAIL__SMTP__PORT) cannot be \"smtp\": write a whole number",
            "`limits.listed_shares` cannot be 0: it is 1 to 10000",
        ] {
            assert_eq!(lines.iter().filter(|line| line.contains(message)).count(), 1, "{message}: {refused}");
        }
    }

    #[test]
    fn a_slash_at_the_end_of_public_url_is_dropped_and_a_path_is_kept() -> Result<(), String> {
        for (written, meant) in [
            ("https://a.example", "https://a.example/"),
            ("https://a.example/", "https://a.example/"),
            ("https://a.example//", "https://a.example/"),
            ("https://a.example/access", "https://a.example/access"),
            ("https://a.example/access/", "https://a.example/access"),
        ] {
            let config = build(&format!("[server]\npublic_url = \"{written}\""), &[])?;
            assert_eq!(config.server.public_url.as_str(), meant, "{written}");
        }
        Ok(())
    }

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(without_password("postgres://u:secret@h/d"), "postgres://u:%E2%80%A6@h/d");
    }
}
