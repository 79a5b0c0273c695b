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
    view! {
        <Lockable locked=Signal::stored(true) why=why.clone() reason>
            <button type="button" id=id class=class aria-disabled="true" aria-describedby=why>
                {icon.draw()}
                {children()}
            </button>
        </Lockable>
    }
}

/// Whether something holds for a control: its lock, or that its form is being sent. A page that is being reloaded still shows its last view, whose
/// signals are gone by then.
#[must_use]
pub fn holds(signal: Signal<bool>) -> bool {
    signal.try_get().unwrap_or(false)
}

/// What stands around a control that may be locked: its reason, by mouse and by keyboard, while it is.
#[component]
pub(super) fn Lockable(
    /// Whether it is locked.
    #[prop(into)]
    locked: Signal<bool>,
    /// The id of the reason; the control is described by it.
    why: String,
    /// Why.
    #[prop(into)]
    reason: String,
    /// The control.
    children: Children,
) -> impl IntoView {
    // Counted, not owned by the view: a view that is being replaced may be drawn once more when its owner is gone already.
    let hushed = ArcRwSignal::new(false);
    let hush = hushed.clone();
    // The focus also leaves when the view is replaced: then there is nothing to say again.
    let speak_again = {
        let hushed = hushed.clone();
        move || {
            if hushed.get_untracked() {
                hushed.set(false);
            }
        }
    };
    let leave = speak_again.clone();
    view! {
        <div
            class=move || if holds(locked) { "locked" } else { "lockable" }
            // A reason that covers something can be sent away with Esc and comes back with the next visit.
            data-hushed=move || hushed.get().then_some("")
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    hush.set(true);
                }
            }
            on:mouseleave=move |_| leave()
            on:focusout=move |_| speak_again()
        >
            {children()}
            {move || holds(locked).then(|| view! { <span class="tip" role="tooltip" id=why.clone()>{reason.clone()}</span> })}
        </div>
    }
}

/// Why a control is locked whose permission has gone while the page is open.
pub(super) fn withdrawn_reason() -> &'static str {
    t(
        "You no longer have permission for this. Reload the page to see what you can do now.",
        "您已没有此操作的权限。请重新加载页面，查看当前权限。",
    )
}

/// "Read only": the page may be read and not changed. Its values stand as text then, never as dead inputs.
#[component]
pub fn ReadOnlyMark() -> impl IntoView {
    view! { <span class="tag tag-plain read-only">{Icon::Eye.draw()} {t("Read only", "只读")}</span> }
}
