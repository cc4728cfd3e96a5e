//! Gross amounts as net ones, and fees that nobody states.

use std::collections::{BTreeMap, BTreeSet};

use reconcile_core::{Currency, Direction, Kind};
use rust_decimal::Decimal;

use crate::{
    Basis, Book, Exclude, FeeTerm, Fees, Row, Rules, Side, join,
    rules::{Standing, to_minor},
};

/// How many pairs a term is inferred from, at least and at most.
const SAMPLES: std::ops::RangeInclusive<usize> = 8..=1000;

/// How many prices a term must explain: through two of them there is always a
/// line, and a third may lie on it by chance.
const LEAST_PRICES: usize = 4;

/// How many of the lowest and of the highest amounts terms are drawn through.
const ENDS: usize = 8;

/// What an amount is after the fee, where its side states gross ones: the row's
/// own fee and tax, else those of the terms; the amount itself where nothing
/// says what was charged.
pub(crate) fn net(fees: &Fees, side: Side, row: &Row<'_>) -> Decimal {
    let basis = match side {
        Side::Ledger => fees.ledger,
        Side::Records => fees.records,
    };
    let charged = match row.fee {
        Some(fee) => Some((fee, row.tax.unwrap_or_default())),
        None => scheduled(fees, row),
    };
    // What is charged for money that leaves leaves with it.
    let leaves = row.direction == Direction::Debit;
    let after = |amount: Decimal, charge: Decimal| {
        if leaves {
            amount.checked_add(charge)
        } else {
            amount.checked_sub(charge)
        }
    };
    match (basis, charged) {
        (Basis::Gross, Some((fee, tax))) => {
            let net = after(row.amount, fee).and_then(|net| after(net, tax));
            net.unwrap_or(row.amount)
        }
        _ => row.amount,
    }
}

/// The fee of the terms and the tax on it; none for what is no payment.
pub(crate) fn scheduled(fees: &Fees, row: &Row<'_>) -> Option<(Decimal, Decimal)> {
    is_payment(row)
        .then(|| fees.charge(row.amount, row.currency, row.method))
        .flatten()
}

/// Whether a row may be a customer's payment: the terms say what is charged for
/// those. A refund, a chargeback or a payout is not charged like one.
fn is_payment(row: &Row<'_>) -> bool {
    row.direction == Direction::Credit && row.kind.is_none_or(|kind| kind == Kind::Payment)
}

/// The fees of the rules with the terms that the data shows where the rules let
/// them be inferred, and what to say about those.
///
/// A term is inferred for each method and currency from the pairs that share a
/// reference: a flat sum and a percentage that explain four fifths of them to the
/// last digit, and several prices among them.
pub(crate) fn infer(ledger: &Book, records: &Book, rules: &Rules) -> (Fees, Vec<String>) {
    let mut fees = rules.fees.clone();
    let mut notes = Vec::new();
    if !fees.infer || !fees.tell_sides_apart() {
        return (fees, notes);
    }
    for ((currency, method), mut samples) in samples(ledger, records, rules) {
        samples.sort_unstable();
        let all = samples.len();
        if all > *SAMPLES.end() {
            let picked =
                (0..*SAMPLES.end()).filter_map(|place| samples.get(place * all / SAMPLES.end()));
            samples = picked.copied().collect();
        }
        let Some((term, explained)) = best(&fees, currency, method.as_deref(), &samples) else {
            continue;
        };
        let of_method = method.map_or_else(String::new, |method| format!(" of method {method}"));
        notes.push(format!(
            "fees inferred for {currency}{of_method}: {}% and {} flat, which explain {explained} of \
             {} pairs",
            term.percent,
            term.flat,
            samples.len()
        ));
        fees.schedule.push(term);
    }
    (fees, notes)
}

/// By currency and method the gross amounts and what is missing of them on the
/// other side, of payments on both sides that share a reference, take part, and
/// whose fee nobody states.
type Samples = BTreeMap<(Currency, Option<String>), Vec<(Decimal, Decimal)>>;

