//! From a question of the caller to a permit or a refusal. The answers are those of the [`Principal`](super::principal).

use super::attempt::Attempt;
use super::caller::Caller;
use super::permit::Permit;
use super::principal::Ask;
use super::question::{DecidedOn, Question};
use super::target::{App, Apps, NoTarget, Numbered as _, OwnAccount, Target};
use super::viewing::read_only;
use crate::cam::Context;
use crate::catalog::action::{Action as _, trtc};
use crate::catalog::operation::{Operation, Proof, kind};
use crate::catalog::page::Page;
use crate::catalog::rule::Rule;
use crate::domain::applications::Tag;
use crate::domain::fault::Fault;
use crate::domain::ids::SdkAppId;

impl Caller {
    /// Permission for `O` where nothing in particular is involved.
    ///
    /// # Errors
    /// [`Fault::Denied`], which explains itself, and [`Fault::Reauthenticate`] when `O` wants a recent proof of the password.
    pub fn permit<O: Operation<Kind = kind::NoTarget>>(&self) -> Result<Permit<O>, Fault> {
        self.permit_on::<O, _>(NoTarget)
    }

    /// As [`Caller::permit`], for a request that carries tags (`qcs:request_tag`).
    ///
    /// # Errors
    /// As [`Caller::permit`].
    pub fn permit_tagging<O: Operation<Kind = kind::NoTarget>>(&self, tags: &[Tag]) -> Result<Permit<O>, Fault> {
        let attempt = self.require::<O>(NoTarget.decided_on(self.owner()), tags)?;
        Ok(Permit::new(self.clone(), NoTarget, attempt))
    }

    /// Permission for `O` on the account, group, policy or pairs of them that the request names.
    ///
    /// # Errors
    /// As [`Caller::permit`].
    pub fn permit_on<O: Operation, T: Target<Kind = O::Kind>>(&self, target: T) -> Result<Permit<O, T>, Fault> {
        let attempt = self.require::<O>(target.decided_on(self.owner()), &[])?;
        Ok(Permit::new(self.clone(), target, attempt))
    }

    /// Permission for `O` as a part of an answer that is whole without it: `None` for who may not, which is no refusal and leaves no record.
    #[must_use]
    pub fn part_on<O: Operation, T: Target<Kind = O::Kind>>(&self, target: T) -> Option<Permit<O, T>> {
        let on = target.decided_on(self.owner());
        let question = Question { rule: O::ROW.rule, on: on.clone(), tags: Vec::new() };
        if !self.holds(&question) || self.ready_for::<O>().is_err() {
            return None;
        }
        self.keep_permitted(question);
        let attempt = Attempt::of(O::ROW, on);
        self.count_decision(&attempt, &Ok(()));
        Some(Permit::new(self.clone(), target, attempt))
    }

    /// As [`Caller::part_on`], where nothing in particular is involved.
    #[must_use]
    pub fn part<O: Operation<Kind = kind::NoTarget>>(&self) -> Option<Permit<O>> {
        self.part_on::<O, _>(NoTarget)
    }

    /// Permission for `O` on one application.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when there is no such application or the caller may not list it, otherwise as [`Caller::permit`].
    pub fn on_app<O: Operation<Kind = kind::Application>>(&self, id: SdkAppId) -> Result<Permit<O, App>, Fault> {
        self.on_app_tagging::<O>(id, &[])
    }

    /// As [`Caller::on_app`], for a request that carries tags (`qcs:request_tag`).
    ///
    /// # Errors
    /// As [`Caller::on_app`].
    pub fn on_app_tagging<O: Operation<Kind = kind::Application>>(&self, id: SdkAppId, tags: &[Tag]) -> Result<Permit<O, App>, Fault> {
        let attempt = self.require::<O>(DecidedOn::App(id), tags)?;
        let app = self.principal().app(id).ok_or(Fault::NotFound)?;
        Ok(Permit::new(self.clone(), App(app.clone()), attempt))
    }

