//! Rows of tags in a form: those there are, and empty ones for more.
//!
//! They are plain fields, so that they work without scripts; a key that is emptied takes its tag off.

use crate::domain::applications::Tag;
use crate::ui::components::{FormContext, field_id};
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;

/// Empty rows offered beyond the tags there are.
const SPARE_ROWS: usize = 3;

/// The fields of tags: `old_keys[]`, `old_values[]`, `keys[]` and `values[]`, row by row.
#[component]
pub fn TagRows(
    /// The tags as they are.
    tags: Vec<Tag>,
) -> impl IntoView {
    let form = FormContext::around();
    form.name_field("keys[]", t("Tags", "标签"));
    let column = |name: &str, stored: fn(&Tag) -> &String| form.values(name, tags.iter().map(|tag| stored(tag).clone()).collect());
    // Also the tags as they were: those that somebody else has changed since are not what was typed over.
    let (old_keys, old_values) = (column("old_keys[]", |tag| &tag.key), column("old_values[]", |tag| &tag.value));
    let (keys, values) = (column("keys[]", |tag| &tag.key), column("values[]", |tag| &tag.value));
    let rows = (tags.len() + SPARE_ROWS).max(keys.len());
    let cell = |column: &[String], row: usize| column.get(row).cloned().unwrap_or_default();
    let first = field_id(&form.scope, "keys[]");
    let lines: Vec<_> = (0..rows)
        .map(|row| {
            let id = if row == 0 { first.clone() } else { format!("{first}-{row}") };
            let number = row + 1;
            let key_label = use_lang().pick(format!("Key of tag {number}"), format!("标签 {number} 的键"));
            let value_label = use_lang().pick(format!("Value of tag {number}"), format!("标签 {number} 的值"));
            view! {
                <div class="tag-fields">
                    <input type="hidden" name="old_keys[]" value=cell(&old_keys, row) />
                    <input type="hidden" name="old_values[]" value=cell(&old_values, row) />
                    <input class="control" id=id name="keys[]" value=cell(&keys, row) autocomplete="off" aria-label=key_label placeholder=t("Key", "键") />
                    <span aria-hidden="true">"="</span>
                    <input class="control" name="values[]" value=cell(&values, row) autocomplete="off" aria-label=value_label placeholder=t("Value", "值") />
                </div>
            }
        })
        .collect();
    let wrong = move || {
        let messages: Vec<_> =
            form.errors.with(|all| all.iter().filter(|error| error.field == "keys[]").map(|error| error.message.clone()).collect());
        messages.into_iter().map(|message: String| view! { <p class="field-error">{message}</p> }).collect_view()
    };
    view! {
        <fieldset class="field field-wide">
            <legend class="field-label">{t("Tags", "标签")}<span class="field-optional">{t("Optional", "选填")}</span></legend>
            <p class="field-hint">{t("Policies can grant access by tag. Clear a key to remove its tag.", "策略可按标签授权。清空键即可移除标签。")}</p>
            {lines}
            {wrong}
        </fieldset>
    }
}
