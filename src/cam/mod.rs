//! The CAM policy language and its engine: text to policy, policies to verdicts, verdicts to reasons.
//!
//! It must never do IO, read a clock or panic, and it knows no catalogue: whoever asks brings time, address and tags along.
//!
//! # The semantics
//! 1. Everything is denied unless a statement allows it: `deny_implicit`.
//! 2. A statement matches when one of its actions, one of its resources and all of its conditions match together.
//! 3. A matching deny beats every allow, in whatever policy or order: `deny_explicit`.
//! 4. An action pattern is compared case-sensitively; `*` covers any run of characters; `name/` in front says nothing.
//! 5. A resource is `*` or six segments. Empty or `*` in service and region mean any; an empty account means the own root account,
//!    `*` any account. The last segment is compared case-sensitively, `*` covers any run of characters, `/` too, and nothing is
//!    matched by prefix without it.
//! 6. An operation-level request names the resource `*`; only a statement with resource `*` matches it, allow and deny alike.
//! 7. A request for all resources of a type carries a literal `*`, which only a pattern that covers `*` matches.
//! 8. The values of a condition key are alternatives; keys and operators must all hold.
//! 9. An absent key, or an empty list, satisfies an operator only with `_if_exist`, also a negated one. `null_equal` asks for it.
//! 10. A negated operator holds when no value of the policy agrees. Of several values of the request, one must satisfy a plain
//!     operator, none may contradict a negated one, `for_any_value:` asks for one and `for_all_value:` for every one.
//! 11. A value of the request that is not of the operator's type satisfies nothing.
//! 12. `${uin}`, `${owner_uin}` and `${app_id}` are replaced once, in last segments and condition values; what is put in is no pattern.
//! 13. The root account may do everything to its own resources; policies and boundaries on it are ignored. The general policies bind
//!     everybody.
//! 14. A permissions boundary and a session policy grant nothing: each must allow what the policies allow, and may deny. Its deny is
//!     an explicit one, also where no policy allows.
//! 15. Resources of another root account are out of reach, but for COS buckets and for roles whose trust policy lets the caller in.
//! 16. Several resources in one request must each be allowed; one explicit deny denies the request.
//! 17. A document with an error is refused as a whole.
//!
//! # The map
//! `json` reads text, `literal` knows how strings are written, `parse` and `trust` read documents out of it with `action`, `resource`, `condition`, `variable` and `trust_principal`;
//! `policy` is the result. `compile` binds statements to a principal with `clause` and `instant`, `layer` files them with `ends`, `decide`
//! judges requests, `explain` says why and `trace` says it of every statement, `outlook` judges what is known in part, `scope` answers for
//! lists, `turns` knows from when on time matters, `compare` finds what two policies answer differently, `cards` shows a text statement by
//! statement and changes it in place, `assist` knows what may be typed where, `check`, `unmeant` and `meaning` find what is legal but not
//! meant, `lookalike` what only looks like JSON, `convert` and `hcl` read policies of other languages, `conformance` runs files of cases.

#![deny(missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice, clippy::panic)]

mod action;
mod assist;
pub mod cards;
mod check;
mod clause;
mod compare;
mod compile;
mod condition;
pub mod conformance;
mod context;
mod convert;
mod decide;
mod diagnostic;
mod ends;
mod explain;
mod general;
mod hcl;
mod instant;
mod json;
mod layer;
mod literal;
mod lookalike;
mod meaning;
mod operand;
mod outlook;
mod parse;
mod policy;
mod principal;
pub mod reference;
mod resource;
mod scope;
mod source;
mod spelling;
mod trace;
mod trust;
mod trust_principal;
mod turns;
mod unmeant;
mod variable;
mod vocabulary;
mod wildcard;

pub use action::{ActionPattern, covers, is_action};
pub use assist::{Place, Slot, place};
pub use check::{Setting, check};
pub use compare::{Change, Differences, Example, Idle, Owner, Why, compare, idle};
pub use condition::{Comparison, Condition, Operator, Qualifier, Relation, Value};
pub use context::Context;
pub use convert::{Converted, Language, convert, of_another_language};
pub use decide::{Circumstances, PolicySet, Stage, Verdict};
pub use diagnostic::{Code, Diagnostic, Fix, Located, Severity, Span, line_column, primary};
pub use explain::{Cause, Decision, Missing, NearMiss};
pub use json::{Json, Member, Node, read_down_to as read_json};
pub use literal::{quoted, string_length};
pub use outlook::{Meeting, Outlook};
pub use parse::{Parsed, parse};
pub use policy::{Effect, Policy, Statement};
pub use principal::Principal;
pub use resource::{Account, NamedPattern, NamedResource, Resource, ResourceError, ResourcePattern, ResourceRef};
pub use source::{Origin, Source, Via};
pub use trace::{Trace, TracedCondition, TracedPart, TracedStatement};
pub use trust::{ParsedTrust, TrustPolicy, TrustStatement, parse_trust};
pub use trust_principal::TrustPrincipal;
pub use vocabulary::{Escalation, KnownAction, KnownPage, Vocabulary};

/// The longest policy, in characters without blanks, tabs and line ends.
pub const MAX_CHARACTERS: usize = 6144;
/// The longest text that is looked at, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
