//! Forms: the server function they are posted to, what was typed, what came of it; the same with scripts and without.
//!
//! A form posts itself as it stands, so nothing is compiled for each of them. Success is told only after the server's answer. What was typed
//! is never lost: with scripts the page stays, without it comes back filled.

mod dialog;
mod post;

pub use dialog::*;
pub use post::*;

use super::components::{FieldError, Tone, use_toasts};
use super::frame::{Ended, Proof, Withdrawn, sign_in_again};
use super::words::use_lang;
use crate::domain::fault::Fault;
use crate::domain::form::{Frame, Submitted};
use crate::domain::wire;
use crate::text::{Lang, Text};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::de::DeserializeOwned;

/// The field by which a dialog says that a form is from it; no server function reads it.
const DIALOG: &str = "dialog";

/// Names and values of fields, in the order of the form.
type Fields = Vec<(String, String)>;

/// A form of the page: where it is posted to and what came of it.
#[derive(Clone, Copy)]
pub struct Form {
    path: &'static str,
    pending: RwSignal<bool>,
    /// While this holds it is not sent.
    waits: StoredValue<Option<Signal<bool>>>,
    /// What is sent once it does not hold any more.
    waiting: RwSignal<Option<String>>,
    /// The dialog from which the last try with scripts was sent; empty where it was none.
    sent_by: RwSignal<Option<String>>,
    last: RwSignal<Option<Result<(), Fault>>>,
    /// The answer of the last try that succeeded with scripts, as JSON.
    answer: RwSignal<Option<String>>,
    successes: RwSignal<usize>,
    submitted: StoredValue<Option<Submitted>>,
    proof: Option<Proof>,
    withdrawn: Option<Withdrawn>,
    ended: Option<Ended>,
    lang: Lang,
}

/// A form for the server function `S`, with what came back of it when it was posted without scripts.
#[must_use]
pub fn use_form<S: ServerFn<Error = Fault>>() -> Form {
    Form::new(S::PATH)
}

impl Form {
    fn new(path: &'static str) -> Self {
        let submitted = use_context::<Frame>().and_then(|frame| frame.submitted).filter(|form| form.path == path);
        let last = submitted.as_ref().map(|form| form.outcome.as_ref().map(|_| ()).map_err(Clone::clone));
        Self {
            path,
            pending: RwSignal::new(false),
            waits: StoredValue::new(None),
            waiting: RwSignal::new(None),
            sent_by: RwSignal::new(None),
            last: RwSignal::new(last),
            answer: RwSignal::new(None),
            successes: RwSignal::new(0),
            submitted: StoredValue::new(submitted),
            proof: use_context(),
            withdrawn: use_context(),
            ended: use_context(),
            lang: use_lang(),
        }
    }

    /// Sends the form only when `busy` does not hold, so that it cannot overtake what is under way.
    pub fn wait_while(self, busy: Signal<bool>) {
        self.waits.set_value(Some(busy));
        Effect::new(move |_| {
            if !busy.get()
                && let Some(body) = self.waiting.try_update(Option::take).flatten()
            {
                self.send(body);
            }
        });
    }

    /// Takes what the server has answered. The page may have been left meanwhile.
    fn take(self, answered: Result<String, Fault>) {
        self.pending.try_set(false);
        match &answered {
            Ok(answer) => {
                self.answer.try_set(Some(answer.clone()));
                self.successes.try_update(|count| *count += 1);
            }
            Err(Fault::Reauthenticate) => {
                if let Some(proof) = self.proof {
                    proof.ask();
                }
            }
            Err(Fault::SignedOut) => sign_in_again(self.ended),
            // Nothing is offered that is not permitted, so the permission has gone since.
            Err(Fault::Denied(_)) => {
                if let Some(withdrawn) = self.withdrawn {
                    withdrawn.note_refusal();
                }
            }
            Err(_) => {}
        }
        self.last.try_set(Some(answered.map(|_| ())));
    }

    /// The answer of the last try, if it succeeded.
    #[must_use]
    pub fn answer<T: DeserializeOwned>(self) -> Option<T> {
        if self.fault().is_some() {
            return None;
        }
        let answer = self.answer.get().or_else(|| self.submitted.with_value(|form| form.as_ref()?.outcome.clone().ok()))?;
        wire::read(&answer).ok()
    }

    /// Takes the answer back, which is not true any more.
    pub fn forget_answer(self) {
        self.answer.set(None);
        self.submitted.set_value(None);
    }

