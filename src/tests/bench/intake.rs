//! Events a second that a running console acknowledges, beside inserts of the same rows in batches into the same table, and how long the usage
//! page takes idle and while events come in: `cargo bench --features ssr --bench intake -- --program FILE [--postgres URL]`.
//!
//! Starts the given program with the demo organisation on a free port of 127.0.0.1, with an embedded database and, given a server of
//! PostgreSQL, with a new one there too, and ends it. Must never talk to another address; every part ends by its own clock. Figures of a shared
//! machine say little, their ratios more: so what is compared is measured in turn, in one run. The inserts are the ceiling: no HTTP, no
//! signatures, no JSON, no figures, and nothing else going on in the console. So is what is answered without being stored: signed bodies that
//! are no events. What is sent and what is inserted is made before the clock runs.

mod sender;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sender::{Client, Requests, send_all};
use sha2::{Digest as _, Sha256};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// Rows of one statement and of one transaction of the inserts beside.
const ROWS: usize = 512;
const BATCH: usize = 1_024;
/// Stays of one room.
const STAYS_A_ROOM: i64 = 32;
/// Events a second while pages are asked for, and over how many connections.
const STREAM: u64 = 2_000;
const STREAMERS: u32 = 64;
/// Events a second that are made ready for those who send as fast as they are answered.
const READY_A_SECOND: u64 = 60_000;
/// Rows of one statement that the database makes up itself.
const MADE_UP: i64 = 100_000;
/// Making rows up may take so long, and so may working figures out.
const PREPARED_WITHIN: Duration = Duration::from_secs(120);
const SETTLED_WITHIN: Duration = Duration::from_secs(300);
const DAY_MS: i64 = 86_400_000;
/// The demo organisation's offset from UTC.
const OFFSET_MS: i64 = 8 * 3_600_000;

struct Options {
    program: String,
    site: String,
    postgres: Option<String>,
    /// Only this database, `sqlite` or `postgres`, and only the parts whose names contain this.
    only: Option<String>,
    part: String,
    seconds: u64,
    senders: u32,
    /// Events that are there before the second part, and stays of one day that are added up during the third.
    stored: i64,
    stays: i64,
}

impl Options {
    fn read() -> Self {
        let given: Vec<String> = std::env::args().skip(1).filter(|given| given != "--bench").collect();
        let option = |name: &str| given.iter().position(|given| given == name).and_then(|at| given.get(at + 1)).cloned();
        let number = |name: &str, default: u64| option(name).map_or(default, |text| text.parse().expect("a number"));
        Self {
            program: option("--program").unwrap_or_else(|| "target/release/trtc-console".to_owned()),
            site: option("--site").unwrap_or_else(|| "target/site".to_owned()),
            postgres: option("--postgres"),
            only: option("--only"),
            part: option("--part").unwrap_or_default(),
            seconds: number("--seconds", 6).clamp(2, 60),
            senders: u32::try_from(number("--senders", 512).clamp(1, 1_024)).expect("few"),
            stored: i64::try_from(number("--stored", 2_000_000).min(20_000_000)).expect("few"),
            stays: i64::try_from(number("--stays", 1_000_000).min(5_000_000)).expect("few"),
        }
    }
}

/// One event of a stream: its number tells its room, user and time.
struct Made {
    room: i64,
    at_ms: i64,
    event_type: i64,
    user: String,
    body: String,
}

/// Where events are made up from: each number once.
struct Source {
    next: i64,
    first_room: i64,
    from_ms: i64,
}

impl Source {
    /// Events of the day before the running one, in rooms of their own.
    fn new(first_room: i64) -> Self {
        Self { next: 0, first_room, from_ms: yesterday_ms() }
    }

    /// Entries and exits in turn; rooms one after another.
    fn event(&mut self) -> Made {
        let number = self.next;
        self.next += 1;
        let (stay, event_type) = (number / 2, 103 + number % 2);
        let (room, at_ms, user) =
            (self.first_room + stay / STAYS_A_ROOM, self.from_ms + number, format!("user_{}", self.first_room + stay));
        let body = format!(
            r#"{{"EventGroupId":1,"EventType":{event_type},"CallbackTs":{at_ms},"EventInfo":{{"RoomId":{room},"EventTs":{},"EventMsTs":{at_ms},"UserId":"{user}","Role":20,"TerminalType":2,"UserType":3,"Reason":1}}}}"#,
            at_ms / 1_000
        );
        Made { room, at_ms, event_type, user, body }
    }
}

fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis()).expect("not for ever")
}

/// The first instant of the day before the running one of the demo organisation: all of it is over.
fn yesterday_ms() -> i64 {
    let here = now_ms() + OFFSET_MS;
    here - here.rem_euclid(DAY_MS) - OFFSET_MS - DAY_MS
}

/// A running console with its database.
struct Bench {
    options: Arc<Options>,
    name: &'static str,
    port: u16,
    database: AnyConnection,
    owner: i64,
    app: i64,
    key: String,
    cookie: String,
    begun: Instant,
    table: Vec<String>,
}

impl Bench {
    /// What goes on, for who waits.
    fn say(&self, what: &str) {
        eprintln!("[{:>5.1} s] {}: {what}", self.begun.elapsed().as_secs_f64(), self.name);
    }

    fn row(&mut self, row: String) {
        self.say(&row);
        self.table.push(format!("{:<10} {row}", self.name));
    }

    /// Acknowledged events a second, and the milliseconds within which 99 of 100 were. With a rate, that many a second at most.
    async fn intake(&self, source: &mut Source, seconds: u64, a_second: Option<u64>) -> (f64, f64) {
        let senders = a_second.map_or(self.options.senders, |_| STREAMERS);
        let every = a_second.map(|rate| Duration::from_micros(1_000_000 * u64::from(senders) / rate));
        let count = a_second.unwrap_or(READY_A_SECOND) * seconds;
        let requests = Requests::ready(self.port, self.app, &self.key, (0..count).map(|_| source.event().body), "200");
        let (mut took, elapsed) = send_all(self.port, requests, senders, seconds, every).await;
        (took.len() as f64 / elapsed.as_secs_f64(), quantile(&mut took, 0.99))
    }

