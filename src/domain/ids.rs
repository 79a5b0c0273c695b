//! The identifiers of the console, each its own type, so that a group can never be taken for an account.
//!
//! All are positive whole numbers, as everywhere in Tencent Cloud. They must never be made here: the store hands them out.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, ParseIntError> {
                text.parse().map(Self)
            }
        }
    };
}

id! {
    /// The number of an account, root account or sub-account.
    Uin
}
id! {
    /// The number of a TRTC application: ten digits from 1400000001 upward.
    SdkAppId
}
id! {
    /// The number of a user group.
    GroupId
}
id! {
    /// The number of a policy; preset policies have the small ones.
    PolicyId
}
id! {
    /// The number of a promise about rights.
    PromiseId
}
