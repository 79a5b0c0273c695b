//! Sessions: they begin with a login and end with a logout, and their tokens tell who sent a request.
//!
//! Every attempt on a name takes the same way, whether an account has the name or not: it waits its turn, it is counted, and its answer is
//! the same. Tokens must never be stored or logged.

use super::password::{Busy, Line};
use super::throttle::{self, Asked};
use crate::catalog::operations::{EndOwnSession, ListOwnSessions};
use crate::domain::audit::{Identity, LOCKED_LOGIN, Outcome, WRONG_LOGIN};
use crate::domain::audit_change::{Done, Field};
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use crate::domain::session::{SessionRow, Theme};
use crate::server::clock::random_bytes;
use crate::server::gate::caller::Caller;
use crate::server::gate::record::{Happened, because, identity};
use crate::server::gate::request::{RequestFacts, network_of};
use crate::server::gate::{Gate, store_fault};
use crate::server::hex::hex;
use crate::server::store::accounts::{self, LoginRow};
use crate::server::store::audit::NOBODY;
use crate::server::store::login_failures::{self, Failures};
use crate::server::store::sessions::{self, LiveRow, NewSession};
use crate::server::store::{Change, StoreError, Stored};
use crate::text::Lang;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use tracing::Instrument as _;

/// A session's last use is noted at most this often, so that reading pages seldom writes.
const TOUCH_EVERY_MS: i64 = 60_000;

/// A session that began so much later than now began under a clock that was wrong, and would never expire.
const FUTURE_MS: i64 = 300_000;

/// A request waits no longer for that note.
const TOUCH_PATIENCE: Duration = Duration::from_millis(200);

/// A session that has just begun.
pub struct LoggedIn {
    /// For the cookie; nowhere else.
    pub token: String,
    /// The root account it belongs to; `None` for a root account itself.
    pub owner: Option<Uin>,
    /// The first password must be changed next.
    pub must_change_password: bool,
    /// Language and theme the account has chosen, if it has.
    pub preferences: (Option<Lang>, Option<Theme>),
}

/// Why nobody was logged in.
#[derive(Debug, PartialEq, Eq)]
pub enum LoginFault {
    /// Owner, name and password do not belong together. One message for all of it.
    Refused,
    /// Too many failures for this name or from this address; seconds to wait.
    TooMany(i64),
    /// The database is down or broken.
    Fault(Fault),
}

/// What the login form sends.
#[derive(Clone, Debug)]
pub struct Login {
    /// UIN of the root account; empty when root accounts log in by their e-mail address.
    pub owner: String,
    /// User name, or the e-mail address of a root account.
    pub name: String,
    /// The password.
    pub password: String,
}

/// A new token of a session: 256 random bits for the cookie.
pub(super) fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}

