//! Passes that tie several rows to the one that is their sum.
//!
//! Sums alone prove nothing: rows of a bundle share what the rule names as
//! evidence. First come the rows that share it all together, as a payout is its
//! whole batch. Then some of them: where there is one way only, and not so many
//! rows that chance would find one, it is a match; several ways are ambiguous.

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use reconcile_core::Currency;

use crate::{
    Book, BreakCode, Column, EngineError, Grouping, Pass, RowIndex, Rules, Side, Sides,
    findings::Findings,
    join::Crowd,
    keys,
    rules::Standing,
    search::too_long,
    subset::{self, MOST_WAYS, Ways},
    units::{scale, units},
};

/// How much work a pass may do, in steps of the search.
const BUDGET: u64 = 1 << 25;

/// How many rows of one pool are looked at: in more, some come to any sum.
const MOST_IN_POOL: usize = 512;

/// How many parts of a million the sums that chance makes may come to, over all
/// that was looked at, where one way to add up still proves something.
const MOST_BY_CHANCE: u128 = 1_000;

/// How often what was freed is searched again.
const ROUNDS: usize = 8;

/// Runs a pass of sums on the open rows, and takes off what it files.
pub(crate) fn run(
    findings: &mut Findings<'_>,
    pass: &Pass,
    open: &mut Crowd,
) -> Result<(), EngineError> {
    let Some(group) = &pass.group else {
        return Ok(());
    };
    let one = match group.sides {
        Sides::ManyToOne => Side::Records,
        // Several on both sides are refused where the rules are checked.
        Sides::OneToMany | Sides::ManyToMany => Side::Ledger,
    };
    if open.ledger.is_empty() || open.records.is_empty() {
        return Ok(());
    }
    let mut search = Search::of(findings, pass, group, one, open);
    if search.too_long > 0 {
        findings.note(too_long(pass, search.too_long));
    }
    let whole = search.claims(How::Whole);
    search.take(findings, open, &whole)?;
    let mut claims = search.claims(How::Parts);
    for _ in 0..ROUNDS {
        if !search.take(findings, open, &claims)? {
            break;
        }
        claims = search.claims(How::Parts);
    }
    for part in tied(&claims) {
        let finding = part.finding();
        let (ledger, records) = search.in_order(part.targets, part.rows);
        open.remove(Crowd {
            ledger: ledger.clone(),
            records: records.clone(),
        });
        findings.differing_group(BreakCode::Ambiguous, ledger, records, &finding)?;
    }
    let gave_up = claims.iter().filter(|claim| claim.gave_up).count();
    if gave_up > 0 {
        findings.note(format!(
            "pass {}: the search for rows that add up took too much work for {gave_up} rows; it \
             gave up on them and matched none",
            pass.name
        ));
    }
    Ok(())
}

/// What rows of a pool share: the currency, and the evidence.
type Key = (Currency, Vec<String>);

struct Search<'a> {
    pass: &'a Pass,
    group: &'a Grouping,
    rules: &'a Rules,
    /// The side of the single row, and its book; then the other.
    one: Side,
    book: &'a Book,
    other: &'a Book,
    budget: u64,
    /// In the order of their keys.
    pools: Vec<(Key, Pool)>,
    targets: Vec<Target>,
    taken: BTreeSet<RowIndex>,
    /// How many rows are neither, since their amounts have more digits than a
    /// whole number holds.
    too_long: usize,
}

/// Rows that share the evidence.
#[derive(Default)]
struct Pool {
    /// Those with a reference: a target with another one has none of them.
    referred: Vec<Member>,
    bare: Vec<Member>,
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
    currency: Currency,
    /// What it says itself of the evidence.
    says: Vec<Option<String>>,
    open: bool,
}

/// Rows that may add up to a target.
struct Claim {
    /// The place of the target.
    target: usize,
    /// How many ways there are; where it is one, the rows are its.
    ways: usize,
    /// Whether the way found is some rows of a pool, and not all of them.
    is_part: bool,
    /// How many ways chance alone is to be expected to find, in parts of a
    /// million.
    chance: u128,
    gave_up: bool,
    rows: Vec<RowIndex>,
}

