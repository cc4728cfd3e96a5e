//! Laws about records: batches and sequences.

use jiff::SignedDuration;
use reconcile_core::{
    Attribute, BatchLine, Descriptor, Direction, Figure, Identity, Kind, Law, Status, Verdict,
    Window,
};
use reconcile_engine::{BreakCode, Listing, Proof, ProofVerdict, prove};
use rust_decimal::{Decimal, dec};

use crate::acme::{World, failures, identity, open, receipt, start, uncertified};

use ProofVerdict::{Holds, NotTestable};

fn set(world: &mut World, scope: Option<&str>, figure: &str, value: Figure) {
    let figures = &mut world.statement(0, scope).figures;
    *figures.get_mut(figure).unwrap() = value;
}

/// The failure at the whole of a world that has one.
fn failure(world: &World) -> Proof {
    let proofs = world.test("receipts");
    let failed = failures(&proofs);
    let mut wholes = failed.iter().filter(|proof| proof.scope.is_none());
    Proof::clone(wholes.next().unwrap())
}

#[test]
fn records_come_to_the_figures_of_wholes_and_parts() {
    let proofs = World::small().test("receipts");
    assert!(
        proofs.iter().all(|proof| proof.verdict == Holds),
        "{proofs:#?}"
    );
    assert_eq!(
        proofs[0].note,
        "3 records come to 34.11; stated purchase 34.11, purchase_count 3; \
         1 record comes to 14.11; stated refund 14.11, refund_count 1"
    );
    let scopes: Vec<_> = proofs.iter().map(|proof| proof.scope.as_deref()).collect();
    let (none, p1, vc) = (None, Some("P1"), Some("VC"));
    assert_eq!(scopes, [none, none, p1, p1, vc, none, none]);
}

#[test]
fn a_total_that_differs_by_a_minor_unit_is_named() {
    let mut world = World::small();
    set(&mut world, None, "purchase", Figure::Amount(dec!(34.10)));
    let proofs = world.test("receipts");
    let [failed] = failures(&proofs)[..] else {
        panic!("{proofs:#?}")
    };
    assert_eq!(failed.account.as_deref(), Some("T-0"));
    assert_eq!(failed.statement.as_deref(), Some("B-0-0"));
    assert_eq!(failed.subject.as_deref(), Some("purchase"));
    assert_eq!(failed.expected, Some(dec!(34.11)));
    assert_eq!(failed.actual, Some(dec!(34.10)));
    assert_eq!(failed.difference, Some(dec!(0.01)));
    assert!(failed.records.is_empty());
    assert_eq!(failed.to_break().unwrap().code, BreakCode::ControlTotal);
}

#[test]
fn a_number_that_differs_alone_is_a_count() {
    let mut world = World::small();
    set(&mut world, Some("P1"), "pos_debit_count", Figure::Count(3));
    let proofs = world.test("receipts");
    let [failed] = failures(&proofs)[..] else {
        panic!("{proofs:#?}")
    };
    assert_eq!(failed.scope.as_deref(), Some("P1"));
    assert_eq!(failed.subject.as_deref(), Some("pos_debit_count"));
    assert_eq!((failed.difference, failed.currency), (Some(dec!(-1)), None));
}

#[test]
fn a_record_that_the_total_leaves_out_is_named() {
    let mut world = World::small();
    set(&mut world, None, "purchase", Figure::Amount(dec!(22.74)));
    set(&mut world, None, "purchase_count", Figure::Count(2));
    let failed = failure(&world);
    assert_eq!(failed.records, ["R-1"]);
    assert_eq!(
        failed.note,
        "3 records come to 34.11; stated purchase 22.74, purchase_count 2; \
         without R-1 (11.37) they would agree"
    );
}

#[test]
fn two_records_that_the_total_leaves_out_are_named() {
    let mut world = World::small();
    set(&mut world, None, "purchase", Figure::Amount(dec!(10.00)));
    set(&mut world, None, "purchase_count", Figure::Count(1));
    let failed = failure(&world);
    assert_eq!(failed.records, ["R-1", "R-2"]);
    assert!(
        failed
            .note
            .ends_with("without R-1 (11.37) and R-2 (12.74) they would agree")
    );
}

