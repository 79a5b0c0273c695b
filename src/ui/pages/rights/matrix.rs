//! The tabs of one person and of two: pages and their controls down, applications across.

use super::address::here;
use super::fields::{CircumstanceFields, Lists, PersonField, PersonName};
use crate::cam::Outlook;
use crate::catalog::pages;
use crate::domain::rights::{APPS_A_PAGE, Matrix, MatrixCell, MatrixRow, MatrixShown, yes};
use crate::domain::rights_query::{RightsForm, RightsTab};
use crate::ui::components::{Card, Column, DataTable, Empty, EmptyState, FieldError, FilterBar, Pager, Paging, Tone, WideRow, write_tag};
use crate::ui::markup::{Escaped, Markup};
use crate::ui::words::{say, t};
use leptos::prelude::*;

/// The tab; with the second person what differs between the two.
#[component]
pub fn MatrixTab(
    /// Which of the two it is.
    tab: RightsTab,
    /// What was asked.
    form: RightsForm,
    /// What the server says.
    told: Matrix,
    /// What is wrong with the question.
    errors: Signal<Vec<FieldError>>,
) -> impl IntoView {
    let compares = tab == RightsTab::Differences;
    let asked = form.clone();
    let body = match told.shown {
        Some(shown) => view! { <Shown tab shown form=form.clone() /> }.into_any(),
        None => {
            let (title, words) = if compares {
                (
                    t("What differs between two users?", "两个用户的权限有何差异？"),
                    t(
                        "Enter two users. Only what one of them has and the other has not is listed.",
                        "请填写两个用户，仅列出两者不同的权限。",
                    ),
                )
            } else {
                (
                    t("What may one user do?", "某用户有哪些权限？"),
                    t(
                        "Enter a user. The answer shows each page and control, for each application.",
                        "请填写一个用户。结果按应用显示每个页面和功能的权限。",
                    ),
                )
            };
            view! { <section class="card"><EmptyState why=Empty::NothingYet title=title><p>{words}</p></EmptyState></section> }.into_any()
        }
    };
    view! {
        <Lists choices=told.choices />
        <FilterBar action=pages::WhoCan::PAGE.path label=t("User", "用户") deed=t("Show", "查询") errors>
            <input type="hidden" name="tab" value=tab.tag() />
            <PersonField name="person" label=t("User name or UIN", "用户名或 UIN") value=asked.person.clone() />
            {compares
                .then(|| view! { <PersonField name="other" label=t("Compared with", "对比用户") value=asked.other.clone() /> })}
            <CircumstanceFields form=asked />
        </FilterBar>
        {body}
    }
}

#[component]
fn Shown(tab: RightsTab, shown: MatrixShown, form: RightsForm) -> impl IntoView {
    let MatrixShown { person, other, apps, rows } = shown;
    let names = (person.name.clone(), other.as_ref().map(|other| other.name.clone()));
    let width = apps.rows.len().max(1);
    let mut columns = vec![Column::text(t("Page or control", "页面或功能"))];
    if apps.rows.is_empty() {
        columns.push(Column::text(t("Permission", "权限")));
    }
    columns.extend(apps.rows.iter().map(|(id, name)| Column::text(format!("{name} ({id})"))));
    let mut lines = Markup::default();
    for row in &rows {
        write_row(&mut lines, row, width, &names);
    }
    let count = |value: i64| value.unsigned_abs();
    let paging = Paging { page: count(apps.page), size: count(APPS_A_PAGE), total: count(apps.total) };
    let address = here(tab, &RightsForm { page: String::new(), ..form });
    let pager = (apps.total > APPS_A_PAGE).then(|| view! { <Pager paging here=address /> });
    let no_rows = u16::try_from(width + 1).unwrap_or(u16::MAX);
    view! {
        <Card>
            <p><PersonName person /> {other.map(|other| view! { " ↔ " <PersonName person=other /> })}</p>
            <p class="field-hint">
                {t(
                    "Decided as for the user's own requests. What depends on circumstances that are not given is marked so. Applications that you cannot list are left out.",
                    "按该用户自己的请求判断。取决于未填写的请求环境时会注明。不包含您无权查看的应用。",
                )}
            </p>
        </Card>
        <div class="matrix">
            <DataTable
                caption=t("Pages and controls by application", "按应用列出的页面和功能")
                columns
                foot=move || pager
                rows=(!rows.is_empty()).then_some(lines)
            >
                <WideRow columns=no_rows>
                    <EmptyState why=Empty::NothingYet title=t("Nothing differs on these applications.", "在这些应用上没有差异。") />
                </WideRow>
            </DataTable>
        </div>
    }
}

fn write_row(lines: &mut Markup, row: &MatrixRow, width: usize, names: &(String, Option<String>)) {
    let Some(page) = pages::find(&row.page) else { return };
    let control = page.control(&row.control);
    let (class, name) = match control {
        Some(control) => ("matrix-control", say(&control.name)),
        None => ("matrix-page", say(&page.title)),
    };
    lines.add(format_args!(r#"<tr class="{class}"><th scope="row">{}</th>"#, Escaped(&name)));
    let span = if row.by_app { 1 } else { width };
    for cell in &row.cells {
        lines.add(format_args!(r#"<td colspan="{span}">"#));
        write_cell(lines, *cell, names);
        lines.add(format_args!("</td>"));
    }
    lines.add(format_args!("</tr>"));
}

fn write_cell(lines: &mut Markup, cell: MatrixCell, (one, other): &(String, Option<String>)) {
    let (Some(theirs), Some(other)) = (cell.other, other) else {
        return write_answer(lines, cell.one);
    };
    if !cell.differs() {
        lines.add(format_args!(r#"<span class="muted">{}</span>"#, t("same", "相同")));
        return;
    }
    for (name, outlook) in [(one, cell.one), (other, theirs)] {
        lines.add(format_args!(r#"<span class="matrix-of">{} "#, Escaped(name)));
        write_answer(lines, outlook);
        lines.add(format_args!("</span>"));
    }
}

fn write_answer(lines: &mut Markup, outlook: Outlook) {
    match yes(outlook) {
        Outlook::Always => write_tag(lines, Tone::Ok, t("Yes", "有")),
        Outlook::Sometimes => write_tag(lines, Tone::Warn, t("Under a condition", "附条件允许")),
        Outlook::No | Outlook::Denied => write_tag(lines, Tone::Plain, t("No", "无")),
    }
}
