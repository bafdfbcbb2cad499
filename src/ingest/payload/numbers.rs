//! The same JSON with its numbers as other serialisers write them.
//!
//! Most parsers keep a number's value and forget its text: 1.0 comes out as 1, 1e3 as 1000. Everything that is no number
//! stays as it was written.

use super::scan::{skip_space, string_end, value_end};

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// Each as a double, in JavaScript's shortest form: `1`, `1.5`, `1e+21`. Go's is the same but for small ones.
    JavaScript,
    /// Integers as they are, everything else as Python's `repr`: `1.0`, `1e-05`.
    Python,
    /// Without zeros at the end of the fraction: `1`, `1.5`.
    Shortened,
    /// Integers too as Python's floats: `1.0`, `1e+16`.
    PythonFloat,
    /// As Java's `Double.toString`: `1.0`, `1.0E7`.
    JavaDouble,
    /// With two decimals: `1.00`, `1.50`.
    TwoDecimals,
    /// Zeros at the end as an exponent: `1e3`.
    Exponent,
}

/// A number in a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number<'a> {
    /// The key that it stands under, be it in an array; as written, and empty where there is none.
    pub key: &'a str,
    pub text: &'a str,
    at: usize,
}

/// The numbers of `text`, which must be valid JSON, in the order written.
pub fn numbers(text: &str) -> Vec<Number<'_>> {
    let bytes = text.as_bytes();
    let (mut at, mut key, mut around, mut found) = (0, "", Vec::new(), Vec::new());
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = string_end(text, at);
                if bytes.get(skip_space(text, end)) == Some(&b':') {
                    key = text.get(at + 1..end - 1).unwrap_or_default();
                }
                at = end;
                continue;
            }
            b'{' | b'[' => around.push(key),
            b'}' | b']' => key = around.pop().unwrap_or_default(),
            b'-' | b'0'..=b'9' => {
                let end = value_end(text, at);
                found.push(Number { key, text: text.get(at..end).unwrap_or_default(), at });
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Writes `text` with those of its `numbers` that are chosen in another notation.
pub fn renumber(
    text: &str,
    numbers: &[Number<'_>],
    notation: Notation,
    is_chosen: impl Fn(&Number<'_>) -> bool,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut written = 0;
    for number in numbers.iter().filter(|number| is_chosen(number)) {
        let Some(other) = notation.write(number.text) else { continue };
        out.push_str(text.get(written..number.at).unwrap_or_default());
        out.push_str(&other);
        written = number.at + number.text.len();
    }
    out.push_str(text.get(written..).unwrap_or_default());
    out
}

impl Notation {
    /// The number in this notation; `None` where it is so already, or beyond what a double holds.
    pub fn write(self, number: &str) -> Option<String> {
        let is_integer = !number.contains(['.', 'e', 'E']);
        let written = match self {
            Self::Shortened => shortened(number)?,
            Self::TwoDecimals => two_decimals(number)?,
            Self::Python if is_integer => return None,
            Self::JavaScript => Double::read(number)?.in_javascript(),
            Self::Python | Self::PythonFloat => Double::read(number)?.in_python(),
            Self::JavaDouble => Double::read(number)?.in_java(),
            Self::Exponent => Double::read(number)?.with_exponent()?,
        };
        (written != number).then_some(written)
    }
}

fn shortened(number: &str) -> Option<String> {
    let (whole, fraction) = number.split_once('.').filter(|(_, fraction)| !fraction.contains(['e', 'E']))?;
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}

fn two_decimals(number: &str) -> Option<String> {
    if number.contains(['e', 'E']) {
        return None;
    }
    match number.split_once('.') {
        None => Some(format!("{number}.00")),
        Some((_, fraction)) => (fraction.len() < 2).then(|| format!("{number}0")),
    }
}

/// The shortest decimal digits that mean one double, and where the point stands among them.
struct Double {
    sign: &'static str,
    digits: String,
    /// Digits in front of the point; zeros stand between where it is not positive.
    point: i32,
}

impl Double {
    fn read(number: &str) -> Option<Self> {
        let value: f64 = number.parse().ok().filter(|value: &f64| value.is_finite())?;
        let shortest = format!("{:e}", value.abs());
        let (digits, exponent) = shortest.split_once('e')?;
        let point = exponent.parse::<i32>().ok()? + 1;
        let sign = if value.is_sign_negative() { "-" } else { "" };
        Some(Self { sign, digits: digits.replace('.', ""), point })
    }

    fn is_zero(&self) -> bool {
        self.digits == "0"
    }

    fn in_javascript(&self) -> String {
        let sign = if self.is_zero() { "" } else { self.sign };
        match self.point {
            -5..=21 => format!("{sign}{}", self.plain("")),
            point => format!("{sign}{}e{:+}", self.mantissa(""), point - 1),
        }
    }

    fn in_python(&self) -> String {
        let sign = self.sign;
        match self.point {
            -3..=16 => format!("{sign}{}", self.plain(".0")),
            point => format!("{sign}{}e{:+03}", self.mantissa(""), point - 1),
        }
    }

    fn in_java(&self) -> String {
        let sign = self.sign;
        match self.point {
            -2..=7 => format!("{sign}{}", self.plain(".0")),
            point => format!("{sign}{}E{}", self.mantissa(".0"), point - 1),
        }
    }

    fn with_exponent(&self) -> Option<String> {
        let digits = i32::try_from(self.digits.len()).ok()?;
        let is_round = !self.is_zero() && self.point > digits;
        is_round.then(|| format!("{}{}e{}", self.sign, self.mantissa(""), self.point - 1))
    }

    /// Without an exponent; `whole` follows where there is no fraction.
    fn plain(&self, whole: &str) -> String {
        let digits = &self.digits;
        let Ok(point) = usize::try_from(self.point) else {
            return format!("0.{}{digits}", "0".repeat(self.point.unsigned_abs() as usize));
        };
        match digits.split_at_checked(point) {
            Some(("", fraction)) => format!("0.{fraction}"),
            Some((front, "")) => format!("{front}{whole}"),
            Some((front, fraction)) => format!("{front}.{fraction}"),
            None => format!("{digits}{}{whole}", "0".repeat(point - digits.len())),
        }
    }

    /// The first digit, a point and the others; `whole` follows where there are none.
    fn mantissa(&self, whole: &str) -> String {
        match self.digits.split_at_checked(1) {
            Some((first, rest)) if !rest.is_empty() => format!("{first}.{rest}"),
            _ => format!("{}{whole}", self.digits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the languages themselves write them.
    #[test]
    fn notations_are_those_of_the_languages() {
        for (number, javascript, python, java) in [
            ("1.0", "1", "1.0", "1.0"),
            ("-0.0", "0", "-0.0", "-0.0"),
            ("100", "100", "100.0", "100.0"),
            ("1E3", "1000", "1000.0", "1000.0"),
            ("2.50", "2.5", "2.5", "2.5"),
            ("-12.0625", "-12.0625", "-12.0625", "-12.0625"),
            ("0.1", "0.1", "0.1", "0.1"),
            ("0.001", "0.001", "0.001", "0.001"),
            ("0.0001", "0.0001", "0.0001", "1.0E-4"),
            ("0.00001", "0.00001", "1e-05", "1.0E-5"),
            ("0.0000015", "0.0000015", "1.5e-06", "1.5E-6"),
            ("0.00000015", "1.5e-7", "1.5e-07", "1.5E-7"),
            ("9999999", "9999999", "9999999.0", "9999999.0"),
            ("12345678.5", "12345678.5", "12345678.5", "1.23456785E7"),
            ("9007199254740993", "9007199254740992", "9007199254740992.0", "9.007199254740992E15"),
            ("1e16", "10000000000000000", "1e+16", "1.0E16"),
            ("1e21", "1e+21", "1e+21", "1.0E21"),
            (
                "123456789012345678901",
                "123456789012345680000",
                "1.2345678901234568e+20",
                "1.2345678901234568E20",
            ),
            ("1e-300", "1e-300", "1e-300", "1.0E-300"),
        ] {
            for (notation, expected) in [
                (Notation::JavaScript, javascript),
                (Notation::PythonFloat, python),
                (Notation::JavaDouble, java),
            ] {
                let written = notation.write(number);
                assert_eq!(written.as_deref().unwrap_or(number), expected, "{number}, {notation:?}");
            }
        }
    }

    #[test]
    fn what_a_notation_does_not_change_it_leaves() {
        for (notation, number, expected) in [
            (Notation::Python, "100", None),
            (Notation::Python, "1e2", Some("100.0")),
            (Notation::Shortened, "1.00", Some("1")),
            (Notation::Shortened, "-1.250", Some("-1.25")),
            (Notation::Shortened, "100", None),
            (Notation::Shortened, "1.0e5", None),
            (Notation::TwoDecimals, "7", Some("7.00")),
            (Notation::TwoDecimals, "1.5", Some("1.50")),
            (Notation::TwoDecimals, "1.125", None),
            (Notation::Exponent, "1000", Some("1e3")),
            (Notation::Exponent, "-1500.0", Some("-1.5e3")),
            (Notation::Exponent, "0", None),
            (Notation::Exponent, "12", None),
            (Notation::JavaScript, "1e400", None),
        ] {
            assert_eq!(notation.write(number).as_deref(), expected, "{number}, {notation:?}");
        }
    }

    #[test]
    fn numbers_are_found_with_their_keys_and_nothing_else_is_touched() {
        let text = " {\"a\": [1.0, {\"b\\\"1\":2.0}, 3.0], \"c\":\"4.0: 5.0\" , \"d\" : -6.0e1}\n";
        let all = numbers(text);
        let found: Vec<_> = all.iter().map(|number| (number.key, number.text)).collect();
        assert_eq!(found, [("a", "1.0"), ("b\\\"1", "2.0"), ("a", "3.0"), ("d", "-6.0e1")]);
        assert_eq!(
            renumber(text, &all, Notation::JavaScript, |_| true),
            " {\"a\": [1, {\"b\\\"1\":2}, 3], \"c\":\"4.0: 5.0\" , \"d\" : -60}\n"
        );
        assert_eq!(
            renumber(text, &all, Notation::Shortened, |number| number.key == "a"),
            " {\"a\": [1, {\"b\\\"1\":2.0}, 3], \"c\":\"4.0: 5.0\" , \"d\" : -6.0e1}\n"
        );
        assert_eq!(numbers("-1.5"), [Number { key: "", text: "-1.5", at: 0 }]);
    }
}