#[test]
fn a_record_that_the_total_counts_in_spite_of_its_status_is_named() {
    let mut world = World::small();
    world.records[1].status = Status::Failed;
    let failed = failure(&world);
    assert_eq!(failed.difference, Some(dec!(-11.37)));
    assert_eq!(failed.records, ["R-1"]);
    assert!(
        failed
            .note
            .ends_with("; with R-1 (11.37, failed) they would agree")
    );
}

#[test]
fn a_record_that_the_total_counts_beyond_its_period_is_named() {
    let mut world = World::small();
    let stated = Figure::Amount(dec!(34.11) + dec!(15.48));
    set(&mut world, None, "purchase", stated);
    set(&mut world, None, "purchase_count", Figure::Count(4));
    let failed = failure(&world);
    assert_eq!(failed.records, ["R-4"]);
    assert!(
        failed
            .note
            .ends_with("; with R-4 (15.48, created 2026-01-05T03:10:04Z) they would agree")
    );
}

#[test]
fn a_record_that_is_in_the_total_of_another_scheme_is_named_in_both() {
    let mut world = World::small();
    world.records[1].method = Some("VC".to_owned());
    let proofs = world.test("receipts");
    let notes: Vec<_> = failures(&proofs)
        .iter()
        .map(|proof| (proof.scope.as_deref().unwrap(), proof.note.as_str()))
        .collect();
    assert_eq!(
        notes,
        [
            (
                "P1",
                "1 record comes to 10.00; stated pos_debit 21.37, pos_debit_count 2; \
                 with R-1 (11.37, of method VC) they would agree"
            ),
            (
                "VC",
                "2 records come to 24.11; stated pos_debit 12.74, pos_debit_count 1; \
                 without R-1 (11.37) they would agree"
            ),
        ]
    );
}

#[test]
fn where_any_of_several_records_would_do_none_is_accused() {
    let mut world = World::small();
    for place in 0..3 {
        world.records[place].amount.amount = dec!(10.00);
    }
    set(&mut world, None, "purchase", Figure::Amount(dec!(20.00)));
    set(&mut world, None, "purchase_count", Figure::Count(2));
    let failed = failure(&world);
    assert!(failed.records.is_empty());
    assert!(
        failed
            .note
            .ends_with("without any one of R-0 (10.00), R-1 (10.00), R-2 (10.00) they would agree")
    );
    // Any two of the three would do.
    set(&mut world, None, "purchase", Figure::Amount(dec!(10.00)));
    set(&mut world, None, "purchase_count", Figure::Count(1));
    let failed = failure(&world);
    assert!(failed.records.is_empty());
    let counted = "without any of 3 pairs of records they would agree";
    assert!(failed.note.ends_with(counted), "{}", failed.note);
}

/// The failure of a batch that lists sales of these amounts and states less,
/// two sales fewer.
fn two_less(amounts: &[i64], less: i64) -> Proof {
    let receipts = vec![(0, 0, "P1", false, true); amounts.len()];
    let mut world = World::of(1, &receipts);
    for (record, amount) in world.records.iter_mut().zip(amounts) {
        record.amount.amount = Decimal::from(*amount);
    }
    let stated = amounts.iter().sum::<i64>() - less;
    let count = amounts.len() as u64 - 2;
    set(&mut world, None, "purchase", Figure::Amount(stated.into()));
    set(&mut world, None, "purchase_count", Figure::Count(count));
    failure(&world)
}

#[test]
fn two_records_are_named_only_where_no_other_two_would_do() {
    assert_eq!(two_less(&[1, 4, 9, 30], 5).records, ["R-0", "R-1"]);
    assert_eq!(two_less(&[1, 5, 5, 30], 10).records, ["R-1", "R-2"]);
    assert!(two_less(&[1, 4, 2, 3], 5).records.is_empty());
    assert!(two_less(&[5, 5, 5], 10).records.is_empty());
    assert!(two_less(&[1, 4, 4], 5).records.is_empty());
    // A third would be needed.
    assert!(two_less(&[1, 4, 30], 6).records.is_empty());
}

