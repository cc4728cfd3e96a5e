//! Amounts, fees, taxes and what settled.

use reconcile_core::{Direction, Money};
use rust_decimal::Decimal;

use super::{Made, Make, NO_KEY, Variant, keyed, of};
use crate::{
    BreakCode, Side,
    mutations::{
        terms::{Terms, unit},
        world::{Entry, Line, Role},
    },
    rules::to_minor,
};

const TOLERATED: &str = "the tolerance lets it pass";
const NET: &str = "the provider states amounts after the fees";

pub(super) const VARIANTS: &[Variant] = &[
    mismatch("a minor unit more than is tolerated", |terms, entry| {
        booked(terms, entry, |line| {
            Some(line.amount + beyond(terms, line, Decimal::ONE))
        })
    }),
    mismatch("a minor unit less than is tolerated", |terms, entry| {
        booked(terms, entry, |line| {
            Some(line.amount - beyond(terms, line, Decimal::NEGATIVE_ONE))
        })
    }),
    mismatch("without the fee", |terms, entry| {
        booked(terms, entry, |line| Some(line.amount - line.fee))
    }),
    mismatch("with the fee on top", |terms, entry| {
        booked(terms, entry, |line| Some(line.amount + line.fee))
    }),
    mismatch("without the tax", |terms, entry| {
        booked(terms, entry, |line| Some(line.amount - line.tax))
    }),
    mismatch("without fee and tax", |terms, entry| {
        booked(terms, entry, |line| Some(line.amount - line.fee - line.tax))
    }),
    mismatch("twice the amount", |terms, entry| {
        booked(terms, entry, |line| Some(line.amount * Decimal::TWO))
    }),
    mismatch("half the amount", |terms, entry| {
        booked(terms, entry, |line| part(line, 2))
    }),
    mismatch("a hundred times the amount", |terms, entry| {
        booked(terms, entry, |line| {
            Some(line.amount * Decimal::ONE_HUNDRED)
        })
    }),
    mismatch("a hundredth of the amount", |terms, entry| {
        booked(terms, entry, |line| part(line, 100))
    }),
    mismatch("a thousand times the amount", |terms, entry| {
        let of_three = |line: &&Line| line.currency.exponent() == Some(3);
        booked(terms, entry, |line| {
            Some(line)
                .filter(of_three)
                .map(|line| line.amount * Decimal::ONE_THOUSAND)
        })
    }),
    mismatch("two digits swapped", |terms, entry| {
        booked(terms, entry, swapped)
    }),
    mismatch("another amount", |terms, entry| {
        booked(terms, entry, |line| {
            Some(line.amount + Decimal::from(12_347) * unit(line.currency))
        })
    }),
    of(BreakCode::Rounding, "a minor unit more", |terms, entry| {
        rounded(terms, entry, Decimal::ONE)
    }),
    of(BreakCode::Rounding, "a minor unit less", |terms, entry| {
        rounded(terms, entry, Decimal::NEGATIVE_ONE)
    }),
    of(
        BreakCode::FeeVariance,
        "a fee of a minor unit more",
        |terms, entry| charged(terms, entry, |line| line.fee += unit(line.currency)),
    ),
    of(
        BreakCode::FeeVariance,
        "a fee of a minor unit less",
        |terms, entry| charged(terms, entry, |line| line.fee -= unit(line.currency)),
    ),
    of(BreakCode::FeeVariance, "no fee", |terms, entry| {
        charged(terms, entry, |line| line.fee = Decimal::ZERO)
    }),
    of(
        BreakCode::TaxVariance,
        "a tax of a minor unit more",
        |terms, entry| charged(terms, entry, |line| line.tax += unit(line.currency)),
    ),
    of(
        BreakCode::TaxVariance,
        "a tax of a minor unit less",
        |terms, entry| charged(terms, entry, |line| line.tax -= unit(line.currency)),
    ),
    of(BreakCode::TaxVariance, "twice the tax", |terms, entry| {
        charged(terms, entry, |line| line.tax *= Decimal::TWO)
    }),
    of(
        BreakCode::FxVariance,
        "exchanged one percent dear",
        |terms, entry| exchanged(terms, entry, Decimal::new(101, 2)),
    ),
    of(
        BreakCode::FxVariance,
        "exchanged one percent cheap",
        |terms, entry| exchanged(terms, entry, Decimal::new(99, 2)),
    ),
    of(
        BreakCode::NetIdentity,
        "settled a minor unit more than the net",
        |terms, entry| settled(terms, entry, |line, net| net + unit(line.currency)),
    ),
    of(
        BreakCode::NetIdentity,
        "settled a minor unit less than the net",
        |terms, entry| settled(terms, entry, |line, net| net - unit(line.currency)),
    ),
    of(
        BreakCode::NetIdentity,
        "settled as if there were no tax",
        |terms, entry| {
            settled(terms, entry, |line, net| match line.direction {
                Direction::Debit => net - line.tax,
                _ => net + line.tax,
            })
        },
    ),
];

