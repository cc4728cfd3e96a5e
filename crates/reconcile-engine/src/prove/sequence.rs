//! Numbers that follow each other.

use std::collections::BTreeMap;

use reconcile_core::{Identity, Kind};
use rust_decimal::Decimal;

use super::{Proof, ProofVerdict};
use crate::listing::{Entry, Records};

/// The last number before one.
const LAST: i64 = 999_999;

/// The numbers in an attribute of an account's records follow each other. The
/// account has one proof when they do, else one for each run of numbers that is
/// missing or repeated: how many there are to be, and how many there are.
pub(super) fn prove(
    identity: &Identity,
    records: &Records<'_>,
    kinds: &[Kind],
    attribute: &str,
) -> Vec<Proof> {
    if let Err(reason) = records.listing(kinds.iter().copied()) {
        return vec![Proof::untestable(identity, reason)];
    }
    let mut proofs = Vec::new();
    for (account, entries) in records.accounts() {
        let entries = entries.iter().filter(|entry| kinds.contains(&entry.kind));
        let entries: Vec<_> = entries.copied().collect();
        if entries.is_empty() {
            continue;
        }
        let open = || Proof::about_account(identity, account, None);
        let numbers = Numbers::of(&entries, attribute);
        let found = numbers.findings();
        proofs.extend(found.iter().map(|finding| {
            let day = records.day(finding.after.created_at);
            finding.proof(Proof {
                date: Some(day),
                ..open()
            })
        }));
        if found.is_empty() {
            proofs.push(numbers.summary(open(), attribute));
        }
    }
    if proofs.is_empty() {
        let reason = "no numbered record was pulled";
        proofs.push(Proof::untestable(identity, reason));
    }
    proofs
}

/// The numbers of one account, counted on where they begin again at one.
struct Numbers<'a> {
    /// Who has each number, in the order of creation.
    taken: BTreeMap<i64, Vec<&'a Entry>>,
    /// Those without a number, in the order of creation.
    unnumbered: Vec<&'a Entry>,
    /// How many digits a number is written with at least.
    width: usize,
}

impl<'a> Numbers<'a> {
    /// Takes entries in the order of their creation.
    fn of(entries: &[&'a Entry], attribute: &str) -> Self {
        let mut numbers = Self {
            taken: BTreeMap::new(),
            unnumbered: Vec::new(),
            width: 0,
        };
        let mut last = None;
        for &entry in entries {
            let text = entry.attribute(attribute).unwrap_or_default();
            let Some(number) = number(text) else {
                numbers.unnumbered.push(entry);
                continue;
            };
            // The nearest place with that number: neither the order within one
            // second nor the step from the last number to one is a gap.
            let place = last.map_or(number, |last| last + step(last, number));
            numbers.taken.entry(place).or_default().push(entry);
            numbers.width = numbers.width.max(text.len());
            last = Some(place);
        }
        numbers
    }

    /// The runs of numbers that are missing or repeated, in order.
    fn findings(&self) -> Vec<Finding<'a>> {
        let mut findings: Vec<Finding<'a>> = Vec::new();
        let mut before: Option<(i64, &'a Entry)> = None;
        for (&place, entries) in &self.taken {
            let Some((&first, rest)) = entries.split_first() else {
                continue;
            };
            let (beside, previous) = before.map_or((first, place - 1), |(at, e)| (e, at));
            if previous + 1 < place {
                findings.push(self.gap((previous + 1, place - 1), beside, first));
            }
            let again = rest.iter().find(|entry| !are_one(first, entry));
            if let Some(again) = again {
                let holders = holders(entries);
                match findings.last_mut() {
                    Some(run) if run.kind == FindingKind::Repeated && run.to + 1 == place => {
                        run.to = place;
                        run.name = self.named(run.from, run.to);
                        run.holders += holders;
                    }
                    _ => findings.push(Finding {
                        holders,
                        ..self.finding(FindingKind::Repeated, (place, place), first, again)
                    }),
                }
            }
            let latest = entries.last().copied().unwrap_or(first);
            before = Some((place, latest));
        }
        findings
    }

    /// Numbers that nobody has. Records without a number may have them, where
    /// they were created between the records beside the gap.
    fn gap(&self, (from, to): (i64, i64), before: &'a Entry, after: &'a Entry) -> Finding<'a> {
        let since = self
            .unnumbered
            .partition_point(|entry| entry.created_at < before.created_at);
        let until = self
            .unnumbered
            .partition_point(|entry| entry.created_at <= after.created_at);
        let unnumbered = i64::try_from(until.saturating_sub(since)).unwrap_or(i64::MAX);
        let kind = if unnumbered > to - from {
            FindingKind::Unnumbered
        } else {
            FindingKind::Missing
        };
        self.finding(kind, (from, to), before, after)
    }

