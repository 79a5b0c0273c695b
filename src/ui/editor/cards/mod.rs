//! The visual editor: the statements of the text as cards. Code of its own, fetched when somebody asks for it.
//!
//! Every click is one change of the text, worked out by the engine; a card must never keep anything that the text does not say.

mod actions;
mod applications;
mod chip;
mod conditions;
mod statement;

use super::Editor;
use super::engine::{Engine, engine};
use crate::cam::cards::{Card, Cards, Edit};
use crate::cam::{Effect, Fix, Severity, Span};
use crate::ui::components::{Notice, Tone};
use crate::ui::frame::anew;
use crate::ui::icons::Icon;
use crate::ui::words::t;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::hooks::use_location;
use statement::Statement;

/// Steps that can be taken back.
const MOST_STEPS: usize = 100;

/// The cards, as soon as their code is there.
#[component]
pub fn CardEditor(
    /// The text under edit.
    editor: Editor,
) -> impl IntoView {
    let here = use_location();
    Suspend::new(async move {
        match engine().await {
            Ok(engine) => view(editor, engine).await.unwrap_or_else(|_| anew(&here)),
            Err(_) => anew(&here),
        }
    })
}

#[wasm_split(cards, wasm_split_path = leptos::wasm_split, fallible)]
fn view(editor: Editor, engine: Engine) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Sheet editor engine /> }.into_any())
}

/// What every part of a card needs. Cheap to copy.
#[derive(Clone, Copy)]
struct Desk {
    editor: Editor,
    engine: Engine,
    /// The text as cards; `None` while it cannot be read.
    cards: Memo<Option<Cards>>,
    /// The texts before each step, the latest last.
    steps: RwSignal<Vec<String>>,
}

impl Desk {
    /// Carries out edits, one after the other, as one step.
    fn carry_out(self, edits: &[Edit]) {
        let before = self.editor.text.get_untracked();
        let mut after = before.clone();
        for edit in edits {
            if let Some(Fix { span, replacement }) = (self.engine.edit)(&after, edit) {
                after.replace_range(span.start..span.end, &replacement);
            }
        }
        if after != before {
            self.editor.replace_difference(&after);
            self.steps.update(|steps| {
                if steps.len() >= MOST_STEPS {
                    steps.remove(0);
                }
                steps.push(before);
            });
        }
    }

    /// Takes the latest step back.
    fn take_back(self) {
        if let Some(before) = self.steps.try_update(Vec::pop).flatten() {
            self.editor.replace_difference(&before);
        }
    }

    /// The heaviest finding about a part of the text.
    fn finding(self, span: Span) -> Option<Severity> {
        self.editor.checked.with(|checked| {
            let about = checked.findings.iter().map(|found| &found.diagnostic);
            about.filter(|found| found.span.start < span.end && span.start < found.span.end).map(|found| found.severity).min()
        })
    }

    /// A part of a card, as it stands.
    fn card<T: PartialEq + Send + Sync + 'static>(self, at: usize, part: impl Fn(&Card) -> T + Send + Sync + 'static) -> Memo<Option<T>> {
        Memo::new(move |_| self.cards.with(|cards| cards.as_ref()?.cards.get(at).map(&part)))
    }
}

#[component]
fn Sheet(editor: Editor, engine: Engine) -> impl IntoView {
    let cards = Memo::new(move |_| editor.text.with(|text| (engine.cards)(text)));
    let desk = Desk { editor, engine, cards, steps: RwSignal::new(Vec::new()) };
    let count = Memo::new(move |_| cards.with(|cards| cards.as_ref().map(|cards| cards.cards.len())));
    let add = move |effect: Effect, words: &'static str| {
        view! {
            <button type="button" class="btn" on:click=move |_| desk.carry_out(&[Edit::AddStatement(effect)])>
                {Icon::Plus.draw()}
                {words}
            </button>
        }
    };
    let unreadable = move || {
        count.get().is_none().then(|| {
            view! {
                <Notice tone=Tone::Warn title=t("This text cannot be shown as cards", "当前文本无法以卡片显示")>
                    <p>{t("It is not complete JSON with one statement list. Nothing is lost.", "文本不是完整的 JSON，或没有语句列表。内容不会丢失。")}</p>
                    <button type="button" class="btn" on:click=move |_| editor.visual.set(false)>{t("Fix it in Text", "在文本中修复")}</button>
                </Notice>
            }
        })
    };
    view! {
        {unreadable}
        <ol class="cards">
            <For each=move || 0..count.get().unwrap_or(0) key=|at| *at let:at>
                <Statement desk at />
            </For>
        </ol>
        <div class="cards-foot" hidden=move || count.get().is_none()>
            {add(Effect::Allow, t("Add allow statement", "添加允许语句"))}
            {add(Effect::Deny, t("Add deny statement", "添加拒绝语句"))}
            <button
                type="button"
                class="btn btn-text"
                aria-disabled=move || desk.steps.with(Vec::is_empty).then_some("true")
                on:click=move |_| desk.take_back()
            >
                {t("Undo", "撤销")}
            </button>
        </div>
    }
}
