//! Everything a page is made of. `use crate::ui::components::*;` and `use crate::ui::words::{t, say, number};` is all a page needs.
//!
//! A component must never fetch, decide a permission, read a clock or write an inline style: it shows what it is given, the same on the
//! server and in the browser, and it works before the scripts arrive.
//!
//! Conventions: texts are `impl Into<String>` in the reader's language (`t("Save", "保存")`); `href`s and `action`s are whole paths; `here`
//! is path and query of this view; slots (`actions`, `tags`, `age`, `foot`) take `view! {…}.into_any()` or a closure; a `[…]` prop is optional.
//!
//! # Frame
//! | component | props | classes |
//! |---|---|---|
//! | [`Shell`] | `groups: Signal<Vec<NavGroup>>, account: AccountLine, [theme], here: Signal<String>, [switcher: Signal<Option<Switch>>], [home]`, children | `.shell` `.main` |
//! | [`BareShell`] | `title, [theme], here, [paths]`, children: login, setup | `.bare` `.bare-card` |
//! | [`TopBar`], [`SideNav`] | are in `Shell`; posts `lang` or `theme` with `next` to `/preferences`, and to `/logout` | `.topbar` `.sidenav` |
//! | [`PageHeader`] | `title, [crumbs: Vec<Crumb>], [tags], [age], [actions]` | `.page-head` |
//! | [`DataAge`] | `as_of_ms, [now_ms], [offset], refresh_href` | `.data-age` |
//! | [`Tabs`] | `label, tabs: Vec<Tab>` (links) | `.tabs` |
//!
//! # Surfaces and figures
//! | component | props | classes |
//! |---|---|---|
//! | [`Card`] | `[title], [note], [actions], [flush]`, children | `.card` |
//! | [`StatRow`] / [`StatTile`] | children / `label, value, [change: Change], children` | `.stat-row` `.stat` |
//! | [`Facts`] / [`Fact`] | children / `name`, children | `.facts` `.fact` |
//! | [`DataTable`] | `caption, columns: Vec<Column>, [here], [sort: Sort], [foot]`, children = `<tr>`s; figures `<td class="num">` | `.table-card` |
//! | [`WideRow`] | `columns`, children: an empty state inside a table | `.wide-row` |
//! | [`Pager`] | `paging: Paging { page, size, total }, here, [sizes]`: "1–20 of 134" | `.pager` |
//! | [`History`] / [`HistoryEntry`] | children / `who, at_ms, [offset], what, [changes: Vec<Changed>]` | `.history` |
//! | [`Time`] | `at_ms, [offset: UtcOffset], [precision: Precision]` | `.time` |
//! | [`Tag`] | `[tone: Tone]`, children | `.tag-…` |
//! | charts | see [`crate::ui::charts`]: `BarChart` | `.chart` |
//!
//! # Messages
//! | component | props |
//! |---|---|
//! | [`Notice`] | `[tone], [title]`, children |
//! | [`EmptyState`] | `why: Empty::{NothingYet, NoMatch{clear_href}, NoPermission, NotEnabled, Failed{code, request_id, retry_href}, Loading}, [title]`, children |
//! | [`Skeleton`] | `[lines]` |
//! | [`ExplainCard`] | `refusal: Refusal, [offset], [way_back: (href, name)]`, children: further ways out |
//! | toasts | `use_toasts()` → `.say(tone, text)`, `.say_with_undo(text, callback)` |
//!
//! # Controls
//! | component | props |
//! |---|---|
//! | [`LinkButton`] | `href, [look], [icon], [external], [locked: Signal<bool>]`, children; `external` for files and exports |
//! | [`SubmitButton`] | `[pending: Signal<bool>], [locked: Signal<bool>], [look], [icon], [name], [value]`, children |
//! | [`CopyButton`] | `text, [label]`; appears with scripts |
//! | [`SecretOnce`] | `label, secret` |
//! | [`Locked`] | `by: Lock::{Permission, State}, id, reason`, children = the words of the control |
//! | [`ReadOnlyMark`] | goes into `tags` of the page header |
//! | [`SearchBox`] | `label, action, [value], [name], [keep]` (GET) |
//! | [`FilterBar`] / [`Toolbar`] | `action, label, [after], [scope], [errors]`, children = fields (GET) / children |
//! | [`Dialog`] | `id, opener, [look], [icon], title, [open], [done: Signal<bool>], [locked: Signal<bool>]`, children = a form; pages use [`FormDialog`](crate::ui::forms::FormDialog) |
//! | [`ConfirmActions`] | `kind: Confirm::{Plain, Danger, TypeName(name)}, deed, [pending]`: ends the form in a `Dialog` |
//!
//! # Fields
//! Every field takes `name, label, [hint]` and stands in a [`FormElement`] (pages use [`PostForm`](crate::ui::forms::PostForm)), from which it
//! knows what is wrong with it, what was typed, and the `scope` that keeps the ids of two forms apart (`f-{scope}-{name}`). A field that is not
//! `required` says "optional".
//!
//! | component | further props |
//! |---|---|
//! | [`FormElement`] | `action, [scope], [errors], [typed], [hidden], [class], [on_submit]`, children = fields |
//! | [`FormErrors`] | `[errors]`: the summary on top of every form |
//! | [`TextField`] | `[kind], [value], [required], [mono], [unit], [autocomplete], [min], [max], [pattern], [list], [autofocus]` |
//! | [`PasswordField`] | `autocomplete, [required], [autofocus]` |
//! | [`DateField`] | `[value], [min], [max], [required]` |
//! | [`TextArea`] | `[value], [required], [mono], [rows]` |
//! | [`Select`] | `choices: Vec<Choice>, [value], [required]` |
//! | [`RadioGroup`] | `choices, [value]` |
//! | [`Checkbox`] | `[checked], [value]` |
//! | [`CheckboxGroup`] | `choices, [chosen: Vec<String>]` |
//! | [`Picker`] | `choices, [chosen]`: some of many, sent as `name[]` |
//! | [`FormActions`] | children: the buttons |
//!
//! Leptos writes children of `<textarea>` unescaped: use [`TextArea`], never the bare element with a child.
//! Addresses: [`with_param`]`(here, name, Some(value))` changes one parameter; [`Sort::from_query`] reads `?sort=-key`.

pub mod button;
pub mod card;
pub mod choice;
pub mod copy;
pub mod dialog;
pub mod empty;
pub mod errors;
pub mod facts;
pub mod field;
pub mod form;
pub mod form_context;
pub mod history;
pub mod keys;
pub mod link;
pub mod locked;
pub mod notice;
pub mod page;
pub mod picker;
pub mod refusal;
pub mod search;
pub mod shell;
pub mod sidenav;
pub mod table;
pub mod tabs;
pub mod tag;
pub mod time;
pub mod toast;
pub mod topbar;

pub use button::*;
pub use card::*;
pub use choice::*;
pub use copy::*;
pub use dialog::*;
pub use empty::*;
pub use errors::*;
pub use facts::*;
pub use field::*;
pub use form::*;
pub use form_context::*;
pub use history::*;
pub use link::*;
pub use locked::*;
pub use notice::*;
pub use page::*;
pub use picker::*;
pub use refusal::*;
pub use search::*;
pub use shell::*;
pub use sidenav::*;
pub use table::*;
pub use tabs::*;
pub use tag::*;
pub use time::*;
pub use toast::*;
pub use topbar::*;
