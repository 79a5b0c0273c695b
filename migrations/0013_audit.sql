-- Who changed what, and who was refused what: one event a row, in a chain that every owner has of its own, so that an event which is changed
-- or taken out later does not go unnoticed. Written in the transaction of the change it tells of.

-- Where the chain of an owner ends, and where it begins since events past their retention were cut off. Owner 0: events that belong to
-- nobody, such as a login with a name that no account has.
CREATE TABLE audit_heads (
    owner_uin BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    cut_seq BIGINT NOT NULL,
    cut_hash TEXT NOT NULL,
    -- Days that events are kept.
    retention_days BIGINT NOT NULL,
    -- A shorter retention counts only from this time on, so that nobody can make traces vanish at once; 0 when none was asked for.
    shorter_days BIGINT NOT NULL,
    shorter_from_ms BIGINT NOT NULL
);
INSERT INTO audit_heads (owner_uin, seq, hash, cut_seq, cut_hash, retention_days, shorter_days, shorter_from_ms)
SELECT owner_uin, 0, '', 0, '', 180, 0, 0 FROM owners;
INSERT INTO audit_heads (owner_uin, seq, hash, cut_seq, cut_hash, retention_days, shorter_days, shorter_from_ms)
VALUES (0, 0, '', 0, '', 180, 0, 0);

CREATE TABLE audit_events (
    owner_uin BIGINT NOT NULL,
    -- Without holes.
    seq BIGINT NOT NULL,
    -- The event as JSON, as it is exported. It is what the hash is made of, so it is never written again; the columns after it are copies
    -- to search by.
    body TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    event_id TEXT NOT NULL,
    time_ms BIGINT NOT NULL,
    event_name TEXT NOT NULL,
    result TEXT NOT NULL,
    writes BIGINT NOT NULL,
    sensitive BIGINT NOT NULL,
    uin BIGINT NOT NULL,
    address TEXT NOT NULL,
    request_id TEXT NOT NULL,
    PRIMARY KEY (owner_uin, seq)
);
CREATE INDEX audit_events_time ON audit_events (owner_uin, time_ms, seq);
CREATE INDEX audit_events_uin ON audit_events (owner_uin, uin, time_ms, seq);
CREATE INDEX audit_events_name ON audit_events (owner_uin, event_name, time_ms, seq);
CREATE INDEX audit_events_request ON audit_events (owner_uin, request_id);

CREATE TABLE audit_resources (
    owner_uin BIGINT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (owner_uin, type, id, seq)
);
-- For cutting off what is past its retention.
CREATE INDEX audit_resources_seq ON audit_resources (owner_uin, seq);
