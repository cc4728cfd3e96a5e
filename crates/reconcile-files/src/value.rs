//! Cells, and the exact values in them.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    fmt::strtime,
    tz::TimeZone,
};
use reconcile_core::{Currency, Direction, Kind, Status};
use rust_decimal::Decimal;

use crate::{Field, Mapping};

/// A cell as its format holds it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Cell<'a> {
    /// Nothing, or an empty text.
    #[default]
    Absent,
    /// Text, in the formats that the mapping says.
    Text(&'a str),
    /// A number in JSON's grammar, whatever the mapping says.
    Number(&'a str),
    /// An amount as such.
    #[cfg_attr(
        not(feature = "parquet"),
        expect(dead_code, reason = "only Parquet types amounts")
    )]
    Amount(Decimal),
    /// A day in the file's own zone.
    #[cfg_attr(
        not(feature = "parquet"),
        expect(dead_code, reason = "only Parquet types dates")
    )]
    Day(Date),
    /// A day and time on the clock of the file's own zone.
    #[cfg_attr(
        not(feature = "parquet"),
        expect(dead_code, reason = "only Parquet types dates")
    )]
    Clock(DateTime),
    /// An instant.
    #[cfg_attr(
        not(feature = "parquet"),
        expect(dead_code, reason = "only Parquet types dates")
    )]
    Instant(Timestamp),
}

impl<'a> Cell<'a> {
    /// The text, absent where it is empty.
    pub(crate) const fn text(text: &'a str) -> Self {
        if text.is_empty() {
            Self::Absent
        } else {
            Self::Text(text)
        }
    }

    /// Whether both are the same text, or none. Of a dictionary they are the same piece
    /// of the file, too.
    #[cfg(feature = "parquet")]
    pub(crate) fn is_same_text(self, other: Self) -> bool {
        match (self, other) {
            (Self::Absent, Self::Absent) => true,
            (Self::Text(text), Self::Text(other)) => std::ptr::eq(text, other) || text == other,
            _ => false,
        }
    }
}

/// The cells of a row, by field.
pub(crate) trait Fields<'a> {
    /// The cell of a field.
    fn at(&self, field: Field) -> Cell<'a>;

    /// What the words among them mean; looked up where the row before had others.
    fn words<E>(&self, look_up: impl FnOnce() -> Result<Words, E>) -> Result<Words, E>;
}

/// The cells of a row that were taken out of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells<'a>([Cell<'a>; Field::ALL.len()]);

/// What the words of a row mean, and what the mapping says of rows without: of most
/// columns of words, long stretches of rows have the same one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    pub(crate) currency: Currency,
    pub(crate) kind: Option<Kind>,
    /// As it stands in the row: where it has none, the sign of the amount says it.
    pub(crate) direction: Option<Direction>,
    pub(crate) status: Option<Status>,
    pub(crate) settled_currency: Currency,
    /// Whether the fee is in another currency than the amount.
    pub(crate) is_fee_foreign: bool,
}

impl<'a> Cells<'a> {
    pub(crate) fn set(&mut self, field: Field, cell: Cell<'a>) {
        if let Some(place) = self.0.get_mut(field as usize) {
            *place = cell;
        }
    }

    /// Sets those of some cells that are absent.
    pub(crate) fn complete(&mut self, found: Vec<(Field, Cell<'a>)>) {
        for (field, cell) in found {
            if matches!(self.at(field), Cell::Absent) {
                self.set(field, cell);
            }
        }
    }
}

impl<'a> Fields<'a> for Cells<'a> {
    fn at(&self, field: Field) -> Cell<'a> {
        self.0.get(field as usize).copied().unwrap_or_default()
    }

    fn words<E>(&self, look_up: impl FnOnce() -> Result<Words, E>) -> Result<Words, E> {
        look_up()
    }
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AmountDefect {
    /// It is not a decimal in the format that was asked for.
    NotADecimal,
    /// It has more digits than can be held exactly.
    TooManyDigits,
}

/// The amount that the text stands for, with its scale. An exponent is
/// refused: people do not write one, spreadsheets do, after they rounded.
pub(crate) fn amount(text: &str, mapping: &Mapping) -> Result<Decimal, AmountDefect> {
    if let Some(amount) = plain(text, mapping) {
        return Ok(amount);
    }
    let (negative, digits) = sign(text);
    let (whole, fraction) = match digits.split_once(mapping.decimal_separator) {
        Some((_, "")) => return Err(AmountDefect::NotADecimal),
        Some((whole, fraction)) => (whole, fraction),
        None => (digits, ""),
    };
    let mantissa = match mapping.thousands_separator {
        Some(separator) if whole.contains(separator) => grouped(whole, separator)?,
        _ => append(0, whole)?,
    };
    if whole.is_empty() {
        return Err(AmountDefect::NotADecimal);
    }
    exact(negative, append(mantissa, fraction)?, fraction.len())
}

