//! Two texts of a policy side by side: which lines went, which came, and whether it matters.
//!
//! Must never take long on a hostile pair of texts: beyond its time it answers coarser, not later.

use crate::cam;
use crate::domain::policies::{ComparedLine, Comparison, LineChange};
use similar::{Algorithm, ChangeTag, TextDiff};
use std::time::Duration;

/// After this the rest of the texts is compared as one piece.
const MAX_TIME: Duration = Duration::from_millis(200);

/// Compares two numbered texts.
pub(super) fn comparison(before: (i64, &str), after: (i64, &str)) -> Comparison {
    // Forms turn LF into CR LF on their way; that is no change of the policy.
    let (old, new) = (before.1.replace("\r\n", "\n"), after.1.replace("\r\n", "\n"));
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).timeout(MAX_TIME).diff_lines(&old, &new);
    let number = |index: Option<usize>| index.and_then(|index| u32::try_from(index + 1).ok());
    let lines = diff.iter_all_changes().map(|line| ComparedLine {
        change: match line.tag() {
            ChangeTag::Equal => LineChange::Same,
            ChangeTag::Delete => LineChange::Removed,
            ChangeTag::Insert => LineChange::Added,
        },
        before: number(line.old_index()),
        after: number(line.new_index()),
        text: line.value().trim_end_matches('\n').to_owned(),
    });
    let meaning = (cam::parse(before.1).policy, cam::parse(after.1).policy);
    Comparison { before: before.0, after: after.0, lines: lines.collect(), same_meaning: meaning.0.is_some() && meaning.0 == meaning.1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(before: &str, after: &str) -> String {
        let compared = comparison((1, before), (2, after));
        let mark = |line: &ComparedLine| match line.change {
            LineChange::Same => format!(" {}", line.text),
            LineChange::Removed => format!("-{}", line.text),
            LineChange::Added => format!("+{}", line.text),
        };
        compared.lines.iter().map(mark).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn lines_come_and_go_in_their_place() {
        assert_eq!(marks("a\nb\nc\n", "a\nx\nc\nd\n"), " a|-b|+x| c|+d");
        assert_eq!(marks("a\nb\n", "a\r\nb\r\n"), " a| b", "line ends are no difference");
        let lines = comparison((1, "a\nb\n"), (2, "b\n")).lines;
        assert_eq!(lines.iter().map(|line| (line.before, line.after)).collect::<Vec<_>>(), [(Some(1), None), (Some(2), Some(1))]);
    }

    #[test]
    fn layout_is_not_meaning() {
        let (short, long) =
            ("{\"version\":\"2.0\",\"statement\":{\"effect\":\"allow\",\"action\":\"trtc:*\",\"resource\":\"*\"}}", cam::parse);
        let nice = long(short).policy.unwrap().to_string();
        let compared = comparison((1, short), (2, &nice));
        assert!(compared.same_meaning && !compared.same_text());
        assert!(!comparison((1, short), (2, &nice.replace("trtc:*", "cam:*"))).same_meaning);
        assert!(!comparison((1, "{"), (2, "{")).same_meaning, "what does not parse means nothing");
    }

    #[test]
    fn hostile_texts_are_compared_coarser_and_nothing_is_left_out() {
        let text = |step: usize| (0..32_000_usize).map(|line| ((line * step) % 9).to_string()).collect::<Vec<_>>().join("\n");
        let compared = comparison((1, &text(7)), (2, &text(5)));
        let of = |gone: LineChange| compared.lines.iter().filter(|line| line.change != gone).count();
        assert_eq!((of(LineChange::Added), of(LineChange::Removed)), (32_000, 32_000));
    }
}
