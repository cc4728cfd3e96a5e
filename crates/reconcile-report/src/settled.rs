//! Matches that stand in neither book of a run, since they were settled before it.

use std::{cmp::Ordering, fmt, io};

use reconcile_engine::SettledPair;

/// The pairs of a run that were settled apart from its books.
///
/// [`Matches::apart`](reconcile_engine::Matches::apart) says how many there are.
pub trait SettledPairs: fmt::Debug {
    /// Goes to the first pair in the order of the matches.
    fn first(&self) -> io::Result<Box<dyn PairCursor + '_>>;
}

/// A place among the pairs that were settled apart.
pub trait PairCursor {
    /// The pair at this place; `None` behind the last one.
    fn pair(&self) -> Option<SettledPair<'_>>;

    /// How many pairs from this place on are known to go before another one, or with
    /// it: none where this one goes behind it, or there is none.
    ///
    /// Where all pairs are at hand, this need not look at each.
    fn before(&self, other: &SettledPair<'_>) -> usize {
        let pair = self.pair();
        usize::from(pair.is_some_and(|pair| pair.compare(other) != Ordering::Greater))
    }

    /// Goes to the next pair.
    fn advance(&mut self) -> io::Result<()>;
}
