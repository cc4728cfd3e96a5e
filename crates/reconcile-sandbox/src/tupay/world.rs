//! A world: what the simulated gateway has in its books.

use jiff::Timestamp;

use super::generate;
use super::records::{
    BalanceDay, CASHOUT_PREFIX, Cashout, Deposit, DepositStatus, Note, Settlement,
};
use crate::worlds::WorldConfig;

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
