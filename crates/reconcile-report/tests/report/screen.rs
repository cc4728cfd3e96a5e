//! What the terminal shows.

use reconcile_core::Verdict;
use reconcile_report::{Style, terminal};

use crate::sample::{Month, file};

#[test]
fn a_month_with_breaks_says_what_is_open_and_why() {
    let month = Month::new();
    insta::assert_snapshot!(terminal(&month.run(), Style::default()));
}

#[test]
fn a_clean_month_is_short() {
    let month = Month::clean();
    insta::assert_snapshot!(terminal(&month.run(), Style::default()));
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
