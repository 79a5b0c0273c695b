//! Readiness: whether the database takes what is written. One that can only be read looks well to everybody but those who work with it.

use super::{Store, Stored};

/// So much must still fit in. A full database takes small things for a while where larger ones were deleted.
const FILLING_BYTES: usize = 64 * 1024;

impl Store {
    /// Writes something and deletes it again, in two changes: one that is rolled back never reaches the disk.
    ///
    /// # Errors
    /// When the database cannot be reached or has no room.
    pub async fn try_write(&self, now_ms: i64) -> Stored<()> {
        let write = sqlx::query(
            "INSERT INTO write_checks (only_row, checked_ms, filling) VALUES (1, $1, $2)
             ON CONFLICT (only_row) DO UPDATE SET checked_ms = excluded.checked_ms, filling = excluded.filling",
        );
        self.writer.carry_out(write.bind(now_ms).bind("-".repeat(FILLING_BYTES))).await?;
        self.writer.carry_out(sqlx::query("DELETE FROM write_checks WHERE only_row = 1")).await?;
        Ok(())
    }
}
