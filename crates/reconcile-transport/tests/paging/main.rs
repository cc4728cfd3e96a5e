//! Reading ahead over lists that grow, with answers in any order: nothing is
//! lost without a word, whatever the seed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

mod model;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use model::{Dice, Growth, Provider, page};
use reconcile_transport::{
    Anomaly, Page, PageFault, PageSource, PagedOut, PagesCause, ReadAhead, pages,
};

fn read_ahead(concurrency: usize) -> ReadAhead {
    ReadAhead {
        concurrency: NonZeroUsize::new(concurrency).unwrap(),
        ..ReadAhead::default()
    }
}

#[tokio::test]
async fn every_row_of_a_settled_span_is_there_whatever_the_order_of_answers() {
    let mut settled_while_growing = 0;
    let (mut unsettled, mut repeated) = (0, 0);
    for seed in 0..600_u64 {
        let mut dice = Dice::new(seed);
        let page_size = 1 + dice.below(6);
        let lengths: Vec<usize> = (0..=dice.below(4)).map(|_| dice.below(40)).collect();
        let growth = [Growth::Newest, Growth::Oldest, Growth::Anywhere][dice.below(3)];
        let to_come = dice.below(12);
        let provider = Arc::new(Provider::new(seed, &lengths, page_size, growth, to_come));
        let at_first: Vec<_> = (0..lengths.len()).map(|list| provider.rows(list)).collect();

        let stream = pages(
            Arc::clone(&provider),
            (0..lengths.len()).collect(),
            read_ahead(1 + dice.below(8)),
        );
        let out = match stream.try_collect::<Vec<_>>().await {
            Ok(out) => out,
            // A list that shifts by a whole page in each reading looks like a repetition.
            Err(error) => {
                assert!(
                    matches!(error.cause, PagesCause::Fault(PageFault::Repeated { .. })),
                    "seed {seed}: {:?}",
                    error.cause
                );
                repeated += 1;
                continue;
            }
        };

        assert_in_order(&out);
        for (list, first) in at_first.iter().enumerate() {
            let last = out.iter().rfind(|page| page.span == list).unwrap();
            let pass: BTreeSet<String> = out
                .iter()
                .filter(|page| page.span == list && page.pass == last.pass)
                .flat_map(|page| page.page.rows.clone())
                .collect();
            match last.settled {
                Some(true) => {
                    let whole = provider.rows_when_read(list, last.index);
                    assert_eq!(pass, whole, "seed {seed}, list {list}");
                    assert!(pass.is_superset(first), "seed {seed}, list {list}");
                    settled_while_growing += usize::from(pass.len() > first.len());
                }
                Some(false) => {
                    assert!(last.anomalies.contains(&Anomaly::Moved { passes: 3 }));
                    unsettled += 1;
                }
                None => panic!("seed {seed}: the last page of list {list} is not marked"),
            }
        }
    }
    // Both ends are reached, so the seeds are worth their time.
    assert!(
        settled_while_growing > 200,
        "{settled_while_growing} settled while growing"
    );
    assert!(unsettled > 5, "{unsettled} unsettled");
    assert!(repeated < 12, "{repeated} taken for a server that repeats");
}

/// The order of emission: spans, then passes, then pages without a hole. A pass
/// may be broken off for the next one.
fn assert_in_order(out: &[PagedOut<usize, String>]) {
    let mut expected = (0, 0, 0);
    for page in out {
        let (span, pass, index) = expected;
        let is_next_pass = index > 0 && (page.span, page.pass, page.index) == (span, pass + 1, 0);
        if !is_next_pass {
            assert_eq!((page.span, page.pass, page.index), expected);
        }
        expected = match (page.last, page.settled) {
            (false, None) => (page.span, page.pass, page.index + 1),
            (true, Some(settled)) => {
                let ends = settled || page.anomalies.contains(&Anomaly::Moved { passes: 3 });
                if ends {
                    (page.span + 1, 0, 0)
                } else {
                    (page.span, page.pass + 1, 0)
                }
            }
            (last, settled) => panic!("last {last} with settled {settled:?}"),
        };
    }
}

