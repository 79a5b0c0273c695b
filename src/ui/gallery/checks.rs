//! What must hold on every page of the gallery, so in every component.
//!
//! It reads the HTML with a small scanner made for our own output; it must never be used on anybody else's.

use super::{Shown, root, shown};
use crate::text::Lang;
use std::collections::{BTreeMap, BTreeSet};

/// A start tag with its attributes.
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
}

impl Element {
    fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }
}

/// The start tags and the texts of a page, in their order.
fn scan(html: &str) -> (Vec<Element>, Vec<String>) {
    let (mut elements, mut texts) = (Vec::new(), Vec::new());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        if !rest[..start].trim().is_empty() {
            texts.push(rest[..start].trim().to_owned());
        }
        rest = &rest[start + 1..];
        let mut quoted = false;
        let end = rest
            .char_indices()
            .find(|(_, letter)| {
                quoted ^= *letter == '"';
                *letter == '>' && !quoted
            })
            .map(|(at, _)| at)
            .unwrap();
        let (tag, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        if tag.starts_with(['/', '!']) {
            continue;
        }
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut found = BTreeMap::new();
        while !attributes.trim().is_empty() {
            attributes = attributes.trim_start();
            let stop = attributes.find(['=', ' ']).unwrap_or(attributes.len());
            let key = attributes[..stop].to_owned();
            let value = attributes[stop..].strip_prefix("=\"").map(|text| text.split('"').next().unwrap());
            attributes = &attributes[stop + value.map_or(0, |value| value.len() + 3)..];
            assert!(found.insert(key.clone(), value.unwrap_or_default().to_owned()).is_none(), "`{key}` stands twice in <{tag}>");
        }
        elements.push(Element { name: name.to_owned(), attributes: found });
        if name == "code" {
            // What stands in code is a name, not a word.
            rest = &rest[rest.find("</code>").unwrap()..];
        }
    }
    (elements, texts)
}

fn each_page(check: impl Fn(&Shown, &[Element], &[String])) {
    for page in shown() {
        let (elements, texts) = scan(&page.html);
        assert!(elements.len() > 20, "{} is empty", page.name);
        check(&page, &elements, &texts);
    }
}

#[test]
fn ids_are_unique_and_every_reference_leads_to_one() {
    each_page(|page, elements, _| {
        let all: Vec<&str> = elements.iter().filter_map(|element| element.get("id")).collect();
        let ids: BTreeSet<&str> = all.iter().copied().collect();
        for id in &ids {
            assert_eq!(all.iter().filter(|other| *other == id).count(), 1, "{}: id `{id}` stands twice", page.name);
        }
        for element in elements {
            for reference in ["for", "aria-describedby", "aria-labelledby", "popovertarget"] {
                for id in element.get(reference).unwrap_or_default().split_whitespace() {
                    assert!(ids.contains(id), "{}: {reference}=\"{id}\" of <{}> leads nowhere", page.name, element.name);
                }
            }
            if let Some(id) = element.get("href").and_then(|href| href.strip_prefix('#')) {
                assert!(ids.contains(id), "{}: #{id} leads nowhere", page.name);
            }
        }
    });
}

#[test]
fn every_control_has_a_name() {
    each_page(|page, elements, _| {
        let labelled: BTreeSet<&str> =
            elements.iter().filter(|element| element.name == "label").filter_map(|label| label.get("for")).collect();
        let mut controls = 0;
        for element in elements.iter().filter(|element| matches!(element.name.as_str(), "input" | "select" | "textarea")) {
            if element.get("type") == Some("hidden") {
                continue;
            }
            controls += 1;
            let named =
                element.get("aria-label").is_some_and(|name| !name.is_empty()) || element.get("id").is_some_and(|id| labelled.contains(id));
            assert!(named, "{}: a control `{:?}` has no label", page.name, element.get("name"));
        }
        if matches!(page.name, "form" | "login" | "usage") {
            assert!(controls > 1, "{} shows no controls", page.name);
        }
    });
}

#[test]
fn a_field_with_an_error_says_so() {
    each_page(|page, elements, _| {
        if page.name != "form" {
            return;
        }
        let name = elements.iter().find(|element| element.get("id") == Some("f-rec-name")).unwrap();
        assert_eq!(name.get("aria-invalid"), Some("true"));
        assert_eq!(name.get("aria-describedby"), Some("f-rec-name-error f-rec-name-hint"));
        let length = elements.iter().find(|element| element.get("id") == Some("f-rec-length")).unwrap();
        assert_eq!((length.get("aria-invalid"), length.get("aria-describedby")), (None, None));
        assert!(
            elements.iter().any(|element| element.get("role") == Some("alert") && element.get("class").unwrap().contains("form-errors"))
        );
        assert!(elements.iter().any(|element| element.name == "a" && element.get("href") == Some("#f-rec-formats")));
    });
}

