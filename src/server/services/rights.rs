//! Who may do what: the people who can do something and how they come to it, what one of them may use, and what two may use that differs.
//!
//! Whoever may read rights learns of applications only those that they may list. Nothing is decided here: the gate answers.

use crate::cam::{Effect, Meeting, Outlook, Via};
use crate::catalog::operations::ReadRights;
use crate::catalog::pages;
use crate::catalog::{ActionRow, Page as CataloguePage, Rule};
use crate::domain::conditions::WrittenCondition;
use crate::domain::fault::Fault;
use crate::domain::ids::{PolicyId, SdkAppId, Uin};
use crate::domain::paging::{Listing, Page, ROWS_A_PAGE};
use crate::domain::rights::{
    APPS_A_PAGE, Choices, Found, Holder, MAX_DENIED, MAX_OFFERED, Matrix, MatrixCell, MatrixRow, MatrixShown, Person, Way, WhoCan,
};
use crate::domain::rights_query::{About, RightsForm};
use crate::server::gate::{Inspected, On, Permit, Under};
use crate::text::Text;
use std::collections::HashMap;

/// Everyone with what the asked request comes to for them.
pub struct Everyone {
    /// The sub-accounts that there are.
    pub people: Vec<Person>,
    /// Those who can, and those who are allowed it and denied it, by name. `None` when nothing was asked.
    pub holders: Option<(&'static ActionRow, Vec<Holder>)>,
}

/// One page of the people who can do what a form asks for.
///
/// # Errors
/// [`Fault::Invalid`] with every field that cannot be understood, [`Fault::NotFound`] for an application that the reader may not list.
pub async fn who_can(permit: &Permit<ReadRights>, form: &RightsForm) -> Result<WhoCan, Fault> {
    let Everyone { people, holders } = everyone(permit, form).await?;
    let found = holders.map(|(row, holders)| found(row, holders, form));
    Ok(WhoCan { choices: choices(permit, &people), people: counted(people.len()), found, as_of_ms: permit.now_ms() })
}

/// Everyone who can do what a form asks for.
///
/// # Errors
/// As [`who_can`].
pub async fn everyone(permit: &Permit<ReadRights>, form: &RightsForm) -> Result<Everyone, Fault> {
    let row = form.one_action()?;
    let about = one_about(permit, form)?;
    let under = Under::new(&form.circumstances(permit.now_ms(), permit.caller().utc_offset_mins())?, true);
    let Some(row) = row else {
        return Ok(Everyone { people: people_of(permit).await?, holders: None });
    };
    let all = permit.inspect_everyone().await?;
    let ends = permit.stored(permit.store().temporary_attachments(permit.owner(), permit.now_ms()).await)?;
    let ends = ends.into_iter().map(|one| ((one.uin, one.group_name, one.policy_id), one.until_ms)).collect();
    permit
        .off_thread(move || {
            let holders = all.iter().filter_map(|one| holder(one, row, on(&about), &under)).map(|holder| ending(holder, &ends)).collect();
            Everyone { people: all.iter().map(person_of).collect(), holders: Some((row, holders)) }
        })
        .await
}

/// Somebody who can, or is denied what a policy allows.
fn holder(one: &Inspected, row: &'static ActionRow, on: On<'_>, under: &Under) -> Option<Holder> {
    let outlook = one.outlook(row, on, under);
    if outlook == Outlook::No {
        return None;
    }
    let (mut allowed, mut denied) = (Vec::new(), Vec::new());
    for met in one.meeting(row, on, under) {
        match met.written.effect.value {
            Effect::Allow => allowed.push(way(&met)),
            Effect::Deny => denied.push(way(&met)),
        }
    }
    for ways in [&mut allowed, &mut denied] {
        ways.sort_by_cached_key(|way: &Way| (way.through.clone(), way.policy_name.to_lowercase(), way.statement));
    }
    let is_told = outlook.is_possible() || !allowed.is_empty();
    is_told.then(|| Holder { person: person_of(one), outlook, allowed, denied })
}

/// When attachments end, by the account itself, or 0 and the name of a user group, and the policy.
type Ends = HashMap<(i64, String, i64), i64>;

/// Somebody with the ends of the ways.
fn ending(mut holder: Holder, ends: &Ends) -> Holder {
    let uin = holder.person.uin.0;
    for way in holder.allowed.iter_mut().chain(&mut holder.denied) {
        let to = way.through.as_ref().map_or_else(|| (uin, String::new()), |group| (0, group.clone()));
        way.until_ms = ends.get(&(to.0, to.1, way.policy.0)).copied();
    }
    holder
}

fn found(row: &'static ActionRow, holders: Vec<Holder>, form: &RightsForm) -> Found {
    let listing = Listing { search: form.q.clone(), page: form.page(), size: ROWS_A_PAGE, sort: String::new() };
    let wanted = listing.wanted();
    let (mut can, mut denied): (Vec<Holder>, Vec<Holder>) = holders.into_iter().partition(|holder| holder.outlook.is_possible());
    let count = |of: &dyn Fn(&Holder) -> bool| counted(can.iter().filter(|holder| of(holder)).count());
    let (always, sometimes) = (count(&|one| one.outlook == Outlook::Always), count(&|one| one.outlook == Outlook::Sometimes));
    let direct = count(&|one| one.allowed.iter().any(|way| way.through.is_none()));
    let by_group = count(&|one| one.allowed.iter().any(|way| way.through.is_some()));
    can.retain(|holder| wanted.is_in(&[&holder.person.name, &holder.person.uin.to_string()]));
    let denied_of = counted(denied.len());
    denied.truncate(MAX_DENIED);
    let holders = listing.cut(can);
    Found { action: row.full.to_owned(), holders, always, sometimes, direct, by_group, denied, denied_of }
}

/// What one person may use, or what two may use that differs, with one page of the applications, or all of them.
///
/// # Errors
/// [`Fault::Invalid`] for a person that is not there, and with every field that cannot be understood.
pub async fn matrix(permit: &Permit<ReadRights>, form: &RightsForm, compares: bool, every_app: bool) -> Result<Matrix, Fault> {
    let under = Under::new(&form.circumstances(permit.now_ms(), permit.caller().utc_offset_mins())?, false);
    let one = named(permit, "person", &form.person).await?;
    let other = if compares { named(permit, "other", &form.other).await? } else { None };
    let choices = all_choices(permit).await?;
    let known = permit.known_apps();
    let size = if every_app { counted(known.len()) } else { APPS_A_PAGE };
    let apps = Page::cut(known, form.page(), size);
    let shown = match one {
        Some(one) if !compares || other.is_some() => Some(permit.off_thread(move || shown(&one, other.as_ref(), apps, &under)).await?),
        _ => None,
    };
    Ok(Matrix { choices, shown, as_of_ms: permit.now_ms() })
}

fn shown(one: &Inspected, other: Option<&Inspected>, apps: Page<(SdkAppId, String)>, under: &Under) -> MatrixShown {
    let cell =
        |rule: Rule, on: On<'_>| MatrixCell { one: one.rule(rule, on, under), other: other.map(|other| other.rule(rule, on, under)) };
    let row = |page: &CataloguePage, control: &str, rule: Rule| {
        let by_app = page.is_on_application() || page.id == pages::Usage::PAGE.id && !apps.rows.is_empty();
        let cells = if by_app { apps.rows.iter().map(|(id, _)| cell(rule, On::App(*id))).collect() } else { vec![cell(rule, On::Any)] };
        MatrixRow { page: page.id.to_owned(), control: control.to_owned(), cells, by_app }
    };
    let mut rows = Vec::new();
    for page in pages::all().filter(|page| !page.opens.actions().is_empty()) {
        rows.push(row(page, "", page.opens));
        rows.extend(page.controls.iter().map(|control| row(page, control.id, control.rule)));
    }
    if other.is_some() {
        rows.retain(|row| row.cells.iter().any(MatrixCell::differs));
    }
    MatrixShown { person: person_of(one), other: other.map(person_of), apps, rows }
}

/// Who a field names; `None` when it is empty.
///
/// # Errors
/// [`Fault::Invalid`] when there is nobody of that number or name.
pub(super) async fn named(permit: &Permit<ReadRights>, field: &str, text: &str) -> Result<Option<Inspected>, Fault> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    match permit.inspect(text).await {
        Ok(one) => Ok(Some(one)),
        Err(Fault::NotFound) => {
            Err(Fault::invalid(field, Text::new("There is no user of this name or UIN.", "没有该用户名或 UIN 的用户。")))
        }
        Err(fault) => Err(fault),
    }
}