/// The test above has teeth: the obvious pager loses rows from the same lists,
/// now and then without a duplicate that would tell.
#[tokio::test]
async fn a_pager_that_reads_in_parallel_without_proof_loses_rows() {
    let (mut losses, mut silent_losses) = (0, 0);
    for seed in 0..300_u64 {
        let provider = Provider::new(seed, &[8], 3, Growth::Anywhere, 1);
        let at_first = provider.rows(0);
        let all: Vec<Page<String>> = stream::iter(0..8)
            .map(|index| provider.fetch(&0, index))
            .buffered(4)
            .try_collect()
            .await
            .unwrap();
        let rows: Vec<String> = all.into_iter().flat_map(|page| page.rows).collect();
        let distinct: BTreeSet<String> = rows.iter().cloned().collect();
        let lost = !distinct.is_superset(&at_first);
        losses += usize::from(lost);
        silent_losses += usize::from(lost && rows.len() == distinct.len());
    }
    assert!(losses > 25, "{losses} losses in 300 seeds");
    assert!(
        silent_losses > 15,
        "{silent_losses} silent losses in 300 seeds"
    );
}

#[tokio::test]
async fn a_list_that_stands_still_is_read_once_and_settled() {
    for length in [0, 1, 4, 5, 6, 49, 50, 51] {
        let provider = Arc::new(Provider::new(7, &[length], 5, Growth::None, 0));
        let out: Vec<_> = pages(Arc::clone(&provider), vec![0], read_ahead(4))
            .try_collect()
            .await
            .unwrap();
        assert_eq!(out.len(), length / 5 + 1);
        assert!(
            out.iter()
                .all(|page| page.pass == 0 && page.anomalies.is_empty())
        );
        assert_eq!(out.last().unwrap().settled, Some(true));
        let rows: BTreeSet<_> = out.into_iter().flat_map(|page| page.page.rows).collect();
        assert_eq!(rows, provider.rows(0));
    }
}

#[tokio::test]
async fn one_page_costs_one_request_and_two_cost_one_more_to_confirm() {
    for (length, requests) in [(4, 1), (9, 3)] {
        let provider = Arc::new(Provider::new(1, &[length], 5, Growth::None, 0));
        let stream = pages(Arc::clone(&provider), vec![0], read_ahead(16));
        stream.try_collect::<Vec<_>>().await.unwrap();
        assert_eq!(
            provider.requests.load(Ordering::SeqCst),
            requests,
            "{length} rows"
        );
    }
}

#[tokio::test]
async fn requests_under_way_never_exceed_the_limit_and_a_slow_reader_holds_few_pages() {
    let provider = Arc::new(Provider::new(
        3,
        &[200, 90, 300, 1, 0, 80],
        2,
        Growth::None,
        0,
    ));
    let mut stream = pin!(pages(
        Arc::clone(&provider),
        (0..6).collect(),
        read_ahead(5)
    ));
    let mut emitted = 0;
    while let Some(page) = stream.next().await {
        page.unwrap();
        emitted += 1;
        // The reader rests, and every request under way is answered.
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        let requests = provider.requests.load(Ordering::SeqCst);
        // Every span of several pages costs a confirmation and at most a few
        // requests beyond its end; none of those is held.
        assert!(
            requests <= emitted + 6 * 5 + 6 * (1 + 5),
            "{requests} for {emitted} pages"
        );
    }
    assert!(provider.most_under_way.load(Ordering::SeqCst) <= 5);
}

#[tokio::test]
async fn nothing_is_asked_before_the_stream_is_polled_and_dropping_it_cancels_all() {
    let provider = Arc::new(Provider::new(5, &[400, 400], 2, Growth::None, 0));
    let mut stream = Box::pin(pages(Arc::clone(&provider), vec![0, 1], read_ahead(8)));
    tokio::task::yield_now().await;
    assert_eq!(provider.requests.load(Ordering::SeqCst), 0);
    for _ in 0..20 {
        stream.next().await.unwrap().unwrap();
    }
    assert!(provider.under_way.load(Ordering::SeqCst) > 0);
    drop(stream);
    // A cancelled task is dropped the next time its runtime turns to it.
    tokio::task::yield_now().await;
    assert_eq!(provider.under_way.load(Ordering::SeqCst), 0);
}

/// Pages by script: what each request for a page gets, one after the other;
/// the last answer repeats. A page without a script is a server error.
struct Script {
    answers: BTreeMap<u64, Vec<Page<String>>>,
    asked: Mutex<BTreeMap<u64, usize>>,
}

