-- An attachment may end by itself. Until when it counts, epoch milliseconds; the greatest number there is for one that has no end, so that every
-- query asks the same: until_ms > now.
ALTER TABLE attachments ADD COLUMN until_ms BIGINT NOT NULL DEFAULT 9223372036854775807;
-- For who looks for what has ended.
CREATE INDEX attachments_until ON attachments (until_ms);
