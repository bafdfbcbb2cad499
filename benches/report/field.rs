//! callbackd in a field of several others: a column each, and a ratio to the best of those it is measured by.

use std::fmt::Write as _;

use super::table::{median, spread};

/// Values of one side, round by round.
type Values = Vec<f64>;

pub struct Field {
    sides: Vec<&'static str>,
    rows: Vec<Row>,
}

struct Row {
    what: String,
    better: Better,
    /// Of each side.
    values: Vec<Values>,
}

/// Which of two values is the better one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Better {
    More,
    Less,
}

impl Field {
    /// callbackd first.
    pub fn new(sides: Vec<&'static str>) -> Self {
        Self { sides, rows: Vec::new() }
    }

    /// `what` names the unit and the row.
    pub fn add(&mut self, what: &str, better: Better, side: &'static str, value: f64) {
        let Some(place) = self.sides.iter().position(|known| *known == side) else { return };
        let row = self.rows.iter().position(|row| row.what == what).unwrap_or_else(|| {
            let values = vec![Values::new(); self.sides.len()];
            self.rows.push(Row { what: what.to_owned(), better, values });
            self.rows.len() - 1
        });
        self.rows[row].values[place].push(value);
    }

    /// Zero of nothing.
    pub fn median(&self, what: &str, side: &str) -> f64 {
        let place = self.sides.iter().position(|known| *known == side);
        let row = self.rows.iter().find(|row| row.what == what);
        let values = row.zip(place).map(|(row, place)| row.values[place].clone());
        values.map(median).unwrap_or_default()
    }

    /// With the first one's ratio to the best of those whose names begin with `rival`, taken within each round.
    pub fn markdown(&self, rival: &str) -> String {
        let (sides, first) = (self.sides.join(" | "), self.sides.first().copied().unwrap_or_default());
        let mut text = format!("| median (least–most) | {sides} | {first} ÷ best {rival} |\n");
        let _ = writeln!(text, "| --- |{}", " ---: |".repeat(self.sides.len() + 1));
        for row in &self.rows {
            let _ = write!(text, "| {} |", row.what);
            for values in &row.values {
                let _ = write!(text, " {} |", spread(values.iter().copied()));
            }
            let _ = writeln!(text, " {} |", spread(self.ratios(row, rival).into_iter()));
        }
        text
    }

    fn ratios(&self, row: &Row, rival: &str) -> Values {
        let Some(ours) = row.values.first() else { return Values::new() };
        let rivals = self.sides.iter().zip(&row.values).filter(|(side, _)| side.starts_with(rival));
        let rivals: Vec<&Values> = rivals.map(|(_, values)| values).collect();
        let best = |round: usize| {
            let values = rivals.iter().filter_map(|values| values.get(round).copied());
            values.reduce(if row.better == Better::More { f64::max } else { f64::min })
        };
        ours.iter().enumerate().filter_map(|(round, value)| Some(value / best(round)?)).collect()
    }
}
