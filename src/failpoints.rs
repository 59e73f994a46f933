//! Named points between two steps, at which a test kills the daemon as `kill -9` does.
//!
//! They are compiled in with the feature `crash-points` only, which only the tests' build has; otherwise a point does nothing.
//! With `COUNTERSIGN_CRASH=name:3` the process dies when it passes `name` for the third time.

/// Kills the process here if the environment says so.
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
        // Like a crash: no destructor runs, no buffer is written, no connection is closed.
        std::process::abort();
    }
}

/// Does nothing.
#[cfg(not(feature = "crash-points"))]
#[inline]
pub const fn point(_name: &str) {}
