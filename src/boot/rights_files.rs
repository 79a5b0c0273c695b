//! `trtc-console cam export` and `cam import`: the rights of a root account as one file that people review.
//!
//! They need the database and nothing else, and work beside a running server. What is printed holds names, policies and numbers, no secret.

use crate::cam::Severity;
use crate::command::Format;
use crate::domain::ids::{SdkAppId, Uin};
use crate::domain::impact::{Impact, Person, Screen, ScreenChange};
use crate::domain::rights_file::{self, Change, Finding, MAX_FILE_BYTES, Options, Plan};
use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::gate::password::{Cost, Passwords, generate};
use crate::server::services::rights_files::{self as files, Refused, group_name, holder_name, name_of};
use crate::server::store::Store;
use clap::Args;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// What is written.
// The command itself is a group of that name already.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub struct Export {
    /// UIN or e-mail address of the root account; needed where there are several
    #[arg(long)]
    pub account: Option<String>,
    /// Write to this file; without it to standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What is taken in, and how.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Import {
    /// The file; `-` reads standard input
    pub file: PathBuf,
    /// UIN or e-mail address of the root account; needed where there are several
    #[arg(long)]
    pub account: Option<String>,
    /// Change nothing; print what would change, and what people would gain and lose by it
    #[arg(long)]
    pub dry_run: bool,
    /// Delete policies and user groups that the file does not name, and end memberships and attachments that it does not name
    #[arg(long)]
    pub prune: bool,
    /// Create sub-accounts that are not there; they need `account reset-password` before they can log in
    #[arg(long)]
    pub create_users: bool,
    /// In policies, replace the numbers of the file's accounts and user groups by those that have the same names here
    #[arg(long)]
    pub renumber: bool,
    /// With --dry-run, exit with 3 when something would change
    #[arg(long, requires = "dry_run")]
    pub exit_code: bool,
    /// How to print what changes
    #[arg(long, default_value = "text")]
    pub format: Format,
}

/// What a command says and how it ends.
#[derive(Debug, Default)]
pub struct Said {
    /// To standard output.
    pub out: String,
    /// To standard error.
    pub beside: String,
    /// The exit code.
    pub code: u8,
}

/// The file is refused.
const REFUSED: u8 = 1;
/// Something would change.
const DIFFERS: u8 = 3;

/// `trtc-console cam export`.
///
/// # Errors
/// A sentence, when the database cannot be read or the file not be written.
pub async fn export(config: &Config, export: &Export) -> Result<Said, String> {
    let store = Store::open_beside(config.database_url.reveal()).await?;
    let written = async {
        let owner = root_account(&store, export.account.as_deref()).await?;
        let file = files::export(&store, owner).await.map_err(|error| error.to_string())?;
        file.ok_or_else(|| format!("there is no root account {owner}"))
    };
    let written = written.await;
    store.close().await;
    let file = written?;
    match &export.output {
        None => Ok(Said { out: file, ..Said::default() }),
        Some(path) => match std::fs::write(path, file) {
            Ok(()) => Ok(Said::default()),
            Err(error) => Err(format!("{}: cannot be written: {error}", path.display())),
        },
    }
}

/// `trtc-console cam import`.
///
/// # Errors
/// A sentence, when the file or the database cannot be read or written. A file that is refused is none: it is said with code 1.
pub async fn import(config: &Config, clock: &Clock, cost: Cost, import: &Import) -> Result<Said, String> {
    let text = match read(&import.file)? {
        Ok(text) => text,
        Err(finding) => return Ok(refused(import, &[finding])),
    };
    let file = match rights_file::read(&text) {
        Ok(file) => file,
        Err(findings) => return Ok(refused(import, &findings)),
    };
    let options = Options { prune: import.prune, create_users: import.create_users, renumber: import.renumber };
    let store = Store::open_beside(config.database_url.reveal()).await?;
    let done = async {
        let owner = root_account(&store, import.account.as_deref()).await.map_err(Refused::Other)?;
        if import.dry_run {
            return files::foresee(&store, owner, &file, options, clock.now_ms()).await.map(|(plan, impact)| (plan, Some(impact)));
        }
        // Of a password that nobody sees, so that nobody can log in before the operator gives another one.
        let hash = Passwords::new(cost).hash(&generate()).await;
        let hash =
            hash.ok().filter(|hash| !hash.is_empty()).ok_or_else(|| Refused::Other("the password could not be hashed".to_owned()))?;
        files::import(&store, owner, &file, options, &hash, clock.now_ms()).await.map(|plan| (plan, None))
    };
    let done = done.await;
    store.close().await;
    match done {
        Ok((plan, impact)) => {
            let code = if import.exit_code && !plan.changes.is_empty() { DIFFERS } else { 0 };
            let (out, beside) = match import.format {
                Format::Text => (in_words(&plan, impact.as_ref()), lines(&import.file, &file.warnings)),
                Format::Json => (as_json(&plan, impact.as_ref(), &file.warnings), String::new()),
            };
            Ok(Said { out, beside, code })
        }
        Err(Refused::File(findings)) => Ok(refused(import, &findings)),
        Err(Refused::Store(error)) => Err(error.to_string()),
        Err(Refused::Other(problem)) => Err(problem),
    }
}

