//! PostgreSQL over TLS: a real server, the connections that libpq accepts, and the errors for an operator.

use countersign::clock::Clock;
use countersign::config::Config;
use countersign::store::{Store, StoreError};

use crate::support::daemon::Daemon;
use crate::support::postgres::Cluster;
use crate::support::proxies::pgbouncer_with;
use crate::support::tls::TlsCluster;
use crate::support::wait_until;

/// Opens a connection of the pool at this URL, and runs a query on it.
fn connect(url: &str, has_statement_cache: bool) -> Result<(), StoreError> {
    let mut database = Config::defaults().unwrap().database;
    (database.url, database.statement_cache) = (url.to_owned(), has_statement_cache);
    Store::open(&database, 10, Clock::System)?.read_sync(|tx| Ok::<_, StoreError>(tx.now())).map(drop)
}

/// The error that the operator gets.
fn refusal(url: &str) -> String {
    match connect(url, true) {
        Err(StoreError::Unavailable(why)) => why,
        other => panic!("{url}: {other:?}"),
    }
}

fn verified(tls: &TlsCluster) -> String {
    format!("sslmode=verify-full&sslrootcert={}", tls.path("ca.pem"))
}

#[test]
fn verify_full_works_with_passwords_certificates_and_channel_binding() {
    let tls = TlsCluster::start();
    let verified = verified(&tls);
    for (user, more) in [
        ("countersign", String::new()),
        ("scram:secret", String::new()),
        // The password's proof is bound to the server's certificate.
        ("scram:secret", "&channel_binding=require".to_owned()),
        ("bearer", format!("&sslcert={}&sslkey={}", tls.path("bearer.pem"), tls.path("bearer.key"))),
    ] {
        let url = tls.url("postgres", user, &format!("{verified}{more}"));
        connect(&url, true).unwrap_or_else(|error| panic!("{url}: {error}"));
    }
    let mut database = Config::defaults().unwrap().database;
    database.url = tls.url("postgres", "countersign", &verified);
    let store = Store::open(&database, 10, Clock::System).unwrap();
    store.read_sync(|tx| Ok::<_, StoreError>(tx.now())).unwrap();
    let plain = tls.url("postgres", "countersign", "sslmode=disable");
    let versions = "coalesce((SELECT string_agg(version, ' ') FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
        WHERE application_name = 'countersign' AND ssl), 'none')";
    assert_eq!(tls.cluster.text(&plain, versions), "TLSv1.3", "the pool's one connection is encrypted");
}

#[test]
fn a_connection_that_is_refused_says_what_to_change() {
    let tls = TlsCluster::start();
    let verified = verified(&tls);
    let of = |user: &str, parameters: &str| refusal(&tls.url("postgres", user, parameters));
    let check = |said: String, libpq: &str, advice: &str| {
        assert!(said.contains(libpq) && said.contains(advice), "{said}");
    };
    let other = format!("sslmode=verify-full&sslrootcert={}", tls.path("other-ca.pem"));
    check(of("countersign", &other), "certificate verify failed", "the authority in sslrootcert did not sign it");
    let missing = "sslmode=verify-full&sslrootcert=/nowhere/ca.pem";
    check(of("countersign", missing), "root certificate file \"/nowhere/ca.pem\" does not exist", "Either provide the file");
    let port = tls.cluster.port;
    let misnamed = format!("postgres://countersign@db.example.org:{port}/postgres?hostaddr=127.0.0.1&{verified}");
    check(refusal(&misnamed), "does not match host name \"db.example.org\"", "as the certificate has it");
    let without_tls = Cluster::shared().here("/postgres").replace("sslmode=disable", "sslmode=require");
    check(refusal(&without_tls), "server does not support SSL", "set `ssl = on` on the server");

    let client = |name: &str| {
        format!("{verified}&sslcert={}&sslkey={}", tls.path(&format!("{name}.pem")), tls.path(&format!("{name}.key")))
    };
    check(of("bearer", &verified), "requires a valid client certificate", "sslcert and sslkey");
    check(of("bearer", &client("somebody")), "certificate authentication failed", "the common name (CN)");
    check(of("bearer", &client("stranger")), "unknown ca", "ssl_ca_file does not have the authority");
    check(of("bearer", "sslmode=disable"), "no encryption", "set sslmode=verify-full");
    std::fs::set_permissions(tls.path("bearer.key"), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    check(of("bearer", &client("bearer")), "has group or world access", "0600");

    let bound = format!("{verified}&channel_binding=require");
    check(of("countersign", &bound), "channel binding required", "needs a password that the server checks with scram-sha-256");
    check(of("scram:secret", "sslmode=disable&channel_binding=require"), "SSL not in use", "needs TLS");
    check(of("scram:wrong", &verified), "password authentication failed", "");

    connect(&tls.url("postgres", "countersign", &verified), true).unwrap();
    tls.show("expired.pem", "expired.key");
    tls.cluster.run("SELECT pg_reload_conf()");
    let expired = wait_until("the certificate to be shown and expired", || {
        connect(&tls.url("postgres", "countersign", &verified), true).err().map(|error| error.to_string())
    });
    check(expired, "certificate verify failed", "has expired");
}

#[test]
fn a_pooler_is_reached_by_tls_like_a_server() {
    let tls = TlsCluster::start();
    let settings = "client_tls_sslmode = require\nclient_tls_cert_file = server.pem\nclient_tls_key_file = server.key\n\
        server_tls_sslmode = verify-ca\nserver_tls_ca_file = ca.pem\n";
    let copies = ["server.pem", "server.key", "ca.pem"].map(|name| (name, tls.path(name)));
    let pooler = pgbouncer_with(&tls.url("postgres", "countersign", ""), settings, &copies);
    let port = url::Url::parse(&pooler.url).unwrap().port().unwrap();
    let at = |more: &str| format!("postgres://countersign@localhost:{port}/postgres?hostaddr=127.0.0.1&{more}");
    connect(&at(&verified(&tls)), false).unwrap();
    let encrypted = "coalesce((SELECT bool_and(ssl)::text FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
        WHERE application_name = 'countersign'), 'none')";
    let plain = tls.url("postgres", "countersign", "sslmode=disable");
    assert_eq!(tls.cluster.text(&plain, encrypted), "true", "behind the pooler, too");
    assert!(matches!(connect(&at("sslmode=disable"), false), Err(StoreError::Unavailable(_))));
    let other = format!("sslmode=verify-full&sslrootcert={}", tls.path("other-ca.pem"));
    assert!(matches!(connect(&at(&other), false), Err(StoreError::Unavailable(why)) if why.contains("did not sign it")));
}

#[test]
fn a_daemon_says_at_its_start_that_another_machine_is_not_verified() {
    let url = url::Url::parse(&Cluster::shared().create_empty_database()).unwrap();
    let (name, port) = (url.path(), url.port().unwrap());
    // libpq tries the second host only if the first does not answer.
    let hosts = format!("host=127.0.0.1,db.example.invalid&port={port},{port}");
    let mut daemon = Daemon::start(&format!("postgres://{name}?user=countersign&{hosts}&sslmode=disable"), &[]);
    let warning = "PostgreSQL is on another machine, and with sslmode=disable nothing is encrypted";
    assert!(daemon.log().contains(warning), "{}", daemon.log());
    assert_eq!(daemon.stop(), Some(0));
}
