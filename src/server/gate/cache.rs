//! What is derived from the database and kept as long as the owner's revision stays the same: compiled policies, application facts and
//! permitted sets.
//!
//! The revision comes with every request's one query, so nothing here can be stale. Must never be asked without a revision.

use super::permitted::Permitted;
use crate::cam::PolicySet;
use crate::domain::ids::Uin;
use crate::server::store::applications::AppFacts;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Entries kept at most; beyond that all are dropped and made again as they are asked for.
const MAX_ENTRIES: usize = 10_000;

type Kept<T> = Mutex<HashMap<Uin, (i64, Arc<T>)>>;

/// The caches.
#[derive(Default)]
pub struct Cache {
    policies: Kept<PolicySet>,
    apps: Kept<Vec<AppFacts>>,
    permitted: Kept<Permitted>,
}

impl Cache {
    /// The compiled policies of an account at a revision.
    pub fn policies(&self, uin: Uin, revision: i64) -> Option<Arc<PolicySet>> {
        get(&self.policies, uin, revision)
    }

    /// Keeps the compiled policies of an account.
    pub fn keep_policies(&self, uin: Uin, revision: i64, set: PolicySet) -> Arc<PolicySet> {
        keep(&self.policies, uin, revision, set)
    }

    /// The applications of an owner at a revision.
    pub fn apps(&self, owner: Uin, revision: i64) -> Option<Arc<Vec<AppFacts>>> {
        get(&self.apps, owner, revision)
    }

    /// Keeps the applications of an owner.
    pub fn keep_apps(&self, owner: Uin, revision: i64, apps: Vec<AppFacts>) -> Arc<Vec<AppFacts>> {
        keep(&self.apps, owner, revision, apps)
    }

    /// What an account may use at a revision; valid in the circumstances it names.
    pub fn permitted(&self, uin: Uin, revision: i64) -> Option<Arc<Permitted>> {
        get(&self.permitted, uin, revision)
    }

    /// Keeps what an account may use.
    pub fn keep_permitted(&self, uin: Uin, revision: i64, permitted: Permitted) -> Arc<Permitted> {
        keep(&self.permitted, uin, revision, permitted)
    }
}

fn get<T>(kept: &Kept<T>, key: Uin, revision: i64) -> Option<Arc<T>> {
    let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.get(&key).filter(|(at, _)| *at == revision).map(|(_, value)| value.clone())
}

fn keep<T>(kept: &Kept<T>, key: Uin, revision: i64, value: T) -> Arc<T> {
    let value = Arc::new(value);
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= MAX_ENTRIES {
        kept.clear();
    }
    // What was read may be newer than the revision it is kept under, never older: a change raises the revision in its own
    // transaction, and the revision was read first. A newer entry of another request must not be replaced by an older one.
    if kept.get(&key).is_none_or(|(at, _)| *at <= revision) {
        kept.insert(key, (revision, value.clone()));
    }
    value
}
