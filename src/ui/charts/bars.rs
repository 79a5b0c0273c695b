//! Stacked bars by day, with a readout for each bar and the same figures as a table.
//!
//! It must never draw with scripts or inline styles, and never draw a day without data as a day with zero.

use super::scale::{Scale, short};
use crate::ui::icons::Icon;
use crate::ui::words::{number, t};
use leptos::prelude::*;
use std::fmt::Write as _;

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
    let wide = plot(&WIDE, &id, &title, &series, &bars);
    let narrow = plot(&NARROW, &id, &title, &series, &bars);
    let twin = (!table_elsewhere).then(|| twin(&title, axis, &series, &bars));
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

/// One drawing. Its hundreds of elements are written as text: as views they would be a fifth of the work of a page, and nothing in them changes.
fn plot(frame: &Frame, id: &str, title: &str, series: &[String], bars: &[Bar]) -> impl IntoView + use<> {
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
    let every = bars.len().div_ceil(frame.ticks).max(1);
    for (index, bar) in bars.iter().enumerate() {
        stack(&mut drawn, &room, index, bar, scale, floor, rise);
        if index.is_multiple_of(every) {
            drawn.text("axis axis-x", (room.middle(index), floor + 20.0), &bar.tick);
        }
    }
    let nothing = bars.iter().all(|bar| bar.values.is_none()).then(|| {
        let (x, y) = (f64::midpoint(frame.left, frame.width), f64::midpoint(ABOVE, floor));
        view! { <text class="chart-none" x=Tenths(x).to_string() y=Tenths(y).to_string()>{t("No data", "无数据")}</text> }
    });
    let prefix = format!("{id}-{}", if frame.ticks == WIDE.ticks { "w" } else { "n" });
    let mut hits = Svg::default();
    for (index, bar) in bars.iter().enumerate() {
        readout(&mut hits, &room, &prefix, index, bar, series, floor);
    }
    let focus = StoredValue::new(0_usize);
    let count = bars.len();
    view! {
        <svg class=frame.class viewBox=format!("0 0 {} {}", frame.width, frame.height) role="group" aria-label=title.to_owned()>
            <g aria-hidden="true" inner_html=drawn.0></g>
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
                inner_html=hits.0
            ></g>
        </svg>
    }
}

/// Elements of a drawing, as text.
#[derive(Default)]
struct Svg(String);

