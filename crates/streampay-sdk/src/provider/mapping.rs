//! From StreamPay's rows to records and statements.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use reconcile_core::{
    Attribute, Currency, Direction, Figure, Kind, LocalDay, Money, Record, Statement, Status,
    Window,
};

use super::ID;
use crate::{
    Error,
    list::List,
    models::{
        LabelledTotal, LocalizedText, Receipt, ReconciliationDetails, ReconciliationReceipt,
        SchemeTotals,
    },
};

/// A value that the model does not admit: its path, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unmappable {
    pub(super) path: String,
    pub(super) reason: String,
}

impl Unmappable {
    fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
        }
    }

    /// The same in this part of the row.
    pub(super) fn within(self, part: &str) -> Self {
        Self {
            path: format!("{part}.{}", self.path),
            ..self
        }
    }

    pub(super) fn at(self, list: List, page: u64, index: u64) -> Error {
        Error::Value {
            operation: list.name(),
            page: page + 1,
            index,
            path: self.path,
            reason: self.reason,
        }
    }
}

/// The record of a receipt of the transaction with this id.
pub(super) fn record(
    transaction: &str,
    receipt: &Receipt,
    zone: &TimeZone,
) -> Result<Record, Unmappable> {
    let (kind, direction) = movement(receipt)?;
    let amount = receipt.amount_authorized.value;
    if amount.is_sign_negative() && !amount.is_zero() {
        let reason = "expected an amount that is not negative: the kind carries the direction";
        return Err(Unmappable::new("amount_authorized.value", reason));
    }
    let created_at = receipt
        .started(zone)
        .ok_or_else(|| unprinted("start_date", "start_time"))?;
    let status = status(kind, receipt);
    let record = Record::new(
        ID,
        &receipt.id,
        (kind, direction),
        status,
        Money::new(amount, currency(&receipt.currency)?),
        created_at,
    );
    Ok(Record {
        provider_status: said(receipt).unwrap_or(record.provider_status),
        reference: present(Some(transaction)),
        updated_at: receipt.updated_at,
        account: present(receipt.tid.as_deref()),
        method: present(
            receipt
                .card_scheme
                .as_ref()
                .map(|scheme| scheme.id.as_str()),
        ),
        attributes: attributes(receipt),
        ..record
    })
}

/// What moved and which way. The type says in a word what it is, and its code
/// (ISO 8583) what the card was asked for. A reversal, and maybe a refund, has
/// the code of what it undoes; a refund is what either calls one.
fn movement(receipt: &Receipt) -> Result<(Kind, Direction), Unmappable> {
    let word = receipt.r#type.as_deref().unwrap_or_default();
    let word = word.to_ascii_lowercase();
    let code = receipt
        .transaction_type
        .as_ref()
        .map(|kind| kind.id.as_str());
    let senses = [Sense::of_word(&word), code.and_then(Sense::of_code)];
    let is_undone = ["revers", "void", "cancel"]
        .iter()
        .any(|undo| word.contains(undo));
    match (senses.into_iter().flatten().max(), is_undone) {
        (Some(Sense::Purchase), false) => Ok((Kind::Payment, Direction::Credit)),
        (Some(Sense::Purchase), true) => Ok((Kind::Reversal, Direction::Debit)),
        (Some(Sense::Refund), false) => Ok((Kind::Refund, Direction::Debit)),
        (Some(Sense::Refund), true) => Ok((Kind::Reversal, Direction::Credit)),
        (None, _) => Err(Unmappable::new(
            "type",
            "expected a purchase, a refund or a reversal of either: the direction cannot be told",
        )),
    }
}

/// Which way the money of what was asked for goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sense {
    /// From the cardholder.
    Purchase,
    /// To the cardholder.
    Refund,
}

impl Sense {
    fn of_word(word: &str) -> Option<Self> {
        if word.starts_with("purchase") {
            Some(Self::Purchase)
        } else if word.starts_with("refund") {
            Some(Self::Refund)
        } else {
            None
        }
    }

    /// Purchases with and without cash, and refunds, as NearPay's SDK lists them.
    fn of_code(code: &str) -> Option<Self> {
        match code {
            "00" | "01" | "09" | "17" => Some(Self::Purchase),
            "20" => Some(Self::Refund),
            _ => None,
        }
    }
}