#[test]
fn nothing_needs_what_the_content_security_policy_forbids() {
    each_page(|page, elements, _| {
        for element in elements {
            assert!(element.name != "script" && element.name != "style", "{}: <{}>", page.name, element.name);
            for attribute in element.attributes.keys() {
                assert!(attribute != "style" && !attribute.starts_with("on"), "{}: `{attribute}` on <{}>", page.name, element.name);
            }
        }
    });
}

#[test]
fn what_is_typed_never_becomes_markup() {
    each_page(|page, elements, _| assert!(!elements.iter().any(|element| element.name == "b"), "{}: a value became an element", page.name));
}

#[test]
fn no_control_is_dead_and_every_lock_says_why() {
    each_page(|page, elements, _| {
        for element in elements {
            assert!(element.get("disabled").is_none(), "{}: <{}> is disabled", page.name, element.name);
            if element.get("class").is_some_and(|class| class.contains("locked-control")) {
                assert_eq!(element.get("aria-disabled"), Some("true"));
                assert!(element.get("aria-describedby").is_some());
            }
        }
        if page.name == "states" {
            let locks = |class: &str| elements.iter().filter(|element| element.get("class").is_some_and(|own| own.contains(class))).count();
            assert_eq!((locks("locked-permission"), locks("locked-state")), (1, 1));
        }
    });
}

#[test]
fn every_table_has_a_body_and_a_name() {
    each_page(|page, elements, _| {
        let count = |name: &str| elements.iter().filter(|element| element.name == name).count();
        assert_eq!(count("table"), count("tbody"), "{}", page.name);
        for heading in elements.iter().filter(|element| element.name == "th") {
            assert!(heading.get("scope").is_some(), "{}: a heading without a scope", page.name);
        }
    });
}

#[test]
fn a_page_has_one_title_and_one_main_part() {
    each_page(|page, elements, _| {
        let count = |name: &str| elements.iter().filter(|element| element.name == name).count();
        assert_eq!(count("main"), 1, "{}", page.name);
        // The page with two explain cards shows more than a real page ever does.
        assert_eq!(count("h1"), if page.name == "refused" { 3 } else { 1 }, "{}", page.name);
    });
}

/// Names that are the same in both languages.
const NAMES: [&str; 25] = [
    "TRTC", "UIN", "SDKAppID", "CSV", "UTC", "CDN", "HLS", "MP", "FLV", "AAC", "English", "ops", "ana", "root", "acme", "example", "https",
    "rec", "hook", "v", "k", "ID", "O", "R", "Esc",
];

#[test]
fn a_chinese_page_has_no_english_words() {
    each_page(|page, elements, texts| {
        if page.lang != Lang::Zh {
            return;
        }
        let spoken = elements.iter().flat_map(|element| {
            ["aria-label", "title", "placeholder"]
                .into_iter()
                .filter_map(|name| element.get(name))
                .map(ToOwned::to_owned)
                .collect::<Vec<_>>()
        });
        for text in texts.iter().cloned().chain(spoken) {
            for word in text.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty()) {
                let known =
                    NAMES.contains(&word) || text.starts_with("Switch to English") || text.starts_with('&') || text.contains("textarea");
                assert!(known, "{}: `{word}` in `{text}`", page.name);
            }
        }
        assert!(texts.iter().any(|text| text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))));
    });
}

#[test]
fn a_chart_has_its_table_and_a_name_for_each_bar() {
    each_page(|page, elements, texts| {
        if page.name != "usage" {
            return;
        }
        let bars: Vec<&Element> = elements.iter().filter(|element| element.get("class") == Some("bar")).collect();
        assert_eq!(bars.len(), 60, "thirty days, in a wide and a narrow drawing");
        assert_eq!(bars.iter().filter(|bar| bar.get("tabindex") == Some("0")).count(), 2, "one stop for the Tab key in each drawing");
        let label = |day: usize| bars[day - 1].get("aria-label").unwrap();
        let (total, none) = page.lang.pick(("Total 12,", "No data"), ("合计 12,", "无数据"));
        assert!(label(1).contains(page.lang.pick("Video 8,919", "视频 8,919")) && label(1).contains(total), "{}", label(1));
        assert_eq!(label(13), format!("2026-11-13: {none}"), "a day without data is not a day with zero");
        assert!(texts.iter().any(|text| text == page.lang.pick("Show as a table", "以表格显示")));
    });
}

#[test]
fn every_component_has_its_style_and_every_style_is_loaded() {
    let style = root().join("style");
    let main = std::fs::read_to_string(style.join("main.css")).unwrap();
    assert!(main.contains("@layer reset, tokens, base, components, pages, utilities;"));
    for folder in ["components", "charts", "pages"] {
        for entry in std::fs::read_dir(style.join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(main.contains(&format!("./{folder}/{name}")), "main.css does not load {folder}/{name}");
            let rust = root().join("src/ui").join(folder).join(name.replace(".css", ".rs"));
            let known = folder == "pages" || rust.exists() || name == "icons.css";
            assert!(known, "{folder}/{name} belongs to no component");
        }
    }
}
