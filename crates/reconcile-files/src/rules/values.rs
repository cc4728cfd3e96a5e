//! The values of the rules file: exact figures, days, words, and one or many.

use std::{fmt, marker::PhantomData};

use jiff::civil::{Date, Weekday};
use reconcile_engine::{Basis, GroupBy, Normalisation, Side, Sides, Take};
use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{self, IntoDeserializer as _, MapAccess, SeqAccess, value::MapAccessDeserializer},
};

use crate::{Mapping, value};

/// A figure that is not negative. TOML's own fractions are floats, so they
/// are refused rather than read nearly right.
#[derive(Clone, Copy)]
pub(super) struct Exact(pub(super) Decimal);

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

/// A part of one: a similarity, a margin.
#[derive(Clone, Copy)]
pub(super) struct Share(pub(super) Decimal);

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Exact(share) = Exact::deserialize(deserializer)?;
        if share > Decimal::ONE {
            return Err(de::Error::custom(format_args!(
                "{share} is not between 0 and 1"
            )));
        }
        Ok(Self(share))
    }
}

/// A number of days, or never.
#[derive(Clone, Copy)]
pub(super) struct Limit(pub(super) Option<u16>);

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Limit;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of days, from 0 to 65535, or \"never\"")
            }

            fn visit_i64<E: de::Error>(self, days: i64) -> Result<Limit, E> {
                u16::try_from(days)
                    .map(|days| Limit(Some(days)))
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(days), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Limit, E> {
                match text {
                    "never" => Ok(Limit(None)),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// A day, in quotes or as TOML's own date.
pub(super) struct Day(pub(super) Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Day;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date, as in \"2026-01-31\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Day, E> {
                // The parser of dates would take an instant for its date.
                Date::strptime("%Y-%m-%d", text)
                    .map(Day)
                    .map_err(|_| E::custom(format_args!("`{text}` is not a date (2026-01-31)")))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Day, A::Error> {
                let date = toml::value::Datetime::deserialize(MapAccessDeserializer::new(map))?;
                self.visit_str(&date.to_string())
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// One value where there is no need for a list.
pub(super) struct OneOrMany<T>(pub(super) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrMany<T>, E> {
                T::deserialize(text.into_deserializer()).map(|one| OneOrMany(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany<T>, A::Error> {
                let mut many = Vec::new();
                while let Some(one) = list.next_element()? {
                    many.push(one);
                }
                Ok(OneOrMany(many))
            }
        }

        deserializer.deserialize_any(Visitor(PhantomData))
    }
}

/// One of the words that stand for a setting.
#[derive(Clone, Copy)]
pub(super) struct Word<T>(pub(super) T);

/// What has a word for each of its values.
pub(super) trait Worded: Copy + 'static {
    /// Every word, and what it stands for.
    const WORDS: &'static [(&'static str, Self)];
}

impl<'de, T: Worded> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let meant = T::WORDS.iter().find(|(word, _)| *word == text);
        meant.map(|(_, value)| Self(*value)).ok_or_else(|| {
            let words: Vec<_> = T::WORDS.iter().map(|(word, _)| *word).collect();
            de::Error::custom(format_args!("`{text}` is none of {}", words.join(", ")))
        })
    }
}

impl Worded for Take {
    const WORDS: &'static [(&'static str, Self)] =
        &[("smaller", Self::Smaller), ("larger", Self::Larger)];
}

impl Worded for Weekday {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("monday", Self::Monday),
        ("tuesday", Self::Tuesday),
        ("wednesday", Self::Wednesday),
        ("thursday", Self::Thursday),
        ("friday", Self::Friday),
        ("saturday", Self::Saturday),
        ("sunday", Self::Sunday),
    ];
}

impl Worded for Basis {
    const WORDS: &'static [(&'static str, Self)] = &[("gross", Self::Gross), ("net", Self::Net)];
}

impl Worded for Side {
    const WORDS: &'static [(&'static str, Self)] =
        &[("ledger", Self::Ledger), ("records", Self::Records)];
}

impl Worded for GroupBy {
    const WORDS: &'static [(&'static str, Self)] = &[("key", Self::Key), ("sum", Self::Sum)];
}

impl Worded for Sides {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("one_to_many", Self::OneToMany),
        ("many_to_one", Self::ManyToOne),
        ("many_to_many", Self::ManyToMany),
    ];
}

impl Worded for Normalisation {
    const WORDS: &'static [(&'static str, Self)] = &[
        (Self::Case.as_str(), Self::Case),
        (Self::Punctuation.as_str(), Self::Punctuation),
        (Self::Accents.as_str(), Self::Accents),
        (Self::Digits.as_str(), Self::Digits),
        (Self::Zeros.as_str(), Self::Zeros),
    ];
}
