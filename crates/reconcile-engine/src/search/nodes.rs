//! The open rows of both sides, prepared for a search.

use std::{
    cmp::Ordering,
    collections::HashMap,
    ops::{Range, RangeInclusive},
};

use foldhash::fast::RandomState;
use jiff::civil::Date;
use reconcile_core::{Currency, Direction, Kind};
use rust_decimal::Decimal;

use super::text::{Texts, Vocabulary};
use crate::{
    Book, Pass, RowIndex, Side, Tolerances,
    findings::Findings,
    join::Crowd,
    keys,
    rules::{Standing, days_between},
    units::{scale, units},
};

/// What is searched: the rows of both sides that moved money.
///
/// Rows that nothing tells apart are one node: which of them is meant, nobody
/// can say. Nodes lie by block, age, amount and day, and else by their content, so
/// that a band of amounts is a range of each age, and the order of the input never
/// shows.
pub(super) struct Field<'a> {
    pub(super) ledger: Nodes<'a>,
    pub(super) records: Nodes<'a>,
    /// How far an amount may lie off, of each node of the ledger.
    limits: Vec<i128>,
    windows: Windows,
    pub(super) ages: Ages,
    pub(super) texts: Texts,
    /// How many rows are in no node, since their amounts have more digits than
    /// a whole number holds.
    pub(super) too_long: usize,
}

/// A row, or several that nothing tells apart.
///
/// There are as many as open rows, so that what only those of the ledger have is
/// kept [elsewhere](Seeker).
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// In whole units of the field's smallest digit.
    pub(super) amount: i128,
    pub(super) reference: Option<&'a str>,
    pub(super) day: i32,
    /// What must be equal: only nodes of one block are compared.
    pub(super) block: u32,
    /// The place of its text in the texts of the field.
    pub(super) text: u32,
    pub(super) kind: Option<Kind>,
}

/// A node of the ledger, and how far its counterparts may lie off.
#[derive(Clone, Copy)]
pub(super) struct Seeker<'f, 'a> {
    pub(super) place: u32,
    pub(super) node: &'f Node<'a>,
    /// How far an amount may lie off.
    pub(super) limit: i128,
    /// The first and last day of a counterpart.
    pub(super) window: (i32, i32),
}

impl Seeker<'_, '_> {
    /// How many days its window is long.
    pub(super) fn span(&self) -> u64 {
        let (first, last) = self.window;
        u64::from(last.abs_diff(first))
    }
}

/// The nodes of a side in their order, and the rows of each.
#[derive(Default)]
pub(super) struct Nodes<'a> {
    list: Vec<Node<'a>>,
    rows: Vec<RowIndex>,
    /// Where the rows of each node end.
    ends: Vec<u32>,
}

impl<'a> Nodes<'a> {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Node<'a>> {
        self.list.iter()
    }

    pub(super) fn get(&self, place: u32) -> Option<&Node<'a>> {
        self.list.get(place as usize)
    }

    /// The nodes of a range of places.
    pub(super) fn slice(&self, range: &Range<u32>) -> &[Node<'a>] {
        let range = range.start as usize..range.end as usize;
        self.list.get(range).unwrap_or_default()
    }

    /// The rows of a node, one at least.
    pub(super) fn rows(&self, place: u32) -> &[RowIndex] {
        let end = |place: u32| self.ends.get(place as usize).map(|end| *end as usize);
        let start = place.checked_sub(1).and_then(end).unwrap_or(0);
        let rows = end(place).and_then(|end| self.rows.get(start..end));
        rows.unwrap_or_default()
    }

    /// Sorts the nodes of rows, and makes one of those that nothing tells apart.
    fn merged(prepared: Prepared<'a>, ages: Ages, texts: &Texts, book: &Book) -> Self {
        let Prepared {
            nodes: mut list,
            rows,
            first_text,
        } = prepared;
        let row = |node: &Node<'_>| {
            let place = node.text.checked_sub(first_text)?;
            rows.get(place as usize).copied()
        };
        let key = |node: &Node<'_>| {
            let age = ages.at(node.day);
            (node.block, age, node.amount, node.day, node.kind)
        };
        list.sort_unstable_by(|a, b| {
            key(a)
                .cmp(&key(b))
                .then_with(|| a.reference.cmp(&b.reference))
                .then_with(|| texts.words(a.text).cmp(texts.words(b.text)))
                .then_with(|| {
                    let rows = row(a).zip(row(b));
                    rows.map_or(Ordering::Equal, |(a, b)| book.compare(a, b))
                })
        });
        let alike = |a: &Node<'_>, b: &Node<'_>| {
            key(a) == key(b)
                && a.reference == b.reference
                && texts.words(a.text) == texts.words(b.text)
        };
        let rows: Vec<RowIndex> = list.iter().filter_map(row).collect();
        let mut ends = Vec::with_capacity(list.len());
        let mut end = 0;
        list.dedup_by(|node, kept| {
            end += 1;
            let same = alike(kept, node);
            if !same {
                ends.push(end);
            }
            same
        });
        if !list.is_empty() {
            ends.push(end + 1);
        }
        Self { list, rows, ends }
    }
}

