//! `GET /cam/who-can/export.csv`: who can do something, what somebody may use, or requests that are tried out, as a file; and
//! `POST /cam/who-can/simulated.csv`, which tries out a whole list.
//!
//! The same as on the screen, by the same services; nothing may be worked out here.

use super::Web;
use super::pages::no_file;
use crate::catalog::operations;
use crate::domain::audit::utc;
use crate::domain::fault::Fault;
use crate::domain::free_text::harmless_cell;
use crate::domain::rights::{Holder, MatrixShown, Outcome, Request, Tried, Way};
use crate::domain::rights_query::{BatchForm, RightsForm, RightsTab};
use crate::server::entry::Entry;
use crate::server::gate::{RateLimited, RequestFacts};
use crate::server::services::{batch, rights, simulation};
use crate::text::Text;
use axum::extract::{Query, State};
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Form};
use serde::Deserialize;

/// The columns of people; programs rely on them.
const PEOPLE: [&str; 10] =
    ["outcome", "uin", "user_name", "effect", "path", "policy_id", "policy_name", "statement", "conditions", "until"];
/// The columns of a matrix.
const MATRIX: [&str; 6] = ["page", "control", "sdk_app_id", "uin", "user_name", "outcome"];

/// The columns of requests that are tried out; the first three are those of a list.
const TRIED: [&str; 9] = ["user", "action", "on", "outcome", "path", "policy_id", "policy_name", "statement", "error"];

/// What stands in the address beside the question.
#[derive(Deserialize)]
pub struct Tab {
    #[serde(default)]
    tab: String,
}

/// `?tab=…` and the fields of the question.
pub async fn export(web: State<Web>, facts: Extension<RequestFacts>, tab: Query<Tab>, form: Query<RightsForm>, uri: Uri) -> Response {
    let tab = RightsTab::from_tag(&tab.0.tab);
    let asked = Entry::new(web.0.gate.clone(), facts.0);
    let rows = asked.ask(|caller| async move {
        let permit = caller.permit::<operations::ReadRights>()?;
        caller.within_rate(RateLimited::Export)?;
        match tab {
            RightsTab::WhoCan => {
                let holders = rights::everyone(&permit, &form.0).await?.holders.ok_or(Fault::NotFound)?.1;
                Ok(file("who-can", &PEOPLE, holders.iter().flat_map(lines)))
            }
            RightsTab::Person | RightsTab::Differences => {
                let matrix = rights::matrix(&permit, &form.0, tab == RightsTab::Differences, true).await?;
                Ok(file("permissions", &MATRIX, cells(&matrix.shown.ok_or(Fault::NotFound)?).into_iter()))
            }
            RightsTab::Simulator => {
                let tried = simulation::simulate(&permit, &form.0).await?.tried.ok_or(Fault::NotFound)?;
                Ok(file("simulated", &TRIED, outcomes(&tried).into_iter()))
            }
        }
    });
    rows.await.unwrap_or_else(|fault| no_file(&uri, &fault))
}

/// The fields of a list of requests.
pub async fn simulated(web: State<Web>, facts: Extension<RequestFacts>, uri: Uri, form: Form<BatchForm>) -> Response {
    let asked = Entry::new(web.0.gate.clone(), facts.0);
    let tried = asked.ask(|caller| async move {
        let permit = caller.permit::<operations::ReadRights>()?;
        caller.within_rate(RateLimited::Export)?;
        batch::try_list(&permit, &form.0).await
    });
    match tried.await {
        Ok(lines) => {
            let rows = lines.iter().map(|line| outcome_row(&line.person, &line.action, &line.on, line.outcome.as_ref()));
            file("simulated", &TRIED, rows)
        }
        Err(fault) => no_file(&uri, &fault),
    }
}

/// One line for each request of each of the people.
fn outcomes(tried: &Tried) -> Vec<Vec<String>> {
    let people = tried.people.iter().map(|person| person.name.as_str());
    let people: Vec<&str> = if tried.people.is_empty() { vec![""] } else { people.collect() };
    let of = |(at, person): (usize, &&str)| {
        let row = |request: &Request| Some(outcome_row(person, &request.action, &request.on, Ok(request.outcomes.get(at)?)));
        tried.requests.iter().filter_map(row).collect::<Vec<_>>()
    };
    people.iter().enumerate().flat_map(of).collect()
}

fn outcome_row(person: &str, action: &str, on: &str, outcome: Result<&Outcome, &Text>) -> Vec<String> {
    let by = outcome.ok().and_then(|outcome| outcome.by.first());
    let path = |way: &Way| way.through.as_ref().map_or_else(|| "direct".to_owned(), |group| format!("group {group}"));
    let cells = [
        person.to_owned(),
        action.to_owned(),
        on.to_owned(),
        outcome.map_or_else(|_| String::new(), |outcome| outcome.outlook.as_str().to_owned()),
        by.map_or_else(String::new, path),
        by.map_or_else(String::new, |way| way.policy.to_string()),
        by.map_or_else(String::new, |way| way.policy_name.clone()),
        by.map_or_else(String::new, |way| way.statement.to_string()),
        outcome.err().map_or_else(String::new, |wrong| wrong.en.to_string()),
    ];
    cells.into()
}

/// One line for each path, as in the table.
fn lines(holder: &Holder) -> Vec<Vec<String>> {
    let of = |effect: &str, way: Option<&Way>| {
        let conditions = |way: &Way| way.conditions.iter().map(|one| one.text().en.into_owned()).collect::<Vec<_>>().join("; ");
        vec![
            holder.outlook.as_str().to_owned(),
            holder.person.uin.to_string(),
            holder.person.name.clone(),
            effect.to_owned(),
            way.map_or_else(String::new, |way| way.through.as_ref().map_or_else(|| "direct".to_owned(), |group| format!("group {group}"))),
            way.map_or_else(String::new, |way| way.policy.to_string()),
            way.map_or_else(String::new, |way| way.policy_name.clone()),
            way.map_or_else(String::new, |way| way.statement.to_string()),
            way.map_or_else(String::new, conditions),
            way.and_then(|way| way.until_ms).map_or_else(String::new, utc),
        ]
    };
    let ways = holder.allowed.iter().map(|way| of("allow", Some(way))).chain(holder.denied.iter().map(|way| of("deny", Some(way))));
    let ways: Vec<_> = ways.collect();
    if ways.is_empty() { vec![of("", None)] } else { ways }
}

/// One line for each cell.
fn cells(shown: &MatrixShown) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for row in &shown.rows {
        for (at, cell) in row.cells.iter().enumerate() {
            let app = if row.by_app { shown.apps.rows.get(at).map_or_else(String::new, |(id, _)| id.to_string()) } else { String::new() };
            for (person, outlook) in [(Some(&shown.person), Some(cell.one)), (shown.other.as_ref(), cell.other)] {
                let (Some(person), Some(outlook)) = (person, outlook) else { continue };
                let (uin, name) = (person.uin.to_string(), person.name.clone());
                rows.push(vec![row.page.clone(), row.control.clone(), app.clone(), uin, name, outlook.as_str().to_owned()]);
            }
        }
    }
    rows
}

fn file(name: &str, columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Response {
    let mut csv = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = csv.write_record(columns);
    for row in rows {
        let _ = csv.write_record(row.iter().map(|cell| harmless_cell(cell)));
    }
    let name = format!("attachment; filename=\"{name}.csv\"");
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    (headers, csv.into_inner().unwrap_or_default()).into_response()
}
