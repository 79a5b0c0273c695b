//! The first root account: a one-time code in the log opens the setup page of an installation without accounts.
//!
//! Setup must never make a second root account, however many people and servers take part.

use crate::domain::accounts::check_email;
use crate::domain::audit::{Identity, Outcome};
use crate::domain::audit_change::Done;
use crate::domain::days::DEFAULT_UTC_OFFSET_MINS;
use crate::domain::fault::{Fault, FieldFaults};
use crate::domain::ids::Uin;
use crate::domain::passwords::check_password;
use crate::server::clock::{random_number, random_text};
use crate::server::gate::permit::new_number;
use crate::server::gate::record::{Happened, because, identity, operator_event};
use crate::server::gate::request::{RequestFacts, network_of};
use crate::server::gate::{Gate, store_fault};
use crate::server::store::accounts::{self, NewAccount};
use crate::server::store::audit::NOBODY;
use crate::server::store::{Change, Store, StoreError};
use crate::text::Text;
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;

/// APPIDs of new root accounts: ten digits.
const FIRST_APP_ID: i64 = 1_300_000_000;
const APP_ID_SPAN: i64 = 99_999_999;
/// 26 of 32 letters and digits: 130 bits.
const SETUP_CODE_CHARS: usize = 26;

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
pub(in crate::server::gate) struct SetupCode(Mutex<Option<String>>);

impl Gate {
    /// Opens the setup page of an installation without accounts, and gives the code for the log; `None` when there is a root account.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] or [`Fault::Internal`].
    pub async fn offer_setup(&self) -> Result<Option<String>, Fault> {
        if self.0.store.has_root().await.map_err(|error| store_fault(&error, "start"))? {
            return Ok(None);
        }
        let code = random_text(b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789", SETUP_CODE_CHARS);
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
        let made = self.set_up_once(facts, setup).await;
        if let Err(fault) = &made {
            let failed = Happened::own("Setup", Outcome::Refused).by(Identity::default(), facts, self.now_ms());
            self.0.unsuccessful.note(NOBODY, network_of(facts.address), because(failed, fault.code(), &fault.message().en));
        }
        made
    }

    async fn set_up_once(&self, facts: &RequestFacts, setup: Setup<'_>) -> Result<Uin, Fault> {
        let now_ms = self.now_ms();
        let attempt = self.0.addresses.begin(facts.counted_as(), now_ms).map_err(|retry_secs| Fault::TooMany { retry_secs })?;
        let code = self.setup_code().ok_or(Fault::NotFound)?;
        let right = bool::from(code.as_bytes().ct_eq(setup.code.trim().to_uppercase().as_bytes()));
        if right {
            attempt.passed();
        }
        let mut faults = FieldFaults::default();
        faults.check(right, "code", || Text::new("The code does not match the one in the server's log.", "与服务器日志中的初始化码不符。"));
        faults.add("email", check_email(setup.email.trim()));
        faults.add("password", check_password(setup.password, &[setup.email.trim()]));
        faults.check(setup.password == setup.repeat, "repeat", || Text::new("The two passwords do not match.", "两次输入的密码不一致。"));
        faults.finish()?;
        self.make_root(setup.email.trim(), setup.password, Root { demo: false, first: Some(facts) }).await
    }

    /// Creates a root account. For the setup page, the command line and the demo; whoever calls it has shown the right to.
    ///
    /// # Errors
    /// [`Fault::Taken`] when the address is taken.
    pub async fn create_root(&self, email: &str, password: &str, demo: bool) -> Result<Uin, Fault> {
        self.make_root(email, password, Root { demo, first: None }).await
    }

    async fn make_root(&self, email: &str, password: &str, kind: Root<'_>) -> Result<Uin, Fault> {
        let now_ms = self.now_ms();
        let hash = self.hash_password(password).await?;
        let made = async {
            let mut change = self.0.store.change().await?;
            // Two people may have the code, or two servers one each: the first who comes is the root account.
            if kind.first.is_some() && accounts::has_root(&mut change).await? {
                return Ok(None);
            }
            let owner = add(&mut change, email, &hash, Password::Own, kind.demo, now_ms).await?;
            let done = Done::to(owner, email);
            let event = match kind.first {
                Some(facts) => {
                    Happened { done, ..Happened::own("Setup", Outcome::Success) }.by(identity(owner, owner, email, ""), facts, now_ms)
                }
                None => operator_event(owner, done, now_ms),
            };
            change.commit(owner, event).await?;
            Ok(Some(owner))
        };
        match made.await {
            Ok(made) => {
                // Setup is for installations without an account.
                self.close_setup();
                made.ok_or(Fault::NotFound)
            }
            Err(StoreError::Taken(Store::ROOT_NAME)) => {
                Err(Fault::Taken(Text::new("This e-mail address already has an account.", "该邮箱已有账号。")))
            }
            Err(error) => Err(store_fault(&error, "setup")),
        }
    }
}

/// Adds a root account with a first password, for the operator.
pub(crate) async fn add_root(change: &mut Change, email: &str, password_hash: &str, now_ms: i64) -> Result<Uin, StoreError> {
    add(change, email, password_hash, Password::First, false, now_ms).await
}

/// Whose choice a password is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Password {
    /// That of who has the account.
    Own,
    /// Somebody else's, to be changed at the first login.
    First,
}

async fn add(
    change: &mut Change,
    email: &str,
    password_hash: &str,
    password: Password,
    demo: bool,
    now_ms: i64,
) -> Result<Uin, StoreError> {
    let owner = Uin(new_number());
    accounts::add_owner(change, owner, random_number(FIRST_APP_ID, APP_ID_SPAN), DEFAULT_UTC_OFFSET_MINS, demo, now_ms).await?;
    let root = NewAccount {
        uin: owner,
        owner,
        is_root: true,
        name: email,
        email,
        remark: "",
        password_hash,
        must_change_password: password == Password::First,
        now_ms,
    };
    accounts::add(change, &root).await?;
    Ok(owner)
}

/// What kind of root account is made.
#[derive(Clone, Copy)]
struct Root<'a> {
    /// Its data are made up.
    demo: bool,
    /// Only if there is no other; who asks for it.
    first: Option<&'a RequestFacts>,
}
