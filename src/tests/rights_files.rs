//! `trtc-console cam export` and `cam import`: one file carries the rights of an organisation, all of it or nothing, beside a running server.

use crate::audit::{after, last_seq};
use crate::groups;
use crate::kit::{Browser, DATABASES, Database, TestConsole};
use crate::people::{application, owner_of};
use crate::policies::{allowing, create};
use crate::users::{self, CAM_READ, log_in};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use trtc_console::boot::rights_files::{Export, Import, Said, export, import};
use trtc_console::catalog;
use trtc_console::command::Format;
use trtc_console::domain::rights::WhoCan;
use trtc_console::server::config::Config;
use trtc_console::server::gate::password::Cost;

async fn exported(console: &TestConsole) -> String {
    let said = export(&Config::load(console.flags()).unwrap(), &Export::default()).await.unwrap();
    assert_eq!((said.code, said.beside.as_str()), (0, ""));
    said.out
}

/// How a file is taken in: what the operator adds to the command.
fn with(options: &[&str]) -> Import {
    let has = |option| options.contains(&option);
    Import {
        file: PathBuf::new(),
        account: None,
        dry_run: has("dry-run"),
        prune: has("prune"),
        create_users: has("create-users"),
        renumber: has("renumber"),
        exit_code: has("exit-code"),
        format: if has("json") { Format::Json } else { Format::Text },
    }
}

async fn imported(console: &TestConsole, text: &str, options: &[&str]) -> Said {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rights.json");
    std::fs::write(&file, text).unwrap();
    let config = Config::load(console.flags()).unwrap();
    let mut said = import(&config, &console.clock, Cost::TESTS, &Import { file, ..with(options) }).await.unwrap();
    said.beside = said.beside.replace(&format!("{}/", dir.path().display()), "");
    said
}

