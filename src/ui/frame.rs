//! What every page finds in context: who is signed in, the permitted set, and the way to prove a password over the page.
//!
//! The permitted set hides and locks things as a courtesy; the gate is the rule.

use crate::catalog::pages;
use crate::domain::fault::Fault;
use crate::domain::ids::SdkAppId;
use crate::domain::session::Session;
use crate::remote::session::current_session;
use crate::ui::components::UtcOffset;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::location::Location;
use std::sync::Arc;

/// Who is signed in, as the server last said.
#[derive(Clone, Copy)]
pub struct Current(pub RwSignal<Option<Arc<Session>>>);

/// What of the permitted set has gone while the page is open.
#[derive(Clone, Copy)]
pub struct Withdrawn {
    refused: RwSignal<bool>,
    lost: RwSignal<Vec<String>>,
}

impl Withdrawn {
    /// Something was refused that the page had offered.
    pub fn note_refusal(self) {
        self.refused.set(true);
    }

    /// Whether something was refused that the page had offered.
    #[must_use]
    pub fn is_refused(self) -> bool {
        self.refused.get()
    }

    /// Whether a control that was granted when the page was opened is granted nowhere any more.
    #[must_use]
    pub fn has_lost(self, control: &str) -> bool {
        self.lost.with(|lost| lost.iter().any(|id| id == control))
    }

    /// Another page was opened, by what is permitted then.
    fn begin_anew(self) {
        // Nothing is told that is not new: what listened on the page that is left is going.
        if self.refused.get_untracked() {
            self.refused.set(false);
        }
        if self.lost.with_untracked(|lost| !lost.is_empty()) {
            self.lost.set(Vec::new());
        }
    }

    /// Compares the permitted set with the one from before.
    fn compare(self, before: &Session, now: &Session) {
        let gone = before.controls.iter().filter(|control| !now.may(control)).cloned();
        let lost: Vec<String> = self.lost.get_untracked().into_iter().filter(|control| !now.may(control)).chain(gone).collect();
        if self.lost.with_untracked(|known| *known != lost) {
            self.lost.set(lost);
        }
    }
}

/// Asks for the password over the page when an action demands a recent proof of it.
#[derive(Clone, Copy)]
pub struct Proof(RwSignal<bool>);

impl Proof {
    /// A proof that is asked for from the start or not yet.
    #[must_use]
    pub fn new(asked: bool) -> Self {
        Self(RwSignal::new(asked))
    }

    /// Asks for it.
    pub fn ask(self) {
        self.0.set(true);
    }

    /// Done or given up.
    pub fn close(self) {
        self.0.set(false);
    }

    /// Whether it is being asked for.
    #[must_use]
    pub fn is_asked(self) -> bool {
        self.0.get()
    }
}

/// Whether the session has ended while the page is open, and whether a login is being asked for over it.
#[derive(Clone, Copy)]
pub struct Ended {
    over: RwSignal<bool>,
    asked: RwSignal<bool>,
}

impl Ended {
    /// A session that goes on.
    #[must_use]
    pub fn not_yet() -> Self {
        Self { over: RwSignal::new(false), asked: RwSignal::new(false) }
    }

    /// The server knows nobody any more: asks for a login.
    pub fn ask(self) {
        self.over.set(true);
        self.asked.set(true);
    }

    /// No login for now; the next refusal asks again.
    pub fn put_off(self) {
        self.asked.set(false);
    }

    /// The same person has logged in again.
    pub fn renew(self) {
        self.over.set(false);
    }

    /// Whether a login is being asked for.
    #[must_use]
    pub fn is_asked(self) -> bool {
        self.asked.get()
    }

    /// Whether the session has ended and nobody has logged in since.
    #[must_use]
    pub fn is_over(self) -> bool {
        self.over.get()
    }
}

/// Provides who is signed in, and asks the server again after every step to another page: rights may have changed.
pub fn provide_session(session: Option<Arc<Session>>) {
    // Without somebody signed in there is no page to keep.
    let ended = session.as_ref().map(|_| Ended::not_yet());
    if let Some(ended) = ended {
        provide_context(ended);
    }
    let current = RwSignal::new(session);
    provide_context(Current(current));
    let withdrawn = Withdrawn { refused: RwSignal::new(false), lost: RwSignal::new(Vec::new()) };
    provide_context(withdrawn);
    let location = use_location();
    Effect::new(move |before: Option<(String, String)>| {
        let now = (location.pathname.get(), location.search.get());
        if before.is_some_and(|before| before != now) && current.with_untracked(Option::is_some) {
            withdrawn.begin_anew();
            refresh(current, withdrawn, ended);
        }
        now
    });
    Effect::new(move |_| {
        if withdrawn.is_refused() {
            refresh(current, withdrawn, ended);
        }
    });
}

