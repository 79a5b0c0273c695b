//! Usage statistics from signed callbacks to CSV: figures, order of arrival, scope of the reader, a crash in between; on both databases.
//!
//! The rules themselves are tested in `stays`.

use crate::events::{KEY, app_with_key, join_all, send_signed};
use crate::kit::{Browser, DATABASES, NOW_MS, PASSWORD, ROOT, TestConsole};
use crate::people::{owner_of, resource_of, statement, sub_account};
use axum::http::StatusCode;
use std::collections::BTreeMap;
use trtc_console::demo::traffic::{self, Business, DEMO_DAYS, DemoApp, generate};
use trtc_console::domain::fault::Fault;
use trtc_console::domain::ids::SdkAppId;
use trtc_console::domain::usage::{UsageOverview, UsageReport, UsageRow};

/// 2026-11-23 23:59:00 at UTC+8: one minute before midnight of the day before the tests' today.
const BASE: i64 = 1_795_449_540_000;
const HEADER: &str = "date,sdk_app_id,audio_minutes,video_minutes,users,entries,rooms";

/// An event of room 7, so many seconds after [`BASE`].
fn event(event_type: i64, secs: i64, user: &str) -> String {
    let at_ms = BASE + secs * 1_000;
    let user = if user.is_empty() { String::new() } else { format!(r#","UserId":"{user}""#) };
    format!(
        r#"{{"EventGroupId":{},"EventType":{event_type},"CallbackTs":{at_ms},"EventInfo":{{"RoomId":7,"EventTs":{},"EventMsTs":{at_ms}{user}}}}}"#,
        event_type / 100,
        at_ms / 1_000
    )
}

/// Two people over midnight, one of them with a picture from the beginning; a third who comes and goes twice.
fn lesson() -> Vec<String> {
    vec![
        event(101, 0, ""),
        event(103, 0, "ann"),
        event(201, 0, "ann"),
        event(103, 0, "bob"),
        event(103, 10, "eve"),
        event(104, 20, "eve"),
        event(103, 70, "eve"),
        event(104, 80, "eve"),
        event(104, 90, "ann"),
        event(104, 120, "bob"),
        event(102, 121, ""),
    ]
}

/// First day: ann 60 s of audio, bob 60 s and eve 10 s of video. Second day: ann 30 s and bob 30 s of audio, bob 30 s and eve 10 s of video.
fn expected(app: i64) -> Vec<String> {
    vec![HEADER.to_owned(), format!("2026-11-23,{app},1,2,3,3,1"), format!("2026-11-24,{app},1,1,3,1,1")]
}

#[tokio::test]
async fn a_refusal_names_every_way_in_and_the_narrowest_first() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let owner = owner_of(&mut root).await;
    let app = app_with_key(&mut root, "school").await;
    let one = &[resource_of(owner, app)];
    let mut lists = sub_account(&console, &mut root, "lists", &[statement("allow", &["trtc:DescribeAppStatList"], one)]).await;
    let mut none = sub_account(&console, &mut root, "none", &[statement("allow", &["cam:ListUsers"], &["*".to_owned()])]).await;
    let page = lists.get("/usage").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains(one[0].as_str()), "the grant is of use on the one application that may be listed: {}", page.body);
    let room = page.body.find("trtc:DescribeTrtcRoomUsage").unwrap();
    assert!(room < page.body.find("trtc:DescribeTrtcStatistic").unwrap(), "an application before everything");
    assert!(page.body.contains("Any one of these is enough"));
    assert!(!page.body.contains("trtc:DescribeAppStatList"), "what is held already is not asked for");
    let refused = none.read("usage/report", &[]).await.json::<Fault>();
    assert!(matches!(refused, Fault::Denied(denial) if denial.action == "trtc:DescribeAppStatList"), "the first that is missing");
    let page = none.get("/usage").await.body;
    assert!(page.contains(&format!("qcs::trtc::uin/{owner}:sdkappid/&lt;SDKAppID&gt;")), "any application will do: {page}");
    assert!(
        ["trtc:DescribeAppStatList", "trtc:DescribeTrtcRoomUsage", "trtc:DescribeTrtcStatistic"].iter().all(|action| page.contains(action))
    );

    // A deny on the narrow way: the other way is named first.
    let denied = statement("deny", &["trtc:DescribeTrtcRoomUsage"], &["*".to_owned()]);
    let mut barred = sub_account(&console, &mut root, "barred", &[statement("allow", &["trtc:DescribeAppStatList"], one), denied]).await;
    let page = barred.get("/usage").await.body;
    assert!(page.find("trtc:DescribeTrtcStatistic").unwrap() < page.find("trtc:DescribeTrtcRoomUsage").unwrap());
    assert!(page.contains("Implicit deny"));
}

