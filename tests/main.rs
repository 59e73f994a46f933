//! All tests.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why and fails")]

mod mail;
mod support;
