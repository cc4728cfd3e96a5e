//! What takes the place of a value: something of the same form that is plainly
//! made up.

use std::collections::HashMap;

use jiff::{ToSpan, civil};

use super::number::{self, Parts};
use crate::{overrides::Privacy, scan};

/// The pseudonyms given so far in a run.
#[derive(Default)]
pub(super) struct Pseudonyms {
    given: HashMap<String, String>,
    /// Numbers whose pseudonym as a text is no number.
    numbers: HashMap<String, String>,
    /// How many values of each form there were.
    counts: HashMap<Form, u64>,
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Its keys are what must not be shown.
        f.debug_struct("Pseudonyms").finish_non_exhaustive()
    }
}

impl Pseudonyms {
    /// The pseudonym of a text.
    pub(super) fn text(&mut self, class: Option<Privacy>, text: &str) -> String {
        if let Some(pseudonym) = self.given.get(text) {
            return pseudonym.clone();
        }
        let pseudonym = self.next(class, text);
        self.given.insert(text.to_owned(), pseudonym.clone());
        pseudonym
    }

    /// The pseudonym of a number, which is that of the same digits as a text.
    pub(super) fn number(&mut self, lexeme: &str) -> String {
        match self.given.get(lexeme) {
            Some(pseudonym) if Parts::of(pseudonym).is_some() => pseudonym.clone(),
            Some(_) => {
                if let Some(pseudonym) = self.numbers.get(lexeme) {
                    return pseudonym.clone();
                }
                let pseudonym = self.next(None, lexeme);
                self.numbers.insert(lexeme.to_owned(), pseudonym.clone());
                pseudonym
            }
            None => self.text(None, lexeme),
        }
    }

    fn next(&mut self, class: Option<Privacy>, text: &str) -> String {
        let form = Form::of(class, text);
        let words = Form::Words(label(class));
        let number = self.count(&form);
        form.fill(number).unwrap_or_else(|| {
            // The form has no room for so many.
            let number = self.count(&words);
            words.fill(number).unwrap_or_default()
        })
    }

    fn count(&mut self, form: &Form) -> u64 {
        let count = self.counts.entry(form.clone()).or_default();
        *count += 1;
        *count
    }
}

/// The form of a value, which its pseudonym shares. Pseudonyms of one form are
/// numbered; the form of a pseudonym is the form of the value, so that redacting
/// twice is redacting once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Form {
    Uuid,
    Email,
    Url,
    Pem,
    /// An IPv4 address.
    Address,
    /// A telephone number in its layout.
    Phone(String),
    /// A card number in its layout, with `9` for digits.
    Card(String),
    /// Digits, letters and what separates them, with `9`, `X` and `x`.
    Layout(String),
    /// A number of so many digits; whether it begins with zero.
    Number {
        negative: bool,
        zero: bool,
        whole: usize,
        fraction: usize,
        exponent: String,
    },
    /// Hexadecimal digits, letters among them.
    Hex {
        length: usize,
        capital: bool,
    },
    Date,
    /// A date and a time: what is between them, how many digits the fraction
    /// has, and the offset.
    Instant {
        between: char,
        fraction: usize,
        offset: String,
    },
    /// Anything else, under this label.
    Words(&'static str),
}

impl Form {
    fn of(class: Option<Privacy>, text: &str) -> Self {
        match class {
            Some(Privacy::Person | Privacy::Merchant) => return Self::Words(label(class)),
            Some(Privacy::Secret | Privacy::Key) if !text.contains("-----BEGIN ") => {
                return Self::Words(label(class));
            }
            Some(Privacy::Email) => return Self::Email,
            Some(Privacy::Pan) => {
                if let Some(card) = card(text) {
                    return card;
                }
            }
            _ => {}
        }
        Self::plain(text)
            .or_else(|| match class? {
                Privacy::Document | Privacy::Account | Privacy::Card | Privacy::Phone => {
                    layout(text)
                }
                _ => None,
            })
            .unwrap_or(Self::Words(label(class)))
    }

