//! A chart of the goals: a bar for each, as long as its share of the first mark, with the spread as a line.

use std::fmt::Write as _;

use crate::report::Judged;

const ROW: f64 = 34.0;
const LEFT: f64 = 360.0;
const WIDTH: f64 = 520.0;
/// The bar's full length, in multiples of the first mark.
const FULL: f64 = 4.0;

/// The chart as SVG.
pub(crate) fn draw(judged: &[Judged]) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a handful of rows")]
    let height = ROW * judged.len() as f64 + 60.0;
    let total = LEFT + WIDTH + 150.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {total} {height}\" font-family=\"sans-serif\" \
         font-size=\"13\" role=\"img\" aria-label=\"How near each goal is\">\n\
         <rect width=\"{total}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    let x = |share: f64| LEFT + WIDTH * share.clamp(0.0, FULL) / FULL;
    for (row, goal) in judged.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a handful of rows")]
        let top = 34.0 + ROW * row as f64;
        // Longer is better in every row, so the share is inverted if less is better.
        let share = |value: f64| if goal.is_less_better { goal.first / value } else { value / goal.first };
        let colour = ["#b3261e", "#2e6da4", "#1b7f3b"].get(goal.marks()).copied().unwrap_or("#777");
        let (from, to, bar) = (x(share(goal.spread.least)), x(share(goal.spread.most)), x(share(goal.spread.median)));
        let (middle, text) = (top + 10.0, top + 15.0);
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{text}\" text-anchor=\"end\">{}</text>\n\
             <rect x=\"{LEFT}\" y=\"{top}\" width=\"{:.1}\" height=\"20\" fill=\"{colour}\"/>\n\
             <line x1=\"{from:.1}\" y1=\"{middle}\" x2=\"{to:.1}\" y2=\"{middle}\" stroke=\"#111\" stroke-width=\"2\"/>\n\
             <text x=\"{}\" y=\"{text}\">{:.2}</text>\n",
            LEFT - 10.0,
            goal.what.replace('&', "&amp;").replace('<', "&lt;"),
            bar - LEFT,
            LEFT + WIDTH + 10.0,
            goal.spread.median,
        );
        if let Some(then) = goal.then {
            let mark = x(share(then));
            let _ = writeln!(
                svg,
                "<line x1=\"{mark:.1}\" y1=\"{top}\" x2=\"{mark:.1}\" y2=\"{:.1}\" stroke=\"#111\" stroke-dasharray=\"3 2\"/>",
                top + 20.0
            );
        }
    }
    let (first, bottom) = (x(1.0), height - 12.0);
    let _ = write!(
        svg,
        "<line x1=\"{first}\" y1=\"24\" x2=\"{first}\" y2=\"{}\" stroke=\"#111\"/>\n\
         <text x=\"{first}\" y=\"18\" text-anchor=\"middle\">first mark</text>\n\
         <text x=\"{LEFT}\" y=\"{bottom}\">bar: median; line: least to most; dashed: the mark after the first</text>\n</svg>\n",
        height - 28.0
    );
    svg
}
