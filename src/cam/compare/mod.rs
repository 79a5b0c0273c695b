//! What a policy grants and denies that another one does not, each difference with a request that shows it.
//!
//! Nothing is sampled: from everything a statement allows, what the other policy allows as well is taken away until a request is left or
//! nothing is. Where that takes too long, or where conditions compare one key in ways that cannot be told apart for certain, the
//! comparison says that it is not whole; it never calls policies equal then.

mod glob;
mod idle;
mod region;
mod values;

use super::condition::Comparison;
use super::context::Context;
use super::decide::PolicySet;
use super::policy::{Effect, Policy};
use super::principal::Principal;
use super::resource::{Account, NamedPattern, Resource, ResourcePattern};
use super::source::{Origin, Source, Via};
use super::variable;
use super::vocabulary::Vocabulary;
pub use idle::{Idle, Why, idle};

pub(super) use glob::Budget;
use region::Space;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Differences of one kind that are named at most for one root account.
const MAX_CHANGES: usize = 200;

/// Root accounts for which two policies are compared at most.
const MAX_PRINCIPALS: usize = 12;

/// What changes for the holders of a policy when a new text takes the place of an old one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differences {
    /// What only the new policy allows.
    pub granted: Vec<Change>,
    /// What only the old policy allows.
    pub revoked: Vec<Change>,
    /// What only the new policy denies explicitly, and the old one did not allow.
    pub denied: Vec<Change>,
    /// What only the old policy denies explicitly, and the new one does not allow.
    pub released: Vec<Change>,
    /// Whether everything was compared. Otherwise there may be more differences.
    pub is_whole: bool,
}

impl Differences {
    /// Whether both policies certainly answer every request alike.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.is_whole && [&self.granted, &self.revoked, &self.denied, &self.released].into_iter().all(Vec::is_empty)
    }
}

/// A pair of action and resource of a statement, on which the policies differ somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The statement, by its number from 0: of the new policy where that grants or denies, of the old one where it did.
    pub statement: u32,
    /// The action as the statement has it.
    pub action: String,
    /// The resource as the statement has it.
    pub resource: String,
    /// The condition of the statement as JSON.
    pub condition: Option<String>,
    /// A request that the policies answer differently.
    pub example: Example,
}

/// A request, and who makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// A sub-account that holds the policy and nothing else.
    pub principal: Principal,
    /// The action, e.g. `trtc:DismissRoom`.
    pub action: String,
    /// `*` or six segments.
    pub resource: Resource,
    /// What the request carries besides.
    pub context: Context,
}

/// Compares two policies of the root account `owner`; without one, for the holders of every root account that makes a difference. The
/// vocabulary only makes the examples such as occur.
#[must_use]
pub fn compare(old: &Policy, new: &Policy, owner: Option<Owner>, vocabulary: &Vocabulary<'_>) -> Differences {
    compare_within(old, new, owner, vocabulary, &Budget::new())
}

/// As [`compare`], within what is left of a budget.
pub(super) fn compare_within(
    old: &Policy,
    new: &Policy,
    owner: Option<Owner>,
    vocabulary: &Vocabulary<'_>,
    budget: &Budget,
) -> Differences {
    let mut all = Differences { is_whole: true, ..Differences::default() };
    if old == new {
        return all;
    }
    let (principals, are_all) = principals(&[old, new], owner);
    for principal in principals.iter().take(MAX_PRINCIPALS) {
        let [old, new] = [old, new].map(|policy| Side::new(policy, *principal));
        let space = Space::new(&old, &new, vocabulary, budget);
        let mut add = |from: &Side, to: &Side, effect: Effect, changes: &mut Vec<Change>| {
            let found = space.changes(from, to, effect);
            all.is_whole &= found.is_whole;
            for change in found.changes {
                let is_same = |known: &Change| {
                    (&known.action, &known.resource, &known.condition) == (&change.action, &change.resource, &change.condition)
                };
                if !changes.iter().any(is_same) {
                    changes.push(change);
                }
            }
        };
        add(&old, &new, Effect::Allow, &mut all.granted);
        add(&new, &old, Effect::Allow, &mut all.revoked);
        add(&old, &new, Effect::Deny, &mut all.denied);
        add(&new, &old, Effect::Deny, &mut all.released);
    }
    all.is_whole &= are_all && principals.len() <= MAX_PRINCIPALS;
    all
}

