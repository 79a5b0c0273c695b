//! The tab that asks who can do something: a sentence of fields, the people with the path by which each has it, and who is denied it.

use super::address::{here, tried_by};
use super::fields::{ACTIONS, AppField, CircumstanceFields, Lists, Path, PersonField, PersonName, StatementLink, conditions_words};
use crate::cam::Outlook;
use crate::catalog::pages;
use crate::catalog::service::find_action;
use crate::domain::paging::ROWS_A_PAGE;
use crate::domain::rights::{Found, Holder, Way, WhoCan};
use crate::domain::rights_query::{EVERY_APP, RightsForm, RightsTab};
use crate::ui::components::{
    Card, Column, DataTable, Empty, EmptyState, FieldError, FilterBar, Pager, Paging, SearchBox, Tag, TextField, Tone, Toolbar, WideRow,
};
use crate::ui::words::{number, say, t, use_lang};
use leptos::prelude::*;

/// The tab.
#[component]
pub fn WhoCanTab(
    /// What was asked.
    form: RightsForm,
    /// What the server says.
    told: WhoCan,
    /// What is wrong with the question.
    errors: Signal<Vec<FieldError>>,
) -> impl IntoView {
    let asked = form.clone();
    let body = match told.found {
        Some(found) => view! {
            <People found=found.clone() people=told.people form=form.clone() />
            <DeniedCard found form=form.clone() />
            <WhyNot form=form.clone() />
        }
        .into_any(),
        None => view! {
            <section class="card">
                <EmptyState why=Empty::NothingYet title=t("Who can do what?", "谁可以做什么？")>
                    <p>{t("Choose an action. The answer names everyone who can, and the policy statement that allows it.", "请选择一个操作。结果将列出所有有权限的用户及授予权限的策略语句。")}</p>
                </EmptyState>
            </section>
        }
        .into_any(),
    };
    view! {
        <Lists choices=told.choices.clone() />
        <FilterBar action=pages::WhoCan::PAGE.path label=t("Who can", "谁有权限") deed=t("Ask", "查询") errors>
            <TextField name="action" label=t("Who can", "谁可以") value=asked.action.clone() list=ACTIONS required=true mono=true />
            <AppField form=asked.clone() choices=told.choices />
            <CircumstanceFields form=asked />
        </FilterBar>
        {body}
    }
}

/// The question in words, under the heading of the answer.
fn question(found: &Found, form: &RightsForm) -> String {
    let Some(row) = find_action(&found.action) else { return found.action.clone() };
    let on = match form.app.as_str() {
        _ if !matches!(row.service, "trtc" | "tag") => String::new(),
        "" => t(", on any application", "，任一应用").to_owned(),
        EVERY_APP => t(", on all applications", "，全部应用").to_owned(),
        number => use_lang().pick(format!(", on {number}"), format!("，应用 {number}")),
    };
    let level = match (row.is_resource_level(), on.is_empty()) {
        (true, _) => "",
        (false, true) => t(" It does not support resource-level permissions.", "该操作不支持资源级授权。"),
        (false, false) => t(
            " It does not support resource-level permissions; users who can do it on an application can also list that application.",
            "该操作不支持资源级授权；可对应用执行该操作的用户同时有权查看该应用。",
        ),
    };
    format!("{} — {}{on}{}{level}", row.full, say(&row.gloss), t(".", "。"))
}

#[component]
fn People(found: Found, people: i64, form: RightsForm) -> impl IntoView {
    let lang = use_lang();
    let can = found.always + found.sometimes;
    let title = lang.pick(
        format!("{} of {} users, and root", number(can), number(people)),
        format!("共 {} 个用户，{} 个有权限；主账号始终有权限", number(people), number(can)),
    );
    let paths = lang.pick(
        format!("Direct: {}, by group: {}. A user with several paths has one line for each.", number(found.direct), number(found.by_group)),
        format!("直接关联：{}，随组关联：{}。一个用户有多条路径时，每条路径占一行。", number(found.direct), number(found.by_group)),
    );
    let note = question(&found, &form);
    let always = lang.pick(format!("{} always", number(found.always)), format!("{} 个始终允许", number(found.always)));
    let sometimes =
        lang.pick(format!("{} under a condition", number(found.sometimes)), format!("{} 个附条件允许", number(found.sometimes)));
    let columns = vec![
        Column::text(t("User", "用户")),
        Column::text(t("Path", "关联类型")),
        Column::text(t("Granted by", "授权来源")),
        Column::text(t("Condition", "条件")),
    ];
    let rows = if found.holders.rows.is_empty() {
        let clear_href = here(RightsTab::WhoCan, &RightsForm { q: String::new(), page: String::new(), ..form.clone() });
        let why = if form.q.is_empty() { Empty::NothingYet } else { Empty::NoMatch { clear_href } };
        let title = (can == 0).then(|| t("Only root can do this.", "仅主账号可执行该操作。").to_owned());
        view! { <WideRow columns=4><EmptyState why title=title.unwrap_or_else(|| t("No results match these filters", "没有符合筛选条件的内容").to_owned()) /></WideRow> }
            .into_any()
    } else {
        found.holders.rows.iter().cloned().map(|holder| view! { <Lines holder /> }).collect_view().into_any()
    };
    let count = |value: i64| value.unsigned_abs();
    let paging = Paging { page: count(found.holders.page), size: count(ROWS_A_PAGE), total: count(found.holders.total) };
    let address = here(RightsTab::WhoCan, &RightsForm { page: String::new(), ..form.clone() });
    let keep = [("action", &form.action), ("app", &form.app), ("address", &form.address), ("at", &form.at), ("mfa", &form.mfa)];
    let keep = keep.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value.clone())).collect();
    let tags = move || {
        view! {
            {(found.always > 0).then(|| view! { <Tag tone=Tone::Ok>{always}</Tag> })}
            {(found.sometimes > 0).then(|| view! { <Tag tone=Tone::Warn>{sometimes}</Tag> })}
        }
        .into_any()
    };
    view! {
        <Card title note actions=tags>
            <p class="field-hint">{paths}</p>
        </Card>
        <Toolbar>
            <SearchBox label=t("User name or UIN", "用户名或 UIN") action=pages::WhoCan::PAGE.path value=form.q.clone() keep />
        </Toolbar>
        <DataTable caption=t("Who can", "谁有权限") columns foot=move || view! { <Pager paging here=address /> }>
            {rows}
        </DataTable>
    }
}

