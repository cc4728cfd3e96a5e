//! How a file's columns and formats map to what is read from it.

mod check;
mod settings;

use std::collections::BTreeMap;

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use reconcile_core::{Currency, Direction, Kind, Status};
use serde::Deserialize;

/// How to read a file: the names of its columns, how it writes amounts and
/// dates, and what it leaves unsaid. The default reads the toolkit's own names
/// and formats.
///
/// In the rules file it is the table `[ledger]` or `[records]`.
///
/// # Amounts in two columns
///
/// Accounts and bank statements have a column of debits and one of credits, of which
/// each row fills one. Mapped as [`Field::MoneyIn`] and [`Field::MoneyOut`], they
/// stand for [`Field::Amount`] and [`Field::Direction`]. Which is which depends on
/// whose books it is: what comes in is a *debit* of the bank or clearing account in the
/// merchant's own books, and a *credit* on the statement that the bank writes.
///
/// ```
/// use reconcile_files::{Field, Invalid, Mapping, read_ledger};
/// # use std::{fs, path::Path};
/// # let held = tempfile::tempdir()?;
/// # let file = |name: &str, text: &str| {
/// #     let path = held.path().join(name);
/// #     fs::write(&path, text).map(|()| path)
/// # };
/// # let books = file("books.csv", "Ref,Fecha,Debe,Haber\nA-1,2026-01-31,120.00,\nA-2,2026-01-31,,45.00\n")?;
/// # let statement = file("statement.csv", "Ref,Fecha,Cargo,Abono\nA-1,2026-01-31,,120.00\nA-2,2026-01-31,45.00,0.00\n")?;
///
/// let mut account = Mapping::default();
/// account.currency = Some("PEN".parse()?);
/// account.columns.insert(Field::Reference, "Ref".into());
/// account.columns.insert(Field::Date, "Fecha".into());
/// let mut bank = account.clone();
///
/// // The merchant's account of its bank.
/// account.columns.insert(Field::MoneyIn, "Debe".into());
/// account.columns.insert(Field::MoneyOut, "Haber".into());
///
/// // The bank's statement of the same.
/// bank.columns.insert(Field::MoneyIn, "Abono".into());
/// bank.columns.insert(Field::MoneyOut, "Cargo".into());
///
/// for (path, mapping) in [(books, account), (statement, bank)] {
///     let ledger = read_ledger(&path, &mapping, Invalid::Stop)?;
///     let signed: Vec<_> = ledger.book.iter().map(|row| row.signed().to_string()).collect();
///     assert_eq!(signed, ["120.00", "-45.00"]);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Of the two, one holds the amount, and the other is empty or zero. A negative
/// amount, as of a red storno, moves the other way.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Mapping {
    /// The file's names of columns that it names otherwise. A column that
    /// stands here must be there. In records, `attributes.NAME` is a key of their
    /// attributes, unless a column has that very name; their tax is read from
    /// `attributes.tax` where nothing else says where it is.
    pub columns: BTreeMap<Field, String>,
    /// What stands before the fraction of an amount; `.` by default.
    #[serde(deserialize_with = "settings::separator")]
    pub decimal_separator: char,
    /// What stands between the groups of digits; nothing by default.
    #[serde(deserialize_with = "settings::optional_separator")]
    pub thousands_separator: Option<char>,
    /// The pattern of dates in the directives of `strptime` (`%d/%m/%Y`); ISO
    /// 8601 dates and RFC 3339 instants by default.
    #[serde(deserialize_with = "settings::date_format")]
    pub date_format: Option<String>,
    /// The zone whose days the books count in; UTC where none is said. An
    /// instant is booked on its day in this zone.
    #[serde(deserialize_with = "settings::zone")]
    pub zone: Option<TimeZone>,
    /// The time of day from which an instant counts for the next day, on the
    /// clock of the zone; midnight where none is said. A day without a time is
    /// as it stands.
    #[serde(deserialize_with = "settings::cutoff")]
    pub cutoff: Option<Time>,
    /// The attributes that are read, further match keys by name, each from the
    /// column that it maps to. In a file of records it may also be a key of the
    /// JSON in the column `attributes`.
    ///
    /// In the rules file, a list where the names are those of the columns; of
    /// those declared there, the ones that no pass looks at are not read.
    #[serde(deserialize_with = "settings::attributes")]
    pub attributes: BTreeMap<String, String>,
    /// What separates the columns of a CSV; `,` by default.
    #[serde(deserialize_with = "settings::delimiter")]
    pub delimiter: u8,
    /// The currency of rows that name none.
    pub currency: Option<Currency>,
    /// The kind of rows that name none.
    pub kind: Option<Kind>,
    /// The direction of rows that name none.
    pub direction: Option<Direction>,
    /// The status of rows that name none.
    pub status: Option<Status>,
    /// What words mean that are not those of the toolkit.
    pub words: Meanings,
    /// Whether a file may be without a column of references, as a bank statement is;
    /// `false` by default.
    ///
    /// In the rules file nothing says so: it may where no pass looks at references.
    #[serde(skip)]
    pub may_lack_references: bool,
}

