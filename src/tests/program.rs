//! The program itself, as an operator runs it: what it takes on its command line, what it says when it cannot start, what its log holds, and
//! how it ends when it is told to stop.
//!
//! Everything else is asked of the console inside the tests; here is only what another process alone can show.

use crate::kit::{PASSWORD, ROOT, TestConsole};
use crate::people::{owner_of, statement, sub_account};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The program with nothing in its environment but what a test puts there.
fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trtc-console"));
    command.env_clear().args(args);
    command
}

fn run(args: &[&str]) -> Output {
    program(args).output().unwrap()
}

/// What the program says when it ends at once, as it must.
#[track_caller]
fn refusal(args: &[&str]) -> String {
    let ended = run(args);
    assert!(!ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
    String::from_utf8(ended.stderr).unwrap()
}

/// A server of its own process on the data of a console.
struct Served {
    child: Child,
    address: String,
    log: PathBuf,
}

impl Served {
    /// `log` is the name of the file for the log; `filter` is what `RUST_LOG` says, if it says something.
    fn start(console: &TestConsole, log: &str, filter: Option<&str>, flags: &[&str]) -> Self {
        let data_dir = console.flags().data_dir.unwrap();
        let log = data_dir.join(log);
        let mut command = program(&["serve", "--listen", "127.0.0.1:0"]);
        command.arg("--data-dir").arg(&data_dir).args(flags).envs(filter.map(|filter| ("RUST_LOG", filter)));
        let mut child = command.stdout(Stdio::piped()).stderr(File::create(&log).unwrap()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("TRTC Console on http://").map(str::to_owned);
        let address = address.unwrap_or_else(|| panic!("{line} {}", fs::read_to_string(&log).unwrap()));
        Self { child, address, log }
    }

    /// The answer to a form, headers and all. `cookie` is the token of a session.
    fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> String {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: console.test\r\nConnection: close\r\nCookie: trtc_session={cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The token of a new session of the root account.
    fn log_in(&self) -> String {
        let answer = self.post("/login", "", &[("username", ROOT), ("password", PASSWORD)]);
        answer.split("trtc_session=").nth(1).unwrap_or_else(|| panic!("{answer}")).split(';').next().unwrap().to_owned()
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The value of a header of an answer.
fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_else(|| panic!("no {name} in {answer}"))
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn settings_stand_before_and_after_what_is_to_be_done() {
    let console = TestConsole::start().await;
    let data_dir = console.flags().data_dir.unwrap();
    let file = data_dir.join("console.toml");
    fs::write(&file, format!("data_dir = {:?}\n", shown(&data_dir))).unwrap();
    for setting in [["--config", shown(&file)], ["--data-dir", shown(&data_dir)]] {
        for args in [[&["account"][..], &setting, &["list"]].concat(), [&["account", "list"][..], &setting].concat()] {
            let listed = run(&args);
            assert!(String::from_utf8_lossy(&listed.stdout).contains(ROOT), "{args:?}: {}", String::from_utf8_lossy(&listed.stderr));
        }
    }
}

#[tokio::test]
async fn a_damaged_database_is_called_damaged() {
    let console = TestConsole::start().await;
    console.console.close().await;
    let data_dir = console.flags().data_dir.unwrap();
    let file = data_dir.join("console.db");
    let whole = fs::read(&file).unwrap();
    // No database at all, and one of which only the beginning was saved.
    for (bytes, cause) in [(&b"no database, and long enough to be one, ".repeat(200)[..], "not a database"), (&whole[..5_000], "malformed")]
    {
        fs::write(&file, bytes).unwrap();
        let said = refusal(&["migrate", "--data-dir", shown(&data_dir)]);
        assert!(said.contains(cause) && !said.contains("pool"), "{said}");
    }
}

#[test]
fn a_server_of_postgresql_that_is_not_there_is_called_so() {
    let dir = tempfile::tempdir().unwrap();
    let flags = ["migrate", "--data-dir", shown(dir.path()), "--database-url"];
    // Nobody listens on the first; the second takes connections and says nothing.
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    for (address, cause) in [(free, "refused"), (silent.local_addr().unwrap(), "no answer from the server")] {
        let url = format!("postgres://postgres@{address}/console?sslmode=disable");
        let said = refusal(&[&flags[..], &[&url]].concat());
        assert!(said.contains(cause) && !said.contains("pool"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_a_busy_database_is_no_line_of_the_log() {
    let console = TestConsole::start().await;
    console.console.close().await;
    // The other one says all that is said: it proves that there was something to leave out.
    let servers = [Served::start(&console, "log", None, &[]), Served::start(&console, "everything", Some("warn"), &[])];
    let sessions = servers.each_ref().map(|server| [server.log_in(), server.log_in()]);
    let writing = console.somebody_writes().await;
    std::thread::scope(|scope| {
        let asked: Vec<_> = servers
            .iter()
            .zip(&sessions)
            .flat_map(|(server, tokens)| tokens.iter().map(|token| scope.spawn(|| server.post("/logout", token, &[]))))
            .collect();
        // Longer than the pool takes for slow, and shorter than a change waits.
        std::thread::sleep(Duration::from_millis(2_800));
        drop(writing);
        for answer in asked {
            let answer = answer.join().unwrap();
            assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        }
    });
    let [log, everything] = servers.map(|server| server.log());
    assert!(everything.contains("exceeded slow threshold"), "nobody waited: {everything}");
    assert!(!log.contains("slow threshold"), "{log}");
    assert!(log.contains("logged in"), "the console's own events are there: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_names_its_request_once_and_a_file_holds_no_colours() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let owner = owner_of(&mut root).await.to_string();
    sub_account(&console, &mut root, "ana", &[statement("allow", &["trtc:*"], &["*".to_owned()])]).await;
    console.console.close().await;
    console.sql("UPDATE policy_versions SET document = '{'").await;
    for flags in [&[][..], &["--log-json"]] {
        let server = Served::start(&console, "log", Some("warn,trtc_console=debug"), flags);
        let ana = [("owner", owner.as_str()), ("username", "ana"), ("password", PASSWORD)];
        let answers = [
            (server.post("/login", "", &[("username", ROOT), ("password", "wrong")]), "login refused"),
            (server.post("/login", "", &ana), "a stored policy does not parse"),
            (server.post("/logout", "", &[]), "answered"),
        ];
        let log = server.log();
        for (answer, event) in answers {
            let id = header(&answer, "x-request-id");
            let lines: Vec<&str> = log.lines().filter(|line| line.contains(id)).collect();
            assert!(lines.iter().any(|line| line.contains(event)), "{event} in {log}");
            assert!(lines.iter().all(|line| line.matches(id).count() == 1), "{lines:#?}");
        }
        assert!(!log.contains('\u{1b}'), "{log:?}");
    }
}

/// As the first process of a container it is not ended by a signal that it does not wait for.
#[test]
fn a_start_that_takes_its_time_can_be_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let mut starting = program(&["demo", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The accounts of the demo are being made, and months of its events come after them.
    let mut log = BufReader::new(starting.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("logged in") {
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "ended by itself");
    }
    let told = Instant::now();
    kill_process(Pid::from_child(&starting), Signal::TERM).unwrap();
    log.read_to_string(&mut line).unwrap();
    let mut said = String::new();
    starting.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(starting.wait().unwrap().code(), Some(0), "{line}");
    assert!(told.elapsed() < Duration::from_secs(5) && said.is_empty(), "{said}");
}

#[test]
fn a_code_is_printed_only_by_a_server_that_has_its_address() {
    let dir = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refusal(&["serve", "--data-dir", shown(dir.path()), "--listen", &address]);
    assert!(said.contains("cannot listen on") && !said.contains("enter the code"), "{said}");
    drop(taken);
    let mut serving =
        program(&["serve", "--data-dir", shown(dir.path()), "--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(serving.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("enter the code") {
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "ended by itself");
    }
    kill_process(Pid::from_child(&serving), Signal::TERM).unwrap();
    assert_eq!(serving.wait().unwrap().code(), Some(0));
}

#[test]
fn a_directory_that_was_chosen_for_the_browser_files_holds_them() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("empty/pkg")).unwrap();
    for site in ["missing", "empty"] {
        let site = dir.path().join(site);
        let said = refusal(&["serve", "--data-dir", shown(dir.path()), "--listen", "127.0.0.1:0", "--site-dir", shown(&site)]);
        assert!(said.contains("--site-dir") && said.contains(shown(&site)), "{said}");
    }
}

#[tokio::test]
async fn migrating_says_from_which_version_to_which() {
    let dir = tempfile::tempdir().unwrap();
    let migrate = || {
        let done = run(&["migrate", "--data-dir", shown(dir.path())]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    let latest = fs::read_dir("migrations").unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file()).count();
    assert_eq!(migrate(), format!("the tables of the database were created, version {latest}\n"));
    assert_eq!(migrate(), format!("the tables of the database are up to date, version {latest}\n"));
}
