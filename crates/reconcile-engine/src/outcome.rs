//! What a reconciliation finds.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use jiff::civil::Date;
use reconcile_core::{Currency, Status, Sum};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::{Book, BreakCode, Matches, RowIndex, Severity};

/// What a reconciliation finds: every row of both sides is in exactly one of
/// `matches`, `breaks` and `excluded`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// What agrees, by the id of the ledger row, then of the record.
    pub matches: Matches,
    /// What does not, by code in the order of the contract, date and ids.
    pub breaks: Vec<Break>,
    /// What takes no part, by side and id.
    pub excluded: Vec<Excluded>,
    /// All rows of the ledger.
    pub ledger: Totals,
    /// All rows of the provider.
    pub records: Totals,
    /// How the two sides tie, by currency.
    pub conservation: BTreeMap<Currency, Conservation>,
    /// What the reader must know beside it: searches that gave up, fees that
    /// were inferred.
    pub notes: Vec<String>,
}

/// How the rows of a match group agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// In all that the pass compares, amounts to the last digit.
    Exact,
    /// The same, with amounts that differ within the tolerance.
    Tolerance,
    /// Amounts agree after the fees.
    Net,
    /// Neither side moved money: amount and status agree.
    SameStatus,
    /// The sums of several rows agree, within the tolerance.
    Group,
}

impl Rule {
    /// What stands after the name of the pass in every file.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Exact => "",
            Self::Tolerance => "_tolerance",
            Self::Net => "_net",
            Self::SameStatus => "_status",
            Self::Group => "_group",
        }
    }

    /// What ties rows, in the word of every file: the pass, and how they agree
    /// where it is not to the last digit.
    #[must_use]
    pub fn of_pass(self, pass: &str) -> Cow<'_, str> {
        match self.suffix() {
            "" => Cow::Borrowed(pass),
            suffix => Cow::Owned(format!("{pass}{suffix}")),
        }
    }

    /// Whether what it ties may differ in the amounts that are stated.
    pub(crate) const fn may_differ(self) -> bool {
        match self {
            // Neither moved money, or both the same.
            Self::Exact | Self::SameStatus => false,
            Self::Tolerance | Self::Net | Self::Group => true,
        }
    }
}

/// A difference that remains.
///
/// Amounts are what moved, credits `+` and debits `−`: where a status says that
/// no money moved, it is zero. So `expected − actual = difference`, an absent
/// side counting as zero, wherever a difference can be stated at all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Break {
    /// What kind of difference it is.
    pub code: BreakCode,
    /// How much attention it needs: by its code, and by
    /// [`Attention`](crate::Attention) where the break is not of a proof.
    pub severity: Severity,
    /// The rows of the ledger.
    pub ledger: Vec<RowIndex>,
    /// The rows of the provider.
    pub records: Vec<RowIndex>,
    /// What the ledger, or a proof, says; in major units.
    pub expected: Option<Decimal>,
    /// What the provider says; in major units.
    pub actual: Option<Decimal>,
    /// `expected − actual`; none between currencies, or where it is not known
    /// whether money moved.
    pub difference: Option<Decimal>,
    /// What the amounts are counted in; the ledger's where the two differ.
    pub currency: Option<Currency>,
    /// The ledger's date, else the provider's.
    pub date: Option<Date>,
    /// Days from the date to the as-of date, zero where that is the earlier one.
    pub age_days: Option<i64>,
    /// What found it: a rule of matching, or an identity.
    pub rule: Arc<str>,
    /// The cause in one sentence or equation, with the figures.
    pub explanation: String,
    /// What tells it from breaks with the same code and ids.
    pub(crate) discriminator: String,
}

impl Break {
    /// An id that depends on nothing but the code and the ids of the rows (of
    /// a proof: its identity, account, currency and day), so that the same
    /// break has the same id in every run. The books are those that were
    /// reconciled.
    ///
    /// # Panics
    ///
    /// When the rows are not of these books.
    #[must_use]
    pub fn id(&self, ledger: &Book, records: &Book) -> String {
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            // No UTF-8 text has the byte 255: ("a", "bc") is not ("ab", "c").
            hash.update(text);
            hash.update([255]);
        };
        part(self.code.as_str());
        part(&self.discriminator);
        for row in &self.ledger {
            part("ledger");
            part(ledger.id(*row));
        }
        for row in &self.records {
            part("record");
            part(records.id(*row));
        }
        let digest = hash.finalize();
        let nibbles = digest
            .iter()
            .take(8)
            .flat_map(|byte| [byte >> 4, byte & 15]);
        let digits = nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16));
        digits.collect()
    }
}

/// A side of a reconciliation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The merchant's books.
    Ledger,
    /// The provider's records.
    Records,
}

impl Side {
    /// The word that stands for it in every file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Records => "records",
        }
    }
}

/// A row that takes no part, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Excluded {
    /// Which side it is on.
    pub side: Side,
    /// The row.
    pub row: RowIndex,
    /// Why.
    pub reason: Exclusion,
}

/// Why a row takes no part.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Exclusion {
    /// Its status says that no money moved, and the other side claims none.
    Status(Status),
    /// It is booked outside the period, and nothing at the provider matches it.
    OutsidePeriod,
    /// A rule leaves it out, for this reason.
    Rule(Arc<str>),
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(f),
            Self::OutsidePeriod => f.pad("outside the period"),
            Self::Rule(reason) => f.pad(reason),
        }
    }
}

/// All rows of a side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Totals {
    /// How many.
    pub rows: usize,
    /// The sum of their amounts by currency, credits `+` and debits `−`,
    /// whatever their status.
    pub amounts: BTreeMap<Currency, Sum>,
}

/// How the two sides tie in one currency: `ledger − records = explained`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conservation {
    /// What moved by the ledger, over all rows that are not excluded.
    pub ledger: Sum,
    /// What moved by the provider, over all rows that are not excluded.
    pub records: Sum,
    /// The differences of all matches and breaks; a break between currencies
    /// counts in both.
    pub explained: Sum,
}

impl Conservation {
    /// Whether it ties, to the last digit.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.ledger
            .minus(self.records)
            .is_ok_and(|difference| difference == self.explained)
    }
}
