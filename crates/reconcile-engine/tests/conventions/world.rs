//! A gateway that pays out, and states of each day what that came to, by a
//! convention that it keeps to itself.

use std::collections::BTreeSet;

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, date, time},
    tz::TimeZone,
};
use reconcile_core::{
    Basis, Certificate, CertifiedQuery, Convention, Conventions, Counting, Currency, DateField,
    DayBounds, Descriptor, Direction, Figure, Identity, Kind, Law, LocalDay, Money, Record, Signs,
    Statement, Status, Statuses, Verdict, Window,
};
use reconcile_engine::{Listing, Proof, ProofVerdict, prove};
use rust_decimal::Decimal;

/// The first day of the month that is pulled.
pub(crate) const FIRST: Date = date(2026, 3, 2);

/// How many days are stated.
pub(crate) const DAYS: i64 = 14;

/// What it may do, as far as is known.
pub(crate) fn space() -> Conventions {
    let statuses = [
        Statuses::of(["DONE"]),
        Statuses::of(["DONE", "PAID"]),
        Statuses::Any,
    ];
    let lima = DayBounds::of("America/Lima").unwrap();
    let evening = DayBounds::UTC.cut_off(time(22, 0, 0, 0));
    Conventions::new(
        statuses,
        [Basis::Settled, Basis::SettledLessFee, Basis::Amount],
    )
    .dates([DateField::Created, DateField::Updated])
    .days([DayBounds::UTC, lima, evening])
    .signs([Signs::Unsigned, Signs::ByDirection])
}

pub(crate) fn sought() -> Identity {
    identity(Counting::Sought(space()))
}

pub(crate) fn locked(convention: &str) -> Identity {
    let mut identity = sought();
    assert!(identity.lock(convention.parse().unwrap()));
    identity
}

fn identity(counting: Counting) -> Identity {
    let law = Law::DayTotal {
        total: "paid",
        kinds: vec![Kind::Payout],
        counting,
    };
    Identity::new("paid_total", "the payouts of a day come to its total", law)
}

pub(crate) fn usd() -> Currency {
    "USD".parse().unwrap()
}

pub(crate) fn day(number: i64) -> Date {
    FIRST.checked_add(jiff::Span::new().days(number)).unwrap()
}

/// So many hours after the first midnight.
pub(crate) fn hour(hours: i64) -> Timestamp {
    let start: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(hours)
}

/// A payout; every number has other amounts, none of which is the sum of others.
pub(crate) fn payout(number: i64, status: &str, at: i64, changed_after: i64) -> Record {
    let settled = 100_003 * (number + 1) + number * number * 7;
    let money = |cents| Money::new(Decimal::new(cents, 2), usd());
    let paid_out = (Kind::Payout, Direction::Debit);
    let id = format!("R-{number}");
    let record = Record::new(
        "acme",
        id,
        paid_out,
        Status::Succeeded,
        money(settled * 3),
        hour(at),
    );
    Record {
        provider_status: status.to_owned(),
        settled: Some(money(settled)),
        fee: Some(money(50 + number)),
        updated_at: Some(hour(at + changed_after)),
        account: Some("M-1".to_owned()),
        ..record
    }
}

/// What is there, what is stated of it, and what of it is listed.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) records: Vec<Record>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) certificate: Certificate,
}

impl World {
    /// The records, and the totals that the convention makes of all of them. Only
    /// those that were created on the days that are stated are listed.
    pub(crate) fn of(records: Vec<Record>, convention: &str) -> Self {
        let convention: Convention = convention.parse().unwrap();
        let statements = (0..DAYS).map(|number| {
            let date = day(number);
            let of_day = records.iter().filter(|it| day_of(it, &convention) == date);
            let total = of_day.map(|it| weight(it, &convention)).sum();
            stated(number, total)
        });
        let read = Window::new(hour(0), hour(24 * DAYS)).unwrap();
        let statements = statements.collect();
        let listed = records
            .into_iter()
            .filter(|it| read.contains(it.created_at));
        Self {
            records: listed.collect(),
            statements,
            certificate: certificate(read),
        }
    }

    pub(crate) fn listing(&self) -> Listing {
        let descriptor = Descriptor::new("acme", "Acme", TimeZone::UTC);
        let mut listing = Listing::of(&descriptor.with_identities(vec![sought()]));
        for record in &self.records {
            listing.push(record);
        }
        listing.certify(&self.certificate);
        listing
    }

    pub(crate) fn test(&self, identity: &Identity) -> Vec<Proof> {
        let identities = [identity.clone()];
        prove(&identities, &self.statements, Some(&self.listing()), None)
    }

    /// Changes what is stated of a day.
    pub(crate) fn add_to(&mut self, number: i64, more: Decimal) {
        let figures = &mut self.statements[usize::try_from(number).unwrap()].figures;
        if let Some(Figure::Amount(amount)) = figures.get_mut("paid") {
            *amount += more;
        }
    }
}

/// Those with this verdict.
pub(crate) fn with(proofs: &[Proof], verdict: ProofVerdict) -> Vec<&Proof> {
    let proofs = proofs.iter();
    proofs.filter(|proof| proof.verdict == verdict).collect()
}

/// The day on which a record counts, told apart from the engine's way.
pub(crate) fn day_of(record: &Record, convention: &Convention) -> Date {
    let at = match convention.date {
        DateField::Updated => record.updated_at.unwrap(),
        _ => record.created_at,
    };
    let text = convention.to_string();
    // Two hours before midnight the next day begins; Lima is five hours behind.
    let shift = if text.contains("22:00") {
        2
    } else if text.contains("Lima") {
        -5
    } else {
        0
    };
    let shifted = at + SignedDuration::from_hours(shift);
    shifted.to_zoned(TimeZone::UTC).date()
}

/// What of a record counts.
pub(crate) fn weight(record: &Record, convention: &Convention) -> Decimal {
    if !convention.statuses.count(&record.provider_status) {
        return Decimal::ZERO;
    }
    let (settled, fee) = (record.settled.unwrap().amount, record.fee.unwrap().amount);
    let weight = match convention.basis {
        Basis::Settled => settled,
        Basis::SettledLessFee => settled - fee,
        _ => record.amount.amount,
    };
    match convention.signs {
        Signs::ByDirection => -weight,
        _ => weight,
    }
}

pub(crate) fn stated(number: i64, total: Decimal) -> Statement {
    Statement {
        provider: "acme".to_owned(),
        id: format!("D-{number}"),
        account: Some("M-1".to_owned()),
        scope: None,
        period: Window::new(hour(24 * number), hour(24 * (number + 1))).unwrap(),
        day: Some(LocalDay {
            date: day(number),
            zone: "UTC".to_owned(),
        }),
        currency: usd(),
        figures: [("paid".to_owned(), Figure::Amount(total))].into(),
    }
}

fn certificate(read: Window) -> Certificate {
    Certificate {
        provider: "acme".to_owned(),
        query: CertifiedQuery {
            asked: read,
            read,
            kinds: BTreeSet::from([Kind::Payout]),
        },
        instant: read.to(),
        verdict: Verdict::Complete,
        distinct: 0,
        duplicates: 0,
        changed_while_paging: 0,
        set_aside: 0,
        totals: Vec::new(),
        pages: Vec::new(),
    }
}
