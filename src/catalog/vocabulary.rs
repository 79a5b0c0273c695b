//! The catalogue in the form in which [`cam::check`](crate::cam::check) compares policies with it.
//!
//! It must never add an action or a page of its own.

use super::pages;
use super::service::{actions, services};
use crate::cam::{Escalation, KnownAction, KnownPage, Vocabulary};
use crate::text::Text;
use std::sync::LazyLock;

/// The account centre: its actions are those of the general policies, the console itself has none of them.
const ACCOUNT_CENTRE: &str = "account";

/// Lends a role to a product of the cloud; real policies name it often.
const PASS_ROLE: &str = "cam:PassRole";

static VOCABULARY: LazyLock<Vocabulary<'static>> = LazyLock::new(|| Vocabulary {
    actions: services()
        .iter()
        .flat_map(|service| service.actions)
        .map(|row| KnownAction { name: row.full, resource: row.resource })
        .collect(),
    open_services: vec![ACCOUNT_CENTRE],
    elsewhere: vec![PASS_ROLE],
    escalations: escalations(),
    pages: pages::all()
        .map(|page| KnownPage {
            title: page.title.clone(),
            actions: page.opens.actions().into_iter().map(|row| row.full).collect(),
            opens: Box::new(|may| page.opens.holds(&mut |row| may(row.full))),
        })
        .collect(),
});

/// The actions by which somebody who is no administrator becomes one.
fn escalations() -> Vec<Escalation<'static>> {
    let own = Text::new("An account can attach any policy to itself.", "账号可以为自己关联任意策略。");
    let groups = Text::new("An account can attach any policy to one of its own user groups.", "账号可以为自己所在的用户组关联任意策略。");
    let join = Text::new("An account can join a user group that has more rights.", "账号可以加入拥有更多权限的用户组。");
    let key = Text::new("An account can make a key of an account that has more rights.", "账号可以为拥有更多权限的账号新建密钥。");
    let all = [
        ("cam:AttachUserPolicy", &own),
        ("cam:AttachUserPolicies", &own),
        ("cam:AttachUsersPolicy", &own),
        ("cam:AttachGroupPolicy", &groups),
        ("cam:AttachGroupPolicies", &groups),
        ("cam:AttachGroupsPolicy", &groups),
        ("cam:AddUserToGroup", &join),
        ("cam:AddSubAccountsToGroup", &join),
        ("cam:CreatePolicyVersion", &Text::new("An account can rewrite a policy of its own.", "账号可以改写自己拥有的策略。")),
        (
            "cam:SetDefaultPolicyVersion",
            &Text::new("An account can set another default version of a policy of its own.", "账号可以更改自己拥有的策略的默认版本。"),
        ),
        (
            "cam:UpdateUser",
            &Text::new(
                "An account can set the password of an account that has more rights, and log in as it.",
                "账号可以重置拥有更多权限的账号的密码并以其身份登录。",
            ),
        ),
        ("cam:CreateAccessKey", &key),
        ("cam:CreateCollApiKey", &key),
        (
            "cam:DeleteUserPermissionsBoundary",
            &Text::new("An account can lift its own permissions boundary.", "账号可以取消自己的权限边界。"),
        ),
        (
            "cam:PutUserPermissionsBoundary",
            &Text::new("An account can replace its own permissions boundary.", "账号可以更换自己的权限边界。"),
        ),
        (
            "cam:UpdateAssumeRolePolicy",
            &Text::new("An account can let itself assume a role that has more rights.", "账号可以允许自己扮演拥有更多权限的角色。"),
        ),
    ];
    let escalation = |(action, gains): (&'static str, &Text)| Escalation {
        action,
        except: actions().any(|row| row.full == action && row.resource_kind() == Some(("cam", "uin"))).then_some("qcs::cam:::uin/${uin}"),
        gains: gains.clone(),
    };
    all.into_iter().map(escalation).collect()
}

/// Every action and page of the catalogue, for checking policies.
#[must_use]
pub fn vocabulary() -> &'static Vocabulary<'static> {
    &VOCABULARY
}
