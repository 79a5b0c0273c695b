//! Function and callback configuration over HTTP: who may change which part, ranges, confirmations, history, and who came first.

use crate::kit::{Browser, DATABASES, TestConsole};
use crate::people::{application, owner_of, resource_of, statement, sub_account};
use crate::users::conflict;
use axum::http::StatusCode;
use trtc_console::domain::app_changes::{KeyState, Setting};
use trtc_console::domain::app_pages::CallbackConfigView;
use trtc_console::domain::app_pages::FeaturesView;
use trtc_console::domain::fault::Fault;
use trtc_console::domain::features::{Format, RecordingMode, RelayMode};

const APP: (&str, &str) = ("id", "1400000001");

async fn view(browser: &mut Browser) -> FeaturesView {
    let answer = browser.read("features/view", &[APP]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

async fn version(browser: &mut Browser) -> String {
    view(browser).await.version.to_string()
}

/// A call that must succeed, based on the newest state.
async fn save(browser: &mut Browser, call: &str, fields: &[(&str, &str)]) {
    let version = version(browser).await;
    let fields: Vec<_> = [APP, ("version", version.as_str())].iter().chain(fields).copied().collect();
    let answer = browser.call(call, &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{call}: {}", answer.body);
}

/// The wrong fields of a call that must be refused for its input.
async fn wrong(browser: &mut Browser, call: &str, fields: &[(&str, &str)]) -> Vec<String> {
    let version = version(browser).await;
    let fields: Vec<_> = [APP, ("version", version.as_str())].iter().chain(fields).copied().collect();
    let answer = browser.call(call, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{call}: {}", answer.body);
    match answer.json() {
        Fault::Invalid(faults) => faults.into_iter().map(|fault| fault.field).collect(),
        other => panic!("{other:?}"),
    }
}

const RELAY_ON: &[(&str, &str)] = &[("on", "on"), ("mode", "specified_stream"), ("confirm", "yes")];

fn recording<'a>(edits: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("on", "on"),
        ("formats[]", "mp4"),
        ("file_mins", "60"),
        ("retention_days", "30"),
        ("resumption_secs", "90"),
        ("confirm", "yes"),
    ];
    fields.retain(|(name, _)| edits.iter().all(|(edited, _)| edited != name));
    fields.extend(edits.iter().filter(|(_, value)| *value != "-"));
    fields
}

async fn console() -> (TestConsole, Browser) {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    assert_eq!(application(&mut root, "app", &[]).await, 1_400_000_001);
    (console, root)
}

#[tokio::test]
async fn everything_is_off_until_it_is_switched_on_and_the_history_says_who_did() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        application(&mut root, "app", &[]).await;
        let first = view(&mut root).await;
        assert!(first.version == 0 && first.history.is_empty() && first.features == Default::default());

        save(&mut root, "features/relay", RELAY_ON).await;
        let callback =
            [("callback_url", "https://media.example/rec"), ("callback_key", "Sesam123"), ("formats[]", "hls"), ("file_mins", "")];
        save(&mut root, "features/recording", &recording(&callback)).await;
        console.clock.advance(1_000);
        save(&mut root, "features/recording-mode", &[("mode", "global"), ("confirm", "1400000001")]).await;
        save(&mut root, "features/permission-keys", &[("on", "on"), ("confirm", "yes")]).await;

        let now = view(&mut root).await;
        let features = &now.features;
        assert!(
            features.relay.on && features.relay.mode == RelayMode::SpecifiedStream && features.permission_keys && features.recording.on
        );
        assert_eq!(
            (features.recording_mode, &features.recording.formats, features.recording.file_mins),
            (RecordingMode::Global, &vec![Format::Hls], None)
        );
        assert!(now.recording_key_set && now.version == 4);
        let said: Vec<_> = now.history.iter().map(|change| change.after.name().en.into_owned()).collect();
        assert_eq!(said, ["advanced permission control", "recording mode", "recording callback key", "on-cloud recording", "relay to CDN"]);
        let newest = &now.history[0];
        assert_eq!(
            (newest.name.as_str(), newest.uin, &newest.before, &newest.after),
            (crate::kit::ROOT, owner_of(&mut root).await, &Setting::PermissionKeys(false), &Setting::PermissionKeys(true))
        );
        assert_eq!(newest.at_ms, crate::kit::NOW_MS + 1_000);
        assert_eq!(now.history[2].after, Setting::RecordingKey(KeyState::Set));

        let page = root.get("/apps/1400000001/features").await;
        assert!(page.body.contains("changed on-cloud recording") && page.body.contains("https://media.example/rec"));
        assert!(
            !page.body.contains("Sesam123") && !root.read("features/view", &[APP]).await.body.contains("Sesam123"),
            "the key never comes back"
        );
    }
}

