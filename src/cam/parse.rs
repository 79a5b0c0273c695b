//! From text to statements: the shape of a document and of a statement, for identity policies and for trust policies.
//!
//! It must never drop a member it does not know: an ignored condition widens a grant, an ignored duplicate turns a deny into an allow.

use super::action::ActionPattern;
use super::condition::{self, Condition};
use super::diagnostic::{Code, Diagnostic, Located, Severity, Span, primary, shown};
use super::json::{self, Json, Member, Node};
use super::policy::{Effect, Policy, Statement};
use super::resource::ResourcePattern;
use super::trust_principal::{TrustPrincipal, principals};
use super::{MAX_BYTES, MAX_CHARACTERS, spelling};
use crate::text::Text;
use std::collections::HashSet;

/// What reading a text gave.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The policy; `None` when there is an error among the diagnostics.
    pub policy: Option<Policy>,
    /// Everything found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// The error an API answer names: the first in the documented check order.
    #[must_use]
    pub fn primary(&self) -> Option<&Diagnostic> {
        primary(&self.diagnostics)
    }
}

/// Reads an identity policy, a permissions boundary or a session policy.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let statement = |draft: Draft| {
        let Draft { effect, actions, resources, conditions, .. } = draft;
        Some(Statement { effect: effect?, actions, resources, conditions })
    };
    let (statements, diagnostics) = statements(text, Kind::Identity, statement);
    Parsed { policy: statements.map(|statements| Policy { statements }), diagnostics }
}

/// Reads a document into statements of its kind; none of them when there is an error among the findings.
pub(super) fn statements<S>(text: &str, kind: Kind, read: impl Fn(Draft) -> Option<S>) -> (Option<Vec<Located<S>>>, Vec<Diagnostic>) {
    let (drafts, diagnostics) = document(text, kind);
    let faulty = diagnostics.iter().any(|found| found.severity == Severity::Error);
    let located = |draft: Located<Draft>| Some(Located::new(read(draft.value)?, draft.span));
    ((!faulty).then(|| drafts.into_iter().filter_map(located).collect()), diagnostics)
}

/// What kind of document is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Attached to a user, group or role, a boundary or a session policy: with `resource`, without `principal`.
    Identity,
    /// The trust policy of a role: with `principal`, without `resource`.
    Trust,
}

/// A statement as far as it could be read.
pub(super) struct Draft {
    pub effect: Option<Located<Effect>>,
    pub actions: Vec<Located<ActionPattern>>,
    pub resources: Vec<Located<ResourcePattern>>,
    pub principals: Vec<Located<TrustPrincipal>>,
    pub conditions: Vec<Condition>,
}

/// Reads a document; the findings are in the order of the text.
fn document(text: &str, kind: Kind) -> (Vec<Located<Draft>>, Vec<Diagnostic>) {
    let whole = Span::new(0, text.len());
    if text.len() > MAX_BYTES {
        return (Vec::new(), vec![too_large(whole)]);
    }
    let mut found = Vec::new();
    let characters = text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n')).count();
    if characters > MAX_CHARACTERS {
        found.push(too_long(whole, characters));
    }
    let (root, mistakes) = json::read(text);
    let mut reader = Reader { kind, missing_counts: mistakes.is_empty(), found };
    reader.found.extend(mistakes);
    reader.duplicates(&root);
    let drafts = reader.root(&root);
    let mut found = reader.found;
    found.sort_by_key(|diagnostic| diagnostic.span);
    (drafts, found)
}

/// The text is not even looked at, so nobody knows what of it is white space.
fn too_large(span: Span) -> Diagnostic {
    let size = MAX_BYTES / 1024;
    Diagnostic::error(
        Code::PolicyDocumentLengthOverLimit,
        span,
        Text::made(format!("The policy is larger than {size} KiB."), format!("策略超过 {size} KiB。")),
    )
    .help(Text::made(
        format!("Delete whitespace, or split it into several policies of at most {MAX_CHARACTERS} characters (whitespace not counted)."),
        format!("请删除空白，或拆分为多个策略，每个最多 {MAX_CHARACTERS} 个字符（不计空白）。"),
    ))
}

fn too_long(span: Span, characters: usize) -> Diagnostic {
    Diagnostic::error(
        Code::PolicyDocumentLengthOverLimit,
        span,
        Text::made(
            format!("The policy has {characters} characters. At most {MAX_CHARACTERS} are allowed (whitespace not counted)."),
            format!("策略有 {characters} 个字符，最多允许 {MAX_CHARACTERS} 个（不计空白）。"),
        ),
    )
    .help(Text::new("Split it into several policies, or use wildcards.", "请拆分为多个策略，或使用通配符。"))
}

