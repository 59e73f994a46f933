//! The examples in deploy/proxy, in front of a real daemon: calls without TLS, internal paths, forwarded ones.

use std::path::Path;
use std::process::Command;

use super::stage::{PASSWORD, Stage};
use crate::support::daemon::{Daemon, basic, free_port};
use crate::support::proxies::{Beside, caddy_of, nginx_of};
use crate::support::skipped;

const NAME: &str = "access.example.org";
/// A path of each API, and of pages.
const MACHINES: [&str; 10] = [
    "/api/account/",
    "/api",
    "/access/v1/evaluation",
    "/as/sharing/iten1/shares",
    "/authorization/shares",
    "/config",
    "/identities/users/@currentUser",
    "/rest/admin/shares",
    "/SASLogon/oauth/token",
    "/.well-known/authzen-configuration",
];
const PAGES: [&str; 5] = ["/", "/sign-in", "/redeem?token=csr_x", "/inbox/given", "/apis"];

fn daemon(folder: &Path) -> Daemon {
    let database = format!("sqlite:{}", folder.join("example.db").display());
    Stage::set(&database).user("ann@example.org");
    let public_url = format!("https://{NAME}");
    Daemon::start(
        &database,
        &[("COUNTERSIGN__SERVER__PUBLIC_URL", public_url.as_str()), ("COUNTERSIGN__SERVER__TRUSTED_PROXIES", "127.0.0.1")],
    )
}

/// A certificate for the name, in `cert.pem`, with its key in `key.pem`.
fn certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"])
        .args(["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=access"])
        .args(["-addext", "subjectAltName=DNS:access.example.org", "-addext", "basicConstraints=critical,CA:FALSE"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The status and headers of curl's answer from this `scheme` and `port`.
fn get(folder: &Path, scheme: &str, port: u16, path: &str, more: &[&str]) -> (u16, String) {
    let resolve = format!("{NAME}:{port}:127.0.0.1");
    let url = format!("{scheme}://{NAME}:{port}{path}");
    let said = Command::new("curl")
        .args(["-s", "-o", "/dev/null", "-D", "-", "--noproxy", "*", "--max-time", "20", "--resolve", &resolve, "--cacert"])
        .arg(folder.join("cert.pem"))
        .args(more)
        .arg(&url)
        .output()
        .unwrap();
    let head = String::from_utf8_lossy(&said.stdout).to_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("{url}: {:?} {head}", said.status)), head)
}

/// Checks for both examples.
fn holds(folder: &Path, daemon: &Daemon, clear: u16, tls: u16) {
    for path in MACHINES {
        let (status, head) = get(folder, "http", clear, path, &[]);
        assert_eq!(status, 403, "{path}: a key that was sent in clear is not sent on: {head}");
        assert!(!head.contains("location:"), "{path}: {head}");
        assert_eq!(get(folder, "http", clear, path, &["-X", "POST", "-d", "x"]).0, 403, "{path}");
    }
    for path in PAGES {
        let (status, head) = get(folder, "http", clear, path, &[]);
        assert_eq!(status, 301, "{path}: {head}");
        assert!(head.contains(&format!("location: https://{NAME}{}\r\n", path.to_lowercase())), "{path}: {head}");
    }
    let key = format!("authorization: {}", basic("ann@example.org", PASSWORD));
    let (status, head) = get(folder, "https", tls, "/api/account/", &["-H", &key, "--compressed"]);
    assert_eq!((status, head.contains("content-encoding")), (200, false), "{head}");
    assert_eq!(get(folder, "https", tls, "/sign-in", &[]).0, 200);
    for path in ["/metrics", "/readyz", "/mailbox", "/mailbox.json"] {
        assert_eq!(get(folder, "https", tls, path, &[]).0, 404, "{path}");
    }
    assert_eq!(daemon.get("/healthz", "").unwrap().status, 200);
}

#[test]
fn the_example_for_nginx_redirects_people_and_refuses_unencrypted_api_calls() {
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path());
    let daemon = daemon(folder.path());
    let (clear, tls) = (free_port(), free_port());
    let at = folder.path().display();
    let example = include_str!("../../deploy/proxy/nginx.conf");
    let lines = example.lines().filter(|line| !line.contains("listen [::]"));
    let example = lines.collect::<Vec<_>>().join("\n");
    let example = example
        .replace("listen 80;", &format!("listen 127.0.0.1:{clear};"))
        .replace("listen 443 ssl", &format!("listen 127.0.0.1:{tls} ssl"))
        .replace("/etc/ssl/access.example.org/fullchain.pem", &format!("{at}/cert.pem"))
        .replace("/etc/ssl/access.example.org/privkey.pem", &format!("{at}/key.pem"))
        .replace("/var/log/nginx/", &format!("{at}/"))
        .replace("127.0.0.1:8080", daemon.url.trim_start_matches("http://"));
    let _proxy: Beside = nginx_of(&example, clear);
    holds(folder.path(), &daemon, clear, tls);
}

#[test]
fn the_example_for_caddy_redirects_people_and_refuses_unencrypted_api_calls() {
    if Command::new("caddy").arg("version").output().is_err() {
        return skipped("the example for Caddy", "caddy is not there");
    }
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path());
    let daemon = daemon(folder.path());
    let (clear, tls) = (free_port(), free_port());
    let at = folder.path().display();
    let example = include_str!("../../deploy/proxy/Caddyfile");
    let example = example
        .replace(
            "\tservers {",
            &format!("\tadmin off\n\tauto_https disable_redirects\n\thttp_port {clear}\n\thttps_port {tls}\n\tservers {{"),
        )
        .replace("\naccess.example.org {", &format!("\naccess.example.org {{\n\ttls {at}/cert.pem {at}/key.pem"))
        .replace("127.0.0.1:8080", daemon.url.trim_start_matches("http://"));
    let _proxy: Beside = caddy_of(&example, clear);
    holds(folder.path(), &daemon, clear, tls);
}
