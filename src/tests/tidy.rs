//! The habits of the house that a machine can hold: who may import whom, file heads, file lengths, and the few forbidden words.
//!
//! A rule that is not in this file is a wish. A rule here must say in its message what to do.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const MAX_LINES: usize = 500;

/// Module → modules of this crate it may use. The longest prefix of a file's module counts; what is not listed may use nothing.
const MAY_USE: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("calendar", &[]),
    ("cam", &["calendar", "text"]),
    ("catalog", &["cam", "text"]),
    ("domain", &["calendar", "cam", "catalog", "text"]),
    ("server::bus", &[]),
    ("server::clock", &[]),
    ("server::config", &[]),
    ("server::hex", &[]),
    ("server::telemetry", &[]),
    ("server::seal", &["server::clock", "server::hex"]),
    ("server::store", &["domain", "catalog", "text", "server::clock", "server::hex"]),
    (
        "server::gate",
        &[
            "cam",
            "catalog",
            "domain",
            "text",
            "server::store",
            "server::bus",
            "server::clock",
            "server::config",
            "server::hex",
            "server::seal",
        ],
    ),
    (
        "server::services",
        &["cam", "catalog", "domain", "text", "server::gate", "server::store", "server::clock", "server::hex", "server::seal"],
    ),
    ("server::workers", &["catalog", "domain", "text", "server::gate", "server::store", "server::bus", "server::clock"]),
    ("server::entry", &["domain", "server::gate"]),
    // `ui::app` is the page that `http` renders; nothing else of `ui` is its business.
    (
        "server::http",
        &[
            "catalog",
            "domain",
            "text",
            "server::entry",
            "server::gate",
            "server::services",
            "server::workers",
            "server::config",
            "server::clock",
            "server::hex",
            "ui::app",
        ],
    ),
    // `server/mod.rs` alone: each module below it has a row of its own.
    ("server", &[]),
    ("remote", &["cam", "catalog", "domain", "text", "server::entry", "server::gate", "server::services"]),
    ("ui::components", &["domain", "text", "ui::components", "ui::words", "ui::icons", "ui::markup"]),
    ("ui::charts", &["domain", "text", "ui::components", "ui::words", "ui::charts", "ui::icons", "ui::markup"]),
    ("ui::words", &["text"]),
    ("ui::icons", &[]),
    ("ui::markup", &[]),
    ("ui", &["cam", "catalog", "domain", "text", "remote", "ui"]),
    ("command", &["cam", "catalog", "domain", "text"]),
    ("demo", &["boot", "server", "catalog", "domain", "text"]),
    ("boot", &["server", "cam", "catalog", "domain", "text", "command"]),
];

/// Words that have one place, and nothing else may use them.
const ONLY_IN: &[(&str, &[&str], &str)] = &[
    ("SystemTime::now", &["src/server/clock.rs", "src/tests/bench"], "ask the clock"),
    (
        "Instant::now",
        &["src/server/http/facts.rs", "src/tests", "src/server/store", "src/server/workers/rollups.rs", "src/server/bus.rs"],
        "ask the clock; only how long something takes is measured",
    ),
    ("getrandom::", &["src/server/clock.rs"], "take random bytes from server::clock"),
    ("env::var", &["src/server/config.rs", "src/tests"], "read settings in server::config"),
    (
        "axum::",
        &["src/server/http", "src/server/entry.rs", "src/remote", "src/boot.rs", "src/tests"],
        "HTTP is the business of server::http",
    ),
    (
        "leptos",
        &["src/ui", "src/remote", "src/server/http", "src/server/entry.rs", "src/lib.rs", "src/tests"],
        "the server decides without it",
    ),
    (
        "recently_proven",
        &["src/server/gate/decide.rs", "src/server/services/audit.rs", "src/server/services/features.rs", "src/tests/tidy.rs"],
        "declare `Proof::Recent` in catalog/operations.rs",
    ),
    (
        "commit_unrecorded",
        &["src/server/store", "src/server/workers", "src/server/gate", "src/server/services/sealing.rs", "src/tests/tidy.rs"],
        "commit with a record; only what nobody asked for is committed without one",
    ),
    (
        "commit_draft",
        &["src/server/gate/record.rs", "src/server/services/drafts.rs", "src/tests/tidy.rs"],
        "commit with a record; only drafts are kept without one",
    ),
    ("sqlx::", &["src/server/store", "src/server/telemetry.rs", "src/tests/kit.rs", "src/tests/bench"], "all SQL stands in server::store"),
    ("todo!(", &[], "finish it"),
    ("unimplemented!(", &[], "finish it"),
    ("dbg!(", &[], "remove it"),
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(Path::new("src"), &mut found);
    found.sort();
    assert!(found.len() > 40, "the tests run at the top of the project");
    found
}

/// `src/server/store/mod.rs` → `server::store`.
fn module_of(path: &Path) -> String {
    let text = path.with_extension("").to_string_lossy().replace("src/", "");
    text.trim_end_matches("/mod").replace('/', "::")
}

