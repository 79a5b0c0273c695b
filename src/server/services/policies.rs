//! Preset and custom policies: listing, reading, versions, and every change of them.
//!
//! Documents are stored byte for byte as submitted, and only those without errors. Must never edit a preset policy: every change goes
//! to the store, where there are none.

use crate::cam::{self, Severity};
use crate::catalog::limits::{MAX_CUSTOM_POLICIES, MAX_POLICY_VERSIONS};
use crate::catalog::operations;
use crate::catalog::preset::{self, MAX_PRESET_ID, Preset, presets};
use crate::domain::audit_change::{Done, Field};
use crate::domain::confirmation::Confirmation;
use crate::domain::fault::{Fault, FieldFault, FieldFaults};
use crate::domain::holdings::RightsChange;
use crate::domain::ids::{PolicyId, Uin};
use crate::domain::paging::{Listing, Order, Page};
use crate::domain::policies::{
    Comparison, HolderUntil, Policy, PolicyKind, PolicyOrder, PolicyRow, PolicyVersion, check_description, check_name,
};
use crate::domain::policy_check;
use crate::server::clock::random_number;
use crate::server::gate::Permit;
use crate::server::hex::hex;
use crate::server::services::budget::{self, within_budget};
use crate::server::services::compared;
use crate::server::services::lockout::{self, lockout};
use crate::server::services::recorded::{self, Named as _};
use crate::server::store::drafts;
use crate::server::store::policies::{self, Document, NewPolicy, PolicyColumns, Reach};
use crate::server::store::{Store, StoreError, raise_revision};
use crate::text::Text;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Ids of custom policies begin above every preset one; nine digits are read aloud without pain.
const FIRST_ID: i64 = 100_000_000;
const ID_SPAN: i64 = 900_000_000;
/// Faults of a document told in one answer; the editor shows all of them.
const MAX_DOCUMENT_FAULTS: usize = 10;

/// One page of all policies; where no order is asked for, custom ones by name, then the presets.
pub async fn list(permit: &Permit<operations::ListPolicies>, listing: &Listing, kind: PolicyKind) -> Result<Page<PolicyRow>, Fault> {
    let (store, owner) = (permit.store(), permit.owner());
    let wanted = listing.wanted();
    let mut rows = Vec::new();
    if kind != PolicyKind::Preset {
        rows.extend(permit.stored(store.custom_policies(owner, &wanted, permit.now_ms()).await)?.into_iter().map(custom_row));
    }
    if kind != PolicyKind::Custom {
        let attached = permit.stored(store.preset_attachments(owner, MAX_PRESET_ID, permit.now_ms()).await)?;
        let of = |preset: &Preset| attached.iter().find(|(id, _)| *id == preset.id).map_or(0, |(_, count)| *count);
        rows.extend(
            presets()
                .iter()
                .filter(|preset| wanted.is_in(&[preset.name, &preset.description.en, &preset.description.zh]))
                .map(|preset| preset_row(preset, of(preset))),
        );
    }
    let order = Order::<PolicyOrder>::from_tag(&listing.sort);
    match order.key {
        PolicyOrder::Kind => order.arrange(&mut rows, |row| row.preset),
        PolicyOrder::Name => order.arrange(&mut rows, |row| row.name.to_lowercase()),
        PolicyOrder::Attached => order.arrange(&mut rows, |row| row.attachments),
        PolicyOrder::Modified => order.arrange(&mut rows, |row| row.updated_ms),
    }
    Ok(listing.cut(rows))
}

/// One policy with the document that counts.
pub async fn detail(permit: &Permit<operations::ReadPolicy, PolicyId>) -> Result<Policy, Fault> {
    read(permit).await
}

