//! Laws about one day and the next.

use jiff::civil::Date;
use reconcile_core::{Identity, Statement, Sum};
use rust_decimal::Decimal;

use super::{Proof, ProofVerdict, Series};
use crate::Period;

/// Every day between the first and the last has exactly one statement. Days
/// that were asked for before the first or after the last cannot be judged: an
/// account may be newer, a report may end.
pub(super) fn every_day_once(
    identity: &Identity,
    series: &[Series<'_>],
    asked: Option<Period>,
) -> Vec<Proof> {
    let mut proofs = Vec::new();
    for series in series {
        let days = series.days.keys();
        let Some((&first, &last)) = days.clone().next().zip(days.clone().next_back()) else {
            continue;
        };
        let open = |date, note: String| {
            let verdict = ProofVerdict::NotTestable;
            series.proof(identity, date, verdict, note)
        };
        if let Some(asked) = asked.filter(|asked| asked.from < first) {
            proofs.push(open(asked.from, format!("no statement before {first}")));
        }
        let dates = first.series(jiff::Span::new().days(1));
        proofs.extend(dates.take_while(|date| *date <= last).map(|date| {
            let count = series.days.get(&date).map_or(0, Vec::len);
            let note = match count {
                0 => "no statement for the day".to_owned(),
                1 => "one statement".to_owned(),
                count => format!("{count} statements for the day"),
            };
            let proof = open(date, note).counted(true);
            proof.equality(Decimal::ONE, Decimal::from(count))
        }));
        let next = last.tomorrow().ok();
        if let Some(next) = next.filter(|next| asked.is_some_and(|asked| *next < asked.certain_to))
        {
            proofs.push(open(next, format!("no statement after {last}")));
        }
    }
    proofs
}

/// `balance[d] = balance[d − 1] + movement[d]`.
pub(super) fn roll_forward(
    identity: &Identity,
    series: &[&Series<'_>],
    balance: &str,
    movement: &str,
) -> Vec<Proof> {
    each_day(identity, series, |series, proof, date| {
        let before = previous(series, date)?;
        let opening = figure(before, balance)?;
        let today = the_one(series, date)?;
        let moved = figure(today, movement)?;
        let closing = figure(today, balance)?;
        let expected = Sum::from(opening)
            .plus(moved)
            .ok()
            .and_then(Sum::to_decimal)
            .ok_or_else(|| Obstacle::Open("the sum has too many digits".to_owned()))?;
        let note = format!("{opening} + {moved} = {expected}, stated {closing}");
        Ok(Proof { note, ..proof }.equality(expected, closing))
    })
}

/// A balance that changed has at least one part that is not zero.
pub(super) fn step_explained(
    identity: &Identity,
    series: &[&Series<'_>],
    balance: &str,
    parts: &[&str],
) -> Vec<Proof> {
    each_day(identity, series, |series, proof, date| {
        let opening = figure(previous(series, date)?, balance)?;
        let today = the_one(series, date)?;
        let closing = figure(today, balance)?;
        let moved = |part: &&&str| today.amount(part).is_some_and(|amount| !amount.is_zero());
        let note = if opening == closing {
            format!("the balance stayed {closing}")
        } else if let Some(part) = parts.iter().find(moved) {
            format!("{opening} became {closing}, with {part} not zero")
        } else {
            for part in parts {
                figure(today, part)?;
            }
            let note = format!(
                "{opening} became {closing}, though nothing moved: {} are zero",
                parts.join(", ")
            );
            return Ok(Proof { note, ..proof }.equality(opening, closing));
        };
        Ok(Proof {
            verdict: ProofVerdict::Holds,
            note,
            ..proof
        })
    })
}

/// Why there are no figures to compare on a day.
enum Obstacle {
    /// It leaves the day untested.
    Open(String),
    /// It is a failure by itself.
    Failure(String),
}

fn each_day(
    identity: &Identity,
    series: &[&Series<'_>],
    test: impl Fn(&Series<'_>, Proof, Date) -> Result<Proof, Obstacle>,
) -> Vec<Proof> {
    let mut proofs = Vec::new();
    for series in series {
        for &date in series.days.keys() {
            let proof = |verdict, note| series.proof(identity, date, verdict, note);
            let open = proof(ProofVerdict::NotTestable, String::new());
            proofs.push(match test(series, open, date) {
                Ok(tested) => tested,
                Err(Obstacle::Open(note)) => proof(ProofVerdict::NotTestable, note),
                Err(Obstacle::Failure(note)) => proof(ProofVerdict::Fails, note),
            });
        }
    }
    proofs
}

/// The statement of the day before.
fn previous<'a>(series: &Series<'a>, date: Date) -> Result<&'a Statement, Obstacle> {
    if series.days.keys().next() == Some(&date) {
        return Err(Obstacle::Open("no previous day".to_owned()));
    }
    let before = date.yesterday().ok();
    match before.and_then(|before| Some((before, series.days.get(&before)?))) {
        None => Err(Obstacle::Open("the day before has no statement".to_owned())),
        Some((before, _)) => the_one(series, before).map_err(|_| {
            Obstacle::Open("the statements of the day before contradict each other".to_owned())
        }),
    }
}

/// The statement of a day. One that is repeated with equal figures counts
/// once; statements that contradict each other are a failure.
fn the_one<'a>(series: &Series<'a>, date: Date) -> Result<&'a Statement, Obstacle> {
    let statements = series.days.get(&date).map_or(&[][..], Vec::as_slice);
    match statements.split_first() {
        Some((first, rest)) if rest.iter().all(|s| s.figures == first.figures) => Ok(first),
        _ => Err(Obstacle::Failure(format!(
            "{} statements of the day contradict each other",
            statements.len()
        ))),
    }
}

fn figure(statement: &Statement, name: &str) -> Result<Decimal, Obstacle> {
    statement
        .amount(name)
        .ok_or_else(|| Obstacle::Open(format!("{name} is not stated")))
}
