//! What clients have changed, on top of the world.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::access::StreamPayConfidential;
use super::world::{
    Family, Merchant, StreamPayReconciliation, StreamPayTerminal, StreamPayWorld, number_of, tid,
    uuid, widened,
};

/// The merchants, terminals and reconciliations as they are now.
#[derive(Debug)]
pub(super) struct Register(Mutex<State>);

#[derive(Debug)]
struct State {
    merchants: Vec<MerchantEntry>,
    terminals: Vec<TerminalEntry>,
    /// Those that the world has, then those that clients asked for.
    reconciliations: Vec<StreamPayReconciliation>,
}

/// A merchant as it is now.
#[derive(Debug, Clone)]
pub(super) struct MerchantEntry {
    pub(super) number: u64,
    pub(super) name: String,
    pub(super) name_ar: String,
    /// The client's own reference; none comes as an empty text or as null.
    pub(super) reference: Option<String>,
    /// Milliseconds since the epoch.
    pub(super) created: i64,
}

impl MerchantEntry {
    pub(super) fn id(&self) -> String {
        uuid(Family::Merchant, self.number)
    }
}

/// A terminal as it is now.
#[derive(Debug, Clone)]
pub(super) struct TerminalEntry {
    pub(super) number: u64,
    pub(super) merchant: MerchantEntry,
    pub(super) user: Option<User>,
    pub(super) is_connected: bool,
    /// Milliseconds since the epoch.
    pub(super) created: i64,
    pub(super) updated: i64,
}

impl TerminalEntry {
    pub(super) fn id(&self) -> String {
        uuid(Family::Terminal, self.number)
    }

    pub(super) fn tid(&self) -> String {
        tid(self.number)
    }

    pub(super) fn device_id(&self) -> String {
        uuid(Family::Device, self.number)
    }
}

/// Who takes payments with a terminal.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) number: u64,
    pub(super) name: String,
    pub(super) mobile: String,
    pub(super) email: String,
}

impl User {
    pub(super) fn id(&self) -> String {
        uuid(Family::User, self.number)
    }
}

/// The terminal is still busy with the reconciliation before.
#[derive(Debug)]
pub(super) struct Reconciling;

impl Register {
    pub(super) fn new(world: &StreamPayWorld, confidential: &StreamPayConfidential) -> Self {
        let merchants: Vec<_> = world
            .merchants
            .iter()
            .map(|merchant| entry(merchant, confidential))
            .collect();
        let terminals = world.terminals.iter();
        let terminals = terminals.filter_map(|it| terminal(it, &merchants, confidential));
        Self(Mutex::new(State {
            terminals: terminals.collect(),
            merchants,
            reconciliations: world.reconciliations.clone(),
        }))
    }

    pub(super) fn merchants(&self) -> Vec<MerchantEntry> {
        self.lock().merchants.clone()
    }

    pub(super) fn merchant(&self, id: &str) -> Option<MerchantEntry> {
        let place = place(Family::Merchant, id)?;
        self.lock().merchants.get(place).cloned()
    }

    pub(super) fn add_merchant(
        &self,
        name: String,
        name_ar: String,
        reference: Option<String>,
        now: i64,
    ) -> MerchantEntry {
        let mut state = self.lock();
        let merchant = MerchantEntry {
            number: widened(state.merchants.len()),
            name,
            name_ar,
            reference,
            created: now,
        };
        state.merchants.push(merchant.clone());
        merchant
    }

    pub(super) fn terminals(&self) -> Vec<TerminalEntry> {
        self.lock().terminals.clone()
    }

    pub(super) fn terminal(&self, id: &str) -> Option<TerminalEntry> {
        let place = place(Family::Terminal, id)?;
        self.lock().terminals.get(place).cloned()
    }

    /// A new terminal comes with a user and a device, as the published one does.
    pub(super) fn add_terminal(
        &self,
        merchant: MerchantEntry,
        confidential: &StreamPayConfidential,
        now: i64,
    ) -> TerminalEntry {
        let mut state = self.lock();
        let number = widened(state.terminals.len());
        let terminal = TerminalEntry {
            number,
            merchant,
            user: Some(user(number, confidential)),
            is_connected: true,
            created: now,
            updated: now,
        };
        state.terminals.push(terminal.clone());
        terminal
    }

    /// Changes a terminal, if there is one with that id.
    pub(super) fn change_terminal(
        &self,
        id: &str,
        now: i64,
        change: impl FnOnce(&mut TerminalEntry),
    ) -> Option<TerminalEntry> {
        let place = place(Family::Terminal, id)?;
        let mut state = self.lock();
        let terminal = state.terminals.get_mut(place)?;
        change(terminal);
        terminal.updated = now;
        Some(terminal.clone())
    }

    /// All reconciliations, oldest first: what clients ask for comes later than
    /// the world, unless its clock is turned back.
    pub(super) fn reconciliations(&self) -> Vec<StreamPayReconciliation> {
        let mut all = self.lock().reconciliations.clone();
        all.sort_by_key(|it| (it.at, it.serial));
        all
    }

    pub(super) fn reconciliation(&self, id: &str) -> Option<StreamPayReconciliation> {
        let place = place(Family::Reconciliation, id)?;
        self.lock().reconciliations.get(place).cloned()
    }

    /// Closes the batch of a terminal at that second.
    pub(super) fn reconcile(
        &self,
        world: &StreamPayWorld,
        terminal: &TerminalEntry,
        second: i64,
    ) -> Result<StreamPayReconciliation, Reconciling> {
        let place = usize::try_from(terminal.number).map_err(|_| Reconciling)?;
        let mut state = self.lock();
        let before = state.reconciliations.iter().rev();
        let before = before
            .filter(|it| it.terminal == place)
            .max_by_key(|it| it.at);
        let since = before.map_or(terminal.created.div_euclid(1_000), |it| it.at);
        if second <= since {
            return Err(Reconciling);
        }
        let from = before.map_or(0, |it| it.places.end);
        let reconciliation = StreamPayReconciliation {
            serial: widened(state.reconciliations.len()),
            terminal: place,
            at: second,
            places: from..world.receipts_before(place, second).max(from),
        };
        state.reconciliations.push(reconciliation.clone());
        Ok(reconciliation)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn place(family: Family, id: &str) -> Option<usize> {
    usize::try_from(number_of(family, id)?).ok()
}

fn entry(merchant: &Merchant, confidential: &StreamPayConfidential) -> MerchantEntry {
    MerchantEntry {
        number: merchant.number,
        name: confidential.merchant_name.clone(),
        name_ar: confidential.merchant_name_ar.clone(),
        reference: merchant
            .number
            .is_multiple_of(2)
            .then(|| confidential.merchant_reference.clone()),
        created: merchant.created,
    }
}

fn terminal(
    terminal: &StreamPayTerminal,
    merchants: &[MerchantEntry],
    confidential: &StreamPayConfidential,
) -> Option<TerminalEntry> {
    Some(TerminalEntry {
        number: terminal.number,
        merchant: merchants.get(terminal.merchant)?.clone(),
        user: terminal
            .is_assigned
            .then(|| user(terminal.number, confidential)),
        is_connected: terminal.is_connected,
        created: terminal.created,
        updated: terminal.created,
    })
}

/// The user that a terminal comes with.
pub(super) fn user(number: u64, confidential: &StreamPayConfidential) -> User {
    User {
        number,
        name: confidential.user_name.clone(),
        mobile: confidential.user_mobile.clone(),
        email: confidential.user_email.clone(),
    }
}