/// As [`detail`], for operations that read the policy with something else.
pub(super) async fn read<O>(permit: &Permit<O, PolicyId>) -> Result<Policy, Fault> {
    let (store, owner, id) = (permit.store(), permit.owner(), *permit.target());
    if let Some(preset) = preset::find(id.0) {
        let attached = permit.stored(store.preset_attachments(owner, MAX_PRESET_ID, permit.now_ms()).await)?;
        let count = attached.iter().find(|(of, _)| *of == id.0).map_or(0, |(_, count)| *count);
        return Ok(Policy { row: preset_row(preset, count), document: preset.document.clone(), last_version: 1, versions: 1 });
    }
    let columns = permit.stored(store.custom_policy(owner, id, permit.now_ms()).await)?.ok_or(Fault::NotFound)?;
    let document = permit.stored(store.policy_document(owner, id, columns.default_version).await)?.ok_or(Fault::NotFound)?;
    let (last_version, versions) = (columns.last_version, columns.versions);
    Ok(Policy { row: custom_row(columns), document, last_version, versions })
}

/// The versions of a custom policy, newest first; a preset policy has none to list.
pub async fn versions(permit: &Permit<operations::ListPolicyVersions, PolicyId>) -> Result<Vec<PolicyVersion>, Fault> {
    let id = *permit.target();
    if preset::find(id.0).is_some() {
        return Ok(Vec::new());
    }
    let versions = permit.stored(permit.store().policy_versions(permit.owner(), id).await)?;
    if versions.is_empty() { Err(Fault::NotFound) } else { Ok(versions) }
}

/// The document of one version, as it was submitted.
async fn version(permit: &Permit<operations::ReadPolicyVersion, PolicyId>, version: i64) -> Result<String, Fault> {
    let id = *permit.target();
    if let Some(preset) = preset::find(id.0) {
        return if version == 1 { Ok(preset.document.clone()) } else { Err(Fault::NotFound) };
    }
    permit.stored(permit.store().policy_document(permit.owner(), id, version).await)?.ok_or(Fault::NotFound)
}

/// Two versions of a policy, line by line.
pub async fn compare(permit: &Permit<operations::ReadPolicyVersion, PolicyId>, before: i64, after: i64) -> Result<Comparison, Fault> {
    let texts = (version(permit, before).await?, version(permit, after).await?);
    let owner = permit.caller().root_account();
    permit.off_thread(move || compared::comparison(owner, (before, &texts.0), (after, &texts.1))).await
}

/// What a policy is attached to: sub-accounts, then groups, each by name.
pub async fn holders(permit: &Permit<operations::ListPolicyHolders, PolicyId>) -> Result<Vec<HolderUntil>, Fault> {
    let (store, owner, id) = (permit.store(), permit.owner(), *permit.target());
    let known = preset::find(id.0).is_some() || permit.stored(store.custom_policy(owner, id, permit.now_ms()).await)?.is_some();
    if known { permit.stored(store.holders(owner, id, permit.now_ms()).await) } else { Err(Fault::NotFound) }
}

/// Creates a policy; its document is version 1 and counts.
pub async fn create(permit: &Permit<operations::CreatePolicy>, name: &str, description: &str, document: &str) -> Result<PolicyId, Fault> {
    let owner = permit.owner();
    let (name, description) = (name.trim(), description.trim());
    let checked = checked(document, owner);
    check_words(name, description, checked.as_ref().err().cloned().unwrap_or_default())?;
    let document = measured(document, &checked.map_err(Fault::Invalid)?);
    let id = PolicyId(new_id());
    let mut change = permit.change().await?;
    permit.stored(raise_revision(&mut change, owner).await)?;
    if permit.stored(policies::count(&mut change, owner).await)? >= MAX_CUSTOM_POLICIES {
        return Err(Fault::limit(&Text::new("custom policies", "自定义策略"), MAX_CUSTOM_POLICIES));
    }
    let new = NewPolicy { id, name, description, document, by: permit.caller().name(), now_ms: permit.now_ms() };
    let added = policies::add(&mut change, owner, &new).await;
    name_taken(permit, added)?;
    permit.stored(drafts::discard(&mut change, owner, permit.caller().uin(), drafts::NEW_POLICY).await)?;
    let done = Done::to(id, name)
        .text(Field::Name, "", name)
        .text(Field::Description, "", description)
        .text(Field::Document, "", &told(1, document.text))
        .text(Field::DefaultVersion, "", &numbered(1));
    change.commit(done).await?;
    Ok(id)
}

/// A number for a new policy that nobody has yet, most likely.
pub(super) fn new_id() -> i64 {
    random_number(FIRST_ID, ID_SPAN)
}

