//! Requests tried out: what would be decided for somebody, or by the draft of a policy, with every statement that has a say.
//!
//! Nothing is done and nothing decided here: the gate answers, as it would for the request itself.

use super::rights::{all_choices, known_about, named, on, person_of, way};
use crate::cam::{self, Effect, Located, Outlook, Policy, Resource, Severity, Statement};
use crate::catalog::ActionRow;
use crate::catalog::operations::ReadRights;
use crate::domain::fault::Fault;
use crate::domain::rights::{Decided, Outcome, Remedy, Request, Simulation, Tried};
use crate::domain::rights_query::{About, MAX_COLUMNS, RightsForm};
use crate::server::gate::{Inspected, On, Permit, Under};
use crate::text::Text;
use std::sync::Arc;

/// Statements that are told of one decision.
const MAX_STATEMENTS: usize = 30;
/// Statements that are told of each of several requests.
const MAX_BY: usize = 2;

/// Tries out what a form asks for.
///
/// # Errors
/// [`Fault::Invalid`] with what cannot be understood, [`Fault::NotFound`] for an application that the reader may not list.
pub async fn simulate(permit: &Permit<ReadRights>, form: &RightsForm) -> Result<Simulation, Fault> {
    let (actions, about) = (form.actions()?, known_about(permit, form)?);
    let circumstances = form.circumstances(permit.now_ms(), permit.caller().utc_offset_mins())?;
    let resource = resource_of(&form.resource)?;
    let draft = draft_of(&form.draft)?;
    let mut people = Vec::new();
    for name in form.people()? {
        people.extend(named(permit, "person", name).await?);
    }
    if people.len() > 1 && resource.is_none() && actions.len() * about.len() > MAX_COLUMNS {
        let words = Text::made(
            format!("Ask for at most {MAX_COLUMNS} requests of several users."),
            format!("对多个用户最多可模拟 {MAX_COLUMNS} 个请求。"),
        );
        return Err(Fault::invalid("action", words));
    }
    let choices = all_choices(permit).await?;
    let subjects: Vec<Inspected> = match &draft {
        Some(draft) if people.is_empty() => vec![permit.inspect_draft(draft.clone())],
        Some(draft) => people.iter().map(|person| person.with_draft(draft.clone())).collect(),
        None => people.clone(),
    };
    let under = Under::new(&circumstances, false);
    let tried = if subjects.is_empty() || actions.is_empty() {
        None
    } else {
        let (requests, decisions, remedy) =
            permit.off_thread(move || try_out(&subjects, &actions, &about, resource.as_ref(), &under)).await?;
        let people = people.iter().map(person_of).collect();
        Some(Tried { people, draft: draft.is_some(), at_ms: circumstances.at_ms, requests, decisions, remedy })
    };
    Ok(Simulation { choices, tried, as_of_ms: permit.now_ms() })
}

fn try_out(
    subjects: &[Inspected],
    actions: &[&'static ActionRow],
    about: &[About],
    resource: Option<&Resource>,
    under: &Under,
) -> (Vec<Request>, Vec<Decided>, Option<Remedy>) {
    let things: Vec<(String, On<'_>)> = match resource {
        Some(resource) => vec![(resource.to_string(), On::Resource(resource))],
        None => about.iter().map(|about| (about.tag(), on(about))).collect(),
    };
    let asked: Vec<(&'static ActionRow, &(String, On<'_>))> =
        actions.iter().flat_map(|row| things.iter().map(move |thing| (*row, thing))).collect();
    let request = |row: &'static ActionRow, tag: &str, on| Request {
        action: row.full.to_owned(),
        on: tag.to_owned(),
        outcomes: subjects.iter().map(|subject| outcome(subject, row, on, under)).collect(),
    };
    let requests = asked.iter().map(|(row, (tag, on))| request(row, tag, *on)).collect();
    let ([(row, (_, on))], [subject]) = (asked.as_slice(), subjects) else {
        return (requests, Vec::new(), None);
    };
    let decisions = subject.decisions(row, *on, under).into_iter().map(|(row, resource, mut trace)| {
        let left_out = trace.statements.len().saturating_sub(MAX_STATEMENTS);
        trace.statements.truncate(MAX_STATEMENTS);
        Decided { action: row.full.to_owned(), resource, trace, left_out: i64::try_from(left_out).unwrap_or(i64::MAX) }
    });
    let decisions = decisions.collect();
    let outlook = subject.outlook(row, *on, under);
    let remedy = if outlook == Outlook::No { remedy(&subject.lacking(row, *on, under)) } else { None };
    (requests, decisions, remedy)
}

/// What a request comes to for somebody, and by which statements.
pub(super) fn outcome(subject: &Inspected, row: &'static ActionRow, on: On<'_>, under: &Under) -> Outcome {
    let outlook = subject.outlook(row, on, under);
    let effect = if outlook == Outlook::Denied { Effect::Deny } else { Effect::Allow };
    let met = subject.meeting(row, on, under);
    let by = met.iter().filter(|met| met.written.effect.value == effect && outlook != Outlook::No).take(MAX_BY).map(way).collect();
    Outcome { outlook, by }
}

/// A policy of the grants that are missing; none where nothing is, or where it would be no policy.
fn remedy(lacking: &[(&'static ActionRow, Resource)]) -> Option<Remedy> {
    if lacking.is_empty() {
        return None;
    }
    let statements: Vec<String> = lacking
        .iter()
        .map(|(row, resource)| {
            serde_json::json!({ "effect": "allow", "action": [row.full], "resource": [resource.to_string()] }).to_string()
        })
        .collect();
    let policy = cam::parse(&format!(r#"{{"version":"2.0","statement":[{}]}}"#, statements.join(","))).policy?;
    // A resource may hold what a policy says something else by; such a grant is for people to write.
    let is_exact = |(statement, (_, resource)): (&Located<Statement>, &(&ActionRow, Resource))| matches!(statement.value.resources.as_slice(), [one] if one.value.as_str() == resource.to_string());
    if policy.statements.len() != lacking.len() || !policy.statements.iter().zip(lacking).all(is_exact) {
        return None;
    }
    let document = policy.to_string();
    Some(Remedy { grants: lacking.iter().map(|(row, resource)| (row.full.to_owned(), resource.to_string())).collect(), document })
}

/// The resource that was typed; none where nothing was.
pub(super) fn resource_of(text: &str) -> Result<Option<Resource>, Fault> {
    match text.trim() {
        "" => Ok(None),
        text => Resource::parse(text).map(Some).map_err(|_| {
            Fault::invalid(
                "resource",
                Text::new(
                    "Enter * or six segments, for example qcs::cam::uin/100000000001:uin/100000000002.",
                    "请填写 * 或六段式描述，例如 qcs::cam::uin/100000000001:uin/100000000002。",
                ),
            )
        }),
    }
}

/// The draft; an error in it is the first of those that the editor shows.
fn draft_of(text: &str) -> Result<Option<Arc<Policy>>, Fault> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let parsed = cam::parse(text);
    let error = parsed.diagnostics.into_iter().find(|found| found.severity == Severity::Error);
    match (parsed.policy, error) {
        (Some(policy), _) => Ok(Some(Arc::new(policy))),
        (None, Some(error)) => Err(Fault::invalid("draft", plain(&error.message))),
        (None, None) => Err(Fault::invalid("draft", Text::new("This is not a policy.", "这不是有效的策略。"))),
    }
}

/// A finding without the marks that an editor shows as code.
fn plain(text: &Text) -> Text {
    let plain = |text: &str| text.replace('`', "");
    Text { en: plain(&text.en).into(), zh: plain(&text.zh).into() }
}
