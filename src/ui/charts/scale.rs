//! The numbers along an axis: where it ends, its steps, and how they are said.
//!
//! It must never round a figure, only the axis around it.

/// An axis from 0 to `top` in whole steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Where the axis ends: at or above the greatest value.
    pub top: i64,
    /// From one line to the next.
    pub step: i64,
}

impl Scale {
    /// The axis for values up to `max` with about `lines` steps of 1, 2 or 5 times a power of ten.
    #[must_use]
    pub fn for_max(max: i64, lines: u16) -> Self {
        let lines = i64::from(lines.max(1));
        let max = max.max(1);
        let least = max / lines + i64::from(max % lines != 0);
        let mut power: i64 = 1;
        let step = 'found: loop {
            for factor in [1, 2, 5] {
                let Some(step) = power.checked_mul(factor) else { break 'found least };
                if step >= least {
                    break 'found step;
                }
            }
            let Some(next) = power.checked_mul(10) else { break least };
            power = next;
        };
        let steps = max / step + i64::from(max % step != 0);
        Self { top: step.saturating_mul(steps), step }
    }

    /// The values at the lines, from 0 up.
    pub fn lines(self) -> impl Iterator<Item = i64> {
        (0..=self.top / self.step).map(move |line| line * self.step)
    }

    /// How high `value` stands, from 0 to `height`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a pixel needs no 53 bits")]
    pub fn height(self, value: i64, height: f64) -> f64 {
        (value.clamp(0, self.top) as f64) / (self.top as f64) * height
    }
}

/// A value of an axis in few letters: `0`, `500`, `1.5k`, `20k`, `3M`.
#[must_use]
pub fn short(value: i64) -> String {
    let (unit, letter) = match value.unsigned_abs() {
        0..1_000 => return value.to_string(),
        1_000..1_000_000 => (1_000, "k"),
        1_000_000..1_000_000_000 => (1_000_000, "M"),
        _ => (1_000_000_000, "G"),
    };
    let (whole, tenth) = (value / unit, (value % unit).abs() / (unit / 10));
    if tenth == 0 { format!("{whole}{letter}") } else { format!("{whole}.{tenth}{letter}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number_above_every_value() {
        let ends = |max| {
            let scale = Scale::for_max(max, 4);
            (scale.top, scale.step)
        };
        assert_eq!(ends(17_800), (20_000, 5_000));
        assert_eq!(ends(20_000), (20_000, 5_000));
        assert_eq!(ends(20_001), (30_000, 10_000));
        assert_eq!(ends(0), (1, 1));
        assert_eq!(ends(3), (3, 1));
        assert_eq!(ends(1_655), (2_000, 500));
        for max in [1, 7, 99, 12_345, 987_654_321, i64::MAX] {
            let scale = Scale::for_max(max, 4);
            assert!(scale.top >= max && scale.lines().count() <= 6, "{max}: {scale:?}");
        }
    }

    #[test]
    fn a_bar_is_as_high_as_its_value() {
        let scale = Scale { top: 200, step: 50 };
        assert!((scale.height(50, 100.0) - 25.0).abs() < 1e-9);
        assert!((scale.height(900, 100.0) - 100.0).abs() < 1e-9);
    }

    #[test]
    fn an_axis_speaks_in_few_letters() {
        let said: Vec<String> = [0, 500, 1_000, 1_500, 20_000, 2_500_000, 3_000_000_000, -1_500].into_iter().map(short).collect();
        assert_eq!(said, ["0", "500", "1k", "1.5k", "20k", "2.5M", "3G", "-1.5k"]);
    }
}
