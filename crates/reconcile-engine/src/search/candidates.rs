//! The pairs of nodes that a pass admits, with what their agreement weighs.
//!
//! No node looks at all others. Its counterparts lie in a range of amounts;
//! within it, lists by word lead to those whose texts may be alike. What a node
//! did not look at is taken for as good as it can be: so none is overlooked.

use std::ops::Range;

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    lists::{Lists, Reached},
    nodes::{Field, Node, Nodes, Seeker},
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
    pub(super) ledger: u32,
    /// The place of the provider's node.
    pub(super) record: u32,
    /// What the agreement weighs, and in the two lowest bits what it rests on:
    /// there are many edges.
    weight: u32,
}

impl Edge {
    fn new(ledger: u32, record: u32, score: Bits, evidence: Evidence) -> Self {
        // A text has too few words to weigh more.
        let score = u32::try_from(score).unwrap_or(u32::MAX).min(u32::MAX >> 2);
        let evidence = match evidence {
            Evidence::Text => 0,
            Evidence::Silence => 1,
            Evidence::AmountAndDay => 2,
        };
        Self {
            ledger,
            record,
            weight: score << 2 | evidence,
        }
    }

    /// What the agreement weighs; never zero.
    pub(super) fn score(&self) -> Bits {
        (self.weight >> 2).into()
    }

    pub(super) fn evidence(&self) -> Evidence {
        match self.weight & 0b11 {
            0 => Evidence::Text,
            1 => Evidence::Silence,
            _ => Evidence::AmountAndDay,
        }
    }
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
        stretches: stretches(field),
    };
    let mut found = Found {
        edges: Vec::new(),
        gave_up: 0,
    };
    let mut looked = Looked::default();
    for seeker in field.seekers() {
        let unseen = search.look(seeker, &mut looked);
        let edges = &mut looked.edges;
        edges.sort_unstable_by(|a, b| b.score().cmp(&a.score()).then(a.record.cmp(&b.record)));
        let second = edges.get(1).map_or(0, Edge::score);
        let beats = |other| {
            let best = edges.first();
            best.is_none_or(|best| is_clear(best.score(), other, search.margin))
        };
        if beats(second) && !beats(unseen) {
            // What was not looked at may be as good.
            found.gave_up += field.ledger.rows(seeker.place).len();
            continue;
        }
        search.keep_best(edges);
        found.edges.append(edges);
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
    /// Where the records of each block and age are, in their order.
    stretches: Vec<((u32, u32), Range<u32>)>,
}

/// What a look for the candidates of a node found.
#[derive(Default)]
struct Looked {
    edges: Vec<Edge>,
    /// The ranges of the places of the records to look at.
    ranges: Vec<Range<u32>>,
    reached: Reached,
    /// What words led to: what it weighs at most, and without its text.
    waiting: Vec<(Bits, u32, Bits)>,
}

impl Search<'_, '_> {
    /// Looks for the candidates of a ledger node, and gives what others may weigh
    /// that were not looked at.
    fn look(&self, seeker: Seeker<'_, '_>, looked: &mut Looked) -> Bits {
        let Field { records, texts, .. } = self.field;
        let node = seeker.node;
        self.bands(seeker, &mut looked.ranges);
        looked.edges.clear();
        let has_text = !texts.words(node.text).is_empty();
        let least = self.least.filter(|_| has_text);
        let reaches = least.is_some_and(|least| {
            let Looked {
                ranges, reached, ..
            } = &mut *looked;
            self.lists.reach(texts, seeker, least, ranges, reached)
        });
        if reaches {
            self.weigh_reached(seeker, looked);
        }
        let edges = &mut looked.edges;
        let mut weigh = |record: u32| {
            let Some(other) = records.get(record) else {
                return;
            };
            let score = self.score(seeker, other);
            edges.extend(score.map(|score| self.edge(seeker, (record, other), score)));
        };
        let mut cut = false;
        for range in &looked.ranges {
            cut |= if reaches {
                // What has no text is found by amount and day alone.
                let textless = &self.lists.textless;
                let start = textless.partition_point(|record| *record < range.start);
                let end = textless.partition_point(|record| *record < range.end);
                let at = |place| textless.get(place).copied().unwrap_or(u32::MAX);
                scan(start..end, at, records, node, &mut weigh)
            } else {
                let at = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
                let range = range.start as usize..range.end as usize;
                scan(range, at, records, node, &mut weigh)
            };
        }
        let unfollowed = looked.reached.unfollowed.filter(|_| reaches);
        if cut {
            Bits::MAX
        } else {
            unfollowed.map_or(0, |text| most(seeker, text))
        }
    }