/// A root account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its UIN.
    pub uin: i64,
    /// Its APPID, where known.
    pub app_id: Option<i64>,
}

/// Sub-accounts of the root account, or of each that the policies name and of one that they do not, and whether they stand for all others. Their
/// other numbers stand in neither policy, so that no variable takes the value of something written out.
fn principals(policies: &[&Policy], owner: Option<Owner>) -> (Vec<Principal>, bool) {
    let mut written = String::new();
    let (mut uins, mut app_ids) = (BTreeSet::new(), BTreeSet::new());
    // What says different things about different numbers.
    let mut sorts_numbers = false;
    for statement in policies.iter().flat_map(|policy| &policy.statements) {
        for resource in &statement.value.resources {
            written.push_str(resource.value.as_str());
            if let ResourcePattern::Named(NamedPattern { account, last, .. }) = &resource.value {
                sorts_numbers |= covers_some_numbers(last);
                match account {
                    Account::Uin(uin) => drop(uins.insert(*uin)),
                    Account::AppId(id) => drop(app_ids.insert(*id)),
                    Account::Own | Account::Any => {}
                }
            }
        }
        for condition in &statement.value.conditions {
            let comparison = condition.operator.value.comparison;
            sorts_numbers |= matches!(comparison, Comparison::Number(_));
            sorts_numbers |= comparison == Comparison::Like && condition.values.iter().any(|value| covers_some_numbers(&value.value.text));
        }
        written.extend(statement.value.condition());
    }
    let has_variables = variable::occurs(&written);
    // Numbers that look like none, and where they stand for something also such as accounts have.
    let first: &[i64] = if has_variables { &[900_000_000_001, 100_000_000_003] } else { &[900_000_000_001] };
    let mut principals = Vec::new();
    for first in first {
        let mut numbers = (*first..).step_by(7).filter(|number| !written.contains(&number.to_string()));
        let mut fresh = || numbers.next().unwrap_or(i64::MAX);
        let (uin, other_owner, other_app_id) = (fresh(), fresh(), fresh());
        let signed = |numbers: &BTreeSet<u64>| numbers.iter().filter_map(|number| i64::try_from(*number).ok()).collect::<Vec<_>>();
        let owners = owner.map_or_else(|| [signed(&uins), vec![other_owner]].concat(), |owner| vec![owner.uin]);
        let app_ids = match owner.and_then(|owner| owner.app_id) {
            Some(app_id) => vec![app_id],
            None => [signed(&app_ids), vec![other_app_id]].concat(),
        };
        for owner_uin in owners {
            principals.extend(app_ids.iter().map(|app_id| Principal { uin, owner_uin, app_id: Some(*app_id), is_root: false }));
        }
    }
    (principals, !(has_variables && sorts_numbers))
}

/// Whether a pattern may cover some numbers and not others.
fn covers_some_numbers(pattern: &str) -> bool {
    pattern.contains('*') && pattern.bytes().any(|byte| byte.is_ascii_digit())
}

/// One of the policies.
struct Side {
    policy: Arc<Policy>,
    set: PolicySet,
}

impl Side {
    fn new(policy: &Policy, principal: Principal) -> Self {
        let policy = Arc::new(policy.clone());
        let origin = Origin { policy_id: 0, policy_name: "".into(), version: 1, via: Via::Direct };
        let set = PolicySet::compile(principal, vec![Source { origin, policy: Arc::clone(&policy) }], None, None);
        Self { policy, set }
    }
}
