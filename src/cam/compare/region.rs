//! The search for a request that one policy answers differently from another.
//!
//! What has few values (the service of the action; service, region and owner of the resource) is gone through one by one. In such a cell a
//! statement is a box: patterns over operations, patterns over last segments, and conditions. A request in the box of interest is taken; if
//! some other box explains it away, that box is cut off and the search goes on in what is left of each side.

use super::super::action::ActionPattern;
use super::super::clause::{Caller, Clause};
use super::super::compile::{BoundPattern, BoundStatement, Owner, Prefix};
use super::super::context::Context;
use super::super::policy::Effect;
use super::super::principal::Principal;
use super::super::resource::{Account, Resource};
use super::super::vocabulary::Vocabulary;
use super::super::wildcard;
use super::glob::{self, Budget, Lack, Pattern, Search, Taste, both, covered, first};
use super::values::{self, Literal, STEPS_OF_AN_OPERAND, operands};
use super::{Change, Example, Side};
use std::collections::{BTreeSet, HashSet};

/// What it costs to look at one pattern of a statement in one cell.
const STEPS_OF_A_PATTERN: usize = 100;
/// What it costs to look for one request, besides the texts that are tried.
const STEPS_OF_A_SEARCH: usize = 5_000;
/// What a wildcard of a resource stands for in an example.
const NUMBERS: [&str; 3] = ["1400000001", "1400000002", "1400000003"];

/// One choice of everything that has few values.
struct Cell {
    action_service: String,
    /// The resource without its last segment; `None` for `*`.
    place: Option<Place>,
}

struct Place {
    service: String,
    region: String,
    owner: Owner,
    /// `uin/<UIN>` or `uid/<APPID>`
    account: String,
    /// Whether it is the root account as a resource of CAM, which has two names.
    is_root: bool,
}

impl Place {
    fn resource(&self, last: &str) -> String {
        format!("qcs::{}:{}:{}:{last}", self.service, self.region, self.account)
    }
}

/// A statement within a cell.
struct Slice<'s> {
    operations: Vec<Pattern<'s>>,
    lasts: Vec<Pattern<'s>>,
    clauses: &'s [Clause],
}

/// A part of a cell.
#[derive(Clone)]
struct Region<'r> {
    operations: Vec<&'r [Pattern<'r>]>,
    not_operations: Vec<Pattern<'r>>,
    lasts: Vec<&'r [Pattern<'r>]>,
    not_lasts: Vec<Pattern<'r>>,
    literals: Vec<Literal<'r>>,
}

/// Every service, region and owner that makes a difference to one of two policies.
pub(super) struct Space<'v> {
    action_services: Vec<String>,
    services: Vec<String>,
    regions: BTreeSet<String>,
    owners: Vec<(Owner, String)>,
    vocabulary: &'v Vocabulary<'v>,
    budget: &'v Budget,
}

/// The changes found, and whether there are no others.
pub(super) struct Found {
    pub changes: Vec<Change>,
    pub is_whole: bool,
}

impl<'v> Space<'v> {
    pub(super) fn new(old: &Side, new: &Side, vocabulary: &'v Vocabulary<'v>, budget: &'v Budget) -> Self {
        let statements = || [old, new].into_iter().flat_map(|side| &side.set.policies.statements);
        let acting = statements().flat_map(|statement| &statement.actions).filter_map(|action| action.service());
        let caller = &new.set.caller;
        let mut owners = vec![(Owner::Own, caller.owner_segment.clone())];
        let mut services = Vec::new();
        // A region that no pattern names is like none.
        let mut regions = BTreeSet::from([String::new()]);
        for pattern in statements().flat_map(|statement| &statement.resources) {
            if let BoundPattern::Named { prefix: Prefix { service, region, owner }, .. } = pattern {
                services.extend(service.as_deref());
                regions.extend(region.clone());
                let account = match owner {
                    Owner::Other(Account::Uin(uin)) => format!("uin/{uin}"),
                    Owner::Other(Account::AppId(id)) => format!("uid/{id}"),
                    _ => continue,
                };
                if !owners.iter().any(|(known, _)| known == owner) {
                    owners.push((*owner, account));
                }
            }
        }
        // The principal's own number is in neither policy, nor is this one.
        let stranger = u64::try_from(caller.principal.uin).unwrap_or_default();
        owners.push((Owner::Other(Account::Uin(stranger)), format!("uin/{stranger}")));
        // Through these, and with `sts`, an allow reaches what another root account owns; `cam` also has a resource with two names.
        let (action_services, services) =
            (with_another(acting.chain(["sts"]), vocabulary), with_another(services.into_iter().chain(["cam", "cos"]), vocabulary));
        Self { action_services, services, regions, owners, vocabulary, budget }
    }