/// The file once everything received is in it, by lines.
pub async fn csv(browser: &mut Browser, query: &str) -> Vec<String> {
    let answer = loop {
        let answer = browser.get(&format!("/usage/export.csv?{query}")).await;
        if answer.status != StatusCode::SERVICE_UNAVAILABLE {
            break answer;
        }
    };
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    answer.body.lines().map(str::to_owned).collect()
}

/// The report once everything received is in it.
pub async fn report(browser: &mut Browser, fields: &[(&str, &str)]) -> UsageReport {
    loop {
        let report: UsageReport = browser.read("usage/report", fields).await.json();
        if !report.behind {
            return report;
        }
    }
}

/// The rows of the last 30 days, from every page of the table.
async fn all_rows(browser: &mut Browser) -> Vec<UsageRow> {
    let mut rows = Vec::new();
    for page in 1.. {
        let next = report(browser, &[("page", &page.to_string())]).await.rows;
        rows.extend(next.rows);
        if i64::try_from(rows.len()).unwrap() >= next.total {
            break;
        }
    }
    rows
}

#[tokio::test]
async fn figures_follow_the_events_in_any_order_and_any_number() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let mut apps = Vec::new();
        for (name, step) in [("in_order", 1), ("mixed", 7), ("backwards", 10)] {
            let app = app_with_key(&mut root, name).await;
            let events = lesson();
            // 1, 7 and 10 have no divisor in common with the number of events, so each order has all of them.
            for index in 0..events.len() * 2 {
                let body = &events[index * step % events.len()];
                assert_eq!(send_signed(&console, app, KEY, body).await.status, StatusCode::OK);
            }
            apps.push(app);
        }
        for app in &apps {
            assert_eq!(csv(&mut root, &format!("app={app}&from=2026-11-01&to=2026-11-30")).await, expected(*app));
        }
        let all = csv(&mut root, "app=all&from=2026-11-23&to=2026-11-23").await;
        assert_eq!(all.len(), 1 + apps.len());
        assert!(csv(&mut root, &format!("app={}&from=2026-11-25&to=2026-11-30", apps[0])).await == [HEADER]);
    }
}

#[tokio::test]
async fn figures_not_worked_out_before_a_stop_are_worked_out_after_the_start() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let app = app_with_key(&mut console.root().await, "school").await;
        for body in lesson() {
            assert_eq!(send_signed(&console, app, KEY, &body).await.status, StatusCode::OK);
        }
        let console = console.restarted().await;
        let mut root = console.root().await;
        report(&mut root, &[]).await;
        assert_eq!(csv(&mut root, &format!("app={app}&from=2026-11-01&to=2026-11-30")).await, expected(app));
    }
}

#[tokio::test]
async fn a_late_event_changes_the_past_and_only_its_call() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let app = app_with_key(&mut root, "school").await;
        let figures = format!("app={app}&from=2026-11-23&to=2026-11-23");
        for (event_type, secs, user) in
            [(103, 0, "ann"), (104, 10, "ann"), (103, 20, "bob"), (104, 30, "bob"), (103, 40, "eve"), (104, 50, "eve")]
        {
            send_signed(&console, app, KEY, &event(event_type, secs, user)).await;
        }
        assert_eq!(csv(&mut root, &figures).await[1], format!("2026-11-23,{app},1,0,3,3,1"));
        // Somebody entered in the first call, sent a picture, and left in the last one.
        for (event_type, secs) in [(201, 6), (104, 45), (103, 5)] {
            send_signed(&console, app, KEY, &event(event_type, secs, "late")).await;
        }
        assert_eq!(csv(&mut root, &figures).await[1], format!("2026-11-23,{app},1,1,4,4,1"), "4 + 10 + 5 s of video");
        let room_of_a_string = event(103, 5, "ann").replace("\"RoomId\":7", "\"RoomId\":\"7\"");
        send_signed(&console, app, KEY, &room_of_a_string).await;
        assert_eq!(csv(&mut root, &figures).await[1].split(',').next_back(), Some("2"), "7 and \"7\" are two rooms");
    }
}

