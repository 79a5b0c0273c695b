//! One value a person types: a label, a control, a hint and what is wrong with it, tied together for screen readers.
//!
//! It must never keep the value: the control does, so that a form works and keeps what was typed before scripts arrive. Nor may it limit the
//! length: browsers cut off what is pasted without a word, and the server says what is too long.

use super::form_context::FormContext;
use crate::ui::words::t;
use leptos::prelude::*;

/// The id of a control. `scope` keeps two forms of one page apart.
#[must_use]
pub fn field_id(scope: &str, name: &str) -> String {
    if scope.is_empty() { format!("f-{name}") } else { format!("f-{scope}-{name}") }
}

/// What stands around every control, written once: label or legend, hint, what is wrong, and the ids that tie them together.
pub(super) struct Framed {
    pub id: String,
    pub error: Signal<Option<String>>,
    /// The error is found while the form stays where it is, without a summary on top: it is announced by itself.
    pub alerts: bool,
    /// The form it stands in.
    pub form: FormContext,
    hint: String,
}

impl Framed {
    /// The frame of the field `name` with this label; of everything wrong with its form it shows what is its own.
    pub fn new(name: &str, label: &str, hint: String) -> Self {
        let form = FormContext::around();
        form.name_field(name, label);
        let (id, name, errors) = (field_id(&form.scope, name), name.to_owned(), form.errors);
        let error =
            Signal::derive(move || errors.with(|all| all.iter().find(|error| error.field == name).map(|error| error.message.clone())));
        Self { id, error, alerts: false, form, hint }
    }

    /// The ids that describe the control: its hint, and its error while there is one.
    pub fn described_by(&self) -> impl Fn() -> Option<String> + Send + Sync + Clone + use<> {
        let (id, has_hint, error) = (self.id.clone(), !self.hint.is_empty(), self.error);
        move || match (has_hint, error.with(Option::is_some)) {
            (false, false) => None,
            (true, false) => Some(format!("{id}-hint")),
            (false, true) => Some(format!("{id}-error")),
            (true, true) => Some(format!("{id}-error {id}-hint")),
        }
    }

    /// The value of `aria-invalid`.
    pub fn invalid(&self) -> impl Fn() -> Option<&'static str> + Send + Sync + Clone + use<> {
        let error = self.error;
        move || error.with(Option::is_some).then_some("true")
    }

    /// A label above its control.
    pub fn field(self, class: &'static str, label: impl IntoView, control: impl IntoView) -> impl IntoView {
        view! {
            <div class=class>
                <label class="field-label" for=self.id.clone()>{label}</label>
                {control}
                {self.error_line()}
                {self.hint_line()}
            </div>
        }
    }

    /// A control with its label beside it.
    pub fn line(self, control: impl IntoView) -> impl IntoView {
        view! {
            <div class="field">
                {control}
                {self.error_line()}
                {self.hint_line()}
            </div>
        }
    }

    /// What is inside a `<fieldset>`: the question, the hint, several controls.
    pub fn group(self, legend: String, controls: impl IntoView) -> impl IntoView {
        view! {
            <legend class="field-label">{legend}</legend>
            {self.hint_line()}
            {controls}
            {self.error_line()}
        }
    }

    fn hint_line(&self) -> impl IntoView + use<> {
        let (id, hint) = (format!("{}-hint", self.id), self.hint.clone());
        (!hint.is_empty()).then(|| view! { <p class="field-hint" id=id>{hint}</p> })
    }

    fn error_line(&self) -> impl IntoView + use<> {
        let (id, error, role) = (format!("{}-error", self.id), self.error, self.alerts.then_some("alert"));
        move || {
            let id = id.clone();
            error.get().map(|message| view! { <p class="field-error" id=id role=role>{message}</p> })
        }
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
    /// The value at first.
    #[prop(optional, into)]
    value: String,
    /// What to enter.
    #[prop(optional, into)]
    hint: String,
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
    /// The least number or earliest date.
    #[prop(optional, into)]
    min: String,
    /// The greatest number or latest date.
    #[prop(optional, into)]
    max: String,
    /// A regular expression the whole value must match.
    #[prop(optional, into)]
    pattern: String,
    /// The id of a `<datalist>` with values to suggest.
    #[prop(optional, into)]
    list: String,
    /// Has the focus when its dialog opens, though others stand before it.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let frame = Framed::new(&name, &label, hint);
    // A password never comes back from the server.
    let value = if kind == "password" { value } else { frame.form.value(&name, value) };
    let control = view! {
        <div class="field-line">
            <input
                class=if mono { "control mono" } else { "control" }
                id=frame.id.clone()
                name=name
                type=kind
                value=value
                required=required
                autocomplete=autocomplete
                min=given(min)
                max=given(max)
                pattern=given(pattern)
                list=given(list)
                autofocus=autofocus
                aria-describedby=frame.described_by()
                aria-invalid=frame.invalid()
            />
            {given(unit).map(|unit| view! { <span class="field-unit">{unit}</span> })}
        </div>
    };
    frame.field("field", label_words(label, required), control)
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
    /// What to enter.
    #[prop(optional, into)]
    hint: String,
    /// Must be filled in.
    #[prop(default = true)]
    required: bool,
    /// Has the focus when its dialog opens, though others stand before it.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    view! { <TextField name label kind="password" hint required autocomplete autofocus /> }
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
    /// Must be filled in.
    #[prop(default = true)]
    required: bool,
) -> impl IntoView {
    view! { <TextField name label kind="date" value hint required min max /> }
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
    /// The text at first.
    #[prop(optional, into)]
    value: String,
    /// What to enter.
    #[prop(optional, into)]
    hint: String,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// For code: fixed width, no spell checking.
    #[prop(optional)]
    mono: bool,
    /// Lines shown.
    #[prop(default = 3)]
    rows: u32,
) -> impl IntoView {
    let frame = Framed::new(&name, &label, hint);
    let value = frame.form.value(&name, value);
    let control = view! {
        <textarea
            class=if mono { "control mono" } else { "control" }
            id=frame.id.clone()
            name=name
            rows=rows.to_string()
            required=required
            spellcheck=mono.then_some("false")
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
            inner_html=textarea_html(&value)
        ></textarea>
    };
    frame.field("field field-wide", label_words(label, required), control)
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
