//! `trtc-console account …`: lets the operator see who there is, unlock, reset and log out accounts, and make a root account.
//!
//! It needs the database and nothing else, and works beside a running server: whoever can read the data directory owns the installation.
//! Passwords must go to standard output only, once, and never come as arguments.

use crate::domain::accounts::check_email;
use crate::domain::audit_change::{Done, Field, Untold};
use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::gate::password::{Cost, Passwords, generate};
use crate::server::gate::{add_root, lift_waits, operator_event};
use crate::server::store::accounts::{self, AnyAccount};
use crate::server::store::{Store, StoreError, sessions};
use clap::Subcommand;
use std::fmt::Write as _;
use std::io::{BufRead as _, IsTerminal as _};
use std::process::ExitCode;

/// What is to be done. NAME is a UIN, the e-mail address of a root account, or `OWNER/NAME` of a sub-account.
#[derive(Clone, Debug, Subcommand)]
pub enum Account {
    /// List every account
    List,
    /// Lift the wait after failed logins of an account
    Unlock {
        /// UIN, e-mail address of a root account, or OWNER/NAME
        name: String,
    },
    /// Set a new first password, print it once, and end all sessions of the account
    ResetPassword {
        /// UIN, e-mail address of a root account, or OWNER/NAME
        name: String,
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
    },
    /// End the sessions of an account, or of all accounts
    EndSessions {
        /// UIN, e-mail address of a root account, or OWNER/NAME
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        name: Option<String>,
        /// End the sessions of all accounts
        #[arg(long)]
        all: bool,
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
    },
    /// Create a root account, for example if the setup code is lost
    CreateRoot {
        /// Its e-mail address
        email: String,
    },
}

/// Why nothing was done.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    /// No account or several have the name.
    Name(String),
    /// Anything else.
    Other(String),
}

impl Problem {
    /// What a script sees.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(if matches!(self, Self::Name(_)) { 2 } else { 1 })
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Name(text) | Self::Other(text)) = self;
        f.write_str(text)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<String> for Problem {
    fn from(text: String) -> Self {
        Self::Other(text)
    }
}

/// Does it, and gives what to print.
///
/// # Errors
/// See [`Problem`].
pub async fn run(config: &Config, clock: &Clock, cost: Cost, act: Account) -> Result<String, Problem> {
    let url = config.database_url.reveal();
    let store = Store::open_beside(url).await?;
    let done = act_on(&store, clock.now_ms(), cost, act).await;
    store.close().await;
    done
}

async fn act_on(store: &Store, now_ms: i64, cost: Cost, act: Account) -> Result<String, Problem> {
    let all = store.every_account().await?;
    match act {
        Account::List => Ok(all.iter().map(|account| line(account, now_ms)).collect()),
        Account::Unlock { name } => {
            let account = one(&all, &name)?;
            let mut change = store.change().await?;
            lift_waits(&mut change, account.owner, account.uin, &account.name).await?;
            let done = Done::to(account.uin, &account.name).untold(Field::Lock, Untold::Removed);
            change.commit(account.owner, operator_event(account.owner, done, now_ms)).await?;
            Ok(format!("{} can log in again immediately\n", full(account)))
        }
        Account::ResetPassword { name, yes } => {
            let account = one(&all, &name)?;
            confirmed(yes, &format!("The current password of {} will stop working, and its sessions will end.", full(account)))?;
            let (password, hash) = first_password(cost).await?;
            let mut change = store.change().await?;
            accounts::set_password(&mut change, account.owner, account.uin, &hash, true, now_ms).await?;
            lift_waits(&mut change, account.owner, account.uin, &account.name).await?;
            let ended = sessions::end_all(&mut change, account.owner, account.uin, "").await?;
            let done =
                Done::to(account.uin, &account.name).untold(Field::Password, Untold::Changed).untold(Field::Sessions, Untold::Removed);
            change.commit(account.owner, operator_event(account.owner, done, now_ms)).await?;
            let mut said = format!("{} has a new first password; sessions ended: {ended}\npassword: {password}\n", full(account));
            said.push_str("It must be changed at the first login, within 72 hours.\n");
            if account.disabled {
                said.push_str("The account is still disabled: an administrator has to enable it.\n");
            }
            Ok(said)
        }
        Account::EndSessions { name, yes, .. } => {
            let chosen = match &name {
                Some(name) => vec![one(&all, name)?],
                None => all.iter().collect(),
            };
            let whose = name.as_ref().map_or_else(|| "all accounts".to_owned(), |_| chosen.iter().map(|account| full(account)).collect());
            confirmed(yes, &format!("The sessions of {whose} will end."))?;
            let mut ended = 0;
            let mut events = Vec::new();
            let mut change = store.change().await?;
            for account in chosen {
                ended += sessions::end_all(&mut change, account.owner, account.uin, "").await?;
                let done = Done::to(account.uin, &account.name).untold(Field::Sessions, Untold::Removed);
                events.push((account.owner, operator_event(account.owner, done, now_ms)));
            }
            events.sort_by_key(|(owner, _)| *owner);
            change.commit_all(events).await?;
            Ok(format!("Sessions of {whose} ended: {ended}. Passwords are unchanged.\n"))
        }
        Account::CreateRoot { email } => {
            check_email(&email).map_err(|wrong| format!("{email}: {}", wrong.en))?;
            let (password, hash) = first_password(cost).await?;
            let mut change = store.change().await?;
            let added = add_root(&mut change, &email, &hash, now_ms).await;
            if matches!(added, Err(StoreError::Taken(Store::ROOT_NAME))) {
                return Err(Problem::Other(format!(
                    "the root account {email} already exists; use `account reset-password {email}` to give it a new password"
                )));
            }
            let owner = added?;
            change.commit(owner, operator_event(owner, Done::to(owner, &email), now_ms)).await?;
            Ok(format!(
                "The root account {email} was created with UIN {owner}.\npassword: {password}\nIt must be changed at the first login, within 72 hours.\n"
            ))
        }
    }
}

