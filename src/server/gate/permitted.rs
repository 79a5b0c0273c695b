//! The permitted set: every page and control that an account may use, and the applications with their pages, for the frame of the console.
//!
//! It is hundreds of decisions for each application. They are made once for the policies of an account, the applications, and what the
//! conditions of the policies read of the request, off the threads that serve everybody. Must never be taken for a permit.

use super::answers::Answers;
use super::caller::Caller;
use super::in_force::off_thread;
use super::principal::Principal;
use crate::cam::{Context, PolicySet};
use crate::catalog::action::trtc;
use crate::catalog::operations::ReadSession;
use crate::catalog::pages;
use crate::catalog::pages::Usage;
use crate::catalog::rule::Rule;
use crate::domain::fault::Fault;
use crate::domain::session::{Session, SessionApp};
use crate::server::store::applications::AppFacts;
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
            viewing: self.viewing_shown(),
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
        let made = off_thread(self.request_id(), move || permitted(&caller, made_of)).await?;
        Ok(cache.keep_permitted(self.uin(), made))
    }
}

/// What an account may use in the circumstances of its request.
fn permitted(caller: &Caller, made_of: MadeOf) -> Permitted {
    let principal = caller.principal();
    let mut answers = Answers::of(principal, caller.context());
    let mut ids = |all: &mut dyn Iterator<Item = (&'static str, Rule)>, app: Option<usize>| {
        all.filter(|(_, rule)| answers.holds(*rule, app)).map(|(id, _)| id.to_owned()).collect::<Vec<_>>()
    };
    let pages = ids(&mut pages::all().filter(|page| page.nav.is_some()).map(|page| (page.id, page.opens)), None);
    let controls = ids(&mut pages::all().flat_map(|page| page.controls).map(|control| (control.id, control.rule)), None);
    let mut apps = Vec::new();
    for (at, app) in principal.apps.iter().enumerate() {
        if !ids(&mut std::iter::once(("", Rule::may::<trtc::DescribeAppStatList>())), Some(at)).is_empty() {
            let of_one = pages::all().filter(|page| page.is_on_application() || page.id == Usage::PAGE.id);
            let pages = ids(&mut of_one.map(|page| (page.id, page.opens)), Some(at));
            apps.push(SessionApp { id: app.id, name: app.name.clone(), pages });
        }
    }
    Permitted { made_of, pages, controls, apps }
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
