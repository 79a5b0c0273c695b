//! A list of requests that is tried out at once: typed or taken from a file, answered with a file.

use super::fields::CircumstanceFields;
use crate::domain::rights_query::{MAX_LINES, RightsForm};
use crate::ui::components::{Card, FormElement, SubmitButton, field_id};
use crate::ui::icons::Icon;
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;
use leptos::web_sys::Event;

/// Where a list is sent.
const SIMULATED: &str = "/cam/who-can/simulated.csv";

/// The form of a list.
#[component]
pub fn ListCard() -> impl IntoView {
    let lang = use_lang();
    let requests = RwSignal::new(String::new());
    let id = field_id("list", "requests");
    let hint = lang.pick(
        format!("One line for each request, at most {MAX_LINES}: user, action and, where it matters, an SDKAppID, \"all\" or a resource in six segments."),
        format!("每行一个请求，最多 {MAX_LINES} 行：用户、操作，以及（如需）SDKAppID 或六段式资源描述。"),
    );
    let take = move |event: Event| {
        leptos::task::spawn_local(async move {
            if let Some(text) = file_of(event).await {
                requests.try_set(text);
            }
        });
    };
    view! {
        <Card title=t("Try a list", "批量模拟") note=t("You get the decisions as a CSV file. No request is sent.", "鉴权结果以 CSV 文件返回，不会实际发送请求。")>
            <FormElement action=SIMULATED scope="list">
                <label for=id.clone()>{t("Requests", "请求")}</label>
                <textarea
                    class="control mono"
                    id=id
                    name="requests"
                    rows="5"
                    required=true
                    spellcheck="false"
                    placeholder="ana,trtc:DismissRoom,1409000001"
                    aria-describedby="list-hint"
                    prop:value=requests
                    on:input=move |event| requests.set(event_target_value(&event))
                ></textarea>
                <p class="field-hint" id="list-hint">{hint}</p>
                <p class="needs-scripts">
                    <label>
                        {t("Or load from a file: ", "或从文件读取：")}
                        <input type="file" accept=".csv,.txt,text/csv,text/plain" on:change=take />
                    </label>
                </p>
                <CircumstanceFields form=RightsForm::default() />
                <div class="form-actions">
                    <SubmitButton icon=Icon::Download>{t("Download the decisions", "下载鉴权结果")}</SubmitButton>
                </div>
            </FormElement>
        </Card>
    }
}

/// The text of the file that somebody has chosen.
#[cfg(feature = "hydrate")]
async fn file_of(event: Event) -> Option<String> {
    let input: leptos::web_sys::HtmlInputElement = event_target(&event);
    let file = input.files()?.get(0)?;
    wasm_bindgen_futures::JsFuture::from(file.text()).await.ok()?.as_string()
}

/// On the server nobody chooses a file.
#[cfg(not(feature = "hydrate"))]
async fn file_of(_event: Event) -> Option<String> {
    None
}
