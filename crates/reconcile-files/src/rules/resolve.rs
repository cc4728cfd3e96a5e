//! From the tables of the rules file to rules that make sense.

use std::{collections::BTreeMap, ops::Range};

use reconcile_core::Currency;
use reconcile_engine::{
    Attention, Calendar, Column, Equality, Exclude, FeeTerm, FeeTier, Fees, Pass, Rules,
    RulesError, Tolerance, Tolerances,
};
use toml::Spanned;

use super::{
    RulesFile,
    passes::Passes,
    tables::{
        AttentionTable, CalendarTable, ExcludeTable, FeeTermTable, FeesTable, PassTable,
        StatusesTable, Tables, ToleranceTable, TolerancesTable,
    },
    values::{Day, Exact, Limit, Word},
};
use crate::Mapping;

/// What makes no sense in the rules file, and where it stands.
pub(super) struct Fault {
    pub(super) at: Range<usize>,
    pub(super) message: String,
    pub(super) hint: Option<&'static str>,
}

impl Fault {
    pub(super) fn new(at: Range<usize>, message: impl Into<String>, hint: &'static str) -> Self {
        Self {
            at,
            message: message.into(),
            hint: Some(hint),
        }
    }

    pub(super) fn of_rules(at: Range<usize>, error: &RulesError) -> Self {
        Self {
            at,
            message: error.to_string(),
            hint: hint(error),
        }
    }
}

/// What the tables say, where it makes sense.
pub(super) fn rules_file(tables: Tables) -> Result<RulesFile, Fault> {
    let mut file = RulesFile {
        ledger: mapping(tables.ledger)?,
        records: mapping(tables.records)?,
        says_what_counts: tables.statuses.counts.is_some(),
        ..RulesFile::default()
    };
    file.rules.tolerance = tolerances(tables.tolerance);
    count(&mut file.rules, tables.statuses);
    if let Some(table) = tables.calendar {
        let at = table.span();
        file.rules.calendar = calendar(table.into_inner());
        check(&file.rules, at)?;
    }
    if let Some(table) = tables.fees {
        file.rules.fees = fees(table.into_inner())?;
    }
    if let Some(table) = tables.attention {
        let at = table.span();
        file.rules.attention = attention(table.into_inner());
        check(&file.rules, at)?;
    }
    for table in tables.exclude {
        let at = table.span();
        let alone = Rules {
            exclusions: vec![exclusion(table.into_inner())],
            ..Rules::default()
        };
        check(&alone, at)?;
        file.rules.exclusions.extend(alone.exclusions);
    }
    if let Some(tables) = tables.pass {
        let said = |table: &Spanned<PassTable>| table.get_ref().identifies.is_some();
        let said: Vec<bool> = tables.get_ref().iter().map(said).collect();
        file.rules.passes = passes(tables, &file)?;
        let unsaid = file.rules.passes.iter().zip(said).filter(|(_, said)| !said);
        let presuming = unsaid.filter(|(pass, _)| presumes(pass));
        file.presuming = presuming.map(|(pass, _)| pass.name.clone()).collect();
    }
    file.keep_what_is_asked();
    Ok(file)
}

/// Whether the rules make sense. What a place of the file says is checked
/// beside defaults, which do, so that an error is about that place.
pub(super) fn check(rules: &Rules, at: Range<usize>) -> Result<(), Fault> {
    rules.check().map_err(|error| Fault::of_rules(at, &error))
}

fn mapping(table: Option<Spanned<Mapping>>) -> Result<Mapping, Fault> {
    let Some(table) = table else {
        return Ok(Mapping::default());
    };
    let at = table.span();
    let mapping = table.into_inner();
    match mapping.check() {
        Ok(()) => Ok(mapping),
        Err(wrong) => Err(Fault::new(at, wrong.message, wrong.hint)),
    }
}

pub(super) fn tolerances(table: TolerancesTable) -> Tolerances {
    let currencies = table.currencies.into_iter();
    Tolerances {
        others: tolerance(ToleranceTable {
            absolute: table.absolute,
            percent: table.percent,
            take: table.take,
        }),
        currencies: currencies
            .map(|(currency, table)| (currency, tolerance(table)))
            .collect(),
    }
}

fn tolerance(table: ToleranceTable) -> Tolerance {
    let figure = |figure: Option<Exact>| figure.map(|Exact(figure)| figure).unwrap_or_default();
    Tolerance {
        absolute: figure(table.absolute),
        percent: figure(table.percent),
        take: table.take.map(|Word(take)| take).unwrap_or_default(),
    }
}

fn count(rules: &mut Rules, table: StatusesTable) {
    if let Some(counts) = table.counts {
        rules.counts = counts;
    }
    if let Some(pending) = table.pending {
        rules.pending = pending;
    }
}

fn calendar(table: CalendarTable) -> Calendar {
    let mut calendar = Calendar::default();
    if let Some(weekend) = table.weekend {
        calendar.weekend = weekend.into_iter().map(|Word(day)| day).collect();
    }
    calendar.holidays = table.holidays.into_iter().map(|Day(day)| day).collect();
    calendar
}

