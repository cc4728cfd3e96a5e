//! A consistent world holds everywhere, and one change is found where it is.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use proptest::{prelude::*, sample::Index};
use reconcile_core::{Figure, Kind, Status, Window};
use reconcile_engine::{Book, Proof, ProofVerdict, prove};
use rust_decimal::{Decimal, dec};

use crate::acme::{World, batch_id, days, failures, identities, receipt};

/// Worlds of two terminals with at least two sales in every batch of the first.
fn worlds() -> impl Strategy<Value = World> {
    let scheme = prop::sample::select(vec!["P1", "P1", "VC", "MC"]);
    let receipt = (0..2_usize, 0..4_usize, scheme, any::<bool>(), 0..5_u8);
    prop::collection::vec(receipt, 0..40).prop_map(|receipts| {
        let sales = (0..8).map(|place| (0, place / 2, "P1", false, true));
        let others = receipts.into_iter();
        let others = others.map(|(t, b, scheme, refund, luck)| (t, b, scheme, refund, luck > 0));
        World::of(4, &sales.chain(others).collect::<Vec<_>>())
    })
}

/// Where a proof fails: identity, account, scope, statement, difference.
type Failure = (
    &'static str,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<Decimal>,
);

fn place(proof: &Proof) -> Failure {
    (
        proof.identity,
        proof.account.clone(),
        proof.scope.clone(),
        proof.statement.clone(),
        proof.difference,
    )
}

/// A failure of the first terminal.
fn at(
    identity: &'static str,
    scope: Option<&str>,
    batch: usize,
    difference: Option<Decimal>,
) -> Failure {
    let account = Some("T-0".to_owned());
    let batch = Some(batch_id(0, batch));
    (
        identity,
        account,
        scope.map(str::to_owned),
        batch,
        difference,
    )
}

fn test(world: &World) -> Vec<Proof> {
    let listing = world.listing();
    prove(
        &identities(),
        &world.statements,
        Some(&listing),
        Some(days()),
    )
}

/// One thing that is wrong, and where that is to be found.
fn plant(world: &mut World, kind: usize, batch: usize, which: Index) -> BTreeSet<Failure> {
    let p1 = Some("P1");
    let cent = Some(dec!(-0.01));
    let raise = |world: &mut World, scope, figure: &str| {
        let figures = &mut world.statement(batch, scope).figures;
        if let Some(Figure::Amount(amount)) = figures.get_mut(figure) {
            *amount += dec!(0.01);
        }
    };
    match kind {
        0 => {
            raise(world, p1, "host_debit");
            [
                at("sides", p1, batch, cent),
                at("balanced", p1, batch, cent),
                at("balanced", None, batch, cent),
            ]
            .into()
        }
        1 => {
            let figures = &mut world.statement(batch, p1).figures;
            figures.insert("balanced".to_owned(), Figure::Flag(false));
            [at("balanced", p1, batch, None)].into()
        }
        2 => {
            raise(world, None, "purchase");
            let cent_less = Some(dec!(0.01));
            [
                at("net", None, batch, cent_less),
                at("receipts", None, batch, cent),
            ]
            .into()
        }
        3 => {
            raise(world, None, "total");
            [
                at("net", None, batch, cent),
                at("schemes", None, batch, cent),
            ]
            .into()
        }
        4 => {
            // The gateway lists one receipt less than it settled.
            let sales = sales(world, batch);
            let position = sales[which.index(sales.len())];
            let lost = world.records.remove(position);
            let less = Some(-lost.amount.amount);
            let account = Some("T-0".to_owned());
            let mut failures = BTreeSet::from([
                at("receipts", None, batch, less),
                at("receipts", lost.method.as_deref(), batch, less),
            ]);
            let mut others = world.records.iter().filter(|r| r.account == account);
            let before = others.clone().any(|r| r.created_at < lost.created_at);
            let after = others.any(|r| r.created_at > lost.created_at);
            if before && after {
                failures.insert(("stan", account, None, None, Some(dec!(1))));
            }
            failures
        }
        5 => {
            // The gateway settled one receipt less than it lists.
            let amount = dec!(7777.77);
            let at_last = world.statement(batch, None).period.to() - SignedDuration::from_secs(1);
            let mut extra = receipt("R-extra", 0, "P1", amount, at_last);
            let of_terminal = world.records.iter().filter(|r| r.account == extra.account);
            let next = 999_998 + of_terminal.count();
            let stan = format!("{:06}", (next - 1) % 999_999 + 1);
            extra.attributes.insert("stan".to_owned(), stan.into());
            world.records.push(extra);
            [
                at("receipts", None, batch, Some(amount)),
                at("receipts", p1, batch, Some(amount)),
            ]
            .into()
        }
        6 | 7 => {
            let seconds = if kind == 6 { 1 } else { -1 };
            let id = batch_id(0, batch);
            for statement in world.statements.iter_mut().filter(|s| s.id == id) {
                let period = statement.period;
                let from = period.from() + SignedDuration::from_secs(seconds);
                statement.period = Window::new(from, period.to()).unwrap();
            }
            [at("periods", None, batch, Some(Decimal::from(-seconds)))].into()
        }
        8 => {
            let id = batch_id(0, batch);
            world.statements.retain(|statement| statement.id != id);
            let hours = Decimal::from(6 * 60 * 60);
            [at("periods", None, batch + 1, Some(-hours))].into()
        }
        9 => {
            let figures = &mut world.statement(batch, None).figures;
            figures.insert("closed".to_owned(), Figure::Flag(false));
            [at("closing", None, batch, None)].into()
        }
        _ => {
            let figures = &mut world.statement(batch, None).figures;
            figures.insert("verdict_days".to_owned(), Figure::Count(5));
            [at("closing", None, batch, Some(dec!(-2)))].into()
        }
    }
}

