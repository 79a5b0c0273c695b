-- Figures are reckoned before the change that writes them begins, so the change must see whether it is still the one to write them.

-- Drawn anew whenever a room becomes due and whenever it is worked out: another server that was quicker has left another number, or no row.
ALTER TABLE rooms_due ADD COLUMN noted BIGINT NOT NULL DEFAULT 0;
-- Raised by everything that is new: with another number the room stays due.
ALTER TABLE rooms_due ADD COLUMN marks BIGINT NOT NULL DEFAULT 0;
