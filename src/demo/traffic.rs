//! Made-up events for the demo organisation: a month of lessons, meetings, live rooms and support calls, the same ones for the same seed.
//!
//! They are signed and go through the door that TRTC uses; nothing here may write to the store.

use crate::domain::days::{Day, Period};
use crate::domain::ids::SdkAppId;
use crate::server::gate::{CallbackError, Gate, sign};
use crate::server::workers::intake::{Intake, IntakeError};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::task::JoinSet;

/// Days of events.
pub const DEMO_DAYS: i64 = 30;
/// Callbacks under way at the same time.
const AT_ONCE: usize = 500;
const MIN_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;

/// What an application of the demo organisation is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Business {
    /// Lessons: a teacher with camera and screen, a class with some cameras; weekdays and Saturday mornings; recorded.
    Lessons,
    /// Meetings: office hours, most cameras on.
    Meetings,
    /// Live rooms: evenings, most at weekends; one or two hosts and an audience; relayed to CDN.
    Live,
    /// Support calls: two people, seldom with a picture, every day.
    Support,
}

/// An application to send events for.
#[derive(Clone)]
pub struct DemoApp {
    /// Its number.
    pub id: SdkAppId,
    /// Its callback key.
    pub key: String,
    /// What it is used for.
    pub business: Business,
}

/// How a business goes about its calls.
struct Shape {
    /// Calls a day, Monday to Sunday.
    calls: [i64; 7],
    /// Hours of the day in which calls begin.
    hours: (i64, i64),
    /// People besides the host.
    people: (i64, i64),
    /// Length in minutes.
    minutes: (i64, i64),
    /// Of a hundred people, how many send a picture.
    cameras: i64,
}

impl Business {
    const fn shape(self) -> Shape {
        match self {
            Self::Lessons => Shape { calls: [5, 6, 6, 6, 5, 3, 0], hours: (8, 19), people: (4, 11), minutes: (38, 46), cameras: 35 },
            Self::Meetings => Shape { calls: [8, 10, 9, 10, 7, 1, 0], hours: (9, 18), people: (1, 6), minutes: (12, 58), cameras: 70 },
            Self::Live => Shape { calls: [2, 2, 2, 3, 4, 5, 4], hours: (18, 23), people: (7, 22), minutes: (45, 110), cameras: 4 },
            Self::Support => Shape { calls: [14, 13, 13, 12, 12, 7, 6], hours: (8, 21), people: (1, 1), minutes: (3, 17), cameras: 12 },
        }
    }

    /// Lessons and live rooms have numbers, the others names.
    fn room(self, chance: &mut Chance) -> Value {
        match self {
            Self::Lessons => json!(30_100 + chance.among(0, 24)),
            Self::Meetings => json!(format!("meeting-{}", chance.among(100, 160))),
            Self::Live => json!(880_000 + chance.among(1, 9)),
            Self::Support => json!(format!("ticket-{}", chance.among(20_000, 99_999))),
        }
    }

    const fn names(self) -> (&'static str, &'static str, i64) {
        match self {
            Self::Lessons => ("teacher", "student", 260),
            Self::Meetings => ("staff", "staff", 90),
            Self::Live => ("host", "viewer", 900),
            Self::Support => ("agent", "customer", 600),
        }
    }
}

/// The bodies of all events of one application in the days before an instant, in order of time. Only calls that have ended by then.
#[must_use]
pub fn generate(app: &DemoApp, days: i64, now_ms: i64, utc_offset_mins: i64) -> Vec<Vec<u8>> {
    let shape = app.business.shape();
    let mut chance = Chance::new(app.business as u64 + 1);
    let mut events: Vec<(i64, Value)> = Vec::new();
    for day in Period::ending(Day::of(now_ms, utc_offset_mins), days).days() {
        let weekday = usize::try_from(day.weekday() - 1).unwrap_or(0);
        let calls = shape.calls.get(weekday).copied().unwrap_or(0);
        // No two days are alike, and the business grows a little.
        for _ in 0..(calls + chance.among(0, calls / 3 + 1) - calls / 6) {
            let begins = day.start_ms(utc_offset_mins) + shape.hours.0 * HOUR_MS;
            let begin_ms = begins + chance.among(0, (shape.hours.1 - shape.hours.0) * HOUR_MS);
            let call = call(app.business, &shape, begin_ms, &mut chance);
            if call.iter().all(|(at_ms, _)| *at_ms < now_ms) {
                events.extend(call);
            }
        }
    }
    events.sort_by_key(|(at_ms, _)| *at_ms);
    events.into_iter().map(|(_, body)| body.to_string().into_bytes()).collect()
}

