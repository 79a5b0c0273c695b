//! The frame around every page: top bar, navigation from the catalogue, and what is asked over the page.
//!
//! The navigation holds the pages the session may open, nothing else; it must never list a page by hand.

use super::chunks::dialogs;
use super::components::{AccountLine, MenuLink, NavGroup, NavItem, Notice, Shell, Switch, Tone, with_param};
use super::frame::{Current, Ended, Proof, Withdrawn};
use super::icons::Icon;
use super::pages::rights::of_person;
use super::words::{say, t, use_lang};
use crate::catalog::page::NavGroup as Group;
use crate::catalog::pages;
use crate::domain::form::Frame;
use crate::domain::session::{Session, SessionApp, Viewing};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::sync::Arc;

/// The groups of the side navigation; the pages of one application are tabs of that application, the account has its menu.
const SIDE: [Group; 2] = [Group::Trtc, Group::Access];

/// The frame of a page for somebody signed in.
#[component]
pub fn Layout(
    /// Who is signed in.
    session: Arc<Session>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let frame = use_context::<Frame>().unwrap_or_default();
    let theme = frame.preferences.theme;
    let location = use_location();
    let current = use_context::<Current>();
    let groups = Signal::derive(move || {
        let path = location.pathname.get();
        current.and_then(|current| current.0.get()).map(|session| groups(&session, &path)).unwrap_or_default()
    });
    let here = Signal::derive(move || {
        let (path, query) = (location.pathname.get(), location.search.get());
        if query.is_empty() { path } else { format!("{path}?{query}") }
    });
    let account = AccountLine {
        name: session.name.clone(),
        uin: session.uin.to_string(),
        kind: if session.is_root { t("Root account", "主账号") } else { t("Sub-account", "子账号") }.to_owned(),
        account_href: pages::Account::PAGE.path.to_owned(),
    };
    let switcher = Signal::derive(move || {
        let (path, query) = (location.pathname.get(), location.search.get());
        current.and_then(|current| current.0.get()).and_then(|session| switch(&session.apps, &path, &query))
    });
    let (demo, home) = (session.demo, session.home());
    let viewed = session.viewing.map(|viewing| view! { <ViewingNotice session=session.clone() viewing here /> });
    view! {
        <Shell groups account theme here switcher home>
            {demo.then(|| view! { <p class="demo-mark">{t("Demo: all data on these pages is fictitious.", "演示环境：页面上的所有数据均为虚构。")}</p> })}
            {viewed}
            <WithdrawnNotice here />
            {children()}
        </Shell>
        <Dialogs session />
    }
}

/// Says as whom the console is seen, what of this page that account does not get, and how to stop.
#[component]
fn ViewingNotice(session: Arc<Session>, viewing: Viewing, here: Signal<String>) -> impl IntoView {
    let words = if viewing.over {
        t("Viewing has ended. Return to the root account to make changes.", "以其他身份查看已结束。返回主账号后才能进行修改。").to_owned()
    } else {
        use_lang().pick(
            format!("You are viewing the console as {} (read-only).", session.name),
            format!("您正以 {} 的身份查看控制台（只读）。", session.name),
        )
    };
    let location = use_location();
    let uin = session.uin;
    let missing = move || {
        let page = location.pathname.with(|path| pages::at(path));
        let controls = page.map(|page| page.controls).unwrap_or_default().iter().filter(|control| !session.may(control.id));
        let lines = controls.map(|control| {
            let actions = control.rule.actions().into_iter().map(|action| action.full).collect::<Vec<_>>().join(", ");
            view! { <li>{say(&control.name)} " " <code>{actions}</code></li> }
        });
        let lines = lines.collect_view();
        (!viewing.over && !lines.is_empty()).then(|| {
            view! {
                <details class="viewing-missing">
                    <summary>{t("Not granted on this page", "本页未授权的操作")}</summary>
                    <ul>{lines}</ul>
                </details>
            }
        })
    };
    view! {
        <section class="viewing" aria-label=t("View as", "以此身份查看")>
            <p>{words}</p>
            <form method="post" action="/stop-viewing">
                <button type="submit" class="btn" name="next" value=move || here.get()>
                    {if viewing.over { t("Return to root account", "返回主账号") } else { t("Stop viewing", "停止查看") }}
                </button>
                {(!viewing.over)
                    .then(|| {
                        view! {
                            <button type="submit" class="btn" name="next" value=of_person(uin)>
                                {t("Stop and show where permissions come from", "停止并查看权限来源")}
                            </button>
                        }
                    })}
            </form>
            {missing}
        </section>
    }
}

/// What is asked over the page, from the first time that something is asked: until then its code is not needed.
#[component]
fn Dialogs(session: Arc<Session>) -> impl IntoView {
    let (proof, ended) = (use_context::<Proof>(), use_context::<Ended>());
    let asked = move || proof.is_some_and(Proof::is_asked) || ended.is_some_and(Ended::is_asked);
    let begun = Memo::new(move |before: Option<&bool>| before.is_some_and(|begun| *begun) || asked());
    view! { <Show when=move || begun.get()>{dialogs(session.clone())}</Show> }
}

