//! A clock that jumped ahead and came back: nothing waits for the time it showed.

use crate::kit::{DATABASES, PASSWORD, ROOT, TestConsole};
use axum::http::StatusCode;

const YEAR_MS: i64 = 365 * 86_400_000;

#[tokio::test]
async fn a_session_that_begins_in_the_future_is_none() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        console.clock.advance(YEAR_MS);
        let mut ahead = console.root().await;
        assert_eq!(ahead.get("/account").await.status, StatusCode::OK);
        console.clock.advance(-YEAR_MS);
        assert!(ahead.get("/account").await.location().starts_with("/login"), "it would never expire");
        let mut now = console.browser();
        now.log_in("", ROOT, PASSWORD).await;
        assert_eq!(now.get("/account").await.status, StatusCode::OK);
        console.console.sweep().await.unwrap();
        assert_eq!(now.get("/account").await.status, StatusCode::OK);
        console.clock.advance(YEAR_MS);
        assert!(ahead.get("/account").await.location().starts_with("/login"), "swept: it does not wait for its time to come");
    }
}
