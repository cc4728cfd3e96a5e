//! Statements: the end of each day, and whether it was reconciled.

use std::{collections::HashMap, num::NonZeroUsize, sync::Arc};

use async_trait::async_trait;
use futures::{
    StreamExt, future,
    stream::{self, BoxStream},
};
use jiff::{ToSpan, civil::Date};
use reconcile_core::{PageEvidence, Position, ProviderError, Statement, StatementPage, Window};
use reconcile_transport::{PageSource, PagedOut};

use super::{errors::provider_error, mapping, verdicts::Listed};
use crate::{
    Client, Error,
    list::{self, paging_error},
    reconciliation::{END_OF_DAY, RECONCILIATION},
    reconciliations::Range,
};

/// The days of the window that are open: two answers each, held against the list
/// of reconciliations. That alone would not do, since which date its range is of
/// is not documented.
pub(super) fn pages(
    client: &Client,
    window: Window,
    concurrency: NonZeroUsize,
) -> BoxStream<'static, Result<StatementPage, ProviderError>> {
    let calendar = client.calendar();
    let days = calendar.days(window, calendar.first_unopened());
    let (Some((from, _)), Some((last, _))) = (days.first(), days.last()) else {
        return stream::empty().boxed();
    };
    let range = Range {
        from: *from,
        to: last.saturating_add(1.day()),
    };
    let parts = days.into_iter().map(|(day, window)| Part { day, window });
    let parts = parts.collect();
    let client = client.clone();
    stream::once(async move {
        let listed = Listed::read(&client, range, concurrency).await;
        read(client, parts, listed, concurrency)
    })
    .flatten()
    .boxed()
}

fn read(
    client: Client,
    parts: Vec<Part>,
    listed: Listed,
    concurrency: NonZeroUsize,
) -> BoxStream<'static, Result<StatementPage, ProviderError>> {
    let mut doubts = Doubts::about(&listed);
    let source = Arc::new(Days { client, listed });
    reconcile_transport::pages(source, parts, list::read_ahead(concurrency))
        .flat_map(move |page| {
            let pages = match page {
                Ok(page) => statement_pages(page, &mut doubts)
                    .into_iter()
                    .map(Ok)
                    .collect(),
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

/// What leaves a doubt though every day was answered.
struct Doubts {
    /// That the list could not be read; said once, of the first day.
    unlisted: Option<String>,
    /// The days by the number of their end of day.
    days: HashMap<i64, Date>,
}

impl Doubts {
    fn about(listed: &Listed) -> Self {
        let why = |error: &Error| match error {
            Error::Unproven { .. } => {
                format!("the list of reconciliations was not read whole: {error}")
            }
            _ => format!("the list of reconciliations could not be read: {error}"),
        };
        Self {
            unlisted: listed.failure.as_ref().map(why),
            days: HashMap::new(),
        }
    }

    /// What is in doubt about the end of a day. Its answer does not name the
    /// day, so that only its number shows that it was told of another.
    fn about_end_of_day(&mut self, day: Date, number: Option<i64>) -> Option<String> {
        // A number that is not there may be written as 0.
        let number = number.filter(|number| *number != 0)?;
        let other = self.days.insert(number, day)?;
        Some(format!(
            "end of day {number} was told of {other} and of {day}: of one of them it is not"
        ))
    }
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
    /// Paywall's number of the end of day.
    number: Option<i64>,
    counted: Seen,
    stored: Seen,
}

/// What an answer showed.
struct Seen {
    rows: u64,
    digest: [u8; 32],
}

fn statement_pages(page: PagedOut<Part, Answers>, doubts: &mut Doubts) -> Vec<StatementPage> {
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
            evidence: PageEvidence {
                doubts: doubts.unlisted.take().into_iter().collect(),
                ..evidence(RECONCILIATION, &answers.stored)
            },
            statements: Vec::new(),
        };
        let doubt = doubts.about_end_of_day(day, answers.number);
        let counted = StatementPage {
            evidence: PageEvidence {
                doubts: doubt.into_iter().collect(),
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
    listed: Listed,
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
            let listed = self.listed.of(part.day);
            mapping::statement(&self.client, local_day, period, counted, stored, listed)
        });
        let number = counted.found.as_ref();
        let answers = Answers {
            number: number.and_then(|counted| counted.end_of_day_id),
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
