//! Overview: month totals, the trend of 30 days, and the applications one may list.
//!
//! A panel without its grant says so and asks the server for nothing.

use crate::calls::applications::list_applications;
use crate::calls::usage::read_usage_overview;
use crate::domain::applications::{AppList, AppStatus};
use crate::domain::usage::UsageOverview;
use crate::ui::charts::{Bar, BarChart};
use crate::ui::components::{
    Card, Column, Crumb, DataAge, DataTable, Empty, EmptyState, LinkButton, Notice, PageHeader, StatRow, StatTile, Tag, Tone, WideRow,
};
use crate::ui::frame::{may, use_offset, use_session};
use crate::ui::loaded::loaded;
use crate::ui::words::{number, say, t, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/`.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let apps = Resource::new_blocking(|| (), |()| list_applications(String::new(), 1));
    let totals = if may("overview.totals") {
        let overview = Resource::new_blocking(|| (), |()| read_usage_overview());
        loaded(overview, |overview| view! { <Totals overview /> }).into_any()
    } else {
        view! { <NoTotals /> }.into_any()
    };
    view! {
        <Title text=t("Overview · TRTC Console", "概览 · TRTC 控制台") />
        <PageHeader title=t("Overview", "概览") crumbs=vec![Crumb::here(t("TRTC", "实时音视频")), Crumb::here(t("Overview", "概览"))] />
        {totals}
        {loaded(apps, |list| view! { <Apps list /> })}
    }
}

#[component]
fn NoTotals() -> impl IntoView {
    view! {
        <Card title=t("Usage of the month", "本月用量")>
            <EmptyState why=Empty::NoPermission>
                <p>
                    {t(
                        "Totals over all applications need trtc:DescribeTrtcStatistic. Usage statistics may show your own applications.",
                        "查看全部应用的汇总需要 trtc:DescribeTrtcStatistic 权限。您的应用请见用量统计。",
                    )}
                </p>
            </EmptyState>
        </Card>
    }
}

#[component]
fn Totals(overview: UsageOverview) -> impl IntoView {
    let offset = use_offset();
    let (listed, of) = (overview.apps, overview.apps_of);
    let scope = use_lang().pick(format!("{listed} of {of} applications"), format!("{of} 个应用中的 {listed} 个"));
    let since =
        use_lang().pick(format!("since {} · {}", overview.month, offset.label()), format!("自 {} 起 · {}", overview.month, offset.label()));
    let bars: Vec<Bar> = overview
        .trend
        .iter()
        .map(|(day, totals)| {
            let label = day.to_string();
            let tick = label.get(5..).unwrap_or_default().to_owned();
            Bar { label, tick, values: totals.map(|totals| vec![totals.video_minutes, totals.audio_minutes]) }
        })
        .collect();
    let month = overview.month_totals;
    view! {
        {overview.behind.then(|| view! { <Notice>{t("Some events are not counted yet; refresh in a moment.", "部分事件尚未计入，请稍后刷新。")}</Notice> })}
        <div class="tag-row">
            <Tag tone=Tone::Brand>{scope}</Tag>
            <span class="muted">{since}</span>
            <DataAge as_of_ms=overview.as_of_ms offset refresh_href="/" />
        </div>
        <StatRow>
            <StatTile label=t("Audio minutes of the month", "本月音频分钟数") value=number(month.audio_minutes) />
            <StatTile label=t("Video minutes of the month", "本月视频分钟数") value=number(month.video_minutes) />
            <StatTile label=t("Entries of the month", "本月进房次数") value=number(month.entries) />
        </StatRow>
        <Card>
            <BarChart
                id="trend"
                title=t("Minutes a day, last 30 days", "近 30 天每日分钟数")
                series=vec![t("video", "视频").to_owned(), t("audio", "音频").to_owned()]
                bars
                axis=t("Date", "日期")
                note=t("estimated from callbacks", "根据回调估算")
            />
        </Card>
    }
}

#[component]
fn Apps(list: AppList) -> impl IntoView {
    let opens = use_session().is_some_and(|session| session.pages.iter().any(|page| page == "app"));
    let (listed, of) = (list.listed, list.of);
    let rows: Vec<_> = list
        .page
        .rows
        .into_iter()
        .map(|app| {
            let name = if opens {
                view! { <a href=format!("/apps/{}", app.id)>{app.name.clone()}</a> }.into_any()
            } else {
                app.name.clone().into_any()
            };
            let tone = if app.status == AppStatus::Normal { Tone::Ok } else { Tone::Plain };
            view! {
                <tr>
                    <td>{name}</td>
                    <td><code>{app.id.to_string()}</code></td>
                    <td><Tag tone>{say(&app.status.text())}</Tag></td>
                </tr>
            }
        })
        .collect();
    let body = if rows.is_empty() {
        view! { <WideRow columns=3><EmptyState why=Empty::NothingYet title=t("No application yet", "暂无应用") /></WideRow> }.into_any()
    } else {
        rows.into_any()
    };
    let scope = use_lang().pick(format!("{listed} of {of} applications"), format!("{of} 个应用中的 {listed} 个"));
    let columns = vec![Column::text(t("Name", "名称")), Column::text("SDKAppID"), Column::text(t("State", "状态"))];
    view! {
        <Card
            title=t("Applications", "应用列表")
            note=scope
            actions=|| view! { <LinkButton href="/apps">{t("All applications", "全部应用")}</LinkButton> }
        >
            <DataTable caption=t("Applications", "应用列表") columns>{body}</DataTable>
        </Card>
    }
}
