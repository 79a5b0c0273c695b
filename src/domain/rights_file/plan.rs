//! What an organisation has to change to be as a file says, worked out as a whole before anything is changed.
//!
//! Things are the same by their names, without regard to case. What a file does not say stays as it is, unless the operator prunes: then
//! what a section of the file does not name goes. Root accounts, passwords and everything else of a sub-account are none of its business.

use super::read::{Finding, Named, RightsFile};
use super::{GroupText, Organisation, PolicyText};
use crate::cam;
use crate::catalog::limits::{
    MAX_CUSTOM_POLICIES, MAX_GROUPS, MAX_GROUPS_PER_USER, MAX_PATTERNS_PER_ACCOUNT, MAX_POLICIES_PER_HOLDER, MAX_POLICY_VERSIONS,
    MAX_SUB_ACCOUNTS, MAX_USERS_PER_GROUP,
};
use crate::catalog::preset::presets;
use crate::domain::holdings::AttachedTo;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How a file is taken.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What the file does not name goes.
    pub prune: bool,
    /// Sub-accounts that are not there are created, without a password that anybody knows.
    pub create_users: bool,
    /// Numbers of accounts and groups in policies are those of this organisation where the file means the same names.
    pub renumber: bool,
}

/// What a new number is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// A policy.
    Policy,
    /// A user group or a sub-account.
    Other,
}

/// One step, in the order in which steps can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A sub-account is created.
    CreateUser(Uin),
    /// A policy is created.
    CreatePolicy(PolicyId),
    /// Another name in letter case, or another description.
    DescribePolicy(PolicyId),
    /// A new version that counts.
    SavePolicy(PolicyId),
    /// A user group is created.
    CreateGroup(GroupId),
    /// Another name in letter case, or other remarks.
    DescribeGroup(GroupId),
    /// A sub-account joins a group.
    Join(GroupId, Uin),
    /// A policy is attached.
    Attach(PolicyId, AttachedTo),
    /// A policy is detached.
    Detach(PolicyId, AttachedTo),
    /// A sub-account leaves a group.
    Leave(GroupId, Uin),
    /// A policy is deleted with all its versions.
    DeletePolicy(PolicyId),
    /// A user group is deleted.
    DeleteGroup(GroupId),
}

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The organisation now.
    pub before: Organisation,
    /// The organisation as it will be.
    pub after: Organisation,
    /// The steps; none when it is so already.
    pub changes: Vec<Change>,
}

/// Works out what a file changes. `draw` gives numbers for what is new.
///
/// # Errors
/// Everything that cannot be done, each with the place in the file that asks for it.
pub fn plan(now: Organisation, file: &RightsFile<'_>, options: Options, draw: &mut dyn FnMut(Drawn) -> i64) -> Result<Plan, Vec<Finding>> {
    let mut planner = Planner { file, options, after: now.clone(), errors: Vec::new(), places: HashMap::new() };
    let users = planner.users(draw);
    let groups = planner.groups(draw);
    let numbers = planner.numbers(&users, &groups);
    let policies = planner.policies(&numbers, draw);
    planner.members(&users, &groups);
    planner.attachments(&users, &groups, &policies);
    planner.prune(&users, &groups, &policies);
    planner.keep_limits(&now);
    let Planner { after, mut errors, .. } = planner;
    if errors.is_empty() {
        let changes = differences(&now, &after);
        return Ok(Plan { before: now, after, changes });
    }
    errors.sort_by_key(|found| (found.line, found.column));
    Err(errors)
}

/// What a thing of the file would do harm to, for findings about it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Thing {
    Policy(PolicyId),
    Group(GroupId),
    User(Uin),
}

struct Planner<'f> {
    file: &'f RightsFile<'f>,
    options: Options,
    after: Organisation,
    errors: Vec<Finding>,
    /// Where the file speaks of a thing first.
    places: HashMap<Thing, usize>,
}

/// Things by their names in lower case.
type ByName<I> = HashMap<String, I>;

fn by_name<I: Copy>(things: impl Iterator<Item = (I, String)>) -> ByName<I> {
    things.map(|(id, name)| (name.to_lowercase(), id)).collect()
}

