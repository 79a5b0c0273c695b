//! Usage statistics, for who may see them and as far.
//!
//! Read from the sums of the days alone. Applications outside the permit must never have a row, a name or a part in a sum.

use crate::catalog::operations;
use crate::domain::days::{Day, Period};
use crate::domain::fault::Fault;
use crate::domain::ids::SdkAppId;
use crate::domain::paging::Page;
use crate::domain::usage::{DEFAULT_DAYS, USAGE_ROWS_A_PAGE, UsageOverview, UsageQuery, UsageReport, UsageRow, UsageTotals, sort};
use crate::server::gate::{Apps, Permit};
use std::time::Duration;

/// Figures are a moment behind the events; a reader waits for them, but not longer than this.
const WAIT: Duration = Duration::from_secs(1);
/// Another server may have worked out what is waited for, without a bell here.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// One page of the usage of one application or of all in the scope, in an order (see [`sort`]), with the sums around it.
///
/// # Errors
/// [`Fault::NotFound`] for an application outside the scope, whether or not there is one.
pub async fn report(permit: &Permit<operations::ReadUsage, Apps>, query: UsageQuery, order: &str, page: i64) -> Result<UsageReport, Fault> {
    let scope = permit.target();
    let (asked, before) = (query.period, query.period.before());
    let period = Period { from: before.from, to: asked.to };
    let (mut rows, behind_since) = rows(permit, UsageQuery { period, ..query }, Reader::Person).await?;
    let before = sums_before(permit, query.app, &rows, before).await?;
    rows.retain(|row| asked.holds(row.day));
    let (totals, by_day) = (UsageTotals::of(&rows, asked), UsageTotals::by_day(&rows, asked));
    sort(&mut rows, order);
    Ok(UsageReport {
        period: asked,
        today: today(permit),
        apps: scope.listed().map(|(id, name)| (id, name.to_owned())).collect(),
        apps_of: scope.of(),
        app: query.app,
        totals,
        before,
        by_day,
        rows: Page::cut(rows, page, USAGE_ROWS_A_PAGE),
        as_of_ms: behind_since.unwrap_or(permit.now_ms()),
        behind: behind_since.is_some(),
    })
}

/// Every row of the usage of one application or of all in the scope, by day and number; `None` while some events received before are
/// not counted yet: a file cannot say that it is incomplete.
///
/// # Errors
/// As [`report`].
pub async fn export(permit: &Permit<operations::ReadUsage, Apps>, query: UsageQuery) -> Result<Option<Vec<UsageRow>>, Fault> {
    let (rows, behind_since) = rows(permit, query, Reader::File).await?;
    Ok(behind_since.is_none().then_some(rows))
}

/// The sums of the running month and the last 30 days over all applications in the scope.
///
/// # Errors
/// When the database gives none.
pub async fn overview(permit: &Permit<operations::ReadUsageOverview, Apps>) -> Result<UsageOverview, Fault> {
    let scope = permit.target();
    let today = today(permit);
    let (month, trend) = (Period { from: today.month_start(), to: today }, Period::ending(today, DEFAULT_DAYS));
    // The same days of the month before, which may have fewer.
    let start = month.from.plus(-1).month_start();
    let before = Period { from: start, to: start.plus(month.len() - 1).min(month.from.plus(-1)) };
    let period = Period { from: before.from.min(trend.from), to: today };
    let (rows, behind_since) = rows(permit, UsageQuery { app: None, period }, Reader::Person).await?;
    Ok(UsageOverview {
        month: month.from,
        month_totals: UsageTotals::of(&rows, month),
        before: sums_before(permit, None, &rows, before).await?,
        trend: UsageTotals::by_day(&rows, trend),
        apps: scope.count(),
        apps_of: scope.of(),
        as_of_ms: behind_since.unwrap_or(permit.now_ms()),
        behind: behind_since.is_some(),
    })
}

/// The sums of a period to compare with; none when its first days came before anything was counted: part of a period is no measure.
async fn sums_before<O>(
    permit: &Permit<O, Apps>,
    app: Option<SdkAppId>,
    rows: &[UsageRow],
    before: Period,
) -> Result<Option<UsageTotals>, Fault> {
    let asked: Vec<SdkAppId> = permit.target().ids().filter(|id| app.is_none_or(|app| app == *id)).collect();
    let counted = permit.stored(permit.store().counted_until(permit.owner(), &asked, before.from).await)?;
    Ok(UsageTotals::of(rows, before).filter(|_| counted))
}

/// The running day at the account's offset from UTC.
#[must_use]
pub fn today<O, T>(permit: &Permit<O, T>) -> Day {
    Day::of(permit.now_ms(), permit.caller().utc_offset_mins())
}

/// Who reads figures.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// Sees as of when the figures are, and can look again.
    Person,
    /// Cannot say that it is incomplete.
    File,
}

/// The rows of what is in the scope, and since when received events are missing in them, if any are that were received before the request.
async fn rows<O>(permit: &Permit<O, Apps>, query: UsageQuery, reader: Reader) -> Result<(Vec<UsageRow>, Option<i64>), Fault> {
    let scope = permit.target();
    if query.app.is_some_and(|app| !scope.holds(app)) {
        return Err(Fault::NotFound);
    }
    let asked: Vec<SdkAppId> = scope.ids().filter(|id| query.app.is_none_or(|app| app == *id)).collect();
    let (store, owner) = (permit.store(), permit.owner());
    // Read before the figures, which may hold more than is said, never less.
    let behind_since = match tokio::time::timeout(WAIT, until_counted(permit, &asked, reader)).await {
        Ok(counted) => counted?,
        Err(_) => permit.stored(store.behind_since(owner, &asked, permit.now_ms()).await)?,
    };
    Ok((permit.stored(store.usage_days(owner, &asked, query.period).await)?, behind_since))
}

/// Waits until what was received before the request is counted. A person does not wait while more comes in without a pause, nor for more than a
/// moment's work: the page says as of when its figures are.
async fn until_counted<O>(permit: &Permit<O, Apps>, asked: &[SdkAppId], reader: Reader) -> Result<Option<i64>, Fault> {
    let (store, bus) = (permit.store(), permit.bus());
    loop {
        // Before it is looked at, so that no bell in between is missed.
        let mut worked = std::pin::pin!(bus.worked.notified());
        worked.as_mut().enable();
        let behind_since = permit.stored(store.behind_since(permit.owner(), asked, permit.now_ms()).await)?;
        if behind_since.is_none() || reader == Reader::Person && (bus.is_streaming() || bus.is_in_a_long_pass()) {
            return Ok(behind_since);
        }
        bus.asked.notify_one();
        drop(tokio::time::timeout(LOOK_AGAIN, worked).await);
    }
}
