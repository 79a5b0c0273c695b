//! Bells inside one server: who waits for something is told at once that it has happened.
//!
//! They only save waiting. What must be right stands in the database, where another server may have done the work.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// A stream: so many rooms become due in a second, for so many passes in a row. Who waited for its end would wait for ever.
const ROOMS_A_SECOND: u32 = 300;
const PASSES: u32 = 4;
/// Fewer than these make no stream, however quickly a reader has had them worked out.
const FEW: usize = 20;

/// The bells.
#[derive(Debug, Default)]
pub struct Bus {
    /// Events are in.
    pub stored: Notify,
    /// A reader waits for the figures.
    pub asked: Notify,
    /// Everything that was due when it was looked at has been worked out.
    pub worked: Notify,
    /// An attempt that came to nothing waits to be recorded.
    pub unsuccessful: Notify,
    /// Passes in a row in which as much came in as in a stream.
    streaming: AtomicU32,
}

impl Bus {
    /// A pass over what is due has ended, in which so many notes of rooms were gathered that came in over such a time.
    pub fn passed(&self, notes: usize, over: Duration) {
        let streams = notes as f64 >= f64::from(ROOMS_A_SECOND) * over.as_secs_f64() && notes > FEW;
        let passes = if streams { self.streaming.load(Ordering::Relaxed).saturating_add(1) } else { 0 };
        self.streaming.store(passes, Ordering::Relaxed);
        self.worked.notify_waiters();
    }

    /// Nothing came in for a while.
    pub fn paused(&self) {
        self.streaming.store(0, Ordering::Relaxed);
    }

    /// Whether so much comes in without a pause that figures are always a moment behind.
    #[must_use]
    pub fn is_streaming(&self) -> bool {
        self.streaming.load(Ordering::Relaxed) >= PASSES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_much_for_some_passes_and_ends_with_little_or_with_a_pause() {
        let bus = Bus::default();
        let quarter = Duration::from_millis(250);
        for streaming in [false, false, false, true, true] {
            bus.passed(80, quarter);
            assert_eq!(bus.is_streaming(), streaming);
        }
        bus.passed(70, quarter);
        assert!(!bus.is_streaming());
        for _ in 0..5 {
            bus.passed(1, Duration::from_millis(1));
        }
        assert!(!bus.is_streaming(), "single events, however quickly a reader has them worked out");
        (0..4).for_each(|_| bus.passed(80, quarter));
        bus.paused();
        assert!(!bus.is_streaming());
    }
}
