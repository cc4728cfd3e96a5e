//! Both sides of a match, in memory or on disk.

mod pairs;

use std::{env, mem, path::Path};

use reconcile_core::Record;
use reconcile_engine::{
    Book, Context, Outcome, RowIndex, Rules, Settled, Stage, reconcile_watched,
};
use reconcile_files::{Ledger, Mapping, RulesFile, Spill, Spilled, settle};
use reconcile_report::SettledPairs;

use self::pairs::{PairsInMemory, PairsOnDisk};
use super::outcome::{self, apart};
use crate::{args, error::CommandError, progress::Progress};

/// Both sides as they are read.
pub(super) enum Sides {
    InMemory(Box<(Book, Book)>),
    /// They wait on disk, so that their match stays within the memory allowed.
    OnDisk(Box<(Spill, Spilled, Spilled)>),
}

impl Sides {
    /// A ledger in memory, and no record yet.
    pub(super) fn in_memory(ledger: Book) -> Self {
        Self::InMemory(Box::new((ledger, Book::new())))
    }

    /// Reads both files. The ledger that it gives is without its rows.
    pub(super) async fn read(
        args: &args::Match,
        rules: &RulesFile,
    ) -> Result<(Ledger, Self), CommandError> {
        if args.books.memory.is_some() {
            let (ledger, sides) = Self::read_ledger(&args.books, rules).await?;
            let (path, mapping) = (args.records.clone(), rules.records.clone());
            let sides = apart(move || sides.with_records(&path, &mapping)).await?;
            return Ok((ledger, sides));
        }
        let (ledger, records) = tokio::join!(
            outcome::ledger(&args.books.ledger, args.books.skip_invalid, &rules.ledger),
            outcome::records(&args.records, &rules.records),
        );
        // What is wrong with the ledger is said first, whichever was read first.
        let (mut ledger, records) = (ledger?, records?);
        let booked = mem::take(&mut ledger.book);
        Ok((ledger, Self::InMemory(Box::new((booked, records)))))
    }

    /// Reads the ledger; the records are [listed](Self::list) as they come. The
    /// ledger that it gives is without its rows.
    pub(super) async fn read_ledger(
        books: &args::Books,
        rules: &RulesFile,
    ) -> Result<(Ledger, Self), CommandError> {
        let Some(memory) = books.memory else {
            let mut ledger =
                outcome::ledger(&books.ledger, books.skip_invalid, &rules.ledger).await?;
            let booked = mem::take(&mut ledger.book);
            return Ok((ledger, Self::in_memory(booked)));
        };
        let folder = books.destination.out.clone();
        let folder = folder.unwrap_or_else(env::temp_dir);
        let spill = Spill::new(&folder, &rules.rules, memory);
        let (path, mapping) = (books.ledger.clone(), rules.ledger.clone());
        let invalid = outcome::invalid(books.skip_invalid);
        apart(move || {
            let (ledger, booked) = spill.read_ledger(&path, &mapping, invalid)?;
            let listed = spill.records()?;
            Ok((ledger, Self::OnDisk(Box::new((spill, booked, listed)))))
        })
        .await
    }

    /// The same with the records of a file.
    fn with_records(mut self, path: &Path, mapping: &Mapping) -> Result<Self, CommandError> {
        match &mut self {
            Self::InMemory(books) => books.1 = reconcile_files::read_records(path, mapping)?,
            Self::OnDisk(spilled) => spilled.2 = spilled.0.read_records(path, mapping)?,
        }
        Ok(self)
    }

    /// Takes in records as they are pulled.
    pub(super) fn list(
        &mut self,
        records: &[Record],
        reading: &Mapping,
    ) -> Result<(), CommandError> {
        let keep = |book: &mut Book| {
            let mut records = records.iter();
            records.try_for_each(|record| outcome::keep(record, reading, book))
        };
        match self {
            Self::InMemory(books) => keep(&mut books.1),
            Self::OnDisk(spilled) => {
                let (spill, _, listed) = &mut **spilled;
                let mut page = Book::new();
                keep(&mut page)?;
                Ok(listed.take(spill, &page)?)
            }
        }
    }

