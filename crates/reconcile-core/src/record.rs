//! The record: one movement of money as a provider lists it.

use std::{borrow::Cow, collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};

use crate::{Currency, ModelError, Money, money::decimal_text};

/// One movement of money as a provider lists it.
///
/// It carries no document, name, e-mail or phone of a person, and of a card at
/// most the first six and last four digits. In every output it is the flat row
/// of [`Record::COLUMNS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The provider's id in this toolkit, as in [`Descriptor::id`](crate::Descriptor::id).
    pub provider: String,
    /// The provider's id of the record, unique with provider and kind.
    pub id: String,
    /// What moved.
    pub kind: Kind,
    /// Which way, from the merchant's side.
    pub direction: Direction,
    /// How far it got.
    pub status: Status,
    /// The status as the provider said it.
    pub provider_status: String,
    /// The merchant's own reference.
    pub reference: Option<String>,
    /// What the customer or beneficiary was to pay or get; never negative.
    pub amount: Money,
    /// What moves the merchant's balance at the provider.
    pub settled: Option<Money>,
    /// What the provider keeps.
    pub fee: Option<Money>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
    /// The merchant, terminal or sub-account at the provider.
    pub account: Option<String>,
    /// The payment method or card scheme, as the provider codes it.
    pub method: Option<String>,
    /// Free text as the provider or bank shows it.
    pub description: Option<String>,
    /// Further match keys, by name.
    pub attributes: BTreeMap<String, Attribute>,
}

impl Record {
    /// The columns of every output, in order.
    pub const COLUMNS: [&'static str; 19] = [
        "provider",
        "id",
        "kind",
        "direction",
        "status",
        "provider_status",
        "reference",
        "amount",
        "currency",
        "settled_amount",
        "settled_currency",
        "fee",
        "fee_currency",
        "created_at",
        "updated_at",
        "account",
        "method",
        "description",
        "attributes",
    ];

    /// A record with what every record has; the rest is absent, and
    /// `provider_status` is the status in our own word.
    #[must_use]
    pub fn new(
        provider: impl Into<String>,
        id: impl Into<String>,
        (kind, direction): (Kind, Direction),
        status: Status,
        amount: Money,
        created_at: Timestamp,
    ) -> Self {
        Self {
            provider: provider.into(),
            id: id.into(),
            kind,
            direction,
            status,
            provider_status: status.to_string(),
            reference: None,
            amount,
            settled: None,
            fee: None,
            created_at,
            updated_at: None,
            account: None,
            method: None,
            description: None,
            attributes: BTreeMap::new(),
        }
    }