/// What there is to choose from, where the list of people is short.
pub(super) fn choices(permit: &Permit<ReadRights>, people: &[Person]) -> Choices {
    let few = if people.len() > MAX_OFFERED { &[] } else { people };
    Choices { apps: permit.known_apps(), people: few.iter().map(|person| (person.uin, person.name.clone())).collect() }
}

/// The people to choose from.
pub(super) async fn all_choices(permit: &Permit<ReadRights>) -> Result<Choices, Fault> {
    Ok(choices(permit, &people_of(permit).await?))
}

/// Every sub-account, by name.
async fn people_of(permit: &Permit<ReadRights>) -> Result<Vec<Person>, Fault> {
    let all = permit.stored(permit.store().holders_of(permit.owner()).await)?;
    Ok(all.into_iter().map(|holder| person(holder.uin, holder.name, holder.disabled, holder.must_change_password)).collect())
}

/// What requests are about, of which the reader may know.
pub(super) fn known_about(permit: &Permit<ReadRights>, form: &RightsForm) -> Result<Vec<About>, Fault> {
    let (about, known) = (form.about()?, permit.known_apps());
    let is_known = |one: &About| match one {
        About::App(id) => known.iter().any(|(known, _)| known == id),
        About::Any | About::EveryApp => true,
    };
    if about.iter().all(is_known) { Ok(about) } else { Err(Fault::NotFound) }
}

fn one_about(permit: &Permit<ReadRights>, form: &RightsForm) -> Result<About, Fault> {
    let mut about = known_about(permit, form)?.into_iter();
    match (about.next(), about.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(Fault::invalid("app", Text::new("Choose one application.", "请选择一个应用。"))),
    }
}

pub(super) const fn on(about: &About) -> On<'static> {
    match about {
        About::Any => On::Any,
        About::EveryApp => On::EveryApp,
        About::App(id) => On::App(*id),
    }
}

/// A statement as people look for it.
pub(super) fn way(met: &Meeting<'_>) -> Way {
    Way {
        through: match &met.origin.via {
            Via::Group(name) => Some(name.to_string()),
            _ => None,
        },
        until_ms: None,
        policy: PolicyId(met.origin.policy_id),
        policy_name: met.origin.policy_name.to_string(),
        statement: u32::try_from(met.number).unwrap_or(u32::MAX).saturating_add(1),
        conditions: met.written.conditions.iter().map(WrittenCondition::from).collect(),
    }
}

pub(super) fn person_of(one: &Inspected) -> Person {
    let account = one.account();
    person(account.uin, account.name.clone(), account.disabled, account.must_change_password)
}

fn person(uin: i64, name: String, disabled: i64, must_change_password: i64) -> Person {
    Person { uin: Uin(uin), name, disabled: disabled != 0, first_password: must_change_password != 0 }
}

fn counted(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
