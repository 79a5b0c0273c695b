//! The CAM overview: how many accounts, groups and policies there are, and which of them deserve a look.
//!
//! Counts only; who is meant stands in the lists, under their own permits.

use crate::catalog::operations;
use crate::domain::accounts::AccountSummary;
use crate::domain::fault::Fault;
use crate::server::gate::Permit;

/// The counts of the root account.
///
/// # Errors
/// [`Fault::Unavailable`] or [`Fault::Internal`].
pub async fn summary(permit: &Permit<operations::ReadAccountSummary>) -> Result<AccountSummary, Fault> {
    permit.stored(permit.store().account_summary(permit.owner(), permit.now_ms()).await)
}
