//! White surfaces on the grey page: the card, and the tile with one figure.
//!
//! They must never fetch what they show.

use leptos::prelude::*;

/// A card with an optional heading and actions on its right.
#[component]
pub fn Card(
    /// The heading (`h2`).
    #[prop(optional, into)]
    title: Option<String>,
    /// One explaining line under the heading.
    #[prop(optional, into)]
    note: Option<String>,
    /// What stands at the right end of the heading.
    #[prop(optional, into)]
    actions: ViewFnOnce,
    /// No inner margin: for tables.
    #[prop(optional)]
    flush: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    let head = title.map(|title| {
        view! {
            <div class="card-head">
                <div class="card-title">
                    <h2>{title}</h2>
                    {note.map(|note| view! { <p class="card-note">{note}</p> })}
                </div>
                <div class="card-actions">{actions.run()}</div>
            </div>
        }
    });
    view! {
        <section class=if flush { "card card-flush" } else { "card" }>
            {head}
            {children()}
        </section>
    }
}

/// Which way a figure went, and whether that is good is left to the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// More than before; says by how much and against what (`8.2 % on October`).
    Up(String),
    /// Less than before.
    Down(String),
    /// Neither, or nothing to compare with.
    Same(String),
}

/// A row of [`StatTile`]s: four beside each other, two on a phone.
#[component]
pub fn StatRow(
    /// The tiles.
    children: Children,
) -> impl IntoView {
    view! { <div class="stat-row">{children()}</div> }
}

/// One figure with its name.
#[component]
pub fn StatTile(
    /// What is counted.
    #[prop(into)]
    label: String,
    /// The figure, already said (`number(…)`), or `—` where there is no data: zero is not "no data".
    #[prop(into)]
    value: String,
    /// How it changed.
    #[prop(optional_no_strip, into)]
    change: Option<Change>,
    /// A small drawing or a remark under the figure.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let change = change.map(|change| {
        let (class, sign, spoken, words) = match change {
            Change::Up(words) => ("stat-change stat-up", "▲", super::super::words::t("Up", "上升"), words),
            Change::Down(words) => ("stat-change stat-down", "▼", super::super::words::t("Down", "下降"), words),
            Change::Same(words) => ("stat-change", "", "", words),
        };
        view! {
            <p class=class>
                <span aria-hidden="true">{sign}</span>
                <span class="visually-hidden">{spoken}</span>
                " "
                {words}
            </p>
        }
    });
    view! {
        <div class="stat">
            <p class="stat-label">{label}</p>
            <p class="stat-value">{value}</p>
            {change}
            {children.map(|children| children())}
        </div>
    }
}
