//! A credential that was just made: shown once, to be copied or kept as a file.
//!
//! It must never be stored or fetched again; when the page is left it is gone.

use crate::domain::accounts::NewCredential;
use crate::domain::form::Frame;
use crate::domain::free_text::harmless_cell;
use crate::domain::ids::Uin;
use crate::ui::components::{Card, CopyButton, Fact, Facts, Look, Notice, SecretOnce, Tone, encoded};
use crate::ui::icons::Icon;
use crate::ui::words::t;
use leptos::prelude::*;

/// The address at which the users of a root account log in.
#[must_use]
pub fn login_link(owner: Uin) -> String {
    format!("{}/login/{owner}", use_context::<Frame>().map(|frame| frame.origin).unwrap_or_default())
}

/// Name, password and login link of a user, with copy and a CSV file.
#[component]
pub fn CredentialCard(
    /// What was made.
    credential: NewCredential,
    /// What has happened.
    #[prop(into)]
    title: String,
    /// Where to go on.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let link = login_link(credential.owner_uin);
    // A `data:` address needs neither a script nor a stored copy on the server; as a download it is no navigation.
    let href = format!("data:text/csv;charset=utf-8,{}", encoded(&csv(&credential, &link)));
    let file = format!("{}-credential.csv", credential.name.replace(['=', ',', '@'], "_"));
    let secret = match credential.password.clone() {
        Some(password) => view! { <SecretOnce label=t("Password", "密码") secret=password /> }.into_any(),
        None => {
            view! { <p>{t("The password is the one you set. It is not shown again.", "密码为您设置的密码，不再显示。")}</p> }.into_any()
        }
    };
    let first = t("It must be changed at the first login, within 72 hours.", "须在 72 小时内首次登录并修改密码。");
    view! {
        <Card title=title>
            <Notice tone=Tone::Warn>
                {t("This is shown only once. Copy it or download the file before you leave this page.", "以下信息仅显示一次，离开本页前请复制或下载保存。")}
            </Notice>
            <Facts>
                <Fact name=t("Login link", "登录链接")><code>{link.clone()}</code> " " <CopyButton text=link /></Fact>
                <Fact name=t("User name", "用户名")><code>{credential.name.clone()}</code> " " <CopyButton text=credential.name.clone() /></Fact>
                <Fact name="UIN"><code>{credential.uin.to_string()}</code></Fact>
            </Facts>
            {secret}
            <p class="muted">{first}</p>
            <div class="form-actions">
                <a class=Look::Primary.class() href=href download=file>
                    {Icon::Download.draw()}
                    {t("Download CSV", "下载 CSV")}
                </a>
                {children.map(|children| children())}
            </div>
        </Card>
    }
}

/// One row with a heading, as RFC 4180 has it; empty password when the creator chose it. A password that the console made begins with a
/// letter, so it stands there as it is.
fn csv(credential: &NewCredential, link: &str) -> String {
    let row =
        [cell(&credential.name), cell(credential.password.as_deref().unwrap_or_default()), cell(&credential.uin.to_string()), cell(link)];
    format!("user_name,password,uin,login_link\r\n{}\r\n", row.join(","))
}

/// A cell in quotes. A spreadsheet takes what begins like a formula for one, quotes or not.
fn cell(text: &str) -> String {
    format!("\"{}\"", harmless_cell(text).replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_one_quoted_row() {
        let made = NewCredential { uin: Uin(7), owner_uin: Uin(1), name: "a,b".into(), password: Some("x\"y".into()) };
        assert_eq!(
            csv(&made, "http://c/login/1"),
            "user_name,password,uin,login_link\r\n\"a,b\",\"x\"\"y\",\"7\",\"http://c/login/1\"\r\n"
        );
    }

    #[test]
    fn a_name_is_no_formula() {
        for name in ["=1+1", "+1", "-1", "@sum"] {
            assert_eq!(cell(name), format!("\"'{name}\""));
        }
        assert_eq!((cell("a=1"), cell("a;=1")), ("\"a=1\"".to_owned(), "\"a;'=1\"".to_owned()));
    }
}
