//! What a draft does to the screens of the people it reaches: the same table by person and by page.
//!
//! It shows what the server has worked out, and names nobody and nothing that the server has not named.

use crate::domain::ids::SdkAppId;
use crate::domain::impact::{Impact, MAX_PEOPLE, Person, Screen, ScreenChange};
use crate::ui::components::{Column, DataTable, Notice, Tag, Tone, Until};
use crate::ui::frame::use_offset;
use crate::ui::words::{say, t, use_lang};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Lines of one cell that are open at first.
const OPEN_LINES: usize = 8;

/// What the rows of the table are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum By {
    #[default]
    Person,
    Page,
}

impl By {
    /// The value of `by` in an address.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Person => "",
            Self::Page => "page",
        }
    }

    /// The rows of a tag; anything unknown is people.
    pub(super) fn from_tag(tag: &str) -> Self {
        if tag == "page" { Self::Page } else { Self::Person }
    }
}

/// The section.
#[component]
pub(super) fn ImpactSection(
    /// What changes; `None` for a draft with errors, of which nothing can be worked out.
    impact: Option<Impact>,
    /// What the rows are.
    by: By,
    /// The address of this view with other rows.
    other: String,
) -> impl IntoView {
    let lang = use_lang();
    let Some(impact) = impact else {
        return view! {
            <section class="card">
                <h2>{t("Screen impact", "页面影响")}</h2>
                <p class="card-note">{t("Fix the errors to see who gains or loses pages and controls.", "修复错误后可查看哪些用户的页面和操作会增减。")}</p>
            </section>
        }
        .into_any();
    };
    let (reached, direct, through) = (impact.reached, impact.directly, impact.reached - impact.directly);
    let reach = match (reached, lang) {
        (0, _) => {
            t("It is not attached to anyone: no one gains or loses anything.", "该策略未关联任何用户或用户组，不影响任何人。").to_owned()
        }
        _ => lang.pick(
            format!(
                "Users reached: {reached} ({direct} directly, {through} only through user groups). Users whose screens change: {}.",
                impact.changed
            ),
            format!("涉及用户 {reached} 个（直接关联 {direct} 个，仅通过用户组 {through} 个），其中页面有变化的 {} 个。", impact.changed),
        ),
    };
    let gained = (impact.gained > 0).then(|| {
        let words = lang.pick(format!("{} gained", impact.gained), format!("获得 {} 项", impact.gained));
        view! { <Tag tone=Tone::Ok>{words}</Tag> }
    });
    let lost = (impact.lost > 0).then(|| {
        let words = lang.pick(format!("{} lost", impact.lost), format!("失去 {} 项", impact.lost));
        view! { <Tag tone=Tone::Error>{words}</Tag> }
    });
    let outlined = impact.people.iter().flat_map(|person| &person.changes).any(|change| change.elsewhere);
    let legend = outlined.then(|| {
        t(
            "Filled: for requests like yours now. Outlined: only under other conditions, such as another address or time.",
            "实心：与您当前请求条件相同时生效。空心：仅在其他条件下生效，例如其他地址或时间。",
        )
    });
    let scope = impact.within_scope.then(|| t("Only applications that you can view are named.", "仅列出您可查看的应用。"));
    let more = impact.changed.saturating_sub(impact.people.len());
    let cut = (more > 0).then(|| {
        let words = lang.pick(
            format!("Only the first {MAX_PEOPLE} users are listed. {more} more gain or lose something."),
            format!("仅列出前 {MAX_PEOPLE} 个用户，另有 {more} 个用户的页面有变化。"),
        );
        view! { <Notice tone=Tone::Warn><p>{words}</p></Notice> }
    });
    let (person, page) = (t("By person", "按用户"), t("By page", "按页面"));
    let switch = (!impact.people.is_empty()).then(|| {
        let (here, there) = if by == By::Person { (person, page) } else { (page, person) };
        let link = view! { <a class="btn btn-text" href=other>{there}</a> }.into_any();
        let current = view! { <span class="btn btn-text" aria-current="true">{here}</span> }.into_any();
        if by == By::Person { vec![current, link] } else { vec![link, current] }
    });
    let table = (!impact.people.is_empty()).then(|| match by {
        By::Person => by_person(&impact).into_any(),
        By::Page => by_page(&impact).into_any(),
    });
    view! {
        <section class="card">
            <div class="card-head">
                <div class="card-title">
                    <h2>{t("Screen impact", "页面影响")} " " {gained} " " {lost}</h2>
                    <p class="card-note">{reach}</p>
                    {(impact.changed > 0).then(|| view! { <p class="card-note">{t("It changes once this version is the default.", "将该版本设为默认版本后生效。")}</p> })}
                    {legend.map(|words| view! { <p class="card-note">{words}</p> })}
                    {scope.map(|words| view! { <p class="card-note">{words}</p> })}
                </div>
                <div class="card-actions" role="group" aria-label=t("Rows", "显示方式")>{switch}</div>
            </div>
            {table}
            {cut}
        </section>
    }
    .into_any()
}