/// Whether `module` is `prefix` or lies below it.
fn within(module: &str, prefix: &str) -> bool {
    module == prefix || module.strip_prefix(prefix).is_some_and(|rest| rest.starts_with("::"))
}

/// A file without its comments and its unit tests.
fn code(text: &str) -> String {
    let text = text.split("\nmod tests {").next().unwrap_or_default();
    text.lines().map(|line| if line.trim_start().starts_with("//") { "\n".to_owned() } else { format!("{line}\n") }).collect()
}

/// The modules of this crate that a file of a module names, `crate::a::{b, c::d}` on one line or on several, and by `super::`; with the line.
/// `own` is what it may name in any case. Unit tests of a file are left out.
fn used(own: &str, module: &str, text: &str) -> Vec<(usize, String)> {
    let text = code(text);
    let mut found = Vec::new();
    for (at, word) in text.match_indices("crate::").chain(text.match_indices("super::")) {
        let before = &text[..at];
        if before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$' || c == ':') {
            continue;
        }
        let mut path = &text[at..];
        let mut prefix = String::new();
        if word == "super::" {
            let mut from = module;
            while let Some(rest) = path.strip_prefix("super::") {
                from = from.rsplit_once("::").map_or("", |(parent, _)| parent);
                path = rest;
            }
            prefix = from.to_owned();
        } else {
            path = &path[word.len()..];
        }
        let number = before.matches('\n').count() + 1;
        tree(&prefix, path, &mut |name| found.push((number, name)));
    }
    found.sort();
    found.retain(|(_, name)| !name.is_empty() && !within(name, own) && !within(own, name));
    found
}

/// Gives the paths of a tree of imports, `a::{b, c::{d, e}}`, and what stands after it. What is renamed is known by its own name.
fn tree<'t>(prefix: &str, text: &'t str, give: &mut impl FnMut(String)) -> &'t str {
    let name = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).next().unwrap_or_default();
    let mut rest = &text[name.len()..];
    let is_group = rest.starts_with('{') && (name.is_empty() || name.ends_with("::"));
    let path = [prefix, name.trim_end_matches(':')].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("::");
    if !is_group {
        give(path.trim_end_matches("::self").to_owned());
        return rest;
    }
    rest = rest[1..].trim_start();
    while !rest.is_empty() && !rest.starts_with('}') {
        let after = tree(&path, rest, give).trim_start();
        rest = match after.find([',', '}']) {
            Some(end) => after[end..].trim_start_matches(',').trim_start(),
            None => "",
        };
    }
    rest.strip_prefix('}').unwrap_or(rest)
}

/// What files of the crate hand on under another name: `pub use change::Change` in `server::store` is `server::store::change::Change`.
fn handed_on(sources: &[(PathBuf, String)]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (path, text) in sources {
        let (module, text) = (module_of(path), code(text));
        let mut rest = text.as_str();
        while let Some(at) = rest.find("pub use ").into_iter().chain(rest.find("pub(super) use ")).chain(rest.find("pub(crate) use ")).min()
        {
            let words = &rest[at..];
            let from = &words[words.find("use ").unwrap() + 4..];
            let (base, from) = match from.strip_prefix("crate::") {
                Some(from) => (String::new(), from),
                None => (module.clone(), from.strip_prefix("self::").unwrap_or(from)),
            };
            rest = tree(&base, from, &mut |name| {
                if let Some((_, last)) = name.rsplit_once("::") {
                    found.insert(format!("{module}::{last}"), name.clone());
                }
            });
        }
    }
    found
}

