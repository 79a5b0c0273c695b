//! From a server function to the gate: who asks, once a request, whether it came over HTTP or while a page is rendered; and from a fault back
//! to the status of the answer.
//!
//! Middleware does not run for server functions called during rendering, so every body goes through [`enter`]. The context holds this
//! entry and nothing else of the server: never the store.

use super::gate::{Caller, Gate, RequestFacts};
use crate::domain::fault::Fault;
use axum::http::{HeaderValue, StatusCode, header};
use leptos::context::use_context;
use leptos_axum::ResponseOptions;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// The gate and the request, as the context of a page or a server function holds them. Cheap to clone.
#[derive(Clone)]
pub struct Entry {
    gate: Gate,
    facts: Arc<RequestFacts>,
    caller: Arc<OnceCell<Caller>>,
}

impl Entry {
    /// An entry for one request.
    #[must_use]
    pub fn new(gate: Gate, facts: RequestFacts) -> Self {
        Self { gate, facts: Arc::new(facts), caller: Arc::default() }
    }

    /// The gate.
    #[must_use]
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// What the request tells about itself.
    #[must_use]
    pub fn facts(&self) -> &RequestFacts {
        &self.facts
    }

    /// Who asks; read from the database once a request.
    ///
    /// # Errors
    /// As [`Gate::caller`].
    pub async fn caller(&self) -> Result<&Caller, Fault> {
        self.caller.get_or_try_init(|| self.gate.caller(&self.facts)).await
    }

    /// Does what the request asks for, and records when it comes to nothing.
    ///
    /// # Errors
    /// Whatever `work` gives, and the faults of [`Entry::caller`].
    pub async fn ask<T, F, Fut>(&self, work: F) -> Result<T, Fault>
    where
        F: FnOnce(Caller) -> Fut,
        Fut: Future<Output = Result<T, Fault>>,
    {
        match self.caller().await {
            Ok(caller) => {
                let caller = caller.for_a_call();
                let answer = work(caller.clone()).await;
                if let Err(fault) = &answer {
                    caller.record_fault(fault);
                }
                answer
            }
            Err(fault) => {
                self.gate.record_stranger(&self.facts, &fault);
                Err(fault)
            }
        }
    }
}

/// The entry of the request under way.
///
/// # Errors
/// [`Fault::SignedOut`] outside of a request.
pub fn current() -> Result<Entry, Fault> {
    use_context::<Entry>().ok_or(Fault::SignedOut)
}

/// The body of every server function: who asks goes in, an answer or a fault comes out, and the fault sets the status of the response.
///
/// # Errors
/// Whatever `work` gives, and the faults of [`Entry::caller`].
pub async fn enter<T, F, Fut>(work: F) -> Result<T, Fault>
where
    F: FnOnce(Caller) -> Fut,
    Fut: Future<Output = Result<T, Fault>>,
{
    let response = use_context::<ResponseOptions>();
    let answer = match current() {
        Ok(entry) => entry.ask(work).await,
        Err(fault) => Err(fault),
    };
    if let (Err(fault), Some(response)) = (&answer, response) {
        response.set_status(status(fault));
        if let Fault::TooMany { retry_secs } = fault {
            response.insert_header(header::RETRY_AFTER, HeaderValue::from(*retry_secs));
        }
    }
    answer
}

/// The HTTP status of a fault: 401 who are you, 403 you may know it exists, 404 you may not.
#[must_use]
pub fn status(fault: &Fault) -> StatusCode {
    match fault {
        Fault::SignedOut | Fault::Reauthenticate => StatusCode::UNAUTHORIZED,
        Fault::PasswordChange | Fault::Denied(_) => StatusCode::FORBIDDEN,
        Fault::NotFound => StatusCode::NOT_FOUND,
        Fault::Limit(_)
        | Fault::Taken(_)
        | Fault::InUse(_)
        | Fault::Overtaken(_)
        | Fault::Unconfirmed(_)
        | Fault::Barred(_)
        | Fault::Resubmit(_) => StatusCode::CONFLICT,
        Fault::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Fault::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Fault::Unavailable | Fault::NoSpace => StatusCode::SERVICE_UNAVAILABLE,
        Fault::Internal { .. } | Fault::Unreachable => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
