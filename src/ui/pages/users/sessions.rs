//! The sessions of a user, and ending them.
//!
//! Whoever may see the user sees its sessions; ending one is for whoever may edit it.

use crate::domain::browser::browser;
use crate::domain::ids::Uin;
use crate::domain::session::SessionRow;
use crate::ui::components::{Card, Column, DataTable, FormErrors, Tag, Time, Tone, WideRow};
use crate::ui::forms::{Form, FormDialog, PostForm};
use crate::ui::frame::{may, use_offset};
use crate::ui::words::{address, say, t};
use leptos::prelude::*;

/// The dialog that ends all of them.
const END_ALL: &str = "end-sessions";

/// The card with the sessions of a user.
#[component]
pub fn UserSessions(
    /// The user.
    uin: Uin,
    /// Its sessions.
    rows: Vec<SessionRow>,
    /// Ends one of them, or all.
    form: Form,
) -> impl IntoView {
    let ends = may("user.edit");
    let all = (ends && rows.len() > 1).then(|| view! { <EndAll uin form /> }.into_any());
    let columns = vec![
        Column::text(t("Browser", "浏览器")),
        Column::text(t("IP address", "IP 地址")),
        Column::text(t("Logged in", "登录时间")),
        Column::text(t("Last active", "最近活动")),
        Column::actions(),
    ];
    // What came of ending all of them shows in its dialog.
    let of_all = form.about(END_ALL);
    let errors = Signal::derive(move || if of_all.get() { Vec::new() } else { form.errors().get() });
    let body = if rows.is_empty() {
        view! { <WideRow columns=5><p class="muted">{t("This user has no active sessions.", "该用户当前没有登录会话。")}</p></WideRow> }
            .into_any()
    } else {
        rows.into_iter().map(|row| view! { <Row uin row ends form /> }).collect::<Vec<_>>().into_any()
    };
    view! {
        <Card title=t("Sessions", "会话") actions=move || all flush=true>
            <FormErrors errors />
            <DataTable caption=t("Sessions of the user", "该用户的会话") columns>{body}</DataTable>
        </Card>
    }
}

#[component]
fn Row(uin: Uin, row: SessionRow, ends: bool, form: Form) -> impl IntoView {
    let offset = use_offset();
    let end = ends.then(|| {
        view! {
            <PostForm form without_summary=true hidden=vec![("uin", uin.to_string()), ("id", row.id)]>
                <button type="submit" class="btn">{t("End", "结束")}</button>
            </PostForm>
        }
    });
    view! {
        <tr>
            <td title=row.agent.clone()>{say(&browser(&row.agent))} {row.current.then(|| view! { " " <Tag tone=Tone::Brand>{t("This session", "当前会话")}</Tag> })}</td>
            <td><code>{address(row.address)}</code></td>
            <td><Time at_ms=row.created_ms offset /></td>
            <td><Time at_ms=row.seen_ms offset /></td>
            <td>{end}</td>
        </tr>
    }
}

#[component]
fn EndAll(uin: Uin, form: Form) -> impl IntoView {
    view! {
        <FormDialog id=END_ALL form needs="user.edit" opener=t("End all sessions", "结束全部会话") hidden=vec![("uin", uin.to_string())]>
            <div class="dialog-body">
                <p>{t("The user is logged out everywhere immediately, and can log in again.", "该用户将立即在所有位置退出登录，之后可重新登录。")}</p>
            </div>
        </FormDialog>
    }
}
