//! The policies in force for an account, compiled as the engine decides by them.
//!
//! A stored policy that no longer parses might hold a deny: it must never be left out, the account is refused.

use super::principal::Principal;
use super::{Gate, store_fault};
use crate::cam::{self, Policy, PolicySet};
use crate::catalog::preset;
use crate::domain::fault::Fault;
use crate::domain::ids::{PolicyId, Uin};
use crate::server::store::attachments::NEVER_MS;
use crate::server::store::policies::InForceRow;
use crate::server::store::sessions::AccountRow;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Policies as the engine decides by them, and what they were made of.
pub struct Compiled {
    set: Arc<PolicySet>,
    made_of: [u8; 32],
    /// The first moment at which one of them ends by itself.
    until_ms: i64,
}

impl Compiled {
    /// Whether they are still those in force.
    pub(super) const fn is_in_force(&self, now_ms: i64) -> bool {
        now_ms < self.until_ms
    }

    /// The policies.
    pub(super) fn set(&self) -> Arc<PolicySet> {
        self.set.clone()
    }

    /// When they have to be read again.
    pub(super) const fn until_ms(&self) -> i64 {
        self.until_ms
    }
}

impl Gate {
    /// An account with its policies and the applications of its owner, as of its revision and that time.
    pub(super) async fn principal(&self, account: AccountRow, request_id: &str, now_ms: i64) -> Result<Principal, Fault> {
        let compiled = self.policies_of(&account, request_id, now_ms).await?;
        let (owner, cache) = (Uin(account.owner_uin), &self.0.cache);
        let apps = match cache.apps(owner, account.revision) {
            Some(apps) => apps,
            None => {
                let apps = self.0.store.app_facts(owner).await.map_err(|error| store_fault(&error, request_id))?;
                cache.keep_apps(owner, account.revision, apps)
            }
        };
        Ok(Principal { account, policies: compiled.set(), until_ms: compiled.until_ms(), apps })
    }

    /// The policies of an account as of its revision and that time. An end that comes raises no revision, so each is looked at.
    pub(super) async fn policies_of(&self, account: &AccountRow, request_id: &str, now_ms: i64) -> Result<Arc<Compiled>, Fault> {
        let (uin, cache) = (Uin(account.uin), &self.0.cache);
        if let Some(known) = cache.policies(uin, account.revision).filter(|known| known.is_in_force(now_ms)) {
            return Ok(known);
        }
        let rows =
            self.0.store.policies_in_force(Uin(account.owner_uin), uin, now_ms).await.map_err(|error| store_fault(&error, request_id))?;
        // Reading and indexing what may be a megabyte of policies is no work for the threads that serve everybody.
        let (owned, id, last) = (account.clone(), request_id.to_owned(), cache.last_policies(uin));
        let compiled = off_thread(request_id, move || {
            let made_of = digest(&rows);
            let until_ms = rows.iter().map(|row| row.until_ms).min().unwrap_or(NEVER_MS);
            // Most changes of an organisation are about somebody else.
            let set = match last.filter(|last| last.made_of == made_of) {
                Some(last) => last.set.clone(),
                None => Arc::new(compile(&owned, rows, &id)?),
            };
            Ok::<_, Fault>(Compiled { set, made_of, until_ms })
        });
        Ok(cache.keep_policies(uin, account.revision, compiled.await??))
    }
}

/// Stands for what [`compile`] reads of the rows; what it reads of the account never changes. It reads of no end: what is extended is decided
/// by as before.
fn digest(rows: &[InForceRow]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for row in rows {
        for number in [row.policy_id, row.group_id, row.version] {
            digest.update(number.to_le_bytes());
        }
        for text in [&row.group_name, &row.name, &row.document] {
            digest.update(text.len().to_le_bytes());
            digest.update(text);
        }
    }
    digest.finalize().into()
}

/// Runs work that only reckons on a thread that may be busy.
pub(super) async fn off_thread<T: Send + 'static>(request_id: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work)).await.map_err(|error| {
        tracing::error!(%error, "a decision could not be completed");
        Fault::Internal { request_id: request_id.to_owned() }
    })
}

