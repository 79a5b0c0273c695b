//! How a session in which a root account sees the console as a sub-account is decided.
//!
//! The session stays that of the root account; what is decided in it is decided by the policies of the sub-account. It must never end by
//! itself in a session that may change things: a form of a page that was opened as somebody else would then be carried out with all the
//! rights of root. So what is over stays read-only until somebody says that they go on as themselves.

use super::{Gate, store_fault};
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use crate::server::store::sessions::{AccountRow, LiveRow};
use crate::text::Text;

/// The console is seen as another account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Viewing {
    /// The login name of the root account that sees it.
    pub by: String,
    /// The time is up, or the account is gone or disabled: the rights are those of root again, and still nothing can be changed.
    pub over: bool,
}

impl Gate {
    /// The account by whose rights a session is decided, and whether that is another one than its own.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] or [`Fault::Internal`].
    pub(super) async fn acts_as(&self, live: &LiveRow, now_ms: i64, request_id: &str) -> Result<(AccountRow, Option<Viewing>), Fault> {
        let own = live.account.clone();
        if live.viewed_uin == 0 {
            return Ok((own, None));
        }
        let viewed = if now_ms < live.viewed_until_ms {
            let (owner, uin) = (Uin(own.owner_uin), Uin(live.viewed_uin));
            self.0.store.viewable(owner, uin).await.map_err(|error| store_fault(&error, request_id))?
        } else {
            None
        };
        let viewing = Viewing { by: own.name.clone(), over: viewed.is_none() };
        let account = match viewed {
            // A first password says nothing about rights, and is not changed here.
            Some(name) => AccountRow { uin: live.viewed_uin, name, is_root: 0, must_change_password: 0, ..own },
            None => own,
        };
        Ok((account, Some(viewing)))
    }
}

/// Nothing is changed as somebody else.
pub(super) fn read_only() -> Fault {
    Fault::Barred(Text::new(
        "You are viewing as another account. Changes and private data are not available. Stop viewing first.",
        "您正以其他账号的身份查看控制台，不能进行修改，也不显示私有内容。请先停止查看。",
    ))
}
