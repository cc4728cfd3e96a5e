//! A small month with a break of most kinds, hostile texts included.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date, civil::date};
use reconcile_core::{
    Certificate, CertifiedQuery, Currency, Direction, Figure, Identity, Kind, Law, LocalDay,
    PageEvidence, Statement, Status, Verdict, Window,
};
use reconcile_engine::{
    Absence, Book, Context, Outcome, Proof, Row, Rules, Severity, prove, reconcile,
};
use reconcile_report::Run;
use rust_decimal::{Decimal, dec};

/// A description that tries to leave its script, and is partly right to left.
pub(crate) const HOSTILE: &str = "</script><script>alert(\"1\")</script> & 'رقم ١٢' \u{2028}";

/// An id that tries to be a formula, and holds the separator of ids.
pub(crate) const FORMULA: &str = "=cmd|' /C calc'!A0";

pub(crate) struct Month {
    ledger: Book,
    records: Book,
    outcome: Outcome,
    proofs: Vec<Proof>,
    certificate: Certificate,
}

impl Month {
    /// The whole month: matches, breaks, proofs and a complete certificate.
    pub(crate) fn new() -> Self {
        let ledger = [
            row("L-1", "order-1", dec!(1234.5), "PEN"),
            row("L-2", "order-2", dec!(30), "PEN"),
            row("L-3", "order-3", dec!(12.5), "PEN"),
            row("L-5", "order-5", dec!(1500.0), "JPY"),
            Row {
                description: Some(HOSTILE),
                ..row(FORMULA, "order-6", dec!(0.125), "KWD")
            },
            payout("L-8", "payout-1", dec!(40)),
            row("L-9", "order-9", dec!(9), "PEN"),
        ];
        let records = [
            record("P-1", "order-1", dec!(1234.5), "PEN"),
            Row {
                fee: Some(dec!(1.47)),
                ..record("P-2", "order-2", dec!(28.53), "PEN")
            },
            record("P-4", "order-4", dec!(7), "USD"),
            record("P-5", "order-5", dec!(1500), "JPY"),
            Row {
                status: Some(Status::Failed),
                ..record("P-7", "order-7", dec!(3), "PEN")
            },
            payout("P-8", "payout-1", dec!(40)),
            record("P-9", "order-9", dec!(9), "USD"),
        ];
        Self::of(&ledger, &records, &statements())
    }

    /// A month in which everything agrees.
    pub(crate) fn clean() -> Self {
        let ledger = [row("L-1", "order-1", dec!(30), "PEN")];
        let records = [record("P-1", "order-1", dec!(30), "PEN")];
        Self::of(&ledger, &records, &[])
    }

    /// A pair a cent apart, which is tolerated, and one ten apart, which is not.
    pub(crate) fn tolerated() -> Self {
        let ledger = book(&[
            row("L-1", "order-1", dec!(30.01), "PEN"),
            row("L-2", "order-2", dec!(1030), "PEN"),
        ]);
        let records = book(&[
            record("P-1", "order-1", dec!(30), "PEN"),
            record("P-2", "order-2", dec!(1020), "PEN"),
        ]);
        let mut rules = Rules::default();
        rules.tolerance.others.absolute = dec!(0.01);
        let context = Context {
            as_of: AS_OF,
            period: None,
            proof_of_absence: Absence::Proven,
        };
        Self {
            outcome: reconcile(&ledger, &records, &rules, &context).unwrap(),
            ledger,
            records,
            ..Self::clean()
        }
    }

    /// Rows that agree within a month whose balances do not follow from each
    /// other; of the failures, those of the first day are over records.
    pub(crate) fn totals_apart() -> Self {
        let mut statements = statements();
        for statement in &mut statements {
            let balance = *statement.figures.get("totalBalance").unwrap();
            statement.figures.insert("netAmount".to_owned(), balance);
        }
        let mut proofs = prove(&identities(), &statements, None, None);
        for proof in &mut proofs {
            proof.over_records = proof.date == Some(date(2026, 10, 2));
        }
        Self {
            proofs,
            ..Self::clean()
        }
    }

    /// A booking whose payment failed, beside one that both sides say failed and one
    /// that only the provider has.
    pub(crate) fn failed() -> Self {
        let failed = |row| Row {
            status: Some(Status::Failed),
            ..row
        };
        let ledger = [
            row("L-1", "order-1", dec!(30), "PEN"),
            failed(row("L-2", "order-2", dec!(20), "PEN")),
        ];
        let records = [
            failed(record("P-1", "order-1", dec!(30), "PEN")),
            failed(record("P-2", "order-2", dec!(20), "PEN")),
            failed(record("P-3", "order-3", dec!(7), "PEN")),
            failed(record("P-4", "order-4", dec!(8), "USD")),
        ];
        Self::of(&ledger, &records, &[])
    }

