//! Eluvio's published client, with tokens that it signs itself.

use serde_json::{Value, json};

use super::stage::{Client, Stage};
use crate::support::fixture::{Fixture, on_both};

/// A public test key, and its account.
const KEY: &str = "0x1111111111111111111111111111111111111111111111111111111111111111";
const ACCOUNT: &str = "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a";
const TENANT: &str = "iten4TXq7en3qtu3JREnE5tSLRf9zLod";
const OTHER: &str = "iten3sFzkhZj9VMW2DmcLZXj2YMcNbDX";
const OBJECTS: [&str; 3] = ["iq__2hAJPCjqo1wbobPvB7wb1x", "iq__3iDmQZ5nGsMzy1BkZWVtw5", "iq__2dBYJuHSJYVeVsAzDZPEH4"];
const FOREIGN: &str = "iq__4Kc1kZWCGzfNAmREzrdzUN";

on_both![the_eluvio_client_shares_redeems_and_revokes];

fn the_eluvio_client_shares_redeems_and_revokes(fixture: &Fixture) {
    let stage = Stage::set(fixture, &[]);
    stage.user("ann@example.org", &["--eth-address", ACCOUNT, "--tenant", TENANT]);
    stage.user("eve@example.org", &[]);
    for object in OBJECTS {
        stage.add(&["resource", "add", object, "--owner", "ann@example.org", "--kind", "fabric"]);
    }
    stage.add(&["resource", "add", FOREIGN, "--owner", "eve@example.org", "--kind", "fabric"]);
    let objects = OBJECTS.join(",");
    let settings = [("ETH_KEY", KEY), ("TENANT", TENANT), ("OTHER", OTHER), ("OBJECTS", objects.as_str()), ("FOREIGN", FOREIGN)];
    let saw = stage.run(Client::Eluvio, &settings);

    assert_eq!(saw["address"], ACCOUNT);
    let value = |name: &str| {
        let ended = &saw[name];
        assert!(ended.get("error").is_none(), "{name}: {ended}");
        &ended["value"]
    };
    let made = value("created");
    let id = made["share_id"].as_str().unwrap();
    assert!(id.len() >= 22, "128 bits at least: {id}");
    // At the top level, where the client reads it, and also within `share`, where the editor does.
    let shown = json!([made["object_ids"], made["revoked"], made["end_time"], made["sharing_type"], made["clip_start"]]);
    assert_eq!(shown, json!([[OBJECTS[0], OBJECTS[1]], false, saw["ends"][0], "public", 1.5]));
    assert_eq!(made["attributes"], json!({ "recipient": ["ann@example.org"], "note": ["é€😀"] }));
    assert_eq!((&made["share"]["share_id"], made["share"]["end_time"].is_i64()), (&json!(id), true));
    assert_eq!(value("other")["object_ids"], json!([OBJECTS[2]]));
    assert_eq!(refused(&saw["foreign"]), 403, "{}", saw["foreign"]);
    assert!(value("endless").get("end_time").is_none_or(Value::is_null), "{}", saw["endless"]);

    let ids = |name: &str| -> Vec<&Value> {
        value(name)["shares"].as_array().unwrap().iter().map(|share| &share["share_id"]).collect()
    };
    let (other, endless) = (&value("other")["share_id"], &value("endless")["share_id"]);
    assert_eq!(ids("all"), [&json!(id), other, endless]);
    assert_eq!(value("all")["shares"][0]["end_time"], saw["ends"][0]);
    assert_eq!((ids("secondPage"), ids("pastTheEnd").is_empty()), (vec![other], true));
    assert_eq!((ids("ofObject"), ids("ofObjectAndAttribute")), (vec![&json!(id)], vec![endless]));
    assert_eq!(ids("ofParams").len(), 3);

    let info = value("info");
    assert_eq!((&info["share_id"], &info["revoked"], &info["end_time"]), (&json!(id), &json!(false), &saw["ends"][0]));
    let updated = value("updated");
    let updated = updated.get("share").unwrap_or(updated);
    assert_eq!((&updated["share_id"], &updated["attributes"]["label"]), (&json!(id), &json!(["new"])));
    let (token, again) = (value("token").as_str().unwrap(), value("tokenAgain").as_str().unwrap());
    assert!(!token.is_empty() && token != again, "a share is a link: it is not spent, and each token is its own");

    for (name, status) in [("otherTenantList", 403), ("otherTenantRevoke", 403), ("tokenOfRevoked", 403), ("infoOfNothing", 404)]
    {
        assert_eq!(refused(&saw[name]), status, "{name}: {}", saw[name]);
    }
    assert_eq!(
        (refused(&saw["tokenOfNothing"]), refused(&saw["stranger"])),
        (404, 401),
        "{} {}",
        saw["tokenOfNothing"],
        saw["stranger"]
    );
    value("revoked");
    // The client returns nothing for a share that was revoked before; it only must not be a server error.
    assert!(saw["revokedAgain"].get("error").is_none() || refused(&saw["revokedAgain"]) < 500, "{}", saw["revokedAgain"]);
    let info = value("infoOfRevoked");
    assert_eq!((&info["revoked"], &info["end_time"]), (&json!(true), &saw["ends"][1]));
    let all = value("allWithRevoked")["shares"].as_array().unwrap();
    let revoked: Vec<&Value> = all.iter().filter(|share| share["revoked"] == true).map(|share| &share["share_id"]).collect();
    assert_eq!((all.len(), revoked), (3, vec![&json!(id)]));
}

/// The status of an error, as the client reports it.
fn refused(ended: &Value) -> i64 {
    assert_eq!(ended["error"]["name"], "ElvHttpClientError", "{ended}");
    ended["error"]["status"].as_i64().unwrap()
}
