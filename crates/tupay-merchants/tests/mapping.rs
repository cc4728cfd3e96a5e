//! From published rows to records and statements.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

#[path = "support/mock.rs"]
mod mock;

use httpmock::prelude::*;
use mock::{config, fixture, server_with_login};
use reconcile_core::{
    ErrorKind, Kind, ProviderError, ProviderExt, PullOptions, Record, RecordQuery, StatementQuery,
    Window,
};
use tupay_merchants::TuPay;

async fn pull(path: &str, body: &str, kind: Kind) -> Result<Vec<Record>, ProviderError> {
    let server = server_with_login().await;
    server
        .mock_async(|when, then| {
            when.path(path);
            then.status(200).body(body);
        })
        .await;
    let tupay = TuPay::new(config(&server.base_url())).unwrap();
    // One request may span 60 days, and every sample is within 59 of its own.
    let at = |text: &str| text.parse().unwrap();
    let window = match kind {
        Kind::Payment => Window::new(at("2024-05-01T00:00:00Z"), at("2024-06-20T00:00:00Z")),
        _ => Window::new(at("2020-01-01T00:00:00Z"), at("2020-02-20T00:00:00Z")),
    };
    let options = PullOptions::at(at("2026-01-01T00:00:00Z"));
    let query = RecordQuery::new(window.unwrap()).kinds([kind]);
    Ok(tupay.collect_records(query, options).await?.0)
}

async fn row(path: &str, body: &str, kind: Kind) -> String {
    let records = pull(path, body, kind).await.unwrap();
    serde_json::to_string_pretty(&records[0]).unwrap()
}