/// The nodes of the rows of a side, one each, in the order of the rows.
struct Prepared<'a> {
    nodes: Vec<Node<'a>>,
    /// Of each node its row.
    rows: Vec<RowIndex>,
    /// The text of the first node: those of the others follow it.
    first_text: u32,
}

/// Days in stretches as long as the longest window: of a period however long, a
/// window touches two of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ages {
    first: i32,
    last: i32,
    days: u32,
}

impl Ages {
    /// The stretches of the days of the records.
    fn of(windows: &Windows, records: &[Node<'_>]) -> Self {
        let windows = windows.0.values();
        let longest = windows.map(|(first, last)| last.abs_diff(*first)).max();
        let days = || records.iter().map(|node| node.day);
        Self {
            first: days().min().unwrap_or(0),
            last: days().max().unwrap_or(0),
            days: longest.unwrap_or(0).saturating_add(1),
        }
    }

    /// The stretch of a day; those before the first record and after the last
    /// count as theirs.
    pub(super) fn at(self, day: i32) -> u32 {
        let day = day.clamp(self.first, self.last);
        day.abs_diff(self.first) / self.days
    }

    /// The stretches that a window touches.
    pub(super) fn within(self, (first, last): (i32, i32)) -> RangeInclusive<u32> {
        self.at(first)..=self.at(last)
    }
}

/// The first and last day of a counterpart, of each day of the ledger.
#[derive(Default)]
struct Windows(HashMap<i32, (i32, i32), RandomState>);

impl<'a> Field<'a> {
    pub(super) fn of(findings: &Findings<'a>, pass: &Pass, open: &Crowd) -> Self {
        let mut preparation = Preparation {
            blocks: HashMap::default(),
            limits: Vec::new(),
            windows: Windows::default(),
            scale: scale(findings, pass, open),
            vocabulary: Vocabulary::default(),
            too_long: 0,
        };
        let ledger = preparation.side(findings, pass, Side::Ledger, &open.ledger);
        let records = preparation.side(findings, pass, Side::Records, &open.records);
        let Preparation {
            limits,
            windows,
            vocabulary,
            too_long,
            ..
        } = preparation;
        let texts = vocabulary.weigh();
        let ages = Ages::of(&windows, &records.nodes);
        let mut ledger = Nodes::merged(ledger, ages, &texts, findings.ledger);
        let mut records = Nodes::merged(records, ages, &texts, findings.records);
        // The first texts are those of the ledger, as the limits are.
        let limit = |node: &Node<'_>| limits.get(node.text as usize).copied();
        let limits = ledger.iter().filter_map(limit).collect();
        let nodes = ledger.list.iter_mut().chain(&mut records.list);
        let texts = texts.laid_out(nodes.map(|node| &mut node.text));
        Self {
            ledger,
            records,
            limits,
            windows,
            ages,
            texts,
            too_long,
        }
    }

