//! A labelled corpus: bookings and records without a common reference, and
//! which of them belong together.
//!
//! It is made to be as dense and as dirty as real books: amounts crowd at
//! prices, customers share names and come back, fees, lags and rewording keep
//! every pair apart, and rows without a partner look like all others. Yet a
//! careful person could tell nearly all of it: what a record loses in one
//! place (its invoice number, the end of its text) it keeps in another.

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use rust_decimal::Decimal;

use crate::random::Random;

/// How long after its booking a payment is listed at most, in days.
const LONGEST_LAG: i64 = 21;

/// How long the period is where none is said, in days.
const PERIOD: u32 = 92;

/// To how many pairs there is one row without a partner on each side.
const LONE: usize = 25;

/// Bookings and records in no order, and which belong together.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Labelled {
    /// The merchant's bookings.
    pub ledger: Vec<LabelledRow>,
    /// The provider's records.
    pub records: Vec<LabelledRow>,
    /// The ids of the rows that belong together, ledger first.
    pub pairs: Vec<(String, String)>,
}

/// One row of either side: a credit in PEN.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelledRow {
    /// Unique on its side; it tells nothing about the other.
    pub id: String,
    /// In major units.
    pub amount: Decimal,
    /// The day.
    pub date: Date,
    /// The memo.
    pub description: String,
}

impl Labelled {
    /// So many pairs, and on each side one row without a partner to every
    /// twenty-five pairs. The same seed gives the same corpus.
    ///
    /// - Lags are from 0 to 21 days.
    /// - A quarter of the pairs have equal amounts; of the others the record is
    ///   less by a fee of up to 13 percent.
    /// - Memos are reworded, their words swapped, and a third is cut off.
    /// - The days are those of three months, however many pairs there are.
    #[must_use]
    pub fn dense(pairs: usize, seed: u64) -> Self {
        Self::dense_over(PERIOD, pairs, seed)
    }

    /// The same over a period of so many days, so that more pairs need not be more
    /// a day.
    #[must_use]
    pub fn dense_over(days: u32, pairs: usize, seed: u64) -> Self {
        let lone = pairs / LONE;
        let mut corpus = Self {
            ledger: Vec::with_capacity(pairs + lone),
            records: Vec::with_capacity(pairs + lone),
            pairs: Vec::with_capacity(pairs),
        };
        let mut sales = Self::sales(days, pairs, seed);
        for (booked, listed) in sales.by_ref() {
            let partners = booked.as_ref().zip(listed.as_ref());
            let ids = partners.map(|(booked, listed)| (booked.id.clone(), listed.id.clone()));
            corpus.pairs.extend(ids);
            corpus.ledger.extend(booked);
            corpus.records.extend(listed);
        }
        sales.random.shuffle(&mut corpus.ledger);
        sales.random.shuffle(&mut corpus.records);
        corpus
    }

    /// The sales of the same corpus one by one, for whoever need not hold them all: the
    /// pairs first, then the bookings and the records without a partner.
    #[must_use]
    pub fn sales(days: u32, pairs: usize, seed: u64) -> LabelledSales {
        let mut random = Random::new(seed, "labelled corpus");
        let world = World::new(&mut random, pairs, days);
        let ids = Ids::new(&mut random, pairs + pairs / LONE);
        LabelledSales {
            random,
            world,
            ids,
            pairs,
            made: 0,
        }
    }
}

/// The sales of a labelled corpus: of each its booking and its record, of which one
/// without a partner has only one.
#[derive(Debug)]
pub struct LabelledSales {
    random: Random,
    world: World,
    ids: Ids,
    pairs: usize,
    made: usize,
}

impl Iterator for LabelledSales {
    type Item = (Option<LabelledRow>, Option<LabelledRow>);

    fn next(&mut self) -> Option<Self::Item> {
        let lone = self.pairs / LONE;
        if self.made == self.pairs + 2 * lone {
            return None;
        }
        let is_booked = self.made < self.pairs + lone;
        let is_listed = !(self.pairs..self.pairs + lone).contains(&self.made);
        self.made += 1;
        let sale = self.world.sale(&mut self.random);
        let mut booking = || sale.booking(self.ids.ledger(), &mut self.random);
        let booked = is_booked.then(&mut booking);
        let mut record = || sale.record(self.ids.record(), &mut self.random);
        Some((booked, is_listed.then(&mut record)))
    }
}

/// Numbers in no order, each once a side.
#[derive(Debug)]
struct Ids {
    ledger: Vec<usize>,
    records: Vec<usize>,
}

