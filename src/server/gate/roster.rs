//! The accounts that who may read rights can look at: one by number or name, all of an organisation at once, and one that holds a draft alone.

use super::caller::Caller;
use super::in_force::{off_thread, origin, parse};
use super::inspect::{Inspected, drafted, principal_of};
use super::permit::Permit;
use super::principal::Principal;
use super::store_fault;
use crate::cam::{Policy, PolicySet, Source, Via};
use crate::catalog::action::trtc;
use crate::catalog::operations::ReadRights;
use crate::catalog::preset;
use crate::catalog::rule::Rule;
use crate::domain::fault::Fault;
use crate::domain::ids::{PolicyId, SdkAppId, Uin};
use crate::server::store::applications::AppFacts;
use crate::server::store::attachments::NEVER_MS;
use crate::server::store::rights::{AllRights, HolderRow};
use crate::server::store::sessions::AccountRow;
use std::collections::HashMap;
use std::sync::Arc;

impl Caller {
    /// The applications that it may list. What is said of an account must not depend on any other one, or it would tell of it.
    pub(super) fn listed_apps(&self) -> Arc<Vec<AppFacts>> {
        let reader = self.principal();
        let listed = reader.apps_where(Rule::may::<trtc::DescribeAppStatList>(), self.context());
        Arc::new(listed.into_iter().filter_map(|at| reader.apps.get(at)).cloned().collect())
    }
}

impl Permit<ReadRights> {
    /// The applications that the reader may list: of others it must not learn.
    pub(in crate::server) fn known_apps(&self) -> Vec<(SdkAppId, String)> {
        self.listed_apps().iter().map(|app| (app.id, app.name.clone())).collect()
    }

    /// A sub-account by its number or its login name.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when there is none.
    pub(in crate::server) async fn inspect(&self, person: &str) -> Result<Inspected, Fault> {
        let person = person.trim();
        if person.chars().any(char::is_control) {
            return Err(Fault::NotFound);
        }
        let number = person.parse().ok().map(Uin);
        let mut found = match number {
            Some(uin) => self.stored(self.store().holder(self.owner(), uin).await)?,
            None => None,
        };
        if found.is_none() {
            found = self.stored(self.store().holder_by_name(self.owner(), &person.to_lowercase()).await)?;
        }
        let account = self.account_of(found.ok_or(Fault::NotFound)?);
        let principal = self.caller().gate().principal(account, self.caller().request_id(), self.caller().now_ms()).await?;
        Ok(Inspected(Principal { apps: self.listed_apps(), ..principal }))
    }

    /// As [`Caller::listed_apps`].
    fn listed_apps(&self) -> Arc<Vec<AppFacts>> {
        self.caller().listed_apps()
    }

    /// A sub-account that holds nothing but a draft.
    pub(in crate::server) fn inspect_draft(&self, draft: Arc<Policy>) -> Inspected {
        let reader = self.caller().principal();
        let account =
            AccountRow { uin: 0, is_root: 0, name: String::new(), must_change_password: 0, disabled: 0, ..reader.account.clone() };
        let policies = PolicySet::compile(principal_of(&account), vec![drafted(draft)], None, None);
        Inspected(Principal { account, policies: Arc::new(policies), until_ms: NEVER_MS, apps: self.listed_apps() })
    }

    /// Every sub-account, by name.
    ///
    /// # Errors
    /// [`Fault::Internal`] when a stored policy cannot be read, or what the store fails with.
    pub(in crate::server) async fn inspect_everyone(&self) -> Result<Vec<Inspected>, Fault> {
        let all = self.store().all_rights(self.owner(), self.now_ms()).await;
        let mut rights = all.map_err(|error| store_fault(&error, self.caller().request_id()))?;
        let (apps, id) = (self.listed_apps(), self.caller().request_id().to_owned());
        let accounts: Vec<AccountRow> = std::mem::take(&mut rights.holders).into_iter().map(|holder| self.account_of(holder)).collect();
        let work = move || {
            let mut texts = PolicyTexts::new(&rights, &id);
            // Many hold the same policies.
            let mut compiled: HashMap<Vec<i64>, Arc<PolicySet>> = HashMap::new();
            accounts
                .into_iter()
                .map(|account| {
                    let (principal, sources) = (principal_of(&account), texts.sources_of(account.uin)?);
                    let held: Vec<i64> = sources.iter().map(|source| source.origin.policy_id).collect();
                    let alike = compiled.get(&held).and_then(|set| set.for_another(principal, sources.clone()));
                    let policies = Arc::new(alike.unwrap_or_else(|| PolicySet::compile(principal, sources, None, None)));
                    compiled.entry(held).or_insert_with(|| policies.clone());
                    Ok(Inspected(Principal { account, policies, until_ms: NEVER_MS, apps: apps.clone() }))
                })
                .collect()
        };
        off_thread(self.caller().request_id(), work).await?
    }

    fn account_of(&self, holder: HolderRow) -> AccountRow {
        let HolderRow { uin, name, disabled, must_change_password } = holder;
        AccountRow { uin, is_root: 0, name, disabled, must_change_password, ..self.caller().account().clone() }
    }
}

/// The policies of an organisation, each read once.
pub(super) struct PolicyTexts<'t> {
    rights: &'t AllRights,
    read: HashMap<i64, Arc<Policy>>,
    request_id: &'t str,
}

impl<'t> PolicyTexts<'t> {
    pub(super) fn new(rights: &'t AllRights, request_id: &'t str) -> Self {
        Self { rights, read: HashMap::new(), request_id }
    }

