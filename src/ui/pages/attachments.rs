//! The policies of a user or user group as a table, the same on both pages.
//!
//! It shows names, never the text of a policy.

use crate::domain::accounts::AttachedPolicy;
use crate::domain::ids::PolicyId;
use crate::ui::components::{Choice, Column, DataTable, Empty, EmptyState, Tag, Time, Tone, WideRow};
use crate::ui::frame::{may, use_offset};
use crate::ui::words::t;
use leptos::prelude::*;

/// Policies with where they come from; `detach` draws the way to detach one that is attached directly.
#[component]
pub fn PolicyTable(
    /// The policies.
    policies: Vec<AttachedPolicy>,
    /// Nothing for who may not detach.
    detach: Option<Box<dyn Fn(PolicyId, String) -> AnyView>>,
) -> impl IntoView {
    let columns = vec![
        Column::text(t("Policy", "策略")),
        Column::text(t("Kind", "类型")),
        Column::text(t("Attached", "绑定方式")),
        Column::text(t("Since", "绑定时间")),
        Column::actions(),
    ];
    let opens = may("policies.open");
    let offset = use_offset();
    let rows = if policies.is_empty() {
        let words = t("No policy is attached: nothing is allowed", "未绑定策略:没有任何权限");
        view! { <WideRow columns=5><EmptyState why=Empty::NothingYet title=words /></WideRow> }.into_any()
    } else {
        let rows: Vec<_> = policies
            .into_iter()
            .map(|policy| {
                let name = if opens {
                    view! { <a href=format!("/cam/policies/{}", policy.id)>{policy.name.clone()}</a> }.into_any()
                } else {
                    view! { <span>{policy.name.clone()}</span> }.into_any()
                };
                let action = match (&policy.through, &detach) {
                    (None, Some(detach)) => Some(detach(policy.id, policy.name.clone())),
                    _ => None,
                };
                let through = match policy.through {
                    None => view! { <span>{t("directly", "直接绑定")}</span> }.into_any(),
                    Some((_, group)) => {
                        view! { <span>{t("through user group ", "通过用户组 ")} <strong>{group}</strong></span> }.into_any()
                    }
                };
                let kind = if policy.preset {
                    view! { <Tag tone=Tone::Brand>{t("Preset", "预设")}</Tag> }
                } else {
                    view! { <Tag tone=Tone::Plain>{t("Custom", "自定义")}</Tag> }
                };
                view! {
                    <tr>
                        <td>{name}</td>
                        <td>{kind}</td>
                        <td>{through}</td>
                        <td><Time at_ms=policy.attached_ms offset /></td>
                        <td class="num">{action}</td>
                    </tr>
                }
            })
            .collect();
        rows.into_any()
    };
    view! { <DataTable caption=t("Policies", "策略") columns>{rows}</DataTable> }
}

/// What can still be chosen: all but what is there already.
#[must_use]
pub fn still<I: PartialEq + std::fmt::Display>(all: Vec<(I, String)>, there: impl Fn(&I) -> bool) -> Vec<Choice> {
    all.into_iter().filter(|(id, _)| !there(id)).map(|(id, name)| Choice::new(id.to_string(), name)).collect()
}

/// Whether the reader may open a list of the navigation, by the id of its page.
#[must_use]
pub fn lists(page: &str) -> bool {
    use_context::<crate::ui::frame::Current>()
        .is_some_and(|current| current.0.with(|session| session.as_ref().is_some_and(|session| session.pages.iter().any(|id| id == page))))
}
