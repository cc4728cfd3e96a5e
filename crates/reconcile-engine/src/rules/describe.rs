//! Rules in words.

use std::fmt::{Display, Write};

use reconcile_core::Currency;

use super::{
    Basis, Column, DayWindow, Equality, Exclude, GroupBy, Grouping, Pass, Rules, Sides, Take,
    Tolerance, Tolerances, pass::Way,
};
use crate::Side;

/// What the rules do, a sentence each.
pub(super) fn rules(rules: &Rules) -> Vec<String> {
    let exclusions = rules.exclusions.iter().map(exclusion);
    let statuses = format!(
        "Money moved where the status is {}, and in ledger rows without one; it is under way \
         where the status is {}.",
        words(&rules.counts, "or"),
        words(&rules.pending, "or"),
    );
    let fees = fees(rules);
    let numbered = rules.passes.iter().zip(1..);
    let passes = numbered.map(|(one, number)| format!("Pass {number}, {}", pass(one, rules)));
    exclusions
        .chain([statuses])
        .chain(fees)
        .chain(passes)
        .collect()
}

fn exclusion(rule: &Exclude) -> String {
    let mut conditions = Vec::new();
    if !rule.kinds.is_empty() {
        conditions.push(format!("of kind {}", words(&rule.kinds, "or")));
    }
    if !rule.statuses.is_empty() {
        conditions.push(format!("with status {}", words(&rule.statuses, "or")));
    }
    if let Some(account) = &rule.account {
        conditions.push(format!("of account {account}"));
    }
    if let Some(text) = &rule.description_has {
        conditions.push(format!("with \"{text}\" in the description"));
    }
    format!(
        "Rows of the {} {} take no part: {}.",
        side(rule.side),
        words(&conditions, "and"),
        rule.reason
    )
}

fn fees(rules: &Rules) -> Option<String> {
    let fees = &rules.fees;
    if !fees.tell_sides_apart() {
        return None;
    }
    let of = |basis| match basis {
        Basis::Gross => "gross",
        Basis::Net => "net",
    };
    let terms = match (fees.schedule.len(), fees.infer) {
        (0, _) => "fees inferred from the data".to_owned(),
        (1, false) => "one fee term".to_owned(),
        (terms, false) => format!("{terms} fee terms"),
        (terms, true) => format!("{terms} fee term(s), others inferred from the data"),
    };
    Some(format!(
        "The ledger states {} amounts, the provider {} ones: {terms}, and {}% tax on the fee.",
        of(fees.ledger),
        of(fees.records),
        fees.tax_percent,
    ))
}

fn pass(pass: &Pass, rules: &Rules) -> String {
    let mut text = format!("{}: ", pass.name);
    // Writing to a string never fails.
    let mut add = |part: &dyn Display| {
        let _ = write!(text, "{part}");
    };
    let keys = words(pass.equal.iter().map(equality), "and");
    match pass.way() {
        Way::Key => add(&format_args!("rows with equal {keys}")),
        Way::Search if pass.equal.is_empty() => add(&"the best counterpart"),
        Way::Search => add(&format_args!(
            "the best counterpart among rows with equal {keys}"
        )),
        Way::Sum => add(&"rows that add up to one"),
    }
    let compared = if pass.net { " after fees" } else { "" };
    add(&format_args!(
        ", amounts{compared} {}",
        tolerances(rules.tolerance_of(pass))
    ));
    if let Some(window) = pass.days {
        add(&format_args!(", {}", days(window)));
    }
    if let Some(rule) = &pass.text {
        add(&format_args!(
            ", {} of the ledger and {} of the provider alike by {} or more",
            rule.ledger, rule.records, rule.least
        ));
    }
    if let Some(group) = &pass.group {
        add(&format_args!("; {}", grouping(group)));
    }
    if pass.way() == Way::Key {
        add(&"; what shares the key and differs is a break");
    } else {
        if !pass.across_references {
            add(&"; never rows with two different references");
        }
        add(&format_args!("; ambiguous within {}", pass.margin));
    }
    text.push('.');
    text
}

fn equality(one: &Equality) -> String {
    let mut text = if one.ledger == one.records {
        one.ledger.to_string()
    } else {
        format!("{} (ledger) and {} (provider)", one.ledger, one.records)
    };
    let mut notes: Vec<String> = one
        .normalise
        .iter()
        .map(|step| format!("normalised {step}"))
        .collect();
    notes.extend(
        one.prefixes
            .iter()
            .map(|prefix| format!("without \"{prefix}\"")),
    );
    if !notes.is_empty() {
        text = format!("{text} [{}]", notes.join(", "));
    }
    text
}

fn tolerances(tolerances: &Tolerances) -> String {
    let by_currency = |(currency, limit): (&Currency, &Tolerance)| {
        format!(", in {currency} {}", tolerance(limit))
    };
    let own: String = tolerances.currencies.iter().map(by_currency).collect();
    format!("{}{own}", tolerance(&tolerances.others))
}

fn tolerance(limit: &Tolerance) -> String {
    let (absolute, percent) = (limit.absolute, limit.percent);
    match (absolute.is_zero(), percent.is_zero(), limit.take) {
        (true, true, _) => "equal".to_owned(),
        (false, true, _) => format!("within {absolute}"),
        (true, false, _) => format!("within {percent}%"),
        (false, false, Take::Smaller) => {
            format!("within the smaller of {absolute} and {percent}%")
        }
        (false, false, Take::Larger) => format!("within the larger of {absolute} and {percent}%"),
    }
}

fn days(window: DayWindow) -> String {
    let unit = if window.business {
        "business days"
    } else {
        "days"
    };
    match (window.before, window.after) {
        (0, 0) => "on the same day".to_owned(),
        (0, after) => format!("up to {after} {unit} after the ledger's day"),
        (before, 0) => format!("up to {before} {unit} before the ledger's day"),
        (before, after) => format!("from {before} {unit} before to {after} after the ledger's day"),
    }
}

fn grouping(group: &Grouping) -> String {
    let sides = match group.sides {
        Sides::OneToMany => "one ledger row to several records",
        Sides::ManyToOne => "several ledger rows to one record",
        Sides::ManyToMany => "several rows to several",
    };
    match group.by {
        GroupBy::Key => format!("groups of {sides} under one key"),
        GroupBy::Sum => {
            let evidence: Vec<String> = group.evidence.iter().map(Column::to_string).collect();
            format!(
                "groups of {sides}, at most {} rows that share {}",
                group.most,
                words(&evidence, "and")
            )
        }
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Ledger => "ledger",
        Side::Records => "provider",
    }
}

fn words<T: Display>(words: impl IntoIterator<Item = T>, last: &str) -> String {
    let mut words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
    match words.pop() {
        None => "none".to_owned(),
        Some(only) if words.is_empty() => only,
        Some(end) => format!("{} {last} {end}", words.join(", ")),
    }
}
