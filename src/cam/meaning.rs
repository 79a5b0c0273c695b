//! What a policy comes to as a whole: statements that do nothing, and rights by which its holder can take further ones.
//!
//! Every finding is proved by the engine: by comparing the policy with and without a statement, or by a request that it allows.

use super::action::ActionPattern;
use super::compare::{Budget, Owner, Why, compare_within, idle};
use super::diagnostic::{Code, Diagnostic, Located, Severity, Span};
use super::parse::parse;
use super::policy::{Effect, Policy, Statement};
use super::resource::ResourcePattern;
use super::vocabulary::{Escalation, Vocabulary};
use crate::text::Text;

/// What statements do nothing, but for those about which something was found already.
pub(super) fn idle_statements(policy: &Policy, vocabulary: &Vocabulary<'_>, owner: Option<i64>, known: &[Diagnostic]) -> Vec<Diagnostic> {
    let owner = owner.map(|uin| Owner { uin, app_id: None });
    let within = |span: Span, outer: Span| outer.start <= span.start && span.end <= outer.end;
    let about = |idle: &super::compare::Idle| {
        let statement = policy.statements.get(idle.statement)?;
        let is_known = known.iter().any(|found| within(found.span, statement.span) && found.severity == Severity::Warning);
        (!is_known).then(|| told(idle.why, statement.span))
    };
    idle(policy, owner, vocabulary).iter().filter_map(about).collect()
}

fn told(why: Why, span: Span) -> Diagnostic {
    let (code, severity, message, help) = match why {
        Why::NeverMatches => (
            Code::NeverMatches,
            Severity::Warning,
            Text::new("No request can match this statement.", "没有任何请求能够匹配该语句。"),
            Text::new("Its conditions contradict each other. Correct or delete them.", "其条件相互矛盾，请修改或删除。"),
        ),
        Why::Denied(by) => (
            Code::DeniedStatement,
            Severity::Warning,
            match by {
                Some(by) => Text::made(
                    format!("This statement grants nothing, because statement {} denies all of it.", by + 1),
                    format!("该语句不授予任何权限，因为语句 {} 拒绝了其全部内容。", by + 1),
                ),
                None => Text::new(
                    "This statement grants nothing, because deny statements cover all of it.",
                    "该语句不授予任何权限，因为拒绝语句覆盖了其全部内容。",
                ),
            },
            Text::new("A deny always wins. Narrow the deny, or delete this statement.", "拒绝始终优先。请缩小拒绝范围，或删除该语句。"),
        ),
        Why::Covered(by) => (
            Code::CoveredStatement,
            Severity::Suggestion,
            match by {
                Some(by) => Text::made(
                    format!("This statement changes nothing, because statement {} already says all of it.", by + 1),
                    format!("该语句不起任何作用，因为语句 {} 已包含其全部内容。", by + 1),
                ),
                None => Text::new(
                    "This statement changes nothing, because other statements already say all of it.",
                    "该语句不起任何作用，因为其他语句已包含其全部内容。",
                ),
            },
            Text::new("You can delete it.", "可以将其删除。"),
        ),
    };
    Diagnostic::error(code, span, message).help(help).with_severity(severity)
}

/// The first right of the policy by which its holder can take others, with how many further ones it has, and a request as the proof.
pub(super) fn grants_itself(policy: &Policy, vocabulary: &Vocabulary<'_>, owner: Option<i64>) -> Option<Diagnostic> {
    let is_everything = policy.statements.iter().any(|one| {
        let one = &one.value;
        one.effect.value == Effect::Allow
            && one.actions.iter().any(|action| action.value.is_everything())
            && one.resources.iter().any(|resource| resource.value == ResourcePattern::All)
    });
    if is_everything {
        return None;
    }
    let owner = owner.map(|uin| Owner { uin, app_id: None });
    let budget = Budget::small();
    let mut proofs = vocabulary.escalations.iter().filter_map(|escalation| {
        let (only, span) = only(policy, escalation)?;
        let is_deny = |one: &&Located<Statement>| one.value.effect.value == Effect::Deny;
        let nothing = Policy { statements: only.statements.iter().filter(is_deny).cloned().collect() };
        let granted = compare_within(&nothing, &only, owner, vocabulary, &budget).granted;
        Some((escalation, span, granted.into_iter().next()?))
    });
    let (Escalation { action, gains, .. }, span, change) = proofs.next()?;
    let others: Vec<&str> = proofs.map(|(escalation, _, _)| escalation.action).collect();
    let resource = change.example.resource.to_string();
    let proof = if change.condition.is_some() {
        Text::made(
            format!("The policy allows it on `{resource}` under a condition."),
            format!("此策略允许在满足条件时对 `{resource}` 执行该操作。"),
        )
    } else {
        Text::made(format!("The policy allows it on `{resource}`."), format!("此策略允许对 `{resource}` 执行该操作。"))
    };
    let (en, zh) = if others.is_empty() {
        (String::new(), String::new())
    } else {
        (format!(" The same goes for `{}`.", others.join("`, `")), format!("`{}` 也是如此。", others.join("`、`")))
    };
    let found = Diagnostic::error(
        Code::GrantsItself,
        span,
        Text::made(
            format!("`{action}` lets the holder of this policy take further rights."),
            format!("拥有此策略的账号可以通过 `{action}` 获取更多权限。"),
        ),
    );
    let help = Text::made(
        format!("{} {}{en} Grant such rights to administrators only.", gains.en, proof.en),
        format!("{}{}{zh}此类权限请仅授予管理员。", gains.zh, proof.zh),
    );
    Some(found.help(help).with_severity(Severity::Warning))
}

/// The policy as far as it is about one action and gains something by it, and where it allows that.
fn only(policy: &Policy, escalation: &Escalation<'_>) -> Option<(Policy, Span)> {
    let action = escalation.action;
    let allowing = |statement: &Statement| {
        // A pattern that grants everything has its own finding.
        let by = statement.actions.iter().find(|by| by.value.covers(action) && !by.value.is_everything());
        by.filter(|_| statement.effect.value == Effect::Allow).map(|by| by.span)
    };
    let place = policy.statements.iter().find_map(|statement| allowing(&statement.value))?;
    let pattern = ActionPattern::read(action).ok()?;
    let mut statements = match escalation.except {
        Some(own) => {
            let but_own = format!(r#"{{"version":"2.0","statement":{{"effect":"deny","action":"{action}","resource":"{own}"}}}}"#);
            parse(&but_own).policy?.statements
        }
        None => Vec::new(),
    };
    for statement in &policy.statements {
        let mut one = statement.clone();
        if one.value.effect.value == Effect::Allow {
            let Some(span) = allowing(&one.value) else { continue };
            one.value.actions = vec![Located::new(pattern.clone(), span)];
        }
        statements.push(one);
    }
    Some((Policy { statements }, place))
}
