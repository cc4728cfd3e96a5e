//! From Paywall's rows to records and statements.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::DateTime};
use reconcile_core::{
    Attribute, Direction, Figure, Kind, LocalDay, Money, Record, Statement, Status, Window,
};
use rust_decimal::Decimal;

use super::{ID, verdicts};
use crate::{
    BucketName, Client, Step,
    models::{Activity, EndOfDay, Reconciliation, ReconciliationEntry, Transaction},
};

/// A value that the model does not admit: its path, and what is wrong.
#[derive(Debug, PartialEq, Eq)]
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
}

/// The instant of a time in a row.
pub(super) fn instant(
    client: &Client,
    path: impl Into<String>,
    local: DateTime,
) -> Result<Timestamp, Unmappable> {
    let instant = client.calendar().instant(local);
    instant.map_err(|_| Unmappable::new(path, "the time is out of range"))
}

/// A row of the list of transactions: a sale. Other types have their steps in
/// the list of activities, and what they would be here is not documented.
pub(super) fn sale(client: &Client, row: &Transaction) -> Result<Record, Unmappable> {
    match step(client, "TypeId", row.type_id)? {
        Step::Sale => {}
        other => {
            let reason = format!(
                "expected a sale: a {} belongs to the list of activities",
                other.as_str()
            );
            return Err(Unmappable::new("TypeId", reason));
        }
    }
    let created_at = instant(client, "InsertDateTime", row.insert_date_time)?;
    let record = Record::new(
        ID,
        row.id.to_string(),
        (Kind::Payment, Direction::Credit),
        status(row.status_id),
        money(client, "Amount", row.amount)?,
        created_at,
    );
    let last_step = row
        .activities
        .iter()
        .map(|step| step.insert_date_time)
        .max();
    Ok(Record {
        provider_status: row.status_id.to_string(),
        reference: present(row.merchant_unique_code.as_deref()),
        updated_at: last_step
            .map(|local| instant(client, "Activities", local))
            .transpose()?,
        method: row.method_id.map(|method| method.to_string()),
        attributes: attributes(row),
        ..record
    })
}

/// A step of a row of the list of activities. The sale is none of its own: it is
/// in the list of transactions.
pub(super) fn movement(
    client: &Client,
    row: &Transaction,
    place: usize,
    activity: &Activity,
) -> Result<Option<Record>, Unmappable> {
    let path = |field: &str| format!("Activities[{place}].{field}");
    let step = step(client, &path("TypeId"), activity.type_id)?;
    let kind = match step {
        Step::Sale => return Ok(None),
        Step::Cancel => Kind::Reversal,
        Step::Refund | Step::PartialRefund => Kind::Refund,
    };
    let record = Record::new(
        ID,
        format!("{}:{}", row.id, activity.id),
        (kind, Direction::Debit),
        status(activity.status_id),
        money(client, &path("Amount"), activity.amount)?,
        instant(client, path("InsertDateTime"), activity.insert_date_time)?,
    );
    let mut attributes = attributes(row);
    attributes.insert("step".to_owned(), step.as_str().into());
    attributes.insert("transaction".to_owned(), row.id.to_string().into());
    Ok(Some(Record {
        provider_status: activity.status_id.to_string(),
        reference: present(row.merchant_unique_code.as_deref()),
        method: row.method_id.map(|method| method.to_string()),
        attributes,
        ..record
    }))
}

/// The published table of statuses, which is cut after 7.
const fn status(id: i64) -> Status {
    match id {
        4 => Status::Succeeded,
        5 | 7 => Status::Failed,
        1 | 2 | 3 | 6 => Status::Pending,
        _ => Status::Unknown,
    }
}

/// What a type is; to take one for another would change what money did.
fn step(client: &Client, path: &str, type_id: Option<i64>) -> Result<Step, Unmappable> {
    let Some(type_id) = type_id else {
        return Err(Unmappable::new(path, "expected the type, found none"));
    };
    client.steps().get(&type_id).copied().ok_or_else(|| {
        let reason = format!("what type {type_id} is has not been told");
        Unmappable::new(path, reason)
    })
}

fn money(client: &Client, path: &str, amount: Decimal) -> Result<Money, Unmappable> {
    if amount.is_sign_negative() && !amount.is_zero() {
        let reason = "expected an amount that is not negative: the kind carries the direction";
        return Err(Unmappable::new(path, reason));
    }
    Ok(Money::new(amount, client.currency()))
}

fn attributes(row: &Transaction) -> BTreeMap<String, Attribute> {
    let gateway = row.payment_gateway.as_ref();
    let texts = [
        ("unique_code", row.unique_code.as_deref()),
        ("tracking_code", row.tracking_code.as_deref()),
        (
            "gateway",
            gateway.and_then(|gateway| gateway.name.as_deref()),
        ),
        (
            "card_brand",
            row.card
                .as_ref()
                .and_then(|card| card.card_brand.as_deref()),
        ),
    ];
    let mut attributes: BTreeMap<_, Attribute> = texts
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), present(text)?.into())))
        .collect();
    if let Some(installments) = row.installment {
        attributes.insert("installment".to_owned(), installments.into());
    }
    attributes
}

/// The text, unless it is empty: Paywall's samples write `""` for what is not there.
fn present(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// One day as Paywall counts it, whether and when it was reconciled, and what
/// the list of reconciliations shows of that.
pub(super) fn statement(
    client: &Client,
    day: LocalDay,
    period: Window,
    counted: &EndOfDay,
    told: Option<&Reconciliation>,
    listed: &[ReconciliationEntry],
) -> Statement {
    let totals = BucketName::ALL.into_iter().flat_map(|name| {
        let bucket = counted.bucket(name);
        [
            (name.as_str(), Figure::Amount(bucket.amount)),
            (name.count(), Figure::Count(bucket.count)),
        ]
    });
    Statement {
        provider: ID.to_owned(),
        id: day.date.to_string(),
        account: None,
        scope: None,
        period,
        currency: client.currency(),
        figures: totals
            .chain(verdicts::figures(client, day.date, told, listed))
            .map(|(name, figure)| (name.to_owned(), figure))
            .collect(),
        day: Some(day),
    }
}
