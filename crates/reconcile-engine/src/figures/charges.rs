//! Fees and taxes that both sides state, or the schedule of the rules.

use reconcile_core::{Currency, Sum};
use rust_decimal::Decimal;

use super::{Finding, LEAST};
use crate::{
    Basis, Book, BreakCode, EngineError, Fees, Row,
    explain::{money, operand, shown},
    findings::Findings,
    nets,
    sum::{Sums, exact_difference},
};

/// A charge that a row may state.
struct Charge {
    name: &'static str,
    of: fn(&Row<'_>) -> Option<Decimal>,
    code: BreakCode,
}

const FEE: Charge = Charge {
    name: "fees",
    of: |row| row.fee,
    code: BreakCode::FeeVariance,
};

const TAX: Charge = Charge {
    name: "taxes",
    of: |row| row.tax,
    code: BreakCode::TaxVariance,
};

impl Charge {
    /// Where both rows state it, and not the same.
    fn differs(&self, row: &Row<'_>, record: &Row<'_>) -> Option<Finding> {
        let (booked, listed) = ((self.of)(row)?, (self.of)(record)?);
        let off = exact_difference(booked, listed).filter(|off| !off.is_zero())?;
        let text = format!(
            "the {} differ: ledger {} − provider {} = {}",
            self.name,
            shown(booked, row.currency),
            operand(listed, row.currency),
            money(off, row.currency)
        );
        Some((self.code, text))
    }
}

/// Where fees or taxes that both rows state are not the same.
pub(super) fn differ(row: &Row<'_>, record: &Row<'_>) -> Option<Finding> {
    let either = [FEE, TAX];
    either.iter().find_map(|charge| charge.differs(row, record))
}

/// Where a gross record states another fee or tax than the schedule has for it.
pub(super) fn off_schedule(fees: &Fees, record: &Row<'_>) -> Option<Finding> {
    if fees.records != Basis::Gross {
        return None;
    }
    let (fee, tax) = nets::scheduled(fees, record)?;
    let charge = |what: &str, listed: Decimal, due: Decimal| {
        let off = exact_difference(listed, due).filter(|off| !off.is_zero())?;
        Some(format!(
            "the provider's {what} {} − {} by the schedule = {}",
            shown(listed, record.currency),
            shown(due, record.currency),
            money(off, record.currency)
        ))
    };
    if let Some(text) = charge("fee", record.fee?, fee) {
        return Some((BreakCode::FeeVariance, text));
    }
    let listed = record.tax.filter(|_| !fees.tax_percent.is_zero())?;
    Some((BreakCode::TaxVariance, charge("tax", listed, tax)?))
}

/// What the ledger states of one charge, row by row.
#[derive(Clone, Copy, Debug, Default)]
struct Stated {
    zeros: usize,
    /// Whether any row states anything else.
    others: bool,
}

impl Stated {
    fn add(&mut self, charge: Option<Decimal>) {
        match charge {
            Some(charge) if charge.is_zero() => self.zeros += 1,
            Some(_) => self.others = true,
            None => {}
        }
    }

    fn in_book(mut self, ledger: &Book, charge: &Charge) -> Self {
        if ledger.states_charges() {
            for row in ledger.iter() {
                // Nearly every ledger that has them says so on its first rows.
                if self.others {
                    break;
                }
                self.add((charge.of)(&row));
            }
        }
        self
    }

    /// Whether its zeros are figures: a ledger that says nothing but zero, on row
    /// after row, has the column and does not keep it.
    const fn is_kept(self) -> bool {
        self.others || self.zeros < LEAST
    }
}

/// Which charges a ledger keeps.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Booked {
    fee: Stated,
    tax: Stated,
}

impl Booked {
    pub(super) fn add(&mut self, row: &Row<'_>) {
        self.fee.add(row.fee);
        self.tax.add(row.tax);
    }

    /// The same with the rows of a book.
    pub(super) fn in_book(self, ledger: &Book) -> Self {
        Self {
            fee: self.fee.in_book(ledger, &FEE),
            tax: self.tax.in_book(ledger, &TAX),
        }
    }

    /// Where fees or taxes that the ledger keeps are not the provider's.
    pub(super) fn differ(&self, row: &Row<'_>, record: &Row<'_>) -> Option<Finding> {
        let mut all = [(FEE, self.fee), (TAX, self.tax)].into_iter();
        all.find_map(|(charge, stated)| {
            stated
                .is_kept()
                .then(|| charge.differs(row, record))
                .flatten()
        })
    }

    /// Notes once what is charged on matched rows whose ledger does not keep it:
    /// a break on each of them would hide all others.
    pub(super) fn tell(&self, findings: &mut Findings<'_>) -> Result<(), EngineError> {
        for (charge, stated) in [(FEE, self.fee), (TAX, self.tax)] {
            if stated.is_kept() {
                continue;
            }
            let mut charged = Sums::default();
            for (row, record) in findings.matched_pairs() {
                let listed =
                    (charge.of)(&record).filter(|_| charge.differs(&row, &record).is_some());
                if let Some(listed) = listed {
                    charged.add(record.currency, listed)?;
                }
            }
            let in_words = |(currency, sum): (Currency, Sum)| {
                let sum = sum.to_decimal().ok_or(EngineError::Inexact(currency))?;
                Ok(money(sum, currency))
            };
            let charged: Vec<String> = charged
                .totals()
                .into_iter()
                .map(in_words)
                .collect::<Result<_, EngineError>>()?;
            if !charged.is_empty() {
                findings.note(format!(
                    "the ledger keeps no {name}: it says 0 on all {rows} rows that state any, where \
                     the provider charges {charged}; they are not compared",
                    name = charge.name,
                    rows = stated.zeros,
                    charged = charged.join(", "),
                ));
            }
        }
        Ok(())
    }
}