/// Applications, policies of every kind, a group within which rights count, and people.
async fn organisation(root: &mut Browser) {
    let live = application(root, "live", &[("team", "a")]).await;
    application(root, "other", &[]).await;
    let owner = owner_of(root).await;
    let everything = create(
        root,
        "Everything",
        &format!("{{\n  \"version\": \"2.0\",\n\n  \"statement\": {{\"effect\":\"allow\",\"action\":\"trtc:*\",\"resource\":\"qcs::trtc::uin/{owner}:sdkappid/{live}\"}}\n}}"),
    )
    .await;
    let ana = users::create(root, "ana", &[&everything.to_string(), CAM_READ]).await;
    let office = format!(
        "\r\n{{\"version\":\"2.0\",\"statement\":[{{\"effect\":\"allow\",\"action\":\"trtc:Describe*\",\"resource\":\"*\",\"condition\":{{\"ip_equal\":{{\"qcs:ip\":\"203.0.113.0/24\"}}}}}},\r\n{{\"effect\":\"deny\",\"action\":\"cam:*\",\"resource\":\"qcs::cam::uin/{owner}:uin/{}\"}}]}}\r\n",
        ana.uin
    );
    let office = create(root, "office", &office).await;
    let frozen = create(root, "frozen", r#"{"version":"2.0","statement":[{"effect":"deny","action":"trtc:Describe*","resource":"*","condition":{"for_any_value:string_equal":{"qcs:resource_tag":"team&a"}}}]}"#).await;
    create(root, "spare", &allowing(&["cam:GetUser"])).await;
    let night = groups::create(root, "night").await;
    let attached = root.call("groups/attach", &[("id", &night), ("policies[]", &office.to_string())]).await;
    assert_eq!(attached.status, StatusCode::OK, "{}", attached.body);
    for (name, policies) in [("bo", vec![]), ("Fay", vec![frozen.to_string()])] {
        let made = users::create(root, name, &policies.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let joined = root.call("users/join", &[("uin", &made.uin.to_string()), ("groups[]", &night)]).await;
        assert_eq!(joined.status, StatusCode::OK, "{}", joined.body);
    }
}

/// Of every action on every application, from two addresses, who can and who is denied, as the gate decides it.
async fn decisions(console: &TestConsole, root: &mut Browser) -> Vec<String> {
    let mut decided = Vec::new();
    for row in catalog::actions() {
        for app in ["", "1400000001", "1400000002"] {
            for address in ["203.0.113.9", "198.51.100.7"] {
                let fields = [("form[action]", row.full), ("form[app]", app), ("form[address]", address)];
                // Nobody may ask so much in so short a time.
                console.clock.advance(1_000);
                let told: WhoCan = root.read("rights/who-can", &fields).await.json();
                let found = told.found.unwrap();
                let of = |people: &[trtc_console::domain::rights::Holder]| {
                    people.iter().map(|one| format!("{} {:?}", one.person.name, one.outlook)).collect::<Vec<_>>()
                };
                decided.push(format!("{} {app} {address}: {:?} {:?}", row.full, of(&found.holders.rows), of(&found.denied)));
            }
        }
    }
    decided
}

#[tokio::test]
async fn a_file_gives_another_installation_the_same_decisions() {
    let here = TestConsole::start().await;
    let mut root = here.root().await;
    organisation(&mut root).await;
    let file = exported(&here).await;
    assert_eq!(file, exported(&here).await, "the same rights are the same file");

    let there = TestConsole::start_on(Database::Postgres).await;
    let mut other = there.root().await;
    for (name, tags) in [("live", &[("team", "a")][..]), ("other", &[])] {
        application(&mut other, name, tags).await;
    }
    let (owner, new_owner) = (owner_of(&mut root).await.to_string(), owner_of(&mut other).await.to_string());

    // Nothing is guessed: neither people nor numbers.
    let refused = imported(&there, &file, &[]).await;
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(refused.beside.contains("There is no user ana. Create it, or pass --create-users."), "{}", refused.beside);
    let refused = imported(&there, &file, &["create-users"]).await;
    assert!(refused.beside.contains(&format!("The policy Everything names {owner}")), "{}", refused.beside);

    let foreseen = imported(&there, &file, &["create-users", "renumber", "dry-run", "exit-code"]).await;
    assert_eq!(foreseen.code, 3);
    assert!(foreseen.out.contains("create policy Everything\n") && foreseen.out.contains("create user ana\n"), "{}", foreseen.out);
    assert!(foreseen.out.contains("People who gain or lose pages or controls: 3 of 3"), "{}", foreseen.out);
    assert!(foreseen.out.contains("under certain conditions"), "{}", foreseen.out);
    assert!(exported(&there).await.contains("\"policies\": [],"), "a dry run changes nothing");

    let done = imported(&there, &file, &["create-users", "renumber"]).await;
    assert_eq!(done.code, 0, "{}", done.beside);
    let again = imported(&there, &file, &["create-users", "renumber", "prune"]).await;
    assert_eq!((again.code, again.out.as_str()), (0, "Everything is as the file says; nothing changes.\n"));

    let theirs = exported(&there).await;
    assert!(!theirs.contains(&owner) && theirs.matches(&new_owner).count() == file.matches(&owner).count());
    let without_numbers = |text: &str| {
        let digits: Vec<&str> = text.split(|letter: char| !letter.is_ascii_digit()).filter(|run| run.len() == 12).collect();
        digits.into_iter().fold(text.to_owned(), |text, number| text.replace(number, "#"))
    };
    assert_eq!(without_numbers(&theirs), without_numbers(&file), "byte for byte, layouts of policies too");

    let (mine, theirs) = (decisions(&here, &mut root).await, decisions(&there, &mut other).await);
    assert!(mine.iter().any(|line| line.contains("ana Always")) && mine.iter().any(|line| line.contains("[\"Fay")), "not all alike");
    assert_eq!(mine, theirs);
}

#[tokio::test]
async fn a_file_counts_on_the_next_request_and_leaves_a_record_for_each_thing() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        create(&mut root, "readers", &allowing(&["trtc:DescribeAppStatList"])).await;
        let made = users::create(&mut root, "ana", &[]).await;
        let mut ana = log_in(&console, &made).await;
        assert_eq!(ana.read("apps/list", &[]).await.status, StatusCode::FORBIDDEN);
        let last = last_seq(&mut root).await;

        let file = json!({
            "format": "trtc-console-rights-1",
            "policies": [{ "name": "readers", "document": {"version":"2.0","statement":[{"effect":"allow","action":["trtc:Describe*"],"resource":["*"]}]} }],
            "groups": [{ "name": "desk", "users": ["ANA"], "policies": ["readers", "QcloudCamReadOnlyAccess"] }],
        });
        let done = imported(&console, &file.to_string(), &["json"]).await;
        let said: Value = serde_json::from_str(&done.out).unwrap();
        assert_eq!((done.code, &said["changed"], &said["impact"]), (0, &json!(true), &Value::Null), "{}", done.out);
        assert_eq!(
            said["changes"],
            json!([
                { "change": "save_policy", "policy": "readers", "version": "v2" },
                { "change": "create_group", "group": "desk" },
                { "change": "join", "user": "ana", "group": "desk" },
                { "change": "attach", "policy": "QcloudCamReadOnlyAccess", "group": "desk" },
                { "change": "attach", "policy": "readers", "group": "desk" },
            ])
        );
        assert_eq!(ana.read("apps/list", &[]).await.status, StatusCode::OK, "the next request");
        let by_operator = async |root: &mut Browser| {
            let new = after(root, last).await;
            new.into_iter().filter(|record| record.user_identity.user_name == "operator").collect::<Vec<_>>()
        };
        let new = by_operator(&mut root).await;
        assert_eq!(new.iter().map(|record| record.resources[0].name.as_str()).collect::<Vec<_>>(), ["readers", "desk"]);
        let revision = console.sql_text("SELECT CAST(SUM(revision) AS TEXT) FROM owners").await;
        let again = imported(&console, &file.to_string(), &[]).await;
        assert_eq!(again.out, "Everything is as the file says; nothing changes.\n");
        assert_eq!(console.sql_text("SELECT CAST(SUM(revision) AS TEXT) FROM owners").await, revision);
        assert_eq!(by_operator(&mut root).await.len(), 2);
    }
}

