//! How the program ends when it is told to stop.
//!
//! As the first process of a container it is not ended by a signal that it does not wait for.

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn a_start_that_takes_its_time_can_be_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_trtc-console"))
        .args(["demo", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The accounts of the demo are being made, and months of its events come after them.
    let mut log = BufReader::new(program.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("logged in") {
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "ended by itself");
    }
    let told = Instant::now();
    kill_process(Pid::from_child(&program), Signal::TERM).unwrap();
    log.read_to_string(&mut line).unwrap();
    let mut said = String::new();
    program.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(0), "{line}");
    assert!(told.elapsed() < Duration::from_secs(5) && said.is_empty(), "{said}");
}
