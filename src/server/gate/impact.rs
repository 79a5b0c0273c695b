//! What another text of a policy would do to the screens of everybody for whom it counts, worked out before it is saved.
//!
//! It asks the same questions as the gate asks for each of these accounts, under their policies as they are and as they would be. It only looks
//! ahead: it must never permit anything, and it speaks of no application that who asks may not list.

use super::answers::Answers;
use super::caller::Caller;
use super::in_force::{off_thread, origin, parse};
use super::principal::Principal;
use super::store_fault;
use crate::cam::{self, ActionPattern, Change, Context, Differences, Policy, PolicySet, Source, Via};
use crate::catalog::action::{ActionRow, trtc};
use crate::catalog::preset;
use crate::catalog::rule::Rule;
use crate::domain::fault::Fault;
use crate::domain::ids::{PolicyId, SdkAppId};
use crate::domain::impact::Screen;
use crate::server::store::holdings::Reached;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Circumstances that are looked at besides those of the request, at most.
pub(super) const MAX_CIRCUMSTANCES: usize = 8;

/// Whoever works it out.
pub(super) static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

/// What would change for the accounts that a policy reaches.
pub struct Foreseen {
    /// The accounts, by name, each with the place of its effects.
    pub accounts: Vec<(Reached, usize)>,
    /// The effects, once for all accounts for which they are the same.
    pub effects: Vec<Vec<Effect>>,
    /// The applications that who asks may list, by number; nothing is said of others.
    pub apps: Vec<(SdkAppId, String)>,
    /// Whether there may be others: who asks may not list every application.
    pub within_scope: bool,
}

/// One screen that appears or goes, with where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    pub screen: &'static str,
    pub gained: bool,
    /// Not in the circumstances of the request, but in others that the texts tell apart.
    pub elsewhere: bool,
    /// The screen as a whole.
    pub whole: bool,
    pub apps: Vec<SdkAppId>,
}

/// The texts of a policy that are compared.
#[derive(Clone)]
pub(in crate::server) struct Texts {
    pub id: PolicyId,
    pub before: Arc<Policy>,
    pub after: Arc<Policy>,
    /// How they differ.
    pub differences: Differences,
}

impl Caller {
    /// What would change for whom if a policy said something else.
    ///
    /// # Errors
    /// When the policies of the accounts cannot be read.
    pub(in crate::server) async fn foresee(&self, texts: Texts) -> Result<Foreseen, Fault> {
        let broken = |error| store_fault(&error, self.request_id());
        let accounts = self.store().reached(self.owner(), texts.id, self.now_ms()).await.map_err(broken)?;
        let documents = self.store().documents_of_reached(self.owner(), texts.id, self.now_ms()).await.map_err(broken)?;
        let caller = self.clone();
        // One at a time: it can take long, goes on when nobody waits any more, and needs the threads that requests need.
        let turn = ONE_AT_A_TIME.acquire().await;
        let work = move || {
            let done = caller.work_out(&texts, accounts, documents);
            drop(turn);
            done
        };
        off_thread(self.request_id(), work).await?
    }

    fn work_out(&self, texts: &Texts, accounts: Vec<Reached>, documents: Vec<(PolicyId, i64, String)>) -> Result<Foreseen, Fault> {
        let held = held_by(texts, &accounts, documents, self.request_id())?;
        let after = Held::new(texts.id, texts.after.clone());

        let listed = self.principal().apps_where(Rule::may::<trtc::DescribeAppStatList>(), self.context());
        let view = View {
            screens: affected(texts),
            circumstances: std::iter::once(self.context().clone()).chain(others(&texts.differences, self.context())).collect(),
            listed: listed.iter().filter_map(|at| Some((*at, self.principal().apps.get(*at)?.id))).collect(),
        };
        let (mut effects, mut known) = (vec![Vec::new()], HashMap::new());
        let mut told = Vec::with_capacity(accounts.len());
        for account in accounts {
            let of_account: Vec<&Held> = account.policies.iter().filter_map(|id| held.get(id)).collect();
            // Accounts with the same policies are the same account, unless a policy speaks of its holder.
            let personal = after.is_personal || of_account.iter().any(|held| held.is_personal);
            let kind = (account.policies.clone(), personal.then_some(account.uin));
            let place = *known.entry(kind).or_insert_with(|| {
                if view.screens.is_empty() {
                    return 0;
                }
                let principal = cam::Principal { uin: account.uin.0, is_root: false, ..*self.principal().policies.principal() };
                let principal = cam::Principal { owner_uin: self.owner().0, ..principal };
                let set = |changed: Option<&Held>| {
                    let sources = of_account.iter().map(|held| changed.filter(|changed| changed.id == held.id).unwrap_or(held).source());
                    self.principal().under(PolicySet::compile(principal, sources.collect(), None, None))
                };
                let found = view.effects(&set(None), &set(Some(&after)));
                if found.is_empty() {
                    return 0;
                }
                effects.push(found);
                effects.len() - 1
            });
            told.push((account, place));
        }
        let apps: Vec<(SdkAppId, String)> =
            listed.iter().filter_map(|at| self.principal().apps.get(*at)).map(|app| (app.id, app.name.clone())).collect();
        // By the rights of who asks alone: whether there are others must not show.
        let within_scope = !self.is_root();
        Ok(Foreseen { accounts: told, effects, apps, within_scope })
    }
}

