//! The totals of a day, as a file has them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::Path,
};

use reconcile_core::Bucket;
use reconcile_files::{read_text, shown, shown_sentence};
use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};

use crate::{error::CommandError, registry::DayTotal};

/// Reads the totals, each of which must be there once, and no other.
pub(super) fn read(
    path: &Path,
    wanted: &[DayTotal],
) -> Result<BTreeMap<String, Bucket>, CommandError> {
    let refuse = |reason: &str| unusable(path, reason, wanted);
    let text = read_text(path, LONGEST)?;
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    let totals = match extension.to_str().unwrap_or_default() {
        "toml" => of_toml(&text),
        "json" => of_json(&text),
        "csv" => of_csv(&text),
        _ => Err("its name ends in none of .toml, .json and .csv".to_owned()),
    };
    let mut missing: BTreeSet<_> = wanted.iter().map(|total| total.name).collect();
    let mut buckets = BTreeMap::new();
    for (name, bucket) in totals.map_err(|reason| refuse(&reason))? {
        if buckets.contains_key(&name) {
            return Err(refuse(&format!("`{name}` is there twice")));
        }
        if !missing.remove(&*name) {
            return Err(refuse(&format!("there is no total `{name}`")));
        }
        if bucket.amount.is_sign_negative() && !bucket.amount.is_zero() {
            return Err(refuse(&format!("the amount of `{name}` is negative")));
        }
        buckets.insert(name, bucket);
    }
    match missing.first() {
        Some(name) => Err(refuse(&format!("`{name}` is missing"))),
        None => Ok(buckets),
    }
}

/// The longest file, in bytes: it has a line for each of a few totals.
const LONGEST: u64 = 1 << 20;

fn unusable(path: &Path, reason: &str, wanted: &[DayTotal]) -> CommandError {
    let names: Vec<_> = wanted.iter().map(|total| total.name).collect();
    CommandError::configuration(
        format!("{}: {}", path.display(), shown_sentence(reason)),
        format!(
            "the totals are {}, each with `count` and `amount`; `reconcile attest --help` shows how",
            names.join(", ")
        ),
    )
}

/// The totals in the order of the file, with repetitions.
type Totals = Vec<(String, Bucket)>;

fn of_toml(text: &str) -> Result<Totals, String> {
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| format!("it is not TOML: {}", error.message()))?;
    let total = |(name, value): (String, toml::Value)| {
        let bucket = value
            .try_into()
            .map_err(|error: toml::de::Error| format!("`{name}`: {}", error.message()));
        let TomlBucket { count, amount } = bucket?;
        Ok((name, Bucket { count, amount }))
    };
    table.into_iter().map(total).collect()
}

/// Amounts are text or whole numbers: a fraction without quotes is a float.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TomlBucket {
    count: u64,
    #[serde(deserialize_with = "exact")]
    amount: Decimal,
}

fn exact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    struct Exact;

    impl Visitor<'_> for Exact {
        type Value = Decimal;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a decimal in quotes or a whole number")
        }

        fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Decimal, E> {
            Ok(number.into())
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Decimal, E> {
            amount(text).map_err(E::custom)
        }
    }

    deserializer.deserialize_any(Exact)
}

fn of_json(text: &str) -> Result<Totals, String> {
    let JsonTotals(totals) = serde_json::from_str(text)
        .map_err(|error| format!("it is not JSON as it should be: {error}"))?;
    Ok(totals)
}

/// An object whose keys may repeat, which a map would not show.
struct JsonTotals(Totals);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonBucket {
    count: u64,
    #[serde(deserialize_with = "reconcile_transport::decimal::deserialize")]
    amount: Decimal,
}

impl<'de> Deserialize<'de> for JsonTotals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Totals;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the totals")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Totals, A::Error> {
                let mut totals = Vec::new();
                while let Some((name, JsonBucket { count, amount })) = map.next_entry()? {
                    totals.push((name, Bucket { count, amount }));
                }
                Ok(totals)
            }
        }

        deserializer.deserialize_map(Object).map(Self)
    }
}

fn of_csv(text: &str) -> Result<Totals, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| error.to_string())?;
    if header.iter().ne(["name", "count", "amount"]) {
        return Err("its header is not name,count,amount".to_owned());
    }
    let total = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.map_err(|error| error.to_string())?;
        let cell = |index| row.get(index).unwrap_or_default();
        let (name, number) = (cell(0), cell(1));
        let count = number
            .parse()
            .map_err(|_| format!("`{name}`: `{}` is no whole number", shown(number)))?;
        let amount = amount(cell(2)).map_err(|reason| format!("`{name}`: {reason}"))?;
        Ok((name.to_owned(), Bucket { count, amount }))
    };
    reader.records().map(total).collect()
}

/// A plain decimal. The parser takes more than that: `1_000`, `.5` and `5.`.
fn amount(text: &str) -> Result<Decimal, String> {
    let is_plain = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-'))
        && text
            .trim_start_matches('-')
            .starts_with(|first: char| first.is_ascii_digit())
        && text.ends_with(|last: char| last.is_ascii_digit());
    let amount = Decimal::from_str_exact(text).ok().filter(|_| is_plain);
    amount.ok_or_else(|| format!("`{}` is no exact decimal", shown(text)))
}
