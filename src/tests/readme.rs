//! The README and the table of dependencies say what is so: settings, defaults, commands, targets, links, policies, crates.
//!
//! Whoever changes one of these finds here which sentence to change with it.

use clap::Args as _;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use trtc_console::domain::policy_check;
use trtc_console::server::config::{Config, Flags, SessionLimits};

fn readme() -> String {
    fs::read_to_string("README.md").unwrap()
}

/// The cells of a line of a table, without the bars.
fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split(" | ").map(str::trim).collect()
}

/// What stands between backticks in a text, or is a line of a block.
fn code(text: &str) -> Vec<&str> {
    text.split("```").enumerate().flat_map(|(at, part)| if at % 2 == 1 { part.lines().skip(1).collect() } else { spans(part) }).collect()
}

fn spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Flags of the server with their environment variables, as the program itself knows them.
pub fn settings() -> Vec<(String, String)> {
    let command = Flags::augment_args(clap::Command::new("serve"));
    let settings: Vec<_> = command
        .get_arguments()
        .map(|one| (one.get_long().unwrap().to_owned(), one.get_env().unwrap().to_string_lossy().into_owned()))
        .collect();
    assert!(settings.len() > 5);
    settings
}

/// Whether the program has a command, `["account", "list"]`.
pub fn is_command(words: &[&str]) -> bool {
    Command::new(env!("CARGO_BIN_EXE_trtc-console")).arg("help").args(words).output().unwrap().status.success()
}

/// Names of settings that a file may have, from what is said about one it may not have.
fn names_in_the_file() -> BTreeSet<String> {
    let error = loaded("no_such_name = 1\n").unwrap_err();
    let known = error.split("expected one of").nth(1).unwrap();
    spans(known).into_iter().map(str::to_owned).collect()
}

fn loaded(toml: &str) -> Result<Config, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("console.toml");
    fs::write(&path, toml).unwrap();
    Config::load(Flags { config: Some(path), ..Flags::default() })
}

#[test]
fn the_table_of_settings_is_that_of_the_program() {
    let readme = readme();
    let mut rows: Vec<(String, String, &str)> = Vec::new();
    for line in readme.lines().filter(|line| line.starts_with("| `--")) {
        let cells = cells(line);
        assert_eq!(cells.len(), 4, "{line}");
        rows.push((cells[0].trim_matches(['`', '-']).to_owned(), cells[1].trim_matches('`').to_owned(), cells[3]));
    }
    let named: BTreeSet<_> = rows.iter().map(|(flag, env, _)| (flag.clone(), env.clone())).collect();
    assert_eq!(named, settings().into_iter().collect::<BTreeSet<_>>());

    let default = Config::load(Flags::default()).unwrap();
    let in_data_dir = |file: &str| format!("`{file}` in the data directory");
    for (flag, _, cell) in rows {
        let is_so = match flag.as_str() {
            "listen" => cell == format!("`{}`", default.listen),
            "data-dir" => cell == format!("`{}`", default.data_dir.display()),
            "database-url" => {
                default.database_url.reveal() == format!("sqlite:{}/console.db?mode=rwc", default.data_dir.display())
                    && cell == in_data_dir("console.db")
            }
            "seal-key" => default.seal_key.is_none() && cell == in_data_dir("seal.key"),
            "seal-key-old" => default.seal_key_old.is_none() && cell == in_data_dir("seal.key.old"),
            "public-url" => default.public_url.is_none() && cell == "none",
            "trusted-proxies" => default.trusted_proxies.is_empty() && cell == "none",
            "site-dir" => cell == format!("`site` beside the program, else `{}`", default.site_dir.display()),
            "event-retention-days" => default.event_retention_days.is_none() && cell == "`0`: forever",
            "migrate" => !default.migrate && cell == "off",
            "log-json" => !default.log_json && cell == "off",
            "config" => cell == "none",
            other => panic!("say here what the default of --{other} is"),
        };
        assert!(is_so, "--{flag} has another default than `{cell}`: {default:?}");
    }
}

#[test]
fn the_settings_of_the_file_alone_are_named_with_their_defaults() {
    let readme = readme();
    let paragraph = readme.split("Only in the file: ").nth(1).unwrap().split("\n\n").next().unwrap();
    let spans = spans(paragraph);
    let (names, values): (Vec<&str>, Vec<&str>) = spans.into_iter().partition(|span| span.starts_with("session_"));
    let flags: BTreeSet<String> = settings().into_iter().map(|(flag, _)| flag.replace('-', "_")).filter(|name| name != "config").collect();
    let known = names_in_the_file();
    assert!(flags.is_subset(&known), "every flag is a setting of the file: {known:?}");
    assert_eq!(known.difference(&flags).cloned().collect::<BTreeSet<_>>(), names.iter().map(|&name| name.to_owned()).collect());
    let toml: String = names.iter().zip(&values).map(|(name, value)| format!("{name} = {value}\n")).collect();
    assert_eq!(loaded(&toml).unwrap().sessions, SessionLimits::default(), "{toml}");
}

#[test]
fn the_file_to_start_from_is_read_with_and_without_what_is_commented_out() {
    let text = fs::read_to_string("deploy/console.toml").unwrap();
    loaded(&text).unwrap();
    let all: String =
        text.lines().map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line).to_owned() + "\n").collect();
    let config = loaded(&all).unwrap();
    assert_eq!(config.sessions, SessionLimits::default());
    assert!(config.is_https() && config.warnings().is_empty(), "{:?}", config.warnings());
    let named: BTreeSet<String> = all.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.to_owned()).collect();
    let missing: Vec<String> = names_in_the_file().difference(&named).cloned().collect();
    assert_eq!(missing, ["seal_key_old", "site_dir"], "what nobody sets at first");
}

