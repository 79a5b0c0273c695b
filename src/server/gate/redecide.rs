//! Decided again: what was permitted at the door still holds when it is written.
//!
//! Between the decision and the change rights may be withdrawn, and the account deleted. A change holds the owner's row, which every change
//! of rights raises; when it was raised since the decision, everything permitted to the request is decided anew. No service can forget it:
//! [`Permit::change`](super::Permit) is how they begin a change. What is read for longer than a moment asks again between its parts.

use super::caller::Caller;
use super::store_fault;
use crate::domain::fault::Fault;
use crate::server::store::{Change, StoreError, lock_revision};

impl Caller {
    /// Holds the owner's row for the rest of a change and makes sure that the caller may still do what was permitted. Gives whether everything
    /// is as it was decided on; then it stays so, too.
    ///
    /// # Errors
    /// [`Fault::SignedOut`] when the session or the account is gone or disabled, otherwise what the decision is now.
    pub(super) async fn decide_again(&self, change: &mut Change) -> Result<bool, Fault> {
        lock_revision(change, self.owner()).await.map_err(|error| store_fault(&error, self.request_id()))?;
        // Read past the change, which has written nothing yet: whoever changes rights has committed, or waits for this change.
        self.still_may().await
    }

    /// Makes sure that the caller may at this moment still do what was permitted, and gives whether everything is as it was decided on; nothing
    /// keeps it so.
    ///
    /// # Errors
    /// As [`Caller::decide_again`].
    pub(super) async fn still_may(&self) -> Result<bool, Fault> {
        let broken = |error: StoreError| store_fault(&error, self.request_id());
        let live = self.store().live_session_of(self.owner(), self.session_id()).await.map_err(broken)?.ok_or(Fault::SignedOut)?;
        if live.account.disabled != 0 {
            return Err(Fault::SignedOut);
        }
        let (now, decided_on) = (&live.account, self.account());
        if now.revision == decided_on.revision && now.must_change_password == decided_on.must_change_password {
            return Ok(true);
        }
        let now = self.gate().caller_of(live, self.facts().clone(), self.now_ms()).await?;
        self.permitted_questions().iter().try_for_each(|asked| now.check(asked))?;
        for (target, name) in self.compared() {
            now.is_no_less_than(target, &name).await?;
        }
        Ok(false)
    }
}
