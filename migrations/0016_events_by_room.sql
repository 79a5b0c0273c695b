-- Events lie in the order in which they are asked for: by room and time. A key that is a hash scatters every batch over the whole table, so that taking
-- events in gets slower the more there are.

-- Room and time are part of what makes an event, so the same event sent again still is the same row. No reference to the application, which
-- every row would look up: a batch of the intake asks once which applications are there, and the purge of an application deletes its events.
CREATE TABLE events_by_room (
    owner_uin BIGINT NOT NULL,
    sdk_app_id BIGINT NOT NULL,
    -- SHA-256 of everything but the time of sending.
    event_id TEXT NOT NULL,
    received_ms BIGINT NOT NULL,
    -- 0 when the event says no time.
    at_ms BIGINT NOT NULL,
    -- `n:8489` or `s:8489`, empty when the event names no room.
    room TEXT NOT NULL,
    -- -1 when the event has none.
    event_group BIGINT NOT NULL,
    event_type BIGINT NOT NULL,
    user_id TEXT NOT NULL,
    unique_id TEXT NOT NULL,
    -- As it was sent.
    body TEXT NOT NULL,
    CONSTRAINT events_by_room_key PRIMARY KEY (sdk_app_id, room, at_ms, event_id)
);
INSERT INTO events_by_room (owner_uin, sdk_app_id, event_id, received_ms, at_ms, room, event_group, event_type, user_id, unique_id, body)
SELECT owner_uin, sdk_app_id, event_id, received_ms, at_ms, room, event_group, event_type, user_id, unique_id, body
FROM events ORDER BY sdk_app_id, room, at_ms, event_id;
DROP TABLE events;
ALTER TABLE events_by_room RENAME TO events;
CREATE INDEX events_received ON events (sdk_app_id, received_ms);
-- Few events are of these groups, and the last ones of each are asked for.
CREATE INDEX events_recording ON events (sdk_app_id, received_ms) WHERE event_group = 3;
CREATE INDEX events_relay ON events (sdk_app_id, received_ms) WHERE event_group = 4;
