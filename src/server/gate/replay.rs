//! The recorded decisions about the people whom a policy reaches, decided again under what counts for them now and under its draft.
//!
//! It asks the very rules that were asked then. Address, time and second factor are those of who looks, for they are not recorded; things of
//! access management are not told apart, so a rule is asked of them as navigation asks it. It only looks ahead, must never permit anything, and
//! speaks of no application that who asks may not list.

use super::caller::Caller;
use super::impact::{Held, ONE_AT_A_TIME, Texts, held_by};
use super::in_force::off_thread;
use super::principal::{Ask, Principal};
use super::store_fault;
use crate::cam::{self, PolicySet};
use crate::catalog::action::{ActionRow, trtc};
use crate::catalog::rule::Rule;
use crate::catalog::{operations, pages};
use crate::domain::days::Day;
use crate::domain::fault::Fault;
use crate::domain::ids::{PolicyId, SdkAppId, Uin};
use crate::domain::replay::{DAYS, MAX_CHANGES, Replay, ReplayChange};
use crate::server::store::decisions::DecidedRow;
use crate::server::store::holdings::Reached;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// What comes out otherwise: who asked, by which action it is decided, on which application, and whether it would be allowed.
type Turned = (Uin, &'static str, Option<SdkAppId>, bool);

/// What makes accounts one: the policies that count for them, and who they are where a policy speaks of its holder.
type Alike = (Vec<PolicyId>, Option<Uin>);

impl Caller {
    /// What a change of a policy makes of the recorded decisions.
    ///
    /// # Errors
    /// When the decisions or the policies of the accounts cannot be read.
    pub(in crate::server) async fn replay(&self, texts: Texts) -> Result<Replay, Fault> {
        let broken = |error| store_fault(&error, self.request_id());
        // What people did a moment ago counts, too. Where it cannot be written it waits, and the worker says so.
        drop(self.gate().record_decisions().await);
        let rows = self.decided_under(texts.id).await?;
        if rows.is_empty() {
            return Ok(Replay::default());
        }
        let accounts = self.store().reached(self.owner(), texts.id, self.now_ms()).await.map_err(broken)?;
        let documents = self.store().documents_of_reached(self.owner(), texts.id, self.now_ms()).await.map_err(broken)?;
        let caller = self.clone();
        let turn = ONE_AT_A_TIME.acquire().await;
        let work = move || {
            let held = held_by(&texts, &accounts, documents, caller.request_id())?;
            let done = caller.decide_all_again(&texts, &accounts, &held, &rows);
            drop(turn);
            Ok(done)
        };
        off_thread(self.request_id(), work).await?
    }

    /// What the people whom a policy reaches asked for in the last days, as far as it is written.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(in crate::server) async fn decided_under(&self, policy: PolicyId) -> Result<Vec<DecidedRow>, Fault> {
        let broken = |error| store_fault(&error, self.request_id());
        let since = Day::of(self.now_ms(), 0).number() - DAYS + 1;
        self.store().decided_for_reached(self.owner(), policy, since, self.now_ms()).await.map_err(broken)
    }

    fn decide_all_again(&self, texts: &Texts, accounts: &[Reached], held: &HashMap<PolicyId, Held>, rows: &[DecidedRow]) -> Replay {
        let listed = self.principal().apps_where(Rule::may::<trtc::DescribeAppStatList>(), self.context());
        let listed: HashSet<i64> = listed.iter().filter_map(|at| Some(self.principal().apps.get(*at)?.id.0)).collect();
        let after = Held::new(texts.id, texts.after.clone());
        let mut kinds: HashMap<Alike, Arc<(Principal, Principal)>> = HashMap::new();
        let mut replay = Replay::default();
        let mut turned: BTreeMap<Turned, (i64, i64)> = BTreeMap::new();
        for account in accounts {
            let mut own =
                rows.iter().filter(|row| row.uin == account.uin.0 && (row.sdk_app_id == 0 || listed.contains(&row.sdk_app_id))).peekable();
            if own.peek().is_none() {
                continue;
            }
            let of_account: Vec<&Held> = account.policies.iter().filter_map(|id| held.get(id)).collect();
            // Accounts with the same policies are the same account, unless a policy speaks of its holder.
            let personal = after.is_personal || of_account.iter().any(|held| held.is_personal);
            let kind = (account.policies.clone(), personal.then_some(account.uin));
            let both = kinds.entry(kind).or_insert_with(|| {
                let principal = cam::Principal { uin: account.uin.0, is_root: false, ..*self.principal().policies.principal() };
                let principal = cam::Principal { owner_uin: self.owner().0, ..principal };
                let set = |changed: Option<&Held>| {
                    let sources = of_account.iter().map(|held| changed.filter(|changed| changed.is_of(held)).unwrap_or(held).source());
                    self.principal().under(PolicySet::compile(principal, sources.collect(), None, None))
                };
                Arc::new((set(None), set(Some(&after))))
            });
            let (was, is) = &**both;
            for row in own {
                let Some(rule) = rule_of(&row.asked) else { continue };
                let app = (row.sdk_app_id != 0).then_some(SdkAppId(row.sdk_app_id));
                let ask = match app {
                    None => Ask::Anywhere,
                    Some(id) => match was.app(id) {
                        Some(app) => Ask::App(app),
                        // Deleted since.
                        None => continue,
                    },
                };
                replay.recorded += row.times;
                let (did, does) = (was.holds(rule, ask, self.context()), is.holds(rule, ask, self.context()));
                if did == does {
                    continue;
                }
                replay.differing += row.times;
                let differs = |action: &&'static ActionRow| was.may(action, ask, self.context()) != is.may(action, ask, self.context());
                let actions = rule.actions();
                let Some(action) = actions.iter().copied().find(|action| differs(action)).or(actions.first().copied()) else { continue };
                let (times, last) = turned.entry((account.uin, action.full, app, does)).or_default();
                *times += row.times;
                *last = (*last).max(row.last_day);
            }
        }
        let names: HashMap<Uin, &str> = accounts.iter().map(|account| (account.uin, account.name.as_str())).collect();
        let mut changes: Vec<ReplayChange> = turned
            .into_iter()
            .map(|((uin, action, app, gained), (times, last))| ReplayChange {
                uin,
                name: names.get(&uin).map_or_else(String::new, |name| (*name).to_owned()),
                action: action.to_owned(),
                app: app.map(|id| (id, self.principal().app(id).map_or_else(String::new, |app| app.name.clone()))),
                gained,
                times,
                last: Day::from_number(last),
            })
            .collect();
        changes.sort_by_key(|change| (change.gained, Reverse(change.times)));
        replay.more = changes.len().saturating_sub(MAX_CHANGES);
        changes.truncate(MAX_CHANGES);
        Replay { changes, ..replay }
    }
}

/// What an operation or a page of the catalogue asks for; `None` for what an earlier version had.
pub(in crate::server) fn rule_of(asked: &str) -> Option<Rule> {
    let operation = operations::ALL.iter().find(|row| row.name == asked).map(|row| row.rule);
    operation.or_else(|| pages::all().find(|page| page.id == asked).map(|page| page.opens))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_and_pages_have_names_of_their_own() {
        let names: Vec<&str> = operations::ALL.iter().map(|row| row.name).chain(pages::all().map(|page| page.id)).collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
        assert!(names.iter().all(|name| rule_of(name).is_some()) && rule_of("nothing").is_none());
    }
}
