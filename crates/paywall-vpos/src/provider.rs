//! Paywall behind the trait: its lists as records, its days as statements.

mod attest;
mod days;
mod errors;
mod mapping;
mod records;
mod verdicts;

use std::{collections::BTreeSet, num::NonZeroUsize, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::tz::TimeZone;
use reconcile_core::{
    Attestation, BatchLine, Capabilities, DayTotals, Descriptor, FailureCode, Identity, Kind, Law,
    Limits, Provider, ProviderError, RecordPage, RecordQuery, StatementPage, StatementQuery,
    Status,
};

use crate::{
    BucketName, Client, Comparison, Config, Error, Step,
    client::MOST_ROWS,
    config::{VERDICT_WITHIN_DAYS, istanbul},
    error::NAME,
};
use errors::provider_error;

/// The provider's short name, in configuration and in every record.
const ID: &str = "paywall";

/// Paywall behind [`Provider`].
///
/// Days are those of the configured zone, Istanbul's unless told otherwise.
/// Paywall lists only days that are over, so a pull ends with the last of them.
#[derive(Clone, Debug)]
pub struct Paywall {
    client: Client,
    descriptor: Arc<Descriptor>,
}

impl Paywall {
    /// The provider with these settings. Nothing is sent yet.
    pub fn new(config: Config) -> Result<Self, Error> {
        let client = Client::new(config)?;
        let zone = client.calendar().zone().clone();
        let descriptor = descriptor(zone, client.verdict_within_days());
        Ok(Self {
            client,
            descriptor: Arc::new(descriptor),
        })
    }

    /// What the provider is and can do, unless its settings say otherwise.
    #[must_use]
    pub fn describe() -> Descriptor {
        descriptor(istanbul(), VERDICT_WITHIN_DAYS)
    }

    /// The client under it.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The merchant's totals of a day beside what Paywall has of it, for a look
    /// before they are sent with [`attest`](Provider::attest). Sends nothing.
    pub async fn compare(&self, totals: &DayTotals) -> Result<Comparison, ProviderError> {
        attest::compare(&self.client, totals)
            .await
            .map_err(provider_error)
    }

    fn concurrency(&self, asked: Option<NonZeroUsize>) -> NonZeroUsize {
        asked.unwrap_or_else(|| self.client.concurrency())
    }
}

#[async_trait]
impl Provider for Paywall {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn records(&self, query: RecordQuery) -> BoxStream<'static, Result<RecordPage, ProviderError>> {
        match self.descriptor.kinds_of(&query.kinds) {
            Ok(kinds) => {
                let concurrency = self.concurrency(query.concurrency);
                records::pages(&self.client, &query, kinds, concurrency)
            }
            Err(unsupported) => unsupported.into_stream(),
        }
    }

    fn statements(
        &self,
        query: StatementQuery,
    ) -> BoxStream<'static, Result<StatementPage, ProviderError>> {
        let concurrency = self.concurrency(query.concurrency);
        days::pages(&self.client, query.window, concurrency)
    }

    /// Sends the totals of a day that is open and not reconciled yet: the six
    /// buckets of [`BucketName`], in the zone and currency of the settings.
    async fn attest(&self, totals: &DayTotals) -> Result<Attestation, ProviderError> {
        attest::attest(&self.client, totals)
            .await
            .map_err(provider_error)
    }
}

fn descriptor(zone: TimeZone, verdict_within_days: u64) -> Descriptor {
    Descriptor::new(ID, NAME, zone)
        .with_capabilities(Capabilities {
            kinds: BTreeSet::from([Kind::Payment, Kind::Refund, Kind::Reversal]),
            kinds_on_request: BTreeSet::new(),
            statements: true,
            attest: true,
        })
        .with_limits(Limits {
            max_window: Some(Duration::from_secs(24 * 60 * 60)),
            page_size: Some(MOST_ROWS),
            // A day is open half an hour after its end: by then it is also listed.
            settle_lag: Duration::from_secs(30 * 60),
            closed_days: true,
        })
        .with_identities(identities(verdict_within_days))
}

/// What a day is to satisfy. Which rows each total counts is documented nowhere,
/// so each is an identity of its own: the one whose convention is another fails
/// alone. That the parts add up to the total is none: in what is published, they
/// do not, since what is under way is in no part.
fn identities(verdict_within_days: u64) -> Vec<Identity> {
    let steps = |kind, step: Step| {
        BatchLine::new([kind], [Status::Succeeded]).having("step", step.as_str())
    };
    let payments = |statuses: &[Status]| BatchLine::new([Kind::Payment], statuses.iter().copied());
    vec![
        Identity::new(
            "end_of_day",
            "every day has exactly one end of day",
            Law::EveryDayOnce,
        ),
        Identity::new(
            "day_reconciled",
            "every day is reconciled, and soon enough after it opened",
            Law::VerdictPresent {
                flag: "reconciled",
                days: "verdict_days",
                within_days: verdict_within_days,
            },
        ),
        Identity::new(
            "day_listed",
            "what the list of reconciliations shows of a day is what is told of the day itself",
            Law::Equal {
                pairs: verdicts::PAIRS.into(),
            },
        )
        // One side says it twice: no batch has two sides here.
        .filed_under(FailureCode::ControlTotal),
        total_of(
            BucketName::Total,
            "the total counts the payments that began on the day, whatever became of them (assumed)",
            payments(Status::ALL),
        ),
        total_of(
            BucketName::Successful,
            "successful are the payments that began on the day and succeeded (assumed)",
            payments(&[Status::Succeeded]),
        ),
        total_of(
            BucketName::Unsuccessful,
            "unsuccessful are the payments that began on the day and failed (assumed)",
            payments(&[Status::Failed]),
        ),
        total_of(
            BucketName::Refund,
            "refunds are the refunds of the whole that succeeded on the day (assumed)",
            steps(Kind::Refund, Step::Refund),
        ),
        total_of(
            BucketName::PartialRefund,
            "partial refunds are the refunds of a part that succeeded on the day (assumed)",
            steps(Kind::Refund, Step::PartialRefund),
        ),
        total_of(
            BucketName::Cancel,
            "cancellations are those that succeeded on the day (assumed)",
            steps(Kind::Reversal, Step::Cancel),
        ),
    ]
}

fn total_of(name: BucketName, title: &'static str, rows: BatchLine) -> Identity {
    let identity = match name {
        BucketName::Total => "day_total",
        BucketName::Successful => "day_successful",
        BucketName::Unsuccessful => "day_unsuccessful",
        BucketName::Refund => "day_refund",
        BucketName::PartialRefund => "day_partial_refund",
        BucketName::Cancel => "day_cancel",
    };
    let lines = vec![rows.amount(name.as_str()).count(name.count())];
    Identity::new(identity, title, Law::Batch { lines })
}
