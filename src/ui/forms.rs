//! Forms: a server function, what was typed, what came of it; the same with scripts and without.
//!
//! Success is told only after the server's answer. What was typed is never lost: with scripts the page stays, without it comes back filled.

use super::components::{FieldError, Tone, use_toasts};
use super::frame::{Ended, Proof, Withdrawn, sign_in_again};
use super::words::use_lang;
use crate::domain::fault::Fault;
use crate::domain::form::{Frame, Submitted};
use crate::text::{Lang, Text};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::de::DeserializeOwned;
use std::ops::Deref;

/// A form that calls the server function `S`. What does not depend on `S` is in [`Outcome`], which it can be used as: there are dozens of
/// forms, and what is compiled for each of them the browser has to load.
pub struct Form<S>
where
    S: ServerFn<Error = Fault> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    /// For `<ActionForm action=form.action>`.
    pub action: ServerAction<S>,
    outcome: Outcome,
}

impl<S> Clone for Form<S>
where
    S: ServerFn<Error = Fault> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Form<S>
where
    S: ServerFn<Error = Fault> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
}

impl<S> Deref for Form<S>
where
    S: ServerFn<Error = Fault> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    type Target = Outcome;

    fn deref(&self) -> &Outcome {
        &self.outcome
    }
}

/// A form for the server function `S`, with what came back of it when it was posted without scripts.
#[must_use]
pub fn use_form<S>() -> Form<S>
where
    S: ServerFn<Error = Fault> + Clone + Send + Sync + 'static,
    S::Output: Clone + DeserializeOwned + Send + Sync + 'static,
{
    let action = ServerAction::<S>::new();
    let outcome = Outcome::new(S::PATH, action.pending().into());
    Effect::new(move |_| {
        let answered = action.value().with(|value| value.as_ref().map(|answer| answer.as_ref().map(|_| ()).map_err(Clone::clone)));
        if let Some(last) = answered {
            outcome.take(last);
        }
    });
    Form { action, outcome }
}

impl<S> Form<S>
where
    S: ServerFn<Error = Fault> + Clone + Send + Sync + 'static,
    S::Output: Clone + DeserializeOwned + Send + Sync + 'static,
{
    /// The answer of the last try, if it succeeded.
    #[must_use]
    pub fn answer(self) -> Option<S::Output> {
        match self.action.value().get() {
            Some(answer) => answer.ok(),
            None => self.outcome.submitted.with_value(|form| {
                form.as_ref().and_then(|form| form.outcome.as_ref().ok()).and_then(|json| serde_json::from_str(json).ok())
            }),
        }
    }

    /// Whether the last try was about one row of several that share the form: `is` tells it from what scripts sent, `fields` from what a
    /// plain form did.
    #[must_use]
    pub fn about(self, fields: &[(&'static str, String)], is: impl Fn(&S) -> bool + Send + Sync + 'static) -> Memo<bool> {
        let input = self.action.input();
        let came_back = fields.iter().all(|(name, value)| self.typed(name).as_ref() == Some(value));
        // The input is there only while its answer is awaited: what it said is kept.
        Memo::new(move |before| input.with(|sent| sent.as_ref().map(&is)).unwrap_or_else(|| before.copied().unwrap_or(came_back)))
    }
}

/// What came of a form, whatever it calls.
#[derive(Clone, Copy)]
pub struct Outcome {
    last: RwSignal<Option<Result<(), Fault>>>,
    successes: RwSignal<usize>,
    pending: Signal<bool>,
    submitted: StoredValue<Option<Submitted>>,
    proof: Option<Proof>,
    withdrawn: Option<Withdrawn>,
    ended: Option<Ended>,
    lang: Lang,
}

impl Outcome {
    fn new(path: &str, pending: Signal<bool>) -> Self {
        let submitted = use_context::<Frame>().and_then(|frame| frame.submitted).filter(|form| form.path == path);
        let last = submitted.as_ref().map(|form| form.outcome.as_ref().map(|_| ()).map_err(Clone::clone));
        Self {
            last: RwSignal::new(last),
            successes: RwSignal::new(0),
            pending,
            submitted: StoredValue::new(submitted),
            proof: use_context(),
            withdrawn: use_context(),
            ended: use_context(),
            lang: use_lang(),
        }
    }

    /// Takes what the server has answered.
    fn take(self, last: Result<(), Fault>) {
        match &last {
            Ok(()) => self.successes.update(|count| *count += 1),
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
        self.last.set(Some(last));
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
    pub const fn pending(self) -> Signal<bool> {
        self.pending
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

    /// What is wrong, field by field, for `<FormErrors>` and the fields.
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

    /// As [`Outcome::locked`], for a form that chooses: what was refused may be one of the choices, and the others are still to be had.
    #[must_use]
    pub fn locked_choice(self, control: &'static str) -> Signal<bool> {
        Signal::derive(move || self.has_lost(control))
    }

    /// As [`Outcome::locked`], for one row of several that share the form.
    #[must_use]
    pub fn locked_row(self, control: &'static str, about: Memo<bool>) -> Signal<bool> {
        Signal::derive(move || (about.get() && self.is_denied()) || self.has_lost(control))
    }

    fn has_lost(self, control: &str) -> bool {
        self.withdrawn.is_some_and(|withdrawn| withdrawn.has_lost(control))
    }

    fn is_denied(self) -> bool {
        self.last.with(|last| matches!(last, Some(Err(Fault::Denied(_)))))
    }

    /// What a field held when the form came back without scripts.
    #[must_use]
    pub fn typed(self, field: &str) -> Option<String> {
        self.submitted.with_value(|form| form.as_ref().filter(|form| form.outcome.is_err()).map(|form| form.value(field).to_owned()))
    }

    /// As [`Outcome::typed`], for a field that is sent several times.
    #[must_use]
    pub fn typed_all(self, field: &str) -> Option<Vec<String>> {
        self.submitted.with_value(|form| form.as_ref().filter(|form| form.outcome.is_err()).map(|form| form.values(field)))
    }

    /// Whether the form came back without scripts, refused: its dialog stands open then.
    #[must_use]
    pub fn came_back(self) -> bool {
        self.submitted.with_value(|form| form.as_ref().is_some_and(|form| form.outcome.is_err()))
    }

    /// The value a field begins with: what was typed, else what is stored.
    #[must_use]
    pub fn value(self, field: &str, stored: &str) -> String {
        self.typed(field).unwrap_or_else(|| stored.to_owned())
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