#[test]
fn policies_have_no_errors() {
    let readme = readme();
    let policies: Vec<&str> = readme.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!policies.is_empty());
    for policy in policies {
        let checked = policy_check::check(policy, None, None);
        assert!(!checked.has_errors(), "{:?}", checked.findings);
    }
}

#[test]
fn commands_and_targets_are_there() {
    let readme = readme();
    let makefile = fs::read_to_string("Makefile").unwrap();
    let (mut commands, mut targets) = (BTreeSet::new(), BTreeSet::new());
    for code in code(&readme) {
        let code = code.trim().trim_start_matches("./");
        let is_word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') && !word.starts_with('-');
        if let Some(rest) = code.strip_prefix("trtc-console ") {
            commands.insert(rest.split(' ').take_while(is_word).collect::<Vec<_>>());
        } else if let Some(rest) = code.strip_prefix("make ") {
            targets.extend(rest.split(' ').take_while(is_word));
        }
    }
    assert!(commands.len() > 5 && targets.len() > 3, "{commands:?} {targets:?}");
    for words in commands {
        assert!(is_command(&words), "there is no `trtc-console {}`", words.join(" "));
    }
    for target in targets {
        assert!(makefile.contains(&format!("\n{target}: ")), "there is no `make {target}`");
    }
}

/// What the step for pipelines says of a directory with a repository in it, and whether it passes.
fn pipeline(dir: &Path) -> (String, bool) {
    let readme = readme();
    let step = readme.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_trtc-console")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let ended = Command::new("sh").args(["-c", step]).current_dir(dir).env("PATH", path).env("BASE", "HEAD").output().unwrap();
    (String::from_utf8_lossy(&ended.stdout).into_owned(), ended.status.success())
}

#[test]
fn the_step_for_pipelines_checks_tests_and_compares() {
    let dir = tempfile::tempdir().unwrap();
    let policies = dir.path().join("policies");
    fs::create_dir(&policies).unwrap();
    let policy = |action: &str| format!(r#"{{"version":"2.0","statement":{{"effect":"allow","action":"{action}","resource":"*"}}}}"#);
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@acme.example"];
        assert!(Command::new("git").args(identity).args(args).current_dir(dir.path()).output().unwrap().status.success(), "{args:?}");
    };
    fs::write(policies.join("desk.json"), policy("cam:ListUsers")).unwrap();
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "desk"]);
    fs::write(policies.join("desk.json"), policy("cam:List*")).unwrap();
    let (said, passes) = pipeline(dir.path());
    assert!(passes && said.contains("policies/desk.json, compared with HEAD:\n") && said.contains("cam:List*"), "{said}");
    // The case of the README, with a policy in it.
    let case = readme().split("A case is a line such as `").nth(1).unwrap().split('`').next().unwrap().replace('\n', " ");
    let case = |action: &str| case.replace("{…}", &policy(action)) + "\n";
    fs::write(policies.join("desk.jsonl"), case("trtc:*")).unwrap();
    assert!(pipeline(dir.path()).0.ends_with("1 passed, 0 failed\n"), "{}", pipeline(dir.path()).0);
    fs::write(policies.join("desk.jsonl"), case("cam:*")).unwrap();
    assert!(!pipeline(dir.path()).1, "a case that fails");
    fs::remove_file(policies.join("desk.jsonl")).unwrap();
    fs::write(policies.join("wrong.json"), policy("trtc:Nothing")).unwrap();
    assert!(!pipeline(dir.path()).1, "a policy with errors");
}

#[test]
fn links_lead_somewhere() {
    let readme = readme();
    let links: Vec<&str> =
        readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|link| !link.contains("://")).collect();
    assert!(links.len() > 5);
    for link in links {
        assert!(Path::new(link).exists(), "{link}");
    }
    // The map of the code, and files named in passing.
    for path in spans(&readme)
        .into_iter()
        .filter(|span| ["src/", "style/", "migrations/", "end2end/", "deploy/"].iter().any(|top| span.starts_with(top)))
    {
        assert!(Path::new(path).exists(), "{path}");
    }
}

#[test]
fn every_dependency_is_named_with_its_reason() {
    let table = fs::read_to_string("src/dependencies.md").unwrap();
    let mut named: Vec<(&str, &str)> = Vec::new();
    for line in table.lines().filter(|line| line.starts_with("| ")) {
        let cells = cells(line);
        assert!(cells.len() == 3 && cells.iter().all(|cell| !cell.is_empty()), "{line}");
        named.extend(cells[0].split(", ").map(|name| (name, cells[2])));
    }
    named.retain(|(name, _)| !matches!(*name, "crate" | "npm package"));
    let cargo: toml::Table = fs::read_to_string("Cargo.toml").unwrap().parse().unwrap();
    let npm: serde_json::Value = serde_json::from_str(&fs::read_to_string("end2end/package.json").unwrap()).unwrap();
    let mut used: Vec<&str> = ["dependencies", "dev-dependencies"]
        .iter()
        .flat_map(|section| cargo[*section].as_table().unwrap().keys())
        .map(String::as_str)
        .collect();
    used.extend(npm["devDependencies"].as_object().unwrap().keys().map(String::as_str));
    assert!(npm.get("dependencies").is_none());
    used.sort_unstable();
    let mut names: Vec<&str> = named.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(names, used);
}
