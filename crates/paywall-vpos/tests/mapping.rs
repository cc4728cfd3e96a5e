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
use jiff::civil::{Date, date};
use mock::{answer, config, fixture};
use paywall_vpos::{Paywall, Step};
use reconcile_core::{
    Certificate, ErrorKind, Kind, Provider, ProviderError, ProviderExt, PullOptions, Record,
    RecordQuery, StatementQuery, Status, Verdict, Window,
};

const TRANSACTIONS: &str = "/api/paywall/private/vpos/transaction/list";
const RECONCILIATION_LIST: &str = "/api/paywall/private/vpos/reconciliation/list";
const ACTIVITIES: &str = "/api/paywall/private/vpos/transaction/list/activity";

/// The published page of transactions, as whole as it is published.
fn sales() -> String {
    fixture!("transaction-list/intraday").replace("\"TotalRecords\": 4", "\"TotalRecords\": 1")
}

/// The published page of activities, with steps of these types: the second one a
/// day later.
fn steps(type_id: &str, next: Option<&str>) -> String {
    let page = fixture!("activity-list/intraday")
        .replace("\"TotalRecords\": 2", "\"TotalRecords\": 1")
        .replace(
            "\"Id\": 59768859,\n            \"TypeId\": 1",
            &format!("\"Id\": 59768859, \"TypeId\": {type_id}"),
        );
    assert!(page.contains("\"TotalRecords\": 1"));
    let Some(next) = next else {
        return page;
    };
    let (head, tail) = page.split_once("\"Activities\": [").unwrap();
    let (only, tail) = tail.split_once(']').unwrap();
    let second = only
        .replace("59768859", "59768900")
        .replace(
            &format!("\"TypeId\": {type_id}"),
            &format!("\"TypeId\": {next}"),
        )
        .replace("2026-05-13", "2026-05-14");
    format!("{head}\"Activities\": [{only}, {second}]{tail}")
}

async fn server(path: &str, day: Date, body: &str) -> MockServer {
    let server = MockServer::start_async().await;
    let day = day.to_string();
    answer(&server, path, &[("date", &day)], body).await;
    server
}

fn window(day: Date, paywall: &Paywall) -> Window {
    Window::days(day, day.tomorrow().unwrap(), &paywall.descriptor().zone).unwrap()
}

async fn pull(
    paywall: &Paywall,
    query: RecordQuery,
) -> Result<(Vec<Record>, Certificate), ProviderError> {
    let options = PullOptions::at(mock::NOW.parse().unwrap());
    paywall.collect_records(query, options).await
}

/// The records of a day in May 2026 whose list has this body.
async fn records(kind: Kind, body: &str) -> Result<(Vec<Record>, Certificate), ProviderError> {
    let (path, day) = match kind {
        Kind::Payment => (TRANSACTIONS, date(2026, 5, 14)),
        _ => (ACTIVITIES, date(2026, 5, 13)),
    };
    let server = server(path, day, body).await;
    let paywall = Paywall::new(config(&server)).unwrap();
    pull(
        &paywall,
        RecordQuery::new(window(day, &paywall)).kinds([kind]),
    )
    .await
}

#[tokio::test]
async fn a_transaction_is_a_payment_in_the_configured_currency() {
    let (records, certificate) = records(Kind::Payment, &sales()).await.unwrap();
    assert_eq!(certificate.verdict, Verdict::Complete);
    insta::assert_snapshot!(serde_json::to_string_pretty(&records[0]).unwrap(), @r#"
    {
      "provider": "paywall",
      "id": "21951627",
      "kind": "payment",
      "direction": "credit",
      "status": "pending",
      "provider_status": "1",
      "reference": "2911aad8-2118-4b62-b937-0698466b2203",
      "amount": "10.00",
      "currency": "TRY",
      "settled_amount": null,
      "settled_currency": null,
      "fee": null,
      "fee_currency": null,
      "created_at": "2026-05-14T08:11:02.776829Z",
      "updated_at": null,
      "account": null,
      "method": "5",
      "description": null,
      "attributes": {
        "card_brand": "Visa",
        "gateway": "GatewayName",
        "installment": 1,
        "unique_code": "7876319b-fec6-4dac-8ee3-bdbf5dff3480"
      }
    }
    "#);
}

#[tokio::test]
async fn a_step_that_takes_back_is_a_refund_or_a_reversal_under_both_ids() {
    let (refunds, _) = records(Kind::Refund, &steps("3", None)).await.unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&refunds[0]).unwrap(), @r#"
    {
      "provider": "paywall",
      "id": "21948538:59768859",
      "kind": "refund",
      "direction": "debit",
      "status": "failed",
      "provider_status": "5",
      "reference": "f67a1a40-2e92-4a2f-89c5-a6899d952fdc",
      "amount": "1.51",
      "currency": "TRY",
      "settled_amount": null,
      "settled_currency": null,
      "fee": null,
      "fee_currency": null,
      "created_at": "2026-05-13T07:18:00.747789Z",
      "updated_at": null,
      "account": null,
      "method": "2",
      "description": null,
      "attributes": {
        "card_brand": "Visa",
        "gateway": "GatewayName",
        "installment": 1,
        "step": "refund",
        "transaction": "21948538",
        "unique_code": "8c2e6a9a-ca38-414f-9e66-335e6a49089d"
      }
    }
    "#);
    let (parts, _) = records(Kind::Refund, &steps("4", None)).await.unwrap();
    assert_eq!(parts[0].attributes["step"], "partial_refund".into());
    let (cancelled, _) = records(Kind::Reversal, &steps("2", None)).await.unwrap();
    assert_eq!(cancelled[0].attributes["step"], "cancel".into());
    assert_eq!(cancelled[0].id, "21948538:59768859");
    // What is of another kind is not what was asked for.
    let (none, _) = records(Kind::Refund, &steps("2", None)).await.unwrap();
    assert!(none.is_empty());
}