    /// The form that shows in the text itself.
    fn plain(text: &str) -> Option<Self> {
        if scan::is_uuid(text) {
            return Some(Self::Uuid);
        }
        if text.contains("-----BEGIN ") {
            return Some(Self::Pem);
        }
        if text.starts_with("https://") || text.starts_with("http://") {
            return Some(Self::Url);
        }
        if text.contains('@') && !text.contains(char::is_whitespace) {
            return Some(Self::Email);
        }
        if text.parse::<std::net::Ipv4Addr>().is_ok() {
            return Some(Self::Address);
        }
        phone(text)
            .or_else(|| digits(text))
            .or_else(|| instant(text))
            .or_else(|| hex(text))
    }

    /// The pseudonym with this number, where the form has room for it.
    fn fill(&self, number: u64) -> Option<String> {
        Some(match self {
            Self::Uuid => format!("00000000-0000-4000-8000-{number:0>12}"),
            Self::Email => format!("user{number}@example.com"),
            Self::Url => format!("https://example.com/{number}"),
            Self::Pem => {
                format!("-----BEGIN PUBLIC KEY-----\nFAKE KEY {number}\n-----END PUBLIC KEY-----\n")
            }
            Self::Address => match number {
                1..=254 => format!("192.0.2.{number}"),
                255..=508 => format!("198.51.100.{}", number - 254),
                _ => return None,
            },
            Self::Phone(layout) => fill_layout(layout, "999", number)?,
            Self::Card(layout) => fill_card(layout, number)?,
            Self::Layout(layout) => fill_layout(layout, "", number)?,
            Self::Number { .. } => self.fill_number(number)?,
            Self::Hex { length, capital } => {
                let width = length.checked_sub(1)?;
                let digits = format!("f{number:0>width$x}");
                if digits.len() != *length {
                    return None;
                }
                if *capital {
                    digits.to_uppercase()
                } else {
                    digits
                }
            }
            Self::Date => date(number)?.to_string(),
            Self::Instant {
                between,
                fraction,
                offset,
            } => {
                let point = if *fraction == 0 { "" } else { "." };
                let zeros = "0".repeat(*fraction);
                format!("{}{between}00:00:00{point}{zeros}{offset}", date(number)?)
            }
            Self::Words(label) => format!("{label}{number}"),
        })
    }

    /// There are as many numbers of a form as it has digits for, so that after
    /// the last one comes the first, and no two values share one.
    fn fill_number(&self, number: u64) -> Option<String> {
        let Self::Number {
            negative,
            zero,
            whole,
            fraction,
            exponent,
        } = self
        else {
            return None;
        };
        let length = whole + fraction;
        let free = u32::try_from(length - 1).ok()?;
        // Beyond that, no run has so many values.
        let power = 10_u128.checked_pow(free.min(30))?;
        let digits = if *zero {
            u128::from(number) % power
        } else {
            let rest = u128::from(number) % (9 * power);
            match free {
                ..=30 => power + rest,
                // The leading one is put in front of the zeros.
                _ => rest,
            }
        };
        let mut digits = format!("{digits:0>length$}");
        if !zero && free > 30 {
            digits.replace_range(..1, "1");
        }
        let zeros = "0".repeat(*fraction);
        let parts = Parts {
            negative: *negative,
            whole: "",
            fraction: &zeros,
            exponent,
        };
        Some(parts.with_digits(&digits))
    }
}

/// What a pseudonym without a form of its own begins with.
const fn label(class: Option<Privacy>) -> &'static str {
    match class {
        None | Some(Privacy::Id) => "text-",
        Some(Privacy::Person) => "Person ",
        Some(Privacy::Merchant) => "Merchant ",
        Some(Privacy::Email) => "email-",
        Some(Privacy::Phone) => "phone-",
        Some(Privacy::Document) => "document-",
        Some(Privacy::Account) => "account-",
        Some(Privacy::Pan | Privacy::Card) => "card-",
        Some(Privacy::Address) => "address-",
        Some(Privacy::Secret) => "secret-",
        Some(Privacy::Key) => "key-",
    }
}

fn phone(text: &str) -> Option<Form> {
    let rest = text.strip_prefix('+')?;
    let formed = rest
        .chars()
        .all(|c| c.is_ascii_digit() || " -().".contains(c));
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    (formed && digits >= 5).then(|| Form::Phone(template(text)))
}

