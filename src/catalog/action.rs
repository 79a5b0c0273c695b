//! The shape of an action, and the tables of them: a file for each service below this one. What goes over all of them is in
//! [`service`](super::service).
//!
//! It must never decide anything: what an action grants is told by policies, and which page needs it by [`page`](super::page).
//! The facts are those of the published access management pages of the four services. Where TRTC publishes no name for something
//! its console does (`ModifyCallbackConf`, `ModifyAppStatus`, `DeleteTrtcApp`), the name is ours.

use crate::text::Text;

/// What an action does to what it touches, the five levels CAM sorts actions into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Access {
    /// Reads the content of something.
    Read,
    /// Tells which things there are.
    List,
    /// Creates, changes or deletes something.
    Write,
    /// Changes nothing but tags.
    Tagging,
    /// Changes who may do what.
    PermissionsManagement,
}

impl Access {
    /// Every level, from what tells least to what matters most.
    pub const ALL: [Self; 5] = [Self::List, Self::Read, Self::Write, Self::Tagging, Self::PermissionsManagement];

    /// The name a person reads.
    #[must_use]
    pub const fn name(self) -> Text {
        match self {
            Self::Read => Text::new("Read", "读取"),
            Self::List => Text::new("List", "列表"),
            Self::Write => Text::new("Write", "写入"),
            Self::Tagging => Text::new("Tagging", "标签"),
            Self::PermissionsManagement => Text::new("Permissions management", "权限管理"),
        }
    }

    /// Whether such an action leaves everything as it is.
    #[must_use]
    pub const fn is_reading(self) -> bool {
        matches!(self, Self::Read | Self::List)
    }
}

/// One action of one service.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ActionRow {
    /// The service, lower case, as it stands before the colon: `trtc`.
    pub service: &'static str,
    /// The name, as it stands after the colon: `DescribeRoomInfo`.
    pub name: &'static str,
    /// Both together, the form policies are written in: `trtc:DescribeRoomInfo`.
    pub full: &'static str,
    /// What it does to what it touches.
    pub access: Access,
    /// The six-segment form of the resource the action is decided against, with `${…}` where the request fills something in.
    /// `None`: the action is decided at the level of the operation, so only a statement whose resource is `*` reaches it.
    pub resource: Option<&'static str>,
    /// What it does, in a few words.
    pub gloss: Text,
}

impl ActionRow {
    /// Whether a policy can grant the action on some resources and not on others.
    #[must_use]
    pub const fn is_resource_level(&self) -> bool {
        self.resource.is_some()
    }

    /// Service and type of the resource it is decided on: `trtc` and `sdkappid`, `cam` and `uin`. The service of an action may be another
    /// one: roles are of `cam`, and are assumed by `sts`.
    #[must_use]
    pub fn resource_kind(&self) -> Option<(&'static str, &'static str)> {
        let mut segments = self.resource?.split(':');
        let (service, last) = (segments.nth(2)?, segments.next_back()?);
        last.split_once('/').map(|(kind, _)| (service, kind))
    }

    /// Whether the action is decided against one TRTC application at a time, the only resource type TRTC has.
    #[must_use]
    pub fn is_on_application(&self) -> bool {
        self.resource == APPLICATION
    }
}

/// An action as a type, so that a permit can say in its own type what it permits.
pub trait Action: Send + Sync + 'static {
    /// The row of the catalogue.
    const ROW: &'static ActionRow;
}

/// Operation level, no resource.
const ANY: Option<&str> = None;
/// One TRTC application.
const APPLICATION: Option<&str> = Some("qcs::trtc::uin/${owner_uin}:sdkappid/${SdkAppId}");
/// One account below the root account.
const ACCOUNT: Option<&str> = Some("qcs::cam::uin/${owner_uin}:uin/${target_uin}");
/// One role, possibly of another root account.
const ROLE: Option<&str> = Some("qcs::cam::uin/${role_owner_uin}:roleName/${roleName}");
/// An account inside a resource that data flows through.
const DATA_FLOW: Option<&str> = Some("qcs::cam:${ResourceRegion}:uin/${owner_uin}:resourceUser/${ResourceId}/${ResourceAccount}");
/// Whatever resource the request names, in that resource's own form: tags are put on resources of every service.
const RESOURCE: Option<&str> = Some("${Resource}");

/// Makes of each line a marker type (its English gloss is its documentation) and an entry of `ROWS`.
macro_rules! actions {
    ($service:literal; $($name:ident: $access:ident, $resource:ident, $en:literal, $zh:literal;)+) => {
        $(
            #[doc = concat!($en, ".")]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl $crate::catalog::action::Action for $name {
                const ROW: &'static $crate::catalog::action::ActionRow = &$crate::catalog::action::ActionRow {
                    service: $service,
                    name: stringify!($name),
                    full: concat!($service, ":", stringify!($name)),
                    access: $crate::catalog::action::Access::$access,
                    resource: $resource,
                    gloss: $crate::text::Text::new($en, $zh),
                };
            }
        )+

        /// Every action of this service, in byte order of the names.
        pub static ROWS: &[&$crate::catalog::action::ActionRow] = &[$(<$name as $crate::catalog::action::Action>::ROW),+];
    };
}