    /// Where `to` has the effect and `from` has not: what it allows that the other does not, or denies that the other neither denies nor
    /// allows.
    pub(super) fn changes(&self, from: &Side, to: &Side, effect: Effect) -> Found {
        let mut found = Found { changes: Vec::new(), is_whole: true };
        let mut seen = HashSet::new();
        let statements = [from, to].into_iter().flat_map(|side| &side.set.policies.statements);
        let patterns: usize = statements.map(|statement| statement.actions.len() + statement.resources.len() + 1).sum();
        let own = to.set.policies.statements.iter().filter(|statement| statement.source == 0 && statement.effect == effect);
        for statement in own {
            let Some(written) = to.policy.statements.get(statement.index).map(|written| &written.value) else {
                continue;
            };
            let condition = written.condition();
            for action in &statement.actions {
                for (pattern, resource) in statement.resources.iter().zip(&written.resources) {
                    if !seen.insert((action.bare(), resource.value.as_str(), condition.clone())) {
                        continue;
                    }
                    let one = statement.narrowed(action, pattern);
                    let mut example = None;
                    for cell in self.cells(action, pattern) {
                        if !self.budget.spend(STEPS_OF_A_PATTERN * patterns) {
                            return Found { is_whole: false, ..found };
                        }
                        match self.in_cell(&cell, &one, from, to) {
                            Ok(request) => {
                                example = Some(request);
                                break;
                            }
                            Err(Lack::Nothing) => {}
                            Err(Lack::Unknown) => found.is_whole = false,
                        }
                    }
                    let Some(example) = example else {
                        continue;
                    };
                    if found.changes.len() == super::MAX_CHANGES {
                        return Found { is_whole: false, ..found };
                    }
                    found.changes.push(Change {
                        statement: u32::try_from(statement.index).unwrap_or(u32::MAX),
                        action: action.as_str().to_owned(),
                        resource: resource.value.as_str().to_owned(),
                        condition: condition.clone(),
                        example,
                    });
                }
            }
        }
        found
    }

