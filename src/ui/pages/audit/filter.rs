//! The form above the records: what is searched for. What is rarely asked folds away.

use super::address::address_of;
use super::names::event_names;
use crate::catalog::pages;
use crate::domain::audit::Outcome;
use crate::domain::audit_change::ResourceType;
use crate::domain::audit_query::{AuditForm, CUSTOM, DEFAULT_RANGE, RANGES};
use crate::domain::days::Day;
use crate::ui::components::{Checkbox, Choice, DateField, FieldError, FilterBar, LinkButton, Look, Select, TextField};
use crate::ui::words::{say, t};
use leptos::prelude::*;

/// The names of events, for the field to suggest.
const EVENT_NAMES: &str = "event-names";

/// The form. It sends GET, so that every search has an address.
#[component]
pub fn AuditFilter(
    /// What was asked, as it was typed.
    form: AuditForm,
    /// The days that were searched, for who wants to choose others.
    days: (Day, Day),
    /// What of it cannot be understood.
    errors: Vec<FieldError>,
) -> impl IntoView {
    let errors = Signal::stored(errors);
    let mut ranges: Vec<Choice> = RANGES.iter().map(|(tag, _, words)| Choice::new(*tag, say(words))).collect();
    ranges.push(Choice::new(CUSTOM, t("Custom", "自定义")));
    let range = if form.range.is_empty() { DEFAULT_RANGE.to_owned() } else { form.range.clone() };
    let day = |typed: &str, searched: Day| if typed.is_empty() { searched.to_string() } else { typed.to_owned() };
    let (from, to) = (day(&form.from, days.0), day(&form.to, days.1));
    let any = |choices: Vec<Choice>| [vec![Choice::new("", t("All", "全部"))], choices].concat();
    let results = any(Outcome::ALL.iter().map(|outcome| Choice::new(outcome.tag(), say(&outcome.text()))).collect());
    let asked = AuditForm { range: String::new(), ..form.clone() };
    let asked = address_of(pages::Audit::PAGE.path, &asked) != pages::Audit::PAGE.path || range != DEFAULT_RANGE;
    view! {
        <datalist id=EVENT_NAMES>
            {event_names().into_iter().map(|(name, words)| view! { <option value=name>{say(&words)}</option> }).collect_view()}
        </datalist>
        <FilterBar
            action=pages::Audit::PAGE.path
            label=t("Filter", "筛选")
            errors
            after=move || asked.then(|| view! { <LinkButton href=pages::Audit::PAGE.path look=Look::Text>{t("Clear filters", "清除筛选")}</LinkButton> })
        >
            <Select name="range" label=t("Time range", "时间范围") choices=ranges value=range />
            <div class="custom-days">
                <DateField name="from" label=t("From", "开始日期") value=from required=false />
                <DateField name="to" label=t("To", "结束日期") value=to required=false />
            </div>
            <TextField name="event" label=t("Event names, separated by commas", "事件名称（以逗号分隔）") value=form.event.clone() list=EVENT_NAMES />
            <TextField name="operator" label=t("Operator UIN", "操作者 UIN") value=form.operator.clone() />
            <Select name="result" label=t("Result", "结果") choices=results value=form.result.clone() required=false />
            <Rare form />
        </FilterBar>
    }
}

/// What is rarely asked; it stands open while something of it is.
#[component]
fn Rare(form: AuditForm) -> impl IntoView {
    let open = [&form.kind, &form.sensitive, &form.resource_type, &form.resource, &form.request, &form.address]
        .iter()
        .any(|text| !text.is_empty());
    let any = |choices: Vec<Choice>| [vec![Choice::new("", t("All", "全部"))], choices].concat();
    let kinds = any(vec![Choice::new("read", t("Read", "只读")), Choice::new("write", t("Write", "只写"))]);
    let types = any(ResourceType::ALL.iter().map(|kind| Choice::new(kind.tag(), say(&kind.text()))).collect());
    view! {
        <details class="filters-more" open=open>
            <summary class="btn btn-text">{t("Expand more search", "展开更多搜索")}</summary>
            <div>
                <Select name="kind" label=t("Read or write", "操作类型") choices=kinds value=form.kind required=false />
                <Select name="resource_type" label=t("Resource type", "资源类型") choices=types value=form.resource_type required=false />
                <TextField name="resource" label=t("Resource ID", "资源 ID") value=form.resource />
                <TextField name="request" label=t("Request ID", "请求 ID") value=form.request />
                <TextField name="address" label=t("Source IP, or how it begins (10.0.)", "源 IP（可只填开头，如 10.0.）") value=form.address />
                <Checkbox name="sensitive" label=t("Sensitive operations only", "仅敏感操作") value="1" checked=form.sensitive == "1" />
            </div>
        </details>
    }
}
