//! What a draft of a policy does to the screens of the people for whom the policy counts, as much of it as is told.
//!
//! It is worked out by the gate; here it is counted, named and cut to a length that can be read.

use crate::catalog::operations;
use crate::domain::fault::Fault;
use crate::domain::ids::PolicyId;
use crate::domain::impact::{Impact, MAX_APPS, MAX_PEOPLE, Person, ScreenChange};
use crate::server::gate::{Effect, Foreseen, Permit, Texts};
use std::collections::BTreeSet;

/// The impact of a change of a policy.
///
/// # Errors
/// [`Fault::Unavailable`] or [`Fault::Internal`].
pub(super) async fn of(permit: &Permit<operations::ReadPolicyImpact, PolicyId>, texts: Texts) -> Result<Impact, Fault> {
    Ok(told(permit.caller().foresee(texts).await?))
}

pub(super) fn told(foreseen: Foreseen) -> Impact {
    let Foreseen { accounts, effects, apps, within_scope } = foreseen;
    let mut impact = Impact { reached: accounts.len(), within_scope, ..Impact::default() };
    let mut named = BTreeSet::new();
    let changes: Vec<Vec<ScreenChange>> =
        effects.into_iter().map(|effects| effects.into_iter().map(|effect| change(effect, apps.len())).collect()).collect();
    for (account, place) in accounts {
        impact.directly += usize::from(account.direct);
        let Some(changes) = changes.get(place).filter(|changes| !changes.is_empty()) else { continue };
        impact.changed += 1;
        impact.gained += changes.iter().filter(|change| change.gained).count();
        impact.lost += changes.iter().filter(|change| !change.gained).count();
        if impact.people.len() < MAX_PEOPLE {
            named.extend(changes.iter().flat_map(|change| change.apps.iter().copied()));
            let (uin, name, direct, groups, until_ms) = (account.uin, account.name, account.direct, account.groups, account.until_ms);
            impact.people.push(Person { uin, name, direct, groups, until_ms, changes: changes.clone() });
        }
    }
    impact.apps = apps.into_iter().filter(|(id, _)| named.contains(id)).collect();
    impact
}

fn change(effect: Effect, listed: usize) -> ScreenChange {
    let Effect { screen, gained, elsewhere, whole, mut apps } = effect;
    let everywhere = !apps.is_empty() && apps.len() == listed;
    let more = apps.len().saturating_sub(MAX_APPS);
    apps.truncate(MAX_APPS);
    ScreenChange { screen: screen.to_owned(), gained, elsewhere, whole, everywhere, apps, more }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{SdkAppId, Uin};
    use crate::server::store::holdings::Reached;

    #[test]
    fn what_is_told_is_counted_in_full_and_cut_to_a_length_that_can_be_read() {
        let account = |number: i64| Reached {
            uin: Uin(number),
            name: format!("user{number}"),
            direct: number % 2 == 0,
            groups: Vec::new(),
            until_ms: None,
            policies: Vec::new(),
        };
        let accounts: Vec<(Reached, usize)> = (0..1_000).map(|number| (account(number), usize::from(number % 4 > 0))).collect();
        let ids: Vec<SdkAppId> = (1..=100).map(SdkAppId).collect();
        let effect = |screen, gained, apps: &[SdkAppId]| Effect { screen, gained, elsewhere: false, whole: false, apps: apps.to_vec() };
        let effects =
            vec![Vec::new(), vec![effect("usage", true, &ids), effect("app.edit", false, &ids[..10]), effect("app", true, &ids[..1])]];
        let apps = ids.iter().map(|id| (*id, id.to_string())).collect();
        let impact = told(Foreseen { accounts, effects, apps, within_scope: false });
        assert_eq!((impact.reached, impact.directly, impact.changed, impact.gained, impact.lost), (1_000, 500, 750, 1_500, 750));
        assert_eq!((impact.people.len(), impact.apps.len()), (MAX_PEOPLE, MAX_APPS));
        let [usage, edit, app] = &impact.people[0].changes[..] else { panic!() };
        assert_eq!((usage.everywhere, usage.apps.len(), usage.more), (true, MAX_APPS, 94));
        assert_eq!((edit.everywhere, edit.gained, edit.more, app.more), (false, false, 4, 0));
    }
}
