//! What is legal but very likely not meant, and what only a catalogue can tell: unknown actions, grants that never take effect.
//!
//! It must never know a service by itself; the vocabulary is brought in. Its errors keep a policy from being written, but a policy
//! that is already stored stays in force: a verdict never depends on this.

use super::action::ActionPattern;
use super::diagnostic::{Code, Diagnostic, Located, Severity, Span, shown};
use super::policy::{Effect, Policy, Statement};
use super::resource::{Account, NamedPattern, ResourcePattern};
use super::vocabulary::Vocabulary;
use super::{meaning, spelling, unmeant, wildcard};
use crate::text::Text;

/// Names that are compared with the whole catalogue at most; beyond that nobody reads the offers.
const MAX_SEARCHES: usize = 50;

/// What a policy is checked for; what is not known is not spoken of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// The UIN of the root account it belongs to.
    pub owner_uin: Option<i64>,
    /// What time it is, in epoch milliseconds.
    pub now_ms: Option<i64>,
}

/// Checks a policy against a vocabulary; the findings are in the order of the text.
#[must_use]
pub fn check(policy: &Policy, vocabulary: &Vocabulary<'_>, setting: Setting) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut searches = MAX_SEARCHES;
    for statement in &policy.statements {
        let statement = &statement.value;
        found.extend(grants_everything(statement));
        for action in &statement.actions {
            found.extend(unknown_action(action, vocabulary, &mut searches));
            found.extend(needs_all_resources(statement, action, vocabulary));
        }
        for resource in &statement.resources {
            if let ResourcePattern::Named(named) = &resource.value {
                found.extend(foreign_account(statement, resource.span, named, setting.owner_uin));
                found.extend(matches_no_resource(statement, resource.span, named, vocabulary));
            }
        }
    }
    let conditions = policy.statements.iter().map(|statement| unmeant::conditions(&statement.value, vocabulary, setting.now_ms));
    found.extend(conditions.flatten());
    found.extend(half_open_pages(policy, vocabulary));
    found.extend(meaning::grants_itself(policy, vocabulary, setting.owner_uin));
    found.extend(meaning::idle_statements(policy, vocabulary, setting.owner_uin, &found));
    found.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code));
    found
}

fn note(code: Code, severity: Severity, span: Span, message: Text, help: Text) -> Diagnostic {
    Diagnostic::error(code, span, message).help(help).with_severity(severity)
}

fn grants_everything(statement: &Statement) -> Option<Diagnostic> {
    let everything = statement.actions.iter().find(|action| action.value.is_everything())?;
    let everywhere = statement.resources.iter().any(|resource| resource.value == ResourcePattern::All);
    if !everywhere || statement.effect.value == Effect::Deny || !statement.conditions.is_empty() {
        return None;
    }
    Some(note(
        Code::GrantsEverything,
        Severity::Warning,
        everything.span,
        Text::new("This statement grants every action on every resource.", "该语句授予对所有资源的所有操作权限。"),
        Text::new(
            "Unless this policy is for administrators, name the service, for example `trtc:*`.",
            "除非授权对象是管理员，否则请写明产品，例如 `trtc:*`。",
        ),
    ))
}

