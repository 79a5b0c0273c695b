-- A deleted application is gone for everybody at once, but its events and figures may be millions of rows, which one change would hold up everything for.
-- The row stays without its name until the rest is deleted in small portions.

-- When it was deleted; 0 while it is there. Every query but those of the purge looks at rows with 0 only.
ALTER TABLE applications ADD COLUMN deleted_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX applications_deleted ON applications (sdk_app_id) WHERE deleted_ms > 0;
