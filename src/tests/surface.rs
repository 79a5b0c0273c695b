//! The surface: every route and server function that is there is one that the catalogue or the golden list knows, and the other way round.
//!
//! A new page begins as a row of the catalogue, a new server function as a line of the golden list that somebody reads in review.

use crate::kit::golden;
use leptos_axum::generate_route_list;
use std::collections::BTreeSet;
use trtc_console::catalog::pages;
use trtc_console::ui::app::App;

/// Pages around a session; they belong to nobody's permissions.
const AROUND_A_SESSION: [&str; 4] = ["/login", "/login/{owner}", "/setup", "/password"];

/// `/apps/:id` → `/apps/{id}`.
fn as_route(path: &str) -> String {
    let parts: Vec<String> =
        path.split('/').map(|part| part.strip_prefix(':').map_or_else(|| part.to_owned(), |name| format!("{{{name}}}"))).collect();
    parts.join("/")
}

#[tokio::test]
async fn the_routes_are_the_pages_of_the_catalogue() {
    drop(any_spawner::Executor::init_tokio());
    let there: BTreeSet<String> = generate_route_list(App).into_iter().map(|route| route.path().to_owned()).collect();
    let known: BTreeSet<String> = pages::all().map(|page| as_route(page.path)).chain(AROUND_A_SESSION.map(str::to_owned)).collect();
    let missing: Vec<_> = known.difference(&there).collect();
    let unknown: Vec<_> = there.difference(&known).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "pages without a route: {missing:?}; routes without a page: {unknown:?}");
}

#[test]
fn the_server_functions_are_the_listed_ones() {
    let mut calls: Vec<String> = leptos::server_fn::axum::server_fn_paths().map(|(path, method)| format!("{method} {path}")).collect();
    calls.sort();
    assert!(calls.iter().all(|call| call.contains(" /call/")), "{calls:?}");
    golden("calls.txt", &(calls.join("\n") + "\n"));
}
