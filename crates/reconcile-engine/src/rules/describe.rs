//! Rules in words.

use std::{
    collections::BTreeMap,
    fmt::{Display, Write},
};

use reconcile_core::Currency;
use rust_decimal::Decimal;

use super::{
    Attention, Basis, Calendar, Column, DayWindow, Equality, Exclude, FeeTerm, GroupBy, Grouping,
    Normalisation, Pass, Rules, Sides, Take, TextRule, Tolerance, Tolerances, pass::Way,
};
use crate::Side;

/// What the rules do, a sentence each.
pub(super) fn rules(rules: &Rules) -> Vec<String> {
    let exclusions = rules.exclusions.iter().map(exclusion);
    let statuses = format!(
        "Money moved where the status is {}, and in ledger rows without one; it is under way \
         where the status is {}; a row of another status moved none, and takes no part unless \
         the other side claims it.",
        words(&rules.counts, "or"),
        words(&rules.pending, "or"),
    );
    let numbered = rules.passes.iter().zip(1..);
    let passes = numbered.map(|(one, number)| {
        let later = rules.passes.get(number..).unwrap_or_default();
        format!("Pass {number}, {}", pass(one, later, rules))
    });
    let rest = "Each row is used once, and a pass sees what the passes before it left. What the \
                last one leaves is a break.";
    let attention = (rules.attention != Attention::default()).then(|| attention(&rules.attention));
    exclusions
        .chain([statuses])
        .chain(fees(rules))
        .chain(business_days(rules))
        .chain(passes)
        .chain([rest.to_owned()])
        .chain(attention)
        .collect()
}

