//! A world: what the simulated gateway has in its books.

use jiff::civil::Date;
use jiff::{Timestamp, civil};

use super::generate;
use super::records::{
    BalanceDay, CASHOUT_PREFIX, Cashout, Deposit, DepositStatus, Note, Settlement,
};

/// What a world is made from. The same configuration gives the same world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorldConfig {
    /// What everything random is drawn from.
    pub seed: u64,
    /// Deposits and cashouts together, exactly.
    pub records: usize,
    /// How many of the records are deposits, exactly; 17 in 20 where absent.
    pub deposits: Option<usize>,
    /// The first day, in UTC.
    pub from: Date,
    /// The number of days, at least one. Records spread over them evenly.
    pub days: u32,
    /// The instant at which the world is looked at; the end of the last day
    /// where absent. Earlier instants show the same lives less far on: what
    /// is decided later is still pending, what is created later is not there.
    pub as_of: Option<Timestamp>,
    /// How many deposits repeat the `externalId` of the one before, both
    /// completed; less in a world of under 20 deposits for each.
    pub duplicates: usize,
}

impl WorldConfig {
    /// A world whose deposits fill `pages` pages of 50 and leave none over,
    /// which is where a client must ask for one more page than has rows.
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
    /// 2,000 records (34 full pages of deposits, 6 of cashouts) in January
    /// 2026.
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

/// The books of the simulated TuPay, which never change once generated.
///
/// ```
/// use reconcile_sandbox::{TuPayWorld, WorldConfig};
///
/// let world = TuPayWorld::generate(&WorldConfig { records: 100, ..WorldConfig::default() });
/// assert_eq!(world.deposits().len() + world.cashouts().len(), 100);
/// for pair in world.balance_days().windows(2) {
///     let [yesterday, today] = pair else { continue };
///     assert_eq!(yesterday.total_balance() + today.net_amount(), today.total_balance());
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TuPayWorld {
    pub(super) deposits: Vec<Deposit>,
    pub(super) cashouts: Vec<Cashout>,
    pub(super) balance_days: Vec<BalanceDay>,
    pub(super) settlements: Vec<Settlement>,
    pub(super) notes: Vec<Note>,
    pub(super) as_of: Timestamp,
}

impl TuPayWorld {
    /// Makes the world that `config` describes.
    #[must_use]
    pub fn generate(config: &WorldConfig) -> Self {
        generate::world(config)
    }

    /// The deposits, oldest first, their ids ascending.
    #[must_use]
    pub fn deposits(&self) -> &[Deposit] {
        &self.deposits
    }

    /// The cashouts, oldest first, their ids ascending.
    #[must_use]
    pub fn cashouts(&self) -> &[Cashout] {
        &self.cashouts
    }

    /// The balance report, a line for each day that has begun.
    #[must_use]
    pub fn balance_days(&self) -> &[BalanceDay] {
        &self.balance_days
    }

    /// The settlements, oldest first.
    #[must_use]
    pub fn settlements(&self) -> &[Settlement] {
        &self.settlements
    }

    /// The credit and debit notes, oldest first.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The instant at which the world is looked at.
    #[must_use]
    pub fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// The deposits with the `externalId` of another, each with that other
    /// one, which is older; both are completed.
    pub fn duplicates(&self) -> impl Iterator<Item = (&Deposit, &Deposit)> {
        self.deposits.windows(2).filter_map(|pair| match pair {
            [original, repeated]
                if original.serial == repeated.serial
                    && original.status == DepositStatus::Completed
                    && repeated.status == DepositStatus::Completed =>
            {
                Some((original, repeated))
            }
            _ => None,
        })
    }

    pub(super) fn deposit(&self, id: u64) -> Option<&Deposit> {
        let index = self.deposits.binary_search_by_key(&id, Deposit::id).ok()?;
        self.deposits.get(index)
    }

    pub(super) fn cashout(&self, id: u64) -> Option<&Cashout> {
        let index = self.cashouts.binary_search_by_key(&id, Cashout::id).ok()?;
        self.cashouts.get(index)
    }

    pub(super) fn cashout_by_reference(&self, reference: &str) -> Option<&Cashout> {
        let serial: u32 = reference.strip_prefix(CASHOUT_PREFIX)?.parse().ok()?;
        let index = self
            .cashouts
            .binary_search_by_key(&serial, |it| it.serial)
            .ok()?;
        self.cashouts.get(index)
    }
}
