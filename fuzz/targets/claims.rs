//! No unsigned text is a claim: a finding here would be a forged signature.
#![no_main]

use countersign::auth::eluvio_token::Claims;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = Claims::read(text, "ispc218DCFBshzKJPLTiEoB9zEuUFpgh");
});
