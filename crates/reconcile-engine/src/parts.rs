//! Settling what agrees in everything before all else: the rows that are left are few
//! and lie near each other, and where that is done a part of the rows at a time, not all
//! need be in memory at once.
//!
//! Two rows that alone share the key of the first pass, and agree in everything,
//! are a match in whatever company they are. Nearly all rows of a large book are
//! such rows. All of one key lie in one part, so that a part shows which they are.

use std::{cmp::Ordering, hash::BuildHasher, num::NonZeroU32};

use foldhash::fast::RandomState;

use crate::{
    Book, Column, Equality, Pass, RowIndex, Rules, Side,
    figures::Conventions,
    join::{self, Crowd},
    keys, order,
    reconcile::agree,
    repeats,
    rules::Way,
};

/// Into which part a row goes. A part is all there is of the keys in it.
///
/// Which keys share a part is another matter in each run, and of no consequence.
#[derive(Clone, Debug)]
pub struct Parting {
    /// What all rows of one key of the first pass have in common; none where no
    /// pair is settled before all rows are known.
    equal: Option<Vec<Equality>>,
    state: RandomState,
    parts: NonZeroU32,
}

impl Parting {
    /// Parts rows as these rules look at them.
    #[must_use]
    pub fn by(rules: &Rules, parts: NonZeroU32) -> Self {
        Self {
            equal: deciding(rules).map(|pass| {
                // Under a key that is written otherwise, a row may repeat one that
                // agrees by the first key: what is the same to either is one part.
                let pass = rules.respelt().unwrap_or(pass);
                pass.equal.clone()
            }),
            state: RandomState::default(),
            parts,
        }
    }

    /// How many parts there are.
    #[must_use]
    pub const fn parts(&self) -> u32 {
        self.parts.get()
    }

    /// The part of a row, counted from zero. `None` where other parts may have
    /// rows that it must be seen with: it is left for
    /// [`reconcile_rest`](crate::reconcile_rest).
    ///
    /// # Panics
    ///
    /// When the index comes from a longer book.
    #[must_use]
    pub fn part(&self, book: &Book, side: Side, row: RowIndex) -> Option<u32> {
        let equal = self.equal.as_ref()?;
        let hash = if is_verbatim(equal) {
            // A later pass by the reference makes its key without the blanks around it.
            self.state.hash_one(book.reference(row)?.trim())
        } else {
            let mut key = String::new();
            let has_key = keys::of(book, equal, side, row, &mut key);
            has_key.then(|| self.state.hash_one(&key))?
        };
        // It is less than a `u32`.
        u32::try_from(hash % u64::from(self.parts.get())).ok()
    }
}

/// The pairs that were settled apart, as far as the other rows need to know.
#[derive(Clone, Debug, Default)]
pub struct Settled {
    pairs: usize,
    conventions: Conventions,
}

/// What becomes of the rows of a part: each is in one of these lists.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Part {
    /// Rows of the ledger and of the provider that are a match, in the order of
    /// [`Matches`](crate::Matches).
    pub pairs: Vec<(RowIndex, RowIndex)>,
    /// The other rows of the ledger.
    pub ledger: Vec<RowIndex>,
    /// The other rows of the provider.
    pub records: Vec<RowIndex>,
}

impl Settled {
    /// How many pairs were settled.
    #[must_use]
    pub const fn pairs(&self) -> usize {
        self.pairs
    }