#[test]
fn a_record_of_the_batch_is_not_also_sought_beside_it() {
    let mut world = World::small();
    let next = &mut world.statement(1, None).period;
    *next = Window::new(start(), next.to()).unwrap();
    set(&mut world, None, "purchase", Figure::Amount(dec!(44.11)));
    set(&mut world, None, "purchase_count", Figure::Count(4));
    let failed = failure(&world);
    assert_eq!(failed.statement.as_deref(), Some("B-0-0"));
    assert!(failed.records.is_empty(), "{failed:#?}");
}

/// The proof that the sales which a line counts are stated as `purchase`.
fn narrowed(world: &World, line: BatchLine) -> Proof {
    let lines = vec![line.amount("purchase")];
    let identity = Identity::new("narrowed", "some add up", Law::Batch { lines });
    let acme = Descriptor::new("acme", "Acme", jiff::tz::TimeZone::UTC);
    let mut listing = Listing::of(&acme.with_identities(vec![identity.clone()]));
    world.records.iter().for_each(|record| listing.push(record));
    listing.certify(&world.certificate);
    prove(&[identity], &world.statements[..1], Some(&listing), None).remove(0)
}

#[test]
fn a_line_may_count_only_records_with_an_attribute_or_of_a_direction() {
    let mut world = World::small();
    let first = &mut world.records[0];
    first.attributes.insert("step".to_owned(), 7.into());
    first.direction = Direction::Debit;
    let line = || BatchLine::new([Kind::Payment], [Status::Succeeded]);
    for (line, sum) in [
        (line().having("step", "7"), dec!(10.00)),
        (line().having("step", "8"), dec!(0)),
        (line().direction(Direction::Debit), dec!(10.00)),
        (line().direction(Direction::Credit), dec!(24.11)),
        (line(), dec!(34.11)),
    ] {
        let proof = narrowed(&world, line);
        assert_eq!(
            (proof.expected, proof.actual),
            (Some(sum), Some(dec!(34.11)))
        );
    }
}

#[test]
fn without_a_proven_pull_nothing_is_said_of_records() {
    let mut world = World::small();
    let laws = [identity("receipts"), identity("stan")];
    let reason = |listing: Option<&Listing>| {
        let proofs = prove(&laws, &world.statements, listing, None);
        assert_eq!(proofs.len(), 2);
        assert!(proofs.iter().all(|proof| proof.verdict == NotTestable));
        assert_eq!(proofs[0].note, proofs[1].note);
        proofs[0].note.clone()
    };
    assert_eq!(reason(None), "no records were pulled");
    assert_eq!(reason(Some(&uncertified())), "the pull has no certificate");
    world.certificate.verdict = Verdict::Unproven {
        reasons: vec!["page 3 was not read".to_owned()],
    };
    let proofs = world.test_all(&laws);
    assert_eq!(
        proofs[0].note,
        "the pull is not proven complete: page 3 was not read"
    );
    let mut world = World::small();
    world.certificate.query.kinds.remove(&Kind::Refund);
    for proof in world.test_all(&laws) {
        assert_eq!(proof.verdict, NotTestable);
        assert_eq!(proof.note, "no records of kind refund were pulled");
    }
}

#[test]
fn a_period_that_is_not_known_to_begin_is_open() {
    let mut world = World::small();
    for scope in [None, Some("P1"), Some("VC")] {
        let statement = world.statement(0, scope);
        let end = statement.period.to();
        statement.period = Window::new(end, end).unwrap();
    }
    let proofs = world.test("receipts");
    assert!(failures(&proofs).is_empty(), "{proofs:#?}");
    let open = open(&proofs);
    assert_eq!(open.len(), 4, "{open:#?}");
    assert!(open[0].note.contains("not known when"), "{}", open[0].note);
}

