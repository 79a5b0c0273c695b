//! A page's own data: loading, there, or refused; and the one way a fault is shown in the place of a page.
//!
//! A fault is always explained, with the request id and what to do; never only a status.

#[cfg(not(feature = "ssr"))]
use super::components::Skeleton;
use super::components::{Denial as Decision, Empty, EmptyState, ExplainCard, LinkButton, Refusal};
use super::frame::{Ended, sign_in_again, use_offset, use_session};
use super::words::{say, t};
use crate::cam::Verdict;
use crate::catalog::pages;
use crate::domain::fault::{Denial, Fault};
use crate::remote::json::JsonText;
use crate::text::Text;
use leptos::either::Either;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos::tachys::reactive_graph::OwnedView;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a page shows, brought anew whenever what it depends on changes. Until it is there the server sends nothing of the page.
pub fn load<S, T, F>(source: impl Fn() -> S + Send + Sync + 'static, bring: impl Fn(S) -> F + Send + Sync + 'static) -> Loading<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Result<T, Fault>> + Send + 'static,
{
    Loading::new_with_options(source, bring, true)
}

/// Data of a page that is there, comes, or does not.
pub type Loading<T> = Resource<Result<T, Fault>, JsonText>;

/// Shows a resource once it is there, a skeleton before, and its fault in its place.
pub fn loaded<T, V>(resource: Loading<T>, view: impl Fn(T) -> V + Clone + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: IntoView + 'static,
{
    // What could not be loaded for want of a session is asked for again once there is one.
    let ended = use_context::<Ended>();
    Effect::new(move |was_over: Option<bool>| {
        let over = ended.is_some_and(Ended::is_over);
        if was_over == Some(true) && !over && resource.with_untracked(|answer| matches!(answer, Some(Err(Fault::SignedOut)))) {
            resource.refetch();
        }
        over
    });
    once_there(resource, move |answer| match answer {
        Ok(value) => Either::Left(view(value)),
        Err(fault) => Either::Right(view! { <FaultView fault /> }),
    })
}

/// Shows what a resource gives: a skeleton, then the view.
#[cfg(not(feature = "ssr"))]
fn once_there<T, V>(resource: Loading<T>, view: impl Fn(Result<T, Fault>) -> V + Clone + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=|| view! { <Skeleton lines=6 /> }>
            {move || {
                let view = view.clone();
                Suspend::new(async move { view(resource.await) })
            }}
        </Transition>
    }
}

/// The same on the server, which waits and renders once. `Transition` makes the view, sees what else it waits for, throws it away and makes it
/// anew.
#[cfg(feature = "ssr")]
fn once_there<T, V>(resource: Loading<T>, view: impl Fn(Result<T, Fault>) -> V + Clone + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    // What is handed over to the browser is numbered in the order it is made, and there `Transition` takes a number, too.
    if let Some(shared) = Owner::current_shared_context() {
        shared.next_id();
    }
    let owner = Owner::new();
    // Lives as long as the page, so that what is loaded within what is loaded finds the language and the session.
    on_cleanup({
        let owner = owner.clone();
        move || drop(owner)
    });
    owner.with(|| Suspend::new(async move { OwnedView::new(view(resource.await)) }))
}

