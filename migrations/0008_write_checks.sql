-- What the check of readiness writes and deletes again: a server that can read but not write is not ready.

CREATE TABLE write_checks (
    only_row BIGINT PRIMARY KEY,
    checked_ms BIGINT NOT NULL,
    filling TEXT NOT NULL
);
