//! What a reader of policy text reports: where, what is wrong, and the remedy, in both languages.
//!
//! It must never know the grammar; the rules stand with the nouns they belong to (`policy`, `action`, `resource`, `condition`).

use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// A stretch of the policy text, in bytes from its start; `start <= end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte behind the last one.
    pub end: usize,
}

impl Span {
    /// The stretch from `start` up to, not including, `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The text under this span; empty when the span does not lie on character boundaries of `text`.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// A part of a policy together with the place it was read from. Equality looks at the value only, so that two texts
/// that say the same are equal however they are laid out.
#[derive(Clone, Debug)]
pub struct Located<T> {
    /// What was read.
    pub value: T,
    /// Where it was read; zero for a part that was never text.
    pub span: Span,
}

impl<T> Located<T> {
    /// A value and its place.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Located<T> {}

/// How much a finding weighs. Only an error keeps a policy from being saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The policy is refused.
    Error,
    /// The policy is legal and very likely not what was meant.
    Warning,
    /// The policy could be better.
    Suggestion,
}

impl Severity {
    /// The word the command line and the API print.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Suggestion => "suggestion",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a finding. The first group are CAM's own error codes without the prefix `InvalidParameter.`, in the order in which
/// a document is checked (`cam-semantics.md` §8): the order of this list decides which code an API answer carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&str")]
pub enum Code {
    /// The document is longer than [`super::MAX_CHARACTERS`].
    PolicyDocumentLengthOverLimit,
    /// Not JSON, not an object, a duplicate or an unknown member.
    PolicyDocumentError,
    /// `version` is missing or not `"2.0"`.
    VersionError,
    /// `principal` where it may not stand, or missing from a trust policy.
    PrincipalError,
    /// A principal of a trust policy is not a CAM account or user.
    PrincipalQcsError,
    /// A service of a trust policy is not a service name.
    PrincipalServiceNotExist,
    /// `statement` is missing, empty, not an object, or has a member that does not exist.
    StatementError,
    /// `effect` is missing or neither `allow` nor `deny`.
    EffectError,
    /// `action` is missing.
    ActionMiss,
    /// An action is malformed.
    ActionError,
    /// The service of an action is not in the catalogue.
    ActionServiceNotExist,
    /// An action is not in the catalogue.
    ActionNotExist,
    /// `resource` is missing, empty or not text.
    ResourceError,
    /// A resource is not a six-segment description.
    ResourceQcsError,
    /// The project segment is not empty.
    ResourceProjectError,
    /// The service segment is malformed.
    ResourceServiceNotExist,
    /// The region segment is malformed.
    ResourceRegionError,
    /// The account segment is malformed.
    ResourceUinError,
    /// The last segment is malformed.
    ResourceContentError,
    /// The condition has the wrong shape.
    ConditionError,
    /// The operator does not exist.
    ConditionTypeError,
    /// A condition key or value is malformed.
    ConditionContentError,
    /// Finding: every action on every resource.
    GrantsEverything,
    /// Finding: a wildcard that covers no action of the catalogue.
    MatchesNoAction,
    /// Finding: an operation-level action beside resources that can never cover it.
    NeedsAllResources,
    /// Finding: a resource of another root account, which never matches.
    ForeignAccount,
    /// Finding: the account is named by APPID where the service names it by UIN.
    AppIdAccount,
    /// Finding: a resource that none of the statement's actions works on.
    MatchesNoResource,
    /// Finding: an action that exists and that nothing here asks for.
    NotUsedHere,
    /// Finding: a condition key that no request carries.
    UnknownConditionKey,
    /// Finding: an operator that does not fit its key.
    OperatorMismatch,
    /// Finding: the value of a tag condition is not `key&value`.
    NotATag,
    /// Finding: a condition on a resource's tags beside actions that work on no resource.
    TagOfNoResource,
    /// Finding: times that leave no moment between them.
    EmptyTimeWindow,
    /// Finding: times that have all passed.
    PastTimeWindow,
    /// Finding: a page whose companion actions are granted only in part.
    HalfOpenPage,
    /// Finding: a statement that no request matches.
    NeverMatches,
    /// Finding: an allow statement all of which is denied.
    DeniedStatement,
    /// Finding: a statement all of which others say already.
    CoveredStatement,
    /// Finding: a right by which the holder can take further ones.
    GrantsItself,
}

/// In the order of the list above. A browser reads a name by going through them, which takes less code than what serde would make.
const CODES: [Code; 40] = [
    Code::PolicyDocumentLengthOverLimit,
    Code::PolicyDocumentError,
    Code::VersionError,
    Code::PrincipalError,
    Code::PrincipalQcsError,
    Code::PrincipalServiceNotExist,
    Code::StatementError,
    Code::EffectError,
    Code::ActionMiss,
    Code::ActionError,
    Code::ActionServiceNotExist,
    Code::ActionNotExist,
    Code::ResourceError,
    Code::ResourceQcsError,
    Code::ResourceProjectError,
    Code::ResourceServiceNotExist,
    Code::ResourceRegionError,
    Code::ResourceUinError,
    Code::ResourceContentError,
    Code::ConditionError,
    Code::ConditionTypeError,
    Code::ConditionContentError,
    Code::GrantsEverything,
    Code::MatchesNoAction,
    Code::NeedsAllResources,
    Code::ForeignAccount,
    Code::AppIdAccount,
    Code::MatchesNoResource,
    Code::NotUsedHere,
    Code::UnknownConditionKey,
    Code::OperatorMismatch,
    Code::NotATag,
    Code::TagOfNoResource,
    Code::EmptyTimeWindow,
    Code::PastTimeWindow,
    Code::HalfOpenPage,
    Code::NeverMatches,
    Code::DeniedStatement,
    Code::CoveredStatement,
    Code::GrantsItself,
];

impl From<Code> for &str {
    fn from(code: Code) -> Self {
        code.as_str()
    }
}

impl TryFrom<String> for Code {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        CODES.into_iter().find(|code| code.as_str() == name).ok_or("there is no finding of this name")
    }
}

impl Code {
    /// The name as it is printed, e.g. `ActionError`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PolicyDocumentLengthOverLimit => "PolicyDocumentLengthOverLimit",
            Self::PolicyDocumentError => "PolicyDocumentError",
            Self::VersionError => "VersionError",
            Self::PrincipalError => "PrincipalError",
            Self::PrincipalQcsError => "PrincipalQcsError",
            Self::PrincipalServiceNotExist => "PrincipalServiceNotExist",
            Self::StatementError => "StatementError",
            Self::EffectError => "EffectError",
            Self::ActionMiss => "ActionMiss",
            Self::ActionError => "ActionError",
            Self::ActionServiceNotExist => "ActionServiceNotExist",
            Self::ActionNotExist => "ActionNotExist",
            Self::ResourceError => "ResourceError",
            Self::ResourceQcsError => "ResourceQcsError",
            Self::ResourceProjectError => "ResourceProjectError",
            Self::ResourceServiceNotExist => "ResourceServiceNotExist",
            Self::ResourceRegionError => "ResourceRegionError",
            Self::ResourceUinError => "ResourceUinError",
            Self::ResourceContentError => "ResourceContentError",
            Self::ConditionError => "ConditionError",
            Self::ConditionTypeError => "ConditionTypeError",
            Self::ConditionContentError => "ConditionContentError",
            Self::GrantsEverything => "GrantsEverything",
            Self::MatchesNoAction => "MatchesNoAction",
            Self::NeedsAllResources => "NeedsAllResources",
            Self::ForeignAccount => "ForeignAccount",
            Self::AppIdAccount => "AppIdAccount",
            Self::MatchesNoResource => "MatchesNoResource",
            Self::NotUsedHere => "NotUsedHere",
            Self::UnknownConditionKey => "UnknownConditionKey",
            Self::OperatorMismatch => "OperatorMismatch",
            Self::NotATag => "NotATag",
            Self::TagOfNoResource => "TagOfNoResource",
            Self::EmptyTimeWindow => "EmptyTimeWindow",
            Self::PastTimeWindow => "PastTimeWindow",
            Self::HalfOpenPage => "HalfOpenPage",
            Self::NeverMatches => "NeverMatches",
            Self::DeniedStatement => "DeniedStatement",
            Self::CoveredStatement => "CoveredStatement",
            Self::GrantsItself => "GrantsItself",
        }
    }

    /// The place in the check order; codes of one rank are reported in the order of the text.
    const fn rank(self) -> u8 {
        match self {
            Self::PolicyDocumentLengthOverLimit => 0,
            Self::PolicyDocumentError => 1,
            Self::VersionError => 2,
            Self::PrincipalError | Self::PrincipalQcsError | Self::PrincipalServiceNotExist => 3,
            Self::StatementError => 4,
            Self::EffectError => 5,
            Self::ActionMiss | Self::ActionError | Self::ActionServiceNotExist | Self::ActionNotExist => 6,
            Self::ResourceError
            | Self::ResourceQcsError
            | Self::ResourceProjectError
            | Self::ResourceServiceNotExist
            | Self::ResourceRegionError
            | Self::ResourceUinError
            | Self::ResourceContentError => 7,
            Self::ConditionError | Self::ConditionTypeError | Self::ConditionContentError => 8,
            _ => 9,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A change of the text that removes a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What to replace.
    pub span: Span,
    /// What to put there.
    pub replacement: String,
}

/// One finding in a policy text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Its name.
    pub code: Code,
    /// Its weight.
    pub severity: Severity,
    /// The text to underline.
    pub span: Span,
    /// What is wrong: a sentence, with code and what the user wrote in backticks.
    pub message: Text,
    /// The remedy, in sentences like the message.
    pub help: Option<Text>,
    /// A change that removes the finding, where there is exactly one sensible change.
    pub fix: Option<Fix>,
    /// Whether that change takes no judgement: nobody could have meant anything else, or the policy says the same after it. A word that is
    /// only near to what was written is a guess, and never safe.
    pub is_safe: bool,
}

