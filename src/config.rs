//! The settings. `config.toml` at the top of the source is compiled in: it is the manual and the defaults. The operator's
//! file lies over it, the environment over that, and a key that the manual does not know is refused.

mod check;
mod error;
mod layers;
mod oidc;
mod sections;
mod span;

use std::net::IpAddr;
use std::path::Path;

use toml::Value;
use url::Url;

pub use error::ConfigError;
use layers::merged;
pub use oidc::Oidc;
pub use sections::{
    Actions, Authzen, Config, Database, Eluvio, Letters, Limits, Log, LogFormat, Mail, Receipt, RequestSettings, Retention,
    Server, Shares, SignIn, Smtp, Tls, TransportKind,
};
pub use span::Span;

/// The manual, which is the defaults.
pub const MANUAL: &str = include_str!("../config.toml");

impl Config {
    /// The defaults.
    pub fn defaults() -> Result<Self, ConfigError> {
        Self::build(None, std::iter::empty())
    }

    /// The defaults, then `file`, then this process's environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let text = file.map(|path| {
            std::fs::read_to_string(path)
                .map_err(|e| ConfigError::Unreadable { path: path.display().to_string(), reason: e.to_string() })
        });
        Self::build(text.transpose()?.as_deref(), std::env::vars())
    }

    /// The defaults, then the text of a file, then variables.
    pub fn build(file: Option<&str>, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let table = merged(file, variables)?;
        let config: Self = Value::Table(table).try_into().map_err(|e: toml::de::Error| ConfigError::Syntax(e.to_string()))?;
        check::check(&config)?;
        Ok(config)
    }

    /// Each key and its value in force, a line each, without secrets.
    pub fn show(file: Option<&Path>) -> Result<String, ConfigError> {
        let text = file.map(std::fs::read_to_string).transpose().map_err(|e| ConfigError::Syntax(e.to_string()))?;
        let mut table = merged(text.as_deref(), std::env::vars())?;
        if let Some(url) = table.get_mut("database").and_then(|section| section.get_mut("url"))
            && let Some(shown) = url.as_str().map(without_password)
        {
            *url = Value::String(shown);
        }
        let providers = table.get_mut("sign_in").and_then(|section| section.get_mut("oidc")).and_then(Value::as_array_mut);
        for secret in providers.into_iter().flatten().filter_map(|provider| provider.get_mut("client_secret")) {
            *secret = Value::String("…".into());
        }
        toml::to_string(&table).map_err(|e| ConfigError::Syntax(e.to_string()))
    }
}

/// Whether a host name or address is this machine.
pub fn is_local(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A database URL as it may be shown.
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
    fn the_environment_lies_over_the_file_and_the_file_over_the_manual() -> Result<(), String> {
        let config = build("[request]\nttl = \"2d\"\n[mail.smtp]\nport = 25", &[("COUNTERSIGN__MAIL__SMTP__PORT", "2525")])?;
        assert_eq!(config.request.ttl.delta(), TimeDelta::days(2));
        assert_eq!(config.mail.smtp.port, 2525);
        assert_eq!(config.request.max_ttl.delta(), TimeDelta::days(30));
        Ok(())
    }

    #[test]
    fn a_key_that_the_manual_does_not_know_is_refused_with_what_may_have_been_meant() {
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
    fn a_space_id_that_clients_could_not_take_apart_is_refused() {
        let with = |id: &str| build(&format!("[eluvio]\nspace_id = {id:?}"), &[]).map(|config| config.eluvio.space_id);
        let known = "ispc3ANoVSzNA3P6t7abLR69ho5YPPZU";
        assert_eq!(with(known), Ok(Some(known.to_owned())));
        assert_eq!(with(""), Ok(None));
        for odd in ["ispc", "3ANoVSzNA3P6t7abLR69ho5YPPZU", "ispc3ANoVSzNA3P6t7abLR69ho5YPPZ0", "ispc3ANo"] {
            assert!(with(odd).is_err_and(|text| text.contains("eluvio.space_id")), "{odd}");
        }
    }

    #[test]
    fn an_action_takes_one_level() {
        let problem = build("[authzen.actions]\nview = [\"read\", \"peek\"]\nedit = [\"peek\"]\ncontribute = []", &[]);
        assert!(problem.is_err_and(|text| text.contains("authzen.actions") && text.contains("peek")));
        let config = build("[authzen.actions]\nview = [\"GET\"]", &[("COUNTERSIGN__AUTHZEN__ACTIONS__EDIT", "PUT, PATCH")]);
        assert!(config.is_ok_and(|config| config.authzen.actions.edit == ["PUT", "PATCH"]));
    }

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(without_password("postgres://u:secret@h/d"), "postgres://u:%E2%80%A6@h/d");
    }
}
