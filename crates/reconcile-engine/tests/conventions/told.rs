//! What is said of a convention that was sought, and when none is believed.

use reconcile_core::{Figure, Identity, Record, Verdict, Window};
use reconcile_engine::{BreakCode, Proof, ProofVerdict, prove};
use rust_decimal::{Decimal, dec};

use crate::world::{DAYS, World, day, hour, locked, payout, sought, with};

use ProofVerdict::{Fails, Holds, NotTestable};

const PLAIN: &str = "statuses=DONE;date=created;zone=UTC;amount=settled";

/// A payout at noon of each of the first days, done within the hour.
fn noons(days: i64) -> Vec<Record> {
    (0..days)
        .map(|day| payout(day, "DONE", day * 24 + 12, 1))
        .collect()
}

fn notes(world: &World, identity: &Identity) -> Vec<(ProofVerdict, String)> {
    let proofs = world.test(identity).into_iter();
    proofs.map(|proof| (proof.verdict, proof.note)).collect()
}

#[test]
fn the_convention_is_told_in_words_with_the_runner_up_and_the_days_between() {
    let mut records = noons(4);
    records.push(payout(10, "DONE", 23, 7));
    records.push(payout(11, "PAID", 24 + 12, 1));
    records.push(payout(12, "OPEN", 48 + 12, 1));
    let world = World::of(records, PLAIN);
    let (verdict, note) = notes(&world, &sought()).remove(0);
    assert_eq!(verdict, Holds);
    assert_eq!(
        note,
        "paid is the settled amounts of records that are DONE, by the day of their creation, \
         days of UTC (statuses=DONE;date=created;zone=UTC;amount=settled): 4 of 4 days tie; \
         1 other does as well: statuses=DONE;date=created;zone=America/Lima;amount=settled; \
         a day with records that fall between the ends of their days would tell; \
         the next best is statuses=DONE+PAID;date=created;zone=UTC;amount=settled: \
         3 of 4 days tie, told apart by 2026-03-03"
    );
}

#[test]
fn equal_conventions_that_contradict_each_other_on_a_day_leave_it_open() {
    // Four quiet days fit both, then one day counts what is paid and one does not.
    let mut records = noons(6);
    records.push(payout(10, "PAID", 4 * 24 + 12, 1));
    records.push(payout(11, "PAID", 5 * 24 + 12, 1));
    let mut world = World::of(records, PLAIN);
    let paid = world.records[6].settled.unwrap().amount;
    world.add_to(4, paid);
    let proofs = world.test(&sought());
    let codes: Vec<_> = proofs.iter().filter(|it| it.code.is_some()).collect();
    assert!(
        codes.iter().all(|proof| proof.verdict != Fails),
        "{codes:#?}"
    );
    let open: Vec<_> = with(&proofs, NotTestable)
        .iter()
        .map(|it| it.date)
        .collect();
    assert_eq!(open, [Some(day(4)), Some(day(5))]);
    assert!(
        with(&proofs, NotTestable)[0]
            .note
            .ends_with("does as well and says otherwise")
    );
}

#[test]
fn two_days_are_too_few_and_days_without_movement_count_for_nothing() {
    let world = World::of(noons(2), PLAIN);
    let told = notes(&world, &sought());
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, NotTestable);
    assert!(
        told[0]
            .1
            .starts_with("fewer than 3 days with a total above zero tie under any convention"),
        "{told:?}"
    );
    assert!(told[0].1.ends_with("2 of 2 days tie"), "{told:?}");
}

#[test]
fn totals_that_no_convention_explains_are_open_not_failed() {
    let mut world = World::of(noons(DAYS), PLAIN);
    for number in 4..DAYS {
        world.add_to(number, dec!(0.01));
    }
    let told = notes(&world, &sought());
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, NotTestable);
    assert!(
        told[0]
            .1
            .starts_with("no convention makes half of the days tie; the best is statuses=DONE;"),
        "{told:?}"
    );
}

#[test]
fn a_day_that_begins_before_the_pull_or_ends_after_it_is_open() {
    let mut world = World::of(noons(DAYS), PLAIN);
    let read = Window::new(hour(1), hour(24 * DAYS - 1)).unwrap();
    world.certificate.query.read = read;
    let proofs = world.test(&locked(PLAIN));
    let open: Vec<_> = with(&proofs, NotTestable)
        .iter()
        .map(|it| it.date)
        .collect();
    assert_eq!(open, [Some(day(0)), Some(day(DAYS - 1))]);
    assert_eq!(with(&proofs, Holds).len(), 13);
}

#[test]
fn what_changed_is_certain_only_as_long_after_the_pull_begins_as_records_change() {
    let by_change = PLAIN.replace("created", "updated");
    let mut records = noons(DAYS);
    records.push(payout(30, "DONE", 24 * 6, 49));
    let world = World::of(records, &by_change);
    let proofs = world.test(&locked(&by_change));
    let open: Vec<_> = with(&proofs, NotTestable)
        .iter()
        .map(|it| it.date)
        .collect();
    assert_eq!(open, [Some(day(0)), Some(day(1)), Some(day(2))]);
    assert_eq!(
        with(&proofs, NotTestable)[0].note,
        "a record that was created before 2026-03-02T00:00:00Z and changed on the day was not \
         pulled: they change up to 49h later"
    );
}

