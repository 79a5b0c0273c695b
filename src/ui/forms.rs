//! Forms: a server function, what was typed, what came of it; the same with scripts and without.
//!
//! Success is told only after the server's answer. What was typed is never lost: with scripts the page stays, without it comes back filled.

use super::components::{FieldError, Tone, use_toasts};
use super::frame::{Proof, Withdrawn, sign_in_again};
use super::words::use_lang;
use crate::domain::fault::Fault;
use crate::domain::form::{Frame, Submitted};
use crate::text::Lang;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::de::DeserializeOwned;

/// A form that calls the server function `S`.
pub struct Form<S>
where
    S: ServerFn<Error = Fault> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    /// For `<ActionForm action=form.action>`.
    pub action: ServerAction<S>,
    submitted: StoredValue<Option<Submitted>>,
    lang: Lang,
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

/// A form for the server function `S`, with what came back of it when it was posted without scripts.
#[must_use]
pub fn use_form<S>() -> Form<S>
where
    S: ServerFn<Error = Fault> + Clone + Send + Sync + 'static,
    S::Output: Clone + DeserializeOwned + Send + Sync + 'static,
{
    let submitted = use_context::<Frame>().and_then(|frame| frame.submitted).filter(|form| form.path == S::PATH);
    let action = ServerAction::<S>::new();
    let proof = use_context::<Proof>();
    let withdrawn = use_context::<Withdrawn>();
    Effect::new(move |_| {
        action.value().with(|outcome| match outcome {
            Some(Err(Fault::Reauthenticate)) => {
                if let Some(proof) = proof {
                    proof.ask();
                }
            }
            Some(Err(Fault::SignedOut)) => sign_in_again(),
            // Nothing is offered that is not permitted, so the permission has gone since.
            Some(Err(Fault::Denied(_))) => {
                if let Some(Withdrawn(withdrawn)) = withdrawn {
                    withdrawn.set(true);
                }
            }
            _ => {}
        });
    });
    Form { action, submitted: StoredValue::new(submitted), lang: use_lang() }
}

impl<S> Form<S>
where
    S: ServerFn<Error = Fault> + Clone + Send + Sync + 'static,
    S::Output: Clone + DeserializeOwned + Send + Sync + 'static,
{
    /// The fault of the last try, if it failed.
    #[must_use]
    pub fn fault(self) -> Option<Fault> {
        match self.action.value().get() {
            Some(outcome) => outcome.err(),
            None => self.submitted.with_value(|form| form.as_ref().and_then(|form| form.outcome.clone().err())),
        }
    }

    /// The answer of the last try, if it succeeded.
    #[must_use]
    pub fn answer(self) -> Option<S::Output> {
        match self.action.value().get() {
            Some(outcome) => outcome.ok(),
            None => self.submitted.with_value(|form| {
                form.as_ref().and_then(|form| form.outcome.as_ref().ok()).and_then(|json| serde_json::from_str(json).ok())
            }),
        }
    }

    /// Whether the last try succeeded.
    #[must_use]
    pub fn done(self) -> Signal<bool> {
        Signal::derive(move || self.answer().is_some())
    }

    /// Whether an answer is awaited.
    #[must_use]
    pub fn pending(self) -> Signal<bool> {
        self.action.pending().into()
    }

    /// Counts the answers; a resource that depends on it is loaded anew after each.
    #[must_use]
    pub fn version(self) -> usize {
        self.action.version().get()
    }

    /// Counts the successes; a resource that depends on it is loaded anew after each, while a refusal leaves the page and what was typed alone.
    #[must_use]
    pub fn saved(self) -> Memo<usize> {
        Memo::new(move |before| {
            let version = self.action.version().get();
            if self.action.value().with(|outcome| matches!(outcome, Some(Ok(_)))) { version } else { before.copied().unwrap_or_default() }
        })
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
        Signal::derive(move || self.fault().map(|fault| field_errors(&fault, self.lang)).unwrap_or_default())
    }

    /// What a field held when the form came back without scripts.
    #[must_use]
    pub fn typed(self, field: &str) -> Option<String> {
        self.submitted.with_value(|form| form.as_ref().filter(|form| form.outcome.is_err()).map(|form| form.value(field).to_owned()))
    }

    /// As [`Form::typed`], for a field that is sent several times.
    #[must_use]
    pub fn typed_all(self, field: &str) -> Option<Vec<String>> {
        self.submitted.with_value(|form| form.as_ref().filter(|form| form.outcome.is_err()).map(|form| form.values(field)))
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

    /// Whether the server wants to hear that the author of the last try knows what it takes from the own account.
    #[must_use]
    pub fn takes_rights(self) -> bool {
        matches!(self.fault(), Some(Fault::Conflict(_)))
    }

    /// Whether the form came back without scripts, refused: its dialog stands open then.
    #[must_use]
    pub fn came_back(self) -> bool {
        self.submitted.with_value(|form| form.as_ref().is_some_and(|form| form.outcome.is_err()))
    }

    /// Counts the successes; what depends on it is loaded anew after each, and stays as it is after a fault.
    #[must_use]
    pub fn successes(self) -> Memo<usize> {
        let value = self.action.value();
        Memo::new(move |before: Option<&usize>| {
            before.copied().unwrap_or(0) + usize::from(value.with(|value| matches!(value, Some(Ok(_)))))
        })
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
