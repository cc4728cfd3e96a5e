//! What all gateways have in their books, made from one seed.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, civil};

use crate::paywall::PaywallWorld;
use crate::streampay::StreamPayWorld;
use crate::tupay::TuPayWorld;

/// What the worlds are made from. The same configuration gives the same
/// worlds; each gateway draws numbers of its own from the seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorldConfig {
    /// What everything random is drawn from.
    pub seed: u64,
    /// How many records each gateway has, exactly: TuPay's deposits and
    /// cashouts together, Paywall's transactions and what was refunded or
    /// cancelled of them, StreamPay's receipts.
    pub records: usize,
    /// How many of TuPay's records are deposits, exactly; 17 in 20 where
    /// absent.
    pub deposits: Option<usize>,
    /// The first day: in UTC at TuPay, in Istanbul at Paywall, in Riyadh at
    /// StreamPay.
    pub from: Date,
    /// The number of days, at least one. Records spread over them evenly.
    pub days: u32,
    /// The instant at which the worlds are looked at; the end of the last day
    /// where absent. Earlier instants show the same lives less far on: what
    /// is decided later is still pending, what is created later is not there.
    pub as_of: Option<Timestamp>,
    /// How many payments repeat the merchant's reference of the one before,
    /// both completed; less in a world of under 20 payments for each.
    pub duplicates: usize,
}

impl WorldConfig {
    /// A world whose TuPay deposits fill `pages` pages of 50 and leave none
    /// over, which is where a client must ask for one more page than has rows.
    #[must_use]
    pub fn full_pages(pages: usize) -> Self {
        Self {
            records: pages * 50,
            deposits: Some(pages * 50),
            ..Self::default()
        }
    }
}

impl Default for WorldConfig {
    /// 2,000 records a gateway (34 full pages of deposits, 6 of cashouts) in
    /// January 2026.
    fn default() -> Self {
        Self {
            seed: 1,
            records: 2_000,
            deposits: None,
            from: civil::date(2026, 1, 1),
            days: 31,
            as_of: None,
            duplicates: 3,
        }
    }
}

/// The books of every gateway, which sandboxes can share.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Worlds {
    /// TuPay's.
    pub tupay: Arc<TuPayWorld>,
    /// Paywall's.
    pub paywall: Arc<PaywallWorld>,
    /// StreamPay's.
    pub streampay: Arc<StreamPayWorld>,
}

impl Worlds {
    /// Makes the worlds that `config` describes.
    #[must_use]
    pub fn generate(config: &WorldConfig) -> Self {
        Self {
            tupay: Arc::new(TuPayWorld::generate(config)),
            paywall: Arc::new(PaywallWorld::generate(config)),
            streampay: Arc::new(StreamPayWorld::generate(config)),
        }
    }
}
