//! The reader: shares the places between the spans and emits in order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::vec;

use tokio::task::{Id, JoinError, JoinSet};

use super::reading::Reading;
use super::{Page, PageResult, PageSource, ReadAhead};

/// All spans being read; the first of `open` is the one emitted from.
pub(super) struct Reader<P: PageSource> {
    source: Arc<P>,
    options: ReadAhead,
    waiting: vec::IntoIter<P::Span>,
    open: VecDeque<Reading<P>>,
    /// How many spans are finished, which numbers the first of `open`.
    finished: u64,
    /// The pages of the span finished last.
    last_length: u64,
    requests: JoinSet<Answered<P>>,
}

struct Answered<P: PageSource> {
    span: u64,
    index: u64,
    answer: Result<Page<P::Row>, P::Error>,
}

impl<P: PageSource> Reader<P> {
    pub(super) fn new(source: Arc<P>, spans: Vec<P::Span>, options: ReadAhead) -> Self {
        Self {
            source,
            options,
            waiting: spans.into_iter(),
            open: VecDeque::new(),
            finished: 0,
            last_length: 0,
            requests: JoinSet::new(),
        }
    }

    pub(super) async fn next(&mut self) -> Option<PageResult<P>> {
        loop {
            if let Some(first) = self.open.front_mut() {
                match first.emission() {
                    Some(Ok(page)) => return Some(Ok(page)),
                    Some(Err(error)) => {
                        self.stop();
                        return Some(Err(error));
                    }
                    None if first.is_finished() => {
                        self.finish_first();
                        continue;
                    }
                    None => {}
                }
            }
            self.fill_places();
            let joined = self.requests.join_next_with_id().await?;
            self.take(joined);
        }
    }

    fn finish_first(&mut self) {
        if let Some(first) = self.open.pop_front() {
            self.last_length = first.length();
            self.finished += 1;
        }
    }

    fn stop(&mut self) {
        self.requests.abort_all();
        self.waiting = Vec::new().into_iter();
        self.open.clear();
    }

    fn take(&mut self, joined: Result<(Id, Answered<P>), JoinError>) {
        match joined {
            Ok((
                request,
                Answered {
                    span,
                    index,
                    answer,
                },
            )) => {
                let place = span
                    .checked_sub(self.finished)
                    .and_then(|at| usize::try_from(at).ok());
                if let Some(reading) = place.and_then(|at| self.open.get_mut(at)) {
                    reading.answer(request, index, answer);
                }
            }
            // A panic of the source belongs to whoever reads from it.
            Err(error) => {
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }

    /// Asks as long as a place is free and somebody has use for it.
    fn fill_places(&mut self) {
        while self.requests.len() < self.options.concurrency.get() {
            let Some((place, index)) = self.choose() else {
                return;
            };
            let span = self
                .finished
                .saturating_add(u64::try_from(place).unwrap_or(u64::MAX));
            if let Some(reading) = self.open.get_mut(place) {
                let (source, asked) = (Arc::clone(&self.source), reading.span().clone());
                let request = self.requests.spawn(async move {
                    let answer = source.fetch(&asked, index).await;
                    Answered {
                        span,
                        index,
                        answer,
                    }
                });
                reading.asked(index, request);
            }
        }
    }

    /// The next page to ask for, by its span's place in `open`.
    ///
    /// What the first span waits for always may be asked. Beyond that, it may
    /// hold 2N pages, so that one slow answer does not leave places empty. Pages
    /// of later spans are held until the first is finished; with what is kept
    /// for the first they may be 4N. Of these the second keeps N, for while the
    /// first ends: that takes two round trips with little to do. A span whose
    /// end is known keeps no more than it has, so small ones leave room for many.
    fn choose(&mut self) -> Option<(usize, u64)> {
        let concurrency = self.options.concurrency.get();
        let Some(first) = self.open.front() else {
            return self.open_next().then_some((0, 0));
        };
        if let Some(index) = first.needs() {
            return Some((0, index));
        }
        if first.load() < 2 * concurrency
            && let Some(index) = first.wants(self.last_length)
        {
            return Some((0, index));
        }
        let expected = self.last_length.max(first.length());
        let room = (4 * concurrency).saturating_sub(first.reserve(2 * concurrency));
        let behind: usize = self.open.iter().skip(2).map(Reading::load).sum();
        let mut kept = 0;
        if let Some(second) = self.open.get(1) {
            if second.load() + behind < room
                && let Some(index) = second.wants(expected)
            {
                return Some((1, index));
            }
            kept = second.reserve(concurrency);
        }
        if kept + behind >= room {
            return None;
        }
        let mut others = self.open.iter().enumerate().skip(2);
        others
            .find_map(|(place, reading)| Some((place, reading.wants(expected)?)))
            .or_else(|| self.open_next().then(|| (self.open.len() - 1, 0)))
    }

    fn open_next(&mut self) -> bool {
        let Some(span) = self.waiting.next() else {
            return false;
        };
        let ReadAhead {
            max_pages,
            max_passes,
            ..
        } = self.options;
        self.open
            .push_back(Reading::new(span, max_pages, max_passes));
        true
    }
}
