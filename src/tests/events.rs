//! The intake of callbacks, over HTTP: signatures, what is refused and how, durability, repetition; on both databases.
//!
//! What the events add up to is in `usage` and, as pure arithmetic, in `stays`.

use crate::kit::{Answer, Browser, DATABASES, Database, NOW_MS, PASSWORD, TestConsole};
use crate::people::{owner_of, resource_of, statement, sub_account};
use crate::usage::csv;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use std::time::Duration;
use trtc_console::domain::app_pages::CallbackConfigView;
use trtc_console::domain::events::{CallbackLog, RefusalReason};
use trtc_console::server::gate::sign;

/// The callback key of the documentation's own event.
pub const KEY: &str = "123654";

/// The documentation's own event, byte for byte.
const DOCUMENTED: &str = "{\n\t\"EventGroupId\":\t2,\n\t\"EventType\":\t204,\n\t\"CallbackTs\":\t1664209748188,\n\t\"EventInfo\":\t{\n\t\t\"RoomId\":\t8489,\n\t\t\"EventTs\":\t1664209748,\n\t\t\"EventMsTs\":\t1664209748180,\n\t\t\"UserId\":\t\"user_85034614\",\n\t\t\"Reason\":\t0\n\t}\n}";
const DOCUMENTED_SIGN: &str = "kkoFeO3Oh2ZHnjtg8tEAQhtXK16/KI05W3BQff8IvGA=";

/// Creates an application with a callback key, as root does, and gives its number.
pub async fn app_with_key(root: &mut Browser, name: &str) -> i64 {
    let created = root.call("apps/create", &[("name", name)]).await;
    let location = created.location();
    let id = location.strip_prefix("/apps?created=").unwrap_or_else(|| panic!("{created:?}")).to_owned();
    let proven = root.call("session/prove", &[("password", PASSWORD)]).await;
    assert!(proven.status.is_success() || proven.status.is_redirection(), "{proven:?}");
    let set = root.call("callbacks/set-key", &[("id", &id), ("callback_key", KEY)]).await;
    assert!(set.status.is_success() || set.status.is_redirection(), "{set:?}");
    id.parse().unwrap()
}

/// Sends a body as TRTC does, signed with a key.
pub async fn send_signed(console: &TestConsole, app: i64, key: &str, body: &str) -> Answer {
    send(console, Some(&app.to_string()), Some(&sign(key, body.as_bytes())), body).await
}

async fn send(console: &TestConsole, app: Option<&str>, sign: Option<&str>, body: &str) -> Answer {
    let mut request = Request::post("/callbacks/trtc").header("content-type", "application/json");
    for (name, value) in [("SdkAppId", app), ("Sign", sign)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    console.browser().send(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn log_of(root: &mut Browser, app: i64) -> CallbackLog {
    root.read("callbacks/view", &[("id", &app.to_string())]).await.json::<CallbackConfigView>().log
}

#[tokio::test]
async fn a_signed_event_is_stored_once_however_often_it_comes() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let app = app_with_key(&mut root, "school").await;
        let first = send(&console, Some(&app.to_string()), Some(DOCUMENTED_SIGN), DOCUMENTED).await;
        assert_eq!((first.status, first.body.as_str()), (StatusCode::OK, "{\"code\":0}"));
        // The sender tries again: everything is the same but the time of sending.
        let again = DOCUMENTED.replace("1664209748188", "1664209758188");
        assert_eq!(send_signed(&console, app, KEY, &again).await.status, StatusCode::OK);
        let log = log_of(&mut root, app).await;
        assert_eq!(log.events.len(), 1);
        let event = &log.events[0];
        assert_eq!((event.body.as_deref(), event.received_ms, event.event_type), (Some(DOCUMENTED), NOW_MS, Some(204)));
        assert_eq!((event.at_ms, event.user.as_deref()), (Some(1_664_209_748_180), Some("user_85034614")));
    }
}

#[tokio::test]
async fn unknown_application_and_wrong_signature_get_the_same_answer() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let app = app_with_key(&mut root, "school").await;
        let keyless = root.call("apps/create", &[("name", "keyless")]).await.location().replace("/apps?created=", "");
        let number = app.to_string();
        let good = Some(DOCUMENTED_SIGN);
        let wrong = sign("wrong", DOCUMENTED.as_bytes());
        let empty = sign("", DOCUMENTED.as_bytes());
        let mut answers = Vec::new();
        for (app, sign) in [
            (None, good),
            (Some("1499999999"), good),
            (Some("x"), good),
            (Some("-1"), good),
            (Some(number.as_str()), None),
            (Some(number.as_str()), Some("")),
            (Some(number.as_str()), Some("%%%")),
            (Some(number.as_str()), Some(wrong.as_str())),
            (Some(keyless.as_str()), Some(empty.as_str())),
        ] {
            answers.push(send(&console, app, sign, DOCUMENTED).await);
        }
        for answer in &answers {
            assert_eq!((answer.status, &answer.body), (StatusCode::UNAUTHORIZED, &answers[0].body));
            let headers = |answer: &Answer| {
                let own = |name: &str| !["x-request-id", "content-security-policy"].contains(&name);
                answer.headers.iter().filter(|(name, _)| own(name.as_str())).map(|pair| format!("{pair:?}")).collect::<Vec<_>>()
            };
            assert_eq!(headers(answer), headers(&answers[0]));
        }
        // Not JSON, but not signed either: only who holds the key is told.
        assert_eq!(send(&console, Some(&number), Some(&wrong), "no").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(send_signed(&console, app, KEY, "no").await.status, StatusCode::BAD_REQUEST);

        let log = wait_for_refusals(&mut root, app, 5).await;
        assert!(log.events.is_empty(), "nothing refused is stored as an event");
        let counts: Vec<(RefusalReason, i64)> = log.refusals.iter().map(|refusal| (refusal.reason, refusal.count)).collect();
        assert_eq!(counts, [(RefusalReason::NoSignature, 1), (RefusalReason::WrongSignature, 4)]);
        assert_eq!((log.refusals[0].last_ms, log.refusals[0].last_address.as_str()), (NOW_MS, "127.0.0.1"));
        let keyless: i64 = keyless.parse().unwrap();
        assert_eq!(wait_for_refusals(&mut root, keyless, 1).await.refusals[0].reason, RefusalReason::NoKey);
    }
}