type Read = Result<Vec<PagedOut<(), String>>, (u64, PagesCause<String>)>;

impl Script {
    fn new(answers: impl IntoIterator<Item = (u64, Vec<Page<String>>)>) -> Arc<Self> {
        Arc::new(Self {
            answers: answers.into_iter().collect(),
            asked: Mutex::default(),
        })
    }

    async fn read(self: Arc<Self>) -> Read {
        let options = ReadAhead {
            max_pages: 6,
            ..read_ahead(4)
        };
        let stream = pages(self, vec![()], options);
        stream
            .try_collect()
            .await
            .map_err(|error| (error.index, error.cause))
    }
}

#[async_trait]
impl PageSource for Script {
    type Span = ();
    type Row = String;
    type Error = String;

    async fn fetch(&self, (): &(), index: u64) -> Result<Page<String>, String> {
        let answers = self.answers.get(&index).ok_or("no such page")?;
        let mut asked = self.asked.lock().unwrap();
        let turn = asked.entry(index).or_default();
        let answer = answers
            .get(*turn)
            .unwrap_or(answers.last().unwrap())
            .clone();
        *turn += 1;
        Ok(answer)
    }
}

fn rows(index: u64, ids: &[&str]) -> Page<String> {
    page(index, 2, ids.iter().map(ToString::to_string).collect())
}

fn fault(result: Read) -> (u64, PageFault) {
    match result {
        Err((index, PagesCause::Fault(fault))) => (index, fault),
        other => panic!("no fault: {other:?}"),
    }
}

#[tokio::test]
async fn an_error_behind_the_last_page_is_no_error() {
    let script = Script::new([
        (0, vec![rows(0, &["a", "b"])]),
        (1, vec![rows(1, &["c", "d"])]),
        (2, vec![rows(2, &["e"])]),
    ]);
    assert_eq!(script.read().await.unwrap().len(), 3);
}

#[tokio::test]
async fn an_error_within_the_list_tells_where_to_resume() {
    let script = Script::new([(0, vec![rows(0, &["a", "b"])])]);
    let (index, cause) = script.read().await.unwrap_err();
    assert_eq!(index, 1);
    assert!(matches!(cause, PagesCause::Source(_)));
}

#[tokio::test]
async fn a_wrong_page_is_asked_for_again_and_stops_the_stream_if_it_stays() {
    let wrong = rows(0, &["x", "y"]);
    let cured = Script::new([
        (0, vec![rows(0, &["a", "b"])]),
        (1, vec![wrong.clone(), rows(1, &["c"])]),
    ]);
    assert_eq!(cured.read().await.unwrap().len(), 2);
    let stays = Script::new([(0, vec![rows(0, &["a", "b"])]), (1, vec![wrong])]);
    assert_eq!(
        fault(stays.read().await),
        (
            1,
            PageFault::WrongPage {
                asked: 1,
                echoed: 0
            }
        )
    );
}

#[tokio::test]
async fn a_server_that_ignores_the_page_number_is_found_out() {
    let mut same = rows(1, &["a", "b"]);
    same.echoed_index = None;
    let script = Script::new([(0, vec![rows(0, &["a", "b"])]), (1, vec![same])]);
    assert_eq!(
        fault(script.read().await),
        (1, PageFault::Repeated { earlier: 0 })
    );
}

#[tokio::test]
async fn a_list_that_grew_by_a_whole_page_is_read_again() {
    let (old, late) = (["a", "b"], ["x", "y"]);
    let moved = rows(1, &old);
    let again = moved.clone();
    let script = Script::new([
        (0, vec![rows(0, &old), rows(0, &late)]),
        (1, vec![moved.clone(), moved.clone(), moved, again]),
        (2, vec![rows(2, &["c"])]),
    ]);
    let out = script.read().await.unwrap();
    let marks: Vec<_> = out
        .iter()
        .map(|page| (page.pass, page.index, page.settled))
        .collect();
    assert_eq!(
        marks,
        [(0, 0, None), (1, 0, None), (1, 1, None), (1, 2, Some(true))]
    );
}

