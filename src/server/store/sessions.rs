//! Sessions: the one query of every request, and their list.
//!
//! Tokens must never come here, only their hashes.

use super::{Change, Store, Stored};
use crate::domain::ids::Uin;
use crate::domain::session::SessionRow;

/// What one query tells about a request: session, account and policy revision.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LiveRow {
    pub session_id: String,
    pub created_ms: i64,
    pub seen_ms: i64,
    pub proven_ms: i64,
    /// The sub-account that its root account sees the console as; 0 for none.
    pub viewed_uin: i64,
    /// Until when.
    pub viewed_until_ms: i64,
    #[sqlx(flatten)]
    pub account: AccountRow,
}

/// An account as decisions need it, at a revision of its owner.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountRow {
    pub uin: i64,
    pub owner_uin: i64,
    pub is_root: i64,
    pub name: String,
    pub must_change_password: i64,
    pub disabled: i64,
    pub app_id: i64,
    pub revision: i64,
    pub utc_offset_mins: i64,
    pub demo: i64,
}

/// A session about to begin.
#[derive(Debug)]
pub struct NewSession<'a> {
    pub token_hash: &'a str,
    pub session_id: &'a str,
    pub owner: Uin,
    pub uin: Uin,
    pub address: &'a str,
    pub agent: &'a str,
    pub now_ms: i64,
}

impl Store {
    /// Everything about the holder of a token that a request needs, in one query. The token before the last proof is good for a moment.
    pub async fn live_session(&self, token_hash: &str, now_ms: i64) -> Stored<Option<LiveRow>> {
        if let Some(found) = self.live_sessions.find(token_hash, now_ms).await {
            return Ok(found);
        }
        let of_token =
            live("", "s.token_hash = $1 OR (s.former_token_hash = $1 AND s.former_token_hash <> '' AND s.former_until_ms >= $2)");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(of_token)).bind(token_hash).bind(now_ms).fetch_optional(&self.read).await?)
    }

    /// The same of a session whose id is known, as it is now.
    pub async fn live_session_of(&self, owner: Uin, session_id: &str) -> Stored<Option<LiveRow>> {
        let of_id = live("", "s.owner_uin = $1 AND s.session_id = $2");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(of_id)).bind(owner.0).bind(session_id).fetch_optional(&self.read).await?)
    }

    /// The login name of a sub-account that its root account may see the console as: one that is not disabled.
    pub async fn viewable(&self, owner: Uin, uin: Uin) -> Stored<Option<String>> {
        let name = sqlx::query_scalar("SELECT name FROM accounts WHERE owner_uin = $1 AND uin = $2 AND is_root = 0 AND disabled = 0");
        Ok(name.bind(owner.0).bind(uin.0).fetch_optional(&self.read).await?)
    }

    /// Notes that a session is in use.
    pub async fn touch_session(&self, owner: Uin, session_id: &str, now_ms: i64) -> Stored<()> {
        let touch = sqlx::query("UPDATE sessions SET seen_ms = $1 WHERE owner_uin = $2 AND session_id = $3");
        self.writer.carry_out(touch.bind(now_ms).bind(owner.0).bind(session_id)).await?;
        Ok(())
    }

    /// The sessions of an account, the current one first, then the latest; of very many only the latest.
    pub async fn sessions(&self, owner: Uin, uin: Uin, current: &str) -> Stored<Vec<SessionRow>> {
        let rows: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
            "SELECT session_id, address, agent, created_ms, seen_ms FROM sessions
             WHERE owner_uin = $1 AND uin = $2
             ORDER BY CASE WHEN session_id = $3 THEN 0 ELSE 1 END, seen_ms DESC, session_id LIMIT 200",
        )
        .bind(owner.0)
        .bind(uin.0)
        .bind(current)
        .fetch_all(&self.read)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, address, agent, created_ms, seen_ms)| SessionRow { current: id == current, id, address, agent, created_ms, seen_ms })
            .collect())
    }

    /// Forgets sessions that nobody can continue any more: too old, unused for too long, or of a clock that was ahead.
    pub async fn sweep_sessions(&self, created_before_ms: i64, seen_before_ms: i64, after_ms: i64) -> Stored<u64> {
        let sweep = sqlx::query("DELETE FROM sessions WHERE created_ms < $1 OR seen_ms < $2 OR created_ms > $3 OR seen_ms > $3");
        self.writer.carry_out(sweep.bind(created_before_ms).bind(seen_before_ms).bind(after_ms)).await
    }
}

/// The query of a [`LiveRow`], and of more columns before it.
pub(super) fn live(more: &'static str, whose: &str) -> String {
    format!(
        "SELECT {more}s.session_id, s.created_ms, s.seen_ms, s.proven_ms, s.viewed_uin, s.viewed_until_ms, a.uin, a.owner_uin, a.is_root, a.name,
                a.must_change_password, a.disabled, o.app_id, o.revision, o.utc_offset_mins, o.demo
         FROM sessions s
         JOIN accounts a ON a.uin = s.uin
         JOIN owners o ON o.owner_uin = a.owner_uin
         WHERE {whose}"
    )
}

