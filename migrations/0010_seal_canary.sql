-- Whether the sealing key of a server is the one of this database must be known before anything is opened or sealed with it.
-- A known text, sealed: whoever opens it has the right key. Absent until the first start of a version that knows it, and by that
-- start texts sealed before there was a format are recognised and sealed anew.
CREATE TABLE seal_canary (
    only_row BIGINT PRIMARY KEY,
    sealed TEXT NOT NULL
);
