//! Who is signed in, and the sessions of the own account.

use super::json::Json;
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use crate::domain::session::{Session, SessionRow};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Who is signed in and the permitted set, for the frame of the console after every step to another page.
#[server(prefix = "/call", endpoint = "session", input = GetUrl, output = Json)]
pub async fn current_session() -> Result<Session, Fault> {
    use crate::server::entry;
    entry::enter(|caller| async move { caller.session().await }).await
}

/// The sessions of the own account.
#[server(prefix = "/call", endpoint = "session/list", input = GetUrl, output = Json)]
pub async fn sessions() -> Result<Vec<SessionRow>, Fault> {
    use crate::server::entry;
    entry::enter(|caller| async move { caller.sessions().await }).await
}

/// Ends one session of the own account.
#[server(prefix = "/call", endpoint = "session/end")]
pub async fn end_session(id: String) -> Result<(), Fault> {
    use crate::server::entry;
    entry::enter(|caller| async move { caller.end_session(&id).await }).await
}

/// Proves the password again, for what demands a recent proof.
#[server(prefix = "/call", endpoint = "session/prove")]
pub async fn prove(password: String) -> Result<(), Fault> {
    use crate::server::entry;
    entry::enter(|caller| async move { caller.prove(&password).await }).await
}

/// Sees the console as a sub-account from now on, and leads to the first page that it may open.
#[server(prefix = "/call", endpoint = "session/view-as")]
pub async fn view_as(uin: Uin) -> Result<(), Fault> {
    use crate::server::entry;
    entry::enter(|caller| async move {
        leptos_axum::redirect(caller.view_as(uin).await?);
        Ok(())
    })
    .await
}

/// Changes the own password; all other sessions of the account end.
#[server(prefix = "/call", endpoint = "session/password")]
pub async fn change_password(current: String, new: String, repeat: String) -> Result<(), Fault> {
    use crate::server::entry;
    entry::enter(|caller| async move { caller.change_password(&current, &new, &repeat).await }).await
}
