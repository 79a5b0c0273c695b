//! Events a second that a running console acknowledges, beside inserts of the same rows in batches into the same table, and how long the usage
//! page takes idle and while events come in: `cargo bench --features ssr --bench intake -- --program FILE [--postgres URL]`.
//!
//! Starts the given program with the demo organisation on a free port of 127.0.0.1, with an embedded database or with a new one on the given
//! server of PostgreSQL, and ends it. Must never talk to another address; every part ends by its own clock. Figures of a shared machine say
//! little, their ratios more: so what is compared is measured in turn, in one run.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Rows of one statement and of one transaction of the inserts beside.
const ROWS: usize = 512;
const BATCH: usize = 1_024;
/// Stays of one room.
const STAYS_A_ROOM: i64 = 32;
/// Events a second while pages are asked for.
const STREAM: u64 = 2_000;
const DAY_MS: i64 = 86_400_000;
/// The demo organisation's offset from UTC.
const OFFSET_MS: i64 = 8 * 3_600_000;

struct Options {
    program: String,
    site: String,
    postgres: Option<String>,
    seconds: u64,
    senders: usize,
    /// Events that are there before the second part, and stays of one day before the third.
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
            seconds: number("--seconds", 8).min(60),
            senders: usize::try_from(number("--senders", 64).min(512)).expect("few"),
            stored: i64::try_from(number("--stored", 2_000_000).min(20_000_000)).expect("few"),
            stays: i64::try_from(number("--stays", 300_000).min(5_000_000)).expect("few"),
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
    next: AtomicI64,
    first_room: i64,
    from_ms: i64,
}

impl Source {
    fn new(first_room: i64, from_ms: i64) -> Self {
        Self { next: AtomicI64::new(0), first_room, from_ms }
    }

    /// Entries and exits in turn; rooms one after another.
    fn event(&self) -> Made {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
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

/// The first instant of the running day of the demo organisation.
fn today_ms() -> i64 {
    let here = now_ms() + OFFSET_MS;
    here - here.rem_euclid(DAY_MS) - OFFSET_MS
}

/// One connection to the console.
struct Client {
    port: u16,
    stream: BufReader<TcpStream>,
}

impl Client {
    async fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the console listens");
        stream.set_nodelay(true).expect("a socket");
        Self { port, stream: BufReader::new(stream) }
    }

    /// Status, cookie and body of the answer.
    async fn ask(&mut self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String, String) {
        let length = body.len();
        let request =
            format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n{headers}content-length: {length}\r\n\r\n{body}", self.port);
        self.stream.get_mut().write_all(request.as_bytes()).await.expect("sent");
        let (mut status, mut cookie, mut left) = (0, String::new(), Some(0));
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.expect("an answer");
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some(code) = line.strip_prefix("HTTP/1.1 ") {
                status = code[..3].parse().expect("a status");
            } else if let Some(length) = line.strip_prefix("content-length: ") {
                left = Some(length.parse().expect("a length"));
            } else if line.starts_with("transfer-encoding: chunked") {
                left = None;
            } else if let Some(set) = line.strip_prefix("set-cookie: ").filter(|set| set.starts_with("trtc_session=")) {
                cookie = set.split(';').next().unwrap_or_default().to_owned();
            }
        }
        let mut body = Vec::new();
        if let Some(length) = left {
            body.resize(length, 0);
            self.stream.read_exact(&mut body).await.expect("a body");
        } else {
            loop {
                let mut size = String::new();
                self.stream.read_line(&mut size).await.expect("a chunk");
                let size = usize::from_str_radix(size.trim(), 16).expect("a size");
                let from = body.len();
                body.resize(from + size + 2, 0);
                self.stream.read_exact(&mut body[from..]).await.expect("a chunk");
                body.truncate(from + size);
                if size == 0 {
                    break;
                }
            }
        }
        (status, cookie, String::from_utf8_lossy(&body).into_owned())
    }

    async fn post(&mut self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = format!("content-type: application/x-www-form-urlencoded\r\naccept: application/json\r\ncookie: {cookie}\r\n");
        self.ask("POST", path, &headers, &body).await
    }
}

/// A running console with its database.
struct Bench {
    options: Options,
    port: u16,
    database: AnyConnection,
    owner: i64,
    app: i64,
    key: String,
    cookie: String,
}

