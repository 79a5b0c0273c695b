//! Why there is nothing to see: six different reasons that must never look the same.

use super::button::LinkButton;
use crate::ui::icons::Icon;
use crate::ui::words::t;
use leptos::prelude::*;

/// Why there is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Empty {
    /// Nothing has been made yet. Offer the first step as children.
    NothingYet,
    /// The filter leaves nothing; the address without it.
    NoMatch {
        /// Where the filters are cleared.
        clear_href: String,
    },
    /// The reader may not see it. Say what is needed as children.
    NoPermission,
    /// The feature is switched off.
    NotEnabled,
    /// It failed.
    Failed {
        /// The code of the failure.
        code: String,
        /// What to tell support.
        request_id: String,
        /// Where to try again.
        retry_href: String,
    },
    /// Still under way; a [`Skeleton`] in the final layout is better where there is one.
    Loading,
}

/// An empty state.
#[component]
pub fn EmptyState(
    /// Why there is nothing.
    why: Empty,
    /// The first line; each reason has its own words otherwise.
    #[prop(optional, into)]
    title: Option<String>,
    /// What to do: a sentence, a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (class, icon, words) = match &why {
        Empty::NothingYet => ("empty empty-nothing", Icon::Box, t("Nothing here yet", "暂无内容")),
        Empty::NoMatch { .. } => ("empty empty-no-match", Icon::Search, t("No results match these filters", "没有符合筛选条件的内容")),
        Empty::NoPermission => ("empty empty-no-permission", Icon::Lock, t("You don't have access to this", "您没有查看权限")),
        Empty::NotEnabled => ("empty empty-not-enabled", Icon::Pause, t("This feature is turned off", "该功能未开启")),
        Empty::Failed { .. } => ("empty empty-failed", Icon::Warning, t("This could not be loaded", "加载失败")),
        Empty::Loading => ("empty empty-loading", Icon::Clock, t("Loading", "加载中")),
    };
    let role = match why {
        Empty::Failed { .. } => Some("alert"),
        Empty::Loading => Some("status"),
        _ => None,
    };
    let more = match why {
        Empty::NoMatch { clear_href } => {
            Some(view! { <LinkButton href=clear_href icon=Icon::Cross>{t("Clear filters", "清除筛选")}</LinkButton> }.into_any())
        }
        Empty::Failed { code, request_id, retry_href } => Some(
            view! {
                <p class="empty-facts">
                    {t("Error code", "错误码")} " " <code>{code}</code>
                    {(!request_id.is_empty()).then(|| view! { " · " {t("Request ID", "请求 ID")} " " <code>{request_id}</code> })}
                </p>
                <LinkButton href=retry_href icon=Icon::Refresh>{t("Try again", "重试")}</LinkButton>
            }
            .into_any(),
        ),
        _ => None,
    };
    view! {
        <div class=class role=role>
            {icon.draw()}
            <p class="empty-title">{title.unwrap_or_else(|| words.to_owned())}</p>
            {children.map(|children| view! { <div class="empty-body">{children()}</div> })}
            {more}
        </div>
    }
}

/// Grey lines in place of what is being loaded.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 3)]
    lines: u16,
) -> impl IntoView {
    let bars: Vec<_> = (0..lines).map(|_| view! { <span class="skeleton-line"></span> }).collect();
    view! {
        <div class="skeleton" role="status">
            <span class="visually-hidden">{t("Loading", "加载中")}</span>
            {bars}
        </div>
    }
}