impl Planner<'_> {
    fn refuse(&mut self, at: usize, message: String) {
        self.errors.push(self.file.error(at, message));
    }

    fn users(&mut self, draw: &mut dyn FnMut(Drawn) -> i64) -> ByName<Uin> {
        let mut users = by_name(self.after.users.iter().map(|(uin, name)| (*uin, name.clone())));
        for entry in self.file.users.iter().flatten() {
            let Named { name, at } = &entry.name;
            let uin = match users.get(&name.to_lowercase()) {
                Some(uin) => *uin,
                None if self.options.create_users => {
                    let uin = Uin(draw(Drawn::Other));
                    self.after.users.insert(uin, name.clone());
                    users.insert(name.to_lowercase(), uin);
                    uin
                }
                None => {
                    self.refuse(*at, format!("There is no user {name}. Create it, or pass --create-users."));
                    continue;
                }
            };
            self.places.insert(Thing::User(uin), *at);
        }
        users
    }

    fn groups(&mut self, draw: &mut dyn FnMut(Drawn) -> i64) -> ByName<GroupId> {
        let mut groups = by_name(self.after.groups.iter().map(|(id, group)| (*id, group.name.clone())));
        for entry in self.file.groups.iter().flatten() {
            let name = &entry.name.name;
            let id = *groups.entry(name.to_lowercase()).or_insert_with(|| GroupId(draw(Drawn::Other)));
            let group = self.after.groups.entry(id).or_insert_with(|| GroupText { name: name.clone(), remark: String::new() });
            group.name.clone_from(name);
            if let Some(remark) = &entry.remark {
                group.remark.clone_from(remark);
            }
            self.places.insert(Thing::Group(id), entry.name.at);
        }
        groups
    }

    /// Numbers of the file that are others here.
    fn numbers(&self, users: &ByName<Uin>, groups: &ByName<GroupId>) -> BTreeMap<String, String> {
        let owner = self.file.owner.map(|was| (was.0, self.after.owner.0));
        let of_users = self.file.users.iter().flatten();
        let of_users = of_users.filter_map(|entry| Some((entry.uin?.0, users.get(&entry.name.name.to_lowercase())?.0)));
        let of_groups = self.file.groups.iter().flatten();
        let of_groups = of_groups.filter_map(|entry| Some((entry.id?.0, groups.get(&entry.name.name.to_lowercase())?.0)));
        let all = owner.into_iter().chain(of_users).chain(of_groups);
        all.filter(|(was, is)| was != is).map(|(was, is)| (was.to_string(), is.to_string())).collect()
    }

    fn policies(&mut self, numbers: &BTreeMap<String, String>, draw: &mut dyn FnMut(Drawn) -> i64) -> ByName<PolicyId> {
        let mut policies = by_name(self.after.policies.iter().map(|(id, policy)| (*id, policy.name.clone())));
        policies.extend(by_name(presets().iter().map(|preset| (PolicyId(preset.id), preset.name.to_owned()))));
        for entry in self.file.policies.iter().flatten() {
            let Named { name, at } = &entry.name;
            let (document, foreign) = renumbered(&entry.document, numbers);
            if foreign.is_some() && cam::parse(&document).policy.is_none() {
                self.refuse(*at, format!("The policy {name} is none any more with the numbers of this root account."));
            }
            if let (Some(number), false) = (foreign, self.options.renumber) {
                self.refuse(
                    *at,
                    format!(
                        "The policy {name} names {number}, which is another number here. Change it, or pass --renumber to have the numbers of \
                         the file's accounts and groups replaced by those that have the same names here."
                    ),
                );
            }
            let id = *policies.entry(name.to_lowercase()).or_insert_with(|| PolicyId(draw(Drawn::Policy)));
            self.places.insert(Thing::Policy(id), *at);
            let mut full = false;
            let policy = self.after.policies.entry(id).or_insert_with(|| PolicyText {
                name: name.clone(),
                description: String::new(),
                document: document.clone(),
                patterns: entry.patterns,
                default_version: 1,
                last_version: 1,
                versions: 1,
            });
            policy.name.clone_from(name);
            if let Some(description) = &entry.description {
                policy.description.clone_from(description);
            }
            if !Organisation::is_same_text(&policy.document, &document) {
                full = policy.versions >= MAX_POLICY_VERSIONS;
                policy.last_version += 1;
                policy.versions += 1;
                (policy.default_version, policy.document, policy.patterns) = (policy.last_version, document, entry.patterns);
            }
            if full {
                self.refuse(*at, format!("The policy {name} has {MAX_POLICY_VERSIONS} versions, which is the limit. Delete one first."));
            }
        }
        policies
    }

    fn members(&mut self, users: &ByName<Uin>, groups: &ByName<GroupId>) {
        let file = self.file;
        for entry in file.groups.iter().flatten() {
            let (Some(named), Some(group)) = (&entry.users, groups.get(&entry.name.name.to_lowercase())) else { continue };
            if self.options.prune {
                self.after.members.retain(|(of, _)| of != group);
            }
            for Named { name, at } in named {
                match users.get(&name.to_lowercase()) {
                    Some(user) => drop(self.after.members.insert((*group, *user))),
                    // Said of the user itself already.
                    None if file.users.iter().flatten().any(|user| user.name.name.eq_ignore_ascii_case(name)) => {}
                    None => self.refuse(*at, format!("There is no user {name}.")),
                }
            }
        }
    }

    fn attachments(&mut self, users: &ByName<Uin>, groups: &ByName<GroupId>, policies: &ByName<PolicyId>) {
        let file = self.file;
        let of_groups = file.groups.iter().flatten().map(|entry| {
            let to = groups.get(&entry.name.name.to_lowercase()).map(|id| AttachedTo::Group(*id));
            (to, &entry.policies)
        });
        let of_users = file.users.iter().flatten().map(|entry| {
            let to = users.get(&entry.name.name.to_lowercase()).map(|uin| AttachedTo::User(*uin));
            (to, &entry.policies)
        });
        for (to, named) in of_groups.chain(of_users) {
            let (Some(to), Some(named)) = (to, named) else { continue };
            if self.options.prune {
                self.after.attached.retain(|(of, _)| *of != to);
            }
            for Named { name, at } in named {
                match policies.get(&name.to_lowercase()) {
                    Some(policy) => drop(self.after.attached.insert((to, *policy))),
                    None if file.policies.iter().flatten().any(|policy| policy.name.name.eq_ignore_ascii_case(name)) => {}
                    None => self.refuse(*at, format!("There is no policy {name}.")),
                }
            }
        }
    }

    fn prune(&mut self, users: &ByName<Uin>, groups: &ByName<GroupId>, policies: &ByName<PolicyId>) {
        if !self.options.prune {
            return;
        }
        let file = self.file;
        if let Some(entries) = &file.users {
            let named: BTreeSet<Uin> = entries.iter().filter_map(|entry| users.get(&entry.name.name.to_lowercase()).copied()).collect();
            self.after.attached.retain(|(to, _)| !matches!(to, AttachedTo::User(uin) if !named.contains(uin)));
        }
        if let Some(entries) = &file.groups {
            let named: BTreeSet<GroupId> =
                entries.iter().filter_map(|entry| groups.get(&entry.name.name.to_lowercase()).copied()).collect();
            self.after.groups.retain(|id, _| named.contains(id));
            self.after.members.retain(|(id, _)| named.contains(id));
            self.after.attached.retain(|(to, _)| !matches!(to, AttachedTo::Group(id) if !named.contains(id)));
        }
        if let Some(entries) = &file.policies {
            let named: BTreeSet<PolicyId> =
                entries.iter().filter_map(|entry| policies.get(&entry.name.name.to_lowercase()).copied()).collect();
            let gone: Vec<(PolicyId, String)> =
                self.after.policies.iter().filter(|(id, _)| !named.contains(id)).map(|(id, policy)| (*id, policy.name.clone())).collect();
            let attached = |name: &str| {
                let of_groups = file.groups.iter().flatten().flat_map(|entry| entry.policies.iter().flatten());
                let of_users = file.users.iter().flatten().flat_map(|entry| entry.policies.iter().flatten());
                of_groups.chain(of_users).find(|named| named.name.eq_ignore_ascii_case(name)).map(|named| named.at)
            };
            for (id, name) in gone {
                if let Some(at) = attached(&name) {
                    self.refuse(
                        at,
                        format!("The policy {name} is attached here, but `policies` does not name it, so that --prune deletes it."),
                    );
                }
                self.after.policies.remove(&id);
                self.after.attached.retain(|(_, policy)| *policy != id);
            }
        }
    }

    /// What is over a limit already may stay as it is, and only what gets more is refused.
    fn keep_limits(&mut self, now: &Organisation) {
        let after = self.after.clone();
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        for (what, was, is, most) in [
            ("custom policies", now.policies.len(), after.policies.len(), MAX_CUSTOM_POLICIES),
            ("user groups", now.groups.len(), after.groups.len(), MAX_GROUPS),
            ("sub-accounts", now.users.len(), after.users.len(), MAX_SUB_ACCOUNTS),
        ] {
            if count(is) > count(was).max(most) {
                self.refuse(0, format!("There would be {is} {what}; at most {most} are allowed."));
            }
        }
        for (id, group) in &after.groups {
            let of = |organisation: &Organisation| count(organisation.members_of(*id).count());
            self.limit(Thing::Group(*id), &group.name, "members", of(now), of(&after), MAX_USERS_PER_GROUP);
            let of = |organisation: &Organisation| count(organisation.attached_to(AttachedTo::Group(*id)).count());
            self.limit(Thing::Group(*id), &group.name, "policies", of(now), of(&after), MAX_POLICIES_PER_HOLDER);
        }
        for (uin, name) in &after.users {
            let of = |organisation: &Organisation| count(organisation.members.iter().filter(|(_, user)| user == uin).count());
            self.limit(Thing::User(*uin), name, "user groups", of(now), of(&after), MAX_GROUPS_PER_USER);
            let of = |organisation: &Organisation| count(organisation.attached_to(AttachedTo::User(*uin)).count());
            self.limit(Thing::User(*uin), name, "policies", of(now), of(&after), MAX_POLICIES_PER_HOLDER);
            let of = |organisation: &Organisation| {
                let held = organisation.held_by(*uin);
                held.keys().filter_map(|policy| organisation.policies.get(policy)).map(|policy| policy.patterns).sum::<i64>()
            };
            let what = "patterns and condition values in the policies that count for it";
            self.limit(Thing::User(*uin), name, what, of(now), of(&after), MAX_PATTERNS_PER_ACCOUNT);
        }
    }

    fn limit(&mut self, thing: Thing, name: &str, what: &str, was: i64, is: i64, most: i64) {
        if is > was.max(most) {
            let at = self.places.get(&thing).copied().unwrap_or(0);
            self.refuse(at, format!("{name} would have {is} {what}; at most {most} are allowed."));
        }
    }
}