#[tokio::test]
async fn a_deposit_is_a_payment_in_the_currency_that_was_asked_for() {
    let row = row("/v1/deposits", fixture!("deposits/page"), Kind::Payment).await;
    insta::assert_snapshot!(row, @r#"
    {
      "provider": "tupay",
      "id": "301393325",
      "kind": "payment",
      "direction": "credit",
      "status": "cancelled",
      "provider_status": "CANCELLED",
      "reference": "1-44862-ACP",
      "amount": "30.0",
      "currency": "PEN",
      "settled_amount": "7.92",
      "settled_currency": "USD",
      "fee": "0.39",
      "fee_currency": "USD",
      "created_at": "2024-06-01T13:37:17Z",
      "updated_at": "2024-06-02T13:38:26Z",
      "account": "19759",
      "method": "XAQR",
      "description": null,
      "attributes": {
        "country": "PE",
        "local_amount": "30.0",
        "local_currency": "PEN"
      }
    }
    "#);
}

#[tokio::test]
async fn a_cashout_is_a_payout_that_settles_once_it_moved_the_balance() {
    let row = row("/v1/cashouts", fixture!("cashouts/page"), Kind::Payout).await;
    insta::assert_snapshot!(row, @r#"
    {
      "provider": "tupay",
      "id": "1770",
      "kind": "payout",
      "direction": "debit",
      "status": "pending",
      "provider_status": "PENDING",
      "reference": "test123",
      "amount": "200.0",
      "currency": "USD",
      "settled_amount": null,
      "settled_currency": null,
      "fee": "0.0",
      "fee_currency": "USD",
      "created_at": "2020-01-24T18:17:55Z",
      "updated_at": "2020-01-24T18:17:55Z",
      "account": "4",
      "method": null,
      "description": null,
      "attributes": {
        "country": "BR",
        "credited_amount": "0.0",
        "credited_currency": "USD",
        "tax": "0.0"
      }
    }
    "#);
}

#[tokio::test]
async fn a_settlement_is_a_debit_of_what_leaves_the_balance() {
    let row = row(
        "/v1/settlements",
        fixture!("settlements/sibling"),
        Kind::Settlement,
    )
    .await;
    insta::assert_snapshot!(row, @r#"
    {
      "provider": "tupay",
      "id": "3329",
      "kind": "settlement",
      "direction": "debit",
      "status": "pending",
      "provider_status": "PENDING",
      "reference": null,
      "amount": "50000",
      "currency": "USD",
      "settled_amount": "50000",
      "settled_currency": "USD",
      "fee": "250",
      "fee_currency": "USD",
      "created_at": "2020-01-06T00:00:00Z",
      "updated_at": null,
      "account": "4",
      "method": null,
      "description": null,
      "attributes": {
        "amount_to_transfer": "49750",
        "type": "MANUAL"
      }
    }
    "#);
}

#[tokio::test]
async fn a_note_is_an_adjustment_by_its_category() {
    let row = row("/v1/notes", fixture!("notes/sibling"), Kind::Adjustment).await;
    insta::assert_snapshot!(row, @r#"
    {
      "provider": "tupay",
      "id": "989851",
      "kind": "adjustment",
      "direction": "credit",
      "status": "succeeded",
      "provider_status": "succeeded",
      "reference": null,
      "amount": "1000000",
      "currency": "USD",
      "settled_amount": "1000000",
      "settled_currency": "USD",
      "fee": null,
      "fee_currency": null,
      "created_at": "2020-02-13T14:04:53Z",
      "updated_at": null,
      "account": "4",
      "method": null,
      "description": null,
      "attributes": {
        "type": "GENERIC_CREDIT_NOTE"
      }
    }
    "#);
}

#[tokio::test]
async fn the_status_is_mapped_and_kept_and_what_is_not_known_is_unknown() {
    for (said, means) in [
        ("PENDING", "pending"),
        ("APPROVED", "succeeded"),
        ("COMPLETED", "succeeded"),
        ("CANCELLED", "cancelled"),
        ("DECLINED", "failed"),
        ("EXPIRED", "unknown"),
        ("", "unknown"),
    ] {
        let body = fixture!("deposits/page").replace("CANCELLED", said);
        let records = pull("/v1/deposits", &body, Kind::Payment).await.unwrap();
        assert_eq!(records[0].status.as_str(), means, "{said}");
        assert_eq!(records[0].provider_status, said);
    }
    for (said, means) in [
        ("ON_HOLD", "on_hold"),
        ("PENDING", "pending"),
        ("DELIVERED", "pending"),
        ("COMPLETED", "succeeded"),
        ("REJECTED", "failed"),
        ("DECLINED", "failed"),
        ("CANCELLED", "cancelled"),
        ("RETURNED", "unknown"),
    ] {
        let body = fixture!("cashouts/page").replace("PENDING", said);
        let records = pull("/v1/cashouts", &body, Kind::Payout).await.unwrap();
        assert_eq!(records[0].status.as_str(), means, "{said}");
    }
}

#[tokio::test]
async fn empty_text_is_what_is_not_there() {
    let body = fixture!("deposits/page")
        .replace("1-44862-ACP", "")
        .replace("\"fee\": 0.39", "\"fee\": 0.0")
        .replace("\"feeCurrency\": \"USD\"", "\"feeCurrency\": \"\"")
        .replace(
            "\"paymentMethodCode\": \"XAQR\"",
            "\"paymentMethodCode\": \"\"",
        );
    let records = pull("/v1/deposits", &body, Kind::Payment).await.unwrap();
    let record = &records[0];
    assert_eq!(
        (&record.reference, &record.method, record.fee),
        (&None, &None, None)
    );
}

#[tokio::test]
async fn what_the_model_does_not_admit_is_an_error_with_its_path() {
    for (published, sent, path) in [
        ("\"amount\": 7.92", "\"amount\": -7.92", "amount"),
        (
            "\"currency\": \"USD\"",
            "\"currency\": \"dollars\"",
            "currency",
        ),
        (
            "\"feeCurrency\": \"USD\"",
            "\"feeCurrency\": null",
            "feeCurrency",
        ),
        (
            "\"feeCurrency\": \"USD\"",
            "\"feeCurrency\": \"\"",
            "feeCurrency",
        ),
        (
            "\"idDeposit\": 301393325",
            "\"idDeposit\": \"x\"",
            "idDeposit",
        ),
        ("2024-06-01T13:37:17Z", "June", "creationDate"),
    ] {
        let body = fixture!("deposits/page").replacen(published, sent, 1);
        let error = pull("/v1/deposits", &body, Kind::Payment)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert_eq!((error.page(), error.index()), (Some(0), Some(0)));
        assert_eq!(error.path(), Some(path), "{error}");
        assert!(error.position().is_some());
    }
}

#[tokio::test]
async fn a_day_of_the_balance_report_is_a_statement_of_that_utc_day() {
    let server = server_with_login().await;
    server
        .mock_async(|when, then| {
            when.method(GET).path("/v1/balance/report");
            then.status(200).body(fixture!("balance-report/two-days"));
        })
        .await;
    let tupay = TuPay::new(config(&server.base_url())).unwrap();
    let at = |text: &str| text.parse().unwrap();
    let last_day = Window::new(at("2020-01-31T00:00:00Z"), at("2020-02-01T00:00:00Z")).unwrap();
    let options = PullOptions::at(at("2026-01-01T00:00:00Z"));
    let pull = tupay
        .collect_statements(StatementQuery::new(last_day), options)
        .await
        .unwrap();
    // The day before is on the same page, and is not asked for.
    assert_eq!((pull.statements.len(), pull.pages[0].rows_outside), (1, 1));
    insta::assert_snapshot!(serde_json::to_string_pretty(&pull.statements[0]).unwrap(), @r#"
    {
      "provider": "tupay",
      "id": "4-2020-01-31-USD",
      "account": "4",
      "scope": null,
      "period": {
        "from": "2020-01-31T00:00:00Z",
        "to": "2020-02-01T00:00:00Z"
      },
      "day": {
        "date": "2020-01-31",
        "zone": "UTC"
      },
      "currency": "USD",
      "figures": {
        "cancelledSettlementTotal": {
          "amount": "0.0"
        },
        "cashoutTotal": {
          "amount": "0.0"
        },
        "depositFeeTotal": {
          "amount": "0.1"
        },
        "depositTotal": {
          "amount": "12.5"
        },
        "netAmount": {
          "amount": "12.4"
        },
        "noteTotal": {
          "amount": "0.0"
        },
        "settlementTotal": {
          "amount": "0.0"
        },
        "totalBalance": {
          "amount": "104655.38"
        }
      }
    }
    "#);
}
