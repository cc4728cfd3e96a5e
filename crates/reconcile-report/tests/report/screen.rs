//! What the terminal shows.

use reconcile_core::Verdict;
use reconcile_report::{Style, terminal};

use crate::sample::{Month, file};

#[test]
fn a_month_with_breaks_says_what_is_open_and_why() {
    let month = Month::new();
    insta::assert_snapshot!(terminal(&month.run(), Style::default()), @"
    Not reconciled: 6 breaks, 1 failed proof among them
    TuPay, October 2026 · tupay · as of 2026-10-31

    Amounts
                     rows   credits  debits       net
      JPY  Ledger       1     1,500       0     1,500
           Provider     1     1,500       0     1,500
           Matched      1     1,500       0     1,500
      KWD  Ledger       1     0.125   0.000     0.125
           Provider     0     0.000   0.000     0.000
           Matched      0     0.000   0.000     0.000
      PEN  Ledger       5  1,286.00   40.00  1,246.00
           Provider     4  1,266.03   40.00  1,226.03
           Matched      2  1,234.50   40.00  1,194.50
      USD  Ledger       0      0.00    0.00      0.00
           Provider     2     16.00    0.00     16.00
           Matched      0      0.00    0.00      0.00
      Not counted: 1 provider record: failed (3.00 PEN)

    Where it lies
      JPY: nothing is open
        rows to rows, ties: ledger 1,500 − provider 1,500 = 0
        not tested: rows to the provider's totals, totals to each other and the balance
      KWD: 0.125 is open at rows to rows
        rows to rows, open: ledger 0.125 − provider 0.000 = 0.125, in 1 break
        not tested: rows to the provider's totals, totals to each other and the balance
      PEN: 22.97 is open at rows to rows
        rows to rows, open: ledger 1,246.00 − provider 1,223.03 = 22.97, in 3 breaks
        totals to each other and the balance, open: 1 holds, 1 fails, 1 not testable; largest +5.00,
          2026-10-03, merchant-7: Balance follows from the day before
        not tested: rows to the provider's totals
      USD: −16.00 is open at rows to rows
        rows to rows, open: ledger 0.00 − provider 16.00 = −16.00, in 2 breaks
        not tested: rows to the provider's totals, totals to each other and the balance

    Matches
      reference: 3 matches

    Breaks
      Booked, but not at the provider: 2 breaks, net +0.125 KWD, +12.50 PEN
        2026-10-01  ledger =cmd|' /C calc'!A0, 0.125 KWD
                    0.125 KWD booked on 2026-10-01 under reference order-6: the provider's complete list
                      does not have it
        2026-10-01  ledger L-3, 12.50 PEN
                    12.50 PEN booked on 2026-10-01 under reference order-3: the provider's complete list
                      does not have it
      At the provider, but not booked: 1 break, net −7.00 USD
        2026-10-01  provider P-4, 7.00 USD
                    7.00 USD listed by the provider on 2026-10-01 under reference order-4: nothing is
                      booked
      Amounts differ: 1 break, net +1.47 PEN
        2026-10-01  ledger L-2, 30.00 PEN · provider P-2, 28.53 PEN
                    ledger 30.00 − provider 28.53 = 1.47 PEN, the provider's fee
      Currencies differ: 1 break
        2026-10-01  ledger L-9, 9.00 PEN · provider P-9, 9.00 USD
                    ledger 9.00 PEN, provider 9.00 USD: the currencies differ, the figure is the same
      Balance does not follow from the day before: 1 break, net +5.00 PEN

    Age of the breaks
      days       breaks  differences, unsigned
      8–30  KWD       1                  0.125
            PEN       4                  18.97
            USD       1                   7.00

    Proofs
      Balance follows from the day before: 1 holds, 1 fails, 1 not testable
        2026-10-03  merchant-7 · expected 104,660.38 PEN · actual 104,655.38 PEN · difference +5.00 PEN
                    104655.38 + 5 = 104660.38, stated 104655.38

    Completeness
      Complete: 7 records on 3 pages in 2 windows, no gap, no page repeated, 1 duplicate dropped
    ");
}

#[test]
fn a_clean_month_is_short() {
    let month = Month::clean();
    insta::assert_snapshot!(terminal(&month.run(), Style::default()), @"
    Reconciled: nothing is open
    TuPay, October 2026 · tupay · as of 2026-10-31

    Amounts
                     rows  credits  debits    net
      PEN  Ledger       1    30.00    0.00  30.00
           Provider     1    30.00    0.00  30.00
           Matched      1    30.00    0.00  30.00

    Where it lies
      PEN: nothing is open
        rows to rows, ties: ledger 30.00 − provider 30.00 = 0.00
        not tested: rows to the provider's totals, totals to each other and the balance

    Matches
      reference: 1 match

    Proofs
      Balance follows from the day before: 1 not testable
        not testable: there is no statement to test it on

    Completeness
      Complete: 7 records on 3 pages in 2 windows, no gap, no page repeated, 1 duplicate dropped
    ");
}

#[test]
fn a_difference_of_numbers_is_not_shown_as_money() {
    let month = Month::unbalanced();
    let text = terminal(&month.run(), Style::default());
    // The line is longer than the screen.
    let words: Vec<_> = text.split_whitespace().collect();
    let failure = "VC · merchant-7/2026-10-01/PEN · terminal_count = host_count · \
                   expected 1,204 · actual 1,203 · difference +1 terminal_count";
    assert!(words.join(" ").contains(failure), "{text}");
    let proofs = file(&month.run(), "proofs.csv");
    assert!(
        proofs.contains("sides,merchant-7,VC,,2026-10-01,fails,1204,1203,1,"),
        "{proofs}"
    );
    assert!(!file(&month.run(), "report.html").contains("1,204 PEN"));
}

#[test]
fn an_unproven_pull_says_why() {
    let reasons = vec!["deposits: the end of the list was not reached".to_owned()];
    let month = Month::clean().with_verdict(Verdict::Unproven { reasons });
    let text = terminal(&month.run(), Style::default());
    assert!(
        text.starts_with("Not reconciled: the pull is not proven complete\n"),
        "{text}"
    );
    assert!(
        text.contains("    deposits: the end of the list was not reached\n"),
        "{text}"
    );
}

#[test]
fn colour_changes_nothing_but_colour() {
    let month = Month::new();
    let style = |color| Style {
        color,
        ..Style::default()
    };
    let (plain, colored) = (
        terminal(&month.run(), style(false)),
        terminal(&month.run(), style(true)),
    );
    assert!(!plain.contains('\u{1b}'));
    let codes = [
        "\u{1b}[1m",
        "\u{1b}[2m",
        "\u{1b}[1;32m",
        "\u{1b}[1;31m",
        "\u{1b}[0m",
    ];
    let stripped = codes
        .iter()
        .fold(colored.clone(), |text, code| text.replace(code, ""));
    assert_ne!(plain, colored);
    assert_eq!(plain, stripped);
}

#[test]
fn a_narrow_terminal_gets_narrow_lines() {
    let month = Month::new();
    let style = Style {
        color: false,
        width: 46,
    };
    for line in terminal(&month.run(), style).lines() {
        assert!(line.chars().count() <= 46, "{line}");
    }
}

/// What the terminal says about the layers.
fn layers(month: &Month) -> String {
    let text = terminal(
        &month.run(),
        Style {
            color: false,
            width: 160,
        },
    );
    let (_, from) = text.split_once("Where it lies\n").unwrap();
    from.split("\n\n").next().unwrap().to_owned()
}

#[test]
fn a_residual_lies_at_the_first_layer_that_does_not_tie() {
    insta::assert_snapshot!(layers(&Month::totals_apart()), @"
    PEN: +104,642.98 is open at rows to the provider's totals
      rows to rows, ties: ledger 30.00 − provider 30.00 = 0.00
      rows to the provider's totals, open: 1 fails; largest +104,642.98, 2026-10-02, merchant-7: Balance follows from the day before
      totals to each other and the balance, open: 1 fails, 1 not testable; largest +104,655.38, 2026-10-03, merchant-7: Balance follows from the day before
    ");
}

#[test]
fn what_matches_allow_is_told_from_what_is_open() {
    insta::assert_snapshot!(layers(&Month::tolerated()), @"
    PEN: 10.00 is open at rows to rows
      rows to rows, open: ledger 1,060.01 − provider 1,050.00 = 10.01, 10.00 in 1 break, 0.01 allowed in matches
      not tested: rows to the provider's totals, totals to each other and the balance
    ");
}

#[test]
fn breaks_are_aged_in_buckets_with_their_amounts_by_currency() {
    let text = terminal(&Month::aged().run(), Style::default());
    let (_, from) = text.split_once("\nAge of the breaks").unwrap();
    let (table, _) = from.split_once("\n\n").unwrap();
    insta::assert_snapshot!(table, @"
    days          breaks  differences, unsigned
    0–1      PEN       3                   0.30
    2–7      PEN       2                   0.20
    8–30     PEN       4                  12.20
             USD       1                   7.00
    31–90    PEN       2                   0.20
    over 90  PEN       2                   0.20
    ");
}

#[test]
fn what_is_not_counted_leads_from_the_amounts_to_what_moved() {
    let screen = terminal(&Month::failed().run(), Style::default());
    let (_, amounts) = screen.split_once("Amounts\n").unwrap();
    let (amounts, _) = amounts.split_once("    not tested").unwrap();
    insta::assert_snapshot!(amounts, @"
                     rows  credits  debits    net
      PEN  Ledger       2    50.00    0.00  50.00
           Provider     3    57.00    0.00  57.00
           Matched      1    20.00    0.00  20.00
      USD  Ledger       0     0.00    0.00   0.00
           Provider     1     8.00    0.00   8.00
           Matched      0     0.00    0.00   0.00
      Not counted: 2 provider records: failed (7.00 PEN, 8.00 USD)
      Not counted: ledger entries in matches and breaks that moved nothing (20.00 PEN)
      Not counted: provider records in matches and breaks that moved nothing (50.00 PEN)

    Where it lies
      PEN: 30.00 is open at rows to rows
        rows to rows, open: ledger 30.00 − provider 0.00 = 30.00, in 1 break
    ");
}