#[tokio::test]
async fn saving_what_is_there_already_is_no_change() {
    let (_console, mut root) = console().await;
    save(&mut root, "features/relay", RELAY_ON).await;
    save(&mut root, "features/relay", RELAY_ON).await;
    let now = view(&mut root).await;
    assert_eq!((now.version, now.history.len()), (1, 1));
}

#[tokio::test]
async fn recording_needs_relay_and_relay_stays_while_there_is_recording() {
    let (_console, mut root) = console().await;
    assert_eq!(wrong(&mut root, "features/recording", &recording(&[])).await, ["on"]);
    save(&mut root, "features/recording", &recording(&[("on", "-")])).await;
    save(&mut root, "features/relay", RELAY_ON).await;
    save(&mut root, "features/recording", &recording(&[])).await;
    let off = root.call("features/relay", &[APP, ("version", "3"), ("mode", "specified_stream"), ("confirm", "yes")]).await;
    conflict(&off, Fault::InUse);
    assert!(root.get("/apps/1400000001/features").await.body.contains("Turn off recording first"));
    save(&mut root, "features/recording", &recording(&[("on", "-")])).await;
    save(&mut root, "features/relay", &[("mode", "specified_stream"), ("confirm", "yes")]).await;
}

#[tokio::test]
async fn every_range_of_recording_is_held() {
    let (_console, mut root) = console().await;
    save(&mut root, "features/relay", RELAY_ON).await;
    let long_url = format!("https://a.example/{}", "x".repeat(2083));
    let cases: [(&str, &str, &[&str], &[&str]); 5] = [
        ("file_mins", "file_mins", &["1", "120"], &["0", "121", "", "x", "-1", "1.5"]),
        ("retention_days", "retention_days", &["0", "1500"], &["1501", "-1", "", "x"]),
        ("resumption_secs", "resumption_secs", &["0", "1800"], &["1801", "-1", "", "x"]),
        ("vod_sub_app", "vod_sub_app", &["1500000000", ""], &["0", "-1", "x"]),
        (
            "callback_url",
            "callback_url",
            &["http://a.example:8080/x", ""],
            &["ftp://a", "a.example", "https://u:p@a.example", long_url.as_str()],
        ),
    ];
    for (field, name, inside, outside) in cases {
        for value in outside {
            assert_eq!(wrong(&mut root, "features/recording", &recording(&[(field, value)])).await, [name], "{field}={value}");
        }
        for value in inside {
            save(&mut root, "features/recording", &recording(&[(field, value)])).await;
        }
    }
    assert_eq!(wrong(&mut root, "features/recording", &recording(&[("formats[]", "-"), ("file_mins", "")])).await, ["formats[]"]);
    assert_eq!(
        wrong(&mut root, "features/recording", &recording(&[("formats[]", "avi"), ("file_mins", "")])).await,
        ["formats[]", "formats[]"]
    );
    assert_eq!(wrong(&mut root, "features/recording", &recording(&[("formats[]", "hls")])).await, ["file_mins"]);
    let key = |key: &'static str| recording(&[("callback_url", "https://a.example"), ("callback_key", key)]);
    assert_eq!(wrong(&mut root, "features/recording", &key("with space")).await, ["callback_key"]);
    assert_eq!(wrong(&mut root, "features/recording", &key("abcdefghijklmnopqrstuvwxyz1234567")).await, ["callback_key"]);
    assert_eq!(wrong(&mut root, "features/recording", &recording(&[("callback_key", "abc")])).await, ["callback_url"]);
    assert_eq!(wrong(&mut root, "features/relay", &[("on", "on"), ("mode", "everything")]).await, ["mode"]);
    assert_eq!(wrong(&mut root, "features/recording-mode", &[("mode", "nobody")]).await, ["mode"]);
}

