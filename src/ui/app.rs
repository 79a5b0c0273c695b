//! The shell of every page, and the routes: one for each page of the catalogue.

use crate::domain::form::Frame;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};

/// The document around the app.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let frame = use_context::<Frame>().unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html lang=frame.preferences.lang.tag() data-theme=frame.preferences.theme.tag()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <HydrationScripts options=options.clone()/>
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
}

/// The app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let frame: Frame = SharedValue::new(|| use_context::<Frame>().unwrap_or_default()).into_inner();
    view! { <p>{format!("{:?}", frame.session)}</p> }
}
