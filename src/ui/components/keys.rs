//! Keys of the whole console: `/` leads to the search field, `?` shows what keys there are.
//!
//! A key must never act while somebody types or a dialog is open, and can be switched off (WCAG 2.1.4): speech input presses keys, too.

use crate::ui::words::t;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, KeyboardEvent};
use leptos::{ev, html};

/// Whether the list of keys is being shown.
#[derive(Clone, Copy)]
pub struct KeyHelp(RwSignal<bool>);

impl KeyHelp {
    /// Shows the list.
    pub fn open(self) {
        self.0.set(true);
    }
}

/// Makes the list of keys known to what opens it.
pub fn provide_key_help() {
    provide_context(KeyHelp(RwSignal::new(false)));
}

/// The list of keys, closed at first, and the listener for them.
#[component]
pub fn KeyHelpDialog() -> impl IntoView {
    let KeyHelp(asked) = use_context().unwrap_or_else(|| KeyHelp(RwSignal::new(false)));
    let dialog = NodeRef::<html::Dialog>::new();
    let off = RwSignal::new(false);
    Effect::new(move |_| {
        off.set(stored());
        let listener = window_event_listener(ev::keydown, move |event| {
            if !off.get_untracked() && is_free(&event) {
                pressed(&event, asked);
            }
        });
        on_cleanup(move || listener.remove());
    });
    Effect::new(move |_| {
        if asked.get()
            && let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    });
    view! {
        <dialog class="dialog" aria-labelledby="keys-title" node_ref=dialog on:close=move |_| asked.set(false)>
            <h2 class="dialog-title" id="keys-title">{t("Keyboard shortcuts", "键盘快捷键")}</h2>
            <dl class="keys">
                <div><dt><kbd>"/"</kbd></dt><dd>{t("Go to the search box", "跳到搜索框")}</dd></div>
                <div><dt><kbd>"?"</kbd></dt><dd>{t("Show this list", "显示本列表")}</dd></div>
                <div><dt><kbd>"Esc"</kbd></dt><dd>{t("Close the topmost dialog or menu", "关闭最上层的对话框或菜单")}</dd></div>
                <div><dt><kbd>"←"</kbd>" "<kbd>"→"</kbd></dt><dd>{t("Move from bar to bar in a chart", "在图表的柱形之间移动")}</dd></div>
            </dl>
            <div class="choice">
                <input
                    type="checkbox"
                    id="keys-off"
                    prop:checked=move || off.get()
                    on:change=move |event| {
                        off.set(event_target_checked(&event));
                        store(off.get_untracked());
                    }
                />
                <label for="keys-off">{t("Turn off single-key shortcuts in this browser", "在此浏览器中关闭单键快捷键")}</label>
            </div>
            <form method="dialog" class="dialog-actions"><button class="btn btn-primary">{t("Close", "关闭")}</button></form>
        </dialog>
    }
}

/// Whether a key is meant for the page: nobody types, no modifier is held, nothing lies on top.
fn is_free(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let typing = target
        .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") || element.is_content_editable());
    let on_top = document().query_selector("dialog:modal").ok().flatten().is_some();
    !typing && !on_top && !event.ctrl_key() && !event.alt_key() && !event.meta_key() && !event.is_composing()
}

fn pressed(event: &KeyboardEvent, asked: RwSignal<bool>) {
    match event.key().as_str() {
        "/" => {
            let field = document().query_selector("[data-search]").ok().flatten().and_then(|field| field.dyn_into::<HtmlElement>().ok());
            if let Some(field) = field {
                event.prevent_default();
                let _ = field.focus();
            }
        }
        "?" => {
            event.prevent_default();
            asked.set(true);
        }
        _ => {}
    }
}

/// Where the browser keeps that single keys are switched off.
#[cfg(feature = "hydrate")]
const KEPT: &str = "keys-off";

/// Whether single keys were switched off in this browser.
fn stored() -> bool {
    #[cfg(feature = "hydrate")]
    {
        window().local_storage().ok().flatten().and_then(|kept| kept.get_item(KEPT).ok().flatten()).is_some()
    }
    #[cfg(not(feature = "hydrate"))]
    false
}

/// Keeps the choice; where the browser keeps nothing, it holds until the next page load.
fn store(off: bool) {
    #[cfg(feature = "hydrate")]
    if let Some(kept) = window().local_storage().ok().flatten() {
        let _ = if off { kept.set_item(KEPT, "1") } else { kept.remove_item(KEPT) };
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = off;
}