/// Renames and describes a policy.
pub async fn describe(permit: &Permit<operations::EditPolicy, PolicyId>, name: &str, description: &str) -> Result<(), Fault> {
    let (name, description) = (name.trim(), description.trim());
    not_preset(*permit.target())?;
    check_words(name, description, Vec::new())?;
    let mut change = permit.change().await?;
    let was =
        permit.stored(permit.store().custom_policy(permit.owner(), *permit.target(), permit.now_ms()).await)?.ok_or(Fault::NotFound)?;
    let done = policies::describe(&mut change, permit.owner(), *permit.target(), name, description, permit.now_ms()).await;
    if !name_taken(permit, done)? {
        return Err(Fault::NotFound);
    }
    let done = Done::to(*permit.target(), name);
    change.commit(done.text(Field::Name, &was.name, name).text(Field::Description, &was.description, description)).await
}

/// A new version as an editor sends it.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// The text.
    pub document: &'a str,
    /// The last version the author has seen; 0 when that does not matter.
    pub base: i64,
    /// What its author knows it takes away.
    pub confirm: &'a Confirmation,
    /// It was reviewed by the rights that this request is decided by: by no others it is saved.
    pub is_reviewed: bool,
}

/// Saves a new version, which counts at once when there is a permit for that too. Gives its number.
///
/// # Errors
/// [`Fault::Invalid`] with everything wrong with the document; [`Fault::Limit`] at five versions; [`Fault::Unconfirmed`]
/// when somebody saved a version meanwhile or the save takes rights from its own author; [`Fault::Overtaken`] when it was reviewed by other rights.
pub async fn save_version(
    permit: &Permit<operations::SavePolicyVersion, PolicyId>,
    in_force: Option<&Permit<operations::SetDefaultVersion, PolicyId>>,
    draft: Draft<'_>,
) -> Result<i64, Fault> {
    let (owner, id) = (permit.owner(), *permit.target());
    not_preset(id)?;
    let policy = match checked(draft.document, owner) {
        Ok(policy) => Arc::new(policy),
        Err(faults) => {
            // An unknown policy is said to be unknown, whatever the document.
            permit.stored(permit.store().custom_policy(owner, id, permit.now_ms()).await)?.ok_or(Fault::NotFound)?;
            return Err(Fault::Invalid(faults));
        }
    };
    // Policies are compiled for it, so it is worked out before the change, within which everybody else of the organisation waits.
    let foreseen = permit.stored(permit.store().custom_policy(owner, id, permit.now_ms()).await)?.ok_or(Fault::NotFound)?.last_version + 1;
    let mut lost =
        if in_force.is_some() { lockout(permit, RightsChange::DefaultVersion(id, foreseen), Some(&policy)).await? } else { None };
    let mut change = permit.change().await?;
    if draft.is_reviewed && !change.is_as_decided() {
        return Err(rights_overtaken());
    }
    permit.stored(raise_revision(&mut change, owner).await)?;
    let (default, last, count) = permit.stored(policies::versions_of(&mut change, owner, id).await)?.ok_or(Fault::NotFound)?;
    let version = last + 1;
    if in_force.is_some() && !(version == foreseen && change.is_as_decided()) {
        lost = lockout(permit, RightsChange::DefaultVersion(id, version), Some(&policy)).await?;
    }
    let mut concerns: Vec<Text> = lost.into_iter().collect();
    if count >= MAX_POLICY_VERSIONS {
        return Err(Fault::Limit(Text::made(
            format!("This policy already has {MAX_POLICY_VERSIONS} versions, which is the limit. Delete one first."),
            format!("该策略已有 {MAX_POLICY_VERSIONS} 个版本，达到上限。请先删除一个版本。"),
        )));
    }
    if draft.base != 0 && draft.base != last {
        concerns.push(Text::made(
            format!("v{last} was saved while you were editing. Compare it with your version. Saving again creates a newer version."),
            format!("编辑期间已有人保存了 v{last}。请与您的内容对比，再次保存将在其后生成新版本。"),
        ));
    }
    draft.confirm.demand_accepted_concerns(&concerns)?;
    let had = budget::held(permit, &mut change, Reach::Policy(id)).await?;
    let (document, now_ms) = (measured(draft.document, &policy), permit.now_ms());
    permit.stored(policies::add_version(&mut change, owner, id, version, document, permit.caller().name(), now_ms).await)?;
    permit.stored(drafts::discard(&mut change, owner, permit.caller().uin(), id).await)?;
    if in_force.is_some() {
        permit.stored(policies::set_default(&mut change, owner, id, version, now_ms).await)?;
        within_budget(permit, &mut change, Reach::Policy(id), had).await?;
    }
    let counts = if in_force.is_some() { version } else { default };
    let done = Done::to(id, &id.name(permit).await?).text(Field::Document, &numbered(last), &told(version, draft.document)).text(
        Field::DefaultVersion,
        &numbered(default),
        &numbered(counts),
    );
    change.commit(done).await?;
    Ok(version)
}