/// A booking of another amount.
const fn mismatch(name: &'static str, make: Make) -> Variant {
    of(BreakCode::AmountMismatch, name, make)
}

/// Books another amount, unless it differs by no more than rounding does.
fn booked(terms: &Terms<'_>, entry: &mut Entry, amount: impl Fn(&Line) -> Option<Decimal>) -> Made {
    let Some(line) = entry.ledger.first_mut() else {
        return Made::Unfit;
    };
    let Some(amount) = amount(line).filter(|amount| *amount > Decimal::ZERO) else {
        return Made::Unfit;
    };
    let gap = (amount - line.amount).abs();
    line.amount = amount;
    if gap <= unit(line.currency) {
        return Made::Unfit;
    }
    if terms.tolerates(line.currency, amount, gap) {
        return Made::Allowed(TOLERATED);
    }
    keyed(terms, entry)
}

/// The least difference in this direction that is neither tolerated nor rounding.
fn beyond(terms: &Terms<'_>, line: &Line, direction: Decimal) -> Decimal {
    let unit = unit(line.currency);
    let mut gap = unit
        * terms
            .tolerated_units(line.currency, line.amount)
            .max(Decimal::ONE);
    // A percentage is of the booked amount, which the gap itself changes.
    for _ in 0..1_000 {
        gap += unit;
        if !terms.tolerates(line.currency, line.amount + gap * direction, gap) {
            break;
        }
    }
    gap
}

/// An even part of an amount.
fn part(line: &Line, of: i64) -> Option<Decimal> {
    let part = line.amount / Decimal::from(of);
    (part == to_minor(part, line.currency)).then_some(part)
}

/// The last two digits that differ and stand beside each other, swapped.
fn swapped(line: &Line) -> Option<Decimal> {
    let mut amount = line.amount;
    amount.rescale(line.currency.exponent()?);
    let mut digits = amount.mantissa().to_string().into_bytes();
    let at = (1..digits.len()).rfind(|at| digits.get(*at) != digits.get(at - 1))?;
    digits.swap(at, at - 1);
    let mantissa = String::from_utf8(digits).ok()?.parse().ok()?;
    Some(Decimal::from_i128_with_scale(mantissa, amount.scale()))
}

fn rounded(terms: &Terms<'_>, entry: &mut Entry, direction: Decimal) -> Made {
    let Some(line) = entry.ledger.first_mut() else {
        return Made::Unfit;
    };
    let unit = unit(line.currency);
    line.amount += unit * direction;
    if terms.tolerates(line.currency, line.amount, unit) {
        return Made::Allowed(TOLERATED);
    }
    keyed(terms, entry)
}

/// Another charge in the books than at the provider.
fn charged(terms: &Terms<'_>, entry: &mut Entry, change: impl Fn(&mut Line)) -> Made {
    let Some(line) = entry.ledger.first_mut() else {
        return Made::Unfit;
    };
    let before = (line.fee, line.tax);
    change(line);
    if (line.fee, line.tax) == before || line.fee < Decimal::ZERO || line.tax < Decimal::ZERO {
        return Made::Unfit;
    }
    keyed(terms, entry)
}

/// Another rate than that of the day.
fn exchanged(terms: &Terms<'_>, entry: &mut Entry, factor: Decimal) -> Made {
    if entry.role != Role::Exchanged {
        return Made::Unfit;
    }
    for line in &mut entry.records {
        line.settled = line.settled.map(|settled| {
            let amount = to_minor(settled.amount * factor, settled.currency);
            Money::new(amount, settled.currency)
        });
    }
    match terms.leading {
        Some(_) => Made::Mistake,
        None => Made::Allowed(NO_KEY),
    }
}

/// What settled, given what should have.
fn settled(
    terms: &Terms<'_>,
    entry: &mut Entry,
    settled: impl Fn(&Line, Decimal) -> Decimal,
) -> Made {
    if terms.states_net(Side::Records) {
        return Made::Allowed(NET);
    }
    let line = entry.records.first_mut();
    let Some((line, net)) = line.and_then(|line| line.settled.map(|net| (line, net))) else {
        return Made::Unfit;
    };
    let other = settled(line, net.amount);
    // Where nothing is taxed, the tax makes no difference.
    if other == net.amount {
        return Made::Unfit;
    }
    line.settled = Some(Money::new(other, net.currency));
    keyed(terms, entry)
}
