//! Knocking on every door: each server function and each page, asked live by who may, by who may not, by a stranger and by nobody.
//!
//! The wrong ones knock first and the root account last: its success proves that what they were refused was there and well asked. A new
//! server function has no row here and fails the test; the answers go to a golden file that people read in review.

use crate::kit::{Answer, Browser, PASSWORD, ROOT, TestConsole, golden};
use crate::people::{application, owner_of};
use crate::policies::allowing;
use axum::http::StatusCode;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use trtc_console::catalog::{Page, pages};
use trtc_console::domain::session::SessionRow;

/// What every request is made of: a server function and its fields. `{app}` and the like stand for what [`Things`] made.
pub type Knock = (&'static str, &'static [(&'static str, &'static str)]);

/// Every server function once, in an order in which the root account succeeds each time.
pub const KNOCKS: &[Knock] = &[
    ("session", &[]),
    ("session/list", &[]),
    ("session/prove", &[("password", PASSWORD)]),
    ("session/end", &[("id", "{session}")]),
    ("apps/list", &[]),
    ("apps/view", &[("id", "{app}")]),
    ("apps/create", &[("name", "made_by_knock")]),
    ("apps/edit", &[("id", "{app}"), ("name", "zebra_two")]),
    ("apps/tags", &[("id", "{app}"), ("keys[]", "team"), ("values[]", "zebra")]),
    ("features/view", &[("id", "{app}")]),
    ("features/relay", &[("id", "{app}"), ("version", "0"), ("on", "on"), ("mode", "specified_stream"), ("confirm", "yes")]),
    (
        "features/recording",
        &[
            ("id", "{app}"),
            ("version", "1"),
            ("on", "on"),
            ("formats[]", "hls"),
            ("retention_days", "30"),
            ("resumption_secs", "90"),
            ("confirm", "yes"),
        ],
    ),
    ("features/recording-mode", &[("id", "{app}"), ("version", "2"), ("mode", "global"), ("confirm", "{app}")]),
    ("features/permission-keys", &[("id", "{app}"), ("version", "3"), ("on", "on"), ("confirm", "yes")]),
    ("callbacks/view", &[("id", "{app}")]),
    ("callbacks/set-key", &[("id", "{app}"), ("callback_key", "zebra0")]),
    ("callbacks/show-key", &[("id", "{app}")]),
    ("usage/report", &[("app", "{app}")]),
    ("usage/overview", &[]),
    ("apps/disable", &[("id", "{app}")]),
    ("apps/enable", &[("id", "{app}")]),
    ("apps/delete", &[("id", "{spare_app}"), ("confirm", "{spare_app}")]),
    ("cam/summary", &[]),
    ("users/list", &[]),
    ("users/view", &[("uin", "{user}")]),
    ("users/create", &[("name", "made-by-knock")]),
    ("users/edit", &[("uin", "{user}"), ("remark", "zebra")]),
    ("users/disable", &[("uin", "{user}"), ("disabled", "true")]),
    ("users/reset-password", &[("uin", "{user}")]),
    ("users/unlock", &[("uin", "{user}")]),
    ("users/end-sessions", &[("uin", "{user}")]),
    ("users/attach", &[("uin", "{user}"), ("policies[]", "{policy}")]),
    ("users/detach", &[("uin", "{user}"), ("policy", "{policy}")]),
    ("users/join", &[("uin", "{user}"), ("groups[]", "{group}")]),
    ("users/delete", &[("uin", "{spare_user}"), ("confirm", "zebra-spare")]),
    ("groups/list", &[]),
    ("groups/choices", &[]),
    ("groups/view", &[("id", "{group}")]),
    ("groups/create", &[("name", "made-by-knock")]),
    ("groups/edit", &[("id", "{group}"), ("name", "zebra-two")]),
    ("groups/attach", &[("id", "{group}"), ("policies[]", "{policy}")]),
    ("groups/detach", &[("id", "{group}"), ("policy", "{policy}")]),
    ("groups/remove-user", &[("id", "{group}"), ("uin", "{user}")]),
    ("groups/add-users", &[("id", "{group}"), ("users[]", "{user}")]),
    ("groups/delete", &[("id", "{spare_group}")]),
    ("policies/list", &[]),
    ("policies/choices", &[]),
    ("policies/check", &[("document", "{}")]),
    ("policies/view", &[("id", "{policy}")]),
    ("drafts/keep", &[("id", "{policy}"), ("document", "{document}")]),
    ("drafts/read", &[("id", "{policy}")]),
    ("policies/review", &[("id", "{policy}")]),
    ("drafts/discard", &[("id", "{policy}")]),
    ("policies/create", &[("name", "made-by-knock"), ("document", "{document}")]),
    ("policies/describe", &[("id", "{policy}"), ("name", "zebra-three")]),
    ("policies/save", &[("id", "{policy}"), ("document", "{document}")]),
    ("policies/set-default", &[("id", "{policy}"), ("version", "2")]),
    ("policies/delete-version", &[("id", "{policy}"), ("version", "1")]),
    ("policies/attach-users", &[("id", "{policy}"), ("users[]", "{user}")]),
    ("policies/attach-groups", &[("id", "{policy}"), ("groups[]", "{group}")]),
    ("policies/delete", &[("id", "{spare_policy}")]),
    ("rights/who-can", &[("form[action]", "trtc:DismissRoom"), ("form[app]", "{app}")]),
    ("rights/matrix", &[]),
    ("rights/simulate", &[]),
    ("promises/list", &[]),
    (
        "promises/create",
        &[("name", "made-by-knock"), ("who", "everybody"), ("expects", "may"), ("what", "trtc:DeleteTrtcApp"), ("place", "{app}")],
    ),
    ("promises/set-aside", &[("id", "{promise}"), ("reason", "Asked for by the knock.")]),
    ("promises/delete", &[("id", "{promise}")]),
    ("audit/search", &[]),
    ("audit/event", &[("seq", "1")]),
    ("audit/own", &[]),
    ("audit/retention", &[("days", "90")]),
    // Last: it ends every other session of the account.
    ("session/password", &[("current", PASSWORD), ("new", "Another-horse-2"), ("repeat", "Another-horse-2")]),
    // After it nothing can be changed any more.
    ("session/view-as", &[("uin", "{viewed}")]),
];

