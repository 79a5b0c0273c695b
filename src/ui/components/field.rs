//! One value a person types: a label, a control, a hint and what is wrong with it, tied together for screen readers.
//!
//! It must never keep the value: the control does, so that a form works and keeps what was typed before scripts arrive.

use super::errors::FieldError;
use crate::ui::words::t;
use leptos::prelude::*;

/// The id of a control. `scope` keeps two forms of one page apart.
#[must_use]
pub fn field_id(scope: &str, name: &str) -> String {
    if scope.is_empty() { format!("f-{name}") } else { format!("f-{scope}-{name}") }
}

/// What is wrong with the field `name`, out of everything wrong with its form.
pub(super) fn error_of(errors: Signal<Vec<FieldError>>, name: &str) -> Signal<Option<String>> {
    let name = name.to_owned();
    Signal::derive(move || errors.with(|all| all.iter().find(|error| error.field == name).map(|error| error.message.clone())))
}

/// The ids that describe a control: its hint, and its error while there is one.
pub(super) fn described_by(
    id: &str,
    has_hint: bool,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + Send + Sync + Clone + use<> {
    let id = id.to_owned();
    move || match (has_hint, error.with(Option::is_some)) {
        (false, false) => None,
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (true, true) => Some(format!("{id}-error {id}-hint")),
    }
}

/// The hint under a control.
pub(super) fn hint_line(id: &str, hint: String) -> impl IntoView + use<> {
    let id = format!("{id}-hint");
    (!hint.is_empty()).then(|| view! { <p class="field-hint" id=id>{hint}</p> })
}

/// The error under a control.
pub(super) fn error_line(id: &str, error: Signal<Option<String>>) -> impl IntoView + use<> {
    let id = format!("{id}-error");
    move || {
        let id = id.clone();
        error.get().map(|message| view! { <p class="field-error" id=id>{message}</p> })
    }
}

/// A text that was given; the empty one was not.
fn given(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The label, with a mark on optional fields: most fields are required, so the exception is what is marked.
pub(super) fn label_words(label: String, required: bool) -> impl IntoView {
    view! {
        {label}
        {(!required).then(|| view! { <span class="field-optional">{t("Optional", "选填")}</span> })}
    }
}

/// A one-line field: text by default, else the `kind` (`email`, `url`, `number`, `date`, `password` …).
#[component]
pub fn TextField(
    /// The name it is sent under.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// The HTML input type.
    #[prop(default = "text")]
    kind: &'static str,
    /// Keeps ids apart where a page has several forms.
    #[prop(optional)]
    scope: &'static str,
    /// The value at first.
    #[prop(optional, into)]
    value: String,
    /// What to enter.
    #[prop(optional, into)]
    hint: String,
    /// Everything wrong with the form; the field shows what is its own.
    #[prop(optional, into)]
    errors: Signal<Vec<FieldError>>,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// Shown as text of another weight: for identifiers, keys and patterns.
    #[prop(optional)]
    mono: bool,
    /// The unit behind the control (`min`, `days`).
    #[prop(optional, into)]
    unit: String,
    /// HTML `autocomplete`; `off` unless it is a credential or an address of the reader.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The longest text in UTF-16 units, as the browser counts.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// The least number or earliest date.
    #[prop(optional, into)]
    min: String,
    /// The greatest number or latest date.
    #[prop(optional, into)]
    max: String,
    /// A regular expression the whole value must match.
    #[prop(optional, into)]
    pattern: String,
) -> impl IntoView {
    let id = field_id(scope, &name);
    let error = error_of(errors, &name);
    let described = described_by(&id, !hint.is_empty(), error);
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{label_words(label, required)}</label>
            <div class="field-line">
                <input
                    class=if mono { "control mono" } else { "control" }
                    id=id.clone()
                    name=name
                    type=kind
                    value=value
                    required=required
                    autocomplete=autocomplete
                    maxlength=maxlength.map(|most| most.to_string())
                    min=given(min)
                    max=given(max)
                    pattern=given(pattern)
                    aria-describedby=described
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                />
                {given(unit).map(|unit| view! { <span class="field-unit">{unit}</span> })}
            </div>
            {error_line(&id, error)}
            {hint_line(&id, hint)}
        </div>
    }
}

/// A password. `autocomplete` says which: `current-password` or `new-password`.
#[component]
pub fn PasswordField(
    /// The name it is sent under.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    /// Keeps ids apart where a page has several forms.
    #[prop(optional)]
    scope: &'static str,
    /// What to enter.
    #[prop(optional, into)]
    hint: String,
    /// Everything wrong with the form.
    #[prop(optional, into)]
    errors: Signal<Vec<FieldError>>,
    /// Must be filled in.
    #[prop(default = true)]
    required: bool,
) -> impl IntoView {
    // A password never comes back from the server, so there is no initial value.
    view! { <TextField name label kind="password" scope hint errors required autocomplete /> }
}

/// A calendar day, `YYYY-MM-DD`.
#[component]
pub fn DateField(
    /// The name it is sent under.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// Keeps ids apart where a page has several forms.
    #[prop(optional)]
    scope: &'static str,
    /// The day at first.
    #[prop(optional, into)]
    value: String,
    /// The earliest day.
    #[prop(optional, into)]
    min: String,
    /// The latest day.
    #[prop(optional, into)]
    max: String,
    /// What to enter.
    #[prop(optional, into)]
    hint: String,
    /// Everything wrong with the form.
    #[prop(optional, into)]
    errors: Signal<Vec<FieldError>>,
    /// Must be filled in.
    #[prop(default = true)]
    required: bool,
) -> impl IntoView {
    view! { <TextField name label kind="date" scope value hint errors required min max /> }
}

/// Text of several lines.
#[component]
pub fn TextArea(
    /// The name it is sent under.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// Keeps ids apart where a page has several forms.
    #[prop(optional)]
    scope: &'static str,
    /// The text at first.
    #[prop(optional, into)]
    value: String,
    /// What to enter.
    #[prop(optional, into)]
    hint: String,
    /// Everything wrong with the form.
    #[prop(optional, into)]
    errors: Signal<Vec<FieldError>>,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// For code: fixed width, no spell checking.
    #[prop(optional)]
    mono: bool,
    /// Lines shown.
    #[prop(default = 3)]
    rows: u32,
    /// The longest text in UTF-16 units, as the browser counts.
    #[prop(optional)]
    maxlength: Option<u32>,
) -> impl IntoView {
    let id = field_id(scope, &name);
    let error = error_of(errors, &name);
    let described = described_by(&id, !hint.is_empty(), error);
    view! {
        <div class="field field-wide">
            <label class="field-label" for=id.clone()>{label_words(label, required)}</label>
            <textarea
                class=if mono { "control mono" } else { "control" }
                id=id.clone()
                name=name
                rows=rows.to_string()
                required=required
                maxlength=maxlength.map(|most| most.to_string())
                spellcheck=mono.then_some("false")
                aria-describedby=described
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                inner_html=textarea_html(&value)
            ></textarea>
            {error_line(&id, error)}
            {hint_line(&id, hint)}
        </div>
    }
}

/// Text as the content of a `<textarea>`. Leptos writes text children of this element without escaping them, so they must never be used.
#[must_use]
pub fn textarea_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::textarea_html;

    #[test]
    fn the_content_of_a_textarea_cannot_end_it() {
        assert_eq!(textarea_html("a & </textarea><script>"), "a &amp; &lt;/textarea>&lt;script>");
    }
}