impl Ids {
    fn new(random: &mut Random, count: usize) -> Self {
        let mut ledger: Vec<usize> = (0..count).collect();
        let mut records = ledger.clone();
        random.shuffle(&mut ledger);
        random.shuffle(&mut records);
        Self { ledger, records }
    }

    fn ledger(&mut self) -> String {
        format!("L-{:06}", self.ledger.pop().unwrap_or_default())
    }

    fn record(&mut self) -> String {
        format!("R-{:06}", self.records.pop().unwrap_or_default())
    }
}

/// Whom the merchant sells to, and what.
#[derive(Debug)]
struct World {
    customers: Vec<Customer>,
    products: Vec<String>,
    first_day: Date,
    days: i64,
}

#[derive(Debug)]
struct Customer {
    first: String,
    last: String,
    /// What a subscriber pays every time, in cents, and for what.
    subscription: Option<(i64, usize)>,
}

/// One sale, as it was before anybody wrote it down.
struct Sale<'w> {
    customer: &'w Customer,
    products: [&'w str; 2],
    invoice: i64,
    cents: i64,
    day: Date,
}

impl World {
    fn new(random: &mut Random, pairs: usize, days: u32) -> Self {
        let firsts = names(random, 240);
        let lasts = names(random, 900);
        let products = names(random, 400);
        // Names are shared: there are fewer of them than customers with them.
        let customers = (0..(pairs / 4).max(8)).map(|_| Customer {
            first: pick(random, &firsts).to_owned(),
            last: pick(random, &lasts).to_owned(),
            subscription: random.one_in(33).then(|| {
                let product = index(random, products.len());
                (price(random), product)
            }),
        });
        Self {
            customers: customers.collect(),
            products,
            first_day: date(2026, 6, 1),
            days: days.max(1).into(),
        }
    }

    fn sale(&self, random: &mut Random) -> Sale<'_> {
        let fallback = &NOBODY;
        let customer = index(random, self.customers.len());
        let customer = self.customers.get(customer).unwrap_or(fallback);
        let product = |at: usize| self.products.get(at).map_or("", String::as_str);
        let (cents, first) = match customer.subscription {
            Some(subscription) => subscription,
            None => (price(random), index(random, self.products.len())),
        };
        Sale {
            customer,
            products: [product(first), product(index(random, self.products.len()))],
            invoice: random.between(100_000, 1_000_000),
            cents,
            day: self.first_day + random.between(0, self.days).days(),
        }
    }
}

static NOBODY: Customer = Customer {
    first: String::new(),
    last: String::new(),
    subscription: None,
};

impl Sale<'_> {
    /// As the merchant books it.
    fn booking(&self, id: String, random: &mut Random) -> LabelledRow {
        let Self {
            customer: Customer { first, last, .. },
            products: [one, two],
            invoice,
            ..
        } = self;
        let description = match random.between(0, 3) {
            0 => format!("Invoice {invoice} {first} {last}, {one} {two}"),
            1 => format!("{last} {first} - {one}, {two} - inv. {invoice}"),
            _ => format!("Sale of {one} and {two} to {first} {last} (invoice {invoice})"),
        };
        LabelledRow {
            id,
            amount: Decimal::new(self.cents, 2),
            date: self.day,
            description,
        }
    }

    /// As the provider lists it: later, less, and in other words.
    fn record(&self, id: String, random: &mut Random) -> LabelledRow {
        let fee = if random.one_in(4) {
            0
        } else {
            (self.cents * random.between(10, 1301) / 10_000).max(1)
        };
        LabelledRow {
            id,
            amount: Decimal::new(self.cents - fee, 2),
            date: self.day + random.between(0, LONGEST_LAG + 1).days(),
            description: self.reworded(random),
        }
    }

    fn reworded(&self, random: &mut Random) -> String {
        let Customer {
            first,
            last,
            subscription,
        } = self.customer;
        let [one, two] = self.products;
        let invoice = self.invoice.to_string();
        // Who pays the same again and again is told apart by the invoice alone.
        let numbered = subscription.is_some() || !random.one_in(4);
        let named = if random.one_in(5) {
            vec![initial(first), last.clone()]
        } else {
            vec![first.clone(), last.clone()]
        };
        let mut words = if numbered {
            let mut words = named;
            words.push(invoice);
            if random.one_in(2) {
                words.push(one.to_owned());
            }
            words
        } else {
            let mut words = vec![first.clone(), last.clone()];
            words.extend([one.to_owned(), two.to_owned()]);
            words
        };
        random.shuffle(&mut words);
        if random.one_in(2) {
            let opening = ["PAYMENT FROM", "TRANSFER", "CARD", "COLLECT", "ref"];
            let opening = opening.get(index(random, opening.len()));
            words.insert(0, opening.copied().unwrap_or_default().to_owned());
        }
        let text = match random.between(0, 3) {
            0 => words.join(" ").to_uppercase(),
            1 => words.join(" / "),
            _ => words.join(" "),
        };
        // A third loses its end, mostly amid a word.
        if random.one_in(3) {
            let lost = usize::try_from(random.between(1, 6)).unwrap_or(1);
            let kept = text.chars().count().saturating_sub(lost);
            return text.chars().take(kept).collect();
        }
        text
    }
}