    /// Permission for `O` on every application on which its rule holds; the list may be empty when it is granted on a pattern that fits none.
    ///
    /// # Errors
    /// As [`Caller::permit`], when it is granted nowhere.
    pub fn on_apps<O: Operation<Kind = kind::Applications>>(&self) -> Result<Permit<O, Apps>, Fault> {
        let attempt = self.require::<O>(DecidedOn::Anywhere, &[])?;
        let allowed = self.principal().apps_where(O::ROW.rule, self.context());
        Ok(Permit::new(self.clone(), Apps { facts: self.principal().apps.clone(), allowed }, attempt))
    }

    /// Demands what `O` asks of everybody signed in, first password or not.
    pub(super) fn may_on_own_account<O: Operation<Kind = kind::OwnAccount>>(&self) -> Result<Attempt, Fault> {
        self.noted(Attempt::of(O::ROW, DecidedOn::Things(vec![self.uin().thing(self.owner())])), self.ready_for::<O>())
    }

    /// Permission for `O` on the own account.
    ///
    /// # Errors
    /// [`Fault::PasswordChange`] before the first password is changed, [`Fault::Reauthenticate`] when `O` wants a recent proof.
    pub fn on_own_account<O: Operation<Kind = kind::OwnAccount>>(&self) -> Result<Permit<O, OwnAccount>, Fault> {
        let attempt = self.may_on_own_account::<O>()?;
        self.active()?;
        Ok(Permit::new(self.clone(), OwnAccount, attempt))
    }

    fn noted(&self, attempt: Attempt, outcome: Result<(), Fault>) -> Result<Attempt, Fault> {
        self.count_decision(&attempt, &outcome);
        self.note_attempt(attempt.clone(), outcome.is_ok());
        outcome.map(|()| attempt)
    }

    /// Whether a rule holds on one application, for the controls of its pages.
    #[must_use]
    pub fn holds_on_app(&self, rule: Rule, id: SdkAppId) -> bool {
        self.principal().app(id).is_some_and(|app| self.principal().holds(rule, Ask::App(app), self.context()))
    }

    /// Whether a rule holds somewhere, for the navigation and for controls that belong to no application.
    #[must_use]
    pub fn holds_anywhere(&self, rule: Rule) -> bool {
        self.principal().holds(rule, Ask::Anywhere, self.context())
    }

    /// Whether a page may be opened; `app` is the application in its path.
    ///
    /// # Errors
    /// As [`Caller::on_app`] and [`Caller::permit`].
    pub fn open(&self, page: &'static Page, app: Option<SdkAppId>) -> Result<(), Fault> {
        let on = app.map_or(DecidedOn::Anywhere, DecidedOn::App);
        let opens = self.check(&Question { rule: page.opens, on: on.clone(), tags: Vec::new() });
        self.noted(Attempt::to_open(page, on), opens).map(drop)
    }

    /// Demands a recent proof of the password. Only an operation with [`Proof::ForSecrets`] calls this itself.
    ///
    /// # Errors
    /// [`Fault::Reauthenticate`] when the last one is too long ago, [`Fault::Barred`] for who sees the console as another account.
    pub(in crate::server) fn recently_proven(&self) -> Result<(), Fault> {
        if self.viewing().is_some() {
            return Err(read_only());
        }
        let since = self.now_ms() - self.credential().proven_ms;
        if since <= self.gate().0.limits.proof_ms { Ok(()) } else { Err(Fault::Reauthenticate) }
    }

    /// What is demanded besides the rule: every permit is made behind this.
    fn ready_for<O: Operation>(&self) -> Result<(), Fault> {
        self.open_to_a_viewer(O::ROW)?;
        match O::ROW.proof {
            Proof::Recent => self.recently_proven(),
            Proof::NotNeeded | Proof::ForSecrets => Ok(()),
        }
    }

    /// Decides what is then permitted, and keeps it for [`Permit::change`].
    fn require<O: Operation>(&self, on: DecidedOn, tags: &[Tag]) -> Result<Attempt, Fault> {
        let question = Question { rule: O::ROW.rule, on: on.clone(), tags: tags.to_vec() };
        let outcome = self.check(&question).and_then(|()| self.ready_for::<O>());
        let attempt = self.noted(Attempt::of(O::ROW, on), outcome)?;
        self.keep_permitted(question);
        Ok(attempt)
    }

