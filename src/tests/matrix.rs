//! The access matrix: every principal of the demo × every page and control of the catalogue × its own and another application.
//!
//! Printed to a golden file that people read in review. It asks the gate, the same one that decides for requests.

use crate::kit::{TestConsole, golden};
use std::fmt::Write as _;
use trtc_console::catalog::pages;
use trtc_console::domain::fault::Fault;
use trtc_console::domain::ids::SdkAppId;
use trtc_console::server::gate::Caller;

/// Width of the first column.
const WIDTH: usize = 58;

fn opened(outcome: Result<(), Fault>) -> &'static str {
    match outcome {
        Ok(()) => "open",
        Err(Fault::Denied(_)) => "403",
        Err(Fault::NotFound) => "404",
        Err(other) => panic!("{other:?}"),
    }
}

fn row(table: &mut String, name: &str, cell: impl Fn(&Caller) -> &'static str, callers: &[(String, Caller)]) {
    write!(table, "{name:<WIDTH$}").unwrap();
    for (_, caller) in callers {
        write!(table, "{:>13}", cell(caller)).unwrap();
    }
    table.push('\n');
}

#[tokio::test]
async fn who_may_open_and_do_what() {
    let (console, logins) = TestConsole::demo().await;
    let (own, other) = (logins[0].apps[0], logins[0].apps[1]);
    let mut callers = Vec::new();
    for login in &logins {
        let mut browser = console.browser();
        browser.log_in(&login.owner, &login.username, &login.password).await;
        callers.push((login.case.clone(), browser.caller(&console).await));
    }
    let mut table = String::from("# Pages: open, 403 (refused and explained), 404 (as if it did not exist). Controls: yes or -.\n\n");
    write!(table, "{:<WIDTH$}", "").unwrap();
    for (case, _) in &callers {
        write!(table, "{case:>13}").unwrap();
    }
    table.push('\n');
    for page in pages::all() {
        let apps: Vec<Option<(SdkAppId, &str)>> = if page.is_on_application() {
            vec![Some((own, "own")), Some((other, "other")), Some((SdkAppId(1_499_999_999), "unknown"))]
        } else {
            vec![None]
        };
        table.push('\n');
        for app in &apps {
            let name = app.map_or_else(|| format!("page {}", page.id), |(_, which)| format!("page {} ({which} application)", page.id));
            row(&mut table, &name, |caller| opened(caller.open(page, app.map(|(id, _)| id))), &callers);
        }
        for control in page.controls {
            for app in apps.iter().filter(|app| app.is_none_or(|(_, which)| which != "unknown")) {
                let name = app.map_or_else(|| format!("  {}", control.id), |(_, which)| format!("  {} ({which})", control.id));
                let may = |caller: &Caller| {
                    app.map_or_else(|| caller.holds_anywhere(control.rule), |(id, _)| caller.holds_on_app(control.rule, id))
                };
                row(&mut table, &name, |caller| if may(caller) { "yes" } else { "-" }, &callers);
            }
        }
    }
    golden("matrix.txt", &table);
}
