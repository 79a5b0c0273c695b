//! What is typed in the policy editor and not saved yet: kept on the server, for its author alone, until it is saved or discarded.
//!
//! With scripts it is kept whenever typing pauses, without them by a button. It must never say that something was kept before the server has
//! said so, and never lose what could not be.

use super::Editor;
use crate::domain::drafts::PolicyDraft;
use crate::domain::fault::Fault;
use crate::domain::form::Submitted;
use crate::domain::wire;
use crate::remote::drafts::{DiscardDraft, KeepDraft};
use crate::ui::components::{Look, Notice, Precision, SubmitButton, Time, Tone, said};
use crate::ui::forms::{Form, PostForm, call, encoded, fields_around};
use crate::ui::frame::{Ended, sign_in_again, use_offset};
use crate::ui::words::{t, use_lang};
use leptos::ev;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use std::time::Duration;

/// How long typing has to pause before what was typed is kept.
const PAUSE: Duration = Duration::from_millis(1_000);

/// The form that discards a draft.
#[must_use]
pub fn use_discarding() -> Form {
    crate::ui::forms::use_form::<DiscardDraft>()
}

/// The form as it stood when it could not be kept, without scripts.
#[must_use]
pub fn not_kept() -> Option<Submitted> {
    crate::ui::forms::use_form::<KeepDraft>().refused()
}

/// What is said of what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    Kept(i64),
    Failed(Fault),
}

/// What keeps the form around an editor. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Keeping {
    said: RwSignal<Said>,
    /// The fields as they stand, when they are not kept yet.
    unkept: StoredValue<Option<String>>,
    sending: RwSignal<bool>,
    /// What was typed is being saved or discarded, or has been: it is not kept any more.
    on_its_way: Signal<bool>,
    ended: Option<Ended>,
}

/// Keeps the form around an editor while it is typed in, until it is sent or `discard` is. `draft` is what was kept before.
#[must_use]
pub fn use_keeping(editor: Editor, form: Form, discard: Form, draft: Option<&PolicyDraft>) -> Keeping {
    let sending = RwSignal::new(false);
    // What is on its way to be kept must not arrive behind what replaces it.
    form.wait_while(sending.into());
    discard.wait_while(sending.into());
    // The form that discards outlives the page that it makes anew.
    let discarded = discard.saved().get_untracked();
    let is_discarded = move || discard.pending().get() || discard.saved().get() != discarded;
    let keeping = Keeping {
        said: RwSignal::new(draft.map_or(Said::Nothing, |draft| Said::Kept(draft.kept_ms))),
        unkept: StoredValue::new(None),
        sending,
        on_its_way: Signal::derive(move || form.pending().get() || form.done().get() || is_discarded()),
        ended: use_context(),
    };
    let mut soon = debounce(PAUSE, move |()| keeping.keep());
    // Counts what was typed, in the text and in the other fields of the form.
    let typed = RwSignal::new(0_usize);
    Effect::new(move |before: Option<String>| {
        let now = editor.text.get();
        if before.is_some_and(|before| before != now) {
            typed.update(|count| *count += 1);
        }
        now
    });
    Effect::new(move |_| {
        if let (true, Some(area)) = (typed.get() > 0, editor.area.get_untracked()) {
            keeping.unkept.set_value(Some(encoded(&fields_around(&area))));
            soon(());
        }
    });
    Effect::new(move |_| {
        let typing = window_event_listener(ev::input, move |event| {
            if event.target().is_some_and(|field| holds_beside(editor, &field)) {
                typed.update(|count| *count += 1);
            }
        });
        let leaving = window_event_listener(ev::beforeunload, move |event| {
            if keeping.is_unkept() {
                event.prevent_default();
            }
        });
        on_cleanup(move || {
            typing.remove();
            leaving.remove();
        });
    });
    // What could not be kept for want of a session is kept once there is one.
    Effect::new(move |was_over: Option<bool>| {
        let over = keeping.ended.is_some_and(Ended::is_over);
        if was_over == Some(true) && !over {
            keeping.keep();
        }
        over
    });
    on_cleanup(move || keeping.keep());
    keeping
}

impl Keeping {
    /// Whether something was typed that is not kept, and not on its way to be saved. Nothing, once the page is gone.
    fn is_unkept(self) -> bool {
        self.on_its_way.try_get_untracked() == Some(false) && self.unkept.try_with_value(Option::is_some) == Some(true)
    }

