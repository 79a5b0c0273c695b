//! The rights of one root account as one file that people review: policies, user groups, their members, and what is attached to whom.
//!
//! [`written`] makes it of an [`Organisation`], [`read`] reads it, and [`plan`] says what an organisation has to change to be as a file says.
//! The same organisation always gives the same file, byte for byte. It holds no password, no address and no session.
//!
//! # Format
//! JSON with two spaces of indent; everything is sorted by name, a line for each member and attachment. Things are named, not numbered:
//! `owner`, `uin` and `id` are only there so that policies that name an account or a group by its number can be carried over, and may be left out.
//! The document of a policy stands in the file as it was written, moved to the right; where it has white space that JSON in JSON cannot keep,
//! it is a list of its lines. Attachments that end by themselves are no part of it: they are neither written nor taken away. Sections and members that this version does not know are refused by name.

mod document;
mod organisation;
mod plan;
mod read;
mod write;

pub use organisation::{GroupText, Organisation, PolicyText};
pub use plan::{Change, Drawn, Options, Plan, plan};
pub use read::{Finding, GroupEntry, MAX_FILE_BYTES, Named, PolicyEntry, RightsFile, UserEntry, read};
pub use write::written;

/// The value of `format`: what this version writes and reads.
pub const FORMAT: &str = "trtc-console-rights-1";