    /// Inserts events in batches, past the console, for so long. Gives rows a second of the time that the database takes.
    async fn insert(&mut self, source: &mut Source, seconds: f64) -> f64 {
        // SQLite looks for a place with a number among all the others: the time would grow with the square of the rows.
        let one = |number: usize| if self.name == "SQLite" { "?".to_owned() } else { format!("${number}") };
        let place = |row: usize| (1..=11).map(|column| one(row * 11 + column)).collect::<Vec<_>>().join(", ");
        let places = (0..ROWS).map(|row| format!("({})", place(row))).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "INSERT INTO events (owner_uin, sdk_app_id, event_id, received_ms, at_ms, room, event_group, event_type, user_id, unique_id, body)
             VALUES {places} ON CONFLICT DO NOTHING"
        );
        let (mut took, mut done) = (Duration::ZERO, 0);
        while took.as_secs_f64() < seconds {
            let rows = (0..BATCH).map(|_| {
                let made = source.event();
                (URL_SAFE_NO_PAD.encode(Sha256::digest(made.body.as_bytes())), format!("n:{}", made.room), made)
            });
            let rows: Vec<_> = rows.collect();
            let begun = Instant::now();
            let mut transaction = self.database.begin().await.expect("a transaction");
            for some in rows.chunks(ROWS) {
                let mut insert = sqlx::query(AssertSqlSafe(sql.as_str()));
                for (id, room, made) in some {
                    insert = insert.bind(self.owner).bind(self.app).bind(id).bind(now_ms()).bind(made.at_ms).bind(room);
                    insert = insert.bind(1_i64).bind(made.event_type).bind(&made.user).bind("").bind(&made.body);
                }
                insert.execute(&mut *transaction).await.expect("inserted");
            }
            transaction.commit().await.expect("committed");
            took += begun.elapsed();
            done += BATCH;
        }
        done as f64 / took.as_secs_f64()
    }

    /// Milliseconds of the usage page: the median and that of 99 of 100.
    async fn pages(&self, seconds: u64) -> (f64, f64) {
        let until = Instant::now() + Duration::from_secs(seconds);
        let headers = format!("accept: text/html\r\ncookie: {}\r\n", self.cookie);
        let (mut client, mut took) = (Client::connect(self.port).await, Vec::new());
        while Instant::now() < until {
            let asked = Instant::now();
            let (status, _, _) = client.ask("GET", "/usage", &headers, "").await;
            assert_eq!(status, 200);
            took.push(asked.elapsed());
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
        (quantile(&mut took, 0.5), quantile(&mut took, 0.99))
    }

    /// Rooms that are due now, or in which something is new.
    async fn due(&mut self) -> i64 {
        let sql = format!("SELECT (SELECT COUNT(*) FROM rooms_due WHERE due_ms <= {}) + (SELECT COUNT(*) FROM room_marks)", now_ms());
        let (due,): (i64,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut self.database).await.expect("a number");
        due
    }

    /// Waits until nothing is due. Gives the seconds it took.
    async fn settled(&mut self) -> f64 {
        let (begun, mut said) = (Instant::now(), Instant::now());
        loop {
            let due = self.due().await;
            if due == 0 || begun.elapsed() > SETTLED_WITHIN {
                return begun.elapsed().as_secs_f64();
            }
            if said.elapsed() > Duration::from_secs(10) {
                said = Instant::now();
                self.say(&format!("{due} rooms to be worked out"));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Answers a second to signed bodies that are no events: HTTP and the signature, and nothing stored.
    async fn bare(&mut self) {
        let mut source = Source::new(0);
        let count = READY_A_SECOND * self.options.seconds;
        let bodies = (0..count).map(|_| source.event().body.replace(':', "="));
        let requests = Requests::ready(self.port, self.app, &self.key, bodies, "400");
        let (took, elapsed) = send_all(self.port, requests, self.options.senders, self.options.seconds, None).await;
        let rate = took.len() as f64 / elapsed.as_secs_f64();
        self.row(format!("{:<34} {rate:>7.0} answers/s to signed bodies that are no events", "nothing stored"));
    }

    /// Inserts and events in turn, each twice.
    async fn compare(&mut self, what: &str, round: i64) {
        let seconds = self.options.seconds;
        let mut inserted = Source::new(round * 10_000_000);
        let mut taken_in = Source::new(round * 10_000_000 + 5_000_000);
        let (mut inserts, mut events, mut within, mut settled) = (0.0, 0.0, 0.0_f64, 0.0_f64);
        for _ in 0..2 {
            inserts += self.insert(&mut inserted, seconds as f64 / 2.0).await / 2.0;
            let (rate, p99) = self.intake(&mut taken_in, seconds, None).await;
            events += rate / 2.0;
            within = within.max(p99);
            settled = settled.max(self.settled().await);
        }
        self.row(compared(what, events, inserts, within, &format!("figures {settled:.1} s later")));
    }

    /// Inserts before and after, and between them events while the stays of one day are added up.
    async fn compare_busy(&mut self, what: &str, round: i64) {
        let seconds = self.options.seconds;
        let mut inserted = Source::new(round * 10_000_000);
        let mut taken_in = Source::new(round * 10_000_000 + 5_000_000);
        let mut inserts = self.insert(&mut inserted, seconds as f64 / 2.0).await / 2.0;
        let (first_room, rooms, now, from_ms) = (900_000_000, self.options.stays / STAYS_A_ROOM, now_ms(), yesterday_ms());
        let a_room = 2 * STAYS_A_ROOM;
        let due = format!(
            "INSERT INTO rooms_due (owner_uin, sdk_app_id, room, first_ms, last_ms, due_ms)
             WITH RECURSIVE numbers(n) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {rooms})
             SELECT {}, {}, 'n:' || CAST({first_room} + n AS TEXT), {from_ms} + n * {a_room}, {from_ms} + (n + 1) * {a_room} - 1, {now} FROM numbers",
            self.owner, self.app
        );
        let (begun, mut events, mut within, mut turns) = (Instant::now(), 0.0, 0.0_f64, 0.0);
        self.database.execute(AssertSqlSafe(due)).await.expect("due");
        tokio::time::sleep(Duration::from_secs(1)).await;
        for _ in 0..2 {
            let (rate, p99) = self.intake(&mut taken_in, seconds, None).await;
            let sql = format!("SELECT COUNT(*) FROM rooms_due WHERE due_ms <= {now}");
            let (left,): (i64,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut self.database).await.expect("a number");
            self.say(&format!("{rate:.0} events/s; {left} of {rooms} rooms of the day are left"));
            if left > 0 {
                events += rate;
                turns += 1.0;
                within = within.max(p99);
            }
        }
        self.settled().await;
        let settled = begun.elapsed().as_secs_f64();
        inserts += self.insert(&mut inserted, seconds as f64 / 2.0).await / 2.0;
        self.row(compared(what, events / turns, inserts, within, &format!("all figures {settled:.0} s after the stays were due")));
    }

    /// The usage page idle and while events come in.
    async fn compare_pages(&mut self, what: &str, round: i64) {
        let seconds = self.options.seconds;
        let mut source = Source::new(round * 10_000_000);
        let idle = self.pages(seconds).await;
        let ((rate, within), busy) = tokio::join!(self.intake(&mut source, seconds + 3, Some(STREAM)), async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            self.pages(seconds).await
        });
        self.settled().await;
        let again = self.pages(seconds).await;
        let factor = busy.1 / idle.1.midpoint(again.1);
        self.row(format!(
            "{what:<34} GET /usage, median and 99 %: idle {:.1} and {:.1} ms; at {rate:.0} events/s (99 % within {within:.0} ms) {:.1} and {:.1} ms; idle again {:.1} and {:.1} ms; x {factor:.1}",
            idle.0, idle.1, busy.0, busy.1, again.0, again.1
        ));
    }

    /// Stored events of two a stay, in rooms from this one on: made up by the database, which takes a tenth of the time of sending them.
    async fn make_up(&mut self, first_room: i64, from_ms: i64, count: i64) {
        let begun = Instant::now();
        for from in (0..count).step_by(usize::try_from(MADE_UP).expect("few")) {
            assert!(begun.elapsed() < PREPARED_WITHIN, "{from} of {count} events in {PREPARED_WITHIN:?}: take fewer");
            let to = (from + MADE_UP).min(count);
            let (owner, app, now) = (self.owner, self.app, now_ms());
            let sql = format!(
                "INSERT INTO events (owner_uin, sdk_app_id, event_id, received_ms, at_ms, room, event_group, event_type, user_id, unique_id, body)
                 WITH RECURSIVE numbers(n) AS (SELECT CAST({from} AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {to})
                 SELECT {owner}, {app}, 'made-up-by-the-database-of-the-bench-' || CAST(n AS TEXT), {now}, {from_ms} + n,
                 'n:' || CAST({first_room} + n / 2 / {STAYS_A_ROOM} AS TEXT), 1, 103 + n % 2, 'user_' || CAST({first_room} + n / 2 AS TEXT), '',
                 '{{\"EventGroupId\":1,\"EventType\":' || CAST(103 + n % 2 AS TEXT) || ',\"CallbackTs\":' || CAST({from_ms} + n AS TEXT)
                 || ',\"EventInfo\":{{\"RoomId\":' || CAST({first_room} + n / 2 / {STAYS_A_ROOM} AS TEXT) || ',\"EventMsTs\":' || CAST({from_ms} + n AS TEXT)
                 || ',\"UserId\":\"user_' || CAST({first_room} + n / 2 AS TEXT) || '\",\"Role\":20,\"TerminalType\":2,\"UserType\":3,\"Reason\":1}}}}'
                 FROM numbers"
            );
            self.database.execute(AssertSqlSafe(sql)).await.expect("made up");
            if to == count || to % 500_000 == 0 {
                self.say(&format!("{to} of {count} events made up"));
            }
        }
        if self.name == "PostgreSQL" {
            self.database.execute("ANALYZE events").await.expect("analysed");
        }
    }

    /// Every part whose name was asked for.
    async fn parts(&mut self) {
        let (stored, stays) = (self.options.stored, self.options.stays);
        let part = self.options.part.clone();
        let wanted = |name: &str| name.contains(&part);
        if wanted("empty") {
            self.bare().await;
            self.compare("empty", 1).await;
        }
        if wanted("pages") {
            self.compare_pages("empty", 2).await;
        }
        if wanted("stored") {
            self.make_up(100_000_000, yesterday_ms() - 20 * DAY_MS, stored).await;
            self.compare(&format!("{stored} events stored"), 3).await;
        }
        if wanted("stays") {
            self.make_up(900_000_000, yesterday_ms(), stays * 2).await;
            self.compare_busy(&format!("{stays} stays being added up"), 4).await;
            self.compare_pages(&format!("a day with {stays} stays"), 5).await;
        }
    }
}

/// One row of the table.
fn compared(what: &str, events: f64, inserts: f64, within: f64, figures: &str) -> String {
    let percent = 100.0 * events / inserts;
    format!(
        "{what:<34} {events:>7.0} events/s acknowledged of {inserts:>7.0} rows/s inserted: {percent:>5.1} %; 99 % within {within:.0} ms; {figures}"
    )
}

fn quantile(took: &mut [Duration], part: f64) -> f64 {
    took.sort_unstable();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let at = (took.len() as f64 * part) as usize;
    took.get(at.min(took.len().saturating_sub(1))).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
}

/// Starts the program on a database and measures.
async fn measure(options: &Arc<Options>, name: &'static str, url: &str, dir: &Path, begun: Instant) -> Vec<String> {
    let logins = dir.join("logins.json");
    let mut command = tokio::process::Command::new(&options.program);
    command.arg("demo").args(["--listen", "127.0.0.1:0", "--site-dir", &options.site]).arg("--data-dir").arg(dir.join("data"));
    command.arg("--credentials-file").arg(&logins).args(["--database-url", url]);
    let mut server =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn().expect("the program starts");
    let mut said = BufReader::new(server.stdout.take().expect("its output")).lines();
    let port = loop {
        let line = said.next_line().await.expect("its output").expect("it says where it listens");
        if let Some(port) = line.strip_prefix("TRTC Console on http://127.0.0.1:") {
            break port.parse().expect("a port");
        }
    };
    let logins: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&logins).expect("logins")).expect("logins");
    let root = logins.as_array().expect("logins").iter().find(|login| login["case"] == "root").expect("the root account");
    let text = |field: &str| root[field].as_str().map_or_else(|| root[field].to_string(), str::to_owned);
    let mut client = Client::connect(port).await;
    let (_, cookie, _) =
        client.post("/login", "", &[("owner", ""), ("username", &text("username")), ("password", &text("password"))]).await;
    let app = root["apps"][0].as_i64().or_else(|| root["apps"][0].as_str()?.parse().ok()).expect("an application");
    let (_, _, key) = client.post("/call/callbacks/show-key", &cookie, &[("id", &app.to_string())]).await;
    let key: String = serde_json::from_str(&key).expect("a key");
    let owner = text("owner").parse().expect("the owner's number");
    let mut database = AnyConnection::connect(url).await.expect("the database");
    if url.starts_with("sqlite:") {
        for pragma in ["PRAGMA busy_timeout = 10000", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -16000"] {
            database.execute(pragma).await.expect("a pragma");
        }
    }
    let mut bench = Bench { options: options.clone(), name, port, database, owner, app, key, cookie, begun, table: Vec::new() };
    bench.settled().await;
    bench.say("the console is up");
    bench.parts().await;
    server.start_kill().expect("it ends");
    server.wait().await.expect("it ended");
    bench.table
}

