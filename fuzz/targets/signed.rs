//! Signed tokens: the fuzzer's text, packed and signed as a client would, then the same bytes as they are after a signature. A
//! claim is valid only for the account that signed it.
#![no_main]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::auth::eluvio_token::{Claims, PREFIX};
use k256::ecdsa::SigningKey;
use libfuzzer_sys::fuzz_target;
use sha3::{Digest, Keccak256};

const SPACE: &str = "ispc218DCFBshzKJPLTiEoB9zEuUFpgh";
const TITLE: &str = "Eluvio Content Fabric Access Token 1.0\n";

fn key() -> SigningKey {
    SigningKey::from_slice(&[1; 32]).expect("a key")
}

fn address() -> [u8; 20] {
    let point = key().verifying_key().to_sec1_point(false);
    let hash: [u8; 32] = Keccak256::digest(&point.as_bytes()[1..]).into();
    *hash.last_chunk().expect("20 of 32")
}

fn signature(json: &str) -> Vec<u8> {
    let message = format!("{TITLE}{json}");
    let begin = format!("\x19Ethereum Signed Message:\n{}", message.encode_utf16().count());
    let hash = Keccak256::new().chain_update(begin).chain_update(&message).finalize();
    let (signature, recovery) = key().sign_prehash_recoverable(&hash);
    [&signature.to_bytes()[..], &[27 + recovery.to_byte()]].concat()
}

fn token(signature: &[u8], packed: &[u8]) -> String {
    format!("{PREFIX}{}", bs58::encode([signature, packed].concat()).into_string())
}

/// The text, with the signing account and the space in place of `$adr`, `$sub` and `$spc`.
fn filled(text: &str) -> String {
    let address = address();
    text.replace("$adr", &STANDARD.encode(address))
        .replace("$sub", &format!("iusr{}", bs58::encode(address).into_string()))
        .replace("$spc", SPACE)
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        let _ = Claims::read(&token(&signature(""), bytes), SPACE);
        return;
    };
    let json = filled(text);
    let packed = miniz_oxide::deflate::compress_to_vec(json.as_bytes(), 6);
    let written = token(&signature(&json), &packed);
    let Some(claims) = Claims::read(&written, SPACE) else { return };
    let own = address().iter().fold("0x".to_owned(), |text, byte| format!("{text}{byte:02x}"));
    assert_eq!(claims.address, own);
    assert!(claims.made_at < claims.ends_at && !claims.is_good_at(claims.ends_at));
    assert_eq!(Claims::read(&written, "ispc3ANoVSzNA3P6t7abLR69ho5YPPZU"), None, "of another space");
    // The same signature under another text.
    let other = miniz_oxide::deflate::compress_to_vec(format!("{json} ").as_bytes(), 6);
    assert_eq!(Claims::read(&token(&signature(&json), &other), SPACE), None);
});
