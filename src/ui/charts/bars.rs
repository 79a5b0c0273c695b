//! Stacked bars by day, with a readout for each bar and the same figures as a table.
//!
//! It must never draw with scripts or inline styles, and never draw a day without data as a day with zero.

use super::scale::{Scale, short};
use crate::ui::icons::Icon;
use crate::ui::markup::{Escaped, Markup};
use crate::ui::words::{number, t};
use leptos::prelude::*;

/// One stack on the axis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// What it is, in full: `2026-11-01`.
    pub label: String,
    /// The same under the axis, where there is room for few: `Nov 1`.
    pub tick: String,
    /// One value a series, bottom first; `None` where there is no data.
    pub values: Option<Vec<i64>>,
}

/// The size of a drawing in its own units. Narrow screens get a drawing of their own, since a scaled one could not be read.
struct Frame {
    class: &'static str,
    width: f64,
    height: f64,
    left: f64,
    ticks: usize,
}

const WIDE: Frame = Frame { class: "chart chart-wide", width: 1040.0, height: 248.0, left: 44.0, ticks: 7 };
const NARROW: Frame = Frame { class: "chart chart-narrow", width: 350.0, height: 220.0, left: 40.0, ticks: 4 };

/// Room above the highest line, for the readout of the highest bar to stand in.
const ABOVE: f64 = 14.0;
/// Room under the axis for its words.
const BELOW: f64 = 28.0;

/// Stacked bars. At most three series: more could not be told apart.
#[component]
pub fn BarChart(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What is shown: "Minutes a day".
    #[prop(into)]
    title: String,
    /// The names of the series, bottom first.
    series: Vec<String>,
    /// The bars, oldest first.
    bars: Vec<Bar>,
    /// What a bar is called in the table: "Date".
    #[prop(into)]
    axis: String,
    /// A remark beside the legend: "estimated from callbacks".
    #[prop(optional, into)]
    note: Option<String>,
    /// The page shows the same figures as a table itself, so the chart needs none of its own.
    #[prop(optional)]
    table_elsewhere: bool,
) -> impl IntoView {
    let legend: Vec<_> = series
        .iter()
        .enumerate()
        .rev()
        .map(|(index, name)| {
            view! {
                <li>
                    <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
                        <rect class=format!("series-{index}") x="1" y="1" width="10" height="10" rx="1"></rect>
                    </svg>
                    {name.clone()}
                </li>
            }
        })
        .collect();
    let readings: Vec<_> = bars.iter().map(|bar| Reading::of(bar, &series)).collect();
    let wide = plot(&WIDE, &id, &title, &bars, &readings);
    let narrow = plot(&NARROW, &id, &title, &bars, &readings);
    let twin = (!table_elsewhere).then(|| twin(&title, &axis, &series, &bars));
    view! {
        <figure class="chart-figure" aria-labelledby=format!("{id}-title")>
            <div class="chart-head">
                <figcaption id=format!("{id}-title")>{title}</figcaption>
                <ul class="legend">{legend}</ul>
                {note.map(|note| view! { <span class="chart-note">{note}</span> })}
            </div>
            {wide}
            {narrow}
            {twin}
        </figure>
    }
}

/// What a bar says while it is pointed at or focused: the same in every drawing.
struct Reading {
    lines: Vec<String>,
    spoken: String,
}

impl Reading {
    fn of(bar: &Bar, series: &[String]) -> Self {
        let lines: Vec<String> = match &bar.values {
            None => vec![t("No data", "无数据").to_owned()],
            Some(values) => {
                let sum = (values.len() > 1).then(|| format!("{} {}", t("Total", "合计"), number(values.iter().sum())));
                let each = series.iter().zip(values).rev().map(|(name, value)| format!("{name} {}", number(*value)));
                each.chain(sum).collect()
            }
        };
        let spoken = format!("{}: {}", bar.label, lines.join(", "));
        Self { lines, spoken }
    }
}

