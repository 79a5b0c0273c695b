-- What is configured for an application and who changed it when, because a change of recording or relay must be traceable and undoable by hand.
-- Configurations and changes are JSON that `domain::features` reads and writes; secrets are sealed, and never part of a change.

-- The last SDKAppID given out in the whole installation. Numbers are never used twice: a policy that names the number of a deleted application
-- must not grant anything on a later one.
CREATE TABLE sdk_app_ids (
    only_row BIGINT PRIMARY KEY,
    last_id BIGINT NOT NULL
);
INSERT INTO sdk_app_ids (only_row, last_id) SELECT 1, COALESCE(MAX(sdk_app_id), 1400000000) FROM applications;

CREATE TABLE app_features (
    sdk_app_id BIGINT PRIMARY KEY REFERENCES applications (sdk_app_id) ON DELETE CASCADE,
    owner_uin BIGINT NOT NULL,
    -- Raised by every save; a save names the version it was based on.
    version BIGINT NOT NULL,
    config TEXT NOT NULL,
    -- Sealed: nonce and ciphertext under the installation's key, base64; empty without a key.
    recording_key_sealed TEXT NOT NULL
);

CREATE TABLE app_changes (
    owner_uin BIGINT NOT NULL,
    sdk_app_id BIGINT NOT NULL REFERENCES applications (sdk_app_id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    uin BIGINT NOT NULL,
    -- The login name at that time: the account may be renamed or gone later.
    name TEXT NOT NULL,
    -- 'features' or 'callbacks': the page whose history it belongs to.
    area TEXT NOT NULL,
    before_json TEXT NOT NULL,
    after_json TEXT NOT NULL,
    PRIMARY KEY (sdk_app_id, seq)
);
