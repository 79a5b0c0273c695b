//! Bells inside one server: who waits for something is told at once that it has happened. And how much comes in, as far as this server sees it.
//!
//! They only save waiting. What must be right stands in the database, where another server may have done the work.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// A stream: so many events a second, counted over a second at least, and no pause since.
const EVENTS_A_SECOND: f64 = 100.0;
const COUNTED_OVER: Duration = Duration::from_secs(1);
/// After so long without an event a stream has ended.
const PAUSE: Duration = Duration::from_millis(500);
/// A pass that takes longer has much to work out, and nobody knows how much.
const LONG_PASS: Duration = Duration::from_millis(200);
/// Events of one change of the intake: so many gather only while others are written.
const MANY: usize = 32;
/// So long after them more of them are expected.
const SOON: Duration = Duration::from_millis(100);

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
    /// What has come in since the last pause.
    stream: Mutex<Option<Stream>>,
    /// When the pass that is under way began.
    pass: Mutex<Option<Instant>>,
}

/// What comes in.
#[derive(Debug)]
struct Stream {
    counted_from: Instant,
    events: usize,
    last: Instant,
    last_many: Option<Instant>,
    /// Enough came in over the last count to be a stream.
    is_steady: bool,
}

impl Bus {
    /// So many events are in, in one change.
    pub fn came_in(&self, events: usize) {
        self.count(events, Instant::now());
        self.stored.notify_one();
    }

    fn count(&self, events: usize, now: Instant) {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let stream = match stream.as_mut().filter(|stream| now.duration_since(stream.last) < PAUSE) {
            Some(stream) => stream,
            None => stream.insert(Stream { counted_from: now, events: 0, last: now, last_many: None, is_steady: false }),
        };
        (stream.events, stream.last) = (stream.events + events, now);
        if events >= MANY {
            stream.last_many = Some(now);
        }
        let over = now.duration_since(stream.counted_from);
        if over >= COUNTED_OVER {
            stream.is_steady = stream.events as f64 >= EVENTS_A_SECOND * over.as_secs_f64();
            (stream.counted_from, stream.events) = (now, 0);
        }
    }

    /// Whether so much comes in without a pause that figures are always a moment behind.
    #[must_use]
    pub fn is_streaming(&self) -> bool {
        self.streams(Instant::now())
    }

    fn streams(&self, now: Instant) -> bool {
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        stream.as_ref().is_some_and(|stream| stream.is_steady && now.duration_since(stream.last) < PAUSE)
    }

    /// Whether events come in faster than they are written: then what can wait longer lets them go first.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        self.presses(Instant::now())
    }

    fn presses(&self, now: Instant) -> bool {
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        stream.as_ref().and_then(|stream| stream.last_many).is_some_and(|many| now.duration_since(many) < SOON)
    }

    /// A pass over what is due has begun.
    pub fn begin_pass(&self) {
        *self.pass.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// The pass is over. After one that failed there is nothing new to look at.
    pub fn end_pass(&self, succeeded: bool) {
        *self.pass.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if succeeded {
            self.worked.notify_waiters();
        }
    }

    /// Whether so much is being worked out that its end is not to be waited for.
    #[must_use]
    pub fn is_in_a_long_pass(&self) -> bool {
        self.pass.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|begun| begun.elapsed() > LONG_PASS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_much_for_a_second_and_ends_with_little_or_with_a_pause() {
        let (bus, begun) = (Bus::default(), Instant::now());
        let at = |ms: u64| begun + Duration::from_millis(ms);
        let come_in = |events: usize, ms: std::ops::Range<u64>| ms.step_by(100).for_each(|ms| bus.count(events, at(ms)));
        come_in(50, 0..1_000);
        assert!(!bus.streams(at(950)), "not for a second yet");
        come_in(50, 1_000..1_500);
        assert!(bus.streams(at(1_450)) && bus.streams(at(1_850)));
        assert!(!bus.streams(at(1_900)), "a pause");
        come_in(50, 2_000..2_500);
        assert!(!bus.streams(at(2_450)), "it begins anew");
        come_in(50, 2_500..3_100);
        assert!(bus.streams(at(3_050)));
        come_in(1, 3_100..5_200);
        assert!(!bus.streams(at(5_150)), "a trickle");
        bus.count(10_000, at(20_000));
        assert!(!bus.streams(at(20_001)), "at once, however many");
    }

    #[test]
    fn many_events_at_once_press_for_a_moment() {
        let (bus, now) = (Bus::default(), Instant::now());
        bus.count(MANY - 1, now);
        assert!(!bus.presses(now));
        bus.count(MANY, now);
        bus.count(1, now);
        assert!(bus.presses(now) && !bus.presses(now + SOON));
    }
}