fn samples(ledger: &Book, records: &Book, rules: &Rules) -> Samples {
    let mut samples = Samples::new();
    for (booked, listed) in join::by_reference(ledger, records).couples.iter(ledger) {
        let (booked, listed) = (ledger.row(booked), records.row(listed));
        let (gross, net) = match rules.fees.ledger {
            Basis::Gross => (booked, listed),
            Basis::Net => (listed, booked),
        };
        let sides = [(Side::Ledger, booked), (Side::Records, listed)];
        let shows = booked.currency == listed.currency
            && sides
                .iter()
                .all(|(side, row)| takes_part(rules, *side, row))
            && gross.fee.is_none()
            && scheduled(&rules.fees, &gross).is_none();
        let charged = gross.amount.checked_sub(net.amount);
        if let Some(charged) = charged.filter(|fee| !fee.is_sign_negative() && shows) {
            let key = (gross.currency, gross.method.map(str::to_owned));
            samples
                .entry(key)
                .or_default()
                .push((gross.amount, charged));
        }
    }
    samples
}

/// Whether a row is a payment that moved and that no rule excludes.
fn takes_part(rules: &Rules, side: Side, row: &Row<'_>) -> bool {
    let excluded = |rule: &Exclude| rule.side == side && rule.covers(row);
    is_payment(row)
        && rules.standing(row.status) == Standing::Moved
        && !rules.exclusions.iter().any(excluded)
}

/// The term that explains the most samples, and how many; none where that is
/// less than four fifths, or are too few prices. The samples are in the order of
/// their gross amounts.
fn best(
    fees: &Fees,
    currency: Currency,
    method: Option<&str>,
    samples: &[(Decimal, Decimal)],
) -> Option<(FeeTerm, usize)> {
    if samples.len() < *SAMPLES.start() {
        return None;
    }
    let mut best: Option<(FeeTerm, usize)> = None;
    for low in samples.iter().take(ENDS) {
        for high in samples.iter().rev().take(ENDS) {
            let Some(term) = through(fees, currency, method, *low, *high) else {
                continue;
            };
            let alone = Fees {
                schedule: vec![term.clone()],
                ..fees.clone()
            };
            let explains = |(gross, charged): &&(Decimal, Decimal)| {
                let charge = alone.charge(*gross, currency, method);
                charge.and_then(|(fee, tax)| fee.checked_add(tax)) == Some(*charged)
            };
            let explained = samples.iter().filter(explains);
            let prices = explained.clone().map(|(gross, _)| gross);
            let prices: BTreeSet<_> = prices.collect();
            let explained = explained.count();
            if prices.len() < LEAST_PRICES {
                continue;
            }
            if best.as_ref().is_none_or(|(_, most)| explained > *most) {
                best = Some((term, explained));
            }
        }
    }
    best.filter(|(_, explained)| explained * 5 >= samples.len() * 4)
}

/// The flat sum and the percentage, to the hundredth, that two samples lie on.
fn through(
    fees: &Fees,
    currency: Currency,
    method: Option<&str>,
    (low, low_charged): (Decimal, Decimal),
    (high, high_charged): (Decimal, Decimal),
) -> Option<FeeTerm> {
    let with_tax = Decimal::ONE_HUNDRED.checked_add(fees.tax_percent)?;
    let before_tax = |charged: Decimal| {
        charged
            .checked_mul(Decimal::ONE_HUNDRED)?
            .checked_div(with_tax)
    };
    let (low_fee, high_fee) = (before_tax(low_charged)?, before_tax(high_charged)?);
    let slope = high_fee
        .checked_sub(low_fee)?
        .checked_div(high.checked_sub(low)?)?;
    let percent = slope
        .checked_mul(Decimal::ONE_HUNDRED)?
        .round_dp(2)
        .normalize();
    let share = low
        .checked_mul(percent)?
        .checked_div(Decimal::ONE_HUNDRED)?;
    let flat = to_minor(low_fee.checked_sub(share)?, currency).normalize();
    let sound = |amount: Decimal| !amount.is_sign_negative() || amount.is_zero();
    (sound(percent) && sound(flat)).then(|| FeeTerm {
        method: method.map(str::to_owned),
        currency: Some(currency),
        flat,
        percent,
        ..FeeTerm::default()
    })
}
