//! What no type can say: values that cannot be, or would not be safe. Each is noted with what to write.

use std::time::Duration;

use super::layers::Layers;
use super::{Actions, Config, Limits, Tls, TransportKind, is_local, oidc};

/// The longest time before, or after, the end of access that letters and renewals look at.
const ENDS_SOON_MOST: Duration = Duration::from_hours(90 * 24);
/// The shortest and the longest life of a request.
const TTL_LEAST: Duration = Duration::from_mins(1);
const TTL_MOST: Duration = Duration::from_hours(30 * 24);
/// How far behind lists may be: less could not be known in time, and with more nobody would believe them.
const REPLICA_LAG_LEAST: Duration = Duration::from_secs(1);
const REPLICA_LAG_MOST: Duration = Duration::from_hours(1);

pub(super) fn check(config: &Config, layers: &mut Layers) {
    server(config, layers);
    database(config, layers);
    mail(config, layers);
    request(config, layers);
    numbers(config, layers);
    if let Some(space) = &config.eluvio.space_id
        && !is_space_id(space)
    {
        layers.refuse("eluvio.space_id", "it is ispc and 20 bytes in base58, or empty for one made of public_url");
    }
    actions(&config.authzen.actions, layers);
    oidc::check(&config.sign_in.oidc, layers);
}

fn database(config: &Config, layers: &mut Layers) {
    let database = &config.database;
    if database.replica_url.is_some() && database.url.starts_with("sqlite:") {
        layers
            .refuse("database.replica_url", "only PostgreSQL has replicas, and database.url names a SQLite file; leave it empty");
    }
    if !(REPLICA_LAG_LEAST..=REPLICA_LAG_MOST).contains(&database.replica_lag.0) {
        layers.refuse("database.replica_lag", "it is 1 second to 1 hour");
    }
}

fn server(config: &Config, layers: &mut Layers) {
    let url = &config.server.public_url;
    if !matches!(url.scheme(), "http" | "https")
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
    {
        layers.refuse("server.public_url", "it is an http or https URL without user, query and fragment");
    }
    if config.mail.transport == TransportKind::Capture && !config.server.listen.ip().is_loopback() {
        layers.refuse(
            "mail.transport",
            "the mailbox holds live links, so it is only for a daemon that listens to this machine alone; \
             set mail.transport to smtp, or server.listen to 127.0.0.1",
        );
    }
}

fn mail(config: &Config, layers: &mut Layers) {
    let smtp = &config.mail.smtp;
    if config.mail.transport == TransportKind::Smtp && smtp.tls == Tls::None && !is_local(&smtp.host) {
        layers.refuse("mail.smtp.tls", "letters carry links that open access, so they leave this machine by TLS only");
    }
    if smtp.username.is_some() != smtp.password_file.is_some() {
        layers.refuse("mail.smtp.username", "it goes with mail.smtp.password_file: set both or none");
    }
    if config.letters.ends_soon.len() > 4 || config.letters.ends_soon.iter().any(|span| span.0 > ENDS_SOON_MOST) {
        layers.refuse("letters.ends_soon", "at most four lengths of time, of 90 days at most");
    }
    if config.letters.renewal_grace.0 > ENDS_SOON_MOST {
        layers.refuse("letters.renewal_grace", "at most 90 days");
    }
}

fn request(config: &Config, layers: &mut Layers) {
    let (ttl, most) = (config.request.ttl.0, config.request.max_ttl.0);
    if ttl < TTL_LEAST {
        layers.refuse("request.ttl", "a request waits for 60 seconds at least");
    }
    if most > TTL_MOST {
        layers.refuse("request.max_ttl", "a request waits for 30 days at most");
    }
    if ttl > most {
        layers.refuse("request.ttl", "it is longer than request.max_ttl, which can be raised to 30 days");
    }
}

fn numbers(config: &Config, layers: &mut Layers) {
    let Limits { hashing_slots, listed_shares, .. } = config.limits;
    let too_few = [
        ("database.connections", config.database.connections == 0, "at least 1"),
        ("mail.connections", config.mail.connections == 0, "at least 1"),
        ("limits.hashing_slots", hashing_slots == 0, "at least 1"),
        ("limits.listed_shares", !(1..=10_000).contains(&listed_shares), "it is 1 to 10000"),
        ("mail.connections", config.mail.connections > 1_000, "at most 1000: a mail server takes no more from one client"),
        ("letters.summary_hour", config.letters.summary_hour > 24, "it is an hour from 0 to 23, or 24 for never"),
        ("retention.batch", config.retention.batch < 1, "a batch has at least one row"),
    ];
    for (key, _, reason) in too_few.into_iter().filter(|(_, is_wrong, _)| *is_wrong) {
        layers.refuse(key, reason);
    }
}

fn actions(actions: &Actions, layers: &mut Layers) {
    let Actions { view, edit, contribute } = actions;
    let mut names: Vec<&String> = view.iter().chain(edit).chain(contribute).collect();
    names.sort_unstable();
    if let Some(name) = names.windows(2).find_map(|pair| pair.first().filter(|first| pair.last() == Some(first))) {
        layers.refuse_within("authzen.actions", name, "an action takes one level: name it once");
    }
}

/// As Eluvio's clients take it apart: they decode what follows `ispc`.
fn is_space_id(text: &str) -> bool {
    text.strip_prefix("ispc").is_some_and(|body| bs58::decode(body).into_vec().is_ok_and(|bytes| bytes.len() == 20))
}
