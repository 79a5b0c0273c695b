//! The kit of the integration tests: a console of its own for each test, and browsers that talk to it.
//!
//! A test must never share a database with another one, and never sleep to be right: time is the console's fixed clock.

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use std::net::{IpAddr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;
use tower::ServiceExt as _;
use trtc_console::boot::Console;
use trtc_console::demo::organisation::{self, Login};
use trtc_console::domain::wire;
use trtc_console::server::clock::Clock;
use trtc_console::server::config::{Config, Flags};
use trtc_console::server::gate::password::Cost;
use trtc_console::server::gate::{Caller, RequestFacts};

/// 2026-11-24 12:00:00 UTC, when every test begins.
pub const NOW_MS: i64 = 1_795_521_600_000;
/// E-mail address of the root account of a test console.
pub const ROOT: &str = "root@acme.example";
/// The password of everybody in tests.
pub const PASSWORD: &str = "Correct-horse-1";

/// The first password of those who are made in tests; they have [`PASSWORD`] as soon as they have logged in.
pub const FIRST_PASSWORD: &str = "Given-by-another-1";

/// Which database a console runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// Every database that contract tests run on.
pub const DATABASES: [Database; 2] = [Database::Sqlite, Database::Postgres];

/// A console of a test, with its clock.
pub struct TestConsole {
    pub console: Console,
    pub clock: Clock,
    flags: Flags,
    _dir: tempfile::TempDir,
}

impl TestConsole {
    /// A console without accounts on SQLite.
    pub async fn empty() -> Self {
        Self::empty_on(Database::Sqlite).await
    }

    /// A console without accounts.
    pub async fn empty_on(database: Database) -> Self {
        let database_url = (database == Database::Postgres).then(|| postgres().new_database().into());
        Self::configured(Flags { database_url, ..Flags::default() }).await
    }

    /// A console without accounts, with settings of its own.
    pub async fn configured(flags: Flags) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let flags = Flags { data_dir: Some(dir.path().to_owned()), ..flags };
        let clock = Clock::fixed(NOW_MS);
        let console = Console::build(Config::load(flags.clone()).unwrap(), clock.clone(), Cost::TESTS).await.unwrap();
        Self { console, clock, flags, _dir: dir }
    }

    /// The same console, stopped and started again: same data, nothing in memory.
    pub async fn restarted(mut self) -> Self {
        self.console.close().await;
        self.console = self.replica().await;
        self
    }

    /// The settings of this console, for whoever builds one more on its data.
    pub fn flags(&self) -> Flags {
        self.flags.clone()
    }

    /// Does to the database what no request can: as somebody does who has it in hand.
    pub async fn sql(&self, text: &'static str) {
        sqlx::query(text).execute(&mut self.connection().await).await.unwrap();
    }

    /// The text that a query gives; empty when it gives none.
    pub async fn sql_text(&self, text: &'static str) -> String {
        let row: Option<(String,)> = sqlx::query_as(text).fetch_optional(&mut self.connection().await).await.unwrap();
        row.map_or_else(String::new, |(text,)| text)
    }

    /// Waits until a query gives something else than `0`. What does not come within half a minute never comes.
    pub async fn sql_counts(&self, text: &'static str) {
        let looking = async {
            while self.sql_text(text).await == "0" {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), looking).await.unwrap_or_else(|_| panic!("still nothing: {text}"));
    }

    /// Somebody who writes and comes to no end: until this is dropped nobody else can write, on PostgreSQL no session.
    pub async fn somebody_writes(&self) -> impl Sized + use<> {
        let mut connection = self.connection().await;
        let begin: &[&'static str] = match self.flags.database_url {
            Some(_) => &["BEGIN", "LOCK TABLE sessions IN EXCLUSIVE MODE"],
            None => &["BEGIN IMMEDIATE"],
        };
        for text in begin {
            sqlx::query(*text).execute(&mut connection).await.unwrap();
        }
        connection
    }

    /// Somebody who has done something and comes to no end: what it has locked stays locked until this is dropped or committed.
    pub async fn somebody_holds(&self, text: &'static str) -> Held {
        let mut held = Held(self.connection().await);
        held.does("BEGIN").await;
        held.does(text).await;
        held
    }

    async fn connection(&self) -> sqlx::AnyConnection {
        let config = Config::load(self.flags.clone()).unwrap();
        <sqlx::AnyConnection as sqlx::Connection>::connect(config.database_url.reveal()).await.unwrap()
    }

    /// Another server on the same database.
    pub async fn replica(&self) -> Console {
        Console::build(Config::load(self.flags.clone()).unwrap(), self.clock.clone(), Cost::TESTS).await.unwrap()
    }

    /// A console with the root account [`ROOT`], on SQLite.
    pub async fn start() -> Self {
        Self::start_on(Database::Sqlite).await
    }

    /// A console with the root account [`ROOT`].
    pub async fn start_on(database: Database) -> Self {
        Self::empty_on(database).await.set_up().await
    }

    /// The same console with the root account [`ROOT`].
    pub async fn set_up(self) -> Self {
        let console = self;
        let code = console.console.gate.offer_setup().await.unwrap().unwrap();
        let mut browser = console.browser();
        let page = browser.post("/setup", &[("code", &code), ("email", ROOT), ("password", PASSWORD), ("repeat", PASSWORD)]).await;
        assert_eq!((page.status, page.location().as_str()), (StatusCode::SEE_OTHER, "/login"), "{}", page.body);
        console
    }

    /// A console with the demo organisation and a few days of its events, and the logins.
    pub async fn demo() -> (Self, Vec<Login>) {
        let console = Self::empty().await;
        let logins = organisation::create(&console.console).await.unwrap().unwrap();
        organisation::send_events(&console.console, &logins, 2).await.unwrap();
        (console, logins)
    }

    /// Someone who has not logged in.
    pub fn browser(&self) -> Browser {
        Browser::of(&self.console)
    }

    /// A second root account in the same installation, logged in.
    pub async fn other_root(&self) -> Browser {
        let email = "root@beta.example";
        self.console.gate.create_root(email, PASSWORD, false).await.unwrap();
        let mut browser = self.browser();
        browser.log_in("", email, PASSWORD).await;
        browser
    }

    /// The root account, logged in.
    pub async fn root(&self) -> Browser {
        let mut browser = self.browser();
        browser.log_in("", ROOT, PASSWORD).await;
        browser
    }
}