#[test]
fn records_that_no_statement_is_about_are_told() {
    let mut world = World::small();
    let last = world.statement(1, None).period;
    let is_left = |at| !last.contains(at);
    world.records.retain(|record| is_left(record.created_at));
    world
        .statements
        .retain(|s| s.period != last || s.account.as_deref() != Some("T-0"));
    assert!(open(&world.test("receipts")).is_empty());
    // Around the end of the terminal's periods, the last of them failed.
    for seconds in [-1, 0, 1, 2] {
        let at = last.from() + SignedDuration::from_secs(seconds);
        let made = receipt(&format!("X-{seconds}"), 0, "P1", dec!(1), at);
        world.records.push(made);
    }
    world.records.last_mut().unwrap().status = Status::Failed;
    let proofs = world.test("receipts");
    let [told] = open(&proofs)[..] else {
        panic!("{proofs:#?}")
    };
    assert_eq!(told.account.as_deref(), Some("T-0"));
    assert_eq!(told.date, Some(jiff::civil::date(2026, 1, 5)));
    assert_eq!(
        told.note,
        "2 records are in the period of no statement, the first created 2026-01-05T03:00:00Z"
    );
}

#[test]
fn a_period_that_was_not_read_whole_is_open() {
    let mut world = World::small();
    let read = &mut world.certificate.query.read;
    *read = Window::new(read.from(), read.to() - SignedDuration::from_secs(1)).unwrap();
    let proofs = world.test("receipts");
    assert!(failures(&proofs).is_empty());
    let open = open(&proofs);
    let ids: Vec<_> = open
        .iter()
        .map(|p| p.statement.as_deref().unwrap())
        .collect();
    assert_eq!(ids, ["B-0-1", "B-0-1", "B-1-1"]);
    assert_eq!(
        open[0].note,
        "its period is 2026-01-05T03:00:00Z to 2026-01-05T09:00:00Z, and records were pulled for \
         2026-01-04T21:00:00Z to 2026-01-05T08:59:59Z"
    );
}

#[test]
fn figures_that_are_not_stated_leave_their_line_open() {
    let mut world = World::small();
    world.statement(0, None).figures.remove("refund");
    let proofs = world.test("receipts");
    assert!(failures(&proofs).is_empty());
    assert_eq!(open(&proofs)[0].note, "refund is not stated");
    assert_eq!(proofs[0].subject.as_deref(), Some("purchase"));
}

#[test]
fn records_and_statements_of_nobody_are_open() {
    let note = |change: fn(&mut World)| {
        let mut world = World::small();
        change(&mut world);
        let proofs = world.test("receipts");
        open(&proofs)[0].note.clone()
    };
    assert_eq!(
        note(|world| world.records[0].account = None),
        "1 record of the period names no account"
    );
    assert_eq!(
        note(|world| world.records[0].method = None),
        "1 record of the period names no method"
    );
    assert_eq!(
        note(|world| world.statement(0, None).account = None),
        "the statement does not say which account it is about"
    );
}

#[test]
fn where_nobody_names_an_account_there_is_one() {
    let mut world = World::small();
    world
        .statements
        .retain(|s| s.account.as_deref() == Some("T-0"));
    for record in &mut world.records {
        record.account = None;
    }
    for statement in &mut world.statements {
        statement.account = None;
    }
    let proofs = world.test("receipts");
    assert!(proofs.iter().all(|proof| proof.verdict == Holds));
}

/// The numbers of a terminal, as made one second after the other.
fn numbered(stans: &[&str]) -> World {
    let mut world = World::small();
    world.records.clear();
    for (place, stan) in (0..).zip(stans) {
        let at = start() + SignedDuration::from_secs(place);
        let mut record = receipt(&format!("R-{place}"), 0, "P1", Decimal::ONE, at);
        if !stan.is_empty() {
            let stan = Attribute::from(*stan);
            record.attributes.insert("stan".to_owned(), stan);
        }
        world.records.push(record);
    }
    world
}

fn findings(world: &World) -> Vec<(Option<String>, ProofVerdict, String)> {
    let proofs = world.test("stan").into_iter();
    proofs
        .map(|proof| (proof.subject, proof.verdict, proof.note))
        .collect()
}

