//! Who may do what, as the pages about it show it: people and how they come to a right, what one of them may use, a request tried out.
//!
//! It tells policy names, so it must never be sent to anybody who may not read policies.

use super::conditions::WrittenCondition;
use super::ids::{PolicyId, SdkAppId, Uin};
use super::paging::Page;
use crate::cam::{Outlook, Trace};
use serde::{Deserialize, Serialize};

/// People of whom the fields that name one offer a list; with more of them the name is typed.
pub const MAX_OFFERED: usize = 300;
/// Applications beside each other in a matrix.
pub const APPS_A_PAGE: i64 = 6;
/// People who are denied what they are allowed that the page lists; the file has all of them.
pub const MAX_DENIED: usize = 50;

/// A sub-account that is asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Its number.
    pub uin: Uin,
    /// Its login name.
    pub name: String,
    /// It cannot log in.
    pub disabled: bool,
    /// It has its first password still, and may do nothing before that is changed.
    pub first_password: bool,
}

/// What there is to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The applications that the reader may list.
    pub apps: Vec<(SdkAppId, String)>,
    /// The sub-accounts; none where there are more than [`MAX_OFFERED`].
    pub people: Vec<(Uin, String)>,
}

/// A statement by which somebody is allowed or denied something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// The user group it comes through; `None` when it is attached directly.
    pub through: Option<String>,
    /// When it ends to come that way by itself, epoch milliseconds; `None` for what has no end.
    pub until_ms: Option<i64>,
    /// The policy.
    pub policy: PolicyId,
    /// Its name.
    pub policy_name: String,
    /// The number of the statement, from 1.
    pub statement: u32,
    /// Its conditions, all of which have to hold.
    pub conditions: Vec<WrittenCondition>,
}

/// Somebody and how they come to be allowed something, or denied it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Who.
    pub person: Person,
    /// What it comes to.
    pub outlook: Outlook,
    /// The statements that allow it, or may.
    pub allowed: Vec<Way>,
    /// The statements that deny it, or may.
    pub denied: Vec<Way>,
}

/// Who can do something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhoCan {
    /// What there is to choose from.
    pub choices: Choices,
    /// Sub-accounts there are.
    pub people: i64,
    /// What was asked; `None` when nothing was.
    pub found: Option<Found>,
    /// As of when, epoch milliseconds.
    pub as_of_ms: i64,
}

/// The people who can do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The action, in full.
    pub action: String,
    /// Those who can, by name; one page of those whom the search finds.
    pub holders: Page<Holder>,
    /// How many can in any case.
    pub always: i64,
    /// How many can under a condition.
    pub sometimes: i64,
    /// How many have it directly, and how many through a user group; some have both.
    pub direct: i64,
    /// See `direct`.
    pub by_group: i64,
    /// Those who are allowed it and denied it; the first of many.
    pub denied: Vec<Holder>,
    /// How many they are.
    pub denied_of: i64,
}

/// What one person may use, or what two may use that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matrix {
    /// What there is to choose from.
    pub choices: Choices,
    /// Who, and what they may use; `None` when nobody was asked about.
    pub shown: Option<MatrixShown>,
    /// As of when, epoch milliseconds.
    pub as_of_ms: i64,
}

/// The rows of a matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixShown {
    /// Who is asked about.
    pub person: Person,
    /// Who they are compared with.
    pub other: Option<Person>,
    /// The applications of the columns, one page of them.
    pub apps: Page<(SdkAppId, String)>,
    /// Pages and their controls, in the order of the navigation; when two are compared only what differs.
    pub rows: Vec<MatrixRow>,
}

/// A page of the console or a control on one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixRow {
    /// The id of the page in the catalogue.
    pub page: String,
    /// The id of the control; empty for the page itself.
    pub control: String,
    /// One cell for each application, or a single one for what belongs to none.
    pub cells: Vec<MatrixCell>,
    /// Whether the cells are those of applications.
    pub by_app: bool,
}

/// Whether a page opens, or a control is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixCell {
    /// For the person.
    pub one: Outlook,
    /// For the other.
    pub other: Option<Outlook>,
}

impl MatrixCell {
    /// Whether the two differ.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.other.is_some_and(|other| yes(other) != yes(self.one))
    }
}

/// An outlook as a matrix shows it: a deny is a no.
#[must_use]
pub fn yes(outlook: Outlook) -> Outlook {
    outlook.max(Outlook::No)
}

/// Requests tried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulation {
    /// What there is to choose from.
    pub choices: Choices,
    /// What came of it; `None` when nothing was asked.
    pub tried: Option<Tried>,
    /// As of when, epoch milliseconds.
    pub as_of_ms: i64,
}

/// What came of requests that were tried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// By whom; nobody where only the draft counts.
    pub people: Vec<Person>,
    /// Whether a draft counts.
    pub draft: bool,
    /// The time of the requests, epoch milliseconds.
    pub at_ms: i64,
    /// Each request, by action and resource.
    pub requests: Vec<Request>,
    /// The decisions of a single request of one person or draft, in full.
    pub decisions: Vec<Decided>,
    /// The narrowest grant that would do for a single request that nothing denies.
    pub remedy: Option<Remedy>,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The action.
    pub action: String,
    /// On what, as it was asked: `all`, a number, a resource, or empty for any application.
    pub on: String,
    /// What it comes to for each of the people, in their order, or for the draft alone.
    pub outcomes: Vec<Outcome>,
}

/// What a request comes to for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What it comes to.
    pub outlook: Outlook,
    /// The statements that bring it about, the first of several.
    pub by: Vec<Way>,
}

/// One decision of several that a request takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The decision, and every statement that was looked at.
    pub trace: Trace,
    /// Statements that are not told, all of them further away.
    pub left_out: i64,
}

/// A grant that would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// The actions that are missing, each with its resource.
    pub grants: Vec<(String, String)>,
    /// A policy that grants them and nothing else.
    pub document: String,
}
