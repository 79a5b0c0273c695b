//! Rows of tags in a form: those there are, and empty ones for more.
//!
//! They are plain fields, so that they work without scripts; a key that is emptied takes its tag off.

use crate::domain::applications::Tag;
use crate::ui::components::{FieldError, field_id};
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;

/// Empty rows offered beyond the tags there are.
const SPARE_ROWS: usize = 3;

/// The fields of tags: `old_keys[]`, `old_values[]`, `keys[]` and `values[]`, row by row.
#[component]
pub fn TagRows(
    /// The tags as they are.
    tags: Vec<Tag>,
    /// The keys that were typed, when the form came back.
    #[prop(optional_no_strip)]
    keys: Option<Vec<String>>,
    /// The values that were typed, when the form came back.
    #[prop(optional_no_strip)]
    values: Option<Vec<String>>,
    /// What is wrong with the form.
    errors: Signal<Vec<FieldError>>,
    /// Keeps ids apart where a page has several forms.
    scope: &'static str,
) -> impl IntoView {
    let rows = (tags.len() + SPARE_ROWS).max(keys.as_ref().map_or(0, Vec::len));
    let typed = |column: &Option<Vec<String>>, row: usize, stored: &str| {
        column.as_ref().map_or_else(|| stored.to_owned(), |column| column.get(row).cloned().unwrap_or_default())
    };
    let first = field_id(scope, "keys[]");
    let lines: Vec<_> = (0..rows)
        .map(|row| {
            let old = tags.get(row).cloned().unwrap_or(Tag { key: String::new(), value: String::new() });
            let id = if row == 0 { first.clone() } else { format!("{first}-{row}") };
            let number = row + 1;
            let key_label = use_lang().pick(format!("Key of tag {number}"), format!("标签 {number} 的键"));
            let value_label = use_lang().pick(format!("Value of tag {number}"), format!("标签 {number} 的值"));
            view! {
                <div class="tag-fields">
                    <input type="hidden" name="old_keys[]" value=old.key.clone() />
                    <input type="hidden" name="old_values[]" value=old.value.clone() />
                    <input class="control" id=id name="keys[]" value=typed(&keys, row, &old.key) maxlength="127" autocomplete="off" aria-label=key_label placeholder=t("Key", "键") />
                    <span aria-hidden="true">"="</span>
                    <input class="control" name="values[]" value=typed(&values, row, &old.value) maxlength="255" autocomplete="off" aria-label=value_label placeholder=t("Value", "值") />
                </div>
            }
        })
        .collect();
    let wrong = move || {
        let messages: Vec<_> =
            errors.with(|all| all.iter().filter(|error| error.field == "keys[]").map(|error| error.message.clone()).collect());
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