/// What was reviewed is not what a save would do now.
pub(super) fn rights_overtaken() -> Fault {
    Fault::Overtaken(Text::new(
        "What this change does has changed since the review. It has been worked out again: read it, then save.",
        "核对期间此更改的影响已变化，以下内容已重新计算，请核对后再保存。",
    ))
}

/// Makes a version the one that counts.
pub async fn set_default(
    permit: &Permit<operations::SetDefaultVersion, PolicyId>,
    version: i64,
    confirm: &Confirmation,
) -> Result<(), Fault> {
    let (owner, id) = (permit.owner(), *permit.target());
    not_preset(id)?;
    permit.stored(permit.store().policy_document(owner, id, version).await)?.ok_or(Fault::NotFound)?;
    let mut change = lockout::begin_confirmed(permit, RightsChange::DefaultVersion(id, version), confirm).await?;
    permit.stored(raise_revision(&mut change, owner).await)?;
    let had = budget::held(permit, &mut change, Reach::Policy(id)).await?;
    let was = permit.stored(policies::versions_of(&mut change, owner, id).await)?.map_or(0, |(default, ..)| default);
    if !permit.stored(policies::set_default(&mut change, owner, id, version, permit.now_ms()).await)? {
        return Err(Fault::NotFound);
    }
    within_budget(permit, &mut change, Reach::Policy(id), had).await?;
    let done = Done::to(id, &id.name(permit).await?);
    change.commit(done.text(Field::DefaultVersion, &numbered(was), &numbered(version))).await
}

/// Deletes a version that does not count; its number is never used again.
pub async fn delete_version(permit: &Permit<operations::DeletePolicyVersion, PolicyId>, version: i64) -> Result<(), Fault> {
    let (owner, id) = (permit.owner(), *permit.target());
    not_preset(id)?;
    let mut change = permit.change().await?;
    permit.stored(raise_revision(&mut change, owner).await)?;
    let (default, _, _) = permit.stored(policies::versions_of(&mut change, owner, id).await)?.ok_or(Fault::NotFound)?;
    if default == version {
        return Err(Fault::InUse(Text::made(
            format!("v{version} is the default version. Set another version as default first."),
            format!("v{version} 是默认版本，请先将其他版本设为默认版本。"),
        )));
    }
    let document = permit.stored(permit.store().policy_document(owner, id, version).await)?.ok_or(Fault::NotFound)?;
    if !permit.stored(policies::delete_version(&mut change, owner, id, version).await)? {
        return Err(Fault::NotFound);
    }
    let done = Done::to(id, &id.name(permit).await?);
    change.commit(done.text(Field::Versions, &numbered(version), "").text(Field::Document, &document, "")).await
}

/// Deletes a policy with all its versions. One in use only when its name was typed, and then it is detached everywhere.
pub async fn delete(permit: &Permit<operations::DeletePolicy, PolicyId>, confirm: &Confirmation) -> Result<(), Fault> {
    let (owner, id) = (permit.owner(), *permit.target());
    not_preset(id)?;
    let (mut change, concern) = lockout::begin(permit, RightsChange::PolicyDeleted(id)).await?;
    permit.stored(raise_revision(&mut change, owner).await)?;
    let (name, attachments) = permit.stored(policies::in_use(&mut change, owner, id, permit.now_ms()).await)?.ok_or(Fault::NotFound)?;
    if attachments > 0 {
        confirm.demand_name(&name)?;
    }
    confirm.demand_accepted_concerns(concern.as_slice())?;
    let (users, groups) = recorded::holders_of(permit, id).await?;
    let done = Done::to(id, &name)
        .text(Field::Name, &name, "")
        .text(Field::Document, &version_in_force(permit, id).await?, "")
        .list(Field::Users, users, Vec::new())
        .list(Field::Groups, groups, Vec::new());
    permit.stored(policies::delete(&mut change, owner, id).await)?;
    change.commit(done).await
}

