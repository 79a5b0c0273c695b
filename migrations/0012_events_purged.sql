-- Events may be deleted once they are older than the installation keeps them; the figures made from them stay. What is deleted must
-- never be missed when a late event has its room worked out again.
-- 1 on the settled instant up to which events of the room may be gone: figures up to it are final, windows begin at it or later.
ALTER TABLE rooms_settled ADD COLUMN purged BIGINT NOT NULL DEFAULT 0;
CREATE INDEX rooms_settled_whole ON rooms_settled (settled_ms) WHERE purged = 0;
