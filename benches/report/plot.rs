//! A small picture of lines, in light and in dark, for the README.

use std::{fmt::Write as _, path::Path};

use super::table::label;

pub struct Plot {
    /// Of the files: `<name>-light.svg` and `<name>-dark.svg`.
    pub name: &'static str,
    pub title: &'static str,
    pub across: &'static str,
    /// Whether upwards each step is ten times the one below, for what spans several tens.
    pub by_tens: bool,
    /// Each with its name.
    pub lines: Vec<(&'static str, Vec<Point>)>,
}

/// What was asked for, and what came out.
pub type Point = (f64, f64);

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 104.0;
const TOP: f64 = 48.0;
const BOTTOM: f64 = 52.0;
/// Between the names of two lines, at least.
const NAME_HEIGHT: f64 = 15.0;
/// How many horizontal lines there are at most.
const STEPS: f64 = 5.0;

struct Look {
    name: &'static str,
    ink: &'static str,
    muted: &'static str,
    rule: &'static str,
    ground: &'static str,
    lines: [&'static str; 3],
}

const LOOKS: [Look; 2] = [
    Look {
        name: "light",
        ink: "#16181d",
        muted: "#5a6070",
        rule: "#e2e4ea",
        ground: "#ffffff",
        lines: ["#3451c6", "#8a90a0", "#b26a00"],
    },
    Look {
        name: "dark",
        ink: "#eceef2",
        muted: "#a0a6b4",
        rule: "#2a2e37",
        ground: "#16191e",
        lines: ["#8fa6ff", "#7a8090", "#e0a040"],
    },
];

impl Plot {
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        for look in &LOOKS {
            std::fs::write(folder.join(format!("{}-{}.svg", self.name, look.name)), self.svg(look))?;
        }
        Ok(())
    }

    fn svg(&self, look: &Look) -> String {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"{}\">\n<title>{}</title>\n\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"8\" fill=\"{}\"/>\n\
             <text x=\"20\" y=\"28\" font-size=\"14\" font-weight=\"600\" fill=\"{}\">{}</text>\n",
            look.muted, self.title, look.ground, look.ink, self.title
        );
        self.rules(&mut svg, look);
        for ((line, colour), place) in self.lines.iter().zip(look.lines).zip(self.name_places()) {
            self.line(&mut svg, line, colour, place);
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn rules(&self, svg: &mut String, look: &Look) {
        for value in self.steps() {
            let y = self.y(value);
            let _ = writeln!(
                svg,
                "<path d=\"M{LEFT} {y:.1}H{:.1}\" stroke=\"{}\"/><text x=\"{:.1}\" y=\"{:.1}\" \
                 text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                look.rule,
                LEFT - 8.0,
                y + 4.0,
                label(value)
            );
        }
        for x in self.places() {
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                self.x(x),
                HEIGHT - BOTTOM + 20.0,
                label(x)
            );
        }
        let middle = f64::midpoint(LEFT, WIDTH - RIGHT);
        let _ = writeln!(
            svg,
            "<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            HEIGHT - 12.0,
            self.across
        );
    }

    fn line(&self, svg: &mut String, (name, points): &(&str, Vec<Point>), colour: &str, place: f64) {
        let path: Vec<String> =
            points.iter().map(|(x, y)| format!("{:.1} {:.1}", self.x(*x), self.y(*y))).collect();
        let _ = writeln!(
            svg,
            "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.5\" stroke-linejoin=\"round\"/>",
            path.join("L")
        );
        for (x, y) in points {
            let _ = writeln!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\" fill=\"{colour}\"/>",
                self.x(*x),
                self.y(*y)
            );
        }
        if let Some((x, _)) = points.last() {
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\" font-weight=\"600\">{name}</text>",
                self.x(*x) + 10.0,
                place + 4.0
            );
        }
    }

    /// How far down the name of each line stands: at its end, and below the name of a line that ends just above.
    fn name_places(&self) -> Vec<f64> {
        let ends = self.lines.iter().map(|(_, points)| points.last().map_or(TOP, |(_, y)| self.y(*y)));
        let mut places: Vec<f64> = ends.collect();
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by(|a, b| places[*a].total_cmp(&places[*b]));
        for pair in order.windows(2) {
            places[pair[1]] = places[pair[1]].max(places[pair[0]] + NAME_HEIGHT);
        }
        places
    }

    /// What was asked for, of all lines.
    fn places(&self) -> Vec<f64> {
        let mut places: Vec<f64> =
            self.lines.iter().flat_map(|(_, points)| points.iter().map(|(x, _)| *x)).collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        places
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        self.lines.iter().flat_map(|(_, points)| points.iter().map(|(_, y)| *y))
    }

    /// What the horizontal lines stand for, from the lowest to the highest.
    fn steps(&self) -> Vec<f64> {
        let highest = self.values().fold(0.0, f64::max);
        if self.by_tens {
            let lowest = self.values().fold(highest, f64::min).max(1e-9);
            let mut steps = vec![10_f64.powf(lowest.log10().floor())];
            while steps.last().is_some_and(|top| *top < highest) {
                steps.extend(steps.last().map(|top| top * 10.0));
            }
            return steps;
        }
        let step = step(highest / STEPS);
        let mut steps = vec![0.0];
        while steps.last().is_some_and(|top| *top < highest) {
            steps.extend(steps.last().map(|top| top + step));
        }
        steps
    }

    /// By the logarithm: what is asked for doubles and doubles.
    fn x(&self, value: f64) -> f64 {
        let places = self.places();
        let (Some(first), Some(last)) = (places.first(), places.last()) else { return LEFT };
        let whole = (last / first).ln();
        let part = if whole > 0.0 { (value / first).ln() / whole } else { 0.5 };
        LEFT + 16.0 + part * (WIDTH - LEFT - RIGHT - 32.0)
    }

    fn y(&self, value: f64) -> f64 {
        let steps = self.steps();
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else { return TOP };
        let part = if self.by_tens { (value / first).ln() / (last / first).ln() } else { value / last };
        let part = if part.is_finite() { part } else { 0.0 };
        HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)
    }
}

/// The next higher of 1, 2 and 5 at any power of ten.
fn step(least: f64) -> f64 {
    let power = 10_f64.powf(least.max(1e-9).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|digit| digit * power).find(|step| *step >= least).unwrap_or(power)
}