/// The hash under which a token is stored.
#[must_use]
pub(super) fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
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
        if !self.is_alive(&live, now_ms) {
            return Err(Fault::SignedOut);
        }
        if now_ms - live.seen_ms > TOUCH_EVERY_MS {
            // A note for later: a busy database must not make the reader wait for it, let alone refuse the page. It has a task of its own,
            // so that it is never dropped half-way.
            let (store, owner, session_id) = (store.clone(), Uin(live.account.owner_uin), live.session_id.clone());
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

    /// Whether a session may be used: neither has it expired, nor is its account disabled.
    pub(in crate::server::gate) fn is_alive(&self, live: &LiveRow, now_ms: i64) -> bool {
        let limits = self.0.limits;
        let expired = now_ms - live.seen_ms > limits.idle_ms || now_ms - live.created_ms > limits.absolute_ms;
        let from_the_future = live.created_ms.max(live.seen_ms) > now_ms + FUTURE_MS;
        !expired && !from_the_future && live.account.disabled == 0
    }

    /// Logs in. Root accounts give their e-mail as name and no owner, or their own UIN as owner.
    ///
    /// The attempt is made to its end and counted even if nobody waits for the answer any more.
    ///
    /// # Errors
    /// See [`LoginFault`].
    pub async fn log_in(&self, facts: &RequestFacts, login: Login) -> Result<LoggedIn, LoginFault> {
        let (gate, facts, request_id) = (self.clone(), facts.clone(), facts.request_id.clone());
        let attempt = tokio::spawn(async move { gate.attempt(&facts, login).await }.in_current_span());
        attempt.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a login could not be completed");
            Err(LoginFault::Fault(Fault::Internal { request_id }))
        })
    }

    async fn attempt(&self, facts: &RequestFacts, login: Login) -> Result<LoggedIn, LoginFault> {
        let attempt = self.0.addresses.begin(facts.counted_as(), self.now_ms()).map_err(|wait_secs| {
            self.record_failed_login(facts, None, &LoginFault::TooMany(wait_secs));
            LoginFault::TooMany(wait_secs)
        })?;
        let outcome = self.judge(facts, login).await;
        if !matches!(outcome, Err(LoginFault::Refused)) {
            attempt.passed();
        }
        outcome
    }

    async fn judge(&self, facts: &RequestFacts, login: Login) -> Result<LoggedIn, LoginFault> {
        let known = self.find_login(&login).await.map_err(|error| LoginFault::Fault(store_fault(&error, &facts.request_id)))?;
        let who = known.as_ref().map(|row| login_identity(row, ""));
        let outcome = self.judge_as(facts, login, known).await;
        if let Err(fault) = &outcome {
            self.record_failed_login(facts, who, fault);
        }
        outcome
    }

    /// Judges an attempt for the account that has the name, if one has.
    async fn judge_as(&self, facts: &RequestFacts, login: Login, known: Option<LoginRow>) -> Result<LoggedIn, LoginFault> {
        let now_ms = self.now_ms();
        let broken = |error: StoreError| LoginFault::Fault(store_fault(&error, &facts.request_id));
        let asked = Asked::of(&login.owner, &login.name);
        let network = network_of(facts.address);
        // Everything below is done for a name that no account has as well, with the UIN that nobody has.
        let uin = Uin(known.as_ref().map_or(0, |row| row.uin));
        let since_ms = throttle::failures_since_ms(now_ms);
        let failures = async || self.0.store.login_failures(asked.hash(), &network, uin, since_ms).await.map_err(broken);
        // However many strangers wait, an account's own people do not wait behind them.
        let _turn = self.0.attempts.of(&asked, failures().await?.network_is_known.then_some(&network)).await;
        let failures = failures().await?;
        if let Some(wait_secs) = throttle::wait_secs(&failures, now_ms) {
            return Err(LoginFault::TooMany(wait_secs));
        }
        let hash = known.as_ref().map(|row| row.password_hash.as_str());
        let line = if failures.network_is_known { Line::Known } else { Line::Strangers };
        let Ok(right) = self.0.passwords.verify(line, &login.password, hash).await else {
            return Err(LoginFault::TooMany(1));
        };
        let admitted = known.filter(|row| right && row.disabled == 0 && !row.has_expired(now_ms));
        let Some(row) = admitted else {
            self.note_failure(&asked, &network, uin, &failures, now_ms).await.map_err(broken)?;
            tracing::info!("login refused");
            return Err(LoginFault::Refused);
        };
        let Some(token) = self.begin_session(facts, &login, &row, &asked, &network, now_ms).await.map_err(broken)? else {
            // Reset, disabled or deleted since the password was checked: what was right then is not right any more.
            tracing::info!("login refused");
            return Err(LoginFault::Refused);
        };
        tracing::info!(uin = row.uin, owner = row.owner_uin, "logged in");
        let theme = (!row.theme.is_empty()).then(|| Theme::from_tag(&row.theme));
        Ok(LoggedIn {
            token,
            owner: (row.uin != row.owner_uin).then_some(Uin(row.owner_uin)),
            must_change_password: row.must_change_password != 0,
            preferences: (Lang::from_tag(&row.lang), theme),
        })
    }

    async fn find_login(&self, login: &Login) -> Result<Option<LoginRow>, StoreError> {
        let (owner, name) = (login.owner.trim(), login.name.trim());
        // No name has a control character, and not every database takes one.
        if name.chars().any(char::is_control) {
            return Ok(None);
        }
        let key = name.to_lowercase();
        match owner.parse::<i64>() {
            Ok(uin) if !key.contains('@') => self.0.store.sub_account_by_name(Uin(uin), &key).await,
            Ok(uin) => match self.0.store.sub_account_by_name(Uin(uin), &key).await? {
                Some(sub) => Ok(Some(sub)),
                None => Ok(self.0.store.root_by_email(&key).await?.filter(|root| root.owner_uin == uin)),
            },
            Err(_) if owner.is_empty() => self.0.store.root_by_email(&key).await,
            Err(_) => Ok(None),
        }
    }

    /// Counts a failure for what was asked and, for administrators to see, with the account if there is one.
    async fn note_failure(&self, asked: &Asked, network: &str, uin: Uin, failures: &Failures, now_ms: i64) -> Result<(), StoreError> {
        let mut change = self.0.store.change().await?;
        let since_ms = throttle::failures_since_ms(now_ms);
        login_failures::note(&mut change, asked.hash(), network, failures.network_is_known, now_ms, since_ms).await?;
        accounts::note_lock(&mut change, uin, throttle::next_lock_ms(failures, now_ms)).await?;
        change.commit_unrecorded().await
    }

    /// Records that nobody was logged in. A name that no account has is not recorded: people type passwords there.
    fn record_failed_login(&self, facts: &RequestFacts, who: Option<Identity>, fault: &LoginFault) {
        let (outcome, code, message) = match fault {
            LoginFault::Refused => (Outcome::Refused, WRONG_LOGIN, "Account, name and password do not belong together."),
            LoginFault::TooMany(_) => (Outcome::Refused, LOCKED_LOGIN, "Too many attempts."),
            LoginFault::Fault(_) => (Outcome::Error, "InternalError", "The login could not be judged."),
        };
        let (owner, network) = (who.as_ref().and_then(|who| who.account_id.parse().ok()).unwrap_or(NOBODY), network_of(facts.address));
        let event = Happened::own(LOGIN, outcome).by(who.unwrap_or_default(), facts, self.now_ms());
        self.0.unsuccessful.note(owner, network, because(event, code, message));
    }

    /// Records that somebody asked without being logged in, with nothing but where they came from.
    pub(in crate::server) fn record_stranger(&self, facts: &RequestFacts, fault: &Fault) {
        let happened = Happened { sensitive: false, ..Happened::own("NotLoggedIn", Outcome::Refused) };
        let event = because(happened.by(Identity::default(), facts, self.now_ms()), fault.code(), &fault.message().en);
        self.0.unsuccessful.note(NOBODY, network_of(facts.address), event);
    }

    /// Begins the session of an account whose password was right, if its password and state are still those that were checked.
    async fn begin_session(
        &self,
        facts: &RequestFacts,
        login: &Login,
        row: &LoginRow,
        asked: &Asked,
        network: &str,
        now_ms: i64,
    ) -> Result<Option<String>, StoreError> {
        let (owner, uin) = (Uin(row.owner_uin), Uin(row.uin));
        // A hash made when hashing cost less is replaced while the password is at hand; that can wait when many want to be hashed.
        let dated = self.0.passwords.is_dated(&row.password_hash);
        let newer = if dated { self.0.passwords.hash(&login.password).await.ok() } else { None };
        let token = new_token();
        let session_id = uuid::Uuid::new_v4().to_string();
        let session = NewSession {
            token_hash: &token_hash(&token),
            session_id: &session_id,
            owner,
            uin,
            address: &facts.address_text(),
            agent: &facts.agent,
            now_ms,
        };
        let mut change = self.0.store.change().await?;
        let hash = newer.as_deref().unwrap_or(&row.password_hash);
        if !accounts::admit(&mut change, uin, &row.password_hash, hash, now_ms).await? {
            return Ok(None);
        }
        self.end_planted(&mut change, facts).await?;
        login_failures::forgive(&mut change, asked.hash(), network).await?;
        // An address that cannot be read may be anybody's.
        if facts.address.is_some() {
            login_failures::know_network(&mut change, owner, uin, network, now_ms).await?;
        }
        sessions::begin(&mut change, &session).await?;
        let who = login_identity(row, &session_id);
        let done = Done::to(uin, &row.name);
        change.commit(owner, Happened { done, ..Happened::own(LOGIN, Outcome::Success) }.by(who, facts, now_ms)).await?;
        Ok(Some(token))
    }

    /// The cookie that came with a login, if any, was another session's: it ends, so that a planted one is worth nothing.
    async fn end_planted(&self, change: &mut Change, facts: &RequestFacts) -> Result<(), StoreError> {
        match &facts.token {
            Some(old) => sessions::end_by_token(change, &token_hash(old)).await,
            None => Ok(()),
        }
    }

    /// The hash of a password chosen for an account; see [`super::password`].
    ///
    /// # Errors
    /// [`Fault::TooMany`] when too many passwords wait to be hashed.
    pub(in crate::server) async fn hash_password(&self, password: &str) -> Result<String, Fault> {
        self.0.passwords.hash(password).await.map_err(|Busy| Fault::TooMany { retry_secs: 1 })
    }

    /// Ends the session of a request, whatever its state; a request without one is logged out already.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] or [`Fault::Internal`]: then it lives on.
    pub async fn log_out(&self, facts: &RequestFacts) -> Result<(), Fault> {
        let Some(token) = &facts.token else { return Ok(()) };
        let ended = async {
            // Anybody can send any cookie: only one that is somebody's is worth a change.
            let Some(live) = self.0.store.live_session(&token_hash(token), self.now_ms()).await? else { return Ok(()) };
            let mut change = self.0.store.change().await?;
            sessions::end_by_token(&mut change, &token_hash(token)).await?;
            let (owner, uin) = (Uin(live.account.owner_uin), Uin(live.account.uin));
            let who = identity(owner, uin, &live.account.name, &live.session_id);
            change.commit(owner, Happened::own("ConsoleLogout", Outcome::Success).by(who, facts, self.now_ms())).await
        };
        ended.await.map_err(|error| store_fault(&error, &facts.request_id))
    }

    /// Forgets sessions that nobody can continue any more, and failures and networks of long ago.
    pub(crate) async fn sweep(&self) -> Stored<()> {
        let (now_ms, limits) = (self.now_ms(), self.0.limits);
        self.0.store.sweep_sessions(now_ms - limits.absolute_ms, now_ms - limits.idle_ms, now_ms + FUTURE_MS).await?;
        self.0.store.sweep_logins(throttle::failures_since_ms(now_ms), throttle::networks_since_ms(now_ms)).await
    }
}

