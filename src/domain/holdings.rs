//! Who holds what below one root account, and what a change of rights makes of it, before anything is changed.
//!
//! Pure: it knows which version of which policy counts for which account, and must never look at what a policy says.

use super::ids::{GroupId, PolicyId, Uin};
use std::collections::{BTreeMap, BTreeSet};

/// What a policy is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttachedTo {
    /// A sub-account.
    User(Uin),
    /// A user group: it counts for every member.
    Group(GroupId),
}

/// A policy that counts for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holding {
    /// The policy.
    pub policy: PolicyId,
    /// Its default version; 0 for a preset policy, which has no others.
    pub version: i64,
    /// The user group it comes through; `None` when it is attached to the account itself.
    pub through: Option<GroupId>,
}

/// A change of rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RightsChange {
    /// Another version of a policy becomes its default.
    DefaultVersion(PolicyId, i64),
    /// A policy is deleted.
    PolicyDeleted(PolicyId),
    /// A policy is detached from an account or a user group.
    Detached(PolicyId, AttachedTo),
    /// An account is taken out of a user group.
    Left(GroupId, Uin),
    /// A user group is deleted.
    GroupDeleted(GroupId),
}

/// What a change makes of the holdings of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The account.
    pub account: Uin,
    /// What it holds before the change, by policy.
    pub before: Vec<Holding>,
    /// What it holds after it.
    pub after: Vec<Holding>,
}

/// Who holds what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    members: BTreeSet<(Uin, GroupId)>,
    attachments: BTreeSet<(AttachedTo, PolicyId)>,
    default_versions: BTreeMap<PolicyId, i64>,
}

impl Holdings {
    /// An account is in a user group.
    pub fn add_member(&mut self, group: GroupId, account: Uin) {
        self.members.insert((account, group));
    }

    /// A policy of which this version is the default is attached.
    pub fn attach(&mut self, policy: PolicyId, version: i64, to: AttachedTo) {
        self.attachments.insert((to, policy));
        self.default_versions.insert(policy, version);
    }

    /// Every account that is in a group or has a policy of its own.
    fn accounts(&self) -> BTreeSet<Uin> {
        let direct = self.attachments.iter().filter_map(|(to, _)| if let AttachedTo::User(uin) = to { Some(*uin) } else { None });
        self.members.iter().map(|(uin, _)| *uin).chain(direct).collect()
    }

    /// What counts for an account, by policy; through each group on its own.
    #[must_use]
    pub fn of(&self, account: Uin) -> Vec<Holding> {
        let attached = |to: AttachedTo, through: Option<GroupId>| {
            let all = (to, PolicyId(i64::MIN))..=(to, PolicyId(i64::MAX));
            self.attachments.range(all).map(move |(_, policy)| Holding {
                policy: *policy,
                version: self.default_versions.get(policy).copied().unwrap_or(0),
                through,
            })
        };
        let groups = self.members.range((account, GroupId(i64::MIN))..=(account, GroupId(i64::MAX)));
        let through_groups = groups.flat_map(|(_, group)| attached(AttachedTo::Group(*group), Some(*group)));
        let mut held: Vec<Holding> = attached(AttachedTo::User(account), None).chain(through_groups).collect();
        held.sort_unstable();
        held
    }

    /// The holdings after a change.
    #[must_use]
    pub fn after(&self, change: RightsChange) -> Self {
        let mut after = self.clone();
        match change {
            RightsChange::DefaultVersion(policy, version) => {
                after.default_versions.entry(policy).and_modify(|default| *default = version);
            }
            RightsChange::PolicyDeleted(policy) => {
                after.attachments.retain(|(_, attached)| *attached != policy);
                after.default_versions.remove(&policy);
            }
            RightsChange::Detached(policy, from) => {
                after.attachments.remove(&(from, policy));
            }
            RightsChange::Left(group, account) => {
                after.members.remove(&(account, group));
            }
            RightsChange::GroupDeleted(group) => {
                after.members.retain(|(_, of)| *of != group);
                after.attachments.retain(|(to, _)| *to != AttachedTo::Group(group));
            }
        }
        after
    }