    /// Sends what was typed; one after the other, so that an older text never takes the place of a newer one.
    fn keep(self) {
        if !self.is_unkept() || self.sending.try_get_untracked() == Some(true) {
            return;
        }
        let Some(fields) = self.unkept.try_get_value().flatten() else { return };
        self.sending.try_set(true);
        leptos::task::spawn_local(async move {
            let answer = call(KeepDraft::PATH, fields.clone()).await;
            self.sending.try_set(false);
            let kept = answer.and_then(|answer| wire::read(&answer).map_err(|_| Fault::Unreachable));
            match kept {
                Ok(at_ms) => {
                    self.said.try_set(Said::Kept(at_ms));
                    if self.unkept.try_get_value().flatten().as_ref() == Some(&fields) {
                        self.unkept.try_set_value(None);
                    } else {
                        self.keep();
                    }
                }
                Err(fault) => {
                    if fault == Fault::SignedOut {
                        sign_in_again(self.ended);
                    }
                    self.said.try_set(Said::Failed(fault));
                }
            }
        });
    }
}

/// Whether a field stands in the form around an editor and is not its text.
#[cfg(feature = "hydrate")]
fn holds_beside(editor: Editor, field: &leptos::web_sys::EventTarget) -> bool {
    use leptos::wasm_bindgen::JsCast as _;
    let Some(area) = editor.area.try_get_untracked().flatten() else { return false };
    let Some(field) = field.dyn_ref::<leptos::web_sys::Node>() else { return false };
    !area.contains(Some(field)) && area.form().is_some_and(|form| form.contains(Some(field)))
}

/// On the server nobody types.
#[cfg(not(feature = "hydrate"))]
fn holds_beside(_editor: Editor, _field: &leptos::web_sys::EventTarget) -> bool {
    false
}

/// Keeps what was typed; only there until the page has its scripts, since they keep it while it is typed.
#[component]
pub fn KeepButton() -> impl IntoView {
    view! {
        <button type="submit" class="btn without-scripts" formaction=KeepDraft::PATH formnovalidate=true>{t("Save draft", "保存草稿")}</button>
    }
}

/// When what was typed was kept last, or why it could not be.
#[component]
pub fn KeptMark(
    /// What keeps it.
    keeping: Keeping,
) -> impl IntoView {
    let (lang, offset) = (use_lang(), use_offset());
    let words = move || match keeping.said.get() {
        Said::Nothing => ().into_any(),
        Said::Kept(at_ms) => view! { {t("Draft saved", "草稿已保存")} " " <Time at_ms offset precision=Precision::TimeOnly /> }.into_any(),
        Said::Failed(fault) => {
            let why = fault.message().get(lang).to_owned();
            view! { <span class="draft-failed">{lang.pick(format!("Draft not saved. {why}"), format!("草稿未保存。{why}"))}</span> }
                .into_any()
        }
    };
    view! { <span class="draft-mark" role="status">{words}</span> }
}

/// Says that the text is a draft that was kept before, and offers to discard it.
#[component]
pub fn DraftNotice(
    /// What was kept.
    draft: PolicyDraft,
    /// The form that discards it.
    discard: Form,
    /// The fields that say whose it is.
    hidden: Vec<(&'static str, String)>,
    /// The default version as it is now; 0 without a policy.
    default_version: i64,
    /// Where versions are compared.
    #[prop(into)]
    versions: String,
) -> impl IntoView {
    let lang = use_lang();
    let (when, _) = said(draft.kept_ms, use_offset(), Precision::Second);
    let overtaken = draft.begun_from != 0 && draft.begun_from != default_version;
    let title = lang.pick(format!("This is your draft of {when}"), format!("这是您 {when} 的草稿"));
    let since = overtaken.then(|| {
        let (was, now) = (draft.begun_from, default_version);
        let words = lang.pick(
            format!("The default version has changed since: you began with v{was}, now it is v{now}."),
            format!("默认版本在此期间已变更：草稿基于 v{was}，现为 v{now}。"),
        );
        let compare = format!("{versions}&before={was}&after={now}");
        view! { <p>{words} " " <a href=compare>{t("Compare the two", "对比两个版本")}</a></p> }
    });
    view! {
        <Notice tone=if overtaken { Tone::Warn } else { Tone::Brand } title>
            <p>{t("Only you can see it. It has no effect until you save it as a version.", "仅您本人可见，保存为版本之前不会生效。")}</p>
            {since}
            <PostForm form=discard scope="discard" hidden>
                <SubmitButton look=Look::Plain pending=discard.pending()>{t("Discard draft", "放弃草稿")}</SubmitButton>
            </PostForm>
        </Notice>
    }
}