fn initial(name: &str) -> String {
    name.chars().take(1).collect()
}

/// A price in cents: from 5 to some 2,500, every third a round one.
fn price(random: &mut Random) -> i64 {
    let octave = 500 << random.between(0, 9);
    let cents = octave + random.between(0, octave);
    if random.one_in(3) {
        cents / 500 * 500 - i64::from(random.one_in(2))
    } else {
        cents
    }
}

/// Names of two or three syllables, not all of them different.
fn names(random: &mut Random, count: usize) -> Vec<String> {
    const SYLLABLES: [&str; 30] = [
        "ma", "ri", "lo", "san", "ka", "ter", "ña", "bel", "go", "vi", "dra", "es", "tor", "mi",
        "lu", "pe", "zar", "qui", "ne", "ol", "fa", "ber", "chu", "ya", "ro", "den", "sol", "gri",
        "tam", "wei",
    ];
    let name = |random: &mut Random| {
        let syllables = random.between(2, 4);
        let name: String = (0..syllables)
            .filter_map(|_| SYLLABLES.get(index(random, SYLLABLES.len())))
            .copied()
            .collect();
        let mut letters = name.chars();
        let first = letters.next().map(char::to_uppercase);
        first.into_iter().flatten().chain(letters).collect()
    };
    (0..count).map(|_| name(random)).collect()
}

fn pick<'n>(random: &mut Random, names: &'n [String]) -> &'n str {
    names
        .get(index(random, names.len()))
        .map_or("", String::as_str)
}

fn index(random: &mut Random, length: usize) -> usize {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    usize::try_from(random.between(0, length)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_corpus_is_what_it_says() {
        let corpus = Labelled::dense(5_000, 7);
        let repeated = Labelled::dense(5_000, 7);
        assert_eq!(corpus.ledger, repeated.ledger);
        assert_eq!(corpus.pairs.len(), 5_000);
        assert_eq!((corpus.ledger.len(), corpus.records.len()), (5_200, 5_200));
        let ids: BTreeSet<_> = corpus.ledger.iter().map(|row| &row.id).collect();
        assert_eq!(ids.len(), 5_200);
        let row =
            |rows: &[LabelledRow], id: &str| rows.iter().find(|row| row.id == id).unwrap().clone();
        let mut equal = 0;
        for (booked, listed) in &corpus.pairs[..500] {
            let (booked, listed) = (row(&corpus.ledger, booked), row(&corpus.records, listed));
            let days = booked.date.until(listed.date).unwrap().get_days();
            assert!((0..=21).contains(&days));
            let fee = booked.amount - listed.amount;
            assert!(
                fee >= Decimal::ZERO
                    && fee * Decimal::ONE_HUNDRED <= booked.amount * Decimal::from(13)
            );
            equal += usize::from(fee.is_zero());
            assert_ne!(booked.description, listed.description);
        }
        assert!((90..160).contains(&equal), "{equal}");
    }
    #[test]
    fn the_sales_one_by_one_are_those_of_the_corpus() {
        let mut corpus = Labelled::dense(500, 7);
        let (mut ledger, mut records) = (Vec::new(), Vec::new());
        for (place, (booked, listed)) in Labelled::sales(PERIOD, 500, 7).enumerate() {
            assert_eq!(booked.is_some() && listed.is_some(), place < 500);
            ledger.extend(booked);
            records.extend(listed);
        }
        for rows in [
            &mut ledger,
            &mut records,
            &mut corpus.ledger,
            &mut corpus.records,
        ] {
            rows.sort_by(|a, b| a.id.cmp(&b.id));
        }
        assert_eq!((ledger, records), (corpus.ledger, corpus.records));
    }
}