    fn finding(
        &self,
        kind: FindingKind,
        (from, to): (i64, i64),
        before: &'a Entry,
        after: &'a Entry,
    ) -> Finding<'a> {
        Finding {
            kind,
            from,
            to,
            name: self.named(from, to),
            holders: 0,
            before,
            after,
        }
    }

    /// What is said of an account without findings.
    fn summary(&self, open: Proof, attribute: &str) -> Proof {
        let ends = self.taken.keys().next().zip(self.taken.keys().next_back());
        match ends {
            Some((&first, &last)) if first < last => {
                let note = format!("{}, none missing", self.named(first, last));
                let numbers = Decimal::from(last - first + 1);
                Proof { note, ..open }.equality(numbers, Decimal::from(self.taken.len()))
            }
            _ => {
                let note = format!("fewer than two records have a number in {attribute}");
                open.with(ProofVerdict::NotTestable, note)
            }
        }
    }

    fn named(&self, from: i64, to: i64) -> String {
        let written = |place: i64| {
            let number = (place - 1).rem_euclid(LAST) + 1;
            format!("{number:0width$}", width = self.width)
        };
        if from == to {
            written(from)
        } else {
            format!("{} to {}", written(from), written(to))
        }
    }
}

/// A run of numbers that is not as it is to be.
struct Finding<'a> {
    kind: FindingKind,
    from: i64,
    to: i64,
    name: String,
    /// How many things have one of them.
    holders: usize,
    /// The record with the number before the gap, or with the same number.
    before: &'a Entry,
    after: &'a Entry,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FindingKind {
    /// Nobody has them.
    Missing,
    /// Nobody has them, but there are records without a number.
    Unnumbered,
    /// Several have them.
    Repeated,
}

impl Finding<'_> {
    fn proof(&self, open: Proof) -> Proof {
        let Self {
            name,
            before,
            after,
            ..
        } = self;
        let beside = format!("between {} and {}", before.id, after.id);
        let is = if self.from == self.to { "is" } else { "are" };
        let note = match self.kind {
            FindingKind::Missing => format!("{name} {is} missing {beside}"),
            FindingKind::Unnumbered => {
                format!("{name} may be of records without a number {beside}")
            }
            FindingKind::Repeated => format!(
                "{name} {is} there more than once, first of {} and {}",
                before.id, after.id
            ),
        };
        let proof = Proof {
            note,
            records: vec![before.id.to_string(), after.id.to_string()],
            ..open.of(name.as_str())
        };
        if self.kind == FindingKind::Unnumbered {
            return proof;
        }
        let numbers = Decimal::from(self.to - self.from + 1);
        proof.equality(numbers, Decimal::from(self.holders))
    }
}

/// Whether two records with one number are about one thing.
fn are_one(one: &Entry, other: &Entry) -> bool {
    one.reference.is_some() && one.reference == other.reference
}

/// How many things some records with one number are about.
fn holders(entries: &[&Entry]) -> usize {
    let mut seen: Vec<&Entry> = Vec::new();
    for entry in entries {
        if !seen.iter().any(|seen| are_one(seen, entry)) {
            seen.push(entry);
        }
    }
    seen.len()
}

/// A number that can stand in a sequence.
fn number(text: &str) -> Option<i64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_plain)?;
    (1..=LAST).contains(&number).then_some(number)
}

/// The shortest way from a place to one with that number, back or forth.
fn step(place: i64, number: i64) -> i64 {
    let forth = (number - place).rem_euclid(LAST);
    if forth <= LAST / 2 {
        forth
    } else {
        forth - LAST
    }
}
