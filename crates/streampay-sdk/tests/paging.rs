//! Lists that say much, little or nothing of their pages: no row is lost or
//! doubled without a word.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

#[path = "support/fake.rs"]
mod fake;

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use fake::{Behind, Fake, Manner, Parameters, Told, page};
use futures::{StreamExt, TryStreamExt};
use proptest::prelude::*;
use streampay_sdk::{Client, Error, MerchantsQuery};

const HEALTHY: Manner = Manner {
    told: Told::Nothing,
    cap: 1000,
    skips: false,
    behind: Behind::NoRows,
};

/// Merchants with the ids from 1.
fn merchants(count: usize) -> Vec<String> {
    (1..=count)
        .map(|id| format!(r#"{{"id":"{id}"}}"#))
        .collect()
}

fn listing(count: usize, manner: Manner) -> Arc<Fake> {
    let rows = merchants(count);
    Fake::new(move |_, parameters| page("merchants", &rows, parameters, manner))
}

async fn ids(fake: &Arc<Fake>, page_size: u32) -> Result<Vec<usize>, Error> {
    let client = Client::new(fake.config(page_size)).unwrap();
    client
        .all_merchants(MerchantsQuery::new())
        .map_ok(|merchant| merchant.id.parse::<usize>().unwrap())
        .try_collect()
        .await
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
}

fn every_manner() -> impl Strategy<Value = Manner> {
    let told = prop::sample::select(vec![
        Told::Nothing,
        Told::Number,
        Told::Current,
        Told::Position,
        Told::PositionByLimit,
    ]);
    let behind = vec![Behind::NoRows, Behind::LastPage, Behind::Refusal];
    let behind = prop::sample::select(behind);
    (told, 1_usize..12, any::<bool>(), behind).prop_map(|(told, cap, skips, behind)| Manner {
        told,
        cap,
        skips,
        behind,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn every_row_comes_once_however_pages_are_told_and_capped(
        count in 0_usize..40,
        page_size in 1_u32..15,
        manner in every_manner(),
    ) {
        let fake = listing(count, manner);
        let ids = run(ids(&fake, page_size)).unwrap();
        prop_assert_eq!(ids, (1..=count).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn that_one_page_is_all_there_is_takes_one_more_request_to_show() {
    for told in [Told::Nothing, Told::Number, Told::Position] {
        for (count, requests) in [(0, 1), (7, 2)] {
            let fake = listing(count, Manner { told, ..HEALTHY });
            assert_eq!(ids(&fake, 10).await.unwrap().len(), count);
            assert_eq!(fake.asked().len(), requests, "{told:?} {:?}", fake.asked());
        }
    }
}

#[tokio::test]
async fn one_full_page_that_says_that_it_is_all_is_looked_behind() {
    for count in [10, 11, 25] {
        let rows = merchants(count);
        let fake = Fake::new(move |_, parameters| {
            let told = Told::Position;
            let body = page("merchants", &rows, parameters, Manner { told, ..HEALTHY });
            // Whatever there is, it is said to be one page.
            let end = body.find(r#""total":"#).unwrap();
            format!(r#"{}"total":1}}}}"#, &body[..end])
        });
        assert_eq!(ids(&fake, 10).await.unwrap().len(), count);
    }
}

#[tokio::test]
async fn more_rows_than_were_asked_for_are_read_to_their_end() {
    for told in [Told::Nothing, Told::Position, Told::PositionByLimit] {
        let rows = merchants(70);
        let fake = Fake::new(move |_, parameters| {
            // The server has a page size of its own.
            let mut parameters = parameters.clone();
            parameters.insert("limit".to_owned(), "30".to_owned());
            page("merchants", &rows, &parameters, Manner { told, ..HEALTHY })
        });
        assert_eq!(ids(&fake, 10).await.unwrap().len(), 70, "{told:?}");
    }
}

#[tokio::test]
async fn a_short_page_behind_which_the_total_shrinks_is_no_end() {
    let rows = merchants(25);
    let fake = Fake::new(move |_, parameters| {
        if parameters["page"] == "2" {
            return r#"{"merchants":[{"id":"11"}],"pages":{"total":2,"current":2}}"#.to_owned();
        }
        let told = Told::Position;
        page("merchants", &rows, parameters, Manner { told, ..HEALTHY })
    });
    let client = Client::new(fake.config(10)).unwrap();
    let read: Vec<_> = client.all_merchants(MerchantsQuery::new()).collect().await;
    let (last, read) = read.split_last().unwrap();
    assert_eq!(read.len(), 16, "{read:?}");
    assert!(matches!(last, Err(Error::Unproven { .. })), "{last:?}");
}

#[tokio::test]
async fn pages_and_rows_are_always_asked_for_in_numbers() {
    let fake = listing(3, HEALTHY);
    ids(&fake, 25).await.unwrap();
    assert_eq!(fake.asked()[0], "merchants?page=1&limit=25");
    // No more came, so this is how many may come at once.
    assert_eq!(fake.asked()[1], "merchants?page=2&limit=3");
}

#[tokio::test]
async fn a_cap_below_what_was_asked_for_loses_nothing_however_it_is_counted() {
    for (told, skips) in [
        (Told::PositionByLimit, false),
        (Told::Position, true),
        (Told::Nothing, true),
    ] {
        let manner = Manner {
            told,
            skips,
            cap: 4,
            ..HEALTHY
        };
        for count in [8, 10, 29] {
            let fake = listing(count, manner);
            let ids = ids(&fake, 10).await.unwrap();
            assert_eq!(ids, (1..=count).collect::<Vec<_>>(), "{manner:?}");
        }
    }
}

/// The error of a list that answers so.
async fn failure(
    answer: impl Fn(&Parameters, &[String]) -> String + Send + Sync + 'static,
) -> String {
    let rows = merchants(25);
    let fake = Fake::new(move |_, parameters| answer(parameters, &rows));
    let error = ids(&fake, 10).await.unwrap_err();
    assert!(matches!(error, Error::Paging { .. }), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn a_server_that_does_not_turn_the_page_is_found_out() {
    let error = failure(|parameters, rows| {
        let mut parameters = parameters.clone();
        parameters.insert("page".to_owned(), "1".to_owned());
        page("merchants", rows, &parameters, HEALTHY)
    });
    insta::assert_snapshot!(error.await, @"merchants, page 2: the page repeats page 1");
}

#[tokio::test]
async fn a_page_that_is_stuck_before_the_end_is_no_end() {
    let error = failure(|parameters, rows| {
        let mut parameters = parameters.clone();
        if parameters["limit"] == "10" && parameters["page"] == "3" {
            parameters.insert("page".to_owned(), "2".to_owned());
        }
        page("merchants", rows, &parameters, HEALTHY)
    });
    insta::assert_snapshot!(error.await, @"merchants, page 3: the page repeats page 2");
}

#[tokio::test]
async fn a_page_that_is_refused_before_the_end_is_no_end() {
    let rows = merchants(35);
    let fake = Fake::new(move |_, parameters| {
        if parameters["limit"] == "10" && parameters["page"] == "3" {
            return String::new();
        }
        page("merchants", &rows, parameters, HEALTHY)
    });
    let error = ids(&fake, 10).await.unwrap_err();
    insta::assert_snapshot!(error, @"merchants: StreamPay answered 404 Not Found");
}

#[tokio::test]
async fn a_page_that_is_repeated_for_once_is_asked_for_again() {
    let (rows, times) = (merchants(25), AtomicUsize::new(0));
    let fake = Fake::new(move |_, parameters| {
        let mut parameters = parameters.clone();
        if parameters["page"] == "3" && times.fetch_add(1, Ordering::Relaxed) == 0 {
            parameters.insert("page".to_owned(), "2".to_owned());
        }
        page("merchants", &rows, &parameters, HEALTHY)
    });
    assert_eq!(ids(&fake, 10).await.unwrap().len(), 25);
}

#[tokio::test]
async fn pages_that_are_repeated_for_once_hide_no_row_from_who_asks_for_one_alone() {
    for count in [21, 22, 25] {
        let (rows, seen) = (merchants(count), Mutex::new(HashSet::new()));
        let fake = Fake::new(move |_, parameters| {
            let mut parameters = parameters.clone();
            let place = (parameters["limit"].clone(), parameters["page"].clone());
            // The third page, and the first row of it where it is asked for alone.
            let struck = [("10", "3"), ("1", "21")];
            let is_struck = struck.contains(&(place.0.as_str(), place.1.as_str()));
            if is_struck && seen.lock().unwrap().insert(place) {
                let before: u64 = parameters["page"].parse().unwrap();
                parameters.insert("page".to_owned(), (before - 1).to_string());
            }
            page("merchants", &rows, &parameters, HEALTHY)
        });
        assert_eq!(ids(&fake, 10).await.unwrap().len(), count);
    }
}

#[tokio::test]
async fn another_page_than_the_one_asked_for_is_refused() {
    let told = Told::Current;
    let error = failure(move |parameters, rows| {
        page("merchants", rows, parameters, Manner { told, ..HEALTHY })
            .replace(r#""current":2"#, r#""current":3"#)
    });
    insta::assert_snapshot!(error.await, @"merchants, page 2: page 2 was asked for and page 3 came");
    // A list that counts from 0 has shown its second page first.
    let from_zero = failure(move |parameters, rows| {
        page("merchants", rows, parameters, Manner { told, ..HEALTHY })
            .replace(r#""current":1"#, r#""current":0"#)
    });
    insta::assert_snapshot!(from_zero.await, @"merchants, page 1: page 1 was asked for and page 0 came");
}

#[tokio::test]
async fn rows_that_appear_while_a_list_is_read_are_neither_lost_nor_doubled() {
    for told in [Told::Nothing, Told::Position] {
        let (rows, asked) = (merchants(40), AtomicUsize::new(0));
        let fake = Fake::new(move |_, parameters| {
            // The newest comes first, and one more appears with each request.
            let now = 25 + asked.fetch_add(1, Ordering::Relaxed).min(8);
            let rows: Vec<_> = rows[..now].iter().rev().cloned().collect();
            page("merchants", &rows, parameters, Manner { told, ..HEALTHY })
        });
        let mut ids = ids(&fake, 10).await.unwrap();
        ids.sort_unstable();
        assert_eq!(ids, (1..=33).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_list_that_never_stands_still_ends_with_a_doubt_behind_its_rows() {
    let (rows, asked) = (merchants(500), AtomicUsize::new(25));
    let fake = Fake::new(move |_, parameters| {
        let now = asked.fetch_add(1, Ordering::Relaxed);
        let rows: Vec<_> = rows[..now].iter().rev().cloned().collect();
        page("merchants", &rows, parameters, HEALTHY)
    });
    let client = Client::new(fake.config(10)).unwrap();
    let rows: Vec<_> = client.all_merchants(MerchantsQuery::new()).collect().await;
    let (last, rows) = rows.split_last().unwrap();
    assert!(rows.iter().all(Result::is_ok));
    assert!(matches!(last, Err(Error::Unproven { .. })), "{last:?}");
}
