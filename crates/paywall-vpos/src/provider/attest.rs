//! The merchant's totals of a day: compared, sent, and what Paywall answers.

use std::collections::BTreeSet;

use reconcile_core::{Attestation, AttestationVerdict, DayTotals};

use crate::{
    BucketName, Client, Comparison, Error,
    models::{ReconcileRequest, Reconciliation},
    reconciliation::RECONCILE,
    totals::both_sides,
};

pub(super) async fn compare(client: &Client, totals: &DayTotals) -> Result<Comparison, Error> {
    client.compare(&request(client, totals)?).await
}

/// Sends the totals, unless Paywall says that the day is reconciled.
pub(super) async fn attest(client: &Client, totals: &DayTotals) -> Result<Attestation, Error> {
    let request = request(client, totals)?;
    match client.reconcile(&request).await {
        Ok(outcome) => Ok(Attestation {
            day: totals.day.clone(),
            verdict: if outcome.is_reconciled {
                AttestationVerdict::Agreed
            } else {
                AttestationVerdict::Differs
            },
            buckets: both_sides(&request, outcome.paywall.as_ref()),
            recorded_at: outcome
                .operation_date_time
                .and_then(|local| client.calendar().instant(local).ok()),
        }),
        Err(Error::AlreadyReconciled { reconciliation, .. }) => {
            Ok(agreed_before(client, totals, &request, &reconciliation).await)
        }
        Err(error) => Err(error),
    }
}

/// The attestation of a day that was reconciled before. That it was does not
/// depend on whether its totals can be shown once more.
async fn agreed_before(
    client: &Client,
    totals: &DayTotals,
    request: &ReconcileRequest,
    reconciliation: &Reconciliation,
) -> Attestation {
    let counted = client.end_of_day(request.date).await.ok();
    let stored = reconciliation.update_date_time;
    Attestation {
        day: totals.day.clone(),
        verdict: AttestationVerdict::AlreadyAgreed,
        buckets: both_sides(request, counted.as_ref()),
        recorded_at: stored
            .or(reconciliation.insert_date_time)
            .and_then(|local| client.calendar().instant(local).ok()),
    }
}

/// The request with these totals, if they are what Paywall takes.
fn request(client: &Client, totals: &DayTotals) -> Result<ReconcileRequest, Error> {
    let refuse = |reason: String| {
        Err(Error::Query {
            operation: RECONCILE,
            reason,
        })
    };
    let (zone, currency) = (client.calendar().zone_name(), client.currency());
    if totals.day.zone != zone {
        return refuse(format!(
            "the day is one of {}; Paywall's days are of {zone}",
            totals.day.zone
        ));
    }
    if totals.currency != currency {
        return refuse(format!(
            "the totals are in {}; this account is in {currency}",
            totals.currency
        ));
    }
    let known = BTreeSet::from(BucketName::ALL.map(BucketName::as_str));
    if let Some(unknown) = totals
        .buckets
        .keys()
        .find(|name| !known.contains(name.as_str()))
    {
        return refuse(format!("Paywall has no total `{unknown}`"));
    }
    let mut request = ReconcileRequest::new(totals.day.date);
    for name in BucketName::ALL {
        let Some(bucket) = totals.buckets.get(name.as_str()) else {
            return refuse(format!(
                "the total `{}` is missing: Paywall asks for all six",
                name.as_str()
            ));
        };
        if bucket.amount.is_sign_negative() && !bucket.amount.is_zero() {
            return refuse(format!("the total `{}` is negative", name.as_str()));
        }
        request = request.with(name, *bucket);
    }
    Ok(request)
}
