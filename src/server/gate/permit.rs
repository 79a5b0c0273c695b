//! Permits: the proof, in types, that the gate has decided.
//!
//! A permit can be made in `gate` alone. What it permits stands in its types, what it is about inside it; a service must never take
//! an application, an owner or a store from anywhere else.

use super::attempt::Attempt;
use super::caller::Caller;
use super::in_force::off_thread;
use super::record::RecordedChange;
use super::store_fault;
use super::target::NoTarget;
use crate::domain::audit_change::Done;
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use crate::server::bus::Bus;
use crate::server::clock::random_number;
use crate::server::seal::{Place, SealError};
use crate::server::store::{Store, StoreError};
use std::marker::PhantomData;

/// Numbers of accounts, user groups and policies are drawn from `FIRST_NUMBER..FIRST_NUMBER + NUMBER_SPAN`: twelve digits, not guessable in a
/// row.
const FIRST_NUMBER: i64 = 100_000_000_000;
const NUMBER_SPAN: i64 = 900_000_000_000;

/// A number nobody has yet, most likely; the primary key refuses the rest.
pub(in crate::server) fn new_number() -> i64 {
    random_number(FIRST_NUMBER, NUMBER_SPAN)
}

/// The permission for `O`, an operation of the catalogue, on `T`.
pub struct Permit<O, T = NoTarget> {
    caller: Caller,
    target: T,
    attempt: Attempt,
    operation: PhantomData<fn() -> O>,
}

impl<O, T> Permit<O, T> {
    pub(super) fn new(caller: Caller, target: T, attempt: Attempt) -> Self {
        Self { caller, target, attempt, operation: PhantomData }
    }

    /// Who was permitted.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Does what takes a while, and asks nobody, off the threads that serve everybody.
    ///
    /// # Errors
    /// [`Fault::Internal`] when it breaks off.
    pub async fn off_thread<R: Send + 'static>(&self, work: impl FnOnce() -> R + Send + 'static) -> Result<R, Fault> {
        off_thread(self.caller.request_id(), work).await
    }

    /// The root account within which the permit holds.
    #[must_use]
    pub fn owner(&self) -> Uin {
        self.caller.owner()
    }

    /// What the permit is about.
    #[must_use]
    pub fn target(&self) -> &T {
        &self.target
    }

    /// The time of the decision, epoch milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.caller.now_ms()
    }

    /// The store, for what was permitted.
    pub(in crate::server) fn store(&self) -> &Store {
        &self.caller.gate().0.store
    }

    /// The bells of this server.
    pub(in crate::server) fn bus(&self) -> &Bus {
        &self.caller.gate().0.bus
    }

    /// Starts a change of the store. It holds the owner's row, and what was permitted still holds within it; see [`super::redecide`].
    ///
    /// # Errors
    /// [`Fault::SignedOut`], [`Fault::Denied`] and [`Fault::NotFound`] when the right was lost meanwhile, and what the store fails with.
    pub(in crate::server) async fn change(&self) -> Result<RecordedChange, Fault> {
        let mut change = self.store().change().await.map_err(|error| self.fault(&error))?;
        let as_decided = self.caller.decide_again(&mut change).await?;
        Ok(RecordedChange::new(change, self.caller.clone(), self.attempt.clone(), as_decided))
    }

    /// Makes sure that what was permitted still is, for what is read in parts: the right may be withdrawn between two of them.
    ///
    /// # Errors
    /// As [`Permit::change`].
    pub(in crate::server) async fn still_holds(&self) -> Result<(), Fault> {
        self.caller.still_may().await.map(drop)
    }

    /// Records what was done although nothing of the console was changed by it: a secret was shown, a file was made.
    ///
    /// # Errors
    /// As [`Permit::change`].
    pub(in crate::server) async fn record(&self, done: Done) -> Result<(), Fault> {
        self.change().await?.commit(done).await
    }

    /// A number for a new account or user group; see [`new_number`].
    pub(in crate::server) fn new_number(&self) -> i64 {
        new_number()
    }

    /// Seals a secret for its place.
    pub(in crate::server) fn seal(&self, place: Place, secret: &str) -> Result<String, Fault> {
        self.caller.gate().0.sealer.seal(place, secret).map_err(|error| self.seal_fault(place, &error))
    }

    /// Opens a secret of this place.
    pub(in crate::server) fn open(&self, place: Place, sealed: &str) -> Result<String, Fault> {
        self.caller.gate().0.sealer.open(place, sealed).map_err(|error| self.seal_fault(place, &error))
    }

    fn seal_fault(&self, place: Place, error: &SealError) -> Fault {
        let request_id = self.caller.request_id().to_owned();
        tracing::error!(%place, %error, "a secret could not be sealed or opened");
        Fault::Internal { request_id }
    }

    /// What a fault of the store is to the caller. Log it here and nowhere else.
    pub(in crate::server) fn fault(&self, error: &StoreError) -> Fault {
        store_fault(error, self.caller.request_id())
    }

    /// Hands back what the store gave, or its fault.
    pub(in crate::server) fn stored<V>(&self, stored: Result<V, StoreError>) -> Result<V, Fault> {
        stored.map_err(|error| self.fault(&error))
    }
}
