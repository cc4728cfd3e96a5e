//! What rules say, and which make no sense.

use reconcile_core::Kind;
use reconcile_engine::{
    Basis, Column, DayWindow, Equality, Exclude, GroupBy, Grouping, Pass, Rules, RulesError, Side,
    Sides,
};
use rust_decimal::dec;

#[test]
fn the_defaults_are_told_in_words() {
    assert_eq!(
        Rules::default().describe(),
        [
            "Money moved where the status is succeeded, and in ledger rows without one; it is \
             under way where the status is pending or on_hold; a row of another status moved none, \
             and takes no part unless the other side claims it.",
            "Pass 1, reference: rows with equal reference, amounts equal; groups of several rows \
             to several under one key; what shares the key and differs is a break unless \
             reference_normalised matches it.",
            "Pass 2, reference_normalised: rows with equal reference (without regard to capitals, \
             punctuation, accents, the script of digits and leading zeros), amounts equal; groups of several rows to several under one key; punctuation \
             may not part digits otherwise on the other side (1-23 is not 12-3, nor A-100 \
             A1-00; 123 may be either of the first two); what shares the key and differs is a \
             break.",
            "Pass 3, amount_date_text: the best counterpart, amounts equal, from 3 days before to \
             7 after the ledger's day, description of the ledger and description of the provider \
             alike by 0.4 or more, and a row without a text only with one up to 3 days off and \
             where nothing else comes into question; never rows with two different references; \
             ambiguous unless better than any other by 0.05.",
            "Pass 4, sum_of_records: rows that add up to one, amounts equal, from 7 days before to 3 \
             after the ledger's day; groups of one ledger row to several records that share \
             date: all of them, all but one or two, or, of at most 60, some; never rows with two different references; ambiguous unless better than any other by 0.05.",
            "Pass 5, sum_of_entries: rows that add up to one, amounts equal, from 3 days before to 7 \
             after the ledger's day; groups of several ledger rows to one record that share \
             date: all of them, all but one or two, or, of at most 60, some; never rows with two different references; ambiguous unless better than any other by 0.05.",
            "Each row is used once, and a pass sees what the passes before it left. What the last \
             one leaves is a break.",
        ]
    );
    Rules::default().check().unwrap();
}

#[test]
fn rules_that_make_no_sense_say_why() {
    let refused = |passes: Vec<Pass>| {
        let rules = Rules {
            passes,
            ..Rules::default()
        };
        rules.check().unwrap_err()
    };
    assert_eq!(refused(Vec::new()), RulesError::NoPass);
    let keyed = Pass::keyed("key", [Equality::of(Column::Reference)]);
    assert_eq!(
        refused(vec![keyed.clone(), keyed.clone()]),
        RulesError::SameName("key".to_owned())
    );
    let many = |count: usize| -> Vec<Pass> {
        let numbered = |number| Pass::keyed(format!("{number}"), keyed.equal.clone());
        (0..count).map(numbered).collect()
    };
    assert_eq!(refused(many(256)), RulesError::TooManyPasses(256));
    let most = Rules {
        passes: many(Pass::MOST),
        ..Rules::default()
    };
    most.check().unwrap();
    assert_eq!(
        refused(vec![Pass::search("amounts", None)]),
        RulesError::NothingCompared("amounts".to_owned())
    );
    let sum_without_days = |evidence| Pass {
        group: Some(Grouping {
            by: GroupBy::Sum,
            sides: Sides::OneToMany,
            evidence: vec![evidence],
            most: 10,
        }),
        ..Pass::search("payouts", None)
    };
    assert_eq!(
        refused(vec![sum_without_days(Column::Date)]),
        RulesError::NothingCompared("payouts".to_owned())
    );
    let by_batch = sum_without_days(Column::Attribute("batch".into()));
    Rules {
        passes: vec![by_batch],
        ..Rules::default()
    }
    .check()
    .unwrap();
    let of_sum = |sides, evidence| Pass {
        group: Some(Grouping {
            by: GroupBy::Sum,
            sides,
            evidence,
            most: 10,
        }),
        ..Pass::search("sum", Some(DayWindow::days(1, 1)))
    };
    assert_eq!(
        refused(vec![of_sum(Sides::OneToMany, Vec::new())]),
        RulesError::NoEvidence("sum".to_owned())
    );
    assert_eq!(
        refused(vec![of_sum(Sides::ManyToMany, vec![Column::Date])]),
        RulesError::ManyToManyBySum("sum".to_owned())
    );
    let margin = Pass {
        margin: dec!(1.5),
        ..keyed.clone()
    };
    assert_eq!(
        refused(vec![margin]).to_string(),
        "pass `key`: the margin is 1.5, not between 0 and 1"
    );
    let mut net = Rules {
        passes: vec![Pass { net: true, ..keyed }],
        ..Rules::default()
    };
    assert_eq!(net.check(), Err(RulesError::NetOfBoth("key".to_owned())));
    net.fees.ledger = Basis::Net;
    assert_eq!(net.check(), Ok(()));
    net.exclusions = vec![Exclude::new(Side::Ledger, "transfers")];
    assert_eq!(
        net.check(),
        Err(RulesError::ExcludesAll("transfers".to_owned()))
    );
    net.exclusions[0].kinds.insert(Kind::Adjustment);
    assert_eq!(net.check(), Ok(()));
}

#[test]
fn readers_are_told_which_attributes_to_keep() {
    let columns = Equality::between(
        Column::Attribute("memo_ref".into()),
        Column::Attribute("rrn".into()),
    );
    let rules = Rules {
        passes: vec![Pass::keyed("rrn", [columns])],
        ..Rules::default()
    };
    let asked = |side| rules.attributes(side).into_iter().collect::<Vec<_>>();
    assert_eq!(asked(Side::Ledger), ["memo_ref"]);
    assert_eq!(asked(Side::Records), ["rrn"]);
}