#[tokio::test]
async fn an_endless_list_reaches_the_cap() {
    let answers = (0..10).map(|index| {
        (
            index,
            vec![rows(index, &[&format!("{index}a"), &format!("{index}b")])],
        )
    });
    assert_eq!(
        fault(Script::new(answers).read().await),
        (6, PageFault::CapReached { max: 6 })
    );
}

#[tokio::test]
async fn an_empty_page_that_announces_more_is_a_fault() {
    let mut empty = rows(1, &[]);
    empty.has_more = true;
    let script = Script::new([(0, vec![rows(0, &["a", "b"])]), (1, vec![empty])]);
    assert_eq!(
        fault(script.read().await),
        (1, PageFault::MoreAnnouncedButEmpty)
    );
}

#[tokio::test]
async fn a_page_size_that_changes_is_a_fault() {
    let mut other = rows(1, &["c"]);
    other.max_rows = Some(3);
    let script = Script::new([(0, vec![rows(0, &["a", "b"])]), (1, vec![other])]);
    assert_eq!(
        fault(script.read().await),
        (1, PageFault::MaxRowsChanged { first: 2, now: 3 })
    );
}

#[tokio::test]
async fn stated_rows_that_differ_are_asked_for_again_and_told_if_they_stay() {
    let mut cut = rows(0, &["a"]);
    cut.stated_rows = Some(2);
    let cured = Script::new([(0, vec![cut.clone(), rows(0, &["a"])])])
        .read()
        .await
        .unwrap();
    assert!(cured[0].anomalies.is_empty());
    let stays = Script::new([(0, vec![cut])]).read().await.unwrap();
    assert_eq!(
        stays[0].anomalies,
        [Anomaly::RowsDiffer { stated: 2, seen: 1 }]
    );
}

#[tokio::test]
async fn a_short_page_that_others_follow_leaves_the_span_unsettled() {
    let mut short = rows(1, &["c"]);
    short.has_more = true;
    let out = Script::new([
        (0, vec![rows(0, &["a", "b"])]),
        (1, vec![short]),
        (2, vec![rows(2, &["d"])]),
    ])
    .read()
    .await
    .unwrap();
    assert_eq!(
        out[1].anomalies,
        [Anomaly::ShortPage {
            expected: 2,
            seen: 1
        }]
    );
    assert_eq!(out.last().unwrap().settled, Some(false));
    assert_eq!(
        out.last().unwrap().anomalies,
        [Anomaly::Moved { passes: 3 }]
    );
}

#[tokio::test]
async fn a_last_page_that_changes_is_followed_by_a_second_pass() {
    let out = Script::new([
        (0, vec![rows(0, &["a", "b"])]),
        (1, vec![rows(1, &["c"]), rows(1, &["c", "d"])]),
        (2, vec![rows(2, &[])]),
    ])
    .read()
    .await
    .unwrap();
    let marks: Vec<_> = out
        .iter()
        .filter(|page| page.last)
        .map(|page| (page.pass, page.index, page.settled))
        .collect();
    assert_eq!(marks, [(0, 1, Some(false)), (1, 2, Some(true))]);
}

#[tokio::test]
async fn a_last_page_that_is_another_for_once_when_asked_again_did_not_change() {
    let (before, wrong) = (rows(1, &["a", "b"]), rows(3, &["c"]));
    for odd in [before, wrong] {
        let out = Script::new([
            (0, vec![rows(0, &["a", "b"])]),
            (1, vec![rows(1, &["c"]), odd.clone(), odd, rows(1, &["c"])]),
        ])
        .read()
        .await
        .unwrap();
        let marks: Vec<_> = out.iter().map(|page| (page.pass, page.settled)).collect();
        assert_eq!(marks, [(0, None), (0, Some(true))]);
    }
}

/// A provider that takes 50 ms for every answer, by a clock that the test turns.
struct Slow(Provider);

#[async_trait]
impl PageSource for Slow {
    type Span = usize;
    type Row = String;
    type Error = String;

    async fn fetch(&self, list: &usize, index: u64) -> Result<Page<String>, String> {
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.0.fetch(list, index).await
    }
}

