//! What was measured: medians with their spread, ratios taken round by round, and how they compare with the goals.

use std::fmt::Write as _;

use serde::Serialize;

/// The middle of some samples, and how far they lie apart.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    pub(crate) fn of(samples: &[f64]) -> Option<Self> {
        let mut sorted: Vec<f64> = samples.iter().copied().filter(|sample| sample.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied();
        let (low, high) = (at(sorted.len().saturating_sub(1) / 2)?, at(sorted.len() / 2)?);
        Some(Self { median: f64::midpoint(low, high), least: at(0)?, most: at(sorted.len() - 1)? })
    }

    fn shown(self) -> String {
        let digits = if self.median.abs() < 10.0 { 2 } else { usize::from(self.median.abs() < 100.0) };
        let Self { median, least, most } = self;
        format!("{median:.digits$} ({least:.digits$}–{most:.digits$})")
    }
}

/// One thing that was measured once a round.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    pub(crate) samples: Vec<f64>,
}

/// A goal of the table in docs/BENCHMARKS.md.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goal {
    pub(crate) what: &'static str,
    pub(crate) measured: &'static str,
    /// By what it is divided; none where the figure itself is the goal.
    pub(crate) against: Option<&'static str>,
    pub(crate) first: f64,
    pub(crate) then: Option<f64>,
    pub(crate) is_less_better: bool,
}

/// A goal and how near we are.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Judged {
    pub(crate) what: &'static str,
    pub(crate) spread: Spread,
    pub(crate) first: f64,
    pub(crate) then: Option<f64>,
    pub(crate) is_less_better: bool,
}

impl Judged {
    /// 0, 1 or 2: how many of the two marks are reached.
    pub(crate) fn marks(&self) -> usize {
        let is_reached = |mark: f64| if self.is_less_better { self.spread.median <= mark } else { self.spread.median >= mark };
        usize::from(is_reached(self.first)) + usize::from(self.then.is_some_and(is_reached))
    }
}

/// Everything measured so far.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) series: Vec<Series>,
}

impl Report {
    /// Adds a sample.
    pub(crate) fn add(&mut self, name: &str, unit: &'static str, sample: f64) {
        if let Some(series) = self.series.iter_mut().find(|series| series.name == name) {
            series.samples.push(sample);
        } else {
            self.series.push(Series { name: name.to_owned(), unit, samples: vec![sample] });
        }
    }

    fn samples(&self, name: &str) -> &[f64] {
        self.series.iter().find(|series| series.name == name).map_or(&[], |series| &series.samples)
    }

    /// The goals that were measured: each ratio is the median of the rounds' own ratios.
    pub(crate) fn judge(&self, goals: &[Goal]) -> Vec<Judged> {
        let judge = |goal: &Goal| {
            let samples = self.samples(goal.measured);
            let spread = match goal.against {
                None => Spread::of(samples),
                Some(against) => {
                    let ratios: Vec<f64> = samples.iter().zip(self.samples(against)).map(|(a, b)| a / b).collect();
                    Spread::of(&ratios)
                }
            }?;
            let Goal { what, first, then, is_less_better, .. } = *goal;
            Some(Judged { what, spread, first, then, is_less_better })
        };
        goals.iter().filter_map(judge).collect()
    }

    /// The tables, for a terminal and for Markdown.
    pub(crate) fn table(&self, judged: &[Judged]) -> String {
        let mut text = String::from("| measured | median (least–most) | unit |\n|---|---|---|\n");
        for series in &self.series {
            let shown = Spread::of(&series.samples).map(Spread::shown).unwrap_or_default();
            let _ = writeln!(text, "| {} | {shown} | {} |", series.name, series.unit);
        }
        text.push_str("\n| goal | median (least–most) | first | then | reached |\n|---|---|---|---|---|\n");
        for goal in judged {
            let sign = if goal.is_less_better { "≤" } else { "≥" };
            let then = goal.then.map(|mark| format!("{sign} {mark}")).unwrap_or_default();
            let reached = ["–", "first", "then"].get(goal.marks()).copied().unwrap_or_default();
            let _ = writeln!(text, "| {} | {} | {sign} {} | {then} | {reached} |", goal.what, goal.spread.shown(), goal.first);
        }
        text
    }
}

/// So many a second.
pub(crate) fn rate(count: usize, seconds: f64) -> f64 {
    float(count) / seconds
}

/// A count as a figure.
#[expect(clippy::cast_precision_loss, reason = "counts of what is measured are far below 2^52")]
pub(crate) fn float(count: usize) -> f64 {
    count as f64
}