/// A receipt that was reversed says so; the one of the reversal is not reversed
/// itself, whatever it says.
fn status(kind: Kind, receipt: &Receipt) -> Status {
    if receipt.is_reversed == Some(true) && kind != Kind::Reversal {
        Status::Reversed
    } else if receipt.is_approved {
        Status::Succeeded
    } else {
        Status::Failed
    }
}

/// The status in the provider's own words.
fn said(receipt: &Receipt) -> Option<String> {
    let message = receipt.status_message.as_ref();
    let message = present(message.and_then(|message| message.english.as_deref()));
    message.or_else(|| present(receipt.action_code.as_deref()))
}

fn attributes(receipt: &Receipt) -> BTreeMap<String, Attribute> {
    let approval = receipt.approval_code.as_ref();
    let approval = approval.and_then(|approval| approval.value.as_deref());
    let texts = [
        ("rrn", receipt.retrieval_reference_number.as_deref()),
        ("stan", receipt.system_trace_audit_number.as_deref()),
        ("approval_code", approval),
        ("transaction_uuid", receipt.transaction_uuid.as_deref()),
    ];
    let texts = texts
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), present(text)?.into())));
    let refunded = receipt.is_refunded;
    let refunded = refunded.map(|refunded| ("is_refunded".to_owned(), refunded.into()));
    texts.chain(refunded).collect()
}

/// The statements of a reconciliation: its totals, and those of each scheme.
/// Whose they are, and since when, the receipt does not say.
pub(super) fn statements(
    receipt: &ReconciliationReceipt,
    reconciled: Timestamp,
    zone: &TimeZone,
) -> Result<Vec<Statement>, Unmappable> {
    let currency = currency(&receipt.currency)?;
    let period = Window::new(reconciled, reconciled)
        .map_err(|error| Unmappable::new("date", error.to_string()))?;
    let day = zone.iana_name().map(|name| LocalDay {
        date: zone.to_datetime(reconciled).date(),
        zone: name.to_owned(),
    });
    let statement = |scope: Option<&str>, figures| Statement {
        provider: ID.to_owned(),
        id: receipt.id.clone(),
        account: None,
        scope: scope.map(str::to_owned),
        period,
        day: day.clone(),
        currency,
        figures,
    };
    let balanced = receipt.is_balanced.as_ref().map(|flag| flag.value);
    let whole = statement(None, by_kind(&receipt.details, balanced));
    let schemes = receipt.schemes.iter();
    let schemes = schemes.map(|scheme| statement(Some(&scheme.name.value), by_side(scheme)));
    Ok([whole].into_iter().chain(schemes).collect())
}

type Figures = BTreeMap<String, Figure>;

fn by_kind(details: &ReconciliationDetails, balanced: Option<bool>) -> Figures {
    let totals = [
        ("total", &details.total),
        ("purchase", &details.purchase),
        ("purchase_reversal", &details.purchase_reversal),
        ("refund", &details.refund),
        ("refund_reversal", &details.refund_reversal),
    ];
    figures(totals, balanced)
}

fn by_side(scheme: &SchemeTotals) -> Figures {
    let totals = [
        ("pos_debit", &scheme.pos.debit),
        ("pos_credit", &scheme.pos.credit),
        ("pos_total", &scheme.pos.total),
        ("host_debit", &scheme.host.debit),
        ("host_credit", &scheme.host.credit),
        ("host_total", &scheme.host.total),
    ];
    figures(totals, scheme.is_balanced)
}

fn figures<'a>(
    totals: impl IntoIterator<Item = (&'static str, &'a LabelledTotal)>,
    balanced: Option<bool>,
) -> Figures {
    let totals = totals.into_iter().flat_map(|(name, total)| {
        [
            (name.to_owned(), Figure::Amount(total.total)),
            (format!("{name}_count"), Figure::Count(total.count)),
        ]
    });
    let balanced = balanced.map(|balanced| ("balanced".to_owned(), Figure::Flag(balanced)));
    totals.chain(balanced).collect()
}

/// A date and a time that have another form than receipts print.
pub(super) fn unprinted(date: &str, time: &str) -> Unmappable {
    let reason = format!("expected DD/MM/YYYY, and HH:MM:SS in `{time}`");
    Unmappable::new(date, reason)
}

fn currency(words: &LocalizedText) -> Result<Currency, Unmappable> {
    let reason = "expected an ISO 4217 code of three capitals";
    let code = words.english.as_deref().and_then(|code| code.parse().ok());
    code.ok_or_else(|| Unmappable::new("currency.english", reason))
}

/// The text, unless it is empty, which is how StreamPay writes what is not there.
fn present(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}
