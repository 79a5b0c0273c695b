//! Two texts of a policy compared: what the second gives and takes, and which lines differ.
//!
//! It shows what the server has compared, and must never compare by itself.

use crate::cam::{Differences, Example};
use crate::domain::policies::{ComparedLine, ComparedRow, Comparison, LineChange};
use crate::ui::components::{Column, DataTable, Notice, Tag, Tone};
use crate::ui::editor::listing::coloured;
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;

/// How many lines differ, in words.
pub(super) fn lines_words(comparison: &Comparison) -> String {
    let (added, removed) = (comparison.added, comparison.removed);
    use_lang().pick(format!("Lines added: {added}, removed: {removed}"), format!("新增 {added} 行，删除 {removed} 行"))
}

/// Says so where two texts are the same, or mean the same.
#[component]
pub(super) fn Verdict(same_text: bool, same_meaning: bool) -> impl IntoView {
    let verdict = if same_text {
        t("The two versions are identical.", "两个版本的内容完全相同。")
    } else if same_meaning {
        t("Both versions allow and deny the same requests. Only the wording differs.", "两个版本允许和拒绝的请求相同，仅写法不同。")
    } else {
        ""
    };
    (!verdict.is_empty()).then(|| view! { <Notice><p>{verdict}</p></Notice> })
}

/// The texts line by line.
#[component]
pub(super) fn Lines(comparison: Comparison) -> impl IntoView {
    let lang = use_lang();
    let (before, after, left_out) = (comparison.before, comparison.after, comparison.left_out);
    let rows = comparison.rows.into_iter().map(|row| match row {
        ComparedRow::Line(line) => view! { <Line line /> }.into_any(),
        ComparedRow::Equal(count) => {
            let words = lang.pick(format!("Unchanged lines: {count}"), format!("{count} 行相同"));
            view! { <tr class="diff-same"><td colspan="4" class="diff-equal">{words}</td></tr> }.into_any()
        }
    });
    let rows: Vec<_> = rows.collect();
    let cut = (left_out > 0).then(|| {
        let words = lang.pick(
            format!("The comparison is too long. The last {left_out} lines are not shown."),
            format!("对比内容过长，未显示最后 {left_out} 行。"),
        );
        view! { <Notice tone=Tone::Warn><p>{words}</p></Notice> }
    });
    view! {
        <div class="code" role="region" aria-label=t("Comparison", "对比") tabindex="0">
            <table class="diff">
                <thead class="visually-hidden">
                    <tr>
                        <th scope="col">{format!("v{before}")}</th>
                        <th scope="col">{format!("v{after}")}</th>
                        <th scope="col">{t("Change", "变更")}</th>
                        <th scope="col">{t("Line", "内容")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {cut}
    }
}

/// What the second version gives and takes.
#[component]
pub(super) fn AccessChanges(access: Differences) -> impl IntoView {
    let columns = vec![
        Column::text(t("Change", "变化")),
        Column::text(t("Action", "操作")),
        Column::text(t("Resource and condition", "资源和条件")),
        Column::text(t("Example request", "请求示例")),
    ];
    let kinds = [
        (access.granted, t("Newly allowed", "新增允许"), Tone::Ok),
        (access.revoked, t("No longer allowed", "不再允许"), Tone::Error),
        (access.denied, t("Newly explicitly denied", "新增显式拒绝"), Tone::Warn),
        (access.released, t("No longer explicitly denied", "不再显式拒绝"), Tone::Brand),
    ];
    let rows: Vec<_> = kinds
        .into_iter()
        .flat_map(|(changes, words, tone)| changes.into_iter().map(move |change| (change, words, tone)))
        .map(|(change, words, tone)| {
            let Example { action, resource, context, .. } = change.example;
            let keys: Vec<_> = context
                .iter()
                .map(|(key, values)| view! { <br /> <code>{format!("{key} = {}", values.collect::<Vec<_>>().join(", "))}</code> })
                .collect();
            view! {
                <tr>
                    <td class="top"><Tag tone>{words}</Tag></td>
                    <td class="breaks"><code>{change.action}</code></td>
                    <td class="breaks"><code>{change.resource}</code> {change.condition.map(|condition| view! { <br /> <code>{condition}</code> })}</td>
                    <td class="breaks"><code>{action}</code> <br /> <code>{resource.to_string()}</code> {keys}</td>
                </tr>
            }
        })
        .collect();
    let partly = (!access.is_whole).then(|| {
        let words = t(
            "The versions are too complex to be compared completely. There may be changes that are not listed.",
            "两个版本过于复杂，未能完整对比，可能存在未列出的变化。",
        );
        view! { <Notice tone=Tone::Warn><p>{words}</p></Notice> }
    });
    view! {
        {(!rows.is_empty()).then(|| view! { <DataTable caption=t("Access changes", "权限变化") columns>{rows}</DataTable> })}
        {partly}
    }
}

#[component]
fn Line(line: ComparedLine) -> impl IntoView {
    let (class, mark, spoken) = match line.change {
        LineChange::Same => ("diff-same", "", ""),
        LineChange::Removed => ("diff-removed", "−", t("Removed", "删除")),
        LineChange::Added => ("diff-added", "+", t("Added", "新增")),
    };
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    view! {
        <tr class=class>
            <td class="diff-number">{number(line.before)}</td>
            <td class="diff-number">{number(line.after)}</td>
            <td class="diff-mark"><span aria-hidden="true">{mark}</span> <span class="visually-hidden">{spoken}</span></td>
            <td class="diff-text"><code>{coloured(&line.text)}</code></td>
        </tr>
    }
}