/// Begins a session.
pub async fn begin(change: &mut Change, session: &NewSession<'_>) -> Stored<()> {
    sqlx::query(
        "INSERT INTO sessions (token_hash, session_id, owner_uin, uin, address, agent, created_ms, seen_ms, proven_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7)",
    )
    .bind(session.token_hash)
    .bind(session.session_id)
    .bind(session.owner.0)
    .bind(session.uin.0)
    .bind(session.address)
    .bind(session.agent)
    .bind(session.now_ms)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// From now on a session of a root account is seen as a sub-account, or as itself again with the UIN 0; `false` when it has ended.
pub async fn view_as(change: &mut Change, owner: Uin, session_id: &str, uin: Uin, until_ms: i64) -> Stored<bool> {
    let set = "UPDATE sessions SET viewed_uin = $1, viewed_until_ms = $2 WHERE owner_uin = $3 AND session_id = $4 AND uin = owner_uin";
    let set = sqlx::query(set).bind(uin.0).bind(until_ms).bind(owner.0).bind(session_id);
    Ok(set.execute(&mut **change).await?.rows_affected() > 0)
}

/// A session that goes on under a new token, after a proof of the password.
#[derive(Debug)]
pub struct Renewal<'a> {
    pub owner: Uin,
    pub session_id: &'a str,
    pub token_hash: &'a str,
    /// The password's hash that was checked, or that has just been set.
    pub password_hash: &'a str,
    pub now_ms: i64,
    /// Until when the former token is good.
    pub former_until_ms: i64,
}

/// Gives a session a new token and notes the proof; `false` when it has ended, or its account is disabled or has another password by now.
pub async fn renew(change: &mut Change, renewal: &Renewal<'_>) -> Stored<bool> {
    let done = sqlx::query(
        "UPDATE sessions SET former_token_hash = token_hash, former_until_ms = $1, token_hash = $2, proven_ms = $3, wrong_proofs = 0
         WHERE owner_uin = $4 AND session_id = $5
           AND EXISTS (SELECT 1 FROM accounts a WHERE a.uin = sessions.uin AND a.password_hash = $6 AND a.disabled = 0)",
    )
    .bind(renewal.former_until_ms)
    .bind(renewal.token_hash)
    .bind(renewal.now_ms)
    .bind(renewal.owner.0)
    .bind(renewal.session_id)
    .bind(renewal.password_hash)
    .execute(&mut **change)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Counts a wrong password within a session and gives the count; with the last one allowed the session ends. `None`: it had ended.
pub async fn note_wrong_proof(change: &mut Change, owner: Uin, session_id: &str, allowed: i64) -> Stored<Option<i64>> {
    sqlx::query("UPDATE sessions SET wrong_proofs = wrong_proofs + 1 WHERE owner_uin = $1 AND session_id = $2")
        .bind(owner.0)
        .bind(session_id)
        .execute(&mut **change)
        .await?;
    let count: Option<(i64,)> = sqlx::query_as("SELECT wrong_proofs FROM sessions WHERE owner_uin = $1 AND session_id = $2")
        .bind(owner.0)
        .bind(session_id)
        .fetch_optional(&mut **change)
        .await?;
    sqlx::query("DELETE FROM sessions WHERE owner_uin = $1 AND session_id = $2 AND wrong_proofs >= $3")
        .bind(owner.0)
        .bind(session_id)
        .bind(allowed)
        .execute(&mut **change)
        .await?;
    Ok(count.map(|(count,)| count))
}

/// Ends one session of an account; `false` when there is none of that id. PostgreSQL is never asked for what no id can be: it has no text
/// with a NUL in it.
pub async fn end(change: &mut Change, owner: Uin, uin: Uin, session_id: &str) -> Stored<bool> {
    if !session_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Ok(false);
    }
    let done = sqlx::query("DELETE FROM sessions WHERE owner_uin = $1 AND uin = $2 AND session_id = $3")
        .bind(owner.0)
        .bind(uin.0)
        .bind(session_id)
        .execute(&mut **change)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Ends the session of a token, if there is one.
pub async fn end_by_token(change: &mut Change, token_hash: &str) -> Stored<()> {
    sqlx::query("DELETE FROM sessions WHERE token_hash = $1 OR (former_token_hash = $1 AND former_token_hash <> '')")
        .bind(token_hash)
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Ends every session of an account but one; an empty id spares none.
pub async fn end_all(change: &mut Change, owner: Uin, uin: Uin, but: &str) -> Stored<u64> {
    let done = sqlx::query("DELETE FROM sessions WHERE owner_uin = $1 AND uin = $2 AND session_id <> $3")
        .bind(owner.0)
        .bind(uin.0)
        .bind(but)
        .execute(&mut **change)
        .await?;
    Ok(done.rows_affected())
}
