//! Trust policies of roles: who may assume the role. The role's own permissions are ordinary policies.
//!
//! It must never grant by itself: the caller also needs `sts:AssumeRole` on the role from the policies of its own account.

use super::action::{ActionPattern, is_service};
use super::clause::{Caller, Clause};
use super::condition::Condition;
use super::context::Context;
use super::decide::{Principal, Verdict};
use super::diagnostic::{Code, Diagnostic, Located, Severity, Span, shown};
use super::json::{Json, Member, Node};
use super::parse::{self, Kind};
use super::policy::Effect;
use crate::text::Text;

/// One principal a trust policy names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustPrincipal {
    /// `qcs::cam::uin/B:root`: the root account and everybody in it, who still need their own permission.
    Account(u64),
    /// `qcs::cam::uin/B:uin/S`: this sub-account only.
    User {
        /// The root account it belongs to.
        owner_uin: u64,
        /// The sub-account.
        uin: u64,
    },
    /// A product that assumes the role itself.
    Service(String),
    /// An identity provider.
    Federated(String),
}

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
    let (drafts, diagnostics) = parse::document(text, Kind::Trust);
    let faulty = diagnostics.iter().any(|found| found.severity == Severity::Error);
    let policy = (!faulty).then(|| TrustPolicy {
        statements: drafts
            .into_iter()
            .filter_map(|draft| {
                let statement = TrustStatement {
                    effect: draft.value.effect?,
                    actions: draft.value.actions,
                    principals: draft.value.principals,
                    conditions: draft.value.conditions,
                };
                Some(Located::new(statement, draft.span))
            })
            .collect(),
    });
    ParsedTrust { policy, diagnostics }
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

/// The kinds of principals; a statement names principals of one.
const KINDS: [&str; 3] = ["qcs", "service", "federated"];

/// Reads `{"qcs": […]}`, `{"service": […]}` or `{"federated": […]}`.
pub(super) fn principals(node: &Node, found: &mut Vec<Diagnostic>) -> Vec<Located<TrustPrincipal>> {
    if let Json::Object(members) = &node.json {
        found.extend(second_kind(members));
    }
    let mut fault = |code: Code, span: Span, message: Text| {
        found.push(Diagnostic::error(code, span, message).help(Text::new(
            "Write `{\"qcs\": [\"qcs::cam::uin/<root UIN>:root\"]}`, `{\"service\": […]}` or `{\"federated\": […]}`.",
            "请写成 `{\"qcs\": [\"qcs::cam::uin/<主账号 UIN>:root\"]}`、`{\"service\": […]}` 或 `{\"federated\": […]}`。",
        )));
    };
    let mut principals = Vec::new();
    let members = match &node.json {
        Json::Object(members) if !members.is_empty() => members,
        Json::Broken => return principals,
        _ => {
            fault(Code::PrincipalError, node.span, Text::new("`principal` names no identity.", "`principal` 没有指明任何身份。"));
            return principals;
        }
    };
    for member in members {
        let name = member.key.value.as_str();
        if !KINDS.contains(&name) {
            let name = shown(name);
            let message = Text::made(format!("`{name}` is not a principal type."), format!("`{name}` 不是有效的身份类型。"));
            fault(Code::PrincipalError, member.key.span, message);
            continue;
        }
        let nodes = match &member.value.json {
            Json::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(&member.value),
        };
        if nodes.is_empty() {
            fault(Code::PrincipalError, member.value.span, Text::new("The list of principals is empty.", "身份列表为空。"));
        }
        for node in nodes {
            let Json::String(text) = &node.json else {
                if !matches!(node.json, Json::Broken) {
                    fault(Code::PrincipalError, node.span, Text::new("A principal must be a string.", "身份必须是字符串。"));
                }
                continue;
            };
            let (read, code) = match name {
                "qcs" => (account(text), Code::PrincipalQcsError),
                "service" => (service(text), Code::PrincipalServiceNotExist),
                _ => (provider(text), Code::PrincipalQcsError),
            };
            match read {
                Some(principal) => principals.push(Located::new(principal, node.span)),
                None => {
                    let text = shown(text);
                    let message = Text::made(format!("`{text}` is not a principal."), format!("`{text}` 不是有效的身份。"));
                    fault(code, node.span, message);
                }
            }
        }
    }
    principals
}

/// Principals of two kinds in one statement. The same kind twice is a duplicate like any other.
fn second_kind(members: &[Member]) -> Option<Diagnostic> {
    let mut kinds = members.iter().map(|member| &member.key).filter(|key| KINDS.contains(&key.value.as_str()));
    let first = kinds.next()?;
    let second = kinds.find(|key| key.value != first.value)?;
    let (first, name) = (&first.value, &second.value);
    let message = Text::made(
        format!("A statement can name principals of only one type: `{name}` cannot be used with `{first}`."),
        format!("一条语句只能有一种身份类型，`{name}` 不能与 `{first}` 同时使用。"),
    );
    Some(
        Diagnostic::error(Code::PrincipalError, second.span, message)
            .help(Text::new("Write one statement for each type.", "请为每种类型各写一条语句。")),
    )
}

fn account(text: &str) -> Option<TrustPrincipal> {
    let (owner, who) = text.strip_prefix("qcs::cam::uin/")?.split_once(':')?;
    let number = |digits: &str| -> Option<u64> {
        (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
    };
    let owner_uin = number(owner)?;
    if who == "root" {
        return Some(TrustPrincipal::Account(owner_uin));
    }
    let uin = number(who.strip_prefix("uin/")?)?;
    // `uin/R:uin/R` is another spelling of `uin/R:root`.
    Some(if uin == owner_uin { TrustPrincipal::Account(owner_uin) } else { TrustPrincipal::User { owner_uin, uin } })
}

fn service(text: &str) -> Option<TrustPrincipal> {
    let name = text.split('.').all(|label| is_service(label) || label.bytes().all(|b| b.is_ascii_digit()) && !label.is_empty());
    name.then(|| TrustPrincipal::Service(text.to_owned()))
}

fn provider(text: &str) -> Option<TrustPrincipal> {
    let plain = text.starts_with("qcs::cam::uin/") && !text.contains(char::is_whitespace);
    plain.then(|| TrustPrincipal::Federated(text.to_owned()))
}
