//! The rows that seek a sum, and those that may make it.

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use jiff::civil::Date;
use reconcile_core::Currency;

use super::{
    claims::{self, Claim},
    trials::Trial,
};
use crate::{
    Book, Column, Grouping, Pass, RowIndex, Rules, Side,
    findings::Findings,
    join::Crowd,
    keys,
    rules::Standing,
    subset::Ways,
    units::{scale, units},
};

/// How much work may be done for a trial, in steps of the search.
pub(super) const BUDGET: u64 = 1 << 26;

/// What rows of a pool share: the currency, and the evidence.
pub(super) type Key = (Currency, Vec<String>);

/// What a target says of that.
type Saying = (Currency, Vec<Option<String>>);

/// The day of a target, and whether it has a reference: to those that are alike in
/// this, and say the same, a pool is the same.
type Standpoint = (Date, bool);

/// Targets by what they say, then by their days.
type Asking = BTreeMap<Saying, Vec<(Standpoint, Amounts)>>;

/// Targets by their amounts, in their order.
type Amounts = Vec<(i128, usize)>;

/// What of a pool lies in the window of a target: where its rows with a reference
/// begin and end, then those without one.
type Part = [(usize, usize); 2];

/// The rows of a pass, sorted into targets and pools.
pub(super) struct Search<'a> {
    pub(super) pass: &'a Pass,
    pub(super) group: &'a Grouping,
    pub(super) rules: &'a Rules,
    /// The side of the single row, and its book; then the other.
    one: Side,
    book: &'a Book,
    pub(super) other: &'a Book,
    pub(super) pools: Vec<(Key, Pool)>,
    /// Of which pools most of the day is matched otherwise, once that is asked.
    pub(super) rests: Option<BTreeSet<usize>>,
    targets: Vec<Target>,
    asking: Asking,
    /// Which of the evidence targets say: a pool looks up those that say the same as
    /// it, or nothing.
    shapes: BTreeSet<Vec<bool>>,
    open_targets: usize,
    taken: BTreeSet<RowIndex>,
    /// Rows of pools that may be part of a sum, which the last search could not
    /// tell.
    pub(super) doubtful: BTreeSet<RowIndex>,
    /// How many rows are neither, since their amounts have more digits than a
    /// whole number holds.
    pub(super) too_long: usize,
}

/// Rows that share the evidence, in the order of their days and else of their
/// content.
#[derive(Default)]
pub(super) struct Pool {
    /// Those with a reference: a target with another one has none of them.
    referred: Vec<Member>,
    bare: Vec<Member>,
}

impl Pool {
    pub(super) fn len(&self) -> usize {
        self.referred.len() + self.bare.len()
    }

    fn sort(&mut self, book: &Book) {
        for members in [&mut self.referred, &mut self.bare] {
            members.sort_unstable_by(|a, b| {
                (a.date.cmp(&b.date)).then_with(|| book.compare(a.row, b.row))
            });
        }
    }

    /// The first and the last day of its rows.
    pub(super) fn days(&self) -> Option<(Date, Date)> {
        let both = [&self.referred, &self.bare];
        let first = both.iter().filter_map(|members| members.first());
        let last = both.iter().filter_map(|members| members.last());
        let first = first.map(|member| member.date).min()?;
        Some((first, last.map(|member| member.date).max()?))
    }

    /// The rows of a part.
    fn rows(&self, [referred, bare]: Part) -> impl Iterator<Item = &Member> {
        let of =
            |members: &'_ Vec<Member>, (start, end): (usize, usize)| start..end.min(members.len());
        let referred = self.referred.get(of(&self.referred, referred));
        let bare = self.bare.get(of(&self.bare, bare));
        let both = [referred, bare].into_iter().flatten();
        both.flatten()
    }
}

/// A row of a pool.
#[derive(Clone, Copy)]
struct Member {
    row: RowIndex,
    date: Date,
    /// In whole units, credits `+`.
    amount: i128,
}

