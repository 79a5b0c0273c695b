//! The icons of the console: one 16-pixel grid, one 1.4-pixel round stroke, the colour of the text around them.
//!
//! An icon never stands for a word: it is hidden from screen readers, so the control that shows it needs its own name.

use leptos::prelude::*;
use leptos::tachys::html::InertElement;

/// An icon by what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Overview.
    Home,
    /// Usage statistics.
    Chart,
    /// Monitoring.
    Pulse,
    /// Applications.
    Apps,
    /// Keys, UserSig, passwords.
    Key,
    /// Packages.
    Box,
    /// A user, a sub-account.
    User,
    /// User groups.
    Users,
    /// Policies, documents.
    Document,
    /// Access management.
    Shield,
    /// Settings, function configuration.
    Gear,
    /// Callbacks: something arrives.
    Inbox,
    /// Locked by permission.
    Lock,
    /// Disable: what runs is put on hold.
    Pause,
    /// Read only.
    Eye,
    /// Copy to the clipboard.
    Copy,
    /// Done, success.
    Check,
    /// Close, remove.
    Cross,
    /// Add.
    Plus,
    /// Search.
    Search,
    /// Refresh.
    Refresh,
    /// Download, export.
    Download,
    /// Edit.
    Pencil,
    /// Delete.
    Bin,
    /// Information.
    Info,
    /// Warning.
    Warning,
    /// Error, refusal, locked by the state of the object.
    Blocked,
    /// Opens downward: menus, disclosure.
    Down,
    /// Theme.
    Contrast,
    /// Language.
    Globe,
    /// The navigation of narrow screens.
    Menu,
    /// Keyboard shortcuts.
    Keyboard,
    /// Log out.
    Exit,
    /// Time, history.
    Clock,
    /// A question.
    Question,
    /// Sorted upward.
    SortUp,
    /// Sorted downward.
    SortDown,
    /// Sortable, but not sorted by this.
    Sort,
    /// Previous page.
    Left,
    /// Next page.
    Right,
}

