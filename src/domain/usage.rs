//! Usage figures: minutes, users, entries and rooms per application and day, as estimated from callbacks.
//!
//! Made from `calls`; no storage, no clock. What packages include and what they cost must never be decided here.
//!
//! # How minutes are counted
//! Every instant a user is in a room is either video (somebody else in the room sends video or screen at that instant) or audio (otherwise,
//! also when alone). Time is kept in milliseconds. A stay across midnight is divided between the days. The milliseconds of one
//! application, day and category are added up, and only that sum is rounded up to whole minutes. Longer spans add the minutes of their days.

use super::calls::Call;
use super::days::{Day, Period};
use super::fault::{Fault, FieldFaults};
use super::ids::SdkAppId;
use super::paging::Page;
use super::stays::StayEnd;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Days shown when nobody says which.
pub const DEFAULT_DAYS: i64 = 30;

/// What one call adds to one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallDay {
    /// Milliseconds in which the user received no picture, over all users.
    pub audio_ms: i64,
    /// Milliseconds in which somebody else sent a picture, over all users.
    pub video_ms: i64,
    /// Entries on this day.
    pub entries: i64,
    /// Who was in the room on this day.
    pub users: BTreeSet<String>,
    /// Stays of this day that have not ended; the day may still change.
    pub in_progress: i64,
    /// Stays that ended on this day because nothing more was heard of the user.
    pub silent: i64,
}

/// What one call adds to each of its days, at the account's offset from UTC in minutes.
#[must_use]
pub fn call_days(call: &Call, utc_offset_mins: i64) -> BTreeMap<Day, CallDay> {
    let mut days: BTreeMap<Day, CallDay> = BTreeMap::new();
    // Differences of the number of people present and of people sending, by instant.
    let mut changes: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for stay in &call.stays {
        for (at_ms, present) in [(stay.from_ms, 1), (stay.to_ms, -1)] {
            changes.entry(at_ms).or_default().0 += present;
        }
        for (at_ms, sending) in stay.sending.iter().flat_map(|(from_ms, to_ms)| [(*from_ms, 1), (*to_ms, -1)]) {
            changes.entry(at_ms).or_default().1 += sending;
        }
        // The last instant in the room; the end itself is not counted.
        let (first, last) = (Day::of(stay.from_ms, utc_offset_mins), Day::of(stay.from_ms.max(stay.to_ms - 1), utc_offset_mins));
        for day in (first.number()..=last.number()).map(Day::from_number) {
            let figures = days.entry(day).or_default();
            figures.users.insert(stay.user.clone());
            figures.in_progress += i64::from(stay.end == StayEnd::InProgress);
        }
        days.entry(first).or_default().entries += 1;
        days.entry(last).or_default().silent += i64::from(stay.end == StayEnd::Silent);
    }

    let (mut present, mut sending, mut since_ms) = (0, 0, call.start_ms);
    for (at_ms, (more_present, more_sending)) in changes {
        // One who sends alone sees nobody; when two send, everybody sees somebody.
        let video = match sending {
            0 => 0,
            1 => present - 1,
            _ => present,
        };
        let mut from_ms = since_ms;
        while present > 0 && from_ms < at_ms {
            let day = Day::of(from_ms, utc_offset_mins);
            let to_ms = at_ms.min(day.plus(1).start_ms(utc_offset_mins)).max(from_ms + 1);
            let figures = days.entry(day).or_default();
            figures.video_ms += video * (to_ms - from_ms);
            figures.audio_ms += (present - video) * (to_ms - from_ms);
            from_ms = to_ms;
        }
        (present, sending, since_ms) = (present + more_present, sending + more_sending, at_ms);
    }
    days
}

/// Milliseconds of one application, day and category in billed minutes: rounded up.
#[must_use]
pub fn minutes(ms: i64) -> i64 {
    ms.max(0).saturating_add(59_999) / 60_000
}

/// The figures of one application on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRow {
    /// The day, at the account's offset from UTC.
    pub day: Day,
    /// The application.
    pub app: SdkAppId,
    /// Interactive audio, billed minutes.
    pub audio_minutes: i64,
    /// Interactive video, billed minutes.
    pub video_minutes: i64,
    /// Distinct users.
    pub users: i64,
    /// Entries; one user entering twice counts twice.
    pub entries: i64,
    /// Distinct rooms with at least one user in them.
    pub rooms: i64,
    /// Stays that have not ended; the day may still change.
    pub in_progress: i64,
    /// Stays that were closed because nothing was heard of the user for more than 24 hours.
    pub silent: i64,
}

/// Rows of one page of the table: a month of one application.
pub const USAGE_ROWS_A_PAGE: i64 = 31;

