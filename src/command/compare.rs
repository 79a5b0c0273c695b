//! `trtc-console cam compare`: what changes when one text of a policy takes the place of another.

use super::{Format, policy, print, print_json};
use crate::cam::{Change, Context, Differences, Owner, compare};
use crate::catalog::vocabulary;
use clap::Args;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Two versions of a policy.
#[derive(Args)]
pub struct Versions {
    /// The old version
    old: PathBuf,
    /// The new version
    new: PathBuf,
    /// UIN of the root account whose policy it is; without it the answer holds for every root account that the policies name and for others
    #[arg(long)]
    owner: Option<i64>,
    /// How to print the differences; statements are numbered from 0 in JSON, from 1 for people
    #[arg(long, default_value = "text")]
    format: Format,
    /// Exit with 1 when the policies differ
    #[arg(long)]
    exit_code: bool,
}

impl Versions {
    /// Prints what the new version grants and takes away.
    pub fn compare(&self) -> Result<ExitCode, String> {
        let (old, new) = (policy(&self.old)?, policy(&self.new)?);
        let found = compare(&old, &new, self.owner.map(|uin| Owner { uin, app_id: None }), vocabulary());
        match self.format {
            Format::Text => print(&in_words(&found)),
            Format::Json => print_json(&as_json(&found)),
        }
        Ok(if self.exit_code && !found.is_equal() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn as_json(found: &Differences) -> Value {
    let list = |changes: &[Change]| changes.iter().map(change_as_json).collect::<Vec<_>>();
    json!({
        "equal": found.is_equal(),
        "complete": found.is_whole,
        "granted": list(&found.granted),
        "revoked": list(&found.revoked),
        "denied": list(&found.denied),
        "released": list(&found.released),
    })
}

fn change_as_json(change: &Change) -> Value {
    let example = &change.example;
    // The engine prints conditions as JSON.
    let condition: Option<Value> = change.condition.as_deref().and_then(|text| serde_json::from_str(text).ok());
    json!({
        "statement": change.statement,
        "action": change.action,
        "resource": change.resource,
        "condition": condition,
        "example": {
            "action": example.action,
            "resource": example.resource,
            "context": keys(&example.context),
            "principal": { "uin": example.principal.uin.to_string(), "owner_uin": example.principal.owner_uin.to_string() },
        },
    })
}

fn keys(context: &Context) -> Value {
    let keys = context.iter().map(|(key, values)| (key.to_owned(), values.collect::<Vec<_>>().into()));
    Value::Object(keys.collect::<Map<_, _>>())
}

fn in_words(found: &Differences) -> String {
    let mut out = String::new();
    let kinds = [
        ("+ allows", &found.granted),
        ("- no longer allows", &found.revoked),
        ("! denies explicitly", &found.denied),
        ("~ no longer denies explicitly", &found.released),
    ];
    // Writing to a string cannot fail.
    for (does, changes) in kinds {
        for change in changes {
            let _ = writeln!(out, "{does} {} on {} (statement {})", change.action, change.resource, change.statement + 1);
            if let Some(condition) = &change.condition {
                let _ = writeln!(out, "    under {condition}");
            }
            let example = &change.example;
            let context = keys(&example.context);
            let with = if context.as_object().is_some_and(Map::is_empty) { String::new() } else { format!(" with {context}") };
            let _ = writeln!(out, "    e.g. {} on {}{with}", example.action, example.resource);
        }
    }
    if found.is_equal() {
        out.push_str("Both policies allow and deny the same requests.\n");
    } else if !found.is_whole {
        out.push_str("The policies could not be compared completely; there may be more differences.\n");
    }
    out
}
