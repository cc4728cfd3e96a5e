//! Saying what a difference is, in figures.
//!
//! A cause is named only where arithmetic shows it.

mod equations;
mod leftovers;
mod namesakes;
mod payouts;

use std::fmt::Write;

use jiff::civil::Date;
use reconcile_core::{Currency, Money, Status};
use rust_decimal::Decimal;

pub(crate) use self::{equations::Charges, leftovers::relate};
use crate::{
    BreakCode, Calendar, DayWindow, Row, Side, rules::in_words, slips::differ_by_a_prefix,
    sum::exact_difference,
};

/// How a pass compared a pair.
#[derive(Clone, Copy, Default)]
pub(crate) struct Compared<'a> {
    /// What is left after the fees, where that was compared.
    pub(crate) after_fees: Option<AfterFees>,
    /// When the record changed last, where that is on a later day than its own.
    pub(crate) changed: Option<&'a str>,
    /// How far the days may lie apart.
    pub(crate) days: Option<(DayWindow, &'a Calendar)>,
}

/// What is left of a pair after the fees.
#[derive(Clone, Copy)]
pub(crate) struct AfterFees {
    pub(crate) ledger: Decimal,
    pub(crate) record: Decimal,
    /// Which of the two states its amount gross.
    pub(crate) gross: Side,
    /// The fee and the tax by the schedule for that amount.
    pub(crate) scheduled: Option<(Decimal, Decimal)>,
}

