//! The passes in which rows find each other.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{
    DayWindow, RulesError, Tolerances,
    column::{Column, Equality},
    fees::Fees,
};
use crate::Side;

/// One way in which rows find each other.
///
/// Where `equal` identifies, it brings together what shares the key. With
/// `text`, or where nothing identifies, it searches among the rows that share
/// it: the best of all candidates, and where several are as good, none. With
/// `group` it also ties several rows to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// What matches and breaks call it.
    pub name: Arc<str>,
    /// What must be equal. Currency and direction always must.
    pub equal: Vec<Equality>,
    /// Whether rows that share the key are the same thing, so that what differs
    /// between them is a break, unless a later pass whose key identifies matches
    /// it. A key of accounts or days says no such thing: there, the best
    /// counterpart is sought.
    pub identifies: bool,
    /// How far amounts may lie apart; that of the rules where none is said.
    pub tolerance: Option<Tolerances>,
    /// How far days may lie apart; any distance where none is said.
    pub days: Option<DayWindow>,
    /// How alike texts must be.
    pub text: Option<TextRule>,
    /// Whether amounts are compared after the fees: what one side states net
    /// with what the other states gross.
    pub net: bool,
    /// How several rows are tied together.
    pub group: Option<Grouping>,
    /// How much better than any other a candidate must be, from 0 to 1, not to
    /// be ambiguous.
    pub margin: Decimal,
    /// Whether rows with two different references may be paired: each reference
    /// says that the rows are not the same thing.
    pub across_references: bool,
}

impl Pass {
    /// A pass that brings together what shares a key.
    #[must_use]
    pub fn keyed(name: impl Into<Arc<str>>, equal: impl Into<Vec<Equality>>) -> Self {
        let equal = equal.into();
        let identifying = |one: &Equality| one.ledger.identifies() || one.records.identifies();
        Self {
            identifies: equal.iter().any(identifying),
            equal,
            ..Self::search(name, None)
        }
    }

    /// A pass that searches among the rows within a window of days.
    #[must_use]
    pub fn search(name: impl Into<Arc<str>>, days: Option<DayWindow>) -> Self {
        Self {
            name: name.into(),
            equal: Vec::new(),
            identifies: false,
            tolerance: None,
            days,
            text: None,
            net: false,
            group: None,
            margin: Self::MARGIN,
            across_references: false,
        }
    }

    /// How much better a candidate must be, where a pass does not say: 0.05.
    pub const MARGIN: Decimal = Decimal::from_parts(5, 0, 0, false, 2);

    /// How many passes rules may have: a match keeps its own in a byte.
    pub const MOST: usize = u8::MAX as usize;