/// A transaction of a test.
pub struct Held(sqlx::AnyConnection);

impl Held {
    /// Does something more in it.
    pub async fn does(&mut self, text: &'static str) {
        sqlx::query(text).execute(&mut self.0).await.unwrap();
    }

    /// Makes all of it last.
    pub async fn commit(mut self) {
        self.does("COMMIT").await;
    }
}

/// Someone with cookies.
#[derive(Clone)]
pub struct Browser {
    router: axum::Router,
    cookies: Vec<(String, String)>,
    /// Where its requests come from.
    pub address: IpAddr,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// Where a redirect leads.
    pub fn location(&self) -> String {
        self.header(header::LOCATION.as_str())
    }

    /// A header, empty when there is none.
    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
    }

    /// The body as a value of the wire.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> T {
        // As a browser reads it.
        wire::read(&self.body).unwrap_or_else(|error| panic!("{error} in {} {}", self.status, self.body))
    }
}

impl Browser {
    /// Someone who has not logged in to a server.
    pub fn of(console: &Console) -> Self {
        Self { router: console.router.clone(), cookies: Vec::new(), address: [127, 0, 0, 1].into() }
    }

    /// Logs in and must succeed.
    pub async fn log_in(&mut self, owner: &str, name: &str, password: &str) {
        let answer = self.post("/login", &[("owner", owner), ("username", name), ("password", password)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }

    /// Somebody else at the same server changes the first password that a user was made with to [`PASSWORD`], as everybody must.
    pub async fn settle(&self, owner: &str, name: &str) {
        let mut user = Self { router: self.router.clone(), cookies: Vec::new(), address: self.address };
        user.log_in(owner, name, FIRST_PASSWORD).await;
        let change = [("current", FIRST_PASSWORD), ("new", PASSWORD), ("repeat", PASSWORD)];
        let changed = user.call("session/password", &change).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
        user.post("/logout", &[]).await;
    }

    /// The token of the session.
    pub fn token(&self) -> Option<String> {
        self.cookie("trtc_session")
    }

    /// Whom the gate takes this browser for.
    pub async fn caller(&self, console: &TestConsole) -> Caller {
        console.console.gate.caller(&RequestFacts::local("test", self.token())).await.unwrap()
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap()).await
    }

    /// Posts a plain form, as a browser without scripts does.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.submit(path, fields, "text/html").await
    }

    /// Calls a changing server function, as the browser half does. `path` is the endpoint below `/call/`.
    pub async fn call(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.submit(&format!("/call/{path}"), fields, "application/json").await
    }

    /// Calls a reading server function.
    pub async fn read(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let uri = format!("/call/{path}?{query}");
        self.send(Request::get(uri).header(header::ACCEPT, "application/json").body(Body::empty()).unwrap()).await
    }

    /// As [`Browser::post`], from a page of its own.
    pub async fn post_from(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.submit_from(page, path, fields, "text/html").await
    }

    async fn submit(&mut self, path: &str, fields: &[(&str, &str)], accept: &str) -> Answer {
        self.submit_from("/account", path, fields, accept).await
    }

