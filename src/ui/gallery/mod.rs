//! Every component on a few pages, written to `target/gallery/` in both languages and themes, to look at and to check.
//!
//! It must never hold a check itself: those stand in `checks`, and go over every page.

mod checks;
mod pages;
mod tokens;

use crate::text::Lang;
use crate::ui::words::t;
use leptos::prelude::*;
use std::path::{Path, PathBuf};

/// A page of the gallery as HTML.
struct Shown {
    name: &'static str,
    lang: Lang,
    html: String,
}

/// What is on a page.
type View = fn() -> AnyView;

/// The names of the pages and what is on them.
const PAGES: [(&str, View); 7] = [
    ("usage", pages::usage),
    ("refused", pages::refused),
    ("list", pages::list),
    ("form", pages::form),
    ("states", pages::states),
    ("detail", pages::detail),
    ("login", pages::login),
];

/// All pages in both languages.
fn shown() -> Vec<Shown> {
    let mut all = Vec::new();
    for (name, view) in PAGES {
        for lang in [Lang::En, Lang::Zh] {
            let owner = Owner::new();
            let html = owner.with(|| {
                provide_context(lang);
                view().to_html()
            });
            all.push(Shown { name, lang, html });
        }
    }
    all
}

/// The whole document around a page, as the server sends it; `scripts` as if the browser half had arrived.
fn document(page: &Shown, theme: &str, scripts: bool) -> String {
    let hydrated = if scripts { " data-hydrated data-copies" } else { "" };
    format!(
        "<!DOCTYPE html><html lang=\"{}\" data-theme=\"{theme}\"{hydrated}><head><meta charset=\"utf-8\"><title>{}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"stylesheet\" href=\"../../style/main.css\"></head><body>{}</body></html>",
        page.lang.tag(),
        page.name,
        page.html
    )
}

/// The root of the source tree.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

#[test]
fn the_gallery_is_written_for_people_to_look_at() {
    let folder = root().join("target/gallery");
    std::fs::create_dir_all(&folder).unwrap();
    let mut written = std::collections::BTreeSet::new();
    for page in shown() {
        let mut write = |name: String, html: String| {
            std::fs::write(folder.join(&name), html).unwrap();
            written.insert(name);
        };
        for theme in ["light", "dark"] {
            write(format!("{}.{}.{theme}.html", page.name, page.lang.pick("en", "zh")), document(&page, theme, true));
        }
        if page.lang == Lang::En {
            write(format!("{}.plain.html", page.name), document(&page, "system", false));
        }
    }
    assert_eq!(written.len(), PAGES.len() * 5, "two pages share a name");
}

/// A frame with everything in it, around a page of the gallery.
fn framed(path: &'static str, page: impl FnOnce() -> AnyView + Send + 'static) -> AnyView {
    use crate::ui::components::*;
    use crate::ui::icons::Icon;
    let item =
        |icon: Icon, title: &str, href: &str| NavItem { icon, title: title.to_owned(), href: href.to_owned(), current: href == path };
    let groups = vec![
        NavGroup {
            title: "TRTC".to_owned(),
            items: vec![
                item(Icon::Home, t("Overview", "概览"), "/"),
                item(Icon::Chart, t("Usage statistics", "用量统计"), "/usage"),
                item(Icon::Apps, t("Applications", "应用管理"), "/apps"),
            ],
        },
        NavGroup { title: "nothing".to_owned(), items: vec![] },
        NavGroup {
            title: t("Access management", "访问管理").to_owned(),
            items: vec![
                item(Icon::Shield, t("Overview", "概览"), "/cam"),
                item(Icon::User, t("Users", "用户"), "/cam/users"),
                item(Icon::Users, t("User groups", "用户组"), "/cam/groups"),
                item(Icon::Document, t("Policies", "策略"), "/cam/policies"),
            ],
        },
    ];
    let account = AccountLine {
        name: "root@acme.example".to_owned(),
        uin: "100001".to_owned(),
        kind: t("Root account", "主账号").to_owned(),
        account_href: "/account".to_owned(),
    };
    let links = vec![
        MenuLink { label: t("All applications", "全部应用").to_owned(), href: "/usage".to_owned(), current: true },
        MenuLink { label: "课堂 1400000001".to_owned(), href: "/usage?app=1400000001".to_owned(), current: false },
    ];
    let switcher = Signal::stored(Some(Switch { label: t("All applications", "全部应用").to_owned(), links }));
    let here = path.to_owned();
    view! { <Shell groups account here switcher>{page()}</Shell> }.into_any()
}