impl Icon {
    /// The strokes on the 16 by 16 grid.
    const fn path(self) -> &'static str {
        match self {
            Self::Home => "M2.5 7.2 8 2.6l5.5 4.6v6.2h-3.6V9.6H6.1v3.8H2.5z",
            Self::Chart => "M2.3 13.5h11.4M4.6 10.9V7.6M8 10.9V3.8M11.4 10.9V6",
            Self::Pulse => "M1.6 8.6h2.9l2-5.1 2.9 9 2-4h3",
            Self::Apps => "M2.6 2.6h4.2v4.2H2.6zM9.2 2.6h4.2v4.2H9.2zM2.6 9.2h4.2v4.2H2.6zM9.2 9.2h4.2v4.2H9.2z",
            Self::Key => "M8.4 10.5a2.9 2.9 0 1 1-5.8 0 2.9 2.9 0 0 1 5.8 0zM7.6 8.4l5.8-5.8M11 5l2 2",
            Self::Box => "M8 1.8l5.5 3v6.4L8 14.2l-5.5-3V4.8zM2.5 4.8 8 7.9l5.5-3.1M8 7.9v6.3",
            Self::User => "M10.7 5.2a2.7 2.7 0 1 1-5.4 0 2.7 2.7 0 0 1 5.4 0zM2.7 13.5c.6-2.9 2.6-4.3 5.3-4.3s4.7 1.4 5.3 4.3",
            Self::Users => {
                "M8.3 5.5a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0zM1.7 13c.5-2.6 2.2-3.8 4.3-3.8s3.8 1.2 4.3 3.8M10.5 3.5a2.3 2.3 0 0 1 0 4.1M11.9 9.6c1.3.6 2.1 1.7 2.4 3.4"
            }
            Self::Document => "M3.6 1.7h5.7L12.6 5v9.3h-9zM9.2 1.7V5h3.4M6 8.4h4.2M6 11h4.2",
            Self::Shield => "M8 1.7l5.2 1.9v4c0 3.2-2.1 5.5-5.2 6.7-3.1-1.2-5.2-3.5-5.2-6.7v-4zM5.7 7.9l1.7 1.7 3-3.2",
            Self::Gear => {
                "M2 4.5h6.6M11.6 4.5H14M2 11.5h2.4M7.4 11.5H14M11.6 4.5a1.5 1.5 0 1 1-3 0 1.5 1.5 0 0 1 3 0zM7.4 11.5a1.5 1.5 0 1 1-3 0 1.5 1.5 0 0 1 3 0z"
            }
            Self::Inbox => "M8 1.8v6.4M5.5 5.9 8 8.3l2.5-2.4M2.4 9.2v4.4h11.2V9.2",
            Self::Lock => "M3.5 7.1h9v6.4h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2M8 9.7v1.5",
            Self::Pause => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM6.4 5.9v4.2M9.6 5.9v4.2",
            Self::Eye => "M1.6 8S3.9 3.7 8 3.7 14.4 8 14.4 8 12.1 12.3 8 12.3 1.6 8 1.6 8zM9.9 8a1.9 1.9 0 1 1-3.8 0 1.9 1.9 0 0 1 3.8 0z",
            Self::Copy => "M5.5 5.5h8v8h-8zM3.2 10.5h-.7v-8h8v.7",
            Self::Check => "M2.9 8.4l3.4 3.4 6.8-7.3",
            Self::Cross => "M3.7 3.7l8.6 8.6M12.3 3.7l-8.6 8.6",
            Self::Plus => "M8 2.8v10.4M2.8 8h10.4",
            Self::Search => "M11.4 6.9a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0zM10.2 10.2l3.5 3.5",
            Self::Refresh => "M13.4 8a5.4 5.4 0 1 1-1.7-3.9M13.5 2.3v2.6h-2.6",
            Self::Download => "M8 2.2v7.6M4.9 7 8 10l3.1-3M2.5 13.5h11",
            Self::Pencil => "M2.5 13.5l.7-3.2 7.7-7.7 2.5 2.5-7.7 7.7zM9.3 4.2l2.5 2.5",
            Self::Bin => "M2.5 4.3h11M6 4.3V2.5h4v1.8M4 4.3l.6 9.2h6.8l.6-9.2M6.7 7v3.9M9.3 7v3.9",
            Self::Info => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 7.5v3.5M8 5v.1",
            Self::Warning => "M8 2.3l6.2 11H1.8zM8 6.5v3.3M8 11.5v.1",
            Self::Blocked => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM3.8 3.8l8.4 8.4",
            Self::Down => "M4 6.2l4 4 4-4",
            Self::Contrast => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 2v12M10.7 3.2v9.6M12.9 5v6",
            Self::Globe => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM2 8h12M8 2c3.2 3.4 3.2 8.6 0 12M8 2c-3.2 3.4-3.2 8.6 0 12",
            Self::Menu => "M2.3 4h11.4M2.3 8h11.4M2.3 12h11.4",
            Self::Keyboard => "M1.8 4h12.4v8H1.8zM4.2 6.6h.1M6.7 6.6h.1M9.2 6.6h.1M11.7 6.6h.1M5 9.4h6",
            Self::Exit => "M9.5 2.5h-7v11h7M6.5 8h7.2M11.2 5.3 13.8 8l-2.6 2.7",
            Self::Clock => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 4.5V8l2.4 1.6",
            Self::Question => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM6.2 6.4a1.9 1.9 0 1 1 2.7 1.7c-.6.3-.9.7-.9 1.3M8 11.4v.1",
            Self::SortUp => "M8 13V3M4.5 6.3 8 2.8l3.5 3.5",
            Self::SortDown => "M8 3v10M4.5 9.7 8 13.2l3.5-3.5",
            Self::Sort => "M5 6l3-3 3 3M5 10l3 3 3-3",
            Self::Left => "M9.8 4l-4 4 4 4",
            Self::Right => "M6.2 4l4 4-4 4",
        }
    }

    /// The drawing itself, hidden from screen readers. It stands on every page some dozen times and never changes, so it is one text.
    pub fn draw(self) -> impl IntoView {
        let path = self.path();
        InertElement::new(format!(
            r#"<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="{path}"></path></svg>"#
        ))
    }
}
