//! The rules file in words.

use std::{collections::BTreeMap, fmt::Display};

use jiff::tz::TimeZone;
use reconcile_engine::{Equality, GroupBy, Pass, Rules};

use super::RulesFile;
use crate::{Field, Mapping, Meanings, mapping::Side};

impl RulesFile {
    /// What the file says, in the order in which it is done: how each file is
    /// read, what takes part and what matches, what may be a slip, and which
    /// defaults are in force.
    /// Each part is a heading and its sentences.
    #[must_use]
    pub fn describe(&self) -> Vec<(&'static str, Vec<String>)> {
        let ledger = mapping(&self.ledger, Side::Ledger);
        let records = mapping(&self.records, Side::Records);
        let mut parts = vec![
            ("Reading the ledger", ledger),
            ("Reading a file of records", records),
            ("Matching", self.rules.describe()),
        ];
        let doubts = self.doubts();
        if !doubts.is_empty() {
            parts.push(("Worth a second look", doubts));
        }
        let defaults = self.defaults_in_force();
        if !defaults.is_empty() {
            parts.push(("Defaults in force", defaults));
        }
        parts
    }

    /// What the file says and most likely does not mean.
    fn doubts(&self) -> Vec<String> {
        let (fees, mut doubts) = (&self.rules.fees, self.many_may_share());
        if fees.tell_sides_apart() && !self.rules.passes.iter().any(|pass| pass.net) {
            doubts.push(
                "One side states net amounts and the other gross ones, and no pass compares them \
                 after the fees, so that whatever was charged for is a break: say net = true in \
                 the passes that are to."
                    .to_owned(),
            );
        }
        if fees.infer && !fees.tell_sides_apart() {
            doubts.push(
                "No fee is inferred where both sides state the same: say under [fees] which side \
                 is net, as in ledger = \"net\"."
                    .to_owned(),
            );
        }
        let adds_up = |pass: &&Pass| {
            let by_sum = pass.group.as_ref().map(|group| group.by) == Some(GroupBy::Sum);
            by_sum && pass.tolerance.is_some()
        };
        doubts.extend(self.rules.passes.iter().filter(adds_up).map(|pass| {
            format!(
                "The tolerance of the pass {} does nothing: sums are to be equal, since some of \
                 many rows nearly come to any amount.",
                pass.name
            )
        }));
        let both = self.rules.counts.intersection(&self.rules.pending);
        doubts.extend(both.map(|status| {
            format!(
                "The status {status} is among those that count and among those that are pending: \
                 it counts."
            )
        }));
        doubts
    }

    /// Passes that take rows for the same thing for what many rows may share.
    fn many_may_share(&self) -> Vec<String> {
        let doubt = |pass: &Pass| {
            let identifies = |one: &&Equality| one.ledger.identifies() || one.records.identifies();
            let told = pass.identifies && !pass.equal.iter().any(|one| identifies(&one));
            let remedy = if told {
                "Rows share it that have nothing to do with each other: without identifies = \
                 true, the best counterpart among them is sought."
            } else if self.presuming.contains(&pass.name) {
                "If payments share it, as they share a country or a terminal, say identifies = \
                 false; if none do, identifies = true."
            } else {
                return None;
            };
            let columns = pass.equal.iter().filter(|one| told || identifies(one));
            Some(format!(
                "The pass {} takes rows with equal {} for the same thing, so that what differs \
                 between them is a break. {remedy}",
                pass.name,
                list(columns.map(|one| &one.ledger)),
            ))
        };
        self.rules.passes.iter().filter_map(doubt).collect()
    }

    /// The parts of the rules that are as without a file.
    fn defaults_in_force(&self) -> Vec<String> {
        let (rules, defaults) = (&self.rules, Rules::default());
        let counts = "[statuses] counts: succeeded; where a provider lists reversals as records \
                      of their own, reversed too.";
        let parts = [
            (
                rules.passes == Pass::defaults(),
                "[[pass]]: the passes above.",
            ),
            (
                rules.tolerance == defaults.tolerance,
                "[tolerance]: none; amounts are equal where a pass does not say otherwise.",
            ),
            (!self.says_what_counts, counts),
            (
                rules.pending == defaults.pending,
                "[statuses] pending: pending and on_hold.",
            ),
            (
                rules.calendar == defaults.calendar,
                "[calendar]: Saturday and Sunday are no business days, and there are no holidays.",
            ),
            (
                rules.fees == defaults.fees,
                "[fees]: none; amounts are compared as both sides state them.",
            ),
            (rules.exclusions.is_empty(), "[[exclude]]: none."),
            (
                rules.attention == defaults.attention,
                "[attention]: a break is as severe as its code, one step less up to a hundredth of \
                 what a row of its currency moves on average, severe from ten times that, and one \
                 step more when older than 30 days.",
            ),
        ];
        let in_force = parts.into_iter().filter(|(is_default, _)| *is_default);
        in_force.map(|(_, words)| words.to_owned()).collect()
    }
}

