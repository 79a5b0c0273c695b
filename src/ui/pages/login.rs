//! The login page: for root accounts with their e-mail address, for sub-accounts with the UIN of their root account.
//!
//! A plain form; it must work without scripts and must never say which part of a login was wrong.

use crate::domain::fault::Fault;
use crate::domain::form::Frame;
use crate::ui::components::{BareShell, FieldError, FormElement, PasswordField, SubmitButton, TextField};
use crate::ui::over::refused;
use crate::ui::query::use_query;
use crate::ui::words::{say, t};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map};

/// `/login` and `/login/<owner UIN>`.
#[component]
pub fn LoginPage() -> impl IntoView {
    let frame = use_context::<Frame>().unwrap_or_default();
    let submitted = frame.submitted.filter(|form| form.path == "/login");
    let typed = {
        let submitted = submitted.clone();
        move |field: &str| submitted.as_ref().map(|form| form.value(field).to_owned()).unwrap_or_default()
    };
    let linked = use_params_map().with_untracked(|params| params.get("owner").unwrap_or_default());
    // What was typed goes first, also when that was nothing: a root account leaves the field empty.
    let suggested = if linked.is_empty() { frame.owner.map_or_else(String::new, |owner| owner.to_string()) } else { linked };
    let owner = if submitted.is_some() { typed("owner") } else { suggested };
    let next = use_query().with_untracked(|query| query.get("next").unwrap_or_else(|| typed("next")));
    let errors: Vec<FieldError> = submitted
        .as_ref()
        .and_then(|form| form.outcome.as_ref().err())
        .map(|fault| match fault {
            Fault::SignedOut => say(&refused()),
            other => say(&other.message()),
        })
        .map(|message| FieldError::new("", message))
        .into_iter()
        .collect();
    let errors = Signal::stored(errors);
    let here = use_location().pathname;
    view! {
        <Title text=t("Log in · TRTC Console", "登录 · TRTC 控制台") />
        <BareShell title=t("Log in", "登录") theme=frame.preferences.theme here=Signal::derive(move || here.get())>
            <FormElement action="/login" class="stack" errors hidden=vec![("next", next)]>
                <TextField
                    name="owner"
                    label=t("Root account UIN", "主账号 UIN")
                    value=owner
                    hint=t("Required for sub-accounts. Leave it empty for a root account.", "子账号必填，主账号请留空。")
                    autocomplete="organization"
                />
                <TextField
                    name="username"
                    label=t("User name, or e-mail address of a root account", "用户名（主账号填写邮箱）")
                    value=typed("username")
                    autocomplete="username"
                    required=true
                />
                <PasswordField name="password" label=t("Password", "密码") autocomplete="current-password" required=true />
                <div class="form-actions">
                    <SubmitButton>{t("Log in", "登录")}</SubmitButton>
                </div>
            </FormElement>
            <details>
                <summary>{t("Forgot your password?", "忘记密码？")}</summary>
                <p>
                    {t(
                        "Sub-accounts ask their administrator for a new one. For a root account, the operator runs this command on the server:",
                        "子账号请联系管理员重置密码。主账号请由运维人员在服务器上执行以下命令：",
                    )}
                </p>
                <p><code>"trtc-console account reset-password"</code></p>
            </details>
        </BareShell>
    }
}
