//! The policy editor: a text field that works without scripts, with live findings, formatting, templates and the action reference.
//!
//! What it says about a text is `domain::policy_check`, the very function the server refuses by. It must never lose what was typed.

mod bridge;
mod cards;
pub mod engine;
mod findings;
pub mod keeping;
pub mod listing;
mod offers;
mod place;
mod reference;
mod saving;
pub mod start;
pub mod templates;

use cards::CardEditor;
pub use findings::{FindingCounts, Findings};
pub use reference::ActionReference;
pub use saving::{SaveButton, SavePolicyButton, stop_words};

use crate::cam::{Fix, Span};
use crate::catalog::{Page, pages};
use crate::domain::form::{Frame, Submitted};
use crate::domain::ids::Uin;
use crate::domain::policy_check::{self, Checked, length_words};
use crate::remote::policies::CheckPolicy;
use crate::ui::components::{FormContext, field_id, textarea_html};
use crate::ui::frame::use_session;
use crate::ui::words::{say, t, use_lang};
use engine::{Beginning, Engine, engine};
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use offers::Known;
use std::time::Duration;

/// How long typing has to pause before the text is checked.
const PAUSE: Duration = Duration::from_millis(150);

/// The text under edit and what is known of it. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Editor {
    /// The text as it stands in the field.
    pub text: RwSignal<String>,
    /// The text it began with.
    first: StoredValue<String>,
    /// What was found in it when typing last paused.
    pub checked: RwSignal<Checked>,
    /// The page has its scripts.
    live: RwSignal<bool>,
    /// The text is shown as cards.
    visual: RwSignal<bool>,
    /// What checks it, once the browser has it.
    engine: RwSignal<Option<Engine>>,
    area: NodeRef<html::Textarea>,
    owner: Option<Uin>,
    now_ms: Option<i64>,
}

/// An editor that begins with a text of the root account `owner`, as of `now_ms`.
#[must_use]
pub fn use_editor(beginning: Beginning, owner: Option<Uin>, now_ms: Option<i64>) -> Editor {
    let Beginning { text, checked } = beginning;
    let editor = Editor {
        first: StoredValue::new(text.clone()),
        text: RwSignal::new(text),
        checked: RwSignal::new(checked),
        live: RwSignal::new(false),
        visual: RwSignal::new(false),
        engine: RwSignal::new(None),
        area: NodeRef::new(),
        owner,
        now_ms,
    };
    let mut soon = debounce(PAUSE, move |()| editor.check_now());
    Effect::new(move |before: Option<String>| {
        let now = editor.text.get();
        if before.is_some_and(|before| before != now) {
            soon(());
        }
        now
    });
    editor
}

impl Editor {
    /// Checks the text as it stands. Until the engine is there, what was found before stays.
    fn check_now(self) {
        let Some(engine) = self.engine.try_get_untracked().flatten() else { return };
        if let Some(checked) = self.text.try_with_untracked(|text| (engine.check)(text, self.owner, self.now_ms)) {
            self.checked.set(checked);
        }
    }

    /// Puts another text in place of the whole.
    pub fn replace_all(self, with: &str) {
        self.replace(Span::new(0, self.text.with_untracked(String::len)), with);
    }

    /// Carries out the remedy of a finding.
    fn apply(self, fix: &Fix) {
        self.replace(fix.span, &fix.replacement);
    }

    /// Carries out every remedy that takes no judgement, as one change.
    fn mend(self) {
        if let Some(engine) = self.engine.get_untracked() {
            let mended = self.text.with_untracked(|text| (engine.mended)(text, self.owner, self.now_ms));
            self.replace_difference(&mended);
        }
    }

    /// Adds an action to the list of actions nearest to the cursor; `false` when the text has none.
    fn insert_action(self, name: &str) -> bool {
        let Some(area) = self.area.get_untracked() else { return false };
        let text = self.text.get_untracked();
        let (cursor, _) = bridge::selection(&area, &text);
        let Some(insertion) = place::insertion(&text, cursor, name) else { return false };
        self.replace(insertion.span, &insertion.text);
        let end = insertion.span.start + insertion.text.len();
        bridge::select(&area, &self.text.get_untracked(), Span::new(end, end));
        true
    }

