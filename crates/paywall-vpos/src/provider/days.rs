//! Statements: the end of each day, and whether it was reconciled.

use std::{num::NonZeroUsize, sync::Arc};

use async_trait::async_trait;
use futures::{
    StreamExt, future,
    stream::{self, BoxStream},
};
use jiff::civil::Date;
use reconcile_core::{PageEvidence, Position, ProviderError, Statement, StatementPage, Window};
use reconcile_transport::{PageSource, PagedOut};

use super::{errors::provider_error, mapping};
use crate::{
    Client, Error,
    list::{self, paging_error},
    reconciliation::{END_OF_DAY, RECONCILIATION},
};

/// The days of the window that are open: two answers each. What is stored of a
/// day is asked for day by day, since the range of the list of reconciliations
/// may be of when they were stored.
pub(super) fn pages(
    client: &Client,
    window: Window,
    concurrency: NonZeroUsize,
) -> BoxStream<'static, Result<StatementPage, ProviderError>> {
    let calendar = client.calendar();
    let parts = calendar.days(window, calendar.first_unopened());
    let parts = parts.into_iter().map(|(day, window)| Part { day, window });
    let source = Days {
        client: client.clone(),
    };
    reconcile_transport::pages(
        Arc::new(source),
        parts.collect(),
        list::read_ahead(concurrency),
    )
    .flat_map(|page| {
        let pages = match page {
            Ok(page) => statement_pages(page).into_iter().map(Ok).collect(),
            Err(error) => {
                let position = Position {
                    from: error.span.window.from(),
                    list: END_OF_DAY.to_owned(),
                    page: error.index,
                };
                let error = paging_error(END_OF_DAY, error);
                vec![Err(provider_error(error).with_position(position))]
            }
        };
        stream::iter(pages)
    })
    .boxed()
}

/// A day, and the part of the window that it covers.
#[derive(Clone, Copy, Debug)]
struct Part {
    day: Date,
    window: Window,
}

/// What Paywall answers about a day.
struct Answers {
    statement: Option<Statement>,
    /// Whether there is an end of day, but it begins outside of the window.
    is_outside: bool,
    counted: Seen,
    stored: Seen,
}

/// What an answer showed.
struct Seen {
    rows: u64,
    digest: [u8; 32],
}

fn statement_pages(page: PagedOut<Part, Answers>) -> Vec<StatementPage> {
    let Part { day, window } = page.span;
    let evidence = |list: &str, seen: &Seen| PageEvidence {
        rows_seen: seen.rows,
        first_id: Some(day.to_string()),
        last_id: Some(day.to_string()),
        sha256: hex::encode(seen.digest),
        last: true,
        ..PageEvidence::new(list, window, 0, b"")
    };
    let answers = page.page.rows.into_iter();
    let both = answers.flat_map(|answers| {
        let stored = StatementPage {
            evidence: evidence(RECONCILIATION, &answers.stored),
            statements: Vec::new(),
        };
        let counted = StatementPage {
            evidence: PageEvidence {
                rows_outside: u64::from(answers.is_outside),
                ..evidence(END_OF_DAY, &answers.counted)
            },
            statements: answers.statement.into_iter().collect(),
        };
        [stored, counted]
    });
    both.collect()
}

struct Days {
    client: Client,
}

#[async_trait]
impl PageSource for Days {
    type Span = Part;
    type Row = Answers;
    type Error = Error;

    async fn fetch(
        &self,
        part: &Part,
        _: u64,
    ) -> Result<reconcile_transport::Page<Answers>, Error> {
        let (counted, stored) = future::try_join(
            self.client.look_up_end_of_day(part.day),
            self.client.look_up_reconciliation(part.day),
        )
        .await?;
        let calendar = self.client.calendar();
        let period = calendar.day(part.day).unwrap_or(part.window);
        let begins_inside = part.window.contains(period.from());
        let local_day = calendar.local_day(part.day);
        let statement = counted.found.as_ref().map(|counted| {
            let stored = stored.found.as_ref();
            mapping::statement(&self.client, local_day, period, counted, stored)
        });
        let answers = Answers {
            is_outside: statement.is_some() && !begins_inside,
            statement: statement.filter(|_| begins_inside),
            counted: Seen {
                rows: u64::from(counted.found.is_some()),
                digest: counted.digest,
            },
            stored: Seen {
                rows: u64::from(stored.found.is_some()),
                digest: stored.digest,
            },
        };
        Ok(reconcile_transport::Page {
            rows: vec![answers],
            keys: vec![part.day.to_string()],
            echoed_index: None,
            stated_rows: None,
            seen_rows: 1,
            max_rows: None,
            has_more: false,
            digest: counted.digest,
        })
    }
}
