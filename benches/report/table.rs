//! The one way to show numbers: the median over the rounds with the least and the most, and for two sides the ratio,
//! taken within each round and then its median: what slows the machine down for a while slows down both.

use std::fmt::Write as _;

/// callbackd against another side, round by round.
pub struct Comparison {
    other: &'static str,
    rows: Vec<(String, Vec<(f64, f64)>)>,
}

impl Comparison {
    pub fn against(other: &'static str) -> Self {
        Self { other, rows: Vec::new() }
    }

    /// `what` names the unit. A pair for each round: callbackd's and the other's.
    pub fn add(&mut self, what: impl Into<String>, pairs: Vec<(f64, f64)>) {
        self.rows.push((what.into(), pairs));
    }

    /// The same for a value of every round's two results, which are in the order callbackd, other.
    pub fn add_each<T>(&mut self, what: impl Into<String>, rounds: &[[T; 2]], value: impl Fn(&T) -> f64) {
        self.add(what, rounds.iter().map(|[ours, theirs]| (value(ours), value(theirs))).collect());
    }

    pub fn markdown(&self) -> String {
        let other = self.other;
        let mut text = format!(
            "| median (least–most) | callbackd | {other} | callbackd ÷ {other} |\n| --- | ---: | ---: | ---: |\n"
        );
        for (what, pairs) in &self.rows {
            let ours = spread(pairs.iter().map(|pair| pair.0));
            let theirs = spread(pairs.iter().map(|pair| pair.1));
            let ratio = spread(pairs.iter().map(|pair| pair.0 / pair.1));
            let _ = writeln!(text, "| {what} | {ours} | {theirs} | {ratio} |");
        }
        text
    }
}

/// callbackd alone.
#[derive(Default)]
pub struct Single {
    rows: Vec<(String, Vec<f64>, &'static str)>,
}

impl Single {
    /// A value for each round, and what is aimed at.
    pub fn add(&mut self, what: impl Into<String>, values: Vec<f64>, target: &'static str) {
        self.rows.push((what.into(), values, target));
    }

    pub fn markdown(&self) -> String {
        let mut text = "| median (least–most) | callbackd | target |\n| --- | ---: | ---: |\n".to_owned();
        for (what, values, target) in &self.rows {
            let _ = writeln!(text, "| {what} | {} | {target} |", spread(values.iter().copied()));
        }
        text
    }
}

/// callbackd alone, at several sizes.
pub struct Sizes {
    sizes: Vec<String>,
    rows: Vec<(String, Vec<Option<f64>>)>,
}

impl Sizes {
    pub fn of(what: &str, sizes: &[i64]) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "sizes that can be measured")]
        let sizes = sizes.iter().map(|size| format!("{} {what}", label(*size as f64))).collect();
        Self { sizes, rows: Vec::new() }
    }

    /// `place` is that of the size.
    pub fn add(&mut self, what: &str, place: usize, value: f64) {
        let at = self.rows.iter().position(|(known, _)| known == what).unwrap_or_else(|| {
            self.rows.push((what.to_owned(), vec![None; self.sizes.len()]));
            self.rows.len() - 1
        });
        if let Some(cell) = self.rows.get_mut(at).and_then(|(_, cells)| cells.get_mut(place)) {
            *cell = Some(value);
        }
    }

    pub fn markdown(&self) -> String {
        let mut text =
            format!("| | {} |\n| --- |{}\n", self.sizes.join(" | "), " ---: |".repeat(self.sizes.len()));
        for (what, cells) in &self.rows {
            let cells = cells.iter().map(|cell| cell.map_or_else(|| "–".to_owned(), number));
            let _ = writeln!(text, "| {what} | {} |", cells.collect::<Vec<_>>().join(" | "));
        }
        text
    }
}

pub(super) fn spread(values: impl Iterator<Item = f64>) -> String {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (values.first(), values.last()) else { return "–".to_owned() };
    let (least, most) = (number(*least), number(*most));
    format!("**{}** ({least}–{most})", number(median(values.clone())))
}

/// Zero of nothing.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.get(middle.saturating_sub(1)..=middle) {
        Some([below, above]) if values.len().is_multiple_of(2) => f64::midpoint(*below, *above),
        _ => values.get(middle).copied().unwrap_or_default(),
    }
}

/// Three digits that mean something, thousands set apart.
pub(super) fn number(value: f64) -> String {
    if value < 10.0 {
        return format!("{value:.2}");
    }
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The same for what was asked for, without zeros that say nothing.
pub(super) fn label(value: f64) -> String {
    let text = number(value);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
