//! Records, day by day and list by list, page by page.

use std::{collections::BTreeSet, num::NonZeroUsize, sync::Arc};

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use jiff::civil::{Date, DateTime};
use reconcile_core::{
    Kind, PageEvidence, Position, ProviderError, Record, RecordPage, RecordQuery, SetAside, Window,
};
use reconcile_transport::{PageSource, PagedOut};

use super::{
    errors::provider_error,
    mapping::{self, Unmappable},
};
use crate::{
    ActivityFilters, Client, Error,
    list::{self, doubts, paging_error},
    models::Transaction,
    transactions::DayList,
};

/// The pages of the days of the window that are over. Days that are not are left
/// out, which leaves the pull unproven.
pub(super) fn pages(
    client: &Client,
    query: &RecordQuery,
    kinds: BTreeSet<Kind>,
    concurrency: NonZeroUsize,
) -> BoxStream<'static, Result<RecordPage, ProviderError>> {
    // Steps of other days come with the lists of those days. What was not
    // successful is a record, too.
    let activities = DayList::Activities(ActivityFilters::new().only_date_sensitive());
    let steps = kinds.contains(&Kind::Refund) || kinds.contains(&Kind::Reversal);
    let sales = kinds.contains(&Kind::Payment);
    let lists = [(DayList::Transactions, sales), (activities, steps)];
    let lists = lists.map(|(list, asked)| asked.then_some(list));
    let days = client
        .calendar()
        .days(query.window, client.calendar().today());
    let parts = days.into_iter().flat_map(|(day, window)| {
        let part = move |list| Part { list, day, window };
        lists.into_iter().flatten().map(part)
    });
    let source = Records {
        client: client.clone(),
        window: query.window,
        kinds,
        skip_invalid: query.skip_invalid,
    };
    reconcile_transport::pages(
        Arc::new(source),
        parts.collect(),
        list::read_ahead(concurrency),
    )
    .map_ok(record_page)
    .map_err(|error| {
        let (list, window) = (error.span.list.name(), error.span.window);
        let position = Position {
            from: window.from(),
            list: list.to_owned(),
            page: error.index,
        };
        provider_error(paging_error(list, error)).with_position(position)
    })
    .boxed()
}

/// One list of one day, and the part of the window that it covers.
#[derive(Clone, Copy, Debug)]
struct Part {
    list: DayList,
    day: Date,
    window: Window,
}

/// What became of one row.
#[derive(Default)]
struct Row {
    records: Vec<Record>,
    set_aside: Vec<SetAside>,
    /// Nothing of it happened in the window.
    is_outside: bool,
    /// Nothing of it happened on the day whose list it is in.
    is_stray: bool,
}

fn record_page(page: PagedOut<Part, Row>) -> RecordPage {
    let Part { list, day, window } = page.span;
    let mut doubts = doubts(&page);
    let rows = page.page.rows;
    let strays = rows.iter().filter(|row| row.is_stray).count();
    if strays > 0 {
        doubts.push(format!(
            "of {strays} rows nothing happened on {day}: is the zone right?"
        ));
    }
    let evidence = PageEvidence {
        pass: page.pass,
        rows_stated: page.page.stated_rows,
        rows_seen: page.page.seen_rows,
        rows_outside: rows.iter().filter(|row| row.is_outside).count() as u64,
        first_id: page.page.keys.first().cloned(),
        last_id: page.page.keys.last().cloned(),
        sha256: hex::encode(page.page.digest),
        last: page.last,
        doubts,
        ..PageEvidence::new(list.name(), window, page.index, b"")
    };
    let (mut records, mut set_aside) = (Vec::new(), Vec::new());
    for row in rows {
        records.extend(row.records);
        set_aside.extend(row.set_aside);
    }
    RecordPage {
        evidence,
        records,
        set_aside,
    }
}

struct Records {
    client: Client,
    /// All that was asked for: a row in the list of another day than its own is
    /// delivered all the same, and leaves a doubt.
    window: Window,
    kinds: BTreeSet<Kind>,
    skip_invalid: bool,
}

#[async_trait]
impl PageSource for Records {
    type Span = Part;
    type Row = Row;
    type Error = Error;

    async fn fetch(&self, part: &Part, page: u64) -> Result<reconcile_transport::Page<Row>, Error> {
        let read = self.client.read_day(part.list, part.day, page).await?;
        let key = |row: &Transaction| part.list.key(row);
        read.checked(key, |index, row| {
            let mut delivered = Row::default();
            let place = Place {
                list: part.list.name(),
                page,
                index,
            };
            match row {
                Ok(row) => self.take_in(part, &row, place, &mut delivered)?,
                Err(error) => self.refuse(error.into(), place, &mut delivered)?,
            }
            Ok(delivered)
        })
    }
}

/// Where a row is.
#[derive(Clone, Copy)]
struct Place {
    list: &'static str,
    page: u64,
    index: u64,
}

/// What a row tells of: the sale, or a step by its place among the steps.
#[derive(Clone, Copy)]
enum Event {
    Sale,
    Step(usize),
}

impl Records {
    fn take_in(
        &self,
        part: &Part,
        row: &Transaction,
        place: Place,
        delivered: &mut Row,
    ) -> Result<(), Error> {
        let mut events = events(part.list, row);
        let is_of_the_day = |(_, at): &(Event, DateTime)| at.date() == part.day;
        delivered.is_stray = !events.iter().any(is_of_the_day);
        if !delivered.is_stray {
            // Those of other days are in the lists of these.
            events.retain(is_of_the_day);
        }
        events.retain(|(_, at)| !self.is_outside(*at));
        delivered.is_outside = events.is_empty();
        for (event, _) in events {
            match self.record(row, event) {
                Ok(Some(record)) if self.kinds.contains(&record.kind) => {
                    delivered.records.push(record);
                }
                Ok(_) => {}
                Err(value) => self.refuse(value.at(place), place, delivered)?,
            }
        }
        Ok(())
    }

    fn record(&self, row: &Transaction, event: Event) -> Result<Option<Record>, Unmappable> {
        match event {
            Event::Sale => mapping::sale(&self.client, row).map(Some),
            Event::Step(place) => row.activities.get(place).map_or(Ok(None), |activity| {
                mapping::movement(&self.client, row, place, activity)
            }),
        }
    }

    /// Whether it certainly happened outside of the window.
    fn is_outside(&self, at: DateTime) -> bool {
        let instant = self.client.calendar().instant(at);
        instant.is_ok_and(|instant| !self.window.contains(instant))
    }

    /// What cannot be read is set aside where that was asked for.
    fn refuse(&self, error: Error, place: Place, delivered: &mut Row) -> Result<(), Error> {
        if !self.skip_invalid {
            return Err(error);
        }
        delivered.set_aside.push(SetAside {
            list: place.list.to_owned(),
            page: place.page,
            index: place.index,
            path: error.path().unwrap_or_default().to_owned(),
            reason: error.reason(),
        });
        Ok(())
    }
}

impl Unmappable {
    fn at(self, place: Place) -> Error {
        Error::Value {
            operation: place.list,
            page: place.page,
            index: place.index,
            path: self.path,
            reason: self.reason,
        }
    }
}

fn events(list: DayList, row: &Transaction) -> Vec<(Event, DateTime)> {
    match list {
        DayList::Transactions => vec![(Event::Sale, row.insert_date_time)],
        DayList::Activities(_) => (0..)
            .zip(&row.activities)
            .map(|(place, step)| (Event::Step(place), step.insert_date_time))
            .collect(),
    }
}
