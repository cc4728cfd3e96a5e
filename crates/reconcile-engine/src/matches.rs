//! What agrees, held compactly: nearly every row of a large book is in here.

use std::{borrow::Cow, collections::BTreeMap, slice, sync::Arc};

use rust_decimal::Decimal;

use crate::{RowIndex, Rule};

/// The match groups of a reconciliation: first the pairs by the id of the
/// ledger row, then the groups of several rows by their first ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    passes: Vec<Arc<str>>,
    couples: Vec<Couple>,
    /// By ledger row, where there is one: most rows agree to the last digit.
    differences: BTreeMap<RowIndex, Decimal>,
    groups: Vec<Group>,
    /// How many pairs are in no book.
    apart: usize,
}

/// Rows that a rule ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MatchGroup<'a> {
    /// The rows of the ledger; mostly one.
    pub ledger: &'a [RowIndex],
    /// The rows of the provider; mostly one.
    pub records: &'a [RowIndex],
    /// How they agree.
    pub rule: Rule,
    /// The pass that tied them.
    pub pass: &'a str,
    /// Ledger − provider, signed, in major units of the rows' currency.
    pub difference: Decimal,
    /// Whether other rows under the same reference had the same amount and
    /// date, so that which of them belong together is a matter of order.
    pub ambiguous: bool,
}

impl<'a> MatchGroup<'a> {
    /// What ties the rows, in the word of every file: the pass, and how they
    /// agree where it is not to the last digit.
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        self.rule.of_pass(self.pass)
    }
}

impl Matches {
    /// How many groups there are, those apart included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.couples.len() + self.groups.len() + self.apart
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many pairs were [settled](crate::Settled) apart: all of the first
    /// pass, to the last digit. Their rows are in no book.
    #[must_use]
    pub fn apart(&self) -> usize {
        self.apart
    }

    /// The pass that tied those apart: the first one.
    #[must_use]
    pub fn first_pass(&self) -> &str {
        self.pass(0)
    }

    /// How many rows of the ledger are in them, those apart included.
    #[must_use]
    pub fn ledger_rows(&self) -> usize {
        let in_groups = self.groups.iter().map(|group| group.ledger.len());
        self.couples.len() + self.apart + in_groups.sum::<usize>()
    }

    /// How many records are in them, those apart included.
    #[must_use]
    pub fn record_rows(&self) -> usize {
        let in_groups = self.groups.iter().map(|group| group.records.len());
        self.couples.len() + self.apart + in_groups.sum::<usize>()
    }

    /// How many pairs each pass ties in each way, those apart included, by what
    /// ties them as every file says it.
    #[must_use]
    pub fn pairs(&self) -> BTreeMap<Cow<'_, str>, usize> {
        // Nearly all follow others of their kind: there are few runs of them.
        let runs = self
            .couples
            .chunk_by(|one, next| (one.pass, one.rule) == (next.pass, next.rule));
        let runs = runs.filter_map(|run| run.first().map(|one| (one.pass, one.rule, run.len())));
        let apart = (self.apart > 0).then_some((0, Rule::Exact, self.apart));
        let mut pairs = BTreeMap::new();
        for (pass, rule, rows) in apart.into_iter().chain(runs) {
            *pairs.entry(rule.of_pass(self.pass(pass))).or_default() += rows;
        }
        pairs
    }

    /// Every group, in order, but those apart.
    pub fn iter(&self) -> impl Iterator<Item = MatchGroup<'_>> {
        let couples = self.couples.iter().map(|couple| self.pair(couple));
        couples.chain(self.groups())
    }

    /// The groups that are no pair, in order: what their sums tie.
    pub fn groups(&self) -> impl Iterator<Item = MatchGroup<'_>> {
        self.groups.iter().map(|group| MatchGroup {
            ledger: &group.ledger,
            records: &group.records,
            rule: group.rule,
            pass: self.pass(group.pass),
            difference: group.difference,
            ambiguous: false,
        })
    }

    /// The groups whose sides differ within what their rule allows, in order.
    pub fn differing(&self) -> impl Iterator<Item = MatchGroup<'_>> {
        let may_differ = if self.differences.is_empty() {
            &[][..]
        } else {
            &self.couples
        };
        let may_differ = may_differ.iter().filter(|couple| couple.rule.may_differ());
        let couples = may_differ.map(|couple| self.pair(couple));
        let all = couples.chain(self.groups());
        all.filter(|group| !group.difference.is_zero())
    }

    fn pair<'a>(&'a self, couple: &'a Couple) -> MatchGroup<'a> {
        MatchGroup {
            ledger: slice::from_ref(&couple.ledger),
            records: slice::from_ref(&couple.record),
            rule: couple.rule,
            pass: self.pass(couple.pass),
            difference: self.difference(couple),
            ambiguous: couple.ambiguous,
        }
    }

    /// No matches yet, by these passes; room for so many pairs.
    pub(crate) fn with_capacity(passes: Vec<Arc<str>>, couples: usize) -> Self {
        Self {
            passes,
            couples: Vec::with_capacity(couples),
            ..Self::default()
        }
    }

    pub(crate) fn push(&mut self, couple: Couple, difference: Decimal) {
        if !difference.is_zero() {
            self.differences.insert(couple.ledger, difference);
        }
        self.couples.push(couple);
    }

    pub(crate) fn count_apart(&mut self, pairs: usize) {
        self.apart += pairs;
    }

    pub(crate) fn push_group(&mut self, group: Group) {
        self.groups.push(group);
    }

    /// Takes out the pairs that are not to be kept.
    pub(crate) fn take_out(&mut self, taken: impl Fn(&Couple) -> bool) -> Vec<Couple> {
        let couples: Vec<Couple> = self
            .couples
            .extract_if(.., |couple| taken(couple))
            .collect();
        for couple in &couples {
            self.differences.remove(&couple.ledger);
        }
        couples
    }

    /// The differences that there are, each with a row of the ledger.
    pub(crate) fn differences(&self) -> impl Iterator<Item = (RowIndex, Decimal)> {
        let couples = self.differences.iter();
        let groups = self.groups.iter();
        couples
            .map(|(row, difference)| (*row, *difference))
            .chain(groups.filter_map(|group| Some((*group.ledger.first()?, group.difference))))
    }

    pub(crate) fn couples_mut(&mut self) -> &mut [Couple] {
        &mut self.couples
    }

    pub(crate) fn groups_mut(&mut self) -> &mut [Group] {
        &mut self.groups
    }

    fn pass(&self, place: u8) -> &str {
        self.passes
            .get(usize::from(place))
            .map_or("", AsRef::as_ref)
    }

    fn difference(&self, couple: &Couple) -> Decimal {
        let differs = couple.rule.may_differ();
        let difference = differs.then(|| self.differences.get(&couple.ledger));
        difference.flatten().copied().unwrap_or_default()
    }
}

/// One row of each side that a rule ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Couple {
    pub(crate) ledger: RowIndex,
    pub(crate) record: RowIndex,
    pub(crate) rule: Rule,
    /// The place of the pass.
    pub(crate) pass: u8,
    pub(crate) ambiguous: bool,
}

/// Several rows of one side or both that a rule ties; at least one of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// In the order of their content.
    pub(crate) ledger: Vec<RowIndex>,
    /// In the order of their content.
    pub(crate) records: Vec<RowIndex>,
    pub(crate) rule: Rule,
    /// The place of the pass.
    pub(crate) pass: u8,
    pub(crate) difference: Decimal,
}
