//! Callback configuration of an application.
//!
//! The key must never be part of an answer but the one that asks for it under the right to change it.

use super::json::Json;
use crate::domain::app_pages::CallbackConfigView;
use crate::domain::fault::Fault;
use crate::domain::ids::SdkAppId;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// The address to enter at TRTC, whether there is a key, who changed it, and what arrived lately.
#[server(prefix = "/call", endpoint = "callbacks/view", input = GetUrl, output = Json)]
pub async fn view_callbacks(id: SdkAppId) -> Result<CallbackConfigView, Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.on_app::<operations::ReadCallbackConfig>(id)?;
        let events = caller.on_app::<operations::ReadEvents>(id)?;
        services::callback_config::view(&permit, &events, &entry::current()?.facts().origin).await
    })
    .await
}

/// The callback key in plain text, for who may change it and has proven the password lately; `None` when there is none.
#[server(prefix = "/call", endpoint = "callbacks/show-key")]
pub async fn show_callback_key(id: SdkAppId) -> Result<Option<String>, Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.on_app::<operations::ShowCallbackKey>(id)?;
        services::callback_config::key(&permit).await
    })
    .await
}

/// Sets the key, or makes one when `callback_key` is empty; needs a recent proof of the password.
#[server(prefix = "/call", endpoint = "callbacks/set-key")]
pub async fn set_callback_key(
    id: SdkAppId,
    #[server(default)] callback_key: String,
    #[server(default)] confirm: String,
) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::domain::confirmation::Confirmation;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.on_app::<operations::SetCallbackKey>(id)?;
        services::callback_config::set_key(&permit, &callback_key, &Confirmation::new(&confirm, "")).await
    })
    .await
}