    /// Leads to a place in the text, which is shown as text from then on.
    fn go_to(self, span: Span) {
        self.visual.set(false);
        // The field has to be in sight before it can be led to.
        request_animation_frame(move || {
            if let Some(area) = self.area.try_get_untracked().flatten() {
                self.text.with_untracked(|text| bridge::select(&area, text, span));
            }
        });
    }

    /// Whether there is a change that can be taken back, whoever made it.
    fn can_undo(self) -> bool {
        self.text.track();
        self.area.get_untracked().is_some_and(|area| bridge::can_undo(&area))
    }

    /// Takes the latest change back, be it of the text or of a card.
    fn undo(self) {
        if let Some(area) = self.area.get_untracked() {
            bridge::undo(&area);
            self.text.set(area.value());
            self.check_now();
        }
    }

    /// Puts another text in place of the whole, as a change of what differs.
    fn replace_difference(self, with: &str) {
        let before = self.text.get_untracked();
        let (span, middle) = place::difference(&before, with);
        self.replace(span, middle);
    }

    fn replace(self, span: Span, with: &str) {
        if let Some(area) = self.area.get_untracked() {
            bridge::replace(&area, &self.text.get_untracked(), span, with);
            self.text.set(area.value());
            self.check_now();
        }
    }
}

/// The field with its head (length, format) and the findings below it. Stands inside the form that sends it as `document`.
#[component]
pub fn PolicyEditor(
    /// The text under edit.
    editor: Editor,
) -> impl IntoView {
    let form = FormContext::around();
    form.name_field("document", t("Policy document", "策略内容"));
    let errors = form.errors;
    let id = field_id("", "document");
    let lang = use_lang();
    let initial = editor.text.get_untracked();
    let refused = Signal::derive(move || errors.with(|all| all.iter().any(|error| error.field == "document")));
    let length = move || length_words(editor.text.with(|text| policy_check::characters(text))).get(lang).to_owned();
    let too_long = move || editor.text.with(|text| policy_check::characters(text)) > crate::catalog::limits::MAX_POLICY_CHARS;

    let apps = use_session().map(|session| session.apps.iter().map(|app| (app.name.clone(), app.id.to_string())).collect());
    let known = Known { owner: editor.owner, apps: apps.unwrap_or_default(), lang };
    // What was typed before the scripts arrived stands in the field only.
    Effect::new(move |_| {
        let Some(area) = editor.area.get() else { return };
        editor.live.set(true);
        let typed = area.value();
        if editor.text.with_untracked(|text| *text != typed) {
            editor.text.set(typed);
        }
        let known = known.clone();
        leptos::task::spawn_local(async move {
            // Without it nothing is said while typing; the server checks what is sent.
            let engine = engine().await.ok();
            if let Some(engine) = engine
                && editor.engine.try_set(Some(engine)).is_none()
                && editor.text.with_untracked(|text| editor.first.with_value(|first| text != first))
            {
                editor.check_now();
            }
            let offered = move |text: &str, cursor: usize, asked: bool| (engine?.offers)(text, cursor, asked, &known);
            if bridge::enrich(&area, offered).await {
                editor.checked.try_update(|_| ());
            }
        });
    });
    // The rich editor underlines what the list says.
    Effect::new(move |_| {
        let checked = editor.checked.get();
        if let Some(area) = editor.area.get_untracked() {
            editor.text.with_untracked(|text| bridge::show(&area, text, &checked.findings, lang));
        }
    });
    on_cleanup(move || {
        if let Some(area) = editor.area.try_get_untracked().flatten() {
            bridge::leave(&area);
        }
    });
    view! {
        <section class="card editor">
            <div class="editor-head">
                <label class="editor-title" for=id.clone()>{t("Policy document", "策略内容")}</label>
                <Views visual=editor.visual />
                <LanguageLink />
                <span class="editor-length" class:editor-over=too_long id="editor-length">{length}</span>
                <FormatButton editor />
            </div>
            <div class="editor-text" hidden=move || editor.visual.get()>
                <textarea
                    class="control mono editor-field"
                    id=id
                    name="document"
                    rows="24"
                    // A field that is not in sight cannot be asked for; the server asks.
                    required=move || !editor.visual.get()
                    wrap="off"
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    aria-describedby="editor-length findings-counts"
                    aria-invalid=move || (refused.get() || editor.checked.with(Checked::has_errors)).then_some("true")
                    node_ref=editor.area
                    on:input=move |event| editor.text.set(event_target_value(&event))
                    inner_html=field_html(&initial)
                ></textarea>
            </div>
        </section>
        {move || editor.visual.get().then(|| view! { <CardEditor editor /> })}
        <Findings editor />
    }
}

