//! `reconcile attest`: the merchant's totals of a day, compared with the
//! provider's, and sent only where that is asked for.

mod books;
mod line;
mod totals;

use std::collections::BTreeMap;

use jiff::civil::Date;
use reconcile_core::{
    Attestation, AttestationVerdict, BucketComparison, Currency, DayTotals, LocalDay, ProviderError,
};
use reconcile_report::day_totals;

use super::outcome;
use crate::{
    Finding,
    args::{self, Global, ListFormat},
    error::CommandError,
    progress::Progress,
    registry::{self, Account, Compared, DayTotal},
    settings::Configuration,
    terminal,
};

/// Which lines of a ledger each provider's totals count, in words, for the help.
pub(crate) fn conventions() -> String {
    books::conventions()
}

pub(crate) async fn run(global: &Global, args: &args::Attest) -> Result<Finding, CommandError> {
    let entry = registry::find(&args.provider)?;
    let Some(attest) = &entry.attest else {
        let unsupported = ProviderError::unsupported(entry.id, "takes no totals of the merchant");
        return Err(unsupported.into());
    };
    let settings = Configuration::load(global.config.as_deref())?.of(entry)?;
    let desk = Desk {
        account: Account::open(&settings)?,
        currency: (attest.currency)(&settings)?,
        date: args.date,
        format: args.format,
        global,
    };
    let totals = desk.totals(attest.totals, args).await?;
    let comparing = (attest.compare)(&settings, totals.clone())?;
    let progress = Progress::begin(format!("asking {}", entry.id), global.quiet);
    let Compared {
        buckets,
        is_reconciled,
    } = comparing.await?;
    drop(progress);
    desk.show(&buckets)?;
    if is_reconciled {
        desk.conclude(Outcome::ReconciledBefore, &buckets)
    } else if args.submit {
        desk.send(&totals, &buckets).await
    } else {
        desk.conclude(Outcome::NotSent, &buckets)
    }
}

/// The day that is attested, and with whom.
struct Desk<'a> {
    account: Account,
    currency: Currency,
    date: Date,
    format: ListFormat,
    global: &'a Global,
}

/// What became of the totals.
#[derive(Clone, Copy)]
enum Outcome {
    /// They were only looked at.
    NotSent,
    /// The day is reconciled already, so they were not sent.
    ReconciledBefore,
    /// They were sent, and the provider agrees.
    Agreed,
    /// They were sent, and the provider does not agree.
    Refused,
}

impl Outcome {
    /// The word for a machine.
    const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::ReconciledBefore => "reconciled_before",
            Self::Agreed => "agreed",
            Self::Refused => "refused",
        }
    }
}

impl Desk<'_> {
    /// The merchant's totals, counted from the books or as a file has them.
    async fn totals(
        &self,
        wanted: &[DayTotal],
        args: &args::Attest,
    ) -> Result<DayTotals, CommandError> {
        let buckets = match (&args.source.ledger, &args.source.totals) {
            (Some(path), _) => {
                let zone = &self.account.zone;
                let mut rules = outcome::rules(args.rules.as_deref(), zone)?;
                // It is the provider's day that is attested, whatever the books'.
                rules.ledger.zone = Some(zone.clone());
                let ledger = outcome::ledger(path, false, &rules.ledger).await?;
                let counted = books::count(&ledger.book, self.date, self.currency, wanted)?;
                if !self.global.quiet {
                    counted.notes.iter().for_each(|note| eprintln!("{note}"));
                }
                counted.buckets
            }
            (None, Some(path)) => totals::read(path, wanted)?,
            // The command line asks for one of them.
            (None, None) => BTreeMap::new(),
        };
        let zone = self.account.zone.iana_name().unwrap_or("UTC").to_owned();
        Ok(DayTotals {
            day: LocalDay {
                date: self.date,
                zone,
            },
            currency: self.currency,
            buckets,
        })
    }

    async fn send(
        &self,
        totals: &DayTotals,
        compared: &[BucketComparison],
    ) -> Result<Finding, CommandError> {
        let Attestation {
            verdict, buckets, ..
        } = self.account.provider.attest(totals).await?;
        let outcome = match verdict {
            AttestationVerdict::Agreed => Outcome::Agreed,
            AttestationVerdict::AlreadyAgreed => Outcome::ReconciledBefore,
            _ => Outcome::Refused,
        };
        // A verdict that comes without the provider's side is about what it was
        // seen to count. One that comes with it may show that this has changed.
        if buckets.iter().all(|it| it.provider.is_none()) {
            return self.conclude(outcome, compared);
        }
        if buckets != compared {
            self.show(&buckets)?;
        }
        self.conclude(outcome, &buckets)
    }

    /// Shows both sides to a person; a machine gets them with what came of it.
    fn show(&self, buckets: &[BucketComparison]) -> Result<(), CommandError> {
        if self.global.quiet || self.format != ListFormat::Table {
            return Ok(());
        }
        let style = terminal::style(self.global.color);
        terminal::print(&format!(
            "{} on {}, in {}\n\n{}\n",
            self.account.provider.descriptor().name,
            self.date,
            self.currency,
            day_totals(buckets, self.currency, style)
        ))
    }

    /// Says what came of it. What differs is open, whatever the verdict says, now
    /// or before: it is held against the figures of both sides.
    fn conclude(
        &self,
        outcome: Outcome,
        buckets: &[BucketComparison],
    ) -> Result<Finding, CommandError> {
        let differing = differing(buckets);
        let id = &self.account.provider.descriptor().id;
        let date = self.date;
        let sentence = match (outcome, differing) {
            (Outcome::NotSent, 0) => {
                "Equal. Nothing was sent; --submit sends these totals.".to_owned()
            }
            (Outcome::NotSent, number) => {
                let all = buckets.len();
                format!("Different: {number} of {all} totals. Nothing was sent.")
            }
            (Outcome::ReconciledBefore, 0) => {
                format!("Equal. {date} is reconciled already; nothing was sent.")
            }
            (Outcome::ReconciledBefore, number) => format!(
                "{date} is reconciled already; nothing was sent. Yet {number} of these totals differ."
            ),
            (Outcome::Agreed, 0) => format!("Sent. {id} agrees: {date} is reconciled."),
            (Outcome::Agreed, number) => format!(
                "Sent. {id} agrees: {date} is reconciled. Yet {number} of these totals differ."
            ),
            (Outcome::Refused, 0) => {
                format!(
                    "Sent. {id} does not agree, yet none of these totals differs: ask {id} why."
                )
            }
            (Outcome::Refused, _) => {
                format!("Sent. {id} does not agree: correct the totals, and send them again.")
            }
        };
        match self.format {
            ListFormat::Table if self.global.quiet => {}
            ListFormat::Table => terminal::print(&format!("{sentence}\n"))?,
            format => {
                let place = (self.date, self.currency);
                terminal::print(&line::list(buckets, place, outcome, format)?)?;
                if !self.global.quiet {
                    eprintln!("{sentence}");
                }
            }
        }
        Ok(match outcome {
            Outcome::NotSent | Outcome::ReconciledBefore | Outcome::Agreed if differing == 0 => {
                Finding::Clean
            }
            _ => Finding::Open,
        })
    }
}

/// How many totals are not the same on both sides.
fn differing(buckets: &[BucketComparison]) -> usize {
    let differs = |it: &&BucketComparison| it.provider != Some(it.merchant);
    buckets.iter().filter(differs).count()
}