/// An amount as nearly all are: digits that fit a machine word, without a plus sign
/// or thousands separators. Where it is none, [`amount`] says what it is.
#[inline]
pub(crate) fn plain(text: &str, mapping: &Mapping) -> Option<Decimal> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > 18 {
        return None;
    }
    let (mut units, mut point) = (0_i64, None);
    for (place, byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            units = units * 10 + i64::from(digit);
        } else if char::from(*byte) == mapping.decimal_separator && point.is_none() {
            point = Some(place);
        } else {
            return None;
        }
    }
    let (whole, fraction) = match point {
        Some(point) => (point, digits.len() - point - 1),
        None => (digits.len(), 0),
    };
    if whole == 0 || (point.is_some() && fraction == 0) {
        return None;
    }
    let units = if negative { -units } else { units };
    Some(Decimal::new(units, u32::try_from(fraction).ok()?))
}

/// The number that JSON's grammar writes, exponent included, exactly.
pub(crate) fn number(text: &str) -> Result<Decimal, AmountDefect> {
    let (negative, digits) = sign(text);
    let (digits, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut mantissa = append(append(0, whole)?, fraction)?;
    if mantissa == 0 && exponent != "0" {
        return Ok(Decimal::ZERO);
    }
    let exponent: i64 = exponent.parse().map_err(|_| AmountDefect::TooManyDigits)?;
    let scale = i64::try_from(fraction.len())
        .ok()
        .and_then(|scale| scale.checked_sub(exponent))
        .ok_or(AmountDefect::TooManyDigits)?;
    let Ok(mut scale) = usize::try_from(scale) else {
        let factor = u32::try_from(scale.unsigned_abs())
            .ok()
            .and_then(|zeros| 10_i128.checked_pow(zeros))
            .ok_or(AmountDefect::TooManyDigits)?;
        let mantissa = mantissa
            .checked_mul(factor)
            .ok_or(AmountDefect::TooManyDigits)?;
        return exact(negative, mantissa, 0);
    };
    while scale > Decimal::MAX_SCALE as usize && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    exact(negative, mantissa, scale)
}

/// The day that the text stands for: an instant's in the mapping's zone, and by
/// its cut-off as that of a civil time; a civil date as it is.
pub(crate) fn day(text: &str, mapping: &Mapping) -> Option<Date> {
    if let Some(pattern) = &mapping.date_format {
        let parsed = strtime::parse(pattern, text).ok()?;
        return match parsed.offset() {
            Some(_) => Some(mapping.day_of(parsed.to_timestamp().ok()?)),
            None => match parsed.to_datetime() {
                Ok(clock) => Some(mapping.day_by_cutoff(clock)),
                Err(_) => parsed.to_date().ok(),
            },
        };
    }
    if let Some(day) = PlainDays::of(mapping).day(text) {
        return Some(day);
    }
    // The parsers below also take ISO 8601's basic form, in which a date is a
    // number like any other.
    if text.len() == "2026-01-31".len() || text.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(mapping.day_of(instant));
    }
    // The parser of times on a clock skips the zone of `[America/Lima]`, which
    // says that the clock is another than the mapping's.
    if text.contains('[') {
        return None;
    }
    let clock = text.parse::<DateTime>().ok()?;
    Some(mapping.day_by_cutoff(clock))
}

/// The days that are read without a look at the mapping: nearly all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlainDays {
    /// Of `2026-01-31`.
    iso: bool,
    /// Of `2026-01-31T10:20:30Z`, where days are those of UTC from midnight to midnight.
    utc: bool,
}

impl PlainDays {
    pub(crate) fn of(mapping: &Mapping) -> Self {
        let iso = mapping.date_format.is_none();
        let zone = mapping.zone.as_ref();
        let is_utc = zone.is_none_or(|zone| *zone == TimeZone::UTC);
        Self {
            iso,
            utc: iso && is_utc && mapping.cutoff.is_none(),
        }
    }

    /// The day that the text stands for. Where it is none of these, [`day`] says what
    /// it is.
    #[expect(
        clippy::inline_always,
        reason = "a call costs as much as what is done in it, for each row"
    )]
    #[inline(always)]
    pub(crate) fn day(self, text: &str) -> Option<Date> {
        match text.as_bytes() {
            [date @ .., b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] if self.utc => {
                let time = [*h1, *h2, *m1, *m2, *s1, *s2, b'0', b'0'];
                let [hour, minute, second, _] = two_digits(time)?;
                // A leap second and the last year that there is are left to the general
                // parser.
                let is_time = hour < 24 && minute < 60 && second < 60;
                iso_date(date).filter(|day| is_time && day.year() < 9999)
            }
            date if self.iso => iso_date(date),
            _ => None,
        }
    }
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn append(mantissa: i128, digits: &str) -> Result<i128, AmountDefect> {
    digits.bytes().try_fold(mantissa, |mantissa, byte| {
        if !byte.is_ascii_digit() {
            return Err(AmountDefect::NotADecimal);
        }
        mantissa
            .checked_mul(10)
            .and_then(|mantissa| mantissa.checked_add(i128::from(byte - b'0')))
            .ok_or(AmountDefect::TooManyDigits)
    })
}

