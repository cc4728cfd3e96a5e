//! What shares a key and differs: a break, unless a later key brings its rows
//! together with others.

use std::{collections::BTreeSet, mem};

use crate::{EngineError, RowIndex, Side, crowd::Settling, findings::Findings, join::Crowd};

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
        let mut free = self.take_free(open);
        for key in &mut self.keys {
            key.leave(findings, |side, row| !free.of(side).contains(&row));
            free.remove(key.open());
            key.tie(findings)?;
            free.insert(key.open().clone());
        }
        open.ledger.extend(free.ledger);
        open.records.extend(free.records);
        Ok(())
    }

    /// Files what no pass has matched, under the first pass that tied it, and
    /// takes it off the open rows.
    pub(crate) fn file(
        &mut self,
        findings: &mut Findings<'_>,
        open: &mut Crowd,
    ) -> Result<(), EngineError> {
        let mut free = self.take_free(open);
        for mut key in mem::take(&mut self.keys) {
            key.leave(findings, |side, row| !free.of(side).contains(&row));
            free.remove(key.open());
            free.insert(key.file(findings)?);
        }
        open.ledger.extend(free.ledger);
        open.records.extend(free.records);
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

    /// Takes the rows that are pending off the open ones.
    fn take_free(&self, open: &mut Crowd) -> Free {
        let (mut ledger, mut records) = (BTreeSet::new(), BTreeSet::new());
        for key in &self.keys {
            ledger.extend(&key.open().ledger);
            records.extend(&key.open().records);
        }
        let take = |open: &mut Vec<RowIndex>, pending: &BTreeSet<RowIndex>| {
            let taken = open.extract_if(.., |row| pending.contains(row));
            taken.collect()
        };
        Free {
            ledger: take(&mut open.ledger, &ledger),
            records: take(&mut open.records, &records),
        }
    }
}

/// Pending rows that no pass has matched and nothing has filed.
struct Free {
    ledger: BTreeSet<RowIndex>,
    records: BTreeSet<RowIndex>,
}

impl Free {
    fn of(&self, side: Side) -> &BTreeSet<RowIndex> {
        match side {
            Side::Ledger => &self.ledger,
            Side::Records => &self.records,
        }
    }

    fn remove(&mut self, rows: &Crowd) {
        for row in &rows.ledger {
            self.ledger.remove(row);
        }
        for row in &rows.records {
            self.records.remove(row);
        }
    }

    fn insert(&mut self, rows: Crowd) {
        self.ledger.extend(rows.ledger);
        self.records.extend(rows.records);
    }
}