/// A text with the numbers of here, and one that was another there. A number is a run of digits that nothing else stands against.
fn renumbered(document: &str, numbers: &BTreeMap<String, String>) -> (String, Option<String>) {
    let (mut made, mut foreign) = (String::with_capacity(document.len()), None);
    let mut rest = document;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let (digits, after) = from.split_at(from.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(from.len()));
        made.push_str(before);
        match numbers.get(digits) {
            Some(here) => {
                made.push_str(here);
                foreign.get_or_insert_with(|| digits.to_owned());
            }
            None => made.push_str(digits),
        }
        rest = after;
    }
    made.push_str(rest);
    (made, foreign)
}

/// The steps from one organisation to another.
fn differences(now: &Organisation, after: &Organisation) -> Vec<Change> {
    let mut changes: Vec<Change> =
        after.users.keys().filter(|uin| !now.users.contains_key(uin)).map(|uin| Change::CreateUser(*uin)).collect();
    for (id, policy) in &after.policies {
        let Some(was) = now.policies.get(id) else {
            changes.push(Change::CreatePolicy(*id));
            continue;
        };
        if (&was.name, &was.description) != (&policy.name, &policy.description) {
            changes.push(Change::DescribePolicy(*id));
        }
        if was.default_version != policy.default_version {
            changes.push(Change::SavePolicy(*id));
        }
    }
    for (id, group) in &after.groups {
        match now.groups.get(id) {
            None => changes.push(Change::CreateGroup(*id)),
            Some(was) if was != group => changes.push(Change::DescribeGroup(*id)),
            Some(_) => {}
        }
    }
    changes.extend(after.members.difference(&now.members).map(|(group, user)| Change::Join(*group, *user)));
    changes.extend(after.attached.difference(&now.attached).map(|(to, policy)| Change::Attach(*policy, *to)));
    // What is deleted takes its attachments and members along, but people are to read which.
    changes.extend(now.attached.difference(&after.attached).map(|(to, policy)| Change::Detach(*policy, *to)));
    changes.extend(now.members.difference(&after.members).map(|(group, user)| Change::Leave(*group, *user)));
    changes.extend(now.policies.keys().filter(|id| !after.policies.contains_key(id)).map(|id| Change::DeletePolicy(*id)));
    changes.extend(now.groups.keys().filter(|id| !after.groups.contains_key(id)).map(|id| Change::DeleteGroup(*id)));
    changes
}
