//! `/config`.

use serde_json::json;

use super::signer::SPACE;
use crate::support::fixture::{Fixture, Kind};
use crate::support::http::Site;

#[test]
fn the_config_names_the_addresses_and_the_space() {
    let fixture = Fixture::new(Kind::Sqlite);
    let set = format!(
        "[server]\npublic_url = \"https://sign.example\"\n[eluvio]\nspace_id = \"{SPACE}\"\nnetwork = \"main\"\nnetwork_id = 955305"
    );
    let site = Site::with(&fixture, &set);
    // As clients call it: with a region and their address, which have no meaning here.
    let answer = site.send("", "GET", "/config?elvgeo=na-west-north&client_ip=192.0.2.1", "");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let mut said = answer.json();
    let node = said["node_id"].take();
    assert!(node.as_str().unwrap().strip_prefix("inod").is_some_and(|id| bs58::decode(id).into_vec().unwrap().len() == 20));
    let expected = json!({
        "node_id": null,
        "network": {
            "api_versions": [3],
            "services": {
                "fabric_api": ["https://sign.example"],
                "ethereum_api": [],
                "authority_service": ["https://sign.example"],
            },
        },
        "qspace": { "id": SPACE, "names": ["main"], "ethereum": { "network_id": 955_305 } },
    });
    assert_eq!(said, expected);
}

#[test]
fn each_instance_has_its_own_space() {
    let fixture = Fixture::new(Kind::Sqlite);
    let space = |url: &str| {
        let site = Site::with(&fixture, &format!("[server]\npublic_url = \"{url}\""));
        site.send("", "GET", "/config", "").json()["qspace"]["id"].as_str().unwrap().to_owned()
    };
    let (one, other) = (space("https://a.example"), space("https://b.example"));
    assert_ne!(one, other);
    assert_eq!(one, space("https://a.example/"));
    for id in [one, other] {
        assert_eq!(bs58::decode(id.strip_prefix("ispc").unwrap()).into_vec().unwrap().len(), 20);
    }
}
