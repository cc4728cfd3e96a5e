//! Passes, calendar, fees and exclusions, in the file as through the API.

use std::collections::BTreeSet;

use jiff::civil::{Weekday, date};
use reconcile_core::{Kind, Status};
use reconcile_engine::{
    Attention, Basis, Calendar, Column, DayWindow, Equality, Exclude, FeeTerm, FeeTier, Fees,
    GroupBy, Grouping, Normalisation, Pass, Rules, Side, Sides, Take, TextRule, Tolerance,
    Tolerances,
};
use rust_decimal::{Decimal, dec};

use crate::parse;

#[test]
fn the_default_passes_written_out_are_the_default_passes() {
    let file = parse(
        r#"
        [[pass]]
        name = "reference"
        equal = ["reference"]
        group = { by = "key", sides = "many_to_many", evidence = ["day"] }

        [[pass]]
        name = "reference_normalised"
        equal = [{ ledger = "reference", records = "reference", normalise = ["case", "punctuation", "accents", "digits", "zeros"] }]
        group = { by = "key", sides = "many_to_many", evidence = ["day"] }

        [[pass]]
        name = "amount_date_text"
        days = { before = 3, after = 7 }
        text = { ledger = "description", records = "description", least = "0.4" }
        margin = "0.05"

        [[pass]]
        name = "sum_of_records"
        days = { before = 7, after = 3 }
        group = { by = "sum", sides = "one_to_many", evidence = ["day"], most = 60 }

        [[pass]]
        name = "sum_of_entries"
        days = { before = 3, after = 7 }
        group = { by = "sum", sides = "many_to_one", evidence = ["day"] }
        "#,
    );
    assert_eq!(file.unwrap().rules, Rules::default());
}

#[test]
fn a_pass_says_what_the_api_says() {
    let file = parse(
        r#"
        [ledger]
        attributes = ["memo_ref"]

        [fees]
        ledger = "net"
        infer = true

        [[pass]]
        name = "by rrn"
        equal = [{ ledger = "memo_ref", records = "attributes.rrn", normalise = ["case", "zeros"], prefix = "ORD-" }, "account"]
        identifies = false
        tolerance = { absolute = "0.05" }
        days = { after = 3, business = true }
        net = true

        [[pass]]
        name = "by text"
        text = { ledger = "reference", least = "0.6" }
        margin = "0.1"
        across_references = true

        [[pass]]
        name = "payouts"
        days = { before = 2 }
        group = { by = "sum", sides = "one_to_many", evidence = ["account", "attributes.batch"], most = 200 }
        "#,
    );
    let rrn = Equality {
        ledger: Column::Attribute("memo_ref".into()),
        records: Column::Attribute("rrn".into()),
        normalise: [Normalisation::Case, Normalisation::Zeros].into(),
        prefixes: vec!["ORD-".to_owned()],
    };
    let passes = [
        Pass {
            identifies: false,
            tolerance: Some(absolute(dec!(0.05)).into()),
            days: Some(DayWindow {
                before: 0,
                after: 3,
                business: true,
            }),
            net: true,
            ..Pass::keyed("by rrn", [rrn, Equality::of(Column::Account)])
        },
        Pass {
            text: Some(TextRule {
                ledger: Column::Reference,
                records: Column::Description,
                least: dec!(0.6),
            }),
            margin: dec!(0.1),
            across_references: true,
            ..Pass::search("by text", None)
        },
        Pass {
            group: Some(Grouping {
                by: GroupBy::Sum,
                sides: Sides::OneToMany,
                evidence: vec![Column::Account, Column::Attribute("batch".into())],
                most: 200,
            }),
            ..Pass::search("payouts", Some(DayWindow::days(2, 0)))
        },
    ];
    assert_eq!(file.unwrap().rules.passes, passes);
}

