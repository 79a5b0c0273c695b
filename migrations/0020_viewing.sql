-- A root account sees the console as one of its sub-accounts: whose session it is stays as it was, and nothing of the sub-account changes.
ALTER TABLE sessions ADD COLUMN viewed_uin BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN viewed_until_ms BIGINT NOT NULL DEFAULT 0;
