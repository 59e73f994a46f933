//! Charts drawn by the server: SVG, and the same numbers as a table.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::from_micros;
use crate::pages::layout::Frame;
use crate::store::admin::charts::Hour;

/// The height of a chart in its own units.
const HIGH: i64 = 1_000;
/// The width of a day, and of each of its two bars.
const DAY: i64 = 100;
const BAR: i64 = 38;

/// The names of the series, in order.
pub(super) const SERIES: [&str; 4] = ["admin-asked", "state-approved", "state-declined", "admin-ended-otherwise"];

/// A bar.
pub(super) struct Bar {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) height: i64,
    /// The index of its series.
    pub(super) series: usize,
}

/// A day of the chart.
pub(super) struct Day {
    pub(super) name: String,
    /// By series.
    pub(super) numbers: [i64; 4],
}

/// Requests by day: how many were filed, and beside it how many ended, and how.
pub(super) struct ByDay {
    pub(super) days: Vec<Day>,
    pub(super) bars: Vec<Bar>,
    pub(super) width: i64,
    /// The value of the highest bar.
    pub(super) most: i64,
}

impl ByDay {
    pub(super) const HIGH: i64 = HIGH;
    pub(super) const BAR: i64 = BAR;

    /// The days of the chart, up to the day of `now`.
    pub(super) fn of(frame: &Frame, hours: &[Hour], number: i64, now: DateTime<Utc>) -> Self {
        let at = |back: i64| now - TimeDelta::days(back);
        let dates: Vec<String> = (0..number).rev().map(|back| frame.reader.date(at(back))).collect();
        let mut days: Vec<Day> =
            (0..number).rev().map(|back| Day { name: frame.reader.day(at(back)), numbers: [0; 4] }).collect();
        for hour in hours {
            let date = frame.reader.date(from_micros(hour.at));
            let place = dates.iter().position(|other| *other == date);
            let series = match hour.event.as_str() {
                "request.filed" => 0,
                "request.approved" => 1,
                "request.declined" => 2,
                "request.withdrawn" | "request.expired" | "request.cancelled" => 3,
                _ => continue,
            };
            let number = place.and_then(|place| days.get_mut(place)).and_then(|day| day.numbers.get_mut(series));
            if let Some(number) = number {
                *number += hour.number;
            }
        }
        let ended = |day: &Day| day.numbers.iter().skip(1).sum::<i64>();
        let asked = |day: &Day| day.numbers.first().copied().unwrap_or_default();
        let most = days.iter().map(|day| asked(day).max(ended(day))).max().unwrap_or_default().max(1);
        let mut bars = Vec::new();
        for (x, day) in (0..).step_by(usize::try_from(DAY).unwrap_or(1)).zip(&days) {
            let (mut top, mut left) = (HIGH, x + DAY / 2 - BAR - 2);
            for (series, number) in day.numbers.iter().enumerate() {
                if series == 1 {
                    (top, left) = (HIGH, x + DAY / 2 + 2);
                }
                // A value above zero is always visible, however small it is beside the highest.
                let height = if *number == 0 { 0 } else { (number * HIGH / most).max(HIGH / 100) };
                top -= height;
                if height > 0 {
                    bars.push(Bar { x: left, y: top.max(0), height, series });
                }
            }
        }
        Self { width: DAY * number, days, bars, most }
    }
}

/// A bar of a horizontal chart.
pub(super) struct HorizontalBar {
    pub(super) name: String,
    pub(super) number: i64,
    /// In hundredths of the longest.
    pub(super) width: i64,
    pub(super) tone: &'static str,
}

/// The bars of a horizontal chart.
pub(super) fn horizontal_bars(lines: Vec<(String, i64, &'static str)>) -> Vec<HorizontalBar> {
    let most = lines.iter().map(|(_, number, _)| *number).max().unwrap_or_default().max(1);
    let line = |(name, number, tone): (String, i64, &'static str)| {
        let width = if number == 0 { 0 } else { (number * 100 / most).max(1) };
        HorizontalBar { name, number, width, tone }
    };
    lines.into_iter().map(line).collect()
}

/// Upper bounds of the times to a decision, in seconds, with their labels; the last has none.
const BOUNDS: [(i64, &str); 6] = [
    (600, "admin-within-minutes"),
    (3_600, "admin-within-hour"),
    (21_600, "admin-within-six-hours"),
    (86_400, "admin-within-day"),
    (259_200, "admin-within-three-days"),
    (i64::MAX, "admin-within-longer"),
];

/// The times that decisions took.
pub(super) fn times(frame: &Frame, seconds: &[i64]) -> Vec<HorizontalBar> {
    let mut from = i64::MIN;
    let lines = BOUNDS.map(|(until, name)| {
        let number = seconds.iter().filter(|one| (from..until).contains(*one)).count();
        from = until;
        (frame.say(name).to_string(), i64::try_from(number).unwrap_or(i64::MAX), "")
    });
    horizontal_bars(lines.into())
}
