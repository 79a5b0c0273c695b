//! Who makes a request.

use serde::{Deserialize, Serialize};

/// Who makes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Principal {
    /// The UIN of the account that acts.
    pub uin: i64,
    /// The UIN of its root account.
    pub owner_uin: i64,
    /// The APPID of the root account, where known; resources of COS and CAS name their owner by it.
    pub app_id: Option<i64>,
    /// Whether the root account itself acts.
    pub is_root: bool,
}

impl Principal {
    /// The value of `${uin}` and `qcs:uin`: for the root account always its own UIN.
    #[must_use]
    pub const fn caller_uin(&self) -> i64 {
        if self.is_root { self.owner_uin } else { self.uin }
    }
}