fn attention(attention: &Attention) -> String {
    let amounts = |amounts: &BTreeMap<Currency, Decimal>| {
        let amounts: Vec<_> = amounts
            .iter()
            .map(|(currency, amount)| format!("{amount} {currency}"))
            .collect();
        words(&amounts, "or")
    };
    let mut limits = Vec::new();
    if !attention.small.is_empty() {
        let most = amounts(&attention.small);
        limits.push(format!("one step less severe up to {most}"));
    }
    if !attention.large.is_empty() {
        limits.push(format!("severe from {}", amounts(&attention.large)));
    }
    limits.push(match attention.stale_after_days {
        Some(days) => format!("one step more severe when older than {days} days"),
        None => "as severe however old".to_owned(),
    });
    let average = if attention.by_average {
        " In a currency without such amounts, it is one step less severe up to a hundredth of \
         what a row moves on average, and severe from ten times that."
    } else {
        ""
    };
    format!("A break is {}.{average}", words(&limits, "and"))
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

fn fees(rules: &Rules) -> Vec<String> {
    let fees = &rules.fees;
    let of = |basis| match basis {
        Basis::Gross => "gross",
        Basis::Net => "net",
    };
    let mut sentences = Vec::new();
    if fees.tell_sides_apart() {
        sentences.push(format!(
            "The ledger states {} amounts, the provider {} ones: net is gross without the fee and \
             the tax on it, those that the row states.",
            of(fees.ledger),
            of(fees.records),
        ));
        if fees.schedule.is_empty() && !fees.infer {
            sentences.push("A row that states no fee has none.".to_owned());
            return sentences;
        }
        sentences.push(format!(
            "Where a payment states none, the tax is {}% of the fee, both rounded to the minor \
             unit.",
            fees.tax_percent,
        ));
    } else if !fees.schedule.is_empty() {
        sentences.push(format!(
            "Amounts are compared as both sides state them. A fee or tax that the provider states \
             of a payment is held against what it is to be, the tax being {}% of the fee, both \
             rounded to the minor unit.",
            fees.tax_percent,
        ));
    }
    let mut terms = fees.schedule.iter();
    sentences.extend(terms.next().map(|term| fee_term(term, "any")));
    sentences.extend(terms.map(|term| fee_term(term, "any other")));
    if fees.infer && fees.tell_sides_apart() {
        let others = if fees.schedule.is_empty() {
            "Fees are"
        } else {
            "Fees that no term covers are"
        };
        sentences.push(format!(
            "{others} inferred from the rows that are already matched."
        ));
    }
    sentences
}

/// The term; `any` is what it covers where it says no more.
fn fee_term(term: &FeeTerm, any: &str) -> String {
    let method = term.method.iter().map(|method| format!("by {method}"));
    let currency = term
        .currency
        .iter()
        .map(|currency| format!("in {currency}"));
    let of: Vec<_> = method.chain(currency).collect();
    let of = if of.is_empty() {
        format!("of {any} payment")
    } else {
        format!("of a payment {}", of.join(" "))
    };
    let mut parts = Vec::new();
    if !term.flat.is_zero() {
        parts.push(term.flat.to_string());
    }
    if term.tiers.is_empty() && !term.percent.is_zero() {
        parts.push(format!("{}% of the gross amount", term.percent));
    }
    parts.extend(term.tiers.iter().map(|tier| match tier.up_to {
        Some(end) => format!("{}% of what lies below {end}", tier.percent),
        None => format!("{}% of what lies above", tier.percent),
    }));
    let least = term.least.map(|least| format!(", at least {least}"));
    let most = term.most.map(|most| format!(", at most {most}"));
    format!(
        "The fee {of} is {}{}{}.",
        words(parts, "and"),
        least.unwrap_or_default(),
        most.unwrap_or_default(),
    )
}

fn business_days(rules: &Rules) -> Option<String> {
    let mut windows = rules.passes.iter().filter_map(|pass| pass.days);
    windows.find(|window| window.business)?;
    let Calendar { weekend, holidays } = &rules.calendar;
    let weekend = weekend.iter().map(|day| format!("{day:?}s"));
    let holidays = (!holidays.is_empty()).then(|| match holidays.len() {
        1 => "one holiday".to_owned(),
        count => format!("{count} holidays"),
    });
    let none: Vec<_> = weekend.chain(holidays).collect();
    Some(if none.is_empty() {
        "Every day is a business day.".to_owned()
    } else {
        format!("Business days are all but {}.", words(none, "and"))
    })
}

fn pass(pass: &Pass, later: &[Pass], rules: &Rules) -> String {
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
    let apart = match pass.way() {
        // Some of many rows nearly come to any amount.
        Way::Sum => "equal".to_owned(),
        Way::Key | Way::Search => tolerances(rules.tolerance_of(pass)),
    };
    add(&format_args!(", amounts{compared} {apart}"));
    if let Some(window) = pass.days {
        add(&format_args!(", {}", in_words(window)));
    }
    if let Some(rule) = &pass.text {
        add(&format_args!(
            ", {} of the ledger and {} of the provider alike by {} or more, and \
             a row without a text only with one up to {} days off and where nothing else \
             comes into question",
            rule.ledger,
            rule.records,
            rule.least,
            TextRule::SILENT_DAYS,
        ));
    }
    if let Some(group) = &pass.group {
        add(&format_args!("; {}", grouping(group)));
    }
    if pass.way() == Way::Key {
        let mut ignored = pass.equal.iter().flat_map(|one| &one.normalise);
        if ignored.any(|step| *step == Normalisation::Punctuation) {
            add(
                &"; punctuation may not part digits otherwise on the other side (1-23 is not \
                  12-3, nor A-100 A1-00; 123 may be either of the first two)",
            );
        }
        add(&"; what shares the key and differs is a break");
        let mut keys = later.iter().filter(|pass| pass.goes_by_key()).peekable();
        if keys.peek().is_some() {
            let names = words(keys.map(|pass| &pass.name), "or");
            add(&format_args!(" unless {names} matches it"));
        }
    } else {
        if !pass.across_references {
            add(&"; never rows with two different references");
        }
        add(&format_args!(
            "; ambiguous unless better than any other by {}",
            pass.margin
        ));
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
    let ignored = one.normalise.iter().map(|step| match step {
        Normalisation::Case => "capitals".to_owned(),
        Normalisation::Punctuation => "punctuation".to_owned(),
        Normalisation::Accents => "accents".to_owned(),
        Normalisation::Digits => "the script of digits".to_owned(),
        Normalisation::Zeros => "leading zeros".to_owned(),
    });
    let cut = one.prefixes.iter();
    let cut = cut.map(|prefix| format!("\"{prefix}\" in front"));
    let notes: Vec<_> = ignored.chain(cut).collect();
    if !notes.is_empty() {
        text = format!("{text} (without regard to {})", words(notes, "and"));
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
        (true, false, _) => format!("within {percent}% of the ledger's"),
        (false, false, Take::Smaller) => {
            format!("within the smaller of {absolute} and {percent}%")
        }
        (false, false, Take::Larger) => format!("within the larger of {absolute} and {percent}%"),
    }
}

/// On which days the provider may list what the ledger books on one.
pub(crate) fn in_words(window: DayWindow) -> String {
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
                "groups of {sides} that share {}: all of them, all but one or two, or, of at \
                 most {}, some",
                words(&evidence, "and"),
                group.most,
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
