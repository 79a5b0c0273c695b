//! The text of a policy to read: numbered lines, coloured, with what was found in it below.
//!
//! It must never change the text; copying gives it byte for byte.

use super::findings::{FindingCounts, with_code};
use super::place::{Token, tokens};
use crate::cam::Severity;
use crate::domain::policy_check::Checked;
use crate::ui::words::{say, t, use_lang};
use leptos::prelude::*;

/// Numbered, coloured lines.
#[component]
pub fn Listing(
    /// What it is, for screen readers.
    #[prop(into)]
    label: String,
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let lines: Vec<_> = text.lines().map(|line| view! { <li><code>{coloured(line)}</code></li> }).collect();
    // Focusable, so that long lines can be scrolled by keyboard.
    view! { <div class="code" role="region" aria-label=label tabindex="0"><ol class="code-lines">{lines}</ol></div> }
}

/// The words of a line in their colours. An empty line keeps its height by a blank.
#[must_use]
pub fn coloured(line: &str) -> Vec<AnyView> {
    if line.is_empty() {
        return vec![" ".into_any()];
    }
    tokens(line)
        .into_iter()
        .map(|(token, piece)| {
            let class = match token {
                Token::Key => "tok-key",
                Token::Text => "tok-text",
                Token::Word => "tok-word",
                Token::Plain => return piece.to_owned().into_any(),
            };
            view! { <span class=class>{piece.to_owned()}</span> }.into_any()
        })
        .collect()
}

/// What was found in a stored text; nothing when there is nothing.
#[component]
pub fn StoredFindings(
    /// What was found.
    checked: Checked,
) -> impl IntoView {
    let lang = use_lang();
    if checked.findings.is_empty() {
        return None;
    }
    let lines: Vec<_> = checked
        .findings
        .iter()
        .map(|found| {
            let class = match found.diagnostic.severity {
                Severity::Error => "tag tag-error finding-place",
                Severity::Warning => "tag tag-warn finding-place",
                Severity::Suggestion => "tag tag-plain finding-place",
            };
            let place = lang.pick(format!("Line {}:{}", found.line, found.column), format!("第 {} 行第 {} 列", found.line, found.column));
            let help =
                found.diagnostic.help.as_ref().map(|help| view! { <p class="finding-help"><span>{with_code(&say(help))}</span></p> });
            view! {
                <li class="finding">
                    <span class=class>{place}</span>
                    <div class="finding-text"><p>{with_code(&say(&found.diagnostic.message))}</p>{help}</div>
                </li>
            }
        })
        .collect();
    Some(view! {
        <section class="card findings">
            <div class="findings-head"><h2>{t("Findings", "检查结果")}</h2> <FindingCounts checked /></div>
            <ol class="finding-list">{lines}</ol>
        </section>
    })
}
