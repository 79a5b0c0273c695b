//! What was found in the text: a list in which each entry leads to its place and, where there is one remedy, carries it out.
//!
//! It must never judge; the engine does.

use super::Editor;
use crate::cam::Severity;
use crate::domain::policy_check::{Checked, Finding, MAX_FINDINGS};
use crate::ui::components::field_id;
use crate::ui::icons::Icon;
use crate::ui::words::{say, t, use_lang};
use leptos::prelude::*;

/// The list of findings, live.
#[component]
pub fn Findings(
    /// The text under edit.
    editor: Editor,
) -> impl IntoView {
    let list = move || {
        let checked = editor.checked.get();
        let lines: Vec<_> = checked.findings.into_iter().map(|found| line(editor, found)).collect();
        (!lines.is_empty()).then(|| view! { <ol class="finding-list">{lines}</ol> })
    };
    let more = move || {
        editor.checked.with(|checked| checked.counts.iter().sum::<usize>() > MAX_FINDINGS).then(|| {
            view! { <p class="field-hint">{t("Only the first findings are listed.", "仅列出最前面的检查结果。")}</p> }
        })
    };
    view! {
        <section class="card findings" aria-labelledby="findings-title">
            <div class="findings-head">
                <h2 id="findings-title">{t("Findings", "检查结果")}</h2>
                <span id="findings-counts" aria-live="polite">{move || view! { <FindingCounts checked=editor.checked.get() /> }}</span>
                <button
                    type="button"
                    class="btn btn-text needs-scripts"
                    hidden=move || editor.checked.with(|checked| checked.findings.iter().filter(|found| found.diagnostic.is_safe).count() < 2)
                    on:click=move |_| editor.mend()
                >
                    {Icon::Check.draw()}
                    {t("Apply all safe fixes", "采用全部安全修复")}
                </button>
            </div>
            {list}
            {more}
        </section>
    }
}

/// How many findings of each weight, in words.
#[component]
pub fn FindingCounts(
    /// What was found.
    checked: Checked,
) -> impl IntoView {
    let lang = use_lang();
    let [errors, warnings, suggestions] = checked.counts;
    if errors + warnings + suggestions == 0 {
        return view! { <span class="tag tag-ok">{t("No issues found", "未发现问题")}</span> }.into_any();
    }
    let said = |count: usize, class: &'static str, one: &str, many: &str, zh: &str| {
        (count > 0).then(|| {
            let words = lang.pick(format!("{count} {}", if count == 1 { one } else { many }), format!("{count} {zh}"));
            view! { <span class=class>{words}</span> " " }
        })
    };
    view! {
        {said(errors, "tag tag-error", "error", "errors", "个错误")}
        {said(warnings, "tag tag-warn", "warning", "warnings", "个警告")}
        {said(suggestions, "tag tag-plain", "suggestion", "suggestions", "条建议")}
    }
    .into_any()
}

fn line(editor: Editor, found: Finding) -> impl IntoView {
    let lang = use_lang();
    let Finding { diagnostic, line, column } = found;
    let (class, weight) = match diagnostic.severity {
        Severity::Error => ("tag tag-error", t("Error", "错误")),
        Severity::Warning => ("tag tag-warn", t("Warning", "警告")),
        Severity::Suggestion => ("tag tag-plain", t("Suggestion", "建议")),
    };
    let place = lang.pick(format!("Line {line}:{column}"), format!("第 {line} 行第 {column} 列"));
    let span = diagnostic.span;
    let remedy = diagnostic.fix.map(|fix| {
        view! {
            <button type="button" class="btn btn-text finding-fix needs-scripts" on:click=move |_| editor.apply(&fix)>
                {Icon::Check.draw()}
                {t("Apply", "采用")}
            </button>
        }
    });
    let help = diagnostic.help.map(|help| view! { <span>{with_code(&say(&help))}</span> });
    view! {
        <li class="finding">
            <a
                class=format!("{class} finding-place")
                href=format!("#{}", field_id("", "document"))
                rel="external"
                on:click=move |event| {
                    event.prevent_default();
                    editor.go_to(span);
                }
            >
                <span class="visually-hidden">{weight}", "</span>
                {place}
            </a>
            <div class="finding-text">
                <p>{with_code(&say(&diagnostic.message))}</p>
                <p class="finding-help">{help} {remedy} <code class="finding-code">{diagnostic.code.as_str()}</code></p>
            </div>
        </li>
    }
}

/// A message with what stands in backticks as code.
#[must_use]
pub(super) fn with_code(message: &str) -> Vec<AnyView> {
    let pieces = message.split('`').enumerate().filter(|(_, piece)| !piece.is_empty());
    pieces
        .map(|(index, piece)| {
            let piece = piece.to_owned();
            if index % 2 == 1 { view! { <code>{piece}</code> }.into_any() } else { view! { <span>{piece}</span> }.into_any() }
        })
        .collect()
}
