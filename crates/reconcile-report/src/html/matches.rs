//! The matches: how many each rule ties, and those of several rows. Pairs, which
//! nearly all of them are, stand in the table of matches alone.

use std::io::{self, Write};

use reconcile_engine::{Book, MatchGroup, RowIndex};
use rust_decimal::Decimal;

use super::{
    escape::{Isolated, Sentence},
    or_dash, rows,
};
use crate::{
    Run,
    amount::{count, counted, grouped, signed},
    overview::{self, RuleGroup, total},
};

/// How many matches of several rows are shown.
const SHOWN: usize = 200;

/// Writes what each rule ties, what is to be known of the search, and the matches
/// of several rows.
pub(super) fn write(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rules = overview::by_rule(run);
    if rules.is_empty() {
        out.write_all(b"<p class=\"none\">Nothing is matched.</p>")?;
    } else {
        by_rule(&rules, out)?;
    }
    for note in &run.outcome.notes {
        write!(out, "<p class=\"equation\">Note: {}</p>", Sentence(note))?;
    }
    groups(run, out)
}

fn by_rule(rules: &[RuleGroup], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(
        b"<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Rule</th><th scope=\"col\" class=\"n\">Matches</th>\
<th scope=\"col\" class=\"n\">Of several rows</th><th scope=\"col\" class=\"n\">Ledger entries</th>\
<th scope=\"col\" class=\"n\">Provider records</th><th scope=\"col\" class=\"n\">Differences allowed</th></tr></thead><tbody>",
    )?;
    for rule in rules {
        write!(
            out,
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            Isolated(&rule.rule),
            count(rule.matches),
            count(rule.groups),
            count(rule.ledger_rows),
            count(rule.record_rows),
            or_dash(overview::nets(&rule.net, "<br>")),
        )?;
    }
    out.write_all(b"</tbody></table></div>")
}

/// The matches of several rows, behind a fold.
fn groups(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let several = |group: &MatchGroup<'_>| group.ledger.len() > 1 || group.records.len() > 1;
    let all = run.outcome.matches.groups().filter(several).count();
    if all == 0 {
        return Ok(());
    }
    write!(
        out,
        "<details><summary>{} of several rows</summary><table class=\"breaks\"><thead><tr><th scope=\"col\" class=\"what\">Rule</th>\
<th scope=\"col\">Ledger</th><th scope=\"col\">Provider</th><th scope=\"col\" class=\"n gap\">Difference</th></tr></thead><tbody>",
        counted(all, "match", "matches")
    )?;
    for group in run.outcome.matches.groups().filter(several).take(SHOWN) {
        let ledger = (run.ledger, group.ledger);
        let records = (run.records, group.records);
        let rule = group.name();
        row(&rule, ledger, records, group.difference, out)?;
    }
    out.write_all(b"</tbody></table>")?;
    let more = all.saturating_sub(SHOWN);
    if more > 0 {
        let more = count(more);
        write!(
            out,
            "<p><small>… and {more} more in the table of matches.</small></p>"
        )?;
    }
    out.write_all(b"</details>")
}

/// A match: its rule, the rows of each side below their sum, what they differ by.
fn row(
    rule: &str,
    ledger: (&Book, &[RowIndex]),
    records: (&Book, &[RowIndex]),
    difference: Decimal,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "<tr><td data-label=\"Rule\">{}</td>", Isolated(rule))?;
    for (label, (book, rows)) in [("Ledger", ledger), ("Provider", records)] {
        rows::side((label, "sum"), book, rows, sum(book, rows), out)?;
    }
    let currency = ledger.1.first().map(|&row| ledger.0.signed(row).currency);
    write!(
        out,
        "<td class=\"n\" data-label=\"Difference\">{}</td></tr>",
        signed(difference, currency)
    )
}

fn sum(book: &Book, rows: &[RowIndex]) -> Option<String> {
    let total = total(book, rows)?;
    let amount = grouped(total.amount, Some(total.currency));
    Some(format!(
        "<span class=\"sum\">{amount} {}</span>",
        total.currency
    ))
}

#[cfg(test)]
mod tests {
    use reconcile_core::{Direction, Money};
    use reconcile_engine::Row;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn the_rows_of_a_match_stand_below_their_sum_on_each_side() {
        let book = |rows: &[(&str, Decimal)]| {
            let mut book = Book::new();
            let currency = "SAR".parse().unwrap();
            let date = "2026-10-01".parse().unwrap();
            for &(id, amount) in rows {
                let money = Money { amount, currency };
                let row = Row::new(id, money, Direction::Credit, date);
                book.push(row).unwrap();
            }
            book
        };
        let sales: Vec<_> = ["<1>", "2", "3", "4"].map(|id| (id, dec!(2.5))).into();
        let (ledger, records) = (book(&sales), book(&[("payout", dec!(9.99))]));
        let all = |book: &Book| book.indices().collect::<Vec<_>>();
        let (sold, paid) = (all(&ledger), all(&records));
        let mut page = Vec::new();
        row(
            "batch",
            (&ledger, &sold),
            (&records, &paid),
            dec!(0.01),
            &mut page,
        )
        .unwrap();
        let page = String::from_utf8(page).unwrap();
        let sum = "<td data-label=\"Ledger\"><span class=\"sum\">10.00 SAR</span><small>sum, 4 rows</small>";
        assert!(page.contains(sum), "{page}");
        assert_eq!(page.matches("<div class=\"line\">").count(), 4, "{page}");
        assert!(page.contains("&lt;1&gt;"), "{page}");
        // One row needs no sum.
        assert!(page.contains("<td data-label=\"Provider\"><div class=\"entry\">"));
        assert!(page.contains("data-label=\"Difference\">+0.01</td>"));
    }
}
