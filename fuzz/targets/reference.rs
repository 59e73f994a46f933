//! A reference names one of our ids, which its own path also names, or nothing. A reference to a user names no bundle, unless
//! it is a bare number.
#![no_main]

use countersign::api::hexoskin::read_reference;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let hosts = ["cs.example".to_owned(), "127.0.0.1:8080".to_owned()];
    for base in ["/", "/access"] {
        let Some(id) = read_reference("user", text, &hosts, base) else { continue };
        assert!(id >= 0);
        assert_eq!(read_reference("user", &format!("/api/user/{id}/"), &hosts, base), Some(id));
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        assert_eq!(read_reference("bundle", text, &hosts, base).is_some(), is_number);
        assert!(read_reference("user", text, &["elsewhere.example".to_owned()], base).is_none() || !text.contains("://"));
    }
});
