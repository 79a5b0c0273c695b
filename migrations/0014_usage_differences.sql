-- The sums of a day change by what the figures of a room changed by. Adding the whole day up again took the longer the more had happened on it.
-- No reference to the application, which every write would look up: a row is written only for a room that is due, which has one, and the purge
-- of the application deletes it.

-- In how many calls a user was on a day; who was in none has no row, so the rows of a day are its distinct users.
CREATE TABLE day_users (
    owner_uin BIGINT NOT NULL,
    sdk_app_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    user_id TEXT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (sdk_app_id, day, user_id)
);
INSERT INTO day_users (owner_uin, sdk_app_id, day, user_id, calls)
SELECT MIN(owner_uin), sdk_app_id, day, user_id, COUNT(*) FROM call_users GROUP BY sdk_app_id, day, user_id;
