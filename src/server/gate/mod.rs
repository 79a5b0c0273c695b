//! The one place that authenticates and authorises.
//!
//! A request comes in as [`RequestFacts`], becomes a [`Caller`] by one query, and a caller gets [`Permit`]s by decisions of the CAM
//! engine. Services take permits; nobody else can make one. There must never be a second way in or a second evaluator.

mod again;
mod cache;
mod callback;
mod caller;
mod entry;
mod foresee;
mod guard;
mod in_force;
mod login;
mod own_account;
pub mod password;
mod permit;
mod permitted;
mod request;
mod setup;
mod tagging;
pub mod throttle;

pub use callback::{CallbackError, Signed, sign};
pub use caller::Caller;
pub use entry::{Entry, enter, entry, status};
pub use foresee::Foreseen;
pub(crate) use login::lift_waits;
pub use login::{LoggedIn, Login, LoginFault};
pub use permit::{App, Apps, Everything, Permit};
pub use request::RequestFacts;
pub use setup::Setup;
pub(crate) use setup::add_root;

use super::clock::{Clock, OnceAMinute};
use super::config::SessionLimits;
use super::seal::Sealer;
use super::store::{Store, StoreError};
use crate::domain::fault::Fault;
use password::Passwords;
use std::sync::Arc;

/// The gate of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    sealer: Sealer,
    passwords: Passwords,
    limits: SessionLimits,
    addresses: throttle::Addresses,
    turns: throttle::Turns,
    setup: setup::SetupCode,
    cache: cache::Cache,
    /// When writing was last tried, and whether it went well.
    last_check: tokio::sync::Mutex<Option<(i64, bool)>>,
    unwell: OnceAMinute,
}

/// The health check writes at most this often.
const CHECK_EVERY_MS: u64 = 5_000;

impl Gate {
    /// The gate before a store. Whatever is not reached through it is not reached.
    #[must_use]
    pub(crate) fn new(store: Store, clock: Clock, sealer: Sealer, passwords: Passwords, limits: SessionLimits) -> Self {
        Self(Arc::new(Inner {
            store,
            clock,
            sealer,
            passwords,
            limits,
            addresses: throttle::Addresses::default(),
            turns: throttle::Turns::default(),
            setup: setup::SetupCode::default(),
            cache: cache::Cache::default(),
            last_check: tokio::sync::Mutex::default(),
            unwell: OnceAMinute::default(),
        }))
    }

    /// The time, for whoever acts under a permit.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    /// Whether the database takes what is written; for the health check. Asked as often as anybody likes, it is tried every few seconds.
    pub async fn healthy(&self) -> bool {
        let mut last = self.0.last_check.lock().await;
        let now_ms = self.now_ms();
        if let Some((_, healthy)) = last.filter(|(at_ms, _)| now_ms.abs_diff(*at_ms) < CHECK_EVERY_MS) {
            return healthy;
        }
        let tried = self.0.store.try_write(now_ms).await;
        if let Err(error) = &tried
            && self.0.unwell.may(now_ms)
        {
            tracing::error!(%error, "not ready: the database does not accept writes");
        }
        *last = Some((now_ms, tried.is_ok()));
        tried.is_ok()
    }
}

/// What a fault of the store is to the person who asked; the cause goes to the log, once, with the request id.
pub(in crate::server) fn store_fault(error: &StoreError, request_id: &str) -> Fault {
    match error {
        StoreError::Unavailable(cause) => {
            tracing::error!(request_id, %cause, "the database cannot be reached");
            Fault::Unavailable
        }
        StoreError::Taken(_) | StoreError::Broken(_) => {
            tracing::error!(request_id, cause = %error, "the database refused a statement");
            Fault::Internal { request_id: request_id.to_owned() }
        }
    }
}