fn refresh(current: RwSignal<Option<Arc<Session>>>, withdrawn: Withdrawn, ended: Option<Ended>) {
    leptos::task::spawn_local(async move {
        match current_session().await {
            // Somebody else has logged in beside this page, which is not theirs.
            Ok(session) if current.with_untracked(|now| now.as_ref().is_some_and(|now| now.uin != session.uin)) => reload(),
            Ok(session) => {
                let before = current.get_untracked();
                // That time has passed changes nothing on the page.
                let same = |now: &Session| Session { now_ms: session.now_ms, ..now.clone() } == session;
                if before.as_deref().is_some_and(same) {
                    current.update_untracked(|now| *now = Some(Arc::new(session)));
                } else {
                    if let Some(before) = before {
                        withdrawn.compare(&before, &session);
                    }
                    current.set(Some(Arc::new(session)));
                }
            }
            Err(Fault::SignedOut) => sign_in_again(ended),
            Err(Fault::PasswordChange) => reload(),
            // The page reports its own fault; the frame stays as it was.
            Err(_) => {}
        }
    });
}

/// Asks for a login over the page; where nobody was signed in, the server leads to login and back.
pub fn sign_in_again(ended: Option<Ended>) {
    match ended {
        Some(ended) => ended.ask(),
        None => reload(),
    }
}

/// Opens a page of the console, loading everything again.
pub fn lead_to(path: &str) {
    // Fails only where there is no window.
    let _ = window().location().set_href(path);
}

/// Takes the place of a view whose code is lost. Most likely the server has another version by now: the page comes from there as a whole, with
/// the code that belongs to it.
#[must_use]
pub fn anew(at: &Location) -> AnyView {
    let (path, query) = (at.pathname.get_untracked(), at.search.get_untracked());
    lead_to(&if query.is_empty() { path } else { format!("{path}?{query}") });
    ().into_any()
}

/// Loads the page anew.
fn reload() {
    #[cfg(feature = "hydrate")]
    {
        // Fails only where there is no window to reload.
        let _ = window().location().reload();
    }
}

/// Whether a control of the catalogue, such as `apps.create`, is granted on at least one resource.
#[must_use]
pub fn may(control: &'static str) -> bool {
    use_context::<Current>().is_some_and(|current| current.0.with(|session| session.as_ref().is_some_and(|session| session.may(control))))
}

/// Whether a control that was granted when the page was opened is granted nowhere any more.
#[must_use]
pub fn lost(control: &'static str) -> Signal<bool> {
    let withdrawn = use_context::<Withdrawn>();
    Signal::derive(move || withdrawn.is_some_and(|withdrawn| withdrawn.has_lost(control)))
}

/// Whether a page with these controls is only to be read: none of them is granted anywhere.
#[must_use]
pub fn reads_only(changes: &[&'static str]) -> bool {
    !changes.iter().any(|control| may(control))
}

/// The first page of an application that the reader may open, if it may open any.
#[must_use]
pub fn app_home(id: SdkAppId) -> Option<String> {
    let current = use_context::<Current>()?;
    current.0.with(|session| {
        let app = session.as_ref()?.apps.iter().find(|app| app.id == id)?;
        let mut pages = app.pages.iter().filter_map(|id| pages::find(id));
        pages.find(|page| page.is_on_application()).map(|page| page.of(id))
    })
}

/// The session of the page; pages are rendered only for who is signed in.
#[must_use]
pub fn use_session() -> Option<Arc<Session>> {
    use_context::<Current>().and_then(|current| current.0.get_untracked())
}

/// The offset of the organisation's calendar days and times.
#[must_use]
pub fn use_offset() -> UtcOffset {
    use_session()
        .and_then(|session| i16::try_from(session.utc_offset_mins).ok())
        .and_then(UtcOffset::from_minutes)
        .unwrap_or(UtcOffset::UTC)
}
