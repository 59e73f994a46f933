//! The page of any AuthZEN body is parsed or refused.
#![no_main]

use countersign::api::authzen;
use countersign::http::json;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(object) = json::object(bytes) {
        let _ = authzen::read_page(&object);
    }
});