/// What a failing day says of the records that may be it.
fn accused(records: Vec<Record>, more: Decimal) -> Proof {
    let mut world = World::of(records, PLAIN);
    world.add_to(5, more);
    let proofs = world.test(&locked(PLAIN));
    let mut failed = with(&proofs, Fails)
        .into_iter()
        .filter(|it| it.code.is_some());
    failed.next().unwrap().clone()
}

#[test]
fn a_record_that_counts_in_spite_of_its_status_or_its_day_is_named() {
    let mut records = noons(DAYS);
    records.push(payout(20, "OPEN", 5 * 24 + 13, 1));
    let status = accused(records.clone(), records[14].settled.unwrap().amount);
    assert_eq!(status.records, ["R-20"]);
    assert!(
        status
            .note
            .ends_with("; with R-20 (21028.63, OPEN) it would tie"),
        "{}",
        status.note
    );
    let next_day = accused(records.clone(), records[6].settled.unwrap().amount);
    assert_eq!(next_day.records, ["R-6"]);
    assert!(
        next_day
            .note
            .ends_with("; with R-6 (7002.73, counted on 2026-03-08) it would tie"),
        "{}",
        next_day.note
    );
}

#[test]
fn two_records_are_named_where_no_others_do_and_none_where_several_would() {
    let mut records = noons(DAYS);
    records.extend([20, 21, 22].map(|number| payout(number, "DONE", 5 * 24 + 13, 1)));
    let settled = |record: &Record| record.settled.unwrap().amount;
    let both = settled(&records[14]) + settled(&records[16]);
    let pair = accused(records.clone(), -both);
    assert_eq!(pair.records, ["R-20", "R-22"]);
    assert!(
        pair.note
            .ends_with("; without R-20 (21028.63) and without R-22 (23034.57) it would tie"),
        "{}",
        pair.note
    );
    // Two more pairs that come to the same, and two more single records.
    let mut twice = records.clone();
    twice.extend(records[14..].iter().map(|record| Record {
        id: format!("{}b", record.id),
        ..record.clone()
    }));
    let pairs = accused(twice.clone(), -both);
    assert_eq!(pairs.records, Vec::<String>::new());
    assert!(
        pairs
            .note
            .ends_with("; 4 pairs of records would make it tie"),
        "{}",
        pairs.note
    );
    let alone = accused(twice, -settled(&records[14]));
    assert_eq!(alone.records, Vec::<String>::new());
    assert!(
        alone.note.ends_with(
            "; any one of 2 records would make it tie: without R-20 (21028.63), \
             without R-20b (21028.63)"
        ),
        "{}",
        alone.note
    );
}

#[test]
fn what_cannot_be_told_stays_open_with_the_reason() {
    let world = World::of(noons(DAYS), PLAIN);
    let one = |world: &World| notes(world, &locked(PLAIN)).remove(0);
    let mut doubtful = world.clone();
    doubtful.certificate.verdict = Verdict::Unproven {
        reasons: vec!["a page was lost".to_owned()],
    };
    let doubt = "the pull is not proven complete: a page was lost".to_owned();
    assert_eq!(one(&doubtful), (NotTestable, doubt));
    let mut others = world.clone();
    others.certificate.query.kinds.clear();
    let unlisted = "no records of kind payout were pulled".to_owned();
    assert_eq!(one(&others), (NotTestable, unlisted));
    let none = prove(&[sought()], &world.statements, None, None).remove(0);
    assert_eq!(none.note, "no records were pulled");
    let days = |world: &World| notes(world, &locked(PLAIN)).remove(1);
    let mut nameless = world.clone();
    nameless.records[0].account = None;
    assert_eq!(days(&nameless).1, "records of the day name no account");
    let mut unsaid = world.clone();
    unsaid.statements[0].account = None;
    let unsaid = notes(&unsaid, &locked(PLAIN));
    assert!(unsaid.contains(&(
        NotTestable,
        "the statement does not say which account it is about".to_owned()
    )));
    let mut unstated = world.clone();
    unstated.statements[0].figures = [("count".to_owned(), Figure::Count(1))].into();
    let told = notes(&unstated, &locked(PLAIN));
    assert!(told.contains(&(NotTestable, "paid is not stated".to_owned())));
    let left = "1 record counts on 2026-03-02, for which nothing is stated".to_owned();
    assert!(told.contains(&(NotTestable, left)));
}

#[test]
fn a_locked_convention_says_so_and_carries_the_break_by_the_day() {
    let mut world = World::of(noons(DAYS), PLAIN);
    world.add_to(5, dec!(1000000));
    let proofs = world.test(&locked(PLAIN));
    assert_eq!(
        proofs[0].note,
        "paid is the settled amounts of records that are DONE, by the day of their creation, \
         days of UTC, as it is locked (statuses=DONE;date=created;zone=UTC;amount=settled): \
         13 of 14 days tie"
    );
    assert_eq!((proofs[0].verdict, proofs[0].to_break()), (Fails, None));
    let failed = with(&proofs, Fails)[1];
    assert_eq!(
        failed.note,
        "1 record comes to 6001.93; stated paid 1006001.93"
    );
    assert_eq!(failed.to_break().unwrap().code, BreakCode::ControlTotal);
}