/// Digits that are masked in part; what is not masked is masked now, since a
/// number that is whole would stay whole.
fn card(text: &str) -> Option<Form> {
    let formed = text
        .chars()
        .all(|c| c.is_ascii_digit() || "*xX•. -".contains(c));
    let slots = text.chars().filter(|c| !" -.".contains(*c)).count();
    let masks = slots - text.bytes().filter(u8::is_ascii_digit).count();
    if !formed || slots < 12 {
        return None;
    }
    let mut seen = 0;
    let layout = text.chars().map(|c| {
        seen += usize::from(!" -.".contains(c));
        let middle = masks == 0 && (7..=slots - 4).contains(&seen);
        match c {
            '0'..='9' if middle => '*',
            '0'..='9' => '9',
            other => other,
        }
    });
    Some(Form::Card(layout.collect()))
}

fn digits(text: &str) -> Option<Form> {
    let parts = Parts::of(text)?;
    Some(Form::Number {
        negative: parts.negative,
        zero: parts.whole.starts_with('0'),
        whole: parts.whole.len(),
        fraction: parts.fraction.len(),
        exponent: parts.exponent.to_owned(),
    })
}

/// Dates and times in the order of ISO 8601.
fn instant(text: &str) -> Option<Form> {
    let (day, rest) = text.split_at_checked(10)?;
    day.parse::<civil::Date>().ok()?;
    let mut rest_chars = rest.chars();
    let Some(between) = rest_chars.next() else {
        return Some(Form::Date);
    };
    let (time, rest) = rest_chars.as_str().split_at_checked(8)?;
    time.parse::<civil::Time>().ok()?;
    let fraction = rest.strip_prefix('.').map_or(0, |rest| {
        rest.bytes().take_while(u8::is_ascii_digit).count()
    });
    let offset = rest.get(fraction + usize::from(rest.starts_with('.'))..)?;
    let plain = matches!(between, 'T' | 't' | ' ')
        && (matches!(offset, "" | "Z" | "z")
            || (offset.len() == 6
                && offset.starts_with(['+', '-'])
                && offset.get(3..4) == Some(":")));
    plain.then(|| Form::Instant {
        between,
        fraction,
        offset: offset.to_owned(),
    })
}

fn hex(text: &str) -> Option<Form> {
    let capital = text.bytes().any(|byte| byte.is_ascii_uppercase());
    let small = text.bytes().any(|byte| byte.is_ascii_lowercase());
    let formed = text.len() >= 8
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && capital != small;
    formed.then_some(Form::Hex {
        length: text.len(),
        capital,
    })
}

/// ASCII letters and digits with separators, and at least two digits.
fn layout(text: &str) -> Option<Form> {
    let formed = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || " -./()".contains(c));
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (formed && digits >= 2).then(|| Form::Layout(template(text)))
}

fn template(text: &str) -> String {
    let stand_in = |c: char| match c {
        '0'..='9' => '9',
        'A'..='Z' => 'X',
        'a'..='z' => 'x',
        other => other,
    };
    text.chars().map(stand_in).collect()
}

/// The number in the last digits of a layout, zeros before it, and `first` in
/// the first ones.
fn fill_layout(layout: &str, first: &str, number: u64) -> Option<String> {
    let slots = layout.matches('9').count();
    let width = slots.checked_sub(first.len())?;
    let digits = format!("{first}{number:0>width$}");
    if digits.len() != slots {
        return None;
    }
    let mut digits = digits.chars();
    layout
        .chars()
        .map(|c| if c == '9' { digits.next() } else { Some(c) })
        .collect()
}

/// A card number that begins as those for tests do, with its number at the end.
fn fill_card(layout: &str, number: u64) -> Option<String> {
    let slots = layout.matches('9').count();
    let width = slots.checked_sub(1)?.min(4);
    let last = format!("{number:0>width$}");
    if last.len() != width {
        return None;
    }
    let digits = format!("4{:0>rest$}", last, rest = slots - 1);
    let mut digits = digits.chars();
    layout
        .chars()
        .map(|c| if c == '9' { digits.next() } else { Some(c) })
        .collect()
}

