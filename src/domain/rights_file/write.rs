//! An organisation as a file.

use super::document::{self, quoted};
use super::{FORMAT, Organisation};
use crate::catalog::preset;
use crate::domain::holdings::AttachedTo;
use crate::domain::ids::{PolicyId, Uin};
use std::fmt::Write as _;

/// The file. The same organisation always gives the same one, and it ends with a line feed.
#[must_use]
pub fn written(of: &Organisation) -> String {
    let mut out = format!("{{\n  \"format\": {},\n  \"owner\": \"{}\",\n", quoted(FORMAT), of.owner);
    let policies = of.policies.values().map(|policy| {
        let fields = [
            ("name", quoted(&policy.name)),
            ("description", quoted(&policy.description)),
            ("document", document::written(&policy.document)),
        ];
        (policy.name.as_str(), fields.to_vec())
    });
    let groups = of.groups.iter().map(|(id, group)| {
        let members = of.members_of(*id).filter_map(|user: Uin| of.users.get(&user).cloned());
        let fields = [
            ("name", quoted(&group.name)),
            ("id", quoted(&id.to_string())),
            ("remark", quoted(&group.remark)),
            ("users", names(members)),
            ("policies", names(policies_of(of, AttachedTo::Group(*id)))),
        ];
        (group.name.as_str(), fields.to_vec())
    });
    let users = of.users.iter().map(|(uin, name)| {
        let fields =
            [("name", quoted(name)), ("uin", quoted(&uin.to_string())), ("policies", names(policies_of(of, AttachedTo::User(*uin))))];
        (name.as_str(), fields.to_vec())
    });
    section(&mut out, "policies", policies.collect());
    out.push_str(",\n");
    section(&mut out, "groups", groups.collect());
    out.push_str(",\n");
    section(&mut out, "users", users.collect());
    out.push_str("\n}\n");
    out
}

/// A section of entries, each with its name and its fields.
fn section(out: &mut String, name: &str, mut entries: Vec<(&str, Vec<(&str, String)>)>) {
    entries.sort_by_cached_key(|(name, _)| name.to_lowercase());
    let entries: Vec<String> = entries
        .into_iter()
        .map(|(_, fields)| {
            let fields: Vec<String> = fields.into_iter().map(|(key, value)| format!("      \"{key}\": {value}")).collect();
            format!("    {{\n{}\n    }}", fields.join(",\n"))
        })
        .collect();
    // Writing to a string cannot fail.
    let _ = match entries.as_slice() {
        [] => write!(out, "  \"{name}\": []"),
        entries => write!(out, "  \"{name}\": [\n{}\n  ]", entries.join(",\n")),
    };
}

fn policies_of(of: &Organisation, to: AttachedTo) -> impl Iterator<Item = String> {
    of.attached_to(to).filter_map(|policy: PolicyId| match preset::find(policy.0) {
        Some(preset) => Some(preset.name.to_owned()),
        None => of.policies.get(&policy).map(|policy| policy.name.clone()),
    })
}

/// A list of names, a line for each.
fn names(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    names.sort_by_cached_key(|name| name.to_lowercase());
    if names.is_empty() {
        return "[]".to_owned();
    }
    let lines: Vec<String> = names.iter().map(|name| format!("        {}", quoted(name))).collect();
    format!("[\n{}\n      ]", lines.join(",\n"))
}
