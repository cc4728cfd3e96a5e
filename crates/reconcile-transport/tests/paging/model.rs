//! A provider in memory: lists that grow while they are read, and answers that
//! come in any order, all decided by a seed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use reconcile_transport::{Page, PageSource, digest};

/// Where new rows appear in a list.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Growth {
    None,
    Newest,
    Oldest,
    Anywhere,
}

/// A small generator of random numbers.
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

#[derive(Debug)]
struct List {
    rows: Vec<String>,
    to_come: usize,
    /// The list as it was when a page was last read.
    when_read: BTreeMap<u64, BTreeSet<String>>,
}

#[derive(Debug)]
pub(crate) struct Provider {
    page_size: usize,
    growth: Growth,
    lists: Mutex<Vec<List>>,
    dice: Mutex<Dice>,
    pub(crate) under_way: AtomicUsize,
    pub(crate) most_under_way: AtomicUsize,
    pub(crate) requests: AtomicUsize,
}

impl Provider {
    /// Lists of these lengths, to each of which `to_come` rows are added while
    /// it is read.
    pub(crate) fn new(
        seed: u64,
        lengths: &[usize],
        page_size: usize,
        growth: Growth,
        to_come: usize,
    ) -> Self {
        let lists = lengths
            .iter()
            .enumerate()
            .map(|(list, length)| List {
                rows: (0..*length).map(|row| format!("{list}-{row}")).collect(),
                to_come: if matches!(growth, Growth::None) {
                    0
                } else {
                    to_come
                },
                when_read: BTreeMap::new(),
            })
            .collect();
        Self {
            page_size,
            growth,
            lists: Mutex::new(lists),
            dice: Mutex::new(Dice::new(seed)),
            under_way: AtomicUsize::new(0),
            most_under_way: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
        }
    }

    pub(crate) fn rows(&self, list: usize) -> BTreeSet<String> {
        self.lists.lock().unwrap()[list]
            .rows
            .iter()
            .cloned()
            .collect()
    }

    /// Gives the list a row twice, at two places.
    pub(crate) fn double(&self, list: usize, first: usize, second: usize) {
        let rows = &mut self.lists.lock().unwrap()[list].rows;
        let twin = rows[first].clone();
        rows[second] = twin;
    }

    /// The list as it was when this page of it was read last.
    pub(crate) fn rows_when_read(&self, list: usize, index: u64) -> BTreeSet<String> {
        self.lists.lock().unwrap()[list].when_read[&index].clone()
    }

    async fn dawdle(&self) {
        let yields = self.dice.lock().unwrap().below(8);
        for _ in 0..yields {
            tokio::task::yield_now().await;
        }
    }

    fn grow(&self, list: &mut List) {
        let mut dice = self.dice.lock().unwrap();
        if list.to_come == 0 || dice.below(4) != 0 {
            return;
        }
        let burst = 1 + dice.below(list.to_come.min(self.page_size + 2));
        for _ in 0..burst {
            let place = match self.growth {
                Growth::Newest | Growth::None => 0,
                Growth::Oldest => list.rows.len(),
                Growth::Anywhere => dice.below(list.rows.len() + 1),
            };
            list.rows.insert(place, format!("late-{}", list.rows.len()));
        }
        list.to_come -= burst;
    }

    fn read(&self, list: usize, index: u64) -> Page<String> {
        let mut lists = self.lists.lock().unwrap();
        let list = &mut lists[list];
        self.grow(list);
        if !matches!(self.growth, Growth::None) {
            list.when_read
                .insert(index, list.rows.iter().cloned().collect());
        }
        let start = usize::try_from(index).unwrap() * self.page_size;
        let rows: Vec<_> = list
            .rows
            .iter()
            .skip(start)
            .take(self.page_size)
            .cloned()
            .collect();
        page(index, self.page_size, rows)
    }
}

/// A consistent page in the manner of TuPay: more follow when it is full.
pub(crate) fn page(index: u64, page_size: usize, rows: Vec<String>) -> Page<String> {
    let seen = u64::try_from(rows.len()).unwrap();
    Page {
        keys: rows.clone(),
        digest: digest(format!("{index} {rows:?}").as_bytes()),
        echoed_index: Some(index),
        stated_rows: Some(seen),
        seen_rows: seen,
        max_rows: Some(u64::try_from(page_size).unwrap()),
        has_more: rows.len() == page_size,
        rows,
    }
}

/// Counts a request as under way for as long as it lives.
struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl PageSource for Provider {
    type Span = usize;
    type Row = String;
    type Error = String;

    async fn fetch(&self, list: &usize, index: u64) -> Result<Page<String>, String> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        let _guard = UnderWay(&self.under_way);
        self.most_under_way.fetch_max(now, Ordering::SeqCst);
        self.dawdle().await;
        let page = self.read(*list, index);
        self.dawdle().await;
        Ok(page)
    }
}