#[tokio::test]
async fn an_end_that_names_the_digits_as_text_closes_the_room_with_the_number() {
    // The samples of the documentation: 101 and 103 have a number, 102 a text.
    let samples = [
        r#"{"EventGroupId":1,"EventType":101,"CallbackTs":1687770730166,"EventInfo":{"RoomId":12345,"EventTs":1687770730,"EventMsTs":1687770730160,"UserId":"test"}}"#,
        r#"{"EventGroupId":1,"EventType":103,"CallbackTs":1687770730166,"EventInfo":{"RoomId":12345,"EventTs":1687770731,"EventMsTs":1687770731831,"UserId":"test","Role":21,"TerminalType":2,"UserType":3,"Reason":1}}"#,
        r#"{"EventGroupId":1,"EventType":102,"CallbackTs":1687771618457,"EventInfo":{"RoomId":"12345","EventTs":1687771618,"EventMsTs":1687771618457}}"#,
    ];
    let entry_of_text = samples[1].replace("12345,", "\"12345\",").replace("\"test\"", "\"other\"");
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        for (round, order) in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].into_iter().enumerate() {
            let app = app_with_key(&mut root, &format!("school{round}")).await;
            let figures = format!("app={app}&from=2023-06-26&to=2023-06-26");
            let mut seen = Vec::new();
            for index in order {
                assert_eq!(send_signed(&console, app, KEY, samples[index]).await.status, StatusCode::OK);
                // Worked out before the next one arrives.
                seen = csv(&mut root, &figures).await;
            }
            assert_eq!(seen[1..], [format!("2023-06-26,{app},15,0,1,1,1")], "{order:?}");
            assert_eq!(send_signed(&console, app, KEY, &entry_of_text).await.status, StatusCode::OK);
            let seen = csv(&mut root, &figures).await;
            assert_eq!(seen[1..], [format!("2023-06-26,{app},15,0,2,2,2")], "the end was that of the text room, the other one fell silent");
        }
    }
}

#[tokio::test]
async fn a_stay_in_progress_counts_up_to_now_and_is_marked() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let app = app_with_key(&mut root, "school").await;
        let entered = NOW_MS - 600_000;
        let body = event(103, (entered - BASE) / 1_000, "ann");
        send_signed(&console, app, KEY, &body).await;
        let now = report(&mut root, &[]).await;
        assert_eq!((now.rows.total, now.rows.rows[0].audio_minutes, now.rows.rows[0].in_progress, now.as_of_ms), (1, 10, 1, NOW_MS));
        assert_eq!((now.period.from.to_string().as_str(), now.period.to.to_string().as_str()), ("2026-10-26", "2026-11-24"));
        console.clock.advance(300_000);
        assert_eq!(report(&mut root, &[]).await.rows.rows[0].audio_minutes, 15, "worked out again as time goes by");
        console.clock.advance(24 * 3_600_000);
        root.log_in("", ROOT, PASSWORD).await;
        let later = report(&mut root, &[]).await;
        assert_eq!(
            (later.rows.rows[0].audio_minutes, later.rows.rows[0].in_progress, later.rows.rows[0].silent),
            (0, 0, 1),
            "closed at the last sign of life"
        );
    }
}

