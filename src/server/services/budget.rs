//! How many patterns the policies of one account may hold together, asked inside the change that would add some.
//!
//! Every decision about an account weighs its patterns, so their number is what an organisation may cost the others. An account that holds
//! more already keeps working; it only gets no further ones.

use crate::catalog::limits::MAX_PATTERNS_PER_ACCOUNT;
use crate::domain::fault::Fault;
use crate::server::gate::Permit;
use crate::server::store::Change;
use crate::server::store::policies::{self, Reach};
use crate::text::Text;

/// The most patterns that an account in reach of a change holds now.
pub(super) async fn held<O, T>(permit: &Permit<O, T>, change: &mut Change, reach: Reach) -> Result<i64, Fault> {
    Ok(permit.stored(policies::most_patterns(change, permit.owner(), reach, permit.now_ms()).await)?.map_or(0, |(_, held)| held))
}

/// Demands that no account in reach of a change holds too many patterns after it; one that had more may have fewer, or as many.
///
/// # Errors
/// [`Fault::Limit`] that names the account, its number and the number allowed.
pub(super) async fn within_budget<O, T>(permit: &Permit<O, T>, change: &mut Change, reach: Reach, had: i64) -> Result<(), Fault> {
    let most = permit.stored(policies::most_patterns(change, permit.owner(), reach, permit.now_ms()).await)?;
    match most {
        Some((name, held)) if held > had.max(MAX_PATTERNS_PER_ACCOUNT) => Err(Fault::Limit(Text::made(
            format!(
                "The policies of {name} and its user groups would contain {held} patterns and condition values in total. At most \
                 {MAX_PATTERNS_PER_ACCOUNT} are allowed. Write actions in full instead of with *, shorten lists of values, or detach policies first."
            ),
            format!(
                "{name} 及其所属用户组的策略合计将包含 {held} 个通配模式和条件值，最多允许 {MAX_PATTERNS_PER_ACCOUNT} 个。请将含 * 的操作写为完整名称、精简条件值列表，或先解除部分策略。"
            ),
        ))),
        _ => Ok(()),
    }
}
