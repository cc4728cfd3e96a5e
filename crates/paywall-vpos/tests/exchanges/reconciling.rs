//! A day's totals: looked up, compared and sent once.

use httpmock::prelude::*;
use paywall_vpos::{
    BucketName, Client, Error,
    models::{EndOfDay, Envelope},
};
use reconcile_core::Bucket;

use crate::{
    END_OF_DAY, RECONCILE, client,
    mock::{CLIENT, KEY, answer, config, fixture},
    reconciled, stored, totals,
};

#[tokio::test]
async fn totals_are_sent_as_published_once_it_is_known_that_the_day_is_not_reconciled() {
    let failed = reconciled().replace("true,\n    \"Ins", "false,\n    \"Ins");
    assert!(failed.contains("\"IsReconciled\": false"));
    for before in [fixture!("reconciliation/no-data"), failed.as_str()] {
        let server = MockServer::start_async().await;
        let asked = stored(&server, before).await;
        let sent = server
            .mock_async(|when, then| {
                when.method(POST)
                    .path(RECONCILE)
                    .header("apikeyprivate", KEY)
                    .header("apiclientprivate", CLIENT)
                    .header("content-type", "application/json")
                    .body(fixture!("reconcile/request").replace(char::is_whitespace, ""));
                then.status(200).body(fixture!("reconcile/reconciled"));
            })
            .await;
        let outcome = client(&server).reconcile(&totals()).await.unwrap();
        assert!(outcome.is_reconciled);
        assert_eq!(outcome.sides_agree(), Some(true));
        asked.assert_async().await;
        sent.assert_async().await;
    }
}

#[tokio::test]
async fn a_verdict_can_be_held_against_both_sides() {
    let differing = fixture!("reconcile/not-reconciled");
    let wrongly_agreed = differing.replace("\"IsReconciled\": false", "\"IsReconciled\": true");
    let one_sided = differing.replace("\"Merchant\"", "\"Other\"");
    for (body, is_reconciled, sides_agree) in [
        (differing, false, Some(false)),
        (wrongly_agreed.as_str(), true, Some(false)),
        (one_sided.as_str(), false, None),
    ] {
        let server = MockServer::start_async().await;
        stored(&server, fixture!("reconciliation/no-data")).await;
        server
            .mock_async(|when, then| {
                when.method(POST).path(RECONCILE);
                then.status(200).body(body);
            })
            .await;
        let outcome = client(&server).reconcile(&totals()).await.unwrap();
        assert_eq!(outcome.is_reconciled, is_reconciled);
        assert_eq!(outcome.sides_agree(), sides_agree);
    }
}

#[tokio::test]
async fn a_day_that_is_reconciled_is_never_sent_again() {
    let server = MockServer::start_async().await;
    stored(&server, &reconciled()).await;
    let sent = server
        .mock_async(|when, then| {
            when.method(POST);
            then.status(200).body(fixture!("reconcile/reconciled"));
        })
        .await;
    let error = client(&server).reconcile(&totals()).await.unwrap_err();
    assert!(
        matches!(error, Error::AlreadyReconciled { .. }),
        "{error:?}"
    );
    insta::assert_snapshot!(error, @"reconcile: 2024-05-07 is reconciled already; nothing was sent");
    sent.assert_calls_async(0).await;
}

#[tokio::test]
async fn what_is_stored_must_be_known_before_anything_is_sent() {
    let server = MockServer::start_async().await;
    stored(&server, fixture!("reconcile/unsuccessful")).await;
    let sent = server
        .mock_async(|when, then| {
            when.method(POST);
            then.status(200).body(fixture!("reconcile/reconciled"));
        })
        .await;
    let error = client(&server).reconcile(&totals()).await.unwrap_err();
    assert!(matches!(error, Error::Api(refusal) if refusal.operation == "reconciliation"));
    sent.assert_calls_async(0).await;
    // Which number says that there is nothing is not documented.
    let config = config(&server).absent_codes([1, 3]);
    Client::new(config)
        .unwrap()
        .reconcile(&totals())
        .await
        .unwrap();
    sent.assert_calls_async(1).await;
}

