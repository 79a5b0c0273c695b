//! Usage statistics: a filter in the address, the chart, its table twin, the export.
//!
//! It must never work out a figure: the table holds the same rows as the export.

use crate::calls::usage::read_usage;
use crate::domain::days::Day;
use crate::domain::fault::Fault;
use crate::domain::usage::{UsageReport, UsageRow};
use crate::ui::charts::{Bar, BarChart};
use crate::ui::components::{
    Card, Choice, Column, Crumb, DataAge, DataTable, DateField, Empty, EmptyState, FieldError, FilterBar, FormErrors, LinkButton, Notice,
    PageHeader, Pager, Paging, Select, StatRow, StatTile, Tag, Tone, WideRow, with_param,
};
use crate::ui::forms::field_errors;
use crate::ui::frame::use_offset;
use crate::ui::icons::Icon;
use crate::ui::loaded::loaded;
use crate::ui::words::{number, t, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// Rows of one page of the table: a month of one application.
const ROWS: u64 = 31;

/// What the address asks for, as it was typed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    app: String,
    from: String,
    to: String,
    page: u64,
}

/// The figures, or why the filter gives none; the page around them stays either way.
#[derive(Clone, Serialize, Deserialize)]
struct Answer {
    asked: Asked,
    report: Result<UsageReport, Fault>,
    /// Names and days for the filter when the report itself gives none.
    default: Option<UsageReport>,
}

/// `/usage`.
#[component]
pub fn UsagePage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let text = |name: &str| query.get(name).unwrap_or_default();
        Asked { app: text("app"), from: text("from"), to: text("to"), page: text("page").parse().unwrap_or(1) }
    });
    let answer = Resource::new_blocking(
        move || asked.get(),
        |asked| async move {
            match read_usage(asked.app.clone(), asked.from.clone(), asked.to.clone()).await {
                Ok(report) => Ok(Answer { asked, report: Ok(report), default: None }),
                // A filter that is wrong keeps its page and what was typed; everything else takes the place of the page.
                Err(fault @ Fault::Invalid(_)) => {
                    let default = read_usage(String::new(), String::new(), String::new()).await?;
                    Ok(Answer { asked, report: Err(fault), default: Some(default) })
                }
                Err(fault) => Err(fault),
            }
        },
    );
    view! {
        <Title text=t("Usage statistics · TRTC Console", "用量统计 · TRTC 控制台") />
        {loaded(answer, |answer| view! { <Page answer /> })}
    }
}

#[component]
fn Page(answer: Answer) -> impl IntoView {
    let Answer { asked, report, default } = answer;
    let errors = report.as_ref().err().map(|fault| field_errors(fault, use_lang())).unwrap_or_default();
    let shown = report.ok();
    let known = shown.clone().or(default);
    let offset = use_offset();
    let scope = known.as_ref().map(|report| {
        let (listed, of) = (report.apps.len(), report.apps_of);
        let words = use_lang().pick(format!("{listed} of {of} applications"), format!("{of} 个应用中的 {listed} 个"));
        view! { <Tag tone=Tone::Brand>{words}</Tag> }
    });
    let place = |path: &str| shown.as_ref().map(|report| address(path, &asked.app, report.period.from, report.period.to));
    let age =
        shown.as_ref().zip(place("/usage")).map(|(report, here)| view! { <DataAge as_of_ms=report.as_of_ms offset refresh_href=here /> });
    let export = place("/usage/export.csv")
        .map(|href| view! { <LinkButton href icon=Icon::Download external=true>{t("Export CSV", "导出 CSV")}</LinkButton> });
    view! {
        <PageHeader
            title=t("Usage statistics", "用量统计")
            crumbs=vec![Crumb::here(t("TRTC", "实时音视频")), Crumb::here(t("Usage statistics", "用量统计"))]
            tags=move || scope
            age=move || age
            actions=move || export
        />
        {known.map(|known| view! { <Filter asked=asked.clone() known errors /> })}
        {shown.map(|report| view! { <Figures report asked /> })}
    }
}

/// The address of a period of usage.
fn address(path: &str, app: &str, from: Day, to: Day) -> String {
    let path = with_param(path, "app", Some(if app.is_empty() { "all" } else { app }));
    with_param(&with_param(&path, "from", Some(&from.to_string())), "to", Some(&to.to_string()))
}

#[component]
fn Filter(asked: Asked, known: UsageReport, errors: Vec<FieldError>) -> impl IntoView {
    let mut choices = vec![Choice::new("all", t("All I may list", "全部可见应用"))];
    choices.extend(known.apps.iter().map(|(id, name)| Choice::new(id.to_string(), format!("{name} ({id})"))));
    let errors = Signal::stored(errors);
    let or_shown = |typed: &str, shown: Day| if typed.is_empty() { shown.to_string() } else { typed.to_owned() };
    let (from, to) = (or_shown(&asked.from, known.period.from), or_shown(&asked.to, known.period.to));
    let app = if asked.app.is_empty() { "all".to_owned() } else { asked.app.clone() };
    let last = known.period.to;
    let periods = [
        (t("Last 7 days", "近 7 天"), last.plus(-6)),
        (t("Last 30 days", "近 30 天"), last.plus(-29)),
        (t("This month", "本月"), last.month_start()),
    ];
    let quick: Vec<_> = periods
        .into_iter()
        .map(|(name, from)| view! { <a class="btn btn-text" href=address("/usage", &app, from, last)>{name}</a> })
        .collect();
    view! {
        <FormErrors errors />
        <FilterBar action="/usage" label=t("Filter", "筛选")>
            <Select name="app" label=t("Application", "应用") choices value=app required=true />
            <DateField name="from" label=t("From", "开始日期") value=from errors required=true />
            <DateField name="to" label=t("To", "结束日期") value=to errors required=true />
            {quick}
        </FilterBar>
    }
}

