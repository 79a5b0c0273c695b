//! `trtc-console cam test` and `cam check`: the policy engine from the command line.
//!
//! It must never decide or judge anything itself: it reads the file, asks `cam`, and prints.

use crate::cam::{self, Diagnostic};
use crate::domain::policy_check::{self, Finding};
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Runs a file of conformance cases: a line for every case that fails, then `N passed, M failed`. Fails when any case does.
#[must_use]
pub fn cam_test(path: &Path) -> ExitCode {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return unreadable(path, &error),
    };
    // Bytes that are not UTF-8 become replacement characters, which spoil only the case they stand in.
    let report = cam::conformance::run(&String::from_utf8_lossy(&bytes));
    let mut out = String::new();
    for failure in &report.failures {
        let cam::conformance::Failure { line, id, expected, got, why } = failure;
        let name = if id.is_empty() { "(no id)" } else { id };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}:{line}: {name}: expected {expected}, got {got}: {why}", path.display());
    }
    let _ = writeln!(out, "{} passed, {} failed", report.passed, report.failed);
    print(&out);
    if report.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Checks a policy as of `now_ms` and prints every diagnostic as `FILE:LINE:COL: severity[code]: message`, the remedy below. Fails on errors.
#[must_use]
pub fn cam_check(path: &Path, now_ms: i64) -> ExitCode {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return unreadable(path, &error),
    };
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let start = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let (line, column) = cam::line_column(&text, start);
            print(&format!("{}:{line}:{column}: error[{}]: The file is not UTF-8.\n", path.display(), cam::Code::PolicyDocumentError));
            return ExitCode::FAILURE;
        }
    };
    // The same findings in the same order as the editor shows them.
    let checked = policy_check::check(&text, None, Some(now_ms));
    let mut out = String::new();
    for Finding { diagnostic, line, column } in &checked.findings {
        let Diagnostic { code, severity, message, help, .. } = diagnostic;
        let _ = writeln!(out, "{}:{line}:{column}: {severity}[{code}]: {message}", path.display());
        if let Some(help) = help {
            let _ = writeln!(out, "  help: {help}");
        }
    }
    let more = checked.counts.iter().sum::<usize>() - checked.findings.len();
    if more > 0 {
        let _ = writeln!(out, "{more} more findings are not shown");
    }
    print(&out);
    if checked.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Standard output may be a pipe whose reader has gone; that is no reason to crash.
fn print(text: &str) {
    use std::io::Write as _;
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn unreadable(path: &Path, error: &std::io::Error) -> ExitCode {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{}: cannot be read: {error}", path.display());
    ExitCode::FAILURE
}
