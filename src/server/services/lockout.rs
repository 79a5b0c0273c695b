//! Who would lose rights by the own change is told first, and goes on only by saying so.
//!
//! What is lost is worked out by the gate; here it becomes a sentence.

use crate::cam::Policy;
use crate::domain::confirmation::Confirmation;
use crate::domain::fault::Fault;
use crate::domain::holdings::RightsChange;
use crate::server::gate::{Permit, RecordedChange};
use crate::text::Text;
use std::sync::Arc;

/// Actions named one by one; the rest is counted.
const NAMED: usize = 5;

/// Begins a change of rights, and gives with it what the caller would do to itself by it. Policies are compiled for that, so it is worked out
/// before the change, within which everybody else of the organisation waits, and again within it only when rights have changed meanwhile.
///
/// # Errors
/// As [`Permit::change`] and [`lockout`].
pub(super) async fn begin<O, T>(permit: &Permit<O, T>, rights: RightsChange) -> Result<(RecordedChange, Option<Text>), Fault> {
    let foreseen = lockout(permit, rights, None).await;
    // Who may not make the change any more is told that first.
    let change = permit.change().await?;
    let concern = if change.is_as_decided() { foreseen? } else { lockout(permit, rights, None).await? };
    Ok((change, concern))
}

/// As [`begin`], for who has confirmed what would be lost.
///
/// # Errors
/// [`Fault::Unconfirmed`] with what would be lost, otherwise as [`begin`].
pub(super) async fn begin_confirmed<O, T>(
    permit: &Permit<O, T>,
    rights: RightsChange,
    confirm: &Confirmation,
) -> Result<RecordedChange, Fault> {
    let (change, concern) = begin(permit, rights).await?;
    confirm.demand_accepted_concerns(concern.as_slice())?;
    Ok(change)
}

/// What the caller would do to itself by a change; `None` when it loses nothing. `draft` is the text of a version that is not stored yet.
pub(super) async fn lockout<O, T>(permit: &Permit<O, T>, change: RightsChange, draft: Option<&Arc<Policy>>) -> Result<Option<Text>, Fault> {
    let lost = permit.caller().would_lose(change, draft).await?;
    if lost.is_empty() {
        return Ok(None);
    }
    let shown: Vec<String> = lost.iter().take(NAMED).map(|row| row.full.to_owned()).collect();
    let more = lost.len() - shown.len();
    let (en, zh) =
        if more > 0 { (format!(" and {more} more"), format!(" 等共 {} 项", lost.len())) } else { (String::new(), String::new()) };
    Ok(Some(Text::made(
        format!("You would lose these permissions yourself: {}{en}. Confirmation to continue.", shown.join(", ")),
        format!("您自己的账号将失去以下权限：{}{zh}。请确认后继续。", shown.join("、")),
    )))
}
