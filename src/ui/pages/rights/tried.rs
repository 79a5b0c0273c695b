//! What came of requests that were tried out, and the form of a list of them: code of its own, since most readers of the page ask who can.

use super::address::here;
use super::fields::{OutlookTag, Path, PersonName, StatementLink};
use super::list::ListCard;
use super::trace::DecisionCard;
use crate::domain::rights::{Outcome, Person, Remedy, Request, Tried};
use crate::domain::rights_query::{EVERY_APP, RightsForm, RightsTab};
use crate::ui::components::{Card, Column, CopyButton, DataTable, Empty, EmptyState, Notice, Precision, Time};
use crate::ui::frame::{anew, use_offset};
use crate::ui::words::{number, t, use_lang};
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::hooks::use_location;

/// What is shown.
pub struct Opened {
    /// What came of it; `None` when nothing was asked.
    pub tried: Option<Tried>,
    /// What was asked.
    pub form: RightsForm,
}

/// The outcome, as soon as its code is there.
pub fn show(opened: Opened) -> impl IntoView {
    let here = use_location();
    Suspend::new(async move { view(opened).await.unwrap_or_else(|_| anew(&here)) })
}

/// The outcome itself. The attribute also makes `load`, which fetches the code ahead.
#[wasm_split(simulator, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn view(opened: Opened) -> Result<AnyView, SplitLoaderError> {
    let Opened { tried, form } = opened;
    let shown = match tried {
        Some(tried) => view! { <Shown tried form /> }.into_any(),
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
    Ok(view! { {shown} <ListCard /> }.into_any())
}

/// What a request is about, in words.
fn about(on: &str) -> String {
    match on {
        "" => t("Any application", "任一应用").to_owned(),
        EVERY_APP => t("All applications", "全部应用").to_owned(),
        other => other.to_owned(),
    }
}

#[component]
fn Shown(tried: Tried, form: RightsForm) -> impl IntoView {
    let Tried { people, draft, at_ms, requests, decisions, remedy } = tried;
    let offset = use_offset();
    let lang = use_lang();
    let with_draft = draft.then(|| t(" with the draft", "（含草稿）"));
    let who = match people.as_slice() {
        [] => view! { <span>{t("The draft alone", "仅草稿")}</span> }.into_any(),
        [person] => view! { <PersonName person=person.clone() /> {with_draft} }.into_any(),
        several => {
            let count = number(i64::try_from(several.len()).unwrap_or(i64::MAX));
            view! { <span>{lang.pick(format!("{count} users"), format!("{count} 个用户"))} {with_draft}</span> }.into_any()
        }
    };
    let table = if people.len() > 1 {
        view! { <Table people=people.clone() requests=requests.clone() form=form.clone() /> }.into_any()
    } else {
        view! { <Lines requests=requests.clone() form=form.clone() /> }.into_any()
    };
    let is_one = requests.len() == 1 && people.len() <= 1;
    let title = if is_one {
        t("Decision", "鉴权结果").to_owned()
    } else {
        let count = requests.len() * people.len().max(1);
        lang.pick(format!("{} requests", number(i64::try_from(count).unwrap_or(i64::MAX))), format!("{count} 个请求"))
    };
    let states = people.iter().find(|person| is_one && (person.disabled || person.first_password)).map(|person| {
        let words = if person.disabled {
            t("The account is disabled and cannot log in, whatever the policies say.", "该账号已禁用，无论策略如何都无法登录。")
        } else {
            t("The first password must be changed before any permission counts.", "须先修改初始密码，权限才会生效。")
        };
        view! { <p class="muted">{words}</p> }
    });
    view! {
        <Card title flush=true note=t("Nothing was sent or changed.", "未发送请求，也未做任何更改。")>
            <p class="trace-who">{who} " · " <Time at_ms offset precision=Precision::Second /></p>
            {states}
            {table}
        </Card>
        {(is_one && decisions.is_empty())
            .then(|| {
                view! {
                    <Notice>
                        <p>
                            {t(
                                "No resource that exists now shows it. Enter an application or a resource to see the statements.",
                                "目前没有可用于说明的资源。请填写应用或资源以查看相关语句。",
                            )}
                        </p>
                    </Notice>
                }
            })}
        {decisions.into_iter().map(|decision| view! { <DecisionCard decision /> }).collect_view()}
        {remedy.map(|remedy| view! { <RemedyCard remedy /> })}
    }
}

