//! Events: what an application's administrators see of them. They come in through [`workers::intake`](crate::server::workers::intake).

use crate::catalog::operation::Operation as _;
use crate::catalog::operations;
use crate::domain::events::CallbackLog;
use crate::domain::fault::Fault;
use crate::server::gate::{App, Permit};

/// Rows of each list an administrator sees.
const LISTED: i64 = 50;

/// What arrived lately for an application: for who may see its callback configuration, without bodies unless they may change it.
///
/// # Errors
/// When the database gives none.
pub async fn callback_log(permit: &Permit<operations::ReadEvents, App>) -> Result<CallbackLog, Fault> {
    let (owner, app) = (permit.owner(), permit.target().id());
    let log = CallbackLog {
        events: permit.stored(permit.store().received_events(owner, app, LISTED).await)?,
        refusals: permit.stored(permit.store().refusals(owner, app, LISTED).await)?,
        whole: true,
    };
    let may_see_bodies = permit.caller().holds_on_app(operations::ShowCallbackKey::ROW.rule, app);
    Ok(if may_see_bodies { log } else { log.without_bodies() })
}
