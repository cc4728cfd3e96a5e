//! The summary of a run for a terminal.

mod sheet;

use reconcile_core::Money;
use reconcile_engine::{Book, Break, Proof, ProofVerdict, RowIndex};

pub(crate) use self::sheet::Sheet;

use self::sheet::Ink;
use crate::{
    Run, Verdict, ageing,
    amount::{count, counted, grouped, signed},
    layers::{self, State},
    overview::{self, CodeGroup, Flows, IdentityGroup, RuleGroup, total},
};

/// How the terminal is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether colour codes are written.
    pub color: bool,
    /// The columns of the terminal. Text wraps at it, tables leave out what
    /// does not fit; a figure or an id is never cut.
    pub width: usize,
}

impl Default for Style {
    /// No colour, 100 columns.
    fn default() -> Self {
        Self {
            color: false,
            width: 100,
        }
    }
}

/// How many breaks of a code, and failures of an identity, are shown.
const EXAMPLES: usize = 5;

/// The summary of a run for a reader: the verdict, the amounts, the layer where
/// a residual lies, what is open with examples and its age, the proofs and
/// completeness.
///
/// Control characters in ids and texts are written as escapes, so that no
/// ledger can steer the terminal.
#[must_use]
pub fn terminal(run: &Run<'_>, style: Style) -> String {
    let mut sheet = Sheet::new(style);
    verdict(run, &mut sheet);
    amounts(run, &mut sheet);
    layers(run, &mut sheet);
    matches(run, &mut sheet);
    breaks(run, &mut sheet);
    ages(run, &mut sheet);
    proofs(run, &mut sheet);
    completeness(run, &mut sheet);
    sheet.finish()
}

fn verdict(run: &Run<'_>, sheet: &mut Sheet) {
    let summary = run.summary();
    let ink = match summary.verdict {
        Verdict::Reconciled => Ink::Good,
        Verdict::Breaks => Ink::Bad,
    };
    sheet.text(ink, 0, &overview::headline(run, &summary));
    let provider = run
        .provider
        .map_or_else(String::new, |provider| format!(" · {provider}"));
    let about = format!("{}{provider} · as of {}", run.title, run.as_of);
    sheet.text(Ink::Faint, 0, &about);
}

fn amounts(run: &Run<'_>, sheet: &mut Sheet) {
    let flows = overview::flows(run);
    if flows.iter().all(|line| line.by_currency.is_empty()) {
        return;
    }
    sheet.heading("Amounts");
    let wide = amount_rows(&flows, true);
    if sheet.fits(&wide) {
        sheet.table(&wide);
    } else {
        sheet.table(&amount_rows(&flows, false));
    }
    for reason in overview::left_out(run) {
        sheet.text(Ink::Faint, 2, &format!("Not counted: {reason}"));
    }
}

/// The table of amounts: a line for each currency and side.
fn amount_rows(flows: &[Flows], wide: bool) -> Vec<Vec<String>> {
    let mut header = vec![String::new(), String::new(), "rows".to_owned()];
    if wide {
        header.extend(["credits".to_owned(), "debits".to_owned()]);
    }
    header.push("net".to_owned());
    let mut currencies: Vec<_> = flows
        .iter()
        .flat_map(|line| line.by_currency.keys().copied())
        .collect();
    currencies.sort_unstable();
    currencies.dedup();
    let mut rows = vec![header];
    for currency in currencies {
        for (position, line) in flows.iter().enumerate() {
            let flow = line.by_currency.get(&currency).copied().unwrap_or_default();
            let code = if position == 0 { currency.as_str() } else { "" };
            let mut row = vec![code.to_owned(), line.label.to_owned(), count(flow.rows)];
            if wide {
                row.extend([
                    flow.credits.grouped(currency),
                    flow.debits.grouped(currency),
                ]);
            }
            row.push(flow.net().grouped(currency));
            rows.push(row);
        }
    }
    rows
}