#[component]
fn Figures(report: UsageReport, asked: Asked) -> impl IntoView {
    let totals = report.totals();
    let zone = use_offset().label();
    let bars: Vec<Bar> = report
        .by_day()
        .into_iter()
        .map(|(day, totals)| {
            let label = day.to_string();
            let tick = label.get(5..).unwrap_or_default().to_owned();
            Bar { label, tick, values: totals.map(|totals| vec![totals.video_minutes, totals.audio_minutes]) }
        })
        .collect();
    let note = use_lang().pick(format!("estimated from callbacks · days in {zone}"), format!("根据回调估算 · 按 {zone} 划分日期"));
    view! {
        {report.behind.then(|| view! { <Notice>{t("Some events are not counted yet; refresh in a moment.", "部分事件尚未计入，请稍后刷新。")}</Notice> })}
        <StatRow>
            <StatTile label=t("Audio minutes", "音频分钟数") value=number(totals.audio_minutes) />
            <StatTile label=t("Video minutes", "视频分钟数") value=number(totals.video_minutes) />
            <StatTile label=t("Entries", "进房次数") value=number(totals.entries) />
            <StatTile label=t("Stays in progress", "进行中") value=number(totals.in_progress) />
        </StatRow>
        <Card>
            <BarChart
                id="minutes"
                title=t("Minutes a day", "每日分钟数")
                series=vec![t("video", "视频").to_owned(), t("audio", "音频").to_owned()]
                bars
                axis=t("Date", "日期")
                note
                table_elsewhere=true
            />
        </Card>
        <Rows report asked />
    }
}

#[component]
fn Rows(report: UsageReport, asked: Asked) -> impl IntoView {
    let here = address("/usage", &asked.app, report.period.from, report.period.to);
    let total = u64::try_from(report.rows.len()).unwrap_or(u64::MAX);
    let page = asked.page.clamp(1, total.div_ceil(ROWS).max(1));
    let (skip, take) = (usize::try_from((page - 1) * ROWS).unwrap_or(0), usize::try_from(ROWS).unwrap_or(0));
    let mut rows: Vec<UsageRow> = report.rows;
    rows.sort_by_key(|row| (std::cmp::Reverse(row.day), row.app));
    let names = report.apps;
    let lines: Vec<_> = rows
        .into_iter()
        .skip(skip)
        .take(take)
        .map(|row| {
            let name = names.iter().find(|(id, _)| *id == row.app).map_or_else(String::new, |(_, name)| name.clone());
            view! {
                <tr>
                    <td class="nowrap">{row.day.to_string()}</td>
                    <td>
                        {name} " " <code class="muted">{row.app.to_string()}</code> " "
                        {(row.in_progress > 0).then(|| view! { <Tag tone=Tone::Brand>{t("in progress", "进行中")}</Tag> })}
                        {(row.silent > 0).then(|| view! { <Tag tone=Tone::Warn>{t("closed after 24 h of silence", "静默 24 小时后关闭")}</Tag> })}
                    </td>
                    <td class="num">{number(row.audio_minutes)}</td>
                    <td class="num">{number(row.video_minutes)}</td>
                    <td class="num">{number(row.users)}</td>
                    <td class="num">{number(row.entries)}</td>
                    <td class="num">{number(row.rooms)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(t("Date", "日期")),
        Column::text(t("Application", "应用")),
        Column::figure(t("Audio minutes", "音频分钟数")),
        Column::figure(t("Video minutes", "视频分钟数")),
        Column::figure(t("Users", "用户数")),
        Column::figure(t("Entries", "进房次数")),
        Column::figure(t("Rooms", "房间数")),
    ];
    let body = if lines.is_empty() {
        view! {
            <WideRow columns=7>
                <EmptyState why=Empty::NothingYet title=t("No events in this period", "该时段没有事件")>
                    <p>
                        {t(
                            "Figures begin to grow when TRTC sends callbacks: see the callback configuration of the application.",
                            "TRTC 发送回调后即产生数据，请查看应用的回调配置。",
                        )}
                    </p>
                </EmptyState>
            </WideRow>
        }
        .into_any()
    } else {
        lines.into_any()
    };
    view! {
        <DataTable
            caption=t("Usage by day and application", "按日期与应用统计")
            columns
            foot=move || view! { <Pager paging=Paging { page, size: ROWS, total } here /> }
        >
            {body}
        </DataTable>
    }
}
