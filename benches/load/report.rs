//! The results: medians with their spread, ratios taken round by round, compared with the goals.

use std::fmt::Write as _;

use serde::Serialize;

/// From this percentage of the time on, a note says that the load generator's own thread may be the limit.
const NEAR_ITS_LIMIT: f64 = 70.0;

/// The median of some samples, and their spread.
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

/// The samples of one measurement, one for each round.
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
    /// The divisor; none if the figure itself is the goal.
    pub(crate) against: Option<&'static str>,
    pub(crate) first: f64,
    pub(crate) then: Option<f64>,
    pub(crate) is_less_better: bool,
}

/// A goal with its result.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Judged {
    pub(crate) what: &'static str,
    pub(crate) spread: Spread,
    pub(crate) first: f64,
    pub(crate) then: Option<f64>,
    pub(crate) is_less_better: bool,
}

impl Judged {
    /// How many of the two marks are reached: 0, 1 or 2.
    pub(crate) fn marks(&self) -> usize {
        let is_reached = |mark: f64| if self.is_less_better { self.spread.median <= mark } else { self.spread.median >= mark };
        usize::from(is_reached(self.first)) + usize::from(self.then.is_some_and(is_reached))
    }
}

/// The cost of one load for the load generator's thread, for each round.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Own {
    name: String,
    /// Processor time for each request.
    cpu_micros: Vec<f64>,
    /// The share of the load's time in which it was on a processor.
    on_percent: Vec<f64>,
    /// The share in which it was ready and waited for one.
    waiting_percent: Vec<f64>,
}

/// All results so far.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) series: Vec<Series>,
    pub(crate) generator: Vec<Own>,
    /// Notes about the figures.
    pub(crate) notes: Vec<String>,
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

    /// Adds a note about the figures.
    pub(crate) fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// Adds the cost of a load for the load generator itself.
    pub(crate) fn add_own(&mut self, name: &str, cpu_micros: f64, on_percent: f64, waiting_percent: f64) {
        let position = self.generator.iter().position(|own| own.name == name).unwrap_or(self.generator.len());
        if position == self.generator.len() {
            self.generator.push(Own { name: name.to_owned(), ..Own::default() });
        }
        if let Some(own) = self.generator.get_mut(position) {
            own.cpu_micros.push(cpu_micros);
            own.on_percent.push(on_percent);
            own.waiting_percent.push(waiting_percent);
        }
    }

    /// The last sample of a series.
    pub(crate) fn latest(&self, name: &str) -> Option<f64> {
        self.samples(name).last().copied()
    }

    fn samples(&self, name: &str) -> &[f64] {
        self.series.iter().find(|series| series.name == name).map_or(&[], |series| &series.samples)
    }

    /// The measured goals: each ratio is the median of the rounds' own ratios.
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

    /// How near the load generator came to its own limit: one thread that always has work cannot send more. The framework's
    /// rates are its limits.
    fn generator_table(&self) -> String {
        let mut text = String::from(
            "\n| the load generator itself | its CPU, µs a request | % of the time on a processor | % waiting for one |\n|---|---|---|---|\n",
        );
        for Own { name, cpu_micros, on_percent, waiting_percent } in &self.generator {
            let [Some(cpu), Some(on), Some(waiting)] = [cpu_micros, on_percent, waiting_percent].map(|all| Spread::of(all))
            else {
                continue;
            };
            if on.median + waiting.median >= NEAR_ITS_LIMIT || name.starts_with("framework") {
                let _ = writeln!(text, "| {name} | {} | {} | {} |", cpu.shown(), on.shown(), waiting.shown());
            }
        }
        let _ = writeln!(
            text,
            "\nLoads that are not in this table gave it something to do for less than {NEAR_ITS_LIMIT} % of the time."
        );
        text
    }

    /// The tables, for a terminal and for Markdown.
    pub(crate) fn table(&self, judged: &[Judged]) -> String {
        let mut text = String::from("| measured | median (least–most) | unit |\n|---|---|---|\n");
        for series in &self.series {
            let shown = Spread::of(&series.samples).map(Spread::shown).unwrap_or_default();
            let _ = writeln!(text, "| {} | {shown} | {} |", series.name, series.unit);
        }
        for note in &self.notes {
            let _ = writeln!(text, "\n{note}");
        }
        text.push_str(&self.generator_table());
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

/// A rate for each second.
pub(crate) fn rate(count: usize, seconds: f64) -> f64 {
    float(count) / seconds
}

/// A count as a figure.
#[expect(clippy::cast_precision_loss, reason = "counts of what is measured are far below 2^52")]
pub(crate) fn float(count: usize) -> f64 {
    count as f64
}