/// Refusals are written within a second.
async fn wait_for_refusals(root: &mut Browser, app: i64, count: i64) -> CallbackLog {
    let looking = async {
        loop {
            let log = log_of(root, app).await;
            if log.refusals.iter().map(|refusal| refusal.count).sum::<i64>() >= count {
                return log;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), looking).await.expect("the refusals are not counted")
}

#[tokio::test]
async fn bodies_are_bounded_and_the_unknown_is_kept() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let app = app_with_key(&mut root, "school").await;
    let body_of = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
    assert_eq!(send_signed(&console, app, KEY, &body_of(65_536)).await.status, StatusCode::OK);
    assert_eq!(send_signed(&console, app, KEY, &body_of(65_537)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    for kept in [
        r#"{"EventGroupId":9,"EventType":901,"EventInfo":{"RoomId":"课堂\u0000","UserId":"a","EventMsTs":1}}"#,
        r#"{"EventGroupId":3,"EventType":311,"EventInfo":{"RoomId":"20015","EventTs":"1664209748","UserId":"b","TaskId":"t","Payload":{"Status":0}}}"#,
        r#"{"EventGroupId":4,"EventType":401,"EventInfo":{"RoomId":"20015","EventTs":1664209748,"Payload":{"Status":2}}}"#,
        "{}",
    ] {
        assert_eq!(send_signed(&console, app, KEY, kept).await.status, StatusCode::OK, "{kept}");
    }
    for refused in ["", "[]", "null", "{\"a\":", "\u{feff}{}"] {
        assert_eq!(send_signed(&console, app, KEY, refused).await.status, StatusCode::BAD_REQUEST, "{refused}");
    }
    assert_eq!(log_of(&mut root, app).await.events.len(), 5);
}

#[tokio::test]
async fn the_list_of_received_events_stays_small_however_long_they_are() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let app = app_with_key(&mut root, "school").await;
        let body = format!("{{\"a\":\"{}\"}}", "课".repeat(20_000));
        assert_eq!(send_signed(&console, app, KEY, &body).await.status, StatusCode::OK);
        let log = log_of(&mut root, app).await;
        let shown = log.events[0].body.as_ref().unwrap();
        assert_eq!((shown.chars().count(), log.events[0].body_chars), (4_096, 20_008), "{database:?}");
        assert!(body.starts_with(shown.as_str()));
        assert!(root.get(&format!("/apps/{app}/callbacks")).await.body.contains("The first 4,096 of 20,008 characters."));
    }
}