    /// An error when what else is kept of these records takes more memory than
    /// is allowed.
    pub(super) fn afford(&self, records: usize, bytes: usize) -> Result<(), CommandError> {
        match self {
            Self::InMemory(_) => Ok(()),
            Self::OnDisk(spilled) => Ok(spilled.0.afford(records, bytes)?),
        }
    }

    /// Books that know the kinds and the last day of all rows, and how many
    /// there are.
    pub(super) fn all(&self) -> (&Book, &Book) {
        match self {
            Self::InMemory(books) => (&books.0, &books.1),
            Self::OnDisk(spilled) => (spilled.1.all(), spilled.2.all()),
        }
    }

    /// Takes out what is settled without a look at all other rows: these are few, and
    /// lie near each other from then on.
    pub(super) async fn settle(
        self,
        rules: &Rules,
        progress: &Progress,
    ) -> Result<Left, CommandError> {
        match self {
            Self::InMemory(books) => {
                progress.say("settling pairs");
                let (ledger, records) = *books;
                Ok(Left::in_memory(ledger, records, rules))
            }
            Self::OnDisk(spilled) => {
                let (rules, sayer) = (rules.clone(), progress.sayer());
                apart(move || {
                    let (spill, booked, listed) = *spilled;
                    let rows = booked.all().counted() + listed.all().counted();
                    let watch = |looked| sayer.say_done("settling pairs", looked, rows);
                    let (ledger, records, settled, pairs) =
                        settle(&spill, booked, listed, &rules, watch)?;
                    Ok(Left {
                        ledger,
                        records,
                        settled,
                        pairs: Some(Box::new(PairsOnDisk(pairs))),
                    })
                })
                .await
            }
        }
    }
}

/// What is left to match, and the pairs that are matched already.
pub(super) struct Left {
    pub(super) ledger: Book,
    pub(super) records: Book,
    settled: Settled,
    pairs: Option<Box<dyn SettledPairs + Send>>,
}

impl Left {
    fn in_memory(ledger: Book, records: Book, rules: &Rules) -> Self {
        let mut settled = Settled::default();
        let found = settled.settle(&ledger, &records, rules);
        if found.pairs.len() < found.ledger.len() + found.records.len() {
            // Most of it would be in memory twice.
            return Self {
                ledger,
                records,
                settled: Settled::default(),
                pairs: None,
            };
        }
        let of_rest = |book: &Book, mut rows: Vec<RowIndex>| {
            // In the order of the book, whose ids may ascend.
            rows.sort_unstable();
            book.only(rows)
        };
        Self {
            ledger: of_rest(&ledger, found.ledger),
            records: of_rest(&records, found.records),
            settled,
            pairs: Some(Box::new(PairsInMemory {
                ledger,
                records,
                pairs: found.pairs,
            })),
        }
    }

    pub(super) fn reconcile(
        &self,
        rules: &Rules,
        context: &Context,
        progress: &Progress,
    ) -> Result<Outcome, CommandError> {
        let sayer = progress.sayer();
        let watch = |stage: Stage<'_>| {
            let pass = format!("pass {} of {}, {}", stage.number, stage.passes, stage.pass);
            sayer.say_done(&pass, stage.done, stage.rows);
        };
        let (ledger, records) = (&self.ledger, &self.records);
        Ok(reconcile_watched(
            ledger,
            records,
            rules,
            context,
            &self.settled,
            watch,
        )?)
    }

    pub(super) fn settled_pairs(&self) -> Option<&dyn SettledPairs> {
        self.pairs
            .as_deref()
            .map(|pairs| pairs as &dyn SettledPairs)
    }
}