/// The text of a policy that counts.
async fn version_in_force<O, T>(permit: &Permit<O, T>, id: PolicyId) -> Result<String, Fault> {
    let row = permit.stored(permit.store().custom_policy(permit.owner(), id, permit.now_ms()).await)?.ok_or(Fault::NotFound)?;
    Ok(permit.stored(permit.store().policy_document(permit.owner(), id, row.default_version).await)?.unwrap_or_default())
}

/// A document with what it costs to decide by.
fn measured<'a>(document: &'a str, policy: &cam::Policy) -> Document<'a> {
    Document { text: document, patterns: i64::try_from(policy.patterns()).unwrap_or(i64::MAX) }
}

fn custom_row(columns: PolicyColumns) -> PolicyRow {
    PolicyRow {
        id: PolicyId(columns.policy_id),
        name: columns.name,
        // Written by a person of the organisation: it has one wording.
        description: Text::made(columns.description.clone(), columns.description),
        preset: false,
        default_version: columns.default_version,
        attachments: columns.attachments,
        updated_ms: Some(columns.updated_ms),
    }
}

fn preset_row(preset: &Preset, attachments: i64) -> PolicyRow {
    PolicyRow {
        id: PolicyId(preset.id),
        name: preset.name.to_owned(),
        description: preset.description.clone(),
        preset: true,
        default_version: 1,
        attachments,
        updated_ms: None,
    }
}

pub(super) fn not_preset(id: PolicyId) -> Result<(), Fault> {
    if preset::find(id.0).is_none() {
        return Ok(());
    }
    Err(Fault::Barred(Text::new(
        "Preset policies cannot be changed. Use this one as a template for your own policy.",
        "预设策略不可修改，可将其作为模板新建自定义策略。",
    )))
}

/// The policy of a document that may be saved, or its errors as faults of its field. Warnings do not count.
fn checked(document: &str, owner: Uin) -> Result<cam::Policy, Vec<FieldFault>> {
    // What has passed is a warning, so the time does not matter.
    let (policy, checked) = policy_check::read(document, Some(owner), None);
    let errors = checked.findings.iter().filter(|found| found.diagnostic.severity == Severity::Error);
    let faults = errors.take(MAX_DOCUMENT_FAULTS).map(|found| FieldFault { field: "document".to_owned(), message: found.sentence() });
    policy.filter(|_| !checked.has_errors()).ok_or_else(|| faults.collect())
}

fn check_words(name: &str, description: &str, document: Vec<FieldFault>) -> Result<(), Fault> {
    let mut faults = FieldFaults::default();
    faults.add("name", check_name(name));
    faults.add("name", if presets().iter().any(|preset| preset.name.eq_ignore_ascii_case(name)) { Err(taken()) } else { Ok(()) });
    faults.add("description", check_description(description));
    for fault in document {
        faults.check(false, "document", || fault.message);
    }
    faults.finish()
}

fn taken() -> Text {
    Text::new("A policy with this name already exists.", "已存在同名策略。")
}

fn name_taken<O, T, V>(permit: &Permit<O, T>, done: Result<V, StoreError>) -> Result<V, Fault> {
    match done {
        Err(StoreError::Taken(Store::POLICY_NAME)) => Err(Fault::invalid("name", taken())),
        done => permit.stored(done),
    }
}

/// A version and its text, as records tell it: the text itself is kept by the version.
pub(super) fn told(version: i64, document: &str) -> String {
    format!("v{version} sha256:{}", hex(&Sha256::digest(document)))
}

pub(super) fn numbered(version: i64) -> String {
    format!("v{version}")
}
