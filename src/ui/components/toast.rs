//! Toasts: what has just been done, with a way back.
//!
//! They must never report success before the server has answered, and never carry what the reader needs later.

use super::tag::Tone;
use crate::ui::icons::Icon;
use crate::ui::words::t;
use leptos::prelude::*;
use std::time::Duration;

/// How long a toast without a way back stays.
const STAY: Duration = Duration::from_secs(8);

/// One toast.
#[derive(Clone)]
struct Toast {
    id: u64,
    tone: Tone,
    message: String,
    undo: Option<Callback<()>>,
}

/// The toasts of the page; get them with [`use_toasts`].
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next_id: StoredValue<u64>,
}

impl Toasts {
    /// Shows a message, for a few seconds.
    pub fn say(self, tone: Tone, message: impl Into<String>) {
        let id = self.push(tone, message.into(), None);
        set_timeout(move || self.dismiss(id), STAY);
    }

    /// Shows a message with an "Undo" button. It stays until it is closed: nobody should have to hurry to undo.
    pub fn say_with_undo(self, message: impl Into<String>, undo: Callback<()>) {
        self.push(Tone::Ok, message.into(), Some(undo));
    }

    fn push(self, tone: Tone, message: String, undo: Option<Callback<()>>) -> u64 {
        let id = self.next_id.with_value(|id| *id);
        self.next_id.set_value(id + 1);
        self.shown.update(|shown| shown.push(Toast { id, tone, message, undo }));
        id
    }

    fn dismiss(self, id: u64) {
        // The page may have gone since, with its signals.
        let _ = self.shown.try_update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Provides the toasts to everything below; the shell calls it once.
pub fn provide_toasts() {
    provide_context(Toasts { shown: RwSignal::new(Vec::new()), next_id: StoredValue::new(0) });
}

/// The toasts of this page, if its shell shows any.
#[must_use]
pub fn use_toasts() -> Option<Toasts> {
    use_context()
}

/// Where toasts appear. Present from the start, so that screen readers announce what is added.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div class="toasts" role="status" aria-live="polite" aria-label=t("Messages", "消息")>
            {move || {
                toasts
                    .map(|toasts| toasts.shown.get().into_iter().map(|toast| one(toasts, toast)).collect::<Vec<_>>())
                    .unwrap_or_default()
            }}
        </div>
    }
}

fn one(toasts: Toasts, toast: Toast) -> impl IntoView {
    let Toast { id, tone, message, undo } = toast;
    let icon = if matches!(tone, Tone::Error | Tone::Warn) { Icon::Warning } else { Icon::Check };
    view! {
        <div class=format!("toast toast-{}", tone.name())>
            {icon.draw()}
            <p>{message}</p>
            {undo
                .map(|undo| {
                    view! {
                        <button
                            type="button"
                            class="btn btn-text"
                            on:click=move |_| {
                                undo.run(());
                                toasts.dismiss(id);
                            }
                        >
                            {t("Undo", "撤销")}
                        </button>
                    }
                })}
            <button type="button" class="btn btn-text btn-icon" aria-label=t("Close", "关闭") on:click=move |_| toasts.dismiss(id)>
                {Icon::Cross.draw()}
            </button>
        </div>
    }
}
