//! Who may hand an account over: a new password, an e-mail address or an account that is enabled again must never give anybody rights they lack.
//!
//! What the other account may do is taken at its best: whatever a condition says about address, time or second factor may come true later.

use super::caller::Caller;
use super::decide::{on_application, with_app};
use super::in_force::compile_as;
use super::store_fault;
use crate::cam::{Context, Effect, Policy, PolicySet, Resource, Verdict};
use crate::catalog::action::{self, ActionRow};
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use crate::server::store::applications::AppFacts;
use crate::server::store::sessions::LiveRow;
use crate::text::Text;

impl Caller {
    /// Demands that an account may do nothing that this one may not. A root account may do everything.
    ///
    /// # Errors
    /// [`Fault::Conflict`] with the first action that the other account may do and this one may not.
    pub(in crate::server) async fn is_no_less_than(&self, target: Uin, name: &str) -> Result<(), Fault> {
        if self.is_root() || self.uin() == target {
            return Ok(());
        }
        let rows = self.store().policies_in_force(self.owner(), target).await;
        let rows = rows.map_err(|error| store_fault(&error, self.request_id()))?;
        let account = LiveRow { uin: target.0, is_root: 0, ..self.live().clone() };
        let theirs = compile_as(&account, rows, self.request_id(), at_its_best)?;
        let best = self.context().clone().with_mfa(true);
        let more = action::all().find(|row| {
            let (theirs, own) = (
                Reach { set: &theirs, context: &best, caller: self },
                Reach { set: self.policies(), context: self.context(), caller: self },
            );
            theirs.exceeds(&own, row)
        });
        match more {
            None => {
                self.keep_compared(target, name);
                Ok(())
            }
            Some(row) => Err(Fault::Conflict(Text::made(
                format!(
                    "{name} has the permission {0}, which you don't have. Ask an administrator who has all permissions of {name}.",
                    row.full
                ),
                format!("{name} 拥有您没有的权限 {}。请联系权限不低于 {name} 的管理员。", row.full),
            ))),
        }
    }
}

/// Leaves conditions about resources alone; of the others an allow is taken to hold and a deny not to.
fn at_its_best(policy: &mut Policy) {
    let about_resource = |key: &str| ["qcs:resource_tag", "qcs:tag", "qcs:create_uin"].iter().any(|known| key.starts_with(known));
    policy.statements.retain_mut(|statement| {
        let statement = &mut statement.value;
        let circumstances = statement.conditions.iter().any(|condition| !about_resource(&condition.key.value));
        statement.conditions.retain(|condition| about_resource(&condition.key.value));
        !circumstances || statement.effect.value == Effect::Allow
    });
}

/// What the policies of an account reach.
struct Reach<'a> {
    set: &'a PolicySet,
    context: &'a Context,
    caller: &'a Caller,
}

impl Reach<'_> {
    fn on_app(&self, row: &ActionRow, app: &AppFacts) -> bool {
        self.set.verdict(row.full, &self.caller.resource_of(app), &with_app(self.context, app)) == Verdict::Allow
    }

    /// On applications that there may be one day.
    fn on_some_app(&self, row: &ActionRow) -> bool {
        self.set.may_allow(row.full, "trtc", "sdkappid", self.context)
    }

    fn on_everything(&self, row: &ActionRow) -> bool {
        self.set.verdict(row.full, &Resource::all(), self.context) == Verdict::Allow
    }

    fn exceeds(&self, other: &Self, row: &ActionRow) -> bool {
        if on_application(row) {
            let apps = self.caller.apps();
            apps.iter().any(|app| self.on_app(row, app) && !other.on_app(row, app)) || self.on_some_app(row) && !other.on_some_app(row)
        } else {
            self.on_everything(row) && !other.on_everything(row)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::operations;
    use crate::server::gate::rig::Rig;

    #[tokio::test]
    async fn rights_that_the_other_account_gets_meanwhile_count() {
        let rig = Rig::new().await;
        rig.sub_account("desk", &["QcloudCamFullAccess"]).await;
        let target = rig.sub_account("target", &[]).await;
        let caller = rig.caller(&rig.log_in("desk").await).await;
        let permit = caller.permit_on::<operations::ResetPassword, _>(target).unwrap();
        caller.is_no_less_than(target, "target").await.unwrap();
        rig.attach(target, "QcloudTRTCFullAccess").await;
        assert!(matches!(permit.change().await, Err(Fault::Conflict(_))), "what was compared is compared again");
    }
}
