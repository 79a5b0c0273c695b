//! The limits of access management that can be reached, each as the fault that names it.

use crate::catalog::limits::{MAX_GROUPS, MAX_GROUPS_PER_USER, MAX_POLICIES_PER_HOLDER, MAX_SUB_ACCOUNTS, MAX_USERS_PER_GROUP};
use crate::domain::fault::Fault;
use crate::text::Text;

/// There would be too many sub-accounts.
pub(super) fn users_are_full() -> Fault {
    Fault::limit(&Text::new("sub-accounts", "子账号"), MAX_SUB_ACCOUNTS)
}

/// There would be too many user groups.
pub(super) fn groups_are_full() -> Fault {
    Fault::limit(&Text::new("user groups", "用户组"), MAX_GROUPS)
}

/// One user would be in too many user groups.
pub(super) fn user_is_in_enough() -> Fault {
    Fault::limit(&Text::new("user groups per user", "单个用户所属的用户组"), MAX_GROUPS_PER_USER)
}

/// One user group would have too many users.
pub(super) fn group_is_full() -> Fault {
    Fault::limit(&Text::new("users per user group", "单个用户组的用户"), MAX_USERS_PER_GROUP)
}

/// One user or user group would hold too many policies.
pub(super) fn holder_is_full() -> Fault {
    Fault::limit(&Text::new("policies per user or user group", "单个用户或用户组关联的策略"), MAX_POLICIES_PER_HOLDER)
}