#[test]
fn numbers_that_follow_each_other_hold_across_the_wrap() {
    let note = "999998 to 000002, none missing".to_owned();
    let all = ["999998", "999999", "000001", "000002"];
    assert_eq!(findings(&numbered(&all)), [(None, Holds, note.clone())]);
    // Created out of order, as within one second.
    let swapped = ["999999", "999998", "000002", "000001"];
    assert_eq!(findings(&numbered(&swapped)), [(None, Holds, note)]);
}

#[test]
fn a_gap_in_the_numbers_is_named_with_its_neighbours() {
    let proofs = numbered(&["000007", "000008", "000010", "000014"]).test("stan");
    let notes: Vec<_> = proofs.iter().map(|proof| proof.note.as_str()).collect();
    assert_eq!(
        notes,
        [
            "000009 is missing between R-1 and R-2",
            "000011 to 000013 are missing between R-2 and R-3"
        ]
    );
    assert_eq!(proofs[1].account.as_deref(), Some("T-0"));
    assert_eq!(proofs[1].date, Some(jiff::civil::date(2026, 1, 5)));
    assert_eq!(proofs[1].records, ["R-2", "R-3"]);
    let figures = |proof: &Proof| [proof.expected, proof.actual, proof.difference];
    assert_eq!(figures(&proofs[0]), [1, 0, 1].map(|n| Some(n.into())));
    assert_eq!(figures(&proofs[1]), [3, 0, 3].map(|n| Some(n.into())));
    let books = reconcile_engine::Book::new();
    let breaks: Vec<_> = proofs.iter().filter_map(Proof::to_break).collect();
    assert!(breaks.iter().all(|b| b.code == BreakCode::SequenceGap));
    assert_ne!(breaks[0].id(&books, &books), breaks[1].id(&books, &books));
    let across = findings(&numbered(&["999998", "000002"]));
    assert_eq!(across[0].0.as_deref(), Some("999999 to 000001"));
}

#[test]
fn numbers_that_are_there_twice_are_named_unless_they_are_of_one_reference() {
    let mut world = numbered(&["000007", "000008", "000007", "000008", "000009"]);
    let note = "000007 to 000008 are there more than once, first of R-0 and R-2".to_owned();
    let name = Some("000007 to 000008".to_owned());
    assert_eq!(findings(&world), [(name, ProofVerdict::Fails, note)]);
    // Two numbers, and four that have them.
    assert_eq!(world.test("stan")[0].difference, Some(dec!(-2)));
    for (record, order) in world.records.iter_mut().zip(["A", "B", "A", "B", "C"]) {
        record.reference = Some(order.to_owned());
    }
    let note = "000007 to 000009, none missing".to_owned();
    assert_eq!(findings(&world), [(None, Holds, note)]);
}

#[test]
fn records_of_a_kind_that_is_not_numbered_are_left_alone() {
    let mut world = numbered(&["000007", "000007", "000008"]);
    world.records[1].kind = Kind::Adjustment;
    let note = "000007 to 000008, none missing".to_owned();
    assert_eq!(findings(&world), [(None, Holds, note)]);
}

#[test]
fn records_without_a_number_may_have_the_missing_one() {
    let world = numbered(&["000007", "", "000009"]);
    let note = "000008 may be of records without a number between R-0 and R-2".to_owned();
    let name = Some("000008".to_owned());
    assert_eq!(findings(&world), [(name, NotTestable, note)]);
    let too_few = findings(&numbered(&["000007", "no number", "000010"]));
    assert_eq!(too_few[0].1, ProofVerdict::Fails);
}

#[test]
fn one_number_or_none_is_no_sequence() {
    let note = "fewer than two records have a number in stan".to_owned();
    let open = [(None, NotTestable, note)];
    assert_eq!(findings(&numbered(&["000007"])), open);
    assert_eq!(findings(&numbered(&["", "0", "1000000", "+12"])), open);
    let note = "no numbered record was pulled".to_owned();
    assert_eq!(findings(&numbered(&[])), [(None, NotTestable, note)]);
}
