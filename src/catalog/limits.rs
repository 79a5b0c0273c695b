//! Every documented limit, named once, with its unit in its name. A refusal names the limit it stands for.
//!
//! It must never hold a setting: what an operator may change belongs to the configuration.
//!
//! Counts of stored things are `i64`, as the store counts them; lengths of texts are `usize`, counted in characters (Unicode scalars)
//! where the name says `CHARS`; ranges of settings are `u32` in the unit of the name, both ends included.

use std::ops::RangeInclusive;

// Access management. Source: CAM user guide, limits; CAM API reference, error codes.

/// Sub-accounts of a root account.
pub const MAX_SUB_ACCOUNTS: i64 = 1_000;
/// User groups of a root account.
pub const MAX_GROUPS: i64 = 300;
/// Members of a user group.
pub const MAX_USERS_PER_GROUP: i64 = 100;
/// Days until a policy that is attached for a time has to be detached: ten years.
pub const MAX_ATTACHMENT_DAYS: i64 = 3_653;
/// User groups a sub-account may be in.
pub const MAX_GROUPS_PER_USER: i64 = 10;
/// Custom policies of a root account.
pub const MAX_CUSTOM_POLICIES: i64 = 1_500;
/// Policies attached directly to one sub-account or one user group.
pub const MAX_POLICIES_PER_HOLDER: i64 = 200;
/// Patterns with `*` and condition values in all custom policies that count for one account, its groups' included. Ours: every decision
/// about the account weighs them.
pub const MAX_PATTERNS_PER_ACCOUNT: i64 = 5_000;
/// Versions of a custom policy.
pub const MAX_POLICY_VERSIONS: i64 = 5;
/// API key pairs of an account.
pub const MAX_API_KEYS_PER_ACCOUNT: i64 = 2;
/// Length of a policy, white space not counted.
pub const MAX_POLICY_CHARS: usize = 6_144;
/// Size of a policy as it is sent, white space included, before anything is read of it. Ours.
pub const MAX_POLICY_BODY_BYTES: usize = 64 * 1_024;
/// Drafts of policies that are kept for one account; of more the oldest go. Ours.
pub const MAX_DRAFTS_PER_ACCOUNT: i64 = 50;
/// Promises about rights of a root account. Ours: every change of rights is checked against all of them.
pub const MAX_PROMISES: i64 = 50;
/// Length of the name of a policy or role: `A-Z a-z 0-9 + = , . @ - _`, at least one.
pub const MAX_POLICY_NAME_CHARS: usize = 128;
/// Size of the description of a policy, in bytes of UTF-8.
pub const MAX_POLICY_DESCRIPTION_BYTES: usize = 300;
/// Length of the name of a sub-account: the characters of a policy name, at least one, unique without regard to case. Ours: not published.
pub const MAX_USER_NAME_CHARS: usize = 64;
/// Length of the name of a user group, under the rules of a sub-account's. Ours: not published.
pub const MAX_GROUP_NAME_CHARS: usize = 64;
/// Rows of one page of a CAM list.
pub const LIST_PAGE_ROWS: RangeInclusive<u32> = 1..=200;
/// Number of the page of a CAM list, the first being 1.
pub const LIST_PAGE_NUMBER: RangeInclusive<u32> = 1..=200;
/// Rows of one page of a CAM list when the caller names no number.
pub const DEFAULT_LIST_PAGE_ROWS: u32 = 20;

// Signing in. Ours.

/// Length of a password.
pub const PASSWORD_CHARS: RangeInclusive<usize> = 12..=128;
/// How long a first password, chosen by somebody else, may be used before it is changed.
pub const FIRST_PASSWORD_HOURS: i64 = 72;

// Applications. Source: TRTC console guide, application management.

/// Applications of a root account.
pub const MAX_APPLICATIONS: i64 = 100;
/// The first SDKAppID given out; ten digits, counted upward. Ours.
pub const FIRST_SDK_APP_ID: i64 = 1_400_000_001;
/// Length of the name of an application: digits, letters, Chinese characters and underscore, at least one.
pub const MAX_APP_NAME_CHARS: usize = 15;
/// Length of the description of an application.
pub const MAX_APP_DESCRIPTION_CHARS: usize = 300;

// Tags. Source: Tag product, limits.

/// Tags of one resource.
pub const MAX_TAGS_PER_RESOURCE: usize = 50;
/// Tags set or removed in one request.
pub const MAX_TAGS_PER_CHANGE: usize = 10;
/// Length of the key of a tag, at least one.
pub const MAX_TAG_KEY_CHARS: usize = 127;
/// Length of the value of a tag.
pub const MAX_TAG_VALUE_CHARS: usize = 255;
/// Tag keys of a root account.
pub const MAX_TAG_KEYS: i64 = 1_000;
/// Values of one tag key.
pub const MAX_VALUES_PER_TAG_KEY: i64 = 1_000;
/// Beginnings no tag key may have.
pub const RESERVED_TAG_KEY_PREFIXES: [&str; 2] = ["qcs:", "project:"];
/// Words no tag key may be.
pub const RESERVED_TAG_KEYS: [&str; 3] = ["qcloud", "tencent", "project"];

// Function configuration. Source: TRTC console guide, on-cloud recording.

/// Length of one recorded file; does not apply to HLS.
pub const RECORDING_FILE_MINUTES: RangeInclusive<u32> = 1..=120;
/// How long a recording is kept; 0 keeps it for ever.
pub const RECORDING_RETENTION_DAYS: RangeInclusive<u32> = 0..=1_500;
/// How long a recording waits for its stream to come back before it ends; 0 does not wait.
pub const RECORDING_RESUMPTION_SECS: RangeInclusive<u32> = 0..=1_800;

// Callbacks. Source: TRTC event callbacks.

/// Length of an address that receives callbacks (http or https).
pub const MAX_CALLBACK_URL_CHARS: usize = 2_083;
/// Length of a key that signs callbacks: letters and digits of ASCII.
pub const MAX_CALLBACK_KEY_CHARS: usize = 32;
/// Size of the body of a callback. Ours.
pub const MAX_CALLBACK_BODY_BYTES: usize = 64 * 1_024;

// Usage. Source: TRTC API reference, usage statistics.

/// Calendar days one request for usage may span. Ours: a year, since the sums of the days cost next to nothing.
pub const MAX_USAGE_QUERY_DAYS: i64 = 366;
/// A stay in a room without any event for longer than this is closed and marked. Ours.
pub const MAX_SILENT_STAY_SECS: i64 = 24 * 3_600;

// Operation records. Ours; CloudAudit keeps 90 days.

/// The shortest time that operation records are kept.
pub const MIN_AUDIT_RETENTION_DAYS: i64 = 30;
/// The longest.
pub const MAX_AUDIT_RETENTION_DAYS: i64 = 3_650;
/// Operation records of one root account; the oldest go beyond it.
pub const MAX_AUDIT_EVENTS: i64 = 5_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_agree_with_each_other() {
        assert!(LIST_PAGE_ROWS.contains(&DEFAULT_LIST_PAGE_ROWS));
        assert!(
            i64::from(*LIST_PAGE_ROWS.end()) * i64::from(*LIST_PAGE_NUMBER.end()) >= MAX_CUSTOM_POLICIES,
            "every policy can be reached by paging"
        );
        assert!(FIRST_SDK_APP_ID.to_string().len() == 10 && (FIRST_SDK_APP_ID + MAX_APPLICATIONS).to_string().len() == 10);
    }
}
