//! The hosts and addresses of a real daemon, its limit of a request's head, and cross-origin scripts.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::stage::{PASSWORD, Stage};
use crate::support::daemon::{Daemon, basic, free_port};

/// A daemon on a fresh SQLite file with these settings, and its port.
fn listening(listen: &str, settings: &[(&str, &str)]) -> (Daemon, u16, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("listening.db").display());
    Stage::set(&database).user("ann@example.org");
    let port = free_port();
    let listen = format!("{listen}:{port}");
    let mail = folder.path().join("mail").display().to_string();
    let own = [
        ("COUNTERSIGN__SERVER__LISTEN", listen.as_str()),
        ("COUNTERSIGN__MAIL__TRANSPORT", "file"),
        ("COUNTERSIGN__MAIL__DIRECTORY", mail.as_str()),
    ];
    let mut daemon = Daemon::begin(&database, &[&own, settings].concat());
    daemon.url = format!("http://127.0.0.1:{port}");
    assert!(daemon.is_ready(), "{}", daemon.log());
    (daemon, port, folder)
}

/// Sends these lines as the head of a request. Returns the whole answer.
fn ask(to: &str, lines: &[&str]) -> String {
    let mut stream = TcpStream::connect(to.parse::<SocketAddr>().unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = [lines, &["Connection: close", "", ""]].concat().join("\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer: {answer:?}"))
}

/// The values of a header.
fn header<'a>(answer: &'a str, name: &str) -> Vec<&'a str> {
    let head = answer.split("\r\n\r\n").next().unwrap();
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
}

