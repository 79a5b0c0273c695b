//! The text of a policy inside the file: as it was written, only moved to the right, so that it can be read and compared line by line.

/// How far documents are moved to the right.
pub(super) const INDENT: usize = 6;

/// The text as a value of the file, whose first line is indented by [`INDENT`].
pub(super) fn written(document: &str) -> String {
    let margin = " ".repeat(INDENT);
    let moved = document.replace('\n', &format!("\n{margin}"));
    // A text that JSON in JSON does not keep: white space around it, or line ends of another kind.
    let is_kept =
        document.trim() == document && !document.contains('\r') && document.starts_with('{') && taken_out(&moved, INDENT) == document;
    if is_kept {
        return moved;
    }
    let lines: Vec<String> = document.split('\n').map(|line| format!("{margin}  {}", quoted(line))).collect();
    format!("[\n{}\n{margin}]", lines.join(",\n"))
}

/// The text that stands in the file, moved back by as much as its first line is indented.
pub(super) fn taken_out(moved: &str, indent: usize) -> String {
    let mut lines = moved.split('\n');
    let mut document = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        let blank = line.bytes().take(indent).take_while(|byte| *byte == b' ').count();
        document.push('\n');
        document.push_str(line.get(blank..).unwrap_or_default());
    }
    document
}

/// A string of JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::{Organisation, PolicyText, read, written};
    use crate::domain::ids::{PolicyId, Uin};

    #[test]
    fn a_text_comes_back_byte_for_byte_however_odd_its_layout() {
        let plain = "{\"version\":\"2.0\",\"statement\":{\"effect\":\"allow\",\"action\":\"trtc:*\",\"resource\":\"*\"}}";
        let odd = ["", "\n", "\n\n  \n", "\r\n", "\t", "\n\t", " \n ", "\n          "];
        let inner = odd.iter().map(|blank| plain.replacen(',', &format!(",{blank}"), 1).replacen(":{", &format!(":{blank}{{"), 1));
        let outer = odd.iter().flat_map(|blank| [format!("{blank}{plain}"), format!("{plain}{blank}")]);
        for document in inner.chain(outer) {
            let policy = PolicyText {
                name: "odd".to_owned(),
                description: "“1”\n二".to_owned(),
                document: document.clone(),
                patterns: 2,
                default_version: 1,
                last_version: 1,
                versions: 1,
            };
            let organisation = Organisation {
                owner: Uin(100_000_000_001),
                app_id: 1,
                policies: [(PolicyId(100_000_000), policy)].into(),
                groups: [].into(),
                users: [].into(),
                members: [].into(),
                attached: [].into(),
            };
            let file = written(&organisation);
            let entry = read(&file).unwrap().policies.unwrap().remove(0);
            assert_eq!((entry.document, entry.description.as_deref()), (document, Some("“1”\n二")), "{file}");
        }
        assert!(Organisation::is_same_text(plain, &plain.replace(',', " ,\n\t")));
        assert!(!Organisation::is_same_text(plain, &plain.replace("trtc", "tr tc")), "within a string white space counts");
    }
}