fn breaks(run: &Run<'_>, sheet: &mut Sheet) {
    let groups = overview::by_code(run);
    if groups.is_empty() {
        return;
    }
    sheet.heading("Breaks");
    for group in groups {
        sheet.text(Ink::Strong, 2, &code_line(&group));
        let shown: Vec<_> = group
            .breaks
            .iter()
            .filter(|broken| has_rows(broken))
            .collect();
        for broken in shown.iter().take(EXAMPLES) {
            example(run, broken, sheet);
        }
        let more = shown.len().saturating_sub(EXAMPLES);
        if more > 0 {
            let rest = format!("… and {} more in the table of breaks", count(more));
            sheet.text(Ink::Faint, 4, &rest);
        }
    }
}

/// How old the breaks are.
fn ages(run: &Run<'_>, sheet: &mut Sheet) {
    let rows = ageing::table(&ageing::buckets(run));
    if rows.is_empty() {
        return;
    }
    sheet.heading("Age of the breaks");
    let header = ["days", "", "breaks", "differences, unsigned"].map(str::to_owned);
    let rows = [header].into_iter().chain(rows);
    sheet.table(&rows.map(Vec::from).collect::<Vec<_>>());
}

/// Whether it is a break between the two sides. The others come from proofs and
/// are shown there.
fn has_rows(broken: &Break) -> bool {
    !broken.ledger.is_empty() || !broken.records.is_empty()
}

/// "Amount differs: 14 breaks, net +1.47 PEN".
fn code_line(group: &CodeGroup<'_>) -> String {
    let breaks = counted(group.breaks.len(), "break", "breaks");
    let net = match &*overview::nets(&group.net, ", ") {
        "" => String::new(),
        nets => format!(", net {nets}"),
    };
    format!("{}: {breaks}{net}", group.code.title())
}

fn example(run: &Run<'_>, broken: &Break, sheet: &mut Sheet) {
    let date = broken
        .date
        .map_or_else(|| "no date   ".to_owned(), |date| date.to_string());
    let sides: Vec<_> = [
        side("ledger", run.ledger, &broken.ledger),
        side("provider", run.records, &broken.records),
    ]
    .into_iter()
    .flatten()
    .collect();
    let sides = sides.join(" · ");
    sheet.text(Ink::Plain, 4, &format!("{date}  {sides}"));
    sheet.text(Ink::Faint, 16, &broken.explanation);
}

/// "ledger L-1, 30.00 PEN", for one side of a break.
fn side(name: &str, book: &Book, rows: &[RowIndex]) -> Option<String> {
    let shown: Vec<_> = rows
        .iter()
        .take(EXAMPLES)
        .map(|row| book.row(*row).id)
        .collect();
    if shown.is_empty() {
        return None;
    }
    let more = match rows.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {} more", count(more)),
    };
    let amount = total(book, rows).map_or_else(String::new, |Money { amount, currency }| {
        format!(", {} {currency}", grouped(amount, Some(currency)))
    });
    Some(format!("{name} {}{more}{amount}", shown.join(", ")))
}

fn proofs(run: &Run<'_>, sheet: &mut Sheet) {
    if run.proofs.is_empty() {
        return;
    }
    sheet.heading("Proofs");
    for group in overview::by_identity(run) {
        identity(&group, sheet);
    }
}

fn identity(group: &IdentityGroup<'_>, sheet: &mut Sheet) {
    let failed = group.with(ProofVerdict::Fails).count();
    let ink = if failed > 0 { Ink::Bad } else { Ink::Strong };
    sheet.text(ink, 2, &format!("{}: {}", group.title, group.counts()));
    for proof in group.with(ProofVerdict::Fails).take(EXAMPLES) {
        sheet.text(Ink::Plain, 4, &failure(proof));
        sheet.text(Ink::Faint, 16, &proof.note);
    }
    let more = failed.saturating_sub(EXAMPLES);
    if more > 0 {
        let rest = format!("… and {} more in the table of proofs", count(more));
        sheet.text(Ink::Faint, 4, &rest);
    }
    if failed == 0
        && let Some(untested) = group.with(ProofVerdict::NotTestable).next()
    {
        sheet.text(Ink::Faint, 4, &format!("not testable: {}", untested.note));
    }
}