#[tokio::main]
async fn main() {
    let options = Arc::new(Options::read());
    sqlx::any::install_default_drivers();
    let (begun, dir) = (Instant::now(), tempfile::tempdir().expect("a directory"));
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    let mut table = Vec::new();
    if wanted("sqlite") {
        let dir = dir.path().join("sqlite");
        let data = dir.join("data");
        std::fs::create_dir_all(&data).expect("a directory");
        let url = format!("sqlite:{}?mode=rwc", data.join("console.db").display());
        table.extend(measure(&options, "SQLite", &url, &dir, begun).await);
    }
    if let Some(server) = options.postgres.as_ref().filter(|_| wanted("postgres")) {
        let name = format!("intake_{}", now_ms());
        let mut connection = AnyConnection::connect(&format!("{server}/postgres?sslmode=disable")).await.expect("PostgreSQL");
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("a database");
        let dir = dir.path().join("postgres");
        std::fs::create_dir_all(&dir).expect("a directory");
        table.extend(measure(&options, "PostgreSQL", &format!("{server}/{name}?sslmode=disable"), &dir, begun).await);
        connection.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.expect("gone");
    }
    println!(
        "\nThe ceiling is rows inserted in batches of {BATCH}, one transaction after another, with nothing else going on: no HTTP, no signature,\n\
         no JSON, no figures. {} connections send the events; senders, console and database share the processors of this machine.\n",
        options.senders
    );
    table.iter().for_each(|row| println!("{row}"));
}
