//! The file as it was handed in: every mistake with its place, and nothing guessed.

use super::{FORMAT, document};
use crate::cam::{Json, Node, Policy, Severity, line_column, read_json};
use crate::catalog::preset::presets;
use crate::domain::accounts::{check_name as check_login_name, check_remark};
use crate::domain::ids::{GroupId, Uin};
use crate::domain::policies::{check_description, check_name};
use crate::domain::policy_check;
use crate::text::Text;
use std::collections::{HashMap, HashSet};
use std::str::FromStr;

/// Size of a file: what the most and longest policies of a root account come to.
pub const MAX_FILE_BYTES: usize = 128 << 20;
/// Values nested deeper than this are refused.
const MAX_DEPTH: usize = 32;
/// Findings told of one file.
const MAX_FINDINGS: usize = 200;

/// Something about a file, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// Errors refuse the file.
    pub severity: Severity,
    /// A sentence in English.
    pub message: String,
}

/// A name somewhere in the file.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Where it stands, in bytes.
    pub at: usize,
}

/// A policy of the file.
#[derive(Clone, Debug)]
pub struct PolicyEntry {
    /// Its name.
    pub name: Named,
    /// Its description, if the file says one.
    pub description: Option<String>,
    /// Its text, byte for byte.
    pub document: String,
    /// What deciding by it costs.
    pub patterns: i64,
}

/// A user group of the file.
#[derive(Clone, Debug)]
pub struct GroupEntry {
    /// Its name.
    pub name: Named,
    /// Its number where the file was made.
    pub id: Option<GroupId>,
    /// Its remarks, if the file says them.
    pub remark: Option<String>,
    /// Its members, if the file names them.
    pub users: Option<Vec<Named>>,
    /// What is attached to it, if the file says so.
    pub policies: Option<Vec<Named>>,
}

/// A sub-account of the file.
#[derive(Clone, Debug)]
pub struct UserEntry {
    /// Its login name.
    pub name: Named,
    /// Its number where the file was made.
    pub uin: Option<Uin>,
    /// What is attached to it directly, if the file says so.
    pub policies: Option<Vec<Named>>,
}

/// A file without mistakes of its own. What it has no section for is `None`, and none of its business.
#[derive(Clone, Debug)]
pub struct RightsFile<'t> {
    text: &'t str,
    /// The root account it was made of.
    pub owner: Option<Uin>,
    /// Custom policies.
    pub policies: Option<Vec<PolicyEntry>>,
    /// User groups.
    pub groups: Option<Vec<GroupEntry>>,
    /// Sub-accounts.
    pub users: Option<Vec<UserEntry>>,
    /// What is legal in its policies and hardly meant.
    pub warnings: Vec<Finding>,
}

impl RightsFile<'_> {
    /// An error about what stands at a place.
    pub(super) fn error(&self, at: usize, message: String) -> Finding {
        finding(self.text, at, message)
    }
}

fn finding(text: &str, at: usize, message: String) -> Finding {
    let (line, column) = line_column(text, at);
    Finding { line, column, severity: Severity::Error, message }
}

/// Reads a file.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn read(text: &str) -> Result<RightsFile<'_>, Vec<Finding>> {
    if text.len() > MAX_FILE_BYTES {
        return Err(vec![finding(text, 0, format!("The file is larger than {} MiB.", MAX_FILE_BYTES >> 20))]);
    }
    if text.trim().is_empty() {
        return Err(vec![finding(text, 0, "The file is empty.".to_owned())]);
    }
    let (node, mistakes) = read_json(MAX_DEPTH, text);
    if !mistakes.is_empty() {
        let told = |found: &crate::cam::Diagnostic| {
            let help = found.help.as_ref().map(|help| format!(" {}", help.en)).unwrap_or_default();
            finding(text, found.span.start, format!("{}{help}", found.message.en))
        };
        return Err(mistakes.iter().map(told).collect());
    }
    let mut reader = Reader { text, findings: Vec::new() };
    let file = reader.file(&node);
    let (errors, warnings): (Vec<_>, Vec<_>) = reader.findings.into_iter().partition(|found| found.severity == Severity::Error);
    match file {
        Some(file) if errors.is_empty() => Ok(RightsFile { warnings, ..file }),
        _ => Err(errors),
    }
}

struct Reader<'t> {
    text: &'t str,
    findings: Vec<Finding>,
}

