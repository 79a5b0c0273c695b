//! Operation records.

use super::json::Json;
use crate::domain::audit_query::{AuditDetail, AuditForm, AuditPage};
use crate::domain::fault::Fault;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// One page of the operation records of every account.
#[server(prefix = "/call", endpoint = "audit/search", input = GetUrl, output = Json)]
pub async fn search_audit(#[server(default)] form: AuditForm) -> Result<AuditPage, Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::audit::search(&caller.permit::<operations::ReadAudit>()?, &form).await }).await
}

/// One operation record.
#[server(prefix = "/call", endpoint = "audit/event", input = GetUrl, output = Json)]
pub async fn audit_event(seq: i64) -> Result<AuditDetail, Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::audit::event(&caller.permit::<operations::ReadAudit>()?, seq).await }).await
}

/// One page of the operation records of the own account.
#[server(prefix = "/call", endpoint = "audit/own", input = GetUrl, output = Json)]
pub async fn own_records(#[server(default)] form: AuditForm) -> Result<AuditPage, Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::audit::own(&caller.on_own_account::<operations::ReadOwnRecords>()?, &form).await }).await
}

/// Sets how many days operation records are kept. A shorter time counts after a day.
#[server(prefix = "/call", endpoint = "audit/retention")]
pub async fn set_audit_retention(days: String) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::audit::set_retention(&caller.permit::<operations::SetAuditRetention>()?, &days).await })
        .await
}
