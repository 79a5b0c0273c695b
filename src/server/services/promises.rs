//! Promises about rights: listing, writing down, setting aside and deleting them.
//!
//! Whether they are kept is not asked here; the gate holds every change to them when it is committed.

use crate::catalog::limits::MAX_PROMISES;
use crate::catalog::operations;
use crate::domain::access_pages::PromisesOfDraft;
use crate::domain::audit_change::{Done, Field};
use crate::domain::fault::{Fault, FieldFaults};
use crate::domain::ids::{PolicyId, PromiseId};
use crate::domain::promises::{
    ASIDE_MINS, Expects, MAX_NAME_CHARS, Place, Promise, PromiseForm, Promises, REASON_CHARS, Standing, What, Who,
};
use crate::server::gate::{Permit, RecordedChange};
use crate::server::store::promises;
use crate::text::Text;

/// The promises that the caller may know of, each with what it comes to now.
///
/// # Errors
/// [`Fault::Unavailable`] or [`Fault::Internal`].
pub async fn list(permit: &Permit<operations::ListPromises>) -> Result<Promises, Fault> {
    permit.promises(None).await
}

/// What making a text the default of a policy does to the promises that the caller may know of.
///
/// # Errors
/// As [`list`].
pub(super) async fn of_draft(
    permit: &Permit<operations::ListPromises>,
    policy: PolicyId,
    document: &str,
) -> Result<PromisesOfDraft, Fault> {
    let (before, after) = (permit.promises(None).await?, permit.promises(Some((policy, document))).await?);
    let mut of_draft = PromisesOfDraft::default();
    for after in after.rows {
        let was_kept = before.rows.iter().any(|before| before.promise.id == after.promise.id && before.standing == Standing::Kept);
        match (&after.standing, was_kept) {
            (Standing::Kept, _) => of_draft.kept += 1,
            (_, false) => of_draft.unkept += 1,
            (_, true) => of_draft.broken.push(after),
        }
    }
    Ok(of_draft)
}

/// Writes a promise down. It may be broken already; the list then shows by whom.
///
/// # Errors
/// [`Fault::Invalid`] with every wrong field, [`Fault::NotFound`] for whom or what the caller may not know of, [`Fault::Limit`].
pub async fn create(
    permit: &Permit<operations::CreatePromise>,
    known: &Permit<operations::ListPromises>,
    form: &PromiseForm,
) -> Result<PromiseId, Fault> {
    let owner = permit.owner();
    let name = form.name.trim();
    let read = (Who::from_tag(&form.who), Expects::from_tag(&form.expects), What::from_tag(&form.what), Place::from_tag(&form.place));
    let mut faults = FieldFaults::default();
    let is_name = !name.is_empty() && name.chars().count() <= MAX_NAME_CHARS && !name.chars().any(char::is_control);
    faults.check(is_name, "name", || {
        Text::made(format!("Enter a name of 1 to {MAX_NAME_CHARS} characters."), format!("请填写 1 至 {MAX_NAME_CHARS} 个字符的名称。"))
    });
    let unknown = || Text::new("Choose one of the list.", "请从列表中选择。");
    for (is_read, field) in
        [(read.0.is_some(), "who"), (read.1.is_some(), "expects"), (read.2.is_some(), "what"), (read.3.is_some(), "place")]
    {
        faults.check(is_read, field, unknown);
    }
    faults.finish()?;
    let (Some(who), Some(expects), Some(what), Some(place)) = read else { return Err(Fault::NotFound) };
    let place = match (what.is_about_applications(), expects, place) {
        (false, _, Place::App(_)) => {
            let words = Text::new("This is about no application. Choose any application.", "该操作与应用无关，请选择任一应用。");
            return Err(Fault::invalid("place", words));
        }
        // What may never be done on each is to be done on none, and so it is said.
        (false, ..) | (_, Expects::MayNever, Place::All) => Place::Any,
        (.., place) => place,
    };
    let choices = known.promises(None).await?;
    let is_known = match who {
        Who::Everybody => true,
        Who::User(uin) => choices.choices.people.iter().any(|(known, _)| *known == uin),
        Who::Group(group) => choices.groups.iter().any(|(known, _)| *known == group),
    };
    let is_listed = match place {
        Place::App(id) => choices.choices.apps.iter().any(|(known, _)| *known == id),
        Place::Any | Place::All => true,
    };
    if !is_known || !is_listed {
        return Err(Fault::NotFound);
    }
    let promise = Promise {
        id: PromiseId(permit.new_number()),
        name: name.to_owned(),
        who,
        expects,
        what: what.tag(),
        place,
        created_by: permit.caller().name().to_owned(),
        created_ms: permit.now_ms(),
        aside: (0, String::new()),
    };
    let mut change = permit.change().await?;
    let there = permit.stored(promises::all(&mut change, owner).await)?;
    if i64::try_from(there.len()).unwrap_or(i64::MAX) >= MAX_PROMISES {
        return Err(Fault::limit(&Text::new("promises", "权限承诺"), MAX_PROMISES));
    }
    permit.stored(promises::add(&mut change, owner, &promise).await)?;
    change.commit(Done::default().text(Field::Promise, "", &told(&promise))).await?;
    Ok(promise.id)
}

