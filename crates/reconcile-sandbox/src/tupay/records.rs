//! What a world consists of. Rows are kept small, since a world may hold a
//! million of them: texts that follow from a number are written on demand.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::money::Cents;

/// A deposit: a customer paid the merchant, in soles, credited in dollars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposit {
    pub(super) id: u64,
    pub(super) serial: u32,
    pub(super) document: u32,
    pub(super) created: Timestamp,
    pub(super) changed: Timestamp,
    pub(super) status: DepositStatus,
    pub(super) method: Method,
    pub(super) amount: Cents,
    pub(super) local_amount: Cents,
    pub(super) fee: Cents,
}

impl Deposit {
    /// `idDeposit`.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// `externalId`, the merchant's own reference.
    #[must_use]
    pub fn external_id(&self) -> String {
        format!("1-{}-ACP", self.serial)
    }

    /// `creationDate`.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// `lastChangeDate`, never before [`created`](Self::created).
    #[must_use]
    pub fn changed(&self) -> Timestamp {
        self.changed
    }

    /// `status`.
    #[must_use]
    pub fn status(&self) -> DepositStatus {
        self.status
    }

    /// `amount`: what the merchant is credited, in USD.
    #[must_use]
    pub fn amount(&self) -> Decimal {
        self.amount.to_decimal()
    }

    /// `requestedAmount` and `localAmount`: what the customer pays, in PEN.
    #[must_use]
    pub fn requested_amount(&self) -> Decimal {
        self.local_amount.to_decimal()
    }

    /// `fee`, in USD.
    #[must_use]
    pub fn fee(&self) -> Decimal {
        self.fee.to_decimal()
    }
}

/// The statuses that the Merchants API lists for deposits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DepositStatus {
    /// Waiting for the customer.
    Pending,
    /// Paid, being completed; credited already.
    Approved,
    /// Paid and credited.
    Completed,
    /// Given up by the customer, or not paid in time.
    Cancelled,
    /// Refused.
    Declined,
}

impl DepositStatus {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
            Self::Declined => "DECLINED",
        }
    }

    /// Whether the merchant's balance has the money.
    #[must_use]
    pub fn is_credited(self) -> bool {
        matches!(self, Self::Approved | Self::Completed)
    }
}

/// A cashout: the merchant paid somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cashout {
    pub(super) id: u64,
    pub(super) serial: u32,
    pub(super) document: u32,
    pub(super) created: Timestamp,
    pub(super) changed: Timestamp,
    pub(super) status: CashoutStatus,
    pub(super) in_dollars: bool,
    pub(super) amount: Cents,
    pub(super) merchant_amount: Cents,
    pub(super) fee: Cents,
}

impl Cashout {
    /// `idCashout`.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// `externalId`, the merchant's own reference.
    #[must_use]
    pub fn external_id(&self) -> String {
        format!("{CASHOUT_PREFIX}{}", self.serial)
    }

    /// `creationDate`.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// `lastChangeDate`, never before [`created`](Self::created).
    #[must_use]
    pub fn changed(&self) -> Timestamp {
        self.changed
    }

    /// `status`.
    #[must_use]
    pub fn status(&self) -> CashoutStatus {
        self.status
    }

    /// `amount`: what the beneficiary gets, in [`currency`](Self::currency).
    #[must_use]
    pub fn amount(&self) -> Decimal {
        self.amount.to_decimal()
    }

    /// `currency`: PEN, or USD for about one cashout in ten.
    #[must_use]
    pub fn currency(&self) -> &'static str {
        if self.in_dollars { "USD" } else { "PEN" }
    }

    /// `merchantAmount`: what the merchant is charged for it, in USD and
    /// without the fee; zero unless it is completed.
    #[must_use]
    pub fn merchant_amount(&self) -> Decimal {
        self.merchant_amount.to_decimal()
    }

    /// `fee`, in USD; zero unless it is completed.
    #[must_use]
    pub fn fee(&self) -> Decimal {
        self.fee.to_decimal()
    }
}

/// What the merchant's references of cashouts start with.
pub(super) const CASHOUT_PREFIX: &str = "payout-";

