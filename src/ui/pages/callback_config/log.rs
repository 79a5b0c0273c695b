//! What arrived lately for an application: events received, and callbacks that were refused with the reason.
//!
//! It must never show more than the server listed for this application, and says so when that is less than there is.

use crate::catalog::pages;
use crate::domain::event_names::{group_name, type_name};
use crate::domain::events::{CallbackLog, ReceivedEvent, Refusal, SHOWN_BODY_CHARS};
use crate::domain::free_text::visible;
use crate::domain::ids::SdkAppId;
use crate::text::Text;
use crate::ui::components::{Card, Column, DataTable, Empty, EmptyState, LinkButton, Precision, Time, WideRow};
use crate::ui::frame::use_offset;
use crate::ui::icons::Icon;
use crate::ui::words::{address, number, say, t};
use leptos::prelude::*;

/// The two lists.
#[component]
pub fn LogCards(
    /// The application.
    id: SdkAppId,
    /// What arrived.
    log: CallbackLog,
    /// There is a key, without which nothing can arrive.
    key_set: bool,
) -> impl IntoView {
    let refresh = pages::AppCallbacks::PAGE.of(id);
    let whole = log.whole;
    let events = if log.events.is_empty() {
        let why = if key_set { Empty::NothingYet } else { Empty::NotEnabled };
        view! {
            <WideRow columns=if whole { 6 } else { 4 }>
                <EmptyState why title=t("No events received yet", "尚未收到事件")>
                    <p>{t("Enter the address and key in the TRTC console. Events appear here once a user enters a room.", "请在 TRTC 控制台填写地址和密钥。有用户进房后，事件将显示在此。")}</p>
                </EmptyState>
            </WideRow>
        }
        .into_any()
    } else {
        log.events.into_iter().map(|event| view! { <EventRow event whole /> }).collect_view().into_any()
    };
    let refusals = if log.refusals.is_empty() {
        view! { <WideRow columns=if whole { 5 } else { 4 }><EmptyState why=Empty::NothingYet title=t("No callbacks refused", "没有被拒绝的回调") /></WideRow> }
            .into_any()
    } else {
        log.refusals.into_iter().map(|refusal| view! { <RefusalRow refusal whole /> }).collect_view().into_any()
    };
    let mut event_columns = vec![
        Column::text(t("Received", "接收时间")),
        Column::text(t("Event", "事件")),
        Column::text(t("Group", "事件组")),
        Column::text(t("Room", "房间")),
    ];
    let mut refusal_columns = vec![
        Column::text(t("Hour", "时段")),
        Column::text(t("Reason", "原因")),
        Column::figure(t("Count", "次数")),
        Column::text(t("Most recent", "最近一次")),
    ];
    if whole {
        event_columns.extend([Column::text(t("User", "用户")), Column::text(t("Original body", "原始内容"))]);
        refusal_columns.push(Column::text(t("Source address", "来源地址")));
    }
    let note = if whole {
        t("The last 50, newest first.", "最近 50 条，按时间倒序。")
    } else {
        t(
            "The last 50, newest first. User names and original bodies are shown only to users who can change the callback configuration.",
            "最近 50 条，按时间倒序。用户和原始内容仅对可修改回调配置的用户显示。",
        )
    };
    view! {
        <Card
            title=t("Recent events", "最近收到的事件")
            note
            flush=true
            actions=move || view! { <LinkButton href=refresh icon=Icon::Refresh external=true>{t("Refresh", "刷新")}</LinkButton> }
        >
            <DataTable caption=t("Recent events", "最近收到的事件") columns=event_columns>{events}</DataTable>
        </Card>
        <Card
            title=t("Refused callbacks", "被拒绝的回调")
            note=t("They are counted by hour and reason, and are not stored as events.", "按小时和原因统计，不作为事件保存。")
            flush=true
        >
            <DataTable caption=t("Refused callbacks", "被拒绝的回调") columns=refusal_columns>{refusals}</DataTable>
        </Card>
    }
}

#[component]
fn EventRow(event: ReceivedEvent, whole: bool) -> impl IntoView {
    let unknown = |code: Option<i64>| code.map_or_else(|| "—".to_owned(), |code| code.to_string());
    let named = |text: Option<Text>, code: Option<i64>| text.map_or_else(|| unknown(code), |text| say(&text));
    let name = named(event.event_type.and_then(type_name), event.event_type);
    let group = named(event.group.and_then(group_name), event.group);
    let room = event.room.map_or_else(|| "—".to_owned(), |room| visible(&room.to_string()).into_owned());
    let user = event.user.map_or_else(|| "—".to_owned(), |user| visible(&user).into_owned());
    let body = event.body.map(|body| visible(&body).into_owned());
    let more = (event.body_chars > SHOWN_BODY_CHARS).then(|| {
        let (shown, all) = (number(SHOWN_BODY_CHARS), number(event.body_chars));
        view! { <p class="field-hint">{say(&Text::made(format!("The first {shown} of {all} characters."), format!("仅显示前 {shown} 个字符，共 {all} 个。")))}</p> }
    });
    view! {
        <tr>
            <td class="nowrap"><Time at_ms=event.received_ms offset=use_offset() /></td>
            <td>{name} " " <span class="muted">{unknown(event.event_type)}</span></td>
            <td>{group}</td>
            <td>{room}</td>
            {whole.then(|| view! {
                <td>{user}</td>
                <td>
                    <details>
                        <summary>{t("Show", "显示")}</summary>
                        <code class="event-body" tabindex="0">{body}</code>
                        {more}
                    </details>
                </td>
            })}
        </tr>
    }
}

#[component]
fn RefusalRow(refusal: Refusal, whole: bool) -> impl IntoView {
    let offset = use_offset();
    view! {
        <tr>
            <td class="nowrap"><Time at_ms=refusal.hour_ms offset precision=Precision::Minute /></td>
            <td>{say(&refusal.reason.text())}</td>
            <td class="num">{number(refusal.count)}</td>
            <td class="nowrap"><Time at_ms=refusal.last_ms offset /></td>
            {whole.then(|| view! { <td><code>{address(refusal.last_address)}</code></td> })}
        </tr>
    }
}
