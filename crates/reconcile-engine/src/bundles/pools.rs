//! The rows that seek a sum, and those that may make it.

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use jiff::civil::Date;
use reconcile_core::Currency;

use super::{claims::Claim, trials::Trial};
use crate::{
    Book, Column, Grouping, Pass, RowIndex, Rules, Side,
    findings::Findings,
    join::Crowd,
    keys,
    rules::Standing,
    units::{scale, units},
};

/// How much work may be done for a trial, in steps of the search.
pub(super) const BUDGET: u64 = 1 << 26;

/// What rows of a pool share: the currency, and the evidence.
type Key = (Currency, Vec<String>);

/// What a target says of that.
type Saying = (Currency, Vec<Option<String>>);

/// Targets by their amounts.
type Amounts = BTreeMap<i128, Vec<usize>>;

/// The day of a target, and whether it has a reference: to those that are alike in
/// this, and say the same, a pool is the same.
type Standpoint = (Date, bool);

/// Open targets by what they say, then by their days.
type Asking = BTreeMap<Saying, Vec<(Standpoint, Amounts)>>;

/// The rows of a pass, sorted into targets and pools.
pub(super) struct Search<'a> {
    pub(super) pass: &'a Pass,
    group: &'a Grouping,
    rules: &'a Rules,
    /// The side of the single row, and its book; then the other.
    one: Side,
    book: &'a Book,
    other: &'a Book,
    pools: BTreeMap<Key, Pool>,
    targets: Vec<Target>,
    open_targets: usize,
    taken: BTreeSet<RowIndex>,
    /// Rows of pools that may be part of a sum, which the last search could not
    /// tell.
    pub(super) doubtful: BTreeSet<RowIndex>,
    /// How many rows are neither, since their amounts have more digits than a
    /// whole number holds.
    pub(super) too_long: usize,
}

/// Rows that share the evidence.
#[derive(Default)]
struct Pool {
    /// Those with a reference: a target with another one has none of them.
    referred: Vec<Member>,
    bare: Vec<Member>,
    /// The first and the last of their days.
    days: Option<(Date, Date)>,
}

impl Pool {
    fn add(&mut self, member: Member, is_referred: bool, date: Date) {
        let (first, last) = self.days.unwrap_or((date, date));
        self.days = Some((first.min(date), last.max(date)));
        if is_referred {
            self.referred.push(member);
        } else {
            self.bare.push(member);
        }
    }
}

/// A row of a pool.
#[derive(Clone, Copy)]
struct Member {
    row: RowIndex,
    /// In whole units, credits `+`.
    amount: i128,
}

/// A single row that may be the sum of others.
struct Target {
    row: RowIndex,
    /// In whole units, credits `+`.
    amount: i128,
    saying: Saying,
    open: bool,
}

impl<'a> Search<'a> {
    /// Sorts the open rows that moved money into targets and pools.
    pub(super) fn of(
        findings: &Findings<'a>,
        pass: &'a Pass,
        group: &'a Grouping,
        one: Side,
        open: &Crowd,
    ) -> Self {
        let scale = scale(findings, pass, open);
        let (ones, several, many) = match one {
            Side::Ledger => (&open.ledger, &open.records, Side::Records),
            Side::Records => (&open.records, &open.ledger, Side::Ledger),
        };
        let mut search = Self {
            pass,
            group,
            rules: findings.rules,
            one,
            book: findings.book(one),
            other: findings.book(many),
            pools: BTreeMap::new(),
            targets: Vec::new(),
            open_targets: 0,
            taken: BTreeSet::new(),
            doubtful: BTreeSet::new(),
            too_long: 0,
        };
        let mut too_long = 0;
        let mut compared = |side, row| {
            let amount = units(findings.compared_signed(pass, side, row), scale);
            too_long += usize::from(amount.is_none());
            amount
        };
        let targets = ones
            .iter()
            .filter_map(|row| search.target(*row, compared(one, *row)?));
        search.targets = targets.collect();
        search.open_targets = search.targets.len();
        for row in several {
            let amount = compared(many, *row);
            if let Some((key, member)) = amount.and_then(|amount| search.member(*row, amount)) {
                let pool = search.pools.entry(key).or_default();
                let is_referred = search.other.reference(*row).is_some();
                pool.add(member, is_referred, search.other.facts(*row).date);
            }
        }
        search.too_long = too_long;
        let Self { book, other, .. } = search;
        search
            .targets
            .sort_unstable_by(|a, b| book.compare(a.row, b.row));
        for pool in search.pools.values_mut() {
            let by_content = |a: &Member, b: &Member| other.compare(a.row, b.row);
            pool.referred.sort_unstable_by(by_content);
            pool.bare.sort_unstable_by(by_content);
        }
        search
    }