async fn first_password(cost: Cost) -> Result<(String, String), Problem> {
    let password = generate();
    match Passwords::new(cost).hash(&password).await {
        Ok(hash) if !hash.is_empty() => Ok((password, hash)),
        _ => Err(Problem::Other("the password could not be hashed".to_owned())),
    }
}

/// The one account of a name.
fn one<'a>(all: &'a [AnyAccount], name: &str) -> Result<&'a AnyAccount, Problem> {
    let key = name.trim().to_lowercase();
    let owned = key.split_once('/');
    let fits = |account: &&AnyAccount| {
        let own = account.name.to_lowercase();
        account.uin.to_string() == key
            || account.is_root && own == key
            || !account.is_root && owned.map_or(own == key, |(owner, sub)| account.owner.to_string() == owner && own == sub)
    };
    let found: Vec<&AnyAccount> = all.iter().filter(fits).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(Problem::Name(format!("there is no account {name}; `account list` shows all accounts"))),
        several => {
            let names: Vec<String> = several.iter().map(|account| full(account)).collect();
            Err(Problem::Name(format!("{name} is ambiguous; use {}", names.join(" or "))))
        }
    }
}

/// The name under which nobody else is found.
fn full(account: &AnyAccount) -> String {
    if account.is_root { account.name.clone() } else { format!("{}/{}", account.owner, account.name) }
}

fn line(account: &AnyAccount, now_ms: i64) -> String {
    let mut line = format!("{}  {:<40} {}", account.uin, full(account), if account.is_root { "root" } else { "sub" });
    for (holds, word) in
        [(account.disabled, "disabled"), (account.locked_until_ms > now_ms, "locked"), (account.first_password, "first-password")]
    {
        if holds {
            line.push(' ');
            line.push_str(word);
        }
    }
    // Writing to a text never fails.
    let _ = match account.last_login_ms {
        0 => write!(line, "  never logged in"),
        at_ms => write!(
            line,
            "  last login {}",
            jiff::Timestamp::from_millisecond(at_ms).map_or_else(|_| at_ms.to_string(), |at| at.to_string())
        ),
    };
    line.push('\n');
    line
}

/// Asks on a terminal; a script has to say `--yes`.
fn confirmed(yes: bool, effect: &str) -> Result<(), Problem> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Problem::Other(format!("{effect} Add --yes to confirm.")));
    }
    eprint!("{effect} Type yes to continue: ");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && answer.trim() == "yes" { Ok(()) } else { Err(Problem::Other("nothing was done".to_owned())) }
}
