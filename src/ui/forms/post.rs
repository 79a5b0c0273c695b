//! How a form is sent: by the browser as it is, or by scripts with the same fields, so that the page stays.

use super::{DIALOG, Fields, Form};
use crate::domain::fault::Fault;
use crate::domain::form::Submitted;
use crate::ui::components::FormElement;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The form of a server function: what is wrong with it, its fields, the button that sends it.
#[component]
pub fn PostForm(
    /// The form.
    form: Form,
    /// Keeps ids apart where a page has several forms.
    #[prop(optional, into)]
    scope: String,
    /// What was typed, where it is not the form itself that came back.
    #[prop(optional_no_strip)]
    typed: Option<Submitted>,
    /// Fields that nobody sees.
    #[prop(optional)]
    hidden: Vec<(&'static str, String)>,
    /// How its fields stand to each other.
    #[prop(optional)]
    class: &'static str,
    /// Leaves out the summary of what is wrong, where several forms share one.
    #[prop(optional)]
    without_summary: bool,
    /// Whether what came of the form is about this one, where several share it.
    #[prop(optional)]
    about: Option<Memo<bool>>,
    /// The fields, and the button that sends them.
    children: Children,
) -> impl IntoView {
    let is_about = about.is_none_or(|about| about.get_untracked());
    let typed = typed.or_else(|| form.refused().filter(|_| is_about));
    let errors = match about {
        Some(about) => Signal::derive(move || if about.get() { form.errors().get() } else { Vec::new() }),
        None => form.errors(),
    };
    view! {
        <FormElement action=form.path scope errors typed hidden class without_summary on_submit=move |event| form.submit(event)>
            {children()}
        </FormElement>
    }
}

/// A form that travels along with the one it stands in.
#[component]
pub fn Carried(
    /// The fields by which it travels.
    fields: Fields,
) -> impl IntoView {
    fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()
}

impl Form {
    /// Sends the form by scripts. It is not sent a second time while its answer is awaited.
    fn submit(self, event: SubmitEvent) {
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        if self.pending.get_untracked() {
            return;
        }
        let fields = fields_of(&event);
        let body = encoded(&fields);
        self.sent_by.set(Some(fields.into_iter().find(|(name, _)| name == DIALOG).map(|(_, id)| id).unwrap_or_default()));
        self.pending.set(true);
        // What it waits for may be gone with the part of the page that asked for it.
        if self.waits.get_value().and_then(|busy| busy.try_get_untracked()) == Some(true) {
            self.waiting.set(Some(body));
        } else {
            self.send(body);
        }
    }

    /// Sends the fields, whatever is under way.
    pub(super) fn send(self, body: String) {
        leptos::task::spawn_local(async move { self.take(call(self.path, body).await) });
    }
}

/// Fields as the body of a request.
#[must_use]
pub fn encoded(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The fields of a form as the browser would send them, with that of the button that was pressed.
#[cfg(feature = "hydrate")]
#[must_use]
pub fn fields_of(event: &SubmitEvent) -> Fields {
    use leptos::wasm_bindgen::JsCast as _;
    use leptos::web_sys::{HtmlButtonElement, HtmlFormElement};
    let Some(form) = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return Vec::new() };
    let mut fields = fields_in(&form);
    let button = event.submitter().and_then(|button| button.dyn_into::<HtmlButtonElement>().ok());
    fields.extend(button.filter(|button| !button.name().is_empty()).map(|button| (button.name(), button.value())));
    fields
}

/// On the server no form is sent by scripts.
#[cfg(not(feature = "hydrate"))]
#[must_use]
pub fn fields_of(_event: &SubmitEvent) -> Fields {
    Vec::new()
}

/// The fields of the form that a text field stands in, as the browser would send them.
#[cfg(feature = "hydrate")]
#[must_use]
pub fn fields_around(area: &leptos::web_sys::HtmlTextAreaElement) -> Fields {
    area.form().map(|form| fields_in(&form)).unwrap_or_default()
}

/// On the server no form is sent by scripts.
#[cfg(not(feature = "hydrate"))]
#[must_use]
pub fn fields_around(_area: &leptos::web_sys::HtmlTextAreaElement) -> Fields {
    Vec::new()
}

#[cfg(feature = "hydrate")]
fn fields_in(form: &leptos::web_sys::HtmlFormElement) -> Fields {
    use leptos::web_sys::{FormData, UrlSearchParams};
    // Neither fails for a form without files.
    let sent = FormData::new_with_form(form).and_then(|data| UrlSearchParams::new_with_str_sequence_sequence(&data));
    sent.map(|sent| form_urlencoded::parse(String::from(sent.to_string()).as_bytes()).into_owned().collect()).unwrap_or_default()
}

/// Posts to a server function. Where its answer leads to another page, the router follows.
///
/// # Errors
/// What the function answers; [`Fault::Unreachable`] when no answer comes that can be read.
#[cfg(feature = "hydrate")]
pub async fn call(path: &str, body: String) -> Result<String, Fault> {
    use leptos::server_fn::error::FromServerFnError as _;
    use leptos::server_fn::redirect::{REDIRECT_HEADER, call_redirect_hook};
    use leptos::web_sys::RequestRedirect;
    let answer = post(path, &body, RequestRedirect::Follow).await?;
    // A proxy in between may answer with a page of its own, which says nothing of what became of the form.
    let kind = answer.headers().get("content-type").ok().flatten().unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err(Fault::Unreachable);
    }
    let text = match answer.text() {
        Ok(text) => wasm_bindgen_futures::JsFuture::from(text).await.ok().and_then(|text| text.as_string()),
        Err(_) => None,
    };
    let text = text.ok_or(Fault::Unreachable)?;
    if !answer.ok() {
        return Err(Fault::de(text.into()));
    }
    if let (Ok(true), Ok(Some(onward))) = (answer.headers().has(REDIRECT_HEADER), answer.headers().get("location")) {
        call_redirect_hook(&onward);
    }
    Ok(text)
}

/// On the server no form is sent by scripts.
///
/// # Errors
/// [`Fault::Unreachable`], always.
#[cfg(not(feature = "hydrate"))]
pub async fn call(_path: &str, _body: String) -> Result<String, Fault> {
    Err(Fault::Unreachable)
}

/// Sends fields to an address of the console.
///
/// # Errors
/// [`Fault::Unreachable`] when no answer comes.
#[cfg(feature = "hydrate")]
pub async fn post(path: &str, body: &str, redirect: leptos::web_sys::RequestRedirect) -> Result<leptos::web_sys::Response, Fault> {
    use leptos::wasm_bindgen::{JsCast as _, JsValue};
    use leptos::web_sys::{Headers, RequestInit, Response};
    let sent = async {
        let headers = Headers::new()?;
        headers.set("content-type", "application/x-www-form-urlencoded")?;
        headers.set("accept", "application/json")?;
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_headers(&headers);
        request.set_body(&JsValue::from_str(body));
        request.set_redirect(redirect);
        wasm_bindgen_futures::JsFuture::from(window().fetch_with_str_and_init(path, &request)).await?.dyn_into::<Response>()
    };
    sent.await.map_err(|_: JsValue| Fault::Unreachable)
}
