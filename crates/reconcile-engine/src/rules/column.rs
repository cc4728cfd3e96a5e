//! What passes compare.

use std::{collections::BTreeSet, fmt, sync::Arc};

use super::RulesError;
use crate::Side;

/// A column of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Column {
    /// The id of the line or record.
    Id,
    /// The merchant's reference.
    Reference,
    /// The account or sub-account.
    Account,
    /// The payment method or card scheme.
    Method,
    /// Free text.
    Description,
    /// The amount.
    Amount,
    /// What the amount is counted in.
    Currency,
    /// The day.
    Date,
    /// What moved, by its word.
    Kind,
    /// Which way it moved, by its word.
    Direction,
    /// How far it got, by its word.
    Status,
    /// The fee.
    Fee,
    /// The tax on the fee.
    Tax,
    /// What moves the merchant's balance.
    SettledAmount,
    /// A further match key, by its name.
    Attribute(Arc<str>),
}

impl Column {
    /// Whether rows that share it are the same thing: an account or a day is
    /// shared by many that have nothing to do with each other.
    #[must_use]
    pub const fn identifies(&self) -> bool {
        matches!(self, Self::Id | Self::Reference | Self::Attribute(_))
    }
}

impl Column {
    /// The columns that every row may have, each by the word that stands for it
    /// in the rules file.
    pub const OF_EVERY_ROW: [(&'static str, Self); 14] = [
        ("id", Self::Id),
        ("reference", Self::Reference),
        ("account", Self::Account),
        ("method", Self::Method),
        ("description", Self::Description),
        ("amount", Self::Amount),
        ("currency", Self::Currency),
        ("date", Self::Date),
        ("kind", Self::Kind),
        ("direction", Self::Direction),
        ("status", Self::Status),
        ("fee", Self::Fee),
        ("tax", Self::Tax),
        ("settled_amount", Self::SettledAmount),
    ];
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Attribute(name) = self {
            return write!(f, "attributes.{name}");
        }
        let mut words = Self::OF_EVERY_ROW.iter();
        let word = words.find_map(|(word, column)| (column == self).then_some(*word));
        f.write_str(word.unwrap_or_default())
    }
}

/// What must be equal on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equality {
    /// The column of the ledger.
    pub ledger: Column,
    /// The column of the provider.
    pub records: Column,
    /// What is made of both before they are compared.
    pub normalise: BTreeSet<Normalisation>,
    /// What is cut off the front of either, where it stands there, after
    /// normalisation.
    pub prefixes: Vec<String>,
}

impl Equality {
    /// The same column on both sides, as it is written.
    #[must_use]
    pub fn of(column: Column) -> Self {
        Self::between(column.clone(), column)
    }

    /// Two columns, as they are written.
    #[must_use]
    pub const fn between(ledger: Column, records: Column) -> Self {
        Self {
            ledger,
            records,
            normalise: BTreeSet::new(),
            prefixes: Vec::new(),
        }
    }

    /// The same with every normalisation.
    #[must_use]
    pub fn normalised(mut self) -> Self {
        self.normalise = Normalisation::ALL.into();
        self
    }

    /// The column of a side.
    #[must_use]
    pub const fn column(&self, side: Side) -> &Column {
        match side {
            Side::Ledger => &self.ledger,
            Side::Records => &self.records,
        }
    }

    pub(super) fn check(&self, pass: &str) -> Result<(), RulesError> {
        for column in [&self.ledger, &self.records] {
            if matches!(column, Column::Attribute(name) if name.is_empty()) {
                return Err(RulesError::UnnamedAttribute(pass.to_owned()));
            }
        }
        Ok(())
    }
}

/// What is made of a text before it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Normalisation {
    /// Capitals become small letters.
    Case,
    /// What is neither letter nor digit goes. In a pass by key, it may not part
    /// digits otherwise on the other side all the same: `1-23` is not `12-3`, nor
    /// `A-100` `A1-00`, but `123` may be either of the first two.
    Punctuation,
    /// Letters lose their accents and vowel signs.
    Accents,
    /// Arabic-Indic, Persian and full-width digits become `0` to `9`.
    Digits,
    /// Zeros before the first other digit of a number go.
    Zeros,
}

impl Normalisation {
    /// Every normalisation.
    pub const ALL: [Self; 5] = [
        Self::Case,
        Self::Punctuation,
        Self::Accents,
        Self::Digits,
        Self::Zeros,
    ];

    /// The word that stands for it in the rules file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Punctuation => "punctuation",
            Self::Accents => "accents",
            Self::Digits => "digits",
            Self::Zeros => "zeros",
        }
    }
}

impl fmt::Display for Normalisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
