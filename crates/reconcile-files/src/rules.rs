//! The rules file.

use std::{collections::BTreeSet, fmt, fs, path::Path};

use reconcile_core::Status;
use reconcile_engine::{Rules, Take};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};

use crate::{FileError, Mapping, value};

/// What the rules file says: how the two files are read, and how they are matched.
///
/// ```toml
/// [ledger]
/// columns = { reference = "Order No", amount = "Betrag" }
/// decimal_separator = ","
/// thousands_separator = "."
/// date_format = "%d.%m.%Y"
/// zone = "Europe/Berlin"
/// delimiter = ";"
/// currency = "EUR"
///
/// [tolerance]
/// absolute = "0.01"
/// percent = "1"
/// take = "smaller"
///
/// [statuses]
/// counts = ["succeeded"]
/// pending = ["pending", "on_hold"]
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RulesFile {
    /// How the ledger is read.
    pub ledger: Mapping,
    /// How a file of records is read.
    pub records: Mapping,
    /// How they are matched.
    pub rules: Rules,
    /// Whether the file says which statuses count, or leaves it to the default.
    pub says_what_counts: bool,
}

impl RulesFile {
    /// Reads the file; an error names the line and column in it.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        let text = fs::read_to_string(path).map_err(|source| FileError::Read {
            path: path.into(),
            source,
        })?;
        Self::parse(&text, path)
    }

    /// Reads the text of a rules file; `path` is what errors call it.
    pub fn parse(text: &str, path: &Path) -> Result<Self, FileError> {
        let tables: Tables = toml::from_str(text).map_err(|error| {
            let message = one_line(error.message());
            FileError::Rules {
                path: path.into(),
                position: error.span().map(|span| position(text, span.start)),
                hint: hint(&message),
                message,
            }
        })?;
        for (table, mapping) in [("ledger", &tables.ledger), ("records", &tables.records)] {
            if mapping.thousands_separator == Some(mapping.decimal_separator) {
                return Err(FileError::Rules {
                    path: path.into(),
                    position: None,
                    message: format!(
                        "[{table}]: `{}` cannot separate both the thousands and the fraction",
                        mapping.decimal_separator
                    ),
                    hint: Some("set both decimal_separator and thousands_separator"),
                });
            }
        }
        Ok(tables.into())
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Tables {
    ledger: Mapping,
    records: Mapping,
    tolerance: ToleranceTable,
    statuses: StatusesTable,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ToleranceTable {
    absolute: Option<Exact>,
    percent: Option<Exact>,
    take: Option<TakeWord>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TakeWord {
    Smaller,
    Larger,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StatusesTable {
    counts: Option<BTreeSet<Status>>,
    pending: Option<BTreeSet<Status>>,
}

impl From<Tables> for RulesFile {
    fn from(tables: Tables) -> Self {
        let mut rules = Rules::default();
        let tolerance = &mut rules.tolerance.others;
        if let Some(Exact(absolute)) = tables.tolerance.absolute {
            tolerance.absolute = absolute;
        }
        if let Some(Exact(percent)) = tables.tolerance.percent {
            tolerance.percent = percent;
        }
        match tables.tolerance.take {
            Some(TakeWord::Smaller) => tolerance.take = Take::Smaller,
            Some(TakeWord::Larger) => tolerance.take = Take::Larger,
            None => {}
        }
        let says_what_counts = tables.statuses.counts.is_some();
        rules.counts = tables.statuses.counts.unwrap_or(rules.counts);
        rules.pending = tables.statuses.pending.unwrap_or(rules.pending);
        Self {
            ledger: tables.ledger,
            records: tables.records,
            rules,
            says_what_counts,
        }
    }
}

/// An amount that is not negative. TOML's own fractions are floats, so they
/// are refused rather than read nearly right.
struct Exact(Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Exact;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal in quotes or a whole number")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Exact, E> {
                not_negative(number.into())
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Exact, E> {
                value::amount(text, &Mapping::default())
                    .map_err(|_| E::custom(format_args!("`{text}` is not a decimal")))
                    .and_then(not_negative)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

fn not_negative<E: de::Error>(amount: Decimal) -> Result<Exact, E> {
    if amount.is_sign_negative() && !amount.is_zero() {
        return Err(E::custom(format_args!("{amount} is negative")));
    }
    Ok(Exact(amount))
}

/// The line and column of a byte, from 1, the column in characters.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count();
    (before.matches('\n').count() + 1, column + 1)
}

fn one_line(message: &str) -> String {
    message.lines().collect::<Vec<_>>().join("; ")
}

fn hint(message: &str) -> Option<&'static str> {
    let hints = [
        (
            "floating point",
            "a fraction without quotes is a float and not exact: write \"0.01\"",
        ),
        (
            "IANA time zone",
            "name it as in \"America/Lima\" or \"UTC\"",
        ),
        (
            "pattern of year",
            "use strptime directives, as in \"%d/%m/%Y\"",
        ),
        ("ISO 4217", "three capital letters, as in \"PEN\""),
    ];
    hints
        .into_iter()
        .find(|(part, _)| message.contains(part))
        .map(|(_, hint)| hint)
}
