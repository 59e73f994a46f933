//! `demo`: its output can be pasted, and it leaves nothing behind.

use super::Desk;
use super::daemon::Running;
use crate::support::wait_until;

/// The word after `label` in the output.
fn after<'a>(page: &'a str, label: &str) -> &'a str {
    let rest = page.split_once(label).unwrap_or_else(|| panic!("no {label:?} in:\n{page}")).1;
    rest.split_whitespace().next().unwrap()
}

#[test]
fn the_demo_shows_a_request_that_can_be_answered_and_leaves_nothing() {
    let (desk, folder) = (Desk::new(), tempfile::tempdir().unwrap());
    let mut command = desk.command(&["demo"]);
    command.env("TMPDIR", folder.path()).env("COUNTERSIGN__SERVER__LISTEN", "127.0.0.1:0");
    let mut running = Running::of(command);
    let mut page = String::new();
    while !page.contains("its email is in the mailbox") {
        page.push_str(&running.line());
    }
    assert!(page.contains("An email went to Ann:\n  Bob Marsh wants to view \"Sleep data\" (reply by "), "{page}");
    assert!(!page.contains('\x1b'), "no colours where there is no terminal");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "the database is in a folder of its own");

    let (link, password) = (after(&page, "Its link:"), after(&page, "password"));
    let (base, token) = link.split_once("/redeem?token=").unwrap();
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let opened = agent.get(link).call().unwrap();
    assert_eq!(opened.status(), 303, "the page moves the token out of the address");
    let ann = crate::cli::basic("ann@example.org", password);
    let url = format!("{base}/api/bundle_permission_request/{token}/");
    assert!(page.contains(&format!("curl -u 'ann@example.org:{password}' -X PUT -H 'Content-Type: application/json' {url}\n")));
    assert_eq!(agent.get(&url).header("authorization", &ann).call().unwrap().status(), 200);
    let put = || agent.put(&url).header("authorization", &ann).header("content-type", "application/json").send_empty().unwrap();
    assert_eq!(put().status(), 200);
    assert_eq!(put().status(), 410, "once");

    let (bearer, body) = (after(&page, "Bearer "), page.split_once("-d '").unwrap().1.split_once('\'').unwrap().0);
    let bearer = format!("Bearer {}", bearer.trim_end_matches('\''));
    let more = agent.post(format!("{base}/api/bundle_permission_request/")).header("authorization", bearer);
    assert_eq!(more.header("content-type", "application/json").send(body).unwrap().status(), 201);
    wait_until("its email", || {
        let emails =
            agent.get(format!("{base}/mailbox.json")).call().unwrap().into_body().read_json::<serde_json::Value>().unwrap();
        let subjects = emails.as_array().unwrap().iter().map(|email| email["subject"].as_str().unwrap().to_owned());
        subjects.into_iter().any(|subject| subject.contains("coach")).then_some(())
    });

    assert_eq!(running.stop("-INT").0, Some(0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the folder is gone");
    assert!(std::fs::read_dir(desk.path("")).unwrap().next().is_none(), "and nothing came into ours");
}
