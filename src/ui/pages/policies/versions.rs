//! The versions of a policy: which one counts, two of them compared line by line, and old ones deleted.

use super::manage::Forms;
use super::path;
use crate::cam::{Differences, Example};
use crate::catalog::limits::MAX_POLICY_VERSIONS;
use crate::domain::access_pages::PolicyVersions;
use crate::domain::ids::PolicyId;
use crate::domain::policies::{ComparedLine, ComparedRow, Comparison, LineChange, Policy};
use crate::ui::components::{Card, Choice, Column, Confirm, DataTable, FilterBar, Look, Notice, Select, Tag, Time, Tone};
use crate::ui::editor::listing::coloured;
use crate::ui::forms::FormDialog;
use crate::ui::frame::{may, use_offset};
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;

/// The tab.
#[component]
pub(super) fn Versions(policy: Policy, loaded: PolicyVersions, forms: Forms) -> impl IntoView {
    let lang = use_lang();
    let offset = use_offset();
    let id = policy.row.id;
    let columns = vec![
        Column::text(t("Version", "版本")),
        Column::text(t("Saved on", "保存时间")),
        Column::text(t("Saved by", "保存人")),
        Column::actions(),
    ];
    let rows: Vec<_> = loaded
        .versions
        .iter()
        .cloned()
        .map(|row| {
            let default = row.default.then(|| view! { <Tag tone=Tone::Ok>{t("Default", "默认版本")}</Tag> });
            let set = (!row.default && may("policy.set-default")).then(|| view! { <SetDefault id version=row.version forms /> });
            let delete = (!row.default && may("policy.delete-version")).then(|| view! { <DeleteVersion id version=row.version forms /> });
            view! {
                <tr>
                    <td><strong>{format!("v{}", row.version)}</strong> " " {default}</td>
                    <td><Time at_ms=row.created_ms offset /></td>
                    <td>{row.created_by}</td>
                    <td class="num"><div class="row-actions">{set}{delete}</div></td>
                </tr>
            }
        })
        .collect();
    let note = lang.pick(
        format!("{} of {MAX_POLICY_VERSIONS} versions used. Version numbers are never reused.", policy.versions),
        format!("共 {} 个，最多 {MAX_POLICY_VERSIONS} 个。版本号不会重复使用。", policy.versions),
    );
    let numbers: Vec<i64> = loaded.versions.iter().map(|row| row.version).collect();
    let action = path(&policy.row);
    view! {
        <Card title=t("Versions", "版本") note flush=true>
            <DataTable caption=t("Versions", "版本") columns>{rows}</DataTable>
        </Card>
        {loaded.comparison.map(|comparison| view! { <Compared comparison numbers action /> })}
    }
}

#[component]
fn SetDefault(id: PolicyId, version: i64, forms: Forms) -> impl IntoView {
    let title = use_lang().pick(format!("Set v{version} as default?"), format!("将 v{version} 设为默认版本？"));
    view! {
        <FormDialog
            id=format!("set-default-{version}")
            form=forms.set_default
            needs="policy.set-default"
            opener=t("Set as default", "设为默认版本")
            look=Look::Text
            title
            hidden=of_version(id, version)
        >
            <div class="dialog-body">
                <p>{t("Takes effect on the next request of everyone it is attached to.", "对所有关联对象立即生效（下次请求起）。")}</p>
            </div>
        </FormDialog>
    }
}

/// What a form about one version sends.
fn of_version(id: PolicyId, version: i64) -> Vec<(&'static str, String)> {
    vec![("id", id.to_string()), ("version", version.to_string())]
}

#[component]
fn DeleteVersion(id: PolicyId, version: i64, forms: Forms) -> impl IntoView {
    let title = use_lang().pick(format!("Delete v{version}?"), format!("删除 v{version}？"));
    view! {
        <FormDialog
            id=format!("delete-version-{version}")
            form=forms.delete_version
            needs="policy.delete-version"
            opener=t("Delete", "删除")
            look=Look::Text
            title
            hidden=of_version(id, version)
            kind=Confirm::Danger
            deed=t("Delete version", "删除版本")
        >
            <div class="dialog-body">
                <p>{t("Its text is permanently deleted. It is not the default version, so no one loses permissions.", "其内容将被永久删除。该版本不是默认版本，不影响任何人的权限。")}</p>
            </div>
        </FormDialog>
    }
}

#[component]
fn Compared(comparison: Comparison, numbers: Vec<i64>, action: String) -> impl IntoView {
    let lang = use_lang();
    let from: Vec<Choice> = numbers.iter().map(|version| Choice::new(version.to_string(), format!("v{version}"))).collect();
    let to = from.clone();
    let (before, after) = (comparison.before, comparison.after);
    let verdict = if comparison.same_text() {
        t("The two versions are identical.", "两个版本的内容完全相同。")
    } else if comparison.same_meaning() {
        t("Both versions allow and deny the same requests. Only the wording differs.", "两个版本允许和拒绝的请求相同，仅写法不同。")
    } else {
        ""
    };
    let access = comparison.access.filter(|access| !access.is_equal());
    let (added, removed, left_out) = (comparison.added, comparison.removed, comparison.left_out);
    let summary = lang.pick(format!("Lines added: {added}, removed: {removed}"), format!("新增 {added} 行，删除 {removed} 行"));
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
        <Card title=lang.pick(format!("v{before} → v{after}"), format!("v{before} → v{after}")) note=summary>
            <FilterBar action label=t("Versions to compare", "要对比的版本") deed=t("Compare", "对比") scope="compare">
                <input type="hidden" name="tab" value="versions" />
                <Select name="before" label=t("From", "原版本") choices=from value=before.to_string() />
                <Select name="after" label=t("To", "新版本") choices=to value=after.to_string() />
            </FilterBar>
            {(!verdict.is_empty()).then(|| view! { <Notice><p>{verdict}</p></Notice> })}
            {access.map(|access| view! { <AccessChanges access /> })}
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
        </Card>
    }
}

/// What the second version gives and takes.
#[component]
fn AccessChanges(access: Differences) -> impl IntoView {
    let columns = vec![
        Column::text(t("Change", "变化")),
        Column::text(t("Action", "操作")),
        Column::text(t("Resource", "资源")),
        Column::text(t("Condition", "条件")),
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
                    <td><Tag tone>{words}</Tag></td>
                    <td><code>{change.action}</code></td>
                    <td><code>{change.resource}</code></td>
                    <td>{change.condition.map_or_else(|| "—".into_any(), |condition| view! { <code>{condition}</code> }.into_any())}</td>
                    <td><code>{action}</code> <br /> <code>{resource.to_string()}</code> {keys}</td>
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
