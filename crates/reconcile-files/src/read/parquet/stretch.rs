//! The rows of a stretch, each cell where its column has it.

use std::cell;

use super::{
    Columns,
    column::{Cells, Column},
};
use crate::{
    Field,
    read::{
        attributes::{self, Attributes},
        line::Problem,
    },
    value::{Cell, Fields, Words},
};

/// The rows of a stretch.
pub(super) struct Stretch<'c> {
    columns: &'c Columns<'c>,
    is_faulty: bool,
    /// By field, where any row has one.
    fields: [Option<Cells<'c>>; Field::ALL.len()],
    /// The words that are not the same in every row.
    words: Vec<Cells<'c>>,
    /// The row whose words were looked up last, and what they mean: most rows have the
    /// same.
    looked_up: cell::Cell<Option<(usize, Words)>>,
    attributes: Vec<(&'c str, Cells<'c>)>,
    /// The objects in which the other attributes are.
    objects: Cells<'c>,
}

/// A row whose cells are looked for as they are asked for.
pub(super) struct Line<'s, 'c> {
    stretch: &'s Stretch<'c>,
    row: usize,
    /// The fields that stand in the object of attributes.
    in_object: Vec<(Field, Cell<'c>)>,
}

impl<'c> Stretch<'c> {
    /// The stretch to which these columns went.
    pub(super) fn of(columns: &'c Columns<'c>) -> Self {
        let attributes = columns.attributes.iter();
        let mut stretch = Self {
            columns,
            is_faulty: columns.are_faulty(),
            fields: [None; Field::ALL.len()],
            words: Vec::new(),
            looked_up: cell::Cell::new(None),
            attributes: attributes
                .map(|(name, column)| (*name, column.cells()))
                .collect(),
            objects: match columns.object.as_ref().map(Column::cells) {
                // What is in none of them is not looked for in each.
                Some(Cells::Same(Cell::Text(json))) if columns.places.keys.have_none_in(json) => {
                    Cells::default()
                }
                objects => objects.unwrap_or_default(),
            },
        };
        for (field, column) in &columns.fields {
            let cells = column.cells();
            if field.is_word() && !matches!(cells, Cells::Same(_)) {
                stretch.words.push(cells);
            }
            if let Some(place) = stretch.fields.get_mut(*field as usize) {
                *place = Some(cells).filter(|cells| !matches!(cells, Cells::Same(Cell::Absent)));
            }
        }
        stretch
    }

    pub(super) fn line(&self, row: usize) -> Line<'_, 'c> {
        Line {
            stretch: self,
            row,
            in_object: Vec::new(),
        }
    }

    /// Whether two rows have the same words.
    #[inline]
    fn are_words_alike(&self, row: usize, other: usize) -> bool {
        let mut words = self.words.iter();
        words.all(|cells| cells.at(row).is_same_text(cells.at(other)))
    }
}

impl<'c> Line<'_, 'c> {
    /// Puts the attributes of the row in place of others, and takes the fields that
    /// stand there; or says what of the row cannot be read.
    #[inline]
    pub(super) fn complete(&mut self, attributes: &mut Attributes<'c>) -> Result<(), Problem> {
        attributes.clear();
        let Stretch {
            columns,
            attributes: own,
            objects,
            ..
        } = self.stretch;
        if self.stretch.is_faulty
            && let Some(problem) = columns.fault(self.row)
        {
            return Err(problem);
        }
        for (name, cells) in own {
            attributes::add(name, cells.at(self.row), attributes);
        }
        if let Cell::Text(json) = objects.at(self.row) {
            self.in_object = columns.places.keys.pick(json, attributes)?;
        }
        Ok(())
    }

    /// The cell of a field as it stands in the file.
    pub(super) fn as_written(&self, field: Field) -> Cell<'c> {
        match self.stretch.fields.get(field as usize) {
            Some(Some(cells)) => cells.as_written(self.row),
            _ => self.at_in_object(field),
        }
    }

    #[cold]
    fn at_in_object(&self, field: Field) -> Cell<'c> {
        let mut found = self.in_object.iter();
        let found = found.find(|(other, _)| *other == field);
        found.map_or(Cell::Absent, |(_, cell)| *cell)
    }
}

impl<'c> Fields<'c> for Line<'_, 'c> {
    #[expect(
        clippy::inline_always,
        reason = "which field is asked for is known where it is called, millions of times"
    )]
    #[inline(always)]
    fn at(&self, field: Field) -> Cell<'c> {
        let cell = match self.stretch.fields.get(field as usize) {
            Some(Some(cells)) => cells.at(self.row),
            _ => Cell::Absent,
        };
        match cell {
            Cell::Absent if !self.in_object.is_empty() => self.at_in_object(field),
            cell => cell,
        }
    }

    #[inline]
    fn words<E>(&self, look_up: impl FnOnce() -> Result<Words, E>) -> Result<Words, E> {
        // What stands in the object of this row is not in the words of the stretch.
        if self.in_object.iter().any(|(field, _)| field.is_word()) {
            return look_up();
        }
        let stretch = self.stretch;
        match stretch.looked_up.get() {
            Some((row, words)) if stretch.are_words_alike(row, self.row) => Ok(words),
            _ => {
                let words = look_up()?;
                stretch.looked_up.set(Some((self.row, words)));
                Ok(words)
            }
        }
    }
}
