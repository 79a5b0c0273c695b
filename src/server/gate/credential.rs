//! What a request proved who it is with.

/// What a request proved who it is with, and when that was last verified.
#[derive(Clone, Debug)]
pub(super) enum Credential {
    /// A session of the console, opened by a password.
    Session {
        /// Its id, which is no secret.
        id: String,
        /// When the password was last proven, epoch milliseconds.
        proven_ms: i64,
    },
}

impl Credential {
    /// When who holds it last proved who they are.
    pub fn proven_ms(&self) -> i64 {
        let Self::Session { proven_ms, .. } = self;
        *proven_ms
    }

    /// Whether a second factor stands behind it: the value of `qcs:mfa`.
    pub fn has_second_factor(&self) -> bool {
        let Self::Session { .. } = self;
        false
    }
}
