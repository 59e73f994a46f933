//! What no type can say: values that cannot be, or would not be safe.

use std::fmt;
use std::time::Duration;

use super::{Actions, Config, ConfigError, Tls, TransportKind, is_local, oidc};

/// The longest time before, or after, the end of access that letters and renewals look at.
const ENDS_SOON_MOST: Duration = Duration::from_hours(90 * 24);

/// Refuses what cannot be, or would not be safe.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    let refuse = |key, value: &dyn fmt::Display, reason: &str| {
        Err(ConfigError::Value { key, value: value.to_string(), reason: reason.to_owned() })
    };
    let url = &config.server.public_url;
    if !matches!(url.scheme(), "http" | "https")
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
    {
        return refuse("server.public_url", url, "it is an http or https URL without user, query and fragment");
    }
    if config.mail.transport == TransportKind::Capture && !config.server.listen.ip().is_loopback() {
        return refuse(
            "mail.transport",
            &"capture",
            "the mailbox holds live links, so it is only for a daemon that listens to this machine alone; \
             set mail.transport to smtp, or server.listen to 127.0.0.1",
        );
    }
    if config.mail.transport == TransportKind::Smtp && config.mail.smtp.tls == Tls::None && !is_local(&config.mail.smtp.host) {
        return refuse("mail.smtp.tls", &"none", "letters carry links that open access, so they leave this machine by TLS only");
    }
    if config.mail.smtp.username.is_some() != config.mail.smtp.password_file.is_some() {
        return refuse(
            "mail.smtp.username",
            &config.mail.smtp.username.as_deref().unwrap_or_default(),
            "it goes with mail.smtp.password_file: set both or none",
        );
    }
    if !(1..=10_000).contains(&config.limits.listed_shares) {
        return refuse("limits.listed_shares", &config.limits.listed_shares, "it is 1 to 10000");
    }
    let (least, ttl, most) = (Duration::from_mins(1), config.request.ttl.0, config.request.max_ttl.0);
    if ttl < least || most < ttl || most > Duration::from_hours(30 * 24) {
        return refuse("request.ttl", &format!("{}s", ttl.as_secs()), "60s <= request.ttl <= request.max_ttl <= 30d must hold");
    }
    if let Some(space) = &config.eluvio.space_id
        && !is_space_id(space)
    {
        return refuse("eluvio.space_id", space, "it is ispc and 20 bytes in base58, or empty for one made of public_url");
    }
    if config.database.connections == 0 || config.mail.connections == 0 || config.limits.hashing_slots == 0 {
        return refuse("database.connections", &0, "connections and slots are at least 1");
    }
    if config.mail.connections > 1_000 {
        return refuse("mail.connections", &config.mail.connections, "at most 1000: a mail server takes no more from one client");
    }
    let Actions { view, edit, contribute } = &config.authzen.actions;
    let mut names: Vec<&String> = view.iter().chain(edit).chain(contribute).collect();
    names.sort_unstable();
    if let Some(name) = names.windows(2).find_map(|pair| pair.first().filter(|first| pair.last() == Some(first))) {
        return refuse("authzen.actions", name, "an action takes one level: name it once");
    }
    if config.letters.summary_hour > 24 {
        return refuse("letters.summary_hour", &config.letters.summary_hour, "it is an hour from 0 to 23, or 24 for never");
    }
    if config.letters.ends_soon.len() > 4 || config.letters.ends_soon.iter().any(|span| span.0 > ENDS_SOON_MOST) {
        return refuse("letters.ends_soon", &config.letters.ends_soon.len(), "at most four lengths of time, of 90 days at most");
    }
    if config.letters.renewal_grace.0 > ENDS_SOON_MOST {
        return refuse("letters.renewal_grace", &config.letters.renewal_grace.0.as_secs(), "at most 90 days");
    }
    oidc::check(&config.sign_in.oidc)?;
    if config.retention.batch < 1 {
        return refuse("retention.batch", &config.retention.batch, "a batch has at least one row");
    }
    Ok(())
}

/// As Eluvio's clients take it apart: they decode what follows `ispc`.
fn is_space_id(text: &str) -> bool {
    text.strip_prefix("ispc").is_some_and(|body| bs58::decode(body).into_vec().is_ok_and(|bytes| bytes.len() == 20))
}
