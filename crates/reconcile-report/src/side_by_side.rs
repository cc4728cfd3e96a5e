//! Several runs beside each other: one for each provider of a month.

use std::io::{self, Write};

use reconcile_core::ModelError;

use crate::{
    Run, Style, Summary, Verdict,
    amount::{count, counted},
    html, layers,
    terminal::Sheet,
};

/// Several runs beside each other.
#[derive(Clone, Debug)]
pub struct SideBySide<'a> {
    /// What they are about, as a heading.
    pub title: String,
    /// The runs, in the order in which they are shown.
    pub entries: Vec<Beside<'a>>,
    /// All of them in figures.
    summary: Summary,
}

/// One run beside others.
#[derive(Clone, Debug)]
pub struct Beside<'a> {
    /// The run.
    pub run: &'a Run<'a>,
    /// Its folder, below that of the page that shows them all.
    pub folder: &'a str,
    /// How many statements the provider gave.
    pub statements: usize,
    /// How many breaks there are to be found, where somebody knows.
    pub planted: Option<usize>,
}

impl<'a> SideBySide<'a> {
    /// The runs beside each other. An error when their amounts do not add up to
    /// a sum that can be held.
    pub fn new(title: String, entries: Vec<Beside<'a>>) -> Result<Self, ModelError> {
        let summary = Summary::of_all(entries.iter().map(|entry| entry.run))?;
        Ok(Self {
            title,
            entries,
            summary,
        })
    }

    /// All runs in figures, added up.
    #[must_use]
    pub const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// A table with a line for each run.
    #[must_use]
    pub fn terminal(&self, style: Style) -> String {
        let mut sheet = Sheet::new(style);
        sheet.heading(&self.title);
        let wide = self.table(&Column::MOST);
        if sheet.fits(&wide) {
            sheet.table(&wide);
        } else {
            sheet.table(&self.table(&Column::FEW));
        }
        sheet.finish()
    }

    /// Writes `summary.json` for all runs.
    pub fn write_summary(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut out, &self.summary)?;
        out.write_all(b"\n")
    }

    /// Writes the page that leads to the page of each run.
    pub fn write_report(&self, mut out: impl Write) -> io::Result<()> {
        html::write_index(self, &mut out)
    }

    /// The verdict over all runs as a sentence.
    pub(crate) fn headline(&self) -> String {
        let open = |entry: &&Beside<'_>| entry.run.summary().verdict == Verdict::Breaks;
        let runs = counted(self.entries.len(), "run", "runs");
        match self.entries.iter().filter(open).count() {
            0 => "Reconciled: nothing is open".to_owned(),
            open => {
                let breaks: usize = self.summary.breaks.values().sum();
                let breaks = counted(breaks, "break", "breaks");
                format!("Not reconciled: {breaks}; open are {open} of {runs}")
            }
        }
    }

    fn table(&self, columns: &[Column]) -> Vec<Vec<String>> {
        let header = columns.iter().map(|column| column.title().to_owned());
        let mut rows = vec![header.collect()];
        rows.extend(self.entries.iter().map(|entry| entry.cells(columns)));
        rows
    }
}

impl Beside<'_> {
    /// What the run is called.
    pub(crate) fn name(&self) -> &str {
        self.run.provider.unwrap_or(&self.run.title)
    }

    pub(crate) fn cells(&self, columns: &[Column]) -> Vec<String> {
        let summary = self.run.summary();
        let cell = |column: &Column| self.cell(*column, &summary);
        columns.iter().map(cell).collect()
    }

    fn cell(&self, column: Column, summary: &Summary) -> String {
        match column {
            Column::Provider => self.name().to_owned(),
            Column::Verdict => match summary.verdict {
                Verdict::Reconciled => "reconciled".to_owned(),
                Verdict::Breaks => "breaks".to_owned(),
            },
            Column::Records => count(summary.records.rows),
            Column::Statements => count(self.statements),
            Column::Matched => count(summary.matched.record_rows),
            Column::Breaks => {
                let found = count(summary.breaks.values().sum::<usize>());
                match self.planted {
                    Some(planted) => format!("{found} of {}", count(planted)),
                    None => found,
                }
            }
            Column::Holds => count(summary.proofs.holds),
            Column::Fails => count(summary.proofs.fails),
            Column::NotTestable => count(summary.proofs.not_testable),
            Column::Pull => match self.run.certificate {
                None => "—",
                Some(certificate) if certificate.verdict.is_proven() => "complete",
                Some(_) => "unproven",
            }
            .to_owned(),
            Column::Residual => self.residual(),
        }
    }

    /// The layer at which each currency is open: "SAR: rows to rows".
    fn residual(&self) -> String {
        let ladders = layers::ladders(self.run);
        let open = ladders.iter().filter_map(|ladder| {
            let layer = ladder.residual()?.layer;
            Some(format!("{}: {}", ladder.name(), layer.title()))
        });
        let open: Vec<_> = open.collect();
        if open.is_empty() {
            return "—".to_owned();
        }
        open.join("; ")
    }
}

/// What is shown of each run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Provider,
    Verdict,
    Records,
    Statements,
    Matched,
    Breaks,
    Holds,
    Fails,
    NotTestable,
    Pull,
    Residual,
}

impl Column {
    /// What the page shows, which has room.
    pub(crate) const ALL: [Self; 11] = [
        Self::Provider,
        Self::Verdict,
        Self::Records,
        Self::Statements,
        Self::Matched,
        Self::Breaks,
        Self::Holds,
        Self::Fails,
        Self::NotTestable,
        Self::Pull,
        Self::Residual,
    ];

    /// What a terminal shows.
    const MOST: [Self; 10] = [
        Self::Provider,
        Self::Verdict,
        Self::Records,
        Self::Statements,
        Self::Matched,
        Self::Breaks,
        Self::Holds,
        Self::Fails,
        Self::NotTestable,
        Self::Pull,
    ];

    /// What a narrow terminal shows.
    const FEW: [Self; 5] = [
        Self::Provider,
        Self::Verdict,
        Self::Records,
        Self::Matched,
        Self::Breaks,
    ];

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Verdict => "verdict",
            Self::Records => "records",
            Self::Statements => "statements",
            Self::Matched => "matched",
            Self::Breaks => "breaks",
            Self::Holds => "proofs",
            Self::Fails => "failed",
            Self::NotTestable => "untested",
            Self::Pull => "pull",
            Self::Residual => "open at",
        }
    }

    /// Whether it holds figures, which stand under each other.
    pub(crate) const fn is_figure(self) -> bool {
        !matches!(
            self,
            Self::Provider | Self::Verdict | Self::Pull | Self::Residual
        )
    }
}
