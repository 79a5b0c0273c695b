//! How a fault crosses the wire: as JSON, in the body of an answer whose status says the same.
//!
//! What the transport itself reports must never reach a person as internals.

use super::json::JsonText;
use crate::domain::fault::Fault;
use crate::text::Text;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};

impl FromServerFnError for Fault {
    type Encoder = JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::invalid("form", Text::new("A field is missing or has the wrong format.", "缺少字段，或字段格式不正确。"))
            }
            _ => Self::Unreachable,
        }
    }
}