/// Where the sales of a batch of the first terminal stand.
fn sales(world: &mut World, batch: usize) -> Vec<usize> {
    let period = world.statement(batch, None).period;
    let places = world.records.iter().enumerate();
    let sales = places.filter(|(_, record)| {
        record.account.as_deref() == Some("T-0")
            && record.kind == Kind::Payment
            && record.status == Status::Succeeded
            && period.contains(record.created_at)
    });
    sales.map(|(place, _)| place).collect()
}

proptest! {
    #[test]
    fn a_consistent_world_holds_everywhere(world in worlds()) {
        let proofs = test(&world);
        let failed = failures(&proofs);
        prop_assert!(failed.is_empty(), "{failed:#?}");
        for identity in identities() {
            let holds = |proof: &Proof| {
                proof.identity == identity.name && proof.verdict == ProofVerdict::Holds
            };
            prop_assert!(proofs.iter().any(holds), "{} is decided", identity.name);
        }
    }

    #[test]
    fn one_change_is_named_exactly(mut world in worlds(), kind in 0..11_usize, batch in 1..3_usize, which in any::<Index>()) {
        let expected = plant(&mut world, kind, batch, which);
        let proofs = test(&world);
        let failed = failures(&proofs);
        let found: BTreeSet<_> = failed.iter().map(|proof| place(proof)).collect();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(failed.len(), expected.len());
        if kind == 5 {
            prop_assert!(failed.iter().all(|proof| proof.records == ["R-extra"]));
        }
        let books = Book::new();
        let breaks: Vec<_> = failed.iter().filter_map(|proof| proof.to_break()).collect();
        let ids: BTreeSet<_> = breaks.iter().map(|found| found.id(&books, &books)).collect();
        prop_assert_eq!(ids.len(), failed.len());
    }

    #[test]
    fn the_order_of_the_input_changes_nothing(mut world in worlds(), kind in 0..11_usize, which in any::<Index>()) {
        plant(&mut world, kind, 1, which);
        let proofs = test(&world);
        world.records.reverse();
        let middle = which.index(world.statements.len());
        world.statements.rotate_left(middle);
        prop_assert_eq!(test(&world), proofs);
    }
}