    pub(super) fn check(&self, asked: &Question) -> Result<(), Fault> {
        self.active()?;
        let context = self.with_request_tags(&asked.tags);
        let id = match &asked.on {
            DecidedOn::Anywhere => return self.check_rule(asked.rule, Ask::Anywhere, &context),
            DecidedOn::Things(things) => return self.check_rule(asked.rule, Ask::Things(things), &context),
            DecidedOn::App(id) => *id,
        };
        let app = self.principal().app(id).ok_or(Fault::NotFound)?;
        match self.check_rule(asked.rule, Ask::App(app), &context) {
            Err(_) if !self.principal().may(trtc::DescribeAppStatList::ROW, Ask::App(app), self.context()) => Err(Fault::NotFound),
            held => held,
        }
    }

    /// What [`Caller::check`] decides, without the explanation of a refusal.
    fn holds(&self, asked: &Question) -> bool {
        let ask = match &asked.on {
            DecidedOn::Anywhere => Ask::Anywhere,
            DecidedOn::Things(things) => Ask::Things(things),
            DecidedOn::App(id) => match self.principal().app(*id) {
                Some(app) => Ask::App(app),
                None => return false,
            },
        };
        !self.must_change_password() && self.principal().holds(asked.rule, ask, &self.with_request_tags(&asked.tags))
    }

    /// Nothing is permitted to an account that still has its first password.
    fn active(&self) -> Result<(), Fault> {
        if self.must_change_password() { Err(Fault::PasswordChange) } else { Ok(()) }
    }

    /// Decides a rule; a refusal explains itself.
    fn check_rule(&self, rule: Rule, ask: Ask<'_>, context: &Context) -> Result<(), Fault> {
        let mut may = |row| self.principal().may(row, ask, context);
        if rule.holds(&mut may) { Ok(()) } else { Err(self.refusal(&rule.ways(&mut may), ask, context)) }
    }

    fn with_request_tags(&self, tags: &[Tag]) -> Context {
        if tags.is_empty() {
            return self.context().clone();
        }
        self.context().clone().with_request_tags(tags.iter().map(|tag| format!("{}&{}", tag.key, tag.value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::action::cam;
    use crate::catalog::operations;
    use crate::domain::ids::{GroupId, Uin};
    use crate::server::gate::rig::Rig;

    fn may_on(caller: &Caller, target: &impl Target) -> bool {
        let asked = Question { rule: Rule::may::<cam::UpdateAccessKey>(), on: target.decided_on(caller.owner()), tags: Vec::new() };
        caller.check(&asked).is_ok()
    }

    #[tokio::test]
    async fn a_policy_that_names_one_account_counts_on_that_account_alone() {
        let rig = Rig::new().await;
        let desk = rig.sub_account("desk", &[]).await;
        let (own, other) = (Uin(desk.0 + 10), Uin(desk.0 + 11));
        let document = format!(
            r#"{{"version":"2.0","statement":[{{"effect":"allow","action":"cam:UpdateAccessKey","resource":"qcs::cam::uin/{}:uin/{own}"}}]}}"#,
            rig.owner
        );
        rig.attach_new(desk, &document).await;
        let caller = rig.caller(&rig.log_in("desk").await).await;
        assert!(may_on(&caller, &own) && !may_on(&caller, &other));
        assert!(may_on(&caller, &vec![(GroupId(1), own)]), "the group is nothing that the action is decided on");
        assert!(!may_on(&caller, &vec![(GroupId(1), own), (GroupId(1), other)]), "each account must be permitted");
        assert!(!may_on(&caller, &GroupId(own.0)), "a group of the same number is another thing");
        assert!(caller.holds_anywhere(Rule::may::<cam::UpdateAccessKey>()), "for the navigation");
        let refused =
            caller.check(&Question { rule: Rule::may::<cam::UpdateAccessKey>(), on: other.decided_on(rig.owner), tags: Vec::new() });
        let Err(Fault::Denied(denial)) = refused else { panic!("{refused:?}") };
        assert_eq!(denial.resource, format!("qcs::cam::uin/{}:uin/{other}", rig.owner), "the refusal names the account");
        assert!(matches!(caller.permit_on::<operations::EditUser, _>(own), Err(Fault::Denied(_))));
    }
}
