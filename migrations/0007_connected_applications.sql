-- An application of TRTC brings its own SDKAppID, and callbacks of numbers that nobody has registered are counted so that they can be.

-- Numbers that people entered, also of applications that are deleted since: a generated number must never be one of them.
CREATE TABLE sdk_app_ids_entered (
    sdk_app_id BIGINT PRIMARY KEY
);

-- Nothing here is signed, so nothing of it is believed: a number, how often, when and from where last. A few rows at most.
CREATE TABLE unregistered_callbacks (
    sdk_app_id BIGINT PRIMARY KEY,
    callbacks BIGINT NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    last_address TEXT NOT NULL
);

-- The last events of relay and recording are asked for on the page of function configuration; few events are of these groups.
CREATE INDEX events_recording ON events (sdk_app_id, received_ms) WHERE event_group = 3;
CREATE INDEX events_relay ON events (sdk_app_id, received_ms) WHERE event_group = 4;
