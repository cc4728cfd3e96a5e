//! Records against the figures that they are to come to.

use std::{cmp::Ordering, collections::BTreeSet};

use jiff::Timestamp;
use reconcile_core::{BatchLine, Currency, Identity, Statement, Sum, Window};
use rust_decimal::Decimal;

use super::{Proof, ProofVerdict, Series, culprits::Culprits};
use crate::{
    listing::{Entry, Records},
    sum::exact_difference,
};

/// How many records are named where any one of them makes the difference.
const NAMED: usize = 3;

/// The records of an account, created in the period of a statement, come to its
/// figures. Lines that agree share one proof when all do. Records that no period
/// has in it are told, since nothing is proven of them.
pub(super) fn prove(
    identity: &Identity,
    series: &[&Series<'_>],
    records: &Records<'_>,
    lines: &[BatchLine],
) -> Vec<Proof> {
    let kinds = lines.iter().flat_map(|line| &line.kinds);
    if let Err(reason) = records.listing(kinds.copied()) {
        return vec![Proof::untestable(identity, reason)];
    }
    let mut proofs = Vec::new();
    for &series in series {
        let is_meant =
            |line: &&BatchLine| series.is_about(line.amount.into_iter().chain(line.count));
        let lines: Vec<_> = lines.iter().filter(is_meant).collect();
        let mut statements: Vec<_> = series.all().collect();
        statements.sort_by_key(|statement| statement.period);
        for (place, statement) in (0_usize..).zip(&statements) {
            let open = || Proof::about(identity, statement);
            let beside = [place.checked_sub(1), place.checked_add(1)];
            let beside = beside.into_iter().flatten();
            let beside = beside.filter_map(|place| Some(statements.get(place)?.period));
            match Batch::of(statement, records, beside, &lines) {
                Ok(batch) => proofs.extend(batch.test(&lines, open)),
                Err(reason) => proofs.push(open().with(ProofVerdict::NotTestable, reason)),
            }
        }
    }
    if !series.is_empty() {
        proofs.extend(unstated(identity, series, records, lines));
    }
    proofs
}

/// The records of each account and currency that are in the period of no
/// statement: nothing says what they come to.
fn unstated(
    identity: &Identity,
    series: &[&Series<'_>],
    records: &Records<'_>,
    lines: &[BatchLine],
) -> Vec<Proof> {
    let mut proofs = Vec::new();
    for (account, entries) in records.accounts() {
        let counts = |entry: &&&Entry| lines.iter().any(|line| is_of(line, entry));
        let counted: Vec<&Entry> = entries.iter().filter(counts).copied().collect();
        let currencies: BTreeSet<Currency> = counted.iter().map(|e| e.amount.currency).collect();
        for currency in currencies {
            let own = series
                .iter()
                .filter(|s| (s.account, s.currency) == (account, currency));
            let periods = own.flat_map(|series| series.all()).map(|s| s.period);
            let in_currency = counted.iter().filter(|e| e.amount.currency == currency);
            let left = outside(periods.collect(), in_currency.copied());
            let Some(first) = left.first() else {
                continue;
            };
            let note = match left.len() {
                1 => format!(
                    "1 record is in the period of no statement, created {}",
                    first.created_at
                ),
                many => format!(
                    "{many} records are in the period of no statement, the first created {}",
                    first.created_at
                ),
            };
            proofs.push(Proof {
                date: Some(records.day(first.created_at)),
                note,
                ..Proof::about_account(identity, account, Some(currency))
            });
        }
    }
    proofs
}

/// The entries that were created in none of the periods, of entries in the order
/// of creation.
fn outside<'a>(
    mut periods: Vec<Window>,
    entries: impl Iterator<Item = &'a Entry>,
) -> Vec<&'a Entry> {
    periods.sort_unstable();
    let mut periods = periods.into_iter().peekable();
    // The end of what the periods that have begun cover.
    let mut covered = Timestamp::MIN;
    let is_outside = |entry: &&Entry| {
        while let Some(period) = periods.next_if(|period| period.from() <= entry.created_at) {
            covered = covered.max(period.to());
        }
        covered <= entry.created_at
    };
    entries.filter(is_outside).collect()
}

/// A statement and the records that it may be about.
struct Batch<'a> {
    statement: &'a Statement,
    /// The records of its account, currency and period.
    inside: Vec<&'a Entry>,
    /// Those of the periods before and after.
    beside: Vec<&'a Entry>,
}