    /// The cells that a pair of action and resource reaches into.
    fn cells<'c>(&'c self, action: &'c ActionPattern, pattern: &'c BoundPattern) -> impl Iterator<Item = Cell> + 'c {
        let (service, region, owner) = match pattern {
            BoundPattern::All => (None, None, Owner::Any),
            BoundPattern::Named { prefix, .. } => (prefix.service.as_deref(), prefix.region.as_deref(), prefix.owner),
        };
        let services = self.services.iter().filter(move |known| service.is_none_or(|service| service == *known));
        let regions = self.regions.iter().filter(move |known| region.is_none_or(|region| region == *known));
        let owners = self.owners.iter().filter(move |(known, _)| owner == Owner::Any || owner == *known);
        let places = services.flat_map(move |service| {
            let owners = owners.clone();
            regions.clone().flat_map(move |region| owners.clone().map(move |(owner, account)| (service, region, *owner, account)))
        });
        let places = places.flat_map(|(service, region, owner, account)| {
            let roots = if service == "cam" { &[false, true][..] } else { &[false] };
            roots.iter().map(move |is_root| Place {
                service: service.clone(),
                region: region.clone(),
                owner,
                account: account.clone(),
                is_root: *is_root,
            })
        });
        let of_service = self.action_services.iter().filter(|known| action.service().is_none_or(|service| service == **known));
        of_service.flat_map(move |action_service| {
            let all = matches!(pattern, BoundPattern::All).then_some(None);
            let cell = |place| Cell { action_service: action_service.clone(), place };
            all.into_iter().chain(places.clone().map(Some)).map(cell)
        })
    }

    /// A request in the box of the statement that `from` answers differently.
    fn in_cell(&self, cell: &Cell, statement: &BoundStatement, from: &Side, to: &Side) -> Search<Example> {
        let Some(slice) = cell.slice(statement) else {
            return Err(Lack::Nothing);
        };
        let hunt = match statement.effect {
            // What `to` denies it does not allow; what `from` denies it does not allow either, whatever its other statements say.
            Effect::Allow => Hunt {
                cut: cell.slices(to, Effect::Deny),
                allowed: cell.slices(from, Effect::Allow),
                denied: cell.slices(from, Effect::Deny),
            },
            Effect::Deny => Hunt { cut: cell.slices(from, Effect::Deny), allowed: cell.slices(from, Effect::Allow), denied: Vec::new() },
        };
        let search = InCell { budget: self.budget, caller: &to.set.caller, known: self.known(cell), lasts: self.lasts(cell) };
        search.hunt(&hunt, &cell.region(&slice)).map(|point| cell.example(point, *to.set.principal()))
    }

    /// The operations of the cell's service in the catalogue, first those that are decided on such a resource.
    fn known(&self, cell: &Cell) -> Vec<String> {
        let of_service = self.vocabulary.actions.iter().filter_map(|known| {
            let operation = known.name.split_once(':').filter(|(service, _)| *service == cell.action_service)?.1;
            Some((known.resource.is_some() != cell.place.is_some(), operation))
        });
        let mut known: Vec<(bool, &str)> = of_service.collect();
        known.sort_by_key(|(is_other, _)| *is_other);
        known.into_iter().map(|(_, operation)| operation.to_owned()).collect()
    }

    /// Last segments of the cell's service in the catalogue.
    fn lasts(&self, cell: &Cell) -> Vec<String> {
        let Some(place) = &cell.place else {
            return Vec::new();
        };
        let mut kinds: Vec<&str> = Vec::new();
        for known in self.vocabulary.actions.iter().filter_map(|known| known.resource) {
            let mut segments = known.splitn(6, ':').skip(2);
            let (service, last) = (segments.next(), segments.nth(2).and_then(|last| last.split_once('/')));
            if let Some((kind, _)) = last.filter(|_| service == Some(place.service.as_str()))
                && !kinds.contains(&kind)
            {
                kinds.push(kind);
            }
        }
        kinds.into_iter().flat_map(|kind| NUMBERS.map(|number| format!("{kind}/{number}"))).collect()
    }
}

/// Services, those of the vocabulary first, and one that is not among them.
fn with_another<'s>(named: impl IntoIterator<Item = &'s str>, vocabulary: &Vocabulary<'_>) -> Vec<String> {
    let mut services: Vec<&str> = named.into_iter().collect();
    let rank =
        |service: &str| vocabulary.actions.iter().position(|known| known.name.split(':').next() == Some(service)).unwrap_or(usize::MAX);
    services.sort_by_key(|service| (rank(service), *service));
    services.dedup();
    let other = ["trtc", "cam", "tag"].into_iter().find(|name| !services.contains(name)).map(str::to_owned);
    let other = other.or_else(|| (0..).map(|number| format!("other{number}")).find(|name| !services.contains(&name.as_str())));
    services.iter().map(|service| (*service).to_owned()).chain(other).collect()
}

impl Place {
    fn is_within(&self, pattern: &BoundPattern) -> bool {
        match pattern {
            BoundPattern::All => true,
            BoundPattern::Named { prefix: Prefix { service, region, owner }, .. } => {
                service.as_deref().is_none_or(|service| service == self.service)
                    && region.as_deref().is_none_or(|region| region == self.region)
                    && (*owner == Owner::Any || *owner == self.owner)
            }
        }
    }
}