/// The statuses that the Merchants API lists for cashouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CashoutStatus {
    /// Stopped until somebody releases it.
    OnHold,
    /// Will be sent to the bank.
    Pending,
    /// Sent to the bank.
    Delivered,
    /// The beneficiary has the money; a bank may still reject it later.
    Completed,
    /// Rejected by the bank.
    Rejected,
    /// Taken back by the merchant.
    Cancelled,
    /// Never accepted.
    Declined,
}

impl CashoutStatus {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnHold => "ON_HOLD",
            Self::Pending => "PENDING",
            Self::Delivered => "DELIVERED",
            Self::Completed => "COMPLETED",
            Self::Rejected => "REJECTED",
            Self::Cancelled => "CANCELLED",
            Self::Declined => "DECLINED",
        }
    }
}

/// One line of the balance report. All amounts are in USD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceDay {
    pub(super) date: Date,
    pub(super) midnight: Timestamp,
    pub(super) deposits: Cents,
    pub(super) deposit_fees: Cents,
    pub(super) cashouts: Cents,
    pub(super) notes: Cents,
    pub(super) settlements: Cents,
    pub(super) cancelled_settlements: Cents,
    pub(super) balance: Cents,
}

impl BalanceDay {
    /// `date`: the day, in UTC.
    #[must_use]
    pub fn date(&self) -> Date {
        self.date
    }

    /// `depositTotal`.
    #[must_use]
    pub fn deposit_total(&self) -> Decimal {
        self.deposits.to_decimal()
    }

    /// `depositFeeTotal`.
    #[must_use]
    pub fn deposit_fee_total(&self) -> Decimal {
        self.deposit_fees.to_decimal()
    }

    /// `cashoutTotal`, with the fees of the cashouts.
    #[must_use]
    pub fn cashout_total(&self) -> Decimal {
        self.cashouts.to_decimal()
    }

    /// `noteTotal`: credit notes less debit notes.
    #[must_use]
    pub fn note_total(&self) -> Decimal {
        self.notes.to_decimal()
    }

    /// `settlementTotal`, with the settlements that were cancelled later.
    #[must_use]
    pub fn settlement_total(&self) -> Decimal {
        self.settlements.to_decimal()
    }

    /// `cancelledSettlementTotal`.
    #[must_use]
    pub fn cancelled_settlement_total(&self) -> Decimal {
        self.cancelled_settlements.to_decimal()
    }

    /// `netAmount`: the day's movement of the balance.
    #[must_use]
    pub fn net_amount(&self) -> Decimal {
        self.net().to_decimal()
    }

    /// `totalBalance`: the balance at the end of the day.
    #[must_use]
    pub fn total_balance(&self) -> Decimal {
        self.balance.to_decimal()
    }

    /// The sign convention, in the one place that has it.
    pub(super) fn net(&self) -> Cents {
        self.deposits - self.deposit_fees - self.cashouts + self.notes - self.settlements
            + self.cancelled_settlements
    }
}

/// A payment of the merchant's balance to its bank account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    pub(super) id: u64,
    pub(super) created: Timestamp,
    pub(super) status: SettlementStatus,
    pub(super) requested: Cents,
    pub(super) fee: Cents,
}

impl Settlement {
    /// `id`.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// `creationDate`.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// `requestedAmount`: what leaves the balance, in USD.
    #[must_use]
    pub fn requested_amount(&self) -> Decimal {
        self.requested.to_decimal()
    }

    /// Whether it was cancelled and the money came back.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.status == SettlementStatus::Cancelled
    }
}

/// A settlement's `status`. Only `PENDING` is published; the others are
/// assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SettlementStatus {
    Pending,
    Completed,
    Cancelled,
}

impl SettlementStatus {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// A credit or debit note: the provider corrects the balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub(super) id: u64,
    pub(super) created: Timestamp,
    /// Positive for a credit note, negative for a debit note.
    pub(super) amount: Cents,
}

impl Note {
    /// `id`.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// `date`.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// The amount in USD: positive for a credit note, negative for a debit
    /// note (on the wire the sign is in `category`).
    #[must_use]
    pub fn signed_amount(&self) -> Decimal {
        self.amount.to_decimal()
    }
}

/// How a deposit is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Voucher,
    Qr,
}

impl Method {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Voucher => "XA",
            Self::Qr => "XAQR",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Voucher => "Voucher by Tupay",
            Self::Qr => "QR by Tupay",
        }
    }
}
