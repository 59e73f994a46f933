//! Checks of values that types cannot express: invalid or unsafe ones. Each error says what to write.

use std::time::Duration;

use super::sources::Layers;
use super::{Actions, Config, Limits, Tls, TransportKind, instance, is_local, oidc};

/// The longest time before or after the end of access for emails and renewals.
const ENDS_SOON_MOST: Duration = Duration::from_hours(90 * 24);
/// The shortest and longest TTL of a request.
const TTL_LEAST: Duration = Duration::from_mins(1);
const TTL_MOST: Duration = Duration::from_hours(30 * 24);

pub(super) fn check(config: &Config, layers: &mut Layers) {
    server(config, layers);
    instance::check(&config.instance, layers);
    mail(config, layers);
    request(config, layers);
    numbers(config, layers);
    times(config, layers);
    if let Some(space) = &config.eluvio.space_id
        && !is_space_id(space)
    {
        layers.refuse("eluvio.space_id", "it is ispc and 20 bytes in base58, or empty for one made of public_url");
    }
    actions(&config.authzen.actions, layers);
    oidc::check(&config.sign_in.oidc, layers);
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
    if !is_plain_path(url.path()) {
        layers.refuse("server.public_url", "its path has names of letters, digits and -._~ between single slashes, like /access");
    }
    if config.mail.transport == TransportKind::Capture && !config.server.listen.ip().to_canonical().is_loopback() {
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
        layers.refuse("mail.smtp.tls", "emails carry links that open access, so they leave this machine by TLS only");
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

/// Numbers with a range. All others are limits, which 0 switches off.
fn numbers(config: &Config, layers: &mut Layers) {
    let Limits { hashing_slots, body_bytes, listed_shares, write_queue, captured_letters, .. } = config.limits;
    let port = config.mail.smtp.port;
    let wrong = [
        ("server.workers", config.server.workers > 1_024, "it is 1 to 1024, or 0 for one a core"),
        ("database.connections", !(1..=1_000).contains(&config.database.connections), "it is 1 to 1000"),
        ("mail.connections", config.mail.connections == 0, "at least 1"),
        ("mail.connections", config.mail.connections > 1_000, "at most 1000: a mail server takes no more from one client"),
        ("mail.smtp.port", port == 0, "no server has this port; it is usually 587 with starttls and 465 with implicit"),
        ("letters.summary_hour", config.letters.summary_hour > 24, "it is an hour from 0 to 23, or 24 for never"),
        ("limits.hashing_slots", !(1..=1_024).contains(&hashing_slots), "it is 1 to 1024, each with 19 MiB of memory"),
        ("limits.body_bytes", !(1_024..=16 << 20).contains(&body_bytes), "it is 1024 to 16777216"),
        ("limits.listed_shares", !(1..=10_000).contains(&listed_shares), "it is 1 to 10000"),
        ("limits.write_queue", !(1..=1_000_000).contains(&write_queue), "it is 1 to 1000000; with 0 nothing could be written"),
        ("limits.captured_letters", captured_letters == 0, "at least 1; with 0 no email could be seen"),
        ("retention.batch", !(1..=100_000).contains(&config.retention.batch), "it is 1 to 100000 rows"),
    ];
    for (key, _, reason) in wrong.into_iter().filter(|(_, is_wrong, _)| *is_wrong) {
        layers.refuse(key, reason);
    }
}

/// Lengths of time with a range. For the others "0s" switches the feature off.
fn times(config: &Config, layers: &mut Layers) {
    const SECOND: Duration = Duration::from_secs(1);
    const DAY: Duration = Duration::from_hours(24);
    let (limits, every) =
        (&config.limits, "longer than \"0s\": one more is allowed in each such time; 0 emails at once is no limit");
    let wrong = [
        (
            "server.stop_within",
            !(SECOND..=Duration::from_hours(1)).contains(&config.server.stop_within.0),
            "it is 1 second to 1 hour: what was accepted is finished in it",
        ),
        (
            "mail.smtp.timeout",
            !(SECOND..=Duration::from_mins(10)).contains(&config.mail.smtp.timeout.0),
            "it is 1 second to 10 minutes",
        ),
        ("letters.ends_soon", config.letters.ends_soon.iter().any(|span| span.0.is_zero()), "\"0s\" before the end is the end"),
        ("limits.target_letter_every", limits.target_letters > 0 && limits.target_letter_every.0.is_zero(), every),
        ("limits.news_letter_every", limits.news_letters > 0 && limits.news_letter_every.0.is_zero(), every),
        (
            "retention.idempotency",
            !(Duration::from_mins(1)..=DAY * 30).contains(&config.retention.idempotency.0),
            "it is 1 minute to 30 days: an app that had no answer asks again within it",
        ),
    ];
    for (key, _, reason) in wrong.into_iter().filter(|(_, is_wrong, _)| *is_wrong) {
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

/// Checks the same as Eluvio's clients, which decode the part after `ispc`.
fn is_space_id(text: &str) -> bool {
    text.strip_prefix("ispc").is_some_and(|body| bs58::decode(body).into_vec().is_ok_and(|bytes| bytes.len() == 20))
}

/// Whether every program reads the path in the same way: each segment consists of plain characters. `//` at its beginning would
/// name another host.
fn is_plain_path(path: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
    };
    let path = path.strip_suffix('/').unwrap_or(path);
    path.is_empty() || path.strip_prefix('/').is_some_and(|path| path.split('/').all(is_plain))
}