/// A day that is nobody's.
fn date(number: u64) -> Option<civil::Date> {
    let days = i32::try_from(number).ok()?.days();
    civil::date(2000, 1, 1).checked_add(days).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pseudonyms of these values in one run.
    fn pseudonyms(class: Option<Privacy>, texts: &[&str]) -> Vec<String> {
        let mut pseudonyms = Pseudonyms::default();
        texts
            .iter()
            .map(|text| pseudonyms.text(class, text))
            .collect()
    }

    #[test]
    fn a_pseudonym_has_the_form_of_the_value() {
        for (class, text, pseudonym) in [
            (
                None,
                "c25b24b2-0ca9-4f81-a24e-5ae06b4e545a",
                "00000000-0000-4000-8000-000000000001",
            ),
            (None, "jane@bank.pe", "user1@example.com"),
            (Some(Privacy::Email), "jane", "user1@example.com"),
            (None, "https://bank.pe/receipt/77", "https://example.com/1"),
            (None, "81.21.5.9", "192.0.2.1"),
            (None, "+51987654321", "+99900000001"),
            (Some(Privacy::Phone), "+966 50 123 4567", "+999 00 000 0001"),
            (Some(Privacy::Phone), "050-123 4567", "000-000 0001"),
            (Some(Privacy::Document), "12345678", "10000001"),
            (Some(Privacy::Document), "02345678", "00000001"),
            (Some(Privacy::Document), "X-1234567-L", "X-0000001-X"),
            (
                Some(Privacy::Account),
                "TR33 0006 1005 1978 6457 8413 26",
                "XX00 0000 0000 0000 0000 0000 01",
            ),
            (
                Some(Privacy::Pan),
                "4941 46** **** 3714",
                "4000 00** **** 0001",
            ),
            (Some(Privacy::Pan), "4941460000003714", "400000******0001"),
            (Some(Privacy::Pan), "1234", "1001"),
            (Some(Privacy::Card), "23/12", "00/01"),
            (Some(Privacy::Person), "Jane Roe", "Person 1"),
            (Some(Privacy::Merchant), "Acme SAC", "Merchant 1"),
            (Some(Privacy::Secret), "hunter2", "secret-1"),
            (None, "2481400080ab", "f00000000001"),
            (None, "DAE70C33DF1655BF", "F000000000000001"),
            (None, "12.50", "10.01"),
            (None, "-0.5", "-0.1"),
            (None, "1984-05-06", "2000-01-02"),
            (None, "2024-06-01T13:37:17.123Z", "2000-01-02T00:00:00.000Z"),
            (
                None,
                "2024-06-01 13:37:17+03:00",
                "2000-01-02 00:00:00+03:00",
            ),
            (None, "ERROR_OTHER", "text-1"),
            (None, "متجر", "text-1"),
        ] {
            assert_eq!(pseudonyms(class, &[text]), [pseudonym], "{text}");
            // The form stays, so that another run changes nothing.
            assert_eq!(pseudonyms(class, &[pseudonym]), [pseudonym], "{text}");
        }
    }

    #[test]
    fn the_same_value_has_the_same_pseudonym_whatever_it_is_called() {
        let mut run = Pseudonyms::default();
        let number = run.number("301393325");
        assert_eq!(number, "100000001");
        assert_eq!(run.text(Some(Privacy::Id), "301393325"), number);
        assert_eq!(run.text(None, "301393326"), "100000002");
        assert_eq!(run.number("301393326"), "100000002");
    }

    #[test]
    fn a_name_that_is_a_number_does_not_turn_numbers_into_names() {
        let mut run = Pseudonyms::default();
        assert_eq!(run.text(Some(Privacy::Merchant), "1990"), "Merchant 1");
        assert_eq!(run.number("1990"), "1001");
        assert_eq!(run.number("1990"), "1001");
    }

    #[test]
    fn no_two_values_share_a_pseudonym_however_short_they_are() {
        for texts in [
            (0..10).map(|n| n.to_string()).collect::<Vec<_>>(),
            (0..100).map(|n| format!("{n:02}")).collect(),
            (0..1000).map(|n| format!("0.{n:03}")).collect(),
            (0..600)
                .map(|n| format!("81.21.{}.{}", n / 250, n % 250))
                .collect(),
            (0..20_000)
                .map(|n| format!("4941 46** **** {n:04}"))
                .collect(),
        ] {
            let texts: Vec<_> = texts.iter().map(String::as_str).collect();
            let mut given = pseudonyms(Some(Privacy::Pan), &texts);
            assert!(number::is_whole(&given[0]) || given[0].contains(['.', '*']));
            given.sort_unstable();
            given.dedup();
            assert_eq!(given.len(), texts.len());
        }
    }
}
