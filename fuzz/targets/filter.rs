//! A text is a filter, or is refused with the position of the error.
#![no_main]

use countersign::api::sas::read_filter;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(at) = read_filter(text) {
        assert!((1..=text.chars().count() + 1).contains(&at), "{at}");
    }
});
