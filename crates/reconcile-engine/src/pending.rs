//! What shares a key and differs: a break, unless a later key brings its rows
//! together with others.

use std::mem;

use crate::{Book, EngineError, RowIndex, Side, crowd::Settling, findings::Findings, join::Crowd};

/// The keys whose rows do not all agree, in the order of the passes. Their rows
/// are among the open ones until they are filed.
#[derive(Clone, Default)]
pub(crate) struct Pending<'p> {
    keys: Vec<Settling<'p>>,
}

impl<'p> Pending<'p> {
    /// Puts off what is left under a key, and gives its rows back to the open ones.
    pub(crate) fn put_off(&mut self, key: Settling<'p>, open: &mut Crowd) {
        open.ledger.extend(&key.open().ledger);
        open.records.extend(&key.open().records);
        if !key.is_settled() {
            self.keys.push(key);
        }
    }

    /// Matches the groups that tie since a later key has matched what was too much
    /// in them.
    pub(crate) fn tie(
        &mut self,
        findings: &mut Findings<'_>,
        open: &mut Crowd,
    ) -> Result<(), EngineError> {
        if self.keys.is_empty() {
            return Ok(());
        }
        let mut free = Free::of(findings, open);
        for key in &mut self.keys {
            key.leave(findings, |side, row| !free.has(side, row));
            free.set(key.open(), false);
            key.tie(findings)?;
            free.set(key.open(), true);
        }
        *open = free.rows(findings);
        Ok(())
    }

    /// Files what no pass has matched, under the first pass that tied it, and
    /// takes it off the open rows.
    pub(crate) fn file(
        &mut self,
        findings: &mut Findings<'_>,
        open: &mut Crowd,
    ) -> Result<(), EngineError> {
        if self.keys.is_empty() {
            return Ok(());
        }
        let mut free = Free::of(findings, open);
        for mut key in mem::take(&mut self.keys) {
            key.leave(findings, |side, row| !free.has(side, row));
            free.set(key.open(), false);
            free.set(&key.file(findings)?, true);
        }
        *open = free.rows(findings);
        Ok(())
    }

    /// Takes off the open rows those that would be filed as things stand: what
    /// a key ties is not to be torn apart by a search. They stay pending.
    pub(crate) fn hold(
        &self,
        findings: &mut Findings<'_>,
        open: &mut Crowd,
    ) -> Result<Crowd, EngineError> {
        let before = findings.broken();
        self.clone().file(findings, open)?;
        Ok(findings.take_back(before))
    }
}

/// Rows that no pass has matched and nothing has filed, by their places in the books.
struct Free {
    ledger: Vec<bool>,
    records: Vec<bool>,
}

impl Free {
    fn of(findings: &Findings<'_>, open: &Crowd) -> Self {
        let mut free = Self {
            ledger: vec![false; findings.ledger.len()],
            records: vec![false; findings.records.len()],
        };
        free.set(open, true);
        free
    }

    fn has(&self, side: Side, row: RowIndex) -> bool {
        let free = match side {
            Side::Ledger => &self.ledger,
            Side::Records => &self.records,
        };
        free.get(row.position()).is_some_and(|free| *free)
    }

    fn set(&mut self, rows: &Crowd, to: bool) {
        let set = |free: &mut [bool], rows: &[RowIndex]| {
            for row in rows {
                if let Some(free) = free.get_mut(row.position()) {
                    *free = to;
                }
            }
        };
        set(&mut self.ledger, &rows.ledger);
        set(&mut self.records, &rows.records);
    }

    /// The rows, listed.
    fn rows(self, findings: &Findings<'_>) -> Crowd {
        let listed = |book: &Book, free: Vec<bool>| {
            let rows = book.indices().zip(free);
            rows.filter_map(|(row, free)| free.then_some(row)).collect()
        };
        Crowd {
            ledger: listed(findings.ledger, self.ledger),
            records: listed(findings.records, self.records),
        }
    }
}
