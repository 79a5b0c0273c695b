-- What a version costs to decide by: its patterns with a wildcard and the values of its conditions. One account may hold so many of them and no more.
-- For versions that are there already the wildcards are counted; they go on counting as they are.

ALTER TABLE policy_versions ADD COLUMN patterns BIGINT NOT NULL DEFAULT 0;
UPDATE policy_versions SET patterns = LENGTH(document) - LENGTH(REPLACE(document, '*', ''));
