//! The policies in force for an account, compiled as the engine decides by them.
//!
//! A stored policy that no longer parses might hold a deny: it must never be left out, the account is refused.

use super::{Gate, store_fault};
use crate::cam::{self, Policy, PolicySet, Principal};
use crate::catalog::preset;
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use crate::server::store::policies::InForceRow;
use crate::server::store::sessions::LiveRow;
use std::sync::Arc;

impl Gate {
    pub(super) async fn policies_of(&self, live: &LiveRow, request_id: &str) -> Result<Arc<PolicySet>, Fault> {
        let uin = Uin(live.uin);
        if let Some(set) = self.0.cache.policies(uin, live.revision) {
            return Ok(set);
        }
        let rows = self.0.store.policies_in_force(Uin(live.owner_uin), uin).await.map_err(|error| store_fault(&error, request_id))?;
        // Reading and indexing what may be a megabyte of policies is no work for the threads that serve everybody.
        let (account, id) = (live.clone(), request_id.to_owned());
        let set = off_thread(request_id, move || compile(&account, rows, &id)).await??;
        Ok(self.0.cache.keep_policies(uin, live.revision, set))
    }
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
pub(super) fn compile(live: &LiveRow, rows: Vec<InForceRow>, request_id: &str) -> Result<PolicySet, Fault> {
    compile_as(live, rows, request_id, |_| ())
}

/// As [`compile`], with each policy as `seen` makes it.
pub(super) fn compile_as(live: &LiveRow, rows: Vec<InForceRow>, request_id: &str, seen: fn(&mut Policy)) -> Result<PolicySet, Fault> {
    let mut sources = Vec::with_capacity(rows.len());
    for row in rows {
        let preset = preset::find(row.policy_id);
        let (name, document) = preset.map_or((row.name.as_str(), row.document.as_str()), |preset| (preset.name, preset.document.as_str()));
        let Some(mut policy) = cam::parse(document).policy else {
            tracing::error!(policy = row.policy_id, version = row.version, "a stored policy does not parse; the account is refused");
            return Err(Fault::Internal { request_id: request_id.to_owned() });
        };
        seen(&mut policy);
        let via = if row.group_id == 0 { cam::Via::Direct } else { cam::Via::Group(row.group_name.as_str().into()) };
        sources.push(cam::Source {
            origin: cam::Origin {
                policy_id: row.policy_id,
                policy_name: name.into(),
                version: i32::try_from(row.version).unwrap_or(i32::MAX),
                via,
            },
            policy: Arc::new(policy),
        });
    }
    let principal = Principal { uin: live.uin, owner_uin: live.owner_uin, app_id: Some(live.app_id), is_root: live.is_root != 0 };
    Ok(PolicySet::compile(principal, sources, None, None))
}