/// The events of one call.
fn call(business: Business, shape: &Shape, begin_ms: i64, chance: &mut Chance) -> Vec<(i64, Value)> {
    let room = business.room(chance);
    let (host, guest, guests) = business.names();
    let end_ms = begin_ms + chance.among(shape.minutes.0, shape.minutes.1) * MIN_MS + chance.among(0, MIN_MS);
    let mut events = Vec::new();
    let mut note = |event_type: i64, at_ms: i64, user: &str, more: Value| events.push(event(&room, event_type, at_ms, user, more));

    note(101, begin_ms, "", json!({}));
    for place in 0..=chance.among(shape.people.0, shape.people.1) {
        let is_host = place == 0;
        let user = if is_host { format!("{host}_{:03}", chance.among(1, 40)) } else { format!("{guest}_{:03}", chance.among(1, guests)) };
        let role = if is_host || business != Business::Live { 20 } else { 21 };
        let terminal = [1, 2, 2, 3, 3, 100][usize::try_from(chance.among(0, 5)).unwrap_or(0)];
        // The host opens and closes the room; guests come late and some leave early.
        let enters_ms = if is_host { begin_ms + 40 } else { begin_ms + chance.among(2_000, 6 * MIN_MS).min(end_ms - begin_ms - 30_000) };
        let early_ms = if chance.happens(30) { (end_ms - enters_ms) / chance.among(2, 4) } else { chance.among(500, 20_000) };
        let leaves_ms = if is_host { end_ms - 40 } else { (end_ms - early_ms).max(enters_ms + 5_000) };
        let unique = chance.among(1, i64::from(u32::MAX));
        let entry = json!({ "Role": role, "TerminalType": terminal, "UserType": 3, "Reason": 1, "UniqueId": unique });
        note(103, enters_ms, &user, entry);
        if role == 20 {
            note(203, enters_ms + 350, &user, json!({}));
            let camera = is_host && business != Business::Support || chance.happens(shape.cameras);
            if camera {
                note(201, enters_ms + 600, &user, json!({}));
            }
            let stays_ms = leaves_ms - enters_ms;
            if camera && !is_host && chance.happens(25) {
                note(202, enters_ms + stays_ms / 2, &user, json!({}));
            }
            if is_host && matches!(business, Business::Lessons | Business::Meetings) && chance.happens(60) {
                note(205, enters_ms + stays_ms / 5, &user, json!({}));
                note(206, enters_ms + stays_ms / 5 * 4, &user, json!({}));
            }
        }
        note(104, leaves_ms, &user, json!({ "Role": role, "Reason": if chance.happens(4) { 2 } else { 1 }, "UniqueId": unique }));
    }
    note(102, end_ms, "", json!({}));

    let task = format!("demo-{begin_ms}");
    match business {
        Business::Lessons => {
            events.push(cloud(&room, 3, 301, begin_ms + 1_500, &task, json!({ "Status": 0 })));
            events.push(cloud(&room, 3, 302, end_ms - 20, &task, json!({ "LeaveCode": 0 })));
        }
        Business::Live => {
            events.push(cloud(&room, 4, 401, begin_ms + 2_000, &task, json!({ "Url": "rtmp://push.example/live", "Status": 2 })));
            events.push(cloud(&room, 4, 401, end_ms - 20, &task, json!({ "Url": "rtmp://push.example/live", "Status": 5 })));
        }
        Business::Meetings | Business::Support => {}
    }
    events
}

/// An event of a room or of media.
fn event(room: &Value, event_type: i64, at_ms: i64, user: &str, more: Value) -> (i64, Value) {
    let mut info = json!({ "RoomId": room, "EventTs": at_ms / 1_000, "EventMsTs": at_ms });
    if let (Value::Object(info), Value::Object(more)) = (&mut info, more) {
        if !user.is_empty() {
            info.insert("UserId".to_owned(), json!(user));
        }
        info.extend(more);
    }
    (at_ms, json!({ "EventGroupId": event_type / 100, "EventType": event_type, "CallbackTs": at_ms + 12, "EventInfo": info }))
}

/// An event of a recording or relay task.
fn cloud(room: &Value, group: i64, event_type: i64, at_ms: i64, task: &str, payload: Value) -> (i64, Value) {
    let info = json!({ "RoomId": room, "EventTs": at_ms / 1_000, "EventMsTs": at_ms, "TaskId": task, "Payload": payload });
    (at_ms, json!({ "EventGroupId": group, "EventType": event_type, "CallbackTs": at_ms + 12, "EventInfo": info }))
}

/// Sends the events of some applications, signed, through the intake. Gives how many.
///
/// # Errors
/// A sentence that says what stopped it.
pub async fn send(gate: &Gate, intake: &Intake, apps: &[DemoApp], days: i64, utc_offset_mins: i64) -> Result<usize, String> {
    let mut sent = 0;
    for app in apps {
        for bodies in generate(app, days, gate.now_ms(), utc_offset_mins).chunks(AT_ONCE) {
            let mut under_way = JoinSet::new();
            for body in bodies {
                under_way.spawn(send_one(gate.clone(), intake.clone(), app.clone(), body.clone()));
            }
            while let Some(done) = under_way.join_next().await {
                done.map_err(|error| format!("a demo event was not sent: {error}"))??;
                sent += 1;
            }
        }
    }
    Ok(sent)
}

/// How often and how far apart an event is sent to a database that is too busy.
const TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_secs(1);

async fn send_one(gate: Gate, intake: Intake, app: DemoApp, body: Vec<u8>) -> Result<(), String> {
    let (id, signature) = (app.id.to_string(), sign(&app.key, &body));
    let mut tries = 0;
    loop {
        let signed = gate.signed(Some(&id), Some(&signature), body.clone()).await.map_err(|error: CallbackError| format!("{error:?}"))?;
        tries += 1;
        match intake.accept(&signed).await {
            Ok(()) => return Ok(()),
            // As TRTC does: what could not be stored is sent again.
            Err(IntakeError::Unavailable) if tries < TRIES => tokio::time::sleep(PAUSE).await,
            Err(error) => return Err(format!("{error:?}")),
        }
    }
}

/// Chance that is always the same (SplitMix64).
struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_F491_4F6C_DD1D))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number between two, both included.
    fn among(&mut self, low: i64, high: i64) -> i64 {
        let span = high.saturating_sub(low).max(0).unsigned_abs() + 1;
        low + i64::try_from(self.next() % span).unwrap_or(0)
    }

    /// Something that happens so many times of a hundred.
    fn happens(&mut self, percent: i64) -> bool {
        self.among(0, 99) < percent
    }
}
