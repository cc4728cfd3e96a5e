//! The equations that explain why two amounts of one currency differ, a
//! function each.
//!
//! An equation is claimed only where it closes to the last digit.

use reconcile_core::{Currency, Money, Sum};
use rust_decimal::Decimal;

use super::{Pile, shown};
use crate::{BreakCode, Row, sum::exact_difference};

/// Two rows whose amounts differ.
pub(super) struct Case<'a> {
    ledger: &'a Row<'a>,
    record: &'a Row<'a>,
    /// The larger amount less the smaller one; more than zero.
    gap: Decimal,
}

/// Says what the difference is, where it is that.
type Equation = fn(&Case<'_>) -> Option<String>;

/// The equations of what a row states, in the order in which they are tried, and
/// what the break is where they close.
const STATED: &[(Equation, BreakCode)] = &[
    (fee, BreakCode::AmountMismatch),
    (tax, BreakCode::AmountMismatch),
    (fee_and_tax, BreakCode::AmountMismatch),
    (settled, BreakCode::AmountMismatch),
];

/// The same of what the digits suggest.
const SUGGESTED: &[(Equation, BreakCode)] = &[
    (rounding, BreakCode::Rounding),
    (multiple, BreakCode::AmountMismatch),
    (minor_unit_slip, BreakCode::AmountMismatch),
    (tenfold, BreakCode::AmountMismatch),
    (transposed, BreakCode::AmountMismatch),
];

/// The first equation that closes explains two amounts, and says what the break
/// is. What a row states goes before what the digits suggest; but where the fees
/// are off both amounts already, a rounding is likelier than a fee taken twice.
pub(super) fn first(
    ledger: &Row<'_>,
    record: &Row<'_>,
    after_fees: bool,
) -> Option<(String, BreakCode)> {
    let (booked, listed) = (ledger.amount, record.amount);
    let gap = exact_difference(booked.max(listed), booked.min(listed))?;
    if gap.is_zero() {
        return None;
    }
    let case = Case {
        ledger,
        record,
        gap,
    };
    let [first, then] = if after_fees {
        [SUGGESTED, STATED]
    } else {
        [STATED, SUGGESTED]
    };
    first
        .iter()
        .chain(then)
        .find_map(|(equation, code)| Some((equation(&case)?, *code)))
}

fn fee(case: &Case<'_>) -> Option<String> {
    if case.record.fee == Some(case.gap) {
        Some("the provider's fee".to_owned())
    } else {
        (case.ledger.fee == Some(case.gap)).then(|| "the fee that the ledger books".to_owned())
    }
}

fn tax(case: &Case<'_>) -> Option<String> {
    if case.record.tax == Some(case.gap) {
        Some("the provider's tax".to_owned())
    } else {
        (case.ledger.tax == Some(case.gap)).then(|| "the tax that the ledger books".to_owned())
    }
}

fn fee_and_tax(case: &Case<'_>) -> Option<String> {
    let both = |row: &Row<'_>| {
        let (fee, tax) = row.fee.zip(row.tax)?;
        (fee.checked_add(tax) == Some(case.gap)).then(|| {
            let currency = row.currency;
            let (fee, tax) = (shown(fee, currency), shown(tax, currency));
            format!("fee {fee} + tax {tax}")
        })
    };
    if let Some(sum) = both(case.record) {
        Some(format!("the provider's {sum}"))
    } else {
        both(case.ledger).map(|sum| format!("the ledger's {sum}"))
    }
}

/// What moved the balance, where the ledger books that.
fn settled(case: &Case<'_>) -> Option<String> {
    let booked = Money::new(case.ledger.amount, case.ledger.currency);
    (case.record.settled == Some(booked)).then(|| {
        let booked = shown(booked.amount, booked.currency);
        format!("the ledger books what the provider settled, {booked}")
    })
}

fn rounding(case: &Case<'_>) -> Option<String> {
    rounded(case.gap, case.ledger.currency, 1)
}

/// A difference of no more minor units than there are rows that may each have
/// been rounded.
fn rounded(gap: Decimal, currency: Currency, rows: usize) -> Option<String> {
    let unit = Decimal::new(1, currency.exponent()?);
    let most = unit.checked_mul(Decimal::from(rows))?;
    if gap.is_zero() || gap > most {
        return None;
    }
    let units = (gap / unit).normalize();
    let plural = |one: bool| if one { "" } else { "s" };
    Some(format!(
        "rounding: {units} minor unit{} over {rows} row{}",
        plural(units <= Decimal::ONE),
        plural(rows == 1)
    ))
}

fn multiple(case: &Case<'_>) -> Option<String> {
    if case.ledger_is(Decimal::TWO) {
        Some("double: the ledger's amount is twice the provider's".to_owned())
    } else {
        case.record_is(Decimal::TWO)
            .then(|| "half: the ledger's amount is half the provider's".to_owned())
    }
}

/// A point in the wrong place: by two digits, as most currencies have them, or
/// by three in a currency that has three.
fn minor_unit_slip(case: &Case<'_>) -> Option<String> {
    let thousand = (case.ledger.currency.exponent() == Some(3)).then_some(Decimal::ONE_THOUSAND);
    let factors = [Some(Decimal::ONE_HUNDRED), thousand];
    factors.into_iter().flatten().find_map(|factor| {
        let (times, part) = if factor == Decimal::ONE_HUNDRED {
            ("a hundred times", "a hundredth of")
        } else {
            ("a thousand times", "a thousandth of")
        };
        if case.ledger_is(factor) {
            Some(format!(
                "×{factor}: the ledger's amount is {times} the provider's"
            ))
        } else {
            case.record_is(factor)
                .then(|| format!("÷{factor}: the ledger's amount is {part} the provider's"))
        }
    })
}