/// What to say about a member of another cloud's policy language. No edit is offered: `NotAction` is the opposite of `action`.
fn of_another_language(name: &str) -> Option<Text> {
    let bare: String = name.chars().take(20).filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect();
    Some(match bare.as_str() {
        "notaction" => Text::new("CAM has no `NotAction`. List the actions you mean.", "CAM 没有 `NotAction`，请逐一列出所需操作。"),
        "notresource" => {
            Text::new("CAM has no `NotResource`. List the resources you mean.", "CAM 没有 `NotResource`，请逐一列出所需资源。")
        }
        "notprincipal" | "principal" if name != "principal" => Text::new(
            "A policy applies to the users and user groups it is attached to. Delete this member.",
            "策略对其关联的用户和用户组生效，请删除此成员。",
        ),
        "sid" | "id" => {
            Text::new("Policies and statements have no ID in CAM. Delete this member.", "CAM 的策略和语句没有 ID，请删除此成员。")
        }
        _ => return None,
    })
}

struct Reader {
    kind: Kind,
    /// Whether a missing member is worth a report: after a syntax mistake it may well stand in the part that was not understood.
    missing_counts: bool,
    found: Vec<Diagnostic>,
}

impl Reader {
    fn push(&mut self, code: Code, span: Span, message: Text, help: Text) {
        self.found.push(Diagnostic::error(code, span, message).help(help));
    }

    fn missing(&mut self, code: Code, span: Span, message: Text, help: Text) {
        if self.missing_counts {
            self.push(code, span, message, help);
        }
    }

    fn duplicates(&mut self, node: &Node) {
        match &node.json {
            Json::Array(items) => items.iter().for_each(|item| self.duplicates(item)),
            Json::Object(members) => {
                let mut seen = HashSet::new();
                for Member { key, value } in members {
                    if !seen.insert(key.value.as_str()) {
                        let name = shown(&key.value);
                        self.push(
                            Code::PolicyDocumentError,
                            key.span,
                            Text::made(format!("`{name}` appears twice."), format!("`{name}` 重复出现。")),
                            Text::new("Keep one of them. Put several values in a list.", "请只保留一个。多个值请写成列表。"),
                        );
                    }
                    self.duplicates(value);
                }
            }
            _ => {}
        }
    }

    fn root(&mut self, node: &Node) -> Vec<Located<Draft>> {
        let members = match &node.json {
            Json::Object(members) => members,
            Json::Broken => return Vec::new(),
            other => {
                let kind = other.kind();
                self.push(
                    Code::PolicyDocumentError,
                    node.span,
                    Text::made(format!("A policy must be an object, found {}.", kind.en), format!("策略必须是对象，实际为{}。", kind.zh)),
                    Text::new(
                        "Write `{\"version\": \"2.0\", \"statement\": […]}`.",
                        "请写成 `{\"version\": \"2.0\", \"statement\": […]}`。",
                    ),
                );
                return Vec::new();
            }
        };
        let at = Span::new(node.span.start, node.span.start + 1);
        let mut version = false;
        let mut statements = None;
        for member in members {
            match member.key.value.as_str() {
                "version" => {
                    version = true;
                    self.version(&member.value);
                }
                "statement" => statements = Some(&member.value),
                "principal" => self.misplaced_principal(member),
                name => self.unknown(Code::PolicyDocumentError, member, name, &["version", "statement"]),
            }
        }
        if !version {
            self.missing(
                Code::VersionError,
                at,
                Text::new("`version` is missing.", "缺少 `version`。"),
                Text::new("Add `\"version\": \"2.0\"`.", "请加上 `\"version\": \"2.0\"`。"),
            );
        }
        match statements {
            Some(node) => self.statements(node),
            None => {
                self.missing(Code::StatementError, at, Text::new("`statement` is missing.", "缺少 `statement`。"), statement_help());
                Vec::new()
            }
        }
    }

    fn version(&mut self, node: &Node) {
        let right = matches!(&node.json, Json::String(text) if text == "2.0");
        if matches!(&node.json, Json::String(text) if text.starts_with("20")) {
            return self.push(
                Code::VersionError,
                node.span,
                Text::new("The version is not `\"2.0\"`.", "版本不是 `\"2.0\"`。"),
                Text::new(
                    "Dates are policy versions of other clouds. Write `\"2.0\"`, and check the names of members and actions as well.",
                    "日期是其他云厂商的策略版本。请写成 `\"2.0\"`，并检查成员名和操作名。",
                ),
            );
        }
        if !right && !matches!(node.json, Json::Broken) {
            self.found.push(
                Diagnostic::error(Code::VersionError, node.span, Text::new("The version is not `\"2.0\"`.", "版本不是 `\"2.0\"`。"))
                    .help(Text::new("Write the string `\"2.0\"`. There is no other version.", "请写成字符串 `\"2.0\"`，没有其他版本。"))
                    .safe_fix(node.span, "\"2.0\""),
            );
        }
    }

