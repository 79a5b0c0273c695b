//! Requests tried out in bulk: a list of people, actions and resources goes in, what each comes to comes out.
//!
//! A line that cannot be understood says so in its own place. Nothing is decided here: the gate answers.

use super::rights::{known_about, named, on};
use super::simulation::{outcome, resource_of};
use crate::cam::Resource;
use crate::catalog::ActionRow;
use crate::catalog::operations::ReadRights;
use crate::catalog::service::find_action;
use crate::domain::fault::Fault;
use crate::domain::rights::Outcome;
use crate::domain::rights_query::{About, BatchForm, MAX_LINES, RightsForm};
use crate::server::gate::{Inspected, On, Permit, Under};
use crate::text::Text;
use std::collections::HashMap;

/// A line of the list.
pub struct Line {
    /// Who, as it was typed.
    pub person: String,
    /// The action, as it was typed.
    pub action: String,
    /// On what, as it was typed.
    pub on: String,
    /// What it comes to, or what is wrong with the line.
    pub outcome: Result<Outcome, Text>,
}

/// What a line is about.
enum Thing {
    About(About),
    Resource(Resource),
}

/// What is to be decided for a line; its person by the place in a list.
type Asked = (usize, &'static ActionRow, Thing);

/// Tries out every line of a list, in its order.
///
/// # Errors
/// [`Fault::Invalid`] for circumstances that cannot be understood, for an empty list and for one that is too long.
pub async fn try_list(permit: &Permit<ReadRights>, form: &BatchForm) -> Result<Vec<Line>, Fault> {
    let circumstances = form.circumstances().circumstances(permit.now_ms(), permit.caller().utc_offset_mins())?;
    let rows = rows_of(&form.requests)?;
    let mut people: Vec<Inspected> = Vec::new();
    let mut known: HashMap<String, Option<usize>> = HashMap::new();
    let mut lines: Vec<([String; 3], Result<Asked, Text>)> = Vec::with_capacity(rows.len());
    for row in rows {
        let person = match known.get(&row[0]) {
            Some(place) => *place,
            None => {
                let found = match named(permit, "requests", &row[0]).await {
                    Ok(found) => found,
                    Err(Fault::Invalid(_)) => None,
                    Err(fault) => return Err(fault),
                };
                let place = found.map(|found| {
                    people.push(found);
                    people.len() - 1
                });
                known.insert(row[0].clone(), place);
                place
            }
        };
        let asked = asked(permit, person, &row);
        lines.push((row, asked));
    }
    let under = Under::new(&circumstances, false);
    permit
        .off_thread(move || {
            let decided = |([person, action, on], asked): ([String; 3], Result<Asked, Text>)| Line {
                person,
                action,
                on,
                outcome: asked.map(|(person, row, thing)| outcome(&people[person], row, thing.on(), &under)),
            };
            lines.into_iter().map(decided).collect()
        })
        .await
}

impl Thing {
    fn on(&self) -> On<'_> {
        match self {
            Self::About(about) => on(about),
            Self::Resource(resource) => On::Resource(resource),
        }
    }
}

/// The lines: user, action and what it is done on, which may be missing. Empty lines and a heading are left out.
fn rows_of(list: &str) -> Result<Vec<[String; 3]>, Fault> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(list.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let wrong = || Fault::invalid("requests", Text::new("This list is not readable as CSV.", "该列表无法按 CSV 格式读取。"));
        let record = record.map_err(|_| wrong())?;
        let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
        let row = [cell(0), cell(1), cell(2)];
        if row.iter().all(String::is_empty) || (rows.is_empty() && row[1].eq_ignore_ascii_case("action")) {
            continue;
        }
        if rows.len() == MAX_LINES {
            let words = Text::made(format!("Enter at most {MAX_LINES} lines."), format!("最多可填写 {MAX_LINES} 行。"));
            return Err(Fault::invalid("requests", words));
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Err(Fault::invalid("requests", Text::new("Enter at least one line.", "请至少填写一行。")));
    }
    Ok(rows)
}

fn asked(permit: &Permit<ReadRights>, person: Option<usize>, [_, action, on]: &[String; 3]) -> Result<Asked, Text> {
    let person = person.ok_or(Text::new("There is no user of this name or UIN.", "没有该用户名或 UIN 的用户。"))?;
    let action =
        find_action(action.strip_prefix("name/").unwrap_or(action)).ok_or(Text::new("There is no such action.", "没有该操作。"))?;
    let thing = if on == "*" || on.starts_with("qcs:") {
        resource_of(on).ok().flatten().map(Thing::Resource)
    } else {
        let about = known_about(permit, &RightsForm { app: on.clone(), ..RightsForm::default() }).ok();
        about.and_then(|about| about.into_iter().next()).map(Thing::About)
    };
    let thing = thing.ok_or(Text::new("There is no such application or resource.", "没有该应用或资源。"))?;
    Ok((person, action, thing))
}

#[cfg(test)]
mod tests {
    use super::rows_of;

    #[test]
    fn a_list_is_read_with_and_without_heading_and_resource() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned);
        let list = "user,action,on\r\nana, trtc:DismissRoom ,1400000001\n\n\"bo\",cam:AddUser\n";
        assert_eq!(rows_of(list).unwrap(), [row(["ana", "trtc:DismissRoom", "1400000001"]), row(["bo", "cam:AddUser", ""])]);
        assert!(rows_of("\n ,\n").is_err() && rows_of("user,action\n").is_err());
        assert!(rows_of(&"ana,trtc:DismissRoom\n".repeat(1_001)).is_err() && rows_of(&"ana,trtc:DismissRoom\n".repeat(1_000)).is_ok());
    }
}