/// The text of a file, or that it is none.
fn read(path: &Path) -> Result<Result<String, Finding>, String> {
    let unreadable = |error| format!("{}: cannot be read: {error}", path.display());
    let most = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).map_err(unreadable)?.take(most).read_to_end(&mut bytes)
    };
    read.map_err(unreadable)?;
    Ok(String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
        let (line, column) = crate::cam::line_column(&before, good);
        Finding { line, column, severity: Severity::Error, message: "The file is not UTF-8.".to_owned() }
    }))
}

/// The root account that is meant.
async fn root_account(store: &Store, named: Option<&str>) -> Result<Uin, String> {
    let all = store.every_account().await.map_err(|error| error.to_string())?;
    let roots: Vec<_> = all.iter().filter(|account| account.is_root).collect();
    let key = named.map(|name| name.trim().to_lowercase());
    let fits = |name: &str, uin: Uin| key.as_ref().is_none_or(|key| *key == uin.to_string() || *key == name.to_lowercase());
    let found: Vec<_> = roots.iter().filter(|account| fits(&account.name, account.uin)).collect();
    match (found.as_slice(), named) {
        ([one], _) => Ok(one.uin),
        (_, Some(name)) => Err(format!("there is no root account {name}; `account list` shows all accounts")),
        ([], None) => Err("no root account has been created".to_owned()),
        (_, None) => Err("there are several root accounts; choose one with --account".to_owned()),
    }
}

fn refused(import: &Import, findings: &[Finding]) -> Said {
    match import.format {
        Format::Text => Said { beside: lines(&import.file, findings), code: REFUSED, ..Said::default() },
        Format::Json => {
            let out = format!("{:#}\n", json!({ "refused": true, "findings": listed(findings) }));
            Said { out, code: REFUSED, ..Said::default() }
        }
    }
}

fn lines(path: &Path, findings: &[Finding]) -> String {
    let line =
        |found: &Finding| format!("{}:{}:{}: {}: {}\n", path.display(), found.line, found.column, found.severity.as_str(), found.message);
    findings.iter().map(line).collect()
}

fn listed(findings: &[Finding]) -> Value {
    let one = |found: &Finding| json!({ "severity": found.severity, "line": found.line, "column": found.column, "message": found.message });
    findings.iter().map(one).collect()
}

