//! From a JSON value as written to what a column can hold.

use std::borrow::Cow;

/// A JSON string's text, at most `bytes_max` long, cut at a character. What PostgreSQL's `text` cannot hold (U+0000,
/// lone surrogates) becomes U+FFFD. `None` for a value that is no string.
pub fn text(value: &str, bytes_max: usize) -> Option<String> {
    let inner = value.strip_prefix('"')?.strip_suffix('"')?;
    let mut decoded = unescape(inner).into_owned();
    decoded.truncate(decoded.floor_char_boundary(bytes_max));
    Some(decoded)
}

/// A JSON number as a finite float.
pub fn float(value: &str) -> Option<f64> {
    value.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A JSON number as an integer, rounded. Beyond ±2^53 only what is written as an integer counts.
pub fn integer(value: &str) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.parse().ok().or_else(|| {
        let rounded = float(value)?.round();
        // Formatting is the conversion that cannot truncate: within the bound it has no exponent and no fraction.
        (rounded.abs() <= EXACT).then(|| format!("{rounded:.0}").parse().ok())?
    })
}

/// Whether a key as written means `wanted`.
pub fn is_key(raw_key: &str, wanted: &str) -> bool {
    raw_key == wanted || (raw_key.contains('\\') && unescape(raw_key) == wanted)
}

/// Whether a string as written has neither `\u0000` nor a lone surrogate.
pub fn is_plain(inner: &str) -> bool {
    if !inner.contains("\\u") {
        return true;
    }
    Units::of(inner).all(|unit| !matches!(unit, Unit::Unholdable))
}

/// Digits, and powers of ten, up to which a number is sure to fit PostgreSQL's `numeric`, that takes 131,072 digits before
/// the point and 16,383 behind it. A larger one leaves its payload out of what others can query, and nothing else.
const PLAIN_DIGITS_MAX: usize = 8_000;

/// Whether PostgreSQL's `jsonb` can hold a number as written.
pub fn is_plain_number(number: &str) -> bool {
    let (digits, power) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let power = power.parse::<i32>().ok().and_then(|power| usize::try_from(power.unsigned_abs()).ok());
    digits.len() <= PLAIN_DIGITS_MAX && power.is_some_and(|power| power <= PLAIN_DIGITS_MAX)
}

fn unescape(inner: &str) -> Cow<'_, str> {
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let held = Units::of(inner).map(|unit| match unit {
        Unit::Char(c) => c,
        Unit::Unholdable => char::REPLACEMENT_CHARACTER,
    });
    Cow::Owned(held.collect())
}

/// A string as written with every escape resolved that may stand for itself. Others stay as they are.
pub fn unescape_all(inner: &str) -> Cow<'_, str> {
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut units = Units::of(inner);
    let mut out = String::with_capacity(inner.len());
    loop {
        let before = units.rest.as_str();
        let Some(unit) = units.next() else { return Cow::Owned(out) };
        match unit {
            Unit::Char(c) if c >= ' ' && !matches!(c, '"' | '\\' | '\u{7f}') => out.push(c),
            _ => out.push_str(&before[..before.len() - units.rest.as_str().len()]),
        }
    }
}

enum Unit {
    Char(char),
    /// U+0000 or a lone surrogate.
    Unholdable,
}

/// The characters of a string as written, escapes resolved.
struct Units<'a> {
    rest: std::str::Chars<'a>,
}

impl<'a> Units<'a> {
    fn of(inner: &'a str) -> Self {
        Self { rest: inner.chars() }
    }

    fn four_hex(&mut self) -> Option<u32> {
        let digits = self.rest.as_str().get(..4)?;
        let code = u32::from_str_radix(digits, 16).ok()?;
        self.rest = self.rest.as_str().get(4..)?.chars();
        Some(code)
    }

    /// The second half of a pair, if it follows; otherwise nothing is consumed.
    fn low_surrogate(&mut self) -> Option<u32> {
        let mut ahead = Self { rest: self.rest.as_str().strip_prefix("\\u")?.chars() };
        let low = ahead.four_hex().filter(|code| (0xDC00..0xE000).contains(code))?;
        self.rest = ahead.rest;
        Some(low)
    }

    fn escaped(&mut self) -> Option<Unit> {
        let held = match self.rest.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.four_hex().map(|code| self.unicode(code)),
            other => other,
        };
        Some(Unit::Char(held))
    }

    fn unicode(&mut self, code: u32) -> Unit {
        let scalar = match code {
            0 => None,
            0xD800..0xDC00 => {
                self.low_surrogate().map(|low| 0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00))
            }
            other => Some(other),
        };
        scalar.and_then(char::from_u32).map_or(Unit::Unholdable, Unit::Char)
    }
}

impl Iterator for Units<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        match self.rest.next()? {
            '\\' => self.escaped(),
            other => Some(Unit::Char(other)),
        }
    }
}