#[tokio::test]
async fn totals_are_sent_once_and_a_lost_answer_is_told() {
    let internal = fixture!("reconcile/unsuccessful").replace(": 1,", ": 500,");
    let no_body = r#"{"ErrorCode":0,"Result":true,"Message":"","Body":null}"#;
    for (status, body) in [
        (500, "{}"),
        (503, "<html>"),
        (408, ""),
        (200, "<html>login</html>"),
        (200, r#"{"Result": true"#),
        (200, r#"{"Result": true}"#),
        (200, no_body),
        (200, internal.as_str()),
    ] {
        let server = MockServer::start_async().await;
        stored(&server, fixture!("reconciliation/no-data")).await;
        let sent = server
            .mock_async(|when, then| {
                when.method(POST).path(RECONCILE);
                then.status(status).body(body);
            })
            .await;
        let error = client(&server).reconcile(&totals()).await.unwrap_err();
        assert!(
            matches!(error, Error::Uncertain { .. }),
            "{body}: {error:?}"
        );
        assert!(error.hint().unwrap().contains("sending again is safe"));
        assert!(std::error::Error::source(&error).is_some());
        sent.assert_calls_async(1).await;
    }
}

#[tokio::test]
async fn an_answer_about_another_day_closes_none() {
    let server = MockServer::start_async().await;
    let of_another = stored(&server, fixture!("reconciliation/reconciled")).await;
    let sent = server
        .mock_async(|when, then| {
            when.method(POST);
            let outcome = fixture!("reconcile/reconciled");
            then.status(200)
                .body(outcome.replace("2024-05-07T", "2024-05-06T"));
        })
        .await;
    let client = client(&server);
    let day = totals().date;
    for error in [
        client.reconciliation(day).await.unwrap_err(),
        client.find_reconciliation(day).await.unwrap_err(),
        client.reconcile(&totals()).await.unwrap_err(),
    ] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(
                error,
                @"reconciliation: asked about 2024-05-07, and answered about 2024-05-05"
            );
        }
        assert!(error.hint().unwrap().contains("proxy"));
    }
    sent.assert_calls_async(0).await;
    // Once they are sent, what came of them is then not known.
    of_another.delete_async().await;
    stored(&server, fixture!("reconciliation/no-data")).await;
    let error = client.reconcile(&totals()).await.unwrap_err();
    let Error::Uncertain { cause, .. } = error else {
        panic!("{error:?}");
    };
    insta::assert_snapshot!(cause, @"reconcile: asked about 2024-05-07, and answered about 2024-05-06");
    sent.assert_calls_async(1).await;
}

#[tokio::test]
async fn a_refusal_leaves_no_doubt_about_what_came_of_it() {
    for (status, body) in [
        (200, fixture!("reconcile/not-yet")),
        (200, fixture!("reconcile/already-reconciled")),
        (200, fixture!("reconcile/unsuccessful")),
        (401, "{}"),
        (403, ""),
        (429, ""),
    ] {
        let server = MockServer::start_async().await;
        stored(&server, fixture!("reconciliation/no-data")).await;
        let sent = server
            .mock_async(|when, then| {
                when.method(POST).path(RECONCILE);
                then.status(status).body(body);
            })
            .await;
        let error = client(&server).reconcile(&totals()).await.unwrap_err();
        assert!(matches!(error, Error::Api(_)), "{body}: {error:?}");
        sent.assert_calls_async(1).await;
    }
}

#[tokio::test]
async fn totals_are_compared_with_the_end_of_day_name_by_name() {
    let server = MockServer::start_async().await;
    answer(&server, END_OF_DAY, &[], fixture!("end-of-day/day")).await;
    let nothing = stored(&server, fixture!("reconciliation/no-data")).await;
    let client = client(&server);
    let comparison = client.compare(&totals()).await.unwrap();
    assert!(comparison.agrees() && comparison.stored.is_none());
    nothing.delete_async().await;
    stored(&server, &reconciled()).await;
    assert!(client.compare(&totals()).await.unwrap().is_reconciled());
    let more = Bucket {
        count: 2,
        amount: "26".parse().unwrap(),
    };
    let other = totals().with(BucketName::Unsuccessful, more);
    let comparison = client.compare(&other).await.unwrap();
    let differing: Vec<_> = comparison.differing().collect();
    assert_eq!(differing.len(), 1);
    assert_eq!(differing[0].name, "unsuccessful");
    assert_eq!(differing[0].merchant, more);
    // The same value with other digits is the same.
    let same = Bucket {
        count: 4,
        amount: "46".parse().unwrap(),
    };
    let same = totals().with(BucketName::Total, same);
    assert!(client.compare(&same).await.unwrap().agrees());
    let published: Envelope<EndOfDay> = serde_json::from_str(fixture!("end-of-day/day")).unwrap();
    assert_eq!(
        published.body.unwrap().bucket(BucketName::Total),
        Bucket {
            count: 4,
            amount: "46.00".parse().unwrap()
        }
    );
}