/// The two sides of a pair that differs, with the sums that they moved: what the
/// figures make of the break, and the explanation.
pub(crate) fn pair(
    code: BreakCode,
    (ledger, expected): (&Row<'_>, Decimal),
    (record, actual): (&Row<'_>, Decimal),
    difference: Option<Decimal>,
    compared: Compared<'_>,
) -> (BreakCode, String) {
    let Some(difference) = difference else {
        let text = format!(
            "ledger {}, provider {}: the currencies differ",
            money(ledger.signed(), ledger.currency),
            money(record.signed(), record.currency),
        );
        let booked = Money::new(ledger.amount, ledger.currency);
        if record.settled == Some(booked) {
            let settled = money(booked.amount, booked.currency);
            return (code, format!("{text}, and the provider settled {settled}"));
        }
        let rate = implied_rate(ledger, record);
        return (code, text + &rate.unwrap_or_default());
    };
    let currency = ledger.currency;
    let mut equation = format!(
        "ledger {} − provider {} = {}",
        shown(expected, currency),
        operand(actual, currency),
        money(difference, currency),
    );
    let (mut ledger, mut record) = (*ledger, *record);
    let after = compared.after_fees;
    let of_amounts = code == BreakCode::AmountMismatch;
    let is_told = of_amounts || code == BreakCode::ReferenceMismatch;
    if let Some(after) = after.filter(|_| is_told) {
        (ledger.amount, record.amount) = (after.ledger, after.record);
        equation.push_str(&after_fees(&ledger, &record));
        let charged = charged(&ledger, &record, after);
        if let Some((code, text)) = charged.filter(|_| of_amounts) {
            return (code, format!("{equation}, {text}"));
        }
    }
    let (ledger, record) = (&ledger, &record);
    let (remark, code) = match code {
        BreakCode::AmountMismatch => match equations::first(ledger, record, after.is_some()) {
            Some((remark, code)) => (Some(remark), code),
            None => (None, code),
        },
        BreakCode::StatusMismatch => {
            let told = changed_after(ledger, record, compared.changed);
            (told.or_else(|| remark(code, ledger, record)), code)
        }
        BreakCode::DateOutOfWindow => (Some(apart(ledger, record, compared.days)), code),
        _ => (remark(code, ledger, record), code),
    };
    match remark {
        Some(remark) => (code, format!("{equation}, {remark}")),
        None => (code, equation),
    }
}

/// The rate at which both rows would be the same money. The same figure in
/// another currency implies no rate, but a wrong currency.
fn implied_rate(ledger: &Row<'_>, record: &Row<'_>) -> Option<String> {
    let rate = ledger.amount.checked_div(record.amount)?;
    if rate == Decimal::ONE {
        return Some(", the figure is the same".to_owned());
    }
    (!rate.is_zero()).then(|| {
        format!(
            ", which implies {} {} for 1 {}",
            in_short(rate),
            ledger.currency,
            record.currency
        )
    })
}

/// Two amounts after the fees that differ by what the gross one states as its
/// fee and tax, less what the other side states, else the schedule has for them.
fn charged(ledger: &Row<'_>, record: &Row<'_>, after: AfterFees) -> Option<(BreakCode, String)> {
    let (gross, whose, net, others) = match after.gross {
        Side::Ledger => (ledger, "ledger's", record, "the provider states"),
        Side::Records => (record, "provider's", ledger, "the ledger states"),
    };
    let (fee, tax) = (gross.fee?, gross.tax.unwrap_or_default());
    let gap = exact_difference(ledger.amount, record.amount)?;
    // Zeros are what a ledger says that keeps no fees.
    let stated = net.fee.filter(|fee| !fee.is_zero());
    let stated = stated.map(|fee| (fee, net.tax.unwrap_or_default(), others));
    let scheduled = after.scheduled;
    let scheduled = scheduled.map(|(fee, tax)| (fee, tax, "the schedule has"));
    let (due_fee, due_tax, has) = stated.or(scheduled)?;
    let off = exact_difference(fee.checked_add(tax)?, due_fee.checked_add(due_tax)?)?;
    let closes = !gap.is_zero() && off.abs() == gap.abs();
    let (code, what, is, due) = if fee == due_fee {
        (BreakCode::TaxVariance, "tax", tax, due_tax)
    } else {
        (BreakCode::FeeVariance, "fee", fee, due_fee)
    };
    closes.then(|| {
        let (is, due) = (shown(is, gross.currency), shown(due, gross.currency));
        (code, format!("the {whose} {what} {is} where {has} {due}"))
    })
}

/// What two amounts after the fees differ by.
fn after_fees(ledger: &Row<'_>, record: &Row<'_>) -> String {
    let currency = ledger.currency;
    let (booked, listed) = (ledger.signed(), record.signed());
    exact_difference(booked, listed).map_or_else(String::new, |gap| {
        format!(
            "; after fees {} − {} = {}",
            shown(booked, currency),
            operand(listed, currency),
            money(gap, currency)
        )
    })
}

/// Rows of a side that belong together.
#[derive(Default)]
pub(crate) struct Pile {
    pub(crate) rows: usize,
    /// What moved, credits `+`.
    pub(crate) moved: Decimal,
    /// What is left of it after the fees, where a pass compared that.
    pub(crate) after_fees: Option<Decimal>,
    /// What the rows state to be charged, where they are a whole or its parts.
    pub(crate) charges: Charges,
}

/// Rows of both sides that belong together: what the figures make of the break,
/// and the explanation.
pub(crate) fn group(
    code: BreakCode,
    currency: Currency,
    (ledger, records): (&Pile, &Pile),
    difference: Decimal,
    finding: &str,
) -> (BreakCode, String) {
    let by_parts = matches!(code, BreakCode::SplitIncomplete | BreakCode::OverAllocated);
    let equation = by_parts
        .then(|| equations::of_parts(code, ledger, records, currency))
        .flatten();
    let (code, finding) = match &equation {
        Some((equation, code)) => (*code, equation.as_str()),
        None => (code, finding),
    };
    let rows = |count| if count == 1 { "row" } else { "rows" };
    let mut text = format!(
        "ledger {} ({} {}) − provider {} ({} {}) = {}: {finding}",
        shown(ledger.moved, currency),
        ledger.rows,
        rows(ledger.rows),
        operand(records.moved, currency),
        records.rows,
        rows(records.rows),
        money(difference, currency),
    );
    if let Some((booked, listed)) = ledger.after_fees.zip(records.after_fees) {
        // Writing to a string never fails.
        let _ = write!(
            text,
            "; after the fees, ledger {}, provider {}",
            money(booked, currency),
            money(listed, currency)
        );
    }
    (code, text)
}

/// A pair whose amounts agree, or nearly, and whose other figures do not.
pub(crate) fn beside(ledger: &Row<'_>, record: &Row<'_>, finding: &str) -> String {
    format!(
        "ledger {}, provider {}: {finding}",
        money(ledger.signed(), ledger.currency),
        money(record.signed(), record.currency),
    )
}

/// A row that the other side does not have.
pub(crate) fn lone(row: &Row<'_>, place: &str, finding: &str) -> String {
    let reference = match row.reference {
        Some(reference) => format!("under reference {reference}"),
        None => "without a reference".to_owned(),
    };
    format!(
        "{} {place} on {} {reference}: {finding}",
        money(row.signed(), row.currency),
        row.date,
    )
}

/// Of what lies after the day that breaks are aged to.
pub(crate) fn early(date: Date, as_of: Date) -> String {
    format!("; {date} lies after the as-of date, {as_of}")
}

/// A row that says again what another one says.
pub(crate) fn repeated(row: &Row<'_>, place: &str, twin: &str) -> String {
    format!(
        "{} {place} twice: also {twin}",
        money(row.signed(), row.currency)
    )
}

/// Whether both rows say their kinds, and say different ones.
fn contradict(ledger: &Row<'_>, record: &Row<'_>) -> bool {
    ledger
        .kind
        .zip(record.kind)
        .is_some_and(|(booked, listed)| booked != listed)
}

fn remark(code: BreakCode, ledger: &Row<'_>, record: &Row<'_>) -> Option<String> {
    match code {
        BreakCode::SignMismatch => Some(format!(
            "sign flipped: a {} in the ledger, a {} at the provider",
            ledger.direction, record.direction
        )),
        BreakCode::Timing | BreakCode::StatusMismatch => {
            let says = |row: &Row<'_>| row.status.map_or("nothing", |status| status.as_str());
            Some(match ledger.status {
                Some(_) => format!(
                    "the ledger says {}, the provider says {}",
                    says(ledger),
                    says(record)
                ),
                None => format!("the provider says {}", says(record)),
            })
        }
        BreakCode::ReferenceMismatch if !contradict(ledger, record) => {
            let (ledger, record) = ledger.reference.zip(record.reference)?;
            let what = if differ_by_a_prefix(ledger.trim(), record.trim()) {
                "one reference without the prefix of the other"
            } else {
                "a slip in the reference"
            };
            Some(format!(
                "{what}: {ledger} in the ledger, {record} at the provider"
            ))
        }
        BreakCode::ReferenceMismatch => {
            let (ledger, record) = ledger.kind.zip(record.kind)?;
            Some(format!(
                "a {ledger} in the ledger, a {record} at the provider"
            ))
        }
        _ => None,
    }
}

/// Both days, how far they lie apart, and how far they may.
fn apart(ledger: &Row<'_>, record: &Row<'_>, window: Option<(DayWindow, &Calendar)>) -> String {
    let (booked, listed) = (ledger.date, record.date);
    let mut text = format!("booked on {booked}, listed on {listed}");
    let Some((window, calendar)) = window else {
        return text;
    };
    let [lag, allowed] = lag(booked, listed, window, calendar);
    // Writing to a string never fails.
    let _ = write!(text, ": {lag}, {allowed}");
    if booked.tomorrow().is_ok_and(|next| next == listed) {
        text.push_str(", a next-day cut-off");
    }
    text
}

/// How far the day of a record lies from that of a booking, and how far it may.
fn lag(booked: Date, listed: Date, window: DayWindow, calendar: &Calendar) -> [String; 2] {
    let lag = window.lag(calendar, booked, listed);
    let unit = match (window.business, lag.abs()) {
        (true, 1) => "business day",
        (true, _) => "business days",
        (false, 1) => "day",
        (false, _) => "days",
    };
    let direction = if lag < 0 { "before" } else { "after" };
    [
        format!("{} {unit} {direction}", lag.abs()),
        format!("where the rules say {}", in_words(window)),
    ]
}

/// Rows of which the amounts tie and two lie too far apart, further than any
/// others: a booking and a record.
pub(crate) fn belated(
    (booking, booked): (&str, Date),
    (record, listed): (&str, Date),
    window: DayWindow,
    calendar: &Calendar,
) -> String {
    let [lag, allowed] = lag(booked, listed, window, calendar);
    format!(
        "the amounts tie, but {record} is listed on {listed}, {lag} {booking} is booked on \
         {booked}, {allowed}"
    )
}

/// What a record became on a later day than the ledger booked it: since it
/// changed then, or since the ledger has it under way and it is listed later.
fn changed_after(ledger: &Row<'_>, record: &Row<'_>, changed: Option<&str>) -> Option<String> {
    let under_way = |status| matches!(status, Some(Status::Pending | Status::OnHold));
    let is_listed_later =
        under_way(ledger.status) && !under_way(record.status) && ledger.date < record.date;
    let when = match changed {
        Some(instant) if ledger.date <= record.date => format!("at {instant}"),
        _ if is_listed_later => format!("on {}", record.date),
        _ => return None,
    };
    Some(format!(
        "the status changed after the cut-off: {} in the ledger on {}, {} at the provider {when}",
        ledger.status.map_or("booked", Status::as_str),
        ledger.date,
        record.status?,
    ))
}

/// What is taken away, in brackets where it is negative.
pub(crate) fn operand(amount: Decimal, currency: Currency) -> String {
    let amount = shown(amount, currency);
    if amount.is_sign_negative() {
        format!("({amount})")
    } else {
        amount.to_string()
    }
}

/// A rate, to the sixth digit after the point.
pub(crate) fn in_short(rate: Decimal) -> Decimal {
    rate.round_dp(6).normalize()
}

pub(crate) fn money(amount: Decimal, currency: Currency) -> String {
    format!("{} {currency}", shown(amount, currency))
}

/// The amount with the digits of its currency at least.
pub(crate) fn shown(mut amount: Decimal, currency: Currency) -> Decimal {
    if let Some(exponent) = currency.exponent()
        && amount.scale() < exponent
    {
        amount.rescale(exponent);
    }
    amount
}
