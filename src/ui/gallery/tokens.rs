//! The colours of the style sheet, measured: contrast as in WCAG 2.2, in both themes.
//!
//! It must never know a colour itself: all are read from `style/tokens.css`.

use super::root;
use std::collections::BTreeMap;

type Tokens = BTreeMap<String, String>;

/// The custom properties of the first block after `selector`.
fn block(css: &str, selector: &str) -> Tokens {
    let from = css.find(selector).unwrap_or_else(|| panic!("no {selector}")) + selector.len();
    let body = css[from..].split('{').nth(1).unwrap().split('}').next().unwrap();
    body.split(';')
        .filter_map(|line| line.trim().strip_prefix("--")?.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

/// Light, and dark over light.
fn themes() -> [(&'static str, Tokens); 2] {
    let css = std::fs::read_to_string(root().join("style/tokens.css")).unwrap();
    let light = block(&css, ":root");
    let mut dark = light.clone();
    dark.extend(block(&css, "\n[data-theme=\"dark\"]"));
    [("light", light), ("dark", dark)]
}

/// Red, green, blue and opacity, each from 0 to 1.
fn colour(tokens: &Tokens, name: &str) -> [f64; 4] {
    let text = tokens.get(name).unwrap_or_else(|| panic!("no --{name}"));
    if let Some(hex) = text.strip_prefix('#') {
        let wide: String = if hex.len() == 3 { hex.chars().flat_map(|letter| [letter, letter]).collect() } else { hex.to_owned() };
        let part = |at: usize| f64::from(u8::from_str_radix(&wide[at..at + 2], 16).unwrap()) / 255.0;
        return [part(0), part(2), part(4), 1.0];
    }
    let inner = text.strip_prefix("rgb(").and_then(|text| text.strip_suffix("%)")).unwrap_or_else(|| panic!("--{name}: {text}"));
    let (rgb, opacity) = inner.split_once('/').unwrap();
    let parts: Vec<f64> = rgb.split_whitespace().map(|part| part.parse::<f64>().unwrap() / 255.0).collect();
    [parts[0], parts[1], parts[2], opacity.trim().parse::<f64>().unwrap() / 100.0]
}

fn over(front: [f64; 4], back: [f64; 4]) -> [f64; 4] {
    let mix = |at: usize| front[at] * front[3] + back[at] * (1.0 - front[3]);
    [mix(0), mix(1), mix(2), 1.0]
}

fn luminance(colour: [f64; 4]) -> f64 {
    let linear = |part: f64| if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
}

fn contrast(tokens: &Tokens, front: &str, back: &str) -> f64 {
    let back = colour(tokens, back);
    let (one, two) = (luminance(over(colour(tokens, front), back)), luminance(back));
    (one.max(two) + 0.05) / (one.min(two) + 0.05)
}

/// What is written on what.
const WRITTEN: [(&str, &[&str]); 15] = [
    ("ink", &["page", "card", "raised", "hover", "quiet", "brand-tint", "ok-tint", "warn-tint", "error-tint"]),
    ("ink-2", &["page", "card", "raised", "hover", "quiet", "tag", "brand-tint"]),
    ("ink-3", &["page", "card"]),
    ("brand-text", &["page", "card", "raised", "hover", "quiet", "brand-tint"]),
    ("ok-text", &["card", "page", "raised", "ok-tint"]),
    ("warn-text", &["card", "page", "warn-tint"]),
    ("error-text", &["card", "page", "raised", "error-tint", "hover"]),
    ("on-brand", &["brand"]),
    ("bar-ink", &["bar", "bar-hover"]),
    ("bar-ink-2", &["bar"]),
    ("tip-ink", &["tip"]),
    ("on-brand-hover", &["brand-filled-hover"]),
    ("on-error", &["error-fill"]),
    ("on-error", &["error-fill-hover"]),
    ("on-avatar", &["avatar"]),
];

/// What is drawn on what, and has to be seen to understand the page.
const DRAWN: [(&str, &[&str]); 7] = [
    ("control-strong", &["card", "raised"]),
    ("focus", &["page", "card", "raised", "brand-tint"]),
    ("error", &["card", "raised"]),
    ("series-0", &["card"]),
    ("series-1-stroke", &["card", "series-1"]),
    ("series-2-stroke", &["card", "series-2"]),
    ("brand", &["card"]),
];

#[test]
fn every_text_and_every_drawing_has_the_contrast_of_wcag_2_2_aa() {
    for (theme, tokens) in themes() {
        for (pairs, least) in [(&WRITTEN[..], 4.5), (&DRAWN[..], 3.0)] {
            for (front, backs) in pairs {
                for back in *backs {
                    let ratio = contrast(&tokens, front, back);
                    assert!(ratio >= least, "{theme}: --{front} on --{back} has {ratio:.2}:1, needs {least}:1");
                }
            }
        }
    }
}

#[test]
fn contrast_is_measured_as_the_standard_says() {
    let tokens = block("x { --a: #000; --b: #fff; --c: #767676; --d: rgb(0 0 0 / 50%); }", "x");
    assert!((contrast(&tokens, "a", "b") - 21.0).abs() < 0.01);
    assert!((contrast(&tokens, "c", "b") - 4.54).abs() < 0.01);
    assert!((contrast(&tokens, "d", "b") - 3.98).abs() < 0.01);
}

#[test]
fn a_dark_system_looks_like_the_choice_dark() {
    let css = std::fs::read_to_string(root().join("style/tokens.css")).unwrap();
    let (chosen, system) = (block(&css, "\n[data-theme=\"dark\"]"), block(&css, "[data-theme=\"system\"]"));
    assert!(chosen.len() > 20);
    assert_eq!(chosen, system);
}
