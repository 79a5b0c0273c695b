-- What TRTC reported and what it adds up to: events as received, and roll-ups per call and per day. One text for SQLite and PostgreSQL.
-- Days are numbers: days since 1970-01-01 at the owner's offset from UTC. Deleting an application deletes all of it.

CREATE TABLE events (
    owner_uin BIGINT NOT NULL,
    sdk_app_id BIGINT NOT NULL REFERENCES applications (sdk_app_id) ON DELETE CASCADE,
    -- SHA-256 of everything but the time of sending: the same event sent again is the same row.
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
    PRIMARY KEY (sdk_app_id, event_id)
);
CREATE INDEX events_room ON events (sdk_app_id, room, at_ms);
CREATE INDEX events_received ON events (sdk_app_id, received_ms);

-- Requests whose signature was missing or wrong, by hour, so that nobody can fill the table.
CREATE TABLE callback_refusals (
    owner_uin BIGINT NOT NULL,
    sdk_app_id BIGINT NOT NULL REFERENCES applications (sdk_app_id) ON DELETE CASCADE,
    hour_ms BIGINT NOT NULL,
    reason TEXT NOT NULL,
    refused BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    last_address TEXT NOT NULL,
    PRIMARY KEY (sdk_app_id, hour_ms, reason)
);

-- Rooms whose figures are to be worked out again: written in the transaction that stores the events, deleted in the one that
-- stores the figures, so a crash in between loses nothing. Rooms with people in them are due again a little later.
CREATE TABLE rooms_due (
    owner_uin BIGINT NOT NULL,
    sdk_app_id BIGINT NOT NULL REFERENCES applications (sdk_app_id) ON DELETE CASCADE,
    room TEXT NOT NULL,
    -- First and last time of what is new.
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    due_ms BIGINT NOT NULL,
    PRIMARY KEY (sdk_app_id, room)
);
CREATE INDEX rooms_due_due ON rooms_due (due_ms);

-- Instants at which nobody was left in a room: what is later owes nothing to what is earlier.
CREATE TABLE rooms_settled (
    owner_uin BIGINT NOT NULL,
    sdk_app_id BIGINT NOT NULL REFERENCES applications (sdk_app_id) ON DELETE CASCADE,
    room TEXT NOT NULL,
    settled_ms BIGINT NOT NULL,
    PRIMARY KEY (sdk_app_id, room, settled_ms)
);

-- What one call adds to one day.
CREATE TABLE call_days (
    owner_uin BIGINT NOT NULL,
    sdk_app_id BIGINT NOT NULL REFERENCES applications (sdk_app_id) ON DELETE CASCADE,
    day BIGINT NOT NULL,
    room TEXT NOT NULL,
    -- When the call began.
    call_ms BIGINT NOT NULL,
    audio_ms BIGINT NOT NULL,
    video_ms BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    in_progress BIGINT NOT NULL,
    silent BIGINT NOT NULL,
    PRIMARY KEY (sdk_app_id, day, room, call_ms)
);
CREATE INDEX call_days_room ON call_days (sdk_app_id, room, call_ms);

-- Who was in which call on which day.
CREATE TABLE call_users (
    owner_uin BIGINT NOT NULL,
    sdk_app_id BIGINT NOT NULL REFERENCES applications (sdk_app_id) ON DELETE CASCADE,
    day BIGINT NOT NULL,
    user_id TEXT NOT NULL,
    room TEXT NOT NULL,
    call_ms BIGINT NOT NULL,
    PRIMARY KEY (sdk_app_id, day, user_id, room, call_ms)
);
CREATE INDEX call_users_room ON call_users (sdk_app_id, room, call_ms);

-- The sums that statistics are read from.
CREATE TABLE usage_days (
    owner_uin BIGINT NOT NULL,
    sdk_app_id BIGINT NOT NULL REFERENCES applications (sdk_app_id) ON DELETE CASCADE,
    day BIGINT NOT NULL,
    audio_ms BIGINT NOT NULL,
    video_ms BIGINT NOT NULL,
    users BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    rooms BIGINT NOT NULL,
    in_progress BIGINT NOT NULL,
    silent BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (sdk_app_id, day)
);
CREATE INDEX usage_days_owner ON usage_days (owner_uin, day);
