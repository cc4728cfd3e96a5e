//! Pages of the four lists.

use super::api::Gateway;
use super::problem::Problem;
use super::register::TerminalEntry;
use super::render::Pages;
use super::request::{List, ListQuery};
use super::world::{Family, StreamPayReconciliation, StreamPayTransaction, number_of, widened};
use crate::chaos::Strike;
use crate::faults::FaultKind;

impl Gateway {
    /// Whether a fault shows on pages of a list like this one.
    pub(super) fn is_felt(&self, query: &ListQuery, kind: FaultKind) -> bool {
        match kind {
            FaultKind::RepeatPage => query.page > 1,
            FaultKind::WrongPage => self.dialect.states_page(query.list),
            // No page says how many rows it has.
            FaultKind::RowsMismatch => false,
            _ => true,
        }
    }

    pub(super) fn page(
        &self,
        query: &ListQuery,
        strike: Option<Strike>,
    ) -> Result<Vec<u8>, Problem> {
        let (list, dialect) = (query.list, &self.dialect);
        match list {
            List::Merchants => {
                let all = self.on_time(query, self.register.merchants(), |it| it.number);
                let (rows, pages) = self.cut(query, &all, strike)?;
                Ok(dialect.page(list, &rows, pages, |out, row| {
                    dialect.merchant_row(out, row);
                }))
            }
            List::Terminals => {
                let mut all = self.on_time(query, self.register.terminals(), |it| it.number);
                all.retain(|terminal| self.admits_terminal(query, terminal));
                let (rows, pages) = self.cut(query, &all, strike)?;
                Ok(dialect.page(list, &rows, pages, |out, row| {
                    dialect.listed_terminal(out, row);
                }))
            }
            List::Transactions => {
                let (rows, pages) = self.transactions(query, strike)?;
                let whole = rows.into_iter().filter_map(|row| self.whole(row));
                let rows: Vec<_> = whole.collect();
                Ok(dialect.page(list, &rows, pages, |out, row| {
                    dialect.listed_transaction(out, row);
                }))
            }
            List::Reconciliations => {
                let all = self.on_time(query, self.reconciliations(query), |it| it.serial);
                let (rows, pages) = self.cut(query, &all, strike)?;
                Ok(dialect.page(list, &rows, pages, |out, row| {
                    let totals = self.accounting.totals(&self.world, row);
                    dialect.reconciliation(out, row, &totals);
                }))
            }
        }
    }

    fn transactions(
        &self,
        query: &ListQuery,
        strike: Option<Strike>,
    ) -> Result<(Vec<&StreamPayTransaction>, Pages), Problem> {
        let (from, to) = query.range;
        let late = self.desk.late_rows(&query.window());
        let window = if self.is_by_creation() {
            self.world.transactions()
        } else {
            let is_past = i64::from(from.rem_euclid(1_000) > 0);
            let from = from.div_euclid(1_000) + is_past;
            self.world.begun((from, to.div_euclid(1_000)))
        };
        if !self.is_by_creation() && query.tid.is_none() && late.is_none() {
            // So a page costs no more than it has rows, wherever it lies.
            return self.cut(query, window, strike);
        }
        let is_wanted = |row: &&StreamPayTransaction| {
            let is_of_terminal = || {
                let first = self.world.receipts_of(row).first();
                first.is_some_and(|first| self.admits_tid(query, &first.tid()))
            };
            let is_in_range =
                || !self.is_by_creation() || (from..=to).contains(&self.dialect.stored(row));
            is_in_range() && is_of_terminal() && late.is_none_or(|late| late.shows(row.serial))
        };
        let rows: Vec<_> = window.iter().filter(is_wanted).collect();
        let (rows, pages) = self.cut(query, &rows, strike)?;
        Ok((rows.into_iter().copied().collect(), pages))
    }

    /// The reconciliations of a query, oldest first.
    fn reconciliations(&self, query: &ListQuery) -> Vec<StreamPayReconciliation> {
        let (from, to) = query.range;
        let terminal = query.terminal.as_deref();
        let terminal = terminal.map(|id| number_of(Family::Terminal, id));
        let instant = |row: &StreamPayReconciliation| {
            if self.is_by_creation() {
                row.stored()
            } else {
                row.at.saturating_mul(1_000)
            }
        };
        let mut rows = self.register.reconciliations();
        rows.retain(|row| {
            (from..=to).contains(&instant(row))
                && terminal.is_none_or(|it| it == Some(widened(row.terminal)))
                && self.accounting.missing != Some(row.serial)
        });
        if self.desk.faults.is_on(FaultKind::RepeatedDay)
            && let Some(row) = rows.get(rows.len() / 5).cloned()
        {
            rows.insert(rows.len() / 5, row);
        }
        rows
    }

    fn admits_terminal(&self, query: &ListQuery, terminal: &TerminalEntry) -> bool {
        let agrees = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
        self.admits_tid(query, &terminal.tid())
            && agrees(query.is_connected, terminal.is_connected)
            && agrees(query.is_assigned, terminal.user.is_some())
    }

    /// The parameter is documented as a number, and the field is text.
    fn admits_tid(&self, query: &ListQuery, tid: &str) -> bool {
        let Some(wanted) = query.tid.as_deref() else {
            return true;
        };
        if self.desk.faults.value(FaultKind::TidIs) == 0 {
            wanted == tid
        } else {
            wanted.trim_start_matches('0') == tid.trim_start_matches('0')
        }
    }

    /// Whether `from` and `to` are about `created_at`, not about when things
    /// happened.
    fn is_by_creation(&self) -> bool {
        self.desk.faults.value(FaultKind::FilterBy) != 0
    }

    /// Without the rows that show up only at a later visit.
    fn on_time<T>(&self, query: &ListQuery, mut rows: Vec<T>, key: impl Fn(&T) -> u64) -> Vec<T> {
        if let Some(late) = self.desk.late_rows(&query.window()) {
            rows.retain(|row| late.shows(key(row)));
        }
        rows
    }

    /// The rows of the page that is asked for, and what is said of it.
    fn cut<'a, T>(
        &self,
        query: &ListQuery,
        all: &'a [T],
        strike: Option<Strike>,
    ) -> Result<(Vec<&'a T>, Pages), Problem> {
        let struck = |kind| strike.is_some_and(|strike| strike.kind == kind);
        let faults = &self.desk.faults;
        let (total_by, place_by) = match faults.value(FaultKind::CapCounts) {
            0 => (query.limit, query.limit),
            1 => (query.asked, query.limit),
            _ => (query.asked, query.asked),
        };
        let last = all.len().div_ceil(place_by).max(1);
        let shown = match faults.value(FaultKind::BeyondEnd) {
            _ if struck(FaultKind::RepeatPage) => query.page - 1,
            1 if query.page > last => return Err(Problem::NotFound("Page")),
            2 => query.page.min(last),
            _ => query.page,
        };
        let newest_first = faults.is_on(FaultKind::Order) && faults.value(FaultKind::Order) == 0;
        let skipped = (shown - 1).saturating_mul(place_by);
        let rows = if newest_first {
            all.iter().rev().skip(skipped).take(query.limit).collect()
        } else {
            all.iter().skip(skipped).take(query.limit).collect()
        };
        let pages = Pages {
            current: query.page + usize::from(struck(FaultKind::WrongPage)),
            total: all.len().div_ceil(total_by).max(1),
        };
        Ok((rows, pages))
    }
}