    /// The accounts for which a change makes a difference, with what they hold before and after it. Whether that changes what they may do
    /// is told by the texts of the policies.
    #[must_use]
    pub fn differences(&self, change: RightsChange) -> Vec<Difference> {
        let after = self.after(change);
        let of_account = |account| Difference { account, before: self.of(account), after: after.of(account) };
        self.accounts().into_iter().map(of_account).filter(|difference| difference.before != difference.after).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: Uin = Uin(1);
    const BO: Uin = Uin(2);
    const CY: Uin = Uin(3);
    const ADMINS: GroupId = GroupId(1);
    const STAFF: GroupId = GroupId(2);
    const READ: PolicyId = PolicyId(10);
    const WRITE: PolicyId = PolicyId(11);

    const fn held(policy: PolicyId, version: i64, through: Option<GroupId>) -> Holding {
        Holding { policy, version, through }
    }

    /// Ana is in both groups, Bo in staff; Cy has a policy of its own. WRITE is attached to admins and to Cy, READ to staff and to Ana.
    fn organisation() -> Holdings {
        let mut holdings = Holdings::default();
        for (group, account) in [(ADMINS, ANA), (STAFF, ANA), (STAFF, BO)] {
            holdings.add_member(group, account);
        }
        for (policy, version, to) in [
            (WRITE, 3, AttachedTo::Group(ADMINS)),
            (WRITE, 3, AttachedTo::User(CY)),
            (READ, 0, AttachedTo::Group(STAFF)),
            (READ, 0, AttachedTo::User(ANA)),
        ] {
            holdings.attach(policy, version, to);
        }
        holdings
    }

    /// Who is concerned by a change, and what is left to them.
    fn left(change: RightsChange) -> Vec<(Uin, Vec<Holding>)> {
        organisation().differences(change).into_iter().map(|difference| (difference.account, difference.after)).collect()
    }

    #[test]
    fn what_counts_for_an_account_is_its_own_and_that_of_its_groups() {
        let holdings = organisation();
        assert_eq!(holdings.of(ANA), [held(READ, 0, None), held(READ, 0, Some(STAFF)), held(WRITE, 3, Some(ADMINS))]);
        assert_eq!(holdings.of(BO), [held(READ, 0, Some(STAFF))]);
        assert_eq!(holdings.of(CY), [held(WRITE, 3, None)]);
        assert_eq!(holdings.of(Uin(9)), []);
        let mut alike = Holdings::default();
        alike.attach(READ, 0, AttachedTo::Group(GroupId(BO.0)));
        assert_eq!(alike.of(BO), [], "a group of the same number is another thing");
    }

    #[test]
    fn another_default_version_concerns_everyone_for_whom_the_policy_counts() {
        let concerned = left(RightsChange::DefaultVersion(WRITE, 4));
        let ana = vec![held(READ, 0, None), held(READ, 0, Some(STAFF)), held(WRITE, 4, Some(ADMINS))];
        assert_eq!(concerned, [(ANA, ana), (CY, vec![held(WRITE, 4, None)])]);
        assert_eq!(left(RightsChange::DefaultVersion(WRITE, 3)), [], "it is the default already");
        assert_eq!(left(RightsChange::DefaultVersion(PolicyId(12), 1)), [], "attached to nothing");
    }

    #[test]
    fn a_deleted_policy_is_gone_for_everyone() {
        let ana = vec![held(READ, 0, None), held(READ, 0, Some(STAFF))];
        assert_eq!(left(RightsChange::PolicyDeleted(WRITE)), [(ANA, ana), (CY, Vec::new())]);
    }

    #[test]
    fn detaching_concerns_one_account_or_the_members_of_one_group() {
        let through_staff = vec![held(READ, 0, Some(STAFF)), held(WRITE, 3, Some(ADMINS))];
        assert_eq!(left(RightsChange::Detached(READ, AttachedTo::User(ANA))), [(ANA, through_staff)]);
        let direct = vec![held(READ, 0, None), held(WRITE, 3, Some(ADMINS))];
        assert_eq!(left(RightsChange::Detached(READ, AttachedTo::Group(STAFF))), [(ANA, direct), (BO, Vec::new())]);
        assert_eq!(left(RightsChange::Detached(READ, AttachedTo::User(BO))), [], "Bo has it through a group only");
    }

    #[test]
    fn who_leaves_a_group_loses_what_came_through_it() {
        let ana = vec![held(READ, 0, None), held(READ, 0, Some(STAFF))];
        assert_eq!(left(RightsChange::Left(ADMINS, ANA)), [(ANA, ana)]);
        assert_eq!(left(RightsChange::Left(ADMINS, BO)), [], "Bo is not in it");
    }

    #[test]
    fn a_deleted_group_concerns_its_members() {
        let ana = vec![held(READ, 0, None), held(WRITE, 3, Some(ADMINS))];
        assert_eq!(left(RightsChange::GroupDeleted(STAFF)), [(ANA, ana), (BO, Vec::new())]);
        assert_eq!(left(RightsChange::GroupDeleted(GroupId(9))), []);
        let after = organisation().after(RightsChange::GroupDeleted(STAFF));
        assert_eq!(after.of(ANA).len() + after.of(BO).len() + after.of(CY).len(), 3);
    }

    #[test]
    fn a_difference_tells_what_was_held_before() {
        let [difference] = &organisation().differences(RightsChange::Left(STAFF, BO))[..] else { panic!() };
        assert_eq!((&difference.before, &difference.after), (&vec![held(READ, 0, Some(STAFF))], &Vec::new()));
    }
}
