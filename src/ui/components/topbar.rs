//! The dark bar on top: product, application switcher, language, theme, account.
//!
//! It must never know a session: it shows the account it is given, and its forms post to addresses that check for themselves.

use super::copy::CopyButton;
use super::keys::KeyHelp;
use crate::domain::session::Theme;
use crate::text::Lang;
use crate::ui::icons::Icon;
use crate::ui::words::{lower, t, use_lang};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::HtmlElement;

/// The account that is logged in, as the bar shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountLine {
    /// Login name or e-mail.
    pub name: String,
    /// Its own UIN.
    pub uin: String,
    /// "Root account", "Sub-account of 100001", in the reader's language.
    pub kind: String,
    /// Where My account is.
    pub account_href: String,
}

/// The application switcher: what it says now, and where it leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Switch {
    /// The name of the application the page is about, or of all.
    pub label: String,
    /// The same page of every application, and that of all.
    pub links: Vec<MenuLink>,
}

/// One line of a menu in the bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MenuLink {
    /// Its name.
    pub label: String,
    /// Its address.
    pub href: String,
    /// It is where the reader is.
    pub current: bool,
}

/// The bar. Its menus are popovers: they open, close with Esc and close each other without scripts.
#[component]
pub fn TopBar(
    /// The account; without one (login) there is no account menu.
    #[prop(optional_no_strip, into)]
    account: Option<AccountLine>,
    /// The theme chosen.
    #[prop(optional)]
    theme: Theme,
    /// The address of the page (path and query), to come back to.
    #[prop(optional, into)]
    here: Signal<String>,
    /// The application switcher, where it applies.
    #[prop(optional, into)]
    switcher: Signal<Option<Switch>>,
    /// Where the product's name leads.
    #[prop(default = "/")]
    home: &'static str,
    /// The page has a [`SideNav`](super::SideNav), which narrow screens open from here.
    #[prop(optional)]
    with_nav: bool,
) -> impl IntoView {
    view! {
        <header class="topbar">
            {with_nav
                .then(|| {
                    view! {
                        <button type="button" class="bar-button nav-opener" popovertarget="sidenav" aria-label=t("Navigation", "导航菜单")>
                            {Icon::Menu.draw()}
                        </button>
                    }
                })}
            <a class="product" href=home>{t("TRTC Console", "TRTC 控制台")}</a>
            {move || switcher.get().map(|switch| view! { <Switcher switch /> })}
            <span class="bar-space"></span>
            <LanguageSwitch here />
            <ThemeSwitch theme here />
            {account.map(|account| view! { <AccountMenu account /> })}
        </header>
    }
}

/// With more applications than this, the switcher has a field that narrows it.
const MANY_LINKS: usize = 11;

#[component]
fn Switcher(switch: Switch) -> impl IntoView {
    const MENU: &str = "switcher-menu";
    let Switch { label, links } = switch;
    let list = NodeRef::<html::Ul>::new();
    let needle = RwSignal::new(String::new());
    let names: Vec<String> = links.iter().map(|link| lower(&link.label)).collect();
    let none = move || needle.with(|needle| !names.iter().any(|name| name.contains(needle.as_str())));
    let narrowing = (links.len() > MANY_LINKS).then(|| {
        view! {
            <input
                class="control needs-scripts"
                type="search"
                autocomplete="off"
                autofocus=true
                aria-label=t("Filter applications", "筛选应用")
                placeholder=t("Filter applications", "筛选应用")
                on:input=move |event| needle.set(lower(event_target_value(&event).trim()))
                on:keydown=move |event| {
                    if event.key() == "Enter" && let Some(first) = shown(list).first() {
                        first.click();
                    }
                }
            />
            <p class="menu-none" role="status">{move || none().then(|| t("No application matches", "没有符合条件的应用"))}</p>
        }
    });
    let lines: Vec<_> = links
        .into_iter()
        .map(|link| {
            let searched = lower(&link.label);
            view! {
                <li hidden=move || needle.with(|needle| !searched.contains(needle.as_str()))>
                    <a class="menu-item" href=link.href aria-current=link.current.then_some("true")>{link.label}</a>
                </li>
            }
        })
        .collect();
    view! {
        <div class="bar-menu">
            <button type="button" class="bar-button" popovertarget=MENU>
                <span class="bar-words">{label}</span>
                {Icon::Down.draw()}
            </button>
            <nav
                class="menu menu-start"
                id=MENU
                popover="auto"
                aria-label=t("Applications", "应用")
                on:keydown=move |event| {
                    let step = match event.key().as_str() {
                        "ArrowDown" => 1,
                        "ArrowUp" => -1,
                        _ => return,
                    };
                    event.prevent_default();
                    step_among(&shown(list), step);
                }
            >
                {narrowing}
                <ul node_ref=list>{lines}</ul>
            </nav>
        </div>
    }
}

