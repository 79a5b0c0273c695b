//! View as: a root account begins and ends to see the console as one of its sub-accounts, and what it does not get meanwhile.
//!
//! Nothing of the sub-account changes by it, and both names are recorded.

use super::Gate;
use super::caller::Caller;
use super::record::{Happened, identity};
use super::request::RequestFacts;
use super::viewing::read_only;
use crate::catalog::operation::OperationRow;
use crate::catalog::operations::ViewAs;
use crate::domain::audit::Outcome;
use crate::domain::audit_change::Done;
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use crate::domain::session;
use crate::server::store::sessions;
use crate::text::Text;

/// So long the console is seen as another account.
const VIEWING_MS: i64 = 30 * 60_000;

impl Gate {
    /// The session of a request goes on as what it is. One in which nobody is viewed does so already.
    ///
    /// # Errors
    /// As [`Gate::caller`]: then it is as it was.
    pub async fn stop_viewing(&self, facts: &RequestFacts) -> Result<(), Fault> {
        let caller = self.caller(facts).await?;
        let Some(viewing) = caller.viewing() else { return Ok(()) };
        let stopped = async {
            let mut change = self.0.store.change().await?;
            if !sessions::view_as(&mut change, caller.owner(), caller.session_id(), Uin(0), 0).await? {
                return Ok(());
            }
            let done = if viewing.over { Done::default() } else { caller.done() };
            let who = identity(caller.owner(), caller.owner(), &viewing.by, caller.session_id());
            let happened = Happened { done, ..Happened::own("StopViewing", Outcome::Success) };
            change.commit(caller.owner(), happened.by(who, facts, caller.now_ms())).await
        };
        caller.stored(stopped.await)
    }
}

impl Caller {
    /// From now on the session sees the console as a sub-account, for half an hour. Only a root account may.
    ///
    /// # Errors
    /// [`Fault::Barred`] for who is no root account or views an account already, [`Fault::Reauthenticate`] without a recent proof,
    /// [`Fault::NotFound`] when root has no such sub-account, or one that is disabled.
    pub async fn view_as(&self, uin: Uin) -> Result<&'static str, Fault> {
        let permit = self.on_own_account::<ViewAs>()?;
        if !self.is_root() {
            return Err(Fault::Barred(Text::new(
                "Only the root account can see the console as another account.",
                "仅主账号可以以其他账号的身份查看控制台。",
            )));
        }
        let mut change = permit.change().await?;
        let name = self.stored(self.store().viewable(self.owner(), uin).await)?.ok_or(Fault::NotFound)?;
        let until_ms = self.now_ms() + VIEWING_MS;
        if !self.stored(sessions::view_as(&mut change, self.owner(), self.session_id(), uin, until_ms).await)? {
            return Err(Fault::SignedOut);
        }
        change.commit(Done::to(uin, &name)).await?;
        Ok(self.gate().caller(self.facts()).await?.session().await?.home())
    }

    /// Refuses whatever is not for who sees the console as another account: every change, every secret, and what is private to that account.
    ///
    /// # Errors
    /// [`Fault::Barred`].
    pub(super) fn open_to_a_viewer(&self, row: &OperationRow) -> Result<(), Fault> {
        if self.viewing().is_none() || row.is_open_to_viewers() { Ok(()) } else { Err(read_only()) }
    }

    /// How the frame says it.
    pub(super) fn viewing_shown(&self) -> Option<session::Viewing> {
        self.viewing().map(|viewing| session::Viewing { over: viewing.over })
    }
}
