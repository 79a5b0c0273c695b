//! Whom a statement of a trust policy names, and how that is read.

use super::action::is_service;
use super::diagnostic::{Code, Diagnostic, Located, Span, shown};
use super::json::{Json, Member, Node};
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
