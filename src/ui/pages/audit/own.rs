//! The records of the own account, for everybody; on My account.

use super::table::RecordsTable;
use crate::catalog::pages;
use crate::domain::audit_query::{AuditForm, AuditPage};
use crate::domain::fault::Fault;
use crate::remote::audit::own_records;
use crate::ui::components::{Card, Empty, EmptyState};
use crate::ui::frame::use_session;
use crate::ui::loaded::{load, loaded};
use crate::ui::query::use_query;
use crate::ui::words::t;
use leptos::prelude::*;

/// The card.
#[component]
pub fn OwnRecords() -> impl IntoView {
    let query = use_query();
    let cursor = Memo::new(move |_| query.read().get("cursor").unwrap_or_default());
    let page = load(move || cursor.get(), page_at);
    view! {
        // The links to other pages lead back to here: the card stands low on its page.
        <div id="records">
            <Card
                title=t("Operation records", "操作记录")
                note=t("What was done with your account in the last 30 days, newest first.", "您的账号近 30 天的操作，按时间倒序。")
                flush=true
            >
                {loaded(page, |page| view! { <Records page /> })}
            </Card>
        </div>
    }
}

async fn page_at(cursor: String) -> Result<AuditPage, Fault> {
    let form = AuditForm { range: "30d".to_owned(), cursor, ..AuditForm::default() };
    match own_records(form.clone()).await {
        // Nobody typed where a page begins; an address that was spoilt leads to the first one.
        Err(Fault::Invalid(_)) => own_records(AuditForm { cursor: String::new(), ..form }).await,
        answer => answer,
    }
}

#[component]
fn Records(page: AuditPage) -> impl IntoView {
    let opens = use_session().is_some_and(|session| session.pages.iter().any(|id| id == "audit"));
    let empty = || view! { <EmptyState why=Empty::NothingYet title=t("No records in the last 30 days", "近 30 天没有操作记录") /> };
    view! { <RecordsTable page opens here=pages::Account::PAGE.path.to_owned() anchor="#records" empty /> }
}