/// The digits of `12.345.678`: one to three, then groups of three. Groups of
/// two are admitted before the last one, as India writes them.
fn grouped(whole: &str, separator: char) -> Result<i128, AmountDefect> {
    let mut groups = whole.split(separator).enumerate().peekable();
    let mut mantissa = 0;
    while let Some((index, group)) = groups.next() {
        let admitted = match (index, groups.peek()) {
            (0, _) => 1..=3,
            (_, Some(_)) => 2..=3,
            (_, None) => 3..=3,
        };
        if !admitted.contains(&group.len()) {
            return Err(AmountDefect::NotADecimal);
        }
        mantissa = append(mantissa, group)?;
    }
    Ok(mantissa)
}

fn exact(negative: bool, mantissa: i128, scale: usize) -> Result<Decimal, AmountDefect> {
    let mantissa = if negative { -mantissa } else { mantissa };
    u32::try_from(scale)
        .ok()
        .and_then(|scale| Decimal::try_from_i128_with_scale(mantissa, scale).ok())
        .ok_or(AmountDefect::TooManyDigits)
}

/// A date of exactly ten characters; the general parser costs several times as much.
#[inline]
fn iso_date(text: &[u8]) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else {
        return None;
    };
    let digits = [*y1, *y2, *y3, *y4, *m1, *m2, *d1, *d2];
    let [century, year, month, day] = two_digits(digits)?;
    Date::new(i16::from(century) * 100 + i16::from(year), month, day).ok()
}

