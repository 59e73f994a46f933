//! `/authorization/`.

mod shares;

use super::{CURRENT, Cast};
use crate::support::fixture::{Fixture, Kind};

#[test]
fn the_root_says_what_there_is() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let root = cast.site.send(CURRENT, "GET", "/authorization/", "{}");
    insta::assert_snapshot!(root, @r#"
    200
    content-type: application/vnd.sas.api+json
    {
      "links": [
        {
          "href": "/authorization/shares",
          "itemType": "application/vnd.sas.authorization.share",
          "method": "GET",
          "rel": "shares",
          "type": "application/vnd.sas.collection",
          "uri": "/authorization/shares"
        },
        {
          "href": "/authorization/shares",
          "method": "POST",
          "rel": "createShare",
          "responseType": "application/vnd.sas.authorization.share",
          "type": "application/vnd.sas.authorization.share",
          "uri": "/authorization/shares"
        }
      ],
      "version": 1
    }
    "#);
    assert_eq!(cast.site.send(CURRENT, "GET", "/authorization", "").body, root.body);
    let head = cast.site.send(CURRENT, "HEAD", "/authorization/", "");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), Some(root.body.len().to_string().as_str()));
    for (accept, answered) in [
        ("application/json", "application/json"),
        ("application/json, application/vnd.sas.api+json", "application/vnd.sas.api+json"),
        ("*/*", "application/vnd.sas.api+json"),
    ] {
        let answer = cast.site.send_with(CURRENT, "GET", "/authorization/", &[("Accept", accept)], "");
        assert_eq!(answer.header("content-type"), Some(answered), "{accept}");
    }
    assert_eq!(cast.site.send("", "HEAD", "/authorization/", "").status, 401);
}

#[test]
fn the_service_says_its_version() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let meta = cast.site.send(CURRENT, "GET", "/authorization/apiMeta", "").json();
    assert_eq!(
        (&meta["serviceId"], &meta["build"]["buildVersion"]),
        (&"authorization".into(), &env!("CARGO_PKG_VERSION").into())
    );
}
