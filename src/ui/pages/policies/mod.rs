//! The pages of policies: list, one policy with its versions and holders, the two pages of the editor, and the review of a draft.
//!
//! The text of a policy is shown here and nowhere else; who may not read policies never gets this far.

mod compared;
pub mod detail;
pub mod edit;
mod holders;
mod impact;
pub mod language;
pub mod list;
pub mod manage;
pub mod new;
mod promises;
mod replay;
pub mod review;
pub mod tabs;
mod versions;

use crate::catalog::pages;
use crate::domain::policies::PolicyRow;
use crate::ui::components::{Crumb, Tag, Tone, with_param};
use crate::ui::pages::attachments::may_list;
use crate::ui::words::t;
use leptos::prelude::*;

/// What can be changed of a policy of one's own.
const CHANGES: &[&str] = &["policy.edit", "policy.delete", "policy.new-version", "policy.set-default", "policy.delete-version"];
/// What can be changed about any policy, presets included.
const ATTACHES: &[&str] = &["policy.attach-user", "policy.detach-user", "policy.attach-group", "policy.detach-group"];

/// The way to a page below the list.
fn crumbs(rest: Vec<Crumb>) -> Vec<Crumb> {
    let list = if may_list("policies") {
        Crumb::link(t("Policies", "策略"), pages::Policies::PAGE.path)
    } else {
        Crumb::here(t("Policies", "策略"))
    };
    [Crumb::here(t("Access management", "访问管理")), list].into_iter().chain(rest).collect()
}

/// Preset or custom.
#[component]
fn KindTag(
    /// Comes with the console.
    preset: bool,
) -> impl IntoView {
    if preset {
        view! { <Tag tone=Tone::Brand>{t("Preset", "预设")}</Tag> }
    } else {
        view! { <Tag>{t("Custom", "自定义")}</Tag> }
    }
}

/// The address of a policy.
fn path(row: &PolicyRow) -> String {
    pages::Policy::PAGE.of(row.id)
}

/// The address of a new policy that begins with the document of a template or of another policy.
fn from_template(id: impl std::fmt::Display) -> String {
    with_param(pages::PolicyNew::PAGE.path, "template", Some(&id.to_string()))
}
