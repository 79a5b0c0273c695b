//! Rules: which actions of the catalogue a page, a control or an operation asks for, and what the answers to them add up to.
//!
//! It must never decide a single action; the gate does that, and brings its answers here. So the navigation, the pages and the
//! server functions add up the same answers in the same way.

use super::action::{Action, ActionRow};

/// What a principal needs for a page, a control or an operation.
///
/// How one action of a rule is decided:
/// - A **resource-level** action is decided on what the request is about: the application of the page (`/apps/:id`), or each account it
///   names. Where it names none, the question is whether the principal may do it on **at least one**; what it then sees are the
///   applications for which the answer is yes.
/// - An **operation-level** action is decided on all resources, so only a statement whose resource is `*` grants it. When it works
///   on one application, the principal must also hold `trtc:DescribeAppStatList` on that application; the gate asks for
///   that by itself, whether the rule names it or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Nothing but to be logged in.
    SignedIn,
    /// One action.
    Action(&'static ActionRow),
    /// Every one of them; never empty.
    All(&'static [Rule]),
    /// At least one of them; never empty.
    Any(&'static [Rule]),
}

impl Rule {
    /// The rule that asks for one action.
    #[must_use]
    pub const fn may<A: Action>() -> Self {
        Self::Action(A::ROW)
    }

    /// Whether the rule holds for a principal who is logged in, when `may` answers for each action. Asks no more than it needs to.
    pub fn holds(self, may: &mut impl FnMut(&'static ActionRow) -> bool) -> bool {
        match self {
            Self::SignedIn => true,
            Self::Action(row) => may(row),
            Self::All(rules) => rules.iter().all(|rule| rule.holds(may)),
            Self::Any(rules) => rules.iter().any(|rule| rule.holds(may)),
        }
    }

    /// What is missing, when `may` answers for each action: one list of actions for each way in which the rule could come to hold, in the
    /// order in which it names them. Empty lists for a rule that holds.
    pub fn ways(self, may: &mut impl FnMut(&'static ActionRow) -> bool) -> Vec<Vec<&'static ActionRow>> {
        match self {
            Self::SignedIn => vec![Vec::new()],
            Self::Action(row) if may(row) => vec![Vec::new()],
            Self::Action(row) => vec![vec![row]],
            Self::Any(rules) => rules.iter().flat_map(|rule| rule.ways(may)).collect(),
            Self::All(rules) => rules.iter().fold(vec![Vec::new()], |ways, rule| {
                let more = rule.ways(may);
                ways.iter().flat_map(|way| more.iter().map(|rest| [way.as_slice(), rest].concat())).collect()
            }),
        }
    }

    /// Every action the rule names, in the order it names them.
    #[must_use]
    pub fn actions(self) -> Vec<&'static ActionRow> {
        match self {
            Self::SignedIn => Vec::new(),
            Self::Action(row) => vec![row],
            Self::All(rules) | Self::Any(rules) => rules.iter().flat_map(|rule| rule.actions()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::action::trtc::{AlterRecording, DismissRoom, ModifyMixConf};

    const MIX: Rule = Rule::may::<ModifyMixConf>();
    const RECORD: Rule = Rule::may::<AlterRecording>();
    const DISMISS: Rule = Rule::may::<DismissRoom>();

    fn holds(rule: Rule, granted: &[&str]) -> bool {
        rule.holds(&mut |row| granted.contains(&row.name))
    }

    #[test]
    fn answers_add_up() {
        let rule = Rule::All(&[MIX, Rule::Any(&[RECORD, DISMISS])]);
        assert!(holds(rule, &["ModifyMixConf", "DismissRoom"]));
        assert!(holds(rule, &["ModifyMixConf", "AlterRecording"]));
        assert!(!holds(rule, &["ModifyMixConf"]));
        assert!(!holds(rule, &["AlterRecording", "DismissRoom"]));
        assert!(!holds(MIX, &[]));
        assert!(holds(Rule::SignedIn, &[]));
        assert_eq!(rule.actions(), [ModifyMixConf::ROW, AlterRecording::ROW, DismissRoom::ROW]);
    }

    #[test]
    fn every_way_names_what_is_missing() {
        let ways = |rule: Rule, granted: &[&str]| -> Vec<Vec<&str>> {
            let ways = rule.ways(&mut |row| granted.contains(&row.name));
            ways.into_iter().map(|way| way.into_iter().map(|row| row.name).collect()).collect()
        };
        let rule = Rule::All(&[MIX, Rule::Any(&[RECORD, DISMISS])]);
        assert_eq!(ways(rule, &[]), [["ModifyMixConf", "AlterRecording"], ["ModifyMixConf", "DismissRoom"]]);
        assert_eq!(ways(rule, &["ModifyMixConf"]), [["AlterRecording"], ["DismissRoom"]]);
        assert_eq!(ways(rule, &["AlterRecording"]), [vec!["ModifyMixConf"], vec!["ModifyMixConf", "DismissRoom"]]);
        assert!(ways(rule, &["ModifyMixConf", "DismissRoom"]).contains(&Vec::new()));
        assert_eq!(ways(Rule::SignedIn, &[]), [Vec::<&str>::new()]);
    }
}