/// Puts rows into the order an address asks for: `date`, `app`, `audio`, `video`, `users`, `entries` or `rooms`, with a `-` in front for
/// the greatest first. Anything else is the newest day first.
pub fn sort(rows: &mut [UsageRow], by: &str) {
    let (key, descending) = by.strip_prefix('-').map_or((by, false), |key| (key, true));
    let figure: fn(&UsageRow) -> i64 = match key {
        "date" => |row| row.day.number(),
        "app" => |row| row.app.0,
        "audio" => |row| row.audio_minutes,
        "video" => |row| row.video_minutes,
        "users" => |row| row.users,
        "entries" => |row| row.entries,
        "rooms" => |row| row.rooms,
        _ => return sort(rows, "-date"),
    };
    rows.sort_by_key(|row| (if descending { -figure(row) } else { figure(row) }, Reverse(row.day), row.app));
}

/// The figures of some applications over some days, as the page shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageReport {
    /// The days asked for.
    pub period: Period,
    /// The running day, at the account's offset from UTC.
    pub today: Day,
    /// The applications the caller may see, by number, whether or not they were asked for.
    pub apps: Vec<(SdkAppId, String)>,
    /// Applications of the root account, for "3 of 12 applications".
    pub apps_of: i64,
    /// The application asked for; `None` for all that may be seen.
    pub app: Option<SdkAppId>,
    /// The sums over all days; `None` when nothing was reported, which is not zero.
    pub totals: Option<UsageTotals>,
    /// The sums over as many days before.
    pub before: Option<UsageTotals>,
    /// The sums of each day, for a chart.
    pub by_day: Vec<(Day, Option<UsageTotals>)>,
    /// One page of the rows by day and application; a day on which nothing happened has no row.
    pub rows: Page<UsageRow>,
    /// When these figures were read, epoch milliseconds.
    pub as_of_ms: i64,
    /// Some events received before that are still being worked out.
    pub behind: bool,
}

/// What is asked of the usage statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageQuery {
    /// One application, or all that may be seen.
    pub app: Option<SdkAppId>,
    /// The days.
    pub period: Period,
}

impl UsageQuery {
    /// Reads what stands in an address: a number or `all`, and two dates; without dates the last 30 days.
    ///
    /// # Errors
    /// [`Fault::NotFound`] for what cannot be the number of an application, [`Fault::Invalid`] for dates.
    pub fn read(app: &str, from: &str, to: &str, today: Day) -> Result<Self, Fault> {
        let app = match app.trim() {
            "" | "all" => None,
            number => Some(number.parse().map_err(|_| Fault::NotFound)?),
        };
        let mut faults = FieldFaults::default();
        let mut day = |field, text: &str, default: Day| match text.trim() {
            "" => default,
            text => text.parse().unwrap_or_else(|message| {
                faults.add(field, Err(message));
                default
            }),
        };
        let to_day = day("to", to, today);
        let from_day = day("from", from, Period::ending(to_day, DEFAULT_DAYS).from);
        faults.finish()?;
        let period = Period::new(from_day, to_day).map_err(|message| Fault::invalid("from", message))?;
        Ok(Self { app, period })
    }
}

/// What the overview shows of usage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageOverview {
    /// The first day of the running month.
    pub month: Day,
    /// The sums of the running month; `None` when nothing was reported, which is not zero.
    pub month_totals: Option<UsageTotals>,
    /// The sums of as many days from the beginning of the month before.
    pub before: Option<UsageTotals>,
    /// The last 30 days, the running one last; `None` where nothing was reported, which is not zero.
    pub trend: Vec<(Day, Option<UsageTotals>)>,
    /// Applications in these figures.
    pub apps: i64,
    /// Applications of the root account, for "3 of 12 applications".
    pub apps_of: i64,
    /// When these figures were read, epoch milliseconds.
    pub as_of_ms: i64,
    /// Some events received before that are still being worked out.
    pub behind: bool,
}

/// Sums over some days and applications. Users and rooms are missing on purpose: distinct ones cannot be added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageTotals {
    /// Interactive audio, billed minutes.
    pub audio_minutes: i64,
    /// Interactive video, billed minutes.
    pub video_minutes: i64,
    /// Entries.
    pub entries: i64,
    /// Stays that have not ended.
    pub in_progress: i64,
    /// Stays closed for silence.
    pub silent: i64,
}

impl UsageTotals {
    /// The sums of the rows of a period; `None` where there is no row.
    #[must_use]
    pub fn of(rows: &[UsageRow], period: Period) -> Option<Self> {
        rows.iter().filter(|row| period.holds(row.day)).fold(None, |sum, row| Some(sum.unwrap_or_default().with(row)))
    }

    /// The sums of each day of a period; `None` where there is no row.
    #[must_use]
    pub fn by_day(rows: &[UsageRow], period: Period) -> Vec<(Day, Option<Self>)> {
        let mut days: BTreeMap<Day, Self> = BTreeMap::new();
        for row in rows {
            let sum = days.entry(row.day).or_default();
            *sum = sum.with(row);
        }
        period.days().map(|day| (day, days.get(&day).copied())).collect()
    }

    fn with(self, row: &UsageRow) -> Self {
        Self {
            audio_minutes: self.audio_minutes + row.audio_minutes,
            video_minutes: self.video_minutes + row.video_minutes,
            entries: self.entries + row.entries,
            in_progress: self.in_progress + row.in_progress,
            silent: self.silent + row.silent,
        }
    }
}
