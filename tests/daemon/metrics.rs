//! HTTP metrics: every response is counted once, from any thread, by its route and not by its path.

use ureq::http::Request;

use super::stage::{PASSWORD, Stage};
use crate::support::daemon::{Daemon, basic};

const EACH: usize = 40;

/// Metrics whose name begins like this, with their values.
fn lines<'a>(all: &'a str, start: &str) -> Vec<(&'a str, usize)> {
    let lines = all.lines().filter(|line| line.starts_with(start));
    lines.map(|line| line.rsplit_once(' ').unwrap()).map(|(name, value)| (name, value.parse().unwrap())).collect()
}

#[test]
fn every_response_is_counted_once_by_its_route() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("metrics.db").display());
    let stage = Stage::set(&database);
    let ann = stage.user("ann@example.org");
    let tokens = stage.tokens(&ann, 1);
    let mut daemon = Daemon::start(&database, &[]);
    let identity = basic("ann@example.org", PASSWORD);
    let link = format!("/api/bundle_permission_request/{}/", tokens[0].1);
    let asked = [
        ("GET", link.as_str(), identity.as_str(), 200),
        ("GET", link.as_str(), "", 401),
        ("GET", "/nowhere/eve@example.org", "", 404),
        ("BREW", "/api/account/", identity.as_str(), 405),
        ("STEEP", "/api/account/", identity.as_str(), 405),
    ];
    let agent = ureq::Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true).build().new_agent();
    // So that the password is hashed once, and not by forty threads at once.
    assert_eq!(daemon.get("/api/account/", &identity).unwrap().status, 200);
    // Connections are spread over the daemon's threads.
    std::thread::scope(|scope| {
        for _ in 0..EACH {
            scope.spawn(|| {
                for (method, path, who, status) in asked {
                    let request = Request::builder().method(method).uri(format!("{}{path}", daemon.url));
                    let request = if who.is_empty() { request } else { request.header("authorization", who) };
                    let answer = agent.run(request.body(()).unwrap()).unwrap();
                    assert_eq!(answer.status(), status, "{method} {path}");
                }
            });
        }
    });
    let all = daemon.get("/metrics", "").unwrap().body;
    let counted = |method: &str, route: &str, status: u16| {
        let name = format!("countersign_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}");
        let found = lines(&all, &name);
        assert_eq!(found.len(), 1, "{name}: {all}");
        found[0].1
    };
    let (token, account) = ("/api/bundle_permission_request/{token}/", "/api/account/");
    assert_eq!((counted("GET", token, 200), counted("GET", token, 401)), (EACH, EACH));
    assert_eq!(counted("GET", "unmatched", 404), EACH);
    // Unknown methods and paths share one metric.
    assert_eq!(counted("other", account, 405), 2 * EACH);
    let times = lines(&all, &format!("countersign_http_request_seconds_count{{route=\"{token}\"}}"));
    assert_eq!(times[0].1, 2 * EACH);
    assert!(!all.contains("eve@") && !all.contains(&tokens[0].1) && !all.contains("BREW"), "{all}");
    assert_eq!(daemon.stop(), Some(0));
}
