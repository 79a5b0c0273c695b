//! Copying to the clipboard, and secrets that are shown once.
//!
//! What a button does when it is pressed stands in `ui/copy/module.ts`, which also works where the browser half is not loaded.

use super::button::Look;
use crate::ui::icons::Icon;
use crate::ui::words::t;
use leptos::prelude::*;

/// Copies a text. Without scripts it is not there, since the text stands beside it.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: String,
    /// The words on the button; without them it is an icon named "Copy".
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    let (class, name) = match label {
        Some(_) => (Look::Plain.class().to_owned() + " copy", None),
        None => (Look::Text.class().to_owned() + " btn-icon copy", Some(t("Copy", "复制"))),
    };
    view! {
        <button
            type="button"
            class=class
            aria-label=name
            title=name
            data-copy=text
            data-copied=t("Copied", "已复制")
            data-failed=t("The browser did not copy it.", "浏览器未能复制。")
        >
            {Icon::Copy.draw()}
            {Icon::Check.draw()}
            {label}
            <span class="copied" role="status"></span>
        </button>
    }
}

/// A secret that is shown this one time: masked until asked for, with copy.
#[component]
pub fn SecretOnce(
    /// What it is.
    #[prop(into)]
    label: String,
    /// The secret.
    #[prop(into)]
    secret: String,
) -> impl IntoView {
    view! {
        <div class="secret">
            <p class="field-label">{label}</p>
            <div class="secret-line">
                <details class="secret-value">
                    <summary class="btn">{Icon::Eye.draw()} {t("Show", "显示")}</summary>
                    <code>{secret.clone()}</code>
                </details>
                <CopyButton text=secret label=t("Copy", "复制") />
            </div>
            <p class="field-hint">{t("This is shown only once. Keep it in a safe place.", "仅本次显示，请妥善保存。")}</p>
        </div>
    }
}
