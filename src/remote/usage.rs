//! Usage statistics, for the pages that show them.
//!
//! The same figures go out as CSV at `/usage/export.csv`; there must never be a second way to read them.

use super::json::Json;
use crate::domain::fault::Fault;
use crate::domain::usage::{UsageOverview, UsageReport};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// The usage of one application, or of all the caller may see (`all` or nothing), from one day to another (`YYYY-MM-DD`; without, the
/// last 30 days): the sums, and one page of the rows in an order such as `date` or `-video`.
#[server(prefix = "/call", endpoint = "usage/report", input = GetUrl, output = Json)]
pub async fn read_usage(
    #[server(default)] app: String,
    #[server(default)] from: String,
    #[server(default)] to: String,
    #[server(default)] sort: String,
    #[server(default)] page: i64,
) -> Result<UsageReport, Fault> {
    use crate::catalog::operations;
    use crate::domain::usage::UsageQuery;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.on_apps::<operations::ReadUsage>()?;
        let query = UsageQuery::read(&app, &from, &to, services::usage::today(&permit))?;
        services::usage::report(&permit, query, &sort, page).await
    })
    .await
}

/// Month totals and the last 30 days over all applications the caller may see.
#[server(prefix = "/call", endpoint = "usage/overview", input = GetUrl, output = Json)]
pub async fn read_usage_overview() -> Result<UsageOverview, Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::usage::overview(&caller.on_apps::<operations::ReadUsageOverview>()?).await }).await
}