#[tokio::test]
async fn a_file_is_refused_as_a_whole_with_every_place() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    organisation(&mut root).await;
    let before = exported(&console).await;
    let good = r#"{ "name": "good", "document": {"version":"2.0","statement":{"effect":"allow","action":"trtc:*","resource":"*"}} }"#;
    for (file, wrong) in [
        ("", "1:1: error: The file is empty."),
        ("[]", "1:1: error: The file must be an object, not a list."),
        ("{}", "1:1: error: The file does not say its format"),
        (r#"{"format": "trtc-console-rights-9", "policies": 3}"#, "1:12: error: The format \"trtc-console-rights-9\" is not known"),
        (
            "{\n  \"format\": \"trtc-console-rights-1\",\n  \"roles\": []\n}",
            "3:3: error: `roles` is not known to this version here; it knows `format`, `owner`, `policies`, `groups`, `users`.",
        ),
        (
            "{\n\"format\": \"trtc-console-rights-1\", \"users\": [{\"name\": \"ana\"}, {\"name\": \"ANA\"}] }",
            "2:72: error: The user ANA stands in the list twice.",
        ),
        (
            r#"{"format":"trtc-console-rights-1","policies":[GOOD],"groups":[{"name":"night","policies":["nothing"]}]}"#,
            "There is no policy nothing.",
        ),
        (
            r#"{"format":"trtc-console-rights-1","policies":[GOOD],"groups":[{"name":"night","users":["nobody"]}]}"#,
            "There is no user nobody.",
        ),
        (
            "{\"format\":\"trtc-console-rights-1\",\"policies\":[GOOD,{\"name\":\"bad\",\"document\":{\n  \"version\":\"2.0\",\"statement\":{\"effect\":\"Allow\",\"action\":\"trtc:*\",\"resource\":\"*\"}}}]}",
            "2:41: error: [EffectError] The effect is neither",
        ),
        (r#"{"format":"trtc-console-rights-1","policies":[{"name":"QcloudTRTCFullAccess","document":{}}]}"#, "is a preset policy"),
        (
            r#"{"format":"trtc-console-rights-1","policies":[],"groups":[{"name":"night","policies":["spare"]}]}"#,
            "so that --prune deletes it.",
        ),
    ] {
        let refused = imported(&console, &file.replace("GOOD", good), &["prune"]).await;
        assert!(refused.code == 1 && refused.beside.contains(wrong), "{file}: {}", refused.beside);
        assert!(refused.beside.starts_with("rights.json:"), "{}", refused.beside);
    }
    let many: Vec<String> = (0..=10).map(|number| format!(r#"{{"name":"g{number}","users":["ana"]}}"#)).collect();
    let file = format!(r#"{{"format":"trtc-console-rights-1","groups":[{}]}}"#, many.join(","));
    let refused = imported(&console, &file, &[]).await;
    assert!(refused.code == 1 && refused.beside.contains("ana would have 11 user groups; at most 10 are allowed."), "{}", refused.beside);
    assert_eq!(exported(&console).await, before, "nothing of any of them");
}

#[tokio::test]
async fn only_pruning_takes_away_and_only_what_a_section_is_about() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        organisation(&mut root).await;
        let before = exported(&console).await;
        let file = r#"{"format":"trtc-console-rights-1","groups":[{"name":"night","users":["bo"]}]}"#;
        assert_eq!(imported(&console, file, &[]).await.out, "Everything is as the file says; nothing changes.\n");
        let foreseen = imported(&console, file, &["prune", "dry-run"]).await;
        assert!(foreseen.out.starts_with("remove user Fay from user group night\n\n"), "{}", foreseen.out);
        assert_eq!(exported(&console).await, before);
        assert_eq!(imported(&console, file, &["prune"]).await.code, 0);
        // What was exported puts everything back.
        let back = imported(&console, &before, &["prune"]).await;
        assert!(back.out.starts_with("add user Fay to user group night\n"), "{}", back.out);
        assert_eq!(exported(&console).await, before);

        let nothing = r#"{"format":"trtc-console-rights-1","policies":[],"groups":[],"users":[]}"#;
        let done = imported(&console, nothing, &["prune"]).await;
        assert!(done.out.contains("delete policy Everything\n") && done.out.contains("delete user group night\n"), "{}", done.out);
        let left: Value = serde_json::from_str(&exported(&console).await).unwrap();
        assert_eq!((&left["policies"], &left["groups"]), (&json!([]), &json!([])));
        assert_eq!(left["users"].as_array().unwrap().len(), 3, "people stay");
        assert!(left["users"].as_array().unwrap().iter().all(|user| user["policies"] == json!([])));
    }
}

#[tokio::test]
async fn the_commands_work_beside_the_server_and_through_a_pipe() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    organisation(&mut root).await;
    let dir = console.flags().data_dir.unwrap().display().to_string();
    let run = |args: &[&str], input: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trtc-console"))
            .env_clear()
            .args([&["cam"], args, &["--data-dir", &dir]].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Who is refused at once reads nothing.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let ended = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (ended.status.code(), text(ended.stdout), text(ended.stderr))
    };
    let (code, file, _) = run(&["export"], "");
    assert_eq!((code, &file), (Some(0), &exported(&console).await));
    let import = |more: &[&str], input: &str| run(&[&["import", "-"], more].concat(), input);
    assert_eq!(import(&[], &file).1, "Everything is as the file says; nothing changes.\n");
    assert_eq!(import(&["--dry-run", "--exit-code"], &file).0, Some(0));
    let less = file.replace("\"trtc:*\"", "\"trtc:Describe*\"");
    let (code, said, _) = import(&["--dry-run", "--exit-code", "--format", "json"], &less);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &said["changed"], &said["changes"][0]["policy"]), (Some(3), &json!(false), &json!("Everything")));
    assert_eq!(said["impact"]["people"][0]["name"], "ana");
    let (code, out, wrong) = import(&[], "{");
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(wrong.starts_with("-:1:1: error: "), "{wrong}");
    assert_eq!(run(&["import", "/nowhere.json"], "").0, Some(2));
    assert_eq!(run(&["export", "--account", "nobody@acme.example"], "").0, Some(2));
}
