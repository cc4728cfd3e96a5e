//! What the terminal and the page both say: sums, groups and sentences.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use reconcile_core::{Certificate, Currency, Direction, Money, PageEvidence, Sum, Verdict, Window};
use reconcile_engine::{self as engine, Book, Break, BreakCode, Proof, ProofVerdict, RowIndex};

use crate::{
    Run, Summary,
    amount::{self, Tally, counted},
    summary,
};

/// What moved on one side in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) rows: usize,
    pub(crate) credits: Tally,
    pub(crate) debits: Tally,
}

impl Flow {
    pub(crate) fn net(self) -> Tally {
        self.credits.minus(self.debits)
    }
}

/// The flows of one line of the table of amounts, by currency.
#[derive(Clone, Debug)]
pub(crate) struct Flows {
    pub(crate) label: &'static str,
    pub(crate) by_currency: BTreeMap<Currency, Flow>,
}

/// Ledger, provider and what is matched; both sides of what is matched only
/// where they differ.
pub(crate) fn flows(run: &Run<'_>) -> Vec<Flows> {
    let outcome = run.outcome;
    let broken = |rows: fn(&Break) -> &[RowIndex]| outcome.breaks.iter().flat_map(rows).copied();
    let excluded = |side| {
        let excluded = outcome.excluded.iter();
        excluded.filter_map(move |row| (row.side == side).then_some(row.row))
    };
    let ledger = broken(|found| &found.ledger).chain(excluded(engine::Side::Ledger));
    let records = broken(|found| &found.records).chain(excluded(engine::Side::Records));
    let mut lines = vec![
        Flows::of("Ledger", run.ledger),
        Flows::of("Provider", run.records),
        Flows::of("Matched", run.ledger).without(run.ledger, ledger),
    ];
    let provider = Flows::of("Matched, provider", run.records).without(run.records, records);
    if let Some(matched) = lines.last_mut()
        && matched.by_currency != provider.by_currency
    {
        matched.label = "Matched, ledger";
        lines.push(provider);
    }
    lines
}

impl Flows {
    /// What all rows of a book move, which the book knows.
    fn of(label: &'static str, book: &Book) -> Self {
        let mut by_currency = BTreeMap::<_, Flow>::new();
        for moved in book.flows() {
            let flow = by_currency.entry(moved.currency).or_default();
            flow.rows = flow.rows.saturating_add(moved.rows);
            match moved.direction {
                Direction::Debit => flow.debits = moved.amount.into(),
                _ => flow.credits = moved.amount.into(),
            }
        }
        Self { label, by_currency }
    }

    /// What the others move: of a large book, nearly all rows are matched.
    fn without(mut self, book: &Book, rows: impl Iterator<Item = RowIndex>) -> Self {
        let rows: BTreeSet<RowIndex> = rows.collect();
        for moved in rows.into_iter().map(|row| book.signed(row)) {
            let flow = self.by_currency.entry(moved.currency).or_default();
            flow.rows = flow.rows.saturating_sub(1);
            // A debit is less than nothing, and a debit of nothing takes nothing off.
            if moved.amount.is_sign_negative() {
                flow.debits.add(moved.amount);
            } else {
                flow.credits.add(-moved.amount);
            }
        }
        self.by_currency.retain(|_, flow| flow.rows > 0);
        self
    }
}

