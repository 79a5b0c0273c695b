-- Who there is and what they may do: root accounts, sub-accounts, sessions, groups, policies and attachments. One text for SQLite and PostgreSQL.
-- Times are epoch milliseconds, flags 0 or 1 (a BOOLEAN column is not read by the driver that speaks to both databases). Every table carries the owner's UIN; nothing crosses between root accounts.

CREATE TABLE owners (
    owner_uin BIGINT PRIMARY KEY,
    app_id BIGINT NOT NULL,
    -- Raised in the same transaction as every change that can change a decision; compiled policies are cached by it.
    revision BIGINT NOT NULL,
    utc_offset_mins BIGINT NOT NULL,
    demo BIGINT NOT NULL,
    created_ms BIGINT NOT NULL
);

CREATE TABLE accounts (
    uin BIGINT PRIMARY KEY,
    owner_uin BIGINT NOT NULL REFERENCES owners (owner_uin),
    is_root BIGINT NOT NULL,
    name TEXT NOT NULL,
    -- The name as it is compared: lower case.
    name_key TEXT NOT NULL,
    email TEXT NOT NULL,
    remark TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change_password BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    failed_logins BIGINT NOT NULL,
    locked_until_ms BIGINT NOT NULL,
    last_login_ms BIGINT NOT NULL,
    lang TEXT NOT NULL,
    theme TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    CONSTRAINT accounts_name UNIQUE (owner_uin, name_key)
);

-- Root accounts log in by e-mail alone, so their addresses are unique in the whole installation.
CREATE UNIQUE INDEX accounts_root_name ON accounts (name_key) WHERE is_root = 1;

CREATE TABLE sessions (
    -- SHA-256 of the token in the cookie, in hex; the token itself is nowhere.
    token_hash TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    owner_uin BIGINT NOT NULL,
    uin BIGINT NOT NULL REFERENCES accounts (uin) ON DELETE CASCADE,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    -- The last proof of the password; credentials and rights want a recent one.
    proven_ms BIGINT NOT NULL,
    CONSTRAINT sessions_id UNIQUE (session_id)
);
CREATE INDEX sessions_uin ON sessions (uin);

CREATE TABLE user_groups (
    group_id BIGINT PRIMARY KEY,
    owner_uin BIGINT NOT NULL REFERENCES owners (owner_uin),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    remark TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    CONSTRAINT user_groups_name UNIQUE (owner_uin, name_key)
);

CREATE TABLE group_members (
    owner_uin BIGINT NOT NULL,
    group_id BIGINT NOT NULL REFERENCES user_groups (group_id) ON DELETE CASCADE,
    uin BIGINT NOT NULL REFERENCES accounts (uin) ON DELETE CASCADE,
    PRIMARY KEY (group_id, uin)
);
CREATE INDEX group_members_uin ON group_members (uin);

CREATE TABLE policies (
    policy_id BIGINT PRIMARY KEY,
    owner_uin BIGINT NOT NULL REFERENCES owners (owner_uin),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    description TEXT NOT NULL,
    default_version BIGINT NOT NULL,
    -- Version numbers are never used twice, not even after a deletion.
    last_version BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    CONSTRAINT policies_name UNIQUE (owner_uin, name_key)
);

CREATE TABLE policy_versions (
    owner_uin BIGINT NOT NULL,
    policy_id BIGINT NOT NULL REFERENCES policies (policy_id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    document TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (policy_id, version)
);

-- Preset policies live in the catalogue, so policy_id has no foreign key; exactly one of uin and group_id is not 0.
CREATE TABLE attachments (
    owner_uin BIGINT NOT NULL,
    policy_id BIGINT NOT NULL,
    uin BIGINT NOT NULL,
    group_id BIGINT NOT NULL,
    attached_ms BIGINT NOT NULL,
    PRIMARY KEY (owner_uin, policy_id, uin, group_id)
);
CREATE INDEX attachments_uin ON attachments (owner_uin, uin);
CREATE INDEX attachments_group ON attachments (owner_uin, group_id);

CREATE TABLE applications (
    sdk_app_id BIGINT PRIMARY KEY,
    owner_uin BIGINT NOT NULL REFERENCES owners (owner_uin),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL,
    created_by BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    -- Sealed: nonce and ciphertext under the installation's key, base64.
    callback_key_sealed TEXT NOT NULL,
    CONSTRAINT applications_name UNIQUE (owner_uin, name)
);

CREATE TABLE application_tags (
    owner_uin BIGINT NOT NULL,
    sdk_app_id BIGINT NOT NULL REFERENCES applications (sdk_app_id) ON DELETE CASCADE,
    tag_key TEXT NOT NULL,
    tag_value TEXT NOT NULL,
    PRIMARY KEY (sdk_app_id, tag_key)
);
