-- What somebody has typed in the policy editor and not saved yet. A draft belongs to its author alone: whoever deletes the account deletes its drafts.

CREATE TABLE policy_drafts (
    owner_uin BIGINT NOT NULL,
    uin BIGINT NOT NULL REFERENCES accounts (uin) ON DELETE CASCADE,
    -- 0 for a policy that does not exist yet, so there is no reference: the change that deletes a policy deletes the drafts of it.
    policy_id BIGINT NOT NULL,
    -- Of a policy that does not exist yet; empty otherwise.
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    document TEXT NOT NULL,
    -- The last version, and the default version, that there was when the draft was begun; 0 without a policy.
    base BIGINT NOT NULL,
    begun_from BIGINT NOT NULL,
    kept_ms BIGINT NOT NULL,
    PRIMARY KEY (uin, policy_id)
);
-- For the change that deletes a policy.
CREATE INDEX policy_drafts_policy ON policy_drafts (owner_uin, policy_id);
