//! Controls that are there but may not be used, and why.
//!
//! A lock must never be the bare `disabled` attribute: it stays focusable and says its reason by mouse, keyboard and screen reader.
//! A lock by permission and a lock by the state of the object look different, because only one of them can be asked for.

use crate::ui::icons::Icon;
use crate::ui::words::t;
use leptos::prelude::*;

/// What holds the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// The reader may not, here.
    Permission,
    /// The reader may, but the object's state forbids it.
    State,
}

/// A control locked in place.
#[component]
pub fn Locked(
    /// What holds the lock.
    by: Lock,
    /// Unique on the page; the reason gets `{id}-why`.
    #[prop(into)]
    id: String,
    /// Why, and what would unlock it.
    #[prop(into)]
    reason: String,
    /// The words the control would have.
    children: Children,
) -> impl IntoView {
    let (class, icon) = match by {
        Lock::Permission => ("btn locked-control locked-permission", Icon::Lock),
        Lock::State => ("btn locked-control locked-state", Icon::Blocked),
    };
    let why = format!("{id}-why");
    let hushed = RwSignal::new(false);
    view! {
        <span
            class="locked"
            // A reason that covers something can be sent away with Esc and comes back with the next visit.
            data-hushed=move || hushed.get().then_some("")
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    hushed.set(true);
                }
            }
            on:mouseleave=move |_| hushed.set(false)
            on:focusout=move |_| hushed.set(false)
        >
            <button type="button" id=id class=class aria-disabled="true" aria-describedby=why.clone()>
                {icon.draw()}
                {children()}
            </button>
            <span class="tip" role="tooltip" id=why>{reason}</span>
        </span>
    }
}

/// "Read only": the page may be read and not changed. Its values stand as text then, never as dead inputs.
#[component]
pub fn ReadOnlyMark() -> impl IntoView {
    view! { <span class="tag tag-plain read-only">{Icon::Eye.draw()} {t("Read only", "只读")}</span> }
}
