//! Records as a file: the links, and the password that the server asks for first.
//!
//! The server sends whoever has not confirmed the password lately back to the list, with the file in the address.

use super::address::{address_of, first_page};
use crate::domain::audit_query::{AuditForm, MAX_EXPORT_ROWS};
use crate::domain::fault::Fault;
use crate::domain::form::{Frame, Waiting};
use crate::remote::session::Prove;
use crate::ui::components::{Card, LinkButton, Look, PasswordField, SubmitButton};
use crate::ui::forms::{Carried, PostForm, use_form};
use crate::ui::icons::Icon;
use crate::ui::words::{number, t, use_lang};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileKind {
    /// A table for people.
    Csv,
    /// Each record as it was hashed, for programs.
    Ndjson,
}

impl FileKind {
    /// The kind that an address asks for.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "csv" => Some(Self::Csv),
            "ndjson" => Some(Self::Ndjson),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Ndjson => "NDJSON",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Csv => "/audit/export.csv",
            Self::Ndjson => "/audit/export.ndjson",
        }
    }

    /// The address of the file of a search.
    fn href(self, form: &AuditForm) -> String {
        address_of(self.path(), &first_page(form))
    }
}

/// The links to both files of a search.
#[component]
pub fn ExportLinks(
    /// What is searched for.
    form: AuditForm,
) -> impl IntoView {
    view! {
        <LinkButton href=FileKind::Csv.href(&form) icon=Icon::Download external=true>{t("Export CSV", "导出 CSV")}</LinkButton>
        <LinkButton href=FileKind::Ndjson.href(&form) icon=Icon::Download external=true>{t("Export NDJSON", "导出 NDJSON")}</LinkButton>
    }
}

/// Asks for the password, then leads to the file.
#[component]
pub fn ExportCard(
    /// Which file is wanted.
    kind: FileKind,
    /// Of which search.
    form: AuditForm,
) -> impl IntoView {
    let prove = use_form::<Prove>();
    // Without scripts the file waits with the proof, and comes back when it is one.
    let waiting = Waiting { path: kind.path().to_owned(), fields: Vec::new() };
    let came_back = use_context::<Frame>()
        .and_then(|frame| frame.submitted)
        .is_some_and(|submitted| submitted.path == waiting.path && matches!(submitted.outcome, Err(Fault::Resubmit(_))));
    let proven = Memo::new(move |_| came_back || prove.done().get());
    let most = number(MAX_EXPORT_ROWS);
    let limit = use_lang()
        .pick(format!("A file holds the newest {most} matching records at most."), format!("文件最多包含最新的 {most} 条匹配记录。"));
    let (href, carried) = (StoredValue::new(kind.href(&form)), StoredValue::new(waiting.carrying()));
    let limit = StoredValue::new(limit);
    let name = kind.name();
    move || {
        if proven.get() {
            view! {
                <Card title=t("Your password is confirmed", "密码已验证") note=limit.get_value()>
                    <p role="status">
                        <LinkButton href=href.get_value() look=Look::Primary icon=Icon::Download external=true>
                            {use_lang().pick(format!("Download {name}"), format!("下载 {name}"))}
                        </LinkButton>
                    </p>
                </Card>
            }
            .into_any()
        } else {
            view! {
                <Card title=t("Confirm your password to export", "验证密码后导出") note=limit.get_value()>
                    <PostForm form=prove scope="export" class="stack narrow">
                        <Carried fields=carried.get_value() />
                        <PasswordField name="password" label=t("Your password", "您的密码") autocomplete="current-password" autofocus=true />
                        <div class="form-actions">
                            <SubmitButton pending=prove.pending()>{t("Confirm", "验证")}</SubmitButton>
                        </div>
                    </PostForm>
                </Card>
            }
            .into_any()
        }
    }
}