/// The policies of one account as the engine decides by them.
fn compile(account: &AccountRow, rows: Vec<InForceRow>, request_id: &str) -> Result<PolicySet, Fault> {
    let mut sources = Vec::with_capacity(rows.len());
    for row in rows {
        let preset = preset::find(row.policy_id);
        let (name, document) = preset.map_or((row.name.as_str(), row.document.as_str()), |preset| (preset.name, preset.document.as_str()));
        let policy = parse(PolicyId(row.policy_id), row.version, document, request_id)?;
        let via = if row.group_id == 0 { cam::Via::Direct } else { cam::Via::Group(row.group_name.as_str().into()) };
        sources.push(cam::Source { origin: origin(PolicyId(row.policy_id), row.version, name, via), policy: Arc::new(policy) });
    }
    let principal =
        cam::Principal { uin: account.uin, owner_uin: account.owner_uin, app_id: Some(account.app_id), is_root: account.is_root != 0 };
    Ok(PolicySet::compile(principal, sources, None, None))
}

/// Reads a stored text.
pub(super) fn parse(id: PolicyId, version: i64, document: &str, request_id: &str) -> Result<Policy, Fault> {
    cam::parse(document).policy.ok_or_else(|| {
        tracing::error!(policy = id.0, version, "a stored policy does not parse; the account is refused");
        Fault::Internal { request_id: request_id.to_owned() }
    })
}

