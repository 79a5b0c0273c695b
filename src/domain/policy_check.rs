//! What is wrong with the text of a policy: the language's own errors, and what is legal and hardly meant.
//!
//! Browser and server call this very function, so the editor can never promise what the server refuses. It must never decide requests.

use super::ids::Uin;
use crate::cam::{self, Diagnostic, Policy, Severity, line_column};
use crate::catalog::limits::MAX_POLICY_CHARS;
use crate::catalog::vocabulary;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// Findings shown or sent at most; a text with more has been told enough.
pub const MAX_FINDINGS: usize = 50;

/// What was found in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Everything found, errors first, then in the order of the text; at most [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
    /// Findings of each severity, also those beyond the first [`MAX_FINDINGS`]: errors, warnings, suggestions.
    pub counts: [usize; 3],
    /// Length as the limit counts it: characters without white space.
    pub characters: usize,
}

/// One finding with its place as a person counts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What the engine found.
    pub diagnostic: Diagnostic,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Checked {
    /// Whether the policy would be refused.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.counts[0] > 0
    }
}

impl Finding {
    /// The finding with its place and remedy, for a form that has no editor beside it.
    #[must_use]
    pub fn sentence(&self) -> Text {
        let Self { diagnostic, line, column } = self;
        let message = &diagnostic.message;
        let (en, zh) = diagnostic.help.as_ref().map_or(("", ""), |help| (&help.en, &help.zh));
        Text::made(
            quoted(&format!("Line {line}, column {column}: {} {en}", message.en), ["“", "”"]).trim_end(),
            quoted(&format!("第 {line} 行第 {column} 列：{}{zh}", message.zh), ["「", "」"]).replace(" 「", "「").replace("」 ", "」"),
        )
    }
}

/// The text with quotes around what stands in backticks: plain text has no code.
fn quoted(text: &str, marks: [&str; 2]) -> String {
    let mut made = String::with_capacity(text.len() + 16);
    for (index, piece) in text.split('`').enumerate() {
        if index > 0 {
            made.push_str(marks[(index + 1) % 2]);
        }
        made.push_str(piece);
    }
    made
}

/// Length of a text as the limit counts it: characters without blanks, tabs and line ends.
#[must_use]
pub fn characters(document: &str) -> usize {
    document.chars().filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n')).count()
}

/// Checks the text of a policy of the root account `owner` at a moment. Without an owner nothing is said about resources of other
/// accounts, without a moment nothing about times that have passed.
#[must_use]
pub fn check(document: &str, owner: Option<Uin>, now_ms: Option<i64>) -> Checked {
    read(document, owner, now_ms).1
}

/// As [`check`], with the policy that was read; `None` when the text has errors of the language.
#[must_use]
pub fn read(document: &str, owner: Option<Uin>, now_ms: Option<i64>) -> (Option<Policy>, Checked) {
    let parsed = cam::parse(document);
    let mut diagnostics = parsed.diagnostics;
    if let Some(policy) = &parsed.policy {
        diagnostics.extend(cam::check(policy, vocabulary(), cam::Setting { owner_uin: owner.map(|owner| owner.0), now_ms }));
    }
    if let Some(foreign) = parsed.policy.is_none().then(|| cam::of_another_language(document)).flatten() {
        diagnostics = vec![foreign];
    }
    diagnostics.sort_by_key(|found| (found.severity, found.span));
    let count = |severity| diagnostics.iter().filter(|found| found.severity == severity).count();
    let counts = [count(Severity::Error), count(Severity::Warning), count(Severity::Suggestion)];
    diagnostics.truncate(MAX_FINDINGS);
    let findings = diagnostics.into_iter().map(|mut diagnostic| {
        if diagnostic.fix.is_none() {
            diagnostic.fix = cam::cards::remedy(document, &diagnostic);
            // The engine has shown that the policy says the same without it.
            diagnostic.is_safe = diagnostic.fix.is_some() && diagnostic.code == cam::Code::CoveredStatement;
        }
        let (line, column) = line_column(document, diagnostic.span.start);
        Finding { diagnostic, line, column }
    });
    (parsed.policy, Checked { findings: findings.collect(), counts, characters: characters(document) })
}

/// The text after every change that takes no judgement, one after the other, each found anew.
#[must_use]
pub fn mended(document: &str, owner: Option<Uin>, now_ms: Option<i64>) -> String {
    let mut text = document.to_owned();
    // Each change removes what it is about, so there are no more of them than findings at first, but for those that an error hid.
    for _ in 0..2 * MAX_FINDINGS {
        let safe = check(&text, owner, now_ms).findings.into_iter().find(|found| found.diagnostic.is_safe);
        let Some(cam::Fix { span, replacement }) = safe.and_then(|found| found.diagnostic.fix) else { break };
        text.replace_range(span.start..span.end, &replacement);
    }
    text
}

/// The canonical form of a policy without errors: the same policy in the console's own layout. `None` when the text has errors. The
/// text as it is when only that form would be too long: lists need brackets that a lone value does without.
#[must_use]
pub fn formatted(document: &str) -> Option<String> {
    let printed = cam::parse(document).policy?.to_string();
    let fits = cam::parse(&printed).policy.is_some();
    Some(if fits { printed.trim_end() } else { document }.to_owned())
}

