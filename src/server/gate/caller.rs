//! Who asks, and every decision about it.
//!
//! A caller is made by one query: session, account state and policy revision together, so a revoked right counts on the very next
//! request. Decisions are the CAM engine's; here is only what is asked of it. Must never allow what the engine did not.

use super::again::Decided;
use super::permit::{App, Apps, Everything, Permit};
use super::request::RequestFacts;
use super::{Gate, store_fault};
use crate::cam::{Context, PolicySet, Resource, Verdict};
use crate::catalog::action::{Action, ActionRow, trtc};
use crate::catalog::page::Page;
use crate::catalog::rule::{Grant, Rule};
use crate::domain::applications::Tag;
use crate::domain::fault::Fault;
use crate::domain::ids::{SdkAppId, Uin};
use crate::server::store::Store;
use crate::server::store::applications::AppFacts;
use crate::server::store::sessions::LiveRow;
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tracing::Instrument as _;

/// A session's last use is noted at most this often, so that reading pages seldom writes.
const TOUCH_EVERY_MS: i64 = 60_000;

/// A session that began so much later than now began under a clock that was wrong, and would never expire.
pub(super) const FUTURE_MS: i64 = 300_000;

/// A request waits no longer for that note.
const TOUCH_PATIENCE: Duration = Duration::from_millis(200);

/// Someone signed in. Cheap to clone.
#[derive(Clone)]
pub struct Caller(Arc<Inner>);

struct Inner {
    gate: Gate,
    live: LiveRow,
    policies: Arc<PolicySet>,
    apps: Arc<Vec<AppFacts>>,
    context: Context,
    /// The policies ask for the address of the client, and it is not known.
    address_missed: bool,
    facts: RequestFacts,
    now_ms: i64,
    /// What was permitted to this request, to be decided again before it is written.
    decided: Mutex<Vec<Decided>>,
    /// Accounts that were found to have no more rights, by UIN and name, to be compared again then.
    compared: Mutex<Vec<(Uin, String)>>,
}

/// What a decision is about.
#[derive(Clone, Copy)]
pub(super) enum Ask<'a> {
    /// One application.
    App(&'a AppFacts),
    /// No application in particular: resource-level actions need one on which they are allowed.
    Anywhere,
}

/// The hash under which a token is stored.
#[must_use]
pub(super) fn token_hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Gate {
    /// Who sent a request.
    ///
    /// # Errors
    /// [`Fault::SignedOut`] without a living session of an active account, [`Fault::Unavailable`] when the database is down, and
    /// [`Fault::Internal`] when a stored policy no longer parses: it might hold a deny, so nothing is allowed.
    pub async fn caller(&self, facts: &RequestFacts) -> Result<Caller, Fault> {
        let store = &self.0.store;
        let broken = |error| store_fault(&error, &facts.request_id);
        let token = facts.token.as_deref().ok_or(Fault::SignedOut)?;
        let now_ms = self.now_ms();
        let live = store.live_session(&token_hash(token), now_ms).await.map_err(broken)?.ok_or(Fault::SignedOut)?;
        let expired = now_ms - live.seen_ms > self.0.limits.idle_ms || now_ms - live.created_ms > self.0.limits.absolute_ms;
        let from_the_future = live.created_ms.max(live.seen_ms) > now_ms + FUTURE_MS;
        if expired || from_the_future || live.disabled != 0 {
            return Err(Fault::SignedOut);
        }
        if now_ms - live.seen_ms > TOUCH_EVERY_MS {
            // A note for later: a busy database must not make the reader wait for it, let alone refuse the page. It has a task of its own,
            // so that it is never dropped half-way.
            let (store, owner, session_id) = (store.clone(), Uin(live.owner_uin), live.session_id.clone());
            let note = async move {
                if let Err(error) = store.touch_session(owner, &session_id, now_ms).await {
                    tracing::debug!(%error, "the last use of a session could not be recorded");
                }
            };
            let noted = tokio::spawn(note.in_current_span());
            drop(tokio::time::timeout(TOUCH_PATIENCE, noted).await);
        }
        self.caller_of(live, facts.clone(), now_ms).await
    }

    /// Whoever holds a session that lives, with policies and applications as of its revision.
    pub(super) async fn caller_of(&self, live: LiveRow, facts: RequestFacts, now_ms: i64) -> Result<Caller, Fault> {
        let policies = self.policies_of(&live, &facts.request_id).await?;
        let apps = match self.0.cache.apps(Uin(live.owner_uin), live.revision) {
            Some(apps) => apps,
            None => {
                let apps = self.0.store.app_facts(Uin(live.owner_uin)).await.map_err(|error| store_fault(&error, &facts.request_id))?;
                self.0.cache.keep_apps(Uin(live.owner_uin), live.revision, apps)
            }
        };
        let context = Context::new().with_time_ms(now_ms).with_mfa(false);
        // A deny by address does not fire when there is none, so whoever has policies that ask for it is allowed nothing then.
        let address_missed = facts.address.is_none() && policies.depends_on(Context::IP);
        let policies = if address_missed { Arc::new(PolicySet::compile(*policies.principal(), Vec::new(), None, None)) } else { policies };
        let context = facts.address.map_or_else(|| context.clone(), |address| context.clone().with_ip(address));
        Ok(Caller(Arc::new(Inner {
            gate: self.clone(),
            live,
            policies,
            apps,
            context,
            address_missed,
            facts,
            now_ms,
            decided: Mutex::default(),
            compared: Mutex::default(),
        })))
    }
}