    /// The passes without a rules file: the reference as it is written, the
    /// reference normalised, then amount, day and text, then groups by sum.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        let reference = || Equality::of(Column::Reference);
        let group = |by, sides| Grouping {
            by,
            sides,
            evidence: vec![Column::Date],
            most: Grouping::MOST,
        };
        vec![
            Self {
                group: Some(group(GroupBy::Key, Sides::ManyToMany)),
                ..Self::keyed("reference", [reference()])
            },
            Self {
                group: Some(group(GroupBy::Key, Sides::ManyToMany)),
                ..Self::keyed("reference_normalised", [reference().normalised()])
            },
            Self {
                text: Some(TextRule::descriptions()),
                ..Self::search("amount_date_text", Some(DayWindow::days(3, 7)))
            },
            Self {
                group: Some(group(GroupBy::Sum, Sides::OneToMany)),
                ..Self::search("sum_of_records", Some(DayWindow::days(7, 3)))
            },
            Self {
                group: Some(group(GroupBy::Sum, Sides::ManyToOne)),
                ..Self::search("sum_of_entries", Some(DayWindow::days(3, 7)))
            },
        ]
    }

    /// What the pass does.
    pub(crate) fn way(&self) -> Way {
        match &self.group {
            Some(group) if group.by == GroupBy::Sum => Way::Sum,
            _ if self.identifies && self.text.is_none() => Way::Key,
            _ => Way::Search,
        }
    }

    /// Whether its key says that rows are the same thing: such a pass may match
    /// what an earlier key tied and found to differ.
    pub(crate) fn goes_by_key(&self) -> bool {
        self.identifies && self.way() != Way::Sum
    }

    /// The columns of a side that the pass looks at.
    pub(super) fn columns(&self, side: Side) -> impl Iterator<Item = &Column> {
        let equal = self.equal.iter().map(move |one| one.column(side));
        let text = self.text.iter().map(move |text| text.column(side));
        let evidence = self.group.iter().flat_map(|group| &group.evidence);
        equal.chain(text).chain(evidence)
    }

    /// Whether anything beside amounts holds the two sides together. A day that the
    /// rows of a group share does not: the single row has a day of its own.
    fn compares_more_than_amounts(&self) -> bool {
        let mut evidence = self.group.iter().flat_map(|group| &group.evidence);
        !self.equal.is_empty()
            || self.days.is_some()
            || self.text.is_some()
            || evidence.any(|column| *column != Column::Date)
    }

    pub(super) fn check(&self, fees: &Fees) -> Result<(), RulesError> {
        let name = || self.name.to_string();
        if self.name.trim().is_empty() {
            return Err(RulesError::Unnamed);
        }
        if !self.compares_more_than_amounts() {
            return Err(RulesError::NothingCompared(name()));
        }
        self.equal
            .iter()
            .try_for_each(|one| one.check(&self.name))?;
        self.tolerance.iter().try_for_each(Tolerances::check)?;
        let least = self
            .text
            .iter()
            .map(|text| ("the least similarity", text.least));
        let scaled = least.chain([("the margin", self.margin)]);
        for (what, value) in scaled {
            if value.is_sign_negative() && !value.is_zero() || value > Decimal::ONE {
                return Err(RulesError::OutOfScale {
                    pass: name(),
                    what,
                    value,
                });
            }
        }
        if self.net && !fees.tell_sides_apart() {
            return Err(RulesError::NetOfBoth(name()));
        }
        let Some(group) = &self.group else {
            return Ok(());
        };
        if !(2..=Grouping::LIMIT).contains(&group.most) {
            return Err(RulesError::GroupSize {
                pass: name(),
                most: group.most,
            });
        }
        match group.by {
            GroupBy::Key if self.way() != Way::Key => Err(RulesError::NoKey(name())),
            GroupBy::Sum if group.evidence.is_empty() => Err(RulesError::NoEvidence(name())),
            GroupBy::Sum if group.sides == Sides::ManyToMany => {
                Err(RulesError::ManyToManyBySum(name()))
            }
            GroupBy::Key | GroupBy::Sum => Ok(()),
        }
    }
}

/// What a pass does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It brings together what shares a key.
    Key,
    /// It searches for the best counterpart.
    Search,
    /// It searches for rows that add up to one.
    Sum,
}

/// How alike two texts must be. Words weigh by how rare they are.
///
/// A row without a text may be anyone's: it is matched only where, once the texts
/// have spoken, nothing else comes into question for it and its counterpart in the
/// days of the pass, and the two lie no more than [`Self::SILENT_DAYS`] days apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextRule {
    /// The text of the ledger.
    pub ledger: Column,
    /// The text of the provider.
    pub records: Column,
    /// The least similarity of a pair, from 0 (nothing in common) to 1. Below
    /// it, rows that both have a text are no candidates.
    pub least: Decimal,
}

impl TextRule {
    /// How many days two rows may lie apart of which one has no text.
    pub const SILENT_DAYS: u32 = 3;

    /// The descriptions of both sides, four tenths alike at least.
    #[must_use]
    pub fn descriptions() -> Self {
        Self {
            ledger: Column::Description,
            records: Column::Description,
            least: Decimal::new(4, 1),
        }
    }

    /// The column of a side.
    #[must_use]
    pub const fn column(&self, side: Side) -> &Column {
        match side {
            Side::Ledger => &self.ledger,
            Side::Records => &self.records,
        }
    }
}

/// How several rows are tied together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// What makes rows a group.
    pub by: GroupBy,
    /// On which side there may be several.
    pub sides: Sides,
    /// What the rows of the side of several must share, and share with the one
    /// row where it states it, too: the day (of the several alone), the account,
    /// the method, a batch. Only for groups by sum.
    pub evidence: Vec<Column>,
    /// How many rows there may be on the side of several. By sum, those that share
    /// the evidence are tried all together, and all but one or two, however many
    /// they are; some of them only where they are no more than this.
    pub most: usize,
}

impl Grouping {
    /// How many rows a group may have, where a rule does not say.
    pub const MOST: usize = 60;
    /// How many rows a rule may allow.
    pub const LIMIT: usize = 10_000;
}

/// What makes rows a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// The key of the pass.
    Key,
    /// Their sum: that of the one row on the other side.
    Sum,
}

/// On which side of a group there may be several rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sides {
    /// One in the ledger, several at the provider.
    OneToMany,
    /// Several in the ledger, one at the provider.
    ManyToOne,
    /// Several on both sides.
    ManyToMany,
}
