//! The open rows of both sides, prepared for a search.

use std::collections::HashMap;

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
/// can say. Nodes lie by block, amount and day, and else by their content, so
/// that a band of amounts is a range, and the order of the input never shows.
pub(super) struct Field<'a> {
    pub(super) ledger: Vec<Node<'a>>,
    pub(super) records: Vec<Node<'a>>,
    pub(super) texts: Texts,
    /// How many rows are in no node, since their amounts have more digits than
    /// a whole number holds.
    pub(super) too_long: usize,
}

/// A row, or several that nothing tells apart.
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// What must be equal: only nodes of one block are compared.
    pub(super) block: u32,
    /// In whole units of the field's smallest digit.
    pub(super) amount: i128,
    /// Of a ledger node: how far an amount may lie off.
    pub(super) limit: i128,
    pub(super) day: i64,
    /// Of a ledger node: the first and last day of a counterpart.
    pub(super) window: (i64, i64),
    pub(super) kind: Option<Kind>,
    pub(super) reference: Option<&'a str>,
    /// The place of its text in the texts of the field.
    pub(super) text: usize,
    /// One at least.
    pub(super) rows: Vec<RowIndex>,
}

impl Node<'_> {
    /// How many days its window is long.
    pub(super) fn span(&self) -> u64 {
        let (first, last) = self.window;
        last.saturating_sub(first).unsigned_abs()
    }
}

impl<'a> Field<'a> {
    pub(super) fn of(findings: &Findings<'a>, pass: &Pass, open: &Crowd) -> Self {
        let mut preparation = Preparation {
            blocks: HashMap::new(),
            windows: HashMap::new(),
            scale: scale(findings, pass, open),
            vocabulary: Vocabulary::default(),
            too_long: 0,
        };
        let mut ledger = preparation.side(findings, pass, Side::Ledger, &open.ledger);
        let mut records = preparation.side(findings, pass, Side::Records, &open.records);
        let too_long = preparation.too_long;
        let texts = preparation.vocabulary.weigh();
        merge_alike(&mut ledger, &texts, findings.ledger);
        merge_alike(&mut records, &texts, findings.records);
        Self {
            ledger,
            records,
            texts,
            too_long,
        }
    }
}

struct Preparation {
    blocks: HashMap<(Currency, Direction, String), u32>,
    windows: HashMap<Date, (i64, i64)>,
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
    ) -> Vec<Node<'a>> {
        let rows = rows.iter();
        rows.filter_map(|row| self.node(findings, pass, side, *row))
            .collect()
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
        let window = match side {
            Side::Ledger => self.window(pass, findings, facts.date),
            Side::Records => (0, 0),
        };
        let text = pass
            .text
            .as_ref()
            .and_then(|text| keys::text(book, text.column(side), row));
        Some(Node {
            block,
            amount,
            limit,
            day: day(facts.date),
            window,
            kind: facts.kind,
            reference: book.reference(row),
            text: self.vocabulary.add(text.as_deref().unwrap_or_default()),
            rows: vec![row],
        })
    }

    fn window(&mut self, pass: &Pass, findings: &Findings<'_>, date: Date) -> (i64, i64) {
        let Some(days) = pass.days else {
            return (i64::MIN, i64::MAX);
        };
        let calendar = &findings.rules.calendar;
        *self.windows.entry(date).or_insert_with(|| {
            let reach = |step: i64| {
                // Lags only grow: the first day out of the window ends it.
                let holds = |distance: &i64| {
                    let span = jiff::Span::new().try_days(step * distance);
                    let other = span.and_then(|span| date.checked_add(span));
                    other.is_ok_and(|other| days.holds(calendar, date, other))
                };
                step * (1..LONGEST_REACH).take_while(holds).last().unwrap_or(0)
            };
            (day(date) + reach(-1), day(date) + reach(1))
        })
    }
}

/// A window of 65,535 business days ends sooner, whatever the calendar.
const LONGEST_REACH: i64 = 3_660_000;

/// Sorts nodes by block, amount, day and content, and makes one of those that
/// nothing tells apart.
fn merge_alike(nodes: &mut Vec<Node<'_>>, texts: &Texts, book: &Book) {
    let key = |node: &Node<'_>| (node.block, node.amount, node.day, node.kind);
    let alike = |a: &Node<'_>, b: &Node<'_>| {
        key(a) == key(b) && a.reference == b.reference && texts.words(a.text) == texts.words(b.text)
    };
    nodes.sort_unstable_by(|a, b| {
        key(a)
            .cmp(&key(b))
            .then_with(|| a.reference.cmp(&b.reference))
            .then_with(|| texts.words(a.text).cmp(texts.words(b.text)))
            .then_with(|| match (a.rows.first(), b.rows.first()) {
                (Some(a), Some(b)) => book.compare(*a, *b),
                _ => std::cmp::Ordering::Equal,
            })
    });
    nodes.dedup_by(|later, kept| {
        let same = alike(kept, later);
        if same {
            kept.rows.append(&mut later.rows);
        }
        same
    });
}

/// How far an amount may lie off, rounded towards zero: no more than is allowed.
fn limit(tolerances: &Tolerances, currency: Currency, amount: Decimal, scale: u32) -> Option<i128> {
    let limit = tolerances.of(currency).limit(amount)?;
    units(limit.trunc_with_scale(scale), scale)
}

fn day(date: Date) -> i64 {
    days_between(Date::ZERO, date)
}