    /// Nothing but a settlement batch whose sides differ in a number.
    pub(crate) fn unbalanced() -> Self {
        let pairs = vec![("terminal_count", "host_count")];
        let law = Law::Equal { pairs };
        let mut batch = statement(1, dec!(0), dec!(0));
        batch.scope = Some("VC".to_owned());
        batch.figures = BTreeMap::from([
            ("terminal_count".to_owned(), Figure::Count(1204)),
            ("host_count".to_owned(), Figure::Count(1203)),
        ]);
        let identity = Identity::new("sides", "Both sides are equal", law);
        Self {
            proofs: prove(&[identity], &[batch], None, None),
            ..Self::of(&[], &[], &[])
        }
    }

    /// The month with its input rows in the opposite order.
    pub(crate) fn reversed() -> Self {
        let month = Self::new();
        let backwards = |book: &Book| {
            let mut rows: Vec<_> = book.iter().collect();
            rows.reverse();
            self::book(&rows)
        };
        let (ledger, records) = (backwards(&month.ledger), backwards(&month.records));
        let outcome = outcome(&ledger, &records);
        Self {
            ledger,
            records,
            outcome,
            ..month
        }
    }

    /// Breaks on both sides of the limits of every age, of both signs.
    pub(crate) fn aged() -> Self {
        let ages = [-1_i64, 0, 1, 2, 7, 8, 30, 31, 90, 91, 400];
        let ids: Vec<_> = ages.iter().map(|age| format!("{age} days")).collect();
        let rows = ages.iter().zip(&ids).map(|(age, id)| Row {
            date: AS_OF - age.days(),
            ..row(id, id, dec!(0.1), "PEN")
        });
        let ledger: Vec<_> = rows.collect();
        let records = [
            record("P-1", "order-1", dec!(7), "USD"),
            record("P-2", "order-2", dec!(7), "PEN"),
        ];
        Self::of(&ledger, &records, &statements())
    }

    /// A month with something to be known of its search.
    pub(crate) fn noted() -> Self {
        let mut month = Self::new();
        let note = "the search gave up on دفعة, 7 < 8".to_owned();
        month.outcome.notes.push(note);
        month
    }

    /// Breaks that need less attention than their code mostly does.
    pub(crate) fn eased() -> Self {
        let mut month = Self::long();
        for broken in &mut month.outcome.breaks {
            broken.severity = Severity::Low;
        }
        month
    }

    /// One break with so many rows at the provider.
    pub(crate) fn crowded(rows: usize) -> Self {
        let ids: Vec<_> = (0..rows).map(|number| format!("P-{number:03}")).collect();
        let records: Vec<_> = ids
            .iter()
            .map(|id| record(id, id, dec!(1), "PEN"))
            .collect();
        let mut month = Self::of(&[], &records, &[]);
        let mut breaks = month.outcome.breaks.drain(..);
        let mut first = breaks.next().unwrap();
        first.records.extend(breaks.flat_map(|other| other.records));
        month.outcome.breaks = vec![first];
        month
    }

    /// Matches of rows that have ids of every kind that a file could misread.
    pub(crate) fn of_hostile_ids() -> Self {
        let ids = [
            FORMULA,
            "a|b",
            "a\\b",
            "a,b",
            "say \"a\"",
            "'=1",
            "-1",
            "\t1",
            "",
            "L-1",
        ];
        let rows: Vec<_> = ids
            .iter()
            .map(|id| row(id, if id.is_empty() { "none" } else { id }, dec!(1), "PEN"))
            .collect();
        Self::of(&rows, &rows, &[])
    }

    /// The month with so many breaks that the page cannot hold them all as HTML.
    pub(crate) fn long() -> Self {
        let ids: Vec<_> = (0..250).map(|number| format!("L-{number:03}")).collect();
        let rows: Vec<_> = ids.iter().map(|id| row(id, id, dec!(1), "PEN")).collect();
        Self::of(&rows, &[], &[])
    }

    /// Replaces the verdict of the certificate.
    pub(crate) fn with_verdict(mut self, verdict: Verdict) -> Self {
        self.certificate.verdict = verdict;
        self
    }

    pub(crate) fn run(&self) -> Run<'_> {
        Run {
            title: "TuPay, October 2026".to_owned(),
            provider: Some("tupay"),
            ledger: &self.ledger,
            records: &self.records,
            outcome: &self.outcome,
            proofs: &self.proofs,
            certificate: Some(&self.certificate),
            as_of: AS_OF,
            set_aside: 0,
            settled: None,
        }
    }

    fn of(ledger: &[Row<'_>], records: &[Row<'_>], statements: &[Statement]) -> Self {
        let (ledger, records) = (book(ledger), book(records));
        let outcome = outcome(&ledger, &records);
        Self {
            outcome,
            proofs: prove(&identities(), statements, None, None),
            certificate: certificate(),
            ledger,
            records,
        }
    }
}