/// What lies between the rows of a side and what moved by them: those that were
/// left out, by reason, and those of matches and breaks whose status says that
/// nothing moved. With it the table of amounts comes to the figures of the layers.
pub(crate) fn left_out(run: &Run<'_>) -> Vec<String> {
    let mut groups = BTreeMap::<_, (usize, BTreeMap<Currency, Tally>)>::new();
    for excluded in &run.outcome.excluded {
        let (count, net) = groups.entry((excluded.side, &excluded.reason)).or_default();
        *count = count.saturating_add(1);
        let moved = book(run, excluded.side).signed(excluded.row);
        net.entry(moved.currency).or_default().add(moved.amount);
    }
    let mut lines = Vec::new();
    let mut sums = BTreeMap::<_, BTreeMap<Currency, Tally>>::new();
    for ((side, reason), (count, net)) in groups {
        let (one, many) = match side {
            engine::Side::Ledger => ("ledger entry", "ledger entries"),
            engine::Side::Records => ("provider record", "provider records"),
        };
        lines.push(format!(
            "{}: {reason}{}",
            counted(count, one, many),
            in_brackets(&net)
        ));
        let sum = sums.entry(side).or_default();
        for (currency, net) in net {
            let sum = sum.entry(currency).or_default();
            *sum = sum.plus(net);
        }
    }
    for side in [engine::Side::Ledger, engine::Side::Records] {
        let still = still(run, side, &sums.remove(&side).unwrap_or_default());
        if !still.is_empty() {
            let rows = match side {
                engine::Side::Ledger => "ledger entries",
                engine::Side::Records => "provider records",
            };
            lines.push(format!(
                "{rows} in matches and breaks that moved nothing{}",
                in_brackets(&still)
            ));
        }
    }
    lines
}

/// What the rows of a side come to that are not left out and moved nothing.
fn still(
    run: &Run<'_>,
    side: engine::Side,
    left_out: &BTreeMap<Currency, Tally>,
) -> BTreeMap<Currency, Tally> {
    let all = Flows::of("", book(run, side)).by_currency.into_iter();
    let still = all.map(|(currency, flow)| {
        let conservation = run.outcome.conservation.get(&currency);
        let moved = conservation.map_or(Sum::ZERO, |tie| match side {
            engine::Side::Ledger => tie.ledger,
            engine::Side::Records => tie.records,
        });
        let left_out = left_out.get(&currency).copied().unwrap_or_default();
        (currency, flow.net().minus(left_out).minus(moved.into()))
    });
    still.filter(|(_, sum)| !sum.is_zero()).collect()
}

fn book<'a>(run: &Run<'a>, side: engine::Side) -> &'a Book {
    match side {
        engine::Side::Ledger => run.ledger,
        engine::Side::Records => run.records,
    }
}

/// " (1,250.00 PEN, −30.00 USD)", and nothing where there is nothing.
fn in_brackets(sums: &BTreeMap<Currency, Tally>) -> String {
    let sums = sums.iter().filter(|(_, sum)| !sum.is_zero());
    let sums: Vec<_> = sums
        .map(|(currency, sum)| format!("{} {currency}", sum.grouped(*currency)))
        .collect();
    if sums.is_empty() {
        String::new()
    } else {
        format!(" ({})", sums.join(", "))
    }
}

/// The signed sum of rows; `None` where there are none, they are not in one
/// currency, or it does not fit.
pub(crate) fn total(book: &Book, rows: &[RowIndex]) -> Option<Money> {
    if let &[row] = rows {
        // So it is on nearly every line of the longest table.
        return Some(book.signed(row));
    }
    let mut rows = rows.iter().map(|&row| book.signed(row));
    let first = rows.next()?;
    rows.try_fold(first, |total, row| total.checked_add(row).ok())
}

/// What one rule ties.
#[derive(Clone, Debug, Default)]
pub(crate) struct RuleGroup {
    pub(crate) rule: String,
    pub(crate) matches: usize,
    /// Those of them with several rows on a side.
    pub(crate) groups: usize,
    pub(crate) ledger_rows: usize,
    pub(crate) record_rows: usize,
    /// The differences that the rule allows.
    pub(crate) net: BTreeMap<Currency, Tally>,
}

