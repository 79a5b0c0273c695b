//! The versions of a policy: which one counts, two of them compared line by line, and old ones deleted.

use super::compared::{AccessChanges, Lines, Verdict, lines_words};
use super::manage::Forms;
use super::path;
use crate::catalog::limits::MAX_POLICY_VERSIONS;
use crate::domain::access_pages::PolicyVersions;
use crate::domain::ids::PolicyId;
use crate::domain::policies::{Comparison, Policy};
use crate::ui::components::{Card, Choice, Column, Confirm, DataTable, FilterBar, Look, Select, Tag, Time, Tone};
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
    let from: Vec<Choice> = numbers.iter().map(|version| Choice::new(version.to_string(), format!("v{version}"))).collect();
    let to = from.clone();
    let (before, after) = (comparison.before, comparison.after);
    let (same_text, same_meaning) = (comparison.same_text(), comparison.same_meaning());
    let access = comparison.access.clone().filter(|access| !access.is_equal());
    view! {
        <Card title=format!("v{before} → v{after}") note=lines_words(&comparison)>
            <FilterBar action label=t("Versions to compare", "要对比的版本") deed=t("Compare", "对比") scope="compare">
                <input type="hidden" name="tab" value="versions" />
                <Select name="before" label=t("From", "原版本") choices=from value=before.to_string() />
                <Select name="after" label=t("To", "新版本") choices=to value=after.to_string() />
            </FilterBar>
            <Verdict same_text same_meaning />
            {access.map(|access| view! { <AccessChanges access /> })}
            <Lines comparison />
        </Card>
    }
}