    /// What counts for an account, as [`Gate::policies_of`](super::Gate) has it.
    pub(super) fn sources_of(&mut self, uin: i64) -> Result<Vec<Source>, Fault> {
        let rights = self.rights;
        let mut sources = Vec::new();
        for held in rights.held.get(&uin).into_iter().flatten() {
            let (name, version, document) = match (preset::find(held.policy_id), rights.texts.get(&held.policy_id)) {
                (Some(preset), _) => (preset.name, 0, preset.document.as_str()),
                (None, Some(text)) => (text.name.as_str(), text.version, text.document.as_str()),
                // Deleted between two queries: it counts for nobody any more.
                (None, None) => continue,
            };
            let id = PolicyId(held.policy_id);
            let policy = match self.read.get(&held.policy_id) {
                Some(policy) => policy.clone(),
                None => {
                    let policy = Arc::new(parse(id, version, document, self.request_id)?);
                    self.read.insert(held.policy_id, policy.clone());
                    policy
                }
            };
            let via = if held.group_id == 0 { Via::Direct } else { Via::Group(held.group_name.as_str().into()) };
            sources.push(Source { origin: origin(id, version, name, via), policy });
        }
        Ok(sources)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cam::Outlook;
    use crate::catalog::action::Action as _;
    use crate::catalog::actions;
    use crate::domain::rights_query::Circumstances;
    use crate::server::gate::inspect::{On, Under};
    use crate::server::gate::rig::{NOW_MS, Rig};
    use crate::server::store::applications::{self, NewApplication};

    #[tokio::test]
    async fn everybody_is_inspected_as_each_logs_in() {
        let rig = Rig::new().await;
        rig.sub_account("desk", &["QcloudCamFullAccess"]).await;
        rig.sub_account("reader", &["QcloudCamFullAccess", "QcloudTRTCReadonlyAccess"]).await;
        let ana = rig.sub_account("ana", &["QcloudTRTCReadonlyAccess"]).await;
        let bo = rig.sub_account("bo", &[]).await;
        rig.attach_new(bo, r#"{"version":"2.0","statement":[{"effect":"allow","action":["trtc:*","cam:GetUser"],"resource":"*","condition":{"ip_equal":{"qcs:ip":"127.0.0.1"}}},{"effect":"deny","action":"trtc:DismissRoom","resource":"qcs::trtc:::sdkappid/1400000009"}]}"#).await;
        let mut change = rig.store.change().await.unwrap();
        let app = SdkAppId(1_400_000_009);
        let new = NewApplication { owner: rig.owner, entered: Some(app), name: "shop", description: "", created_by: bo, now_ms: NOW_MS };
        applications::add(&mut change, &new).await.unwrap();
        change.commit_unrecorded().await.unwrap();

        let reader = rig.caller(&rig.log_in("reader").await).await;
        let permit = reader.permit::<ReadRights>().unwrap();
        let asked = Circumstances { address: Some([127, 0, 0, 1].into()), at_ms: NOW_MS, mfa: Some(false), tags: Vec::new() };
        let here = Under::new(&asked, false);
        let everyone = permit.inspect_everyone().await.unwrap();
        assert_eq!(everyone.iter().map(|one| one.account().name.as_str()).collect::<Vec<_>>(), ["ana", "bo", "desk", "reader"]);
        for (uin, name) in [(ana, "ana"), (bo, "bo")] {
            let caller = rig.caller(&rig.log_in(name).await).await;
            let alone = permit.inspect(&uin.to_string()).await.unwrap();
            let among = everyone.iter().find(|one| one.uin() == uin).unwrap();
            for row in actions() {
                let rule = Rule::Action(row);
                for one in [&alone, among] {
                    assert_eq!(one.outlook(row, On::Any, &here) == Outlook::Always, caller.holds_anywhere(rule), "{name} {}", row.full);
                    let on_app =
                        if matches!(row.service, "trtc" | "tag") { caller.holds_on_app(rule, app) } else { caller.holds_anywhere(rule) };
                    assert_eq!(one.outlook(row, On::App(app), &here) == Outlook::Always, on_app, "{name} {}", row.full);
                }
            }
        }
        // Of an application that the reader may not list nothing is said, whatever a draft asks of it.
        let desk = rig.caller(&rig.log_in("desk").await).await;
        let blind = desk.permit::<ReadRights>().unwrap();
        assert_eq!(blind.known_apps(), []);
        let probe = r#"{"version":"2.0","statement":[{"effect":"allow","action":"trtc:*","resource":"*"},{"effect":"deny","action":"trtc:*","resource":"qcs::trtc:::sdkappid/1400000009"}]}"#;
        let probe = Arc::new(crate::cam::parse(probe).policy.unwrap());
        let list = trtc::DescribeAppStatList::ROW;
        for one in [blind.inspect_draft(probe.clone()), blind.inspect("bo").await.unwrap().with_draft(probe)] {
            assert_ne!(one.outlook(list, On::EveryApp, &here), Outlook::Denied);
            assert_eq!(one.outlook(list, On::App(app), &here), Outlook::No);
            assert!(one.decisions(list, On::Any, &here).iter().all(|(_, resource, _)| !resource.contains("1400000009")));
        }
        assert!(matches!(permit.inspect("nobody").await, Err(Fault::NotFound)));
        assert!(matches!(permit.inspect(&rig.owner.to_string()).await, Err(Fault::NotFound)), "a root account is nobody to ask about");
        assert_eq!(permit.inspect("ANA").await.unwrap().uin(), ana);
    }
}
