//! Application info: what an application is, and everything done to it as a whole.
//!
//! Enabling, disabling and deleting want a recent proof of the password; deleting wants the SDKAppID typed and a disabled application.

use super::tags::TagRows;
use super::{AppHeader, app_in_path, granted};
use crate::domain::applications::{AppHead, AppStatus};
use crate::domain::free_text::visible;
use crate::remote::applications::{
    ChangeApplicationTags, DeleteApplication, DisableApplication, EditApplication, EnableApplication, view_application,
};
use crate::ui::components::{Card, Confirm, CopyButton, Fact, Facts, Lock, Locked, Look, Notice, Tag, TextArea, TextField, Time, Tone};
use crate::ui::forms::{Form, FormDialog, use_form};
use crate::ui::frame::use_offset;
use crate::ui::icons::Icon;
use crate::ui::loaded::{load, loaded};
use crate::ui::words::{say, t, use_lang};
use leptos::prelude::*;

/// The forms of the page; they outlive each reloading of the application.
#[derive(Clone, Copy)]
struct Forms {
    edit: Form,
    tags: Form,
    disable: Form,
    enable: Form,
    delete: Form,
}

/// `/apps/:id`.
#[component]
pub fn ApplicationPage() -> impl IntoView {
    let id = app_in_path();
    let forms = Forms {
        edit: use_form::<EditApplication>(),
        tags: use_form::<ChangeApplicationTags>(),
        disable: use_form::<DisableApplication>(),
        enable: use_form::<EnableApplication>(),
        delete: use_form::<DeleteApplication>(),
    };
    forms.edit.announce(t("Saved.", "已保存。"));
    forms.tags.announce(t("Tags saved.", "标签已保存。"));
    forms.disable.announce(t("The application is disabled.", "应用已停用。"));
    forms.enable.announce(t("The application is enabled.", "应用已启用。"));
    let saved = (forms.edit.saved(), forms.tags.saved(), forms.disable.saved(), forms.enable.saved());
    let head = load(move || (id.get(), saved.0.get(), saved.1.get(), saved.2.get(), saved.3.get()), |(id, ..)| view_application(id));
    loaded(head, move |head| view! { <Info head forms /> })
}

#[component]
fn Info(head: AppHead, forms: Forms) -> impl IntoView {
    let app = head.app.clone();
    let tags: Vec<_> = app
        .tags
        .iter()
        .cloned()
        .map(|tag| view! { <li><Tag>{visible(&tag.key).into_owned()} "=" {visible(&tag.value).into_owned()}</Tag></li> })
        .collect();
    let no_tags = tags.is_empty().then(|| t("None", "无"));
    let creator = if head.creator.is_empty() { t("Deleted account", "账号已删除").to_owned() } else { head.creator.clone() };
    let (for_edit, for_tags) = (head.clone(), head.clone());
    let description = if app.description.is_empty() { t("None", "无").to_owned() } else { visible(&app.description).into_owned() };
    let disabled = (app.status == AppStatus::Disabled).then(|| {
        view! {
            <Notice tone=Tone::Warn>
                {t(
                    "This application is disabled and can be deleted. Callbacks that still arrive are accepted and counted, so no usage is lost.",
                    "该应用已停用，可以删除。系统仍会接收并统计其回调，不会丢失用量数据。",
                )}
            </Notice>
        }
    });
    view! {
        <AppHeader head=head.clone() page="app" />
        {disabled}
        <Card
            title=t("Basic information", "基本信息")
            actions=move || granted(&for_edit, "app.edit", t("Edit", "编辑"), || view! { <EditDialog head=for_edit.clone() form=forms.edit /> }.into_any())
        >
            <Facts>
                <Fact name="SDKAppID"><code>{app.id.to_string()}</code> " " <CopyButton text=app.id.to_string() /></Fact>
                <Fact name=t("Name", "应用名称")>{app.name.clone()}</Fact>
                <Fact name=t("Description", "描述")>{description}</Fact>
                <Fact name=t("Status", "状态")>{say(&app.status.text())}</Fact>
                <Fact name=t("Created", "创建时间")><Time at_ms=app.created_ms offset=use_offset() /></Fact>
                <Fact name=t("Created by", "创建者")>{creator} " " <code>{app.created_by.to_string()}</code></Fact>
            </Facts>
        </Card>
        <Card
            title=t("Tags", "标签")
            note=t("Policies can grant access by tag, for example to every application tagged team=live.", "策略可按标签授权，例如授权所有带有 team=live 标签的应用。")
            actions=move || granted(&for_tags, "app.tags", t("Edit tags", "编辑标签"), || view! { <TagsDialog head=for_tags.clone() form=forms.tags /> }.into_any())
        >
            <ul class="tag-list">{tags}</ul>
            {no_tags.map(|none| view! { <p class="muted">{none}</p> })}
        </Card>
        <Lifetime head forms />
    }
}