/// A step: what it is called in JSON, a sentence, and the names in it.
fn step(plan: &Plan, change: &Change) -> (&'static str, String, [(&'static str, Option<String>); 3]) {
    let (before, after) = (&plan.before, &plan.after);
    let policy = |id| ("policy", name_of(after, id).or_else(|| name_of(before, id)));
    let group = |id| ("group", group_name(after, id).or_else(|| group_name(before, id)));
    let user = |uin| ("user", after.users.get(&uin).cloned());
    let holder = |to| {
        let key = if matches!(to, crate::domain::holdings::AttachedTo::User(_)) { "user" } else { "group" };
        (key, holder_name(after, to).or_else(|| holder_name(before, to)))
    };
    let none = ("", None);
    let (name, words, things) = match change {
        Change::CreateUser(uin) => ("create_user", "create user {}", [user(*uin), none.clone(), none]),
        Change::CreatePolicy(id) => ("create_policy", "create policy {}", [policy(*id), none.clone(), none]),
        Change::DescribePolicy(id) => ("describe_policy", "describe policy {}", [policy(*id), none.clone(), none]),
        Change::SavePolicy(id) => {
            let version = after.policies.get(id).map(|policy| format!("v{}", policy.default_version));
            ("save_policy", "save policy {} as {}, which becomes its default version", [policy(*id), ("version", version), none])
        }
        Change::CreateGroup(id) => ("create_group", "create user group {}", [group(*id), none.clone(), none]),
        Change::DescribeGroup(id) => ("describe_group", "describe user group {}", [group(*id), none.clone(), none]),
        Change::Join(id, uin) => ("join", "add user {} to user group {}", [user(*uin), group(*id), none]),
        Change::Leave(id, uin) => ("leave", "remove user {} from user group {}", [user(*uin), group(*id), none]),
        Change::Attach(id, to) => ("attach", "attach policy {} to {}", [policy(*id), holder(*to), none]),
        Change::Detach(id, to) => ("detach", "detach policy {} from {}", [policy(*id), holder(*to), none]),
        Change::DeletePolicy(id) => ("delete_policy", "delete policy {}", [policy(*id), none.clone(), none]),
        Change::DeleteGroup(id) => ("delete_group", "delete user group {}", [group(*id), none.clone(), none]),
    };
    let sentence = things.iter().fold(words.to_owned(), |words, (_, thing)| words.replacen("{}", thing.as_deref().unwrap_or_default(), 1));
    (name, sentence, things)
}

fn in_words(plan: &Plan, impact: Option<&Impact>) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    for change in &plan.changes {
        let _ = writeln!(out, "{}", step(plan, change).1);
    }
    if plan.changes.is_empty() {
        out.push_str("Everything is as the file says; nothing changes.\n");
        return out;
    }
    let Some(impact) = impact else {
        let _ = writeln!(out, "Changed: {}. It counts from the next request on.", plan.changes.len());
        return out;
    };
    let _ = writeln!(out, "\nPeople who gain or lose pages or controls: {} of {}", impact.changed, impact.reached);
    for Person { name, changes, .. } in &impact.people {
        let _ = writeln!(out, "  {name}");
        for change in changes {
            let _ = writeln!(out, "    {} {}", if change.gained { "+" } else { "-" }, screen(impact, change));
        }
    }
    let untold = impact.changed - impact.people.len();
    if untold > 0 {
        let _ = writeln!(out, "  and {untold} more");
    }
    out.push_str("\nThis was a dry run: nothing was changed.\n");
    out
}

/// `usage (Usage statistics): on every application, under other conditions`.
fn screen(impact: &Impact, change: &ScreenChange) -> String {
    let name = Screen::find(&change.screen).map_or_else(String::new, |screen| match screen.name.en == screen.page.title.en {
        true => screen.name.en.to_string(),
        false => format!("{}: {}", screen.page.title.en, screen.name.en),
    });
    let named =
        |id: &SdkAppId| impact.apps.iter().find(|(app, _)| app == id).map_or_else(|| id.to_string(), |(id, name)| format!("{name} ({id})"));
    let mut place: Vec<String> = if change.everywhere {
        vec!["on every application".to_owned()]
    } else {
        change.apps.iter().map(named).chain((change.more > 0).then(|| format!("{} more", change.more))).collect()
    };
    if change.elsewhere {
        place.push("only under certain conditions".to_owned());
    }
    let place = if place.is_empty() { String::new() } else { format!(" [{}]", place.join(", ")) };
    format!("{name}{place}")
}

fn as_json(plan: &Plan, impact: Option<&Impact>, warnings: &[Finding]) -> String {
    let changes: Vec<Value> = plan
        .changes
        .iter()
        .map(|change| {
            let (name, _, things) = step(plan, change);
            let things = things.into_iter().filter_map(|(key, thing)| Some((key.to_owned(), Value::from(thing?))));
            let all = std::iter::once(("change".to_owned(), Value::from(name))).chain(things);
            Value::Object(all.collect::<Map<_, _>>())
        })
        .collect();
    let done = impact.is_none() && !plan.changes.is_empty();
    format!("{:#}\n", json!({ "refused": false, "changed": done, "changes": changes, "impact": impact, "findings": listed(warnings) }))
}
