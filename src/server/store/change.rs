//! A running change of the database. It ends with the record of who did it, or with the word that nobody is to be recorded for it.

use super::{StoreError, Stored, audit_chain};
use crate::domain::audit::AuditEvent;
use crate::domain::ids::Uin;
use sqlx::{Any, AnyConnection, Transaction};
use std::ops::{Deref, DerefMut};

/// A running change; dropped without a commit it never happened.
pub struct Change(Transaction<'static, Any>);

impl Change {
    pub(super) fn new(transaction: Transaction<'static, Any>) -> Self {
        Self(transaction)
    }

    /// Makes the change last, with the record of it. Both happen or neither does.
    pub async fn commit(self, owner: Uin, event: AuditEvent) -> Stored<()> {
        self.commit_all(vec![(owner, event)]).await
    }

    /// As [`Change::commit`], with several records in the order of their owners.
    pub async fn commit_all(mut self, events: Vec<(Uin, AuditEvent)>) -> Stored<()> {
        // Last of all, and by owner, so that everybody takes the locks in the same order.
        for (owner, event) in events {
            audit_chain::append(&mut self, owner, event).await?;
        }
        self.0.commit().await.map_err(StoreError::from)
    }

    /// Makes a change last that nobody asked for: what the console notes for itself, or works out from what it has received.
    pub async fn commit_unrecorded(self) -> Stored<()> {
        self.0.commit().await.map_err(StoreError::from)
    }
}

impl Deref for Change {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.0
    }
}

impl DerefMut for Change {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.0
    }
}
