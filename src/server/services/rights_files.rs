//! The rights of a root account out to a file and in from one, for the operator: a whole file or nothing of it.
//!
//! It takes no permit, for whoever can read the database owns the installation; so only the command line may use it. What it does is
//! recorded like any other change, as done by the operator.

use super::{impact, policies};
use crate::catalog::preset;
use crate::domain::audit::AuditEvent;
use crate::domain::audit_change::{Audited, Done, Field, Untold};
use crate::domain::holdings::AttachedTo;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::impact::Impact;
use crate::domain::rights_file::{Change, Drawn, Finding, Options, Organisation, Plan, PolicyText, RightsFile, plan, written};
use crate::server::gate::{foresee_organisation, new_number, operator_event};
use crate::server::store::accounts::{self, NewAccount};
use crate::server::store::attachments::{self, Attachment};
use crate::server::store::policies::{Document, NewPolicy};
use crate::server::store::{self, Store, StoreError, groups, lock_revision, raise_revision};

/// Login name of who creates versions on the command line, as records call it.
const OPERATOR: &str = "operator";

/// Why a file was not taken in. Then nothing of it was.
#[derive(Debug)]
pub enum Refused {
    /// It asks for what cannot be done.
    File(Vec<Finding>),
    /// The database failed.
    Store(StoreError),
    /// There is no such root account, or a stored policy does not parse.
    Other(String),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The file of a root account; `None` when there is no such account.
///
/// # Errors
/// When the database fails.
pub async fn export(store: &Store, owner: Uin) -> Result<Option<String>, StoreError> {
    Ok(store.organisation(owner).await?.map(|organisation| written(&organisation)))
}

/// What a file would change, and what that would do to people's screens.
///
/// # Errors
/// See [`Refused`].
pub async fn foresee(store: &Store, owner: Uin, file: &RightsFile<'_>, options: Options, now_ms: i64) -> Result<(Plan, Impact), Refused> {
    let plan = planned(store, owner, file, options).await?;
    let apps = store.app_facts(owner).await?;
    let foreseen = foresee_organisation(&plan.before, &plan.after, apps, now_ms).map_err(|fault| Refused::Other(fault.to_string()))?;
    Ok((plan, impact::told(foreseen)))
}

/// Takes a file in: all of it, or nothing. A running server decides by it from the next request on. `password_hash` is that of a password which
/// nobody knows, for sub-accounts that are created.
///
/// # Errors
/// See [`Refused`].
pub async fn import(
    store: &Store,
    owner: Uin,
    file: &RightsFile<'_>,
    options: Options,
    password_hash: &str,
    now_ms: i64,
) -> Result<Plan, Refused> {
    let mut change = store.change().await?;
    // Held until the commit: whoever changes rights has committed, or waits. What is read past the change is as it will be changed.
    lock_revision(&mut change, owner).await?;
    let plan = planned(store, owner, file, options).await?;
    if plan.changes.is_empty() {
        return Ok(plan);
    }
    raise_revision(&mut change, owner).await?;
    for step in &plan.changes {
        take(&mut change, &plan, step, password_hash, now_ms).await?;
    }
    let records = records(&plan, now_ms);
    change.commit_all(records.into_iter().map(|event| (owner, event)).collect()).await?;
    Ok(plan)
}

async fn planned(store: &Store, owner: Uin, file: &RightsFile<'_>, options: Options) -> Result<Plan, Refused> {
    let now = store.organisation(owner).await?.ok_or_else(|| Refused::Other(format!("there is no root account {owner}")))?;
    let mut draw = |what| match what {
        Drawn::Policy => policies::new_id(),
        Drawn::Other => new_number(),
    };
    plan(now, file, options, &mut draw).map_err(Refused::File)
}

/// Takes one step of a plan.
async fn take(change: &mut store::Change, plan: &Plan, step: &Change, password_hash: &str, now_ms: i64) -> Result<(), StoreError> {
    let (owner, after) = (plan.after.owner, &plan.after);
    // A step names what the plan has.
    match step {
        Change::CreateUser(uin) => {
            let name = &after.users[uin];
            let (email, remark) = ("", "");
            let new =
                NewAccount { uin: *uin, owner, is_root: false, name, email, remark, password_hash, must_change_password: true, now_ms };
            accounts::add(change, &new).await
        }
        Change::CreatePolicy(id) => {
            let policy = &after.policies[id];
            let (name, description, document) = (policy.name.as_str(), policy.description.as_str(), document_of(policy));
            store::policies::add(change, owner, &NewPolicy { id: *id, name, description, document, by: OPERATOR, now_ms }).await
        }
        Change::DescribePolicy(id) => {
            let policy = &after.policies[id];
            store::policies::describe(change, owner, *id, &policy.name, &policy.description, now_ms).await.map(drop)
        }
        Change::SavePolicy(id) => {
            let policy = &after.policies[id];
            let version = policy.default_version;
            store::policies::add_version(change, owner, *id, version, document_of(policy), OPERATOR, now_ms).await?;
            store::policies::set_default(change, owner, *id, version, now_ms).await.map(drop)
        }
        Change::CreateGroup(id) => {
            let group = &after.groups[id];
            groups::add(change, owner, *id, &group.name, &group.remark, now_ms).await
        }
        Change::DescribeGroup(id) => {
            let group = &after.groups[id];
            groups::edit(change, owner, *id, &group.name, &group.remark).await.map(drop)
        }
        Change::Join(group, user) => groups::add_member(change, owner, *group, *user).await.map(drop),
        Change::Leave(group, user) => groups::remove_member(change, owner, *group, *user).await.map(drop),
        Change::Attach(policy, to) => attachments::attach(change, owner, *policy, holder(*to), None, now_ms).await,
        Change::Detach(policy, to) => attachments::detach(change, owner, *policy, holder(*to), now_ms).await.map(drop),
        Change::DeletePolicy(id) => store::policies::delete(change, owner, *id).await.map(drop),
        Change::DeleteGroup(id) => groups::delete(change, owner, *id).await.map(drop),
    }
}

fn document_of(policy: &PolicyText) -> Document<'_> {
    Document { text: &policy.document, patterns: policy.patterns }
}

