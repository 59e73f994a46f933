//! A file is accepted or refused with a message.
#![no_main]

use countersign::config::Config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(refused) = Config::build(Some(text), []) {
        assert!(!refused.to_string().is_empty());
    }
});
