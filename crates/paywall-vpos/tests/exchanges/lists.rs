//! Lists read whole, page by page.

use futures::{StreamExt, TryStreamExt};
use httpmock::prelude::*;
use jiff::civil::date;
use paywall_vpos::{Client, Error};

use crate::{
    LIST, TRANSACTIONS, client,
    mock::{answer, config, fixture},
};

/// A page of transactions with these ids, made from the published row.
fn page(number: u64, size: u64, total: u64, ids: &[u64]) -> String {
    let sample = fixture!("transaction-list/intraday");
    let (head, rest) = sample.split_once("\"Data\": [").unwrap();
    let (row, _) = rest.rsplit_once("]\n  }\n}").unwrap();
    let head = head
        .replace("\"Page\": 1", &format!("\"Page\": {number}"))
        .replace("\"PageSize\": 1000", &format!("\"PageSize\": {size}"))
        .replace("\"TotalRecords\": 4", &format!("\"TotalRecords\": {total}"));
    let rows: Vec<_> = ids
        .iter()
        .map(|id| row.replace("21951627", &id.to_string()))
        .collect();
    format!("{head}\"Data\": [{}]\n  }}\n}}", rows.join(","))
}

/// All transactions of 14 May 2026, from a server with these pages of two rows.
async fn whole(pages: &[String]) -> Vec<Result<i64, Error>> {
    let server = MockServer::start_async().await;
    for (number, body) in (1_u64..).zip(pages) {
        let number = number.to_string();
        let parameters = [("page", number.as_str()), ("pageSize", "2")];
        answer(&server, TRANSACTIONS, &parameters, body).await;
    }
    let client = Client::new(config(&server).page_size(2)).unwrap();
    let rows = client.all_transactions(date(2026, 5, 14), date(2026, 5, 15));
    rows.map(|row| Ok(row?.id)).collect().await
}

#[tokio::test]
async fn a_list_is_read_to_its_last_page_and_no_further() {
    let pages = [page(1, 2, 3, &[1, 2]), page(2, 2, 3, &[3])];
    let ids: Result<Vec<_>, _> = whole(&pages).await.into_iter().collect();
    assert_eq!(ids.unwrap(), [1, 2, 3]);
    let full = [page(1, 2, 4, &[1, 2]), page(2, 2, 4, &[3, 4])];
    let ids: Result<Vec<_>, _> = whole(&full).await.into_iter().collect();
    assert_eq!(ids.unwrap(), [1, 2, 3, 4]);
    let none: Result<Vec<_>, _> = whole(&[page(1, 2, 0, &[])]).await.into_iter().collect();
    assert!(none.unwrap().is_empty());
}

#[tokio::test]
async fn pages_that_do_not_fit_together_end_with_an_error_after_their_rows() {
    let mut told = Vec::new();
    for (what, pages) in [
        (
            "another page than asked for",
            vec![page(1, 2, 3, &[1, 2]), page(1, 2, 3, &[1, 2])],
        ),
        (
            "the same rows again",
            vec![page(1, 2, 4, &[1, 2]), page(2, 2, 4, &[1, 2])],
        ),
        (
            "fewer rows than stated",
            vec![page(1, 2, 3, &[1, 2]), page(2, 2, 3, &[])],
        ),
        (
            "pages that are capped without a word",
            vec![page(1, 2, 2, &[1]), page(2, 2, 2, &[2]), page(3, 2, 2, &[])],
        ),
        (
            "another page size",
            vec![page(1, 2, 3, &[1, 2]), page(2, 3, 3, &[3])],
        ),
    ] {
        let rows = whole(&pages).await;
        let read = rows.iter().filter(|row| row.is_ok()).count();
        let Some(Err(error)) = rows.last() else {
            panic!("{what} is no error");
        };
        told.push(format!("{what}: {read} rows, then {error}"));
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    another page than asked for: 2 rows, then transaction list, page 1: page 1 was asked for and page 0 came
    the same rows again: 2 rows, then transaction list, page 1: the page repeats page 0
    fewer rows than stated: 2 rows, then transaction list, page 1: Paywall states 1 rows and sent 0
    pages that are capped without a word: 2 rows, then transaction list, page 0: Paywall states 2 rows and sent 1
    another page size: 2 rows, then transaction list, page 1: the page size changed from 2 to 3 rows
    ");
}

#[tokio::test]
async fn reconciliations_are_read_by_offset_and_filtered_by_their_day() {
    let server = MockServer::start_async().await;
    let parts = [
        ("2024-04-20", "2024-05-19", "0"),
        ("2024-05-19", "2024-05-25", "0"),
    ];
    let mut mocks = Vec::new();
    for (from, to, start) in parts {
        let parameters = [
            ("datefrom", from),
            ("dateto", to),
            ("start", start),
            ("length", "100"),
            ("sortvalue", "asc"),
        ];
        mocks.push(
            answer(
                &server,
                LIST,
                &parameters,
                fixture!("reconciliation-list/page"),
            )
            .await,
        );
    }
    let client = client(&server);
    let entries: Vec<_> = client
        .all_reconciliations(date(2024, 4, 20), date(2024, 5, 25))
        .try_collect()
        .await
        .unwrap();
    let days: Vec<_> = entries
        .iter()
        .map(|entry| entry.reconciliation_date.day())
        .collect();
    assert_eq!(days, [7, 5, 6]);
    for mock in mocks {
        mock.assert_async().await;
    }
}

#[tokio::test]
async fn a_list_of_reconciliations_without_a_total_is_not_taken_for_whole() {
    let server = MockServer::start_async().await;
    let body = fixture!("reconciliation-list/page").replace("TotalRecord", "Other");
    answer(&server, LIST, &[], &body).await;
    let client = client(&server);
    let mut entries = client.all_reconciliations(date(2024, 5, 1), date(2024, 5, 25));
    let error = entries.try_next().await.unwrap_err();
    assert!(error.to_string().contains("TotalRecord"), "{error}");
}
