//! Server functions: what the browser half can ask of the server, one file a noun.
//!
//! Each is a public endpoint under `/call/`, thin and concrete: its body is one `entry::enter(…)`. Reading ones are GET and must never change
//! anything.
//!
//! **To add one:** its operation in [`catalog::operations`](crate::catalog::operations), and a function in the file of its noun. `make test`
//! then asks for its lines in `tests/golden/calls.txt` and `operations.txt`, and for a knock in `tests/knock.rs`.

pub mod applications;
pub mod attachments;
pub mod audit;
pub mod callback_config;
pub mod cam;
pub mod drafts;
pub mod fault;
pub mod features;
pub mod groups;
pub mod json;
pub mod policies;
pub mod promises;
pub mod rights;
pub mod session;
pub mod usage;
pub mod users;
