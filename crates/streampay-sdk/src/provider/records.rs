//! Receipts as records.

use std::{collections::BTreeSet, num::NonZeroUsize, sync::Arc};

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use reconcile_core::{
    Kind, Position, ProviderError, Record, RecordPage, RecordQuery, SetAside, Window,
};
use reconcile_transport::{DecodeError, PageSource, PagedOut};

use super::{errors::provider_error, evidence, mapping};
use crate::{
    Client, Error, TransactionsQuery,
    list::{self, List, Row, Trace},
    models::Transaction,
};

const LIST: List = List::Transactions;

/// The receipts of these kinds, window by window.
pub(super) fn read(
    client: &Client,
    kinds: BTreeSet<Kind>,
    query: &RecordQuery,
    concurrency: NonZeroUsize,
) -> BoxStream<'static, Result<RecordPage, ProviderError>> {
    let source = Arc::new(Transactions {
        client: client.clone(),
        kinds,
        skip_invalid: query.skip_invalid,
    });
    let parts = list::windows(query.window).into_iter().map(|window| Part {
        window,
        trace: Trace::default(),
    });
    reconcile_transport::pages(source, parts.collect(), list::read_ahead(concurrency))
        .map_err(|error| {
            let position = Position {
                from: error.span.window.from(),
                list: LIST.name().to_owned(),
                page: error.index,
            };
            provider_error(list::paging_error(LIST, error)).with_position(position)
        })
        .map_ok(record_page)
        .boxed()
}

/// What one series of pages covers.
#[derive(Clone, Debug)]
struct Part {
    window: Window,
    trace: Trace,
}

/// A transaction, as far as it is delivered.
#[derive(Default)]
struct Delivered {
    /// Its receipts that were asked for.
    records: Vec<Record>,
    set_aside: Vec<SetAside>,
    /// Whether any of it is of the window.
    is_inside: bool,
    /// Why others like it may have been filtered out.
    doubt: Option<String>,
}

fn record_page(page: PagedOut<Part, Delivered>) -> RecordPage {
    let mut evidence = evidence(LIST.name(), page.span.window, &page);
    let (mut records, mut set_aside) = (Vec::new(), Vec::new());
    let mut doubt = None;
    for row in page.page.rows {
        records.extend(row.records);
        set_aside.extend(row.set_aside);
        evidence.rows_outside += u64::from(!row.is_inside);
        doubt = doubt.or(row.doubt);
    }
    evidence.doubts.extend(doubt);
    RecordPage {
        evidence,
        records,
        set_aside,
    }
}

struct Transactions {
    client: Client,
    kinds: BTreeSet<Kind>,
    skip_invalid: bool,
}

#[async_trait]
impl PageSource for Transactions {
    type Span = Part;
    type Row = Delivered;
    type Error = Error;

    async fn fetch(
        &self,
        part: &Part,
        page: u64,
    ) -> Result<reconcile_transport::Page<Delivered>, Error> {
        let query = TransactionsQuery::new().around(part.window, self.client.margin());
        let arrived = list::nth(&self.client, &query, &part.trace, page).await?;
        list::map_rows(arrived, |index, row| {
            self.deliver(part.window, page, index, row)
        })
    }
}

impl Transactions {
    fn deliver(
        &self,
        window: Window,
        page: u64,
        index: u64,
        row: Result<Transaction, DecodeError>,
    ) -> Result<Delivered, Error> {
        let mut delivered = Delivered::default();
        let transaction = match row {
            Ok(transaction) => transaction,
            Err(error) => {
                let set_aside = self.set_aside(page, index, error.into())?;
                delivered.set_aside.push(set_aside);
                delivered.is_inside = true;
                return Ok(delivered);
            }
        };
        let (zone, margin) = (self.client.zone(), self.client.margin());
        delivered.doubt = list::too_far_apart(&transaction, zone, margin);
        if transaction.receipts.is_empty() && transaction.is_of(window, zone) {
            delivered.is_inside = true;
            let doubt = format!(
                "transaction {} has no receipt, so no amount",
                transaction.id
            );
            delivered.doubt.get_or_insert(doubt);
        }
        for (place, receipt) in transaction.receipts.iter().enumerate() {
            let started = receipt.started(zone);
            if started.is_some_and(|started| !window.contains(started)) {
                continue;
            }
            delivered.is_inside = true;
            match mapping::record(&transaction.id, receipt, zone) {
                Ok(record) if self.kinds.contains(&record.kind) => delivered.records.push(record),
                Ok(_) => {}
                Err(value) => {
                    let error = value
                        .within(&format!("receipts[{place}]"))
                        .at(LIST, page, index);
                    delivered
                        .set_aside
                        .push(self.set_aside(page, index, error)?);
                }
            }
        }
        Ok(delivered)
    }

    /// What could not be read, where the query sets it aside; else the error.
    fn set_aside(&self, page: u64, index: u64, error: Error) -> Result<SetAside, Error> {
        if !self.skip_invalid {
            return Err(error);
        }
        Ok(SetAside {
            list: LIST.name().to_owned(),
            page,
            index,
            path: error.path().unwrap_or_default().to_owned(),
            reason: error.reason(),
        })
    }
}
