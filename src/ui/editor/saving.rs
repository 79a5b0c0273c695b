//! The button that saves a policy: in the editor of a new one, and in the review of a draft.
//!
//! What holds it back is said beside it. Without scripts it always sends, and the server refuses.

use super::Editor;
use crate::domain::policy_check::Checked;
use crate::text::Lang;
use crate::ui::components::holds;
use crate::ui::words::use_lang;
use leptos::prelude::*;

/// The button that saves what is in the editor. Errors hold it back, and it leads to the first.
#[component]
pub fn SaveButton(
    /// The text under edit.
    editor: Editor,
    /// The form is being sent.
    #[prop(into)]
    pending: Signal<bool>,
    /// The permission has gone while the page is open.
    #[prop(into)]
    locked: Signal<bool>,
    /// The words on it.
    children: Children,
) -> impl IntoView {
    let errors = Signal::derive(move || if editor.live.get() { editor.checked.with(|checked| checked.counts[0]) } else { 0 });
    let lang = use_lang();
    let stopped = Signal::derive(move || errors.try_get().unwrap_or_default() > 0);
    let stops = Callback::new(move |()| {
        editor.check_now();
        let first = editor.checked.with_untracked(|checked| checked.findings.first().map(|found| found.diagnostic.span));
        let Some(span) = first.filter(|_| editor.checked.with_untracked(Checked::has_errors)) else { return false };
        editor.go_to(span);
        true
    });
    view! {
        <SavePolicyButton pending locked stopped stops>{children()}</SavePolicyButton>
        <span class="save-why" id="save-why" role="status">{move || stop_words(lang, holds(locked), errors.try_get().unwrap_or_default())}</span>
    }
}

/// The button itself; `#save-why` says what holds it back.
#[component]
pub fn SavePolicyButton(
    /// The form is being sent.
    pending: Signal<bool>,
    /// The permission has gone while the page is open.
    locked: Signal<bool>,
    /// Something else holds it back.
    stopped: Signal<bool>,
    /// Says at a click whether something else holds it back, and may lead there.
    stops: Callback<(), bool>,
    /// The words on it.
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class="btn btn-primary save-policy"
            class:locked-control=move || holds(locked)
            class:locked-permission=move || holds(locked)
            aria-busy=move || holds(pending).then_some("true")
            aria-disabled=move || (holds(pending) || holds(locked) || holds(stopped)).then_some("true")
            aria-describedby="save-why"
            on:click=move |event| {
                if untrack(|| holds(pending) || holds(locked)) || stops.run(()) {
                    event.prevent_default();
                }
            }
        >
            <span class="spinner" aria-hidden="true"></span>
            {children()}
        </button>
    }
}

/// What holds a save back that every such button knows.
#[must_use]
pub fn stop_words(lang: Lang, is_locked: bool, errors: usize) -> Option<String> {
    if is_locked {
        return Some(lang.pick("You no longer have permission to save", "您已没有保存权限").to_owned());
    }
    (errors > 0).then(|| {
        let plural = if errors == 1 { "" } else { "s" };
        lang.pick(format!("Fix {errors} error{plural} to save"), format!("修复 {errors} 个错误后才能保存"))
    })
}
