//! What other rights would do to the screens of everybody in an organisation, for its operator: the same questions as the gate asks for each
//! account, under what counts for it now and what would count.
//!
//! It only looks ahead: it must never permit anything. The operator owns the installation, so every application may be spoken of.

use super::impact::{Foreseen, Held, MAX_CIRCUMSTANCES, View, others};
use super::in_force::parse;
use super::principal::Principal;
use crate::cam::{self, Context, Owner, Policy, PolicySet, compare};
use crate::catalog::preset;
use crate::catalog::vocabulary;
use crate::domain::fault::Fault;
use crate::domain::ids::{GroupId, PolicyId, SdkAppId, Uin};
use crate::domain::impact::Screen;
use crate::domain::rights_file::Organisation;
use crate::server::store::applications::AppFacts;
use crate::server::store::attachments::NEVER_MS;
use crate::server::store::holdings::Reached;
use crate::server::store::sessions::AccountRow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Requests of the console itself have no number of their own.
const NO_REQUEST: &str = "";

/// What would change for whom between two states of an organisation, at a moment and under no other circumstances than those that the
/// policies tell apart.
///
/// # Errors
/// [`Fault::Internal`] when a text does not parse.
pub(in crate::server) fn foresee_organisation(
    before: &Organisation,
    after: &Organisation,
    apps: Vec<AppFacts>,
    now_ms: i64,
) -> Result<Foreseen, Fault> {
    let (was, is) = (texts(before)?, texts(after)?);
    let own = Context::new().with_time_ms(now_ms);
    let named: Vec<(SdkAppId, String)> = apps.iter().map(|app| (app.id, app.name.clone())).collect();
    let view = View {
        screens: Screen::all().collect(),
        circumstances: circumstances(before, after, &was, &is, &own),
        listed: named.iter().enumerate().map(|(at, (id, _))| (at, *id)).collect(),
    };
    let apps = Arc::new(apps);
    let (mut effects, mut known) = (vec![Vec::new()], HashMap::new());
    let mut accounts = Vec::with_capacity(after.users.len());
    for (uin, name) in &after.users {
        let (had, has) = (before.held_by(*uin), after.held_by(*uin));
        let sets = [(&had, &was), (&has, &is)].map(|(held, texts)| held.keys().filter_map(|id| texts.get(id)).collect::<Vec<_>>());
        // Accounts with the same policies are the same account, unless a policy speaks of its holder.
        let personal = sets.iter().flatten().any(|held| held.is_personal);
        let kind = (had.keys().copied().collect::<Vec<_>>(), has.keys().copied().collect::<Vec<_>>(), personal.then_some(*uin));
        let place = *known.entry(kind).or_insert_with(|| {
            let of = |held: &[&Held]| principal(before, *uin, name, held, apps.clone());
            let [had, has] = &sets;
            let found = view.effects(&of(had), &of(has));
            if found.is_empty() {
                return 0;
            }
            effects.push(found);
            effects.len() - 1
        });
        let policies: Vec<PolicyId> = had.keys().chain(has.keys()).copied().collect::<BTreeSet<_>>().into_iter().collect();
        let groups: BTreeSet<GroupId> = has.values().flatten().flatten().copied().collect();
        let groups = groups.iter().filter_map(|id| Some(after.groups.get(id)?.name.clone())).collect();
        accounts.push((
            Reached {
                uin: *uin,
                name: name.clone(),
                direct: has.values().flatten().any(Option::is_none),
                groups,
                until_ms: None,
                policies,
            },
            place,
        ));
    }
    accounts.sort_by_cached_key(|(account, _)| account.name.to_lowercase());
    Ok(Foreseen { accounts, effects, apps: named, within_scope: false })
}

/// Every policy that an organisation can attach, as the engine reads it.
fn texts(of: &Organisation) -> Result<BTreeMap<PolicyId, Held>, Fault> {
    let custom = of.policies.iter().map(|(id, policy)| (*id, policy.default_version, policy.document.as_str()));
    let presets = preset::presets().iter().map(|preset| (PolicyId(preset.id), 1, preset.document.as_str()));
    custom.chain(presets).map(|(id, version, text)| Ok((id, Held::new(id, Arc::new(parse(id, version, text, NO_REQUEST)?))))).collect()
}

fn principal(of: &Organisation, uin: Uin, name: &str, held: &[&Held], apps: Arc<Vec<AppFacts>>) -> Principal {
    let account = AccountRow {
        uin: uin.0,
        owner_uin: of.owner.0,
        is_root: 0,
        name: name.to_owned(),
        must_change_password: 0,
        disabled: 0,
        app_id: of.app_id,
        revision: 0,
        utc_offset_mins: 0,
        demo: 0,
    };
    let who = cam::Principal { uin: uin.0, owner_uin: of.owner.0, app_id: Some(of.app_id), is_root: false };
    let policies = PolicySet::compile(who, held.iter().map(|held| held.source()).collect(), None, None);
    Principal { account, policies: Arc::new(policies), until_ms: NEVER_MS, apps }
}

/// The plain circumstances, and others in which what counts for somebody differs.
fn circumstances(
    before: &Organisation,
    after: &Organisation,
    was: &BTreeMap<PolicyId, Held>,
    is: &BTreeMap<PolicyId, Held>,
    own: &Context,
) -> Vec<Context> {
    let owner = Some(Owner { uin: before.owner.0, app_id: Some(before.app_id) });
    let nothing = Policy { statements: Vec::new() };
    let attached_anew = before.attached.symmetric_difference(&after.attached).map(|(_, policy)| *policy);
    // Who joins or leaves a group gets or loses all that is attached to it.
    let moved: BTreeSet<GroupId> = before.members.symmetric_difference(&after.members).map(|(group, _)| *group).collect();
    let through_groups = [before, after].into_iter().flat_map(|organisation| {
        moved.iter().flat_map(|group| organisation.attached_to(crate::domain::holdings::AttachedTo::Group(*group)))
    });
    let changed = before.policies.iter().filter(|(id, policy)| after.policies.get(id).is_some_and(|now| now.document != policy.document));
    let mut pairs: Vec<(&Policy, &Policy)> = changed.filter_map(|(id, _)| Some((&*was.get(id)?.policy, &*is.get(id)?.policy))).collect();
    let whole: BTreeSet<PolicyId> = attached_anew.chain(through_groups).collect();
    pairs.extend(whole.iter().filter_map(|id| Some((&nothing, &*is.get(id).or_else(|| was.get(id))?.policy))));
    let mut found = vec![own.clone()];
    for (old, new) in pairs {
        let conditional =
            [old, new].into_iter().flat_map(|policy| &policy.statements).any(|statement| !statement.value.conditions.is_empty());
        if !conditional || found.len() > MAX_CIRCUMSTANCES {
            continue;
        }
        for context in others(&compare(old, new, owner, vocabulary()), own) {
            if !found.contains(&context) {
                found.push(context);
            }
        }
    }
    found.truncate(1 + MAX_CIRCUMSTANCES);
    found
}
