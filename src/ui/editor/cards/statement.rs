//! One statement as a card: its effect, its rows, and what the card leaves as text.

use super::actions::Actions;
use super::applications::Resources;
use super::chip::Row;
use super::conditions::Conditions;
use super::{At, Desk, element_id};
use crate::cam::cards::Edit;
use crate::cam::{Effect, Span, line_column};
use crate::ui::icons::Icon;
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;

#[component]
pub(super) fn Statement(desk: Desk, id: usize) -> impl IntoView {
    let lang = use_lang();
    let at = desk.place_of(id);
    let effect = desk.card(at, |card| card.effect.as_ref().map(|effect| effect.value));
    let class = move || match effect.get().flatten() {
        Some(Effect::Allow) => "card statement statement-allow",
        Some(Effect::Deny) => "card statement statement-deny",
        None => "card statement",
    };
    // A card that is text as a whole has no rows.
    let has_rows = desk.card(at, |card| card.as_text.first() != Some(&card.span));
    let number = move || at.get().saturating_add(1);
    let title = Signal::derive(move || lang.pick(format!("Statement {}", number()), format!("语句 {}", number())));
    let choice = move |this: Effect, words: &'static str| {
        view! {
            <button
                type="button"
                aria-pressed=move || if effect.get().flatten() == Some(this) { "true" } else { "false" }
                on:click=move |_| desk.carry_out(&[Edit::SetEffect(at.get_untracked(), this)])
            >
                {words}
            </button>
        }
    };
    let tool = move |icon: Icon, words: &'static str, edit: fn(usize) -> Edit| {
        view! {
            <button
                type="button"
                class="btn btn-text card-tool"
                aria-label=move || format!("{words} {}", number())
                title=words
                on:click=move |_| desk.rearrange(&edit(at.get_untracked()))
            >
                {icon.draw()}
            </button>
        }
    };
    view! {
        <li>
            <section class=class id=element_id(id) tabindex="-1" aria-label=title>
                <div class="statement-head">
                    <h3>{title}</h3>
                    <div class="segments" role="group" aria-label=t("Effect", "效力") hidden=move || !has_rows.get().unwrap_or(false)>
                        {choice(Effect::Allow, t("Allow", "允许"))}
                        {choice(Effect::Deny, t("Deny", "拒绝"))}
                    </div>
                    <div class="statement-tools">
                        {tool(Icon::Copy, t("Duplicate statement", "复制语句"), Edit::Duplicate)}
                        {move || (at.get() > 0).then(|| tool(Icon::SortUp, t("Move statement up", "上移语句"), Edit::MoveUp))}
                        {tool(Icon::Bin, t("Remove statement", "删除语句"), Edit::RemoveStatement)}
                    </div>
                </div>
                {move || {
                    has_rows
                        .get()
                        .unwrap_or(false)
                        .then(|| {
                            view! {
                                <Actions desk at />
                                <Resources desk at />
                                <Conditions desk at />
                            }
                        })
                }}
                <AsText desk at />
            </section>
        </li>
    }
}

/// What the card cannot show, as it stands, with the way to it.
#[component]
fn AsText(desk: Desk, at: At) -> impl IntoView {
    let lang = use_lang();
    let spans = desk.card(at, |card| card.as_text.clone());
    let piece = move |span: Span| {
        let (text, line) = desk.editor.text.with(|text| (span.of(text).to_owned(), line_column(text, span.start).0));
        let words = lang.pick(format!("Edit in Text, line {line}"), format!("在文本第 {line} 行编辑"));
        view! {
            <pre class="statement-text" tabindex="0"><code>{text}</code></pre>
            <button type="button" class="btn btn-text" on:click=move |_| desk.editor.go_to(span)>{words}</button>
        }
    };
    move || {
        let spans = spans.get().filter(|spans| !spans.is_empty())?;
        let pieces: Vec<_> = spans.into_iter().map(piece).collect();
        Some(view! {
            <Row label=t("As text", "文本部分")>
                <p class="field-hint">{t("Cards cannot show this part. It stays as it is, and it still counts.", "卡片无法显示此部分。内容保持原样，并且仍然生效。")}</p>
                {pieces}
            </Row>
        })
    }
}
