//! Both sides of a match, in memory or on disk.

use std::{env, io, mem};

use reconcile_engine::{Book, Context, Outcome, Rules, Settled, SettledPair};
use reconcile_files::{Ledger, Pairs, PairsCursor, RulesFile, Spill, Spilled, settle};
use reconcile_report::{PairCursor, SettledPairs};

use crate::{
    args,
    commands::outcome::{self, apart},
    error::CommandError,
};

/// Both sides as they were read.
pub(super) enum Sides {
    InMemory(Box<(Book, Book)>),
    /// They wait on disk, so that their match stays within the memory allowed.
    OnDisk(Box<(Spill, Spilled, Spilled)>),
}

impl Sides {
    /// Reads the files. The ledger that it gives is without its rows.
    pub(super) async fn read(
        args: &args::Match,
        rules: &RulesFile,
    ) -> Result<(Ledger, Self), CommandError> {
        let Some(memory) = args.memory else {
            let (ledger, records) = tokio::join!(
                outcome::ledger(&args.books.ledger, args.books.skip_invalid, &rules.ledger),
                outcome::records(&args.records, &rules.records),
            );
            // What is wrong with the ledger is said first, whichever was read first.
            let (mut ledger, records) = (ledger?, records?);
            let booked = mem::take(&mut ledger.book);
            return Ok((ledger, Self::InMemory(Box::new((booked, records)))));
        };
        let folder = args.books.destination.out.clone();
        let folder = folder.unwrap_or_else(env::temp_dir);
        let spill = Spill::new(&folder, &rules.rules, memory);
        let (args, ledger, records) = (args.clone(), rules.ledger.clone(), rules.records.clone());
        let read = move || {
            let invalid = outcome::invalid(args.books.skip_invalid);
            let (ledger, booked) = spill.read_ledger(&args.books.ledger, &ledger, invalid)?;
            let listed = spill.read_records(&args.records, &records)?;
            Ok((ledger, Self::OnDisk(Box::new((spill, booked, listed)))))
        };
        apart(read).await
    }

    /// Books that know the kinds and the last day of all rows, and how many
    /// there are.
    pub(super) fn all(&self) -> (&Book, &Book) {
        match self {
            Self::InMemory(books) => (&books.0, &books.1),
            Self::OnDisk(spilled) => (spilled.1.all(), spilled.2.all()),
        }
    }

    /// Takes out what is settled without a look at all other rows, where not all
    /// are in memory.
    pub(super) async fn settle(self, rules: &Rules) -> Result<Left, CommandError> {
        match self {
            Self::InMemory(books) => {
                let (ledger, records) = *books;
                Ok(Left {
                    ledger,
                    records,
                    settled: Settled::default(),
                    pairs: None,
                })
            }
            Self::OnDisk(spilled) => {
                let rules = rules.clone();
                apart(move || {
                    let (spill, booked, listed) = *spilled;
                    let (ledger, records, settled, pairs) = settle(&spill, booked, listed, &rules)?;
                    Ok(Left {
                        ledger,
                        records,
                        settled,
                        pairs: Some(PairsOnDisk(pairs)),
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
    pairs: Option<PairsOnDisk>,
}

impl Left {
    pub(super) fn reconcile(
        &self,
        rules: &Rules,
        context: &Context,
    ) -> Result<Outcome, CommandError> {
        Ok(reconcile_engine::reconcile_rest(
            &self.ledger,
            &self.records,
            rules,
            context,
            &self.settled,
        )?)
    }

    pub(super) fn settled_pairs(&self) -> Option<&dyn SettledPairs> {
        self.pairs.as_ref().map(|pairs| pairs as &dyn SettledPairs)
    }
}

/// The pairs on disk as the report reads them.
#[derive(Debug)]
struct PairsOnDisk(Pairs);

impl SettledPairs for PairsOnDisk {
    fn first(&self) -> io::Result<Box<dyn PairCursor + '_>> {
        Ok(Box::new(Cursor(self.0.first()?)))
    }
}

struct Cursor<'p>(PairsCursor<'p>);

impl PairCursor for Cursor<'_> {
    fn pair(&self) -> Option<SettledPair<'_>> {
        self.0.pair()
    }

    fn advance(&mut self) -> io::Result<()> {
        self.0.advance()
    }
}