    /// Weighs what words led to, the most promising first, until nothing can be
    /// among the best any more.
    fn weigh_reached(&self, seeker: Seeker<'_, '_>, looked: &mut Looked) {
        let Field { records, texts, .. } = self.field;
        let Looked {
            edges,
            reached,
            waiting,
            ..
        } = looked;
        waiting.clear();
        for (record, text) in &reached.records {
            let beside = records
                .get(*record)
                .and_then(|other| self.beside_text(seeker, other));
            waiting.extend(beside.map(|beside| (beside + text, *record, beside)));
        }
        waiting.sort_unstable_by(|a, b| b.cmp(a));
        // The best so far, in no order.
        let mut best = [0; KEPT];
        for (most, record, beside) in &*waiting {
            let last = best.iter().min().copied().unwrap_or(0);
            if is_clear(last, *most, self.margin) {
                break;
            }
            let Some(other) = records.get(*record) else {
                continue;
            };
            let agreement = texts.agreement(seeker.node.text, other.text);
            if self.least.is_some_and(|least| agreement.alike() < least) {
                continue;
            }
            let score = beside + agreement.score();
            edges.push(self.edge(seeker, (*record, other), score));
            if let Some(least) = best.iter_mut().min().filter(|least| **least < score) {
                *least = score;
            }
        }
    }

    fn edge(&self, seeker: Seeker<'_, '_>, (record, other): (u32, &Node<'_>), score: Bits) -> Edge {
        let evidence = self.evidence(seeker.node, other);
        Edge::new(seeker.place, record, score, evidence)
    }

    /// The places of the record nodes of the block whose days and amounts are
    /// within the window and the limit, one range a stretch of days that the window
    /// touches; some are out of the window.
    fn bands(&self, seeker: Seeker<'_, '_>, ranges: &mut Vec<Range<u32>>) {
        let Seeker {
            node,
            limit,
            window,
            ..
        } = seeker;
        ranges.clear();
        for age in self.field.ages.within(window) {
            let stretch = (node.block, age);
            let found = self
                .stretches
                .binary_search_by_key(&stretch, |(key, _)| *key);
            let Some((_, range)) = found.ok().and_then(|place| self.stretches.get(place)) else {
                continue;
            };
            let nodes = self.field.records.slice(range);
            let low = node.amount.saturating_sub(limit);
            let high = node.amount.saturating_add(limit);
            let (first, last) = window;
            let (start, end) = if limit > 0 {
                let start = nodes.partition_point(|other| other.amount < low);
                let rest = nodes.get(start..).unwrap_or_default();
                let end = rest.partition_point(|other| other.amount <= high);
                (start, start + end)
            } else {
                let place = |other: &Node<'_>| (other.amount, other.day);
                let start = nodes.partition_point(|other| place(other) < (low, first));
                let rest = nodes.get(start..).unwrap_or_default();
                let end = rest.partition_point(|other| place(other) <= (high, last));
                (start, start + end)
            };
            let at = |place: usize| {
                let place = u32::try_from(place).unwrap_or(u32::MAX);
                range.start.saturating_add(place)
            };
            if start < end {
                ranges.push(at(start)..at(end));
            }
        }
    }

    /// Of edges in order, keeps the best, those as good as the last of them, and
    /// those that no other is better than, since no text speaks.
    fn keep_best(&self, edges: &mut Vec<Edge>) {
        let Some(last) = edges.get(KEPT - 1).map(Edge::score) else {
            return;
        };
        edges.retain(|edge| {
            edge.evidence() == Evidence::Silence || !is_clear(last, edge.score(), self.margin)
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
    fn score(&self, seeker: Seeker<'_, '_>, other: &Node<'_>) -> Option<Bits> {
        let beside = self.beside_text(seeker, other)?;
        Some(beside + self.text_score(seeker.node.text, other.text)?)
    }

    /// What it weighs without the texts.
    fn beside_text(&self, seeker: Seeker<'_, '_>, other: &Node<'_>) -> Option<Bits> {
        let node = seeker.node;
        let (first, last) = seeker.window;
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
        let amount = amount_score(seeker.limit, (node.amount - other.amount).abs());
        let lag = u64::from(node.day.abs_diff(other.day));
        Some(COUNTERPART + amount + day_score(seeker.span(), lag))
    }

    /// What two texts have in common, less by how much each has beside it.
    fn text_score(&self, left: u32, right: u32) -> Option<Bits> {
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

/// Where the records of each block and age are, in their order.
fn stretches(field: &Field<'_>) -> Vec<((u32, u32), Range<u32>)> {
    let mut stretches: Vec<((u32, u32), Range<u32>)> = Vec::new();
    for (place, node) in (0..).zip(field.records.iter()) {
        let key = (node.block, field.ages.at(node.day));
        match stretches.last_mut().filter(|(last, _)| *last == key) {
            Some((_, range)) => range.end = place + 1,
            None => stretches.push((key, place..place + 1)),
        }
    }
    stretches
}

/// What it counts that two rows have a counterpart at all: fifteen of sixteen
/// rows have one.
const COUNTERPART: Bits = 4 * 256;

/// Days further apart than these are as good as unrelated.
const LONGEST: u64 = 365;

/// What a candidate weighs at most whose text agrees so far with that of a node.
fn most(seeker: Seeker<'_, '_>, text: Agreement) -> Bits {
    let amount = amount_score(seeker.limit, 0);
    let day = day_score(seeker.span(), 0);
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

/// Looks at the nodes of a range that lie nearest to a node; whether any were
/// left out.
fn scan(
    range: Range<usize>,
    at: impl Fn(usize) -> u32,
    records: &Nodes<'_>,
    node: &Node<'_>,
    each: &mut impl FnMut(u32),
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
