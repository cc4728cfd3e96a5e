//! A world without a mistake, made for the rules that it is to test.

use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Date};
use reconcile_core::{Currency, Direction, Kind, Money, Status};
use rust_decimal::Decimal;

use super::{
    draw::Draw,
    terms::{PARTS, Terms, unit},
};
use crate::{
    Period, Row, Side, Sides,
    rules::{Standing, to_minor},
};

/// The first day, a Monday.
const FIRST: Date = jiff::civil::date(2026, 3, 2);

/// How many days the provider is certain to list whole, and how many were asked
/// of it.
const CERTAIN: i64 = 28;
const ASKED: i64 = 31;

/// Currencies of two, no and three digits after the point.
pub(super) const CURRENCIES: [&str; 3] = ["PEN", "JPY", "KWD"];

const ACCOUNTS: [&str; 3] = ["A-1", "A-2", "A-3"];

const NAMES: [&str; 6] = ["Quispe", "Mamani", "Flores", "Rojas", "Vargas", "Chávez"];

/// What a major unit of a currency is in another, and with how many digits after
/// the point: a day each.
const RATES: [(&str, &str, i64, u32); 4] = [
    ("PEN", "USD", 2_713, 4),
    ("JPY", "USD", 673, 5),
    ("USD", "KWD", 3_071, 4),
    ("KWD", "JPY", 48_313, 2),
];

/// The days that were asked for.
pub(super) fn period() -> Period {
    Period {
        certain_to: day(CERTAIN),
        ..Period::new(FIRST, day(ASKED))
    }
}

fn day(number: i64) -> Date {
    FIRST.saturating_add(number.days())
}

/// A row of either side, with a text of its own.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// What the rules take for a key holds this.
    pub(super) key: Option<String>,
    pub(super) amount: Decimal,
    pub(super) currency: Currency,
    pub(super) direction: Direction,
    pub(super) kind: Option<Kind>,
    pub(super) status: Option<Status>,
    pub(super) date: Date,
    pub(super) settled: Option<Money>,
    pub(super) fee: Decimal,
    pub(super) tax: Decimal,
    pub(super) account: &'static str,
    pub(super) method: String,
    pub(super) text: String,
}

impl Line {
    pub(super) fn row<'a>(&'a self, id: &'a str) -> Row<'a> {
        let amount = Money::new(self.amount, self.currency);
        Row {
            reference: self.key.as_deref(),
            kind: self.kind,
            status: self.status,
            settled: self.settled,
            fee: Some(self.fee),
            tax: Some(self.tax),
            account: Some(self.account),
            method: Some(&self.method),
            description: Some(&self.text),
            ..Row::new(id, amount, self.direction, self.date)
        }
    }
}

/// What belongs together: the rows of both sides that are one thing.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) role: Role,
    pub(super) ledger: Vec<Line>,
    pub(super) records: Vec<Line>,
}

impl Entry {
    pub(super) fn of(&self, side: Side) -> &[Line] {
        match side {
            Side::Ledger => &self.ledger,
            Side::Records => &self.records,
        }
    }

    fn of_mut(&mut self, side: Side) -> &mut [Line] {
        match side {
            Side::Ledger => &mut self.ledger,
            Side::Records => &mut self.records,
        }
    }
}

/// What an entry is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// One row on each side, under one key.
    Plain,
    /// The same, at the edge of what the rules let pass, or of another form.
    Edge,
    /// The same, settled in another currency.
    Exchanged,
    /// One row on each side, without a key that they share.
    Bare,
    /// One row in the ledger, its parts at the provider.
    Split,
    /// The parts in the ledger, one row at the provider.
    Merged,
    /// What nobody needs to match.
    Noise,
}

/// The entries of a world with so many pairs, in an order that says nothing.
pub(super) fn entries(terms: &Terms<'_>, pairs: usize, seed: u64) -> Vec<Entry> {
    let mut maker = Maker {
        terms,
        draw: Draw::new(seed),
        keys: BTreeSet::new(),
        methods: methods(terms),
    };
    let entries = (0..pairs).map(|place| maker.entry(place));
    entries.filter(|entry| !terms.excludes(entry)).collect()
}

