//! A total as the signed sum of its parts, with undocumented signs solved.

use std::{collections::BTreeSet, fmt::Display};

use reconcile_core::{Identity, Part, Sign, Statement, Sum};
use rust_decimal::Decimal;

use super::{Proof, ProofVerdict, Series};

/// How many signs are solved at most: every assignment is tried.
const SOLVABLE: usize = 12;

/// Proves `total = Σ sign × part` on every statement.
///
/// Unknown signs are solved first: all assignments are tried on all statements
/// that state every figure, and those that satisfy the most are the solutions.
/// A summary says what came out, and the proofs of the statements use it.
pub(super) fn prove(
    identity: &Identity,
    series: &[&Series<'_>],
    total: &'static str,
    parts: &[Part],
) -> Vec<Proof> {
    let statements = || series.iter().flat_map(|series| series.all());
    let lines: Vec<Line> = statements()
        .filter_map(|statement| Line::of(statement, total, parts).ok())
        .collect();
    let unknown = parts.iter().filter(|part| part.sign == Sign::Unknown);
    if unknown.clone().count() > SOLVABLE {
        let note = format!("more than {SOLVABLE} signs are unknown");
        return vec![Proof::untestable(identity, note)];
    }
    let solution = Solution::of(&lines, parts);
    let mut proofs = Vec::new();
    if unknown.count() > 0 && !lines.is_empty() {
        proofs.push(solution.summary(identity, total, lines.len()));
    }
    for statement in statements() {
        let proof = Proof::about(identity, statement).counted(statement.count(total).is_some());
        proofs.push(match Line::of(statement, total, parts) {
            Ok(line) => solution.test(&line, proof),
            Err(note) => Proof { note, ..proof },
        });
    }
    proofs
}

/// The figures of one statement.
struct Line {
    total: Decimal,
    parts: Vec<Decimal>,
}

impl Line {
    fn of(statement: &Statement, total: &str, parts: &[Part]) -> Result<Self, String> {
        let number = |figure: &str| {
            statement
                .number(figure)
                .ok_or_else(|| format!("{figure} is not stated"))
        };
        Ok(Self {
            total: number(total)?,
            parts: parts
                .iter()
                .map(|part| number(part.figure))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// The signs that satisfy the most statements.
struct Solution {
    terms: Vec<Term>,
    /// How many statements the best assignments satisfy.
    satisfied: usize,
    /// How many statements with anything in them but zeros they satisfy.
    telling: usize,
    /// How many assignments are the best.
    best: usize,
}

struct Term {
    figure: &'static str,
    minus: bool,
    certainty: Certainty,
}

#[derive(PartialEq, Eq)]
enum Certainty {
    /// The provider documents it, or every solution has it.
    Certain,
    /// It is zero on every statement, so that its sign cannot be told.
    Zero,
    /// The solutions disagree.
    Open,
}

impl Solution {
    fn of(lines: &[Line], parts: &[Part]) -> Self {
        // A part that is always zero fits either sign and is not tried.
        let moves = |place: usize| {
            let part = |line: &Line| line.parts.get(place).copied().unwrap_or_default();
            lines.iter().any(|line| !part(line).is_zero())
        };
        let choices: Vec<&[bool]> = (0..)
            .zip(parts)
            .map(|(place, part)| -> &[bool] {
                match part.sign {
                    Sign::Minus => &[true],
                    Sign::Unknown if moves(place) => &[false, true],
                    Sign::Plus | Sign::Unknown => &[false],
                }
            })
            .collect();
        let (satisfied, best) = solve(lines, &choices);
        let first = best.first().map_or(&[][..], Vec::as_slice);
        let terms = (0..)
            .zip(parts)
            .zip(first)
            .map(|((place, part), &minus)| {
                let agreed = best.iter().all(|signs| signs.get(place) == Some(&minus));
                let certainty = if part.sign == Sign::Unknown && !moves(place) {
                    Certainty::Zero
                } else if agreed {
                    Certainty::Certain
                } else {
                    Certainty::Open
                };
                Term {
                    figure: part.figure,
                    minus,
                    certainty,
                }
            })
            .collect();
        let telling = lines.iter().filter(|line| {
            line.parts.iter().any(|part| !part.is_zero()) && sum(line, first) == Some(line.total)
        });
        Self {
            terms,
            satisfied,
            telling: telling.count(),
            best: best.len(),
        }
    }

    /// What was solved, on how much evidence.
    fn summary(&self, identity: &Identity, total: &str, lines: usize) -> Proof {
        let named = |certainty: Certainty| -> Vec<&str> {
            let terms = self.terms.iter().filter(|term| term.certainty == certainty);
            terms.map(|term| term.figure).collect()
        };
        let terms = self.terms.iter().map(|term| (term.sign(), term.figure));
        let (zero, open) = (named(Certainty::Zero), named(Certainty::Open));
        let evidence = format!(
            "{total} = {} on {} of {lines} statements, {} of them not all zeros",
            written(terms),
            self.satisfied,
            self.telling
        );
        let unique = match (self.best, self.telling) {
            (_, 0) if self.satisfied < lines => {
                "no signs make any of those in which something moved add up".to_owned()
            }
            (_, 0) => "nothing moved that would tell the signs".to_owned(),
            (1, _) => "no other signs do as well".to_owned(),
            (best, _) => format!(
                "{best} assignments do equally well and differ in {}",
                open.join(", ")
            ),
        };
        let mut note = vec![evidence, unique];
        if !zero.is_empty() {
            note.push(format!(
                "undetermined, zero on every statement: {}",
                zero.join(", ")
            ));
        }
        let verdict = match self.satisfied {
            satisfied if satisfied < lines => ProofVerdict::Fails,
            _ if self.telling == 0 => ProofVerdict::NotTestable,
            _ => ProofVerdict::Holds,
        };
        // The failing statements carry the code.
        Proof {
            verdict,
            ..Proof::untestable(identity, note.join("; "))
        }
    }

    /// The proof of one statement, with the signs that were solved.
    fn test(&self, line: &Line, proof: Proof) -> Proof {
        let signs: Vec<bool> = self.terms.iter().map(|term| term.minus).collect();
        let Some(expected) = sum(line, &signs) else {
            let note = "the sum has too many digits".to_owned();
            return Proof { note, ..proof };
        };
        let terms = self.terms.iter().zip(&line.parts);
        let terms = terms
            .filter(|(_, amount)| !amount.is_zero())
            .map(|(term, amount)| (term.sign(), amount));
        let note = format!("{} = {expected}, stated {}", written(terms), line.total);
        Proof { note, ..proof }.equality(expected, line.total)
    }
}

impl Term {
    fn sign(&self) -> char {
        match (&self.certainty, self.minus) {
            (Certainty::Certain | Certainty::Open, true) => '−',
            (Certainty::Certain | Certainty::Open, false) => '+',
            (Certainty::Zero, _) => '±',
        }
    }
}

/// A signed sum as it is written, without the sign that goes without saying.
fn written(terms: impl Iterator<Item = (char, impl Display)>) -> String {
    let terms: Vec<String> = terms.map(|(sign, term)| format!("{sign} {term}")).collect();
    let sum = terms.join(" ");
    match sum.strip_prefix("+ ") {
        Some(sum) => sum.to_owned(),
        None if sum.is_empty() => "0".to_owned(),
        None => sum,
    }
}

/// How many lines the best assignments of signs satisfy, and all of these, the
/// ones with the earliest pluses first. `true` is minus.
fn solve(lines: &[Line], choices: &[&[bool]]) -> (usize, Vec<Vec<bool>>) {
    let mut assignments: Vec<Vec<bool>> = vec![Vec::new()];
    for choice in choices {
        assignments = assignments
            .iter()
            .flat_map(|signs| {
                choice.iter().map(|&minus| {
                    let mut longer = signs.clone();
                    longer.push(minus);
                    longer
                })
            })
            .collect();
    }
    let mut best = (0, BTreeSet::new());
    for signs in assignments {
        let satisfied = lines
            .iter()
            .filter(|line| sum(line, &signs) == Some(line.total));
        let satisfied = satisfied.count();
        if satisfied > best.0 {
            best = (satisfied, BTreeSet::new());
        }
        if satisfied == best.0 {
            best.1.insert(signs);
        }
    }
    (best.0, best.1.into_iter().collect())
}

/// The signed sum of the parts; `None` when it does not fit.
fn sum(line: &Line, signs: &[bool]) -> Option<Decimal> {
    let mut sum = Sum::default();
    for (&part, &minus) in line.parts.iter().zip(signs) {
        sum = sum.plus(if minus { -part } else { part }).ok()?;
    }
    sum.to_decimal()
}
