//! A text is at most one kind of secret, in one spelling.
#![no_main]

use countersign::secret::{Secret, SecretKind};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    use SecretKind::{Access, Key, Redeem, Refresh, Session};
    let read: Vec<Secret> = [Redeem, Key, Access, Refresh, Session].into_iter().filter_map(|kind| Secret::parse(kind, text)).collect();
    assert!(read.len() <= 1);
    assert!(read.iter().all(|secret| secret.reveal().as_str() == text && !secret.matches(None)));
});
