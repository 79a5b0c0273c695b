//! The pages of applications: the list, and what all pages of one application have in common.
//!
//! Which controls are there follows from what the server said of this application; nothing is decided here.

pub mod info;
pub mod list;
pub mod tags;

use crate::catalog::pages;
use crate::domain::applications::{AppHead, AppStatus};
use crate::domain::ids::SdkAppId;
use crate::ui::components::{Crumb, Lock, Locked, PageHeader, ReadOnlyMark, Tab, Tabs, Tag, Tone};
use crate::ui::frame::{app_home, may};
use crate::ui::words::{say, t, title_of, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// The application in the path of the page; a number that none has when it is no number.
#[must_use]
pub fn app_in_path() -> Memo<SdkAppId> {
    let params = use_params_map();
    Memo::new(move |_| params.read().get("id").and_then(|id| id.parse().ok()).unwrap_or(SdkAppId(0)))
}

/// The name of an application in a list: a link where one of its pages may be opened.
#[component]
pub fn AppName(
    /// Its SDKAppID.
    id: SdkAppId,
    /// Its name.
    name: String,
) -> impl IntoView {
    move || match app_home(id) {
        Some(href) => view! { <a href=href>{name.clone()}</a> }.into_any(),
        None => name.clone().into_any(),
    }
}

/// What stands above the content of every page of one application: its name and state, and the tabs that may be opened.
#[component]
pub fn AppHeader(
    /// The application.
    head: AppHead,
    /// The id of the page.
    page: &'static str,
) -> impl IntoView {
    let id = head.app.id;
    let this = pages::find(page);
    let title = this.map_or_else(String::new, |page| say(&page.title));
    let tabs =
        head.pages.iter().filter_map(|id| pages::find(id)).map(|tab| Tab::new(say(&tab.title), tab.of(id), tab.id == page)).collect();
    let read_only = this.is_some_and(|page| page.controls.iter().all(|control| !head.may(control.id)));
    let status = head.app.status;
    let tone = if status == AppStatus::Normal { Tone::Ok } else { Tone::Warn };
    let tags = move || {
        view! {
            <code>{id.to_string()}</code>
            <Tag tone>{say(&status.text())}</Tag>
            {read_only.then(|| view! { <ReadOnlyMark /> })}
        }
    };
    let crumbs = vec![
        Crumb::link(t("Applications", "应用管理"), pages::Apps::PAGE.path),
        Crumb::here(head.app.name.clone()),
        Crumb::here(title.clone()),
    ];
    view! {
        <Title text=title_of(&title, &head.app.name) />
        <PageHeader title=head.app.name.clone() crumbs tags />
        <Tabs label=t("Pages of this application", "应用页面") tabs />
    }
}

/// A control of one application: itself where it is granted, locked with the reason where it is granted on others only, else nothing.
pub fn granted(head: &AppHead, control: &'static str, label: &str, view: impl FnOnce() -> AnyView) -> AnyView {
    if head.may(control) {
        return view();
    }
    if !may(control) {
        return ().into_any();
    }
    let needed = pages::all().flat_map(|page| page.controls).find(|known| known.id == control);
    let actions: Vec<&str> = needed.map(|control| control.rule.actions().iter().map(|row| row.full).collect()).unwrap_or_default();
    let actions = actions.join(", ");
    let reason = use_lang().pick(
        format!("You have this permission on other applications but not on this one. You need {actions} here."),
        format!("您在其他应用上拥有此权限，但没有此应用的权限，需要 {actions}。"),
    );
    let label = label.to_owned();
    view! { <Locked by=Lock::Permission id=format!("locked-{}", control.replace('.', "-")) reason>{label}</Locked> }.into_any()
}
