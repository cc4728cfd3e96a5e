//! The columns of a book whose texts repeat, or that many rows lack.

use std::{collections::HashMap, iter};

use foldhash::fast::FixedState;

use super::RowIndex;

/// Accounts and methods: there are few pairs of them, each kept once.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    names: Names,
    /// The places in `names` of account and method.
    pairs: Vec<(u32, u32)>,
    places: HashMap<(u32, u32), u32, FixedState>,
    /// The place that was asked for last: the next row mostly has it, too.
    last: u32,
}

impl Labels {
    /// The place of an account and a method; `None` when there is no room.
    #[inline]
    pub(super) fn place(&mut self, account: Option<&str>, method: Option<&str>) -> Option<u32> {
        if !self.pairs.is_empty() && self.at(self.last) == (account, method) {
            return Some(self.last);
        }
        self.another(account, method)
    }

    /// The place of one that was not asked for last.
    fn another(&mut self, account: Option<&str>, method: Option<&str>) -> Option<u32> {
        let pair = (self.names.place(account)?, self.names.place(method)?);
        let next = u32::try_from(self.pairs.len()).ok()?;
        self.last = *self.places.entry(pair).or_insert(next);
        if self.last == next {
            self.pairs.push(pair);
        }
        Some(self.last)
    }

    /// The account and the method at a place.
    pub(super) fn at(&self, place: u32) -> (Option<&str>, Option<&str>) {
        let (account, method) = self.pairs.get(place as usize).copied().unwrap_or_default();
        (self.names.at(account), self.names.at(method))
    }
}

/// Further match keys: names, of which there are few, and values.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes {
    names: Names,
    /// By row, then by name.
    cells: Vec<AttributeCell>,
    values: String,
}

#[derive(Clone, Copy, Debug)]
struct AttributeCell {
    row: RowIndex,
    /// The place in `names`.
    name: u32,
    start: u32,
    end: u32,
}

impl Attributes {
    /// Adds those of a row that is pushed last; `None`, and nothing added,
    /// when there is no room.
    #[expect(
        clippy::inline_always,
        reason = "nearly no row has any, which is seen without a call"
    )]
    #[inline(always)]
    pub(super) fn push<'a>(
        &mut self,
        row: RowIndex,
        attributes: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Option<()> {
        let mut attributes = attributes.into_iter();
        // Most rows of most books have none.
        match attributes.next() {
            Some(first) => self.push_some(row, iter::once(first).chain(attributes)),
            None => Some(()),
        }
    }

    #[inline(never)]
    fn push_some<'a>(
        &mut self,
        row: RowIndex,
        attributes: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Option<()> {
        let mut attributes: Vec<_> = attributes.collect();
        attributes.sort_unstable();
        attributes.dedup_by_key(|(name, _)| *name);
        let (cells, values) = (self.cells.len(), self.values.len());
        for (name, value) in attributes {
            if self.push_one(row, name, value).is_none() {
                self.cells.truncate(cells);
                self.values.truncate(values);
                return None;
            }
        }
        Some(())
    }

    /// How much room is taken.
    pub(super) fn bytes(&self) -> usize {
        self.cells.capacity() * size_of::<AttributeCell>() + self.values.capacity()
    }

    fn push_one(&mut self, row: RowIndex, name: &str, value: &str) -> Option<()> {
        let name = self.names.place(Some(name))?;
        let start = u32::try_from(self.values.len()).ok()?;
        let end = start.checked_add(u32::try_from(value.len()).ok()?)?;
        self.values.push_str(value);
        self.cells.push(AttributeCell {
            row,
            name,
            start,
            end,
        });
        Some(())
    }

    /// Those of a row, by name.
    pub(super) fn of(&self, row: RowIndex) -> impl Iterator<Item = (&str, &str)> {
        let first = self.cells.partition_point(|cell| cell.row < row);
        let cells = self.cells.iter().skip(first);
        cells
            .take_while(move |cell| cell.row == row)
            .filter_map(|cell| {
                let value = self.values.get(cell.start as usize..cell.end as usize)?;
                Some((self.names.at(cell.name)?, value))
            })
    }
}

/// Texts that repeat on many rows, each kept once.
#[derive(Clone, Debug, Default)]
struct Names {
    names: Vec<Box<str>>,
    places: HashMap<Box<str>, u32, FixedState>,
}

impl Names {
    /// The place of a name, counted from one, and zero of none; `None` when
    /// there is no room.
    fn place(&mut self, name: Option<&str>) -> Option<u32> {
        let Some(name) = name else { return Some(0) };
        if let Some(place) = self.places.get(name) {
            return Some(*place);
        }
        let place = u32::try_from(self.names.len()).ok()?.checked_add(1)?;
        self.names.push(name.into());
        self.places.insert(name.into(), place);
        Some(place)
    }

    /// The name at a place; none at zero.
    fn at(&self, place: u32) -> Option<&str> {
        let index = place.checked_sub(1)?;
        self.names.get(index as usize).map(AsRef::as_ref)
    }
}