/// One file of a run, as text; a table as CSV.
pub(crate) fn file(run: &Run<'_>, name: &str) -> String {
    let mut content = Vec::new();
    if let Some(document) = run.documents().find(|document| document.name == name) {
        (document.write)(run, &mut content).unwrap();
    } else {
        let mut tables = run.tables().into_iter();
        let table = tables.find(|table| name.strip_suffix(".csv") == Some(table.name));
        table.unwrap().write_csv(&mut content).unwrap();
    }
    String::from_utf8(content).unwrap()
}

const AS_OF: Date = date(2026, 10, 31);

fn outcome(ledger: &Book, records: &Book) -> Outcome {
    let context = Context {
        as_of: AS_OF,
        period: None,
        proof_of_absence: Absence::Proven,
    };
    reconcile(ledger, records, &Rules::default(), &context).unwrap()
}

fn book(rows: &[Row<'_>]) -> Book {
    let mut book = Book::new();
    for &row in rows {
        book.push(row).unwrap();
    }
    book
}

fn row<'a>(id: &'a str, reference: &'a str, amount: Decimal, currency: &str) -> Row<'a> {
    Row {
        id,
        reference: Some(reference),
        amount,
        currency: currency.parse().unwrap(),
        direction: Direction::Credit,
        kind: Some(Kind::Payment),
        status: None,
        date: date(2026, 10, 1),
        settled: None,
        fee: None,
        tax: None,
        account: None,
        method: None,
        description: None,
    }
}

fn record<'a>(id: &'a str, reference: &'a str, amount: Decimal, currency: &str) -> Row<'a> {
    Row {
        status: Some(Status::Succeeded),
        account: Some("merchant-7"),
        ..row(id, reference, amount, currency)
    }
}

fn payout<'a>(id: &'a str, reference: &'a str, amount: Decimal) -> Row<'a> {
    Row {
        direction: Direction::Debit,
        kind: Some(Kind::Payout),
        status: Some(Status::Succeeded),
        ..row(id, reference, amount, "PEN")
    }
}

fn identities() -> [Identity; 1] {
    [Identity::new(
        "balance_roll_forward",
        "Balance follows from the day before",
        Law::RollForward {
            balance: "totalBalance",
            movement: "netAmount",
        },
    )]
}

/// Three days of which the last does not follow from the one before.
fn statements() -> Vec<Statement> {
    let figures = [
        (dec!(104642.98), dec!(0)),
        (dec!(104655.38), dec!(12.4)),
        (dec!(104655.38), dec!(5)),
    ];
    let days = (1_i64..).zip(figures);
    days.map(|(day, (balance, movement))| statement(day, balance, movement))
        .collect()
}

fn statement(day: i64, balance: Decimal, movement: Decimal) -> Statement {
    let date = date(2026, 10, 1) + (day - 1).days();
    let next = date + 1.day();
    let zone = jiff::tz::TimeZone::UTC;
    Statement {
        provider: "tupay".to_owned(),
        id: format!("merchant-7/{date}/PEN"),
        account: Some("merchant-7".to_owned()),
        scope: None,
        period: Window::days(date, next, &zone).unwrap(),
        day: Some(LocalDay {
            date,
            zone: "UTC".to_owned(),
        }),
        currency: "PEN".parse::<Currency>().unwrap(),
        figures: BTreeMap::from([
            ("totalBalance".to_owned(), Figure::Amount(balance)),
            ("netAmount".to_owned(), Figure::Amount(movement)),
        ]),
    }
}

fn certificate() -> Certificate {
    let window =
        |from: &str, to: &str| Window::new(from.parse().unwrap(), to.parse().unwrap()).unwrap();
    let whole = window("2026-10-01T00:00:00Z", "2026-10-31T00:00:00Z");
    let page = |window, index| {
        let mut page = PageEvidence::new("deposits", window, index, b"[]");
        page.rows_seen = 4;
        page
    };
    Certificate {
        provider: "tupay".to_owned(),
        query: CertifiedQuery {
            asked: whole,
            read: whole,
            kinds: [Kind::Payment].into(),
        },
        instant: "2026-10-31T06:00:00Z".parse().unwrap(),
        verdict: Verdict::Complete,
        distinct: 7,
        duplicates: 1,
        changed_while_paging: 0,
        set_aside: 0,
        totals: Vec::new(),
        pages: vec![
            page(window("2026-10-01T00:00:00Z", "2026-10-16T00:00:00Z"), 0),
            page(window("2026-10-16T00:00:00Z", "2026-10-31T00:00:00Z"), 0),
            page(window("2026-10-16T00:00:00Z", "2026-10-31T00:00:00Z"), 1),
        ],
    }
}
