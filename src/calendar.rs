//! The Gregorian calendar, also for the years before it was introduced: days since 1970-01-01, and their dates.
//!
//! It knows no zones and no clock.

/// Days of 400 years, whichever.
const DAYS_OF_400_YEARS: i64 = 146_097;
/// Days from 1 March of the year 0 to 1970-01-01.
const TO_1970: i64 = 719_468;

/// Year, month and day of the month. In years that begin in March the leap day is the last, and 400 of them always have the same days.
#[must_use]
pub fn date_of(number: i64) -> (i64, i64, i64) {
    let days = number + TO_1970;
    let (era, day) = (days.div_euclid(DAYS_OF_400_YEARS), days.rem_euclid(DAYS_OF_400_YEARS));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (of_month, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    (era * 400 + year + i64::from(month <= 2), month, of_month)
}

/// The day of a date, if the calendar has it.
#[must_use]
pub fn day_of(year: i64, month: i64, day: i64) -> Option<i64> {
    let (of_era, march) = (year - i64::from(month <= 2), (month + 9) % 12);
    let (era, of_era) = (of_era.div_euclid(400), of_era.rem_euclid(400));
    let number = era * DAYS_OF_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + (153 * march + 2) / 5 + day - 1 - TO_1970;
    // A 30th of February is another day.
    (date_of(number) == (year, month, day)).then_some(number)
}
