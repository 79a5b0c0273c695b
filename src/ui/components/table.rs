//! Tables: a semantic `<table>` that scrolls inside its card, sort links and a pager that live in the address.
//!
//! They must never sort or cut the rows themselves: the server does, within the scope of the reader.

use super::link::with_param;
use crate::ui::icons::Icon;
use crate::ui::markup::Markup;
use crate::ui::words::{number, t};
use leptos::prelude::*;

/// One column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub label: String,
    /// Figures: aligned to the right.
    pub numeric: bool,
    /// The value of `sort` in the address that sorts by it.
    pub sort: Option<&'static str>,
    /// The heading is only for screen readers: columns of actions.
    pub quiet: bool,
}

impl Column {
    /// A column of text.
    #[must_use]
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// A column of figures.
    #[must_use]
    pub fn figure(label: impl Into<String>) -> Self {
        Self { label: label.into(), numeric: true, ..Self::default() }
    }

    /// The column of row actions at the right end.
    #[must_use]
    pub fn actions() -> Self {
        Self { label: t("Actions", "操作").to_owned(), numeric: true, quiet: true, sort: None }
    }

    /// The same column, sortable under this key.
    #[must_use]
    pub const fn sorted_by(mut self, key: &'static str) -> Self {
        self.sort = Some(key);
        self
    }
}

/// What the rows are sorted by: `?sort=key`, or `?sort=-key` when descending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// The key of a column.
    pub key: String,
    /// Greatest first.
    pub descending: bool,
}

impl Sort {
    /// Reads the value of `sort`.
    #[must_use]
    pub fn from_query(value: &str) -> Self {
        match value.strip_prefix('-') {
            Some(key) => Self { key: key.to_owned(), descending: true },
            None => Self { key: value.to_owned(), descending: false },
        }
    }
}

/// A table in its card. The children are the `<tr>`s of the body; figures take `<td class="num">`.
#[component]
pub fn DataTable(
    /// What the table holds, for screen readers.
    #[prop(into)]
    caption: String,
    /// The columns.
    columns: Vec<Column>,
    /// The address of this view (path and query), for the sort links.
    #[prop(optional, into)]
    here: String,
    /// What the rows are sorted by.
    #[prop(optional, into)]
    sort: Option<Sort>,
    /// What stands under the table inside the card: a [`Pager`], totals.
    #[prop(optional, into)]
    foot: ViewFnOnce,
    /// The rows as text, where there are many of them and nothing in them is listened to.
    #[prop(optional_no_strip)]
    rows: Option<Markup>,
    /// The rows.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let heads: Vec<_> = columns.into_iter().map(|column| head(column, &here, sort.as_ref())).collect();
    let label = caption.clone();
    let body = match rows {
        Some(rows) => view! { <tbody inner_html=rows.into_html()></tbody> }.into_any(),
        None => view! { <tbody>{children.map(|children| children())}</tbody> }.into_any(),
    };
    view! {
        <div class="table-card">
            // Focusable, so that a table wider than its card can be scrolled by keyboard.
            <div class="table-scroll" role="region" aria-label=label tabindex="0">
                <table>
                    <caption class="visually-hidden">{caption}</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    {body}
                </table>
            </div>
            {foot.run()}
        </div>
    }
}

fn head(column: Column, here: &str, sort: Option<&Sort>) -> impl IntoView + use<> {
    let class = column.numeric.then_some("num");
    let Some(key) = column.sort else {
        return view! {
            <th scope="col" class=class>
                <span class=column.quiet.then_some("visually-hidden")>{column.label}</span>
            </th>
        }
        .into_any();
    };
    let active = sort.filter(|sort| sort.key == key);
    let (order, icon, next) = match active {
        Some(sort) if sort.descending => (Some("descending"), Icon::SortDown, key.to_owned()),
        Some(_) => (Some("ascending"), Icon::SortUp, format!("-{key}")),
        None => (None, Icon::Sort, key.to_owned()),
    };
    let href = with_param(&with_param(here, "page", None), "sort", Some(&next));
    view! {
        <th scope="col" class=class aria-sort=order>
            <a class="sort" href=href>{column.label} {icon.draw()}</a>
        </th>
    }
    .into_any()
}

/// A row that spans the table: for an empty state inside it.
#[component]
pub fn WideRow(
    /// How many columns the table has.
    columns: u16,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! { <tr class="wide-row"><td colspan=columns.to_string()>{children()}</td></tr> }
}