impl Cell {
    /// A statement within the cell; `None` when it has nothing to say there.
    fn slice<'s>(&self, statement: &'s BoundStatement) -> Option<Slice<'s>> {
        let mut operations = Vec::new();
        for action in &statement.actions {
            let operation = match action.bare().split_once(':') {
                None => "*",
                Some((service, operation)) if service == "*" || service == self.action_service => operation,
                Some(_) => continue,
            };
            operations.push(if operation.contains('*') { Pattern::Like("", operation) } else { Pattern::Exact(operation) });
        }
        // An allow reaches what another root account owns in two cases alone: COS, and `sts:AssumeRole` on its roles (rule 15 of `cam`).
        if let Some(place) = self.place.as_ref().filter(|place| place.owner != Owner::Own && place.service != "cos")
            && statement.effect == Effect::Allow
        {
            if place.service != "cam" || self.action_service != "sts" || !statement.acts("sts:AssumeRole") {
                return None;
            }
            operations = vec![Pattern::Exact("AssumeRole")];
        }
        let mut lasts = Vec::new();
        for pattern in &statement.resources {
            match (pattern, &self.place) {
                (BoundPattern::All, _) => lasts.push(Pattern::Like("", "*")),
                (BoundPattern::Named { .. }, None) => {}
                (BoundPattern::Named { .. }, Some(place)) if !place.is_within(pattern) => {}
                (BoundPattern::Named { last, .. }, Some(place)) if place.is_root => {
                    if wildcard::matches(last, "root") || wildcard::matches(last, &place.account) {
                        lasts.push(Pattern::Exact("root"));
                    }
                }
                (BoundPattern::Named { last, .. }, Some(_)) if last.contains('*') => lasts.push(Pattern::Like("", last)),
                (BoundPattern::Named { last, .. }, Some(_)) => lasts.push(Pattern::Exact(last)),
            }
        }
        let says_something = !operations.is_empty() && !lasts.is_empty();
        says_something.then_some(Slice { operations, lasts, clauses: &statement.clauses })
    }

    fn slices<'s>(&self, side: &'s Side, effect: Effect) -> Vec<Slice<'s>> {
        let statements = side.set.policies.statements.iter().filter(|statement| statement.effect == effect);
        statements.filter_map(|statement| self.slice(statement)).collect()
    }

    fn region<'r>(&'r self, slice: &'r Slice<'r>) -> Region<'r> {
        let clauses = slice.clauses.iter().map(|clause| Literal { clause, holds: true });
        let not_lasts = match &self.place {
            Some(place) if place.service == "cam" && !place.is_root => vec![Pattern::Exact("root"), Pattern::Exact(&place.account)],
            _ => Vec::new(),
        };
        Region {
            operations: vec![&slice.operations],
            not_operations: Vec::new(),
            lasts: vec![&slice.lasts],
            not_lasts,
            literals: clauses.collect(),
        }
    }

    fn example(&self, point: Point, principal: Principal) -> Example {
        let named = self.place.as_ref().and_then(|place| Resource::parse(&place.resource(&point.last)).ok());
        Example {
            principal,
            action: format!("{}:{}", self.action_service, point.operation),
            resource: named.unwrap_or_else(Resource::all),
            context: point.context,
        }
    }
}

/// What else the policies say in a cell.
struct Hunt<'s> {
    /// Requests in these boxes are not looked for.
    cut: Vec<Slice<'s>>,
    /// Nor are requests in these boxes, unless one of `denied` holds them, too.
    allowed: Vec<Slice<'s>>,
    /// Boxes that take requests out of `allowed`.
    denied: Vec<Slice<'s>>,
}

