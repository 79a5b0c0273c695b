//! The tab that tries requests out: for a person, for a draft, or for a person as if the draft were attached.

use super::fields::{ACTIONS, APPS, CircumstanceFields, Lists, PersonField};
use super::tried::{Opened, show, show_list};
use crate::catalog::pages;
use crate::domain::rights::Simulation;
use crate::domain::rights_query::{RightsForm, RightsTab};
use crate::ui::components::{Empty, EmptyState, FieldError, FilterBar, TextArea, TextField};
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
    let body = match told.tried {
        Some(tried) => show(Opened { tried, form: form.clone() }).into_any(),
        None => view! {
            <section class="card">
                <EmptyState why=Empty::NothingYet title=t("Try a request without sending it", "模拟请求，不会实际执行")>
                    <p>
                        {t(
                            "Enter users or a draft policy, and one or several actions. Every statement that was looked at is shown with what it wanted and what it met.",
                            "请填写用户或策略草稿，以及一个或多个操作。结果将显示每条参与判断的语句的要求与实际值。",
                        )}
                    </p>
                </EmptyState>
            </section>
        }
        .into_any(),
    };
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
        {show_list()}
    }
}