impl<'a> Batch<'a> {
    /// Fails with the reason where it is not certain which records they are.
    fn of(
        statement: &'a Statement,
        records: &Records<'a>,
        beside: impl Iterator<Item = Window>,
        lines: &[&BatchLine],
    ) -> Result<Self, String> {
        let (account, period) = (statement.account.as_deref(), statement.period);
        if period.is_empty() {
            return Err("it is not known when the statement's period begins".to_owned());
        }
        records.covering(period)?;
        let same_currency = |entry: &&Entry| entry.amount.currency == statement.currency;
        let within = |account, period| {
            let entries = records.within(account, period).iter().copied();
            entries.filter(same_currency)
        };
        let counts = |entry: &&Entry| lines.iter().any(|line| is_of(line, entry));
        if account.is_none() && records.name_accounts() {
            return Err("the statement does not say which account it is about".to_owned());
        }
        let nameless = within(None, period).filter(counts).count();
        if account.is_some() && nameless > 0 {
            return Err(format!("{} no account", that_name(nameless)));
        }
        let inside: Vec<_> = within(account, period).collect();
        let without_method = inside.iter().copied().filter(counts);
        let nameless = without_method.filter(|e| e.method.is_none()).count();
        if statement.scope.is_some() && nameless > 0 {
            return Err(format!("{} no method", that_name(nameless)));
        }
        let beside = beside.flat_map(|period| within(account, period));
        let mut beside: Vec<_> = beside
            .filter(|entry| !period.contains(entry.created_at))
            .collect();
        beside.sort_unstable_by_key(|entry| (entry.created_at, &entry.id, entry.kind));
        beside.dedup_by_key(|entry| (&entry.id, entry.kind));
        Ok(Self {
            statement,
            inside,
            beside,
        })
    }

    fn test(&self, lines: &[&BatchLine], open: impl Fn() -> Proof) -> Vec<Proof> {
        let (mut proofs, mut agreed, mut untold) = (Vec::new(), Vec::new(), Vec::new());
        for line in lines {
            match self.tally(line) {
                Err(reason) => untold.push(reason),
                Ok(tally) if tally.agrees() => agreed.push(tally),
                Ok(tally) => proofs.push(self.failure(line, &tally, open())),
            }
        }
        if proofs.is_empty() && !agreed.is_empty() {
            proofs.push(match agreed.as_slice() {
                [tally] => tally.proof(open()),
                several => {
                    let notes: Vec<_> = several.iter().map(Tally::written).collect();
                    open().with(ProofVerdict::Holds, notes.join("; "))
                }
            });
        }
        if !untold.is_empty() {
            proofs.push(open().with(ProofVerdict::NotTestable, untold.join("; ")));
        }
        proofs
    }

    /// What the records of a line come to; the reason where nothing states it.
    fn tally(&self, line: &BatchLine) -> Result<Tally<'a>, String> {
        let members: Vec<_> = self.members(line).collect();
        let amounts = members.iter().map(|entry| entry.amount.amount);
        let sum = amounts.into_iter().try_fold(Sum::ZERO, Sum::plus);
        let sum = sum.ok().and_then(Sum::to_decimal);
        let unstated = |name: &str| format!("{name} is not stated");
        let amount = line.amount.map(|name| {
            let stated = self.statement.amount(name);
            stated.map(|stated| (name, stated)).ok_or(unstated(name))
        });
        let count = line.count.map(|name| {
            let stated = self.statement.count(name);
            stated.map(|stated| (name, stated)).ok_or(unstated(name))
        });
        Ok(Tally {
            sum: sum.ok_or("the sum has too many digits")?,
            amount: amount.transpose()?,
            count: count.transpose()?,
            members,
        })
    }

    fn members(&self, line: &BatchLine) -> impl Iterator<Item = &'a Entry> {
        let inside = self.inside.iter().copied();
        inside.filter(move |entry| self.in_scope(entry) && is_of(line, entry))
    }

    fn in_scope(&self, entry: &Entry) -> bool {
        let scope = self.statement.scope.as_deref();
        scope.is_none_or(|scope| entry.method.as_deref() == Some(scope))
    }

    /// The failure of a line, with the records that make the difference.
    fn failure(&self, line: &BatchLine, tally: &Tally<'a>, open: Proof) -> Proof {
        let (preposition, culprits) = self.culprits(line, tally);
        let describe = |entry: &&Entry| self.described(line, entry);
        let named = match &culprits {
            Culprits::Unknown => None,
            Culprits::Pairs(count) => Some(format!("any of {count} pairs of records")),
            Culprits::AnyOf(alone) => Some(any_of(alone, describe)),
            Culprits::Both([first, second]) => {
                Some(format!("{} and {}", describe(first), describe(second)))
            }
        };
        let named = named.map(|named| format!("; {preposition} {named} they would agree"));
        let proof = tally.proof(open);
        let certain = culprits.certain().iter();
        Proof {
            note: proof.note + &named.unwrap_or_default(),
            records: certain.map(|entry| entry.id.to_string()).collect(),
            ..proof
        }
    }

    /// The records that the provider left out, or counted beyond those of the line.
    fn culprits(&self, line: &BatchLine, tally: &Tally<'a>) -> (&'static str, Culprits<'a>) {
        let Some((amount, count)) = tally.gaps() else {
            return ("", Culprits::Unknown);
        };
        let more = match amount.cmp(&Decimal::ZERO) {
            Ordering::Equal => count.unwrap_or_default().cmp(&0),
            side => side,
        };
        if count.is_some_and(|count| count.cmp(&0) != more) {
            return ("", Culprits::Unknown);
        }
        let (amount, count) = (amount.abs(), count.map(i64::unsigned_abs));
        if more == Ordering::Greater {
            let members = tally.members.iter().copied();
            let culprits = Culprits::among(&weighed(members), amount, count);
            return ("without", culprits);
        }
        let inside = self.inside.iter().copied().filter(|entry| {
            if self.in_scope(entry) {
                would_be_of(line, entry) && !is_of(line, entry)
            } else {
                is_of(line, entry)
            }
        });
        let beside = self.beside.iter().copied();
        let beside = beside.filter(|entry| self.in_scope(entry) && is_of(line, entry));
        let candidates = weighed(inside.chain(beside));
        ("with", Culprits::among(&candidates, amount, count))
    }

    /// A record with its amount and, where the line does not count it, why not.
    fn described(&self, line: &BatchLine, entry: &Entry) -> String {
        let reason = if !self.statement.period.contains(entry.created_at) {
            format!(", created {}", entry.created_at)
        } else if !self.in_scope(entry) {
            let method = entry.method.as_deref().unwrap_or("none");
            format!(", of method {method}")
        } else if !line.statuses.contains(&entry.status) {
            format!(", {}", entry.status)
        } else {
            String::new()
        };
        format!("{} ({}{reason})", entry.id, entry.amount.amount)
    }
}