#[tokio::test]
async fn the_reader_sees_the_applications_in_scope_and_no_trace_of_others() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (mine, other) = (app_with_key(&mut root, "mine").await, app_with_key(&mut root, "other").await);
    for app in [mine, other] {
        for body in lesson() {
            send_signed(&console, app, KEY, &body).await;
        }
    }
    let one = resource_of(owner_of(&mut root).await, mine);
    let may = statement("allow", &["trtc:DescribeAppStatList", "trtc:DescribeTrtcRoomUsage"], &[one]);
    let mut reader = sub_account(&console, &mut root, "reader", &[may]).await;
    assert_eq!(csv(&mut reader, "app=all&from=2026-11-01&to=2026-11-30").await, expected(mine));
    assert_eq!(csv(&mut reader, &format!("app={mine}&from=2026-11-01&to=2026-11-30")).await, expected(mine));
    let seen = report(&mut reader, &[]).await;
    assert_eq!((seen.apps.len(), seen.apps_of, seen.apps[0].0), (1, 2, SdkAppId(mine)));

    let foreign = reader.get(&format!("/usage/export.csv?app={other}")).await;
    let unknown = reader.get("/usage/export.csv?app=1499999999").await;
    assert_eq!((foreign.status, &foreign.body), (StatusCode::NOT_FOUND, &unknown.body));
    assert_eq!(reader.get("/usage/export.csv?app=x").await.status, StatusCode::NOT_FOUND);
    let refused = reader.read("usage/overview", &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "month totals ask for an action that is not granted: {}", refused.body);
    assert_eq!(root.read("usage/overview", &[]).await.json::<UsageOverview>().month_totals.unwrap().video_minutes, 6);

    let anonymous = console.browser().get(&format!("/usage/export.csv?app={mine}")).await;
    assert_eq!(anonymous.status, StatusCode::SEE_OTHER);
    assert!(anonymous.location().starts_with("/login?next=/usage/export.csv"), "{}", anonymous.location());
}

#[tokio::test]
async fn the_table_comes_in_pages_and_orders_and_with_the_days_before() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let app = app_with_key(&mut root, "school").await;
    let days = |ago: i64| -ago * 86_400;
    // One minute more each day back: 40 days, each with its own figure.
    for ago in 0..40 {
        send_signed(&console, app, KEY, &event(103, days(ago) - 7_200, "ann")).await;
        send_signed(&console, app, KEY, &event(104, days(ago) - 7_200 + 60 * (ago + 1), "ann")).await;
    }
    let period = [("from", "2026-10-15"), ("to", "2026-11-23")];
    let asked = |more: &[(&'static str, &'static str)]| [&period[..], more].concat();
    let first = report(&mut root, &asked(&[])).await;
    assert_eq!((first.rows.rows.len(), first.rows.total, first.rows.page), (31, 40, 1));
    assert_eq!((first.rows.rows[0].day.to_string().as_str(), first.rows.rows[0].audio_minutes), ("2026-11-23", 1));
    assert_eq!((first.totals.unwrap().audio_minutes, first.before), (820, None), "nothing was reported before: not zero");
    let last = report(&mut root, &asked(&[("page", "9")])).await;
    assert_eq!((last.rows.rows.len(), last.rows.page, last.rows.rows[8].audio_minutes), (9, 2, 40), "beyond the end is the end");
    let minutes = async |root: &mut Browser, sort: &'static str| {
        report(root, &asked(&[("sort", sort)])).await.rows.rows.iter().take(2).map(|row| row.audio_minutes).collect::<Vec<_>>()
    };
    assert_eq!(minutes(&mut root, "-audio").await, [40, 39]);
    assert_eq!(minutes(&mut root, "date").await, [40, 39]);
    assert_eq!(minutes(&mut root, "video").await, [1, 2], "equal ones: the newest first");
    assert_eq!(minutes(&mut root, "no such column").await, [1, 2]);
    let week = report(&mut root, &[("from", "2026-11-17"), ("to", "2026-11-23")]).await;
    assert_eq!(week.totals.unwrap().audio_minutes, (1..=7).sum::<i64>());
    assert_eq!(week.before.unwrap().audio_minutes, (8..=14).sum::<i64>());
    let overview: UsageOverview = root.read("usage/overview", &[]).await.json();
    assert_eq!(overview.month_totals.unwrap().audio_minutes, (1..=23).sum::<i64>());
    assert_eq!(overview.before, None, "counting began in the middle of the days to compare with");
    send_signed(&console, app, KEY, &event(103, days(60), "ann")).await;
    send_signed(&console, app, KEY, &event(104, days(60) + 60, "ann")).await;
    let overview: UsageOverview = root.read("usage/overview", &[]).await.json();
    assert_eq!(overview.before.unwrap().audio_minutes, (31..=40).sum::<i64>(), "2026-10-15 to 2026-10-24, as far as the month has gone");
    assert_eq!(csv(&mut root, "from=2026-10-15&to=2026-11-23").await.len(), 41, "the file has every row");
}