/// How a file of this side is read.
fn mapping(mapping: &Mapping, side: Side) -> Vec<String> {
    let mut sentences = vec![columns(mapping, side), amounts(mapping)];
    if mapping.in_two_columns() {
        sentences.push(ways(mapping, side));
    }
    sentences.push(days(mapping));
    if !mapping.attributes.is_empty() {
        let attributes = mapping.attributes.iter();
        let attributes = attributes.map(|(name, column)| renamed(name, column));
        let beside = match side {
            Side::Ledger => "",
            Side::Records => {
                "; each a column of its own, or a key of the JSON in the column \"attributes\""
            }
        };
        sentences.push(format!(
            "Attributes that are kept: {}{beside}.",
            list(attributes)
        ));
    }
    let kind = mapping.kind.map(|kind| format!("kind {kind}"));
    let direction = mapping.direction.map(|word| format!("direction {word}"));
    let currency = mapping.currency.map(|code| format!("currency {code}"));
    let status = mapping.status.map(|word| format!("status {word}"));
    let constants = [kind, direction, currency, status];
    let constants: Vec<_> = constants.into_iter().flatten().collect();
    if !constants.is_empty() {
        sentences.push(format!("A row that does not say has {}.", list(constants)));
    }
    let words = words(&mapping.words);
    if !words.is_empty() {
        sentences.push(format!("Words of the file: {}.", list(words)));
    }
    if mapping.delimiter != b',' {
        let delimiter = char::from(mapping.delimiter).escape_default();
        sentences.push(format!("\"{delimiter}\" separates the cells of a CSV."));
    }
    sentences
}

/// What each word of the file means.
fn words(words: &Meanings) -> Vec<String> {
    fn of<T: Display>(name: &str, words: &BTreeMap<String, T>) -> Vec<String> {
        let words = words.iter();
        words
            .map(|(word, meaning)| format!("{name} \"{word}\" is {meaning}"))
            .collect()
    }
    [
        of("currency", &words.currency),
        of("kind", &words.kind),
        of("direction", &words.direction),
        of("status", &words.status),
    ]
    .concat()
}

fn columns(mapping: &Mapping, side: Side) -> String {
    let needed = Field::ALL
        .into_iter()
        .filter(|field| mapping.needs(side, *field))
        .map(|field| renamed(field.as_str(), mapping.column(side, field)));
    format!("Columns that must be there: {}.", list(needed))
}

fn renamed(name: &str, column: &str) -> String {
    if name == column {
        name.to_owned()
    } else {
        format!("{name} (in \"{column}\")")
    }
}

fn amounts(mapping: &Mapping) -> String {
    let decimal = mapping.decimal_separator;
    match mapping.thousands_separator {
        Some(thousands) => format!("Amounts are written as 1{thousands}234{decimal}50."),
        None => format!("Amounts are written as 1234{decimal}50."),
    }
}

/// Which way an amount moved that stands in one of two columns.
fn ways(mapping: &Mapping, side: Side) -> String {
    format!(
        "What stands in \"{}\" came in, and what stands in \"{}\" went out; what is negative there \
         moved the other way. Of the two, one is empty or zero.",
        mapping.column(side, Field::MoneyIn),
        mapping.column(side, Field::MoneyOut),
    )
}

fn days(mapping: &Mapping) -> String {
    let form = match &mapping.date_format {
        Some(pattern) => format!("Dates are written as {pattern}"),
        None => "Dates are written as 2026-01-31, or as RFC 3339 instants".to_owned(),
    };
    let zone = match mapping.zone.as_ref().map(TimeZone::iana_name) {
        Some(Some(zone)) => zone,
        Some(None) => "a zone without a name",
        None => "UTC, and in a run in the zone of the provider",
    };
    let cutoff = mapping.cutoff.map_or_else(String::new, |cutoff| {
        let pattern = if cutoff.second() == 0 {
            "%H:%M"
        } else {
            "%H:%M:%S"
        };
        format!(", and from {} on for the next", cutoff.strftime(pattern))
    });
    format!("{form}; an instant counts for its day in {zone}{cutoff}.")
}

fn list<T: Display>(words: impl IntoIterator<Item = T>) -> String {
    let words: Vec<_> = words.into_iter().map(|word| word.to_string()).collect();
    words.join(", ")
}
