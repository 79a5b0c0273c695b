//! Copying to the clipboard, and secrets that are shown once.
//!
//! They must never store or log what they copy.

use super::button::Look;
use crate::ui::icons::Icon;
use crate::ui::words::t;
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{Element, js_sys};

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
        Some(_) => (Look::Plain.class().to_owned() + " needs-scripts", None),
        None => (Look::Text.class().to_owned() + " btn-icon needs-scripts", Some(t("Copy", "复制"))),
    };
    let copied = RwSignal::new(None::<bool>);
    view! {
        <button
            type="button"
            class=class
            aria-label=name
            title=name
            on:click=move |event| {
                let done = write_clipboard(&text).or_else(|| copy_selected(&event_target(&event), &text));
                copied.set(Some(done.is_some()));
            }
            on:blur=move |_| copied.set(None)
        >
            {move || if copied.get() == Some(true) { Icon::Check } else { Icon::Copy }.draw()}
            {label}
            <span class="copied" role="status">
                {move || copied.get().map(|done| if done { t("Copied", "已复制") } else { t("The browser did not copy it.", "浏览器未能复制。") })}
            </span>
        </button>
    }
}

fn member(of: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(of, &JsValue::from_str(name)).ok().filter(|value| !value.is_undefined())
}

/// Asks the browser to take a text into the clipboard; `None` where it offers none, as on a page without TLS.
fn write_clipboard(text: &str) -> Option<()> {
    let clipboard = member(&member(window().as_ref(), "navigator")?, "clipboard")?;
    let write: js_sys::Function = member(&clipboard, "writeText")?.dyn_into().ok()?;
    write.call1(&clipboard, &JsValue::from_str(text)).ok()?;
    Some(())
}

/// The way for pages without TLS: selects the text in a field that is there only for that moment, beside the button, since nothing outside of
/// an open dialog can be selected. The button has the focus again afterwards.
fn copy_selected(clicked: &Element, text: &str) -> Option<()> {
    let button = clicked.closest("button").ok()??;
    let field = document().create_element("textarea").ok()?;
    field.set_class_name("visually-hidden");
    js_sys::Reflect::set(&field, &JsValue::from_str("value"), &JsValue::from_str(text)).ok()?;
    button.parent_element()?.append_child(&field).ok()?;
    let method = |of: &JsValue, name: &str| member(of, name)?.dyn_into::<js_sys::Function>().ok();
    method(&field, "select")?.call0(&field).ok()?;
    let page = document();
    let copied = method(&page, "execCommand")?.call1(&page, &JsValue::from_str("copy")).ok()?.as_bool();
    field.remove();
    method(&button, "focus")?.call0(&button).ok()?;
    (copied == Some(true)).then_some(())
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
