//! Signed tokens, valid and invalid.

use countersign::auth::eluvio_token::Claims;
use serde_json::{Value, json};

use super::signer::{Account, SPACE, assemble, deflated, hex, taken_apart};

/// Made with the original client: keys, texts, signatures and tokens.
const VECTORS: &str = include_str!("token_vectors.json");
const MADE: i64 = 1_796_126_400_000;

fn vectors() -> Vec<Value> {
    serde_json::from_str(VECTORS).unwrap()
}

fn is_one(token: &str) -> bool {
    Claims::read(token, SPACE).is_some()
}

#[test]
fn the_tokens_of_the_original_client_are_read_with_their_accounts_and_times() {
    for vector in vectors() {
        let text = |name: &str| vector[name].as_str().unwrap();
        let said: Value = serde_json::from_str(text("json")).unwrap();
        let claims = Claims::read(text("token"), SPACE).unwrap();
        assert_eq!(claims.address, text("address").to_lowercase());
        let times = (claims.made_at.timestamp_millis(), claims.ends_at.timestamp_millis());
        assert_eq!(times, (said["iat"].as_i64().unwrap(), said["exp"].as_i64().unwrap()));
        // The third one's note is not ASCII, so counting bytes would recover another account.
        assert_eq!(text("recovered_len_utf16"), text("address"));
    }
    assert!(vectors().iter().any(|vector| vector["recovered_len_bytes"] != vector["address"]));
}

#[test]
fn the_tests_own_signer_signs_as_the_original_client_does() {
    for (seed, vector) in [0x11, 0x22, 0x33].into_iter().zip(vectors()) {
        let account = Account::of(seed);
        assert_eq!(account.address(), vector["address"].as_str().unwrap().to_lowercase());
        let signature = account.sign(vector["json"].as_str().unwrap());
        assert_eq!(format!("0x{}", hex(&signature)), vector["signature"]);
    }
}

#[test]
fn any_change_invalidates_a_token() {
    let account = Account::of(0x44);
    let token = account.token(&account.claims(MADE));
    assert!(is_one(&token));
    let (signature, json) = taken_apart(&token);
    // Each member differs from the signed one.
    let other = Account::of(0x45).claims(MADE);
    for (name, value) in [
        ("sub", other["sub"].clone()),
        ("adr", other["adr"].clone()),
        ("spc", json!("ispc2RUoRe9eR2v33HARQUVSp1rYXzw1")),
        ("iat", json!(MADE + 1)),
        ("exp", json!(MADE + 86_400_001)),
        ("ctx", json!({ "a": 1 })),
    ] {
        let mut said: Value = serde_json::from_str(&json).unwrap();
        said[name] = value;
        assert!(!is_one(&assemble(&signature, &deflated(said.to_string().as_bytes()))), "{name}");
    }
    // Another account's token, signed by itself, with this account's name in it.
    for stolen in ["adr", "sub"] {
        let mut said = other.clone();
        said[stolen] = account.claims(MADE)[stolen].clone();
        assert!(!is_one(&Account::of(0x45).token(&said)), "{stolen}");
    }
    // The same members, serialised differently.
    assert!(!is_one(&assemble(&signature, &deflated(json.replace(',', ", ").as_bytes()))));
    // Each byte of the signature.
    for at in 0..65 {
        let mut signature = signature;
        signature[at] ^= 1;
        assert!(!is_one(&assemble(&signature, &deflated(json.as_bytes()))), "byte {at}");
    }
}

