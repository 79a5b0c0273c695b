//! Questions over the page: a form that opens from a button.
//!
//! It must never depend on scripts. It is a `<details>` with the form inside; scripts lift the form into a modal `<dialog>`, which keeps
//! the focus inside, closes with Esc and gives the focus back to its opener. The same elements serve both, so nothing typed is lost.

use super::button::{DialogLock, Look, SubmitButton};
use super::field::Framed;
use super::locked::{Lockable, holds, withdrawn_reason};
use crate::domain::confirmation::Confirmation;
use crate::ui::icons::Icon;
use crate::ui::words::{t, use_lang};
use leptos::context::Provider;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlDialogElement, HtmlFormElement, MouseEvent};

/// A form over the page. Its children are a form that ends with [`ConfirmActions`].
#[component]
pub fn Dialog(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// The words on the button that opens it.
    #[prop(into)]
    opener: String,
    /// What screen readers call that button, where its words alone do not say what it is about.
    #[prop(optional_no_strip, into)]
    label: Option<String>,
    /// How that button looks.
    #[prop(optional)]
    look: Look,
    /// Drawn before its words.
    #[prop(optional_no_strip, into)]
    icon: Option<Icon>,
    /// The heading of the dialog.
    #[prop(into)]
    title: String,
    /// Open at first: after the server has refused what was sent without scripts.
    #[prop(optional)]
    open: bool,
    /// Turns true when the work is done: closes the dialog and empties its form.
    #[prop(optional, into)]
    done: Signal<bool>,
    /// The permission for it has gone while the page is open: it opens no more, and what stands open is not sent.
    #[prop(optional, into)]
    locked: Signal<bool>,
    /// The form.
    children: Children,
) -> impl IntoView {
    let lock = DialogLock { locked, id: id.clone() };
    let details = NodeRef::<html::Details>::new();
    let dialog = NodeRef::<html::Dialog>::new();
    let lift = move || {
        if let (Some(details), Some(dialog)) = (details.try_get_untracked().flatten(), dialog.try_get_untracked().flatten())
            && details.open()
        {
            // Taking the attribute away, unlike `close()`, fires no event that would fold the details again.
            let _ = dialog.remove_attribute("open");
            let _ = dialog.show_modal();
        }
    };
    let fold = move |_| {
        if let Some(details) = details.try_get_untracked().flatten() {
            details.set_open(false);
        }
    };
    // It may be open already: by the server, or by the reader before the scripts came.
    Effect::new(move |_| lift());
    Effect::new(move |_| {
        if done.get()
            && let Some(dialog) = dialog.get()
        {
            dialog.close();
            // What was sent is not what the next one begins with: no password stays behind, no tick.
            if let Ok(Some(form)) = dialog.query_selector("form")
                && let Ok(form) = form.dyn_into::<HtmlFormElement>()
            {
                form.reset();
            }
        }
    });
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    let why = format!("{id}-why");
    let described = why.clone();
    view! {
        <Lockable locked why reason=withdrawn_reason()>
            <details class="confirm" id=id open=open node_ref=details on:toggle=move |_| lift()>
                <summary
                    class=move || if holds(locked) { "btn locked-control locked-permission" } else { look.class() }
                    aria-label=label
                    aria-disabled=move || holds(locked).then_some("true")
                    aria-describedby=move || holds(locked).then(|| described.clone())
                    on:click=move |event| {
                        if untrack(|| holds(locked)) {
                            event.prevent_default();
                        }
                    }
                >
                    {move || if holds(locked) { Some(Icon::Lock) } else { icon }.map(Icon::draw)}
                    {opener}
                </summary>
                <dialog class="dialog" open=true aria-labelledby=labelled_by node_ref=dialog on:close=fold>
                    <h2 class="dialog-title" id=heading>{title}</h2>
                    <Provider value=lock>{children()}</Provider>
                </dialog>
            </details>
        </Lockable>
    }
}

/// How hard a confirmation is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Confirm {
    /// Touches live users.
    #[default]
    Plain,
    /// Destroys or costs, but is small.
    Danger,
    /// Destroys or costs: the reader types this name or SDKAppID. It is sent as `confirm`; the server compares it again.
    TypeName(String),
}

/// The end of a form in a dialog: the name to type, if any, the named button, and the way out.
#[component]
pub fn ConfirmActions(
    /// How hard it is.
    kind: Confirm,
    /// The words on the button: the deed itself, never "OK".
    #[prop(into)]
    deed: String,
    /// The form is being sent.
    #[prop(optional, into)]
    pending: Signal<bool>,
) -> impl IntoView {
    let focus_out = kind == Confirm::Danger;
    let (look, name) = match kind {
        Confirm::Plain => (Look::Primary, None),
        Confirm::Danger => (Look::Danger, None),
        Confirm::TypeName(name) => (Look::Danger, Some(name)),
    };
    let typed = name.map(|name| view! { <TypedName name /> });
    view! {
        {typed}
        <div class="dialog-actions">
            // The way out has the focus where there is no field to fill in: Enter must never destroy by accident.
            <CancelButton autofocus=focus_out />
            <SubmitButton look pending>{deed}</SubmitButton>
        </div>
    }
}

/// The way out of the dialog it stands in. It must never send the form: Enter in a field presses the first button that does.
#[component]
pub fn CancelButton(
    /// Has the focus when the dialog opens.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let close = |event: MouseEvent| {
        let button = event.target().and_then(|button| button.dyn_into::<Element>().ok());
        // A selector that is written here is one.
        let dialog = button.and_then(|button| button.closest("dialog").ok().flatten());
        if let Some(dialog) = dialog.and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok()) {
            dialog.close();
        }
    };
    view! { <button type="button" class="btn needs-scripts" autofocus=autofocus on:click=close>{t("Cancel", "取消")}</button> }
}

/// The field in which the name is typed.
const CONFIRM: &str = "confirm";

/// The name to type. What the browser would say about another one is said at the field, in the reader's language; without scripts the
/// server says it.
#[component]
fn TypedName(name: String) -> impl IntoView {
    let lang = use_lang();
    let label = lang.pick(format!("Type {name} to confirm"), format!("输入 {name} 以确认"));
    let sentence = Confirmation::not_the_name(&name).get(lang).to_owned();
    let input = NodeRef::<html::Input>::new();
    let missed = RwSignal::new(false);
    let (said, wanted) = (sentence.clone(), name);
    let judge = move || {
        if let Some(input) = input.try_get().flatten() {
            let right = input.value().trim() == wanted;
            input.set_custom_validity(if right { "" } else { &said });
        }
    };
    let judge_typed = judge.clone();
    Effect::new(move |_| judge());
    let mut frame = Framed::new(CONFIRM, &label, String::new());
    let answered = frame.error;
    frame.alerts = true;
    frame.error = Signal::derive(move || if missed.get() { Some(sentence.clone()) } else { answered.get() });
    let control = view! {
        <input
            class="control mono"
            id=frame.id.clone()
            name=CONFIRM
            autocomplete="off"
            // What stands before it, such as a link, can wait.
            autofocus=true
            aria-required="true"
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
            node_ref=input
            on:input=move |_| {
                judge_typed();
                missed.set(false);
            }
            on:invalid=move |event| {
                event.prevent_default();
                missed.set(true);
                if let Some(input) = input.get_untracked() {
                    // Fails only for a field that is gone, which then has nothing to say.
                    let _ = input.focus();
                }
            }
        />
    };
    frame.field("field", label, control)
}