#[test]
fn tolerances_calendar_and_exclusions_say_what_the_api_says() {
    let file = parse(
        r#"
        [tolerance]
        absolute = "0.01"
        currencies.KWD = { absolute = "0.005", percent = "1", take = "larger" }

        [calendar]
        weekend = ["friday", "saturday"]
        holidays = ["2026-01-01", 2026-05-01]

        [attention]
        stale_after_days = 45
        small = { PEN = "1.00" }
        large = { PEN = 1000, KWD = "250.500" }
        by_average = false

        [[exclude]]
        side = "ledger"
        kind = ["adjustment"]
        status = ["failed"]
        account = "1200"
        description_has = "transfer"
        reason = "internal transfer"
        "#,
    );
    let mut transfers = Exclude::new(Side::Ledger, "internal transfer");
    transfers.kinds.insert(Kind::Adjustment);
    transfers.statuses.insert(Status::Failed);
    transfers.account = Some("1200".to_owned());
    transfers.description_has = Some("transfer".to_owned());
    let dinar = Tolerance {
        absolute: dec!(0.005),
        percent: dec!(1),
        take: Take::Larger,
    };
    let rules = Rules {
        tolerance: Tolerances {
            others: absolute(dec!(0.01)),
            currencies: [("KWD".parse().unwrap(), dinar)].into(),
        },
        calendar: Calendar {
            weekend: vec![Weekday::Friday, Weekday::Saturday],
            holidays: BTreeSet::from([date(2026, 1, 1), date(2026, 5, 1)]),
        },
        exclusions: vec![transfers],
        attention: Attention {
            stale_after_days: Some(45),
            small: [("PEN".parse().unwrap(), dec!(1))].into(),
            large: [
                ("PEN".parse().unwrap(), dec!(1000)),
                ("KWD".parse().unwrap(), dec!(250.5)),
            ]
            .into(),
            by_average: false,
        },
        ..Rules::default()
    };
    assert_eq!(file.unwrap().rules, rules);
}

#[test]
fn a_break_never_goes_stale_where_the_file_says_so() {
    let stale = |text| parse(text).unwrap().rules.attention.stale_after_days;
    assert_eq!(stale("[attention]\nstale_after_days = \"never\""), None);
    assert_eq!(stale("[attention]\nstale_after_days = 0"), Some(0));
    assert_eq!(stale("[attention]\nlarge = { PEN = 5 }"), Some(30));
    let large = parse("[attention]\nlarge = { PEN = 5 }").unwrap();
    assert!(large.rules.attention.by_average);
}

#[test]
fn a_pass_that_may_not_identify_is_worth_a_second_look() {
    let doubts = |pass: &str| {
        let file = format!("[ledger]\nattributes = [\"country\"]\n[[pass]]\nname = \"p\"\n{pass}");
        let parts = parse(&file).unwrap().describe();
        let mut doubts = parts.into_iter();
        doubts.find_map(|(heading, said)| (heading == "Worth a second look").then_some(said))
    };
    insta::assert_snapshot!(doubts("equal = [\"attributes.country\", \"account\"]").unwrap().join("\n"), @"The pass p takes rows with equal attributes.country for the same thing, so that what differs between them is a break. If payments share it, as they share a country or a terminal, say identifies = false; if none do, identifies = true.");
    insta::assert_snapshot!(doubts("equal = [\"account\", \"day\"]\nidentifies = true").unwrap().join("\n"), @"The pass p takes rows with equal account, date for the same thing, so that what differs between them is a break. Rows share it that have nothing to do with each other: without identifies = true, the best counterpart among them is sought.");
    for sound in [
        "equal = [\"attributes.country\", \"reference\"]",
        "equal = [\"attributes.country\"]\nidentifies = true",
        "equal = [\"attributes.country\"]\nidentifies = false",
        "equal = [\"account\"]",
    ] {
        assert_eq!(doubts(sound), None, "{sound}");
    }
}

