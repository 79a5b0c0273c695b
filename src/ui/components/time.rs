//! Points in time as a person reads them, always with their zone.
//!
//! It must never read a clock or the browser's zone: the server and the browser have to render the same words.

use crate::domain::days::{DAY_MS, Day};
use crate::ui::icons::Icon;
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;

/// Minutes east of UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UtcOffset {
    minutes: i16,
}

impl UtcOffset {
    /// UTC itself.
    pub const UTC: Self = Self { minutes: 0 };

    /// An offset in minutes; no zone on earth is further than 18 hours from UTC.
    #[must_use]
    pub const fn from_minutes(minutes: i16) -> Option<Self> {
        if minutes >= -1_080 && minutes <= 1_080 { Some(Self { minutes }) } else { None }
    }

    /// `UTC`, `UTC+8`, `UTC-3:30`.
    #[must_use]
    pub fn label(self) -> String {
        let (hours, rest) = (self.minutes.abs() / 60, self.minutes.abs() % 60);
        let sign = if self.minutes < 0 { '-' } else { '+' };
        match (hours, rest) {
            (0, 0) => "UTC".to_owned(),
            (_, 0) => format!("UTC{sign}{hours}"),
            _ => format!("UTC{sign}{hours}:{rest:02}"),
        }
    }
}

/// How much of a point in time is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// `2026-11-23`.
    Day,
    /// `2026-11-23 12:31 UTC+8`.
    Minute,
    /// `2026-11-23 12:31:20 UTC+8`.
    #[default]
    Second,
    /// `12:31:20 UTC+8`.
    TimeOnly,
}

/// The words for a point in time, and the machine-readable form in UTC. A time beyond the calendar is said as `—`.
#[must_use]
pub fn said(at_ms: i64, offset: UtcOffset, precision: Precision) -> (String, Option<String>) {
    let (Some((date, clock, seconds, _)), Some((utc_date, utc_clock, utc_seconds, millis))) =
        (split(at_ms, offset), split(at_ms, UtcOffset::UTC))
    else {
        return ("—".to_owned(), None);
    };
    let words = match precision {
        Precision::Day => date.to_string(),
        Precision::Minute => format!("{date} {clock} {}", offset.label()),
        Precision::Second => format!("{date} {clock}:{seconds:02} {}", offset.label()),
        Precision::TimeOnly => format!("{clock}:{seconds:02} {}", offset.label()),
    };
    let fraction = format!(".{millis:03}");
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    (words, Some(format!("{utc_date}T{utc_clock}:{utc_seconds:02}{fraction}Z")))
}

/// Day, hours and minutes, seconds and milliseconds at an offset; `None` beyond the calendar.
fn split(at_ms: i64, offset: UtcOffset) -> Option<(Day, String, i64, i64)> {
    let minutes = i64::from(offset.minutes);
    let day = Day::of(at_ms, minutes);
    let millis = at_ms.checked_sub(day.start_ms(minutes)).filter(|millis| (0..DAY_MS).contains(millis))?;
    let minute = millis / 60_000;
    Some((day, format!("{:02}:{:02}", minute / 60, minute % 60), millis / 1_000 % 60, millis % 1_000))
}

/// A point in time.
#[component]
pub fn Time(
    /// Epoch milliseconds.
    at_ms: i64,
    /// The zone it is read in.
    #[prop(default = UtcOffset::UTC)]
    offset: UtcOffset,
    /// How much of it is said.
    #[prop(optional)]
    precision: Precision,
) -> impl IntoView {
    let (words, machine) = said(at_ms, offset, precision);
    view! { <time class="time" datetime=machine>{words}</time> }
}

/// When something ends by itself: "until 2026-11-27 18:00 UTC+8".
#[component]
pub fn Until(
    /// Epoch milliseconds.
    at_ms: i64,
    /// The zone it is read in.
    #[prop(default = UtcOffset::UTC)]
    offset: UtcOffset,
) -> impl IntoView {
    let precision = if at_ms % 60_000 == 0 { Precision::Minute } else { Precision::Second };
    view! { <span class="until nowrap">{t("until ", "有效期至 ")} <Time at_ms offset precision /></span> }
}

/// How old the figures of a page are: "as of 12:31:20 UTC+8, 40 s ago", with a link that loads them anew.
#[component]
pub fn DataAge(
    /// When the figures were right, in epoch milliseconds.
    as_of_ms: i64,
    /// The server's time when it answered, to say the age; it is not counted on in the browser.
    #[prop(optional)]
    now_ms: Option<i64>,
    /// The zone it is read in.
    #[prop(default = UtcOffset::UTC)]
    offset: UtcOffset,
    /// The address of this view, to load it anew.
    #[prop(into)]
    refresh_href: String,
) -> impl IntoView {
    let age = now_ms.map(|now| {
        let words = age_words(now.saturating_sub(as_of_ms));
        use_lang().pick(format!(", {} ago", words.0), format!("，{}前", words.1))
    });
    view! {
        <span class="data-age">
            <span>{t("As of", "数据截至")} " " <Time at_ms=as_of_ms offset precision=Precision::TimeOnly /> {age}</span>
            // A plain load: the same address again is no navigation for the router.
            <a class="btn btn-text btn-icon" href=refresh_href rel="external" aria-label=t("Refresh", "刷新")>{Icon::Refresh.draw()}</a>
        </span>
    }
}

/// A span of milliseconds in its largest whole unit, English and Chinese.
#[must_use]
pub fn age_words(age_ms: i64) -> (String, String) {
    let secs = age_ms.max(0) / 1_000;
    let (value, en, zh) = match secs {
        0..120 => (secs, "s", "秒"),
        120..7_200 => (secs / 60, "min", "分钟"),
        7_200..172_800 => (secs / 3_600, "h", "小时"),
        _ => (secs / 86_400, "d", "天"),
    };
    (format!("{value} {en}"), format!("{value} {zh}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_MS: i64 = 1_795_408_280_500;

    fn zone(minutes: i16) -> UtcOffset {
        UtcOffset::from_minutes(minutes).unwrap()
    }

    #[test]
    fn a_time_is_said_in_its_zone() {
        assert_eq!(said(AT_MS, UtcOffset::UTC, Precision::Second).0, "2026-11-23 04:31:20 UTC");
        assert_eq!(said(AT_MS, zone(480), Precision::Second).0, "2026-11-23 12:31:20 UTC+8");
        assert_eq!(said(AT_MS, zone(-300), Precision::Minute).0, "2026-11-22 23:31 UTC-5");
        assert_eq!(said(AT_MS, zone(330), Precision::TimeOnly).0, "10:01:20 UTC+5:30");
        assert_eq!(said(AT_MS, zone(480), Precision::Day), ("2026-11-23".into(), Some("2026-11-23T04:31:20.5Z".into())));
    }

    #[test]
    fn a_time_beyond_the_calendar_has_no_words() {
        assert_eq!(said(i64::MAX, UtcOffset::UTC, Precision::Second), ("—".into(), None));
        assert_eq!(UtcOffset::from_minutes(1_081), None);
    }

    #[test]
    fn an_age_is_said_in_its_largest_unit() {
        let said: Vec<String> = [-5, 40_000, 119_000, 125_000, 7_200_000, 200_000_000].into_iter().map(|ms| age_words(ms).0).collect();
        assert_eq!(said, ["0 s", "40 s", "119 s", "2 min", "2 h", "2 d"]);
    }
}