    /// The record as text cells in the order of [`Record::COLUMNS`]; `None` is absent.
    #[must_use]
    pub fn cells(&self) -> [Option<Cow<'_, str>>; 19] {
        fn text(text: Option<&String>) -> Option<Cow<'_, str>> {
            text.map(|text| Cow::Borrowed(text.as_str()))
        }
        fn amount(money: Option<Money>) -> Option<Cow<'static, str>> {
            money.map(|money| Cow::Owned(money.amount.to_string()))
        }
        fn currency(money: Option<&Money>) -> Option<Cow<'_, str>> {
            money.map(|money| Cow::Borrowed(money.currency.as_str()))
        }
        [
            Some(Cow::Borrowed(&self.provider)),
            Some(Cow::Borrowed(&self.id)),
            Some(Cow::Borrowed(self.kind.as_str())),
            Some(Cow::Borrowed(self.direction.as_str())),
            Some(Cow::Borrowed(self.status.as_str())),
            Some(Cow::Borrowed(&self.provider_status)),
            text(self.reference.as_ref()),
            amount(Some(self.amount)),
            currency(Some(&self.amount)),
            amount(self.settled),
            currency(self.settled.as_ref()),
            amount(self.fee),
            currency(self.fee.as_ref()),
            Some(Cow::Owned(self.created_at.to_string())),
            self.updated_at.map(|at| Cow::Owned(at.to_string())),
            text(self.account.as_ref()),
            text(self.method.as_ref()),
            text(self.description.as_ref()),
            Some(Cow::Owned(self.attributes_json())),
        ]
    }

    /// The attributes as a JSON object, sorted by key.
    #[must_use]
    pub fn attributes_json(&self) -> String {
        // A map of text, integers and flags always serialises.
        serde_json::to_string(&self.attributes).unwrap_or_default()
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |money: Option<Money>| money.map(|m| m.amount.to_string());
        let code = |money: Option<Money>| money.map(|m| m.currency);
        let mut row = serializer.serialize_struct("Record", Self::COLUMNS.len())?;
        row.serialize_field("provider", &self.provider)?;
        row.serialize_field("id", &self.id)?;
        row.serialize_field("kind", &self.kind)?;
        row.serialize_field("direction", &self.direction)?;
        row.serialize_field("status", &self.status)?;
        row.serialize_field("provider_status", &self.provider_status)?;
        row.serialize_field("reference", &self.reference)?;
        row.serialize_field("amount", &self.amount.amount.to_string())?;
        row.serialize_field("currency", &self.amount.currency)?;
        row.serialize_field("settled_amount", &text(self.settled))?;
        row.serialize_field("settled_currency", &code(self.settled))?;
        row.serialize_field("fee", &text(self.fee))?;
        row.serialize_field("fee_currency", &code(self.fee))?;
        row.serialize_field("created_at", &self.created_at)?;
        row.serialize_field("updated_at", &self.updated_at)?;
        row.serialize_field("account", &self.account)?;
        row.serialize_field("method", &self.method)?;
        row.serialize_field("description", &self.description)?;
        row.serialize_field("attributes", &self.attributes)?;
        row.end()
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Row::deserialize(deserializer)?
            .try_into()
            .map_err(serde::de::Error::custom)
    }
}

/// The flat row, as it is read back.
#[derive(Deserialize)]
struct Row {
    provider: String,
    id: String,
    kind: Kind,
    direction: Direction,
    status: Status,
    provider_status: String,
    reference: Option<String>,
    #[serde(with = "decimal_text")]
    amount: Decimal,
    currency: Currency,
    settled_amount: Option<String>,
    settled_currency: Option<Currency>,
    fee: Option<String>,
    fee_currency: Option<Currency>,
    created_at: Timestamp,
    updated_at: Option<Timestamp>,
    account: Option<String>,
    method: Option<String>,
    description: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, Attribute>,
}

impl TryFrom<Row> for Record {
    type Error = ModelError;

    fn try_from(row: Row) -> Result<Self, ModelError> {
        Ok(Self {
            provider: row.provider,
            id: row.id,
            kind: row.kind,
            direction: row.direction,
            status: row.status,
            provider_status: row.provider_status,
            reference: row.reference,
            amount: Money::new(row.amount, row.currency),
            settled: optional_money("settled_amount", row.settled_amount, row.settled_currency)?,
            fee: optional_money("fee", row.fee, row.fee_currency)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
            account: row.account,
            method: row.method,
            description: row.description,
            attributes: row.attributes,
        })
    }
}

fn optional_money(
    column: &'static str,
    amount: Option<String>,
    currency: Option<Currency>,
) -> Result<Option<Money>, ModelError> {
    match (amount, currency) {
        (None, None) => Ok(None),
        (Some(text), Some(currency)) => Decimal::from_str_exact(&text)
            .map(|amount| Some(Money::new(amount, currency)))
            .map_err(|_| ModelError::Amount { column, text }),
        _ => Err(ModelError::HalfMoney(column)),
    }
}

/// A further match key of a record.
///
/// There is no variant for fractions: an amount is text, with its digits kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Attribute {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// Text, and amounts as text.
    Text(String),
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => fmt::Display::fmt(flag, f),
            Self::Integer(number) => fmt::Display::fmt(number, f),
            Self::Text(text) => f.pad(text),
        }
    }
}

impl From<&str> for Attribute {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Attribute {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Decimal> for Attribute {
    fn from(amount: Decimal) -> Self {
        Self::Text(amount.to_string())
    }
}

impl From<i64> for Attribute {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Attribute {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// Defines an enum whose variants are words of the contract.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every word, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that stands for it in every output.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = ModelError;

