//! What the console asks over a page, whatever is typed on it: the password when an action demands a recent proof, a login when the
//! session has ended.
//!
//! It must never load the page anew while the same person goes on: what was typed stays where it is.

use super::components::{CancelButton, FieldError, FormElement, PasswordField, SubmitButton, TextField};
use super::forms::{Carried, PostForm, encoded, field_errors, fields_of, use_form};
use super::frame::{Current, Ended, Proof, lead_to};
use super::words::{t, use_lang};
use crate::domain::fault::Fault;
use crate::domain::form::Frame;
use crate::domain::session::Session;
use crate::remote::session::{Prove, current_session};
use crate::text::Text;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

/// A dialog above whatever dialog stands open already; closing it gives the focus back to where it was.
#[component]
fn OverPage(
    /// Unique on the page; the heading gets `{id}-title`.
    id: &'static str,
    /// The heading.
    title: &'static str,
    /// Closed with Esc, or by [`close`].
    #[prop(into)]
    on_close: Callback<()>,
    /// The form.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            let _ = dialog.remove_attribute("open");
            let _ = dialog.show_modal();
        }
    });
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    view! {
        <dialog class="dialog over-page" id=id open=true aria-labelledby=labelled_by node_ref=dialog on:close=move |_| on_close.run(())>
            <h2 class="dialog-title" id=heading>{title}</h2>
            {children()}
        </dialog>
    }
}

/// Closes the dialog of that id the way Esc does, so that the focus goes back.
fn close(id: &str) {
    use leptos::wasm_bindgen::JsCast as _;
    let found = document().get_element_by_id(id).and_then(|found| found.dyn_into::<leptos::web_sys::HtmlDialogElement>().ok());
    if let Some(dialog) = found {
        dialog.close();
    }
}

/// The end of a form in such a dialog: the way out, and the deed.
#[component]
fn Answers(
    /// The words on the button.
    deed: &'static str,
    /// The form is being sent.
    #[prop(into)]
    pending: Signal<bool>,
) -> impl IntoView {
    view! {
        <div class="dialog-actions">
            <CancelButton />
            <SubmitButton pending>{deed}</SubmitButton>
        </div>
    }
}

/// Asks for the password over the page; the form behind it keeps its content.
#[component]
pub fn ProofDialog() -> impl IntoView {
    const ID: &str = "proof";
    let proof = use_context::<Proof>().unwrap_or_else(|| Proof::new(false));
    let form = use_form::<Prove>();
    let done = form.done();
    Effect::new(move |_| {
        if done.get() {
            close(ID);
        }
    });
    // Without scripts the form that waits travels along and comes back to be sent again; with scripts it stays where it is.
    let waiting = use_context::<Frame>().and_then(|frame| frame.submitted).and_then(|form| form.waiting());
    let carried = StoredValue::new(waiting.map(|waiting| waiting.carrying()).unwrap_or_default());
    view! {
        <Show when=move || proof.is_asked()>
            <OverPage id=ID title=t("Confirm your password", "验证密码") on_close=move |()| proof.close()>
                <p class="dialog-body">{t("Changes to credentials and permissions require a recently confirmed password. Confirm it, then submit again.", "修改凭据或权限前需要验证密码。验证后，请再次提交。")}</p>
                <PostForm form scope=ID>
                    <Carried fields=carried.get_value() />
                    <PasswordField name="password" label=t("Your password", "您的密码") autocomplete="current-password" />
                    <Answers deed=t("Confirm", "验证") pending=form.pending() />
                </PostForm>
            </OverPage>
        </Show>
    }
}

/// Asks for a login over the page when the session has ended. Whoever was here goes on; somebody else begins at the start page.
#[component]
pub fn LoginDialog(
    /// Who was signed in when the page was opened.
    session: Arc<Session>,
) -> impl IntoView {
    const ID: &str = "login-again";
    let (Some(ended), Some(current)) = (use_context::<Ended>(), use_context::<Current>()) else { return ().into_any() };
    let lang = use_lang();
    let errors = RwSignal::new(Vec::<FieldError>::new());
    let pending = RwSignal::new(false);
    let uin = session.uin;
    let owner = StoredValue::new(if session.is_root { String::new() } else { session.owner_uin.to_string() });
    let name = StoredValue::new(session.name.clone());
    let log_in = move |event: SubmitEvent| {
        event.prevent_default();
        let body = encoded(&fields_of(&event));
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        leptos::task::spawn_local(async move {
            let outcome = match log_in_with(body).await {
                Ok(()) => current_session().await,
                Err(fault) => Err(fault),
            };
            pending.set(false);
            match outcome {
                Ok(session) if session.uin == uin => {
                    errors.set(Vec::new());
                    current.0.set(Some(Arc::new(session)));
                    ended.renew();
                    close(ID);
                }
                // The page is another person's: neither what it shows nor what was typed is for whoever came.
                Ok(session) => lead_to(session.home()),
                Err(Fault::PasswordChange) => lead_to("/password"),
                Err(Fault::SignedOut) => errors.set(vec![FieldError::new("", refused().get(lang))]),
                Err(fault) => errors.set(field_errors(&fault, lang)),
            }
        });
    };
    view! {
        <Show when=move || ended.is_asked()>
            <OverPage id=ID title=t("Your session has ended", "会话已结束") on_close=move |()| ended.put_off()>
                <p class="dialog-body">{t("Log in again to continue. Anything you typed is still here; submit it again after that.", "请重新登录。已输入的内容仍会保留，登录后请再次提交。")}</p>
                <FormElement action="/login" scope=ID errors on_submit=log_in>
                    <TextField
                        name="owner"
                        label=t("Root account UIN", "主账号 UIN")
                        value=owner.get_value()
                        hint=t("Required for sub-accounts. Leave it empty for a root account.", "子账号必填，主账号请留空。")
                        autocomplete="organization"
                    />
                    <TextField
                        name="username"
                        label=t("User name, or e-mail address of a root account", "用户名（主账号填写邮箱）")
                        value=name.get_value()
                        autocomplete="username"
                        required=true
                    />
                    <PasswordField name="password" label=t("Password", "密码") autocomplete="current-password" autofocus=true />
                    <Answers deed=t("Log in", "登录") pending />
                </FormElement>
            </OverPage>
        </Show>
    }
    .into_any()
}

/// Said when a login is refused, whatever was wrong with it.
#[must_use]
pub const fn refused() -> Text {
    Text::new("Wrong root account, user name or password. Check all three and try again.", "主账号、用户名或密码不正确，请检查后重试。")
}

/// Sends a login as the login page does. The answer to one that succeeds leads to a page, which is not wanted here and not followed.
#[cfg(feature = "hydrate")]
async fn log_in_with(body: String) -> Result<(), Fault> {
    use leptos::web_sys::{RequestRedirect, ResponseType};
    let answer = super::forms::post("/login", &body, RequestRedirect::Manual).await?;
    match answer.status() {
        _ if answer.type_() == ResponseType::Opaqueredirect => Ok(()),
        401 => Err(Fault::SignedOut),
        429 => {
            let wait = answer.headers().get("retry-after").ok().flatten().and_then(|secs| secs.parse().ok());
            Err(Fault::TooMany { retry_secs: wait.unwrap_or(1) })
        }
        503 => Err(Fault::Unavailable),
        _ => Err(Fault::Unreachable),
    }
}

/// On the server nobody logs in by a script.
#[cfg(not(feature = "hydrate"))]
async fn log_in_with(_body: String) -> Result<(), Fault> {
    Err(Fault::Unreachable)
}
