//! What can be done with a user: edit, disable, new password, delete. Each asks in a dialog of its own.
//!
//! A control that is granted nowhere is not there; what the state forbids is locked with its reason.

use crate::domain::accounts::User;
use crate::domain::ids::Uin;
use crate::remote::users::{DeleteUser, DisableUser, EditUser, EndUserSessions, ResetUserPassword, UnlockUser};
use crate::ui::components::{Confirm, Lock, Locked, Look, PasswordField, TextField};
use crate::ui::forms::{Form, FormDialog, use_form};
use crate::ui::frame::{may, use_session};
use crate::ui::icons::Icon;
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;

/// The forms of the page; they outlive each loading of its data.
#[derive(Clone, Copy)]
pub struct Forms {
    /// E-mail address and remark.
    pub edit: Form,
    /// Disable and enable.
    pub disable: Form,
    /// A new password.
    pub reset: Form,
    /// Delete.
    pub delete: Form,
    /// Log in again without waiting.
    pub unlock: Form,
    /// End sessions.
    pub end: Form,
}

impl Forms {
    /// The forms, with what came back of them without scripts.
    #[must_use]
    pub fn new() -> Self {
        Self {
            edit: use_form::<EditUser>(),
            disable: use_form::<DisableUser>(),
            reset: use_form::<ResetUserPassword>(),
            delete: use_form::<DeleteUser>(),
            unlock: use_form::<UnlockUser>(),
            end: use_form::<EndUserSessions>(),
        }
    }
}

impl Default for Forms {
    fn default() -> Self {
        Self::new()
    }
}

/// The row of actions.
#[component]
pub fn UserActions(
    /// The user.
    user: User,
    /// The forms of the page.
    forms: Forms,
) -> impl IntoView {
    let uin = user.row.uin;
    let own = use_session().is_some_and(|session| session.uin == uin);
    let edits = may("user.edit");
    let change = edits.then(|| view! { <Edit user=user.clone() form=forms.edit /> });
    let reset = edits.then(|| {
        if own {
            let reason = t("To change your own password, go to My account.", "请在「我的账号」中修改自己的密码。");
            view! { <Locked by=Lock::State id="reset" reason>{t("Reset password", "重置密码")}</Locked> }.into_any()
        } else {
            view! { <Reset uin name=user.row.name.clone() form=forms.reset /> }.into_any()
        }
    });
    let disable = edits.then(|| {
        if own {
            let reason = t("You cannot disable your own account.", "不能禁用自己的账号。");
            view! { <Locked by=Lock::State id="disable" reason>{t("Disable", "禁用")}</Locked> }.into_any()
        } else {
            view! { <Disable uin name=user.row.name.clone() disabled=user.row.disabled form=forms.disable /> }.into_any()
        }
    });
    let delete = may("user.delete").then(|| {
        if own {
            let reason = t("You cannot delete your own account.", "不能删除自己的账号。");
            view! { <Locked by=Lock::State id="delete" reason>{t("Delete", "删除")}</Locked> }.into_any()
        } else {
            view! { <Delete uin name=user.row.name.clone() form=forms.delete /> }.into_any()
        }
    });
    view! { {change} {reset} {disable} {delete} }
}

#[component]
fn Edit(user: User, form: Form) -> impl IntoView {
    let hidden = vec![("uin", user.row.uin.to_string())];
    view! {
        <FormDialog id="edit" form needs="user.edit" opener=t("Edit", "编辑") icon=Icon::Pencil title=t("Edit user", "编辑用户") hidden deed=t("Save", "保存")>
            <TextField name="email" kind="email" label=t("E-mail", "邮箱") value=user.email />
            <TextField name="remark" label=t("Remark", "备注") value=user.row.remark />
        </FormDialog>
    }
}

#[component]
fn Reset(uin: Uin, name: String, form: Form) -> impl IntoView {
    let title = use_lang().pick(format!("Reset the password of {name}?"), format!("重置 {name} 的密码？"));
    let hidden = vec![("uin", uin.to_string())];
    view! {
        <FormDialog id="reset" form needs="user.edit" opener=t("Reset password", "重置密码") icon=Icon::Key title hidden kind=Confirm::Danger>
            <div class="dialog-body">
                <p>{t("The old password stops working, and every session of the user ends immediately.", "原密码立即失效，该用户的所有会话立即结束。")}</p>
            </div>
            <PasswordField
                name="password"
                label=t("New password", "新密码")
                autocomplete="new-password"
                hint=t("Leave it empty and the console generates a strong password, shown only once. It must be changed within 72 hours, at the first login.", "留空则由控制台生成高强度密码，仅显示一次。须在 72 小时内首次登录并修改。")
                required=false
            />
        </FormDialog>
    }
}

#[component]
fn Disable(uin: Uin, name: String, disabled: bool, form: Form) -> impl IntoView {
    let (words, effect) = if disabled {
        (
            t("Enable", "启用"),
            t("The user can log in again. A lock after failed logins is lifted.", "该用户可重新登录，因登录失败产生的锁定将解除。"),
        )
    } else {
        (
            t("Disable", "禁用"),
            t(
                "The user can no longer log in, and all their sessions end immediately. Their permissions are kept.",
                "该用户无法再登录，所有会话立即结束。其权限将保留。",
            ),
        )
    };
    let title = use_lang().pick(format!("{words} user {name}?"), format!("{words}用户 {name}？"));
    let hidden = vec![("uin", uin.to_string()), ("disabled", (!disabled).to_string())];
    view! {
        <FormDialog id="disable" form needs="user.edit" opener=words title hidden>
            <div class="dialog-body"><p>{effect}</p></div>
        </FormDialog>
    }
}

#[component]
fn Delete(uin: Uin, name: String, form: Form) -> impl IntoView {
    let title = use_lang().pick(format!("Delete user {name}?"), format!("删除用户 {name}？"));
    let (hidden, kind, deed) = (vec![("uin", uin.to_string())], Confirm::TypeName(name), t("Delete user", "删除用户"));
    view! {
        <FormDialog id="delete" form needs="user.delete" opener=t("Delete", "删除") look=Look::Danger icon=Icon::Bin title hidden kind deed>
            <div class="dialog-body"><ul>
                <li>{t("All sessions of the user end immediately, and the user can never log in again.", "所有会话立即结束，且无法再登录。")}</li>
                <li>{t("The user is removed from all user groups, and all policies are detached.", "该用户将移出所有用户组，并解除所有策略。")}</li>
                <li>{t("This cannot be undone.", "此操作无法撤销。")}</li>
            </ul></div>
        </FormDialog>
    }
}
