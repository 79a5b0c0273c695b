//! Trust policies of roles: who may assume the role. The role's own permissions are ordinary policies.
//!
//! It must never grant by itself: the caller also needs `sts:AssumeRole` on the role from the policies of its own account.

use super::action::ActionPattern;
use super::clause::{Caller, Clause};
use super::condition::Condition;
use super::context::Context;
use super::decide::Verdict;
use super::diagnostic::{Diagnostic, Located};
use super::parse::{self, Draft, Kind};
use super::policy::Effect;
use super::principal::Principal;
use super::trust_principal::TrustPrincipal;

/// The trust policy of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustPolicy {
    /// Its statements.
    pub statements: Vec<Located<TrustStatement>>,
}

/// One statement of a trust policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustStatement {
    /// `allow` or `deny`.
    pub effect: Located<Effect>,
    /// The ways to assume the role, e.g. `sts:AssumeRole`.
    pub actions: Vec<Located<ActionPattern>>,
    /// Who is meant; any of them may match.
    pub principals: Vec<Located<TrustPrincipal>>,
    /// All of them have to hold.
    pub conditions: Vec<Condition>,
}

/// What reading a trust policy gave.
#[derive(Clone, Debug)]
pub struct ParsedTrust {
    /// The policy; `None` when there is an error among the diagnostics.
    pub policy: Option<TrustPolicy>,
    /// Everything found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the trust policy of a role.
#[must_use]
pub fn parse_trust(text: &str) -> ParsedTrust {
    let statement = |draft: Draft| {
        let Draft { effect, actions, principals, conditions, .. } = draft;
        Some(TrustStatement { effect: effect?, actions, principals, conditions })
    };
    let (statements, diagnostics) = parse::statements(text, Kind::Trust, statement);
    ParsedTrust { policy: statements.map(|statements| TrustPolicy { statements }), diagnostics }
}

impl TrustPolicy {
    /// Whether the role lets this account in. A deny that names it beats every allow.
    #[must_use]
    pub fn verdict(&self, caller: &Principal, action: &str, context: &Context) -> Verdict {
        let bound = Caller::new(*caller);
        let mut verdict = Verdict::DenyImplicit;
        for statement in &self.statements {
            let statement = &statement.value;
            let named = statement.principals.iter().any(|principal| principal.value.is(caller));
            if !named || !statement.actions.iter().any(|pattern| pattern.value.covers(action)) {
                continue;
            }
            if !statement.conditions.iter().all(|condition| Clause::bind(condition, caller).holds(context, &bound)) {
                continue;
            }
            match statement.effect.value {
                Effect::Deny => return Verdict::DenyExplicit,
                Effect::Allow => verdict = Verdict::Allow,
            }
        }
        verdict
    }
}

impl TrustPrincipal {
    fn is(&self, caller: &Principal) -> bool {
        let same = |uin: u64, other: i64| u64::try_from(other) == Ok(uin);
        match self {
            Self::Account(owner_uin) => same(*owner_uin, caller.owner_uin),
            Self::User { owner_uin, uin } => same(*owner_uin, caller.owner_uin) && same(*uin, caller.caller_uin()),
            Self::Service(_) | Self::Federated(_) => false,
        }
    }
}
