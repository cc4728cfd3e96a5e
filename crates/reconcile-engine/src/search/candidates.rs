//! The pairs of nodes that a pass admits, with what their agreement weighs.
//!
//! No node looks at all others. Its counterparts lie in a range of amounts;
//! within it, lists by word lead to those whose texts may be alike. What a node
//! did not look at is taken for as good as it can be: so none is overlooked.

use std::ops::Range;

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    lists::{Lists, Reached},
    nodes::{Field, Node},
    text::{Agreement, Bits, log2},
};
use crate::Pass;

/// How many counterparts of a node are kept, the best ones, and beside them those
/// that are as good as the last of them: a tie that is cut through would leave
/// rows out of it, as if they had no counterpart.
const KEPT: usize = 8;

/// How many nodes of a range are looked at where no word leads to them.
pub(super) const SCANNED: usize = 1024;

/// What was found.
pub(super) struct Found {
    pub(super) edges: Vec<Edge>,
    /// How many ledger rows have more candidates than can be looked at, and
    /// none that stands out.
    pub(super) gave_up: usize,
}

/// Two nodes that may belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The place of the ledger's node.
    pub(super) ledger: usize,
    /// The place of the provider's node.
    pub(super) record: usize,
    /// What the agreement weighs; never zero.
    pub(super) score: Bits,
    pub(super) evidence: Evidence,
}

/// What an agreement rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// The texts of both, which are alike.
    Text,
    /// The pass compares texts, and one of the two has none. Amounts and days
    /// repeat, so that this counts only where nothing else comes into question.
    Silence,
    /// Amount and day, all that the pass compares.
    AmountAndDay,
}

/// Finds the best counterparts of each ledger node.
pub(super) fn find(pass: &Pass, field: &Field<'_>) -> Found {
    let search = Search {
        field,
        across_references: pass.across_references,
        least: pass.text.as_ref().map(|text| thousandths(text.least)),
        margin: thousandths(pass.margin),
        lists: Lists::of(field),
    };
    let mut found = Found {
        edges: Vec::new(),
        gave_up: 0,
    };
    let mut reached = Reached::default();
    for (place, node) in field.ledger.iter().enumerate() {
        let (mut edges, unseen) = search.edges(place, node, &mut reached);
        edges.sort_unstable_by(|a, b| b.score.cmp(&a.score).then(a.record.cmp(&b.record)));
        let second = edges.get(1).map_or(0, |edge| edge.score);
        let beats = |other| {
            let best = edges.first();
            best.is_none_or(|best| is_clear(best.score, other, search.margin))
        };
        if beats(second) && !beats(unseen) {
            // What was not looked at may be as good.
            found.gave_up += node.rows.len();
            continue;
        }
        search.keep_best(&mut edges);
        found.edges.append(&mut edges);
    }
    found
}

/// Whether the best is better than the second by the margin, in thousandths of
/// the best.
pub(super) fn is_clear(best: Bits, second: Bits, margin: u64) -> bool {
    best > second && (best - second).saturating_mul(1000) >= best.saturating_mul(margin)
}

/// A share from 0 to 1 in thousandths.
pub(super) fn thousandths(share: Decimal) -> u64 {
    let thousandths = share.checked_mul(Decimal::ONE_THOUSAND);
    thousandths.and_then(|share| share.to_u64()).unwrap_or(0)
}

struct Search<'f, 'a> {
    field: &'f Field<'a>,
    across_references: bool,
    /// The least similarity of two texts, in thousandths, where texts count.
    least: Option<u64>,
    margin: u64,
    lists: Lists,
}

impl Search<'_, '_> {
    /// The candidates of a ledger node, and what others may weigh that were not
    /// looked at.
    fn edges(&self, ledger: usize, node: &Node<'_>, reached: &mut Reached) -> (Vec<Edge>, Bits) {
        let Field { records, texts, .. } = self.field;
        let range = band(records, node);
        let mut edges = Vec::new();
        let mut weigh = |record: usize| {
            let Some(other) = records.get(record) else {
                return;
            };
            edges.extend(self.score(node, other).map(|score| Edge {
                ledger,
                record,
                score,
                evidence: self.evidence(node, other),
            }));
        };
        let cut = match self.least {
            Some(least)
                if !texts.words(node.text).is_empty()
                    && self.lists.reach(texts, node, least, &range, reached) =>
            {
                for record in &reached.records {
                    weigh(*record as usize);
                }
                // What has no text is found by amount and day alone.
                let textless = &self.lists.textless;
                let start = textless.partition_point(|record| *record < range.start);
                let end = textless.partition_point(|record| *record < range.end);
                let at = |place| textless.get(place).copied().unwrap_or(usize::MAX);
                scan(start..end, at, records, node, &mut weigh)
            }
            _ => {
                reached.clear();
                scan(range, |place| place, records, node, &mut weigh)
            }
        };
        let unseen = if cut {
            Bits::MAX
        } else {
            reached.unfollowed.map_or(0, |text| most(node, text))
        };
        (edges, unseen)
    }