#[test]
fn settings_that_do_nothing_or_contradict_each_other_are_worth_a_second_look() {
    let part = |file: &str, part: &str| {
        let mut parts = parse(file).unwrap().describe().into_iter();
        let said = parts.find_map(|(heading, said)| (heading == part).then_some(said));
        said.unwrap_or_default().join("\n")
    };
    let doubts = |file: &str| part(file, "Worth a second look");
    let net = "[fees]\nledger = \"net\"\n";
    insta::assert_snapshot!(doubts(net), @"One side states net amounts and the other gross ones, and no pass compares them after the fees, so that whatever was charged for is a break: say net = true in the passes that are to.");
    insta::assert_snapshot!(doubts("[fees]\ninfer = true"), @r#"No fee is inferred where both sides state the same: say under [fees] which side is net, as in ledger = "net"."#);
    insta::assert_snapshot!(doubts("[statuses]\npending = [\"on_hold\", \"succeeded\"]"), @"The status succeeded is among those that count and among those that are pending: it counts.");
    let pass = "[[pass]]\nname = \"p\"\nequal = [\"reference\"]\nnet = true";
    assert_eq!(doubts(&format!("{net}infer = true\n{pass}")), "");

    let sum = "[[pass]]\nname = \"s\"\ndays = { before = 3 }\n\
               group = { by = \"sum\", sides = \"one_to_many\", evidence = [\"day\"] }";
    assert_eq!(doubts(sum), "");
    let tolerance = format!("{sum}\ntolerance = {{ absolute = \"0.05\" }}");
    insta::assert_snapshot!(doubts(&tolerance), @"The tolerance of the pass s does nothing: sums are to be equal, since some of many rows nearly come to any amount.");

    // A schedule is of use without net amounts, and no default.
    let schedule = "[fees]\nschedule = [{ percent = \"3\" }]";
    assert_eq!(doubts(schedule), "");
    let matching = part(schedule, "Matching");
    let fees: Vec<_> = matching
        .lines()
        .filter(|line| line.contains("fee"))
        .collect();
    insta::assert_snapshot!(fees.join("\n"), @"
    Amounts are compared as both sides state them. A fee or tax that the provider states of a payment is held against what it is to be, the tax being 0% of the fee, both rounded to the minor unit.
    The fee of any payment is 3% of the gross amount.
    ");
    let defaults = part(schedule, "Defaults in force");
    assert!(!defaults.contains("[fees]"), "{defaults}");
}

#[test]
fn references_are_demanded_where_a_pass_looks_at_them() {
    let lacks = |text: &str| {
        let file = parse(text).unwrap();
        [
            file.ledger.may_lack_references,
            file.records.may_lack_references,
        ]
    };
    let text = "[[pass]]\nname = \"t\"\ndays = { after = 3 }\n";
    assert_eq!(lacks(""), [false, false]);
    assert_eq!(lacks(&format!("{text}text = {{}}")), [true, true]);
    let across = "text = { ledger = \"description\", records = \"reference\" }";
    assert_eq!(lacks(&format!("{text}{across}")), [true, false]);
    let equal = "equal = [{ ledger = \"reference\", records = \"description\" }]";
    assert_eq!(lacks(&format!("{text}{equal}")), [false, true]);
    // A column that is mapped is one that the file has.
    let mapped = parse(&format!(
        "[ledger]\ncolumns = {{ reference = \"Ref\" }}\n{text}"
    ));
    let reading = mapped.unwrap().describe().remove(0).1.remove(0);
    assert!(reading.contains("reference (in \"Ref\")"), "{reading}");
}

#[test]
fn fees_say_what_the_api_says() {
    let file = parse(
        r#"
        [fees]
        ledger = "net"
        records = "gross"
        infer = true
        tax_percent = "18"
        schedule = [
            { method = "YP", currency = "PEN", flat = "0.30", percent = "2.9", least = "0.50", most = 10 },
            { tiers = [{ up_to = "100", percent = "3" }, { percent = "2" }] },
        ]
        "#,
    );
    let wallet = FeeTerm {
        method: Some("YP".to_owned()),
        currency: Some("PEN".parse().unwrap()),
        flat: dec!(0.30),
        percent: dec!(2.9),
        least: Some(dec!(0.50)),
        most: Some(dec!(10)),
        ..FeeTerm::default()
    };
    let tier = |up_to, percent| FeeTier { up_to, percent };
    let others = FeeTerm {
        tiers: vec![tier(Some(dec!(100)), dec!(3)), tier(None, dec!(2))],
        ..FeeTerm::default()
    };
    let fees = Fees {
        ledger: Basis::Net,
        records: Basis::Gross,
        schedule: vec![wallet, others],
        infer: true,
        tax_percent: dec!(18),
    };
    assert_eq!(file.unwrap().rules.fees, fees);
}

fn absolute(absolute: Decimal) -> Tolerance {
    Tolerance {
        absolute,
        ..Tolerance::default()
    }
}

#[test]
fn readers_keep_the_attributes_that_a_pass_looks_at() {
    let file = parse(
        r#"
        [ledger]
        attributes = { rrn = "RRN No.", unused = "Unused" }

        [[pass]]
        name = "rrn"
        equal = [{ ledger = "rrn", records = "attributes.rrn" }]

        [[pass]]
        name = "payouts"
        days = { after = 3 }
        group = { by = "sum", sides = "one_to_many", evidence = ["attributes.batch"] }
        "#,
    )
    .unwrap();
    let ledger: Vec<_> = file.ledger.attributes.iter().collect();
    assert_eq!(ledger, [(&"rrn".to_owned(), &"RRN No.".to_owned())]);
    // The one row of a payout need not say its batch, its several rows must.
    let records: Vec<_> = file.records.attributes.into_keys().collect();
    assert_eq!(records, ["batch", "rrn"]);
}
