//! What matched rows state beside their amounts: fee, tax, and what settled.
//!
//! A pair whose amounts agree is a break where one of these shows by arithmetic
//! that something is wrong. What the provider's own records do not agree on
//! among themselves shows nothing.

use std::collections::BTreeMap;

use jiff::civil::Date;
use reconcile_core::{Currency, Direction, Kind, Money};
use rust_decimal::Decimal;

use crate::{
    Basis, BreakCode, EngineError, Fees, Row,
    explain::{in_short, money, operand, shown},
    findings::Findings,
    nets,
    rules::{Standing, to_minor},
    sum::exact_difference,
};

/// How many records must show a convention, or the rate of a day: the one that
/// is off among them.
const LEAST: usize = 8;

/// How many of ten of the others must agree on it.
const OF_TEN: usize = 9;

/// How many median deviations a rate may lie off the median: where rates scatter
/// as chance has it, one in ten million lies further.
const DEVIATIONS: Decimal = Decimal::from_parts(8, 0, 0, false, 0);

/// Whether so many of all show what is usual, when one of all does not.
const fn is_usual(usual: usize, all: usize) -> bool {
    all >= LEAST && usual * 10 >= (all - 1) * OF_TEN
}

/// Takes the pairs out of the matches whose other figures contradict each other.
/// `settled` is what the records show that are not in the book.
pub(crate) fn review(
    findings: &mut Findings<'_>,
    settled: &Conventions,
) -> Result<(), EngineError> {
    let (ledger, records) = (findings.ledger, findings.records);
    let rules = findings.rules;
    let scheduled = !rules.fees.schedule.is_empty();
    let fees = records.states_charges() && (scheduled || ledger.states_charges());
    if !fees && !records.states_settled() {
        return Ok(());
    }
    // The records that moved money show what is usual.
    let counts = |row: &Row<'_>| findings.rules.standing(row.status) == Standing::Moved;
    let stating = |row: &Row<'_>| row.settled.is_some() && counts(row);
    let settling: Vec<Row<'_>> = records.iter().filter(stating).collect();
    let nets = Nets::of(&settling, settled);
    let rates = Rates::of(&settling);
    findings.add_to_explanations(|row, record| rates.implied(row, record));
    findings.demote(|row, record| {
        fee(row, record)
            .or_else(|| tax(row, record))
            .or_else(|| off_schedule(&rules.fees, record))
            .or_else(|| nets.off(record))
            .or_else(|| rates.off(record))
    })
}

/// What records show that are settled apart: how many of each kind settle net
/// what they are charged for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conventions(BTreeMap<NetKey, usize>);

impl Conventions {
    /// Whether a pair that agrees in its amounts does in its other figures, too,
    /// whatever other rows show.
    pub(crate) fn agree(fees: &Fees, row: &Row<'_>, record: &Row<'_>) -> bool {
        fee(row, record).is_none()
            && tax(row, record).is_none()
            && off_schedule(fees, record).is_none()
            && exchanged(record).is_none()
            && net(record).is_none_or(|net| net.off.is_zero())
    }

    /// Counts a record of a pair that agrees.
    pub(crate) fn count(&mut self, record: &Row<'_>) {
        if is_charged(record) && net(record).is_some() {
            *self.0.entry(net_key(record)).or_default() += 1;
        }
    }
}

type Finding = (BreakCode, String);

fn fee(row: &Row<'_>, record: &Row<'_>) -> Option<Finding> {
    let text = charge("fees", row.currency, row.fee?, record.fee?)?;
    Some((BreakCode::FeeVariance, text))
}

fn tax(row: &Row<'_>, record: &Row<'_>) -> Option<Finding> {
    let text = charge("taxes", row.currency, row.tax?, record.tax?)?;
    Some((BreakCode::TaxVariance, text))
}

