//! How the numbers of a body may have been written when it was signed.
//!
//! A program that reads numbers and writes them again forgets which of them had been written as 1.0 or as 1e3. What
//! serialises has a type for each key, so a notation is tried for all numbers under a key, or for none of them.

use crate::{
    callback::{Cause, Finding},
    ingest::payload::{Notation, Number, numbers, renumber},
};

/// Choices of keys for each notation: up to five keys in every combination; of more all, each alone, and pairs.
const CHOICES_MAX: usize = 31;
const KEYS_COMBINED_MAX: u32 = 5;
/// Of a body with more numbers only the notations of all of them are tried: such a body is so large that the search ends
/// at its limit anyway.
const NUMBERS_MAX: usize = 65_536;
/// What writing one number costs, in bytes that are hashed.
const NUMBER_BYTES: usize = 128;
/// Of a number, in what is said.
const SHOWN_CHARS: usize = 40;

/// Where it depends on the key which numbers were written so.
const BY_KEY: [Notation; 5] = [
    Notation::PythonFloat,
    Notation::Shortened,
    Notation::TwoDecimals,
    Notation::Exponent,
    Notation::JavaDouble,
];

/// Another notation of all numbers, or of those under some keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renumbering<'a> {
    notation: Notation,
    /// As written in the body.
    keys: Option<Vec<&'a str>>,
    /// In the body.
    numbers: usize,
}

/// Those that change something in this JSON.
pub fn renumberings(text: &str) -> Vec<Renumbering<'_>> {
    let all = numbers(text);
    let count = all.len();
    let whole = [Notation::JavaScript, Notation::Python]
        .into_iter()
        .filter(|notation| all.iter().any(|number| notation.write(number.text).is_some()))
        .map(|notation| Renumbering { notation, keys: None, numbers: count });
    let by_key = BY_KEY.into_iter().filter(|_| count <= NUMBERS_MAX);
    let by_key = by_key.flat_map(|notation| {
        let choices = choices(&changed_keys(&all, notation));
        choices.into_iter().map(move |keys| Renumbering { notation, keys: Some(keys), numbers: count })
    });
    whole.chain(by_key).collect()
}

/// The first keys under which the notation changes a number.
fn changed_keys<'a>(numbers: &[Number<'a>], notation: Notation) -> Vec<&'a str> {
    let mut keys: Vec<&str> = Vec::new();
    for number in numbers {
        if keys.len() == CHOICES_MAX {
            break;
        }
        if !keys.contains(&number.key) && notation.write(number.text).is_some() {
            keys.push(number.key);
        }
    }
    keys
}

fn choices<'a>(keys: &[&'a str]) -> Vec<Vec<&'a str>> {
    let count = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    if count > KEYS_COMBINED_MAX {
        let alone = keys.iter().map(|key| vec![*key]);
        let pairs = keys
            .iter()
            .enumerate()
            .flat_map(|(at, first)| keys.iter().skip(at + 1).map(move |second| vec![*first, *second]));
        return std::iter::once(keys.to_vec()).chain(alone).chain(pairs).take(CHOICES_MAX).collect();
    }
    let is_in = |set: u32, at: usize| set >> at & 1 == 1;
    let chosen = |set| keys.iter().enumerate().filter(move |(at, _)| is_in(set, *at)).map(|(_, key)| *key);
    (1..1_u32 << count).map(|set| chosen(set).collect()).collect()
}

impl Renumbering<'_> {
    /// Whether it is one for all numbers, and so a serialiser's own.
    pub fn is_whole(&self) -> bool {
        self.keys.is_none()
    }

    pub fn write(&self, text: &str) -> String {
        renumber(text, &numbers(text), self.notation, |number| self.covers(number))
    }

    /// What it costs to write, beyond the bytes of the body.
    pub fn cost(&self) -> usize {
        self.numbers.saturating_mul(NUMBER_BYTES)
    }

    fn covers(&self, number: &Number<'_>) -> bool {
        self.keys.as_ref().is_none_or(|keys| keys.contains(&number.key))
    }

    pub fn finding(&self, received: &str) -> Finding {
        let how = match self.notation {
            Notation::JavaScript => "as JavaScript writes them",
            Notation::Python => "as Python writes them",
            Notation::Shortened => "without zeros at the end of a fraction",
            Notation::PythonFloat => "as Python writes floats",
            Notation::JavaDouble => "as Java writes doubles",
            Notation::TwoDecimals => "to two decimals",
            Notation::Exponent => "by an exponent where they end in zeros",
        };
        let finding = Finding::new(
            Cause::BodyNumbers,
            format!(
                "The signature is over the same JSON with numbers {how}. They were read and written again between signing and sending."
            ),
            "Have the sender sign the text that it sends, and have whatever it passes through hand on the bytes: parsing JSON and writing it again makes 1 of 1.0, and 1000 of 1e3.",
        );
        let all = numbers(received);
        let first = all.iter().filter(|number| self.covers(number));
        let mut first = first.filter_map(|number| Some((number.text, self.notation.write(number.text)?)));
        match first.next() {
            Some((received, signed)) => {
                finding.figure("Signed", shown(&signed)).figure("Received", shown(received))
            }
            None => finding,
        }
    }
}

fn shown(number: &str) -> &str {
    number.char_indices().nth(SHOWN_CHARS).map_or(number, |(end, _)| number.get(..end).unwrap_or_default())
}