#[tokio::test]
async fn many_at_once_are_all_stored_before_they_are_answered() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let app = app_with_key(&mut root, "school").await;
        let body = |n: i64| {
            format!(r#"{{"EventGroupId":1,"EventType":103,"EventInfo":{{"RoomId":{},"UserId":"u{n}","EventMsTs":{NOW_MS}}}}}"#, n % 7)
        };
        let bodies: Vec<String> = (0..300).map(body).collect();
        let answers = bodies.iter().chain(&bodies).map(|body| send_signed(&console, app, KEY, body));
        let mut stored = 0;
        for answer in join_all(answers).await {
            assert_eq!(answer.status, StatusCode::OK);
            stored += 1;
        }
        assert_eq!(stored, 600);
        let csv = csv(&mut root, &format!("app={app}&from=2026-11-24&to=2026-11-24")).await;
        assert_eq!(csv[1], format!("2026-11-24,{app},0,0,300,300,7"));
    }
}

/// All of them at the same time, on one thread.
pub async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, done) in &mut waiting {
            if done.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *done = Some(value);
            }
        }
        if waiting.iter().all(|(_, done)| done.is_some()) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    waiting.into_iter().filter_map(|(_, done)| done).collect()
}

#[tokio::test]
async fn callbacks_need_no_session_and_no_origin_but_nothing_else_gets_in() {
    let console = TestConsole::start().await;
    let answer = console.browser().get("/callbacks/trtc").await;
    assert_eq!((answer.status, answer.header("allow").as_str()), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    let unsigned = send(&console, None, None, DOCUMENTED).await;
    assert_eq!(unsigned.status, StatusCode::UNAUTHORIZED);
    for answer in [answer, unsigned] {
        assert!(answer.header("content-security-policy").starts_with("default-src 'none';"), "{answer:?}");
        assert_eq!((answer.header("x-content-type-options"), answer.header("cache-control")), ("nosniff".into(), "no-store".into()));
    }
    let log = console.browser().read("callbacks/view", &[("id", "1400000001")]).await;
    assert_eq!(log.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_database_that_is_down_asks_the_sender_to_try_again() {
    let console = TestConsole::start_on(Database::Sqlite).await;
    let mut root = console.root().await;
    let app = app_with_key(&mut root, "school").await;
    console.console.close().await;
    assert_eq!(send_signed(&console, app, KEY, DOCUMENTED).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn bodies_are_shown_only_to_who_may_change_the_callback_configuration() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let app = app_with_key(&mut root, "school").await;
    let relay = r#"{"EventGroupId":4,"EventType":401,"EventInfo":{"RoomId":"20015","UserId":"teacher","EventTs":1664209748,"Payload":{"Url":"rtmp://cdn.example/live?txSecret=hidden"}}}"#;
    assert_eq!(send_signed(&console, app, KEY, relay).await.status, StatusCode::OK);
    assert_eq!(send(&console, Some(&app.to_string()), None, relay).await.status, StatusCode::UNAUTHORIZED);
    wait_for_refusals(&mut root, app, 1).await;

    let one = &[resource_of(owner_of(&mut root).await, app)];
    let reads = statement("allow", &["trtc:DescribeAppStatList", "trtc:DescribeSdkAppInfo"], one);
    let barred = statement("deny", &["trtc:HardDescribeMixConf", "trtc:AlterRecording"], one);
    let edits = statement("allow", &["trtc:ModifyCallbackConf"], one);
    let id = app.to_string();
    let mut reader = sub_account(&console, &mut root, "reader", &[reads.clone(), barred]).await;
    let mut editor = sub_account(&console, &mut root, "editor", &[reads, edits]).await;
    let seen = reader.read("callbacks/view", &[("id", &id)]).await;
    assert_eq!(seen.status, StatusCode::OK);
    for hidden in ["txSecret", "teacher", "127.0.0.1"] {
        assert!(!seen.body.contains(hidden), "{hidden} in {}", seen.body);
    }
    let log = seen.json::<CallbackConfigView>().log;
    assert_eq!((log.events[0].event_type, log.events[0].received_ms, log.refusals[0].count), (Some(401), NOW_MS, 1));
    assert_eq!(log.events[0].room.as_ref().unwrap().to_string(), "20015");
    let page = reader.get(&format!("/apps/{app}/callbacks")).await;
    assert!(
        page.body.contains("shown only to users who can change the callback configuration") && !page.body.contains("txSecret"),
        "{}",
        page.body
    );
    for browser in [&mut editor, &mut root] {
        let seen = browser.read("callbacks/view", &[("id", &id)]).await.body;
        assert!(["txSecret", "teacher", "127.0.0.1"].iter().all(|shown| seen.contains(shown)), "{seen}");
        assert!(browser.get(&format!("/apps/{app}/callbacks")).await.body.contains("txSecret"));
    }
}

#[tokio::test]
async fn refusals_counted_before_a_stop_are_there_after_the_start() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let (app, gone) = (app_with_key(&mut root, "school").await, app_with_key(&mut root, "gone").await.to_string());
        let wrong = sign("wrong", DOCUMENTED.as_bytes());
        for app in [app.to_string(), gone.clone()] {
            for _ in 0..20 {
                assert_eq!(send(&console, Some(&app), Some(&wrong), DOCUMENTED).await.status, StatusCode::UNAUTHORIZED);
            }
        }
        // What was counted for an application that is gone goes with it, and nothing else does.
        assert_eq!(root.call("apps/disable", &[("id", &gone)]).await.status, StatusCode::OK);
        assert_eq!(root.call("apps/delete", &[("id", &gone), ("confirm", &gone)]).await.status, StatusCode::OK);
        let console = console.restarted().await;
        let mut root = console.root().await;
        let counts: Vec<i64> = log_of(&mut root, app).await.refusals.iter().map(|refusal| refusal.count).collect();
        assert_eq!(counts, [20]);
    }
}

#[tokio::test]
async fn what_cannot_be_read_in_an_unknown_field_is_kept_and_counted() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let app = app_with_key(&mut root, "school").await;
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    for (minute, odd) in [r#""\ud800""#, "1e400", deep.as_str()].into_iter().enumerate() {
        let body = |event_type: i64, sent: i64| {
            let at_ms = NOW_MS - 3_600_000 + (i64::try_from(minute).unwrap() * 2 + event_type) * 60_000;
            format!(
                r#"{{"New":{odd},"CallbackTs":{sent},"EventGroupId":1,"EventType":{event_type},"EventInfo":{{"RoomId":1,"UserId":"a","EventMsTs":{at_ms}}}}}"#
            )
        };
        for sent in [NOW_MS, NOW_MS + 10_000] {
            for event_type in [103, 104] {
                assert_eq!(send_signed(&console, app, KEY, &body(event_type, sent)).await.status, StatusCode::OK, "{odd}");
            }
        }
    }
    let log = log_of(&mut root, app).await;
    assert_eq!(log.events.len(), 6, "sent again is the same event");
    assert!(log.events.iter().all(|event| event.room.is_some() && event.at_ms.is_some()));
    assert_eq!(csv(&mut root, &format!("app={app}&from=2026-11-24&to=2026-11-24")).await[1], format!("2026-11-24,{app},3,0,1,3,1"));
}

#[tokio::test]
async fn a_deleted_application_is_gone_at_once_for_senders_and_readers_and_its_name_is_free() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let app = app_with_key(&mut root, "school").await;
        let entry = format!(r#"{{"EventGroupId":1,"EventType":103,"EventInfo":{{"RoomId":1,"UserId":"a","EventMsTs":{NOW_MS}}}}}"#);
        assert_eq!(send_signed(&console, app, KEY, &entry).await.status, StatusCode::OK);
        assert_eq!(csv(&mut root, "app=all").await.len(), 2);
        let id = app.to_string();
        assert_eq!(root.call("apps/disable", &[("id", &id)]).await.status, StatusCode::OK);
        assert_eq!(root.call("apps/delete", &[("id", &id), ("confirm", &id)]).await.status, StatusCode::OK);

        let again = app_with_key(&mut root, "school").await;
        assert_eq!(again, app + 1);
        assert_eq!(root.call("apps/enable", &[("id", &id)]).await.status, StatusCode::NOT_FOUND);
        for before_purge in [true, false] {
            assert_eq!(send_signed(&console, app, KEY, &entry).await.status, StatusCode::UNAUTHORIZED, "{before_purge}");
            assert_eq!(csv(&mut root, "app=all").await.len(), 1);
            assert_eq!(root.get(&format!("/usage/export.csv?app={app}")).await.status, StatusCode::NOT_FOUND);
            assert_eq!(root.read("callbacks/view", &[("id", &id)]).await.status, StatusCode::NOT_FOUND);
            console.console.purge_deleted().await.unwrap();
        }
        let console = console.restarted().await;
        let mut root = console.root().await;
        assert_eq!(app_with_key(&mut root, "other").await, app + 2, "no number is used twice, though its row is gone");
        assert_eq!(send_signed(&console, again, KEY, &entry).await.status, StatusCode::OK);
    }
}