#[test]
fn a_local_client_is_recognised_on_a_listener_for_both_families() {
    let (_daemon, port, _folder) = listening("[::]", &[]);
    for address in [format!("127.0.0.1:{port}"), format!("[::1]:{port}")] {
        for host in ["localhost", "LOCALHOST", &address, "127.0.0.1", "[::1]:80"] {
            let answer = ask(&address, &["GET /metrics HTTP/1.1", &format!("Host: {host}")]);
            assert_eq!(status(&answer), 200, "{address} {host}: {answer}");
        }
        for line in [
            "Forwarded: for=192.0.2.1",
            "Via: 1.1 proxy",
            "X-Real-IP: 192.0.2.1",
            "X-Forwarded-For: 127.0.0.1",
            "X-Forwarded-Host: localhost",
            "X-Forwarded-Proto: https",
        ] {
            let answer = ask(&address, &["GET /metrics HTTP/1.1", "Host: localhost", line]);
            assert_eq!(status(&answer), 404, "{address} {line}");
        }
        for host in ["rebound.example", "[::1].evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "localhost:80@evil.test"]
        {
            let answer = ask(&address, &["GET /metrics HTTP/1.1", &format!("Host: {host}")]);
            assert_eq!(status(&answer), 404, "{address} {host}");
        }
        assert_eq!(status(&ask(&address, &["GET http://evil.test/metrics HTTP/1.1", "Host: localhost"])), 404);
    }
}

#[test]
fn only_allowed_hosts_are_served_and_health_under_every_host() {
    let settings = [
        ("COUNTERSIGN__SERVER__PUBLIC_URL", "https://access.example.org/here"),
        ("COUNTERSIGN__SERVER__ALLOWED_HOSTS", "inner, 10.0.0.5"),
    ];
    let (_daemon, port, _folder) = listening("127.0.0.1", &settings);
    let address = format!("127.0.0.1:{port}");
    let get = |path: &str, host: &str| ask(&address, &[&format!("GET {path} HTTP/1.1"), &format!("Host: {host}")]);
    for path in ["/sign-in", "/api/account/", "/nowhere"] {
        let wanted = [200, 401, 404][["/sign-in", "/api/account/", "/nowhere"].iter().position(|one| *one == path).unwrap()];
        for host in [
            "access.example.org",
            "ACCESS.example.org:443",
            "access.example.org.",
            "inner:8080",
            "10.0.0.5",
            "localhost",
            &address,
        ] {
            assert_eq!(status(&get(path, host)), wanted, "{path} {host}");
        }
        for host in ["evil.test", "www.access.example.org", "localhost.evil.test", "10.0.0.6"] {
            let answer = get(path, host);
            assert_eq!(status(&answer), 421, "{path} {host}");
            assert!(answer.contains("https://access.example.org/here") && answer.contains("server.allowed_hosts"), "{answer}");
            assert!(!answer.contains(host) || host == "access.example.org", "what was sent is not repeated: {answer}");
        }
        assert_eq!(status(&get(path, "[::1].evil.test")), 400, "{path}");
        assert_eq!(status(&ask(&address, &[&format!("GET {path} HTTP/1.1"), "Host: inner", "Host: inner"])), 400, "{path}");
        assert_eq!(status(&ask(&address, &[&format!("GET {path} HTTP/1.1")])), 400, "{path}");
        assert_eq!(status(&ask(&address, &[&format!("GET {path} HTTP/1.0")])), wanted, "{path} before there was a Host");
    }
    for path in ["/healthz", "/readyz"] {
        for host in ["evil.test", "pod-7.cluster.local:8080"] {
            assert_eq!(status(&get(path, host)), 200, "{path} {host}");
        }
        assert_eq!(status(&ask(&address, &[&format!("GET {path} HTTP/1.0")])), 200, "{path} without Host");
    }
}

#[test]
fn a_head_is_at_most_16_kib() {
    let (_daemon, port, _folder) = listening("127.0.0.1", &[]);
    let address = format!("127.0.0.1:{port}");
    let with = |bytes: usize| {
        let line = format!("X-Long: {}", "x".repeat(bytes));
        status(&ask(&address, &["GET /healthz HTTP/1.1", "Host: localhost", &line]))
    };
    assert_eq!((with(16_000), with(16_384), with(60_000)), (200, 431, 431));
    let short: Vec<String> = (0..80).map(|number| format!("X-Many-{number}: {}", "x".repeat(250))).collect();
    let lines: Vec<&str> =
        ["GET /healthz HTTP/1.1", "Host: localhost"].into_iter().chain(short.iter().map(String::as_str)).collect();
    assert_eq!(status(&ask(&address, &lines)), 431);
    let long = format!("GET /api/user/?search={} HTTP/1.1", "x".repeat(17_000));
    assert_eq!(status(&ask(&address, &[&long, "Host: localhost"])), 431);
}

#[test]
fn scripts_of_listed_origins_may_call_the_apis_and_no_others() {
    let origin = "https://app.example.org";
    let settings = [("COUNTERSIGN__SERVER__CORS_ORIGINS", "https://app.example.org, http://localhost:5173")];
    let (_daemon, port, _folder) = listening("127.0.0.1", &settings);
    let address = format!("127.0.0.1:{port}");
    let host = format!("Host: {address}");
    let preflight = |path: &str, origin: &str, method: &str, headers: &str| {
        let lines = [
            &format!("OPTIONS {path} HTTP/1.1"),
            &host,
            &format!("Origin: {origin}"),
            &format!("Access-Control-Request-Method: {method}"),
            &format!("Access-Control-Request-Headers: {headers}"),
        ];
        ask(&address, &lines.map(String::as_str))
    };
    let sent = "authorization,content-type,idempotency-key,if-match";
    for path in [
        "/api/bundle_permission_request/",
        "/access/v1/evaluation",
        "/as/sharing/iten1/share",
        "/authorization/shares",
        "/rest/admin/shares",
        "/SASLogon/oauth/token",
        "/config",
    ] {
        for origin in [origin, "http://localhost:5173"] {
            let answer = preflight(path, origin, "PUT", sent);
            assert_eq!(status(&answer), 200, "{path}: {answer}");
            assert_eq!(header(&answer, "access-control-allow-origin"), [origin], "{path}");
            assert!(header(&answer, "access-control-allow-methods")[0].contains("DELETE"), "{answer}");
            let allowed = header(&answer, "access-control-allow-headers")[0].to_lowercase();
            assert!(sent.split(',').all(|name| allowed.contains(name)), "{allowed}");
            assert!(header(&answer, "vary").iter().any(|vary| vary.to_lowercase().contains("origin")), "{answer}");
            assert_eq!(header(&answer, "access-control-allow-credentials"), [""; 0], "never with cookies");
        }
        for other in ["https://evil.test", "https://app.example.org.evil.test", "http://app.example.org", "null"] {
            let answer = preflight(path, other, "PUT", sent);
            assert_eq!(header(&answer, "access-control-allow-origin"), [""; 0], "{path} {other}: {answer}");
        }
    }
    let authorization = format!("Authorization: {}", basic("ann@example.org", PASSWORD));
    let call = |path: &str, origin: &str, authorization: &str| {
        ask(&address, &[&format!("GET {path} HTTP/1.1"), &host, &format!("Origin: {origin}"), authorization])
    };
    for (who, wanted) in [(authorization.as_str(), 200), ("Accept: */*", 401)] {
        let answer = call("/api/account/", origin, who);
        assert_eq!((status(&answer), header(&answer, "access-control-allow-origin")), (wanted, vec![origin]), "{answer}");
        let shown = header(&answer, "access-control-expose-headers")[0].to_lowercase();
        for name in ["location", "etag", "retry-after", "idempotent-replayed", "x-request-id"] {
            assert!(shown.contains(name), "{name}: {shown}");
        }
        let answer = call("/api/account/", "https://evil.test", who);
        assert_eq!((status(&answer), header(&answer, "access-control-allow-origin")), (wanted, vec![]));
    }
    for page in ["/sign-in", "/inbox", "/mailbox", "/metrics"] {
        assert_eq!(header(&call(page, origin, &authorization), "access-control-allow-origin"), [""; 0], "{page}");
        assert_eq!(header(&preflight(page, origin, "POST", "content-type"), "access-control-allow-origin"), [""; 0], "{page}");
    }
}

#[test]
fn without_the_setting_there_are_no_cors_headers() {
    let (_daemon, port, _folder) = listening("127.0.0.1", &[]);
    let address = format!("127.0.0.1:{port}");
    let lines = [
        "OPTIONS /api/account/ HTTP/1.1",
        "Host: localhost",
        "Origin: https://app.example.org",
        "Access-Control-Request-Method: GET",
    ];
    let answer = ask(&address, &lines);
    assert_eq!((status(&answer), header(&answer, "allow").len()), (200, 1), "{answer}");
    assert!(!answer.to_lowercase().contains("access-control-") && header(&answer, "vary").is_empty(), "{answer}");
}