/// What the records of a line come to, and what is stated.
struct Tally<'a> {
    members: Vec<&'a Entry>,
    sum: Decimal,
    amount: Option<(&'static str, Decimal)>,
    count: Option<(&'static str, u64)>,
}

impl Tally<'_> {
    fn agrees(&self) -> bool {
        let amount = self.amount.is_none_or(|(_, stated)| stated == self.sum);
        amount && self.count.is_none_or(|(_, stated)| stated == self.number())
    }

    fn number(&self) -> u64 {
        self.members.len() as u64
    }

    /// What the records come to beyond what is stated, and how many more they
    /// are where that is stated; `None` where no amount is.
    fn gaps(&self) -> Option<(Decimal, Option<i64>)> {
        let (_, stated) = self.amount?;
        let amount = exact_difference(self.sum, stated)?;
        let count = self.count.map(|(_, stated)| {
            let (number, stated) = (i128::from(self.number()), i128::from(stated));
            i64::try_from(number - stated).ok()
        });
        match count {
            None => Some((amount, None)),
            Some(count) => Some((amount, Some(count?))),
        }
    }

    /// The proof of the amount, or of the number where only that differs.
    fn proof(&self, open: Proof) -> Proof {
        let counted = |open: Proof, figure, stated| {
            let (number, stated) = (Decimal::from(self.number()), Decimal::from(stated));
            open.of(figure).counted(true).equality(number, stated)
        };
        let proof = match (self.amount, self.count) {
            (Some((_, amount)), Some((figure, count)))
                if amount == self.sum && count != self.number() =>
            {
                counted(open, figure, count)
            }
            (Some((figure, amount)), _) => open.of(figure).equality(self.sum, amount),
            (None, Some((figure, count))) => counted(open, figure, count),
            (None, None) => open,
        };
        Proof {
            note: self.written(),
            ..proof
        }
    }

    /// "3 records come to 30.00; stated: sales 20.00, number 2".
    fn written(&self) -> String {
        let amount = self.amount.map(|(name, stated)| format!("{name} {stated}"));
        let count = self.count.map(|(name, stated)| format!("{name} {stated}"));
        let stated: Vec<_> = amount.into_iter().chain(count).collect();
        let records = match self.members.len() {
            0 => "there are no records".to_owned(),
            1 => format!("1 record comes to {}", self.sum),
            many => format!("{many} records come to {}", self.sum),
        };
        format!("{records}; stated {}", stated.join(", "))
    }
}

/// Records, each with its amount.
fn weighed<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<(&'a Entry, Decimal)> {
    entries.map(|entry| (entry, entry.amount.amount)).collect()
}

/// Whether a line counts a record, its scope aside.
fn is_of(line: &BatchLine, entry: &Entry) -> bool {
    would_be_of(line, entry) && line.statuses.contains(&entry.status)
}

/// Whether a line would count a record, had it another status.
fn would_be_of(line: &BatchLine, entry: &Entry) -> bool {
    let has = |(name, value)| entry.attribute(name) == Some(value);
    line.kinds.contains(&entry.kind)
        && line
            .direction
            .is_none_or(|direction| direction == entry.direction)
        && line.having.is_none_or(has)
}

fn any_of(alone: &[&Entry], describe: impl Fn(&&Entry) -> String) -> String {
    if let [only] = alone {
        return describe(only);
    }
    let named: Vec<_> = alone.iter().take(NAMED).map(describe).collect();
    let more = match alone.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("any one of {}{more}", named.join(", "))
}

fn that_name(count: usize) -> String {
    if count == 1 {
        "1 record of the period names".to_owned()
    } else {
        format!("{count} records of the period name")
    }
}
