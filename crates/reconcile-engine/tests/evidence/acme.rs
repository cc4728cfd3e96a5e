//! A gateway with terminals that are reconciled every six hours: the statement
//! of a batch is one for the whole and one for each card scheme.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, civil::date, tz::TimeZone};
use reconcile_core::{
    BatchLine, Certificate, CertifiedQuery, Descriptor, Direction, Figure, Identity, Kind, Law,
    LocalDay, Money, Part, Record, Sign, Statement, Status, Verdict, Window,
};
use reconcile_engine::{Listing, Period, Proof, ProofVerdict, prove};
use rust_decimal::{Decimal, dec};

/// How long a batch lasts.
const HOURS: i64 = 6;

/// What the gateway declares.
pub(crate) fn identities() -> Vec<Identity> {
    let pairs = vec![
        ("pos_debit", "host_debit"),
        ("pos_debit_count", "host_debit_count"),
        ("pos_total", "host_total"),
    ];
    let verdict = Law::Verdict {
        flag: "balanced",
        pairs: pairs.clone(),
    };
    let paid = || BatchLine::new([Kind::Payment], [Status::Succeeded]);
    let refunded = || BatchLine::new([Kind::Refund], [Status::Succeeded]);
    let receipts = vec![
        paid().amount("purchase").count("purchase_count"),
        refunded().amount("refund").count("refund_count"),
        paid().amount("pos_debit").count("pos_debit_count"),
        refunded().amount("pos_credit"),
    ];
    let stan = Law::Sequence {
        kinds: vec![Kind::Payment, Kind::Refund],
        attribute: "stan",
    };
    let closing = Law::VerdictPresent {
        flag: "closed",
        days: "verdict_days",
        within_days: 3,
    };
    let parts = Law::Parts {
        total: "total",
        part: "pos_total",
    };
    [
        ("sides", Law::Equal { pairs }),
        ("balanced", verdict),
        ("schemes", parts),
        ("net", difference("total", "purchase", "refund")),
        (
            "scheme_net",
            difference("pos_total", "pos_debit", "pos_credit"),
        ),
        ("counts", sum("count", "purchase_count", "refund_count")),
        ("periods", Law::Tiles),
        ("receipts", Law::Batch { lines: receipts }),
        ("stan", stan),
        ("closing", closing),
    ]
    .map(|(name, law)| Identity::new(name, "as it is to be", law))
    .into()
}

/// The identity with this name.
pub(crate) fn identity(name: &str) -> Identity {
    let mut identities = identities().into_iter();
    identities.find(|identity| identity.name == name).unwrap()
}

fn difference(total: &'static str, plus: &'static str, minus: &'static str) -> Law {
    composition(total, [(plus, Sign::Plus), (minus, Sign::Minus)])
}

fn sum(total: &'static str, one: &'static str, other: &'static str) -> Law {
    composition(total, [(one, Sign::Plus), (other, Sign::Plus)])
}

fn composition(total: &'static str, parts: [(&'static str, Sign); 2]) -> Law {
    let parts = parts.map(|(figure, sign)| Part { figure, sign });
    Law::Composition {
        total,
        parts: parts.into(),
    }
}

/// What the gateway lists and states.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) records: Vec<Record>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) certificate: Certificate,
}

impl World {
    /// So many batches of each of two terminals, with statements that are true
    /// of these receipts: terminal and batch, scheme, and whether it is a refund
    /// and succeeded.
    pub(crate) fn of(batches: usize, receipts: &[(usize, usize, &str, bool, bool)]) -> Self {
        let mut records = Vec::new();
        for (place, &(terminal, batch, scheme, refund, succeeded)) in receipts.iter().enumerate() {
            let seconds = i64::try_from(place).unwrap();
            let at = period(batch).from() + SignedDuration::from_secs(600 + seconds);
            // Every amount is another.
            let amount = Decimal::new(1000 + seconds * 137, 2);
            let id = format!("R-{place}");
            let mut record = receipt(&id, terminal, scheme, amount, at);
            if refund {
                (record.kind, record.direction) = (Kind::Refund, Direction::Debit);
            }
            if !succeeded {
                record.status = Status::Failed;
            }
            records.push(record);
        }
        number(&mut records);
        let mut statements = Vec::new();
        for terminal in 0..2 {
            for batch in 0..batches {
                statements.extend(stated(terminal, batch, &records));
            }
        }
        Self {
            records,
            statements,
            certificate: certificate(batches),
        }
    }