/// Where a policy comes from, as explanations name it.
pub(super) fn origin(id: PolicyId, version: i64, name: &str, via: cam::Via) -> cam::Origin {
    cam::Origin { policy_id: id.0, policy_name: name.into(), version: i32::try_from(version).unwrap_or(i32::MAX), via }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::action::cam;
    use crate::catalog::operations::{CreateGroup, ReadRights};
    use crate::catalog::rule::Rule;
    use crate::domain::ids::GroupId;
    use crate::server::gate::inspect::{On, Under};
    use crate::server::gate::rig::{NOW_MS, Rig};
    use crate::server::store::attachments::{self, Attachment};
    use crate::server::store::groups;
    use crate::server::store::policies::{self, Document, NewPolicy};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const ADMIN: usize = 0;
    const ALLOW: usize = 1;
    const DENY: usize = 2;

    /// What is done to the attachments of three policies to two accounts and a group, of which the first account is a member.
    #[derive(Clone, Debug)]
    enum Step {
        /// A policy is attached to one of the three, for so many milliseconds or without an end.
        Attach(usize, usize, Option<i64>),
        Detach(usize, usize),
        Pass(i64),
        /// The worker does its work.
        Remove,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0..3_usize, 0..3_usize, prop_oneof![Just(None), (1..40_i64).prop_map(Some)]).prop_map(|(p, to, ms)| Step::Attach(p, to, ms)),
            1 => (0..3_usize, 0..3_usize).prop_map(|(p, to)| Step::Detach(p, to)),
            4 => (1..20_i64).prop_map(Step::Pass),
            1 => Just(Step::Remove),
        ]
    }

    /// Whether the account of a number may add a user, and may create a group, by what is attached until when.
    fn model(attached: &BTreeMap<(usize, usize), i64>, account: usize, now_ms: i64) -> (bool, bool) {
        let holds = |policy: usize| {
            let to = if account == 0 { vec![0, 2] } else { vec![1] };
            to.into_iter().any(|to| attached.get(&(policy, to)).is_some_and(|until_ms| *until_ms > now_ms))
        };
        let allowed = (holds(ADMIN) || holds(ALLOW)) && !holds(DENY);
        (allowed, holds(ADMIN))
    }

    async fn follow(steps: Vec<Step>) {
        let rig = Rig::new().await;
        let (desk, other) = (rig.sub_account("desk", &[]).await, rig.sub_account("other", &[]).await);
        rig.sub_account("reader", &["QcloudCamReadOnlyAccess"]).await;
        let group = GroupId(100_000_000_500);
        let mut change = rig.store.change().await.unwrap();
        groups::add(&mut change, rig.owner, group, "staff", "", NOW_MS).await.unwrap();
        groups::add_member(&mut change, rig.owner, group, desk).await.unwrap();
        let texts = [
            r#"{"version":"2.0","statement":[{"effect":"allow","action":["cam:AddUser","cam:CreateGroup"],"resource":"*"}]}"#,
            r#"{"version":"2.0","statement":[{"effect":"allow","action":"cam:AddUser","resource":"*"}]}"#,
            r#"{"version":"2.0","statement":[{"effect":"deny","action":"cam:AddUser","resource":"*"}]}"#,
        ];
        let ids = [1, 2, 3].map(|number| PolicyId(100_000_000_700 + number));
        for (id, text) in ids.iter().zip(texts) {
            let document = Document { text, patterns: 1 };
            let new = NewPolicy { id: *id, name: &id.to_string(), description: "", document, by: "root", now_ms: NOW_MS };
            policies::add(&mut change, rig.owner, &new).await.unwrap();
        }
        change.commit_unrecorded().await.unwrap();
        let to: [Attachment; 3] = [desk.into(), other.into(), group.into()];
        let tokens = [rig.log_in("desk").await, rig.log_in("other").await];
        let reader = rig.log_in("reader").await;
        let (clock, mut attached) = (rig.gate.0.clock.clone(), BTreeMap::new());
        for step in steps {
            // What was permitted a moment ago is decided again when it is written.
            let mut permits = Vec::new();
            for token in &tokens {
                permits.push(rig.caller(token).await.permit::<CreateGroup>().ok());
            }
            let now_ms = clock.now_ms();
            let mut change = rig.store.change().await.unwrap();
            match step {
                Step::Attach(policy, at, ms) => {
                    let until_ms = ms.map(|ms| now_ms + ms);
                    attachments::attach(&mut change, rig.owner, ids[policy], to[at], until_ms, now_ms).await.unwrap();
                    let was = attached.entry((policy, at)).or_insert(0);
                    if *was != NEVER_MS {
                        *was = until_ms.unwrap_or(NEVER_MS);
                    }
                }
                Step::Detach(policy, at) => {
                    let was = attachments::detach(&mut change, rig.owner, ids[policy], to[at], now_ms).await.unwrap();
                    let known = attached.get(&(policy, at)).filter(|until_ms| **until_ms > now_ms).copied();
                    assert_eq!(was, known.map(attachments::ends));
                    if known.is_some() {
                        attached.remove(&(policy, at));
                    }
                }
                Step::Pass(ms) => clock.advance(ms),
                Step::Remove => {}
            }
            change.commit_unrecorded().await.unwrap();
            if matches!(step, Step::Remove) {
                let ended = rig.store.ended_attachments(now_ms, 100).await.unwrap();
                assert_eq!(ended.len(), attached.values().filter(|until_ms| **until_ms <= now_ms).count());
                let mut change = rig.store.change().await.unwrap();
                for ended in ended {
                    assert!(attachments::remove_ended(&mut change, &ended, now_ms).await.unwrap());
                }
                change.commit_unrecorded().await.unwrap();
                attached.retain(|_, until_ms| *until_ms > now_ms);
            }
            let now_ms = clock.now_ms();
            let everyone = rig.caller(&reader).await.permit::<ReadRights>().unwrap().inspect_everyone().await.unwrap();
            for (account, token) in tokens.iter().enumerate() {
                let (adds, creates) = model(&attached, account, now_ms);
                let caller = rig.caller(token).await;
                let (may_add, may_create) = (Rule::may::<cam::AddUser>(), Rule::may::<cam::CreateGroup>());
                assert_eq!((caller.holds_anywhere(may_add), caller.holds_anywhere(may_create)), (adds, creates));
                let inspected = everyone.iter().find(|one| one.uin() == [desk, other][account]).unwrap();
                let under = Under::new(&crate::domain::rights_query::Circumstances { at_ms: now_ms, ..Default::default() }, false);
                assert_eq!(inspected.rule(may_add, On::Any, &under).is_possible(), adds, "who can");
                if let Some(permit) = &permits[account] {
                    assert_eq!(permit.change().await.is_ok(), creates, "decided again");
                }
            }
            let (page, all) = (rig.store.all_rights(rig.owner, now_ms).await.unwrap(), attached.values().filter(|until| **until > now_ms));
            let direct = page.held.values().flatten().filter(|row| row.group_id == 0 && row.policy_id > 1_000_000).count();
            let through = page.held.values().flatten().filter(|row| row.group_id != 0).count();
            assert_eq!(direct + through, all.count());
            for (at, id) in ids.iter().enumerate() {
                let count = attached.iter().filter(|((policy, _), until)| *policy == at && **until > now_ms).count();
                let (columns, holders) = (
                    rig.store.custom_policy(rig.owner, *id, now_ms).await.unwrap().unwrap(),
                    rig.store.holders(rig.owner, *id, now_ms).await.unwrap(),
                );
                assert_eq!((columns.attachments, holders.len()), (count as i64, count));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn at_every_moment_counts_what_is_attached_until_later(steps in prop::collection::vec(step(), 1..24)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(follow(steps));
        }
    }
}