/// What a file's own words mean, each as it stands there but for blanks around it:
/// `Aprobada` for a status, `S/` for a currency. The toolkit's words keep their
/// meaning unless they stand here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Meanings {
    /// Of currencies, those of fees and settled amounts included.
    pub currency: BTreeMap<String, Currency>,
    /// Of what moved.
    pub kind: BTreeMap<String, Kind>,
    /// Of which way it moved.
    pub direction: BTreeMap<String, Direction>,
    /// Of how far it got.
    pub status: BTreeMap<String, Status>,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            columns: BTreeMap::new(),
            decimal_separator: '.',
            thousands_separator: None,
            date_format: None,
            zone: None,
            cutoff: None,
            attributes: BTreeMap::new(),
            delimiter: b',',
            currency: None,
            kind: None,
            direction: None,
            status: None,
            words: Meanings::default(),
            may_lack_references: false,
        }
    }
}

/// What is read from a row, by the name that the rules file gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Field {
    /// The id of the row.
    Id,
    /// The merchant's own reference.
    Reference,
    /// The amount in major units.
    Amount,
    /// What came in, from the merchant's side, in major units: with
    /// [`MoneyOut`](Self::MoneyOut), in place of amount and direction. Read only
    /// where the mapping says so.
    MoneyIn,
    /// What went out.
    MoneyOut,
    /// The ISO 4217 code of the amount.
    Currency,
    /// The day; of a record, the instant of its creation.
    #[serde(alias = "created_at")]
    Date,
    /// What moved.
    Kind,
    /// Which way it moved.
    Direction,
    /// How far it got.
    Status,
    /// The fee in major units.
    Fee,
    /// The ISO 4217 code of the fee.
    FeeCurrency,
    /// Free text.
    Description,
    /// The account of the books or at the provider.
    Account,
    /// The payment method or card scheme.
    Method,
    /// The tax on the fee, in the currency of the amount.
    Tax,
    /// What moves the merchant's balance, in major units.
    SettledAmount,
    /// The ISO 4217 code of the settled amount.
    SettledCurrency,
    /// When a record changed last: told where that is on a later day than its
    /// own, and no error where it is no date.
    UpdatedAt,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 19] = [
        Self::Id,
        Self::Reference,
        Self::Amount,
        Self::MoneyIn,
        Self::MoneyOut,
        Self::Currency,
        Self::Date,
        Self::Kind,
        Self::Direction,
        Self::Status,
        Self::Fee,
        Self::FeeCurrency,
        Self::Description,
        Self::Account,
        Self::Method,
        Self::Tax,
        Self::SettledAmount,
        Self::SettledCurrency,
        Self::UpdatedAt,
    ];

    /// The name that the rules file gives it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        Side::Ledger.column(self)
    }

    /// Whether the field holds an amount.
    #[cfg(feature = "parquet")]
    pub(crate) const fn is_amount(self) -> bool {
        matches!(
            self,
            Self::Amount
                | Self::MoneyIn
                | Self::MoneyOut
                | Self::Fee
                | Self::Tax
                | Self::SettledAmount
        )
    }

    /// What moved the other way, where that has a column of its own.
    pub(crate) const fn other_way(self) -> Option<Self> {
        match self {
            Self::MoneyIn => Some(Self::MoneyOut),
            Self::MoneyOut => Some(Self::MoneyIn),
            _ => None,
        }
    }

    /// Whether the field holds a word of the contract: a currency, a kind, a
    /// direction, a status.
    pub(crate) const fn is_word(self) -> bool {
        matches!(
            self,
            Self::Currency
                | Self::Kind
                | Self::Direction
                | Self::Status
                | Self::FeeCurrency
                | Self::SettledCurrency
        )
    }

    /// Whether the field holds text as somebody wrote it.
    pub(crate) const fn is_text(self) -> bool {
        matches!(
            self,
            Self::Id | Self::Reference | Self::Description | Self::Account | Self::Method
        )
    }
}

/// Which of the two sides a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Ledger,
    Records,
}

