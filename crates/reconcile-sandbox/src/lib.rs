#![doc = include_str!("../README.md")]

mod alteration;
mod answer;
mod chaos;
mod clock;
mod faults;
mod json;
mod ledger;
mod money;
mod random;
mod refusal;
mod requests;
mod sandbox;
mod tupay;
mod wire;

pub use alteration::{Alteration, AlterationParseError};
pub use clock::Clock;
pub use faults::{Fault, FaultDescription, FaultKind, FaultParseError, Faults};
pub use ledger::{LedgerRow, Planted, PlantedLedger, tupay_ledger};
pub use requests::RequestLog;
pub use sandbox::{Sandbox, SandboxConfig, SandboxError};
pub use tupay::{
    BalanceDay, Cashout, CashoutStatus, Deposit, DepositStatus, Note, ODD_AMOUNTS, Settlement,
    TuPayAccess, TuPayConfidential, TuPayWorld, WorldConfig,
};
