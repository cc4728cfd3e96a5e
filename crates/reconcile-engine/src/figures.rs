//! What matched rows state beside their amounts: fee, tax, and what settled.
//!
//! A pair whose amounts agree is a break where one of these shows by arithmetic
//! that something is wrong. What the provider's own records do not agree on
//! among themselves shows nothing.

mod charges;

use std::collections::BTreeMap;

use jiff::civil::Date;
use reconcile_core::{Currency, Direction, Kind, Money};
use rust_decimal::Decimal;

use crate::{
    Book, BreakCode, EngineError, Fees, Row,
    explain::{in_short, money, operand, shown},
    figures::charges::Booked,
    findings::Findings,
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
    let booked = settled.booked.in_book(ledger);
    findings.demote(|row, record| {
        booked
            .differ(row, record)
            .or_else(|| charges::off_schedule(&rules.fees, record))
            .or_else(|| nets.off(record))
            .or_else(|| rates.off(record))
    })?;
    booked.tell(findings)
}

/// What pairs show that are settled apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conventions {
    booked: Booked,
    /// How many records of each kind settle net what they are charged for.
    net: BTreeMap<NetKey, usize>,
}

impl Conventions {
    /// Whether rows of these books state anything that is looked at or counted.
    pub(crate) fn concern(fees: &Fees, ledger: &Book, records: &Book) -> bool {
        !fees.schedule.is_empty() || ledger.states_charges() || records.states_settled()
    }

    /// Whether a pair that agrees in its amounts does in its other figures, too,
    /// whatever other rows show.
    pub(crate) fn agree(fees: &Fees, row: &Row<'_>, record: &Row<'_>) -> bool {
        charges::differ(row, record).is_none()
            && charges::off_schedule(fees, record).is_none()
            && exchanged(record).is_none()
            && net(record).is_none_or(|net| net.is_certain())
    }

    /// Counts a pair that agrees.
    pub(crate) fn count(&mut self, row: &Row<'_>, record: &Row<'_>) {
        self.booked.add(row);
        if is_charged(record) && net(record).is_some() {
            *self.net.entry(net_key(record)).or_default() += 1;
        }
    }
}

type Finding = (BreakCode, String);

/// Which records settle net: those of a currency, direction and kind of which
/// nine in ten others settle their amount with fee and tax taken off; or, of money
/// that leaves, put on.
struct Nets(BTreeMap<NetKey, Usual>);

type NetKey = (Currency, Direction, Option<Kind>);

/// How many records of a kind settle net, one way or the other.
#[derive(Clone, Copy, Default)]
struct Tally {
    rows: usize,
    taken_off: usize,
    put_on: usize,
}

/// What is usual among records of a kind.
#[derive(Clone, Copy)]
struct Usual {
    way: Charging,
    hold: usize,
    rows: usize,
}

/// What becomes of fee and tax where a record settles net.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Charging {
    TakenOff,
    /// What is charged for money that leaves may leave with it.
    PutOn,
}

impl Tally {
    fn usual(self) -> Option<Usual> {
        let Self {
            rows,
            taken_off,
            put_on,
        } = self;
        let (way, hold) = if taken_off >= put_on {
            (Charging::TakenOff, taken_off)
        } else {
            (Charging::PutOn, put_on)
        };
        is_usual(hold, rows).then_some(Usual { way, hold, rows })
    }
}

impl Nets {
    fn of(records: &[Row<'_>], settled: &Conventions) -> Self {
        let mut all: BTreeMap<NetKey, Tally> = BTreeMap::new();
        for (key, &rows) in &settled.net {
            let tally = Tally {
                rows,
                taken_off: rows,
                put_on: 0,
            };
            all.insert(*key, tally);
        }
        for record in records {
            if let Some(net) = net(record).filter(|_| is_charged(record)) {
                let tally = all.entry(net_key(record)).or_default();
                tally.rows += 1;
                tally.taken_off += usize::from(net.is_of(Charging::TakenOff));
                tally.put_on += usize::from(net.is_of(Charging::PutOn));
            }
        }
        let usual = |(key, tally): (NetKey, Tally)| Some((key, tally.usual()?));
        Self(all.into_iter().filter_map(usual).collect())
    }

    /// Where a record settles anything but its net.
    fn off(&self, record: &Row<'_>) -> Option<Finding> {
        let usual = self.0.get(&net_key(record))?;
        let net = net(record)?;
        let (sign, off) = match usual.way {
            Charging::TakenOff => ('−', net.off),
            Charging::PutOn => ('+', net.off_put_on?),
        };
        if off.is_zero() {
            return None;
        }
        let currency = record.currency;
        let charge = |name: &str, charge: Option<Decimal>| {
            charge.map_or_else(String::new, |charge| {
                format!(" {sign} {name} {}", operand(charge, currency))
            })
        };
        let text = format!(
            "settled {} − ({}{}{}) = {}, which is nothing for {} of the {} others",
            shown(net.settled, currency),
            shown(record.amount, currency),
            charge("fee", record.fee),
            charge("tax", record.tax),
            money(off, currency),
            usual.hold,
            usual.rows - 1
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
    /// With fee and tax taken off.
    off: Decimal,
    /// The same with both put on, of money that leaves.
    off_put_on: Option<Decimal>,
}

impl Net {
    fn is_of(&self, way: Charging) -> bool {
        match way {
            Charging::TakenOff => self.off.is_zero(),
            Charging::PutOn => self.off_put_on.is_some_and(|off| off.is_zero()),
        }
    }

    /// Whether the record settles net whatever others do.
    fn is_certain(&self) -> bool {
        self.off.is_zero() && self.off_put_on.is_none_or(|off| off.is_zero())
    }
}

/// `None` where a record states no fee, or settles in another currency.
fn net(record: &Row<'_>) -> Option<Net> {
    let settled = record
        .settled
        .filter(|settled| settled.currency == record.currency)?
        .amount;
    let charged = record.fee?.checked_add(record.tax.unwrap_or_default())?;
    let off = |net| exact_difference(settled, net);
    let leaves = record.direction == Direction::Debit;
    Some(Net {
        settled,
        off: off(exact_difference(record.amount, charged)?)?,
        off_put_on: if leaves {
            Some(off(record.amount.checked_add(charged)?)?)
        } else {
            None
        },
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
                // Which of several equal rows is the median depends on their order, which
                // the zeros that one is written with would show.
                all.push((record.amount.normalize(), settled.amount.normalize()));
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
        let median = in_short(rate.median);
        // Who writes the same figure did not exchange it.
        if implied == Decimal::ONE {
            return Some(format!(", though the median rate of the day is {median}"));
        }
        let off = exact_difference(implied, rate.median)?;
        let percent = off
            .checked_mul(Decimal::ONE_HUNDRED)?
            .checked_div(rate.median)?;
        Some(format!(
            ", {}% off the median rate of the day, {median}",
            percent.round_dp(2).normalize(),
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