fn unknown_action(action: &Located<ActionPattern>, vocabulary: &Vocabulary<'_>, searches: &mut usize) -> Option<Diagnostic> {
    let pattern = &action.value;
    let service = pattern.service();
    if service.is_some_and(|service| vocabulary.open_services.contains(&service)) {
        return None;
    }
    let services = || vocabulary.actions.iter().filter_map(|action| action.name.split(':').next()).chain(vocabulary.open_services.clone());
    if let Some(service) = service
        && !services().any(|known| known == service)
    {
        let echo = shown(service);
        let found = |message| Diagnostic::error(Code::ActionServiceNotExist, action.span, message);
        return Some(match meant_service(service, services()) {
            Some(near) => found(Text::made(format!("The service `{echo}` does not exist."), format!("产品 `{echo}` 不存在。")))
                .help(Text::made(format!("Did you mean `{near}`?"), format!("是否想写 `{near}`？")))
                .fix(action.span, respelled(pattern, service, near)),
            // Most documents of a team serve several products.
            None => {
                let mut list: Vec<&str> = services().collect();
                list.sort_unstable();
                list.dedup();
                let (en, zh) = (list.join("`, `"), list.join("`、`"));
                found(Text::made(
                    format!("`{echo}` is not a service of this console. The action is kept but has no effect here."),
                    format!("`{echo}` 不是本控制台的产品。该操作会保留，但在此处不起作用。"),
                ))
                .help(Text::made(format!("The services of this console are `{en}`."), format!("本控制台的产品有 `{zh}`。")))
                .with_severity(Severity::Suggestion)
            }
        });
    }
    let mut known = vocabulary.actions.iter().map(|action| action.name);
    if !pattern.is_exact() {
        let nothing = !known.any(|name| pattern.covers(name));
        return nothing.then(|| {
            let pattern = shown(pattern.as_str());
            note(
                Code::MatchesNoAction,
                Severity::Warning,
                action.span,
                Text::made(format!("`{pattern}` matches no existing action."), format!("`{pattern}` 没有匹配任何现有操作。")),
                Text::new("Check the spelling. Names are case-sensitive.", "请检查拼写，名称区分大小写。"),
            )
        });
    }
    let bare = pattern.bare();
    if known.any(|name| name == bare) {
        return None;
    }
    let echo = shown(bare);
    if vocabulary.elsewhere.contains(&bare) {
        return Some(note(
            Code::NotUsedHere,
            Severity::Suggestion,
            action.span,
            Text::made(format!("`{echo}` exists, but this console does not use it."), format!("`{echo}` 存在，但本控制台不使用该操作。")),
            Text::new("It is kept but has no effect here.", "该操作会保留，但在此处不起作用。"),
        ));
    }
    let found = Diagnostic::error(
        Code::ActionNotExist,
        action.span,
        Text::made(format!("The action `{echo}` does not exist."), format!("操作 `{echo}` 不存在。")),
    );
    let of_service = vocabulary.actions.iter().map(|action| action.name).filter(|name| name.split(':').next() == service);
    let near = searches.checked_sub(1).and_then(|left| {
        *searches = left;
        spelling::nearest(bare, of_service)
    });
    // Another verb is another right, however few letters it takes.
    Some(match near.filter(|near| spelling::one_apart(verb(bare), verb(near))) {
        Some(near) => found
            .help(Text::made(format!("Did you mean `{near}`?"), format!("是否想写 `{near}`？")))
            .fix(action.span, respelled(pattern, bare, near)),
        None => found.help(Text::new("Check the spelling. Names are case-sensitive.", "请检查拼写，名称区分大小写。")),
    })
}

/// What the action does: the first word of its operation.
fn verb(action: &str) -> &str {
    let operation = action.split_once(':').map_or(action, |(_, operation)| operation);
    let end = operation.char_indices().skip(1).find(|(_, letter)| letter.is_ascii_uppercase()).map_or(operation.len(), |(at, _)| at);
    operation.get(..end).unwrap_or_default()
}

/// The service that was meant. Names of products are so short that most are a letter or two away from another product's, and a wrong
/// offer grants the wrong product: only a long name can be told from a typing mistake.
fn meant_service<'a>(service: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const SHORT: usize = 4;
    let near = spelling::nearest(service, known)?;
    (near.eq_ignore_ascii_case(service) || service.len().min(near.len()) > SHORT).then_some(near)
}

/// The pattern as JSON with another beginning behind its prefix `name/`, which may itself hold the word that is wrong.
fn respelled(pattern: &ActionPattern, wrong: &str, right: &str) -> String {
    let bare = pattern.bare();
    let prefix = pattern.as_str().strip_suffix(bare).unwrap_or_default();
    format!("\"{prefix}{right}{}\"", bare.strip_prefix(wrong).unwrap_or_default())
}

