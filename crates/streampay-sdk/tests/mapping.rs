//! From published receipts to records.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

#[path = "support/fake.rs"]
#[allow(dead_code, reason = "other tests need the rest")]
mod fake;
#[path = "support/mock.rs"]
#[allow(dead_code, reason = "other tests need the rest")]
mod mock;

use std::time::Duration;

use fake::Fake;
use jiff::tz::TimeZone;
use mock::fixture;
use reconcile_core::{
    Certificate, ErrorKind, Kind, ProviderError, ProviderExt, PullOptions, Record, RecordQuery,
    Verdict, Window,
};
use streampay_sdk::{Config, StreamPay};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// October 2022 in Riyadh: in one window of requests.
fn october() -> Window {
    Window::new(
        "2022-10-01T21:00:00Z".parse().unwrap(),
        "2022-10-31T21:00:00Z".parse().unwrap(),
    )
    .unwrap()
}

/// The settings of an account that has this page of transactions. What is
/// published was stored two days after it was paid.
fn account(body: &str) -> Config {
    let body = body.to_owned();
    let fake = Fake::new(move |_, parameters| match parameters["page"].as_str() {
        "1" => body.clone(),
        _ => r#"{"transactions":[]}"#.to_owned(),
    });
    fake.config(100).margin(3 * DAY)
}

async fn pull(
    config: Config,
    query: RecordQuery,
) -> Result<(Vec<Record>, Certificate), ProviderError> {
    let options = PullOptions::at("2026-01-01T00:00:00Z".parse().unwrap());
    let provider = StreamPay::new(config).unwrap();
    provider.collect_records(query, options).await
}

async fn records(body: &str) -> Result<Vec<Record>, ProviderError> {
    let (records, certificate) = pull(account(body), RecordQuery::new(october())).await?;
    assert_eq!(certificate.verdict, Verdict::Complete);
    Ok(records)
}

/// The published page with something else in its first receipt.
fn published(said: &str, other: &str) -> String {
    let page = fixture!("transactions/page");
    assert!(page.contains(said), "{said}");
    page.replacen(said, other, 1)
}

