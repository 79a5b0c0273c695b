//! Secrets in forms: each call declares its own, and none comes back in a page.
//!
//! The declarations stand in the catalogue; here every call is asked.

use crate::kit::TestConsole;
use crate::people::application;
use std::collections::BTreeSet;
use trtc_console::catalog::secret;

/// Every server function with the names of its fields, as they stand in the source.
fn calls() -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("src/remote").unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for part in text.split("endpoint = \"").skip(1) {
            let (endpoint, rest) = part.split_once('"').unwrap();
            let signature = rest
                .split_once("fn ")
                .unwrap()
                .1
                .split_once('(')
                .unwrap()
                .1
                .split_once(") ->")
                .unwrap()
                .0
                .replace("#[server(default)]", "");
            let fields = signature.split(',').filter_map(|field| Some(field.split_once(':')?.0.trim().to_owned())).collect();
            found.push((format!("/call/{endpoint}"), fields));
        }
    }
    found
}

#[test]
fn every_field_that_is_named_like_a_secret_is_declared() {
    let calls = calls();
    let known = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(calls.iter().map(|(path, _)| path.clone()).collect::<BTreeSet<_>>(), known, "the calls that were read");
    for (path, fields) in &calls {
        for field in fields.iter().filter(|field| secret::sounds_secret(field)) {
            assert!(secret::of(path).any(|secret| secret == field), "{path}: `{field}` belongs to the secrets of its operation");
        }
    }
    for (path, secrets) in secret::all().filter(|(path, _)| path.starts_with("/call/")) {
        let fields = &calls.iter().find(|(call, _)| *call == path).unwrap().1;
        assert!(secrets.iter().all(|secret| fields.iter().any(|field| field == secret)), "{path} has no such field: {secrets:?}");
    }
}

#[tokio::test]
async fn no_secret_comes_back_in_a_page() {
    const SECRET: &str = "zebra-Secret-1";
    for proof_is_old in [false, true] {
        let console = TestConsole::start().await;
        let mut root = console.root().await;
        let app = application(&mut root, "app", &[]).await.to_string();
        if proof_is_old {
            console.clock.advance(16 * 60_000);
        }
        for (path, secrets) in secret::all() {
            let path = path.as_str();
            let page = if path.starts_with("/call/callbacks") { format!("/apps/{app}/callbacks") } else { "/account".to_owned() };
            // Whatever is asked for besides, so that the call comes as far as it can; the name is wrong everywhere.
            let mut fields = vec![("id", app.as_str()), ("uin", "1"), ("name", "!"), ("version", "0"), ("username", "nobody")];
            fields.extend(secrets.iter().map(|field| (*field, SECRET)));
            let answer = root.post_from(&page, path, &fields).await;
            assert!(!answer.body.contains(SECRET), "{path}: {}", answer.status);
            let waiting: Vec<(String, &str)> = fields.iter().map(|(name, value)| (format!("waiting.{name}"), *value)).collect();
            let mut carried = vec![("waiting", path), ("password", crate::kit::PASSWORD)];
            carried.extend(waiting.iter().map(|(name, value)| (name.as_str(), *value)));
            let answer = root.post_from(&page, "/call/session/prove", &carried).await;
            assert!(!answer.body.contains(SECRET), "{path} with the proof: {}", answer.status);
        }
    }
}
