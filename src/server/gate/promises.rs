//! Whether promises about rights are kept, and the one place that holds every change of rights that a caller makes to them. What the operator
//! imports, and an attachment that ends, are not refused: the list shows what they broke.
//!
//! A change asks the same functions that answer who can do what, under what it has written and under what is there without it. It looks at the rights
//! as they then are and not at what the change is called, so that nothing that changes rights can be forgotten: whatever raises the revision is
//! checked when it is committed. A promise that was broken already refuses nothing, or nobody could mend it step by step.

use super::caller::Caller;
use super::in_force::off_thread;
use super::inspect::{Inspected, On, Under, principal_of};
use super::permit::Permit;
use super::principal::{Principal, on_application};
use super::roster::PolicyTexts;
use super::store_fault;
use crate::cam::{Effect, Outlook, PolicySet};
use crate::catalog::action::trtc;
use crate::catalog::operation::Operation as _;
use crate::catalog::operations::{CreatePromise, ListPromises};
use crate::catalog::pages;
use crate::catalog::rule::Rule;
use crate::domain::audit_change::{Done, Field};
use crate::domain::fault::Fault;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::promises::{Breach, Expects, Place, Promise, PromiseRow, Promises, Standing, What, Who};
use crate::domain::rights::Choices;
use crate::domain::rights_query::Circumstances;
use crate::server::store::Change;
use crate::server::store::applications::AppFacts;
use crate::server::store::attachments::NEVER_MS;
use crate::server::store::promises::{self, Ground};
use crate::server::store::rights::HolderRow;
use crate::server::store::sessions::AccountRow;
use crate::text::Text;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

impl Caller {
    /// Makes sure that a change, which is complete, breaks no promise that is kept without it. What the root account breaks of promises that it has
    /// set aside is added to the record.
    ///
    /// # Errors
    /// [`Fault::InUse`] with the promise, and as much of who shows it as the caller may know.
    pub(super) async fn keep_promises(&self, change: &mut Change, mut done: Done) -> Result<Done, Fault> {
        let (owner, store) = (self.owner(), self.store());
        let broken = |error| store_fault(&error, self.request_id());
        let mut all = promises::all(change, owner).await.map_err(broken)?;
        // Read past the change: it holds the owner's row, so nobody else changes rights meanwhile.
        let is_of_rights = |raised: i64, was: i64| raised != was;
        if all.is_empty()
            || !is_of_rights(promises::revision(change, owner).await.map_err(broken)?, store.revision(owner).await.map_err(broken)?)
        {
            return Ok(done);
        }
        let ground = promises::ground(change, owner, self.gate().now_ms()).await.map_err(broken)?;
        let after = self.standings(&all, ground).await?;
        let mut found = after.into_iter();
        let mut unkept = Vec::new();
        all.retain(|_| match found.next() {
            None | Some(Standing::Kept) => false,
            Some(standing) => {
                unkept.push(standing);
                true
            }
        });
        if all.is_empty() {
            return Ok(done);
        }
        let before = self.standings(&all, store.ground(owner, self.gate().now_ms()).await.map_err(broken)?).await?;
        for ((promise, after), before) in all.iter().zip(unkept).zip(before) {
            if before != Standing::Kept {
                continue;
            }
            if !(self.is_root() && promise.is_aside(self.gate().now_ms())) {
                return Err(self.breaking(promise, &after));
            }
            done = done.text(Field::BrokenPromise, "", &promise.name).text(Field::Reason, "", &promise.aside.1);
        }
        Ok(done)
    }

    /// A refusal tells of others only what its reader may read anyway.
    fn breaking(&self, promise: &Promise, standing: &Standing) -> Fault {
        let name = &promise.name;
        let (mut en, mut zh) = (format!("This change breaks the promise “{name}”."), format!("此更改违反权限承诺「{name}」。"));
        let listed = match promise.place {
            Place::App(id) => self.holds_on_app(Rule::may::<trtc::DescribeAppStatList>(), id),
            Place::Any | Place::All => self.is_root(),
        };
        if let Some(why) = standing.why().filter(|_| self.is_root() || (listed && self.holds_anywhere(pages::Promises::PAGE.opens))) {
            en = format!("{en} {}", why.en);
            zh = format!("{zh}{}", why.zh);
        }
        if self.is_root() {
            en += " To make it nevertheless, set the promise aside first and give the reason.";
            zh += "如仍需更改，请先暂停该承诺并填写原因。";
        }
        Fault::InUse(Text::made(en, zh))
    }

