//! Callback configuration of an application: the address to enter at TRTC, the key, what arrived, and who changed the key.
//!
//! The key comes to the page only when somebody who may change it asks to see it.

mod log;

use crate::domain::app_changes::{KeyState, Setting};
use crate::domain::app_pages::CallbackConfigView;
use crate::domain::callback_config::callback_url_warning;
use crate::domain::confirmation::ACCEPTED;
use crate::domain::ids::SdkAppId;
use crate::remote::callback_config::{SetCallbackKey, ShowCallbackKey, view_callbacks};
use crate::ui::components::{Card, Confirm, CopyButton, Fact, Facts, Notice, TextField, Time, Tone};
use crate::ui::forms::{Form, FormDialog, PostForm, use_form};
use crate::ui::frame::use_offset;
use crate::ui::icons::Icon;
use crate::ui::loaded::{load, loaded};
use crate::ui::pages::applications::{AppHeader, app_in_path, granted};
use crate::ui::pages::features::ChangesCard;
use crate::ui::words::{say, t};
use leptos::prelude::*;

/// `/apps/:id/callbacks`.
#[component]
pub fn CallbacksPage() -> impl IntoView {
    let id = app_in_path();
    let (form, show) = (use_form::<SetCallbackKey>(), use_form::<ShowCallbackKey>());
    form.announce(t("Key set. Enter it in the TRTC console.", "密钥已设置，请在 TRTC 控制台填写。"));
    let saved = form.saved();
    // A key that was shown is not the key any more.
    Effect::new(move |before: Option<usize>| {
        let now = saved.get();
        if before.is_some_and(|before| before != now) {
            show.forget_answer();
        }
        now
    });
    let view = load(move || (id.get(), saved.get()), |(id, _)| view_callbacks(id));
    loaded(view, move |view| view! { <Callbacks view form show /> })
}

#[component]
fn Callbacks(view: CallbackConfigView, form: Form, show: Form) -> impl IntoView {
    let (head, log) = (view.head.clone(), view.log);
    let id = head.app.id;
    let key_set = view.key_set;
    let last_ms = log.events.first().map(|event| event.received_ms);
    let missing = (!key_set).then(|| {
        view! {
            <Notice tone=Tone::Warn title=t("Events cannot be received yet", "尚无法接收事件")>
                {t("Without a callback key, every event of this application is refused.", "未设置回调密钥时，该应用的所有事件都会被拒绝。")}
            </Notice>
        }
    });
    let shown = match (head.may("app-callbacks.edit"), key_set) {
        (true, true) => view! { <HiddenKey id show /> }.into_any(),
        (false, true) => {
            view! { <span>{t("Set. Only users who can change it can see it.", "已设置，仅有修改权限的用户可见。")}</span> }.into_any()
        }
        (_, false) => view! { <span>{t("None", "无")}</span> }.into_any(),
    };
    let unsuitable = callback_url_warning(&view.address).map(|what| {
        view! {
            <Notice tone=Tone::Warn>
                <p>{say(&what)}</p>
                <p>
                    {t("In the TRTC console, enter the address at which this console is reached from the Internet. The operator sets it with ", "请在 TRTC 控制台填写可从公网访问本控制台的地址，由运维人员通过 ")}
                    <code>"--public-url"</code> {t(".", " 设置。")}
                </p>
            </Notice>
        }
    });
    let opener = if key_set { t("Change key", "更换密钥") } else { t("Set key", "设置密钥") };
    view! {
        <AppHeader head=head.clone() page="app-callbacks" />
        {missing}
        <Card
            title=t("Event callbacks", "事件回调")
            note=t("TRTC reports room events to this console, which calculates usage from them.", "TRTC 将房间内的事件上报至本控制台，用于统计用量。")
            actions=move || granted(&head, "app-callbacks.edit", opener, || view! { <KeyDialog id key_set last_ms opener form /> }.into_any())
        >
            {unsuitable}
            <Facts>
                <Fact name=t("Callback address to enter in the TRTC console", "在 TRTC 控制台填写的回调地址")><code>{view.address.clone()}</code> " " <CopyButton text=view.address.clone() /></Fact>
                <Fact name=t("Callback key", "回调密钥")>{shown}</Fact>
                <Fact name=t("Event groups to turn on", "需开启的事件组")>
                    {t("Room events and media events, from which usage is calculated. Recording and relay events are also stored.", "房间事件与媒体事件（用于统计用量）。录制和旁路事件也会保存。")}
                </Fact>
            </Facts>
        </Card>
        <log::LogCards id log key_set />
        <ChangesCard history=view.history />
    }
}

/// The key, brought when it is asked for.
#[component]
fn HiddenKey(id: SdkAppId, show: Form) -> impl IntoView {
    move || match show.answer::<Option<String>>().flatten() {
        Some(key) => view! { <code>{key.clone()}</code> " " <CopyButton text=key /> }.into_any(),
        None => view! {
            <PostForm form=show hidden=vec![("id", id.to_string())]>
                <button type="submit" class="btn">{Icon::Eye.draw()} {t("Show key", "显示密钥")}</button>
            </PostForm>
        }
        .into_any(),
    }
}

#[component]
fn KeyDialog(id: SdkAppId, key_set: bool, last_ms: Option<i64>, opener: &'static str, form: Form) -> impl IntoView {
    let (before, after) = KeyState::setting(key_set);
    let effects: Vec<_> = Setting::CallbackKey(before)
        .risk_of(&Setting::CallbackKey(after))
        .map(|risk| risk.effects.iter().map(|effect| view! { <li>{say(effect)}</li> }).collect())
        .unwrap_or_default();
    let last = match last_ms {
        Some(at_ms) => view! { <Time at_ms offset=use_offset() /> }.into_any(),
        None => t("None yet", "暂无").into_any(),
    };
    let kind = if key_set { Confirm::Danger } else { Confirm::Plain };
    let hidden = vec![("id", id.to_string()), ("confirm", ACCEPTED.to_owned())];
    view! {
        <FormDialog id="callback-key" form needs="app-callbacks.edit" opener hidden kind>
            <div class="dialog-body">
                <p>{t("Last event received:", "最近收到的事件：")} " " {last}</p>
                <ul>{effects}</ul>
            </div>
            <TextField
                name="callback_key"
                label=t("Key", "密钥")
                hint=t("Up to 32 letters and digits. Leave it empty and the console generates a random one.", "最多 32 个字母或数字。留空则由控制台随机生成。")
                mono=true
            />
        </FormDialog>
    }
}