/// An operation-level action is decided on `*`, which no six-segment pattern covers, however wide.
fn needs_all_resources(statement: &Statement, action: &Located<ActionPattern>, vocabulary: &Vocabulary<'_>) -> Option<Diagnostic> {
    if statement.resources.iter().any(|resource| resource.value == ResourcePattern::All) {
        return None;
    }
    let mut covered = vocabulary.actions.iter().filter(|known| action.value.covers(known.name)).peekable();
    covered.peek()?;
    // A pattern that also covers resource-level actions does what it should for those.
    if covered.any(|known| known.resource.is_some()) {
        return None;
    }
    let pattern = shown(action.value.as_str());
    let message = match statement.effect.value {
        Effect::Allow => Text::made(
            format!("`{pattern}` is not granted here, because it does not support resource-level permissions."),
            format!("此处不会授予 `{pattern}`，因为该操作不支持资源级授权。"),
        ),
        Effect::Deny => Text::made(
            format!("`{pattern}` is not denied here, because it does not support resource-level permissions."),
            format!("此处不会拒绝 `{pattern}`，因为该操作不支持资源级授权。"),
        ),
    };
    Some(note(
        Code::NeedsAllResources,
        Severity::Warning,
        action.span,
        message,
        Text::new("Move it to a statement with resource `*`.", "请把它移到资源为 `*` 的语句中。"),
    ))
}

fn foreign_account(statement: &Statement, span: Span, named: &NamedPattern, owner_uin: Option<i64>) -> Option<Diagnostic> {
    let found = |code, en: String, zh: String, help| Some(note(code, Severity::Warning, span, Text::made(en, zh), help));
    match named.account {
        Account::AppId(id) if named.service.as_deref().is_some_and(|service| !matches!(service, "cos" | "cas")) => found(
            Code::AppIdAccount,
            format!("`uid/{id}` identifies the account by APPID. Only COS and CAS do that."),
            format!("`uid/{id}` 以 APPID 表示账号，只有 COS 和 CAS 使用这种写法。"),
            Text::new(
                "Write `uin/<root UIN>`, or leave the segment empty for your own root account.",
                "请写成 `uin/<主账号 UIN>`，或留空表示自己的主账号。",
            ),
        ),
        Account::Uin(uin) if owner_uin.is_some_and(|owner| u64::try_from(owner) != Ok(uin)) => {
            // A role of another account is the one foreign resource a policy may name, a bucket the other.
            let legal =
                named.service.as_deref() == Some("cos") || statement.actions.iter().any(|action| action.value.covers("sts:AssumeRole"));
            if legal {
                return None;
            }
            found(
                Code::ForeignAccount,
                format!("`uin/{uin}` is not your root account, so this resource never matches."),
                format!("`uin/{uin}` 不是您的主账号，该资源不会匹配任何请求。"),
                Text::new(
                    "The owner is always the root account, not the sub-account that uses the resource. Leave the segment empty.",
                    "资源的所有者始终是主账号，而不是使用资源的子账号。请将该段留空。",
                ),
            )
        }
        _ => None,
    }
}

/// A resource that none of the statement's actions ever works on: a mistyped resource type, or a region where the service has none.
fn matches_no_resource(statement: &Statement, span: Span, named: &NamedPattern, vocabulary: &Vocabulary<'_>) -> Option<Diagnostic> {
    let mut examples: Vec<&str> = Vec::new();
    for action in &statement.actions {
        let mut covered = vocabulary.actions.iter().filter(|known| action.value.covers(known.name)).peekable();
        // What an unknown action works on is unknown too.
        if action.value.service().is_none() || covered.peek().is_none() {
            return None;
        }
        for template in covered.filter_map(|known| known.resource) {
            if meets(named, template) {
                return None;
            }
            if !examples.contains(&template) {
                examples.push(template);
            }
        }
    }
    // Without a single resource-level action the statement has another finding already.
    let example = examples.first()?;
    let resource = shown(named.as_str());
    Some(note(
        Code::MatchesNoResource,
        Severity::Warning,
        span,
        Text::made(
            format!("No action in this statement applies to a resource like `{resource}`."),
            format!("该语句中的操作都不适用于 `{resource}` 这样的资源。"),
        ),
        Text::made(format!("They apply to `{example}`."), format!("它们适用于 `{example}`。")),
    ))
}