/// The lines of one person, one for each path.
#[component]
fn Lines(holder: Holder) -> impl IntoView {
    let Holder { person, outlook, allowed, denied } = holder;
    let unless: Vec<Way> = if outlook == Outlook::Sometimes { denied } else { Vec::new() };
    let span = allowed.len().max(1);
    let name = view! { <td rowspan=span.to_string()><PersonName person /></td> };
    let mut lines = allowed.into_iter();
    let first = match lines.next() {
        Some(way) => view! { <WayCells way unless=unless.clone() /> }.into_any(),
        None => {
            view! { <td colspan="3" class="muted">{t("On no application that exists now", "对目前已有的应用均无权限")}</td> }.into_any()
        }
    };
    let rest = lines.map(move |way| view! { <tr><WayCells way unless=unless.clone() /></tr> }).collect_view();
    view! { <tr>{name} {first}</tr> {rest} }
}

#[component]
fn WayCells(way: Way, unless: Vec<Way>) -> impl IntoView {
    let conditions = conditions_words(&way);
    let unless = unless
        .into_iter()
        .map(|deny| {
            let words = conditions_words(&deny);
            view! { <p class="field-hint">{t("denied ", "拒绝：")} {words} {t(" by ", "，来源：")} <StatementLink way=deny /></p> }
        })
        .collect_view();
    view! {
        <td><Path through=way.through.clone() until_ms=way.until_ms /></td>
        <td><StatementLink way /></td>
        <td class="wrap">{conditions} {unless}</td>
    }
}

/// Those who are allowed it and denied it.
#[component]
fn DeniedCard(found: Found, form: RightsForm) -> impl IntoView {
    if found.denied.is_empty() {
        return None;
    }
    let lang = use_lang();
    let left = found.denied_of - i64::try_from(found.denied.len()).unwrap_or(i64::MAX);
    let more = (left > 0).then(|| {
        let words = lang.pick(format!("{left} more in the CSV file"), format!("其余 {left} 个见 CSV 文件"));
        view! { <p class="muted">{words}</p> }
    });
    let lines: Vec<_> = found.denied.into_iter().map(|holder| {
        let why = tried_by(holder.person.uin, &form);
        let ways = |ways: Vec<Way>| {
            ways.into_iter()
                .map(|way| view! { <li><StatementLink way=way.clone() /> " " <Path through=way.through.clone() until_ms=way.until_ms /> " " {conditions_words(&way)}</li> })
                .collect_view()
        };
        view! {
            <tr>
                <td><PersonName person=holder.person /></td>
                <td><ul>{ways(holder.allowed)}</ul></td>
                <td><ul>{ways(holder.denied)}</ul></td>
                <td class="num"><a href=why>{t("Why?", "为什么？")}</a></td>
            </tr>
        }
    })
    .collect();
    let columns = vec![
        Column::text(t("User", "用户")),
        Column::text(t("Allowed by", "允许来源")),
        Column::text(t("Denied by", "拒绝来源")),
        Column::actions(),
    ];
    let title = lang.pick(format!("Denied although allowed ({})", found.denied_of), format!("已允许但被拒绝（{}）", found.denied_of));
    Some(view! {
        <Card title flush=true>
            <DataTable caption=t("Denied although allowed", "已允许但被拒绝") columns>{lines}</DataTable>
            {more}
        </Card>
    })
}

/// A person to try the same question for.
#[component]
fn WhyNot(form: RightsForm) -> impl IntoView {
    let hidden = [("action", form.action), ("app", form.app), ("address", form.address), ("at", form.at), ("mfa", form.mfa)];
    let hidden = hidden.into_iter().filter(|(_, value)| !value.is_empty());
    let hidden = hidden.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    view! {
        <Card title=t("Why not?", "为什么没有权限？") note=t("Tries the same question for one user and shows every statement that was looked at.", "对某个用户模拟同一请求，并显示所有参与判断的语句。")>
            <FilterBar action=pages::WhoCan::PAGE.path label=t("Why not?", "为什么没有权限？") deed=t("Explain", "查看原因") scope="why">
                <input type="hidden" name="tab" value=RightsTab::Simulator.tag() />
                {hidden}
                <PersonField name="person" label=t("User name or UIN", "用户名或 UIN") value=String::new() />
            </FilterBar>
        </Card>
    }
}
