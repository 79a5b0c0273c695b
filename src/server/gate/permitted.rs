//! The permitted set: every page and control that an account may use, and the applications with their pages, for the frame of the console.
//!
//! It is hundreds of decisions for each application. They are made once for the policies of an account, the applications, and what the
//! conditions of the policies read of the request, off the threads that serve everybody. Must never be taken for a permit.

use super::caller::Caller;
use super::in_force::off_thread;
use super::principal::{Principal, on_application, with_app};
use crate::cam::{Circumstances, Context, PolicySet, Resource, Verdict};
use crate::catalog::action::{Action as _, ActionRow, trtc};
use crate::catalog::operations::ReadSession;
use crate::catalog::pages;
use crate::catalog::pages::Usage;
use crate::catalog::rule::Rule;
use crate::domain::fault::Fault;
use crate::domain::session::{Session, SessionApp};
use crate::server::store::applications::AppFacts;
use std::collections::HashMap;
use std::sync::Arc;

/// What an account may use.
pub struct Permitted {
    made_of: MadeOf,
    pages: Vec<String>,
    controls: Vec<String>,
    apps: Vec<SessionApp>,
}

/// What the permitted set was worked out from.
struct MadeOf {
    policies: Arc<PolicySet>,
    apps: Arc<Vec<AppFacts>>,
    /// What the conditions of the policies read of the request.
    read: Context,
}

impl MadeOf {
    /// Whether both are made of the same. Policies and applications are compared by address: the cache keeps what is unchanged, and they are
    /// held here, so no address is used twice.
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.policies, &other.policies) && Arc::ptr_eq(&self.apps, &other.apps) && self.read == other.read
    }
}

impl Caller {
    /// Who is signed in, and the permitted set: what the frame of the console shows.
    ///
    /// # Errors
    /// [`Fault::Internal`] when the decisions break off.
    pub async fn session(&self) -> Result<Session, Fault> {
        self.may_on_own_account::<ReadSession>()?;
        let permitted = self.permitted().await?;
        Ok(Session {
            uin: self.uin(),
            owner_uin: self.owner(),
            name: self.name().to_owned(),
            is_root: self.is_root(),
            demo: self.account().demo != 0,
            utc_offset_mins: self.utc_offset_mins(),
            now_ms: self.now_ms(),
            pages: permitted.pages.clone(),
            apps: permitted.apps.clone(),
            controls: permitted.controls.clone(),
        })
    }

    async fn permitted(&self) -> Result<Arc<Permitted>, Fault> {
        let cache = &self.gate().0.cache;
        let Principal { policies, apps, .. } = self.principal().clone();
        let made_of = MadeOf { read: policies.read_of(self.context()), policies, apps };
        if let Some(known) = cache.permitted(self.uin()).filter(|known| known.made_of.is(&made_of)) {
            return Ok(known);
        }
        let caller = self.clone();
        let made = off_thread(self.request_id(), move || Answers::of(&caller).permitted(made_of)).await?;
        Ok(cache.keep_permitted(self.uin(), made))
    }
}

/// The answers to the actions of all pages, each asked for once.
struct Answers<'c> {
    caller: &'c Caller,
    /// The circumstances of a request without application.
    anywhere: Circumstances<'c>,
    /// Each application with its circumstances.
    apps: Vec<(Resource, Circumstances<'c>)>,
    /// For an action that is decided on an application: whether it is allowed on each.
    on_apps: HashMap<&'static str, Vec<bool>>,
    /// Whether an action is allowed somewhere.
    somewhere: HashMap<&'static str, bool>,
}

impl<'c> Answers<'c> {
    fn of(caller: &'c Caller) -> Self {
        let (principal, set) = (caller.principal(), &caller.principal().policies);
        let apps = principal.apps.iter().map(|app| (principal.resource_of(app), set.under(with_app(caller.context(), app))));
        Self {
            caller,
            anywhere: set.under(caller.context().clone()),
            apps: apps.collect(),
            on_apps: HashMap::new(),
            somewhere: HashMap::new(),
        }
    }