    /// Whether the last try came from one dialog of several that share the form.
    #[must_use]
    pub fn about(self, dialog: &str) -> Memo<bool> {
        let (dialog, came_back) = (dialog.to_owned(), self.typed(DIALOG).as_deref() == Some(dialog));
        Memo::new(move |_| self.sent_by.with(|sent_by| sent_by.as_ref().map_or(came_back, |sent_by| *sent_by == dialog)))
    }

    /// The fault of the last try, if it failed.
    #[must_use]
    pub fn fault(self) -> Option<Fault> {
        self.last.with(|last| last.as_ref().and_then(|last| last.as_ref().err().cloned()))
    }

    /// Whether the last try succeeded.
    #[must_use]
    pub fn done(self) -> Signal<bool> {
        Signal::derive(move || self.last.with(|last| matches!(last, Some(Ok(())))))
    }

    /// Whether an answer is awaited.
    #[must_use]
    pub fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    /// Counts the successes; what depends on it is loaded anew after each, while a refusal leaves the page and what was typed alone.
    #[must_use]
    pub fn saved(self) -> ReadSignal<usize> {
        self.successes.read_only()
    }

    /// Says so when a try has succeeded.
    pub fn announce(self, words: &'static str) {
        let toasts = use_toasts();
        let saved = self.saved();
        Effect::new(move |before: Option<usize>| {
            let now = saved.get();
            if let (true, Some(toasts)) = (before.is_some_and(|before| before != now), toasts) {
                toasts.say(Tone::Ok, words);
            }
            now
        });
    }

    /// What is wrong, field by field.
    #[must_use]
    pub fn errors(self) -> Signal<Vec<FieldError>> {
        Signal::derive(move || match self.fault() {
            // Whoever has logged in again since need not be told.
            Some(Fault::SignedOut) if self.ended.is_some_and(|ended| !ended.is_over()) => Vec::new(),
            fault => fault.map(|fault| field_errors(&fault, self.lang)).unwrap_or_default(),
        })
    }

    /// What the author of the last try has to accept before it is carried out.
    #[must_use]
    pub fn concern(self) -> Option<Text> {
        match self.fault() {
            Some(Fault::Unconfirmed(concern)) => Some(concern),
            _ => None,
        }
    }

    /// Whether the permission for this form, a control of the catalogue, has gone while the page is open: the last try was refused, or the
    /// control is granted nowhere any more.
    #[must_use]
    pub fn locked(self, control: &'static str) -> Signal<bool> {
        Signal::derive(move || self.is_denied() || self.has_lost(control))
    }

    /// As [`Form::locked`], for a form that chooses: what was refused may be one of the choices, and the others are still to be had.
    #[must_use]
    pub fn locked_choice(self, control: &'static str) -> Signal<bool> {
        Signal::derive(move || self.has_lost(control))
    }

    /// As [`Form::locked`], for one dialog of several that share the form.
    #[must_use]
    pub fn locked_dialog(self, control: &'static str, about: Memo<bool>) -> Signal<bool> {
        Signal::derive(move || (about.get() && self.is_denied()) || self.has_lost(control))
    }

    fn has_lost(self, control: &str) -> bool {
        self.withdrawn.is_some_and(|withdrawn| withdrawn.has_lost(control))
    }

    fn is_denied(self) -> bool {
        self.last.with(|last| matches!(last, Some(Err(Fault::Denied(_)))))
    }

    /// The form as it came back without scripts, refused.
    #[must_use]
    pub fn refused(self) -> Option<Submitted> {
        self.submitted.with_value(|form| form.clone().filter(|form| form.outcome.is_err()))
    }

    /// Whether the form came back without scripts, refused: its dialog stands open then.
    #[must_use]
    pub fn came_back(self) -> bool {
        self.submitted.with_value(|form| form.as_ref().is_some_and(|form| form.outcome.is_err()))
    }

    /// What a field held when the form came back without scripts.
    #[must_use]
    pub fn typed(self, field: &str) -> Option<String> {
        self.submitted.with_value(|form| form.as_ref().filter(|form| form.outcome.is_err()).map(|form| form.value(field).to_owned()))
    }
}

/// A fault as entries of a form: one for each wrong field, or one for the form as a whole.
#[must_use]
pub fn field_errors(fault: &Fault, lang: Lang) -> Vec<FieldError> {
    match fault {
        Fault::Invalid(fields) => fields.iter().map(|fault| FieldError::new(fault.field.clone(), fault.message.get(lang))).collect(),
        other => vec![FieldError::new("", other.message().get(lang))],
    }
}