#[tokio::test]
async fn a_sale_counts_once_though_it_is_in_both_lists() {
    let server = MockServer::start_async().await;
    let row = steps("1", None).replace("2026-05-13", "2026-05-14");
    answer(&server, TRANSACTIONS, &[], &sales()).await;
    answer(&server, ACTIVITIES, &[], &row).await;
    let paywall = Paywall::new(config(&server)).unwrap();
    let query = RecordQuery::new(window(date(2026, 5, 14), &paywall));
    let (records, certificate) = pull(&paywall, query).await.unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!((certificate.pages.len(), certificate.duplicates), (2, 0));
    assert_eq!(certificate.verdict, Verdict::Complete);
}

#[tokio::test]
async fn a_step_counts_in_the_list_of_its_own_day() {
    // The server sends the steps of other days, too.
    let body = steps("4", Some("3"));
    let server = MockServer::start_async().await;
    for day in ["2026-05-13", "2026-05-14"] {
        answer(&server, ACTIVITIES, &[("date", day)], &body).await;
    }
    let paywall = Paywall::new(config(&server)).unwrap();
    let zone = &paywall.descriptor().zone;
    let both = Window::days(date(2026, 5, 13), date(2026, 5, 15), zone).unwrap();
    let (records, certificate) = pull(&paywall, RecordQuery::new(both).kinds([Kind::Refund]))
        .await
        .unwrap();
    let ids: Vec<_> = records.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids, ["21948538:59768859", "21948538:59768900"]);
    assert_eq!(certificate.duplicates, 0);
    assert_eq!(certificate.verdict, Verdict::Complete);
}

#[tokio::test]
async fn the_status_is_mapped_and_kept_and_what_is_not_known_is_unknown() {
    for (said, means) in [
        (1, Status::Pending),
        (2, Status::Pending),
        (3, Status::Pending),
        (4, Status::Succeeded),
        (5, Status::Failed),
        (6, Status::Pending),
        (7, Status::Failed),
        (8, Status::Unknown),
        (-1, Status::Unknown),
    ] {
        let body = sales().replace("\"StatusId\": 1", &format!("\"StatusId\": {said}"));
        let (records, _) = records(Kind::Payment, &body).await.unwrap();
        assert_eq!(records[0].status, means, "{said}");
        assert_eq!(records[0].provider_status, said.to_string());
    }
}

#[tokio::test]
async fn a_type_that_was_not_told_is_an_error_with_its_path_until_it_is() {
    for (kind, body, path) in [
        (Kind::Refund, steps("9", None), "Activities[0].TypeId"),
        (Kind::Refund, steps("null", None), "Activities[0].TypeId"),
        (
            Kind::Payment,
            sales().replace("\"TypeId\": 1", "\"TypeId\": 9"),
            "TypeId",
        ),
        (
            Kind::Payment,
            sales().replace("\"TypeId\": 1", "\"TypeId\": 3"),
            "TypeId",
        ),
    ] {
        let error = records(kind, &body).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert_eq!(error.path(), Some(path), "{error}");
        assert_eq!((error.page(), error.index()), (Some(0), Some(0)));
        assert!(error.hint().unwrap().contains("Config::step"));
        assert!(error.position().is_some());
    }
    let server = server(ACTIVITIES, date(2026, 5, 13), &steps("9", None)).await;
    let told = config(&server).step(9, Step::Refund);
    let paywall = Paywall::new(told).unwrap();
    let query = RecordQuery::new(window(date(2026, 5, 13), &paywall)).kinds([Kind::Refund]);
    let (records, _) = pull(&paywall, query.clone()).await.unwrap();
    assert_eq!(records[0].attributes["step"], "refund".into());
    // Or it is set aside, and the pull is unproven.
    let paywall = Paywall::new(config(&server)).unwrap();
    let (records, certificate) = pull(&paywall, query.skip_invalid()).await.unwrap();
    assert!(records.is_empty());
    assert_eq!(certificate.set_aside, 1);
    assert!(!certificate.verdict.is_proven());
}

