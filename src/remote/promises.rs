//! Promises about rights: who may, or may never, do what.

use super::json::Json;
use crate::domain::fault::Fault;
use crate::domain::ids::PromiseId;
use crate::domain::promises::Promises;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// The promises, each with what it comes to now.
#[server(prefix = "/call", endpoint = "promises/list", input = GetUrl, output = Json)]
pub async fn list_promises() -> Result<Promises, Fault> {
    use crate::catalog::operations;
    use crate::server::gate::RateLimited;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit::<operations::ListPromises>()?;
        caller.within_rate(RateLimited::Rights)?;
        services::promises::list(&permit).await
    })
    .await
}

/// Writes a promise down; the fields are those of a [`PromiseForm`].
#[server(prefix = "/call", endpoint = "promises/create")]
pub async fn create_promise(
    #[server(default)] name: String,
    #[server(default)] who: String,
    #[server(default)] expects: String,
    #[server(default)] what: String,
    #[server(default)] place: String,
) -> Result<PromiseId, Fault> {
    use crate::catalog::operations;
    use crate::domain::promises::PromiseForm;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit::<operations::CreatePromise>()?;
        let known = caller.permit::<operations::ListPromises>()?;
        services::promises::create(&permit, &known, &PromiseForm { name, who, expects, what, place }).await
    })
    .await
}

/// Deletes a promise.
#[server(prefix = "/call", endpoint = "promises/delete")]
pub async fn delete_promise(id: PromiseId) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit::<operations::DeletePromise>()?;
        let known = caller.permit::<operations::ListPromises>()?;
        services::promises::delete(&permit, &known, id).await
    })
    .await
}

/// Sets a promise aside, as root account.
#[server(prefix = "/call", endpoint = "promises/set-aside")]
pub async fn set_promise_aside(id: PromiseId, #[server(default)] reason: String) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::promises::set_aside(&caller.permit::<operations::SetPromiseAside>()?, id, &reason).await })
        .await
}
