//! The rights of a whole organisation, as a file tells them.

use super::attachments::NEVER_MS;
use super::{Store, Stored};
use crate::domain::holdings::AttachedTo;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::rights_file::{GroupText, Organisation, PolicyText};

/// Number, name, description, document, patterns, default version, last version, number of versions.
type PolicyRow = (i64, String, String, String, i64, i64, i64, i64);

impl Store {
    /// The rights below a root account, all as of one revision; `None` when there is no such account.
    pub async fn organisation(&self, owner: Uin) -> Stored<Option<Organisation>> {
        loop {
            let Some((revision, app_id)) = self.revision_of(owner).await? else { return Ok(None) };
            let read = self.rights_of(owner, app_id).await?;
            // Whoever changes rights meanwhile raises the revision, and what was read may be half of it.
            if self.revision_of(owner).await? == Some((revision, app_id)) {
                return Ok(Some(read));
            }
        }
    }

    async fn revision_of(&self, owner: Uin) -> Stored<Option<(i64, i64)>> {
        let query = sqlx::query_as("SELECT revision, app_id FROM owners WHERE owner_uin = $1");
        Ok(query.bind(owner.0).fetch_optional(&self.read).await?)
    }

    async fn rights_of(&self, owner: Uin, app_id: i64) -> Stored<Organisation> {
        let policies: Vec<PolicyRow> = sqlx::query_as(
            "SELECT p.policy_id, p.name, p.description, v.document, v.patterns, p.default_version, p.last_version,
                    (SELECT COUNT(*) FROM policy_versions n WHERE n.policy_id = p.policy_id)
             FROM policies p JOIN policy_versions v ON v.policy_id = p.policy_id AND v.version = p.default_version
             WHERE p.owner_uin = $1",
        )
        .bind(owner.0)
        .fetch_all(&self.read)
        .await?;
        let groups: Vec<(i64, String, String)> = sqlx::query_as("SELECT group_id, name, remark FROM user_groups WHERE owner_uin = $1")
            .bind(owner.0)
            .fetch_all(&self.read)
            .await?;
        let users: Vec<(i64, String)> = sqlx::query_as("SELECT uin, name FROM accounts WHERE owner_uin = $1 AND is_root = 0")
            .bind(owner.0)
            .fetch_all(&self.read)
            .await?;
        let members: Vec<(i64, i64)> =
            sqlx::query_as("SELECT group_id, uin FROM group_members WHERE owner_uin = $1").bind(owner.0).fetch_all(&self.read).await?;
        let attached: Vec<(i64, i64, i64)> =
            sqlx::query_as("SELECT policy_id, uin, group_id FROM attachments WHERE owner_uin = $1 AND until_ms = $2")
                .bind(owner.0)
                .bind(NEVER_MS)
                .fetch_all(&self.read)
                .await?;
        let policy = |(id, name, description, document, patterns, default_version, last_version, versions): PolicyRow| {
            (PolicyId(id), PolicyText { name, description, document, patterns, default_version, last_version, versions })
        };
        let attachment = |(policy, uin, group): (i64, i64, i64)| {
            let to = if group == 0 { AttachedTo::User(Uin(uin)) } else { AttachedTo::Group(GroupId(group)) };
            (to, PolicyId(policy))
        };
        Ok(Organisation {
            owner,
            app_id,
            policies: policies.into_iter().map(policy).collect(),
            groups: groups.into_iter().map(|(id, name, remark)| (GroupId(id), GroupText { name, remark })).collect(),
            users: users.into_iter().map(|(uin, name)| (Uin(uin), name)).collect(),
            members: members.into_iter().map(|(group, uin)| (GroupId(group), Uin(uin))).collect(),
            attached: attached.into_iter().map(attachment).collect(),
        })
    }
}
