//! Records as a table, newest first, and the way to newer and older ones.
//!
//! It must never count all of them: how many there are nobody knows without reading them.

use super::names::{Operator, Thing, root_mark};
use crate::catalog::pages;
use crate::domain::audit::{ActorType, Outcome};
use crate::domain::audit_query::{AuditPage, AuditRow};
use crate::text::Text;
use crate::ui::components::{Column, DataTable, Tag, Time, Tone, WideRow, with_param};
use crate::ui::frame::use_offset;
use crate::ui::icons::Icon;
use crate::ui::words::{address, number, say, t, use_lang};
use leptos::prelude::*;

/// How an event ended.
#[component]
pub fn ResultTag(
    /// What came of it.
    result: Outcome,
    /// The same in words.
    ended: Text,
) -> impl IntoView {
    let tone = match result {
        Outcome::Success => Tone::Ok,
        Outcome::Failed => Tone::Warn,
        Outcome::Refused | Outcome::Error => Tone::Error,
    };
    view! { <Tag tone>{say(&ended)}</Tag> }
}

/// Where an event came from. What the console did by itself came from nowhere.
#[must_use]
pub fn source(actor: ActorType, from: &str) -> String {
    if actor == ActorType::System { "—".to_owned() } else { address(from.to_owned()) }
}

/// A page of records, with the links to the pages beside it.
#[component]
pub fn RecordsTable(
    /// The page.
    page: AuditPage,
    /// Several people did it: a column says who.
    #[prop(optional)]
    operators: bool,
    /// The records have pages of their own that the reader may open.
    #[prop(optional)]
    opens: bool,
    /// The address of the first page.
    here: String,
    /// Where on its page the table stands, for pages that begin with something else.
    #[prop(optional)]
    anchor: &'static str,
    /// What stands there when there are none.
    #[prop(into)]
    empty: ViewFnOnce,
) -> impl IntoView {
    let AuditPage { events, newer, older, .. } = page;
    let mut columns = vec![Column::text(t("Time", "时间")), Column::text(t("Event", "事件"))];
    if operators {
        columns.push(Column::text(t("Operator", "操作者")));
    }
    columns.extend([Column::text(t("Resources", "资源")), Column::text(t("Result", "结果")), Column::text(t("Source IP", "源 IP"))]);
    let body = if events.is_empty() {
        view! { <WideRow columns=if operators { 6 } else { 5 }>{empty.run()}</WideRow> }.into_any()
    } else {
        events.into_iter().map(|event| view! { <Row event operators opens /> }).collect_view().into_any()
    };
    view! {
        <DataTable caption=t("Operation records", "操作记录") columns foot=move || view! { <Neighbours newer older here anchor /> }>
            {body}
        </DataTable>
    }
}

#[component]
fn Row(event: AuditRow, operators: bool, opens: bool) -> impl IntoView {
    let title = say(&event.title);
    let title = if opens {
        view! { <a href=pages::AuditEvent::PAGE.of(event.seq)>{title}</a> }.into_any()
    } else {
        view! { <span>{title}</span> }.into_any()
    };
    let times = (event.count > 1).then(|| {
        let times = number(event.count);
        let words = use_lang().pick(format!("{times} times"), format!("{times} 次"));
        view! { " " <Tag>{words}</Tag> }
    });
    let from = source(event.actor, &event.address);
    let who = operators.then(|| {
        let (uin, root) = (event.uin, root_mark(event.actor));
        let uin = (!uin.is_empty()).then(|| view! { <p class="field-hint"><code>{uin}</code> " " {root}</p> });
        view! { <td><Operator actor=event.actor name=event.user_name /> {uin}</td> }
    });
    let more = event.more;
    let more = (more > 0).then(|| view! { <li class="muted">{use_lang().pick(format!("and {more} more"), format!("等 {more} 项"))}</li> });
    let none = event.resources.is_empty();
    let things = event.resources.into_iter().map(|thing| view! { <li><Thing thing /></li> }).collect_view();
    let things = if none { "—".into_any() } else { view! { <ul>{things} {more}</ul> }.into_any() };
    let code = (!event.error_code.is_empty()).then(|| view! { <p class="field-hint"><code>{event.error_code}</code></p> });
    view! {
        <tr>
            <td class="nowrap"><Time at_ms=event.time_ms offset=use_offset() /></td>
            <td>{title} {times} <p class="field-hint"><code>{event.name}</code></p></td>
            {who}
            <td>{things}</td>
            <td><ResultTag result=event.result ended=event.ended /> {code}</td>
            <td class="nowrap"><code>{from}</code></td>
        </tr>
    }
}

/// The links to newer and older records; nothing when these are all.
#[component]
fn Neighbours(newer: Option<String>, older: Option<String>, here: String, anchor: &'static str) -> impl IntoView {
    if newer.is_none() && older.is_none() {
        return ().into_any();
    }
    let href = |cursor: String| with_param(&here, "cursor", Some(&cursor)) + anchor;
    let newer = newer.map(href).map(|href| view! { <a class="btn" href=href>{Icon::Left.draw()} {t("Newer", "较新")}</a> });
    let older = older.map(href).map(|href| view! { <a class="btn" href=href>{t("Older", "较早")} {Icon::Right.draw()}</a> });
    view! { <nav class="pager" aria-label=t("Pages", "分页")>{newer} {older}</nav> }.into_any()
}
