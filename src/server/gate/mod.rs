//! The one place that authenticates and authorises.
//!
//! A request comes in as [`RequestFacts`], becomes a [`Caller`] by one query, and a caller gets [`Permit`]s by decisions of the CAM
//! engine. Services take permits; nobody else can make one. There must never be a second way in or a second evaluator.
//!
//! # How it decides
//! Reading the session, the account and the policy revision is one query, which requests that come at once share. Compiled policies are kept
//! by revision; at a new one they are read again, and compiled again only where they differ. So a right that was revoked on one replica is
//! revoked on all with the next request.
//!
//! What an organisation has promised itself about rights is held where changes are committed: see `promises`.
//!
//! # Three rings
//! Each holds when the one before it is forgotten.
//!
//! 1. *Types.* A use case takes a [`Permit`]`<Operation, Target>`, which only the gate can make, and only for a target of the kind that its
//!    operation is done to; it finds the application, the owner and the store inside it. What was not decided cannot be written down.
//! 2. *Requests.* A path or a server function that the catalogue does not know is refused before anything of it runs.
//! 3. *Tests.* `tests/surface.rs` compares catalogue and reality both ways. `tests/matrix.rs` prints who may do what to `golden/matrix.txt`.
//!    `tests/knock.rs` asks every server function and every page as nobody, as an account without rights, as another root account and as the
//!    right one, and prints the answers to `golden/knock_calls.txt` and `golden/knock_pages.txt`. `tests/operations.rs` takes each operation away
//!    from who may do everything else, and prints what each server function asks for to `golden/operations.txt`. People read these files in
//!    review.

mod answers;
mod attempt;
mod cache;
mod callback;
mod caller;
mod credentials;
mod decide;
mod decisions;
mod denial;
mod guard;
mod impact;
mod in_force;
mod inspect;
mod own_account;
mod permit;
mod permitted;
mod principal;
mod promises;
mod question;
mod rates;
mod record;
mod redecide;
mod replay;
mod request;
#[cfg(test)]
mod rig;
mod rights_change;
mod roster;
mod standings;
mod tagging;
mod target;
mod unsuccessful;
mod view_as;
mod viewing;

pub use callback::{CallbackError, Signed, sign};
pub use caller::Caller;
pub use credentials::password;
pub(crate) use credentials::session::lift_waits;
pub use credentials::session::{LoggedIn, Login, LoginFault};
pub use credentials::setup::Setup;
pub(crate) use credentials::setup::add_root;
pub(in crate::server) use impact::{Effect, Foreseen, Texts};
pub use inspect::{Inspected, On, Under};
pub use permit::Permit;
pub(in crate::server) use permit::new_number;
pub use rates::RateLimited;
pub(crate) use record::operator_event;
pub(in crate::server) use record::{RecordedChange, cut_event, ended_event};
pub(in crate::server) use replay::rule_of;
pub use request::{AGENT_CHARS, RequestFacts};
pub(in crate::server) use standings::foresee_organisation;
pub use target::{App, Apps, NoTarget, OwnAccount, Target};

use super::bus::Bus;
use super::clock::{Clock, OnceAMinute};
use super::config::SessionLimits;
use super::seal::Sealer;
use super::store::{Store, StoreError};
use crate::domain::fault::Fault;
use credentials::password::Passwords;
use credentials::{setup, throttle};
use std::sync::Arc;

/// The gate of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    store: Store,
    bus: Arc<Bus>,
    clock: Clock,
    sealer: Sealer,
    passwords: Passwords,
    limits: SessionLimits,
    addresses: throttle::Addresses,
    attempts: throttle::AttemptQueues,
    rates: rates::Rates,
    setup: setup::SetupCode,
    cache: cache::Cache,
    /// When writing was last tried, and whether it went well.
    last_check: tokio::sync::Mutex<Option<(i64, bool)>>,
    unwell: OnceAMinute,
    refused: OnceAMinute,
    unsuccessful: unsuccessful::Unsuccessful,
    decisions: decisions::Decisions,
}

/// The health check writes at most this often.
const CHECK_EVERY_MS: u64 = 5_000;

impl Gate {
    /// The gate before a store. Whatever is not reached through it is not reached.
    #[must_use]
    pub(crate) fn new(store: Store, clock: Clock, sealer: Sealer, passwords: Passwords, limits: SessionLimits) -> Self {
        let bus = Arc::<Bus>::default();
        Self(Arc::new(Inner {
            store,
            bus: bus.clone(),
            clock,
            sealer,
            passwords,
            limits,
            addresses: throttle::Addresses::default(),
            attempts: throttle::AttemptQueues::default(),
            rates: rates::Rates::default(),
            setup: setup::SetupCode::default(),
            cache: cache::Cache::default(),
            last_check: tokio::sync::Mutex::default(),
            unwell: OnceAMinute::unsaid(),
            refused: OnceAMinute::unsaid(),
            unsuccessful: unsuccessful::Unsuccessful::new(bus),
            decisions: decisions::Decisions::default(),
        }))
    }

    /// The bells of this server, for its workers.
    pub(crate) fn bus(&self) -> Arc<Bus> {
        self.0.bus.clone()
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
            && self.0.unwell.due(now_ms).is_some()
        {
            tracing::error!(%error, "not ready: the database does not accept writes");
        }
        *last = Some((now_ms, tried.is_ok()));
        tried.is_ok()
    }
}

/// What a fault of the store is to the person who asked. The cause goes to the log: each fault of ours, but a database that is away only
/// once a minute, since every request then meets it.
pub(in crate::server) fn store_fault(error: &StoreError, request_id: &str) -> Fault {
    static AWAY: OnceAMinute = OnceAMinute::unsaid();
    static FULL: OnceAMinute = OnceAMinute::unsaid();
    match error {
        StoreError::Unavailable(cause) if error.is_out_of_space() => {
            if let Some(times) = FULL.due(Clock::System.now_ms()) {
                tracing::error!(times, %cause, "the database has no space left");
            }
            Fault::NoSpace
        }
        StoreError::Unavailable(cause) => {
            if let Some(times) = AWAY.due(Clock::System.now_ms()) {
                tracing::error!(times, %cause, "the database cannot be reached");
            }
            Fault::Unavailable
        }
        StoreError::Taken(_) | StoreError::Broken(_) => {
            tracing::error!(cause = %error, "the database refused a statement");
            Fault::Internal { request_id: request_id.to_owned() }
        }
    }
}
