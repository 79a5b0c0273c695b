//! The record of what a caller does: the event that comes of an attempt, and a change that cannot be committed without one.

use super::attempt::Attempt;
use super::caller::Caller;
use super::request::{RequestFacts, network_of};
use super::store_fault;
use crate::domain::audit::{ACCOUNT, ActionType, ActorType, AuditEvent, AuditedDecision, Identity, Outcome, ViewedAs};
use crate::domain::audit_change::Done;
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use crate::server::store::{Change, StoreError};
use std::ops::{Deref, DerefMut};

/// Characters of a sentence that are kept.
const MESSAGE_CHARS: usize = 300;

/// What happened, whoever did it: `cam`, `AttachUserPolicy`, and how it ended.
pub(super) struct Happened<'a> {
    pub source: &'a str,
    pub name: &'a str,
    /// The operation of the catalogue; its own name where it is none.
    pub operation: &'a str,
    pub action_type: ActionType,
    pub sensitive: bool,
    pub outcome: Outcome,
    pub done: Done,
}

impl<'a> Happened<'a> {
    fn attempted(attempt: &'a Attempt, outcome: Outcome, done: Done) -> Self {
        let (source, name) = attempt.action().map_or((ACCOUNT, attempt.name()), |action| (action.service, action.name));
        let action_type = if attempt.reads() { ActionType::Read } else { ActionType::Write };
        Self { source, name, operation: attempt.name(), action_type, sensitive: attempt.is_sensitive(), outcome, done }
    }

    /// Something that is no operation: a login, a command of the operator. All of these count as sensitive.
    pub(super) fn own(name: &'a str, outcome: Outcome) -> Self {
        Self { source: ACCOUNT, name, operation: name, action_type: ActionType::Write, sensitive: true, outcome, done: Done::default() }
    }

    /// The event of it.
    pub(super) fn by(self, identity: Identity, facts: &RequestFacts, now_ms: i64) -> AuditEvent {
        AuditEvent {
            operation: self.operation.to_owned(),
            action_type: self.action_type,
            sensitive_action: u8::from(self.sensitive),
            result: self.outcome,
            source_ip_address: facts.address_text(),
            user_agent: facts.agent.clone(),
            request_id: facts.request_id.clone(),
            resources: self.done.resources,
            changes: self.done.changes,
            ..AuditEvent::new(self.source, self.name, identity, now_ms)
        }
    }

    /// The event of it where the console or its operator did it.
    pub(super) fn by_the_console(self, owner: Uin, now_ms: i64) -> AuditEvent {
        let console =
            Identity { kind: ActorType::System, account_id: owner.to_string(), user_name: "operator".to_owned(), ..Identity::default() };
        self.by(console, &RequestFacts::of_the_console(), now_ms)
    }
}

/// Who an account is, within a session or none.
pub(super) fn identity(owner: Uin, uin: Uin, name: &str, session_id: &str) -> Identity {
    Identity {
        kind: if uin == owner { ActorType::Root } else { ActorType::CAMUser },
        account_id: owner.to_string(),
        principal_id: uin.to_string(),
        user_name: name.to_owned(),
        session_id: session_id.to_owned(),
        ..Identity::default()
    }
}

/// Why something did not come about, in an event.
pub(super) fn because(mut event: AuditEvent, code: &str, message: &str) -> AuditEvent {
    code.clone_into(&mut event.error_code);
    event.error_message = message.chars().take(MESSAGE_CHARS).collect();
    event
}

/// How a fault ends an attempt.
fn outcome_of(fault: &Fault) -> Outcome {
    match fault {
        Fault::SignedOut | Fault::PasswordChange | Fault::Reauthenticate | Fault::Denied(_) | Fault::NotFound | Fault::Barred(_) => {
            Outcome::Refused
        }
        Fault::Limit(_)
        | Fault::Taken(_)
        | Fault::InUse(_)
        | Fault::Overtaken(_)
        | Fault::Unconfirmed(_)
        | Fault::Resubmit(_)
        | Fault::Invalid(_)
        | Fault::TooMany { .. } => Outcome::Failed,
        Fault::Unavailable | Fault::NoSpace | Fault::Internal { .. } | Fault::Unreachable => Outcome::Error,
    }
}