impl Caller {
    /// The sessions of the own account.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] or [`Fault::Internal`].
    pub async fn sessions(&self) -> Result<Vec<SessionRow>, Fault> {
        self.may_on_own_account::<ListOwnSessions>()?;
        self.stored(self.store().sessions(self.owner(), self.uin(), self.session_id()).await)
    }

    /// Ends one session of the own account.
    ///
    /// # Errors
    /// [`Fault::Reauthenticate`] without a recent proof, [`Fault::NotFound`] when there is none of that id.
    pub async fn end_session(&self, session_id: &str) -> Result<(), Fault> {
        let attempt = self.may_on_own_account::<EndOwnSession>()?;
        let ended = async {
            let mut change = self.recorded_change(attempt).await?;
            let ended = sessions::end(&mut change, self.owner(), self.uin(), session_id).await?;
            if ended {
                change.store(self.done().text(Field::Sessions, session_id, "")).await?;
            }
            Ok(ended)
        };
        if self.stored(ended.await)? { Ok(()) } else { Err(Fault::NotFound) }
    }
}

/// The name under which logins are recorded.
const LOGIN: &str = "ConsoleLogin";

/// Whose account is logged in to.
fn login_identity(row: &LoginRow, session_id: &str) -> Identity {
    identity(Uin(row.owner_uin), Uin(row.uin), &row.name, session_id)
}

