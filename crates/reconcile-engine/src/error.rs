//! What can go wrong in the engine.

use reconcile_core::Currency;
use rust_decimal::Decimal;

use crate::RulesError;

/// An input that the engine cannot work with.
///
/// It is pure: it fails on nothing but its input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// A row whose amount is negative: the direction carries the sign.
    #[error("row `{id}`: the amount {amount} is negative; the direction carries the sign")]
    NegativeAmount {
        /// The id of the row.
        id: String,
        /// Its amount.
        amount: Decimal,
    },
    /// A book holds at most `u32::MAX` rows and as many bytes of text.
    #[error("row `{id}` does not fit: a book holds at most 4 GiB of text and 2³² rows")]
    BookFull {
        /// The id of the row.
        id: String,
    },
    /// A sum or difference with more digits than an exact decimal has.
    #[error("the amounts in {0} do not add up exactly: too many digits")]
    Inexact(Currency),
    /// Rules that make no sense.
    #[error(transparent)]
    Rules(RulesError),
    /// A word that is no break code.
    #[error("`{0}` is not a break code")]
    UnknownCode(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_cross_threads() {
        fn check<T: Send + Sync + std::error::Error + 'static>() {}
        check::<EngineError>();
    }
}