/// The links of a list that are not filtered out.
fn shown(list: NodeRef<html::Ul>) -> Vec<HtmlElement> {
    let first = list.get_untracked().and_then(|list| list.first_element_child());
    let lines = std::iter::successors(first, |line| line.next_element_sibling());
    lines.filter(|line| !line.has_attribute("hidden")).filter_map(|line| line.first_element_child()?.dyn_into().ok()).collect()
}

/// Moves the focus to the link before or after the one that has it; from the field above them to the first.
fn step_among(links: &[HtmlElement], step: isize) {
    let active = document().active_element();
    let at = links.iter().position(|link| active.as_ref() == Some(link.as_ref()));
    let next = match at {
        Some(at) => at.checked_add_signed(step),
        None => Some(0),
    };
    if let Some(link) = next.and_then(|next| links.get(next)) {
        // Fails only for an element that is gone.
        let _ = link.focus();
    }
}

/// One button that switches to the other language, named in that language.
#[component]
fn LanguageSwitch(here: Signal<String>) -> impl IntoView {
    let (other, words, spoken) = match use_lang() {
        Lang::En => (Lang::Zh, "中文", "切换到中文"),
        Lang::Zh => (Lang::En, "English", "Switch to English"),
    };
    view! {
        <form method="post" action="/preferences">
            <input type="hidden" name="next" value=move || here.get() />
            <button type="submit" class="bar-button" name="lang" value=other.tag() lang=other.tag() aria-label=spoken>
                {Icon::Globe.draw()}
                <span class="bar-words">{words}</span>
            </button>
        </form>
    }
}

#[component]
fn ThemeSwitch(theme: Theme, here: Signal<String>) -> impl IntoView {
    let lines: Vec<_> = [(Theme::System, t("System", "跟随系统")), (Theme::Light, t("Light", "浅色")), (Theme::Dark, t("Dark", "深色"))]
        .into_iter()
        .map(|(choice, words)| {
            let chosen = choice == theme;
            view! {
                <button type="submit" class="menu-item" name="theme" value=choice.tag() aria-pressed=if chosen { "true" } else { "false" }>
                    <span class="menu-mark">{chosen.then(|| Icon::Check.draw())}</span>
                    {words}
                </button>
            }
        })
        .collect();
    view! {
        <div class="bar-menu">
            <button type="button" class="bar-button" popovertarget="theme-menu" aria-label=t("Theme", "主题")>{Icon::Contrast.draw()}</button>
            <form class="menu" id="theme-menu" popover="auto" method="post" action="/preferences">
                <input type="hidden" name="next" value=move || here.get() />
                {lines}
            </form>
        </div>
    }
}

#[component]
fn AccountMenu(account: AccountLine) -> impl IntoView {
    let help = use_context::<KeyHelp>();
    // The style makes capitals of all other letters.
    let initial: String = account.name.chars().take(1).map(|letter| letter.to_ascii_uppercase()).collect();
    view! {
        <div class="bar-menu">
            <button type="button" class="bar-button account-opener" popovertarget="account-menu">
                <span class="visually-hidden">{t("Account", "账号")}</span>
                <span class="avatar" aria-hidden="true">{initial}</span>
                <span class="bar-words">{account.name.clone()}</span>
            </button>
            <div class="menu account-menu" id="account-menu" popover="auto">
                <p class="account-name">{account.name}</p>
                <p class="account-kind">{account.kind}</p>
                <p class="account-uin">"UIN " <code>{account.uin.clone()}</code> <CopyButton text=account.uin /></p>
                <hr />
                <a class="menu-item" href=account.account_href>{Icon::User.draw()} {t("My account", "我的账号")}</a>
                {help
                    .map(|help| {
                        view! {
                            <button
                                type="button"
                                class="menu-item needs-scripts"
                                popovertarget="account-menu"
                                popovertargetaction="hide"
                                on:click=move |_| help.open()
                            >
                                {Icon::Keyboard.draw()} {t("Keyboard shortcuts", "键盘快捷键")}
                            </button>
                        }
                    })}
                <form method="post" action="/logout">
                    <button type="submit" class="menu-item">{Icon::Exit.draw()} {t("Log out", "退出登录")}</button>
                </form>
            </div>
        </div>
    }
}
