//! Neither a code nor a token is stored anywhere.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::signer::hex;
use super::{Cast, FILM, TENANT, list_of};
use crate::support::fixture::{Fixture, on_both};

on_both![no_code_and_no_token_is_anywhere_in_the_database];

fn no_code_and_no_token_is_anywhere_in_the_database(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let mut secrets: Vec<(String, Vec<u8>)> = Vec::new();
    for i in 0..3 {
        let ann = cast.ann();
        let body = json!({ "object_ids": [FILM], "n": i, "label": "findable" }).to_string();
        let send = || cast.site.send(&ann, "POST", &super::shares_of(TENANT), &body);
        let code = super::code_of(&send().json());
        assert_eq!(super::code_of(&send().json()), code, "the answer that is kept for a second call is among what is looked at");
        assert_eq!(cast.put(&ann, &code, "", "{\"note\":\"x\"}").status, 200);
        let token = cast.token(&code);
        assert!(cast.good_for(&token).is_some());
        let signed = ann.strip_prefix("Bearer acspjc").unwrap();
        secrets.push((signed.to_owned(), bs58::decode(signed).into_vec().unwrap()));
        secrets.push((code[4..].to_owned(), bs58::decode(&code[4..]).into_vec().unwrap()));
        secrets.push((token[4..].to_owned(), URL_SAFE_NO_PAD.decode(&token[4..]).unwrap()));
        if i == 0 {
            assert_eq!(cast.put(&ann, &code, "/revoke", "{}").status, 200);
        }
        cast.site.fixture.pass(chrono::TimeDelta::seconds(1));
    }
    assert_eq!(cast.site.send(&cast.ann(), "GET", &list_of(TENANT), "").json()["paging"]["total"], 3);
    let dump = cast.site.fixture.dump();
    let has = |needle: &[u8]| dump.windows(needle.len()).any(|window| window == needle);
    assert!(has(b"findable"), "the dump has what is stored");
    for (text, bytes) in secrets {
        // Complete, or half of it, as text, as bytes, in hex.
        let half = &bytes[..16];
        let found = has(text.as_bytes()) || has(&text.as_bytes()[text.len() / 2..]) || has(half) || has(hex(half).as_bytes());
        assert!(!found, "{text}");
    }
    for prefix in ["csl_", "cst_", "acspjc"] {
        assert!(!has(prefix.as_bytes()), "{prefix}");
    }
}
