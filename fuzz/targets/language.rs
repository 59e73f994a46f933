//! Any `Accept-Language` selects a language that we have.
#![no_main]

use countersign::i18n::Language;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    assert!(!Language::accepted(text, "en", "UTC").code().is_empty());
});