/// Those that the fee schedule knows, and one that it does not.
fn methods<'t>(terms: &Terms<'t>) -> Vec<&'t str> {
    let terms = terms.rules.fees.schedule.iter();
    let known = terms.filter_map(|term| term.method.as_deref());
    known.take(3).chain(["CARD"]).collect()
}

struct Maker<'t> {
    terms: &'t Terms<'t>,
    draw: Draw,
    keys: BTreeSet<u64>,
    methods: Vec<&'t str>,
}

impl Maker<'_> {
    fn entry(&mut self, place: usize) -> Entry {
        match place % 20 {
            0..=3 => self.exchanged(place / 20),
            4 => self.bare(),
            5 => self.split(Role::Split),
            6 => self.split(Role::Merged),
            7 => self.noise(),
            8 | 9 => self.edge(),
            _ => self.plain(),
        }
    }

    /// A payment, refund or payout that both sides have.
    fn plain(&mut self) -> Entry {
        let currency = currency(self.draw.pick(&CURRENCIES));
        let (kind, direction) = match self.draw.below(10) {
            0 => (Kind::Refund, Direction::Debit),
            1 => (Kind::Payout, Direction::Debit),
            _ => (Kind::Payment, Direction::Credit),
        };
        let date = day(self.draw.below(20).into());
        let units = match self.draw.below(4) {
            // A quarter costs what others cost, too.
            0 => 1_990 * (1 + self.draw.below(3)),
            _ => 2_000 + self.draw.below(1_000_000),
        };
        let gross = Decimal::from(units) * unit(currency);
        let method = self.draw.pick(&self.methods).to_owned();
        let (fee, tax) = self.terms.charge(gross, currency, &method);
        let net = gross - fee - tax;
        // What is charged for money that leaves leaves with it.
        let moved = match direction {
            Direction::Debit => gross + fee + tax,
            _ => net,
        };
        let stated = |side| {
            if self.terms.states_net(side) {
                moved
            } else {
                gross
            }
        };
        let listed = Line {
            key: None,
            amount: stated(Side::Records),
            currency,
            direction,
            kind: Some(kind),
            status: Some(Status::Succeeded),
            date,
            settled: Some(Money::new(moved, currency)),
            fee,
            tax,
            account: self.draw.pick(&ACCOUNTS),
            method,
            text: String::new(),
        };
        let booked = Line {
            amount: stated(Side::Ledger),
            status: None,
            settled: None,
            ..listed.clone()
        };
        let mut entry = Entry {
            role: Role::Plain,
            ledger: vec![booked],
            records: vec![listed],
        };
        let (key, text) = (self.key(), self.text());
        for line in entry.ledger.iter_mut().chain(&mut entry.records) {
            line.key = Some(key.clone());
            line.text.clone_from(&text);
        }
        entry
    }

    /// A pair that the rules only just let pass, or that says less of itself.
    fn edge(&mut self) -> Entry {
        let mut entry = self.plain();
        entry.role = Role::Edge;
        let ([booked], [listed]) = (&mut *entry.ledger, &mut *entry.records) else {
            return entry;
        };
        let edge = |after| self.terms.edge(booked.date, after);
        match self.draw.below(6) {
            0 => listed.date = edge(true).unwrap_or(listed.date),
            1 => listed.date = edge(false).unwrap_or(listed.date),
            2 => {
                let units = self.terms.tolerated_units(booked.currency, booked.amount);
                booked.amount += units * unit(booked.currency);
            }
            3 => booked.kind = None,
            4 => booked.status = Some(Status::Succeeded),
            _ => {
                if self.terms.standing(Status::Pending) != Standing::Moved {
                    (booked.status, listed.status) = (Some(Status::Pending), Some(Status::Pending));
                    entry.role = Role::Noise;
                }
            }
        }
        entry
    }

    /// A payment on one of the days whose rate is known.
    fn exchanged(&mut self, place: usize) -> Entry {
        let mut entry = self.plain();
        let mut days = (21..).zip(RATES);
        let Some((date, (from, to, rate, scale))) = days.nth(place % RATES.len()) else {
            return entry;
        };
        entry.role = Role::Exchanged;
        let (from, to) = (currency(from), currency(to));
        let gross = Decimal::from(50_000 + self.draw.below(100_000)) * unit(from);
        let settled = to_minor(gross * Decimal::new(rate, scale), to);
        let method = self.methods.first().copied().unwrap_or_default();
        let (fee, tax) = self.terms.charge(gross, from, method);
        for side in [Side::Ledger, Side::Records] {
            let is_net = self.terms.states_net(side);
            for line in entry.of_mut(side) {
                *line = Line {
                    amount: if is_net { gross - fee - tax } else { gross },
                    currency: from,
                    direction: Direction::Credit,
                    kind: Some(Kind::Payment),
                    date: day(date),
                    settled: line.settled.map(|_| Money::new(settled, to)),
                    fee,
                    tax,
                    method: method.to_owned(),
                    ..line.clone()
                };
            }
        }
        entry
    }

    /// A pair of which one row, or both, has no key: where the rules search, day,
    /// amount and text tell which.
    fn bare(&mut self) -> Entry {
        let mut entry = self.plain();
        if !self.terms.searches() {
            return entry;
        }
        entry.role = Role::Bare;
        let both = self.draw.below(2) == 0;
        entry.ledger.iter_mut().for_each(|line| line.key = None);
        if both {
            entry.records.iter_mut().for_each(|line| line.key = None);
        }
        entry
    }

    /// A payment whose other side comes in parts, where the rules tie them.
    fn split(&mut self, role: Role) -> Entry {
        let mut entry = self.plain();
        let sides = match role {
            Role::Split => Sides::OneToMany,
            _ => Sides::ManyToOne,
        };
        if !self.terms.groups(sides) || self.terms.is_net() {
            return entry;
        }
        entry.role = role;
        let lines = match role {
            Role::Split => &mut entry.records,
            _ => &mut entry.ledger,
        };
        let Some(whole) = lines.pop() else {
            return entry;
        };
        let unit = unit(whole.currency);
        // Parts that differ: 1/2, 1/3 and the rest, to the minor unit.
        let part = |of: i64| (whole.amount / Decimal::from(of) / unit).floor() * unit;
        let (half, third) = (part(2), part(3));
        let parts: [Decimal; PARTS] = [half, third, whole.amount - half - third];
        lines.extend(parts.map(|amount| Line {
            amount,
            settled: None,
            ..whole.clone()
        }));
        entry
    }

    /// A failed attempt that nobody booked.
    fn noise(&mut self) -> Entry {
        let mut entry = self.plain();
        if self.terms.standing(Status::Failed) != Standing::Still {
            return entry;
        }
        entry.role = Role::Noise;
        entry.ledger.clear();
        for line in &mut entry.records {
            line.status = Some(Status::Failed);
        }
        entry
    }

    /// A key that no other entry has, and that is no slip of another.
    fn key(&mut self) -> String {
        loop {
            let number = 10_000_000 + u64::from(self.draw.below(90_000_000));
            if self.keys.insert(number) {
                return format!("ORD{number}");
            }
        }
    }

    /// A text of words that others use, and one that none does.
    fn text(&mut self) -> String {
        let name = self.draw.pick(&NAMES);
        let mut word = || -> String {
            let letters = (0..9).map(|_| self.draw.below(26));
            letters
                .filter_map(|letter| char::from_digit(10 + letter, 36))
                .collect()
        };
        let (one, other) = (word(), word());
        format!("{name} {one} {other}")
    }
}

#[expect(clippy::expect_used, reason = "every code here is three capitals")]
pub(super) fn currency(code: &'static str) -> Currency {
    code.parse().expect("three capitals")
}
