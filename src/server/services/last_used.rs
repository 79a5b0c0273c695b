//! When a policy was last used: somebody whom it reaches was allowed an action that it names.
//!
//! Another policy may have allowed the same, so this is the latest that it can have been; "never" is sure.

use crate::cam::{self, Effect};
use crate::catalog::operations;
use crate::domain::days::Day;
use crate::domain::fault::Fault;
use crate::domain::ids::PolicyId;
use crate::domain::replay::LastUsed;
use crate::server::gate::{Permit, rule_of};

/// The last day in the time that is recorded.
///
/// # Errors
/// [`Fault::Unavailable`] or [`Fault::Internal`].
pub(super) async fn of(permit: &Permit<operations::ReadPolicyImpact, PolicyId>, document: &str) -> Result<LastUsed, Fault> {
    let rows = permit.caller().decided_under(*permit.target()).await?;
    let Some(policy) = cam::parse(document).policy else { return Ok(LastUsed::default()) };
    let allows = |action: &str| {
        let statements = policy.statements.iter().filter(|statement| statement.value.effect.value == Effect::Allow);
        statements.flat_map(|statement| &statement.value.actions).any(|pattern| pattern.value.covers(action))
    };
    let used = rows.iter().filter(|row| row.last_allowed > 0);
    let used = used.filter(|row| rule_of(&row.asked).is_some_and(|rule| rule.actions().iter().any(|action| allows(action.full))));
    Ok(LastUsed { day: used.map(|row| row.last_allowed).max().map(Day::from_number) })
}
