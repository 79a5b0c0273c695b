//! The frame around every page: top bar, navigation from the catalogue, and the password dialog.
//!
//! The navigation holds the pages the session may open, nothing else; it must never list a page by hand.

use super::components::{AccountLine, FormErrors, NavGroup, NavItem, PasswordField, Shell, SubmitButton};
use super::forms::use_form;
use super::frame::{Current, Proof};
use super::icons::Icon;
use super::words::{say, t};
use crate::calls::session::Prove;
use crate::catalog::page::{self, NavGroup as Group};
use crate::domain::form::Frame;
use crate::domain::session::Session;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The groups of the side navigation; the pages of one application are tabs of that application, the account has its menu.
const SIDE: [Group; 2] = [Group::Trtc, Group::Access];

/// The frame of a page for somebody signed in.
#[component]
pub fn Layout(
    /// Who is signed in.
    session: Session,
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
        account_href: "/account".to_owned(),
    };
    let demo = session.demo;
    view! {
        <Shell groups account theme here>
            {demo.then(|| view! { <p class="demo-mark">{t("Demo organisation: all data on these pages is made up.", "演示组织：页面上的所有数据均为虚构。")}</p> })}
            {children()}
        </Shell>
        <ProofDialog here />
    }
}

fn groups(session: &Session, path: &str) -> Vec<NavGroup> {
    SIDE.iter()
        .map(|group| {
            let mut pages: Vec<_> = page::in_group(*group).filter(|page| session.pages.iter().any(|id| id == page.id)).collect();
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
        _ => return None,
    })
}

/// A page is current on its own path and on those below it, but `/` only on itself and `/cam` not on the lists beside it.
fn is_current(page: &str, path: &str) -> bool {
    page == path || (page.len() > 1 && page != "/cam" && path.strip_prefix(page).is_some_and(|rest| rest.starts_with('/')))
}

/// Asks for the password over the page; the form behind it keeps its content.
#[component]
fn ProofDialog(here: Signal<String>) -> impl IntoView {
    let proof = use_context::<Proof>().unwrap_or_else(|| Proof::new(false));
    let form = use_form::<Prove>();
    let done = form.done();
    Effect::new(move |_| {
        if done.get() {
            proof.close();
        }
    });
    // A plain form posts to `/prove`, which leads back to this page; with scripts the action answers in place.
    view! {
        <Show when=move || proof.is_asked()>
            <div class="proof" role="dialog" aria-modal="true" aria-labelledby="proof-title">
                <div class="card proof-card">
                    <h2 id="proof-title">{t("Confirm it is you", "身份验证")}</h2>
                    <p>{t("Credentials and rights need a recent proof of your password. Then send the form again.", "变更凭据或权限需要近期的密码验证。验证后请再次提交表单。")}</p>
                    <ActionForm action=form.action>
                        <FormErrors errors=form.errors() scope="proof" />
                        <input type="hidden" name="next" prop:value=move || here.get() />
                        <PasswordField name="password" label=t("Your password", "您的密码") autocomplete="current-password" scope="proof" errors=form.errors() />
                        <div class="form-actions">
                            <SubmitButton pending=form.pending()>{t("Confirm", "验证")}</SubmitButton>
                            <button type="button" class="btn needs-scripts" on:click=move |_| proof.close()>{t("Cancel", "取消")}</button>
                        </div>
                    </ActionForm>
                </div>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::is_current;

    #[test]
    fn exactly_one_page_of_the_navigation_is_current() {
        assert!(is_current("/", "/") && !is_current("/", "/usage"));
        assert!(is_current("/apps", "/apps/1400000001/features"));
        assert!(is_current("/cam", "/cam") && !is_current("/cam", "/cam/users"));
        assert!(!is_current("/apps", "/appsters"));
    }
}
