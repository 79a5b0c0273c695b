//! A database whose disk is full: said as what it is, for whoever asks and whoever operates the console.

use crate::kit::{Database, TestConsole};
use axum::http::StatusCode;
use trtc_console::domain::fault::Fault;

/// What a full disk of PostgreSQL answers; filling one up would fill that of everybody. SQLite has its own test in `server::store`.
#[tokio::test]
async fn a_full_disk_is_no_database_that_is_away() {
    let console = TestConsole::start_on(Database::Postgres).await;
    let mut root = console.root().await;
    console
        .sql(
            "CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$",
        )
        .await;
    console.sql("CREATE TRIGGER full_disk BEFORE INSERT ON user_groups FOR EACH ROW EXECUTE FUNCTION is_full()").await;
    let refused = root.call("groups/create", &[("name", "crew")]).await;
    assert_eq!((refused.status, refused.json::<Fault>()), (StatusCode::SERVICE_UNAVAILABLE, Fault::NoSpace));
    assert_eq!(Fault::NoSpace.code(), "NoSpace", "programs and records rely on it");
    let page = root.post_from("/cam/groups", "/call/groups/create", &[("name", "crew"), ("dialog", "create")]).await;
    assert!(page.status == StatusCode::SERVICE_UNAVAILABLE && page.body.contains("no space left"), "{}", page.status);
    console.sql("DROP TRIGGER full_disk ON user_groups").await;
    assert_eq!(root.call("groups/create", &[("name", "crew")]).await.status, StatusCode::OK);
}