/// Lifts every wait for an account: an administrator enables or unlocks it or gives it a new password, or the operator does.
pub(crate) async fn lift_waits(change: &mut Change, owner: Uin, uin: Uin, name: &str) -> Result<(), StoreError> {
    accounts::unlock(change, owner, uin).await?;
    login_failures::forgive_everywhere(change, Asked::of(&owner.to_string(), name).hash()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::gate::rig::{EMAIL, PASSWORD, Rig};
    use crate::server::store::sessions::Renewal;

    #[tokio::test]
    async fn a_password_that_changed_after_it_was_checked_opens_nothing() {
        let rig = Rig::new().await;
        let (gate, store, owner) = (&rig.gate, &rig.store, rig.owner);
        let login = Login { owner: String::new(), name: EMAIL.to_owned(), password: PASSWORD.to_owned() };
        let facts = RequestFacts::local("test", None);
        let token = gate.log_in(&facts, login.clone()).await.unwrap().token;
        let checked = gate.find_login(&login).await.unwrap().unwrap();
        let (asked, network) = (Asked::of("", EMAIL), network_of(facts.address));
        let begins = async |row: &LoginRow| gate.begin_session(&facts, &login, row, &asked, &network, 1_000).await.unwrap().is_some();
        assert!(begins(&checked).await);

        let mut change = store.change().await.unwrap();
        accounts::set_password(&mut change, owner, owner, "another", false, 1_000).await.unwrap();
        change.commit_unrecorded().await.unwrap();
        assert!(!begins(&checked).await, "reset between the check and the session");
        let mut change = store.change().await.unwrap();
        assert!(!accounts::replace_password(&mut change, owner, owner, &checked.password_hash, "mine", 1_000).await.unwrap());
        let session_id = store.live_session(&token_hash(&token), 1_000).await.unwrap().unwrap().session_id;
        let mut proof = Renewal {
            owner,
            session_id: &session_id,
            token_hash: "renewed",
            password_hash: &checked.password_hash,
            now_ms: 1_000,
            former_until_ms: 0,
        };
        assert!(!sessions::renew(&mut change, &proof).await.unwrap());
        proof.password_hash = "another";
        assert!(sessions::renew(&mut change, &proof).await.unwrap(), "the new password proves");
    }
}
