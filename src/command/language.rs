//! `trtc-console cam language`: the reference of the policy language, with examples.

use super::{Format, print, print_json};
use crate::cam::reference::{Asked, Entry, Section, entries};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::process::ExitCode;

/// Prints all of it, or what has a word in its name or meaning.
pub fn language(word: Option<&str>, format: Format) -> ExitCode {
    let needle = word.unwrap_or_default().to_lowercase();
    let mentions = |entry: &Entry| format!("{} {}", entry.name, entry.about.en).to_lowercase().contains(&needle);
    let found: Vec<Entry> = entries().into_iter().filter(mentions).collect();
    match format {
        Format::Text => print(&in_words(&found)),
        Format::Json => print_json(&found.iter().map(as_json).collect()),
    }
    if found.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn in_words(found: &[Entry]) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    for section in Section::ALL {
        let of: Vec<&Entry> = found.iter().filter(|entry| entry.section == section).collect();
        if of.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{}\n", section.title().en.to_uppercase());
        for Entry { name, about, kind, present, example, allowed, refused, .. } in of {
            let _ = writeln!(out, "{name}: {}", about.en);
            for (what, text) in [("type", kind), ("present", present)] {
                if let Some(text) = text {
                    let _ = writeln!(out, "  {what}: {}", text.en);
                }
            }
            let indented: String = example.lines().map(|line| format!("    {line}\n")).collect();
            let _ = writeln!(out, "{indented}  allowed:     {}\n  not allowed: {}\n", request(allowed), request(refused));
        }
    }
    out
}

fn request(asked: &Asked) -> String {
    let keys: String = asked.keys.iter().map(|(key, values)| format!(" {key}={}", values.join(","))).collect();
    format!("{} on {}{keys}", asked.action, asked.resource)
}

fn as_json(entry: &Entry) -> Value {
    let asked = |asked: &Asked| {
        let keys: Map<_, _> = asked.keys.iter().map(|(key, values)| ((*key).to_owned(), values.clone().into())).collect();
        json!({ "action": asked.action, "resource": asked.resource, "context": keys })
    };
    json!({
        "section": entry.section.tag(),
        "name": entry.name,
        "about": entry.about.en,
        "type": entry.kind.as_ref().map(|kind| &kind.en),
        "present": entry.present.as_ref().map(|present| &present.en),
        "example": entry.example,
        "allowed": asked(&entry.allowed),
        "not_allowed": asked(&entry.refused),
    })
}
