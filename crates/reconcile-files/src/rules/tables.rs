//! The shape of the rules file, with the place of whatever may turn out to
//! make no sense.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::civil::Weekday;
use reconcile_core::{Currency, Kind, Status};
use reconcile_engine::{Basis, GroupBy, Normalisation, Side, Sides, Take};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, value::MapAccessDeserializer},
};
use toml::Spanned;

use super::values::{Day, Exact, Limit, OneOrMany, Share, Word};
use crate::Mapping;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Tables {
    pub(super) ledger: Option<Spanned<Mapping>>,
    pub(super) records: Option<Spanned<Mapping>>,
    pub(super) tolerance: TolerancesTable,
    pub(super) statuses: StatusesTable,
    pub(super) calendar: Option<Spanned<CalendarTable>>,
    pub(super) fees: Option<Spanned<FeesTable>>,
    pub(super) attention: Option<Spanned<AttentionTable>>,
    pub(super) exclude: Vec<Spanned<ExcludeTable>>,
    pub(super) pass: Option<Spanned<Vec<Spanned<PassTable>>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TolerancesTable {
    pub(super) absolute: Option<Exact>,
    pub(super) percent: Option<Exact>,
    pub(super) take: Option<Word<Take>>,
    pub(super) currencies: BTreeMap<Currency, ToleranceTable>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ToleranceTable {
    pub(super) absolute: Option<Exact>,
    pub(super) percent: Option<Exact>,
    pub(super) take: Option<Word<Take>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct StatusesTable {
    pub(super) counts: Option<BTreeSet<Status>>,
    pub(super) pending: Option<BTreeSet<Status>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CalendarTable {
    pub(super) weekend: Option<Vec<Word<Weekday>>>,
    pub(super) holidays: Vec<Day>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AttentionTable {
    pub(super) stale_after_days: Option<Limit>,
    pub(super) small: BTreeMap<Currency, Exact>,
    pub(super) large: BTreeMap<Currency, Exact>,
    pub(super) by_average: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FeesTable {
    pub(super) ledger: Option<Word<Basis>>,
    pub(super) records: Option<Word<Basis>>,
    pub(super) infer: bool,
    pub(super) tax_percent: Option<Exact>,
    pub(super) schedule: Vec<Spanned<FeeTermTable>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FeeTermTable {
    pub(super) method: Option<String>,
    pub(super) currency: Option<Currency>,
    pub(super) flat: Option<Exact>,
    pub(super) percent: Option<Exact>,
    pub(super) least: Option<Exact>,
    pub(super) most: Option<Exact>,
    pub(super) tiers: Vec<FeeTierTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FeeTierTable {
    pub(super) up_to: Option<Exact>,
    pub(super) percent: Exact,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExcludeTable {
    pub(super) side: Word<Side>,
    pub(super) reason: String,
    #[serde(default)]
    pub(super) kind: BTreeSet<Kind>,
    #[serde(default)]
    pub(super) status: BTreeSet<Status>,
    pub(super) account: Option<String>,
    pub(super) description_has: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PassTable {
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) equal: Vec<Spanned<EqualWord>>,
    pub(super) identifies: Option<bool>,
    pub(super) tolerance: Option<TolerancesTable>,
    pub(super) days: Option<DaysTable>,
    pub(super) text: Option<TextTable>,
    #[serde(default)]
    pub(super) net: bool,
    pub(super) group: Option<Spanned<GroupTable>>,
    pub(super) margin: Option<Share>,
    #[serde(default)]
    pub(super) across_references: bool,
}

/// What must be equal: a column of both sides, or a table.
pub(super) enum EqualWord {
    Column(String),
    Table(EqualTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EqualTable {
    pub(super) ledger: Spanned<String>,
    pub(super) records: Spanned<String>,
    #[serde(default)]
    pub(super) normalise: Vec<Word<Normalisation>>,
    pub(super) prefix: Option<OneOrMany<String>>,
}

impl<'de> Deserialize<'de> for EqualWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = EqualWord;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column, or a table of the columns of ledger and records")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<EqualWord, E> {
                Ok(EqualWord::Column(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<EqualWord, A::Error> {
                EqualTable::deserialize(MapAccessDeserializer::new(map)).map(EqualWord::Table)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DaysTable {
    pub(super) before: u16,
    pub(super) after: u16,
    pub(super) business: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TextTable {
    pub(super) ledger: Option<Spanned<String>>,
    pub(super) records: Option<Spanned<String>>,
    pub(super) least: Option<Share>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupTable {
    pub(super) by: Word<GroupBy>,
    pub(super) sides: Word<Sides>,
    #[serde(default)]
    pub(super) evidence: Vec<Spanned<String>>,
    pub(super) most: Option<usize>,
}