/// The matches by rule.
pub(crate) fn by_rule(run: &Run<'_>) -> Vec<RuleGroup> {
    let matches = &run.outcome.matches;
    let pairs = matches.pairs().into_iter();
    let pairs = pairs.map(|(rule, pairs)| {
        let tied = RuleGroup {
            matches: pairs,
            ledger_rows: pairs,
            record_rows: pairs,
            ..RuleGroup::default()
        };
        (rule, tied)
    });
    let mut rules: BTreeMap<_, RuleGroup> = pairs.collect();
    for group in matches.groups() {
        let rule = rules.entry(group.name()).or_default();
        rule.matches = rule.matches.saturating_add(1);
        if group.ledger.len() > 1 || group.records.len() > 1 {
            rule.groups = rule.groups.saturating_add(1);
        }
        rule.ledger_rows = rule.ledger_rows.saturating_add(group.ledger.len());
        rule.record_rows = rule.record_rows.saturating_add(group.records.len());
    }
    for group in matches.differing() {
        if let Some(&row) = group.ledger.first() {
            let net = &mut rules.entry(group.name()).or_default().net;
            let currency = run.ledger.signed(row).currency;
            net.entry(currency).or_default().add(group.difference);
        }
    }
    let named = rules.into_iter().map(|(rule, group)| RuleGroup {
        rule: rule.into_owned(),
        ..group
    });
    named.collect()
}

/// "+1.47 PEN, −3.00 USD".
pub(crate) fn nets(net: &BTreeMap<Currency, Tally>, separator: &str) -> String {
    let sums = net.iter();
    sums.map(|(&currency, net)| format!("{} {currency}", net.signed(currency)))
        .collect::<Vec<_>>()
        .join(separator)
}

/// The breaks of one code.
#[derive(Debug)]
pub(crate) struct CodeGroup<'r> {
    pub(crate) code: BreakCode,
    pub(crate) breaks: Vec<Cow<'r, Break>>,
    /// The sum of their differences, where they have one.
    pub(crate) net: BTreeMap<Currency, Tally>,
}

/// The breaks by code, in the order of the contract.
pub(crate) fn by_code<'r>(run: &'r Run<'_>) -> Vec<CodeGroup<'r>> {
    let mut groups = BTreeMap::new();
    for broken in run.breaks() {
        let group = groups.entry(broken.code).or_insert_with(|| CodeGroup {
            code: broken.code,
            breaks: Vec::new(),
            net: BTreeMap::new(),
        });
        if let Some((currency, difference)) = broken.currency.zip(broken.difference) {
            group.net.entry(currency).or_default().add(difference);
        }
        group.breaks.push(broken);
    }
    groups.into_values().collect()
}

/// The proofs of one identity.
#[derive(Debug)]
pub(crate) struct IdentityGroup<'r> {
    pub(crate) title: &'static str,
    pub(crate) proofs: Vec<&'r Proof>,
}

impl<'r> IdentityGroup<'r> {
    pub(crate) fn with(&self, verdict: ProofVerdict) -> impl Iterator<Item = &'r Proof> {
        self.proofs
            .iter()
            .copied()
            .filter(move |proof| proof.verdict == verdict)
    }

    /// What became of them: see [`verdicts`].
    pub(crate) fn counts(&self) -> String {
        verdicts(&self.proofs)
    }
}

/// "29 hold, 1 fails, 1 not testable", without what there is none of.
pub(crate) fn verdicts(proofs: &[&Proof]) -> String {
    let with = |verdict| {
        let found = proofs.iter().filter(|proof| proof.verdict == verdict);
        found.count()
    };
    [
        (ProofVerdict::Holds, "holds", "hold"),
        (ProofVerdict::Fails, "fails", "fail"),
        (ProofVerdict::NotTestable, "not testable", "not testable"),
    ]
    .into_iter()
    .map(|(verdict, one, many)| (with(verdict), one, many))
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| counted(count, one, many))
    .collect::<Vec<_>>()
    .join(", ")
}

/// What a proof is about beside its day: account, scope, statement and subject.
pub(crate) fn place(proof: &Proof) -> impl Iterator<Item = &str> {
    let place = [
        &proof.account,
        &proof.scope,
        &proof.statement,
        &proof.subject,
    ];
    place.into_iter().flatten().map(String::as_str)
}

/// The proofs by identity, in the order in which these first appear.
pub(crate) fn by_identity<'r>(run: &Run<'r>) -> Vec<IdentityGroup<'r>> {
    let mut positions = BTreeMap::new();
    let mut groups: Vec<IdentityGroup<'r>> = Vec::new();
    for proof in run.proofs {
        let position = *positions.entry(proof.identity).or_insert(groups.len());
        match groups.get_mut(position) {
            Some(group) => group.proofs.push(proof),
            None => groups.push(IdentityGroup {
                title: proof.title,
                proofs: vec![proof],
            }),
        }
    }
    groups
}