impl Claim {
    fn is_sure(&self) -> bool {
        self.ways == 1 && !self.is_by_chance() && !self.gave_up
    }

    /// Whether so many rows come to nearly any sum, so that one way proves
    /// nothing.
    fn is_by_chance(&self) -> bool {
        self.is_part && self.chance > MOST_BY_CHANCE
    }
}

/// Which rows of a pool are looked at.
#[derive(Clone, Copy)]
enum How {
    /// All of them together.
    Whole,
    /// Some of them.
    Parts,
}

impl How {
    /// The ways in which they add up; none when that takes too much work.
    fn ways(self, amounts: &[i128], target: i128, budget: &mut u64) -> Option<Ways> {
        span(amounts)?;
        match self {
            Self::Parts => subset::ways(amounts, target, budget),
            Self::Whole => {
                let ties = amounts.len() > 1 && amounts.iter().sum::<i128>() == target;
                Some(Ways {
                    count: usize::from(ties),
                    first: (0..amounts.len()).collect(),
                    used: vec![ties; amounts.len()],
                })
            }
        }
    }
}

impl<'a> Search<'a> {
    /// Sorts the open rows that moved money into targets and pools.
    fn of(
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
            budget: BUDGET,
            pools: Vec::new(),
            targets: Vec::new(),
            taken: BTreeSet::new(),
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
        let mut pools: BTreeMap<Key, Pool> = BTreeMap::new();
        for row in several {
            let amount = compared(many, *row);
            if let Some((key, member)) = amount.and_then(|amount| search.member(*row, amount)) {
                let pool = pools.entry(key).or_default();
                match search.other.reference(*row) {
                    Some(_) => pool.referred.push(member),
                    None => pool.bare.push(member),
                }
            }
        }
        search.too_long = too_long;
        let Self { book, other, .. } = search;
        search
            .targets
            .sort_unstable_by(|a, b| book.compare(a.row, b.row));
        for pool in pools.values_mut() {
            let by_content = |a: &Member, b: &Member| other.compare(a.row, b.row);
            pool.referred.sort_unstable_by(by_content);
            pool.bare.sort_unstable_by(by_content);
        }
        search.pools = pools.into_iter().collect();
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
            currency: facts.currency,
            says: says.collect(),
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
    fn claims(&mut self, how: How) -> Vec<Claim> {
        let mut budget = self.budget;
        let targets = self.targets.iter().enumerate();
        let open = targets.filter(|(_, target)| target.open);
        // Each target is another chance for a sum that means nothing.
        let targets = open.clone().count() as u128;
        let claims = open.map(|(place, target)| {
            let mut claim = Claim {
                target: place,
                ways: 0,
                is_part: false,
                chance: 0,
                gave_up: false,
                rows: Vec::new(),
            };
            for (key, pool) in self.near(target) {
                if !fits(&target.says, &key.1) {
                    continue;
                }
                let contradicts =
                    !self.pass.across_references && self.book.reference(target.row).is_some();
                let referred = if contradicts { &[][..] } else { &pool.referred };
                let looked = referred.len() + pool.bare.len();
                let cost = u64::try_from(looked / 8 + 1).unwrap_or(u64::MAX);
                let Some(left) = budget.checked_sub(cost) else {
                    claim.gave_up = true;
                    break;
                };
                budget = left;
                let admitted = referred.iter().chain(&pool.bare);
                let admitted = admitted.filter(|member| self.admits(target, member));
                let members: Vec<Member> = admitted.copied().collect();
                if members.len() > MOST_IN_POOL.max(self.group.most) {
                    claim.gave_up = true;
                    continue;
                }
                let amounts: Vec<i128> = members.iter().map(|member| member.amount).collect();
                let chance = by_chance(&amounts).saturating_mul(targets);
                claim.chance = claim.chance.saturating_add(chance);
                match how.ways(&amounts, target.amount, &mut budget) {
                    Some(ways) => claim.add(&members, &ways, self.group.most),
                    None => claim.gave_up = true,
                }
            }
            claim
        });
        let claims = claims.collect();
        self.budget = budget;
        claims
    }

    /// The pools that may fit a target: those of its currency, as far as their
    /// order tells what they share, and their day.
    fn near(&self, target: &Target) -> &[(Key, Pool)] {
        let mut pools = between(&self.pools, |(key, _)| key.0.cmp(&target.currency));
        let evidence = self.group.evidence.iter().zip(&target.says);
        for (place, (column, says)) in evidence.enumerate() {
            match says {
                Some(says) => {
                    pools = between(pools, |(key, _)| key.1.get(place).cmp(&Some(says)));
                }
                // Within the window the days differ: what comes next is in no order.
                None if *column == Column::Date => {
                    let day = |(_, pool): &(Key, Pool)| {
                        let mut members = pool.referred.iter().chain(&pool.bare);
                        let first = members.next();
                        first.map_or(Ordering::Equal, |first| self.lies(target, first))
                    };
                    return between(pools, day);
                }
                None => return pools,
            }
        }
        pools
    }

    /// Whether the day of a row lies before, in or after the window of a target.
    fn lies(&self, target: &Target, member: &Member) -> Ordering {
        let Some(days) = self.pass.days else {
            return Ordering::Equal;
        };
        let calendar = &self.rules.calendar;
        let (own, other) = (
            self.book.facts(target.row).date,
            self.other.facts(member.row).date,
        );
        match self.one {
            Side::Ledger => days.place(calendar, own, other),
            // The later the ledger's day, the sooner comes the provider's.
            Side::Records => days.place(calendar, other, own).reverse(),
        }
    }

    /// Whether a row may belong to a target: still open, and near enough.
    fn admits(&self, target: &Target, member: &Member) -> bool {
        !self.taken.contains(&member.row) && self.lies(target, member).is_eq()
    }

    /// Matches the targets that are sure of rows that no other is as sure of;
    /// whether there were any.
    fn take(
        &mut self,
        findings: &mut Findings<'_>,
        open: &mut Crowd,
        claims: &[Claim],
    ) -> Result<bool, EngineError> {
        let mut claimed: BTreeMap<RowIndex, usize> = BTreeMap::new();
        let sure = claims.iter().filter(|claim| claim.is_sure());
        for row in sure.clone().flat_map(|claim| &claim.rows) {
            *claimed.entry(*row).or_default() += 1;
        }
        let mut any = false;
        for claim in sure {
            let alone = claim.rows.iter().all(|row| claimed.get(row) == Some(&1));
            let Some(target) = self.targets.get_mut(claim.target).filter(|_| alone) else {
                continue;
            };
            target.open = false;
            self.taken.extend(&claim.rows);
            let (ledger, records) = self.in_order(vec![claim.target], claim.rows.clone());
            open.remove(Crowd {
                ledger: ledger.clone(),
                records: records.clone(),
            });
            findings.matched_group(ledger, records)?;
            any = true;
        }
        Ok(any)
    }

    /// The rows of targets and of others, the ledger's first.
    fn in_order(
        &self,
        targets: Vec<usize>,
        rows: impl IntoIterator<Item = RowIndex>,
    ) -> (Vec<RowIndex>, Vec<RowIndex>) {
        let targets = targets
            .into_iter()
            .filter_map(|place| self.targets.get(place));
        let targets = targets.map(|target| target.row).collect();
        let rows = rows.into_iter().collect();
        match self.one {
            Side::Ledger => (targets, rows),
            Side::Records => (rows, targets),
        }
    }
}

impl Claim {
    /// Adds the ways of a pool.
    fn add(&mut self, members: &[Member], ways: &Ways, most: usize) {
        let fits = ways.first.len() <= most;
        if ways.count == 0 || !fits {
            return;
        }
        let used = members.iter().zip(&ways.used);
        let used = used
            .filter(|(_, used)| **used)
            .map(|(member, _)| member.row);
        self.rows.extend(used);
        self.ways = self.ways.saturating_add(ways.count).min(MOST_WAYS);
        self.is_part |= ways.first.len() < members.len();
    }
}

/// Targets that may have the same rows, or the same rows in several ways.
#[derive(Default)]
struct Tied {
    targets: Vec<usize>,
    rows: BTreeSet<RowIndex>,
    ways: usize,
    by_chance: bool,
}

impl Tied {
    fn finding(&self) -> String {
        match (self.targets.len(), self.ways) {
            (1, 1) if self.by_chance => {
                "one way to add up, but among so many rows some come to nearly any sum".to_owned()
            }
            (_, MOST_WAYS) => format!("{MOST_WAYS} ways or more to add up"),
            (_, ways) => format!("{ways} ways to add up"),
        }
    }
}

/// What nobody can decide: targets with several ways, and those that are
/// sure of the same rows, by what they share.
fn tied(claims: &[Claim]) -> Vec<Tied> {
    let doubtful = |claim: &&Claim| claim.ways > 0 && !claim.gave_up;
    let claims: Vec<&Claim> = claims.iter().filter(doubtful).collect();
    // Of each claim another one of the same part, up to the first of it.
    let mut towards_first: Vec<usize> = (0..claims.len()).collect();
    let mut holders: BTreeMap<RowIndex, usize> = BTreeMap::new();
    for (place, claim) in claims.iter().enumerate() {
        for row in &claim.rows {
            let holder = *holders.entry(*row).or_insert(place);
            let own = first_of(&mut towards_first, place);
            let other = first_of(&mut towards_first, holder);
            if let Some(towards) = towards_first.get_mut(own.max(other)) {
                *towards = own.min(other);
            }
        }
    }
    let mut parts: BTreeMap<usize, Tied> = BTreeMap::new();
    for (place, claim) in claims.iter().enumerate() {
        let part = parts
            .entry(first_of(&mut towards_first, place))
            .or_default();
        part.targets.push(claim.target);
        part.rows.extend(&claim.rows);
        part.ways = part.ways.saturating_add(claim.ways).min(MOST_WAYS);
        part.by_chance |= claim.is_by_chance();
    }
    parts.into_values().collect()
}

/// The first claim of a part, with shorter ways to it for the next who asks.
fn first_of(towards_first: &mut [usize], mut place: usize) -> usize {
    while let Some(&next) = towards_first.get(place).filter(|next| **next != place) {
        let beyond = towards_first.get(next).copied().unwrap_or(next);
        if let Some(towards) = towards_first.get_mut(place) {
            *towards = beyond;
        }
        place = beyond;
    }
    place
}

/// The part of a list that lies neither before nor after what is sought.
fn between<T>(list: &[T], place: impl Fn(&T) -> Ordering) -> &[T] {
    let start = list.partition_point(|one| place(one).is_lt());
    let list = list.split_at(start).1;
    list.split_at(list.partition_point(|one| place(one).is_eq()))
        .0
}

/// Whether a target says nothing that contradicts what a pool shares.
fn fits(says: &[Option<String>], shared: &[String]) -> bool {
    let mut pairs = says.iter().zip(shared);
    pairs.all(|(own, shared)| own.as_ref().is_none_or(|own| own == shared))
}

/// How many subsets of the amounts are to be expected to come to a sum by chance
/// alone, in parts of a million. Sums crowd in the middle of what is possible:
/// there are up to four times as many as on average.
fn by_chance(amounts: &[i128]) -> u128 {
    let subsets = u32::try_from(amounts.len())
        .ok()
        .filter(|count| *count < 64)
        .map(|count| 1_u128 << count);
    let span = span(amounts).unwrap_or(i128::MAX).unsigned_abs();
    subsets.map_or(u128::MAX, |subsets| subsets * 4_000_000 / span.max(1))
}

/// How far the sums of some of the amounts lie apart; none where that does not fit.
fn span(amounts: &[i128]) -> Option<i128> {
    let mut sizes = amounts.iter().map(|amount| amount.checked_abs());
    sizes.try_fold(0_i128, |sum, size| sum.checked_add(size?))
}