    fn misplaced_principal(&mut self, member: &Member) {
        let help = match self.kind {
            Kind::Identity => Text::new(
                "Delete it. A policy applies to the users, user groups and roles it is attached to.",
                "请删除。策略对其关联的用户、用户组和角色生效。",
            ),
            Kind::Trust => Text::new("Put it in the statement.", "请写在语句中。"),
        };
        self.push(Code::PrincipalError, member.key.span, Text::new("`principal` is not allowed here.", "此处不能使用 `principal`。"), help);
    }

    fn unknown(&mut self, code: Code, member: &Member, name: &str, known: &[&'static str]) {
        if let Some(help) = of_another_language(name) {
            let echo = shown(name);
            return self.push(
                code,
                member.key.span,
                Text::made(format!("`{echo}` is not a member of this object."), format!("此处没有成员 `{echo}`。")),
                help,
            );
        }
        let echo = shown(name);
        let found = Diagnostic::error(
            code,
            member.key.span,
            Text::made(format!("`{echo}` is not a member of this object."), format!("此处没有成员 `{echo}`。")),
        );
        let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
        self.found.push(match spelling::nearest(name, known.iter().copied()) {
            Some(near) => found
                .help(Text::made(format!("Did you mean `{near}`?"), format!("是否想写 `{near}`？")))
                .fix(member.key.span, format!("\"{near}\"")),
            None => found.help(Text::made(
                format!("The members are {}. Delete this one.", list.join(", ")),
                format!("可用成员有 {}。请删除此成员。", list.join("、")),
            )),
        });
    }

    fn statements(&mut self, node: &Node) -> Vec<Located<Draft>> {
        let nodes = match &node.json {
            Json::Array(items) if items.is_empty() => {
                self.push(
                    Code::StatementError,
                    node.span,
                    Text::new("The list of statements is empty.", "语句列表为空。"),
                    statement_help(),
                );
                return Vec::new();
            }
            Json::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        nodes.iter().filter_map(|node| self.statement(node)).collect()
    }

    fn statement(&mut self, node: &Node) -> Option<Located<Draft>> {
        let members = match &node.json {
            Json::Object(members) => members,
            Json::Broken => return None,
            other => {
                let kind = other.kind();
                self.push(
                    Code::StatementError,
                    node.span,
                    Text::made(
                        format!("A statement must be an object, found {}.", kind.en),
                        format!("语句必须是对象，实际为{}。", kind.zh),
                    ),
                    statement_help(),
                );
                return None;
            }
        };
        let mut draft = Draft { effect: None, actions: Vec::new(), resources: Vec::new(), principals: Vec::new(), conditions: Vec::new() };
        let mut seen = HashSet::new();
        for member in members {
            let name = member.key.value.as_str();
            seen.insert(name);
            match (name, self.kind) {
                ("effect", _) => draft.effect = self.effect(&member.value),
                ("action", _) => draft.actions = self.actions(&member.value),
                ("resource", Kind::Identity) => draft.resources = self.resources(&member.value),
                ("condition", _) => draft.conditions = condition::read(&member.value, &mut self.found),
                ("principal", Kind::Trust) => draft.principals = principals(&member.value, &mut self.found),
                ("principal", Kind::Identity) => self.misplaced_principal(member),
                ("resource", Kind::Trust) => self.push(
                    Code::StatementError,
                    member.key.span,
                    Text::new("A trust policy has no `resource`.", "信任策略没有 `resource`。"),
                    Text::new("Delete it. The resource is the role itself.", "请删除。资源就是角色本身。"),
                ),
                (_, Kind::Identity) => {
                    self.unknown(Code::StatementError, member, name, &["effect", "action", "resource", "condition"]);
                }
                (_, Kind::Trust) => {
                    self.unknown(Code::StatementError, member, name, &["effect", "action", "principal", "condition"]);
                }
            }
        }
        let at = Span::new(node.span.start, node.span.start + 1);
        if !seen.contains("effect") {
            self.missing(
                Code::EffectError,
                at,
                Text::new("`effect` is missing.", "缺少 `effect`。"),
                Text::new(
                    "Add `\"effect\": \"allow\"` or `\"effect\": \"deny\"`.",
                    "请加上 `\"effect\": \"allow\"` 或 `\"effect\": \"deny\"`。",
                ),
            );
        }
        if !seen.contains("action") {
            self.missing(
                Code::ActionMiss,
                at,
                Text::new("`action` is missing.", "缺少 `action`。"),
                Text::new("Add `\"action\": [\"trtc:…\"]`.", "请加上 `\"action\": [\"trtc:…\"]`。"),
            );
        }
        if self.kind == Kind::Identity && !seen.contains("resource") {
            self.missing(
                Code::ResourceError,
                at,
                Text::new("`resource` is missing.", "缺少 `resource`。"),
                Text::new("Add `\"resource\": [\"*\"]`, or list the resources you mean.", "请加上 `\"resource\": [\"*\"]` 或具体资源。"),
            );
        }
        if self.kind == Kind::Trust && !seen.contains("principal") {
            self.missing(
                Code::PrincipalError,
                at,
                Text::new("`principal` is missing.", "缺少 `principal`。"),
                Text::new("Add who can assume the role.", "请写明谁可以扮演该角色。"),
            );
        }
        Some(Located::new(draft, node.span))
    }

    fn effect(&mut self, node: &Node) -> Option<Located<Effect>> {
        let text = match &node.json {
            Json::Broken => return None,
            Json::String(text) => text.as_str(),
            _ => "",
        };
        match text {
            "allow" => return Some(Located::new(Effect::Allow, node.span)),
            "deny" => return Some(Located::new(Effect::Deny, node.span)),
            _ => {}
        }
        let found = Diagnostic::error(
            Code::EffectError,
            node.span,
            Text::new("The effect is neither `allow` nor `deny`.", "效力既不是 `allow` 也不是 `deny`。"),
        )
        .help(Text::new("Write `\"allow\"` or `\"deny\"` in lower case.", "请使用小写的 `\"allow\"` 或 `\"deny\"`。"));
        self.found.push(match text.to_ascii_lowercase().as_str() {
            word @ ("allow" | "deny") => found.safe_fix(node.span, format!("\"{word}\"")),
            _ => found,
        });
        None
    }

    /// The strings of a member that is a string or a list of strings.
    fn strings<'n>(&mut self, node: &'n Node, code: Code, noun: &Text) -> Vec<(&'n str, &'n Node)> {
        let nodes = match &node.json {
            Json::Array(items) if items.is_empty() => {
                self.push(
                    code,
                    node.span,
                    Text::made(format!("The list of {}s is empty.", noun.en), format!("{}列表为空。", noun.zh)),
                    Text::new("Add at least one, or `*` for all.", "请至少填写一项，或用 `*` 表示全部。"),
                );
                return Vec::new();
            }
            Json::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let mut strings = Vec::new();
        for node in nodes {
            match &node.json {
                Json::String(text) => strings.push((text.as_str(), node)),
                Json::Broken => {}
                other => {
                    let kind = other.kind();
                    self.push(
                        code,
                        node.span,
                        Text::made(
                            format!("{} must be a string, found {}.", article(noun), kind.en),
                            format!("{}必须是字符串，实际为{}。", noun.zh, kind.zh),
                        ),
                        Text::new("Write a string or a list of strings.", "请填写字符串或字符串列表。"),
                    );
                }
            }
        }
        strings
    }

    fn actions(&mut self, node: &Node) -> Vec<Located<ActionPattern>> {
        let mut actions = Vec::new();
        for (text, node) in self.strings(node, Code::ActionError, &Text::new("action", "操作")) {
            match ActionPattern::read(text) {
                Ok(action) => actions.push(Located::new(action, node.span)),
                Err(fault) => self.found.push(fault.diagnostic(node)),
            }
        }
        actions
    }

    fn resources(&mut self, node: &Node) -> Vec<Located<ResourcePattern>> {
        let mut resources = Vec::new();
        for (text, node) in self.strings(node, Code::ResourceError, &Text::new("resource", "资源")) {
            match ResourcePattern::read(text, node) {
                Ok(resource) => resources.push(Located::new(resource, node.span)),
                Err(faults) => self.found.extend(faults),
            }
        }
        resources
    }
}

fn article(noun: &Text) -> String {
    let vowel = noun.en.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {}", if vowel { "An" } else { "A" }, noun.en)
}

fn statement_help() -> Text {
    Text::new(
        "Write `{\"effect\": \"allow\", \"action\": [\"trtc:*\"], \"resource\": [\"*\"]}`.",
        "请写成 `{\"effect\": \"allow\", \"action\": [\"trtc:*\"], \"resource\": [\"*\"]}`。",
    )
}