/// The verdict as a sentence: "Not reconciled: 5 breaks, 1 failed proof among them".
pub(crate) fn headline(run: &Run<'_>, summary: &Summary) -> String {
    if summary.verdict == summary::Verdict::Reconciled {
        return "Reconciled: nothing is open".to_owned();
    }
    let breaks: usize = summary.breaks.values().sum();
    let failed = failures(run);
    let open = match (run.outcome.breaks.is_empty(), summary.proofs.fails) {
        (true, 0) => None,
        (true, _) => Some(failed),
        (false, 0) => Some(counted(breaks, "break", "breaks")),
        (false, _) => {
            let breaks = counted(breaks, "break", "breaks");
            Some(format!("{breaks}, {failed} among them"))
        }
    };
    let set_aside = (summary.set_aside > 0).then(|| {
        let (one, many) = ("ledger line", "ledger lines");
        let lines = counted(summary.set_aside, one, many);
        format!("{lines} that could not be read set aside")
    });
    let is_unproven = run
        .certificate
        .is_some_and(|certificate| !certificate.verdict.is_proven());
    let unproven = is_unproven.then(|| "the pull is not proven complete".to_owned());
    let reasons: Vec<_> = [open, set_aside, unproven].into_iter().flatten().collect();
    format!("Not reconciled: {}", reasons.join("; "))
}

/// "2 failed proofs of 1 cause". What sums up others that fail is none beside
/// them, and the same records account for all that they are named in.
fn failures(run: &Run<'_>) -> String {
    let failed = || {
        let proofs = run.proofs.iter();
        proofs.filter(|proof| proof.verdict == ProofVerdict::Fails)
    };
    let mut told: Vec<_> = failed().filter(|proof| proof.code.is_some()).collect();
    if told.is_empty() {
        told = failed().collect();
    }
    let named = told.iter().map(|proof| &proof.records);
    let named: Vec<_> = named.filter(|records| !records.is_empty()).collect();
    let distinct: BTreeSet<_> = named.iter().collect();
    let causes = told.len() - named.len() + distinct.len();
    let failures = counted(told.len(), "failed proof", "failed proofs");
    if causes < told.len() {
        format!("{failures} of {}", counted(causes, "cause", "causes"))
    } else {
        failures
    }
}

/// The certificate in words, without its reasons.
#[must_use]
pub fn completeness(certificate: &Certificate) -> String {
    let read = format!(
        "{} on {} in {}",
        records(certificate.distinct),
        counted(certificate.pages.len(), "page", "pages"),
        counted(windows(&certificate.pages), "window", "windows"),
    );
    let dropped = match certificate.duplicates {
        0 => "no duplicate".to_owned(),
        1 => "1 duplicate dropped".to_owned(),
        many => format!("{} duplicates dropped", amount::count(many)),
    };
    match &certificate.verdict {
        Verdict::Complete => {
            format!("Complete: {read}, no gap, no page repeated, {dropped}")
        }
        Verdict::CompleteAsOf { as_of } => {
            format!("Complete as of {as_of}: {read}, no gap, no page repeated, {dropped}")
        }
        Verdict::Unproven { .. } => format!("Not proven complete: {read}, {dropped}"),
        _ => read,
    }
}

/// Why completeness is not proven; empty where it is.
pub(crate) fn reasons(certificate: &Certificate) -> &[String] {
    match &certificate.verdict {
        Verdict::Unproven { reasons } => reasons,
        _ => &[],
    }
}

fn records(count: u64) -> String {
    let word = if count == 1 { "record" } else { "records" };
    format!("{} {word}", amount::count(count))
}

fn windows(pages: &[PageEvidence]) -> usize {
    let mut windows: Vec<Window> = pages.iter().map(|page| page.window).collect();
    windows.sort_unstable();
    windows.dedup();
    windows.len()
}
