-- Taking an event in must never wait for the figures of its room: what is new is only ever appended here, and the roll-ups take it away.

-- Rooms in which something is new, one row a room and transaction of the intake. No reference to the application, which every write would
-- look up: what is noted for one that is gone is dropped by the roll-ups.
CREATE TABLE room_marks (
    owner_uin BIGINT NOT NULL,
    sdk_app_id BIGINT NOT NULL,
    room TEXT NOT NULL,
    -- Drawn for each transaction.
    mark_id BIGINT NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    due_ms BIGINT NOT NULL,
    PRIMARY KEY (owner_uin, sdk_app_id, room, mark_id)
);

-- Whether an owner's figures are behind is asked by every reader: of what is due alone, whatever goes on in the rooms of others.
DROP INDEX rooms_due_app;
CREATE INDEX rooms_due_owner ON rooms_due (owner_uin, due_ms, sdk_app_id);