#[tokio::test]
async fn what_is_asked_wrongly_is_said() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    for query in ["from=2026-13-01", "to=x", "from=2026-11-02&to=2026-11-01", "from=2020-01-01&to=2026-01-01"] {
        let answer = root.get(&format!("/usage/export.csv?{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}: {}", answer.body);
    }
    assert_eq!(csv(&mut root, "").await, [HEADER]);
}

#[tokio::test]
async fn the_demo_month_goes_through_the_door_and_adds_up() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let mut apps = Vec::new();
    for (name, business) in
        [("lessons", Business::Lessons), ("meetings", Business::Meetings), ("live", Business::Live), ("support", Business::Support)]
    {
        apps.push(DemoApp { id: SdkAppId(app_with_key(&mut root, name).await), key: KEY.to_owned(), business });
    }
    let sent = traffic::send(&console.console.gate, &console.console.intake, &apps, DEMO_DAYS, 480).await.unwrap();
    assert_eq!(sent, apps.iter().map(|app| generate(app, DEMO_DAYS, NOW_MS, 480).len()).sum::<usize>());
    assert!((8_000..30_000).contains(&sent), "{sent} events");

    let month = all_rows(&mut root).await;
    let mut days: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for row in &month {
        assert!(row.rooms > 0 && row.users > 0 && row.in_progress == 0 && row.silent == 0, "{row:?}");
        days.entry(row.app.0).or_default().push(row.video_minutes + row.audio_minutes);
    }
    assert_eq!(days.len(), 4);
    assert!(days.values().all(|days| days.len() >= 22), "{days:?}");
    let sum = |app: &DemoApp, weekend: bool| {
        let rows = month.iter().filter(|row| row.app == app.id && (row.day.weekday() > 5) == weekend);
        rows.map(|row| row.audio_minutes + row.video_minutes).sum::<i64>()
    };
    assert!(sum(&apps[1], false) > 20 * sum(&apps[1], true), "meetings are for weekdays");
    let shown = report(&mut root, &[]).await;
    let audio = month.iter().map(|row| row.audio_minutes).sum::<i64>();
    assert_eq!(shown.totals.map(|sum| sum.audio_minutes), Some(audio));
    assert_eq!(shown.by_day.iter().filter_map(|(_, sum)| *sum).map(|sum| sum.audio_minutes).sum::<i64>(), audio);
    // The same again changes nothing.
    traffic::send(&console.console.gate, &console.console.intake, &apps[1..2], DEMO_DAYS, 480).await.unwrap();
    assert!(all_rows(&mut root).await == month);
}

#[tokio::test]
async fn a_room_at_rest_is_said_to_be_behind_by_its_own_readers_only_and_the_file_waits() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (busy, quiet) = (app_with_key(&mut root, "busy").await, app_with_key(&mut root, "quiet").await);
    let sound = |secs: i64| event(203, secs, "ann");
    let first = [event(103, 0, "ann")].into_iter().chain((1..5_000).map(sound)).collect::<Vec<_>>();
    for some in first.chunks(250) {
        for answer in join_all(some.iter().map(|body| send_signed(&console, busy, KEY, body))).await {
            assert_eq!(answer.status, StatusCode::OK);
        }
    }
    let (asked, other) = (busy.to_string(), quiet.to_string());
    report(&mut root, &[("app", &asked)]).await;
    // One more makes the room expensive: it rests for a while, and the clock stands still.
    send_signed(&console, busy, KEY, &sound(5_001)).await;
    report(&mut root, &[("app", &asked)]).await;
    send_signed(&console, busy, KEY, &event(104, 5_002, "ann")).await;
    let late: UsageReport = root.read("usage/report", &[("app", &asked)]).await.json();
    assert!(late.behind, "an acknowledged event is missing");
    let file = root.get(&format!("/usage/export.csv?app={busy}&from=2026-11-23&to=2026-11-24")).await;
    assert_eq!((file.status, file.header("retry-after").as_str()), (StatusCode::SERVICE_UNAVAILABLE, "5"), "{}", file.body);
    assert!(file.body.contains("not counted yet"), "{}", file.body);

    let of_other: UsageReport = root.read("usage/report", &[("app", &other)]).await.json();
    assert!(!of_other.behind, "what happens in another application is not told");
    let file = root.get(&format!("/usage/export.csv?app={quiet}&from=2026-11-23&to=2026-11-24")).await;
    assert_eq!((file.status, file.body.trim()), (StatusCode::OK, HEADER));

    console.clock.advance(1_000);
    console.console.work_out_figures().await.unwrap();
    assert_eq!(csv(&mut root, &format!("app={busy}&from=2026-11-24&to=2026-11-24")).await[1], format!("2026-11-24,{busy},83,0,1,0,1"));
}