#[test]
fn imports_point_one_way() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        if module.starts_with("tests") || matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        let (own, allowed) = MAY_USE
            .iter()
            .filter(|(prefix, _)| if *prefix == "server" { module == "server" } else { within(&module, prefix) })
            .max_by_key(|(prefix, _)| prefix.len())
            .unwrap_or_else(|| panic!("{module} has no row in MAY_USE of tests/tidy.rs and in the map of lib.rs"));
        for (line, name) in used(own, &module, &text) {
            if !allowed.iter().any(|allowed| within(&name, allowed)) {
                wrong.push(format!("{}:{line}: {own} may not use {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_import_test_sees_what_it_looks_for() {
    let names = |text: &str| used("server::gate", "server::gate::login", text).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    let text =
        "use crate::server::store::Store;\nuse crate::domain::{ids::Uin, fault};\nfn f() { crate::ui::app::App }\n// crate::remote\n";
    assert_eq!(names(text), ["server::store::Store", "domain::fault", "domain::ids::Uin", "ui::app::App"]);
    assert_eq!(names("#[cfg(test)]\nmod rig;\nuse crate::ui::app;\n#[cfg(test)]\nmod tests {\nuse crate::remote;"), ["ui::app"]);
    assert_eq!(names("use crate::domain::{\n    days::{\n        Day, DAY_MS as MS,\n    },\n    fault::{self, Fault},\n};\n").len(), 4);
    assert_eq!(names("use super::super::http::Web;\nuse super::record::Record;"), ["server::http::Web"]);
    let source = |path: &str, text: &str| (PathBuf::from(path), text.to_owned());
    let sources = [source("src/server/store/mod.rs", "pub use change::Change;\npub use schema::{OpenError,\n Upgrade};")];
    let handed_on = handed_on(&sources);
    let found = neighbours("server::store", "server::store::audit", "use super::{Change, Upgrade, Store};", &handed_on);
    assert!(["change", "schema"].iter().all(|name| found.contains(*name)), "{found:?}");
}

/// What a file names of the room that it lies in, at whatever depth, by `super::` or in full, also where another file hands it on.
fn neighbours(room: &str, module: &str, text: &str, handed_on: &BTreeMap<String, String>) -> BTreeSet<String> {
    let own = used(module, module, text).into_iter().map(|(_, name)| name);
    own.filter_map(|name| member(room, handed_on.get(&name).unwrap_or(&name))).collect()
}

/// The file or folder of a room that a module lies in: `login` of `server::gate` for `server::gate::login::Login`.
fn member(room: &str, module: &str) -> Option<String> {
    Some(module.strip_prefix(room)?.strip_prefix("::")?.split("::").next()?.to_owned())
}

/// What is left when every file goes that needs nothing that is left.
fn circle(mut needs: BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    loop {
        let there: BTreeSet<String> = needs.keys().cloned().collect();
        needs.retain(|_, needed| !needed.is_disjoint(&there));
        if needs.len() == there.len() {
            return there.into_iter().collect();
        }
    }
}

#[test]
fn files_of_a_module_need_each_other_in_no_circle() {
    let sources = sources();
    let modules: Vec<(String, &str)> = sources.iter().map(|(path, text)| (module_of(path), text.as_str())).collect();
    let handed_on = handed_on(&sources);
    let rooms: BTreeSet<&str> = modules.iter().filter_map(|(module, _)| Some(module.rsplit_once("::")?.0)).collect();
    assert!(["cam", "catalog", "server::gate", "ui::pages::users"].iter().all(|room| rooms.contains(room)), "{rooms:?}");
    // Tests of the same binary stand beside each other, not one on the other.
    for room in rooms.into_iter().filter(|room| !within(room, "tests")) {
        let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (module, text) in &modules {
            if let Some(own) = member(room, module) {
                let mut others = neighbours(room, module, text, &handed_on);
                others.remove(&own);
                needs.entry(own).or_default().extend(others);
            }
        }
        assert_eq!(circle(needs), Vec::<String>::new(), "files of {room} that need each other");
    }
    let one = |name: &str, needs: &[&str]| (name.to_owned(), needs.iter().map(ToString::to_string).collect());
    let found = circle([one("a", &["b"]), one("b", &["c"]), one("c", &["b"]), one("d", &["a", "std"])].into());
    assert_eq!(found, ["a", "b", "c", "d"], "a circle and what needs it");
    assert_eq!(circle([one("a", &["b", "c"]), one("b", &["c"]), one("c", &[])].into()), Vec::<String>::new());
}

#[test]
fn every_file_says_what_it_holds_and_is_short_enough_to_read() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if !text.starts_with("//!") {
            wrong.push(format!("{}: the first line must say what the file holds (`//!`)", path.display()));
        }
        let lines = text.lines().count();
        if lines > MAX_LINES {
            wrong.push(format!("{}: {lines} lines; split it by noun, {MAX_LINES} is the most", path.display()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn words_stay_in_their_place() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let shown = path.display().to_string();
        if shown.ends_with("tests/tidy.rs") {
            continue;
        }
        for (word, places, remedy) in ONLY_IN {
            if places.iter().any(|place| shown.starts_with(place)) {
                continue;
            }
            for (number, line) in text.lines().enumerate() {
                if line.contains(word) && !line.trim_start().starts_with("//") {
                    wrong.push(format!("{shown}:{}: `{word}`: {remedy}", number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn migrations_are_numbered_and_say_why() {
    migrations_of("migrations");
    // PostgreSQL puts several statements of one text into a transaction, in which it builds no index beside others.
    for (name, text) in migrations_of("migrations/postgres") {
        assert!(text.starts_with("-- no-transaction"), "{name}: the first line must say `-- no-transaction`");
        let statement: String = text.lines().filter(|line| !line.starts_with("--")).collect();
        assert!(!statement.trim_end_matches(';').contains(';'), "{name}: one statement a file, nothing after it");
    }
}

/// The names and texts of the migrations in a folder.
fn migrations_of(folder: &str) -> Vec<(String, String)> {
    let mut names: BTreeMap<String, (String, String)> = BTreeMap::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("-- "), "{}: the first line must say why", path.display());
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let twin = names.insert(name.split('_').next().unwrap().to_owned(), (name.clone(), text));
        assert!(twin.is_none(), "{name}: its number is taken");
    }
    let numbers: Vec<String> = names.keys().cloned().collect();
    let expected: Vec<String> = (1..=names.len()).map(|number| format!("{number:04}")).collect();
    assert_eq!(numbers, expected, "migrations are numbered without gaps");
    names.into_values().collect()
}