/// Asks a server function as it is asked, by GET or by POST.
pub async fn ask(who: &mut Browser, call: &str, fields: &[(&str, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let changes = leptos::server_fn::axum::server_fn_paths().any(|(path, method)| path == format!("/call/{call}") && method == "POST");
    if changes { who.call(call, &fields).await } else { who.read(call, &fields).await }
}

/// What the root account has. Every name holds `zebra`, so that an answer to anybody else can be searched for it.
pub struct Things(Vec<(&'static str, String)>);

impl Things {
    pub async fn make(console: &TestConsole, root: &mut Browser) -> Self {
        let document = allowing(&["trtc:DescribeAppStatList"]);
        let mut things = vec![
            ("{app}", application(root, "zebra", &[]).await.to_string()),
            ("{spare_app}", application(root, "zebra_spare", &[]).await.to_string()),
        ];
        assert_eq!(root.call("apps/disable", &[("id", &things[1].1)]).await.status, StatusCode::OK);
        for (thing, name) in [("{user}", "zebra"), ("{spare_user}", "zebra-spare"), ("{viewed}", "zebra-viewed")] {
            things.push((thing, crate::users::create(root, name, &[]).await.uin.to_string()));
        }
        for (thing, name) in [("{group}", "zebra"), ("{spare_group}", "zebra-spare")] {
            things.push((thing, crate::groups::create(root, name).await));
        }
        for (thing, name) in [("{policy}", "zebra"), ("{spare_policy}", "zebra-spare")] {
            things.push((thing, crate::policies::create(root, name, &document).await.to_string()));
        }
        // Only administrators may, so it is broken all the time and stands in the way of nothing.
        let promise =
            [("name", "zebra"), ("who", "everybody"), ("expects", "may"), ("what", "trtc:DeleteTrtcApp"), ("place", things[0].1.as_str())];
        let made = root.call("promises/create", &promise).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.body);
        things.push(("{promise}", made.body));
        // Another session of root, to be ended.
        console.root().await;
        let sessions: Vec<SessionRow> = root.read("session/list", &[]).await.json();
        things.push(("{session}", sessions.into_iter().find(|session| !session.current).unwrap().id));
        things.push(("{document}", document));
        Self(things)
    }

    /// The fields of a request about these things.
    pub fn fields(&self, fields: &[(&'static str, &'static str)]) -> Vec<(&'static str, String)> {
        fields.iter().map(|(name, value)| (*name, self.filled(value))).collect()
    }

    fn filled(&self, text: &str) -> String {
        self.0.iter().find(|(thing, _)| *thing == text).map_or_else(|| text.to_owned(), |(_, value)| value.clone())
    }

    fn path(&self, page: &Page) -> String {
        let own = match page.id {
            "app" | "app-features" | "app-callbacks" => "{app}",
            "user" => "{user}",
            "group" => "{group}",
            "audit-event" => "1",
            _ => "{policy}",
        };
        let parts: Vec<String> = page.path.split('/').map(|part| self.filled(if part.starts_with(':') { own } else { part })).collect();
        parts.join("/")
    }

    /// What names something of the root account in an answer.
    fn marks(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(thing, _)| *thing != "{document}").map(|(_, value)| value.as_str()).chain([ROOT, "zebra"])
    }
}

/// Those who knock, the root account last.
pub struct Visitors {
    pub nobody: Browser,
    pub bare: Browser,
    stranger: Browser,
    pub root: Browser,
}

impl Visitors {
    pub async fn come(console: &TestConsole) -> (Self, Things) {
        let mut root = console.root().await;
        let things = Things::make(console, &mut root).await;
        let made = crate::users::create(&mut root, "bare", &[]).await;
        let mut bare = console.browser();
        bare.log_in(&owner_of(&mut root).await.to_string(), &made.name, PASSWORD).await;
        (Self { nobody: console.browser(), bare, stranger: console.other_root().await, root }, things)
    }
}

fn is_number(mark: &str) -> bool {
    mark.chars().all(|c| c.is_ascii_digit())
}

fn line(table: &mut String, what: &str, answers: &[&Answer; 4]) {
    write!(table, "{what:<34}").unwrap();
    for answer in answers {
        write!(table, "{:>10}", answer.status.as_u16()).unwrap();
    }
    table.push('\n');
}

const HEAD: &str = "                                      nobody      bare  stranger      root\n";

#[tokio::test]
async fn every_server_function_refuses_whom_it_must() {
    let known: BTreeSet<String> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.replacen("/call/", "", 1)).collect();
    let knocked: BTreeSet<String> = KNOCKS.iter().map(|(call, _)| (*call).to_owned()).collect();
    assert_eq!(known, knocked, "server functions, and those that are knocked on");
    assert_eq!(knocked.len(), KNOCKS.len(), "each once");

    let console = TestConsole::start().await;
    let (mut visitors, things) = Visitors::come(&console).await;
    let mut table = format!(
        "# Server functions, knocked on by nobody, a sub-account without a policy, the root account of another organisation,\n\
         # and last by the root account whose things they are about.\n\n{HEAD}"
    );
    for (call, fields) in KNOCKS {
        let fields = things.fields(fields);
        let mut answers = Vec::new();
        for who in [&mut visitors.nobody, &mut visitors.bare, &mut visitors.stranger, &mut visitors.root] {
            answers.push(ask(who, call, &fields).await);
        }
        let [nobody, bare, stranger, root] = &answers[..] else { unreachable!() };
        assert!(root.status.is_success(), "{call} by root: {} {}", root.status, root.body);
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{call} by nobody");
        let of_every_account = call.starts_with("session") || *call == "audit/own";
        assert!(of_every_account || matches!(bare.status.as_u16(), 403 | 404), "{call} without a policy: {} {}", bare.status, bare.body);
        let about_a_thing = fields.iter().any(|(_, value)| things.marks().any(|mark| mark == value));
        let not_theirs = stranger.status == StatusCode::NOT_FOUND;
        assert!(
            not_theirs || !about_a_thing && stranger.status.is_success(),
            "{call} by a stranger: {} {}",
            stranger.status,
            stranger.body
        );
        // The records of a stranger hold the numbers that were asked for, and nothing of what they stand for.
        for mark in things.marks().filter(|mark| !(call.starts_with("audit/") && is_number(mark))) {
            assert!(!stranger.body.contains(mark), "{call} tells a stranger of {mark}: {}", stranger.body);
        }
        line(&mut table, call, &[nobody, bare, stranger, root]);
    }
    golden("knock_calls.txt", &table);
}

#[tokio::test]
async fn every_page_refuses_whom_it_must() {
    let console = TestConsole::start().await;
    let (mut visitors, things) = Visitors::come(&console).await;
    let mut table = format!(
        "# Pages and the export, asked for by the same four: 303 leads to login, 404 is what does not exist for the reader.\n\n{HEAD}"
    );
    let export = "/usage/export.csv".to_owned();
    let pages = pages::all().map(|page| (page.path, things.path(page))).chain([("/usage/export.csv", export)]);
    for (name, path) in pages {
        let mut answers = Vec::new();
        for who in [&mut visitors.nobody, &mut visitors.bare, &mut visitors.stranger, &mut visitors.root] {
            answers.push(who.get(&path).await);
        }
        let [nobody, bare, stranger, root] = &answers[..] else { unreachable!() };
        assert_eq!(root.status, StatusCode::OK, "{path} by root");
        assert_eq!(nobody.status, StatusCode::SEE_OTHER, "{path} by nobody");
        assert!(nobody.location().starts_with("/login") && nobody.body.is_empty(), "{path} by nobody");
        let of_every_account = matches!(name, "/" | "/account");
        assert!(of_every_account || matches!(bare.status.as_u16(), 403 | 404), "{path} without a policy: {}", bare.status);
        // Records are numbered for each organisation, so everybody has a first one.
        let about_a_thing = name.contains(':') && name != "/audit/:seq";
        assert_eq!(stranger.status, if about_a_thing { StatusCode::NOT_FOUND } else { StatusCode::OK }, "{path} by a stranger");
        let own_records = matches!(name, "/audit" | "/audit/:seq" | "/account");
        for mark in things.marks().filter(|mark| !(path.contains(mark) || own_records && is_number(mark))) {
            assert!(!stranger.body.contains(mark), "{path} tells a stranger of {mark}");
        }
        line(&mut table, name, &[nobody, bare, stranger, root]);
    }
    golden("knock_pages.txt", &table);
}
