//! One span being read: which page to ask next, and what to make of the answers.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use sha2::{Digest as _, Sha256};
use tokio::task::{AbortHandle, Id};

use super::{Anomaly, Page, PageFault, PageResult, PageSource, PagedOut, PagesCause, PagesError};

type Answer<P> = Result<Page<<P as PageSource>::Row>, <P as PageSource>::Error>;

/// The state of one span. It asks nothing itself; the reader does.
///
/// Answers are looked at in the order of the pages, as soon as they are there,
/// so that a span is asked again where it must be before its turn to be emitted.
pub(super) struct Reading<P: PageSource> {
    span: P::Span,
    max_pages: u64,
    max_passes: u32,
    pass: u32,
    /// How many pages the pass before this one had.
    length_before: u64,
    /// What the pages of the pass before this one were.
    before: Vec<u128>,
    /// Pages of this pass that were looked at, in order.
    accepted: u64,
    /// Pages of this pass that were asked for; all below are.
    asked: u64,
    /// Whether the page before `asked` said that none follows.
    end_known: bool,
    under_way: BTreeMap<u64, AbortHandle>,
    answered: BTreeMap<u64, Answer<P>>,
    stage: Stage<P::Row>,
    seen: Seen,
    /// What was looked at and is to be emitted.
    ready: VecDeque<PageResult<P>>,
}

/// What the reading waits for.
enum Stage<R> {
    /// The next page.
    Next,
    /// The next page once more, because its answers so far were odd.
    Again { asked: u32 },
    /// The last page once more; here is its first answer, and how often it was
    /// asked for since then with odd answers.
    Confirm {
        first: Page<R>,
        anomalies: Vec<Anomaly>,
        asked: u32,
    },
    /// Nothing: all is emitted.
    Done,
}

/// A page that cannot be right ends the pull, so it is asked for as often as a
/// request that fails.
const MOST_ASKED_FOR_A_FAULT: u32 = 4;

/// What is odd about a page but does not end the pull may be the provider's way.
const MOST_ASKED_FOR_AN_ANOMALY: u32 = 2;

impl<P: PageSource> Reading<P> {
    pub(super) fn new(span: P::Span, max_pages: u64, max_passes: u32) -> Self {
        Self {
            span,
            max_pages,
            max_passes,
            pass: 0,
            length_before: 0,
            before: Vec::new(),
            accepted: 0,
            asked: 0,
            end_known: false,
            under_way: BTreeMap::new(),
            answered: BTreeMap::new(),
            stage: Stage::Next,
            seen: Seen::default(),
            ready: VecDeque::new(),
        }
    }

    pub(super) fn span(&self) -> &P::Span {
        &self.span
    }

    /// How many pages this pass had.
    pub(super) fn length(&self) -> u64 {
        self.accepted
    }

    /// The next emission, which may be an error.
    pub(super) fn emission(&mut self) -> Option<PageResult<P>> {
        self.ready.pop_front()
    }

    /// Whether nothing is left to ask or emit.
    pub(super) fn is_finished(&self) -> bool {
        self.ready.is_empty() && matches!(self.stage, Stage::Done)
    }

    /// How many pages are under way or held.
    pub(super) fn load(&self) -> usize {
        let held = usize::from(matches!(self.stage, Stage::Confirm { .. }));
        self.under_way.len() + self.answered.len() + held + self.ready.len()
    }

    /// How many pages to keep room for, if the span may use so many.
    pub(super) fn reserve(&self, most: usize) -> usize {
        if self.end_known {
            self.load()
        } else {
            most.max(self.load())
        }
    }

    /// The page that nothing can be emitted without, if it is not under way.
    pub(super) fn needs(&self) -> Option<u64> {
        let index = self.waits_for()?;
        let open = !self.under_way.contains_key(&index) && !self.answered.contains_key(&index);
        (open && index < self.max_pages).then_some(index)
    }

    /// The page to ask next, needed or ahead of need, if the span is about as
    /// long as `expected`.
    pub(super) fn wants(&self, expected: u64) -> Option<u64> {
        self.needs()
            .or_else(|| self.may_ask_ahead(expected).then_some(self.asked))
    }

    pub(super) fn asked(&mut self, index: u64, request: AbortHandle) {
        self.asked = self.asked.max(index + 1);
        self.under_way.insert(index, request);
    }

