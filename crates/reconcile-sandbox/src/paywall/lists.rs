//! Pages of transactions and of reconciliations.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;

use super::api::Gateway;
use super::parameters::{Parameters, day};
use super::problem::Problem;
use super::render::Page;
use super::world::{PaywallStatus, PaywallStep, PaywallTransaction, day_of};
use crate::chaos::Strike;
use crate::faults::{FaultKind, Faults};

/// The lists of transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListKind {
    /// By the day on which they were created.
    Transactions,
    /// By the days on which something was done to them.
    Activities,
    /// As [`Transactions`](Self::Transactions), of today and yesterday.
    TransactionsToday,
    /// As [`Activities`](Self::Activities), of today and yesterday.
    ActivitiesToday,
}

impl ListKind {
    pub(super) fn operation(self) -> &'static str {
        if self.is_by_activity() {
            "paywall/activity-list"
        } else {
            "paywall/transaction-list"
        }
    }

    fn is_by_activity(self) -> bool {
        matches!(self, Self::Activities | Self::ActivitiesToday)
    }

    /// The lists are of closed days, the intraday ones of today and yesterday.
    fn has(self, day: Date, today: Date) -> bool {
        match self {
            Self::Transactions | Self::Activities => day < today,
            Self::TransactionsToday | Self::ActivitiesToday => {
                day == today || day.tomorrow().is_ok_and(|next| next == today)
            }
        }
    }
}

/// What a list of transactions is asked for.
#[derive(Debug, Clone)]
pub(super) struct TransactionQuery {
    kind: ListKind,
    day: Date,
    /// From 1.
    pub(super) page: usize,
    size: usize,
    only_success: bool,
    only_of_the_day: bool,
}

/// "pageSize (max 1000)"
const MOST_ROWS: usize = 1_000;

impl TransactionQuery {
    pub(super) fn read(
        kind: ListKind,
        parameters: &Parameters<'_>,
        gateway: &Gateway,
    ) -> Result<Self, Problem> {
        let query = Self {
            kind,
            day: parameters.day("date")?,
            page: parameters.number("page")?,
            size: parameters.number("pagesize")?,
            only_success: kind.is_by_activity() && parameters.flag("onlysuccess")?,
            only_of_the_day: kind.is_by_activity()
                && parameters.flag("onlydatesensitiveactivity")?,
        };
        if query.page == 0 || !(1..=MOST_ROWS).contains(&query.size) {
            return Err(Problem::InvalidData);
        }
        if !kind.has(query.day, gateway.today()) {
            return Err(Problem::NotOpen);
        }
        Ok(Self {
            size: query.size.min(cap(&gateway.desk.faults)),
            ..query
        })
    }
}

/// The whole query, by which one and the same request is known.
impl fmt::Display for TransactionQuery {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self:?}")
    }
}

impl Gateway {
    pub(super) fn page_of_transactions(
        &self,
        query: &TransactionQuery,
        strike: Option<Strike>,
    ) -> Result<Vec<u8>, Problem> {
        let struck = |kind| strike.is_some_and(|strike| strike.kind == kind);
        let mut rows = self.rows(query);
        let faults = &self.desk.faults;
        let newest_first = faults.is_on(FaultKind::Order) && faults.value(FaultKind::Order) == 0;
        if newest_first {
            rows.reverse();
        }
        let last = rows.len().div_ceil(query.size).max(1);
        let shown = match faults.value(FaultKind::BeyondEnd) {
            _ if struck(FaultKind::RepeatPage) => query.page - 1,
            1 if query.page > last => return Err(Problem::NoRecord),
            2 => query.page.min(last),
            _ => query.page,
        };
        let page = Page {
            number: query.page + usize::from(struck(FaultKind::WrongPage)),
            size: query.size,
            total: rows.len() + usize::from(struck(FaultKind::RowsMismatch)),
            newest_first,
            rows: rows
                .into_iter()
                .skip((shown - 1).saturating_mul(query.size))
                .take(query.size)
                .map(|transaction| (transaction, self.shown_steps(transaction, query)))
                .collect(),
        };
        Ok(self.dialect.page(&page))
    }

    /// The transactions of a list, oldest first.
    fn rows(&self, query: &TransactionQuery) -> Vec<&PaywallTransaction> {
        let zone = &self.convention.zone;
        let mut rows: Vec<&PaywallTransaction> = if query.kind.is_by_activity() {
            let steps = self.world.done_on(query.day, zone);
            let wanted = steps.filter(|step| query.wants(step));
            let places: BTreeSet<usize> = wanted.map(|step| step.transaction).collect();
            let found = places.into_iter();
            found
                .filter_map(|place| self.world.transactions.get(place))
                .collect()
        } else {
            self.world.created_on(query.day, zone).iter().collect()
        };
        if self.desk.faults.value(FaultKind::Listed) != 0 {
            rows.retain(|it| it.status().is_final());
        }
        let window = format!("{} {}", query.kind.operation(), query.day);
        if let Some(late) = self.desk.late_rows(&window) {
            rows.retain(|it| late.shows(it.id()));
        }
        rows
    }

