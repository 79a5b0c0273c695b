//! Logging in and out, proving a password again, changing it, and creating the first root account.
//!
//! All failures of a login look and last alike, whether the account exists or not. Tokens must never be stored or logged.

use super::caller::{Caller, RequestFacts, token_hash};
use super::throttle::wait_ms;
use super::{Gate, store_fault};
use crate::domain::accounts::{check_email, check_password};
use crate::domain::days::DEFAULT_UTC_OFFSET_MINS;
use crate::domain::fault::{Fault, FieldFaults};
use crate::domain::ids::Uin;
use crate::domain::session::{Preferences, SessionRow, Theme};
use crate::server::clock::{random_bytes, random_number, random_text};
use crate::server::store::accounts::{self, LoginRow, NewAccount};
use crate::server::store::sessions::{self, NewSession};
use crate::server::store::{Store, StoreError};
use crate::text::{Lang, Text};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;

/// UINs of root accounts and of sub-accounts are drawn from `FIRST_UIN..FIRST_UIN + UIN_SPAN`: twelve digits, not guessable in a row.
const FIRST_UIN: i64 = 100_000_000_000;
const UIN_SPAN: i64 = 900_000_000_000;
/// APPIDs of new root accounts: ten digits.
const FIRST_APP_ID: i64 = 1_300_000_000;
const APP_ID_SPAN: i64 = 99_999_999;
/// Characters of a browser's self-description that are kept.
const AGENT_CHARS: usize = 160;

/// A session that has just begun.
pub struct LoggedIn {
    /// For the cookie; nowhere else.
    pub token: String,
    /// The first password must be changed next.
    pub must_change_password: bool,
    /// Language and theme the account has chosen, if it has.
    pub preferences: (Option<Lang>, Option<Theme>),
}

/// Why nobody was logged in.
#[derive(Debug, PartialEq, Eq)]
pub enum LoginFault {
    /// Owner, name and password do not belong together, or there were too many attempts on the account. One message for all of it.
    Refused,
    /// Too many failures from this address; seconds to wait.
    TooMany(i64),
    /// The database is down or broken.
    Fault(Fault),
}

/// What the setup page sends.
pub struct Setup<'a> {
    /// The one-time code from the log.
    pub code: &'a str,
    /// E-mail address of the root account.
    pub email: &'a str,
    /// Its password.
    pub password: &'a str,
    /// The password again.
    pub repeat: &'a str,
}

/// The one-time code that opens the setup page of an installation without accounts.
#[derive(Default)]
pub(super) struct SetupCode(Mutex<Option<String>>);

/// A UIN nobody has yet, most likely; the primary key refuses the rest.
pub(in crate::server) fn new_uin() -> Uin {
    Uin(random_number(FIRST_UIN, UIN_SPAN))
}

