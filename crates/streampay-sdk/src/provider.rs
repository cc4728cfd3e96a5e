//! StreamPay behind the trait: the mapping of receipts to records and of
//! reconciliations to statements.

mod batches;
mod errors;
mod identities;
mod mapping;
mod records;

use std::{collections::BTreeSet, num::NonZeroUsize, sync::Arc};

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::tz::TimeZone;
use reconcile_core::{
    Attestation, Capabilities, DayTotals, Descriptor, Kind, PageEvidence, Provider, ProviderError,
    RecordPage, RecordQuery, StatementPage, StatementQuery, Window,
};
use reconcile_transport::PagedOut;

use crate::{Client, Config, Error, config::riyadh, error::NAME, list};

/// The provider's short name, in configuration and in every record.
const ID: &str = "streampay";

/// StreamPay behind [`Provider`].
///
/// Records are receipts, one or several a transaction; statements are
/// reconciliations of terminals. Days are those of [`Config::zone`].
#[derive(Clone, Debug)]
pub struct StreamPay {
    client: Client,
    descriptor: Arc<Descriptor>,
}

impl StreamPay {
    /// The provider with these settings. Nothing is sent yet.
    pub fn new(config: Config) -> Result<Self, Error> {
        let descriptor = Arc::new(descriptor(config.zone.clone()));
        Ok(Self {
            client: Client::new(config)?,
            descriptor,
        })
    }

    /// What the provider is and can do, whatever its settings.
    #[must_use]
    pub fn describe() -> Descriptor {
        descriptor(riyadh())
    }

    /// The client under it.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    fn concurrency(&self, asked: Option<NonZeroUsize>) -> NonZeroUsize {
        asked.unwrap_or_else(|| self.client.concurrency())
    }
}

/// Neither a longest window nor a largest page is documented, so no limits are
/// told.
fn descriptor(zone: TimeZone) -> Descriptor {
    Descriptor::new(ID, NAME, zone)
        .with_capabilities(Capabilities {
            kinds: BTreeSet::from([Kind::Payment, Kind::Refund, Kind::Reversal]),
            kinds_on_request: BTreeSet::new(),
            statements: true,
            attest: false,
        })
        .with_identities(identities::declared())
}

#[async_trait]
impl Provider for StreamPay {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn records(&self, query: RecordQuery) -> BoxStream<'static, Result<RecordPage, ProviderError>> {
        match self.descriptor.kinds_of(&query.kinds) {
            Ok(kinds) => {
                let concurrency = self.concurrency(query.concurrency);
                records::read(&self.client, kinds, &query, concurrency)
            }
            Err(unsupported) => unsupported.into_stream(),
        }
    }

    fn statements(
        &self,
        query: StatementQuery,
    ) -> BoxStream<'static, Result<StatementPage, ProviderError>> {
        let concurrency = self.concurrency(query.concurrency);
        batches::read(&self.client, query.window, concurrency)
    }

    async fn attest(&self, _: &DayTotals) -> Result<Attestation, ProviderError> {
        Err(ProviderError::unsupported(
            ID,
            "takes no totals of the merchant: it reconciles terminals by itself, or when told to",
        ))
    }
}

/// The evidence of a page of the list with this name, but for its rows outside.
fn evidence<S, R>(list: impl Into<String>, window: Window, page: &PagedOut<S, R>) -> PageEvidence {
    PageEvidence {
        pass: page.pass,
        rows_seen: page.page.seen_rows,
        first_id: page.page.keys.first().cloned(),
        last_id: page.page.keys.last().cloned(),
        sha256: hex::encode(page.page.digest),
        last: page.last,
        doubts: list::doubts(page),
        ..PageEvidence::new(list, window, page.index, b"")
    }
}
