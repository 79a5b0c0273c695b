//! Calendar days and spans of them, at a fixed distance from UTC.
//!
//! Time zones with summer time are not for here: accounts have one offset (default +8 h), so that a day always has 24 hours. The clock
//! must never be read here.

use crate::calendar;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;

/// The offset of a new root account: UTC+8. Source: events-and-usage.md.
pub const DEFAULT_UTC_OFFSET_MINS: i64 = 480;

/// The most days one query may span.
pub use crate::catalog::limits::MAX_USAGE_QUERY_DAYS as MAX_PERIOD_DAYS;

/// A calendar day, counted from 1970-01-01, of the years 1 to 9999; everywhere written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Day(i32);

impl Day {
    const FIRST: i64 = -719_162;
    const LAST: i64 = 2_932_896;

    /// The day of a number of days since 1970-01-01, as stored; outside of the years 1 to 9999 the nearest day within.
    #[must_use]
    pub fn from_number(days: i64) -> Self {
        // The bounds fit, so the conversion cannot fail.
        Self(i32::try_from(days.clamp(Self::FIRST, Self::LAST)).unwrap_or_default())
    }

    /// The day an instant belongs to, at an offset from UTC in minutes.
    #[must_use]
    pub fn of(at_ms: i64, utc_offset_mins: i64) -> Self {
        Self::from_number(at_ms.saturating_add(offset_ms(utc_offset_mins)).div_euclid(DAY_MS))
    }

    /// Days since 1970-01-01, as stored.
    #[must_use]
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// The instant the day begins, at an offset from UTC in minutes.
    #[must_use]
    pub fn start_ms(self, utc_offset_mins: i64) -> i64 {
        self.number() * DAY_MS - offset_ms(utc_offset_mins)
    }

    /// The day so many days later, or earlier when negative.
    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        Self::from_number(self.number().saturating_add(days))
    }

    /// The first day of its month.
    #[must_use]
    pub fn month_start(self) -> Self {
        self.plus(1 - self.date().2)
    }

    /// 1 for Monday to 7 for Sunday.
    #[must_use]
    pub fn weekday(self) -> i64 {
        (self.number() + 3).rem_euclid(7) + 1
    }

    /// Year, month and day of the month.
    fn date(self) -> (i64, i64, i64) {
        calendar::date_of(self.number())
    }

    /// The day of a date, if the calendar has it.
    fn at(year: i64, month: i64, day: i64) -> Option<Self> {
        calendar::day_of(year, month, day).filter(|number| (Self::FIRST..=Self::LAST).contains(number)).map(Self::from_number)
    }
}

/// The offset in milliseconds; the world uses -12 h to +14 h, more than a day would be nonsense.
fn offset_ms(utc_offset_mins: i64) -> i64 {
    utc_offset_mins.clamp(-1_440, 1_440) * 60_000
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = Text;

    fn from_str(text: &str) -> Result<Self, Text> {
        let shape =
            text.len() == 10 && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        let part = |from: usize, to: usize| text[from..to].parse::<i64>().unwrap_or_default();
        let day = if shape { Self::at(part(0, 4), part(5, 7), part(8, 10)) } else { None };
        day.ok_or(Text::new("Enter a date in the form 2026-11-24.", "请输入有效的日期，格式如 2026-11-24。"))
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = Text;

    fn try_from(text: String) -> Result<Self, Text> {
        text.parse()
    }
}

/// A span of days, first and last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first day.
    pub from: Day,
    /// The last day, not before the first.
    pub to: Day,
}

impl Period {
    /// A span that can be asked for.
    ///
    /// # Errors
    /// What would be right, when it ends before it begins or is longer than [`MAX_PERIOD_DAYS`].
    pub fn new(from: Day, to: Day) -> Result<Self, Text> {
        if to < from {
            return Err(Text::new("The start date must not be after the end date.", "开始日期不能晚于结束日期。"));
        }
        let period = Self { from, to };
        if period.len() > MAX_PERIOD_DAYS {
            return Err(Text::made(format!("Choose at most {MAX_PERIOD_DAYS} days."), format!("单次最多查询 {MAX_PERIOD_DAYS} 天。")));
        }
        Ok(period)
    }

