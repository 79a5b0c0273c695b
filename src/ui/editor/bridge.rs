//! The way to the text field: the plain `<textarea>`, or the rich editor that `module.ts` puts over it when the browser loads it.
//!
//! The field stays the truth for forms. Nothing here may fail loudly: without the rich editor everything goes to the field itself.

use super::offers::Offers;
use super::place::units;
use crate::cam::{Severity, Span};
use crate::domain::policy_check::Finding;
use crate::text::Lang;
use leptos::wasm_bindgen::{JsCast as _, JsValue};
use leptos::web_sys::{HtmlTextAreaElement, js_sys};

/// The object that the module leaves at the field it has taken over.
const RICH: &str = "policyEditor";

fn rich(area: &HtmlTextAreaElement) -> Option<JsValue> {
    js_sys::Reflect::get(area, &JsValue::from_str(RICH)).ok().filter(JsValue::is_object)
}

/// Calls a method of the rich editor for its answer; nothing when there is none.
fn ask(area: &HtmlTextAreaElement, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let editor = rich(area)?;
    let function = js_sys::Reflect::get(&editor, &JsValue::from_str(method)).ok()?.dyn_into::<js_sys::Function>().ok()?;
    let list = js_sys::Array::new();
    for argument in arguments {
        list.push(argument);
    }
    function.apply(&editor, &list).ok()
}

/// Calls a method of the rich editor; `false` when there is none.
fn call(area: &HtmlTextAreaElement, method: &str, arguments: &[JsValue]) -> bool {
    ask(area, method, arguments).is_some()
}

/// Whether the rich editor has a change that it can take back.
pub fn can_undo(area: &HtmlTextAreaElement) -> bool {
    ask(area, "canUndo", &[]).is_some_and(|can| can.is_truthy())
}

/// Takes the latest change back.
pub fn undo(area: &HtmlTextAreaElement) {
    call(area, "undo", &[]);
}

/// Puts a text in place of a span, in a way that can be undone where the browser lets it.
pub fn replace(area: &HtmlTextAreaElement, text: &str, span: Span, with: &str) {
    let (from, to) = units(text, span);
    if !call(area, "replace", &[from.into(), to.into(), with.into()]) {
        // Fails only for offsets outside of the text, and these come from it.
        let _ = area.set_range_text_with_start_and_end(with, from, to);
        let caret = from.saturating_add(u32::try_from(with.encode_utf16().count()).unwrap_or(0));
        let _ = area.set_selection_range(caret, caret);
    }
}

/// Leads to a span: selects it, brings it into view and gives it the focus.
pub fn select(area: &HtmlTextAreaElement, text: &str, span: Span) {
    let (from, to) = units(text, span);
    if call(area, "select", &[from.into(), to.into()]) {
        return;
    }
    let _ = area.focus();
    let _ = area.set_selection_range(from, to);
    let line = |text: &str| i32::try_from(text.matches('\n').count()).unwrap_or(i32::MAX);
    let lines = line(text).saturating_add(1);
    let above = line(text.get(..span.start).unwrap_or_default());
    let top = area.scroll_height() / lines.max(1) * above;
    area.set_scroll_top(top.saturating_sub(area.client_height() / 2));
}

/// The selection in bytes of the text.
pub fn selection(area: &HtmlTextAreaElement, text: &str) -> (usize, usize) {
    let at = |end: Result<Option<u32>, JsValue>| end.ok().flatten().map_or(text.len(), |units| super::place::byte(text, units));
    (at(area.selection_start()), at(area.selection_end()))
}

/// Underlines findings in the rich editor; without it the list beside the field says it all.
pub fn show(area: &HtmlTextAreaElement, text: &str, findings: &[Finding], lang: Lang) {
    if rich(area).is_none() {
        return;
    }
    let list = js_sys::Array::new();
    for finding in findings {
        let (from, to) = units(text, finding.diagnostic.span);
        let severity = match finding.diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Suggestion => "info",
        };
        let help = finding.diagnostic.help.as_ref().map_or("", |help| help.get(lang));
        let message = finding.diagnostic.message.get(lang);
        list.push(&js_sys::Array::of5(&from.into(), &to.into(), &severity.into(), &message.into(), &help.into()));
    }
    call(area, "show", &[list.into()]);
}

/// Loads the rich editor, once a visit, and lets it take over the field. `offered` says what may be typed at a byte of a
/// text, and whether somebody asks for it.
#[cfg(feature = "hydrate")]
pub async fn enrich(area: &HtmlTextAreaElement, offered: impl Fn(&str, usize, bool) -> Option<Offers> + 'static) -> bool {
    use leptos::wasm_bindgen::closure::Closure;
    use wasm_bindgen::prelude::wasm_bindgen;
    #[wasm_bindgen(inline_js = "export const load = (address) => import(address);")]
    extern "C" {
        #[wasm_bindgen(catch)]
        async fn load(address: &str) -> Result<JsValue, JsValue>;
    }
    let root = leptos::prelude::document().document_element();
    let Some(address) = root.and_then(|root| root.get_attribute("data-editor")).filter(|address| !address.is_empty()) else { return false };
    let Ok(module) = load(&address).await else { return false };
    let mount = js_sys::Reflect::get(&module, &JsValue::from_str("mount")).ok().and_then(|f| f.dyn_into::<js_sys::Function>().ok());
    let Some(mount) = mount else { return false };
    let complete = move |text: String, cursor: u32, asked: bool| {
        offered(&text, super::place::byte(&text, cursor), asked).map_or(JsValue::NULL, |offers| told(&text, offers))
    };
    // Lives as long as the document: one for each visit of an editor.
    let complete = Closure::<dyn Fn(String, u32, bool) -> JsValue>::new(complete).into_js_value();
    mount.call2(&JsValue::UNDEFINED, area, &complete).is_ok()
}

/// Offers as the rich editor takes them: from, to, whether inside quotes, and for each its label, meaning, text and whether it comes first.
#[cfg(feature = "hydrate")]
fn told(text: &str, offers: Offers) -> JsValue {
    let (from, to) = units(text, offers.span);
    let list = js_sys::Array::new();
    for offer in offers.offers {
        list.push(&js_sys::Array::of4(&offer.label.into(), &offer.about.into(), &offer.put.into(), &offer.is_first.into()));
    }
    js_sys::Array::of4(&from.into(), &to.into(), &offers.is_quoted.into(), &list).into()
}

/// On the server there is no field to take over.
#[cfg(not(feature = "hydrate"))]
pub async fn enrich(_area: &HtmlTextAreaElement, _offered: impl Fn(&str, usize, bool) -> Option<Offers> + 'static) -> bool {
    false
}

/// Takes the rich editor off the field again, before the field goes away.
pub fn leave(area: &HtmlTextAreaElement) {
    call(area, "destroy", &[]);
}