fn fees(table: FeesTable) -> Result<Fees, Fault> {
    let mut fees = Fees {
        ledger: table.ledger.map(|Word(basis)| basis).unwrap_or_default(),
        records: table.records.map(|Word(basis)| basis).unwrap_or_default(),
        infer: table.infer,
        tax_percent: table.tax_percent.map(|Exact(tax)| tax).unwrap_or_default(),
        ..Fees::default()
    };
    for term in table.schedule {
        let at = term.span();
        let mut alone = Rules::default();
        alone.fees.schedule.push(fee_term(term.into_inner()));
        check(&alone, at)?;
        fees.schedule.extend(alone.fees.schedule);
    }
    Ok(fees)
}

fn fee_term(table: FeeTermTable) -> FeeTerm {
    let figure = |figure: Option<Exact>| figure.map(|Exact(figure)| figure);
    let tiers = table.tiers.into_iter().map(|tier| FeeTier {
        up_to: figure(tier.up_to),
        percent: tier.percent.0,
    });
    FeeTerm {
        method: table.method,
        currency: table.currency,
        flat: figure(table.flat).unwrap_or_default(),
        percent: figure(table.percent).unwrap_or_default(),
        tiers: tiers.collect(),
        least: figure(table.least),
        most: figure(table.most),
    }
}

fn attention(table: AttentionTable) -> Attention {
    let amounts = |table: BTreeMap<Currency, Exact>| {
        let amounts = table.into_iter();
        amounts
            .map(|(currency, Exact(amount))| (currency, amount))
            .collect()
    };
    let usual = Attention::default();
    let stale = table.stale_after_days;
    Attention {
        stale_after_days: stale.map_or(usual.stale_after_days, |Limit(days)| days.map(i64::from)),
        small: amounts(table.small),
        large: amounts(table.large),
        by_average: table.by_average.unwrap_or(usual.by_average),
    }
}

fn exclusion(table: ExcludeTable) -> Exclude {
    let mut exclusion = Exclude::new(table.side.0, table.reason);
    exclusion.kinds = table.kind;
    exclusion.statuses = table.status;
    exclusion.account = table.account;
    exclusion.description_has = table.description_has;
    exclusion
}

fn passes(tables: Spanned<Vec<Spanned<PassTable>>>, file: &RulesFile) -> Result<Vec<Pass>, Fault> {
    let at = tables.span();
    let reader = Passes::of(file);
    let mut passes: Vec<Pass> = Vec::new();
    for table in tables.into_inner() {
        let at = table.get_ref().name.span();
        let pass = reader.pass(table.into_inner())?;
        if passes.iter().any(|other| other.name == pass.name) {
            let error = RulesError::SameName(pass.name.to_string());
            return Err(Fault::of_rules(at, &error));
        }
        passes.push(pass);
    }
    if passes.is_empty() {
        return Err(Fault::of_rules(at, &RulesError::NoPass));
    }
    Ok(passes)
}

/// Whether a pass identifies by nothing but attributes, of which nobody knows
/// how many rows share one.
fn presumes(pass: &Pass) -> bool {
    let own = |column: &Column| matches!(column, Column::Id | Column::Reference);
    let by_own = |one: &Equality| own(&one.ledger) || own(&one.records);
    pass.identifies && !pass.equal.iter().any(by_own)
}

/// What to do about rules that make no sense.
fn hint(error: &RulesError) -> Option<&'static str> {
    Some(match error {
        RulesError::NoPass => "leave out `pass` for the default passes",
        RulesError::SameName(_) => "matches and breaks name their pass: give each its own name",
        RulesError::Unnamed => "give it a name, as in name = \"reference\"",
        RulesError::NothingCompared(_) => {
            "as in equal = [\"reference\"], or days = { before = 0, after = 3 }"
        }
        RulesError::UnnamedAttribute(_) => "name it, as in \"attributes.rrn\"",
        RulesError::GroupSize { .. } => {
            "set `most` to the most rows that one payment is split into"
        }
        RulesError::NoEvidence(_) => {
            "as in evidence = [\"day\", \"account\"]: among many rows, some add up by chance"
        }
        RulesError::ManyToManyBySum(_) => {
            "set by = \"key\", or sides = \"one_to_many\" or \"many_to_one\""
        }
        RulesError::NoKey(_) => {
            "name in `equal` what the rows of a group and no others share, such as a reference, and no text; where other columns do so together, say identifies = true"
        }
        RulesError::NetOfBoth(_) => {
            "as in [fees] ledger = \"net\", records = \"gross\"; fees are those of the rows, else of a schedule or inferred"
        }
        RulesError::NoBusinessDay => "leave at least one day of the week out of `weekend`",
        RulesError::Fee(_) => {
            "tiers rise by `up_to`, and the last has none; `least` is at most `most`"
        }
        RulesError::Attention(_) => {
            "as in small = { PEN = \"1.00\" }, large = { PEN = \"1000.00\" }"
        }
        RulesError::ExcludesAll(_) => "say which rows: by kind, status, account or description_has",
        _ => return None,
    })
}