#[tokio::test]
async fn an_event_whose_milliseconds_cannot_be_counts_at_its_seconds() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let app = app_with_key(&mut root, "school").await;
    for (event_type, secs, to) in [(103, 0, "0"), (104, 30, "1"), (103, 31, "null"), (104, 60, "\"\"")] {
        let at_ms = BASE + secs * 1_000;
        let body = event(event_type, secs, "ann").replace(&format!("\"EventMsTs\":{at_ms}"), &format!("\"EventMsTs\":{to}"));
        let body = body.replace(&format!("\"EventTs\":{}", at_ms / 1_000), &format!("\"EventTs\":{}.75", at_ms / 1_000));
        assert_eq!(send_signed(&console, app, KEY, &body).await.status, StatusCode::OK);
    }
    assert_eq!(csv(&mut root, "from=2026-11-23&to=2026-11-23").await[1], format!("2026-11-23,{app},1,0,1,2,1"));
}

#[tokio::test]
async fn one_pair_of_events_years_apart_makes_no_years_of_days() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let app = app_with_key(&mut root, "school").await;
    let named = |event_type, secs| event(event_type, secs, "ann").replace("\"UserId\"", "\"UniqueId\":\"u\",\"UserId\"");
    for body in [named(103, -300 * 86_400), named(104, 0)] {
        assert_eq!(send_signed(&console, app, KEY, &body).await.status, StatusCode::OK);
    }
    let rows = csv(&mut root, "from=2025-12-01&to=2026-11-24").await;
    assert_eq!(rows, [HEADER.to_owned(), format!("2026-01-27,{app},0,0,1,1,1")], "{} rows", rows.len());
}

#[tokio::test]
async fn operators_see_that_a_room_cannot_be_worked_out_which_holds_up_no_other() {
    let console = TestConsole::start().await;
    let app = app_with_key(&mut console.root().await, "school").await;
    console.sql("CREATE TRIGGER fault BEFORE INSERT ON day_users WHEN NEW.user_id = 'eve' BEGIN SELECT RAISE(ABORT, 'fault'); END").await;
    let in_room_8 = event(103, -60, "eve").replace("\"RoomId\":7", "\"RoomId\":8");
    for body in [event(103, -60, "ann"), in_room_8] {
        assert_eq!(send_signed(&console, app, KEY, &body).await.status, StatusCode::OK);
    }
    let status = async || {
        console.console.work_out_figures().await.unwrap();
        let said = console.browser().get("/healthz?verbose").await.body;
        let line = |name: &str| said.lines().find(|line| line.contains(name)).unwrap()[..3].to_owned();
        [line("worker rollups:"), line("worker rollups-rooms:")]
    };
    assert_eq!(status().await, ["[+]", "[-]"]);
    assert_eq!(console.sql_text("SELECT GROUP_CONCAT(DISTINCT user_id) FROM day_users").await, "ann");
    console.clock.advance(61_000);
    assert_eq!(status().await, ["[+]", "[-]"], "tried again");
    console.sql("DROP TRIGGER fault").await;
    console.clock.advance(121_000);
    assert_eq!(status().await, ["[+]", "[+]"]);
    assert_eq!(console.sql_text("SELECT CAST(COUNT(DISTINCT user_id) AS TEXT) FROM day_users").await, "2");
}