/// A zero too many or too few at the end of the number.
fn tenfold(case: &Case<'_>) -> Option<String> {
    if case.ledger_is(Decimal::TEN) {
        Some("×10, a digit too many: the ledger's amount is ten times the provider's".to_owned())
    } else {
        case.record_is(Decimal::TEN).then(|| {
            "÷10, a digit missing: the ledger's amount is a tenth of the provider's".to_owned()
        })
    }
}

/// What the fees and the taxes come to that some rows state; none where no row
/// states any.
#[derive(Clone, Copy, Default)]
pub(crate) struct Charges {
    fees: Option<Sum>,
    taxes: Option<Sum>,
}

impl Charges {
    /// What the rows state.
    pub(crate) fn of<'a>(rows: impl IntoIterator<Item = Row<'a>>) -> Self {
        let plus = |sum: Option<Sum>, term: Option<Decimal>| match term {
            Some(term) => sum.unwrap_or(Sum::ZERO).plus(term).map(Some),
            None => Ok(sum),
        };
        let sums = rows.into_iter().try_fold(Self::default(), |sums, row| {
            let (fees, taxes) = (plus(sums.fees, row.fee), plus(sums.taxes, row.tax));
            fees.and_then(|fees| taxes.map(|taxes| Self { fees, taxes }))
        });
        sums.unwrap_or_default()
    }

    /// Which of them is the gap.
    fn are(self, gap: Decimal, currency: Currency) -> Option<String> {
        let sum = |sum: Option<Sum>| sum.and_then(Sum::to_decimal);
        let (fees, taxes) = (sum(self.fees), sum(self.taxes));
        if fees == Some(gap) {
            return Some("fees".to_owned());
        }
        if taxes == Some(gap) {
            return Some("taxes".to_owned());
        }
        let (fees, taxes) = fees.zip(taxes)?;
        (fees.checked_add(taxes) == Some(gap)).then(|| {
            let (fees, taxes) = (shown(fees, currency), shown(taxes, currency));
            format!("fees {fees} + taxes {taxes}")
        })
    }
}

/// The fees, the taxes or both that a side states in all, where they are the gap.
pub(super) fn charged(
    gap: Decimal,
    currency: Currency,
    ledger: Charges,
    records: Charges,
) -> Option<String> {
    let told = |side: &str, charges: Charges| {
        let charges = charges.are(gap, currency)?;
        Some(format!("the {side}'s {charges}"))
    };
    told("provider", records).or_else(|| told("ledger", ledger))
}

/// What the difference of a whole and its parts is, and what that makes of the
/// break. What is charged leaves the code: it may be so much by chance, too.
pub(super) fn of_parts(
    code: BreakCode,
    ledger: &Pile,
    records: &Pile,
    currency: Currency,
) -> Option<(String, BreakCode)> {
    let rows = ledger.rows.max(records.rows);
    let rounding = |gap| Some((rounded(gap, currency, rows)?, BreakCode::Rounding));
    // Where the fees are off already, they are not what is left.
    if let Some((booked, listed)) = ledger.after_fees.zip(records.after_fees) {
        return rounding(exact_difference(booked, listed)?.abs());
    }
    let gap = exact_difference(ledger.moved, records.moved)?.abs();
    let charged = charged(gap, currency, ledger.charges, records.charges);
    charged.map(|text| (text, code)).or_else(|| rounding(gap))
}

/// Two neighbouring digits that changed places: which makes a multiple of nine.
/// Both numbers are as long then: nobody writes a zero in front of another digit
/// before the point.
fn transposed(case: &Case<'_>) -> Option<String> {
    let (booked, listed) = (case.ledger.amount, case.record.amount);
    let scale = booked.scale().max(listed.scale());
    let digits = |mut amount: Decimal| {
        amount.rescale(scale);
        // The zero before the point is written, as in 0.59.
        format!("{:0>1$}", amount.mantissa(), scale as usize + 1)
    };
    let (left, right) = (digits(booked), digits(listed));
    if left.len() != right.len() {
        return None;
    }
    let differing: Vec<(usize, char, char)> = (0..)
        .zip(left.chars().zip(right.chars()))
        .filter(|(_, (l, r))| l != r)
        .map(|(place, (l, r))| (place, l, r))
        .collect();
    let &[(first, a, b), (second, c, d)] = differing.as_slice() else {
        return None;
    };
    let swapped = second == first + 1 && a == d && b == c;
    let ninth = shown(
        (case.gap / Decimal::from(9)).normalize(),
        case.ledger.currency,
    );
    swapped.then(|| {
        let gap = shown(case.gap, case.ledger.currency);
        format!("digits transposed: {a}{c} for {b}{d}, and {gap} = 9 × {ninth}")
    })
}

impl Case<'_> {
    /// Whether the ledger's amount is so many times the provider's.
    fn ledger_is(&self, factor: Decimal) -> bool {
        is_multiple(self.ledger.amount, factor, self.record.amount)
    }

    /// Whether the provider's amount is so many times the ledger's.
    fn record_is(&self, factor: Decimal) -> bool {
        is_multiple(self.record.amount, factor, self.ledger.amount)
    }
}

/// Zero is no multiple of anything.
fn is_multiple(large: Decimal, factor: Decimal, small: Decimal) -> bool {
    !small.is_zero() && small.checked_mul(factor) == Some(large)
}