    /// One batch of three sales and a refund, and one of a single sale.
    pub(crate) fn small() -> Self {
        Self::of(
            2,
            &[
                (0, 0, "P1", false, true),
                (0, 0, "P1", false, true),
                (0, 0, "VC", false, true),
                (0, 0, "VC", true, true),
                (0, 1, "P1", false, true),
            ],
        )
    }

    /// The statement of a batch of the first terminal, whole or part.
    pub(crate) fn statement(&mut self, batch: usize, scope: Option<&str>) -> &mut Statement {
        let id = batch_id(0, batch);
        let mut statements = self.statements.iter_mut();
        statements
            .find(|statement| statement.id == id && statement.scope.as_deref() == scope)
            .unwrap()
    }

    /// Tests one identity.
    pub(crate) fn test(&self, name: &str) -> Vec<Proof> {
        self.test_all(&[identity(name)])
    }

    pub(crate) fn test_all(&self, identities: &[Identity]) -> Vec<Proof> {
        let listing = self.listing();
        prove(identities, &self.statements, Some(&listing), None)
    }

    /// The records with their certificate.
    pub(crate) fn listing(&self) -> Listing {
        let mut listing = uncertified();
        for record in &self.records {
            listing.push(record);
        }
        listing.certify(&self.certificate);
        listing
    }
}

/// An empty listing without a certificate.
pub(crate) fn uncertified() -> Listing {
    let zone = TimeZone::get("Asia/Riyadh").unwrap();
    Listing::of(&Descriptor::new("acme", "Acme", zone).with_identities(identities()))
}

/// Those that fail.
pub(crate) fn failures(proofs: &[Proof]) -> Vec<&Proof> {
    with(proofs, ProofVerdict::Fails)
}

/// Those that cannot be tested.
pub(crate) fn open(proofs: &[Proof]) -> Vec<&Proof> {
    with(proofs, ProofVerdict::NotTestable)
}

fn with(proofs: &[Proof], verdict: ProofVerdict) -> Vec<&Proof> {
    let proofs = proofs.iter();
    proofs.filter(|proof| proof.verdict == verdict).collect()
}

/// The name of a terminal's batch.
pub(crate) fn batch_id(terminal: usize, batch: usize) -> String {
    format!("B-{terminal}-{batch}")
}

/// A sale that succeeded, without a number.
pub(crate) fn receipt(
    id: &str,
    terminal: usize,
    scheme: &str,
    amount: Decimal,
    at: Timestamp,
) -> Record {
    let money = Money::new(amount, "SAR".parse().unwrap());
    let sale = (Kind::Payment, Direction::Credit);
    Record {
        account: Some(format!("T-{terminal}")),
        method: Some(scheme.to_owned()),
        ..Record::new("acme", id, sale, Status::Succeeded, money, at)
    }
}

/// Numbers the receipts of each terminal, beginning shortly before the wrap.
fn number(records: &mut [Record]) {
    records.sort_by_key(|record| record.created_at);
    let mut last: BTreeMap<Option<String>, i64> = BTreeMap::new();
    for record in records {
        let last = last.entry(record.account.clone()).or_insert(999_997);
        *last = *last % 999_999 + 1;
        let stan = format!("{last:06}");
        record.attributes.insert("stan".to_owned(), stan.into());
    }
}

/// The instant at which the first batch begins: midnight in Riyadh.
pub(crate) fn start() -> Timestamp {
    "2026-01-04T21:00:00Z".parse().unwrap()
}

pub(crate) fn period(batch: usize) -> Window {
    let at = |batch| start() + since_start(batch);
    Window::new(at(batch), at(batch + 1)).unwrap()
}