    /// A single row of an amount; none where it moved nothing.
    fn target(&self, row: RowIndex, amount: i128) -> Option<Target> {
        let facts = self.book.facts(row);
        let moved = self.rules.standing(facts.status) == Standing::Moved;
        let says = self.group.evidence.iter().map(|column| match column {
            // A payout has a day of its own: the window says how near.
            Column::Date => None,
            column => keys::text(self.book, column, row).map(Cow::into_owned),
        });
        (moved && amount != 0).then(|| Target {
            row,
            amount,
            saying: (facts.currency, says.collect()),
            open: true,
        })
    }

    /// A row of a pool; none where it lacks the evidence, or adds nothing.
    fn member(&self, row: RowIndex, amount: i128) -> Option<(Key, Member)> {
        let facts = self.other.facts(row);
        let moved = self.rules.standing(facts.status) == Standing::Moved;
        if !moved || amount == 0 {
            return None;
        }
        let evidence = self.group.evidence.iter();
        let says = evidence.map(|column| keys::text(self.other, column, row).map(Cow::into_owned));
        Some((
            (facts.currency, says.collect::<Option<_>>()?),
            Member { row, amount },
        ))
    }

    /// What may belong to each open target, over all pools that fit it.
    pub(super) fn claims(&mut self, trial: Trial, budget: &mut u64) -> Vec<Claim> {
        let mut claims: Vec<Claim> = (0..self.targets.len()).map(Claim::new).collect();
        let mut doubtful = BTreeSet::new();
        let (asking, shapes) = self.asking();
        for (key, pool) in &self.pools {
            let sayings = shapes.iter().map(|shape| saying(key, shape));
            let asked = sayings.filter_map(|saying| asking.get(&saying));
            let asked = asked.flat_map(|asking| self.near(pool, asking));
            for (members, amounts) in self.asked_of(pool, asked, budget, &mut claims) {
                if self.look(trial, &members, &amounts, budget, &mut claims) {
                    doubtful.extend(members.iter().map(|member| member.row));
                }
            }
        }
        self.doubtful = doubtful;
        let is_open = |claim: &Claim| self.targets.get(claim.target).is_some_and(|one| one.open);
        claims.retain(is_open);
        claims
    }

    /// The open targets, and which of the evidence they say: a pool looks up those
    /// that say the same as it, or nothing.
    fn asking(&self) -> (Asking, BTreeSet<Vec<bool>>) {
        let mut asking: BTreeMap<Saying, BTreeMap<Standpoint, Amounts>> = BTreeMap::new();
        let mut shapes = BTreeSet::new();
        for (place, target) in self.targets.iter().enumerate() {
            if !target.open {
                continue;
            }
            shapes.insert(target.saying.1.iter().map(Option::is_some).collect());
            let of_saying = asking.entry(target.saying.clone()).or_default();
            let date = self.book.facts(target.row).date;
            let is_referred = self.book.reference(target.row).is_some();
            let amounts = of_saying.entry((date, is_referred)).or_default();
            amounts.entry(target.amount).or_default().push(place);
        }
        let asking = asking.into_iter();
        let asking = asking.map(|(saying, all)| (saying, all.into_iter().collect()));
        (asking.collect(), shapes)
    }

