-- What an organisation has promised itself about rights: who may, or may never, do what. Every change of rights is checked against it.

CREATE TABLE promises (
    promise_id BIGINT PRIMARY KEY,
    owner_uin BIGINT NOT NULL REFERENCES owners (owner_uin),
    name TEXT NOT NULL,
    -- everybody, user:<UIN> or group:<number>. No reference: a change that takes away whom a promise names is checked against it first.
    who TEXT NOT NULL,
    -- may or may_never
    expects TEXT NOT NULL,
    -- An action such as trtc:DismissRoom, or page:<id>.
    what TEXT NOT NULL,
    -- any, all or the number of an application.
    place TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    -- Until when the root account may break it, and why; 0 when it may not.
    aside_until_ms BIGINT NOT NULL DEFAULT 0,
    aside_reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX promises_owner ON promises (owner_uin);
