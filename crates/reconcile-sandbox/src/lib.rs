#![doc = include_str!("../README.md")]

mod alteration;
mod answer;
mod card;
mod chaos;
mod clock;
mod desk;
mod faults;
mod gateway;
mod json;
mod labelled;
mod ledger;
mod money;
mod paywall;
mod random;
mod refusal;
mod requests;
mod sandbox;
mod stationery;
mod streampay;
mod tupay;
mod wire;
mod worlds;

pub use alteration::{Alteration, AlterationParseError};
pub use clock::Clock;
pub use faults::{Fault, FaultDescription, FaultKind, FaultParseError, Faults};
pub use gateway::{GatewayId, UnknownGateway};
pub use labelled::{Labelled, LabelledRow, LabelledSales};
pub use ledger::{LedgerRow, Planted, PlantedLedger};
pub use paywall::{
    PaywallAccess, PaywallConfidential, PaywallEndOfDay, PaywallFigure, PaywallStatus, PaywallStep,
    PaywallStepKind, PaywallTransaction, PaywallWorld, paywall_ledger,
};
pub use requests::RequestLog;
pub use sandbox::{Sandbox, SandboxConfig, SandboxError};
pub use streampay::{
    StreamPayAccess, StreamPayConfidential, StreamPayReceipt, StreamPayReceiptKind,
    StreamPayReconciliation, StreamPayScheme, StreamPayTerminal, StreamPayTransaction,
    StreamPayWorld, streampay_ledger,
};
pub use tupay::{
    BalanceDay, Cashout, CashoutStatus, Deposit, DepositStatus, Note, ODD_AMOUNTS, Settlement,
    TuPayAccess, TuPayConfidential, TuPayWorld, tupay_ledger,
};
pub use worlds::{WorldConfig, Worlds};
