//! What arrived lately for an application.
//!
//! Events come in over `/callbacks/trtc`; nothing here may take any.

use crate::domain::events::CallbackLog;
use crate::domain::fault::Fault;
use crate::domain::ids::SdkAppId;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// The last events of an application and the callbacks that were refused; bodies, users and addresses only for who may change the callback
/// configuration.
#[server(prefix = "/call", endpoint = "events/recent", input = GetUrl)]
pub async fn recent_events(id: SdkAppId) -> Result<CallbackLog, Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::events::callback_log(&caller.on_app::<operations::ReadEvents>(id)?).await }).await
}
