//! Overview: month totals, the trend of 30 days, and the applications one may list.
//!
//! A panel without its grant says so and asks the server for nothing.

use crate::catalog::pages;
use crate::domain::applications::{AppList, AppStatus};
use crate::domain::usage::UsageOverview;
use crate::remote::applications::list_applications;
use crate::remote::usage::read_usage_overview;
use crate::ui::charts::BarChart;
use crate::ui::components::{
    Card, Column, Crumb, DataAge, DataTable, Empty, EmptyState, LinkButton, PageHeader, StatRow, Tag, Tone, WideRow,
};
use crate::ui::frame::{may, use_offset};
use crate::ui::loaded::{load, loaded};
use crate::ui::pages::applications::AppName;
use crate::ui::pages::attachments::may_list;
use crate::ui::pages::figures::{BehindNotice, Compared, ScopeTag, minutes_bars, minutes_series, scope_words};
use crate::ui::words::{say, t, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/`.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let apps = load(|| (), |()| list_applications(String::new(), 1, 0, String::new()));
    let totals = if may("overview.totals") {
        let overview = load(|| (), |()| read_usage_overview());
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
    // Nobody is sent to a page that is refused.
    let single = may_list("usage").then(|| {
        view! { <p><a href=pages::Usage::PAGE.path>{t("See the usage of your applications", "查看您的应用的用量")}</a></p> }
    });
    view! {
        <Card title=t("Usage this month", "本月用量")>
            <EmptyState why=Empty::NoPermission>
                <p>
                    {t(
                        "You need trtc:DescribeTrtcStatistic to see the totals of all applications.",
                        "查看全部应用的汇总需要 trtc:DescribeTrtcStatistic 权限。",
                    )}
                </p>
                {single}
            </EmptyState>
        </Card>
    }
}

#[component]
fn Totals(overview: UsageOverview) -> impl IntoView {
    let offset = use_offset();
    let (listed, of) = (overview.apps, overview.apps_of);
    let since =
        use_lang().pick(format!("Since {} · {}", overview.month, offset.label()), format!("自 {} 起 · {}", overview.month, offset.label()));
    let month =
        Compared { now: overview.month_totals, before: overview.before, than: t("the same days last month", "上月同期").to_owned() };
    view! {
        <BehindNotice behind=overview.behind />
        <div class="tag-row">
            <ScopeTag listed of />
            <span class="muted">{since}</span>
            <DataAge as_of_ms=overview.as_of_ms offset refresh_href="/" />
        </div>
        <StatRow>
            {month.tile(t("Audio minutes this month", "本月音频时长（分钟）"), |sums| sums.audio_minutes)}
            {month.tile(t("Video minutes this month", "本月视频时长（分钟）"), |sums| sums.video_minutes)}
            {month.tile(t("Room entries this month", "本月进房次数"), |sums| sums.entries)}
            {month.tile(t("Active sessions", "进行中的通话人次"), |sums| sums.in_progress)}
        </StatRow>
        <Card>
            <BarChart
                id="trend"
                title=t("Minutes per day, last 30 days", "近 30 天每日时长（分钟）")
                series=minutes_series()
                bars=minutes_bars(overview.trend)
                axis=t("Date", "日期")
                note=t("Estimated from callbacks", "根据回调估算")
            />
        </Card>
    }
}

#[component]
fn Apps(list: AppList) -> impl IntoView {
    let (listed, of) = (list.listed, list.of);
    let rows: Vec<_> = list
        .page
        .rows
        .into_iter()
        .map(|app| {
            let tone = if app.status == AppStatus::Normal { Tone::Ok } else { Tone::Plain };
            view! {
                <tr>
                    <td><AppName id=app.id name=app.name /></td>
                    <td><code>{app.id.to_string()}</code></td>
                    <td><Tag tone>{say(&app.status.text())}</Tag></td>
                </tr>
            }
        })
        .collect();
    let body = if rows.is_empty() {
        view! { <WideRow columns=3><EmptyState why=Empty::NothingYet title=t("No applications yet", "暂无应用") /></WideRow> }.into_any()
    } else {
        rows.into_any()
    };
    let columns = vec![Column::text(t("Name", "名称")), Column::text("SDKAppID"), Column::text(t("Status", "状态"))];
    view! {
        <Card
            title=t("Applications", "应用管理")
            note=scope_words(listed, of)
            actions=|| view! { <LinkButton href=pages::Apps::PAGE.path>{t("All applications", "全部应用")}</LinkButton> }
        >
            <DataTable caption=t("Applications", "应用管理") columns>{body}</DataTable>
        </Card>
    }
}
