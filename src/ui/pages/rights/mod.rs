//! Who may do what, a tab each: who can do something, what one person may use, what two may use that differs, and a request tried out.
//!
//! Every question is a plain form that is sent by GET, so it stands in the address. Nothing is worked out here; the server answers.

mod address;
mod fields;
mod list;
mod matrix;
mod simulator;
mod trace;
pub mod tried;
mod who_can;

pub use address::{of_person, tried_by};

use crate::catalog::pages;
use crate::domain::fault::Fault;
use crate::domain::rights::{Matrix, Simulation, WhoCan};
use crate::domain::rights_query::{RightsForm, RightsTab};
use crate::remote::rights::{read_matrix, read_who_can, simulate_request};
use crate::ui::components::{Crumb, DataAge, LinkButton, PageHeader, Tab, Tabs};
use crate::ui::forms::field_errors;
use crate::ui::frame::use_offset;
use crate::ui::icons::Icon;
use crate::ui::loaded::{load, loaded};
use crate::ui::query::use_query;
use crate::ui::words::{t, title_of, use_lang};
use address::{EXPORT, address_of, form_of, here};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// What was asked, and what the server says to it.
#[derive(Clone, Serialize, Deserialize)]
struct Answer {
    tab: RightsTab,
    form: RightsForm,
    told: Told,
    /// What of the question cannot be understood; the page around it stays.
    fault: Option<Fault>,
}

#[derive(Clone, Serialize, Deserialize)]
enum Told {
    WhoCan(WhoCan),
    Matrix(Matrix),
    Simulation(Simulation),
}

impl Told {
    const fn as_of_ms(&self) -> i64 {
        match self {
            Self::WhoCan(told) => told.as_of_ms,
            Self::Matrix(told) => told.as_of_ms,
            Self::Simulation(told) => told.as_of_ms,
        }
    }

    /// Whether there is something to take away as a file.
    const fn has_rows(&self) -> bool {
        match self {
            Self::WhoCan(told) => told.found.is_some(),
            Self::Matrix(told) => told.shown.is_some(),
            Self::Simulation(told) => told.tried.is_some(),
        }
    }
}

async fn tell(tab: RightsTab, form: RightsForm) -> Result<Told, Fault> {
    Ok(match tab {
        RightsTab::WhoCan => Told::WhoCan(read_who_can(form).await?),
        RightsTab::Person => Told::Matrix(read_matrix(form, false).await?),
        RightsTab::Differences => Told::Matrix(read_matrix(form, true).await?),
        RightsTab::Simulator => Told::Simulation(simulate_request(form).await?),
    })
}

async fn ask(tab: RightsTab, form: RightsForm) -> Result<Answer, Fault> {
    match tell(tab, form.clone()).await {
        Ok(told) => Ok(Answer { tab, form, told, fault: None }),
        // A question that is wrong keeps its page and what was typed; everything else takes the place of the page.
        Err(fault @ Fault::Invalid(_)) => {
            let told = tell(tab, RightsForm::default()).await?;
            Ok(Answer { tab, form, told, fault: Some(fault) })
        }
        Err(fault) => Err(fault),
    }
}

/// `/cam/who-can`.
#[component]
pub fn WhoCanPage() -> impl IntoView {
    let query = use_query();
    let asked = Memo::new(move |_| {
        let query = query.read();
        (RightsTab::from_tag(&query.get("tab").unwrap_or_default()), form_of(&query))
    });
    let answer = load(move || asked.get(), |(tab, form)| ask(tab, form));
    loaded(answer, |answer| view! { <Page answer /> })
}

/// What a tab is called.
fn tab_name(tab: RightsTab) -> &'static str {
    match tab {
        RightsTab::WhoCan => t("Who can", "谁有权限"),
        RightsTab::Person => t("One user", "单个用户"),
        RightsTab::Differences => t("What differs between two", "两个用户的差异"),
        RightsTab::Simulator => t("Simulator", "权限模拟"),
    }
}

#[component]
fn Page(answer: Answer) -> impl IntoView {
    let Answer { tab, form, told, fault } = answer;
    let errors = Signal::stored(fault.as_ref().map(|fault| field_errors(fault, use_lang())).unwrap_or_default());
    let (as_of_ms, offset) = (told.as_of_ms(), use_offset());
    let refresh = here(tab, &form);
    let tabs = RightsTab::ALL
        .into_iter()
        .map(|one| {
            // Whom and where one asks about stays from tab to tab.
            let person =
                if one == RightsTab::Simulator { &form.person } else { form.person.split([',', '，']).next().unwrap_or_default() };
            let kept =
                RightsForm { person: person.to_owned(), action: form.action.clone(), app: form.app.clone(), ..RightsForm::default() };
            Tab::new(tab_name(one), here(one, &kept), one == tab)
        })
        .collect();
    let has_rows = told.has_rows() && fault.is_none();
    let export = has_rows.then(|| {
        let all = RightsForm { page: String::new(), q: String::new(), ..form.clone() };
        view! { <LinkButton href=address_of(EXPORT, tab, &all) icon=Icon::Download external=true>{t("Export CSV", "导出 CSV")}</LinkButton> }
    });
    let print = has_rows.then(|| {
        view! {
            <button
                type="button"
                class="btn needs-scripts"
                on:click=|_| {
                    // Fails only where nothing can be printed.
                    let _ = window().print();
                }
            >
                {t("Print", "打印")}
            </button>
        }
    });
    let words = t("Who can", "谁有权限");
    let mut crumbs = vec![Crumb::here(t("Access management", "访问管理"))];
    crumbs.push(if tab == RightsTab::WhoCan { Crumb::here(words) } else { Crumb::link(words, pages::WhoCan::PAGE.path) });
    crumbs.extend((tab != RightsTab::WhoCan).then(|| Crumb::here(tab_name(tab))));
    let body = match told {
        Told::WhoCan(told) => view! { <who_can::WhoCanTab form told errors /> }.into_any(),
        Told::Matrix(told) => view! { <matrix::MatrixTab tab form told errors /> }.into_any(),
        Told::Simulation(told) => view! { <simulator::SimulatorTab form told errors /> }.into_any(),
    };
    view! {
        <Title text=title_of(words, tab_name(tab)) />
        <PageHeader
            title=words
            crumbs
            age=move || view! { <DataAge as_of_ms offset refresh_href=refresh /> }
            actions=move || view! { {export} {print} }
        />
        <Tabs label=t("Questions", "查询方式") tabs />
        {body}
    }
}
