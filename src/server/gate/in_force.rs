//! The policies in force for an account, compiled as the engine decides by them.
//!
//! A stored policy that no longer parses might hold a deny: it must never be left out, the account is refused.

use super::principal::Principal;
use super::{Gate, store_fault};
use crate::cam::{self, Policy, PolicySet};
use crate::catalog::preset;
use crate::domain::fault::Fault;
use crate::domain::ids::{PolicyId, Uin};
use crate::server::store::policies::InForceRow;
use crate::server::store::sessions::AccountRow;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Policies as the engine decides by them, and what they were made of.
pub struct Compiled {
    set: Arc<PolicySet>,
    made_of: [u8; 32],
}

impl Gate {
    /// An account with its policies and the applications of its owner, as of its revision.
    pub(super) async fn principal(&self, account: AccountRow, request_id: &str) -> Result<Principal, Fault> {
        let policies = self.policies_of(&account, request_id).await?;
        let (owner, cache) = (Uin(account.owner_uin), &self.0.cache);
        let apps = match cache.apps(owner, account.revision) {
            Some(apps) => apps,
            None => {
                let apps = self.0.store.app_facts(owner).await.map_err(|error| store_fault(&error, request_id))?;
                cache.keep_apps(owner, account.revision, apps)
            }
        };
        Ok(Principal { account, policies, apps })
    }

    /// The policies of an account as of its revision.
    pub(super) async fn policies_of(&self, account: &AccountRow, request_id: &str) -> Result<Arc<PolicySet>, Fault> {
        let (uin, cache) = (Uin(account.uin), &self.0.cache);
        if let Some(known) = cache.policies(uin, account.revision) {
            return Ok(known.set.clone());
        }
        let rows = self.0.store.policies_in_force(Uin(account.owner_uin), uin).await.map_err(|error| store_fault(&error, request_id))?;
        // Reading and indexing what may be a megabyte of policies is no work for the threads that serve everybody.
        let (owned, id, last) = (account.clone(), request_id.to_owned(), cache.last_policies(uin));
        let compiled = off_thread(request_id, move || {
            let made_of = digest(&rows);
            // Most changes of an organisation are about somebody else.
            let set = match last.filter(|last| last.made_of == made_of) {
                Some(last) => last.set.clone(),
                None => Arc::new(compile(&owned, rows, &id)?),
            };
            Ok::<_, Fault>(Compiled { set, made_of })
        });
        Ok(cache.keep_policies(uin, account.revision, compiled.await??).set.clone())
    }
}

/// Stands for the rows that [`compile`] reads; what it reads of the account never changes.
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
