-- Guesses are counted for the name that was asked and the network they come from, so that strangers cannot keep an account's own people out.

-- What was asked is a hash of owner and name: names that no account has are counted like the others. The network '*' holds the failures
-- from all networks that the account has never logged in from.
CREATE TABLE login_failures (
    asked TEXT NOT NULL,
    network TEXT NOT NULL,
    failures BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    PRIMARY KEY (asked, network)
);
CREATE INDEX login_failures_last ON login_failures (last_ms);

CREATE TABLE known_networks (
    owner_uin BIGINT NOT NULL,
    uin BIGINT NOT NULL REFERENCES accounts (uin) ON DELETE CASCADE,
    network TEXT NOT NULL,
    seen_ms BIGINT NOT NULL,
    PRIMARY KEY (uin, network)
);

-- A session gets a new token with each proof of the password; the former one is good for a moment, for requests under way.
ALTER TABLE sessions ADD COLUMN former_token_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN former_until_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN wrong_proofs BIGINT NOT NULL DEFAULT 0;
CREATE INDEX sessions_former_token ON sessions (former_token_hash) WHERE former_token_hash <> '';

-- When the password was set: a first password is good for a few days only.
ALTER TABLE accounts ADD COLUMN password_set_ms BIGINT NOT NULL DEFAULT 0;
UPDATE accounts SET password_set_ms = created_ms;
-- Failures stand in login_failures from now on; locked_until_ms only tells administrators.
ALTER TABLE accounts DROP COLUMN failed_logins;