/// One drawing. Its hundreds of elements are written as text: as views they would be a fifth of the work of a page, and nothing in them changes.
fn plot(frame: &Frame, id: &str, title: &str, bars: &[Bar], readings: &[Reading]) -> impl IntoView + use<> {
    let most = bars.iter().filter_map(|bar| bar.values.as_ref()).map(|values| values.iter().sum()).max().unwrap_or(0);
    let scale = Scale::for_max(most, 4);
    let floor = frame.height - BELOW;
    let rise = floor - ABOVE;
    let mut drawn = Svg::default();
    for value in scale.lines() {
        let y = floor - scale.height(value, rise);
        drawn.line("grid", (frame.left, y), (frame.width, y));
        drawn.text("axis axis-y", (frame.left - 8.0, y + 4.0), &short(value));
    }
    let room = Room::new(frame, bars.len());
    stacks(&mut drawn, &room, bars, scale, floor, rise);
    let every = bars.len().div_ceil(frame.ticks).max(1);
    for (index, bar) in bars.iter().enumerate().step_by(every) {
        drawn.text("axis axis-x", (room.middle(index), floor + 20.0), &bar.tick);
    }
    let nothing = bars.iter().all(|bar| bar.values.is_none()).then(|| {
        let (x, y) = (f64::midpoint(frame.left, frame.width), f64::midpoint(ABOVE, floor));
        view! { <text class="chart-none" x=Tenths(x).to_string() y=Tenths(y).to_string()>{t("No data", "无数据")}</text> }
    });
    let prefix = format!("{id}-{}", if frame.ticks == WIDE.ticks { "w" } else { "n" });
    let mut hits = Svg::default();
    for (index, (bar, reading)) in bars.iter().zip(readings).enumerate() {
        readout(&mut hits, &room, &prefix, index, bar, reading, floor);
    }
    let focus = StoredValue::new(0_usize);
    let count = bars.len();
    view! {
        <svg class=frame.class viewBox=format!("0 0 {} {}", frame.width, frame.height) role="group" aria-label=title.to_owned()>
            <g aria-hidden="true" inner_html=drawn.0.into_html()></g>
            {nothing}
            // One stop for the Tab key; the arrows go from bar to bar, once there are scripts.
            <g
                on:keydown=move |event| {
                    let now = focus.get_value();
                    let next = match event.key().as_str() {
                        "ArrowRight" => (now + 1).min(count.saturating_sub(1)),
                        "ArrowLeft" => now.saturating_sub(1),
                        "Home" => 0,
                        "End" => count.saturating_sub(1),
                        _ => return,
                    };
                    event.prevent_default();
                    focus.set_value(next);
                    move_focus(&format!("{prefix}-{now}"), &format!("{prefix}-{next}"));
                }
                inner_html=hits.0.into_html()
            ></g>
        </svg>
    }
}

/// Elements of a drawing, as text.
#[derive(Default)]
struct Svg(Markup);