impl Caller {
    /// UIN of the account.
    #[must_use]
    pub fn uin(&self) -> Uin {
        Uin(self.0.live.uin)
    }

    /// UIN of its root account.
    #[must_use]
    pub fn owner(&self) -> Uin {
        Uin(self.0.live.owner_uin)
    }

    /// Login name; for a root account its e-mail address.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.live.name
    }

    /// Whether this is the root account itself.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.live.is_root != 0
    }

    /// The session that asks.
    #[must_use]
    pub fn session_id(&self) -> &str {
        &self.0.live.session_id
    }

    /// The id of the request.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.0.facts.request_id
    }

    /// When the request came in, epoch milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.0.now_ms
    }

    /// Minutes to add to UTC for the calendar days of this organisation.
    #[must_use]
    pub fn utc_offset_mins(&self) -> i64 {
        self.0.live.utc_offset_mins
    }

    /// Whether the first password is still in use; nothing but changing it is permitted then.
    #[must_use]
    pub fn must_change_password(&self) -> bool {
        self.0.live.must_change_password != 0
    }

    pub(in crate::server) fn gate(&self) -> &Gate {
        &self.0.gate
    }

    pub(super) fn live(&self) -> &LiveRow {
        &self.0.live
    }

    pub(super) fn policies(&self) -> &PolicySet {
        &self.0.policies
    }

    /// The policies and the applications, for what is kept as long as they stay the same.
    pub(super) fn decided_by(&self) -> (Arc<PolicySet>, Arc<Vec<AppFacts>>) {
        (self.0.policies.clone(), self.0.apps.clone())
    }

    pub(super) fn apps(&self) -> &[AppFacts] {
        &self.0.apps
    }

    pub(super) fn context(&self) -> &Context {
        &self.0.context
    }

    pub(super) fn address_missed(&self) -> bool {
        self.0.address_missed
    }

    pub(super) fn facts(&self) -> &RequestFacts {
        &self.0.facts
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.gate.0.store
    }

    /// The session of this request goes on under a new token.
    pub(super) fn renewed_token(&self, token: String) {
        // A request proves the password once; a second token would not reach the browser.
        let _ = self.0.facts.renewed.set(token);
    }

    /// Demands a recent proof of the password, as credentials and rights do.
    ///
    /// # Errors
    /// [`Fault::Reauthenticate`] when the last one is too long ago.
    pub fn recently_proven(&self) -> Result<(), Fault> {
        if self.now_ms() - self.0.live.proven_ms <= self.0.gate.0.limits.proof_ms { Ok(()) } else { Err(Fault::Reauthenticate) }
    }

    /// Permission to do `G` where no application is involved: operation-level actions, and everything about users, groups and policies.
    ///
    /// # Errors
    /// [`Fault::Denied`], which explains itself.
    pub fn permit<G: Grant>(&self) -> Result<Permit<G>, Fault> {
        self.on::<G, _>(Everything)
    }

    /// As [`Caller::permit`], with the account, group or policy it is about inside the permit.
    ///
    /// # Errors
    /// [`Fault::Denied`].
    pub fn on<G: Grant, T>(&self, target: T) -> Result<Permit<G, T>, Fault> {
        self.decide(Decided { rule: G::rule(), app: None, tags: Vec::new() })?;
        Ok(Permit::new(self.clone(), target))
    }

    /// Permission to do `G` on one application.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when there is no such application or the caller may not list it, [`Fault::Denied`] otherwise.
    pub fn on_app<G: Grant>(&self, id: SdkAppId) -> Result<Permit<G, App>, Fault> {
        self.on_app_tagging::<G>(id, &[])
    }

    /// As [`Caller::on_app`], for a request that carries tags (`qcs:request_tag`).
    ///
    /// # Errors
    /// As [`Caller::on_app`].
    pub fn on_app_tagging<G: Grant>(&self, id: SdkAppId, tags: &[Tag]) -> Result<Permit<G, App>, Fault> {
        self.decide(Decided { rule: G::rule(), app: Some(id), tags: tags.to_vec() })?;
        let app = self.app(id).ok_or(Fault::NotFound)?;
        Ok(Permit::new(self.clone(), App(app.clone())))
    }

    /// As [`Caller::permit`], for a request that carries tags (`qcs:request_tag`).
    ///
    /// # Errors
    /// [`Fault::Denied`].
    pub fn permit_tagging<G: Grant>(&self, tags: &[Tag]) -> Result<Permit<G>, Fault> {
        self.decide(Decided { rule: G::rule(), app: None, tags: tags.to_vec() })?;
        Ok(Permit::new(self.clone(), Everything))
    }

    /// Permission to do `G` on every application on which it holds; the list may be empty when `G` is granted on a pattern that fits none.
    ///
    /// # Errors
    /// [`Fault::Denied`] when `G` is granted nowhere.
    pub fn on_apps<G: Grant>(&self) -> Result<Permit<G, Apps>, Fault> {
        self.decide(Decided { rule: G::rule(), app: None, tags: Vec::new() })?;
        let allowed = self.apps_where(G::rule());
        Ok(Permit::new(self.clone(), Apps { facts: self.0.apps.clone(), allowed }))
    }

    /// Which of the rules hold on one application, for the controls of its pages.
    #[must_use]
    pub fn holds_on_app(&self, rule: Rule, id: SdkAppId) -> bool {
        self.app(id).is_some_and(|app| self.holds(rule, Ask::App(app)))
    }

    /// Whether a rule holds somewhere, for the navigation and for controls that belong to no application.
    #[must_use]
    pub fn holds_anywhere(&self, rule: Rule) -> bool {
        self.holds(rule, Ask::Anywhere)
    }

    /// Whether a page may be opened; `app` is the application in its path.
    ///
    /// # Errors
    /// As [`Caller::on_app`] and [`Caller::permit`].
    pub fn open(&self, page: &Page, app: Option<SdkAppId>) -> Result<(), Fault> {
        self.decision(&Decided { rule: page.opens, app, tags: Vec::new() })
    }

    /// Decides what is then permitted, and keeps it for [`Permit::change`].
    fn decide(&self, asked: Decided) -> Result<(), Fault> {
        self.decision(&asked)?;
        self.0.decided.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
        Ok(())
    }

    /// What was permitted to this request so far.
    pub(super) fn decided(&self) -> Vec<Decided> {
        self.0.decided.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn keep_compared(&self, target: Uin, name: &str) {
        self.0.compared.lock().unwrap_or_else(PoisonError::into_inner).push((target, name.to_owned()));
    }

    /// The accounts that this one was compared with.
    pub(super) fn compared(&self) -> Vec<(Uin, String)> {
        self.0.compared.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn decision(&self, asked: &Decided) -> Result<(), Fault> {
        self.active()?;
        let context = self.with_request_tags(&asked.tags);
        let Some(id) = asked.app else { return self.hold(asked.rule, Ask::Anywhere, &context) };
        let app = self.app(id).ok_or(Fault::NotFound)?;
        match self.hold(asked.rule, Ask::App(app), &context) {
            Err(_) if !self.may_on(trtc::DescribeAppStatList::ROW, Ask::App(app), &self.0.context) => Err(Fault::NotFound),
            held => held,
        }
    }

    /// Nothing is permitted to an account that still has its first password.
    fn active(&self) -> Result<(), Fault> {
        if self.must_change_password() { Err(Fault::PasswordChange) } else { Ok(()) }
    }

    fn app(&self, id: SdkAppId) -> Option<&AppFacts> {
        self.0.apps.binary_search_by_key(&id, |app| app.id).ok().and_then(|at| self.0.apps.get(at))
    }

    fn apps_where(&self, rule: Rule) -> Vec<usize> {
        self.0.apps.iter().enumerate().filter(|(_, app)| self.holds(rule, Ask::App(app))).map(|(at, _)| at).collect()
    }

    fn holds(&self, rule: Rule, ask: Ask<'_>) -> bool {
        rule.holds(&mut |row| self.may_on(row, ask, &self.0.context))
    }

    /// Decides a rule; a refusal explains itself.
    fn hold(&self, rule: Rule, ask: Ask<'_>, context: &Context) -> Result<(), Fault> {
        let mut may = |row| self.may_on(row, ask, context);
        if rule.holds(&mut may) { Ok(()) } else { Err(self.refusal(&rule.ways(&mut may), ask, context)) }
    }

    /// One action. Operation-level actions are decided on `*`, and on an application only for who may list it (console.md).
    fn may_on(&self, row: &'static ActionRow, ask: Ask<'_>, context: &Context) -> bool {
        let set = &self.0.policies;
        match (ask, on_application(row)) {
            (Ask::App(app), true) => set.verdict(row.full, &self.resource_of(app), &with_app(context, app)) == Verdict::Allow,
            (Ask::App(app), false) => {
                set.verdict(row.full, &Resource::all(), context) == Verdict::Allow
                    && set.verdict(trtc::DescribeAppStatList::ROW.full, &self.resource_of(app), &with_app(context, app)) == Verdict::Allow
            }
            (Ask::Anywhere, true) => {
                self.0.apps.iter().any(|app| self.may_on(row, Ask::App(app), context))
                    || set.may_allow(row.full, "trtc", "sdkappid", context)
            }
            (Ask::Anywhere, false) => set.verdict(row.full, &Resource::all(), context) == Verdict::Allow,
        }
    }

    pub(super) fn resource_of(&self, app: &AppFacts) -> Resource {
        Resource::of("trtc", self.owner().0, "sdkappid", app.id)
    }

    fn with_request_tags(&self, tags: &[Tag]) -> Context {
        if tags.is_empty() {
            return self.0.context.clone();
        }
        self.0.context.clone().with_request_tags(tags.iter().map(|tag| format!("{}&{}", tag.key, tag.value)))
    }
}

/// Whether an action is decided on an application: those of TRTC by their template, those of the tag service by what they tag, and the only
/// thing tagged here is an application.
pub(super) fn on_application(row: &ActionRow) -> bool {
    row.is_resource_level() && matches!(row.service, "trtc" | "tag")
}

pub(super) fn with_app(context: &Context, app: &AppFacts) -> Context {
    context.clone().with_resource_tags(app.tags.iter().cloned()).with_create_uin(app.created_by.0)
}