    /// Takes an answer, unless its request was given up.
    pub(super) fn answer(&mut self, request: Id, index: u64, answer: Answer<P>) {
        if self
            .under_way
            .get(&index)
            .is_none_or(|known| known.id() != request)
        {
            return;
        }
        self.under_way.remove(&index);
        if answer.as_ref().is_ok_and(|page| !page.has_more) {
            self.end_after(index);
        }
        self.answered.insert(index, answer);
        while let Some(index) = self.waits_for() {
            if index >= self.max_pages {
                self.fail(
                    index,
                    PagesCause::Fault(PageFault::CapReached {
                        max: self.max_pages,
                    }),
                );
                return;
            }
            match self.answered.remove(&index) {
                Some(Ok(page)) => self.look_at(index, page),
                Some(Err(error)) => self.fail(index, PagesCause::Source(error)),
                None => return,
            }
        }
    }

    fn look_at(&mut self, index: u64, page: Page<P::Row>) {
        match std::mem::replace(&mut self.stage, Stage::Next) {
            Stage::Next => self.examine(index, page, 1),
            Stage::Again { asked } => self.examine(index, page, asked + 1),
            Stage::Confirm {
                first,
                anomalies,
                asked,
            } => self.confirm(index, first, anomalies, &page, asked + 1),
            Stage::Done => self.stage = Stage::Done,
        }
    }

    fn waits_for(&self) -> Option<u64> {
        match self.stage {
            Stage::Next | Stage::Again { .. } => Some(self.accepted),
            Stage::Confirm { .. } => self.accepted.checked_sub(1),
            Stage::Done => None,
        }
    }

    fn may_ask_ahead(&self, expected: u64) -> bool {
        let reading = matches!(self.stage, Stage::Next);
        let one_at_a_time = self.pass > 0 && !self.may_read_again();
        if !reading || one_at_a_time || self.end_known || self.asked >= self.max_pages {
            return false;
        }
        if self.answered.values().any(Result::is_err) {
            return false;
        }
        let under_way = count(self.under_way.len());
        // Every page answered so far says that more follow.
        let answered = self.asked - under_way;
        let as_expected = self.asked < expected.max(self.length_before);
        answered > 0 && (as_expected || under_way < answered)
    }

    fn end_after(&mut self, index: u64) {
        self.give_up_from(index + 1);
        self.asked = index + 1;
        self.end_known = true;
    }

    /// Gives up whatever was asked for from this page on.
    fn give_up_from(&mut self, index: u64) {
        for (_, request) in self.under_way.split_off(&index) {
            request.abort();
        }
        self.answered.split_off(&index);
    }

    fn examine(&mut self, index: u64, page: Page<P::Row>, asked: u32) {
        let fault = self.seen.fault(index, &page);
        let anomalies = self.seen.anomalies(&page);
        if asked < most_asked(fault, &anomalies) {
            self.stage = Stage::Again { asked };
            // A body cut short looks like a last page.
            self.end_known &= self.asked > index + 1;
            return;
        }
        match fault {
            // So does a list look that grew by a whole page in front of it.
            Some(PageFault::Repeated { .. }) if self.may_read_again() => return self.read_again(),
            Some(fault) => return self.fail(index, PagesCause::Fault(fault)),
            None => {}
        }
        self.seen.remember(index, &page);
        self.accepted = index + 1;
        if page.has_more {
            self.emit(index, page, None, anomalies);
        } else if index == 0 {
            self.stage = Stage::Done;
            self.emit(index, page, Some(true), anomalies);
        } else {
            self.stage = Stage::Confirm {
                first: page,
                anomalies,
                asked: 0,
            };
        }
    }

    /// Holds a later answer of the last page of a pass against its first one.
    fn confirm(
        &mut self,
        index: u64,
        first: Page<P::Row>,
        anomalies: Vec<Anomaly>,
        again: &Page<P::Row>,
        asked: u32,
    ) {
        let same = !again.has_more
            && again.seen_rows == first.seen_rows
            && fingerprint(again) == fingerprint(&first);
        // That it is the page that it was is nothing odd.
        let fault = self.seen.fault(index, again);
        let fault = fault.filter(|fault| *fault != PageFault::Repeated { earlier: index });
        if !same && asked < most_asked(fault, &self.seen.anomalies(again)) {
            self.stage = Stage::Confirm {
                first,
                anomalies,
                asked,
            };
            return;
        }
        self.conclude(index, first, anomalies, same);
    }

    /// Closes a pass of several pages, whose last page stayed the `same` or not.
    fn conclude(
        &mut self,
        index: u64,
        page: Page<P::Row>,
        mut anomalies: Vec<Anomaly>,
        same: bool,
    ) {
        // A list that really has a row twice never counts up; that two readings,
        // one after the other, are the same shows as well that it stood still.
        let unmoved = self.pass > 0 && self.before == self.seen.order;
        let settled = same && !self.seen.uneven && (!self.seen.repeated_key || unmoved);
        let again = !settled && self.may_read_again();
        if !settled && !again {
            anomalies.push(Anomaly::Moved {
                passes: self.pass + 1,
            });
        }
        self.emit(index, page, Some(settled), anomalies);
        if again {
            self.read_again();
        } else {
            self.stage = Stage::Done;
        }
    }