    fn shown_steps<'a>(
        &'a self,
        transaction: &PaywallTransaction,
        query: &TransactionQuery,
    ) -> Vec<&'a PaywallStep> {
        let zone = &self.convention.zone;
        let is_of_the_day = |step: &PaywallStep| {
            !query.only_of_the_day || step.at().to_zoned(zone.clone()).date() == query.day
        };
        let steps = self.world.steps_of(transaction).iter();
        steps
            .filter(|step| query.wants(step) && is_of_the_day(step))
            .collect()
    }
}

impl TransactionQuery {
    fn wants(&self, step: &PaywallStep) -> bool {
        !self.only_success || step.status() == PaywallStatus::Successful
    }
}

/// What the list of reconciliations is asked for.
#[derive(Debug, Clone)]
pub(super) struct ReconciliationQuery {
    from: Date,
    /// Included.
    to: Date,
    /// How many are passed over.
    pub(super) start: usize,
    size: usize,
    oldest_first: bool,
}

impl ReconciliationQuery {
    pub(super) fn read(parameters: &Parameters<'_>, faults: &Faults) -> Result<Self, Problem> {
        let from = day(parameters.required("datefrom")?).ok_or(Problem::InvalidStart)?;
        let to = day(parameters.required("dateto")?).ok_or(Problem::InvalidEnd)?;
        let start: usize = parameters.number("start")?;
        let length: usize = parameters.number("length")?;
        if from > to {
            return Err(Problem::InvalidStart);
        }
        let days = from.duration_until(to).as_hours() / 24;
        if days.unsigned_abs() >= faults.value(FaultKind::RangeLimit) {
            return Err(Problem::RangeTooLong);
        }
        let size = if faults.is_on(FaultKind::LengthIsEnd) {
            length.saturating_sub(start)
        } else {
            length
        };
        if size == 0 || size > MOST_ROWS {
            return Err(Problem::InvalidData);
        }
        let excluded = i64::from(faults.is_on(FaultKind::ExclusiveTo));
        Ok(Self {
            from,
            to: to.saturating_sub(jiff::Span::new().days(excluded)),
            start,
            size: size.min(cap(faults)),
            oldest_first: match parameters.text("sortvalue").unwrap_or("desc") {
                "asc" => true,
                "desc" => false,
                _ => return Err(Problem::InvalidData),
            },
        })
    }
}

impl fmt::Display for ReconciliationQuery {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self:?}")
    }
}

impl Gateway {
    /// In the order in which they were inserted, the last first unless asked
    /// otherwise, as in the published sample.
    pub(super) fn page_of_reconciliations(
        &self,
        query: &ReconciliationQuery,
        strike: Option<Strike>,
    ) -> Result<Vec<u8>, Problem> {
        let struck = |kind| strike.is_some_and(|strike| strike.kind == kind);
        let mut all = self.register.listed(self.now());
        all.retain(|entry| {
            let day = match self.desk.faults.value(FaultKind::RangeOf) {
                0 => entry.day,
                _ => day_of(entry.inserted, &self.convention.zone),
            };
            query.from <= day && day <= query.to
        });
        if self.desk.faults.is_on(FaultKind::RepeatedDay)
            && let Some(entry) = all.get(all.len() / 5).copied()
        {
            all.insert(all.len() / 5, entry);
        }
        if !query.oldest_first {
            all.reverse();
        }
        let mut start = query.start;
        if struck(FaultKind::RepeatPage) {
            start = start.saturating_sub(query.size);
        }
        let is_beyond = query.start > 0 && query.start >= all.len();
        match self.desk.faults.value(FaultKind::BeyondEnd) {
            1 if is_beyond => return Err(Problem::NoRecord),
            2 if is_beyond => start = all.len().saturating_sub(1) / query.size * query.size,
            _ => {}
        }
        let rows = all.get(start..).unwrap_or_default();
        let rows = rows.get(..query.size).unwrap_or(rows);
        let total = all.len() + usize::from(struck(FaultKind::RowsMismatch));
        Ok(self.dialect.reconciliations(rows, total))
    }
}

/// The most rows of a page, where that is turned; whoever asks for more gets
/// as many without being told.
fn cap(faults: &Faults) -> usize {
    if faults.is_on(FaultKind::MaxRows) {
        usize::try_from(faults.value(FaultKind::MaxRows)).unwrap_or(MOST_ROWS)
    } else {
        MOST_ROWS
    }
}
