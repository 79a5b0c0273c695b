//! A gate before a database of its own, for the tests of this module.

use super::credentials::password::{Cost, Passwords};
use super::{Caller, Gate, Login, RequestFacts};
use crate::catalog::preset;
use crate::domain::ids::{PolicyId, Uin};
use crate::server::clock::Clock;
use crate::server::config::SessionLimits;
use crate::server::seal::{SealKey, Sealer};
use crate::server::store::Store;
use crate::server::store::accounts::{self, NewAccount};
use crate::server::store::policies::{self, Document, NewPolicy};
use std::sync::atomic::{AtomicI64, Ordering};

pub const EMAIL: &str = "root@acme.example";
pub const PASSWORD: &str = "Correct-horse-1";
/// The clock stands still.
pub const NOW_MS: i64 = 1_000;

/// One organisation.
pub struct Rig {
    pub store: Store,
    pub gate: Gate,
    pub owner: Uin,
    last: AtomicI64,
    _dir: tempfile::TempDir,
}

impl Rig {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}?mode=rwc", dir.path().join("console.db").display())).await.unwrap();
        let sealer = Sealer::new(SealKey::new(&[7; 32]), Vec::new());
        let gate = Gate::new(store.clone(), Clock::fixed(NOW_MS), sealer, Passwords::new(Cost::TESTS), SessionLimits::default());
        let owner = gate.create_root(EMAIL, PASSWORD, false).await.unwrap();
        Self { store, gate, owner, last: AtomicI64::new(owner.0), _dir: dir }
    }

    /// A sub-account that holds preset policies.
    pub async fn sub_account(&self, name: &str, presets: &[&str]) -> Uin {
        let uin = Uin(self.last.fetch_add(1, Ordering::Relaxed) + 1);
        let hash = self.gate.hash_password(PASSWORD).await.unwrap();
        let account = NewAccount {
            uin,
            owner: self.owner,
            is_root: false,
            name,
            email: "",
            remark: "",
            password_hash: &hash,
            must_change_password: false,
            now_ms: NOW_MS,
        };
        let mut change = self.store.change().await.unwrap();
        accounts::add(&mut change, &account).await.unwrap();
        change.commit_unrecorded().await.unwrap();
        for preset in presets {
            self.attach(uin, preset).await;
        }
        uin
    }

    /// Attaches a preset policy.
    pub async fn attach(&self, uin: Uin, preset: &str) {
        let policy = PolicyId(preset::presets().iter().find(|known| known.name == preset).unwrap().id);
        let mut change = self.store.change().await.unwrap();
        policies::attach(&mut change, self.owner, policy, uin.into(), NOW_MS).await.unwrap();
        change.commit_unrecorded().await.unwrap();
    }

    /// Attaches a new policy of this document.
    pub async fn attach_new(&self, uin: Uin, document: &str) {
        let id = PolicyId(self.last.fetch_add(1, Ordering::Relaxed) + 1);
        let document = Document { text: document, patterns: 0 };
        let new = NewPolicy { id, name: &id.to_string(), description: "", document, by: "root", now_ms: NOW_MS };
        let mut change = self.store.change().await.unwrap();
        policies::add(&mut change, self.owner, &new).await.unwrap();
        policies::attach(&mut change, self.owner, id, uin.into(), NOW_MS).await.unwrap();
        change.commit_unrecorded().await.unwrap();
    }

    /// Logs a sub-account in.
    pub async fn log_in(&self, name: &str) -> String {
        let login = Login { owner: self.owner.to_string(), name: name.to_owned(), password: PASSWORD.to_owned() };
        self.gate.log_in(&RequestFacts::local("test", None), login).await.unwrap().token
    }

    /// Whoever holds the token, now.
    pub async fn caller(&self, token: &str) -> Caller {
        self.gate.caller(&RequestFacts::local("test", Some(token.to_owned()))).await.unwrap()
    }
}