    /// Settles the pairs of a part. The books are all of its rows, and the rules
    /// have the passes that the rows were parted by.
    pub fn settle(&mut self, ledger: &Book, records: &Book, rules: &Rules) -> Part {
        let Some(pass) = deciding(rules) else {
            return Part {
                pairs: Vec::new(),
                ledger: ledger.indices().collect(),
                records: records.indices().collect(),
            };
        };
        let concern = Conventions::concern(&rules.fees, ledger, records);
        // Nothing that any other row says could make of these anything but a match to
        // the last digit.
        let holds = |(row, record)| {
            agree((ledger, row), (records, record), rules, pass)
                && takes_part(ledger, Side::Ledger, row, rules)
                && takes_part(records, Side::Records, record, rules)
                && (!concern
                    || Conventions::agree(&rules.fees, &ledger.row(row), &records.row(record)))
        };
        let (mut pairs, mut rest) = alone_under_a_key(ledger, records, (rules, pass), holds);
        let (rows, said) = repeats::repeated((ledger, records), rules, &pairs, &rest);
        if !rows.is_empty() || !said.is_empty() {
            pairs.retain(|pair| {
                let is_said = rows.contains(&pair.0) || said.contains(&pair.1);
                if is_said {
                    rest.add(*pair);
                }
                !is_said
            });
        }
        self.pairs += pairs.len();
        if concern {
            for &(row, record) in &pairs {
                let (row, record) = (ledger.row(row), records.row(record));
                self.conventions.count(&row, &record);
            }
        }
        order::sort_pairs(&mut pairs, |pair| *pair, ledger, records);
        Part {
            pairs,
            ledger: rest.ledger,
            records: rest.records,
        }
    }

    pub(crate) const fn conventions(&self) -> &Conventions {
        &self.conventions
    }
}

/// A pair that was settled: a row of the ledger and a record, each in a book
/// that holds it for now.
#[derive(Clone, Copy, Debug)]
pub struct SettledPair<'a> {
    /// The row of the ledger.
    pub ledger: (&'a Book, RowIndex),
    /// The record.
    pub record: (&'a Book, RowIndex),
}

impl SettledPair<'_> {
    /// The order of the matches: by the content of the ledger row, its id first,
    /// then of the record.
    #[must_use]
    pub fn compare(&self, other: &SettledPair<'_>) -> Ordering {
        let by_content = |(book, row): (&Book, RowIndex), (other, its): (&Book, RowIndex)| {
            book.compare_with(row, other, its)
        };
        by_content(self.ledger, other.ledger).then_with(|| by_content(self.record, other.record))
    }
}

/// The first pass, where what agrees by it in everything is settled.
fn deciding(rules: &Rules) -> Option<&Pass> {
    // The fees are inferred from all pairs there are.
    let fees = rules.fees.infer && rules.fees.tell_sides_apart();
    let pass = rules.passes.first()?;
    (pass.way() == Way::Key && !pass.net && !fees).then_some(pass)
}

fn is_verbatim(equal: &[Equality]) -> bool {
    equal == [Equality::of(Column::Reference)]
}

/// The pairs of rows that alone share a key and hold, and all other rows.
fn alone_under_a_key(
    ledger: &Book,
    records: &Book,
    (rules, pass): (&Rules, &Pass),
    holds: impl Fn((RowIndex, RowIndex)) -> bool,
) -> (Vec<(RowIndex, RowIndex)>, Crowd) {
    let equal = &pass.equal;
    let mut pairs = Vec::with_capacity(ledger.len().min(records.len()));
    let mut rest = Crowd::default();
    // Where rules exclude rows, the first pass joins the others by a key, which has no
    // blanks around it: here the same rows must meet.
    let crowds = if is_verbatim(equal) && rules.exclusions.is_empty() {
        let joined = join::by_reference(ledger, records);
        rest = joined.alone;
        for pair in joined.couples.iter(ledger) {
            if holds(pair) {
                pairs.push(pair);
            } else {
                rest.add(pair);
            }
        }
        joined.crowds
    } else {
        rest.ledger.extend(ledger.indices());
        rest.records.extend(records.indices());
        keys::join(ledger, records, equal, &mut rest)
    };
    for crowd in crowds {
        if let (&[row], &[record]) = (&*crowd.ledger, &*crowd.records)
            && keys::part(ledger, records, equal, crowd.clone()).len() == 1
            && holds((row, record))
        {
            pairs.push((row, record));
        } else {
            rest.ledger.extend(crowd.ledger);
            rest.records.extend(crowd.records);
        }
    }
    (pairs, rest)
}

/// Whether no rule excludes a row.
fn takes_part(book: &Book, side: Side, row: RowIndex, rules: &Rules) -> bool {
    let mut exclusions = rules.exclusions.iter().filter(|rule| rule.side == side);
    exclusions.all(|rule| !rule.covers(&book.row(row)))
}

impl Crowd {
    fn add(&mut self, (row, record): (RowIndex, RowIndex)) {
        self.ledger.push(row);
        self.records.push(record);
    }
}
