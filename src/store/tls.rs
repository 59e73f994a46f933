//! TLS to PostgreSQL, which libpq implements: this finds URLs that leave a remote connection open to attack, and gives
//! operators advice about refused connections.

use diesel::ConnectionError;
use url::Url;

use super::StoreError;
use crate::config::is_local;

/// The values of `sslmode` in libpq.
const MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

/// Advice about connections refused by libpq or the server, by words of the message. libpq has no codes for them.
const ADVICE: [(&str, &str); 10] = [
    (
        "certificate verify failed",
        "the server's certificate has expired, or the authority in sslrootcert did not sign it; see which with `openssl s_client \
         -starttls postgres -connect HOST:PORT -CAfile SSLROOTCERT`",
    ),
    (
        "does not match host name",
        "write the host in database.url as the certificate has it, or give the server a certificate with this name as \
         subjectAltName",
    ),
    (
        "server does not support SSL",
        "set `ssl = on` on the server, or sslmode=disable in database.url if the connection is protected otherwise",
    ),
    ("requires a valid client certificate", "name a client certificate and its key in database.url: sslcert and sslkey"),
    ("certificate required", "name a client certificate and its key in database.url: sslcert and sslkey"),
    ("unknown ca", "the server's ssl_ca_file does not have the authority that signed the client certificate (sslcert)"),
    (
        "certificate authentication failed",
        "the common name (CN) of the client certificate (sslcert) must be the role in database.url, or be mapped to it in \
         pg_ident.conf",
    ),
    ("no encryption", "the server's pg_hba.conf accepts this role only with TLS: set sslmode=verify-full in database.url"),
    ("SSL not in use", "channel_binding=require needs TLS: set sslmode=verify-full in database.url"),
    (
        "channel binding",
        "channel_binding=require needs a password that the server checks with scram-sha-256, and no proxy between that ends TLS",
    ),
];

/// Refuses an unknown `sslmode`.
pub(super) fn check(url: &Url) -> Result<(), String> {
    match value(url, "sslmode") {
        Some(mode) if !MODES.contains(&mode.as_str()) => {
            Err(format!("sslmode cannot be `{mode}`: write one of {}", MODES.join(", ")))
        }
        _ => Ok(()),
    }
}

/// The possible attack on a remote connection; none if libpq prevents it, or the database is on this machine. `variable` reads
/// an environment variable, from which libpq takes settings that the URL lacks.
pub(super) fn warning(text: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| url.scheme().starts_with("postgres"))?;
    let said = |key: &str, name: &str| value(&url, key).or_else(|| variable(name));
    if hosts(&url, &variable).iter().all(|host| is_here(host)) {
        return None;
    }
    let mode = said("sslmode", "PGSSLMODE");
    let is_system = said("sslrootcert", "PGSSLROOTCERT").is_some_and(|file| file == "system");
    let danger = match mode.as_deref() {
        Some("verify-full") => return None,
        None if is_system => return None,
        Some("disable") => "nothing is encrypted",
        Some("verify-ca") => "any server with a certificate of that authority is accepted",
        Some("require") => "the server is not verified",
        _ => "the server is not verified, and without TLS on it nothing is encrypted",
    };
    let mode = mode.map_or_else(|| "without sslmode".to_owned(), |mode| format!("with sslmode={mode}"));
    Some(format!(
        "database.url: PostgreSQL is on another machine, and {mode} {danger}; set sslmode=verify-full and sslrootcert, see \
         docs/OPERATING.md"
    ))
}

/// The error of a refused connection, with advice.
pub(super) fn refused(error: &ConnectionError) -> StoreError {
    let message = error.to_string();
    let message = message.trim_end();
    let advice = ADVICE.iter().find(|(words, _)| message.contains(words));
    StoreError::Unavailable(advice.map_or_else(|| message.to_owned(), |(_, advice)| format!("{message}: {advice}")))
}

/// The hosts and sockets that libpq tries. An address (`hostaddr`) overrides a name.
fn hosts(url: &Url, variable: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let named = url.host_str().filter(|host| !host.is_empty()).map(str::to_owned);
    let several = value(url, "hostaddr").or_else(|| value(url, "host")).or(named).or_else(|| variable("PGHOST"));
    several.iter().flat_map(|several| several.split(',')).map(str::to_owned).collect()
}

/// A host that begins with a slash, perhaps percent-encoded, is a folder with a socket.
fn is_here(host: &str) -> bool {
    host.is_empty()
        || host.starts_with(['/', '@'])
        || host.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%2f"))
        || is_local(host)
}

fn value(url: &Url, key: &str) -> Option<String> {
    url.query_pairs().filter(|(name, _)| name == key).last().map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warned(url: &str) -> Option<String> {
        warning(url, |_| None)
    }

    #[test]
    fn another_machine_is_warned_of_unless_it_is_verified_in_full_however_it_is_named() {
        for far in [
            "postgres://db.example.org/app",
            "postgres://db1.example.org,db2.example.org/app",
            "postgres://localhost,db2.example.org/app",
            "postgres:///app?host=db.example.org",
            "postgres:///app?host=127.0.0.1,db.example.org",
            "postgres://127.0.0.1/app?hostaddr=192.0.2.7",
        ] {
            let with = |more: &str| warned(&format!("{far}{}{more}", if far.contains('?') { '&' } else { '?' }));
            assert!(warned(far).is_some_and(|said| said.contains("nothing is encrypted")), "{far}");
            for (mode, danger) in [
                ("disable", "nothing is encrypted"),
                ("allow", "the server is not verified, and"),
                ("prefer", "the server is not verified, and"),
                ("require", "the server is not verified;"),
                ("verify-ca", "any server with a certificate of that authority"),
            ] {
                let said = with(&format!("sslmode={mode}")).unwrap();
                assert!(said.contains(&format!("with sslmode={mode} {danger}")), "{said}");
            }
            assert_eq!(with("sslmode=verify-full&sslrootcert=/etc/ca.pem"), None, "{far}");
            assert_eq!(with("sslrootcert=system"), None, "libpq verifies in full by itself then");
        }
        for near in [
            "postgres://localhost/app",
            "postgres://[::1]/app",
            "postgres:///app",
            "postgres://%2Frun%2Fpostgresql/app",
            "postgres:///app?host=/run/postgresql",
            "postgres:///app?host=127.0.0.1,localhost&port=5432,5433",
            "postgres://db.example.org/app?hostaddr=127.0.0.1",
        ] {
            assert_eq!(warned(near), None, "{near}");
        }
    }

    #[test]
    fn what_the_url_leaves_out_is_taken_from_the_environment() {
        let with = |url: &str, name: &'static str, value: &'static str| {
            warning(url, move |asked: &str| (asked == name).then(|| value.to_owned()))
        };
        assert!(with("postgres:///app", "PGHOST", "db.example.org").is_some());
        assert!(with("postgres:///app", "PGHOST", "/run/postgresql").is_none());
        assert!(with("postgres://db.example.org/app", "PGSSLMODE", "verify-full").is_none());
        assert!(with("postgres://db.example.org/app?sslmode=require", "PGSSLMODE", "verify-full").is_some());
        assert!(with("postgres://db.example.org/app", "PGSSLROOTCERT", "system").is_none());
    }

    #[test]
    fn an_sslmode_that_libpq_does_not_have_is_refused() {
        let of = |text: &str| check(&Url::parse(text).unwrap());
        assert!(of("postgres:///app?sslmode=verify_full").unwrap_err().contains("verify-ca, verify-full"));
        assert!(of("postgres:///app?sslmode=require").is_ok() && of("postgres:///app").is_ok());
    }
}
