//! The resources of a statement: all, applications by their names, and whatever else the text names.

use super::chip::{AddField, Chip, Opener, Row, chip};
use super::{At, Desk};
use crate::cam::cards::Edit;
use crate::domain::ids::SdkAppId;
use crate::domain::session::SessionApp;
use crate::ui::components::FilterField;
use crate::ui::frame::use_session;
use crate::ui::icons::Icon;
use crate::ui::words::{lower, t, use_lang};
use leptos::html;
use leptos::prelude::*;

/// Applications offered at a time; a search brings the others.
const SHOWN: usize = 20;

/// Every resource there is.
const ALL: &str = "*";

#[component]
pub(super) fn Resources(desk: Desk, at: At) -> impl IntoView {
    let lang = use_lang();
    let items = desk.card(at, |card| card.resources.clone());
    let (open, button) = (RwSignal::new(false), NodeRef::<html::Button>::new());
    let apps = StoredValue::new(use_session().map(|session| session.apps.clone()).unwrap_or_default());
    let chips = move || {
        let (items, at) = (items.get().flatten()?, at.get());
        let called = |resource: &str| match resource {
            ALL => (Some(t("All resources", "全部资源").to_owned()), resource.to_owned()),
            _ => match apps.with_value(|apps| apps.iter().find(|app| is_application(resource, app.id)).cloned()) {
                Some(app) => (Some(app.name), app.id.to_string()),
                None => (None, resource.to_owned()),
            },
        };
        let chips: Vec<_> = items
            .items
            .iter()
            .enumerate()
            .map(|(item, resource)| {
                let (name, text) = called(&resource.value);
                chip(desk, button, Chip { name, text, span: resource.span, remove: Edit::RemoveResource(at, item) })
            })
            .collect();
        Some(view! { <ul class="card-chips">{chips}</ul> })
    };
    let count = move || {
        let items = items.get().flatten()?;
        let chosen =
            apps.with_value(|apps| apps.iter().filter(|app| items.items.iter().any(|item| is_application(&item.value, app.id))).count());
        let all = apps.with_value(Vec::len);
        let plural = if all == 1 { "" } else { "s" };
        (chosen > 0).then(|| lang.pick(format!("{chosen} of {all} application{plural}"), format!("{chosen} / {all} 个应用")))
    };
    let is_all = move || {
        items.with(|items| {
            items.as_ref().and_then(Option::as_ref).is_some_and(|items| matches!(&items.items[..], [one] if one.value == ALL))
        })
    };
    let open_to_change = desk.card(at, |card| card.can_change("resource"));
    view! {
        <Row label=t("Resources", "资源")>
            {chips}
            <p class="field-hint">{count}</p>
            <div hidden=move || open_to_change.get() != Some(true)>
                <Opener open button words=t("Add applications", "添加应用") />
                <button
                    type="button"
                    class="card-chip-add"
                    hidden=is_all
                    on:click=move |_| desk.carry_out(&[Edit::SetResources(at.get_untracked(), vec![ALL.to_owned()])])
                >
                    {t("All resources", "全部资源")}
                </button>
                {move || open.get().then(|| view! { <Picker desk at apps /> })}
            </div>
        </Row>
    }
}

/// Whether a resource names one application and nothing else, in whatever form.
fn is_application(resource: &str, id: SdkAppId) -> bool {
    resource.starts_with("qcs::trtc:") && resource.rsplit_once(":sdkappid/").is_some_and(|(_, number)| number == id.to_string())
}

/// The own applications, and a field for anything else.
#[component]
fn Picker(desk: Desk, at: At, apps: StoredValue<Vec<SessionApp>>) -> impl IntoView {
    let owner = use_session().map(|session| session.owner_uin);
    let needle = RwSignal::new(String::new());
    let resource = move |id: SdkAppId| owner.map_or_else(String::new, |owner| format!("qcs::trtc::uin/{owner}:sdkappid/{id}"));
    let add = move |resource: String| {
        let at = at.get_untracked();
        let items = desk.cards.with_untracked(|cards| cards.as_ref()?.cards.get(at)?.resources.clone());
        // One application beside all of them would say nothing.
        let instead = items.is_some_and(|items| matches!(&items.items[..], [one] if one.value == ALL));
        desk.carry_out(&[if instead { Edit::SetResources(at, vec![resource]) } else { Edit::AddResources(at, vec![resource]) }]);
    };
    let line = move |app: &SessionApp| {
        let (id, name) = (app.id, app.name.clone());
        let place = move || {
            desk.cards.with(|cards| {
                cards.as_ref()?.cards.get(at.get())?.resources.as_ref()?.items.iter().position(|item| is_application(&item.value, id))
            })
        };
        view! {
            <li class="reference-line">
                <button
                    type="button"
                    class="reference-insert"
                    aria-pressed=move || if place().is_some() { "true" } else { "false" }
                    on:click=move |_| match untrack(place) {
                        Some(item) => desk.carry_out(&[Edit::RemoveResource(at.get_untracked(), item)]),
                        None => add(resource(id)),
                    }
                >
                    {move || if place().is_some() { Icon::Check } else { Icon::Plus }.draw()}
                    <span>{name}</span>
                    <code>{id.to_string()}</code>
                </button>
            </li>
        }
    };
    let lines = move || {
        let wanted = lower(needle.get().trim());
        apps.with_value(|apps| {
            let found =
                apps.iter().filter(|app| wanted.is_empty() || lower(&app.name).contains(&wanted) || app.id.to_string().contains(&wanted));
            found.take(SHOWN).map(line).collect::<Vec<_>>()
        })
    };
    let typed = Callback::new(move |typed: String| {
        add(typed);
        true
    });
    view! {
        <div class="card-panel">
            <FilterField
                label=t("Search applications by name or SDKAppID", "按名称或 SDKAppID 搜索应用")
                placeholder=t("Name or SDKAppID", "名称或 SDKAppID")
                typed=Callback::new(move |typed| needle.set(typed))
            />
            <ul class="reference-list">{lines}</ul>
            <p class="field-hint">{t("Or type a resource in six segments.", "或输入六段式资源描述。")}</p>
            <AddField label=t("Resource", "资源") placeholder="qcs::trtc::uin/…:sdkappid/*" add=typed />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_is_known_in_whatever_form_it_is_named() {
        let is = |resource: &str| is_application(resource, SdkAppId(1_400_000_001));
        assert!(is("qcs::trtc::uin/100000000001:sdkappid/1400000001") && is("qcs::trtc:::sdkappid/1400000001"));
        for other in
            ["*", "1400000001", "qcs::trtc:::sdkappid/14000000012", "qcs::trtc:::sdkappid/1400000001*", "qcs::cos:::sdkappid/1400000001"]
        {
            assert!(!is(other), "{other}");
        }
    }
}
