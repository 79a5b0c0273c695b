//! Who may do what: by action, by person, and tried out.
//!
//! The same goes out as CSV at `/cam/who-can/export.csv`; there must never be a second way to read it.

use super::json::Json;
use crate::domain::fault::Fault;
use crate::domain::rights::{Matrix, Simulation, WhoCan};
use crate::domain::rights_query::RightsForm;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// One page of the people who can do something.
#[server(prefix = "/call", endpoint = "rights/who-can", input = GetUrl, output = Json)]
pub async fn read_who_can(#[server(default)] form: RightsForm) -> Result<WhoCan, Fault> {
    use crate::catalog::operations;
    use crate::server::gate::RateLimited;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit::<operations::ReadRights>()?;
        caller.within_rate(RateLimited::Rights)?;
        services::rights::who_can(&permit, &form).await
    })
    .await
}

/// What one person may use; with `compares` what two may use that differs.
#[server(prefix = "/call", endpoint = "rights/matrix", input = GetUrl, output = Json)]
pub async fn read_matrix(#[server(default)] form: RightsForm, #[server(default)] compares: bool) -> Result<Matrix, Fault> {
    use crate::catalog::operations;
    use crate::server::gate::RateLimited;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit::<operations::ReadRights>()?;
        caller.within_rate(RateLimited::Rights)?;
        services::rights::matrix(&permit, &form, compares, false).await
    })
    .await
}

/// What would be decided for somebody, or by a draft.
#[server(prefix = "/call", endpoint = "rights/simulate", input = GetUrl, output = Json)]
pub async fn simulate_request(#[server(default)] form: RightsForm) -> Result<Simulation, Fault> {
    use crate::catalog::operations;
    use crate::server::gate::RateLimited;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit::<operations::ReadRights>()?;
        caller.within_rate(RateLimited::Rights)?;
        services::simulation::simulate(&permit, &form).await
    })
    .await
}
