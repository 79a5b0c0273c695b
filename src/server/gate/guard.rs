//! Who may hand an account over: a new password, an e-mail address or an account that is enabled again must never give anybody rights they lack.
//!
//! What the other account may do is taken at its best: whatever a condition says about address, time or second factor may come true later.

use super::caller::{Caller, Compared};
use super::principal::{Ask, Principal, on_application};
use crate::cam::{Context, Effect, Policy, PolicySet, Resource, Source};
use crate::catalog::action::ActionRow;
use crate::catalog::actions;
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use crate::server::store::sessions::AccountRow;
use crate::text::Text;
use std::sync::Arc;

impl Caller {
    /// Demands that an account may do nothing that this one may not. A root account may do everything.
    ///
    /// # Errors
    /// [`Fault::Barred`] with the first action that the other account may do and this one may not.
    pub(in crate::server) async fn is_no_less_than(&self, target: Uin, name: &str) -> Result<(), Fault> {
        if self.is_root() || self.uin() == target {
            return Ok(());
        }
        let account = AccountRow { uin: target.0, is_root: i64::from(target == self.owner()), ..self.account().clone() };
        let compiled = self.gate().policies_of(&account, self.request_id(), self.now_ms()).await?;
        let theirs = Principal { account, ..self.principal().under(at_its_best(&compiled.set())) };
        let best = self.context().clone().with_mfa(true);
        let (own, theirs) = (Reach { of: self.principal(), context: self.context() }, Reach { of: &theirs, context: &best });
        let more = actions().find(|row| theirs.exceeds(&own, row));
        match more {
            None => {
                self.keep_compared(Compared { target, name: name.to_owned(), until_ms: compiled.until_ms() });
                Ok(())
            }
            Some(row) => Err(Fault::Barred(Text::made(
                format!(
                    "{name} has the permission {0}, which you don't have. Ask an administrator who has all permissions of {name}.",
                    row.full
                ),
                format!("{name} 拥有您没有的权限 {}。请联系权限不低于 {name} 的管理员。", row.full),
            ))),
        }
    }
}

/// What the account of these policies may do when every circumstance is in its favour.
fn at_its_best(policies: &PolicySet) -> PolicySet {
    let sources = policies.sources().map(|source| Source { policy: Arc::new(favoured(&source.policy)), ..source.clone() });
    PolicySet::compile(*policies.principal(), sources.collect(), None, None)
}

/// Leaves conditions about resources alone; of the others an allow is taken to hold and a deny not to.
fn favoured(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    let about_resource = |key: &str| ["qcs:resource_tag", "qcs:tag", "qcs:create_uin"].iter().any(|known| key.starts_with(known));
    policy.statements.retain_mut(|statement| {
        let statement = &mut statement.value;
        let circumstances = statement.conditions.iter().any(|condition| !about_resource(&condition.key.value));
        statement.conditions.retain(|condition| about_resource(&condition.key.value));
        !circumstances || statement.effect.value == Effect::Allow
    });
    policy
}

/// What an account may do in given circumstances.
struct Reach<'a> {
    of: &'a Principal,
    context: &'a Context,
}

impl Reach<'_> {
    fn may(&self, row: &'static ActionRow, ask: Ask<'_>) -> bool {
        self.of.may(row, ask, self.context)
    }

    /// On every resource of a type.
    fn may_on_each(&self, row: &ActionRow, service: &str, kind: &str) -> bool {
        self.of.policies.verdict(row.full, &Resource::of(service, self.of.account.owner_uin, kind, "*"), self.context).is_allow()
    }

    fn exceeds(&self, other: &Self, row: &'static ActionRow) -> bool {
        if on_application(row) {
            let on_an_app = self.of.apps.iter().any(|app| self.may(row, Ask::App(app)) && !other.may(row, Ask::App(app)));
            let on_some = |of: &Self| of.of.may_on_some_application(row, of.context);
            return on_an_app || on_some(self) && !on_some(other);
        }
        match row.resource_kind() {
            // Accounts and roles are many: who may do something to some of them is only matched by who may do it to all.
            Some((service, kind)) => {
                self.of.policies.may_allow(row.full, service, kind, self.context) && !other.may_on_each(row, service, kind)
            }
            None => self.may(row, Ask::Anywhere) && !other.may(row, Ask::Anywhere),
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
        assert!(matches!(permit.change().await, Err(Fault::Barred(_))), "what was compared is compared again");
    }

    #[tokio::test]
    async fn a_role_that_only_the_other_account_may_assume_counts() {
        let rig = Rig::new().await;
        rig.sub_account("desk", &["QcloudCamFullAccess"]).await;
        let target = rig.sub_account("target", &[]).await;
        let document = format!(
            r#"{{"version":"2.0","statement":[{{"effect":"allow","action":"sts:AssumeRole","resource":"qcs::cam::uin/{}:roleName/ops"}}]}}"#,
            rig.owner
        );
        rig.attach_new(target, &document).await;
        let caller = rig.caller(&rig.log_in("desk").await).await;
        assert!(matches!(caller.is_no_less_than(target, "target").await, Err(Fault::Barred(_))));
    }
}
