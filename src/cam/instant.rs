//! Instants of UTC, to the nanosecond, as policies and requests write them.
//!
//! Of the years 0 to 9999, since no other ones can be written; a time at the very beginning may come to lie a day before them by its offset.

use crate::calendar::{date_of, day_of};
use std::fmt;

const DAY_SECS: i64 = 86_400;
const SECOND_NANOS: i64 = 1_000_000_000;
/// The first second of the year 0.
const FIRST: i64 = -62_167_219_200;
/// The last second of the year 9999.
const LAST: i64 = 253_402_300_799;

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    /// Since the epoch.
    secs: i64,
    nanos: u32,
}

impl Instant {
    /// Reads `YYYY-MM-DDThh:mm:ss[.f]` with at most nine digits behind the point; no other spelling of the same time, and no leap second.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        if !has_shape(whole, "dddd-dd-ddTdd:dd:dd") {
            return None;
        }
        let nanos = match fraction {
            None => 0,
            Some(digits) if is_digits(digits) => {
                digits.parse::<u32>().ok()? * 10_u32.pow(u32::try_from(9_usize.checked_sub(digits.len())?).ok()?)
            }
            Some(_) => return None,
        };
        let mut parts = whole.split(['-', 'T', ':']).map(|part| part.parse::<i64>().ok());
        let mut next = || parts.next().flatten();
        let day = day_of(next()?, next()?, next()?)?;
        let (hours, mins, secs) = (next()?, next()?, next()?);
        let exists = hours < 24 && mins < 60 && secs < 60;
        exists.then_some(Self { secs: day * DAY_SECS + (hours * 60 + mins) * 60 + secs, nanos })
    }

    /// The instant so many milliseconds after the epoch.
    #[must_use]
    pub fn of_ms(at_ms: i64) -> Option<Self> {
        let secs = at_ms.div_euclid(1_000);
        let nanos = u32::try_from(at_ms.rem_euclid(1_000)).ok()? * 1_000_000;
        (FIRST..=LAST).contains(&secs).then_some(Self { secs, nanos })
    }

    /// The instant so much later, or earlier when negative.
    #[must_use]
    pub fn moved(self, secs: i64, nanos: i64) -> Option<Self> {
        let nanos = i64::from(self.nanos) + nanos;
        let secs = self.secs + secs + nanos.div_euclid(SECOND_NANOS);
        let nanos = u32::try_from(nanos.rem_euclid(SECOND_NANOS)).ok()?;
        (secs <= LAST).then_some(Self { secs, nanos })
    }
}

/// As it is read, without zeros at the end of a fraction.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date_of(self.secs.div_euclid(DAY_SECS));
        let secs = self.secs.rem_euclid(DAY_SECS);
        write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", secs / 3_600, secs / 60 % 60, secs % 60)?;
        if self.nanos == 0 {
            return Ok(());
        }
        f.write_str(format!(".{:09}", self.nanos).trim_end_matches('0'))
    }
}

/// Whether a text is of digits alone, one or more.
#[must_use]
pub fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a text is made like the shape, in which `d` stands for a digit and everything else for itself.
#[must_use]
pub fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(b, wanted)| if wanted == b'd' { b.is_ascii_digit() } else { b == wanted })
}

// What it is compared with is a dependency of the server.
#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use jiff::civil::DateTime;
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    /// What `jiff` makes of a text of the shape; it takes other spellings, too, and a leap second for the second before it.
    fn of_jiff(text: &str) -> Option<DateTime> {
        let whole = text.split('.').next()?;
        if !has_shape(whole, "dddd-dd-ddTdd:dd:dd") || whole.ends_with(":60") || text.ends_with('.') {
            return None;
        }
        text.parse().ok()
    }

    fn assert_same(text: &str) -> Option<(Instant, DateTime)> {
        let (ours, theirs) = (Instant::read(text), of_jiff(text));
        assert_eq!(ours.map(|at| at.to_string()), theirs.map(|at| at.to_string()), "{text}");
        ours.zip(theirs)
    }

    #[test]
    fn dates_and_times_are_those_of_jiff_and_nothing_else_is_one() {
        for year in [0, 1, 4, 100, 1600, 1900, 1970, 2000, 2023, 2024, 2100, 9999] {
            for month in 0..=13 {
                for day in [0, 1, 28, 29, 30, 31, 32] {
                    assert_same(&format!("{year:04}-{month:02}-{day:02}T23:59:59"));
                }
            }
        }
        for text in [
            "2024-01-01T24:00:00",
            "2024-01-01T23:60:00",
            "2024-01-01T23:59:60",
            "2024-01-01T23:59:61",
            "2024-01-01T00:00:00.",
            "2024-01-01T00:00:00.1234567890",
            "2024-01-01T00:00:00.100200300",
            "2024-01-01T00:00:00.000000001",
            "2024-01-01T00:00:00.0",
            "2024-01-01 00:00:00",
            "2024-01-01t00:00:00",
            "2024-01-01T00:00",
            "2024-01-01",
            "20240101T000000",
            "2024-01-01T00:00:00.1.2",
            "2024-01-01T00:00:00[UTC]",
            "２０24-01-01T00:00:00",
            "",
        ] {
            assert_same(text);
        }
    }

    #[test]
    fn milliseconds_are_those_of_jiff() {
        for at_ms in [0, 1, -1, 1_764_065_643_412, 1_764_065_643_400, FIRST * 1_000, 253_402_207_199_999] {
            let theirs = Timestamp::from_millisecond(at_ms).ok().map(|at| at.to_string());
            assert!(theirs.is_some() && Instant::of_ms(at_ms).map(|at| format!("{at}Z")) == theirs, "{at_ms}");
        }
        assert_eq!((Instant::of_ms(FIRST * 1_000 - 1), Instant::of_ms((LAST + 1) * 1_000)), (None, None));
    }

    proptest! {
        #[test]
        fn order_and_offsets_are_those_of_jiff(one in parts(), other in parts(), mins in -1_439_i64..1_440) {
            let (Some((ours, theirs)), Some((our_other, their_other))) = (assert_same(&one), assert_same(&other)) else { return Ok(()) };
            prop_assert_eq!(ours.cmp(&our_other), theirs.cmp(&their_other));
            let beside = theirs.checked_sub(SignedDuration::from_nanos(1)).ok().filter(|at| at.year() >= 0).map(|at| at.to_string());
            prop_assert!(beside.is_none() || beside == ours.moved(0, -1).map(|at| at.to_string()));
            let moved = theirs.checked_sub(SignedDuration::from_mins(mins)).ok();
            prop_assert_eq!(ours.moved(-mins * 60, 0).is_some(), moved.is_some());
            if let (Some(ours), Some(theirs)) = (ours.moved(-mins * 60, 0), moved) {
                prop_assert_eq!(ours.cmp(&our_other), theirs.cmp(&their_other));
                if theirs.year() >= 0 {
                    prop_assert_eq!(ours.to_string(), theirs.to_string());
                }
            }
        }
    }

    /// Times of which nearly all exist, many of them at the ends.
    fn parts() -> impl Strategy<Value = String> {
        let year = prop_oneof![Just(0), Just(9_999), 0..10_000_u32];
        (year, 1..13_u32, 1..32_u32, 0..24_u32, 0..60_u32, prop_oneof!["", r"\.[0-9]{1,9}"]).prop_map(
            |(year, month, day, hours, mins, fraction)| format!("{year:04}-{month:02}-{day:02}T{hours:02}:{mins:02}:59{fraction}"),
        )
    }
}
