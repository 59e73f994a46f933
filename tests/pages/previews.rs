//! `/admin/emails`: previews of every email for administrators.

use std::collections::BTreeSet;
use std::path::Path;

use actix_web::test::TestRequest;
use countersign::domain::EmailKind;

use super::browser::{Browser, roomy};

/// All languages.
fn languages() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/locales");
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The targets of a page's links that begin with `start`.
fn links(body: &str, start: &str) -> BTreeSet<String> {
    let found = body.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&"));
    found.filter(|path| path.starts_with(start)).collect()
}

#[test]
fn no_kind_of_email_is_missing_in_any_language() {
    let fixture = roomy();
    let mut browser = Browser::of(&fixture, &fixture.admin("root@example.org"));
    let tags: BTreeSet<String> = links(&browser.open("/admin/emails").body, "/admin/emails?lang=")
        .iter()
        .map(|path| path.rsplit_once('=').unwrap().1.to_owned())
        .collect();
    assert_eq!(tags, languages());
    for tag in &tags {
        let entries = links(&browser.open(&format!("/admin/emails?lang={tag}")).body, "/admin/emails/preview/");
        assert_eq!(entries.len(), EmailKind::ALL.len(), "{tag}: {entries:?}");
        for kind in EmailKind::ALL {
            let path = format!("/admin/emails/preview/{}?lang={tag}&width=600&sample=1", kind.as_str());
            assert!(entries.contains(&path), "{path} is not in {entries:?}");
            let page = browser.get(&path);
            assert_eq!(page.status, 200, "{path}");
            let frame = page.body.split("<iframe src=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
            let html = browser.get(&frame);
            assert_eq!(html.status, 200, "{frame}");
            assert!(html.body.contains(&format!("<html lang=\"{tag}\"")), "{frame}");
            // Every other sample of the kind, too; the emails' own tests render each in every language.
            let others = links(&page.body, &format!("/admin/emails/preview/{}?lang=en&width=600", kind.as_str()));
            for other in others.iter().filter(|_| tag == "en") {
                assert_eq!(browser.get(other).status, 200, "{other}");
            }
        }
    }
    assert_eq!(fixture.deliver(), 0, "nothing is sent");
}

#[test]
fn a_preview_has_no_effect_and_is_for_administrators() {
    let fixture = roomy();
    let mut browser = Browser::of(&fixture, &fixture.admin("root@example.org"));
    let path = "/admin/emails/preview/decide";
    let page = browser.get(path);
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    assert!(page.body.contains(" sandbox width=\"600\""), "the frame may run, send and open nothing");
    assert!(browser.get(&format!("{path}?width=320")).body.contains(" sandbox width=\"320\""));
    let html = browser.get(&format!("{path}/html"));
    assert_eq!(
        html.header("content-security-policy"),
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"
    );
    for odd in
        ["/admin/emails/preview/nothing", "/admin/emails/preview/decide?sample=99", "/admin/emails/preview/decide?sample=0"]
    {
        assert_eq!(browser.get(odd).status, 404, "{odd}");
    }
    assert_eq!(browser.get(&format!("{path}?lang=xx&width=9&sample=x")).status, 200);
    let mut ann = Browser::of(&fixture, &fixture.user("ann@example.org"));
    for path in ["/admin/emails", path, "/admin/emails/preview/decide/html"] {
        assert_eq!(ann.get(path).status, 404, "{path}");
        assert_eq!(ann.beside().get(path).status, 303, "{path}");
        assert_eq!(browser.send(TestRequest::post().uri(path)).status, 405, "{path}");
    }
}