impl Svg {
    /// Adds to the text; writing to a string cannot fail.
    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.0.write_fmt(text);
    }

    fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (Tenths(from.0), Tenths(from.1), Tenths(to.0), Tenths(to.1));
        self.add(format_args!(r#"<line class="{class}" x1="{x1}" x2="{x2}" y1="{y1}" y2="{y2}"></line>"#));
    }

    fn rect(&mut self, class: &str, at: (f64, f64), size: (f64, f64)) {
        let (x, y, width, height) = (Tenths(at.0), Tenths(at.1), Tenths(size.0), Tenths(size.1));
        self.add(format_args!(r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}"></rect>"#));
    }

    fn text(&mut self, class: &str, at: (f64, f64), words: &str) {
        let (x, y, words) = (Tenths(at.0), Tenths(at.1), escaped(words));
        self.add(format_args!(r#"<text class="{class}" x="{x}" y="{y}">{words}</text>"#));
    }
}

/// A coordinate with one decimal: enough for any screen, and the same on the server and in the browser. Written as whole tenths: the exact
/// formatting of floating-point numbers took a twelfth of a page's time.
struct Tenths(f64);

impl std::fmt::Display for Tenths {
    #[expect(clippy::cast_possible_truncation, reason = "a drawing is some hundred units wide")]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = (self.0 * 10.0).round() as i64;
        let (sign, tenths) = (if tenths < 0 { "-" } else { "" }, tenths.unsigned_abs());
        write!(f, "{sign}{}.{}", tenths / 10, tenths % 10)
    }
}

/// Words as they stand in markup and in the value of an attribute.
fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
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

fn stack(drawn: &mut Svg, room: &Room, index: usize, bar: &Bar, scale: Scale, floor: f64, rise: f64) {
    let x = room.middle(index) - room.width / 2.0;
    let Some(values) = &bar.values else {
        // A short dash on the axis: nothing was counted, which is not zero.
        return drawn.line("no-data", (x, floor - 3.0), (x + room.width, floor - 3.0));
    };
    let mut top = floor;
    for (series, value) in values.iter().enumerate().filter(|(_, value)| **value > 0) {
        // Half a unit keeps a value that is more than nothing in sight.
        let height = scale.height(*value, rise).max(0.5);
        top -= height;
        drawn.rect(&format!("series-{series}"), (x, top), (room.width, height));
    }
}

/// The focusable area over a bar, with the words that appear while it is pointed at or focused.
fn readout(drawn: &mut Svg, room: &Room, prefix: &str, index: usize, bar: &Bar, series: &[String], floor: f64) {
    let lines: Vec<String> = match &bar.values {
        None => vec![t("No data", "无数据").to_owned()],
        Some(values) => {
            let sum = (values.len() > 1).then(|| format!("{} {}", t("Total", "合计"), number(values.iter().sum())));
            let each = series.iter().zip(values).rev().map(|(name, value)| format!("{name} {}", number(*value)));
            each.chain(sum).collect()
        }
    };
    let spoken = escaped(&format!("{}: {}", bar.label, lines.join(", ")));
    let middle = room.middle(index);
    let units = |count: usize| f64::from(u16::try_from(count).unwrap_or(4));
    let (width, height) = (150.0, 30.0 + 18.0 * units(lines.len()));
    // The box stands beside its bar, on the side with more room.
    let gap = room.width / 2.0 + 8.0;
    let x = if middle + gap + width <= room.end { middle + gap } else { (middle - gap - width).max(0.0) };
    let stop = if index == 0 { "0" } else { "-1" };
    drawn.add(format_args!(r#"<g class="bar" id="{prefix}-{index}" role="img" tabindex="{stop}" aria-label="{spoken}">"#));
    drawn.rect("bar-area", (middle - room.pitch / 2.0, ABOVE), (room.pitch, floor - ABOVE));
    drawn.add(format_args!(r#"<g class="readout" aria-hidden="true">"#));
    drawn.rect("readout-box", (x, ABOVE), (width, height));
    drawn.text("readout-title", (x + 12.0, ABOVE + 19.0), &bar.label);
    for (line, words) in lines.iter().enumerate() {
        drawn.text("readout-line", (x + 12.0, ABOVE + 37.0 + 18.0 * units(line)), words);
    }
    drawn.add(format_args!("</g></g>"));
}

/// The table twin, folded away under the chart.
fn twin(title: &str, axis: String, series: &[String], bars: &[Bar]) -> impl IntoView + use<> {
    let heads: Vec<_> = series.iter().map(|name| view! { <th scope="col" class="num">{name.clone()}</th> }).collect();
    let rows: Vec<_> = bars
        .iter()
        .rev()
        .map(|bar| {
            let cells: Vec<_> = match &bar.values {
                Some(values) => values.iter().map(|value| view! { <td class="num">{number(*value)}</td> }).collect(),
                None => series.iter().map(|_| view! { <td class="num">{"—".to_owned()}</td> }).collect(),
            };
            view! { <tr><th scope="row">{bar.label.clone()}</th>{cells}</tr> }
        })
        .collect();
    view! {
        <details class="chart-twin">
            <summary>{Icon::Right.draw()} {t("Show as a table", "以表格显示")}</summary>
            <div class="table-scroll" role="region" tabindex="0" aria-label=title.to_owned()>
                <table>
                    <thead><tr><th scope="col">{axis}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
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
        assert_eq!(drawn.0, r#"<text class="axis" x="1.0" y="2.3">&lt;a href=&quot;x&quot;&gt;&amp;</text>"#);
    }
}
