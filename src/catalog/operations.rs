//! Every operation of the console, each as a type and as a row: the server functions that do it, what it is done to, what it needs, and
//! which fields of its forms hold secrets.
//!
//! It must never hold an operation that no server function does; `tests/operations.rs` compares both ways.

use super::action::{cam, cloudaudit, tag, trtc};
use super::operation::Proof::{ForSecrets, NotNeeded, Recent};
use super::operation::{Operation, OperationRow, TargetKind, kind};
use super::pages;
use super::rule::Rule;

const fn may<A: super::action::Action>() -> Rule {
    Rule::may::<A>()
}

/// Makes of each entry a marker type with its [`OperationRow`], and an entry of [`ALL`].
macro_rules! operations {
    ($($(#[$doc:meta])+ $marker:ident: [$($endpoint:literal),+] $kind:ident, $rule:expr, $proof:expr, [$($secret:literal),*];)+) => {
        $(
            $(#[$doc])+
            #[derive(Clone, Copy, Debug)]
            pub struct $marker;

            impl Operation for $marker {
                const ROW: &'static OperationRow = &OperationRow {
                    name: stringify!($marker),
                    endpoints: &[$($endpoint),+],
                    target: TargetKind::$kind,
                    rule: $rule,
                    proof: $proof,
                    secrets: &[$($secret),*],
                };
                type Kind = kind::$kind;
            }
        )+

        /// Every operation.
        pub static ALL: &[&OperationRow] = &[$($marker::ROW),+];
    };
}

operations! {
    /// Tells who is signed in and what they may do.
    ReadSession: ["session"] OwnAccount, Rule::SignedIn, NotNeeded, [];
    /// Lists the sessions of the own account.
    ListOwnSessions: ["session/list"] OwnAccount, Rule::SignedIn, NotNeeded, [];
    /// Ends a session of the own account.
    EndOwnSession: ["session/end"] OwnAccount, Rule::SignedIn, Recent, [];
    /// Proves the own password again.
    ProvePassword: ["session/prove"] OwnAccount, Rule::SignedIn, NotNeeded, ["password"];
    /// Changes the own password.
    ChangePassword: ["session/password"] OwnAccount, Rule::SignedIn, NotNeeded, ["current", "new", "repeat"];
    /// Sees the console as a sub-account; only a root account may.
    ViewAs: ["session/view-as"] OwnAccount, Rule::SignedIn, Recent, [];

    /// Lists applications.
    ListApplications: ["apps/list"] Applications, pages::Apps::PAGE.opens, NotNeeded, [];
    /// Reads an application.
    ReadApplication: ["apps/view"] Application, pages::App::PAGE.opens, NotNeeded, [];
    /// Creates an application.
    CreateApplication: ["apps/create"] NoTarget, may::<trtc::CreateTrtcApp>(), NotNeeded, [];
    /// Edits name and description of an application.
    EditApplication: ["apps/edit"] Application, may::<trtc::ModifyAppInfo>(), NotNeeded, [];
    /// Enables or disables an application.
    SetApplicationStatus: ["apps/disable", "apps/enable"] Application, may::<trtc::ModifyAppStatus>(), Recent, [];
    /// Deletes an application.
    DeleteApplication: ["apps/delete"] Application, may::<trtc::DeleteTrtcApp>(), Recent, [];
    /// Changes the tags of an application.
    ChangeApplicationTags: ["apps/tags"] Application, may::<tag::ModifyResourceTags>(), Recent, [];

    /// Reads the function configuration of an application.
    ReadFeatures: ["features/view"] Application, pages::AppFeatures::PAGE.opens, NotNeeded, [];
    /// Changes relay to CDN.
    SetRelay: ["features/relay"] Application, may::<trtc::ModifyMixConf>(), NotNeeded, [];
    /// Changes on-cloud recording.
    SetRecording: ["features/recording"] Application, may::<trtc::AlterRecording>(), ForSecrets, ["callback_key"];
    /// Changes the recording mode.
    SetRecordingMode: ["features/recording-mode"] Application, may::<trtc::ModifyRecordMode>(), NotNeeded, [];
    /// Changes advanced permission control.
    SetPermissionKeys: ["features/permission-keys"] Application, may::<trtc::ChangeSecretKeyFlag>(), NotNeeded, [];

    /// Reads the callback configuration of an application.
    ReadCallbackConfig: ["callbacks/view"] Application, pages::AppCallbacks::PAGE.opens, NotNeeded, [];
    /// Shows the callback key of an application.
    ShowCallbackKey: ["callbacks/show-key"] Application, may::<trtc::ModifyCallbackConf>(), Recent, [];
    /// Sets the callback key of an application.
    SetCallbackKey: ["callbacks/set-key"] Application, may::<trtc::ModifyCallbackConf>(), Recent, ["callback_key"];
    /// Reads the latest events of an application.
    ReadEvents: ["callbacks/view"] Application, pages::AppCallbacks::PAGE.opens, NotNeeded, [];

    /// Reads usage statistics.
    ReadUsage: ["usage/report"] Applications, pages::Usage::PAGE.opens, NotNeeded, [];
    /// Reads the totals of the overview.
    ReadUsageOverview: ["usage/overview"] Applications, may::<trtc::DescribeTrtcStatistic>(), NotNeeded, [];

    /// Counts accounts, groups and policies.
    ReadAccountSummary: ["cam/summary"] NoTarget, may::<cam::GetAccountSummary>(), NotNeeded, [];

    /// Lists sub-accounts.
    ListUsers: ["users/list", "groups/view", "policies/view"] NoTarget, may::<cam::ListUsers>(), NotNeeded, [];
    /// Reads a sub-account.
    ReadUser: ["users/view"] User, may::<cam::GetUser>(), NotNeeded, [];
    /// Creates a sub-account.
    CreateUser: ["users/create"] NoTarget, may::<cam::AddUser>(), Recent, ["password"];
    /// Edits e-mail address and remark of a sub-account.
    EditUser: ["users/edit"] User, may::<cam::UpdateUser>(), Recent, [];
    /// Enables or disables a sub-account.
    SetUserStatus: ["users/disable"] User, may::<cam::UpdateUser>(), Recent, [];
    /// Gives a sub-account a new password.
    ResetPassword: ["users/reset-password"] User, may::<cam::UpdateUser>(), Recent, ["password"];
    /// Lifts the waits after failed logins.
    UnlockUser: ["users/unlock"] User, may::<cam::UpdateUser>(), NotNeeded, [];
    /// Ends sessions of a sub-account.
    EndUserSessions: ["users/end-sessions"] User, may::<cam::UpdateUser>(), Recent, [];
    /// Deletes a sub-account.
    DeleteUser: ["users/delete"] User, may::<cam::DeleteUser>(), Recent, [];

    /// Lists user groups.
    ListGroups: ["groups/list", "groups/choices", "users/view", "policies/view"] NoTarget, may::<cam::ListGroups>(), NotNeeded, [];
    /// Reads a user group.
    ReadGroup: ["groups/view"] Group, may::<cam::GetGroup>(), NotNeeded, [];
    /// Lists the user groups of a sub-account.
    ListGroupsOfUser: ["users/view"] User, may::<cam::ListGroupsForUser>(), NotNeeded, [];
    /// Creates a user group.
    CreateGroup: ["groups/create"] NoTarget, may::<cam::CreateGroup>(), NotNeeded, [];
    /// Edits name and remark of a user group.
    EditGroup: ["groups/edit"] Group, may::<cam::UpdateGroup>(), NotNeeded, [];
    /// Deletes a user group.
    DeleteGroup: ["groups/delete"] Group, may::<cam::DeleteGroup>(), Recent, [];
    /// Adds sub-accounts to user groups.
    AddToGroups: ["groups/add-users", "users/join", "users/create"] Memberships, may::<cam::AddUserToGroup>(), Recent, [];
    /// Removes a sub-account from a user group.
    RemoveFromGroup: ["groups/remove-user"] Memberships, may::<cam::RemoveUserFromGroup>(), Recent, [];

    /// Lists the policies of a sub-account.
    ListPoliciesOfUser: ["users/view"] User, may::<cam::ListAttachedUserAllPolicies>(), NotNeeded, [];
    /// Lists the policies of a user group.
    ListPoliciesOfGroup: ["groups/view"] Group, may::<cam::ListAttachedGroupPolicies>(), NotNeeded, [];
    /// Attaches policies to sub-accounts.
    AttachToUsers: ["users/attach", "policies/attach-users", "users/create"] UserPolicies, may::<cam::AttachUserPolicy>(), Recent, [];
    /// Detaches a policy from a sub-account.
    DetachFromUser: ["users/detach"] UserPolicies, may::<cam::DetachUserPolicy>(), Recent, [];
    /// Attaches policies to user groups.
    AttachToGroups: ["groups/attach", "policies/attach-groups"] GroupPolicies, may::<cam::AttachGroupPolicy>(), Recent, [];
    /// Detaches a policy from a user group.
    DetachFromGroup: ["groups/detach"] GroupPolicies, may::<cam::DetachGroupPolicy>(), Recent, [];

    /// Lists policies.
    ListPolicies: ["policies/list", "policies/choices", "users/view", "groups/view"] NoTarget, may::<cam::ListPolicies>(), NotNeeded, [];
    /// Reads a policy.
    ReadPolicy: ["policies/view"] Policy, may::<cam::GetPolicy>(), NotNeeded, [];
    /// Lists the versions of a policy.
    ListPolicyVersions: ["policies/view"] Policy, may::<cam::ListPolicyVersions>(), NotNeeded, [];
    /// Reads and compares versions of a policy.
    ReadPolicyVersion: ["policies/view"] Policy, may::<cam::GetPolicyVersion>(), NotNeeded, [];
    /// Lists who holds a policy.
    ListPolicyHolders: ["policies/view"] Policy, may::<cam::ListEntitiesForPolicy>(), NotNeeded, [];
    /// Checks the document of a policy without saving it.
    CheckPolicy: ["policies/check"] NoTarget, Rule::Any(&[may::<cam::CreatePolicy>(), may::<cam::CreatePolicyVersion>()]), NotNeeded, [];
    /// Reads the own draft of a policy.
    ReadPolicyDraft: ["drafts/read"] Policy, may::<cam::CreatePolicyVersion>(), NotNeeded, [];
    /// Reads the own draft of a policy that does not exist yet.
    ReadNewPolicyDraft: ["drafts/read"] NoTarget, may::<cam::CreatePolicy>(), NotNeeded, [];
    /// Reviews the own draft of a policy against its default version.
    ReadPolicyReview: ["policies/review"] Policy, pages::PolicyReview::PAGE.opens, NotNeeded, [];
    /// Reads what the own draft of a policy does to the pages and controls of the sub-accounts that it reaches, and when they last used it.
    ReadPolicyImpact: ["policies/review", "policies/view", "policies/save"] Policy, pages::IMPACT, NotNeeded, [];
    /// Keeps a draft of a policy for its author.
    KeepPolicyDraft: ["drafts/keep"] Policy, may::<cam::CreatePolicyVersion>(), NotNeeded, [];
    /// Keeps a draft of a policy that does not exist yet for its author.
    KeepNewPolicyDraft: ["drafts/keep"] NoTarget, may::<cam::CreatePolicy>(), NotNeeded, [];
    /// Discards the own draft of a policy.
    DiscardPolicyDraft: ["drafts/discard"] Policy, may::<cam::CreatePolicyVersion>(), NotNeeded, [];
    /// Discards the own draft of a policy that does not exist yet.
    DiscardNewPolicyDraft: ["drafts/discard"] NoTarget, may::<cam::CreatePolicy>(), NotNeeded, [];
    /// Creates a policy.
    CreatePolicy: ["policies/create"] NoTarget, may::<cam::CreatePolicy>(), Recent, [];
    /// Edits name and description of a policy.
    EditPolicy: ["policies/describe"] Policy, may::<cam::UpdatePolicy>(), NotNeeded, [];
    /// Saves a new version of a policy.
    SavePolicyVersion: ["policies/save"] Policy, may::<cam::CreatePolicyVersion>(), Recent, [];
    /// Sets the default version of a policy.
    SetDefaultVersion: ["policies/set-default", "policies/save"] Policy, may::<cam::SetDefaultPolicyVersion>(), Recent, [];
    /// Deletes a version of a policy.
    DeletePolicyVersion: ["policies/delete-version"] Policy, may::<cam::DeletePolicyVersion>(), Recent, [];
    /// Deletes a policy.
    DeletePolicy: ["policies/delete"] Policy, may::<cam::DeletePolicy>(), Recent, [];

    /// Reads who may do what.
    ReadRights: ["rights/who-can", "rights/matrix", "rights/simulate"] NoTarget, pages::WhoCan::PAGE.opens, NotNeeded, [];

    /// Reads promises about rights. CAM has no actions for them: they tell what who may read rights is told, and no more.
    ListPromises: ["promises/list", "promises/create", "promises/delete", "policies/review"] NoTarget, pages::Promises::PAGE.opens, NotNeeded, [];
    /// Writes a promise down. It holds up the changes of others, as a policy would that denies them: who writes policies may.
    CreatePromise: ["promises/create"] NoTarget, pages::PROMISE, Recent, [];
    /// Deletes a promise. What it stood in the way of is then to be had: who deletes policies may.
    DeletePromise: ["promises/delete"] NoTarget, pages::UNPROMISE, Recent, [];
    /// Sets a promise aside for a while, as root account alone; nobody is granted that.
    SetPromiseAside: ["promises/set-aside"] NoTarget, pages::UNPROMISE, Recent, [];

    /// Searches operation records; a file of them wants a recent proof.
    ReadAudit: ["audit/search", "audit/event"] NoTarget, may::<cloudaudit::LookUpEvents>(), ForSecrets, [];
    /// Reads the operation records of the own account.
    ReadOwnRecords: ["audit/own"] OwnAccount, Rule::SignedIn, NotNeeded, [];
    /// Sets how long operation records are kept.
    SetAuditRetention: ["audit/retention"] NoTarget, may::<cloudaudit::ModifyAuditTrack>(), Recent, [];
}

/// The operations that a server function does; `endpoint` is its path below `/call/`.
pub fn of(endpoint: &str) -> impl Iterator<Item = &'static OperationRow> {
    ALL.iter().copied().filter(move |row| row.endpoints.contains(&endpoint))
}