/// The four numbers that eight digits are two by two, all of them read at once.
#[inline]
fn two_digits(text: [u8; 8]) -> Option<[i8; 4]> {
    const fn eight(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    let digits = u64::from_le_bytes(text) ^ eight(b'0');
    // No other character is below ten then, and ten more than that has the highest
    // bit of a byte.
    if (digits | digits.wrapping_add(eight(0x80 - 10))) & eight(0x80) != 0 {
        return None;
    }
    // Less than a hundred, each stays in its byte.
    let numbers = digits * 10 + (digits >> 8);
    let [first, _, second, _, third, _, fourth, _] = numbers.to_le_bytes();
    Some([first, second, third, fourth].map(u8::cast_signed))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;

    fn mapping(decimal_separator: char, thousands_separator: Option<char>) -> Mapping {
        Mapping {
            decimal_separator,
            thousands_separator,
            ..Mapping::default()
        }
    }

    fn read(text: &str) -> Result<String, AmountDefect> {
        amount(text, &Mapping::default()).map(|amount| amount.to_string())
    }

    #[test]
    fn amounts_keep_every_digit_and_their_scale() {
        for text in [
            "30.0",
            "0.0000001",
            "123456789012345.67",
            "0.1234567890123456789",
            "-5.00",
        ] {
            assert_eq!(read(text).unwrap(), text);
        }
        assert_eq!(read("+5").unwrap(), "5");
        assert_eq!(read("007").unwrap(), "7");
    }

    #[test]
    fn what_is_no_plain_decimal_is_refused() {
        for text in [
            "", "-", ".5", "5.", "1e5", "1_000", "1,5", " 5", "١٢", "--5", "NaN", "1.2.3",
        ] {
            assert_eq!(read(text), Err(AmountDefect::NotADecimal), "{text}");
        }
        for text in [
            "79228162514264337593543950336",
            "0.00000000000000000000000000001",
        ] {
            assert_eq!(read(text), Err(AmountDefect::TooManyDigits), "{text}");
        }
    }

    #[test]
    fn groups_of_digits_are_checked() {
        let read = |text| amount(text, &mapping(',', Some('.'))).map(|amount| amount.to_string());
        assert_eq!(read("1.234.567,80").unwrap(), "1234567.80");
        assert_eq!(read("12.34.567").unwrap(), "1234567");
        assert_eq!(read("1234,5").unwrap(), "1234.5");
        for text in ["1.23", "1.2345", ".234", "1..234", "1,234.5", "1234.567"] {
            assert_eq!(read(text), Err(AmountDefect::NotADecimal), "{text}");
        }
    }

    #[test]
    fn numbers_are_exact_with_an_exponent() {
        let read = |text| number(text).map(|amount| amount.to_string());
        assert_eq!(read("1e-7").unwrap(), "0.0000001");
        assert_eq!(read("1.50E2").unwrap(), "150");
        assert_eq!(read("12e+3").unwrap(), "12000");
        assert_eq!(read("-1.230").unwrap(), "-1.230");
        assert_eq!(read("0e999999999999999999999").unwrap(), "0");
        assert_eq!(read("100e-30").unwrap(), "0.0000000000000000000000000001");
        for text in [
            "1e400",
            "1e-29",
            "1e99999999999999999999",
            "1e-9223372036854775808",
        ] {
            assert_eq!(read(text), Err(AmountDefect::TooManyDigits), "{text}");
        }
    }

    #[test]
    fn an_instant_is_booked_on_its_day_in_the_zone() {
        let lima = Mapping {
            zone: TimeZone::get("America/Lima").ok(),
            ..Mapping::default()
        };
        assert_eq!(day("2024-06-02T03:30:00Z", &lima), Some(date(2024, 6, 1)));
        assert_eq!(day("2024-06-02", &lima), Some(date(2024, 6, 2)));
        assert_eq!(day("2024-06-02 03:30:00", &lima), Some(date(2024, 6, 2)));
        let utc = Mapping::default();
        assert_eq!(day("2024-06-02T23:59:59Z", &utc), Some(date(2024, 6, 2)));
        assert_eq!(day("2024-06-02T23:59:60Z", &utc), Some(date(2024, 6, 2)));
        for text in [
            "2024-06-02T24:00:00Z",
            "2024-06-02T2a:00:00Z",
            "2024-02-30T00:00:00Z",
        ] {
            assert_eq!(day(text, &utc), None, "{text}");
        }
        for text in [
            "2024-02-30",
            "02/06/2024",
            "2024-6-2",
            "20240602",
            "yesterday",
            "２０２４-06",
        ] {
            assert_eq!(day(text, &lima), None, "{text}");
        }
    }

    #[test]
    fn eight_digits_are_four_numbers_and_anything_else_is_none() {
        assert_eq!(two_digits(*b"19990728"), Some([19, 99, 7, 28]));
        assert_eq!(two_digits(*b"00010999"), Some([0, 1, 9, 99]));
        for place in 0..8 {
            for byte in 0..=u8::MAX {
                let mut text = *b"99999999";
                text[place] = byte;
                assert_eq!(two_digits(text).is_some(), byte.is_ascii_digit(), "{byte}");
            }
        }
    }

    #[test]
    fn from_the_cutoff_on_an_instant_counts_for_the_next_day() {
        let mapping = |zone: &str, date_format: Option<&str>| Mapping {
            zone: TimeZone::get(zone).ok(),
            cutoff: Some(time(22, 30, 0, 0)),
            date_format: date_format.map(str::to_owned),
            ..Mapping::default()
        };
        let utc = mapping("UTC", None);
        let (sunday, monday) = (Some(date(2024, 6, 2)), Some(date(2024, 6, 3)));
        assert_eq!(day("2024-06-02T22:29:59Z", &utc), sunday);
        assert_eq!(day("2024-06-02T22:30:00Z", &utc), monday);
        assert_eq!(day("2024-06-02 22:30:00", &utc), monday);
        assert_eq!(day("2024-06-02", &utc), sunday);
        let lima = mapping("America/Lima", None);
        assert_eq!(day("2024-06-03T03:29:59Z", &lima), sunday);
        assert_eq!(day("2024-06-03T03:30:00Z", &lima), monday);
        let pattern = mapping("UTC", Some("%d/%m/%Y %H:%M"));
        assert_eq!(day("02/06/2024 22:30", &pattern), monday);
        let without_time = mapping("UTC", Some("%d/%m/%Y"));
        assert_eq!(day("02/06/2024", &without_time), sunday);
    }

    #[test]
    fn a_pattern_says_which_number_is_the_month() {
        let mapping = Mapping {
            date_format: Some("%d/%m/%Y".into()),
            ..Mapping::default()
        };
        assert_eq!(day("05/10/2022", &mapping), Some(date(2022, 10, 5)));
        assert_eq!(day("2022-10-05", &mapping), None);
    }

    proptest! {
        #[test]
        fn every_decimal_reads_back(mantissa in -(1_i128 << 95)..(1_i128 << 95), scale in 0_u32..=28) {
            let written = Decimal::from_i128_with_scale(mantissa, scale).to_string();
            prop_assert_eq!(read(&written).unwrap(), written);
        }

        #[test]
        fn no_text_panics(text in "[-+0-9.,eE ]{0,40}|.*") {
            let _ = (amount(&text, &mapping(',', Some('.'))), number(&text), day(&text, &Mapping::default()));
        }
    }
}
