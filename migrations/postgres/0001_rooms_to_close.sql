-- no-transaction: built beside servers at work. Which rooms can be closed is asked again and again while old events are deleted; without it
-- every settled instant of every room is looked at each time.
CREATE INDEX CONCURRENTLY IF NOT EXISTS rooms_settled_open ON rooms_settled (settled_ms) WHERE purged = 0
