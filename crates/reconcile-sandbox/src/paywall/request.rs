//! The one body that merchants send: a day as they count it.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::parameters::day;
use super::totals::{PaywallEndOfDay, PaywallFigure};

/// Every field is compulsory, and amounts are numbers, not texts.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    date: String,
    total_count: u64,
    total_amount: Box<RawValue>,
    successful_count: u64,
    successful_amount: Box<RawValue>,
    unsuccessful_count: u64,
    unsuccessful_amount: Box<RawValue>,
    refund_count: u64,
    refund_amount: Box<RawValue>,
    partial_refund_count: u64,
    partial_refund_amount: Box<RawValue>,
    cancel_count: u64,
    cancel_amount: Box<RawValue>,
}

/// The day and its figures; nothing where the body is another.
pub(super) fn read_request(body: &[u8]) -> Option<(Date, PaywallEndOfDay)> {
    let request: Request = serde_json::from_slice(body).ok()?;
    let figure = |count, amount: &RawValue| {
        // From the text itself, so that no float comes between.
        let amount = Decimal::from_str_exact(amount.get()).ok()?;
        Some(PaywallFigure::new(count, amount))
    };
    let figures = PaywallEndOfDay {
        id: 0,
        total: figure(request.total_count, &request.total_amount)?,
        successful: figure(request.successful_count, &request.successful_amount)?,
        unsuccessful: figure(request.unsuccessful_count, &request.unsuccessful_amount)?,
        refund: figure(request.refund_count, &request.refund_amount)?,
        partial_refund: figure(request.partial_refund_count, &request.partial_refund_amount)?,
        cancel: figure(request.cancel_count, &request.cancel_amount)?,
    };
    Some((day(&request.date)?, figures))
}
