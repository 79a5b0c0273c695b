//! The action reference beside the editor: every action of the catalogue, found by name or meaning, put into the text by one click.
//!
//! It must never know an action the catalogue does not.

use super::{Editor, pages_of};
use crate::catalog::action::{Access, ActionRow};
use crate::catalog::service::Service;
use crate::ui::components::FilterField;
use crate::ui::icons::Icon;
use crate::ui::words::{lower, say, t, use_lang};
use leptos::prelude::*;
use leptos::web_sys::Event;
use std::sync::Arc;

/// Actions shown at a time; narrowing the search brings the others.
const SHOWN: usize = 30;

/// The reference; it fills when the editor has its engine.
#[component]
pub fn ActionReference(
    /// The text under edit.
    editor: Editor,
) -> impl IntoView {
    // The text has no list of actions to add to.
    let missed = RwSignal::new(false);
    let line = ActionLine::new(move |row| {
        view! {
            <button type="button" class="reference-insert" on:click=move |_| missed.set(!editor.insert_action(row.full))>
                {Icon::Plus.draw()}
                <code>{row.full}</code>
            </button>
        }
        .into_any()
    });
    view! {
        <section class="card reference needs-scripts" hidden=move || editor.visual.get() aria-labelledby="reference-title">
            <h2 id="reference-title">{t("Actions", "操作参考")}</h2>
            <p class="card-note" hidden=move || missed.get()>{t("Click an action to add it to the nearest action list.", "点击操作，即可添加到最近的操作列表。")}</p>
            <p class="field-error" role="status">
                {move || missed.get().then(|| t("There is no action list to add to. Type \"action\": [] in a statement first.", "没有可添加的操作列表。请先在语句中写入 \"action\": []。"))}
            </p>
            {move || editor.engine.get().map(|engine| view! { <ActionSearch services=engine.services line=line.clone() /> })}
        </section>
    }
}

/// How an action is drawn in a list that [`ActionSearch`] narrows.
#[derive(Clone)]
pub struct ActionLine(Arc<dyn Fn(&'static ActionRow) -> AnyView + Send + Sync>);

impl ActionLine {
    /// Drawn by a function.
    pub fn new(draw: impl Fn(&'static ActionRow) -> AnyView + Send + Sync + 'static) -> Self {
        Self(Arc::new(draw))
    }

    fn draw(&self, row: &'static ActionRow) -> AnyView {
        (self.0)(row)
    }
}

/// The actions, and the fields that narrow them.
#[component]
pub fn ActionSearch(
    /// The services with their actions.
    services: &'static [Service],
    /// What stands for an action at the head of its line.
    line: ActionLine,
    /// Takes all actions that are found.
    #[prop(optional, into)]
    add_all: Option<Callback<Vec<&'static ActionRow>>>,
) -> impl IntoView {
    let (needle, service, level) = (RwSignal::new(String::new()), RwSignal::new("trtc".to_owned()), RwSignal::new(None));
    let found = Memo::new(move |_| {
        let (needle, service, level) = (needle.get(), service.get(), level.get());
        let rows = services.iter().flat_map(|service| service.actions.iter().copied());
        let of = |row: &&'static ActionRow| (service.is_empty() || row.service == service) && level.is_none_or(|level| row.access == level);
        rows.filter(of).filter(|row| mentions(row, &needle)).collect::<Vec<_>>()
    });
    let lang = use_lang();
    let count = move || {
        let total = found.with(Vec::len);
        if total > SHOWN {
            lang.pick(
                format!("Showing {SHOWN} of {total}. Type to filter."),
                format!("显示前 {SHOWN} 个，共 {total} 个。输入关键字可筛选。"),
            )
        } else {
            lang.pick(format!("{total} found"), format!("共找到 {total} 个"))
        }
    };
    let options: Vec<_> = services
        .iter()
        .map(|known| view! { <option value=known.id selected=known.id == "trtc">{format!("{} · {}", known.id, say(&known.name))}</option> })
        .collect();
    let levels: Vec<_> =
        Access::ALL.iter().enumerate().map(|(at, level)| view! { <option value=at.to_string()>{say(&level.name())}</option> }).collect();
    let choose_level =
        move |event: Event| level.set(event_target_value(&event).parse().ok().and_then(|at: usize| Access::ALL.get(at).copied()));
    let all = add_all.map(|add_all| {
        view! {
            <button type="button" class="btn btn-text" hidden=move || found.with(Vec::is_empty) on:click=move |_| add_all.run(found.get_untracked())>
                {move || lang.pick(format!("Add all {}", found.with(Vec::len)), format!("全部添加（{}）", found.with(Vec::len)))}
            </button>
        }
    });
    view! {
        <div class="reference-search">
            <FilterField
                label=t("Search actions by name or meaning", "按名称或含义搜索操作")
                placeholder=t("Name or meaning", "名称或含义")
                typed=Callback::new(move |typed| needle.set(typed))
            />
            <select class="control" aria-label=t("Service", "产品") on:change=move |event| service.set(event_target_value(&event))>
                {options}
                <option value="">{t("All services", "所有产品")}</option>
            </select>
            <select class="control" aria-label=t("Access level", "操作级别") on:change=choose_level>
                <option value="">{t("All access levels", "所有操作级别")}</option>
                {levels}
            </select>
        </div>
        <p class="field-hint" role="status">{count}</p>
        {all}
        <ul class="reference-list">
            {move || found.with(|rows| rows.iter().take(SHOWN).map(|row| about(row, line.draw(row))).collect::<Vec<_>>())}
        </ul>
    }
}

/// Every word of a search stands in the name or in what it means, in either language.
fn mentions(row: &ActionRow, needle: &str) -> bool {
    let hay = lower(&format!("{} {} {}", row.full, row.gloss.en, row.gloss.zh));
    lower(needle).split_whitespace().all(|word| hay.contains(word))
}

/// A line: what stands for the action, and what there is to know of it.
fn about(row: &'static ActionRow, head: AnyView) -> impl IntoView {
    let level = if row.is_resource_level() {
        view! { <span class="tag tag-plain">{t("Resource-level", "资源级")}</span> }
    } else {
        view! { <span class="tag tag-warn">{t("All resources only", "操作级（仅支持 *）")}</span> }
    };
    let pages = pages_of(row.full);
    let pages = (!pages.is_empty()).then(|| format!("{}{}", t("Used on: ", "用于："), pages.join(t(", ", "、"))));
    view! {
        <li class="reference-line">
            {head}
            {level}
            <p class="reference-gloss">{say(&row.gloss)}</p>
            {pages.map(|pages| view! { <p class="reference-pages">{pages}</p> })}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::actions;

    #[test]
    fn actions_are_found_by_every_word_of_name_or_meaning() {
        let found = |needle: &str| actions().filter(|row| mentions(row, needle)).map(|row| row.full).collect::<Vec<_>>();
        assert_eq!(found("describetrtcstatistic"), ["trtc:DescribeTrtcStatistic"]);
        assert!(found("attach user policy").contains(&"cam:AttachUserPolicy"));
        assert!(found("录制").iter().any(|name| name.starts_with("trtc:")));
        assert!(found("no-such-word").is_empty() && found("").len() == 348);
    }
}