/// Where a gross record states another fee or tax than the schedule has for it.
fn off_schedule(fees: &Fees, record: &Row<'_>) -> Option<Finding> {
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

fn charge(what: &str, currency: Currency, booked: Decimal, listed: Decimal) -> Option<String> {
    let off = exact_difference(booked, listed).filter(|off| !off.is_zero())?;
    Some(format!(
        "the {what} differ: ledger {} − provider {} = {}",
        shown(booked, currency),
        operand(listed, currency),
        money(off, currency)
    ))
}

/// Which records settle net: those of a currency, direction and kind of which
/// nine in ten others settle their amount less fee and tax.
struct Nets(BTreeMap<NetKey, Tally>);

type NetKey = (Currency, Direction, Option<Kind>);

#[derive(Default)]
struct Tally {
    rows: usize,
    hold: usize,
}

impl Nets {
    fn of(records: &[Row<'_>], settled: &Conventions) -> Self {
        let settled = settled.0.iter();
        let settled = settled.map(|(key, &rows)| (*key, Tally { rows, hold: rows }));
        let mut all: BTreeMap<NetKey, Tally> = settled.collect();
        for record in records {
            if let Some(net) = net(record).filter(|_| is_charged(record)) {
                let tally = all.entry(net_key(record)).or_default();
                tally.rows += 1;
                tally.hold += usize::from(net.off.is_zero());
            }
        }
        all.retain(|_, tally| is_usual(tally.hold, tally.rows));
        Self(all)
    }

    /// Where a record settles anything but its net.
    fn off(&self, record: &Row<'_>) -> Option<Finding> {
        let tally = self.0.get(&net_key(record))?;
        let net = net(record).filter(|net| !net.off.is_zero())?;
        let currency = record.currency;
        let charge = |name: &str, charge: Option<Decimal>| {
            charge.map_or_else(String::new, |charge| {
                format!(" − {name} {}", operand(charge, currency))
            })
        };
        let text = format!(
            "settled {} − ({}{}{}) = {}, which is nothing for {} of the {} others",
            shown(net.settled, currency),
            shown(record.amount, currency),
            charge("fee", record.fee),
            charge("tax", record.tax),
            money(net.off, currency),
            tally.hold,
            tally.rows - 1
        );
        Some((BreakCode::NetIdentity, text))
    }
}

/// Where nothing is charged, gross is net: that shows no convention.
fn is_charged(record: &Row<'_>) -> bool {
    record.fee.is_some_and(|fee| !fee.is_zero())
}

fn net_key(record: &Row<'_>) -> NetKey {
    (record.currency, record.direction, record.kind)
}

/// What settles of a record, and how far that is off its net.
struct Net {
    settled: Decimal,
    off: Decimal,
}

/// `None` where a record states no fee, or settles in another currency.
fn net(record: &Row<'_>) -> Option<Net> {
    let settled = record
        .settled
        .filter(|settled| settled.currency == record.currency)?
        .amount;
    let net = exact_difference(record.amount, record.fee?)?;
    let net = exact_difference(net, record.tax.unwrap_or_default())?;
    Some(Net {
        settled,
        off: exact_difference(settled, net)?,
    })
}

/// The rates at which amounts settle in another currency: by day, both
/// currencies and method, where nearly all records have nearly the same one.
struct Rates<'a>(BTreeMap<RateKey<'a>, Rate>);

type RateKey<'a> = (Date, Currency, Currency, Option<&'a str>);

/// The rate of a day.
#[derive(Clone, Copy)]
struct Rate {
    /// What one record was settled at, whose rate is the median.
    amount: Decimal,
    settled: Decimal,
    median: Decimal,
    /// The median of how far the rates lie off it.
    deviation: Decimal,
    unit: Decimal,
    rows: usize,
    /// How many of them lie near the median.
    near: usize,
}

