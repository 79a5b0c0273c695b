//! `trtc-console cam check`: the findings in a policy, in the order in which the editor shows them.

use super::{CheckFormat, print, print_json, read};
use crate::cam::{self, Diagnostic, Severity, line_column};
use crate::domain::policy_check::{self, Checked, Finding};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Checks a policy as of `now_ms`. Fails on errors.
pub fn check(path: &Path, format: CheckFormat, now_ms: i64) -> Result<ExitCode, String> {
    let bytes = read(path)?;
    let (text, checked) = match String::from_utf8(bytes) {
        Ok(text) => {
            let checked = policy_check::check(&text, None, Some(now_ms));
            (text, checked)
        }
        Err(error) => {
            let start = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let checked = not_utf8(&text, start);
            (text, checked)
        }
    };
    match format {
        CheckFormat::Text => print(&lines(path, &checked)),
        CheckFormat::Json => print_json(&as_json(path, &text, &checked)),
        CheckFormat::Sarif => print_json(&as_sarif(path, &text, &checked)),
    }
    Ok(if checked.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn not_utf8(text: &str, start: usize) -> Checked {
    let (line, column) = line_column(text, start);
    let diagnostic = Diagnostic::error(
        cam::Code::PolicyDocumentError,
        cam::Span::new(start, start),
        crate::text::Text::new("The file is not UTF-8.", "文件不是 UTF-8 编码。"),
    );
    Checked { findings: vec![Finding { diagnostic, line, column }], counts: [1, 0, 0], characters: policy_check::characters(text) }
}

/// One finding as `FILE:LINE:COL: severity[code]: message`, the remedy below.
pub fn line(path: &Path, finding: &Finding) -> String {
    let Finding { diagnostic: Diagnostic { code, severity, message, help, .. }, line, column } = finding;
    let mut out = format!("{}:{line}:{column}: {severity}[{code}]: {message}\n", path.display());
    if let Some(help) = help {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  help: {help}");
    }
    out
}

fn lines(path: &Path, checked: &Checked) -> String {
    let mut out: String = checked.findings.iter().map(|finding| line(path, finding)).collect();
    let more = unshown(checked);
    if more > 0 {
        let _ = writeln!(out, "{more} more findings are not shown");
    }
    out
}

fn unshown(checked: &Checked) -> usize {
    checked.counts.iter().sum::<usize>() - checked.findings.len()
}

fn as_json(path: &Path, text: &str, checked: &Checked) -> Value {
    let [errors, warnings, suggestions] = checked.counts;
    let findings: Vec<Value> = checked
        .findings
        .iter()
        .map(|Finding { diagnostic, line, column }| {
            let (end_line, end_column) = line_column(text, diagnostic.span.end);
            json!({
                "severity": diagnostic.severity,
                "code": diagnostic.code.as_str(),
                "message": diagnostic.message.en,
                "help": diagnostic.help.as_ref().map(|help| &help.en),
                "line": line,
                "column": column,
                "end_line": end_line,
                "end_column": end_column,
                "fix": diagnostic.fix.as_ref().map(|fix| json!({
                    "start": fix.span.start, "end": fix.span.end, "replacement": fix.replacement,
                })),
            })
        })
        .collect();
    json!({
        "file": path.display().to_string(),
        "errors": errors,
        "warnings": warnings,
        "suggestions": suggestions,
        "characters": checked.characters,
        "findings": findings,
        "unshown": unshown(checked),
    })
}

/// The form in which code hosts take findings of tools.
fn as_sarif(path: &Path, text: &str, checked: &Checked) -> Value {
    let results: Vec<Value> = checked
        .findings
        .iter()
        .map(|Finding { diagnostic, line, column }| {
            let (end_line, end_column) = line_column(text, diagnostic.span.end);
            let help = diagnostic.help.as_ref().map(|help| format!(" {}", help.en)).unwrap_or_default();
            json!({
                "ruleId": diagnostic.code.as_str(),
                "level": match diagnostic.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Suggestion => "note",
                },
                "message": { "text": format!("{}{help}", diagnostic.message.en) },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": uri(path) },
                        "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
                    },
                }],
            })
        })
        .collect();
    let mut rules: Vec<&str> = checked.findings.iter().map(|finding| finding.diagnostic.code.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "trtc-console",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_iter().map(|rule| json!({ "id": rule })).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// What does not stand for itself in the name of a file in a URI.
const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// A path within the working directory as SARIF wants it.
fn uri(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let encoded: Vec<String> = parts.filter(|part| part != "/").map(|part| utf8_percent_encode(&part, &RESERVED).to_string()).collect();
    let joined = encoded.join("/");
    if path.is_absolute() { format!("file:///{joined}") } else { joined }
}
