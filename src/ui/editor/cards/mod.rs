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
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos::web_sys::HtmlElement;
use leptos_router::hooks::use_location;
use statement::Statement;

/// The place of a card among the cards. A card keeps its part of the page when its statement moves, so places are followed.
type At = Memo<usize>;

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
    /// What stands for each card while statements move: numbers that nothing else means, in the order of the cards.
    ids: RwSignal<Vec<usize>>,
    /// The button that the page leads to when the last card is gone.
    add: NodeRef<html::Button>,
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
        }
    }

    /// Carries out an edit by which cards come, go or change places, and leads to the card that it was about.
    fn rearrange(self, edit: &Edit) {
        let before = self.editor.text.get_untracked();
        self.carry_out(std::slice::from_ref(edit));
        if self.editor.text.with_untracked(|text| *text == before) {
            return;
        }
        let about = self.ids.try_update(|ids| {
            let new = ids.iter().max().map_or(0, |id| id + 1);
            match *edit {
                Edit::MoveUp(at) => {
                    ids.swap(at - 1, at);
                    Some(ids[at - 1])
                }
                Edit::Duplicate(at) => {
                    ids.insert(at + 1, new);
                    Some(new)
                }
                Edit::RemoveStatement(at) => {
                    ids.remove(at);
                    ids.get(at).or(ids.last()).copied()
                }
                _ => {
                    ids.push(new);
                    Some(new)
                }
            }
        });
        let add = self.add;
        // The card has to be there before it can be led to.
        request_animation_frame(move || {
            let card = about.flatten().and_then(|id| document().get_element_by_id(&element_id(id)));
            let _ = match (card.and_then(|card| card.dyn_into::<HtmlElement>().ok()), add.try_get_untracked().flatten()) {
                (Some(card), _) => card.focus(),
                (None, Some(add)) => add.focus(),
                (None, None) => Ok(()),
            };
        });
    }

    /// The place of the card that a number stands for.
    fn place_of(self, id: usize) -> At {
        Memo::new(move |_| self.ids.with(|ids| ids.iter().position(|known| *known == id).unwrap_or(usize::MAX)))
    }

    /// The heaviest finding about a part of the text.
    fn finding(self, span: Span) -> Option<Severity> {
        self.editor.checked.with(|checked| {
            let about = checked.findings.iter().map(|found| &found.diagnostic);
            about.filter(|found| found.span.start < span.end && span.start < found.span.end).map(|found| found.severity).min()
        })
    }

    /// A part of a card, as it stands.
    fn card<T: PartialEq + Send + Sync + 'static>(self, at: At, part: impl Fn(&Card) -> T + Send + Sync + 'static) -> Memo<Option<T>> {
        Memo::new(move |_| self.cards.with(|cards| cards.as_ref()?.cards.get(at.get()).map(&part)))
    }
}

/// The id of the element that shows a card.
fn element_id(id: usize) -> String {
    format!("statement-{id}")
}

#[component]
fn Sheet(editor: Editor, engine: Engine) -> impl IntoView {
    let cards = Memo::new(move |_| editor.text.with(|text| (engine.cards)(text)));
    let count = Memo::new(move |_| cards.with(|cards| cards.as_ref().map(|cards| cards.cards.len())));
    let ids = RwSignal::new((0..count.get_untracked().unwrap_or(0)).collect::<Vec<_>>());
    let desk = Desk { editor, engine, cards, ids, add: NodeRef::new() };
    // The text may have been changed by others: Format, Apply, a template.
    leptos::prelude::Effect::new(move |_| {
        let count = count.get().unwrap_or(0);
        if ids.with_untracked(Vec::len) != count {
            ids.update(|ids| {
                let new = ids.iter().max().map_or(0, |id| id + 1);
                ids.extend(new..new + count);
                ids.truncate(count);
            });
        }
    });
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
            <For each=move || ids.get() key=|id| *id let:id>
                <Statement desk id />
            </For>
        </ol>
        <div class="cards-foot" hidden=move || count.get().is_none()>
            <button type="button" class="btn" node_ref=desk.add on:click=move |_| desk.rearrange(&Edit::AddStatement(Effect::Allow))>
                {Icon::Plus.draw()}
                {t("Add allow statement", "添加允许语句")}
            </button>
            <button type="button" class="btn" on:click=move |_| desk.rearrange(&Edit::AddStatement(Effect::Deny))>
                {Icon::Plus.draw()}
                {t("Add deny statement", "添加拒绝语句")}
            </button>
            <button
                type="button"
                class="btn btn-text"
                aria-disabled=move || (!editor.can_undo()).then_some("true")
                on:click=move |_| editor.undo()
            >
                {t("Undo", "撤销")}
            </button>
        </div>
    }
}