/// The address of one request alone, by one person where there are several.
fn alone(request: &Request, person: Option<&Person>, form: &RightsForm) -> String {
    let form = RightsForm {
        action: request.action.clone(),
        app: if form.resource.is_empty() { request.on.clone() } else { String::new() },
        person: person.map_or_else(|| form.person.clone(), |person| person.uin.to_string()),
        ..form.clone()
    };
    here(RightsTab::Simulator, &form)
}

/// The requests of one person or draft, a line for each.
#[component]
fn Lines(requests: Vec<Request>, form: RightsForm) -> impl IntoView {
    let columns = vec![
        Column::text(t("Action", "操作")),
        Column::text(t("On", "资源")),
        Column::text(t("Decision", "鉴权结果")),
        Column::text(t("By", "依据")),
    ];
    let several = requests.len() > 1;
    let line = |request: Request| {
        let alone = alone(&request, None, &form);
        let Request { action, on, outcomes } = request;
        let Outcome { outlook, by } = outcomes.into_iter().next()?;
        let action =
            if several { view! { <a href=alone><code>{action}</code></a> }.into_any() } else { view! { <code>{action}</code> }.into_any() };
        let by = if by.is_empty() {
            "—".into_any()
        } else {
            let ways = by.into_iter().map(|way| view! { <li><StatementLink way=way.clone() /> " " <Path through=way.through /></li> });
            view! { <ul>{ways.collect_view()}</ul> }.into_any()
        };
        Some(view! {
            <tr>
                <td>{action}</td>
                <td class="wrap">{about(&on)}</td>
                <td><OutlookTag outlook /></td>
                <td>{by}</td>
            </tr>
        })
    };
    let rows = requests.into_iter().filter_map(line).collect_view();
    view! { <DataTable caption=t("Requests", "请求") columns>{rows}</DataTable> }
}

/// The requests of several people: a row for each of them, a column for each request. A cell leads to its statements.
#[component]
fn Table(people: Vec<Person>, requests: Vec<Request>, form: RightsForm) -> impl IntoView {
    let asked = requests.iter().map(|request| Column::text(format!("{} · {}", request.action, about(&request.on))));
    let columns = std::iter::once(Column::text(t("User", "用户"))).chain(asked).collect::<Vec<_>>();
    let row = |(at, person): (usize, Person)| {
        let cells = requests.iter().map(|request| {
            let outlook = request.outcomes.get(at)?.outlook;
            Some(view! { <td><a href=alone(request, Some(&person), &form)><OutlookTag outlook /></a></td> })
        });
        let cells = cells.collect_view();
        view! { <tr><th scope="row"><PersonName person /></th> {cells}</tr> }
    };
    let rows = people.into_iter().enumerate().map(row).collect_view();
    view! { <DataTable caption=t("Requests by user", "各用户的请求") columns>{rows}</DataTable> }
}

/// The narrowest grant that would do.
#[component]
fn RemedyCard(remedy: Remedy) -> impl IntoView {
    let grants = remedy.grants.into_iter().map(|(action, resource)| {
        view! { <li><code>{action}</code> {t(" on ", "，资源：")} <code>{resource}</code></li> }
    });
    let copy = remedy.document.clone();
    view! {
        <Card
            title=t("What would allow it", "如何授予")
            note=t("The narrowest grant: a new policy with nothing else in it.", "最小授权：一条仅包含所需权限的新策略。")
            actions=move || view! { <CopyButton text=copy label=t("Copy policy", "复制策略") /> }.into_any()
        >
            <ul class="trace-grants">{grants.collect_view()}</ul>
            <pre class="code trace-document" tabindex="0" role="region" aria-label=t("Policy text", "策略内容")><code>{remedy.document}</code></pre>
        </Card>
    }
}