    /// Of edges in order, keeps the best, those as good as the last of them, and
    /// those that no other is better than, since no text speaks.
    fn keep_best(&self, edges: &mut Vec<Edge>) {
        let Some(last) = edges.get(KEPT - 1).map(|edge| edge.score) else {
            return;
        };
        edges.retain(|edge| {
            edge.evidence == Evidence::Silence || !is_clear(last, edge.score, self.margin)
        });
    }

    fn evidence(&self, node: &Node<'_>, other: &Node<'_>) -> Evidence {
        let says = |node: &Node<'_>| !self.field.texts.words(node.text).is_empty();
        match self.least {
            None => Evidence::AmountAndDay,
            Some(_) if says(node) && says(other) => Evidence::Text,
            Some(_) => Evidence::Silence,
        }
    }

    /// What the agreement of two nodes weighs; none where they cannot be the
    /// same thing.
    fn score(&self, node: &Node<'_>, other: &Node<'_>) -> Option<Bits> {
        let (first, last) = node.window;
        let contradict = |left: Option<&str>, right: Option<&str>| {
            left.zip(right).is_some_and(|(left, right)| left != right)
        };
        if other.day < first
            || last < other.day
            || node.kind.zip(other.kind).is_some_and(|(l, r)| l != r)
            || !self.across_references && contradict(node.reference, other.reference)
        {
            return None;
        }
        let text = self.text_score(node.text, other.text)?;
        let amount = amount_score(node.limit, (node.amount - other.amount).abs());
        let lag = (node.day - other.day).unsigned_abs();
        Some(COUNTERPART + text + amount + day_score(node.span(), lag))
    }

    /// What two texts have in common, less by how much each has beside it.
    fn text_score(&self, left: usize, right: usize) -> Option<Bits> {
        let texts = &self.field.texts;
        let Some(least) = self.least else {
            return Some(0);
        };
        if texts.words(left).is_empty() || texts.words(right).is_empty() {
            return Some(0);
        }
        let agreement = texts.agreement(left, right);
        (agreement.alike() >= least).then(|| agreement.score())
    }
}

/// What it counts that two rows have a counterpart at all: fifteen of sixteen
/// rows have one.
const COUNTERPART: Bits = 4 * 256;

/// Days further apart than these are as good as unrelated.
const LONGEST: u64 = 365;

/// What a candidate weighs at most whose text agrees so far with that of a node.
fn most(node: &Node<'_>, text: Agreement) -> Bits {
    let (amount, day) = (amount_score(node.limit, 0), day_score(node.span(), 0));
    COUNTERPART + text.score() + amount + day
}

/// What it counts that two amounts lie so far apart, of as far as is allowed.
fn amount_score(limit: i128, gap: i128) -> Bits {
    let bits = |number: i128| log2(u64::try_from(number).unwrap_or(u64::MAX));
    bits(limit.saturating_add(1)).saturating_sub(bits(gap.saturating_add(1)))
}

/// What it counts that two rows of a window lie so many days apart. Each day
/// costs more than the one before it: of bookings that all arrive a day later,
/// pairing most on the same day and one far off must not weigh more than pairing
/// each with its own.
fn day_score(window: u64, lag: u64) -> Bits {
    let (window, lag) = (window.min(LONGEST), lag.min(LONGEST));
    let left = (window * window).saturating_sub(lag * lag);
    let share = (log2(window + 1) * left).checked_div(window * window);
    share.unwrap_or(0)
}

/// The record nodes of the block whose amounts are within the limit; where the
/// limit is none, also the days.
fn band(records: &[Node<'_>], node: &Node<'_>) -> Range<usize> {
    let low = (node.block, node.amount.saturating_sub(node.limit));
    let high = (node.block, node.amount.saturating_add(node.limit));
    let key = |other: &Node<'_>| (other.block, other.amount);
    if node.limit > 0 {
        return records.partition_point(|other| key(other) < low)
            ..records.partition_point(|other| key(other) <= high);
    }
    let (first, last) = node.window;
    records.partition_point(|other| (key(other), other.day) < (low, first))
        ..records.partition_point(|other| (key(other), other.day) <= (high, last))
}

/// Looks at the nodes of a range that lie nearest to a node; whether any were
/// left out.
fn scan(
    range: Range<usize>,
    at: impl Fn(usize) -> usize,
    records: &[Node<'_>],
    node: &Node<'_>,
    each: &mut impl FnMut(usize),
) -> bool {
    let before = |place: usize| {
        let other = records.get(at(place));
        other.is_some_and(|other| (other.amount, other.day) < (node.amount, node.day))
    };
    // The first place that is not before the node.
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low.midpoint(high);
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let start = low.saturating_sub(SCANNED / 2).max(range.start);
    let end = low.saturating_add(SCANNED / 2).min(range.end);
    (start..end).map(at).for_each(each);
    range.start < start || end < range.end
}