impl Bench {
    /// Acknowledged events a second, and the milliseconds within which 99 of 100 were.
    async fn intake(&self, source: &Arc<Source>, seconds: u64, a_second: Option<u64>) -> (f64, f64) {
        let (begun, until) = (Instant::now(), Instant::now() + Duration::from_secs(seconds));
        let every = a_second.map(|rate| Duration::from_micros(1_000_000 * self.options.senders as u64 / rate));
        let mut senders = JoinSet::new();
        for _ in 0..self.options.senders {
            senders.spawn(send(self.port, self.app, self.key.clone(), source.clone(), until, every));
        }
        let mut took: Vec<Duration> = senders.join_all().await.into_iter().flatten().collect();
        let elapsed = begun.elapsed();
        let count = took.len();
        (count as f64 / elapsed.as_secs_f64(), quantile(&mut took, 0.99))
    }

    /// Inserts events in batches, past the console, for so long or so many. Gives rows a second.
    async fn insert(&mut self, source: &Source, seconds: u64, rows: Option<i64>) -> f64 {
        let place = |row: usize| (1..=11).map(|column| format!("${}", row * 11 + column)).collect::<Vec<_>>().join(", ");
        let places = (0..ROWS).map(|row| format!("({})", place(row))).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "INSERT INTO events (owner_uin, sdk_app_id, event_id, received_ms, at_ms, room, event_group, event_type, user_id, unique_id, body)
             VALUES {places} ON CONFLICT DO NOTHING"
        );
        let (begun, until) = (Instant::now(), Instant::now() + Duration::from_secs(seconds));
        let mut done = 0;
        while rows.map_or_else(|| Instant::now() < until, |rows| done < rows) {
            let mut transaction = self.database.begin().await.expect("a transaction");
            for _ in 0..BATCH / ROWS {
                let mut insert = sqlx::query(AssertSqlSafe(sql.clone()));
                for made in (0..ROWS).map(|_| source.event()) {
                    let id = URL_SAFE_NO_PAD.encode(Sha256::digest(made.body.as_bytes()));
                    insert =
                        insert.bind(self.owner).bind(self.app).bind(id).bind(now_ms()).bind(made.at_ms).bind(format!("n:{}", made.room));
                    insert = insert.bind(1_i64).bind(made.event_type).bind(made.user).bind("").bind(made.body);
                }
                insert.execute(&mut *transaction).await.expect("inserted");
            }
            transaction.commit().await.expect("committed");
            done += i64::try_from(BATCH).expect("few");
        }
        done as f64 / begun.elapsed().as_secs_f64()
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

    async fn number(&mut self, sql: &str) -> i64 {
        let (number,): (i64,) = sqlx::query_as(AssertSqlSafe(sql.to_owned())).fetch_one(&mut self.database).await.expect("a number");
        number
    }

