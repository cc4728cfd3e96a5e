//! `reconcile rules diff`: the matches that other rules gain, lose and move.

use std::{borrow::Cow, fmt::Write, iter, path::Path};

use jiff::tz::TimeZone;
use reconcile_core::Kind;
use reconcile_engine::{Book, Change, MatchGroup, Outcome, RowIndex, changes};
use reconcile_files::RulesFile;
use serde::Serialize;

use super::aligned;
use crate::{
    Finding,
    args::{self, ListFormat},
    commands::{list::csv, outcome},
    error::CommandError,
    terminal,
};

pub(super) async fn run(args: &args::RulesDiff) -> Result<Finding, CommandError> {
    // What is wrong with either file is said before the data is read.
    let old = outcome::rules(Some(&args.old), &TimeZone::UTC)?;
    let new = outcome::rules(Some(&args.new), &TimeZone::UTC)?;
    let old = Matched::by(old, &args.ledger, &args.records).await?;
    let new = Matched::by(new, &args.ledger, &args.records).await?;
    let changes = changes(&old.outcome.matches, &new.outcome.matches);
    let lines: Vec<_> = changes
        .iter()
        .map(|change| Line::of(change, &old, &new))
        .collect();
    terminal::print(&match args.format {
        ListFormat::Table => table(&lines),
        ListFormat::Csv => csv(
            Line::HEADER,
            lines.iter().map(|line| line.cells().map(str::to_owned)),
        )?,
        ListFormat::Jsonl => lines.iter().map(json).collect(),
    })?;
    Ok(if lines.is_empty() {
        Finding::Clean
    } else {
        Finding::Open
    })
}

/// The two files, matched by one of the rules files, which also says how they
/// are read.
struct Matched {
    ledger: Book,
    records: Book,
    outcome: Outcome,
}

impl Matched {
    async fn by(mut rules: RulesFile, ledger: &Path, records: &Path) -> Result<Self, CommandError> {
        // Every line counts: one that was left out would shift those after it.
        let ledger = outcome::ledger(ledger, false, &rules.ledger).await?.book;
        let records = outcome::records(records, &rules.records).await?;
        if records.has_kind(Kind::Reversal) {
            outcome::count_reversed(&mut rules);
        }
        let as_of = outcome::last_date(&ledger, &records);
        let context = outcome::context(None, &rules.records, as_of);
        let outcome = outcome::reconcile(&ledger, &records, &rules.rules, &context)?;
        Ok(Self {
            ledger,
            records,
            outcome,
        })
    }
}

/// A change as it is listed.
#[derive(Serialize)]
struct Line<'a> {
    change: &'static str,
    old_rule: Cow<'a, str>,
    old_ledger_ids: String,
    old_record_ids: String,
    new_rule: Cow<'a, str>,
    new_ledger_ids: String,
    new_record_ids: String,
}

impl<'a> Line<'a> {
    const HEADER: [&'static str; 7] = [
        "change",
        "old_rule",
        "old_ledger_ids",
        "old_record_ids",
        "new_rule",
        "new_ledger_ids",
        "new_record_ids",
    ];

    fn of(change: &'a Change<'a>, old: &Matched, new: &Matched) -> Self {
        let (old_rule, old_ledger_ids, old_record_ids) = told(change.before.as_ref(), old);
        let (new_rule, new_ledger_ids, new_record_ids) = told(change.after.as_ref(), new);
        Self {
            change: match (change.before, change.after) {
                (Some(_), Some(_)) => MOVED,
                (Some(_), None) => LOST,
                (None, _) => GAINED,
            },
            old_rule,
            old_ledger_ids,
            old_record_ids,
            new_rule,
            new_ledger_ids,
            new_record_ids,
        }
    }

    fn cells(&self) -> [&str; 7] {
        [
            self.change,
            &self.old_rule,
            &self.old_ledger_ids,
            &self.old_record_ids,
            &self.new_rule,
            &self.new_ledger_ids,
            &self.new_record_ids,
        ]
    }
}

const GAINED: &str = "gained";
const LOST: &str = "lost";
const MOVED: &str = "moved";

/// The rule of a match, and the ids of its rows.
fn told<'a>(group: Option<&'a MatchGroup<'a>>, of: &Matched) -> (Cow<'a, str>, String, String) {
    let Some(group) = group else {
        return Default::default();
    };
    let ids = |book: &Book, rows: &[RowIndex]| {
        let ids: Vec<_> = rows.iter().map(|row| book.id(*row)).collect();
        ids.join("|")
    };
    (
        group.name(),
        ids(&of.ledger, group.ledger),
        ids(&of.records, group.records),
    )
}

/// The lines under each other, and how many there are of each kind.
fn table(lines: &[Line<'_>]) -> String {
    let header = Line::HEADER.map(|name| name.replace('_', " "));
    let rows = lines.iter().map(|line| {
        line.cells().map(|cell| match cell {
            "" => "-".to_owned(),
            cell => cell.to_owned(),
        })
    });
    let mut text = match lines.len() {
        0 => String::new(),
        _ => aligned(iter::once(header).chain(rows)),
    };
    let count = |change| lines.iter().filter(|line| line.change == change).count();
    // Writing to a `String` cannot fail.
    let _ = match lines.len() {
        0 => writeln!(text, "The matches are the same."),
        _ => writeln!(
            text,
            "{} gained, {} lost, {} moved.",
            count(GAINED),
            count(LOST),
            count(MOVED)
        ),
    };
    text
}

fn json(line: &Line<'_>) -> String {
    // A struct of texts always serialises.
    serde_json::to_string(line).unwrap_or_default() + "\n"
}
