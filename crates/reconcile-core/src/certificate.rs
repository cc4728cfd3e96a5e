//! The certificate: the evidence that a pull is complete.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Currency, Kind, PageEvidence, Status, Sum, Window};

/// The evidence of a pull: what was asked, what was seen, and what follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The provider's short name.
    pub provider: String,
    /// What was asked.
    pub query: CertifiedQuery,
    /// When the pull was made, or as of when it was asked for.
    pub instant: Timestamp,
    /// Whether the pull is complete.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Distinct ids that were delivered.
    pub distinct: u64,
    /// Rows that were dropped because their id had been seen before.
    pub duplicates: u64,
    /// How many of these differed from what had been seen: they changed while
    /// the list was read.
    pub changed_while_paging: u64,
    /// Rows that could not be read and were set aside.
    pub set_aside: u64,
    /// What was delivered, by kind, status and currency.
    pub totals: Vec<Total>,
    /// Every page, in the order of delivery.
    pub pages: Vec<PageEvidence>,
}

/// The query of a certified pull.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertifiedQuery {
    /// The window as it was asked for.
    pub asked: Window,
    /// The window that was read: what was asked, up to the settle lag before now.
    pub read: Window,
    /// The kinds.
    pub kinds: BTreeSet<Kind>,
}

/// Whether a pull is complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// Every record in the window was delivered.
    Complete,
    /// Every record that was created before this instant was delivered; the
    /// rest of the window is too young to tell.
    CompleteAsOf {
        /// The end of what is certain.
        as_of: Timestamp,
    },
    /// It could not be shown, for these reasons.
    Unproven {
        /// The reasons.
        reasons: Vec<String>,
    },
}

impl Verdict {
    /// Whether a record that is not there can be said to be missing.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        !matches!(self, Self::Unproven { .. })
    }
}

/// What was delivered of one kind, status and currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// The kind.
    pub kind: Kind,
    /// The status.
    pub status: Status,
    /// The currency of the amounts.
    pub currency: Currency,
    /// How many records.
    pub count: u64,
    /// The sum of their amounts in major units.
    pub amount: Sum,
}

/// Judges the pages of a pull over `window`: reasons why they do not show that
/// every list was read whole; none when they do.
pub(crate) fn doubts(window: Window, pages: &[PageEvidence]) -> Vec<String> {
    let mut lists: BTreeMap<&str, BTreeMap<Window, Vec<&PageEvidence>>> = BTreeMap::new();
    for page in pages {
        lists
            .entry(&page.list)
            .or_default()
            .entry(page.window)
            .or_default()
            .push(page);
    }
    if lists.is_empty() && !window.is_empty() {
        return vec!["no page was read".to_owned()];
    }
    let mut doubts = Vec::new();
    for (list, parts) in lists {
        doubts.extend(untiled(list, window, parts.keys().copied()));
        for (part, pages) in parts {
            doubts.extend(unread(list, part, &pages));
        }
    }
    doubts
}

/// Whether the parts touch, do not overlap and make up the window.
fn untiled(list: &str, window: Window, parts: impl Iterator<Item = Window>) -> Vec<String> {
    let mut doubts = Vec::new();
    let mut reached = window.from();
    for part in parts.filter(|part| !part.is_empty()) {
        if part.from() > reached {
            doubts.push(format!(
                "{list}: {reached} to {} was not asked",
                part.from()
            ));
        } else if part.from() < reached {
            doubts.push(format!(
                "{list}: {} to {reached} was asked twice",
                part.from()
            ));
        }
        reached = reached.max(part.to());
    }
    if reached < window.to() {
        doubts.push(format!(
            "{list}: {reached} to {} was not asked",
            window.to()
        ));
    }
    doubts
}

/// Whether the last reading of one list and part has every page from the first
/// to the last, and no doubt about any of them.
fn unread(list: &str, part: Window, pages: &[&PageEvidence]) -> Vec<String> {
    let last_pass = pages.iter().map(|page| page.pass).max().unwrap_or_default();
    let reading: Vec<_> = pages.iter().filter(|page| page.pass == last_pass).collect();
    let mut doubts = Vec::new();
    for (expected, page) in (0..).zip(&reading) {
        if page.index != expected {
            doubts.push(format!("{list}, {part}: page {expected} was not read"));
            break;
        }
    }
    if !reading.last().is_some_and(|page| page.last) {
        doubts.push(format!(
            "{list}, {part}: the end of the list was not reached"
        ));
    }
    doubts.extend(reading.iter().flat_map(|page| {
        let doubts = uncounted(page).into_iter().chain(page.doubts.clone());
        doubts.map(|doubt| format!("{list}, {part}, page {}: {doubt}", page.index))
    }));
    doubts
}

/// A page with another number of rows than stated looks as one cut short does.
fn uncounted(page: &PageEvidence) -> Option<String> {
    let (stated, seen) = (page.rows_stated?, page.rows_seen);
    (stated != seen).then(|| format!("the provider states {stated} rows and sent {seen}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: i64, to: i64) -> Window {
        let at = |second| Timestamp::from_second(second).unwrap();
        Window::new(at(from), at(to)).unwrap()
    }

    fn page(window: Window, pass: u32, index: u64, last: bool) -> PageEvidence {
        PageEvidence {
            pass,
            last,
            ..PageEvidence::new("payments", window, index, b"")
        }
    }

    #[test]
    fn pages_that_tile_the_window_leave_no_doubt() {
        let pages = [
            page(window(0, 5), 0, 0, false),
            page(window(0, 5), 0, 1, true),
            page(window(5, 9), 0, 0, true),
        ];
        assert_eq!(doubts(window(0, 9), &pages), Vec::<String>::new());
    }

    #[test]
    fn a_hole_an_overlap_and_a_missing_end_are_named() {
        let hole = [
            page(window(0, 5), 0, 0, true),
            page(window(6, 9), 0, 0, true),
        ];
        let overlap = [
            page(window(0, 5), 0, 0, true),
            page(window(4, 9), 0, 0, true),
        ];
        let short = [page(window(0, 5), 0, 0, true)];
        for pages in [&hole[..], &overlap[..], &short[..]] {
            assert_eq!(doubts(window(0, 9), pages).len(), 1, "{pages:?}");
        }
    }

    #[test]
    fn a_page_that_was_skipped_or_an_end_not_reached_is_named() {
        let skipped = [
            page(window(0, 9), 0, 0, false),
            page(window(0, 9), 0, 2, true),
        ];
        let endless = [page(window(0, 9), 0, 0, false)];
        for pages in [&skipped[..], &endless[..]] {
            assert_eq!(doubts(window(0, 9), pages).len(), 1, "{pages:?}");
        }
    }

    #[test]
    fn only_the_last_reading_counts() {
        let mut first = page(window(0, 9), 0, 0, true);
        first.doubts.push("the list moved".into());
        let pages = [first, page(window(0, 9), 1, 0, true)];
        assert_eq!(doubts(window(0, 9), &pages), Vec::<String>::new());
        assert_eq!(doubts(window(0, 9), &pages[..1]).len(), 1);
    }

    #[test]
    fn a_pull_without_pages_proves_nothing() {
        assert_eq!(doubts(window(0, 9), &[]).len(), 1);
        assert!(doubts(window(0, 0), &[]).is_empty());
    }

    #[test]
    fn the_verdict_is_one_word_in_json() {
        let json = serde_json::to_string(&Verdict::Complete).unwrap();
        assert_eq!(json, r#"{"verdict":"complete"}"#);
    }
}
