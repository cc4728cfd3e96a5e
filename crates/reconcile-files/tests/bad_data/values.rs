//! Amounts, currencies and dates in all the ways in which people write them.

use crate::{each, outcome, outcome_by};

#[test]
fn an_amount_is_read_to_the_last_digit_or_refused() {
    insta::assert_snapshot!(each(
        "amount",
        concat!(
            "+5|-5|-0|007| 5 |10.005|99999999999999999999.00|",
            "0.0000000000000000000000000001"
        )
    ), @r#"
    +5: "A" 5 2026-01-31
    -5: "A" -5 2026-01-31
    -0: "A" 0 2026-01-31
    007: "A" 7 2026-01-31
     5 : "A" 5 2026-01-31
    10.005: "A" 10.005 2026-01-31
    99999999999999999999.00: "A" 99999999999999999999.00 2026-01-31
    0.0000000000000000000000000001: "A" 0.0000000000000000000000000001 2026-01-31
    "#);
    insta::assert_snapshot!(each(
        "amount",
        concat!(
            "|1,234.56|1.234,56|1,5|1'234.50|1 234.50|1\u{a0}234.50|1\u{202f}234|",
            "1_000|1e3|1.5E-3|NaN|Infinity|inf|-|.5|5.|5-|--5|\u{2212}5|(5.00)|٥|５|",
            "0x10|$5|5 PEN|\u{a0}5|\u{202e}5|5\0|=5|1.2.3|true|",
            "1111111111111111111111111111111111111111111111111111111111111111111111111111111|",
            "0.00000000000000000000000000001|79228162514264337593543950336"
        )
    ), @r#"
    : amount: is missing
    1,234.56: amount: `1,234.56` is not a decimal
        hint: thousands separator? set thousands_separator = "," under [ledger] in the rules file
    1.234,56: amount: `1.234,56` is not a decimal
        hint: decimal comma? set decimal_separator = "," and thousands_separator = "." under [ledger] in the rules file
    1,5: amount: `1,5` is not a decimal
        hint: decimal comma? set decimal_separator = "," under [ledger] in the rules file
    1\'234.50: amount: `1'234.50` is not a decimal
        hint: thousands separator? set thousands_separator = "'" under [ledger] in the rules file
    1 234.50: amount: `1 234.50` is not a decimal
        hint: thousands separator? set thousands_separator = " " under [ledger] in the rules file
    1\u{a0}234.50: amount: `1\u{a0}234.50` is not a decimal
        hint: thousands separator? set thousands_separator = "\u00A0" under [ledger] in the rules file
    1\u{202f}234: amount: `1\u{202f}234` is not a decimal
        hint: thousands separator? set thousands_separator = "\u202F" under [ledger] in the rules file
    1_000: amount: `1_000` is not a decimal
    1e3: amount: `1e3` is not a decimal
        hint: a spreadsheet writes an exponent when it rounds: show all digits there, and save anew
    1.5E-3: amount: `1.5E-3` is not a decimal
        hint: a spreadsheet writes an exponent when it rounds: show all digits there, and save anew
    NaN: amount: `NaN` is not a decimal
    Infinity: amount: `Infinity` is not a decimal
    inf: amount: `inf` is not a decimal
    -: amount: `-` is not a decimal
    .5: amount: `.5` is not a decimal
    5.: amount: `5.` is not a decimal
    5-: amount: `5-` is not a decimal
        hint: write what is negative with a hyphen before it, as in -5.00
    --5: amount: `--5` is not a decimal
    −5: amount: `−5` is not a decimal
        hint: write what is negative with a hyphen before it, as in -5.00
    (5.00): amount: `(5.00)` is not a decimal
        hint: write what is negative with a hyphen before it, as in -5.00
    ٥: amount: `٥` is not a decimal
        hint: write digits as 0 to 9, and what separates them as in 1234.50
    ５: amount: `５` is not a decimal
        hint: write digits as 0 to 9, and what separates them as in 1234.50
    0x10: amount: `0x10` is not a decimal
        hint: write the number alone: a currency stands in its own column, or as currency = "…" under [ledger] in the rules file
    $5: amount: `$5` is not a decimal
        hint: write the number alone: a currency stands in its own column, or as currency = "…" under [ledger] in the rules file
    5 PEN: amount: `5 PEN` is not a decimal
        hint: write the number alone: a currency stands in its own column, or as currency = "…" under [ledger] in the rules file
    \u{a0}5: amount: `\u{a0}5` is not a decimal
    \u{202e}5: amount: `\u{202e}5` is not a decimal
    5\0: amount: `5\u{0}` is not a decimal
    =5: amount: `=5` is not a decimal
    1.2.3: amount: `1.2.3` is not a decimal
    true: amount: `true` is not a decimal
    1111111111111111111111111111111111111111111111111111111111111111111111111111111: amount: `111111111111111111111111111111111111111111111111…` has more digits than can be held exactly
    0.00000000000000000000000000001: amount: `0.00000000000000000000000000001` has more digits than can be held exactly
    79228162514264337593543950336: amount: `79228162514264337593543950336` has more digits than can be held exactly
    "#);
}

#[test]
fn what_to_do_about_an_amount_depends_on_the_rules() {
    let said = |settings: &str, amounts: &str| {
        let rules = format!("[ledger]\ndelimiter = \";\"\n{settings}");
        let each = amounts.split('|').map(|amount| {
            let file = format!("reference;amount;currency;date\nA;{amount};PEN;2026-01-31\n");
            outcome_by(&rules, "l.csv", file) + "\n"
        });
        each.collect::<String>()
    };
    insta::assert_snapshot!(said("", "1,500"), @r#"
    l.csv, line 2, column amount: `1,500` is not a decimal
      hint: thousands separator or decimal comma? set thousands_separator = "," or decimal_separator = "," under [ledger] in the rules file
      1 set aside
    "#);
    let comma = "decimal_separator = \",\"\n";
    insta::assert_snapshot!(said(comma, "1.500|1.234,56|1,234.56|99.50|1.234.567"), @r#"
    l.csv, line 2, column amount: `1.500` is not a decimal
      hint: thousands separator or decimal point? set thousands_separator = "." or decimal_separator = "." under [ledger] in the rules file
      1 set aside
    l.csv, line 2, column amount: `1.234,56` is not a decimal
      hint: thousands separator? set thousands_separator = "." under [ledger] in the rules file
      1 set aside
    l.csv, line 2, column amount: `1,234.56` is not a decimal
      hint: decimal point? set decimal_separator = "." and thousands_separator = "," under [ledger] in the rules file
      1 set aside
    l.csv, line 2, column amount: `99.50` is not a decimal
      hint: decimal point? set decimal_separator = "." under [ledger] in the rules file
      1 set aside
    l.csv, line 2, column amount: `1.234.567` is not a decimal
      hint: thousands separator? set thousands_separator = "." under [ledger] in the rules file
      1 set aside
    "#);
    let both = format!("{comma}thousands_separator = \".\"\n");
    insta::assert_snapshot!(said(&both, "99.50|10.00,5|1,234.56"), @r#"
    l.csv, line 2, column amount: `99.50` is not a decimal
      hint: decimal point? set decimal_separator = "." under [ledger] in the rules file
      1 set aside
    l.csv, line 2, column amount: `10.00,5` is not a decimal
      1 set aside
    l.csv, line 2, column amount: `1,234.56` is not a decimal
      hint: decimal point? set decimal_separator = "." and thousands_separator = "," under [ledger] in the rules file
      1 set aside
    "#);
}

#[test]
fn a_currency_is_three_capital_letters() {
    insta::assert_snapshot!(each(
        "currency",
        "PEN| PEN |XXX||pen|PE|PESO|S/.|6O4|ＰＥＮ"
    ), @r#"
    PEN: "A" 5 2026-01-31
     PEN : "A" 5 2026-01-31
    XXX: "A" 5 2026-01-31
    : currency: is missing
    pen: currency: `pen` is not an ISO 4217 code (three capital letters)
        hint: say what it means under [ledger] in the rules file: words = { currency = { "pen" = "…" } }
    PE: currency: `PE` is not an ISO 4217 code (three capital letters)
        hint: say what it means under [ledger] in the rules file: words = { currency = { "PE" = "…" } }
    PESO: currency: `PESO` is not an ISO 4217 code (three capital letters)
        hint: say what it means under [ledger] in the rules file: words = { currency = { "PESO" = "…" } }
    S/.: currency: `S/.` is not an ISO 4217 code (three capital letters)
        hint: say what it means under [ledger] in the rules file: words = { currency = { "S/." = "…" } }
    6O4: currency: `6O4` is not an ISO 4217 code (three capital letters)
        hint: say what it means under [ledger] in the rules file: words = { currency = { "6O4" = "…" } }
    ＰＥＮ: currency: `ＰＥＮ` is not an ISO 4217 code (three capital letters)
        hint: say what it means under [ledger] in the rules file: words = { currency = { "ＰＥＮ" = "…" } }
    "#);
}

/// What to do about most dates.
const HINT: &str =
    "    hint: set date_format under [ledger] in the rules file, as in \"%d/%m/%Y\"\n";

#[test]
fn a_date_is_a_day_that_there_is() {
    insta::assert_snapshot!(each(
        "date",
        concat!(
            "2026-01-31|2026-01-31T23:59:60Z|2026-01-31T23:30:00-05:00|",
            "2026-01-31 10:00|2026-03-29T02:30:00|2026-01-31T10:00:00.123456789Z|",
            "2026-01-31T10:00:00-05:00[America/Lima]"
        )
    ), @r#"
    2026-01-31: "A" 5 2026-01-31
    2026-01-31T23:59:60Z: "A" 5 2026-01-31
    2026-01-31T23:30:00-05:00: "A" 5 2026-02-01
    2026-01-31 10:00: "A" 5 2026-01-31
    2026-03-29T02:30:00: "A" 5 2026-03-29
    2026-01-31T10:00:00.123456789Z: "A" 5 2026-01-31
    2026-01-31T10:00:00-05:00[America/Lima]: "A" 5 2026-01-31
    "#);
    let refused = each(
        "date",
        concat!(
            "|2026-02-30|2026-13-01|2026-00-10|0000-00-00|0001-01-01|1899-12-30|",
            "2026-01-31T24:00:00Z|2026-01-31T10:00:00+26:00|",
            "2026-01-31T10:00:00[America/Lima]|2026-1-31|26-01-31|31/01/2026|",
            "20260131|2026-W05-6|2026-031|45000|1769904000|1769904000000|",
            "2026-01-31Z|2026-01-31 10:00 PM|-002026-01-31|9999-12-31T23:59:59Z|",
            "٢٠٢٦-٠١-٣١|yesterday"
        ),
    );
    let refused = refused.replace("date: `", "`").replace(HINT, "");
    insta::assert_snapshot!(refused, @r"
    : date: is missing
    2026-02-30: `2026-02-30` is not a date (2026-01-31) or an RFC 3339 instant
    2026-13-01: `2026-13-01` is not a date (2026-01-31) or an RFC 3339 instant
    2026-00-10: `2026-00-10` is not a date (2026-01-31) or an RFC 3339 instant
    0000-00-00: `0000-00-00` is not a date (2026-01-31) or an RFC 3339 instant
    0001-01-01: date: 0001-01-01 is before 1900
        hint: a year of two digits is %y; a date that is not known is no date
    1899-12-30: date: 1899-12-30 is before 1900
        hint: a year of two digits is %y; a date that is not known is no date
    2026-01-31T24:00:00Z: `2026-01-31T24:00:00Z` is not a date (2026-01-31) or an RFC 3339 instant
    2026-01-31T10:00:00+26:00: `2026-01-31T10:00:00+26:00` is not a date (2026-01-31) or an RFC 3339 instant
    2026-01-31T10:00:00[America/Lima]: `2026-01-31T10:00:00[America/Lima]` is not a date (2026-01-31) or an RFC 3339 instant
    2026-1-31: `2026-1-31` is not a date (2026-01-31) or an RFC 3339 instant
    26-01-31: `26-01-31` is not a date (2026-01-31) or an RFC 3339 instant
    31/01/2026: `31/01/2026` is not a date (2026-01-31) or an RFC 3339 instant
    20260131: `20260131` is not a date (2026-01-31) or an RFC 3339 instant
    2026-W05-6: `2026-W05-6` is not a date (2026-01-31) or an RFC 3339 instant
    2026-031: `2026-031` is not a date (2026-01-31) or an RFC 3339 instant
    45000: `45000` is not a date (2026-01-31) or an RFC 3339 instant
    1769904000: `1769904000` is not a date (2026-01-31) or an RFC 3339 instant
    1769904000000: `1769904000000` is not a date (2026-01-31) or an RFC 3339 instant
    2026-01-31Z: `2026-01-31Z` is not a date (2026-01-31) or an RFC 3339 instant
    2026-01-31 10:00 PM: `2026-01-31 10:00 PM` is not a date (2026-01-31) or an RFC 3339 instant
    -002026-01-31: `-002026-01-31` is not a date (2026-01-31) or an RFC 3339 instant
    9999-12-31T23:59:59Z: `9999-12-31T23:59:59Z` is not a date (2026-01-31) or an RFC 3339 instant
    ٢٠٢٦-٠١-٣١: `٢٠٢٦-٠١-٣١` is not a date (2026-01-31) or an RFC 3339 instant
    yesterday: `yesterday` is not a date (2026-01-31) or an RFC 3339 instant
    ");
}

#[test]
fn a_local_time_that_a_clock_skips_or_shows_twice_counts_for_its_day() {
    let zone = "[ledger]\nzone = \"America/Santiago\"\ncutoff = \"23:30\"";
    // Clocks went from 24:00 to 01:00 on 2026-09-06, and from 24:00 back to 23:00 on 2026-04-04.
    let text = "id,reference,amount,currency,date\n\
        skipped,A,5,PEN,2026-09-06T00:30:00\n\
        twice,B,5,PEN,2026-04-04T23:29:59\n\
        first,C,5,PEN,2026-04-04T23:15:00-03:00\n\
        second,D,5,PEN,2026-04-04T23:45:00-04:00\n";
    insta::assert_snapshot!(outcome_by(zone, "l.csv", text), @r#"
    4 rows
      skipped "A" 5 2026-09-06
      twice "B" 5 2026-04-04
      first "C" 5 2026-04-04
      second "D" 5 2026-04-05
    "#);
}

#[test]
fn a_pattern_of_dates_takes_no_other_date() {
    let rules =
        |pattern: &str| format!("[ledger]\ncutoff = \"23:00\"\ndate_format = \"{pattern}\"");
    let day = |pattern: &str, day: &str| {
        outcome_by(
            &rules(pattern),
            "l.csv",
            format!("reference,amount,currency,date\nA,5,PEN,{day}\n"),
        )
    };
    insta::assert_snapshot!(day("%d/%m/%y", "31/01/26"), @r#"
    1 rows
      2 "A" 5 2026-01-31
    "#);
    insta::assert_snapshot!(day("%d/%m/%Y %I:%M %p", "31/01/2026 11:00 PM"), @r#"
    1 rows
      2 "A" 5 2026-02-01
    "#);
    insta::assert_snapshot!(day("%d/%m/%Y", "01/31/2026"), @r#"
    l.csv, line 2, column date: `01/31/2026` is not a date of the form %d/%m/%Y
      hint: set date_format under [ledger] in the rules file, as in "%d/%m/%Y"
      1 set aside
    "#);
    insta::assert_snapshot!(day("%d/%m/%Y", "31/01/26"), @r"
    l.csv, line 2, column date: 0026-01-31 is before 1900
      hint: a year of two digits is %y; a date that is not known is no date
      1 set aside
    ");
    insta::assert_snapshot!(day("%d/%m/%Y", "31/01/2026 10:00"), @r#"
    l.csv, line 2, column date: `31/01/2026 10:00` is not a date of the form %d/%m/%Y
      hint: set date_format under [ledger] in the rules file, as in "%d/%m/%Y"
      1 set aside
    "#);
}

#[test]
fn no_message_shows_a_card_number() {
    for (name, text) in [
        (
            "l.csv",
            "reference,amount,currency,date\nA,4111 1111 1111 1111,PEN,2026-01-31\n",
        ),
        (
            "l.csv",
            "reference,amount,currency,date\nA,5,4111111111111111,2026-01-31\n",
        ),
        (
            "l.csv",
            "reference,amount,currency,date\nA,5,PEN,4111-1111-1111-1111\n",
        ),
        ("l.csv", "4111111111111111,amount,currency,date\n"),
        (
            "l.jsonl",
            "{\"amount\":5,\"reference\":\"A\",\"currency\":\"PEN\",\"date\":\"4111111111111111\"}\n",
        ),
        ("l.jsonl", "\"4111111111111111\"\n"),
        ("l.jsonl", "{\"4111111111111111\":1}\n"),
    ] {
        let said = outcome(name, text);
        assert!(
            !said.contains("4111111111111111") && !said.contains("4111 1111 1111"),
            "{said}"
        );
    }
}
