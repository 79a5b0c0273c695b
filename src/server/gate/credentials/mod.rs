//! What proves who somebody is: sessions, passwords, the code of the first setup; and what slows down whoever guesses at them.

pub mod password;
mod proof;
pub(super) mod session;
pub(super) mod setup;
pub(super) mod throttle;