impl Hunt<'_> {
    /// What it costs to hold one request against all of them.
    fn steps(&self) -> usize {
        let slices = [&self.cut, &self.allowed, &self.denied].into_iter().flatten();
        let held = slices.map(|slice| slice.operations.len() + slice.lasts.len() + slice.clauses.iter().map(operands).sum::<usize>());
        STEPS_OF_AN_OPERAND * held.sum::<usize>()
    }
}

/// A request within a cell.
struct Point {
    operation: String,
    last: String,
    context: Context,
}

struct InCell<'c> {
    budget: &'c Budget,
    caller: &'c Caller,
    known: Vec<String>,
    lasts: Vec<String>,
}

impl InCell<'_> {
    fn hunt<'r>(&self, hunt: &'r Hunt<'r>, region: &Region<'r>) -> Search<Point> {
        if !self.budget.spend(STEPS_OF_A_SEARCH + hunt.steps()) {
            return Err(Lack::Unknown);
        }
        let point = self.point(region)?;
        debug_assert!(region.holds(&point, self.caller), "a request outside of what was searched");
        let around = |slices: &'r [Slice<'r>]| slices.iter().find(|slice| slice.holds(&point, self.caller));
        let pieces = if let Some(slice) = around(&hunt.cut) {
            region.without(slice)
        } else if let Some(slice) = around(&hunt.allowed).filter(|_| around(&hunt.denied).is_none()) {
            let mut pieces = region.without(slice);
            pieces.extend(hunt.denied.iter().map(|denied| region.within(slice).within(denied)));
            pieces
        } else {
            return Ok(point);
        };
        first(pieces.iter().map(|piece| self.hunt(hunt, piece)))
    }

    fn point(&self, region: &Region<'_>) -> Search<Point> {
        let operations = Taste { texts: &self.known, fill: &["Any"] };
        let operation = glob::find(&region.operations, &region.not_operations, &[':'], operations, self.budget);
        let lasts = Taste { texts: &self.lasts, fill: &NUMBERS };
        let named = both(operation, || glob::find(&region.lasts, &region.not_lasts, &[], lasts, self.budget));
        let ((operation, last), context) = both(named, || values::find(&region.literals, self.budget))?;
        Ok(Point { operation, last, context })
    }
}

impl Slice<'_> {
    fn holds(&self, point: &Point, caller: &Caller) -> bool {
        covered(&self.operations, &point.operation)
            && covered(&self.lasts, &point.last)
            && self.clauses.iter().all(|clause| clause.holds(&point.context, caller))
    }
}

impl<'r> Region<'r> {
    fn holds(&self, point: &Point, caller: &Caller) -> bool {
        self.operations.iter().all(|patterns| covered(patterns, &point.operation))
            && self.lasts.iter().all(|patterns| covered(patterns, &point.last))
            && !covered(&self.not_operations, &point.operation)
            && !covered(&self.not_lasts, &point.last)
            && self.literals.iter().all(|literal| literal.clause.holds(&point.context, caller) == literal.holds)
    }

    /// What is also in the box.
    fn within(&self, slice: &'r Slice<'r>) -> Self {
        let mut region = self.clone();
        region.operations.push(&slice.operations);
        region.lasts.push(&slice.lasts);
        region.literals.extend(slice.clauses.iter().map(|clause| Literal { clause, holds: true }));
        region
    }

    /// What is not in the box, in pieces.
    fn without(&self, slice: &'r Slice<'r>) -> Vec<Self> {
        let mut other_operation = self.clone();
        other_operation.not_operations.extend(slice.operations.iter().cloned());
        let mut other_last = self.clone();
        other_last.operations.push(&slice.operations);
        other_last.not_lasts.extend(slice.lasts.iter().cloned());
        let mut pieces = vec![other_operation, other_last];
        let mut other_values = self.clone();
        other_values.operations.push(&slice.operations);
        other_values.lasts.push(&slice.lasts);
        for clause in slice.clauses {
            let mut piece = other_values.clone();
            piece.literals.push(Literal { clause, holds: false });
            pieces.push(piece);
            other_values.literals.push(Literal { clause, holds: true });
        }
        pieces
    }
}