    fn permitted(mut self, made_of: MadeOf) -> Permitted {
        let pages = pages::all().filter(|page| page.nav.is_some() && self.holds(page.opens, None)).map(|page| page.id.to_owned()).collect();
        let controls = pages::all().flat_map(|page| page.controls);
        let controls = controls.filter(|control| self.holds(control.rule, None)).map(|control| control.id.to_owned()).collect();
        let caller = self.caller;
        let mut apps = Vec::new();
        for (at, app) in caller.principal().apps.iter().enumerate() {
            if self.holds(Rule::may::<trtc::DescribeAppStatList>(), Some(at)) {
                let of_one = pages::all().filter(|page| page.is_on_application() || page.id == Usage::PAGE.id);
                let pages = of_one.filter(|page| self.holds(page.opens, Some(at))).map(|page| page.id.to_owned()).collect();
                apps.push(SessionApp { id: app.id, name: app.name.clone(), pages });
            }
        }
        Permitted { made_of, pages, controls, apps }
    }

    fn holds(&mut self, rule: Rule, app: Option<usize>) -> bool {
        rule.holds(&mut |row| match app {
            Some(app) => self.on(row, app),
            None => self.anywhere(row),
        })
    }

    /// One action on one application, as [`Principal::may`] decides it.
    fn on(&mut self, row: &'static ActionRow, app: usize) -> bool {
        if on_application(row) {
            return self.on_each(row).get(app).copied().unwrap_or(false);
        }
        self.anywhere(row) && self.on(trtc::DescribeAppStatList::ROW, app)
    }

    fn on_each(&mut self, row: &'static ActionRow) -> &[bool] {
        let apps = &self.apps;
        self.on_apps
            .entry(row.full)
            .or_insert_with(|| apps.iter().map(|(resource, under)| under.verdict(row.full, resource) == Verdict::Allow).collect())
    }

    fn anywhere(&mut self, row: &'static ActionRow) -> bool {
        if let Some(known) = self.somewhere.get(row.full) {
            return *known;
        }
        let (principal, context) = (self.caller.principal(), self.caller.context());
        let may = match row.resource_kind() {
            _ if on_application(row) => self.on_each(row).contains(&true) || principal.may_on_some_application(row, context),
            Some((service, kind)) => principal.policies.may_allow(row.full, service, kind, context),
            None => self.anywhere.verdict(row.full, &Resource::all()) == Verdict::Allow,
        };
        self.somewhere.insert(row.full, may);
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SdkAppId;
    use crate::server::gate::rig::{NOW_MS, Rig};
    use crate::server::store::applications::{self, NewApplication};

    #[tokio::test]
    async fn a_change_that_is_about_somebody_else_costs_nobody_a_decision() {
        let rig = Rig::new().await;
        let desk = rig.sub_account("desk", &["QcloudCamFullAccess"]).await;
        let other = rig.sub_account("other", &[]).await;
        let token = rig.log_in("desk").await;
        let revision = async || rig.caller(&token).await.account().revision;
        let permitted = async || rig.caller(&token).await.permitted().await.unwrap();

        let (before, at) = (permitted().await, revision().await);
        rig.attach(other, "QcloudTRTCFullAccess").await;
        assert!(revision().await > at);
        assert!(Arc::ptr_eq(&before, &permitted().await), "nothing that it is made of has changed");

        rig.attach(desk, "QcloudTRTCFullAccess").await;
        let after = permitted().await;
        assert!(after.pages.contains(&"usage".to_owned()) && !before.pages.contains(&"usage".to_owned()));

        let mut change = rig.store.change().await.unwrap();
        let entered = Some(SdkAppId(1_400_000_009));
        let new = NewApplication { owner: rig.owner, entered, name: "shop", description: "", created_by: desk, now_ms: NOW_MS };
        applications::add(&mut change, &new).await.unwrap();
        change.commit_unrecorded().await.unwrap();
        assert_eq!(permitted().await.apps.iter().map(|app| app.name.as_str()).collect::<Vec<_>>(), ["shop"]);
    }
}