impl Svg {
    fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (Tenths(from.0), Tenths(from.1), Tenths(to.0), Tenths(to.1));
        self.0.add(format_args!(r#"<line class="{class}" x1="{x1}" x2="{x2}" y1="{y1}" y2="{y2}"></line>"#));
    }

    fn text(&mut self, class: &str, at: (f64, f64), words: &str) {
        let (x, y, words) = (Tenths(at.0), Tenths(at.1), Escaped(words));
        self.0.add(format_args!(r#"<text class="{class}" x="{x}" y="{y}">{words}</text>"#));
    }
}

/// A coordinate with one decimal: enough for any screen, and the same on the server and in the browser. Written as whole tenths: the exact
/// formatting of floating-point numbers took a twelfth of a page's time.
struct Tenths(f64);

impl std::fmt::Display for Tenths {
    #[expect(clippy::cast_possible_truncation, reason = "a drawing is some hundred units wide")]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const TENTHS: [&str; 10] = [".0", ".1", ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9"];
        let tenths = (self.0 * 10.0).round() as i64;
        if tenths < 0 {
            f.write_str("-")?;
        }
        let (whole, tenth) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
        std::fmt::Display::fmt(&whole, f)?;
        f.write_str(TENTHS.get(usize::try_from(tenth).unwrap_or(0)).copied().unwrap_or_default())
    }
}

/// Where the bars of a drawing stand.
struct Room {
    left: f64,
    pitch: f64,
    width: f64,
    end: f64,
}

impl Room {
    #[expect(clippy::cast_precision_loss, reason = "a chart holds some hundred bars at most")]
    fn new(frame: &Frame, bars: usize) -> Self {
        let left = frame.left + 2.0;
        let pitch = (frame.width - left) / (bars.max(1) as f64);
        Self { left, pitch, width: (pitch * 0.56).clamp(1.0, 40.0), end: frame.width }
    }

    #[expect(clippy::cast_precision_loss, reason = "a chart holds some hundred bars at most")]
    fn middle(&self, index: usize) -> f64 {
        self.left + self.pitch * (index as f64 + 0.5)
    }
}

/// The bars: one path a series, and one of the days without data.
fn stacks(drawn: &mut Svg, room: &Room, bars: &[Bar], scale: Scale, floor: f64, rise: f64) {
    let width = Tenths(room.width);
    let mut series: Vec<Markup> = Vec::new();
    let mut no_data = Markup::default();
    for (index, bar) in bars.iter().enumerate() {
        let x = Tenths(room.middle(index) - room.width / 2.0);
        let Some(values) = &bar.values else {
            // A short dash on the axis: nothing was counted, which is not zero.
            no_data.add(format_args!("M{x} {}h{width}", Tenths(floor - 3.0)));
            continue;
        };
        series.resize_with(series.len().max(values.len()), Markup::default);
        let mut bottom = floor;
        for (path, value) in series.iter_mut().zip(values).filter(|(_, value)| **value > 0) {
            // Half a unit keeps a value that is more than nothing in sight.
            let top = bottom - scale.height(*value, rise).max(0.5);
            path.add(format_args!("M{x} {}h{width}V{}h-{width}z", Tenths(bottom), Tenths(top)));
            bottom = top;
        }
    }
    for (index, path) in series.into_iter().enumerate() {
        drawn.0.add(format_args!(r#"<path class="series-{index}" d="{}"></path>"#, path.into_html()));
    }
    drawn.0.add(format_args!(r#"<path class="no-data" d="{}"></path>"#, no_data.into_html()));
}

/// The focusable area over a bar, with the words that appear while it is pointed at or focused.
fn readout(drawn: &mut Svg, room: &Room, prefix: &str, index: usize, bar: &Bar, reading: &Reading, floor: f64) {
    const WIDTH: f64 = 150.0;
    let middle = room.middle(index);
    // The box stands beside its bar, on the side with more room.
    let gap = room.width / 2.0 + 8.0;
    let x = if middle + gap + WIDTH <= room.end { middle + gap } else { (middle - gap - WIDTH).max(0.0) };
    let stop = if index == 0 { "0" } else { "-1" };
    drawn.0.add(format_args!(
        r#"<g class="bar" id="{prefix}-{index}" role="img" tabindex="{stop}" aria-label="{}"><rect class="bar-area" x="{}" y="{}" width="{}" height="{}"></rect>"#,
        Escaped(&reading.spoken),
        Tenths(middle - room.pitch / 2.0),
        Tenths(ABOVE),
        Tenths(room.pitch),
        Tenths(floor - ABOVE),
    ));
    drawn.0.add(format_args!(
        r#"<g class="readout" aria-hidden="true" transform="translate({} {})"><rect class="readout-box" width="{}" height="{}"></rect><text class="readout-title" x="12" y="19">{}</text>"#,
        Tenths(x),
        Tenths(ABOVE),
        Tenths(WIDTH),
        30 + 18 * reading.lines.len(),
        Escaped(&bar.label),
    ));
    for (line, words) in reading.lines.iter().enumerate() {
        drawn.0.add(format_args!(r#"<text class="readout-line" x="12" y="{}">{}</text>"#, 37 + 18 * line, Escaped(words)));
    }
    drawn.0.add(format_args!("</g></g>"));
}

/// The table twin, folded away under the chart.
fn twin(title: &str, axis: &str, series: &[String], bars: &[Bar]) -> impl IntoView + use<> {
    let mut table = Markup::default();
    table.add(format_args!(r#"<thead><tr><th scope="col">{}</th>"#, Escaped(axis)));
    for name in series {
        table.add(format_args!(r#"<th scope="col" class="num">{}</th>"#, Escaped(name)));
    }
    table.add(format_args!("</tr></thead><tbody>"));
    for bar in bars.iter().rev() {
        table.add(format_args!(r#"<tr><th scope="row">{}</th>"#, Escaped(&bar.label)));
        match &bar.values {
            Some(values) => values.iter().for_each(|value| table.add(format_args!(r#"<td class="num">{}</td>"#, number(*value)))),
            None => series.iter().for_each(|_| table.add(format_args!(r#"<td class="num">—</td>"#))),
        }
        table.add(format_args!("</tr>"));
    }
    table.add(format_args!("</tbody>"));
    view! {
        <details class="chart-twin">
            <summary>{Icon::Right.draw()} {t("Show as a table", "以表格显示")}</summary>
            <div class="table-scroll" role="region" tabindex="0" aria-label=title.to_owned()>
                <table inner_html=table.into_html()></table>
            </div>
        </details>
    }
}

/// Moves the focus, and the stop of the Tab key, from one bar to another.
fn move_focus(from: &str, to: &str) {
    use leptos::wasm_bindgen::JsCast;
    let bar = |id: &str| document().get_element_by_id(id).and_then(|bar| bar.dyn_into::<leptos::web_sys::SvgElement>().ok());
    // Neither can fail for an element that is there and shown.
    if let Some(from) = bar(from) {
        let _ = from.set_attribute("tabindex", "-1");
    }
    if let Some(to) = bar(to) {
        let _ = to.set_attribute("tabindex", "0");
        let _ = to.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_a_drawing_are_words_and_nothing_else() {
        let mut drawn = Svg::default();
        drawn.text("axis", (1.0, 2.25), r#"<a href="x">&"#);
        assert_eq!(drawn.0.into_html(), r#"<text class="axis" x="1.0" y="2.3">&lt;a href=&quot;x&quot;&gt;&amp;</text>"#);
    }
}
