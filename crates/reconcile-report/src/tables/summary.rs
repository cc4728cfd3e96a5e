//! The run in figures as a table, for those who read it in a spreadsheet.

use std::borrow::Cow;

use reconcile_core::Currency;

use super::{Cell, Column, ColumnType, Table, amount, code, column, text};
use crate::{
    Run, ageing,
    amount::Tally,
    layers,
    overview::{self, CodeGroup, Flows},
};

const COLUMNS: [Column; 5] = [
    column("item", ColumnType::Text),
    column("currency", ColumnType::Text),
    column("rows", ColumnType::Integer),
    column("amount", ColumnType::Amount),
    column("text", ColumnType::Text),
];

/// What the terminal and the page show above the breaks, a line for each figure.
pub(crate) fn summary<'r>(run: &'r Run<'_>) -> Table<'r> {
    let mut lines = Vec::new();
    let figures = run.summary();
    lines.push(Line::said("title", run.title.clone()));
    lines.push(Line::said("verdict", overview::headline(run, &figures)));
    lines.push(Line::said("as_of", run.as_of.to_string()));
    if let Some(certificate) = run.certificate {
        let completeness = overview::completeness(certificate);
        lines.push(Line::said("completeness", completeness));
    }
    lines.extend(overview::flows(run).iter().flat_map(flows));
    let left_out = overview::left_out(run).into_iter();
    lines.extend(left_out.map(|reason| Line::said("not counted", reason)));
    let notes = run.outcome.notes.iter().cloned();
    lines.extend(notes.map(|note| Line::said("note", note)));
    for ladder in layers::ladders(run) {
        lines.extend(ladder.steps.into_iter().map(|step| Line {
            currency: ladder.currency,
            ..Line::said(
                step.layer.title(),
                format!("{}: {}", step.state.word(), step.words),
            )
        }));
    }
    lines.extend(overview::by_code(run).iter().flat_map(breaks));
    for bucket in ageing::buckets(run) {
        lines.extend(bucket.breaks.iter().map(|(&currency, aged)| Line {
            item: format!("breaks of {} days, unsigned", bucket.days).into(),
            currency,
            rows: Some(aged.breaks),
            amount: aged.amount,
            text: None,
        }));
    }
    let proofs = figures.proofs;
    for (item, count) in [
        ("proofs that hold", proofs.holds),
        ("proofs that fail", proofs.fails),
        ("proofs not testable", proofs.not_testable),
    ] {
        lines.push(Line::counted(item, count));
    }
    Table {
        name: "summary",
        columns: &COLUMNS,
        rows: Box::new(lines.into_iter().map(Line::cells)),
    }
}

fn flows(line: &Flows) -> impl Iterator<Item = Line> {
    let by_currency = line.by_currency.iter();
    by_currency.map(|(&currency, flow)| Line {
        currency: Some(currency),
        amount: Some(flow.net()),
        ..Line::counted(line.label, flow.rows)
    })
}

fn breaks(group: &CodeGroup<'_>) -> impl Iterator<Item = Line> {
    let all = Line::counted(group.code.as_str(), group.breaks.len());
    let by_currency = group.net.iter().map(|(&currency, &net)| Line {
        currency: Some(currency),
        amount: Some(net),
        ..Line::said(group.code.as_str(), "net difference".to_owned())
    });
    [all].into_iter().chain(by_currency)
}

/// One figure, or one sentence.
struct Line {
    item: Cow<'static, str>,
    currency: Option<Currency>,
    rows: Option<usize>,
    amount: Option<Tally>,
    text: Option<String>,
}

impl Line {
    fn said(item: &'static str, text: String) -> Self {
        Self {
            item: Cow::Borrowed(item),
            currency: None,
            rows: None,
            amount: None,
            text: Some(text),
        }
    }

    fn counted(item: &'static str, rows: usize) -> Self {
        Self {
            rows: Some(rows),
            text: None,
            ..Self::said(item, String::new())
        }
    }

    fn cells<'r>(self) -> Vec<Cell<'r>> {
        let sum = self.amount.and_then(Tally::to_decimal);
        // A sum of more digits than an amount can have is written out.
        let long = self
            .currency
            .zip(self.amount)
            .filter(|_| sum.is_none())
            .map(|(currency, sum)| sum.grouped(currency));
        vec![
            text(self.item),
            code(self.currency),
            self.rows
                .and_then(|rows| i64::try_from(rows).ok())
                .map_or(Cell::Absent, Cell::Integer),
            amount(sum, self.currency),
            self.text.or(long).map_or(Cell::Absent, text),
        ]
    }
}
