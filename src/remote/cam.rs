//! The CAM overview.
//!
//! Counts only; lists are the calls of their nouns.

use super::json::Json;
use crate::domain::accounts::AccountSummary;
use crate::domain::fault::Fault;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Counts of accounts, groups and policies.
#[server(prefix = "/call", endpoint = "cam/summary", input = GetUrl, output = Json)]
pub async fn cam_summary() -> Result<AccountSummary, Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::cam::summary(&caller.permit::<operations::ReadAccountSummary>()?).await }).await
}