/// The policies that count for these accounts, read once.
pub(super) fn held_by(
    texts: &Texts,
    accounts: &[Reached],
    documents: Vec<(PolicyId, i64, String)>,
    request_id: &str,
) -> Result<HashMap<PolicyId, Held>, Fault> {
    let mut held = HashMap::new();
    for (id, version, document) in documents {
        held.insert(id, Held::new(id, Arc::new(parse(id, version, &document, request_id)?)));
    }
    for id in accounts.iter().flat_map(|account| &account.policies) {
        if let (false, Some(preset)) = (held.contains_key(id), preset::find(id.0)) {
            held.insert(*id, Held::new(*id, Arc::new(parse(*id, 1, &preset.document, request_id)?)));
        }
    }
    // The text that the comparison began with, whatever was saved meanwhile.
    held.insert(texts.id, Held::new(texts.id, texts.before.clone()));
    Ok(held)
}

/// A policy that counts for somebody.
pub(super) struct Held {
    id: PolicyId,
    pub policy: Arc<Policy>,
    /// It says something else about each holder.
    pub is_personal: bool,
}

impl Held {
    pub fn new(id: PolicyId, policy: Arc<Policy>) -> Self {
        let printed = policy.to_string();
        let is_personal = printed.contains("${") || printed.contains("qcs:uin");
        Self { id, policy, is_personal }
    }

    /// Whether both are texts of one policy.
    pub fn is_of(&self, other: &Self) -> bool {
        self.id == other.id
    }

    pub fn source(&self) -> Source {
        Source { origin: origin(self.id, 0, "", Via::Direct), policy: self.policy.clone() }
    }
}

/// The screens that can change: those that ask for an action on which the texts differ. All, where it is not sure that every difference is known.
fn affected(texts: &Texts) -> Vec<Screen> {
    let Differences { granted, revoked, denied, released, is_whole } = &texts.differences;
    if !is_whole {
        return Screen::all().collect();
    }
    let written: Vec<&str> = [granted, revoked, denied, released].into_iter().flatten().map(|change| change.action.as_str()).collect();
    let statements = texts.before.statements.iter().chain(&texts.after.statements);
    let patterns: Vec<&ActionPattern> = statements
        .flat_map(|statement| &statement.value.actions)
        .map(|action| &action.value)
        .filter(|pattern| written.contains(&pattern.as_str()))
        .collect();
    let differs = |row: &&ActionRow| patterns.iter().any(|pattern| pattern.covers(row.full));
    Screen::all().filter(|screen| screen.actions().iter().any(differs)).collect()
}

/// Other circumstances in which the texts differ, from the requests that show it. What a resource is like is that of each application.
pub(super) fn others(differences: &Differences, own: &Context) -> Vec<Context> {
    let Differences { granted, revoked, denied, released, .. } = differences;
    let mut found: Vec<Context> = Vec::new();
    for Change { example, .. } in [granted, revoked, denied, released].into_iter().flatten() {
        let mut context = own.clone();
        for (key, values) in example.context.iter() {
            if is_of_request(key) {
                let values: Vec<String> = values.map(str::to_owned).collect();
                // The two names of the second factor are one key.
                let names = if key == "qcs:mfa" { vec![key.to_owned(), "mfa".to_owned()] } else { vec![key.to_owned()] };
                context = names.into_iter().fold(context, |context, name| context.with_list(name, values.clone()));
            }
        }
        if context != *own && !found.contains(&context) && found.len() < MAX_CIRCUMSTANCES {
            found.push(context);
        }
    }
    found
}

/// Whether a key tells of the request, and neither of who asks nor of what it is about.
fn is_of_request(key: &str) -> bool {
    let of_others = ["qcs:resource_tag", "qcs:tag", "qcs:create_uin", "qcs:uin", "qcs:owner_uin", "qcs:request_tag"];
    !of_others.iter().any(|known| key.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// What is looked at for each account.
pub(super) struct View {
    pub screens: Vec<Screen>,
    /// First those of the request.
    pub circumstances: Vec<Context>,
    /// The applications that may be spoken of, with their places.
    pub listed: Vec<(usize, SdkAppId)>,
}

/// Where a screen appears or goes: as a whole, or on an application.
type Place = Option<SdkAppId>;

impl View {
    /// What changes between two sets of policies of one account.
    pub fn effects(&self, before: &Principal, after: &Principal) -> Vec<Effect> {
        // For each screen, direction and place: whether it is so in the circumstances of the request.
        let mut found: BTreeMap<(usize, bool, Place), bool> = BTreeMap::new();
        let mut seen: Vec<(Context, Context)> = Vec::new();
        for (number, context) in self.circumstances.iter().enumerate() {
            let read = (before.policies.read_of(context), after.policies.read_of(context));
            if seen.contains(&read) {
                continue;
            }
            seen.push(read);
            let (mut before, mut after) = (Answers::of(before, context), Answers::of(after, context));
            for (at, screen) in self.screens.iter().enumerate() {
                let mut compare = |app: Option<usize>, place: Place| {
                    let (was, is) = (before.holds(screen.rule, app), after.holds(screen.rule, app));
                    if was != is {
                        found.entry((at, is, place)).or_insert(number == 0);
                    }
                };
                if screen.is_by_itself() {
                    compare(None, None);
                }
                if screen.is_by_application() {
                    for (app, id) in &self.listed {
                        compare(Some(*app), Some(*id));
                    }
                }
            }
        }
        let mut effects: BTreeMap<(usize, bool, bool), (bool, Vec<SdkAppId>)> = BTreeMap::new();
        for ((at, gained, place), now) in found {
            // Losses before gains, and what is so now first.
            let (whole, apps) = effects.entry((at, gained, !now)).or_default();
            match place {
                Some(id) => apps.push(id),
                None => *whole = true,
            }
        }
        effects
            .into_iter()
            .filter_map(|((at, gained, elsewhere), (whole, apps))| {
                let screen = self.screens.get(at)?.id;
                Some(Effect { screen, gained, elsewhere, whole, apps })
            })
            .collect()
    }
}