    async fn submit_from(&mut self, page: &str, path: &str, fields: &[(&str, &str)], accept: &str) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header(header::HOST, "console.test")
            .header(header::REFERER, format!("http://console.test{page}"))
            .header(header::ACCEPT, accept)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    /// Opens a page as it comes, part by part.
    pub async fn begin(&self, path: &str) -> Response<Body> {
        self.sent(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn sent(&self, mut request: Request<Body>) -> Response<Body> {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((self.address, 40_000))));
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends any request with the cookies, and keeps the cookies of the answer.
    pub async fn send(&mut self, request: Request<Body>) -> Answer {
        let (parts, body) = self.sent(request).await.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie::Cookie::parse(cookie.to_str().unwrap().to_owned()).unwrap();
            self.cookies.retain(|(name, _)| name != cookie.name());
            if !cookie.value().is_empty() {
                self.cookies.push((cookie.name().to_owned(), cookie.value().to_owned()));
            }
        }
        let bytes = to_bytes(body, 64 << 20).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

/// A PostgreSQL cluster in a temporary directory on a free loopback port, for the whole run of the tests.
pub struct Postgres {
    port: u16,
    databases: Mutex<u32>,
    /// Ends the cluster when this process ends, however it ends: its standard input closes then.
    _keeper: Child,
    dir: tempfile::TempDir,
}

/// The cluster of this run; started when it is first asked for.
pub fn postgres() -> &'static Postgres {
    static CLUSTER: OnceLock<Postgres> = OnceLock::new();
    CLUSTER.get_or_init(Postgres::start)
}

impl Postgres {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        // The keeper owns the cluster: `initdb` refuses root, so a superuser hands over to the user `postgres`.
        let script = r#"
            set -e
            PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)"
            initdb -D "$1/data" -U postgres -A trust -N >/dev/null
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -config /dev/null -subj /CN=postgres \
                -addext subjectAltName=IP:127.0.0.1 -keyout "$1/key.pem" -out "$1/certificate.pem" 2>/dev/null
            tls="-c ssl=on -c ssl_key_file=$1/key.pem -c ssl_cert_file=$1/certificate.pem"
            pg_ctl -D "$1/data" -w -o "-h 127.0.0.1 -p $2 -k $1 -F -c max_connections=300 $tls" -l "$1/log" start >/dev/null
            echo ready
            cat >/dev/null || true
            pg_ctl -D "$1/data" -m immediate stop >/dev/null
        "#;
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"));
        let mut keeper = if is_root {
            let made = Command::new("chown").arg("postgres").arg(dir.path()).status().unwrap();
            assert!(made.success(), "the user `postgres` is missing: install PostgreSQL (`make setup`)");
            let mut keeper = Command::new("runuser");
            keeper.args(["-u", "postgres", "--", "sh"]);
            keeper
        } else {
            Command::new("sh")
        };
        let mut keeper = keeper
            .args(["-c", script, "keeper"])
            .arg(dir.path())
            .arg(port.to_string())
            .current_dir("/tmp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let out = keeper.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut said).unwrap();
        assert_eq!(said, "ready\n", "PostgreSQL did not start: install its server programs and openssl (`make setup`)");
        Self { port, databases: Mutex::new(0), _keeper: keeper, dir }
    }

    /// What a database of the cluster answers, past any console.
    pub fn ask(&self, database: &str, sql: &str) -> String {
        let asked = Command::new("psql")
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres", "-qAtc", sql, database])
            .env("PATH", format!("{}:/usr/lib/postgresql/15/bin", std::env::var("PATH").unwrap_or_default()))
            .output()
            .unwrap();
        assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
        String::from_utf8_lossy(&asked.stdout).trim().to_owned()
    }

    /// The certificate of the cluster, for 127.0.0.1 and signed by itself.
    pub fn certificate(&self) -> std::path::PathBuf {
        self.dir.path().join("certificate.pem")
    }

    /// The URL of a new, empty database. Without TLS, which costs each of the many connections of the tests a handshake.
    pub fn new_database(&self) -> String {
        let mut count = self.databases.lock().unwrap();
        *count += 1;
        let name = format!("test{count}");
        self.ask("postgres", &format!("CREATE DATABASE {name}"));
        format!("postgres://postgres@127.0.0.1:{}/{name}?sslmode=disable", self.port)
    }
}

/// Compares with a golden file; `UPDATE_GOLDEN=1` writes it instead, for a review of the difference.
pub fn golden(name: &str, now: &str) {
    let path = std::path::Path::new("src/tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, now).unwrap();
        return;
    }
    let was = std::fs::read_to_string(&path).unwrap_or_default();
    if was == now {
        return;
    }
    let differing: Vec<String> =
        was.lines().zip(now.lines()).filter(|(was, now)| was != now).map(|(was, now)| format!("- {was}\n+ {now}")).collect();
    panic!(
        "{} differs ({} → {} lines); read the difference, and if it is intended run the tests with UPDATE_GOLDEN=1\n{}",
        path.display(),
        was.lines().count(),
        now.lines().count(),
        differing.join("\n")
    );
}
