//! Decided again: what was permitted at the door still holds when it is written.
//!
//! Between the decision and the change rights may be withdrawn, the account deleted, and the session or what is granted for a time may
//! end. A change holds the owner's row, which every change of rights raises; when it was raised since the decision, or a moment has passed
//! that the policies name or at which one of them ends, everything permitted to the request is decided anew. No service can forget it: [`Permit::change`](super::Permit)
//! is how they begin a change. What is read for longer than a moment asks again between its parts.

use super::caller::Caller;
use super::store_fault;
use super::viewing::read_only;
use crate::cam::Context;
use crate::domain::fault::Fault;
use crate::server::store::{Change, StoreError, lock_revision};

impl Caller {
    /// Holds the owner's row for the rest of a change and makes sure that the caller may still do what was permitted. Gives whether everything
    /// is as it was decided on; then it stays so, too.
    ///
    /// # Errors
    /// [`Fault::SignedOut`] when the session has ended or the account is gone or disabled, otherwise what the decision is now.
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
        let live = self.store().live_session_of(self.owner(), self.session_id()).await.map_err(broken)?;
        let now_ms = self.gate().now_ms();
        let live = live.filter(|live| self.gate().is_alive(live, now_ms)).ok_or(Fault::SignedOut)?;
        let (now, viewing) = self.gate().acts_as(&live, now_ms, self.request_id()).await?;
        // What was permitted to root is not done as somebody else, nor the other way round.
        if viewing.as_ref() != self.viewing() || (viewing.is_some() && now.uin != self.account().uin) {
            return Err(read_only());
        }
        let decided_on = self.account();
        let same_rights = now.revision == decided_on.revision && now.must_change_password == decided_on.must_change_password;
        if same_rights && self.is_as_at(now_ms) {
            return Ok(true);
        }
        let now = self.gate().caller_of(live, self.facts().clone(), now_ms).await?;
        self.permitted_questions().iter().try_for_each(|asked| now.check(asked))?;
        for compared in self.compared() {
            now.is_no_less_than(compared.target, &compared.name).await?;
        }
        Ok(false)
    }

    /// Whether no policy has ended by itself since the request, and whether the policies take another time for that of the request.
    fn is_as_at(&self, now_ms: i64) -> bool {
        let policies = &self.principal().policies;
        if self.principal().until_ms <= now_ms || self.compared().iter().any(|compared| compared.until_ms <= now_ms) {
            return false;
        }
        !policies.depends_on(Context::TIME)
            || policies.read_of(self.context()) == policies.read_of(&self.context().clone().with_time_ms(now_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::operations;
    use crate::server::gate::Permit;
    use crate::server::gate::rig::Rig;

    /// A caller who may create groups until the tenth second, and the permit to it.
    async fn until_the_tenth_second(rig: &Rig) -> Permit<operations::CreateGroup> {
        let desk = rig.sub_account("desk", &[]).await;
        let document = r#"{"version":"2.0","statement":[{"effect":"allow","action":"cam:*","resource":"*",
            "condition":{"date_less_than":{"qcs:current_time":"1970-01-01T00:00:10Z"}}}]}"#;
        rig.attach_new(desk, document).await;
        rig.caller(&rig.log_in("desk").await).await.permit::<operations::CreateGroup>().unwrap()
    }

    #[tokio::test]
    async fn what_was_permitted_for_a_time_is_permitted_no_longer() {
        let rig = Rig::new().await;
        let permit = until_the_tenth_second(&rig).await;
        let clock = &rig.gate.0.clock;
        clock.advance(8_999);
        assert!(permit.change().await.unwrap().is_as_decided(), "no moment that the policies name has passed");
        clock.advance(1);
        assert!(matches!(permit.change().await, Err(Fault::Denied(_))));
    }

    #[tokio::test]
    async fn what_is_changed_when_its_session_has_ended_is_not_changed() {
        let rig = Rig::new().await;
        rig.sub_account("desk", &["QcloudCamFullAccess"]).await;
        let permit = rig.caller(&rig.log_in("desk").await).await.permit::<operations::CreateGroup>().unwrap();
        let clock = &rig.gate.0.clock;
        clock.advance(rig.gate.0.limits.idle_ms);
        assert!(permit.change().await.unwrap().is_as_decided());
        clock.advance(1);
        assert!(matches!(permit.change().await, Err(Fault::SignedOut)));
    }
}
