//! An address is ASCII, has one `@` and nothing that a mail server reads as more, and is its own canonical form.
#![no_main]

use countersign::domain::Address;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(address) = Address::parse(text) else { return };
    let written = address.as_str();
    assert!(written.is_ascii() && written.len() <= 254 && written.matches('@').count() == 1);
    assert!(!written.bytes().any(|byte| byte.is_ascii_control() || b" ,;:<>()[]\\\"".contains(&byte)));
    assert!(Address::parse(written).is_ok_and(|again| again == address));
    let _ = address.masked();
});