#[tokio::test]
async fn what_the_model_does_not_admit_is_an_error_with_its_path() {
    for (published, sent, path) in [
        ("\"Amount\": 10.00", "\"Amount\": -10.00", "Amount"),
        ("\"Amount\": 10.00", "\"Amount\": \"ten\"", "Amount"),
        ("\"Id\": 21951627", "\"Id\": \"x\"", "Id"),
        ("2026-05-14T11:11:02.776829", "May", "InsertDateTime"),
    ] {
        let body = sales().replacen(published, sent, 1);
        let error = records(Kind::Payment, &body).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert_eq!(error.path(), Some(path), "{error}");
    }
}

#[tokio::test]
async fn a_row_of_another_day_is_delivered_and_leaves_a_doubt() {
    let body = sales().replace("2026-05-14T11:11", "2026-05-15T00:01");
    let server = MockServer::start_async().await;
    answer(&server, TRANSACTIONS, &[("date", "2026-05-14")], &body).await;
    let none = sales().replace("\"TotalRecords\": 1", "\"TotalRecords\": 0");
    let (head, _) = none.split_once("\"Data\": [").unwrap();
    let none = format!("{head}\"Data\": []}}}}");
    answer(&server, TRANSACTIONS, &[("date", "2026-05-15")], &none).await;
    let paywall = Paywall::new(config(&server)).unwrap();
    let zone = &paywall.descriptor().zone;
    let both = Window::days(date(2026, 5, 14), date(2026, 5, 16), zone).unwrap();
    let (records, certificate) = pull(&paywall, RecordQuery::new(both).kinds([Kind::Payment]))
        .await
        .unwrap();
    assert_eq!(records.len(), 1);
    let Verdict::Unproven { reasons } = certificate.verdict else {
        panic!("{:?}", certificate.verdict);
    };
    assert!(
        reasons[0].contains("of 1 rows nothing happened on 2026-05-14"),
        "{reasons:?}"
    );
}

#[tokio::test]
async fn days_that_are_not_over_are_not_asked_for_and_the_certificate_says_so() {
    let server = MockServer::start_async().await;
    let asked = answer(&server, TRANSACTIONS, &[("date", "2026-05-31")], &sales()).await;
    let paywall = Paywall::new(config(&server)).unwrap();
    let zone = &paywall.descriptor().zone;
    let days = Window::days(date(2026, 5, 31), date(2026, 6, 3), zone).unwrap();
    let query = RecordQuery::new(days).kinds([Kind::Payment]);
    let end: jiff::Timestamp = "2026-05-31T21:00:00Z".parse().unwrap();
    // The row is not of that day, which is another matter.
    let (_, certificate) = pull(&paywall, query.clone()).await.unwrap();
    assert_eq!(certificate.query.read.to(), end);
    // Whoever says that it is later than it is learns what was not asked.
    let options = PullOptions::at("2026-07-01T00:00:00Z".parse().unwrap());
    let (_, certificate) = paywall.collect_records(query, options).await.unwrap();
    let Verdict::Unproven { reasons } = certificate.verdict else {
        panic!("{:?}", certificate.verdict);
    };
    let hole = "2026-05-31T21:00:00Z to 2026-06-02T21:00:00Z was not asked";
    assert!(
        reasons.iter().any(|reason| reason.contains(hole)),
        "{reasons:?}"
    );
    asked.assert_calls_async(2).await;
}

const END_OF_DAY: &str = "/api/paywall/private/vpos/reconciliation/endofday";
const RECONCILIATION: &str = "/api/paywall/private/vpos/reconciliation";

