//! The only place that asks for the time and for chance.
//!
//! Everything else is handed a `Clock` or random text, so that tests decide what time it is. Must never be bypassed (`tests/tidy.rs`).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// What time it is.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's own.
    #[default]
    System,
    /// A clock that stands still until a test moves it; epoch milliseconds.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at the given instant.
    #[must_use]
    pub fn fixed(now_ms: i64) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(now_ms)))
    }

    /// Now, in epoch milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        match self {
            Self::System => {
                SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Self::Fixed(now) => now.load(Ordering::Relaxed),
        }
    }

    /// Moves a fixed clock on; the system's clock cannot be moved.
    pub fn advance(&self, by_ms: i64) {
        if let Self::Fixed(now) = self {
            now.fetch_add(by_ms, Ordering::Relaxed);
        }
    }
}

/// Lets something be said once a minute, however often it happens, and counts how often that was.
#[derive(Debug)]
pub struct OnceAMinute {
    said_ms: AtomicI64,
    times: AtomicU64,
}

impl OnceAMinute {
    /// Nothing was said yet.
    #[must_use]
    pub const fn unsaid() -> Self {
        Self { said_ms: AtomicI64::new(i64::MIN), times: AtomicU64::new(0) }
    }

    /// It happened again. `Some` when it is to be said now, with how often it happened since it was said last.
    pub fn due(&self, now_ms: i64) -> Option<u64> {
        let times = self.times.fetch_add(1, Ordering::Relaxed) + 1;
        let said_ms = self.said_ms.load(Ordering::Relaxed);
        // A clock that was set back must not silence it for as long as it was ahead.
        let due = now_ms < said_ms || now_ms.saturating_sub(said_ms) >= 60_000;
        let mine = due && self.said_ms.compare_exchange(said_ms, now_ms, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        mine.then(|| {
            self.times.store(0, Ordering::Relaxed);
            times
        })
    }
}

/// So many bytes of the system's randomness.
///
/// # Panics
/// When the operating system has no randomness to give: nothing safe can be done then.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "without randomness no secret can be made; stopping is the only safe answer")]
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// Random text of the given alphabet, which must have at most 256 characters; every character is equally likely.
#[must_use]
pub fn random_text(alphabet: &[u8], length: usize) -> String {
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        for byte in random_bytes::<32>() {
            if usize::from(byte) < fair && text.len() < length {
                text.push(char::from(alphabet[usize::from(byte) % alphabet.len()]));
            }
        }
    }
    text
}

/// A random whole number in `low..low + span`.
#[must_use]
pub fn random_number(low: i64, span: i64) -> i64 {
    let drawn = u64::from_le_bytes(random_bytes::<8>()) % span.unsigned_abs().max(1);
    low + i64::try_from(drawn).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::OnceAMinute;

    #[test]
    fn what_happens_often_is_said_once_a_minute_with_its_count() {
        let failing = OnceAMinute::unsaid();
        assert_eq!(failing.due(1_000), Some(1));
        assert_eq!([2_000, 3_000, 60_999].map(|now_ms| failing.due(now_ms)), [None; 3]);
        assert_eq!(failing.due(61_000), Some(4), "three that were not said, and this one");
        assert_eq!(failing.due(61_001), None);
        assert_eq!(failing.due(5), Some(2), "a clock that was set back silences nothing");
    }
}
