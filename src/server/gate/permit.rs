//! Permits: the proof, in types, that the gate has decided.
//!
//! A permit can be made in `gate` alone. What it permits stands in its types, what it is about inside it; a service must never take
//! an application, an owner or a store from anywhere else.

use super::caller::Caller;
use super::setup::new_uin;
use super::store_fault;
use crate::domain::fault::Fault;
use crate::domain::ids::{SdkAppId, Uin};
use crate::server::seal::{Place, SealError};
use crate::server::store::applications::AppFacts;
use crate::server::store::{Change, Store, StoreError};
use std::marker::PhantomData;
use std::sync::Arc;

/// The permission to do `G`, an action or a page of the catalogue, on `T`.
pub struct Permit<G, T = Everything> {
    caller: Caller,
    target: T,
    grant: PhantomData<fn() -> G>,
}

/// No particular thing: the resource is `*`.
#[derive(Clone, Copy, Debug)]
pub struct Everything;

/// One application that exists and that the caller may know of.
#[derive(Clone, Debug)]
pub struct App(pub(super) AppFacts);

impl App {
    /// Its number.
    #[must_use]
    pub fn id(&self) -> SdkAppId {
        self.0.id
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }
}

/// The applications a list may show: those on which the grant holds, by number.
#[derive(Clone, Debug)]
pub struct Apps {
    pub(super) facts: Arc<Vec<AppFacts>>,
    pub(super) allowed: Vec<usize>,
}

impl Apps {
    /// The numbers of the applications in the scope.
    pub fn ids(&self) -> impl Iterator<Item = SdkAppId> + '_ {
        self.listed().map(|(id, _)| id)
    }

    /// Numbers and names of the applications in the scope.
    pub fn listed(&self) -> impl Iterator<Item = (SdkAppId, &str)> + '_ {
        self.allowed.iter().filter_map(|index| self.facts.get(*index)).map(|app| (app.id, app.name.as_str()))
    }

    /// Whether an application is in the scope.
    #[must_use]
    pub fn holds(&self, id: SdkAppId) -> bool {
        self.ids().any(|allowed| allowed == id)
    }

    /// Applications in the scope.
    #[must_use]
    pub fn count(&self) -> i64 {
        i64::try_from(self.allowed.len()).unwrap_or(i64::MAX)
    }

    /// Applications of the owner, for "3 of 12 applications".
    #[must_use]
    pub fn of(&self) -> i64 {
        i64::try_from(self.facts.len()).unwrap_or(i64::MAX)
    }
}

impl<G, T> Permit<G, T> {
    pub(super) fn new(caller: Caller, target: T) -> Self {
        Self { caller, target, grant: PhantomData }
    }

    /// Who was permitted.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
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

    /// Starts a change of the store. It holds the owner's row, and what was permitted still holds within it; see [`super::again`].
    ///
    /// # Errors
    /// [`Fault::SignedOut`], [`Fault::Denied`] and [`Fault::NotFound`] when the right was lost meanwhile, and what the store fails with.
    pub(in crate::server) async fn change(&self) -> Result<Change, Fault> {
        let mut change = self.store().change().await.map_err(|error| self.fault(&error))?;
        self.caller.holds_still(&mut change).await?;
        Ok(change)
    }

    /// A number for a new account, user group or policy: nobody has it yet, most likely; the primary key refuses the rest.
    pub(in crate::server) fn new_number(&self) -> i64 {
        new_uin().0
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
