//! The setup page of an installation without accounts: creates the first root account for who can read the server's log.
//!
//! A plain form; it is closed for ever once there is an account.

use crate::domain::form::Frame;
use crate::ui::components::{BareShell, FormElement, PasswordField, SubmitButton, TextField};
use crate::ui::forms::field_errors;
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/setup`.
#[component]
pub fn SetupPage() -> impl IntoView {
    let frame = use_context::<Frame>().unwrap_or_default();
    let submitted = frame.submitted.filter(|form| form.path == "/setup");
    let typed = submitted.clone();
    let errors = submitted.and_then(|form| form.outcome.err()).map(|fault| field_errors(&fault, use_lang())).unwrap_or_default();
    let errors = Signal::stored(errors);
    view! {
        <Title text=t("Set up · TRTC Console", "初始化 · TRTC 控制台") />
        <BareShell
            title=t("Create the root account", "创建主账号")
            theme=frame.preferences.theme
            here=Signal::stored("/setup".to_owned())
        >
            <p>
                {t(
                    "The root account owns every resource and has full access. The server's log shows the one-time code.",
                    "主账号拥有全部资源与权限。一次性初始化码请见服务器日志。",
                )}
            </p>
            <FormElement action="/setup" class="stack" errors typed>
                <TextField name="code" label=t("One-time code", "一次性初始化码") required=true autocomplete="off" />
                <TextField name="email" label=t("E-mail address", "邮箱") kind="email" required=true autocomplete="username" />
                <PasswordField name="password" label=t("Password", "密码") autocomplete="new-password" required=true hint=password_rule() />
                <PasswordField name="repeat" label=t("Confirm password", "确认密码") autocomplete="new-password" required=true />
                <div class="form-actions">
                    <SubmitButton>{t("Create", "创建")}</SubmitButton>
                </div>
            </FormElement>
        </BareShell>
    }
}

/// What a password must be, in words.
#[must_use]
pub fn password_rule() -> &'static str {
    t(
        "12 to 128 characters that are hard to guess. Do not use common words, your name or the name of this product.",
        "12 至 128 个字符，且不能轻易被猜到：不要使用常见词语、您的姓名或产品名称。",
    )
}