    fn may_read_again(&self) -> bool {
        self.pass + 1 < self.max_passes
    }

    fn read_again(&mut self) {
        self.give_up_from(0);
        self.length_before = self.accepted;
        self.pass += 1;
        (self.accepted, self.asked, self.end_known) = (0, 0, false);
        self.before = std::mem::take(&mut self.seen).order;
    }

    fn emit(
        &mut self,
        index: u64,
        page: Page<P::Row>,
        settled: Option<bool>,
        anomalies: Vec<Anomaly>,
    ) {
        self.ready.push_back(Ok(PagedOut {
            span: self.span.clone(),
            pass: self.pass,
            index,
            last: settled.is_some(),
            settled,
            page,
            anomalies,
        }));
    }

    fn fail(&mut self, index: u64, cause: PagesCause<P::Error>) {
        self.stage = Stage::Done;
        self.ready.push_back(Err(PagesError {
            span: self.span.clone(),
            index,
            cause,
        }));
    }
}

/// What one pass has shown so far. Keys are kept as 128 bits, which no two of
/// them share in practice, so that a long span costs little memory.
#[derive(Default)]
struct Seen {
    keys: HashSet<u128>,
    pages: HashMap<u128, u64>,
    /// The fingerprints of the pages in order.
    order: Vec<u128>,
    max_rows: Option<u64>,
    size: Option<u64>,
    repeated_key: bool,
    uneven: bool,
}

impl Seen {
    fn fault<R>(&self, index: u64, page: &Page<R>) -> Option<PageFault> {
        if let Some(echoed) = page.echoed_index.filter(|echoed| *echoed != index) {
            return Some(PageFault::WrongPage {
                asked: index,
                echoed,
            });
        }
        if let (Some(first), Some(now)) = (self.max_rows, page.max_rows)
            && first != now
        {
            return Some(PageFault::MaxRowsChanged { first, now });
        }
        if page.seen_rows == 0 {
            return page.has_more.then_some(PageFault::MoreAnnouncedButEmpty);
        }
        self.pages
            .get(&fingerprint(page))
            .map(|earlier| PageFault::Repeated { earlier: *earlier })
    }

    fn anomalies<R>(&self, page: &Page<R>) -> Vec<Anomaly> {
        let seen = page.seen_rows;
        let differ = page.stated_rows.filter(|stated| *stated != seen);
        let short = self.size.filter(|size| page.has_more && seen != *size);
        differ
            .map(|stated| Anomaly::RowsDiffer { stated, seen })
            .into_iter()
            .chain(short.map(|expected| Anomaly::ShortPage { expected, seen }))
            .collect()
    }

    fn remember<R>(&mut self, index: u64, page: &Page<R>) {
        self.max_rows = self.max_rows.or(page.max_rows);
        let size = *self.size.get_or_insert(page.seen_rows);
        // A last page longer than the others would spoil the count as well.
        self.uneven |= if page.has_more {
            page.seen_rows != size
        } else {
            page.seen_rows > size
        };
        for key in &page.keys {
            self.repeated_key |= !self.keys.insert(hash([key.as_bytes()]));
        }
        let fingerprint = fingerprint(page);
        self.order.push(fingerprint);
        if page.seen_rows > 0 {
            self.pages.insert(fingerprint, index);
        }
    }
}

/// How often a page is asked for at most, with one answer of which this is wrong.
fn most_asked(fault: Option<PageFault>, anomalies: &[Anomaly]) -> u32 {
    match (fault, anomalies) {
        (Some(_), _) => MOST_ASKED_FOR_A_FAULT,
        (None, []) => 1,
        (None, _) => MOST_ASKED_FOR_AN_ANOMALY,
    }
}

/// What makes a page the same page: its keys in order, or its bytes if it has no keys.
fn fingerprint<R>(page: &Page<R>) -> u128 {
    if page.keys.is_empty() {
        return if page.seen_rows == 0 {
            0
        } else {
            hash([page.digest.as_slice()])
        };
    }
    hash(page.keys.iter().map(String::as_bytes))
}

fn hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u128 {
    let mut hasher = Sha256::new();
    for part in parts {
        // The length keeps `["ab"]` and `["a", "b"]` apart.
        hasher.update(count(part.len()).to_le_bytes());
        hasher.update(part);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    digest
        .iter()
        .take(16)
        .fold(0, |hash, byte| (hash << 8) | u128::from(*byte))
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
