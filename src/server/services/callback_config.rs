//! Callback configuration: the key that signs an application's events, and the address they are sent to.
//!
//! Who holds the key can make up events, so it is sealed in the store, opened only under the permit to change it, and must never be logged.

use super::applications::head;
use super::events::callback_log;
use crate::catalog::limits::MAX_CALLBACK_KEY_CHARS;
use crate::catalog::operations;
use crate::domain::app_changes::{Area, KeyState, Setting};
use crate::domain::app_pages::CallbackConfigView;
use crate::domain::audit_change::{Done, Field, Untold};
use crate::domain::callback_config::{INTAKE_PATH, check_key};
use crate::domain::confirmation::Confirmation;
use crate::domain::fault::{Fault, FieldFaults};
use crate::domain::ids::{SdkAppId, Uin};
use crate::server::clock::random_text;
use crate::server::gate::{App, Permit};
use crate::server::seal::Place;
use crate::server::store::applications;

/// What keys are made of.
const KEY_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The configuration without the key, and what arrived lately. `origin` is the address people reach the console at.
pub async fn view(
    permit: &Permit<operations::ReadCallbackConfig, App>,
    events: &Permit<operations::ReadEvents, App>,
    origin: &str,
) -> Result<CallbackConfigView, Fault> {
    let (owner, id) = (permit.owner(), permit.target().id());
    let sealed = permit.stored(permit.store().callback_key_sealed(owner, id).await)?.ok_or(Fault::NotFound)?;
    let history = permit.stored(permit.store().app_changes(owner, id, Area::Callbacks).await)?;
    Ok(CallbackConfigView {
        head: head(permit).await?,
        address: format!("{origin}{INTAKE_PATH}"),
        key_set: !sealed.is_empty(),
        history,
        log: callback_log(events).await?,
    })
}

/// The key itself; `None` when there is none.
pub async fn key(permit: &Permit<operations::ShowCallbackKey, App>) -> Result<Option<String>, Fault> {
    let sealed = permit.stored(permit.store().callback_key_sealed(permit.owner(), permit.target().id()).await)?.ok_or(Fault::NotFound)?;
    if sealed.is_empty() {
        return Ok(None);
    }
    let key = permit.open(place(permit.owner(), permit.target().id()), &sealed)?;
    // Nobody sees a key of which it is not recorded that they did.
    permit.record(Done::to(permit.target().id(), permit.target().name()).untold(Field::Key, Untold::Shown)).await?;
    Ok(Some(key))
}

fn place(owner: Uin, id: SdkAppId) -> Place {
    Place::CallbackKey { owner: owner.0, app: id.0 }
}

/// Sets the key; an empty one is made by chance. Replacing one that is in use wants the effects accepted.
pub async fn set_key(permit: &Permit<operations::SetCallbackKey, App>, key: &str, confirm: &Confirmation) -> Result<(), Fault> {
    let (owner, id, caller) = (permit.owner(), permit.target().id(), permit.caller());
    let key = key.trim();
    let mut faults = FieldFaults::default();
    if !key.is_empty() {
        faults.add("callback_key", check_key(key));
    }
    faults.finish()?;
    let was = permit.stored(permit.store().callback_key_sealed(owner, id).await)?.ok_or(Fault::NotFound)?;
    let (before, after) = KeyState::setting(!was.is_empty());
    let (before, after) = (Setting::CallbackKey(before), Setting::CallbackKey(after));
    if let Some(risk) = before.risk_of(&after) {
        risk.demand_confirmed(confirm, id)?;
    }
    let key = if key.is_empty() { random_text(KEY_ALPHABET, MAX_CALLBACK_KEY_CHARS) } else { key.to_owned() };
    let sealed = permit.seal(place(owner, id), &key)?;
    let mut change = permit.change().await?;
    if !permit.stored(applications::set_callback_key(&mut change, owner, id, &was, &sealed).await)? {
        return Err(super::features::overtaken());
    }
    change.commit(Done::to(id, permit.target().name()).setting(before, after)).await?;
    tracing::info!(uin = caller.uin().0, app = id.0, "callback key changed");
    Ok(())
}
