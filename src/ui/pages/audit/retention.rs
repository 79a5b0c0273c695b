//! How long records are kept, and setting it.

use crate::catalog::limits::{MAX_AUDIT_RETENTION_DAYS, MIN_AUDIT_RETENTION_DAYS};
use crate::domain::audit_query::AuditPage;
use crate::ui::components::{Card, Fact, Facts, TextField, Time};
use crate::ui::forms::{Form, FormDialog};
use crate::ui::frame::{may, use_offset};
use crate::ui::words::{number, t, use_lang};
use leptos::prelude::*;

/// So many days, in words.
#[must_use]
pub fn days_words(days: i64) -> String {
    let count = number(days);
    use_lang().pick(format!("{count} days"), format!("{count} 天"))
}

/// The card under the list.
#[component]
pub fn RetentionCard(
    /// A page of records, which says how long they are kept.
    page: AuditPage,
    /// The form that sets it.
    form: Form,
) -> impl IntoView {
    let kept = page.retention_days;
    let change = may("audit.retention").then(|| view! { <SetRetention kept form /> }.into_any());
    let shorter = page.shorter.map(|(days, from_ms)| {
        view! {
            <Fact name=t("Changes to", "即将改为")>
                {days_words(days)} " " <span class="muted">{t("from ", "生效时间：")} <Time at_ms=from_ms offset=use_offset() /></span>
            </Fact>
        }
    });
    view! {
        <Card
            title=t("Retention", "保存时长")
            note=t("Older records are permanently deleted.", "超过保存时长的记录将被永久删除。")
            actions=move || change
        >
            <Facts>
                <Fact name=t("Records are kept for", "记录保存")>{days_words(kept)}</Fact>
                {shorter}
            </Facts>
        </Card>
    }
}

#[component]
fn SetRetention(kept: i64, form: Form) -> impl IntoView {
    let (min, max) = (number(MIN_AUDIT_RETENTION_DAYS), number(MAX_AUDIT_RETENTION_DAYS));
    let hint = use_lang().pick(format!("{min} to {max} days."), format!("{min} 至 {max} 天。"));
    view! {
        <FormDialog id="retention" form needs="audit.retention" opener=t("Set retention", "设置保存时长")>
            <div class="dialog-body">
                <p>{t("A longer time takes effect immediately. A shorter time takes effect after 24 hours; records older than that are then permanently deleted.", "延长立即生效；缩短在 24 小时后生效，届时超过新时长的记录将被永久删除。")}</p>
            </div>
            <TextField
                name="days"
                label=t("Retention", "保存时长")
                kind="number"
                value=kept.to_string()
                min=MIN_AUDIT_RETENTION_DAYS.to_string()
                max=MAX_AUDIT_RETENTION_DAYS.to_string()
                unit=t("days", "天")
                hint
                required=true
            />
        </FormDialog>
    }
}
