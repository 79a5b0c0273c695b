//! The form that creates a user, and the credential that comes of it.
//!
//! Groups and policies are offered only to who may give them.

use super::credential::CredentialCard;
use crate::catalog::pages;
use crate::domain::accounts::NewCredential;
use crate::remote::attachments::policy_choices;
use crate::remote::groups::group_choices;
use crate::remote::users::CreateUser;
use crate::ui::components::{Card, Crumb, FormActions, LinkButton, PageHeader, PasswordField, Picker, SubmitButton, TextField};
use crate::ui::forms::{Form, PostForm, use_form};
use crate::ui::frame::may;
use crate::ui::loaded::{load, loaded};
use crate::ui::pages::attachments::{choices_left, may_list};
use crate::ui::words::t;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/cam/users/new`.
#[component]
pub fn UserNewPage() -> impl IntoView {
    let form = use_form::<CreateUser>();
    let made = move || {
        form.answer::<NewCredential>().map(|credential| {
            let uin = credential.uin;
            let open =
                may("users.open").then(|| view! { <LinkButton href=pages::User::PAGE.of(uin)>{t("View user", "查看用户")}</LinkButton> });
            view! {
                <CredentialCard credential title=t("The user was created", "用户已创建")>
                    {open}
                    <LinkButton href=pages::UserNew::PAGE.path external=true>{t("Create another", "继续新建")}</LinkButton>
                </CredentialCard>
            }
        })
    };
    view! {
        <Title text=t("Create user · TRTC Console", "新建用户 · TRTC 控制台") />
        <PageHeader
            title=t("Create user", "新建用户")
            crumbs=vec![
                Crumb::here(t("Access management", "访问管理")),
                Crumb::link(t("Users", "用户列表"), pages::Users::PAGE.path),
                Crumb::here(t("Create user", "新建用户")),
            ]
        />
        {made}
        // Hidden rather than taken away: the form must not be built anew by its own answer.
        <div hidden=move || form.done().get()>
            <NewForm form />
        </div>
    }
}

#[component]
fn NewForm(form: Form) -> impl IntoView {
    view! {
        <PostForm form scope="user">
            <Card title=t("Account", "账号信息")>
                <TextField
                    name="name"
                    label=t("User name", "用户名")
                    hint=t("Cannot be changed later. 1 to 64 letters, digits and + = , . @ - _", "创建后不可修改。1 至 64 个字符，仅限字母、数字和 + = , . @ - _")
                    required=true
                />
                <TextField name="email" kind="email" label=t("E-mail", "邮箱") />
                <TextField name="remark" label=t("Remark", "备注") />
            </Card>
            <Card title=t("Password", "密码")>
                <PasswordField
                    name="password"
                    label=t("Password", "密码")
                    autocomplete="new-password"
                    hint=t("Leave it empty and the console generates a strong password, shown only once. It must be changed within 72 hours, at the first login.", "留空则由控制台生成高强度密码，仅显示一次。须在 72 小时内首次登录并修改。")
                    required=false
                />
            </Card>
            <Rights />
            <FormActions>
                <SubmitButton pending=form.pending() locked=form.locked_choice("users.create")>{t("Create user", "新建用户")}</SubmitButton>
                <LinkButton href=pages::Users::PAGE.path>{t("Cancel", "取消")}</LinkButton>
            </FormActions>
        </PostForm>
    }
}

/// Groups and policies, each when the creator may give it and may list what there is.
#[component]
fn Rights() -> impl IntoView {
    let groups = (may("user-new.groups") && may_list("groups")).then(|| {
        let choices = load(|| (), |()| group_choices());
        view! {
            <Card title=t("User groups", "用户组")>
                {loaded(choices, move |groups| {
                    let choices = choices_left(groups, |_| false);
                    view! { <Picker name="groups" label=t("Add to these user groups", "加入以下用户组") choices /> }
                })}
            </Card>
        }
    });
    let policies = (may("user-new.policies") && may_list("policies")).then(|| {
        let choices = load(|| (), |()| policy_choices());
        view! {
            <Card title=t("Policies", "策略")>
                {loaded(choices, move |policies| {
                    let choices = choices_left(policies, |_| false);
                    view! { <Picker name="policies" label=t("Attach these policies", "关联以下策略") choices /> }
                })}
            </Card>
        }
    });
    let nothing = (groups.is_none() && policies.is_none())
        .then(|| view! { <p class="muted">{t("The user has no permissions until a policy is attached.", "关联策略之前，该用户没有任何权限。")}</p> });
    view! { {groups} {policies} {nothing} }
}
