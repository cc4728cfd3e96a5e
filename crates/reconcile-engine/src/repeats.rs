//! Rows that say again what a matched row says, under its key written otherwise.
//!
//! `ORD-1` is matched by the reference as it is written; where the provider lists
//! `ord1` besides, of the same amount, it is the same record once more, and missing
//! nowhere. Nearly all rows of a large book are matched, and few are left over, so
//! that the matched ones are passed over by their amounts before a key is made.

use std::collections::{BTreeSet, HashMap, HashSet};

use foldhash::fast::RandomState;
use reconcile_core::{Currency, Direction};
use rust_decimal::Decimal;

use crate::{
    Book, Pass, RowIndex, Rules, Side, book::Facts, findings::Findings, join::Crowd, keys,
    rules::Standing,
};

/// Matched rows of both sides by the key under which a row that is left says the
/// same.
#[derive(Debug, Default)]
pub(crate) struct Repeats(HashMap<String, Crowd, RandomState>);

impl Repeats {
    /// Those of a pass, where its key is that of the first one written otherwise.
    pub(crate) fn of(findings: &Findings<'_>, pass: &Pass, open: &Crowd) -> Self {
        let rules = findings.rules;
        let mut repeats = Self::default();
        if rules.respelt() != Some(pass) {
            return repeats;
        }
        for (side, open) in [(Side::Ledger, &open.ledger), (Side::Records, &open.records)] {
            let book = findings.book(side);
            if open.len() == book.len() {
                // None is matched.
                continue;
            }
            let is_left = marked(book, open);
            let matched = || {
                let rows = book.indices().zip(&is_left);
                rows.filter_map(|(row, is_left)| (!is_left).then_some(row))
            };
            // Where few are matched, only what has the amount of one may repeat it.
            let few = Some(book.len() - open.len()).filter(|few| *few < open.len());
            let amounts = few.map(|few| {
                let mut amounts = Amounts::of(book, few);
                matched().for_each(|row| amounts.insert(book.facts(row).amount));
                amounts
            });
            let may_repeat = |row: &RowIndex| {
                let amounts = amounts.as_ref();
                amounts.is_none_or(|amounts| amounts.may_have(book.units(*row)))
            };
            let left = open.iter().copied().filter(may_repeat);
            let mut said = Amounts::of(book, open.len());
            let left = Left::of(book, side, rules, pass, left, &mut said);
            let matched = matched().filter(|row| said.may_have(book.units(*row)));
            for (row, key) in left.said_by(book, matched) {
                let mut excluding = rules.exclusions.iter().filter(|rule| rule.side == side);
                if excluding.any(|rule| rule.covers(&book.row(row))) {
                    continue;
                }
                let twins = repeats.0.entry(key).or_default();
                twins.of_mut(side).push(row);
            }
        }
        repeats
    }

    /// Takes the rows off those left that share a key with a matched row, and with
    /// none that is left on the other side.
    pub(crate) fn take(
        &self,
        findings: &Findings<'_>,
        pass: &Pass,
        rest: &mut Crowd,
    ) -> Vec<Crowd> {
        let mut crowds: HashMap<&str, Crowd, RandomState> = HashMap::default();
        if self.0.is_empty() {
            return Vec::new();
        }
        let mut key = String::new();
        for side in [Side::Ledger, Side::Records] {
            let book = findings.book(side);
            let repeating = |row: &mut RowIndex| {
                let twins = keys::of(book, &pass.equal, side, *row, &mut key)
                    .then(|| self.0.get_key_value(key.as_str()))
                    .flatten();
                if let Some((key, _)) = twins {
                    let crowd = crowds.entry(key).or_default();
                    crowd.of_mut(side).push(*row);
                }
                twins.is_some()
            };
            rest.of_mut(side).extract_if(.., repeating).for_each(drop);
        }
        let mut crowds: Vec<_> = crowds.into_iter().collect();
        crowds.sort_unstable_by_key(|(key, _)| *key);
        crowds.into_iter().map(|(_, crowd)| crowd).collect()
    }

    /// The matched rows that rows of one key may repeat: none where they contradict
    /// each other, and nobody knows which is meant.
    pub(crate) fn twins(&self, findings: &Findings<'_>, pass: &Pass, crowd: &Crowd) -> Crowd {
        let mut key = String::new();
        let (ledger, records) = (findings.ledger, findings.records);
        let has_key = match (crowd.ledger.first(), crowd.records.first()) {
            _ if self.0.is_empty() => false,
            (Some(row), _) => keys::of(ledger, &pass.equal, Side::Ledger, *row, &mut key),
            (_, Some(row)) => keys::of(records, &pass.equal, Side::Records, *row, &mut key),
            (None, None) => false,
        };
        let Some(twins) = self.0.get(&key).filter(|_| has_key) else {
            return Crowd::default();
        };
        let mut all = crowd.clone();
        all.ledger.extend(&twins.ledger);
        all.records.extend(&twins.records);
        match keys::part(ledger, records, &pass.equal, all).as_slice() {
            [_] => twins.clone(),
            _ => Crowd::default(),
        }
    }
}