/// Deletes a promise.
///
/// # Errors
/// [`Fault::NotFound`].
pub async fn delete(
    permit: &Permit<operations::DeletePromise>,
    known: &Permit<operations::ListPromises>,
    id: PromiseId,
) -> Result<(), Fault> {
    knows(known, id).await?;
    let mut change = permit.change().await?;
    let promise = found(permit, &mut change, id).await?;
    permit.stored(promises::delete(&mut change, permit.owner(), id).await)?;
    change.commit(Done::default().text(Field::Promise, &told(&promise), "")).await
}

/// Sets a promise aside, so that changes of the root account may break it for [`ASIDE_MINS`]. Each of them is recorded with the reason.
///
/// # Errors
/// [`Fault::Barred`] for everybody but the root account, [`Fault::Invalid`] without a reason, [`Fault::NotFound`].
pub async fn set_aside(permit: &Permit<operations::SetPromiseAside>, id: PromiseId, reason: &str) -> Result<(), Fault> {
    if !permit.caller().is_root() {
        return Err(Fault::Barred(Text::new("Only the root account can set a promise aside.", "只有主账号可以暂停权限承诺。")));
    }
    let reason = reason.trim();
    if !REASON_CHARS.contains(&reason.chars().count()) || reason.chars().any(char::is_control) {
        let (least, most) = (REASON_CHARS.start(), REASON_CHARS.end());
        let words = Text::made(
            format!("Enter a reason of {least} to {most} characters, in one line."),
            format!("请填写 {least} 至 {most} 个字符的原因，不能换行。"),
        );
        return Err(Fault::invalid("reason", words));
    }
    let mut change = permit.change().await?;
    let promise = found(permit, &mut change, id).await?;
    let until_ms = permit.now_ms() + ASIDE_MINS * 60_000;
    permit.stored(promises::set_aside(&mut change, permit.owner(), id, until_ms, reason).await)?;
    change.commit(Done::default().text(Field::Promise, "", &promise.name).text(Field::Reason, "", reason)).await
}

/// A promise that the caller may know of.
async fn knows(known: &Permit<operations::ListPromises>, id: PromiseId) -> Result<(), Fault> {
    let rows = known.promises(None).await?.rows;
    if rows.iter().any(|row| row.promise.id == id) { Ok(()) } else { Err(Fault::NotFound) }
}

async fn found<O>(permit: &Permit<O>, change: &mut RecordedChange, id: PromiseId) -> Result<Promise, Fault> {
    let all = permit.stored(promises::all(change, permit.owner()).await)?;
    all.into_iter().find(|promise| promise.id == id).ok_or(Fault::NotFound)
}

/// A promise as records tell it.
fn told(promise: &Promise) -> String {
    let Promise { name, who, expects, what, place, .. } = promise;
    format!("{name}: {} {} {what} {}", who.tag(), expects.tag(), place.tag())
}
