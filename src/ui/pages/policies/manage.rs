//! What can be done with a policy as a whole: a new version, another name, another policy like it, and deleting it.

use super::from_template;
use crate::catalog::pages;
use crate::domain::access_pages::PolicyTab;
use crate::domain::policies::Policy;
use crate::remote::attachments::{DetachGroup, DetachUser};
use crate::remote::policies::{
    AttachPolicyToGroups, AttachPolicyToUsers, DeletePolicy, DeletePolicyVersion, DescribePolicy, SetDefaultPolicyVersion,
};
use crate::ui::components::{Confirm, LinkButton, Look, Notice, TextField, Tone, with_param};
use crate::ui::forms::{Form, FormDialog, use_form};
use crate::ui::frame::{lost, may};
use crate::ui::icons::Icon;
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;

/// The forms of the page of a policy.
#[derive(Clone, Copy)]
pub struct Forms {
    pub(super) describe: Form,
    pub(super) delete: Form,
    pub(super) set_default: Form,
    pub(super) delete_version: Form,
    pub(super) attach_users: Form,
    pub(super) attach_groups: Form,
    pub(super) detach_user: Form,
    pub(super) detach_group: Form,
}

impl Forms {
    /// Every form of the page.
    pub(super) fn new() -> Self {
        Self {
            describe: use_form::<DescribePolicy>(),
            delete: use_form::<DeletePolicy>(),
            set_default: use_form::<SetDefaultPolicyVersion>(),
            delete_version: use_form::<DeletePolicyVersion>(),
            attach_users: use_form::<AttachPolicyToUsers>(),
            attach_groups: use_form::<AttachPolicyToGroups>(),
            detach_user: use_form::<DetachUser>(),
            detach_group: use_form::<DetachGroup>(),
        }
    }

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
    if row.preset {
        let href = from_template(row.id);
        return may("policies.create")
            .then(|| view! { <LinkButton href icon=Icon::Copy>{t("Use as template", "用作模板")}</LinkButton> })
            .into_any();
    }
    let edit = may("policy.new-version")
        .then(|| view! { <LinkButton href=pages::PolicyEdit::PAGE.of(row.id) locked=lost("policy.new-version") look=Look::Primary icon=Icon::Pencil>{t("Edit", "编辑")}</LinkButton> });
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
fn Rename(policy: Policy, form: Form) -> impl IntoView {
    let row = policy.row;
    let (opener, title) = (t("Name and description", "名称和描述"), t("Edit name and description", "编辑名称和描述"));
    view! {
        <FormDialog id="describe" form needs="policy.edit" opener title hidden=vec![("id", row.id.to_string())] deed=t("Save", "保存")>
            <TextField name="name" label=t("Policy name", "策略名称") value=row.name required=true />
            <TextField name="description" label=t("Description", "描述") value=row.description.en />
        </FormDialog>
    }
}

#[component]
fn Delete(policy: Policy, form: Form) -> impl IntoView {
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
                <a href=with_param(&pages::Policy::PAGE.of(row.id), "tab", Some(PolicyTab::AttachedTo.tag()))>{t("See what it is attached to", "查看关联的用户和用户组")}</a>
            </Notice>
        }
        .into_any()
    } else {
        view! { <p>{t("It is not attached to anyone. All its versions are deleted with it.", "该策略未关联任何用户或用户组，其所有版本将一并删除。")}</p> }.into_any()
    };
    let title = lang.pick(format!("Delete {}?", row.name), format!("删除 {}？", row.name));
    let (hidden, deed) = (vec![("id", row.id.to_string())], t("Delete policy", "删除策略"));
    view! {
        <FormDialog id="delete" form needs="policy.delete" opener=t("Delete", "删除") look=Look::Danger icon=Icon::Bin title hidden kind deed>
            <div class="dialog-body">{effects}</div>
        </FormDialog>
    }
}