/// "2026-10-03  merchant 7 · expected 10.00 PEN · actual 9.00 PEN · difference +1.00 PEN".
fn failure(proof: &Proof) -> String {
    let currency = proof
        .currency
        .map_or_else(String::new, |currency| format!(" {currency}"));
    let figure = |name, text: Option<String>| text.map(|text| format!("{name} {text}{currency}"));
    let plain = |amount: Option<_>| amount.map(|amount| grouped(amount, proof.currency));
    let place = overview::place(proof).map(str::to_owned);
    let figures = [
        figure("expected", plain(proof.expected)),
        figure("actual", plain(proof.actual)),
        figure(
            "difference",
            proof
                .difference
                .map(|amount| signed(amount, proof.currency)),
        ),
    ];
    let facts: Vec<_> = place.chain(figures.into_iter().flatten()).collect();
    let date = proof
        .date
        .map_or_else(|| "no date   ".to_owned(), |date| date.to_string());
    format!("{date}  {}", facts.join(" · "))
}

fn completeness(run: &Run<'_>, sheet: &mut Sheet) {
    let Some(certificate) = run.certificate else {
        return;
    };
    sheet.heading("Completeness");
    let reasons = overview::reasons(certificate);
    let ink = if certificate.verdict.is_proven() {
        Ink::Good
    } else {
        Ink::Bad
    };
    sheet.text(ink, 2, &overview::completeness(certificate));
    for reason in reasons.iter().take(EXAMPLES) {
        sheet.text(Ink::Plain, 4, reason);
    }
    let more = reasons.len().saturating_sub(EXAMPLES);
    if more > 0 {
        let rest = format!("… and {} more in certificate.json", count(more));
        sheet.text(Ink::Faint, 4, &rest);
    }
}

/// What each rule ties, and what is to be known of the search.
fn matches(run: &Run<'_>, sheet: &mut Sheet) {
    let (rules, notes) = (overview::by_rule(run), &run.outcome.notes);
    if rules.is_empty() && notes.is_empty() {
        return;
    }
    sheet.heading("Matches");
    for rule in rules {
        sheet.text(Ink::Plain, 2, &rule_line(&rule));
    }
    for note in notes {
        sheet.text(Ink::Faint, 2, &format!("Note: {note}"));
    }
}

/// "by batch: 14 matches, 2 of several rows: 60 ledger entries with 14 records".
fn rule_line(rule: &RuleGroup) -> String {
    let matches = counted(rule.matches, "match", "matches");
    let several = (rule.groups > 0).then(|| {
        format!(
            "{} of several rows: {} with {}",
            count(rule.groups),
            counted(rule.ledger_rows, "ledger entry", "ledger entries"),
            counted(rule.record_rows, "record", "records"),
        )
    });
    let allowed =
        (!rule.net.is_empty()).then(|| format!("allowed {}", overview::nets(&rule.net, ", ")));
    let facts = [Some(matches), several, allowed];
    let facts: Vec<_> = facts.into_iter().flatten().collect();
    format!("{}: {}", rule.rule, facts.join(", "))
}

/// Where the residual lies, and what became of each layer.
fn layers(run: &Run<'_>, sheet: &mut Sheet) {
    let ladders = layers::ladders(run);
    if ladders.is_empty() {
        return;
    }
    sheet.heading("Where it lies");
    for ladder in ladders {
        let line = format!("{}: {}", ladder.name(), ladder.located());
        sheet.text(Ink::Strong, 2, &line);
        for step in &ladder.steps {
            let ink = match step.state {
                State::Ties => Ink::Plain,
                State::Open => Ink::Bad,
                State::Untested => continue,
            };
            let (title, state) = (step.layer.title(), step.state.word());
            sheet.text(ink, 4, &format!("{title}, {state}: {}", step.words));
        }
        let untested = ladder.untested();
        if !untested.is_empty() {
            sheet.text(Ink::Faint, 4, &format!("not tested: {untested}"));
        }
    }
}
