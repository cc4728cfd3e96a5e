//! Wholes and the parts that a provider splits them into.

use std::collections::BTreeMap;

use reconcile_core::{Currency, Identity, Statement, Sum, Window};
use rust_decimal::Decimal;

use super::{Proof, ProofVerdict, distinct, figures};

/// Statements by what they are the whole or a part of.
pub(super) struct Parts<'a>(BTreeMap<Key<'a>, Split<'a>>);

/// Account, currency, period, id and provider.
type Key<'a> = (Option<&'a str>, Currency, Window, &'a str, &'a str);

#[derive(Default)]
struct Split<'a> {
    wholes: Vec<&'a Statement>,
    /// By scope.
    parts: BTreeMap<&'a str, Vec<&'a Statement>>,
}

impl<'a> Parts<'a> {
    pub(super) fn of(statements: &'a [Statement]) -> Self {
        let mut splits: BTreeMap<_, Split<'a>> = BTreeMap::new();
        for statement in statements {
            let split = splits.entry(key(statement)).or_default();
            match statement.scope.as_deref() {
                None => split.wholes.push(statement),
                Some(scope) => split.parts.entry(scope).or_default().push(statement),
            }
        }
        for split in splits.values_mut() {
            for statements in split.parts.values_mut().chain([&mut split.wholes]) {
                statements.sort_by_cached_key(|statement| figures(statement));
                *statements = distinct(statements);
            }
        }
        Self(splits)
    }

    /// The parts of a whole, by scope.
    pub(super) fn of_whole(&self, whole: &Statement) -> Vec<&'a Statement> {
        let Some(split) = self.0.get(&key(whole)) else {
            return Vec::new();
        };
        split.parts.values().flatten().copied().collect()
    }

    /// A figure of the whole is the sum of a figure over its parts. Of a
    /// provider that splits, a whole without parts is the sum of none.
    pub(super) fn sum(&self, identity: &Identity, total: &str, part: &str) -> Vec<Proof> {
        let splits = || self.0.values();
        let states = |statement: &Statement, figure| statement.number(figure).is_some();
        let is_split = splits()
            .flat_map(|split| split.parts.values().flatten())
            .any(|statement| states(statement, part));
        let is_totalled = splits()
            .flat_map(|split| &split.wholes)
            .any(|statement| states(statement, total));
        if !is_split && !is_totalled {
            return Vec::new();
        }
        let mut proofs = Vec::new();
        for split in splits() {
            for whole in &split.wholes {
                let open = Proof::about(identity, whole);
                proofs.push(if is_split {
                    split.test(whole, open, total, part)
                } else {
                    open.with(ProofVerdict::NotTestable, format!("no part states {part}"))
                });
            }
            if split.wholes.is_empty() {
                proofs.extend(split.without_whole(identity));
            }
        }
        proofs
    }
}

impl Split<'_> {
    fn test(&self, whole: &Statement, open: Proof, total: &str, part: &str) -> Proof {
        let not_testable = |open: Proof, note| open.with(ProofVerdict::NotTestable, note);
        let Some(stated) = whole.number(total) else {
            return not_testable(open, format!("{total} is not stated"));
        };
        let (mut terms, mut sum) = (Vec::new(), Some(Sum::ZERO));
        for (scope, statements) in &self.parts {
            let [statement] = statements.as_slice() else {
                let count = statements.len();
                let note = format!("{count} statements of {scope} contradict each other");
                return open.with(ProofVerdict::Fails, note);
            };
            let Some(number) = statement.number(part) else {
                return not_testable(open, format!("{part} of {scope} is not stated"));
            };
            terms.push(format!("{number} ({scope})"));
            sum = sum.and_then(|sum| sum.plus(number).ok());
        }
        let Some(sum) = sum.and_then(Sum::to_decimal) else {
            return not_testable(open, "the sum has too many digits".to_owned());
        };
        Proof {
            note: written(&terms, sum, stated),
            ..open
                .counted(whole.count(total).is_some())
                .equality(sum, stated)
        }
    }

    /// The parts of a whole that is not there.
    fn without_whole(&self, identity: &Identity) -> Option<Proof> {
        let part = self.parts.values().flatten().next()?;
        let open = Proof::about(identity, part);
        let note = "there are parts, and no statement of the whole";
        Some(Proof {
            scope: None,
            ..open.with(ProofVerdict::NotTestable, note)
        })
    }
}

fn key(statement: &Statement) -> Key<'_> {
    (
        statement.account.as_deref(),
        statement.currency,
        statement.period,
        &statement.id,
        &statement.provider,
    )
}

fn written(terms: &[String], sum: Decimal, stated: Decimal) -> String {
    if terms.is_empty() {
        return format!("it has no parts, stated {stated}");
    }
    format!("{} = {sum}, stated {stated}", terms.join(" + "))
}
