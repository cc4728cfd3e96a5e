//! A provider that states its days and its batches truly, and what is wrong with
//! one of them: proofs know no rules, so that what is found is the engine's own.

mod batches;
mod days;

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};
use reconcile_core::{
    Certificate, CertifiedQuery, Currency, Descriptor, Figure, Identity, Kind, Record, Statement,
    Verdict, Window,
};
use rust_decimal::Decimal;

use super::{
    Tested,
    terms::unit,
    world::{CURRENCIES, currency, period},
};
use crate::{BreakCode, Listing, prove};

/// Plants what is wrong under this code in statements of each currency, one at a
/// time, and holds what fails against it.
pub(super) fn test(code: BreakCode, tested: &mut Tested) {
    let mistakes = days::MISTAKES.iter().chain(batches::MISTAKES);
    for mistake in mistakes.filter(|mistake| mistake.code == code) {
        for name in CURRENCIES {
            let mut stated = (mistake.of)(currency(name));
            (mistake.make)(&mut stated);
            tested.judge(code, mistake.name, &stated.failures());
        }
    }
}

/// Statements without a mistake, whose failures are false alarms.
pub(super) fn test_clean(tested: &mut Tested) {
    for name in CURRENCIES {
        for stated in [
            days::stated(currency(name)),
            batches::stated(currency(name)),
        ] {
            for code in stated.failures() {
                *tested.false_alarms.entry(code).or_default() += 1;
            }
        }
    }
}

/// Something that is wrong with what a provider states.
struct Mistake {
    code: BreakCode,
    /// What was done, in words.
    name: &'static str,
    /// What is stated before.
    of: fn(Currency) -> Stated,
    make: fn(&mut Stated),
}

/// What a provider lists, and what it states of that.
struct Stated {
    currency: Currency,
    identities: Vec<Identity>,
    records: Vec<Record>,
    statements: Vec<Statement>,
}

impl Stated {
    /// The codes under which proofs fail.
    fn failures(&self) -> BTreeSet<BreakCode> {
        let descriptor = Descriptor::new("acme", "Acme", TimeZone::UTC);
        let descriptor = descriptor.with_identities(self.identities.clone());
        let mut listing = Listing::of(&descriptor);
        for record in &self.records {
            listing.push(record);
        }
        if let Some(certificate) = certificate() {
            listing.certify(&certificate);
        }
        let proofs = prove(
            &self.identities,
            &self.statements,
            Some(&listing),
            Some(period()),
        );
        let breaks = proofs.iter().filter_map(crate::Proof::to_break);
        breaks.map(|found| found.code).collect()
    }

    /// Changes a figure of a statement by so many minor units.
    fn shift(&mut self, place: usize, figure: &str, units: i64) {
        let by = unit(self.currency) * Decimal::from(units);
        let statement = self.statements.get_mut(place);
        if let Some(Figure::Amount(amount)) = statement.and_then(|it| it.figures.get_mut(figure)) {
            *amount += by;
        }
    }

    /// Says something else of a statement.
    fn say(&mut self, place: usize, name: &str, figure: Figure) {
        if let Some(statement) = self.statements.get_mut(place) {
            statement.figures.insert(name.to_owned(), figure);
        }
    }
}

/// Everything within the period was read.
fn certificate() -> Option<Certificate> {
    let days = period();
    let window = Window::days(days.from, days.to, &TimeZone::UTC).ok()?;
    Some(Certificate {
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
    })
}

/// So many hours after the period begins.
fn hour(hours: i64) -> Timestamp {
    let first = TimeZone::UTC.to_timestamp(period().from.into());
    let hours = jiff::SignedDuration::from_hours(hours);
    first
        .unwrap_or_default()
        .saturating_add(hours)
        .unwrap_or_default()
}
