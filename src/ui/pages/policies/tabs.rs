//! The tabs of a policy behind its document: code of their own, since most readers want the document alone.

use super::holders::Holders;
use super::manage::Forms;
use super::versions::Versions;
use crate::domain::access_pages::{PolicyHolders, PolicyVersions};
use crate::domain::fault::Fault;
use crate::domain::later::Later;
use crate::domain::policies::Policy;
use crate::ui::frame::anew;
use crate::ui::loaded::FaultView;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::hooks::use_location;

/// A tab, with what it shows.
pub struct Opened {
    /// The policy.
    pub policy: Policy,
    /// What is shown of it.
    pub part: Part,
    /// The forms of the page.
    pub forms: Forms,
}

/// What such a tab shows.
pub enum Part {
    /// The versions.
    Versions(Later<PolicyVersions>),
    /// What the policy is attached to.
    AttachedTo(Later<PolicyHolders>),
}

/// The tab, as soon as its code is there.
pub fn show(opened: Opened) -> impl IntoView {
    let here = use_location();
    Suspend::new(async move { view(opened).await.unwrap_or_else(|_| anew(&here)) })
}

/// The tab itself. The attribute also makes `load`, which fetches the code ahead.
#[wasm_split(policy_tabs, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn view(opened: Opened) -> Result<AnyView, SplitLoaderError> {
    let Opened { policy, part, forms } = opened;
    let id = policy.row.id;
    let read = match part {
        Part::Versions(versions) => versions.take().map(|loaded| view! { <Versions policy loaded forms /> }.into_any()),
        Part::AttachedTo(holders) => holders.take().map(|attached_to| view! { <Holders id attached_to forms /> }.into_any()),
    };
    Ok(read.unwrap_or_else(|_| view! { <FaultView fault=Fault::Unreachable /> }.into_any()))
}
