//! Function configuration of an application, one call for each right to change a part of it.
//!
//! A right to one part must never carry another. `version` names the state a change was based on, `confirm` accepts its effects.
#![expect(
    clippy::too_many_arguments,
    reason = "a server function takes the fields of its form, one by one, so that a plain form can post them"
)]

use super::json::Json;
use crate::domain::app_pages::FeaturesView;
use crate::domain::fault::Fault;
use crate::domain::ids::SdkAppId;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// The configuration, its history, and what the caller may change.
#[server(prefix = "/call", endpoint = "features/view", input = GetUrl, output = Json)]
pub async fn view_features(id: SdkAppId) -> Result<FeaturesView, Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::features::view(&caller.on_app::<operations::ReadFeatures>(id)?).await }).await
}

/// Switches relay to CDN (`on` is sent or not) and chooses its mode.
#[server(prefix = "/call", endpoint = "features/relay")]
pub async fn set_relay(
    id: SdkAppId,
    version: i64,
    #[server(default)] on: Option<String>,
    mode: String,
    #[server(default)] confirm: String,
) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::domain::confirmation::Confirmation;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        services::features::set_relay(
            &caller.on_app::<operations::SetRelay>(id)?,
            version,
            on.is_some(),
            &mode,
            &Confirmation::new(&confirm, ""),
        )
        .await
    })
    .await
}

/// Saves on-cloud recording. `callback_key` replaces the key unless empty, `drop_key` takes it away, and so does an empty `callback_url`: the
/// key is a credential, and whatever changes it needs a recent proof of the password.
#[server(prefix = "/call", endpoint = "features/recording")]
pub async fn set_recording(
    id: SdkAppId,
    version: i64,
    #[server(default)] on: Option<String>,
    #[server(default)] formats: Vec<String>,
    #[server(default)] file_mins: String,
    #[server(default)] retention_days: String,
    #[server(default)] resumption_secs: String,
    #[server(default)] vod_sub_app: String,
    #[server(default)] callback_url: String,
    #[server(default)] callback_key: String,
    #[server(default)] drop_key: Option<String>,
    #[server(default)] confirm: String,
) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::domain::confirmation::Confirmation;
    use crate::domain::features::RecordingInput;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.on_app::<operations::SetRecording>(id)?;
        let (on, drop_key) = (on.is_some(), drop_key.is_some());
        let input =
            RecordingInput { on, formats, file_mins, retention_days, resumption_secs, vod_sub_app, callback_url, callback_key, drop_key };
        services::features::set_recording(&permit, version, &input, &Confirmation::new(&confirm, "")).await
    })
    .await
}

/// Chooses who is recorded.
#[server(prefix = "/call", endpoint = "features/recording-mode")]
pub async fn set_recording_mode(id: SdkAppId, version: i64, mode: String, #[server(default)] confirm: String) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::domain::confirmation::Confirmation;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        services::features::set_recording_mode(
            &caller.on_app::<operations::SetRecordingMode>(id)?,
            version,
            &mode,
            &Confirmation::new(&confirm, ""),
        )
        .await
    })
    .await
}

/// Switches advanced permission control (`on` is sent or not).
#[server(prefix = "/call", endpoint = "features/permission-keys")]
pub async fn set_permission_keys(
    id: SdkAppId,
    version: i64,
    #[server(default)] on: Option<String>,
    #[server(default)] confirm: String,
) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::domain::confirmation::Confirmation;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        services::features::set_permission_keys(
            &caller.on_app::<operations::SetPermissionKeys>(id)?,
            version,
            on.is_some(),
            &Confirmation::new(&confirm, ""),
        )
        .await
    })
    .await
}