/// Whether a pattern can cover a resource made from a template.
fn meets(named: &NamedPattern, template: &str) -> bool {
    let mut segments = template.splitn(6, ':').skip(2);
    let (Some(service), Some(region), Some(_), Some(last)) = (segments.next(), segments.next(), segments.next(), segments.next()) else {
        // A template that is one variable stands for any resource.
        return true;
    };
    let agrees =
        |wanted: &Option<String>, filled: &str| wanted.as_deref().is_none_or(|wanted| wanted == filled || filled.starts_with("${"));
    agrees(&named.service, service) && agrees(&named.region, region) && wildcard::may_meet(&as_pattern(&named.last), &as_pattern(last))
}

/// The text with every variable as a wildcard.
fn as_pattern(text: &str) -> String {
    let mut made = String::new();
    let mut left = text;
    while let Some((before, rest)) = left.split_once("${") {
        made.push_str(before);
        made.push('*');
        left = rest.split_once('}').map_or("", |(_, behind)| behind);
    }
    made.push_str(left);
    made
}

/// Pages that this policy nearly opens: it grants something that serves no page it opens, and with a little more a page would.
fn half_open_pages(policy: &Policy, vocabulary: &Vocabulary<'_>) -> Vec<Diagnostic> {
    let granted = |name: &str| granting(policy, vocabulary, name).is_some();
    let (open, shut): (Vec<_>, Vec<_>) = vocabulary.pages.iter().partition(|page| (page.opens)(&granted));
    let serves_open_page = |name: &str| open.iter().any(|page| page.actions.contains(&name));
    let mut found = Vec::new();
    for page in shut {
        let held = page.actions.iter().find(|name| !serves_open_page(name) && granted(name));
        let Some(span) = held.and_then(|name| granting(policy, vocabulary, name)) else {
            continue;
        };
        let lacking: Vec<&str> = page.actions.iter().copied().filter(|name| !granted(name)).collect();
        // One action that opens the page alone is a better hint than all that are lacking.
        let one = lacking.iter().copied().find(|extra| (page.opens)(&|name: &str| name == *extra || granted(name)));
        let wanted = one.map_or_else(|| lacking.join("`, `"), str::to_owned);
        found.push(note(
            Code::HalfOpenPage,
            Severity::Suggestion,
            span,
            Text::made(
                format!("This action is for the page “{}”, but this policy alone does not open that page.", page.title.en),
                format!("该操作用于页面「{}」，但仅凭此策略无法打开该页面。", page.title.zh),
            ),
            Text::made(format!("Grant `{wanted}` as well."), format!("请同时授予 `{}`。", wanted.replace("`, `", "`、`"))),
        ));
    }
    found
}

/// The action pattern that grants an action on something, unless a deny takes it away everywhere.
fn granting(policy: &Policy, vocabulary: &Vocabulary<'_>, name: &str) -> Option<Span> {
    let known = vocabulary.actions.iter().find(|known| known.name == name)?;
    let on_all = |statement: &Statement| statement.resources.iter().any(|resource| resource.value == ResourcePattern::All);
    let acts = |statement: &Statement| statement.actions.iter().find(|action| action.value.covers(name)).map(|action| action.span);
    let statements = || policy.statements.iter().map(|statement| &statement.value);
    let denied = statements().any(|statement| {
        statement.effect.value == Effect::Deny && statement.conditions.is_empty() && on_all(statement) && acts(statement).is_some()
    });
    if denied {
        return None;
    }
    statements()
        .filter(|statement| statement.effect.value == Effect::Allow && (known.resource.is_some() || on_all(statement)))
        .find_map(acts)
}