async fn duration(concurrency: usize, lengths: &[usize]) -> Duration {
    let source = Arc::new(Slow(Provider::new(1, lengths, 50, Growth::None, 0)));
    let start = tokio::time::Instant::now();
    let stream = pages(
        source,
        (0..lengths.len()).collect(),
        read_ahead(concurrency),
    );
    stream.try_collect::<Vec<_>>().await.unwrap();
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn sixteen_places_make_a_long_pull_fourteen_times_faster() {
    // 14 windows around 143 pages, equal and uneven; many small spans of one
    // page and of four.
    let equal = [143 * 50 - 1; 14];
    let uneven: Vec<usize> = (0..14)
        .map(|window| (110 + (window * 37) % 67) * 50 + 3)
        .collect();
    let cases = [
        (&equal[..], 150),
        (&uneven, 145),
        (&[20; 200], 150),
        (&[150; 100], 135),
    ];
    for (lengths, tenths) in cases {
        let (one, sixteen) = (duration(1, lengths).await, duration(16, lengths).await);
        assert!(
            one * 10 >= sixteen * tenths,
            "{one:?} to {sixteen:?}, not {tenths} tenths"
        );
    }
}

/// The same, but the fourth page is cut short the first time.
struct CutOnce(Slow, AtomicBool);

#[async_trait]
impl PageSource for CutOnce {
    type Span = usize;
    type Row = String;
    type Error = String;

    async fn fetch(&self, list: &usize, index: u64) -> Result<Page<String>, String> {
        let mut page = self.0.fetch(list, index).await?;
        if index == 3 && !self.1.swap(true, Ordering::SeqCst) {
            page.keys.pop();
            page.rows.pop();
            page.seen_rows -= 1;
            page.has_more = false;
        }
        Ok(page)
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_cut_short_does_not_pass_for_the_last_nor_slow_the_rest_down() {
    let provider = Provider::new(1, &[100 * 50 + 1], 50, Growth::None, 0);
    let source = Arc::new(CutOnce(Slow(provider), AtomicBool::new(false)));
    let start = tokio::time::Instant::now();
    let out: Vec<_> = pages(source, vec![0], read_ahead(16))
        .try_collect()
        .await
        .unwrap();
    assert_eq!((out.len(), out[100].settled), (101, Some(true)));
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn a_list_that_really_has_a_row_twice_is_settled_by_two_equal_readings() {
    let first = || rows(0, &["a", "b"]);
    let last = || Page {
        has_more: false,
        ..rows(1, &["b"])
    };
    let script = Script::new([
        (0, vec![first(), first()]),
        (1, vec![last(), last(), last(), last()]),
    ]);
    let out = script.read().await.unwrap();
    let settled: Vec<_> = out.iter().filter_map(|page| page.settled).collect();
    assert_eq!(settled, [false, true]);
    assert!(out.iter().all(|page| page.anomalies.is_empty()));
}

#[tokio::test]
async fn a_list_with_doubles_is_settled_only_when_every_row_was_seen_though_it_grows() {
    let (mut settled_late, mut unsettled) = (0, 0);
    for seed in 0..3_000_u64 {
        let mut dice = Dice::new(seed);
        let page_size = 1 + dice.below(4);
        let length = 2 * page_size + dice.below(12);
        let growth = [Growth::Newest, Growth::Anywhere][dice.below(2)];
        let provider = Arc::new(Provider::new(
            seed,
            &[length],
            page_size,
            growth,
            dice.below(5),
        ));
        for _ in 0..=dice.below(3) {
            let (first, second) = (dice.below(length), dice.below(length));
            provider.double(0, first, second);
        }
        let options = ReadAhead {
            max_passes: 6,
            ..read_ahead(1 + dice.below(6))
        };
        let stream = pages(Arc::clone(&provider), vec![0], options);
        let Ok(out) = stream.try_collect::<Vec<_>>().await else {
            // A page of doubles alone repeats an earlier one.
            continue;
        };
        let last = out.last().unwrap();
        let pass: BTreeSet<String> = out
            .iter()
            .filter(|page| page.pass == last.pass)
            .flat_map(|page| page.page.rows.clone())
            .collect();
        if last.settled == Some(true) {
            assert_eq!(pass, provider.rows_when_read(0, last.index), "seed {seed}");
            settled_late += usize::from(last.pass > 1);
        } else {
            unsettled += 1;
        }
    }
    assert!(settled_late > 100, "{settled_late} settled late");
    assert!(unsettled < 1_000, "{unsettled} unsettled");
}
