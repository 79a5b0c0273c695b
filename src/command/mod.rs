//! `trtc-console cam`: the policy engine from the command line.
//!
//! It must never decide or judge anything itself: it reads files, asks `cam`, and prints.

mod check;
mod compare;
mod convert;
mod decide;
mod language;

use crate::cam::{self, Policy};
use crate::domain::policy_check::{self, Checked};
use clap::{Subcommand, ValueEnum};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What can be done with policies in files.
#[derive(Subcommand)]
pub enum Cam {
    /// Decide the cases of a file, one JSON object per line, and compare the results with what they expect
    Test {
        /// The cases
        file: PathBuf,
    },
    /// Check a policy and print every finding with its line and column; exit with 1 if it has errors
    Check {
        /// The policy
        file: PathBuf,
        /// How to print the findings; SARIF is what code hosts show beside a change
        #[arg(long, default_value = "text")]
        format: CheckFormat,
    },
    /// Decide a request by policies in files and say which statements decide it
    Decide(decide::Request),
    /// Compare two versions of a policy by what they allow and deny, each difference with a request that shows it
    Compare(compare::Versions),
    /// Print the reference of the policy language: every member, operator, condition key and variable, each with an example
    Language {
        /// A word in the name or the meaning; without it everything is printed. Exit with 1 when nothing has it
        word: Option<String>,
        /// How to print it
        #[arg(long, default_value = "text")]
        format: Format,
    },
    /// Print a policy of AWS, or the policy inside a Terraform file, in the language of CAM; exit with 2 when CAM has nothing like a part of it
    Convert {
        /// The file
        file: PathBuf,
    },
}

/// How findings are printed.
#[derive(Clone, Copy, ValueEnum)]
pub enum CheckFormat {
    /// A line for each finding
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0
    Sarif,
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// The command could not do what it was asked for.
const TROUBLE: u8 = 2;

/// Does what was asked for, as of `now_ms`.
#[must_use]
pub fn cam(command: &Cam, now_ms: i64) -> ExitCode {
    let done = match command {
        Cam::Test { file } => test(file),
        Cam::Check { file, format } => check::check(file, *format, now_ms),
        Cam::Decide(request) => request.decide(),
        Cam::Compare(versions) => versions.compare(),
        Cam::Language { word, format } => Ok(language::language(word.as_deref(), *format)),
        Cam::Convert { file } => convert::convert(file),
    };
    done.unwrap_or_else(|problem| {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "{problem}");
        ExitCode::from(TROUBLE)
    })
}

/// Runs a file of conformance cases: a line for every case that fails, then `N passed, M failed`. Fails when any case does.
fn test(path: &Path) -> Result<ExitCode, String> {
    // Bytes that are not UTF-8 become replacement characters, which spoil only the case they stand in.
    let report = cam::conformance::run(&String::from_utf8_lossy(&read(path)?));
    let mut out = String::new();
    for failure in &report.failures {
        let cam::conformance::Failure { line, id, expected, got, why } = failure;
        let name = if id.is_empty() { "(no id)" } else { id };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}:{line}: {name}: expected {expected}, got {got}: {why}", path.display());
    }
    let _ = writeln!(out, "{} passed, {} failed", report.passed, report.failed);
    print(&out);
    Ok(if report.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Standard output may be a pipe whose reader has gone; that is no reason to crash.
fn print(text: &str) {
    use std::io::Write as _;
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn print_json(value: &serde_json::Value) {
    print(&format!("{value:#}\n"));
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: cannot be read: {error}", path.display()))
}

/// Reads a policy to decide by; one with errors is refused with all of them.
fn policy(path: &Path) -> Result<Policy, String> {
    let text = String::from_utf8(read(path)?).map_err(|_| format!("{}: the file is not UTF-8", path.display()))?;
    let (policy, checked) = policy_check::read(&text, None, None);
    policy.filter(|_| !checked.has_errors()).ok_or_else(|| errors(path, &checked))
}

fn errors(path: &Path, checked: &Checked) -> String {
    let errors = checked.findings.iter().take(checked.counts[0]);
    errors.map(|finding| check::line(path, finding)).collect::<String>().trim_end().to_owned()
}
