//! Named points between two steps that belong together, where a test kills the daemon as `kill -9` does.
//!
//! They are compiled in with the feature `crash-points` only, which nothing but the tests' own build has: in any other a
//! point is nothing at all. `COUNTERSIGN_CRASH=name:3` dies when `name` is passed for the third time.

/// Dies here, where the environment says so.
#[cfg(feature = "crash-points")]
pub fn point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static WHERE: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);
    let at = WHERE.get_or_init(|| {
        let text = std::env::var("COUNTERSIGN_CRASH").ok()?;
        let (name, times) = text.split_once(':')?;
        Some((name.to_owned(), times.parse().ok()?))
    });
    if let Some((at, times)) = at
        && at == name
        && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *times
    {
        // No destructor runs, no buffer is written, no connection is closed in order.
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(feature = "crash-points"))]
#[inline]
pub const fn point(_name: &str) {}
