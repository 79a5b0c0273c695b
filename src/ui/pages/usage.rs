//! Usage statistics: a filter in the address, the chart, its table twin, the export.
//!
//! It must never work out a figure: the table holds the same rows as the export.

use crate::catalog::pages;
use crate::domain::days::{Day, Period};
use crate::domain::fault::Fault;
use crate::domain::usage::{USAGE_ROWS_A_PAGE, UsageReport};
use crate::remote::usage::read_usage;
use crate::ui::charts::BarChart;
use crate::ui::components::{
    Card, Choice, Column, Crumb, DataAge, DataTable, DateField, Empty, EmptyState, FieldError, FilterBar, LinkButton, PageHeader, Pager,
    Paging, Select, Sort, StatRow, Tone, WideRow, with_param, write_tag,
};
use crate::ui::forms::field_errors;
use crate::ui::frame::use_offset;
use crate::ui::icons::Icon;
use crate::ui::loaded::{load, loaded};
use crate::ui::markup::{Escaped, Markup};
use crate::ui::pages::figures::{BehindNotice, Compared, ScopeTag, minutes_bars, minutes_series};
use crate::ui::query::use_query;
use crate::ui::words::{number, t, title_of, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// What the address asks for, as it was typed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    app: String,
    from: String,
    to: String,
    sort: String,
    page: i64,
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
    let query = use_query();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let text = |name: &str| query.get(name).unwrap_or_default();
        Asked { app: text("app"), from: text("from"), to: text("to"), sort: text("sort"), page: text("page").parse().unwrap_or(1) }
    });
    let answer = load(
        move || asked.get(),
        |asked| async move {
            match read_usage(asked.app.clone(), asked.from.clone(), asked.to.clone(), asked.sort.clone(), asked.page).await {
                Ok(report) => Ok(Answer { asked, report: Ok(report), default: None }),
                // A filter that is wrong keeps its page and what was typed; everything else takes the place of the page.
                Err(fault @ Fault::Invalid(_)) => {
                    let default = read_usage(String::new(), String::new(), String::new(), String::new(), 1).await?;
                    Ok(Answer { asked, report: Err(fault), default: Some(default) })
                }
                Err(fault) => Err(fault),
            }
        },
    );
    loaded(answer, |answer| view! { <Page answer /> })
}