    /// The nodes of the ledger in order, with how far their counterparts may lie off.
    pub(super) fn seekers(&self) -> impl Iterator<Item = Seeker<'_, 'a>> {
        let nodes = (0..).zip(self.ledger.iter()).zip(&self.limits);
        nodes.map(|((place, node), limit)| Seeker {
            place,
            node,
            limit: *limit,
            window: self.windows.0.get(&node.day).copied().unwrap_or_default(),
        })
    }
}

#[cfg(test)]
impl<'a> Field<'a> {
    /// A field of records alone, each a node of its own.
    pub(super) fn of_records(nodes: Vec<Node<'a>>, texts: Texts) -> Self {
        let records = Nodes {
            ends: (1..).take(nodes.len()).collect(),
            list: nodes,
            rows: Vec::new(),
        };
        Self {
            ledger: Nodes::default(),
            records,
            limits: Vec::new(),
            windows: Windows::default(),
            ages: Ages::of(&Windows::default(), &[]),
            texts,
            too_long: 0,
        }
    }
}

struct Preparation {
    blocks: HashMap<(Currency, Direction, String), u32, RandomState>,
    /// How far an amount may lie off, of each node of the ledger.
    limits: Vec<i128>,
    windows: Windows,
    scale: u32,
    vocabulary: Vocabulary,
    too_long: usize,
}

impl Preparation {
    fn side<'a>(
        &mut self,
        findings: &Findings<'a>,
        pass: &Pass,
        side: Side,
        rows: &[RowIndex],
    ) -> Prepared<'a> {
        let mut prepared = Prepared {
            first_text: self.vocabulary.texts(),
            nodes: Vec::new(),
            rows: Vec::new(),
        };
        for row in rows {
            if let Some(node) = self.node(findings, pass, side, *row) {
                prepared.nodes.push(node);
                prepared.rows.push(*row);
            }
        }
        prepared
    }

    /// The node of a row; none where it moved no money, lacks a part of the
    /// key, or has more digits than a whole number holds.
    fn node<'a>(
        &mut self,
        findings: &Findings<'a>,
        pass: &Pass,
        side: Side,
        row: RowIndex,
    ) -> Option<Node<'a>> {
        let (book, rules) = (findings.book(side), findings.rules);
        let facts = book.facts(row);
        if rules.standing(facts.status) != Standing::Moved {
            return None;
        }
        let mut key = String::new();
        if !keys::of(book, &pass.equal, side, row, &mut key) {
            return None;
        }
        let amount = findings.compared(pass, side, row);
        let tolerances = rules.tolerance_of(pass);
        let limit = match side {
            Side::Ledger => limit(tolerances, facts.currency, amount, self.scale),
            Side::Records => Some(0),
        };
        let Some((amount, limit)) = units(amount, self.scale).zip(limit) else {
            self.too_long += 1;
            return None;
        };
        let next = u32::try_from(self.blocks.len()).ok()?;
        let key = (facts.currency, facts.direction, key);
        let block = *self.blocks.entry(key).or_insert(next);
        if side == Side::Ledger {
            self.limits.push(limit);
            self.add_window(pass, findings, facts.date);
        }
        let text = pass
            .text
            .as_ref()
            .and_then(|text| keys::text(book, text.column(side), row));
        Some(Node {
            block,
            amount,
            day: day(facts.date),
            kind: facts.kind,
            reference: book.reference(row),
            text: self.vocabulary.add(text.as_deref().unwrap_or_default()),
        })
    }

    fn add_window(&mut self, pass: &Pass, findings: &Findings<'_>, date: Date) {
        let calendar = &findings.rules.calendar;
        let windows = &mut self.windows.0;
        windows.entry(day(date)).or_insert_with(|| {
            let Some(days) = pass.days else {
                return (i32::MIN, i32::MAX);
            };
            let reach = |step: i32| {
                // Lags only grow: the first day out of the window ends it.
                let holds = |distance: &i32| {
                    let span = jiff::Span::new().try_days(step * distance);
                    let other = span.and_then(|span| date.checked_add(span));
                    other.is_ok_and(|other| days.holds(calendar, date, other))
                };
                step * (1..LONGEST_REACH).take_while(holds).last().unwrap_or(0)
            };
            (day(date) + reach(-1), day(date) + reach(1))
        });
    }
}

/// A window of 65,535 business days ends sooner, whatever the calendar.
const LONGEST_REACH: i32 = 3_660_000;

/// How far an amount may lie off, rounded towards zero: no more than is allowed.
fn limit(tolerances: &Tolerances, currency: Currency, amount: Decimal, scale: u32) -> Option<i128> {
    let limit = tolerances.of(currency).limit(amount)?;
    units(limit.trunc_with_scale(scale), scale)
}

/// A day as a number; those of all years that there are fit.
fn day(date: Date) -> i32 {
    i32::try_from(days_between(Date::ZERO, date)).unwrap_or(i32::MAX)
}
