-- What accounts asked for and whether they might, counted by day, so that a change of a policy can be tried on what people really do.

CREATE TABLE decisions (
    owner_uin BIGINT NOT NULL,
    -- Days since 1970-01-01, UTC.
    day BIGINT NOT NULL,
    -- No reference: what is counted may be written after the account is deleted, and is gone after the retention like everything here.
    uin BIGINT NOT NULL,
    -- The operation or page of the catalogue, whose rule was decided.
    asked TEXT NOT NULL,
    -- The application it was asked on; 0 for none.
    sdk_app_id BIGINT NOT NULL,
    allowed BIGINT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (owner_uin, uin, day, asked, sdk_app_id, allowed)
);

-- Found by the retention.
CREATE INDEX decisions_day ON decisions (day);
