//! When things happened, as far as receipts tell.

use jiff::{Timestamp, tz::TimeZone};

use super::{Receipt, Reconciliation, ReconciliationReceipt};
use crate::local_time::printed;

impl Receipt {
    /// When the card was presented: `start_date` and `start_time` in this zone,
    /// which StreamPay does not tell; `None` where they have another form than
    /// `DD/MM/YYYY` and `HH:MM:SS`.
    ///
    /// `created_at` is when the receipt was stored, which may be days later.
    #[must_use]
    pub fn started(&self, zone: &TimeZone) -> Option<Timestamp> {
        zone.to_timestamp(printed(&self.start_date, &self.start_time)?)
            .ok()
    }
}

impl ReconciliationReceipt {
    /// When the terminal was reconciled: `date` and `time` in this zone, which
    /// StreamPay does not tell; `None` where they have another form than
    /// `DD/MM/YYYY` and `HH:MM:SS`.
    #[must_use]
    pub fn reconciled(&self, zone: &TimeZone) -> Option<Timestamp> {
        zone.to_timestamp(printed(&self.date, &self.time)?).ok()
    }
}

impl Reconciliation {
    /// When the terminal was reconciled, as
    /// [its receipt](ReconciliationReceipt::reconciled) says; `None` where there
    /// is none.
    #[must_use]
    pub fn reconciled(&self, zone: &TimeZone) -> Option<Timestamp> {
        self.reconciliation_receipt.as_ref()?.reconciled(zone)
    }
}
