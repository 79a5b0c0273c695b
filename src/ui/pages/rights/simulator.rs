//! The tab that tries requests out: for a person, for a draft, or for a person as if the draft were attached.

use super::fields::{ACTIONS, APPS, CircumstanceFields, Lists, PersonField};
use super::tried::{Opened, show};
use crate::catalog::pages;
use crate::domain::rights::Simulation;
use crate::domain::rights_query::{RightsForm, RightsTab};
use crate::ui::components::{FieldError, FilterBar, TextArea, TextField};
use crate::ui::words::t;
use leptos::prelude::*;

/// The tab.
#[component]
pub fn SimulatorTab(
    /// What was asked.
    form: RightsForm,
    /// What the server says.
    told: Simulation,
    /// What is wrong with the question.
    errors: Signal<Vec<FieldError>>,
) -> impl IntoView {
    let asked = form.clone();
    let body = show(Opened { tried: told.tried, form: form.clone() });
    let (more, drafts) = (!asked.resource.is_empty(), !asked.draft.is_empty());
    view! {
        <Lists choices=told.choices />
        <FilterBar action=pages::WhoCan::PAGE.path label=t("Simulator", "权限模拟") deed=t("Simulate", "模拟") errors>
            <input type="hidden" name="tab" value=RightsTab::Simulator.tag() />
            <PersonField name="person" label=t("User names or UINs, separated by commas", "用户名或 UIN（以逗号分隔）") value=asked.person.clone() />
            <TextField name="action" label=t("Actions, separated by commas", "操作（以逗号分隔）") value=asked.action.clone() list=ACTIONS mono=true />
            <TextField name="app" label=t("SDKAppIDs, separated by commas (any if empty)", "SDKAppID（以逗号分隔，空为任一应用）") value=asked.app.clone() list=APPS mono=true />
            <CircumstanceFields form=asked.clone() tags=true />
            <details class="filters-more" open=more>
                <summary class="btn btn-text">{t("Other resource", "其他资源")}</summary>
                <div>
                    <TextField name="resource" label=t("Resource in six segments, in place of applications", "六段式资源描述（代替应用）") value=asked.resource.clone() mono=true />
                </div>
            </details>
            <details class="filters-more draft-field" open=drafts>
                <summary class="btn btn-text">{t("Draft policy", "策略草稿")}</summary>
                <div>
                    <TextArea
                        name="draft"
                        label=t("Policy text. Counts besides the user's policies, or alone if no user is entered", "策略内容。与用户的策略同时生效；未填写用户时单独生效")
                        value=asked.draft
                        mono=true
                        rows=8
                    />
                </div>
            </details>
        </FilterBar>
        {body}
    }
}
