//! Two figures that are to be equal, and what the provider says of it.

use reconcile_core::{Identity, Statement};
use rust_decimal::Decimal;

use super::{Proof, ProofVerdict, Series, parts::Parts};

/// The two figures of each pair are equal. The pairs of a statement that agree
/// share one proof when all do; each that differs has its own.
pub(super) fn equal(
    identity: &Identity,
    series: &[&Series<'_>],
    pairs: &[(&'static str, &'static str)],
) -> Vec<Proof> {
    let mut proofs = Vec::new();
    let statements = series.iter().flat_map(|series| {
        let is_meant = |(left, right): &&(_, _)| series.is_about([*left, *right]);
        let pairs: Vec<_> = pairs.iter().filter(is_meant).copied().collect();
        let all = series.all();
        all.map(move |statement| (statement, Compared::of(statement, &pairs)))
    });
    for (statement, compared) in statements {
        let open = || Proof::about(identity, statement);
        proofs.extend(compared.different.iter().map(|pair| pair.proof(open())));
        if compared.different.is_empty() && !compared.equal.is_empty() {
            proofs.push(match compared.equal.as_slice() {
                [pair] => pair.proof(open()),
                pairs => open().with(ProofVerdict::Holds, listed(pairs)),
            });
        }
        if !compared.missing.is_empty() {
            proofs.push(open().with(ProofVerdict::NotTestable, compared.unstated()));
        }
    }
    proofs
}

/// The provider's flag agrees with whether the pairs are equal.
pub(super) fn verdict(
    identity: &Identity,
    series: &[&Series<'_>],
    parts: &Parts<'_>,
    flag: &str,
    pairs: &[(&'static str, &'static str)],
) -> Vec<Proof> {
    let statements = series.iter().flat_map(|series| series.all());
    let test = |statement: &Statement| {
        let open = Proof::about(identity, statement);
        let compared = Compared::of_whole(statement, parts, pairs);
        compared.verdict(flag, statement.flag(flag), open)
    };
    statements.map(test).collect()
}

/// The pairs of a statement.
#[derive(Default)]
struct Compared<'a> {
    equal: Vec<Pair<'a>>,
    different: Vec<Pair<'a>>,
    /// Figures that are not stated.
    missing: Vec<&'static str>,
}

/// A pair of figures.
struct Pair<'a> {
    scope: Option<&'a str>,
    names: (&'static str, &'static str),
    numbers: (Decimal, Decimal),
    is_count: bool,
}

impl<'a> Compared<'a> {
    fn of(statement: &'a Statement, pairs: &[(&'static str, &'static str)]) -> Self {
        let mut compared = Self::default();
        for &names in pairs {
            let (left, right) = names;
            let figures = (statement.number(left), statement.number(right));
            let (Some(left_number), Some(right_number)) = figures else {
                let missing = [left, right].into_iter();
                let missing = missing.filter(|name| statement.number(name).is_none());
                compared.missing.extend(missing);
                continue;
            };
            let pair = Pair {
                scope: None,
                names,
                numbers: (left_number, right_number),
                is_count: statement.count(left).is_some(),
            };
            if left_number == right_number {
                compared.equal.push(pair);
            } else {
                compared.different.push(pair);
            }
        }
        compared
    }

    /// The pairs of a statement or, where it states none of their figures, of
    /// its parts.
    fn of_whole(
        statement: &'a Statement,
        parts: &Parts<'a>,
        pairs: &[(&'static str, &'static str)],
    ) -> Self {
        let own = Self::of(statement, pairs);
        let figures = pairs.iter().flat_map(|(left, right)| [*left, *right]);
        if statement.scope.is_some() || own.missing.len() < figures.count() {
            return own;
        }
        let mut compared = Self::default();
        for part in parts.of_whole(statement) {
            let of_part = Self::of(part, pairs);
            let scoped = |pair| Pair {
                scope: part.scope.as_deref(),
                ..pair
            };
            compared.equal.extend(of_part.equal.into_iter().map(scoped));
            let different = of_part.different.into_iter().map(scoped);
            compared.different.extend(different);
            compared.missing.extend(of_part.missing);
        }
        compared
    }

    fn verdict(&self, flag: &str, said: Option<bool>, open: Proof) -> Proof {
        let Some(said) = said else {
            let note = format!("{flag} is not stated");
            return open.with(ProofVerdict::NotTestable, note);
        };
        if let Some(pair) = self.different.first() {
            // One pair that differs decides it, whatever else is not stated.
            let note = |word| format!("{flag} is {said}, {word} {}", pair.written());
            return if said {
                Proof {
                    note: note("though"),
                    ..pair.proof(open)
                }
            } else {
                open.with(ProofVerdict::Holds, note("and"))
            };
        }
        if !self.missing.is_empty() {
            return open.with(ProofVerdict::NotTestable, self.unstated());
        }
        match self.equal.as_slice() {
            [] => open.with(
                ProofVerdict::NotTestable,
                "neither it nor a part of it states a pair",
            ),
            pairs if said => open.with(
                ProofVerdict::Holds,
                format!("{flag} is true, and {}", listed(pairs)),
            ),
            pairs => open.with(
                ProofVerdict::Fails,
                format!("{flag} is false, though {}", listed(pairs)),
            ),
        }
    }

    /// Which figures are not stated, each once.
    fn unstated(&self) -> String {
        let mut names = self.missing.clone();
        names.sort_unstable();
        names.dedup();
        let verb = if names.len() == 1 { "is" } else { "are" };
        format!("{} {verb} not stated", names.join(", "))
    }
}

impl Pair<'_> {
    fn proof(&self, open: Proof) -> Proof {
        let (left, right) = self.numbers;
        let (left_name, right_name) = self.names;
        Proof {
            note: self.written(),
            ..open
                .of(format!("{left_name} = {right_name}"))
                .counted(self.is_count)
                .equality(left, right)
        }
    }

    /// "Visa: terminal 20.06 ≠ host 20.07".
    fn written(&self) -> String {
        let ((left, right), (a, b)) = (self.names, self.numbers);
        let relation = if a == b { '=' } else { '≠' };
        let scope = self.scope.map(|scope| format!("{scope}: "));
        format!(
            "{}{left} {a} {relation} {right} {b}",
            scope.unwrap_or_default()
        )
    }
}

fn listed(pairs: &[Pair<'_>]) -> String {
    let pairs: Vec<_> = pairs.iter().map(Pair::written).collect();
    pairs.join("; ")
}
