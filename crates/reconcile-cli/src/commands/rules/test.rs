//! `reconcile rules test`: the mistakes that rules find, and those they do not.

use std::{collections::BTreeMap, fmt::Write as _, io::Write as _, iter};

use jiff::tz::TimeZone;
use reconcile_engine::{
    BreakCode,
    mutations::{self, Report, Subject, Tested},
};
use reconcile_files::OutputFile;
use serde::Serialize;

use super::aligned;
use crate::{
    Finding,
    args::{self, ListFormat},
    commands::{list::csv, outcome},
    error::CommandError,
    terminal,
};

pub(super) fn run(args: &args::RulesTest) -> Result<Finding, CommandError> {
    let rules = outcome::rules(args.rules.as_deref(), &TimeZone::UTC)?;
    let report = mutations::test(&rules.rules, args.pairs, args.seed)?;
    let lines: Vec<_> = report.lines.iter().map(Line::of).collect();
    let list = match args.format {
        ListFormat::Table => table(&report, &lines),
        ListFormat::Csv => csv(Line::HEADER, lines.iter().map(Line::cells))?,
        ListFormat::Jsonl => lines.iter().map(json).collect(),
    };
    match &args.out {
        None => terminal::print(&list)?,
        Some(path) => {
            let mut file = OutputFile::create(path)?;
            let unwritten = |source| CommandError::Write {
                path: path.clone(),
                source,
            };
            file.write_all(list.as_bytes()).map_err(unwritten)?;
            file.commit()?;
        }
    }
    Ok(if report.is_clean() {
        Finding::Clean
    } else {
        Finding::Open
    })
}

/// What came of the mistakes of one code, as it is listed.
#[derive(Serialize)]
struct Line {
    code: &'static str,
    planted: usize,
    found: usize,
    missed: usize,
    under_another: usize,
    let_pass: usize,
    false_alarms: usize,
}

impl Line {
    const HEADER: [&'static str; 7] = [
        "code",
        "planted",
        "found",
        "missed",
        "under_another",
        "let_pass",
        "false_alarms",
    ];

    fn of(tested: &Tested) -> Self {
        let missed = |silent: bool| {
            let missed = tested.missed.iter();
            let missed = missed.filter(|((_, codes), _)| codes.is_empty() == silent);
            missed.map(|(_, times)| times).sum()
        };
        Self {
            code: name(tested.subject),
            planted: tested.planted,
            found: tested.found,
            missed: missed(true),
            under_another: missed(false),
            let_pass: tested.allowed.values().sum(),
            false_alarms: tested.false_alarms.values().sum::<usize>() + tested.strays,
        }
    }

    fn cells(&self) -> [String; 7] {
        [
            self.code.to_owned(),
            self.planted.to_string(),
            self.found.to_string(),
            self.missed.to_string(),
            self.under_another.to_string(),
            self.let_pass.to_string(),
            self.false_alarms.to_string(),
        ]
    }
}

fn name(subject: Subject) -> &'static str {
    match subject {
        Subject::Code(code) => code.as_str(),
        Subject::Together => "all_at_once",
        // The other one that there is; a later one would have its name here.
        _ => "nothing",
    }
}

/// The lines under each other, then what went wrong and what the rules let pass.
fn table(report: &Report, lines: &[Line]) -> String {
    let header = Line::HEADER.map(|name| name.replace('_', " "));
    let mut text = aligned(iter::once(header).chain(lines.iter().map(Line::cells)));
    let wrong: Vec<_> = report.lines.iter().flat_map(wrong).collect();
    let let_pass: Vec<_> = report.lines.iter().flat_map(let_pass).collect();
    for (heading, sentences) in [
        ("Not found as they are", wrong),
        ("Let pass by the rules", let_pass),
    ] {
        if !sentences.is_empty() {
            let _ = writeln!(text, "\n{heading}\n- {}", sentences.join("\n- "));
        }
    }
    let together = report
        .lines
        .iter()
        .rfind(|line| line.subject == Subject::Together);
    let planted = together.map_or(0, |line| line.planted);
    // Writing to a `String` cannot fail.
    let _ = if report.is_clean() {
        writeln!(
            text,
            "\nEvery mistake was found under its code and nothing else, alone and {planted} at once."
        )
    } else {
        writeln!(text, "\nThe rules do not find every mistake as what it is.")
    };
    text
}

/// What was missed, and what was reported without a mistake.
fn wrong(tested: &Tested) -> Vec<String> {
    let of = name(tested.subject);
    let missed = tested.missed.iter().map(|((what, codes), times)| {
        let codes: Vec<_> = codes.iter().map(|code| code.as_str()).collect();
        let reported = match codes.as_slice() {
            [] => "not reported".to_owned(),
            codes => format!("reported as {}", codes.join(" and ")),
        };
        format!("{of}, {what}: {times} {reported}")
    });
    let alarm = |(code, times): (&BreakCode, &usize)| {
        format!("{of}: {times} × {code} where nothing is wrong")
    };
    let alarms = tested.false_alarms.iter().map(alarm);
    let strays = (tested.strays > 0).then(|| {
        let times = tested.strays;
        format!("{of}: {times} pairs without a mistake are not matched with each other")
    });
    missed.chain(alarms).chain(strays).collect()
}

/// What the rules let pass, by why.
fn let_pass(tested: &Tested) -> Vec<String> {
    let mut by_reason: BTreeMap<&str, usize> = BTreeMap::new();
    for ((_, why), times) in &tested.allowed {
        *by_reason.entry(why).or_default() += times;
    }
    let of = name(tested.subject);
    let reasons = by_reason.into_iter();
    reasons
        .map(|(why, times)| format!("{of}: {times}, since {why}"))
        .collect()
}

fn json(line: &Line) -> String {
    // A struct of texts and numbers always serialises.
    serde_json::to_string(line).unwrap_or_default() + "\n"
}
