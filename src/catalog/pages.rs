//! Every page the console has, each with what opens it and what each control on it needs, and a marker type for each.
//!
//! It must never hold a page that does not work yet: what is here is in the navigation, is routed and is tested.
//! The table is the console's description as data; the navigation, the routes, the gate and the tests are derived from it.

use super::action::cam::*;
use super::action::cloudaudit::{LookUpEvents, ModifyAuditTrack};
use super::action::tag::ModifyResourceTags;
use super::action::trtc::*;
use super::page::{Control, Nav, NavGroup, Page};
use super::rule::Rule;
use crate::text::Text;

const fn nav(group: NavGroup, order: u8, icon: &'static str) -> Option<Nav> {
    Some(Nav { group, order, icon })
}

const fn control(id: &'static str, en: &'static str, zh: &'static str, rule: Rule) -> Control {
    Control { id, name: Text::new(en, zh), rule }
}

/// Who a policy reaches, and what else counts for them.
pub(super) const IMPACT: Rule =
    Rule::All(&[Rule::may::<ListEntitiesForPolicy>(), Rule::may::<ListUsers>(), Rule::may::<ListAttachedUserAllPolicies>()]);

/// What policies say about everyone.
const READS_RIGHTS: Rule = Rule::All(&[Rule::may::<ListUsers>(), Rule::may::<GetPolicy>(), Rule::may::<ListAttachedUserAllPolicies>()]);

/// Writing what limits rights, and reading them. First the action under which it is recorded.
pub(super) const PROMISE: Rule = Rule::All(&[Rule::may::<CreatePolicy>(), Rule::may::<ListGroups>(), READS_RIGHTS]);

/// Taking away what limits rights, and reading them.
pub(super) const UNPROMISE: Rule = Rule::All(&[Rule::may::<DeletePolicy>(), READS_RIGHTS]);

