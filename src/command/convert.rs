//! `cam convert`: a policy in the language of AWS, or inside a Terraform file, in the language of CAM.

use super::{print, read};
use crate::cam;
use std::path::Path;
use std::process::ExitCode;

/// Prints the policy; a text that is a policy of CAM already is printed as it is.
pub(super) fn convert(path: &Path) -> Result<ExitCode, String> {
    let text = String::from_utf8(read(path)?).map_err(|_| format!("{}: the file is not UTF-8", path.display()))?;
    let policy = match cam::convert(&text) {
        Some(converted) => converted.policy.map_err(|why| format!("{}: {}", path.display(), why.en))?,
        None if cam::parse(&text).policy.is_some() => text.trim_end().to_owned(),
        None => return Err(format!("{}: this is neither a policy of AWS nor one in a Terraform file", path.display())),
    };
    print(&format!("{policy}\n"));
    Ok(ExitCode::SUCCESS)
}