impl<'a> Rates<'a> {
    fn of(records: &[Row<'a>]) -> Self {
        let mut samples: BTreeMap<RateKey<'a>, Vec<(Decimal, Decimal)>> = BTreeMap::new();
        for record in records {
            if let Some((key, settled)) = exchanged(record) {
                let all = samples.entry(key).or_default();
                all.push((record.amount, settled.amount));
            }
        }
        let of_day = |(key, samples)| Some((key, Rate::of(key, samples)?));
        Self(samples.into_iter().filter_map(of_day).collect())
    }

    /// Where a record settles at another rate than the day's.
    fn off(&self, record: &Row<'_>) -> Option<Finding> {
        let (key, settled) = exchanged(record)?;
        let rate = self.0.get(&key)?;
        if rate.is_near(record.amount, settled.amount) {
            return None;
        }
        let product = record.amount.checked_mul(rate.settled)?;
        let expected = to_minor(product.checked_div(rate.amount)?, settled.currency);
        let off = exact_difference(settled.amount, expected)?;
        let text = format!(
            "settled {} − {} at the median rate of the day, {} for {}, = {}; its rate is {}, the \
             median of {} records {}, from which half of them lie no further than {}",
            shown(settled.amount, settled.currency),
            shown(expected, settled.currency),
            money(rate.settled, settled.currency),
            money(rate.amount, record.currency),
            money(off, settled.currency),
            in_short(settled.amount.checked_div(record.amount)?),
            rate.rows,
            in_short(rate.median),
            in_short(rate.deviation),
        );
        Some((BreakCode::FxVariance, text))
    }

    /// How far the rate between two rows in different currencies lies off the
    /// day's, where that is known.
    fn implied(&self, row: &Row<'_>, record: &Row<'_>) -> Option<String> {
        if record.settled == Some(Money::new(row.amount, row.currency)) {
            return None;
        }
        let key = (record.date, record.currency, row.currency, record.method);
        let rate = self.0.get(&key)?;
        let implied = row.amount.checked_div(record.amount)?;
        let off = exact_difference(implied, rate.median)?;
        let percent = off
            .checked_mul(Decimal::ONE_HUNDRED)?
            .checked_div(rate.median)?;
        Some(format!(
            ", {}% off the median rate of the day, {}",
            percent.round_dp(2).normalize(),
            in_short(rate.median)
        ))
    }
}

/// What a record settles in another currency, and where its rate belongs.
fn exchanged<'a>(record: &Row<'a>) -> Option<(RateKey<'a>, Money)> {
    let settled = record
        .settled
        .filter(|settled| settled.currency != record.currency)?;
    let whole = !record.amount.is_zero() && settled.amount > Decimal::ZERO;
    let key = (
        record.date,
        record.currency,
        settled.currency,
        record.method,
    );
    whole.then_some((key, settled))
}

impl Rate {
    /// None where the day has no rate: where fewer than nine in ten of all but
    /// one record have it, as nearly as most do.
    fn of((_, _, to, _): RateKey<'_>, mut samples: Vec<(Decimal, Decimal)>) -> Option<Self> {
        // Among equal rates the largest amount says it most exactly.
        samples.sort_unstable_by_key(|&(amount, settled)| (settled.checked_div(amount), amount));
        let middle = samples.len() / 2;
        let &(amount, settled) = samples.get(middle)?;
        let median = settled.checked_div(amount)?;
        let rates = samples.iter();
        let deviations: Option<Vec<_>> = rates
            .map(|(amount, settled)| deviation(median, *amount, *settled))
            .collect();
        let mut deviations = deviations?;
        deviations.sort_unstable();
        let mut rate = Self {
            amount,
            settled,
            median,
            deviation: *deviations.get(middle)?,
            unit: Decimal::new(1, to.exponent()?),
            rows: samples.len(),
            near: 0,
        };
        let near = samples
            .iter()
            .filter(|(amount, settled)| rate.is_near(*amount, *settled));
        rate.near = near.count();
        is_usual(rate.near, rate.rows).then_some(rate)
    }

    /// Whether a record's rate is the median as nearly as the others' are.
    fn is_near(&self, amount: Decimal, settled: Decimal) -> bool {
        self.is_of(amount, settled)
            || deviation(self.median, amount, settled)
                .zip(self.deviation.checked_mul(DEVIATIONS))
                .is_some_and(|(off, most)| off <= most)
    }

    /// Whether both amounts can come of one rate, when each settled to within a
    /// minor unit of it.
    fn is_of(&self, amount: Decimal, settled: Decimal) -> bool {
        let below = |(low, over): (Decimal, Decimal), (high, under): (Decimal, Decimal)| {
            // low + unit over its amount, still less than high − unit over its.
            let least = low.checked_add(self.unit)?.checked_mul(under)?;
            let most = high.checked_sub(self.unit)?.checked_mul(over)?;
            Some(least < most)
        };
        let (one, other) = ((settled, amount), (self.settled, self.amount));
        below(one, other) != Some(true) && below(other, one) != Some(true)
    }
}

/// How far the rate of a record lies off the median.
fn deviation(median: Decimal, amount: Decimal, settled: Decimal) -> Option<Decimal> {
    Some(exact_difference(settled.checked_div(amount)?, median)?.abs())
}
