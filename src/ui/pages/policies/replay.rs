//! What the draft of a policy makes of the decisions that people met in the last days.
//!
//! It shows what the server has decided again, and must never decide.

use crate::domain::replay::{DAYS, MAX_CHANGES, Replay, ReplayChange};
use crate::ui::components::{Card, Column, DataTable, Notice, Tag, Tone};
use crate::ui::words::{number, t, use_lang};
use leptos::prelude::*;

/// The section of the review.
#[component]
pub(super) fn ReplaySection(
    /// What came of it; `None` while the draft has errors.
    replay: Option<Replay>,
) -> impl IntoView {
    let lang = use_lang();
    let words = match &replay {
        None => t("Fix the errors to see what changes.", "修复错误后可查看变化。").to_owned(),
        Some(replay) if replay.recorded == 0 => lang.pick(
            format!("No requests by users with this policy in the last {DAYS} days."),
            format!("最近 {DAYS} 天内，持有该策略的用户没有请求记录。"),
        ),
        Some(replay) => {
            let (recorded, differing) = (number(replay.recorded), number(replay.differing));
            lang.pick(
                format!("Requests recorded in the last {DAYS} days: {recorded}. With another result under this draft: {differing}."),
                format!("最近 {DAYS} 天记录的请求：{recorded} 次，其中在该草稿下结果不同：{differing} 次。"),
            )
        }
    };
    let replay = replay.unwrap_or_default();
    let note = (replay.recorded > 0).then(|| {
        let words = t(
            "Address, time and MFA of your own request are used, because they are not recorded.",
            "地址、时间和 MFA 状态不在记录中，按您当前的请求计算。",
        );
        view! { <p class="card-note">{words}</p> }
    });
    let cut = (replay.more > 0).then(|| {
        let more = replay.more;
        let words = lang.pick(
            format!("Only the first {MAX_CHANGES} lines are shown. {more} more are not."),
            format!("仅显示前 {MAX_CHANGES} 行，另有 {more} 行未显示。"),
        );
        view! { <Notice tone=Tone::Warn><p>{words}</p></Notice> }
    });
    let rows: Vec<_> = replay.changes.into_iter().map(row).collect();
    let table = (!rows.is_empty()).then(|| {
        let columns = vec![
            Column::text(t("User", "用户")),
            Column::text(t("Action", "操作")),
            Column::text(t("Application", "应用")),
            Column::text(t("Result", "结果")),
            Column::figure(t("Requests", "请求次数")),
            Column::text(t("Last on (UTC)", "最近日期（UTC）")),
        ];
        view! { <DataTable caption=t("Recorded requests", "请求记录") columns>{rows}</DataTable> }
    });
    view! {
        <Card title=t("Recorded requests", "请求记录")>
            <p>{words}</p>
            {note}
            {table}
            {cut}
        </Card>
    }
}

fn row(change: ReplayChange) -> impl IntoView {
    let ReplayChange { name, action, app, gained, times, last, .. } = change;
    let app = app.map_or_else(|| "—".to_owned(), |(id, name)| format!("{name} {id}"));
    let (tone, words) =
        if gained { (Tone::Ok, t("Would be allowed", "将被允许")) } else { (Tone::Error, t("Would be refused", "将被拒绝")) };
    view! {
        <tr>
            <th scope="row" class="breaks">{name}</th>
            <td class="breaks"><code>{action}</code></td>
            <td class="breaks">{app}</td>
            <td><Tag tone>{words}</Tag></td>
            <td class="num">{number(times)}</td>
            <td>{last.to_string()}</td>
        </tr>
    }
}