#[tokio::test]
async fn what_people_notice_wants_confirmation_and_what_costs_the_sdk_app_id() {
    let (_console, mut root) = console().await;
    let global = |confirm: &'static str| [("on", "on"), ("mode", "global"), ("confirm", confirm)];
    assert_eq!(wrong(&mut root, "features/relay", &RELAY_ON[..2]).await, ["confirm"]);
    assert_eq!(wrong(&mut root, "features/relay", &global("yes")).await, ["confirm"], "global relay costs: a yes is not enough");
    assert_eq!(wrong(&mut root, "features/relay", &global("1400000002")).await, ["confirm"]);
    assert_eq!(wrong(&mut root, "features/permission-keys", &[("on", "on")]).await, ["confirm"]);
    assert_eq!(view(&mut root).await.version, 0);
    save(&mut root, "features/relay", &global("1400000001")).await;
    save(&mut root, "features/recording", &recording(&[("callback_url", "https://a.example")])).await;
    let moved = recording(&[("callback_url", "https://b.example"), ("confirm", "-")]);
    assert_eq!(wrong(&mut root, "features/recording", &moved).await, ["confirm"], "the old address stops getting events");
    save(&mut root, "features/recording", &recording(&[("callback_url", "https://a.example"), ("retention_days", "7"), ("confirm", "-")]))
        .await;
}

#[tokio::test]
async fn recording_everybody_is_confirmed_by_the_number_of_the_application() {
    let (_console, mut root) = console().await;
    let page = root.get("/apps/1400000001/features").await.body;
    let dialog = page.split("id=\"recording-mode\"").nth(1).and_then(|rest| rest.split("</details>").next()).unwrap();
    assert!(dialog.contains("every user who publishes") && dialog.contains("Type 1400000001 to confirm"), "{dialog}");
    for confirm in ["", "yes", "1400000002"] {
        let fields = [("mode", "global"), ("confirm", confirm)];
        assert_eq!(wrong(&mut root, "features/recording-mode", &fields).await, ["confirm"], "{confirm}");
    }
    assert_eq!(view(&mut root).await.features.recording_mode, RecordingMode::SpecifiedUsers);
    save(&mut root, "features/recording-mode", &[("mode", "global"), ("confirm", "1400000001")]).await;
    assert_eq!(wrong(&mut root, "features/recording-mode", &[("mode", "specified_users")]).await, ["confirm"], "recordings would end");
    save(&mut root, "features/recording-mode", &[("mode", "specified_users"), ("confirm", "yes")]).await;
}

#[tokio::test]
async fn the_recording_callback_key_changes_only_with_a_recent_proof() {
    let (console, mut root) = console().await;
    save(&mut root, "features/relay", RELAY_ON).await;
    let url = ("callback_url", "https://a.example");
    save(&mut root, "features/recording", &recording(&[url, ("callback_key", "Sesam123")])).await;
    console.clock.advance(16 * 60_000);
    save(&mut root, "features/recording", &recording(&[url, ("retention_days", "7")])).await;
    for edits in [vec![url, ("callback_key", "Sesam456")], vec![url, ("drop_key", "on")], vec![]] {
        let version = version(&mut root).await;
        let fields: Vec<_> = [APP, ("version", version.as_str())].into_iter().chain(recording(&edits)).collect();
        let answer = root.call("features/recording", &fields).await;
        assert_eq!((answer.status, answer.json::<Fault>()), (StatusCode::UNAUTHORIZED, Fault::Reauthenticate), "{edits:?}");
    }
    assert!(view(&mut root).await.recording_key_set);
    assert_eq!(root.call("session/prove", &[("password", crate::kit::PASSWORD)]).await.status, StatusCode::OK);
    save(&mut root, "features/recording", &recording(&[])).await;
    assert!(!view(&mut root).await.recording_key_set, "without an address there is no key");
}

#[tokio::test]
async fn the_second_of_two_saves_is_told_and_keeps_its_input() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        application(&mut root, "app", &[]).await;
        let based_on_0: Vec<_> = [APP, ("version", "0")].iter().chain(RELAY_ON).copied().collect();
        assert_eq!(root.call("features/relay", &based_on_0).await.status, StatusCode::OK);
        let late = [APP, ("version", "0"), ("mode", "global"), ("confirm", "1400000001")];
        conflict(&root.call("features/recording-mode", &late).await, Fault::Overtaken);
        assert_eq!(view(&mut root).await.features.recording_mode, RecordingMode::SpecifiedUsers);
        let stale = recording(&[("on", "-"), ("callback_url", "https://typed.example/x")]);
        let stale: Vec<_> = [APP, ("version", "0"), ("dialog", "recording-edit")].into_iter().chain(stale).collect();
        let page = root.post_from("/apps/1400000001/features", "/call/features/recording", &stale).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.body.contains("value=\"https://typed.example/x\""), "what was typed stands in the form");
        assert_eq!(page.body.matches(r#"name="version" value="0""#).count(), 1, "with what it was typed over");
    }
}