impl Diagnostic {
    /// An error without remedy; add one with [`Diagnostic::help`].
    #[must_use]
    pub fn error(code: Code, span: Span, message: Text) -> Self {
        Self { code, severity: Severity::Error, span, message, help: None, fix: None, is_safe: false }
    }

    /// The same finding with a remedy.
    #[must_use]
    pub fn help(mut self, help: Text) -> Self {
        self.help = Some(help);
        self
    }

    /// The same finding with the text that repairs it.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }

    /// The same finding with the text that repairs it and takes no judgement.
    #[must_use]
    pub fn safe_fix(self, span: Span, replacement: impl Into<String>) -> Self {
        Self { is_safe: true, ..self.fix(span, replacement) }
    }

    /// The same finding with another weight.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

/// Text of the user as messages repeat it: its first 60 characters. A policy may hold one string of thousands.
#[must_use]
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(60) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// The error that names the whole document in an API answer: the first one in the check order, then in the order of the text.
#[must_use]
pub fn primary(diagnostics: &[Diagnostic]) -> Option<&Diagnostic> {
    diagnostics.iter().filter(|d| d.severity == Severity::Error).min_by_key(|d| (d.code.rank(), d.span.start))
}

/// Line and column of a byte offset, both counted from 1, the column in characters. An offset behind the end counts as the end.
#[must_use]
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = text.get(..end).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_code() {
        for (number, code) in CODES.into_iter().enumerate() {
            assert_eq!(code as usize, number);
            let text = format!("\"{code}\"");
            assert_eq!(serde_json::to_string(&code).ok().as_ref(), Some(&text));
            assert_eq!(serde_json::from_str::<Code>(&text).ok(), Some(code));
        }
        assert_eq!(CODES.len(), Code::GrantsItself as usize + 1, "the last one of the list");
        assert!(serde_json::from_str::<Code>("\"Halfopenpage\"").is_err());
    }
}
