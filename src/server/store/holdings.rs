//! Who holds what, read for one account: its groups, and what is attached to it or to one of them, without the texts.

use super::{Store, Stored};
use crate::domain::holdings::{AttachedTo, Holdings};
use crate::domain::ids::{GroupId, PolicyId, Uin};

impl Store {
    /// The holdings of one account.
    pub async fn holdings_of(&self, owner: Uin, uin: Uin) -> Stored<Holdings> {
        let groups: Vec<(i64,)> = sqlx::query_as("SELECT m.group_id FROM group_members m WHERE m.owner_uin = $1 AND m.uin = $2")
            .bind(owner.0)
            .bind(uin.0)
            .fetch_all(&self.read)
            .await?;
        let attachments: Vec<(i64, i64, i64)> = sqlx::query_as(
            "SELECT t.policy_id, t.group_id, COALESCE(p.default_version, 0)
             FROM attachments t LEFT JOIN policies p ON p.policy_id = t.policy_id AND p.owner_uin = t.owner_uin
             WHERE t.owner_uin = $1 AND (t.uin = $2 OR t.group_id IN (SELECT m.group_id FROM group_members m WHERE m.uin = $2))",
        )
        .bind(owner.0)
        .bind(uin.0)
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