/// Where in a list of `total` rows a page stands. Pages count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// This page.
    pub page: u64,
    /// Rows a page.
    pub size: u64,
    /// Rows in all.
    pub total: u64,
}

impl Paging {
    /// The number of the last page; 1 when there are no rows.
    #[must_use]
    pub const fn last(self) -> u64 {
        let size = if self.size == 0 { 1 } else { self.size };
        let pages = self.total.div_ceil(size);
        if pages == 0 { 1 } else { pages }
    }

    /// The first and last row of this page, counted from 1; `(0, 0)` when the page is empty.
    #[must_use]
    pub const fn rows(self) -> (u64, u64) {
        let before = self.page.saturating_sub(1).saturating_mul(self.size);
        if before >= self.total {
            return (0, 0);
        }
        let end = before.saturating_add(self.size);
        (before + 1, if end > self.total { self.total } else { end })
    }
}

/// "1–20 of 134" with links to the page before and after.
#[component]
pub fn Pager(
    /// Where this page stands.
    paging: Paging,
    /// The address of this view (path and query).
    #[prop(into)]
    here: String,
    /// The rows a page that the reader may choose instead.
    #[prop(optional)]
    sizes: &'static [i64],
) -> impl IntoView {
    let count = |value: u64| number(i64::try_from(value).unwrap_or(i64::MAX));
    let (first, last) = paging.rows();
    let total = count(paging.total);
    let range = match (first, last) {
        (0, _) => t("No results", "共 0 条").to_owned(),
        _ => {
            let rows = format!("{}–{}", count(first), count(last));
            format!("{rows} {} {total}{}", t("of", "条，共"), t("", " 条"))
        }
    };
    let step = |to: Option<u64>, words: &'static str, icon: Icon| match to {
        Some(page) => {
            let href = with_param(&here, "page", Some(&page.to_string()));
            view! { <a class="btn pager-step" href=href aria-label=words>{icon.draw()}</a> }.into_any()
        }
        // At either end there is nowhere to go: no control rather than a dead one.
        None => view! { <span class="btn pager-step pager-end" aria-hidden="true">{icon.draw()}</span> }.into_any(),
    };
    let before = (paging.page > 1).then(|| (paging.page - 1).min(paging.last()));
    let after = (paging.page < paging.last()).then(|| paging.page + 1);
    let least = sizes.iter().min().copied().unwrap_or_default().unsigned_abs();
    let choices: Vec<_> = sizes
        .iter()
        .map(|size| {
            let href = with_param(&with_param(&here, "page", None), "size", Some(&size.to_string()));
            view! { <a href=href aria-current=(size.unsigned_abs() == paging.size).then_some("true")>{size.to_string()}</a> }
        })
        .collect();
    // A list that fits the smallest page is the same on every other.
    let sizes = (!choices.is_empty() && paging.total > least)
        .then(|| view! { <span class="pager-sizes" role="group" aria-label=t("Rows per page", "每页条数")>{t("Rows per page", "每页条数")} {choices}</span> });
    view! {
        <nav class="pager" aria-label=t("Pages", "分页")>
            <span class="pager-range">{range}</span>
            {sizes}
            {step(before, t("Previous page", "上一页"), Icon::Left)}
            <span class="pager-page">{count(paging.page)} " / " {count(paging.last())}</span>
            {step(after, t("Next page", "下一页"), Icon::Right)}
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::{Paging, Sort};

    #[test]
    fn a_page_knows_its_rows_and_the_last_page() {
        let page = |page, total| Paging { page, size: 20, total };
        assert_eq!(page(1, 134).rows(), (1, 20));
        assert_eq!((page(7, 134).rows(), page(7, 134).last()), ((121, 134), 7));
        assert_eq!((page(8, 134).rows(), page(1, 0).rows(), page(1, 0).last()), ((0, 0), (0, 0), 1));
        assert_eq!((page(2, 40).rows(), page(2, 40).last()), ((21, 40), 2));
        assert_eq!(page(u64::MAX, 1).rows(), (0, 0));
    }

    #[test]
    fn a_minus_sorts_descending() {
        assert_eq!(Sort::from_query("-name"), Sort { key: "name".into(), descending: true });
        assert_eq!(Sort::from_query("name"), Sort { key: "name".into(), descending: false });
    }
}
