//! The passes of the rules file.

use std::collections::BTreeMap;

use reconcile_engine::{
    Column, DayWindow, Equality, GroupBy, Grouping, Pass, Rules, RulesError, Side, Sides, TextRule,
};
use toml::Spanned;

use super::{
    RulesFile,
    resolve::{Fault, tolerances},
    tables::{DaysTable, EqualTable, EqualWord, GroupTable, PassTable, TextTable},
    values::{OneOrMany, Share, Word},
};

/// Reads passes beside what the file says already.
pub(super) struct Passes<'f> {
    file: &'f RulesFile,
}

impl<'f> Passes<'f> {
    pub(super) fn of(file: &'f RulesFile) -> Self {
        Self { file }
    }

    /// The pass, where it makes sense.
    pub(super) fn pass(&self, table: PassTable) -> Result<Pass, Fault> {
        let name = table.name.span();
        let group = table.group.as_ref().map_or(name.clone(), Spanned::span);
        let equal = table.equal.into_iter().map(|equal| self.equality(equal));
        let equal = equal.collect::<Result<Vec<_>, _>>()?;
        let mut pass = Pass::keyed(table.name.into_inner(), equal);
        if let Some(identifies) = table.identifies {
            pass.identifies = identifies;
        }
        pass.tolerance = table.tolerance.map(tolerances);
        pass.days = table.days.map(days);
        pass.text = table.text.map(|text| self.text(text)).transpose()?;
        pass.net = table.net;
        let grouping = table.group.as_ref().map(Spanned::get_ref);
        pass.group = grouping.map(|group| self.grouping(group)).transpose()?;
        pass.margin = table.margin.map_or(pass.margin, |Share(margin)| margin);
        pass.across_references = table.across_references;
        let alone = Rules {
            passes: vec![pass.clone()],
            fees: self.file.rules.fees.clone(),
            ..Rules::default()
        };
        match alone.check() {
            Ok(()) => Ok(pass),
            Err(
                error @ (RulesError::GroupSize { .. }
                | RulesError::NoEvidence(_)
                | RulesError::ManyToManyBySum(_)
                | RulesError::NoKey(_)),
            ) => Err(Fault::of_rules(group, &error)),
            Err(error) => Err(Fault::of_rules(name, &error)),
        }
    }

    fn equality(&self, equal: Spanned<EqualWord>) -> Result<Equality, Fault> {
        let at = equal.span();
        let EqualTable {
            ledger,
            records,
            normalise,
            prefix,
        } = match equal.into_inner() {
            EqualWord::Table(table) => table,
            EqualWord::Column(column) => {
                let column = Spanned::new(at, column);
                return Ok(Equality::between(
                    self.column(&column, Side::Ledger)?,
                    self.column(&column, Side::Records)?,
                ));
            }
        };
        Ok(Equality {
            ledger: self.column(&ledger, Side::Ledger)?,
            records: self.column(&records, Side::Records)?,
            normalise: normalise.into_iter().map(|Word(step)| step).collect(),
            prefixes: prefix.map(|OneOrMany(all)| all).unwrap_or_default(),
        })
    }

    fn text(&self, table: TextTable) -> Result<TextRule, Fault> {
        let mut rule = TextRule::descriptions();
        if let Some(ledger) = table.ledger {
            rule.ledger = self.column(&ledger, Side::Ledger)?;
        }
        if let Some(records) = table.records {
            rule.records = self.column(&records, Side::Records)?;
        }
        if let Some(Share(least)) = table.least {
            rule.least = least;
        }
        Ok(rule)
    }

    fn grouping(&self, table: &GroupTable) -> Result<Grouping, Fault> {
        let (Word(by), Word(sides)) = (table.by, table.sides);
        let evidence = table.evidence.iter();
        let evidence = evidence.map(|word| match by {
            GroupBy::Sum => self.evidence(word, sides),
            GroupBy::Key => self.known(word),
        });
        Ok(Grouping {
            by,
            sides,
            evidence: evidence.collect::<Result<_, _>>()?,
            most: table.most.unwrap_or(Grouping::MOST),
        })
    }

    /// What the rows of the side of several share: that side must have it.
    fn evidence(&self, word: &Spanned<String>, sides: Sides) -> Result<Column, Fault> {
        match sides {
            Sides::ManyToOne | Sides::ManyToMany => self.column(word, Side::Ledger),
            Sides::OneToMany => self.known(word),
        }
    }

    /// A column of a side. A ledger has the attributes that are declared; a
    /// file of records has a column of its own for those that a provider told.
    fn column(&self, word: &Spanned<String>, side: Side) -> Result<Column, Fault> {
        let column = self.known(word)?;
        match &column {
            Column::Attribute(name)
                if side == Side::Ledger && !self.file.ledger.attributes.contains_key(&**name) =>
            {
                Err(Fault::new(
                    word.span(),
                    format!("the ledger has no attribute `{name}`"),
                    "say under [ledger] which columns are attributes, as in attributes = [\"batch\"]",
                ))
            }
            _ => Ok(column),
        }
    }

    /// A column of either side.
    fn known(&self, word: &Spanned<String>) -> Result<Column, Fault> {
        let name = word.get_ref().as_str();
        let declared = |attributes: &BTreeMap<String, String>| attributes.contains_key(name);
        let mut every = Column::OF_EVERY_ROW.iter();
        if let Some((_, column)) = every.find(|(word, _)| *word == name) {
            return Ok(column.clone());
        }
        Ok(match (name, name.strip_prefix("attributes.")) {
            // A day, since that is what a row keeps of an instant.
            ("day" | "created_at", _) => Column::Date,
            (_, Some(attribute)) if !attribute.is_empty() => Column::Attribute(attribute.into()),
            _ if declared(&self.file.ledger.attributes)
                || declared(&self.file.records.attributes) =>
            {
                Column::Attribute(name.into())
            }
            _ => {
                let words: Vec<_> = Column::OF_EVERY_ROW.iter().map(|(word, _)| *word).collect();
                return Err(Fault::new(
                    word.span(),
                    format!("`{name}` is none of {}, attributes.NAME", words.join(", ")),
                    "a column of the file is named as an attribute: attributes = [\"batch\"] \
                     under [ledger] or [records], then \"attributes.batch\"",
                ));
            }
        })
    }
}

fn days(table: DaysTable) -> DayWindow {
    DayWindow {
        before: table.before,
        after: table.after,
        business: table.business,
    }
}

/// The attributes that a file of this side must have: those that a pass
/// compares, and those that rows of the side share that are tied to one.
pub(super) fn needed_attributes(rules: &Rules, side: Side) -> impl Iterator<Item = &str> {
    let columns = rules.passes.iter().flat_map(move |pass| {
        let equal = pass.equal.iter().map(move |one| one.column(side));
        let text = pass.text.iter().map(move |text| text.column(side));
        let several = move |group: &&Grouping| {
            group.by == GroupBy::Sum
                && match group.sides {
                    Sides::OneToMany => side == Side::Records,
                    Sides::ManyToOne => side == Side::Ledger,
                    Sides::ManyToMany => true,
                }
        };
        let groups = pass.group.iter().filter(several);
        equal
            .chain(text)
            .chain(groups.flat_map(|group| &group.evidence))
    });
    columns.filter_map(|column| match column {
        Column::Attribute(name) => Some(&**name),
        _ => None,
    })
}