impl Gate {
    /// Logs in. Root accounts give their e-mail as name and no owner, or their own UIN as owner.
    ///
    /// # Errors
    /// See [`LoginFault`].
    pub async fn log_in(&self, facts: &RequestFacts, owner: &str, name: &str, password: &str, agent: &str) -> Result<LoggedIn, LoginFault> {
        let now_ms = self.now_ms();
        let attempt = self.0.addresses.begin(facts.counted_as(), now_ms).map_err(LoginFault::TooMany)?;
        let broken = |error: StoreError| LoginFault::Fault(store_fault(&error, &facts.request_id));
        let known = self.find_login(owner.trim(), name.trim()).await.map_err(broken)?;
        let Some(row) = self.check(known.ok_or(name), password, now_ms).await.map_err(broken)? else {
            attempt.failed(now_ms);
            tracing::info!(request_id = facts.request_id, "login refused");
            return Err(LoginFault::Refused);
        };
        let token = URL_SAFE_NO_PAD.encode(random_bytes::<32>());
        let hash = token_hash(&token);
        let session_id = uuid::Uuid::new_v4().to_string();
        let agent: String = agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARS).collect();
        let session = NewSession {
            token_hash: &hash,
            session_id: &session_id,
            owner: Uin(row.owner_uin),
            uin: Uin(row.uin),
            address: &facts.address_text(),
            agent: &agent,
            now_ms,
        };
        let begun = async {
            let mut change = self.0.store.change().await?;
            // The cookie that came with the request, if any, was another session's: it ends, so that a planted one is worth nothing.
            if let Some(old) = &facts.token {
                sessions::end_by_token(&mut change, &token_hash(old)).await?;
            }
            accounts::note_login(&mut change, Uin(row.uin), now_ms).await?;
            sessions::begin(&mut change, &session).await?;
            change.commit().await.map_err(StoreError::from)
        };
        begun.await.map_err(broken)?;
        tracing::info!(request_id = facts.request_id, uin = row.uin, owner = row.owner_uin, "logged in");
        let theme = (!row.theme.is_empty()).then(|| Theme::from_tag(&row.theme));
        Ok(LoggedIn { token, must_change_password: row.must_change_password != 0, preferences: (Lang::from_tag(&row.lang), theme) })
    }

    async fn find_login(&self, owner: &str, name: &str) -> Result<Option<LoginRow>, StoreError> {
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

    /// The account if the password is right and no lock is on it. Attempts on one account take turns, so that guessing in parallel is no
    /// quicker than guessing in a row. The same work is done in every case, for a name that no account has too, and a failure is written after
    /// the answer.
    async fn check(&self, known: Result<LoginRow, &str>, password: &str, now_ms: i64) -> Result<Option<LoginRow>, StoreError> {
        let (owner, uin) = known.as_ref().map_or((Uin(0), Uin(0)), |row| (Uin(row.owner_uin), Uin(row.uin)));
        let turn = self.0.turns.of(known.map(|_| uin)).await;
        // Read again: those before may have failed since.
        let known = self.0.store.login_of(owner, uin).await?;
        let right = self.0.passwords.verify(password, known.as_ref().map(|row| row.password_hash.as_str())).await;
        let Some(row) = known else { return Ok(None) };
        if row.locked_until_ms > now_ms {
            return Ok(None);
        }
        if right && row.disabled == 0 {
            return Ok(Some(row));
        }
        let wait = wait_ms(row.failed_logins + 1);
        let (gate, locked_until_ms) = (self.clone(), if wait > 0 { now_ms + wait } else { 0 });
        tokio::spawn(async move {
            let _turn = turn;
            if let Err(error) = gate.0.store.note_failed_login(owner, uin, locked_until_ms).await {
                tracing::error!(%error, "a failed login was not counted");
            }
        });
        Ok(None)
    }

    /// Opens the setup page of an installation without accounts, and gives the code for the log; `None` when there is a root account.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] or [`Fault::Internal`].
    pub async fn offer_setup(&self) -> Result<Option<String>, Fault> {
        if self.0.store.has_root().await.map_err(|error| store_fault(&error, "start"))? {
            return Ok(None);
        }
        let code = random_text(b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 16);
        *self.0.setup.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(code.clone());
        Ok(Some(code))
    }

    /// Whether the setup page is open: a code was offered and there is no root account yet, not even one made on another server.
    pub async fn in_setup(&self) -> bool {
        if self.setup_code().is_none() {
            return false;
        }
        if !matches!(self.0.store.has_root().await, Ok(true)) {
            return true;
        }
        self.close_setup();
        false
    }

    fn setup_code(&self) -> Option<String> {
        self.0.setup.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn close_setup(&self) {
        *self.0.setup.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Creates the first root account for who knows the code.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when there is an account already, [`Fault::Invalid`] for a wrong code or field, [`Fault::TooMany`] after many wrong codes.
    pub async fn set_up(&self, facts: &RequestFacts, setup: Setup<'_>) -> Result<Uin, Fault> {
        let now_ms = self.now_ms();
        let attempt = self.0.addresses.begin(facts.counted_as(), now_ms).map_err(|retry_secs| Fault::TooMany { retry_secs })?;
        let code = self.setup_code().ok_or(Fault::NotFound)?;
        let right = bool::from(code.as_bytes().ct_eq(setup.code.trim().to_uppercase().as_bytes()));
        if !right {
            attempt.failed(now_ms);
        }
        let mut faults = FieldFaults::default();
        faults.check(right, "code", || Text::new("not the code in the server's log", "与服务器日志中的代码不符"));
        faults.add("email", check_email(setup.email.trim()));
        faults.add("password", check_password(setup.password));
        faults.check(setup.password == setup.repeat, "repeat", || Text::new("the two passwords differ", "两次输入的密码不一致"));
        faults.finish()?;
        self.make_root(setup.email.trim(), setup.password, Root { demo: false, first: true }).await
    }

    /// Creates a root account. For the setup page, the command line and the demo; whoever calls it has shown the right to.
    ///
    /// # Errors
    /// [`Fault::Conflict`] when the address is taken.
    pub async fn create_root(&self, email: &str, password: &str, demo: bool) -> Result<Uin, Fault> {
        self.make_root(email, password, Root { demo, first: false }).await
    }

    async fn make_root(&self, email: &str, password: &str, kind: Root) -> Result<Uin, Fault> {
        let (owner, now_ms) = (new_uin(), self.now_ms());
        let hash = self.0.passwords.hash(password).await;
        let made = async {
            let mut change = self.0.store.change().await?;
            // Two people may have the code, or two servers one each: the first who comes is the root account.
            if kind.first && accounts::has_root(&mut change).await? {
                return Ok(false);
            }
            let app_id = random_number(FIRST_APP_ID, APP_ID_SPAN);
            accounts::add_owner(&mut change, owner, app_id, DEFAULT_UTC_OFFSET_MINS, kind.demo, now_ms).await?;
            let root = NewAccount {
                uin: owner,
                owner,
                is_root: true,
                name: email,
                email,
                remark: "",
                password_hash: &hash,
                must_change_password: false,
                now_ms,
            };
            accounts::add(&mut change, &root).await?;
            change.commit().await?;
            Ok(true)
        };
        match made.await {
            Ok(made) => {
                // Setup is for installations without an account.
                self.close_setup();
                if made { Ok(owner) } else { Err(Fault::NotFound) }
            }
            Err(StoreError::Taken(Store::ROOT_NAME)) => {
                Err(Fault::Conflict(Text::new("this e-mail address has an account already", "该邮箱已有账号")))
            }
            Err(error) => Err(store_fault(&error, "setup")),
        }
    }

    /// The hash of a password chosen for an account; see [`super::password`].
    pub(in crate::server) async fn hash_password(&self, password: &str) -> String {
        self.0.passwords.hash(password).await
    }

    /// Ends the session of a request, whatever its state; a request without one is logged out already.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] or [`Fault::Internal`]: then it lives on.
    pub async fn log_out(&self, facts: &RequestFacts) -> Result<(), Fault> {
        let Some(token) = &facts.token else { return Ok(()) };
        let ended = async {
            let mut change = self.0.store.change().await?;
            sessions::end_by_token(&mut change, &token_hash(token)).await?;
            change.commit().await.map_err(StoreError::from)
        };
        ended.await.map_err(|error| store_fault(&error, &facts.request_id))
    }

    /// Forgets sessions that nobody can continue any more.
    pub async fn sweep(&self) {
        let (now_ms, limits) = (self.now_ms(), self.0.limits);
        if let Err(error) = self.0.store.sweep_sessions(now_ms - limits.absolute_ms, now_ms - limits.idle_ms).await {
            tracing::warn!(cause = %error, "old sessions were not swept");
        }
    }
}

/// What kind of root account is made.
#[derive(Clone, Copy)]
struct Root {
    /// Its data are made up.
    demo: bool,
    /// Only if there is no other.
    first: bool,
}

/// What everybody signed in may do with the own account, first password or not.
impl Caller {
    /// Proves the password again, for what demands a recent proof.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for a wrong password; wrong ones count as failed logins.
    pub async fn prove(&self, password: &str) -> Result<(), Fault> {
        self.demand_password("password", password).await?;
        self.stored(self.gate().0.store.prove_session(self.owner(), self.session_id(), self.now_ms()).await)
    }

    /// Changes the own password and ends all other sessions of the account.
    ///
    /// # Errors
    /// [`Fault::Invalid`] with every wrong field.
    pub async fn change_password(&self, current: &str, new: &str, repeat: &str) -> Result<(), Fault> {
        let mut faults = FieldFaults::default();
        faults.add("new", check_password(new));
        faults.check(new == repeat, "repeat", || Text::new("the two passwords differ", "两次输入的密码不一致"));
        faults.check(new != current, "new", || Text::new("the new password must differ from the current one", "新密码不能与当前密码相同"));
        faults.finish()?;
        self.demand_password("current", current).await?;
        let hash = self.gate().0.passwords.hash(new).await;
        let changed = async {
            let mut change = self.gate().0.store.change().await?;
            accounts::set_password(&mut change, self.owner(), self.uin(), &hash, false).await?;
            sessions::end_all(&mut change, self.owner(), self.uin(), self.session_id()).await?;
            change.commit().await.map_err(StoreError::from)
        };
        self.stored(changed.await)
    }

    /// The sessions of the own account.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] or [`Fault::Internal`].
    pub async fn sessions(&self) -> Result<Vec<SessionRow>, Fault> {
        self.stored(self.gate().0.store.sessions(self.owner(), self.uin(), self.session_id()).await)
    }

    /// Ends one session of the own account.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when there is none of that id.
    pub async fn end_session(&self, session_id: &str) -> Result<(), Fault> {
        let ended = self.stored(self.gate().0.store.end_session(self.owner(), self.uin(), session_id).await)?;
        if ended { Ok(()) } else { Err(Fault::NotFound) }
    }

    /// Keeps language and theme with the account.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] or [`Fault::Internal`].
    pub async fn prefer(&self, preferences: Preferences) -> Result<(), Fault> {
        let store = &self.gate().0.store;
        self.stored(store.set_preferences(self.owner(), self.uin(), preferences.lang.tag(), preferences.theme.tag()).await)
    }

    async fn demand_password(&self, field: &str, password: &str) -> Result<(), Fault> {
        let gate = self.gate();
        let known = self.stored(gate.0.store.login_of(self.owner(), self.uin()).await)?;
        match self.stored(gate.check(known.ok_or(self.name()), password, self.now_ms()).await)? {
            Some(_) => self.stored(gate.0.store.forgive_failed_logins(self.owner(), self.uin()).await),
            None => Err(Fault::invalid(
                field,
                Text::new("not your password, or too many attempts: wait a while", "密码不正确，或尝试次数过多，请稍后再试"),
            )),
        }
    }

    fn stored<V>(&self, stored: Result<V, StoreError>) -> Result<V, Fault> {
        stored.map_err(|error| store_fault(&error, self.request_id()))
    }
}