    /// Waits until nothing is due, at most two minutes.
    async fn settled(&mut self) -> f64 {
        let begun = Instant::now();
        loop {
            let due = self.number(&format!("SELECT COUNT(*) FROM rooms_due WHERE due_ms <= {}", now_ms())).await;
            if due == 0 || begun.elapsed() > Duration::from_secs(120) {
                return begun.elapsed().as_secs_f64();
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Inserts and events in turn, each twice.
    async fn compare(&mut self, what: &str, round: i64) {
        let seconds = self.options.seconds;
        let inserted = Source::new(round * 10_000_000, today_ms() - DAY_MS);
        let taken_in = Arc::new(Source::new(round * 10_000_000 + 5_000_000, today_ms()));
        let (mut inserts, mut events, mut within) = (0.0, 0.0, 0.0_f64);
        for _ in 0..2 {
            inserts += self.insert(&inserted, seconds / 2, None).await / 2.0;
            let (rate, p99) = self.intake(&taken_in, seconds, None).await;
            events += rate / 2.0;
            within = within.max(p99);
        }
        let settled = self.settled().await;
        println!(
            "{what:<34} {events:>7.0} events/s acknowledged, 99 % within {within:>6.0} ms; {inserts:>7.0} rows/s inserted; {:>5.1} %; settled after {settled:.1} s",
            100.0 * events / inserts
        );
    }

    /// The usage page idle and while events come in.
    async fn compare_pages(&mut self, what: &str, round: i64) {
        let seconds = self.options.seconds;
        let source = Arc::new(Source::new(round * 10_000_000, today_ms()));
        let idle = self.pages(seconds).await;
        let ((rate, within), busy) = tokio::join!(self.intake(&source, seconds + 3, Some(STREAM)), async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            self.pages(seconds).await
        });
        self.settled().await;
        let again = self.pages(seconds / 2).await;
        println!(
            "{what:<34} GET /usage ms, median/99 %: idle {:.1}/{:.1}, at {rate:.0} events/s (99 % within {within:.0} ms) {:.1}/{:.1}, idle again {:.1}/{:.1}",
            idle.0, idle.1, busy.0, busy.1, again.0, again.1
        );
    }

    /// Stays of one day, given to the console to work out.
    async fn add_stays(&mut self) {
        let (first_room, from_ms) = (900_000_000, today_ms());
        let source = Source::new(first_room, from_ms);
        self.insert(&source, 0, Some(self.options.stays * 2)).await;
        let rooms = source.next.load(Ordering::Relaxed) / 2 / STAYS_A_ROOM;
        let mut transaction = self.database.begin().await.expect("a transaction");
        for room in first_room..first_room + rooms {
            let sql = format!(
                "INSERT INTO rooms_due (owner_uin, sdk_app_id, room, first_ms, last_ms, due_ms) VALUES ({}, {}, 'n:{room}', {from_ms}, {}, {})",
                self.owner,
                self.app,
                from_ms + DAY_MS,
                now_ms()
            );
            transaction.execute(AssertSqlSafe(sql)).await.expect("due");
        }
        transaction.commit().await.expect("committed");
        let settled = self.settled().await;
        println!("{} stays of one day worked out in {settled:.1} s", self.options.stays);
    }
}

/// One sender: the next event as soon as the last one is answered, or so often. Gives how long each took that was acknowledged.
async fn send(port: u16, app: i64, key: String, source: Arc<Source>, until: Instant, every: Option<Duration>) -> Vec<Duration> {
    let mut client = Client::connect(port).await;
    let mut took = Vec::new();
    let mut next = Instant::now();
    while Instant::now() < until {
        let body = source.event().body;
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any key");
        mac.update(body.as_bytes());
        let sign = STANDARD.encode(mac.finalize().into_bytes());
        let headers = format!("content-type: application/json\r\nsdkappid: {app}\r\nsign: {sign}\r\n");
        let sent = Instant::now();
        let (status, _, answer) = client.ask("POST", "/callbacks/trtc", &headers, &body).await;
        if status == 200 {
            took.push(sent.elapsed());
        } else {
            assert_eq!(status, 503, "{answer}");
        }
        if let Some(every) = every {
            next += every;
            tokio::time::sleep_until(next.into()).await;
        }
    }
    took
}

fn quantile(took: &mut [Duration], part: f64) -> f64 {
    took.sort_unstable();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let at = (took.len() as f64 * part) as usize;
    took.get(at.min(took.len().saturating_sub(1))).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
}

#[tokio::main]
async fn main() {
    let options = Options::read();
    sqlx::any::install_default_drivers();
    let dir = tempfile::tempdir().expect("a directory");
    let (data, logins) = (dir.path().join("data"), dir.path().join("logins.json"));
    let url = if let Some(server) = &options.postgres {
        let name = format!("intake_{}", now_ms());
        let mut connection = AnyConnection::connect(&format!("{server}/postgres?sslmode=disable")).await.expect("PostgreSQL");
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("a database");
        format!("{server}/{name}?sslmode=disable")
    } else {
        format!("sqlite:{}", data.join("console.db").display())
    };
    let mut command = tokio::process::Command::new(&options.program);
    command.arg("demo").args(["--listen", "127.0.0.1:0", "--site-dir", &options.site]).arg("--data-dir").arg(&data);
    command.arg("--credentials-file").arg(&logins).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    if options.postgres.is_some() {
        command.args(["--database-url", &url]);
    }
    let mut server = command.spawn().expect("the program starts");
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
    let database = AnyConnection::connect(&url).await.expect("the database");
    let mut bench = Bench { options, port, database, owner, app, key, cookie };
    if bench.options.postgres.is_none() {
        for pragma in ["PRAGMA busy_timeout = 10000", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -16000"] {
            bench.database.execute(pragma).await.expect("a pragma");
        }
    }

    bench.compare("few events", 1).await;
    bench.compare_pages("few events", 2).await;
    let before = Source::new(100_000_000, today_ms() - 20 * DAY_MS);
    let (stored, stays) = (bench.options.stored, bench.options.stays);
    bench.insert(&before, 0, Some(stored)).await;
    bench.compare(&format!("{stored} events stored"), 3).await;
    bench.add_stays().await;
    bench.compare(&format!("a day with {stays} stays"), 4).await;
    bench.compare_pages(&format!("a day with {stays} stays"), 5).await;
    server.start_kill().expect("it ends");
    server.wait().await.expect("it ended");
}
