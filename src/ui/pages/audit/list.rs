//! The list of operation records: a filter in the address, a page of records, files of them, how long they are kept.
//!
//! It must never search by itself; the server does.

use super::address::{address_of, first_page, form_of};
use super::export::{ExportCard, ExportLinks, FileKind};
use super::filter::AuditFilter;
use super::retention::RetentionCard;
use super::table::RecordsTable;
use crate::catalog::pages;
use crate::domain::audit_query::{AuditForm, AuditPage, CUSTOM, DEFAULT_RANGE, RANGES};
use crate::domain::days::Day;
use crate::domain::fault::Fault;
use crate::remote::audit::{SetAuditRetention, search_audit};
use crate::ui::components::{Card, Crumb, DataAge, Empty, EmptyState, FieldError, PageHeader, Precision, ReadOnlyMark, said};
use crate::ui::forms::{Form, field_errors, use_form};
use crate::ui::frame::{reads_only, use_offset};
use crate::ui::loaded::{load, loaded};
use crate::ui::query::use_query;
use crate::ui::words::{say, t, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// What the address asks for, as it was typed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    form: AuditForm,
    /// The file that waits for the password.
    file: Option<FileKind>,
}

/// The records, or why the filter gives none; the page around them stays either way.
#[derive(Clone, Serialize, Deserialize)]
struct Answer {
    asked: Asked,
    found: Result<AuditPage, Fault>,
    /// What stands around the records when there are none to show.
    default: Option<AuditPage>,
}

/// `/audit`.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query();
    let retention = use_form::<SetAuditRetention>();
    retention.announce(t("The retention was set.", "保存时长已设置。"));
    let asked = Memo::new(move |_| {
        let query = query.read();
        Asked { form: form_of(&query), file: query.get("export").and_then(|tag| FileKind::from_tag(&tag)) }
    });
    let answer = load(
        move || (asked.get(), retention.saved().get()),
        |(asked, _)| async move {
            match search_audit(asked.form.clone()).await {
                Ok(page) => Ok(Answer { asked, found: Ok(page), default: None }),
                // A filter that is wrong keeps its page and what was typed; everything else takes the place of the page.
                Err(fault @ Fault::Invalid(_)) => {
                    let default = search_audit(AuditForm::default()).await?;
                    Ok(Answer { asked, found: Err(fault), default: Some(default) })
                }
                Err(fault) => Err(fault),
            }
        },
    );
    loaded(answer, move |answer| view! { <Page answer retention /> })
}

#[component]
fn Page(answer: Answer, retention: Form) -> impl IntoView {
    let Answer { asked: Asked { form, file }, found, default } = answer;
    let errors = found.as_ref().err().map(errors_of).unwrap_or_default();
    let shown = found.ok();
    let known = shown.clone().or(default);
    let offset = use_offset();
    // A file of what cannot be searched for there is not.
    let file = file.filter(|_| shown.is_some());
    let age = shown.as_ref().filter(|page| is_open(&form, page)).map(|page| {
        let as_of_ms = page.span_ms.1;
        view! { <DataAge as_of_ms offset refresh_href=address_of(pages::Audit::PAGE.path, &form) /> }
    });
    let export = shown.as_ref().map(|_| view! { <ExportLinks form=form.clone() /> });
    let words = t("Operation records", "操作记录");
    view! {
        <Title text=t("Operation records · TRTC Console", "操作记录 · TRTC 控制台") />
        <PageHeader
            title=words
            crumbs=vec![Crumb::here(t("Access management", "访问管理")), Crumb::here(words)]
            tags=move || reads_only(&["audit.retention"]).then(|| view! { <ReadOnlyMark /> })
            age=move || age
            actions=move || export
        />
        {file.map(|kind| view! { <ExportCard kind form=form.clone() /> })}
        {known.as_ref().map(|page| view! { <AuditFilter form=form.clone() days=days_of(page) errors /> })}
        {shown.map(|page| view! { <Records page form=form.clone() /> })}
        {known.map(|page| view! { <RetentionCard page form=retention /> })}
    }
}

/// What is wrong with the filter. Where a page begins is no field that somebody could mend.
fn errors_of(fault: &Fault) -> Vec<FieldError> {
    let all = field_errors(fault, use_lang());
    all.into_iter().map(|error| if error.field == "cursor" { FieldError::new("", error.message) } else { error }).collect()
}

/// The first and the last day that were searched.
fn days_of(page: &AuditPage) -> (Day, Day) {
    let day = |at_ms: i64| Day::of(at_ms, page.utc_offset_mins);
    (day(page.span_ms.0), day(page.span_ms.1 - 1))
}

/// Whether the span reaches until now: what is in one that is over does not grow any more.
fn is_open(form: &AuditForm, page: &AuditPage) -> bool {
    form.range != CUSTOM || form.to.trim().parse::<Day>().is_ok_and(|day| day.plus(1).start_ms(page.utc_offset_mins) != page.span_ms.1)
}

#[component]
fn Records(page: AuditPage, form: AuditForm) -> impl IntoView {
    let offset = use_offset();
    let [from, to] = [page.span_ms.0, page.span_ms.1].map(|at_ms| said(at_ms, offset, Precision::Minute).0);
    let range = if form.range.is_empty() { DEFAULT_RANGE } else { &form.range };
    let title =
        RANGES.iter().find(|(tag, ..)| *tag == range).map_or_else(|| t("Chosen days", "所选日期").to_owned(), |(_, _, words)| say(words));
    let note = use_lang().pick(
        format!("{from} – {to}. Everyone who can open this page sees the records of all accounts and applications."),
        format!("{from} – {to}。可访问此页面的用户均可查看所有账号和应用的操作记录。"),
    );
    let here = address_of(pages::Audit::PAGE.path, &first_page(&form));
    let filtered = AuditForm { range: String::new(), from: String::new(), to: String::new(), ..first_page(&form) } != AuditForm::default();
    let empty = move || {
        let title = use_lang().pick(format!("No records from {from} to {to}"), format!("{from} 至 {to} 没有操作记录"));
        if filtered {
            view! {
                <EmptyState why=Empty::NoMatch { clear_href: pages::Audit::PAGE.path.to_owned() } title>
                    <p>{t("No record matches all of the filters.", "没有同时符合所有筛选条件的记录。")}</p>
                </EmptyState>
            }
            .into_any()
        } else {
            view! { <EmptyState why=Empty::NothingYet title /> }.into_any()
        }
    };
    view! {
        <Card title note flush=true>
            <RecordsTable page operators=true opens=true here empty />
        </Card>
    }
}