    /// What promises come to on a ground, in their order.
    ///
    /// # Errors
    /// [`Fault::Internal`] when it breaks off.
    pub(super) async fn standings(&self, promises: &[Promise], ground: Ground) -> Result<Vec<Standing>, Fault> {
        let (template, now_ms, id) = (self.account().clone(), self.gate().now_ms(), self.request_id().to_owned());
        let promises = promises.to_vec();
        // Nothing but what promises name is compiled, away from the threads that serve everybody.
        off_thread(self.request_id(), move || Judge::new(ground, &template, now_ms, &id, &promises).all(&promises)).await
    }
}

impl Permit<ListPromises> {
    /// The promises that the caller may know of, each with what it comes to on the applications that the caller may list; `draft` takes the place of
    /// what a policy says. With it what there is to choose from, for who may write promises.
    ///
    /// # Errors
    /// What the store fails with.
    pub(in crate::server) async fn promises(&self, draft: Option<(PolicyId, &str)>) -> Result<Promises, Fault> {
        let mut promises = self.stored(self.store().promises(self.owner()).await)?;
        let mut ground = self.stored(self.store().ground(self.owner(), self.now_ms()).await)?;
        let listed = self.caller().listed_apps();
        ground.apps.retain(|app| listed.iter().any(|listed| listed.id == app.id));
        // Of an application that its reader may not list nothing is said.
        promises.retain(|promise| match promise.place {
            Place::App(id) => self.caller().is_root() || ground.has_app(id),
            Place::Any | Place::All => true,
        });
        if let Some((policy, document)) = draft
            && let Some(text) = ground.rights.texts.get_mut(&policy.0)
        {
            document.clone_into(&mut text.document);
        }
        let name = |who: Who| match who {
            Who::Everybody => None,
            Who::User(uin) => ground.rights.holders.iter().find(|holder| holder.uin == uin.0).map(|holder| holder.name.clone()),
            Who::Group(group) => ground.groups.get(&group).map(|(name, _)| name.clone()),
        };
        let names: Vec<String> = promises.iter().map(|promise| name(promise.who).unwrap_or_default()).collect();
        let (mut choices, mut groups) = (Choices::default(), Vec::new());
        if self.caller().holds_anywhere(CreatePromise::ROW.rule) {
            choices.apps = ground.apps.iter().map(|app| (app.id, app.name.clone())).collect();
            choices.people = ground.rights.holders.iter().map(|holder| (Uin(holder.uin), holder.name.clone())).collect();
            groups = ground.groups.iter().map(|(id, (name, _))| (*id, name.clone())).collect();
            groups.sort_unstable_by(|one, other| one.1.cmp(&other.1));
        }
        let standings = self.caller().standings(&promises, ground).await?;
        let rows = promises.into_iter().zip(names).zip(standings);
        let rows = rows.map(|((promise, who_name), standing)| PromiseRow { promise, who_name, standing }).collect();
        Ok(Promises { rows, choices, groups, as_of_ms: self.now_ms() })
    }
}

/// Decides promises on a ground.
struct Judge {
    /// Those whom promises name, each with its policies; `None` where they cannot be read.
    people: HashMap<Uin, Option<Inspected>>,
    everybody: Vec<Uin>,
    groups: HashMap<GroupId, (String, Vec<Uin>)>,
    has_apps: bool,
    now_ms: i64,
}