#[tokio::test]
async fn two_saves_at_once_have_one_winner() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        application(&mut root, "app", &[]).await;
        let mut tries = Vec::new();
        for mode in ["specified_stream", "global"].repeat(4) {
            let mut browser = root.clone();
            tries.push(tokio::spawn(async move {
                let fields =
                    [APP, ("version", "0"), ("on", "on"), ("mode", mode), ("confirm", if mode == "global" { "1400000001" } else { "yes" })];
                browser.call("features/relay", &fields).await.status
            }));
        }
        let mut won = 0;
        for one in tries {
            match one.await.unwrap() {
                StatusCode::OK => won += 1,
                status => assert_eq!(status, StatusCode::CONFLICT),
            }
        }
        let now = view(&mut root).await;
        assert_eq!((won, now.version, now.history.len()), (1, 1, 1));
    }
}

#[tokio::test]
async fn operation_level_isolation_relay_and_recording_are_out_of_reach_every_way() {
    let (console, mut root) = console().await;
    let owner = owner_of(&mut root).await;
    let statements = [
        statement("allow", &["trtc:DescribeTrtcStatistic"], &["*".to_owned()]),
        statement("allow", &["trtc:DescribeAppStatList", "trtc:DescribeSdkAppInfo"], &[resource_of(owner, "*")]),
    ];
    let mut ops = sub_account(&console, &mut root, "ops", &statements).await;
    assert_eq!(ops.get("/apps/1400000001").await.status, StatusCode::OK, "the account works");
    let refused = ops.get("/apps/1400000001/features").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("trtc:HardDescribeMixConf"), "it says what is missing");
    assert!(!ops.get("/apps/1400000001").await.body.contains("/features"), "no tab leads there");
    assert_eq!(ops.read("features/view", &[APP]).await.status, StatusCode::FORBIDDEN);
    for (call, fields) in [
        ("features/relay", RELAY_ON.to_vec()),
        ("features/recording", recording(&[])),
        ("features/recording-mode", vec![("mode", "global")]),
        ("features/permission-keys", vec![("on", "on"), ("confirm", "yes")]),
        ("callbacks/set-key", vec![]),
    ] {
        let fields: Vec<_> = [APP, ("version", "0")].into_iter().chain(fields).collect();
        let answer = ops.call(call, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{call}: {}", answer.body);
        let form = ops.post_from("/apps/1400000001/features", &format!("/call/{call}"), &fields).await;
        assert_eq!(form.status, StatusCode::FORBIDDEN, "{call} as a plain form");
    }
    assert_eq!(ops.call("callbacks/show-key", &[APP]).await.status, StatusCode::FORBIDDEN);
    assert!(view(&mut root).await.history.is_empty());
}

#[tokio::test]
async fn a_right_to_one_part_never_carries_another() {
    let (console, mut root) = console().await;
    save(&mut root, "features/relay", RELAY_ON).await;
    let owner = owner_of(&mut root).await;
    type Part = (&'static str, &'static str, Vec<(&'static str, &'static str)>);
    let parts: [Part; 4] = [
        ("trtc:ModifyMixConf", "features/relay", vec![("on", "on"), ("mode", "global"), ("confirm", "1400000001")]),
        ("trtc:AlterRecording", "features/recording", recording(&[])),
        ("trtc:ModifyRecordMode", "features/recording-mode", vec![("mode", "global"), ("confirm", "1400000001")]),
        ("trtc:ChangeSecretKeyFlag", "features/permission-keys", vec![("on", "on"), ("confirm", "yes")]),
    ];
    for (at, (action, own_call, own_fields)) in parts.iter().enumerate() {
        let statements = [
            statement("allow", &["trtc:HardDescribeMixConf", action], &["*".to_owned()]),
            statement("allow", &["trtc:DescribeAppStatList"], &[resource_of(owner, 1_400_000_001)]),
        ];
        let mut holder = sub_account(&console, &mut root, &format!("holder{at}"), &statements).await;
        let version = version(&mut root).await;
        for (_, call, fields) in parts.iter().filter(|(other, ..)| other != action) {
            let fields: Vec<_> = [APP, ("version", version.as_str())].iter().chain(fields).copied().collect();
            assert_eq!(holder.call(call, &fields).await.status, StatusCode::FORBIDDEN, "{action} must not open {call}");
        }
        save(&mut holder, own_call, own_fields).await;
        let page = holder.get("/apps/1400000001/features").await;
        assert!(page.status == StatusCode::OK && !page.body.contains("Read only"));
        assert_eq!(calls_of(&page.body), [format!("/call/{own_call}")], "the page holds no form that would be refused");
    }
}