impl Side {
    /// The name of its table in the rules file.
    pub(crate) const fn table(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Records => "records",
        }
    }

    /// The name of the field's column unless the rules file maps it.
    pub(crate) const fn column(self, field: Field) -> &'static str {
        match (field, self) {
            (Field::Id, _) => "id",
            (Field::Reference, _) => "reference",
            (Field::Amount, _) => "amount",
            (Field::MoneyIn, _) => "money_in",
            (Field::MoneyOut, _) => "money_out",
            (Field::Currency, _) => "currency",
            (Field::Date, Self::Ledger) => "date",
            (Field::Date, Self::Records) => "created_at",
            (Field::Kind, _) => "kind",
            (Field::Direction, _) => "direction",
            (Field::Status, _) => "status",
            (Field::Fee, _) => "fee",
            (Field::FeeCurrency, _) => "fee_currency",
            (Field::Description, _) => "description",
            (Field::Account, _) => "account",
            (Field::Method, _) => "method",
            (Field::Tax, _) => "tax",
            (Field::SettledAmount, _) => "settled_amount",
            (Field::SettledCurrency, _) => "settled_currency",
            (Field::UpdatedAt, _) => "updated_at",
        }
    }
}

/// A field of a record that stands in its attributes.
#[derive(Clone, Copy)]
pub(crate) struct InAttributes<'m> {
    pub(crate) field: Field,
    pub(crate) key: &'m str,
    /// Whether the mapping says so: what nobody asked for need not be there.
    pub(crate) asked: bool,
}

impl Mapping {
    /// The key of a record's attributes that holds its tax.
    ///
    /// None where the mapping has it in a column, as pulled records have none.
    #[must_use]
    pub fn tax_attribute(&self) -> Option<&str> {
        let mut fields = self.in_attributes(Side::Records);
        let tax = fields.find(|one| one.field == Field::Tax);
        tax.map(|one| one.key)
    }

    /// The fields that are read from the attributes, where no column of the file
    /// is named as they are.
    pub(crate) fn in_attributes(&self, side: Side) -> impl Iterator<Item = InAttributes<'_>> {
        let fields = Field::ALL
            .into_iter()
            .filter(move |_| side == Side::Records);
        fields.filter_map(|field| match self.columns.get(&field) {
            Some(column) => {
                let key = column.strip_prefix("attributes.")?;
                Some(InAttributes {
                    field,
                    key,
                    asked: true,
                })
            }
            // The record has no column of its own for it.
            None if field == Field::Tax => Some(InAttributes {
                field,
                key: "tax",
                asked: false,
            }),
            None => None,
        })
    }

    /// The day that an instant counts for.
    #[must_use]
    pub fn day_of(&self, instant: Timestamp) -> Date {
        const UTC: &TimeZone = &TimeZone::UTC;
        let zone = self.zone.as_ref().unwrap_or(UTC);
        self.day_by_cutoff(zone.to_datetime(instant))
    }

    /// The day that a time on the clock of the zone counts for.
    pub(crate) fn day_by_cutoff(&self, clock: DateTime) -> Date {
        let (day, time) = (clock.date(), clock.time());
        if self.cutoff.is_some_and(|cutoff| cutoff <= time) {
            // No ledger reaches the last day that there is.
            return day.tomorrow().unwrap_or(day);
        }
        day
    }

    /// The name of the field's column in a file of this side.
    pub(crate) fn column(&self, side: Side, field: Field) -> &str {
        self.columns
            .get(&field)
            .map_or(side.column(field), String::as_str)
    }

    /// Whether amounts stand in two columns, one of what came in and one of what
    /// went out.
    pub(crate) fn in_two_columns(&self) -> bool {
        self.columns.contains_key(&Field::MoneyIn) || self.columns.contains_key(&Field::MoneyOut)
    }

    /// Whether a file is asked for the field at all: two columns say amount and
    /// direction, whatever else it has by these names, or `amount` does.
    pub(crate) fn reads(&self, field: Field) -> bool {
        match field {
            Field::Amount | Field::Direction => !self.in_two_columns(),
            Field::MoneyIn | Field::MoneyOut => self.in_two_columns(),
            _ => true,
        }
    }

    /// Whether a file of this side must have the field's column.
    pub(crate) fn needs(&self, side: Side, field: Field) -> bool {
        if !self.reads(field) {
            return false;
        }
        self.columns.contains_key(&field)
            || match field {
                Field::Amount | Field::MoneyIn | Field::MoneyOut | Field::Date => true,
                Field::Reference => !self.may_lack_references,
                Field::Currency => self.currency.is_none(),
                Field::Kind => side == Side::Records && self.kind.is_none(),
                Field::Direction => side == Side::Records && self.direction.is_none(),
                Field::Status => side == Side::Records && self.status.is_none(),
                Field::Id => side == Side::Records,
                Field::Fee
                | Field::FeeCurrency
                | Field::Description
                | Field::Account
                | Field::Method
                | Field::Tax
                | Field::SettledAmount
                | Field::SettledCurrency
                | Field::UpdatedAt => false,
            }
    }
}
