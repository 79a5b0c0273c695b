//! Two texts of a policy side by side: which lines went, which came, and what it changes for its holders.
//!
//! Must never take long on a hostile pair of texts, nor give much: beyond its time it answers coarser, beyond its length it counts.

use crate::cam;
use crate::catalog::vocabulary;
use crate::domain::policies::{ComparedLine, ComparedRow, Comparison, LineChange};
use similar::{Algorithm, Change, ChangeTag, TextDiff};
use std::time::Duration;

/// After this the rest of the texts is compared as one piece.
const MAX_TIME: Duration = Duration::from_millis(200);
/// Equal lines that are told before and after each change.
const CONTEXT: usize = 3;
/// Fewer equal lines than this are told: a row that counts them would save nothing.
const FOLDED_FROM: usize = 4;
/// Rows that are told; a policy of the greatest length has fewer lines, unless they are blank.
const MAX_ROWS: usize = 1_000;

/// Compares two numbered texts of a policy of the root account `owner`.
pub(super) fn comparison(owner: cam::Owner, before: (i64, &str), after: (i64, &str)) -> Comparison {
    // Forms turn LF into CR LF on their way; that is no change of the policy.
    let (old, new) = (before.1.replace("\r\n", "\n"), after.1.replace("\r\n", "\n"));
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).timeout(MAX_TIME).diff_lines(&old, &new);
    let lines: Vec<Change<&str>> = diff.iter_all_changes().collect();
    let count = |tag: ChangeTag| counted(lines.iter().filter(|line| line.tag() == tag).count());
    let (mut rows, mut told) = (Vec::new(), 0);
    let runs: Vec<&[Change<&str>]> =
        lines.chunk_by(|one, next| (one.tag() == ChangeTag::Equal) == (next.tag() == ChangeTag::Equal)).collect();
    for (at, run) in runs.iter().enumerate() {
        let equal = run.first().is_some_and(|line| line.tag() == ChangeTag::Equal);
        // Nothing is near a change that is not there: before the first one and after the last one.
        let (head, tail) = (if at > 0 { CONTEXT } else { 0 }, if at + 1 < runs.len() { CONTEXT } else { 0 });
        let hidden = run.len().saturating_sub(head + tail);
        let folded = equal && hidden >= FOLDED_FROM;
        let (first, last) = if folded { (head, tail) } else { (run.len(), 0) };
        for (number, line) in run.iter().enumerate() {
            if rows.len() >= MAX_ROWS {
                break;
            }
            if number < first || number >= run.len() - last {
                rows.push(ComparedRow::Line(told_line(line)));
                told += 1;
            } else if number == first {
                rows.push(ComparedRow::Equal(counted(hidden)));
                told += hidden;
            }
        }
    }
    let (removed, added, left_out) = (count(ChangeTag::Delete), count(ChangeTag::Insert), counted(lines.len() - told));
    let policies = cam::parse(before.1).policy.zip(cam::parse(after.1).policy);
    let access = policies.map(|(before, after)| cam::compare(&before, &after, Some(owner), vocabulary()));
    Comparison { before: before.0, after: after.0, rows, removed, added, left_out, access }
}

fn told_line(line: &Change<&str>) -> ComparedLine {
    let number = |index: Option<usize>| index.map(|index| counted(index + 1));
    ComparedLine {
        change: match line.tag() {
            ChangeTag::Equal => LineChange::Same,
            ChangeTag::Delete => LineChange::Removed,
            ChangeTag::Insert => LineChange::Added,
        },
        before: number(line.old_index()),
        after: number(line.new_index()),
        text: line.value().trim_end_matches('\n').to_owned(),
    }
}

fn counted(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: cam::Owner = cam::Owner { uin: 100_000_000_001, app_id: Some(1_250_000_000) };

    fn marks(before: &str, after: &str) -> String {
        let compared = comparison(OWNER, (1, before), (2, after));
        let mark = |row: &ComparedRow| match row {
            ComparedRow::Equal(count) => format!("={count}"),
            ComparedRow::Line(line) => match line.change {
                LineChange::Same => format!(" {}", line.text),
                LineChange::Removed => format!("-{}", line.text),
                LineChange::Added => format!("+{}", line.text),
            },
        };
        compared.rows.iter().map(mark).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn lines_come_and_go_in_their_place() {
        assert_eq!(marks("a\nb\nc\n", "a\nx\nc\nd\n"), " a|-b|+x| c|+d");
        assert_eq!(marks("a\nb\n", "a\r\nb\r\n"), " a| b", "line ends are no difference");
        let compared = comparison(OWNER, (1, "a\nb\n"), (2, "b\n"));
        let numbers = compared.rows.iter().map(|row| match row {
            ComparedRow::Line(line) => (line.before, line.after),
            ComparedRow::Equal(_) => (None, None),
        });
        assert_eq!(numbers.collect::<Vec<_>>(), [(Some(1), None), (Some(2), Some(1))]);
        assert_eq!((compared.removed, compared.added, compared.left_out), (1, 0, 0));
    }

    #[test]
    fn layout_is_not_meaning() {
        let (short, long) =
            ("{\"version\":\"2.0\",\"statement\":{\"effect\":\"allow\",\"action\":\"trtc:*\",\"resource\":\"*\"}}", cam::parse);
        let nice = long(short).policy.unwrap().to_string();
        let compared = comparison(OWNER, (1, short), (2, &nice));
        assert!(compared.same_meaning() && !compared.same_text());
        assert!(!comparison(OWNER, (1, short), (2, &nice.replace("trtc:*", "cam:*"))).same_meaning());
        assert!(!comparison(OWNER, (1, "{"), (2, "{")).same_meaning(), "what does not parse means nothing");
    }

    #[test]
    fn equal_lines_far_from_a_change_are_counted() {
        let text =
            |changed: &str| (1..=20).map(|line| if line == 10 { format!("{changed}\n") } else { format!("{line}\n") }).collect::<String>();
        assert_eq!(marks(&text("x"), &text("y")), "=6| 7| 8| 9|-x|+y| 11| 12| 13|=7");
        assert_eq!(marks(&text("x"), &text("x")), "=20", "nothing differs");
        let near = |changed: &str| format!("{changed}\n1\n2\n3\n4\n5\n6\n7\n8\n9\n{changed}\n");
        assert_eq!(marks(&near("x"), &near("y")), "-x|+y| 1| 2| 3| 4| 5| 6| 7| 8| 9|-x|+y", "three lines are no fold");
        assert_eq!(marks("", ""), "");
    }

    #[test]
    fn hostile_texts_are_compared_coarser_told_in_part_and_counted_in_full() {
        let text = |step: usize| (0..32_000_usize).map(|line| ((line * step) % 9).to_string()).collect::<Vec<_>>().join("\n");
        let compared = comparison(OWNER, (1, &text(7)), (2, &text(5)));
        let told = |row: &ComparedRow| if let ComparedRow::Equal(count) = row { *count } else { 1 };
        let same = 32_000 - compared.removed;
        assert_eq!((compared.rows.len(), same), (MAX_ROWS, 32_000 - compared.added));
        assert_eq!(compared.rows.iter().map(told).sum::<u32>() + compared.left_out, same + compared.removed + compared.added);

        let blank = comparison(OWNER, (1, &"\n".repeat(60_000)), (2, &"\n".repeat(30_000)));
        assert_eq!((blank.removed, blank.added), (30_000, 0));
        assert!(blank.rows.len() <= MAX_ROWS && blank.left_out >= 28_000, "{} {}", blank.rows.len(), blank.left_out);
    }
}