/// The way to the reference of the language, in a tab of its own: what is typed stays where it is, also without scripts.
#[component]
pub fn LanguageLink() -> impl IntoView {
    let name = t("Policy language (opens in a new tab)", "策略语法（在新标签页中打开）");
    view! { <a href=pages::PolicyLanguage::PAGE.path target="_blank" rel="noopener" aria-label=name>{t("Policy language", "策略语法")}</a> }
}

/// The choice between the text and the cards that say the same.
#[component]
fn Views(visual: RwSignal<bool>) -> impl IntoView {
    let choice = move |cards: bool, words: &'static str| {
        view! {
            <button type="button" aria-pressed=move || if visual.get() == cards { "true" } else { "false" } on:click=move |_| visual.set(cards)>
                {words}
            </button>
        }
    };
    view! {
        <div class="segments needs-scripts" role="group" aria-label=t("View", "视图")>
            {choice(false, t("Text", "文本"))}
            {choice(true, t("Visual", "可视化"))}
        </div>
    }
}

/// Text as the content of the field. The HTML parser drops a line feed right behind the tag, so the server sends one more.
fn field_html(text: &str) -> String {
    let html = textarea_html(text);
    if is_server() && html.starts_with('\n') { format!("\n{html}") } else { html }
}

/// Lays the text out anew; a text that does not parse stays as it is.
#[component]
fn FormatButton(editor: Editor) -> impl IntoView {
    let said = RwSignal::new("");
    let (done, kept) = (t("Formatted.", "已格式化。"), t("Fix the errors before you format the policy.", "请先修复错误，再进行格式化。"));
    view! {
        <span class="editor-said" role="status">{move || said.get()}</span>
        <button
            type="button"
            class="btn btn-text needs-scripts"
            on:click=move |_| {
                leptos::task::spawn_local(async move {
                    let Ok(engine) = engine().await else { return };
                    let Some(text) = editor.text.try_get_untracked() else { return };
                    match (engine.format)(&text) {
                        Some(nice) => {
                            if nice != text {
                                editor.replace_all(&nice);
                            }
                            said.set(done);
                        }
                        None => said.set(kept),
                    }
                });
            }
            on:blur=move |_| said.set("")
        >
            {t("Format", "格式化")}
        </button>
    }
}

/// Checks without saving; only there until the page has its scripts, since they check while typing.
#[component]
pub fn CheckButton() -> impl IntoView {
    view! {
        <button type="submit" class="btn without-scripts" formaction=CheckPolicy::PATH formnovalidate=true>{t("Check", "检查")}</button>
    }
}

/// The form as it stood when it was sent to be checked only.
#[must_use]
pub fn kept_by_check() -> Option<Submitted> {
    use_context::<Frame>().and_then(|frame| frame.submitted).filter(|form| form.path == CheckPolicy::PATH)
}

/// The pages that show an action, for the reference.
fn pages_of(name: &str) -> Vec<String> {
    let needs = |page: &&'static Page| page.actions().any(|row| row.full == name);
    pages::all().filter(needs).map(|page| say(&page.title)).collect()
}
