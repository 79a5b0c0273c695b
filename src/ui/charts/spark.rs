//! A small line without axes, for the trend under a figure.
//!
//! It must never stand alone: the figure and a way to the full chart stand beside it.

use super::bars::px;
use super::scale::Scale;
use crate::ui::words::{number, use_lang};
use leptos::prelude::*;

const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 40.0;

/// A trend. Days without data (`None`) are gaps in the line.
#[component]
pub fn Sparkline(
    /// What it shows: "Audio minutes, 30 days".
    #[prop(into)]
    title: String,
    /// The values, oldest first.
    values: Vec<Option<i64>>,
) -> impl IntoView {
    let known: Vec<i64> = values.iter().filter_map(|value| *value).collect();
    let (least, most) = (known.iter().min().copied().unwrap_or(0), known.iter().max().copied().unwrap_or(0));
    let spoken = use_lang().pick(
        format!("{title}: between {} and {}", number(least), number(most)),
        format!("{title}：最低 {}，最高 {}", number(least), number(most)),
    );
    let (line, area) = paths(&values, Scale { top: most.max(1), step: 1 });
    view! {
        // Stretched to its tile: the stroke does not stretch with it.
        <svg class="spark" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=spoken>
            <path class="spark-area" d=area></path>
            <path class="spark-line" d=line></path>
        </svg>
    }
}

/// The line, and the areas under its unbroken stretches.
#[expect(clippy::cast_precision_loss, reason = "a trend holds some hundred days at most")]
fn paths(values: &[Option<i64>], scale: Scale) -> (String, String) {
    let floor = HEIGHT - 1.0;
    let pitch = WIDTH / (values.len().saturating_sub(1).max(1) as f64);
    let (mut line, mut area) = (String::new(), String::new());
    let mut open: Option<f64> = None;
    for (index, value) in values.iter().enumerate() {
        let x = pitch * (index as f64);
        let Some(value) = value else {
            close(&mut area, open.take(), x - pitch, floor);
            continue;
        };
        let y = px(floor - scale.height(*value, HEIGHT - 4.0));
        let x_said = px(x);
        if open.is_none() {
            line.push_str(&format!("M{x_said} {y}"));
            area.push_str(&format!("M{x_said} {}L{x_said} {y}", px(floor)));
            open = Some(x);
        } else {
            line.push_str(&format!("L{x_said} {y}"));
            area.push_str(&format!("L{x_said} {y}"));
        }
    }
    close(&mut area, open, WIDTH, floor);
    (line, area)
}

fn close(area: &mut String, open: Option<f64>, last_x: f64, floor: f64) {
    if open.is_some() {
        area.push_str(&format!("L{} {}Z", px(last_x), px(floor)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_data_breaks_the_line() {
        let (line, area) = paths(&[Some(0), Some(10), None, Some(5)], Scale { top: 10, step: 1 });
        assert_eq!(line.matches('M').count(), 2, "{line}");
        assert_eq!(area.matches('Z').count(), 2, "{area}");
        assert!(line.starts_with("M0.0 39.0L80.0 3.0"), "{line}");
    }
}