/// Says that rights were withdrawn while the page was open. What was typed stays where it is.
#[component]
fn WithdrawnNotice(here: Signal<String>) -> impl IntoView {
    let Some(withdrawn) = use_context::<Withdrawn>() else { return ().into_any() };
    let location = use_location();
    let lost = move || {
        let page = location.pathname.with(|path| pages::at(path));
        page.is_some_and(|page| page.controls.iter().any(|control| withdrawn.has_lost(control.id)))
    };
    let saved = move || withdrawn.is_refused().then(|| t("Nothing was saved. ", "内容未保存。"));
    view! {
        <Show when=move || withdrawn.is_refused() || lost()>
            <Notice tone=Tone::Warn title=t("Your permissions changed while this page was open", "页面打开期间，您的权限已变更")>
                {saved}
                {t("What you typed is still here, and what you can no longer use is locked. ", "您的输入仍然保留，无权使用的操作已锁定。请")}
                <a href=move || here.get() rel="external">{t("Reload the page", "重新加载页面")}</a>
                {t(" to see what you can do now.", "，查看当前权限。")}
            </Notice>
        </Show>
    }
    .into_any()
}

fn groups(session: &Session, path: &str) -> Vec<NavGroup> {
    SIDE.iter()
        .map(|group| {
            let mut pages: Vec<_> = pages::in_group(*group).filter(|page| session.pages.iter().any(|id| id == page.id)).collect();
            pages.sort_by_key(|page| page.nav.map(|nav| nav.order));
            let items = pages.into_iter().map(|page| NavItem {
                icon: page.nav.and_then(|nav| icon(nav.icon)).unwrap_or(Icon::Document),
                title: say(&page.title),
                href: page.path.to_owned(),
                current: is_current(page.path, path),
            });
            NavGroup { title: say(&group.title()), items: items.collect() }
        })
        .collect()
}

/// The application switcher of a page that is about one application or about all: the same page of each application that opens it.
fn switch(apps: &[SessionApp], path: &str, query: &str) -> Option<Switch> {
    let page = pages::at(path)?;
    let usage = page.id == "usage";
    if !usage && !page.is_on_application() {
        return None;
    }
    let query = query.trim_start_matches('?');
    let here = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let shown = if usage {
        query.split('&').find_map(|pair| pair.strip_prefix("app=")).unwrap_or_default()
    } else {
        page.param("id", path).unwrap_or_default()
    };
    let shown = apps.iter().find(|app| app.id.to_string() == shown);
    // Who may not know of the application in the path is told nothing of it, and has nothing to switch.
    if !usage && shown.is_none() {
        return None;
    }
    let all = t("All applications", "全部应用");
    let of_all = if usage { with_param(&with_param(&here, "page", None), "app", Some("all")) } else { pages::Apps::PAGE.path.to_owned() };
    let mut links = vec![MenuLink { label: all.to_owned(), href: of_all, current: shown.is_none() }];
    links.extend(apps.iter().filter_map(|app| {
        let opens = |id: &str| app.pages.iter().any(|page| page == id);
        let id = app.id.to_string();
        let href = if usage && opens("usage") {
            with_param(&with_param(&here, "page", None), "app", Some(&id))
        } else if !usage && opens(page.id) {
            page.of(&id)
        } else {
            return None;
        };
        Some(MenuLink { label: format!("{} {id}", app.name), href, current: shown.is_some_and(|shown| shown.id == app.id) })
    }));
    // One that leads nowhere else is none.
    (links.len() > 1).then(|| Switch { label: shown.map_or_else(|| all.to_owned(), |app| app.name.clone()), links })
}

/// The icon a page of the catalogue names.
fn icon(name: &str) -> Option<Icon> {
    Some(match name {
        "home" => Icon::Home,
        "chart" => Icon::Chart,
        "grid" => Icon::Apps,
        "shield" => Icon::Shield,
        "user" => Icon::User,
        "users" => Icon::Users,
        "document" => Icon::Document,
        "clock" => Icon::Clock,
        "question" => Icon::Question,
        "check" => Icon::Check,
        _ => return None,
    })
}

/// A page is current on its own path and on those below it, but `/` only on itself and `/cam` not on the lists beside it.
fn is_current(page: &str, path: &str) -> bool {
    page == path || (page.len() > 1 && page != "/cam" && path.strip_prefix(page).is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SdkAppId;

    #[test]
    fn exactly_one_page_of_the_navigation_is_current() {
        assert!(is_current("/", "/") && !is_current("/", "/usage"));
        assert!(is_current("/apps", "/apps/1400000001/features"));
        assert!(is_current("/cam", "/cam") && !is_current("/cam", "/cam/users"));
        assert!(!is_current("/apps", "/appsters"));
    }

    #[test]
    fn the_switcher_leads_to_the_same_page_of_applications_that_open_it() {
        Owner::new().with(|| {
            let app = |id, pages: &[&str]| SessionApp {
                id: SdkAppId(id),
                name: format!("app{id}"),
                pages: pages.iter().map(|page| (*page).to_owned()).collect(),
            };
            let apps = [app(1, &["app", "app-features", "usage"]), app(2, &["app"]), app(3, &["app-features", "usage"])];
            let hrefs = |path, query| {
                let switch = switch(&apps, path, query)?;
                Some((switch.label, switch.links.into_iter().map(|link| link.href).collect::<Vec<_>>().join(" ")))
            };
            assert_eq!(hrefs("/apps/1/features", "").unwrap(), ("app1".into(), "/apps /apps/1/features /apps/3/features".into()));
            let of_usage = "/usage?from=2026-11-01&app=all /usage?from=2026-11-01&app=1 /usage?from=2026-11-01&app=3";
            assert_eq!(hrefs("/usage", "?app=3&from=2026-11-01&page=2").unwrap(), ("app3".into(), of_usage.into()));
            assert_eq!(hrefs("/usage", "").unwrap().0, "All applications");
            assert_eq!(hrefs("/apps/9/features", ""), None, "an application that is not listed");
            assert_eq!(hrefs("/apps", ""), None);
            assert_eq!(hrefs("/apps/2/callbacks", ""), None, "a page that opens on no application");
        });
    }
}
