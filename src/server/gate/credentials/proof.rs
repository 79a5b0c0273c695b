//! Proving the own password again, and changing it. The session goes on under a new token.
//!
//! A proof counts for one session and is counted with it: strangers who guess at the login page must never stop it.

use super::password::Line;
use super::session::{new_token, token_hash};
use crate::catalog::operations::{ChangePassword, ProvePassword};
use crate::domain::audit_change::{Field, Untold};
use crate::domain::fault::{Fault, FieldFaults};
use crate::domain::passwords::check_password;
use crate::server::gate::caller::Caller;
use crate::server::gate::rates::RateLimited;
use crate::server::store::accounts;
use crate::server::store::sessions::{self, Renewal};
use crate::text::Text;

/// Wrong passwords in a row within a session; with the last one it ends.
const MAX_WRONG_PROOFS: i64 = 5;
/// Requests that were under way with the former token of a session are still let in for so long.
const FORMER_TOKEN_MS: i64 = 30_000;

impl Caller {
    /// Proves the password again, for what demands a recent proof. The session goes on under a new token.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for a wrong password, [`Fault::SignedOut`] after the last wrong one and when the password was changed meanwhile.
    pub async fn prove(&self, password: &str) -> Result<(), Fault> {
        let attempt = self.may_on_own_account::<ProvePassword>()?;
        let verified = self.demand_password("password", password).await?;
        let token = new_token();
        let renewed = async {
            let mut change = self.recorded_change(attempt).await?;
            let alive = sessions::renew(&mut change, &self.renewal(&token_hash(&token), &verified)).await?;
            if alive {
                change.store(self.done()).await?;
            }
            Ok(alive)
        };
        let alive = self.stored(renewed.await)?;
        self.go_on_as(token, alive)
    }

    /// Changes the own password and ends all other sessions of the account. This one goes on under a new token.
    ///
    /// # Errors
    /// [`Fault::Invalid`] with every wrong field, [`Fault::SignedOut`] when the password was changed by somebody else meanwhile.
    pub async fn change_password(&self, current: &str, new: &str, repeat: &str) -> Result<(), Fault> {
        let attempt = self.may_on_own_account::<ChangePassword>()?;
        let mut faults = FieldFaults::default();
        faults.add("new", check_password(new, &[self.name()]));
        faults.check(new == repeat, "repeat", || Text::new("The two passwords do not match.", "两次输入的密码不一致。"));
        faults
            .check(new != current, "new", || Text::new("The new password must differ from the current one.", "新密码不能与当前密码相同。"));
        faults.finish()?;
        let verified = self.demand_password("current", current).await?;
        let hash = self.gate().hash_password(new).await?;
        let token = new_token();
        let changed = async {
            let mut change = self.recorded_change(attempt).await?;
            // The password first: whoever resets it at this moment holds its row, and is waited for.
            let alive = accounts::replace_password(&mut change, self.owner(), self.uin(), &verified, &hash, self.now_ms()).await?
                && sessions::renew(&mut change, &self.renewal(&token_hash(&token), &hash)).await?;
            if alive {
                sessions::end_all(&mut change, self.owner(), self.uin(), self.session_id()).await?;
                change.store(self.done().untold(Field::Password, Untold::Changed)).await?;
            }
            Ok(alive)
        };
        let alive = self.stored(changed.await)?;
        self.go_on_as(token, alive)
    }

    fn renewal<'a>(&'a self, token_hash: &'a str, password_hash: &'a str) -> Renewal<'a> {
        let (now_ms, session_id) = (self.now_ms(), self.session_id());
        Renewal { owner: self.owner(), session_id, token_hash, password_hash, now_ms, former_until_ms: now_ms + FORMER_TOKEN_MS }
    }

    /// The session goes on under a new token, which the answer to this request brings to the browser.
    fn go_on_as(&self, token: String, alive: bool) -> Result<(), Fault> {
        if !alive {
            return Err(Fault::SignedOut);
        }
        self.renewed_token(token);
        Ok(())
    }

    /// The hash of the own password, if it is this one. Wrong ones are counted with the session, one after the other.
    async fn demand_password(&self, field: &str, password: &str) -> Result<String, Fault> {
        self.within_rate(RateLimited::Proof)?;
        let gate = self.gate();
        let _turn = gate.0.attempts.of_session(self.session_id()).await;
        let row = self.stored(self.store().login_of(self.owner(), self.uin()).await)?.ok_or(Fault::SignedOut)?;
        let right = gate.0.passwords.verify(Line::Known, password, Some(&row.password_hash)).await;
        if right.map_err(|_| Fault::TooMany { retry_secs: 1 })? && row.disabled == 0 {
            return Ok(row.password_hash);
        }
        let noted = async {
            let mut change = self.store().change().await?;
            let wrong = sessions::note_wrong_proof(&mut change, self.owner(), self.session_id(), MAX_WRONG_PROOFS).await?;
            change.commit_unrecorded().await?;
            Ok(wrong)
        };
        let left = MAX_WRONG_PROOFS - self.stored(noted.await)?.unwrap_or(MAX_WRONG_PROOFS);
        if left <= 0 {
            return Err(Fault::SignedOut);
        }
        let tries = if left == 1 { "try" } else { "tries" };
        let wrong = Text::made(
            format!("Wrong password. {left} more {tries} before you are logged out."),
            format!("密码不正确。再错 {left} 次将退出登录。"),
        );
        Err(Fault::invalid(field, wrong))
    }
}