#[component]
fn EditDialog(head: AppHead, form: Form) -> impl IntoView {
    let app = head.app;
    let title = t("Edit application", "编辑应用");
    // What was seen, also when the form comes back: somebody else may have changed it meanwhile.
    let seen = |field: &str, stored: &str| form.typed(field).unwrap_or_else(|| stored.to_owned());
    let hidden = vec![
        ("id", app.id.to_string()),
        ("seen_name", seen("seen_name", &app.name)),
        ("seen_description", seen("seen_description", &app.description)),
    ];
    view! {
        <FormDialog id="edit-app" form needs="app.edit" opener=t("Edit", "编辑") icon=Icon::Pencil title hidden deed=t("Save", "保存")>
            <TextField
                name="name"
                label=t("Name", "应用名称")
                value=app.name
                hint=t("Up to 15 letters, digits, Chinese characters and underscores.", "最多 15 个字母、数字、汉字或下划线。")
                required=true
            />
            <TextArea name="description" label=t("Description", "描述") value=app.description />
        </FormDialog>
    }
}

#[component]
fn TagsDialog(head: AppHead, form: Form) -> impl IntoView {
    let (hidden, deed) = (vec![("id", head.app.id.to_string())], t("Save tags", "保存标签"));
    view! {
        <FormDialog id="edit-tags" form needs="app.tags" opener=t("Edit tags", "编辑标签") icon=Icon::Pencil hidden deed>
            <TagRows tags=head.app.tags />
        </FormDialog>
    }
}

/// Enable, disable, delete.
#[component]
fn Lifetime(head: AppHead, forms: Forms) -> impl IntoView {
    let (lang, id, name) = (use_lang(), head.app.id, head.app.name.clone());
    let of_app = || vec![("id", id.to_string())];
    let status = granted(&head, "app.status", t("Enable or disable", "启用或停用"), || match head.app.status {
        AppStatus::Normal => {
            let title = lang.pick(format!("Disable application {name}?"), format!("停用应用 {name}？"));
            let (kind, deed) = (Confirm::Danger, t("Disable application", "停用应用"));
            view! {
                <FormDialog id="disable-app" form=forms.disable needs="app.status" opener=t("Disable", "停用") icon=Icon::Pause title hidden=of_app() kind deed>
                    <div class="dialog-body">
                        <ul>
                            <li>{t("Its status changes to disabled. You can then delete it or enable it again.", "状态变为已停用，之后可删除或重新启用。")}</li>
                            <li>{t("Callbacks that still arrive are accepted and counted, so no usage is lost.", "系统仍会接收并统计其回调，不会丢失用量数据。")}</li>
                        </ul>
                    </div>
                </FormDialog>
            }
            .into_any()
        }
        AppStatus::Disabled => {
            let title = lang.pick(format!("Enable application {name}?"), format!("启用应用 {name}？"));
            let deed = t("Enable application", "启用应用");
            view! { <FormDialog id="enable-app" form=forms.enable needs="app.status" opener=t("Enable", "启用") icon=Icon::Check title hidden=of_app() deed /> }
                .into_any()
        }
    });
    let delete = granted(&head, "app.delete", t("Delete", "删除"), || {
        match head.app.status {
        AppStatus::Normal => view! {
            <Locked by=Lock::State id="delete-app" reason=t("Only a disabled application can be deleted. Disable it first.", "仅可删除已停用的应用，请先停用。")>
                {t("Delete", "删除")}
            </Locked>
        }
        .into_any(),
        AppStatus::Disabled => {
            let title = lang.pick(format!("Delete application {name}?"), format!("删除应用 {name}？"));
            let (look, kind, deed) = (Look::Danger, Confirm::TypeName(id.to_string()), t("Delete application", "删除应用"));
            view! {
                <FormDialog id="delete-app" form=forms.delete needs="app.delete" opener=t("Delete", "删除") look icon=Icon::Bin title hidden=of_app() kind deed>
                    <div class="dialog-body">
                        <ul>
                            <li>{t("Its configuration, history, tags, events and usage are permanently deleted.", "其配置、修改记录、标签、事件和用量数据将被永久删除。")}</li>
                            <li>{t("Callbacks with its SDKAppID are refused.", "携带该 SDKAppID 的回调将被拒绝。")}</li>
                            <li>{t("Its SDKAppID is never assigned to another application.", "其 SDKAppID 不会再分配给其他应用。")}</li>
                        </ul>
                    </div>
                </FormDialog>
            }
            .into_any()
        }
    }
    });
    let any = crate::ui::frame::may("app.status") || crate::ui::frame::may("app.delete");
    any.then(|| {
        view! {
            <Card title=t("Enable, disable, delete", "启用、停用与删除") note=t("These actions require a recently confirmed password.", "执行以上操作前需要验证密码。")>
                <div class="form-actions">{status} {delete}</div>
            </Card>
        }
    })
}
