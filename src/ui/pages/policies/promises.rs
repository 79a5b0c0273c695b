//! What a draft does to promises about rights, as the review of the draft shows it.

use crate::catalog::pages;
use crate::domain::access_pages::PromisesOfDraft;
use crate::domain::promises::PromiseRow;
use crate::ui::components::{Card, Notice, Tone};
use crate::ui::frame::use_session;
use crate::ui::words::{say, t, use_lang};
use leptos::prelude::*;

/// The promises that the draft keeps and breaks.
#[component]
pub fn PromisesCard(
    /// `None` for who may not read them, and when the draft has errors.
    promises: Option<PromisesOfDraft>,
    /// Errors of the draft.
    errors: usize,
) -> impl IntoView {
    let lang = use_lang();
    let body = match promises {
        None if errors > 0 => {
            view! { <p>{t("Fix the errors to see whether promises are kept.", "修复错误后可检查权限承诺。")}</p> }.into_any()
        }
        None => view! { <p>{t("You don't have access to Promises.", "您无权访问权限承诺。")}</p> }.into_any(),
        Some(PromisesOfDraft { kept, unkept, broken }) => {
            let counts = lang.pick(
                format!("Kept: {kept}. Broken already: {unkept}. Broken by this draft: {}.", broken.len()),
                format!("成立 {kept} 项，原已违反 {unkept} 项，此草稿将违反 {} 项。", broken.len()),
            );
            let is_root = use_session().is_some_and(|session| session.is_root);
            let stops = (!broken.is_empty()).then(|| {
                let words = if is_root {
                    t(
                        "The draft cannot become the default version unless you set these promises aside first.",
                        "如不先暂停以下承诺，此草稿无法设为默认版本。",
                    )
                } else {
                    t(
                        "The draft cannot become the default version. Only the root account can set a promise aside.",
                        "此草稿无法设为默认版本，只有主账号可以暂停承诺。",
                    )
                };
                let lines: Vec<_> = broken
                    .into_iter()
                    .map(|PromiseRow { promise, standing, .. }| {
                        view! { <li><strong>{promise.name}</strong> " " {standing.why().map(|why| say(&why))}</li> }
                    })
                    .collect();
                view! {
                    <Notice tone=Tone::Error>
                        <p>{words}</p>
                        <ul>{lines}</ul>
                        <a href=pages::Promises::PAGE.path>{t("View promises", "查看权限承诺")}</a>
                    </Notice>
                }
            });
            view! { <p>{counts}</p> {stops} }.into_any()
        }
    };
    view! { <Card title=t("Promises", "权限承诺")>{body}</Card> }
}
