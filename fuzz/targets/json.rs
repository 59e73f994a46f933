//! Bytes are one object without repeated names, or are refused.
#![no_main]

use countersign::http::json;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(object) = json::object(bytes) else { return };
    let mut names: Vec<&str> = object.names().collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
});
