//! From the cells of a row to the row of a book.

use std::{borrow::Cow, collections::BTreeMap, fmt::Write, str::FromStr};

use jiff::civil::Date;
use reconcile_core::{Direction, LedgerEntry, ModelError, Money};
use reconcile_engine::Row;
use rust_decimal::Decimal;

use super::{hint, line::Problem};
use crate::{
    Field, Mapping,
    mapping::Side,
    shown::shown,
    value::{self, AmountDefect, Cell, Fields, PlainDays, Words},
};

/// Reads rows as the mapping says.
#[derive(Clone, Copy)]
pub(super) struct RowReader<'m> {
    side: Side,
    mapping: &'m Mapping,
    /// Whether what came in and what went out have a column each.
    in_two_columns: bool,
    plain_days: PlainDays,
}

impl<'m> RowReader<'m> {
    pub(super) fn new(side: Side, mapping: &'m Mapping) -> Self {
        Self {
            side,
            mapping,
            in_two_columns: mapping.in_two_columns(),
            plain_days: PlainDays::of(mapping),
        }
    }

    /// The row of these cells. `number` is where its line number is written
    /// when the row has no id of its own.
    #[expect(
        clippy::inline_always,
        reason = "a row is long, and would be copied on its way to the book"
    )]
    #[inline(always)]
    pub(super) fn row<'n, 'c: 'n>(
        &self,
        line: u64,
        cells: &impl Fields<'c>,
        number: &'n mut String,
    ) -> Result<Row<'n>, Problem> {
        let (amount, way) = if self.in_two_columns {
            self.in_or_out(cells)?
        } else {
            let amount = self.amount(cells, Field::Amount)?;
            (amount.ok_or_else(|| self.missing(Field::Amount))?, None)
        };
        let words = cells.words(|| self.words(cells))?;
        let (amount, direction) = match way.or(words.direction) {
            // As in nearly all rows: the sign has nothing to say.
            Some(direction) if !amount.is_sign_negative() => (amount, direction),
            direction => self.signed(amount, direction)?,
        };
        Ok(Row {
            id: match self.text(cells, Field::Id)? {
                Some(id) => id,
                None if self.side == Side::Records => return Err(self.missing(Field::Id)),
                None => line_number(line, number),
            },
            reference: self.text(cells, Field::Reference)?,
            amount,
            currency: words.currency,
            direction,
            kind: words.kind,
            status: words.status,
            date: self.date(cells)?,
            settled: self
                .amount(cells, Field::SettledAmount)?
                .map(|settled| Money::new(settled, words.settled_currency)),
            fee: self
                .amount(cells, Field::Fee)?
                .filter(|_| !words.is_fee_foreign),
            tax: self.amount(cells, Field::Tax)?,
            account: self.text(cells, Field::Account)?,
            method: self.text(cells, Field::Method)?,
            description: self.text(cells, Field::Description)?,
        })
    }

    /// When the record changed last, where that is on a later day than its own.
    #[expect(
        clippy::inline_always,
        reason = "where the field is known, so is where its cell lies"
    )]
    #[inline(always)]
    pub(super) fn changed_later<'c>(
        &self,
        cells: &impl Fields<'c>,
        own: Date,
    ) -> Option<Cow<'c, str>> {
        match cells.at(Field::UpdatedAt) {
            Cell::Absent => None,
            changed => self.later(changed, own),
        }
    }

    fn later<'c>(&self, changed: Cell<'c>, own: Date) -> Option<Cow<'c, str>> {
        let (day, text) = match changed {
            Cell::Text(text) => {
                let text = text.trim_ascii();
                (value::day(text, self.mapping)?, Cow::Borrowed(text))
            }
            Cell::Instant(instant) => (
                self.mapping.day_of(instant),
                Cow::Owned(instant.to_string()),
            ),
            _ => return None,
        };
        (self.side == Side::Records && own < day).then_some(text)
    }

    /// The amount of a row that has a column for each way, and the way. What is
    /// taken back in the column where it was booked, as by a red storno, is negative
    /// there and moves the other way.
    #[inline(never)]
    fn in_or_out<'c>(
        &self,
        cells: &impl Fields<'c>,
    ) -> Result<(Decimal, Option<Direction>), Problem> {
        use Direction::{Credit, Debit};
        let came = self.amount(cells, Field::MoneyIn)?;
        let went = self.amount(cells, Field::MoneyOut)?;
        let (amount, way, back) = match (came, went) {
            (None, None) => return Err(self.neither_way()),
            (Some(came), None) => (came, Credit, Debit),
            (None, Some(went)) => (went, Debit, Credit),
            (Some(came), Some(went)) if went.is_zero() => (came, Credit, Debit),
            (Some(came), Some(went)) if came.is_zero() => (went, Debit, Credit),
            (Some(came), Some(went)) => return Err(self.both_ways(cells, came, went)),
        };
        let is_back = amount.is_sign_negative() && !amount.is_zero();
        Ok((amount.abs(), Some(if is_back { back } else { way })))
    }

    #[cold]
    fn neither_way(&self) -> Problem {
        let other = self.mapping.column(self.side, Field::MoneyOut);
        let message = format!("is empty, as is column {}", shown(other));
        self.problem(Field::MoneyIn, message).with_hint(
            "one of them holds the amount, 0 where it is zero; a heading or a balance is no row",
        )
    }

    #[cold]
    fn both_ways<'c>(&self, cells: &impl Fields<'c>, came: Decimal, went: Decimal) -> Problem {
        let written = |field, amount: Decimal| match cells.at(field) {
            Cell::Text(text) | Cell::Number(text) => shown(text.trim_ascii()),
            _ => shown(&amount.to_string()),
        };
        let other = self.mapping.column(self.side, Field::MoneyOut);
        let message = format!(
            "`{}` stands beside `{}` in column {}: one of them must be empty or zero",
            written(Field::MoneyIn, came),
            written(Field::MoneyOut, went),
            shown(other),
        );
        self.problem(Field::MoneyIn, message)
            .with_hint("an entry that moves both ways is two rows; a line of totals is no row")
    }

    fn signed(
        &self,
        amount: Decimal,
        direction: Option<Direction>,
    ) -> Result<(Decimal, Direction), Problem> {
        let direction = direction.or_else(|| self.constant_direction(amount));
        if self.side == Side::Records && direction.is_none() {
            return Err(self.missing(Field::Direction));
        }
        LedgerEntry::signed(amount, direction)
            .map_err(|error| self.problem(Field::Amount, error.to_string()))
    }

    /// The direction that the mapping gives to rows without one. Where it is
    /// `credit`, a minus sign still says debit: so a file of payments shows its
    /// refunds, and nothing in the row contradicts the sign.
    fn constant_direction(&self, amount: Decimal) -> Option<Direction> {
        match (self.mapping.direction, amount.is_sign_negative()) {
            (Some(Direction::Credit), true) => Some(Direction::Debit),
            (direction, _) => direction,
        }
    }

    // Most cells of most fields are absent: that is seen without a call.
    #[expect(
        clippy::inline_always,
        reason = "where the field is known, so is where its cell lies"
    )]
    #[inline(always)]
    fn amount<'c>(
        &self,
        cells: &impl Fields<'c>,
        field: Field,
    ) -> Result<Option<Decimal>, Problem> {
        match cells.at(field) {
            Cell::Absent => Ok(None),
            Cell::Amount(amount) => Ok(Some(amount)),
            cell => self.amount_of(field, cell),
        }
    }

    fn amount_of(&self, field: Field, cell: Cell<'_>) -> Result<Option<Decimal>, Problem> {
        let (text, read) = match cell {
            Cell::Absent => return Ok(None),
            Cell::Text(text) => match value::plain(text, self.mapping) {
                Some(amount) => return Ok(Some(amount)),
                None => match text.trim_ascii() {
                    "" => return Ok(None),
                    text => (text, value::amount(text, self.mapping)),
                },
            },
            Cell::Number(text) => (text, value::number(text)),
            Cell::Amount(amount) => return Ok(Some(amount)),
            Cell::Day(_) | Cell::Clock(_) | Cell::Instant(_) => {
                return Err(self.problem(field, "holds a date, not an amount"));
            }
        };
        read.map(Some)
            .map_err(|defect| self.no_amount(field, text, defect))
    }

    #[cold]
    fn no_amount(&self, field: Field, text: &str, defect: AmountDefect) -> Problem {
        let what = match defect {
            AmountDefect::TooManyDigits => "has more digits than can be held exactly",
            AmountDefect::NotADecimal => "is not a decimal",
        };
        let problem = self.problem(field, format!("`{}` {what}", shown(text)));
        let hint = match defect {
            AmountDefect::TooManyDigits => None,
            AmountDefect::NotADecimal => hint::amount(text, self.mapping, self.side),
        };
        match hint {
            Some(hint) => problem.with_hint(hint),
            None => problem,
        }
    }

    /// The day of the row, which is of our time: a pattern with `%Y` reads `31/01/26` as
    /// of the year 26, and some programs write an absent date as the first day
    /// that they know.
    #[expect(
        clippy::inline_always,
        reason = "where the field is known, so is where its cell lies"
    )]
    #[inline(always)]
    fn date<'c>(&self, cells: &impl Fields<'c>) -> Result<Date, Problem> {
        let cell = cells.at(Field::Date);
        let plain = match cell {
            Cell::Text(text) => self.plain_days.day(text),
            Cell::Day(day) => Some(day),
            _ => None,
        };
        let day = match plain {
            Some(day) => day,
            None => self.date_of(cell)?,
        };
        if day.year() >= 1900 {
            Ok(day)
        } else {
            Err(self.long_ago(day))
        }
    }

    #[cold]
    fn long_ago(&self, day: Date) -> Problem {
        let problem = self.problem(Field::Date, format!("{day} is before 1900"));
        problem.with_hint("a year of two digits is %y; a date that is not known is no date")
    }

    #[inline(never)]
    fn date_of(&self, cell: Cell<'_>) -> Result<Date, Problem> {
        let text = match cell {
            Cell::Absent => return Err(self.missing(Field::Date)),
            Cell::Day(day) => return Ok(day),
            Cell::Clock(clock) => return Ok(self.mapping.day_by_cutoff(clock)),
            Cell::Instant(instant) => return Ok(self.mapping.day_of(instant)),
            Cell::Text(text) | Cell::Number(text) => text.trim_ascii(),
            Cell::Amount(_) => return Err(self.problem(Field::Date, "holds an amount, not a date")),
        };
        value::day(text, self.mapping).ok_or_else(|| {
            let wanted = match &self.mapping.date_format {
                Some(pattern) => format!("is not a date of the form {pattern}"),
                None => "is not a date (2026-01-31) or an RFC 3339 instant".to_owned(),
            };
            self.problem(Field::Date, format!("`{}` {wanted}", shown(text)))
                .with_hint(format!(
                    "set date_format under [{}] in the rules file, as in \"%d/%m/%Y\"",
                    self.side.table()
                ))
        })
    }

    fn words<'c>(&self, cells: &impl Fields<'c>) -> Result<Words, Problem> {
        let (mapping, own) = (self.mapping, &self.mapping.words);
        let direction = self.word(cells, Field::Direction, &own.direction)?;
        let currency = self.word(cells, Field::Currency, &own.currency)?;
        let kind = self.word(cells, Field::Kind, &own.kind)?;
        let status = self.word(cells, Field::Status, &own.status)?;
        let settled = self.word(cells, Field::SettledCurrency, &own.currency)?;
        let fee = self.word(cells, Field::FeeCurrency, &own.currency)?;
        let currency = currency.or(mapping.currency);
        let currency = currency.ok_or_else(|| self.missing(Field::Currency))?;
        let (kind, status) = (kind.or(mapping.kind), status.or(mapping.status));
        if self.side == Side::Records {
            kind.ok_or_else(|| self.missing(Field::Kind))?;
            status.ok_or_else(|| self.missing(Field::Status))?;
        }
        Ok(Words {
            currency,
            kind,
            direction,
            status,
            // In the currency of the amount where none is said.
            settled_currency: settled.unwrap_or(currency),
            is_fee_foreign: fee.is_some_and(|fee| fee != currency),
        })
    }

    /// A word of the contract, or one of the file's own: a currency, a kind, a
    /// direction, a status.
    #[inline]
    fn word<'c, T: Copy + FromStr<Err = ModelError>>(
        &self,
        cells: &impl Fields<'c>,
        field: Field,
        own: &BTreeMap<String, T>,
    ) -> Result<Option<T>, Problem> {
        match cells.at(field) {
            Cell::Absent => Ok(None),
            cell => self.word_of(field, cell, own),
        }
    }

    fn word_of<T: Copy + FromStr<Err = ModelError>>(
        &self,
        field: Field,
        cell: Cell<'_>,
        own: &BTreeMap<String, T>,
    ) -> Result<Option<T>, Problem> {
        match self.text_of(field, cell)?.map(str::trim_ascii) {
            None | Some("") => Ok(None),
            Some(word) => match own.get(word) {
                Some(meaning) => Ok(Some(*meaning)),
                None => match word.parse() {
                    Ok(word) => Ok(Some(word)),
                    Err(error) => Err(self.no_word(field, word, &error)),
                },
            },
        }
    }

    #[cold]
    fn no_word(&self, field: Field, word: &str, error: &ModelError) -> Problem {
        let known = match error {
            ModelError::Word { known, .. } => format!("one of {}", known.join(", ")),
            _ => "an ISO 4217 code (three capital letters)".to_owned(),
        };
        self.problem(field, format!("`{}` is not {known}", shown(word)))
            .with_hint(hint::word(field, word, self.side))
    }

    #[expect(
        clippy::inline_always,
        reason = "where the field is known, so is where its cell lies"
    )]
    #[inline(always)]
    fn text<'c>(&self, cells: &impl Fields<'c>, field: Field) -> Result<Option<&'c str>, Problem> {
        self.text_of(field, cells.at(field))
    }

    #[inline]
    fn text_of<'c>(&self, field: Field, cell: Cell<'c>) -> Result<Option<&'c str>, Problem> {
        match cell {
            Cell::Absent => Ok(None),
            Cell::Text(text) | Cell::Number(text) => Ok(Some(text)),
            other => Err(self.no_text(field, other)),
        }
    }

    #[cold]
    fn no_text(&self, field: Field, cell: Cell<'_>) -> Problem {
        let what = match cell {
            Cell::Amount(_) => "an amount",
            _ => "a date",
        };
        self.problem(field, format!("holds {what}, not text"))
    }

    #[cold]
    fn missing(&self, field: Field) -> Problem {
        self.problem(field, "is missing")
    }

    #[cold]
    fn problem(&self, field: Field, message: impl Into<String>) -> Problem {
        Problem::of_column(self.mapping.column(self.side, field), message)
    }
}

fn line_number(line: u64, text: &mut String) -> &str {
    text.clear();
    // Writing to a string never fails.
    let _ = write!(text, "{line}");
    text
}