/// Makes of each entry a marker type with its [`Page`], and an entry of [`ALL`].
macro_rules! pages {
    ($($(#[$doc:meta])+ $marker:ident { $id:literal, $path:literal, $en:literal, $zh:literal, $nav:expr, $opens:expr, [$($control:expr),* $(,)?] })+) => {
        $(
            $(#[$doc])+
            #[derive(Clone, Copy, Debug)]
            pub struct $marker;

            impl $marker {
                /// The page.
                pub const PAGE: &'static Page =
                    &Page { id: $id, path: $path, title: Text::new($en, $zh), nav: $nav, opens: $opens, controls: &[$($control),*] };
            }
        )+

        /// Every page, in the order of the navigation.
        static ALL: &[&Page] = &[$($marker::PAGE),+];
    };
}

pages! {
    /// Month totals and the 30-day trend.
    Overview {
        "overview", "/", "Overview", "概览", nav(NavGroup::Trtc, 1, "home"),
        Rule::may::<DescribeAppStatList>(),
        [control("overview.totals", "Month totals and 30-day trend", "本月用量与近 30 天趋势", Rule::may::<DescribeTrtcStatistic>())]
    }

    /// Minutes by application and day, as a chart, a table and CSV. `DescribeTrtcStatistic` shows every listed application,
    /// `DescribeTrtcRoomUsage` the application it is granted on.
    Usage {
        "usage", "/usage", "Usage statistics", "用量统计", nav(NavGroup::Trtc, 2, "chart"),
        Rule::All(&[
            Rule::may::<DescribeAppStatList>(),
            Rule::Any(&[Rule::may::<DescribeTrtcStatistic>(), Rule::may::<DescribeTrtcRoomUsage>()]),
        ]),
        []
    }

    /// The list of applications.
    Apps {
        "apps", "/apps", "Applications", "应用管理", nav(NavGroup::Trtc, 3, "grid"),
        Rule::may::<DescribeAppStatList>(),
        [control("apps.create", "Create application", "新建应用", Rule::may::<CreateTrtcApp>())]
    }

    /// What an application is: name, state, tags.
    App {
        "app", "/apps/:id", "Application info", "应用信息", nav(NavGroup::Application, 1, "info"),
        Rule::may::<DescribeSdkAppInfo>(),
        [
            control("app.edit", "Edit name and description", "编辑名称和描述", Rule::may::<ModifyAppInfo>()),
            control("app.status", "Enable or disable application", "启用或停用应用", Rule::may::<ModifyAppStatus>()),
            control("app.delete", "Delete application", "删除应用", Rule::may::<DeleteTrtcApp>()),
            control("app.tags", "Edit tags", "编辑标签", Rule::may::<ModifyResourceTags>()),
        ]
    }

    /// Relay to CDN, on-cloud recording and advanced permission control of an application.
    AppFeatures {
        "app-features", "/apps/:id/features", "Function configuration", "功能配置", nav(NavGroup::Application, 2, "sliders"),
        // The action that reads the switches is of the operation level; the list is what ties it to this application.
        Rule::All(&[Rule::may::<HardDescribeMixConf>(), Rule::may::<DescribeAppStatList>()]),
        [
            control("app-features.relay", "Change relay to CDN", "修改旁路转推", Rule::may::<ModifyMixConf>()),
            control("app-features.recording", "Change on-cloud recording", "修改云端录制", Rule::may::<AlterRecording>()),
            control("app-features.recording-mode", "Change the recording mode", "修改录制模式", Rule::may::<ModifyRecordMode>()),
            control("app-features.permission-keys", "Change advanced permission control", "修改高级权限控制", Rule::may::<ChangeSecretKeyFlag>()),
        ]
    }

    /// Where and with which key an application's events are received.
    AppCallbacks {
        "app-callbacks", "/apps/:id/callbacks", "Callback configuration", "回调配置", nav(NavGroup::Application, 3, "bell"),
        Rule::may::<DescribeSdkAppInfo>(),
        // The key is shown only to who may change it: who holds the key can forge events.
        [control("app-callbacks.edit", "View the key and change the configuration", "查看密钥并修改回调配置", Rule::may::<ModifyCallbackConf>())]
    }

    /// Login link and counts of accounts, groups and policies.
    CamOverview {
        "cam", "/cam", "CAM overview", "访问管理概览", nav(NavGroup::Access, 1, "shield"),
        Rule::may::<GetAccountSummary>(),
        []
    }

    /// The list of sub-accounts.
    Users {
        "users", "/cam/users", "Users", "用户列表", nav(NavGroup::Access, 2, "user"),
        Rule::may::<ListUsers>(),
        [
            control("users.open", "View a user", "查看用户详情", Rule::may::<GetUser>()),
            control("users.create", "Create user", "新建用户", Rule::may::<AddUser>()),
        ]
    }

    /// The form that creates a sub-account.
    UserNew {
        "user-new", "/cam/users/new", "Create user", "新建用户", None,
        Rule::may::<AddUser>(),
        [
            control("user-new.groups", "Add to user groups", "加入用户组", Rule::may::<AddUserToGroup>()),
            control("user-new.policies", "Attach policies", "关联策略", Rule::may::<AttachUserPolicy>()),
        ]
    }

    /// One sub-account with its groups and policies.
    User {
        "user", "/cam/users/:uin", "User", "用户详情", None,
        Rule::may::<GetUser>(),
        [
            control("user.groups", "View its user groups", "查看所属用户组", Rule::may::<ListGroupsForUser>()),
            control("user.policies", "View its policies", "查看已关联的策略", Rule::may::<ListAttachedUserAllPolicies>()),
            control("user.edit", "Edit user", "编辑用户", Rule::may::<UpdateUser>()),
            control("user.delete", "Delete user", "删除用户", Rule::may::<DeleteUser>()),
            control("user.attach", "Attach policies", "关联策略", Rule::may::<AttachUserPolicy>()),
            control("user.detach", "Detach policies", "解除策略", Rule::may::<DetachUserPolicy>()),
            control("user.join", "Add to user groups", "加入用户组", Rule::may::<AddUserToGroup>()),
            control("user.leave", "Remove from user groups", "移出用户组", Rule::may::<RemoveUserFromGroup>()),
        ]
    }

    /// The list of user groups.
    Groups {
        "groups", "/cam/groups", "User groups", "用户组", nav(NavGroup::Access, 3, "users"),
        Rule::may::<ListGroups>(),
        [
            control("groups.open", "View a user group", "查看用户组详情", Rule::may::<GetGroup>()),
            control("groups.create", "Create user group", "新建用户组", Rule::may::<CreateGroup>()),
        ]
    }

    /// One user group with its members and policies.
    Group {
        "group", "/cam/groups/:id", "User group", "用户组详情", None,
        Rule::may::<GetGroup>(),
        [
            control("group.policies", "View its policies", "查看已关联的策略", Rule::may::<ListAttachedGroupPolicies>()),
            control("group.edit", "Edit user group", "编辑用户组", Rule::may::<UpdateGroup>()),
            control("group.delete", "Delete user group", "删除用户组", Rule::may::<DeleteGroup>()),
            control("group.attach", "Attach policies", "关联策略", Rule::may::<AttachGroupPolicy>()),
            control("group.detach", "Detach policies", "解除策略", Rule::may::<DetachGroupPolicy>()),
            control("group.join", "Add users", "添加用户", Rule::may::<AddUserToGroup>()),
            control("group.leave", "Remove users", "移出用户", Rule::may::<RemoveUserFromGroup>()),
        ]
    }

    /// The list of preset and custom policies.
    Policies {
        "policies", "/cam/policies", "Policies", "策略", nav(NavGroup::Access, 4, "document"),
        Rule::may::<ListPolicies>(),
        [
            control("policies.open", "View a policy", "查看策略详情", Rule::may::<GetPolicy>()),
            control("policies.create", "Create policy", "新建策略", Rule::may::<CreatePolicy>()),
        ]
    }

    /// The editor of a policy that does not exist yet.
    PolicyNew {
        "policy-new", "/cam/policies/new", "Create policy", "新建策略", None,
        Rule::may::<CreatePolicy>(),
        []
    }

    /// The reference of the policy language, for who reads or writes policies.
    PolicyLanguage {
        "policy-language", "/cam/language", "Policy language", "策略语法", None,
        Rule::Any(&[Rule::may::<GetPolicy>(), Rule::may::<CreatePolicy>(), Rule::may::<CreatePolicyVersion>()]),
        []
    }

    /// One policy with its versions and the users and groups that hold it.
    Policy {
        "policy", "/cam/policies/:id", "Policy", "策略详情", None,
        Rule::may::<GetPolicy>(),
        [
            control("policy.edit", "Edit name and description", "编辑名称和描述", Rule::may::<UpdatePolicy>()),
            control("policy.delete", "Delete policy", "删除策略", Rule::may::<DeletePolicy>()),
            control("policy.versions", "View versions", "查看版本列表", Rule::may::<ListPolicyVersions>()),
            control("policy.version", "View and compare versions", "查看和对比版本内容", Rule::may::<GetPolicyVersion>()),
            control("policy.new-version", "Save a new version", "保存新版本", Rule::may::<CreatePolicyVersion>()),
            control("policy.set-default", "Set the default version", "设置默认版本", Rule::may::<SetDefaultPolicyVersion>()),
            control("policy.delete-version", "Delete a version", "删除版本", Rule::may::<DeletePolicyVersion>()),
            control("policy.entities", "See what it is attached to", "查看关联的用户和用户组", Rule::may::<ListEntitiesForPolicy>()),
            control("policy.attach-user", "Attach to users", "关联用户", Rule::may::<AttachUserPolicy>()),
            control("policy.detach-user", "Detach from users", "解除关联用户", Rule::may::<DetachUserPolicy>()),
            control("policy.attach-group", "Attach to user groups", "关联用户组", Rule::may::<AttachGroupPolicy>()),
            control("policy.detach-group", "Detach from user groups", "解除关联用户组", Rule::may::<DetachGroupPolicy>()),
        ]
    }

    /// The editor of a policy; what is typed is kept as a draft, and saved from its review.
    PolicyEdit {
        "policy-edit", "/cam/policies/:id/edit", "Edit policy", "编辑策略", None,
        Rule::All(&[Rule::may::<GetPolicy>(), Rule::may::<CreatePolicyVersion>()]),
        []
    }

    /// The own draft of a policy before it is saved as a new version: what is wrong with it, and what it changes for whom.
    PolicyReview {
        "policy-review", "/cam/policies/:id/review", "Review and save", "核对并保存", None,
        Rule::All(&[Rule::may::<GetPolicy>(), Rule::may::<CreatePolicyVersion>()]),
        [
            control("policy-review.impact", "View the screen impact", "查看页面影响", IMPACT),
            control("policy-review.set-default", "Set the new version as default", "将新版本设为默认版本", Rule::may::<SetDefaultPolicyVersion>()),
        ]
    }

    /// Who may do what: by action, by person, between two people, and tried out. It tells what policies say about everyone.
    WhoCan {
        "who-can", "/cam/who-can", "Who can", "谁有权限", nav(NavGroup::Access, 5, "question"),
        READS_RIGHTS,
        []
    }

    /// What nobody may change by mistake: promises about rights, which every change of rights is checked against.
    Promises {
        "promises", "/cam/promises", "Promises", "权限承诺", nav(NavGroup::Access, 6, "check"),
        READS_RIGHTS,
        [
            control("promises.create", "Create promise", "新建权限承诺", PROMISE),
            control("promises.delete", "Delete promise", "删除权限承诺", UNPROMISE),
        ]
    }

    /// What was done by every account, and what was refused.
    Audit {
        "audit", "/audit", "Operation records", "操作记录", nav(NavGroup::Access, 7, "clock"),
        Rule::may::<LookUpEvents>(),
        [control("audit.retention", "Set how long records are kept", "设置操作记录保存时长", Rule::may::<ModifyAuditTrack>())]
    }

    /// One operation record.
    AuditEvent {
        "audit-event", "/audit/:seq", "Operation record", "操作记录详情", None,
        Rule::may::<LookUpEvents>(),
        []
    }

    /// The signed-in account: password, sessions, language and theme, and what it may do.
    Account {
        "account", "/account", "My account", "我的账号", nav(NavGroup::Account, 1, "account"),
        Rule::SignedIn,
        []
    }
}

/// The page a path belongs to, without query; a page with that very word (`/cam/users/new`) goes before one with a value
/// there (`/cam/users/:uin`). `None`: the console has no such page, and the gate refuses.
#[must_use]
pub fn at(path: &str) -> Option<&'static Page> {
    all().filter(|page| page.matches(path)).min_by_key(|page| page.values())
}

/// The page of that id, or `None`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Page> {
    all().find(|page| page.id == id)
}

/// Every page, in the order of the navigation.
pub fn all() -> impl Iterator<Item = &'static Page> + Clone {
    ALL.iter().copied()
}