type Members<'n> = HashMap<&'n str, &'n Node>;

impl<'t> Reader<'t> {
    fn error(&mut self, at: usize, message: impl Into<String>) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding(self.text, at, message.into()));
        }
    }

    fn file(&mut self, node: &Node) -> Option<RightsFile<'t>> {
        let members = self.members(node, "The file", &["format", "owner", "policies", "groups", "users"])?;
        match members.get("format") {
            None => self.error(node.span.start, format!("The file does not say its format; it must begin with \"format\": \"{FORMAT}\".")),
            Some(format) => {
                if let Some(other) = self.string(format, "`format`").filter(|format| format != FORMAT) {
                    self.error(format.span.start, format!("The format \"{other}\" is not known to this version, only \"{FORMAT}\"."));
                    // Whatever else is found may only be another format's way.
                    return None;
                }
            }
        }
        let owner = members.get("owner").and_then(|node| self.number(node, "`owner`"));
        let policies = members.get("policies").and_then(|node| self.entries(node, "policies", |reader, node| reader.policy(node, owner)));
        let groups = members.get("groups").and_then(|node| self.entries(node, "groups", Self::group));
        let users = members.get("users").and_then(|node| self.entries(node, "users", Self::user));
        self.once("policy", policies.iter().flatten().map(|entry| &entry.name));
        self.once("group", groups.iter().flatten().map(|entry| &entry.name));
        self.once("user", users.iter().flatten().map(|entry| &entry.name));
        Some(RightsFile { text: self.text, owner, policies, groups, users, warnings: Vec::new() })
    }

    fn policy(&mut self, node: &Node, owner: Option<Uin>) -> Option<PolicyEntry> {
        let members = self.members(node, "A policy", &["name", "description", "document"])?;
        let name = self.name(node, &members, "A policy", check_name);
        if let Some(name) = &name
            && presets().iter().any(|preset| preset.name.eq_ignore_ascii_case(&name.name))
        {
            self.error(name.at, format!("{} is a preset policy, which cannot be changed.", name.name));
        }
        let description = members.get("description").and_then(|node| self.words(node, "`description`", check_description));
        let Some(document) = members.get("document") else {
            self.error(node.span.start, "A policy needs a `document`.");
            return None;
        };
        let (document, patterns) = self.document(document, owner)?;
        Some(PolicyEntry { name: name?, description, document, patterns })
    }

    /// The text of a policy without errors, and what it costs.
    fn document(&mut self, node: &Node, owner: Option<Uin>) -> Option<(String, i64)> {
        let start = node.span.start;
        let before = self.text.get(..start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let indent = line.bytes().take_while(|byte| *byte == b' ').count();
        let (document, places) = match &node.json {
            Json::Object(_) => (document::taken_out(node.span.of(self.text), indent), None),
            Json::String(text) => (text.clone(), Some(vec![start])),
            Json::Array(lines) => {
                let texts: Option<Vec<String>> = lines.iter().map(|line| self.string(line, "A line of a document")).collect();
                (texts?.join("\n"), Some(lines.iter().map(|line| line.span.start).collect::<Vec<_>>()))
            }
            other => {
                self.error(start, format!("A document is an object, or a list of its lines, not {}.", other.kind().en));
                return None;
            }
        };
        let (policy, checked) = policy_check::read(&document, owner, None);
        for found in checked.findings.iter().filter(|found| found.diagnostic.severity != Severity::Suggestion) {
            let help = found.diagnostic.help.as_ref().map(|help| format!(" {}", help.en)).unwrap_or_default();
            let message = format!("[{}] {}{help}", found.diagnostic.code, found.diagnostic.message.en);
            let (line, column) = match &places {
                // Between quotes the columns are those of the string; a text in one string has but the place of the string.
                Some(places) => {
                    let (line, column) = line_column(self.text, places.get(found.line - 1).copied().unwrap_or(start));
                    (line, column + if places.len() > 1 { found.column } else { 0 })
                }
                None => {
                    let (line, column) = line_column(self.text, start);
                    (line + found.line - 1, if found.line == 1 { column + found.column - 1 } else { indent + found.column })
                }
            };
            if self.findings.len() < MAX_FINDINGS {
                self.findings.push(Finding { line, column, severity: found.diagnostic.severity, message });
            }
        }
        let policy = policy.filter(|_| !checked.has_errors())?;
        Some((document, i64::try_from(Policy::patterns(&policy)).unwrap_or(i64::MAX)))
    }

    fn group(&mut self, node: &Node) -> Option<GroupEntry> {
        let members = self.members(node, "A group", &["name", "id", "remark", "users", "policies"])?;
        let name = self.name(node, &members, "A group", check_login_name);
        let id = members.get("id").and_then(|node| self.number(node, "`id`"));
        let remark = members.get("remark").and_then(|node| self.words(node, "`remark`", check_remark));
        let users = members.get("users").and_then(|node| self.names(node, "users"));
        let policies = members.get("policies").and_then(|node| self.names(node, "policies"));
        Some(GroupEntry { name: name?, id, remark, users, policies })
    }

    fn user(&mut self, node: &Node) -> Option<UserEntry> {
        let members = self.members(node, "A user", &["name", "uin", "policies"])?;
        let name = self.name(node, &members, "A user", check_login_name);
        let uin = members.get("uin").and_then(|node| self.number(node, "`uin`"));
        let policies = members.get("policies").and_then(|node| self.names(node, "policies"));
        Some(UserEntry { name: name?, uin, policies })
    }

    /// The members of an object; what is not known is refused, for it may be a right that would be left out.
    fn members<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Option<Members<'n>> {
        let Json::Object(members) = &node.json else {
            self.error(node.span.start, format!("{what} must be an object, not {}.", node.json.kind().en));
            return None;
        };
        let mut found = Members::new();
        for member in members {
            let (key, at) = (member.key.value.as_str(), member.key.span.start);
            if !known.contains(&key) {
                self.error(at, format!("`{key}` is not known to this version here; it knows `{}`.", known.join("`, `")));
            } else if found.insert(key, &member.value).is_some() {
                self.error(at, format!("`{key}` stands here twice."));
            }
        }
        Some(found)
    }

    fn entries<T>(&mut self, node: &Node, what: &str, one: impl Fn(&mut Self, &Node) -> Option<T>) -> Option<Vec<T>> {
        let Json::Array(nodes) = &node.json else {
            self.error(node.span.start, format!("`{what}` must be a list, not {}.", node.json.kind().en));
            return None;
        };
        Some(nodes.iter().filter_map(|node| one(self, node)).collect())
    }

    fn names(&mut self, node: &Node, what: &str) -> Option<Vec<Named>> {
        let named = |reader: &mut Self, node: &Node| Some(Named { name: reader.string(node, "A name")?, at: node.span.start });
        let names = self.entries(node, what, named)?;
        self.once("name", names.iter());
        Some(names)
    }

    fn name(&mut self, entry: &Node, members: &Members<'_>, what: &str, check: fn(&str) -> Result<(), Text>) -> Option<Named> {
        let Some(node) = members.get("name") else {
            self.error(entry.span.start, format!("{what} needs a `name`."));
            return None;
        };
        Some(Named { name: self.words(node, "`name`", check)?, at: node.span.start })
    }

    fn words(&mut self, node: &Node, what: &str, check: fn(&str) -> Result<(), Text>) -> Option<String> {
        let text = self.string(node, what)?;
        match check(&text) {
            Ok(()) => Some(text),
            Err(wrong) => {
                self.error(node.span.start, format!("{what}: {}", wrong.en));
                None
            }
        }
    }

    fn number<I: FromStr>(&mut self, node: &Node, what: &str) -> Option<I> {
        let text = self.string(node, what)?;
        // Longer than any number that policies may have for another reason: it may be replaced in them.
        let is_number = (9..=18).contains(&text.len()) && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| is_number);
        if number.is_none() {
            self.error(node.span.start, format!("{what} must be a number in quotes, such as \"100000000001\"."));
        }
        number
    }

    fn string(&mut self, node: &Node, what: &str) -> Option<String> {
        match &node.json {
            Json::String(text) => Some(text.clone()),
            other => {
                self.error(node.span.start, format!("{what} must be a string, not {}.", other.kind().en));
                None
            }
        }
    }

    /// Names are the same without regard to case.
    fn once<'n>(&mut self, what: &str, names: impl Iterator<Item = &'n Named>) {
        let mut seen = HashSet::new();
        for name in names {
            if !seen.insert(name.name.to_lowercase()) {
                self.error(name.at, format!("The {what} {} stands in the list twice.", name.name));
            }
        }
    }
}
