//! The form of a value, and what else has it.

use jiff::{ToSpan, civil};

use super::number::Parts;
use crate::{overrides::Privacy, scan};

/// The form of a value, which its pseudonym shares. Pseudonyms of one form are
/// numbered; the form of a pseudonym is the form of the value, so that redacting
/// twice is redacting once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
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
    pub(super) fn of(class: Option<Privacy>, text: &str) -> Self {
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
    pub(super) fn fill(&self, number: u64) -> Option<String> {
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
pub(super) const fn label(class: Option<Privacy>) -> &'static str {
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
