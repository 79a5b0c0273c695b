//! What all fields of a form need to know: which form they stand in, what is wrong with it, and what was typed when it came back.
//!
//! The fields find it in the context, so that no page hands it on field by field.

use crate::domain::form::Submitted;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// One thing wrong with a form. An empty `field` concerns the form as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldError {
    /// The `name` of the field.
    pub field: String,
    /// What is wrong and what to do, in the reader's language.
    pub message: String,
}

impl FieldError {
    /// Something wrong with one field.
    #[must_use]
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// The form that a field stands in. Outside of one there is nothing wrong and nothing was typed.
#[derive(Clone, Default)]
pub struct FormContext {
    /// Keeps ids apart where a page has several forms: `f-{scope}-{name}`.
    pub scope: String,
    /// Everything wrong with the form.
    pub errors: Signal<Vec<FieldError>>,
    /// What was typed when the form came back without scripts.
    pub typed: Option<Submitted>,
    /// What its fields are called, as each of them has said.
    labels: Arc<Mutex<BTreeMap<String, String>>>,
}

impl FormContext {
    /// The context of a form, before any of its fields.
    #[must_use]
    pub fn new(scope: String, errors: Signal<Vec<FieldError>>, typed: Option<Submitted>) -> Self {
        Self { scope, errors, typed, labels: Arc::default() }
    }

    /// Notes what a field is called.
    pub fn name_field(&self, name: &str, label: &str) {
        self.labels.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), label.to_owned());
    }

    /// What a field of the form is called; `None` for one that it does not have.
    #[must_use]
    pub fn label_of(&self, name: &str) -> Option<String> {
        self.labels.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The form around here.
    #[must_use]
    pub fn around() -> Self {
        use_context().unwrap_or_default()
    }

    /// The value a field begins with: what was typed, else what is stored.
    #[must_use]
    pub fn value(&self, name: &str, stored: String) -> String {
        self.typed.as_ref().map_or(stored, |form| form.value(name).to_owned())
    }

    /// As [`FormContext::value`], for a field that is sent several times.
    #[must_use]
    pub fn values(&self, name: &str, stored: Vec<String>) -> Vec<String> {
        self.typed.as_ref().map_or(stored, |form| form.values(name))
    }

    /// Whether a box begins ticked that sends `value`.
    #[must_use]
    pub fn ticked(&self, name: &str, value: &str, stored: bool) -> bool {
        self.typed.as_ref().map_or(stored, |form| form.values(name).iter().any(|typed| typed == value))
    }
}