/// "412 of 6,144 characters", as the editor says it.
#[must_use]
pub fn length_words(characters: usize) -> Text {
    let grouped = |number: usize| {
        let digits = number.to_string();
        let split = digits.len().saturating_sub(3);
        if split == 0 { digits } else { format!("{},{}", &digits[..split], &digits[split..]) }
    };
    let (is, most) = (grouped(characters), grouped(MAX_POLICY_CHARS));
    Text::made(format!("{is} of {most} characters"), format!("{is} / {most} 个字符"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{limits, presets};

    #[test]
    fn presets_have_no_findings_but_that_they_grant_everything() {
        for preset in presets() {
            let checked = check(&preset.document, None, None);
            assert!(!checked.has_errors(), "{}: {:?}", preset.name, checked.findings);
        }
    }

    #[test]
    fn errors_come_first_and_have_their_place() {
        let checked = check(
            "{\n  \"version\": \"2.0\",\n  \"statement\": [{\"effect\": \"Allow\", \"action\": \"trtc:*\", \"resource\": \"*\"}]\n}",
            None,
            None,
        );
        assert!(checked.has_errors());
        let first = &checked.findings[0];
        assert_eq!((first.diagnostic.code, first.line, first.column), (cam::Code::EffectError, 3, 28));
        let said = first.sentence();
        assert_eq!(said.en, "Line 3, column 28: The effect is neither “allow” nor “deny”. Write “\"allow\"” or “\"deny\"” in lower case.");
        assert_eq!(said.zh, "第 3 行第 28 列：效力既不是「allow」也不是「deny」。请使用小写的「\"allow\"」或「\"deny\"」。");
    }

    #[test]
    fn safe_changes_are_made_and_guesses_are_not() {
        let text = "{\"version\": 2, \"statement\": [{\"effect\": \"Allow\", \"action\": \"trtc:DismissRoom\", \"resource\": \"*\"},
            {\"effect\": \"ALLOW\", \"action\": [\"trtc:\u{200b}*\"], \"resource\": \"*\", \"condition\": {\"ip_equal\": {\"qcs:ip\": \"10.0.0.0/8\"}}},
            {\"effect\": \"allow\", \"action\": \"trtc:*\", \"resource\": \"*\"}]}";
        let made = mended(text, None, None);
        let policy = cam::parse(&made).policy.unwrap_or_else(|| panic!("{made}"));
        assert_eq!(policy.statements.len(), 1, "the others said nothing more: {made}");
        assert_eq!(mended(&made, None, None), made);
        let pasted = "{\u{201c}version\u{201d}: \u{201c}2.0\u{201d}, \"statement\": {\"effect\": \"allow\", \"action\": \"trtc:*\", \"resource\": \"*\"}}";
        assert_eq!(mended(pasted, None, None), pasted.replace(['\u{201c}', '\u{201d}'], "\""));
        for guess in ["trtc:DismisRoom", "trtc:dismissroom"] {
            let text = format!(r#"{{"version":"2.0","statement":[{{"effect":"allow","action":"{guess}","resource":"*"}}]}}"#);
            assert_eq!(mended(&text, None, None), text);
        }
        let key = r#"{"version":"2.0","statement":[{"effect":"allow","actions":"trtc:DismissRoom","resource":"*"}]}"#;
        assert_eq!(mended(key, None, None), key);
    }

    #[test]
    fn formatting_keeps_the_meaning_and_refuses_what_does_not_parse() {
        let text = "{\"statement\":{\"resource\":\"*\",\"action\":\"trtc:*\",\"effect\":\"allow\"},\"version\":\"2.0\"}";
        let nice = formatted(text).unwrap();
        assert_eq!(cam::parse(&nice).policy, cam::parse(text).policy);
        assert_eq!(formatted(&nice).as_deref(), Some(nice.as_str()), "formatting twice is formatting once");
        assert_eq!(formatted("{"), None);
    }

    #[test]
    fn formatting_never_makes_a_policy_too_long() {
        let with = |padding: usize| {
            let name = "x".repeat(padding);
            format!(r#"{{"version":"2.0","statement":{{"effect":"allow","action":"trtc:*","resource":"qcs::cos:::b/{name}"}}}}"#)
        };
        let full = with(MAX_POLICY_CHARS - with(0).len());
        assert_eq!(characters(&full), MAX_POLICY_CHARS);
        assert!(!check(&full, None, None).has_errors());
        // The brackets around the lone statement, the lone action and the lone resource do not fit.
        assert_eq!(formatted(&full).as_deref(), Some(full.as_str()));
        let room = with(MAX_POLICY_CHARS - with(0).len() - 6);
        let nice = formatted(&room).unwrap();
        assert_ne!(nice, room);
        assert_eq!(characters(&nice), MAX_POLICY_CHARS);
        assert_eq!(cam::parse(&nice).policy, cam::parse(&room).policy);
    }

    #[test]
    fn white_space_is_not_counted() {
        assert_eq!(characters(" {\r\n\t\"策\" }"), 5);
        assert_eq!(length_words(412).en, "412 of 6,144 characters");
        assert_eq!(length_words(10_412).zh, "10,412 / 6,144 个字符");
        assert_eq!(limits::MAX_POLICY_CHARS, cam::MAX_CHARACTERS);
        assert_eq!(limits::MAX_POLICY_BODY_BYTES, cam::MAX_BYTES);
    }

    #[test]
    fn a_hostile_text_is_told_a_bounded_number_of_findings() {
        let text = format!("{{\"version\":\"2.0\",\"statement\":[{}]}}", vec!["{\"x\":1}"; 500].join(","));
        let checked = check(&text, None, None);
        assert_eq!(checked.findings.len(), MAX_FINDINGS);
        assert!(checked.counts[0] >= 500);
    }
}