/// The rows of pairs that one which is left says again: it must be seen with them.
pub(crate) fn repeated(
    (ledger, records): (&Book, &Book),
    rules: &Rules,
    pairs: &[(RowIndex, RowIndex)],
    rest: &Crowd,
) -> (HashSet<RowIndex>, HashSet<RowIndex>) {
    let Some(pass) = rules.respelt() else {
        return Default::default();
    };
    let mut said = Amounts::of(ledger, rest.ledger.len() + rest.records.len());
    let mut of = |book: &Book, side, rest: &[RowIndex]| {
        // In a book of their own, they lie near each other.
        let rest = book.only(rest.iter().copied());
        Left::of(&rest, side, rules, pass, rest.indices(), &mut said)
    };
    let booked = of(ledger, Side::Ledger, &rest.ledger);
    let listed = of(records, Side::Records, &rest.records);
    // The rows of a pair have the same amount.
    let may_be_said = |pair: &&(RowIndex, RowIndex)| said.may_have(ledger.units(pair.0));
    let pairs: Vec<_> = pairs.iter().filter(may_be_said).collect();
    let rows = booked.said_by(ledger, pairs.iter().map(|pair| pair.0));
    let said = listed.said_by(records, pairs.iter().map(|pair| pair.1));
    let row = |(row, _)| row;
    (rows.map(row).collect(), said.map(row).collect())
}

/// What two rows that say the same have in common, beside the key.
type Face = (Currency, Direction, Decimal);

fn face(facts: &Facts) -> Face {
    (facts.currency, facts.direction, facts.amount)
}

/// What the rows of a side say that are left over and moved money.
struct Left<'r> {
    side: Side,
    rules: &'r Rules,
    pass: &'r Pass,
    /// The faces of all of them.
    faces: HashSet<Face, RandomState>,
    /// The faces of the rows of each key: what another key has left over says nothing
    /// of this one.
    keys: HashMap<String, HashSet<Face, RandomState>, RandomState>,
}

impl<'r> Left<'r> {
    /// Those of the rows that are left, and their amounts.
    fn of(
        book: &Book,
        side: Side,
        rules: &'r Rules,
        pass: &'r Pass,
        open: impl Iterator<Item = RowIndex>,
        amounts: &mut Amounts,
    ) -> Self {
        let mut left = Self {
            side,
            rules,
            pass,
            faces: HashSet::default(),
            keys: HashMap::default(),
        };
        let mut key = String::new();
        for row in open {
            let facts = book.facts(row);
            if rules.standing(facts.status) == Standing::Moved
                && keys::of(book, &pass.equal, side, row, &mut key)
            {
                amounts.insert(facts.amount);
                let of_key = left.keys.entry(key.clone()).or_default();
                of_key.insert(face(&facts));
                left.faces.insert(face(&facts));
            }
        }
        left
    }

    /// The rows among these that say the same under the same key, with the key.
    fn said_by(
        &self,
        book: &Book,
        rows: impl Iterator<Item = RowIndex>,
    ) -> impl Iterator<Item = (RowIndex, String)> {
        let rows = rows.take_while(|_| !self.keys.is_empty());
        let mut key = String::new();
        rows.filter_map(move |row| {
            let facts = book.facts(row);
            let face = face(&facts);
            // Its key is made last, which takes more than all else.
            let same = self.faces.contains(&face)
                && self.rules.standing(facts.status) == Standing::Moved
                && keys::of(book, &self.pass.equal, self.side, row, &mut key)
                && self
                    .keys
                    .get(&key)
                    .is_some_and(|of_key| of_key.contains(&face));
            same.then(|| (row, key.clone()))
        })
    }
}

/// Amounts, by a bit each: what has none is not among them.
struct Amounts {
    /// The digits after the point that amounts of the book are written with.
    scales: BTreeSet<u32>,
    bits: Vec<u64>,
}

impl Amounts {
    /// None yet, with room for those of so many rows of a book: 64 bits for each, so
    /// that hardly any other amount shares one.
    fn of(book: &Book, rows: usize) -> Self {
        Self {
            scales: book.scales(),
            bits: vec![0; rows.max(1 << 10).next_power_of_two()],
        }
    }

    fn insert(&mut self, amount: Decimal) {
        for scale in &self.scales {
            // However many zeros are written, it is the same amount.
            let mut written = amount;
            written.rescale(*scale);
            if let Ok(units) = i64::try_from(written.mantissa())
                && written == amount
            {
                let (word, bit) = self.place(units);
                if let Some(word) = self.bits.get_mut(word) {
                    *word |= bit;
                }
            }
        }
    }

    /// Whether the amount of so many units, with whatever digits after the point, may
    /// be among them; what has more units than are told apart may.
    fn may_have(&self, units: Option<i64>) -> bool {
        units.is_none_or(|units| {
            let (word, bit) = self.place(units);
            self.bits.get(word).is_some_and(|word| word & bit != 0)
        })
    }

    fn place(&self, units: i64) -> (usize, u64) {
        // The golden ratio spreads neighbours: the highest bits choose the bit, the
        // next ones the word.
        let hash = units.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let bit = hash >> (u64::BITS - 6);
        // A part of a `usize` fits one.
        let word = usize::try_from(hash >> 26).unwrap_or_default() & (self.bits.len() - 1);
        (word, 1 << bit)
    }
}

/// Which rows of a book these are.
fn marked(book: &Book, rows: &[RowIndex]) -> Vec<bool> {
    let mut marks = vec![false; book.len()];
    for row in rows {
        if let Some(mark) = marks.get_mut(row.position()) {
            *mark = true;
        }
    }
    marks
}