            #[inline]
            fn from_str(word: &str) -> Result<Self, ModelError> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(ModelError::Word {
                        what: $what,
                        word: word.to_owned(),
                        known: &[$($word,)+],
                    }),
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What moved.
    Kind, "kind" {
        /// A customer paid.
        Payment = "payment",
        /// Money of a payment went back to the customer.
        Refund = "refund",
        /// A payment was undone before it settled.
        Reversal = "reversal",
        /// A beneficiary was paid.
        Payout = "payout",
        /// The provider paid the merchant's balance out.
        Settlement = "settlement",
        /// A correction, a credit or debit note.
        Adjustment = "adjustment",
    }
}

words! {
    /// Which way money moves, from the merchant's side.
    Direction, "direction" {
        /// Towards the merchant.
        Credit = "credit",
        /// Away from the merchant.
        Debit = "debit",
    }
}

impl Direction {
    /// `1` for a credit, `-1` for a debit.
    #[must_use]
    pub const fn sign(self) -> i8 {
        match self {
            Self::Credit => 1,
            Self::Debit => -1,
        }
    }
}

words! {
    /// How far a movement got.
    Status, "status" {
        /// Under way.
        Pending = "pending",
        /// Held back by the merchant or the provider.
        OnHold = "on_hold",
        /// The money moved.
        Succeeded = "succeeded",
        /// It did not move.
        Failed = "failed",
        /// It was called off before it moved.
        Cancelled = "cancelled",
        /// It moved and went back.
        Reversed = "reversed",
        /// The provider said something this version does not know; it stands
        /// in [`Record::provider_status`].
        Unknown = "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            provider: "acme".into(),
            id: "1".into(),
            kind: Kind::Payment,
            direction: Direction::Credit,
            status: Status::Succeeded,
            provider_status: "OK".into(),
            reference: None,
            amount: Money::new("30.0".parse().unwrap(), "PEN".parse().unwrap()),
            settled: Some(Money::new(
                "0.1234567890123456789".parse().unwrap(),
                "USD".parse().unwrap(),
            )),
            fee: None,
            created_at: "2024-06-01T13:37:17Z".parse().unwrap(),
            updated_at: None,
            account: Some("7".into()),
            method: None,
            description: None,
            attributes: BTreeMap::from([
                ("rrn".into(), "000123".into()),
                ("is_refunded".into(), false.into()),
                ("installment".into(), 3.into()),
            ]),
        }
    }

    #[test]
    fn a_record_is_one_flat_row_of_the_contract() {
        insta::assert_snapshot!(serde_json::to_string(&record()).unwrap(), @r#"{"provider":"acme","id":"1","kind":"payment","direction":"credit","status":"succeeded","provider_status":"OK","reference":null,"amount":"30.0","currency":"PEN","settled_amount":"0.1234567890123456789","settled_currency":"USD","fee":null,"fee_currency":null,"created_at":"2024-06-01T13:37:17Z","updated_at":null,"account":"7","method":null,"description":null,"attributes":{"installment":3,"is_refunded":false,"rrn":"000123"}}"#);
    }

    #[test]
    fn a_row_reads_back_as_the_record() {
        let text = serde_json::to_string(&record()).unwrap();
        let back: Record = serde_json::from_str(&text).unwrap();
        assert_eq!(back, record());
        assert_eq!(back.amount.amount.to_string(), "30.0");
    }

    #[test]
    fn cells_follow_the_columns() {
        let record = record();
        let cells = record.cells();
        let at = |column: &str| {
            let index = Record::COLUMNS.iter().position(|c| *c == column).unwrap();
            cells[index].clone()
        };
        assert_eq!(at("amount").as_deref(), Some("30.0"));
        assert_eq!(at("settled_currency").as_deref(), Some("USD"));
        assert_eq!(at("fee"), None);
        assert_eq!(at("created_at").as_deref(), Some("2024-06-01T13:37:17Z"));
    }

    #[test]
    fn an_amount_without_its_currency_is_refused() {
        let text = serde_json::to_string(&record())
            .unwrap()
            .replace(r#""settled_currency":"USD""#, r#""settled_currency":null"#);
        let error = serde_json::from_str::<Record>(&text).unwrap_err();
        assert!(error.to_string().contains("settled_amount"), "{error}");
    }
}
