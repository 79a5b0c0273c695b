//! What everybody signed in may do with the own account, first password or not, and what changes of it have in common.
//!
//! Passwords and sessions are the business of [`credentials`](super::credentials).

use super::attempt::Attempt;
use super::caller::Caller;
use super::record::RecordedChange;
use super::store_fault;
use crate::domain::audit_change::Done;
use crate::domain::fault::Fault;
use crate::domain::session::Preferences;
use crate::server::store::StoreError;

impl Caller {
    /// Keeps language and theme with the account.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] or [`Fault::Internal`].
    pub async fn prefer(&self, preferences: Preferences) -> Result<(), Fault> {
        // They are kept with the account that is seen, which is not whose they are; the cookies have them.
        if self.viewing().is_some() {
            return Ok(());
        }
        self.stored(self.store().set_preferences(self.owner(), self.uin(), preferences.lang.tag(), preferences.theme.tag()).await)
    }

    /// A change of the own account, which is nobody's to permit.
    pub(super) async fn recorded_change(&self, attempt: Attempt) -> Result<RecordedChange, StoreError> {
        Ok(RecordedChange::new(self.store().change().await?, self.clone(), attempt, false))
    }

    /// Something done to the own account.
    pub(super) fn done(&self) -> Done {
        Done::to(self.uin(), self.name())
    }

    pub(super) fn stored<V>(&self, stored: Result<V, StoreError>) -> Result<V, Fault> {
        stored.map_err(|error| store_fault(&error, self.request_id()))
    }
}