/// The statements of 5 May 2024, of which the published list has one entry.
async fn statements(counted: &str, stored: &str) -> reconcile_core::StatementPull {
    let server = MockServer::start_async().await;
    let range = [("datefrom", "2024-05-05"), ("dateto", "2024-05-13")];
    answer(
        &server,
        RECONCILIATION_LIST,
        &range,
        fixture!("reconciliation-list/page"),
    )
    .await;
    answer(
        &server,
        END_OF_DAY,
        &[("endofdaydate", "2024-05-05")],
        counted,
    )
    .await;
    answer(
        &server,
        RECONCILIATION,
        &[("reconciliationdate", "2024-05-05")],
        stored,
    )
    .await;
    let paywall = Paywall::new(config(&server)).unwrap();
    let query = StatementQuery::new(window(date(2024, 5, 5), &paywall));
    let options = PullOptions::at(mock::NOW.parse().unwrap());
    paywall.collect_statements(query, options).await.unwrap()
}

#[tokio::test]
async fn an_end_of_day_is_a_statement_with_whether_and_when_it_was_reconciled() {
    let counted = fixture!("end-of-day/day");
    let pull = statements(counted, fixture!("reconciliation/reconciled")).await;
    assert_eq!((pull.verdict, pull.pages.len()), (Verdict::Complete, 2));
    insta::assert_snapshot!(serde_json::to_string_pretty(&pull.statements[0]).unwrap(), @r#"
    {
      "provider": "paywall",
      "id": "2024-05-05",
      "account": null,
      "scope": null,
      "period": {
        "from": "2024-05-04T21:00:00Z",
        "to": "2024-05-05T21:00:00Z"
      },
      "day": {
        "date": "2024-05-05",
        "zone": "Europe/Istanbul"
      },
      "currency": "TRY",
      "figures": {
        "agreements": {
          "count": 1
        },
        "agreements_listed": {
          "count": 1
        },
        "cancel": {
          "amount": "0.00"
        },
        "cancel_count": {
          "count": 0
        },
        "partial_refund": {
          "amount": "0.00"
        },
        "partial_refund_count": {
          "count": 0
        },
        "reconciled": {
          "flag": true
        },
        "reconciliation_exists": {
          "flag": true
        },
        "reconciliations": {
          "count": 1
        },
        "reconciliations_listed": {
          "count": 1
        },
        "refund": {
          "amount": "0.00"
        },
        "refund_count": {
          "count": 0
        },
        "successful": {
          "amount": "0.00"
        },
        "successful_count": {
          "count": 0
        },
        "total": {
          "amount": "46.00"
        },
        "total_count": {
          "count": 4
        },
        "unsuccessful": {
          "amount": "13.00"
        },
        "unsuccessful_count": {
          "count": 1
        },
        "verdict_days": {
          "count": 42
        },
        "verdict_days_listed": {
          "count": 42
        }
      }
    }
    "#);
    let pull = statements(counted, fixture!("reconciliation/no-data")).await;
    let statement = &pull.statements[0];
    assert_eq!(statement.flag("reconciled"), Some(false));
    assert_eq!(statement.flag("reconciliation_exists"), Some(false));
    assert_eq!(statement.count("verdict_days"), None);
    // What is not told of the day is listed all the same.
    assert_eq!(statement.count("reconciliations"), Some(0));
    assert_eq!(statement.count("reconciliations_listed"), Some(1));
    // One that was corrected is as late as its correction.
    let corrected = fixture!("reconciliation/reconciled").replace(
        "\"UpdateDateTime\": null",
        "\"UpdateDateTime\": \"2024-06-18T00:30:00\"",
    );
    let pull = statements(counted, &corrected).await;
    assert_eq!(pull.statements[0].count("verdict_days"), Some(43));
}

#[tokio::test]
async fn a_day_without_an_end_of_day_is_a_page_without_a_statement() {
    let nothing = fixture!("reconciliation/no-data");
    let pull = statements(nothing, nothing).await;
    assert!(pull.statements.is_empty());
    assert_eq!(pull.verdict, Verdict::Complete);
    assert!(pull.pages.iter().all(|page| page.rows_seen == 0));
}

#[tokio::test]
async fn a_refusal_of_a_day_ends_the_statements_with_its_number_and_hint() {
    let server = MockServer::start_async().await;
    answer(
        &server,
        END_OF_DAY,
        &[],
        fixture!("end-of-day/invalid-end-of-day"),
    )
    .await;
    answer(
        &server,
        RECONCILIATION,
        &[],
        fixture!("reconciliation/reconciled"),
    )
    .await;
    let paywall = Paywall::new(config(&server)).unwrap();
    let query = StatementQuery::new(window(date(2024, 5, 5), &paywall));
    let options = PullOptions::at(mock::NOW.parse().unwrap());
    let error = paywall
        .collect_statements(query, options)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::InvalidRequest, Some("65"))
    );
    assert!(error.hint().is_some() && error.position().is_some());
}