impl Judge {
    fn new(mut ground: Ground, template: &AccountRow, now_ms: i64, request_id: &str, promises: &[Promise]) -> Self {
        let holders: Vec<HolderRow> = std::mem::take(&mut ground.rights.holders);
        let everybody: Vec<Uin> = holders.iter().map(|holder| Uin(holder.uin)).collect();
        let mut named: BTreeSet<Uin> = BTreeSet::new();
        for promise in promises {
            match promise.who {
                Who::Everybody => named.extend(&everybody),
                Who::User(uin) => drop(named.insert(uin)),
                Who::Group(group) => named.extend(ground.groups.get(&group).into_iter().flat_map(|(_, members)| members)),
            }
        }
        let apps: Arc<Vec<AppFacts>> = Arc::new(std::mem::take(&mut ground.apps));
        let mut texts = PolicyTexts::new(&ground.rights, request_id);
        let mut compiled: HashMap<Vec<i64>, Arc<PolicySet>> = HashMap::new();
        let mut people = HashMap::new();
        for holder in holders.into_iter().filter(|holder| named.contains(&Uin(holder.uin))) {
            let HolderRow { uin, name, disabled, must_change_password } = holder;
            let account = AccountRow { uin, is_root: 0, name, disabled, must_change_password, ..template.clone() };
            let inspected = texts.sources_of(uin).ok().map(|sources| {
                let principal = principal_of(&account);
                let held: Vec<i64> = sources.iter().map(|source| source.origin.policy_id).collect();
                // Many hold the same policies.
                let alike = compiled.get(&held).and_then(|set| set.for_another(principal, sources.clone()));
                let policies = Arc::new(alike.unwrap_or_else(|| PolicySet::compile(principal, sources, None, None)));
                compiled.entry(held).or_insert_with(|| policies.clone());
                Inspected(Principal { account, policies, until_ms: NEVER_MS, apps: apps.clone() })
            });
            people.insert(Uin(uin), inspected);
        }
        Self { people, everybody, groups: ground.groups, has_apps: !apps.is_empty(), now_ms }
    }

    fn all(&self, promises: &[Promise]) -> Vec<Standing> {
        promises.iter().map(|promise| self.standing(promise)).collect()
    }

    fn standing(&self, promise: &Promise) -> Standing {
        let Some(what) = What::from_tag(&promise.what) else { return Standing::Undecided };
        let one;
        let named: &[Uin] = match promise.who {
            Who::Everybody => &self.everybody,
            Who::Group(group) => match self.groups.get(&group) {
                Some((_, members)) => members,
                None => return Standing::Gone,
            },
            Who::User(uin) => {
                one = [uin];
                &one
            }
        };
        let mut standing = Standing::Kept;
        for uin in named {
            match self.people.get(uin) {
                None => return Standing::Gone,
                Some(None) => standing = Standing::Undecided,
                Some(Some(person)) => {
                    if let Some(breach) = self.breach(person, promise, what) {
                        return Standing::Broken(Box::new(breach));
                    }
                }
            }
        }
        standing
    }

    /// What shows that one person breaks a promise.
    fn breach(&self, person: &Inspected, promise: &Promise, what: What) -> Option<Breach> {
        let never = promise.expects == Expects::MayNever;
        let under =
            if never { Under::anything() } else { Under::new(&Circumstances { at_ms: self.now_ms, ..Circumstances::default() }, false) };
        let on = match promise.place {
            Place::App(id) => On::App(id),
            // What is so on every application of none is so.
            Place::All if !self.has_apps => return None,
            Place::All => On::EveryApp,
            Place::Any => On::Any,
        };
        let is_kept = |outlook: Outlook| if never { !outlook.is_possible() } else { outlook == Outlook::Always };
        let outlook = person.rule(what.rule(), on, &under);
        if is_kept(outlook) {
            return None;
        }
        let rows = what.rule().actions();
        let row = rows.iter().find(|row| !is_kept(person.outlook(row, on, &under))).or(rows.first())?;
        let met = person.meeting(row, on, &under);
        // Allowed on what is not there yet.
        let everything = person.0.application("*");
        let met = if met.is_empty() && on_application(row) { person.meeting(row, On::Resource(&everything), &under) } else { met };
        let first = |effect| met.iter().find(|met| met.written.effect.value == effect);
        let told = if never { first(Effect::Allow) } else { first(Effect::Deny).or_else(|| first(Effect::Allow)) };
        let by = told.map(|met| {
            let number = u32::try_from(met.number).unwrap_or(u32::MAX).saturating_add(1);
            (PolicyId(met.origin.policy_id), met.origin.policy_name.to_string(), number)
        });
        let written = || told.and_then(|met| met.written.resources.first()).map(|resource| resource.value.as_str().to_owned());
        let decided = person.decisions(row, on, &under).into_iter().find(|(decided, ..)| decided == row).map(|(_, resource, _)| resource);
        Some(Breach {
            uin: person.uin(),
            name: person.account().name.clone(),
            action: row.full.to_owned(),
            resource: decided.or_else(written).unwrap_or_else(|| "*".to_owned()),
            outlook: person.outlook(row, on, &under),
            by,
        })
    }
}