#[test]
fn other_encodings_of_a_signature_are_invalid() {
    // n, the order of the curve (SEC 2, 2.4.1): n - s is also a valid signature, with the other v.
    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    let account = Account::of(0x44);
    let (signature, json) = taken_apart(&account.token(&account.claims(MADE)));
    let packed = deflated(json.as_bytes());
    let order: Vec<u8> = (0..32).map(|i| u8::from_str_radix(&ORDER[2 * i..2 * i + 2], 16).unwrap()).collect();
    let mut twin = signature;
    let mut borrow = 0;
    for i in (0..32).rev() {
        let difference = i16::from(order[i]) - i16::from(signature[32 + i]) - borrow;
        borrow = i16::from(difference < 0);
        twin[32 + i] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    twin[64] = 27 + 28 - signature[64];
    assert!(is_one(&assemble(&signature, &packed)));
    assert!(!is_one(&assemble(&twin, &packed)));
    for v in [signature[64] - 27, signature[64] + 2, signature[64] + 8, 0, 255] {
        let mut odd = signature;
        odd[64] = v;
        assert!(!is_one(&assemble(&odd, &packed)), "v is {v}");
    }
    for scalar in [[0; 32], [255; 32]] {
        for place in [0..32, 32..64] {
            let mut odd = signature;
            odd[place].copy_from_slice(&scalar);
            assert!(!is_one(&assemble(&odd, &packed)));
        }
    }
}

#[test]
fn other_signed_texts_are_no_tokens() {
    let account = Account::of(0x44);
    let good = account.claims(MADE);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut claims = good.clone();
        change(&mut claims);
        account.token(&claims)
    };
    assert!(is_one(&with(&|_| ())));
    assert!(is_one(&with(&|claims| drop(claims.as_object_mut().unwrap().remove("ctx")))), "what it adds is its own affair");
    assert!(is_one(&with(&|claims| claims["ctx"] = json!({ "usr": { "name": "Ann" }, "n": [1, null] }))));
    for missing in ["sub", "adr", "spc", "iat", "exp"] {
        assert!(!is_one(&with(&|claims| drop(claims.as_object_mut().unwrap().remove(missing)))), "without {missing}");
    }
    // Limits of the original that we would not enforce: for one object, for a kind of access, for another subject.
    for (limit, value) in [("gra", "read"), ("qid", "iq__2hAJPCjqo1wbobPvB7wb1x"), ("lib", "ilib2"), ("apk", "x"), ("zzz", "")] {
        assert!(!is_one(&with(&|claims| claims[limit] = json!(value))), "{limit}");
    }
    for (name, value) in [
        ("spc", json!("ispc2RUoRe9eR2v33HARQUVSp1rYXzw1")),
        ("spc", json!([SPACE])),
        ("adr", json!("")),
        ("adr", json!(["GefjdufCE7fn5+Rsxwpd0Iba/yo="])),
        ("sub", json!("iusr")),
        ("sub", Account::of(0x45).claims(MADE)["sub"].clone()),
        ("iat", json!("now")),
        ("iat", json!(MADE + 86_400_000)),
        ("exp", json!(MADE)),
        ("exp", json!(1e300)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(null)),
    ] {
        assert!(!is_one(&with(&|claims| claims[name] = value.clone())), "{name}: {value}");
    }
    let twice = good.to_string().replacen('{', "{\"exp\":1,", 1);
    for json in [twice.as_str(), "[]", "{}", "null", "", "{\"sub\":"] {
        assert!(!is_one(&assemble(&account.sign(json), &deflated(json.as_bytes()))), "{json}");
    }
    assert!(Claims::read(&account.token(&good), "ispc2RUoRe9eR2v33HARQUVSp1rYXzw1").is_none(), "for another instance");
}

#[test]
fn a_token_that_inflates_too_far_or_not_at_all_is_invalid() {
    let account = Account::of(0x44);
    let json = account.claims(MADE).to_string();
    let signature = account.sign(&json);
    let mut behind = deflated(json.as_bytes());
    behind.push(0);
    let cut = deflated(json.as_bytes());
    let zlib = miniz_oxide::deflate::compress_to_vec_zlib(json.as_bytes(), 6);
    for packed in [behind.as_slice(), &cut[..cut.len() - 1], &zlib, json.as_bytes(), &[], &[0xff; 40]] {
        assert!(!is_one(&assemble(&signature, packed)));
    }
    // 20 MB of blanks in 20 kB, and as much of it as a token may have: neither is inflated.
    let bomb = deflated(&vec![b' '; 20_000_000]);
    assert!(bomb.len() > 10_000);
    assert!(!is_one(&assemble(&signature, &bomb[..1_400])));
    let long = |blanks: usize| {
        let json = json.replacen('{', &format!("{{{}", " ".repeat(blanks)), 1);
        let token = assemble(&account.sign(&json), &deflated(json.as_bytes()));
        assert!(token.len() < 2_048);
        is_one(&token)
    };
    assert!(long(4_096 - json.len()), "4096 bytes are read");
    assert!(!long(4_097 - json.len()), "and no more");
    for text in ["", "acspjc", "acspjc0", "acspjcOIl", "ACSPJC2pGN", "acspjc2", &format!("acspjc{}", "2".repeat(100_000))] {
        assert!(!is_one(text));
    }
}