#[component]
fn Page(answer: Answer) -> impl IntoView {
    let Answer { asked, report, default } = answer;
    let errors = report.as_ref().err().map(|fault| field_errors(fault, use_lang())).unwrap_or_default();
    let shown = report.ok();
    let known = shown.clone().or(default);
    let offset = use_offset();
    let scope = known.as_ref().map(|report| {
        let listed = i64::try_from(report.apps.len()).unwrap_or(i64::MAX);
        view! { <ScopeTag listed of=report.apps_of /> }
    });
    let place = |path: &str| shown.as_ref().map(|report| address(path, &asked.app, report.period));
    let age = shown
        .as_ref()
        .zip(place(pages::Usage::PAGE.path))
        .map(|(report, here)| view! { <DataAge as_of_ms=report.as_of_ms offset refresh_href=here /> });
    let export = place("/usage/export.csv")
        .map(|href| view! { <LinkButton href icon=Icon::Download external=true>{t("Export CSV", "导出 CSV")}</LinkButton> });
    let page = t("Usage statistics", "用量统计");
    let of = known.as_ref().and_then(|known| known.apps.iter().find(|(id, _)| id.to_string() == asked.app)).map(|(_, name)| name.clone());
    let (title, heading) = match of {
        Some(name) => (title_of(page, &name), format!("{page} · {name}")),
        None => (t("Usage statistics · TRTC Console", "用量统计 · TRTC 控制台").to_owned(), page.to_owned()),
    };
    view! {
        <Title text=title />
        <PageHeader
            title=heading
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
fn address(path: &str, app: &str, period: Period) -> String {
    let path = with_param(path, "app", Some(if app.is_empty() { "all" } else { app }));
    with_param(&with_param(&path, "from", Some(&period.from.to_string())), "to", Some(&period.to.to_string()))
}

#[component]
fn Filter(asked: Asked, known: UsageReport, errors: Vec<FieldError>) -> impl IntoView {
    let mut choices = vec![Choice::new("all", t("All applications", "全部应用"))];
    choices.extend(known.apps.iter().map(|(id, name)| Choice::new(id.to_string(), format!("{name} ({id})"))));
    let errors = Signal::stored(errors);
    let or_shown = |typed: &str, shown: Day| if typed.is_empty() { shown.to_string() } else { typed.to_owned() };
    let (from, to) = (or_shown(&asked.from, known.period.from), or_shown(&asked.to, known.period.to));
    let app = if asked.app.is_empty() { "all".to_owned() } else { asked.app.clone() };
    let today = known.today;
    let month = Period { from: today.month_start(), to: today };
    let last_month = month.from.plus(-1);
    let periods = [
        (t("Last 7 days", "近 7 天"), Period::ending(today, 7)),
        (t("Last 30 days", "近 30 天"), Period::ending(today, 30)),
        (t("This month", "本月"), month),
        (t("Last month", "上月"), Period { from: last_month.month_start(), to: last_month }),
    ];
    let quick: Vec<_> = periods
        .into_iter()
        .map(|(name, period)| {
            let current = (period == known.period).then_some("true");
            view! { <a class="btn btn-text" href=address(pages::Usage::PAGE.path, &app, period) aria-current=current>{name}</a> }
        })
        .collect();
    view! {
        <FilterBar action=pages::Usage::PAGE.path label=t("Filter", "筛选") errors after=move || quick>
            <Select name="app" label=t("Application", "应用") choices value=app required=true />
            <DateField name="from" label=t("From", "开始日期") value=from required=true />
            <DateField name="to" label=t("To", "结束日期") value=to required=true />
        </FilterBar>
    }
}

#[component]
fn Figures(report: UsageReport, asked: Asked) -> impl IntoView {
    let zone = use_offset().label();
    let note = use_lang().pick(format!("Estimated from callbacks · days in {zone}"), format!("根据回调估算 · 按 {zone} 划分日期"));
    let days = report.period.len();
    let than = match days {
        1 => use_lang().pick("previous day".to_owned(), "前 1 天".to_owned()),
        _ => use_lang().pick(format!("previous {days} days"), format!("前 {days} 天")),
    };
    let bars = minutes_bars(report.by_day.clone());
    let sums = Compared { now: report.totals, before: report.before, than };
    view! {
        <BehindNotice behind=report.behind />
        <StatRow>
            {sums.tile(t("Audio minutes", "音频时长（分钟）"), |sums| sums.audio_minutes)}
            {sums.tile(t("Video minutes", "视频时长（分钟）"), |sums| sums.video_minutes)}
            {sums.tile(t("Room entries", "进房次数"), |sums| sums.entries)}
            {sums.tile(t("Active sessions", "进行中的通话人次"), |sums| sums.in_progress)}
        </StatRow>
        <Card>
            <BarChart
                id="minutes"
                title=t("Minutes per day", "每日时长（分钟）")
                series=minutes_series()
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
    let sorted = (!asked.sort.is_empty()).then_some(asked.sort.as_str());
    let here = with_param(&address(pages::Usage::PAGE.path, &asked.app, report.period), "sort", sorted);
    let count = |value: i64| u64::try_from(value).unwrap_or(0);
    let paging = Paging { page: count(report.rows.page), size: count(USAGE_ROWS_A_PAGE), total: count(report.rows.total) };
    let sort = Sort::from_query(sorted.unwrap_or("-date"));
    let names = report.apps;
    let mut lines = Markup::default();
    for row in &report.rows.rows {
        let name = names.iter().find(|(id, _)| *id == row.app).map_or("", |(_, name)| name.as_str());
        lines.add(format_args!(r#"<tr><td class="nowrap">{}</td><td>{} <code class="muted">{}</code> "#, row.day, Escaped(name), row.app));
        if row.in_progress > 0 {
            write_tag(&mut lines, Tone::Brand, t("In progress", "进行中"));
        }
        if row.silent > 0 {
            write_tag(&mut lines, Tone::Warn, t("Closed after 24 h without events", "24 小时无事件，已结束"));
        }
        lines.add(format_args!("</td>"));
        for figure in [row.audio_minutes, row.video_minutes, row.users, row.entries, row.rooms] {
            lines.add(format_args!(r#"<td class="num">{}</td>"#, number(figure)));
        }
        lines.add(format_args!("</tr>"));
    }
    let columns = vec![
        Column::text(t("Date", "日期")).sorted_by("date"),
        Column::text(t("Application", "应用")).sorted_by("app"),
        Column::figure(t("Audio minutes", "音频时长（分钟）")).sorted_by("audio"),
        Column::figure(t("Video minutes", "视频时长（分钟）")).sorted_by("video"),
        Column::figure(t("Users", "用户数")).sorted_by("users"),
        Column::figure(t("Room entries", "进房次数")).sorted_by("entries"),
        Column::figure(t("Rooms", "房间数")).sorted_by("rooms"),
    ];
    let nothing = || {
        view! {
            <WideRow columns=7>
                <EmptyState why=Empty::NothingYet title=t("No events in this period", "该时段没有事件")>
                    <p>
                        {t(
                            "Usage appears once TRTC sends callbacks. Check the callback configuration of the application.",
                            "TRTC 发送回调后即产生数据，请检查应用的回调配置。",
                        )}
                    </p>
                </EmptyState>
            </WideRow>
        }
    };
    view! {
        <DataTable
            caption=t("Usage by day and application", "按日期与应用统计")
            columns
            here=here.clone()
            sort
            foot=move || view! { <Pager paging here /> }
            rows=(!report.rows.rows.is_empty()).then_some(lines)
        >
            {nothing()}
        </DataTable>
    }
}
