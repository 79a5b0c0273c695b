//! Changing the own password: the page that stands before everything else at the first login.
//!
//! A plain form; all other sessions of the account end with the change.

use super::setup::password_rule;
use crate::domain::form::Frame;
use crate::ui::components::{BareShell, FormElement, PasswordField, SubmitButton};
use crate::ui::forms::field_errors;
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/password`.
#[component]
pub fn PasswordPage() -> impl IntoView {
    let frame = use_context::<Frame>().unwrap_or_default();
    let submitted = frame.submitted.filter(|form| form.path == "/password");
    let errors = submitted.and_then(|form| form.outcome.err()).map(|fault| field_errors(&fault, use_lang())).unwrap_or_default();
    let errors = Signal::stored(errors);
    view! {
        <Title text=t("Change your password · TRTC Console", "修改密码 · TRTC 控制台") />
        <BareShell
            title=t("Change your password", "修改密码")
            theme=frame.preferences.theme
            here=Signal::stored("/password".to_owned())
        >
            <p>{t("Changing your password ends all your other sessions.", "修改密码后，您的其他会话将全部结束。")}</p>
            <FormElement action="/password" class="stack" errors>
                <PasswordField name="current" label=t("Current password", "当前密码") autocomplete="current-password" required=true />
                <PasswordField name="new" label=t("New password", "新密码") autocomplete="new-password" required=true hint=password_rule() />
                <PasswordField name="repeat" label=t("Confirm new password", "确认新密码") autocomplete="new-password" required=true />
                <div class="form-actions">
                    <SubmitButton>{t("Change password", "修改密码")}</SubmitButton>
                </div>
            </FormElement>
            <form method="post" action="/logout">
                <button class="btn" type="submit">{t("Log out", "退出登录")}</button>
            </form>
        </BareShell>
    }
}
