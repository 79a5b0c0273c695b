-- Since when the figures of a room are owed and when they are tried again are two things: a room that rests or was put off is still behind.

-- The worker leaves the room alone until then; 0 when it need not.
ALTER TABLE rooms_due ADD COLUMN not_before_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX rooms_due_app ON rooms_due (sdk_app_id, due_ms);