impl Caller {
    fn event(&self, attempt: &Attempt, outcome: Outcome, done: Done) -> AuditEvent {
        let credential = self.credential();
        let proof_age_seconds = Some((self.now_ms() - credential.proven_ms) / 1_000);
        let who = match self.viewing() {
            None => identity(self.owner(), self.uin(), self.name(), &credential.session_id),
            // Whoever sees the console as another account is root.
            Some(viewing) => Identity {
                viewed_as: (!viewing.over).then(|| ViewedAs { principal_id: self.uin().to_string(), user_name: self.name().to_owned() }),
                ..identity(self.owner(), self.owner(), &viewing.by, &credential.session_id)
            },
        };
        let identity = Identity { mfa: credential.second_factor, proof_age_seconds, ..who };
        let mut event = Happened::attempted(attempt, outcome, done).by(identity, self.facts(), self.now_ms());
        event.decision = attempt.action().map(|action| {
            let (action, resource) = (action.full.to_owned(), attempt.resource(self.principal()));
            AuditedDecision { action, resource, verdict: "allow".to_owned() }
        });
        event
    }

    /// Records that what was tried last did not come about. Reading is recorded only when it was refused.
    pub(in crate::server) fn record_fault(&self, fault: &Fault) {
        let Some(attempt) = self.attempts().ended().cloned() else { return };
        let outcome = outcome_of(fault);
        if attempt.reads() && outcome != Outcome::Refused {
            return;
        }
        let done = Done { resources: attempt.resources(), changes: Vec::new() };
        let mut event = because(self.event(&attempt, outcome, done), fault.code(), &fault.message().en);
        if let Fault::Denied(denial) = fault {
            let (action, resource) = (denial.action.clone(), denial.resource.clone());
            event.decision = Some(AuditedDecision { action, resource, verdict: "deny".to_owned() });
        } else if outcome == Outcome::Refused && *fault == Fault::NotFound {
            // Whether the thing is hidden or does not exist is not told apart, here either.
            event.decision = None;
        }
        self.gate().0.unsuccessful.note(self.owner(), network_of(self.facts().address), event);
    }
}

/// A change that somebody was permitted to make. It can be committed with its record alone, unless it is a draft.
pub struct RecordedChange {
    change: Change,
    caller: Caller,
    attempt: Attempt,
    as_decided: bool,
}

impl RecordedChange {
    /// A change for an operation on what it was permitted on.
    pub(super) const fn new(change: Change, caller: Caller, attempt: Attempt, as_decided: bool) -> Self {
        Self { change, caller, attempt, as_decided }
    }

    /// Whether it is sure that no rights have changed since the request was decided: what was worked out of them before the change then still
    /// holds within it.
    #[must_use]
    pub const fn is_as_decided(&self) -> bool {
        self.as_decided
    }

    /// Makes the change last, with the record of what was done by it.
    ///
    /// # Errors
    /// [`Fault::InUse`] when it would break a promise about rights, [`Fault::Unavailable`] or [`Fault::Internal`]: then nothing was done.
    pub async fn commit(mut self, done: Done) -> Result<(), Fault> {
        let caller = self.caller.clone();
        let done = caller.keep_promises(&mut self.change, done).await?;
        let request_id = self.caller.request_id().to_owned();
        self.store(done).await.map_err(|error| store_fault(&error, &request_id))
    }

    /// Makes a change last that concerns nobody but who makes it: a draft. It leaves no record.
    ///
    /// # Errors
    /// As [`RecordedChange::commit`].
    pub async fn commit_draft(self) -> Result<(), Fault> {
        self.change.commit_unrecorded().await.map_err(|error| store_fault(&error, self.caller.request_id()))
    }

    /// As [`RecordedChange::commit`], for who tells faults of the store by themselves.
    pub(super) async fn store(self, done: Done) -> Result<(), StoreError> {
        let Self { change, caller, attempt, .. } = self;
        change.commit(caller.owner(), caller.event(&attempt, Outcome::Success, done)).await
    }
}

impl Deref for RecordedChange {
    type Target = Change;

    fn deref(&self) -> &Change {
        &self.change
    }
}

impl DerefMut for RecordedChange {
    fn deref_mut(&mut self) -> &mut Change {
        &mut self.change
    }
}

/// The event of what the operator does on the command line.
pub(crate) fn operator_event(owner: Uin, done: Done, now_ms: i64) -> AuditEvent {
    Happened { done, ..Happened::own("LocalCommand", Outcome::Success) }.by_the_console(owner, now_ms)
}

/// The event of an attachment that has ended by itself.
pub(in crate::server) fn ended_event(owner: Uin, done: Done, now_ms: i64) -> AuditEvent {
    Happened { done, ..Happened::own("AttachmentEnded", Outcome::Success) }.by_the_console(owner, now_ms)
}

/// The event of records that were cut off as past their retention.
pub(in crate::server) fn cut_event(owner: Uin, done: Done, now_ms: i64) -> AuditEvent {
    Happened { done, ..Happened::own("CutAudit", Outcome::Success) }.by_the_console(owner, now_ms)
}