/// A fault in the place of what was asked for.
#[component]
pub fn FaultView(
    /// What went wrong.
    fault: Fault,
) -> impl IntoView {
    let words = say(&fault.message());
    let name = match &fault {
        Fault::Denied(_) => t("Access denied", "无权访问"),
        Fault::NotFound => t("Not found", "页面不存在"),
        _ => t("Not available", "暂时无法显示"),
    };
    // Not everybody may open the start page of the console: the way leads to a page that opens.
    let home = use_session().map_or("/", |session| session.home());
    let explained = matches!(fault, Fault::Denied(_));
    let body = match fault {
        Fault::Denied(denial) => {
            let way_back = (home.to_owned(), pages::at(home).map_or_else(String::new, |page| say(&page.title)));
            view! { <ExplainCard refusal=refusal(&denial, &use_location().pathname.get_untracked()) offset=use_offset() way_back /> }
                .into_any()
        }
        Fault::NotFound => view! {
            <section class="card">
                <EmptyState why=Empty::NothingYet title=t("Not found", "页面或对象不存在")>
                    <p>{t("It does not exist, or your account does not have access to it.", "该对象不存在，或当前账号无权查看。")}</p>
                    <LinkButton href=home>{t("Go to home page", "返回首页")}</LinkButton>
                </EmptyState>
            </section>
        }
        .into_any(),
        Fault::SignedOut => {
            let ended = use_context::<Ended>();
            Effect::new(move |_| sign_in_again(ended));
            // That the session has ended is said by the login over the page, once; a page may have several parts that wait for it.
            view! {
                <section class="card">
                    <EmptyState why=Empty::NoPermission title=t("Log in to see this.", "登录后可查看。")>
                        <button type="button" class="btn needs-scripts" on:click=move |_| sign_in_again(ended)>{t("Log in", "登录")}</button>
                    </EmptyState>
                </section>
            }
            .into_any()
        }
        fault => {
            let request_id = match &fault {
                Fault::Internal { request_id } => request_id.clone(),
                _ => String::new(),
            };
            let code = match fault {
                Fault::Unavailable => "Unavailable",
                Fault::NoSpace => "NoSpace",
                Fault::Unreachable => "Unreachable",
                _ => "Internal",
            };
            view! { <EmptyState why=Empty::Failed { code: code.to_owned(), request_id, retry_href: String::new() } title=words /> }
                .into_any()
        }
    };
    // What takes the place of a page has the title and the heading that the page would have had.
    view! {
        <Title text=format!("{name} · {}", t("TRTC Console", "TRTC 控制台")) />
        {(!explained).then(|| view! { <h1 class="visually-hidden">{name}</h1> })}
        {body}
    }
}

fn refusal(denial: &Denial, path: &str) -> Refusal {
    let page = pages::at(path)
        .map_or_else(|| Text::new("this page", "此页面"), |page| Text::made(page.title.en.clone(), format!("「{}」", page.title.zh)));
    Refusal {
        title: Text::made(format!("You don't have access to {}", page.en), format!("您无权访问{}", page.zh)),
        lead: match denial.verdict {
            _ if denial.address_missed => Text::new(
                "Your policies have conditions on the IP address, and the console cannot tell yours. Until it can, they allow nothing.",
                "您关联的策略以 IP 地址为条件，但控制台无法识别您的 IP 地址，因此暂不允许任何操作。",
            ),
            Verdict::DenyExplicit => Text::made(
                "One of your policies denies an action that this page needs.",
                format!("您关联的某条策略拒绝了访问{}所需的权限。", page.zh),
            ),
            _ => Text::made(
                "None of your policies allows an action that this page needs.",
                format!("您关联的策略未包含访问{}所需的权限。", page.zh),
            ),
        },
        who: Text::made(
            format!("{} (sub-account {} of {})", denial.account, denial.uin, denial.owner_uin),
            format!("{}（主账号 {2} 的子账号 {1}）", denial.account, denial.uin, denial.owner_uin),
        ),
        action: denial.action.clone(),
        gloss: denial.gloss.clone(),
        resource: denial.resource.clone(),
        denial: match denial.verdict {
            _ if denial.address_missed => Decision::NoAddress,
            Verdict::DenyExplicit => Decision::Explicit,
            _ => Decision::Implicit,
        },
        // One action on one resource is said by the card already.
        ways: match denial.ways.as_slice() {
            [way] if way.len() == 1 => Vec::new(),
            ways => ways
                .iter()
                .map(|way| way.iter().map(|one| (one.action.clone(), one.gloss.clone(), one.resource.clone())).collect())
                .collect(),
        },
        because: Vec::new(),
        request_id: denial.request_id.clone(),
        at_ms: denial.at_ms,
    }
}