pub mod cam;
pub mod cloudaudit;
pub mod sts;
pub mod tag;
pub mod trtc;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::service::{Service, actions, find_action, services};

    /// How many rows of each level each service has, counted in the published lists, not in this code.
    /// Columns: service, read, list, write, tagging, permissions management, of these at resource level.
    const COUNTS: [(&str, [usize; 5], usize); 5] = [
        ("cam", [23, 20, 38, 2, 31], 8),
        ("cloudaudit", [3, 5, 5, 0, 0], 0),
        ("sts", [1, 1, 5, 0, 0], 1),
        ("tag", [0, 16, 2, 13, 0], 4),
        ("trtc", [67, 22, 94, 0, 0], 102),
    ];

    #[test]
    fn the_table_has_every_published_row() {
        for (service, levels, resource_level) in COUNTS {
            let rows = Service::find(service).unwrap().actions;
            let of = |access: Access| rows.iter().filter(|row| row.access == access).count();
            let found = [Access::Read, Access::List, Access::Write, Access::Tagging, Access::PermissionsManagement].map(of);
            assert_eq!(found, levels, "{service}");
            assert_eq!(rows.iter().filter(|row| row.is_resource_level()).count(), resource_level, "{service}");
        }
        assert_eq!(actions().count(), 348);
        assert_eq!(actions().filter(|row| row.is_on_application()).count(), 102);
    }

    #[test]
    fn names_are_sorted_and_every_action_is_found_by_its_own() {
        for service in services() {
            assert!(service.actions.is_sorted_by(|a, b| a.name < b.name), "{}", service.id);
        }
        for row in actions() {
            assert_eq!(row.full, format!("{}:{}", row.service, row.name));
            assert_eq!(find_action(row.full), Some(row));
        }
    }

    #[test]
    fn a_name_that_is_not_exact_is_not_found() {
        for name in [
            "",
            ":",
            "trtc",
            "trtc:",
            "trtc:*",
            "trtc:describeroominfo",
            "TRTC:DescribeRoomInfo",
            "cam:DescribeRoomInfo",
            "trtc:DescribeRoomInfo ",
        ] {
            assert_eq!(find_action(name), None, "{name}");
        }
    }

    #[test]
    fn the_actions_the_isolation_cases_turn_on_have_the_published_level() {
        let operation_level = [
            "trtc:CreateTrtcApp",
            "trtc:ModifyMixConf",
            "trtc:HardDescribeMixConf",
            "trtc:DescribeTrtcStatistic",
            "trtc:GetUserList",
            "trtc:RemindBalance",
            "trtc:ModifyRecordMode",
            "trtc:DescribeDurationPackages",
            "cam:AttachUserPolicy",
        ];
        for full in operation_level {
            assert_eq!(find_action(full).unwrap().resource, None, "{full}");
        }
        let on_application = [
            "trtc:AlterRecording",
            "trtc:DescribeAppStatList",
            "trtc:DescribeSdkAppInfo",
            "trtc:DescribeTrtcRoomUsage",
            "trtc:ModifyAppInfo",
            "trtc:ModifyAppStatus",
            "trtc:DeleteTrtcApp",
            "trtc:ModifyCallbackConf",
            "trtc:ChangeSecretKeyFlag",
            "trtc:DescribeSecret",
            "trtc:CreateSpearConf",
            "trtc:RemoveUser",
        ];
        for full in on_application {
            assert!(find_action(full).unwrap().is_on_application(), "{full}");
        }
        assert_eq!(find_action("tag:ModifyResourceTags").unwrap().resource, Some("${Resource}"));
        assert_eq!(find_action("sts:AssumeRole").unwrap().resource, Some("qcs::cam::uin/${role_owner_uin}:roleName/${roleName}"));
        assert_eq!(find_action("cam:CreateAccessKey").unwrap().resource, Some("qcs::cam::uin/${owner_uin}:uin/${target_uin}"));
    }

    #[test]
    fn every_gloss_is_said_once_in_each_language() {
        let (mut en, mut zh) = (std::collections::HashSet::new(), std::collections::HashSet::new());
        for row in actions() {
            crate::catalog::tests::assert_bilingual(&row.gloss, row.full);
            assert!(!row.gloss.en.ends_with('.'), "{}", row.full);
            assert!(en.insert((row.service, &row.gloss.en)), "{} repeats `{}`", row.full, row.gloss.en);
            assert!(zh.insert((row.service, &row.gloss.zh)), "{} repeats `{}`", row.full, row.gloss.zh);
        }
    }
}
