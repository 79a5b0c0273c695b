//! Who holds what: for one account its groups, and what is attached to it or to one of them; for one policy the accounts it counts for.

use super::attachments::ends;
use super::{Store, Stored};
use crate::domain::holdings::{AttachedTo, Holdings};
use crate::domain::ids::{GroupId, PolicyId, Uin};
use std::collections::HashMap;

impl Store {
    /// The holdings of one account at that time.
    pub async fn holdings_of(&self, owner: Uin, uin: Uin, now_ms: i64) -> Stored<Holdings> {
        let groups: Vec<(i64,)> = sqlx::query_as("SELECT m.group_id FROM group_members m WHERE m.owner_uin = $1 AND m.uin = $2")
            .bind(owner.0)
            .bind(uin.0)
            .fetch_all(&self.read)
            .await?;
        let attachments: Vec<(i64, i64, i64)> = sqlx::query_as(
            "SELECT t.policy_id, t.group_id, COALESCE(p.default_version, 0)
             FROM attachments t LEFT JOIN policies p ON p.policy_id = t.policy_id AND p.owner_uin = t.owner_uin
             WHERE t.owner_uin = $1 AND t.until_ms > $3
               AND (t.uin = $2 OR t.group_id IN (SELECT m.group_id FROM group_members m WHERE m.uin = $2))",
        )
        .bind(owner.0)
        .bind(uin.0)
        .bind(now_ms)
        .fetch_all(&self.read)
        .await?;
        let mut holdings = Holdings::default();
        for (group,) in groups {
            holdings.add_member(GroupId(group), uin);
        }
        for (policy, group, version) in attachments {
            let to = if group == 0 { AttachedTo::User(uin) } else { AttachedTo::Group(GroupId(group)) };
            holdings.attach(PolicyId(policy), version, to);
        }
        Ok(holdings)
    }
}

/// An account for which a policy counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    pub uin: Uin,
    pub name: String,
    /// The policy is attached to the account itself.
    pub direct: bool,
    /// The user groups through which it counts, by name.
    pub groups: Vec<String>,
    /// When the policy ends to count for it by itself, epoch milliseconds; `None` while one of the ways has no end.
    pub until_ms: Option<i64>,
    /// Every policy that counts for the account, each once, by number.
    pub policies: Vec<PolicyId>,
}

/// The accounts that a policy (`$2`) reaches at a time (`$3`): `reached`.
const REACHED: &str = "WITH reached AS (
    SELECT t.uin FROM attachments t WHERE t.owner_uin = $1 AND t.policy_id = $2 AND t.until_ms > $3 AND t.uin <> 0
    UNION SELECT m.uin FROM attachments t JOIN group_members m ON m.group_id = t.group_id
        WHERE t.owner_uin = $1 AND t.policy_id = $2 AND t.until_ms > $3),
  held AS (
    SELECT r.uin, t.policy_id FROM reached r JOIN attachments t ON t.owner_uin = $1 AND t.uin = r.uin AND t.until_ms > $3
    UNION SELECT r.uin, t.policy_id FROM reached r JOIN group_members m ON m.uin = r.uin
        JOIN attachments t ON t.owner_uin = $1 AND t.group_id = m.group_id AND t.until_ms > $3)";

impl Store {
    /// The accounts for which a policy counts at that time, by name, each with everything that counts for it.
    pub async fn reached(&self, owner: Uin, policy: PolicyId, now_ms: i64) -> Stored<Vec<Reached>> {
        let ways: Vec<(i64, String, i64, String, i64)> = sqlx::query_as(
            "SELECT a.uin, a.name, t.group_id, COALESCE(g.name, '') AS group_name, t.until_ms FROM attachments t
             LEFT JOIN user_groups g ON g.group_id = t.group_id
             LEFT JOIN group_members m ON m.group_id = t.group_id
             JOIN accounts a ON a.owner_uin = $1 AND a.uin = CASE WHEN t.group_id = 0 THEN t.uin ELSE m.uin END
             WHERE t.owner_uin = $1 AND t.policy_id = $2 AND t.until_ms > $3 ORDER BY a.name_key, a.uin, t.group_id",
        )
        .bind(owner.0)
        .bind(policy.0)
        .bind(now_ms)
        .fetch_all(&self.read)
        .await?;
        let held: Vec<(i64, i64)> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("{REACHED} SELECT uin, policy_id FROM held ORDER BY uin, policy_id")))
                .bind(owner.0)
                .bind(policy.0)
                .bind(now_ms)
                .fetch_all(&self.read)
                .await?;
        let mut of_account: HashMap<i64, Vec<PolicyId>> = HashMap::new();
        for (uin, policy) in held {
            of_account.entry(uin).or_default().push(PolicyId(policy));
        }
        let mut reached: Vec<Reached> = Vec::new();
        for (uin, name, group, group_name, until_ms) in ways {
            if reached.last().is_none_or(|last| last.uin.0 != uin) {
                let policies = of_account.remove(&uin).unwrap_or_default();
                reached.push(Reached { uin: Uin(uin), name, direct: false, groups: Vec::new(), until_ms: Some(until_ms), policies });
            }
            if let Some(last) = reached.last_mut() {
                last.until_ms = last.until_ms.max(Some(until_ms));
                if group == 0 {
                    last.direct = true;
                } else {
                    last.groups.push(group_name);
                }
            }
        }
        for account in &mut reached {
            account.until_ms = account.until_ms.and_then(ends);
        }
        Ok(reached)
    }

    /// The documents that count for the accounts a policy reaches: number of the policy, its default version and that version's text. Preset
    /// policies are not among them.
    pub async fn documents_of_reached(&self, owner: Uin, policy: PolicyId, now_ms: i64) -> Stored<Vec<(PolicyId, i64, String)>> {
        let sql = format!(
            "{REACHED} SELECT p.policy_id, p.default_version, v.document FROM policies p
             JOIN policy_versions v ON v.policy_id = p.policy_id AND v.version = p.default_version
             WHERE p.owner_uin = $1 AND p.policy_id IN (SELECT policy_id FROM held)"
        );
        let rows: Vec<(i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(owner.0).bind(policy.0).bind(now_ms).fetch_all(&self.read).await?;
        Ok(rows.into_iter().map(|(policy, version, document)| (PolicyId(policy), version, document)).collect())
    }
}