fn holder(to: AttachedTo) -> Attachment {
    match to {
        AttachedTo::User(uin) => uin.into(),
        AttachedTo::Group(id) => id.into(),
    }
}

/// A record for each thing that changes, as the console records the same change of it.
fn records(plan: &Plan, now_ms: i64) -> Vec<AuditEvent> {
    let Plan { before, after, .. } = plan;
    let mut done: Vec<Done> = Vec::new();
    for id in union(before.policies.keys(), after.policies.keys()) {
        let (was, is) = (before.policies.get(&id), after.policies.get(&id));
        let told = |policy: Option<&PolicyText>| policy.map_or_else(String::new, |of| policies::told(of.default_version, &of.document));
        let counts = |policy: Option<&PolicyText>| policy.map_or_else(String::new, |of| policies::numbered(of.default_version));
        let of = |pick: fn(&PolicyText) -> &str| (was.map_or("", pick), is.map_or("", pick));
        let (name, description) = (of(|policy| &policy.name), of(|policy| &policy.description));
        done.push(
            about(id, name)
                .text(Field::Name, name.0, name.1)
                .text(Field::Description, description.0, description.1)
                .text(Field::Document, &told(was), &told(is))
                .text(Field::DefaultVersion, &counts(was), &counts(is)),
        );
    }
    for id in union(before.groups.keys(), after.groups.keys()) {
        let (was, is) = (before.groups.get(&id), after.groups.get(&id));
        let name = (was.map_or("", |group| &group.name), is.map_or("", |group| &group.name));
        let remark = (was.map_or("", |group| &group.remark), is.map_or("", |group| &group.remark));
        let members = |of: &Organisation| sorted(of.members_of(id).filter_map(|user| of.users.get(&user).cloned()));
        done.push(
            about(id, name)
                .text(Field::Name, name.0, name.1)
                .text(Field::Remark, remark.0, remark.1)
                .list(Field::Users, members(before), members(after))
                .list(Field::Policies, attached(before, AttachedTo::Group(id)), attached(after, AttachedTo::Group(id))),
        );
    }
    for (uin, name) in &after.users {
        let to = AttachedTo::User(*uin);
        let mut one = Done::to(*uin, name);
        if !before.users.contains_key(uin) {
            one = one.text(Field::Name, "", name).untold(Field::Password, Untold::Set);
        }
        done.push(one.list(Field::Policies, attached(before, to), attached(after, to)));
    }
    let changed = done.into_iter().filter(|done| !done.changes.is_empty());
    changed.map(|done| operator_event(after.owner, done, now_ms)).collect()
}

/// A thing under the name it has, or had.
fn about<I: Audited>(id: I, (was, is): (&str, &str)) -> Done {
    Done::to(id, if is.is_empty() { was } else { is })
}

fn union<'i, I: Copy + Ord + 'i>(before: impl Iterator<Item = &'i I>, after: impl Iterator<Item = &'i I>) -> std::collections::BTreeSet<I> {
    before.chain(after).copied().collect()
}

fn attached(of: &Organisation, to: AttachedTo) -> Vec<String> {
    sorted(of.attached_to(to).filter_map(|id| name_of(of, id)))
}

/// The name of a policy, custom or preset.
#[must_use]
pub fn name_of(of: &Organisation, id: PolicyId) -> Option<String> {
    let preset = preset::find(id.0).map(|preset| preset.name.to_owned());
    preset.or_else(|| of.policies.get(&id).map(|policy| policy.name.clone()))
}

/// The name of what a policy is attached to.
#[must_use]
pub fn holder_name(of: &Organisation, to: AttachedTo) -> Option<String> {
    match to {
        AttachedTo::User(uin) => of.users.get(&uin).cloned(),
        AttachedTo::Group(id) => group_name(of, id),
    }
}

/// The name of a user group.
#[must_use]
pub fn group_name(of: &Organisation, id: GroupId) -> Option<String> {
    of.groups.get(&id).map(|group| group.name.clone())
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort_by_cached_key(|name| name.to_lowercase());
    names
}
