//! What can be done with a policy as a whole: a new version, another name, another policy like it, and deleting it.

use super::path;
use crate::domain::policies::Policy;
use crate::remote::attachments::{DetachGroup, DetachUser};
use crate::remote::policies::{
    AttachPolicyToGroups, AttachPolicyToUsers, DeletePolicy, DeletePolicyVersion, DescribePolicy, SetDefaultPolicyVersion,
};
use crate::ui::components::{Confirm, ConfirmActions, Dialog, FormErrors, LinkButton, Look, Notice, TextField, Tone};
use crate::ui::forms::Form;
use crate::ui::frame::{lost, may};
use crate::ui::icons::Icon;
use crate::ui::pages::attachments::Acknowledgement;
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;

/// The forms of the page of a policy.
#[derive(Clone, Copy)]
pub(super) struct Forms {
    pub describe: Form<DescribePolicy>,
    pub delete: Form<DeletePolicy>,
    pub set_default: Form<SetDefaultPolicyVersion>,
    pub delete_version: Form<DeletePolicyVersion>,
    pub attach_users: Form<AttachPolicyToUsers>,
    pub attach_groups: Form<AttachPolicyToGroups>,
    pub detach_user: Form<DetachUser>,
    pub detach_group: Form<DetachGroup>,
}

impl Forms {
    /// Counts what was done; the page is loaded anew after each.
    pub(super) fn saved(self) -> [ReadSignal<usize>; 7] {
        [
            self.describe.saved(),
            self.set_default.saved(),
            self.delete_version.saved(),
            self.attach_users.saved(),
            self.attach_groups.saved(),
            self.detach_user.saved(),
            self.detach_group.saved(),
        ]
    }
}

/// The actions at the head of the page.
#[component]
pub(super) fn PolicyActions(policy: Policy, forms: Forms) -> impl IntoView {
    let row = &policy.row;
    let href = path(row);
    if row.preset {
        let href = format!("/cam/policies/new?template={}", row.id);
        return may("policies.create")
            .then(|| view! { <LinkButton href icon=Icon::Copy>{t("Use as template", "用作模板")}</LinkButton> })
            .into_any();
    }
    let edit = may("policy.new-version")
        .then(|| view! { <LinkButton href=format!("{href}/edit") locked=lost("policy.new-version") look=Look::Primary icon=Icon::Pencil>{t("Edit", "编辑")}</LinkButton> });
    let rename = may("policy.edit").then(|| view! { <Rename policy=policy.clone() form=forms.describe /> });
    let delete = may("policy.delete").then(|| view! { <Delete policy=policy.clone() form=forms.delete /> });
    view! {
        {delete}
        {rename}
        {edit}
    }
    .into_any()
}

#[component]
fn Rename(policy: Policy, form: Form<DescribePolicy>) -> impl IntoView {
    let row = policy.row;
    let errors = form.errors();
    view! {
        <Dialog
            id="describe"
            locked=form.locked("policy.edit")
            opener=t("Name and description", "名称和描述")
            title=t("Edit name and description", "编辑名称和描述")
            open=form.came_back()
            done=form.done()
        >
            <ActionForm action=form.action>
                <FormErrors errors scope="describe" />
                <input type="hidden" name="id" value=row.id.to_string() />
                <TextField name="name" label=t("Policy name", "策略名称") scope="describe" value=form.value("name", &row.name) maxlength=128 required=true errors />
                <TextField name="description" label=t("Description", "描述") scope="describe" value=form.value("description", &row.description.en) maxlength=300 errors />
                <ConfirmActions id="describe" kind=Confirm::Plain deed=t("Save", "保存") pending=form.pending() />
            </ActionForm>
        </Dialog>
    }
}

#[component]
fn Delete(policy: Policy, form: Form<DeletePolicy>) -> impl IntoView {
    let lang = use_lang();
    let row = policy.row;
    let kind = if row.attachments > 0 { Confirm::TypeName(row.name.clone()) } else { Confirm::Danger };
    let effects = if row.attachments > 0 {
        let words = lang.pick(
            match row.attachments {
                1 => "It is attached to 1 user or user group, which loses what it grants on its next request.".to_owned(),
                many => format!("It is attached to {many} users or user groups. They lose what it grants on their next request."),
            },
            format!("已关联 {} 个用户或用户组，删除后它们将立即失去相应权限（下次请求起）。", row.attachments),
        );
        view! {
            <Notice tone=Tone::Warn>
                <p>{words}</p>
                <a href=format!("/cam/policies/{}?tab=used", row.id)>{t("See what it is attached to", "查看关联的用户和用户组")}</a>
            </Notice>
        }
        .into_any()
    } else {
        view! { <p>{t("It is not attached to anyone. All its versions are deleted with it.", "该策略未关联任何用户或用户组，其所有版本将一并删除。")}</p> }.into_any()
    };
    view! {
        <Dialog
            id="delete"
            locked=form.locked("policy.delete")
            opener=t("Delete", "删除")
            look=Look::Danger
            icon=Icon::Bin
            title=lang.pick(format!("Delete {}?", row.name), format!("删除 {}？", row.name))
            open=form.came_back()
            done=form.done()
        >
            <ActionForm action=form.action>
                <FormErrors errors=form.errors() scope="delete" />
                <div class="dialog-body">{effects}</div>
                <input type="hidden" name="id" value=row.id.to_string() />
                {move || form.concern().map(|concern| view! { <Acknowledgement concern scope="delete" /> })}
                <ConfirmActions id="delete" kind errors=form.errors() deed=t("Delete policy", "删除策略") pending=form.pending() />
            </ActionForm>
        </Dialog>
    }
}
