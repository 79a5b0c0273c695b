//! What is derived from the database and kept: compiled policies and applications by the owner's revision, permitted sets by what they were
//! made of.
//!
//! The revision comes with every request's one query. What a change left alone keeps its `Arc`, so what was derived from it stays valid. An
//! entry of another revision must never be used before it has been compared, nor policies of which one has ended by itself since.

use super::in_force::Compiled;
use super::permitted::Permitted;
use crate::domain::ids::Uin;
use crate::server::store::applications::AppFacts;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Entries kept at most; beyond that all are dropped and made again as they are asked for.
const MAX_ENTRIES: usize = 10_000;

type Kept<T> = Mutex<HashMap<Uin, (i64, Arc<T>)>>;

/// The caches.
#[derive(Default)]
pub struct Cache {
    policies: Kept<Compiled>,
    apps: Kept<Vec<AppFacts>>,
    permitted: Mutex<HashMap<Uin, Arc<Permitted>>>,
}

impl Cache {
    /// The compiled policies of an account at a revision.
    pub fn policies(&self, uin: Uin, revision: i64) -> Option<Arc<Compiled>> {
        get(&self.policies, uin, revision)
    }

    /// The compiled policies of an account at the last revision they were asked for.
    pub fn last_policies(&self, uin: Uin) -> Option<Arc<Compiled>> {
        last(&self.policies, uin)
    }

    /// Keeps the compiled policies of an account.
    pub fn keep_policies(&self, uin: Uin, revision: i64, compiled: Compiled) -> Arc<Compiled> {
        keep(&self.policies, uin, revision, Arc::new(compiled))
    }

    /// The applications of an owner at a revision.
    pub fn apps(&self, owner: Uin, revision: i64) -> Option<Arc<Vec<AppFacts>>> {
        get(&self.apps, owner, revision)
    }

    /// Keeps the applications of an owner.
    pub fn keep_apps(&self, owner: Uin, revision: i64, apps: Vec<AppFacts>) -> Arc<Vec<AppFacts>> {
        let unchanged = last(&self.apps, owner).filter(|last| **last == apps);
        keep(&self.apps, owner, revision, unchanged.unwrap_or_else(|| Arc::new(apps)))
    }

    /// What an account was last found to use; it names what it was worked out from.
    pub fn permitted(&self, uin: Uin) -> Option<Arc<Permitted>> {
        open(&self.permitted).get(&uin).cloned()
    }

    /// Keeps what an account may use.
    pub fn keep_permitted(&self, uin: Uin, permitted: Permitted) -> Arc<Permitted> {
        let permitted = Arc::new(permitted);
        with_room(&self.permitted).insert(uin, permitted.clone());
        permitted
    }
}

fn open<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn with_room<T>(kept: &Mutex<HashMap<Uin, T>>) -> MutexGuard<'_, HashMap<Uin, T>> {
    let mut kept = open(kept);
    if kept.len() >= MAX_ENTRIES {
        kept.clear();
    }
    kept
}

fn get<T>(kept: &Kept<T>, key: Uin, revision: i64) -> Option<Arc<T>> {
    open(kept).get(&key).filter(|(at, _)| *at == revision).map(|(_, value)| value.clone())
}

fn last<T>(kept: &Kept<T>, key: Uin) -> Option<Arc<T>> {
    open(kept).get(&key).map(|(_, value)| value.clone())
}

fn keep<T>(kept: &Kept<T>, key: Uin, revision: i64, value: Arc<T>) -> Arc<T> {
    let mut kept = with_room(kept);
    // What was read may be newer than the revision it is kept under, never older: a change raises the revision in its own
    // transaction, and the revision was read first. A newer entry of another request must not be replaced by an older one.
    if kept.get(&key).is_none_or(|(at, _)| *at <= revision) {
        kept.insert(key, (revision, value.clone()));
    }
    value
}
