//! Who asks.
//!
//! A caller is made by one query: session, account state and policy revision together, so a revoked right counts on the very next
//! request. What it may do is decided in [`decide`](super::decide).

use super::Gate;
use super::attempt::{Attempt, Attempts};
use super::principal::Principal;
use super::question::Question;
use super::request::RequestFacts;
use super::viewing::Viewing;
use crate::cam::{self, Context, PolicySet};
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use crate::server::store::Store;
use crate::server::store::sessions::{AccountRow, LiveRow};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Someone signed in. Cheap to clone.
#[derive(Clone)]
pub struct Caller {
    inner: Arc<Inner>,
    /// What this call of the request has tried.
    attempts: Arc<Mutex<Attempts>>,
}

struct Inner {
    gate: Gate,
    principal: Principal,
    viewing: Option<Viewing>,
    credential: Credential,
    context: Context,
    /// The policies ask for the address of the client, and it is not known.
    address_missed: bool,
    facts: RequestFacts,
    now_ms: i64,
    /// What was permitted to this request, to be decided again before it is written.
    permitted: Mutex<Vec<Question>>,
    /// Accounts that were found to have no more rights, to be compared again then.
    compared: Mutex<Vec<Compared>>,
}

/// What a request shows for itself: who it is by, and how sure that is. Of the principal it says nothing.
#[derive(Clone, Debug)]
pub(super) struct Credential {
    /// The session it belongs to.
    pub session_id: String,
    /// When the password was last proven in it, epoch milliseconds.
    pub proven_ms: i64,
    /// Whether a second factor was proven, too. None can be set up yet.
    pub second_factor: bool,
}

/// An account that the caller was found to be no less than.
#[derive(Clone, Debug)]
pub(super) struct Compared {
    pub target: Uin,
    pub name: String,
    /// The first moment at which one of its policies ends by itself: a deny may be among them.
    pub until_ms: i64,
}

impl Gate {
    /// Whoever holds a session that lives, with policies and applications as of its revision.
    pub(super) async fn caller_of(&self, live: LiveRow, facts: RequestFacts, now_ms: i64) -> Result<Caller, Fault> {
        let (account, viewing) = self.acts_as(&live, now_ms, &facts.request_id).await?;
        let mut principal = self.principal(account, &facts.request_id, now_ms).await?;
        let credential = Credential { session_id: live.session_id, proven_ms: live.proven_ms, second_factor: false };
        // A deny by address does not fire when there is none, so whoever has policies that ask for it is allowed nothing then.
        let address_missed = facts.address.is_none() && principal.policies.depends_on(Context::IP);
        if address_missed {
            principal = principal.under(PolicySet::compile(*principal.policies.principal(), Vec::new(), None, None));
        }
        let mut context = Context::new().with_time_ms(now_ms).with_mfa(credential.second_factor);
        if let Some(address) = facts.address {
            context = context.with_ip(address);
        }
        let inner = Inner {
            gate: self.clone(),
            principal,
            viewing,
            credential,
            context,
            address_missed,
            facts,
            now_ms,
            permitted: Mutex::default(),
            compared: Mutex::default(),
        };
        Ok(Caller { inner: Arc::new(inner), attempts: Arc::default() })
    }
}

impl Caller {
    /// UIN of the account.
    #[must_use]
    pub fn uin(&self) -> Uin {
        Uin(self.account().uin)
    }

    /// UIN of its root account.
    #[must_use]
    pub fn owner(&self) -> Uin {
        Uin(self.account().owner_uin)
    }

    /// The root account as policies name it.
    #[must_use]
    pub fn root_account(&self) -> cam::Owner {
        cam::Owner { uin: self.account().owner_uin, app_id: Some(self.account().app_id) }
    }

    /// Login name; for a root account its e-mail address.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.account().name
    }

    /// Whether this is the root account itself.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.account().is_root != 0
    }

    /// The session that asks.
    #[must_use]
    pub fn session_id(&self) -> &str {
        &self.inner.credential.session_id
    }

    /// The id of the request.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.inner.facts.request_id
    }

    /// When the request came in, epoch milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.inner.now_ms
    }

    /// Minutes to add to UTC for the calendar days of this organisation.
    #[must_use]
    pub fn utc_offset_mins(&self) -> i64 {
        self.account().utc_offset_mins
    }

    /// The revision of the rights of its organisation that this request is decided by.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.account().revision
    }

    /// Whether the first password is still in use; nothing but changing it is permitted then.
    #[must_use]
    pub fn must_change_password(&self) -> bool {
        self.account().must_change_password != 0
    }

    pub(in crate::server) fn gate(&self) -> &Gate {
        &self.inner.gate
    }

    pub(super) fn principal(&self) -> &Principal {
        &self.inner.principal
    }

    /// Whether the console is seen as another account than that of the session.
    pub(super) fn viewing(&self) -> Option<&Viewing> {
        self.inner.viewing.as_ref()
    }

    pub(super) fn account(&self) -> &AccountRow {
        &self.inner.principal.account
    }

    pub(super) fn credential(&self) -> &Credential {
        &self.inner.credential
    }

    pub(super) fn context(&self) -> &Context {
        &self.inner.context
    }

    pub(super) fn address_missed(&self) -> bool {
        self.inner.address_missed
    }

    pub(super) fn facts(&self) -> &RequestFacts {
        &self.inner.facts
    }

    pub(super) fn store(&self) -> &Store {
        &self.inner.gate.0.store
    }

    /// The session of this request goes on under a new token.
    pub(super) fn renewed_token(&self, token: String) {
        // A request proves the password once; a second token would not reach the browser.
        let _ = self.inner.facts.renewed.set(token);
    }

    /// The same caller for another call of the same request: what that one tries is noted apart.
    #[must_use]
    pub fn for_a_call(&self) -> Self {
        Self { inner: self.inner.clone(), attempts: Arc::default() }
    }

    pub(super) fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note_attempt(&self, attempt: Attempt, permitted: bool) {
        self.attempts().note(attempt, permitted);
    }

    pub(super) fn keep_permitted(&self, question: Question) {
        self.inner.permitted.lock().unwrap_or_else(PoisonError::into_inner).push(question);
    }

    /// What was permitted to this request so far.
    pub(super) fn permitted_questions(&self) -> Vec<Question> {
        self.inner.permitted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn keep_compared(&self, compared: Compared) {
        self.inner.compared.lock().unwrap_or_else(PoisonError::into_inner).push(compared);
    }

    /// The accounts that this one was compared with.
    pub(super) fn compared(&self) -> Vec<Compared> {
        self.inner.compared.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