#[tokio::test]
async fn a_receipt_is_a_payment_in_the_currency_that_it_names_in_english() {
    let records = records(fixture!("transactions/page")).await.unwrap();
    assert_eq!(records.len(), 2);
    insta::assert_snapshot!(serde_json::to_string_pretty(&records[0]).unwrap(), @r#"
    {
      "provider": "streampay",
      "id": "d183262e-fcce-4672-a44f-1b24c9e6c24a",
      "kind": "payment",
      "direction": "credit",
      "status": "succeeded",
      "provider_status": "Approved",
      "reference": "cd10c49c-ab61-4214-9e5c-022985b73110",
      "amount": "5.00",
      "currency": "SAR",
      "settled_amount": null,
      "settled_currency": null,
      "fee": null,
      "fee_currency": null,
      "created_at": "2022-10-17T14:23:13Z",
      "updated_at": "2022-10-19T15:45:20.041Z",
      "account": "0000000000000018",
      "method": "VC",
      "description": null,
      "attributes": {
        "approval_code": "446478",
        "is_refunded": false,
        "rrn": "000000000001",
        "stan": "000046",
        "transaction_uuid": "cd10c49c-ab61-4214-9e5c-022985b73110"
      }
    }
    "#);
}

#[tokio::test]
async fn a_receipt_of_a_transaction_that_was_found_is_the_same() {
    let found = fixture!("transaction/found").trim_end();
    let transaction = found
        .strip_prefix("{\n  \"transaction\":")
        .and_then(|rest| rest.strip_suffix('}'))
        .unwrap();
    let records = records(&format!(r#"{{"transactions":[{transaction}]}}"#)).await;
    assert_eq!(records.unwrap()[0].amount.amount.to_string(), "5.00");
}

#[tokio::test]
async fn the_kind_is_that_of_the_word_and_of_the_code() {
    for (word, code, kind, direction) in [
        ("purchase", "00", "payment", "credit"),
        ("PURCHASE", "99", "payment", "credit"),
        ("sale", "00", "payment", "credit"),
        ("", "01", "payment", "credit"),
        ("", "09", "payment", "credit"),
        ("", "17", "payment", "credit"),
        ("refund", "20", "refund", "debit"),
        ("refund", "", "refund", "debit"),
        ("credit", "20", "refund", "debit"),
        ("reversal", "00", "reversal", "debit"),
        ("purchase_reversal", "00", "reversal", "debit"),
        ("REVERSED", "00", "reversal", "debit"),
        ("reversal", "20", "reversal", "credit"),
        ("refund reversal", "", "reversal", "credit"),
        ("void", "00", "reversal", "debit"),
        // What undoes something may have its code.
        ("refund", "00", "refund", "debit"),
        ("purchase", "20", "refund", "debit"),
    ] {
        let body = published(r#""type": "purchase""#, &format!(r#""type": "{word}""#)).replacen(
            r#""id": "00""#,
            &format!(r#""id": "{code}""#),
            1,
        );
        let records = records(&body).await.unwrap();
        let record = &records[0];
        let mapped = (record.kind.as_str(), record.direction.as_str());
        assert_eq!(mapped, (kind, direction), "{word} {code}");
    }
}

#[tokio::test]
async fn a_kind_that_cannot_be_told_is_an_error_and_no_guess() {
    for (word, code) in [
        ("balance_inquiry", "31"),
        ("", ""),
        // A reversal of what?
        ("reversal", "31"),
    ] {
        let body = published(r#""type": "purchase""#, &format!(r#""type": "{word}""#)).replacen(
            r#""id": "00""#,
            &format!(r#""id": "{code}""#),
            1,
        );
        let error = records(&body).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{word} {code}");
        assert_eq!(error.path(), Some("receipts[0].type"));
    }
}

#[tokio::test]
async fn a_status_is_that_of_the_flags_in_the_words_of_the_provider() {
    for (approved, reversed, word, status) in [
        (true, false, "purchase", "succeeded"),
        (true, true, "purchase", "reversed"),
        (false, false, "purchase", "failed"),
        (false, true, "purchase", "reversed"),
        (true, true, "refund", "reversed"),
        // What was reversed is the other receipt.
        (true, true, "purchase_reversal", "succeeded"),
        (false, false, "purchase_reversal", "failed"),
    ] {
        let body = published(r#""type": "purchase""#, &format!(r#""type": "{word}""#))
            .replacen(r#""id": "00""#, r#""id": """#, 1)
            .replacen(
                r#""is_approved": true"#,
                &format!(r#""is_approved": {approved}"#),
                1,
            )
            .replacen(
                r#""is_reversed": false"#,
                &format!(r#""is_reversed": {reversed}"#),
                1,
            )
            .replacen(r#""english": "Approved""#, r#""english": "Said""#, 1);
        let records = records(&body).await.unwrap();
        assert_eq!(
            records[0].status.as_str(),
            status,
            "{word} {approved} {reversed}"
        );
        assert_eq!(records[0].provider_status, "Said");
    }
}

#[tokio::test]
async fn a_decline_has_no_approval_code_and_is_a_record_all_the_same() {
    let page = fixture!("transactions/page");
    let begin = page.find(r#""approval_code": {"#).unwrap();
    let end = begin + page[begin..].find("},\n          \"verification").unwrap() + 1;
    let body = format!(r#"{}"approval_code": null{}"#, &page[..begin], &page[end..]);
    let body = body.replacen(r#""is_approved": true"#, r#""is_approved": false"#, 1);
    let records = records(&body).await.unwrap();
    assert_eq!(records[0].status.as_str(), "failed");
    assert!(!records[0].attributes.contains_key("approval_code"));
    assert!(records[0].attributes.contains_key("stan"));
}

/// The published page whose first transaction has one receipt more.
fn with_another_receipt(change: impl Fn(&str) -> String) -> String {
    let page = fixture!("transactions/page");
    let begin = page.find("\"receipts\": [").unwrap() + "\"receipts\": [".len();
    let end = begin + page[begin..].find("\n      ]").unwrap();
    let receipt = &page[begin..end];
    format!("{},{}{}", &page[..end], change(receipt), &page[end..])
}

#[tokio::test]
async fn each_receipt_of_a_transaction_is_a_record_of_its_own_time() {
    let body = with_another_receipt(|receipt| {
        receipt
            .replace("d183262e-fcce-4672-a44f-1b24c9e6c24a", "reversal-1")
            .replace("\"purchase\"", "\"reversal\"")
            .replace("17:23:13", "17:24:00")
            .replace("000046", "000047")
    });
    let records = records(&body).await.unwrap();
    let rows: Vec<_> = records
        .iter()
        .map(|r| (r.id.as_str(), r.kind, r.created_at.to_string()))
        .collect();
    assert_eq!(
        rows[..2],
        [
            (
                "d183262e-fcce-4672-a44f-1b24c9e6c24a",
                Kind::Payment,
                "2022-10-17T14:23:13Z".to_owned()
            ),
            (
                "reversal-1",
                Kind::Reversal,
                "2022-10-17T14:24:00Z".to_owned()
            ),
        ]
    );
    assert_eq!(records[0].reference, records[1].reference);
    let only = RecordQuery::new(october()).kinds([Kind::Reversal]);
    let (reversals, _) = pull(account(&body), only).await.unwrap();
    assert_eq!(reversals.len(), 1);
}

#[tokio::test]
async fn a_receipt_is_in_the_window_of_its_own_time() {
    let body = with_another_receipt(|receipt| {
        receipt
            .replace("d183262e-fcce-4672-a44f-1b24c9e6c24a", "later")
            .replace("17/10/2022", "18/10/2022")
    });
    let day = Window::new(
        "2022-10-18T00:00:00Z".parse().unwrap(),
        "2022-10-19T00:00:00Z".parse().unwrap(),
    )
    .unwrap();
    let (records, certificate) = pull(account(&body), RecordQuery::new(day)).await.unwrap();
    let ids: Vec<_> = records.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids, ["later", "dc15595a-137d-4e9f-8af8-b783a86822d6"]);
    assert_eq!(certificate.pages[0].rows_outside, 0);
}

#[tokio::test]
async fn times_are_those_of_the_receipt_in_the_zone_that_is_set() {
    let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
    let config = account(fixture!("transactions/page")).zone(tokyo);
    let (records, _) = pull(config, RecordQuery::new(october())).await.unwrap();
    assert_eq!(records[0].created_at.to_string(), "2022-10-17T08:23:13Z");
}

#[tokio::test]
async fn what_was_stored_later_than_is_asked_for_leaves_the_pull_unproven() {
    let config = account(fixture!("transactions/page")).margin(2 * DAY);
    let (records, certificate) = pull(config, RecordQuery::new(october())).await.unwrap();
    assert_eq!(records.len(), 2);
    let Verdict::Unproven { reasons } = certificate.verdict else {
        panic!("{:?}", certificate.verdict);
    };
    insta::assert_snapshot!(reasons.join("\n"), @"transactions, 2022-10-01T21:00:00Z to 2022-10-31T21:00:00Z, page 0: cd10c49c-ab61-4214-9e5c-022985b73110 was stored or went on 49 h after it began, and only 48 h around the window were asked for: raise the margin");
}

#[tokio::test]
async fn a_transaction_without_a_receipt_leaves_a_doubt_where_it_may_be_of_the_window() {
    for (created_at, is_proven) in [
        (r#","created_at":"2022-10-17T14:23:13.000Z""#, false),
        ("", false),
        (r#","created_at":"2022-11-01T00:00:00.000Z""#, true),
    ] {
        let body = format!(r#"{{"transactions":[{{"id":"open"{created_at},"receipts":[]}}]}}"#);
        let (records, certificate) = pull(account(&body), RecordQuery::new(october()))
            .await
            .unwrap();
        assert!(records.is_empty());
        assert_eq!(certificate.pages[0].rows_outside, u64::from(is_proven));
        let Verdict::Unproven { reasons } = certificate.verdict else {
            assert!(is_proven, "{created_at}");
            continue;
        };
        assert!(!is_proven, "{reasons:?}");
        assert!(
            reasons[0].contains("transaction open has no receipt"),
            "{reasons:?}"
        );
    }
}

#[tokio::test]
async fn empty_text_is_what_is_not_there() {
    let body = published(r#""tid": "0000000000000018""#, r#""tid": """#)
        .replacen(r#""id": "VC""#, r#""id": """#, 1)
        .replacen(r#""value": "446478""#, r#""value": """#, 1)
        .replacen(
            "000000000001\",\n          \"card_scheme\"",
            "\",\n          \"card_scheme\"",
            1,
        );
    let records = records(&body).await.unwrap();
    let record = &records[0];
    assert_eq!((&record.account, &record.method), (&None, &None));
    let names: Vec<_> = record.attributes.keys().map(String::as_str).collect();
    assert_eq!(names, ["is_refunded", "stan", "transaction_uuid"]);
}

#[tokio::test]
async fn what_the_model_does_not_admit_is_an_error_with_its_path() {
    for (said, other, path) in [
        (
            r#""value": "5.00""#,
            r#""value": "-5.00""#,
            "receipts[0].amount_authorized.value",
        ),
        (
            r#""value": "5.00""#,
            r#""value": "5,00""#,
            "receipts[0].amount_authorized.value",
        ),
        (
            r#""english": "SAR""#,
            r#""english": "riyals""#,
            "receipts[0].currency.english",
        ),
        (
            r#""start_date": "17/10/2022""#,
            r#""start_date": "2022-10-17""#,
            "receipts[0].start_date",
        ),
        (
            r#""start_time": "17:23:13""#,
            r#""start_time": "5 pm""#,
            "receipts[0].start_date",
        ),
    ] {
        let error = records(&published(said, other)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert_eq!((error.page(), error.index()), (Some(0), Some(0)));
        assert_eq!(error.path(), Some(path), "{error}");
        assert!(error.position().is_some());
    }
}

#[tokio::test]
async fn only_what_cannot_be_read_is_set_aside() {
    let body = with_another_receipt(|receipt| {
        receipt
            .replace("d183262e-fcce-4672-a44f-1b24c9e6c24a", "odd")
            .replace("\"SAR\"", "\"riyals\"")
    });
    let body = body.replacen(r#""value": "0.01""#, r#""value": {}"#, 1);
    let query = RecordQuery::new(october()).skip_invalid();
    let (records, certificate) = pull(account(&body), query).await.unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(certificate.set_aside, 2);
    assert!(!certificate.verdict.is_proven());
}