    /// Those in whose window some days of a pool may lie.
    fn near<'b>(
        &self,
        pool: &Pool,
        asking: &'b [(Standpoint, Amounts)],
    ) -> &'b [(Standpoint, Amounts)] {
        let Some((first, last)) = pool.days else {
            return &[];
        };
        // The later the day of a target, the later its window.
        let from = asking.partition_point(|((date, _), _)| self.lies(*date, first).is_gt());
        let near = asking.split_at(from).1;
        let end = near.partition_point(|((date, _), _)| self.lies(*date, last).is_ge());
        near.split_at(end).0
    }

    /// Whether the day of a row lies before, in or after the window of a target's.
    fn lies(&self, target: Date, row: Date) -> Ordering {
        let Some(days) = self.pass.days else {
            return Ordering::Equal;
        };
        let calendar = &self.rules.calendar;
        match self.one {
            Side::Ledger => days.place(calendar, target, row),
            // The later the ledger's day, the sooner comes the provider's.
            Side::Records => days.place(calendar, row, target).reverse(),
        }
    }

    /// The rows of a pool that may belong to those who ask, who are put together
    /// where these are the same.
    fn asked_of<'b>(
        &self,
        pool: &Pool,
        asking: impl Iterator<Item = &'b (Standpoint, Amounts)>,
        budget: &mut u64,
        claims: &mut [Claim],
    ) -> Vec<(Vec<Member>, Amounts)> {
        let mut asked: BTreeMap<Vec<RowIndex>, (Vec<Member>, Amounts)> = BTreeMap::new();
        for ((date, is_referred), amounts) in asking {
            let contradicts = !self.pass.across_references && *is_referred;
            let referred = if contradicts { &[][..] } else { &pool.referred };
            let looked = referred.len() + pool.bare.len();
            if !pay(budget, looked / 8 + 1) {
                give_up(claims, amounts.values().flatten());
                continue;
            }
            let members = referred.iter().chain(&pool.bare);
            let members = members.filter(|member| self.admits(*date, member));
            let members: Vec<Member> = members.copied().collect();
            let rows = members.iter().map(|member| member.row).collect();
            let (_, all) = asked.entry(rows).or_insert((members, Amounts::new()));
            for (amount, places) in amounts {
                all.entry(*amount).or_default().extend(places);
            }
        }
        asked.into_values().collect()
    }

    /// Adds the ways in which rows come to the amounts to the claims of the
    /// targets; whether the search was given up for one of them.
    fn look(
        &self,
        trial: Trial,
        members: &[Member],
        targets: &Amounts,
        budget: &mut u64,
        claims: &mut [Claim],
    ) -> bool {
        let amounts: Vec<i128> = members.iter().map(|member| member.amount).collect();
        let rows: Vec<RowIndex> = members.iter().map(|member| member.row).collect();
        let Some(sum) = sum(&amounts) else {
            give_up(claims, targets.values().flatten());
            return true;
        };
        let wanted: Vec<i128> = match trial {
            // Found by their sum: most pools are nobody's.
            Trial::AllBut(0) => targets
                .get_key_value(&sum)
                .map(|(sum, _)| *sum)
                .into_iter()
                .collect(),
            _ => targets.keys().copied().collect(),
        };
        let ways = trial.ways(&amounts, &wanted, self.group.most, budget);
        let mut gave_up = false;
        for (ways, target) in ways.into_iter().zip(&wanted) {
            let places = targets.get(target).into_iter().flatten();
            let Some(ways) = ways.filter(|_| pay(budget, rows.len() / 8 + 1)) else {
                give_up(claims, places);
                gave_up = true;
                continue;
            };
            for place in places {
                if let Some(claim) = claims.get_mut(*place) {
                    claim.add(&rows, &ways, self.open_targets);
                }
            }
        }
        gave_up
    }

    /// Whether a row may belong to a target of a day: still open, and near enough.
    fn admits(&self, target: Date, member: &Member) -> bool {
        let date = self.other.facts(member.row).date;
        !self.taken.contains(&member.row) && self.lies(target, date).is_eq()
    }

    /// Takes off what a target is sure of.
    pub(super) fn close(&mut self, claim: &Claim) {
        if let Some(target) = self.targets.get_mut(claim.target) {
            target.open = false;
            self.open_targets = self.open_targets.saturating_sub(1);
        }
        self.taken.extend(&claim.rows);
    }

    /// The side of the targets, and that of the rows that make their sums.
    pub(super) fn sides(&self) -> (Side, Side) {
        match self.one {
            Side::Ledger => (Side::Ledger, Side::Records),
            Side::Records => (Side::Records, Side::Ledger),
        }
    }

    /// The row of a target.
    pub(super) fn target_row(&self, target: usize) -> Option<RowIndex> {
        self.targets.get(target).map(|target| target.row)
    }

    /// The rows of targets and of others, the ledger's first.
    pub(super) fn in_order(
        &self,
        targets: impl IntoIterator<Item = usize>,
        rows: impl IntoIterator<Item = RowIndex>,
    ) -> (Vec<RowIndex>, Vec<RowIndex>) {
        let targets = targets.into_iter();
        let targets = targets.filter_map(|place| self.target_row(place)).collect();
        let rows = rows.into_iter().collect();
        match self.one {
            Side::Ledger => (targets, rows),
            Side::Records => (rows, targets),
        }
    }
}

/// What a target says that says so much of what a pool shares, and contradicts
/// nothing.
fn saying((currency, shared): &Key, shape: &[bool]) -> Saying {
    let said = shared.iter().zip(shape);
    let said = said.map(|(shared, says)| says.then(|| shared.clone()));
    (*currency, said.collect())
}

fn pay(budget: &mut u64, work: usize) -> bool {
    let left = u64::try_from(work)
        .ok()
        .and_then(|work| budget.checked_sub(work));
    *budget = left.unwrap_or(*budget);
    left.is_some()
}

fn give_up<'a>(claims: &mut [Claim], targets: impl Iterator<Item = &'a usize>) {
    for target in targets {
        if let Some(claim) = claims.get_mut(*target) {
            claim.give_up();
        }
    }
}

/// What amounts come to, where the sums of any of them fit a whole number.
fn sum(amounts: &[i128]) -> Option<i128> {
    let mut sizes = amounts.iter().map(|amount| amount.checked_abs());
    sizes.try_fold(0_i128, |sum, size| sum.checked_add(size?))?;
    Some(amounts.iter().sum())
}
