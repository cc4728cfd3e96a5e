//! The run, and the files that it leaves behind.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use jiff::civil::Date;
use reconcile_core::Certificate;
use reconcile_engine::{Book, Break, Outcome, Proof};

use crate::{
    SettledPairs, html,
    summary::Summary,
    tables::{self, Table},
};

/// A finished reconciliation: both sides, what came of matching them, and the
/// evidence beside it.
///
/// Where a layer is missing it is empty: a run that only proves has two empty
/// books, a match of two files has no proofs and no certificate.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    /// What the run is about, as a heading: "`TuPay`, October 2026".
    pub title: String,
    /// The provider's short name, where the records come from one.
    pub provider: Option<&'a str>,
    /// The merchant's side.
    pub ledger: &'a Book,
    /// The provider's side.
    pub records: &'a Book,
    /// What came of matching the two.
    pub outcome: &'a Outcome,
    /// The identities that were checked.
    pub proofs: &'a [Proof],
    /// The evidence that the records are complete, where there is any.
    pub certificate: Option<&'a Certificate>,
    /// The day as of which the run looks at everything.
    pub as_of: Date,
    /// How many lines of the ledger could not be read and were set aside: they
    /// are not in the book, and open.
    pub set_aside: usize,
    /// The pairs that stand in neither book, where some were settled apart.
    pub settled: Option<&'a dyn SettledPairs>,
}

/// A file beside the tables that a run leaves behind.
#[derive(Clone, Copy, Debug)]
pub struct Document {
    /// Its name inside the folder, as the contract fixes it.
    pub name: &'static str,
    /// Writes its content; give it a buffered writer.
    pub write: fn(&Run<'_>, &mut dyn Write) -> io::Result<()>,
}

impl Document {
    /// The documents of a run that has everything, in the order of the contract.
    pub const ALL: [Self; 3] = [
        Self {
            name: "summary.json",
            write: |run, out| run.write_summary(out),
        },
        Self {
            name: CERTIFICATE,
            write: |run, out| run.write_certificate(out),
        },
        Self {
            name: "report.html",
            write: |run, out| run.write_report(out),
        },
    ];
}

impl Run<'_> {
    /// The documents of this run. There is no `certificate.json` where there is
    /// no certificate.
    pub fn documents(&self) -> impl Iterator<Item = Document> + use<> {
        let certified = self.certificate.is_some();
        Document::ALL
            .into_iter()
            .filter(move |document| certified || document.name != CERTIFICATE)
    }

    /// The tables of this run, in the order of [`Table::NAMES`]: the match
    /// groups in the order of the outcome; the breaks of the outcome, then one
    /// for each proof that fails; the proofs.
    ///
    /// Amounts are in major units. Those of the matches are positive for credits
    /// and negative for debits; a difference is the ledger's amount minus the
    /// provider's.
    #[must_use]
    pub fn tables(&self) -> [Table<'_>; 3] {
        [
            tables::matches(self),
            tables::breaks(self),
            tables::proofs(self),
        ]
    }

    /// The run in figures as a table of its own, for a workbook: `summary`.
    #[must_use]
    pub fn summary_table(&self) -> Table<'_> {
        tables::summary(self)
    }

    /// The run in figures, as `summary.json` holds them.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }

    /// Writes `summary.json`.
    pub fn write_summary(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut out, &self.summary())?;
        out.write_all(b"\n")
    }

    /// Writes `certificate.json`; `null` where there is no certificate.
    pub fn write_certificate(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut out, &self.certificate)?;
        out.write_all(b"\n")
    }

    /// Writes `report.html`: one page that needs nothing beside it.
    pub fn write_report(&self, mut out: impl Write) -> io::Result<()> {
        html::write(self, &mut out)
    }

    /// Every break: those of the outcome, then one for each proof that fails.
    pub(crate) fn breaks(&self) -> impl Iterator<Item = Cow<'_, Break>> {
        let failed = self.proofs.iter().filter_map(|proof| {
            let mut failed = proof.to_break()?;
            // A proof knows no as-of date, so its break comes without an age.
            let age = failed.date.and_then(|date| days_between(date, self.as_of));
            failed.age_days = age.map(|days| days.max(0));
            Some(failed)
        });
        self.outcome
            .breaks
            .iter()
            .map(Cow::Borrowed)
            .chain(failed.map(Cow::Owned))
    }
}

fn days_between(from: Date, to: Date) -> Option<i64> {
    from.until(to).ok().map(|span| i64::from(span.get_days()))
}

const CERTIFICATE: &str = "certificate.json";