    /// The span of so many days that ends with a day.
    #[must_use]
    pub fn ending(to: Day, days: i64) -> Self {
        Self { from: to.plus(1 - days.clamp(1, MAX_PERIOD_DAYS)), to }
    }

    /// How many days.
    #[must_use]
    pub fn len(&self) -> i64 {
        self.to.number() - self.from.number() + 1
    }

    /// Whether a day is in it.
    #[must_use]
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }

    /// As many days before it.
    #[must_use]
    pub fn before(&self) -> Self {
        Self { from: self.from.plus(-self.len()), to: self.from.plus(-1) }
    }

    /// Never: a span has at least one day.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        false
    }

    /// Every day, in order.
    pub fn days(&self) -> impl DoubleEndedIterator<Item = Day> + use<> {
        (self.from.number()..=self.to.number()).map(Day::from_number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_local_midnight() {
        let day: Day = "2022-09-27".parse().unwrap();
        // 2022-09-26 16:29:08.180 UTC, the time of the documentation's own event, is past midnight at +8.
        assert_eq!(Day::of(1_664_209_748_180, 480), day);
        assert_eq!(Day::of(1_664_209_748_180, 0).to_string(), "2022-09-26");
        assert_eq!(Day::of(day.start_ms(480), 480), day);
        assert_eq!(Day::of(day.start_ms(480) - 1, 480), day.plus(-1));
        assert_eq!(Day::of(day.start_ms(-300), -300), day);
        assert_eq!((day.weekday(), day.month_start().to_string()), (2, "2022-09-01".to_owned()));
    }

    // What it is compared with is a dependency of the server.
    #[cfg(feature = "ssr")]
    #[test]
    fn the_calendar_is_the_one_of_the_world() {
        let epoch = jiff::civil::Date::constant(1970, 1, 1);
        let last = epoch.until((jiff::Unit::Day, jiff::civil::Date::MAX)).unwrap().get_days();
        assert_eq!(i64::from(last), Day::LAST);
        for number in (Day::FIRST..=Day::LAST).step_by(7).chain([Day::LAST]) {
            let date = epoch.checked_add(jiff::Span::new().days(number)).unwrap();
            let day = Day::from_number(number);
            assert_eq!(day.date(), (i64::from(date.year()), i64::from(date.month()), i64::from(date.day())), "{number}");
            assert_eq!(day.to_string().parse::<Day>(), Ok(day));
        }
    }

    #[test]
    fn dates_have_one_spelling() {
        for good in ["1970-01-01", "2024-02-29", "0001-01-01", "9999-12-31", "1969-12-31"] {
            assert_eq!(good.parse::<Day>().unwrap().to_string(), good);
        }
        for bad in ["", "2023-02-29", "20240101", "2024-1-01", "2024-01-01T00", "0000-12-31", "+024-01-01", "２０２４-01-01"] {
            assert!(bad.parse::<Day>().is_err(), "{bad}");
        }
        assert_eq!(serde_json::to_string(&Day::from_number(0)).unwrap(), "\"1970-01-01\"");
        assert_eq!(Day::from_number(i64::MAX).to_string(), "9999-12-31");
        assert_eq!(Day::of(i64::MIN, -480).to_string(), "0001-01-01");
    }

    #[test]
    fn a_period_has_an_end_and_a_length() {
        let day = Day::from_number(20_000);
        assert!(Period::new(day, day.plus(-1)).is_err());
        assert!(Period::new(day, day.plus(MAX_PERIOD_DAYS)).is_err());
        assert_eq!(Period::new(day, day).unwrap().days().collect::<Vec<_>>(), [day]);
        let month = Period::ending(day, 30);
        assert_eq!((month.days().count(), month.before().len(), month.before().to.plus(1)), (30, 30, month.from));
        assert!(month.holds(day) && month.holds(month.from) && !month.holds(month.before().to) && !month.holds(day.plus(1)));
    }
}