fn since_start(batch: usize) -> SignedDuration {
    SignedDuration::from_hours(i64::try_from(batch).unwrap() * HOURS)
}

/// The days of the world.
pub(crate) fn days() -> Period {
    Period::new(date(2026, 1, 5), date(2026, 1, 20))
}

fn certificate(batches: usize) -> Certificate {
    let window = Window::new(start(), period(batches).from()).unwrap();
    Certificate {
        provider: "acme".to_owned(),
        query: CertifiedQuery {
            asked: window,
            read: window,
            kinds: BTreeSet::from([Kind::Payment, Kind::Refund]),
        },
        instant: window.to(),
        verdict: Verdict::Complete,
        distinct: 0,
        duplicates: 0,
        changed_while_paging: 0,
        set_aside: 0,
        totals: Vec::new(),
        pages: Vec::new(),
    }
}

/// What the gateway states of a batch: the whole, then each scheme.
fn stated(terminal: usize, batch: usize, records: &[Record]) -> Vec<Statement> {
    let account = format!("T-{terminal}");
    let of_batch = records.iter().filter(|record| {
        record.account.as_ref() == Some(&account)
            && period(batch).contains(record.created_at)
            && record.status == Status::Succeeded
    });
    let of_batch: Vec<_> = of_batch.collect();
    let schemes: BTreeSet<_> = of_batch.iter().map(|r| r.method.clone()).collect();
    let whole = statement(terminal, batch, None, whole_figures(&of_batch));
    let parts = schemes.into_iter().map(|scheme| {
        let of_scheme = of_batch.iter().filter(|record| record.method == scheme);
        let figures = part_figures(&of_scheme.copied().collect::<Vec<_>>());
        statement(terminal, batch, scheme, figures)
    });
    std::iter::once(whole).chain(parts).collect()
}

fn whole_figures(records: &[&Record]) -> Vec<(&'static str, Figure)> {
    let ((debit, debits), (credit, credits)) = tally(records);
    vec![
        ("purchase", Figure::Amount(debit)),
        ("purchase_count", Figure::Count(debits)),
        ("refund", Figure::Amount(credit)),
        ("refund_count", Figure::Count(credits)),
        ("total", Figure::Amount(debit - credit)),
        ("count", Figure::Count(debits + credits)),
        ("balanced", Figure::Flag(true)),
        ("closed", Figure::Flag(true)),
        ("verdict_days", Figure::Count(2)),
    ]
}

fn part_figures(records: &[&Record]) -> Vec<(&'static str, Figure)> {
    let ((debit, debits), (credit, _)) = tally(records);
    vec![
        ("pos_debit", Figure::Amount(debit)),
        ("host_debit", Figure::Amount(debit)),
        ("pos_debit_count", Figure::Count(debits)),
        ("host_debit_count", Figure::Count(debits)),
        ("pos_credit", Figure::Amount(credit)),
        ("pos_total", Figure::Amount(debit - credit)),
        ("host_total", Figure::Amount(debit - credit)),
        ("balanced", Figure::Flag(true)),
    ]
}

/// Amount and number of the sales, and of the refunds.
fn tally(records: &[&Record]) -> ((Decimal, u64), (Decimal, u64)) {
    let of = |kind| {
        let amounts = records.iter().filter(|record| record.kind == kind);
        amounts.fold((dec!(0), 0), |(sum, count), record| {
            (sum + record.amount.amount, count + 1)
        })
    };
    (of(Kind::Payment), of(Kind::Refund))
}

fn statement(
    terminal: usize,
    batch: usize,
    scope: Option<String>,
    figures: Vec<(&'static str, Figure)>,
) -> Statement {
    let day = date(2026, 1, 5).saturating_add(since_start(batch));
    let figures = figures.into_iter();
    Statement {
        provider: "acme".to_owned(),
        id: batch_id(terminal, batch),
        account: Some(format!("T-{terminal}")),
        scope,
        period: period(batch),
        day: Some(LocalDay {
            date: day,
            zone: "Asia/Riyadh".to_owned(),
        }),
        currency: "SAR".parse().unwrap(),
        figures: figures
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    }
}