/// The pages of one group of the navigation, in order; whether a principal may open them is not asked here.
pub fn in_group(group: NavGroup) -> impl Iterator<Item = &'static Page> + Clone {
    all().filter(move |page| page.nav.is_some_and(|nav| nav.group == group))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::tests::assert_bilingual;
    use std::collections::HashSet;

    /// What opens each page, written out a second time as the description says it; `|` binds closer than `&`.
    const OPENS: [(&str, &str); 23] = [
        ("/", "trtc:DescribeAppStatList"),
        ("/usage", "trtc:DescribeAppStatList & trtc:DescribeTrtcStatistic | trtc:DescribeTrtcRoomUsage"),
        ("/apps", "trtc:DescribeAppStatList"),
        ("/apps/:id", "trtc:DescribeSdkAppInfo"),
        ("/apps/:id/features", "trtc:HardDescribeMixConf & trtc:DescribeAppStatList"),
        ("/apps/:id/callbacks", "trtc:DescribeSdkAppInfo"),
        ("/cam", "cam:GetAccountSummary"),
        ("/cam/users", "cam:ListUsers"),
        ("/cam/users/new", "cam:AddUser"),
        ("/cam/users/:uin", "cam:GetUser"),
        ("/cam/groups", "cam:ListGroups"),
        ("/cam/groups/:id", "cam:GetGroup"),
        ("/cam/policies", "cam:ListPolicies"),
        ("/cam/policies/new", "cam:CreatePolicy"),
        ("/cam/language", "cam:GetPolicy | cam:CreatePolicy | cam:CreatePolicyVersion"),
        ("/cam/policies/:id", "cam:GetPolicy"),
        ("/cam/policies/:id/edit", "cam:GetPolicy & cam:CreatePolicyVersion"),
        ("/cam/policies/:id/review", "cam:GetPolicy & cam:CreatePolicyVersion"),
        ("/cam/who-can", "cam:ListUsers & cam:GetPolicy & cam:ListAttachedUserAllPolicies"),
        ("/cam/promises", "cam:ListUsers & cam:GetPolicy & cam:ListAttachedUserAllPolicies"),
        ("/audit", "cloudaudit:LookUpEvents"),
        ("/audit/:seq", "cloudaudit:LookUpEvents"),
        ("/account", ""),
    ];

    fn written(rule: Rule) -> String {
        let join = |rules: &[Rule], by| rules.iter().map(|rule| written(*rule)).collect::<Vec<_>>().join(by);
        match rule {
            Rule::SignedIn => String::new(),
            Rule::Action(row) => row.full.to_owned(),
            Rule::All(rules) => join(rules, " & "),
            Rule::Any(rules) => join(rules, " | "),
        }
    }

    #[test]
    fn every_page_opens_with_what_the_description_says() {
        let found: Vec<_> = all().map(|page| (page.path, written(page.opens))).collect();
        let expected: Vec<_> = OPENS.iter().map(|(path, rule)| (*path, (*rule).to_owned())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn controls_are_of_the_level_the_description_says() {
        // Of the pages about applications only these are decided on all resources; every action of the other pages is.
        let operation_level = ["overview.totals", "apps.create", "app-features.relay", "app-features.recording-mode"];
        for page in all() {
            for control in page.controls {
                let rows = control.rule.actions();
                assert!(!rows.is_empty(), "{} asks for nothing", control.id);
                for row in rows {
                    assert_eq!(
                        row.is_resource_level(),
                        !matches!(row.service, "cam" | "cloudaudit") && !operation_level.contains(&control.id),
                        "{}: {}",
                        control.id,
                        row.full
                    );
                }
            }
        }
    }

    #[test]
    fn no_rule_is_empty_where_it_would_grant() {
        fn check(rule: Rule) {
            if let Rule::All(rules) | Rule::Any(rules) = rule {
                assert!(rules.len() > 1, "a rule of rules needs at least two of them");
                rules.iter().copied().for_each(check);
            }
        }
        for page in all() {
            check(page.opens);
            page.controls.iter().for_each(|control| check(control.rule));
        }
    }

    #[test]
    fn ids_paths_and_controls_are_unique_and_named() {
        let (mut ids, mut paths, mut controls) = (HashSet::new(), HashSet::new(), HashSet::new());
        for page in all() {
            assert!(ids.insert(page.id) && paths.insert(page.path), "{}", page.id);
            assert!(!page.id.contains([':', '.']), "`{}` could be taken for an action or a control", page.id);
            assert_bilingual(&page.title, page.id);
            for control in page.controls {
                assert!(controls.insert(control.id), "{}", control.id);
                assert_eq!(control.id.split_once('.').map(|(of, _)| of), Some(page.id), "{}", control.id);
                assert_eq!(page.control(control.id), Some(control));
                assert_bilingual(&control.name, control.id);
            }
            assert_eq!(find(page.id), Some(page));
        }
    }

    #[test]
    fn the_navigation_is_in_order_and_every_group_has_pages() {
        for group in NavGroup::ALL {
            if group != NavGroup::Trtc {
                assert_bilingual(&group.title(), "group");
            }
            let orders: Vec<u8> = in_group(group).filter_map(|page| page.nav).map(|nav| nav.order).collect();
            assert!(!orders.is_empty() && orders.is_sorted_by(|a, b| a < b), "{group:?}: {orders:?}");
        }
        for page in in_group(NavGroup::Application) {
            assert!(page.is_on_application(), "{}", page.id);
        }
    }

    #[test]
    fn a_path_belongs_to_one_page() {
        let id = |path| at(path).map(|page| page.id);
        assert_eq!(id("/"), Some("overview"));
        assert_eq!(id("/apps"), Some("apps"));
        assert_eq!(id("/apps/1400000001"), Some("app"));
        assert_eq!(id("/apps/1400000001/features"), Some("app-features"));
        assert_eq!(id("/cam/users/new"), Some("user-new"));
        assert_eq!(id("/cam/users/100000000002"), Some("user"));
        assert_eq!(id("/cam/policies/7/edit"), Some("policy-edit"));
        for page in all() {
            assert_eq!(at(page.path), Some(page), "the pattern `{}` belongs to another page", page.path);
        }
    }

    #[test]
    fn a_path_that_is_not_exact_belongs_to_none() {
        for path in [
            "",
            "apps",
            "/apps/",
            "/apps//features",
            "//",
            "/Apps",
            "/apps/1/features/",
            "/apps/1/secret",
            "/monitor",
            "/packages",
            "/cam/settings",
        ] {
            assert_eq!(at(path), None, "{path}");
        }
    }

    #[test]
    fn values_are_read_from_the_path() {
        let features = find("app-features").unwrap();
        assert_eq!(features.of(1_400_000_001), "/apps/1400000001/features");
        assert_eq!(features.param("id", "/apps/1400000001/features"), Some("1400000001"));
        assert_eq!(features.param("uin", "/apps/1400000001/features"), None);
        assert_eq!(features.param("id", "/apps/1400000001"), None);
        assert!(features.is_on_application() && !find("apps").unwrap().is_on_application() && !find("user").unwrap().is_on_application());
    }
}
