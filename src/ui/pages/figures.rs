//! Usage figures as the overview and the usage page both show them: tiles with their change, bars by day, and how far they reach.
//!
//! It must never work out a figure from rows: sums come from the server. Nothing reported is shown as `—`, never as zero.

use crate::domain::days::Day;
use crate::domain::usage::UsageTotals;
use crate::ui::charts::Bar;
use crate::ui::components::{Change, Notice, StatTile, Tag, Tone};
use crate::ui::words::{number, t, use_lang};
use leptos::prelude::*;

/// Sums of a period, those of the period before, and what that one is called: "previous 30 days".
#[derive(Clone)]
pub struct Compared {
    /// The sums shown.
    pub now: Option<UsageTotals>,
    /// What they are compared with.
    pub before: Option<UsageTotals>,
    /// The name of the period before.
    pub than: String,
}

impl Compared {
    /// A tile with one of the sums and how it changed.
    pub fn tile(&self, label: &'static str, figure: fn(&UsageTotals) -> i64) -> impl IntoView + use<> {
        let value = self.now.as_ref().map_or_else(|| "—".to_owned(), |sums| number(figure(sums)));
        let change = self.now.as_ref().zip(self.before.as_ref()).and_then(|(now, before)| changed(figure(now), figure(before), &self.than));
        view! { <StatTile label value change /> }
    }
}

/// How a figure changed, in tenths of a percent; nothing when there was nothing to change.
fn changed(now: i64, before: i64, than: &str) -> Option<Change> {
    let tenths = now.checked_sub(before)?.checked_mul(1_000)?.checked_div(before)?;
    let sign = match tenths {
        1.. => "+",
        0 => "",
        _ => "−",
    };
    let percent = format!("{sign}{}.{}%", number(tenths.abs() / 10), tenths.abs() % 10);
    let words = use_lang().pick(format!("{percent} vs. {than}"), format!("较{than} {percent}"));
    Some(match tenths {
        1.. => Change::Up(words),
        0 => Change::Same(words),
        _ => Change::Down(words),
    })
}

/// The names of the series of [`minutes_bars`].
pub fn minutes_series() -> Vec<String> {
    vec![t("Video", "视频").to_owned(), t("Audio", "音频").to_owned()]
}

/// Minutes by day: video below, audio on top.
pub fn minutes_bars(by_day: Vec<(Day, Option<UsageTotals>)>) -> Vec<Bar> {
    let bar = |(day, totals): (Day, Option<UsageTotals>)| {
        let label = day.to_string();
        let tick = label.get(5..).unwrap_or_default().to_owned();
        Bar { label, tick, values: totals.map(|totals| vec![totals.video_minutes, totals.audio_minutes]) }
    };
    by_day.into_iter().map(bar).collect()
}

/// "3 of 12 applications": how much of the whole the figures are about.
#[component]
pub fn ScopeTag(
    /// Applications in the figures.
    listed: i64,
    /// Applications of the root account.
    of: i64,
) -> impl IntoView {
    view! { <Tag tone=Tone::Brand>{scope_words(listed, of)}</Tag> }
}

/// The same as words.
pub fn scope_words(listed: i64, of: i64) -> String {
    let (seen, all) = (number(listed), number(of));
    let noun = if of == 1 { "application" } else { "applications" };
    let zh = if listed == of { format!("共 {all} 个应用") } else { format!("可见 {seen} 个，共 {all} 个应用") };
    use_lang().pick(format!("{seen} of {all} {noun}"), zh)
}

/// Says when events are in that the figures do not hold yet.
#[component]
pub fn BehindNotice(
    /// Some are not counted yet.
    behind: bool,
) -> impl IntoView {
    behind
        .then(|| view! { <Notice>{t("Some events are not counted yet. Refresh in a moment.", "部分事件尚未计入，请稍后刷新。")}</Notice> })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_said_in_tenths_of_a_percent_and_never_from_nothing() {
        Owner::new().with(|| {
            assert_eq!(changed(1_082, 1_000, "October"), Some(Change::Up("+8.2% vs. October".to_owned())));
            assert_eq!(changed(980, 1_000, "October"), Some(Change::Down("−2.0% vs. October".to_owned())));
            assert_eq!(changed(5, 5, "October"), Some(Change::Same("0.0% vs. October".to_owned())));
            assert_eq!(changed(30_000, 10, "October"), Some(Change::Up("+299,900.0% vs. October".to_owned())));
            assert_eq!(changed(5, 0, "October"), None);
        });
    }
}