fn by_person(impact: &Impact) -> impl IntoView + use<> {
    let names = names_of(impact);
    let rows: Vec<_> = impact
        .people
        .iter()
        .map(|person| {
            let lines = person.changes.chunk_by(|one, next| one.screen == next.screen).map(|changes| {
                let name = changes.first().map(|change| screen_name(&change.screen)).unwrap_or_default();
                view! { <li><span class="impact-of">{name}</span> {chips(changes, &names)}</li> }.into_any()
            });
            view! {
                <tr>
                    <th scope="row" class="breaks">{person.name.clone()} <p class="field-hint">{way(person)} {until(person)}</p></th>
                    <td class="breaks">{folded(lines.collect())}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![Column::text(t("User", "用户")), Column::text(t("Pages and controls", "页面和操作"))];
    view! { <DataTable caption=t("Screen impact by person", "按用户查看页面影响") columns>{rows}</DataTable> }
}

fn by_page(impact: &Impact) -> impl IntoView + use<> {
    let names = names_of(impact);
    let mut screens: Vec<(Screen, Vec<AnyView>)> = Screen::all().map(|screen| (screen, Vec::new())).collect();
    for person in &impact.people {
        for changes in person.changes.chunk_by(|one, next| one.screen == next.screen) {
            let of = changes.first().map(|change| change.screen.as_str());
            if let Some((_, lines)) = screens.iter_mut().find(|(screen, _)| Some(screen.id) == of) {
                lines.push(view! { <li><span class="impact-of">{person.name.clone()}</span> {chips(changes, &names)}</li> }.into_any());
            }
        }
    }
    let rows: Vec<_> = screens
        .into_iter()
        .filter(|(_, lines)| !lines.is_empty())
        .map(|(screen, lines)| {
            view! {
                <tr>
                    <th scope="row" class="breaks">{screen_name(screen.id)}</th>
                    <td class="breaks">{folded(lines)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![Column::text(t("Page or control", "页面或操作")), Column::text(t("Users", "用户"))];
    view! { <DataTable caption=t("Screen impact by page", "按页面查看页面影响") columns>{rows}</DataTable> }
}

/// How a policy reaches somebody.
fn way(person: &Person) -> String {
    let direct = person.direct.then(|| t("Direct", "直接关联").to_owned());
    direct.into_iter().chain(person.groups.iter().cloned()).collect::<Vec<_>>().join(t(", ", "、"))
}

/// When the policy ends to reach somebody, where it does.
fn until(person: &Person) -> impl IntoView + use<> {
    person.until_ms.map(|at_ms| view! { " " <Until at_ms offset=use_offset() /> })
}

/// The name of a page, or of a control with its page.
fn screen_name(id: &str) -> String {
    let Some(screen) = Screen::find(id) else { return id.to_owned() };
    if screen.id == screen.page.id { say(screen.name) } else { format!("{} · {}", say(&screen.page.title), say(screen.name)) }
}

fn names_of(impact: &Impact) -> BTreeMap<SdkAppId, String> {
    impact.apps.iter().cloned().collect()
}

/// The first lines, and the others behind a summary.
fn folded(mut lines: Vec<AnyView>) -> impl IntoView {
    let rest = if lines.len() > OPEN_LINES + 1 { lines.split_off(OPEN_LINES) } else { Vec::new() };
    let more = (!rest.is_empty()).then(|| {
        let words = use_lang().pick(format!("{} more", rest.len()), format!("另外 {} 项", rest.len()));
        view! { <details><summary>{words}</summary><ul class="impact-lines">{rest}</ul></details> }
    });
    view! {
        <ul class="impact-lines">{lines}</ul>
        {more}
    }
}

/// Where a screen is gained or lost.
fn chips(changes: &[ScreenChange], names: &BTreeMap<SdkAppId, String>) -> Vec<AnyView> {
    let lang = use_lang();
    let mut chips = Vec::new();
    for change in changes {
        let (sign, spoken, class) = match (change.gained, change.elsewhere) {
            (true, false) => ("+", t("gained", "获得"), "chip chip-gained"),
            (true, true) => ("+", t("gained under other conditions", "在其他条件下获得"), "chip chip-gained chip-elsewhere"),
            (false, false) => ("−", t("lost", "失去"), "chip chip-lost"),
            (false, true) => ("−", t("lost under other conditions", "在其他条件下失去"), "chip chip-lost chip-elsewhere"),
        };
        let mut chip = |words: String| {
            let chip = view! {
                <span class=class><span aria-hidden="true">{sign}</span> <span class="visually-hidden">{spoken}</span> " " {words}</span>
            };
            chips.push(chip.into_any());
        };
        if change.everywhere {
            chip(t("all applications", "全部应用").to_owned());
        } else if change.apps.is_empty() {
            chip(if change.gained { t("opens", "可使用").to_owned() } else { t("gone", "不可使用").to_owned() });
        } else {
            for app in &change.apps {
                chip(names.get(app).cloned().unwrap_or_else(|| app.to_string()));
            }
            if change.more > 0 {
                chip(lang.pick(format!("{} more", change.more), format!("另外 {} 个", change.more)));
            }
        }
    }
    chips
}