/// The calls of function configuration that forms of a page post to.
fn calls_of(body: &str) -> Vec<String> {
    let actions = body.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut calls: Vec<String> = actions.filter(|path| path.starts_with("/call/features/")).map(ToOwned::to_owned).collect();
    calls.dedup();
    calls
}

#[tokio::test]
async fn the_callback_key_is_sealed_shown_to_who_may_change_it_and_in_no_history() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        application(&mut root, "app", &[]).await;
        let none = root.call("callbacks/show-key", &[APP]).await;
        assert_eq!((none.status, none.body.as_str()), (StatusCode::OK, "null"));
        assert_eq!(root.call("callbacks/set-key", &[APP, ("callback_key", "not right")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(root.call("callbacks/set-key", &[APP, ("callback_key", "Sesam123")]).await.status, StatusCode::OK);
        assert_eq!(root.call("callbacks/show-key", &[APP]).await.json::<Option<String>>().as_deref(), Some("Sesam123"));
        let unconfirmed = root.call("callbacks/set-key", &[APP, ("callback_key", "")]).await;
        assert_eq!(unconfirmed.status, StatusCode::UNPROCESSABLE_ENTITY, "events signed with the old key would be refused");
        assert_eq!(root.call("callbacks/set-key", &[APP, ("callback_key", ""), ("confirm", "yes")]).await.status, StatusCode::OK);
        let made = root.call("callbacks/show-key", &[APP]).await.json::<Option<String>>().unwrap();
        assert!(made.len() == 32 && made.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{made}");

        let shown: CallbackConfigView = root.read("callbacks/view", &[APP]).await.json();
        assert!(shown.key_set && shown.address.ends_with("/callbacks/trtc"));
        let states: Vec<_> = shown.history.iter().map(|change| change.after.clone()).collect();
        assert_eq!(states, [Setting::CallbackKey(KeyState::Replaced), Setting::CallbackKey(KeyState::Set)]);
        assert!(view(&mut root).await.history.is_empty(), "it is not a function of the application");

        let statements = [statement("allow", &["trtc:DescribeAppStatList", "trtc:DescribeSdkAppInfo"], &["*".to_owned()])];
        let mut reader = sub_account(&console, &mut root, "reader", &statements).await;
        let page = reader.get("/apps/1400000001/callbacks").await;
        assert!(page.status == StatusCode::OK && page.body.contains("Set. "));
        for body in [page.body, reader.read("callbacks/view", &[APP]).await.body, reader.call("callbacks/show-key", &[APP]).await.body] {
            assert!(!body.contains(&made) && !body.contains("Sesam123"));
        }
        let path = "/apps/1400000001/callbacks";
        assert!(!root.get(path).await.body.contains(&made), "not before it is asked for");
        let asked = root.post_from(path, "/call/callbacks/show-key", &[APP]).await;
        assert!(asked.status == StatusCode::OK && asked.body.contains(&made), "without scripts as well: {}", asked.status);
        console.clock.advance(16 * 60_000);
        assert_eq!(root.call("callbacks/show-key", &[APP]).await.status, StatusCode::UNAUTHORIZED, "credentials want a recent proof");
    }
}

#[tokio::test]
async fn an_address_that_trtc_does_not_reach_is_called_so_where_it_stands() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    application(&mut root, "app", &[]).await;
    let callbacks = root.get("/apps/1400000001/callbacks").await.body;
    assert!(callbacks.contains("http://localhost/callbacks/trtc") && callbacks.contains("TRTC cannot reach this address"));
    save(&mut root, "features/relay", RELAY_ON).await;
    save(&mut root, "features/recording", &recording(&[("callback_url", "https://10.0.0.7/recorded")])).await;
    assert!(root.get("/apps/1400000001/features").await.body.contains("TRTC cannot reach this address"));
    save(&mut root, "features/recording", &recording(&[("callback_url", "https://media.example.com/recorded"), ("confirm", "yes")])).await;
    assert!(!root.get("/apps/1400000001/features").await.body.contains("TRTC cannot reach this address"));
}
