//! Figures are written as differences, and must be those of one pass over everything: whatever order events come in, how often, how often and
//! where working them out is cut off, and who else works at the same time; on both databases.
//!
//! What one pass gives is the arithmetic of `domain`, which `stays` tests by itself.

use crate::events::{KEY, app_with_key, join_all, send_signed};
use crate::kit::{DATABASES, NOW_MS, TestConsole};
use crate::usage::report;
use axum::http::StatusCode;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use trtc_console::domain::calls::Reckoning;
use trtc_console::domain::days::{DAY_MS, Day};
use trtc_console::domain::ids::SdkAppId;
use trtc_console::domain::stays::{Fact, misdirected_ends};
use trtc_console::domain::usage::{CallDay, UsageRow, call_days, minutes};

const OFFSET: i64 = 480;

/// How often the whole is tried on each database.
const CASES: usize = 16;

/// One event: its type, room, instant and user.
#[derive(Clone, Debug, PartialEq)]
struct Happening {
    event_type: i64,
    /// A number, or with a quotation mark a text.
    room: &'static str,
    at_ms: i64,
    user: &'static str,
    unique: Option<&'static str>,
}

impl Happening {
    fn body(&self) -> String {
        let unique = self.unique.map_or_else(String::new, |unique| format!(r#","UniqueId":"{unique}""#));
        format!(
            r#"{{"EventGroupId":{},"EventType":{},"EventInfo":{{"RoomId":{},"EventMsTs":{},"UserId":"{}"{unique}}}}}"#,
            self.event_type / 100,
            self.event_type,
            self.room,
            self.at_ms,
            self.user
        )
    }

    fn fact(&self) -> Fact {
        Fact::new(self.event_type, self.at_ms, NOW_MS, Some(self.user), self.unique).unwrap()
    }
}

/// What is sent at once, and after how many microseconds the working out beside it is cut off; `None`: everything is worked out before the next
/// round, which comes upon figures of what was before.
type Round = (Vec<Happening>, Option<u64>);

fn happening() -> impl Strategy<Value = Happening> {
    let kinds = prop::sample::select(vec![103, 103, 103, 104, 104, 102, 101, 201, 202, 205, 105]);
    // Few instants, so that much happens at once: quarters of an hour of the last three days.
    let quarters = 0..3 * 96_i64;
    let rooms = prop::sample::select(vec!["1", "1", "2", "\"1\"", "\"b\""]);
    let users = prop::sample::select(vec!["ann", "bob", "eve"]);
    let uniques = prop::sample::select(vec![None, None, Some("u"), Some("v")]);
    (kinds, rooms, quarters, users, uniques).prop_map(|(event_type, room, quarter, user, unique)| Happening {
        event_type,
        room,
        at_ms: NOW_MS - 3 * DAY_MS + quarter * 900_000,
        user,
        unique,
    })
}

/// Somebody who comes and goes: a room is settled when all have gone, and what happens after that is worked out apart from what was before.
fn visit() -> impl Strategy<Value = Vec<Happening>> {
    (happening(), 1..6_i64).prop_map(|(come, quarters)| {
        let come = Happening { event_type: 103, unique: None, ..come };
        let gone = Happening { event_type: 104, at_ms: come.at_ms + quarters * 900_000, ..come.clone() };
        vec![come, gone]
    })
}

/// Rounds in which every event is sent at least once, and many again: in the order in which they happen, or in any other one.
fn rounds() -> impl Strategy<Value = Vec<Round>> {
    let visits = || prop::collection::vec(visit(), 8..24).prop_map(|visits| visits.concat());
    let anything = || prop::collection::vec(happening(), 8..48);
    let both = (visits(), anything()).prop_map(|(visits, more)| [visits, more].concat());
    let events = prop_oneof![2 => visits(), 1 => anything(), 1 => both];
    let sent = (events, any::<bool>()).prop_flat_map(|(events, in_order)| {
        let again = prop::sample::subsequence(events.clone(), 0..events.len());
        let all = again.prop_flat_map(move |again| Just([events.clone(), again].concat()).prop_shuffle());
        all.prop_map(move |mut all| {
            if in_order {
                all.sort_by_key(|happening| happening.at_ms);
            }
            all
        })
    });
    let rounds = sent.prop_flat_map(|sent| {
        let chunks: Vec<Vec<Happening>> = sent.chunks(6).map(<[_]>::to_vec).collect();
        let cuts = prop::collection::vec(prop::option::of(0..15_000_u64), chunks.len());
        (Just(chunks), cuts)
    });
    rounds.prop_map(|(chunks, cuts)| chunks.into_iter().zip(cuts).collect())
}

/// What one pass over all events gives.
fn in_one_pass(app: i64, rounds: &[Round]) -> Vec<UsageRow> {
    let mut rooms: BTreeMap<&str, Vec<Fact>> = BTreeMap::new();
    for happening in rounds.iter().flat_map(|(happenings, _)| happenings) {
        rooms.entry(happening.room).or_default().push(happening.fact());
    }
    let of_text: Vec<Fact> = misdirected_ends(rooms.get("\"1\"").cloned().unwrap_or_default());
    if let Some(facts) = rooms.get_mut("1") {
        facts.extend(of_text);
    }
    let mut days: BTreeMap<Day, (CallDay, BTreeSet<&str>)> = BTreeMap::new();
    for (room, facts) in rooms {
        for (day, figures) in Reckoning::of(facts, NOW_MS).calls.iter().flat_map(|call| call_days(call, OFFSET)) {
            let (sum, rooms) = days.entry(day).or_default();
            sum.audio_ms += figures.audio_ms;
            sum.video_ms += figures.video_ms;
            sum.entries += figures.entries;
            sum.in_progress += figures.in_progress;
            sum.silent += figures.silent;
            sum.users.extend(figures.users);
            rooms.insert(room);
        }
    }
    let count = |many: usize| i64::try_from(many).unwrap();
    let row = |(day, (sum, rooms)): (Day, (CallDay, BTreeSet<&str>))| UsageRow {
        day,
        app: SdkAppId(app),
        audio_minutes: minutes(sum.audio_ms),
        video_minutes: minutes(sum.video_ms),
        users: count(sum.users.len()),
        entries: sum.entries,
        rooms: count(rooms.len()),
        in_progress: sum.in_progress,
        silent: sum.silent,
    };
    days.into_iter().map(row).collect()
}

/// Days whose sums are not those of their calls and users; there must be none.
const DIFFERING_DAYS: &str = "
    SELECT CAST(COUNT(*) AS TEXT) FROM usage_days u WHERE u.rooms <= 0
    OR u.audio_ms <> (SELECT SUM(c.audio_ms) FROM call_days c WHERE c.sdk_app_id = u.sdk_app_id AND c.day = u.day)
    OR u.entries <> (SELECT SUM(c.entries) FROM call_days c WHERE c.sdk_app_id = u.sdk_app_id AND c.day = u.day)
    OR u.rooms <> (SELECT COUNT(DISTINCT c.room) FROM call_days c WHERE c.sdk_app_id = u.sdk_app_id AND c.day = u.day)
    OR u.users <> (SELECT COUNT(*) FROM day_users d WHERE d.sdk_app_id = u.sdk_app_id AND d.day = u.day AND d.calls > 0)
    OR u.users <> (SELECT COUNT(DISTINCT c.user_id) FROM call_users c WHERE c.sdk_app_id = u.sdk_app_id AND c.day = u.day)";
/// Users whose calls are not counted right; there must be none.
const DIFFERING_USERS: &str = "
    SELECT CAST(COUNT(*) AS TEXT) FROM day_users d WHERE d.calls <> (SELECT COUNT(*) FROM call_users c
    WHERE c.sdk_app_id = d.sdk_app_id AND c.day = d.day AND c.user_id = d.user_id)";

#[tokio::test(flavor = "multi_thread")]
async fn any_order_repetition_and_cut_gives_the_figures_of_one_pass() {
    for database in DATABASES {
        let mut console = TestConsole::start_on(database).await;
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
        for case in 0..CASES {
            let replica = console.replica().await;
            let rounds = rounds().new_tree(&mut runner).unwrap().current();
            let mut root = console.root().await;
            let app = app_with_key(&mut root, &format!("school{case}")).await;
            for (happenings, cut_us) in &rounds {
                let sent = join_all(happenings.iter().map(|happening| {
                    let (console, body) = (&console, happening.body());
                    async move { send_signed(console, app, KEY, &body).await.status }
                }));
                // Dropped wherever it is: what a crash at that point would leave.
                let moment = Duration::from_micros(cut_us.unwrap_or(0));
                let (answers, _, _) = tokio::join!(
                    sent,
                    tokio::time::timeout(moment, console.console.work_out_figures()),
                    tokio::time::timeout(moment * 2, replica.work_out_figures())
                );
                assert!(answers.iter().all(|status| *status == StatusCode::OK), "{answers:?}");
                if cut_us.is_none() {
                    console.console.work_out_figures().await.unwrap();
                }
            }
            replica.close().await;
            if case % 4 == 0 {
                console = console.restarted().await;
                root = console.root().await;
            }
            let id = app.to_string();
            let figures = report(&mut root, &[("app", &id), ("from", "2026-11-01"), ("to", "2026-11-30"), ("sort", "date")]).await;
            let mut rows = figures.rows.rows;
            rows.sort_by_key(|row| row.day);
            assert_eq!(rows, in_one_pass(app, &rounds), "{database:?}, case {case}: {rounds:#?}");
        }
        assert_eq!((console.sql_text(DIFFERING_DAYS).await, console.sql_text(DIFFERING_USERS).await), ("0".to_owned(), "0".to_owned()));
        assert_ne!(console.sql_text("SELECT CAST(COUNT(*) AS TEXT) FROM day_users").await, "0");
    }
}