/// Rows of a pool that targets ask for.
struct Asked<'b> {
    /// The place of the pool.
    pool: usize,
    members: &'b [Member],
    /// Who asks, by their amounts.
    asking: &'b [&'b Amounts],
    /// The targets that are looked at, where not all are.
    some: Option<&'b BTreeSet<usize>>,
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
            pools: Vec::new(),
            rests: None,
            targets: Vec::new(),
            asking: Asking::new(),
            shapes: BTreeSet::new(),
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
        let mut pools: BTreeMap<Key, Pool> = BTreeMap::new();
        for row in several {
            let amount = compared(many, *row);
            if let Some((key, member)) = amount.and_then(|amount| search.member(*row, amount)) {
                let pool = pools.entry(key).or_default();
                if search.other.reference(*row).is_some() {
                    pool.referred.push(member);
                } else {
                    pool.bare.push(member);
                }
            }
        }
        search.too_long = too_long;
        let Self { book, other, .. } = search;
        search
            .targets
            .sort_unstable_by(|a, b| book.compare(a.row, b.row));
        for pool in pools.values_mut() {
            pool.sort(other);
        }
        search.pools = pools.into_iter().collect();
        search.ask();
        search
    }

    /// Sorts the targets by what they ask for.
    fn ask(&mut self) {
        let mut asking: BTreeMap<&Saying, BTreeMap<Standpoint, Amounts>> = BTreeMap::new();
        for (place, target) in self.targets.iter().enumerate() {
            let date = self.book.facts(target.row).date;
            let is_referred = self.book.reference(target.row).is_some();
            let of_saying = asking.entry(&target.saying).or_default();
            let amounts = of_saying.entry((date, is_referred)).or_default();
            amounts.push((target.amount, place));
        }
        let says = |(_, says): &Saying| says.iter().map(Option::is_some).collect();
        self.shapes = asking.keys().copied().map(says).collect();
        let sorted = |(saying, of_saying): (&Saying, BTreeMap<Standpoint, Amounts>)| {
            let sorted = of_saying.into_iter().map(|(standpoint, mut amounts)| {
                amounts.sort_unstable();
                (standpoint, amounts)
            });
            (saying.clone(), sorted.collect())
        };
        self.asking = asking.into_iter().map(sorted).collect();
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
            Member {
                row,
                date: facts.date,
                amount,
            },
        ))
    }

    /// What may belong to each open target, over all pools that fit it.
    pub(super) fn claims(&mut self, trial: Trial, budget: &mut u64) -> Vec<Claim> {
        self.claims_of(None, trial, budget)
    }

    /// The same for some of the targets.
    pub(super) fn claims_of(
        &mut self,
        some: Option<&BTreeSet<usize>>,
        trial: Trial,
        budget: &mut u64,
    ) -> Vec<Claim> {
        let mut claims: Vec<Claim> = (0..self.targets.len()).map(Claim::new).collect();
        let mut doubtful = BTreeSet::new();
        for (place, (key, pool)) in self.pools.iter().enumerate() {
            for (part, asking) in self.asked_of(key, pool) {
                let is_open = |member: &&Member| !self.taken.contains(&member.row);
                let members: Vec<Member> = pool.rows(part).filter(is_open).copied().collect();
                let asked = Asked {
                    pool: place,
                    members: &members,
                    asking: &asking,
                    some,
                };
                if self.look(trial, &asked, budget, &mut claims) {
                    doubtful.extend(members.iter().map(|member| member.row));
                }
            }
        }
        self.doubtful = doubtful;
        claims.retain(|claim| self.is_open(claim.target));
        claims
    }

    fn is_open(&self, target: usize) -> bool {
        self.targets.get(target).is_some_and(|target| target.open)
    }

    /// The parts of a pool that targets ask for, and those who ask for each, by their
    /// amounts.
    fn asked_of(&self, key: &Key, pool: &Pool) -> BTreeMap<Part, Vec<&Amounts>> {
        let mut asked: BTreeMap<Part, Vec<&Amounts>> = BTreeMap::new();
        let sayings = self.shapes.iter().map(|shape| saying(key, shape));
        let asking = sayings.filter_map(|saying| self.asking.get(&saying));
        for ((date, is_referred), amounts) in asking.flat_map(|asking| self.near(pool, asking)) {
            let contradicts = !self.pass.across_references && *is_referred;
            let referred = if contradicts { &[][..] } else { &pool.referred };
            let part = [referred, &pool.bare].map(|members| self.within(*date, members));
            asked.entry(part).or_default().push(amounts);
        }
        asked
    }

    /// Those in whose window some days of a pool may lie.
    fn near<'b>(
        &self,
        pool: &Pool,
        asking: &'b [(Standpoint, Amounts)],
    ) -> &'b [(Standpoint, Amounts)] {
        let Some((first, last)) = pool.days() else {
            return &[];
        };
        // The later the day of a target, the later its window.
        let from = asking.partition_point(|((date, _), _)| self.lies(*date, first).is_gt());
        let near = asking.split_at(from).1;
        let end = near.partition_point(|((date, _), _)| self.lies(*date, last).is_ge());
        near.split_at(end).0
    }

    /// Where the rows begin and end that lie in the window of a target's day.
    fn within(&self, target: Date, members: &[Member]) -> (usize, usize) {
        let start = members.partition_point(|member| self.lies(target, member.date).is_lt());
        let rest = members.split_at(start).1;
        let count = rest.partition_point(|member| self.lies(target, member.date).is_eq());
        if count == 0 {
            return (0, 0);
        }
        (start, start + count)
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

    /// Adds the ways in which rows come to the amounts of those who ask to their
    /// claims; whether the search was given up for one of them.
    fn look(
        &self,
        trial: Trial,
        asked: &Asked<'_>,
        budget: &mut u64,
        claims: &mut [Claim],
    ) -> bool {
        let Asked {
            members, asking, ..
        } = asked;
        if trial == Trial::AllBut(0) {
            for (_, place) in asking.iter().copied().flatten() {
                claims.get_mut(*place).into_iter().for_each(Claim::look);
            }
        }
        if members.is_empty() {
            // No row of the pool is open, or none may be theirs.
            return false;
        }
        let amounts: Vec<i128> = members.iter().map(|member| member.amount).collect();
        let sum = sum(&amounts);
        let mut targets = self.seeking(trial, asked, sum);
        if targets.is_empty() {
            return false;
        }
        if sum.is_none() || !pay(budget, members.len() / 8 + 1) {
            give_up(claims, &targets);
            return true;
        }
        let enough = claims::most_by_chance(self.open_targets);
        if let Some(chance) = trial.proves_nothing(&amounts, enough) {
            for (_, place) in targets {
                if let Some(claim) = claims.get_mut(place) {
                    claim.expect(chance, self.open_targets);
                }
            }
            return false;
        }
        // Those of each who asks are in order already: a stable sort merges them.
        targets.sort_by_key(|(amount, _)| *amount);
        let alike: Vec<_> = targets.chunk_by(|a, b| a.0 == b.0).collect();
        let wanted = alike.iter().filter_map(|alike| Some(alike.first()?.0));
        let wanted: Vec<i128> = wanted.collect();
        let rows: Vec<RowIndex> = members.iter().map(|member| member.row).collect();
        let found = trial.ways(&amounts, &wanted, (self.group.most, enough), budget);
        let mut gave_up = false;
        for (ways, alike) in found.into_iter().zip(alike) {
            let work = |ways: &Ways| {
                if ways.count > 0 {
                    rows.len() / 8 + 1
                } else {
                    0
                }
            };
            let Some(ways) = ways.filter(|ways| pay(budget, work(ways))) else {
                give_up(claims, alike);
                gave_up = true;
                continue;
            };
            for (_, place) in alike {
                if let Some(claim) = claims.get_mut(*place) {
                    claim.add(asked.pool, &rows, &ways, self.open_targets);
                }
            }
        }
        gave_up
    }

    /// The open targets that ask for rows which come to so much in all.
    fn seeking(&self, trial: Trial, asked: &Asked<'_>, sum: Option<i128>) -> Amounts {
        let all = asked.asking.iter().copied();
        let mut targets: Amounts = match (trial, sum) {
            // Found by their sum: most pools are nobody's.
            (Trial::AllBut(0), Some(sum)) => all.flat_map(|amounts| of(amounts, sum)).collect(),
            _ => all.flatten().copied().collect(),
        };
        targets.retain(|(_, place)| {
            self.is_open(*place) && asked.some.is_none_or(|some| some.contains(place))
        });
        targets
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

fn give_up(claims: &mut [Claim], targets: &[(i128, usize)]) {
    for (_, target) in targets {
        if let Some(claim) = claims.get_mut(*target) {
            claim.give_up();
        }
    }
}

/// Those of an amount.
fn of(amounts: &Amounts, amount: i128) -> impl Iterator<Item = (i128, usize)> {
    let start = amounts.partition_point(|(other, _)| *other < amount);
    let from = amounts.split_at(start).1.iter().copied();
    from.take_while(move |(other, _)| *other == amount)
}

/// What amounts come to, where the sums of any of them fit a whole number.
fn sum(amounts: &[i128]) -> Option<i128> {
    let mut sizes = amounts.iter().map(|amount| amount.checked_abs());
    sizes.try_fold(0_i128, |sum, size| sum.checked_add(size?))?;
    Some(amounts.iter().sum())
}
