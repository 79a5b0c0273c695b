//! Function configuration: relay to CDN, on-cloud recording, its mode, and advanced permission control.
//!
//! Each has its own permit, so that the right to change one never carries another. A save that is based on an older state than the stored
//! one must never win; a save that changes nothing is none.

use super::applications::head;
use crate::catalog::operations;
use crate::domain::app_changes::{Area, KeyState, Setting};
use crate::domain::app_pages::FeaturesView;
use crate::domain::audit_change::Done;
use crate::domain::confirmation::Confirmation;
use crate::domain::fault::Fault;
use crate::domain::features::{RecordingInput, RecordingMode, Relay, RelayMode};
use crate::server::gate::{App, Permit};
use crate::server::seal::Place;
use crate::server::store::features::{self as stored, StoredFeatures};
use crate::text::Text;

/// The configuration, who changed it, and what the caller may change.
pub async fn view(permit: &Permit<operations::ReadFeatures, App>) -> Result<FeaturesView, Fault> {
    let (owner, id) = (permit.owner(), permit.target().id());
    let stored = permit.stored(permit.store().features(owner, id).await)?;
    let history = permit.stored(permit.store().app_changes(owner, id, Area::Features).await)?;
    // What TRTC reported before the last change says nothing about the configuration since.
    let since_ms = history.first().map_or(0, |change| change.at_ms);
    let (relay, recording) = permit.stored(permit.store().relay_and_recording_seen(owner, id, since_ms).await)?;
    Ok(FeaturesView {
        relay_seen_ms: relay.filter(|_| !stored.features.relay.on),
        recording_seen_ms: recording.filter(|_| !stored.features.recording.on),
        head: head(permit).await?,
        version: stored.version,
        recording_key_set: !stored.recording_key_sealed.is_empty(),
        features: stored.features,
        history,
    })
}

/// Switches relay to CDN and chooses its mode. `version` names the state the change was based on.
pub async fn set_relay(
    permit: &Permit<operations::SetRelay, App>,
    version: i64,
    on: bool,
    mode: &str,
    confirm: &Confirmation,
) -> Result<(), Fault> {
    let mode = RelayMode::ALL
        .into_iter()
        .find(|known| known.tag() == mode)
        .ok_or_else(|| Fault::invalid("mode", Text::new("Choose a mode.", "请选择模式。")))?;
    let mut stored = based_on(permit, version).await?;
    let (before, after) = (stored.features.relay, Relay { on, mode });
    if !on && stored.features.recording.on {
        return Err(Fault::InUse(Text::new(
            "On-cloud recording needs relay to CDN. Turn off recording first.",
            "云端录制依赖旁路转推，请先关闭云端录制。",
        )));
    }
    stored.features.relay = after;
    save(permit, stored, vec![(Setting::Relay(before), Setting::Relay(after))], confirm).await
}

/// Saves on-cloud recording with all its parameters, and its callback key when there is a new one or none any more. What becomes of the
/// stored key is known only here, so here it is that a recent proof of the password is demanded for it.
pub async fn set_recording(
    permit: &Permit<operations::SetRecording, App>,
    version: i64,
    input: &RecordingInput,
    confirm: &Confirmation,
) -> Result<(), Fault> {
    let mut stored = based_on(permit, version).await?;
    let after = input.read(stored.features.relay.on)?;
    let before = std::mem::replace(&mut stored.features.recording, after.clone());
    let mut changes = vec![(Setting::Recording(before), Setting::Recording(after.clone()))];
    let had_key = !stored.recording_key_sealed.is_empty();
    if !input.callback_key.is_empty() {
        let place = Place::RecordingKey { owner: permit.owner().0, app: permit.target().id().0 };
        let (before, after) = KeyState::setting(had_key);
        changes.push((Setting::RecordingKey(before), Setting::RecordingKey(after)));
        stored.recording_key_sealed = permit.seal(place, &input.callback_key)?;
    } else if had_key && (input.drop_key || after.callback_url.is_empty()) {
        changes.push((Setting::RecordingKey(KeyState::Set), Setting::RecordingKey(KeyState::Absent)));
        stored.recording_key_sealed = String::new();
    }
    if changes.iter().any(|(_, after)| matches!(after, Setting::RecordingKey(_))) {
        permit.caller().recently_proven()?;
    }
    save(permit, stored, changes, confirm).await
}

/// Chooses who is recorded.
pub async fn set_recording_mode(
    permit: &Permit<operations::SetRecordingMode, App>,
    version: i64,
    mode: &str,
    confirm: &Confirmation,
) -> Result<(), Fault> {
    let after = RecordingMode::ALL
        .into_iter()
        .find(|known| known.tag() == mode)
        .ok_or_else(|| Fault::invalid("mode", Text::new("Choose a mode.", "请选择模式。")))?;
    let mut stored = based_on(permit, version).await?;
    let before = std::mem::replace(&mut stored.features.recording_mode, after);
    save(permit, stored, vec![(Setting::RecordingMode(before), Setting::RecordingMode(after))], confirm).await
}

/// Switches advanced permission control.
pub async fn set_permission_keys(
    permit: &Permit<operations::SetPermissionKeys, App>,
    version: i64,
    on: bool,
    confirm: &Confirmation,
) -> Result<(), Fault> {
    let mut stored = based_on(permit, version).await?;
    let before = std::mem::replace(&mut stored.features.permission_keys, on);
    save(permit, stored, vec![(Setting::PermissionKeys(before), Setting::PermissionKeys(on))], confirm).await
}

/// The stored configuration, if it is the one the change was based on.
async fn based_on<O>(permit: &Permit<O, App>, version: i64) -> Result<StoredFeatures, Fault> {
    let stored = permit.stored(permit.store().features(permit.owner(), permit.target().id()).await)?;
    if stored.version == version { Ok(stored) } else { Err(overtaken()) }
}

pub(super) fn overtaken() -> Fault {
    Fault::Overtaken(Text::new(
        "Someone else saved this configuration after you opened the page. Reload the page, check what changed, then save again.",
        "配置已被他人修改。请刷新页面，确认变更内容后重新保存。",
    ))
}

/// Stores a configuration with its history in one change, after its risks were confirmed.
async fn save<O>(
    permit: &Permit<O, App>,
    stored: StoredFeatures,
    changes: Vec<(Setting, Setting)>,
    confirm: &Confirmation,
) -> Result<(), Fault> {
    let (owner, id) = (permit.owner(), permit.target().id());
    let changes: Vec<_> = changes.into_iter().filter(|(before, after)| before != after).collect();
    if changes.is_empty() {
        return Ok(());
    }
    for risk in changes.iter().filter_map(|(before, after)| before.risk_of(after)) {
        risk.demand_confirmed(confirm, id)?;
    }
    let mut change = permit.change().await?;
    if !permit.stored(stored::save(&mut change, owner, id, &stored).await)? {
        return Err(overtaken());
    }
    let mut done = Done::to(id, permit.target().name());
    for (before, after) in changes {
        tracing::info!(uin = permit.caller().uin().0, app = id.0, setting = %after.name(), "configuration changed");
        done = done.setting(before, after);
    }
    change.commit(done).await
}
